"""Whether a graph that somebody wrote means the same entities as the store does.

Ingestion resolves what a document names. Who writes a graph names the entities by their IRIs
instead, which may be those of yesterday: since then two were found to be one, or one to be two,
or a person decided so. Such a graph is refused with what is right today, not rewritten: the
names of its statements follow from the IRIs, and who wrote it shall read back what was written.

>>> from graph.store import open_store
>>> with open_store(None, mode="write") as store:
...     find_conflicts({}, store)
[]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox
from rdflib import Literal as RdfLiteral

from graph.drafts import Triples
from graph.identity import EntityKind, Minter
from graph.linking.moves import find_successors
from graph.queryfiles import select
from graph.resolution.decisions import Decisions, Reference, no_decisions
from graph.resolution.profiles import RESOLVED_KINDS
from graph.store import Store
from ontology.terms import SKOS, TANPU

Reason = Literal["merged", "divided", "profile", "decided"]

_PREF_LABEL = ox.NamedNode(str(SKOS.prefLabel))
_IDENTIFIES = ox.NamedNode(str(TANPU.identifies))
_PROFILE = ox.NamedNode(str(TANPU.profile))
_KIND = ox.NamedNode(str(TANPU.profileKind))
_NAME = ox.NamedNode(str(TANPU.canonicalName))


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityConflict:
    """An entity of a written graph that is another one in the store.

    ``reason`` is ``merged`` where ``entity`` is now the only one of ``today``, ``divided`` where
    it became several, ``profile`` where other documents that say the same mean those, and
    ``decided`` where a person decided otherwise: then ``today`` is what it has to be, or empty
    where it has to be another one than it is.
    """

    graph: str
    entity: str
    reason: Reason
    today: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """The conflict as JSON values."""
        return {
            "graph": self.graph,
            "entity": self.entity,
            "reason": self.reason,
            "today": list(self.today),
        }


@dataclass(frozen=True, slots=True)
class _Meant:
    """Which entity a document means by a name."""

    reference: Reference
    entity: str


def find_conflicts(
    changes: Mapping[str, Triples], store: Store, decisions: Decisions | None = None
) -> list[IdentityConflict]:
    """Where graphs that are to be written mean other entities than the store.

    Args:
        changes: What each named graph is to hold; what these hold now does not count, but that
            it describes an entity does.
        store: As it is before the changes.
        decisions: What people decided; None for nothing.

    Returns:
        The conflicts by graph and entity; none for a graph that agrees.
    """
    minter, asked = Minter(store.base), decisions or no_decisions()
    found: dict[tuple[str, str], IdentityConflict] = {}
    for name, triples in sorted(changes.items()):
        for conflict in (
            *_find_former(name, triples, store),
            *_find_other_profiles(name, triples, store, changes),
            *_find_undecided(name, triples, store, changes, minter, asked),
        ):
            found.setdefault((name, conflict.entity), conflict)
    return [found[key] for key in sorted(found)]


def _find_former(name: str, triples: Triples, store: Store) -> Iterator[IdentityConflict]:
    """The IRIs that were those of entities, and are so no more."""
    folders = tuple(f"{store.base}id/{kind}/" for kind in RESOLVED_KINDS)
    nodes = {node for t in triples for node in (t.subject, t.object)}
    unknown = [
        node.value
        for node in nodes
        if isinstance(node, ox.NamedNode)
        and node.value.startswith(folders)
        and not _is_known(node, store)
    ]
    for entity, today in find_successors(store, unknown).items():
        reason: Reason = "merged" if len(today) == 1 else "divided"
        yield IdentityConflict(graph=name, entity=entity, reason=reason, today=today)


def _is_known(node: ox.NamedNode, store: Store) -> bool:
    quads = store.database.quads_for_pattern(node, _PREF_LABEL, None, ox.DefaultGraph())
    return next(iter(quads), None) is not None


def _find_other_profiles(
    name: str, triples: Triples, store: Store, changes: Mapping[str, Triples]
) -> Iterator[IdentityConflict]:
    """Profiles that other documents have too, and by which these mean other entities."""
    profiles = {t.object for t in triples if t.predicate == _PROFILE}
    for triple in triples:
        if triple.predicate != _IDENTIFIES or triple.subject not in profiles:
            continue
        others = {
            quad.object.value
            for quad in store.database.quads_for_pattern(triple.subject, _IDENTIFIES, None)
            if isinstance(quad.graph_name, ox.NamedNode)
            and quad.graph_name.value not in changes
            and isinstance(quad.object, ox.NamedNode)
        }
        entity = triple.object
        if isinstance(entity, ox.NamedNode) and others - {entity.value}:
            yield IdentityConflict(
                graph=name, entity=entity.value, reason="profile", today=tuple(sorted(others))
            )


def _find_undecided(
    name: str,
    triples: Triples,
    store: Store,
    changes: Mapping[str, Triples],
    minter: Minter,
    decisions: Decisions,
) -> Iterator[IdentityConflict]:
    """Identifications that a person decided otherwise."""
    for meant in _read_meant(triples, minter):
        same: set[str] = set()
        different: set[str] = set()
        for other in _find_decided(meant.reference, store, changes, minter, decisions):
            decision = decisions.between(meant.reference, other.reference)
            if decision is not None and decision.verdict == "same":
                same.add(other.entity)
            if decision is not None and decision.verdict == "different":
                different.add(other.entity)
        if (same and meant.entity not in same) or meant.entity in different:
            yield IdentityConflict(
                graph=name, entity=meant.entity, reason="decided", today=tuple(sorted(same))
            )


def _find_decided(
    reference: Reference,
    store: Store,
    changes: Mapping[str, Triples],
    minter: Minter,
    decisions: Decisions,
) -> Iterator[_Meant]:
    """What other documents mean by the names that decisions compare a reference with."""
    asked: dict[tuple[EntityKind, str], None] = {}
    for decision in decisions.naming(reference):
        for side in (decision.left, decision.right):
            asked[side.kind, side.name] = None
    for kind, name in asked:
        bindings = {"kind": RdfLiteral(kind), "name": RdfLiteral(name)}
        for row in select(store, "identified_names", bindings=bindings):
            document = minter.document_id(row["identification"])
            if document is not None and str(minter.graph(document)) not in changes:
                yield _Meant(Reference(kind, name, document), row["entity"])
    for triples in changes.values():
        for meant in _read_meant(triples, minter):
            if meant.reference != reference:
                yield meant


def _read_meant(triples: Iterable[ox.Triple], minter: Minter) -> Iterator[_Meant]:
    """The identifications of a graph; one that the shapes will refuse is passed over."""
    kinds: dict[str, EntityKind] = {kind: kind for kind in RESOLVED_KINDS}
    values: dict[tuple[str, str], str] = {
        (t.subject.value, t.predicate.value): t.object.value
        for t in triples
        if isinstance(t.subject, ox.NamedNode)
        and isinstance(t.object, ox.NamedNode | ox.Literal)
        and t.predicate in (_PROFILE, _KIND, _NAME, _IDENTIFIES)
    }
    for (node, predicate), profile in sorted(values.items()):
        if predicate != _PROFILE.value:
            continue
        document = minter.document_id(node)
        kind = kinds.get(values.get((profile, _KIND.value), ""))
        written, entity = values.get((node, _NAME.value)), values.get((node, _IDENTIFIES.value))
        if document is not None and kind and written is not None and entity is not None:
            yield _Meant(Reference(kind, written, document), entity)
