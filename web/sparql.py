"""``/sparql``: the SPARQL 1.1 Protocol, for queries alone.

Updates are refused with 403. A query runs to its end: the engine cannot be interrupted, so
there is no time limit in this process; only the size of a query is limited, by the store.

Source: W3C Recommendation SPARQL 1.1 Protocol, section 2.1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox
from flask import Blueprint, Flask, Response, current_app, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from graph.querytext import InvalidQueryError
from graph.store import QueryResult
from web.config import Settings
from web.errors import MalformedRequestError, StoreUnreadableError, UpdateRefusedError
from web.formats import (
    GRAPH_FORMATS,
    RESULT_FORMATS,
    TURTLE,
    bytes_response,
    choose_media_type,
    media_types_of,
    rdf_response,
    serialize_triples,
)
from web.negotiation import HTML, prefers_html
from web.parameters import read_single
from web.reading import Reader
from web.store import current_access, current_store

blueprint = Blueprint("sparql", __name__)

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

# What stands before the first keyword of a request: blanks, comments, BASE and PREFIX.
_PROLOGUE = re.compile(r"(?:\s|#[^\n\r]*|(?:BASE|PREFIX\s+[^\s:<]*:)\s*<[^<>]*>)*+", re.IGNORECASE)
_UPDATE_WORD = re.compile(
    r"(?:INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SparqlRequest:
    """A query with the dataset that the protocol gives it; None leaves it to the query."""

    text: str
    default_graphs: Sequence[str] | None
    named_graphs: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the result table: what is shown, its page if it has one, its language."""

    text: str
    href: str | None = None
    language: str | None = None


def init_app(app: Flask, settings: Settings) -> None:
    """Attaches the endpoint."""
    app.config["TABLE_SIZE"] = settings.table_size
    app.register_blueprint(blueprint)


@blueprint.get("/sparql")
def get() -> Response:
    """The query in the query string; without one, a form for people."""
    _refuse_update_parameter(request.args)
    others = [*media_types_of(RESULT_FORMATS), *media_types_of(GRAPH_FORMATS)]
    if "query" not in request.args and prefers_html(request.headers.get("Accept"), others):
        response = Response(render_template("sparql.html", query=""), mimetype=HTML)
        response.vary.add("Accept")
        return response
    return answer(read_request(_query_parameter(request.args), request.args))


@blueprint.post("/sparql")
def post() -> Response:
    """The query in a form, or as the body itself.

    Raises:
        UnsupportedMediaType: for a body of another type.
        UpdateRefusedError: for an update.
    """
    if request.mimetype == UPDATE:
        raise UpdateRefusedError("this endpoint is read-only: expected a query, got an update")
    if request.mimetype == FORM:
        _refuse_update_parameter(request.form)
        return answer(read_request(_query_parameter(request.form), request.form))
    if request.mimetype == QUERY:
        try:
            text = request.get_data().decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedRequestError(
                f"expected a query in UTF-8, got the byte {error.object[error.start]:#04x} "
                f"at offset {error.start}"
            ) from error
        return answer(read_request(text, request.args))
    raise UnsupportedMediaType(f"expected {FORM} or {QUERY}, got {request.mimetype!r}")


def read_request(text: str, parameters: MultiDict[str, str]) -> SparqlRequest:
    """A query with the graphs that ``parameters`` name for it.

    A dataset in the request replaces the one in the query; where it names only default or
    only named graphs, there are none of the other sort.

    Raises:
        MalformedRequestError: when there is no query, or a graph's name is no absolute IRI.
    """
    if not text.strip():
        raise MalformedRequestError("query: expected a SPARQL query, got an empty text")
    default_graphs = [
        _read_iri("default-graph-uri", v) for v in parameters.getlist("default-graph-uri")
    ]
    named_graphs = [_read_iri("named-graph-uri", v) for v in parameters.getlist("named-graph-uri")]
    if not default_graphs and not named_graphs:
        return SparqlRequest(text, None, None)
    return SparqlRequest(text, default_graphs, named_graphs)


def answer(query: SparqlRequest) -> Response:
    """The result of a query in the format that the client likes best.

    Raises:
        NotAcceptableError: when the client likes none of the formats for such a result.
        InvalidQueryError: when the query cannot be parsed.
        UpdateRefusedError: when it is an update.
    """
    try:
        result = current_store().query(
            query.text, default_graphs=query.default_graphs, named_graphs=query.named_graphs
        )
        response = _serialize(result, query)
    except InvalidQueryError as error:
        if is_update(query.text):
            raise UpdateRefusedError(
                "this endpoint is read-only: expected a query, got an update"
            ) from error
        raise
    except OSError as error:
        raise StoreUnreadableError(f"the store cannot be read: {error}") from error
    response.vary.add("Accept")
    return response


def is_update(text: str) -> bool:
    """Whether a text that is no query begins like an update.

    >>> is_update("PREFIX : <http://a/> DELETE WHERE { ?s ?p ?o }")
    True
    """
    prologue = _PROLOGUE.match(text)
    return _UPDATE_WORD.match(text, prologue.end() if prologue else 0) is not None


def _serialize(result: QueryResult, query: SparqlRequest) -> Response:
    if isinstance(result, ox.QueryTriples):
        wanted = choose_media_type([*media_types_of(GRAPH_FORMATS), HTML])
        if wanted == HTML:
            turtle = serialize_triples(result, TURTLE).decode("utf-8")
            page = render_template("sparql.html", query=query.text, turtle=turtle)
            return Response(page, mimetype=HTML)
        return rdf_response(result, next(f for f in GRAPH_FORMATS if wanted in f.media_types))
    wanted = choose_media_type([*media_types_of(RESULT_FORMATS), HTML])
    if wanted != HTML:
        chosen = next(f for f in RESULT_FORMATS if wanted in f.media_types)
        body = result.serialize(format=chosen.ox_format)
        if body is None:
            raise TypeError("expected bytes, got None")
        return bytes_response(body, chosen.media_types[0])
    if isinstance(result, ox.QueryBoolean):
        page = render_template("sparql.html", query=query.text, boolean=bool(result))
        return Response(page, mimetype=HTML)
    return Response(_table(result, query.text), mimetype=HTML)


def _table(result: ox.QuerySolutions, text: str) -> str:
    size = current_app.config["TABLE_SIZE"]
    reader = Reader(current_access(), prefix=request.script_root)
    variables = [variable.value for variable in result.variables]
    solutions = list(islice(result, size + 1))
    rows = [[_cell(solution[v], reader) for v in variables] for solution in solutions[:size]]
    return render_template(
        "sparql.html",
        query=text,
        variables=variables,
        rows=rows,
        truncated=len(solutions) > size,
    )


def _cell(term: object, reader: Reader) -> Cell:
    if term is None:
        return Cell("")
    if isinstance(term, ox.NamedNode):
        return Cell(term.value, href=reader.href(term.value))
    if isinstance(term, ox.Literal):
        return Cell(term.value, language=term.language)
    return Cell(str(term))


def _query_parameter(parameters: MultiDict[str, str]) -> str:
    text = read_single(parameters, "query")
    if text is None:
        raise MalformedRequestError("query: expected a SPARQL query, got no such parameter")
    return text


def _refuse_update_parameter(parameters: MultiDict[str, str]) -> None:
    if "update" in parameters:
        raise UpdateRefusedError("this endpoint is read-only: expected query=…, got update=…")


def _read_iri(name: str, text: str) -> str:
    try:
        return ox.NamedNode(text).value
    except ValueError as error:
        raise MalformedRequestError(f"{name}: expected an absolute IRI, got {text!r}") from error
