from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from extract.document import SourceDocument
from graph.identity import Minter
from graph.ingest import ingest_extraction, report_paths
from graph.store import open_store
from graph.validation import ValidationReport, ValidationResult
from graph.versions import keep_notes
from server import create_app
from tests.web.conftest import BASE, TEXT, forum_extraction
from tests.web.test_entities import text_of

NAME = "news/2031-05"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store on disk with a document that was replaced once."""
    first = forum_extraction()
    text = TEXT.replace("近日又有新进展。", "今日又有新动态。")
    assert len(text) == len(TEXT)
    second = replace(
        first,
        document=replace(first.document, text=text),
        entities=tuple(e for e in first.entities if e.text != "近日"),
        facts=first.facts[1:],
    )
    with open_store(tmp_path / "store", mode="write", base=BASE) as writer:
        for extraction in (first, second):
            ingest_extraction(extraction, writer, Minter(BASE))
        writer.publish()
    return tmp_path / "store"


@pytest.fixture
def served(path: Path) -> Iterator[FlaskClient]:
    app: Flask = create_app({"TANPU_STORE": path, "TANPU_QUERY_WORKERS": 1})
    yield app.test_client()
    app.extensions["tanpu.runner"].close()


def test_the_page_says_what_the_shapes_say_and_what_changed(served: FlaskClient) -> None:
    answer = served.get(f"/history/{NAME}?lang=en")
    assert answer.status_code == 200
    seen = text_of(answer.text)
    assert "The graph conform" in seen
    assert (
        "<del>近</del><ins>今</ins><span>日又有新</span><del>进展</del><ins>动态</ins>"
        in answer.text
    )
    assert "Statements that are gone 1" in re.sub(r"\s+", " ", seen)
    assert "New statements" not in seen


def test_changed_details_of_an_article_are_told(path: Path) -> None:
    with open_store(path, mode="write", base=BASE) as writer:
        now = forum_extraction()
        document = replace(
            now.document, title="云梦峰会<b>改期</b>", published="2031-05-09", url=None
        )
        ingest_extraction(replace(now, document=document), writer, Minter(BASE))
        earlier = replace(document, source="云梦晚报")
        ingest_extraction(replace(now, document=earlier), writer, Minter(BASE))
        writer.publish()
    app: Flask = create_app({"TANPU_STORE": path, "TANPU_QUERY_WORKERS": 1})
    client = app.test_client()
    last = client.get(f"/history/{NAME}?lang=en").text
    assert text_of(" ".join(re.findall(r"<(?:del|ins)>(.*?)</(?:del|ins)>", last))) == (
        "云梦新报 云梦晚报"
    )
    before = client.get(f"/history/{NAME}?lang=en&page=2").text
    details = before[before.index("Details of the article") :].partition("</section>")[0]
    app.extensions["tanpu.runner"].close()
    told = re.findall(r"<(del|ins)>(.*?)</(?:del|ins)>", details)
    assert [(sign, text_of(value)) for sign, value in told] == [
        ("del", "云梦峰会举行"),
        ("ins", "云梦峰会<b>改期</b>"),
        ("del", "May 7, 2031"),
        ("ins", "May 9, 2031"),
        ("del", "https://news.example/1"),
    ]
    assert "<b>改期" not in before
    assert "same as" not in last + before


def test_the_shapes_are_asked_again_on_demand(served: FlaskClient) -> None:
    html = served.get(f"/history/{NAME}?lang=en").text
    assert "check=now" in html
    again = served.get(f"/history/{NAME}?lang=en&check=now").text
    assert "The graph conforms to" in again
    assert "check=now" not in again.partition("<main")[2]


def test_what_the_shapes_noted_is_told(served: FlaskClient, path: Path) -> None:
    keep_notes(path, NAME, replace(refusal(), conforms=True))
    html = served.get(f"/history/{NAME}?lang=en").text
    assert "with 1 note" in html
    assert "甲乙丙" in html


def test_a_document_leads_to_its_history(served: FlaskClient) -> None:
    html = served.get("/page/document/news%2F2031-05").text
    href = re.search(r'href="(/history/[^"]+)"', html)
    assert href is not None
    assert served.get(href[1]).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/history/{NAME}", 200),
        (f"/history/{NAME}?page=2", 404),
        (f"/history/{NAME}?page=0", 400),
        ("/history/nothing", 404),
    ],
)
def test_what_has_no_history_is_not_found(served: FlaskClient, address: str, status: int) -> None:
    assert served.get(address).status_code == status


def test_a_refused_version_is_told_at_once(served: FlaskClient, path: Path) -> None:
    address = f"/history/{NAME}?lang=en"
    tag = served.get(address).headers["ETag"]
    broken = replace(
        forum_extraction(), document=SourceDocument(id=NAME, text=TEXT, title="甲", published=None)
    )
    with open_store(path, mode="write", base=BASE) as writer:
        outcome = ingest_extraction(broken, writer, Minter(BASE), validator=Refusing())
    assert outcome.status == "refused"
    assert report_paths(path / "reports", NAME)[1].exists()
    answer = served.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "A newer version was refused" in answer.text
    assert "甲乙丙" in answer.text


class Refusing:
    """Refuses every graph."""

    def validate(self, graph: object, *, known: object = None) -> ValidationReport:
        return refusal()


def refusal() -> ValidationReport:
    result = ValidationResult(
        focus_node="urn:x",
        path=None,
        value=None,
        severity="violation",
        source_shape=None,
        component="sh:MinCountConstraintComponent",
        messages=(("en", "甲乙丙"), ("zh", "甲乙丙")),
    )
    return ValidationReport(conforms=False, results=(result,))


def test_a_store_in_memory_has_no_versions(client: FlaskClient) -> None:
    answer = client.get(f"/history/{NAME}?lang=en")
    assert answer.status_code == 200
    assert "No earlier version is kept." in answer.text


def test_hostile_text_stays_text(client: FlaskClient) -> None:
    answer = client.get("/history/bad.ttl")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
