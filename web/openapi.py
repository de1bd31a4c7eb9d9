"""``/openapi.json``: what programs may ask of the service, and what they get, as OpenAPI 3.1.

Written by hand: each path with its parameters and the schema of its JSON. What is a page or
plain text alone is named in :data:`WITHOUT_JSON`; tests hold that every route is in one of the
two, and that real answers fit their schemas.

>>> sorted(describe_service("/")["paths"]["/documents"])
['post']

Source: OpenAPI Specification 3.1.0; RFC 9457 (problem details).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, get_args

from flask import Blueprint, Flask, Response, jsonify, render_template, request

from extract.facts import ENTITY_LABELS, FACT_TYPES
from extract.sending import METADATA
from graph.journal import JOB_STATES
from graph.resolution.agreement import Reason
from web.examples import ARTICLE, DOCUMENT_ID, find_examples
from web.formats import CONSTRUCTED_FORMATS, DATASET_FORMATS, GRAPH_FORMATS, media_types_of
from web.headers import revalidatable
from web.intake import ResultStatus
from web.languages import N_
from web.negotiation import HTML
from web.reference import read_reference
from web.store import current_access

Schema = dict[str, Any]
Operation = dict[str, Any]

blueprint = Blueprint("openapi", __name__)

JSON = "application/json"
PROBLEM = "application/problem+json"
RESULTS = "application/sparql-results+json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
# Endpoints that have pages, XML or plain text alone.
WITHOUT_JSON = frozenset(
    {
        "around.timeline",
        "cite.cite",
        "contradictions.contradictions",
        "documents.list_documents",
        "documents.page",
        "entities.page",
        "history.page",
        "home.home",
        "home.robots",
        "metrics.metrics",
        "openapi.page",
        "reconcile.preview",
        "review.review",
        "sitemap.index",
        "sitemap.part",
        "static",
        "tryout.form",
        "vocabulary.shape",
        "vocabulary.term",
    }
)


def init_app(app: Flask) -> None:
    """Attaches the views."""
    app.register_blueprint(blueprint)


@blueprint.get("/openapi.json")
def document() -> Response:
    """The description, for programs."""
    return revalidatable(jsonify(describe_service(request.script_root or "/")))


@blueprint.get("/api")
def page() -> Response:
    """The description, for people, who can try it."""
    store = current_access()
    reference = read_reference(
        describe_service(request.script_root or "/"),
        request.host_url.rstrip("/"),
        find_examples(store),
    )
    html = render_template("api.html", reference=reference)
    return revalidatable(Response(html, mimetype=HTML))


# --- schemas --------------------------------------------------------------------------------


def text(description: str = "", **more: Any) -> Schema:
    """A string."""
    return {"type": "string", **({"description": description} if description else {}), **more}


def count(description: str = "") -> Schema:
    """A number of things."""
    said = {"description": description} if description else {}
    return {"type": "integer", "minimum": 0, **said}


def listed(item: Schema) -> Schema:
    """An array."""
    return {"type": "array", "items": item}


def record(properties: Mapping[str, Schema], *, optional: Sequence[str] = ()) -> Schema:
    """An object with these properties and no others."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def reference(name: str) -> Schema:
    """A schema of :data:`SCHEMAS`."""
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(kind: str) -> Schema:
    """A value that may be missing."""
    return {"type": [kind, "null"]}


_IRI = text(format="iri-reference")
_NAMED = record({"id": text(), "name": text()})
_COUNTS = record({status: count() for status in get_args(ResultStatus)})
_MENTION = record(
    {
        "start": count(N_("code points of the text before it")),
        "end": count(),
        "label": {"enum": list(ENTITY_LABELS)},
        "text": text(),
        "name": text(N_("canonical name")),
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    }
)

