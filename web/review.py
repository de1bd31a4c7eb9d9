"""``/review``: what waits for a person to decide, to be read; deciding is `tanpu link review`.

The list is made once for each publication of the store and state of the file of decisions.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from rdflib import URIRef

from graph.decisions.apply import decisions_beside
from graph.decisions.file import DecisionFile, read_decisions
from graph.decisions.review import ReviewItem, Side, list_items
from graph.identity import Minter
from graph.resolution.decisions import Reference
from graph.store import Store
from web.config import Settings
from web.errors import UnknownIriError
from web.headers import revalidatable_by_body
from web.languages import current_language
from web.negotiation import HTML
from web.pages import open_reader
from web.parameters import read_page_number
from web.reading import page_count
from web.store import current_store

blueprint = Blueprint("review", __name__)

EXTENSION = "tanpu.review"
# Nobody reads more before some are decided; the command shows them all.
MOST = 1000


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A sentence, the id of its document, and its page."""

    sentence: str
    document: str
    href: str


@dataclass(frozen=True, slots=True)
class SideView:
    """One side: its name, its page if it has one, and sentences that name it.

    ``iri`` is that of a thing of another dataset.
    """

    name: str
    href: str | None
    iri: str | None
    quotes: Sequence[QuoteView]


@dataclass(frozen=True, slots=True)
class ItemView:
    """A pair with the reasons of the rules; ``score`` as the rules or a service give it."""

    left: SideView
    right: SideView
    score: str
    reason: str


class WaitingItems:
    """The items of the state that was asked about last."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._key: tuple[int, str | None] | None = None
        self._items: Sequence[ReviewItem] = ()

    def get(self, store: Store) -> Sequence[ReviewItem]:
        """What waits, at most ``MOST``.

        Raises:
            DecisionError: The file of decisions cannot be read.
        """
        path = self._path or (None if store.path is None else decisions_beside(store.path))
        file = DecisionFile(Path("decisions.jsonl")) if path is None else read_decisions(path)
        with self._lock:
            key = (store.version, file.stamp)
            if self._key != key:
                found = list_items(store, Minter(store.base), file)
                self._items, self._key = tuple(islice(found, MOST)), key
            return self._items


def init_app(app: Flask, settings: Settings) -> None:
    """Attaches the view."""
    path = None if settings.decisions is None else Path(settings.decisions)
    app.extensions[EXTENSION] = WaitingItems(path)
    app.register_blueprint(blueprint)


def prepare(app: Flask, store: Store) -> None:
    """Makes the list, which is kept for the first reader.

    Raises:
        DecisionError: The file of decisions cannot be read.
    """
    waiting: WaitingItems = app.extensions[EXTENSION]
    waiting.get(store)


@blueprint.get("/review")
def review() -> Response:
    """The uncertain pairs and proposed links, a page at a time."""
    waiting: WaitingItems = current_app.extensions[EXTENSION]
    items = waiting.get(current_store())
    size = current_app.config["PAGE_SIZE"]
    number, pages = read_page_number(request.args), page_count(len(items), size)
    if number > pages:
        raise UnknownIriError(f"expected a page from 1 to {pages}, got {number}")
    shown = [_view(item) for item in items[(number - 1) * size : number * size]]
    html = render_template(
        "review.html",
        items=shown,
        total=len(items),
        all_shown=len(items) < MOST,
        page=number,
        pages=pages,
    )
    # Decisions can change without the store.
    return revalidatable_by_body(Response(html, mimetype=HTML))


def _view(item: ReviewItem) -> ItemView:
    left, right = item.pair
    return ItemView(
        left=_side(item.left, left),
        right=_side(item.right, right),
        score="" if item.score is None else f"{item.score:g}",
        reason=item.reasons[0 if current_language().code == "zh" else 1],
    )


def _side(side: Side, about: Reference | str) -> SideView:
    href, iri = None, None
    if isinstance(about, str) and about.startswith(("http://", "https://")):
        iri = about
    elif isinstance(about, str):
        href = open_reader().node(URIRef(f"{current_store().base}id/{about}")).href
    quotes = [
        QuoteView(sentence, document, url_for("documents.page", name=document))
        for document, sentence in side.evidence
    ]
    return SideView(side.name, href, iri, quotes)
