"""Articles from the request to the answer of a query: the real pipeline, store and processes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from graph.identity import Minter
from graph.store import open_store
from graph.tokens import TOKEN_FILE
from server import create_app
from tests.web.conftest import BASE
from tests.web.writers import bearer
from web.checking import close_validator
from web.extraction import close_extractor
from web.ingestion import close_ingestion
from web.runner import close_runner

PLAIN, PAGE = "text/plain; charset=utf-8", "text/html; charset=utf-8"
LINES = "application/x-ndjson"
MINTER = Minter(BASE)
ARTICLE = (
    "5月6日，2031云梦零碳峰会在北湾会展中心举行。峰会由北湾市能源局主办。"
    "北湾市市长韦一诺出席并致辞。"
)
HTML = """<!DOCTYPE html><html lang="zh"><head><title>海风办法施行</title></head><body>
<script>var visits = 1;</script><article><h1>海风办法施行</h1>
<p>2031年3月2日，北湾市人民政府印发《北湾市海上风电管理办法》，自2031年7月1日起施行。</p>
<p>办法共六章四十二条，对规划、建设、并网和退役作出规定，明确了各部门的职责和分工。</p>
</article></body></html>"""
ATTENDS = """
PREFIX tanpu: <https://w3id.org/tanpu/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
ASK { GRAPH ?g {
  ?statement a tanpu:Participation ; tanpu:participant/skos:prefLabel ?who ; tanpu:event/skos:prefLabel ?what .
  FILTER(STR(?who) = "韦一诺" && CONTAINS(?what, "零碳峰会")) } }
"""
ISSUES = """
PREFIX tanpu: <https://w3id.org/tanpu/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
ASK { ?s a tanpu:Issuance ; tanpu:regulation/skos:prefLabel ?what . FILTER(CONTAINS(?what, "海上风电管理办法")) }
"""


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[FlaskClient, dict[str, str]]]:
    """A client of a service over a store on disk, and the header of a token that may send."""
    folder = tmp_path_factory.mktemp("articles") / "store"
    with open_store(folder, mode="write", base=BASE) as store:
        store.publish()
    app = create_app(
        {
            "TANPU_STORE": folder,
            "TANPU_MODEL": "fast",
            "TANPU_QUERY_WORKERS": 1,
            "TANPU_EXTRACTION_SECONDS": 120,
            "TANPU_CLIENT_SECONDS": 10**6,
        }
    )
    yield app.test_client(), bearer(folder / TOKEN_FILE, "sender", "ingest")
    for close in (close_runner, close_extractor, close_ingestion, close_validator):
        close(app)


Service = tuple[FlaskClient, dict[str, str]]


def send(service: Service, address: str, data: str | bytes, kind: str, **more: str) -> TestResponse:
    client, sender = service
    headers = {**sender, **{name.replace("_", "-"): value for name, value in more.items()}}
    return client.post(f"/documents{address}", data=data, content_type=kind, headers=headers)


def rows(answer: TestResponse) -> list[dict[str, Any]]:
    body: dict[str, Any] = answer.get_json()
    found: list[dict[str, Any]] = body["documents"]
    return found


def holds(service: Service, query: str) -> bool:
    answer = service[0].get("/sparql", query_string={"query": query})
    assert answer.status_code == 200, answer.text
    return bool(answer.get_json()["boolean"])


def remove(service: Service, document: str) -> int:
    client, sender = service
    return client.delete(f"/documents/{quote(document, safe='')}", headers=sender).status_code


def test_a_text_becomes_statements_that_a_query_finds_until_it_is_removed(service: Service) -> None:
    assert not holds(service, ATTENDS)
    answer = send(service, "?id=summit&published=2031-05-07&include=extraction", ARTICLE, PLAIN)
    assert answer.status_code == 201, answer.text
    [row] = rows(answer)
    assert (row["status"], row["report"]["conforms"]) == ("stored", True)
    assert answer.headers["Location"] == str(MINTER.document("summit"))
    kinds = {fact["type"] for fact in row["extraction"]["facts"]}
    assert {"takes_part", "organizes", "held_at", "held_on", "holds_post"} <= kinds
    assert holds(service, ATTENDS)
    [again] = rows(send(service, "?id=summit&published=2031-05-07", ARTICLE, PLAIN))
    assert again["status"] == "unchanged"
    assert remove(service, "summit") == 204
    assert not holds(service, ATTENDS)
    assert remove(service, "summit") == 404


def test_a_page_is_read_as_its_article(service: Service) -> None:
    answer = send(service, "?id=rule&include=extraction", HTML, PAGE)
    assert answer.status_code == 201, answer.text
    [row] = rows(answer)
    assert "visits" not in row["extraction"]["text"]
    assert holds(service, ISSUES)
    assert remove(service, "rule") == 204
    assert not holds(service, ISSUES)


def test_lines_are_stored_or_refused_one_by_one(service: Service) -> None:
    lines = [
        json.dumps({"id": "one", "text": ARTICLE, "published": "2031-05-07"}, ensure_ascii=False),
        json.dumps({"id": "two", "text": ""}),
        '{"id": "three"',
        json.dumps({"id": "four", "text": ARTICLE, "published": "a day in May"}),
    ]
    answer = send(service, "", "\n".join(lines).encode(), LINES)
    assert answer.status_code == 200, answer.text
    assert [row["status"] for row in rows(answer)] == ["stored", "refused", "refused", "refused"]
    assert all(row["error"] for row in rows(answer)[1:])
    assert holds(service, ATTENDS)
    assert remove(service, "one") == 204
    assert remove(service, "four") == 404


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"", PLAIN, 422),
        (b"\xff\xfe\x00", PLAIN, 422),
        (b"%PDF-1.4 nothing", "application/pdf", 422),
        (b"a", "image/png", 415),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    service: Service, data: bytes, kind: str, status: int
) -> None:
    answer = send(service, "?id=unread", data, kind)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert remove(service, "unread") == 404


def test_a_repeated_request_is_answered_from_memory_also_when_it_is_gone(service: Service) -> None:
    first, second = (
        send(service, "?id=once&published=2031-05-07", ARTICLE, PLAIN, Idempotency_Key="k-1")
        for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    other = send(service, "?id=other", ARTICLE, PLAIN, Idempotency_Key="k-1")
    assert other.status_code == 422
    assert remove(service, "once") == 204


def test_who_does_not_wait_asks_what_became_of_it(service: Service) -> None:
    client, sender = service
    answer = send(service, "?id=later&published=2031-05-07", ARTICLE, PLAIN, Prefer="respond-async")
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.get_json()
    deadline = time.monotonic() + 300
    while job["status"] in ("queued", "running") and time.monotonic() < deadline:
        time.sleep(0.2)
        told = client.get(answer.headers["Location"], headers=sender)
        assert told.status_code == 200
        job = told.get_json()
    assert (job["status"], job["counts"]["stored"]) == ("done", 1)
    assert holds(service, ATTENDS)
    assert remove(service, "later") == 204
