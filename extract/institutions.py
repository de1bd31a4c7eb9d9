"""Names of institutions: the official name in the context of a document.

Abbreviations of central institutions come from a lexicon, names of local ones are read
with a small grammar: a place (深圳市, 省, 自治区), then a party, congress or government
body, a department, perhaps a unit of it. A pure lookup: it sets no ``Doc`` attribute.

>>> canonical_institution("国家发改委")
'国家发展和改革委员会'
>>> canonical_institution("市人大常委会", place=lookup_place("杭州"))
'杭州市人民代表大会常务委员会'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from extract.gazetteer import Division, ancestors, lookup_place, parent, split_place_prefix
from extract.lexicons import read_lines, read_rows, split_names

PEOPLES_REPUBLIC = "中华人民共和国"
CPPCC = "中国人民政治协商会议"
YOUTH_LEAGUE = "中国共产主义青年团"
TRADE_COUNCIL = "中国国际贸易促进委员会"

# Lexicon kinds whose abbreviation may begin the name of a unit (工信部节能司 is a part of
# 工业和信息化部); an enterprise is not expanded, 中国银行业协会 shows why.
KINDS_WITH_UNITS = frozenset(
    {"state", "ministry", "state_council", "national_bureau", "party", "congress", "cppcc"}
    | {"court", "mass", "academy", "democratic"}
)
# Kinds that may be written after 中华人民共和国 and, save the party's, after 国家.
KINDS_OF_STATE = frozenset({"state", "ministry", "state_council", "national_bureau", "court"})


@dataclass(frozen=True, slots=True)
class Institution:
    """A row of institutions.csv; ``since`` and ``until`` are years, None if not certain."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    parent: str | None
    since: int | None
    until: int | None
    successor: str | None


@dataclass(frozen=True, slots=True)
class Department:
    """A row of departments.csv; ``places`` are the codes of those that alone use it."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Institutions by every name; departments by kind group and every name."""

    institutions: Mapping[str, Institution]
    departments: Mapping[str, Mapping[str, tuple[Department, ...]]]
    whole_suffixes: tuple[str, ...]
    unit_suffixes: tuple[str, ...]


@cache
def load_institutions() -> Lexicon:
    """Read the lexicons, once."""
    institutions: dict[str, Institution] = {}
    for row in read_rows("institutions.csv"):
        institution = Institution(
            row["name"],
            split_names(row["aliases"]),
            row["kind"],
            row["parent"] or None,
            int(row["since"]) if row["since"] else None,
            int(row["until"]) if row["until"] else None,
            row["successor"] or None,
        )
        for name in (institution.name, *institution.aliases):
            institutions.setdefault(name, institution)
    departments: dict[str, dict[str, list[Department]]] = {}
    for row in read_rows("departments.csv"):
        department = Department(
            row["name"], split_names(row["aliases"]), row["kind"], split_names(row["place"])
        )
        group = departments.setdefault(_department_group(department.kind), {})
        for name in (department.name, *department.aliases):
            group.setdefault(name, []).append(department)
    return Lexicon(
        MappingProxyType(institutions),
        MappingProxyType(
            {
                group: MappingProxyType({name: tuple(found) for name, found in names.items()})
                for group, names in departments.items()
            }
        ),
        tuple(_suffixes("institution_suffixes.txt")),
        tuple(_suffixes("unit_suffixes.txt")),
    )


def _department_group(kind: str) -> str:
    """Organs of party, congress and CPPCC have names of their own, all others share one."""
    return kind if kind in {"party", "congress", "cppcc"} else "local"


def _suffixes(filename: str) -> list[str]:
    return sorted(read_lines(filename), key=lambda suffix: (-len(suffix), suffix))


# ---------------------------------------------------------------- the place of an institution

# A level of government that stands for a place: 市 in 市政府. What follows must not make
# another word of it: 市场, 市政工程, 区块链, 县域, 省际.
LEVEL_WORD = re.compile(
    r"(?:本|该|我)?(?P<level>自治区|自治州|自治县|自治旗|地区|省(?![际级属会直])|"
    r"市(?![场值容域区级属直]|民(?![政族宗防委革盟建进])|政(?![府协法研务数策]))|"
    r"区(?![块域间划位级属直])|县(?![域级城属直])|州(?![际长])|盟(?!友)|旗(?![舰下帜]))"
)


