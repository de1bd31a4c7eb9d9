"""Counting and listing the statements that a node fills a role in, a page at a time.

What a page asks is bounded by what it shows: counts come from one pass over an index, and a node
with very many statements has them listed as the index has them, not sorted by date.
"""

from __future__ import annotations

from decimal import Decimal

from rdflib import Literal, URIRef

from web.lookup import find_index
from web.roles import OWN_PROPERTIES, ROLES, Role
from web.store import StoreAccess, Term

# Sorting by date looks at every document; up to this many statements that is quick.
SORTED_AT_MOST = 1000


def count_statements(store: StoreAccess, iri: URIRef, role: Role, *, least: float = 0.0) -> int:
    """How many statements a node fills a role in.

    Args:
        store: where they are.
        iri: the node.
        role: the role.
        least: the confidence, 0 to 1, that the best evidence of a statement has to have.
    """
    kept = _tally(iri, role, least)
    if kept:
        return sum(kept.values())
    if least <= 0 and role.prop in OWN_PROPERTIES:
        rows = store.rows("own_role_count", entity=iri, role=role.prop)
    else:
        rows = store.rows("role_count" + _sure(least), **_bindings(iri, role, least))
    return sum(int(str(row["count"])) for row in rows)


def count_groups(
    store: StoreAccess, iri: URIRef, role: Role, *, least: float = 0.0
) -> dict[URIRef, int]:
    """How many there are in each group of a role, in the order of the groups; none is 0.

    The index of names has the counts of things with very many statements; without an index they
    are counted.
    """
    kept = _tally(iri, role, least)
    found = {URIRef(value): count for value, count in kept.items() if count}
    if not kept:
        rows = store.rows("role_groups" + _sure(least), **_bindings(iri, role, least))
        found = {URIRef(row["value"]): int(str(row["count"])) for row in rows}
    return {value: found[value] for value in role.groups if value in found}


def list_statements(
    store: StoreAccess,
    iri: URIRef,
    role: Role,
    *,
    total: int,
    start: int,
    stop: int,
    least: float = 0.0,
    value: URIRef | None = None,
) -> list[URIRef]:
    """The statements from ``start`` to before ``stop``, those of the newest documents first.

    Args:
        store: where they are.
        iri: the node.
        role: the role.
        total: how many there are; beyond :data:`SORTED_AT_MOST` they are not sorted.
        start: counted from 0.
        stop: one past the last.
        least: as in :func:`count_statements`.
        value: the group; None lists all groups.
    """
    bindings = _bindings(iri, role, least)
    name = "role_statements" + _sure(least)
    if total <= SORTED_AT_MOST:
        bindings["least"] = confidence_literal(least)
        name = "role_statements_newest"
    elif least <= 0 and value is None and role.prop in OWN_PROPERTIES:
        del bindings["by"]
        name = "own_role_statements"
    if value is not None:
        bindings["value"] = value
    rows = store.rows_between(name, start, stop, **bindings)
    return [URIRef(row["statement"]) for row in rows]


def list_of_kind(
    store: StoreAccess, iri: URIRef, segment: str, *, start: int, stop: int, least: float = 0.0
) -> tuple[int, list[URIRef]]:
    """How many statements of a kind are about a node in any role, and some of them."""
    total, found = 0, list[URIRef]()
    for role in ROLES:
        if role.segment != segment:
            continue
        count = count_statements(store, iri, role, least=least)
        first, last = max(start - total, 0), min(stop - total, count)
        if first < last:
            found += list_statements(
                store, iri, role, total=count, start=first, stop=last, least=least
            )
        total += count
    return total, found


def _tally(iri: URIRef, role: Role, least: float) -> dict[str, int]:
    """What the index of names has counted; nothing of what has few statements, or without one."""
    index = find_index()
    if index is None:
        return {}
    return index.tally(str(iri), str(role.prop), str(role.by), least=least)


def _sure(least: float) -> str:
    """What the name of a query ends with that looks at evidence, which costs several times more."""
    return "_sure" if least > 0 else ""


def _bindings(iri: URIRef, role: Role, least: float) -> dict[str, Term]:
    bindings: dict[str, Term] = {"entity": iri, "role": role.prop, "by": role.by}
    if least > 0:
        bindings["least"] = confidence_literal(least)
    return bindings


def confidence_literal(least: float) -> Literal:
    """A confidence as the graph has it."""
    return Literal(Decimal(str(least)))
