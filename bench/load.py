"""Mixed load on a service that takes in documents all the while, with a ``kill -9`` in the middle.

Several readers ask for pages, data, searches and queries, good, bad and endless ones, and hang
up now and then; one writer puts documents. Every answer must be one that is meant for what was
asked. In the middle the service is killed and started again. At the end every document whose
writing was acknowledged must be there, whole, and no other in part; and the memory of the service
must not have grown. ``python -m bench.load --minutes 30`` runs it long, a test runs it short.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox

from extract.document import SourceDocument
from extract.facts import Argument, Entity, Extraction, Fact, HeldAt, Span, TakesPart
from graph.conversion import graph_to_triples
from graph.identity import Minter
from graph.mapping import facts_to_graph
from graph.store import open_store
from graph.tokens import TOKEN_FILE, create_token

BASE = "http://load.example/"
FIRST_DOCUMENTS = 20
PEOPLE = 12
READERS = 4
# One client asks all, and is to have all that the service has.
SETTINGS = {
    "TANPU_QUERY_CLIENT_WORKERS": "4",
    "TANPU_QUERY_CLIENT_QUEUE": "32",
    "TANPU_CLIENT_SECONDS": "1000000",
}
_POST_PATIENCE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a reader asks, and the statuses that are meant for it."""

    name: str
    path: str
    expected: frozenset[int]
    accept: str = "*/*"
    weight: int = 10


def query(name: str, text: str, *expected: int, weight: int = 10, **more: str) -> Request:
    """A SPARQL query as a request."""
    path = "/sparql?" + urlencode({"query": text, **more})
    return Request(name=name, path=path, expected=frozenset(expected), weight=weight)


def make_requests() -> tuple[Request, ...]:
    """What readers ask for, each as often as its weight says."""
    person = str(Minter(BASE).entity("person", person_name(1))).removeprefix(BASE + "id/")
    document = quote(document_id(1), safe="")
    ok, every = frozenset({200}), "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
    return (
        query("point query", f"SELECT * {{ <{BASE}id/{person}> ?p ?o }}", 200, weight=40),
        query("join", "SELECT (COUNT(*) AS ?n) { ?a a ?c . ?a ?p ?b . ?b a ?d }", 200),
        query("graph", "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 2000", 200, weight=5),
        query("bad query", "SELECT", 400, weight=5),
        query("endless", f"SELECT (COUNT(*) AS ?n) {{ {every} }}", 503, weight=1, timeout="1"),
        Request(name="page", path=f"/page/{person}", expected=ok, accept="text/html"),
        Request(name="data", path=f"/data/{person}", expected=ok, accept="text/turtle"),
        Request(name="article", path=f"/page/document/{document}", expected=ok),
        Request(name="whole graph", path=f"/graph/{document}", expected=ok, accept="text/turtle"),
        Request(name="search", path="/search?q=" + quote(person_name(2)), expected=ok),
        Request(name="list", path="/documents", expected=ok, accept="text/html"),
        Request(name="home", path="/", expected=ok, accept="text/html", weight=5),
        Request(name="nothing", path="/id/person/x-0123456789", expected=frozenset({404})),
        Request(name="health", path="/healthz", expected=ok),
    )


