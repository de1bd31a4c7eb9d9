"""How likely two groups of profiles are the same entity, and why.

A score lies from 0 to 1: ``JOINED`` and more makes two groups one unless something forbids it,
from ``DOUBTFUL`` to below ``SURE`` a person may want to look. What cannot be, whatever else
agrees, is told by :func:`conflicts`. All rules work on what the documents say; nothing here
knows how often a name occurs, so that a further document never changes the score of others.

>>> one = Group.of([Profile("forum", "云栖碳汇论坛", frozenset({("year", "2031")}))])
>>> other = Group.of([Profile("forum", "第三届云栖碳汇论坛", frozenset({("year", "2031")}))])
>>> compare(one, other).value
0.95
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Literal

from rapidfuzz import fuzz

from extract.editions import is_part
from extract.gazetteer import Division, load_gazetteer, split_place_prefix
from extract.institutions import institution_place, load_institutions
from extract.names_apart import bare_name
from extract.short_names import abbreviates_company
from graph.identity import EntityKind, name_to_key
from graph.resolution.names import (
    area_core,
    company_core,
    firm_of,
    firms_in_place,
    institution_division,
    is_bare_name,
    is_common_event,
    is_common_venue,
    is_foreign,
    is_short_company,
    lineage,
    official_institution,
    official_place,
    parse_forum,
    parse_regulation,
    short_cores,
    sound_key,
    without_place,
)
from graph.resolution.profiles import Feature, Profile, merge_features

JOINED = 0.5
DOUBTFUL = 0.35
HOPELESS = 0.2
SURE = 0.65

Method = Literal["name", "authority", "context", "edition", "title", "alias", "decision"]
METHODS: tuple[Method, ...] = (
    "name", "authority", "context", "edition", "title", "alias", "decision",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """How likely it is, by which kind of evidence, and in words."""

    value: float
    method: Method
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Group:
    """Profiles that are one entity, with everything that they tell together."""

    kind: EntityKind
    names: frozenset[str]
    features: Mapping[Feature, frozenset[str]]

    @classmethod
    def of(cls, profiles: Iterable[Profile]) -> Group:
        """The group of some profiles of one kind, at least one."""
        members = tuple(profiles)
        names = frozenset(profile.name for profile in members)
        return cls(members[0].kind, names, merge_features(members))


def conflicts(one: Group, other: Group) -> bool:
    """True where two groups cannot be the same entity, whatever else agrees."""
    match one.kind:
        case "forum":
            return _forums_conflict(one, other)
        case "regulation":
            return _regulations_conflict(one, other)
        case "place":
            return _disjoint(one, other, "code")
        case "org":
            return bool(one.features["document"] | other.features["document"])
        case "person":
            return _are_namesakes(one, other) or _are_namesakes(other, one)
    return False


def compare(one: Group, other: Group) -> Score:
    """The score of two groups of one kind that share a blocking key."""
    match one.kind:
        case "person":
            return _compare_persons(one, other)
        case "org":
            return _compare_institutions(one, other)
        case "forum":
            return _compare_forums(one, other)
        case "regulation":
            return _compare_regulations(one, other)
        case "place":
            return _compare_places(one, other)
    raise ValueError(f"expected a kind that is resolved, got {one.kind!r}")


@lru_cache(maxsize=65536)
def is_mixed(profile: Profile) -> bool:
    """True for a person with posts at one time that nobody holds together.

    An article may speak of two persons of one name; extraction makes them one. What it says
    then must not make one of what other articles keep apart.

    >>> posts = frozenset({("institution", "烟台市水务局"), ("institution", "遵义市水务局")})
    >>> is_mixed(Profile("person", "乔云岫", posts))
    True
    """
    group = Group.of([profile])
    return profile.kind == "person" and any(
        _compare_posts(one, other, group, group).value < HOPELESS
        for one, other in combinations(profile.values("institution"), 2)
        if not _is_short_for(one, other)
    )


def _is_short_for(one: str, other: str) -> bool:
    """Whether one of two names can be short for the other: its characters in their order."""
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    return all(character in rest for character in short)


def is_told_apart(group: Group) -> bool:
    """True where a group says enough for another to be measured by it."""
    features = group.features
    match group.kind:
        case "person":
            return bool(features["institution"] | features["former_institution"])
        case "regulation":
            return bool(features["issuer"] | features["number"])
        case "org":
            return not all(is_short_company(name) for name in group.names)
    return True


# ------------------------------------------------------------------------------ persons


def _compare_persons(one: Group, other: Group) -> Score:
    if not _same_name(one, other):
        return Score(0.3, "name", "姓名不同", "the names differ")
    shared = sorted(one.features["event"] & other.features["event"])
    if not is_told_apart(one) or not is_told_apart(other):
        return _same_event(shared[0], 0.85) if shared else _compare_by_home(one, other)
    best = max(
        (
            _compare_posts(mine, theirs, one, other)
            for mine in sorted(_institutions(one))
            for theirs in sorted(_institutions(other))
        ),
        key=lambda score: (score.value, score.zh),
    )
    if shared and best.value < SURE:
        posts = _institutions(one) | _institutions(other)
        official = any(_kind_of(name) in _OFFICIAL for name in posts)
        return _same_event(shared[0], 0.4 if official and best.value < DOUBTFUL else 0.6)
    if best.value < SURE and any(is_foreign(name) for name in one.names & other.names):
        return Score(0.7, "name", "外文姓名相同", "the same foreign name")
    return best


def _are_namesakes(one: Group, other: Group) -> bool:
    """True where a document tells one from a namesake who is where the other is."""
    return bool(one.features["namesake"] & other.features["institution"])


def _same_event(event: str, value: float) -> Score:
    name = event.replace("|", " ")
    return Score(value, "context", f"同在{name}", f"both at {name}")


def _institutions(group: Group) -> frozenset[str]:
    return group.features["institution"] | group.features["former_institution"]


def _compare_posts(mine: str, theirs: str, one: Group, other: Group) -> Score:
    """Two institutions that two persons of one name have posts at."""
    pair_zh, pair_en = f"{mine}与{theirs}", f"{mine} and {theirs}"
    if mine == theirs:
        return _shared_institution(mine)
    if mine.startswith(theirs) or theirs.startswith(mine):
        en = f"{pair_en}: one is part of the other"
        return Score(0.85, "context", f"{pair_zh}有隶属关系", en)
    here, there = institution_division(mine), institution_division(theirs)
    years, their_years = one.features["year"], other.features["year"]
    at_other_times = bool(years) and bool(their_years) and not years & their_years
    if here is not None and there is not None:
        return _compare_divisions(here, there, pair_zh, pair_en, at_other_times=at_other_times)
    if firm_of(mine) is not None and firm_of(mine) == firm_of(theirs):
        return Score(0.75, "context", f"{pair_zh}同属一家企业", f"{pair_en} are of one company")
    if _kind_of(mine) == "academy" or _kind_of(theirs) == "academy":
        if not {_kind_of(mine), _kind_of(theirs)} & _OFFICIAL:
            return Score(0.7, "context", f"{pair_zh}可兼任", f"{pair_en} go together")
    if at_other_times and here is None and there is None:
        return Score(0.35, "context", f"{pair_zh}不同时", f"{pair_en} at different times")
    return Score(0.15, "context", f"{pair_zh}没有联系", f"nothing connects {pair_en}")


_OFFICIAL = frozenset({"ministry", "state_council", "local"})


def _shared_institution(name: str) -> Score:
    return Score(0.95, "context", f"同在{name}任职", f"both hold or held a post at {name}")


def _kind_of(institution: str) -> str:
    found = load_institutions().institutions.get(institution)
    if found is not None:
        return found.kind
    return "local" if institution_place(institution) is not None else ""


def _compare_divisions(
    here: Division, there: Division, zh: str, en: str, *, at_other_times: bool
) -> Score:
    """Posts in two divisions: one place, one line of places, one province, or far apart."""
    if here == there:
        return Score(0.8, "context", f"{zh}同在{here.name}", f"{en} are both in {here.name}")
    near = here in lineage(there) or there in lineage(here)
    if near or here.code[:2] == there.code[:2]:
        value = 0.65 if at_other_times else 0.6 if near else 0.4
        return Score(value, "context", f"{zh}同在一省", f"{en} are in one province")
    value = 0.35 if at_other_times else 0.1
    return Score(value, "context", f"{zh}不在一省", f"{en} are in different provinces")


def _compare_by_home(one: Group, other: Group) -> Score:
    """A person of whom no post is told, by the places that the documents speak of."""
    homes, others = _homes(one), _homes(other)
    if not homes or not others:
        return Score(0.6, "context", "姓名相同，无相反信息", "one name and nothing against it")
    if homes & others:
        return Score(0.8, "context", "姓名相同，文中地点相同", "one name in texts on one place")
    if {code[:2] for code in homes} & {code[:2] for code in others}:
        return Score(0.7, "context", "姓名相同，同在一省", "one name in texts on one province")
    return Score(0.5, "context", "姓名相同，地点不同", "one name in texts on different places")


def _homes(group: Group) -> frozenset[str]:
    """Codes of the places of the posts; without posts, of what the documents speak of."""
    if not is_told_apart(group):
        return group.features["home"]
    divisions = (institution_division(name) for name in _institutions(group))
    return frozenset(division.code for division in divisions if division is not None)


def _same_name(one: Group, other: Group) -> bool:
    return bool(_all_keys(one) & _all_keys(other))


def _all_keys(group: Group) -> frozenset[str]:
    names = {*map(bare_name, group.names), *group.features["alias"]}
    return frozenset(map(name_to_key, names))


# ------------------------------------------------------------------------- institutions


def _compare_institutions(one: Group, other: Group) -> Score:
    mine, theirs = _officials(one), _officials(other)
    shared = sorted(mine & theirs)
    if shared:
        return same_authority(shared[0])
    alias = _shared_alias(one, other, mine, theirs)
    if alias is not None:
        return alias
    for core, full in ((one, other), (other, one)):
        cores = {company_core(name) for name in full.names} & set(core.names)
        for name in sorted(filter(None, cores)):
            return Score(0.9, "title", f"{name}省略了公司形式", f"{name} lacks the legal form only")
    for short, full in ((one, other), (other, one)):
        named = full.names | full.features["alias"]
        shorts = {core for name in named for core in short_cores(name)} & short.names
        for name in sorted(shorts):
            return Score(0.75, "title", f"{name}为公司简称", f"{name} is the company's short name")
    return _as_short_company(one, other) or _by_area(mine, theirs) or _resembling(one, other)


def _as_short_company(one: Group, other: Group) -> Score | None:
    """A company's short name and the full one, told by different documents."""
    for short, long in ((one, other), (other, one)):
        for name in sorted(short.names):
            for full in sorted(long.names):
                place, rest = split_place_prefix(name)
                full_place, full_rest = split_place_prefix(full)
                same = place == full_place and place is not None
                if is_short_company(name) and (
                    abbreviates_company(name, full)
                    or (same and abbreviates_company(rest, full_rest))
                ):
                    en = f"{name} may be short for {full}"
                    return Score(0.6, "title", f"{name}可为{full}的简称", en)
    return None


