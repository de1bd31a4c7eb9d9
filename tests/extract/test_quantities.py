"""Which quantities are figures, and which of them belong together."""

from __future__ import annotations

import pytest

from extract.quantities import group_quantities, is_figure, is_range
from extract.units import find_quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("同比+6.4%", ["+6.4%"]),
        ("沿用1+3模式", []),
        ("离厂区3公里", []),
        ("距码头不到5公里", []),
        ("新修管道3公里", ["3公里"]),
        ("离岸风电装机3万千瓦", ["3万千瓦"]),
        ("排名第3位", []),
        ("年近60岁", []),
        ("220千伏及以上线路", []),
        ("环湖750千伏工程合环", []),
        ("运行电压750千伏", ["750千伏"]),
        ("两天内办结", []),
    ],
)
def test_figures_among_quantities(text: str, expected: list[str]) -> None:
    assert [q.text for q in find_quantities(text) if is_figure(q, text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("同比各上升1.3个和2.2个百分点", [["个百分点", "个百分点"]]),
        ("分别为21、43、9微克/立方米", [["微克/立方米"] * 3]),
        ("建园12个，建站3座", [["个"], ["座"]]),
        ("规模100兆瓦/200兆瓦时", [["兆瓦", "兆瓦时"]]),
        ("规模100MW/200MWh", [["MW", "MWh"]]),
    ],
)
def test_units_are_shared_in_a_group(text: str, expected: list[list[str]]) -> None:
    groups = group_quantities(find_quantities(text), text)
    assert [[q.unit for q in group] for group in groups] == expected


def test_a_range_has_two_ends_and_no_list_mark() -> None:
    for text, expected in (("90元至100元", True), ("90元、100元", False), ("90元", False)):
        (group,) = group_quantities(find_quantities(text), text)
        assert is_range(group, text) is expected
