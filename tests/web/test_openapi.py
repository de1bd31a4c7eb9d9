"""The description of the service: whole, valid, and true of what it really answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from extract.worker import LocalExtractor
from graph.tokens import TOKEN_FILE
from tests.web.writers import bearer, keep_tokens
from web import extraction
from web.ingestion import close_ingestion
from web.openapi import WITHOUT_JSON

PLAIN = "text/plain; charset=utf-8"
MAYBE_EMPTY = ("HEAD", "OPTIONS")


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert "ETag" in answer.headers
    assert isinstance(answer.json, dict)
    return answer.json


@pytest.fixture
def sender(app: Flask, tmp_path: Path, simple_pipeline: None) -> Iterator[dict[str, str]]:
    """The token of a service that reads texts in this process."""
    app.extensions[extraction.EXTENSION] = LocalExtractor()
    keep_tokens(app, tmp_path / TOKEN_FILE)
    yield bearer(tmp_path / TOKEN_FILE, "sender", "ingest")
    close_ingestion(app)


def routes(app: Flask) -> set[tuple[str, str, str]]:
    """Path as OpenAPI writes it, method and endpoint of all routes."""
    return {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower(), rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - set(MAYBE_EMPTY)
    }


def described_methods(description: dict[str, Any]) -> set[tuple[str, str]]:
    return {(path, method) for path, item in description["paths"].items() for method in item}


def test_it_is_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []


def test_every_route_with_json_is_described_and_nothing_else(
    app: Flask, description: dict[str, Any]
) -> None:
    there = routes(app)
    with_json = {(path, method) for path, method, name in there if name not in WITHOUT_JSON}
    assert described_methods(description) == with_json
    assert {name for _, _, name in there} >= WITHOUT_JSON


def test_what_is_said_to_have_no_json_answers_with_none(client: FlaskClient, app: Flask) -> None:
    paths = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint in WITHOUT_JSON and "GET" in (rule.methods or set())
    }
    plain = [path for path in paths if "<" not in path]
    assert len(plain) > len(paths) // 2
    for path in plain:
        answer = client.get(path, query_string={"id": "Person"})
        assert answer.status_code != 200 or answer.mimetype != "application/json", path


def test_every_schema_is_used(description: dict[str, Any]) -> None:
    used = set(re.findall(r"#/components/schemas/(\w+)", str(description)))
    assert used == set(description["components"]["schemas"])


def test_parameters_of_a_path_are_those_in_braces(description: dict[str, Any]) -> None:
    for path, item in description["paths"].items():
        for operation in item.values():
            parameters = operation.get("parameters", ())
            named = {p["name"] for p in parameters if p["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path)), path


@pytest.mark.parametrize(
    ("method", "path", "template", "status"),
    [
        ("get", "/healthz", "/healthz", 200),
        ("get", "/readyz", "/readyz", 200),
        ("get", "/search?q=北湾", "/search", 200),
        ("get", "/search?q=x&confidence=9", "/search", 400),
        ("get", "/search/suggestions?q=北", "/search/suggestions", 200),
        ("get", "/sparql?query=ASK%7B%7D", "/sparql", 200),
        ("get", "/sparql?query=ASK%7B", "/sparql", 400),
        ("get", "/sparql/vocabulary", "/sparql/vocabulary", 200),
        ("get", "/reconcile", "/reconcile", 200),
        ("get", "/reconcile/suggest/entity?prefix=北", "/reconcile/suggest/entity", 200),
        ("get", "/reconcile/suggest/type?prefix=p", "/reconcile/suggest/type", 200),
        ("get", "/reconcile/suggest/property?prefix=p", "/reconcile/suggest/property", 200),
        ("get", "/reconcile/flyout/type?id=Person", "/reconcile/flyout/type", 200),
        ("get", "/reconcile/flyout/property?id=code", "/reconcile/flyout/property", 200),
        ("get", "/reconcile/flyout/entity?id=no", "/reconcile/flyout/entity", 404),
        ("get", "/reconcile/flyout/type", "/reconcile/flyout/type", 400),
        ("get", "/reconcile/properties?type=Person&limit=2", "/reconcile/properties", 200),
        ("get", "/reconcile/properties", "/reconcile/properties", 400),
        ("get", "/id/planet/x", "/id/{segment}/{name}", 404),
        ("get", "/openapi.json", "/openapi.json", 200),
        ("get", "/jobs/0", "/jobs/{job_id}", 401),
        ("post", "/documents", "/documents", 401),
        ("delete", "/documents/a", "/documents/{name}", 401),
    ],
)
def test_real_answers_fit_their_schemas(
    client: FlaskClient,
    description: dict[str, Any],
    method: str,
    path: str,
    template: str,
    status: int,
) -> None:
    accept = "application/json, application/sparql-results+json, application/problem+json;q=0.9"
    answer = client.open(path, method=method.upper(), headers={"Accept": accept})
    assert answer.status_code == status
    check(description, template, method, answer)


def test_answers_to_what_is_sent_fit_their_schemas(
    client: FlaskClient, description: dict[str, Any], sender: dict[str, str]
) -> None:
    path = "/documents?id=a&include=extraction&published=2031-05-06"
    for status in (201, 200):
        answer = client.post(path, data="甲市很大。", content_type=PLAIN, headers=sender)
        assert answer.status_code == status
        check(description, "/documents", "post", answer)
    lines = '{"id": "b", "text": "甲市。"}\n{"id": "c"}\n'
    mixed = client.post(
        "/documents", data=lines, content_type="application/x-ndjson", headers=sender
    )
    assert mixed.status_code == 200
    check(description, "/documents", "post", mixed)
    job = client.post(
        path, data="x", content_type=PLAIN, headers={**sender, "Prefer": "respond-async"}
    )
    assert job.status_code == 202
    check(description, "/documents", "post", job)
    check(description, "/jobs/{job_id}", "get", client.get(job.headers["Location"], headers=sender))
    tried = client.post("/try", data={"text": "甲市很大。"}, headers={"Accept": "application/json"})
    assert tried.status_code == 200
    check(description, "/try", "post", tried)


def check(description: dict[str, Any], template: str, method: str, answer: Any) -> None:
    """The answer has a described status and type, and fits the schema."""
    responses = description["paths"][template][method]["responses"]
    response = responses.get(str(answer.status_code), responses["default"])
    if "$ref" in response:
        response = description["components"]["responses"]["Problem"]
    schema = response["content"][answer.mimetype]["schema"]
    whole = {**schema, "components": description["components"]}
    assert list(Draft202012Validator(whole).iter_errors(answer.json)) == []


def test_a_neighbourhood_fits_its_schema(
    client: FlaskClient, description: dict[str, Any], path_of: Callable[..., str]
) -> None:
    path = path_of("neighbourhood", "person", "韦一诺")
    answer = client.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    check(description, "/neighbourhood/{segment}/{name}", "get", answer)


def test_the_page_names_the_description(client: FlaskClient) -> None:
    answer = client.get("/api")
    assert answer.status_code == 200
    assert 'href="/openapi.json"' in answer.text
