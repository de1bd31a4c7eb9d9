"""Terms of rdflib to terms of Oxigraph and back, as inverse pairs.

``to_ox`` and ``from_ox`` differ from oxrdflib's pair in one point that validation depends
on: a plain literal (``xsd:string`` in RDF 1.1) comes back plain, not typed, and no literal
is normalised on the way, so ``from_ox(to_ox(term)) == term`` for every term that rdflib
leaves without an explicit ``xsd:string``.

>>> from_ox(to_ox(Literal("碳谱")))
rdflib.term.Literal('碳谱')

Source: RDF 1.1 Concepts, section 3.3 (simple literals are ``xsd:string``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import overload

import pyoxigraph as ox
from rdflib import Graph
from rdflib.namespace import XSD
from rdflib.term import BNode, Literal, Node, URIRef

from graph.errors import GraphError

OxTerm = ox.NamedNode | ox.BlankNode | ox.Literal


class UnmappableTermError(GraphError):
    """A term of one library has no counterpart in the other."""


@overload
def to_ox(term: URIRef) -> ox.NamedNode: ...
@overload
def to_ox(term: BNode) -> ox.BlankNode: ...
@overload
def to_ox(term: Literal) -> ox.Literal: ...
@overload
def to_ox(term: Node) -> OxTerm: ...
def to_ox(term: Node) -> OxTerm:
    """The Oxigraph term that equals an rdflib term.

    Raises:
        UnmappableTermError: The term is no IRI, blank node or literal, or Oxigraph refuses
            it (an IRI that is not absolute, a malformed language tag).

    Example:
        >>> str(to_ox(URIRef("http://example.org/a")))
        '<http://example.org/a>'
    """
    try:
        if isinstance(term, URIRef):
            return ox.NamedNode(str(term))
        if isinstance(term, BNode):
            return ox.BlankNode(str(term))
        if isinstance(term, Literal):
            if term.language is not None:
                return ox.Literal(str(term), language=term.language)
            if term.datatype is not None:
                return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))
            return ox.Literal(str(term))
    except ValueError as error:
        raise UnmappableTermError(f"Oxigraph refuses the term {term!r}: {error}") from error
    raise UnmappableTermError(f"expected an IRI, a blank node or a literal, got {term!r}")


@overload
def from_ox(term: ox.NamedNode) -> URIRef: ...
@overload
def from_ox(term: ox.BlankNode) -> BNode: ...
@overload
def from_ox(term: ox.Literal) -> Literal: ...
@overload
def from_ox(term: object) -> URIRef | BNode | Literal: ...
def from_ox(term: object) -> URIRef | BNode | Literal:
    """The rdflib term that equals an Oxigraph term; literals keep their lexical form.

    Raises:
        UnmappableTermError: A triple term, a literal with a base direction, or no term.

    Example:
        >>> from_ox(ox.Literal("山城", language="zh"))
        rdflib.term.Literal('山城', lang='zh')
    """
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal) and term.direction is None:
        if term.language is not None:
            return Literal(term.value, lang=term.language)
        datatype = URIRef(term.datatype.value)
        if datatype == XSD.string:
            return Literal(term.value)
        return Literal(term.value, datatype=datatype, normalize=False)
    raise UnmappableTermError(f"expected an IRI, a blank node or a literal, got {term!r}")


def triples_to_graph(triples: Iterable[ox.Triple | ox.Quad], graph: Graph) -> Graph:
    """Add Oxigraph triples, or quads without their graph name, to an rdflib graph.

    Raises:
        UnmappableTermError: As in ``from_ox``.
    """
    for triple in triples:
        graph.add((from_ox(triple.subject), from_ox(triple.predicate), from_ox(triple.object)))
    return graph


def graph_to_triples(graph: Graph) -> Iterator[ox.Triple]:
    """The Oxigraph triples of an rdflib graph; ``triples_to_graph`` is the inverse.

    Raises:
        UnmappableTermError: As in ``to_ox``, or for a literal before the object.
    """
    for s, p, o in graph:
        subject, predicate = to_ox(s), to_ox(p)
        if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
            raise UnmappableTermError(f"expected no literal before the object, got {(s, p, o)!r}")
        yield ox.Triple(subject, predicate, to_ox(o))


def stored_forms(literals: Iterable[ox.Literal]) -> dict[ox.Literal, ox.Literal]:
    """Each literal with the form in which the store gives it back.

    Oxigraph keeps numbers, booleans and dates by value: ``"1.50"^^xsd:decimal`` comes back
    as ``"1.5"``. Comparing a graph with what is stored needs the stored form on both sides.

    Example:
        >>> one = ox.Literal("01", datatype=ox.NamedNode(str(XSD.integer)))
        >>> stored_forms([one])[one].value
        '1'
    """
    wanted = list(dict.fromkeys(literals))
    probe = ox.Store()
    subjects = [ox.NamedNode(f"urn:n:{number}") for number in range(len(wanted))]
    predicate = ox.NamedNode("urn:p")
    pairs = zip(subjects, wanted, strict=True)
    probe.extend(ox.Quad(subject, predicate, literal) for subject, literal in pairs)
    found = {quad.subject: quad.object for quad in probe}
    forms: dict[ox.Literal, ox.Literal] = {}
    for subject, literal in zip(subjects, wanted, strict=True):
        form = found[subject]
        if not isinstance(form, ox.Literal):
            raise UnmappableTermError(f"expected the store to keep {literal!r}, got {form!r}")
        forms[literal] = form
    return forms
