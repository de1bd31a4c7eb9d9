"""A listener answers point queries as the server does, and leaves everything else to it."""

from __future__ import annotations

import marshal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from rdflib import Graph, URIRef

from graph.store import open_store
from server import create_app
from web import listener
from web.ledger import Ledger, enter_report
from web.listener import ACCEPTING, CONNECTION, LEARNING, MESSAGE_BYTES, REPORT, run_listener
from web.listeners import EXTENSION, ListenerPlan
from web.runner import close_runner

PATIENCE = 30.0
NODES = 40
POINT = "SELECT ?p ?o { <http://n.example/n1> ?p ?o }"
JOIN = "SELECT * { ?s ?p ?o . ?o ?q ?r } LIMIT 1"
FORM = "Content-Type: application/x-www-form-urlencoded"


class ServerEnd:
    """The server of a listener that runs in a thread: its socket, and what came over it."""

    def __init__(self, stream: socket.socket, door: socket.socket) -> None:
        self.stream = stream
        self.address = door.getsockname()
        self.reports: list[bytes] = []

    def connect(self) -> socket.socket:
        stream = socket.create_connection(self.address, timeout=PATIENCE)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return stream

    def receive(self) -> tuple[bytes, bytes, list[int]]:
        """The next message that is no report; its kind, the rest, and what came with it."""
        while True:
            message, numbers, _, _ = socket.recv_fds(self.stream, MESSAGE_BYTES, 4)
            if message[:1] != REPORT:
                return message[:1], message[1:], list(numbers)
            self.reports.append(message[1:])

    def receive_connection(self) -> tuple[socket.socket, bytes]:
        """A connection that is left to the server, and what had been read from it."""
        kind, rest, (number,) = self.receive()
        assert kind == CONNECTION
        door, address, data = marshal.loads(rest)
        assert (door, address[0]) == (0, "127.0.0.1")
        return socket.socket(fileno=number), data

    def receive_report(self) -> tuple[Any, ...]:
        """The next report: charges, records, usages, and how many answers had been kept."""
        while not self.reports:
            message = self.stream.recv(MESSAGE_BYTES)
            assert message[:1] == REPORT
            self.reports.append(message[1:])
        values: tuple[Any, ...] = marshal.loads(self.reports.pop(0))
        return values


