from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator

import pytest
import zstandard
from flask import Flask, Response
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from web.compression import choose_encoding, compress_pieces, is_compressible

TEXT = b"\xe7\xa2\xb3" * 4000
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
}


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip; q=0.5, zstd; q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("*;q=0", None),
        ("zstd;q=0, *", "gzip"),
        ("*", "zstd"),
        ("identity", None),
        ("identity;q=1, gzip;q=0.5", None),
        ("identity;q=0.5, gzip;q=1", "gzip"),
        ("deflate", None),
        ("GZIP", "gzip"),
    ],
)
def test_the_client_chooses_by_weight(header: str, encoding: str | None) -> None:
    assert choose_encoding(parse_accept_header(header, Accept)) == encoding


@pytest.mark.parametrize(
    ("mimetype", "expected"),
    [
        ("text/html", True),
        ("text/turtle", True),
        ("application/n-triples", True),
        ("application/sparql-results+json", True),
        ("application/rdf+xml", True),
        ("image/svg+xml", True),
        ("application/octet-stream", False),
        ("font/woff2", False),
        ("", False),
        (None, False),
    ],
)
def test_only_text_gets_smaller(mimetype: str | None, expected: bool) -> None:
    assert is_compressible(mimetype) is expected


@pytest.fixture
def texts(make_app: Callable[..., Flask]) -> Flask:
    app = make_app()

    @app.get("/whole")
    def whole() -> Response:
        response = Response(TEXT, mimetype="text/plain")
        response.set_etag("x")
        return response

    @app.get("/pieces")
    def pieces() -> Response:
        return Response((TEXT[i : i + 999] for i in range(0, len(TEXT), 999)), mimetype="text/csv")

    @app.get("/small")
    def small() -> Response:
        return Response("x", mimetype="text/plain")

    @app.get("/image")
    def image() -> Response:
        return Response(TEXT, mimetype="image/png")

    return app


@pytest.mark.parametrize("encoding", DECODERS)
@pytest.mark.parametrize("path", ["/whole", "/pieces"])
def test_what_is_sent_compressed_is_the_same(texts: Flask, path: str, encoding: str) -> None:
    response = texts.test_client().get(path, headers={"Accept-Encoding": encoding})
    assert response.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in response.vary
    assert len(response.data) < len(TEXT) / 10
    assert DECODERS[encoding](response.data) == TEXT
    assert response.headers.get("Content-Length") in (None, str(len(response.data)))


@pytest.mark.parametrize("path", ["/small", "/image"])
def test_what_would_not_gain_is_sent_as_it_is(texts: Flask, path: str) -> None:
    response = texts.test_client().get(path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    assert "Accept-Encoding" not in response.vary


def test_an_uncompressed_body_says_that_it_depends_on_the_header(texts: Flask) -> None:
    response = texts.test_client().get("/whole")
    assert "Accept-Encoding" in response.vary
    assert response.data == TEXT


def test_no_strong_validator_stands_for_two_bodies(texts: Flask) -> None:
    response = texts.test_client().get("/whole", headers={"Accept-Encoding": "gzip"})
    assert response.get_etag() == ("x", True)


def test_head_says_what_get_would(texts: Flask) -> None:
    headers = {"Accept-Encoding": "gzip"}
    got, told = (
        texts.test_client().open("/whole", method=m, headers=headers) for m in ("GET", "HEAD")
    )
    assert told.data == b""
    for name in ("Content-Encoding", "Content-Length", "Content-Type", "ETag", "Vary"):
        assert told.headers[name] == got.headers[name]


def test_pieces_are_compressed_as_they_come() -> None:
    taken: list[int] = []

    def endless() -> Iterator[bytes]:
        for number in range(10_000):
            taken.append(number)
            yield str(hash(str(number))).encode() * 100

    compressed = compress_pieces(endless(), zlib.compressobj())
    next(compressed)
    assert len(taken) < 1000


def test_a_body_that_breaks_off_is_never_ended() -> None:
    def broken() -> Iterator[bytes]:
        yield TEXT
        raise ConnectionAbortedError

    sent: list[bytes] = []
    with pytest.raises(ConnectionAbortedError):
        sent.extend(compress_pieces(broken(), zlib.compressobj(wbits=31)))
    decoder = zlib.decompressobj(wbits=31)
    decoder.decompress(b"".join(sent))
    assert not decoder.eof


def test_the_source_of_pieces_is_closed_even_if_none_is_read(texts: Flask) -> None:
    closed: list[bool] = []

    class Pieces:
        def __iter__(self) -> Iterator[bytes]:
            return iter([TEXT])

        def close(self) -> None:
            closed.append(True)

    @texts.get("/closing")
    def closing() -> Response:
        return Response(Pieces(), mimetype="text/plain")

    headers = {"Accept-Encoding": "gzip"}
    texts.test_client().head("/closing", headers=headers).close()
    assert closed
