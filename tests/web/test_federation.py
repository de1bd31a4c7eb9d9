"""SERVICE over HTTP: the endpoints of the operator's list, and nobody else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, URIRef

from graph.store import open_store
from server import create_app
from tests.graph.federation.endpoints import Endpoint, saying, serving, solutions
from web.config import read_settings
from web.description import SD
from web.errors import ConfigError
from web.runner import close_runner

NODE = URIRef("http://n.example/n")
REMOTE = "<http://n.example/n> <http://n.example/size> 3 ; <http://n.example/name> '潮' ."
RESULTS = "application/sparql-results+json"

MakeClient = Callable[..., FlaskClient]


@pytest.fixture
def start_endpoint() -> Iterator[Callable[..., Endpoint]]:
    started: list[Endpoint] = []

    def start(*arguments: Any) -> Endpoint:
        started.append(Endpoint(*arguments))
        return started[-1]

    yield start
    for endpoint in started:
        endpoint.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("federation") / "store"
    with open_store(path, mode="write") as store:
        store.replace_graph("http://n.example/g", Graph().add((NODE, NODE, NODE)))
        store.publish()
    return path


@pytest.fixture
def make_client(folder: Path) -> Iterator[MakeClient]:
    """A client of a service whose queries run in a process, with endpoints and settings."""
    made: list[Flask] = []

    def make(*endpoints: Endpoint | str, **settings: Any) -> FlaskClient:
        urls = [one if isinstance(one, str) else one.url for one in endpoints]
        named = {"TANPU_SERVICE_ENDPOINTS": urls, "TANPU_SERVICE_PRIVATE": 1, **settings}
        made.append(create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1, **named}))
        return made[-1].test_client()

    yield make
    for app in made:
        close_runner(app)


def joining(endpoint: Endpoint | str, *, silent: str = "") -> str:
    """A query about what is known here and there."""
    url = endpoint if isinstance(endpoint, str) else endpoint.url
    return (
        f"SELECT ?size {{ ?n <{NODE}> <{NODE}> "
        f"SERVICE {silent} <{url}> {{ ?n <http://n.example/size> ?size }} }}"
    )


def sizes(response: Any) -> list[str]:
    return [row["size"]["value"] for row in response.get_json(force=True)["results"]["bindings"]]


@pytest.mark.parametrize("way", ["get", "form", "body"])
def test_a_query_asks_an_endpoint_of_the_list_in_each_way_of_the_protocol(
    start_endpoint: Callable[..., Endpoint], make_client: MakeClient, way: str
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    client, query = make_client(endpoint), joining(endpoint)
    if way == "get":
        response = client.get("/sparql", query_string={"query": query})
    elif way == "form":
        response = client.post("/sparql", data={"query": query})
    else:
        response = client.post("/sparql", data=query, content_type="application/sparql-query")
    assert (response.status_code, response.mimetype) == (200, RESULTS)
    assert sizes(response) == ["3"]
    assert len(endpoint.queries) == 1


def test_the_page_asks_it_too(
    start_endpoint: Callable[..., Endpoint], make_client: MakeClient
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    client, query = make_client(endpoint), joining(endpoint)
    shown = client.post("/sparql/answer", data={"query": query}).get_json()
    assert [cell["text"] for row in shown["rows"] for cell in row] == ["3"]
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert endpoint.url in page.text


def test_a_query_that_brings_its_own_data_is_not_evaluated_before_its_endpoint_is_asked(
    start_endpoint: Callable[..., Endpoint], make_client: MakeClient
) -> None:
    """Its result without the endpoint's solutions would be larger than a result may be."""
    endpoint = start_endpoint(saying(solutions(["a", "b"])))
    many = " ".join(map(str, range(500)))
    group = f"{{ VALUES ?a {{ {many} }} VALUES ?b {{ {many} }} }}"
    client = make_client(endpoint, TANPU_QUERY_MAX_RESULT=1)
    query = {"query": f"SELECT * {{ SERVICE <{endpoint.url}> {group} }}"}
    response = client.get("/sparql", query_string=query)
    assert (response.status_code, response.get_json(force=True)["results"]["bindings"]) == (200, [])


