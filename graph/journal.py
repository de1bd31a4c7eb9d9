"""What clients may ask about again: their jobs, and answers by the key that came with a request.

A file of SQLite in the store's folder, so that both outlive the service: a job that was
accepted is done after the next start at the latest, and whoever repeats a request that was
answered gets the answer that it had. A job keeps the files that were sent until it has ended.

>>> journal = Journal(None)
>>> journal.find_job("00", now=datetime.now(UTC)) is None
True

Source: draft-ietf-httpapi-idempotency-key-header-07.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from extract.sending import Sending, SentFile
from graph.errors import GraphError

JobState = Literal["queued", "running", "done", "failed"]
JOB_STATES: tuple[JobState, ...] = get_args(JobState)

JOURNAL_FILE = "journal.sqlite3"
KEPT_ANSWERS = timedelta(hours=24)
KEPT_JOBS = timedelta(days=7)
_WAIT_SECONDS = 10.0
_ID_BYTES = 16
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
  foreign_too INTEGER NOT NULL, state TEXT NOT NULL, created TEXT NOT NULL, ended TEXT,
  error TEXT, include INTEGER NOT NULL, retrieved TEXT, metadata TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS job_files (
  job TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (job, position)
);
CREATE TABLE IF NOT EXISTS job_rows (
  job TEXT NOT NULL, position INTEGER NOT NULL, row TEXT NOT NULL, PRIMARY KEY (job, position)
);
CREATE TABLE IF NOT EXISTS answers (
  owner TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, status INTEGER NOT NULL,
  location TEXT, media_type TEXT NOT NULL, body BLOB NOT NULL, created TEXT NOT NULL,
  PRIMARY KEY (owner, key)
);
"""


