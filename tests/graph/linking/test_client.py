"""The client against a service that is well-behaved, busy, broken or hostile."""

from __future__ import annotations

import gzip
import json
import socket
from dataclasses import replace
from typing import Any

import pytest

from graph.linking.client import ReconciliationClient
from graph.linking.errors import (
    InvalidAnswerError,
    InvalidManifestError,
    ServiceUnreachableError,
)
from graph.linking.service import ReconciliationQuery
from tests.graph.linking.conftest import (
    MANIFEST,
    QUICK,
    MakeService,
    Reply,
    answer_with,
    candidate,
    json_reply,
)

QUERIES = [ReconciliationQuery(f"第{n}局") for n in range(5)]


def ask_all(client: ReconciliationClient, *, batch_size: int = 2) -> list[list[str]]:
    """The names that were asked about, batch by batch."""
    manifest = client.manifest()
    return [
        [query.name for query in batch]
        for batch in client.ask(manifest, QUERIES, batch_size=batch_size)
    ]


def test_queries_go_in_batches_and_answers_come_by_query(make_service: MakeService) -> None:
    known = {f"第{n}局": [candidate(str(n), f"第{n}局", 90)] for n in range(5)}
    service = make_service(answer_with(known))
    client = ReconciliationClient(service.url, QUICK)
    batches = list(client.ask(client.manifest(), QUERIES, batch_size=2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert {q.name: [c.id for c in found] for b in batches for q, found in b.items()} == {
        f"第{n}局": [str(n)] for n in range(5)
    }
    assert service.asked[0] == {
        "q0": {"query": "第0局", "limit": 5},
        "q1": {"query": "第1局", "limit": 5},
    }


def test_batches_are_no_larger_than_the_service_wants(make_service: MakeService) -> None:
    service = make_service(answer_with({}, {**MANIFEST, "batchSize": 1}))
    assert len(ask_all(ReconciliationClient(service.url, QUICK), batch_size=50)) == 5


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_service_is_asked_again(make_service: MakeService, status: int) -> None:
    failures = iter([Reply(b"", status, {"Retry-After": "0"}), Reply(b"busy", status)])
    well = answer_with({})

    def respond(method: str, queries: dict[str, Any]) -> Reply:
        return next(failures, well(method, queries)) if method == "POST" else well(method, queries)

    assert len(ask_all(ReconciliationClient(make_service(respond).url, QUICK))) == 3


def test_a_service_that_stays_busy_is_given_up(make_service: MakeService) -> None:
    def respond(method: str, queries: dict[str, Any]) -> Reply:
        return json_reply(MANIFEST) if method == "GET" else Reply(b"", 503)

    service = make_service(respond)
    with pytest.raises(ServiceUnreachableError) as given_up:
        ask_all(ReconciliationClient(service.url, QUICK))
    assert str(given_up.value).startswith(
        f"{service.url}: batch 1 (2 queries): no answer after 3 attempts: "
    )
    assert "503" in str(given_up.value)
    assert len(service.asked) == 3


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 413])
def test_a_refusal_is_not_asked_again(make_service: MakeService, status: int) -> None:
    def respond(method: str, queries: dict[str, Any]) -> Reply:
        return json_reply(MANIFEST) if method == "GET" else Reply(b"", status)

    service = make_service(respond)
    with pytest.raises(ServiceUnreachableError, match=f"expected status 200, got {status}"):
        ask_all(ReconciliationClient(service.url, QUICK))
    assert len(service.asked) == 1


def test_nobody_there_is_an_error_that_names_the_service() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(ServiceUnreachableError, match=url):
            ReconciliationClient(url, QUICK).manifest()


def test_a_redirect_of_the_manifest_is_followed_and_queries_go_there(
    make_service: MakeService,
) -> None:
    there = make_service(answer_with({}))
    here = make_service(lambda *_: Reply(b"", 307, {"Location": there.url}))
    client = ReconciliationClient(here.url, QUICK)
    assert client.manifest().url == there.url
    assert len(ask_all(client)) == 3
    assert len(there.asked) == 3


def test_redirects_without_end_are_given_up(make_service: MakeService) -> None:
    service = make_service(lambda *_: Reply(b"", 302, {"Location": "/reconcile"}))
    with pytest.raises(ServiceUnreachableError, match="too many redirects"):
        ReconciliationClient(service.url, QUICK).manifest()


def test_queries_are_not_redirected(make_service: MakeService) -> None:
    def respond(method: str, queries: dict[str, Any]) -> Reply:
        if method == "GET":
            return json_reply(MANIFEST)
        return Reply(b"", 302, {"Location": "http://127.0.0.1:1/"})

    with pytest.raises(ServiceUnreachableError, match="expected status 200, got 302"):
        ask_all(ReconciliationClient(make_service(respond).url, QUICK))


