"""The process that evaluates queries for ``graph/workers.py``: ``python -m graph.worker FD``.

It reads tasks from the connection at the file descriptor FD and answers each with frames, whose
first byte tells the kind::

    H  form, media type and whether something is left out (JSON); then the result begins
    C  a piece of the result
    E  the result is complete: without this frame it never is
    F  the query failed (JSON)
    G  the snapshot cannot be opened (the reason as text)

The engine cannot interrupt a query, so the process is made to be killed: it opens its database
read-only and holds nothing that anybody misses. It ends by itself when its parent does, even in
the middle of a query, since its standard input is a pipe that only the parent holds open.

>>> failure_of(failure_to_json(QueryTooComplexError("too deep")))
QueryTooComplexError('too deep')
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from graph.errors import GraphError
from graph.evaluation import (
    EvaluationError,
    EvaluationRules,
    QueryTask,
    ResultForm,
    ResultTooLargeError,
    UnreadableStoreError,
    UnwantedFormError,
    evaluate,
)
from graph.querytext import (
    InvalidQueryError,
    QueryLimits,
    QueryTooComplexError,
    UnsupportedQueryError,
)

HEADER, CHUNK, END, FAILURE, GONE = b"H", b"C", b"E", b"F", b"G"
CHUNK_BYTES = 65_536
# Queries give way to the process that talks to clients.
NICENESS = 5

_FAILURES: Mapping[str, type[GraphError]] = MappingProxyType(
    {
        error.__name__: error
        for error in (
            InvalidQueryError,
            QueryTooComplexError,
            ResultTooLargeError,
            UnreadableStoreError,
            UnsupportedQueryError,
            UnwantedFormError,
        )
    }
)


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a result before it is written."""

    form: ResultForm
    media_type: str
    truncated: bool


@dataclass(frozen=True, slots=True)
class SnapshotMark:
    """Which snapshot to query: its folder, and a stamp that no other snapshot there has."""

    folder: str
    stamp: tuple[int, ...]


def setup_to_json(rules: EvaluationRules, memory_bytes: int) -> bytes:
    """The first message to a worker: what holds for all of its tasks."""
    limits = asdict(rules.limits)
    values = {
        "limits": limits,
        "max_bytes": rules.max_bytes,
        "max_rows": rules.max_rows,
        "prefixes": dict(rules.prefixes),
    }
    return json.dumps({"rules": values, "memory_bytes": memory_bytes}).encode()


def task_to_json(task: QueryTask, snapshot: SnapshotMark) -> bytes:
    """A message to a worker: a query, and the snapshot that it is about."""
    return json.dumps({"task": asdict(task), "snapshot": asdict(snapshot)}).encode()


def failure_to_json(error: GraphError) -> bytes:
    """The payload of a failure frame."""
    place = {}
    if isinstance(error, InvalidQueryError):
        place = {"line": error.line, "column": error.column}
    form = error.form if isinstance(error, UnwantedFormError) else None
    kind = type(error).__name__
    return json.dumps({"kind": kind, "message": str(error), "place": place, "form": form}).encode()


def failure_of(payload: bytes) -> GraphError:
    """The error that a failure frame tells of.

    Raises:
        KeyError: It is none of those that a worker may tell.
    """
    told: dict[str, Any] = json.loads(payload)
    error = _FAILURES[told["kind"]]
    if error is UnwantedFormError:
        return UnwantedFormError(told["form"])
    if error is InvalidQueryError:
        return InvalidQueryError(told["message"], **told["place"])
    return error(told["message"])


def main(arguments: list[str]) -> None:
    """Answer tasks until the parent closes the connection."""
    connection = Connection(int(arguments[0]))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    setup: dict[str, Any] = json.loads(connection.recv_bytes())
    _limit_resources(setup["memory_bytes"])
    told = setup["rules"]
    rules = EvaluationRules(
        limits=QueryLimits(**told["limits"]),
        max_bytes=told["max_bytes"],
        max_rows=told["max_rows"],
        prefixes=told["prefixes"],
    )
    opened: SnapshotMark | None = None
    database: ox.Store | None = None
    while True:
        try:
            message: dict[str, Any] = json.loads(connection.recv_bytes())
        except EOFError:
            return
        wanted = SnapshotMark(message["snapshot"]["folder"], tuple(message["snapshot"]["stamp"]))
        if database is None or opened != wanted:
            database = None
            try:
                database, opened = ox.Store.read_only(wanted.folder), wanted
            except (OSError, RuntimeError) as error:
                connection.send_bytes(GONE + str(error).encode())
                continue
        answer(connection, database, _task_of(message["task"]), rules)


def answer(
    connection: Connection, database: ox.Store, task: QueryTask, rules: EvaluationRules
) -> None:
    """Evaluate a task and send its frames."""
    try:
        evaluation = evaluate(database, task, rules)
        header = Header(evaluation.form, evaluation.media_type, evaluation.truncated)
        connection.send_bytes(HEADER + json.dumps(asdict(header)).encode())
        chunks = _ChunkSender(connection)
        evaluation.write_to(chunks)
        chunks.finish()
    except (
        InvalidQueryError,
        QueryTooComplexError,
        UnsupportedQueryError,
        EvaluationError,
    ) as error:
        connection.send_bytes(FAILURE + failure_to_json(error))
    else:
        connection.send_bytes(END)


class _ChunkSender:
    """A sink that sends what it is given in frames of some size."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pending = bytearray(CHUNK)

    def write(self, data: bytes) -> int:
        """Take the bytes; their number."""
        self._pending += data
        if len(self._pending) >= CHUNK_BYTES:
            self.finish()
        return len(data)

    def finish(self) -> None:
        """Send what is left."""
        if len(self._pending) > len(CHUNK):
            self._connection.send_bytes(bytes(self._pending))
            self._pending = bytearray(CHUNK)


def _task_of(told: dict[str, Any]) -> QueryTask:
    for name in ("default_graphs", "named_graphs"):
        told[name] = None if told[name] is None else tuple(told[name])
    return QueryTask(**told)


def _limit_resources(memory_bytes: int) -> None:
    """Let no query take more address space, leave a core file, or outrun the service."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)


def _end_with_parent() -> None:
    """Wait for the end of standard input; a query that is running does not stop this thread."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(0)


def parent_folder() -> Path:
    """Where the package lies, so that ``python -m graph.worker`` finds it."""
    return Path(__file__).resolve().parent.parent


if __name__ == "__main__":
    main(sys.argv[1:])
