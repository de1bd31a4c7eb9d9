"""``/documents``: a client sends documents to be read and stored, or has one removed.

``POST`` takes a text, a page or another file as it is, JSON Lines, or a form with files. Little
is stored before the answer, which tells what became of each document; what is large becomes a
job with an address of its own. ``Idempotency-Key`` lets a client repeat a request that it
had no answer to.

>>> read_prefer("wait=5, respond-async")
True

Source: RFC 7240, section 4.1 (``respond-async``); draft-ietf-httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, Flask, Response, current_app, request, url_for
from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import UnsupportedMediaType

from extract.readers import ReadLimits
from extract.sending import METADATA, UNNAMED, Sending, SentFile
from graph.gate import Author
from graph.identity import Minter
from graph.journal import JOURNAL_FILE, Job, Journal, KeptAnswer
from graph.store import Store
from graph.tokens import Scope
from graph.workers import OverloadedError
from web import extraction, writing
from web.authorization import require_author
from web.config import Settings
from web.errors import (
    ConflictError,
    MalformedRequestError,
    RateExceededError,
    UnknownIriError,
    UnprocessableError,
)
from web.fairness import charge_share, current_share
from web.intake import DocumentResult, Intake
from web.jobs import JobQueue, counts_of, job_to_json
from web.languages import PARAMETER as LANGUAGE
from web.parameters import read_single
from web.store import current_store
from web.tryout import file_name

blueprint = Blueprint("ingestion", __name__)

EXTENSION = "tanpu.ingestion"
SCOPE: Scope = "ingest"
JSON = "application/json"
FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")
INCLUDE = "include"
EXTRACTION = "extraction"
MAX_FILES = 100
# Headers that tell metadata, percent-encoded: Document-Title and the like.
HEADER = "Document-"
_KEY = re.compile(r'"?([A-Za-z0-9._~:/+=-]{1,200})"?', re.ASCII)


class Ingestion:
    """What the views need: who reads, who stores, what is remembered, how much is allowed."""

    def __init__(self, app: Flask, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.intake = Intake(
            lambda: extraction.find_extractor(app),
            writing.find_access(app),
            limits=ReadLimits(
                max_bytes=settings.ingest_max_bytes, max_characters=settings.ingest_max_chars
            ),
            most=settings.ingest_max_documents,
        )
        self.journal = Journal(None if store.path is None else store.path / JOURNAL_FILE)
        self.queue = JobQueue(self.journal, self.intake, charge=partial(charge_share, app))
        self._item = RateLimitItemPerHour(settings.ingest_hourly)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()
        self._answering: set[tuple[str, str]] = set()

    def charge_documents(self, owner: str, count: int) -> None:
        """Count documents that a token sends.

        Raises:
            RateExceededError: when they are more than it may send now; none is counted then.
        """
        with self._lock:
            if self._limiter.hit(self._item, owner, cost=count):
                return
            reset = self._limiter.get_window_stats(self._item, owner).reset_time
        wait = max(1.0, reset - datetime.now(UTC).timestamp())
        raise RateExceededError(
            f"expected at most {self.settings.ingest_hourly} documents an hour, got more",
            wait_seconds=wait,
        )

    @contextmanager
    def answering(self, owner: str, key: str) -> Iterator[None]:
        """While a request with a key is answered, no other one with it is.

        Raises:
            ConflictError: when one is.
        """
        with self._lock:
            if (owner, key) in self._answering:
                raise ConflictError(f"a request with the key {key!r} is being answered")
            self._answering.add((owner, key))
        try:
            yield
        finally:
            with self._lock:
                self._answering.discard((owner, key))


def init_app(app: Flask, settings: Settings, store: Store) -> None:
    """Attaches the views; no job is begun before one comes, or :func:`resume_jobs`."""
    app.extensions[EXTENSION] = Ingestion(app, settings, store)
    app.register_blueprint(blueprint)


def resume_jobs(app: Flask) -> None:
    """Goes on with the jobs of an application that a former process had accepted.

    Raises:
        JournalError: when the journal cannot be read.
    """
    ingestion: Ingestion | None = app.extensions.get(EXTENSION)
    if ingestion is not None and ingestion.journal.count_waiting():
        ingestion.queue.start()


def close_ingestion(app: Flask) -> None:
    """Ends the jobs of an application that has any; they go on at its next start."""
    ingestion: Ingestion | None = app.extensions.get(EXTENSION)
    if ingestion is not None:
        ingestion.queue.close()


def current_ingestion() -> Ingestion:
    """What the application has for it."""
    ingestion: Ingestion = current_app.extensions[EXTENSION]
    return ingestion


@blueprint.post("/documents")
def send() -> Response:
    """Stores what is sent, or makes it a job.

    Raises:
        WebError: when the client may not send, or the request cannot be read.
        InputError: when nothing of what is sent can be used.
        WorkerError: when the process that reads cannot do it; nothing is stored then.
        GateError: when the only document does not conform.
        StoreError: when the store cannot be written.
    """
    author = require_author(SCOPE)
    ingestion = current_ingestion()
    request.max_content_length = ingestion.settings.ingest_max_bytes
    sending = read_sent()
    include = read_include()
    key = read_key()
    if key is None:
        return answer(ingestion, sending, author, include=include)
    digest = f"{sending.digest()} {include}"
    with ingestion.answering(author.name, key):
        kept = ingestion.journal.find_answer(author.name, key, now=datetime.now(UTC))
        if kept is not None:
            return repeat(kept, key, digest)
        response = answer(ingestion, sending, author, include=include)
        keep = KeptAnswer(
            digest=digest,
            status=response.status_code,
            location=response.headers.get("Location"),
            media_type=response.mimetype or JSON,
            body=response.get_data(),
        )
        ingestion.journal.keep_answer(author.name, key, keep, now=datetime.now(UTC))
        return response


@blueprint.delete("/documents/<rest:name>")
def remove(name: str) -> Response:
    """Removes the document of an id, with all that only it says.

    Raises:
        UnknownIriError: when there is none.
        RefusedResolutionError: when another document would not conform any more.
    """
    author = require_author(SCOPE)
    if not current_ingestion().intake.remove(name, author, payer=current_share()):
        raise UnknownIriError(f"the store has no document {name!r}")
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.get("/jobs/<job_id>")
def job(job_id: str) -> Response:
    """What became of a job, for the token that made it.

    Raises:
        UnknownIriError: when there is none, or it is another token's.
    """
    author = require_author(SCOPE)
    found = current_ingestion().journal.find_job(job_id, now=datetime.now(UTC))
    if found is None or not (found.owner == author.name or author.may_write_foreign):
        raise UnknownIriError(f"this token has no job {job_id!r}")
    return _json(job_to_json(found), HTTPStatus.OK)


# --- what is sent ---------------------------------------------------------------------------


def read_sent() -> Sending:
    """The files of the request with what it says of them.

    Raises:
        MalformedRequestError: when there is no file, or a field has no meaning here.
        UnsupportedMediaType: for an encoded body.
        UnsupportedInputError: for a type that nothing reads.
        RequestEntityTooLarge: when the body is larger than it may be.
    """
    if "Content-Encoding" in request.headers:
        raise UnsupportedMediaType("expected a body without Content-Encoding")
    if request.mimetype in FORM_TYPES:
        files = _form_files()
    else:
        data = request.get_data()
        # White space in JSON, and the end of a record in JSON Lines.
        data = data.replace(b"\n", b" ") if request.mimetype == JSON else data
        files = (SentFile(unnamed_file(request.mimetype), data),)
    return Sending(
        files=files,
        metadata=read_metadata(),
        retrieved=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _form_files() -> tuple[SentFile, ...]:
    sent = [file for _, file in request.files.items(multi=True)]
    text = read_single(request.form, "text")
    if len(sent) > MAX_FILES:
        raise MalformedRequestError(f"expected at most {MAX_FILES} files, got {len(sent)}")
    unknown = sorted(set(request.form) - {"text", *METADATA})
    if unknown:
        raise MalformedRequestError(
            f"expected files and the fields {['text', *METADATA]!r}, got {unknown!r}"
        )
    if (text is None) == (not sent):
        raise MalformedRequestError("expected files or the field 'text', got both or neither")
    if text is not None:
        return (SentFile(unnamed_file("text/plain"), text.encode("utf-8")),)
    return tuple(
        SentFile(file.filename or unnamed_file(file.mimetype), file.stream.read()) for file in sent
    )


def unnamed_file(media_type: str) -> str:
    """What a file of a media type is called that came without a name.

    Raises:
        UnsupportedInputError: when nothing reads that type.
    """
    return UNNAMED + PurePosixPath(file_name(media_type)).suffix


def read_metadata() -> dict[str, str]:
    """What the address, a form or headers say of the one document that is sent.

    Raises:
        MalformedRequestError: when two of them speak of the same, or the address of something
            that has no meaning here: a date that is misspelt would be lost.
    """
    unknown = sorted(set(request.args) - {INCLUDE, LANGUAGE, *METADATA})
    if unknown:
        raise MalformedRequestError(
            f"expected the parameters {[INCLUDE, *METADATA]!r}, got {unknown!r}"
        )
    said: dict[str, str] = {}
    for key in METADATA:
        header = request.headers.get(f"{HEADER}{key.capitalize()}")
        values = [
            read_single(request.args, key),
            read_single(request.form, key) if request.mimetype in FORM_TYPES else None,
            None if header is None else unquote(header),
        ]
        given = [value for value in values if value]
        if len(given) > 1:
            raise MalformedRequestError(f"{key}: expected one value, got {len(given)}")
        if given:
            said[key] = given[0]
    return said


def read_include() -> bool:
    """Whether the answer shall tell what was extracted.

    Raises:
        MalformedRequestError: for another value than ``extraction``.
    """
    value = read_single(request.args, INCLUDE)
    if value not in (None, EXTRACTION):
        raise MalformedRequestError(f"{INCLUDE}: expected {EXTRACTION!r}, got {value!r}")
    return value is not None


def read_key() -> str | None:
    """The key of the request, without the quotes that it may have.

    Raises:
        MalformedRequestError: when it is empty, too long or of other characters.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return None
    found = _KEY.fullmatch(header.strip())
    if found is None:
        raise MalformedRequestError(
            "Idempotency-Key: expected 1 to 200 ASCII letters, digits and ._~:/+=-, "
            f"got {header[:40]!r}"
        )
    return found[1]


