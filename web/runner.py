"""Who evaluates the queries of clients, and how a result becomes a response.

A store on disk is queried by processes that are killed at the time limit; a store in memory,
as tests have it, by this process. A result that ends within :data:`COMMIT_BYTES` is sent with
its length. A larger one is sent in pieces while it is evaluated, and when it then fails, the
connection is broken off in the middle of the chunked body, so that no client takes the part for
the whole. HTTP/1.0 has no chunks: there a result is sent once it is complete.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from itertools import chain
from typing import IO, Self

import pyoxigraph as ox
from flask import Flask, Response, current_app, request

from graph.errors import GraphError
from graph.evaluation import EvaluationRules, QueryTask
from graph.federation.exchange import EndpointClient, ExchangeLimits
from graph.federation.runner import FederatedRunner, FederationSettings
from graph.point_queries import PointQueries
from graph.querytext import QueryLimits
from graph.store import SnapshotReader, Store
from graph.workers import (
    Answer,
    LocalRunner,
    PoolSettings,
    PoolStatus,
    QueryRunner,
    UsageObserver,
    WorkerPool,
    ignore_usage,
)
from ontology.terms import PREFIXES
from web.config import Settings
from web.errors import BrokenAnswerError, MalformedRequestError
from web.fairness import charge_share, current_share
from web.formats import bytes_response
from web.records import current_trace, note_query

EXTENSION = "tanpu.runner"
# Who asks other endpoints, where the operator allows any.
FEDERATION = "tanpu.federation"
# Who answers point queries at once, where the store is on disk.
POINT_QUERIES = "tanpu.point_queries"
# What of a result is held back until its response begins; most results end within it.
COMMIT_BYTES = 1 << 20
MEBIBYTE = 1 << 20
# Where the server puts what tells whether a client has closed its connection.
CLIENT_GONE = "waitress.client_disconnected"
_PIECE_BYTES = 1 << 16

logger = logging.getLogger(__name__)


def init_app(
    app: Flask, settings: Settings, store: Store, *, observe: UsageObserver = ignore_usage
) -> None:
    """Starts the processes that a store on disk is queried by.

    Args:
        app: the application.
        settings: how many processes there are, and what a query and a client may take.
        store: what is queried.
        observe: called with the usage of each query when it has ended.

    Raises:
        StoreError: when nothing has been published in the store.
    """
    rules = query_rules(settings)
    runner: QueryRunner
    if store.path is None:
        runner = LocalRunner(store, rules, observe=observe)
    else:
        pool_settings = PoolSettings(
            workers=settings.query_workers,
            queue=settings.query_queue,
            seconds=settings.query_seconds,
            memory_bytes=settings.query_memory * MEBIBYTE,
            client_workers=settings.query_client_workers or max(1, settings.query_workers // 2),
            client_queue=settings.query_client_queue or max(1, settings.query_queue // 2),
        )
        runner = WorkerPool(store.path, rules=rules, settings=pool_settings, observe=observe)
    if isinstance(store, SnapshotReader):
        app.extensions[POINT_QUERIES] = PointQueries(store, rules=rules, observe=observe)
    app.extensions[EXTENSION] = runner
    if settings.service_endpoints:
        app.extensions[FEDERATION] = _make_federation(app, settings, runner)


def _make_federation(app: Flask, settings: Settings, runner: QueryRunner) -> FederatedRunner:
    """What asks the endpoints that the operator allows, and charges for it."""
    client = EndpointClient(
        ExchangeLimits(
            seconds=settings.service_seconds,
            max_bytes=settings.service_max_bytes,
            allow_private=settings.service_private,
        )
    )
    federation_settings = FederationSettings(
        endpoints=frozenset(settings.service_endpoints),
        max_clauses=settings.service_clauses,
        max_rows=settings.service_max_rows,
        calls=settings.service_calls,
        seconds=settings.query_seconds,
    )
    return FederatedRunner(
        runner,
        client,
        settings=federation_settings,
        limits=query_limits(settings),
        charge=partial(charge_share, app),
    )


def close_runner(app: Flask) -> None:
    """Ends the processes of an application that has any."""
    runner: QueryRunner | None = app.extensions.get(EXTENSION)
    if runner is not None:
        runner.close()


def query_rules(settings: Settings) -> EvaluationRules:
    """What holds for every query."""
    return EvaluationRules(
        limits=query_limits(settings),
        max_bytes=settings.query_max_result * MEBIBYTE,
        max_rows=settings.table_size,
        prefixes={name: str(namespace) for name, namespace in PREFIXES.items()},
    )


def query_limits(settings: Settings) -> QueryLimits:
    """How large a query may be."""
    return QueryLimits(
        max_length=settings.query_max_length,
        max_structure=settings.query_max_structure,
        max_depth=settings.query_max_depth,
    )


def current_runner() -> QueryRunner:
    """The runner of the application."""
    runner: QueryRunner = current_app.extensions[EXTENSION]
    return runner


def find_federation() -> FederatedRunner | None:
    """Who asks other endpoints for a part of a query; None where the operator allows none."""
    federation: FederatedRunner | None = current_app.extensions.get(FEDERATION)
    return federation


def find_pool_status() -> PoolStatus | None:
    """How busy the processes are; None where this process evaluates queries itself."""
    runner = current_runner()
    return runner.status() if isinstance(runner, WorkerPool) else None


def ask(task: QueryTask, *, seconds: float | None = None) -> Answer:
    """The answer to a client's query, which takes that client's share.

    It is the one way to the endpoints that the operator allows: no other query of the service
    asks any.

    Args:
        task: the query.
        seconds: how long it may take, where the client asks for less than the limit.

    Raises:
        GraphError: as the runner does.
    """
    note_query(task.text)
    evaluator = find_federation() or current_runner()
    return evaluator.answer(
        task, seconds=seconds, client=current_share(), is_gone=request.environ.get(CLIENT_GONE)
    )


def read_iri(name: str, text: str) -> str:
    """The text if it is an absolute IRI; ``name`` says in the error where it stands.

    Raises:
        MalformedRequestError: when it is none.
    """
    try:
        return ox.NamedNode(text).value
    except ValueError as error:
        raise MalformedRequestError(f"{name}: expected an absolute IRI, got {text!r}") from error


def read_whole(task: QueryTask) -> bytes:
    """A result that is wanted in one piece; for those that are small.

    Raises:
        GraphError: as the runner does.
    """
    with closing(current_runner().answer(task)) as answer:
        return b"".join(answer)


def respond(answer: Answer) -> Response:
    """The response that carries an answer, which must not have been read yet.

    Raises:
        RunnerError: when the query fails before the response begins.
        EvaluationError: likewise.
    """
    return respond_begun(answer, *read_beginning(answer))


def read_beginning(answer: Answer) -> tuple[Sequence[bytes], bool]:
    """What of an answer is held back until its response begins, and whether that is all of it.

    Raises:
        RunnerError: when the query fails before that.
        EvaluationError: likewise.
    """
    beginning: list[bytes] = []
    size = 0
    try:
        for piece in answer:
            beginning.append(piece)
            size += len(piece)
            if size > COMMIT_BYTES:
                return beginning, False
    except BaseException:
        answer.close()
        raise
    return beginning, True


def respond_begun(answer: Answer, beginning: Sequence[bytes], whole: bool) -> Response:
    """The response that carries an answer of which :func:`read_beginning` has read something.

    Raises:
        RunnerError: when the client takes complete answers alone and the query fails.
        EvaluationError: likewise.
    """
    media_type = answer.header.media_type
    if whole:
        return bytes_response(b"".join(beginning), media_type)
    if request.environ["SERVER_PROTOCOL"] == "HTTP/1.0":
        try:
            return _respond_when_complete(chain(beginning, answer), media_type)
        except BaseException:
            answer.close()
            raise
    response = bytes_response(_Body(beginning, answer), media_type)
    # Whatever is put around the body, and also where it is never read, as after HEAD.
    response.call_on_close(answer.close)
    return response


def _respond_when_complete(pieces: Iterator[bytes], media_type: str) -> Response:
    """A response with its length, from a temporary file that goes when it is closed."""
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        for piece in pieces:
            file.write(piece)
        length = file.tell()
        file.seek(0)
        response = bytes_response(_pieces_of(file), media_type)
        response.call_on_close(stack.pop_all().close)
    response.content_length = length
    return response


def _pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece


class _Body:
    """The rest of an answer as the server sends it; closing it frees the worker.

    Not a generator: one that has not begun would not notice that it is closed.
    """

    def __init__(self, beginning: Sequence[bytes], answer: Answer) -> None:
        self._pieces = chain(beginning, answer)
        self._answer = answer
        self._path = request.path
        self._trace = current_trace()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except GraphError as error:
            self._trace.broken = True
            self._trace.error = type(error).__name__
            logger.error("%s: broke off a result: %s", self._path, error)
            raise BrokenAnswerError(f"the result is incomplete: {error}") from error

    def close(self) -> None:
        """Give up what has not been sent."""
        self._answer.close()
