from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Dataset, Graph, URIRef
from rdflib.compare import isomorphic

from extract.document import SourceDocument
from extract.facts import Argument, Extraction, HeldOn, Span, TakesPart
from graph.identity import Minter
from graph.store import Store
from ontology.terms import RDF, TANPU
from tests.web.conftest import FORUM_ID, HOSTILE_ID, HOSTILE_NAME, TEXT, fill
from tests.web.test_entities import text_of

FORUM = quote(FORUM_ID, safe="")


def test_the_list_has_the_newest_first(client: FlaskClient) -> None:
    seen = text_of(client.get("/documents").text)
    assert seen.index("云梦峰会举行") < seen.index("alert(2)")


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 200), ("?page=2", 200), ("?page=3", 404), ("?page=0", 400), ("?page=x", 400)],
)
def test_the_list_is_paged(make_app: Callable[..., Flask], query: str, status: int) -> None:
    client = make_app(TANPU_LIST_SIZE=1).test_client()
    assert client.get("/documents" + query).status_code == status


def test_the_page_has_the_whole_text_in_order(client: FlaskClient) -> None:
    html = client.get(f"/page/document/{FORUM}").text
    body = html[html.index('<section class="text"') : html.index('<section class="facts"')]
    seen = text_of(body).replace(" ", "")
    assert TEXT.replace("\n", "").replace(" ", "") in seen


def test_mentions_are_marked_by_class_and_lead_to_their_pages(
    client: FlaskClient, path_of: Callable[..., str]
) -> None:
    html = client.get(f"/page/document/{FORUM}").text
    start = TEXT.index("贺临川")
    href = path_of("page", "person", "贺临川")
    assert (
        f'<mark class="c-person" id="mention={start},{start + 3}">'
        f'<a href="{href}" title="贺临川">贺临川</a></mark>'
    ) in html
    assert re.search(r'<mark class="c-date" id="mention=\d+,\d+">近日</mark>', html)
    assert not re.search(r"<mark[^>]*>(?:(?!</mark>).)*<mark", html)


def test_every_fact_leads_to_its_sentence(client: FlaskClient) -> None:
    html = client.get(f"/page/document/{FORUM}").text
    links = re.findall(r'href="#(char=\d+,\d+)"', html)
    assert len(links) == 17
    for anchor in set(links):
        assert html.count(f'id="{anchor}"') == 1


def test_facts_of_a_kind_stand_in_the_order_of_the_text(client: FlaskClient) -> None:
    html = client.get(f"/page/document/{FORUM}").text
    seen = text_of(html[html.index('<section class="facts"') :])
    order = ["韦一诺以视频方式", "贺临川出席"]
    assert sorted(order, key=seen.index) == order


