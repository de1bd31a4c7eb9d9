"""The process that evaluates queries for ``graph/workers.py``: ``python -m graph.worker FD``.

It reads tasks from the socket at the file descriptor FD and answers each with frames, whose first
byte tells the kind::

    H  form, media type and whether something is left out; then the result begins
    C  a piece of the result
    E  the result is complete: without this frame it never is
    F  the query failed (JSON)
    G  the snapshot cannot be opened (the reason as text)

A header waits for the first piece or the end, so that a small answer is sent at once.

The engine cannot interrupt a query, so the process is made to be killed: it opens its database
read-only and holds nothing that anybody misses. It ends by itself when its parent does, even in
the middle of a query, since its standard input is a pipe that only the parent holds open.

>>> failure_of(failure_to_json(QueryTooComplexError("too deep")))
QueryTooComplexError('too deep')
"""

from __future__ import annotations

import json
import marshal
import os
import resource
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
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
from graph.frames import FrameChannel
from graph.querytext import (
    InvalidQueryError,
    QueryLimits,
    QueryTooComplexError,
    UnsupportedQueryError,
)
from graph.xml_graphs import UnwritableGraphError

HEADER, CHUNK, END, FAILURE, GONE = b"H", b"C", b"E", b"F", b"G"
CHUNK_BYTES = 65_536

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
            UnwritableGraphError,
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


def task_to_bytes(task: QueryTask, snapshot: SnapshotMark) -> bytes:
    """A message to a worker: a query, and the snapshot that it is about.

    In the format that costs least between two processes of one Python.
    """
    values = (
        snapshot.folder,
        snapshot.stamp,
        task.text,
        task.base,
        task.default_graphs,
        task.named_graphs,
        task.bindings_format,
        task.boolean_format,
        task.graph_format,
    )
    return marshal.dumps(values)


def task_of(message: bytes) -> tuple[QueryTask, SnapshotMark]:
    """The query and the snapshot of a message.

    >>> told = QueryTask(text="ASK {}", base="http://a/", named_graphs=("http://a/g",))
    >>> task, snapshot = task_of(task_to_bytes(told, SnapshotMark("/s", (1, 2))))
    >>> task == told, snapshot
    (True, SnapshotMark(folder='/s', stamp=(1, 2)))
    """
    folder, stamp, text, base, default, named, bindings, boolean, graph = marshal.loads(message)
    task = QueryTask(
        text=text,
        base=base,
        default_graphs=default,
        named_graphs=named,
        bindings_format=bindings,
        boolean_format=boolean,
        graph_format=graph,
    )
    return task, SnapshotMark(folder, stamp)


def header_to_bytes(header: Header) -> bytes:
    """The payload of a header frame."""
    return marshal.dumps((header.form, header.media_type, header.truncated))


def header_of(payload: bytes) -> Header:
    """The header that a header frame tells of.

    >>> header_of(header_to_bytes(Header("boolean", "text/csv", truncated=False)))
    Header(form='boolean', media_type='text/csv', truncated=False)
    """
    return Header(*marshal.loads(payload))


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
    channel = FrameChannel(socket.socket(fileno=int(arguments[0])))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    setup: dict[str, Any] = json.loads(_next_message(channel))
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
            task, wanted = task_of(_next_message(channel))
        except EOFError:
            return
        if database is None or opened != wanted:
            database = None
            try:
                database, opened = ox.Store.read_only(wanted.folder), wanted
            except (OSError, RuntimeError) as error:
                channel.send(GONE + str(error).encode())
                continue
        answer(channel, database, task, rules)


def answer(
    channel: FrameChannel, database: ox.Store, task: QueryTask, rules: EvaluationRules
) -> None:
    """Evaluate a task and send its frames."""
    sender = _ResultSender(channel)
    try:
        evaluation = evaluate(database, task, rules)
        sender.begin(Header(evaluation.form, evaluation.media_type, evaluation.truncated))
        evaluation.write_to(sender)
    except (
        InvalidQueryError,
        QueryTooComplexError,
        UnsupportedQueryError,
        UnwritableGraphError,
        EvaluationError,
    ) as error:
        sender.end(FAILURE + failure_to_json(error))
    else:
        sender.end(END)


class _ResultSender:
    """A sink that sends what it is given in frames of some size, the header with the first."""

    def __init__(self, channel: FrameChannel) -> None:
        self._channel = channel
        self._header: list[bytes] = []
        self._chunk = bytearray(CHUNK)

    def begin(self, header: Header) -> None:
        """Take the header."""
        self._header.append(HEADER + header_to_bytes(header))

    def write(self, data: bytes) -> int:
        """Take the bytes; their number."""
        self._chunk += data
        if len(self._chunk) >= CHUNK_BYTES:
            self._send()
        return len(data)

    def end(self, frame: bytes) -> None:
        """Send what is left, and then the last frame."""
        self._send(frame)

    def _send(self, *last: bytes) -> None:
        chunks = [bytes(self._chunk)] if len(self._chunk) > len(CHUNK) else []
        self._channel.send(*self._header, *chunks, *last)
        self._header = []
        self._chunk = bytearray(CHUNK)


def _next_message(channel: FrameChannel) -> bytes:
    """What the parent sends next.

    Raises:
        EOFError: It sends no more.
    """
    message = channel.receive(None)
    if message is None:
        raise EOFError("expected a message, got none")
    return message


def _limit_resources(memory_bytes: int) -> None:
    """Let no query take more address space, or leave a core file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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
