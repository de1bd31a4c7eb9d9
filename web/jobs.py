"""Jobs: what is sent in bulk is read and stored after its request has been answered.

One thread does them, the oldest first, some documents at a time. What has been done is in the
journal, so that a job goes on after a restart where it was; storing a document again that the
journal does not know of changes nothing.

>>> counts_of([{"status": "stored"}, {"status": "stored"}])
{'stored': 2, 'replaced': 0, 'unchanged': 0, 'refused': 0}
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from extract.errors import ExtractionError
from extract.sending import Found
from extract.worker import ExtractorBusyError, ExtractorClosedError, WorkerError
from graph.checking import CheckAbortedError
from graph.errors import GraphError
from graph.gate import Author
from graph.journal import Job, Journal, JournalError
from graph.store import StoreLockedError
from graph.workers import OverloadedError
from web.fairness import share_of_token
from web.intake import Intake, ReadDocument, ResultStatus

logger = logging.getLogger(__name__)

# Documents that are stored together, since publishing takes longer than storing one.
BATCH = 20
# A process that ended may have been killed for another reason than this document.
ATTEMPTS = 3
PAUSE_SECONDS = 2.0
# What passes by itself.
_LATER = (
    JournalError,
    StoreLockedError,
    OverloadedError,
    ExtractorBusyError,
    CheckAbortedError,
)


class JobQueue:
    """Does the jobs of a journal in a thread that starts with the first one.

    Args:
        journal: where the jobs are.
        intake: what does them.
        charge: told whose share to charge for how many seconds; a job is charged to the token
            that sent it, and is done to its end also when the budget is spent meanwhile.
    """

    def __init__(
        self, journal: Journal, intake: Intake, *, charge: Callable[[str, float], object]
    ) -> None:
        self._journal = journal
        self._intake = intake
        self._charge = charge
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Do what is in the journal, now or as soon as it can be done."""
        with self._lock:
            self._wake.set()
            if self._thread is None and not self._stopping.is_set():
                self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Begin nothing more; what is being stored is stored, the rest waits for a next start."""
        self._stopping.set()
        self._wake.set()
        thread = self._thread
        if thread is not None:
            thread.join()
        self._journal.close()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                job = self._journal.next_job()
                if job is None:
                    self._wake.wait()
                else:
                    self._do(job)
            except _LATER as error:
                logger.warning("a job waits: %s", error)
                self._stopping.wait(PAUSE_SECONDS)
            except ExtractorClosedError:
                return

    def _do(self, job: Job) -> None:
        """Do a job to its end, or until the service stops."""
        try:
            found = self._read(job)
            for start in range(len(job.rows), len(found), BATCH):
                if not self._do_some(job, found[start : start + BATCH], start):
                    return
        except (*_LATER, ExtractorClosedError):
            raise
        except (ExtractionError, GraphError) as error:
            logger.warning("the job %s failed: %s", job.id, error)
            self._journal.end_job(job.id, now=datetime.now(UTC), error=str(error))
        else:
            self._journal.end_job(job.id, now=datetime.now(UTC))
            logger.info("the job %s is done: %d documents", job.id, len(found))

    def _read(self, job: Job) -> tuple[Found, ...]:
        """The documents of a job; a process that ends is given another chance."""
        sending = self._journal.read_sending(job.id)
        for attempt in range(1, ATTEMPTS):
            try:
                return self._intake.read(sending, client=None, payer=share_of_token(job.owner))
            except (ExtractorBusyError, ExtractorClosedError):
                raise
            except WorkerError as error:
                logger.warning("the job %s, attempt %d: %s", job.id, attempt, error)
        return self._intake.read(sending, client=None, payer=share_of_token(job.owner))

    def _do_some(self, job: Job, found: tuple[Found, ...], start: int) -> bool:
        """Extract and store some documents at the cost of their owner; False where it stops."""
        payer, computed = share_of_token(job.owner), time.thread_time()
        read: list[ReadDocument] = []
        try:
            for item in found:
                if self._stopping.is_set():
                    return False
                read.append(self._extract(item, payer))
            author = Author(name=job.owner, may_write_foreign=job.foreign_too)
            results = self._intake.store(read, author, include=job.include, payer=payer)
        finally:
            self._charge(payer, time.thread_time() - computed)
        self._journal.add_rows(job.id, [result.to_json() for result in results], start=start)
        return True

    def _extract(self, item: Found, payer: str) -> ReadDocument:
        """What one document says; a process that ends is given another chance."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._intake.extract((item,), client=None, payer=payer)[0]
            except (ExtractorBusyError, ExtractorClosedError):
                raise
            except WorkerError as error:
                logger.warning("%s, attempt %d: %s", item.origin, attempt, error)
                failure = error
        return ReadDocument(item, failure)


def counts_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many documents had each status."""
    counted = Counter(row["status"] for row in rows)
    return {status: counted[status] for status in get_args(ResultStatus)}


def job_to_json(job: Job) -> dict[str, Any]:
    """A job as its address shows it."""
    row: dict[str, Any] = {
        "id": job.id,
        "status": job.state,
        "created": job.created,
        "ended": job.ended,
        "counts": counts_of(job.rows),
        "documents": [dict(row) for row in job.rows],
    }
    if job.error is not None:
        row["error"] = job.error
    return row
