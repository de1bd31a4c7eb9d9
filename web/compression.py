"""Compressed bodies: zstd or gzip, as ``Accept-Encoding`` says, whole or while they are made.

A body that is sent in pieces is compressed piece by piece, at constant memory, and one that
breaks off stays broken off: the error passes through, and neither the end of the compressed data
nor that of the chunked body is ever written.

Source: RFC 9110, sections 8.8.3 and 12.5.3.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from types import MappingProxyType
from typing import Protocol

import zstandard
from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

ZSTD_LEVEL = 3
GZIP_LEVEL = 5
# Smaller ones fit into one packet anyway.
LEAST_BYTES = 600
# What programs and browsers send is shorter; only that is remembered.
_REMEMBERED_LENGTH = 300
_GZIP_BITS = 16 + zlib.MAX_WBITS
_SUBTYPES = frozenset({"json", "xml", "javascript", "n-triples", "n-quads", "trig"})


class Compressor(Protocol):
    """What makes compressed pieces of plain ones; ``flush`` gives the rest."""

    def compress(self, data: bytes, /) -> bytes:
        """What can be sent already of all that was given; often nothing."""

    def flush(self) -> bytes:
        """What is left, and the end."""


# The first is ours to choose where a client likes several equally.
COMPRESSORS: Mapping[str, Callable[[], Compressor]] = MappingProxyType(
    {
        "zstd": lambda: zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj(),
        "gzip": lambda: zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, _GZIP_BITS),
    }
)


def init_app(app: Flask) -> None:
    """Compresses what is worth it, after everything else has been said about a response."""
    app.after_request(compress_response)


def compress_response(response: Response) -> Response:
    """The response as the client would have it."""
    length = response.content_length
    if (
        not is_compressible(response.mimetype)
        or response.status_code in (HTTPStatus.NOT_MODIFIED, HTTPStatus.PARTIAL_CONTENT)
        or "Content-Encoding" in response.headers
        or (length is not None and length < LEAST_BYTES)
    ):
        return response
    response.vary.add("Accept-Encoding")
    encoding = read_encoding(request.headers.get("Accept-Encoding"))
    # Under HTTP/1.0 only the length tells a whole body from a part.
    if encoding is None or request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return response
    etag, weak = response.get_etag()
    if etag is not None and not weak:
        # A strong one would promise the same bytes without compression.
        response.set_etag(etag, weak=True)
    if response.is_sequence:
        response.set_data(compress_whole(response.get_data(), encoding))
    else:
        pieces = response.response
        response.response = compress_pieces(pieces, COMPRESSORS[encoding]())  # type: ignore[arg-type]
        response.direct_passthrough = False
        response.headers.pop("Content-Length", None)
        close = getattr(pieces, "close", None)
        if close is not None:
            response.call_on_close(close)
    response.headers["Content-Encoding"] = encoding
    response.headers.pop("Accept-Ranges", None)
    return response


def read_encoding(header: str | None) -> str | None:
    """The encoding for a client, by its ``Accept-Encoding``; None for no compression.

    >>> read_encoding("gzip, deflate"), read_encoding(None)
    ('gzip', None)
    """
    if not header:
        return None
    choose = _read_encoding if len(header) <= _REMEMBERED_LENGTH else _read_encoding.__wrapped__
    return choose(header)


@lru_cache(maxsize=1024)
def _read_encoding(header: str) -> str | None:
    return choose_encoding(parse_accept_header(header))


def choose_encoding(accepted: Accept) -> str | None:
    """The encoding that the client likes best of ours; None for no compression.

    >>> choose_encoding(Accept([("gzip", 0.5), ("br", 1.0)]))
    'gzip'
    """
    weights = {name: accepted.quality(name) for name in COMPRESSORS}
    best = max(weights, key=weights.__getitem__)
    # "*" gives a weight to the identity too, which is then as good and costs nothing.
    named = {name for name, _ in accepted}
    plain = accepted.quality("identity") if "identity" in named else 0.0
    return best if weights[best] > plain else None


def is_compressible(mimetype: str | None) -> bool:
    """Whether bodies of a media type get smaller.

    >>> is_compressible("application/ld+json"), is_compressible("image/png")
    (True, False)
    """
    if not mimetype:
        return False
    kind, _, subtype = mimetype.partition("/")
    return kind == "text" or bool(_SUBTYPES & {*subtype.split("+"), subtype.removeprefix("x-")})


def compress_whole(body: bytes, encoding: str) -> bytes:
    """A whole body in one of our encodings."""
    compressor = COMPRESSORS[encoding]()
    return compressor.compress(body) + compressor.flush()


def compress_pieces(pieces: Iterable[bytes], compressor: Compressor) -> Iterator[bytes]:
    """Compressed pieces, which together are the compressed whole."""
    for piece in pieces:
        compressed = compressor.compress(piece)
        if compressed:
            yield compressed
    yield compressor.flush()
