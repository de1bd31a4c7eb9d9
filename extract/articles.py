"""Provisions of a regulation as the text numbers them.

Sets no ``Doc`` attribute itself: `extract.legislation` builds on it. Two examples: 第三十二条
第一款 is ``32.1``; 第八条、第十条至第十二条 are ``8``, ``10``, ``11`` and ``12``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.facts import Span
from extract.numbers import number_to_decimal

_NUMERAL = r"[一二三四五六七八九十百零〇两\d]{1,7}"
_PROVISION = rf"第{_NUMERAL}条(?:之{_NUMERAL})?(?:第{_NUMERAL}款)?(?:第{_NUMERAL}项)?"
_LINK = r"(?:、|和|及|以及|与|，(?=第)|至|到)"
_LIST = re.compile(rf"的?(?P<list>{_PROVISION}(?:{_LINK}(?:{_PROVISION}|第{_NUMERAL}[款项]))*)")
_ITEM = re.compile(
    rf"(?P<link>{_LINK})?"
    rf"(?:第(?P<article>{_NUMERAL})条(?:之(?P<added>{_NUMERAL}))?)?"
    rf"(?:第(?P<paragraph>{_NUMERAL})款)?(?:第(?P<item>{_NUMERAL})项)?"
)
_LONGEST_RANGE = 60


@dataclass(frozen=True, slots=True)
class Provisions:
    """Articles, with paragraph and item where named (``32.1.2``), and where they stand."""

    numbers: tuple[str, ...]
    span: Span


def provisions_at(text: str, offset: int) -> Provisions | None:
    """The list of provisions that begins at ``offset``; None when none does.

    >>> provisions_at("第十条第一款、第三款规定", 0).numbers
    ('10.1', '10.3')
    """
    match = _LIST.match(text, offset)
    if match is None:
        return None
    span = Span(*match.span("list"))
    numbers: list[str] = []
    article = ""
    for item in _ITEM.finditer(text, span.start, span.end):
        if item["article"]:
            article = "-".join(_digits(part) for part in item.group("article", "added") if part)
        parts = [_digits(part) for part in item.group("paragraph", "item") if part]
        if not (item["article"] or parts):
            continue
        number = ".".join([article, *parts])
        if item["link"] in ("至", "到") and numbers:
            numbers += _between(numbers[-1], number)
        numbers.append(number)
    return Provisions(tuple(dict.fromkeys(numbers)), span)


def _digits(numeral: str) -> str:
    """A numeral in digits; one that makes no sense (百百) as it is written."""
    value = number_to_decimal(numeral)
    return numeral if value is None else str(int(value))


def _between(first: str, last: str) -> list[str]:
    """The articles between two whole ones."""
    if not (first.isdigit() and last.isdigit()) or int(last) - int(first) > _LONGEST_RANGE:
        return []
    return [str(n) for n in range(int(first) + 1, int(last))]