@dataclass(slots=True)
class LoadReport:
    """What came of a run.

    ``answers`` counts what was asked by its status; ``unexpected`` describes answers that were
    not meant, ``lost`` the acknowledged documents that are missing or differ, ``torn`` the others
    that are there in part. ``memory`` has the mebibytes of private memory of the service and its
    processes, by seconds since the start of each of the two halves.
    """

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    attempted: int = 0
    lost: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    memory: list[list[tuple[float, float]]] = field(default_factory=list)

    def growth(self) -> float:
        """By how many mebibytes memory grew in a half: its last third less the one before.

        The first third is warming up. The larger growth of the two halves counts.
        """
        found = 0.0
        for samples in self.memory:
            third = len(samples) // 3
            if third:
                middle, last = samples[third : 2 * third], samples[2 * third :]
                found = max(found, median(m for _, m in last) - median(m for _, m in middle))
        return found

    def memory_by_minute(self) -> list[list[float]]:
        """The median of memory in each minute of each half.

        >>> LoadReport(memory=[[(1.0, 300.0), (2.0, 310.0), (61.0, 320.0)]]).memory_by_minute()
        [[305.0, 320.0]]
        """
        found: list[list[float]] = []
        for samples in self.memory:
            minutes: dict[int, list[float]] = {}
            for second, mebibytes in samples:
                minutes.setdefault(int(second // 60), []).append(mebibytes)
            found.append([median(minutes[minute]) for minute in sorted(minutes)])
        return found

    def to_table(self) -> str:
        """A Markdown table of the answers, and the rest as lines."""
        lines = ["| asked | status | answers |", "|---|---:|---:|"]
        lines += [
            f"| {name} | {status} | {n} |" for (name, status), n in sorted(self.answers.items())
        ]
        halves = [
            f"{samples[0][1]:.0f} MiB at first, {max(m for _, m in samples):.0f} at most, "
            f"{samples[-1][1]:.0f} at last"
            for samples in self.memory
            if samples
        ]
        lines += [
            "",
            f"Not meant: {len(self.unexpected)} {self.unexpected[:5]}",
            f"Documents acknowledged: {len(self.acknowledged)} of {self.attempted}; "
            f"lost: {self.lost}; torn: {self.torn}",
            f"Memory before and after the kill: {'; '.join(halves)}; "
            f"growth {self.growth():.0f} MiB",
            f"By minute: {[[round(m) for m in half] for half in self.memory_by_minute()]}",
        ]
        return "\n".join(lines)


def run(folder: Path, *, seconds: float, readers: int = READERS) -> LoadReport:
    """Load a service over a new store in ``folder``, half of the time before a ``kill -9``.

    Args:
        folder: where the store and the logs of the service go.
        seconds: how long, the time to start and to check not counted.
        readers: how many ask at once, beside the one who writes.

    Raises:
        RuntimeError: the service does not start or end as it should.
    """
    store = folder / "store"
    fill(store)
    _, secret = create_token(store / TOKEN_FILE, "load", ["ingest"], days=1, now=datetime.now(UTC))
    report = LoadReport()
    with (
        serving(store, folder / "first.log") as (process, port),
        loading(process.pid, port, secret, report, readers=readers) as killed,
    ):
        time.sleep(seconds / 2)
        killed.set()
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    with serving(store, folder / "second.log") as (process, port):
        fetch = partial(fetch_triples, port)
        check_documents(fetch, report)
        with loading(process.pid, port, secret, report, readers=readers):
            time.sleep(seconds / 2)
        check_documents(fetch, report)
        process.terminate()
        if process.wait(timeout=60) != 0:
            raise RuntimeError(f"expected the service to end with 0, got {process.returncode}")
    return report


def document_id(number: int) -> str:
    """The identifier of a made-up document."""
    return f"load/{number}"


def person_name(number: int) -> str:
    """The name of a made-up person."""
    return f"测试人员{number:02d}号"


def document_triples(number: int) -> list[ox.Triple]:
    """The graph of a made-up document, which conforms to the shapes."""
    forum, place = f"第{number}届试验大会", f"试验会馆{number % 7}"
    people = [person_name((number * 5 + step) % PEOPLE) for step in range(4)]
    text = f"{forum}在{place}举行。" + "、".join(people) + "出席。"

    def span_of(part: str) -> Span:
        start = text.index(part)
        return Span(start, start + len(part))

    whole = Span(0, len(text))
    event = Argument(label="FORUM", text=forum, name=forum, span=span_of(forum))
    venue = Argument(label="PLACE", text=place, name=place, span=span_of(place))
    persons = [Argument(label="PERSON", text=p, name=p, span=span_of(p)) for p in people]
    facts: list[Fact] = [HeldAt(event=event, place=venue, evidence=whole)]
    facts += [TakesPart(person=person, event=event, evidence=whole) for person in persons]
    entities = [Entity(span=span_of(p), label="PERSON", text=p, name=p) for p in people]
    extraction = Extraction(
        document=SourceDocument(id=document_id(number), text=text, title=forum),
        entities=tuple(entities),
        facts=tuple(facts),
        pipeline="load 1",
    )
    return list(graph_to_triples(facts_to_graph(extraction, Minter(BASE))))


def fill(path: Path) -> None:
    """A new store with the first documents."""
    with open_store(path, mode="write", base=BASE) as store:
        graphs = {
            str(Minter(BASE).graph(document_id(n))): frozenset(document_triples(n))
            for n in range(FIRST_DOCUMENTS)
        }
        store.write_triples(graphs)
        store.publish()


@contextmanager
def serving(store: Path, log: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A service over a store as ``tanpu serve`` starts it, and its port; ended if it still runs.

    Raises:
        RuntimeError: it ends before it serves; its log tells why.
    """
    command = [sys.executable, "-m", "cli", "--store", str(store), "serve", "--port", "0"]
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **SETTINGS},
            cwd=Path(__file__).resolve().parent.parent,
        )
    try:
        assert process.stdout is not None
        port = urlsplit(process.stdout.readline().strip()).port
        if port is None:
            raise RuntimeError(f"expected a service, got {log.read_text(encoding='utf-8')!r}")
        yield process, port
    finally:
        process.kill()
        process.communicate()


@contextmanager
def loading(
    pid: int, port: int, secret: str, report: LoadReport, *, readers: int
) -> Iterator[threading.Event]:
    """Readers, a writer and one who watches the memory, until the block ends.

    The block sets the event before it kills the process: that nobody gets an answer from then
    on is no failure. A process that is killed closes its connections before it is gone.
    """
    killed = threading.Event()
    stopping = threading.Event()
    lock = threading.Lock()
    samples: list[tuple[float, float]] = []
    report.memory.append(samples)
    began = time.monotonic()
    requests = make_requests()

    def note(name: str, status: int, expected: bool, told: object) -> None:
        with lock:
            report.answers[name, status] += 1
            if not expected:
                report.unexpected.append(f"{name}: {status} {told!r}")

    def read(number: int) -> None:
        chance = random.Random(number)
        weights = [request.weight for request in requests]
        while not stopping.is_set():
            (request,) = chance.choices(requests, weights)
            hang_up = chance.random() < 0.02
            try:
                status, body = exchange(port, "GET", request.path, request.accept, hang_up=hang_up)
            except (OSError, HTTPException) as error:
                if not killed.is_set() and not stopping.is_set():
                    note(request.name, 0, False, error)
                continue
            if not hang_up:
                note(request.name, status, status in request.expected, body[:200])

    def write() -> None:
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/n-triples"}
        while not stopping.is_set():
            number = FIRST_DOCUMENTS + report.attempted
            report.attempted += 1
            body = ox.serialize(document_triples(number), format=ox.RdfFormat.N_TRIPLES)
            assert body is not None
            path = "/graph/" + quote(document_id(number), safe="")
            try:
                status, answer = exchange(port, "PUT", path, "*/*", body=body, headers=headers)
            except (OSError, HTTPException) as error:
                if not killed.is_set():
                    note("write", 0, False, error)
                continue
            note("write", status, status == 201, answer[:200])
            if status == 201:
                report.acknowledged.append(number)

    def watch() -> None:
        while not stopping.wait(0.5):
            if is_running(pid):
                samples.append((time.monotonic() - began, private_memory(pid)))

    with ThreadPoolExecutor(readers + 2) as threads:
        running = [threads.submit(read, number) for number in range(readers)]
        running += [threads.submit(write), threads.submit(watch)]
        try:
            yield killed
        finally:
            stopping.set()
        for ended in running:
            ended.result()


def exchange(
    port: int,
    method: str,
    path: str,
    accept: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    hang_up: bool = False,
) -> tuple[int, bytes]:
    """Status and body of an answer; with ``hang_up`` nobody waits for it.

    Raises:
        OSError, HTTPException: there is none, or not all of it.
    """
    with closing(HTTPConnection("127.0.0.1", port, timeout=_POST_PATIENCE)) as connection:
        connection.request(method, path, body, {"Accept": accept, **(headers or {})})
        if hang_up:
            return 0, b""
        response = connection.getresponse()
        return response.status, response.read()


def fetch_triples(port: int, path: str) -> tuple[int, bytes]:
    """The status and body of an answer in N-Triples."""
    return exchange(port, "GET", path, "application/n-triples")


def check_documents(fetch: Callable[[str], tuple[int, bytes]], report: LoadReport) -> None:
    """Compare what is there with what was sent: all that was acknowledged, nothing in part.

    ``fetch`` gives the status and N-Triples for a path.
    """
    acknowledged = set(report.acknowledged)
    for number in range(FIRST_DOCUMENTS + report.attempted):
        path = "/graph/" + quote(document_id(number), safe="")
        status, body = fetch(path)
        there = status == 200 and has_triples(body, document_triples(number))
        if not there and (number in acknowledged or number < FIRST_DOCUMENTS):
            report.lost.append(document_id(number))
        elif not there and status != 404:
            report.torn.append(document_id(number))


def has_triples(body: bytes, triples: list[ox.Triple]) -> bool:
    """Whether N-Triples say all of the triples, beside notes of who wrote the graph."""
    return set(triples) <= {quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)}


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and is not waited for yet does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(") ")[2][0] != "Z"


def private_memory(pid: int) -> float:
    """Mebibytes of memory of a process and its children that no file backs."""
    return sum(map(_anonymous, [pid, *_children(pid)])) / 1024


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text(encoding="utf-8").split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def _anonymous(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("RssAnon:")]
    return int(found[0]) if found else 0


def main() -> None:
    """Run it for so many minutes and print what came of it; exit status 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--readers", type=int, default=READERS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), seconds=60 * options.minutes, readers=options.readers)
    print(report.to_table())
    sys.exit(bool(report.unexpected or report.lost or report.torn))


if __name__ == "__main__":
    main()