Start = Callable[..., ServerEnd]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("listener") / "store"
    graph = Graph()
    for number in range(NODES):
        name = URIRef(f"http://n.example/n{number}")
        graph.add((name, URIRef("http://n.example/same"), name))
    with open_store(path, mode="write") as store:
        store.replace_graph("http://n.example/g", graph)
        store.publish()
    return path


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Run a listener in a thread; it has ended when the test has."""
    running: list[tuple[ServerEnd, threading.Thread]] = []
    ended: list[ServerEnd] = []

    def run(*, connections: int = 10, idle_seconds: float = PATIENCE, **counts: int) -> ServerEnd:
        app = create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1})
        plan: ListenerPlan = app.extensions[EXTENSION]
        close_runner(app)
        door = socket.create_server(("127.0.0.1", 0))
        door.setblocking(False)
        setup = plan.to_json(
            servers=[("localhost", door.getsockname()[1])],
            connections=connections,
            idle_seconds=idle_seconds,
        )
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(PATIENCE)
        seats = memoryview(bytearray(4 * 2)).cast("I")
        seats[1] = counts.get("others", listener.ABSENT)
        server = ServerEnd(ours, door)

        def live() -> None:
            run_listener(theirs, seats, 0)
            ended.append(server)

        thread = threading.Thread(target=live, daemon=True)
        thread.start()
        socket.send_fds(ours, [setup], [door.fileno()])
        door.close()
        running.append((server, thread))
        assert server.receive()[0] == ACCEPTING
        return server

    yield run
    for server, thread in running:
        server.stream.close()
        thread.join(PATIENCE)
        assert not thread.is_alive(), "it ends when the server does"
        assert server in ended, "and without an error"


def get(query: str, *lines: str) -> bytes:
    first = f"GET /sparql?{urlencode({'query': query})} HTTP/1.1"
    return "\r\n".join([first, "Host: localhost", *lines, "", ""]).encode()


def post(query: str) -> tuple[bytes, bytes]:
    body = urlencode({"query": query}).encode()
    lines = ["POST /sparql HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}", FORM]
    return "\r\n".join([*lines, "", ""]).encode(), body


def read_response(stream: socket.socket) -> tuple[int, dict[str, str], bytes]:
    response = HTTPResponse(stream)
    response.begin()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return response.status, headers, response.read()


@pytest.mark.parametrize(
    "lines", [(), ("Accept: text/csv",), ("Accept: application/sparql-results+xml",)]
)
def test_a_point_query_is_answered_as_the_application_answers_it(
    start: Start, folder: Path, lines: tuple[str, ...]
) -> None:
    app = create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1})
    wanted = dict(line.split(": ") for line in lines)
    expected = app.test_client().get("/sparql", query_string={"query": POINT}, headers=wanted)
    close_runner(app)
    with closing(start().connect()) as stream:
        for _ in range(3):
            stream.sendall(get(POINT, *lines))
            status, headers, body = read_response(stream)
            assert (status, body) == (200, expected.data)
            # The test client sends other headers, which the validator stands for as well.
            own = {"date", "x-request-id", "etag"}
            assert headers["etag"].startswith("W/")
            told = {name.lower(): value for name, value in expected.headers.items()}
            assert {n: v for n, v in headers.items() if n not in own} == {
                n: v for n, v in told.items() if n not in own
            }


def test_what_is_answered_is_reported_once(start: Start) -> None:
    server = start()
    with closing(server.connect()) as stream:
        for text in (POINT, POINT):
            stream.sendall(get(text, "X-Request-Id: abc"))
            assert read_response(stream)[0] == 200
        found: list[tuple[Any, ...]] = []
        kept = 0
        while len(found) < 2:
            charges, records, usages, kept_now = server.receive_report()
            found += records
            kept += kept_now
            for client, form, held in usages:
                assert (client, form) == ("127.0.0.1", "bindings")
                assert held > 0
            assert set(charges) == {"127.0.0.1"}
    assert kept == 1
    assert [(one[0], one[2], one[3], one[5]) for one in found] == [
        ("abc", "GET", 200, "127.0.0.1")
    ] * 2


@pytest.mark.parametrize(
    "pieces",
    [
        [b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"],
        [b"GET / HT"],
        [b"\x00\xff"],
        [get(JOIN)],
        [get("SELECT nonsense")],
        [get(POINT, "Authorization: Bearer abc")],
        [get(POINT) + get(POINT)],
        [get(POINT).replace(b"HTTP/1.1", b"HTTP/1.0")],
        [b"".join(post(JOIN))],
        [*post(JOIN)],
    ],
)
def test_everything_else_is_left_to_the_server_with_all_that_was_read(
    start: Start, pieces: list[bytes]
) -> None:
    server = start()
    with closing(server.connect()) as stream:
        # A connection is kept as long as what comes can be answered.
        stream.sendall(get(POINT))
        assert read_response(stream)[0] == 200
        for piece in pieces:
            stream.sendall(piece)
            time.sleep(0.1)
        connection, data = server.receive_connection()
        assert data == b"".join(pieces)
        with closing(connection):
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            assert read_response(stream)[0] == 204
            # It is the server's from then on.
            stream.sendall(get(POINT))
            connection.settimeout(PATIENCE)
            assert connection.recv(1 << 16) == get(POINT)
    (charges, records, _, _) = server.receive_report()
    assert len(records) == 1, "what was answered before is reported before"
    assert charges


def test_the_body_of_a_point_query_may_come_later(start: Start) -> None:
    with closing(start().connect()) as stream:
        for piece in post(POINT):
            stream.sendall(piece)
            time.sleep(0.1)
        assert read_response(stream)[0] == 200


def test_a_body_that_does_not_come_is_waited_for_by_the_server(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "BODY_SECONDS", 0.1)
    monkeypatch.setattr(listener, "TURN_SECONDS", 0.1)
    server = start()
    head, body = post(POINT)
    with closing(server.connect()) as stream:
        stream.sendall(head + body[:3])
        connection, data = server.receive_connection()
        connection.close()
    assert data == head + body[:3]


def test_a_client_whose_budget_is_spent_is_left_to_the_server(start: Start, folder: Path) -> None:
    server = start()
    strict = create_app(
        {"TANPU_STORE": folder, "TANPU_CLIENT_SECONDS": 1, "TANPU_QUERY_WORKERS": 1}
    )
    close_runner(strict)
    ledger = Ledger()
    ledger.charge("127.0.0.1", 600.0)
    lesson = enter_report(strict, ledger.take_report(), observe=lambda _: None)
    with closing(server.connect()) as stream:
        stream.sendall(get(POINT))
        assert read_response(stream)[0] == 200
        server.stream.send(LEARNING + lesson)
        time.sleep(0.2)
        stream.sendall(get(POINT))
        connection, data = server.receive_connection()
        connection.close()
    assert data == get(POINT)


def test_a_client_that_goes_away_disturbs_nobody(start: Start) -> None:
    server = start()
    with closing(server.connect()) as stream:
        for _ in range(3):
            with closing(server.connect()) as gone:
                gone.sendall(post(POINT)[0])
        stream.sendall(get(POINT))
        assert read_response(stream)[0] == 200


def test_no_more_connections_are_accepted_than_there_may_be(start: Start) -> None:
    server = start(connections=1)
    with closing(server.connect()) as first, closing(server.connect()) as second:
        first.sendall(get(POINT))
        assert read_response(first)[0] == 200
        second.sendall(get(POINT))
        second.settimeout(0.5)
        with pytest.raises(TimeoutError):
            second.recv(1)
        first.close()
        second.settimeout(PATIENCE)
        assert read_response(second)[0] == 200


def test_a_connection_is_taken_even_where_others_should_but_do_not(start: Start) -> None:
    server = start(others=0)
    with closing(server.connect()) as first, closing(server.connect()) as second:
        for stream in (first, second):
            stream.sendall(get(POINT))
            assert read_response(stream)[0] == 200


def test_connections_are_closed_when_the_server_ends(start: Start) -> None:
    server = start()
    with closing(server.connect()) as stream:
        stream.sendall(get(POINT))
        assert read_response(stream)[0] == 200
        server.stream.shutdown(socket.SHUT_WR)
        assert stream.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            server.connect()


def test_a_connection_on_which_nothing_happens_is_closed(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "TURN_SECONDS", 0.1)
    with closing(start(idle_seconds=0.2).connect()) as stream:
        assert stream.recv(1) == b""


def test_a_new_state_of_the_store_is_seen(start: Start, folder: Path) -> None:
    server = start()
    count = "SELECT ?o { <http://n.example/new> ?p ?o }"
    with closing(server.connect()) as stream:
        stream.sendall(get(count, "Accept: text/csv"))
        assert read_response(stream)[2] == b"o\r\n"
        graph = Graph()
        name = URIRef("http://n.example/new")
        graph.add((name, URIRef("http://n.example/same"), name))
        with open_store(folder, mode="write") as store:
            store.replace_graph("http://n.example/h", graph)
            store.publish()
        stream.sendall(get(count, "Accept: text/csv"))
        assert read_response(stream)[2] == b"o\r\nhttp://n.example/new\r\n"
