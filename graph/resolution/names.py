"""Names as identity reads them: what of a name says which thing it is.

Pure functions, one group for each kind of thing. They bring a name to the form that all its
ordinary variants share and take editions, versions and places out of it.

>>> official_institution("环境保护部")
'生态环境部'
>>> parse_forum("第三届云栖碳汇论坛（2031）")
ForumName(stem='云栖碳汇论坛', editions=('3届',), year='2031')
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

import cn2an
from pypinyin import lazy_pinyin

from extract.gazetteer import (
    Division,
    ancestors,
    load_gazetteer,
    lookup_other,
    lookup_place,
    split_place_prefix,
)
from extract.institutions import (
    LEVEL_WORD,
    canonical_institution,
    institution_place,
    load_institutions,
    parent_of,
    place_name_in_institution,
)
from graph.identity import name_to_key, name_to_label

# ------------------------------------------------------------------------- institutions


@lru_cache(maxsize=65536)
def official_institution(name: str) -> str:
    """The name that an institution bears now, as far as lexicons and grammar know it.

    Abbreviations and the local pattern are written out, names from before a renaming
    become the present one; any other name comes back in one typography.

    >>> official_institution("烟台市环保局")
    '烟台市生态环境局'
    """
    official = canonical_institution(name_to_label(name))
    official = _university_of(official) or official
    if official.endswith("管委会"):
        official = official.removesuffix("管委会") + "管理委员会"
    seen = {official}
    while (following := _following_name(official)) is not None and following not in seen:
        official = following
        seen.add(official)
    return official


def _university_of(short: str) -> str | None:
    """The one university that a name of four characters and more on 大 is short for: 华东师大."""
    if not short.endswith("大") or len(short) < MIN_CORE:
        return None
    found = [name for name in _universities().get(short[:2], ()) if _keeps_order(short, name)]
    return found[0] if len(found) == 1 else None


def _keeps_order(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


@cache
def _universities() -> Mapping[str, tuple[str, ...]]:
    """The universities by the first two characters of their names."""
    text = files("graph.authority").joinpath("universities.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(lines, strict=True):
        if row["name"].endswith("大学"):
            found.setdefault(row["name"][:2], []).append(row["name"])
    return MappingProxyType({start: tuple(sorted(names)) for start, names in found.items()})


def _following_name(name: str) -> str | None:
    """The name that came after ``name``, for a unit of a renamed body too."""
    renamings = _read_renamings("renamings.csv")
    if name in renamings:
        return renamings[name]
    whole = parent_of(name)
    if whole in renamings and whole is not None and name.startswith(whole):
        return renamings[whole] + name.removeprefix(whole)
    for former, following in _read_renamings("department_renamings.csv").items():
        place = name.removesuffix(former)
        if place != name and place and institution_place(name) is not None:
            division, rest = split_place_prefix(place)
            return place + following if division is not None and not rest else None
    return None


@cache
def _read_renamings(filename: str) -> Mapping[str, str]:
    text = files("graph.authority").joinpath(filename).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return MappingProxyType(
        {row["former"]: row["name"] for row in csv.DictReader(lines, strict=True)}
    )


@lru_cache(maxsize=65536)
def is_authoritative(name: str) -> bool:
    """True for an institution that the lexicons know, or a place's own by the grammar."""
    official = official_institution(name)
    return official in load_institutions().institutions or institution_place(official) is not None


_COMPANY_FORM = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|公司)$")
MIN_CORE = 4


def company_core(name: str) -> str | None:
    """A company's name without its legal form; None for what is no company.

    >>> company_core("云栖碳汇交易中心有限公司"), company_core("云栖市统计局")
    ('云栖碳汇交易中心', None)
    """
    core = _COMPANY_FORM.sub("", name)
    return core if core != name and len(core) >= MIN_CORE else None


_FIRM = re.compile(r"(?:公司|集团|股份|控股)\Z")
_NO_FIRM = re.compile(
    r"中国|国家|国际|全国|中华|亚洲|世界|华东|华北|华南|华中|西北|西南|东北|国网|南网|国电|央企"
)


def firm_of(name: str) -> str | None:
    """The two characters that the companies of a firm begin with; None for any other name.

    >>> firm_of("云栖氢能集团"), firm_of("中国云栖集团"), firm_of("烟台市统计局")
    ('云栖', None, None)
    """
    firm = name[:2]
    if not _FIRM.search(name) or _NO_FIRM.fullmatch(firm) or split_place_prefix(name)[0]:
        return None
    return firm


