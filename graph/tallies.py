"""How many statements of each sort a thing has that has very many, counted once for each state.

A page shows how often an institution hosts, undertakes or supports. To count that, the engine
looks at each statement; for things with tens of thousands it takes longer than a reader waits.
Whoever makes the index of names (`graph/lookup.py`) keeps these counts in it.

>>> from graph.store import open_store
>>> list(read_tallies(open_store(None, mode="write")))
[]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox
from rdflib import URIRef

from graph.conversion import to_ox
from graph.queryfiles import select
from graph.store import Store
from ontology.terms import ORG, TANPU

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


@dataclass(frozen=True, slots=True)
class Tally:
    """How many statements lead to ``entity`` by ``role`` and have ``value`` as ``by``; all IRIs."""

    entity: str
    role: str
    by: str
    value: str
    count: int


def read_tallies(store: Store) -> Iterator[Tally]:
    """The counts of the things that fill a role in more statements than `crowded_nodes.rq` says.

    One pass over the index for each role, then a look at the statements of these things alone.
    """
    crowded: dict[URIRef, list[URIRef]] = {}
    for role, by in PARTED:
        if role not in crowded:
            rows = select(store, "crowded_nodes", bindings={"role": role})
            crowded[role] = [URIRef(row["entity"]) for row in rows]
        for entity in crowded[role]:
            yield from _count(store, entity, role, by)


def read_tallies_of(store: Store, entity: str) -> Iterator[Tally]:
    """Those of one thing, for who knows that no other has changed; none where it has few."""
    node, default = ox.NamedNode(entity), ox.DefaultGraph()
    is_crowded: dict[URIRef, bool] = {}
    for role, by in PARTED:
        if role not in is_crowded:
            quads = store.database.quads_for_pattern(None, to_ox(role), node, default)
            is_crowded[role] = next(islice(quads, FEW, None), None) is not None
        if is_crowded[role]:
            yield from _count(store, URIRef(entity), role, by)


def _count(store: Store, entity: URIRef, role: URIRef, by: URIRef) -> Iterator[Tally]:
    for row in select(store, "group_counts", bindings={"entity": entity, "role": role, "by": by}):
        yield Tally(str(entity), str(role), str(by), row["value"], int(row["count"]))
