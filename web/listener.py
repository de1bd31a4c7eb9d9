"""What runs in a listener process: see ``web/listeners.py``, which makes them.

One thread can answer only so many queries a second. So listener processes share the port, and each
answers what costs little by itself (:class:`web.inline.InlineQueries` without processes): point
queries, and queries whose answer it has kept. The first request on a connection that is anything
else is given to the server together with the connection, which the server has from then on. A
listener never refuses anything and never answers with an error: that is the server's, too.

Its socket to the server keeps the bounds of messages. The first one has the settings (JSON) and the
listening sockets. The first byte of the others tells the kind. The server sends::

    L  what a listener should learn from a report (see ``web/ledger.py``)

and a listener sends::

    A  it accepts connections now
    R  a report
    C  a connection: which listening socket, its address, and what has been read

It ends when the server closes the socket, or ends itself.
"""

from __future__ import annotations

import json
import logging
import marshal
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.evaluation import EvaluationRules
from graph.point_queries import PointQueries
from graph.querytext import QueryLimits
from graph.store import SnapshotReader
from web.clients import Proxies
from web.inline import BEGINNINGS, InlineQueries, InlineQuery, QueryParts, is_unfinished
from web.ledger import Ledger

ACCEPTING, REPORT, CONNECTION, LEARNING = b"A", b"R", b"C", b"L"
# A message to the server holds what was read of a request, and some words about it.
READ_BYTES = 1 << 16
MESSAGE_BYTES = 1 << 18
# The most listening sockets that there can be.
DOORS = 16
# A report is sent when it is so long, or so many seconds old.
REPORT_LENGTH, REPORT_SECONDS = 64, 0.1
# As in server.py: how long to look for the next query after an answer before sleeping.
EAGER_SECONDS = 0.0001
# How often, and for how long each time, one that has more connections leaves a new one to others.
PASSES, PASS_SECONDS = 5, 0.0002
TURN_SECONDS = 1.0
# How long the rest of a body may take before the server waits for it.
BODY_SECONDS = 1.0
# What the clients of the last answers may take to read them at the end.
FLUSH_SECONDS = 5.0
# The number of connections of a listener that is not there: more than any has.
ABSENT = 0xFFFFFFFF

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Connection:
    """A client's connection: where it came in, what is read of a body, and what is to be sent."""

    stream: socket.socket
    door: int
    address: tuple[Any, ...]
    unfinished: bytes = b""
    unsent: bytes = b""
    used: float = field(default_factory=time.monotonic)


