"""The Graph Store HTTP Protocol, clause by clause.

Each row of ``CLAUSES`` is a sentence of the Recommendation in our own words, and the tests that
hold it; a test of this module checks that they exist.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import Graph
from rdflib.compare import isomorphic

from graph.drafts import graph_triples
from graph.store import Store, open_store
from graph.tokens import TOKEN_FILE
from server import create_app
from tests.web.conftest import BASE
from tests.web.writers import (
    NEW_GRAPH,
    NEW_PATH,
    OLD_GRAPH,
    OLD_PATH,
    bearer,
    keep_tokens,
    new_triples,
    serialized,
    without_text,
)

# Clause, what it asks, and the tests.
CLAUSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("4.1", "a graph's own address names the graph",
     ("test_a_graph_is_found_at_its_own_address",)),
    ("4.2", "graph= names a graph by its percent-encoded IRI",
     ("test_a_graph_is_found_by_its_name",)),
    ("4.2", "a name that is no absolute IRI is answered with 400",
     ("test_an_address_names_one_graph",)),
    ("4.2", "default names the default graph",
     ("test_the_default_graph_is_read_as_a_whole",)),
    ("5", "without Accept, some format of RDF comes",
     ("test_every_format_says_the_same",)),
    ("5", "a body is read as its Content-Type says, and as RDF/XML without one",
     ("test_a_body_is_read_as_its_type_says", "test_a_body_without_a_type_is_rdf_xml")),
    ("5", "conditional requests are honoured",
     ("test_a_graph_that_the_client_has_is_not_sent_again",
      "test_a_change_may_depend_on_the_state",)),
    ("5.1", "a body that is not what its type says is answered with 400",
     ("test_what_cannot_be_parsed_is_refused_with_its_place",)),
    ("5.1", "a method that is not offered is answered with 405",
     ("test_the_default_graph_is_only_read", "test_other_methods_are_refused")),
    ("5.1", "a graph that must exist and does not is answered with 404",
     ("test_a_graph_that_is_not_there_is_not_found",)),
    ("5.1", "a type that is not understood is answered with 415",
     ("test_other_types_are_refused",)),
    ("5.2", "GET gives the graph; a format that is not offered is answered with 406",
     ("test_every_format_says_the_same", "test_a_format_that_is_not_offered_is_refused")),
    ("5.3", "PUT makes the graph hold the body: 201 for a new one, 200 or 204 for an old one",
     ("test_put_makes_a_graph_and_replaces_it",)),
    ("5.3", "PUT of an empty graph makes one where a store has such",
     ("test_an_empty_graph_is_refused", "test_a_plain_dataset_has_empty_graphs")),
    ("5.4", "DELETE removes the graph: 200 or 204; 404 where there is none",
     ("test_delete_removes_a_graph",)),
    ("5.5", "POST merges the body into the graph",
     ("test_post_merges",)),
    ("5.5", "POST of a form merges all of its files",
     ("test_post_merges_all_files_of_a_form", "test_a_form_holds_files_of_known_types")),
    ("5.5", "POST to the graph store makes a graph and tells its address with 201",
     ("test_post_to_the_store_makes_the_graph_of_a_document",
      "test_post_to_a_plain_store_makes_any_graph")),
    ("5.5", "POST without a body is answered with 204",
     ("test_post_of_nothing_does_nothing",)),
    ("5.6", "HEAD is GET without the body",
     ("test_head_is_get_without_the_body",)),
    ("5.7", "PATCH changes the one graph by an update; 422 for a change of another",
     ("test_patch_changes_its_graph", "test_a_patch_that_cannot_be_made_is_refused")),
    ("7", "who may not change a graph is told so with 401 or 403",
     ("test_who_may_not_write_is_told_so",)),
)  # fmt: skip


def test_every_clause_has_its_tests() -> None:
    assert {name for _, _, tests in CLAUSES for name in tests} <= set(globals())


TURTLE = {"Content-Type": "text/turtle"}
BY_NAME = f"/graph-store?graph={quote(NEW_GRAPH, safe='')}"
OLD_BY_NAME = f"/graph-store?graph={quote(OLD_GRAPH, safe='')}"


@pytest.fixture
def editor(app: Flask, tmp_path: Path) -> dict[str, str]:
    keep_tokens(app, tmp_path / TOKEN_FILE)
    return bearer(tmp_path / TOKEN_FILE, "editor", "ingest")


@pytest.fixture
def plain() -> FlaskClient:
    """A client of a plain dataset, as the W3C's tests want one."""
    store = open_store(None, mode="write", base="http://localhost/")
    return create_app({"TANPU_STORE": store}, unguarded=True).test_client()


