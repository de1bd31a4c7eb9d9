"""The service as a process: the address that it prints, and how it stops."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path
from urllib.parse import urlencode

import pytest
from rdflib import Graph, URIRef

from graph.store import open_store
from tests.web.processes import Start, starting_programs

PROGRAM = """
import time
from flask import Flask
from server import serve

app = Flask("slow")
app.config["MAX_CONTENT_LENGTH"] = 1000

@app.get("/")
def slow():
    print("started", flush=True)
    time.sleep(1)
    return "x" * 20_000_000

serve(app, "127.0.0.1", 0)
"""
IMPATIENT = PROGRAM.replace(
    'serve(app, "127.0.0.1", 0)',
    "from server import ServerLimits; "
    'serve(app, "127.0.0.1", 0, limits=ServerLimits(request_seconds=2))',
)
NODES = 1500
PAIRS = "?a ?b ?c . ?d ?e ?f"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {PAIRS} . ?g ?h ?i }}"
TWENTY_MEGABYTES = f"CONSTRUCT {{ ?a ?b ?f }} WHERE {{ {PAIRS} }} LIMIT 300000"


@pytest.fixture
def start(root: Path) -> Iterator[Start]:
    """Start a program that serves; gives its process and host with port."""
    with starting_programs(root) as start_program:
        yield start_program


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_running_request_end(start: Start, signal_number: signal.Signals) -> None:
    process, netloc = start(PROGRAM)
    assert process.stdout is not None
    assert netloc.startswith("127.0.0.1:")
    lengths: list[int] = []

    def fetch() -> None:
        with urllib.request.urlopen(f"http://{netloc}/") as response:
            time.sleep(0.5)
            lengths.append(len(response.read()))

    client = threading.Thread(target=fetch)
    client.start()
    assert process.stdout.readline() == "started\n"
    process.send_signal(signal_number)
    client.join(timeout=30)
    assert lengths == [20_000_000]
    assert process.wait(timeout=30) == 0


def address_of(netloc: str) -> tuple[str, int]:
    host, _, port = netloc.partition(":")
    return host, int(port)


@pytest.mark.parametrize("request_text", ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HT"])
def test_a_client_that_reads_or_writes_too_slowly_is_cut_off(
    start: Start, request_text: str
) -> None:
    _, netloc = start(IMPATIENT)
    with socket.create_connection(address_of(netloc)) as slow:
        slow.settimeout(60)
        slow.sendall(request_text.encode())
        if "\r\n" in request_text:
            time.sleep(5)
        received = 0
        try:
            while piece := slow.recv(1 << 16):
                received += len(piece)
        except ConnectionResetError:
            pass
    assert received < 20_000_000


@pytest.fixture(scope="module")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("serve") / "store"
    graph = Graph()
    for number in range(NODES):
        here, there = (URIRef(f"http://n.example/n{n}") for n in (number, (number + 1) % NODES))
        graph.add((here, URIRef("http://n.example/next"), there))
    with open_store(path, mode="write") as store:
        store.replace_graph("http://n.example/ring", graph)
        store.publish()
    return path


@pytest.fixture
def tanpu(start: Start, store_folder: Path) -> tuple[subprocess.Popen[str], str]:
    options = ["--store", str(store_folder), "serve", "--port", "0"]
    return start(f"import cli; cli.main({options!r})")


def test_the_body_of_a_query_that_never_ends_is_given_up(start: Start, store_folder: Path) -> None:
    options = ["--store", str(store_folder), "serve", "--port", "0"]
    impatient = "import os; os.environ['TANPU_REQUEST_SECONDS'] = '1'"
    _, netloc = start(f"{impatient}; import cli; cli.main({options!r})")
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n"
    with socket.create_connection(address_of(netloc)) as slow:
        slow.sendall(head)
        until = time.monotonic() + 30
        # A byte now and then does not keep it open.
        while not is_closed(slow) and time.monotonic() < until:
            time.sleep(0.1)
        assert time.monotonic() < until


def is_closed(stream: socket.socket) -> bool:
    try:
        stream.sendall(b"x")
    except OSError:
        return True
    return False


def test_a_query_ends_when_its_client_goes_away(tanpu: tuple[subprocess.Popen[str], str]) -> None:
    _, netloc = tanpu
    gone = HTTPConnection(netloc, timeout=60)
    gone.request("GET", "/sparql?" + urlencode({"query": ENDLESS, "timeout": "30"}))
    time.sleep(1)
    gone.close()
    killed = 'tanpu_workers_killed_total{reason="abandoned"} 1.0'
    for _ in range(100):
        with urllib.request.urlopen(f"http://{netloc}/metrics") as response:
            text = response.read().decode()
        if killed in text:
            return
        time.sleep(0.2)
    raise AssertionError(text)


def test_a_signal_lets_the_running_query_end_and_takes_no_connection(
    tanpu: tuple[subprocess.Popen[str], str],
) -> None:
    running, netloc = tanpu
    with closing(HTTPConnection(netloc, timeout=60)) as idle:
        idle.request("GET", "/healthz")
        idle.getresponse().read()
        with closing(HTTPConnection(netloc, timeout=60)) as client:
            client.request("GET", "/sparql?" + urlencode({"query": ENDLESS, "timeout": "3"}))
            time.sleep(1)
            running.send_signal(signal.SIGTERM)
            time.sleep(1)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(address_of(netloc))
            assert running.poll() is None
            response = client.getresponse()
            assert response.status == 503
            assert json.loads(response.read())["title"].endswith("Query timeout")
    assert running.wait(timeout=30) == 0


def test_a_second_signal_ends_it_at_once(tanpu: tuple[subprocess.Popen[str], str]) -> None:
    running, netloc = tanpu
    with closing(HTTPConnection(netloc, timeout=60)) as client:
        client.request("GET", "/sparql?" + urlencode({"query": ENDLESS}))
        time.sleep(1)
        running.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert running.poll() is None
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=20) == 0


def memory_of(pid: int, what: str) -> int:
    """Mebibytes of a process: ``VmRSS`` now, ``VmHWM`` at most until now."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{what}:"))
    return int(line.split()[1]) // 1024


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_twenty_megabytes_are_streamed_at_constant_memory(
    tanpu: tuple[subprocess.Popen[str], str], encoding: str
) -> None:
    running, netloc = tanpu
    headers = {"Accept": "application/n-triples", "Accept-Encoding": encoding}
    with closing(HTTPConnection(netloc, timeout=120)) as client:
        client.request("GET", "/sparql?" + urlencode({"query": "ASK {}"}))
        client.getresponse().read()
        before = memory_of(running.pid, "VmRSS")
        path = "/sparql?" + urlencode({"query": TWENTY_MEGABYTES})
        client.request("GET", path, headers=headers)
        response = client.getresponse()
        assert response.headers["Transfer-Encoding"] == "chunked"
        size = 0
        while piece := response.read(1 << 16):
            size += len(piece)
    if encoding == "identity":
        assert size > 20_000_000
    else:
        assert size < 10_000_000
    assert memory_of(running.pid, "VmHWM") - before < 50


