"""The Reconciliation API 0.2: ``/reconcile`` answers which entity a name of a table means.

Manifest, queries in batch or single, suggestions, previews and data extension, with CORS from
:mod:`web.headers` and JSONP where a ``callback`` is named. Identifiers are the IRIs of the
store without what all of them begin with, so that ``identifierSpace`` and identifier together
are the IRI.

Source: Reconciliation Service API 0.2, final report of the W3C Entity Reconciliation Community
Group of 10 April 2023.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, abort, render_template, request, url_for
from markupsafe import Markup
from rdflib import URIRef

from extract.gazetteer import Division, lookup_place
from graph.lookup import Candidate, IndexedEntity, LookupIndex
from graph.lookup_entries import CLASSES
from ontology.terms import TANPU
from web import lookup
from web.errors import MalformedRequestError, UnknownIriError
from web.headers import CONTENT_SECURITY_POLICY
from web.lookup import nearest_index
from web.negotiation import HTML
from web.parameters import read_single
from web.properties import (
    PROPERTIES,
    Asked,
    Property,
    agrees,
    find_by_property,
    identifier,
    identifier_to_iri,
)
from web.reading import Reader
from web.store import StoreAccess, current_access
from web.wording import KIND_OF_CLASS

blueprint = Blueprint("reconcile", __name__)

VERSIONS = ("0.1", "0.2")
BATCH_SIZE = 200
MAX_IDS = 1000
DEFAULT_LIMIT = 10
MAX_LIMIT = 100
# A longer cell is no name; it is answered with no candidate.
MAX_NAME = 300
SUGGESTIONS = 20
MAX_CURSOR = 1000
PREVIEW_WIDTH, PREVIEW_HEIGHT = 430, 300
PREVIEW_STATEMENTS = 3

# A candidate is certain when its score is that high and no other comes so near.
MATCH_SCORE = 95.0
MATCH_MARGIN = 5.0
# What is taken off for a type that is only preferred, and where no property agrees.
OTHER_TYPE_LOSS = 10.0
PROPERTY_LOSS = 25.0
PROPERTY_ONLY_SCORE = 90.0

_CALLBACK = re.compile(r"[A-Za-z_$][\w$]{0,63}(?:\.[A-Za-z_$][\w$]{0,63}){0,3}", re.ASCII)
_STRICTNESS = ("any", "all", "should")
_PLACE_PROPERTIES = ("place", "within", "code")


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """One query of a batch; see section 4.1 of the specification.

    ``classes`` are local names of our classes; None where types were given of which none is
    ours.
    """

    text: str
    classes: frozenset[str] | None
    strictness: str
    limit: int
    properties: tuple[tuple[Property, tuple[Any, ...]], ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with the score that type and properties leave it."""

    entity: IndexedEntity
    score: float
    name_score: float
    agreement: float | None
    matched: str
    reason: str


def init_app(app: Flask) -> None:
    """Attaches the views; the index is that of the search."""
    lookup.init_app(app)
    app.register_blueprint(blueprint)


@blueprint.route("/reconcile", methods=["GET", "POST"])
def reconcile() -> Response:
    """Manifest, candidates or values, by which parameter there is."""
    parameters = request.form if request.method == "POST" else request.args
    batch, single = read_single(parameters, "queries"), read_single(parameters, "query")
    extend = read_single(parameters, "extend")
    if batch is not None:
        return answer(reconcile_batch(_read_json("queries", batch)))
    if extend is not None:
        return answer(extend_rows(_read_json("extend", extend)))
    if single is not None:
        query = _read_json("query", single) if single.lstrip().startswith("{") else single
        return answer(reconcile_batch({"q": query})["q"])
    if request.method == "POST":
        raise MalformedRequestError("expected a form with 'queries', 'query' or 'extend'")
    return answer(manifest())


def manifest() -> dict[str, Any]:
    """What the service is and offers."""
    root = request.url_root.rstrip("/")
    preview = url_for("reconcile.preview", _external=True) + "?id={{id}}"
    return {
        "versions": list(VERSIONS),
        "name": "碳谱 Tanpu",
        "identifierSpace": current_access().base + "id/",
        "schemaSpace": str(TANPU),
        "documentation": url_for("home.home", _external=True),
        "logo": url_for("static", filename="icon.svg", _external=True),
        "defaultTypes": [type_of(name) for name in CLASSES[:5]],
        "view": {"url": f"{root}/id/{{{{id}}}}"},
        "preview": {"url": preview, "width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "suggest": {
            what: {
                "service_url": root,
                "service_path": f"/reconcile/suggest/{what}",
                "flyout_service_url": root,
                "flyout_service_path": f"/reconcile/flyout/{what}?id=${{id}}",
            }
            for what in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": root, "service_path": "/reconcile/properties"},
            "property_settings": _SETTINGS,
        },
        "batchSize": BATCH_SIZE,
    }


