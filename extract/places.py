"""Administrative areas, regions, natural places, sites and venues.

Proposes PLACE candidates in ``doc._.candidates``: LAC's LOC words (neighbours that make up
one address joined), full names of divisions that LAC missed, and the venue of 在…举行.

Examples: ⟦某区某街道⟧ (one address, one span), 在⟦某国际会展中心⟧开幕.
"""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate, Coverage, add_candidates, outermost, spans_of
from extract.extensions import register_extensions
from extract.facts import Span
from extract.gazetteer import is_known_place
from extract.lexicons import read_lines
from extract.organizations import VENUE_NAME
from extract.words import Words


@cache
def _not_places() -> frozenset[str]:
    """Words for areas that name no place."""
    return frozenset(read_lines("not_places.txt"))


_VENUE_TAIL = re.compile(
    r"(?:中心|会展中心|会议中心|展览馆|体育馆|体育场|博物馆|科技馆|美术馆|图书馆|剧院"
    r"|大剧院|礼堂|大会堂|酒店|大酒店|宾馆|饭店|会馆|国宾馆|迎宾馆|城|新城|科学城"
    r"|科技城|小镇|园|产业园|科技园|公园|园区|基地|港|机场|广场|大厦|庄园|山庄|中心城|岛"
    r"|湖|山|度假区|示范区|开发区|高新区|新区|校区)\Z"
)
_VENUE = re.compile(
    r"[在于](?P<name>[^，。；、（）《》\n]{2,40}?)(?:正式|隆重|成功|顺利|如期|同步|联合"
    r"|共同|召开|举行|举办|开幕|拉开|启幕|启动|落幕|闭幕|揭幕|揭牌|拉开帷幕|举行的|举办的"
    r"|召开的)"
)
_GEOGRAPHIC = re.compile(
    r"(?:[省市区县州旗盟镇乡村屯街路岛湾湖江河海山港园城桥站峡关口川原带]|街道|社区|新区"
    r"|地区|流域|平原|高原|盆地|半岛|都市圈|城市群)\Z"
)
_SITE_HEAD = re.compile(
    r"(?:产业园区?|工业园区?|科技园区?|物流园区?|高新区|经开区|开发区|新区|自贸区|保税区"
    r"|示范区|试验区|先行区|自然保护区|湿地公园|国家公园|科学城|科技城)"
)
_SITE_TAGS = frozenset(("n", "nz", "vn", "nw", "LOC", "ORG", "a", "m", "s"))


def find_places(words: Words, taken: list[Span]) -> list[Candidate]:
    """Places outside ``taken`` (longer names of other classes)."""
    found: dict[Span, Candidate] = {}
    covered = Coverage(taken)

    def add(span: Span, score: float, source: str) -> None:
        name = span.of(words.text)
        if len(name) < 2 or name in _not_places() or covered.touches(span):
            return
        if span not in found or found[span].score < score:
            found[span] = Candidate(span, "PLACE", score, source)

    for span in _venues(words):
        add(span, 0.9, "places.venue")
    for span in _tagged_venues(words):
        add(span, 0.88, "places.venue")
    for span in _tagged(words):
        add(span, 0.8, "places.lac")
    for start, end, _ in words.places:
        span = Span(start, end)
        covering = words.at(start), words.at(end - 1)
        named = all(i is None or words.words[i].tag in ("LOC", "ORG") for i in covering)
        if named or (words.is_boundary(start) and words.is_boundary(end)):
            add(span, 0.75, "places.gazetteer")
    for span in _sites(words):
        add(span, 0.82, "places.site")
    for name in {s.of(words.text) for s, c in found.items() if c.source == "places.venue"}:
        at = words.text.find(name)
        while at >= 0:
            add(Span(at, at + len(name)), 0.93, "places.venue")
            at = words.text.find(name, at + len(name))
    return outermost(found.values())


