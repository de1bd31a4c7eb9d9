"""Who evaluates queries: a pool of processes that can be killed, or this process.

A :class:`WorkerPool` keeps some processes (``graph/worker.py``), each with a read-only snapshot
of the store. A query has a process to itself; at its deadline, or when its client is gone, the
process is killed and replaced, and nobody else notices. Each query is about the newest snapshot
at its start, so that what a writer publishes is seen by the next query. So many queries wait
for a process and no more.

Clients share the processes fairly: one of them has so many at once and no more, however many are
idle, and so many places in the queue. A process that comes free goes to the client that holds
fewest, and among those to the query that has waited longest.

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
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Protocol, Self

from graph.errors import GraphError
from graph.evaluation import EvaluationRules, QueryTask, ResultForm, evaluate
from graph.frames import FrameChannel
from graph.store import CorruptStoreError, Snapshot, Store, StoreError, newest_snapshot
from graph.worker import (
    CHUNK,
    END,
    FAILURE,
    GONE,
    HEADER,
    Header,
    SnapshotMark,
    failure_of,
    header_of,
    parent_folder,
    setup_to_json,
    task_to_bytes,
)

# How often a query that is waited for looks whether its client is still there, in seconds.
LOOK_SECONDS = 0.5
# More of an answer than this is not collected without somebody who waits for it.
_PATIENT_BYTES = 1 << 18

# Each thread would reserve an arena of address space, which the limit counts. An evaluation takes
# and gives back very many small pieces of memory: to keep more of each size at hand than seven,
# which is the default, takes 5 to 10 % off it (``GLIBC_TUNABLES`` in the manual of the C library).
_ENVIRONMENT = MappingProxyType({"RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "2"})
_TUNABLES = MappingProxyType({"GLIBC_TUNABLES": "glibc.malloc.tcache_count=1000"})

logger = logging.getLogger(__name__)


class RunnerError(GraphError):
    """Base of what can befall a query from outside; asking again later may help."""


class QueryTimeoutError(RunnerError):
    """A query was not done at its deadline."""


class WorkerDiedError(RunnerError):
    """The process that evaluated a query ended, for want of memory or because it was killed."""


class QueryMemoryError(WorkerDiedError):
    """A query needed more memory than a query may have, which ended its process."""


class OverloadedError(RunnerError):
    """As many queries as may wait are waiting already."""


class ClientBusyError(RunnerError):
    """As many queries of one client as may wait are waiting already."""


class ClientGoneError(RunnerError):
    """Nobody waits for the answer any more."""


class ClosedRunnerError(RunnerError):
    """A query came after the runner had been closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """How many processes there are, how many queries may wait for one, and what each may take.

    ``seconds`` is what a query has from its arrival to the last byte of its result, waiting
    included; ``memory_bytes`` the address space of a process, of which some 400 MiB are taken
    before the first query. One client has at most ``client_workers`` processes and
    ``client_queue`` waiting queries at once; None leaves it all there are.
    """

    workers: int = 4
    queue: int = 16
    seconds: float = 30.0
    memory_bytes: int = 2 << 30
    client_workers: int | None = None
    client_queue: int | None = None


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """The state of a pool at one moment.

    ``idle`` are free, ``waiting`` queries are in the queue, of which ``queue`` fit; ``alive``
    processes run; ``replaced`` counts those that ended early.
    """

    workers: int
    idle: int
    waiting: int
    replaced: int
    queue: int
    alive: int