_SETTINGS: list[dict[str, Any]] = [
    {
        "name": "limit",
        "label": "最多几个值 Maximum number of values",
        "type": "number",
        "default": 0,
        "help_text": "0 不限 0 gives all",
    },
    {
        "name": "content",
        "label": "数据的写法 Figures as",
        "type": "select",
        "default": "reading",
        "choices": [
            {"value": "reading", "name": "文字 text"},
            {"value": "value", "name": "数值 number"},
        ],
    },
    {"name": "indicator", "label": "只要此指标 Only this indicator", "type": "text", "default": ""},
    {"name": "period", "label": "只要此时期 Only this period", "type": "text", "default": ""},
]


# ----------------------------------------------------------------------------- candidates


def reconcile_batch(batch: Any) -> dict[str, dict[str, Any]]:
    """The candidates of each query, by the keys of the batch.

    Raises:
        MalformedRequestError: the batch is not as the specification has it.
    """
    if not isinstance(batch, dict):
        raise MalformedRequestError(f"queries: expected an object, got {_shown(batch)}")
    if len(batch) > BATCH_SIZE:
        abort(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"queries: expected at most {BATCH_SIZE}, got {len(batch)}",
        )
    queries = {key: read_query(key, query) for key, query in batch.items()}
    index, store = nearest_index(), current_access()
    reader = Reader(store, prefix=request.script_root)
    return {
        key: {"result": candidates(query, index, store, reader)} for key, query in queries.items()
    }


def candidates(
    query: ReconciliationQuery, index: LookupIndex, store: StoreAccess, reader: Reader
) -> list[dict[str, Any]]:
    """The candidates of a query, the best first."""
    if query.classes is None or len(query.text) > MAX_NAME:
        return []
    found = _by_name(query, index, store) if query.text else _by_properties(query, index, store)
    scored = [_score(candidate, query, index, store, reader) for candidate in found]
    scored.sort(key=lambda item: -item.score)
    shown = scored[: query.limit]
    certain = bool(scored) and scored[0].score >= MATCH_SCORE
    if len(scored) > 1 and scored[0].score - scored[1].score < MATCH_MARGIN:
        certain = False
    return [
        _to_json(item, store.base, match=certain and position == 0)
        for position, item in enumerate(shown)
    ]


def _by_name(query: ReconciliationQuery, index: LookupIndex, store: StoreAccess) -> list[Candidate]:
    # Beyond the limit, because properties and types change the order.
    wanted = min(max(2 * query.limit, 20), MAX_LIMIT)
    classes = () if query.strictness == "should" else query.classes or ()
    found = index.search(query.text, classes=classes, limit=wanted, place=_place_of(query))
    entity = index.entity(identifier_to_iri(store.base, query.text))
    if entity is not None and (not classes or entity.class_name in classes):
        found = [Candidate(entity, query.text, 100.0, "identifier"), *found]
    return list({candidate.entity.iri: candidate for candidate in reversed(found)}.values())[::-1]


def _place_of(query: ReconciliationQuery) -> Division | None:
    """The place that the properties of a query give."""
    for prop, values in query.properties:
        if prop.id in _PLACE_PROPERTIES:
            for value in values:
                name = value.get("name", "") if isinstance(value, dict) else str(value)
                division = lookup_place(name)
                if division is not None:
                    return division
    return None


def _by_properties(
    query: ReconciliationQuery, index: LookupIndex, store: StoreAccess
) -> list[Candidate]:
    entities = dict.fromkeys(
        entity
        for prop, values in query.properties
        for entity in find_by_property(index, store, prop, values)
        if not query.classes or entity.class_name in query.classes
    )
    return [
        Candidate(entity, entity.name, PROPERTY_ONLY_SCORE, "identifier") for entity in entities
    ]


def _score(
    candidate: Candidate,
    query: ReconciliationQuery,
    index: LookupIndex,
    store: StoreAccess,
    reader: Reader,
) -> Scored:
    entity = candidate.entity
    score, agreement = candidate.score, None
    if query.classes and entity.class_name not in query.classes:
        score -= OTHER_TYPE_LOSS
    if query.properties:
        asked = Asked(entity, index, store, reader)
        agreed = sum(agrees(asked, prop, values) for prop, values in query.properties)
        agreement = agreed / len(query.properties)
        score -= PROPERTY_LOSS * (1 - agreement)
    return Scored(
        entity,
        round(max(score, 0.0), 1),
        round(candidate.score, 1),
        agreement,
        candidate.matched,
        candidate.reason,
    )


