"""Institutions that a text names in full and then in short, without saying so.

Pure functions over canonical names: a short name stands for the one institution of the text whose
name it abbreviates, and for itself where there are several such or none.

Examples: 青禾集团 beside 青禾氢能集团有限公司 → the latter; 执法检查组 beside
青禾市人大执法检查组 → the latter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extract.gazetteer import split_place_prefix
from extract.institutions import institution_place, load_institutions

_LONG_END = 5  # code points of a name's end that tells an institution: 执法检查组
_LEGAL_FORM = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|集团公司|总公司|公司)\Z")
_BRANCH = re.compile(r"(?:分公司|分行|分局|分院|分校|支行|事业部)\Z")
_WORLDWIDE = re.compile(r"\A(?:中国|中华|国家|全国)")
_SIGNS = re.compile(r"[（()）“”]")
_SHORT_END = re.compile(r"(?:集团|股份|公司|控股|银行|科技|能源|电力|电气|重工)\Z")
_SOCIETY = re.compile(
    r"(?:协会|学会|联盟|商会|研究会|促进会|基金会|研究院|研究所|实验室|交易所|交易中心|研究中心)\Z"
)
_SHORTEST = 4


def short_institutions(names: Iterable[str]) -> dict[str, str]:
    """The institution of the text that each short name stands for, by the short name.

    Args:
        names: the canonical names of the institutions of a text.

    >>> short_institutions(["青禾氢能集团有限公司", "青禾集团", "白沙集团"])
    {'青禾集团': '青禾氢能集团有限公司'}
    """
    known = list(dict.fromkeys(names))
    found: dict[str, str] = {}
    for name in known:
        whole = [other for other in known if other != name and _is_short_for(name, other)]
        if len(whole) == 1:
            found[name] = whole[0]
    return found


def _is_short_for(short: str, long: str) -> bool:
    return (
        _is_end_of(short, long)
        or _is_branch_of(short, long)
        or abbreviates_company(short, long)
        or _abbreviates_society(short, long)
    )


def _is_end_of(short: str, long: str) -> bool:
    """执法检查组 of 青禾市人大常委会执法检查组; not where a name tells its place or is national."""
    enough = len(short) >= _LONG_END or (
        len(short) >= _SHORTEST and _SOCIETY.search(short) is not None
    )
    return (
        enough
        and long.endswith(short)
        and not short.startswith(("国", "中", "全国"))
        and split_place_prefix(short)[0] is None
    )


def _is_branch_of(short: str, long: str) -> bool:
    """济南分公司 of 青禾股份济南分公司."""
    return _BRANCH.search(short) is not None and long.endswith(short) and len(short) >= _SHORTEST


def abbreviates_company(short: str, long: str) -> bool:
    """Whether a company's name is the beginning of a longer one, or has its beginning and end.

    >>> abbreviates_company("青禾国际", "青禾国际电力股份有限公司")
    True
    """
    if not _LEGAL_FORM.search(long) or _BRANCH.search(long) or not _is_open(short):
        return False
    whole = _SIGNS.sub("", _WORLDWIDE.sub("", long))
    plain = _SIGNS.sub("", _WORLDWIDE.sub("", short))
    if len(plain) < _SHORTEST or len(plain) >= len(whole) or plain[:2] != whole[:2]:
        return False
    if whole.startswith(plain):
        return True
    rest = iter(whole)
    return _SHORT_END.search(plain) is not None and all(character in rest for character in plain)


def _abbreviates_society(short: str, long: str) -> bool:
    """Whether a name has the beginning and the end of a society's or institute's longer one.

    >>> _abbreviates_society("青禾碳研究院", "青禾碳中和研究院")
    True
    """
    head = _SOCIETY.search(long)
    if head is None or not short.endswith(head.group()) or not _is_open(short):
        return False
    whole, plain = _WORLDWIDE.sub("", long), _WORLDWIDE.sub("", short)
    place, rest = split_place_prefix(plain)
    if place is not None and rest == head.group():
        return False
    characters = iter(whole)
    return (
        len(plain) > _SHORTEST
        and plain[:2] == whole[:2]
        and all(character in characters for character in plain)
    )


def _is_open(name: str) -> bool:
    """Whether a name may be short: neither a full one nor one that the lexicons know."""
    return (
        re.search(r"有限(?:责任)?公司\Z", name) is None
        and _BRANCH.search(name) is None
        and name not in load_institutions().institutions
        and (_SHORT_END.search(name) is not None or institution_place(name) is None)
    )
