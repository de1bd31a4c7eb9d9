from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from extract.document import SourceDocument
from extract.errors import ComponentError
from extract.facts import Extraction
from extract.worker import (
    ClientExtractingError,
    ExtractionMemoryError,
    ExtractionTimeoutError,
    ExtractorBusyError,
    LocalExtractor,
)
from graph.store import open_store
from server import create_app
from tests.conftest import extract_simply
from web.extraction import EXTENSION

TEXT = "甲市很大。\n甲市很好。"
HOSTILE = "<script>alert(1)</script>甲市\u202e“<img src=x onerror=alert(2)>”&amp;😀"


@pytest.fixture
def trying(simple_pipeline: None) -> FlaskClient:
    """A client of a service with an empty store, which reads texts in this process."""
    store = open_store(None, mode="write", base="http://graph.example/")
    app = create_app({"TANPU_STORE": store, "TANPU_TRY_MAX_CHARS": 200})
    app.extensions[EXTENSION] = LocalExtractor()
    return app.test_client()


def post(
    client: FlaskClient, accept: str = "text/html", *, lang: str = "zh", **fields: Any
) -> TestResponse:
    return client.post(f"/try?lang={lang}", data=fields, headers={"Accept": accept})


def upload(name: str, content: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_the_form_is_there_in_both_languages(trying: FlaskClient) -> None:
    chinese, english = (trying.get(f"/try?lang={code}") for code in ("zh", "en"))
    assert chinese.status_code == english.status_code == 200
    assert "试一试" in chinese.text
    assert "Paste an article" in english.text
    assert 'enctype="multipart/form-data"' in english.text


def test_the_example_stands_in_the_form(trying: FlaskClient) -> None:
    assert "风从海上来" in trying.get("/try?example=1").text
    assert "风从海上来" not in trying.get("/try").text


def test_a_pasted_article_comes_back_marked_with_its_facts(trying: FlaskClient) -> None:
    answer = post(trying, text=TEXT.replace("\n", "\r\n"))
    assert answer.status_code == 200
    assert 'id="mention=0,2"' in answer.text
    assert 'id="mention=6,8"' in answer.text
    assert "<h3>别名" in answer.text
    assert 'href="#char=0,2"' in answer.text
    assert 'id="char=0,2"' in answer.text
    assert 'data-mentions="0,2"' in answer.text
    assert "图符合" in answer.text
    assert "<textarea id" in answer.text
    assert TEXT in answer.text


def test_the_answer_is_never_kept_by_a_cache(trying: FlaskClient) -> None:
    answer = post(trying, text=TEXT)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_the_exchange_format_comes_as_json(trying: FlaskClient) -> None:
    answer = post(trying, "application/json", text=TEXT, published="2031-05-06", source="北湾日报")
    assert answer.mimetype == "application/json"
    expected = extract_simply(
        SourceDocument(id="article", text=TEXT, published="2031-05-06", source="北湾日报"), None
    )
    assert answer.json == expected.to_json()


def test_json_lines_are_one_line(trying: FlaskClient) -> None:
    answer = post(trying, "application/x-ndjson", text=TEXT)
    assert answer.mimetype == "application/x-ndjson"
    assert answer.text.count("\n") == 1
    assert answer.text.endswith("\n")
    assert json.loads(answer.text)["text"] == TEXT
    assert answer.headers["Content-Disposition"] == 'attachment; filename="article.jsonl"'


def test_the_table_opens_in_spreadsheets(trying: FlaskClient) -> None:
    answer = post(trying, "*/*", text=TEXT, format="csv")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["type"], row["alias"], row["start"], row["end"]) == ("alias", "甲", "0", "2")


def test_turtle_is_the_graph_of_the_article(trying: FlaskClient) -> None:
    answer = post(trying, "text/turtle", text=TEXT)
    assert answer.mimetype == "text/turtle"
    subjects = {t.subject for t in ox.parse(answer.data, ox.RdfFormat.TURTLE)}
    assert ox.NamedNode("http://graph.example/id/document/article") in subjects


