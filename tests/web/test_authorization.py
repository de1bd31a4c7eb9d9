"""Bearer tokens: which requests may write, and how the others are answered."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from graph.tokens import TOKEN_FILE, revoke_token
from tests.web.writers import bearer, keep_tokens

# Changes nothing, and so tells whether it was let in.
NOTHING = {"update": "DELETE WHERE { GRAPH <urn:none> { ?s ?p ?o } }"}
CHALLENGE = 'Bearer realm="tanpu"'


@pytest.fixture
def tokens(app: Flask, tmp_path: Path) -> Path:
    path = tmp_path / TOKEN_FILE
    keep_tokens(app, path)
    return path


@pytest.mark.parametrize(
    ("scopes", "status"), [(["read"], 403), (["ingest"], 204), (["admin"], 204)]
)
def test_a_token_may_do_what_its_scope_says(
    client: FlaskClient, tokens: Path, scopes: list[str], status: int
) -> None:
    headers = bearer(tokens, "editor", *scopes)
    response = client.post("/sparql", data=NOTHING, headers=headers)
    assert response.status_code == status
    if status == 403:
        assert response.headers["WWW-Authenticate"] == f'{CHALLENGE}, error="insufficient_scope"'


@pytest.mark.parametrize(
    ("authorization", "status", "challenge"),
    [
        (None, 401, CHALLENGE),
        ("", 401, CHALLENGE),
        ("Basic YTpi", 401, CHALLENGE),
        ("Bearer", 400, f'{CHALLENGE}, error="invalid_request"'),
        ("Bearer a b", 400, f'{CHALLENGE}, error="invalid_request"'),
        ("Bearer a, Bearer b", 400, f'{CHALLENGE}, error="invalid_request"'),
        ("Bearer ä", 400, f'{CHALLENGE}, error="invalid_request"'),
        ("Bearer tanpu_unknown", 401, f'{CHALLENGE}, error="invalid_token"'),
    ],
)
def test_other_requests_are_told_what_is_missing(
    client: FlaskClient, tokens: Path, authorization: str | None, status: int, challenge: str
) -> None:
    bearer(tokens, "editor", "admin")
    headers = {} if authorization is None else {"Authorization": authorization}
    response = client.post("/sparql", data=NOTHING, headers=headers)
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    assert response.headers["WWW-Authenticate"] == challenge
    assert "unknown" not in response.get_json()["detail"].replace("an unknown one", "")


def test_the_scheme_is_read_in_any_case(client: FlaskClient, tokens: Path) -> None:
    secret = bearer(tokens, "editor", "ingest")["Authorization"].split()[1]
    for header in (f"bearer {secret}", f"BEARER  {secret} "):
        response = client.post("/sparql", data=NOTHING, headers={"Authorization": header})
        assert response.status_code == 204


def test_a_token_in_the_address_or_the_body_is_none(client: FlaskClient, tokens: Path) -> None:
    secret = bearer(tokens, "editor", "admin")["Authorization"].split()[1]
    response = client.post("/sparql", query_string={"access_token": secret}, data=NOTHING)
    assert response.status_code == 401
    response = client.post("/sparql", data={**NOTHING, "access_token": secret})
    assert response.status_code == 401


def test_a_revoked_token_is_refused_by_the_service_that_runs(
    client: FlaskClient, tokens: Path
) -> None:
    headers = bearer(tokens, "editor", "ingest")
    assert client.post("/sparql", data=NOTHING, headers=headers).status_code == 204
    revoke_token(tokens, "editor", now=datetime.now(UTC))
    assert client.post("/sparql", data=NOTHING, headers=headers).status_code == 401


def test_no_secret_is_logged(
    client: FlaskClient, tokens: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = bearer(tokens, "editor", "ingest")["Authorization"].split()[1]
    with caplog.at_level(logging.DEBUG):
        for sent in (secret, secret[:-1]):
            client.post("/sparql", data=NOTHING, headers={"Authorization": f"Bearer {sent}"})
    assert secret[:-1] not in caplog.text


def test_tokens_that_others_could_read_open_nothing(client: FlaskClient, tokens: Path) -> None:
    headers = bearer(tokens, "editor", "admin")
    tokens.chmod(0o644)
    assert client.post("/sparql", data=NOTHING, headers=headers).status_code == 503


def test_a_store_in_memory_has_no_tokens(client: FlaskClient) -> None:
    headers = {"Authorization": "Bearer tanpu_x"}
    assert client.post("/sparql", data=NOTHING, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/graph-store?default"),
        ("POST", "/graph-store"),
        ("DELETE", "/graph-store?graph=urn:g"),
        ("PATCH", "/graph-store?graph=urn:g"),
        ("PUT", "/graph/x"),
        ("POST", "/graph/x"),
        ("DELETE", "/graph/x"),
        ("PATCH", "/graph/x"),
    ],
)
def test_every_change_of_a_graph_needs_a_token(
    client: FlaskClient, tokens: Path, method: str, path: str
) -> None:
    assert client.open(path, method=method).status_code == 401
    headers = bearer(tokens, "reader", "read")
    assert client.open(path, method=method, headers=headers).status_code == 403
