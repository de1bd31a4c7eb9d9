"""From the entities of a store to its stored links, by way of a service.

Asking and storing are apart: ``find_matches`` reads a snapshot and asks, which may take long;
``store_matches`` opens nothing and takes a moment, so that no other writer waits for a service.

>>> find_matches.__name__, store_matches.__name__
('find_matches', 'store_matches')
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice

from rdflib import URIRef

from graph.identity import Minter
from graph.linking.cache import AnswerCache
from graph.linking.client import ReconciliationClient
from graph.linking.errors import InvalidLinksError, ServiceAddressError
from graph.linking.links import (
    DecisionsByPair,
    Link,
    Match,
    Source,
    graph_to_matches,
    graph_to_source,
    links_to_graph,
    replace_matches,
    settle,
)
from graph.linking.policy import Thresholds, judge
from graph.linking.service import Candidate, Manifest, ReconciliationQuery, target_iri
from graph.linking.subjects import Subject, subject_to_query
from graph.store import Store
from graph.validation import GraphValidator, load_validator

logger = logging.getLogger(__name__)

LINK_GRAPHS = "graph/linkset/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How a service is asked: see :func:`graph.linking.subjects.subject_to_query`."""

    types: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    candidates: int = 5
    batch_size: int = 50
    thresholds: Thresholds = field(default_factory=Thresholds)


@dataclass(frozen=True, slots=True)
class Answered:
    """An entity with the matches that were found for it; ``remembered`` if nobody was asked."""

    subject: Subject
    matches: tuple[Match, ...]
    remembered: bool


def manifest_to_source(manifest: Manifest, client: ReconciliationClient, base: str) -> Source:
    """A service as a source of links.

    Raises:
        ServiceAddressError: Its entities are those of the store itself.
    """
    space = manifest.identifier_space.split("{{id}}")[0]
    if space.startswith(base):
        raise ServiceAddressError(
            f"expected a service of another dataset, got {client.url!r} of this one ({space})"
        )
    return Source(iri=client.url, name=manifest.name, space=space, method="reconciliation")


def find_matches(
    subjects: Iterable[Subject],
    client: ReconciliationClient,
    manifest: Manifest,
    cache: AnswerCache,
    asking: Asking,
    *,
    today: str,
    now: float,
) -> Iterator[Answered]:
    """What a service offers for each entity, a batch at a time, judged.

    Answers that the cache has are not asked for again; new ones are kept there at once.

    Args:
        subjects: The entities.
        client: The service.
        manifest: What it says of itself.
        cache: Earlier answers.
        asking: How it is asked.
        today: The day that new matches get, in ISO form.
        now: The time in Unix seconds.

    Raises:
        ServiceUnreachableError: It does not answer; earlier batches were given.
        InvalidAnswerError: An answer is none; earlier batches were given.
        AnswerCacheError: The cache cannot be used.
    """
    waiting = iter(subjects)
    while batch := list(islice(waiting, asking.batch_size)):
        queries = {
            subject.iri: subject_to_query(
                subject,
                types=asking.types,
                properties=asking.properties,
                limit=asking.candidates,
            )
            for subject in batch
        }
        answers: dict[ReconciliationQuery, tuple[Candidate, ...]] = {}
        for query in queries.values():
            known = cache.get(client.url, query, now=now)
            if known is not None:
                answers[query] = known
        remembered = frozenset(answers)
        unknown = list(dict.fromkeys(q for q in queries.values() if q not in answers))
        for new in client.ask(manifest, unknown, batch_size=asking.batch_size):
            # Before anything is kept: an identifier that makes no IRI refuses the batch.
            for candidate in (c for candidates in new.values() for c in candidates):
                target_iri(manifest, candidate.id)
            cache.put(client.url, new, now=now)
            answers.update(new)
        for subject in batch:
            query = queries[subject.iri]
            matches = _judge(subject, answers[query], manifest, asking, today)
            yield Answered(subject, matches, query in remembered)


