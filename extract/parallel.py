"""Extraction of many documents, in this process or spread over several.

A document is extracted by itself, so the order and the number of processes change nothing in
what comes out. Sets nothing.

Examples: a folder of a thousand articles on two cores; one article without a second process.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.context import BaseContext
from multiprocessing.util import Finalize

from extract import pipeline
from extract.document import SourceDocument
from extract.errors import ExtractionError
from extract.facts import Extraction
from extract.readers import InputRefusal
from extract.tagger import ModelName

# How many documents each other process has before it: enough to keep it busy while this one reads
# a long article, few enough for memory.
_AHEAD = 4
# How many documents that are done may wait for one that is not, for each process: as many as are
# read while another process starts that is no copy.
_BEHIND = 32

Input = SourceDocument | InputRefusal
Answer = Extraction | ExtractionError


def extract_documents(
    inputs: Iterable[Input], *, model: ModelName = "accurate", processes: int = 1
) -> Iterator[tuple[Input, Answer]]:
    """Each input with its extraction, or with the error that refuses it, in their order.

    This process is one of them: it reads what the others have not begun, also while they start.

    Raises:
        ValueError: ``processes`` is less than one.
    """
    if processes < 1:
        raise ValueError(f"expected one process or more, got {processes!r}")
    if processes == 1:
        for item in inputs:
            yield item, _extract(item, model)
        return
    others = processes - 1
    with ProcessPoolExecutor(others, _choose_start(model), _load, (model,)) as pool:
        waiting: deque[tuple[Input, Future[Answer]]] = deque()
        for item in inputs:
            if sum(not future.done() for _, future in waiting) < _AHEAD * others:
                waiting.append((item, pool.submit(_extract, item, model)))
            else:
                waiting.append((item, _extract_here(item, model)))
            while waiting and (waiting[0][1].done() or len(waiting) > _BEHIND * processes):
                yield _take(waiting)
        for position in reversed(range(len(waiting))):
            item, future = waiting[position]
            if future.cancel():
                waiting[position] = (item, _extract_here(item, model))
        while waiting:
            yield _take(waiting)


def _choose_start(model: ModelName) -> BaseContext:
    """How other processes come to be: as copies of this one with its models, where that is safe.

    A model takes seconds to load, in which a copy reads articles. But locks that other threads of
    this programme hold would stay locked in a copy for ever, and on other systems than Linux the
    libraries of the system do not outlive it.
    """
    if sys.platform == "linux" and threading.active_count() == 1:
        pipeline.load_pipeline(model)
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _take(waiting: deque[tuple[Input, Future[Answer]]]) -> tuple[Input, Answer]:
    item, future = waiting.popleft()
    return item, future.result()


def _extract_here(item: Input, model: ModelName) -> Future[Answer]:
    """What another process would answer, at once."""
    future: Future[Answer] = Future()
    future.set_result(_extract(item, model))
    return future


def _load(model: ModelName) -> None:
    # Nothing is left to be done at the end, and to take models and lexicons apart takes a second.
    Finalize(None, os._exit, (0,), exitpriority=0)
    pipeline.load_pipeline(model)


def _extract(item: Input, model: ModelName) -> Answer:
    if isinstance(item, InputRefusal):
        return item.error
    try:
        return pipeline.extract_document(item, pipeline.load_pipeline(model))
    except ExtractionError as error:
        return error