def is_short_company(name: str) -> bool:
    """True for a company's name that may be short for a longer one: without its legal form.

    >>> is_short_company("云栖集团"), is_short_company("云栖氢能集团有限公司")
    (True, False)
    >>> is_short_company("云栖矿业"), is_short_company("云栖日报")
    (True, False)
    """
    if _COMPANY_FORM.search(name) is not None:
        return False
    return firm_of(split_place_prefix(name)[1]) is not None or _TRADE.search(name) is not None


_TRADE = re.compile(
    r".{2}(?:能源|矿业|氢能|炼化|石化|化工|钢铁|电力|电气|科技|环保|水务|重工|股份|动力|材料|银行|钢)\Z|\A.钢\Z"
)
_GROUP = re.compile(r"(?:集团|股份|控股)\Z")
_END_BRACKET = re.compile(r"[（(][^（）()]*[)）]\Z")


def short_cores(name: str) -> frozenset[str]:
    """What a company may be called for short: without form, group, and place before or behind.

    >>> sorted(short_cores("烟台云栖矿业集团股份有限公司"))
    ['云栖矿业', '云栖矿业集团', '烟台云栖矿业', '烟台云栖矿业集团']
    >>> sorted(short_cores("云栖集团")), sorted(short_cores("云栖市统计局"))
    (['云栖'], [])
    """
    core = company_core(name)
    whole = core or name
    if core is None and _GROUP.search(name) is None:
        return frozenset()
    plain = _END_BRACKET.sub("", whole)
    found = {whole, plain, _GROUP.sub("", plain)}
    found |= {split_place_prefix(one)[1] for one in found}
    heads = {_GROUP.sub("", plain)} if core is None else set()
    return frozenset({one for one in found if len(one) >= MIN_CORE} | heads) - {name}


def firms_in_place(name: str) -> frozenset[str]:
    """What a company's short and full names share: two characters, or the place of a bank.

    >>> sorted(firms_in_place("烟台云栖交通集团")), sorted(firms_in_place("烟台农商银行"))
    (['370600云栖', '云栖'], ['370600银行'])
    """
    division, rest = split_place_prefix(name)
    found: set[str] = set()
    if is_short_company(name) and division is None:
        found.add(name[:2])
    if division is not None and "银行" in rest:
        found.add(division.code + "银行")
    elif division is not None and (firm := firm_of(rest)) is not None:
        found.add(division.code + firm)
        if _TRADE.fullmatch("云栖" + firm) is None:
            found.add(firm)
    return frozenset(found)


def area_core(name: str) -> str | None:
    """The name of an area, or of its committee, without the place before it; None for others.

    >>> area_core("烟台云栖新区管理委员会"), area_core("云栖新区"), area_core("烟台市")
    ('云栖新区管理委员会', '云栖新区', None)
    """
    if not _AREA.search(name):
        return None
    core = split_place_prefix(name)[1]
    return core if len(core) >= MIN_CORE else None


_AREA = re.compile(
    r"(?:新区|开发区|高新区|经开区|示范区|自贸区|保税区)(?:管理委员会|管委会|党工委)?\Z"
)


# A body that has no name of its own: a working group, an office, 园区管委会, 市能源局.
_NAMELESS_BODY = re.compile(
    r".{0,6}(?:专班|小组|[检督调考联协]\w?组|工作组|专家组|组委会|执委会|筹委会|秘书处|指挥部|办公室|领导小组|"
    r"课题组|评审组|代表团|调研组|检查组)|"
    r"(?:园区|新区|开发区|高新区|经开区|景区|保税区|自贸区|示范区|片区)?(?:管委会|管理委员会)"
)
_COMMON_NOUN = re.compile(
    r"(?:[本该我贵]|有关|相关|上述|当地)?(?:公司|集团|集团公司|企业|学校|学院|大学|研究院|研究所|中心|"
    r"协会|学会|联盟|基金会|银行|政府|部门|单位|机构|委员会|时讯|观察|日报|晚报|时报|[省市区县州]委)"
)


@lru_cache(maxsize=65536)
def is_bare_institution(name: str) -> bool:
    """True for a name that means an institution only inside its document.

    >>> is_bare_institution("市能源局"), is_bare_institution("云栖市能源局")
    (True, False)
    """
    names = load_institutions()
    official = canonical_institution(name)
    if official in names.institutions:
        return False
    if official != name or institution_place(name) is not None:
        return False
    if len(name) < 2 or LEVEL_WORD.match(name) or _COMMON_NOUN.fullmatch(name):
        return True
    if any(name in group for group in names.departments.values()):
        return True
    return _NAMELESS_BODY.fullmatch(name) is not None and split_place_prefix(name)[0] is None