def test_a_compressed_body_that_breaks_off_is_seen_to_be_broken(
    tanpu: tuple[subprocess.Popen[str], str],
) -> None:
    _, netloc = tanpu
    query = f"CONSTRUCT {{ ?a ?b ?f }} WHERE {{ {PAIRS} }}"
    headers = {"Accept": "application/n-triples", "Accept-Encoding": "gzip"}
    with closing(HTTPConnection(netloc, timeout=120)) as client:
        path = "/sparql?" + urlencode({"query": query, "timeout": "2"})
        client.request("GET", path, headers=headers)
        response = client.getresponse()
        assert response.status == 200
        with pytest.raises(IncompleteRead):
            response.read()


# ------------------------------------------------------------------------------- listeners


@pytest.fixture
def with_listeners(start: Start, store_folder: Path) -> tuple[subprocess.Popen[str], str]:
    options = ["--store", str(store_folder), "serve", "--port", "0"]
    chosen = "import os; os.environ['TANPU_LISTENERS'] = '2'"
    return start(f"{chosen}; import cli; cli.main({options!r})")


def listeners_of(process: subprocess.Popen[str]) -> list[int]:
    """The processes of a service that are copies of it."""
    own = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(c) for c in children if Path(f"/proc/{c}/cmdline").read_bytes() == own]


def ask_point(netloc: str) -> int:
    """Ask a point query and for the state of the service over one new connection."""
    point = "SELECT ?o { <http://n.example/n1> ?p ?o }"
    with closing(HTTPConnection(netloc, timeout=60)) as client:
        client.request("GET", "/sparql?" + urlencode({"query": point}))
        response = client.getresponse()
        assert b"http://n.example/n2" in response.read()
        client.request("GET", "/healthz")
        assert client.getresponse().read().startswith(b"{")
        client.request("GET", "/sparql?" + urlencode({"query": point}))
        response = client.getresponse()
        assert b"http://n.example/n2" in response.read()
        return response.status


def count_of(netloc: str, line: str) -> float:
    with urllib.request.urlopen(f"http://{netloc}/metrics") as response:
        text: str = response.read().decode()
    return sum(float(found.split()[-1]) for found in text.splitlines() if found.startswith(line))


