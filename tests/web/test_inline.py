"""Plain queries in the server's own thread: what is answered there, and what is left to others."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from rdflib import Graph, URIRef

import server
from graph.store import open_store
from graph.workers import WorkerPool
from server import create_app
from web import fairness, inline, records, runner
from web.direct import decode_value
from web.inline import ENTRY_BYTES, KEPT_BYTES, KeptAnswers, is_unfinished, read_request
from web.records import RequestRecord
from web.runner import close_runner

NODES = 300
ALL = "SELECT * { ?s ?p ?o } ORDER BY ?s"
FEW = f"{ALL} LIMIT 1"
PAIRS = "?a ?b ?c . ?d ?e ?f"
ROWS = 20_000
LARGE = f"SELECT * {{ {PAIRS} }} LIMIT {ROWS}"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {PAIRS} . ?g ?h ?i . ?j ?k ?l }}"
PATIENCE = 30.0
Serve = Callable[[Flask], tuple[str, int]]
Address = tuple[str, int]


def publish(folder: Path, *nodes: str) -> None:
    graph = Graph()
    for node in nodes:
        name = URIRef(f"http://n.example/{node}")
        graph.add((name, URIRef("http://n.example/same"), name))
    with open_store(folder, mode="write") as store:
        store.replace_graph("http://n.example/g", graph)
        store.publish()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path / "store", *(f"n{number}" for number in range(NODES)))
    return tmp_path / "store"


@pytest.fixture
def app(folder: Path) -> Iterator[Flask]:
    made = create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 2, "TANPU_QUERY_SECONDS": 2})
    yield made
    close_runner(made)


@pytest.fixture
def seen(app: Flask) -> list[RequestRecord]:
    found: list[RequestRecord] = []
    app.extensions[records.EXTENSION].sinks.append(found.append)
    return found


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each request that began like a plain query, whether it was taken on inline."""
    found: list[bool] = []
    begin = inline.InlineQueries.begin

    def note(*arguments: object) -> inline.InlineQuery | None:
        query = begin(*arguments)  # type: ignore[arg-type]
        found.append(query is not None)
        return query

    monkeypatch.setattr(inline.InlineQueries, "begin", note)
    return found