@lru_cache(maxsize=65536)
def institution_division(name: str) -> Division | None:
    """The division whose institution this is; of a place's name, the place itself."""
    division = lookup_place(name) or institution_place(name)
    if division is None and _AREA_COMMITTEE.search(name):
        return split_place_prefix(name)[0]  # 某市的新区 is called without 市
    return division


_AREA_COMMITTEE = re.compile(r"(?:区|园|港|岛)(?:党工委|管理委员会|管委会)\Z")


def government_of(place: str) -> str:
    """The institution that a post "of a place" is a post of (云栖市 市长), by name or code.

    >>> government_of("烟台市"), government_of("320302"), government_of("北湾")
    ('烟台市人民政府', '徐州市鼓楼区人民政府', '北湾')
    """
    division = load_gazetteer().by_code.get(place) or lookup_place(place)
    if division is None:
        return place
    return canonical_institution(f"{place_name_in_institution(division)}人民政府")


def lineage(division: Division) -> tuple[Division, ...]:
    """A division and all above it, itself first."""
    return (division, *ancestors(division))


# ------------------------------------------------------------------------------ places


@lru_cache(maxsize=65536)
def official_place(name: str) -> str:
    """A place's name with the division that it begins with written out.

    >>> official_place("烟台主城区")
    '烟台市主城区'
    """
    label = name_to_label(name)
    other = lookup_other(label)
    if other is not None:
        return other.name
    division, rest = split_place_prefix(label)
    return label if division is None else division.name + rest


def find_division(names: Iterable[str], around: Iterable[str]) -> str | None:
    """The GB/T 2260 code of the division that one of the names means.

    A name that several divisions bear (鼓楼区) is read by the divisions ``around`` it, the
    codes of those that its document names, the most frequent first; None if that does not
    tell. A name from before a renaming or a raise in rank means the division of today.

    >>> find_division(("鼓楼区",), ("320300",))
    '320302'
    """
    gazetteer = load_gazetteer()
    for written in names:
        name = _read_renamings("place_renamings.csv").get(written, written)
        division, rest = split_place_prefix(name)
        if division is not None and not rest:
            return division.code
        if name not in gazetteer.by_name and name not in gazetteer.by_short:
            continue
        for code in around:
            division = lookup_place(name, within=gazetteer.by_code[code])
            if division is not None:
                return division.code
    return None


# A venue that every larger city has one of.
_COMMON_VENUE = re.compile(
    r".{0,4}(?:会议中心|会展中心|博览中心|展览中心|国际酒店|大酒店|酒店|宾馆|饭店|礼堂|展览馆|体育馆|体育中心|"
    r"大剧院|音乐厅|主城区|市区|城区|老城|新城|园区|工业园|产业园|开发区|高新区|经开区|新区|科技园|"
    r"广场|大厦|市民中心|大学城|图书馆|博物馆|科技馆)"
)


def is_common_venue(name: str) -> bool:
    """True for a place whose name does not say where it is (国际会展中心).

    >>> is_common_venue("国际会展中心"), is_common_venue("厦门国际会展中心")
    (True, False)
    """
    return _COMMON_VENUE.fullmatch(name) is not None and split_place_prefix(name)[0] is None


# ------------------------------------------------------------------------------ forums

_NUMERAL = r"[0-9〇零一二三四五六七八九十百两]{1,5}"
_EDITION = re.compile(rf"第?(?P<number>{_NUMERAL})(?P<unit>届|次|期|轮)|首(?P<first>届|次|期)")
_YEAR = re.compile(r"[（(\[]?(?P<year>(?:19|20)[0-9]{2})(?:年度|年)?[）)\]]?")
_SIGNS = re.compile(r"[^\w]|_")
MIN_STEM = 4


@dataclass(frozen=True, slots=True)
class ForumName:
    """The name of an event, taken apart.

    ``stem`` is what all editions share, without signs; ``editions`` are like ``3届`` and
    ``6次``, in the order of the name; ``year`` has four digits or is empty.
    """

    stem: str
    editions: tuple[str, ...]
    year: str


@lru_cache(maxsize=65536)
def parse_forum(name: str) -> ForumName:
    """Take an event's name apart.

    >>> parse_forum("2031年云栖市十五届人大三次会议").editions
    ('15届', '3次')
    """
    plain = unicodedata.normalize("NFKC", name)
    editions: list[str] = []
    rest = ""
    position = 0
    for match in _EDITION.finditer(plain):
        number = 1 if match["first"] else _to_number(match["number"])
        if number is None:
            continue
        editions.append(f"{number}{match['first'] or match['unit']}")
        rest += plain[position : match.start()]
        position = match.end()
    rest += plain[position:]
    year = ""
    found = _YEAR.match(rest) or next(
        (m for m in _YEAR.finditer(rest) if m.end() == len(rest) or rest[m.start()] in "（(["),
        None,
    )
    if found is not None and not rest[found.end() : found.end() + 1].isdigit():
        year = found["year"]
        rest = rest[: found.start()] + rest[found.end() :]
    stem = _SIGNS.sub("", rest).casefold()
    return ForumName(stem, tuple(editions), year)