def read_prefer(header: str) -> bool:
    """Whether a client would rather not wait."""
    return any(part.strip().lower() == "respond-async" for part in header.split(","))


# --- what is answered -----------------------------------------------------------------------


def answer(ingestion: Ingestion, sending: Sending, author: Author, *, include: bool) -> Response:
    """The answer to what was sent.

    Raises:
        Exception: as :func:`send`.
    """
    settings, intake = ingestion.settings, ingestion.intake
    large = sending.size() > settings.ingest_wait_bytes
    if large or read_prefer(request.headers.get("Prefer", "")):
        # How many there are is not known before they are read: a line is one at most.
        ingestion.charge_documents(author.name, _most_documents(sending))
        return accept(ingestion, sending, author, include=include)
    found = intake.read(sending, client=current_share())
    ingestion.charge_documents(author.name, len(found))
    if len(found) > settings.ingest_wait_documents:
        return accept(ingestion, sending, author, include=include)
    read = intake.extract(found, client=current_share())
    results = intake.store(read, author, include=include, payer=current_share())
    return respond(results)


def _most_documents(sending: Sending) -> int:
    lines = (
        f.data.count(b"\n") + 1 if f.name.lower().endswith(".jsonl") else 1 for f in sending.files
    )
    return sum(lines)


def accept(ingestion: Ingestion, sending: Sending, author: Author, *, include: bool) -> Response:
    """202 with the address of a new job.

    Raises:
        OverloadedError: when as many jobs as may wait do so already.
    """
    waiting = ingestion.journal.count_waiting()
    if waiting >= ingestion.settings.ingest_jobs:
        raise OverloadedError(f"expected at most {ingestion.settings.ingest_jobs} jobs at once")
    made = ingestion.journal.add_job(
        sending,
        owner=author.name,
        foreign_too=author.may_write_foreign,
        include=include,
        now=datetime.now(UTC),
    )
    ingestion.queue.start()
    return _accepted(made)