def test_what_listeners_answer_is_counted_with_the_rest(
    with_listeners: tuple[subprocess.Popen[str], str],
) -> None:
    process, netloc = with_listeners
    assert len(listeners_of(process)) == 2
    asked = 20
    for _ in range(asked):
        assert ask_point(netloc) == 200
    line = 'tanpu_http_responses_total{method="GET",route="/sparql",status="200"}'
    until = time.monotonic() + 30
    while count_of(netloc, line) < 2 * asked and time.monotonic() < until:
        time.sleep(0.1)
    assert count_of(netloc, line) == 2 * asked
    assert count_of(netloc, "tanpu_kept_answers_total") >= asked


def test_the_service_goes_on_without_its_listeners(
    with_listeners: tuple[subprocess.Popen[str], str],
) -> None:
    process, netloc = with_listeners
    assert ask_point(netloc) == 200
    for listener in listeners_of(process):
        os.kill(listener, signal.SIGKILL)
        for _ in range(3):
            assert ask_point(netloc) == 200
    assert listeners_of(process) == []
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_listeners_that_end_leave_no_error_in_the_log(
    start: Start, store_folder: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    options = ["--store", str(store_folder), "serve", "--port", "0"]
    chosen = f"import os; os.dup2(os.open({str(log)!r}, os.O_WRONLY | os.O_CREAT), 2)"
    process, netloc = start(
        f"{chosen}; os.environ['TANPU_LISTENERS'] = '3'; import cli; cli.main({options!r})"
    )
    with closing(HTTPConnection(netloc, timeout=60)) as client:
        # The server has something to do for a while after the signal.
        client.request("GET", "/sparql?" + urlencode({"query": ENDLESS, "timeout": "2"}))
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert client.getresponse().status == 503
    assert process.wait(timeout=30) == 0
    text = log.read_text(encoding="utf-8")
    assert "/sparql 503" in text
    assert "Traceback" not in text
    assert "listener process" not in text


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGKILL])
def test_listeners_end_with_the_service(
    with_listeners: tuple[subprocess.Popen[str], str], signal_number: signal.Signals
) -> None:
    process, netloc = with_listeners
    listeners = listeners_of(process)
    with closing(HTTPConnection(netloc, timeout=60)) as idle:
        idle.request("GET", "/sparql?" + urlencode({"query": "SELECT * { <http://a/> ?p ?o }"}))
        assert idle.getresponse().status == 200
        process.send_signal(signal_number)
        process.wait(timeout=30)
        until = time.monotonic() + 30
        while any(map(is_running, listeners)) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(map(is_running, listeners))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address_of(netloc))


def is_running(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def small(root: Path, store_folder: Path) -> Iterator[str]:
    """The host and port of a service that takes 2,000 bytes of a body at most."""
    options = ["--store", str(store_folder), "serve", "--port", "0"]
    names = ("TANPU_MAX_BODY_BYTES", "TANPU_INGEST_MAX_BYTES")
    setting = "".join(f"os.environ[{name!r}] = '2000'; " for name in names)
    with starting_programs(root) as start_program:
        yield start_program(f"import os; {setting}import cli; cli.main({options!r})")[1]


LENGTH = "Content-Length: 99999\r\n"
CHUNKS = "Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("line", "fields", "body"),
    [
        ("POST /sparql", LENGTH, b""),
        ("POST /sparql", LENGTH + "Content-Type: application/sparql-query\r\n", b"ASK {}"),
        ("POST /sparql", CHUNKS, b"7D1\r\n" + b"x" * 2001 + b"\r\n0\r\n\r\n"),
        ("GET /sparql?query=ASK%7B%7D", LENGTH, b""),
        ("POST /documents", LENGTH, b""),
        ("PUT /graph-store?graph=urn:g", LENGTH, b""),
        ("DELETE /documents/a", LENGTH, b""),
        ("POST /nowhere", "Content-Length: 99999999999\r\n", b""),
    ],
)
def test_a_body_that_the_server_does_not_take_is_refused_as_everywhere_else(
    small: str, line: str, fields: str, body: bytes
) -> None:
    with socket.create_connection(address_of(small), timeout=30) as stream:
        stream.sendall(f"{line} HTTP/1.1\r\nHost: {small}\r\n{fields}\r\n".encode() + body)
        response = HTTPResponse(stream)
        response.begin()
        problem = json.loads(response.read())
        assert (response.status, problem["status"]) == (413, 413)
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["X-Request-ID"]
        assert "2000 bytes" in problem["detail"]
        # The rest of the body is not read, and must not be taken for a request.
        assert response.headers["Connection"] == "close"
        assert stream.recv(1) == b""


def test_a_body_of_just_the_size_is_taken(small: str) -> None:
    query = "ASK {}".ljust(2000)
    with closing(HTTPConnection(small, timeout=30)) as connection:
        headers = {"Content-Type": "application/sparql-query"}
        connection.request("POST", "/sparql", query, headers)
        assert connection.getresponse().status == 200
