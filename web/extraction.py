"""The one process that reads texts which clients send: who waits for it, and who pays.

It starts when somebody first sends a text, and serves :mod:`web.tryout` as well as whatever
else takes texts. Its seconds are charged to the client like those of queries.
"""

from __future__ import annotations

from functools import partial

from flask import Flask, current_app

from extract.worker import Extractor, ExtractorSettings, TaskRunner
from web.config import Settings
from web.fairness import charge_share

EXTENSION = "tanpu.extraction"
MEBIBYTE = 1 << 20


def init_app(app: Flask, settings: Settings) -> None:
    """Prepares the process; nothing is started yet."""
    app.extensions[EXTENSION] = Extractor(
        ExtractorSettings(
            model=settings.model,
            seconds=settings.extraction_seconds,
            memory_bytes=settings.extraction_memory * MEBIBYTE,
            queue=settings.extraction_queue,
        ),
        observe=partial(charge_share, app),
    )


def current_extractor() -> TaskRunner:
    """Who reads texts for the application.

    The share of a client goes with each task: ``run(task, argument, client=current_share())``.
    """
    return find_extractor(current_app)


def find_extractor(app: Flask) -> TaskRunner:
    """The same for what happens outside a request."""
    extractor: TaskRunner = app.extensions[EXTENSION]
    return extractor


def close_extractor(app: Flask) -> None:
    """Ends the process of an application that has one."""
    extractor: TaskRunner | None = app.extensions.get(EXTENSION)
    if extractor is not None:
        extractor.close()