def _accepted(made: Job) -> Response:
    response = _json(job_to_json(made), HTTPStatus.ACCEPTED)
    response.headers["Location"] = url_for(".job", job_id=made.id)
    return response


def respond(results: Sequence[DocumentResult]) -> Response:
    """What became of the documents; a problem where the only one is refused.

    Raises:
        Exception: why the only document is refused.
    """
    if len(results) == 1:
        (only,) = results
        if only.failure is not None:
            raise only.failure
    rows = [result.to_json() for result in results]
    new = len(results) == 1 and results[0].status == "stored"
    status = HTTPStatus.CREATED if new else HTTPStatus.OK
    response = _json({"counts": counts_of(rows), "documents": rows}, status)
    if new and results[0].document is not None:
        response.headers["Location"] = str(
            Minter(current_store().base).document(results[0].document)
        )
    return response


def repeat(kept: KeptAnswer, key: str, digest: str) -> Response:
    """The answer that a request with this key had.

    Raises:
        UnprocessableError: when that was another request.
    """
    if kept.digest != digest:
        raise UnprocessableError(
            f"expected the request that the key {key!r} was first used for, got another one"
        )
    response = Response(kept.body, status=kept.status, mimetype=kept.media_type)
    if kept.location is not None:
        response.headers["Location"] = kept.location
    return response


def _json(value: Mapping[str, Any], status: HTTPStatus) -> Response:
    body = json.dumps(value, ensure_ascii=False) + "\n"
    response = Response(body, status=status, mimetype=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response
