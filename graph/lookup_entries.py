"""What the index of names keeps of each entity, read from the store; see `graph/lookup.py`.

Everything is read, or what a change concerns: `read_entries` and `read_entry` agree, so that an
index that is kept in step equals one that is made anew.

>>> from graph.store import open_store
>>> list(read_entries(open_store(None, mode="write")))
[]
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Literal

import pyoxigraph as ox
from rdflib import URIRef

from extract.gazetteer import Division, full_name, load_gazetteer
from extract.institutions import LEVEL_WORD, institution_place
from graph import authority
from graph.confidence import read_confidences
from graph.conversion import to_ox
from graph.queryfiles import select
from graph.store import Store
from graph.tallies import PARTED, WHOLE
from ontology.terms import ELI, OA, ORG, RDF, RDFS, SDO, SKOS, TANPU

Status = Literal["preferred", "other", "lexicon", "former", "context"]

# The order of classes where all else is equal.
CLASSES: tuple[str, ...] = (
    "Institution", "Place", "Person", "Forum", "ForumSeries", "Regulation", "Indicator",
    "CountedThing", "Post", "Title",
)  # fmt: skip

# Names that mean something in their document only: 该局, 市发改委, 本次论坛.
_POINTING = re.compile(r"[该本此这上]")

# What tells entities of one name apart, in the order of the description.
_DESCRIBING = (
    ORG.subOrganizationOf,
    ORG.holds,
    ELI.passed_by,
    ELI.date_document,
    SDO.startDate,
    SDO.location,
)
_CONTEXT = frozenset(map(to_ox, (TANPU.divisionCode, SDO.containedInPlace, *_DESCRIBING)))
_TYPE, _PREFERRED = to_ox(RDF.type), to_ox(SKOS.prefLabel)
_OTHERS = frozenset(map(to_ox, (SKOS.altLabel, RDFS.label)))
_CLASS_OF_IRI: Mapping[str, str] = MappingProxyType({str(TANPU[name]): name for name in CLASSES})
_BODY, _EVIDENCE, _ARGUMENT, _FILLED_BY, _POST, _SERIES = map(
    to_ox,
    (OA.hasBody, TANPU.evidence, TANPU.argument, TANPU.filledBy, TANPU.post, TANPU.inSeries),
)
_LEADING = frozenset({_BODY, _FILLED_BY, _POST, *(to_ox(role) for role, _ in (*PARTED, *WHOLE))})
_DEFAULT = ox.DefaultGraph()

Context = Mapping[URIRef, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entity of the store with its names, before they are brought into their forms.

    ``labels`` are its names in the store, the preferred one first; ``names`` those that it is
    looked up by. ``mentions`` counts them, ``confidence`` is from 0 to 1; see
    :func:`graph.confidence.read_confidences`.
    """

    iri: str
    class_name: str
    labels: tuple[str, ...]
    names: tuple[tuple[str, Status], ...]
    description: str
    place: str
    mentions: int
    confidence: float


def read_entries(store: Store) -> Iterator[Entry]:
    """All entities of a store that have a name, in the order of their IRIs."""
    mentions = {row["entity"]: int(row["count"]) for row in select(store, "lookup_mentions")}
    confidences = read_confidences(store)
    database = store.database
    nodes = {
        quad.subject.value
        for node_class in _CLASS_OF_IRI
        for quad in database.quads_for_pattern(None, _TYPE, ox.NamedNode(node_class), _DEFAULT)
        if isinstance(quad.subject, ox.NamedNode)
    }
    read = partial(_read_names, database, {})
    for iri in sorted(nodes):
        entry = read(iri, mentions.get(iri, 0), confidences.get(iri, 0.0))
        if entry is not None:
            yield entry


def read_entry(
    store: Store, iri: str, *, mentioned: tuple[int, float] | None = None
) -> Entry | None:
    """One of them; None where the store has no such entity, or no name for it.

    Args:
        store: The store.
        iri: Of the entity.
        mentioned: How often it is mentioned and how sure it is, where that is known.
    """
    if not _has_class(store.database, iri):
        return None
    mentions, confidence = mentioned or _read_mentions(store, URIRef(iri))
    return _read_names(store.database, {}, iri, mentions, confidence)


def find_concerned(store: Store, changed: Iterable[str]) -> set[str]:
    """The nodes whose entry changes, perhaps, where triples of others came or went.

    These are the nodes themselves and those that statements, evidence, arguments and mentions
    among them lead to. Whom a changed *name* describes is for `find_described` to say.

    Args:
        store: after the changes.
        changed: the IRIs of subjects and objects of what came or went.
    """
    database = store.database
    concerned = set(changed)
    for iri in list(concerned):
        node = ox.NamedNode(iri)
        for quad in database.quads_for_pattern(node, None, None, _DEFAULT):
            if quad.predicate in _LEADING:
                concerned.update(_iris([quad.object]))
            elif quad.predicate == _ARGUMENT:
                concerned.update(_objects(database, quad.object, _FILLED_BY))
        # Evidence that is surer or less sure now makes its statement so.
        for quad in database.quads_for_pattern(None, _EVIDENCE, node, _DEFAULT):
            concerned.update(_iris([quad.subject]))
            concerned.update(_objects(database, quad.subject, _POST))
    # An edition that is surer or less sure now makes its series so.
    for iri in list(concerned):
        concerned.update(_objects(database, ox.NamedNode(iri), _SERIES))
    return concerned


def find_described(store: Store, iri: str) -> set[str]:
    """The nodes that are told from others by the name of this one."""
    node = ox.NamedNode(iri)
    return {
        subject
        for prop in _CONTEXT
        for quad in store.database.quads_for_pattern(None, prop, node, _DEFAULT)
        for subject in _iris([quad.subject])
    }


