"""A runner of queries that asks allowed endpoints for their ``SERVICE`` clauses first.

It stands before another runner, which evaluates everything else; the thread that waits for an
endpoint is the client's own, and holds none of that runner's processes meanwhile. A query comes to
its endpoints only when it is known to be one: the other runner has parsed it, over an empty
dataset, with ``GRAPH`` in place of ``SERVICE``.

Each group is evaluated by itself, as the endpoint finds it, and not for the values that the rest
of the query has for its variables: a group that has many solutions alone meets the limit, and then
the query fails. Nothing is ever left out.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

from graph.evaluation import QueryTask
from graph.federation.errors import (
    EndpointAnswerError,
    EndpointError,
    EndpointResultTooLargeError,
)
from graph.federation.exchange import RESULTS, EndpointClient, Patience
from graph.federation.solutions import one_empty_solution, solutions_to_values
from graph.federation.text import (
    ServiceClause,
    ServiceQuery,
    graph_for_service,
    may_call_services,
    put_blocks,
    read_service_query,
    remote_query,
    variables_query,
)
from graph.querytext import (
    QueryLimits,
    QueryTooComplexError,
    UnsupportedQueryError,
    refuse_complex_query,
)
from graph.workers import (
    Answer,
    ClientBusyError,
    ClientGoneError,
    OverloadedError,
    QueryRunner,
    QueryTimeoutError,
)

# Over an empty dataset only a query that brings its own data has a longer result than this.
_CHECKED_BYTES = 1 << 16

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationSettings:
    """Which endpoints may be asked, and how much of them.

    ``endpoints`` are absolute IRIs, exactly as queries name them. A query has at most
    ``max_clauses`` clauses and takes over ``max_rows`` solutions of each. So many queries as
    ``calls`` ask endpoints at the same time, half of them one client's. ``seconds`` is what any
    query may take.
    """

    endpoints: frozenset[str]
    max_clauses: int = 4
    max_rows: int = 1000
    calls: int = 4
    seconds: float = 30.0


class FederatedRunner:
    """Evaluates queries whose ``SERVICE`` clauses name allowed endpoints, and all others.

    Safe to use from several threads.

    Args:
        local: Who evaluates what is left.
        client: Who asks endpoints.
        settings: Which, and how much.
        limits: How large the text of a query may be, also with the solutions in it.
        charge: Called with whose share it was and the seconds that endpoints took.
    """

    def __init__(
        self,
        local: QueryRunner,
        client: EndpointClient,
        *,
        settings: FederationSettings,
        limits: QueryLimits,
        charge: Callable[[str | None, float], None],
    ) -> None:
        self._local = local
        self._client = client
        self._settings = settings
        self._limits = limits
        self._charge = charge
        self._calls = _Calls(settings.calls)

    def answer(
        self,
        task: QueryTask,
        *,
        seconds: float | None = None,
        client: str | None = None,
        is_gone: Callable[[], bool] | None = None,
    ) -> Answer:
        """Ask the endpoints of a query, if it has any, and begin with its evaluation.

        Args:
            task: The query.
            seconds: How long it may take, where that is less than the limit.
            client: Whose share it takes; None for one without bounds.
            is_gone: Whether nobody waits for the answer any more.

        Raises:
            QueryTooComplexError: The text is too long or too deeply nested.
            UnsupportedQueryError: A clause names no allowed endpoint, or there are too many.
            EndpointError: An endpoint gives no solutions, and its clause is not ``SILENT``.
            OverloadedError, ClientBusyError: Too many queries ask endpoints already.
            QueryTimeoutError: Nothing of the time was left.
            ClientGoneError: Nobody waited for the answer any more.
            GraphError: As the runner behind.
        """
        query = self._read(task)
        if query is None:
            return self._local.answer(task, seconds=seconds, client=client, is_gone=is_gone)
        self._refuse_clauses(query)
        limit = self._settings.seconds
        limit = limit if seconds is None else min(seconds, limit)
        asking = _Asking(
            runner=self._local,
            limit=limit,
            client=client,
            patience=Patience(deadline=time.monotonic() + limit, is_gone=is_gone or _is_there),
        )
        with self._calls.hold(client):
            text = self._ask_endpoints(query, task, asking)
        self._refuse_long(text)
        return asking.answer(replace(task, text=text))

    def close(self) -> None:
        """Close the runner behind."""
        self._local.close()

    def _read(self, task: QueryTask) -> ServiceQuery | None:
        """The query with its clauses; None where it has none."""
        if not may_call_services(task.text):
            return None
        refuse_complex_query(task.text, self._limits)
        return read_service_query(task.text, task.base)

    def _refuse_long(self, text: str) -> None:
        """Raise if a query is too long once the solutions are in it."""
        try:
            refuse_complex_query(text, self._limits)
        except QueryTooComplexError as error:
            raise EndpointResultTooLargeError(
                "expected solutions of SERVICE that a query can hold, got more: make its groups "
                f"more selective ({error})"
            ) from error

    def _refuse_clauses(self, query: ServiceQuery) -> None:
        most = self._settings.max_clauses
        if len(query.clauses) > most:
            raise UnsupportedQueryError(
                f"expected at most {most} SERVICE clauses in a query, got {len(query.clauses)}"
            )
        for clause in query.clauses:
            if clause.endpoint not in self._settings.endpoints:
                raise UnsupportedQueryError(
                    "SERVICE is supported for the IRIs of some endpoints alone, "
                    f"got {clause.written} in line {query.line_of(clause)}"
                )

    def _ask_endpoints(self, query: ServiceQuery, task: QueryTask, asking: _Asking) -> str:
        """The text of a query with the solutions of its clauses."""
        empty = replace(task, default_graphs=(), named_graphs=())
        asking.check(replace(empty, text=graph_for_service(query)))
        blocks: dict[ServiceClause, str] = {}
        known: dict[tuple[str | None, str], str] = {}
        for clause in query.outermost:
            probe = replace(
                empty,
                text=variables_query(query, clause),
                bindings_format=RESULTS,
            )
            variables = tuple(json.loads(asking.read(probe))["head"].get("vars", ()))
            question = remote_query(query, clause, has_variables=bool(variables))
            key = (clause.endpoint, question)
            if key not in known:
                known[key] = self._ask_endpoint(clause, question, variables, asking)
            blocks[clause] = known[key]
        return put_blocks(query, blocks)

    def _ask_endpoint(
        self,
        clause: ServiceClause,
        question: str,
        variables: tuple[str, ...],
        asking: _Asking,
    ) -> str:
        """The block of the solutions of a clause."""
        endpoint = clause.endpoint or ""
        began = time.monotonic()
        try:
            body = self._client.ask(endpoint, question, asking.patience)
            return _read_answer(endpoint, body, variables, self._settings.max_rows)
        except EndpointError as error:
            asking.refuse_late()
            if not clause.silent:
                raise
            logger.info("SERVICE SILENT: %s", error)
            return one_empty_solution(variables)
        finally:
            self._charge(asking.client, time.monotonic() - began)


def _read_answer(endpoint: str, body: bytes, variables: tuple[str, ...], max_rows: int) -> str:
    """The block of what an endpoint answers, whose errors name it."""
    try:
        return solutions_to_values(body, variables, max_rows=max_rows)
    except EndpointAnswerError as error:
        raise EndpointAnswerError(f"{endpoint}: {error}") from error
    except EndpointResultTooLargeError as error:
        raise EndpointResultTooLargeError(f"{endpoint}: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """One query under way: who evaluates it, for whom, and for how long."""

    runner: QueryRunner
    limit: float
    client: str | None
    patience: Patience

    def answer(self, task: QueryTask) -> Answer:
        """Begin with the evaluation of a query in what is left of the time."""
        self.refuse_late()
        return self.runner.answer(
            task,
            seconds=self.patience.left(),
            client=self.client,
            is_gone=self.patience.is_gone,
        )

    def check(self, task: QueryTask) -> None:
        """Raise what keeps a query from being one; a long result is not waited for."""
        size = 0
        with closing(self.answer(task)) as answer:
            for piece in answer:
                size += len(piece)
                if size > _CHECKED_BYTES:
                    return

    def read(self, task: QueryTask) -> bytes:
        """A result that is known to be small."""
        with closing(self.answer(task)) as answer:
            return b"".join(answer)

    def refuse_late(self) -> None:
        """Raise if nobody waits any longer.

        Raises:
            ClientGoneError: The client has closed its connection.
            QueryTimeoutError: The time is over.
        """
        if self.patience.is_gone():
            raise ClientGoneError("expected a client that waits, got a closed connection")
        if self.patience.left() <= 0:
            raise QueryTimeoutError(f"expected a result within {self.limit:g} s, got none")


class _Calls:
    """The queries that ask endpoints now: so many at once, and half of them one client's."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._share = max(1, most // 2)
        self._lock = threading.Lock()
        self._held: Counter[str | None] = Counter()

    @contextmanager
    def hold(self, client: str | None) -> Iterator[None]:
        """Count a query of a client for a while.

        Raises:
            OverloadedError: There are as many as there may be.
            ClientBusyError: This client has its share of them.
        """
        with self._lock:
            if self._held.total() >= self._most:
                raise OverloadedError(
                    f"expected at most {self._most} queries with SERVICE at once, got one more"
                )
            if client is not None and self._held[client] >= self._share:
                raise ClientBusyError(
                    f"expected at most {self._share} queries with SERVICE of one client at once, "
                    "got one more"
                )
            self._held[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held[client] -= 1
                if not self._held[client]:
                    del self._held[client]


def _is_there() -> bool:
    return False
