from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from extract.errors import ExtractionError
from graph.decisions.file import DecisionError
from graph.drafts import DefaultGraphError, OtherGraphError
from graph.errors import GraphError
from graph.evaluation import ResultTooLargeError, UnreadableStoreError
from graph.gate import (
    ForeignGraphError,
    MisattributedGraphError,
    ProtectedGraphError,
    ShapeViolationError,
)
from graph.journal import JournalError
from graph.payloads import UnparsableGraphError, UnusableGraphError
from graph.querytext import InvalidQueryError
from graph.store import (
    CorruptStoreError,
    ReadOnlyStoreError,
    StoreLockedError,
    StoreNotFoundError,
    StoreWriteError,
)
from graph.tokens import InvalidTokenError, TokenFileError
from graph.tombstones import TombstoneError
from graph.trial import UpdateFailedError
from graph.updatetext import DatasetConflictError
from graph.workers import (
    ClientBusyError,
    ClientGoneError,
    ClosedRunnerError,
    OverloadedError,
    QueryMemoryError,
    QueryTimeoutError,
    WorkerDiedError,
)
from graph.xml_graphs import UnwritableGraphError
from web.errors import (
    ERROR_TABLE,
    BudgetSpentError,
    ConfigError,
    ConflictError,
    ForeignAddressError,
    InsufficientScopeError,
    MalformedAuthorizationError,
    MalformedIriError,
    MissingTokenError,
    NotAcceptableError,
    StoreUnreadableError,
    UnknownIriError,
    UnprocessableError,
    UpdateRefusedError,
    WebError,
    problem_of,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (MalformedIriError("x"), 400),
        (InvalidQueryError("x"), 400),
        (UpdateRefusedError("x"), 400),
        (UnknownIriError("x"), 404),
        (NotAcceptableError("x"), 406),
        (UnwritableGraphError("x"), 406),
        (CorruptStoreError("x"), 503),
        (StoreNotFoundError("x"), 503),
        (ReadOnlyStoreError("x"), 403),
        (DatasetConflictError("x"), 400),
        (ResultTooLargeError("x"), 400),
        (QueryTimeoutError("x"), 503),
        (WorkerDiedError("x"), 503),
        (OverloadedError("x"), 503),
        (QueryMemoryError("x"), 503),
        (ClientBusyError("x"), 429),
        (BudgetSpentError("x", wait_seconds=2.5), 429),
        (ForeignAddressError("x"), 403),
        (ClosedRunnerError("x"), 503),
        (MissingTokenError("x"), 401),
        (InvalidTokenError("x"), 401),
        (MalformedAuthorizationError("x"), 400),
        (InsufficientScopeError("x"), 403),
        (ForeignGraphError("x"), 403),
        (ProtectedGraphError("x"), 403),
        (TokenFileError("x"), 503),
        (StoreLockedError("x"), 503),
        (MisattributedGraphError("x"), 422),
        (ShapeViolationError({}), 422),
        (DefaultGraphError("x"), 422),
        (OtherGraphError("x"), 422),
        (UnprocessableError("x"), 422),
        (ConflictError("x"), 409),
        (UpdateFailedError("x"), 400),
        (UnparsableGraphError("x"), 400),
        (UnusableGraphError("x"), 400),
        (GraphError("x"), 500),
        (ExtractionError("x"), 500),
    ],
)
def test_the_nearest_row_of_the_table_gives_the_status(error: Exception, status: int) -> None:
    assert problem_of(error).status == status


@pytest.mark.parametrize(
    "error_class",
    [
        CorruptStoreError,
        DecisionError,
        JournalError,
        StoreLockedError,
        StoreNotFoundError,
        StoreUnreadableError,
        StoreWriteError,
        TokenFileError,
        TombstoneError,
        UnreadableStoreError,
    ],
)
def test_where_the_files_of_the_service_lie_is_logged_and_not_told(
    app: Flask, caplog: pytest.LogCaptureFixture, error_class: type[Exception]
) -> None:
    @app.get("/fail")
    def fail() -> str:
        raise error_class("cannot open '/secret/place': no space left")

    response = app.test_client().get("/fail")
    assert response.status_code == 503
    assert response.get_json()["detail"].startswith("expected ")
    assert "/secret/place" not in response.text
    assert "/secret/place" in caplog.text