def _by_area(mine: frozenset[str], theirs: frozenset[str]) -> Score | None:
    """An area, or its committee, with and without the place before it."""
    for name in sorted(mine):
        core = area_core(name)
        if core is not None and core in {area_core(other) for other in theirs}:
            if core == name or core in theirs:
                return Score(0.7, "name", f"{core}仅差地名", f"{core} but for the place before it")
    return None


def same_authority(name: str) -> Score:
    """Two names of one institution or place, by lexicon or grammar."""
    return Score(1.0, "authority", f"规范名称均为{name}", f"the official name of both is {name}")


def _officials(group: Group) -> frozenset[str]:
    return frozenset(official_institution(name) for name in group.names)


def _shared_alias(
    one: Group, other: Group, mine: frozenset[str], theirs: frozenset[str]
) -> Score | None:
    """A name that one document gives as another name of what the other document names."""
    given = (one.features["alias"] & (theirs | other.names)) | (
        other.features["alias"] & (mine | one.names)
    )
    for name in sorted(given):
        return Score(0.9, "alias", f"文中称又名{name}", f"a document says that it is called {name}")
    return None


def _resembling(one: Group, other: Group) -> Score:
    """Names that only look or sound alike; never enough by itself."""
    ratio = max(
        fuzz.ratio(name_to_key(mine), name_to_key(theirs))
        for mine in one.names
        for theirs in other.names
    )
    value = 0.45 if ratio >= 90 else 0.2
    return Score(value, "name", f"名称相似度{ratio:.0f}%", f"the names are {ratio:.0f}% alike")


