"""Places of China by name: divisions down to the county, regions, and countries.

Names are resolved in the context of a document: 深圳 is 深圳市 everywhere, 鼓楼区 only
where the context says which of the four. A pure lookup over the lexicons; it sets no
``Doc`` attribute, the components that tag and resolve places call it.

>>> lookup_place("深圳").name
'深圳市'
>>> full_name(lookup_place("鼓楼区", within=lookup_place("徐州")))
'江苏省徐州市鼓楼区'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias, get_args

from extract.lexicons import read_lines, read_rows, split_names
from extract.name_index import NameIndex

Level = Literal["province", "prefecture", "county"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division of China.

    ``code`` has the six digits of GB/T 2260; ``short`` is the name without its generic
    part where one is in use (深圳, 延边, 鼓楼), else the name itself; ``parent_code`` is
    empty for a province.
    """

    code: str
    name: str
    short: str
    level: Level
    parent_code: str


@dataclass(frozen=True, slots=True)
class Region:
    """A named region that is no division (长三角), or a river, lake, mountain or sea."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Country:
    """A state, territory or continent; ``code`` is ISO 3166-1 or UN M49."""

    code: str
    name: str
    kind: str


Place: TypeAlias = Division | Region | Country


class FoundPlace(NamedTuple):
    """A place in a text: half-open code-point offsets and what stands there."""

    start: int
    end: int
    place: Place


@dataclass(frozen=True, slots=True)
class Caution:
    """Where a scan must not take a short name for a place."""

    never: bool
    not_after: str
    not_before: str


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All places by code and by name; see `load_gazetteer`."""

    by_code: Mapping[str, Division]
    by_name: Mapping[str, tuple[Division, ...]]
    by_short: Mapping[str, tuple[Division, ...]]
    others: Mapping[str, Region | Country]
    ordinary_words: frozenset[str]
    cautions: Mapping[str, Caution]
    scanned: NameIndex


@cache
def load_gazetteer() -> Gazetteer:
    """Read the lexicons, once.

    Divisions in force come before former ones, so that a name that both have means the
    one in force.
    """
    by_code: dict[str, Division] = {}
    by_name: dict[str, list[Division]] = {}
    by_short: dict[str, list[Division]] = {}
    for row in read_rows("places.csv"):
        division = Division(
            row["code"], row["name"], row["short"], _level(row["level"]), row["parent_code"]
        )
        if row["status"] == "former" and division.name in by_name:
            continue
        by_code[division.code] = division
        by_name.setdefault(division.name, []).append(division)
        if row["status"] == "former" and division.short in by_short:
            continue
        for short in _short_forms(division):
            by_short.setdefault(short, []).append(division)
    others: dict[str, Region | Country] = {}
    for row in read_rows("countries.csv"):
        country = Country(row["code"], row["name"], row["kind"])
        for name in (country.name, *split_names(row["aliases"])):
            others[name] = country
    for row in read_rows("regions.csv"):
        region = Region(row["name"], row["kind"])
        for name in (region.name, *split_names(row["aliases"])):
            others[name] = region
    cautions = {
        row["name"]: Caution(row["never"] == "yes", row["not_after"], row["not_before"])
        for row in read_rows("scan_cautions.csv")
    }
    words = frozenset(read_lines("ordinary_words.txt"))
    never = {name for name, caution in cautions.items() if caution.never}
    names = {name for name in by_name if not _is_generic(name)} | (set(others) - never)
    names |= {
        short
        for short, divisions in by_short.items()
        if any(division.level != "county" for division in divisions) and short not in never
    }
    return Gazetteer(
        MappingProxyType(by_code),
        MappingProxyType({name: tuple(found) for name, found in by_name.items()}),
        MappingProxyType({name: tuple(found) for name, found in by_short.items()}),
        MappingProxyType(others),
        words,
        MappingProxyType(cautions),
        NameIndex(names),
    )


def _level(value: str) -> Level:
    for level in LEVELS:
        if value == level:
            return level
    raise ValueError(f"expected a level of {LEVELS}, got {value!r}")


def _short_forms(division: Division) -> Iterator[str]:
    """The short name, and 延边州 beside 延边 for an autonomous prefecture."""
    if division.short != division.name:
        yield division.short
    if division.name.endswith("自治州"):
        yield division.short + "州"


def _is_generic(name: str) -> bool:
    """True for 城区, 郊区, 东区: names that say nothing without their city."""
    return len(name) == 2 and name.endswith("区")


def parent(division: Division) -> Division | None:
    """The division right above; None for a province."""
    return load_gazetteer().by_code.get(division.parent_code)


def ancestors(division: Division) -> tuple[Division, ...]:
    """The divisions above, the nearest first.

    >>> [above.name for above in ancestors(lookup_place("余杭区"))]
    ['杭州市', '浙江省']
    """
    above = parent(division)
    return () if above is None else (above, *ancestors(above))


def full_name(division: Division) -> str:
    """The name after the names of all divisions above it.

    >>> full_name(lookup_place("义乌"))
    '浙江省金华市义乌市'
    """
    return "".join(part.name for part in reversed((division, *ancestors(division))))


