"""A graph that takes too long to check is not written, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from extract.worker import LocalExtractor
from graph.checking import ProcessValidator
from graph.store import open_store
from graph.tokens import TOKEN_FILE
from graph.validation import Validator
from server import create_app
from tests.web.conftest import BASE, fill, forum_extraction
from tests.web.writers import NEW_PATH, bearer, new_triples, serialized
from web import extraction
from web.checking import EXTENSION, close_validator, find_validator
from web.ingestion import close_ingestion
from web.runner import close_runner


@pytest.fixture
def app(tmp_path: Path, simple_pipeline: None) -> Iterator[Flask]:
    """A service over a store on disk that gives a check no time at all."""
    folder = tmp_path / "store"
    with open_store(folder, mode="write", base=BASE) as store:
        fill(store, forum_extraction())
    made = create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1})
    made.extensions[extraction.EXTENSION] = LocalExtractor()
    made.extensions[EXTENSION] = ProcessValidator(seconds=0.001, memory_bytes=2 << 30)
    yield made
    for close in (close_runner, close_ingestion, close_validator):
        close(made)


def test_what_is_written_is_checked_in_another_process(app: Flask, tmp_path: Path) -> None:
    headers = bearer(tmp_path / "store" / TOKEN_FILE, "sender", "ingest")
    client = app.test_client()
    put = client.put(
        NEW_PATH, data=serialized(new_triples()), content_type="text/turtle", headers=headers
    )
    sent = client.post(
        "/documents?id=a", data="甲市很大。", content_type="text/plain", headers=headers
    )
    for answer in (put, sent):
        assert answer.status_code == 503
        assert answer.mimetype == "application/problem+json"
        assert "triples" in answer.get_json()["detail"]
    with open_store(tmp_path / "store", mode="read") as store:
        assert len(store.graphs()) == 1
    checked = client.get("/history/news%2F2031-05?check=now", headers={"Accept": "text/plain"})
    assert checked.status_code == 503


def test_a_store_in_memory_is_checked_where_it_is() -> None:
    with open_store(None, mode="write", base=BASE) as store:
        assert isinstance(find_validator(create_app({"TANPU_STORE": store})), Validator)
