"""Who evaluates queries: a pool of processes that can be killed, or this process.

A :class:`WorkerPool` keeps some processes (``graph/worker.py``), each with a read-only snapshot
of the store. A query has a process to itself; at its deadline, or when its client is gone, the
process is killed and replaced, and nobody else notices. Each query is about the newest snapshot
at its start, so that what a writer publishes is seen by the next query. So many queries wait
for a process and no more.

A :class:`LocalRunner` evaluates in this process, without a time limit: for stores in memory,
which no other process can read.

>>> from graph.querytext import QueryLimits
>>> from graph.store import open_store
>>> rules = EvaluationRules(limits=QueryLimits(), max_bytes=1000, max_rows=10, prefixes={})
>>> runner = LocalRunner(open_store(None, mode="write"), rules)
>>> task = QueryTask(text="ASK {}", base="http://a/", boolean_format="application/json")
>>> b"".join(runner.answer(task))
b'{"head":{},"boolean":true}'
"""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import Protocol, Self

from graph.errors import GraphError
from graph.evaluation import EvaluationRules, QueryTask, evaluate
from graph.store import CorruptStoreError, Store, StoreError, newest_snapshot
from graph.worker import (
    CHUNK,
    END,
    FAILURE,
    GONE,
    HEADER,
    Header,
    SnapshotMark,
    failure_of,
    parent_folder,
    setup_to_json,
    task_to_json,
)

logger = logging.getLogger(__name__)


class RunnerError(GraphError):
    """Base of what can befall a query from outside; asking again later may help."""


class QueryTimeoutError(RunnerError):
    """A query was not done at its deadline."""


class WorkerDiedError(RunnerError):
    """The process that evaluated a query ended, for want of memory or because it was killed."""


class OverloadedError(RunnerError):
    """As many queries as may wait are waiting already."""


