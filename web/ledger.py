"""What a listener process has answered, and what its server has to be told of it.

A listener (:mod:`web.listener`) charges no client, counts nothing and writes no log by itself: it
notes what it would, and sends that as a report now and then. The server charges, counts and logs,
and answers with the clients whose budget is spent, whom the listener leaves to it from then on.
"""

from __future__ import annotations

import marshal
import time
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask

from graph.workers import QueryUsage
from web import fairness, metrics, records
from web.direct import PATH
from web.records import Recorder, Trace

if TYPE_CHECKING:
    from graph.evaluation import ResultForm
    from web.fairness import TimeBudget


class Ledger:
    """Notes of one listener, in place of budget, records and counts; for one thread.

    >>> ledger = Ledger()
    >>> ledger.is_empty, ledger.charge("192.0.2.1", 0.5), ledger.is_empty
    (True, None, False)
    """

    def __init__(self) -> None:
        self._charges: dict[str, float] = defaultdict(float)
        self._records: list[tuple[str, str | None, str, int, float, str]] = []
        self._usages: list[tuple[str | None, ResultForm | None, float]] = []
        self._kept = 0
        self._spent: dict[str, float] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to report."""
        return not (self._charges or self._records or self._usages or self._kept)

    def __len__(self) -> int:
        """How many requests are to be reported."""
        return len(self._records)

    def seconds_to_wait(self, client: str) -> float:
        """How long the server says that a client has to wait; 0 where it says nothing."""
        until = self._spent.get(client)
        if until is None:
            return 0.0
        left = until - time.monotonic()
        if left <= 0:
            del self._spent[client]
        return max(0.0, left)

    def charge(self, client: str, seconds: float) -> None:
        """Note what a client has used."""
        self._charges[client] += seconds

    def record(self, trace: Trace, *, method: str, status: int, began: float, address: str) -> None:
        """Note a request that is done."""
        seconds = time.perf_counter() - began
        self._records.append((trace.request_id, trace.query, method, status, seconds, address))

    def observe(self, usage: QueryUsage) -> None:
        """Note a point query that has been evaluated."""
        self._usages.append((usage.client, usage.form, usage.held))

    def count_kept(self) -> None:
        """Note a query that was answered with what had been kept."""
        self._kept += 1

    def take_report(self) -> bytes:
        """What has been noted since the last report."""
        values = (dict(self._charges), self._records, self._usages, self._kept)
        self._charges.clear()
        self._records, self._usages, self._kept = [], [], 0
        return marshal.dumps(values)

    def learn(self, message: bytes) -> None:
        """Take what the server answers to a report."""
        now = time.monotonic()
        self._spent.update({client: now + wait for client, wait in marshal.loads(message).items()})


def enter_report(app: Flask, report: bytes, *, observe: Callable[[QueryUsage], None]) -> bytes:
    """Charge, count and log what a listener has reported; what it should learn, or nothing.

    Args:
        app: the application whose budgets, counts and records they are.
        report: what :meth:`Ledger.take_report` gave.
        observe: called with each query that was evaluated.
    """
    charges, told, usages, kept = marshal.loads(report)
    budget: TimeBudget = app.extensions[fairness.EXTENSION]
    recorder: Recorder = app.extensions[records.EXTENSION]
    for client, form, held in usages:
        usage = QueryUsage(
            client=client, text="", form=form, waited=0.0, held=held, ending="complete"
        )
        observe(usage)
    for client, seconds in charges.items():
        budget.charge(client, seconds)
    if kept:
        metrics.find_metrics(app).count_kept(kept)
    for request_id, query, method, status, seconds, address in told:
        trace = Trace(request_id, PATH, None, query)
        recorder.record_ended(trace, method=method, status=status, seconds=seconds, address=address)
    clients = {*charges, *(client for client, _, _ in usages if client is not None)}
    spent: dict[str, float] = {
        client: wait for client in clients if (wait := budget.seconds_to_wait(client)) > 0
    }
    return marshal.dumps(spent) if spent else b""