def parsed(data: bytes, format: str = "turtle") -> Graph:
    return Graph().parse(data=data, format=format)


def read_triples(client: FlaskClient, path: str) -> set[ox.Triple]:
    response = client.get(path, headers={"Accept": "application/n-triples"})
    assert response.status_code == 200
    return {quad.triple for quad in ox.parse(response.data, ox.RdfFormat.N_TRIPLES)}


def read(client: FlaskClient, path: str) -> Graph:
    response = client.get(path, headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    return parsed(response.data)


# 4: how a graph is named


def test_a_graph_is_found_at_its_own_address(client: FlaskClient, store: Store) -> None:
    assert read_triples(client, OLD_PATH) == graph_triples(store.database, OLD_GRAPH)


def test_a_graph_is_found_by_its_name(client: FlaskClient, store: Store) -> None:
    assert read_triples(client, OLD_BY_NAME) == graph_triples(store.database, OLD_GRAPH)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?graph=", 400),
        ("?graph=relative", 400),
        ("?graph=/graph/x", 400),
        ("?graph=http://a.example/<x>", 400),
        ("?default=yes", 400),
        ("?default&graph=urn:g", 400),
        ("?graph=urn:g&graph=urn:g", 400),
        ("?graph=urn:g", 404),
        ("?default", 200),
        ("?default=", 200),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_address_names_one_graph(
    client: FlaskClient, query: str, status: int, method: str
) -> None:
    assert client.open(f"/graph-store{query}", method=method).status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_change_names_one_graph(client: FlaskClient, editor: dict[str, str], method: str) -> None:
    for query in ("", "?graph=relative", "?default&graph=urn:g"):
        response = client.open(f"/graph-store{query}", method=method, headers=editor)
        assert response.status_code == 400


def test_the_default_graph_is_read_as_a_whole(client: FlaskClient, store: Store) -> None:
    graphs = [graph_triples(store.database, name) for name in store.graphs()]
    assert read_triples(client, "/graph-store?default") == frozenset().union(*graphs)


# 5.2 and 5.6: GET and HEAD


@pytest.mark.parametrize("path", [OLD_PATH, OLD_BY_NAME, "/graph-store?default"])
@pytest.mark.parametrize(
    ("accept", "media_type", "format"),
    [
        (None, "text/turtle", "turtle"),
        ("*/*", "text/turtle", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("application/ld+json", "application/ld+json", "json-ld"),
    ],
)
def test_every_format_says_the_same(
    client: FlaskClient,
    store: Store,
    path: str,
    accept: str | None,
    media_type: str,
    format: str,
) -> None:
    response = client.get(path, headers={} if accept is None else {"Accept": accept})
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert "Accept" in response.headers["Vary"]
    assert isomorphic(parsed(response.data, format), read(client, path))


def test_trig_names_the_graph(client: FlaskClient) -> None:
    for path in (OLD_PATH, OLD_BY_NAME):
        response = client.get(path, headers={"Accept": "application/trig"})
        quads = ox.parse(response.data, ox.RdfFormat.TRIG)
        assert {quad.graph_name for quad in quads} == {ox.NamedNode(OLD_GRAPH)}


@pytest.mark.parametrize("path", [OLD_BY_NAME, "/graph-store?default"])
def test_a_format_that_is_not_offered_is_refused(client: FlaskClient, path: str) -> None:
    for accept in ("image/png", "text/csv", "text/html"):
        response = client.get(path, headers={"Accept": accept})
        assert response.status_code == 406


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    for path in (OLD_BY_NAME, "/graph-store?default"):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.data) == (200, b"")
        for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
            assert head.headers.get(name) == got.headers.get(name)
    assert client.head("/graph-store?graph=urn:none").status_code == 404


def test_a_graph_that_is_not_there_is_not_found(
    client: FlaskClient, editor: dict[str, str]
) -> None:
    for path in (NEW_PATH, BY_NAME, "/provenance"):
        assert client.get(path).status_code == 404
    for path in (NEW_PATH, BY_NAME):
        assert client.delete(path, headers=editor).status_code == 404
        patch = client.patch(
            path, headers=editor, data="CLEAR ALL", content_type="application/sparql-update"
        )
        assert patch.status_code == 404


# 5.3: PUT


@pytest.mark.parametrize("path", [BY_NAME, NEW_PATH])
def test_put_makes_a_graph_and_replaces_it(
    client: FlaskClient, store: Store, editor: dict[str, str], path: str
) -> None:
    body = serialized(new_triples())
    response = client.put(path, data=body, headers={**editor, **TURTLE})
    assert (response.status_code, response.headers["Location"]) == (201, NEW_GRAPH)
    assert isomorphic(read(client, path), parsed(body))
    assert client.put(path, data=body, headers={**editor, **TURTLE}).status_code == 204
    fewer = [t for t in new_triples() if not t.predicate.value.endswith("terms/title")]
    response = client.put(path, data=serialized(fewer), headers={**editor, **TURTLE})
    assert (response.status_code, response.data) == (204, b"")
    assert len(store.graph(NEW_GRAPH)) == len(fewer) == len(new_triples()) - 1


def test_what_is_put_must_conform(
    client: FlaskClient, store: Store, editor: dict[str, str]
) -> None:
    before = set(map(str, store.database))
    body = serialized(without_text(new_triples()))
    response = client.put(BY_NAME, data=body, headers={**editor, **TURTLE})
    assert (response.status_code, list(response.get_json()["reports"])) == (422, [NEW_GRAPH])
    headers = {**editor, **TURTLE, "Accept": "text/turtle"}
    assert client.put(BY_NAME, data=body, headers=headers).mimetype == "text/turtle"
    elsewhere = client.put("/graph/x", data=serialized(new_triples()), headers={**editor, **TURTLE})
    assert elsewhere.status_code == 422
    assert set(map(str, store.database)) == before


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_the_default_graph_is_only_read(
    client: FlaskClient, editor: dict[str, str], method: str
) -> None:
    response = client.open(
        "/graph-store?default", method=method, data=b"<urn:s> <urn:p> 1 .", headers=editor
    )
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_an_empty_graph_is_refused(client: FlaskClient, editor: dict[str, str]) -> None:
    for path in (BY_NAME, OLD_PATH):
        response = client.put(path, data=b"", headers={**editor, **TURTLE})
        assert response.status_code == 422


@pytest.mark.parametrize(
    "rdf_format",
    [
        ox.RdfFormat.TURTLE,
        ox.RdfFormat.N_TRIPLES,
        ox.RdfFormat.RDF_XML,
        ox.RdfFormat.JSON_LD,
        ox.RdfFormat.TRIG,
        ox.RdfFormat.N_QUADS,
    ],
)
def test_a_body_is_read_as_its_type_says(
    client: FlaskClient, editor: dict[str, str], rdf_format: ox.RdfFormat
) -> None:
    body = serialized(new_triples(), rdf_format)
    response = client.put(BY_NAME, data=body, headers=editor, content_type=rdf_format.media_type)
    assert response.status_code == 201
    assert isomorphic(read(client, BY_NAME), parsed(serialized(new_triples())))


def test_a_body_without_a_type_is_rdf_xml(client: FlaskClient, editor: dict[str, str]) -> None:
    body = serialized(new_triples(), ox.RdfFormat.RDF_XML)
    assert client.put(BY_NAME, data=body, headers=editor).status_code == 201
    turtle = client.put(BY_NAME, data=serialized(new_triples()), headers=editor)
    assert turtle.status_code == 400


@pytest.mark.parametrize(
    ("headers", "method"),
    [
        ({"Content-Type": "text/csv"}, "PUT"),
        ({"Content-Type": "application/json"}, "PUT"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "POST"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, "PUT"),
        ({"Content-Type": "text/turtle; charset=utf-16"}, "PUT"),
        ({"Content-Type": "text/turtle", "Content-Encoding": "gzip"}, "PUT"),
        ({"Content-Type": "text/turtle"}, "PATCH"),
        ({"Content-Type": "application/sparql-update; charset=gbk"}, "PATCH"),
        ({}, "PATCH"),
    ],
)
def test_other_types_are_refused(
    client: FlaskClient, editor: dict[str, str], headers: Mapping[str, str], method: str
) -> None:
    response = client.open(OLD_BY_NAME, method=method, data=b"x", headers={**editor, **headers})
    assert response.status_code == 415
    assert response.headers["Accept-Patch"] == "application/sparql-update"


@pytest.mark.parametrize(
    ("media_type", "body", "line", "column"),
    [
        ("text/turtle", b"<urn:s> <urn:p> 1 .\n<urn:s> .", 2, 9),
        ("application/rdf+xml", b"<a>\n <b></a>", 2, 7),
        ("application/ld+json", b'{"@id": "urn:s",\n  "urn:p": }', 2, 12),
        ("application/n-quads", b"<urn:s> <urn:p> <urn:o> .\n<urn:s>", 2, 8),
        ("text/turtle", b"<urn:s> <urn:p> '\xff' .", 1, 18),
        ("text/turtle", b"[" * 200, 1, 101),
    ],
)
def test_what_cannot_be_parsed_is_refused_with_its_place(
    client: FlaskClient,
    editor: dict[str, str],
    media_type: str,
    body: bytes,
    line: int,
    column: int,
) -> None:
    response = client.put(BY_NAME, data=body, headers=editor, content_type=media_type)
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    problem = response.get_json()
    assert (problem["line"], problem["column"]) == (line, column)


def test_a_body_is_one_graph(client: FlaskClient, editor: dict[str, str]) -> None:
    body = b"<urn:other> { <urn:s> <urn:p> 1 }"
    response = client.put(BY_NAME, data=body, headers=editor, content_type="application/trig")
    assert response.status_code == 400


def test_a_large_body_is_refused(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    app = make_app(TANPU_MAX_BODY_BYTES=1000)
    keep_tokens(app, tmp_path / TOKEN_FILE)
    editor = bearer(tmp_path / TOKEN_FILE, "editor", "ingest")
    body = serialized(new_triples())
    for method in ("PUT", "POST"):
        response = app.test_client().open(
            BY_NAME, method=method, data=body, headers={**editor, **TURTLE}
        )
        assert response.status_code == 413


# 5.4: DELETE


@pytest.mark.parametrize("path", [OLD_BY_NAME, OLD_PATH])
def test_delete_removes_a_graph(
    client: FlaskClient, store: Store, editor: dict[str, str], path: str
) -> None:
    response = client.delete(path, headers=editor)
    assert (response.status_code, response.data) == (204, b"")
    assert client.get(OLD_BY_NAME).status_code == 404
    assert OLD_GRAPH not in store.graphs()
    assert client.delete(path, headers=editor).status_code == 404


# 5.5: POST


@pytest.mark.parametrize("path", [BY_NAME, NEW_PATH])
def test_post_merges(client: FlaskClient, store: Store, editor: dict[str, str], path: str) -> None:
    triples = new_triples()
    more = [t for t in triples if t.predicate.value.endswith("terms/title")]
    fewer = [t for t in triples if t not in more]
    headers = {**editor, **TURTLE}
    response = client.post(path, data=serialized(fewer), headers=headers)
    assert (response.status_code, response.headers["Location"]) == (201, NEW_GRAPH)
    assert client.post(path, data=serialized(more), headers=headers).status_code == 204
    assert isomorphic(read(client, path), parsed(serialized(triples)))
    assert len(store.graph(NEW_GRAPH)) == len(triples)


def files(*parts: tuple[bytes, str, str | None]) -> dict[str, Any]:
    """A form of files: content, name, type."""
    return {
        f"part{number}": (io.BytesIO(data), name, media_type) if media_type else
        (io.BytesIO(data), name)
        for number, (data, name, media_type) in enumerate(parts)
    }  # fmt: skip


@pytest.mark.parametrize("path", [BY_NAME, "/graph-store"])
def test_post_merges_all_files_of_a_form(
    client: FlaskClient, editor: dict[str, str], path: str
) -> None:
    triples = new_triples()
    parts = files(
        (serialized(triples[:50]), "a.ttl", "text/turtle"),
        (serialized(triples[50:], ox.RdfFormat.RDF_XML), "b.rdf", "application/rdf+xml"),
    )
    response = client.post(path, data=parts, headers=editor)
    assert response.status_code == 201
    assert isomorphic(read(client, BY_NAME), parsed(serialized(triples)))


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ({"field": "<urn:s> <urn:p> 1 ."}, 400),
        (files((b"<urn:s> <urn:p> 1 .", "a.csv", "text/csv")), 415),
        (files((b"<urn:s> <urn:p> .", "a.ttl", "text/turtle")), 400),
    ],
)
def test_a_form_holds_files_of_known_types(
    client: FlaskClient, editor: dict[str, str], parts: dict[str, Any], status: int
) -> None:
    response = client.post(
        OLD_BY_NAME, data=parts, headers=editor, content_type="multipart/form-data"
    )
    assert response.status_code == status


