"""Addresses that were published go on leading to what became of their things."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from rdflib import Graph

from graph.identity import Minter
from graph.store import Store, open_store
from ontology.terms import TANPU
from server import create_app
from tests.graph.resolution.articles import Article
from tests.graph.resolution.conftest import load_articles
from tests.web.conftest import BASE

FULL, SHORT = "云栖青禾电力股份有限公司", "青禾电力"
ARTICLES = (
    Article("a", "2028-03-01").post("乔云岫", "烟台市统计局", "局长"),
    Article("b", "2031-03-01").post("乔云岫", "遵义市水务局", "局长"),
    Article("c", "2031-03-01").called("ORG", FULL, SHORT),
    Article("d", "2031-03-01").names("ORG", SHORT),
    Article("e", "2031-03-01").names("FORUM", "第三届海风利用论坛"),
)


@pytest.fixture(scope="module")
def identified() -> Iterator[Store]:
    with open_store(None, mode="write", base=BASE) as store:
        load_articles(store, ARTICLES)
        yield store


@pytest.fixture
def client(identified: Store) -> FlaskClient:
    return create_app({"TANPU_STORE": identified, "TESTING": True}).test_client()


def path_of(folder: str, kind: str, name: str) -> str:
    iri = Minter(BASE).entity("org" if kind == "org" else "person", name)
    return f"/{folder}/" + iri.removeprefix(f"{BASE}id/")


@pytest.mark.parametrize("folder", ["id", "page", "data"])
def test_a_name_that_was_merged_answers_308_to_the_one_that_stays(
    client: FlaskClient, folder: str
) -> None:
    response = client.get(path_of(folder, "org", SHORT))
    assert response.status_code == 308
    assert response.headers["Location"] == path_of(folder, "org", FULL)


def test_a_merged_name_keeps_suffix_and_query(client: FlaskClient) -> None:
    response = client.get(path_of("data", "org", SHORT) + ".nt?confidence=0.5")
    assert response.headers["Location"] == path_of("data", "org", FULL) + ".nt?confidence=0.5"


@pytest.mark.parametrize("folder", ["id", "page", "data"])
def test_the_name_of_two_persons_answers_300_with_both(client: FlaskClient, folder: str) -> None:
    response = client.get(
        path_of(folder, "person", "乔云岫"), headers={"Accept": "application/json"}
    )
    assert response.status_code == 300
    assert response.mimetype == "application/json"
    choices = response.get_json()["choices"]
    assert [choice["name"] for choice in choices] == ["乔云岫", "乔云岫"]
    told = {feature for choice in choices for feature in choice["features"]}
    assert {"烟台市统计局", "遵义市水务局"} <= told
    for choice in choices:
        assert client.get(choice["iri"].removeprefix(BASE.rstrip("/"))).status_code == 303


@pytest.mark.parametrize("folder", ["id", "page"])
@pytest.mark.parametrize(
    ("lang", "html_lang", "words"),
    [("zh", "zh-Hans", "以下事物同名"), ("en", "en", "Several things have this name.")],
)
def test_the_choices_are_a_page_for_browsers(
    client: FlaskClient, folder: str, lang: str, html_lang: str, words: str
) -> None:
    path = f"{path_of(folder, 'person', '乔云岫')}?lang={lang}"
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 300
    assert response.mimetype == "text/html"
    assert f'<html lang="{html_lang}">' in response.text
    assert words in response.text
    cards = response.text.split('<li class="card">')[1:]
    assert len(cards) == 2
    for card in cards:
        assert re.search(rf'<a href="/page/person/qiao-yun-xiu-[0-9a-f]{{10}}\?lang={lang}"', card)
    assert {"烟台市统计局", "遵义市水务局"} <= {
        name for card in cards for name in re.findall(r"<bdi[^>]*>(.*?)</bdi>", card)
    }


def test_the_data_of_an_entity_say_what_it_was_recognised_by(client: FlaskClient) -> None:
    response = client.get(path_of("data", "org", FULL) + ".ttl")
    profiles = Graph().parse(data=response.text, format="turtle")
    assert len(set(profiles.subjects(TANPU.identificationReason))) == 2
    assert not set(profiles.subjects(predicate=TANPU.statedIn)) & set(
        profiles.subjects(object=TANPU.Identification)
    )


def test_a_series_has_a_page_with_its_editions(client: FlaskClient) -> None:
    series = Minter(BASE).entity("series", "海风利用论坛").removeprefix(f"{BASE}id/")
    response = client.get(f"/page/{series}")
    assert response.status_code == 200
    assert "第三届海风利用论坛" in response.text


def test_a_series_is_found_by_its_name(client: FlaskClient) -> None:
    arguments = {"q": "海风利用论坛", "class": "series"}
    accept = {"Accept": "application/json"}
    answer = client.get("/search", query_string=arguments, headers=accept).get_json()
    assert [result["name"] for result in answer["results"]] == ["海风利用论坛"]


def test_a_series_is_suggested_by_its_initials(client: FlaskClient) -> None:
    arguments = {"q": "hflylt", "class": "series"}
    answer = client.get("/search/suggestions", query_string=arguments).get_json()
    assert [one["name"] for one in answer["suggestions"]] == ["海风利用论坛"]


def test_series_are_counted_at_home_and_listed_for_search_engines(client: FlaskClient) -> None:
    assert 'href="/search?class=series"' in client.get("/").text
    assert "/page/series/" in client.get("/sitemap/1.xml").text


def test_a_profile_has_a_page(client: FlaskClient, identified: Store) -> None:
    rows = identified.query(
        "SELECT ?p WHERE { ?p a <https://w3id.org/tanpu/ontology#Profile> } LIMIT 1"
    )
    [row] = rows  # type: ignore[misc]
    response = client.get("/page/" + row["p"].value.removeprefix(f"{BASE}id/"))
    assert response.status_code == 200


def test_a_name_that_never_was_is_404(client: FlaskClient) -> None:
    assert client.get("/id/org/nobody-0123456789").status_code == 404