def _to_json(item: Scored, base: str, *, match: bool) -> dict[str, Any]:
    features: list[dict[str, Any]] = [
        {"id": "name", "value": item.name_score},
        {"id": "mentions", "value": item.entity.mentions},
        {"id": "by " + item.reason, "value": True},
    ]
    if item.agreement is not None:
        features.append({"id": "properties", "value": round(item.agreement, 3)})
    answer: dict[str, Any] = {
        "id": identifier(base, item.entity.iri),
        "name": item.entity.name,
        "type": [type_of(item.entity.class_name)],
        "score": item.score,
        "features": features,
        "match": match,
    }
    description = describe(item.entity, item.matched)
    return {**answer, "description": description} if description else answer


def describe(entity: IndexedEntity, matched: str) -> str:
    """What tells an entity apart, and the name that was met where it is another."""
    also = f"又称 {matched}" if matched not in (entity.name, entity.iri) else ""
    return "；".join(part for part in (entity.description, also) if part)


def type_of(class_name: str) -> dict[str, str]:
    """A class as a type of the API."""
    words = KIND_OF_CLASS[TANPU[class_name]].words
    return {"id": class_name, "name": f"{words.zh} {words.en}"}


# -------------------------------------------------------------------------------- reading


def read_query(key: str, value: Any) -> ReconciliationQuery:
    """A query of a batch; a bare string is a name.

    Raises:
        MalformedRequestError: it is not as the specification has it; the message names it.
    """
    if isinstance(value, str):
        value = {"query": value}
    if not isinstance(value, dict):
        raise MalformedRequestError(f"query {key!r}: expected an object, got {_shown(value)}")
    text = value.get("query", "")
    if not isinstance(text, str):
        raise MalformedRequestError(f"query {key!r}: expected a string, got {_shown(text)}")
    properties = _read_properties(key, value.get("properties", []))
    if not text.strip() and not properties and "query" not in value:
        raise MalformedRequestError(f"query {key!r}: expected 'query' or 'properties'")
    strictness = value.get("type_strict", "any")
    if strictness not in _STRICTNESS:
        raise MalformedRequestError(
            f"query {key!r}: expected type_strict among {_STRICTNESS}, got {_shown(strictness)}"
        )
    classes = _read_classes(key, value.get("type", []), strictness)
    return ReconciliationQuery(
        text.strip(), classes, strictness, _read_limit(key, value.get("limit")), properties
    )


def _read_classes(key: str, value: Any, strictness: str) -> frozenset[str] | None:
    given = [value] if isinstance(value, str | dict) else value
    if not isinstance(given, list):
        raise MalformedRequestError(
            f"query {key!r}: expected a type or a list of types, got {_shown(value)}"
        )
    names = [str(item.get("id", "")) if isinstance(item, dict) else str(item) for item in given]
    names = [name.removeprefix(str(TANPU)) for name in names if name]
    known = frozenset(name for name in names if name in CLASSES)
    if not names or (strictness == "should" and not known):
        return frozenset()
    # No entity has two of our classes.
    none = not known or (strictness == "all" and len(set(names)) > 1)
    return None if none else known


def _read_limit(key: str, value: Any) -> int:
    if value is None:
        return DEFAULT_LIMIT
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise MalformedRequestError(
            f"query {key!r}: expected limit to be a whole number from 1, got {_shown(value)}"
        )
    return min(value, MAX_LIMIT)


def _read_properties(key: str, value: Any) -> tuple[tuple[Property, tuple[Any, ...]], ...]:
    if not isinstance(value, list):
        raise MalformedRequestError(
            f"query {key!r}: expected a list of properties, got {_shown(value)}"
        )
    found = []
    for item in value:
        if not isinstance(item, dict) or "pid" not in item or "v" not in item:
            raise MalformedRequestError(
                f"query {key!r}: expected properties with 'pid' and 'v', got {_shown(item)}"
            )
        values = item["v"] if isinstance(item["v"], list) else [item["v"]]
        prop = _read_property(f"query {key!r}", item["pid"])
        if values:
            found.append((prop, tuple(values)))
    return tuple(found)


def _read_property(where: str, value: Any) -> Property:
    if not isinstance(value, str) or value not in PROPERTIES:
        raise MalformedRequestError(
            f"{where}: expected a property among {sorted(PROPERTIES)}, got {_shown(value)}"
        )
    return PROPERTIES[value]


