"""Companies by the short names that a text gives or implies, where a place hides their beginning.

Pure functions over what was chosen and proposed for a text: a river or a county at the beginning
of a company's short name is no mention of that place.

Examples: 青川 before 青川能源 in a text on 青川能源集团有限公司 → ⟦青川能源⟧; 白沙|炼化|总经理 →
⟦白沙炼化⟧.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.candidates import Candidate, Coverage
from extract.confidence import Proposal
from extract.facts import Span
from extract.gazetteer import load_gazetteer
from extract.posts import title_pattern

_FULL = re.compile(r"(?:公司|集团)\Z")
_LEVEL = re.compile(r"[省市区县州旗盟镇乡村国]\Z")
# 白沙炼化总经理: what stands between a place and a company's title is the company's.
_OF_COMPANY = re.compile(
    r"(?P<trade>[一-鿿]{2,4}?)(?:党委书记|副?董事长|副?总经理|副?总裁|首席执行官)"
)
_TRADE = re.compile(
    r"(?:能源|炼化|石化|化工|钢铁|电力|电气|科技|矿业|水务|环保|新能源|重工|股份|集团|动力|材料|氢能)\Z"
)
# 青禾中国总裁: the unit of a foreign firm in a country, by the firm's short name.
_COUNTRY_UNIT = re.compile(
    r"(?:(?<![一-鿿A-Za-z])|(?<=以及))(?!以及)(?![一-鿿]{0,4}[任为是见在由与和系称的对](?:大中华|中国))(?P<name>(?:[一-鿿]{2,5}|[A-Za-z]{2,20})(?:大中华|中国))"
    r"(?=(?:首席(?!代表)|(?:高级|执行|联席)?副?总裁|副?总经理|董事长|CEO))"
)
_AFTER = re.compile(r"[，。、；：！？（）()《》“”\s的在与和将是已由向为以说按及等]|\Z")
_SURE = 0.9


def company_names(
    text: str, proposals: Sequence[Proposal], chosen: Sequence[Candidate]
) -> list[Candidate]:
    """The chosen names, with companies where a place was taken for all of their short names.

    >>> text = "青川能源集团有限公司成立，青川能源的总部在北湾。"
    >>> company, river = Span(0, 10), Span(13, 15)
    >>> names = [Candidate(company, "ORG", 0.9, "a"), Candidate(river, "PLACE", 0.8, "a")]
    >>> [c.span.of(text) for c in company_names(text, (), names)]
    ['青川能源集团有限公司', '青川能源']
    """
    defined = [
        p.span
        for p in proposals
        if p.label == "ORG" and p.rule is not None and p.rule.source == "aliases"
    ]
    full = {c.span.of(text) for c in chosen if c.label == "ORG" and _FULL.search(c.span.of(text))}
    places = [c.span for c in chosen if c.label == "PLACE" and not _LEVEL.search(c.span.of(text))]
    full |= {name for place in places if (name := _before_title(text, place)) is not None}
    short = (Span(p.start, end) for p in places if (end := _end_of_company(text, p, full)))
    units = [Span(*m.span("name")) for m in _COUNTRY_UNIT.finditer(text)]
    found: list[Candidate] = []
    taken = Coverage()
    for span in (*units, *(s for s in defined if any(_is_within(p, s) for p in places)), *short):
        others = (c.span for c in chosen if not _is_within(c.span, span))
        if not taken.touches(span) and not Coverage(others).touches(span):
            taken.add(span)
            found.append(Candidate(span, "ORG", _SURE, "companies"))
    return sorted([*(c for c in chosen if not taken.touches(c.span)), *found])


def places_in_short(text: str, chosen: Sequence[Candidate]) -> list[Candidate]:
    """The chosen names; what lists take for a person is the county that the text names in full.

    >>> text = "武宁县公布方案。武宁是试点。"
    >>> county, other = Span(0, 3), Span(8, 10)
    >>> names = [Candidate(county, "PLACE", 0.9, "a"), Candidate(other, "PERSON", 0.9, "a")]
    >>> [c.label for c in places_in_short(text, names)]
    ['PLACE', 'PLACE']
    """
    posts = {c.span.end for c in chosen if c.label == "POST"}
    return [
        Candidate(c.span, "PLACE", c.score, c.source)
        if c.label == "PERSON"
        and c.span.start not in posts
        and any(d.name in text for d in load_gazetteer().by_short.get(c.span.of(text), ()))
        else c
        for c in chosen
    ]


def _before_title(text: str, place: Span) -> str | None:
    match = _OF_COMPANY.match(text, place.end)
    if match is None or _TRADE.search(match["trade"]) is None:
        return None
    return text[place.start : match.end("trade")]


def _end_of_company(text: str, place: Span, full: set[str]) -> int | None:
    """Where the short name of one of the companies ends that begins with a place; None if none."""
    ends = [end for name in sorted(full) for end in _ends(text, place, name)]
    return max(ends, default=None)


def _ends(text: str, place: Span, name: str) -> Iterator[int]:
    at = name.find(place.of(text))
    if at < 0:
        return
    length = 0
    for written, expected in zip(text[place.start :], name[at:], strict=False):
        if written != expected:
            break
        length += 1
    end = place.start + length
    follows = _AFTER.match(text, end) or title_pattern().match(text, end)
    if length >= place.end - place.start + 2 and follows:
        yield end


def _is_within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
