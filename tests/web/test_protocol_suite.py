"""The W3C test suite of the SPARQL 1.1 Protocol, over a writable store in memory.

Every request of a test goes to a server on loopback as the manifest words it, and the answer is
held against the status, the format and the truth value that the manifest expects.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import Flask
from rdflib import RDFS, Graph, Literal, Namespace
from rdflib.collection import Collection
from rdflib.term import Node

from graph.store import Store, open_store
from server import create_app

SUITE = "suites/sparql11-protocol/manifest.ttl"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
# Media types of the forms of results that the manifest knows.
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml"},
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What the manifest expects of a response; statuses by their first digit."""

    statuses: frozenset[str]
    form: str | None
    boolean: bool | None


@dataclass(frozen=True, slots=True)
class Case:
    """A test of the suite; ``data`` has the files of named graphs."""

    name: str
    data: tuple[tuple[str, Path], ...]
    requests: tuple[tuple[str, str, bytes, dict[str, str]], ...]
    expected: tuple[Expected, ...]


def read_suite(manifest: Path) -> list[Case]:
    graph = Graph().parse(manifest, format="turtle", publicID=manifest.as_uri())
    (entries,) = graph.objects(None, MF.entries)
    return [read_case(graph, entry) for entry in Collection(graph, entries)]


def read_case(graph: Graph, entry: Node) -> Case:
    data = [
        (str(graph.value(given, RDFS.label)), Path(str(graph.value(given, UT.graph))[len("file://") :]))
        for given in graph.objects(entry, UT.graphData)
    ]  # fmt: skip
    action = graph.value(entry, MF.action)
    requests = list(Collection(graph, graph.value(action, HT.requests)))
    return Case(
        name=str(entry).rpartition("#")[2],
        data=tuple(data),
        requests=tuple(read_request(graph, node) for node in requests),
        expected=tuple(read_expected(graph, graph.value(node, HT.resp)) for node in requests),
    )


def read_request(graph: Graph, node: Node) -> tuple[str, str, bytes, dict[str, str]]:
    path = str(graph.value(node, HT.absolutePath)).replace("/sparql/", "/sparql", 1)
    listed = graph.value(node, HT.headers)
    headers = {
        str(graph.value(h, HT.fieldName)): str(graph.value(h, HT.fieldValue))
        for h in (Collection(graph, listed) if listed is not None else ())
    }
    body = graph.value(node, HT.body)
    sent = b""
    if body is not None:
        encoding = str(graph.value(body, CNT.characterEncoding))
        sent = str(graph.value(body, CNT.chars)).encode(encoding)
    return str(graph.value(node, HT.methodName)), path, sent, headers


def read_expected(graph: Graph, node: Node | None) -> Expected:
    statuses = {str(s)[-3] for s in graph.objects(node, MF.expectedStatus)}
    form = graph.value(node, MF.expectedFormat)
    boolean = graph.value(node, MF.expectedBoolean)
    return Expected(
        frozenset(statuses),
        None if form is None else str(form),
        boolean.toPython() if isinstance(boolean, Literal) else None,
    )


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None, mode="write") as opened:
        yield opened


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" in metafunc.fixturenames:
        root = Path(__file__).resolve().parents[2]
        manifest = root.parent / "shared" / SUITE
        cases = read_suite(manifest) if manifest.exists() else []
        metafunc.parametrize("case", cases, ids=[case.name for case in cases])


def test_the_suite_is_whole(shared_path: Callable[[str], Path]) -> None:
    cases = read_suite(shared_path(SUITE))
    assert len(cases) == 34
    assert sum(len(case.requests) for case in cases) >= 34


def test_the_protocol_is_kept(
    case: Case, store: Store, serve_app: Callable[[Flask], tuple[str, int]]
) -> None:
    for name, path in case.data:
        store.database.load(path=path, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(name))
    app = create_app({"TANPU_STORE": store, "TESTING": True}, unguarded=True)
    with closing(HTTPConnection(*serve_app(app), timeout=60)) as connection:
        for request, expected in zip(case.requests, case.expected, strict=True):
            connection.request(*request)
            response = connection.getresponse()
            body = response.read()
            assert str(response.status)[0] in expected.statuses, body
            if expected.form is not None:
                assert response.headers.get_content_type() in FORMATS[expected.form]
            if expected.boolean is not None:
                assert json.loads(body)["boolean"] is expected.boolean
