"""How many statements of each sort a thing has that has very many, counted once for each state.

A page shows how often an institution hosts, undertakes or supports, with a filter by confidence
too. To count that, the engine looks at each statement and its evidence; for things with tens of
thousands it takes longer than a reader waits. Whoever makes the index of names
(`graph/lookup_files.py`) keeps these counts in it, and takes what changed from one state to the
next: the counts of the state before less what its changed nodes counted, and what they count now.

>>> from graph.store import open_store
>>> list(read_tallies(open_store(None, mode="write")))
[]
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox
from rdflib import URIRef

from graph.conversion import to_ox
from graph.queryfiles import select
from graph.store import Store
from ontology.terms import OA, ORG, RDF, SOSA, TANPU

# Up to so many statements are counted when somebody asks; the same number as in crowded_nodes.rq.
FEW = 1000

# Which property leads from statements to things, and which one parts those statements.
PARTED: tuple[tuple[URIRef, URIRef], ...] = (
    (ORG.member, TANPU.status),
    (ORG.organization, TANPU.status),
    (TANPU.post, TANPU.status),
    (TANPU.event, TANPU.organizingRole),
    (TANPU.event, TANPU.participationRole),
    (TANPU.organizer, TANPU.organizingRole),
    (TANPU.participant, TANPU.participationRole),
    (TANPU.regulation, TANPU.relation),
    (TANPU.relatedRegulation, TANPU.relation),
)
# The same of kinds that are counted as a whole: the second property is one that all of them have.
WHOLE: tuple[tuple[URIRef, URIRef], ...] = (
    (TANPU.event, TANPU.startDate),
    (TANPU.event, TANPU.venue),
    (TANPU.event, TANPU.themeText),
    (TANPU.event, TANPU.wholeEvent),
    (TANPU.event, TANPU.words),
    (TANPU.wholeEvent, TANPU.event),
    (TANPU.venue, TANPU.event),
    (TANPU.regulation, TANPU.issuer),
    (TANPU.regulation, TANPU.step),
    (TANPU.issuer, TANPU.regulation),
    (SOSA.hasFeatureOfInterest, SOSA.observedProperty),
    (SOSA.observedProperty, SOSA.hasFeatureOfInterest),
    (TANPU.period, SOSA.observedProperty),
    (TANPU.rankedThing, TANPU.rankedBy),
    (TANPU.rankedBy, TANPU.rankedThing),
    (TANPU.period, TANPU.rankedBy),
    (TANPU.speaker, TANPU.words),
    (TANPU.named, TANPU.alias),
)

_PAIRS = (*((pair, True) for pair in PARTED), *((pair, False) for pair in WHOLE))
_ROLES = frozenset(str(role) for role, _ in (*PARTED, *WHOLE))
_BODY, _EVIDENCE, _CONFIDENCE, _TYPE = (
    str(term) for term in (OA.hasBody, TANPU.evidence, TANPU.confidence, RDF.type)
)
_DEFAULT = ox.DefaultGraph()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many statements lead to ``entity`` by ``role`` and have ``value`` as ``by``; all IRIs.

    ``value`` is empty where they are counted as a whole. ``confidence`` is that of the best
    evidence of each of them, 0 where none has any.
    """

    entity: str
    role: str
    by: str
    value: str
    confidence: float
    count: int


@dataclass(frozen=True, slots=True)
class Mentioned:
    """An entity, and how sure one of its mentions is; None where it does not say."""

    entity: str
    confidence: float | None


def read_tallies(store: Store) -> Iterator[Tally]:
    """The counts of the things that fill a role in more statements than `crowded_nodes.rq` says.

    One pass over the index for each role, then a look at the statements of these things alone.
    """
    crowded: dict[URIRef, list[URIRef]] = {}
    for (role, by), is_parted in _PAIRS:
        if role not in crowded:
            rows = select(store, "crowded_nodes", bindings={"role": role})
            crowded[role] = [URIRef(row["entity"]) for row in rows]
        for entity in crowded[role]:
            yield from _count(store, entity, role, by, is_parted=is_parted)


def is_crowded(store: Store, entity: str, role: str) -> bool:
    """Whether a thing fills a role in so many statements that they are counted beforehand."""
    node, prop = ox.NamedNode(entity), ox.NamedNode(role)
    quads = store.database.quads_for_pattern(None, prop, node, _DEFAULT)
    return next(islice(quads, FEW, None), None) is not None


def count_role(store: Store, entity: str, role: str) -> Iterator[Tally]:
    """The counts of one thing in one role."""
    for (prop, by), is_parted in _PAIRS:
        if str(prop) == role:
            yield from _count(store, URIRef(entity), prop, by, is_parted=is_parted)


def _count(
    store: Store, entity: URIRef, role: URIRef, by: URIRef, *, is_parted: bool
) -> Iterator[Tally]:
    name = "group_counts" if is_parted else "whole_counts"
    for row in select(store, name, bindings={"entity": entity, "role": role, "by": by}):
        best = float(row.get("best", "0"))
        value = row["value"] if is_parted else ""
        yield Tally(str(entity), str(role), str(by), value, best, int(row["count"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What some nodes add to the counts of a state.

    ``tallies`` have the count 1, the counter says how often there is one; ``mentioned`` has a
    mention each; ``roles`` are the things and the roles that they fill, whatever is counted.
    """

    tallies: Counter[Tally]
    mentioned: Counter[Mentioned]
    roles: frozenset[tuple[str, str]]


def count_nodes(store: Store, nodes: Iterable[str]) -> Counts:
    """What some nodes alone add; the difference between two states is what changed."""
    tallies, mentioned = Counter[Tally](), Counter[Mentioned]()
    roles = set[tuple[str, str]]()
    for iri in nodes:
        held: dict[str, list[object]] = defaultdict(list)
        for quad in store.database.quads_for_pattern(ox.NamedNode(iri), None, None, _DEFAULT):
            held[quad.predicate.value].append(quad.object)
        if to_ox(TANPU.Mention) in held[_TYPE]:
            best = max(_confidences(held[_CONFIDENCE]), default=None)
            mentioned.update(Mentioned(body, best) for body in _iris(held[_BODY]))
        filled = _ROLES & held.keys()
        if filled:
            roles.update((entity, role) for role in filled for entity in _iris(held[role]))
            tallies.update(_tallies_of(held, _best(store, held[_EVIDENCE])))
    return Counts(tallies=tallies, mentioned=mentioned, roles=frozenset(roles))


def _tallies_of(held: dict[str, list[object]], best: float) -> Iterator[Tally]:
    """What a statement with some properties adds."""
    for (role, by), is_parted in _PAIRS:
        values = held.get(str(by), [])
        for entity in _iris(held.get(str(role), [])):
            for value in _iris(values) if is_parted else [""] * bool(values):
                yield Tally(entity, str(role), str(by), value, best, 1)


def _best(store: Store, evidence: Iterable[object]) -> float:
    prop = ox.NamedNode(_CONFIDENCE)
    found = [
        quad.object
        for iri in _iris(evidence)
        for quad in store.database.quads_for_pattern(ox.NamedNode(iri), prop, None, _DEFAULT)
    ]
    return max(_confidences(found), default=0.0)


def _confidences(terms: Iterable[object]) -> list[float]:
    return [float(term.value) for term in terms if isinstance(term, ox.Literal)]


def _iris(terms: Iterable[object]) -> list[str]:
    return [term.value for term in terms if isinstance(term, ox.NamedNode)]