def _resolve_level(word: str, place: Division) -> Division | None:
    """The division that a level word means in an article on ``place``.

    >>> _resolve_level("省", lookup_place("烟台")).name
    '山东省'
    """
    for division in (place, *ancestors(place)):
        # 自治区 and 地区 end in 区, too, but 区 alone means a district.
        district = word != "区" or division.level == "county"
        if division.name.endswith(word) and district:
            return division
    return None


def _split_place(name: str, place: Division | None) -> tuple[Division | None, str]:
    """The place that a local institution's name begins with, and the rest.

    Understands full and short names, level words in context, and both (新疆自治区).
    """
    division, rest = split_place_prefix(name, within=place)
    if division is not None:
        level = LEVEL_WORD.match(rest)
        if level and division.name.endswith(level["level"]) and len(rest) > level.end():
            return division, rest[level.end() :]
        return division, rest
    level = LEVEL_WORD.match(name)
    if level and place is not None:
        resolved = _resolve_level(level["level"], place)
        if resolved is not None:
            return resolved, name[level.end() :]
    return None, name


def place_name_in_institution(division: Division) -> str:
    """The place as official names of its institutions give it: a district with its city.

    >>> place_name_in_institution(lookup_place("天桥区"))
    '济南市天桥区'
    """
    above = parent(division)
    if division.level == "county" and division.name.endswith("区") and above is not None:
        return above.name + division.name
    return division.name


# -------------------------------------------------------------------- the grammar of a name


@dataclass(frozen=True, slots=True)
class LocalName:
    """A local institution's name, taken apart.

    ``body`` is party, government, agency, congress, standing (its standing committee), cppcc,
    inspection, youth, trade, democratic or department; ``department`` is the organ or
    department with its full name (of a democratic party: the party's), ``unit`` what follows
    it, each empty if there is none.
    """

    place: Division
    body: str
    department: str = ""
    unit: str = ""
    kind: str = ""


SESSION = r"(?:第?[一二三四五六七八九十百零\d]{1,4}届)?"
CONGRESS = re.compile(
    rf"{SESSION}(?:人民代表大会|人大)(?P<standing>常务委员会|常委会)?(?P<tail>.*)"
)
CPPCC_BODY = re.compile(rf"{SESSION}(?:政协|{CPPCC})(?P<tail>.*)")
CPPCC_FIRST = re.compile(rf"{SESSION}(?:{CPPCC}|政协)(?P<place>.+?){SESSION}委员会(?P<tail>.*)")
PARTY = re.compile(r"(?:党委|委)(?P<tail>(?!员会).*)")
PARTY_IN_FULL = re.compile(r"委员会(?P<tail>.*)")
GOVERNMENT = re.compile(r"(?:人民)?政府(?P<tail>.*)|(?:行政公署|行署)(?P<agency_tail>.*)")
JOINT = "监委"
INSPECTION = re.compile(r"(?:纪律检查委员会|纪委)(?P<tail>.*)")
YOUTH = re.compile(rf"(?:{YOUTH_LEAGUE}|共青团|团)(?P<place>.+?)委(?:员会)?")
TRADE = re.compile(rf"(?:{TRADE_COUNCIL}|中国贸促会|贸促会)(?P<place>.+?)(?:委员会|分会)")


def _parse_local(name: str, place: Division | None) -> LocalName | None:
    """Take a local institution's name apart; None if it is not one that is known."""
    for prefixed, body in ((YOUTH, "youth"), (TRADE, "trade")):
        match = prefixed.fullmatch(name)
        if match:
            division, rest = _split_place(match["place"], place)
            return LocalName(division, body) if division and not rest else None
    democratic = _parse_democratic(name, place)
    if democratic is not None:
        return democratic
    cppcc = CPPCC_FIRST.fullmatch(name)
    if cppcc:
        division, rest = _split_place(cppcc["place"], place)
        if division is not None and not rest:
            return _with_organ(division, "cppcc", cppcc["tail"])
    plain = name
    of_party = False
    for prefix in ("中国共产党", "中共"):
        if name.startswith(prefix):
            plain, of_party = name.removeprefix(prefix), True
    division, rest = _split_place(plain, place)
    if division is None or not rest:
        return None
    local = _parse_rest(division, rest, of_party=of_party)
    # An academy may have the short name of the place in its official one (上海社会科学院).
    short = plain.startswith(division.short) and division.name not in plain
    return None if local and local.kind == "academy" and short else local


