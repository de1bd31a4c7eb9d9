"""RDF that somebody sends, read into the triples of one graph.

The parsers are the engine's. They fetch nothing: a remote JSON-LD context is an error. What
could exhaust the process is refused before they see it: deep nesting, and entities of XML,
which grow when they are expanded.

>>> data = b"<urn:s> <urn:p> 01 ."
>>> [str(t) for t in parse_graph(data, ox.RdfFormat.TURTLE, base_iri="urn:b", name=None)]
['<urn:s> <urn:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer>']

Source: RDF 1.1 Concepts, section 3; Python's documentation, "XML vulnerabilities".
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from xml.parsers import expat

import pyoxigraph as ox

from graph.drafts import Triples
from graph.errors import GraphError
from graph.querytext import TOKEN

# Of brackets and of elements.
MAX_DEPTH = 100

_PLACE = re.compile(r"at line (\d+)(?: column (\d+)| between columns (\d+))?")


class UnparsableGraphError(GraphError):
    """RDF that cannot be parsed; ``line`` and ``column`` count from 1, None where unknown."""

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class UnusableGraphError(GraphError):
    """RDF that is more than one graph, or has terms that no graph here may have."""


def parse_graph(
    data: bytes, rdf_format: ox.RdfFormat, *, base_iri: str, name: str | None
) -> Triples:
    """The triples of a serialised graph, in the form in which a database gives them back.

    Args:
        data: The serialisation, in UTF-8; a byte order mark before it is no part of it.
        rdf_format: Its format. One of datasets may name the graph itself.
        base_iri: What resolves relative IRIs.
        name: Under which name it may do so; None for none.

    Raises:
        UnparsableGraphError: The data is not in the format, or nested too deeply.
        UnusableGraphError: It has another named graph, or terms of RDF 1.2.
    """
    data = data.removeprefix(BOM_UTF8)
    _refuse_dangerous_data(data, rdf_format)
    try:
        quads = list(ox.parse(data, rdf_format, base_iri=base_iri, rename_blank_nodes=True))
    except SyntaxError as error:
        found = _PLACE.search(str(error))
        line, column = (int(found[1]), found[2] or found[3]) if found else (None, None)
        raise UnparsableGraphError(
            f"expected {rdf_format.name}: {error}",
            line=line,
            column=None if column is None else int(column),
        ) from error
    _check_terms(quads, name)
    return stored_triples(ox.Triple(q.subject, q.predicate, q.object) for q in quads)


def stored_triples(triples: Iterable[ox.Triple]) -> Triples:
    """The triples as a database gives them back: numbers and dates by their value."""
    scratch = ox.Store()
    scratch.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    return frozenset(quad.triple for quad in scratch)


def _check_terms(quads: Sequence[ox.Quad], name: str | None) -> None:
    allowed = {ox.DefaultGraph()} | ({ox.NamedNode(name)} if name is not None else set())
    for quad in quads:
        if quad.graph_name not in allowed:
            raise UnusableGraphError(
                f"expected one graph, got triples of the graph {str(quad.graph_name)!r}"
            )
        value = quad.object
        if isinstance(value, ox.Triple):
            raise UnusableGraphError(f"expected no triple as a term, got {str(value)!r}")
        if isinstance(value, ox.Literal) and value.direction is not None:
            raise UnusableGraphError(f"expected no direction of a text, got {str(value)!r}")


def _refuse_dangerous_data(data: bytes, rdf_format: ox.RdfFormat) -> None:
    if rdf_format == ox.RdfFormat.RDF_XML:
        _refuse_dangerous_xml(data)
        return
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        raise UnparsableGraphError(
            f"expected UTF-8, got the byte {data[error.start]:#04x} at offset {error.start}",
            line=before.count(b"\n") + 1,
            column=len(before.rpartition(b"\n")[2].decode("utf-8")) + 1,
        ) from error
    depth = 0
    for token in TOKEN.finditer(text):
        depth += {"open": 1, "close": -1}.get(token.lastgroup or "", 0)
        if depth > MAX_DEPTH:
            before_it = text[: token.start()]
            raise UnparsableGraphError(
                f"expected at most {MAX_DEPTH} nested brackets, got more",
                line=before_it.count("\n") + 1,
                column=len(before_it.rpartition("\n")[2]) + 1,
            )


def _refuse_dangerous_xml(data: bytes) -> None:
    """Raise for what is no XML in UTF-8, has entities of its own, or is nested too deeply."""
    # What the document says of its encoding is looked at below: many an encoding makes the parser
    # raise errors of its own kind.
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def refuse(expectation: str) -> None:
        raise UnparsableGraphError(
            expectation, line=parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1
        )

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            refuse(f"expected at most {MAX_DEPTH} nested elements, got more")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def begin(version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
            refuse(f"expected XML in UTF-8, got the encoding {encoding!r}")

    def declare(name: str, *rest: object) -> None:
        refuse(f"expected XML without entities of its own, got a declaration of {name!r}")

    parser.XmlDeclHandler = begin
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = declare
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UnparsableGraphError(
            f"expected XML: {expat.ErrorString(error.code)}",
            line=error.lineno,
            column=error.offset + 1,
        ) from error
