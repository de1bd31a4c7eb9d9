"""Where an entity is today that once had another IRI.

Links and people's decisions on them are kept under the IRI that the entity had then. When it was
merged with another since, resolution still knows the digest of its former key.

>>> from graph.store import open_store
>>> with open_store(None, mode="write") as store:
...     find_moved(store, ["http://127.0.0.1:8000/id/org/x-0123456789"])
{}
"""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Literal, URIRef

from graph.queryfiles import select
from graph.store import Store

_DIGEST_DIGITS = 10


def find_moved(store: Store, iris: Iterable[str]) -> dict[str, str]:
    """Former IRIs of entities → today's.

    An IRI that the store describes is today's own; one whose entity was divided, or that
    nothing is known of, is not in the answer, and what hangs on it waits for its return.

    Args:
        store: The store.
        iris: IRIs of entities.
    """
    found = find_successors(store, iris)
    return {iri: today[0] for iri, today in found.items() if len(today) == 1}


def find_successors(store: Store, iris: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Former IRIs of entities → those of today: one after a merge, several after a division.

    An IRI that the store describes, or that nothing is known of, is not in the answer.

    Args:
        store: The store.
        iris: IRIs of entities.
    """
    found = {}
    for iri in sorted(set(iris)):
        if next(select(store, "entity_presence", bindings={"entity": URIRef(iri)}), None):
            continue
        folder = iri.rpartition("/")[0] + "/"
        digest = Literal(iri[-_DIGEST_DIGITS:])
        rows = select(store, "link_moves", bindings={"digest": digest})
        today = {row["entity"] for row in rows if row["entity"].startswith(folder)}
        if today:
            found[iri] = tuple(sorted(today))
    return found