def test_answers_are_never_taken_for_unchanged(
    start_endpoint: Callable[..., Endpoint], make_client: MakeClient
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    client = make_client(endpoint)
    known = client.get("/sparql", query_string={"query": "ASK {}"}).headers["ETag"]
    found = client.get("/sparql", query_string={"query": joining(endpoint)})
    assert "ETag" not in found.headers
    endpoint.behaviour = serving(REMOTE.replace("3", "4"))
    again = client.get(
        "/sparql", query_string={"query": joining(endpoint)}, headers={"If-None-Match": known}
    )
    assert sizes(again) == ["4"]


@pytest.mark.parametrize(
    ("behaviour", "settings", "status"),
    [
        (saying(b"", status=500), {}, 502),
        (saying(b"", status=307, headers={"Location": "http://127.0.0.1/secret"}), {}, 502),
        (saying(b"<p>", media_type="text/html"), {}, 502),
        (saying(b'{"head"'), {}, 502),
        (saying(solutions(["n", "size"], *[{}] * 3)), {"TANPU_SERVICE_MAX_ROWS": 2}, 400),
        (saying(b" " * 101), {"TANPU_SERVICE_MAX_BYTES": 100}, 400),
        (lambda handler, query: threading.Event().wait(3), {"TANPU_SERVICE_SECONDS": 1}, 504),
    ],
)
def test_a_failure_is_a_problem_that_names_the_endpoint(
    start_endpoint: Callable[..., Endpoint],
    make_client: MakeClient,
    behaviour: Any,
    settings: dict[str, int],
    status: int,
) -> None:
    endpoint = start_endpoint(behaviour)
    client = make_client(endpoint, **settings)
    response = client.get("/sparql", query_string={"query": joining(endpoint)})
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.get_json()["detail"].startswith(endpoint.url)
    assert "secret" not in response.text
    assert "ETag" not in response.headers
    silent = client.get("/sparql", query_string={"query": joining(endpoint, silent="SILENT")})
    assert (silent.status_code, silent.get_json()["results"]["bindings"]) == (200, [{}])


def test_a_private_address_is_not_asked_unless_the_operator_says_so(
    start_endpoint: Callable[..., Endpoint], make_client: MakeClient
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    local = endpoint.url.replace("127.0.0.1", "localhost")
    client = make_client(endpoint, local, TANPU_SERVICE_PRIVATE=0)
    for url in (endpoint.url, local):
        response = client.get("/sparql", query_string={"query": joining(url)})
        assert response.status_code == 502
        assert "public internet" in response.get_json()["detail"]
    assert endpoint.connections == 0


@pytest.mark.parametrize(
    "query",
    [
        "ASK { SERVICE <{here}> { ?s ?p ?o } }",
        "ASK { SERVICE SILENT <{here}> { ?s ?p ?o } }",
        "ASK { SERVICE <{listed}> {} SERVICE <{here}> {} }",
        "ASK { SERVICE <{listed}> { SERVICE <{here}> {} } }",
        "SELECT * { VALUES ?h { <{here}> <{listed}> } SERVICE ?h { ?s ?p ?o } }",
        "ASK { \\u0053ERVICE <{here}> { ?s ?p ?o } }",
        "ASK { SERVICE <{listed}> {} . \\u0053ERVICE <{here}> { ?s ?p ?o } }",
        "LOAD <{here}>",
        "LOAD <{listed}>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <{listed}> { ?s ?p ?o } }",
    ],
)
def test_the_list_lets_nobody_else_be_asked(
    start_endpoint: Callable[..., Endpoint], make_client: MakeClient, query: str
) -> None:
    listed, other = start_endpoint(serving(REMOTE)), start_endpoint(serving(REMOTE))
    text = query.replace("{here}", other.url).replace("{listed}", listed.url)
    response = make_client(listed).get("/sparql", query_string={"query": text})
    assert response.status_code == 400
    assert (listed.connections, other.connections) == (0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <{listed}>",
        "LOAD SILENT <{listed}> INTO GRAPH <http://n.example/g>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <{listed}> { ?s ?p ?o } }",
    ],
)
def test_no_update_asks_anybody(
    start_endpoint: Callable[..., Endpoint], tmp_path: Path, text: str
) -> None:
    listed = start_endpoint(serving(REMOTE))
    with open_store(tmp_path / "store", mode="write") as store:
        store.replace_graph("http://n.example/g", Graph().add((NODE, NODE, NODE)))
        store.publish()
    settings = {"TANPU_STORE": tmp_path / "store", "TANPU_QUERY_WORKERS": 1}
    app = create_app({**settings, "TANPU_SERVICE_ENDPOINTS": listed.url}, unguarded=True)
    try:
        response = app.test_client().post(
            "/sparql", data={"update": text.replace("{listed}", listed.url)}
        )
    finally:
        close_runner(app)
    assert response.status_code == 400
    assert listed.connections == 0


def test_no_context_of_json_ld_is_fetched_from_the_list(
    start_endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    listed = start_endpoint(serving(REMOTE))
    with open_store(tmp_path / "store", mode="write") as store:
        store.replace_graph("http://n.example/g", Graph().add((NODE, NODE, NODE)))
        store.publish()
    settings = {"TANPU_STORE": tmp_path / "store", "TANPU_QUERY_WORKERS": 1}
    app = create_app({**settings, "TANPU_SERVICE_ENDPOINTS": listed.url}, unguarded=True)
    body = json.dumps({"@context": listed.url, "@id": str(NODE), "name": "x"})
    try:
        response = app.test_client().put(
            "/graph-store?graph=http://n.example/h", data=body, content_type="application/ld+json"
        )
    finally:
        close_runner(app)
    assert response.status_code == 400
    assert listed.connections == 0


def test_waiting_for_an_endpoint_is_charged_to_the_client(
    start_endpoint: Callable[..., Endpoint], make_client: MakeClient
) -> None:
    endpoint = start_endpoint(lambda handler, query: threading.Event().wait(3))
    client = make_client(endpoint, TANPU_SERVICE_SECONDS=1, TANPU_CLIENT_SECONDS=1)
    query = {"query": joining(endpoint, silent="SILENT")}
    assert client.get("/sparql", query_string=query).status_code == 200
    assert client.get("/sparql", query_string={"query": "ASK {}"}).status_code == 429


@pytest.mark.parametrize(("with_list", "expected"), [(True, 1), (False, 0)])
def test_the_description_says_whether_there_is_a_list(
    make_client: MakeClient, with_list: bool, expected: int
) -> None:
    client = make_client(*(["https://sparql.example/"] if with_list else []))
    text = client.get("/sparql", headers={"Accept": "text/turtle"}).text
    described = Graph().parse(data=text, format="turtle")
    features = described.triples((None, SD.feature, SD.BasicFederatedQuery))
    assert len(list(features)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", ()),
        ("https://a.example/q", ("https://a.example/q",)),
        ("https://a.example/q, http://b.example/", ("https://a.example/q", "http://b.example/")),
        (["https://a.example/q"], ("https://a.example/q",)),
    ],
)
def test_the_list_is_read_as_it_stands(given: Any, expected: tuple[str, ...]) -> None:
    settings = read_settings({"TANPU_SERVICE_ENDPOINTS": given}, environ={})
    assert settings.service_endpoints == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANPU_SERVICE_ENDPOINTS", "sparql.example"),
        ("TANPU_SERVICE_ENDPOINTS", "https://user@sparql.example/"),
        ("TANPU_SERVICE_ENDPOINTS", ["https://a.example/", "file:///etc/passwd"]),
        ("TANPU_SERVICE_ENDPOINTS", 5),
        ("TANPU_SERVICE_PRIVATE", "yes"),
        ("TANPU_SERVICE_PRIVATE", 2),
        ("TANPU_SERVICE_MAX_ROWS", 0),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=name):
        read_settings({name: value}, environ={})


@pytest.mark.parametrize(
    ("value", "expected"), [(1, True), ("1", True), (True, True), ("0", False), ("false", False)]
)
def test_a_setting_may_be_on_or_off(value: Any, expected: bool) -> None:
    settings = read_settings({"TANPU_SERVICE_PRIVATE": value}, environ={})
    assert settings.service_private is expected
