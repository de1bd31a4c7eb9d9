"""At the start of the service a thread asks what the first visitors would wait for."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graph.decisions.file import DecisionFile
from server import create_app
from web import review
from web.store import StoreAccess
from web.warming import begin_warming


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
