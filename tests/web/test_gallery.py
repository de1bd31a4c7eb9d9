"""Worked questions: each is a query that runs, with its question in both languages."""

from __future__ import annotations

from importlib.resources import files

import pytest
from flask.testing import FlaskClient

from web.gallery import WorkedQuestion, read_gallery, read_question

QUESTIONS = [question for group in read_gallery() for question in group.questions]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_can_be_asked(client: FlaskClient, question: WorkedQuestion) -> None:
    response = client.post("/sparql/answer", data={"query": question.text})
    assert response.status_code == 200, response.text
    assert question.words.zh.endswith(("？", "）"))
    assert not question.words.zh.isascii()
    assert question.words.en.endswith(("?", ".)"))
    assert question.words.en.isascii()


def test_every_file_of_the_folder_is_on_the_page() -> None:
    names = {file.name for file in (files("web") / "queries" / "examples").iterdir()}
    assert names == {f"{question.name}.rq" for question in QUESTIONS}


@pytest.mark.parametrize(("language", "index"), [("zh", 0), ("en", 1)])
def test_the_page_links_each_question_to_its_query(
    client: FlaskClient, language: str, index: int
) -> None:
    html = client.get(f"/sparql?lang={language}", headers={"Accept": "text/html"}).text
    for question in QUESTIONS:
        words = (question.words.zh, question.words.en)[index]
        assert f">{words}</a>" in html
    assert html.count(" data-question") == len(QUESTIONS)


def test_a_query_without_a_question_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.gallery.query_text", lambda name: "# 只有一行？\nASK {}")
    with pytest.raises(ValueError, match="two lines of comment"):
        read_question("who_spoke")