SCHEMAS: Mapping[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": N_("RFC 9457"),
        "properties": {
            "type": text(),
            "title": text(),
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text(),
            "instance": text(),
            "line": count(),
            "column": count(),
            "reports": {"type": "object", "additionalProperties": reference("Report")},
            "documents": listed(text(N_("id of one that spoke of what is gone"))),
            "removed": text(N_("when the document was removed"), format="date-time"),
            "identities": listed(
                record(
                    {
                        "graph": text(),
                        "entity": text(N_("IRI in the graph that was sent")),
                        "reason": {"enum": list(get_args(Reason))},
                        "today": listed(text(N_("IRI that the entity has, or may have"))),
                    }
                )
            ),
        },
        "required": ["type", "title", "status", "detail", "instance"],
        "additionalProperties": False,
    },
    "Report": record(
        {
            "conforms": {"type": "boolean"},
            "results": listed(
                record(
                    {
                        "focus_node": text(),
                        "path": nullable("string"),
                        "value": nullable("string"),
                        "severity": text(),
                        "source_shape": nullable("string"),
                        "component": text(),
                        "messages": {"type": "object", "additionalProperties": text()},
                    }
                )
            ),
        }
    ),
    "Extraction": record(
        {
            "id": text(),
            "text": text(),
            "title": text(),
            "published": text(format="date"),
            "source": text(),
            "url": text(),
            "entities": listed(_MENTION),
            "references": listed(_MENTION),
            "facts": listed(
                {
                    "type": "object",
                    "properties": {"type": {"enum": sorted(FACT_TYPES)}},
                    "required": ["type", "start", "end", "confidence"],
                }
            ),
        },
        optional=("title", "published", "source", "url"),
    ),
    "Document": record(
        {
            "document": text(N_("id; missing where the input has none")),
            "origin": text(N_("file, with the line of JSON Lines")),
            "status": {"enum": list(get_args(ResultStatus))},
            "graph": _IRI,
            "entities": count(),
            "facts": count(),
            "triples": count(),
            "affected": listed(text(N_("id of another document that changed with it"))),
            "report": reference("Report"),
            "error": text(N_("why it was refused")),
            "extraction": reference("Extraction"),
        },
        optional=(
            "document",
            "graph",
            "entities",
            "facts",
            "triples",
            "affected",
            "report",
            "error",
            "extraction",
        ),
    ),
    "Documents": record({"counts": _COUNTS, "documents": listed(reference("Document"))}),
    "Job": record(
        {
            "id": text(),
            "status": {"enum": list(JOB_STATES)},
            "created": text(format="date-time"),
            "ended": nullable("string"),
            "counts": _COUNTS,
            "documents": listed(reference("Document")),
            "error": text(N_("why it failed")),
        },
        optional=("error",),
    ),
    "Search": record(
        {
            "query": text(),
            "total": count(),
            "hidden": count(N_("things that are less sure than asked for")),
            "page": count(),
            "pages": count(),
            "counts": {"type": "object", "additionalProperties": count()},
            "results": listed(
                record(
                    {
                        "id": _IRI,
                        "class": text(),
                        "name": text(),
                        "matched": text(),
                        "match": text(),
                        "names": listed(text()),
                    }
                )
            ),
        }
    ),
    "Suggestions": record(
        {
            "query": text(),
            "suggestions": listed(
                record(
                    {
                        "id": _IRI,
                        "href": nullable("string"),
                        "name": text(),
                        "matched": nullable("string"),
                        "description": text(),
                        "class": text(),
                        "color": text(),
                        "class_name": text(),
                    }
                )
            ),
        }
    ),
    "Vocabulary": record(
        {
            "prefixes": {"type": "object", "additionalProperties": text()},
            "classes": listed(record({"iri": _IRI, "count": count(), "label": text()})),
            "properties": listed(record({"iri": _IRI, "count": count(), "label": text()})),
        }
    ),
    "Health": record({"status": {"const": "ok"}, "store_version": count(), "documents": count()}),
    "Readiness": record(
        {
            "status": {"enum": ["ready", "not ready"]},
            "checks": {"type": "object", "additionalProperties": {"type": "boolean"}},
        }
    ),
    "Results": {
        "type": "object",
        "description": N_("SPARQL 1.1 Query Results JSON Format"),
        "properties": {
            "head": {"type": "object"},
            "results": {"type": "object"},
            "boolean": {"type": "boolean"},
        },
        "required": ["head"],
    },
    "Neighbourhood": {
        "type": "object",
        "properties": {"node": {"type": "object"}, "relations": listed({"type": "object"})},
        "required": ["node", "relations"],
        "additionalProperties": False,
    },
    "Choices": record(
        {"choices": listed(record({"iri": _IRI, "name": text(), "features": listed(text())}))}
    ),
    "Flyout": record({"id": text(), "html": text(N_("a piece of HTML"))}),
    "Suggested": record(
        {
            "result": listed(
                {
                    "type": "object",
                    "properties": {
                        "id": text(),
                        "name": text(),
                        "description": text(),
                        "notable": listed(_NAMED),
                    },
                    "required": ["id", "name"],
                    "additionalProperties": False,
                }
            )
        }
    ),
    "Proposed": record(
        {"type": text(), "properties": listed(_NAMED), "limit": count()}, optional=("limit",)
    ),
    "Reconciliation": {
        "type": "object",
        "description": N_("Reconciliation API 0.2: manifest, candidates or values"),
    },
    "JsonLd": {"type": ["object", "array"], "description": N_("JSON-LD 1.0")},
}