def test_every_identifier_on_a_page_stands_once(client: FlaskClient) -> None:
    html = client.get(f"/page/document/{FORUM}").text
    identifiers = re.findall(r'\bid="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers))


def test_evidence_iris_lead_to_their_fact(client: FlaskClient, store: Store) -> None:
    html = client.get(f"/page/document/{FORUM}").text
    graph = store.graph(str(Minter(store.base).graph(FORUM_ID)))
    fragments = {str(s).partition("#")[2] for s in graph.subjects()}
    evidence = {f for f in fragments if f.startswith("evidence=")}
    assert len(evidence) == 17
    for fragment in evidence:
        assert f'id="{fragment}"' in html


def test_metadata_stands_on_the_page(client: FlaskClient) -> None:
    seen = text_of(client.get(f"/page/document/{FORUM}").text)
    for expected in ("云梦新报", "2031年5月7日", "test 1", "2031年5月8日 01:02 UTC"):
        assert expected in seen


def test_hostile_text_shows_harmlessly(client: FlaskClient) -> None:
    html = client.get(f"/page/document/{HOSTILE_ID}").text
    own = r'<script(?! (?:type="module" )?src="/static/| type="application/ld\+json">)'
    assert not re.search(own, html)
    assert "javascript:" not in html
    assert HOSTILE_NAME.partition("<")[0] in text_of(html)


@pytest.mark.parametrize(
    ("path", "accept", "content_type"),
    [
        (f"/data/document/{FORUM}", "*/*", "text/turtle; charset=utf-8"),
        (f"/data/document/{FORUM}.ttl", "*/*", "text/turtle; charset=utf-8"),
        (f"/data/document/{FORUM}.nt", "*/*", "application/n-triples"),
        (f"/data/document/{FORUM}.jsonld", "*/*", "application/ld+json"),
        (f"/data/document/{FORUM}.rdf", "*/*", "application/rdf+xml"),
        (f"/data/document/{FORUM}.trig", "text/html", "application/trig"),
        (f"/data/document/{FORUM}", "application/trig", "application/trig"),
        (f"/data/document/{HOSTILE_ID}", "application/n-triples", "application/n-triples"),
        (f"/data/document/{HOSTILE_ID}.nt", "*/*", "application/n-triples"),
        (f"/graph/{FORUM}", "*/*", "text/turtle; charset=utf-8"),
        (f"/graph/{FORUM}", "application/trig", "application/trig"),
    ],
)
def test_the_formats_of_a_document(
    client: FlaskClient, path: str, accept: str, content_type: str
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.content_type == content_type


def test_the_data_is_the_named_graph(client: FlaskClient, store: Store, minter: Minter) -> None:
    name = minter.graph(FORUM_ID)
    # Parsed like the answer, since rdflib's parser rewrites numbers.
    expected = Graph().parse(data=store.graph(str(name)).serialize(format="nt"), format="nt")
    turtle = client.get(f"/data/document/{FORUM}.ttl").data
    assert isomorphic(Graph().parse(data=turtle), expected)
    dataset = Dataset()
    dataset.parse(data=client.get(f"/data/document/{FORUM}.trig").data, format="trig")
    assert {g.identifier for g in dataset.graphs() if len(g)} == {URIRef(name)}
    assert isomorphic(dataset.graph(name), expected)


def test_a_named_graph_leads_a_browser_to_the_page(client: FlaskClient) -> None:
    response = client.get(f"/graph/{FORUM}", headers={"Accept": "text/html"})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/page/document/{FORUM}"


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("/graph/unknown", "*/*", 404),
        ("/graph/", "*/*", 404),
        (f"/graph/{FORUM}", "image/png", 406),
        (f"/data/document/{FORUM}", "text/html", 406),
        (f"/data/document/{FORUM}.csv", "*/*", 404),
        ("/page/document/unknown", "text/html", 404),
        ("/page/document/a//b", "text/html", 404),
    ],
)
def test_bad_document_paths_have_exact_statuses(
    client: FlaskClient, path: str, accept: str, status: int
) -> None:
    assert client.get(path, headers={"Accept": accept}).status_code == status


@pytest.mark.parametrize("identifier", ["//a//b/", ".", "..", "%2F", "a#b?c", "名 字", "a\\b"])
def test_an_id_may_be_any_text(client: FlaskClient, store: Store, identifier: str) -> None:
    document = SourceDocument(id=identifier, text="全文。")
    fill(store, Extraction(document=document, entities=(), facts=(), pipeline="test 1"))
    minter = Minter(store.base)
    path = str(minter.document(identifier)).removeprefix(store.base + "id")
    page = client.get("/id" + path, headers={"Accept": "text/html"}, follow_redirects=True)
    assert page.status_code == 200
    assert page.request.path == f"/page/document/{identifier}"
    assert client.get(f"/data{path}.trig").status_code == 200
    graph = str(minter.graph(identifier)).removeprefix(store.base)
    assert client.get(f"/{graph}").status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_the_id_of_a_document_keeps_its_encoding(client: FlaskClient, accept: str) -> None:
    response = client.get(f"/id/document/{FORUM}", headers={"Accept": accept})
    assert response.status_code == 303
    assert response.headers["Location"].endswith(f"/document/{FORUM}")


