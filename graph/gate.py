"""What may enter the store over HTTP: which graphs, in which shape, and who wrote them.

A change of named graphs passes whole or not at all. Every graph that is not removed describes
the document that it belongs to, speaks of no other document's parts, names entities by the IRIs
that they have today (``graph/resolution/agreement.py``), and conforms to the shapes together
with what the other graphs say of the things that it refers to: what ``tanpu ingest`` asks of each
document. Who changed what, and when, goes in the same transaction into a graph of its own,
``provenance`` under the store's base.

>>> from graph.store import open_store
>>> with open_store(None, mode="write") as store:
...     provenance_graph(store.base)
'http://127.0.0.1:8000/provenance'

Source: PROV-O, W3C Recommendation 2013 (activities, agents, ``wasAttributedTo``).
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import pyoxigraph as ox
from rdflib import Graph
from rdflib.namespace import XSD
from rdflib.term import URIRef

from graph.conversion import from_ox, graph_to_triples, triples_to_graph
from graph.drafts import Changes, Triples, graph_triples
from graph.errors import GraphError
from graph.payloads import stored_triples
from graph.resolution.agreement import IdentityConflict, find_conflicts
from graph.resolution.decisions import Decisions
from graph.store import Store
from graph.validation import GraphValidator, ValidationReport, load_validator
from ontology.terms import PROV, RDF, RDFS, TANPU

logger = logging.getLogger(__name__)

DOCUMENT_GRAPHS = "graph/"
PROVENANCE = "provenance"


class GateError(GraphError):
    """Base of the reasons for which a change is not made."""


class ForeignGraphError(GateError):
    """A graph that is not under the store's base, and that its author may not write."""


class ProtectedGraphError(GateError):
    """A graph that only the service itself writes."""


class MisattributedGraphError(GateError):
    """A graph that does not say which document it is of, or speaks for another one."""


class ShapeViolationError(GateError):
    """Graphs do not conform to the shapes; ``reports`` has the report of each, by its name."""

    def __init__(self, reports: Mapping[str, ValidationReport]) -> None:
        count = sum(r.severity == "violation" for one in reports.values() for r in one.results)
        super().__init__(
            f"expected graphs that conform to the shapes, got {count} violations in "
            f"{', '.join(sorted(reports))}"
        )
        self.reports = reports


