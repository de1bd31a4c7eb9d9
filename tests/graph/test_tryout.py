from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pytest

from extract.errors import EmptyInputError, InputError, MalformedRecordError, OverlongInputError
from extract.readers import ReadLimits
from graph.tryout import Attempt, try_article

BASE = "http://graph.example/"


def attempt(
    data: str,
    *,
    name: str = "article.txt",
    title: str | None = None,
    published: str | None = None,
    most: int = 100,
) -> Attempt:
    limits = ReadLimits(max_bytes=400, max_characters=most)
    return Attempt(
        name=name,
        data=data.encode(),
        base=BASE,
        limits=limits,
        title=title,
        published=published,
    )


def test_an_article_becomes_facts_a_graph_and_a_report(simple_pipeline: None) -> None:
    tried = try_article(attempt("甲市很大。\r\n甲市很好。", title="甲市", published="2031-05-06"))
    assert tried.extraction.document.text == "甲市很大。\n甲市很好。"
    assert [e.span.start for e in tried.extraction.entities] == [0, 6]
    assert tried.report is not None
    assert tried.report.conforms
    triples = list(ox.parse(tried.n_triples, ox.RdfFormat.N_TRIPLES))
    assert ox.NamedNode(BASE + "id/document/article") in {t.subject for t in triples}
    assert "2031-05-06" in {t.object.value for t in triples if isinstance(t.object, ox.Literal)}


def test_what_the_file_says_itself_wins(simple_pipeline: None) -> None:
    text = "---\ntitle: 甲\npublished: 2030-01-02\n---\n甲市。"
    tried = try_article(attempt(text, name="a.md", title="乙", published="2031-05-06"))
    assert tried.extraction.document.title == "甲"
    assert tried.extraction.document.published == "2030-01-02"


def test_what_the_vocabulary_cannot_hold_is_told(simple_pipeline: None) -> None:
    tried = try_article(attempt("甲市。", published="some day"))
    assert tried.n_triples == b""
    assert tried.report is None
    assert tried.problem is not None
    assert "some day" in tried.problem
    assert len(tried.extraction.entities) == 1


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.txt", "", EmptyInputError),
        ("a.txt", "长" * 101, OverlongInputError),
        ("a.jsonl", '{"id": "1", "text": "甲"}\n{"id": "2", "text": "乙"}', MalformedRecordError),
        ("a.jsonl", '{"id": "1"}', MalformedRecordError),
    ],
)
def test_what_is_no_article_is_refused(
    simple_pipeline: None, name: str, data: str, error: type[InputError]
) -> None:
    with pytest.raises(error):
        try_article(attempt(data, name=name))


def test_nothing_is_written(
    simple_pipeline: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    try_article(attempt("甲市很大。"))
    assert os.listdir(tmp_path) == []
