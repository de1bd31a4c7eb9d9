"""The pool of processes: limits, deaths, snapshots, and what tells a whole result from a part."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from graph.errors import GraphError
from graph.evaluation import (
    EvaluationRules,
    QueryTask,
    ResultTooLargeError,
    UnwantedFormError,
)
from graph.querytext import (
    InvalidQueryError,
    QueryLimits,
    QueryTooComplexError,
    UnsupportedQueryError,
)
from graph.store import StoreNotFoundError, open_store
from graph.workers import (
    ClientBusyError,
    ClientGoneError,
    ClosedRunnerError,
    LocalRunner,
    OverloadedError,
    PoolSettings,
    QueryRunner,
    QueryTimeoutError,
    QueryUsage,
    WorkerDiedError,
    WorkerPool,
)

CSV = "text/csv"
RULES = EvaluationRules(
    limits=QueryLimits(), max_bytes=1_000_000, max_rows=2, prefixes={"n": "http://n.example/"}
)
NODES = 1500
# Endless for every practical purpose.
CROSS = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {CROSS}"
# A large result that begins at once.
PAIRS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
# Ample: for queries that end by themselves, on a busy machine.
AMPLE = 60.0
SHORT = 0.5


def node(number: int) -> URIRef:
    return URIRef(f"http://n.example/n{number}")


def ring_graph(size: int) -> Graph:
    graph = Graph()
    for number in range(size):
        graph.add((node(number), URIRef("http://n.example/next"), node((number + 1) % size)))
    return graph


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workers") / "store"
    with open_store(path, mode="write") as store:
        store.replace_graph("http://n.example/ring", ring_graph(NODES))
        store.publish()
    return path


@pytest.fixture(scope="module")
def pool(folder: Path) -> Iterator[WorkerPool]:
    """One worker for most tests, so that each finds what the one before it has left."""
    settings = PoolSettings(workers=1, queue=4, seconds=AMPLE, memory_bytes=1400 << 20)
    with WorkerPool(folder, rules=RULES, settings=settings) as running:
        yield running


def task(text: str, **more: str) -> QueryTask:
    formats = {"bindings_format": CSV, "boolean_format": "application/json"}
    formats["graph_format"] = "application/n-triples"
    return QueryTask(text=text, base="http://b.example/", **{**formats, **more})


def read(runner: QueryRunner, text: str, **more: str) -> str:
    return b"".join(runner.answer(task(text, **more))).decode()


def test_an_answer_tells_its_form_and_format_before_its_bytes(pool: WorkerPool) -> None:
    answer = pool.answer(task(COUNT))
    assert (answer.header.form, answer.header.media_type) == ("bindings", CSV)
    assert b"".join(answer) == b"n\r\n%d\r\n" % NODES


def test_a_large_result_comes_in_pieces_and_whole(pool: WorkerPool) -> None:
    pieces = list(pool.answer(task("SELECT * { ?s ?p ?o }")))
    assert len(pieces) > 1
    assert b"".join(pieces).count(b"\r\n") == 1 + NODES


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELEC", InvalidQueryError),
        ("ASK " + "{" * 150 + "}" * 150, QueryTooComplexError),
        ("ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }", QueryTooComplexError),
        ("ASK {} #" + "x" * 1_000_000, QueryTooComplexError),
        ("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", UnsupportedQueryError),
    ],
)
def test_a_refused_query_costs_no_worker(
    pool: WorkerPool, text: str, error: type[GraphError]
) -> None:
    before = pool.status().replaced
    with pytest.raises(error):
        pool.answer(task(text))
    assert pool.status().replaced == before
    assert "1500" in read(pool, COUNT)


def test_a_syntax_error_keeps_its_place(pool: WorkerPool) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        pool.answer(task("SELECT * {\n  ?s ?p }"))
    assert (caught.value.line, caught.value.column) == (2, 10)


def test_a_form_that_nobody_wants_is_told(pool: WorkerPool) -> None:
    with pytest.raises(UnwantedFormError) as caught:
        pool.answer(replace(task("ASK {}"), boolean_format=None))
    assert caught.value.form == "boolean"


@pytest.mark.parametrize(
    "text",
    [
        ENDLESS,
        f"SELECT * {CROSS} ORDER BY ?i ?a LIMIT 1",
        "SELECT (COUNT(*) AS ?n) { ?a (<http://n.example/next>|!<http://n.example/next>)* ?b . "
        "?c <http://n.example/next>* ?d }",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . "
        "FILTER(REGEX(CONCAT(STR(?a), STR(?d), STR(?g)), '(.*n.*){20}$')) }",
        "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(STR(?a) = CONCAT(STR(?d), STR(?i))) }",
    ],
    ids=["cross join", "cross join in order", "unbounded path", "regular expressions", "ask"],
)
def test_an_endless_query_ends_at_its_deadline_and_its_worker_is_replaced(
    pool: WorkerPool, text: str
) -> None:
    before = pool.status().replaced
    began = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"0\.5 s"):
        list(pool.answer(task(text), seconds=SHORT))
    assert time.monotonic() - began < 30
    assert pool.status().replaced == before + 1
    assert "1500" in read(pool, COUNT)


def test_a_result_that_is_cut_at_the_deadline_does_not_look_whole(folder: Path) -> None:
    rules = replace(RULES, max_bytes=1 << 40)
    with WorkerPool(folder, rules=rules, settings=PoolSettings(workers=1)) as pool:
        read(pool, COUNT)
        construct = "CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f }"
        answer = pool.answer(task(construct), seconds=SHORT * 4)
        pieces: list[bytes] = []
        with pytest.raises(QueryTimeoutError):
            pieces.extend(answer)
        assert pieces
        assert pool.status().replaced == 1


def test_a_result_that_is_too_large_does_not_look_whole(pool: WorkerPool) -> None:
    before = pool.status().replaced
    answer = pool.answer(task(PAIRS))
    with pytest.raises(ResultTooLargeError, match="1000000 bytes"):
        list(answer)
    assert pool.status().replaced == before


def test_a_query_that_takes_too_much_memory_ends_alone(pool: WorkerPool) -> None:
    doubling = " ".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1})" for n in range(40))
    before = pool.status().replaced
    with pytest.raises(WorkerDiedError, match="memory"):
        read(pool, f"SELECT (STRLEN(?a40) AS ?n) {{ BIND('xxxx' AS ?a0) {doubling} }}")
    assert pool.status().replaced == before + 1
    assert "1500" in read(pool, COUNT)


def test_asking_for_more_time_than_the_limit_gives_the_limit(folder: Path) -> None:
    settings = PoolSettings(workers=1, seconds=SHORT)
    with (
        WorkerPool(folder, rules=RULES, settings=settings) as pool,
        pytest.raises(QueryTimeoutError, match=r"0\.5 s"),
    ):
        pool.answer(task(ENDLESS), seconds=1000)


def children() -> set[int]:
    """The processes that are children of this one."""
    path = Path(f"/proc/{os.getpid()}/task")
    listed = (thread / "children" for thread in path.iterdir())
    return {int(pid) for file in listed for pid in file.read_text().split()}


def test_a_worker_that_is_killed_in_a_query_fails_that_query_alone(folder: Path) -> None:
    before = children()
    with WorkerPool(folder, rules=RULES, settings=PoolSettings(workers=1)) as pool:
        read(pool, COUNT)
        (pid,) = children() - before
        threading.Timer(SHORT, os.kill, (pid, signal.SIGKILL)).start()
        with pytest.raises(WorkerDiedError, match="-9"):
            pool.answer(task(ENDLESS))
        assert "1500" in read(pool, COUNT)


def test_a_worker_that_is_killed_while_idle_is_not_noticed(folder: Path) -> None:
    before = children()
    with WorkerPool(folder, rules=RULES, settings=PoolSettings(workers=1)) as pool:
        read(pool, COUNT)
        (pid,) = children() - before
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert "1500" in read(pool, COUNT)
        assert pool.status().replaced == 1


def test_an_answer_that_is_given_up_frees_its_worker(pool: WorkerPool) -> None:
    answer = pool.answer(task(PAIRS))
    next(answer)
    answer.close()
    answer.close()
    assert list(answer) == []
    assert pool.status().idle == 1
    assert "1500" in read(pool, COUNT)


def in_background(action: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=action)
    thread.start()
    return thread


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("waited for half a minute")


def test_so_many_queries_wait_and_the_next_is_refused_at_once(folder: Path) -> None:
    settings = PoolSettings(workers=1, queue=1, seconds=AMPLE)
    with WorkerPool(folder, rules=RULES, settings=settings) as pool:
        read(pool, COUNT)
        running = pool.answer(task(PAIRS))
        answers: list[str] = []
        waiter = in_background(lambda: answers.append(read(pool, COUNT)))
        wait_for(lambda: pool.status().waiting == 1)
        with pytest.raises(OverloadedError):
            pool.answer(task(COUNT))
        running.close()
        waiter.join(AMPLE)
        assert ["1500" in text for text in answers] == [True]


@pytest.fixture
def shared_pool(folder: Path) -> Iterator[WorkerPool]:
    """Two workers and four places in the queue, half of which one client may have."""
    settings = PoolSettings(workers=2, queue=4, seconds=AMPLE, client_workers=1, client_queue=2)
    with WorkerPool(folder, rules=RULES, settings=settings) as running:
        yield running


def ask_in_background(pool: WorkerPool, client: str, done: list[str]) -> threading.Thread:
    def ask() -> None:
        list(pool.answer(task(COUNT), client=client))
        done.append(client)

    return in_background(ask)


def test_one_client_leaves_workers_and_places_to_others(shared_pool: WorkerPool) -> None:
    done: list[str] = []
    running = shared_pool.answer(task(PAIRS), client="greedy")
    waiters = [ask_in_background(shared_pool, "greedy", done) for _ in range(2)]
    wait_for(lambda: shared_pool.status().waiting == 2)
    assert shared_pool.status().idle == 1
    with pytest.raises(ClientBusyError, match="at most 2 waiting"):
        shared_pool.answer(task(COUNT), client="greedy")
    assert b"1500" in b"".join(shared_pool.answer(task(COUNT), client="modest"))
    assert b"1500" in b"".join(shared_pool.answer(task(COUNT)))
    running.close()
    for thread in waiters:
        thread.join(AMPLE)
    assert done == ["greedy", "greedy"]


def test_a_free_worker_goes_to_the_client_that_holds_fewest(folder: Path) -> None:
    done: list[str] = []
    settings = PoolSettings(workers=2, queue=8, seconds=AMPLE, client_workers=2)
    with WorkerPool(folder, rules=RULES, settings=settings) as pool:
        running = [pool.answer(task(PAIRS), client="first") for _ in range(2)]
        waiters = []
        for number, client in enumerate(("first", "second"), 1):
            waiters.append(ask_in_background(pool, client, done))
            wait_for(lambda number=number: pool.status().waiting == number)  # type: ignore[misc]
        running[0].close()
        for thread in waiters:
            thread.join(AMPLE)
        running[1].close()
    assert done == ["second", "first"]


def test_a_client_that_gave_up_holds_nothing(shared_pool: WorkerPool) -> None:
    for _ in range(3):
        shared_pool.answer(task(PAIRS), client="hasty").close()
    with pytest.raises(QueryTimeoutError):
        shared_pool.answer(task(ENDLESS), client="hasty", seconds=SHORT)
    assert b"1500" in b"".join(shared_pool.answer(task(COUNT), client="hasty"))
    assert (shared_pool.status().idle, shared_pool.status().alive) == (2, 2)


@pytest.mark.parametrize(
    ("text", "form", "ending"),
    [
        (COUNT, "bindings", "complete"),
        ("ASK {}", "boolean", "complete"),
        ("CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p ?o } LIMIT 1", "graph", "complete"),
        ("SELEC", None, "failed"),
        (PAIRS, "bindings", "failed"),
        (ENDLESS, None, "timeout"),
    ],
)
def test_the_observer_is_told_once_what_became_of_a_query(
    folder: Path, text: str, form: str | None, ending: str
) -> None:
    seen: list[QueryUsage] = []
    settings = PoolSettings(workers=1, seconds=SHORT if text == ENDLESS else AMPLE)
    with WorkerPool(folder, rules=RULES, settings=settings, observe=seen.append) as pool:
        try:
            list(pool.answer(task(text), client="one"))
        except GraphError:
            assert ending != "complete"
    (usage,) = seen
    assert (usage.client, usage.text, usage.form) == ("one", text, form)
    assert usage.ending == ending
    assert usage.held >= (0.9 * SHORT if text == ENDLESS else 0)


def test_a_query_that_nobody_waits_for_is_given_up_in_the_queue_and_beyond(folder: Path) -> None:
    gone = threading.Event()
    seen: list[QueryUsage] = []
    settings = PoolSettings(workers=1, seconds=AMPLE)
    with WorkerPool(folder, rules=RULES, settings=settings, observe=seen.append) as pool:
        failures: list[type[GraphError]] = []

        def ask() -> None:
            try:
                pool.answer(task(ENDLESS), is_gone=gone.is_set)
            except GraphError as error:
                failures.append(type(error))

        asking = [in_background(ask) for _ in range(2)]
        wait_for(lambda: pool.status().waiting == 1)
        gone.set()
        for thread in asking:
            thread.join(AMPLE)
        assert failures == [ClientGoneError] * 2
        assert "1500" in read(pool, COUNT)
        assert pool.status().idle == 1
    assert sorted(usage.ending for usage in seen) == ["abandoned", "abandoned", "complete"]
    assert max(usage.held for usage in seen) < AMPLE / 2


def test_the_observer_tells_memory_abandonment_and_waiting_apart(folder: Path) -> None:
    seen: list[QueryUsage] = []
    settings = PoolSettings(workers=1, seconds=AMPLE, memory_bytes=1400 << 20)
    with WorkerPool(folder, rules=RULES, settings=settings, observe=seen.append) as pool:
        running = pool.answer(task(PAIRS))
        with pytest.raises(QueryTimeoutError):
            pool.answer(task(COUNT), seconds=0.1)
        running.close()
        doubling = " ".join(f"BIND(CONCAT(?a{n}, ?a{n}) AS ?a{n + 1})" for n in range(40))
        with pytest.raises(WorkerDiedError):
            read(pool, f"SELECT (STRLEN(?a40) AS ?n) {{ BIND('xxxx' AS ?a0) {doubling} }}")
    assert [usage.ending for usage in seen] == ["timeout", "abandoned", "memory"]
    assert seen[0].waited >= 0.1
    assert seen[0].held == 0


def test_eight_endless_queries_at_once_all_end_at_their_deadline(folder: Path) -> None:
    failures: list[type[GraphError]] = []

    def ask(pool: WorkerPool) -> None:
        try:
            list(pool.answer(task(ENDLESS), seconds=SHORT))
        except GraphError as error:
            failures.append(type(error))

    with WorkerPool(folder, rules=RULES, settings=PoolSettings(workers=2, queue=8)) as pool:
        asking = [in_background(lambda: ask(pool)) for _ in range(8)]
        for thread in asking:
            thread.join(AMPLE)
        assert failures == [QueryTimeoutError] * 8
        assert "1500" in read(pool, COUNT)
        assert pool.status().idle == 2


def test_a_process_that_cannot_be_started_is_tried_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise BlockingIOError("no more processes")

    with WorkerPool(folder, rules=RULES, settings=PoolSettings(workers=1)) as pool:
        read(pool, COUNT)
        with monkeypatch.context() as patched:
            patched.setattr(subprocess, "Popen", fail)
            with pytest.raises(WorkerDiedError, match="no more processes"):
                pool.answer(task(ENDLESS), seconds=SHORT)
            with pytest.raises(WorkerDiedError, match="no more processes"):
                pool.answer(task(COUNT))
        assert "1500" in read(pool, COUNT)


def test_a_query_does_not_wait_longer_than_its_deadline(folder: Path) -> None:
    with WorkerPool(folder, rules=RULES, settings=PoolSettings(workers=1)) as pool:
        running = pool.answer(task(PAIRS))
        with pytest.raises(QueryTimeoutError):
            pool.answer(task(COUNT), seconds=0.1)
        assert pool.status().replaced == 0
        running.close()


def test_a_publication_is_seen_by_the_next_query(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder, mode="write") as store:
        store.publish()
        with WorkerPool(folder, rules=RULES, settings=PoolSettings(workers=2)) as pool:
            seen = [read(pool, COUNT), read(pool, COUNT)]
            for size in (3, 5, 7, 9):
                store.replace_graph("http://n.example/ring", ring_graph(size))
                store.publish()
                seen += [read(pool, COUNT), read(pool, COUNT)]
            assert pool.status().replaced == 0
    assert [int(text.split()[1]) for text in seen] == [0, 0, 3, 3, 5, 5, 7, 7, 9, 9]


def test_a_result_stays_with_the_state_that_it_began_with(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder, mode="write") as store:
        store.replace_graph("http://n.example/ring", ring_graph(NODES))
        store.publish()
        rules = replace(RULES, max_bytes=1 << 30)
        with WorkerPool(folder, rules=rules, settings=PoolSettings(workers=1)) as pool:
            answer = pool.answer(task("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 9000"))
            first = next(answer)
            for size in (1, 2, 3):
                store.replace_graph("http://n.example/ring", ring_graph(size))
                store.publish()
            assert (first + b"".join(answer)).count(b"\r\n") == 9_001


def test_a_store_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError):
        WorkerPool(tmp_path / "nothing", rules=RULES)


def test_a_closed_pool_leaves_no_process_and_takes_no_query(folder: Path) -> None:
    before = children()
    pool = WorkerPool(folder, rules=RULES, settings=PoolSettings(workers=2))
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            pool.answer(task(ENDLESS))
        except GraphError as error:
            failures.append(error)

    running = in_background(ask)
    wait_for(lambda: pool.status().idle == 1)
    pool.close()
    running.join(AMPLE)
    assert [type(error) for error in failures] == [WorkerDiedError]
    assert children() - before == set()
    with pytest.raises(ClosedRunnerError):
        pool.answer(task(COUNT))


def test_a_worker_ends_with_its_parent_even_in_a_query(folder: Path, root: Path) -> None:
    program = f"""
