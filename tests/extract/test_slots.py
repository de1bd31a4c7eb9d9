"""What later figures refer to: the level of a change, the same measure."""

from __future__ import annotations

import pytest

from extract.facts import Argument
from extract.slots import (
    Slot,
    count_before,
    level_of_change,
    same_measure,
    sum_of_counted,
    told_in_units,
)
from extract.units import find_quantities

PLACE = Argument(label="PLACE", text="苏州", name="苏州市")


def slot(indicator: str, unit: str | None) -> Slot:
    return Slot(PLACE, indicator, unit)


@pytest.mark.parametrize(
    ("slots", "recent", "unit", "expected"),
    [
        ([slot("净利润", "%")], [slot("营业收入", "元")], "元", ["净利润"]),
        ([slot("净利润", "%")], [slot("净利润", "元")], "元", []),
        ([slot("绿电占比", "%")], [], "千瓦", []),
        ([slot("净利润", "%")], [], "%", []),
        ([], [], "元", []),
    ],
)
def test_the_level_of_a_change_is_of_the_same_measure_unless_it_was_told(
    slots: list[Slot], recent: list[Slot], unit: str, expected: list[str]
) -> None:
    assert [found.indicator for found in level_of_change(slots, recent, unit)] == expected


def test_a_figure_without_name_goes_on_about_what_has_its_unit() -> None:
    slots, recent = [slot("用电量", "千瓦时")], [slot("装机", "千瓦"), slot("用电量", "千瓦时")]
    assert same_measure(slots, recent, "千瓦") == [slot("装机", "千瓦")]
    assert same_measure(slots, recent, "%") == slots


@pytest.mark.parametrize(
    ("slots", "word", "expected"),
    [
        ([slot("参展企业", "家")], "数量", ["参展企业数量"]),
        ([slot("参会人数", "人")], "人数", ["参会人数"]),
        ([slot("绿电占比", "%")], "数量", []),
        ([], "人数", []),
    ],
)
def test_a_number_without_noun_is_of_what_was_counted_last(
    slots: list[Slot], word: str, expected: list[str]
) -> None:
    assert [found.indicator for found in count_before(slots, word)] == expected


@pytest.mark.parametrize(
    ("slots", "unit", "expected"),
    [
        ([slot("燃煤机组", "台")], "千瓦", ["燃煤机组容量"]),
        ([slot("公园", "处")], "平方米", ["公园面积"]),
        ([slot("签约项目", "个")], "元", ["签约项目金额"]),
        ([slot("燃煤机组", "台")], "%", []),
        ([slot("装机", "千瓦")], "元", []),
        ([], "千瓦", []),
    ],
)
def test_the_size_after_a_count_is_of_the_things_counted(
    slots: list[Slot], unit: str, expected: list[str]
) -> None:
    assert [found.indicator for found in sum_of_counted(slots, unit)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("27笔、13亿元", ["贷款笔数", "贷款额"]),
        ("13亿元、27笔", ["贷款额", "贷款笔数"]),
        ("27笔、13笔", []),
        ("27笔、13吨", []),
    ],
)
def test_figures_of_unlike_units_are_of_what_was_told_in_them(
    text: str, expected: list[str]
) -> None:
    told = [slot("贷款笔数", "笔"), slot("贷款额", "元"), slot("利率", "%")]
    found = told_in_units(find_quantities(text), told)
    assert [s.indicator for s in found] == expected
