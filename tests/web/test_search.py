from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from extract.document import SourceDocument
from extract.facts import Entity, Extraction, Span
from graph.identity import Minter
from graph.lookup import build_index, open_index, publish_with_index
from graph.store import Store, open_store
from tests.graph.test_lookup import rows_of
from tests.web.conftest import BASE, HOSTILE_NAME, fill, forum_extraction, hostile_extraction
from tests.web.test_entities import text_of


def search(client: FlaskClient, **arguments: Any) -> Any:
    return client.get(
        "/search", query_string=arguments, headers={"Accept": "application/json"}
    ).get_json()


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("韦一诺", "韦一诺"),
        ("云梦峰会", "2031云梦零碳峰会"),
        ("２０３１", "2031云梦零碳峰会"),
        ("海风办法", "北湾海风办法"),
        ("绿能局", "北湾市绿能局"),
    ],
)
def test_search_finds_by_preferred_and_other_names(
    client: FlaskClient, query: str, first: str
) -> None:
    assert search(client, q=query)["results"][0]["name"] == first


def test_counts_are_by_class_and_a_class_narrows(client: FlaskClient) -> None:
    everything = search(client, q="北湾")
    assert everything["total"] == sum(everything["counts"].values())
    places = search(client, q="北湾", **{"class": "place"})
    assert {r["class"] for r in places["results"]} == {"place"}
    assert places["total"] == everything["counts"]["place"] == 2
    assert places["counts"] == everything["counts"]


def test_a_class_without_a_query_lists_the_class(client: FlaskClient) -> None:
    names = [r["name"] for r in search(client, **{"class": "regulation"})["results"]]
    assert names == ["云岭节能法", "北湾海风办法"]


@pytest.mark.parametrize("query", ["", " ", "没有这个名字", '" } SELECT', "%", ".*", "\x00"])
def test_what_is_in_no_name_finds_nothing(client: FlaskClient, query: str) -> None:
    assert search(client, q=query)["total"] == 0


@pytest.mark.parametrize(
    ("arguments", "accept", "status"),
    [
        ({"q": "北湾"}, "text/html", 200),
        ({"q": "北湾"}, "application/json", 200),
        ({"q": "北湾"}, "text/turtle", 406),
        ({}, "text/html", 200),
        ({"q": "长" * 100}, "text/html", 200),
        ({"q": "长" * 101}, "text/html", 400),
        ({"q": ["a", "b"]}, "text/html", 400),
        ({"q": "北湾", "class": "planet"}, "text/html", 400),
        ({"q": "北湾", "class": ""}, "text/html", 200),
        ({"q": "北湾", "page": "2"}, "text/html", 404),
        ({"q": "北湾", "page": "zero"}, "text/html", 400),
        ({"q": "北湾", "confidence": "0.5"}, "text/html", 200),
        ({"q": "北湾", "confidence": "1"}, "text/html", 200),
        ({"q": "北湾", "confidence": "1.5"}, "text/html", 400),
        ({"q": "北湾", "confidence": "high"}, "application/json", 400),
    ],
)
def test_search_arguments_have_exact_statuses(
    client: FlaskClient, arguments: dict[str, Any], accept: str, status: int
) -> None:
    response = client.get("/search", query_string=arguments, headers={"Accept": accept})
    assert response.status_code == status
    assert "accept" in response.vary.as_set()


def test_results_are_paged(make_app: Callable[..., Flask]) -> None:
    client = make_app(TANPU_LIST_SIZE=1).test_client()
    pages = [search(client, q="北湾", page=number) for number in (1, 2)]
    assert pages[0]["pages"] == pages[0]["total"] > 1
    assert pages[0]["results"] != pages[1]["results"]


def test_a_hostile_query_shows_harmlessly(client: FlaskClient) -> None:
    response = client.get("/search", query_string={"q": HOSTILE_NAME})
    assert "<script>" not in response.text
    assert "<script>alert(1)</script>" in text_of(response.text)


def test_the_index_follows_the_store(client: FlaskClient, store: Store) -> None:
    assert search(client, q="新来人")["total"] == 0
    person = Entity(span=Span(0, 3), label="PERSON", text="新来人", name="新来人")
    document = SourceDocument(id="new", text="新来人。")
    fill(store, Extraction(document=document, entities=(person,), facts=(), pipeline="test 1"))
    assert search(client, q="新来人")["total"] == 1


@pytest.mark.parametrize(
    ("confidence", "total", "hidden"), [("0", 1, 0), ("0.9", 1, 0), ("0.91", 0, 1)]
)
def test_entities_are_as_sure_as_their_best_mention(
    client: FlaskClient, confidence: str, total: int, hidden: int
) -> None:
    found = search(client, q="贺临川", confidence=confidence)
    assert (found["total"], found["hidden"], len(found["results"])) == (total, hidden, total)
    assert sum(found["counts"].values()) == total


