"""Plain queries are answered as the framework would answer them, and all others by it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from werkzeug.test import TestResponse

from graph.store import open_store
from server import create_app
from web import direct, fairness, records, runner
from web.records import RequestRecord
from web.runner import close_runner

NODES = 300
ALL = "SELECT * { ?s ?p ?o } ORDER BY ?s"
FEW = f"{ALL} LIMIT 1"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
GRAPH = "CONSTRUCT WHERE { ?s ?p ?o }"


def path_of(query: str) -> str:
    return "/sparql?" + urlencode({"query": query})


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("direct") / "store"
    graph = Graph()
    for number in range(NODES):
        node = URIRef(f"http://n.example/n{number}")
        graph.add((node, URIRef("http://n.example/same"), node))
    with open_store(folder, mode="write") as store:
        store.replace_graph("http://n.example/g", graph)
        store.publish()
    made = create_app({"TANPU_STORE": folder, "TANPU_QUERY_WORKERS": 1})
    yield made
    close_runner(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ask_framework(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestResponse]:
    """Ask the application as if no query were plain."""

    def ask(path: str, **more: Any) -> TestResponse:
        with monkeypatch.context() as patch:
            patch.setattr(direct, "read_plain_query", lambda environ, body: None)
            return app.test_client().open(path, **more)

    return ask


@pytest.fixture
def framework_calls(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that the framework is asked for from now on."""
    calls: list[str] = []
    dispatch = app.full_dispatch_request

    def note() -> Any:
        from flask import request

        calls.append(request.path)
        return dispatch()

    monkeypatch.setattr(app, "full_dispatch_request", note)
    return calls


def told(response: TestResponse) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in response.headers if name != "X-Request-ID"}
    return response.status_code, headers, response.data


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        (FEW, {}),
        (FEW, {"Accept": "text/csv"}),
        (FEW, {"Accept": "text/csv;q=0.5, application/sparql-results+xml"}),
        (FEW, {"Host": "other.example:81"}),
        (ALL, {}),
        (ALL, {"Accept-Encoding": "gzip"}),
        (ALL, {"Accept-Encoding": "zstd, gzip;q=0.5"}),
        (ALL, {"Accept-Encoding": "identity"}),
        (LARGE, {"Accept": "text/csv"}),
        (LARGE, {"Accept": "text/csv", "Accept-Encoding": "zstd"}),
        (GRAPH, {"Accept": "text/turtle", "Accept-Encoding": "gzip"}),
        ("ASK {}", {}),
        ("ASK {}", {"Accept": "text/csv"}),
        ("ASK {}", {"Accept": "image/png"}),
        ("ASK {}", {"Accept-Language": "en", "Cookie": "a=b"}),
        ("SELECT (<a> AS ?iri) {}", {"Host": "other.example:80"}),
        ("SELECT (STRUUID() AS ?n) { FILTER(false) }", {}),
        ("SELECT * { ?s ?p 'é' } # 甲+&=%", {}),
        ("SELEC", {}),
        ("SELEC", {"Accept": "text/plain"}),
        ("DROP ALL", {}),
        ("ASK { SERVICE <http://127.0.0.1:9/> {} }", {}),
        ("ASK " + "{" * 150 + "}" * 150, {}),
    ],
)
def test_a_plain_query_is_answered_as_the_framework_answers_it(
    client: FlaskClient,
    ask_framework: Callable[..., TestResponse],
    query: str,
    headers: dict[str, str],
) -> None:
    path = path_of(query)
    assert told(client.get(path, headers=headers)) == told(ask_framework(path, headers=headers))


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUERY = {"Content-Type": "application/sparql-query"}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (urlencode({"query": FEW}), FORM),
        (urlencode({"query": ALL}), FORM | {"Accept": "text/csv", "Accept-Encoding": "gzip"}),
        (urlencode({"query": "ASK { ?s ?p 'é' }"}), FORM),
        ("query=ASK+{}", {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}),
        ("query=ASK%20%7B%7D%zz", FORM),
        ("query=ASK+{}\r\n", FORM),
        ("query=ASK+{} # é", FORM),
        ("query=ASK+{}&format=xml", FORM),
        ("query=ASK+{}&query=ASK+{}", FORM),
        ("query=", FORM),
        ("", FORM),
        ("update=DROP+ALL", FORM),
        ("query=ASK+{}", {}),
        ("query=ASK+{}", {"Content-Type": "text/plain"}),
        (FEW, QUERY),
        ("ASK { ?s ?p 'é' } # 甲+&=%20", QUERY),
        ("ASK {}", {"Content-Type": "application/sparql-query;charset=utf-8"}),
        ("ASK {}", {"Content-Type": "application/sparql-query; charset=latin-1"}),
        ("ASK {}", QUERY | {"Content-Encoding": "gzip"}),
        ("ASK {}", QUERY | {"Authorization": "Bearer x"}),
        ("SELECT (RAND() AS ?n) { FILTER(false) }", QUERY),
        ("SELEC", QUERY),
        ("SELEC", QUERY | {"Accept": "text/plain"}),
        ("", QUERY),
        (b"ASK {} # \xff", QUERY),
        (FEW + "#" * 20_000, QUERY),
        ("DROP ALL", {"Content-Type": "application/sparql-update"}),
    ],
)
def test_a_posted_query_is_answered_as_the_framework_answers_it(
    client: FlaskClient,
    ask_framework: Callable[..., TestResponse],
    body: str | bytes,
    headers: dict[str, str],
) -> None:
    more: dict[str, Any] = {"method": "POST", "data": body, "headers": headers}
    response = client.open("/sparql", **more)
    assert told(response) == told(ask_framework("/sparql", **more))


