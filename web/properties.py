"""The properties of entities that reconciliation compares and data extension gives.

A property has an identifier, words, the classes that have it, and a function from an entity to
its cells. A cell is a JSON object as the Reconciliation API has it: ``{"id", "name"}`` for an
entity, else ``{"str"}``, ``{"int"}``, ``{"float"}`` or ``{"date"}``.

>>> sorted(PROPERTIES)[:3]
['alias', 'attendee', 'code']
>>> number_cell("125000000")
{'int': 125000000}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from rdflib import URIRef

from extract.gazetteer import Division, contains, full_name, load_gazetteer, lookup_place
from graph import authority
from graph.lookup import IndexedEntity, LookupIndex
from graph.name_forms import fold
from ontology.terms import ELI, ORG, SDO, TANPU
from web.reading import Reader
from web.store import StoreAccess, Term
from web.wording import Words

Cell = dict[str, Any]
Setting = Mapping[str, Any]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MAX_INT = 2**53  # beyond it JSON readers lose digits


@dataclass(frozen=True, slots=True)
class Asked:
    """An entity whose cells are asked for, and where they are read."""

    entity: IndexedEntity
    index: LookupIndex
    store: StoreAccess
    reader: Reader

    @property
    def iri(self) -> URIRef:
        """The entity's IRI."""
        return URIRef(self.entity.iri)


@dataclass(frozen=True, slots=True)
class Property:
    """Something that entities of some classes have; see the module.

    ``value_class`` is the class of the entities that are its values, empty for literals.
    """

    id: str
    words: Words
    classes: frozenset[str]
    cells: Callable[[Asked, Setting], list[Cell]]
    value_class: str = ""


def identifier(base: str, iri: str) -> str:
    """The identifier of an entity: its IRI after what all of them begin with."""
    return iri.removeprefix(base + "id/")


def identifier_to_iri(base: str, text: str) -> str:
    """The IRI of an identifier; an IRI is its own.

    >>> identifier_to_iri("http://a.example/", "org/x-1")
    'http://a.example/id/org/x-1'
    """
    return text if text.startswith(base) else f"{base}id/{text}"


def number_cell(text: str) -> Cell:
    """A whole number as such, any other as a floating-point one."""
    value = Decimal(text)
    if value == value.to_integral_value() and abs(value) <= _MAX_INT:
        return {"int": int(value)}
    return {"float": float(value)}


def value_to_cell(asked: Asked, value: Term) -> Cell:
    """A value of the graph; days are instants, as the API has no others."""
    if isinstance(value, URIRef):
        return entity_cell(asked, value)
    text = str(value)
    return {"date": f"{text}T00:00:00"} if _DAY.fullmatch(text) else {"str": text}


def entity_cell(asked: Asked, iri: URIRef) -> Cell:
    """An entity by identifier and name."""
    return {"id": identifier(asked.store.base, iri), "name": asked.reader.node(iri).name}


def _direct(prop: URIRef) -> Callable[[Asked, Setting], list[Cell]]:
    def cells(asked: Asked, settings: Setting) -> list[Cell]:
        values = asked.reader.describe(asked.iri).get(prop, ())
        return [value_to_cell(asked, value) for value in values]

    return cells


def _inverse(prop: URIRef) -> Callable[[Asked, Setting], list[Cell]]:
    def cells(asked: Asked, settings: Setting) -> list[Cell]:
        rows = asked.store.rows("inverse", entity=asked.iri, property=prop)
        return [entity_cell(asked, URIRef(row["subject"])) for row in rows]

    return cells


def _names(asked: Asked, settings: Setting) -> list[Cell]:
    return [{"str": asked.entity.name}]


def _aliases(asked: Asked, settings: Setting) -> list[Cell]:
    return [{"str": name} for name in asked.reader.names(asked.iri) if name != asked.entity.name]


def _division(asked: Asked) -> Division | None:
    return load_gazetteer().by_code.get(asked.entity.place)


def _codes(asked: Asked, settings: Setting) -> list[Cell]:
    division = _division(asked)
    return [] if division is None else [{"str": division.code}]