def _read_json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise MalformedRequestError(f"{name}: expected JSON, {error}") from error
    except RecursionError as error:
        raise MalformedRequestError(f"{name}: expected JSON, got one nested too deeply") from error


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 100 else text[:100] + "…"


# -------------------------------------------------------------------------------- suggest


@blueprint.get("/reconcile/suggest/entity")
def suggest_entity() -> Response:
    """Entities whose names begin with ``prefix``."""
    prefix, cursor = _read_prefix()
    index, base = nearest_index(), current_access().base
    named = index.entity(identifier_to_iri(base, prefix))
    if len(prefix) > MAX_NAME:
        found: Sequence[IndexedEntity] = ()
    elif named is not None:
        found = [named]
    else:
        limit = cursor + SUGGESTIONS
        found = [candidate.entity for candidate in index.suggest(prefix, limit=limit)]
    return answer(
        {
            "result": [
                {
                    "id": identifier(base, entity.iri),
                    "name": entity.name,
                    "description": entity.description,
                    "notable": [type_of(entity.class_name)],
                }
                for entity in found[cursor : cursor + SUGGESTIONS]
            ]
        }
    )


@blueprint.get("/reconcile/suggest/type")
def suggest_type() -> Response:
    """Classes whose identifier or name has ``prefix`` in it."""
    return answer({"result": _containing([type_of(name) for name in CLASSES])})


@blueprint.get("/reconcile/suggest/property")
def suggest_property() -> Response:
    """Properties whose identifier or name has ``prefix`` in it."""
    return answer({"result": _containing([property_to_json(p) for p in PROPERTIES.values()])})


def property_to_json(prop: Property) -> dict[str, str]:
    """A property with its name in Chinese and English."""
    return {"id": prop.id, "name": f"{prop.words.zh} {prop.words.en}"}


def _containing(items: list[dict[str, str]]) -> list[dict[str, str]]:
    prefix, cursor = _read_prefix()
    wanted = prefix.casefold()
    found = [i for i in items if wanted in i["id"].casefold() or wanted in i["name"].casefold()]
    found.sort(key=lambda item: not item["id"].casefold().startswith(wanted))
    return found[cursor : cursor + SUGGESTIONS]


def _read_prefix() -> tuple[str, int]:
    prefix = read_single(request.args, "prefix")
    if prefix is None:
        raise MalformedRequestError("prefix: expected the beginning of a name, got none")
    cursor = read_single(request.args, "cursor") or "0"
    if not re.fullmatch(r"\d{1,4}", cursor, re.ASCII) or int(cursor) > MAX_CURSOR:
        raise MalformedRequestError(
            f"cursor: expected a whole number up to {MAX_CURSOR}, got {cursor!r}"
        )
    return prefix.strip(), int(cursor)


# --------------------------------------------------------------------------------- extend


@blueprint.get("/reconcile/properties")
def propose_properties() -> Response:
    """The properties that entities of a ``type`` have."""
    given = read_single(request.args, "type")
    if given is None:
        raise MalformedRequestError("type: expected the identifier of a type, got none")
    limit = read_single(request.args, "limit")
    if limit is not None and not re.fullmatch(r"[1-9]\d{0,3}", limit, re.ASCII):
        raise MalformedRequestError(f"limit: expected a whole number from 1, got {limit!r}")
    name = given.removeprefix(str(TANPU))
    found = [property_to_json(p) for p in PROPERTIES.values() if name in p.classes]
    payload: dict[str, Any] = {"type": given, "properties": found}
    if limit is not None:
        payload |= {"limit": int(limit), "properties": found[: int(limit)]}
    return answer(payload)


def extend_rows(query: Any) -> dict[str, Any]:
    """The values of the properties asked for, for each entity asked about.

    Raises:
        MalformedRequestError: the query is not as the specification has it.
    """
    ids, wanted = _read_extension(query)
    index, store = nearest_index(), current_access()
    reader = Reader(store, prefix=request.script_root)
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for given in ids:
        entity = index.entity(identifier_to_iri(store.base, given))
        asked = None if entity is None else Asked(entity, index, store, reader)
        rows[given] = {prop.id: _cells(asked, prop, settings) for prop, settings in wanted}
    meta = []
    for prop, _ in wanted:
        described: dict[str, Any] = property_to_json(prop)
        if prop.value_class:
            described["type"] = type_of(prop.value_class)
        meta.append(described)
    return {"meta": meta, "rows": rows}


