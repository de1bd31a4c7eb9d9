"""The index of names, as the views ask it."""

from __future__ import annotations

from flask import Flask, current_app

from graph.lookup import CurrentIndex, LookupIndex
from web.store import current_store

EXTENSION = "tanpu.lookup"


def init_app(app: Flask) -> None:
    """Holds an index, at first none, for all views."""
    app.extensions.setdefault(EXTENSION, CurrentIndex())


def ensure_index() -> LookupIndex:
    """The index of the state of the store that this request sees, made if there is none."""
    return _current().ensure(current_store())


def find_index() -> LookupIndex | None:
    """The same if there is one already; never waits for one to be made."""
    return _current().find(current_store())


def _current() -> CurrentIndex:
    current: CurrentIndex = current_app.extensions[EXTENSION]
    return current
