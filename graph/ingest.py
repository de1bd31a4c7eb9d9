"""An extraction into the store: mapped, counted, validated, and its graph replaced whole.

A document is stored as it is or not at all. One that the shapes refuse leaves the store as
it was and a report in the folder ``reports`` of the store, in Chinese and English, until a
version of it is accepted. Doing the same again changes nothing; what is replaced is kept as an
earlier version (:mod:`graph.versions`).

>>> ingest_extraction.__name__
'ingest_extraction'
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import URIRef

from extract.facts import Extraction
from graph.conversion import triples_to_graph
from graph.drafts import graph_triples
from graph.errors import GraphError
from graph.identity import Minter
from graph.resolution.apply import RefusedResolutionError, change_documents, check_resolved
from graph.resolution.decisions import Decisions, no_decisions
from graph.store import BaseMismatchError, Store
from graph.validation import GraphValidator, ValidationReport, load_validator
from graph.versions import keep_notes, keep_version
from ontology.terms import PREFIXES, RDF, TANPU

logger = logging.getLogger(__name__)

Status = Literal["stored", "replaced", "unchanged", "refused"]
# Makes named graphs hold what is given, in one transaction.
GraphWriter = Callable[[Mapping[str, Graph]], object]

MAX_REPORT_NAME = 50
_CONFORMS = ValidationReport(conforms=True, results=())
_STORED_TEXT = """
SELECT ?document ?hash ?retrieved WHERE {
  ?document tanpu:textHash ?hash .
  OPTIONAL { ?document tanpu:retrieved ?retrieved }
}
"""
_DESCRIPTION = "CONSTRUCT { ?entity ?property ?value } WHERE { ?entity ?property ?value }"


class IncompleteMappingError(GraphError):
    """A graph says fewer facts, or mentions fewer entities, than were extracted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOutcome:
    """What became of one document.

    ``graph`` is the IRI of its named graph, ``triples`` how many that holds or, when
    refused, would hold. The ``report`` has notes even where the document conforms; a
    document that did not change is not validated again. ``affected`` are the ids of other
    documents whose graphs changed with it, because something that they name was resolved anew.
    """

    status: Status
    document: str
    graph: str
    triples: int
    entities: int
    facts: int
    report: ValidationReport
    affected: tuple[str, ...] = ()


def ingest_extraction(
    extraction: Extraction,
    store: Store,
    minter: Minter,
    validator: GraphValidator | None = None,
    decisions: Decisions | None = None,
    *,
    write: GraphWriter | None = None,
) -> IngestOutcome:
    """Map, resolve, check and store what was read out of one document.

    Which entity a name means is decided together with the documents that are there; their
    graphs change in the same transaction where they have to.

    The time of retrieval stays that of the first ingestion for as long as the text stays
    the same. Nothing is published: the caller does that once, after its last document.

    Args:
        extraction: The document, its entities and its facts.
        store: A store open for writing.
        minter: Mints under the store's base.
        validator: None takes the one of the project's own shapes.
        decisions: What people decided about identity; None for nothing.
        write: Called with all graphs that change, to write them into the store; None is the
            store's own way, which notes nothing.

    Raises:
        BaseMismatchError: The minter has another base than the store.
        UnmappableFactError: Something cannot be said in the vocabulary.
        IncompleteMappingError: The mapping lost a fact or an entity.
        StoreError: The store cannot be written.
    """
    if minter.base != store.base:
        raise BaseMismatchError(
            f"expected IRIs under the store's base {store.base!r}, got {minter.base!r}"
        )
    document = extraction.document.id
    iri = str(minter.graph(document))
    kept = _with_first_retrieval(extraction, store, minter)
    graphs = change_documents({document: kept}, store, minter, decisions or no_decisions())
    graph = graphs.pop(document)
    _check_complete(extraction, graph)
    before = graph_triples(store.database, iri)
    status, report = _store_graphs(
        iri,
        graph,
        graphs,
        store,
        minter,
        validator or load_validator(),
        write or store.replace_graphs,
    )
    outcome = IngestOutcome(
        status=status,
        document=document,
        graph=iri,
        triples=len(graph),
        entities=len(extraction.entities),
        facts=len(extraction.facts),
        report=report,
        affected=() if status == "refused" else tuple(sorted(graphs)),
    )
    if store.path is not None:
        _keep_report(outcome, extraction.document.origin, store.path / "reports")
        if status == "replaced" and before != graph_triples(store.database, iri):
            keep_version(store.path, document, before)
        if status in ("stored", "replaced"):
            keep_notes(store.path, document, report)
    logger.info("%s %s: %d triples", status, iri, len(graph))
    return outcome


