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

from rdflib import URIRef

from graph.queryfiles import select
from graph.store import Store
from ontology.terms import ORG, TANPU

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
            bindings = {"entity": entity, "role": role, "by": by}
            for row in select(store, "group_counts", bindings=bindings):
                yield Tally(str(entity), str(role), str(by), row["value"], int(row["count"]))
