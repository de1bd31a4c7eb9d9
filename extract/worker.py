"""Extraction in a process of its own, which a deadline and a limit of memory end.

For a service that reads what strangers send: their text can make the pipeline slow or large,
and their files can do so to the parsers. An :class:`Extractor` has one process, started when
something is first asked of it, with the pipeline loaded; it does one task at a time. A process
that takes too long or too much is killed, and the next task finds a new one. Nothing is written
down: tasks and answers pass through a pipe.

What is slow for another reason goes the same way: the graph checks its shapes so.

A :class:`LocalExtractor` does the same in this process, without limits: for tests.

>>> LocalExtractor().run(len, "某市")
2
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from extract.document import SourceDocument
from extract.errors import ExtractionError
from extract.facts import Extraction

if TYPE_CHECKING:
    # It brings the models' library with it.
    from extract.tagger import ModelName

A = TypeVar("A")
R = TypeVar("R")

_READY, _ANSWER, _REFUSAL, _MEMORY, _DEFECT = "ready", "answer", "refusal", "memory", "defect"

logger = logging.getLogger(__name__)


class WorkerError(ExtractionError):
    """Base of what can befall a task from outside; asking again later may help."""


class ExtractionTimeoutError(WorkerError):
    """A task was not done at its deadline; its process was killed."""


class ExtractionMemoryError(WorkerError):
    """A task needed more memory than the process may have."""


class ExtractionAbortedError(WorkerError):
    """The process ended, or failed in a way that no task may fail."""


class ExtractorBusyError(WorkerError):
    """As many tasks as may wait are waiting already, or the turn did not come in time."""


class ClientExtractingError(WorkerError):
    """As many tasks of one client as may be there at once are there already."""


class ExtractorClosedError(WorkerError):
    """A task came after the extractor had been closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractorSettings:
    """What the process may take, and how many tasks may wait for it.

    ``seconds`` is for one task, waiting left out; ``start_seconds`` for loading the pipeline,
    and for a task's turn to come; ``memory_bytes`` is the address space of the process, of
    which the accurate model takes some 1,200 MiB before the first text. One client has at most
    ``client_tasks`` running or waiting; None is no limit. ``name`` says in the log and in
    messages what the process is for, ``model`` which tagger reads texts.
    ``niceness`` is how far the process gives way to the one that talks to clients.
    """

    name: str = "extraction"
    model: ModelName = "accurate"
    seconds: float = 20.0
    start_seconds: float = 60.0
    memory_bytes: int = 3 << 30
    niceness: int = 5
    queue: int = 4
    client_tasks: int | None = 1


class TaskRunner(Protocol):
    """Who does tasks: functions of one argument, in a module of the project."""

    def run(
        self,
        task: Callable[[A], R],
        argument: A,
        *,
        client: str | None = None,
        payer: str | None = None,
    ) -> R:
        """The answer to a task.

        ``client`` is whose place it takes, None for nobody's; ``payer`` who pays for it, None
        for the client.
        """

    def extract(
        self, source: SourceDocument, *, client: str | None = None, payer: str | None = None
    ) -> Extraction:
        """Entities, facts and references of one document."""

    def close(self) -> None:
        """End what is running, and take no more."""


# Told who pays for a task and how many seconds the process had it, when it has ended.
TaskObserver = Callable[[str | None, float], None]


def ignore_task(client: str | None, seconds: float) -> None:
    """The observer of those who keep no accounts."""


def extract_source(source: SourceDocument, *, model: ModelName = "accurate") -> Extraction:
    """The task of :meth:`TaskRunner.extract`.

    Raises:
        ComponentError: A component failed on this text.
    """
    from extract import pipeline

    return pipeline.extract_document(source, pipeline.load_pipeline(model))


def prepare_pipeline(model: ModelName = "accurate") -> None:
    """Load the pipeline, which stays loaded; nothing of it is imported before.

    A service that no text has been sent to has no use for it, and starts much faster without.
    """
    from extract.pipeline import load_pipeline

    load_pipeline(model)


