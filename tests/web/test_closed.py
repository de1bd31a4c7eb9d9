"""Nothing that a client sends makes the service call another host: a listener counts."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, URIRef

from graph.store import open_store
from server import create_app
from web.runner import close_runner

NODE = URIRef("http://n.example/n")
# Where the listener stands in a text.
HERE = "{here}"


class Listener:
    """A port of loopback that counts who connects."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self.hits = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.hits += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.fixture(scope="module")
def disk_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    path = tmp_path_factory.mktemp("closed") / "store"
    with open_store(path, mode="write") as store:
        store.replace_graph("http://n.example/g", Graph().add((NODE, NODE, NODE)))
        store.publish()
    app = create_app({"TANPU_STORE": path, "TANPU_QUERY_WORKERS": 1})
    yield app
    close_runner(app)


@pytest.fixture(params=["processes", "in memory"])
def any_client(request: pytest.FixtureRequest) -> FlaskClient:
    """A client of a service whose queries run in processes, or in its own."""
    name = "disk_app" if request.param == "processes" else "app"
    app: Flask = request.getfixturevalue(name)
    return app.test_client()


def test_the_listener_counts(listener: Listener) -> None:
    with socket.create_connection(("127.0.0.1", int(listener.url.split(":")[2][:-1]))) as hit:
        hit.settimeout(10)
        assert hit.recv(1) == b""
    assert listener.hits == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"ASK {{ SERVICE <{HERE}> {{ ?s ?p ?o }} }}", 400),
        (f"ASK {{ SERVICE SILENT <{HERE}> {{ ?s ?p ?o }} }}", 400),
        (f"ASK {{ service\n#\nsilent <{HERE}> {{ ?s ?p ?o }} }}", 400),
        (f"PREFIX h: <{HERE}> SELECT * {{ SERVICE h:sparql {{ ?s ?p ?o }} }}", 400),
        (f"SELECT * {{ BIND(<{HERE}> AS ?h) SERVICE ?h {{ ?s ?p ?o }} }}", 400),
        (f"SELECT * {{ {{ SELECT * {{ SERVICE SILENT <{HERE}> {{ }} }} }} }}", 400),
        (f"ASK {{ FILTER EXISTS {{ SERVICE <{HERE}> {{ ?s ?p ?o }} }} }}", 400),
        (f"CONSTRUCT {{ ?s ?p ?o }} {{ OPTIONAL {{ SERVICE <{HERE}> {{ ?s ?p ?o }} }} }}", 400),
        (f"ASK {{ \\u0053ERVICE <{HERE}> {{ ?s ?p ?o }} }}", 400),
        (f"ASK FROM <{HERE}> {{ ?s ?p ?o }}", 200),
        (f"ASK FROM NAMED <{HERE}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", 200),
        (f"ASK {{ GRAPH <{HERE}> {{ ?s ?p ?o }} }}", 200),
        (f"DESCRIBE <{HERE}>", 200),
        (f"SELECT (<{HERE}>(1) AS ?x) {{}}", 400),
        (f"SELECT * {{ ?s ?p ?o FILTER(<{HERE}>(?o)) }}", 400),
        (f"CONSTRUCT {{ ?s ?p ?x }} {{ ?s ?p ?o BIND(<{HERE}>(?o) AS ?x) }}", 400),
        (f"LOAD <{HERE}>", 400),
        (f"LOAD SILENT <{HERE}> INTO GRAPH <http://n.example/g>", 400),
    ],
)
def test_no_query_calls_anybody(
    any_client: FlaskClient, listener: Listener, query: str, status: int
) -> None:
    response = any_client.get("/sparql", query_string={"query": query.replace(HERE, listener.url)})
    response.get_data()
    assert listener.hits == 0
    assert response.status_code == status


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("path", ["", "redirect?to=http://127.0.0.1/", "a.ttl", "file.jsonld"])
def test_no_dataset_is_fetched(
    any_client: FlaskClient, listener: Listener, name: str, path: str
) -> None:
    query = {"query": "ASK { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"}
    response = any_client.get("/sparql", query_string={**query, name: listener.url + path})
    assert (response.status_code, response.get_json()["boolean"]) == (200, False)
    assert listener.hits == 0


@pytest.mark.parametrize(
    "text",
    [
        f"LOAD <{HERE}>",
        f"LOAD SILENT <{HERE}>",
        f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{HERE}> {{ ?s ?p ?o }} }}",
        f"INSERT DATA {{ <{HERE}> <{HERE}> <{HERE}> }}",
    ],
)
def test_no_update_of_strangers_is_even_read(
    any_client: FlaskClient, listener: Listener, text: str
) -> None:
    response = any_client.post("/sparql", data={"update": text.replace(HERE, listener.url)})
    assert response.status_code in (401, 403)
    assert listener.hits == 0


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("path", ["/documents", "/rdf-graph-store?default", "/graph/x"])
def test_no_context_of_json_ld_is_fetched_for_strangers(
    any_client: FlaskClient, listener: Listener, method: str, path: str
) -> None:
    body = json.dumps({"@context": listener.url, "@id": str(NODE), "name": "x"})
    response = any_client.open(path, method=method, data=body, content_type="application/ld+json")
    assert 400 <= response.status_code < 500
    assert listener.hits == 0


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded", "Referer", "Origin"])
def test_no_header_makes_it_call_or_redirect_to_anybody(
    any_client: FlaskClient, listener: Listener, name: str
) -> None:
    there = listener.url.removeprefix("http://").rstrip("/")
    for path in ("/", "/sparql", "/reconcile", "/id/document/news%2F2031-05"):
        response = any_client.get(path, headers={name: there})
        location = response.headers.get("Location", "")
        assert not location.startswith("http")
    assert listener.hits == 0


def test_the_store_is_no_file_server(any_client: FlaskClient, tmp_path: Path) -> None:
    secret = tmp_path / "secret.ttl"
    secret.write_text("<http://a/> <http://b/> 'geheim' .", encoding="utf-8")
    query = f"SELECT * FROM <{secret.as_uri()}> {{ ?s ?p ?o }}"
    assert "geheim" not in any_client.get("/sparql", query_string={"query": query}).text
