"""What SHACL says of a document, what became of its newest version, and what changed.

These depend on files beside the store as well as on the store, so that they stand on a page of
their own: the page of a document depends on the store alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Flask, Response, render_template, request
from rdflib import Graph, URIRef

from graph.conversion import triples_to_graph
from graph.drafts import Triples, graph_triples
from graph.gate import known_elsewhere
from graph.identity import Minter
from graph.ingest import report_paths
from graph.store import Store, open_store
from graph.validation import ValidationReport
from graph.versions import list_versions, read_notes, read_version, report_of
from ontology.terms import DCTERMS, SDO, TANPU
from web.changes import Change, compare_lists, compare_texts
from web.checking import check_for_client
from web.entities import find_node
from web.errors import UnknownIriError
from web.headers import revalidatable_by_body
from web.negotiation import HTML
from web.pages import open_reader
from web.parameters import read_page_number, read_single
from web.passages import DetachedReader
from web.reading import Description, Reader, property_words
from web.store import StoreAccess, current_access, current_store
from web.wording import DOCUMENT_KIND, Words

blueprint = Blueprint("history", __name__)

# A larger graph takes too long to be checked while somebody waits.
MOST_CHECKED = 20_000
# What is known of an article besides its text, in the order of the page.
DETAILS = (DCTERMS.title, DCTERMS.source, DCTERMS.issued, SDO.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailChange:
    """A detail of an article that another version has otherwise; "" where one has none."""

    words: Words
    before: str
    after: str
    is_date: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a version differs in from the one after it.

    ``changes`` is None where the texts are too long to be compared, and empty where they are
    the same.
    """

    number: int
    replaced: datetime
    details: list[DetailChange]
    changes: list[Change] | None
    added: list[str]
    removed: list[str]


def init_app(app: Flask) -> None:
    """Attaches the view."""
    app.register_blueprint(blueprint)


@blueprint.get("/history/<rest:name>")
def page(name: str) -> Response:
    """The check of a document, the report on a refused version, and earlier versions.

    ``?page=2`` is the version before the one that was replaced last; ``?check=now`` asks the
    shapes again, which takes some seconds.
    """
    access, store = current_access(), current_store()
    iri = find_node(access, DOCUMENT_KIND, name)
    identifier = Minter(store.base).document_id(str(iri)) or name
    reader = open_reader()
    graph = str(Minter(store.base).graph(identifier))
    triples = graph_triples(store.database, graph)
    numbers = [] if store.path is None else list_versions(store.path, identifier)
    asked = read_page_number(request.args)
    if asked > max(1, len(numbers)):
        raise UnknownIriError(f"expected a page from 1 to {max(1, len(numbers))}, got {asked}")
    checks = read_single(request.args, "check") == "now"
    html = render_template(
        "history.html",
        title=str(reader.value(reader.describe(iri), DCTERMS.title)) or identifier,
        identifier=identifier,
        href=reader.href(str(iri)),
        checked=checks,
        report=check(graph, triples, store) if checks else find_notes(store, identifier),
        refused=read_refusal(store, identifier),
        difference=find_difference(store, iri, identifier, triples, back=asked),
        page=asked,
        pages=max(1, len(numbers)),
        most_checked=MOST_CHECKED,
    )
    return revalidatable_by_body(Response(html, mimetype=HTML))


def check(graph: str, triples: Triples, store: Store) -> ValidationReport | None:
    """What the shapes say of a graph now; None where it is too large to be checked here."""
    if len(triples) > MOST_CHECKED:
        return None
    data = triples_to_graph(triples, Graph(bind_namespaces="none"))
    known = known_elsewhere(graph, data, {graph: triples}, store)
    return check_for_client(data, known)


def find_notes(store: Store, document: str) -> ValidationReport | None:
    """What the shapes noted when a document was stored; None where they noted nothing."""
    return None if store.path is None else read_notes(store.path, document)


def read_refusal(store: Store, document: str) -> ValidationReport | None:
    """The report on a newer version that was refused; None where there is none."""
    if store.path is None:
        return None
    _, path = report_paths(store.path / "reports", document)
    try:
        return report_of(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def find_difference(
    store: Store, iri: URIRef, document: str, triples: Triples, *, back: int
) -> Difference | None:
    """What the version so many replacements ago differs in from its successor.

    Args:
        store: the store.
        iri: the document.
        document: its id.
        triples: what its graph holds now.
        back: 1 for the version that was replaced last.
    """
    versions = [] if store.path is None else list_versions(store.path, document)
    if store.path is None or not versions:
        return None
    version = versions[-back]
    before = read_version(store.path, document, version.number)
    after = triples
    if back > 1:
        after = read_version(store.path, document, versions[1 - back].number)
    old, new = read_out(store, iri, before), read_out(store, iri, after)
    added, removed = compare_lists(old.facts, new.facts)
    return Difference(
        number=version.number,
        replaced=version.replaced,
        details=[
            DetailChange(
                words=property_words(prop),
                before=old_value,
                after=new_value,
                is_date=prop == DCTERMS.issued,
            )
            for prop, old_value, new_value in zip(DETAILS, old.details, new.details, strict=True)
            if old_value != new_value
        ],
        changes=[] if old.text == new.text else compare_texts(old.text, new.text),
        added=added,
        removed=removed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a document; ``details`` has a value, perhaps "", for each of `DETAILS`."""

    text: str
    details: tuple[str, ...]
    facts: list[str]


def read_out(store: Store, iri: URIRef, triples: Triples) -> Version:
    """A version of a document, with its facts read out in the request's language."""
    with open_store(None, mode="write", base=store.base) as scratch:
        scratch.write_triples({"urn:tanpu:version": triples})
        access = StoreAccess(scratch)
        reader: Reader = DetachedReader(access, StoreAccess(store))
        description = reader.describe(iri)
        return Version(
            text=str(reader.value(description, TANPU.text)),
            details=tuple(_first(description, prop) for prop in DETAILS),
            facts=[fact.statement.text for fact in reader.facts_of_document(iri)],
        )


def _first(description: Description, prop: URIRef) -> str:
    values = description.get(prop, ())
    return str(values[0]) if values else ""
