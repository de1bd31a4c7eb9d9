"""The gate: what it lets in, what it refuses, and the notes that it leaves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pyoxigraph as ox
import pytest

from extract.facts import Extraction
from graph.drafts import Triples, graph_triples
from graph.gate import (
    Author,
    ForeignGraphError,
    MisattributedGraphError,
    OtherIdentityError,
    ProtectedGraphError,
    ShapeViolationError,
    admit_changes,
    provenance_graph,
    write_changes,
)
from graph.identity import Minter
from graph.mapping import facts_to_graph
from graph.store import Store, open_store
from ontology.terms import PROV, RDF, TANPU
from tests.graph.conftest import BASE

NOW = datetime(2031, 5, 6, tzinfo=UTC)
EDITOR = Author(name="editor", may_write_foreign=False)
ADMIN = Author(name="keeper", may_write_foreign=True)
MINTER = Minter(BASE)


def triple(subject: str, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)


@pytest.fixture
def document(extraction: Extraction) -> tuple[str, Triples]:
    """The name and the triples of a document's graph, as the store keeps them."""
    name = str(MINTER.graph(extraction.document.id))
    with open_store(None, mode="write", base=BASE) as scratch:
        scratch.replace_graph(name, facts_to_graph(extraction, MINTER))
        return name, graph_triples(scratch.database, name)


@pytest.fixture
def store() -> Store:
    return open_store(None, mode="write", base=BASE)


def without(triples: Triples, predicate: object) -> Triples:
    return frozenset(t for t in triples if t.predicate.value != str(predicate))


def test_what_an_ingestion_would_store_is_let_in(
    document: tuple[str, Triples], store: Store
) -> None:
    name, triples = document
    admit_changes({name: triples}, store, EDITOR)
    assert store.graphs() == []


def test_a_graph_that_does_not_conform_is_refused_with_its_report(
    document: tuple[str, Triples], store: Store
) -> None:
    name, triples = document
    with pytest.raises(ShapeViolationError) as caught:
        admit_changes({name: without(triples, TANPU.text)}, store, EDITOR)
    (report,) = caught.value.reports.values()
    assert not report.conforms
    assert {r.path for r in report.results if r.severity == "violation"} == {str(TANPU.text)}


def test_an_entity_that_is_another_one_today_is_refused_with_its_iri(
    document: tuple[str, Triples], store: Store
) -> None:
    name, triples = document
    folder = f"{BASE}id/org/"
    former = min(t.object.value for t in triples if t.object.value.startswith(folder))
    today, other = f"{folder}x-0000000000", f"{BASE}id/profile/0000000000"
    digest = ox.Literal(former[-10:])
    profile = frozenset(
        {
            triple(other, str(TANPU.formerDigest), digest),
            triple(other, str(TANPU.identifies), ox.NamedNode(today)),
        }
    )
    store.write_triples({f"{BASE}graph/other": profile})
    with pytest.raises(
        OtherIdentityError, match=f"{re.escape(former)}.*{re.escape(today)}"
    ) as caught:
        admit_changes({name: triples}, store, EDITOR)
    assert [(c.entity, c.reason, c.today) for c in caught.value.conflicts] == [
        (former, "merged", (today,))
    ]
    admit_changes({name: frozenset()}, store, EDITOR)


def test_one_bad_graph_refuses_all(document: tuple[str, Triples], store: Store) -> None:
    name, triples = document
    other = f"{BASE}graph/other"
    with pytest.raises(MisattributedGraphError):
        admit_changes({name: triples, other: triples}, store, ADMIN)


@pytest.mark.parametrize(
    ("name", "author", "error"),
    [
        ("http://elsewhere.example/g", EDITOR, ForeignGraphError),
        (f"{BASE}other", EDITOR, ForeignGraphError),
        (f"{BASE}graph/a/b", EDITOR, ForeignGraphError),
        (f"{BASE}graph/", EDITOR, ForeignGraphError),
        (provenance_graph(BASE), EDITOR, ProtectedGraphError),
        (provenance_graph(BASE), ADMIN, ProtectedGraphError),
    ],
)
@pytest.mark.parametrize("removes", [True, False])
def test_only_graphs_of_documents_may_be_written_by_everybody(
    document: tuple[str, Triples],
    store: Store,
    name: str,
    author: Author,
    error: type[Exception],
    removes: bool,
) -> None:
    triples = frozenset() if removes else document[1]
    with pytest.raises(error):
        admit_changes({name: triples}, store, author)


