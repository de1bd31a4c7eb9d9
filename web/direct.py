"""Plain SPARQL queries, answered before the framework is asked.

Most of what a small query cost was the framework's: routing, contexts, objects for request and
response, and hooks that have nothing to do for it. So a request that is ``GET /sparql?query=…``
with nothing else in its address, or a ``POST`` of such a form or of a short query, with no token
and no condition, for a format other than HTML, is answered here, by the same functions that the
views use. Whatever is not as plain as that goes to the framework as it came; so does a client whose
budget is spent. A query that fails, or whose result is too long to be held back, is taken to the
framework's errors and responses.
"""

from __future__ import annotations

import binascii
import io
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_plus

from flask import Flask, g
from werkzeug.http import quote_etag
from werkzeug.sansio.utils import get_current_url, get_host

from graph.errors import GraphError
from graph.evaluation import PAGE, QueryTask
from graph.federation.text import may_call_services
from graph.workers import Answer, PendingAnswer, QueryRunner
from web import fairness, runner, store
from web.clients import address_to_key
from web.compression import LEAST_BYTES, compress_whole, is_compressible, read_encoding
from web.errors import MalformedRequestError, WebError
from web.fairness import TimeBudget
from web.formats import content_type_of
from web.headers import REVALIDATED, SHARED_HEADERS, UNCACHED, store_validator
from web.records import hash_query, trace_of
from web.runner import CLIENT_GONE, read_beginning, read_iri, respond_begun
from web.sparql import FORM, QUERY, begin_answer, choose_formats, finish_response, is_volatile

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/sparql"
# Where the server puts the answer that it has begun to wait for itself (see :mod:`web.inline`); it
# is taken away from there by whoever goes on with it.
PENDING = "tanpu.pending"
# Where it puts what takes the answer once it is whole: its media type, and its body as evaluated.
KEEP = "tanpu.keep"
_PARAMETER = "query="
# What makes an answer depend on more than the query and the formats, or asks for a part of it.
_SPECIAL_KEYS = frozenset(
    {
        "HTTP_AUTHORIZATION",
        "HTTP_CONTENT_ENCODING",
        "HTTP_IF_MATCH",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_IF_UNMODIFIED_SINCE",
        "HTTP_RANGE",
        "HTTP_TRANSFER_ENCODING",
    }
)
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?", re.ASCII)
# The body of a longer query is left to the framework.
MOST_BODY_BYTES = 1 << 14
# As most clients write them; other spellings are read by the framework.
_FORM_TYPES, _QUERY_TYPES = (
    frozenset(
        {name, *(f"{name};{space}charset={c}" for space in ("", " ") for c in ("utf-8", "UTF-8"))}
    )
    for name in (FORM, QUERY)
)
# A longer query is read anew each time.
_REMEMBERED_LENGTH = 4096