# ------------------------------------------------------------------------------ forums


def _forums_conflict(one: Group, other: Group) -> bool:
    mine, theirs = one.features["edition"], other.features["edition"]
    if mine and theirs and mine != theirs:
        return True
    if bool(one.features["series"]) != bool(other.features["series"]):
        return True  # a text that tells the series from its editions means the series
    if _of_two_editions(one, other) or _has_part(one) != _has_part(other):
        return True
    if _wholes_named(one, other):
        return True
    if any(is_common_event(parse_forum(name).stem) for name in one.names | other.names):
        if _disjoint(one, other, "home"):
            return True
    return not mine & theirs and _disjoint(one, other, "year")


def _has_part(group: Group) -> bool:
    """True where a name is that of a part: 某某论坛储能分论坛 is not short for 某某论坛."""
    return any(is_part(name) for name in group.names)


def _of_two_editions(one: Group, other: Group) -> bool:
    """True where the events are parts of different editions of larger ones."""
    mine, theirs = (
        {mark for whole in group.features["whole"] for mark in parse_forum(whole).editions}
        for group in (one, other)
    )
    return bool(mine) and bool(theirs) and not mine & theirs


def _wholes_named(one: Group, other: Group) -> bool:
    """True where a document says of one that it is a part of the other, or carries it."""
    wholes = one.features["whole"] | other.features["whole"]
    return bool(wholes & (_name_keys(one) | _name_keys(other)))


