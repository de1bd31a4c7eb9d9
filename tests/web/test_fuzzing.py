"""Whatever a client sends to whatever endpoint: no 500, and errors that say what is wrong.

The endpoints are those that the application has, so that a new one is tried without a word
here. More tries than a run of all tests has time for: ``FUZZ_EXAMPLES=20000``.
"""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from extract.worker import LocalExtractor
from graph.identity import Minter
from graph.store import Store
from graph.tokens import TOKEN_FILE
from server import create_app
from tests.web.conftest import BASE, FORUM_ID, HOSTILE_ID
from tests.web.writers import NEW_GRAPH, bearer, keep_tokens, new_triples, serialized
from web.extraction import EXTENSION

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "120"))
TRIES = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
    derandomize="FUZZ_EXAMPLES" not in os.environ,
)
# What a service that is well may answer; 503 says that the client may try again.
EXPECTED = {200, 201, 202, 204, 300, 301, 302, 303, 304, 308, *range(400, 452), 503}
ERROR_TYPES = {"application/problem+json", "text/html", "text/plain", "text/turtle"}

ODD_WORDS = (
    "", " ", "0", "-1", "1", "2", "9" * 400, "1e999", "-0.0", "NaN", "inf", "٣", "²", "½", "0x10",
    "\x00", "a\x00b", "\x07\x1b[31m", "\r\nX-Odd: 1", "\u202e", "\ufeff", "\ufffd", "\U0010ffff",
    "%", "%zz", "%00", "%c0%af", "%ud800", "../../etc/passwd", "..", ".", "/", "//", "?", "#",
    "null", "true", "[]", "{}", "{", '{"q0": 1}', '{"q0": {"query": 1}}', "[" * 5000, "{}" * 99,
    "<script>", "'\"`", "${7*7}", "{{7*7}}", "http://a b/", "http://", "urn:x", "http://[::1", ":",
    "http://graph.example/id/person/x-0123456789", "//evil.example/", "x" * 5000, "中" * 3000,
    "ASK {}", "SELECT * { ?s ?p ?o } LIMIT 1", "DESCRIBE <urn:x>", "INSERT DATA { }", "CLEAR ALL",
    "CONSTRUCT WHERE { ?s ?p ?o }", "SELECT", "ASK { FILTER(REGEX('a', '(a+)+$')) }", "(" * 200,
    "person", "forum", "document", "zh", "en", "json", "ttl", "0.8", "1.0000", "exact", "北湾",
)  # fmt: skip
PARAMETERS = (
    "q", "class", "page", "confidence", "kind", "lang", "query", "update", "timeout", "format",
    "default-graph-uri", "named-graph-uri", "using-graph-uri", "using-named-graph-uri", "graph",
    "default", "queries", "extend", "callback", "id", "type", "prefix", "cursor", "limit", "text",
    "url", "file", "example", "style", "offset", "property",
)  # fmt: skip
SEGMENTS = ("person", "org", "forum", "document", "place", "statement", "period", "x", "..", "%")
MEDIA_TYPES = (
    "*/*", "text/html", "text/plain", "application/json", "application/problem+json", "text/csv",
    "text/turtle", "application/ld+json", "application/rdf+xml", "application/n-quads", "image/png",
    "application/sparql-results+json", "application/sparql-results+xml", "application/trig",
)  # fmt: skip
BODY_TYPES = (
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/form-data",
    "application/sparql-query", "application/sparql-update", "application/json", "text/turtle",
    "application/n-triples", "application/rdf+xml", "application/ld+json", "application/trig",
    "application/n-quads", "text/plain", "text/plain; charset=nonsense", "text/html",
    "application/x-ndjson", "application/jsonl", "application/pdf", "a", "/", "",
)  # fmt: skip
HEADERS = (
    "Accept-Language", "Accept-Encoding", "Accept-Charset", "If-None-Match", "If-Match", "Range",
    "If-Modified-Since", "Cookie", "X-Request-ID", "X-Forwarded-For", "X-Forwarded-Proto", "Origin",
    "Content-Encoding", "Idempotency-Key", "Prefer", "Slug", "Authorization", "Expect",
)  # fmt: skip
BODIES = (
    b"", b"\x00", b"\xff\xfe", b"{", b"[]", b"null", b'{"text": 1}', b'{"id": [], "text": {}}\n{}',
    b"[" * 20_000, b"<a>" * 20_000, b"--b\r\n", b"--b--", b"query=%FF", b"query=ASK%20%7B%7D&query=",
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.pdf"\r\n\r\n%PDF-1\r\n--b--',
    b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\x00\r\n--b--',
    b'--b\r\nContent-Disposition: form-data; name="g"\r\nContent-Type: text/turtle\r\n\r\n<\r\n--b--',
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b'{"@context": "http://a.example/"}', b"PK\x03\x04",
    "甲市很大。".encode(), "甲市很大。".encode("utf-16"), b"<urn:a> <urn:b> <urn:c> .",
)  # fmt: skip

