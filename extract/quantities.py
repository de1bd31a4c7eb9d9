"""Which quantities of a text are figures, and which of them belong together.

Sets no ``Doc`` attribute itself: `extract.observations` builds on it. Two examples: in
21、43、9微克/立方米 three figures share a unit; 第3位, 18岁 and 220千伏及以上 are no figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from extract.units import Quantity

_TIME_MEAN = re.compile(r"(?:滑动)?平均|均值|制|保供|运行|值守|服务热线|时长")
_VOLTAGE_CLASS = re.compile(r"及以[上下]|特高压|超高压|高压|交流|直流|输|变|线|开关|电网|柔|主变")
TIME_UNITS = frozenset({"天", "小时", "分钟", "秒", "个月", "小時", "个工作日", "人日"})
_DISTANCE = re.compile(r"[离距](?!子|岸)[^，。；]{0,10}$")
_PEOPLE = re.compile(r"\s*(?:居民|市民|群众|农民|职工|用户|师生|学生|党员|游客|志愿者|人口|农户)")
_RANK_BEFORE = re.compile(
    r"第\s*$|(?<!之|此|目|以|年|月|日)前\s*$|[〔\[]\s*\d*$|No\.?$|[+＋]$|[“‘]\d*[+＋]|TOP\s*$"
)
RATIO_UNITS = frozenset({"%", "‰", "个百分点", "百分点", "個百分點", "倍", "番", "个基点"})
_LIST_JOIN = re.compile(r"\s*(?:、|和|及|与|以及|，和)\s*")
_RANGE_JOIN = re.compile(r"\s*(?:至|到|[—–\-~～－]{1,2})\s*")


def is_figure(quantity: Quantity, text: str) -> bool:
    """Whether a quantity may measure something: no rank, age, hour of day, voltage class."""
    before = text[max(0, quantity.span.start - 4) : quantity.span.start]
    after = text[quantity.span.end : quantity.span.end + 5]
    if _RANK_BEFORE.search(before):
        return False
    if quantity.text[0] in "+＋" and quantity.unit not in RATIO_UNITS:
        return False
    if re.match(r"[∶:：]\d", after) or re.search(r"\d[∶:：]$", before):
        return False  # 2.4∶1
    if re.match(
        r"[+＋]|周?岁|[时点](?![0-9.])\d{0,2}分?|号(?![召码])|年代|[线版]|级(?![可调]|[^，。]{0,2}能力)",
        after,
    ):
        return False
    if quantity.unit is None and after.startswith("年") and quantity.text[-1].isdigit():
        return False  # 5年投入2亿元, 10年前
    if before.endswith(("连续", "每")):
        return False  # 连续19个榨季, 每3度电
    if quantity.unit in TIME_UNITS and _TIME_MEAN.match(after):
        return False
    if quantity.unit in ("公里", "米", "千米") and _DISTANCE.search(
        text, max(0, quantity.span.start - 14), quantity.span.start
    ):
        return False
    if quantity.unit == "千伏" and (_VOLTAGE_CLASS.match(after) or "电压" not in before):
        return False  # a class of lines and stations
    if quantity.unit in TIME_UNITS and re.search(r"(?:为期|历时|连续|仅用|每|用时|不出)$", before):
        return False
    return not (
        quantity.unit in TIME_UNITS and re.match(r"[内后前来]|以[后前来内]|之[内后]", after)
    )


def people_to_unit(quantity: Quantity, text: str) -> Quantity:
    """Count 340万居民 in persons: the noun needs no classifier after 万."""
    if quantity.unit is None and _PEOPLE.match(text, quantity.span.end):
        return replace(quantity, unit="人", is_count=True)
    return quantity


def group_quantities(quantities: Sequence[Quantity], text: str) -> Iterator[list[Quantity]]:
    """Figures with nothing but 、 or 和 between them, units filled in from the last."""
    group: list[Quantity] = []
    for quantity in quantities:
        between = text[group[-1].span.end : quantity.span.start] if group else ""
        joined = _LIST_JOIN.fullmatch(between) or _RANGE_JOIN.fullmatch(between)
        both_sizes = group and between in ("/", "／") and _is_capacity_of(quantity, group[-1])
        if group and (joined or both_sizes):
            group.append(quantity)
            continue
        if group:
            yield share_unit(group)
        group = [quantity]
    if group:
        yield share_unit(group)


def is_range(group: Sequence[Quantity], text: str) -> bool:
    """Whether two figures are the ends of a range: 90元至100元."""
    between = text[group[0].span.end : group[-1].span.start]
    return len(group) == 2 and _RANGE_JOIN.fullmatch(between) is not None


def is_power_and_capacity(group: Sequence[Quantity]) -> bool:
    """Whether two figures are power and capacity of one thing: 100兆瓦/200兆瓦时."""
    return len(group) == 2 and _is_capacity_of(group[1], group[0])


def _is_capacity_of(capacity: Quantity, power: Quantity) -> bool:
    return power.unit is not None and capacity.unit in (f"{power.unit}时", f"{power.unit}h")


def share_unit(group: Sequence[Quantity]) -> list[Quantity]:
    """Give 21、43 of 21、43、9微克/立方米 the unit, and the 万 or 亿, of the last."""
    last = group[-1]
    scale_match = re.search(r"[\d.](?P<scale>[百千]?万亿?|[百千]?亿)", last.text)
    scale = Decimal(1)
    if scale_match:
        for char in scale_match["scale"]:
            scale *= {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}[char]
    shared: list[Quantity] = []
    for quantity in group:
        if quantity.unit == "个" and last.unit in ("个百分点", "个基点"):
            quantity = replace(quantity, unit=last.unit, is_count=False)
        elif quantity.unit is None and last.unit is not None and quantity.text[-1].isdigit():
            quantity = replace(
                quantity, unit=last.unit, is_count=last.is_count, value=quantity.value * scale
            )
        elif quantity.unit is None and last.unit is not None and quantity.text[-1] in "万亿":
            quantity = replace(quantity, unit=last.unit, is_count=last.is_count)  # 3亿、2亿元
        shared.append(quantity)
    return shared
