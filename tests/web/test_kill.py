"""A service that is killed while documents come in: what it acknowledged is there afterwards."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from graph.identity import Minter
from graph.store import open_store
from graph.tokens import TOKEN_FILE
from tests.web.conftest import BASE
from tests.web.processes import starting_programs
from tests.web.writers import bearer

# The real service, but for the models, which take long to load and have no part in this.
PROGRAM = """
import sys
import extract.pipeline
from extract.worker import LocalExtractor
from server import create_app, serve
from tests.conftest import extract_simply
from web.extraction import EXTENSION

extract.pipeline.load_pipeline = lambda model="accurate": None
extract.pipeline.extract_document = extract_simply
app = create_app({"TANPU_STORE": sys.argv[1], "TANPU_QUERY_WORKERS": "1"})
app.extensions[EXTENSION] = LocalExtractor()
serve(app, "127.0.0.1", 0)
"""
TEXT = "甲市很大。"
ENOUGH = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    with open_store(path, mode="write", base=BASE) as store:
        store.publish()
    return path


@pytest.fixture
def start(root: Path, folder: Path) -> Iterator[Callable[[], tuple[subprocess.Popen[str], str]]]:
    """Start the service; gives its process and host with port."""
    with starting_programs(root) as start_program:
        yield partial(start_program, PROGRAM, str(folder))


def ask(
    netloc: str, method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[int, Any]:
    connection = HTTPConnection(netloc, timeout=60)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_what_was_acknowledged_survives_a_kill(
    start: Callable[[], tuple[subprocess.Popen[str], str]], folder: Path
) -> None:
    sender = bearer(folder / TOKEN_FILE, "sender", "ingest")
    running, netloc = start()
    acknowledged: list[str] = []
    enough = threading.Event()

    def send() -> None:
        for number in range(10_000):
            name = f"d{number}"
            headers = {**sender, "Content-Type": "text/plain; charset=utf-8"}
            text = f"{TEXT}第{number}篇。".encode()
            try:
                status, _ = ask(netloc, "POST", f"/documents?id={name}", headers, text)
            except (OSError, HTTPException, ValueError):
                return
            assert status == 201
            acknowledged.append(name)
            if len(acknowledged) == ENOUGH:
                enough.set()

    client = threading.Thread(target=send)
    client.start()
    assert enough.wait(120)
    time.sleep(0.1)
    running.send_signal(signal.SIGKILL)
    running.wait()
    client.join()
    assert len(acknowledged) >= ENOUGH
    with open_store(folder, mode="read") as store:
        there = set(store.graphs())
        assert {str(Minter(BASE).graph(name)) for name in acknowledged} <= there
        # Whatever else came is whole, too.
        for iri in there - {f"{BASE}provenance"}:
            assert any(TEXT in str(value) for value in store.graph(iri).objects())
    _, again = start()
    status, answer = ask(
        again,
        "POST",
        f"/documents?id={acknowledged[-1]}",
        {**sender, "Content-Type": "text/plain; charset=utf-8"},
        f"{TEXT}第{len(acknowledged) - 1}篇。".encode(),
    )
    assert (status, answer["documents"][0]["status"]) == (200, "unchanged")


def test_a_job_that_was_acknowledged_is_done_after_the_next_start(
    start: Callable[[], tuple[subprocess.Popen[str], str]], folder: Path
) -> None:
    sender = bearer(folder / TOKEN_FILE, "sender", "ingest")
    running, netloc = start()
    count = 25
    rows = [{"id": f"d{n}", "text": f"{TEXT}第{n}篇。"} for n in range(count)]
    body = "".join(json.dumps(row) + "\n" for row in rows).encode()
    headers = {**sender, "Content-Type": "application/x-ndjson"}
    status, made = ask(netloc, "POST", "/documents", headers, body)
    assert status == 202
    running.send_signal(signal.SIGKILL)
    running.wait()
    _, again = start()
    for _ in range(1200):
        status, job = ask(again, "GET", f"/jobs/{made['id']}", sender)
        assert status == 200
        if job["status"] not in ("queued", "running"):
            break
        time.sleep(0.1)
    assert [row["document"] for row in job["documents"]] == [f"d{n}" for n in range(count)]
    with open_store(folder, mode="read") as store:
        wanted = {str(Minter(BASE).graph(f"d{n}")) for n in range(count)}
        assert wanted <= set(store.graphs())