@pytest.mark.parametrize(
    ("path", "body", "headers", "expected"),
    [
        ("/sparql", urlencode({"query": FEW}), FORM, []),
        ("/sparql", FEW, QUERY, []),
        ("/sparql?format=csv", FEW, QUERY, ["/sparql"]),
        ("/sparql", "query=ASK+{}&timeout=1", FORM, ["/sparql"]),
        ("/sparql", FEW, QUERY | {"Authorization": "Bearer x"}, ["/sparql"]),
    ],
)
def test_a_plain_query_that_is_posted_does_not_ask_the_framework(
    client: FlaskClient,
    framework_calls: list[str],
    path: str,
    body: str,
    headers: dict[str, str],
    expected: list[str],
) -> None:
    client.post(path, data=body, headers=headers)
    assert framework_calls == expected


@pytest.mark.parametrize("query", [FEW, "ASK {}", GRAPH])
def test_a_plain_query_does_not_ask_the_framework(
    client: FlaskClient, framework_calls: list[str], query: str
) -> None:
    assert client.get(path_of(query)).status_code == HTTPStatus.OK
    assert framework_calls == []


@pytest.mark.parametrize(
    ("path", "more"),
    [
        (path_of("ASK {}"), {"method": "HEAD"}),
        (path_of("ASK {}"), {"method": "OPTIONS"}),
        (path_of("ASK {}"), {"headers": {"Authorization": "Bearer x"}}),
        (path_of("ASK {}"), {"headers": {"If-None-Match": "*"}}),
        (path_of("ASK {}"), {"headers": {"Accept": "text/html"}}),
        (path_of("ASK {}"), {"headers": {"Host": "a b"}}),
        (path_of("ASK {}"), {"data": b"body"}),
        (path_of("ASK {}"), {"environ_overrides": {"SERVER_PROTOCOL": "HTTP/1.0"}}),
        (path_of("ASK {}"), {"environ_overrides": {"wsgi.url_scheme": "a b"}}),
        (path_of("ASK {}") + "&timeout=1", {}),
        (path_of("ASK {}") + "&query=ASK%7B%7D", {}),
        (path_of("ASK {}") + "&", {}),
        ("/sparql?query=%FF", {}),
        ("/sparql?query=", {}),
        ("/sparql?query=%20", {}),
        ("/sparql?lang=en", {}),
        ("/sparql", {}),
        ("/sparql/?query=ASK%7B%7D", {}),
        ("/", {}),
    ],
)
def test_what_is_not_plain_is_left_to_the_framework(
    client: FlaskClient, framework_calls: list[str], path: str, more: dict[str, Any]
) -> None:
    client.open(path, **more).close()
    assert framework_calls == [path.partition("?")[0]]