class Listener:
    """Accepts connections and answers on them.

    Args:
        doors: the listening sockets, each with what takes on its queries.
        server: the socket to the server.
        ledger: where the queries note what is to be reported.
        counts: the number of connections of each listener.
        number: which of them is this one.
        connections: how many it may have.
        idle_seconds: how long nothing may happen on one.
    """

    def __init__(
        self,
        doors: Sequence[tuple[socket.socket, InlineQueries]],
        server: socket.socket,
        ledger: Ledger,
        *,
        counts: memoryview,
        number: int,
        connections: int,
        idle_seconds: float,
    ) -> None:
        self._doors = doors
        self._server = server
        self._ledger = ledger
        self._counts = counts
        self._number = number
        self._most = connections
        self._idle_seconds = idle_seconds
        self._connections: dict[int, Connection] = {}
        self._answered: list[InlineQuery] = []
        self._passed = 0
        self._reported = self._looked = time.monotonic()
        self._is_open = False
        self._is_stopping = False
        self._poll = select.epoll()
        self._poll.register(server.fileno(), select.EPOLLIN)

    def run(self) -> None:
        """Accept and answer until the server closes its socket."""
        self._count()
        self._open_doors()
        self._tell(ACCEPTING)
        eager_until = 0.0
        while not self._is_stopping:
            eager = time.perf_counter() < eager_until
            self._turn(0.0 if eager else self._patience())
            if self._answered:
                self._settle()
                # With several clients a query is there soon, and others need the processor.
                alone = len(self._connections) == 1
                eager_until = time.perf_counter() + EAGER_SECONDS if alone else 0.0
        self._end()

    def _patience(self) -> float:
        """How long to wait for anything."""
        if self._ledger.is_empty:
            return TURN_SECONDS
        return max(0.0, self._reported + REPORT_SECONDS - time.monotonic())

    def _turn(self, seconds: float) -> None:
        for number, event in self._poll.poll(seconds):
            connection = self._connections.get(number)
            if connection is not None:
                self._serve(connection, event)
            elif number == self._server.fileno():
                self._hear()
            else:
                self._accept(number)
        now = time.monotonic()
        if len(self._ledger) >= REPORT_LENGTH or now > self._reported + REPORT_SECONDS:
            self._report()
        if now > self._looked + TURN_SECONDS:
            self._looked = now
            self._look_after(now)

    def _settle(self) -> None:
        for query in self._answered:
            query.settle()
        self._answered.clear()

    def _serve(self, connection: Connection, event: int) -> None:
        try:
            if event & select.EPOLLOUT:
                self._send(connection, connection.unsent)
            elif not connection.unsent:
                self._read(connection)
        except OSError:
            # Most often the client is gone.
            self._close(connection)
        except Exception:
            logger.exception("closed a connection because of an error")
            self._close(connection)

    def _read(self, connection: Connection) -> None:
        """Read what has come, and answer it or leave it to the server.

        Raises:
            OSError: The connection is broken.
        """
        try:
            data = connection.stream.recv(READ_BYTES - len(connection.unfinished))
        except BlockingIOError:
            return
        if not data:
            self._close(connection)
            return
        connection.used = time.monotonic()
        data = connection.unfinished + data
        query = None
        if data.startswith(BEGINNINGS):
            if is_unfinished(data):
                connection.unfinished = data
                return
            _, queries = self._doors[connection.door]
            query = queries.begin(data, connection.address[0], _ignore)
        connection.unfinished = b""
        response = None if query is None else query.take_response()
        if query is None or response is None:
            self._give_away(connection, data)
            return
        self._answered.append(query)
        self._send(connection, response)

    def _send(self, connection: Connection, data: bytes) -> None:
        """Send as much as goes, and the rest when there is room again.

        Raises:
            OSError: The connection is broken.
        """
        try:
            sent = connection.stream.send(data)
        except BlockingIOError:
            sent = 0
        had_rest, connection.unsent = bool(connection.unsent), data[sent:]
        if had_rest != bool(connection.unsent):
            wanted = select.EPOLLOUT if connection.unsent else select.EPOLLIN
            self._poll.modify(connection.stream.fileno(), wanted)

    def _give_away(self, connection: Connection, data: bytes) -> None:
        """Leave a connection to the server, with what has been read from it."""
        # What was answered before is counted before.
        self._settle()
        self._report()
        message = marshal.dumps((connection.door, connection.address, data))
        self._tell(CONNECTION + message, [connection.stream.fileno()])
        self._close(connection)

    def _close(self, connection: Connection) -> None:
        if self._connections.pop(connection.stream.fileno(), None) is None:
            return
        self._poll.unregister(connection.stream.fileno())
        connection.stream.close()
        self._count()
        if len(self._connections) < self._most and not self._is_stopping:
            self._open_doors()

    def _count(self) -> None:
        self._counts[self._number] = len(self._connections)

    def _open_doors(self) -> None:
        if not self._is_open:
            self._is_open = True
            for door, _ in self._doors:
                self._poll.register(door.fileno(), select.EPOLLIN)

    def _shut_doors(self) -> None:
        if self._is_open:
            self._is_open = False
            for door, _ in self._doors:
                self._poll.unregister(door.fileno())

    def _accept(self, number: int) -> None:
        """Accept a connection, unless others have fewer, who are given the time for it."""
        if self._counts[self._number] > min(self._counts) and self._passed < PASSES:
            self._passed += 1
            time.sleep(PASS_SECONDS)
            return
        self._passed = 0
        for position, (door, _) in enumerate(self._doors):
            if door.fileno() == number:
                self._take(door, position)

    def _take(self, door: socket.socket, position: int) -> None:
        try:
            stream, address = door.accept()
            stream.setblocking(False)
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            # Another was quicker, the client is gone already, or there are too many files.
            return
        self._connections[stream.fileno()] = Connection(stream, position, address)
        self._poll.register(stream.fileno(), select.EPOLLIN)
        self._count()
        if len(self._connections) >= self._most:
            self._shut_doors()

    def _hear(self) -> None:
        """Take a message of the server; its end is ours."""
        try:
            message = self._server.recv(MESSAGE_BYTES)
        except OSError:
            message = b""
        if message[:1] == LEARNING:
            self._ledger.learn(message[1:])
        elif not message:
            self._is_stopping = True

    def _report(self) -> None:
        self._reported = time.monotonic()
        if not self._ledger.is_empty:
            self._tell(REPORT + self._ledger.take_report())

    def _tell(self, message: bytes, numbers: Sequence[int] = ()) -> None:
        """Send the server a message, with file descriptors; its end is ours."""
        try:
            socket.send_fds(self._server, [message], numbers)
        except OSError:
            self._is_stopping = True

    def _look_after(self, now: float) -> None:
        """Close the connections on which nothing happens, and wait no longer for bodies."""
        for connection in list(self._connections.values()):
            if connection.unfinished and now > connection.used + BODY_SECONDS:
                data, connection.unfinished = connection.unfinished, b""
                self._give_away(connection, data)
            elif now > connection.used + self._idle_seconds:
                self._close(connection)

    def _end(self) -> None:
        """Let the last answers be read."""
        self._shut_doors()
        for door, _ in self._doors:
            door.close()
        for connection in list(self._connections.values()):
            if connection.unsent:
                connection.stream.settimeout(FLUSH_SECONDS)
                try:
                    connection.stream.sendall(connection.unsent)
                except OSError:
                    logger.debug("a client did not read its answer to the end")
            self._close(connection)
        self._settle()
        self._report()