def test_sentences_that_overlap_or_cross_lines_have_one_anchor_each(
    client: FlaskClient, store: Store
) -> None:
    text = "甲会五月六日开幕。\n乙某出席甲会。"
    event = Argument(label="FORUM", text="甲会", name="甲会", span=Span(0, 2))
    person = Argument(label="PERSON", text="乙某", name="乙某", span=Span(10, 12))
    day = "2031-05-06"
    facts = (
        TakesPart(person=person, event=event, evidence=Span(0, len(text))),
        HeldOn(event=event, start_date=day, end_date=day, evidence=Span(0, 9)),
        TakesPart(person=person, event=event, role="moderates", evidence=Span(10, 17)),
    )
    document = SourceDocument(id="lines", text=text)
    fill(store, Extraction(document=document, entities=(), facts=facts, pipeline="test 1"))
    html = client.get("/page/document/lines").text
    for anchor in ("char=0,17", "char=0,9", "char=10,17"):
        assert html.count(f'id="{anchor}"') == 1


def test_a_document_leaves_out_what_is_less_sure_and_keeps_its_text(client: FlaskClient) -> None:
    path = f"/page/document/{FORUM}"
    whole, sure = client.get(path).text, client.get(path + "?confidence=0.8").text
    assert len(re.findall(r'href="#char=', whole)) - len(re.findall(r'href="#char=', sure)) == 1
    assert "韦一诺任北湾市 副市长" in text_of(whole)
    assert "韦一诺任北湾市 副市长" not in text_of(sure)
    assert "已隐去" not in text_of(whole)
    assert "已隐去 1 条陈述，置信度低于 80%。 显示全部" in text_of(sure)
    assert f'href="/data/document/{FORUM}.trig?confidence=0.8"' in sure
    assert 'title="把握较大">75%</span>' in whole
    text = re.compile(r'<section class="text".*?</section>', re.DOTALL)
    assert text.findall(sure) == text.findall(whole)


def test_the_best_evidence_in_the_document_decides(client: FlaskClient, store: Store) -> None:
    text = "甲会五月六日开幕。甲会五月六日开幕。"
    event = Argument(label="FORUM", text="甲会", name="甲会", span=Span(0, 2))
    day = "2031-05-06"
    facts = tuple(
        HeldOn(event=event, start_date=day, end_date=day, evidence=span, confidence=confidence)
        for span, confidence in ((Span(0, 9), 0.3), (Span(9, 18), 0.6))
    )
    document = SourceDocument(id="twice", text=text)
    fill(store, Extraction(document=document, entities=(), facts=facts, pipeline="test 1"))
    counts = [
        client.get(f"/page/document/twice?confidence={least}").text.count('href="#char=')
        for least in ("0.3", "0.6", "0.7")
    ]
    assert counts == [2, 2, 0]


@pytest.mark.parametrize("suffix", ["nt", "trig"])
def test_the_data_of_a_document_leaves_out_what_is_less_sure(
    client: FlaskClient, suffix: str
) -> None:
    path = f"/data/document/{FORUM}.{suffix}"
    whole, sure = Dataset(default_union=True), Dataset(default_union=True)
    whole.parse(data=client.get(path).data, format=suffix)
    sure.parse(data=client.get(path + "?confidence=0.8").data, format=suffix)
    classes = {
        wanted: [len(set(g.subjects(RDF.type, wanted))) for g in (whole, sure)]
        for wanted in (TANPU.Membership, TANPU.Evidence, TANPU.Mention)
    }
    assert classes == {
        TANPU.Membership: [2, 1],
        TANPU.Evidence: [17, 16],
        TANPU.Mention: [9, 9],
    }
    assert client.get(path + "?confidence=2").status_code == 400
    assert client.get(f"/page/document/{FORUM}?confidence=x").status_code == 400


def structured(html: str) -> Any:
    """What a page says to search engines."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert found is not None
    return json.loads(found[1])


def test_search_engines_are_told_of_the_article(client: FlaskClient, minter: Minter) -> None:
    assert structured(client.get(f"/page/document/{FORUM}").text) == {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": str(minter.document(FORUM_ID)),
        "headline": "云梦峰会举行",
        "inLanguage": "zh",
        "datePublished": "2031-05-07",
        "publisher": {"@type": "Organization", "name": "云梦新报"},
        "url": "https://news.example/1",
    }


def test_search_engines_get_hostile_text_as_text(client: FlaskClient) -> None:
    html = client.get(f"/page/document/{HOSTILE_ID}").text
    data = structured(html)
    assert "<script>" in data["headline"]
    assert "url" not in data
