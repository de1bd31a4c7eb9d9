"""How many links a store has, by what.

>>> from graph.store import open_store
>>> with open_store(None, mode="write") as store:
...     count_links(store)
()
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.entities import LABEL_OF_CLASS
from graph.queryfiles import select
from graph.store import Store
from ontology.terms import LINK_STATUSES


@dataclass(frozen=True, slots=True)
class LinkCount:
    """Links of one source, class, kind and status.

    ``label`` is that of the class, ``GONE`` for entities that no document names any more.
    """

    source: str
    label: str
    kind: str
    status: str
    count: int

    def to_json(self) -> dict[str, Any]:
        """The count as JSON values."""
        return {
            "source": self.source,
            "class": self.label,
            "match": self.kind,
            "status": self.status,
            "count": self.count,
        }


def count_links(store: Store) -> tuple[LinkCount, ...]:
    """The counts, by source, class, kind and status."""
    statuses = {str(concept): word for word, concept in LINK_STATUSES.items()}
    return tuple(
        LinkCount(
            row["source"],
            LABEL_OF_CLASS[row["class"]] if "class" in row else "GONE",
            row["predicate"].rpartition("#")[2],
            statuses[row["status"]],
            int(row["count"]),
        )
        for row in select(store, "link_counts")
    )
