"""Graphs as RDF/XML has them: which triples it can say, and the namespaces that it declares.

The property of a triple is the name of an element there, and not every IRI ends in what may be
one. The engine writes such triples all the same, as documents that no reader of XML takes. It also
declares a namespace that RDF 1.2 alone uses, with triples as terms and directions of texts.

>>> s, p = ox.NamedNode("urn:s"), ox.NamedNode("http://a.example/1")
>>> list(check_statements([ox.Triple(s, p, s)]))
Traceback (most recent call last):
...
graph.xml_graphs.UnwritableGraphError: RDF/XML: expected a property that ends in a name of XML, \
got 'http://a.example/1': ask for another format

Source: W3C Recommendation RDF 1.1 XML Syntax, sections 5.1 and 6; Namespaces in XML 1.0 (third
edition), section 3 (reserved names) and production 4 (names).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

import pyoxigraph as ox

from graph.errors import GraphError
from graph.xml_characters import ByteSink

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMLNS = "http://www.w3.org/2000/xmlns/"
_SYNTAX_TERMS = frozenset(
    _RDF + name
    for name in (
        *("RDF", "Description", "ID", "about", "parseType", "resource", "nodeID", "datatype"),
        *("li", "aboutEach", "aboutEachID", "bagID"),
    )
)
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME_START = re.compile(f"[{_START}]")
_NAME = re.compile(f"[-.0-9\u00b7\u0300-\u036f\u203f-\u2040{_START}]*+")
_ROOT = b"<rdf:RDF"
_UNUSED = b' xmlns:its="http://www.w3.org/2005/11/its"'

_Statement = TypeVar("_Statement", ox.Triple, ox.Quad)


class UnwritableGraphError(GraphError):
    """A graph has a triple that the format asked for cannot say."""


def check_statements(statements: Iterable[_Statement]) -> Iterator[_Statement]:
    """The same statements, each of which RDF/XML can say.

    Raises:
        UnwritableGraphError: The next one is another.
    """
    known: set[str] = set()
    for statement in statements:
        name, value = statement.predicate.value, statement.object
        if name not in known:
            if not is_element_name(name):
                raise UnwritableGraphError(
                    f"RDF/XML: expected a property that ends in a name of XML, got {name!r}: "
                    "ask for another format"
                )
            known.add(name)
        if isinstance(value, ox.Triple) or (
            isinstance(value, ox.Literal) and value.direction is not None
        ):
            raise UnwritableGraphError(
                f"RDF/XML: expected a term of RDF 1.1, got {str(value)!r}: ask for another format"
            )
        yield statement


def is_element_name(iri: str) -> bool:
    """Whether an IRI can be the name of an element that stands for a property.

    >>> is_element_name("http://a.example/1st"), is_element_name("http://a.example/1")
    (True, False)
    """
    ending = _NAME.match(iri[::-1])
    return (
        ending is not None
        and _NAME_START.search(ending[0]) is not None
        and iri not in _SYNTAX_TERMS
        and not iri.startswith(_XMLNS)
    )


def without_unused_namespace(document: bytes) -> bytes:
    """A document of the engine's less the declaration of what RDF 1.1 does not use."""
    return document.replace(_UNUSED, b"", 1)


class RootSink:
    """A file for serialisers of RDF/XML that does the same to a document that comes in parts."""

    def __init__(self, sink: ByteSink) -> None:
        self._sink = sink
        self._held: bytes | None = b""

    def write(self, data: bytes) -> int:
        """Pass on the bytes, once the root element is there as a whole; their number."""
        if self._held is None:
            self._sink.write(data)
            return len(data)
        self._held += bytes(data)
        root = self._held.find(_ROOT)
        if root >= 0 and self._held.find(b">", root) >= 0:
            self._sink.write(without_unused_namespace(self._held))
            self._held = None
        return len(data)

    def flush(self) -> None:
        """Nothing to do: the sink decides when it sends."""
