"""Search over the names of everything, preferred and other ones, in the index of names.

What has the text in a name comes first, compared after NFKC and case folding; then what the
index (:mod:`graph.lookup`) finds by pinyin, initials, Traditional characters, abbreviation or
former name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request

from graph.lookup import LookupIndex, Reason
from graph.name_forms import fold_case
from ontology.terms import TANPU
from web import lookup
from web.config import Settings
from web.errors import MalformedRequestError, UnknownIriError
from web.formats import choose_media_type
from web.headers import revalidatable
from web.languages import localized
from web.lookup import nearest_index
from web.negotiation import HTML
from web.pages import open_reader
from web.parameters import read_confidence, read_page_number, read_single
from web.reading import page_count
from web.wording import KIND_OF_CLASS, KIND_OF_SEGMENT, Kind

blueprint = Blueprint("search", __name__)

JSON = "application/json"

Match = Literal["exact", "prefix", "substring", "form"]
# What the index says of a candidate that has the very name in another form; the rest resembles.
_SAME_NAME: frozenset[Reason] = frozenset(
    {"name", "official name", "former name", "pinyin", "initials", "prefix"}
)
_MAX_FORMS = 100
SUGGESTIONS = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """An entity that was found, by which of its names, and how well."""

    iri: str
    kind: Kind
    name: str
    matched: str
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found, of which a page is shown.

    ``counts`` has what is sure enough of each class, ``total`` that of the classes wanted;
    ``hidden`` is how many of these there are beside.
    """

    hits: Sequence[Hit]
    counts: Mapping[Kind, int]
    total: int
    hidden: int


def init_app(app: Flask, settings: Settings) -> None:
    """Attaches the views."""
    app.config["SEARCH_MAX_CHARS"] = settings.search_max_chars
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
    least = read_confidence(request.args)
    index, start = nearest_index(), (number - 1) * size
    if fold_case(query):
        found = find_names(index, query, kind, least=least, start=start, stop=start + size)
    else:
        found = list_names(index, kind, least=least, start=start, stop=start + size)
    pages = page_count(found.total, size)
    if number > pages:
        raise UnknownIriError(f"expected a page from 1 to {pages}, got {number}")
    if wanted == JSON:
        response = jsonify(_to_json(index, query, found, number, pages))
    else:
        reader = open_reader()
        html = render_template(
            "search.html",
            query=query,
            chosen_kind=kind,
            hits=[(hit, reader.href(hit.iri)) for hit in found.hits],
            total=found.total,
            all_total=sum(found.counts.values()),
            counts=sorted(found.counts.items(), key=lambda item: -item[1]),
            page=number,
            pages=pages,
            least=least,
            hidden=found.hidden,
        )
        response = Response(html, mimetype=HTML)
    response.vary.add("Accept")
    return revalidatable(response)


@blueprint.get("/search/suggestions")
def suggestions() -> Response:
    """The few entities that ``q`` may be the beginning of, in any form of their names, as JSON.

    ``class`` keeps to one class. Each has the name that was matched where it is another one.
    """
    query = _read_query()
    kind = _read_kind(read_single(request.args, "class"))
    reader = open_reader()
    classes = [_class_name(kind)] if kind else []
    found = nearest_index().suggest(query, classes=classes, limit=SUGGESTIONS)
    kinds = {candidate: _kind(candidate.entity.class_name) for candidate in found}
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


def find_names(
    index: LookupIndex, query: str, kind: Kind | None, *, least: float, start: int, stop: int
) -> Found:
    """What a text may mean: what has it in a name, then what has a name in another form of it.

    Args:
        index: of the names.
        query: the text; one of white space alone finds nothing.
        kind: what is wanted; None for all.
        least: the confidence, 0 to 1, that an entity has to have.
        start: of the hits to give, counted from 0.
        stop: one past the last.
    """
    parts = index.count_parts(query, least=least)
    counts = Counter({_kind(name): sure for name, (sure, _) in parts.items()})
    everything = Counter({_kind(name): found for name, (_, found) in parts.items()})
    before = counts[kind] if kind else counts.total()
    shown = index.find_parts(
        query,
        class_name=None if kind is None else _class_name(kind),
        least=least,
        start=start,
        stop=min(stop, before),
    )
    hits = [
        Hit(part.iri, _kind(part.class_name), part.name, part.matched, part.match) for part in shown
    ]
    forms = find_forms(index, query)
    everything.update(hit.kind for hit in forms)
    sure = [hit for hit in forms if index.confidence(hit.iri) >= least]
    counts.update(hit.kind for hit in sure)
    chosen = [hit for hit in sure if kind in (None, hit.kind)]
    hits += chosen[max(start - before, 0) : max(stop - before, 0)]
    total = before + len(chosen)
    beside = (everything[kind] if kind else everything.total()) - total
    return Found(hits=hits, counts=+counts, total=total, hidden=beside)


def find_forms(index: LookupIndex, query: str) -> list[Hit]:
    """What the index finds by another form of a name and no name has in it, the best first."""
    candidates = [
        candidate
        for candidate in index.search(query, limit=_MAX_FORMS)
        if candidate.reason in _SAME_NAME
    ]
    known = index.have_part([candidate.entity.iri for candidate in candidates], query)
    return [
        Hit(entity.iri, _kind(entity.class_name), entity.name, candidate.matched, "form")
        for candidate in candidates
        if (entity := candidate.entity).iri not in known
    ]


def list_names(
    index: LookupIndex, kind: Kind | None, *, least: float, start: int, stop: int
) -> Found:
    """Everything of a kind, by name; nothing when no kind is given. Arguments as before."""
    if kind is None:
        return Found(hits=(), counts={}, total=0, hidden=0)
    name = _class_name(kind)
    sure, everything = index.count_class(name, least=least)
    listed = index.list_class(name, least=least, start=start, stop=stop)
    hits = [Hit(entity.iri, kind, entity.name, entity.name, "substring") for entity in listed]
    counts = {kind: sure} if sure else {}
    return Found(hits=hits, counts=counts, total=sure, hidden=everything - sure)


def _kind(class_name: str) -> Kind:
    return KIND_OF_CLASS[TANPU[class_name]]


def _class_name(kind: Kind) -> str:
    return kind.cls.removeprefix(str(TANPU))


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
    index: LookupIndex, query: str, found: Found, page: int, pages: int
) -> dict[str, object]:
    return {
        "query": query,
        "total": found.total,
        "hidden": found.hidden,
        "page": page,
        "pages": pages,
        "counts": {
            kind.segment: count
            for kind, count in sorted(found.counts.items(), key=lambda item: item[0].segment)
        },
        "results": [
            {
                "id": hit.iri,
                "class": hit.kind.segment,
                "name": hit.name,
                "matched": hit.matched,
                "match": hit.match,
                "names": list(index.labels(hit.iri)),
            }
            for hit in found.hits
        ],
    }
