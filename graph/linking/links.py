"""Matches, what people decided about them, and the graph that holds both.

A *match* is what a source found: an entity of ours, a target elsewhere, and what the rules hold
it to be. A *link* is a match as it stands now: under the IRI that its entity has today, after
people's decisions, and after what other matches say. ``settle`` makes links of matches, the same
ones in whatever order; ``links_to_graph`` and ``graph_to_matches`` are inverse.

>>> settle([], decisions={}, moved={})
()
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal as OneOf
from typing import get_args

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from graph.identity import Minter
from graph.linking.errors import UnreadableLinksError
from graph.linking.policy import Judgement, LinkStatus, MatchKind
from graph.statements import decimal_to_literal
from ontology.terms import (
    DCTERMS,
    LINK_METHODS,
    LINK_STATUSES,
    RDF,
    RDFS,
    SKOS,
    TANPU,
    VOID,
    XSD,
    bind_prefixes,
)

Method = OneOf["reconciliation", "authority"]
LinkVerdict = OneOf["same", "different", "unsure"]

MATCH_PROPERTIES: Mapping[MatchKind, URIRef] = MappingProxyType(
    {"exactMatch": SKOS.exactMatch, "closeMatch": SKOS.closeMatch}
)
_STATUS_OF_VERDICT: Mapping[LinkVerdict, LinkStatus] = MappingProxyType(
    {"same": "accepted", "different": "rejected", "unsure": "proposed"}
)
_KINDS: Mapping[Node, MatchKind] = MappingProxyType({p: k for k, p in MATCH_PROPERTIES.items()})
_METHODS: Mapping[Node, Method] = MappingProxyType({LINK_METHODS[m]: m for m in get_args(Method)})
_STATUSES: Mapping[Node, LinkStatus] = MappingProxyType(
    {LINK_STATUSES[status]: status for status in get_args(LinkStatus)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What gives matches: a service or an authority table.

    ``iri`` is the service's address or the table's home, ``space`` what the IRIs of its
    entities have in common.
    """

    iri: str
    name: str
    space: str
    method: Method


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a source found for an entity.

    ``entity`` is the IRI that the entity had on that day, ``date`` the day in ISO form,
    ``score`` on the source's own scale.
    """

    entity: str
    target: str
    target_name: str
    score: Decimal | None
    date: str
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDecision:
    """What a person decided about an entity and a target; ``when`` is an ISO date or moment."""

    entity: str
    target: str
    verdict: LinkVerdict
    who: str
    when: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A match as it stands: ``entity`` is today's IRI, ``judgement`` what holds now."""

    match: Match
    entity: str
    judgement: Judgement
    decision: LinkDecision | None = None


DecisionsByPair = Mapping[tuple[str, str], LinkDecision]


def settle(
    matches: Iterable[Match], *, decisions: DecisionsByPair, moved: Mapping[str, str]
) -> tuple[Link, ...]:
    """The links that matches of one source come to, by entity and target.

    A person's decision wins: ``same`` is an accepted exact match, ``different`` a rejected
    one, ``unsure`` waits. Where two entities would have an exact match with one target,
    which would make them the same, those that no person accepted wait.

    Args:
        matches: All of a source.
        decisions: By today's IRI of the entity and the target.
        moved: Former IRIs of merged entities → today's.
    """
    links = [_decide(match, decisions, moved) for match in matches]
    claimed: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if _is_exact(link):
            claimed[link.match.target].add(link.entity)
    settled = [
        _put_off(link, len(claimed[link.match.target]))
        if _is_exact(link) and link.decision is None and len(claimed[link.match.target]) > 1
        else link
        for link in links
    ]
    return tuple(sorted(settled, key=lambda k: (k.entity, k.match.target, k.match.entity)))