class ClosedRunnerError(RunnerError):
    """A query came after the runner had been closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """How many processes there are, how many queries may wait for one, and what each may take.

    ``seconds`` is what a query has from its arrival to the last byte of its result, waiting
    included; ``memory_bytes`` the address space of a process, of which some 400 MiB are taken
    before the first query.
    """

    workers: int = 4
    queue: int = 16
    seconds: float = 30.0
    memory_bytes: int = 2 << 30


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """The state of a pool at one moment; ``replaced`` counts the processes that ended early."""

    workers: int
    idle: int
    waiting: int
    replaced: int


class Answer(Iterator[bytes], Protocol):
    """A result that has begun: what it is, and its bytes.

    The iteration ends normally when the result is complete, and raises ``RunnerError`` or
    ``EvaluationError`` when it is not. It must be read to its end or closed.
    """

    @property
    def header(self) -> Header:
        """The form of the result, its format, and whether something is left out."""

    def close(self) -> None:
        """Give up what has not been read; nothing to do after the end."""


class QueryRunner(Protocol):
    """Who evaluates queries."""

    def answer(self, task: QueryTask, *, seconds: float | None = None) -> Answer:
        """Begin with the evaluation of a query; ``seconds`` asks for less than the limit."""

    def close(self) -> None:
        """End what is running, and take no more."""


class LocalRunner:
    """Evaluates in this process, each result whole, with no limit of time."""

    def __init__(self, store: Store, rules: EvaluationRules) -> None:
        self._store = store
        self._rules = rules

    def answer(self, task: QueryTask, *, seconds: float | None = None) -> Answer:
        """Evaluate a query to its end; ``seconds`` cannot be kept and changes nothing.

        Raises:
            GraphError: As :func:`graph.evaluation.evaluate` does.
        """
        evaluation = evaluate(self._store.database, task, self._rules)
        buffer = io.BytesIO()
        evaluation.write_to(buffer)
        header = Header(evaluation.form, evaluation.media_type, evaluation.truncated)
        return _WholeAnswer(header, buffer.getvalue())

    def close(self) -> None:
        """Nothing to do."""


class WorkerPool:
    """Evaluates each query in a process of its own.

    Safe to use from several threads.

    Args:
        store: The folder of a store on disk; something must have been published there.
        rules: What holds for every query.
        settings: How many processes there are, and what each may take.

    Raises:
        StoreNotFoundError: There is no store, or nothing has been published yet.
    """

    def __init__(
        self, store: Path, *, rules: EvaluationRules, settings: PoolSettings | None = None
    ) -> None:
        self._store = store.resolve()
        self._settings = settings if settings is not None else PoolSettings()
        self._setup = setup_to_json(rules, self._settings.memory_bytes)
        self._changed = threading.Condition()
        self._waiting = 0
        self._replaced = 0
        self._closed = False
        newest_snapshot(self._store)
        self._workers = {_Worker(self._setup) for _ in range(self._settings.workers)}
        self._idle = deque(self._workers)
        weakref.finalize(self, _kill_all, self._workers)

    def answer(self, task: QueryTask, *, seconds: float | None = None) -> Answer:
        """Begin with the evaluation of a query over the newest snapshot.

        Args:
            task: The query.
            seconds: How long it may take; the pool's own limit where that is less, or None.

        Raises:
            OverloadedError: Too many queries are waiting.
            QueryTimeoutError: It was not evaluated so far that its result could begin.
            WorkerDiedError: Its process ended.
            ClosedRunnerError: The pool has been closed.
            EvaluationError, InvalidQueryError, QueryTooComplexError, UnsupportedQueryError:
                As :func:`graph.evaluation.evaluate` does.
            StoreError: The newest snapshot cannot be opened.
        """
        limit = self._settings.seconds
        limit = limit if seconds is None else min(seconds, limit)
        deadline = _Deadline(time.monotonic() + limit, limit)
        while not (worker := self._take(deadline)).is_alive():
            self._replace(worker)
        try:
            kind, payload = self._ask(worker, task, deadline)
        except StoreError:
            self._give_back(worker)
            raise
        except BaseException:
            self._replace(worker)
            raise
        if kind == HEADER:
            header = Header(**json.loads(payload))
            return _PooledAnswer(header, worker, deadline, self._give_back, self._replace)
        self._give_back(worker)
        if kind == FAILURE:
            raise failure_of(payload)
        raise CorruptStoreError(f"cannot open the newest snapshot: {payload.decode()}")

    def status(self) -> PoolStatus:
        """How busy the pool is."""
        with self._changed:
            return PoolStatus(
                self._settings.workers, len(self._idle), self._waiting, self._replaced
            )

    def close(self) -> None:
        """Kill all processes; queries that are running or waiting fail."""
        with self._changed:
            self._closed = True
            self._idle.clear()
            self._changed.notify_all()
            workers = list(self._workers)
            self._workers.clear()
        for worker in workers:
            worker.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def _take(self, deadline: _Deadline) -> _Worker:
        """An idle worker, after waiting for one if need be."""
        with self._changed:
            if not self._idle and self._waiting >= self._settings.queue:
                raise OverloadedError(
                    f"expected at most {self._settings.queue} waiting queries, got one more"
                )
            self._waiting += 1
            try:
                while not self._idle:
                    self._refuse_when_closed()
                    if not self._changed.wait(deadline.left()) and not self._idle:
                        raise deadline.error()
                self._refuse_when_closed()
                return self._idle.popleft()
            finally:
                self._waiting -= 1

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise ClosedRunnerError("expected an open pool of workers, got a closed one")

    def _ask(self, worker: _Worker, task: QueryTask, deadline: _Deadline) -> tuple[bytes, bytes]:
        """Send a task, and wait for the first frame of the answer.

        A writer may publish twice and so delete the snapshot before it is opened; then there
        is a newer one to try.
        """
        snapshot = newest_snapshot(self._store)
        while True:
            mark = SnapshotMark(str(snapshot.folder), snapshot.stamp)
            worker.send(task_to_json(task, mark))
            kind, payload = worker.receive(deadline)
            newest = newest_snapshot(self._store) if kind == GONE else snapshot
            if newest == snapshot:
                return kind, payload
            snapshot = newest

    def _give_back(self, worker: _Worker) -> None:
        with self._changed:
            if not self._closed:
                self._idle.append(worker)
                self._changed.notify()

    def _replace(self, worker: _Worker) -> None:
        """Kill a worker and put a new one in its place.

        Raises:
            WorkerDiedError: None can be started, as when memory is short; the dead one stands
                in for it, and the next query that meets it tries again.
        """
        worker.kill()
        with self._changed:
            if self._closed:
                return
            self._replaced += 1
            try:
                fresh = _Worker(self._setup)
            except OSError as error:
                self._idle.append(worker)
                raise WorkerDiedError(f"cannot start a process for queries: {error}") from error
            finally:
                self._changed.notify()
            self._workers.discard(worker)
            self._workers.add(fresh)
            self._idle.append(fresh)
        logger.info("replaced worker %d by %d", worker.pid, fresh.pid)


@dataclass(frozen=True, slots=True)
class _Deadline:
    """A moment of the monotonic clock, and how many seconds there were until then."""

    moment: float
    seconds: float

    def left(self) -> float:
        """The seconds that are left; none once it has passed."""
        return max(0.0, self.moment - time.monotonic())

    def error(self) -> QueryTimeoutError:
        """What to say when it has passed."""
        return QueryTimeoutError(f"expected the query to end within {self.seconds:g} s")


class _Worker:
    """A process that evaluates one query at a time."""

    def __init__(self, setup: bytes) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "graph.worker", str(theirs.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                cwd=parent_folder(),
                # Each thread would reserve an arena of address space, which the limit counts.
                env={**os.environ, "RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "2"},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._connection.send_bytes(setup)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def send(self, message: bytes) -> None:
        """Give it a task.

        Raises:
            WorkerDiedError: It has ended.
        """
        try:
            self._connection.send_bytes(message)
        except OSError as error:
            raise WorkerDiedError(self._obituary()) from error

    def receive(self, deadline: _Deadline) -> tuple[bytes, bytes]:
        """The kind and the payload of the next frame.

        Raises:
            QueryTimeoutError: None came until the deadline.
            WorkerDiedError: The process has ended.
        """
        try:
            if not self._connection.poll(deadline.left()):
                raise deadline.error()
            frame = self._connection.recv_bytes()
        except (EOFError, OSError) as error:
            raise WorkerDiedError(self._obituary()) from error
        return frame[:1], frame[1:]

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _obituary(self) -> str:
        status = self._process.wait()
        if status == -signal.SIGABRT:
            return "the query needed more memory than a query may have"
        return f"the process of the query ended before the query did, with the status {status}"


class _PooledAnswer:
    """The answer of a worker, which goes back to its pool at the end."""

    def __init__(
        self,
        header: Header,
        worker: _Worker,
        deadline: _Deadline,
        give_back: Callable[[_Worker], None],
        replace: Callable[[_Worker], None],
    ) -> None:
        self._header = header
        self._worker: _Worker | None = worker
        self._deadline = deadline
        self._give_back = give_back
        self._replace = replace

    @property
    def header(self) -> Header:
        return self._header

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        worker = self._worker
        if worker is None:
            raise StopIteration
        try:
            kind, payload = worker.receive(self._deadline)
        except BaseException:
            self.close()
            raise
        if kind == CHUNK:
            return payload
        self._worker = None
        self._give_back(worker)
        if kind == END:
            raise StopIteration
        raise failure_of(payload)

    def close(self) -> None:
        """Kill the worker in the middle of its work: nothing else stops it."""
        worker, self._worker = self._worker, None
        if worker is not None:
            self._replace(worker)


class _WholeAnswer:
    """An answer that is there already."""

    def __init__(self, header: Header, body: bytes) -> None:
        self._header = header
        self._pieces = iter([body])

    @property
    def header(self) -> Header:
        return self._header

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """Nothing to give back."""


def _kill_all(workers: set[_Worker]) -> None:
    """End the processes of a pool that nobody holds any more."""
    for worker in list(workers):
        worker.kill()
