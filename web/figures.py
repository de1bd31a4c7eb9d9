"""Figures of an indicator or of a thing: as rows of a table, and as lines of a chart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rdflib import URIRef

from ontology.terms import TANPU
from web.reading import NodeView, Reader
from web.roles import Role
from web.statements import confidence_literal
from web.store import StoreAccess
from web.wording import CONCEPT_WORDS, Words

# What is no value of the thing itself at that time: a wish, or how much it changed.
_NO_LEVEL = frozenset({TANPU.QualifierTarget, TANPU.QualifierIncrease, TANPU.QualifierDecrease})
# No more things than this are lines of a chart at first; the others are in the table.
LINES_AT_MOST = 8
# A longer axis would show nothing between its ends.
YEARS_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        iri: of the statement.
        feature: what it is a figure of.
        indicator: what is measured.
        period: ISO, an interval with "/"; None where the text gives none.
        value: in ``unit``.
        text: the value as it is written.
        unit: as it is written; "" for a bare number.
        qualifiers: what qualifies it, as IRIs of concepts.
        best: the confidence of the best evidence, 0 to 1.
        sources: how many documents say it.
        latest: when the newest of them appeared, as an ISO date.
        href: the page of the statement.
    """

    iri: str
    feature: NodeView
    indicator: NodeView
    period: str | None
    value: Decimal
    text: str
    unit: str
    qualifiers: Sequence[URIRef]
    best: float | None
    sources: int
    latest: str | None
    href: str

    @property
    def qualifier_words(self) -> list[Words]:
        """What qualifies it in words, without what goes without saying."""
        words = (CONCEPT_WORDS.get(qualifier) for qualifier in self.qualifiers)
        return [one for one in words if one is not None and one.zh]

    @property
    def is_level(self) -> bool:
        """Whether it is a value of its thing, and no target and no change."""
        return _NO_LEVEL.isdisjoint(self.qualifiers)


def read_figures(
    store: StoreAccess, reader: Reader, iri: URIRef, role: Role, *, least: float = 0.0
) -> list[Figure]:
    """The figures that a node fills a role in, the latest period first; at most 1,000."""
    rows = store.texts("role_figures", entity=iri, role=role.prop, least=confidence_literal(least))
    return [_row_to_figure(row, reader) for row in rows if "feature" in row and "indicator" in row]


def disputed_features(figures: Iterable[Figure]) -> dict[str, int]:
    """The things of which figures of one indicator and period differ, with the number of those.

    Whether they exclude each other is for :mod:`graph.contradictions` to say.
    """
    groups: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.period is not None:
            groups[figure.feature.iri, figure.indicator.iri, figure.period].append(figure)
    numbers: dict[str, int] = defaultdict(int)
    for (feature, _, _), same in groups.items():
        if len({figure.value for figure in same}) > 1:
            numbers[feature] += len(same)
    return dict(numbers)


def figures_to_chart(
    figures: Sequence[Figure], *, contradicted: Container[str] = ()
) -> dict[str, Any] | None:
    """The lines of a chart over years, for the unit that most figures have; None without a line.

    Targets, changes and figures of anything but a whole year are left out. Of several values of a
    thing in a year the surest is in the line. Gives ``{"unit", "years", "series": [{"name",
    "values", "contradicted"}]}``, with every year between the first and the last, and for each a
    value or None, and all values that contradict each other, in order; the things with most years
    come first, :data:`LINES_AT_MOST` of them.

    Args:
        figures: those of one indicator.
        contradicted: the statements whose figures others exclude, as IRIs.
    """
    dated = [f for f in figures if f.is_level and whole_year(f.period) is not None]
    unit = most_common([figure.unit for figure in dated])
    points: dict[str, dict[int, Figure]] = defaultdict(dict)
    clashes: dict[tuple[str, int], set[Decimal]] = defaultdict(set)
    names: dict[str, str] = {}
    for figure in dated:
        year = whole_year(figure.period)
        if figure.unit != unit or year is None:
            continue
        names[figure.feature.iri] = figure.feature.name
        if figure.iri in contradicted:
            clashes[figure.feature.iri, year].add(figure.value)
        known = points[figure.feature.iri].get(year)
        if known is None or (figure.best or 0.0) > (known.best or 0.0):
            points[figure.feature.iri][year] = figure
    chosen = sorted(points, key=lambda iri: (-len(points[iri]), names[iri], iri))[:LINES_AT_MOST]
    named = sorted({year for iri in chosen for year in points[iri]})
    if all(len(points[iri]) < 2 for iri in chosen) or named[-1] - named[0] >= YEARS_AT_MOST:
        return None
    years = list(range(named[0], named[-1] + 1))
    series = [
        {
            "name": names[iri],
            "values": [float(points[iri][y].value) if y in points[iri] else None for y in years],
            "contradicted": [sorted(map(float, clashes.get((iri, y), ()))) for y in years],
        }
        for iri in chosen
    ]
    return {"unit": unit or "", "years": years, "series": series}