def _cells(
    asked: Asked | None, prop: Property, settings: Mapping[str, Any]
) -> list[dict[str, Any]]:
    if asked is None or asked.entity.class_name not in prop.classes:
        return []
    cells = prop.cells(asked, settings)
    limit = int(settings.get("limit") or 0)
    return cells[:limit] if limit else cells


def _read_extension(query: Any) -> tuple[list[str], list[tuple[Property, Mapping[str, Any]]]]:
    if not isinstance(query, dict):
        raise MalformedRequestError(f"extend: expected an object, got {_shown(query)}")
    ids, given = query.get("ids"), query.get("properties")
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise MalformedRequestError(f"extend: expected a list of ids, got {_shown(ids)}")
    if len(ids) > MAX_IDS:
        abort(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"extend: expected at most {MAX_IDS} ids, got {len(ids)}",
        )
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise MalformedRequestError(f"extend: expected a list of properties, got {_shown(given)}")
    wanted: list[tuple[Property, Mapping[str, Any]]] = []
    for item in given:
        settings = item.get("settings") or {}
        if not isinstance(settings, dict) or not _is_count(settings.get("limit")):
            raise MalformedRequestError(f"extend: unexpected settings {_shown(settings)}")
        wanted.append((_read_property("extend", item.get("id")), settings))
    return ids, wanted


def _is_count(value: Any) -> bool:
    """Whether a setting is a count, written as a number or as text, or missing."""
    return value in (None, "") or re.fullmatch(r"\d{1,6}", str(value), re.ASCII) is not None


# --------------------------------------------------------------------- preview and flyout


@blueprint.get("/reconcile/preview")
def preview() -> Response:
    """A small page on an entity, for a frame on another site."""
    html = render_template("preview.html", **_view(_read_entity()))
    response = Response(html, mimetype=HTML)
    policy = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


@blueprint.get("/reconcile/flyout/entity")
def flyout_entity() -> Response:
    """The same in a few lines, to be shown beside a suggestion."""
    entity = _read_entity()
    lines = [entity.name, type_of(entity.class_name)["name"], entity.description]
    return _flyout(lines)


@blueprint.get("/reconcile/flyout/type")
def flyout_type() -> Response:
    """A class in a line."""
    name = _read_id()
    if name not in CLASSES:
        raise UnknownIriError(f"id: expected a type among {list(CLASSES)}, got {name!r}")
    return _flyout([type_of(name)["name"], str(TANPU[name])])


@blueprint.get("/reconcile/flyout/property")
def flyout_property() -> Response:
    """A property in a line."""
    name = _read_id()
    if name not in PROPERTIES:
        raise UnknownIriError(f"id: expected a property among {sorted(PROPERTIES)}, got {name!r}")
    return _flyout([property_to_json(PROPERTIES[name])["name"]])


def _flyout(lines: Sequence[str]) -> Response:
    html = Markup("").join(Markup("<p>{}</p>").format(line) for line in lines if line)
    return answer({"id": _read_id(), "html": str(html)})


def _read_id() -> str:
    given = read_single(request.args, "id")
    if not given:
        raise MalformedRequestError("id: expected an identifier, got none")
    return given


def _read_entity() -> IndexedEntity:
    given = _read_id()
    entity = nearest_index().entity(identifier_to_iri(current_access().base, given))
    if entity is None:
        raise UnknownIriError(f"the graph has no entity {given!r}")
    return entity


def _view(entity: IndexedEntity) -> dict[str, Any]:
    reader = Reader(current_access(), prefix=request.script_root)
    iri = URIRef(entity.iri)
    return {
        "entity": entity,
        "kind": KIND_OF_CLASS[TANPU[entity.class_name]],
        "node": reader.node(iri),
        "names": reader.names(iri)[1:],
        "sections": reader.sections(iri, size=PREVIEW_STATEMENTS)[:PREVIEW_STATEMENTS],
        "documents": reader.mentioned_in(iri).documents[:PREVIEW_STATEMENTS],
    }


def answer(payload: Mapping[str, Any]) -> Response:
    """JSON, or a call of the function that ``callback`` names.

    Raises:
        MalformedRequestError: the callback is no name of a function.
    """
    text = json.dumps(payload)
    callback = read_single(request.args, "callback")
    if callback is None:
        return Response(text, mimetype="application/json")
    if not _CALLBACK.fullmatch(callback):
        raise MalformedRequestError(f"callback: expected a function's name, got {callback!r}")
    return Response(f"/**/{callback}({text});", mimetype="text/javascript")
