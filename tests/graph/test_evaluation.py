from __future__ import annotations

import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from graph.evaluation import (
    PREFIX_SAMPLE,
    EvaluationRules,
    QueryTask,
    ResultTooLargeError,
    evaluate,
    used_prefixes,
)
from graph.querytext import QueryLimits

PREFIXES = {
    "n": "http://n.example/",
    "o": "http://other.example/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
RULES = EvaluationRules(limits=QueryLimits(), max_bytes=10_000_000, max_rows=2, prefixes=PREFIXES)
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)]


@pytest.mark.parametrize(
    ("text", "turtle", "rdf_xml"),
    [
        ("<http://n.example/a> <http://n.example/p> 'x' .", {"n"}, {"n"}),
        ("<http://n.example/a> <http://z.example/p> <http://other.example/b> .", {"n", "o"}, set()),
        (f"<http://z.example/a> {TYPE} <http://z.example/b> .", set(), set()),
        (f"<http://z.example/a> {TYPE} <http://n.example/C> .", {"n"}, {"n"}),
        ('<http://z.example/a> <http://z.example/p> "n:a <http://n.example/b>" .', set(), set()),
        (
            '<http://z.example/a> <http://z.example/p> '
            '"1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
            set(),
            set(),
        ),
        (
            '<http://z.example/a> <http://z.example/p> '
            '"2031"^^<http://www.w3.org/2001/XMLSchema#gYear> .',
            {"xsd"},
            set(),
        ),
    ],
)  # fmt: skip
def test_a_prefix_is_used_when_it_shortens_a_name(
    text: str, turtle: set[str], rdf_xml: set[str]
) -> None:
    parsed = triples(text.replace("'", '"'))
    assert set(used_prefixes(parsed, PREFIXES)) == turtle
    assert set(used_prefixes(parsed, PREFIXES, ox.RdfFormat.TRIG)) == turtle
    assert set(used_prefixes(parsed, PREFIXES, ox.RdfFormat.RDF_XML)) == rdf_xml
    assert used_prefixes(parsed, PREFIXES, ox.RdfFormat.N_TRIPLES) == {}


def test_names_after_the_sample_are_written_in_full() -> None:
    store = ox.Store()
    count = PREFIX_SAMPLE + 10
    predicate = ox.NamedNode("http://z.example/p")
    store.extend(
        ox.Quad(ox.NamedNode(f"http://n.example/{number}"), predicate, ox.Literal(number))
        for number in range(count)
    )
    text = "CONSTRUCT { ?s <http://z.example/p> ?o } { ?s ?p ?o }"
    task = QueryTask(text=text, base="http://b.example/", graph_format="text/turtle")
    buffer = io.BytesIO()
    evaluate(store, task, RULES).write_to(buffer)
    body = buffer.getvalue()
    assert body.startswith(b"@prefix n: <http://n.example/> .\n")
    assert body.count(b"@prefix") == 1
    assert len(list(ox.parse(body, format=ox.RdfFormat.TURTLE))) == count


@pytest.mark.parametrize("graph_format", ["text/turtle", "application/n-triples", "text/html"])
@pytest.mark.parametrize(("max_bytes", "is_refused"), [(10, True), (10_000, False)])
def test_a_result_has_so_many_bytes_and_no_more(
    graph_format: str, max_bytes: int, is_refused: bool
) -> None:
    task = QueryTask(
        text="CONSTRUCT { <a> <b> <c> } {}", base="http://b.example/", graph_format=graph_format
    )
    evaluation = evaluate(ox.Store(), task, replace(RULES, max_bytes=max_bytes))
    if is_refused:
        with pytest.raises(ResultTooLargeError):
            evaluation.write_to(io.BytesIO())
    else:
        evaluation.write_to(io.BytesIO())


def test_a_format_that_the_engine_does_not_know_is_a_defect() -> None:
    task = QueryTask(text="ASK {}", base="http://b.example/", boolean_format="image/png")
    with pytest.raises(ValueError, match="image/png"):
        evaluate(ox.Store(), task, RULES)


@pytest.mark.parametrize(
    ("query", "media_type"),
    [
        ("SELECT ?o { ?s ?p ?o }", "application/sparql-results+xml"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/rdf+xml"),
    ],
)
def test_xml_has_only_characters_that_it_may_have(query: str, media_type: str) -> None:
    database = ox.Store()
    subject, predicate = ox.NamedNode("http://n.example/a"), ox.NamedNode("http://n.example/p")
    for number in range(2000):
        value = f"{number}\x00风\ufffe\uffff\x1f\r电\t"
        database.add(ox.Quad(subject, predicate, ox.Literal(value)))
    task = QueryTask(
        text=query, base="http://n.example/", bindings_format=media_type, graph_format=media_type
    )
    body = io.BytesIO()
    evaluate(database, task, RULES).write_to(body)
    document = ElementTree.fromstring(body.getvalue())
    texts = {element.text for element in document.iter() if "电" in (element.text or "")}
    assert texts == {f"{n}\ufffd风\ufffd\ufffd\ufffd\r电\t" for n in range(2000)}


def test_other_formats_keep_every_character() -> None:
    database = ox.Store()
    node = ox.NamedNode("http://n.example/a")
    database.add(ox.Quad(node, node, ox.Literal("\x00\ufffe\r")))
    task = QueryTask(
        text="SELECT ?o { ?s ?p ?o }",
        base="http://n.example/",
        bindings_format="application/sparql-results+json",
    )
    body = io.BytesIO()
    evaluate(database, task, RULES).write_to(body)
    (row,) = json.loads(body.getvalue())["results"]["bindings"]
    assert row["o"]["value"] == "\x00\ufffe\r"
