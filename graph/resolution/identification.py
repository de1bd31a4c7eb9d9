"""Who is meant, as triples of a document's graph: an identification for each reference.

The profile node is the same in every document that says the same, so that the default graph
holds it once: a block is read at the cost of its profiles, not of its documents.
"""

from __future__ import annotations

from rdflib import Graph, Literal, URIRef

from graph.identity import Minter
from graph.resolution.identities import document_digests, former_digests
from graph.resolution.profiles import DocumentReference, Profile
from graph.resolution.resolver import Resolution
from graph.resolution.scoring import blocking_keys
from graph.resolution.state import Outcome
from ontology.terms import RDF, TANPU, XSD


def add_identifications(
    graph: Graph, document: str, resolution: Resolution, minter: Minter
) -> None:
    """Add to a document's graph which entity each of its references means, and why."""
    for reference in resolution.references.get(document, ()):
        outcome = resolution.outcomes[reference.profile]
        _add_identification(graph, reference, outcome, minter)
        _add_profile(graph, reference.profile, outcome, minter)


def _add_identification(
    graph: Graph, found: DocumentReference, outcome: Outcome, minter: Minter
) -> None:
    kind, name, document = found.reference.kind, found.reference.name, found.reference.document
    if document is None:
        raise ValueError(f"expected a reference of a document, got {found.reference!r}")
    node = minter.identification(document, kind, name)
    graph.add((node, RDF.type, TANPU.Identification))
    graph.add((node, TANPU.statedIn, minter.document(document)))
    graph.add((node, TANPU.canonicalName, Literal(name)))
    graph.add((node, TANPU.profile, minter.profile(found.profile.id)))
    graph.add((node, TANPU.identifies, minter.identified(kind, outcome.identity)))
    for former in document_digests(found.profile, document):
        graph.add((node, TANPU.formerDigest, Literal(former)))


def _add_profile(graph: Graph, profile: Profile, outcome: Outcome, minter: Minter) -> None:
    node = minter.profile(profile.id)
    reason = outcome.reason
    graph.add((node, RDF.type, TANPU.Profile))
    graph.add((node, TANPU.profileKind, Literal(profile.kind)))
    graph.add((node, TANPU.canonicalName, Literal(profile.name)))
    graph.add((node, TANPU.identifies, minter.identified(profile.kind, outcome.identity)))
    graph.add((node, TANPU.identificationMethod, Literal(reason.method)))
    graph.add((node, TANPU.identificationScore, _score_to_literal(reason.value)))
    graph.add((node, TANPU.identificationReason, Literal(reason.zh, lang="zh")))
    graph.add((node, TANPU.identificationReason, Literal(reason.en, lang="en")))
    for feature, value in profile.features:
        graph.add((node, TANPU.feature, Literal(f"{feature}={value}")))
    _add_literals(graph, node, TANPU.blockingKey, blocking_keys(profile))
    _add_literals(graph, node, TANPU.formerDigest, former_digests(profile))


def _add_literals(
    graph: Graph, node: URIRef, node_property: URIRef, values: frozenset[str]
) -> None:
    for value in values:
        graph.add((node, node_property, Literal(value)))


def _score_to_literal(value: float) -> Literal:
    return Literal(f"{value:.2f}".rstrip("0").rstrip("."), datatype=XSD.decimal, normalize=False)
