"""Headers of every response: security, cross-origin reads, and validators for caches.

Most answers depend on the store, the address and a few headers of the request alone. Their
validator is made of these before anything is asked of the store, so that a client that has the
answer already costs no query. It is a weak one: what it stands for may be compressed or not, and
a graph may come in another order.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.exceptions import PreconditionFailed

from graph.store import newest_snapshot
from web.errors import MalformedRequestError, answer_http_error
from web.store import current_store

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "img-src 'self' data:; object-src 'none'; script-src 'self'; style-src 'self'"
)
SHARED_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        # Never with credentials: what a browser sends by itself opens nothing here.
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Link, Location, Retry-After, X-Request-ID",
    }
)
# The Cache-Control of what a client may keep and must ask for again.
REVALIDATED = "no-cache"
_READS = ("GET", "HEAD", "OPTIONS")
UNCACHED = "no-store"
_ALLOWED_HEADERS = (
    "Accept, Authorization, Content-Type, Document-Id, Document-Published, Document-Source, "
    "Document-Title, Document-Url, Idempotency-Key, If-Match, If-None-Match, Prefer, X-Request-ID"
)
# What of a request may change an answer, as the server gives it.
_DECIDING_KEYS = (
    "wsgi.url_scheme",
    "HTTP_HOST",
    "SERVER_NAME",
    "SERVER_PORT",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
)
_DIGITS = 20
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::([0-9]{1,5}))?", re.ASCII)
_LAST_PORT = 65_535
# What of our code and its libraries may change an answer.
_PACKAGES = ("web", "graph", "ontology", "extract")
_LIBRARIES = ("pyoxigraph", "flask", "jinja2")
_SUFFIXES = (".py", ".rq", ".html", ".ttl", ".po", ".csv", ".txt", ".css", ".js", ".svg")


def init_app(app: Flask) -> None:
    """Sets the headers that all responses share, and answers clients that are up to date.

    Comes before the part that moves to the newest state of the store: then a validator may
    stand for something newer than it says, which is fetched once too often, and never for
    something older, which would be kept.
    """
    app.after_request(set_shared_headers)
    app.after_request(word_failed_condition)
    app.before_request(refuse_unusable_host)
    app.before_request(answer_if_unchanged)


def set_shared_headers(response: Response) -> Response:
    """Security headers, and the permission for other sites' scripts to read."""
    headers = response.headers
    for name, value in SHARED_HEADERS.items():
        headers.setdefault(name, value)
    if response.status_code == HTTPStatus.NO_CONTENT:
        headers.pop("Content-Type", None)
    if request.method == "OPTIONS":
        methods = sorted(response.allow or _READS)
        headers.setdefault("Access-Control-Allow-Methods", ", ".join(methods))
        headers.setdefault("Access-Control-Allow-Headers", _ALLOWED_HEADERS)
        headers.setdefault("Access-Control-Max-Age", "86400")
    may_keep = request.method in ("GET", "HEAD") and response.status_code < 400
    headers.setdefault("Cache-Control", REVALIDATED if may_keep else UNCACHED)
    return response


def word_failed_condition(response: Response) -> Response:
    """An error in place of the whole answer that would be sent with the status 412.

    A validator of an answer shows that the condition was looked at only once it was made. Weak
    ones are compared too, since most of ours are.
    """
    etag, _ = response.get_etag()
    is_other = (
        response.status_code == HTTPStatus.OK
        and request.method in ("GET", "HEAD")
        and "If-Match" in request.headers
        and not (request.if_match.star_tag or request.if_match.contains_weak(etag or ""))
    )
    failed = is_other or response.status_code == HTTPStatus.PRECONDITION_FAILED
    if etag is None or not failed:
        return response
    response.close()
    given = request.headers.get("If-Match")
    return answer_http_error(
        PreconditionFailed(f"expected the state of what is here in If-Match, got {given!r}")
    )


