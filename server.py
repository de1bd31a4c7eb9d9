"""The application: settings, store, and the parts of ``web/``, put together.

>>> create_app({"TANPU_PAGE_SIZE": "0"})
Traceback (most recent call last):
...
web.errors.ConfigError: TANPU_PAGE_SIZE: expected a positive whole number, got '0'
"""

from __future__ import annotations

import ctypes
import gc
import io
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from logging import getLogger
from pathlib import Path
from types import FrameType
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.task import ErrorTask, Task, WSGITask
from waitress.utilities import RequestEntityTooLarge

from graph.store import Store
from graph.workers import ClientGoneError, QueryUsage
from web import (
    around,
    assets,
    authorization,
    bodies,
    checking,
    cite,
    clients,
    completion,
    compression,
    contradictions,
    description,
    direct,
    documents,
    entities,
    errors,
    extraction,
    fairness,
    graph_store,
    headers,
    health,
    history,
    home,
    ingestion,
    languages,
    metrics,
    openapi,
    pages,
    reconcile,
    records,
    review,
    runner,
    search,
    sitemap,
    sparql,
    store,
    tryout,
    vocabulary,
    writing,
)
from web.bodies import TOO_LARGE
from web.checking import close_validator
from web.config import Settings, read_settings
from web.direct import KEEP, PENDING
from web.extraction import close_extractor
from web.ingestion import close_ingestion, resume_jobs
from web.inline import BEGINNINGS, InlineQueries, InlineQuery, is_unfinished, parts_of
from web.listeners import EXTENSION as PLAN
from web.listeners import ListenerPlan, Listeners, ServerSide
from web.listeners import init_app as plan_listeners
from web.records import BEGAN
from web.runner import close_runner

# Beside those that a running or waiting query holds, so that the rest is answered meanwhile.
SPARE_THREADS = 8
POLL_SECONDS = 0.2
# How often connections are looked through for requests that take too long: to look each time that
# something comes would cost more than what comes.
LOOK_SECONDS = 0.5
# How long the server's own thread looks after a query before it leaves it to another.
PATIENCE_SECONDS = 0.1
# How long it looks for the next query after an answer before it sleeps: a client that asks one
# after the other is back sooner than a process that sleeps can be woken.
EAGER_SECONDS = 0.0001
# What a result may wait for its client before the one who makes it has to wait as well.
BUFFER_BYTES = 1 << 20
HEAPS = 2
# The number of this parameter in glibc's malloc.h.
_M_ARENA_MAX = -8

logger = getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLimits:
    """What the server gives to connections.

    ``drain_seconds`` is how long requests may go on after a signal to stop; the other
    settings are those of :class:`web.config.Settings`.
    """

    threads: int = SPARE_THREADS
    connections: int = 500
    request_seconds: float = 120.0
    drain_seconds: float = 40.0
    max_body_bytes: int = 1 << 20


