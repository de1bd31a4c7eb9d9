"""Units of measure and quantities: a written number with its unit.

Sets no ``Doc`` attribute itself: `extract.observations` builds on it. Two examples:
12.5亿千瓦时 is 1250000000 千瓦时 (only 万, 亿, 千, 百 scale the value); 35微克/立方米 is
35 with the compound unit 微克/立方米. A count keeps its classifier as unit (240所).
What a unit means is told by `extract.unit_registry`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from extract.facts import Span
from extract.numbers import NumberMention, find_numbers
from extract.unit_registry import (
    COUNT_UNITS,
    DENOMINATOR_WORDINGS,
    MEASURE_WORDINGS,
    SYMBOLS,
    unit_iri,
)

__all__ = ["Quantity", "find_quantities", "unit_iri"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number and its unit as they stand in the text.

    ``unit`` keeps the wording without 万 and 亿; None when no unit is written. ``is_count``
    is true for classifiers (家, 个, 所), ``rounded_up`` where 余 or 多 belongs to the number.
    """

    span: Span
    text: str
    value: Decimal
    unit: str | None
    is_count: bool = False
    rounded_up: bool = False


_LATIN_COMPOUND = (
    r"(?:(?:t|kg|g)(?:CO[2₂]e?|ce)|[μµumnk]?g|t|[kMG]Wh|[kM]?W|[kMG]?J|km|m[³3]|m|L)"
    r"/(?:N?m[³3²2]|[kMG]Wh|[kM]W|hm[²2]|km[²2]?|kg|ha|[LlthsdamJ]|GJ)(?![A-Za-z0-9])"
)
_SCALE = "(?:百|千|万|百万|千万|亿|萬|億)"


def _alternation(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_BASE = _alternation([*MEASURE_WORDINGS, *SYMBOLS, *COUNT_UNITS])
_CHINESE_BASE = _alternation(
    [unit for unit in (*MEASURE_WORDINGS, *SYMBOLS, *COUNT_UNITS) if not unit.isascii()]
)
_BELOW = _alternation([*DENOMINATOR_WORDINGS])
_LATIN_DENOMINATOR = r"(?:[kMG]Wh|[kM]W|GJ|m[³3²2]|km[²2]?|L|h|t(?![A-Za-z]))"
_DENOMINATOR = rf"{_SCALE}?(?:{_BELOW}|{_CHINESE_BASE}|{_LATIN_DENOMINATOR}|GDP)"
_PER = rf"(?:/|／|每(?={_DENOMINATOR}))"
# What a unit's first character begins when it is no unit: 个性, 部门, 人均, 克服, 条例 …
_NOT_UNIT = (
    r"(?!(?<=个)[体性人别]|(?<=部)[门分委]|(?<=人)[均民工大才类]|(?<=台)[湾风]|(?<=场)[景所址]"
    r"|(?<=条)例|(?<=方)[面式案针]|(?<=度)[假]|(?<=期)间|(?<=里)程|(?<=天)[然津]|(?<=面)[向积]"
    r"|(?<=对)[于口]|(?<=处)于|(?<=P)M|(?<=t)[a-z]|(?<=W)[A-Za-z]|(?<=种)植|(?<=组)织"
    r"|(?<=[克元米])[服素]|(?<=吨碳)[排配汇酸化素纤减捕]|(?<=吨二氧化碳)[的捕封减])"
)
_UNIT = re.compile(
    rf"[ \u00a0]?(?P<unit>{_LATIN_COMPOUND}"
    rf"|(?:{_BASE}){_NOT_UNIT}(?:[（(]标准状态[）)])?(?:{_PER}{_DENOMINATOR}(?![线级])){{0,2}})"
)
_UNITS_OF_SMALL_NUMBERS = frozenset({"倍", "个百分点", "百分点", "個百分點"})
_SCALES = frozenset("百千万亿萬億")
_QUALIFYING = frozenset("达達超破近逾过過约約上")
_SPECIAL_UNITS = {"percent": "%", "permille": "‰", "doubling": "倍", "fraction": None}


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Find the numbers of a text that carry a unit, and bare Arabic numbers.

    Chinese numerals count only with a unit, and 一 to 九 only with 倍 or 百分点 (一个, 三家,
    五升两降 are turns of phrase).

    >>> [(str(q.value), q.unit) for q in find_quantities("发电12.5亿千瓦时，建站30余座")]
    [('1250000000', '千瓦时'), ('30', '座')]
    """
    quantities: list[Quantity] = []
    end = 0
    for number in find_numbers(text):
        if number.span.start < end:
            continue
        quantity = _number_to_quantity(number, text)
        if quantity is not None:
            quantities.append(quantity)
            end = quantity.span.end
    return tuple(quantities)


def _is_bare_large(number: NumberMention, text: str) -> bool:
    """Tell 产值达千亿 from 千万 as an adverb and from 百亿级."""
    before, after = _char_before(number, text), text[number.span.end : number.span.end + 1]
    return number.value >= 10_000_000 and before in _QUALIFYING and after in set("，。；、")


def _is_qualified(number: NumberMention, text: str) -> bool:
    """Whether a word before a bare 百 or 千 makes it a number: 近百辆, 不足千元."""
    bounded = text[max(0, number.span.start - 2) : number.span.start] in ("不足", "不到")
    return bounded or _char_before(number, text) in _QUALIFYING


def _char_before(number: NumberMention, text: str) -> str:
    return text[max(0, number.span.start - 1) : number.span.start]


def _number_to_quantity(number: NumberMention, text: str) -> Quantity | None:
    if number.kind != "plain":
        return Quantity(
            span=number.span,
            text=number.text,
            value=number.value,
            unit=_SPECIAL_UNITS[number.kind],
            rounded_up=number.rounded_up,
        )
    match = _UNIT.match(text, number.span.end)
    unit = match["unit"] if match else None
    arabic = any(char.isdigit() and char not in "〇" for char in number.text)
    is_count = unit in COUNT_UNITS
    if unit is None and re.match("[A-Za-z]", text[number.span.end : number.span.end + 1]):
        return None  # 5G, 3D
    if set(number.text) <= _SCALES and not _is_qualified(number, text):
        return None  # 万元GDP, 千亿级
    if unit is None and not arabic and not _is_bare_large(number, text):
        return None
    if not arabic and number.value < 10 and unit not in _UNITS_OF_SMALL_NUMBERS:
        return None
    span = Span(number.span.start, match.end() if match else number.span.end)
    return Quantity(
        span=span,
        text=span.of(text),
        value=number.value,
        unit="%" if unit == "％" else unit,
        is_count=is_count,
        rounded_up=number.rounded_up,
    )