# --- operations -----------------------------------------------------------------------------

# What each status says that is no error.
MEANINGS: Mapping[int, str] = {
    200: N_("Here it is"),
    201: N_("Stored, as something new"),
    202: N_("Accepted: a job goes on with it"),
    204: N_("Done, with nothing to say"),
    300: N_("There are several such things"),
    303: N_("It is described elsewhere: see Location"),
    308: N_("It has another address now: see Location"),
    503: N_("Not now"),
}
TAGS: Mapping[str, str] = {
    "documents": N_("Documents and articles"),
    "queries": N_("Queries and updates"),
    "search": N_("Search and neighbours"),
    "graphs": N_("Things and graphs as RDF"),
    "reconciliation": N_("Reconciliation of names"),
    "service": N_("State of the service"),
}


def parameter(
    name: str,
    description: str,
    *,
    where: str = "query",
    required: bool = False,
    example: str | float | None = None,
    **schema: Any,
) -> Schema:
    """A parameter; one of the path is always needed."""
    made: Schema = {
        "name": name,
        "in": where,
        "required": required or where == "path",
        "description": description,
        "schema": schema or {"type": "string"},
    }
    return made if example is None else {**made, "example": example}


def operation(
    tag: str,
    summary: str,
    answers: Mapping[int, Schema | None],
    *,
    parameters: Sequence[Schema] = (),
    body: Schema | None = None,
    needs_token: bool = False,
) -> Operation:
    """What one method of a path does; errors are problems, whatever their status.

    ``answers`` has the content of each status that is no error, by media type; None is none.
    """
    responses: dict[str, Any] = {}
    for status, content in answers.items():
        responses[str(status)] = {"description": MEANINGS[status]}
        if content is not None:
            responses[str(status)]["content"] = content
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    made: Operation = {"tags": [tag], "summary": summary, "responses": responses}
    if parameters:
        made["parameters"] = list(parameters)
    if body is not None:
        made["requestBody"] = {"required": True, "content": body}
    if needs_token:
        made["security"] = [{"token": []}]
    return made


def json_of(name: str) -> Schema:
    """JSON of a schema of :data:`SCHEMAS`."""
    return {JSON: {"schema": reference(name)}}


def rdf_of(media_types: Sequence[str]) -> Schema:
    """A graph in several formats."""
    return {
        media_type: {"schema": reference("JsonLd") if "json" in media_type else text()}
        for media_type in media_types
        if media_type != HTML
    }


def plain(example: str = "") -> Schema:
    """A text as the body."""
    return {"schema": text(), **({"example": example} if example else {})}


