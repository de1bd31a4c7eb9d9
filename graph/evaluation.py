"""One query over one database: what comes out, in which format, and how it is written.

A worker process (``graph/worker.py``) and a runner in this process (``graph/workers.py``)
both evaluate by :func:`evaluate`, so that they differ in isolation and in nothing else. This
module loads no rdflib: a worker starts in a tenth of a second and stays small.

>>> rules = EvaluationRules(limits=QueryLimits(), max_bytes=1000, max_rows=10, prefixes={})
>>> task = QueryTask(text="ASK {}", base="http://a/", boolean_format="application/json")
>>> evaluate(ox.Store(), task, rules).media_type
'application/json'
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from typing import IO, Literal, cast

import pyoxigraph as ox

from graph.datasets import view_dataset
from graph.errors import GraphError
from graph.querytext import (
    QueryLimits,
    UnsupportedQueryError,
    refuse_dangerous_query,
    syntax_error,
)
from graph.xml_characters import ByteSink, XmlSink
from graph.xml_graphs import RootSink, check_statements

ResultForm = Literal["bindings", "boolean", "graph"]

# In place of a media type: the first rows for a page, rather than all of them for a program.
PAGE = "text/html"
# How many triples are looked at to find the prefixes that a graph uses.
PREFIX_SAMPLE = 2048

_PREFIXED_FORMATS = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML)


class EvaluationError(GraphError):
    """Base of what can go wrong with a query that was understood."""


class UnwantedFormError(EvaluationError):
    """The client takes no format of the form of result that its query has."""

    def __init__(self, form: ResultForm) -> None:
        super().__init__(f"expected a format for a result of the form {form!r}, got none")
        self.form = form


class ResultTooLargeError(EvaluationError):
    """The result has more bytes than a result may have."""


class UnreadableStoreError(EvaluationError):
    """The files of the store cannot be read while a query is evaluated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTask:
    """A query and what its client wants of it.

    ``base`` resolves relative IRIs. The graphs are IRIs; None takes the query's own dataset.
    A format is a media type that the engine knows, or ``PAGE``; None means that the client
    takes no result of that form.
    """

    text: str
    base: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    bindings_format: str | None = None
    boolean_format: str | None = None
    graph_format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRules:
    """What holds for every query of a service.

    ``max_bytes`` is the size of a serialised result, ``max_rows`` the number of solutions or
    triples in a ``PAGE``; ``prefixes`` are declared in graphs that use them.
    """

    limits: QueryLimits
    max_bytes: int
    max_rows: int
    prefixes: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A result that is known by its form and not yet written.

    ``truncated`` says that a ``PAGE`` leaves something out. ``write_to`` evaluates the rest
    of the query while it writes, and raises ``ResultTooLargeError`` or
    ``UnreadableStoreError``; what it has written until then is no whole document.
    """

    form: ResultForm
    media_type: str
    truncated: bool
    write_to: Callable[[ByteSink], None]


def evaluate(database: ox.Store, task: QueryTask, rules: EvaluationRules) -> Evaluation:
    """Parse a query and begin with its evaluation.

    Raises:
        InvalidQueryError: The query cannot be parsed; it carries line and column.
        QueryTooComplexError: It is too long or too deeply nested.
        UnsupportedQueryError: It calls another service, or a function that there is not.
        UnwantedFormError: The client takes no such form of result.
        UnreadableStoreError: The store cannot be read.
        ValueError: The base or the IRI of a graph is no absolute IRI.
    """
    refuse_dangerous_query(task.text, limits=rules.limits)
    try:
        view = view_dataset(
            database,
            task.text,
            base=task.base,
            default_graphs=task.default_graphs,
            named_graphs=task.named_graphs,
        )
        result = view.database.query(
            task.text,
            base_iri=task.base,
            default_graph=view.default_graphs,
            named_graphs=view.named_graphs,
        )
        if isinstance(result, ox.QueryBoolean):
            return _boolean(result, task, rules)
        if isinstance(result, ox.QuerySolutions):
            return _bindings(result, task, rules)
        return _graph(result, task, rules)
    except SyntaxError as error:
        raise syntax_error(error) from error
    except (OSError, RuntimeError) as error:
        raise engine_error(error) from error


def engine_error(error: OSError | RuntimeError) -> GraphError:
    """What it means when the engine gives up a query that it has parsed.

    >>> engine_error(RuntimeError("The custom function <http://a/> is not supported"))
    UnsupportedQueryError('The custom function <http://a/> is not supported')
    """
    if "is not supported" in str(error):
        return UnsupportedQueryError(str(error))
    return UnreadableStoreError(f"the store cannot be read: {error}")


def _boolean(result: ox.QueryBoolean, task: QueryTask, rules: EvaluationRules) -> Evaluation:
    wanted = task.boolean_format
    if wanted is None:
        raise UnwantedFormError("boolean")
    if wanted == PAGE:
        return _whole("boolean", json.dumps(bool(result)).encode(), rules, truncated=False)
    results_format = _results_format(wanted)

    def serialize(sink: IO[bytes]) -> None:
        result.serialize(sink, format=results_format)

    return _evaluation("boolean", wanted, serialize, rules)


def _bindings(result: ox.QuerySolutions, task: QueryTask, rules: EvaluationRules) -> Evaluation:
    wanted = task.bindings_format
    if wanted is None:
        raise UnwantedFormError("bindings")
    if wanted == PAGE:
        variables = [variable.value for variable in result.variables]
        solutions = list(islice(result, rules.max_rows + 1))
        rows = [[_cell(s[v]) for v in variables] for s in solutions[: rules.max_rows]]
        table = {"variables": variables, "rows": rows}
        body = json.dumps(table, ensure_ascii=False).encode()
        return _whole("bindings", body, rules, truncated=len(solutions) > rules.max_rows)
    results_format = _results_format(wanted)

    def serialize(sink: IO[bytes]) -> None:
        result.serialize(sink, format=results_format)

    is_xml = results_format == ox.QueryResultsFormat.XML
    return _evaluation("bindings", wanted, serialize, rules, is_xml=is_xml)


def _graph(result: ox.QueryTriples, task: QueryTask, rules: EvaluationRules) -> Evaluation:
    wanted = task.graph_format
    if wanted is None:
        raise UnwantedFormError("graph")
    if wanted == PAGE:
        triples = list(islice(result, rules.max_rows + 1))
        shown = triples[: rules.max_rows]
        body = _serialized(shown, ox.RdfFormat.TURTLE, used_prefixes(shown, rules.prefixes))
        return _whole("graph", body, rules, truncated=len(triples) > rules.max_rows)
    rdf_format = ox.RdfFormat.from_media_type(wanted)
    if rdf_format is None:
        raise ValueError(f"expected the media type of a format of RDF, got {wanted!r}")

    is_xml = rdf_format == ox.RdfFormat.RDF_XML

    def serialize(sink: IO[bytes]) -> None:
        if rdf_format not in _PREFIXED_FORMATS:
            result.serialize(sink, format=rdf_format)
            return
        triples = check_statements(result) if is_xml else result
        target = cast(IO[bytes], RootSink(sink)) if is_xml else sink
        head = list(islice(triples, PREFIX_SAMPLE))
        prefixes = used_prefixes(head, rules.prefixes, rdf_format)
        ox.serialize(chain(head, triples), target, format=rdf_format, prefixes=prefixes)

    return _evaluation("graph", wanted, serialize, rules, is_xml=is_xml)


def used_prefixes(
    triples: Iterable[ox.Triple],
    prefixes: Mapping[str, str],
    rdf_format: ox.RdfFormat = ox.RdfFormat.TURTLE,
) -> dict[str, str]:
    """Those of the prefixes that shorten some name of the triples in a format; it may have none.

    The serialiser itself decides: a prefix is used if the text without its declarations is
    another one with the prefix than without it.

    >>> node = ox.NamedNode("http://a/b")
    >>> used_prefixes([ox.Triple(node, node, node)], {"a": "http://a/", "c": "http://c/"})
    {'a': 'http://a/'}
    """
    if rdf_format not in _PREFIXED_FORMATS:
        return {}
    sample = list(triples)
    names = _serialized(sample, ox.RdfFormat.N_TRIPLES, {}).decode()
    plain = _undeclared(_serialized(sample, rdf_format, {}))
    return {
        prefix: namespace
        for prefix, namespace in prefixes.items()
        if f"<{namespace}" in names
        and _undeclared(_serialized(sample, rdf_format, {prefix: namespace})) != plain
    }


def _undeclared(text: bytes) -> bytes:
    """A serialisation less the lines and the element that declare prefixes."""
    lines = text.split(b"\n")
    return b"\n".join(line for line in lines if not line.startswith((b"@prefix ", b"<rdf:RDF ")))


def _serialized(
    triples: list[ox.Triple], rdf_format: ox.RdfFormat, prefixes: dict[str, str]
) -> bytes:
    buffer = io.BytesIO()
    ox.serialize(triples, buffer, format=rdf_format, prefixes=prefixes)
    return buffer.getvalue()


@cache
def _results_format(media_type: str) -> ox.QueryResultsFormat:
    found = ox.QueryResultsFormat.from_media_type(media_type)
    if found is None:
        raise ValueError(f"expected the media type of a format of results, got {media_type!r}")
    return found


def _cell(term: object) -> dict[str, str] | None:
    """A term as the JSON results have it; None where a variable is unbound."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.Literal):
        language = {} if term.language is None else {"xml:lang": term.language}
        return {"type": "literal", "value": term.value, **language}
    return {"type": "other", "value": str(term)}