def _places(asked: Asked, settings: Setting) -> list[Cell]:
    division = _division(asked)
    return [] if division is None else [{"str": full_name(division)}]


def _geonames(asked: Asked, settings: Setting) -> list[Cell]:
    iri = authority.place_iri(asked.entity.name, asked.entity.place or None)
    return [] if iri is None else [{"str": iri}]


def _homepages(asked: Asked, settings: Setting) -> list[Cell]:
    url = authority.read_homepages().get(asked.entity.name)
    return [] if url is None else [{"str": url}]


def _school_codes(asked: Asked, settings: Setting) -> list[Cell]:
    school = authority.read_universities().get(asked.entity.name)
    return [] if school is None else [{"str": school.code}]


def _former_names(asked: Asked, settings: Setting) -> list[Cell]:
    bodies = authority.predecessors(asked.entity.name)
    return [{"str": body.name} for body in bodies]


def _holders(asked: Asked, settings: Setting) -> list[Cell]:
    rows = asked.store.rows("holders", entity=asked.iri)
    return [entity_cell(asked, URIRef(row["person"])) for row in rows]


def _figures(asked: Asked, settings: Setting) -> list[Cell]:
    """The figures read out; with ``content=value`` their numbers, of one indicator and period."""
    indicator, period = str(settings.get("indicator", "")), str(settings.get("period", ""))
    cells = []
    for row in asked.store.rows("figures", entity=asked.iri):
        if indicator and fold(str(row["indicator"])) != fold(indicator):
            continue
        if period and str(row.get("period", "")) != period:
            continue
        if settings.get("content") == "value":
            cells.append(number_cell(str(row["value"])))
        else:
            view = asked.reader.statement(URIRef(row["statement"]), with_evidence=False)
            parts = (part if isinstance(part, str) else part.name for part in view.parts)
            cells.append({"str": "".join(parts)})
    return cells


def _documents(asked: Asked, settings: Setting) -> list[Cell]:
    found = asked.reader.mentioned_in(asked.iri)
    return [{"str": document.title} for document, _ in found.documents]


_ALL = frozenset(
    {"Person", "Institution", "Forum", "Regulation", "Place", "CountedThing", "Indicator"}
    | {"Post", "Title"}
)
_BODIES = frozenset({"Institution", "Place"})


def _make_properties() -> Iterable[Property]:
    person, body = frozenset({"Person"}), frozenset({"Institution"})
    place, forum, rule = frozenset({"Place"}), frozenset({"Forum"}), frozenset({"Regulation"})
    yield Property("name", Words("名称", "name"), _ALL, _names)
    yield Property("alias", Words("又称", "other names"), _ALL, _aliases)
    yield Property("document", Words("提及的文章", "documents"), _ALL, _documents)
    yield Property("code", Words("行政区划代码 GB/T 2260", "division code"), _BODIES, _codes)
    yield Property("place", Words("所属地区", "place"), _BODIES, _places)
    yield Property("holder", Words("现任人员", "holders of posts"), _BODIES, _holders, "Person")
    subjects = _BODIES | {"CountedThing"}
    yield Property("figure", Words("数据", "figures"), subjects, _figures)
    yield Property(
        "event", Words("举办的会议", "events"), _BODIES, _inverse(SDO.organizer), "Forum"
    )
    yield Property(
        "regulation",
        Words("发布的法规", "regulations"),
        _BODIES,
        _inverse(ELI.passed_by),
        "Regulation",
    )
    yield Property(
        "within", Words("位于", "contained in"), place, _direct(SDO.containedInPlace), "Place"
    )
    yield Property("geonames", Words("GeoNames 链接", "GeoNames link"), place, _geonames)
    whole = _direct(ORG.subOrganizationOf)
    yield Property("parent", Words("上级机构", "part of"), body, whole, "Institution")
    yield Property(
        "part", Words("下属机构", "parts"), body, _inverse(ORG.subOrganizationOf), "Institution"
    )
    yield Property("homepage", Words("官方网站", "homepage"), body, _homepages)
    yield Property("school", Words("学校标识码", "school code"), body, _school_codes)
    yield Property("former", Words("前身", "former names"), body, _former_names)
    yield Property("post", Words("现任职位", "posts"), person, _direct(ORG.holds), "Post")
    yield Property(
        "formerpost", Words("曾任职位", "former posts"), person, _direct(TANPU.formerlyHeld), "Post"
    )
    yield Property(
        "attends", Words("参加的会议", "events attended"), person, _inverse(SDO.attendee), "Forum"
    )
    yield Property("start", Words("开始日期", "start date"), forum, _direct(SDO.startDate))
    yield Property("end", Words("结束日期", "end date"), forum, _direct(SDO.endDate))
    yield Property("venue", Words("会址", "venue"), forum, _direct(SDO.location), "Place")
    yield Property(
        "organizer", Words("办会单位", "organizers"), forum, _direct(SDO.organizer), "Institution"
    )
    yield Property("attendee", Words("参会者", "attendees"), forum, _direct(SDO.attendee), "Person")
    yield Property(
        "whole", Words("所属会议", "whole event"), forum, _direct(SDO.superEvent), "Forum"
    )
    yield Property("theme", Words("主题", "theme"), forum, _direct(TANPU.theme))
    yield Property(
        "issuer", Words("发布机关", "issuer"), rule, _direct(ELI.passed_by), "Institution"
    )
    yield Property("issued", Words("发布日期", "issue date"), rule, _direct(ELI.date_document))