_GRAPH = rdf_of(media_types_of(GRAPH_FORMATS))
_DATASET = rdf_of(media_types_of(DATASET_FORMATS))
_CONSTRUCTED = rdf_of(media_types_of(CONSTRUCTED_FORMATS))
_QUERIED: Schema = {RESULTS: {"schema": reference("Results")}, **_CONSTRUCTED}
_LEAST = parameter(
    "confidence",
    N_("leave out what is less sure"),
    type="number",
    minimum=0,
    maximum=1,
    default=0,
)
_SEGMENT = parameter("segment", N_("class, such as person or org"), where="path")
_NAME = parameter("name", N_("name with ten digits at its end, or id"), where="path")
_SENT = parameter("name", N_("id of the document"), where="path", example=DOCUMENT_ID)
_CURSOR = parameter("cursor", N_("how many to pass over"), type="integer", minimum=0, default=0)
_ASKED = (
    "SELECT ?class (COUNT(?thing) AS ?things)\n"
    "WHERE { ?thing a ?class }\n"
    "GROUP BY ?class\n"
    "ORDER BY DESC(?things)\n"
    "LIMIT 10"
)
_RENAMING = (
    "PREFIX dcterms: <http://purl.org/dc/terms/>\n"
    "DELETE { ?document dcterms:title ?title }\n"
    'INSERT { ?document dcterms:title "另一个标题" }\n'
    "WHERE { ?document dcterms:title ?title }"
)
_QUERY_FORM: Schema = {
    "type": "object",
    "properties": {"query": text(), "timeout": text(N_("seconds")), "update": text()},
}
_ASKABLE: Mapping[str, str] = {
    "queries": N_("several names, as JSON"),
    "query": N_("one name, or JSON"),
    "extend": N_("things and properties, as JSON"),
}
_METADATA_MEANINGS: Mapping[str, str] = {
    "id": N_("what the one document that is sent is called"),
    "title": N_("its title"),
    "published": N_("the day on which it was published"),
    "source": N_("who published it"),
    "url": N_("where it was published"),
}
_BINARY: Schema = {"schema": {}}


def _suggesting(summary: str, beginning: str) -> dict[str, Operation]:
    return {
        "get": operation(
            "reconciliation",
            summary,
            {200: json_of("Suggested")},
            parameters=(
                parameter("prefix", N_("beginning of a name"), required=True, example=beginning),
                _CURSOR,
            ),
        )
    }


def _flying(meaning: str, example: str | None = None) -> dict[str, Operation]:
    return _reading(
        "reconciliation",
        N_("A few lines on it, to be shown beside a suggestion"),
        json_of("Flyout"),
        parameter("id", meaning, required=True, example=example),
    )


def _reading(tag: str, summary: str, content: Schema, *parameters: Schema) -> dict[str, Operation]:
    return {"get": operation(tag, summary, {200: content}, parameters=parameters)}


def _writing(*parameters: Schema) -> dict[str, Operation]:
    """What the Graph Store Protocol does beside reading."""
    made = {
        method: operation(
            "graphs",
            summary,
            {201: None, 204: None},
            parameters=parameters,
            body=_CONSTRUCTED,
            needs_token=True,
        )
        for method, summary in (("put", N_("Replace a graph")), ("post", N_("Add to a graph")))
    }
    made["patch"] = operation(
        "graphs",
        N_("Change a graph by an update"),
        {204: None},
        parameters=parameters,
        body={"application/sparql-update": plain(_RENAMING)},
        needs_token=True,
    )
    made["delete"] = operation(
        "graphs", N_("Remove a graph"), {204: None}, parameters=parameters, needs_token=True
    )
    return made


