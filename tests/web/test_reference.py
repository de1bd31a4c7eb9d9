"""The page of the programming interface: all that is described, in words, with examples that work."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from extract.worker import LocalExtractor
from graph.store import open_store
from graph.tokens import TOKEN_FILE
from server import create_app
from tests.web.conftest import BASE
from tests.web.test_languages import read_translations
from tests.web.writers import bearer, keep_tokens
from web import extraction
from web.examples import Examples, example_graph
from web.ingestion import close_ingestion
from web.openapi import describe_service
from web.reference import (
    METHODS,
    Call,
    Field,
    Reference,
    Sort,
    read_reference,
    to_anchor,
    to_curl,
    to_sort,
)

NOTHING = Examples({}, {}, "")
PLAIN_TEXT = Sort("text")
# Nobody has written to the store of these tests.
NEVER_WRITTEN = "/provenance"


class Forms(HTMLParser):
    """The forms of a page that work without a script: where to, and what a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, dict[str, str]]] = []
        self._inside = False
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "data-method" in found and found.get("method") == "get"
            if self._inside:
                self.sent.append((found["action"], {}))
        elif self._inside and "name" in found:
            if tag == "input" and found.get("type") != "checkbox":
                self.sent[-1][1][found["name"]] = found.get("value", "")
            elif tag == "textarea":
                self._textarea = found["name"]

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.sent[-1][1][self._textarea] = data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "form":
            self._inside = False


@pytest.fixture
def page(client: FlaskClient) -> str:
    answer = client.get("/api?lang=zh")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "ETag" in answer.headers
    return answer.text


@pytest.fixture
def writer(app: Flask, tmp_path: Path, simple_pipeline: None) -> Iterator[str]:
    """The secret of a token of a service that reads texts in this process."""
    app.extensions[extraction.EXTENSION] = LocalExtractor()
    keep_tokens(app, tmp_path / TOKEN_FILE)
    yield bearer(tmp_path / TOKEN_FILE, "writer", "ingest")["Authorization"].split()[1]
    close_ingestion(app)


def sentences_of(described: Any) -> Iterator[str]:
    """The descriptions and summaries in a part of the description, but for its head."""
    if isinstance(described, dict):
        for name, value in described.items():
            if name in ("description", "summary") and isinstance(value, str):
                yield value
            elif name != "info":
                yield from sentences_of(value)
    elif isinstance(described, list):
        for value in described:
            yield from sentences_of(value)


def curl_lines(page: str) -> list[str]:
    return [unescape(line) for line in re.findall(r"<code>(curl .*?)</code>", page, re.DOTALL)]


def run_curl(client: FlaskClient, line: str, secret: str = "") -> TestResponse:
    """The answer to what curl would send, by the options that the page uses."""
    words = iter(shlex.split(line.replace("$TOKEN", secret).replace("\\\n", " "))[1:])
    address, method, headers, fields, body = "", "", {}, {}, None
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "--data-urlencode":
            name, _, value = next(words).partition("=")
            fields[name] = value
        elif word == "--data-binary":
            body = next(words).encode()
        elif word not in ("-i", "-G"):
            address = word
    split = urlsplit(address)
    return client.open(
        split.path,
        method=method or ("POST" if body is not None else "GET"),
        query_string=split.query or fields,
        headers=headers,
        data=body,
    )


def test_every_operation_has_its_place(page: str) -> None:
    operations = [
        (method, path)
        for path, item in describe_service("/")["paths"].items()
        for method in item
        if method in METHODS
    ]
    anchors = [to_anchor(method, path) for method, path in operations]
    assert len(set(anchors)) == len(anchors) > 30
    assert set(re.findall(r'<div class="about" id="((?!schema-)[^"]+)"', page)) == set(anchors)
    for anchor in anchors:
        assert f'href="#{anchor}"' in page


def test_every_sentence_of_the_description_has_chinese(root: Path) -> None:
    translated = {key[1] for _, key, text in read_translations(root) if text}
    assert set(sentences_of(describe_service("/"))) - translated == set()


def test_the_page_has_no_sentence_in_another_language(page: str, client: FlaskClient) -> None:
    same = {"SPARQL 1.1", "RFC 9457", "JSON-LD 1.0"}
    english = {s for s in sentences_of(describe_service("/")) if len(s) > 9} - same
    assert [sentence for sentence in english if sentence in page] == []
    shown = unescape(client.get("/api?lang=en").text)
    assert [sentence for sentence in english if sentence not in shown] == []


def test_every_link_to_a_place_has_one(page: str) -> None:
    linked = set(re.findall(r'href="#([^"]+)"', page))
    assert linked <= set(re.findall(r'\bid="([^"]+)"', page))
    assert len(set(re.findall(r'\bid="([^"]+)"', page))) == page.count(' id="')


def test_forms_without_a_script_are_answered(client: FlaskClient, page: str) -> None:
    forms = Forms()
    forms.feed(page)
    assert len(forms.sent) > 10
    for path, fields in forms.sent:
        answer = client.get(path, query_string=fields, headers={"Accept": "text/html,*/*;q=0.8"})
        assert answer.status_code == (404 if path == NEVER_WRITTEN else 200), (path, fields)


