"""Editions of a recurring event that are named by their number alone.

Pure functions over names: 首届论坛 in an article on 第五届某某绿色论坛 is 首届某某绿色论坛, and
上届 is the edition before.

Examples: (首届论坛, 第五届青禾绿色论坛) → 首届青禾绿色论坛; (上届, 第五届青禾绿色论坛) →
第四届青禾绿色论坛.
"""

from __future__ import annotations

import re

_HEADS = "论坛|大会|峰会|年会|博览会|大赛|研讨会|洽谈会|交易会|对话会"
_NUMBER = re.compile(
    r"(?:第(?P<number>[一二三四五六七八九十\d]{1,3})|(?P<first>首))(?P<unit>[届次])"
)
_SHORT = re.compile(rf"(?P<edition>{_NUMBER.pattern})的?(?P<head>{_HEADS})?")
_DIGITS = "零一二三四五六七八九"


def is_edition(name: str) -> bool:
    """Whether a name is a number and a common noun at most.

    >>> is_edition("第三届论坛"), is_edition("第三届青禾论坛")
    (True, False)
    """
    return _SHORT.fullmatch(name) is not None


def edition_of(short: str, named: str) -> str | None:
    """The full name of the edition ``short`` of the event whose edition ``named`` is.

    None where ``named`` has no number, or another noun ends it.

    >>> edition_of("第三届论坛", "第五届青禾绿色论坛")
    '第三届青禾绿色论坛'
    """
    match, number = _SHORT.fullmatch(short), _NUMBER.search(named)
    if match is None or number is None:
        return None
    if match["head"] is not None and not named.endswith(match["head"]):
        return None
    return named[: number.start()] + match["edition"] + named[number.end() :]


def edition_before(named: str) -> str | None:
    """The full name of the edition before ``named``, if that has a number above one.

    >>> edition_before("2024青禾论坛（第二届）"), edition_before("首届青禾论坛")
    (None, None)
    >>> edition_before("第二届青禾论坛")
    '首届青禾论坛'
    """
    number = _NUMBER.match(named)
    if number is None or number["number"] is None:
        return None
    value = _to_number(number["number"])
    if value is None or value < 2:
        return None
    before = "首届" if value == 2 else f"第{_to_words(value - 1)}{number['unit']}"
    return before + named[number.end() :]


def _to_number(words: str) -> int | None:
    """A number up to 99, in digits or characters."""
    if words.isdecimal():
        return int(words)
    tens, ten, ones = words.partition("十")
    if any(part and part not in _DIGITS for part in (tens, ones)):
        return None
    if not ten:
        return _DIGITS.index(tens)
    return (_DIGITS.index(tens) if tens else 1) * 10 + (_DIGITS.index(ones) if ones else 0)


def _to_words(number: int) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
