"""What the first visitors would wait for, made ready by a thread while the service starts.

The answers of the home page and the list of what waits for review take up to seconds on a large
store, and are kept from then on. Words for dates and numbers are read from files once, and so are
the indexes of the store's own files: by the pages of what texts name most often, which are the
most crowded and the likeliest to be asked for. Whoever comes before the thread is done waits no
longer than without it, but for what both ask of the processor.
"""

from __future__ import annotations

import logging
import threading

from flask import Flask
from werkzeug.exceptions import HTTPException

from graph.errors import GraphError
from web import home, review
from web.dates import date_to_words
from web.errors import StoreUnreadableError, WebError
from web.languages import LANGUAGES, number_to_words
from web.lookup import find_index
from web.negotiation import HTML
from web.store import EXTENSION as STORE
from web.store import StoreAccess
from web.things import THINGS
from web.wording import KIND_OF_SEGMENT

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
        _make_crowded_pages(app)
        home.prepare(app, StoreAccess(store))
        review.prepare(app, store)
    except (StoreUnreadableError, GraphError) as error:
        # Who asks for the page is told.
        logger.warning("nothing is made ready: %s", error)


def _make_crowded_pages(app: Flask) -> None:
    """Makes the page of the most mentioned thing of each class, the most crowded first.

    No client asks: the views are called without what charges, counts and logs requests.

    Raises:
        StoreUnreadableError: when the store cannot be read.
    """
    with app.test_request_context():
        index = find_index()
        if index is None:
            return
        names = (KIND_OF_SEGMENT[segment].cls.fragment for segment in sorted(THINGS))
        found = [entity for name in names if (entity := index.most_mentioned(name))]
    base = app.extensions[STORE].base
    for entity in sorted(found, key=lambda entity: -entity.mentions):
        path = f"/page/{entity.iri.removeprefix(f'{base}id/')}"
        try:
            with app.test_request_context(path, headers={"Accept": HTML}):
                app.dispatch_request()
        except (HTTPException, WebError) as error:
            # The store has moved on since the index was made.
            logger.info("%s is not made ready: %s", entity.iri, error)