def create_app(
    config: Mapping[str, Any] | None = None,
    *,
    unguarded: bool = False,
) -> Flask:
    """The service over one store.

    Args:
        config: settings by name, which win over the environment (see :mod:`web.config`);
            names without the prefix ``TANPU_`` are Flask's own. ``TANPU_STORE`` is the path
            of a store or a store that is already open.
        unguarded: for test suites alone: everybody may write, nothing is validated or noted, and
            the default graph is a graph like any other.

    Raises:
        ConfigError: for a setting that cannot be used.
        StoreError: when there is no readable store at the path.
    """
    given = dict(config or {})
    opened = take_open_store(given)
    settings = read_settings(given)
    app = Flask("web")
    app.config.from_mapping(
        {k: v for k, v in given.items() if not k.startswith("TANPU_")},
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
    )
    metrics.init_app(app, settings)
    direct.init_app(app)
    records.init_app(app, (records.log_record, metrics.find_metrics(app).count_request))
    clients.init_app(app, settings)
    # What is done to a response is done in the reverse order.
    compression.init_app(app)
    errors.init_app(app)
    bodies.init_app(app)
    fairness.init_app(app, settings)
    headers.init_app(app)
    store.init_app(app, settings, opened)
    runner.init_app(
        app, settings, app.extensions[store.EXTENSION], observe=partial(settle_query, app)
    )
    plan_listeners(app, settings, app.extensions[store.EXTENSION])
    extraction.init_app(app, settings)
    pages.init_app(app)
    languages.init_app(app)
    assets.init_app(app)
    home.init_app(app)
    authorization.init_app(app, app.extensions[store.EXTENSION], unguarded=unguarded)
    checking.init_app(app, settings, app.extensions[store.EXTENSION])
    writing.init_app(app, settings, app.extensions[store.EXTENSION], unguarded=unguarded)
    sparql.init_app(app, settings)
    completion.init_app(app)
    graph_store.init_app(app, settings, unguarded=unguarded)
    description.init_app(app)
    documents.init_app(app)
    history.init_app(app)
    entities.init_app(app, settings)
    cite.init_app(app)
    around.init_app(app)
    search.init_app(app, settings)
    sitemap.init_app(app)
    reconcile.init_app(app)
    review.init_app(app, settings)
    contradictions.init_app(app)
    tryout.init_app(app, settings)
    ingestion.init_app(app, settings, app.extensions[store.EXTENSION])
    openapi.init_app(app)
    vocabulary.init_app(app)
    health.init_app(app)
    return app


def settle_query(app: Flask, usage: QueryUsage) -> None:
    """Charges and counts a query that has ended."""
    fairness.charge_query(app, usage)
    metrics.find_metrics(app).count_query(usage)


def limits_of(settings: Settings) -> ServerLimits:
    """What the settings leave to the server: a thread for all that may run or wait."""
    waiting = settings.query_queue + settings.extraction_queue + settings.service_calls
    return ServerLimits(
        threads=settings.query_workers + waiting + SPARE_THREADS,
        connections=settings.connections,
        request_seconds=settings.request_seconds,
        drain_seconds=settings.query_seconds + 10.0,
        max_body_bytes=max(settings.max_body_bytes, settings.ingest_max_bytes),
    )


def take_open_store(config: dict[str, Any]) -> Store | None:
    """Takes the open store out of ``config``; None when there is a path or nothing."""
    value = config.get("TANPU_STORE")
    if value is None or isinstance(value, str | Path):
        return None
    store: Store = config.pop("TANPU_STORE")
    return store