def _ignore(query: InlineQuery) -> None:
    """No query of a listener waits, and so none is woken."""


def run_listener(server: socket.socket, counts: memoryview, number: int) -> None:
    """Accept connections until the server ends or closes the socket.

    Args:
        server: the socket to it.
        counts: the number of connections of each listener.
        number: which of them this one is.
    """
    message, numbers, _, _ = socket.recv_fds(server, MESSAGE_BYTES, DOORS)
    if not message:
        return
    setup: dict[str, Any] = json.loads(message)
    ledger = Ledger()
    rules = setup["rules"]
    limits = QueryLimits(**rules["limits"])
    points = PointQueries(
        SnapshotReader(Path(setup["store"]), base=setup["base"], limits=limits),
        rules=EvaluationRules(**{**rules, "limits": limits}),
        observe=ledger.observe,
        # Else each new snapshot would take the connections away.
        waits=True,
    )
    parts = QueryParts(
        store=Path(setup["store"]),
        points=points,
        pool=None,
        most_body_bytes=setup["most_body_bytes"],
        proxies=Proxies(setup["trusted_proxies"]),
        budget=ledger,
        recorder=ledger,
        count_kept=ledger.count_kept,
    )
    doors = []
    for door, (name, port) in zip(numbers, setup["servers"], strict=True):
        queries = InlineQueries(parts, server_name=name, server_port=port)
        doors.append((socket.socket(fileno=door), queries))
    listener = Listener(
        doors,
        server,
        ledger,
        counts=counts,
        number=number,
        connections=setup["connections"],
        idle_seconds=setup["idle_seconds"],
    )
    listener.run()
