"""Plain queries that are answered in the server's own thread, which waits for all connections.

To hand a small query to another thread, and its answer back, costs more than to answer it. So
the server shows each piece of bytes that begins a request to :meth:`InlineQueries.begin`. If it is
a whole request for a plain query (see :mod:`web.direct`), a process evaluates it, and the server's
thread looks after it whenever something has come of it, beside all connections; nothing here
waits. A query whose cost is known to be small (see :mod:`graph.point_queries`) is evaluated at
once. An answer that fails, is long, or does not come soon is left to a thread, which goes on with
the same evaluation (:data:`web.direct.PENDING`); so is each other request, from its beginning.

Small answers are kept for as long as the store stays as it is, so that what many ask costs no
evaluation.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from flask import Flask
from werkzeug.http import http_date

from graph.errors import GraphError
from graph.point_queries import PointQueries
from graph.store import Store, newest_snapshot
from graph.workers import PendingAnswer, WorkerPool
from web import clients, fairness, metrics, records, runner, store
from web.clients import Proxies, address_to_key
from web.direct import (
    MOST_BODY_BYTES,
    PATH,
    PlainQuery,
    make_response,
    most_body_bytes,
    read_plain_query,
)
from web.errors import problem_of
from web.headers import programme_digest, state_validator
from web.records import REQUEST_ID, Trace, choose_request_id

# How a request begins that is worth a second look.
BEGINNINGS = (f"GET {PATH}?query=".encode(), _POST := f"POST {PATH} HTTP/1.1\r\n".encode())
# Larger answers are not kept, and all that are kept together are not larger.
KEPT_BYTES, ALL_KEPT_BYTES = 1 << 14, 1 << 25
# What an answer takes beside its bytes, about.
ENTRY_BYTES = 512
_OK = 200
_FIRST_LINE = re.compile(
    rb"GET " + PATH.encode() + rb"\?([-A-Za-z0-9%+._~!$'()*,;:@/?=&]+) HTTP/1\.1\r\n"
    rb"|" + re.escape(_POST)
)
_LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: *([0-9]{1,5})\r\n")
_END = b"\r\n\r\n"
# Names with an underscore, and all that is not ASCII, are left to the server.
_HEADER_LINES = re.compile(rb"(?:[-!#$%&'*+.^`|~0-9A-Za-z]+:[\t\x20-\x7e]*\r\n)*\r\n")
_REMEMBERED_LENGTH = 2048
# What of a request is for the server, or for the connection.
_OTHERS_HEADERS = frozenset({"HTTP_EXPECT", "HTTP_UPGRADE", "HTTP_TE"})
_CONTENT_HEADERS = frozenset({"CONTENT_LENGTH", "CONTENT_TYPE"})


@dataclass(slots=True)
class KeptAnswers:
    """Answers that may be asked for again, those that were asked for last; for one thread."""

    _answers: OrderedDict[str, tuple[str, bytes]]
    _bytes: int
    _stamp: tuple[int, ...]

    def __init__(self) -> None:
        self._answers = OrderedDict()
        self._bytes = 0
        self._stamp = ()

    def move_to(self, stamp: tuple[int, ...]) -> None:
        """Forget what was of another state of the store than the one with this stamp."""
        if stamp != self._stamp:
            self._stamp = stamp
            self._answers.clear()
            self._bytes = 0

    def find(self, validator: str | None) -> tuple[str, bytes] | None:
        """The media type and the body that a validator stands for, if they have been kept."""
        if validator is None or validator not in self._answers:
            return None
        self._answers.move_to_end(validator)
        return self._answers[validator]

    def keep(self, validator: str | None, media_type: str, body: bytes) -> None:
        """Keep an answer, unless it is long or nothing stands for it."""
        if validator is None or len(body) > KEPT_BYTES or validator in self._answers:
            return
        self._answers[validator] = (media_type, body)
        self._bytes += ENTRY_BYTES + len(body)
        while self._bytes > ALL_KEPT_BYTES:
            _, (_, oldest) = self._answers.popitem(last=False)
            self._bytes -= ENTRY_BYTES + len(oldest)


class Budget(Protocol):
    """What clients may use, as :class:`web.fairness.TimeBudget`."""

    def seconds_to_wait(self, client: str) -> float:
        """How long a client has to wait until it may use any more; 0 when it may now."""

    def charge(self, client: str, seconds: float) -> None:
        """Charge a client with what it has used."""


class Recording(Protocol):
    """What keeps records of requests, as :class:`web.records.Recorder`."""

    def record(self, trace: Trace, *, method: str, status: int, began: float, address: str) -> None:
        """Record a request that is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryParts:
    """What plain queries are answered with.

    ``store`` is the folder of the store, None for one in memory; ``pool`` has the processes, and
    ``points`` answers what needs none. Without a pool all else is left to the server.
    """

    store: Path | None
    points: PointQueries | None
    pool: WorkerPool | None
    most_body_bytes: int
    proxies: Proxies
    budget: Budget
    recorder: Recording
    count_kept: Callable[[], None]


