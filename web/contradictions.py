"""``/contradictions``: statements that cannot all be true, each with its sentences.

The list of the whole store is made once for each publication, when it is first asked for; that
of one thing or statement (``about=``) is read from the node on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from rdflib import URIRef

from graph.contradictions import Contradiction, Rule, contradictions_of, find_contradictions
from graph.store import Store
from web.dates import date_to_words
from web.errors import UnknownIriError
from web.figures import Figure, disputed_features
from web.headers import revalidatable
from web.languages import current_language
from web.negotiation import HTML
from web.pages import open_reader
from web.parameters import read_page_number, read_single
from web.reading import NodeView, Reader, StatementView, page_count
from web.store import StoreAccess, current_access, current_store
from web.wording import CONCEPT_WORDS

blueprint = Blueprint("contradictions", __name__)

EXTENSION = "tanpu.contradictions"
FIGURES_RULE = "two_values"
FIGURES_LOOKED_THROUGH = 50


@dataclass(frozen=True, slots=True)
class ContradictionView:
    """One contradiction: what the rule says, whose matter it is, and the sides."""

    key: str
    label: str
    subject: NodeView
    matter: NodeView | None
    time: str | None
    claims: Sequence[tuple[str, StatementView]]


class FoundContradictions:
    """The contradictions of the publication that was asked about last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: int | None = None
        self._found: Sequence[Contradiction] = ()

    def get(self, store: Store) -> Sequence[Contradiction]:
        """All contradictions of a store."""
        with self._lock:
            if self._version != store.version:
                self._found, self._version = find_contradictions(store), store.version
            return self._found


def init_app(app: Flask) -> None:
    """Attaches the view."""
    app.extensions[EXTENSION] = FoundContradictions()
    app.register_blueprint(blueprint)


@blueprint.get("/contradictions")
def contradictions() -> Response:
    """The contradictions of the store, or of the node ``about=``, a page at a time."""
    about = read_single(request.args, "about")
    reader = open_reader()
    if about is None:
        everything: FoundContradictions = current_app.extensions[EXTENSION]
        found = everything.get(current_store())
    else:
        if not _is_known(current_access(), reader, about):
            raise UnknownIriError(f"about: expected the IRI of a node of the graph, got {about!r}")
        found = contradictions_of(current_store(), about)
    size = current_app.config["PAGE_SIZE"]
    number, pages = read_page_number(request.args), page_count(len(found), size)
    if number > pages:
        raise UnknownIriError(f"expected a page from 1 to {pages}, got {number}")
    html = render_template(
        "contradictions.html",
        found=[view(one, reader) for one in found[(number - 1) * size : number * size]],
        about=None if about is None else reader.node(URIRef(about)),
        total=len(found),
        page=number,
        pages=pages,
    )
    return revalidatable(Response(html, mimetype=HTML))


def view(one: Contradiction, reader: Reader) -> ContradictionView:
    """A contradiction as it is shown."""
    return ContradictionView(
        key=one.key,
        label=_label(one.rule),
        subject=reader.node(URIRef(one.subject)),
        matter=None if one.matter is None else _matter(URIRef(one.matter), reader),
        time=one.time,
        claims=[
            (
                claim.value if one.rule.name == FIGURES_RULE else dated(claim.value),
                reader.statement(URIRef(claim.statement)),
            )
            for claim in one.claims
        ],
    )


def dated(value: str) -> str:
    """A value that is a date, or ends with one, with its date in the request's language."""
    before, space, last = value.rpartition(" ")
    return f"{before}{space}{date_to_words(last, current_language().code)}"


def contradicted_statements(found: Iterable[Contradiction]) -> frozenset[str]:
    """The IRIs of the statements that some contradictions are between."""
    return frozenset(claim.statement for one in found for claim in one.claims)


def contradicted_figures(
    store: Store, figures: Sequence[Figure], *, shown: int, least: float
) -> frozenset[str]:
    """The IRIs of figures of one indicator that another figure contradicts.

    Only the things of the first ``shown`` figures are looked through, and of those the first with
    some :data:`FIGURES_LOOKED_THROUGH` figures that differ: each is read with all its sentences.
    """
    disputed = disputed_features(figures)
    found = set[str]()
    looked_through = 0
    for feature in dict.fromkeys(figure.feature.iri for figure in figures[:shown]):
        if looked_through >= FIGURES_LOOKED_THROUGH:
            break
        if feature in disputed:
            looked_through += disputed[feature]
            contradictions = contradictions_of(store, feature, least=least, rule=FIGURES_RULE)
            found |= contradicted_statements(contradictions)
    return frozenset(figure.iri for figure in figures if figure.iri in found)


def contradictions_path(about: str) -> str:
    """The address of the contradictions of a node."""
    return url_for("contradictions.contradictions", about=about)


def _matter(iri: URIRef, reader: Reader) -> NodeView:
    """The post, indicator or issuer; a step of a regulation is a concept of the ontology."""
    words = CONCEPT_WORDS.get(iri)
    if words is None:
        return reader.node(iri)
    name = words.zh if current_language().code == "zh" else words.en
    return NodeView(iri=str(iri), name=name, kind=None, href=None)


def _label(rule: Rule) -> str:
    return rule.zh if current_language().code == "zh" else rule.en


def _is_known(store: StoreAccess, reader: Reader, iri: str) -> bool:
    """Whether an IRI is that of a node of ours; it is no IRI where it has other characters."""
    local = iri.removeprefix(store.base + "id/")
    plain = all(c.isalnum() or c in "-._~%/#=:," for c in local)
    return local != iri and plain and bool(reader.describe(URIRef(iri)))
