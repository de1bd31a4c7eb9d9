"""What a client sees of the limits: which status, or a body that is visibly cut."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from rdflib import Graph, URIRef

from graph.store import open_store
from graph.workers import WorkerPool
from server import create_app
from web.runner import COMMIT_BYTES, EXTENSION, close_runner

NODES = 1500
SHORT = "0.5"
PAIRS = "?a ?b ?c . ?d ?e ?f"
TRIPLES = f"{PAIRS} . ?g ?h ?i"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {TRIPLES} }}"
LARGE = f"CONSTRUCT {{ ?a ?b ?f }} WHERE {{ {PAIRS} }}"
DOUBLED = " ".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1})" for n in range(40))
GREEDY = f"SELECT (STRLEN(?a40) AS ?n) {{ BIND('xxxx' AS ?a0) {DOUBLED} }}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runner") / "store"
    graph = Graph()
    for number in range(NODES):
        here, there = (URIRef(f"http://n.example/n{n}") for n in (number, (number + 1) % NODES))
        graph.add((here, URIRef("http://n.example/next"), there))
    with open_store(path, mode="write") as store:
        store.replace_graph("http://n.example/ring", graph)
        store.publish()
    return path


@pytest.fixture(scope="module")
def app(folder: Path) -> Iterator[Flask]:
    settings = {
        "TANPU_QUERY_WORKERS": 1,
        "TANPU_QUERY_QUEUE": 1,
        "TANPU_QUERY_SECONDS": 60,
        "TANPU_QUERY_MEMORY": 1400,
    }
    made = create_app({"TANPU_STORE": str(folder), **settings})
    yield made
    close_runner(made)


@pytest.fixture
def pool(app: Flask) -> WorkerPool:
    running: WorkerPool = app.extensions[EXTENSION]
    return running


@pytest.fixture
def address(app: Flask, serve_app: Callable[[Flask], tuple[str, int]]) -> tuple[str, int]:
    return serve_app(app)


@pytest.fixture
def connection(address: tuple[str, int]) -> Iterator[HTTPConnection]:
    with closing(HTTPConnection(*address, timeout=120)) as opened:
        yield opened


def path_of(query: str, **more: str) -> str:
    return "/sparql?" + urlencode({"query": query, **more})


def ask(connection: HTTPConnection, query: str, **more: str) -> HTTPResponse:
    connection.request("GET", path_of(query, **more))
    return connection.getresponse()


def problem_of(response: HTTPResponse) -> dict[str, Any]:
    assert response.headers.get_content_type() == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.read())
    assert problem["status"] == response.status
    return problem


def assert_it_works(connection: HTTPConnection) -> None:
    response = ask(connection, COUNT)
    assert response.status == 200
    assert response.headers["Content-Length"]
    assert json.loads(response.read())["results"]["bindings"][0]["n"]["value"] == str(NODES)


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("waited for a minute")


@pytest.mark.parametrize(
    ("query", "status", "replaced"),
    [
        (ENDLESS, 503, 1),
        (f"SELECT * {{ {TRIPLES} }} ORDER BY ?i ?a LIMIT 1", 503, 1),
        ("SELECT (COUNT(*) AS ?n) { ?a (<urn:p>|!<urn:p>)* ?b . ?c (!<urn:p>)* ?d }", 503, 1),
        (f"ASK {{ {TRIPLES} FILTER REGEX(CONCAT(STR(?a), STR(?g)), '(n+.*)+z') }}", 503, 1),
        ("ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }", 400, 0),
        ("ASK { FILTER(" + "!" * 5000 + "1) }", 400, 0),
    ],
    ids=["cross join", "sorted cross join", "path", "regular expressions", "deep", "negations"],
)
def test_a_query_that_fails_before_its_first_byte_has_a_status(
    connection: HTTPConnection, pool: WorkerPool, query: str, status: int, replaced: int
) -> None:
    assert_it_works(connection)
    before = pool.status().replaced
    response = ask(connection, query, timeout=SHORT)
    assert response.status == status
    problem_of(response)
    assert pool.status().replaced == before + replaced


def test_a_timeout_names_the_limit(connection: HTTPConnection) -> None:
    response = ask(connection, ENDLESS, timeout=SHORT)
    problem = problem_of(response)
    assert "0.5 s" in problem["detail"]
    assert problem["title"] == "查询超时 Query timeout"


def test_a_query_of_a_megabyte_is_refused(connection: HTTPConnection, pool: WorkerPool) -> None:
    before = pool.status().replaced
    query = "ASK {} #" + "x" * 1_000_000
    for content_type, status in (
        ("application/sparql-query", 400),
        ("application/x-www-form-urlencoded", 400),
    ):
        is_form = content_type.endswith("urlencoded")
        body = urlencode({"query": query}) if is_form else query
        connection.request("POST", "/sparql", body, {"Content-Type": content_type})
        response = connection.getresponse()
        assert response.status == status
        problem_of(response)
    assert pool.status().replaced == before


def test_a_result_that_fails_after_its_first_byte_breaks_the_chunked_body(
    connection: HTTPConnection, pool: WorkerPool
) -> None:
    assert_it_works(connection)
    before = pool.status().replaced
    response = ask(connection, LARGE, timeout="4")
    assert response.status == 200
    assert response.headers["Transfer-Encoding"] == "chunked"
    with pytest.raises(IncompleteRead):
        response.read()
    wait_for(lambda: pool.status().replaced == before + 1)
    connection.close()
    assert_it_works(connection)


def test_a_large_result_arrives_whole(connection: HTTPConnection) -> None:
    headers = {"Accept": "application/n-triples"}
    connection.request("GET", path_of(f"{LARGE} LIMIT 30000"), headers=headers)
    response = connection.getresponse()
    assert response.headers["Transfer-Encoding"] == "chunked"
    body = response.read()
    assert len(body) > COMMIT_BYTES
    assert body.count(b" .\n") == 30_000


def test_an_old_client_gets_no_part_for_the_whole(address: tuple[str, int]) -> None:
    def get(path: str) -> tuple[bytes, bytes]:
        with socket.create_connection(address) as raw:
            raw.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            received = b"".join(iter(lambda: raw.recv(1 << 16), b""))
        head, _, body = received.partition(b"\r\n\r\n")
        return head, body

    head, _ = get(path_of(LARGE, timeout="3"))
    assert b" 503 " in head.splitlines()[0]
    head, body = get(path_of(f"SELECT * {{ {PAIRS} }} LIMIT 9000"))
    assert b" 200 " in head.splitlines()[0]
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert len(json.loads(body)["results"]["bindings"]) == 9000


def test_a_query_that_takes_too_much_memory_is_503(connection: HTTPConnection) -> None:
    response = ask(connection, GREEDY)
    assert response.status == 503
    assert "memory" in problem_of(response)["detail"]
    assert_it_works(connection)


def test_a_worker_that_is_killed_costs_one_query_503(
    connection: HTTPConnection, pool: WorkerPool
) -> None:
    assert_it_works(connection)
    (worker,) = pool._workers
    threading.Timer(0.5, os.kill, (worker.pid, signal.SIGKILL)).start()
    response = ask(connection, ENDLESS)
    assert response.status == 503
    problem_of(response)
    assert_it_works(connection)


def test_a_client_that_goes_away_frees_its_worker(
    address: tuple[str, int], connection: HTTPConnection, pool: WorkerPool
) -> None:
    assert_it_works(connection)
    before = pool.status().replaced
    gone = HTTPConnection(*address, timeout=60)
    ask(gone, LARGE).read(1)
    gone.close()
    wait_for(lambda: pool.status().replaced == before + 1)
    assert_it_works(connection)


def test_an_overloaded_service_says_so_at_once_and_stays_healthy(
    address: tuple[str, int], connection: HTTPConnection, pool: WorkerPool
) -> None:
    statuses: list[int] = []

    def ask_for_long() -> None:
        with closing(HTTPConnection(*address, timeout=120)) as own:
            response = ask(own, ENDLESS, timeout="8")
            response.read()
            statuses.append(response.status)

    clients = [threading.Thread(target=ask_for_long) for _ in range(2)]
    for client in clients:
        client.start()
    wait_for(lambda: pool.status().waiting == 1)
    response = ask(connection, COUNT)
    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert problem_of(response)["title"] == "服务繁忙 Overloaded"
    connection.request("GET", "/healthz")
    response = connection.getresponse()
    # The ring is a graph, but no document.
    assert (response.status, json.loads(response.read())["documents"]) == (200, 0)
    for client in clients:
        client.join(120)
    assert statuses == [503, 503]
    assert_it_works(connection)


def test_head_of_a_large_result_frees_its_worker(
    connection: HTTPConnection, pool: WorkerPool
) -> None:
    connection.request("HEAD", path_of(LARGE))
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    wait_for(lambda: pool.status().idle == 1)


def test_a_result_over_the_limit_is_refused(folder: Path) -> None:
    app = create_app({"TANPU_STORE": folder, "TANPU_QUERY_MAX_RESULT": 1, "TANPU_QUERY_WORKERS": 1})
    try:
        response = app.test_client().get(path_of(f"SELECT * {{ {PAIRS} }} LIMIT 20000"))
        assert response.status_code == 400
        assert response.get_json()["title"] == "结果过大 Result too large"
    finally:
        close_runner(app)


def test_a_query_goes_to_the_newest_publication(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    node = URIRef("http://n.example/n")
    with open_store(folder, mode="write") as store:
        store.publish()
        app = create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1})
        client = app.test_client()
        seen = [client.get(path_of("ASK { ?s ?p ?o }")).get_json()["boolean"]]
        store.replace_graph("http://n.example/g", Graph().add((node, node, node)))
        store.publish()
        seen.append(client.get(path_of("ASK { ?s ?p ?o }")).get_json()["boolean"])
        close_runner(app)
    assert seen == [False, True]
