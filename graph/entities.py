"""The entities of a store: every person, institution, forum, regulation and place.

>>> LABEL_OF_CLASS[str(TANPU.Forum)]
'FORUM'
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from graph.confidence import read_confidences
from graph.queryfiles import select
from graph.store import Store
from ontology.terms import LABEL_CLASSES, TANPU

LABEL_OF_CLASS: Mapping[str, str] = MappingProxyType(
    {str(node_class): label for label, node_class in LABEL_CLASSES.items()}
)


def read_entities(store: Store, *, least: float = 0.0) -> Iterator[dict[str, Any]]:
    """A row for each entity, by IRI, that has a mention of at least the confidence ``least``.

    ``class`` is its label in the exchange format, ``names`` has the preferred name first,
    ``mentions`` are the places where a document names it (half-open code-point offsets, by
    document and offset), ``same_as`` the IRIs that it is said to equal
    (``owl:sameAs``, ``skos:exactMatch``), ``close_to`` those that it comes close to
    (``skos:closeMatch``),
    ``confidence`` is from 0 to 1, as :func:`graph.confidence.read_confidences` has it; an
    entity that no text names has None and comes only with a ``least`` of 0.
    """
    confidences = read_confidences(store)
    mentions = _group(store, "entity_mentions")
    matches = _group(store, "entity_matches")
    for iri, rows in groupby(select(store, "entity_names"), key=itemgetter("entity")):
        confidence = confidences.get(iri)
        if (confidence or 0.0) < least:
            continue
        named = list(rows)
        yield {
            "iri": iri,
            "class": LABEL_OF_CLASS[named[0]["class"]],
            "names": list(dict.fromkeys(row["name"] for row in named)),
            "mentions": [
                {
                    "document": row["document"],
                    "start": int(row["start"]),
                    "end": int(row["end"]),
                    "text": row["text"],
                }
                for row in mentions[iri]
            ],
            "same_as": [row["match"] for row in matches[iri] if row["kind"] == "same"],
            "close_to": [row["match"] for row in matches[iri] if row["kind"] == "close"],
            "confidence": confidence,
        }


def count_classes(store: Store) -> dict[str, int]:
    """How many nodes each class of the vocabulary has, by its local name."""
    return {
        row["class"].removeprefix(str(TANPU)): int(row["count"])
        for row in select(store, "class_counts")
    }


def _group(store: Store, query: str) -> dict[str, list[dict[str, str]]]:
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in select(store, query):
        groups[row["entity"]].append(row)
    return groups
