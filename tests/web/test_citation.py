"""References in three forms, as pure functions and as answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import HOSTILE_NAME
from web.citation import Citation, citation_to_bibtex, citation_to_gbt, citation_to_ris

ARTICLE = Citation(
    key="news/2031-05",
    title="云梦峰会举行",
    author="云梦新报",
    issued="2031-05-07",
    url="https://news.example/1",
    accessed="2031-05-08",
    medium="EB/OL",
)
THING = Citation(
    key="person/wei", title="韦一诺", url="http://g.example/id/x", accessed="2031-05-08"
)


def test_an_article_in_bibtex() -> None:
    assert citation_to_bibtex(ARTICLE) == (
        "@misc{news2031-05,\n"
        "  author = {{云梦新报}},\n"
        "  title = {云梦峰会举行},\n"
        "  year = {2031},\n"
        "  month = {5},\n"
        "  howpublished = {[EB/OL]},\n"
        "  url = {https://news.example/1},\n"
        "  urldate = {2031-05-08}\n"
        "}\n"
    )


def test_an_article_in_ris() -> None:
    assert citation_to_ris(ARTICLE).split("\r\n") == [
        "TY  - ELEC",
        "TI  - 云梦峰会举行",
        "AU  - 云梦新报",
        "PY  - 2031",
        "DA  - 2031/05/07/",
        "UR  - https://news.example/1",
        "Y2  - 2031/05/08/",
        "ID  - news/2031-05",
        "ER  - ",
        "",
    ]


@pytest.mark.parametrize(
    ("citation", "line"),
    [
        (
            ARTICLE,
            "云梦新报. 云梦峰会举行[EB/OL]. (2031-05-07)[2031-05-08]. https://news.example/1.",
        ),
        (THING, "韦一诺[DB/OL]. [2031-05-08]. http://g.example/id/x."),
    ],
)
def test_a_line_of_references(citation: Citation, line: str) -> None:
    assert citation_to_gbt(citation) == line


@pytest.mark.parametrize(
    ("title", "bibtex", "ris"),
    [
        ("50% & 100_吨 #1 $2", r"50\% \& 100\_吨 \#1 \$2", "50% & 100_吨 #1 $2"),
        ("a}\n@misc{evil, b}", r"a\} @misc\{evil, b\}", "a} @misc{evil, b}"),
        ("一\r\nER  -\r\nTY  - BOOK", "一 ER  - TY  - BOOK", "一 ER  - TY  - BOOK"),
        ("\\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}", "\\input{/etc/passwd}"),
        ("前\u202e后\x00", "前 后", "前 后"),
        ("🌏 碳", "🌏 碳", "🌏 碳"),
        ("~^", r"\textasciitilde{}\textasciicircum{}", "~^"),
    ],
)
def test_hostile_titles_cannot_leave_their_field(title: str, bibtex: str, ris: str) -> None:
    citation = Citation(key="x", title=title, url="http://x/1", accessed="2031-05-08")
    assert f"  title = {{{bibtex}}},\n" in citation_to_bibtex(citation)
    assert f"\r\nTI  - {ris}\r\n" in citation_to_ris(citation)
    assert citation_to_gbt(citation).startswith(f"{ris}[DB/OL]")


@pytest.mark.parametrize(
    ("form", "media_type", "beginning"),
    [
        ("bibtex", "application/x-bibtex; charset=utf-8", "@misc{"),
        ("ris", "application/x-research-info-systems; charset=utf-8", "TY  - DBASE\r\n"),
        ("gbt7714", "text/plain; charset=utf-8", "碳谱. 韦一诺[DB/OL]. ["),
    ],
)
def test_a_thing_is_cited_in_every_form(
    client: FlaskClient, path_of: Callable[..., str], form: str, media_type: str, beginning: str
) -> None:
    response = client.get(path_of("cite", "person", "韦一诺") + f"?format={form}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    assert response.text.startswith(beginning)
    assert path_of("id", "person", "韦一诺") in response.text


def test_an_article_is_cited_as_its_house_published_it(client: FlaskClient) -> None:
    text = client.get("/cite/document/news%2F2031-05?format=gbt7714").text
    assert text == (
        "云梦新报. 云梦峰会举行[EB/OL]. (2031-05-07)[2031-05-08]. https://news.example/1.\n"
    )


def test_an_article_with_an_address_that_a_browser_would_run_is_cited_by_its_iri(
    client: FlaskClient,
) -> None:
    text = client.get("/cite/document/bad.ttl?format=bibtex").text
    assert "javascript" not in text
    assert "url = {http://graph.example/id/document/bad.ttl}" in text


def test_the_page_shows_all_three_and_is_not_for_search_engines(
    client: FlaskClient, path_of: Callable[..., str]
) -> None:
    html = client.get(path_of("cite", "person", "韦一诺")).text
    assert html.count("<pre") == 3
    assert '<meta name="robots" content="noindex">' in html


def test_a_hostile_name_shows_harmlessly(client: FlaskClient, path_of: Callable[..., str]) -> None:
    html = client.get(path_of("cite", "person", HOSTILE_NAME)).text
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cite/person/nobody-0123456789", 404),
        ("/cite/person/x", 400),
        ("/cite/planet/x-0123456789", 404),
        ("/cite/document/news%2F2031-05?format=word", 400),
        ("/cite/document/news%2F2031-05?format=ris&format=ris", 400),
    ],
)
def test_what_cannot_be_cited(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status