def _name_keys(group: Group) -> frozenset[str]:
    return frozenset(map(name_to_key, group.names))


def _compare_forums(one: Group, other: Group) -> Score:
    if conflicts(one, other):
        return Score(0.0, "edition", "届次或年份不同", "different editions or years")
    named = _forum_names(one, other)
    if named is None:
        return _resembling(one, other)
    factor, zh, en = named
    edition = sorted(one.features["edition"] & other.features["edition"])
    year = sorted(one.features["year"] & other.features["year"])
    near = _near_years(one, other)
    if edition:
        value, marks = 1.0, edition
    elif year:
        value, marks = 0.95, year
    elif near:
        value, marks = 0.75, near
    elif _undated(one) or _undated(other):
        value, marks = 0.55, []
    else:
        return Score(0.3, "edition", "名称相同，年份不同", "the same name in different years")
    if factor < 1 and (value < SURE or not _places_agree(one, other)):
        return Score(0.4, "edition", f"{zh}，时间地点未明", f"{en}, time and place unknown")
    told = "、".join(marks)
    return Score(
        round(value * factor, 2),
        "edition",
        f"{zh}{f'，{told}' if told else ''}",
        f"{en}{f', {told}' if told else ''}",
    )


def _forum_names(one: Group, other: Group) -> tuple[float, str, str] | None:
    """How two events share a name: whole, without the place before it, or as an alias."""
    mine = {parse_forum(name).stem for name in one.names}
    theirs = {parse_forum(name).stem for name in other.names}
    if mine & theirs:
        return 1.0, "名称相同", "the same name"
    given = {parse_forum(name).stem for name in one.features["alias"] | other.features["alias"]}
    if given & (mine | theirs):
        return 0.95, "文中称又名", "an alias of the text"
    for stem in mine:
        for other_stem in theirs:
            division, core = without_place(stem)
            other_division, other_core = without_place(other_stem)
            if core == other_core and (division is None or other_division is None):
                return 0.9, "名称仅差地名", "names that differ by the place before them"
    if one.features["edition"] & other.features["edition"]:
        for stem in sorted(mine):
            for other_stem in sorted(theirs):
                if _is_short_for(stem, other_stem) and stem[:2] == other_stem[:2]:
                    return 0.8, "名称可以互为简称", "one name may be short for the other"
    return None


def _near_years(one: Group, other: Group) -> list[str]:
    """Years that agree where at least one side knows only when its document appeared."""
    mine = one.features["year"] or one.features["published"]
    theirs = other.features["year"] or other.features["published"]
    return sorted(mine & theirs)


def _undated(group: Group) -> bool:
    return not group.features["year"] | group.features["published"]


def _places_agree(one: Group, other: Group) -> bool:
    """False where the places are known on both sides and no city is on both."""
    mine = one.features["place"] or one.features["home"]
    theirs = other.features["place"] or other.features["home"]
    return not mine or not theirs or bool({c[:4] for c in mine} & {c[:4] for c in theirs})


# ------------------------------------------------------------------------- regulations


def _regulations_conflict(one: Group, other: Group) -> bool:
    if one.features["number"] & other.features["number"]:
        return False
    if one.features["document"] or other.features["document"]:
        return one.features["document"] != other.features["document"]
    if _wholes_named(one, other):
        return True
    mine = {(p.status, p.version) for p in map(parse_regulation, one.names)}
    theirs = {(p.status, p.version) for p in map(parse_regulation, other.names)}
    if not mine & theirs:
        return True
    return _disjoint(one, other, "number")


