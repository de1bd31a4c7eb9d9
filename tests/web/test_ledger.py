"""What a listener notes is charged, counted and logged by the server, as its own requests are."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from graph.store import open_store
from graph.workers import QueryUsage
from server import create_app
from web import fairness, metrics, records
from web.ledger import Ledger, enter_report
from web.records import RequestRecord, Trace


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def usage_of(client: str, held: float) -> QueryUsage:
    return QueryUsage(
        client=client, text="ASK {}", form="boolean", waited=0.0, held=held, ending="complete"
    )


def test_what_is_reported_once_is_not_reported_again(ledger: Ledger) -> None:
    assert ledger.is_empty
    notes: tuple[Callable[[], None], ...] = (
        partial(ledger.charge, "192.0.2.1", 0.25),
        partial(ledger.observe, usage_of("192.0.2.1", 0.25)),
        ledger.count_kept,
    )
    for note in notes:
        note()
        assert not ledger.is_empty
        ledger.take_report()
        assert ledger.is_empty


def test_a_report_is_entered_as_if_the_server_had_answered(app: Flask, ledger: Ledger) -> None:
    seen: list[RequestRecord] = []
    app.extensions[records.EXTENSION].sinks.append(seen.append)
    observed: list[QueryUsage] = []
    began = time.perf_counter() - 2.0
    trace = Trace("abc", "/sparql", None, "0123456789abcdef")
    ledger.record(trace, method="POST", status=200, began=began, address="192.0.2.1")
    ledger.observe(usage_of("192.0.2.1", 0.25))
    ledger.count_kept()
    ledger.count_kept()
    assert len(ledger) == 1
    assert enter_report(app, ledger.take_report(), observe=observed.append) == b""
    (record,) = seen
    assert (record.request_id, record.method, record.route, record.status) == (
        "abc",
        "POST",
        "/sparql",
        200,
    )
    assert record.query == "0123456789abcdef"
    assert 2.0 <= record.seconds < 60.0
    assert record.client not in ("", "192.0.2.1"), "a client is told by a hash"
    assert [(one.client, one.form, one.held, one.ending) for one in observed] == [
        ("192.0.2.1", "boolean", 0.25, "complete")
    ]
    kept = metrics.find_metrics(app).registry.get_sample_value("tanpu_kept_answers_total")
    assert kept == 2


def test_a_client_whose_budget_is_spent_is_left_to_the_server(ledger: Ledger) -> None:
    app = create_app({"TANPU_CLIENT_SECONDS": 2, "TANPU_CLIENT_WINDOW": 60, **in_memory()})
    ledger.charge("192.0.2.1", 1.5)
    ledger.charge("192.0.2.2", 0.5)
    assert enter_report(app, ledger.take_report(), observe=lambda _: None) == b""
    ledger.charge("192.0.2.1", 1.5)
    lesson = enter_report(app, ledger.take_report(), observe=lambda _: None)
    assert app.extensions[fairness.EXTENSION].seconds_to_wait("192.0.2.1") > 0
    ledger.learn(lesson)
    assert ledger.seconds_to_wait("192.0.2.1") > 0
    assert ledger.seconds_to_wait("192.0.2.2") == 0


def test_what_was_learnt_ends_with_the_time_to_wait(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app({"TANPU_CLIENT_SECONDS": 1, "TANPU_CLIENT_WINDOW": 30, **in_memory()})
    ledger.charge("192.0.2.1", 5.0)
    ledger.learn(enter_report(app, ledger.take_report(), observe=lambda _: None))
    assert ledger.seconds_to_wait("192.0.2.1") > 0
    later = time.monotonic() + 600
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert ledger.seconds_to_wait("192.0.2.1") == 0


def in_memory() -> dict[str, object]:
    return {"TANPU_STORE": open_store(None, mode="write")}
