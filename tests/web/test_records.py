from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from web import fairness
from web.logs import make_formatter
from web.records import EXTENSION, RequestRecord, access_log, choose_request_id

SECRET = "SELECT * { ?geheim ?p ?o }"


@pytest.fixture
def records(app: Flask) -> list[RequestRecord]:
    return listen(app)


def listen(app: Flask) -> list[RequestRecord]:
    seen: list[RequestRecord] = []
    app.extensions[EXTENSION].sinks.append(seen.append)
    return seen


@pytest.mark.parametrize(
    ("method", "path", "route", "status", "error"),
    [
        ("GET", "/", "/", 200, None),
        ("GET", "/search?q=geheim", "/search", 200, None),
        ("GET", "/id/person/x-0123456789", "/id/<segment>/<rest:name>", 404, "UnknownIriError"),
        ("GET", "/nothing/geheim", "(none)", 404, "NotFound"),
        ("GET", "/sparql?query=geheim", "/sparql", 400, "InvalidQueryError"),
        ("GET", "/static/icon.svg", "/static/<path:filename>", 200, None),
        ("GEHEIM", "/", "(none)", 405, "MethodNotAllowed"),
    ],
)
def test_a_record_names_the_route_and_not_the_path(
    app: Flask,
    records: list[RequestRecord],
    method: str,
    path: str,
    route: str,
    status: int,
    error: str | None,
) -> None:
    with app.test_client().open(path, method=method) as response:
        response.get_data()
    (record,) = records
    assert (record.route, record.status, record.error) == (route, status, error)
    assert record.complete
    assert record.seconds > 0
    assert "geheim" not in repr(record).lower()


def test_what_is_refused_before_it_is_looked_at_has_its_route(
    app: Flask, records: list[RequestRecord]
) -> None:
    app.extensions[fairness.EXTENSION].charge("127.0.0.1", 10_000)
    app.test_client().get("/search?q=x").close()
    assert (records[0].route, records[0].status) == ("/search", 429)
    assert records[0].error == "BudgetSpentError"


def test_queries_and_clients_are_hashed(app: Flask, records: list[RequestRecord]) -> None:
    client = app.test_client()
    for query, address in ((SECRET, "192.0.2.1"), (SECRET, "192.0.2.2"), ("ASK {}", "192.0.2.1")):
        client.post("/sparql", data={"query": query}, environ_base={"REMOTE_ADDR": address}).close()
    first, second, third = records
    assert first.query == second.query != third.query
    assert first.client == third.client != second.client
    for record in records:
        assert len(record.client) == 16
        assert "192.0.2" not in repr(record)
        assert "geheim" not in repr(record)


@pytest.mark.parametrize("given", ["abc-123", "A.b_c", "x" * 64])
def test_a_sane_id_is_taken_over_and_sent_back(
    app: Flask, records: list[RequestRecord], given: str
) -> None:
    with app.test_client().get("/healthz", headers={"X-Request-ID": given}) as response:
        assert response.headers["X-Request-ID"] == given
    assert records[0].request_id == given


@pytest.mark.parametrize("given", [None, "", "a b", "x" * 65, "a\tb", '"', "ä", "{}"])
def test_any_other_id_is_replaced(given: str | None) -> None:
    assert choose_request_id(given) != given
    assert len(choose_request_id(given)) == 32


def test_a_record_is_made_when_the_last_byte_is_sent(
    app: Flask, records: list[RequestRecord]
) -> None:
    @app.get("/pieces")
    def pieces() -> Iterator[bytes]:
        yield b"a"
        yield b"b"

    response = app.test_client().get("/pieces")
    assert records == []
    assert response.data == b"ab"
    response.close()
    (record,) = records
    assert (record.error, record.complete) == (None, True)


def test_a_client_that_goes_away_in_the_middle_of_a_body_is_recorded_as_such(
    app: Flask, records: list[RequestRecord]
) -> None:
    @app.get("/pieces")
    def pieces() -> Iterator[bytes]:
        yield b"a"
        yield b"b"

    app.test_client().get("/pieces").close()
    (record,) = records
    assert (record.status, record.error, record.complete) == (200, "ClientGoneError", False)


def test_a_body_that_fails_is_not_taken_for_one_whose_client_went(
    app: Flask, records: list[RequestRecord]
) -> None:
    @app.get("/pieces")
    def pieces() -> Iterator[bytes]:
        yield b"a"
        raise ZeroDivisionError

    with app.test_client().get("/pieces") as response, pytest.raises(ZeroDivisionError):
        response.get_data()
    (record,) = records
    assert (record.error, record.complete) == (None, False)


def test_a_defect_is_recorded_by_its_class(make_app: Callable[..., Flask]) -> None:
    app = make_app(TESTING=False)
    seen = listen(app)

    @app.get("/fail")
    def fail() -> str:
        raise ZeroDivisionError("geheim")

    app.test_client().get("/fail").close()
    assert (seen[0].status, seen[0].error) == (500, "ZeroDivisionError")


def test_the_log_has_one_json_object_a_request(app: Flask) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(make_formatter("json"))
    access_log.addHandler(handler)
    level = access_log.level
    access_log.setLevel(logging.INFO)
    try:
        headers = {"X-Request-ID": "one", "Authorization": "Bearer geheim"}
        app.test_client().get(f"/sparql?query={SECRET}", headers=headers).close()
        app.test_client().get("/nothing\n{}").close()
    finally:
        access_log.removeHandler(handler)
        access_log.setLevel(level)
    assert "geheim" not in stream.getvalue()
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["request_id"], first["method"], first["route"]) == ("one", "GET", "/sparql")
    assert (first["status"], first["level"], first["logger"]) == (200, "INFO", "tanpu.access")
    assert {"time", "seconds", "client", "query", "error", "complete"} <= first.keys()
    assert second["status"] == 404


def test_what_is_logged_during_a_request_has_its_id(app: Flask) -> None:
    said = logging.LogRecord("n", logging.ERROR, "", 0, "stopped", None, None)
    formatter = make_formatter("json")

    @app.get("/saying")
    def saying() -> str:
        return formatter.format(said)

    line = json.loads(app.test_client().get("/saying", headers={"X-Request-ID": "two"}).text)
    assert (line["request_id"], line["message"]) == ("two", "stopped")
    assert "request_id" not in json.loads(formatter.format(said))


def test_the_text_format_is_one_line() -> None:
    record = logging.LogRecord("n", logging.INFO, "", 0, "%s %d", ("GET", 200), None)
    assert make_formatter("text").format(record) == "tanpu: INFO n: GET 200"