class OtherIdentityError(GateError):
    """Graphs name entities by IRIs that are not theirs any more; ``conflicts`` tells today's."""

    def __init__(self, conflicts: Sequence[IdentityConflict]) -> None:
        first = conflicts[0]
        today = ", ".join(map(repr, first.today)) or "another entity"
        super().__init__(
            f"expected entities by the IRIs that they have today, got {len(conflicts)} others: "
            f"{first.entity!r} in {first.graph!r} is {today} ({first.reason})"
        )
        self.conflicts = tuple(conflicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who writes, by the name of the token, and whether that may be anywhere."""

    name: str
    may_write_foreign: bool


def admit_changes(
    changes: Changes,
    store: Store,
    author: Author,
    validator: GraphValidator | None = None,
    decisions: Decisions | None = None,
) -> None:
    """Raise unless all of the changes may be made; nothing is written.

    Args:
        changes: What each graph is to hold; none removes it.
        store: As it is before the changes.
        author: Who makes them.
        validator: None takes the one of the project's own shapes.
        decisions: What people decided about identity; None for nothing.

    Raises:
        ProtectedGraphError: One is of the graph of provenance.
        ForeignGraphError: One is of a graph that the author may not write.
        MisattributedGraphError: A graph does not describe its document, or describes another.
        OtherIdentityError: A graph means other entities than the store and the decisions.
        ShapeViolationError: Graphs do not conform; it has their reports.
    """
    for name in changes:
        _check_name(name, store.base, author)
    written = {name: triples for name, triples in sorted(changes.items()) if triples}
    for name, triples in written.items():
        _check_document(name, triples)
    conflicts = find_conflicts(written, store, decisions)
    if conflicts:
        raise OtherIdentityError(conflicts)
    checker = validator or load_validator()
    reports = {}
    for name, triples in written.items():
        graph = triples_to_graph(triples, Graph(bind_namespaces="none"))
        known = known_elsewhere(name, graph, changes, store)
        report = checker.validate(graph, known=known)
        if not report.conforms:
            reports[name] = report
    if reports:
        raise ShapeViolationError(reports)


def write_changes(changes: Changes, store: Store, author: Author, *, now: datetime) -> None:
    """Make changes that have been admitted, and note who made them, in one transaction.

    Args:
        changes: What each graph is to hold; none removes it. Those that change nothing leave
            no note.
        store: Open for writing; nothing is published.
        author: Who makes them.
        now: An aware time.

    Raises:
        StoreError: The store cannot be written.
    """
    real = {
        name: triples
        for name, triples in changes.items()
        if triples != graph_triples(store.database, name)
    }
    if not real:
        return
    log = provenance_graph(store.base)
    notes = frozenset(_notes(real, store, author, now))
    # Not read and written as a whole: it grows with each change that was ever made.
    store.write_triples(real, added={log: notes})
    logger.info("%s changed %d graphs", author.name, len(real))


def write_graphs(
    graphs: Mapping[str, Graph], store: Store, author: Author, *, now: datetime
) -> None:
    """The same for graphs that the service itself made and checked, as ingestion does.

    An empty graph is removed. Those of other documents may be among them, which change because
    something that they name was resolved anew.

    Raises:
        StoreError: The store cannot be written.
    """
    changes = {name: stored_triples(graph_to_triples(graph)) for name, graph in graphs.items()}
    write_changes(changes, store, author, now=now)


def known_elsewhere(name: str, graph: Graph, changes: Changes, store: Store) -> Graph:
    """What the other graphs will say of the things that a graph refers to and does not describe.

    Args:
        name: Of the graph.
        graph: What it is to hold.
        changes: It and those that change with it; what these hold now does not count.
        store: As it is before the changes.
    """
    described = set(graph.subjects())
    bases = (store.base, _base_of(name) or store.base)
    referred = {n for n in graph.objects() if isinstance(n, URIRef) and str(n).startswith(bases)}
    unknown = referred - described
    known = Graph(bind_namespaces="none")
    for entity in sorted(unknown):
        quads = store.database.quads_for_pattern(ox.NamedNode(entity), None, None)
        triples_to_graph([q for q in quads if _stays(q.graph_name, changes)], known)
    for triples in changes.values():
        triples_to_graph([t for t in triples if from_ox(t.subject) in unknown], known)
    return known


def provenance_graph(base: str) -> str:
    """The name of the graph that says who wrote which graph, and when."""
    return base + PROVENANCE


def described_documents(triples: Triples) -> list[str]:
    """The IRIs of the documents that triples describe.

    >>> described_documents(frozenset())
    []
    """
    kind, is_a = ox.NamedNode(str(TANPU.Document)), ox.NamedNode(str(RDF.type))
    found = {t.subject for t in triples if t.predicate == is_a and t.object == kind}
    return sorted(node.value for node in found if isinstance(node, ox.NamedNode))


def _check_name(name: str, base: str, author: Author) -> None:
    if name == provenance_graph(base):
        raise ProtectedGraphError(f"the graph {name!r} is written by the service alone")
    if _base_of(name) != base and not author.may_write_foreign:
        raise ForeignGraphError(
            f"expected the graph of a document, {base}{DOCUMENT_GRAPHS}…, got {name!r}: "
            "other graphs need the scope admin"
        )


def _base_of(name: str) -> str | None:
    """The base under which a document's graph has this name; None where it is no such name."""
    base, found, encoded = name.rpartition(DOCUMENT_GRAPHS)
    document = unquote(encoded)
    if not found or not document or not base.endswith(("/", "#")):
        return None
    return base if quote(document, safe="") == encoded or document in (".", "..") else None


def _check_document(name: str, triples: Triples) -> None:
    """The graph's own document says so, and nothing is said of the parts of another one."""
    base = _base_of(name)
    if base is None:
        raise MisattributedGraphError(
            f"expected a name such as …/{DOCUMENT_GRAPHS}a%2Fb, of the graph of a document, "
            f"got {name!r}"
        )
    documents = f"{base}id/document/"
    own = documents + name.removeprefix(base + DOCUMENT_GRAPHS)
    described = described_documents(triples)
    if described != [own]:
        raise MisattributedGraphError(
            f"expected the graph {name!r} to describe its document {own!r} and no other, "
            f"got {described!r}"
        )
    tie = _triple(ox.NamedNode(own), TANPU.hasGraph, ox.NamedNode(name))
    if tie not in triples:
        raise MisattributedGraphError(f"expected the triple {tie} in the graph {name!r}")
    for triple in triples:
        subject = triple.subject
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(documents):
            if re.split("[#/]", subject.value.removeprefix(documents))[0] != own.removeprefix(
                documents
            ):
                raise MisattributedGraphError(
                    f"expected the graph {name!r} to speak of its document {own!r} alone, "
                    f"got {subject.value!r}"
                )


def _stays(
    graph_name: ox.NamedNode | ox.BlankNode | ox.DefaultGraph | ox.Triple, changes: Changes
) -> bool:
    """Whether a graph is a named one that does not change."""
    return isinstance(graph_name, ox.NamedNode) and graph_name.value not in changes


def _notes(changes: Changes, store: Store, author: Author, now: datetime) -> Iterator[ox.Triple]:
    """One activity for the change; each graph was generated or invalidated by it."""
    log = provenance_graph(store.base)
    moment = now.astimezone(UTC).isoformat(timespec="microseconds")
    key = "\n".join([author.name, moment, *sorted(changes)])
    digest = hashlib.sha256(key.encode("utf-8")).hexdigest()[:16]
    activity = ox.NamedNode(f"{log}#write={digest}")
    agent = ox.NamedNode(f"{log}#token={quote(author.name, safe='')}")
    ended = ox.Literal(moment, datatype=ox.NamedNode(str(XSD.dateTime)))
    yield _triple(activity, RDF.type, ox.NamedNode(str(PROV.Activity)))
    yield _triple(activity, PROV.endedAtTime, ended)
    yield _triple(activity, PROV.wasAssociatedWith, agent)
    yield _triple(agent, RDF.type, ox.NamedNode(str(PROV.Agent)))
    yield _triple(agent, RDFS.label, ox.Literal(author.name))
    for name, triples in changes.items():
        graph = ox.NamedNode(name)
        if triples:
            yield _triple(graph, PROV.wasGeneratedBy, activity)
            yield _triple(graph, PROV.wasAttributedTo, agent)
        else:
            yield _triple(graph, PROV.wasInvalidatedBy, activity)


def _triple(
    subject: ox.NamedNode, predicate: URIRef, value: ox.NamedNode | ox.Literal
) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(str(predicate)), value)
