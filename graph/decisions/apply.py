"""A store brought in line with the decisions: entities first, then links.

>>> from graph.store import open_store
>>> with open_store(None, mode="write") as store:
...     refresh_links(store, Minter(store.base), DecisionFile(Path("decisions.jsonl")), today="")
0
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graph.decisions.conflicts import refuse_conflicts
from graph.decisions.file import DecisionFile, read_decisions
from graph.decisions.review import find_moved_entities
from graph.identity import Minter
from graph.linking.authority import GEONAMES, find_authority_matches, read_places
from graph.linking.linker import settle_store, store_matches
from graph.resolution.apply import resolve_store
from graph.store import Store
from graph.validation import GraphValidator


@dataclass(frozen=True, slots=True)
class Applied:
    """The documents whose graphs changed, and how many graphs of links."""

    documents: tuple[str, ...]
    link_graphs: int


def decisions_beside(store: Path) -> Path:
    """Where the decisions of a store lie unless another file is named: outlives the store.

    >>> str(decisions_beside(Path("var/store")))
    'var/store.decisions.jsonl'
    """
    return store.with_name(f"{store.name}.decisions.jsonl")


def load_decisions(path: Path) -> DecisionFile:
    """The decisions of a file, which agree with each other.

    Raises:
        DecisionError: The file cannot be read, or its lines contradict each other.
    """
    file = read_decisions(path)
    refuse_conflicts(file)
    return file


def apply_decisions(
    store: Store, minter: Minter, decisions: DecisionFile, *, today: str
) -> Applied:
    """Resolve all entities anew and settle all links. Nothing is published.

    Args:
        store: A store open for writing.
        minter: Mints under the store's base.
        decisions: What people decided.
        today: The day that new links of the tables get, in ISO form.

    Raises:
        RefusedResolutionError: A document's graph would not conform.
        InvalidLinksError: A graph of links would not conform.
    """
    resolved = resolve_store(store, minter, decisions)
    return Applied(resolved.changed, refresh_links(store, minter, decisions, today=today))


def refresh_links(
    store: Store,
    minter: Minter,
    decisions: DecisionFile,
    *,
    today: str,
    validator: GraphValidator | None = None,
) -> int:
    """Bring all links up to date: those of the tables, and after merges and decisions.

    Args:
        store: A store open for writing.
        minter: Mints under the store's base.
        decisions: What people decided.
        today: The day that new links of the tables get, in ISO form.
        validator: None takes the one of the project's own shapes.

    Returns:
        How many graphs of links changed. Nothing is published.

    Raises:
        InvalidLinksError: A graph of links would not conform.
    """
    iri = str(minter.link_graph(GEONAMES.iri))
    before = store.graph(iri) if store.contains_graph(iri) else None
    found = list(find_authority_matches(read_places(store), today=today))
    moved = find_moved_entities(store, decisions)
    asked = decisions.on_links(store.base, moved)
    store_matches(store, minter, GEONAMES, found, decisions=asked, moved=moved, validator=validator)
    after = store.graph(iri) if store.contains_graph(iri) else None
    changed = int((before is None) != (after is None))
    if before is not None and after is not None:
        changed = int(not store.equals_graph(iri, before))
    return changed + settle_store(store, minter, decisions=asked, moved=moved, validator=validator)
