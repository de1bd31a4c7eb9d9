"""The page of what waits for a decision."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from extract.facts import Extraction, Fact, HoldsPost, TakesPart
from graph.entities import read_entities
from graph.identity import Minter
from graph.ingest import ingest_extraction
from graph.linking.linker import Answered, store_matches
from graph.linking.subjects import Subject
from graph.store import Store, open_store
from server import create_app
from tests.graph.conftest import TEXT, argument, entity, find, make_extraction
from tests.graph.linking.conftest import BASE, SOURCE, SPACE, match


@pytest.fixture
def store() -> Iterator[Store]:
    """Two documents that may name one person."""
    with open_store(None, mode="write", base=BASE) as opened:
        for document in ("a", "b"):
            ingest_extraction(person_in(document), opened, Minter(BASE))
        opened.publish()
        yield opened


def person_in(document: str) -> Extraction:
    person, first = argument("PERSON", "韦一诺"), find(TEXT.splitlines()[0])
    post, city = argument("POST", "副市长"), argument("PLACE", "北湾市")
    facts: dict[str, Fact] = {
        "a": HoldsPost(person=person, post=post, org=city, evidence=first),
        "b": TakesPart(person=person, event=argument("FORUM", "储能对话"), evidence=first),
    }
    entities = (entity("韦一诺", "PERSON"),)
    return make_extraction(document=document, entities=entities, facts=(facts[document],))


def decided(path: Path) -> None:
    sides = {side: {"name": "韦一诺", "document": d} for side, d in (("left", "a"), ("right", "b"))}
    row = {"kind": "person", **sides, "verdict": "unsure"}
    path.write_text(json.dumps({**row, "who": "w", "when": "2031-05-06", "why": ""}))


def test_a_pair_is_shown_with_sentences_reason_and_documents(client: FlaskClient) -> None:
    html = client.get("/review?lang=zh").text
    assert html.count("北湾市副市长韦一诺视频致辞，") == 2
    assert "姓名相同，无相反信息" in html
    assert '<a href="/page/document/a?lang=zh">' in html
    assert "one name and nothing against it" in client.get("/review?lang=en").text


def test_what_was_decided_is_not_shown(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    client = make_app(TANPU_DECISIONS=str(path)).test_client()
    assert "韦一诺" in client.get("/review").text
    decided(path)
    assert "韦一诺" not in client.get("/review").text


def test_a_client_that_has_the_page_gets_it_anew_after_a_decision(tmp_path: Path) -> None:
    """Decisions can be written without a change of the store."""
    with open_store(tmp_path / "store", mode="write", base=BASE) as writer:
        for document in ("a", "b"):
            ingest_extraction(person_in(document), writer, Minter(BASE))
        writer.publish()
    client = create_app({"TANPU_STORE": str(tmp_path / "store"), "TESTING": True}).test_client()
    headers = {"If-None-Match": client.get("/review").headers["ETag"]}
    assert client.get("/review", headers=headers).status_code == 304
    decided(tmp_path / "store.decisions.jsonl")
    assert client.get("/review", headers=headers).status_code == 200


def test_a_proposed_link_is_shown_and_its_names_escaped(store: Store, client: FlaskClient) -> None:
    (iri,) = (row["iri"] for row in read_entities(store) if row["class"] == "PERSON")
    hostile = "<script>alert(1)</script>"
    found = match(iri.removeprefix(f"{BASE}id/"), "7", status="proposed", name=hostile)
    answered = [Answered(Subject(iri, "PERSON", ("韦一诺",), {}), (found,), remembered=False)]
    store_matches(store, Minter(BASE), SOURCE, answered, decisions={}, moved={})
    store.publish()
    html = client.get("/review").text
    assert f'href="{SPACE}7"' in html
    assert "&lt;script&gt;" in html
    assert hostile not in html


@pytest.mark.parametrize(
    ("query", "status"), [("", 200), ("?page=1", 200), ("?page=2", 404), ("?page=x", 400)]
)
def test_pages_are_counted(client: FlaskClient, query: str, status: int) -> None:
    assert client.get("/review" + query).status_code == status


def test_nothing_to_decide_is_said(make_app: Callable[..., Flask], store: Store) -> None:
    store.remove_graph(str(Minter(BASE).graph("b")))
    store.publish()
    html = make_app().test_client().get("/review?lang=en").text
    assert "Nothing waits for a decision." in html