def limit_heaps() -> None:
    """Let all threads share two heaps of the C library, where that is glibc.

    It gives them up to eight a core, each of which keeps the most that it ever held: under a
    mixed load the memory of the service grew for as long as the load went on.

    Source: mallopt(3), ``M_ARENA_MAX``.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(_M_ARENA_MAX, HEAPS)


def serve(
    app: Flask,
    host: str,
    port: int,
    *,
    limits: ServerLimits | None = None,
    listeners: Listeners | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT, then lets the requests end that have been read.

    A second signal ends it at once. Prints the address once the port is open. Must be called in
    the main thread, which alone may handle signals.

    Args:
        app: the application.
        host: the address to listen on.
        port: the port; 0 takes a free one.
        limits: what connections may take.
        listeners: processes that wait to accept connections; they end with the server.

    Raises:
        OSError: when the port cannot be had.
        JournalError: when the jobs of a former process cannot be read.
    """
    given = ServerLimits() if limits is None else limits
    limit_heaps()
    pages.compile_templates(app)
    sockets: dict[int, Any] = {}
    server = waitress.create_server(
        app,
        map=sockets,
        host=host,
        port=port,
        threads=given.threads,
        ident=None,
        connection_limit=given.connections,
        outbuf_high_watermark=BUFFER_BYTES,
        # Reads on while a request is answered, and so sees that a client has gone away.
        channel_request_lookahead=1,
        # The application itself decides whose headers it believes.
        clear_untrusted_proxy_headers=False,
        # A result that is broken off is logged where it breaks, and needs no trace here.
        log_socket_errors=False,
        # The smallest that is refused.
        max_request_body_size=given.max_body_bytes + 1,
        # What clients send is never put on the disk.
        inbuf_overflow=given.max_body_bytes + 1,
    )
    signals = 0

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal signals
        signals += 1

    previous = {sig: signal.signal(sig, stop) for sig in (signal.SIGTERM, signal.SIGINT)}
    address = f"[{host}]" if ":" in host else host
    loop = ServerLoop(app, sockets)
    if listeners is not None:
        loop.start(listeners, given.connections)
    print(f"http://{address}:{loop.port}/", flush=True)
    resume_jobs(app)
    # What was made until now stays, and need not be looked through for what can go.
    gc.freeze()
    overdue = OverdueRequests(given.request_seconds)
    try:
        look = time.monotonic()
        while signals == 0:
            loop.turn(POLL_SECONDS)
            if time.monotonic() >= look:
                overdue.close(_channels(sockets))
                look = time.monotonic() + LOOK_SECONDS
        if health.STOPPING in app.extensions:
            app.extensions[health.STOPPING].set()
        if listeners is not None:
            listeners.stop()
        stop_listening(sockets)
        deadline = time.monotonic() + given.drain_seconds
        while close_idle(_channels(sockets)) and signals == 1 and time.monotonic() < deadline:
            loop.turn(POLL_SECONDS)
    finally:
        if listeners is not None:
            listeners.close()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)
        close_runner(app)
        close_extractor(app)
        close_ingestion(app)
        # Last, since a job that is being stored needs it.
        close_validator(app)
        for sig, handler in previous.items():
            signal.signal(sig, handler)