Ending = Literal["complete", "failed", "timeout", "memory", "died", "abandoned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryUsage:
    """What became of a query that was taken on: whose it was, and what it cost.

    ``form`` is None where the query ended before that was known; ``waited`` and ``held`` are
    the seconds in the queue and with a process.
    """

    client: str | None
    text: str
    form: ResultForm | None
    waited: float
    held: float
    ending: Ending


# Called once for each query that was taken on, in the thread that asked it, when it has ended.
UsageObserver = Callable[[QueryUsage], None]


def ignore_usage(usage: QueryUsage) -> None:
    """The observer of those who keep no accounts."""


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

    def answer(
        self,
        task: QueryTask,
        *,
        seconds: float | None = None,
        client: str | None = None,
        is_gone: Callable[[], bool] | None = None,
    ) -> Answer:
        """Begin with the evaluation of a query.

        ``seconds`` asks for less than the limit; ``client`` is whose share the query takes,
        None for the service itself, which has no bounds; ``is_gone`` tells that nobody waits
        for the answer any more.
        """

    def close(self) -> None:
        """End what is running, and take no more."""


class LocalRunner:
    """Evaluates in this process, each result whole, with no limit of time."""

    def __init__(
        self, store: Store, rules: EvaluationRules, *, observe: UsageObserver = ignore_usage
    ) -> None:
        self._store = store
        self._rules = rules
        self._observe = observe

    def answer(
        self,
        task: QueryTask,
        *,
        seconds: float | None = None,
        client: str | None = None,
        is_gone: Callable[[], bool] | None = None,
    ) -> Answer:
        """Evaluate a query to its end; ``seconds`` cannot be kept and changes nothing.

        Raises:
            GraphError: As :func:`graph.evaluation.evaluate` does.
        """
        account = _Account(client, task.text, self._observe)
        account.begin()
        try:
            evaluation = evaluate(self._store.database, task, self._rules)
            account.form = evaluation.form
            buffer = io.BytesIO()
            evaluation.write_to(buffer)
        except GraphError:
            account.end("failed")
            raise
        account.end("complete")
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
        observe: Called with the usage of each query when it has ended.

    Raises:
        StoreNotFoundError: There is no store, or nothing has been published yet.
    """

    def __init__(
        self,
        store: Path,
        *,
        rules: EvaluationRules,
        settings: PoolSettings | None = None,
        observe: UsageObserver = ignore_usage,
    ) -> None:
        self._store = store.resolve()
        self._settings = settings if settings is not None else PoolSettings()
        self._setup = setup_to_json(rules, self._settings.memory_bytes)
        self._observe = observe
        self._lock = threading.Lock()
        self._queue: list[_Ticket] = []
        self._held: Counter[str] = Counter()
        self._replaced = 0
        self._closed = False
        newest_snapshot(self._store)
        self._workers = {_Worker(self._setup) for _ in range(self._settings.workers)}
        self._idle = list(self._workers)
        weakref.finalize(self, _kill_all, self._workers)

    def answer(
        self,
        task: QueryTask,
        *,
        seconds: float | None = None,
        client: str | None = None,
        is_gone: Callable[[], bool] | None = None,
    ) -> Answer:
        """Begin with the evaluation of a query over the newest snapshot.

        Args:
            task: The query.
            seconds: How long it may take; the pool's own limit where that is less, or None.
            client: Whose share of the pool it takes; None for one without bounds.
            is_gone: Whether nobody waits for the answer any more; asked now and then.

        Raises:
            OverloadedError: Too many queries are waiting.
            ClientBusyError: Too many queries of this client are waiting.
            QueryTimeoutError: It was not evaluated so far that its result could begin.
            WorkerDiedError: Its process ended.
            ClientGoneError: Nobody waited for it any more.
            ClosedRunnerError: The pool has been closed.
            EvaluationError, InvalidQueryError, QueryTooComplexError, UnsupportedQueryError:
                As :func:`graph.evaluation.evaluate` does.
            StoreError: The newest snapshot cannot be opened.
        """
        return self.begin(task, seconds=seconds, client=client).wait(is_gone)

    def begin(
        self,
        task: QueryTask,
        *,
        seconds: float | None = None,
        client: str | None = None,
        wake: Callable[[], None] | None = None,
    ) -> PendingAnswer:
        """Take on a query, and wait for nothing.

        Args:
            task: The query.
            seconds: How long it may take; the pool's own limit where that is less, or None.
            client: Whose share of the pool it takes; None for one without bounds.
            wake: Called in any thread once there is a process for the query, maybe before this
                returns; it must not call the pool.

        Raises:
            OverloadedError: Too many queries are waiting.
            ClientBusyError: Too many queries of this client are waiting.
            ClosedRunnerError: The pool has been closed.
        """
        limit = self._settings.seconds
        limit = limit if seconds is None else min(seconds, limit)
        deadline = _Deadline(time.monotonic() + limit, limit)
        ticket = self._enqueue(client, wake)
        account = _Account(client, task.text, self._observe)
        return PendingAnswer(self, task, ticket, deadline, account)

    def status(self) -> PoolStatus:
        """How busy the pool is."""
        with self._lock:
            return PoolStatus(
                workers=self._settings.workers,
                idle=len(self._idle),
                waiting=len(self._queue),
                replaced=self._replaced,
                queue=self._settings.queue,
                alive=sum(worker.is_alive() for worker in self._workers),
            )

    def close(self) -> None:
        """Kill all processes; queries that are running or waiting fail."""
        with self._lock:
            self._closed = True
            idle = list(self._idle)
            self._idle.clear()
            for ticket in self._queue:
                ticket.settle(None)
            self._queue.clear()
            workers = list(self._workers)
            self._workers.clear()
        for worker in workers:
            worker.kill()
        # The others are discarded by the queries that hold them.
        for worker in idle:
            worker.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def _enqueue(self, client: str | None, wake: Callable[[], None] | None) -> _Ticket:
        """A place in the queue, which may have its worker at once."""
        ticket = _Ticket(client, wake)
        with self._lock:
            self._refuse_when_closed()
            if not self._idle or not self._may_hold_more(client):
                self._refuse_when_full(client)
            self._queue.append(ticket)
            self._hand_out()
        return ticket

    def _refuse_when_full(self, client: str | None) -> None:
        if len(self._queue) >= self._settings.queue:
            raise OverloadedError(
                f"expected at most {self._settings.queue} waiting queries, got one more"
            )
        share = self._settings.client_queue
        waiting = sum(ticket.client == client for ticket in self._queue)
        if client is not None and share is not None and waiting >= share:
            raise ClientBusyError(
                f"expected at most {share} waiting queries of one client, got one more"
            )

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise ClosedRunnerError("expected an open pool of workers, got a closed one")

    def _await_turn(self, ticket: _Ticket, deadline: _Deadline) -> _Worker:
        """The worker that is handed to a place in the queue."""
        with self._lock:
            settled, end = ticket.await_settled(), None
        while not settled.is_set() and end is None:
            settled.wait(deadline.step())
            end = deadline.end()
        with self._lock:
            if ticket.worker is not None:
                return ticket.worker
            self._refuse_when_closed()
            self._queue.remove(ticket)
        raise deadline.error() if end is None else end

    def _hand_out(self) -> None:
        """Give idle workers to whom they are due; the lock must be held."""
        while self._idle:
            due = [ticket for ticket in self._queue if self._may_hold_more(ticket.client)]
            if not due:
                return
            ticket = min(due, key=lambda ticket: self._held[ticket.client or ""])
            self._queue.remove(ticket)
            if ticket.client is not None:
                self._held[ticket.client] += 1
            # The last that was used has what it needs at hand.
            ticket.settle(self._idle.pop())

    def _may_hold_more(self, client: str | None) -> bool:
        most = self._settings.client_workers
        return client is None or most is None or self._held[client] < most

    def _give_up(self, ticket: _Ticket) -> None:
        """Leave the queue, or give back the worker that came meanwhile."""
        with self._lock:
            if ticket in self._queue:
                self._queue.remove(ticket)
        if ticket.worker is not None:
            self._take_back(ticket.worker, ticket.client)

    def _take_back(self, worker: _Worker, client: str | None) -> None:
        """Take a worker from a client that is done with it."""
        with self._lock:
            self._forget_hold(client)
            if not self._closed:
                self._idle.append(worker)
                self._hand_out()

    def _renew(self, worker: _Worker) -> _Worker:
        """Kill a worker that is held; the new one in its place, which is held likewise.

        Raises:
            WorkerDiedError: None can be started, as when memory is short; the dead one stands
                in for it, and the next query that meets it tries again.
        """
        worker.discard()
        with self._lock:
            self._refuse_when_closed()
            self._replaced += 1
            try:
                fresh = _Worker(self._setup)
            except OSError as error:
                raise WorkerDiedError(f"cannot start a process for queries: {error}") from error
            self._workers.discard(worker)
            self._workers.add(fresh)
        logger.info("replaced worker %d by %d", worker.pid, fresh.pid)
        return fresh

    def _forget_hold(self, client: str | None) -> None:
        if client is not None:
            self._held[client] -= 1
            if self._held[client] <= 0:
                del self._held[client]


def ending_of(error: GraphError) -> Ending:
    """How a query ended that failed with an error.

    >>> ending_of(QueryTimeoutError("late")), ending_of(QueryMemoryError("much"))
    ('timeout', 'memory')
    """
    if isinstance(error, QueryTimeoutError):
        return "timeout"
    if isinstance(error, QueryMemoryError):
        return "memory"
    if isinstance(error, ClientGoneError):
        return "abandoned"
    return "died" if isinstance(error, RunnerError) else "failed"


@dataclass(slots=True, eq=False)
class _Ticket:
    """A place in the queue; ``settled`` when it has a worker, or when there will be none."""

    client: str | None
    wake: Callable[[], None] | None = None
    worker: _Worker | None = None
    is_settled: bool = False
    _settled: threading.Event | None = None

    def await_settled(self) -> threading.Event:
        """What is set once it is settled; the lock of the pool must be held."""
        self._settled = threading.Event()
        if self.is_settled:
            self._settled.set()
        return self._settled

    def settle(self, worker: _Worker | None) -> None:
        """Tell those who wait that there is a worker, or none will be; with the pool's lock."""
        self.worker, self.is_settled = worker, True
        if self._settled is not None:
            self._settled.set()
        if self.wake is not None:
            self.wake()


class _Account:
    """What a query costs; tells the observer once, at its end."""

    def __init__(self, client: str | None, text: str, observe: UsageObserver) -> None:
        self.client = client
        self.form: ResultForm | None = None
        self._text = text
        self._observe = observe
        self._asked = time.monotonic()
        self._begun: float | None = None
        self._ended = False

    def begin(self) -> None:
        """The query has its process."""
        self._begun = time.monotonic()

    def end(self, ending: Ending) -> None:
        """The query is done; any further end is none."""
        if self._ended:
            return
        self._ended = True
        now = time.monotonic()
        begun = now if self._begun is None else self._begun
        usage = QueryUsage(
            client=self.client,
            text=self._text,
            form=self.form,
            waited=begun - self._asked,
            held=now - begun,
            ending=ending,
        )
        self._observe(usage)


class _Hold:
    """A worker while a query has it; it goes back to its pool exactly once."""

    def __init__(self, pool: WorkerPool, worker: _Worker, account: _Account) -> None:
        self.worker = worker
        self._pool = pool
        self._account = account
        self._over = False

    def renew(self) -> None:
        """Put a new worker in the place of a dead one, and keep that.

        Raises:
            WorkerDiedError: None can be started.
            ClosedRunnerError: The pool has been closed.
        """
        try:
            self.worker = self._pool._renew(self.worker)
        except RunnerError:
            self.give_back("died")
            raise

    def give_back(self, ending: Ending) -> None:
        """The worker can go on with other queries."""
        if not self._over:
            self._over = True
            self._pool._take_back(self.worker, self._account.client)
            self._account.end(ending)

    def replace(self, ending: Ending) -> None:
        """The worker cannot: kill it, and give back a new one.

        Raises:
            WorkerDiedError: None can be started.
        """
        if self._over:
            return
        try:
            self.worker = self._pool._renew(self.worker)
        except ClosedRunnerError:
            logger.debug("the pool was closed while a query ran")
        finally:
            self.give_back(ending)


@dataclass(frozen=True, slots=True)
class _Deadline:
    """A moment of the monotonic clock, how many seconds there were until then, and who waits."""

    moment: float
    seconds: float
    is_gone: Callable[[], bool] | None = None

    def left(self) -> float:
        """The seconds that are left; none once it has passed."""
        return max(0.0, self.moment - time.monotonic())

    def step(self) -> float:
        """How long to wait before looking at ``end`` again, in seconds."""
        return self.left() if self.is_gone is None else min(self.left(), LOOK_SECONDS)

    def end(self) -> RunnerError | None:
        """Why to wait no longer; None when there is no reason."""
        if self.left() == 0:
            return self.error()
        if self.is_gone is not None and self.is_gone():
            return ClientGoneError("the client went away before the query ended")
        return None

    def error(self) -> QueryTimeoutError:
        """What to say when it has passed."""
        return QueryTimeoutError(f"expected the query to end within {self.seconds:g} s")


class _Worker:
    """A process that evaluates one query at a time."""

    def __init__(self, setup: bytes) -> None:
        ours, theirs = socket.socketpair()
        self._channel = FrameChannel(ours)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "graph.worker", str(theirs.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                cwd=parent_folder(),
                # The operator's own tunables win.
                env={**_TUNABLES, **os.environ, **_ENVIRONMENT},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._channel.send(setup)

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
            self._channel.send(message)
        except OSError as error:
            raise self._obituary() from error

    def receive(self, deadline: _Deadline) -> tuple[bytes, bytes]:
        """The kind and the payload of the next frame.

        Raises:
            QueryTimeoutError: None came until the deadline.
            ClientGoneError: Nobody waits for it any more.
            WorkerDiedError: The process has ended.
        """
        try:
            while (frame := self._channel.receive(deadline.step())) is None:
                end = deadline.end()
                if end is not None:
                    raise end
        except (EOFError, OSError) as error:
            raise self._obituary() from error
        return frame[:1], frame[1:]

    def receive_ready(self) -> tuple[bytes, bytes] | None:
        """The kind and the payload of the next frame, if it has come.

        Raises:
            WorkerDiedError: The process has ended.
        """
        try:
            frame = self._channel.receive(0)
        except (EOFError, OSError) as error:
            raise self._obituary() from error
        return None if frame is None else (frame[:1], frame[1:])

    def fileno(self) -> int:
        """Where what the process sends can be read."""
        return self._channel.fileno()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def discard(self) -> None:
        """End the process, and the connection to it, which no other thread may be using."""
        self.kill()
        self._channel.close()

    def _obituary(self) -> WorkerDiedError:
        status = self._process.wait()
        if status == -signal.SIGABRT:
            return QueryMemoryError("the query needed more memory than a query may have")
        return WorkerDiedError(
            f"the process of the query ended before the query did, with the status {status}"
        )


class PendingAnswer:
    """A query that a pool has taken on, and whose answer has not begun.

    Either it is waited for, or looked after now and then by somebody who waits for many things
    at once: :meth:`advance` whenever ``wake`` was called or there is something to be read at
    :meth:`fileno`, then :meth:`take_whole`. Whoever has no patience with it any more can still
    wait for it. One thread at a time may use it, and must end with an answer, an error, or
    :meth:`close`.
    """

    def __init__(
        self,
        pool: WorkerPool,
        task: QueryTask,
        ticket: _Ticket,
        deadline: _Deadline,
        account: _Account,
    ) -> None:
        self._pool = pool
        self._task = task
        self._ticket = ticket
        self._deadline = deadline
        self._account = account
        self._hold: _Hold | None = None
        self._snapshot: Snapshot | None = None
        self._frames: deque[tuple[bytes, bytes]] = deque()
        self._size = 0

    def fileno(self) -> int | None:
        """Where what the worker sends can be read; None while it has not been asked."""
        return None if self._hold is None or self._snapshot is None else self._hold.worker.fileno()

    def advance(self) -> bool:
        """Get as far as it goes without waiting; False when more will come by itself.

        When it is True, the answer may be whole; otherwise it must be waited for, as one that
        fails or is long must.
        """
        if not self._ticket.is_settled:
            return False
        try:
            if self._hold is None:
                worker = self._ticket.worker
                if worker is None or not worker.is_alive():
                    return True
                self._take_worker(worker)
            if self._snapshot is None:
                self._send()
                return False
            while (frame := self._worker().receive_ready()) is not None:
                self._frames.append(frame)
                self._size += len(frame[1])
                if frame[0] not in (HEADER, CHUNK) or self._size > _PATIENT_BYTES:
                    return True
        except GraphError:
            # Whoever waits for it meets the same error.
            return True
        return False

    def take_whole(self) -> tuple[Header, Sequence[bytes]] | None:
        """The answer, if all of it is there; its worker goes on with other queries then."""
        if self._hold is None or not self._frames or self._frames[-1][0] != END:
            return None
        header = header_of(self._frames.popleft()[1])
        self._account.form = header.form
        self._hold.give_back("complete")
        return header, [payload for kind, payload in self._frames if kind == CHUNK]

    def wait(self, is_gone: Callable[[], bool] | None = None) -> Answer:
        """The answer, once it has begun; errors as :meth:`WorkerPool.answer`."""
        self._deadline = replace(self._deadline, is_gone=is_gone)
        try:
            if self._hold is None:
                self._take_worker(self._pool._await_turn(self._ticket, self._deadline))
            while not self._worker().is_alive() and self._snapshot is None:
                self._held().renew()
            kind, payload = self._first_frame()
        except GraphError as error:
            self._account.end(ending_of(error))
            raise
        hold = self._held()
        if kind == HEADER:
            header = header_of(payload)
            self._account.form = header.form
            return _PooledAnswer(header, hold, self._deadline, self._frames)
        hold.give_back("failed")
        if kind == FAILURE:
            raise failure_of(payload)
        raise CorruptStoreError(f"cannot open the newest snapshot: {payload.decode()}")

    def close(self) -> None:
        """Give it up; a worker that has the query is killed, since nothing else stops it."""
        if self._hold is not None:
            self._hold.replace("abandoned")
        else:
            self._pool._give_up(self._ticket)
            self._account.end("abandoned")

    def _take_worker(self, worker: _Worker) -> None:
        self._account.begin()
        self._hold = _Hold(self._pool, worker, self._account)

    def _held(self) -> _Hold:
        assert self._hold is not None
        return self._hold

    def _worker(self) -> _Worker:
        return self._held().worker

    def _send(self) -> None:
        """Ask the worker about the newest snapshot.

        Raises:
            StoreError: There is none to be read.
            WorkerDiedError: The worker has ended.
        """
        snapshot = newest_snapshot(self._pool._store)
        mark = SnapshotMark(str(snapshot.folder), snapshot.stamp)
        self._worker().send(task_to_bytes(self._task, mark))
        self._snapshot = snapshot

    def _first_frame(self) -> tuple[bytes, bytes]:
        """Ask, and wait for the first frame of the answer.

        A writer may publish twice and so delete the snapshot before it is opened; then there
        is a newer one to try.
        """
        try:
            if self._snapshot is None:
                self._send()
            while True:
                kind, payload = (
                    self._frames.popleft()
                    if self._frames
                    else self._worker().receive(self._deadline)
                )
                if kind != GONE or newest_snapshot(self._pool._store) == self._snapshot:
                    return kind, payload
                self._send()
        except StoreError:
            self._held().give_back("failed")
            raise
        except RunnerError as error:
            self._held().replace(ending_of(error))
            raise
        except BaseException:
            self._held().replace("abandoned")
            raise


class _PooledAnswer:
    """The answer of a worker, which goes back to its pool at the end.

    ``frames`` are those that have come already.
    """

    def __init__(
        self,
        header: Header,
        hold: _Hold,
        deadline: _Deadline,
        frames: deque[tuple[bytes, bytes]],
    ) -> None:
        self._header = header
        self._hold: _Hold | None = hold
        self._deadline = deadline
        self._frames = frames

    @property
    def header(self) -> Header:
        return self._header

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        hold = self._hold
        if hold is None:
            raise StopIteration
        try:
            kind, payload = (
                self._frames.popleft() if self._frames else hold.worker.receive(self._deadline)
            )
        except BaseException as error:
            self._hold = None
            hold.replace(ending_of(error) if isinstance(error, GraphError) else "abandoned")
            raise
        if kind == CHUNK:
            return payload
        self._hold = None
        hold.give_back("complete" if kind == END else "failed")
        if kind == END:
            raise StopIteration
        raise failure_of(payload)

    def close(self) -> None:
        """Kill the worker in the middle of its work: nothing else stops it."""
        hold, self._hold = self._hold, None
        if hold is not None:
            hold.replace("abandoned")


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
        worker.discard()