COMMITTEE = re.compile(r"(?P<place>.+?)委(?:会|员会)?")


def _parse_democratic(name: str, place: Division | None) -> LocalName | None:
    """A local committee of one of the democratic parties (民盟浙江省委会)."""
    names = load_institutions().institutions
    for length in range(min(len(name) - 2, 10), 1, -1):
        party = names.get(name[:length])
        if party is None or party.kind != "democratic":
            continue
        match = COMMITTEE.fullmatch(name[length:])
        division, rest = _split_place(match["place"], place) if match else (None, "")
        if division is not None and not rest:
            return LocalName(division, "democratic", party.name)
    return None


def _parse_rest(division: Division, rest: str, *, of_party: bool) -> LocalName | None:
    """Read what follows the place."""
    match = INSPECTION.fullmatch(rest)
    if match:
        joint = match["tail"] in {"监委", "监察委", "监察委员会", "、监委"}
        unit = JOINT if joint else match["tail"]
        known = joint or not unit or _is_unit(unit)
        return LocalName(division, "inspection", unit=unit) if known else None
    match = PARTY.fullmatch(rest) or (PARTY_IN_FULL.fullmatch(rest) if of_party else None)
    if match:
        return _with_organ(division, "party", match["tail"])
    if of_party:
        return None
    local = _department(rest, "local", division)
    if local:
        return local
    match = CONGRESS.fullmatch(rest)
    if match:
        body = "standing" if match["standing"] else "congress"
        return _with_organ(division, body, match["tail"])
    match = CPPCC_BODY.fullmatch(rest)
    if match:
        return _with_organ(division, "cppcc", match["tail"])
    match = GOVERNMENT.fullmatch(rest)
    if match:
        tail = match["tail"] if match["tail"] is not None else match["agency_tail"]
        body = "government" if match["tail"] is not None else "agency"
        return LocalName(division, body, unit=tail) if not tail or _is_unit(tail) else None
    if rest == "贸促会":
        return LocalName(division, "trade")
    return None


def _with_organ(division: Division, body: str, tail: str) -> LocalName | None:
    """A body alone, or with one of its organs and a unit of that."""
    if not tail:
        return LocalName(division, body)
    group = "congress" if body == "standing" else body
    organ = _department(tail, group, division)
    if organ:
        return LocalName(division, body, organ.department, organ.unit, organ.kind)
    return LocalName(division, body, unit=tail) if _is_unit(tail) else None


def _department(text: str, group: str, division: Division) -> LocalName | None:
    """The longest department that ``text`` begins with; the rest must be a unit of it."""
    names = load_institutions().departments[group]
    for length in range(len(text), 0, -1):
        found = names.get(text[:length])
        if found and (length == len(text) or _is_unit(text[length:])):
            department = _department_of(found, division)
            return LocalName(
                division, "department", department.name, text[length:], department.kind
            )
    return None


def _department_of(found: tuple[Department, ...], division: Division) -> Department:
    """The department that is named so in this place, before the one named so elsewhere."""
    codes = {division.code, *(above.code for above in ancestors(division))}
    own = [department for department in found if codes & set(department.places)]
    common = [department for department in found if not department.places]
    return (own or common or list(found))[0]


# A unit does not go on with a word that the name before it was only the beginning of.
NOT_A_UNIT = re.compile(
    r"(?:大学|学院|协会|学会|业|属|级|直属?(?!机关)|下属|有关|相关|各|等|和|与|及|、|的|原|前|党组成员)"
)


