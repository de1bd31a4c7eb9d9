"""Who speaks for a company: the people of a text and the companies that employ them.

Officials whose quotation stands before them speak for their place.

Sets no ``Doc`` attribute itself: `extract.subjects` builds on it. Two examples: after
白鹭公司总经理林远介绍, 公司 stands for 白鹭公司, also paragraphs later when only 林远 is named;
the figures of “……”白鹭公司总经理林远说 belong to 白鹭公司.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.facts import Argument, Entity, Span

COMPANY = re.compile(r"(?:公司|集团|企业|厂|银行|分行|股份|科技|能源|电力|水泥|钢铁)$")
# 炼钢厂, 动力厂: a part of a house that is named elsewhere.
_PLANT = re.compile(r"[\u4e00-\u9fff]{1,3}分?厂")
_SPEECH = re.compile(
    r"[^，。；：“”]{0,12}(?:说|表示|介绍|透露|告诉|坦言|指出|称|强调|讲述|解释|补充|回忆|算了笔账|算账|回答|提到|直言)"
)
# 通过视频连线表示, 在主持时说: how an official speaks may stand between.
_SAYS_BY = re.compile(
    r"[^。；：“”]{0,24}(?:说|表示|介绍|透露|坦言|指出|称|强调|提到|直言|回应|算了笔账|告诉)"
)
_SCHOLAR_TITLE = re.compile(
    r"(?:院士|教授|研究员|科学家|经济学家|分析师|策略师|专家|学者)(?:[、兼][^，。；：“”]{2,30})?$"
)
_HOLDS_FOR = re.compile(
    r"[^，。；：“”]{0,12}?(?:说|表示|介绍|告诉|坦言|指出|强调|解释|补充|直言|认为|看来|预计|预测|判断|断言|提醒|测算"
    r"|分析)"
)
# Scholars and analysts speak of the world, not of the house that employs them.
SCHOLAR = re.compile(r"[^，。；：、]{0,10}(?:分析师|研究员|经济学家|策略师|教授|院士|专家|学者)")
_JOINS_POSTS = re.compile(r"\s*(?:、|兼|兼任|暨|和|及)?\s*")


@dataclass(frozen=True, slots=True)
class Speech:
    """A stretch of text that a company's person says: from ``start`` on, for ``company``."""

    start: int
    company: Argument


def find_employers(text: str, entities: Sequence[Entity]) -> dict[str, Argument]:
    """The company of each person that the text introduces with company and post.

    Args:
        text: the text that the entities' offsets count in.
        entities: named mentions in text order.
    """
    employers: dict[str, Argument] = {}
    company: Argument | None = None
    end = -1
    for entity in entities:
        if entity.span.start < end:
            continue
        joined = end >= 0 and _JOINS_POSTS.fullmatch(text, end, entity.span.start) is not None
        if entity.label == "ORG":
            is_company = COMPANY.search(entity.name) or COMPANY.search(entity.text)
            if _PLANT.fullmatch(entity.name):
                is_company = None
            company = entity_to_company(entity) if is_company else None
        elif not joined:
            company = None
        elif entity.label == "PERSON" and company is not None:
            if company.span is None or SCHOLAR.match(text, company.span.end) is None:
                employers.setdefault(entity.name, company)
        elif entity.label not in ("POST", "PERSON"):
            company = None
        end = entity.span.end
    return employers


def find_speeches(text: str, entities: Sequence[Entity]) -> tuple[Speech, ...]:
    """What people of companies say, in text order; a quotation may stand before its speaker."""
    employers = find_employers(text, entities)
    found: list[Speech] = []
    if not employers:
        return ()
    for entity in entities:
        company = employers.get(entity.name) if entity.label == "PERSON" else None
        if company is None or _SPEECH.match(text, entity.span.end) is None:
            continue
        quoted = _quotation_before(text, entity.span)
        found.append(Speech(entity.span.start if quoted is None else quoted, company))
    return tuple(sorted(found, key=lambda speech: speech.start))


@dataclass(frozen=True, slots=True)
class OfficialSpeech:
    """A quotation, opened at ``start``, whose speaker after it holds a post in ``place``."""

    start: int
    place: Argument


def find_official_speeches(text: str, entities: Sequence[Entity]) -> tuple[OfficialSpeech, ...]:
    """Quotations that stand before the official who says them, in text order.

    “利用率达到九成。”某州副州长某人说 is about the state. What an official says after being
    named needs no help: the place is read on the way.
    """
    found: list[OfficialSpeech] = []
    triples = zip(entities, entities[1:], entities[2:], strict=False)
    for place, post, person in triples:
        if (place.label, post.label, person.label) != ("PLACE", "POST", "PERSON"):
            continue
        if place.span.end != post.span.start or post.span.end != person.span.start:
            continue
        quoted = _quotation_before(text, place.span)
        if quoted is None or _SAYS_BY.match(text, person.span.end) is None:
            continue
        argument = Argument(label="PLACE", text=place.text, name=place.name)
        found.append(OfficialSpeech(quoted, argument))
    return tuple(found)


def find_scholar_speeches(text: str, entities: Sequence[Entity]) -> tuple[int, ...]:
    """Where scholars and analysts begin to speak, in text order.

    They speak of a matter (绿氢成本每公斤20元), not of the place or the house that is told of.
    A person whom a post or a title made one once stays one.
    """
    scholars: set[str] = set()
    found: list[int] = []
    for entity in entities:
        if entity.label != "PERSON":
            continue
        if _SCHOLAR_TITLE.search(text, max(0, entity.span.start - 40), entity.span.start):
            scholars.add(entity.name)
        if entity.name not in scholars or _HOLDS_FOR.match(text, entity.span.end) is None:
            continue
        quoted = _quotation_before(text, entity.span)
        found.append(entity.span.start if quoted is None else quoted)
    return tuple(sorted(found))


def entity_to_company(entity: Entity) -> Argument:
    """The company as the subject of what its people say."""
    return Argument(label="ORG", text=entity.text, name=entity.name, span=entity.span)


def _quotation_before(text: str, person: Span) -> int | None:
    """Where the quotation opens that ends in the words right before a speaker."""
    close = text.rfind("”", max(0, person.start - 40), person.start)
    if close < 0 or re.search(r"[。；\n：]", text[close + 1 : person.start]):
        return None
    if text[close - 1] not in "，。！？…":
        return None
    opening = text.rfind("“", max(0, close - 400), close)
    inner = text.rfind("\n", 0, close)
    return opening if opening > inner else None