def parts_of(app: Flask) -> QueryParts:
    """The parts of an application."""
    opened: Store = app.extensions[store.EXTENSION]
    evaluator = app.extensions[runner.EXTENSION]
    return QueryParts(
        store=opened.path,
        points=app.extensions.get(runner.POINT_QUERIES),
        pool=evaluator if isinstance(evaluator, WorkerPool) else None,
        most_body_bytes=most_body_bytes(app),
        proxies=app.extensions[clients.EXTENSION],
        budget=app.extensions[fairness.EXTENSION],
        recorder=app.extensions[records.EXTENSION],
        count_kept=metrics.find_metrics(app).count_kept,
    )


class InlineQueries:
    """Takes on plain queries for a server; to be used in its own thread alone.

    Args:
        parts: whose store, processes and budgets are used.
        server_name: what the server calls itself.
        server_port: the port that it listens on.
    """

    def __init__(self, parts: QueryParts, *, server_name: str, server_port: int) -> None:
        self._parts = parts
        self._server = {
            "SCRIPT_NAME": "",
            "PATH_INFO": PATH,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_NAME": server_name,
            "SERVER_PORT": str(server_port),
            "wsgi.url_scheme": "http",
        }
        self.budget = parts.budget
        self.recorder = parts.recorder
        self.kept = KeptAnswers()
        self._offered: deque[tuple[str | None, str, bytes]] = deque()
        # Reads all files of the programme, which no query should wait for.
        programme_digest()

    def begin(
        self, data: bytes, address: str, wake: Callable[[InlineQuery], None]
    ) -> InlineQuery | None:
        """The query that is asked by some bytes; None where the server must read them itself.

        Args:
            data: what has come at the beginning of a request.
            address: where it comes from.
            wake: called in any thread when the query should be looked after.
        """
        began = time.perf_counter()
        parts = self._parts
        request = read_request(data)
        if request is None or (parts.pool is None and parts.points is None):
            return None
        environ, body = request
        if len(body) > parts.most_body_bytes:
            return None
        environ.update(self._server)
        if parts.proxies.are_at(address):
            environ["REMOTE_ADDR"] = address
            parts.proxies.look_behind(environ)
            address = environ["REMOTE_ADDR"]
        plain = read_plain_query(environ, body)
        share = address_to_key(address)
        if plain is None or self.budget.seconds_to_wait(share) > 0:
            return None
        if not (plain.task.bindings_format or plain.task.boolean_format or plain.task.graph_format):
            return None
        trace = Trace(choose_request_id(environ.get("HTTP_X_REQUEST_ID")), PATH, None, plain.digest)
        query = InlineQuery(
            queries=self,
            plain=plain,
            address=address,
            share=share,
            accepted_encodings=environ.get("HTTP_ACCEPT_ENCODING"),
            trace=trace,
            began=began,
        )
        try:
            if parts.store is not None and not plain.is_volatile:
                stamp = newest_snapshot(parts.store).stamp
                self.kept.move_to(stamp)
                while self._offered:
                    self.kept.keep(*self._offered.popleft())
                environ["QUERY_STRING"] = plain.parameters
                query.validator = state_validator(stamp, environ)
            query.kept = self.kept.find(query.validator)
            query.thread_seconds = time.perf_counter() - began
            if query.kept is not None:
                parts.count_kept()
            elif not self._answer_point(query):
                if parts.pool is None:
                    return None
                query.pending = parts.pool.begin(plain.task, client=share, wake=lambda: wake(query))
        except GraphError:
            # The framework meets the same error, or a better moment.
            return None
        return query

    def offer(self, validator: str | None, media_type: str, body: bytes) -> None:
        """Let an answer be kept that was waited for in another thread; called there."""
        if validator is not None and len(body) <= KEPT_BYTES:
            self._offered.append((validator, media_type, body))

    def _answer_point(self, query: InlineQuery) -> bool:
        """Answer a query that is known to cost little; False for any other."""
        points = self._parts.points
        if points is None:
            return False
        found = points.answer(query.plain.task, client=query.share)
        if found is None:
            return False
        header, body = found
        query.kept = header.media_type, body
        self.kept.keep(query.validator, *query.kept)
        return True


