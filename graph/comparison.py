"""When two claims about the same cannot both be right.

Pure functions over intervals: a figure stands for the values that its rounding and its 超过 or
约 allow, a date for its days. Every function takes all claims of one matter and names those that
another one excludes, in the order given, and takes no longer than sorting them.

>>> disjoint([(Decimal(1), Decimal(2)), (Decimal(2), Decimal(3)), (Decimal(5), Decimal(6))])
[0, 1, 2]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from itertools import accumulate
from typing import Any, Protocol, TypeVar

from extract.unit_registry import UnitError, convert_value, parse_unit

# What 约 and 左右 allow on either side, as a share of the value.
ABOUT = Decimal("0.05")
# Of the last written digit, what rounding may have changed: a little less than the half, so that
# the counts 12 and 13 stay two.
_ROUNDING = Decimal("0.49")
_NUMBER = re.compile(r"[0-9０-９][0-9０-９,，]*(?:[.．]([0-9０-９]+))?")


class Ordered(Protocol):
    """What can be sorted."""

    def __lt__(self, other: Any, /) -> bool: ...

    def __gt__(self, other: Any, /) -> bool: ...


T = TypeVar("T", bound=Ordered)


def figure_to_interval(
    value: Decimal, text: str, *, qualifiers: Iterable[str] = ()
) -> tuple[Decimal, Decimal]:
    """The least and the greatest value that a written figure stands for.

    Args:
        value: with 万 and 亿 written out.
        text: the wording of number and unit, from which the last written digit is read; a
            number in Chinese numerals is exact.
        qualifiers: of them ``over``, ``under`` and ``about`` count.

    >>> figure_to_interval(Decimal(12500), "1.25万座")
    (Decimal('12451.00'), Decimal('12549.00'))
    >>> figure_to_interval(Decimal(100), "超过100家", qualifiers=["over"])[1]
    Decimal('Infinity')
    """
    margin = _last_digit(value, text) * _ROUNDING
    words = set(qualifiers)
    if "about" in words:
        margin = max(margin, abs(value) * ABOUT)
    low, high = value - margin, value + margin
    if "over" in words:
        high = Decimal("Infinity")
    if "under" in words:
        low = Decimal("-Infinity")
    return low, high


def _last_digit(value: Decimal, text: str) -> Decimal:
    """The worth of the last digit of a number as it is written; 0 where none can be read."""
    match = _NUMBER.search(text)
    if match is None:
        return Decimal(0)
    plain = match.group().replace(",", "").replace("，", "").replace("．", ".")
    written = Decimal(plain)
    if written == 0:
        return Decimal(0)
    with localcontext() as context:
        context.prec = 28
        scale = abs(value) / written
    return scale * Decimal(1).scaleb(-len(match[1] or ""))


def to_unit(
    interval: tuple[Decimal, Decimal], unit: str | None, *, to: str | None
) -> tuple[Decimal, Decimal] | None:
    """An interval in another unit; None where the two cannot be compared.

    A wording that names no unit of a fixed size can be compared with itself alone.

    >>> to_unit((Decimal(1), Decimal(2)), "吨", to="千克")
    (Decimal('1000'), Decimal('2000'))
    >>> to_unit((Decimal(1), Decimal(2)), "吨", to="家") is None
    True
    """
    if unit == to:
        return interval
    if unit is None or to is None:
        return None
    one, other = parse_unit(unit), parse_unit(to)
    if one is None or other is None or "count" in f"{one.unit} {other.unit}":
        return None
    try:
        low, high = (
            end if end.is_infinite() else _tidy(convert_value(end, unit, to)) for end in interval
        )
    except UnitError:
        return None
    return low, high


def _tidy(value: Decimal) -> Decimal:
    """Without the digits that a conversion there and back may leave behind."""
    with localcontext() as context:
        context.prec = 20
        return +value if value != value.to_integral_value() else value.quantize(Decimal(1))


def disjoint(intervals: Sequence[tuple[T, T]]) -> list[int]:
    """The positions of the intervals that share no point with some other one."""
    if not intervals:
        return []
    least_high = min(high for _, high in intervals)
    greatest_low = max(low for low, _ in intervals)
    return [
        position
        for position, (low, high) in enumerate(intervals)
        if low > least_high or high < greatest_low
    ]


def not_nested(intervals: Sequence[tuple[str, str]]) -> list[int]:
    """The positions of the intervals that neither hold nor lie in some other one.

    >>> not_nested([("05-06", "05-07"), ("05-06", "05-06"), ("05-07", "05-08")])
    [0, 1, 2]
    """
    order = sorted(range(len(intervals)), key=lambda p: (intervals[p][0], intervals[p][1]))
    starts = [intervals[p][0] for p in order]
    ends = [intervals[p][1] for p in order]
    least_before = _before_each_start(starts, list(accumulate(ends, min)))
    backwards = list(accumulate(reversed(ends), max))
    greatest_after = _before_each_start(starts[::-1], backwards)[::-1]
    return sorted(
        position
        for rank, position in enumerate(order)
        if ((least := least_before[rank]) is not None and least < ends[rank])
        or ((greatest := greatest_after[rank]) is not None and greatest > ends[rank])
    )


def _before_each_start(starts: Sequence[str], running: Sequence[str]) -> list[str | None]:
    """For each place, the running value just before the first place with the same start."""
    found: list[str | None] = []
    first = 0
    for place, start in enumerate(starts):
        if start != starts[first]:
            first = place
        found.append(running[first - 1] if first else None)
    return found