def test_the_form_chooses_before_the_header_does(trying: FlaskClient) -> None:
    assert post(trying, "text/html", text=TEXT, format="json").mimetype == "application/json"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("甲.txt", TEXT.encode("gb18030")),
        ("a.md", f"---\ntitle: 甲\n---\n{TEXT}".encode()),
        ("a.jsonl", json.dumps({"id": "a", "text": TEXT}).encode()),
    ],
)
def test_a_file_is_read_by_its_suffix(trying: FlaskClient, name: str, content: bytes) -> None:
    answer = post(trying, "application/json", file=upload(name, content), text="乙")
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["text"] == TEXT


def test_word_and_pdf_files_are_read(trying: FlaskClient, make_docx: Any, make_pdf: Any) -> None:
    for name, content in (("a.docx", make_docx("甲市很大。")), ("a.pdf", make_pdf("甲市很大。"))):
        answer = post(trying, "application/json", file=upload(name, content))
        assert answer.json is not None
        assert answer.json["text"].strip() == "甲市很大。"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain; charset=utf-8", TEXT.encode()),
        ("application/json", json.dumps({"id": "a", "text": TEXT}, indent=2).encode()),
        ("application/x-ndjson", json.dumps({"id": "a", "text": TEXT}).encode()),
    ],
)
def test_the_body_may_be_the_article_itself(
    trying: FlaskClient, content_type: str, body: bytes
) -> None:
    answer = trying.post(
        "/try", data=body, content_type=content_type, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["text"] == TEXT


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"text": ""}, 400),
        ({"text": " \n"}, 400),
        ({"text": "甲市", "published": "someday"}, 400),
        ({"text": "甲市", "title": "长" * 201}, 400),
        ({"text": "甲市", "source": "甲\n乙"}, 400),
        ({"text": "甲市", "format": "xls"}, 400),
        ({"text": "长" * 201}, 413),
        ({"text": "甲\x00市"}, 422),
        ({"file": (io.BytesIO(b"<svg/>"), "a.svg")}, 415),
        ({"file": (io.BytesIO(b"%PDF-1.4"), "a.pdf")}, 422),
        ({"file": (io.BytesIO(b""), "a.txt")}, 422),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_cannot_be_read_is_refused(
    trying: FlaskClient, fields: dict[str, Any], status: int, accept: str
) -> None:
    sent = {k: upload(v[1], v[0].getvalue()) if k == "file" else v for k, v in fields.items()}
    answer = post(trying, accept, **sent)
    assert answer.status_code == status
    expected = "application/problem+json" if accept == "application/json" else "text/html"
    assert answer.mimetype == expected


def test_a_refusal_keeps_what_was_typed(trying: FlaskClient) -> None:
    answer = post(trying, text="甲市很大。", published="someday", lang="en")
    assert answer.status_code == 400
    assert "甲市很大。" in answer.text
    assert 'role="alert"' in answer.text
    assert "expected a date such as" in answer.text


def test_other_types_of_bodies_are_refused(trying: FlaskClient) -> None:
    answer = trying.post("/try", data=b"x", content_type="image/png")
    assert answer.status_code == 415


def test_a_broken_form_is_refused(trying: FlaskClient) -> None:
    answer = trying.post("/try", data=b"x", content_type="multipart/form-data")
    assert answer.status_code == 400


def test_a_body_that_is_too_large_is_refused(trying: FlaskClient) -> None:
    answer = post(trying, file=upload("a.txt", b"a" * 1_100_000))
    assert answer.status_code == 413


