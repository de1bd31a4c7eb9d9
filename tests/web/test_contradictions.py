"""The page of contradictions, and the marks that lead to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from graph.identity import Minter
from graph.store import Store, open_store
from tests.graph.timeline_articles import figure_article, fill, post_article
from tests.web.conftest import BASE


@pytest.fixture
def store() -> Iterator[Store]:
    """Two mayors of one city on one day, and two figures of one year."""
    with open_store(None, mode="write", base=BASE) as opened:
        for document, person in (("a", "韦一诺"), ("b", "贺临川")):
            text = f"北湾市市长{person}讲话。"
            fill(
                opened,
                post_article(
                    document,
                    text,
                    person=person,
                    title="市长",
                    unit="北湾市",
                    published="2031-01-05",
                ),
            )
        fill(opened, figure_article("c", "12", "12座", unit="座"))
        fill(opened, figure_article("d", "18", "18座", unit="座"))
        opened.publish()
        yield opened


def test_both_sides_stand_with_their_sentences_and_documents(client: FlaskClient) -> None:
    response = client.get("/contradictions?lang=zh")
    assert response.status_code == 200
    assert "一个只由一人担任的职务，同一时间有两人担任" in response.text
    for words in ("韦一诺 2031年1月5日", "贺临川 2031年1月5日", "12座", "18座"):
        assert words in response.text
    assert '<a href="/page/document/a?lang=zh"' in response.text
    assert "Two people hold a post of one holder" in client.get("/contradictions?lang=en").text


def test_a_thing_leads_to_its_own_contradictions(
    client: FlaskClient, path_of: Callable[..., str], minter: Minter
) -> None:
    page = client.get(path_of("page", "person", "韦一诺") + "?lang=en").text
    address = f"/contradictions?about={quote(str(minter.entity('person', '韦一诺')), safe='/:')}"
    assert f'href="{address}' in page.replace("&amp;", "&")
    assert "1 contradiction" in page
    own = client.get(f"{address}&lang=zh").text
    assert "贺临川 2031年1月5日" in own
    assert "12座" not in own


def test_a_statement_leads_to_its_contradictions(client: FlaskClient, store: Store) -> None:
    html = client.get("/contradictions?lang=en").text
    statement = html.partition('<p class="claim"><a href="')[2].partition('"')[0]
    assert statement.startswith("/page/")
    assert "1 contradiction" in client.get(statement).text


def test_lines_that_others_contradict_are_marked_where_they_stand(
    client: FlaskClient, path_of: Callable[..., str]
) -> None:
    html = client.get(path_of("page", "place", "北湾市") + "?lang=en").text
    marked = re.findall(r'<a class="clash" href="(/page/membership/[^"]*)">contradicted</a>', html)
    assert len(set(marked)) == 2
    for path in marked:
        assert "1 contradiction" in client.get(path).text


def test_a_store_without_contradictions_has_an_empty_page(
    client: FlaskClient, store: Store
) -> None:
    for document in ("b", "d"):
        store.remove_graph(str(Minter(BASE).graph(document)))
    store.publish()
    html = client.get("/contradictions?lang=en").text
    assert "No contradictions were found." in html


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?about=http://elsewhere.example/id/person/x", 404),
        (f"?about={BASE}id/person/nobody-0123456789", 404),
        (f"?about={BASE}id/person/%3Cx%3E%20y", 404),
        ("?about=a&about=b", 400),
        ("?page=2", 404),
        ("?page=x", 400),
    ],
)
def test_what_is_unknown_or_malformed_has_its_status(
    client: FlaskClient, query: str, status: int
) -> None:
    assert client.get(f"/contradictions{query}").status_code == status
