"""Queries that would take or hold everything: each ends at its limit, alone and eight at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from rdflib import Graph, URIRef

from graph.store import open_store
from graph.workers import WorkerPool
from server import create_app
from web.runner import EXTENSION, close_runner

NODES = 1500
MEMORY = 1400
# Seconds that the clients ask for.
SHORT = "0.5"
NEXT = "<http://n.example/next>"
PAIRS = "?a ?b ?c . ?d ?e ?f"
TRIPLES = f"{PAIRS} . ?g ?h ?i"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
DOUBLED = " ".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1})" for n in range(40))

HEAVY = {
    "triple cross join": f"SELECT (COUNT(*) AS ?n) {{ {TRIPLES} }}",
    "cross join in order": f"SELECT * {{ {TRIPLES} }} ORDER BY ?i ?e ?a LIMIT 1",
    "unbounded path": f"SELECT (COUNT(*) AS ?n) {{ ?a ({NEXT}|!{NEXT})* ?b . ?c {NEXT}* ?d }}",
    "regular expressions": f"SELECT (COUNT(*) AS ?n) {{ {TRIPLES} . FILTER(REGEX("
    "CONCAT(STR(?a), STR(?d), STR(?g)), '(.*n.*){20}$')) }",
    "distinct": f"SELECT DISTINCT ?a ?f ?g {{ {TRIPLES} }} ORDER BY ?a",
    "group concatenation": f"SELECT (GROUP_CONCAT(STR(?a)) AS ?x) {{ {TRIPLES} }}",
    "aggregates": f"SELECT ?a (COUNT(DISTINCT ?i) AS ?n) {{ {TRIPLES} }} GROUP BY ?a ?e",
    "growing text": f"SELECT (STRLEN(?a40) AS ?n) {{ BIND('xxxx' AS ?a0) {DOUBLED} }}",
    "construct in order": f"CONSTRUCT {{ ?a ?b ?f }} {{ SELECT * {{ {TRIPLES} }} ORDER BY ?i }}",
}
REFUSED = {
    "a megabyte": "ASK {} #" + "x" * 1_000_000,
    "deep nesting": "ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
    "deep groups": "ASK " + "{" * 5000 + "}" * 5000,
    "a long chain": "ASK { FILTER(" + "1+" * 50_000 + "1) }",
    "many values": "SELECT * { VALUES ?x { " + "1 " * 90_000 + "} }",
    "many negations": "ASK { FILTER(" + "!" * 5000 + "true) }",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    path = tmp_path_factory.mktemp("deadlines") / "store"
    graph = Graph()
    for number in range(NODES):
        here, there = (URIRef(f"http://n.example/n{n}") for n in (number, (number + 1) % NODES))
        graph.add((here, URIRef("http://n.example/next"), there))
    with open_store(path, mode="write") as store:
        store.replace_graph("http://n.example/ring", graph)
        store.publish()
    settings = {"TANPU_QUERY_WORKERS": 2, "TANPU_QUERY_MEMORY": MEMORY}
    made = create_app({"TANPU_STORE": str(path), **settings})
    yield made
    close_runner(made)


@pytest.fixture
def address(app: Flask, serve_app: Callable[[Flask], tuple[str, int]]) -> tuple[str, int]:
    return serve_app(app)


def ask(address: tuple[str, int], query: str, **more: str) -> tuple[int, bytes]:
    """Status and body of a query's answer."""
    with closing(HTTPConnection(*address, timeout=120)) as connection:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/sparql", urlencode({"query": query, **more}), form)
        response = connection.getresponse()
        return response.status, response.read()


def assert_it_works(address: tuple[str, int]) -> None:
    status, body = ask(address, COUNT)
    assert status == 200
    assert json.loads(body)["results"]["bindings"][0]["n"]["value"] == str(NODES)


@pytest.mark.parametrize("query", HEAVY.values(), ids=HEAVY)
def test_a_query_that_would_not_end_is_503_and_the_next_one_works(
    address: tuple[str, int], query: str
) -> None:
    assert_it_works(address)
    status, body = ask(address, query, timeout=SHORT)
    assert status == 503
    assert json.loads(body)["status"] == 503
    assert_it_works(address)


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED)
def test_a_query_that_would_break_the_engine_is_400(
    address: tuple[str, int], app: Flask, query: str
) -> None:
    pool: WorkerPool = app.extensions[EXTENSION]
    before = pool.status().replaced
    status, body = ask(address, query)
    assert (status, json.loads(body)["status"]) == (400, 400)
    assert pool.status().replaced == before


def test_a_body_beyond_the_limit_is_413(address: tuple[str, int]) -> None:
    assert ask(address, "x" * 2_000_000)[0] == 413


def test_many_names_in_values_are_no_trouble(address: tuple[str, int]) -> None:
    names = " ".join(f"<http://n.example/n{number}>" for number in range(5000))
    status, body = ask(address, f"SELECT (COUNT(*) AS ?n) {{ VALUES ?s {{ {names} }} ?s ?p ?o }}")
    assert status == 200
    assert json.loads(body)["results"]["bindings"][0]["n"]["value"] == str(NODES)


def test_a_huge_graph_is_cut_visibly(address: tuple[str, int]) -> None:
    with pytest.raises(IncompleteRead):
        ask(address, f"CONSTRUCT {{ ?a ?b ?i }} WHERE {{ {TRIPLES} }}", timeout="3")


def peak_of(pid: int) -> int:
    """The mebibytes of address space that a process had at most; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    peaks = [int(line.split()[1]) // 1024 for line in lines if line.startswith("VmPeak:")]
    return max(peaks, default=0)


def test_eight_at_once_all_end_within_their_memory_and_the_service_lives(
    address: tuple[str, int], app: Flask
) -> None:
    pool: WorkerPool = app.extensions[EXTENSION]
    statuses: list[int] = []
    queries = list(HEAVY.values())[:8]

    def run(query: str) -> None:
        statuses.append(ask(address, query, timeout="2")[0])

    clients = [threading.Thread(target=run, args=(query,)) for query in queries]
    for client in clients:
        client.start()
    peaks, healthy = [0], []
    while any(client.is_alive() for client in clients):
        peaks += [peak_of(worker.pid) for worker in list(pool._workers)]
        with closing(HTTPConnection(*address, timeout=60)) as connection:
            connection.request("GET", "/healthz")
            healthy.append(connection.getresponse().status)
        clients[0].join(0.2)
    assert statuses == [503] * 8
    assert set(healthy) == {200}
    assert max(peaks) <= MEMORY
    assert_it_works(address)