class ServerLoop:
    """Waits for all connections of a server, and for the processes that evaluate plain queries.

    Args:
        app: the application.
        sockets: what is waited for, by file descriptor, as ``waitress.create_server`` fills it.
    """

    def __init__(self, app: Flask, sockets: dict[int, Any]) -> None:
        self._app = app
        self._sockets = sockets
        self._awake: deque[Channel] = deque()
        self._asked: dict[Channel, float] = {}
        self._answered: list[InlineQuery] = []
        self._eager_until = 0.0
        self._thread = threading.get_ident()
        self._servers = [s for s in sockets.values() if isinstance(s, BaseWSGIServer)]
        self.port = self._servers[0].effective_port
        for server in self._servers:
            queries = None
            if runner.EXTENSION in app.extensions:
                queries = InlineQueries(
                    parts_of(app),
                    server_name=server.server_name,
                    server_port=server.effective_port,
                )
            server.channel_class = partial(Channel, loop=self, queries=queries)
        self._pull_trigger = self._servers[0].pull_trigger

    def start(self, listeners: Listeners, most: int) -> None:
        """Let other processes accept connections, each so many at most."""
        plan: ListenerPlan | None = self._app.extensions.get(PLAN)
        if plan is None:
            return
        setup = plan.to_json(
            servers=[(server.server_name, server.effective_port) for server in self._servers],
            connections=most,
            idle_seconds=self._servers[0].adj.channel_timeout,
        )
        side = ServerSide(
            app=self._app,
            sockets=self._sockets,
            take_connection=partial(self._take_connection, most),
            accept=self._accept,
            observe=partial(settle_query, self._app),
        )
        listeners.start(side, setup, [server.socket for server in self._servers])

    def _accept(self, wanted: bool) -> None:
        """Accept connections from now on, or leave that to others."""
        for server in self._servers:
            server.accepting = wanted

    def _take_connection(
        self, most: int, position: int, stream: socket.socket, address: tuple[Any, ...], data: bytes
    ) -> None:
        """Go on with a connection that another process has accepted, and with what it has read."""
        if len(self._sockets) >= most:
            logger.warning("closed a connection: there are %d", most)
            stream.close()
            return
        server = self._servers[position]
        channel = server.channel_class(
            server, stream, server.fix_addr(address), server.adj, map=self._sockets
        )
        wasyncore.read(_Given(channel, data))

    def turn(self, seconds: float) -> None:
        """Do what there is to do, or wait so many seconds for it."""
        if self._asked:
            self._look(min(seconds, PATIENCE_SECONDS / 2))
        elif not self._look_eagerly():
            self._look(seconds)
        while self._awake:
            wasyncore.read(_Watched(self._awake.popleft()))
        if self._asked:
            late = time.monotonic() - PATIENCE_SECONDS
            for channel in [c for c, asked in self._asked.items() if asked < late]:
                wasyncore.read(_Watched(channel, is_late=True))
        answered, self._answered = self._answered, []
        for query in answered:
            query.settle()
        self._eager_until = time.perf_counter() + EAGER_SECONDS if answered else 0.0

    def _look(self, seconds: float) -> None:
        wasyncore.loop(seconds, use_poll=True, map=self._sockets, count=1)

    def _look_eagerly(self) -> bool:
        """Look again and again for a query soon after others; True once one has come."""
        while not (self._asked or self._answered):
            if time.perf_counter() >= self._eager_until:
                return False
            self._look(0.0)
        return True

    def settle(self, query: InlineQuery) -> None:
        """Charge and record a query that has been answered, once all have been that can be."""
        self._answered.append(query)

    def wake(self, channel: Channel) -> None:
        """Look after a channel's query soon; from any thread."""
        if threading.get_ident() != self._thread:
            self._awake.append(channel)
            self._pull_trigger()
        elif channel in self._asked:
            self._awake.append(channel)

    def begin(self, channel: Channel) -> None:
        """A channel has a query."""
        self._asked[channel] = time.monotonic()

    def watch(self, number: int, channel: Channel) -> None:
        """Look after a channel's query when there is something at a file descriptor."""
        if number not in self._sockets:
            self._sockets[number] = _Watched(channel)

    def end(self, number: int | None, channel: Channel) -> None:
        """A channel has no query any more."""
        self._asked.pop(channel, None)
        if number is not None:
            self._sockets.pop(number, None)


class _Watched:
    """A channel's query in the terms of the server's loop, which calls what is not told here."""

    accepting = False

    def __init__(self, channel: Channel, *, is_late: bool = False) -> None:
        self._channel = channel
        self._is_late = is_late

    def readable(self) -> bool:
        """Always: whatever comes is for the query."""
        return True

    def writable(self) -> bool:
        """Never: little is written, and at once."""
        return False

    def handle_read_event(self) -> None:
        """Get on with the query, or leave it to a thread when it is late."""
        if self._is_late:
            self._channel.hand_over()
        else:
            self._channel.advance()

    # Nobody will write any more, which the query finds out by reading.
    handle_close = handle_read_event
    handle_expt_event = handle_read_event

    def handle_error(self) -> None:
        """Give up the query, and log why: an error of this programme."""
        self._channel.handle_error()

    def close(self) -> None:
        """The file descriptor belongs to those who opened it."""


class _Given:
    """What has been read from a connection elsewhere, in the terms of the server's loop."""

    def __init__(self, channel: Channel, data: bytes) -> None:
        self._channel = channel
        self._data = data

    def handle_read_event(self) -> None:
        """Let the channel take it."""
        self._channel.received(self._data)

    def handle_error(self) -> None:
        """Give up the connection, and log why: an error of this programme."""
        self._channel.handle_error()


