"""The client of reconciliation services against real ones: our own and those of others."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from graph.identity import Minter
from graph.linking.cache import AnswerCache
from graph.linking.client import Politeness, ReconciliationClient
from graph.linking.linker import Asking, find_matches, manifest_to_source
from graph.linking.service import Manifest
from graph.linking.subjects import Subject
from tests.web.conftest import BASE

# A server takes a moment to start.
PATIENT = Politeness(timeout=20.0, deadline=30.0, retries=40, backoff=0.05, longest_pause=0.5)
OWN = "http://elsewhere.example/id/"


def subject(name: str, label: str = "ORG", **hints: str) -> Subject:
    return Subject(f"{OWN}{name}", label, (name,), hints)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def link(
    client: ReconciliationClient, subjects: list[Subject], asking: Asking
) -> list[list[tuple[str, str, str, str]]]:
    """Target, name, kind and status of the matches of each subject."""
    with AnswerCache(None, max_age=timedelta(days=1)) as cache:
        answered = find_matches(
            subjects, client, client.manifest(), cache, asking, today="2031-05-09", now=0.0
        )
        return [
            [(m.target, m.target_name, m.judgement.kind, m.judgement.status) for m in a.matches]
            for a in answered
        ]


def test_our_own_service_links_names_of_another_store(
    app: Flask, serve_app: Callable[[Flask], tuple[str, int]]
) -> None:
    host, port = serve_app(app)
    client = ReconciliationClient(f"http://{host}:{port}/reconcile", PATIENT)
    manifest = client.manifest()
    assert manifest.versions == ("0.1", "0.2")
    assert manifest.identifier_space == f"{BASE}id/"
    assert "Institution" in {offered.id for offered in manifest.default_types}
    source = manifest_to_source(manifest, client, "http://elsewhere.example/")
    assert (source.name, source.space) == (manifest.name, f"{BASE}id/")
    minter = Minter(BASE)
    bureau = str(minter.entity("org", "北湾市绿能局"))
    wei = str(minter.entity("person", "韦一诺"))
    asking = Asking(types={"ORG": "Institution", "PERSON": "Person"}, batch_size=2)
    subjects = [
        subject("北湾市绿能局"),
        subject("北灣市綠能局"),
        subject("韦一诺", "PERSON"),
        subject("并无此局"),
    ]
    *exact, person, none = link(client, subjects, asking)
    assert [row[0] for row in exact] == [(bureau, "北湾市绿能局", "exactMatch", "accepted")] * 2
    assert person == [(wei, "韦一诺", "exactMatch", "proposed")]
    assert none == []


# --- datasette ---------------------------------------------------------------------------

ROWS = [
    ("o-1", "云梦绿能集团", "company", "云梦市"),
    ("o-2", "云梦绿能集团有限公司", "company", "云梦市"),
    ("o-3", "北湾海风研究院", "institute", "北湾市"),
    ("o/4", "青禾电力", "company", "北湾市"),
]


@pytest.fixture(scope="module")
def datasette(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the reconciliation service over a table of institutions."""
    pytest.importorskip("datasette_reconcile")
    folder: Path = tmp_path_factory.mktemp("datasette")
    with closing(sqlite3.connect(folder / "names.db")) as connection, connection:
        connection.execute(
            "CREATE TABLE orgs (id TEXT PRIMARY KEY, name TEXT, kind TEXT, city TEXT)"
        )
        connection.executemany("INSERT INTO orgs VALUES (?, ?, ?, ?)", ROWS)
    settings = {
        "id_field": "id",
        "name_field": "name",
        "type_field": "kind",
        "type_default": [{"id": "object", "name": "Object"}],
        "identifierSpace": "https://orgs.example/id/",
        "schemaSpace": "https://orgs.example/kind/",
        "service_name": "Institutions",
    }
    tables = {"orgs": {"plugins": {"datasette-reconcile": settings}}}
    metadata = folder / "metadata.json"
    metadata.write_text(json.dumps({"databases": {"names": {"tables": tables}}}))
    port = free_port()
    arguments = ["serve", "names.db", "-m", str(metadata), "-h", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "datasette", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}/names/orgs/-/reconcile"
    process.terminate()
    process.wait(timeout=20)


def test_the_manifest_of_another_implementation_is_read(datasette: str) -> None:
    manifest = ReconciliationClient(datasette, PATIENT).manifest()
    assert isinstance(manifest, Manifest)
    assert (manifest.name, manifest.identifier_space) == (
        "Institutions",
        "https://orgs.example/id/",
    )
    assert manifest.view is not None


def test_another_implementation_links_names_by_type_and_property(datasette: str) -> None:
    client = ReconciliationClient(datasette, PATIENT)
    space = "https://orgs.example/id/"
    asking = Asking(types={"ORG": "company"}, properties={"city": "place"}, batch_size=3)
    subjects = [
        subject("云梦绿能集团", place="云梦市"),
        subject("北湾海风研究院"),
        subject("青禾电力", place="云梦市"),
        subject("青禾电力", place="北湾市"),
    ]
    assert link(client, subjects, asking) == [
        [
            (f"{space}o-1", "云梦绿能集团", "exactMatch", "accepted"),
        ],
        [],
        [],
        [(f"{space}o/4", "青禾电力", "exactMatch", "accepted")],
    ]


# --- csv-reconcile -----------------------------------------------------------------------

# It requires Flask 2, so it lives in an environment of its own; docs/linking.md tells how to make it.
CSV_RECONCILE = "CSV_RECONCILE_PYTHON"
CONFIGURATION = """
CSVENCODING = "utf-8"
MANIFEST = {"name": "Table", "identifierSpace": "https://table.example/id/"}
"""


@pytest.fixture(scope="module")
def csv_reconcile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of csv-reconcile over a table of institutions."""
    python = os.environ.get(CSV_RECONCILE)
    if python is None:
        pytest.skip(f"{CSV_RECONCILE} names no Python that has csv-reconcile")
    folder: Path = tmp_path_factory.mktemp("csv-reconcile")
    lines = ["id\tname\tcity", *("\t".join((row[0], row[1], row[3])) for row in ROWS)]
    (folder / "orgs.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "settings.py").write_text(CONFIGURATION, encoding="utf-8")
    init = ["init", "--scorer", "dice", "--config", "settings.py", "orgs.tsv", "id", "name"]
    subprocess.run(
        [python, "-m", "csv_reconcile", *init], cwd=folder, check=True, capture_output=True
    )
    port = free_port()
    process = subprocess.Popen(
        [python, "-m", "flask", "--app", "csv_reconcile:create_app", "run", "--port", str(port)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}/reconcile"
    process.terminate()
    process.wait(timeout=20)


def test_a_service_of_version_0_1_links_names(csv_reconcile: str) -> None:
    client = ReconciliationClient(csv_reconcile, PATIENT)
    assert client.manifest().versions == ("0.1",)
    asking = Asking(types={}, batch_size=2)
    subjects = [subject("北湾海风研究院"), subject("青禾电力"), subject("并无此局")]
    space = "https://table.example/id/"
    assert link(client, subjects, asking) == [
        [(f"{space}o-3", "北湾海风研究院", "exactMatch", "accepted")],
        [(f"{space}o/4", "青禾电力", "exactMatch", "accepted")],
        [],
    ]