@pytest.mark.parametrize(("name", "status"), [("a.ttl", 201), ("a.txt", 400), ("a", 400)])
def test_the_name_of_a_file_tells_its_type_where_nothing_else_does(
    client: FlaskClient, editor: dict[str, str], name: str, status: int
) -> None:
    body = b"\r\n".join(
        [
            b"--x",
            b'Content-Disposition: form-data; name="f"; filename="%s"' % name.encode(),
            b"",
            serialized(new_triples()),
            b"--x--",
            b"",
        ]
    )
    content_type = "multipart/form-data; boundary=x"
    response = client.post(BY_NAME, data=body, headers=editor, content_type=content_type)
    assert response.status_code == status


def test_post_to_the_store_makes_the_graph_of_a_document(
    client: FlaskClient, editor: dict[str, str]
) -> None:
    body = serialized(new_triples())
    response = client.post("/graph-store", data=body, headers={**editor, **TURTLE})
    assert (response.status_code, response.headers["Location"]) == (201, NEW_GRAPH)
    assert isomorphic(read(client, NEW_PATH), parsed(body))
    again = client.post("/graph-store", data=body, headers={**editor, **TURTLE})
    assert again.status_code == 409
    nothing = client.post("/graph-store", data=b"<urn:s> <urn:p> 1 .", headers={**editor, **TURTLE})
    assert nothing.status_code == 422