@pytest.fixture
def framework_calls(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    dispatch = app.wsgi_app

    def note(environ: dict[str, str], start: object) -> object:
        calls.append(environ["PATH_INFO"])
        return dispatch(environ, start)  # type: ignore[arg-type]

    monkeypatch.setattr(app, "wsgi_app", note)
    return calls


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No query is left to a thread because it takes long, as each does on a busy machine."""
    monkeypatch.setattr(server, "PATIENCE_SECONDS", PATIENCE)


def await_idle(pool: WorkerPool, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while pool.status().idle != count and time.monotonic() < until:
        time.sleep(0.01)
    assert pool.status().idle == count


def await_records(seen: list[RequestRecord], count: int) -> None:
    """A request is recorded after its answer has been sent."""
    until = time.monotonic() + PATIENCE
    while len(seen) < count and time.monotonic() < until:
        time.sleep(0.01)
    assert len(seen) == count


def path_of(query: str) -> str:
    return "/sparql?" + urlencode({"query": query})


def request_of(query: str, *lines: str) -> bytes:
    return "\r\n".join(
        [f"GET {path_of(query)} HTTP/1.1", "Host: localhost", *lines, "", ""]
    ).encode()


def post_of(query: str, *lines: str) -> bytes:
    body = urlencode({"query": query}).encode()
    head = ["POST /sparql HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", *lines]
    form = "Content-Type: application/x-www-form-urlencoded"
    return "\r\n".join([*head, form, "", ""]).encode() + body


def read_response(stream: socket.socket) -> tuple[int, dict[str, str], bytes]:
    response = HTTPResponse(stream)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return response.status, headers, response.read()


def exchange(address: Address, *pieces: bytes) -> tuple[int, dict[str, str], bytes]:
    """The response to a request that is sent in pieces, each by itself."""
    with closing(socket.create_connection(address, timeout=PATIENCE)) as stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(0.05)
            stream.sendall(piece)
        return read_response(stream)


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        (FEW, ()),
        (FEW, ("Accept: text/csv",)),
        (FEW, ("accept: text/csv;q=0.5, application/sparql-results+xml",)),
        (FEW, ("Accept:application/json", "X-Request-Id: abc", "User-Agent: a b/1 (c; d)")),
        (ALL, ("Accept-Encoding: gzip",)),
        (ALL, ("Accept-Encoding: identity", "Connection: Keep-Alive")),
        ("ASK {}", ("Cookie: a=b", "Accept-Language: en")),
        ("SELECT * { <http://n.example/n1> ?p ?o }", ()),
        ("SELECT * { ?s <http://n.example/same> <http://n.example/n1> }", ("Accept: text/csv",)),
        ("SELECT (STRUUID() AS ?n) { FILTER(false) }", ()),
        ("SELECT * { ?s ?p 'é' } # 甲+&=%", ()),
        ("CONSTRUCT WHERE { ?s ?p ?o }", ("Accept: text/turtle",)),
    ],
)
def test_it_is_answered_as_a_thread_would_answer_it(
    app: Flask,
    serve_app: Serve,
    patient: None,
    framework_calls: list[str],
    query: str,
    lines: tuple[str, ...],
) -> None:
    address = serve_app(app)
    request = request_of(query, *lines)
    inline_answer = exchange(address, request)
    assert framework_calls == []
    # What does not come at once is for the server.
    threads_answer = exchange(address, request[:-10], request[-10:])
    assert framework_calls == ["/sparql"]
    for _, headers, _ in (inline_answer, threads_answer):
        assert headers.pop("date")
        assert headers.pop("x-request-id")
    assert inline_answer == threads_answer
    assert inline_answer[0] == 200


@pytest.mark.parametrize("lines", [(), ("Accept: text/csv", "Accept-Encoding: gzip")])
@pytest.mark.parametrize("query", [FEW, ALL, "SELECT ?p { <http://n.example/n1> ?p ?o }"])
def test_a_posted_query_is_answered_as_a_thread_would_answer_it(
    app: Flask,
    serve_app: Serve,
    patient: None,
    framework_calls: list[str],
    query: str,
    lines: tuple[str, ...],
) -> None:
    address = serve_app(app)
    request = post_of(query, *lines)
    head, body = request.split(b"\r\n\r\n")
    answers = [
        exchange(address, request),
        # Asked again, and as clients send it that write head and body by themselves.
        exchange(address, head + b"\r\n\r\n", body[:5], body[5:]),
    ]
    assert framework_calls == []
    answers.append(exchange(address, request[:10], request[10:]))
    assert framework_calls == ["/sparql"]
    for _, headers, _ in answers:
        assert headers.pop("date")
        assert headers.pop("x-request-id")
    assert answers[0] == answers[1] == answers[2]
    assert "etag" not in answers[0][1]


def test_a_posted_query_without_end_is_ended_at_its_deadline(
    app: Flask, serve_app: Serve, taken: list[bool], seen: list[RequestRecord]
) -> None:
    status, headers, _ = exchange(serve_app(app), post_of(ENDLESS))
    assert (status, headers["content-type"], taken) == (503, "application/problem+json", [True])
    await_records(seen, 1)
    (record,) = seen
    assert (record.method, record.status, record.error) == ("POST", 503, "QueryTimeoutError")
    pool = app.extensions[runner.EXTENSION]
    # The process that had it is the one that was ended.
    assert pool.status().replaced == 1


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"POST /sparql HTTP/1.1\r\nContent-Length: 3\r\n\r\nAS", True),
        (b"POST /sparql HTTP/1.1\r\ncontent-length:3\r\nA: b\r\n\r\n", True),
        (b"POST /sparql HTTP/1.1\r\nContent-Length: 3\r\n\r\nASK", False),
        (b"POST /sparql HTTP/1.1\r\nContent-Length: 3\r\n\r\nASK ", False),
        (b"POST /sparql HTTP/1.1\r\nContent-Length: 3\r\n", False),
        (b"POST /sparql HTTP/1.1\r\nContent-Length: 99999\r\n\r\n", False),
        (b"POST /sparql HTTP/1.1\r\nContent-Length: 999999\r\n\r\n", False),
        (b"POST /sparql HTTP/1.1\r\nA: b\r\n\r\n", False),
        (b"POST /documents HTTP/1.1\r\nContent-Length: 3\r\n\r\nAS", False),
        (b"GET /sparql?query=a HTTP/1.1\r\nContent-Length: 3\r\n\r\nAS", False),
    ],
)
def test_only_a_short_body_is_waited_for(data: bytes, expected: bool) -> None:
    assert is_unfinished(data) is expected


def test_the_client_behind_a_proxy_is_charged_and_told_apart(
    folder: Path, serve_app: Serve, patient: None, taken: list[bool]
) -> None:
    app = create_app(
        {"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1, "TANPU_TRUSTED_PROXIES": "127.0.0.1"}
    )
    seen: list[RequestRecord] = []
    app.extensions[records.EXTENSION].sinks.append(seen.append)
    charged: list[str] = []
    budget = app.extensions[fairness.EXTENSION]
    budget.charge = lambda client, seconds: charged.append(client)
    address = serve_app(app)
    for client in ("203.0.113.7", "203.0.113.8", "203.0.113.7"):
        status, _, body = exchange(
            address,
            request_of(
                "SELECT (<x> AS ?x) {}",
                f"X-Forwarded-For: 198.51.100.1, {client}",
                "X-Forwarded-Proto: https",
                "Accept: text/csv",
            ),
        )
        assert (status, body) == (200, b"x\r\nhttps://localhost/x\r\n")
    await_records(seen, 3)
    close_runner(app)
    assert taken == [True] * 3
    assert set(charged) == {"203.0.113.7", "203.0.113.8"}
    first, second, third = (record.client for record in seen)
    assert first == third != second


@pytest.mark.parametrize(
    "request_",
    [
        request_of(FEW).replace(b"HTTP/1.1", b"HTTP/1.0"),
        post_of(FEW, "Expect: 100-continue"),
        post_of(FEW, "Authorization: Bearer a"),
        post_of(FEW).replace(b"urlencoded", b"urlencodes"),
        post_of(FEW, "Transfer-Encoding: identity"),
        request_of(FEW, "Connection: close"),
        request_of(FEW, "If-None-Match: *"),
        request_of(FEW, "Authorization: Bearer a"),
        request_of(FEW, "Accept: text/html"),
        request_of(FEW, "Content-Length: 0", "Content-Length: 0"),
        request_of(FEW, "Accept: text/csv", "Accept: text/csv"),
        request_of(FEW, "A_B: c"),
        request_of(FEW, "A b: c"),
        request_of(FEW, "Accept: text/csv", " folded"),
        request_of(FEW).replace(b"LIMIT", b"L\xc3\xadMIT"),
        request_of(FEW).replace(b"+LIMIT", b"&format=json&a=LIMIT"),
        request_of("ASK { SERVICE <http://127.0.0.1:9/> {} }"),
        request_of(FEW) + b"x",
    ],
)
def test_what_is_not_plain_is_left_to_the_server(
    app: Flask, serve_app: Serve, taken: list[bool], request_: bytes
) -> None:
    status, _, _ = exchange(serve_app(app), request_)
    assert taken == [False]
    assert status in (200, 304, 400, 401, 406, 415, 501)


def test_requests_at_once_are_answered_in_their_order(
    app: Flask, serve_app: Serve, patient: None, taken: list[bool]
) -> None:
    pool = app.extensions[runner.EXTENSION]
    with closing(socket.create_connection(serve_app(app), timeout=PATIENCE)) as stream:
        stream.sendall(request_of(ENDLESS))
        await_idle(pool, 1)
        stream.sendall(request_of("ASK {}") + request_of("ASK { FILTER(false) }"))
        received = b""
        while received.count(b"HTTP/1.1 ") < 3 or not received.endswith(b"}"):
            data = stream.recv(1 << 16)
            assert data
            received += data
    assert taken == [True]
    first, second, third = received.split(b"HTTP/1.1 ")[1:]
    assert first.startswith(b"503")
    assert json.loads(second.rpartition(b"\r\n")[2]) == {"head": {}, "boolean": True}
    assert json.loads(third.rpartition(b"\r\n")[2]) == {"head": {}, "boolean": False}


def test_a_connection_goes_on_after_each_kind_of_answer(app: Flask, serve_app: Serve) -> None:
    host, port = serve_app(app)
    connection = HTTPConnection(host, port, timeout=PATIENCE)
    statuses = []
    for path in [path_of(FEW), path_of("SELEC"), "/healthz", path_of(FEW), path_of(ALL)]:
        connection.request("GET", path)
        response = connection.getresponse()
        statuses.append((response.status, len(response.read()) > 0))
    connection.close()
    assert statuses == [(200, True), (400, True), (200, True), (200, True), (200, True)]


def test_a_connection_goes_on_after_an_answer_that_never_has_a_body(
    app: Flask, serve_app: Serve
) -> None:
    host, port = serve_app(app)
    connection = HTTPConnection(host, port, timeout=PATIENCE)
    connection.request("GET", "/.well-known/void")
    response = connection.getresponse()
    response.read()
    tag = response.headers["ETag"]
    stream = connection.sock
    for _ in range(3):
        connection.request("GET", "/.well-known/void", headers={"If-None-Match": tag})
        response = connection.getresponse()
        assert (response.status, response.read()) == (304, b"")
        assert connection.sock is stream is not None
    connection.request(
        "GET", "/.well-known/void", headers={"If-None-Match": tag, "Connection": "close"}
    )
    response = connection.getresponse()
    assert (response.status, response.headers["Connection"]) == (304, "close")
    connection.close()


def test_nothing_follows_the_head_of_a_long_answer(app: Flask, serve_app: Serve) -> None:
    address = serve_app(app)
    request = request_of(f"{LARGE} OFFSET 1", "Connection: close").replace(b"GET", b"HEAD", 1)
    received = b""
    with closing(socket.create_connection(address, timeout=PATIENCE)) as stream:
        stream.sendall(request)
        while piece := stream.recv(1 << 16):
            received += piece
    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Transfer-Encoding: chunked" in received
    assert received.endswith(b"\r\n\r\n")
    assert received.count(b"\r\n\r\n") == 1


@pytest.mark.parametrize(
    "request_text",
    [
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        request_of("ASK {}", "Expect: 100-continue"),
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n"
        b"Content-Type: application/sparql-query\r\n\r\nASK {}",
    ],
)
def test_who_expects_to_continue_is_answered(
    app: Flask, serve_app: Serve, request_text: bytes
) -> None:
    address = serve_app(app)
    with closing(socket.create_connection(address, timeout=PATIENCE)) as stream:
        stream.sendall(request_text)
        assert read_response(stream)[0] == 200


def test_a_host_with_a_port_that_is_none_is_refused(app: Flask, serve_app: Serve) -> None:
    address = serve_app(app)
    request = request_of("SELECT (<x> AS ?x) {}").replace(b"localhost", b"localhost:99999")
    assert exchange(address, request)[0] == 400


def test_what_took_long_is_kept_as_well(
    app: Flask, serve_app: Serve, monkeypatch: pytest.MonkeyPatch, framework_calls: list[str]
) -> None:
    # Every query is left to a thread at once, and is answered there.
    monkeypatch.setattr(server, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(inline.InlineQuery, "advance", lambda query: query.pending is None)
    address = serve_app(app)
    query = f"SELECT (COUNT(*) AS ?n) {{ {PAIRS} }}"
    first = exchange(address, request_of(query, "Accept: text/csv"))
    assert (first[0], first[2]) == (200, f"n\r\n{NODES**2}\r\n".encode())
    assert framework_calls == ["/sparql"]
    again = exchange(address, request_of(query, "Accept: text/csv"))
    assert again[2] == first[2]
    assert framework_calls == ["/sparql"]


def test_a_point_query_waits_for_no_process(app: Flask, serve_app: Serve, patient: None) -> None:
    address = serve_app(app)
    pool = app.extensions[runner.EXTENSION]
    with closing(socket.create_connection(address, timeout=PATIENCE)) as stream:
        # The one process that a client may have.
        stream.sendall(request_of(ENDLESS))
        await_idle(pool, 1)
        point = request_of("SELECT ?p { <http://n.example/n1> ?p ?o }", "Accept: text/csv")
        status, _, body = exchange(address, point)
        assert (status, body) == (200, b"p\r\nhttp://n.example/same\r\n")
        assert pool.status().idle == 1


def test_a_point_query_that_proves_long_is_evaluated_by_a_process(
    app: Flask, serve_app: Serve, patient: None
) -> None:
    text = "SELECT ?s { ?s <http://n.example/same> ?o }"
    status, _, body = exchange(serve_app(app), request_of(text, "Accept: text/csv"))
    assert (status, body.count(b"\r\n")) == (200, NODES + 1)


def test_point_queries_are_counted_as_queries_are(
    app: Flask, serve_app: Serve, patient: None
) -> None:
    address = serve_app(app)
    assert exchange(address, request_of("ASK { <http://n.example/n1> ?p ?o }"))[0] == 200
    _, _, figures = exchange(address, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    counted = 'tanpu_query_seconds_count{ending="complete",form="ASK"}'
    assert f"{counted} 1.0" in figures.decode().splitlines()


def test_a_long_answer_is_whole(app: Flask, serve_app: Serve, taken: list[bool]) -> None:
    status, headers, body = exchange(
        serve_app(app), request_of(LARGE, "Accept: text/csv", "Accept-Encoding: gzip")
    )
    assert (status, taken, headers["transfer-encoding"]) == (200, [True], "chunked")
    assert gzip.decompress(body).count(b"\n") == ROWS + 1


def test_a_query_without_end_is_ended_at_its_deadline_and_counted_once(
    app: Flask, serve_app: Serve, taken: list[bool], seen: list[RequestRecord]
) -> None:
    status, headers, body = exchange(serve_app(app), request_of(ENDLESS))
    assert (status, headers["content-type"]) == (503, "application/problem+json")
    assert "within 2 s" in json.loads(body)["detail"]
    assert taken == [True]
    await_records(seen, 1)
    (record,) = seen
    assert (record.status, record.error, record.route) == (503, "QueryTimeoutError", "/sparql")
    assert record.seconds >= 2


def test_a_query_whose_client_has_gone_frees_its_process(
    app: Flask, serve_app: Serve, seen: list[RequestRecord]
) -> None:
    pool = app.extensions[runner.EXTENSION]
    assert isinstance(pool, WorkerPool)
    stream = socket.create_connection(serve_app(app), timeout=PATIENCE)
    stream.sendall(request_of(ENDLESS))
    await_idle(pool, 1)
    stream.close()
    await_records(seen, 1)
    assert [(record.status, record.error) for record in seen] == [(503, "ClientGoneError")]
    assert (pool.status().idle, pool.status().replaced) == (2, 1)


@pytest.mark.parametrize("name", ["advance", "take_response"])
def test_an_error_of_the_programme_costs_one_connection(
    app: Flask, serve_app: Serve, patient: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    address = serve_app(app)

    def fail(*arguments: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(inline.InlineQuery, name, fail)
        with pytest.raises((ConnectionError, RemoteDisconnected)):
            exchange(address, request_of(FEW))
    assert exchange(address, request_of(FEW))[0] == 200
    await_idle(app.extensions[runner.EXTENSION], 2)


def test_more_queries_than_processes_are_all_answered(
    app: Flask, serve_app: Serve, patient: None, framework_calls: list[str]
) -> None:
    address = serve_app(app)
    streams = [socket.create_connection(address, timeout=PATIENCE) for _ in range(8)]
    for number, stream in enumerate(streams):
        stream.sendall(request_of(f"SELECT ({number} AS ?n) {{}}", "Accept: text/csv"))
    answers = [read_response(stream) for stream in streams]
    for stream in streams:
        stream.close()
    assert framework_calls == []
    assert [body for _, _, body in answers] == [f"n\r\n{n}\r\n".encode() for n in range(8)]


def test_an_answer_is_kept_until_the_store_changes(
    app: Flask, folder: Path, serve_app: Serve, patient: None
) -> None:
    address = serve_app(app)
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    pool = app.extensions[runner.EXTENSION]
    asked: list[str] = []
    begin = pool.begin

    def note(task: object, **more: object) -> object:
        asked.append("pool")
        return begin(task, **more)

    pool.begin = note
    first, again = (exchange(address, request_of(query, "Accept: text/csv")) for _ in range(2))
    assert (first[2], again[2], asked) == (f"n\r\n{NODES}\r\n".encode(), first[2], ["pool"])
    assert first[1]["etag"] == again[1]["etag"]
    publish(folder, "one")
    changed = exchange(address, request_of(query, "Accept: text/csv"))
    assert (changed[2], asked) == (b"n\r\n1\r\n", ["pool", "pool"])
    assert changed[1]["etag"] != first[1]["etag"]


def test_what_is_another_value_each_time_is_not_kept(app: Flask, serve_app: Serve) -> None:
    address = serve_app(app)
    query = request_of("SELECT (uuid () AS ?n) {}", "Accept: text/csv")
    assert exchange(address, query)[2] != exchange(address, query)[2]


def test_a_client_whose_budget_is_spent_is_refused(folder: Path, serve_app: Serve) -> None:
    app = create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1, "TANPU_CLIENT_SECONDS": 1})
    try:
        address = serve_app(app)
        app.extensions["tanpu.budget"].charge("127.0.0.1", 5.0)
        status, headers, _ = exchange(address, request_of(FEW))
    finally:
        close_runner(app)
    assert status == 429
    assert int(headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            b"GET /sparql?query=a HTTP/1.1\r\n\r\n",
            ({"REQUEST_METHOD": "GET", "QUERY_STRING": "query=a"}, b""),
        ),
        (
            b"GET /sparql?query=a HTTP/1.1\r\nhOST:  b \t\r\nx-y: \r\n\r\n",
            (
                {
                    "REQUEST_METHOD": "GET",
                    "QUERY_STRING": "query=a",
                    "HTTP_HOST": "b",
                    "HTTP_X_Y": "",
                },
                b"",
            ),
        ),
        (
            b"POST /sparql HTTP/1.1\r\nContent-Length: 4\r\nContent-type: a/b\r\n\r\n\r\n\r\n",
            (
                {
                    "REQUEST_METHOD": "POST",
                    "QUERY_STRING": "",
                    "CONTENT_LENGTH": "4",
                    "CONTENT_TYPE": "a/b",
                },
                b"\r\n\r\n",
            ),
        ),
        (b"POST /sparql HTTP/1.1\r\nContent-Length: 4\r\n\r\nASK", None),
        (b"POST /sparql HTTP/1.1\r\nContent-Length: 3\r\n\r\nASK ", None),
        (b"POST /sparql HTTP/1.1\r\nContent-Length: 03\r\n\r\nASK", None),
        (b"POST /sparql HTTP/1.1\r\nA: b\r\n\r\nASK", None),
        (b"GET /sparql?query=a HTTP/1.1\r\nHost: b\r\n", None),
        (b"GET /sparql?query=a HTTP/1.1\r\nHost: b\r\n\r\n\r\n", None),
        (b"GET /sparql?query=a HTTP/1.1\nHost: b\n\n", None),
        (b"GET /sparql?query=a#b HTTP/1.1\r\n\r\n", None),
        (b"GET /sparql?query=a  HTTP/1.1\r\n\r\n", None),
        (b"GET /sparql HTTP/1.1\r\n\r\n", None),
        (b"POST /sparql?query=a HTTP/1.1\r\n\r\n", None),
        (b"GET /sparql?query=a HTTP/1.1\r\nHost: b\r\nhost: c\r\n\r\n", None),
        (b"GET /sparql?query=a HTTP/1.1\r\nHost\r\n\r\n", None),
        (b"GET /sparql?query=a HTTP/1.1\r\n: b\r\n\r\n", None),
        (b"GET /sparql?query=a HTTP/1.1\r\nHost: b\0c\r\n\r\n", None),
        (b"GET /sparql?query=a HTTP/1.1\r\nConnection: upgrade\r\n\r\n", None),
        (b"GET /sparql?query=a HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", None),
    ],
)
def test_what_is_read_of_a_request(
    data: bytes, expected: tuple[dict[str, str], bytes] | None
) -> None:
    assert read_request(data) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"", ""),
        (b"a+b%20c", "a b c"),
        (b"%E7%A2%B3=%3D%0A%0d%00%7f", "碳==\n\r\0\x7f"),
        (b"%zz%4%", "%zz%4%"),
        (b"%%41%=41%25%", "%A%=41%%"),
        (b"%+%\t%=", "% %\t%="),
        (b"=41=\tx =\r\n_", "=41=\tx =\r\n_"),
        (b"%2B%2b%25", "++%"),
    ],
)
def test_a_value_is_decoded(value: bytes, expected: str) -> None:
    assert decode_value(value) == expected


def test_a_value_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        decode_value(b"a%FFb")


def test_answers_are_kept_as_long_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inline, "ALL_KEPT_BYTES", 2 * ENTRY_BYTES + 25)
    kept = KeptAnswers()
    kept.keep("a", "text/csv", b"x" * 10)
    kept.keep("b", "text/csv", b"y" * 10)
    kept.keep(None, "text/csv", b"z")
    assert kept.find("a") == ("text/csv", b"x" * 10)
    kept.keep("c", "text/csv", b"z" * 10)
    assert [kept.find(name) is None for name in ("a", "b", "c", None)] == [False, True, False, True]


def test_answers_of_another_state_are_forgotten() -> None:
    kept = KeptAnswers()
    for stamp, expected in (((1, 1), None), ((1, 1), ("text/csv", b"x")), ((2, 1), None)):
        kept.move_to(stamp)
        assert kept.find("a") == expected
        kept.keep("a", "text/csv", b"x")


def test_a_large_answer_is_not_kept() -> None:
    kept = KeptAnswers()
    kept.keep("a", "text/csv", b"x" * (KEPT_BYTES + 1))
    assert kept.find("a") is None