def _documents() -> dict[str, dict[str, Operation]]:
    examples = {"id": DOCUMENT_ID, "published": "2031-05-06"}
    known = [
        parameter(name, _METADATA_MEANINGS[name], example=examples.get(name)) for name in METADATA
    ]
    fields = {name: text() for name in ("text", *METADATA)}
    files = {"file": listed({"type": "string", "contentMediaType": "application/octet-stream"})}
    form = {"type": "object", "properties": {**fields, **files}}
    line = json.dumps({"id": DOCUMENT_ID, "text": ARTICLE}, ensure_ascii=False)
    return {
        "/documents": {
            "post": operation(
                "documents",
                N_("Send documents to be read and stored"),
                {200: json_of("Documents"), 201: json_of("Documents"), 202: json_of("Job")},
                parameters=(
                    *known,
                    parameter("include", N_("tell what was extracted"), enum=["extraction"]),
                    parameter("Idempotency-Key", N_("for repeating it safely"), where="header"),
                    parameter("Prefer", N_("respond-async for a job"), where="header"),
                ),
                body={
                    "text/plain": plain(ARTICLE),
                    "text/markdown": plain(),
                    "text/html": plain(),
                    "application/x-ndjson": plain(line),
                    "application/jsonl": plain(line),
                    JSON: {"schema": {"type": "object", "required": ["id", "text"]}},
                    "application/pdf": _BINARY,
                    MULTIPART: {"schema": form},
                },
                needs_token=True,
            )
        },
        "/documents/{name}": {
            "delete": operation(
                "documents",
                N_("Remove a document"),
                {204: None},
                parameters=(_SENT,),
                needs_token=True,
            )
        },
        "/jobs/{job_id}": {
            "get": operation(
                "documents",
                N_("What became of documents that were sent in bulk"),
                {200: json_of("Job")},
                parameters=(parameter("job_id", N_("as in Location"), where="path"),),
                needs_token=True,
            )
        },
        "/try": {
            "post": operation(
                "documents",
                N_("Read an article without storing it"),
                {200: {**json_of("Extraction"), "text/turtle": plain(), "text/csv": plain()}},
                body={"text/plain": plain(ARTICLE), MULTIPART: {"schema": form}},
            )
        },
    }


def _graphs() -> dict[str, dict[str, Operation]]:
    named = parameter("graph", N_("IRI of a graph"), format="iri", type="string")
    default = parameter(
        "default", N_("for the default graph; without a value"), type="string", maxLength=0
    )
    suffix = parameter(
        "suffix", N_("ttl, nt, jsonld or rdf"), where="path", example=GRAPH_FORMATS[0].suffix
    )
    return {
        "/data/{segment}/{name}": _reading(
            "graphs", N_("What is said of a thing"), _GRAPH, _SEGMENT, _NAME, _LEAST
        ),
        "/data/document/{name}": _reading(
            "graphs", N_("The graph of a document"), _DATASET, _NAME, _LEAST
        ),
        "/graph/{name}": {
            **_reading("graphs", N_("The graph of a document"), _DATASET, _NAME),
            **_writing(_SENT),
        },
        "/graph-store": {
            **_reading("graphs", N_("A graph, or all triples"), _CONSTRUCTED, named, default),
            **_writing(named, default),
        },
        "/provenance": _reading("graphs", N_("Who wrote which graph"), _DATASET),
        "/.well-known/void": _reading("graphs", N_("What the store holds, counted"), _DATASET),
        "/ontology": _reading("graphs", N_("The vocabulary"), _GRAPH),
        "/ontology.{suffix}": _reading("graphs", N_("The vocabulary as a file"), _GRAPH, suffix),
        "/shapes": _reading("graphs", N_("The shapes"), _GRAPH),
        "/shapes.{suffix}": _reading("graphs", N_("The shapes as a file"), _GRAPH, suffix),
        "/id/{segment}/{name}": {
            "get": operation(
                "graphs",
                N_("Where a thing is described"),
                {300: json_of("Choices"), 303: None, 308: None},
                parameters=(_SEGMENT, _NAME),
            )
        },
        "/neighbourhood/{segment}/{name}": _reading(
            "search",
            N_("What surrounds a thing"),
            json_of("Neighbourhood"),
            _SEGMENT,
            _NAME,
            _LEAST,
        ),
    }


