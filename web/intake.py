"""From what was sent to the store: read and extracted in another process, then stored at once.

Nothing is stored before all that came together has been extracted, so that a process that is
killed meanwhile leaves nothing behind. Each document is stored whole or not at all, passes the
shapes and the decisions on identity as in ``tanpu ingest``, and who sent it is noted in the
same transaction.

>>> DocumentResult(origin="a.txt", document="a", status="unchanged").to_json()
{'document': 'a', 'origin': 'a.txt', 'status': 'unchanged'}
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from extract.document import SourceDocument
from extract.errors import ExtractionError
from extract.facts import Extraction
from extract.readers import InputRefusal, ReadLimits
from extract.sending import Found, ReadingTask, Sending, read_sending
from extract.worker import ExtractionMemoryError, ExtractionTimeoutError, TaskRunner, WorkerError
from graph.checking import CheckAbortedError, CheckError
from graph.errors import GraphError
from graph.gate import Author, ShapeViolationError, write_graphs
from graph.identity import Minter
from graph.ingest import IngestOutcome, ingest_extraction
from graph.resolution.apply import remove_documents
from graph.resolution.decisions import Decisions
from graph.store import Store, StoreError
from graph.validation import GraphValidator
from web.errors import UnprocessableError
from web.writing import WriteAccess

logger = logging.getLogger(__name__)

ResultStatus = Literal["stored", "replaced", "unchanged", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentResult:
    """What became of one document.

    ``outcome`` is there where it got as far as the shapes, ``failure`` where it was refused,
    ``extraction`` (its exchange format) where the client wants it.
    """

    origin: str
    document: str | None
    status: ResultStatus
    outcome: IngestOutcome | None = None
    failure: Exception | None = None
    extraction: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The row of an answer."""
        row: dict[str, Any] = {"origin": self.origin, "status": self.status}
        if self.document is not None:
            row = {"document": self.document, **row}
        if self.outcome is not None:
            found = self.outcome
            row |= {
                "graph": found.graph,
                "entities": found.entities,
                "facts": found.facts,
                "triples": found.triples,
                "affected": list(found.affected),
                "report": found.report.to_json(),
            }
        if self.failure is not None:
            row["error"] = str(self.failure)
        if self.extraction is not None:
            row["extraction"] = dict(self.extraction)
        return row


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What was found in a file, and what was extracted from it or why nothing was."""

    found: Found
    answer: Extraction | ExtractionError


class Intake:
    """Reads what is sent and stores it.

    Args:
        find_extractor: who reads and extracts.
        access: the writing of the store.
        limits: how long a document may be.
        most: how many documents may come together.
    """

    def __init__(
        self,
        find_extractor: Callable[[], TaskRunner],
        access: WriteAccess,
        *,
        limits: ReadLimits,
        most: int,
    ) -> None:
        self._find_extractor = find_extractor
        self._access = access
        self._limits = limits
        self._most = most

    def read(
        self, sending: Sending, *, client: str | None, payer: str | None = None
    ) -> tuple[Found, ...]:
        """The documents of what was sent, and refusals; nothing is extracted yet.

        Args:
            sending: what was sent.
            client: whose place it takes; None for nobody's.
            payer: whose share pays for it; None for the client's.

        Raises:
            InputError: when nothing of it can be used.
            WorkerError: when the process that reads cannot do it.
        """
        task = ReadingTask(sending=sending, limits=self._limits, most=self._most)
        return self._find_extractor().run(read_sending, task, client=client, payer=payer)

    def extract(
        self, found: Sequence[Found], *, client: str | None, payer: str | None = None
    ) -> list[ReadDocument]:
        """What each document says.

        One of several that takes too long or too much is refused like one that cannot be read.

        Args:
            found: the documents, and refusals.
            client: whose place they take; None for nobody's.
            payer: whose share pays for them; None for the client's.

        Raises:
            WorkerError: when the process cannot do it, or the only document is too much for it.
        """
        done = []
        for item in found:
            answer: Extraction | ExtractionError
            try:
                answer = self._extract_one(item, client, payer)
            except (ExtractionTimeoutError, ExtractionMemoryError) as error:
                if len(found) == 1:
                    raise
                answer = error
            except WorkerError:
                raise
            except ExtractionError as error:
                answer = error
            done.append(ReadDocument(item, answer))
        return done

    def _extract_one(self, item: Found, client: str | None, payer: str | None) -> Extraction:
        if isinstance(item, InputRefusal):
            raise item.error
        return self._find_extractor().extract(item, client=client, payer=payer)

    def store(
        self, documents: Sequence[ReadDocument], author: Author, *, include: bool, payer: str
    ) -> list[DocumentResult]:
        """Store what was extracted, and publish it: when this returns it is on the disk.

        Args:
            documents: those to store; each is stored whole or not at all.
            author: who sends them.
            include: whether the results tell what was extracted.
            payer: whose share pays for the time with the writer.

        Raises:
            DecisionError: when the decisions on identity cannot be read.
            CheckAbortedError: when graphs cannot be checked at all at the moment.
            StoreError: when the store cannot be written.
        """
        if all(isinstance(one.answer, ExtractionError) for one in documents):
            return [_refused(one.found, one.answer) for one in documents]
        decisions = self._access.load_decisions()
        with self._access.open(payer) as writer:
            validator = self._access.find_validator()
            results = [_store_one(one, writer, author, decisions, validator) for one in documents]
        if include:
            return [
                result
                if isinstance(one.answer, ExtractionError)
                else replace(result, extraction=one.answer.to_json())
                for one, result in zip(documents, results, strict=True)
            ]
        return results

    def remove(self, document: str, author: Author, *, payer: str) -> bool:
        """Remove a document, and resolve anew what it had to do with; False if there is none.

        Raises:
            RefusedResolutionError: when another document would not conform any more.
            DecisionError: when the decisions on identity cannot be read.
            StoreError: when the store cannot be written.
        """
        decisions = self._access.load_decisions()
        with self._access.open(payer) as writer:
            write = partial(write_graphs, store=writer, author=author, now=datetime.now(UTC))
            minter = Minter(writer.base)
            return bool(
                remove_documents(
                    [document],
                    writer,
                    minter,
                    decisions,
                    self._access.find_validator(),
                    write=write,
                )
            )


def _store_one(
    one: ReadDocument,
    writer: Store,
    author: Author,
    decisions: Decisions,
    validator: GraphValidator,
) -> DocumentResult:
    if isinstance(one.answer, ExtractionError):
        return _refused(one.found, one.answer)
    write = partial(write_graphs, store=writer, author=author, now=datetime.now(UTC))
    try:
        outcome = ingest_extraction(
            one.answer, writer, Minter(writer.base), validator, decisions=decisions, write=write
        )
    except (StoreError, CheckAbortedError):
        raise
    except CheckError as error:
        logger.warning("%s cannot be checked: %s", one.found.origin, error)
        return _refused(one.found, error)
    except GraphError as error:
        logger.warning("%s is refused: %s", one.found.origin, error)
        return _refused(one.found, UnprocessableError(str(error)))
    failure = None
    if outcome.status == "refused":
        failure = ShapeViolationError({outcome.graph: outcome.report})
    return DocumentResult(
        origin=one.found.origin,
        document=outcome.document,
        status=outcome.status,
        outcome=outcome,
        failure=failure,
    )


def _refused(found: Found, failure: object) -> DocumentResult:
    if not isinstance(failure, Exception):
        raise TypeError(f"expected an error, got {failure!r}")
    document = found.id if isinstance(found, SourceDocument) else None
    return DocumentResult(origin=found.origin, document=document, status="refused", failure=failure)