MINTER = Minter(BASE)
# What there is: names of things as they stand in paths, and as the reconciliation service has them.
KNOWN = tuple(
    str(MINTER.entity(kind, name)).removeprefix(BASE + "id/")
    for kind, name in (("person", "韦一诺"), ("org", "北湾市绿能局"), ("forum", "储能对话"))
)
KNOWN_NAMES = (*(name.partition("/")[2] for name in KNOWN), FORUM_ID, HOSTILE_ID)

words = st.one_of(
    st.sampled_from(KNOWN), st.sampled_from(ODD_WORDS), st.text(max_size=30).filter(str.isprintable)
)
# HTTP itself allows no other characters in a header, and the server refuses them before us.
header_words = st.one_of(
    st.sampled_from([word for word in ODD_WORDS if word.isascii() and word.isprintable()]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")),
)
accepts = st.one_of(
    st.sampled_from(MEDIA_TYPES),
    st.lists(
        st.builds(
            "{};q={}".format,
            st.sampled_from(MEDIA_TYPES),
            st.sampled_from(["0", "0.5", "1", "2", "-1", "x", "nan", ""]),
        ),
        max_size=4,
    ).map(", ".join),
    header_words,
)
pairs = st.lists(st.tuples(st.one_of(st.sampled_from(PARAMETERS), words), words), max_size=4)
forms = st.dictionaries(st.sampled_from(PARAMETERS), words, max_size=3)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(PARAMETERS), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture
def fuzzed(store: Store, tmp_path: Path, simple_pipeline: None) -> tuple[Flask, Mapping[str, str]]:
    """An application without a bound on what one client may use, and the header of a token."""
    app = create_app(
        {
            "TANPU_STORE": store,
            "TANPU_CLIENT_SECONDS": 10**6,
            "TANPU_METRICS_FROM": "0.0.0.0/0",
            "PROPAGATE_EXCEPTIONS": True,
        }
    )
    app.extensions[EXTENSION] = LocalExtractor()
    keep_tokens(app, tmp_path / TOKEN_FILE)
    return app, bearer(tmp_path / TOKEN_FILE, "fuzz", "admin")


@st.composite
def paths(draw: st.DrawFn, rule: str) -> str:
    """A path of a rule: what stands between ``<`` and ``>`` is filled with something."""

    def fill(found: re.Match[str]) -> str:
        if found[0].startswith("<rest:"):
            known = (*KNOWN_NAMES, "x-0123456789", "韦一诺-0123456789.ttl", "2030", "")
            return draw(st.one_of(st.sampled_from(known), words))
        if found[0].startswith("<int:"):
            return draw(st.sampled_from(["0", "1", "9" * 400, "-1", "x"]))
        return draw(st.one_of(st.sampled_from(SEGMENTS), words))

    return quote(re.sub(r"<[^>]+>", fill, rule), safe="/%")


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """The arguments of the test client that make a body."""
    kind = draw(st.sampled_from(["none", "bytes", "form", "json", "files", "graph"]))
    if kind == "bytes":
        data = draw(st.one_of(st.sampled_from(BODIES), st.binary(max_size=60)))
        return {"data": data, "content_type": draw(st.sampled_from(BODY_TYPES))}
    if kind == "form":
        return {"data": draw(forms)}
    if kind == "json":
        text = json.dumps(draw(json_values))
        return {"data": text, "content_type": "application/json"}
    if kind == "files":
        lines = [
            f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
            f"Content-Type: {draw(st.sampled_from(BODY_TYPES))}\r\n\r\n".encode()
            + draw(st.sampled_from(BODIES))
            for name, file in draw(st.lists(st.tuples(words, words), max_size=2))
        ]
        return {"data": b"\r\n".join([*lines, b"--b--"]), "content_type": BODY_TYPES[1]}
    if kind == "graph":
        return {"data": serialized(new_triples()), "content_type": "text/turtle"}
    return {}


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
def test_no_request_makes_the_service_fail(
    fuzzed: tuple[Flask, Mapping[str, str]], writing: bool
) -> None:
    app, token = fuzzed
    client = app.test_client()
    own = {"GET", "HEAD"}
    targets = [
        (rule.rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        for method in sorted(rule.methods or ())
        if (method not in own) == writing
    ]
    others = st.tuples(
        st.sampled_from(sorted({rule for rule, _ in targets})),
        st.sampled_from(["OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "POST", "ODD"]),
    )

    @TRIES
    @given(
        data=st.data(),
        target=st.one_of(st.sampled_from(targets), st.sampled_from(targets), others),
        parameters=pairs,
        accept=st.none() | accepts,
        headers=st.dictionaries(st.sampled_from(HEADERS), header_words, max_size=2),
        allowed=st.booleans(),
    )
    def send(
        data: st.DataObject,
        target: tuple[str, str],
        parameters: list[tuple[str, str]],
        accept: str | None,
        headers: dict[str, str],
        allowed: bool,
    ) -> None:
        rule, method = target
        given_headers = {**headers, **(token if allowed else {})}
        if accept is not None:
            given_headers["Accept"] = accept
        response = client.open(
            data.draw(paths(rule)) or "/",
            method=method,
            query_string=parameters,
            headers=given_headers,
            **(data.draw(bodies()) if writing else {}),
        )
        check(response, method)

    send()


def check(response: TestResponse, method: str) -> None:
    """The answer is one of a service that is well, and an error says what is wrong."""
    status = response.status_code
    assert status in EXPECTED, response.text
    if method == "HEAD":
        assert response.data == b""
        return
    if status < 400 or not response.data:
        return
    assert response.mimetype in ERROR_TYPES
    if response.mimetype == "application/problem+json":
        problem = response.json
        assert problem is not None
        assert problem["status"] == status
        assert problem["title"]
        assert problem["detail"].strip()
    assert "Traceback" not in response.text


# What goes over the wire and no test client would send: bytes of the request as they stand.
RAW_PATHS = (
    b"/search?q=%", b"/search?q=%zz", b"/search?q=%ff%fe", b"/search?q=%00", b"/%ff", b"/%00",
    b"/id/person/%ff-0123456789", b"/page/document/%2e%2e%2f%2e%2e", b"/data/document/%c0%af",
    b"/graph/%0d%0aX-Odd:%201", b"//evil.example/id/person/x-0123456789", b"/static/../server.py",
    b"/static/%2e%2e/%2e%2e/server.py", b"/id/person/x%0d%0a-0123456789", b"*", b"http://a/healthz",
    b"/graph-store?graph=%ff", b"/sparql?query=ASK%7B%7D&query=%ff", b"/documents?page=%E2%85%A2",
    b"/sparql?query=%ED%A0%80", b"/sitemap/00000000000000000000000000001.xml", b"/search?" + b"q&" * 3000,
    "/search?q=北湾".encode(), "/page/document/北湾".encode(), b"/search?q=\xff", b"/\xff", b"/a b",
)  # fmt: skip
RAW_HEADERS = (
    b"Host: a", b"Host: [::1", b"Host: a b", b"Host: \xff", b"Host: a\r\nHost: b", b"", b"Host:",
    b"Host: evil.example:99999", b"Host: a\r\nAccept: \xff/\xfe", b"Host: a\r\nX-Request-ID: \xff",
    b"Host: a\r\nIf-None-Match: \xff\"", b"Host: a\r\nAuthorization: Bearer \xff",
    b"Host: a\r\nContent-Length: -1", b"Host: a\r\nContent-Length: 99999999999999999999",
    b"Host: a\r\nTransfer-Encoding: odd", b"Host: a\r\nAccept-Language: \xff;q=\xff",
    b"Host: a\r\nX-Forwarded-For: \xff", b"Host: a\r\nCookie: \xff=\x01", b"Host: a\r\nExpect: odd",
    b"Host: a\r\nContent-Type: multipart/form-data; boundary=" + b"b" * 5000,
)  # fmt: skip


def test_no_bytes_make_the_service_fail(
    fuzzed: tuple[Flask, Mapping[str, str]], serve_app: Callable[[Flask], tuple[str, int]]
) -> None:
    app, _ = fuzzed
    app.config["PROPAGATE_EXCEPTIONS"] = False
    address = serve_app(app)

    @settings(TRIES, max_examples=max(20, EXAMPLES // 3))
    @given(
        method=st.sampled_from([b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"get", b"\xff"]),
        path=st.one_of(
            st.sampled_from(RAW_PATHS),
            st.sampled_from(RAW_PATHS),
            st.binary(max_size=30).map(lambda tail: b"/" + tail),
        ),
        headers=st.sampled_from(RAW_HEADERS),
    )
    def send(method: bytes, path: bytes, headers: bytes) -> None:
        lines = method + b" " + path + b" HTTP/1.1\r\n" + headers
        status = exchange(address, lines + b"\r\nConnection: close\r\n\r\n")
        assert status in EXPECTED | {501, 505}

    send()


def exchange(address: tuple[str, int], request: bytes) -> int:
    """The status of the answer to the bytes; 400 where the server only hangs up.

    The end of what is sent is told too, so that no server waits for a body that was announced.
    """
    with socket.create_connection(address, timeout=30) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := connection.recv(1 << 16):
                answer += piece
        except ConnectionError:
            return 400
    found = re.match(rb"HTTP/1\.[01] ([0-9]{3}) ", answer)
    return int(found[1]) if found else 400


def test_a_failure_would_be_seen(make_app: Callable[..., Flask]) -> None:
    app = make_app(PROPAGATE_EXCEPTIONS=False)
    app.config["TESTING"] = False
    app.add_url_rule("/broken", view_func=lambda: 1 // 0)
    client: FlaskClient = app.test_client()
    response = client.get("/broken")
    with pytest.raises(AssertionError):
        check(response, "GET")
    assert response.json is not None
    assert "ZeroDivisionError" not in response.text


def test_the_graph_that_is_sent_is_accepted(fuzzed: tuple[Flask, Mapping[str, str]]) -> None:
    app, token = fuzzed
    client = app.test_client()
    path = f"/graph-store?graph={NEW_GRAPH.replace('%', '%25')}"
    body = serialized(new_triples(), ox.RdfFormat.TURTLE)
    response = client.put(path, data=body, headers=token, content_type="text/turtle")
    assert response.status_code == 201, response.text
