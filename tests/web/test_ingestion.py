"""``/documents``: what is stored, refused, repeated or put off, and who may ask for it."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from extract.document import SourceDocument
from extract.errors import ComponentError
from extract.facts import Extraction
from extract.worker import ExtractionAbortedError, ExtractionTimeoutError, LocalExtractor
from graph.gate import provenance_graph
from graph.identity import Minter
from graph.store import Store, open_store
from graph.tokens import TOKEN_FILE
from server import create_app
from tests.conftest import extract_simply
from tests.web.conftest import BASE
from tests.web.writers import bearer, keep_tokens
from web import extraction
from web.fairness import TimeBudget
from web.ingestion import close_ingestion, read_prefer

TEXT = "甲市很大。"
PLAIN = "text/plain; charset=utf-8"
LINES = "application/x-ndjson"
MINTER = Minter(BASE)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None, mode="write", base=BASE) as opened:
        yield opened


@pytest.fixture
def make_client(
    store: Store, simple_pipeline: None, tmp_path: Path
) -> Iterator[Callable[..., FlaskClient]]:
    """Make a client of a service that reads texts in this process."""
    apps: list[Flask] = []

    def make(**settings: str) -> FlaskClient:
        app = create_app({"TANPU_STORE": store, "TESTING": True, **settings})
        app.extensions[extraction.EXTENSION] = LocalExtractor()
        keep_tokens(app, tmp_path / TOKEN_FILE)
        apps.append(app)
        return app.test_client()

    yield make
    for app in apps:
        close_ingestion(app)


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    return make_client()


@pytest.fixture
def sender(tmp_path: Path) -> dict[str, str]:
    return bearer(tmp_path / TOKEN_FILE, "sender", "ingest")


def lines(*rows: dict[str, Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def said(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    return answer.json


def wait_for(client: FlaskClient, path: str, headers: dict[str, str]) -> dict[str, Any]:
    """The job at a path when it has ended."""
    for _ in range(600):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        job: dict[str, Any] = said(answer)
        if job["status"] in ("done", "failed"):
            return job
        time.sleep(0.05)
    raise AssertionError(f"the job did not end: {job}")


# --- one document ---------------------------------------------------------------------------


def test_a_text_is_stored_and_told(client: FlaskClient, store: Store, sender: Any) -> None:
    answer = client.post("/documents?id=a", data=TEXT, content_type=PLAIN, headers=sender)
    assert answer.status_code == 201
    assert answer.headers["Location"] == str(MINTER.document("a"))
    assert answer.headers["Cache-Control"] == "no-store"
    (row,) = said(answer)["documents"]
    graph = str(MINTER.graph("a"))
    assert (row["document"], row["status"], row["graph"]) == ("a", "stored", graph)
    assert (row["entities"], row["facts"], row["triples"]) == (1, 1, len(store.graph(graph)))
    assert row["report"]["conforms"] is True
    assert "extraction" not in row
    assert said(answer)["counts"] == {"stored": 1, "replaced": 0, "unchanged": 0, "refused": 0}


def test_what_was_extracted_comes_if_it_is_asked_for(client: FlaskClient, sender: Any) -> None:
    answer = client.post(
        "/documents?id=a&include=extraction", data=TEXT, content_type=PLAIN, headers=sender
    )
    (row,) = said(answer)["documents"]
    assert row["extraction"] == extract_simply(SourceDocument(id="a", text=TEXT), None).to_json()


def test_the_same_again_changes_nothing_and_another_text_replaces(
    client: FlaskClient, store: Store, sender: Any
) -> None:
    statuses = []
    for text in (TEXT, TEXT, TEXT + "甲市很好。"):
        answer = client.post("/documents?id=a", data=text, content_type=PLAIN, headers=sender)
        statuses.append((answer.status_code, said(answer)["documents"][0]["status"]))
    assert statuses == [(201, "stored"), (200, "unchanged"), (200, "replaced")]


def test_a_text_without_an_id_is_named_by_its_text(client: FlaskClient, sender: Any) -> None:
    first, second = (
        client.post("/documents", data=TEXT, content_type=PLAIN, headers=sender) for _ in range(2)
    )
    assert said(first)["documents"][0]["document"].startswith("text-")
    assert said(second)["documents"][0]["status"] == "unchanged"


def test_who_sent_a_document_is_noted(client: FlaskClient, store: Store, sender: Any) -> None:
    client.post("/documents?id=a", data=TEXT, content_type=PLAIN, headers=sender)
    notes = {str(o) for o in store.graph(provenance_graph(BASE)).objects()}
    assert "sender" in notes
    assert {str(s) for s in store.graph(provenance_graph(BASE)).subjects()} >= {
        str(MINTER.graph("a"))
    }


@pytest.mark.parametrize("way", ["address", "form", "headers"])
def test_metadata_comes_by_address_form_or_headers(
    client: FlaskClient, sender: Any, way: str
) -> None:
    given = {"id": "a b", "title": "简讯", "published": "2031年5月6日", "source": "北湾日报"}
    if way == "address":
        answer = client.post(
            "/documents",
            query_string={**given, "include": "extraction"},
            data=TEXT,
            content_type=PLAIN,
            headers=sender,
        )
    elif way == "form":
        answer = client.post(
            "/documents?include=extraction", data={**given, "text": TEXT}, headers=sender
        )
    else:
        named = {f"Document-{key.capitalize()}": quote(value) for key, value in given.items()}
        answer = client.post(
            "/documents?include=extraction",
            data=TEXT,
            content_type=PLAIN,
            headers={**sender, **named},
        )
    row = said(answer)["documents"][0]["extraction"]
    assert {key: row[key] for key in given} == {**given, "published": "2031-05-06"}


def test_a_page_is_read_as_one(client: FlaskClient, sender: Any) -> None:
    page = (
        "<html><head><title>简讯</title></head><body><article><h1>简讯</h1>"
        f"<p>{TEXT * 30}</p></article></body></html>"
    )
    answer = client.post(
        "/documents?id=p&include=extraction",
        data=page.encode(),
        content_type="text/html",
        headers=sender,
    )
    assert answer.status_code == 201
    assert "<p>" not in said(answer)["documents"][0]["extraction"]["text"]


# --- refusals -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "data", "media_type", "status"),
    [
        ("/documents", b"\x00\x01", PLAIN, 422),
        ("/documents", b"", PLAIN, 422),
        ("/documents", b"x", "image/png", 415),
        ("/documents", b"{}", LINES, 422),
        ("/documents", b"", LINES, 422),
        ("/documents?published=gestern", TEXT.encode(), PLAIN, 422),
        ("/documents?url=ftp://a", TEXT.encode(), PLAIN, 422),
        ("/documents?id=a&id=b", TEXT.encode(), PLAIN, 400),
        ("/documents?include=all", TEXT.encode(), PLAIN, 400),
        ("/documents?publishd=2031-05-06", TEXT.encode(), PLAIN, 400),
        (
            "/documents?id=a",
            lines({"id": "a", "text": "一"}, {"id": "b", "text": "二"}),
            LINES,
            422,
        ),
        ("/documents", b"a=b", "application/x-www-form-urlencoded", 400),
        ("/documents", ("长" * 300).encode(), PLAIN, 413),
        ("/documents", b"x" * 5001, PLAIN, 413),
    ],
)
def test_what_cannot_be_used_is_refused(
    make_client: Callable[..., FlaskClient],
    store: Store,
    sender: Any,
    path: str,
    data: bytes,
    media_type: str,
    status: int,
) -> None:
    client = make_client(TANPU_INGEST_MAX_CHARS="200", TANPU_INGEST_MAX_BYTES="5000")
    answer = client.post(path, data=data, content_type=media_type, headers=sender)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert store.graphs() == []


@pytest.mark.parametrize(
    ("scopes", "status"), [(None, 401), (["read"], 403), (["ingest"], 201), (["admin"], 201)]
)
def test_only_those_who_may_send_do(
    client: FlaskClient, tmp_path: Path, scopes: list[str] | None, status: int
) -> None:
    headers = {} if scopes is None else bearer(tmp_path / TOKEN_FILE, "t", *scopes)
    assert client.post(
        "/documents", data=TEXT, content_type=PLAIN, headers=headers
    ).status_code == (status)
    removal = client.delete("/documents/none", headers=headers).status_code
    assert removal == {201: 404}.get(status, status)


def test_an_encoded_body_is_refused(client: FlaskClient, sender: Any) -> None:
    headers = {**sender, "Content-Encoding": "gzip"}
    answer = client.post("/documents", data=b"x", content_type=PLAIN, headers=headers)
    assert answer.status_code == 415


def test_the_only_document_that_does_not_conform_is_a_problem_with_its_report(
    client: FlaskClient, store: Store, sender: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extract.pipeline.extract_document", outside_the_text)
    answer = client.post("/documents?id=a", data=TEXT, content_type=PLAIN, headers=sender)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert said(answer)["reports"][str(MINTER.graph("a"))]["conforms"] is False
    assert store.graphs() == []


def outside_the_text(source: SourceDocument, nlp: object) -> Extraction:
    """An extraction whose confidence no shape allows."""
    found = extract_simply(source, nlp)
    return replace(found, entities=tuple(replace(e, confidence=7.0) for e in found.entities))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ExtractionAbortedError("killed"), 503),
        (ExtractionTimeoutError("slow"), 503),
        (ComponentError("no"), 422),
    ],
)
def test_a_document_that_cannot_be_extracted_is_not_stored(
    client: FlaskClient,
    store: Store,
    sender: Any,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
) -> None:
    def fail(source: SourceDocument, nlp: object) -> Extraction:
        raise error

    monkeypatch.setattr("extract.pipeline.extract_document", fail)
    answer = client.post("/documents?id=a", data=TEXT, content_type=PLAIN, headers=sender)
    assert answer.status_code == status
    assert store.graphs() == []


def test_a_process_that_is_killed_leaves_nothing_of_several_documents(
    client: FlaskClient, store: Store, sender: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_second(source: SourceDocument, nlp: object) -> Extraction:
        if source.id == "b":
            raise ExtractionAbortedError("killed")
        return extract_simply(source, nlp)

    monkeypatch.setattr("extract.pipeline.extract_document", fail_second)
    body = lines({"id": "a", "text": TEXT}, {"id": "b", "text": TEXT})
    answer = client.post("/documents", data=body, content_type=LINES, headers=sender)
    assert answer.status_code == 503
    assert store.graphs() == []


# --- several documents ------------------------------------------------------------------------


def test_each_line_has_its_own_result(client: FlaskClient, store: Store, sender: Any) -> None:
    body = lines(
        {"id": "a", "text": TEXT},
        {"id": "b"},
        {"id": "a", "text": "别的。"},
        {"id": "c", "text": TEXT},
    )
    answer = client.post("/documents", data=body, content_type=LINES, headers=sender)
    assert answer.status_code == 200
    rows = said(answer)["documents"]
    assert [row["status"] for row in rows] == ["stored", "refused", "refused", "stored"]
    assert "'text'" in rows[1]["error"]
    assert "'a'" in rows[2]["error"]
    assert {str(MINTER.graph("a")), str(MINTER.graph("c"))} <= set(store.graphs())


def test_files_of_a_form_are_named_by_their_files(
    client: FlaskClient, sender: Any, make_docx: Callable[..., bytes]
) -> None:
    files = [
        (io.BytesIO(TEXT.encode()), "甲.txt"),
        (io.BytesIO(make_docx(TEXT)), "乙.docx"),
        (io.BytesIO(b"x"), "丙.exe"),
    ]
    answer = client.post("/documents", data={"file": files}, headers=sender)
    rows = said(answer)["documents"]
    assert [row.get("document") for row in rows] == ["甲", "乙", None]
    assert [row["status"] for row in rows] == ["stored", "stored", "refused"]


def test_too_many_documents_are_refused_whole(
    make_client: Callable[..., FlaskClient], store: Store, sender: Any
) -> None:
    client = make_client(TANPU_INGEST_MAX_DOCUMENTS="2")
    body = lines(*({"id": str(n), "text": TEXT} for n in range(3)))
    answer = client.post("/documents", data=body, content_type=LINES, headers=sender)
    assert answer.status_code == 413
    assert store.graphs() == []


def test_a_token_may_send_so_many_an_hour(
    make_client: Callable[..., FlaskClient], sender: Any, tmp_path: Path
) -> None:
    client = make_client(TANPU_INGEST_HOURLY="1")
    first, second = (
        client.post("/documents", data=TEXT, content_type=PLAIN, headers=sender) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 429)
    assert int(second.headers["Retry-After"]) >= 1
    other = bearer(tmp_path / TOKEN_FILE, "other", "ingest")
    third = client.post("/documents", data=TEXT, content_type=PLAIN, headers=other)
    assert third.status_code == 200


def test_a_text_that_names_nothing_takes_the_place_of_one_that_did(
    client: FlaskClient, store: Store, sender: Any
) -> None:
    statuses = [
        client.post("/documents?id=a", data=text, content_type=PLAIN, headers=sender).status_code
        for text in (TEXT, "别的。")
    ]
    assert statuses == [201, 200]
    assert "别的。" in {str(value) for value in store.graph(str(MINTER.graph("a"))).objects()}


# --- removal ----------------------------------------------------------------------------------


def test_a_document_is_removed_with_a_note(client: FlaskClient, store: Store, sender: Any) -> None:
    client.post("/documents?id=n/a b", data=TEXT, content_type=PLAIN, headers=sender)
    first, second = (client.delete("/documents/n/a%20b", headers=sender) for _ in range(2))
    assert (first.status_code, first.data, second.status_code) == (204, b"", 404)
    assert str(MINTER.graph("n/a b")) not in store.graphs()
    predicates = {str(p) for p in store.graph(provenance_graph(BASE)).predicates()}
    assert "http://www.w3.org/ns/prov#wasInvalidatedBy" in predicates


# --- repeated requests --------------------------------------------------------------------------


def keyed(client: FlaskClient, text: str, headers: dict[str, str], key: str) -> TestResponse:
    return client.post(
        "/documents?id=a",
        data=text,
        content_type=PLAIN,
        headers={**headers, "Idempotency-Key": key},
    )


def test_a_repeated_request_gets_the_answer_that_it_had(client: FlaskClient, sender: Any) -> None:
    first, second = keyed(client, TEXT, sender, '"k-1"'), keyed(client, TEXT, sender, "k-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.data == second.data
    assert first.headers["Location"] == second.headers["Location"]


def test_a_key_is_for_one_request_of_one_token(
    client: FlaskClient, sender: Any, tmp_path: Path
) -> None:
    keyed(client, TEXT, sender, "k-1")
    assert keyed(client, "别的。", sender, "k-1").status_code == 422
    other = bearer(tmp_path / TOKEN_FILE, "other", "ingest")
    assert keyed(client, "别的。", other, "k-1").status_code == 200


@pytest.mark.parametrize("key", ["", "a b", "键".encode().decode("latin-1"), "k" * 201])
def test_a_key_that_cannot_be_one_is_refused(client: FlaskClient, sender: Any, key: str) -> None:
    assert keyed(client, TEXT, sender, key).status_code == 400


def test_the_same_request_at_once_is_a_conflict(
    client: FlaskClient, sender: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait(source: SourceDocument, nlp: object) -> Extraction:
        begun.set()
        assert go_on.wait(30)
        return extract_simply(source, nlp)

    monkeypatch.setattr("extract.pipeline.extract_document", wait)
    statuses: list[int] = []
    thread = threading.Thread(
        target=lambda: statuses.append(
            keyed(client.application.test_client(), TEXT, sender, "k").status_code
        )
    )
    thread.start()
    assert begun.wait(30)
    assert keyed(client, TEXT, sender, "k").status_code == 409
    go_on.set()
    thread.join()
    assert statuses == [201]


# --- jobs -----------------------------------------------------------------------------------


def test_a_large_body_becomes_a_job(
    make_client: Callable[..., FlaskClient], store: Store, sender: Any
) -> None:
    client = make_client(TANPU_INGEST_WAIT_DOCUMENTS="2")
    body = lines(*({"id": f"d{n}", "text": TEXT} for n in range(25)), {"id": "bad"})
    answer = client.post("/documents", data=body, content_type=LINES, headers=sender)
    assert answer.status_code == 202
    path = answer.headers["Location"]
    assert path == f"/jobs/{said(answer)['id']}"
    job = wait_for(client, path, sender)
    assert job["status"] == "done"
    assert job["counts"] == {"stored": 25, "replaced": 0, "unchanged": 0, "refused": 1}
    assert [row.get("document") for row in job["documents"]] == [f"d{n}" for n in range(25)] + [
        None
    ]
    assert str(MINTER.graph("d24")) in store.graphs()


def test_a_client_may_ask_not_to_wait(client: FlaskClient, sender: Any) -> None:
    headers = {**sender, "Prefer": "respond-async"}
    answer = client.post("/documents?id=a", data=TEXT, content_type=PLAIN, headers=headers)
    assert answer.status_code == 202
    assert wait_for(client, answer.headers["Location"], sender)["counts"]["stored"] == 1


def test_a_job_that_cannot_be_read_fails_with_its_reason(client: FlaskClient, sender: Any) -> None:
    headers = {**sender, "Prefer": "respond-async"}
    body = lines({"id": "a", "text": TEXT}, {"id": "b", "text": TEXT})
    answer = client.post("/documents?id=a", data=body, content_type=LINES, headers=headers)
    job = wait_for(client, answer.headers["Location"], sender)
    assert (job["status"], job["documents"]) == ("failed", [])
    assert "expected" in job["error"]


def test_a_job_is_seen_by_its_token_and_by_admins_alone(
    client: FlaskClient, sender: Any, tmp_path: Path
) -> None:
    headers = {**sender, "Prefer": "respond-async"}
    path = client.post("/documents", data=TEXT, content_type=PLAIN, headers=headers).location
    wait_for(client, path, sender)
    others = [bearer(tmp_path / TOKEN_FILE, f"t-{scope}", scope) for scope in ("ingest", "admin")]
    assert client.get(path).status_code == 401
    assert [client.get(path, headers=other).status_code for other in others] == [404, 200]
    assert client.get("/jobs/0", headers=sender).status_code == 404


def test_a_document_that_kills_the_process_again_and_again_is_refused_by_its_job(
    client: FlaskClient, sender: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_first(source: SourceDocument, nlp: object) -> Extraction:
        if source.id == "a":
            raise ExtractionAbortedError("killed")
        return extract_simply(source, nlp)

    monkeypatch.setattr("extract.pipeline.extract_document", fail_first)
    body = lines({"id": "a", "text": TEXT}, {"id": "b", "text": TEXT})
    headers = {**sender, "Prefer": "respond-async"}
    answer = client.post("/documents", data=body, content_type=LINES, headers=headers)
    job = wait_for(client, answer.headers["Location"], sender)
    assert [row["status"] for row in job["documents"]] == ["refused", "stored"]
    assert job["documents"][0]["error"] == "killed"


def test_a_job_is_charged_to_the_token_that_sent_it(
    make_client: Callable[..., FlaskClient], sender: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    payers: list[str | None] = []
    charges: Counter[str] = Counter()

    class Paid(LocalExtractor):
        def run(self, task: Any, argument: Any, *, client: Any = None, payer: Any = None) -> Any:
            assert client is None
            payers.append(payer)
            return super().run(task, argument)

    def compute(source: SourceDocument, nlp: object) -> Extraction:
        began = time.thread_time()
        while time.thread_time() - began < 0.2:
            pass
        return extract_simply(source, nlp)

    monkeypatch.setattr("extract.pipeline.extract_document", compute)
    monkeypatch.setattr(
        TimeBudget, "charge", lambda _, share, seconds: charges.update({share: seconds})
    )
    client = make_client()
    client.application.extensions[extraction.EXTENSION] = Paid()
    body = lines(*({"id": name, "text": TEXT} for name in "abc"))
    headers = {**sender, "Prefer": "respond-async"}
    answer = client.post("/documents", data=body, content_type=LINES, headers=headers)
    asked = charges["token sender"]
    assert wait_for(client, answer.headers["Location"], sender)["status"] == "done"
    assert payers == ["token sender"] * 4
    assert charges["token sender"] - asked >= 0.6
    assert set(charges) == {"token sender"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [("respond-async", True), ("wait=3, Respond-Async", True), ("", False), ("async", False)],
)
def test_the_preference_is_read(header: str, expected: bool) -> None:
    assert read_prefer(header) is expected