def _is_unit(text: str) -> bool:
    """True if ``text`` can be the name of a part of an institution."""
    suffixes = load_institutions().unit_suffixes
    return len(text) >= 2 and text.endswith(suffixes) and not NOT_A_UNIT.match(text)


# ------------------------------------------------------------------------ names put together


def _compose(local: LocalName) -> str:
    """The official name."""
    name = place_name_in_institution(local.place)
    tail = local.department + local.unit
    match local.body:
        case "party":
            return _party_name(local.place, tail)
        case "inspection":
            # The joint office of both commissions has no other single name.
            joint = local.unit == JOINT
            return f"{name}纪委监委" if joint else f"中共{name}纪律检查委员会{tail}"
        case "government":
            peoples = "" if name.endswith("特别行政区") else "人民"
            return f"{name}{peoples}政府{tail}"
        case "agency":
            return f"{name}行政公署{tail}"
        case "congress":
            return f"{name}人民代表大会{tail}"
        case "standing":
            return f"{name}人民代表大会常务委员会{tail}"
        case "cppcc":
            return f"{CPPCC}{name}委员会{tail}"
        case "youth":
            return f"{YOUTH_LEAGUE}{name}委员会"
        case "trade":
            return f"{TRADE_COUNCIL}{name}委员会"
        case "democratic":
            return f"{local.department}{name}委员会"
        case "department":
            return name + tail
    raise ValueError(f"expected a body of a local name, got {local.body!r}")


def _party_name(place: Division, tail: str) -> str:
    """中共广东省委员会; its organs 中共广东省委宣传部, but 中共…自治区委员会宣传部."""
    name = place_name_in_institution(place)
    short = tail and not place.name.endswith(("自治区", "地区", "盟"))
    return f"中共{name}{'委' if short else '委员会'}{tail}"


def _variants(local: LocalName) -> Iterator[str]:
    """Other standard names of a local institution: every place name with every tail."""
    for name in _place_variants(local.place):
        for tail in _tail_variants(local):
            for template in _templates(local):
                yield template.format(place=name, tail=tail)
            if local.body == "party" and not tail:
                yield f"中国共产党{name}委员会"
            if local.body == "cppcc" and not tail:
                yield f"政协{name}委员会"


TEMPLATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "party": ("{place}委{tail}", "中共{place}委{tail}"),
        "inspection": ("{place}纪委{tail}",),
        "government": ("{place}政府{tail}", "{place}人民政府{tail}"),
        "agency": ("{place}行署{tail}",),
        "congress": ("{place}人大{tail}",),
        "standing": ("{place}人大常委会{tail}", "{place}人民代表大会常务委员会{tail}"),
        "cppcc": ("{place}政协{tail}",),
        "youth": ("共青团{place}委", "共青团{place}委员会"),
        "trade": ("{place}贸促会",),
        "democratic": ("{tail}{place}委员会", "{tail}{place}委"),
        "department": ("{place}{tail}",),
    }
)
# In an autonomous region the committee of the party is 党委, not 委.
TEMPLATES_OF_REGION: tuple[str, ...] = ("{place}党委{tail}", "中共{place}党委{tail}")


def _templates(local: LocalName) -> tuple[str, ...]:
    name = local.place.name
    if local.body == "party" and name.endswith("自治区"):
        return TEMPLATES_OF_REGION
    if local.body == "government" and name.endswith("特别行政区"):
        return ("{place}政府{tail}",)
    return TEMPLATES[local.body]


def _place_variants(place: Division) -> list[str]:
    """The names of a place in front of its institutions, the official one first."""
    names = [place_name_in_institution(place), place.name]
    if place.name.endswith("自治州"):
        names.append(place.short + "州")
    if place.name.endswith("自治区"):
        names += [place.short, place.short + "自治区"]
    return list(dict.fromkeys(names))


def _tail_variants(local: LocalName) -> list[str]:
    """The department and the unit, the department with its full name and each alias."""
    if not local.department:
        return [local.unit]
    lexicon = load_institutions()
    if local.body == "democratic":
        return list(lexicon.institutions[local.department].aliases)
    group = "congress" if local.body == "standing" else local.body
    departments = lexicon.departments["local" if group == "department" else group]
    aliases = [
        alias
        for department in departments.get(local.department, ())
        if department.name == local.department
        for alias in department.aliases
    ]
    return [name + local.unit for name in (local.department, *aliases)]


