"""What figures were claimed of: later figures without a name of their own refer to it.

Sets no ``Doc`` attribute itself: `extract.observations` builds on it. Two examples: after
产量30万吨, 同比增长5% is of 产量; after 净利润下滑6%, 为3亿元 is the level of 净利润.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from extract.facts import Argument
from extract.quantities import RATIO_UNITS
from extract.units import Quantity

POINTING_SEVERAL = re.compile(
    r"(?P<order>[前后])(?P<n>[两二三四五六])(?:项|个|大|者)?(?:指标|数据|数字)?"
    r"|(?:这|上述|以上)?(?P<m>[两二三四五六])(?:项|个|大)?(?:指标|数据|数字|者)|二者"
)
_NUMERALS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_DIMENSIONS: Mapping[str, str] = MappingProxyType({
    "千瓦": "容量", "兆瓦": "容量", "吉瓦": "容量", "千伏安": "容量", "千瓦时": "容量",
    "平方米": "面积", "亩": "面积", "公顷": "面积", "平方公里": "面积",
    "元": "金额", "美元": "金额", "欧元": "金额", "公里": "里程",
})  # fmt: skip
_IS_RATIO = re.compile(r"(?:率|比重|占比|比例|强度|指数)$")


@dataclass(frozen=True, slots=True)
class Slot:
    """What a figure was claimed of; later changes and 前者, 后者 refer to it."""

    subject: Argument
    indicator: str
    unit: str | None = None


def pointed_out(
    several: re.Match[str], count: int, recent: Sequence[Slot], in_sentence: Sequence[Slot]
) -> list[str] | None:
    """Indicators that 前三项 or 这两项指标 point to; None when there are not as many."""
    names = list(dict.fromkeys(slot.indicator for slot in recent))
    if several["order"] == "前" and _NUMERALS[several["n"]] == count:
        last = list(dict.fromkeys(slot.indicator for slot in in_sentence))
        return last[:count] if len(last) >= count else None
    return names[-count:] if len(names) >= count else None


def level_of_change(slots: Sequence[Slot], recent: Sequence[Slot], unit: str | None) -> list[Slot]:
    """The level of what only a change was told of: 净利润下滑6.3%，为3.1亿元."""
    if not slots or unit is None or unit in RATIO_UNITS:
        return []
    last = slots[-1]
    if last.unit not in RATIO_UNITS or _IS_RATIO.search(last.indicator):
        return []
    levels = {slot.indicator for slot in recent if slot.unit not in RATIO_UNITS}
    return [] if last.indicator in levels else [replace(last, unit=unit)]


def same_measure(slots: Sequence[Slot], recent: Sequence[Slot], unit: str | None) -> list[Slot]:
    """What a figure without a name goes on about: ratios the last, others the same unit."""
    if unit in RATIO_UNITS or any(slot.unit == unit for slot in slots):
        return list(slots)
    same = [slot for slot in recent if slot.unit == unit]
    return same[-1:]


def told_in_units(group: Sequence[Quantity], slots: Sequence[Slot]) -> list[Slot]:
    """The measure told last in the unit of each figure; empty unless all units differ and fit.

    After 贷款9笔、5亿元，利率3%, the figures 7笔、4亿元 are of the loans again.
    """
    units = [quantity.unit for quantity in group]
    if None in units or len(set(units)) < len(units):
        return []
    found = [next((s for s in reversed(slots) if s.unit == unit), None) for unit in units]
    told = [slot for slot in found if slot is not None]
    return told if len(told) == len(units) else []


def count_before(slots: Sequence[Slot], word: str) -> list[Slot]:
    """What 数量 and 人数 without a noun tell the number of: the things counted last.

    After 参展企业612家, the 数量 of 数量比上届增加两成 is 参展企业数量.
    """
    if not slots or slots[-1].unit is None or slots[-1].unit in RATIO_UNITS:
        return []
    last = slots[-1]
    name = last.indicator if last.indicator.endswith(("数", "数量")) else last.indicator + word
    return [replace(last, indicator=name)]


def sum_of_counted(slots: Sequence[Slot], unit: str | None) -> list[Slot]:
    """The size of the things counted last: 机组9台，合计30万千瓦 is their 容量."""
    if not slots or slots[-1].unit is None or slots[-1].unit in RATIO_UNITS:
        return []
    dimension = _DIMENSIONS.get(unit or "")
    if dimension is None or slots[-1].unit in _DIMENSIONS:
        return []
    return [replace(slots[-1], indicator=slots[-1].indicator + dimension, unit=unit)]


def pair(
    group: Sequence[Quantity], slots: Sequence[Slot], for_all: bool
) -> list[tuple[Quantity, Slot]]:
    """Give each figure its slot; nothing when the numbers do not agree."""
    if len(group) == len(slots):
        return list(zip(group, slots, strict=True))
    if len(group) == 1 and slots:
        return [(group[0], slot) for slot in slots] if for_all else [(group[0], slots[0])]
    return []
