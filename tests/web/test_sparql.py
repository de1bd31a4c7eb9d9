from __future__ import annotations

import csv
import gzip
import io
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_from_bytes
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Dataset

from graph.identity import Minter
from graph.store import Store
from tests.web.conftest import FORUM_ID, HOSTILE_ID

SELECT = (
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "PREFIX tanpu: <https://w3id.org/tanpu/ontology#> "
    "SELECT ?name WHERE { ?r a tanpu:Regulation ; skos:prefLabel ?name . "
    'FILTER(STRENDS(STR(?name), "办法")) }'
)
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = SELECT.replace("SELECT ?name", "CONSTRUCT { ?r skos:prefLabel ?name }")
DESCRIBE = SELECT.replace("SELECT ?name", "DESCRIBE ?r")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def ask(client: FlaskClient, query: str, accept: str | None = None, **more: Any) -> Any:
    headers = {} if accept is None else {"Accept": accept}
    return client.get("/sparql", query_string={"query": query, **more}, headers=headers)


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (SELECT, None, "application/sparql-results+json"),
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "application/json", "application/sparql-results+json"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/xml;q=0.5", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (SELECT, "text/csv;q=0.5, text/tab-separated-values;q=0.6",
         "text/tab-separated-values; charset=utf-8"),
        (SELECT, BROWSER, "text/html; charset=utf-8"),
        (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
        (ASK, BROWSER, "text/html; charset=utf-8"),
        (CONSTRUCT, None, "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/trig", "application/trig"),
        (CONSTRUCT, "application/n-quads", "application/n-quads"),
        (CONSTRUCT, BROWSER, "text/html; charset=utf-8"),
        (DESCRIBE, "text/turtle, */*;q=0.1", "text/turtle; charset=utf-8"),
    ],
)  # fmt: skip
def test_accept_chooses_the_format(
    client: FlaskClient, query: str, accept: str | None, content_type: str
) -> None:
    response = ask(client, query, accept)
    assert response.status_code == 200
    assert response.content_type == content_type
    assert "accept" in response.vary.as_set()


def test_all_formats_of_a_table_say_the_same(client: FlaskClient) -> None:
    as_json = ask(client, SELECT, "application/json").get_json()
    names = [b["name"] for b in as_json["results"]["bindings"]]
    assert names == [{"type": "literal", "value": "北湾海风办法", "xml:lang": "zh"}]
    root = ElementTree.fromstring(ask(client, SELECT, "text/xml").data)
    assert [e.text for e in root.iter("{http://www.w3.org/2005/sparql-results#}literal")] == [
        "北湾海风办法"
    ]
    rows = list(csv.reader(io.StringIO(ask(client, SELECT, "text/csv").text)))
    assert rows == [["name"], ["北湾海风办法"]]
    assert ask(client, SELECT, "text/tab-separated-values").text.splitlines() == [
        "?name",
        '"北湾海风办法"@zh',
    ]
    assert '<td lang="zh"><bdi>北湾海风办法</bdi></td>' in ask(client, SELECT, BROWSER).text


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
        ("application/trig", "trig"),
        ("application/n-quads", "nquads"),
    ],
)
def test_all_formats_of_a_graph_say_the_same(client: FlaskClient, accept: str, name: str) -> None:
    graph = Dataset().parse(data=ask(client, CONSTRUCT, accept).data, format=name)
    assert [str(quad[2]) for quad in graph.quads()] == ["北湾海风办法"]


@pytest.mark.parametrize(("pattern", "expected"), [("?s ?p ?o", True), ("<urn:x> ?p ?o", False)])
def test_ask_answers_in_json(client: FlaskClient, pattern: str, expected: bool) -> None:
    assert ask(client, f"ASK {{ {pattern} }}").get_json()["boolean"] is expected


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (SELECT, "image/png"),
        (SELECT, "text/turtle"),
        (CONSTRUCT, "text/csv"),
        (ASK, "text/csv"),
        (ASK, "*/*;q=0"),
    ],
)
def test_a_format_that_does_not_fit_the_result_is_406(
    client: FlaskClient, query: str, accept: str
) -> None:
    assert ask(client, query, accept).status_code == 406