import os, sys, threading
from pathlib import Path
from tests.graph.test_workers import ENDLESS, RULES, task
from graph.workers import PoolSettings, WorkerPool

pool = WorkerPool(Path({str(folder)!r}), rules=RULES, settings=PoolSettings(workers=1))
print(*[worker.pid for worker in pool._workers], flush=True)
pool.answer(task(ENDLESS))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=root
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(SHORT)
        parent.kill()
    wait_for(lambda: not Path(f"/proc/{pid}").exists())


def test_no_query_of_a_worker_makes_a_network_call(pool: WorkerPool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(SHORT)
        place = f"http://127.0.0.1:{server.getsockname()[1]}/"
        for text in (
            f"ASK {{ SERVICE <{place}> {{ ?s ?p ?o }} }}",
            f"ASK FROM <{place}> {{ ?s ?p ?o }}",
            f"ASK FROM NAMED <{place}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
            f"LOAD <{place}>",
        ):
            try:
                read(pool, text)
            except GraphError:
                continue
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_runner_in_this_process_gives_the_same(folder: Path, pool: WorkerPool) -> None:
    with open_store(folder, mode="read") as store:
        local = LocalRunner(store, RULES)
        for text in (
            "SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 10",
            "ASK {}",
            "CONSTRUCT { ?s ?p 1 } WHERE { { SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 3 } }",
        ):
            assert read(local, text) == read(pool, text)
            page = dict.fromkeys(("bindings_format", "graph_format"), "text/html")
            assert read(local, text, **page) == read(pool, text, **page)


def test_a_page_gives_the_first_rows_and_says_so(pool: WorkerPool) -> None:
    answer = pool.answer(task("SELECT ?s ?x { ?s ?p ?o } LIMIT 3", bindings_format="text/html"))
    assert answer.header.truncated
    page = json.loads(b"".join(answer))
    assert page["variables"] == ["s", "x"]
    assert [[cell and cell["type"] for cell in row] for row in page["rows"]] == [["uri", None]] * 2