def bars_of_period(figures: Sequence[Figure]) -> tuple[str, list[tuple[Figure, float]]] | None:
    """The period and unit that most things share, and each one's share of the largest value.

    Gives the period and pairs of figure and share from 0 to 1, the largest first; None where no
    two things can be compared.
    """
    groups: dict[tuple[str, str, str], dict[str, Figure]] = defaultdict(dict)
    for figure in figures:
        if figure.period and figure.value >= 0 and figure.is_level:
            key = (figure.period, figure.unit, figure.indicator.iri)
            known = groups[key].get(figure.feature.iri)
            if known is None or (figure.best or 0.0) > (known.best or 0.0):
                groups[key][figure.feature.iri] = figure
    if not groups:
        return None
    key = max(groups, key=lambda k: (len(groups[k]), k))
    chosen = sorted(groups[key].values(), key=lambda f: (-f.value, f.feature.name))
    if len(chosen) < 2:
        return None
    largest = chosen[0].value or Decimal(1)
    return key[0], [(figure, float(figure.value / largest)) for figure in chosen]


def whole_year(period: str | None) -> int | None:
    """The year that a period is; None for any other period.

    >>> whole_year("2031"), whole_year("2031-05"), whole_year("2026/2030")
    (2031, None, None)
    """
    return int(period) if period is not None and re.fullmatch(r"[0-9]{4}", period) else None


@dataclass(frozen=True, slots=True)
class Extent:
    """What figures are about, at one glance: how many things, which units, from when to when."""

    features: int
    units: Sequence[str]
    first: str | None
    last: str | None


def measure_extent(figures: Sequence[Figure]) -> Extent:
    """The extent of some figures; the units in order of how often they stand."""
    units = [figure.unit for figure in figures if figure.unit]
    years = sorted(figure.period[:4] for figure in figures if figure.period)
    return Extent(
        features=len({figure.feature.iri for figure in figures}),
        units=sorted(dict.fromkeys(units), key=lambda unit: (-units.count(unit), unit)),
        first=years[0] if years else None,
        last=years[-1] if years else None,
    )


def most_common(values: Sequence[str]) -> str | None:
    """The value that stands most often, the first of several; None of none.

    >>> most_common(["吨", "座", "座"])
    '座'
    """
    counts: Mapping[str, int] = {value: values.count(value) for value in dict.fromkeys(values)}
    return max(counts, key=lambda value: counts[value], default=None)


def _row_to_figure(row: Mapping[str, str], reader: Reader) -> Figure:
    iri = row["statement"]
    return Figure(
        iri=iri,
        feature=reader.node(URIRef(row["feature"])),
        indicator=reader.node(URIRef(row["indicator"])),
        period=row.get("iso"),
        value=Decimal(row["value"]),
        text=row.get("text", row["value"]),
        unit=row.get("unit", ""),
        qualifiers=tuple(map(URIRef, row.get("qualifiers", "").split())),
        best=float(row["best"]) if "best" in row else None,
        sources=int(row["sources"]),
        latest=row.get("latest"),
        href=reader.href(iri) or iri,
    )