def test_post_takes_a_form_and_a_plain_query(client: FlaskClient) -> None:
    expected = ask(client, SELECT).get_json()
    assert client.post("/sparql", data={"query": SELECT}).get_json() == expected
    plain = client.post("/sparql", data=SELECT, content_type="application/sparql-query")
    assert plain.get_json() == expected


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/x-www-form-urlencoded", "", 400),
        ("application/x-www-form-urlencoded", "query=", 400),
        ("application/x-www-form-urlencoded", "query=ASK%7B%7D&query=ASK%7B%7D", 400),
        ("application/x-www-form-urlencoded", "update=DROP%20ALL", 401),
        ("application/x-www-form-urlencoded", "query=DROP%20ALL", 400),
        ("application/sparql-query", "", 400),
        ("application/sparql-query", b"ASK { ?s ?p '\xff' }", 400),
        ("application/sparql-query", "DROP ALL", 400),
        ("application/sparql-update", "DROP ALL", 401),
        ("application/sparql-update", "", 401),
        ("application/sparql-query; charset=utf-8", "ASK {}", 200),
        ("application/sparql-query; charset=utf-16", "ASK {}", 415),
        ("application/x-www-form-urlencoded", "query=ASK%7B%7D&update=DROP%20ALL", 400),
        ("application/json", "{}", 415),
        ("text/plain", "ASK {}", 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        (None, "ASK {}", 415),
    ],
)
def test_bad_bodies_have_exact_statuses(
    client: FlaskClient, content_type: str | None, body: str | bytes, status: int
) -> None:
    assert client.post("/sparql", data=body, content_type=content_type).status_code == status


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"default-graph-uri": "urn:a"}, 400),
        ({"query": ""}, 400),
        ({"query": "  \n"}, 400),
        ({"query": ["ASK {}", "ASK {}"]}, 400),
        ({"query": "SELEC * {}"}, 400),
        ({"query": "SELECT * { ?s ?p }"}, 400),
        ({"query": "SELECT * { ?s undeclared:p ?o }"}, 400),
        ({"query": "SELECT ?x { ?s ?p ?o } GROUP BY ?s"}, 400),
        ({"query": "ASK {}; DROP ALL"}, 400),
        ({"query": "中文"}, 400),
        ({"query": "ASK " + "{" * 150 + "}" * 150}, 400),
        ({"query": "ASK {} #" + "x" * 200_001}, 400),
        ({"query": "ASK { FILTER(1" + "+1" * 6000 + ") }"}, 400),
        ({"query": "ASK {}", "default-graph-uri": "not an iri"}, 400),
        ({"query": "ASK {}", "named-graph-uri": "relative"}, 400),
        ({"query": "ASK {}", "using-graph-uri": "urn:a"}, 400),
        ({"query": "ASK {}", "timeout": "0"}, 400),
        ({"query": "ASK {}", "timeout": "-1"}, 400),
        ({"query": "ASK {}", "timeout": "soon"}, 400),
        ({"query": "ASK {}", "timeout": "nan"}, 400),
        ({"query": "ASK {}", "timeout": ["1", "2"]}, 400),
        ({"query": "ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"}, 400),
        ({"query": "INSERT DATA { <a:a> <a:a> 1 }"}, 400),
        ({"query": "delete where { ?s ?p ?o }"}, 400),
        ({"query": "# note\nPREFIX a: <http://a/> BASE <http://b/> CLEAR ALL"}, 400),
        ({"query": "LOAD <http://127.0.0.1:9/>"}, 400),
        ({"query": "WITH <http://a/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"}, 400),
        ({"update": "DROP ALL"}, 400),
        ({"query": "ASK {}", "update": "DROP ALL"}, 400),
    ],
)
def test_bad_queries_have_exact_statuses_and_change_nothing(
    client: FlaskClient, store: Store, arguments: dict[str, Any], status: int
) -> None:
    before = io.BytesIO()
    store.dump(before, "nquads")
    response = client.get("/sparql", query_string=arguments)
    after = io.BytesIO()
    store.dump(after, "nquads")
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert before.getvalue() == after.getvalue()


