"""A browser whose query is refused gets the page again, with the query and what is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from web.sparql import read_refusal
from web.wording import Words

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
MALFORMED = 'SELECT ?b {\n  ?b ?c "<b>&" !! }'


def ask(
    client: FlaskClient, query: str, method: str = "GET", accept: str = BROWSER
) -> TestResponse:
    headers = {"Accept": accept, "Accept-Language": "en"}
    if method == "GET":
        return client.get("/sparql", query_string={"query": query}, headers=headers)
    return client.post("/sparql", data={"query": query}, headers=headers)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_malformed_query_stands_in_the_form_with_its_place_marked(
    client: FlaskClient, method: str
) -> None:
    response = ask(client, MALFORMED, method)
    assert response.status_code == 400
    assert response.mimetype == "text/html"
    (shown,) = re.findall(r'<textarea name="query"[^>]*>(.*?)</textarea>', response.text, re.DOTALL)
    assert unescape(shown) == MALFORMED
    assert "<b>&" not in response.text
    (line,) = re.findall(r'<pre class="wrong-line"[^>]*><bdi>(.*?)</bdi>', response.text)
    assert unescape(re.sub(r"</?mark>", "", line)).rstrip() == MALFORMED.split("\n")[1]
    place = re.search(r'data-error data-line="(\d+)" data-column="(\d+)"', response.text)
    assert place is not None
    assert place[1] == "2"
    assert f"Query syntax error · Line 2, column {place[2]}" in response.text


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("", "Bad request"),
        ("INSERT DATA { <http://a/> <http://a/> 1 }", "Queries only"),
        ("SELECT * { SERVICE <http://a/> { ?s ?p ?o } }", "Query not supported"),
        ("SELECT * {" + "{" * 200 + "}" * 200 + "}", "Query too complex"),
    ],
)
def test_a_refusal_without_a_place_says_why_beside_the_query(
    client: FlaskClient, query: str, title: str
) -> None:
    response = ask(client, query)
    assert response.status_code == 400
    assert f"<strong>{title}</strong>" in response.text
    assert "wrong-line" not in response.text
    (shown,) = re.findall(r'<textarea name="query"[^>]*>(.*?)</textarea>', response.text, re.DOTALL)
    assert unescape(shown) == query


def test_a_refusal_speaks_chinese(client: FlaskClient) -> None:
    query = {"query": MALFORMED, "lang": "zh"}
    html = client.get("/sparql", query_string=query, headers={"Accept": BROWSER}).text
    assert "查询语法有误 · 第 2 行，第" in html


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "*/*", "text/csv"])
def test_programs_get_the_problem_itself(client: FlaskClient, accept: str) -> None:
    response = ask(client, MALFORMED, accept=accept)
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["line"] == 2


def test_what_is_no_query_has_the_bare_page_of_a_problem(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()
    response = client.get("/sparql?format=csv", headers={"Accept": BROWSER})
    assert response.status_code == 400
    assert "<textarea" not in response.text


@pytest.mark.parametrize(
    ("line", "column", "parts"),
    [
        (1, 1, ("", "A", "SK {")),
        (2, 5, (" ?甲 ", "!", " }")),
        (2, 8, (" ?甲 ! }", "", "")),
        (2, 99, (" ?甲 ! }", "", "")),
        (3, 1, ("", "", "")),
        (9, 1, ("", "", "")),
        (None, None, ("", "", "")),
    ],
)
def test_a_line_is_parted_at_its_wrong_character(
    line: int | None, column: int | None, parts: tuple[str, str, str]
) -> None:
    given = {"line": line, "column": column}
    place = {name: number for name, number in given.items() if number is not None}
    one = read_refusal("ASK {\r\n ?甲 ! }\r\n", Words("", ""), "", place)
    assert (one.before, one.wrong, one.after) == parts


def test_a_graph_that_rdf_xml_cannot_say_is_refused_in_that_format_alone(
    client: FlaskClient,
) -> None:
    query = "CONSTRUCT { <urn:s> <http://a.example/1> 1 } {}"
    refused = ask(client, query, accept="application/rdf+xml")
    assert refused.status_code == 406
    assert refused.mimetype == "application/problem+json"
    assert "'http://a.example/1'" in refused.get_json()["detail"]
    assert ask(client, query, accept="text/turtle").status_code == 200
