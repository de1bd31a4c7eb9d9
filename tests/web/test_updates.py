"""SPARQL Update over HTTP: what is changed, what is refused, and who sees it when."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from rdflib import RDF, Graph
from rdflib.namespace import SH

import cli
from graph.freshness import MARK
from graph.gate import provenance_graph
from graph.store import Store, open_store
from graph.tokens import TOKEN_FILE
from server import create_app
from tests.web.conftest import BASE, fill, forum_extraction
from tests.web.writers import (
    NEW_GRAPH,
    OLD_GRAPH,
    bearer,
    keep_tokens,
    new_triples,
    without_text,
)
from web import writing
from web.runner import close_runner

TITLE = "http://purl.org/dc/terms/title"
DOCUMENT = f"{BASE}id/document/news%2F2031-05"
RENAME = f"""
WITH <{OLD_GRAPH}>
DELETE {{ <{DOCUMENT}> <{TITLE}> ?old }} INSERT {{ <{DOCUMENT}> <{TITLE}> "新题" }}
WHERE {{ <{DOCUMENT}> <{TITLE}> ?old }}
"""


@pytest.fixture
def editor(app: Flask, tmp_path: Path) -> dict[str, str]:
    keep_tokens(app, tmp_path / TOKEN_FILE)
    return bearer(tmp_path / TOKEN_FILE, "editor", "ingest")


def quads(store: Store) -> set[str]:
    return set(map(str, store.database))


def insertion(name: str, triples: list[ox.Triple]) -> str:
    return f"INSERT DATA {{ GRAPH <{name}> {{ {' . '.join(map(str, triples))} }} }}"


def titles(store: Store) -> set[str]:
    return {
        str(q.object) for q in store.database.quads_for_pattern(None, ox.NamedNode(TITLE), None)
    }


def test_an_update_changes_the_named_and_the_default_graph(
    client: FlaskClient, store: Store, editor: dict[str, str]
) -> None:
    response = client.post("/sparql", data={"update": RENAME}, headers=editor)
    assert (response.status_code, response.data) == (204, b"")
    assert '"新题"' in titles(store)
    assert '"云梦峰会举行"' not in titles(store)
    default = {str(q.triple) for q in store.database if q.graph_name == ox.DefaultGraph()}
    named = {str(q.triple) for q in store.database if q.graph_name != ox.DefaultGraph()}
    assert default == named


def test_a_new_document_may_come_by_an_update(
    client: FlaskClient, store: Store, editor: dict[str, str]
) -> None:
    update = insertion(NEW_GRAPH, new_triples())
    response = client.post(
        "/sparql", data=update, content_type="application/sparql-update", headers=editor
    )
    assert response.status_code == 204
    assert NEW_GRAPH in store.graphs()


def test_who_made_an_update_is_noted(
    client: FlaskClient, store: Store, editor: dict[str, str]
) -> None:
    client.post("/sparql", data={"update": RENAME}, headers=editor)
    noted = store.graph(provenance_graph(BASE))
    text = noted.serialize(format="nt")
    assert f"<{OLD_GRAPH}> <http://www.w3.org/ns/prov#wasAttributedTo>" in text
    assert "provenance#token=editor" in text
    assert client.get("/healthz").get_json()["documents"] == 2
    response = client.get("/provenance", headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    assert len(Graph().parse(data=response.data)) == len(noted)


def test_a_violation_changes_nothing_and_comes_with_its_report(
    client: FlaskClient, store: Store, editor: dict[str, str]
) -> None:
    before = quads(store)
    update = RENAME + " ; " + insertion(NEW_GRAPH, without_text(new_triples()))
    response = client.post("/sparql", data={"update": update}, headers=editor)
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    told = response.get_json()
    assert told["status"] == 422
    assert set(told["reports"]) == {NEW_GRAPH}
    (result,) = told["reports"][NEW_GRAPH]["results"]
    assert (result["severity"], result["path"].rpartition("#")[2]) == ("violation", "text")
    assert quads(store) == before


def test_the_report_also_comes_as_shacl_words_it(
    client: FlaskClient, editor: dict[str, str]
) -> None:
    update = insertion(NEW_GRAPH, without_text(new_triples()))
    headers = {**editor, "Accept": "text/turtle"}
    response = client.post("/sparql", data={"update": update}, headers=headers)
    assert (response.status_code, response.mimetype) == (422, "text/turtle")
    report = Graph().parse(data=response.data, format="turtle")
    assert len(set(report.subjects(RDF.type, SH.ValidationResult))) == 1


@pytest.fixture
def visits() -> Iterator[tuple[int, Callable[[], bool]]]:
    """A port on loopback that should never be called, and whether it was."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def was_called() -> bool:
            try:
                server.accept()
            except BlockingIOError:
                return False
            return True

        yield server.getsockname()[1], was_called


