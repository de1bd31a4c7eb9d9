"""Answers of services on disk, so that a run that was broken off goes on where it stopped.

An SQLite file with one row for each service and query. What is older than the cache allows is
asked again; what is read passes the same checks as what comes from the service.

>>> from datetime import timedelta
>>> with AnswerCache(None, max_age=timedelta(days=1)) as cache:
...     cache.put("https://a.example/", {ReconciliationQuery("北湾市"): ()}, now=0.0)
...     cache.get("https://a.example/", ReconciliationQuery("北湾市"), now=5.0)
()
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from graph.linking.errors import AnswerCacheError, InvalidAnswerError
from graph.linking.service import Candidate, ReconciliationQuery, read_candidates

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (
    service TEXT NOT NULL, query TEXT NOT NULL, asked REAL NOT NULL, candidates TEXT NOT NULL,
    PRIMARY KEY (service, query)
) WITHOUT ROWID
"""


class AnswerCache:
    """What services answered, each answer with the time at which it came.

    Args:
        path: The file, made where there is none; None keeps the answers in memory.
        max_age: What is older is forgotten.

    Raises:
        AnswerCacheError: The file is something else, or cannot be written.
    """

    def __init__(self, path: Path | None, *, max_age: timedelta) -> None:
        self._path = path
        self._max_age = max_age.total_seconds()
        with self._explained():
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(":memory:" if path is None else path)
            try:
                with self._connection:
                    self._connection.execute(_SCHEMA)
            except sqlite3.Error:
                self._connection.close()
                raise

    def get(
        self, service: str, query: ReconciliationQuery, *, now: float
    ) -> tuple[Candidate, ...] | None:
        """The answer to a query if there is one that is new enough; ``now`` in Unix seconds."""
        with self._explained():
            row = self._connection.execute(
                "SELECT candidates FROM answer WHERE service = ? AND query = ? AND asked >= ?",
                (service, _query_to_key(query), now - self._max_age),
            ).fetchone()
        if row is None:
            return None
        try:
            rows = json.loads(row[0])
            return read_candidates(rows, where=f"{self._path}: {query.name!r}")
        except (ValueError, TypeError, InvalidAnswerError) as error:
            raise AnswerCacheError(
                f"{self._path}: expected the answer to {query.name!r} as it was written, "
                f"got {row[0][:100]!r}"
            ) from error

    def put(
        self,
        service: str,
        answers: Mapping[ReconciliationQuery, tuple[Candidate, ...]],
        *,
        now: float,
    ) -> None:
        """Keep the answers of a batch, and forget what is too old."""
        rows = [
            (service, _query_to_key(query), now, json.dumps([c.to_json() for c in candidates]))
            for query, candidates in answers.items()
        ]
        with self._explained(), self._connection:
            self._connection.execute("DELETE FROM answer WHERE asked < ?", (now - self._max_age,))
            self._connection.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)", rows)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise AnswerCacheError(
                f"{self._path}: expected a file of remembered answers (it may be deleted): {error}"
            ) from error


def _query_to_key(query: ReconciliationQuery) -> str:
    return json.dumps(query.to_json(), sort_keys=True)
