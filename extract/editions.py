"""Editions of a recurring event that are named by their number alone.

Pure functions over names: 首届论坛 in an article on 第五届某某绿色论坛 is 首届某某绿色论坛, and
上届 is the edition before.

Examples: (首届论坛, 第五届青禾绿色论坛) → 首届青禾绿色论坛; (上届, 第五届青禾绿色论坛) →
第四届青禾绿色论坛.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADS = "论坛|大会|峰会|年会|博览会|大赛|研讨会|洽谈会|交易会|对话会"
_NUMBER = re.compile(
    r"(?:第(?P<number>[一二三四五六七八九十\d]{1,3})|(?P<first>首))(?P<unit>[届次])"
)
_SHORT = re.compile(rf"(?P<edition>{_NUMBER.pattern})的?(?P<head>{_HEADS})?")
_OF_YEAR = re.compile(rf"(?P<year>(?:19|20)\d{{2}})年?(?:的?[那这]届)?(?P<head>{_HEADS})")
_YEAR = re.compile(r"[（(]?((?:19|20)\d{2})年?度?[）)]?")
_ORDINAL = re.compile(r"第?[一二三四五六七八九十百零〇\d]+[届次]|首届")
_SIGNS = re.compile(r"[“”\"‘’「」『』（）()\s]")
_WORLDWIDE = re.compile(r"(?:中国|中华|全国|国际|世界|全球)")
_PART = re.compile(r"(?:分|子|平行|专题|主题)论坛\Z")
# 新博会 for a name that ends in 新能源博览会.
_ABBREVIATED = {"博会": "博览会", "交会": "交易会", "洽会": "洽谈会"}
_SHORT_STEM, _SHORT_CORE = 5, 4  # code points without year and number: 论坛, 博览会
_DIGITS = "零一二三四五六七八九"


def is_edition(name: str) -> bool:
    """Whether a name is a number and a common noun at most.

    >>> is_edition("第三届论坛"), is_edition("第三届青禾论坛")
    (True, False)
    """
    return _SHORT.fullmatch(name) is not None or _OF_YEAR.fullmatch(name) is not None


def is_part(name: str) -> bool:
    """Whether a name is that of a part of an event, of which each edition has its own.

    >>> is_part("储能分论坛"), is_part("储能论坛")
    (True, False)
    """
    return _PART.search(name) is not None


def tells_edition(name: str) -> bool:
    """Whether a name has a number or a year.

    >>> tells_edition("2031青禾论坛"), tells_edition("青禾论坛")
    (True, False)
    """
    return _ORDINAL.search(name) is not None or _YEAR.search(name) is not None


def edition_of(short: str, named: str) -> str | None:
    """The full name of the edition ``short`` of the event that ``named`` is, or is another one of.

    None where another noun ends ``named``, or where neither that noun nor a number tells that
    both are of one event.

    >>> edition_of("第三届论坛", "第五届青禾绿色论坛"), edition_of("2031年论坛", "青禾绿色论坛")
    ('第三届青禾绿色论坛', '2031青禾绿色论坛')
    """
    match = _SHORT.fullmatch(short) or _OF_YEAR.fullmatch(short)
    number = _NUMBER.search(named)
    if match is None or (number is None and match["head"] is None):
        return None
    if match["head"] is not None and (not named.endswith(match["head"]) or is_part(named)):
        return None
    if "year" in match.groupdict():
        return match["year"] + _stem(named)
    if number is None:
        return match["edition"] + _YEAR.sub("", named)
    return named[: number.start()] + match["edition"] + named[number.end() :]


def edition_shifted(named: str, years: int) -> str | None:
    """The full name of the edition some years later than ``named``, by its year or number.

    >>> edition_shifted("2031青禾论坛", 1), edition_shifted("第二届青禾论坛", -1)
    ('2032青禾论坛', '首届青禾论坛')
    """
    year = _YEAR.search(named)
    if year is not None:
        return named[: year.start(1)] + str(int(year[1]) + years) + named[year.end(1) :]
    return edition_before(named) if years == -1 else None


def full_names(names: Sequence[str], *, year: str | None) -> dict[str, str]:
    """Wordings of one event that are short, or differ by year or number only, to the fullest.

    Two editions stay two, and so does the bare name beside them, which then is the series. A
    name with a year and one with a number are one edition if it is that of the text.

    Args:
        names: the wordings, in text order.
        year: the year of the text, None if nothing tells.

    >>> full_names(["青禾论坛", "第三届青禾论坛"], year=None)
    {'青禾论坛': '第三届青禾论坛', '第三届青禾论坛': '第三届青禾论坛'}
    """
    whole = _whole_stems(names)
    groups: dict[str, dict[str, str]] = {}
    for name in names:
        stem = _stem(name)
        if len(stem) < _SHORT_CORE or is_part(name):
            continue  # 首届论坛 and 2021年论坛 need not be one, nor the 分论坛 of two years
        longer = whole.get(stem, stem)
        written = name if longer == stem else _with_marks_of(name, longer, names)
        groups.setdefault(longer, {})[name] = written
    found: dict[str, str] = {}
    for group in groups.values():
        candidates = list(dict.fromkeys(group.values()))
        years = {y for n in candidates for y in _YEAR.findall(n)}
        ordinals = {o for n in candidates for o in _ORDINAL.findall(n)}
        apart = (
            year is not None
            and bool(years)
            and bool(ordinals)
            and year not in years
            and not any(_YEAR.search(n) and _ORDINAL.search(n) for n in candidates)
        )
        if len(years) <= 1 and len(ordinals) <= 1 and not apart:
            longest = max(candidates, key=lambda n: (len(n), n))
            if len(group) > 1:
                found.update(dict.fromkeys(group, longest))
        else:
            found.update((name, written) for name, written in group.items() if name != written)
    return found


def _stem(name: str) -> str:
    return _SIGNS.sub("", _ORDINAL.sub("", _YEAR.sub("", name)))


def _whole_stems(names: Sequence[str]) -> dict[str, str]:
    """Stems that are short for exactly one other stem of the text, and that one."""
    stems = list(dict.fromkeys(_stem(name) for name in names if not is_part(name)))
    found: dict[str, str] = {}
    for stem in stems:
        longer = [other for other in stems if _is_short_stem(stem, other)]
        if len(longer) == 1:
            found[stem] = longer[0]
    return found


def _is_short_stem(short: str, long: str) -> bool:
    """Whether one name without year and number abbreviates another, its beginning kept.

    >>> _is_short_stem("青禾低碳论坛", "青禾地区绿色低碳论坛")
    True
    """
    if not _SHORT_STEM <= len(short) < len(long):
        return False
    if short[:2] not in (long[:2], _WORLDWIDE.sub("", long, count=1)[:2]):
        return False
    head = _ABBREVIATED.get(short[-2:], short[-2:])
    rest = iter(long)
    return long.endswith(head) and all(character in rest for character in short)


def _with_marks_of(name: str, stem: str, names: Sequence[str]) -> str:
    """The name of the text that has the stem and the marks of ``name``, else one made of both."""
    marks = (_ORDINAL.findall(name), _YEAR.findall(name))
    for other in names:
        if _stem(other) == stem and (_ORDINAL.findall(other), _YEAR.findall(other)) == marks:
            return other
    return "".join(marks[1] + marks[0]) + stem


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