@pytest.mark.parametrize(
    ("update", "parameters", "status"),
    [
        ("NONSENSE", {}, 400),
        ("ASK {}", {}, 400),
        ("LOAD <http://127.0.0.1:PORT/>", {}, 400),
        ("LOAD SILENT <http://127.0.0.1:PORT/> INTO GRAPH <urn:g>", {}, 400),
        ("INSERT { GRAPH <urn:g> { <a:a> <a:b> 1 } } "
         "WHERE { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }", {}, 400),
        ("DROP GRAPH <urn:none>", {}, 400),
        ("CLEAR ALL", {"default-graph-uri": "urn:g"}, 400),
        ("CLEAR ALL", {"using-graph-uri": "relative"}, 400),
        ("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", {"using-graph-uri": "urn:g"}, 400),
        ("DELETE { GRAPH <urn:g> { ?s ?p ?o } } USING <urn:g> WHERE { ?s ?p ?o }",
         {"using-named-graph-uri": "urn:g"}, 400),
        ("INSERT DATA { <a:a> <a:b> 1 }", {}, 422),
        ("CLEAR DEFAULT", {}, 422),
        ("INSERT DATA { GRAPH <urn:g> { <a:a> <a:b> 1 } }", {}, 403),
        (f"INSERT DATA {{ GRAPH <{BASE}provenance> {{ <a:a> <a:b> 1 }} }}", {}, 403),
        (f"INSERT DATA {{ GRAPH <{BASE}graph/x> {{ <a:a> <a:b> 1 }} }}", {}, 422),
        (f"INSERT DATA {{ GRAPH <{OLD_GRAPH}> {{ _:a <a:b> 1 }} }}", {}, 204),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_form", [True, False])
def test_what_may_not_be_done_is_refused_and_calls_nobody(
    client: FlaskClient,
    store: Store,
    editor: dict[str, str],
    visits: tuple[int, Callable[[], bool]],
    update: str,
    parameters: dict[str, str],
    status: int,
    is_form: bool,
) -> None:
    port, was_called = visits
    before = quads(store)
    text = update.replace("PORT", str(port))
    if is_form:
        response = client.post("/sparql", data={"update": text, **parameters}, headers=editor)
    else:
        response = client.post(
            "/sparql",
            data=text,
            content_type="application/sparql-update",
            query_string=parameters,
            headers=editor,
        )
    assert response.status_code == status, response.text
    assert (quads(store) == before) == (status != 204)
    assert not was_called()


def test_a_syntax_error_names_line_and_column(client: FlaskClient, editor: dict[str, str]) -> None:
    update = "CLEAR ALL ;\nINSERT DATA { ?s <urn:p> 1 }"
    problem = client.post("/sparql", data={"update": update}, headers=editor).get_json()
    assert (problem["status"], problem["line"]) == (400, 2)
    assert problem["column"] > 1


def test_conditions_see_the_dataset_of_the_request(
    client: FlaskClient, store: Store, editor: dict[str, str]
) -> None:
    update = f"DELETE {{ GRAPH <{OLD_GRAPH}> {{ ?s <{TITLE}> ?o }} }} WHERE {{ ?s <{TITLE}> ?o }}"
    for dataset, left in ((f"{BASE}graph/bad.ttl", True), (OLD_GRAPH, False)):
        data = {"update": update, "using-graph-uri": dataset}
        assert client.post("/sparql", data=data, headers=editor).status_code == 204
        assert ('"云梦峰会举行"' in titles(store)) == left


def test_an_unguarded_application_takes_any_graph_from_anybody(store: Store) -> None:
    client = create_app({"TANPU_STORE": store}, unguarded=True).test_client()
    update = "INSERT DATA { <a:a> <a:b> 1 . GRAPH <urn:g> { <a:a> <a:b> 2 } }"
    assert client.post("/sparql", data={"update": update}).status_code == 204
    answer = client.get("/sparql", query_string={"query": "ASK { <a:a> <a:b> 1 }"})
    assert json.loads(answer.data)["boolean"] is True
    answer = client.get("/sparql", query_string={"query": "ASK { <a:a> <a:b> 2 }"})
    assert json.loads(answer.data)["boolean"] is False


# On disk, where others read and write as well


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    with open_store(path, mode="write", base=BASE) as written:
        fill(written, forum_extraction())
    return path


@pytest.fixture
def disk_app(disk: Path) -> Iterator[Flask]:
    app = create_app({"TANPU_STORE": str(disk), "TANPU_QUERY_WORKERS": 2})
    yield app
    close_runner(app)


def test_a_change_is_seen_by_the_next_query_and_the_writer_is_free(
    disk: Path, disk_app: Flask
) -> None:
    client = disk_app.test_client()
    editor = bearer(disk / TOKEN_FILE, "editor", "ingest")
    (disk / MARK).write_text("fresh")
    ask = {"query": f'ASK {{ ?s <{TITLE}> "新题" }}'}
    assert client.get("/sparql", query_string=ask).get_json()["boolean"] is False
    assert client.post("/sparql", data={"update": RENAME}, headers=editor).status_code == 204
    for _ in range(4):
        assert client.get("/sparql", query_string=ask).get_json()["boolean"] is True
    assert not (disk / MARK).exists()
    with open_store(disk, mode="write") as written:
        assert '"新题"' in titles(written)


def test_what_was_written_still_conforms_for_the_command(disk: Path, disk_app: Flask) -> None:
    client = disk_app.test_client()
    editor = bearer(disk / TOKEN_FILE, "editor", "ingest")
    assert client.post("/sparql", data={"update": RENAME}, headers=editor).status_code == 204
    result = CliRunner().invoke(cli.main, ["--store", str(disk), "validate"])
    assert (result.exit_code, result.stderr) == (0, "tanpu: 1 of 1 graphs conform\n")


def test_a_request_waits_for_the_writer_and_not_for_ever(
    disk: Path, disk_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = disk_app.test_client()
    editor = bearer(disk / TOKEN_FILE, "editor", "ingest")
    monkeypatch.setattr(writing, "WAIT_SECONDS", 0.2)
    with open_store(disk, mode="write"):
        response = client.post("/sparql", data={"update": RENAME}, headers=editor)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    monkeypatch.setattr(writing, "WAIT_SECONDS", 30.0)
    other = open_store(disk, mode="write")
    threading.Timer(0.3, other.close).start()
    assert client.post("/sparql", data={"update": RENAME}, headers=editor).status_code == 204


def test_an_endless_update_ends_with_503_and_changes_nothing(disk: Path) -> None:
    editor = bearer(disk / TOKEN_FILE, "editor", "ingest")
    app = create_app({"TANPU_STORE": str(disk), "TANPU_QUERY_WORKERS": 1, "TANPU_QUERY_SECONDS": 4})
    patterns = " ".join(f"?{a} ?{a}1 ?{a}2 ." for a in "abcdefgh")
    update = f"INSERT {{ GRAPH <{OLD_GRAPH}> {{ ?a <a:b> ?h }} }} WHERE {{ {patterns} }}"
    client = app.test_client()
    response = client.post("/sparql", data={"update": update}, headers=editor)
    assert response.status_code == 503
    assert client.post("/sparql", data={"update": RENAME}, headers=editor).status_code == 204
    close_runner(app)
    assert not (disk / "drafts").exists()


def test_several_requests_write_one_after_another(
    disk: Path, disk_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "WAIT_SECONDS", 120.0)
    editor = bearer(disk / TOKEN_FILE, "editor", "ingest")
    statuses: list[int] = []

    def write(number: int) -> None:
        update = RENAME.replace("新题", f"新题{number}")
        response = disk_app.test_client().post("/sparql", data={"update": update}, headers=editor)
        statuses.append(response.status_code)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [204] * 4
    with open_store(disk, mode="read") as store:
        assert len(titles(store)) == 1


def test_more_requests_than_may_wait_are_refused_at_once(
    disk: Path, disk_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "WAIT_SECONDS", 120.0)
    editor = bearer(disk / TOKEN_FILE, "editor", "ingest")
    statuses: list[int] = []

    def write() -> None:
        response = disk_app.test_client().post("/sparql", data={"update": RENAME}, headers=editor)
        statuses.append(response.status_code)

    threads = [threading.Thread(target=write) for _ in range(writing.MAX_WAITING + 3)]
    with open_store(disk, mode="write"):
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 30
        while len(statuses) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert statuses == [503, 503]
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [204] * (writing.MAX_WAITING + 1) + [503, 503]
