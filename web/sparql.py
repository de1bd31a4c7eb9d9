"""``/sparql``: the SPARQL 1.1 Protocol.

Queries are answered to everybody, in a process of their own and within limits (see
:mod:`web.runner`). Updates need a token and pass the gate (see :mod:`web.writing`). ``GET``
without a query gives the description of the service. ``format=csv`` and its like choose a format
by its suffix, for links where no header can be set. ``POST /sparql/answer`` gives the page's own
script what the page shows. Who asks in a browser and is refused gets the page again, with the
query and the place in it that is wrong.

Source: W3C Recommendations SPARQL 1.1 Protocol, section 2; SPARQL 1.1 Service Description,
section 2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

import pyoxigraph as ox
from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import UnsupportedMediaType

from graph.errors import GraphError
from graph.evaluation import PAGE, QueryTask, UnwantedFormError
from graph.federation.text import may_call_services
from graph.querytext import InvalidQueryError, QueryLimits
from graph.updatetext import prepare_update
from graph.workers import Answer
from ontology.terms import PREFIXES
from web.authorization import require_author
from web.config import Settings
from web.description import describe_service
from web.errors import (
    MalformedRequestError,
    NotAcceptableError,
    Problem,
    UpdateRefusedError,
    WebError,
    answer_known_error,
)
from web.formats import (
    BOOLEAN_FORMATS,
    CONSTRUCTED_FORMATS,
    RESULT_FORMATS,
    RdfFormat,
    ResultFormat,
    find_media_type,
    media_types_of,
)
from web.gallery import read_gallery
from web.headers import revalidatable_by_store
from web.languages import PARAMETER
from web.negotiation import HTML, prefers_html
from web.pages import open_reader
from web.parameters import FORM as FORM
from web.parameters import read_body, read_single, refuse_other_encodings
from web.reading import Reader
from web.runner import ask, find_federation, query_limits, read_iri, respond
from web.store import current_access
from web.wording import Words
from web.writing import apply_update

blueprint = Blueprint("sparql", __name__)

QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
FORMAT = "format"
LIMITS = "tanpu.query_limits"

_FORMATS: Mapping[str, Sequence[RdfFormat | ResultFormat]] = {
    "bindings": RESULT_FORMATS,
    "boolean": BOOLEAN_FORMATS,
    "graph": CONSTRUCTED_FORMATS,
}
# What `format=` may say, and the media type that it stands for.
SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        "json": "application/sparql-results+json",
        "xml": "application/sparql-results+xml",
        "csv": "text/csv",
        "tsv": "text/tab-separated-values",
        **{one.suffix: one.media_types[0] for one in CONSTRUCTED_FORMATS},
    }
)
_TABLE_SUFFIXES = ("csv", "tsv", "json", "xml")
_DATASET_PARAMETERS = ("default-graph-uri", "named-graph-uri")
_USING_PARAMETERS = ("using-graph-uri", "using-named-graph-uri")

# What stands before the first keyword of a request: blanks, comments, BASE and PREFIX.
_PROLOGUE = re.compile(r"(?:\s|#[^\n\r]*|(?:BASE|PREFIX\s+[^\s:<]*:)\s*<[^<>]*>)*+", re.IGNORECASE)
_UPDATE_WORD = re.compile(
    r"(?:INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH)\b", re.IGNORECASE
)
# What gives another value each time, so that no answer with it holds as long as the store does.
# STRUUID as well; what only ends like one of them is taken for it, which costs a validator.
_VOLATILE = re.compile(r"(?:NOW|RAND|UUID)\s*\(")
# What programs and browsers send in Accept is shorter; only that is remembered.
_REMEMBERED_LENGTH = 300
_SECONDS = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the result table: what is shown, its page if it has one, its language.

    ``iri`` is that of a node, whose ``text`` may be its short form.
    """

    text: str
    href: str | None = None
    language: str | None = None
    iri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """The beginning of a result as people see it.

    A table has ``variables`` and ``rows``; a graph has them too, its triples being the rows, and
    ``turtle``; yes or no is ``boolean``. ``truncated`` says that there is more.
    """

    form: Literal["bindings", "boolean", "graph"]
    truncated: bool
    variables: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    turtle: str | None = None
    boolean: bool | None = None

    @property
    def suffixes(self) -> Sequence[str]:
        """The formats that all of it can be fetched in, by suffix."""
        if self.form == "graph":
            return [one.suffix for one in CONSTRUCTED_FORMATS]
        return _TABLE_SUFFIXES if self.form == "bindings" else ("json", "xml")

    def to_json(self) -> dict[str, Any]:
        """The same for the script of the page."""
        return {**asdict(self), "suffixes": list(self.suffixes)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer: ``before``, ``wrong`` and ``after`` are the line that is wrong.

    ``line`` and ``column`` count from 1 and are None where no place is known.
    """

    words: Words
    detail: str
    line: int | None = None
    column: int | None = None
    before: str = ""
    wrong: str = ""
    after: str = ""


def init_app(app: Flask, settings: Settings) -> None:
    """Attaches the endpoint."""
    app.extensions[LIMITS] = query_limits(settings)
    app.register_blueprint(blueprint)


@blueprint.get("/sparql")
def get() -> Response:
    """The query in the query string; without one, a form for people or the description.

    Raises:
        MalformedRequestError: for what is not UTF-8.
        UpdateRefusedError: for an update, which changes something and so needs POST.
    """
    refuse_other_encodings()
    if "update" in request.args:
        raise UpdateRefusedError("expected query=… by GET, got update=…: updates need POST")
    if not request.args.keys() - {PARAMETER}:
        types = media_types_of(CONSTRUCTED_FORMATS)
        if not prefers_html(request.headers.get("Accept"), types):
            return describe_service(
                read_iri("Host", request.base_url),
                CONSTRUCTED_FORMATS,
                is_federated=find_federation() is not None,
            )
        response = Response(_render("", None), mimetype=HTML)
        response.vary.add("Accept")
        return response
    return answer_query(_required(request.args, "query"), request.args)


@blueprint.post("/sparql")
def post() -> Response:
    """A query or an update, in a form or as the body itself.

    Raises:
        UnsupportedMediaType: for a body of another type or encoding.
        MalformedRequestError: for a form with a query and an update, or neither, and for what
            is not UTF-8.
    """
    if "Content-Encoding" in request.headers:
        raise UnsupportedMediaType("expected a body without Content-Encoding")
    charset = request.mimetype_params.get("charset", "utf-8")
    if request.mimetype not in (FORM, QUERY, UPDATE) or charset.lower() not in ("utf-8", "utf8"):
        given = request.headers.get("Content-Type")
        raise UnsupportedMediaType(f"expected {FORM}, {QUERY} or {UPDATE} in UTF-8, got {given!r}")
    refuse_other_encodings()
    if request.mimetype == QUERY:
        return answer_query(read_body(), request.args)
    if request.mimetype == UPDATE:
        return answer_update(read_body, request.args)
    parameters = request.values
    if "update" not in parameters:
        return answer_query(_required(parameters, "query"), parameters)
    if "query" in parameters:
        raise MalformedRequestError("expected query=… or update=…, got both")
    return answer_update(lambda: _required(parameters, "update"), parameters)


@blueprint.post("/sparql/answer")
def answer() -> Response:
    """What the page shows of the answer to the query of a form, as JSON for its script.

    Raises:
        MalformedRequestError: as :func:`answer_query` does.
        InvalidQueryError: when the query cannot be parsed.
        GraphError: as the runner does.
    """
    refuse_other_encodings()
    text = _required(request.form, "query")
    task = replace(
        read_task(text, request.form),
        bindings_format=PAGE,
        boolean_format=PAGE,
        graph_format=PAGE,
    )
    shown = read_answer(ask(task, seconds=_read_seconds(request.form)))
    return jsonify(shown.to_json())


@blueprint.errorhandler(GraphError)
@blueprint.errorhandler(WebError)
def refuse(error: Exception) -> Response:
    """The problem; a browser gets the page with the query that it sent."""
    is_query = request.endpoint in ("sparql.get", "sparql.post") and "query" in request.values
    return answer_known_error(error, show=_show_refusal if is_query else None)


def answer_query(text: str, parameters: MultiDict[str, str]) -> Response:
    """The result of a query in the format that the client likes best.

    Raises:
        MalformedRequestError: when there is no query, or a parameter cannot be read.
        NotAcceptableError: when the client likes none of the formats for such a result.
        InvalidQueryError: when the query cannot be parsed.
        UpdateRefusedError: when it is an update.
        GraphError: as the runner does.
    """
    task = read_task(text, parameters)
    seconds = _read_seconds(parameters)
    wanted = request.values.get(FORMAT) or request.headers.get("Accept")
    answer = begin_answer(task, lambda task: ask(task, seconds=seconds), wanted=wanted)
    if answer.header.media_type == PAGE:
        response = Response(_render(text, read_answer(answer)), mimetype=HTML)
    else:
        response = respond(answer)
    if (suffix := parameters.get(FORMAT)) is not None:
        response.headers["Content-Disposition"] = f'attachment; filename="tanpu.{suffix}"'
    return finish_response(response, text)


def begin_answer(
    task: QueryTask, ask: Callable[[QueryTask], Answer], *, wanted: str | None
) -> Answer:
    """The answer to a query, whose failures are told in the terms of the protocol.

    Args:
        task: the query.
        ask: who evaluates it.
        wanted: the formats that the client named, for the message where there is none of them.

    Raises:
        NotAcceptableError: when the client likes none of the formats for such a result.
        InvalidQueryError: when the query cannot be parsed.
        UpdateRefusedError: when it is an update.
        GraphError: as ``ask`` does.
    """
    if not (task.bindings_format or task.boolean_format or task.graph_format):
        raise _not_acceptable(_FORMATS["bindings"], wanted)
    try:
        return ask(task)
    except UnwantedFormError as error:
        raise _not_acceptable(_FORMATS[error.form], wanted) from error
    except InvalidQueryError as error:
        if is_update(task.text):
            raise UpdateRefusedError("expected a query in query=…, got an update") from error
        raise


def finish_response(response: Response, text: str) -> Response:
    """A response to a query, with what caches need to know."""
    response.vary.add("Accept")
    return response if is_volatile(text) else revalidatable_by_store(response)


def is_volatile(text: str) -> bool:
    """Whether a query asks for what is another value each time, or for what others have.

    >>> is_volatile("SELECT (RAND() AS ?n) {}"), is_volatile("ASK {}")
    (True, False)
    """
    upper = text.upper()
    # To look for the bare words first takes a fraction of the time.
    has_word = "NOW" in upper or "RAND" in upper or "UUID" in upper
    return (has_word and _VOLATILE.search(upper) is not None) or may_call_services(text)


def read_task(text: str, parameters: MultiDict[str, str]) -> QueryTask:
    """A query with the graphs that ``parameters`` name for it and the formats of the request.

    A dataset in the request replaces the one in the query; where it names only default or
    only named graphs, there are none of the other sort.

    Raises:
        MalformedRequestError: when there is no query, or a graph's name is no absolute IRI.
    """
    if not text.strip():
        raise MalformedRequestError("query: expected a SPARQL query, got an empty text")
    for name in _USING_PARAMETERS:
        if name in parameters:
            raise MalformedRequestError(f"{name}: expected it beside an update, got a query")
    default, named = (_read_iris(parameters, name) for name in _DATASET_PARAMETERS)
    given = bool(default or named)
    bindings, boolean, graph = choose_formats(_read_accept(parameters))
    return QueryTask(
        text=text,
        base=read_iri("Host", request.base_url),
        default_graphs=default if given else None,
        named_graphs=named if given else None,
        bindings_format=bindings,
        boolean_format=boolean,
        graph_format=graph,
    )


def choose_formats(accept: str | None) -> tuple[str | None, str | None, str | None]:
    """The formats for tables, for yes or no and for graphs; see :class:`QueryTask`.

    >>> choose_formats("text/csv")
    ('text/csv', None, None)
    """
    if accept is None or len(accept) <= _REMEMBERED_LENGTH:
        return _choose_formats(accept)
    return _choose_formats.__wrapped__(accept)


@lru_cache(maxsize=1024)
def _choose_formats(accept: str | None) -> tuple[str | None, str | None, str | None]:
    return (
        find_media_type(RESULT_FORMATS, accept),
        find_media_type(BOOLEAN_FORMATS, accept),
        find_media_type(CONSTRUCTED_FORMATS, accept),
    )


def answer_update(read_text: Callable[[], str], parameters: MultiDict[str, str]) -> Response:
    """204 after an update whose client may make it; the text is read when that is settled.

    Raises:
        WebError: when the client may not make it.
        MalformedRequestError: when there is no update, or a parameter cannot be read.
        InvalidQueryError: when the update cannot be parsed.
        GraphError: when it is refused or the store cannot be written.
    """
    author = require_author("ingest")
    text = read_text()
    for name in _DATASET_PARAMETERS:
        if name in parameters:
            raise MalformedRequestError(f"{name}: expected it beside a query, got an update")
    default, named = (_read_iris(parameters, name) for name in _USING_PARAMETERS)
    limits: QueryLimits = current_app.extensions[LIMITS]
    update = prepare_update(text, limits=limits, default_graphs=default, named_graphs=named)
    apply_update(update, base_iri=read_iri("Host", request.base_url), author=author)
    return Response(status=204)


def is_update(text: str) -> bool:
    """Whether a text that is no query begins like an update.

    >>> is_update("PREFIX : <http://a/> DELETE WHERE { ?s ?p ?o }")
    True
    """
    prologue = _PROLOGUE.match(text)
    return _UPDATE_WORD.match(text, prologue.end() if prologue else 0) is not None


def read_answer(answer: Answer) -> ShownAnswer:
    """An answer in the format ``PAGE`` with the names and pages of its nodes.

    Raises:
        GraphError: as the runner does.
    """
    form, truncated = answer.header.form, answer.header.truncated
    body = b"".join(answer)
    if form == "boolean":
        return ShownAnswer(form=form, truncated=truncated, boolean=json.loads(body))
    reader = open_reader()
    if form == "graph":
        parsed = [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.TURTLE)]
        return ShownAnswer(
            form=form,
            truncated=truncated,
            variables=("subject", "predicate", "object"),
            rows=[[_node_cell(term, reader) for term in triple] for triple in parsed],
            turtle=body.decode("utf-8") + ("# …\n" if truncated else ""),
        )
    table = json.loads(body)
    return ShownAnswer(
        form=form,
        truncated=truncated,
        variables=table["variables"],
        rows=[[_cell(cell, reader) for cell in row] for row in table["rows"]],
    )


def _render(text: str, shown: ShownAnswer | None, refusal: Refusal | None = None) -> str:
    """The page with a query and, if it was asked, its answer or why there is none."""
    groups = read_gallery()
    return render_template("sparql.html", query=text, shown=shown, refusal=refusal, groups=groups)


def _show_refusal(problem: Problem, detail: str, place: Mapping[str, int]) -> str:
    text = request.values["query"]
    return _render(text, None, read_refusal(text, problem.words, detail, place))


def read_refusal(text: str, words: Words, detail: str, place: Mapping[str, int]) -> Refusal:
    r"""A refusal with the line of the query where it goes wrong; ``place`` has line and column.

    >>> one = read_refusal("ASK {\n ?a ! }", Words("", ""), "", {"line": 2, "column": 5})
    >>> (one.before, one.wrong, one.after)
    (' ?a ', '!', ' }')
    """
    line, column = place.get("line"), place.get("column")
    lines = text.split("\n")
    if line is None or column is None or not 1 <= line <= len(lines):
        return Refusal(words, detail, line, column)
    content = lines[line - 1].rstrip("\r")
    start = min(column - 1, len(content))
    end = start + 1
    return Refusal(words, detail, line, column, content[:start], content[start:end], content[end:])


def _node_cell(term: object, reader: Reader) -> Cell:
    if isinstance(term, ox.NamedNode):
        return _cell({"type": "uri", "value": term.value}, reader)
    if isinstance(term, ox.Literal):
        return Cell(term.value, language=term.language)
    return Cell(str(term))


def _cell(term: Mapping[str, str] | None, reader: Reader) -> Cell:
    if term is None:
        return Cell("")
    if term["type"] == "uri":
        iri = term["value"]
        return Cell(shorten_iri(iri, current_access().base), href=reader.href(iri), iri=iri)
    return Cell(term["value"], language=term.get("xml:lang"))


def shorten_iri(iri: str, base: str) -> str:
    """An IRI as it is written with our prefixes, or what of it follows the base of the store.

    >>> shorten_iri("http://www.w3.org/ns/org#Post", "http://a/"), shorten_iri("http://a/b", "http://a/")
    ('org:Post', 'b')
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(base)


def _read_accept(parameters: MultiDict[str, str]) -> str | None:
    """What stands in the header ``Accept``, or the media type that ``format=`` names.

    Raises:
        MalformedRequestError: when it names none.
    """
    suffix = read_single(parameters, FORMAT)
    if suffix is None:
        return request.headers.get("Accept")
    if suffix not in SUFFIXES:
        raise MalformedRequestError(f"format: expected one of {list(SUFFIXES)}, got {suffix!r}")
    return SUFFIXES[suffix]


def _not_acceptable(
    formats: Sequence[RdfFormat | ResultFormat], wanted: str | None
) -> NotAcceptableError:
    offers = ", ".join([*media_types_of(formats), HTML])
    return NotAcceptableError(f"expected one of {offers} in Accept, got {wanted!r}")


def _required(parameters: MultiDict[str, str], name: str) -> str:
    text = read_single(parameters, name)
    if text is None:
        raise MalformedRequestError(f"{name}: expected a text in SPARQL, got no such parameter")
    return text


def _read_seconds(parameters: MultiDict[str, str]) -> float | None:
    """What the client asks for with ``timeout=``; None when it does not.

    Raises:
        MalformedRequestError: for anything but a positive decimal number of seconds.
    """
    text = read_single(parameters, "timeout")
    if text is None:
        return None
    if not _SECONDS.fullmatch(text) or float(text) <= 0:
        raise MalformedRequestError(
            "timeout: expected a positive number of seconds, with at most six digits on each side "
            f"of the full stop, got {text!r}"
        )
    return float(text)


def _read_iris(parameters: MultiDict[str, str], name: str) -> tuple[str, ...]:
    return tuple(read_iri(name, value) for value in parameters.getlist(name))