def _to_number(numeral: str) -> int | None:
    try:
        return int(cn2an.cn2an(numeral, "smart"))
    except ValueError:
        return None


def series_of(name: str) -> str | None:
    """The series of an edition: its name without edition and year; None for no edition.

    >>> series_of("第三届云栖碳汇论坛"), series_of("云栖碳汇论坛"), series_of("2031年会")
    ('云栖碳汇论坛', None, None)
    """
    parsed = parse_forum(name)
    if not (parsed.editions or parsed.year) or len(parsed.stem) < MIN_STEM:
        return None
    label = name_to_label(name)
    for pattern in (_EDITION, _YEAR):
        label = pattern.sub("", label)
    label = label.strip("“”‘’\"'-—·:： ,，")
    return label if _SIGNS.sub("", label).casefold() == parsed.stem else parsed.stem


_COMMON_EVENT = re.compile(
    r".{0,4}(?:常务会议|全体会议|全会|常委会会议|工作会议|推进会|座谈会|发布会|启动仪式|开幕式|闭幕式|签约仪式|"
    r"专题会议|协调会|调度会|动员会|现场会|联席会议|党组会议|办公会议|听证会|通气会|吹风会|培训班)"
)


def is_common_event(stem: str) -> bool:
    """True for an event of which every place has its own (市政府常务会议, 座谈会).

    >>> is_common_event("市政府常务会议"), is_common_event("云栖碳汇论坛")
    (True, False)
    """
    return LEVEL_WORD.match(stem) is not None or _COMMON_EVENT.fullmatch(stem) is not None


def without_place(stem: str) -> tuple[Division | None, str]:
    """The division that a stem begins with, and what is left of it, at least four characters.

    >>> without_place("厦门海风论坛")[1], without_place("厦门论坛")[1]
    ('海风论坛', '厦门论坛')
    """
    division, rest = split_place_prefix(stem)
    return (division, rest) if division is not None and len(rest) >= MIN_STEM else (None, stem)


# ------------------------------------------------------------------------- regulations

_ISSUING = re.compile(
    r"(?P<issuers>.{0,60}?)关于(?:印发|转发|发布|公布|下达|批转)(?P<title>.{2,120}?)的(?:通知|公告|函|批复|决定)"
)
_ABOUT = re.compile(r"(?P<issuers>[^关]{2,60})(?P<title>关于.{4,120})")
_MARKER = re.compile(
    r"[（(](?P<marker>[^（()）]{0,12}(?:试行|暂行|征求意见稿|意见稿|草案|送审稿|讨论稿|修订|修正|版|本|修改稿)"
    r"[^（()）]{0,6})[）)]"
)
_DRAFT = re.compile(r"征求意见稿|意见稿|草案|送审稿|讨论稿|修改稿")
_TRIAL = re.compile(r"试行|暂行")
_NUMBER = re.compile(r"[^\W\d_]{1,12}[〔\[（(](?:19|20)\d{2}[〕\])）]第?\d{1,5}号")
_PEOPLES_REPUBLIC = "中华人民共和国"
MIN_TITLE = 7


@dataclass(frozen=True, slots=True)
class RegulationName:
    """The title of a regulation, taken apart.

    ``title`` has no signs and neither issuers, wrapper nor version marker; ``status`` is draft,
    trial or empty, ``version`` is the year of a yearly version or revision or empty, and
    ``issuers`` are those that the title begins with. ``carried`` is the title inside a notice.
    """

    title: str
    label: str
    status: str
    version: str
    issuers: tuple[str, ...]
    carried: str | None = None