def _compare_regulations(one: Group, other: Group) -> Score:
    number = sorted(one.features["number"] & other.features["number"])
    if number:
        return Score(1.0, "title", f"文号同为{number[0]}", f"the same number {number[0]}")
    if conflicts(one, other):
        return Score(0.0, "title", "文号或版本不同", "different numbers or versions")
    titles = _titles(one) & _titles(other)
    if not titles:
        aliases = one.features["alias"] | other.features["alias"]
        given = {parse_regulation(alias).title for alias in aliases}
        if not given & (_titles(one) | _titles(other)):
            return _resembling(one, other)
    mine, theirs = one.features["issuer"], other.features["issuer"]
    if mine & theirs:
        name = min(mine & theirs)
        return Score(0.95, "title", f"标题相同，均由{name}发布", f"one title, issued by {name}")
    placed = any(without_place(title)[0] is not None for title in titles)
    if placed:
        return Score(0.9, "title", "带地名的标题相同", "the same title with a place")
    if mine and theirs:
        return Score(0.1, "title", "标题相同，发布机关不同", "the same title, different issuers")
    return _compare_jurisdictions(one, other)


def _titles(group: Group) -> frozenset[str]:
    return frozenset(parse_regulation(name).title for name in group.names)


def _compare_jurisdictions(one: Group, other: Group) -> Score:
    """One title without a place, where at most one side knows who issued it."""
    homes, others = _jurisdictions(one), _jurisdictions(other)
    if not homes or not others or {c[:2] for c in homes} & {c[:2] for c in others}:
        return Score(0.75, "title", "标题相同", "the same title")
    if one.features["issuer"] or other.features["issuer"]:
        return Score(0.4, "title", "标题相同，地方不同", "the same title in different places")
    return Score(0.55, "title", "标题相同，发布机关不详", "the same title, issuers unknown")


def _jurisdictions(group: Group) -> frozenset[str]:
    """Codes of the places that a regulation may be of; empty for one of the whole state."""
    if not group.features["issuer"]:
        return group.features["home"]
    places = (institution_division(name) for name in group.features["issuer"])
    return frozenset(place.code for place in places if place is not None)


# ------------------------------------------------------------------------------ places


def _compare_places(one: Group, other: Group) -> Score:
    shared = sorted(one.features["code"] & other.features["code"])
    if shared:
        division = load_gazetteer().by_code[shared[0]]
        return same_authority(f"{division.name} {division.code}")
    mine = frozenset(map(official_place, one.names))
    theirs = frozenset(map(official_place, other.names))
    same = sorted(mine & theirs)
    if not same:
        alias = _shared_alias(one, other, mine | one.names, theirs | other.names)
        return alias or _by_area(mine, theirs) or _resembling(one, other)
    if one.features["code"] or other.features["code"]:
        return Score(0.4, "context", "同名，所属地区不明", "one name, and no word where it lies")
    if _disjoint(one, other, "home") and is_common_venue(same[0]):
        return Score(0.2, "context", f"各地均有{same[0]}", f"many cities have a {same[0]}")
    return Score(0.9, "name", f"地名同为{same[0]}", f"the same place name {same[0]}")


def _disjoint(one: Group, other: Group, feature: Feature) -> bool:
    """True where both sides know a feature and no value is on both."""
    mine, theirs = one.features[feature], other.features[feature]
    return bool(mine) and bool(theirs) and not mine & theirs


# ------------------------------------------------------------------- blocks and tokens


