"""The one process that checks graphs against the shapes, for all that is written or asked anew.

It starts with the first check. A store in memory, which only tests have, is checked in the
process of the service, without limits.
"""

from __future__ import annotations

from functools import partial

from flask import Flask, current_app
from rdflib import Graph

from graph.checking import ProcessValidator
from graph.store import Store
from graph.validation import GraphValidator, ValidationReport, load_validator
from web.config import Settings
from web.fairness import charge_share, current_share

EXTENSION = "tanpu.checking"
MEBIBYTE = 1 << 20


def init_app(app: Flask, settings: Settings, store: Store) -> None:
    """Prepares the process; nothing is started yet."""
    if store.path is not None:
        app.extensions[EXTENSION] = ProcessValidator(
            seconds=settings.check_seconds,
            memory_bytes=settings.check_memory * MEBIBYTE,
            observe=partial(charge_share, app),
        )


def find_validator(app: Flask) -> GraphValidator:
    """Who checks what is written, one after another; the writer's time is charged elsewhere."""
    validator: GraphValidator | None = app.extensions.get(EXTENSION)
    return load_validator() if validator is None else validator


def check_for_client(graph: Graph, known: Graph) -> ValidationReport:
    """What the shapes say of a graph to whoever asks, at the cost of that client.

    Raises:
        ClientCheckingError: when a check of the same client is there already.
        CheckError: when it takes too much, or there is no process for it.
    """
    validator: ProcessValidator | None = current_app.extensions.get(EXTENSION)
    if validator is None:
        return load_validator().validate(graph, known=known)
    return validator.validate(graph, known=known, client=current_share())


def close_validator(app: Flask) -> None:
    """Ends the process of an application that has one."""
    validator: ProcessValidator | None = app.extensions.get(EXTENSION)
    if validator is not None:
        validator.close()
