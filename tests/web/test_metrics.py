from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from graph.store import open_store
from graph.workers import QueryUsage
from server import create_app
from tests.web.conftest import BASE, fill, forum_extraction
from web.metrics import find_metrics
from web.runner import close_runner


def read(app: Flask) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """All samples by name and labels."""
    response = app.test_client().get("/metrics")
    assert response.status_code == 200
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def value(app: Flask, name: str, **labels: str) -> float | None:
    return read(app).get((name, frozenset(labels.items())))


def usage(ending: str, **more: object) -> QueryUsage:
    given = {"client": "a", "text": "", "form": None, "waited": 0.5, "held": 2.0, **more}
    return QueryUsage(ending=ending, **given)  # type: ignore[arg-type]


def test_requests_are_counted_by_route_method_and_status(app: Flask) -> None:
    client = app.test_client()
    for path in ("/healthz", "/healthz", "/id/person/x-0123456789", "/nothing"):
        client.get(path).close()
    labels = {"route": "/healthz", "method": "GET"}
    assert value(app, "tanpu_http_responses_total", **labels, status="200") == 2
    assert value(app, "tanpu_http_request_seconds_count", **labels) == 2
    assert value(app, "tanpu_refusals_total", error="UnknownIriError") == 1
    assert value(app, "tanpu_http_responses_total", route="(none)", method="GET", status="404") == 1


def test_queries_are_timed_by_form_and_ending(app: Flask) -> None:
    client = app.test_client()
    for query in ("ASK {}", "SELECT * {}", "SELECT * {}", "SELEC"):
        client.get("/sparql", query_string={"query": query}).close()
    count = "tanpu_query_seconds_count"
    assert value(app, count, form="ASK", ending="complete") == 1
    # One more is the count of the store for the first reading of the metrics.
    assert value(app, count, form="SELECT", ending="complete") == 4
    assert value(app, count, form="unknown", ending="failed") == 1
    assert value(app, "tanpu_query_wait_seconds_count") == 6


@pytest.mark.parametrize("ending", ["timeout", "memory", "died", "abandoned"])
def test_killed_processes_are_counted_by_reason(app: Flask, ending: str) -> None:
    assert value(app, "tanpu_workers_killed_total", reason=ending) == 0
    find_metrics(app).count_query(usage(ending))
    find_metrics(app).count_query(usage(ending, held=0.0))
    assert value(app, "tanpu_workers_killed_total", reason=ending) == 1


def test_pool_and_store_are_described(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", mode="write", base=BASE) as store:
        fill(store, forum_extraction())
        app = create_app({"TANPU_STORE": tmp_path / "store", "TANPU_QUERY_WORKERS": 2})
        try:
            found = {name: number for (name, labels), number in read(app).items() if not labels}
            assert found["tanpu_workers"] == found["tanpu_workers_alive"] == 2
            assert found["tanpu_workers_idle"] == 2
            assert (found["tanpu_queue_length"], found["tanpu_queue_limit"]) == (0, 32)
            assert found["tanpu_store_documents"] == 1
            assert found["tanpu_store_triples"] > 100
            assert found["tanpu_store_version"] == store.version
        finally:
            close_runner(app)


def test_no_count_is_lost_between_threads(app: Flask) -> None:
    metrics = find_metrics(app)

    def count() -> None:
        for _ in range(500):
            metrics.count_query(usage("timeout"))

    threads = [Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(app, "tanpu_workers_killed_total", reason="timeout") == 4000


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        ("127.0.0.0/8", "127.0.0.1", 200),
        ("127.0.0.0/8", "203.0.113.1", 403),
        ("203.0.113.0/24, ::1/128", "203.0.113.1", 200),
        ("127.0.0.0/8", "", 403),
    ],
)
def test_only_known_addresses_may_read(
    make_app: Callable[..., Flask], networks: str, address: str, status: int
) -> None:
    client = make_app(TANPU_METRICS_FROM=networks).test_client()
    response = client.get("/metrics", environ_base={"REMOTE_ADDR": address})
    assert response.status_code == status