class DirectQueries:
    """A WSGI application that answers plain queries, and leaves the rest to the framework.

    Args:
        app: the application whose store, processes and budgets are used.
        framework: what answers all other requests.
    """

    def __init__(self, app: Flask, framework: WSGIApplication) -> None:
        self._app = app
        self._framework = framework
        self._most_body_bytes = most_body_bytes(app)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        began = time.thread_time()
        plain = read_plain_query(environ, take_body(environ, self._most_body_bytes))
        share = address_to_key(environ.get("REMOTE_ADDR", ""))
        budget: TimeBudget = self._app.extensions[fairness.EXTENSION]
        is_begun = PENDING in environ
        if plain is None or (not is_begun and budget.seconds_to_wait(share) > 0):
            return self._framework(environ, start_response)
        trace = trace_of(environ)
        trace.route, trace.query = PATH, plain.digest
        known = _Known(began=began, share=share)
        try:
            # Before the query is asked: see :func:`web.headers.init_app`.
            if not plain.is_posted:
                known.validator = store_validator(
                    self._app.extensions[store.EXTENSION].path, environ
                )
            answer = self._begin(plain.task, share, environ)
            beginning, whole = read_beginning(answer)
        except (GraphError, WebError) as error:
            return self._refuse(error, known, environ, start_response)
        if not whole:
            return self._stream(answer, beginning, plain.task.text, known, environ, start_response)
        result = b"".join(beginning)
        keep: Callable[[str, bytes], None] | None = environ.get(KEEP)
        if keep is not None:
            keep(answer.header.media_type, result)
        body, headers = make_response(
            result,
            answer.header.media_type,
            validator=None if plain.is_volatile else known.validator,
            accepted_encodings=environ.get("HTTP_ACCEPT_ENCODING"),
            is_posted=plain.is_posted,
        )
        start_response("200 OK", headers)
        budget.charge(share, time.thread_time() - began)
        return [body]

    def _begin(self, task: QueryTask, share: str, environ: WSGIEnvironment) -> Answer:
        evaluator: QueryRunner = self._app.extensions[runner.EXTENSION]

        def ask(task: QueryTask) -> Answer:
            is_gone = environ.get(CLIENT_GONE)
            pending: PendingAnswer | None = environ.pop(PENDING, None)
            if pending is not None:
                return pending.wait(is_gone)
            return evaluator.answer(task, client=share, is_gone=is_gone)

        return begin_answer(task, ask, wanted=environ.get("HTTP_ACCEPT"))

    def _refuse(
        self,
        error: Exception,
        known: _Known,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """What the framework answers to an error of the query."""
        with self._app.request_context(environ):
            known.tell_framework()
            response = self._app.make_response(self._app.handle_user_exception(error))
            response = self._app.process_response(response)
        return response(environ, start_response)

    def _stream(
        self,
        answer: Answer,
        beginning: Sequence[bytes],
        text: str,
        known: _Known,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """What the framework makes of an answer that is still being evaluated."""
        with self._app.request_context(environ):
            known.tell_framework()
            response = finish_response(respond_begun(answer, beginning, whole=False), text)
            response = self._app.process_response(response)
        return response(environ, start_response)


@dataclass(slots=True, kw_only=True)
class _Known:
    """What has been found out of a request, for hooks of the framework that would find it out."""

    began: float
    share: str
    validator: str | None = None

    def tell_framework(self) -> None:
        """Put it where the hooks look."""
        g.thread_seconds = self.began
        g.share = self.share
        g.store_validator = self.validator


def init_app(app: Flask) -> None:
    """Puts the answers to plain queries before the framework, within what is there already."""
    app.wsgi_app = DirectQueries(app, app.wsgi_app)  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainQuery:
    """A plain query, its hash for the records, and whether each answer to it is another one.

    ``parameters`` are what the query string of a request by ``GET`` says, or would say.
    """

    task: QueryTask
    digest: str
    is_volatile: bool
    parameters: str
    is_posted: bool = False


def most_body_bytes(app: Flask) -> int:
    """How long the body of a plain query may be."""
    most: int = app.config["MAX_CONTENT_LENGTH"]
    return min(MOST_BODY_BYTES, most)


def take_body(environ: WSGIEnvironment, most: int) -> bytes:
    """The body of a request that may be a plain query, which others can read again; else nothing.

    Args:
        environ: the request.
        most: how many bytes it may have.
    """
    length = environ.get("CONTENT_LENGTH") or "0"
    if (
        environ["REQUEST_METHOD"] != "POST"
        or environ.get("PATH_INFO") != PATH
        or not (length.isascii() and length.isdigit())
        or int(length) > most
    ):
        return b""
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def read_plain_query(environ: WSGIEnvironment, body: bytes = b"") -> PlainQuery | None:
    """The query of a request that is as plain as the module says; None for any other.

    Args:
        environ: the request.
        body: what has been read of its body.
    """
    host, accept = environ.get("HTTP_HOST", ""), environ.get("HTTP_ACCEPT")
    if (
        environ.get("PATH_INFO") != PATH
        or environ.get("SCRIPT_NAME")
        # Before HTTP/1.1 a result is sent once it is complete.
        or environ.get("SERVER_PROTOCOL") != "HTTP/1.1"
        or environ.get("CONTENT_LENGTH", "0") not in ("", str(len(body)))
        or not _SPECIAL_KEYS.isdisjoint(environ)
        or not _HOST.fullmatch(host)
    ):
        return None
    method = environ["REQUEST_METHOD"]
    parameters = environ.get("QUERY_STRING", "") if method == "GET" else None
    if method == "POST" and not environ.get("QUERY_STRING"):
        parameters = _read_posted(environ.get("CONTENT_TYPE", ""), body)
    if parameters is None:
        return None
    remembered = len(parameters) + len(accept or "") <= _REMEMBERED_LENGTH
    read = _read_plain_query if remembered else _read_plain_query.__wrapped__
    return read(parameters, accept, environ["wsgi.url_scheme"], host, method == "POST")


def _read_posted(content_type: str, body: bytes) -> str | None:
    """What a body would be as a query string; None for one that is no query."""
    try:
        if content_type in _FORM_TYPES:
            return body.decode("ascii")
        if content_type in _QUERY_TYPES:
            return _PARAMETER + quote_plus(body.decode("utf-8"))
    except UnicodeDecodeError:
        return None
    return None


@lru_cache(maxsize=256)
def _read_plain_query(
    parameters: str, accept: str | None, scheme: str, host: str, is_posted: bool
) -> PlainQuery | None:
    """The same for what is left to decide.

    That is: other parameters, bytes not in UTF-8, a page, a clause for another endpoint, no IRI.
    """
    if not parameters.startswith(_PARAMETER) or "&" in parameters or not parameters.isascii():
        return None
    try:
        text = decode_value(parameters.removeprefix(_PARAMETER).encode("ascii"))
        base = _make_base(scheme, host)
    except (UnicodeDecodeError, MalformedRequestError):
        return None
    bindings, boolean, graph = choose_formats(accept)
    if not text.strip() or may_call_services(text) or PAGE in (bindings, boolean, graph):
        return None
    task = QueryTask(
        text=text,
        base=base,
        bindings_format=bindings,
        boolean_format=boolean,
        graph_format=graph,
    )
    return PlainQuery(
        task=task,
        digest=hash_query(text),
        is_volatile=is_volatile(text),
        parameters=parameters,
        is_posted=is_posted,
    )


def decode_value(value: bytes) -> str:
    """The text of a value in a form.

    The escapes are turned into those of quoted-printable, which the standard library decodes in C;
    it takes a tenth of the time of ``urllib.parse.unquote_plus``, of which a query has hundreds.

    Raises:
        UnicodeDecodeError: when it is not in UTF-8.

    >>> decode_value(b"a+b%3D%E7%A2%B3%zz=")
    'a b=碳%zz='
    """
    if b"\n" not in value and b"\r" not in value:
        escaped = value.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")
        decoded = binascii.a2b_qp(escaped)
        # Each escape is two bytes shorter now, unless it was broken.
        if len(decoded) == len(value) - 2 * value.count(b"%"):
            return decoded.decode("utf-8")
    return unquote_plus(value.decode("ascii"), errors="strict")


@lru_cache(maxsize=256)
def _make_base(scheme: str, host: str) -> str:
    """What relative names are resolved against: the address of the endpoint, as the views have it.

    Raises:
        MalformedRequestError: when that is no IRI.
    """
    known = get_host(scheme, host)
    if not known:
        raise MalformedRequestError(f"Host: expected the name of one host, got {host!r}")
    return read_iri("Host", get_current_url(scheme, known, "", PATH))


def make_response(
    body: bytes,
    media_type: str,
    *,
    validator: str | None,
    accepted_encodings: str | None,
    is_posted: bool,
) -> tuple[bytes, list[tuple[str, str]]]:
    """The body of a successful response as it is sent, and its headers.

    Args:
        body: the result.
        media_type: its format.
        validator: what stands for it as long as the store does not change; None for nothing.
        accepted_encodings: what the client's ``Accept-Encoding`` says.
        is_posted: whether the query came by ``POST``, whose answer nobody keeps.
    """
    headers = [("Content-Type", content_type_of(media_type))]
    vary = "Accept"
    if len(body) >= LEAST_BYTES and is_compressible(media_type):
        vary = "Accept, Accept-Encoding"
        encoding = read_encoding(accepted_encodings)
        if encoding is not None:
            body = compress_whole(body, encoding)
            headers.append(("Content-Encoding", encoding))
    caching = UNCACHED if is_posted else REVALIDATED
    headers += [("Content-Length", str(len(body))), ("Vary", vary), ("Cache-Control", caching)]
    if validator is not None:
        headers.append(("ETag", quote_etag(validator, weak=True)))
    headers += SHARED_HEADERS.items()
    return body, headers