@lru_cache(maxsize=65536)
def parse_regulation(name: str) -> RegulationName:
    """Take the title of a regulation apart.

    >>> parsed = parse_regulation("国务院关于印发《海风利用行动方案（试行）》的通知")
    >>> parsed.title, parsed.issuers
    ('海风利用行动方案', ('国务院',))
    """
    label = name_to_label(name).replace("《", "").replace("》", "")
    issuers: tuple[str, ...] = ()
    wrapped = _ISSUING.fullmatch(label)
    if wrapped is not None:
        issuers, label = _read_issuers(wrapped["issuers"]), wrapped["title"]
    about = _ABOUT.fullmatch(label)
    if about is not None and _read_issuers(about["issuers"]):
        issuers, label = _read_issuers(about["issuers"]), about["title"]
    markers = [match["marker"] for match in _MARKER.finditer(label)]
    bare = _MARKER.sub("", label)
    years = [year for marker in markers for year in re.findall(r"(?:19|20)\d{2}", marker)]
    title = _SIGNS.sub("", unicodedata.normalize("NFKC", bare)).casefold()
    if len(title) > len(_PEOPLES_REPUBLIC) + 2:
        title = title.removeprefix(_PEOPLES_REPUBLIC)
    return RegulationName(
        title or _SIGNS.sub("", label).casefold(),
        label,
        status=_status(markers),
        version=max(years, default=""),
        issuers=issuers,
        carried=None if wrapped is None else wrapped["title"],
    )


def _status(markers: list[str]) -> str:
    if any(_DRAFT.search(marker) for marker in markers):
        return "draft"
    return "trial" if any(_TRIAL.search(marker) for marker in markers) else ""


def _read_issuers(text: str) -> tuple[str, ...]:
    """The institutions of a list; empty if one part of it is none."""
    text = text.strip()
    if text.startswith("中共中央") and text.replace(" ", "") == "中共中央国务院":
        return ("中国共产党中央委员会", "国务院")
    parts = [part for part in re.split(r"[、\s]+", text) if part]
    names = tuple(official_institution(part) for part in parts)
    return names if parts and all(is_authoritative(name) for name in names) else ()


def is_document_number(name: str) -> bool:
    """True for the number of an official document.

    >>> is_document_number("云政发〔2031〕21号"), is_document_number("海风利用办法")
    (True, False)
    """
    return _NUMBER.fullmatch(unicodedata.normalize("NFKC", name)) is not None or (
        _NUMBER.fullmatch(name) is not None
    )


def normalise_number(name: str) -> str:
    """A document number in one typography.

    >>> normalise_number("云政发[2031] 21号")
    '云政发〔2031〕21号'
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
    return re.sub(r"[\[(〔]((?:19|20)\d{2})[\])〕]", r"〔\1〕", plain)


_BARE_TITLE = re.compile(
    r"(?:本|该|上述)?(?:《)?(?:实施|管理|行动|工作|发展|专项|总体|建设|暂行|若干|指导|合作|框架|具体|相关|上述|三年|五年)*"
    r"(?:条例|规划|计划|方案|办法|意见|通知|公报|规定|细则|纲要|决定|指南|标准|规范|导则|协议|备忘录|倡议|"
    r"措施|报告|公告|草案|清单|白皮书|蓝皮书|法|文件)(?:》)?"
)


def is_bare_title(name: str) -> bool:
    """True for a word for regulations (《条例》, 实施方案) and no title.

    >>> is_bare_title("实施方案"), is_bare_title("海风利用实施方案")
    (True, False)
    """
    return _BARE_TITLE.fullmatch(name) is not None


# ----------------------------------------------------------------------------- persons


def is_foreign(name: str) -> bool:
    """True for a name in another script or with a middle dot: few people share such a one.

    >>> is_foreign("埃琳·索尔贝格"), is_foreign("乔云岫")
    (True, False)
    """
    return "·" in name_to_label(name) or re.search(r"[A-Za-z]{2}", name) is not None


# ------------------------------------------------------------------------- resemblance


@lru_cache(maxsize=65536)
def sound_key(text: str) -> str:
    """The plain pinyin of the first characters: near names and homophones share it.

    >>> sound_key("海风利用论坛") == sound_key("海丰利用论坛")
    True
    """
    return "".join(lazy_pinyin(text[:_SOUNDED], errors="default"))


_SOUNDED = 6


def is_bare_name(name: str) -> bool:
    """True for an alias that means nothing outside its document (本次论坛, 该市, 公司)."""
    key = name_to_key(name)
    return (
        len(key) < MIN_ALIAS
        or _POINTING.match(key) is not None
        or is_bare_title(key)
        or is_bare_institution(key)
        or _BARE_EVENT.fullmatch(key) is not None
    )


MIN_ALIAS = 3
_POINTING = re.compile(r"[本该此我其]|上述|这[次个家]|以下|会上")
_BARE_EVENT = re.compile(
    r"(?:本届|本次|此次|主)?(?:论坛|大会|峰会|年会|会议|博览会|展会|对话会|研讨会|分论坛|平行论坛|专题论坛|活动)"
)