class JournalError(GraphError):
    """The journal cannot be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that is done after its request was answered; times are ISO 8601 in UTC.

    ``owner`` is the name of the token, ``foreign_too`` whether that may write anywhere.
    ``rows`` say what became of each document so far; ``include`` whether they tell what was
    extracted. ``error`` says why a failed one has none.
    """

    id: str
    owner: str
    foreign_too: bool
    state: JobState
    created: str
    ended: str | None
    error: str | None
    include: bool
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer to a request with a key; ``digest`` is of the request."""

    digest: str
    status: int
    location: str | None
    media_type: str
    body: bytes


class Journal:
    """The journal of one store; safe to use from several threads.

    Args:
        path: its file, which is made when something is first written; None is in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def add_job(
        self, sending: Sending, *, owner: str, foreign_too: bool, include: bool, now: datetime
    ) -> Job:
        """Keep what was sent, to be read later; it is on the disk when this returns.

        Raises:
            JournalError: The file cannot be written.
        """
        job = Job(
            id=secrets.token_hex(_ID_BYTES),
            owner=owner,
            foreign_too=foreign_too,
            state="queued",
            created=_to_text(now),
            ended=None,
            error=None,
            include=include,
            rows=(),
        )
        with self._transaction() as database:
            database.execute(
                "INSERT INTO jobs (id, owner, foreign_too, state, created, include, retrieved, "
                "metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    job.id,
                    owner,
                    foreign_too,
                    job.state,
                    job.created,
                    include,
                    sending.retrieved,
                    json.dumps(dict(sending.metadata)),
                ),
            )
            database.executemany(
                "INSERT INTO job_files VALUES (?, ?, ?, ?)",
                [(job.id, n, file.name, file.data) for n, file in enumerate(sending.files)],
            )
            self._forget(database, now)
        return job

    def find_job(self, job_id: str, *, now: datetime) -> Job | None:
        """A job with what became of its documents; None where there is none any more.

        Raises:
            JournalError: The file cannot be read.
        """
        if self._is_missing():
            return None
        with self._transaction() as database:
            self._forget(database, now)
            found = database.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
            return None if found is None else _read_job(database, found)

    def next_job(self) -> Job | None:
        """The oldest job that has not ended, whether or not it was begun.

        Raises:
            JournalError: The file cannot be read.
        """
        if self._is_missing():
            return None
        with self._transaction() as database:
            found = database.execute(
                "SELECT * FROM jobs WHERE state IN ('queued', 'running') ORDER BY number LIMIT 1"
            ).fetchone()
            return None if found is None else _read_job(database, found)

    def count_waiting(self) -> int:
        """How many jobs have not ended.

        Raises:
            JournalError: The file cannot be read.
        """
        if self._is_missing():
            return 0
        with self._transaction() as database:
            (count,) = database.execute(
                "SELECT COUNT(*) FROM jobs WHERE state IN ('queued', 'running')"
            ).fetchone()
            return int(count)

    def read_sending(self, job_id: str) -> Sending:
        """What was sent with a job that has not ended.

        Raises:
            JournalError: The file cannot be read, or there is no such job.
        """
        with self._transaction() as database:
            found = database.execute(
                "SELECT metadata, retrieved FROM jobs WHERE id = ?", (job_id,)
            ).fetchone()
            if found is None:
                raise JournalError(f"expected the id of a job, got {job_id!r}")
            files = database.execute(
                "SELECT name, data FROM job_files WHERE job = ? ORDER BY position", (job_id,)
            ).fetchall()
        return Sending(
            files=tuple(SentFile(row["name"], row["data"]) for row in files),
            metadata=json.loads(found["metadata"]),
            retrieved=found["retrieved"],
        )

    def add_rows(self, job_id: str, rows: Sequence[Mapping[str, Any]], *, start: int) -> None:
        """Say what became of documents; ``start`` is the position of the first of them.

        Raises:
            JournalError: The file cannot be written.
        """
        texts = [json.dumps(row, ensure_ascii=False) for row in rows]
        with self._transaction() as database:
            database.execute("UPDATE jobs SET state = 'running' WHERE id = ?", (job_id,))
            database.executemany(
                "INSERT OR REPLACE INTO job_rows VALUES (?, ?, ?)",
                [(job_id, start + n, text) for n, text in enumerate(texts)],
            )

    def end_job(self, job_id: str, *, now: datetime, error: str | None = None) -> None:
        """A job is done, or failed for a reason; what was sent is forgotten.

        Raises:
            JournalError: The file cannot be written.
        """
        state: JobState = "done" if error is None else "failed"
        with self._transaction() as database:
            database.execute(
                "UPDATE jobs SET state = ?, ended = ?, error = ? WHERE id = ?",
                (state, _to_text(now), error, job_id),
            )
            database.execute("DELETE FROM job_files WHERE job = ?", (job_id,))

    def keep_answer(self, owner: str, key: str, answer: KeptAnswer, *, now: datetime) -> None:
        """Keep the answer to a request for whoever repeats it.

        Raises:
            JournalError: The file cannot be written.
        """
        with self._transaction() as database:
            self._forget(database, now)
            database.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    owner,
                    key,
                    answer.digest,
                    answer.status,
                    answer.location,
                    answer.media_type,
                    answer.body,
                    _to_text(now),
                ),
            )

    def find_answer(self, owner: str, key: str, *, now: datetime) -> KeptAnswer | None:
        """The answer that a request with this key had, if that is not too long ago.

        Raises:
            JournalError: The file cannot be read.
        """
        if self._is_missing():
            return None
        with self._transaction() as database:
            found = database.execute(
                "SELECT * FROM answers WHERE owner = ? AND key = ? AND created >= ?",
                (owner, key, _to_text(now - KEPT_ANSWERS)),
            ).fetchone()
        if found is None:
            return None
        return KeptAnswer(
            digest=found["digest"],
            status=found["status"],
            location=found["location"],
            media_type=found["media_type"],
            body=found["body"],
        )

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _is_missing(self) -> bool:
        """Whether nothing was ever written: then reading makes no file."""
        return self._path is not None and not self._path.exists()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                database = self._open()
                with database:
                    yield database
            except sqlite3.Error as error:
                raise JournalError(
                    f"cannot use the journal {str(self._path)!r}: {error}"
                ) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            name = ":memory:" if self._path is None else str(self._path)
            opened = sqlite3.connect(name, timeout=_WAIT_SECONDS, check_same_thread=False)
            opened.row_factory = sqlite3.Row
            # A power cut, too, loses nothing that was answered.
            opened.execute("PRAGMA synchronous = FULL")
            opened.executescript(_SCHEMA)
            if self._path is not None:
                self._path.chmod(0o600)
            self._connection = opened
        return self._connection

    def _forget(self, database: sqlite3.Connection, now: datetime) -> None:
        """Remove what nobody may ask about any more."""
        database.execute("DELETE FROM answers WHERE created < ?", (_to_text(now - KEPT_ANSWERS),))
        old = "SELECT id FROM jobs WHERE ended IS NOT NULL AND ended < ?"
        before = (_to_text(now - KEPT_JOBS),)
        database.execute(f"DELETE FROM job_rows WHERE job IN ({old})", before)
        database.execute("DELETE FROM jobs WHERE ended IS NOT NULL AND ended < ?", before)


def _read_job(database: sqlite3.Connection, found: sqlite3.Row) -> Job:
    rows = database.execute(
        "SELECT row FROM job_rows WHERE job = ? ORDER BY position", (found["id"],)
    ).fetchall()
    return Job(
        id=found["id"],
        owner=found["owner"],
        foreign_too=bool(found["foreign_too"]),
        state=found["state"],
        created=found["created"],
        ended=found["ended"],
        error=found["error"],
        include=bool(found["include"]),
        rows=tuple(json.loads(row["row"]) for row in rows),
    )


def _to_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
