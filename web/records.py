"""One record a request: what was asked of which route, what came of it, and how long it took.

A record is made when the last byte has been sent, or the client is gone. It names no text of a
query and no client: both are hashed, clients with a key that the process forgets at its end, so
that records of one client can be told together and nobody can be found by them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from logging import INFO, getLogger
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, runtime_checkable

from flask import Flask, has_request_context, request

from graph.workers import ClientGoneError
from web.clients import address_to_key

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

EXTENSION = "tanpu.records"
REQUEST_ID = "X-Request-ID"
UNKNOWN_ROUTE = "(none)"
# When a request came, by ``time.perf_counter``, where its server knows that better.
BEGAN = "tanpu.began"
# The attribute of a log record under which a mapping stands whose items are told by themselves.
FIELDS = "tanpu_fields"
_ENVIRON_KEY = "tanpu.trace"
# What others may choose as an id: it is written to logs and sent back.
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_HASH_DIGITS = 16
# Methods that HTTP and WebDAV do not know are one in the counts, so that nobody can add more.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

access_log = getLogger("tanpu.access")


@dataclass(slots=True)
class Trace:
    """What is known of a request while it is answered; its parts are filled in on the way."""

    request_id: str
    route: str = UNKNOWN_ROUTE
    error: str | None = None
    query: str | None = None
    broken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """What became of a request.

    ``route`` is the template of the path; ``seconds`` count until the last byte; ``error`` is
    the class of the error that was answered, or that broke the body off; ``query`` and ``client``
    are hashes; ``complete`` is False where the body was broken off, be it that its client went.
    """

    request_id: str
    method: str
    route: str
    status: int
    seconds: float
    client: str
    query: str | None
    error: str | None
    complete: bool


RecordSink = Callable[[RequestRecord], None]


class Recorder:
    """Tells what became of requests to those who keep records.

    Args:
        sinks: called with each record, in the thread that answered.
    """

    def __init__(self, sinks: Iterable[RecordSink]) -> None:
        self.sinks = list(sinks)
        self._client_key = secrets.token_bytes(32)
        self._hash_client = lru_cache(maxsize=1024)(self._hash)

    def record(self, trace: Trace, *, method: str, status: int, began: float, address: str) -> None:
        """Record a request that is done.

        Args:
            trace: what was found out of it on the way.
            method: its method.
            status: of the response.
            began: when it came, by ``time.perf_counter``.
            address: where it came from.
        """
        seconds = time.perf_counter() - began
        self.record_ended(trace, method=method, status=status, seconds=seconds, address=address)

    def record_ended(
        self, trace: Trace, *, method: str, status: int, seconds: float, address: str
    ) -> None:
        """The same for a request that took so many seconds, and may have ended a while ago."""
        record = RequestRecord(
            request_id=trace.request_id,
            method=method if method in _METHODS else "(other)",
            route=trace.route,
            status=status,
            seconds=seconds,
            client=self._hash_client(address_to_key(address)),
            query=trace.query,
            error=trace.error,
            complete=not trace.broken,
        )
        for sink in self.sinks:
            sink(record)

    def _hash(self, key: str) -> str:
        digest = hashlib.blake2b(key.encode(), key=self._client_key, digest_size=_HASH_DIGITS // 2)
        return digest.hexdigest()


class Recorded:
    """A WSGI application whose requests are recorded."""

    def __init__(self, application: WSGIApplication, recorder: Recorder) -> None:
        self._application = application
        self._recorder = recorder

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, and record it when it is done."""
        began = environ.get(BEGAN, time.perf_counter())
        trace = Trace(choose_request_id(environ.get("HTTP_X_REQUEST_ID")))
        environ[_ENVIRON_KEY] = trace
        statuses = [500]

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            statuses.append(int(status.split(" ", 1)[0]))
            return start_response(status, [*headers, (REQUEST_ID, trace.request_id)], *rest)

        def finish(ending: _Ending) -> None:
            trace.broken = trace.broken or ending != "whole"
            if ending == "left" and trace.error is None:
                trace.error = ClientGoneError.__name__
            self._recorder.record(
                trace,
                method=environ["REQUEST_METHOD"],
                status=statuses[-1],
                began=began,
                address=environ.get("REMOTE_ADDR", ""),
            )

        try:
            body = self._application(environ, start)
        except BaseException:
            finish("whole")
            raise
        return _RecordedBody(body, finish)


# How the reading of a body ended: at its end, because it failed, or before either.
_Ending = Literal["whole", "failed", "left"]


class _RecordedBody:
    """A body that tells how it ended when it is closed.

    A server stops reading where its client has gone, and tells in no other way.
    """

    def __init__(self, body: Iterable[bytes], finish: Callable[[_Ending], None]) -> None:
        self._body = body
        self._pieces = iter(body)
        self._finish = finish
        self._ending: _Ending = "left"

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        self._ending = "failed"
        for piece in self._pieces:
            self._ending = "left"
            return piece
        self._ending = "whole"
        raise StopIteration

    def close(self) -> None:
        """Close the body, and tell; an error of closing must not hide it."""
        try:
            if isinstance(self._body, _Closable):
                self._body.close()
        finally:
            self._finish(self._ending)


@runtime_checkable
class _Closable(Protocol):
    def close(self) -> object: ...


def init_app(app: Flask, sinks: Sequence[RecordSink]) -> None:
    """Records every request of the application; the sinks may be added to."""
    recorder = Recorder(sinks)
    app.extensions[EXTENSION] = recorder
    app.before_request(note_route)
    app.wsgi_app = Recorded(app.wsgi_app, recorder)  # type: ignore[method-assign]


def note_route() -> None:
    """Fills in the template of the path; a path that none fits is not told."""
    if request.url_rule is not None:
        current_trace().route = request.url_rule.rule


def note_query(text: str) -> None:
    """Fills in the hash of a query."""
    current_trace().query = hash_query(text)


def hash_query(text: str) -> str:
    """What stands for a query in records.

    >>> hash_query("ASK {}") == hash_query("ASK { }"), len(hash_query("ASK {}"))
    (False, 16)
    """
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]


def note_error(error: Exception) -> None:
    """Fills in the class of the error that is answered."""
    current_trace().error = type(error).__name__


def current_trace() -> Trace:
    """The trace of the request; one that nobody reads where requests are not recorded."""
    return trace_of(request.environ) if has_request_context() else Trace("")


def trace_of(environ: WSGIEnvironment) -> Trace:
    """The trace of the request of an environment, as :func:`current_trace`."""
    trace: Trace | None = environ.get(_ENVIRON_KEY)
    return Trace("") if trace is None else trace


def choose_request_id(given: str | None) -> str:
    """The id that a client or a proxy gave if it is sane; a new one otherwise.

    >>> choose_request_id("a-1"), len(choose_request_id("a b"))
    ('a-1', 32)
    """
    if given is not None and _SANE_ID.fullmatch(given):
        return given
    return secrets.token_hex(16)


def log_record(record: RequestRecord) -> None:
    """Write a record to the access log."""
    if not access_log.isEnabledFor(INFO):
        return
    # As ``info`` does, which would also look for the line of the programme.
    access_log.handle(
        access_log.makeRecord(
            access_log.name,
            INFO,
            __file__,
            0,
            "%s %s %d",
            (record.method, record.route, record.status),
            None,
            extra={
                FIELDS: {
                    "request_id": record.request_id,
                    "method": record.method,
                    "route": record.route,
                    "status": record.status,
                    "seconds": round(record.seconds, 6),
                    "client": record.client,
                    "query": record.query,
                    "error": record.error,
                    "complete": record.complete,
                }
            },
        )
    )