def contains(outer: Division, inner: Division) -> bool:
    """True if ``inner`` lies in ``outer`` or is the same division."""
    return outer == inner or outer in ancestors(inner)


def lookup_place(name: str, *, within: Division | None = None) -> Division | None:
    """The division that ``name`` means, in the context of the division ``within``.

    ``name`` is a full name, a short name, or several names in a row, the higher division
    first; a part below the county (仓前街道) may follow and is passed over. None if the
    name is unknown or means several divisions that the context does not tell apart, and
    for short names of counties that are ordinary words, unless the context holds them.

    >>> lookup_place("山东省青岛市").code
    '370200'
    >>> lookup_place("鼓楼区") is None
    True
    """
    division, rest = split_place_prefix(name, within=within)
    if division is None or (rest and not BELOW_COUNTY.fullmatch(rest)):
        return None
    return division


# 仓前街道, 大庄镇建设村: a name and a unit below the county, perhaps twice.
BELOW_COUNTY = re.compile(
    r"(?:(?![各全该本等及和与的在])[\u4e00-\u9fff]{1,7}?"
    r"(?:街道办事处|街道|民族乡|镇|乡|苏木|嘎查|社区|村)){1,3}"
)


@lru_cache(maxsize=16384)  # an article asks again and again for the same names
def split_place_prefix(name: str, *, within: Division | None = None) -> tuple[Division | None, str]:
    """The lowest division that ``name`` begins with, and what is left of it.

    The parts must lie in each other; the longest reading wins. Returns ``(None, name)``
    where it begins with no division.

    >>> division, rest = split_place_prefix("福建省福州市鼓楼区统计局")
    >>> division.code, rest
    ('350102', '统计局')
    """
    division: Division | None = None
    rest = name
    while rest:
        step = _longest_prefix(rest, within=within, inside=division)
        if step is None:
            break
        division, rest = step
    return division, rest


def _longest_prefix(
    text: str, *, within: Division | None, inside: Division | None
) -> tuple[Division, str] | None:
    """The longest division name that ``text`` begins with, and the rest of ``text``.

    With ``inside``, only divisions that lie in it count. A short name of a county must
    fill the text or stand inside a division that is already read.
    """
    gazetteer = load_gazetteer()
    for length in range(min(len(text), _longest_name()), 1, -1):
        candidate, rest = text[:length], text[length:]
        if candidate not in gazetteer.by_name and candidate not in gazetteer.by_short:
            continue
        found = _resolve_full(candidate, within=within, inside=inside)
        if found is None:
            short = gazetteer.by_short.get(candidate, ())
            if inside is None and rest:
                short = tuple(division for division in short if division.level != "county")
            found = _resolve_short(candidate, short, within=within, inside=inside)
        if found is not None and found != inside:
            return found, rest
    return None


@cache
def _longest_name() -> int:
    return max(map(len, load_gazetteer().by_name))


def _resolve_full(
    name: str, *, within: Division | None, inside: Division | None
) -> Division | None:
    candidates = load_gazetteer().by_name.get(name, ())
    if inside is not None:
        candidates = tuple(division for division in candidates if contains(inside, division))
    if _is_generic(name) and inside is None:
        candidates = tuple(
            division for division in candidates if within and contains(within, division)
        )
    return _choose(candidates, within)


def _resolve_short(
    name: str,
    candidates: tuple[Division, ...],
    *,
    within: Division | None,
    inside: Division | None,
) -> Division | None:
    """The meaning of a short name: the highest level wins; a near one for ordinary words."""
    if inside is not None:
        candidates = tuple(division for division in candidates if contains(inside, division))
    elif name in load_gazetteer().ordinary_words:
        candidates = tuple(
            division
            for division in candidates
            if within is not None and _kinship(division, within) >= _SAME_PREFECTURE
        )
    for level in LEVELS:
        same = tuple(division for division in candidates if division.level == level)
        if same:
            return _choose(same, within)
    return None


_SAME_PROVINCE = 1
_SAME_PREFECTURE = 2
_LINE = 3


def _kinship(division: Division, context: Division) -> int:
    """How near a division is to the context: 3 in a line with it, 0 another province."""
    if contains(context, division) or contains(division, context):
        return _LINE
    if division.code[:4] == context.code[:4]:
        return _SAME_PREFECTURE
    return _SAME_PROVINCE if division.code[:2] == context.code[:2] else 0


def _choose(candidates: tuple[Division, ...], within: Division | None) -> Division | None:
    """The one candidate, or the one that is nearest to the context; None for a tie."""
    if len(candidates) == 1:
        return candidates[0]
    if within is None or not candidates:
        return None
    kinship = {division: _kinship(division, within) for division in candidates}
    best = max(kinship.values())
    nearest = [division for division, value in kinship.items() if value == best]
    return nearest[0] if best > 0 and len(nearest) == 1 else None