def store_matches(
    store: Store,
    minter: Minter,
    source: Source,
    answered: Sequence[Answered],
    *,
    decisions: DecisionsByPair,
    moved: Mapping[str, str],
    validator: GraphValidator | None = None,
) -> tuple[Link, ...]:
    """Bring new matches of a source together with the stored ones, and store the links.

    Links of entities that were not asked about stay as they are. Nothing is published.

    Args:
        store: A store open for writing.
        minter: Mints under the store's base.
        source: What gave the matches.
        answered: What it gave for whom.
        decisions: People's, by entity and target.
        moved: Former IRIs of merged entities → today's.
        validator: None takes the one of the project's own shapes.

    Returns:
        All links of the source.

    Raises:
        InvalidLinksError: The links do not conform; the stored ones stay.
    """
    iri = str(minter.link_graph(source.iri))
    stored = graph_to_matches(store.graph(iri), iri) if store.contains_graph(iri) else ()
    asked = [answer.subject.iri for answer in answered]
    found = [match for answer in answered for match in answer.matches]
    matches = replace_matches(stored, found, asked=asked)
    links = settle(matches, decisions=decisions, moved=moved)
    _store_links(store, minter, source, links, validator or load_validator())
    return links


def settle_store(
    store: Store,
    minter: Minter,
    *,
    decisions: DecisionsByPair,
    moved: Mapping[str, str],
    validator: GraphValidator | None = None,
) -> int:
    """Settle all stored links again, after decisions or identities have changed.

    Returns:
        How many graphs of links changed. Nothing is published.

    Raises:
        InvalidLinksError: The links of a source do not conform; those of the others may
            have been stored already.
    """
    changed = 0
    for iri in link_graphs(store):
        graph = store.graph(iri)
        source = graph_to_source(graph, iri)
        links = settle(graph_to_matches(graph, iri), decisions=decisions, moved=moved)
        changed += _store_links(store, minter, source, links, validator or load_validator())
    return changed


def link_graphs(store: Store) -> list[str]:
    """The names of the graphs of links of a store."""
    return [iri for iri in store.graphs() if iri.startswith(store.base + LINK_GRAPHS)]


def read_links(
    store: Store, *, decisions: DecisionsByPair, moved: Mapping[str, str]
) -> Iterator[tuple[Source, Link]]:
    """Every link of a store as it stands, by source, entity and target."""
    for iri in link_graphs(store):
        graph = store.graph(iri)
        source = graph_to_source(graph, iri)
        for link in settle(graph_to_matches(graph, iri), decisions=decisions, moved=moved):
            yield source, link


def _store_links(
    store: Store, minter: Minter, source: Source, links: Sequence[Link], validator: GraphValidator
) -> bool:
    iri = str(minter.link_graph(source.iri))
    # The dataset that /.well-known/void describes.
    dataset = URIRef(f"{minter.base}.well-known/void#dataset")
    graph = links_to_graph(source, links, minter, dataset=dataset)
    if len(graph) and not store.equals_graph(iri, graph):
        report = validator.validate(graph)
        if not report.conforms:
            raise InvalidLinksError(
                f"links of {source.iri}: expected a graph that conforms, got:\n"
                + report.to_text("en")
            )
    changed = store.replace_graph(iri, graph)
    logger.info("%s: %d links, changed: %s", iri, len(links), changed)
    return changed


def _judge(
    subject: Subject,
    candidates: Sequence[Candidate],
    manifest: Manifest,
    asking: Asking,
    today: str,
) -> tuple[Match, ...]:
    judged = judge(
        subject.label,
        subject.names,
        candidates,
        asking.thresholds,
        wanted_type=asking.types.get(subject.label),
    )
    return tuple(
        Match(
            entity=subject.iri,
            target=target_iri(manifest, item.candidate.id),
            target_name=item.candidate.name,
            score=Decimal(str(round(item.candidate.score, 4))),
            date=today,
            judgement=item.judgement,
        )
        for item in judged
    )
