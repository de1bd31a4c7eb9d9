"""Writing to the store during a request.

The service holds no writer: it opens one for a request, as soon as nobody else has it, and
publishes before it answers, so that the next query of any process sees the change and
``tanpu ingest`` can work in between. A few requests may wait for the writer, and not for long.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flask import Flask, current_app

from graph.decisions.apply import decisions_beside, load_decisions, refresh_links
from graph.decisions.file import DecisionFile
from graph.drafts import Changes, TrialLimits, draft_update
from graph.freshness import forget_fingerprint
from graph.gate import Author, admit_changes, write_changes
from graph.identity import Minter
from graph.lookup import publish_with_index
from graph.lookup_files import IndexUnbuildableError
from graph.querytext import QueryLimits
from graph.store import Store, StoreLockedError, open_store
from graph.validation import GraphValidator
from graph.workers import OverloadedError
from web.checking import find_validator
from web.config import Settings
from web.fairness import charge_share, current_share
from web.runner import MEBIBYTE, query_limits

EXTENSION = "tanpu.writing"
# How long a request waits for the writer, and how many may wait at once.
WAIT_SECONDS = 10.0
MAX_WAITING = 4

logger = logging.getLogger(__name__)


class WriteAccess:
    """Opens the store of an application for writing, for one request at a time.

    Args:
        store: the store that the application reads; in memory it is written itself.
        limits: how large queries may be.
        trial_limits: what the process that tries an update may take.
        guarded: whether changes pass the gate.
        find_validator: gives who checks graphs; asked when there is one to check.
        charge: told whom to charge for how many seconds of having the writer.
        decisions: the file of people's decisions; None is the one beside the store.
    """

    def __init__(
        self,
        store: Store,
        *,
        limits: QueryLimits,
        trial_limits: TrialLimits,
        guarded: bool,
        find_validator: Callable[[], GraphValidator],
        charge: Callable[[str, float], object],
        decisions: Path | None = None,
    ) -> None:
        self._store = store
        self._decisions = decisions
        self._limits = limits
        self.trial_limits = trial_limits
        self.guarded = guarded
        self.find_validator = find_validator
        self._charge = charge
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(MAX_WAITING + 1)

    def load_decisions(self) -> DecisionFile:
        """What people decided about identity and links, as it is now.

        Raises:
            DecisionError: when the file cannot be read, or contradicts itself.
        """
        if self._decisions is not None:
            return load_decisions(self._decisions)
        if self._store.path is None:
            return DecisionFile(Path("decisions.jsonl"))
        return load_decisions(decisions_beside(self._store.path))

    def admit(self, changes: Changes, writer: Store, author: Author) -> None:
        """Raise unless changes may be made, by the gate and what people decided.

        Raises:
            GateError: when a graph may not be written, or does not conform.
            CheckError: when it cannot be checked.
            DecisionError: when the decisions cannot be read.
        """
        admit_changes(changes, writer, author, self.find_validator(), self.load_decisions())

    @contextmanager
    def open(self, payer: str) -> Iterator[Store]:
        """The store, open for writing; what was written is published at the end.

        Args:
            payer: whose share the time with the writer is charged to, less the processor's
                time of this thread, which whoever runs the thread charges.

        Raises:
            DecisionError: when the file of decisions cannot be read.
            OverloadedError: when as many requests as may wait do so already.
            StoreLockedError: when somebody else writes for too long.
            StoreError: when the store cannot be opened, written or published.
        """
        if not self._places.acquire(blocking=False):
            raise OverloadedError(f"expected at most {MAX_WAITING} requests that wait to write")
        try:
            deadline = time.monotonic() + WAIT_SECONDS
            if not self._turn.acquire(timeout=WAIT_SECONDS):
                raise StoreLockedError(f"other requests wrote for over {WAIT_SECONDS:g} s")
            try:
                yield from self._write(deadline, payer)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _write(self, deadline: float, payer: str) -> Iterator[Store]:
        # Before anything is written, since a file that cannot be read shall stop nothing halfway.
        decisions = self.load_decisions() if self.guarded else None
        if self._store.path is None:
            yield self._store
            self._refresh_links(self._store, decisions)
            self._store.publish()
            return
        with (
            open_store(
                self._store.path,
                mode="write",
                base=self._store.base,
                limits=self._limits,
                wait_seconds=deadline - time.monotonic(),
            ) as writer,
            self._charging(payer),
        ):
            forget_fingerprint(self._store.path)
            yield writer
            self._refresh_links(writer, decisions)
            _publish(writer)

    @contextmanager
    def _charging(self, payer: str) -> Iterator[None]:
        """Charges what the block takes beside the processor's time of this thread."""
        began, computed = time.monotonic(), time.thread_time()
        try:
            yield
        finally:
            elapsed = time.monotonic() - began
            self._charge(payer, max(0.0, elapsed - (time.thread_time() - computed)))

    def _refresh_links(self, writer: Store, decisions: DecisionFile | None) -> None:
        """Keeps the links to other data in step with what was written, as ingestion does."""
        if decisions is not None:
            today = datetime.now(UTC).date().isoformat()
            validator = self.find_validator()
            refresh_links(writer, Minter(writer.base), decisions, today=today, validator=validator)


def init_app(app: Flask, settings: Settings, store: Store, *, unguarded: bool) -> None:
    """Prepares the writing; nothing is opened before a request wants to write."""
    app.extensions[EXTENSION] = WriteAccess(
        store,
        limits=query_limits(settings),
        trial_limits=TrialLimits(
            seconds=settings.query_seconds, memory_bytes=settings.query_memory * MEBIBYTE
        ),
        guarded=not unguarded,
        find_validator=partial(find_validator, app),
        charge=partial(charge_share, app),
        decisions=None if settings.decisions is None else Path(settings.decisions),
    )


def current_access() -> WriteAccess:
    """The writing of the application."""
    return find_access(current_app)


def find_access(app: Flask) -> WriteAccess:
    """The same for what happens outside a request."""
    access: WriteAccess = app.extensions[EXTENSION]
    return access


def apply_update(text: str, *, base_iri: str, author: Author) -> None:
    """Evaluates an update, which has been prepared, and publishes what it changed.

    Raises:
        InvalidQueryError: when it cannot be parsed.
        GateError: when a graph may not be written or does not conform; nothing is changed.
        GraphError: when the update cannot be evaluated or the store cannot be written.
    """
    access = current_access()
    with access.open(current_share()) as writer:
        if not access.guarded:
            writer.update(text, base_iri=base_iri)
            return
        changes = draft_update(writer, text, base_iri=base_iri, limits=access.trial_limits)
        access.admit(changes, writer, author)
        write_changes(changes, writer, author, now=datetime.now(UTC))


def make_changes(writer: Store, changes: Changes, author: Author) -> None:
    """Replaces named graphs in a store that :meth:`WriteAccess.open` gave.

    Raises:
        GateError: when a graph may not be written or does not conform; nothing is changed.
        StoreError: when the store cannot be written.
    """
    access = current_access()
    if not access.guarded:
        writer.write_triples(changes)
        return
    access.admit(changes, writer, author)
    write_changes(changes, writer, author, now=datetime.now(UTC))


def _publish(writer: Store) -> None:
    """Shows readers what was written, with the index of its names.

    Where the index cannot be kept beside the snapshot, the views make one for themselves.
    """
    try:
        publish_with_index(writer)
    except IndexUnbuildableError as error:
        logger.warning("%s", error)
