"""What an article is about when a figure names no subject: the nation, a place, or an event.

Sets no ``Doc`` attribute itself: `extract.figures` and `extract.observations` build on it. Two
examples: an article of 某部 that only has 北京 in its dateline speaks of the whole country;
in a report on a fair, 参展企业612家 counts for the fair.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from extract.dates import DateMention
from extract.facts import Argument, Entity
from extract.gazetteer import Division, ancestors, split_place_prefix

_DATELINE_AFTER = re.compile(r"\s*\d{1,2}月\d{1,2}日\s*(?:[电讯]|消息)|\s*[电讯]")
_NATIONWIDE = re.compile(r"(?:全国|我国|中国)(?!人大|政协|人民|共产党|两会)")
_STATE_ORGAN = re.compile(
    r"(?:国家[^\s]{2,10}[委局署办会]|国务院|中共中央|全国人大常委会|全国政协|(?:中华人民共和国)?[^省市县区州]{2,10}部(?:办公厅)?$|中国人民银行"
    r"|海关总署|国家税务总局)(?!.*(?:大学|学院|研究院|研究所|公司|中心|实验室))"
)
_REPORT = re.compile(r"公报|年报|年鉴|统计|运行情况|运行状况|质量状况|环境状况|经济形势|成绩单")
_REPORT_TITLE = re.compile(
    r"(?P<year>(?:19|20)\d\d)年?度?(?!—|-|至)[^（）]{0,24}(?:公报|年报|状况|统计|白皮书|蓝皮书)"
)
_REPORT_PRECISIONS = frozenset({"year", "half", "quarter", "interval", "month"})
_SITE_KIND = re.compile(r"园区|产业园|工业园|科技园|物流园|开发区|高新区|经开区|港区|基地")
_SITE_NAME = re.compile(
    r".{2}(?:园区|产业园|工业园|科技园|物流园|开发区|高新区|经开区|港区|基地)(?:[（(][^（）()]*[)）])?$"
)
_MANY_POINTERS = 4
_OPENING = 400  # characters after the headline
_LEAD_PARAGRAPHS = 3
_MANY_PROVINCES = 4
_DOMINANT = 0.5


def find_home(text: str, entities: Sequence[Entity], home: Division | None) -> Argument | None:
    """What the figures of a text are about where nothing nearer is named; None if unknown.

    Args:
        text: the reading of the text.
        entities: named mentions in text order.
        home: the division that the document is about by headline, dateline or number.
    """
    headline_end = _headline_end(text)
    headline = text[:headline_end]
    placed = [(e, division) for e in entities if (division := _division(e)) is not None]
    in_headline = any(e.span.start < headline_end for e, _ in placed)
    if not in_headline and _NATIONWIDE.search(headline):
        return nation()
    lead_end = _lead_end(text)
    local = [
        division
        for e, division in placed
        if e.span.start < lead_end and not _DATELINE_AFTER.match(text, e.span.end)
    ]
    state = any(
        e.label == "ORG" and e.span.start < lead_end and _STATE_ORGAN.match(e.name)
        for e in entities
    )
    if state and not local:
        return nation()
    if home is None:
        return None
    home = _told_of(text, placed, home)
    first = text.find("\n", headline_end + 2)
    opening = text[: first if first > 0 else len(text)]
    if not local and _NATIONWIDE.search(opening) and home not in {d for _, d in placed[:1]}:
        return nation()
    provinces = Counter(_province(division) for _, division in placed)
    share = provinces[_province(home)] / max(1, sum(provinces.values()))
    if not in_headline and len(provinces) >= _MANY_PROVINCES and share < _DOMINANT:
        return None
    return place_to_argument(home)


def _told_of(text: str, placed: Sequence[tuple[Entity, Division]], home: Division) -> Division:
    """The province instead of a city that only the dateline names: 新华社某市5月3日电，全省…."""
    own = [e for e, division in placed if division == home]
    only_dated = bool(own) and all(_DATELINE_AFTER.match(text, e.span.end) for e in own)
    above = ancestors(home)
    if not only_dated or not above:
        return home
    province = above[-1]
    return province if any(division == province for _, division in placed) else home


def find_site(text: str, entities: Sequence[Entity]) -> Argument | None:
    """The park or works that a whole article is about; None if it is about none.

    Its kind stands in the headline (走进一座零碳产业园) and again and again in the text; it is the
    first name of a site there.
    """
    first = text.find("。")
    headline = text[: text.rfind("\n", 0, max(first, 0)) + 1]
    told = _SITE_KIND.search(headline)
    if told is None or len(_SITE_KIND.findall(text, len(headline))) < _MANY_POINTERS:
        return None
    sites = (
        e
        for e in entities
        if e.label in ("PLACE", "ORG") and e.span.start < len(headline) + _OPENING
        and _SITE_NAME.search(e.name)
    )  # fmt: skip
    site = next(sites, None)
    if site is None:
        return None
    return Argument(label="PLACE", text=site.text, name=site.name, span=site.span)


def place_to_argument(place: Division) -> Argument:
    """A division as the subject of figures."""
    aliases = (place.short,) if place.short != place.name else ()
    return Argument(label="PLACE", text=place.name, name=place.name, aliases=aliases)


def nation() -> Argument:
    """The whole country as the subject of figures."""
    return Argument(label="PLACE", text="全国", name="中国", aliases=("我国",))


def find_event(text: str, entities: Sequence[Entity], offset: int) -> Entity | None:
    """The event that visitors, stands and contracts at ``offset`` count for.

    The last one named in the paragraph, else the one of headline or lead.
    """
    paragraph = text.rfind("\n", 0, offset) + 1
    forums = [e for e in entities if e.label == "FORUM"]
    near = [e for e in forums if paragraph <= e.span.start < offset]
    if near:
        return near[-1]
    lead_end = _lead_end(text)
    return next((e for e in forums if e.span.start < min(lead_end, offset)), None)


def find_report_period(
    text: str, entities: Sequence[Entity], dates: Sequence[DateMention]
) -> str | None:
    """The period that a bulletin or a statistical report is about, by its title.

    The title stands in the headline (某市2023年国民经济统计公报) or is quoted in the lead.
    """
    end = _headline_end(text)
    if _REPORT.search(text, 0, end):
        found = [d.value for d in dates if d.span.end <= end and d.precision in _REPORT_PRECISIONS]
        if found and found[0] is not None:
            return found[0]
    lead_end = _lead_end(text)
    for entity in entities:
        if entity.label == "REGULATION" and entity.span.start < lead_end:
            title = _REPORT_TITLE.search(entity.text)
            if title is not None:
                return title["year"]
    return None


def _headline_end(text: str) -> int:
    end = text.find("\n")
    return len(text) if end < 0 or end > 80 else end


def _lead_end(text: str) -> int:
    """The end of the first paragraphs, blank lines left out."""
    count = 0
    for match in re.finditer(r"\n", text):
        if text[match.end() : match.end() + 1] != "\n":
            count += 1
        if count == _LEAD_PARAGRAPHS:
            return match.start()
    return len(text)


def _division(entity: Entity) -> Division | None:
    if entity.label not in ("PLACE", "ORG", "FORUM", "REGULATION"):
        return None
    division, _ = split_place_prefix(entity.text)
    return division


def _province(division: Division) -> str:
    above = ancestors(division)
    return above[-1].name if above else division.name
