"""RDF/XML: what it cannot say is refused, and nothing is declared that is not used."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from graph.evaluation import EvaluationRules, QueryTask, evaluate
from graph.querytext import QueryLimits
from graph.worker import failure_of, failure_to_json
from graph.xml_graphs import RootSink, UnwritableGraphError, check_statements, is_element_name

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ORG = "http://www.w3.org/ns/org#"
RULES = EvaluationRules(
    limits=QueryLimits(), max_bytes=10_000_000, max_rows=10, prefixes={"org": ORG}
)
SUBJECT = ox.NamedNode("urn:s")


class Sink:
    """What is written to it, in the parts in which it comes."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)


def answer(query: str) -> bytes:
    task = QueryTask(text=query, base="http://a.example/", graph_format="application/rdf+xml")
    sink = Sink()
    evaluate(ox.Store(), task, RULES).write_to(sink)
    return b"".join(sink.parts)


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        ("http://a.example/p", True),
        ("http://a.example/1p", True),
        ("http://a.example/p-1.2", True),
        ("http://a.example/甲", True),
        ("http://a.example/%E4", True),
        ("urn:a:b", True),
        (f"{RDF}type", True),
        (f"{RDF}_1", True),
        ("http://a.example/", False),
        ("http://a.example/1", False),
        ("http://a.example/-a-/", False),
        ("http://a.example/p\u00d7", False),
        ("urn:a:", False),
        (ORG, False),
        (f"{RDF}li", False),
        (f"{RDF}Description", False),
        ("http://www.w3.org/2000/xmlns/a", False),
    ],
)
def test_a_property_ends_in_the_name_of_an_element(iri: str, expected: bool) -> None:
    assert is_element_name(iri) is expected


@pytest.mark.parametrize("name", ["urn:p/", "http://a.example/1", ORG, f"{RDF}li"])
def test_no_document_is_written_that_no_reader_takes(name: str) -> None:
    query = f"CONSTRUCT {{ <urn:s> <{name}> 1 }} {{}}"
    with pytest.raises(UnwritableGraphError, match=f"got '{name}'"):
        answer(query)


@pytest.mark.parametrize("value", ['"x"@ar--rtl', "<<( <urn:a> <urn:b> <urn:c> )>>"])
def test_terms_that_rdf_1_1_does_not_have_are_refused(value: str) -> None:
    with pytest.raises(UnwritableGraphError, match="expected a term"):
        answer(f"CONSTRUCT {{ <urn:s> <urn:p> {value} }} {{}}")


def test_only_used_namespaces_are_declared() -> None:
    query = f'CONSTRUCT {{ <urn:s> <{ORG}holds> """ xmlns:its="http://www.w3.org/2005/11/its"""" }}'
    document = answer(query.replace('its""""', 'its" """') + " {}")
    (root,) = [line for line in document.split(b"\n") if line.startswith(b"<rdf:RDF")]
    assert root.count(b"xmlns:") == 2
    assert b"xmlns:org=" in root
    (value,) = ElementTree.fromstring(document).iter(f"{{{ORG}}}holds")
    assert value.text == ' xmlns:its="http://www.w3.org/2005/11/its" '


def test_a_long_graph_is_checked_to_its_end() -> None:
    statements = [ox.Triple(SUBJECT, ox.NamedNode("urn:p"), ox.Literal(n)) for n in range(5000)]

    def with_a_bad_one() -> Iterator[ox.Triple]:
        yield from statements
        yield ox.Triple(SUBJECT, ox.NamedNode("urn:1"), SUBJECT)

    checked = check_statements(with_a_bad_one())
    assert [next(checked) for _ in statements] == statements
    with pytest.raises(UnwritableGraphError):
        next(checked)


@pytest.mark.parametrize("size", [1, 7, 60, 10_000])
def test_a_document_may_come_in_parts(size: int) -> None:
    triples = [ox.Triple(SUBJECT, ox.NamedNode("urn:p"), ox.Literal("a > b"))]
    document = ox.serialize(triples, format=ox.RdfFormat.RDF_XML)
    assert document is not None
    assert b"xmlns:its=" in document
    sink = Sink()
    root = RootSink(sink)
    for start in range(0, len(document), size):
        assert root.write(document[start : start + size]) == len(document[start : start + size])
    expected = document.replace(b' xmlns:its="http://www.w3.org/2005/11/its"', b"")
    assert b"".join(sink.parts) == expected


def test_a_process_tells_of_it() -> None:
    error = failure_of(failure_to_json(UnwritableGraphError("one")))
    assert (type(error), str(error)) == (UnwritableGraphError, "one")
