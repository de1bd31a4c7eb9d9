"""The entities that are to be linked, with what helps a service to tell them apart.

>>> subject_to_query(
...     Subject("http://a.example/id/org/x", "ORG", ("北湾市绿能局",), {"place": "北湾市"}),
...     types={"ORG": "Q1"},
...     properties={"P131": "place"},
... ).to_json()
{'query': '北湾市绿能局', 'limit': 5, 'type': 'Q1', 'properties': [{'pid': 'P131', 'v': '北湾市'}]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from extract.gazetteer import full_name
from extract.institutions import institution_place
from graph.entities import LABEL_OF_CLASS
from graph.linking.errors import InvalidQueryOptionError
from graph.linking.service import MAX_TEXT, ReconciliationQuery
from graph.queryfiles import select
from graph.store import Store
from ontology.terms import SDO, TANPU

LABELS = ("PERSON", "ORG", "FORUM", "REGULATION", "PLACE")
# What a service can be told beside the name.
HINTS = ("place", "code")
_HINT_OF_PROPERTY: Mapping[str, str] = {
    str(SDO.containedInPlace): "place",
    str(SDO.location): "place",
    str(TANPU.divisionCode): "code",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """An entity of the graph: names, the preferred one first, and its hints.

    ``hints`` has ``place``, the name of the place that it lies in or belongs to, and
    ``code``, its GB/T 2260 code, where they are known.
    """

    iri: str
    label: str
    names: tuple[str, ...]
    hints: Mapping[str, str]


def read_subjects(store: Store, *, labels: frozenset[str]) -> Iterator[Subject]:
    """The entities of some labels (``ORG``, …), by IRI."""
    hints: dict[str, dict[str, str]] = {}
    for row in select(store, "lookup_context"):
        hint = _HINT_OF_PROPERTY.get(row["property"])
        if hint is not None:
            hints.setdefault(row["entity"], {}).setdefault(hint, row["value"])
    for iri, rows in groupby(select(store, "entity_names"), key=itemgetter("entity")):
        named = list(rows)
        label = LABEL_OF_CLASS[named[0]["class"]]
        if label not in labels:
            continue
        names = tuple(dict.fromkeys(row["name"] for row in named))
        known = hints.get(iri, {})
        division = institution_place(names[0]) if label == "ORG" else None
        if division is not None:
            known = {"place": full_name(division), **known}
        yield Subject(iri, label, names, known)


def subject_to_query(
    subject: Subject,
    *,
    types: Mapping[str, str],
    properties: Mapping[str, str],
    limit: int = 5,
) -> ReconciliationQuery:
    """What a service is asked about an entity.

    Args:
        subject: The entity.
        types: Label → the service's type.
        properties: The service's property → the hint that it takes.
        limit: How many candidates to ask for.
    """
    given = ((pid, subject.hints.get(hint)) for pid, hint in sorted(properties.items()))
    return ReconciliationQuery(
        name=subject.names[0][:MAX_TEXT],
        type=types.get(subject.label),
        limit=limit,
        properties=tuple((pid, value) for pid, value in given if value is not None),
    )


def check_types(types: Mapping[str, str]) -> None:
    """See that types are given for labels that there are.

    Raises:
        InvalidQueryOptionError: One is not.
    """
    for label in types:
        if label not in LABELS:
            raise InvalidQueryOptionError(f"expected a class among {LABELS}, got {label!r}")


def check_properties(properties: Mapping[str, str]) -> None:
    """See that properties take hints that there are.

    Raises:
        InvalidQueryOptionError: One does not.
    """
    for hint in properties.values():
        if hint not in HINTS:
            raise InvalidQueryOptionError(f"expected a property of {HINTS}, got {hint!r}")