def test_post_of_nothing_does_nothing(client: FlaskClient, editor: dict[str, str]) -> None:
    for path in (BY_NAME, OLD_BY_NAME, "/graph-store"):
        response = client.post(path, headers={**editor, **TURTLE})
        assert response.status_code == 204
    assert client.get(BY_NAME).status_code == 404


# 5.7: PATCH

TITLE = "<http://purl.org/dc/terms/title>"
RETITLE = f'DELETE {{ ?d {TITLE} ?o }} INSERT {{ ?d {TITLE} "改题" }} WHERE {{ ?d {TITLE} ?o }}'


@pytest.mark.parametrize("path", [OLD_BY_NAME, OLD_PATH])
def test_patch_changes_its_graph(
    client: FlaskClient, store: Store, editor: dict[str, str], path: str
) -> None:
    other = store.graph(f"{BASE}graph/bad.ttl")
    response = client.patch(
        path, data=RETITLE, headers=editor, content_type="application/sparql-update"
    )
    assert (response.status_code, response.data) == (204, b"")
    assert "改题" in {str(o) for o in read(client, path).objects()}
    assert isomorphic(store.graph(f"{BASE}graph/bad.ttl"), other)


@pytest.mark.parametrize(
    ("update", "status"),
    [
        ("NONSENSE", 400),
        ("LOAD <http://127.0.0.1:9/>", 400),
        ("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }", 422),
        (f"INSERT DATA {{ GRAPH <{OLD_GRAPH}> {{ <urn:s> <urn:p> 1 }} }}", 422),
        ("CLEAR ALL", 422),
        ("DELETE WHERE { ?s <https://w3id.org/tanpu/ontology#text> ?o }", 422),
    ],
)
def test_a_patch_that_cannot_be_made_is_refused(
    client: FlaskClient, store: Store, editor: dict[str, str], update: str, status: int
) -> None:
    before = set(map(str, store.database))
    response = client.patch(
        OLD_BY_NAME, data=update, headers=editor, content_type="application/sparql-update"
    )
    assert response.status_code == status
    assert set(map(str, store.database)) == before