def test_a_client_that_has_gone_is_no_error_for_the_log(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/leave")
    def leave() -> str:
        raise ClientGoneError("the client went away")

    with caplog.at_level("INFO", logger="web.errors"):
        app.test_client().get("/leave")
    assert [(r.levelname, r.name) for r in caplog.records if r.name == "web.errors"] == [
        ("INFO", "web.errors")
    ]


def test_every_web_error_that_a_request_can_raise_has_a_row() -> None:
    def children(cls: type[WebError]) -> set[type[WebError]]:
        direct = set(cls.__subclasses__())
        return direct.union(*map(children, direct))

    at_start_only = {ConfigError}
    for cls in children(WebError) - at_start_only:
        assert any(base in ERROR_TABLE for base in cls.__mro__), cls


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("text/turtle", "application/problem+json"),
        ("text/html", "text/html; charset=utf-8"),
        ("text/plain", "text/plain; charset=utf-8"),
    ],
)
def test_an_error_is_told_in_the_form_asked_for(
    client: FlaskClient, accept: str | None, content_type: str
) -> None:
    response = client.get("/id/person/x-0123456789", headers={"Accept": accept} if accept else {})
    assert response.status_code == 404
    assert response.content_type == content_type
    # A page is long enough to be compressed.
    more = {"accept-language", "accept-encoding"} if accept == "text/html" else set()
    assert response.vary.as_set() == {"accept", *more}


def test_a_problem_document_has_the_standard_members(client: FlaskClient) -> None:
    problem = client.get("/id/person/x-0123456789").get_json()
    assert problem == {
        "type": "about:blank",
        "title": "未收录 Not found",
        "status": 404,
        "detail": "the graph has no person 'x-0123456789'",
        "instance": "/id/person/x-0123456789",
    }


@pytest.mark.parametrize("accept", ["text/html", "text/plain", "application/json"])
def test_a_defect_shows_no_trace(make_app: Callable[..., Flask], accept: str) -> None:
    app = make_app(TESTING=False)

    def fail() -> Any:
        raise ZeroDivisionError("secret detail")

    app.add_url_rule("/fail", view_func=fail)
    response = app.test_client().get("/fail", headers={"Accept": accept})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/", 405),
        ("DELETE", "/sparql", 405),
        ("PUT", "/id/person/x-0123456789", 405),
        ("GET", "/static/../server.py", 404),
        ("GET", "/static/nothing.css", 404),
    ],
)
def test_errors_of_http_itself_are_problems_too(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"


def test_a_wrong_method_names_the_right_ones(client: FlaskClient) -> None:
    assert set(client.delete("/sparql").headers["Allow"].split(", ")) >= {"GET", "POST"}


@pytest.mark.parametrize(("language", "words"), [("zh", "没有这个页面"), ("en", "No such page")])
def test_a_missing_page_says_so_in_the_language_of_the_reader_alone(
    client: FlaskClient, language: str, words: str
) -> None:
    headers = {"Accept": "text/html", "Accept-Language": language}
    page = client.get("/nothing", headers=headers)
    assert page.status_code == 404
    assert words in page.text
    assert 'class="notice' not in page.text
    assert "URL" in client.get("/nothing").get_json()["detail"]


@pytest.mark.parametrize(
    ("path", "status", "words", "folded"),
    [
        ("/page/person/nobody-0123456789", 404, "图谱中没有这个地址的内容", "<details>"),
        ("/search?page=0", 400, "无法按此请求作答", "<details open>"),
    ],
)
def test_a_page_of_an_error_says_it_in_the_language_and_keeps_the_detail(
    client: FlaskClient, path: str, status: int, words: str, folded: str
) -> None:
    page = client.get(path, headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert page.status_code == status
    assert words in page.text
    assert re.search(
        rf'{folded}<summary>具体原因（英文）</summary>\s*<p class="notice error', page.text
    )