@pytest.mark.parametrize("accept", ["image/png", "application/sparql-results+xml"])
def test_other_formats_are_not_acceptable(trying: FlaskClient, accept: str) -> None:
    assert post(trying, accept, text=TEXT).status_code == 406


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [
        (ExtractionTimeoutError("expected an end within 20 s"), 503, None),
        (ExtractionMemoryError("expected less"), 503, None),
        (ExtractorBusyError("expected at most 4"), 503, "5"),
        (ClientExtractingError("expected at most 1"), 429, "5"),
        (ComponentError("the document cannot be read"), 422, None),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_limits_are_told_in_the_words_of_http(
    trying: FlaskClient, error: Exception, status: int, retry: str | None, accept: str
) -> None:
    class Failing(LocalExtractor):
        def run(self, task: Any, argument: Any, *, client: str | None = None) -> Any:
            raise error

    trying.application.extensions[EXTENSION] = Failing()
    answer = post(trying, accept, text=TEXT)
    assert answer.status_code == status
    assert answer.headers.get("Retry-After") == retry
    assert str(error) in (answer.text if accept == "text/html" else answer.json["detail"])  # type: ignore[index]


def test_each_task_takes_the_share_of_its_client(trying: FlaskClient) -> None:
    seen: list[str | None] = []

    class Watched(LocalExtractor):
        def run(self, task: Any, argument: Any, *, client: str | None = None) -> Any:
            seen.append(client)
            return super().run(task, argument, client=client)

    trying.application.extensions[EXTENSION] = Watched()
    post(trying, text=TEXT)
    assert seen == ["127.0.0.1"]


def test_hostile_text_stays_text(trying: FlaskClient) -> None:
    answer = post(trying, text=HOSTILE, title="<b>题</b>", source="\u202e源")
    # A mark of direction is no character of a line.
    assert answer.status_code == 400
    answer = post(trying, text=HOSTILE, title="<b>题</b>")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "<b>题" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_names_link_to_what_the_graph_has(trying: FlaskClient, client: FlaskClient) -> None:
    unknown = post(trying, text="甲市很大。")
    assert "/page/place/" not in unknown.text
    client.application.extensions[EXTENSION] = KnownPlace()
    known = post(client, text="北湾市很大。")
    assert 'href="/page/place/' in known.text


class KnownPlace(LocalExtractor):
    """Reads every text as one that names a place of the store."""

    def run(self, task: Any, argument: Any, *, client: str | None = None) -> Any:
        from unittest.mock import patch

        def extract(source: SourceDocument, nlp: object) -> Extraction:
            from extract.facts import Entity, Span

            place = Entity(span=Span(0, 3), label="PLACE", text="北湾市", name="北湾市")
            return Extraction(document=source, entities=(place,), facts=(), pipeline="known-1")

        with (
            patch("extract.pipeline.extract_document", extract),
            patch("extract.pipeline.load_pipeline", lambda model="accurate": None),
        ):
            return super().run(task, argument, client=client)


def snapshot_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "LOCK"
    }


def test_nothing_is_stored_and_nothing_is_logged(
    simple_pipeline: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = "甲市的机密文字"
    temporary, path = tmp_path / "temporary", tmp_path / "store"
    temporary.mkdir()
    monkeypatch.chdir(temporary)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    opened: list[object] = []
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", lambda *a, **k: opened.append(a))
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda *a, **k: opened.append(a))
    with open_store(path, mode="write", base="http://graph.example/") as writer:
        writer.publish()
    app: Flask = create_app({"TANPU_STORE": path, "TANPU_QUERY_WORKERS": 1})
    app.extensions[EXTENSION] = LocalExtractor()
    client = app.test_client()
    before = snapshot_of(path)
    caplog.set_level(logging.DEBUG)
    padding = f"{secret}。\n" + "甲市很大。\n" * 100
    large = json.dumps({"id": "a", "text": padding, "padding": "x" * 900_000}).encode()
    for format in ("html", "json", "jsonl", "ttl", "csv"):
        assert post(client, text=padding, format=format).status_code == 200
    assert post(client, file=upload("机密.jsonl", large)).status_code == 200
    assert post(client, file=upload("机密.pdf", secret.encode())).status_code == 422
    assert post(client, "application/json", text=secret * 10_000).status_code == 413
    assert snapshot_of(path) == before
    assert os.listdir(temporary) == []
    assert opened == []
    assert "机密" not in caplog.text
    assert "机密" not in client.get("/documents").text
    app.extensions["tanpu.runner"].close()
