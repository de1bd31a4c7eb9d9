"""Search over the names of everything, preferred and other ones.

Names and queries are compared after NFKC and case folding. The folded names are kept for
one state of the store and made anew when it moves on. Where there is an index of names
(:mod:`graph.lookup`), what it finds by pinyin, initials, Traditional characters, abbreviation
or former name comes after that.
"""

from __future__ import annotations

import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Literal

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from rdflib import URIRef

from graph.lookup import Reason
from ontology.terms import TANPU
from web import lookup
from web.config import Settings
from web.errors import MalformedRequestError, UnknownIriError
from web.formats import choose_media_type
from web.headers import revalidatable, revalidatable_by_body
from web.languages import localized
from web.negotiation import HTML
from web.pages import open_reader
from web.parameters import read_confidence, read_page_number, read_single
from web.reading import page_count
from web.store import StoreAccess, current_access
from web.wording import KIND_OF_CLASS, KIND_OF_SEGMENT, Kind

blueprint = Blueprint("search", __name__)

EXTENSION = "tanpu.search"
JSON = "application/json"

Match = Literal["exact", "prefix", "substring", "form"]
_RANKS: tuple[Match, ...] = ("exact", "prefix", "substring", "form")
# What the index says of a candidate that has the very name in another form; the rest resembles.
_SAME_NAME: frozenset[Reason] = frozenset(
    {"name", "official name", "former name", "pinyin", "initials", "prefix"}
)
_MAX_FORMS = 100
SUGGESTIONS = 8


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """An entity with all of its names, the preferred one first, and these folded."""

    iri: str
    kind: Kind
    names: tuple[str, ...]
    folded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity that was found, by which of its names, and how well."""

    entity: NamedEntity
    name: str
    match: Match


class NameIndex:
    """The names in the store, folded, for the newest state that was asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: int | None = None
        self._entities: Mapping[str, NamedEntity] = MappingProxyType({})
        self._sure_version: int | None = None
        self._confidences: Mapping[str, float] = MappingProxyType({})

    def entities(self, store: StoreAccess) -> Mapping[str, NamedEntity]:
        """Every entity that has a name, by IRI and in the order of their IRIs."""
        with self._lock:
            version = store.version
            if self._version != version:
                named = {entity.iri: entity for entity in read_names(store)}
                self._entities = MappingProxyType(named)
                self._version = version
            return self._entities

    def keep_sure(self, hits: Sequence[Hit], store: StoreAccess, *, least: float) -> list[Hit]:
        """The hits whose entity has a mention of at least ``least``, from 0 to 1, in order."""
        if least <= 0:
            return list(hits)
        with self._lock:
            version = store.version
            if self._sure_version != version:
                self._confidences = MappingProxyType(store.confidences())
                self._sure_version = version
            known = self._confidences
        return [hit for hit in hits if known.get(hit.entity.iri, 0.0) >= least]


def init_app(app: Flask, settings: Settings) -> None:
    """Attaches the view and an empty index."""
    app.config["SEARCH_MAX_CHARS"] = settings.search_max_chars
    app.extensions[EXTENSION] = NameIndex()
    lookup.init_app(app)
    app.register_blueprint(blueprint)


@blueprint.get("/search")
def search() -> Response:
    """The entities whose names contain ``q``, of one ``class`` or of all.

    Without ``q``, all entities of the class. ``confidence`` leaves out those whose best
    mention lies below it.
    """
    query = _read_query()
    kind = _read_kind(read_single(request.args, "class"))
    number, size = read_page_number(request.args), current_app.config["LIST_SIZE"]
    wanted = choose_media_type([HTML, JSON])
    by_iri = _index().entities(current_access())
    entities = tuple(by_iri.values())
    hits = find_names(entities, query) if fold(query) else list_names(entities, kind)
    hits += find_forms(by_iri, query, besides=hits)
    least, all_hits = read_confidence(request.args), hits
    hits = _index().keep_sure(all_hits, current_access(), least=least)
    counts = Counter(hit.entity.kind for hit in hits)
    chosen = [hit for hit in hits if kind in (None, hit.entity.kind)]
    hidden = sum(kind in (None, hit.entity.kind) for hit in all_hits) - len(chosen)
    pages = page_count(len(chosen), size)
    if number > pages:
        raise UnknownIriError(f"expected a page from 1 to {pages}, got {number}")
    shown = chosen[(number - 1) * size : number * size]
    if wanted == JSON:
        response = jsonify(_to_json(query, shown, len(chosen), hidden, counts, number, pages))
    else:
        reader = open_reader()
        html = render_template(
            "search.html",
            query=query,
            chosen_kind=kind,
            hits=[(hit, reader.href(hit.entity.iri)) for hit in shown],
            total=len(chosen),
            all_total=len(hits),
            counts=sorted(counts.items(), key=lambda item: -item[1]),
            page=number,
            pages=pages,
            least=least,
            hidden=hidden,
        )
        response = Response(html, mimetype=HTML)
    response.vary.add("Accept")
    # The index of names may be there later for the same state of the store.
    return revalidatable_by_body(response)