@dataclass(slots=True, kw_only=True, eq=False)
class InlineQuery:
    """A plain query that has been taken on, and what is known of its request."""

    queries: InlineQueries
    plain: PlainQuery
    address: str
    share: str
    accepted_encodings: str | None
    trace: Trace
    began: float
    thread_seconds: float = 0.0
    validator: str | None = None
    kept: tuple[str, bytes] | None = None
    pending: PendingAnswer | None = None

    def fileno(self) -> int | None:
        """What can be read when :meth:`advance` should be called; None where nothing tells."""
        return None if self.pending is None else self.pending.fileno()

    def advance(self) -> bool:
        """Get as far as it goes without waiting; False when more will come by itself."""
        return self.pending is None or self.pending.advance()

    def take_response(self) -> bytes | None:
        """The response, head and body; None where a thread must wait for the rest."""
        began = time.perf_counter()
        found = self.kept
        if found is None:
            assert self.pending is not None
            whole = self.pending.take_whole()
            if whole is None:
                return None
            header, pieces = whole
            found = header.media_type, b"".join(pieces)
            self.queries.kept.keep(self.validator, *found)
        media_type, body = found
        body, headers = make_response(
            body,
            media_type,
            validator=None if self.plain.is_posted else self.validator,
            accepted_encodings=self.accepted_encodings,
            is_posted=self.plain.is_posted,
        )
        headers.append((REQUEST_ID, self.trace.request_id))
        headers.append(("Date", _write_date(int(time.time()))))
        self.thread_seconds += time.perf_counter() - began
        return write_head(headers) + body

    def offer(self, media_type: str, body: bytes) -> None:
        """Let the answer be kept, which another thread has waited for; called there."""
        self.queries.offer(self.validator, media_type, body)

    def settle(self, error: Exception | None = None) -> None:
        """Charge and record what has been answered, or why nothing could be."""
        status = _OK
        if error is not None:
            status, self.trace.error = problem_of(error).status, type(error).__name__
        self.queries.budget.charge(self.share, self.thread_seconds)
        self.queries.recorder.record(
            self.trace,
            method="POST" if self.plain.is_posted else "GET",
            status=status,
            began=self.began,
            address=self.address,
        )


def is_unfinished(data: bytes) -> bool:
    r"""Whether the rest of a short body is still to come, which some clients send by itself.

    >>> is_unfinished(b"POST /sparql HTTP/1.1\r\nContent-Length: 2\r\n\r\nA")
    True
    """
    if not data.startswith(_POST) or _END not in data:
        return False
    head = data.partition(_END)[0] + b"\r\n"
    length = _LENGTH.search(head)
    missing = 0 if length is None else len(head) + 2 + int(length[1]) - len(data)
    return 0 < missing <= MOST_BODY_BYTES


def read_request(data: bytes) -> tuple[dict[str, str], bytes] | None:
    r"""What a request says in the terms of WSGI, its query and its headers, and its body.

    None where the bytes are not exactly one request with nothing unusual.

    >>> read_request(b"GET /sparql?query=ASK+%7B%7D HTTP/1.1\r\nHost: a\r\n\r\n")
    ({'HTTP_HOST': 'a', 'REQUEST_METHOD': 'GET', 'QUERY_STRING': 'query=ASK+%7B%7D'}, b'')
    """
    first = _FIRST_LINE.match(data)
    if first is None:
        return None
    method, body, lines = "GET", b"", data[first.end() :]
    if first[1] is None:
        method, (lines, end, body) = "POST", lines.partition(_END)
        lines += end
    read = _read_headers if len(lines) <= _REMEMBERED_LENGTH else _read_headers.__wrapped__
    headers = read(lines)
    # A body without its length is not one, and the beginning of another request.
    if headers is None or headers.get("CONTENT_LENGTH", "0") != str(len(body)):
        return None
    query = "" if first[1] is None else first[1].decode("ascii")
    return {**headers, "REQUEST_METHOD": method, "QUERY_STRING": query}, body


# A client sends the same ones with each query.
@lru_cache(maxsize=256)
def _read_headers(lines: bytes) -> Mapping[str, str] | None:
    if _HEADER_LINES.fullmatch(lines) is None:
        return None
    headers: dict[str, str] = {}
    for line in lines.decode("ascii").split("\r\n")[:-2]:
        name, _, value = line.partition(":")
        key = name.upper().replace("-", "_")
        key = key if key in _CONTENT_HEADERS else f"HTTP_{key}"
        if key in headers or key in _OTHERS_HEADERS:
            return None
        headers[key] = value.strip(" \t")
    if headers.pop("HTTP_CONNECTION", "keep-alive").lower() != "keep-alive":
        return None
    return MappingProxyType(headers)


# For one second after another.
@lru_cache(maxsize=1)
def _write_date(seconds: int) -> str:
    return http_date(seconds)


def write_head(headers: Sequence[tuple[str, str]]) -> bytes:
    """The head of a successful response, with the empty line after it."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {_OK} OK\r\n{lines}\r\n".encode("latin-1")
