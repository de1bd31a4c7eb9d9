"""What docs/ontology.md shows is true: its Turtle conforms, its queries find what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import Graph

from graph.validation import validate_graph
from ontology.terms import EXAMPLES_DIR, PREFIXES, TANPU

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "ontology.md").read_text(encoding="utf-8")
TURTLE = re.findall(r"^```turtle\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
QUERIES = re.findall(r"^```sparql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SENTENCE = "青岭市生态环境局局长周以宁以视频方式在青岭零碳大会上致辞。"

# The rows that each query of the page gives over its own example and those of the shapes.
ROWS = [
    {
        ("周以宁", "青岭零碳大会", str(TANPU.ModeVideo), SENTENCE),
        (
            "沈知远",
            "第二届云泽绿色电力论坛",
            str(TANPU.ModeInPerson),
            "云泽市能源局局长沈知远在第二届云泽绿色电力论坛上致辞。",
        ),
    },
    {("沈知远", "局长", "云泽市能源局", str(TANPU.StatusCurrent))},
    {("云泽市", "林地面积", "125000.0", "12.5万亩")},
]


@pytest.fixture(scope="module")
def graph() -> Graph:
    graph = Graph().parse(data=TURTLE[0], format="turtle")
    for path in (EXAMPLES_DIR / "context.ttl", *EXAMPLES_DIR.glob("*.conforming.ttl")):
        graph.parse(path)
    return graph


def test_the_worked_example_conforms() -> None:
    assert len(TURTLE) == 1
    report = validate_graph(Graph().parse(data=TURTLE[0], format="turtle"))
    assert report.to_text("en") == "The graph conforms.\n"


def test_the_page_has_three_queries() -> None:
    assert len(QUERIES) == len(ROWS) == 3


@pytest.mark.parametrize(("query", "rows"), list(zip(QUERIES, ROWS, strict=True)))
def test_query_of_the_page_finds_what_the_examples_state(
    graph: Graph, query: str, rows: set[tuple[str, ...]]
) -> None:
    result = graph.query(query)
    variables = result.vars or []
    found = {tuple(str(row[name]) for name in variables) for row in result.bindings}
    assert found == rows


def test_prefixes_of_the_page_are_the_projects() -> None:
    for prefix, iri in re.findall(r"prefix\s+(\w+):\s*<([^>]*)>", PAGE, re.IGNORECASE):
        assert str(PREFIXES[prefix]) == iri