def _queries() -> dict[str, dict[str, Operation]]:
    query = parameter("query", N_("SPARQL 1.1; without it the service description"), example=_ASKED)
    seconds = parameter("timeout", N_("seconds, less than the limit"), example=5, type="number")
    form: Schema = {FORM: {"schema": _QUERY_FORM, "example": {"query": _ASKED}}}
    return {
        "/sparql": {
            "get": operation("queries", N_("Query"), {200: _QUERIED}, parameters=(query, seconds)),
            "post": operation(
                "queries",
                N_("Query, or update with a token"),
                {200: _QUERIED, 204: None},
                body={
                    "application/sparql-query": plain(_ASKED),
                    "application/sparql-update": plain(),
                    **form,
                },
            ),
        },
        "/sparql/answer": {
            "post": operation(
                "queries",
                N_("Query, as the page shows it"),
                {200: {JSON: {"schema": {"type": "object"}}}},
                body=form,
            )
        },
        "/sparql/vocabulary": _reading("queries", N_("Terms for editors"), json_of("Vocabulary")),
    }


def _searches() -> dict[str, dict[str, Operation]]:
    words = parameter("q", N_("name, other name, pinyin or initials"), example="能源")
    kind = parameter("class", N_("only this class"), example="org")
    page_number = parameter("page", N_("which one, from 1"), type="integer", minimum=1, default=1)
    several = json.dumps({"q0": {"query": "能源局", "limit": 3}}, ensure_ascii=False)
    batch: Schema = {
        FORM: {
            "schema": {
                "type": "object",
                "properties": {name: text(meaning) for name, meaning in _ASKABLE.items()},
            },
            "example": {"queries": several},
        }
    }
    examples = {"queries": several}
    given = [
        parameter(name, meaning, example=examples.get(name), type="string")
        for name, meaning in _ASKABLE.items()
    ]
    return {
        "/search": _reading(
            "search", N_("Things by name"), json_of("Search"), words, kind, page_number, _LEAST
        ),
        "/search/suggestions": _reading(
            "search", N_("The likeliest things"), json_of("Suggestions"), words, kind
        ),
        "/reconcile": {
            "get": operation(
                "reconciliation",
                N_("Manifest, candidates or values"),
                {200: json_of("Reconciliation")},
                parameters=given,
            ),
            "post": operation(
                "reconciliation",
                N_("Candidates or values"),
                {200: json_of("Reconciliation")},
                body=batch,
            ),
        },
        "/reconcile/suggest/entity": _suggesting(N_("Things by the beginning of a name"), "能源"),
        "/reconcile/suggest/type": _suggesting(N_("Classes by the beginning of a name"), "p"),
        "/reconcile/suggest/property": _suggesting(
            N_("Properties by the beginning of a name"), "p"
        ),
        "/reconcile/flyout/entity": _flying(N_("identifier of a thing")),
        "/reconcile/flyout/type": _flying(N_("identifier of a class"), "Person"),
        "/reconcile/flyout/property": _flying(N_("identifier of a property"), "code"),
        "/reconcile/properties": _reading(
            "reconciliation",
            N_("Properties of a class"),
            json_of("Proposed"),
            parameter("type", N_("identifier of a class"), required=True, example="Person"),
            parameter("limit", N_("at most so many"), example=5, type="integer", minimum=1),
        ),
    }


def _operation_of_service() -> dict[str, dict[str, Operation]]:
    readiness = json_of("Readiness")
    return {
        "/healthz": _reading("service", N_("Whether it lives"), json_of("Health")),
        "/readyz": {
            "get": operation(
                "service",
                N_("Whether it should be sent requests"),
                {200: readiness, 503: {**readiness, PROBLEM: {"schema": reference("Problem")}}},
            )
        },
        "/openapi.json": _reading(
            "service", N_("This description"), {JSON: {"schema": {"type": "object"}}}
        ),
    }


def describe_service(root: str) -> dict[str, Any]:
    """The whole description.

    Args:
        root: where the service lies, ``/`` for a host of its own.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "碳谱 Tanpu",
            "version": version("tanpu"),
            "description": "Chinese policy news as a knowledge graph.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items()],
        "paths": {
            **_documents(),
            **_queries(),
            **_searches(),
            **_graphs(),
            **_operation_of_service(),
        },
        "components": {
            "schemas": dict(SCHEMAS),
            "responses": {
                "Problem": {
                    "description": N_("What went wrong"),
                    "content": {PROBLEM: {"schema": reference("Problem")}},
                }
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