def replace_matches(
    stored: Iterable[Match], found: Iterable[Match], *, asked: Iterable[str]
) -> tuple[Match, ...]:
    """The matches of a source after some entities were asked about again.

    What was found for them takes the place of what was stored; a match that is as it was
    keeps its date.

    Args:
        stored: The matches so far.
        found: Those that were found now.
        asked: The IRIs of the entities that were asked about.
    """
    asked_now = frozenset(asked)
    before = {(match.entity, match.target): match for match in stored}
    kept = [match for match in before.values() if match.entity not in asked_now]
    new = {}
    for match in found:
        old = before.get((match.entity, match.target))
        same = old is not None and (old.judgement, old.score, old.target_name) == (
            match.judgement,
            match.score,
            match.target_name,
        )
        new[match.entity, match.target] = old if old is not None and same else match
    return tuple(sorted([*kept, *new.values()], key=lambda match: (match.entity, match.target)))


def links_to_graph(
    source: Source, links: Sequence[Link], minter: Minter, *, dataset: URIRef
) -> Graph:
    """The graph of a source's links; empty where there are none.

    Args:
        source: What gave them.
        links: As :func:`settle` makes them.
        minter: Mints under the store's base.
        dataset: The IRI of the store's own dataset.
    """
    graph = bind_prefixes(Graph(bind_namespaces="none"))
    if not links:
        return graph
    service, space = URIRef(source.iri), URIRef(source.space)
    graph.add((space, RDF.type, VOID.Dataset))
    graph.add((space, VOID.uriSpace, Literal(source.space)))
    graph.add((space, DCTERMS.title, Literal(source.name)))
    for kind, predicate in MATCH_PROPERTIES.items():
        of_kind = [link for link in links if link.judgement.kind == kind]
        if not of_kind:
            continue
        linkset = minter.linkset(source.iri, str(predicate))
        accepted = {
            (link.entity, link.match.target)
            for link in of_kind
            if link.judgement.status == "accepted"
        }
        graph.add((linkset, RDF.type, VOID.Linkset))
        graph.add((linkset, DCTERMS.source, service))
        graph.add((linkset, VOID.subjectsTarget, dataset))
        graph.add((linkset, VOID.objectsTarget, space))
        graph.add((linkset, VOID.linkPredicate, predicate))
        graph.add((linkset, VOID.triples, Literal(len(accepted))))
        for link in of_kind:
            _add_link(graph, link, source, minter, linkset)
    return graph


def graph_to_source(graph: Graph, iri: str) -> Source:
    """What gave the links of a graph; see :func:`links_to_graph`.

    Raises:
        UnreadableLinksError: The graph says nothing of it.
    """
    linkset = min(graph.subjects(RDF.type, VOID.Linkset), key=str, default=None)
    link = min(graph.subjects(RDF.type, TANPU.Link), key=str, default=None)
    space = graph.value(linkset, VOID.objectsTarget)
    method = graph.value(link, TANPU.linkMethod)
    found = graph.value(linkset, DCTERMS.source)
    if found is None or space is None or method is None or method not in _METHODS:
        raise UnreadableLinksError(f"{iri}: expected a graph of links, got one without a linkset")
    return Source(
        iri=str(found),
        name=str(graph.value(space, DCTERMS.title, default=found)),
        space=str(space),
        method=_METHODS[method],
    )


def graph_to_matches(graph: Graph, iri: str) -> tuple[Match, ...]:
    """The matches of a graph of links; see :func:`links_to_graph`.

    Raises:
        UnreadableLinksError: Something is missing that was once written.
    """
    nodes = graph.subjects(RDF.type, TANPU.Link)
    matches = (_read_match(graph, URIRef(str(node)), iri) for node in nodes)
    return tuple(sorted(matches, key=lambda match: (match.entity, match.target)))


def _decide(match: Match, decisions: DecisionsByPair, moved: Mapping[str, str]) -> Link:
    entity = moved.get(match.entity, match.entity)
    decision = decisions.get((entity, match.target))
    judgement = match.judgement
    if decision is not None:
        why = decision.why or f"a person said: {decision.verdict}"
        kind: MatchKind = "exactMatch" if decision.verdict == "same" else judgement.kind
        judgement = Judgement(kind, _STATUS_OF_VERDICT[decision.verdict], why)
    return Link(match=match, entity=entity, judgement=judgement, decision=decision)


