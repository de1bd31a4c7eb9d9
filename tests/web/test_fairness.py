from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from graph.store import open_store
from graph.tokens import TOKEN_FILE, create_token
from graph.workers import QueryUsage
from server import create_app
from tests.web.writers import bearer, keep_tokens
from web.fairness import EXTENSION, TimeBudget, charge_query
from web.runner import close_runner

LOCAL = "127.0.0.1"
QUERY = "/sparql?query=ASK%7B%7D"


class Clock:
    """The time of the limiter, which tests move."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "time", made.time)
    return made


def test_a_client_may_go_on_until_its_budget_is_spent(clock: Clock) -> None:
    budget = TimeBudget(seconds=10, window=100)
    budget.charge("a", 9.999)
    assert budget.seconds_to_wait("a") == 0
    budget.charge("a", 0.001)
    assert budget.seconds_to_wait("a") > 0
    assert budget.seconds_to_wait("b") == 0


@pytest.mark.parametrize(("spent", "elapsed_before"), [(10.0, 0), (10.0, 60), (12.5, 60), (40, 99)])
def test_the_wait_that_is_told_is_long_enough_and_not_too_long(
    clock: Clock, spent: float, elapsed_before: float
) -> None:
    budget = TimeBudget(seconds=10, window=100)
    clock.now += elapsed_before
    budget.charge("a", spent)
    wait = budget.seconds_to_wait("a")
    assert 0 < wait <= 200
    clock.now += wait - 1
    assert budget.seconds_to_wait("a") > 0
    clock.now += 2
    assert budget.seconds_to_wait("a") == 0


def test_what_overdraws_the_budget_is_not_forgiven(clock: Clock) -> None:
    modest, greedy = (TimeBudget(seconds=10, window=100) for _ in range(2))
    modest.charge("a", 10)
    greedy.charge("a", 30)
    assert greedy.seconds_to_wait("a") > modest.seconds_to_wait("a") + 30


def test_the_past_counts_less_as_it_leaves_the_window(clock: Clock) -> None:
    budget = TimeBudget(seconds=10, window=100)
    budget.charge("a", 10)
    clock.now += 150
    budget.charge("a", 4)
    assert budget.seconds_to_wait("a") == 0
    budget.charge("a", 1.1)
    assert 0 < budget.seconds_to_wait("a") < 5


def test_small_charges_add_up_and_are_those_of_their_client(clock: Clock) -> None:
    budget = TimeBudget(seconds=1, window=100)
    for _ in range(2400):
        assert budget.seconds_to_wait("a") == 0
        budget.charge("a", 0.0004)
        budget.charge("b", 0.0001)
    budget.charge("a", 0.05)
    assert budget.seconds_to_wait("a") > 0
    assert budget.seconds_to_wait("b") == 0


def test_what_was_used_is_remembered_however_many_clients_come(clock: Clock) -> None:
    budget = TimeBudget(seconds=1, window=100)
    budget.charge("a", 0.95)
    assert budget.seconds_to_wait("a") == 0
    budget.charge("a", 0.049)
    for number in range(10_000):
        assert budget.seconds_to_wait(f"c{number}") == 0
    budget.charge("a", 0.001)
    assert budget.seconds_to_wait("a") > 0


def budget_of(app: Flask) -> TimeBudget:
    budget: TimeBudget = app.extensions[EXTENSION]
    return budget


def test_who_has_spent_its_budget_is_429_with_the_time_to_wait(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(TANPU_CLIENT_SECONDS=10, TANPU_CLIENT_WINDOW=100)
    client = app.test_client()
    assert client.get(QUERY).status_code == 200
    budget_of(app).charge(LOCAL, 30)
    for path in (QUERY, "/search?q=x", "/", "/reconcile"):
        response = client.get(path)
        assert response.status_code == 429
        assert response.content_type == "application/problem+json"
        assert 30 <= int(response.headers["Retry-After"]) <= 200
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert client.get(QUERY, environ_base=elsewhere).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/robots.txt"])
def test_what_operators_need_is_answered_to_everybody(
    make_app: Callable[..., Flask], path: str
) -> None:
    app = make_app(TANPU_CLIENT_SECONDS=10)
    budget_of(app).charge(LOCAL, 30)
    assert app.test_client().get(path).status_code == 200


def test_a_query_is_charged_for_the_time_that_it_held_a_process(app: Flask) -> None:
    usage = QueryUsage(client="a", text="ASK {}", form=None, waited=9, held=700, ending="timeout")
    charge_query(app, usage)
    assert budget_of(app).seconds_to_wait("a") > 0
    assert budget_of(app).seconds_to_wait(LOCAL) == 0


def test_a_token_has_a_share_of_its_own_wherever_it_comes_from(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    with open_store(folder, mode="write") as store:
        store.publish()
    _, secret = create_token(folder / TOKEN_FILE, "reader", ["read"], days=1, now=datetime.now(UTC))
    app = create_app({"TANPU_STORE": folder, "TANPU_CLIENT_SECONDS": 10})
    budget = budget_of(app)
    client = app.test_client()

    def get(authorization: str, address: str) -> int:
        headers = {"Authorization": authorization}
        found = client.get(QUERY, headers=headers, environ_base={"REMOTE_ADDR": address})
        return found.status_code

    budget.charge("192.0.2.1", 30)
    assert get(f"Bearer {secret}", "192.0.2.1") == 200
    for unknown in ("Bearer x", "Bearer", "Bearer a b", "Basic eDp5", ""):
        assert get(unknown, "192.0.2.1") == 429
    budget.charge("token reader", 30)
    assert [get(f"Bearer {secret}", address) for address in ("192.0.2.1", "192.0.2.2")] == [
        429,
        429,
    ]
    assert get("", "192.0.2.2") == 200
    close_runner(app)


def test_a_request_is_charged_for_the_time_that_it_computed(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(TANPU_CLIENT_SECONDS=1, TANPU_CLIENT_WINDOW=3600)

    @app.get("/compute")
    def compute() -> str:
        began = time.thread_time()
        while time.thread_time() - began < 0.55:
            pass
        return ""

    statuses = [app.test_client().get("/compute").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


ENDLESS = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(8))
GRAPH = "http://127.0.0.1:8000/graph/a"


@pytest.mark.parametrize(
    ("method", "path", "update"),
    [
        (
            "POST",
            "/sparql",
            f"INSERT {{ GRAPH <{GRAPH}> {{ <a:a> <a:b> ?c7 }} }} WHERE {{ {ENDLESS} }}",
        ),
        ("PATCH", "/graph/a", f"INSERT {{ <a:a> <a:b> ?c7 }} WHERE {{ {ENDLESS} }}"),
    ],
)
def test_a_change_is_charged_for_the_time_that_it_had_the_writer(
    tmp_path: Path, method: str, path: str, update: str
) -> None:
    folder = tmp_path / "store"
    parts = [ox.NamedNode(f"urn:n:{n}") for n in range(200)]
    with open_store(folder, mode="write") as store:
        store.write_triples({GRAPH: frozenset(ox.Triple(p, p, p) for p in parts)})
        store.publish()
    _, secret = create_token(folder / TOKEN_FILE, "w", ["admin"], days=1, now=datetime.now(UTC))
    limits = {"TANPU_CLIENT_SECONDS": 2, "TANPU_CLIENT_WINDOW": 3600, "TANPU_QUERY_SECONDS": 2}
    app = create_app({"TANPU_STORE": folder, **limits})
    client, headers = app.test_client(), {"Authorization": f"Bearer {secret}"}

    def change() -> TestResponse:
        kind = "application/sparql-update"
        return client.open(path, method=method, data=update, content_type=kind, headers=headers)

    assert change().status_code == 503
    refused = change()
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get("/").status_code == 200
    close_runner(app)


WRITES = [
    ("POST", "/sparql", "application/sparql-update"),
    ("PUT", "/graph/a", "text/turtle"),
    ("POST", "/graph-store?graph=urn:g", "text/turtle"),
    ("PATCH", "/graph/a", "application/sparql-update"),
    ("DELETE", "/graph/a", None),
    ("POST", "/documents", "text/plain"),
    ("DELETE", "/documents/a", None),
    ("GET", "/jobs/a", None),
]


@pytest.mark.parametrize(("method", "path", "kind"), WRITES)
def test_a_token_that_has_spent_its_budget_writes_nothing(
    make_app: Callable[..., Flask], tmp_path: Path, method: str, path: str, kind: str | None
) -> None:
    app = make_app(TANPU_CLIENT_SECONDS=10)
    keep_tokens(app, tmp_path / TOKEN_FILE)
    headers = bearer(tmp_path / TOKEN_FILE, "writer", "admin")
    client = app.test_client()

    def ask() -> TestResponse:
        return client.open(path, method=method, data=b"", content_type=kind, headers=headers)

    assert ask().status_code != 429
    budget_of(app).charge("token writer", 30)
    refused = ask()
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize("rule", ["/sparql", "/search", "/reconcile", "/data/*?", "/metrics"])
def test_crawlers_are_kept_off_what_computes(app: Flask, rule: str) -> None:
    assert f"Disallow: {rule}\n" in app.test_client().get("/robots.txt").text