def refuse_unusable_host() -> None:
    """Refuse a request that does not say, or not once, which host it is meant for.

    Addresses in descriptions and relative names in queries are made of it.

    Source: RFC 9112, section 3.2.

    Raises:
        MalformedRequestError: for such a request; HTTP/1.0 need not say it.
    """
    host = request.environ.get("HTTP_HOST")
    if host is None and request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return
    named = None if host is None else _HOST.fullmatch(host)
    if named is None or int(named[1] or 0) > _LAST_PORT:
        raise MalformedRequestError(f"Host: expected the name of one host, got {host!r}")


def answer_if_unchanged() -> Response | None:
    """304 when the client has what it would be sent; None when it must be made.

    A validator of this sort was once sent with that very answer, so that nothing else needs
    to be looked at: there is such a page, in a format that the client takes.

    Raises:
        StoreError: when there is no store to be read any more.
    """
    if request.method not in ("GET", "HEAD") or request.endpoint == "static":
        return None
    g.store_validator = store_validator(current_store().path, request.environ)
    if g.store_validator is None or not request.if_none_match.contains_weak(g.store_validator):
        return None
    if request.if_none_match.star_tag:
        return None
    response = Response(status=HTTPStatus.NOT_MODIFIED)
    response.set_etag(g.store_validator, weak=True)
    response.headers["Cache-Control"] = REVALIDATED
    response.vary.update(("Accept", "Accept-Encoding"))
    return response


def store_validator(store: Path | None, environ: WSGIEnvironment) -> str | None:
    """What stands for the answer to a request as long as the store does not change.

    None where the store has no published states: in memory, or before the first.

    Args:
        store: the folder of the store; None for one in memory.
        environ: the request.

    Raises:
        StoreError: when there is no store to be read any more.
    """
    return None if store is None else state_validator(newest_snapshot(store).stamp, environ)


def state_validator(stamp: tuple[int, ...], environ: WSGIEnvironment) -> str:
    """What stands for the answer to a request in the state of a store.

    Args:
        stamp: of the snapshot with that state.
        environ: the request.
    """
    parts = [
        programme_digest(),
        stamp,
        *(environ.get(key) for key in _DECIDING_KEYS),
    ]
    return hashlib.sha256(repr(parts).encode("ascii", "backslashreplace")).hexdigest()[:_DIGITS]


@cache
def programme_digest() -> str:
    """A digest of what makes answers beside the store: our files, and versions of libraries."""
    digest = hashlib.sha256("".join(f"{n} {version(n)} " for n in _LIBRARIES).encode())
    for package in _PACKAGES:
        for content in _read_files(files(package)):
            digest.update(content)
    return digest.hexdigest()


def _read_files(folder: Traversable) -> Iterator[bytes]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            # What scripts are built from makes no answer, and may be thousands of files.
            if entry.name != "frontend":
                yield from _read_files(entry)
        elif entry.name.endswith(_SUFFIXES):
            yield entry.name.encode()
            yield entry.read_bytes()


def revalidatable(response: Response) -> Response:
    """Gives a successful response the validator of the store's state; the client asks each time.

    For what is the same as long as the store is. Where the store has no published states, the
    validator is a digest of the body.
    """
    if g.get("store_validator") is None:
        return revalidatable_by_body(response)
    return revalidatable_by_store(response)


def revalidatable_by_store(response: Response) -> Response:
    """The same for a body that can be read only once: none without published states."""
    validator = g.get("store_validator")
    if validator is not None and response.status_code == HTTPStatus.OK:
        response.set_etag(validator, weak=True)
        response.headers["Cache-Control"] = REVALIDATED
    return response


def revalidatable_by_body(response: Response) -> Response:
    """Gives a successful response a digest of its body as validator; 304 where the client has it.

    For what also depends on anything but the store and the request.
    """
    if response.status_code == HTTPStatus.OK:
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:_DIGITS], weak=True)
        response.headers["Cache-Control"] = REVALIDATED
        response.make_conditional(request)
    return response
