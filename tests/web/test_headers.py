"""Validators, caches, and the headers that every response has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from werkzeug.test import create_environ, run_wsgi_app

from extract.sending import METADATA
from graph.store import open_store
from server import create_app
from tests.web.conftest import BASE, fill, forum_extraction
from web import store as web_store
from web.runner import close_runner

NODE = URIRef("http://n.example/n")
ALL = "/sparql?" + urlencode({"query": "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 5"})
NEVER_THE_SAME = "/sparql?" + urlencode({"query": "SELECT (now() AS ?n) {}"})
PATHS = ["/", "/documents", "/page/document/news%2F2031-05", "/.well-known/void", "/ontology", ALL]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("headers") / "store"
    with open_store(path, mode="write", base=BASE) as opened:
        fill(opened, forum_extraction())
    return path


@pytest.fixture(scope="module")
def disk_app(folder: Path) -> Iterator[Flask]:
    app = create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1})
    yield app
    close_runner(app)


@pytest.fixture
def disk_client(disk_app: Flask) -> FlaskClient:
    return disk_app.test_client()


@pytest.mark.parametrize("path", PATHS)
def test_what_the_client_has_is_answered_without_asking_the_store(
    disk_client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    first = disk_client.get(path)
    assert first.status_code == 200
    assert first.get_etag()[1] is True
    assert first.headers["Cache-Control"] == "no-cache"

    def refuse() -> None:
        raise AssertionError("the store was asked")

    monkeypatch.setattr(web_store.StoreAccess, "rows", refuse)
    monkeypatch.setattr("web.sparql.ask", refuse)
    again = disk_client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Accept" in again.vary
    assert (
        disk_client.head(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    )


@pytest.mark.parametrize("path", PATHS)
def test_what_has_another_validator_than_wanted_is_not_sent(
    disk_client: FlaskClient, path: str
) -> None:
    etag = disk_client.get(path).headers["ETag"]
    for method in ("GET", "HEAD"):
        for wanted, status in ((etag, 200), ("*", 200), (f'"0", {etag}', 200), ('"0"', 412)):
            response = disk_client.open(path, method=method, headers={"If-Match": wanted})
            assert response.status_code == status
            assert ("ETag" in response.headers) is (status == 200)
    assert disk_client.get("/nothing", headers={"If-Match": '"0"'}).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        {"Accept": "text/csv"},
        {"Accept-Language": "en"},
        {"Authorization": "Bearer x"},
        {"Host": "other.example"},
    ],
)
def test_another_request_has_another_validator(
    disk_client: FlaskClient, changed: dict[str, str]
) -> None:
    etag = disk_client.get(ALL).headers["ETag"]
    response = disk_client.get(ALL, headers={"If-None-Match": etag, **changed})
    assert response.status_code == 200
    assert response.headers["ETag"] != etag


def test_a_validator_says_nothing_about_compression(disk_client: FlaskClient) -> None:
    plain = disk_client.get("/documents")
    packed = disk_client.get("/documents", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] == plain.headers["ETag"]


@pytest.mark.parametrize("path", PATHS)
def test_a_star_matches_what_there_is(disk_client: FlaskClient, path: str) -> None:
    assert disk_client.get(path, headers={"If-None-Match": "*"}).status_code in (200, 304)
    assert disk_client.get("/nothing", headers={"If-None-Match": "*"}).status_code == 404


@pytest.mark.parametrize("path", [NEVER_THE_SAME, "/nothing", "/sparql?query=x", "/healthz"])
def test_what_is_not_the_same_each_time_or_an_error_has_no_validator(
    disk_client: FlaskClient, path: str
) -> None:
    response = disk_client.get(path)
    assert "ETag" not in response.headers
    expected = "no-cache" if response.status_code == 200 and "now" in path else "no-store"
    assert response.headers["Cache-Control"] == expected


def test_a_publication_changes_the_validator(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder, mode="write", base=BASE) as writer:
        fill(writer, forum_extraction())
        app = create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1})
        client = app.test_client()
        etag = client.get(ALL).headers["ETag"]
        writer.replace_graph("http://n.example/g", Graph().add((NODE, NODE, NODE)))
        writer.publish()
        response = client.get(ALL, headers={"If-None-Match": etag})
        assert response.status_code == 200
        assert response.headers["ETag"] != etag
        close_runner(app)


def test_a_store_in_memory_is_validated_by_what_is_sent(client: FlaskClient) -> None:
    etag = client.get("/documents").headers["ETag"]
    assert client.get("/documents", headers={"If-None-Match": etag}).status_code == 304
    assert "ETag" not in client.get(ALL).headers


@pytest.mark.parametrize(
    "path", [*PATHS, "/nothing", "/healthz", "/sparql?query=x", "/static/icon.svg"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_response_is_guarded(disk_client: FlaskClient, path: str, method: str) -> None:
    response = disk_client.open(path, method=method, headers={"Origin": "http://evil.example"})
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert headers["X-Request-ID"]
    assert "Server" not in headers


def test_a_preview_alone_may_be_framed(disk_client: FlaskClient) -> None:
    response = disk_client.get("/reconcile/suggest/entity?prefix=韦")
    (found,) = response.get_json()["result"]
    preview = disk_client.get("/reconcile/preview?" + urlencode({"id": found["id"]}))
    assert preview.status_code == 200
    assert "frame-ancestors *" in preview.headers["Content-Security-Policy"]


def test_a_preflight_allows_what_the_route_takes(disk_client: FlaskClient) -> None:
    response = disk_client.options("/sparql", headers={"Access-Control-Request-Method": "POST"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert {"GET", "POST"} <= {
        m.strip() for m in response.headers["Access-Control-Allow-Methods"].split(",")
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/sparql", "GET, HEAD, OPTIONS, POST"),
        ("/search", "GET, HEAD, OPTIONS"),
        ("/documents/x", "DELETE, OPTIONS"),
        ("/graph/x", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
        ("/nothing", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_preflight_names_the_methods_of_its_route(
    disk_client: FlaskClient, path: str, expected: str
) -> None:
    response = disk_client.options(path, headers={"Access-Control-Request-Method": "PUT"})
    assert response.headers["Access-Control-Allow-Methods"] == expected


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("a.example", 200),
        ("A-1.example.:8080", 200),
        ("tanpu_web:80", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        (None, 400),
        ("", 400),
        ("a.example, b.example", 400),
        ("a.example,b.example", 400),
        ("a.example:80:80", 400),
        ("a.example/x", 400),
        ("user@a.example", 400),
        ('"<>', 400),
        ("\xe7\xa2\xb3.example", 400),
    ],
)
@pytest.mark.parametrize("path", ["/healthz", "/sparql", "/sparql?query=ASK%7B%7D"])
def test_a_request_names_one_host(
    disk_app: Flask, path: str, host: str | None, status: int
) -> None:
    environ = create_environ(path)
    del environ["HTTP_HOST"]
    if host is not None:
        environ["HTTP_HOST"] = host
    assert int(run_wsgi_app(disk_app, environ)[1].split()[0]) == status
    environ = {**create_environ(path), "SERVER_PROTOCOL": "HTTP/1.0"}
    del environ["HTTP_HOST"]
    assert run_wsgi_app(disk_app, environ)[1] == "200 OK"


def test_a_preflight_allows_the_headers_that_a_change_may_have(disk_client: FlaskClient) -> None:
    response = disk_client.options("/graph-store", headers={"Origin": "http://a.example"})
    allowed = response.headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Authorization", "Content-Type", "If-Match", "If-None-Match"} <= {*allowed}
    assert {f"Document-{key.capitalize()}" for key in METADATA} <= {*allowed}


def test_every_route_that_answers_get_answers_head(disk_app: Flask) -> None:
    for rule in disk_app.url_map.iter_rules():
        methods = rule.methods or set()
        assert "GET" not in methods or "HEAD" in methods, rule


@pytest.mark.parametrize("path", [*PATHS, "/healthz", "/robots.txt"])
def test_head_is_get_without_its_body(
    disk_client: FlaskClient, path: str, make_app: Callable[..., Flask]
) -> None:
    got, told = disk_client.get(path), disk_client.head(path)
    assert (told.status_code, told.data) == (got.status_code, b"")
    assert told.headers.get("Content-Length") == got.headers.get("Content-Length")
