"""What of a graph is said with enough confidence, and how sure each entity is.

A statement is as sure as its best evidence, a thing as its best mention. Confidences are
calibrated (0 to 1): of the statements with 0.8, eight in ten are right.

>>> leave_out_unsure([], least=0.8)
[]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import URIRef

from graph.queryfiles import select
from graph.store import Store
from ontology.terms import ELI, OA, ORG, RDF, SDO, STATEMENT_CLASSES, TANPU

# (subject, property, value), as their IRIs or the literal itself.
Key = tuple[object, str, object]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """How a class of statements is said without a statement node.

    ``subject`` and ``value`` are the properties of the statement that hold the two ends of
    ``property``; a ``status`` is one that the statement has to have.
    """

    statement_class: URIRef
    subject: URIRef
    property: URIRef
    value: URIRef
    status: URIRef | None = None


# The same as graph.mapping.fact_to_shortcuts, read backwards; a test holds them together.
SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut(TANPU.Membership, ORG.member, ORG.holds, TANPU.post, TANPU.StatusCurrent),
    Shortcut(TANPU.Membership, ORG.member, TANPU.formerlyHeld, TANPU.post, TANPU.StatusFormer),
    Shortcut(TANPU.Participation, TANPU.event, SDO.attendee, TANPU.participant),
    Shortcut(TANPU.Organizing, TANPU.event, SDO.organizer, TANPU.organizer),
    Shortcut(TANPU.Subevent, TANPU.event, SDO.superEvent, TANPU.wholeEvent),
    Shortcut(TANPU.Scheduling, TANPU.event, SDO.startDate, TANPU.startDate),
    Shortcut(TANPU.Scheduling, TANPU.event, SDO.endDate, TANPU.endDate),
    Shortcut(TANPU.Siting, TANPU.event, SDO.location, TANPU.venue),
    Shortcut(TANPU.Theming, TANPU.event, TANPU.theme, TANPU.themeText),
    Shortcut(TANPU.Issuance, TANPU.regulation, ELI.passed_by, TANPU.issuer),
    Shortcut(TANPU.Issuance, TANPU.regulation, ELI.date_document, TANPU.issueDate),
)

_CLASSES = frozenset(map(str, STATEMENT_CLASSES.values()))
# What leads from evidence to nodes that are there for its sake.
_PARTS = frozenset(
    map(str, (TANPU.argument, OA.hasTarget, TANPU.wordsSpan, TANPU.wordingSpan, OA.hasSelector))
)


def leave_out_unsure(triples: Iterable[ox.Triple], *, least: float) -> list[ox.Triple]:
    """The triples without the statements whose best evidence lies below ``least``, in order.

    With a statement go its evidence, what only that evidence points to, and the shortcuts
    that no other statement among the triples bears out. Mentions and names stay.

    Args:
        triples: a document's named graph, or the concise description of a node; evidence
            that is not among them counts nothing.
        least: from 0 to 1; 0 leaves out nothing.
    """
    given = list(triples)
    if least <= 0:
        return given
    nodes = _index(given)
    unsure = _unsure_statements(nodes, least)
    gone: set[object] = set(unsure)
    for statement in unsure:
        gone.update(nodes[statement].get(str(TANPU.evidence), ()))
    gone |= _parts_of(given, gone)
    sure = [node for node in nodes if _class_of(nodes[node]) and node not in unsure]
    kept_shortcuts = _shortcuts_of(nodes, sure)
    lost_shortcuts = _shortcuts_of(nodes, unsure) - kept_shortcuts
    return [t for t in given if t.subject not in gone and _key(t) not in lost_shortcuts]


def read_confidences(store: Store) -> dict[str, float]:
    """How sure each thing of a store is, by IRI.

    The confidence of its best mention; where a thing is not named itself (a post, an
    indicator), that of the best evidence for a statement in which it fills a role; a series of
    which only editions are named is as sure as the surest of them. What the tables of places and
    institutions add without a text has none.
    """
    best: dict[str, float] = {}
    for row in select(store, "entity_confidence"):
        best.setdefault(row["entity"], float(row["best"]))
    return best


_Node = dict[str, list[object]]


def _index(triples: Iterable[ox.Triple]) -> dict[object, _Node]:
    nodes: dict[object, _Node] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        nodes[triple.subject][triple.predicate.value].append(triple.object)
    return nodes


def _class_of(node: _Node) -> str | None:
    types = (t.value for t in node.get(str(RDF.type), ()) if isinstance(t, ox.NamedNode))
    return next((t for t in types if t in _CLASSES), None)


def _unsure_statements(nodes: dict[object, _Node], least: float) -> dict[object, None]:
    """Statements that have evidence here, none of it of at least ``least``."""
    best: dict[object, float] = {}
    for node in nodes.values():
        for confidence in node.get(str(TANPU.confidence), ()):
            for statement in node.get(str(OA.hasBody), ()):
                if statement in nodes and _class_of(nodes[statement]):
                    found = float(getattr(confidence, "value", "0"))
                    best[statement] = max(best.get(statement, 0.0), found)
    return {statement: None for statement, confidence in best.items() if confidence < least}


def _parts_of(triples: Iterable[ox.Triple], gone: set[object]) -> set[object]:
    """Arguments, spans and selectors to which only nodes that are gone point."""
    pointing: dict[object, set[object]] = defaultdict(set)
    parts: dict[object, set[object]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value in _PARTS:
            pointing[triple.object].add(triple.subject)
            parts[triple.subject].add(triple.object)
    found: set[object] = set()
    waiting = list(gone)
    while waiting:
        for part in parts[waiting.pop()] - found:
            if pointing[part] <= gone | found:
                found.add(part)
                waiting.append(part)
    return found


def _shortcuts_of(nodes: dict[object, _Node], statements: Iterable[object]) -> set[Key]:
    keys: set[Key] = set()
    for statement in statements:
        node = nodes[statement]
        statement_class = _class_of(node)
        for line in SHORTCUTS:
            if str(line.statement_class) != statement_class:
                continue
            if line.status is not None and ox.NamedNode(line.status) not in node[str(TANPU.status)]:
                continue
            keys.update(
                (subject, str(line.property), value)
                for subject in node[str(line.subject)]
                for value in node[str(line.value)]
            )
    return keys


def _key(triple: ox.Triple) -> Key:
    return triple.subject, triple.predicate.value, triple.object
