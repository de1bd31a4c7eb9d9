from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graph.store import open_store
from graph.workers import WorkerPool
from server import create_app
from tests.web.conftest import BASE, fill, forum_extraction
from web.health import STOPPING
from web.runner import EXTENSION, close_runner
from web.store import EXTENSION as STORE


@pytest.fixture
def disk_app(tmp_path: Path) -> Iterator[Flask]:
    with open_store(tmp_path / "store", mode="write", base=BASE) as opened:
        fill(opened, forum_extraction())
    app = create_app({"TANPU_STORE": tmp_path / "store", "TANPU_QUERY_WORKERS": 1})
    yield app
    close_runner(app)


def test_a_service_that_can_answer_is_ready(disk_app: Flask, client: FlaskClient) -> None:
    for asked in (disk_app.test_client(), client):
        response = asked.get("/readyz")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        checks = dict.fromkeys(("store", "workers", "queue", "names", "staying"), True)
        assert response.get_json() == {"status": "ready", "checks": checks}


def test_a_service_whose_names_cannot_be_searched_yet_is_not_ready_until_they_can(
    disk_app: Flask,
) -> None:
    shutil.rmtree(disk_app.extensions[STORE].path / "lookup")
    client = disk_app.test_client()
    response = client.get("/readyz")
    assert (response.status_code, response.get_json()["checks"]["names"]) == (503, False)
    found = client.get("/search/suggestions", query_string={"q": "韦一"}).get_json()
    assert [one["name"] for one in found["suggestions"]] == ["韦一诺"]
    assert client.get("/readyz").status_code == 200


def test_a_service_that_is_about_to_end_lives_and_is_not_ready(
    client: FlaskClient, app: Flask
) -> None:
    app.extensions[STOPPING].set()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["checks"]["staying"] is False
    assert client.get("/healthz").status_code == 200


def test_a_service_without_processes_is_not_ready_until_a_query_starts_one(
    disk_app: Flask,
) -> None:
    pool: WorkerPool = disk_app.extensions[EXTENSION]
    client = disk_app.test_client()
    (worker,) = pool._workers
    os.kill(worker.pid, signal.SIGKILL)
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["checks"]["workers"] is False
    assert client.get("/sparql?query=ASK%7B%7D").status_code == 200
    assert client.get("/readyz").status_code == 200
