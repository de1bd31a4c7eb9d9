"""Figures as rows, lines and bars, and which contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from rdflib import URIRef

from ontology.terms import TANPU
from web.figures import (
    Figure,
    bars_of_period,
    disputed_features,
    figures_to_chart,
    measure_extent,
)
from web.reading import NodeView


def figure(
    value: str,
    *,
    of: str = "北湾市",
    period: str | None = "2030",
    unit: str = "吨",
    qualifiers: Sequence[URIRef] = (),
    best: float = 0.9,
    indicator: str = "排放",
) -> Figure:
    key = f"{of}-{indicator}-{period}-{value}-{unit}-{qualifiers}"
    return Figure(
        iri=key,
        feature=NodeView(of, of, None, None),
        indicator=NodeView(indicator, indicator, None, None),
        period=period,
        value=Decimal(value),
        text=value + unit,
        unit=unit,
        qualifiers=tuple(qualifiers),
        best=best,
        sources=1,
        latest=None,
        href=f"/{key}",
    )


@pytest.mark.parametrize(
    ("other", "number"),
    [
        (figure("7"), 2),
        (figure("5.0"), 0),
        (figure("7", of="南湾市"), 0),
        (figure("7", indicator="用电"), 0),
        (figure("7", period="2031"), 0),
        (figure("7", period=None), 0),
        (figure("7", unit="万吨"), 2),
    ],
)
def test_things_with_different_values_of_one_time_are_looked_through(
    other: Figure, number: int
) -> None:
    expected = {"北湾市": number} if number else {}
    assert disputed_features([figure("5"), other]) == expected


def test_a_chart_has_every_year_and_the_surest_value() -> None:
    figures = [
        figure("5", period="2030", best=0.5),
        figure("6", period="2030", best=0.9),
        figure("9", period="2032"),
        figure("3", of="南湾市", period="2031"),
    ]
    assert figures_to_chart(figures) == {
        "unit": "吨",
        "years": [2030, 2031, 2032],
        "series": [
            {"name": "北湾市", "values": [6.0, None, 9.0], "contradicted": [[], [], []]},
            {"name": "南湾市", "values": [None, 3.0, None], "contradicted": [[], [], []]},
        ],
    }


def test_a_chart_marks_the_values_that_exclude_each_other_and_no_others() -> None:
    clashing = [figure("6", best=0.9), figure("5", best=0.5), figure("5.0", best=0.4)]
    others = [figure("7", qualifiers=[TANPU.QualifierTarget]), figure("8", period="2031")]
    chart = figures_to_chart(
        [*clashing, *others], contradicted={one.iri for one in [*clashing, others[0]]}
    )
    assert chart is not None
    assert chart["series"] == [
        {"name": "北湾市", "values": [6.0, 8.0], "contradicted": [[5.0, 6.0], []]}
    ]


@pytest.mark.parametrize(
    "second",
    [
        figure("9", period="2030"),
        figure("9", period="2031-05"),
        figure("9", period="2031/2035"),
        figure("9", period=None),
        figure("9", period="2031", qualifiers=[TANPU.QualifierTarget]),
        figure("9", period="2031", qualifiers=[TANPU.QualifierDecrease]),
        figure("9", period="2099"),
        figure("9", period="2031", of="南湾市"),
    ],
)
def test_there_is_no_chart_without_two_comparable_years(second: Figure) -> None:
    assert figures_to_chart([figure("5", period="2030"), second]) is None


def test_bars_compare_things_of_one_period_unit_and_indicator() -> None:
    compared = bars_of_period(
        [
            figure("5", of="甲"),
            figure("10", of="乙"),
            figure("99", of="丙", period="2031"),
            figure("7", of="丁", qualifiers=[TANPU.QualifierTarget]),
        ]
    )
    assert compared is not None
    period, bars = compared
    assert period == "2030"
    assert [(one.feature.name, share) for one, share in bars] == [("乙", 1.0), ("甲", 0.5)]


@pytest.mark.parametrize("figures", [[], [figure("5")], [figure("0"), figure("0", period="2031")]])
def test_one_thing_alone_is_compared_with_nothing(figures: list[Figure]) -> None:
    assert bars_of_period(figures) is None


def test_bars_of_nothing_but_zeros_have_no_length() -> None:
    compared = bars_of_period([figure("0", of="甲"), figure("0", of="乙")])
    assert compared is not None
    assert [share for _, share in compared[1]] == [0.0, 0.0]


def test_the_extent_of_figures() -> None:
    extent = measure_extent(
        [figure("5"), figure("6", of="甲", period="2020/2025", unit="%"), figure("7", period=None)]
    )
    assert (extent.features, list(extent.units)) == (2, ["吨", "%"])
    assert (extent.first, extent.last) == ("2020", "2030")