def test_lines_for_a_shell_that_read_work(client: FlaskClient, page: str) -> None:
    lines = [line for line in curl_lines(page) if "$TOKEN" not in line and "/try" not in line]
    assert len(lines) > 25
    for line in lines:
        expected = 303 if "/id/" in line else 404 if NEVER_WRITTEN in line else 200
        assert run_curl(client, line).status_code == expected, line


def test_lines_for_a_shell_that_write_work(client: FlaskClient, page: str, writer: str) -> None:
    lines = [line for line in curl_lines(page) if "$TOKEN" in line and "JOB_ID" not in line]
    documents, graphs = lines[:2], lines[2:]
    assert [run_curl(client, line, writer).status_code for line in documents] == [201, 204]
    assert [run_curl(client, line, writer).status_code for line in graphs] == [
        *(201, 204, 204, 204),
        *(201, 204, 204, 204),
    ]
    assert [run_curl(client, line, "x").status_code for line in lines] == [401] * len(lines)


def test_an_article_is_tried_by_its_line(client: FlaskClient, page: str, writer: str) -> None:
    (line,) = (line for line in curl_lines(page) if "/try" in line)
    assert run_curl(client, line).status_code == 200


def test_a_store_with_nothing_in_it_has_names_for_what_is_missing() -> None:
    with open_store(None, mode="write", base=BASE) as store:
        app = create_app({"TANPU_STORE": store})
        answer = app.test_client().get("/api")
    assert answer.status_code == 200
    assert "curl http://localhost/data/SEGMENT/NAME " in answer.text


def test_lines_name_the_host_that_was_asked(client: FlaskClient) -> None:
    answer = client.get("/api", base_url="https://graph.example")
    assert "https://graph.example/healthz" in answer.text


def test_the_graph_to_write_is_the_same_each_time_and_under_the_base() -> None:
    graph = example_graph(BASE)
    example_graph.cache_clear()
    assert graph == example_graph(BASE)
    assert f"<{BASE}id/document/example>" in graph


@pytest.fixture
def reference(app: Flask) -> Reference:
    with app.test_request_context("/?lang=en"):
        return read_reference(describe_service("/under"), "http://a.example", NOTHING)


def test_addresses_are_under_the_root(reference: Reference) -> None:
    for group in reference.groups:
        assert group.operations
        for one in group.operations:
            assert one.call.address == f"/under{one.template}"
            assert "http://a.example/under/" in one.curl


def test_only_what_needs_no_path_header_body_or_token_is_plain(reference: Reference) -> None:
    plain = {
        one.template for group in reference.groups for one in group.operations if one.call.is_plain
    }
    assert plain >= {"/search", "/sparql", "/healthz", "/graph-store"}
    assert not plain & {"/jobs/{job_id}", "/documents", "/try", "/graph/{name}"}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "format": "iri"}, "IRI"),
        ({"type": "integer", "minimum": 1}, "whole number ≥ 1"),
        ({"type": "number", "minimum": 0, "maximum": 1}, "number 0–1"),
        ({"type": ["string", "null"]}, "text or nothing"),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"type": "object"}, "object"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "object of yes or no"),
        ({"enum": ["a", "b"]}, "a · b"),
        ({"const": "ok"}, "ok"),
        ({}, "bytes"),
    ],
)
def test_sorts_of_values_are_said_in_words(app: Flask, schema: dict[str, Any], words: str) -> None:
    with app.test_request_context("/?lang=en"):
        assert to_sort(schema) == Sort(words)


def test_a_list_of_a_schema_links_to_it(app: Flask) -> None:
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Job"}}
    with app.test_request_context("/?lang=en"):
        assert to_sort(listed) == Sort("list of", "Job")


@pytest.mark.parametrize("schema", [{"type": "planet"}, {"type": "string", "format": "planet"}])
def test_a_sort_without_words_is_an_error(app: Flask, schema: dict[str, Any]) -> None:
    with app.test_request_context("/"), pytest.raises(ValueError, match="'planet'"):
        to_sort(schema)


def call(method: str, *fields: Field, needs_token: bool = False) -> Call:
    return Call(
        method=method, address="/a/{n}", needs_token=needs_token, fields=fields, body=(), answers=()
    )


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (
            call("GET", Field(name="n", sort=PLAIN_TEXT, meaning="", where="path", example="b/ç'")),
            "curl -i http://h/a/b/%C3%A7%27",
        ),
        (
            call("GET", Field(name="n", sort=PLAIN_TEXT, meaning="", where="path", required=True)),
            "curl -i http://h/a/N",
        ),
        (
            call("GET", Field(name="q", sort=PLAIN_TEXT, meaning="", where="query", example="a'b $x")),
            "curl -i -G 'http://h/a/{n}' \\\n  --data-urlencode 'q=a'\"'\"'b $x'",
        ),
        (
            call("GET", Field(name="q", sort=PLAIN_TEXT, meaning="", where="query", default="1")),
            "curl -i 'http://h/a/{n}'",
        ),
        (
            call("DELETE", Field(name="q", sort=PLAIN_TEXT, meaning="", where="query", example="é&"), needs_token=True),
            "curl -i -X DELETE 'http://h/a/{n}?q=%C3%A9%26' \\\n  -H \"Authorization: Bearer $TOKEN\"",
        ),
    ],
)  # fmt: skip
def test_values_are_quoted_for_the_shell_and_the_address(asked: Call, line: str) -> None:
    assert to_curl(asked, "http://h") == line