def test_a_search_says_how_many_are_hidden_and_keeps_the_filter(client: FlaskClient) -> None:
    arguments = {"q": "北湾", "class": "place", "confidence": "0.95"}
    html = client.get("/search", query_string=arguments).text
    seen = text_of(html)
    assert "已隐去 1 个名称，置信度低于 95%。" in seen
    assert "没有名称含有这些字" not in seen
    assert '<input type="hidden" name="class" value="place">' in html
    assert '<option value="0.95" selected>' in html
    assert "class=place&amp;confidence=0.95" in html


def test_how_sure_entities_are_follows_the_store(client: FlaskClient, store: Store) -> None:
    assert search(client, q="贺临川", confidence="0.95")["total"] == 0
    person = Entity(span=Span(0, 3), label="PERSON", text="贺临川", name="贺临川", confidence=0.97)
    document = SourceDocument(id="new", text="贺临川。")
    fill(store, Extraction(document=document, entities=(person,), facts=(), pipeline="test 1"))
    assert search(client, q="贺临川", confidence="0.95")["total"] == 1


def suggest(client: FlaskClient, **arguments: Any) -> Any:
    return client.get("/search/suggestions", query_string=arguments).get_json()["suggestions"]


@pytest.mark.parametrize(
    ("query", "first", "matched"),
    [
        ("韦", "韦一诺", "韦一诺"),
        ("weiyi", "韦一诺", "韦一诺"),
        ("wyn", "韦一诺", "韦一诺"),
        ("北灣市綠", "北湾市绿能局", "北湾市绿能局"),
        ("云梦峰", "2031云梦零碳峰会", "云梦峰会"),
    ],
)
def test_suggestions_know_pinyin_initials_other_names_and_traditional_characters(
    client: FlaskClient, path_of: Callable[..., str], query: str, first: str, matched: str
) -> None:
    found = suggest(client, q=query)[0]
    assert (found["name"], found["matched"]) == (first, matched)
    assert client.get(found["href"]).status_code == 200


def test_suggestions_keep_to_a_class_and_name_it_in_the_language(client: FlaskClient) -> None:
    found = suggest(client, q="北湾", **{"class": "place"})
    assert {one["class"] for one in found} == {"place"}
    assert {one["class_name"] for one in found} == {"地点"}
    english = suggest(client, q="北湾", lang="en", **{"class": "place"})
    assert {one["class_name"] for one in english} == {"Place"}
    assert all(one["href"].endswith("?lang=en") for one in english)


def test_suggestions_are_few(client: FlaskClient, store: Store) -> None:
    names = [f"东风{number}号" for number in range(30)]
    text = "，".join(names)
    entities = tuple(
        Entity(span=Span(text.index(n), text.index(n) + len(n)), label="PERSON", text=n, name=n)
        for n in names
    )
    document = SourceDocument(id="many", text=text)
    fill(store, Extraction(document=document, entities=entities, facts=(), pipeline="test 1"))
    assert len(suggest(client, q="东风")) == 8


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({}, 200),
        ({"q": ""}, 200),
        ({"q": "长" * 100}, 200),
        ({"q": "长" * 101}, 400),
        ({"q": ["a", "b"]}, 400),
        ({"q": "北湾", "class": "planet"}, 400),
        ({"q": "\x00"}, 200),
    ],
)
def test_suggestions_have_exact_statuses(
    client: FlaskClient, arguments: dict[str, Any], status: int
) -> None:
    assert client.get("/search/suggestions", query_string=arguments).status_code == status


def test_a_name_that_is_not_the_preferred_one_is_shown(client: FlaskClient) -> None:
    assert "2031云梦零碳峰会又称 云梦峰会" in text_of(
        client.get("/search", query_string={"q": "云梦峰会"}).text
    )


def test_an_index_kept_in_step_with_documents_equals_one_made_anew(
    tmp_path: Path, minter: Minter
) -> None:
    forum, hostile = forum_extraction(), hostile_extraction()
    surer = replace(forum, entities=tuple(replace(e, confidence=0.95) for e in forum.entities))
    fewer = replace(forum, facts=forum.facts[::2], entities=forum.entities[1:])
    with open_store(tmp_path / "store", mode="write", base=BASE) as store:
        fill(store, forum)
        for number, changed in enumerate((hostile, surer, fewer, None, forum, surer)):
            if changed is None:
                store.remove_graph(str(minter.graph(forum.document.id)))
                publish_with_index(store)
            else:
                fill(store, changed)
            kept = open_index(store)
            assert kept is not None
            anew = build_index(store, tmp_path / f"{number}.sqlite")
            assert rows_of(kept.path) == rows_of(anew.path)