class _Abandoned:
    """A query that nobody waits for any more, for a thread: to end its process takes a while."""

    def __init__(self, query: InlineQuery) -> None:
        self._query = query

    def service(self) -> None:
        """Give the query up."""
        try:
            if self._query.pending is not None:
                self._query.pending.close()
        finally:
            self._query.settle(ClientGoneError("the client went away before the query ended"))

    def cancel(self) -> None:
        """The processes end with the server."""


class _Task(WSGITask):  # type: ignore[misc]
    """A request for the application, with the query that has been begun for it, if any."""

    def execute(self) -> None:
        """Let the application answer."""
        try:
            super().execute()
        finally:
            pending = (self.environ or {}).pop(PENDING, None)
            if pending is not None:
                pending.close()

    def finish(self) -> None:
        """End the answer; one to HEAD has no body, and so no end of one."""
        if not self.wrote_header:
            self.write(b"")
        if self.request.command == "HEAD":
            self.chunked_response = False
        super().finish()

    def set_close_on_finish(self) -> None:
        """Close the connection after the answer, unless it only has no length since it never has.

        The server would close it after each 204 and 304.
        """
        wanted = self.request.headers.get("CONNECTION", "").lower() == "close"
        if wanted or self.has_body or self.wrote_header or self.version == "1.0":
            super().set_close_on_finish()

    def get_environment(self) -> dict[str, Any]:
        """The environment of the request."""
        environ: dict[str, Any] = super().get_environment()
        query = self.channel.take_query()
        if query is not None:
            environ[PENDING] = query.pending
            environ[KEEP] = query.offer
            environ[BEGAN] = query.began
        return environ


class _LargeBodyTask(_Task):
    """A request whose body is larger than any may be: the application says so, and it ends.

    The body is not read on, so that the connection cannot be used again.
    """

    def get_environment(self) -> dict[str, Any]:
        """The environment of the request, without its body."""
        environ = super().get_environment()
        refused = self.channel.adj.max_request_body_size
        environ[TOO_LARGE] = refused - 1
        environ["wsgi.input"] = io.BytesIO()
        # Unknown where the body comes in chunks.
        environ["CONTENT_LENGTH"] = str(refused)
        return environ

    def execute(self) -> None:
        """Let the application answer."""
        super().set_close_on_finish()
        super().execute()


