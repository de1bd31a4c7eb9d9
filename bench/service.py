"""The service under load, against ``oxigraph serve`` and rdflib-endpoint, over the same triples.

Each server is asked over kept connections by 1, 4 and 16 clients, by turns in short rounds, so
that other load on the machine falls on all alike. The clients have a process of their own and do
little with what they read, so as not to be what is measured. All answers are JSON, and the first
of each must say the same as ours. What counts is the ratio of the throughputs, and on a busy
machine that of the processor's time that a server with its children takes for a query. The case
"points" (and "hops" for the three hops) asks for another person each time, in a text that was never
sent before, so that nothing that is remembered of a query or its answer helps.

The peers are not among our dependencies. They run where they are found: a folder with the
commands ``oxigraph`` and ``rdflib-endpoint`` is named by the environment variable ``PEERS``, as
``PEERS=/tmp/peers/bin`` after ``python -m venv /tmp/peers`` and ``/tmp/peers/bin/pip install
oxigraph rdflib-endpoint``; without it they are looked for on the path, and left out if missing.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from bench.store import BASE, COUNT, HOPS, LABEL, NAMESPACES, POINT
from graph.store import open_store
from ontology.terms import RDF, SDO, SKOS, TANPU

TRIPLES, SMOKE_TRIPLES = 1_000_000, 20_000
PEOPLE_AN_EVENT = 8
# So many persons there are at least; see :func:`make_triples`.
PEOPLE = 200
CLIENTS = (1, 4, 16)
JSON = "application/sparql-results+json"
# rdflib in memory takes minutes to load more, and answers worse with more.
HEAVY = frozenset({"class counts"})
# Where the text of a query has it, another number each time; the first is 1.
NUMBER = "person-1 "
OURS, NATIVE, PYTHON = "tanpu", "oxigraph", "rdflib-endpoint"
SETTINGS = {
    "TANPU_QUERY_CLIENT_WORKERS": "4",
    "TANPU_QUERY_CLIENT_QUEUE": "32",
    "TANPU_CLIENT_SECONDS": "1000000",
}
PATIENCE = 600.0
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)")
PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in NAMESPACES.items())
# Each query asks for another person, in a text of its own.
VARIED = frozenset({"points", "hops"})
QUERIES: Mapping[str, str] = {
    name: f"{PREFIXES}PREFIX id: <{BASE}id/>\n{text}"
    for name, text in {
        "point": POINT, "points": POINT, "label": LABEL, "3 hops": HOPS, "hops": HOPS,
        "class counts": COUNT,
    }.items()
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case of one server: queries a second, milliseconds of single ones and of processors."""

    case: str
    clients: int
    server: str
    throughput: float
    p50: float
    p95: float
    p99: float
    processor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a server answers queries, and the number of its process."""

    name: str
    port: int
    path: str
    pid: int


def run(*, smoke: bool) -> list[Row]:
    """Rows by case, number of clients and server."""
    triples = int(os.environ.get("BENCH_TRIPLES", SMOKE_TRIPLES if smoke else TRIPLES))
    seconds, rounds = (0.3, 1) if smoke else (1.0, 3)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as servers:
        folder = Path(name)
        write_triples(folder, triples)
        endpoints = [servers.enter_context(serving(folder))]
        for peer in (NATIVE, PYTHON):
            command = find_peer(peer)
            if command is not None:
                endpoints.append(servers.enter_context(serving_peer(peer, command, folder)))
        for case, text in QUERIES.items():
            asked = [e for e in endpoints if e.name != PYTHON or case not in HEAVY]
            compare_answers(case, text, asked)
            for clients in CLIENTS if case not in HEAVY else CLIENTS[:1]:
                rows += measure(case, text, asked, clients, seconds=seconds, rounds=rounds)
    return rows


def make_triples(count: int) -> Iterator[ox.Triple]:
    """At least so many made-up triples of our vocabulary, each once; the same at every call.

    Events at places, with persons who take part in them by statements, as the store has them.
    """
    made, number = 0, 0
    people = max(50, count // 100)
    places = max(10, count // 200)
    named: set[int] = set()
    type_, label = ox.NamedNode(str(RDF.type)), ox.NamedNode(str(SKOS.prefLabel))
    terms = {
        name: ox.NamedNode(str(term))
        for name, term in {
            "forum": TANPU.Forum, "person": TANPU.Person, "place": TANPU.Place,
            "part": TANPU.Participation, "statement": TANPU.Statement,
            "participant": TANPU.participant, "event": TANPU.event, "location": SDO.location,
            "attendee": SDO.attendee,
        }.items()
    }  # fmt: skip

    def thing(kind: str, which: int) -> ox.NamedNode:
        return ox.NamedNode(f"{BASE}id/{kind}-{which}")

    for which in range(places):
        yield ox.Triple(thing("place", which), type_, terms["place"])
    while made < count:
        forum = thing("forum", number)
        found = [
            ox.Triple(forum, type_, terms["forum"]),
            ox.Triple(forum, label, ox.Literal(f"测试论坛{number}", language="zh")),
            ox.Triple(forum, terms["location"], thing("place", number % places)),
        ]
        for position in range(PEOPLE_AN_EVENT):
            # Every five hundredth event has the person that is asked for; no person twice in one.
            who = (number * 7 + position * 13) % people
            who = 1 if position == 0 and number % 500 == 1 else who
            person, part = thing("person", who), thing("part", number * 100 + position)
            if who not in named:
                named.add(who)
                name = "测试人员一" if who == 1 else f"测试人员{who}"
                found.append(ox.Triple(person, type_, terms["person"]))
                found.append(ox.Triple(person, label, ox.Literal(name, language="zh")))
            found += [
                ox.Triple(part, type_, terms["part"]),
                ox.Triple(part, type_, terms["statement"]),
                ox.Triple(part, terms["participant"], person),
                ox.Triple(part, terms["event"], forum),
                ox.Triple(forum, terms["attendee"], person),
            ]
        made += len(found)
        number += 1
        yield from found


def write_triples(folder: Path, count: int) -> None:
    """Our store, that of oxigraph and a file for rdflib, with the same triples.

    Peers have them in the default graph, where queries look; ours has them in a named graph too.
    """
    triples = list(dict.fromkeys(make_triples(count)))
    default = ox.DefaultGraph()
    with open_store(folder / OURS, mode="write", base=BASE) as store:
        graph = ox.NamedNode(f"{BASE}graph/1")
        store.database.bulk_extend(
            ox.Quad(t.subject, t.predicate, t.object, g) for t in triples for g in (default, graph)
        )
        store.optimize()
        store.publish()
    native = ox.Store(str(folder / NATIVE))
    native.bulk_extend(ox.Quad(t.subject, t.predicate, t.object, default) for t in triples)
    native.optimize()
    del native
    ox.serialize(triples, str(folder / "triples.nt"), format=ox.RdfFormat.N_TRIPLES)


def find_peer(name: str) -> str | None:
    """The command of a peer; None where it is not installed."""
    return shutil.which(name, path=os.environ.get("PEERS"))


@contextmanager
def serving(folder: Path) -> Iterator[Endpoint]:
    """Our service, as ``tanpu serve`` starts it."""
    command = [sys.executable, "-m", "cli", "--store", str(folder / OURS), "serve", "--port", "0"]
    with running(command, stdout=subprocess.PIPE, env={**os.environ, **SETTINGS}) as process:
        assert process.stdout is not None
        port = urlsplit(process.stdout.readline().strip()).port
        assert port is not None
        yield Endpoint(name=OURS, port=port, path="/sparql", pid=process.pid)


@contextmanager
def serving_peer(name: str, command: str, folder: Path) -> Iterator[Endpoint]:
    """A peer over its own copy of the triples, once it answers.

    Raises:
        RuntimeError: it does not answer in time.
    """
    port = free_port()
    if name == NATIVE:
        location = str(folder / NATIVE)
        arguments = ["serve-read-only", "--location", location, "--bind", f"127.0.0.1:{port}"]
        path = "/query"
    else:
        arguments = ["serve", "--host", "127.0.0.1", "--port", str(port), "--store", "default"]
        arguments.append(str(folder / "triples.nt"))
        path = "/"
    with running([command, *arguments], stdout=subprocess.DEVNULL, env=os.environ) as process:
        endpoint = Endpoint(name=name, port=port, path=path, pid=process.pid)
        until = time.monotonic() + PATIENCE
        while not answers(endpoint):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"expected {name} to answer at {port}, got nothing")
            time.sleep(0.5)
        yield endpoint


@contextmanager
def running(
    command: list[str], *, stdout: int, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block."""
    process = subprocess.Popen(
        command, stdout=stdout, stderr=subprocess.DEVNULL, text=True, env=dict(env)
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def free_port() -> int:
    """A port of loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(endpoint: Endpoint) -> bool:
    """Whether a server answers a query."""
    try:
        with closing(Client(endpoint)) as client:
            return bool(client.ask("ASK {}"))
    except OSError:
        return False


class Client:
    """Asks an endpoint over a connection that is kept, with as little work as possible.

    Raises:
        OSError: when the endpoint cannot be reached.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._stream = socket.create_connection(("127.0.0.1", endpoint.port), timeout=PATIENCE)

    def ask(self, text: str) -> bytes:
        """The answer to a query.

        Raises:
            RuntimeError: the status is not 200.
            OSError: the connection has ended.
        """
        self._stream.sendall(
            f"GET {self._endpoint.path}?{urlencode({'query': text})} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self._endpoint.port}\r\nAccept: {JSON}\r\n\r\n".encode()
        )
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        head, body = received[:end].lower(), received[end + 4 :]
        if found := _LENGTH.search(head):
            while len(body) < int(found[1]):
                body += self._receive()
        else:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._receive()
            body = b"".join(chunks_of(body))
        if b" 200" not in head[:13]:
            raise RuntimeError(f"expected 200 of {self._endpoint.name}, got {head!r}: {body!r}")
        return body

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def _receive(self) -> bytes:
        data = self._stream.recv(1 << 16)
        if not data:
            raise ConnectionError(f"expected a response of {self._endpoint.name}, got its end")
        return data


def chunks_of(body: bytes) -> Iterator[bytes]:
    r"""The pieces of a chunked body.

    >>> list(chunks_of(b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"))
    [b'ab', b'c']
    """
    position = 0
    while True:
        end = body.index(b"\r\n", position)
        length = int(body[position:end], 16)
        if length == 0:
            return
        yield body[end + 2 : end + 2 + length]
        position = end + 4 + length


def processor_seconds(pid: int) -> float:
    """What a process and its children have taken of processors until now, in seconds."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            # It has ended meanwhile.
            continue
        number = int(file.parent.name)
        parents[number] = int(fields[1])
        # Its own, and that of children that have ended.
        ticks[number] = sum(map(int, fields[11:15]))
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(ticks.get(one, 0) for one in family) / os.sysconf("SC_CLK_TCK")


def compare_answers(case: str, text: str, endpoints: list[Endpoint]) -> None:
    """Make sure that all give the same answer.

    Raises:
        ValueError: one does not, so that the times say nothing.
    """
    found = {}
    for endpoint in endpoints:
        with closing(Client(endpoint)) as client:
            body = client.ask(text)
        rows = json.loads(body)["results"]["bindings"]
        found[endpoint.name] = sorted(
            tuple(sorted((name, value["value"]) for name, value in row.items())) for row in rows
        )
    for name, rows in found.items():
        if rows != found[OURS] or not rows:
            raise ValueError(
                f"{case}: expected the {len(found[OURS])} solutions that we have, got {len(rows)} "
                f"of {name}"
            )


def measure(
    case: str,
    text: str,
    endpoints: list[Endpoint],
    clients: int,
    *,
    seconds: float,
    rounds: int,
) -> list[Row]:
    """A row for each server, asked by turns by clients in a process of their own."""
    times: dict[str, list[float]] = {endpoint.name: [] for endpoint in endpoints}
    rates: dict[str, list[float]] = {endpoint.name: [] for endpoint in endpoints}
    taken = dict.fromkeys(times, 0.0)
    with get_context("spawn").Pool(1) as process:
        for _ in range(rounds):
            for endpoint in endpoints:
                before = processor_seconds(endpoint.pid)
                found, rate = process.apply(
                    load, (endpoint, text, clients, seconds, case in VARIED)
                )
                taken[endpoint.name] += processor_seconds(endpoint.pid) - before
                times[endpoint.name] += found
                rates[endpoint.name].append(rate)
    rows = []
    for endpoint in endpoints:
        found = times[endpoint.name]
        parts = quantiles(found, n=100) if len(found) > 1 else found * 99
        rows.append(
            Row(
                case=case,
                clients=clients,
                server=endpoint.name,
                throughput=median(rates[endpoint.name]),
                p50=1000 * parts[49],
                p95=1000 * parts[94],
                p99=1000 * parts[98],
                processor=1000 * taken[endpoint.name] / len(found),
            )
        )
    return rows


def load(
    endpoint: Endpoint, text: str, clients: int, seconds: float, varied: bool
) -> tuple[list[float], float]:
    """Seconds of each query of so many clients for some time, and queries a second.

    Args:
        endpoint: who is asked.
        text: the query.
        clients: how many ask at once.
        seconds: how long.
        varied: whether each query asks for one of the first people, by a text of its own.

    Raises:
        RuntimeError: one was not answered.
    """
    times: list[list[float]] = [[] for _ in range(clients)]
    problems: list[Exception] = []
    key = random.getrandbits(64)
    began = time.perf_counter()

    def run_client(number: int) -> None:
        try:
            with closing(Client(endpoint)) as client:
                while time.perf_counter() - began < seconds or not times[number]:
                    query = text
                    if varied:
                        other = f"person-{random.randrange(PEOPLE)} "
                        query = (
                            f"{text.replace(NUMBER, other)}\n# {number} {len(times[number])} {key}"
                        )
                    asked = time.perf_counter()
                    client.ask(query)
                    times[number].append(time.perf_counter() - asked)
        except (OSError, RuntimeError) as error:
            problems.append(error)

    threads = [threading.Thread(target=run_client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise RuntimeError(f"{endpoint.name}: {problems[0]}")
    together = [one for many in times for one in many]
    return together, len(together) / (time.perf_counter() - began)


def to_table(rows: list[Row]) -> str:
    """A Markdown table; the last column is our throughput as a multiple of the server's."""
    ours = {(row.case, row.clients): row.throughput for row in rows if row.server == OURS}
    lines = [
        "| query | clients | server | queries/s | p50, ms | p95, ms | p99, ms | processor, ms "
        "| ours / theirs |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {r.case} | {r.clients} | {r.server} | {r.throughput:.1f} | {r.p50:.1f} | {r.p95:.1f} "
        f"| {r.p99:.1f} | {r.processor:.2f} | {ours[r.case, r.clients] / r.throughput:.2f} |"
        for r in rows
    ]
    return "\n".join(lines)
