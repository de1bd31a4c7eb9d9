"""The listener processes of a server: :mod:`web.listener` tells what they do.

They are copies of a process that has read the programme and has no thread yet, made before there is
an application, so that they begin at once and share its memory. What they are to do they learn when
the server runs. It accepts connections itself until they do, and again when none is left; one that
is lost is not replaced, since a process with threads cannot be copied.
"""

from __future__ import annotations

import gc
import json
import logging
import marshal
import mmap
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, NoReturn

from flask import Flask

from graph.evaluation import EvaluationRules
from graph.store import SnapshotReader, Store
from graph.workers import UsageObserver
from web.config import Settings
from web.direct import most_body_bytes
from web.ledger import enter_report
from web.listener import (
    ABSENT,
    ACCEPTING,
    CONNECTION,
    LEARNING,
    MESSAGE_BYTES,
    REPORT,
    run_listener,
)
from web.runner import query_rules

EXTENSION = "tanpu.listeners"
# More are never of use by themselves.
MOST = 4
CORES_OF_OTHERS = 2
# How long they may take to end by themselves.
END_SECONDS = 6.0
# Messages that are read before something else gets its turn.
_MESSAGES_AT_ONCE = 32
_COUNT_BYTES = 4

logger = logging.getLogger(__name__)

# The number of a listening socket, a connection to it, its address, and what has been read.
TakeConnection = Callable[[int, socket.socket, tuple[Any, ...], bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerPlan:
    """What the listeners of a service are told of its settings."""

    store: str
    base: str
    rules: EvaluationRules
    most_body_bytes: int
    trusted_proxies: Sequence[str]

    def to_json(
        self, *, servers: Sequence[tuple[str, int]], connections: int, idle_seconds: float
    ) -> bytes:
        """The first message to a listener.

        Args:
            servers: the name and the port of each listening socket.
            connections: how many it may have at once.
            idle_seconds: how long nothing may happen on one.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        rules = {field.name: getattr(self.rules, field.name) for field in fields(self.rules)}
        values["rules"] = {**rules, "limits": asdict(self.rules.limits)}
        told = {"servers": servers, "connections": connections, "idle_seconds": idle_seconds}
        return json.dumps({**values, **told}).encode()


def init_app(app: Flask, settings: Settings, store: Store) -> None:
    """Plans the listeners of a server of the application; none where it has no store on disk."""
    if store.path is None or not isinstance(store, SnapshotReader):
        return
    app.extensions[EXTENSION] = ListenerPlan(
        store=str(store.path),
        base=store.base,
        rules=query_rules(settings),
        most_body_bytes=most_body_bytes(app),
        trusted_proxies=settings.trusted_proxies,
    )


def choose_number(settings: Settings) -> int:
    """How many listeners there should be.

    By default one for each core but two, which the server and the processes of queries need, and
    four at most.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 0
    if settings.listeners is not None:
        return settings.listeners
    return min(MOST, max(0, len(os.sched_getaffinity(0)) - CORES_OF_OTHERS))


class Listeners:
    """The listener processes of a server, which wait until it runs.

    Processes are made at once: the process must have no thread but this one.

    Args:
        number: how many there are to be.
    """

    def __init__(self, number: int) -> None:
        self._counts = memoryview(mmap.mmap(-1, max(1, number) * _COUNT_BYTES)).cast("I")
        self._processes: list[ListenerProcess] = []
        self._server: ServerSide | None = None
        # What nobody looks through for garbage stays shared.
        gc.freeze()
        for position in range(number):
            self._counts[position] = ABSENT
            self._processes.append(self._fork(position))

    def _fork(self, position: int) -> ListenerProcess:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        number = os.fork()
        if number == 0:
            ours.close()
            for other in self._processes:
                other.forget_stream()
            _live(theirs, self._counts, position)
        theirs.close()
        ours.setblocking(False)
        return ListenerProcess(self, ours, number, position)

    def start(self, server: ServerSide, setup: bytes, doors: Sequence[socket.socket]) -> None:
        """Let them accept connections.

        Args:
            server: what they leave to the server.
            setup: what they are told, as :meth:`ListenerPlan.to_json` has it.
            doors: the listening sockets.
        """
        self._server = server
        numbers = [door.fileno() for door in doors]
        for listener in list(self._processes):
            server.sockets[listener.fileno()] = listener
            listener.send(setup, numbers)

    def note_accepting(self) -> None:
        """Leave it to them to accept connections, once all that are left do."""
        server = self._server
        if server is not None:
            ready = [listener.is_accepting for listener in self._processes]
            server.accept(not ready or not all(ready))

    def receive(self, kind: bytes, rest: bytes, numbers: Sequence[int]) -> bytes:
        """Do what one of them asks for; what it should learn, or nothing."""
        server = self._server
        if server is None:
            return b""
        if kind == REPORT:
            return enter_report(server.app, rest, observe=server.observe)
        if kind == CONNECTION:
            door, address, data = marshal.loads(rest)
            server.take_connection(door, socket.socket(fileno=numbers[0]), address, data)
        return b""

    def forget(self, listener: ListenerProcess) -> None:
        """Do without one that has ended."""
        self._processes.remove(listener)
        if self._server is not None:
            self._server.sockets.pop(listener.fileno(), None)
        self._counts[listener.position] = ABSENT
        listener.close()
        self.note_accepting()

    def stop(self) -> None:
        """Let them accept no more, send their last answers, and end."""
        for listener in self._processes:
            listener.stop()

    def close(self) -> None:
        """Wait for their ends, or end them; take their last reports."""
        self.stop()
        deadline = time.monotonic() + END_SECONDS
        for listener in list(self._processes):
            listener.drain(deadline)
            self.forget(listener)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSide:
    """What a server does for its listeners, all in its own thread.

    ``app`` has the budgets, counts and records; ``sockets`` is what the server's loop waits for, by
    file descriptor; ``take_connection`` is called with each connection that they leave to it,
    ``accept`` with whether it has to accept connections itself, and ``observe`` with each query
    that they have evaluated.
    """

    app: Flask
    sockets: dict[int, Any]
    take_connection: TakeConnection
    accept: Callable[[bool], None]
    observe: UsageObserver


def _live(server: socket.socket, counts: memoryview, position: int) -> NoReturn:
    """What a copy does instead of what its original goes on with."""
    status = 1
    try:
        # The signals of a terminal are for the server, which tells when to end.
        os.setsid()
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_number, signal.SIG_IGN)
        with open(os.devnull, "r+b") as nothing:
            os.dup2(nothing.fileno(), 0)
            os.dup2(nothing.fileno(), 1)
        run_listener(server, counts, position)
        status = 0
    except Exception:
        logger.exception("a listener process ends because of an error")
    finally:
        os._exit(status)


class ListenerProcess:
    """A listener process, in the terms of the server's loop, which calls what is not told here.

    Args:
        listeners: what it belongs to.
        stream: the socket to it.
        number: of the process.
        position: among the listeners.
    """

    accepting = False

    def __init__(
        self, listeners: Listeners, stream: socket.socket, number: int, position: int
    ) -> None:
        self._listeners = listeners
        self._stream = stream
        self.number = number
        self.position = position
        self.is_accepting = False
        self._is_stopping = False

    def fileno(self) -> int:
        """Where what it sends can be read."""
        return self._stream.fileno()

    def readable(self) -> bool:
        """Always: whatever comes is for us."""
        return True

    def writable(self) -> bool:
        """Never: little is written, and at once."""
        return False

    def handle_read_event(self) -> None:
        """Do what it asks for; go on without it when it has ended, which may be told twice."""
        if self._stream.fileno() < 0:
            return
        for _ in range(_MESSAGES_AT_ONCE):
            message = self._receive()
            if message is None:
                return
            if not message:
                if not self._is_stopping:
                    logger.error("the listener process %d has ended", self.number)
                self._listeners.forget(self)
                return

    # Nobody will write any more, which is found out by reading.
    handle_close = handle_read_event
    handle_expt_event = handle_read_event

    def handle_error(self) -> None:
        """Log an error of this programme."""
        logger.exception("cannot do what a listener process asks for")

    def _receive(self) -> bytes | None:
        """The next message, of which everything is done; None where there is none yet."""
        try:
            message, numbers, _, _ = socket.recv_fds(self._stream, MESSAGE_BYTES, 1)
        except BlockingIOError:
            return None
        except OSError:
            return b""
        kind, rest = message[:1], message[1:]
        if kind == ACCEPTING:
            self.is_accepting = True
            self._listeners.note_accepting()
        else:
            lesson = self._listeners.receive(kind, rest, numbers)
            if lesson:
                self.send(LEARNING + lesson)
        return message

    def send(self, message: bytes, numbers: Sequence[int] = ()) -> None:
        """Send a message, with file descriptors; what it does not take now is lost."""
        try:
            socket.send_fds(self._stream, [message], numbers)
        except OSError:
            # It has ended, which is found out by reading; or learns with the next report.
            logger.debug("the listener process %d takes no message", self.number)

    def stop(self) -> None:
        """Tell it that the server sends no more, at which it ends."""
        if not self._is_stopping:
            self._is_stopping = True
            try:
                self._stream.shutdown(socket.SHUT_WR)
            except OSError:
                logger.debug("the listener process %d has ended", self.number)

    def drain(self, deadline: float) -> None:
        """Take what it still sends, until it ends or a moment of the monotonic clock has come."""
        while (left := deadline - time.monotonic()) > 0:
            self._stream.settimeout(left)
            if not self._receive():
                return

    def forget_stream(self) -> None:
        """Close the socket in another copy, so that its end can be told."""
        self._stream.close()

    def close(self) -> None:
        """End the process, if it has not ended, and the socket to it."""
        os.kill(self.number, signal.SIGKILL)
        os.waitpid(self.number, 0)
        self._stream.close()