# ------------------------------------------------------------------------------- interface


def canonical_institution(name: str, *, place: Division | None = None) -> str:
    """The full official name of an institution in an article on ``place``.

    What is already full, unknown, or cannot be resolved without a place comes back
    unchanged; a former name stays what it was (环境保护部). Sessions are left out:
    十四届全国人大常委会 is the same body as 全国人大常委会.

    >>> canonical_institution("省委", place=lookup_place("洛阳"))
    '中共河南省委员会'
    >>> canonical_institution("工信部节能与综合利用司")
    '工业和信息化部节能与综合利用司'
    """
    central = _lookup_central(name)
    if central is not None:
        # A bare 发改委 may be that of the article's city.
        return name if place is not None and _is_bare(name, central) else central.name
    local = _parse_local(name, place)
    if local is not None:
        return _compose(local)
    split = _split_central_unit(name)
    if split is not None and split[0].kind in KINDS_WITH_UNITS:
        institution, unit = split
        known = _lookup_central(unit)
        if known is not None and known.parent == institution.name:
            return known.name
        return institution.name + _organ_name(institution, unit)
    level = LEVEL_WORD.match(name)
    if level and place is not None and _ends_like_authority(name):
        division = _resolve_level(level["level"], place)
        if division is not None:
            return place_name_in_institution(division) + name[level.end() :]
    return name


def _is_bare(name: str, central: Institution) -> bool:
    """True for an abbreviation that central and local institutions share."""
    return name != central.name and name in load_institutions().departments["local"]


AUTHORITY = re.compile(r".{2,}(?:局|厅|委员会|办公室|管委会|总队|支队|领导小组|指挥部)")


def _ends_like_authority(name: str) -> bool:
    """True for a department that no list has (市城市更新和土地整备局)."""
    return AUTHORITY.fullmatch(name) is not None


CENTRAL_SESSION = re.compile(
    rf"第?[一二三四五六七八九十\d]{{1,3}}届(?P<rest>(?:全国|中央|中共中央|{CPPCC}全国).*)"
)


def _lookup_central(name: str) -> Institution | None:
    """The institution of the lexicon, also after 中华人民共和国, 国家 or a session number."""
    names = load_institutions().institutions
    if name in names:
        return names[name]
    session = CENTRAL_SESSION.fullmatch(name)
    if session:
        return names.get(session["rest"])
    for prefix in (PEOPLES_REPUBLIC, "国家"):
        found = names.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
        if found is not None and found.kind in KINDS_OF_STATE:
            return found
    return None


def _split_central_unit(name: str) -> tuple[Institution, str] | None:
    """A central institution that ``name`` begins with, and the unit of it that follows."""
    for length in range(len(name) - 2, 1, -1):
        institution = _lookup_central(name[:length])
        if institution is not None:
            unit = name[length:]
            organs = load_institutions().departments.get(institution.kind, {})
            return (institution, unit) if unit in organs or _is_unit(unit) else None
    return None


def _organ_name(institution: Institution, unit: str) -> str:
    """The full name of an organ of congress or CPPCC, any other unit as it is."""
    group = load_institutions().departments.get(institution.kind, {})
    found = group.get(unit)
    return found[0].name if found else unit


def aliases_of(name: str) -> tuple[str, ...]:
    """Other standard names of an institution, without ``name`` itself.

    >>> aliases_of("中共河南省委员会")
    ('河南省委', '中共河南省委', '中国共产党河南省委员会')
    """
    central = _lookup_central(name)
    if central is not None:
        formal = (PEOPLES_REPUBLIC + central.name,) if central.kind == "ministry" else ()
        names: tuple[str, ...] = (central.name, *central.aliases, *formal)
    else:
        local = _parse_local(name, None)
        names = _central_unit_names(name) if local is None else (_compose(local), *_variants(local))
    return tuple(other for other in dict.fromkeys(names) if other != name)