def canonical_place(name: str, within: Division | None = None) -> str:
    """The name that stands for the place: the full name of a division, region or country.

    A part below the county stays after the division's name; what the gazetteer does not
    know comes back unchanged.

    >>> canonical_place("新疆"), canonical_place("长江三角洲"), canonical_place("美利坚合众国")
    ('新疆维吾尔自治区', '长三角', '美国')
    """
    division, rest = split_place_prefix(name, within=within)
    if division is not None and (not rest or BELOW_COUNTY.fullmatch(rest)):
        return division.name + rest
    other = load_gazetteer().others.get(name)
    return name if other is None else other.name


def lookup_other(name: str) -> Region | Country | None:
    """The region, natural place, country or continent of this name."""
    return load_gazetteer().others.get(name)


def is_known_place(name: str) -> bool:
    """True if ``name`` is the name of a division, region or country, ambiguous or not.

    >>> is_known_place("鼓楼区"), is_known_place("长三角"), is_known_place("低碳")
    (True, True, False)
    """
    gazetteer = load_gazetteer()
    return (
        name in gazetteer.by_name
        or name in gazetteer.others
        or (name in gazetteer.by_short and name not in gazetteer.ordinary_words)
        or lookup_place(name) is not None
    )


# What may not follow the last character of a full name, because both are one word: 厦门市场
# is 厦门 and 市场, but 厦门市民政局 is 厦门市 and 民政局.
CUTS_WORD: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "市": re.compile(r"[场值面占况]|民(?![政族宗防])"),
        "区": re.compile(r"[域间划别位块分]"),
        "县": re.compile(r"长"),
        "省": re.compile(r"[份心力钱时电]"),
        "盟": re.compile(r"友"),
        "旗": re.compile(r"[帜舰下]"),
    }
)
COMPASS = "东南西北"


def find_places(text: str, *, within: Division | None = None) -> list[FoundPlace]:
    """All places in a running text, leftmost and longest first, without overlaps.

    Full names of divisions are found, short names of provinces and prefectures, regions
    and countries; neighbours that lie in each other are one place (广东省深圳市), and a
    unit below the county that follows a county is part of it. Names of several divisions
    that ``within`` does not tell apart are left out, and so are short names that are
    likely to be part of another word. Meant as a supplement to a tagger.

    >>> [(text[0], text[1], text[2].name) for text in find_places("浙江省杭州市与欧洲")]
    [(0, 6, '杭州市'), (7, 9, '欧洲')]
    """
    found: list[FoundPlace] = []
    end = 0
    for position in load_gazetteer().scanned.starts(text):
        if position < end:
            continue
        last = found[-1] if found and found[-1].end == position else None
        beside = last.place if last and isinstance(last.place, Division) else within
        step = _match_at(text, position, beside)
        if step is None:
            continue
        length, place = step
        end = position + length
        if place is not None:
            _append_merged(found, FoundPlace(position, end, place))
    return [_with_lower_unit(text, place) for place in found]


def _match_at(text: str, position: int, within: Division | None) -> tuple[int, Place | None] | None:
    """Length and meaning of the longest name at ``position``; None where there is none."""
    gazetteer = load_gazetteer()
    for name in gazetteer.scanned.at(text, position):
        end = position + len(name)
        before = text[position - 1 : position]
        after = text[end : end + 2]
        if not _stands_alone(name, before, after):
            continue
        if name in gazetteer.others:
            return len(name), gazetteer.others[name]
        return len(name), lookup_place(name, within=within)
    return None


def _stands_alone(name: str, before: str, after: str) -> bool:
    """False where the neighbours make the name part of another word."""
    gazetteer = load_gazetteer()
    caution = gazetteer.cautions.get(name)
    if caution and (
        (before and before in caution.not_after) or (after and after[0] in caution.not_before)
    ):
        return False
    if name in gazetteer.by_name:
        cut = CUTS_WORD.get(name[-1])
        return cut is None or cut.match(after) is None
    compass_before = bool(before) and before in COMPASS and name[0] in COMPASS
    compass_after = name[-1] in COMPASS and bool(after) and after[0] in "岸麓坡侧翼畔"
    return not compass_before and not compass_after


def _append_merged(found: list[FoundPlace], new: FoundPlace) -> None:
    """Append ``new``, or let it replace its left neighbour that contains it."""
    last = found[-1] if found else None
    if (
        last is not None
        and last.end == new.start
        and isinstance(last.place, Division)
        and isinstance(new.place, Division)
        and last.place != new.place
        and contains(last.place, new.place)
    ):
        found[-1] = FoundPlace(last.start, new.end, new.place)
    else:
        found.append(new)


def _with_lower_unit(text: str, found: FoundPlace) -> FoundPlace:
    """The place with the street, town or village that follows a county."""
    if not isinstance(found.place, Division) or found.place.level != "county":
        return found
    match = FOLLOWING_UNIT.match(text, found.end)
    return found if match is None else found._replace(end=match.end())


FOLLOWING_UNIT = re.compile(
    r"(?![各全该本等及和与的在是为把将对有到])[\u4e00-\u9fff]{2,4}?(?:街道|镇|乡)(?!化|企业)"
)