def _tagged(words: Words) -> list[Span]:
    """LAC's LOC words; a larger division and the smaller one in it make one address."""
    spans: list[Span] = []
    for index, word in enumerate(words.words):
        value = words.of(word)
        if word.tag != "LOC" or not (is_known_place(value) or _GEOGRAPHIC.search(value)):
            continue
        if spans and spans[-1].end == word.start and _joins(spans[-1].of(words.text), value):
            spans[-1] = Span(spans[-1].start, word.end)
            continue
        end = word.end
        # 长三角|地区, 某某|高新区: a common noun that completes the name.
        if index + 1 < len(words.words):
            following = words.words[index + 1]
            if following.start == end and re.fullmatch(
                r"地区|流域|平原|高原|盆地|半岛|群岛|海域|沿线|都市圈|经济带|城市群"
                r"|经济圈|高新区|新片区|新区|开发区|经开区|示范区|大湾区|自贸区|港区|街道|镇|乡",
                words.of(following),
            ):
                end = following.end
        spans.append(Span(word.start, end))
    return spans


def _tagged_venues(words: Words) -> list[Span]:
    """Halls and hotels that LAC takes for institutions, with the place before them."""
    spans = []
    for index, word in enumerate(words.words):
        if word.tag not in ("ORG", "LOC", "nz") or not VENUE_NAME.search(words.of(word)):
            continue
        start = word.start
        back = index
        while back and words.words[back - 1].end == start and words.words[back - 1].tag == "LOC":
            back -= 1
            start = words.words[back].start
        # …会展中心|二层|芙蓉厅: the hall belongs to the address; 假 is a preposition, not a name.
        hall = _HALL.match(words.text, word.end)
        end = hall.end() if hall is not None and words.is_boundary(hall.end()) else word.end
        start += words.text.startswith("假", start)
        if end - start >= 5:
            spans.append(Span(start, end))
    return spans


_HALL = re.compile(
    r"(?:[A-Z]?\d{1,2}号?馆|[一二三四五六七八九十\d]{1,2}[层楼])?(?:[一-鿿]{1,4}厅)?"
)


def _sites(words: Words) -> list[Span]:
    """Parks and zones named after a place: 某省某某（某县）产业园."""
    text = words.text
    spans = []
    for match in _SITE_HEAD.finditer(text):
        if not words.is_boundary(match.end()):
            continue
        limit = words.layout.sentence_at(match.start()).start
        start = words.extend_left(match.end(), _SITE_TAGS, frozenset(), limit)
        bracket = re.search(r"[（(][一-鿿]{2,6}[)）]\Z", text[limit:start])
        if bracket is not None:
            start = words.extend_left(limit + bracket.start(), _SITE_TAGS, frozenset(), limit)
        first = words.starting_at(start)
        if first is not None and words.words[first].tag in ("LOC", "ORG") and match.start() > start:
            spans.append(Span(start, match.end()))
    return spans


def _joins(first: str, second: str) -> bool:
    return bool(re.search(r"[省市区县州旗盟]\Z", first)) and bool(
        re.search(r"(?:[市区县州旗盟镇乡村路街园]|街道|社区|新区|大道)\Z", second)
    )


def _venues(words: Words) -> list[Span]:
    """The venue of an event: 在…举行, when the phrase ends like a site."""
    text = words.text
    spans = []
    for match in _VENUE.finditer(text):
        name = match["name"]
        start, end = match.start("name"), match.end("name")
        site = re.search(r"(?:位于|地处)?[^的]*的(?=[^的]+\Z)", name)
        if site is not None and len(name) > site.end():
            start += site.end()
        tail = re.match(r"(?P<site>.*?)(?:内|里|上|外)?\Z", text[start:end])
        if tail is not None:
            end = start + len(tail["site"])
        if not _VENUE_TAIL.search(text[start:end]) or not words.is_boundary(start):
            continue
        index = words.starting_at(start)
        while index is not None and words.words[index].tag in ("TIME", "t", "p", "w"):
            start = words.words[index].end
            index = words.starting_at(start)
        if any(w.tag not in _SITE_TAGS for w in words.within(Span(start, end))):
            continue
        # 在成都的某某中心, 在成都某某中心: the city is part of the written name.
        if end - start >= 4:
            spans.append(Span(start, end))
    return spans


@Language.factory("tanpu_places", assigns=["doc._.candidates"])
def create_places(nlp: Language, name: str) -> PlaceFinder:
    """The component by its registered name."""
    return PlaceFinder()


class PlaceFinder:
    """Adds PLACE candidates outside regulations, forums and persons."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        taken = [s for label in ("REGULATION", "FORUM", "PERSON") for s in spans_of(doc, label)]
        add_candidates(doc, find_places(Words.from_doc(doc), taken))
        return doc


__all__ = ["PlaceFinder", "create_places", "find_places", "is_known_place"]