@pytest.mark.parametrize("body", [b"", b"<html>", b"null", b"[]", b'{"q0"', b"\x00\xff"])
def test_an_answer_that_is_none_is_refused_by_batch(make_service: MakeService, body: bytes) -> None:
    def respond(method: str, queries: dict[str, Any]) -> Reply:
        return json_reply(MANIFEST) if method == "GET" else Reply(body)

    service = make_service(respond)
    with pytest.raises(InvalidAnswerError) as refused:
        ask_all(ReconciliationClient(service.url, QUICK))
    assert str(refused.value).startswith(f"{service.url}: batch 1 (2 queries): expected ")


def test_a_manifest_that_is_none_is_refused(make_service: MakeService) -> None:
    service = make_service(lambda *_: Reply(b"<html>"))
    with pytest.raises(InvalidManifestError, match=f"{service.url}: manifest: expected JSON"):
        ReconciliationClient(service.url, QUICK).manifest()


def test_earlier_batches_are_given_before_a_later_one_fails(make_service: MakeService) -> None:
    def respond(method: str, queries: dict[str, Any]) -> Reply:
        return Reply(b"no") if len(queries) == 1 else answer_with({})(method, queries)

    client = ReconciliationClient(make_service(respond).url, QUICK)
    batches = client.ask(client.manifest(), QUERIES, batch_size=2)
    assert [len(next(batches)) for _ in range(2)] == [2, 2]
    with pytest.raises(InvalidAnswerError, match=r"batch 3 \(1 queries\)"):
        next(batches)


HUGE = json.dumps({"q0": {"result": []}, "q1": {"result": []}, "x": "x" * 2_000_000}).encode()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (HUGE, {}),
        (gzip.compress(HUGE), {"Content-Encoding": "gzip"}),
        (HUGE, {"Content-Length": str(10**15)}),
    ],
    ids=["plain", "gzip", "false-length"],
)
def test_a_huge_answer_is_refused(
    make_service: MakeService, body: bytes, headers: dict[str, str]
) -> None:
    def respond(method: str, queries: dict[str, Any]) -> Reply:
        return json_reply(MANIFEST) if method == "GET" else Reply(body, headers=headers)

    client = ReconciliationClient(make_service(respond).url, replace(QUICK, max_bytes=100_000))
    with pytest.raises(InvalidAnswerError, match="expected at most 100000 bytes, got more"):
        ask_all(client)


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_that_drips_is_given_up(make_service: MakeService, chunked: bool) -> None:
    parts = [b"1\r\n \r\n" if chunked else b" "] * 100
    headers = {"Transfer-Encoding": "chunked"} if chunked else {}

    def respond(method: str, queries: dict[str, Any]) -> Reply:
        if method == "GET":
            return json_reply(MANIFEST)
        return Reply(parts, headers=headers)

    client = ReconciliationClient(make_service(respond).url, replace(QUICK, deadline=0.5))
    with pytest.raises(ServiceUnreachableError, match=r"expected an answer within 0\.5 s"):
        ask_all(client)


def test_an_answer_that_stops_in_the_middle_is_asked_for_again(make_service: MakeService) -> None:
    count = 0

    def respond(method: str, queries: dict[str, Any]) -> Reply:
        nonlocal count
        count += 1
        well = answer_with({})(method, queries)
        if method == "POST" and count < 4:
            return Reply(b'{"q0"', headers={"Content-Length": "1000", "Connection": "close"})
        return well

    service = make_service(respond)
    assert len(ask_all(ReconciliationClient(service.url, QUICK))) == 3
    assert len(service.asked) == 5


def test_a_service_that_never_answers_is_given_up(make_service: MakeService) -> None:
    def respond(method: str, queries: dict[str, Any]) -> Reply:
        if method == "GET":
            return json_reply(MANIFEST)
        return Reply([b"", b"", b"", b"{}"], headers={"Content-Length": "2"})

    client = ReconciliationClient(make_service(respond).url, replace(QUICK, timeout=0.1))
    with pytest.raises(ServiceUnreachableError, match=r"no answer after 3 attempts: .*timed out"):
        ask_all(client)


def test_requests_keep_their_distance(
    make_service: MakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("graph.linking.client.time.monotonic", lambda: 100.0)
    monkeypatch.setattr("graph.linking.client.time.sleep", waits.append)
    service = make_service(answer_with({}))
    ask_all(ReconciliationClient(service.url, replace(QUICK, interval=2.0)))
    assert waits == [2.0, 4.0, 6.0]  # no clock runs here, so each waits from the beginning