PROPERTIES: Mapping[str, Property] = MappingProxyType({p.id: p for p in _make_properties()})


def agrees(asked: Asked, prop: Property, wanted: Sequence[Any]) -> bool:
    """Whether one of the wanted values is one of an entity's.

    A value is an identifier or IRI, a name in any form, a number, or an object with ``id``.
    What lies in a place agrees with every place above it.
    """
    if prop.id in ("place", "within", "code"):
        division = _division(asked)
        named = [lookup_place(_text(value)) or _by_code(_text(value)) for value in wanted]
        if division is not None and any(above and contains(above, division) for above in named):
            return True
    cells = prop.cells(asked, {})
    held = {str(value) for cell in cells for value in cell.values()}
    folded = {fold(text) for text in held} | held
    folded |= {identifier_to_iri(asked.store.base, cell["id"]) for cell in cells if "id" in cell}
    return any(text in folded or fold(text) in folded for text in map(_text, wanted))


def _by_code(text: str) -> Division | None:
    return load_gazetteer().by_code.get(text)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("id", value.get("name", "")))
    return str(value)


def find_by_property(
    index: LookupIndex, store: StoreAccess, prop: Property, wanted: Sequence[Any]
) -> list[IndexedEntity]:
    """The entities that have one of the wanted values, where the property can be searched.

    It can where it is a code, or where its values are entities of the graph.
    """
    texts = [_text(value) for value in wanted]
    if prop.id == "code":
        return [entity for text in texts for entity in index.of_place(text)]
    rdf = _SEARCHABLE.get(prop.id)
    if rdf is None:
        return []
    found: list[IndexedEntity] = []
    for text in texts:
        iri = identifier_to_iri(store.base, text)
        known = index.entity(iri)
        values = [known] if known else [c.entity for c in index.search(text) if c.score >= 95]
        for value in values:
            node: Term = URIRef(value.iri)
            for row in store.rows("inverse", entity=node, property=rdf):
                entity = index.entity(str(row["subject"]))
                found.extend([entity] if entity is not None else [])
    return list(dict.fromkeys(found))


_SEARCHABLE: Mapping[str, URIRef] = MappingProxyType(
    {
        "within": SDO.containedInPlace,
        "parent": ORG.subOrganizationOf,
        "post": ORG.holds,
        "formerpost": TANPU.formerlyHeld,
        "venue": SDO.location,
        "organizer": SDO.organizer,
        "attendee": SDO.attendee,
        "whole": SDO.superEvent,
        "issuer": ELI.passed_by,
    }
)