def _iris(terms: Iterable[object]) -> list[str]:
    return [term.value for term in terms if isinstance(term, ox.NamedNode)]


def _objects(database: ox.Store, subject: object, predicate: ox.NamedNode) -> list[str]:
    if not isinstance(subject, ox.NamedNode):
        return []
    quads = database.quads_for_pattern(subject, predicate, None, _DEFAULT)
    return _iris(quad.object for quad in quads)


def _has_class(database: ox.Store, iri: str) -> bool:
    quads = database.quads_for_pattern(ox.NamedNode(iri), _TYPE, None, _DEFAULT)
    return any(iri in _CLASS_OF_IRI for iri in _iris(quad.object for quad in quads))


def _read_mentions(store: Store, iri: URIRef) -> tuple[int, float]:
    """How often an entity is mentioned, and how sure it is."""
    rows = select(store, "lookup_mentions_of", bindings={"entity": iri})
    found = [row for row in rows if row.get("type") == str(TANPU.Mention)]
    if any("best" in row for row in found):
        return sum(int(row["count"]) for row in found), max(float(row["best"]) for row in found)
    # A series is as sure as its editions only where nothing is said of itself.
    for names in (("entity_role_confidence", "post_confidence"), ("edition_confidence",)):
        best = [
            float(row["best"])
            for name in names
            for row in select(store, name, bindings={"entity": iri})
            if "best" in row
        ]
        if best:
            break
    return sum(int(row["count"]) for row in found), max(best, default=0.0)


def _read_names(
    database: ox.Store,
    known: dict[object, list[str]],
    iri: str,
    mentions: int,
    confidence: float,
) -> Entry | None:
    """The entry of a node that has one of the classes; None without a name.

    Read from the index of triples itself: planning a query of one node takes the engine longer
    than answering it. ``known`` keeps what other nodes are called.
    """
    classes, preferred, others = set[str](), set[str](), set[str]()
    context: dict[URIRef, set[str]] = defaultdict(set)
    for quad in database.quads_for_pattern(ox.NamedNode(iri), None, None, _DEFAULT):
        prop, value = quad.predicate, quad.object
        if prop == _TYPE:
            classes.update(_CLASS_OF_IRI.get(name, "") for name in _iris([value]))
        elif prop == _PREFERRED and isinstance(value, ox.Literal):
            preferred.add(value.value)
        elif prop in _OTHERS and isinstance(value, ox.Literal):
            others.add(value.value)
        elif prop in _CONTEXT:
            if value not in known:
                known[value] = _label(database, value)
            context[URIRef(prop.value)].update(known[value])
    labels = tuple(dict.fromkeys([*sorted(preferred), *sorted(others)]))
    classes.discard("")
    if not labels or not classes:
        return None
    class_name = min(classes, key=CLASSES.index)
    sorted_context = {prop: sorted(values) for prop, values in context.items()}
    place = _entity_to_place(class_name, labels[0], sorted_context)
    return Entry(
        iri,
        class_name,
        labels,
        tuple(_all_names(class_name, labels, place)),
        _describe(class_name, place, sorted_context),
        "" if place is None else place.code,
        mentions,
        confidence,
    )


def _label(database: ox.Store, node: object) -> list[str]:
    """What a node is called, or its IRI or lexical form; nothing of a blank node."""
    if isinstance(node, ox.NamedNode):
        quads = database.quads_for_pattern(node, _PREFERRED, None, _DEFAULT)
        labels = [quad.object.value for quad in quads if isinstance(quad.object, ox.Literal)]
        return labels or [node.value]
    return [node.value] if isinstance(node, ox.Literal) else []


def _entity_to_place(class_name: str, name: str, context: Context) -> Division | None:
    codes = context.get(TANPU.divisionCode, ())
    if codes:
        return load_gazetteer().by_code.get(codes[0])
    return institution_place(name) if class_name in ("Institution", "Post") else None


def _all_names(
    class_name: str, own: Sequence[str], place: Division | None
) -> Iterator[tuple[str, Status]]:
    """The names of an entity with what they are: of the store first, then of the lexicons."""
    preferred = own[0]
    yield preferred, "preferred"
    lexicon: Iterable[str] = ()
    former: Iterable[str] = ()
    if class_name == "Institution":
        # A query's own variants are brought to the official name, see _read_query: of the many
        # of a local department the short ones suffice.
        lexicon = [
            name
            for name in authority.institution_names(preferred)
            if place is None or len(name) < len(preferred)
        ]
        former = authority.former_names(preferred)
    elif class_name == "Place":
        named_so = place is not None and place.name == preferred
        lexicon = (
            authority.division_names(place)
            if place is not None and named_so
            else authority.other_place_names(preferred)
        )
    known, gone = set(lexicon), set(former)
    pointing: list[str] = []
    for name in own[1:]:
        if name in known:
            continue
        if name in gone or _POINTING.match(name) or LEVEL_WORD.match(name):
            pointing.append(name)
        else:
            yield name, "other"
    for name in lexicon:
        yield name, "lexicon"
    for name in former:
        yield name, "former"
    for name in pointing:
        if name not in gone:
            yield name, "context"


def _describe(class_name: str, place: Division | None, context: Context) -> str:
    """A few words, in Chinese, that tell an entity from others of its name.

    >>> _describe("Person", None, {ORG.holds: ["北湾市副市长"]})
    '北湾市副市长'
    """
    if class_name == "Place":
        if place is not None:
            return f"{full_name(place)} {place.code}"
        return "、".join(context.get(SDO.containedInPlace, ()))
    parts = ["、".join(context[wanted][:3]) for wanted in _DESCRIBING if wanted in context]
    return "；".join(parts)
