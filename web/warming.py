"""What the first visitors would wait for, made ready by a thread while the service starts.

The answers of the home page and the list of what waits for review take up to seconds on a large
store, and are kept from then on; words for dates and numbers are read from files once. Whoever
comes before the thread is done waits no longer than without it.
"""

from __future__ import annotations

import logging
import threading

from flask import Flask

from graph.errors import GraphError
from web import home, review
from web.dates import date_to_words
from web.errors import StoreUnreadableError
from web.languages import LANGUAGES, number_to_words
from web.store import EXTENSION as STORE
from web.store import StoreAccess

logger = logging.getLogger(__name__)


def begin_warming(app: Flask) -> threading.Thread:
    """Starts the thread, which ends by itself."""
    thread = threading.Thread(target=_warm, args=(app,), name="warming", daemon=True)
    thread.start()
    return thread


def _warm(app: Flask) -> None:
    for code in LANGUAGES:
        date_to_words("2031-05-06", code)
        number_to_words(1_000, code)
    store = app.extensions[STORE]
    try:
        home.prepare(app, StoreAccess(store))
        review.prepare(app, store)
    except (StoreUnreadableError, GraphError) as error:
        # Who asks for the page is told.
        logger.warning("nothing is made ready: %s", error)
