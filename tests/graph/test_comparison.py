"""Claims as intervals."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.comparison import disjoint, figure_to_interval, not_nested, to_unit


@pytest.mark.parametrize(
    ("value", "text", "qualifiers", "expected"),
    [
        ("35", "35微克/立方米", (), ("34.51", "35.49")),
        ("12500", "1.25万座", (), ("12451", "12549")),
        ("1500", "一千五百座", (), ("1500", "1500")),
        ("100", "约100座", ("about",), ("95", "105")),
        ("100", "逾100座", ("over",), ("99.51", "Infinity")),
        ("100", "不足100座", ("under",), ("-Infinity", "100.49")),
        ("1234", "1,234家", (), ("1233.51", "1234.49")),
        ("0", "0起", (), ("0", "0")),
    ],
)
def test_a_written_figure_stands_for_the_values_that_round_to_it(
    value: str, text: str, qualifiers: tuple[str, ...], expected: tuple[str, str]
) -> None:
    low, high = figure_to_interval(Decimal(value), text, qualifiers=qualifiers)
    assert (low, high) == (Decimal(expected[0]), Decimal(expected[1]))


@pytest.mark.parametrize(
    ("unit", "to", "expected"),
    [
        ("吨", "千克", (1000, 2000)),
        ("亿千瓦时", "吉瓦时", (100, 200)),
        ("座", "座", (1, 2)),
        ("座", "家", None),
        ("吨", "千瓦时", None),
        (None, "吨", None),
        (None, None, (1, 2)),
        ("圈", "圈", (1, 2)),
        ("圈", "吨", None),
    ],
)
def test_intervals_pass_to_units_of_one_dimension_alone(
    unit: str | None, to: str | None, expected: tuple[int, int] | None
) -> None:
    wanted = None if expected is None else (Decimal(expected[0]), Decimal(expected[1]))
    assert to_unit((Decimal(1), Decimal(2)), unit, to=to) == wanted


SPANS = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda pair: (min(pair), max(pair))),
    max_size=8,
)


@given(SPANS)
def test_disjoint_finds_what_comparing_all_pairs_finds(spans: list[tuple[int, int]]) -> None:
    expected = {
        one
        for one, other in product(range(len(spans)), repeat=2)
        if spans[one][0] > spans[other][1] or spans[one][1] < spans[other][0]
    }
    assert disjoint(spans) == sorted(expected)


@given(SPANS)
def test_not_nested_finds_what_comparing_all_pairs_finds(spans: list[tuple[int, int]]) -> None:
    def inside(one: tuple[int, int], other: tuple[int, int]) -> bool:
        return other[0] <= one[0] and one[1] <= other[1]

    expected = {
        one
        for one, other in product(range(len(spans)), repeat=2)
        if not inside(spans[one], spans[other]) and not inside(spans[other], spans[one])
    }
    worded = [(str(first), str(last)) for first, last in spans]
    assert not_nested(worded) == sorted(expected)