def _whole(form: ResultForm, body: bytes, rules: EvaluationRules, *, truncated: bool) -> Evaluation:
    def write_to(sink: ByteSink) -> None:
        _LimitedSink(sink, rules.max_bytes).write(body)

    return Evaluation(form=form, media_type=PAGE, truncated=truncated, write_to=write_to)


def _evaluation(
    form: ResultForm,
    media_type: str,
    serialize: Callable[[IO[bytes]], None],
    rules: EvaluationRules,
    *,
    is_xml: bool = False,
) -> Evaluation:
    def write_to(sink: ByteSink) -> None:
        limited = _LimitedSink(sink, rules.max_bytes)
        try:
            if is_xml:
                fitting = XmlSink(limited)
                serialize(cast(IO[bytes], fitting))
                fitting.finish()
            else:
                serialize(cast(IO[bytes], limited))
        except (OSError, RuntimeError) as error:
            raise engine_error(error) from error

    return Evaluation(form=form, media_type=media_type, truncated=False, write_to=write_to)


class _LimitedSink:
    """A file for the engine's serialisers that passes on so many bytes and no more."""

    def __init__(self, sink: ByteSink, max_bytes: int) -> None:
        self._sink = sink
        self._max_bytes = max_bytes
        self._written = 0

    def write(self, data: bytes) -> int:
        """Pass on the bytes; their number."""
        self._written += len(data)
        if self._written > self._max_bytes:
            raise ResultTooLargeError(
                f"expected a result of at most {self._max_bytes} bytes, got more: "
                "ask for less with LIMIT"
            )
        return self._sink.write(data)

    def flush(self) -> None:
        """Nothing to do: the sink decides when it sends."""