# Conditional requests (RFC 9110, section 13)


def test_a_graph_that_the_client_has_is_not_sent_again(client: FlaskClient) -> None:
    for path in (OLD_BY_NAME, OLD_PATH):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        other = {"If-None-Match": first.headers["ETag"], "Accept": "application/ld+json"}
        assert client.get(path, headers=other).status_code == 200


def test_a_change_may_depend_on_the_state(client: FlaskClient, editor: dict[str, str]) -> None:
    body = serialized(new_triples())

    def put(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.put(BY_NAME, data=body, headers={**editor, **TURTLE, **named}).status_code

    assert put(If_Match="*") == 412
    assert put(If_Match='"0"') == 412
    assert put(If_None_Match="*") == 201
    assert put(If_None_Match="*") == 412
    turtle = client.get(BY_NAME, headers={"Accept": "text/turtle"}).headers["ETag"]
    json = client.get(BY_NAME, headers={"Accept": "application/ld+json"}).headers["ETag"]
    assert turtle != json
    direct = client.get(NEW_PATH).headers["ETag"]
    for tag in (turtle, json, direct, f"W/{turtle}", f'"0", {turtle}', "*"):
        assert put(If_Match=tag) == 204
    assert put(If_None_Match=turtle) == 412
    patched = client.patch(
        BY_NAME,
        data=RETITLE,
        headers={**editor, "If-Match": turtle},
        content_type="application/sparql-update",
    )
    assert patched.status_code == 204
    assert put(If_Match=turtle) == 412
    assert client.delete(BY_NAME, headers={**editor, "If-Match": turtle}).status_code == 412
    assert client.delete(BY_NAME, headers={**editor, "If-None-Match": turtle}).status_code == 204


def test_an_answer_without_a_body_names_no_type(
    client: FlaskClient, editor: dict[str, str]
) -> None:
    response = client.delete(OLD_BY_NAME, headers=editor)
    assert (response.status_code, response.data) == (204, b"")
    assert "Content-Type" not in response.headers


def test_a_failed_condition_has_a_title_of_its_own(
    client: FlaskClient, editor: dict[str, str]
) -> None:
    response = client.delete(OLD_BY_NAME, headers={**editor, "If-Match": '"0"'})
    assert response.status_code == 412
    assert response.get_json()["title"] == "状态不符 Precondition failed"


def test_a_part_of_a_graph_does_not_become_the_graph(
    client: FlaskClient, editor: dict[str, str]
) -> None:
    before = client.get(OLD_BY_NAME).data
    body = serialized(new_triples())
    part = {**editor, **TURTLE, "Content-Range": f"bytes 0-{len(body) - 1}/{2 * len(body)}"}
    assert client.put(BY_NAME, data=body, headers=part).status_code == 400
    assert client.put(OLD_BY_NAME, data=body, headers=part).status_code == 400
    assert client.get(BY_NAME).status_code == 404
    assert client.get(OLD_BY_NAME).data == before


# 5.1 and 7: methods, and who may use them


def test_other_methods_are_refused(client: FlaskClient) -> None:
    for path in ("/graph-store?default", OLD_PATH):
        for method in ("TRACE", "MKCOL"):
            response = client.open(path, method=method)
            assert response.status_code == 405
            offered = set(response.headers["Allow"].split(", "))
            assert offered == {"GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE", "PATCH"}
    options = client.options("/graph-store?default")
    assert options.headers["Accept-Patch"] == "application/sparql-update"


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_who_may_not_write_is_told_so(
    client: FlaskClient, editor: dict[str, str], tmp_path: Path, method: str
) -> None:
    body = serialized(new_triples())
    reader = bearer(tmp_path / TOKEN_FILE, "reader", "read")
    for headers, status in ((TURTLE, 401), ({**TURTLE, **reader}, 403)):
        response = client.open(OLD_BY_NAME, method=method, data=body, headers=headers)
        assert response.status_code == status
    foreign = client.put("/graph-store?graph=urn:g", data=body, headers={**TURTLE, **editor})
    assert (foreign.status_code, foreign.headers["WWW-Authenticate"]) == (
        403,
        'Bearer realm="tanpu", error="insufficient_scope", scope="admin"',
    )
    log = f"/graph-store?graph={quote(BASE + 'provenance', safe='')}"
    assert client.put(log, data=body, headers={**TURTLE, **editor}).status_code == 403


# A plain dataset, as the tests of the W3C want it

PERSON = b"@prefix f: <http://xmlns.com/foaf/0.1/> . <#me> a f:Person ; f:card [ f:name '%s' ] ."


def test_a_plain_dataset_takes_any_graph(plain: FlaskClient) -> None:
    path, first, second = (
        "/graph-store/person/1.ttl",
        PERSON % "乙".encode(),
        PERSON % "丙".encode(),
    )
    base = f"http://localhost{path}"
    assert plain.put(path, data=first, headers=TURTLE).status_code == 201
    assert plain.put(path, data=second, headers=TURTLE).status_code == 204
    wanted = Graph().parse(data=second, format="turtle", publicID=base)
    assert isomorphic(read(plain, path), wanted)
    assert isomorphic(read(plain, f"/graph-store?graph={base}"), wanted)
    assert plain.post(path, data=first, headers=TURTLE).status_code == 204
    wanted.parse(data=first, format="turtle", publicID=base)
    assert isomorphic(read(plain, path), wanted)
    assert plain.delete(path).status_code == 204
    assert plain.head(path).status_code == 404


def test_the_default_graph_of_a_plain_dataset_is_its_own(plain: FlaskClient) -> None:
    plain.put("/graph-store/g", data=b"<urn:s> <urn:p> 1 .", headers=TURTLE)
    body = b"[] <urn:p> 2 ."
    assert plain.put("/graph-store?default", data=body, headers=TURTLE).status_code == 204
    assert isomorphic(read(plain, "/graph-store?default"), parsed(body))
    patch = plain.patch(
        "/graph-store?default",
        data="CLEAR DEFAULT",
        content_type="application/sparql-update",
    )
    assert patch.status_code == 204
    assert len(read(plain, "/graph-store?default")) == 0
    assert len(read(plain, "/graph-store/g")) == 1
    assert plain.delete("/graph-store?default").status_code == 204


def test_a_plain_dataset_has_empty_graphs(plain: FlaskClient) -> None:
    assert plain.put("/graph-store/g", data=b"", headers=TURTLE).status_code == 201
    assert len(read(plain, "/graph-store/g")) == 0
    assert plain.put("/graph-store/g", data=b"", headers=TURTLE).status_code == 204


def test_post_to_a_plain_store_makes_any_graph(plain: FlaskClient) -> None:
    body = PERSON % "丁".encode()
    response = plain.post("/graph-store", data=body, headers=TURTLE)
    assert response.status_code == 201
    path = response.headers["Location"].removeprefix("http://localhost")
    assert len(read(plain, path)) == 3