def _make_error_task(channel: Channel, request: HTTPRequestParser) -> Task:
    """What answers a request that the server refuses: most are none of HTTP at all."""
    if isinstance(request.error, RequestEntityTooLarge):
        return _LargeBodyTask(channel, request)
    return ErrorTask(channel, request)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection, of which plain queries are answered at once where they can be.

    Args:
        loop: what looks after it.
        queries: what takes on plain queries; None for an application without a store.
    """

    task_class = _Task
    error_task_class = staticmethod(_make_error_task)

    def __init__(
        self, *arguments: Any, loop: ServerLoop, queries: InlineQueries | None, map: Any
    ) -> None:
        self._loop = loop
        self._queries = queries
        self._query: InlineQuery | None = None
        self._handed: InlineQuery | None = None
        self._read = b""
        self._unfinished = bytearray()
        super().__init__(*arguments, map=map)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is owed, or not sent yet."""
        return bool(self._query or self.requests or self.total_outbufs_len)

    @property
    def running(self) -> object:
        """The request that is being read or answered; None where there is none."""
        return self._query or (*self.requests, self.request)[0] or self._unfinished or None

    def received(self, data: bytes) -> bool:
        """Take what has come."""
        if self._query is not None:
            # More than one request at once is for the server, as is all that follows.
            self._read += data
            self.hand_over()
            return True
        if self._unfinished:
            data = bytes(self._unfinished + data)
            self._unfinished.clear()
        if (
            self._queries is not None
            and data.startswith(BEGINNINGS)
            and self.request is None
            and not (self.is_busy or self.will_close or self.close_when_flushed)
        ):
            if is_unfinished(data):
                self._unfinished += data
                return True
            query = self._queries.begin(data, self.addr[0], lambda _: self._loop.wake(self))
            if query is not None:
                self._query, self._read = query, data
                self._loop.begin(self)
                self.advance()
                return True
        received: bool = super().received(data)
        return received

    def advance(self) -> None:
        """Get on with the query, if there is one, and answer it when that is possible."""
        query = self._query
        if query is None:
            return
        if not query.advance():
            number = query.fileno()
            if number is not None:
                self._loop.watch(number, self)
            return
        number = query.fileno()
        response = query.take_response()
        if response is None:
            self.hand_over()
            return
        self._loop.end(number, self)
        self._query, self._read = None, b""
        if self.connected:
            self._send_response(response)
        self._loop.settle(query)

    def hand_over(self) -> None:
        """Leave the query to a thread."""
        query, read = self._query, self._read
        assert query is not None
        self._loop.end(query.fileno(), self)
        self._query, self._read = None, b""
        self._handed = query
        if not self.connected or not super().received(read):
            self.take_query()
            self.server.add_task(_Abandoned(query))

    def send_continue(self) -> None:
        """Let the client go on with a body that it announces; a request without one is whole."""
        if self.request.completed:
            self.request.expect_continue = False
        else:
            super().send_continue()

    def service(self) -> None:
        """Answer a request in a thread."""
        super().service()
        query = self.take_query()
        if query is not None and query.pending is not None:
            query.pending.close()

    def handle_error(self) -> None:
        """Give up the connection, and its query, because of an error that is being handled."""
        logger.exception("closed a connection because of an error")
        query, self._query = self._query, None
        if query is not None:
            self._loop.end(query.fileno(), self)
            self.server.add_task(_Abandoned(query))
        self.handle_close()

    def take_query(self) -> InlineQuery | None:
        """The query that has been left to a thread, once."""
        query, self._handed = self._handed, None
        return query

    def _send_response(self, response: bytes) -> None:
        self.last_activity = time.time()
        try:
            sent = self.send(response)
        except OSError:
            self.will_close = True
            return
        if sent < len(response) and self.connected:
            rest = response[sent:]
            with self.outbuf_lock:
                self.outbufs[-1].append(rest)
                self.current_outbuf_count += len(rest)
                self.total_outbufs_len += len(rest)


class OverdueRequests:
    """Closes connections whose request takes too long, as when a client reads very slowly.

    The server itself closes those alone on which nothing moves, so that a client could hold a
    thread and a process for as long as it takes a byte now and then.

    Args:
        seconds: what a request may take from its first byte to the last one of its answer.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun: dict[Channel, tuple[object, float]] = {}

    def close(self, channels: Iterable[Channel]) -> None:
        """Close what is overdue now; to be called now and then, in the server's own thread."""
        now = time.monotonic()
        begun: dict[Channel, tuple[object, float]] = {}
        for channel in channels:
            running = channel.running
            if running is None and not channel.total_outbufs_len:
                continue
            request, since = self._begun.get(channel, (None, now))
            if request is not running:
                since = now
            if now - since > self._seconds:
                logger.warning("closed a connection whose request took over %g s", self._seconds)
                channel.handle_close()
            else:
                begun[channel] = (running, since)
        self._begun = begun


def stop_listening(sockets: Mapping[int, Any]) -> None:
    """Close the port, so that clients see at once that they must go elsewhere."""
    for listening in [s for s in sockets.values() if isinstance(s, BaseWSGIServer)]:
        listening.del_channel(sockets)
        listening.socket.close()


def close_idle(channels: Iterable[Channel]) -> bool:
    """Close the connections that nothing is owed on; True if there are others."""
    busy = False
    for channel in channels:
        if channel.is_busy:
            busy = True
        else:
            channel.handle_close()
    return busy


def _channels(sockets: Mapping[int, Any]) -> list[Channel]:
    return [s for s in sockets.values() if isinstance(s, Channel)]