class LocalExtractor:
    """Does tasks in this process, one after another, with no limits."""

    def __init__(self) -> None:
        self._turn = threading.Lock()

    def run(
        self,
        task: Callable[[A], R],
        argument: A,
        *,
        client: str | None = None,
        payer: str | None = None,
    ) -> R:
        """The answer to a task."""
        with self._turn:
            return task(argument)

    def extract(
        self, source: SourceDocument, *, client: str | None = None, payer: str | None = None
    ) -> Extraction:
        """Entities, facts and references of one document.

        Raises:
            ComponentError: A component failed on this text.
        """
        return self.run(extract_source, source, client=client, payer=payer)

    def close(self) -> None:
        """Nothing to do."""


class Extractor:
    """Does tasks in a process of its own; safe to use from several threads.

    Args:
        settings: What a task may take, and how many may wait.
        prepare: Called once in each new process; loads what the tasks need. None loads the
            pipeline.
        observe: Called with the cost of each task that had the process.
    """

    def __init__(
        self,
        settings: ExtractorSettings | None = None,
        *,
        prepare: Callable[[], object] | None = None,
        observe: TaskObserver = ignore_task,
    ) -> None:
        self._settings = settings if settings is not None else ExtractorSettings()
        self._prepare = prepare or partial(prepare_pipeline, self._settings.model)
        self._observe = observe
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._there = 0
        self._clients: Counter[str] = Counter()
        self._closed = False

    def extract(
        self, source: SourceDocument, *, client: str | None = None, payer: str | None = None
    ) -> Extraction:
        """Entities, facts and references of one document.

        Raises:
            ComponentError: A component failed on this text.
            WorkerError: As :meth:`run` does.
        """
        task = partial(extract_source, model=self._settings.model)
        return self.run(task, source, client=client, payer=payer)

    def run(
        self,
        task: Callable[[A], R],
        argument: A,
        *,
        client: str | None = None,
        payer: str | None = None,
    ) -> R:
        """The answer to a task.

        Args:
            task: A function that a new process can import, with its argument and its answer
                such as can be pickled.
            argument: What it is called with.
            client: Whose place it takes; None for the service itself, which has no bounds.
            payer: Who is told to the observer; None for the client.

        Raises:
            ExtractionTimeoutError: It took too long.
            ExtractionMemoryError: It needed too much memory.
            ExtractionAbortedError: Its process ended, or could not be started.
            ExtractorBusyError: Too many tasks wait.
            ClientExtractingError: Too many tasks of this client are there.
            ExtractorClosedError: The extractor has been closed.
            ExtractionError: As the task does.
        """
        with self._place(client), self._await_turn():
            process = self._ready_process()
            began = time.monotonic()
            try:
                process.send((task, argument))
                kind, value = process.receive(self._settings.seconds)
            except BaseException:
                # Also what cannot be pickled, which leaves the pipe in the middle of a message.
                self._discard(process)
                raise
            finally:
                self._observe(client if payer is None else payer, time.monotonic() - began)
            if kind == _ANSWER:
                answer: R = value
                return answer
            if kind == _REFUSAL:
                raise value
            self._discard(process)
            if kind == _MEMORY:
                raise ExtractionMemoryError(
                    f"expected at most {self._settings.memory_bytes >> 20} MiB to be needed, "
                    "got more"
                )
            logger.error("a task of the %s failed: %s", self._settings.name, value)
            raise ExtractionAbortedError(
                f"the {self._settings.name} failed; the reason is in the log"
            )

    def places_taken(self) -> int:
        """How many tasks run or wait."""
        with self._lock:
            return self._there

    def close(self) -> None:
        """Kill the process; what is running or waiting fails."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        if process is not None:
            process.kill()

    @contextmanager
    def _place(self, client: str | None) -> Iterator[None]:
        """One of the places for tasks that run or wait."""
        most = self._settings.client_tasks
        with self._lock:
            if self._there > self._settings.queue:
                raise ExtractorBusyError(
                    f"expected at most {self._settings.queue} waiting texts, got one more"
                )
            if client is not None and most is not None and self._clients[client] >= most:
                raise ClientExtractingError(
                    f"expected at most {most} texts of one client at once, got one more"
                )
            self._there += 1
            if client is not None:
                self._clients[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._there -= 1
                if client is not None:
                    self._clients[client] -= 1
                    if not self._clients[client]:
                        del self._clients[client]

    @contextmanager
    def _await_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=self._settings.start_seconds):
            raise ExtractorBusyError(
                f"expected a turn within {self._settings.start_seconds:g} s, got none"
            )
        try:
            yield
        finally:
            self._turn.release()

    def _ready_process(self) -> _Process:
        """The process, alive and loaded; only whoever has the turn may ask for it."""
        with self._lock:
            if self._closed:
                raise ExtractorClosedError("expected an open extractor, got a closed one")
            if self._process is not None and self._process.is_alive():
                return self._process
            self._process = process = _Process(self._prepare, self._settings)
        try:
            kind, value = process.receive(self._settings.start_seconds)
        except WorkerError:
            self._discard(process)
            raise
        if kind != _READY:
            self._discard(process)
            logger.error("a process for %s cannot start: %s", self._settings.name, value)
            raise ExtractionAbortedError(f"the process for {self._settings.name} cannot start")
        logger.info("started the process %d for %s", process.pid, self._settings.name)
        return process

    def _discard(self, process: _Process) -> None:
        process.kill()
        process.close()
        with self._lock:
            if self._process is process:
                self._process = None


class _Process:
    """A process that does one task at a time."""

    def __init__(self, prepare: Callable[[], object], settings: ExtractorSettings) -> None:
        self._name = settings.name
        # A forked child would share the locks of the threads of the service.
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        try:
            with theirs:
                self._process = context.Process(
                    target=serve_tasks, args=(theirs, prepare, settings), daemon=True
                )
                self._process.start()
        except OSError as error:
            self._connection.close()
            raise ExtractionAbortedError(f"cannot start a process: {error}") from error

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        return self._process.pid

    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process.is_alive()

    def send(self, message: object) -> None:
        """Give it a task.

        Raises:
            ExtractionAbortedError: It has ended.
        """
        try:
            self._connection.send(message)
        except OSError as error:
            raise ExtractionAbortedError(
                f"the process for {self._name} has ended: {error}"
            ) from None

    def receive(self, seconds: float) -> tuple[str, Any]:
        """The kind and the value of its next message.

        Raises:
            ExtractionTimeoutError: None came in time.
            ExtractionAbortedError: The process ended.
        """
        try:
            if not self._connection.poll(seconds):
                raise ExtractionTimeoutError(f"expected an end within {seconds:g} s, got none")
            kind, value = self._connection.recv()
        except (EOFError, OSError):
            self._process.join(seconds)
            raise ExtractionAbortedError(
                f"the process for {self._name} ended with the status {self._process.exitcode}"
            ) from None
        return kind, value

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        """Give back the connection, which nobody else may be using."""
        self._connection.close()


def serve_tasks(
    connection: Connection, prepare: Callable[[], object], settings: ExtractorSettings
) -> None:
    """What the process does: answer tasks until the other end of the connection is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (settings.memory_bytes, settings.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(settings.niceness)
    kind, value = _outcome(_call, prepare)
    connection.send((_READY if kind == _ANSWER else kind, value))
    while kind != _DEFECT:
        try:
            task, argument = connection.recv()
        except EOFError:
            return
        kind, value = _outcome(task, argument)
        connection.send((kind, value))


def _call(function: Callable[[], object]) -> None:
    function()


def _outcome(task: Callable[[A], R], argument: A) -> tuple[str, Any]:
    """What a task gives, or how it failed, without a word of its text."""
    try:
        return _ANSWER, task(argument)
    except ExtractionError as error:
        return _REFUSAL, error
    except MemoryError:
        return _MEMORY, None
    except Exception as error:  # the edge of the process: what is told is what the log may hold
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        places = ", ".join(f"{f.name} ({os.path.basename(f.filename)}:{f.lineno})" for f in frames)
        # ONNX Runtime words want of memory as an error of its own.
        if "bad_alloc" in str(error) or "Failed to allocate memory" in str(error):
            return _MEMORY, None
        return _DEFECT, f"{type(error).__name__} in {places}"


def _end_with_parent() -> None:
    """Let no process outlive the service, whatever it is doing."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