@pytest.mark.parametrize("text", ['ASK { ?s ?p "北湾" }', "ASK {} # 湾"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_what_is_not_in_utf_8_is_refused_and_not_guessed(
    client: FlaskClient, text: str, encoding: str
) -> None:
    encoded = "query=" + quote_from_bytes(text.encode(encoding))
    form = client.post("/sparql", data=encoded, content_type="application/x-www-form-urlencoded")
    shown = client.post(
        "/sparql/answer", data=encoded, content_type="application/x-www-form-urlencoded"
    )
    graph = client.get("/graph-store?graph=urn:" + quote_from_bytes("湾".encode("gbk")))
    for response in (client.get(f"/sparql?{encoded}"), form, shown, graph):
        assert response.status_code == 400
        assert "expected UTF-8 in the" in response.get_json()["detail"]


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"],
)
def test_compressed_bodies_are_not_read(client: FlaskClient, content_type: str) -> None:
    response = client.post(
        "/sparql",
        data=gzip.compress(b"ASK {}"),
        content_type=content_type,
        headers={"Content-Encoding": "gzip"},
    )
    assert response.status_code == 415
    assert "without Content-Encoding" in response.get_json()["detail"]


@pytest.mark.parametrize("timeout", ["1000000", "1e1", ".5"])
def test_a_time_limit_that_cannot_be_read_says_what_can(client: FlaskClient, timeout: str) -> None:
    response = client.get("/sparql", query_string={"query": "ASK {}", "timeout": timeout})
    assert response.status_code == 400
    assert "at most six digits" in response.get_json()["detail"]


def test_a_syntax_error_names_line_and_column(client: FlaskClient) -> None:
    problem = ask(client, "SELECT * {\n  ?s ?p }").get_json()
    assert (problem["line"], problem["column"]) == (2, 10)


def test_a_body_that_is_too_large_is_413(make_app: Callable[..., Flask]) -> None:
    client = make_app(TANPU_MAX_BODY_BYTES=100).test_client()
    body = "ASK {} #" + "x" * 200
    for content_type, data in (
        ("application/sparql-query", body),
        ("application/x-www-form-urlencoded", "query=" + body),
    ):
        response = client.post("/sparql", data=data, content_type=content_type)
        assert response.status_code == 413


COUNT = "SELECT (COUNT(*) AS ?n) { ?s <http://purl.org/dc/terms/identifier> ?o }"
COUNT_NAMED = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s <http://purl.org/dc/terms/identifier> ?o } }"


@pytest.mark.parametrize(
    ("query", "default_graphs", "named_graphs", "expected"),
    [
        (COUNT, [], [], 2),
        (COUNT, [FORUM_ID], [], 1),
        (COUNT, [FORUM_ID, HOSTILE_ID], [], 2),
        (COUNT, ["unknown"], [], 0),
        (COUNT, [], [FORUM_ID], 0),
        (COUNT_NAMED, [], [], 2),
        (COUNT_NAMED, [], [FORUM_ID], 1),
        (COUNT_NAMED, [FORUM_ID], [], 0),
    ],
)
@pytest.mark.parametrize("method", ["get", "form", "post"])
def test_the_dataset_of_the_request_is_honoured(
    client: FlaskClient,
    minter: Minter,
    query: str,
    default_graphs: list[str],
    named_graphs: list[str],
    expected: int,
    method: str,
) -> None:
    dataset = {
        "default-graph-uri": [str(minter.graph(g)) for g in default_graphs],
        "named-graph-uri": [str(minter.graph(g)) for g in named_graphs],
    }
    if method == "get":
        response = client.get("/sparql", query_string={"query": query, **dataset})
    elif method == "form":
        response = client.post("/sparql", data={"query": query, **dataset})
    else:
        response = client.post(
            "/sparql", data=query, content_type="application/sparql-query", query_string=dataset
        )
    bindings = response.get_json()["results"]["bindings"]
    assert [b["n"]["value"] for b in bindings] == [str(expected)]


def test_the_dataset_of_the_request_replaces_that_of_the_query(
    client: FlaskClient, minter: Minter
) -> None:
    query = COUNT.replace("{", f"FROM <{minter.graph('unknown')}> {{", 1)
    assert ask(client, query).get_json()["results"]["bindings"][0]["n"]["value"] == "0"
    answer = ask(client, query, **{"default-graph-uri": str(minter.graph(FORUM_ID))}).get_json()
    assert answer["results"]["bindings"][0]["n"]["value"] == "1"


@pytest.mark.parametrize("accept", ["text/turtle", "application/trig", "application/rdf+xml"])
def test_a_graph_declares_the_prefixes_that_it_uses_and_no_others(
    client: FlaskClient, accept: str
) -> None:
    text = ask(client, CONSTRUCT, accept).text
    assert "http://www.w3.org/2004/02/skos/core#" in text
    assert "http://xmlns.com/foaf/0.1/" not in text
    assert "https://w3id.org/tanpu/ontology#" not in text


def test_relative_names_are_resolved_against_the_endpoint(client: FlaskClient) -> None:
    answer = ask(client, "SELECT (<x> AS ?x) {}").get_json()
    assert answer["results"]["bindings"][0]["x"]["value"] == "http://localhost/x"


@pytest.fixture
def visits() -> Iterator[tuple[int, list[object]]]:
    """A port on loopback that should never be called, and the calls that came."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                came.append(address)
                connection.close()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], came


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "ASK { service silent <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "SELECT * { FILTER(?a<?b)SERVICE<http://127.0.0.1:PORT/>{ ?s ?p ?o } }",
        "PREFIX : <http://127.0.0.1:PORT/> ASK { SERVICE:x { ?s ?p ?o } }",
        "ASK { ?s ?p 1SERVICE<http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "ASK { ?s <http://a\\u0041#> ?o . SERVICE<http://127.0.0.1:PORT/> { ?s ?p ?o } }",
        "ASK { BIND(<http://127.0.0.1:PORT/> AS ?x) SERVICE ?x { ?s ?p ?o } }",
        "ASK FROM <http://127.0.0.1:PORT/> { ?s ?p ?o }",
        "LOAD <http://127.0.0.1:PORT/>",
    ],
)
def test_no_query_makes_a_network_call(
    client: FlaskClient, visits: tuple[int, list[object]], query: str
) -> None:
    port, came = visits
    ask(client, query.replace("PORT", str(port)))
    assert came == []


def test_a_browser_without_a_query_gets_the_form(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert '<textarea name="query"' in response.text


def test_the_table_is_cut_and_says_so(make_app: Callable[..., Flask]) -> None:
    client = make_app(TANPU_TABLE_SIZE=2).test_client()
    page = ask(client, "SELECT * { ?s ?p ?o }", BROWSER).text
    assert page.count("<tr>") == 1 + 2
    assert "2 行（只显示前面这些" in page


def test_head_and_preflight(client: FlaskClient) -> None:
    head = client.head("/sparql", query_string={"query": ASK})
    assert (head.status_code, head.data) == (200, b"")
    preflight = client.options("/sparql", headers={"Origin": "https://other.example"})
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert set(preflight.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    ("query", "suffix", "content_type"),
    [
        (SELECT, "csv", "text/csv; charset=utf-8"),
        (SELECT, "json", "application/sparql-results+json"),
        (ASK, "xml", "application/sparql-results+xml"),
        (CONSTRUCT, "ttl", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "nq", "application/n-quads"),
    ],
)
def test_a_suffix_chooses_the_format_and_names_the_file(
    client: FlaskClient, query: str, suffix: str, content_type: str
) -> None:
    response = ask(client, query, BROWSER, format=suffix)
    assert (response.status_code, response.content_type) == (200, content_type)
    assert response.headers["Content-Disposition"] == f'attachment; filename="tanpu.{suffix}"'


@pytest.mark.parametrize(
    ("query", "suffix", "status"), [(SELECT, "exe", 400), (SELECT, "ttl", 406), (ASK, "csv", 406)]
)
def test_a_suffix_that_does_not_fit_has_an_exact_status(
    client: FlaskClient, query: str, suffix: str, status: int
) -> None:
    response = ask(client, query, format=suffix)
    assert response.status_code == status
    assert repr(suffix) in response.get_json()["detail"]
    assert "Content-Disposition" not in response.headers


def test_the_script_of_the_page_gets_what_the_page_shows(make_app: Callable[..., Flask]) -> None:
    client = make_app(TANPU_TABLE_SIZE=2).test_client()
    shown = client.post("/sparql/answer", data={"query": "SELECT ?s ?n { ?s a ?c }"}).get_json()
    assert (shown["form"], shown["variables"], shown["truncated"]) == ("bindings", ["s", "n"], True)
    assert len(shown["rows"]) == 2
    assert shown["suffixes"] == ["csv", "tsv", "json", "xml"]
    node, unbound = shown["rows"][0]
    assert node["iri"].endswith(node["text"])
    assert node["iri"] != node["text"]
    assert unbound == {"text": "", "href": None, "language": None, "iri": None}


def test_the_script_of_the_page_gets_a_graph_as_rows_and_as_turtle(client: FlaskClient) -> None:
    shown = client.post("/sparql/answer", data={"query": CONSTRUCT}).get_json()
    ((subject, predicate, name),) = shown["rows"]
    assert (predicate["text"], name["text"]) == ("skos:prefLabel", "北湾海风办法")
    assert subject["href"].startswith("/page/regulation/")
    assert "skos:prefLabel" in shown["turtle"]
    assert shown["suffixes"][0] == "ttl"


def test_the_script_of_the_page_is_told_where_a_query_is_wrong(client: FlaskClient) -> None:
    response = client.post("/sparql/answer", data={"query": "SELECT *\nWHERE { ?s ?p }"})
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    assert response.get_json()["line"] == 2