def test_the_hooks_of_the_framework_are_those_that_it_stands_in_for(app: Flask) -> None:
    """A new hook for every request must be looked at here: plain queries do not meet it."""
    hooks = [*app.before_request_funcs[None], *app.after_request_funcs[None]]
    assert {f"{hook.__module__}.{hook.__name__}" for hook in hooks} <= {
        "web.records.note_route",
        "web.fairness.refuse_spent",
        "web.fairness.charge_request",
        # What these refuse is not plain.
        "web.headers.refuse_unusable_host",
        "web.bodies.refuse_large_body",
        "web.headers.answer_if_unchanged",
        "web.headers.set_shared_headers",
        "web.compression.compress_response",
        # What these do does not concern answers of this sort.
        "web.headers.word_failed_condition",
        "web.store.refresh_store",
        "web.languages.check_language",
        "web.languages.tell_language",
        "web.assets.keep_for_good",
        "web.pages.clean_page",
    }


def test_its_validator_is_that_of_the_framework(client: FlaskClient) -> None:
    etag = client.get(path_of(FEW)).headers["ETag"]
    again = client.get(path_of(FEW), headers={"If-None-Match": etag})
    assert (again.status_code, again.headers["ETag"]) == (HTTPStatus.NOT_MODIFIED, etag)


def test_what_is_another_value_each_time_has_no_validator(client: FlaskClient) -> None:
    assert "ETag" not in client.get(path_of("SELECT (NOW() AS ?now) {}")).headers


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [(FEW, 200, None), (LARGE, 200, None), ("SELEC", 400, "InvalidQueryError")],
)
def test_it_is_recorded_once_with_its_route_and_its_hash(
    app: Flask, client: FlaskClient, query: str, status: int, error: str | None
) -> None:
    seen: list[RequestRecord] = []
    app.extensions[records.EXTENSION].sinks.append(seen.append)
    with client.get(path_of(query)) as response:
        response.get_data()
    app.extensions[records.EXTENSION].sinks.remove(seen.append)
    (record,) = seen
    assert (record.route, record.status, record.error) == ("/sparql", status, error)
    assert record.query == records.hash_query(query)


def test_a_client_whose_budget_is_spent_is_refused(app: Flask, client: FlaskClient) -> None:
    spender = {"REMOTE_ADDR": "192.0.2.9"}
    assert client.get(path_of(FEW), environ_base=spender).status_code == HTTPStatus.OK
    app.extensions[fairness.EXTENSION].charge("192.0.2.9", 100_000)
    response = client.get(path_of(FEW), environ_base=spender)
    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(response.headers["Retry-After"]) > 0
    assert client.get(path_of(FEW)).status_code == HTTPStatus.OK


@pytest.mark.parametrize("query", [FEW, LARGE, "SELEC"])
def test_its_client_is_charged_for_what_it_computed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    charged: list[tuple[str, float]] = []
    budget = app.extensions[fairness.EXTENSION]
    monkeypatch.setattr(budget, "charge", lambda share, seconds: charged.append((share, seconds)))
    client.get(path_of(query), environ_base={"REMOTE_ADDR": "2001:db8::1"}).close()
    # The query for its process, and the request for this one.
    assert [share for share, _ in charged] == ["2001:db8::/64"] * 2
    assert all(seconds > 0 for _, seconds in charged)


def test_a_long_result_that_nobody_reads_frees_its_process(app: Flask, client: FlaskClient) -> None:
    client.get(path_of(LARGE)).close()
    pool = app.extensions[runner.EXTENSION]
    assert pool.status().idle == pool.status().workers


def test_a_query_that_is_longer_than_what_is_remembered_is_answered(client: FlaskClient) -> None:
    response = client.get("/sparql?query=" + quote("ASK {} # " + "甲" * 5000))
    assert json.loads(response.data)["boolean"] is True