@lru_cache(maxsize=65536)
def blocking_keys(profile: Profile) -> frozenset[str]:
    """Where to look for what may be the same: profiles without a common key are never weighed.

    >>> sorted(blocking_keys(Profile("person", "乔云岫")))
    ['person:乔云岫']
    """
    names = {profile.name, *profile.values("alias")}
    keys = {name_to_key(profile.name)}
    match profile.kind:
        case "person":
            keys = {name_to_key(bare_name(name)) for name in names}
        case "org":
            keys |= {name_to_key(official_institution(name)) for name in names}
            keys |= {name_to_key(name) for name in names if not is_bare_name(name)}
            keys |= {name_to_key(core) for core in map(company_core, names) if core is not None}
            keys |= {f"firm:{firm}" for firm in map(firm_of, names) if firm is not None}
            keys |= {f"firm:{firm}" for name in names for firm in firms_in_place(name)}
            keys |= {name_to_key(core) for name in names for core in short_cores(name)}
            keys |= _keys_of_areas(official_institution(name) for name in names)
        case "place":
            keys |= {name_to_key(official_place(name)) for name in names}
            keys |= _keys_of_areas(official_place(name) for name in names)
            keys |= {f"code:{code}" for code in profile.values("code")}
        case "forum":
            for name in names:
                stem = parse_forum(name).stem
                keys |= {stem, *_keys_of_place(stem, profile)} - {""}
                keys |= {f"{edition}:{_head_of(stem)}" for edition in profile.values("edition")}
        case "regulation":
            for name in names:
                title = parse_regulation(name).title
                keys |= {title, *_keys_of_place(title, profile)}
            keys |= {f"number:{number}" for number in profile.values("number")}
    return frozenset(f"{profile.kind}:{key}" for key in keys)


def _keys_of_areas(names: Iterable[str]) -> set[str]:
    return {f"area:{core}" for core in map(area_core, names) if core is not None}


_WORLDWIDE = re.compile(r"(?:中国|全国|国际|世界|全球|亚洲)+")


def _head_of(stem: str) -> str:
    """The first two characters that tell something."""
    return _WORLDWIDE.sub("", stem, count=1)[:2] if _WORLDWIDE.match(stem) else stem[:2]


def _keys_of_place(text: str, profile: Profile) -> Iterator[str]:
    """The rest of a name after its place, and its sound, each with the city that it is about.

    Without the city all cities' plans and forums on one topic would be one block.
    """
    division, core = without_place(text)
    codes = profile.values("place", "home") if division is None else (division.code,)
    last = re.sub(r"[^一-鿿]", "", core)[-1:]
    for city in {code[:4] for code in codes}:
        yield f"{core}@{city}"
        yield f"{sound_key(core)}-{last}@{city}"


def strong_tokens(profile: Profile) -> Mapping[str, Score]:
    """What by itself makes two profiles of a block one entity, unless something forbids it.

    Profiles that share a token need not be compared, however many there are.
    """
    tokens: dict[str, Score] = {}
    match profile.kind:
        case "person":
            for name in profile.values("institution", "former_institution"):
                tokens[f"institution:{name}"] = _shared_institution(name)
            who = name_to_key(bare_name(profile.name))
            return {f"{who} {token}": score for token, score in tokens.items()}
        case "org" if not profile.values("document"):
            official = official_institution(profile.name)
            tokens[f"official:{name_to_key(official)}"] = same_authority(official)
        case "place":
            for code in profile.values("code"):
                division = load_gazetteer().by_code[code]
                tokens[f"code:{code}"] = same_authority(f"{division.name} {code}")
        case "forum":
            parsed = parse_forum(profile.name)
            for stem in profile.values("series"):
                tokens[f"series:{stem}"] = Score(
                    0.95, "edition", "同一系列活动", "the series of that name"
                )
            where = f" {profile.values('home')}" if is_common_event(parsed.stem) else ""
            for mark in filter(None, ("".join(parsed.editions), *profile.values("year"))):
                tokens[f"{parsed.stem} {mark}{where}"] = Score(
                    0.95, "edition", f"名称相同，{mark}", f"the same name, {mark}"
                )
        case "regulation":
            for number in profile.values("number"):
                tokens[f"number:{number}"] = Score(
                    1.0, "title", f"文号同为{number}", f"the same number {number}"
                )
    return tokens


def comparable_tokens(profile: Profile) -> frozenset[str]:
    """What two profiles of a block must share for a comparison to be able to join them.

    Without it a name that officials of three hundred cities bear would be compared with itself
    forty thousand times. The empty token stands for what anything may be compared with.

    >>> official = Profile("person", "乔云岫", frozenset({("institution", "烟台市水务局")}))
    >>> sorted(comparable_tokens(official))
    ['37', '烟台']
    """
    posts = profile.values("institution", "former_institution")
    if profile.kind != "person" or not posts or is_foreign(profile.name):
        return frozenset({""})
    tokens = {f"event:{event}" for event in profile.values("event")}
    for name in posts:
        division = institution_division(name)
        tokens.add(name[:2])
        if division is not None:
            tokens.add(division.code[:2])
        elif _kind_of(name) not in _OFFICIAL:
            tokens.add("academic")
    return frozenset(tokens)
