"""The index of names, as the views ask it."""

from __future__ import annotations

from flask import Flask, current_app, g

from graph.lookup import CurrentIndex, LookupIndex
from graph.store import Store
from web.store import EXTENSION as STORE
from web.store import current_store

EXTENSION = "tanpu.lookup"


def init_app(app: Flask) -> None:
    """Holds an index, at first none, for all views."""
    app.extensions.setdefault(EXTENSION, CurrentIndex())


def check_names(app: Flask) -> bool:
    """Whether names can be searched without waiting; begins to make the index where not."""
    store: Store = app.extensions[STORE]
    return find_current(app).is_ready(store)


def nearest_index() -> LookupIndex:
    """The index of the state of the store that this request sees, or the one before it.

    The one before answers while that of a new state is made. An answer made with it is not what
    the new state stands for, so that it gets no validator of that state.
    """
    store = current_store()
    found = find_current(current_app).nearest(store)
    if found.version != store.version:
        g.store_validator = None
    return found


def find_index() -> LookupIndex | None:
    """The index of the state that this request sees if there is one; never waits for it."""
    return find_current(current_app).find(current_store())


def find_current(app: Flask) -> CurrentIndex:
    """What holds the index of an application."""
    current: CurrentIndex = app.extensions[EXTENSION]
    return current