def _is_exact(link: Link) -> bool:
    return link.judgement.kind == "exactMatch" and link.judgement.status == "accepted"


def _put_off(link: Link, count: int) -> Link:
    reason = f"{link.judgement.reason}; {count} entities match the same target"
    return Link(
        match=link.match,
        entity=link.entity,
        judgement=Judgement(link.judgement.kind, "proposed", reason),
    )


def _add_link(graph: Graph, link: Link, source: Source, minter: Minter, linkset: URIRef) -> None:
    match, judgement = link.match, link.judgement
    node = minter.link(URIRef(match.entity), source.iri, match.target)
    entity, target = URIRef(link.entity), URIRef(match.target)
    predicate = MATCH_PROPERTIES[judgement.kind]
    graph.add((node, RDF.type, TANPU.Link))
    graph.add((node, TANPU.linkedEntity, entity))
    graph.add((node, TANPU.linkTarget, target))
    graph.add((node, TANPU.linkPredicate, predicate))
    graph.add((node, TANPU.linkMethod, LINK_METHODS[source.method]))
    graph.add((node, TANPU.linkStatus, LINK_STATUSES[judgement.status]))
    graph.add((node, TANPU.linkReason, Literal(judgement.reason)))
    graph.add((node, DCTERMS.source, URIRef(source.iri)))
    graph.add((node, DCTERMS.date, Literal(match.date, datatype=XSD.date)))
    graph.add((node, DCTERMS.isPartOf, linkset))
    if match.score is not None:
        graph.add((node, TANPU.linkScore, decimal_to_literal(match.score)))
    if match.target_name:
        graph.add((target, RDFS.label, Literal(match.target_name)))
    if match.entity != link.entity:
        graph.add((node, TANPU.foundFor, URIRef(match.entity)))
    if link.decision is not None:
        day = Literal(link.decision.when[:10], datatype=XSD.date)
        graph.add((node, TANPU.decidedBy, Literal(link.decision.who)))
        graph.add((node, DCTERMS.modified, day))
    if judgement != match.judgement:
        alone = match.judgement
        graph.add((node, TANPU.ruleStatus, LINK_STATUSES[alone.status]))
        graph.add((node, TANPU.rulePredicate, MATCH_PROPERTIES[alone.kind]))
        graph.add((node, TANPU.ruleReason, Literal(alone.reason)))
    if judgement.status == "accepted":
        graph.add((entity, predicate, target))


def _read_match(graph: Graph, node: URIRef, iri: str) -> Match:
    overruled = (node, TANPU.ruleStatus, None) in graph

    def read(prop: URIRef) -> URIRef | Literal:
        value = graph.value(node, prop)
        if not isinstance(value, URIRef | Literal):
            raise UnreadableLinksError(f"{iri}: expected {prop} of {node}, got {value!r}")
        return value

    target = read(TANPU.linkTarget)
    score = graph.value(node, TANPU.linkScore)
    found_for = graph.value(node, TANPU.foundFor)
    status = read(TANPU.ruleStatus if overruled else TANPU.linkStatus)
    predicate = read(TANPU.rulePredicate if overruled else TANPU.linkPredicate)
    if status not in _STATUSES or predicate not in _KINDS:
        raise UnreadableLinksError(f"{iri}: expected status and kind of {node}, got {status!r}")
    return Match(
        entity=str(found_for or read(TANPU.linkedEntity)),
        target=str(target),
        target_name=min(map(str, graph.objects(target, RDFS.label)), default=""),
        score=None if score is None else Decimal(str(score)),
        date=str(read(DCTERMS.date)),
        judgement=Judgement(
            _KINDS[predicate],
            _STATUSES[status],
            str(read(TANPU.ruleReason if overruled else TANPU.linkReason)),
        ),
    )
