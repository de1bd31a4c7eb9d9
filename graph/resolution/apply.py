"""Identity brought into the graphs: which named graphs change, and what they hold then.

``change_documents`` is asked before a document is stored or removed, ``resolve_store`` when
decisions changed or a store is older than resolution. Both replace what changes at once.

>>> from graph.store import open_store
>>> with open_store(None, mode="write") as store:
...     resolve_store(store, Minter(store.base)).changed
()
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from rdflib import Graph
from rdflib.term import Node

from extract.facts import Extraction
from graph.errors import GraphError
from graph.identity import Minter
from graph.mapping import facts_to_graph
from graph.queryfiles import select
from graph.readback import order_extraction, rebuild_extractions
from graph.resolution.decisions import Decisions, Reference, no_decisions
from graph.resolution.identification import add_identifications
from graph.resolution.profiles import (
    DocumentReference,
    Profile,
    mark_decided,
    read_references,
)
from graph.resolution.resolver import (
    Resolution,
    list_doubts,
    resolve_changes,
    resolve_everything,
)
from graph.resolution.scoring import Score
from graph.resolution.state import read_document_references, read_outcome
from graph.store import Store
from graph.validation import GraphValidator, ValidationReport, load_validator
from graph.versions import forget_versions
from ontology.terms import SKOS, TANPU

logger = logging.getLogger(__name__)


class RefusedResolutionError(GraphError):
    """A graph with its entities resolved anew does not conform; it carries the report."""

    def __init__(self, document: str, report: ValidationReport) -> None:
        super().__init__(
            f"document {document!r}: expected a graph that conforms once its entities are "
            f"resolved, got {sum(r.severity == 'violation' for r in report.results)} violations"
        )
        self.document = document
        self.report = report


@dataclass(frozen=True, slots=True)
class ResolutionReport:
    """How many documents were looked at, and the ids of those whose graphs changed."""

    documents: int
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UncertainPair:
    """Two references that may be one entity: a person should look.

    ``score`` lies from 0 to 1; ``reasons`` are in Chinese and in English; ``same`` says
    whether they are one entity now.
    """

    left: Reference
    right: Reference
    score: float
    reasons: tuple[str, str]
    same: bool


def change_documents(
    changes: Mapping[str, Extraction | None],
    store: Store,
    minter: Minter,
    decisions: Decisions,
) -> dict[str, Graph]:
    """The graphs of all documents that a change touches, by document id.

    Args:
        changes: The extraction of each document to store, None for one to remove.
        store: The store before the change; it is not changed.
        minter: Mints under the store's base.
        decisions: What people decided.

    Returns:
        An empty graph for a document to remove.

    Raises:
        UnmappableFactError: Something cannot be said in the vocabulary.
    """
    references = {
        document: () if extraction is None else read_references(extraction, decisions)
        for document, extraction in changes.items()
    }
    resolution = resolve_changes(references, store, minter, decisions)
    new = (extraction for extraction in changes.values() if extraction is not None)
    graphs = {document: Graph() for document, found in changes.items() if found is None}
    graphs.update(_map_all(new, resolution, minter))
    affected = rebuild_extractions(store, base=minter.base, documents=sorted(resolution.affected))
    graphs.update(_map_all(affected, resolution, minter))
    return graphs


def remove_documents(
    documents: Iterable[str],
    store: Store,
    minter: Minter,
    decisions: Decisions | None = None,
    validator: GraphValidator | None = None,
    *,
    write: Callable[[Mapping[str, Graph]], object] | None = None,
) -> tuple[str, ...]:
    """Remove documents, and resolve anew what they had to do with; the ids that were there.

    ``write`` is called with all graphs that change, an empty one for one to remove; None is the
    store's own way, which notes nothing.

    Raises:
        RefusedResolutionError: A graph that has to change would not conform.
        StoreError: The store cannot be written.
    """
    there = [d for d in dict.fromkeys(documents) if store.contains_graph(str(minter.graph(d)))]
    changes: dict[str, Extraction | None] = dict.fromkeys(there)
    graphs = change_documents(changes, store, minter, decisions or no_decisions())
    checked = validator or load_validator()
    others = {document: graph for document, graph in graphs.items() if document not in changes}
    check_resolved(others, store, minter, checked)
    changed = {str(minter.graph(d)): graph for d, graph in graphs.items()}
    if changed:
        (write or store.replace_graphs)(changed)
    if store.path is not None:
        for document in there:
            forget_versions(store.path, document)
    return tuple(there)


def resolve_store(
    store: Store,
    minter: Minter,
    decisions: Decisions | None = None,
    validator: GraphValidator | None = None,
) -> ResolutionReport:
    """Bring all documents in line with the decisions, from what the store holds.

    Only the documents whose entities change are read back and mapped anew, and those that
    were stored without identifications. Doing it again changes nothing.

    Raises:
        RefusedResolutionError: A graph that has to change would not conform; nothing is
            changed then.
        StoreError: The store cannot be written.
    """
    asked = decisions or no_decisions()
    documents = [row["id"] for row in select(store, "documents")]
    stored: dict[str, tuple[DocumentReference, ...]] = {}
    wanted: dict[str, tuple[DocumentReference, ...]] = {}
    for document in documents:
        stored[document] = read_document_references(store, minter, document)
        if stored[document]:
            wanted[document] = tuple(mark_decided(found, asked) for found in stored[document])
        else:
            extraction = next(rebuild_extractions(store, base=minter.base, documents=[document]))
            wanted[document] = read_references(extraction, asked)
    resolution = resolve_everything(wanted, store, minter, asked)
    changing = {
        profile
        for profile, outcome in resolution.outcomes.items()
        if read_outcome(store, minter, profile) != outcome
    }
    changed = [
        document
        for document in documents
        if wanted[document] != stored[document]
        or any(found.profile in changing for found in wanted[document])
    ]
    extractions = rebuild_extractions(store, base=minter.base, documents=changed)
    graphs = dict(_map_all(extractions, resolution, minter))
    checked = validator or load_validator()
    check_resolved(graphs, store, minter, checked)
    store.replace_graphs({str(minter.graph(d)): graph for d, graph in graphs.items()})
    logger.info("resolved %d documents, %d changed", len(documents), len(changed))
    return ResolutionReport(len(documents), tuple(changed))


def uncertain_pairs(
    store: Store, minter: Minter, decisions: Decisions | None = None
) -> Iterator[UncertainPair]:
    """The pairs of references that nobody decided and no rule is sure of, each block once."""
    asked = decisions or no_decisions()
    profiles: dict[Profile, Reference] = {}
    for row in select(store, "documents"):
        for found in read_document_references(store, minter, row["id"]):
            known = profiles.setdefault(found.profile, found.reference)
            profiles[found.profile] = min(known, found.reference, key=_by_document)
    for doubt in list_doubts(profiles, store, minter, asked):
        left, right = profiles[doubt.left], profiles[doubt.right]
        outcomes = [read_outcome(store, minter, p) for p in (doubt.left, doubt.right)]
        same = outcomes[0] is not None and outcomes[1] is not None
        same = same and len({o.identity.local for o in outcomes if o is not None}) == 1
        yield UncertainPair(left, right, doubt.score.value, _reasons(doubt.score), same)


def _by_document(reference: Reference) -> tuple[str, str]:
    return reference.document or "", reference.name


def check_resolved(
    graphs: Mapping[str, Graph], store: Store, minter: Minter, validator: GraphValidator
) -> None:
    """Check the graphs of documents whose entities were resolved anew, by document id.

    One whose entities are the same, for other reasons, is not looked at again: it was
    checked when it was stored.

    Raises:
        RefusedResolutionError: One does not conform.
    """
    for document, graph in sorted(graphs.items()):
        before = store.graph(str(minter.graph(document)))
        if _identities(before) != _identities(graph):
            report = validator.validate(graph, known=None)
            if not report.conforms:
                raise RefusedResolutionError(document, report)


def _identities(graph: Graph) -> frozenset[tuple[Node, Node]]:
    """Which entity each profile is of, and the preferred label of each thing."""
    identified = graph.subject_objects(TANPU.identifies)
    return frozenset(identified) | frozenset(graph.subject_objects(SKOS.prefLabel))


def _reasons(score: Score) -> tuple[str, str]:
    return score.zh, score.en


def _map_all(
    extractions: Iterable[Extraction], resolution: Resolution, minter: Minter
) -> Iterator[tuple[str, Graph]]:
    """The complete graph of each document, its identifications among the triples."""
    resolved = replace(minter, identify=resolution)
    for extraction in extractions:
        graph = facts_to_graph(order_extraction(extraction), resolved)
        add_identifications(graph, extraction.document.id, resolution, minter)
        yield extraction.document.id, graph
