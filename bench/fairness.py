"""One client asks endless heavy queries; how long do another's small ones take meanwhile?

The service runs as a process of its own, as ``tanpu serve`` starts it. The two clients come from
different addresses of loopback. The patient client asks one query at a time, first alone, then
while the abusive one keeps eight heavy queries going, in alternate rounds, so that other load on
the machine falls on both alike. What counts is the ratio of the 95th percentiles: at most 2.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

from rdflib import Graph, URIRef

from graph.store import open_store

NODES = 3_000
PATIENT, ABUSIVE = "127.0.0.2", "127.0.0.3"
HEAVY = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a LIMIT 1",
)
NEXT = "<http://n.example/next>"
# A join that takes some milliseconds, as questions of people do.
SMALL = f"SELECT (COUNT(*) AS ?n) {{ ?a {NEXT} ?b . ?b {NEXT} ?c . ?c {NEXT} ?d }}"
ABUSERS = 8
HEAVY_SECONDS = "5"


@dataclass(frozen=True, slots=True)
class Row:
    """Milliseconds of the patient client's queries, alone and beside the abusive one."""

    case: str
    alone: float
    beside: float

    @property
    def ratio(self) -> float:
        """How many times as long they take beside it."""
        return self.beside / self.alone


def run(*, smoke: bool) -> tuple[list[Row], Counter[int]]:
    """Rows for the median and the 95th percentile, and what the abusive client was answered."""
    rounds, asked = (1, 20) if smoke else (5, 60)
    alone: list[float] = []
    beside: list[float] = []
    statuses: Counter[int] = Counter()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as port:
        ask_patiently(port, 10)
        for _ in range(rounds):
            alone += ask_patiently(port, asked)
            with abusing(port, statuses):
                beside += ask_patiently(port, asked)
    return [
        Row("median", median(alone), median(beside)),
        Row("95th percentile", percentile(alone), percentile(beside)),
    ], statuses


def percentile(times: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(times, n=20)[-1]


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """A service over a store of a ring of nodes; its port."""
    graph = Graph()
    for number in range(NODES):
        here, there = (URIRef(f"http://n.example/n{n}") for n in (number, (number + 1) % NODES))
        graph.add((here, URIRef(NEXT.strip("<>")), there))
    with open_store(folder / "store", mode="write") as store:
        store.replace_graph("http://n.example/ring", graph)
        store.publish()
    command = [sys.executable, "-m", "cli", "--store", str(folder / "store"), "serve"]
    process = subprocess.Popen(
        [*command, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        port = urlsplit(process.stdout.readline().strip()).port
        assert port is not None
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def abusing(port: int, statuses: Counter[int]) -> Iterator[None]:
    """Several connections of one address that never stop asking; counts what they get."""
    stopping = threading.Event()
    lock = threading.Lock()

    def abuse(number: int) -> None:
        while not stopping.is_set():
            try:
                status, _ = ask(port, HEAVY[number % len(HEAVY)], ABUSIVE, timeout=HEAVY_SECONDS)
            except (OSError, HTTPException):
                status = 0
            with lock:
                statuses[status] += 1
            if status == 429:
                time.sleep(0.01)

    threads = [threading.Thread(target=abuse, args=(n,)) for n in range(ABUSERS)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def ask_patiently(port: int, count: int) -> list[float]:
    """Milliseconds of so many small queries, one after the other.

    Raises:
        ValueError: one was not answered, or wrongly.
    """
    times = []
    for _ in range(count):
        began = time.perf_counter()
        status, body = ask(port, SMALL, PATIENT)
        times.append(1000 * (time.perf_counter() - began))
        if status != 200:
            raise ValueError(f"expected the status 200, got {status}: {body[:200]!r}")
        found = json.loads(body)["results"]["bindings"][0]["n"]["value"]
        if found != str(NODES):
            raise ValueError(f"expected {NODES} solutions, got {found}")
    return times


def ask(port: int, query: str, source: str, **more: str) -> tuple[int, bytes]:
    """Status and body of a query that comes from an address of loopback."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.sock = socket.create_connection(
            ("127.0.0.1", port), timeout=60, source_address=(source, 0)
        )
        connection.request("GET", "/sparql?" + urlencode({"query": query, **more}))
        response = connection.getresponse()
        return response.status, response.read()


def to_table(result: tuple[list[Row], Counter[int]]) -> str:
    """A Markdown table, and what the abusive client was answered."""
    rows, statuses = result
    lines = ["| | alone, ms | beside, ms | beside / alone |", "|---|---:|---:|---:|"]
    lines += [f"| {r.case} | {r.alone:.1f} | {r.beside:.1f} | {r.ratio:.2f} |" for r in rows]
    told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    return "\n".join([*lines, "", f"Answers to the abusive client: {told}."])