def test_the_graph_of_a_foreign_document_passes_the_same_gate(
    extraction: Extraction, store: Store
) -> None:
    minter = Minter("http://elsewhere.example/")
    name = str(minter.graph(extraction.document.id))
    store.replace_graph(name, facts_to_graph(extraction, minter))
    triples = graph_triples(store.database, name)
    store.write_triples({name: frozenset()})
    with pytest.raises(ForeignGraphError):
        admit_changes({name: triples}, store, EDITOR)
    admit_changes({name: triples}, store, ADMIN)
    with pytest.raises(ShapeViolationError):
        admit_changes({name: without(triples, TANPU.text)}, store, ADMIN)


@pytest.mark.parametrize("name", ["http://elsewhere.example/g", f"{BASE}graph/a/b", "urn:g"])
def test_a_graph_that_can_be_of_no_document_may_only_be_removed(
    document: tuple[str, Triples], store: Store, name: str
) -> None:
    admit_changes({name: frozenset()}, store, ADMIN)
    with pytest.raises(MisattributedGraphError, match=name):
        admit_changes({name: document[1]}, store, ADMIN)


TITLE = "http://purl.org/dc/terms/title"


@pytest.mark.parametrize(
    "change",
    [
        lambda triples: without(triples, TANPU.hasGraph),
        lambda triples: frozenset(t for t in triples if str(TANPU.Document) not in str(t.object)),
        lambda triples: (
            triples | {triple(f"{BASE}id/document/x", str(RDF.type), ox.NamedNode(TANPU.Document))}
        ),
        lambda triples: triples | {triple(f"{BASE}id/document/x", TITLE, ox.Literal("假"))},
        lambda triples: (
            triples | {triple(f"{BASE}id/document/x#char=0,1", TITLE, ox.Literal("假"))}
        ),
    ],
)
def test_a_graph_is_of_one_document_and_says_so(
    document: tuple[str, Triples], store: Store, change: Callable[[Triples], Triples]
) -> None:
    name, triples = document
    with pytest.raises(MisattributedGraphError):
        admit_changes({name: change(triples)}, store, ADMIN)


def test_what_another_graph_describes_counts_as_long_as_it_stays(
    document: tuple[str, Triples], store: Store
) -> None:
    name, triples = document
    person = next(t.subject for t in triples if t.object == ox.NamedNode(str(TANPU.Person)))
    lean = frozenset(t for t in triples if t.subject != person)
    description = triples - lean
    assert description
    with pytest.raises(ShapeViolationError):
        admit_changes({name: lean}, store, EDITOR)
    other = f"{BASE}graph/other"
    store.write_triples({other: description})
    admit_changes({name: lean}, store, EDITOR)
    with pytest.raises(ShapeViolationError):
        admit_changes({name: lean, other: frozenset()}, store, EDITOR)


def test_the_old_state_of_a_graph_does_not_vouch_for_the_new_one(
    document: tuple[str, Triples], store: Store
) -> None:
    name, triples = document
    store.write_triples({name: triples})
    person = next(t.subject for t in triples if t.object == ox.NamedNode(str(TANPU.Person)))
    lean = frozenset(t for t in triples if t.subject != person)
    with pytest.raises(ShapeViolationError):
        admit_changes({name: lean}, store, EDITOR)


def test_who_wrote_what_and_when_is_noted(document: tuple[str, Triples], store: Store) -> None:
    name, triples = document
    write_changes({name: triples}, store, EDITOR, now=NOW)
    assert graph_triples(store.database, name) == triples
    noted = store.graph(provenance_graph(BASE))
    (activity,) = noted.subjects(RDF.type, PROV.Activity)
    (agent,) = noted.objects(activity, PROV.wasAssociatedWith)
    assert str(noted.value(activity, PROV.endedAtTime)) == "2031-05-06T00:00:00Z"
    assert str(agent) == f"{BASE}provenance#token=editor"
    (written,) = noted.subjects(PROV.wasGeneratedBy, activity)
    assert (str(written), noted.value(written, PROV.wasAttributedTo)) == (name, agent)
    write_changes({name: frozenset()}, store, ADMIN, now=NOW)
    noted = store.graph(provenance_graph(BASE))
    (removal,) = noted.objects(written, PROV.wasInvalidatedBy)
    (keeper,) = noted.objects(removal, PROV.wasAssociatedWith)
    assert str(keeper) == f"{BASE}provenance#token=keeper"
    assert store.graphs() == [provenance_graph(BASE)]


def test_what_changes_nothing_leaves_no_note(document: tuple[str, Triples], store: Store) -> None:
    name, triples = document
    store.write_triples({name: triples})
    write_changes({name: triples, f"{BASE}graph/x": frozenset()}, store, EDITOR, now=NOW)
    assert store.graphs() == [name]
