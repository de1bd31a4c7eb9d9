"""Institutions that a text names in full and then in short, without saying so.

Pure functions over canonical names: a short name stands for the one institution of the text whose
name it abbreviates, and for itself where there are several such or none.

Examples: 青禾集团 beside 青禾氢能集团有限公司 → the latter; 执法检查组 beside
青禾市人大执法检查组 → the latter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extract.gazetteer import is_known_place, split_place_prefix
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
# What many companies begin with, so that only a whole beginning tells one of them.
_OF_MANY = re.compile(r"国网|国电|南网|国际|中[一-鿿](?:集团|公司)")
_SHORTEST_END = 3
_COMMON_ENDS = frozenset(
    (
        "委员会",
        "分公司",
        "办公室",
        "管理局",
        "研究院",
        "研究所",
        "实验室",
        "基金会",
        "联合会",
        "组委会",
    )
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
        fullest = [w for w in whole if not any(o != w and _is_short_for(w, o) for o in whole)]
        if len(fullest) == 1:
            found[name] = fullest[0]
    return found


def ending_institutions(wordings: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What the end of the one longer wording of a text stands for, by the end: 国资委, 新区管委会.

    Args:
        wordings: wording and canonical name of each mention; an end stands for something only
            where its own canonical name says no more than it does.

    >>> ending_institutions([("云栖市财源办", "云栖市财源办"), ("财源办", "财源办")])
    {'财源办': '云栖市财源办'}
    """
    known = list(dict.fromkeys(wordings))
    found: dict[str, str] = {}
    for short, own in known:
        if own != short or len(short) < _SHORTEST_END or short in _COMMON_ENDS:
            continue
        whole = {name for wording, name in known if wording != short and wording.endswith(short)}
        if len(whole) == 1 and split_place_prefix(short)[0] is None:
            found[short] = whole.pop()
    return found


def _is_short_for(short: str, long: str) -> bool:
    return (
        _is_end_of(short, long)
        or _is_branch_of(short, long)
        or _is_head_of_group(short, long)
        or _abbreviates_university(short, long)
        or abbreviates_company(short, long)
        or _abbreviates_society(short, long)
        or _is_of_county(short, long)
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
    """济南分公司 of 青禾股份济南分公司, 青禾炼化 of 中国白沙青禾炼化分公司."""
    if len(short) < _SHORTEST:
        return False
    if _BRANCH.search(short) is not None:
        return long.endswith(short)
    return _is_open(short) and long.endswith(short + "分公司") and not is_known_place(short)


def _is_head_of_group(short: str, long: str) -> bool:
    """青禾 of 青禾集团, 青禾钢铁 of 青禾钢铁集团."""
    return long == short + "集团" and not is_known_place(short)


def _abbreviates_university(short: str, long: str) -> bool:
    """Whether a name of two to four characters on 大 is short for that of a university.

    >>> _abbreviates_university("青大", "青禾大学"), _abbreviates_university("禾大", "青禾大学")
    (True, True)
    """
    if not (short.endswith("大") and long.endswith("大学") and 2 <= len(short) <= _SHORTEST):
        return False
    rest = iter(long)
    return short[0] in long[:2] and all(character in rest for character in short)


def abbreviates_company(short: str, long: str) -> bool:
    """Whether a company's name is the beginning of a longer one, or has its beginning and end.

    >>> abbreviates_company("青禾国际", "青禾国际电力股份有限公司")
    True
    """
    if not _LEGAL_FORM.search(long) or _BRANCH.search(long) or not _is_open(short):
        return False
    whole = _SIGNS.sub("", _WORLDWIDE.sub("", long))
    plain = _SIGNS.sub("", _WORLDWIDE.sub("", short))
    start = whole.find(plain[:2])
    if start > 0 and is_known_place(whole[:start]):
        whole = whole[start:]  # 青禾氢能 of 云栖市青禾氢能科技有限公司
    if len(plain) < _SHORTEST or len(plain) >= len(whole) or plain[:2] != whole[:2]:
        return False
    if whole.startswith(plain):
        return True
    if _OF_MANY.match(plain):
        return False
    rest = iter(whole)
    return _SHORT_END.search(plain) is not None and all(character in rest for character in plain)


def _abbreviates_society(short: str, long: str) -> bool:
    """Whether a name has two characters on end and the head of a society's or institute's name.

    >>> _abbreviates_society("青禾碳研究院", "青禾碳中和研究院")
    True
    >>> _abbreviates_society("青禾化物所", "云栖科学院青禾化学物理研究所")
    True
    """
    whole, plain = _LEGAL_FORM.sub("", _WORLDWIDE.sub("", long)), _WORLDWIDE.sub("", short)
    head = _SOCIETY.search(whole)
    if head is None or not _is_open(short) or len(plain) <= _SHORTEST:
        return False
    place, rest = split_place_prefix(plain)
    told = len(rest) > len(head.group()) or not head.group().endswith(rest)
    start = whole.find(plain[:2])
    if start < 0 or plain[-1] != whole[-1] or (place is not None and not told):
        return False
    characters = iter(whole[start:])
    return all(character in characters for character in plain) and len(plain) < len(whole)


def _is_of_county(short: str, long: str) -> bool:
    """Whether one name has a county or district in short: 即墨统计局 for 青岛市即墨区统计局.

    >>> _is_of_county("即墨统计局", "青岛市即墨区统计局")
    True
    """
    division = institution_place(long)
    if division is None or division.level != "county" or not short.startswith(division.short):
        return False
    rest = short.removeprefix(division.short)
    return bool(rest) and long.endswith(division.name + rest) and institution_place(short) is None


def _is_open(name: str) -> bool:
    """Whether a name may be short: neither a full one nor one that the lexicons know."""
    return (
        re.search(r"有限(?:责任)?公司\Z", name) is None
        and _BRANCH.search(name) is None
        and name not in load_institutions().institutions
        and (_SHORT_END.search(name) is not None or institution_place(name) is None)
    )
