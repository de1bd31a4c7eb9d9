"""At the start of the service a thread asks what the first visitors would wait for."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import URIRef

from graph.decisions.file import DecisionFile
from server import create_app
from web import entities, review
from web.errors import GoneIriError
from web.lookup import find_current
from web.reading import Reader
from web.store import EXTENSION as STORE
from web.store import StoreAccess
from web.things import render_thing
from web.warming import begin_warming
from web.wording import Kind


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the queries that are asked from now on."""
    names: list[str] = []
    ask = StoreAccess.rows

    def note(self: StoreAccess, name: str, **bindings: object) -> object:
        names.append(name)
        return ask(self, name, **bindings)  # type: ignore[arg-type]

    monkeypatch.setattr(StoreAccess, "rows", note)
    return names


def test_the_home_page_has_its_answers_before_it_is_asked_for(
    app: Flask, client: FlaskClient, asked: list[str]
) -> None:
    begin_warming(app).join()
    assert {"counts", "documents", "examples/who_spoke"} <= set(asked)
    asked.clear()
    assert client.get("/").status_code == 200
    assert not {"counts", "documents", "examples/who_spoke"} & set(asked)


def test_the_list_to_review_is_made_once(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[DecisionFile] = []

    def note(store: object, minter: object, decisions: DecisionFile) -> tuple[()]:
        made.append(decisions)
        return ()

    monkeypatch.setattr(review, "list_items", note)
    begin_warming(app).join()
    assert client.get("/review").status_code == 200
    assert len(made) == 1


def test_the_most_crowded_pages_are_made_first(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    index = find_current(app).ensure(app.extensions[STORE])
    made: list[str] = []
    render = render_thing

    def note(store: StoreAccess, reader: Reader, iri: URIRef, kind: Kind, *, least: float) -> str:
        made.append(str(iri))
        return render(store, reader, iri, kind, least=least)

    monkeypatch.setattr(entities, "render_thing", note)
    with caplog.at_level(logging.INFO):
        begin_warming(app).join()
    for name in ("Person", "Institution", "Forum", "Regulation", "Place"):
        busiest = index.most_mentioned(name)
        assert busiest is not None
        assert busiest.iri in made
    mentions = [entity.mentions for iri in made if (entity := index.entity(iri))]
    assert mentions == sorted(mentions, reverse=True)
    assert "GET /page" not in caplog.text, "no client has asked"


def test_what_has_left_the_store_is_passed_over(
    app: Flask,
    client: FlaskClient,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    find_current(app).ensure(app.extensions[STORE])

    def leave(*_: object, **__: object) -> str:
        raise GoneIriError("it has left", iri="", documents=())

    monkeypatch.setattr(entities, "render_thing", leave)
    with caplog.at_level(logging.INFO):
        begin_warming(app).join()
    assert "it has left" in caplog.text
    assert "counts" in asked, "the home page is made ready all the same"


def test_what_cannot_be_read_is_logged_and_ends_nothing(
    tmp_path: Path, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    decisions = tmp_path / "decisions.jsonl"
    decisions.write_text("{", encoding="utf-8")
    broken = create_app(
        {"TANPU_STORE": app.extensions["tanpu.store"], "TANPU_DECISIONS": decisions}
    )
    begin_warming(broken).join()
    assert "nothing is made ready" in caplog.text
    assert broken.test_client().get("/").status_code == 200
