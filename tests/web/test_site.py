"""Home, health, vocabulary, headers: what is small and belongs to the whole site."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph

from extract.document import SourceDocument
from extract.facts import Extraction
from graph.store import Store, StoreNotFoundError, open_store
from ontology.terms import ONTOLOGY_PATH, SHAPES_PATH, TANPU
from server import create_app
from tests.web.conftest import BASE, fill, forum_extraction
from tests.web.test_entities import text_of
from web.errors import ConfigError
from web.pages import compile_templates

PATHS = ["/", "/documents", "/search?q=北湾", "/ontology", "/sparql", "/healthz", "/robots.txt"]


def test_templates_that_were_compiled_at_the_start_are_not_read_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(environment: object, name: str) -> None:
        raise AssertionError(name)

    compile_templates(app)
    assert app.jinja_env.loader is not None
    monkeypatch.setattr(app.jinja_env.loader, "get_source", fail)
    for path in PATHS:
        headers = {"Accept": "text/html"}
        assert app.test_client().get(path, headers=headers).status_code == 200


def test_home_shows_counts_newest_documents_and_questions(client: FlaskClient) -> None:
    response = client.get("/")
    seen = text_of(response.text)
    assert response.status_code == 200
    assert "云梦峰会举行" in seen
    assert "机构1" in seen
    assert len(re.findall(r'href="/sparql\?query=', response.text)) == 3


def test_the_questions_on_the_home_page_have_answers(client: FlaskClient) -> None:
    hrefs = re.findall(r'href="(/sparql\?query=[^"]+)"', client.get("/").text)
    for href in hrefs:
        answer = client.get(href).get_json()
        assert answer["results"]["bindings"], href


def test_the_home_page_answers_its_questions(client: FlaskClient) -> None:
    seen = re.sub(r"\s", "", text_of(client.get("/").text))
    for answer in (
        "韦一诺2031云梦零碳峰会",
        "北湾市绿能局北湾海风办法2030年3月",
        "北湾市海风装机1.25万座",
    ):
        assert answer in seen


def test_the_home_page_follows_the_store(client: FlaskClient, store: Store) -> None:
    assert "新篇" not in client.get("/").text
    document = SourceDocument(id="new", text="无。", title="新篇", published="2032-01-01")
    fill(store, Extraction(document=document, entities=(), facts=(), pipeline="test 1"))
    assert "新篇" in client.get("/").text


def test_the_home_page_tells_search_engines_what_it_is(client: FlaskClient) -> None:
    html = client.get("/?lang=en").text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert block is not None
    site, data = json.loads(block[1])["@graph"]
    assert (site["@type"], site["url"], data["@type"]) == ("WebSite", BASE, "Dataset")
    assert data["name"] == {"@language": "en", "@value": "Tanpu"}


def test_every_local_link_of_the_site_leads_somewhere(client: FlaskClient) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        response = client.get(
            path, headers={"Accept": "text/html, */*;q=0.8"}, follow_redirects=True
        )
        assert response.status_code == 200, path
        if response.mimetype != "text/html":
            continue
        # Forms of the programming interface need what stands in them; test_reference.py sends it.
        linked = re.sub(r"<form [^>]*data-method=[^>]*>", "", response.text)
        for found in re.findall(r'(?:href|src|action)="([^"#]+)', linked):
            href = found.replace("&amp;", "&")
            target = path.partition("?")[0] + href if href.startswith("?") else href
            if target.startswith("/") and target not in seen and target not in waiting:
                waiting.append(target)
    assert len(seen) > 100


def test_health_tells_version_and_documents(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok", "store_version": 1, "documents": 2}
    assert response.headers["Cache-Control"] == "no-store"


def test_a_store_that_goes_away_is_503_everywhere(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder, mode="write", base=BASE) as store:
        fill(store, forum_extraction())
    client = create_app({"TANPU_STORE": str(folder), "TESTING": True}).test_client()
    assert client.get("/healthz").get_json()["documents"] == 1
    shutil.rmtree(folder)
    for path in ("/healthz", "/", "/documents"):
        assert client.get(path).status_code == 503
    assert client.get("/static/icon.svg").status_code == 200


def test_a_running_service_moves_to_a_new_publication(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder, mode="write", base=BASE) as store:
        store.publish()
        client = create_app({"TANPU_STORE": folder, "TESTING": True}).test_client()
        assert client.get("/healthz").get_json()["documents"] == 0
        fill(store, forum_extraction())
        assert client.get("/healthz").get_json()["documents"] == 1


def test_an_application_without_a_store_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError):
        create_app({"TANPU_STORE": tmp_path / "nothing"})


def test_an_application_with_a_bad_setting_does_not_start() -> None:
    with pytest.raises(ConfigError):
        create_app({"TANPU_PAGE_SIZE": "none"})


@pytest.mark.parametrize(
    ("accept", "content_type", "name"),
    [
        ("*/*", "text/turtle; charset=utf-8", "turtle"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("application/n-triples", "application/n-triples", "nt"),
    ],
)
@pytest.mark.parametrize(("path", "file"), [("/ontology", ONTOLOGY_PATH), ("/shapes", SHAPES_PATH)])
def test_the_vocabulary_is_served_as_rdf(
    client: FlaskClient, path: str, file: Path, accept: str, content_type: str, name: str
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.content_type == content_type
    expected = Graph().parse(file, format="turtle")
    assert len(Graph().parse(data=response.data, format=name)) == len(expected)


def test_the_ontology_page_lists_every_term(client: FlaskClient) -> None:
    html = client.get("/ontology", headers={"Accept": "text/html"}).text
    for term in (TANPU.Membership, TANPU.theme, TANPU.alias, TANPU.RoleKeynotes):
        assert f'id="{term.removeprefix(str(TANPU))}"' in html


@pytest.mark.parametrize("path", PATHS)
def test_every_response_is_guarded(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers={"Accept": "text/html, */*;q=0.5"}).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", [*PATHS[:5], "/page/document/bad.ttl"])
def test_pages_need_nothing_from_elsewhere(client: FlaskClient, path: str) -> None:
    html = client.get(path, headers={"Accept": "text/html"}).text
    assert not re.findall(
        r'<(?:img|iframe)|\b(?:src|action)="(?:https?:)?//|\bstyle="|<script>', html
    )
    assert not re.findall(r'<link rel="(?:stylesheet|icon)" href="(?!/static/)', html)


@pytest.mark.parametrize("path", ["/", "/documents", "/page/document/bad.ttl",
                                  "/data/document/bad.ttl", "/ontology"])  # fmt: skip
def test_what_has_not_changed_is_304(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    etag = first.headers["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", etag)


def test_formats_of_one_path_have_their_own_validators(client: FlaskClient) -> None:
    tags = {
        client.get("/data/document/bad.ttl", headers={"Accept": a}).headers["ETag"]
        for a in ("text/turtle", "application/ld+json", "application/trig")
    }
    assert len(tags) == 3


def test_a_new_publication_changes_the_validator(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder, mode="write", base=BASE) as store:
        store.publish()
        client = create_app({"TANPU_STORE": folder, "TESTING": True}).test_client()
        etag = client.get("/documents").headers["ETag"]
        fill(store, forum_extraction())
        assert client.get("/documents", headers={"If-None-Match": etag}).status_code == 200


def test_links_keep_the_prefix_that_the_service_is_mounted_under(
    make_app: Callable[..., Flask],
) -> None:
    client = make_app().test_client()
    html = client.get("/page/document/bad.ttl", base_url="http://host/tanpu").text
    hrefs = re.findall(r'(?:href|action)="(/[^"]*)"', html)
    assert hrefs
    assert all(href.startswith("/tanpu/") for href in hrefs)
