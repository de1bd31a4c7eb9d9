"""Links that the project's own tables give: GeoNames, by GB/T 2260 code or by country.

No name is compared here; the tables say for each code which feature was found to agree, and
how. A division's link leads to the town at its seat, so it is a close match; that of a state
or territory is exact.

>>> GEONAMES.iri
'https://www.geonames.org/'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from extract.gazetteer import Country, lookup_other
from graph import authority
from graph.linking.linker import Answered
from graph.linking.links import Match, Source
from graph.linking.policy import Judgement
from graph.linking.subjects import Subject
from graph.queryfiles import select
from graph.store import Store

GEONAMES = Source(
    iri="https://www.geonames.org/",
    name="GeoNames",
    space="https://sws.geonames.org/",
    method="authority",
)


def read_places(store: Store) -> Iterator[Subject]:
    """The places of a store with what the tables go by: preferred name and code."""
    for iri, rows in groupby(select(store, "link_places"), key=itemgetter("place")):
        first = next(rows)
        hints = {"code": first["code"]} if "code" in first else {}
        yield Subject(iri, "PLACE", (first["name"],), hints)


def find_authority_matches(subjects: Iterable[Subject], *, today: str) -> Iterator[Answered]:
    """What the tables say of each place; entities of other labels are passed over.

    Args:
        subjects: Entities.
        today: The day that new matches get, in ISO form.
    """
    for subject in subjects:
        if subject.label == "PLACE":
            yield Answered(subject, tuple(_matches(subject, today)), remembered=True)


def _matches(subject: Subject, today: str) -> Iterator[Match]:
    code = subject.hints.get("code")
    division = None if code is None else authority.read_division_links().get(code)
    if division is not None:
        reason = (
            f"the town at the seat of the division {code}: "
            f"agrees on the {division.agrees_on}, {division.kilometres:g} km away"
        )
        judgement = Judgement("closeMatch", "accepted", reason)
        yield _match(subject, division.iri, division.geonames_name, judgement, today)
        return
    country = lookup_other(subject.names[0])
    if code is not None or not isinstance(country, Country):
        return
    link = authority.read_country_links().get(country.code)
    if link is not None:
        judgement = Judgement("exactMatch", "accepted", f"by ISO 3166-1 code {link.code}")
        yield _match(subject, link.iri, link.geonames_name, judgement, today)


def _match(subject: Subject, target: str, name: str, judgement: Judgement, today: str) -> Match:
    return Match(
        entity=subject.iri,
        target=target,
        target_name=name,
        score=None,
        date=today,
        judgement=judgement,
    )