def _central_unit_names(name: str) -> tuple[str, ...]:
    """国家发展改革委气候司 beside 国家发展和改革委员会气候司."""
    split = _split_central_unit(name)
    if split is None or split[0].kind not in KINDS_WITH_UNITS:
        return ()
    institution, unit = split
    units = dict.fromkeys((_organ_name(institution, unit), unit))
    return tuple(
        whole + part for whole in (institution.name, *institution.aliases) for part in units
    )


UNIVERSITY_UNIT = re.compile(
    r"(?P<whole>.{2,12}?大学(?:[（(][^）)]{1,8}[）)])?)(?P<unit>(?!附属)[^（(].+)"
)


def parent_of(name: str) -> str | None:
    """The institution that this one is a part of, where the name or the lexicon says so.

    >>> parent_of("教育部高等教育司"), parent_of("南开大学环境科学与工程学院")
    ('教育部', '南开大学')
    """
    central = _lookup_central(name)
    if central is not None:
        return central.parent
    local = _parse_local(name, None)
    if local is not None:
        return _parent_of_local(local)
    split = _split_central_unit(name)
    if split is not None:
        return split[0].name
    university = UNIVERSITY_UNIT.fullmatch(name)
    if university and _is_unit(university["unit"]):
        return university["whole"]
    return None


def _parent_of_local(local: LocalName) -> str | None:
    if local.unit and local.body != "inspection":
        return _compose(LocalName(local.place, local.body, local.department, "", local.kind))
    if local.department and local.body != "department":
        return _compose(LocalName(local.place, local.body))
    if local.kind == "government" and local.place.level != "county":
        return _compose(LocalName(local.place, "government"))
    return None


def institution_place(name: str) -> Division | None:
    """The division whose institution this is, or that its name begins with in full.

    A bracketed place at the end counts (中国地质大学（武汉）); None for central and for
    other names.

    >>> institution_place("深圳市生态环境局").name
    '深圳市'
    """
    if _lookup_central(name) is not None:
        return None
    local = _parse_local(name, None)
    if local is not None:
        return local.place
    bracketed = re.fullmatch(r".+[（(](?P<place>[^（()）]{2,12})[）)]", name)
    if bracketed:
        return lookup_place(bracketed["place"])
    division, rest = split_place_prefix(name)
    full = division is not None and name.startswith(division.name)
    return division if full and rest else None


def is_institution_name(text: str) -> bool:
    """True if ``text`` is a known institution or is built like the name of one.

    A generic word alone (公司, 有关部门, 各区政府) is none, nor is a bare 市政府 refused.

    >>> is_institution_name("青岛能源研究院"), is_institution_name("低碳发展")
    (True, False)
    """
    if _lookup_central(text) is not None:
        return True
    level = LEVEL_WORD.match(text)
    if level and _parse_rest_of_level(text[level.end() :]):
        return True
    if _parse_local(text, None) is not None:
        return True
    if GENERIC.match(text):
        return False
    bare = re.sub(r"[（(][^（()）]*[）)]$", "", text)
    if NOT_A_NAME.fullmatch(bare):
        return False
    suffix = next((s for s in load_institutions().whole_suffixes if bare.endswith(s)), None)
    return suffix is not None and len(bare) - len(suffix) >= 2


GENERIC = re.compile(
    r"各|有关|相关|多家|一些|多个|其他|其它|所有|部分|该|[全本我](?=[省市县区国院校公])|"
    r"[几两三四五六七八九十百\d]+[家个所名大]"
)
# Words that end like an institution and are none.
NOT_A_NAME = re.compile(
    r".*(?:格局|布局|结局|全局|大局|开局|部署|干部|内部|外部|全部|局部|[东南西北中]部|俱乐部|"
    r"好处|用处|益处|深处|到处|学科|百科|本科|专科|上司|[以为].{1,6}中心|重心|核心|大厂|工厂)"
)


def _parse_rest_of_level(rest: str) -> bool:
    """True if ``rest`` reads as an institution of some province or city."""
    somewhere = lookup_place("北京市")
    return (
        bool(rest) and somewhere is not None and bool(_parse_rest(somewhere, rest, of_party=False))
    )