def report_paths(folder: Path, document: str) -> tuple[Path, Path]:
    """Where the report on a refused document lies, as text and as JSON.

    The name is the document's id, with what a file name cannot hold percent-encoded, and
    cut to a beginning and a digest if it is long.

    Example:
        >>> [path.name for path in report_paths(Path("reports"), "news/2023 01")]
        ['news%2F2023%2001.txt', 'news%2F2023%2001.json']
    """
    name = "".join(c if c.isalnum() or c in "-_." else quote(c, safe="") for c in document)
    if name.startswith("."):
        name = "%2E" + name[1:]
    if len(name) > MAX_REPORT_NAME:
        digest = hashlib.sha256(document.encode("utf-8")).hexdigest()[:10]
        name = f"{name[:MAX_REPORT_NAME]}-{digest}"
    return folder / f"{name}.txt", folder / f"{name}.json"


def _store_graphs(
    iri: str,
    graph: Graph,
    others: Mapping[str, Graph],
    store: Store,
    minter: Minter,
    validator: GraphValidator,
    write: GraphWriter,
) -> tuple[Status, ValidationReport]:
    """Store a document's graph and those of others, by id, that change with it, or none."""
    if not others and store.equals_graph(iri, graph):
        return "unchanged", _CONFORMS
    report = validator.validate(graph, known=_known_entities(graph, store))
    if not report.conforms:
        return "refused", report
    try:
        check_resolved(others, store, minter, validator)
    except RefusedResolutionError as error:
        logger.warning("%s is refused: %s", iri, error)
        return "refused", error.report
    status: Status = "replaced" if store.contains_graph(iri) else "stored"
    resolved = {str(minter.graph(document)): changed for document, changed in others.items()}
    write({iri: graph, **resolved})
    return status, report


def _with_first_retrieval(extraction: Extraction, store: Store, minter: Minter) -> Extraction:
    """The extraction, retrieved when the store first got the same text of the document."""
    document = extraction.document
    solutions = store.query(
        _STORED_TEXT,
        bindings={"document": minter.document(document.id)},
        prefixes={"tanpu": str(PREFIXES["tanpu"])},
    )
    if not isinstance(solutions, ox.QuerySolutions):
        raise TypeError(f"expected the solutions of a SELECT query, got {solutions!r}")
    for solution in solutions:
        text_hash, retrieved = solution["hash"], solution["retrieved"]
        same = isinstance(text_hash, ox.Literal) and text_hash.value == document.text_hash()
        if same and isinstance(retrieved, ox.Literal):
            return replace(extraction, document=replace(document, retrieved=retrieved.value))
    return extraction


def _check_complete(extraction: Extraction, graph: Graph) -> None:
    """Every fact has an evidence of its own in the graph, every entity and reference a mention."""
    for name, node_class, extracted in (
        ("facts", TANPU.Evidence, len(extraction.facts)),
        ("entities", TANPU.Mention, len(extraction.entities)),
        ("references", TANPU.CoreferentMention, len(extraction.references)),
    ):
        mapped = sum(1 for _ in graph.subjects(RDF.type, node_class))
        if mapped != extracted:
            raise IncompleteMappingError(
                f"document {extraction.document.id!r}: expected {extracted} {name} "
                f"in the graph, got {mapped}"
            )


def _known_entities(graph: Graph, store: Store) -> Graph | None:
    """What the store says of the things that the graph refers to but does not describe."""
    described = set(graph.subjects())
    referred = {
        node for node in graph.objects() if isinstance(node, URIRef) and node.startswith(store.base)
    }
    unknown = sorted(referred - described)
    if not unknown:
        return None
    known = Graph(bind_namespaces="none")
    for entity in unknown:
        triples = store.query(_DESCRIPTION, bindings={"entity": entity})
        if not isinstance(triples, ox.QueryTriples):
            raise TypeError(f"expected the triples of a CONSTRUCT query, got {triples!r}")
        triples_to_graph(triples, known)
    return known


def _keep_report(outcome: IngestOutcome, origin: str, folder: Path) -> None:
    """Write the report of a refused document; remove that of an accepted one."""
    text_path, json_path = report_paths(folder, outcome.document)
    if outcome.status != "refused":
        text_path.unlink(missing_ok=True)
        json_path.unlink(missing_ok=True)
        return
    folder.mkdir(exist_ok=True)
    heading = f"{outcome.document} ({origin})\n"
    texts = (outcome.report.to_text("zh"), outcome.report.to_text("en"))
    text_path.write_text("\n".join((heading, *texts)), encoding="utf-8")
    row = {
        "document": outcome.document,
        "origin": origin,
        "graph": outcome.graph,
        **outcome.report.to_json(),
    }
    json_path.write_text(json.dumps(row, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