@blueprint.get("/search/suggestions")
def suggestions() -> Response:
    """The few entities that ``q`` may be the beginning of, in any form of their names, as JSON.

    ``class`` keeps to one class. Each has the name that was matched where it is another one.
    """
    query = _read_query()
    kind = _read_kind(read_single(request.args, "class"))
    reader = open_reader()
    classes = [kind.cls.removeprefix(str(TANPU))] if kind else []
    found = lookup.ensure_index().suggest(query, classes=classes, limit=SUGGESTIONS)
    kinds = {candidate: KIND_OF_CLASS[TANPU[candidate.entity.class_name]] for candidate in found}
    response = jsonify(
        {
            "query": query,
            "suggestions": [
                {
                    "id": candidate.entity.iri,
                    "href": reader.href(candidate.entity.iri),
                    "name": candidate.entity.name,
                    "matched": candidate.matched,
                    "description": candidate.entity.description,
                    "class": kinds[candidate].segment,
                    "color": kinds[candidate].color,
                    "class_name": localized(kinds[candidate].one),
                }
                for candidate in found
            ],
        }
    )
    response.vary.add("Accept-Language")
    return revalidatable(response)


def fold(text: str) -> str:
    """NFKC and full case folding, without white space at the ends.

    >>> fold(" ＣＯ２ ")
    'co2'
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def read_names(store: StoreAccess) -> tuple[NamedEntity, ...]:
    """All named entities of the store, their preferred names first."""
    rows = sorted(
        (row["entity"], row["class"], row["preferred"] != "true", row["name"])
        for row in store.texts("names")
    )
    entities = []
    for (iri, cls), group in groupby(rows, key=lambda row: row[:2]):
        names = tuple(dict.fromkeys(row[3] for row in group))
        folded = tuple(fold(name) for name in names)
        entities.append(NamedEntity(iri, KIND_OF_CLASS[URIRef(cls)], names, folded))
    return tuple(entities)


def find_names(entities: Sequence[NamedEntity], query: str) -> list[Hit]:
    """What has ``query`` in a name: exact before prefix before substring.

    Among equals a preferred name comes before another one, and short before long. An empty
    query finds nothing.
    """
    wanted = fold(query)
    if not wanted:
        return []
    hits = [hit for entity in entities if (hit := _best_hit(entity, wanted)) is not None]
    return sorted(hits, key=_order)


def find_forms(
    entities: Mapping[str, NamedEntity], query: str, *, besides: Sequence[Hit]
) -> list[Hit]:
    """What the index finds by another form of a name and ``besides`` has not, the best first."""
    index = lookup.find_index()
    if index is None:
        return []
    known = {hit.entity.iri for hit in besides}
    return [
        Hit(entities[candidate.entity.iri], candidate.matched, "form")
        for candidate in index.search(query, limit=_MAX_FORMS)
        if candidate.reason in _SAME_NAME
        and candidate.entity.iri in entities
        and candidate.entity.iri not in known
    ]


def _order(hit: Hit) -> tuple[int, bool, int, str, str]:
    is_other_name = hit.name != hit.entity.names[0]
    return (_RANKS.index(hit.match), is_other_name, len(hit.name), hit.name, hit.entity.iri)


def list_names(entities: Sequence[NamedEntity], kind: Kind | None) -> list[Hit]:
    """Everything of a kind, by name; nothing when no kind is given."""
    listed = [Hit(e, e.names[0], "substring") for e in entities if e.kind is kind]
    return sorted(listed, key=lambda hit: (hit.name, hit.entity.iri))


def _best_hit(entity: NamedEntity, wanted: str) -> Hit | None:
    hits = []
    for name, folded in zip(entity.names, entity.folded, strict=True):
        position = folded.find(wanted)
        if position >= 0:
            match: Match = (
                "exact" if folded == wanted else "prefix" if position == 0 else "substring"
            )
            hits.append(Hit(entity, name, match))
    return min(hits, key=lambda hit: _RANKS.index(hit.match), default=None)


def named_iris() -> list[str]:
    """The IRIs of everything that has a name to be searched for, in their order."""
    return list(_index().entities(current_access()))


def _index() -> NameIndex:
    index: NameIndex = current_app.extensions[EXTENSION]
    return index


def _read_query() -> str:
    """The name that is searched for; "" when there is none.

    Raises:
        MalformedRequestError: when it is too long or stands more than once.
    """
    query = read_single(request.args, "q") or ""
    limit = current_app.config["SEARCH_MAX_CHARS"]
    if len(query) > limit:
        raise MalformedRequestError(f"q: expected at most {limit} characters, got {len(query)}")
    return query


def _read_kind(segment: str | None) -> Kind | None:
    if not segment:
        return None
    if segment not in KIND_OF_SEGMENT:
        raise MalformedRequestError(
            f"class: expected one of {sorted(KIND_OF_SEGMENT)}, got {segment!r}"
        )
    return KIND_OF_SEGMENT[segment]


def _to_json(
    query: str,
    hits: Sequence[Hit],
    total: int,
    hidden: int,
    counts: Counter[Kind],
    page: int,
    pages: int,
) -> dict[str, object]:
    return {
        "query": query,
        "total": total,
        "hidden": hidden,
        "page": page,
        "pages": pages,
        "counts": {
            kind.segment: count
            for kind, count in sorted(counts.items(), key=lambda item: item[0].segment)
        },
        "results": [
            {
                "id": hit.entity.iri,
                "class": hit.entity.kind.segment,
                "name": hit.entity.names[0],
                "matched": hit.name,
                "match": hit.match,
                "names": list(hit.entity.names),
            }
            for hit in hits
        ],
    }
