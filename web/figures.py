"""Figures of an indicator or of a thing: as rows of a table, and as lines of a chart.

Two figures contradict each other when they are of the same thing, indicator, time, unit and sort,
and have different values. A sort is what qualifies a figure: a target is no result, "over 100" and
"120" do not exclude each other, nor do figures of no certain time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rdflib import URIRef

from ontology.terms import TANPU
from web.reading import NodeView, Reader
from web.roles import Role
from web.statements import confidence_literal
from web.store import Row, StoreAccess
from web.wording import CONCEPT_WORDS, Words

# What says how a value was measured; the rest says how exact it is.
_LOOSE = frozenset({TANPU.QualifierOver, TANPU.QualifierUnder, TANPU.QualifierAbout})
# No more things than this are lines of a chart at first; the others are in the table.
LINES_AT_MOST = 8


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
    def claim(self) -> tuple[object, ...] | None:
        """What two figures share that cannot both be right with different values."""
        if self.period is None or _LOOSE.intersection(self.qualifiers):
            return None
        sort = frozenset(self.qualifiers) - {TANPU.QualifierExact}
        return self.feature.iri, self.indicator.iri, self.period, self.unit, sort


def read_figures(
    store: StoreAccess, reader: Reader, iri: URIRef, role: Role, *, least: float = 0.0
) -> list[Figure]:
    """The figures that a node fills a role in, the latest period first; at most 1,000."""
    rows = store.rows(
        "role_figures", entity=iri, role=role.property, least=confidence_literal(least)
    )
    return [_row_to_figure(row, reader) for row in rows if "feature" in row and "indicator" in row]


def contradicted(figures: Iterable[Figure]) -> frozenset[str]:
    """The IRIs of the figures that another one contradicts."""
    claims: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.claim is not None:
            claims[figure.claim].append(figure)
    return frozenset(
        figure.iri
        for same in claims.values()
        if len({figure.value for figure in same}) > 1
        for figure in same
    )


def figures_to_chart(figures: Sequence[Figure]) -> dict[str, Any] | None:
    """The lines of a chart over years, for the unit that most figures have; None without two years.

    Targets and figures of no time are left out. Of several values of a thing in a year the surest
    is taken. Gives ``{"unit", "years", "series": [{"name", "values"}]}``, a value for each year or
    None; the things with most years come first, :data:`LINES_AT_MOST` of them.
    """
    dated = [f for f in figures if f.period and TANPU.QualifierTarget not in f.qualifiers]
    unit = most_common([figure.unit for figure in dated])
    points: dict[str, dict[int, Figure]] = defaultdict(dict)
    names: dict[str, str] = {}
    for figure in dated:
        year = single_year(figure.period or "")
        if figure.unit != unit or year is None:
            continue
        names[figure.feature.iri] = figure.feature.name
        known = points[figure.feature.iri].get(year)
        if known is None or (figure.best or 0.0) > (known.best or 0.0):
            points[figure.feature.iri][year] = figure
    chosen = sorted(points, key=lambda iri: (-len(points[iri]), names[iri], iri))[:LINES_AT_MOST]
    years = sorted({year for iri in chosen for year in points[iri]})
    if len(years) < 2:
        return None
    series = [
        {
            "name": names[iri],
            "values": [float(points[iri][y].value) if y in points[iri] else None for y in years],
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
        if figure.period and figure.value >= 0 and TANPU.QualifierTarget not in figure.qualifiers:
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


def single_year(period: str) -> int | None:
    """The year of a period within one year; None for a longer one.

    >>> single_year("2031-05"), single_year("2031-01/2031-06"), single_year("2026/2030")
    (2031, 2031, None)
    """
    first, _, last = period.partition("/")
    if not first[:4].isdigit() or (last and last[:4] != first[:4]):
        return None
    return int(first[:4])


def most_common(values: Sequence[str]) -> str | None:
    """The value that stands most often, the first of several; None of none.

    >>> most_common(["吨", "座", "座"])
    '座'
    """
    counts: Mapping[str, int] = {value: values.count(value) for value in dict.fromkeys(values)}
    return max(counts, key=lambda value: counts[value], default=None)


def _row_to_figure(row: Row, reader: Reader) -> Figure:
    iri = URIRef(row["statement"])
    unit = str(row.get("unit", ""))
    return Figure(
        iri=str(iri),
        feature=reader.node(URIRef(row["feature"])),
        indicator=reader.node(URIRef(row["indicator"])),
        period=str(row["iso"]) if "iso" in row else None,
        value=Decimal(str(row["value"])),
        text=str(row.get("text", row["value"])),
        unit=unit,
        qualifiers=tuple(map(URIRef, str(row.get("qualifiers", "")).split())),
        best=float(str(row["best"])) if "best" in row else None,
        sources=int(str(row["sources"])),
        latest=str(row["latest"]) if "latest" in row else None,
        href=reader.href(str(iri)) or str(iri),
    )
