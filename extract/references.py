"""What each mention refers to inside its document: canonical names, aliases, home place.

Sets ``doc._.references``. Names are resolved in the context of the place that the passage
is about; identity across documents is decided later, in the graph.

Examples: 市发展改革委 after 某市政府 → 某市发展和改革委员会; 某某年会, defined in brackets,
→ the full name of the forum.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from spacy.language import Language
from spacy.tokens import Doc

from extract.aliases import AliasDefinition
from extract.candidates import Candidate
from extract.dates import DateMention
from extract.editions import (
    edition_of,
    edition_shifted,
    full_names,
    is_edition,
    is_part,
    tells_edition,
)
from extract.extensions import register_extensions
from extract.facts import Argument, ArgumentLabel, Entity, Span
from extract.gazetteer import (
    BELOW_COUNTY,
    Division,
    ancestors,
    canonical_place,
    lookup_place,
    split_place_prefix,
)
from extract.institutions import (
    aliases_of,
    canonical_institution,
    institution_place,
    place_name_in_institution,
)
from extract.persons import surnames
from extract.posts import title_pattern
from extract.short_names import ending_institutions, short_institutions
from extract.words import Words

_COMES_TO = ("到", "赴", "前往", "来到", "深入", "走进")
_ON_A_VISIT = re.compile(
    r"[^，。；]{0,12}?(?:调研|考察|督导|督查|检查|走访|视察|慰问|看望|指导|座谈|暗访)"
)
_DATELINE = re.compile(
    r"(?:本报|新华社|中新社|人民网|[一-鿿]{2,6}报)?([一-鿿]{2,4}?)\d{1,2}月\d{1,2}日[电讯]"
)
_YEAR = re.compile(r"[（(]?((?:19|20)\d{2})年?度?[）)]?")
_END_BRACKET = re.compile(r"[（(][^（）()]*[）)]\Z")
_OTHER_VERSION = re.compile(
    r"[（(](?:[^（）()]*(?:稿|草案)|(?:19|20)\d{2}年?(?:版|修订|修正)?(?:本|版)?)[)）]\Z"
)
_TRIAL = re.compile(r"[（(](?:试行|暂行)[)）]\Z")
_YEAR_AFTER = re.compile(
    r"》[（(](?P<mark>(?:19|20)\d{2}年?(?:版|本|修订|修正|修订版|修正案)?)[)）]"
)
# 2031年版的某某规划
_VERSION_BEFORE = re.compile(r"(?P<year>(?:19|20)\d{2})年?版的?\Z")
# 《办法（试行）》: a kind of regulation and the bracket at its end.
_BARE_TITLE = re.compile(
    r"(?:(?:实施|管理|行动|工作|暂行|专项|总体){0,2}"
    r"(?:条例|规划|计划|方案|办法|意见|规定|细则|纲要|指南))[（(][^（）()]{1,12}[)）]"
)
# 《草案》, 《试行办法》: a version, by what tells it from the others.
_VERSION_WORD = re.compile(
    r"(?P<draft>草案|征求意见稿|送审稿|修订草案)"
    r"|(?P<trial>试行|暂行)(?P<noun>条例|办法|规定|细则|方案|意见|标准)"
)
_OF_LAW = re.compile(r"(?:条例|(?<!办)法)\Z")
# 某某论坛由…发起，每年一届: what is said of a series, not of the edition named elsewhere.
_OF_SERIES = re.compile(
    r"[”」]?(?:[^。；\n]{0,30}?(?:每年|每两年|迄今|历届|历年|创办|发起|始办)|自(?:19|20)\d{2}年(?:起|以来)"
    r"|再[到次]|重回|重返|更名|改名)"
)
# 明年的某某论坛: another edition than the one that the text tells of.
_OTHER_YEAR = re.compile(r"(?:(?P<next>明年)|(?P<last>去年|上年))的?\Z")
_YEARS_AGO_NUMBERS = {numeral: n for n, numeral in enumerate("一两三四五六七八九", start=1)}
_YEARS_AGO = re.compile(r"(?P<years>[一两三四五六七八九])年前")
_SHORT_EVENT = 4  # code points: 碳汇论坛, and no 论坛
_BARE_UNIT = re.compile(
    r"(?:办公厅|办公室|统战部|组织部|宣传部|政策研究室|研究室|[^省市县区州旗国]{2,8}(?:(?<!公)司"
    r"|处|学部|分会)|机关党委)"
)
_QUOTES = re.compile(r"[“”\"‘’「」『』\s]")
_LEVELS = frozenset("省市区县州旗")
# 2031中国（青禾）博览会: the city that the event is of.
_CITY_IN_NAME = re.compile(r"[（(](?P<city>[一-鿿]{2,6})[)）]")
_DOWNTOWN = frozenset(("主城区", "中心城区", "市区", "城区"))


@dataclass(frozen=True)
class References:
    """The arguments that mentions stand for, and the places that passages are about.

    ``arguments`` is keyed by mention; ``places`` holds the division in force from an offset
    on, in text order; ``home`` is the division that the document is about.
    """

    arguments: Mapping[Span, Argument]
    places: tuple[tuple[int, Division], ...]
    home: Division | None

    @cached_property
    def _ordered(self) -> list[Argument]:
        """The arguments that stand in the text, in text order."""
        return [self.arguments[span] for span in sorted(self.arguments)]

    @cached_property
    def _starts(self) -> list[int]:
        return [span.start for span in sorted(self.arguments)]

    def within(self, span: Span, *labels: ArgumentLabel) -> list[Argument]:
        """Arguments that begin inside ``span``, in text order, of the given labels if any."""
        first, last = bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)
        found = self._ordered[first:last]
        return [a for a in found if a.label in labels] if labels else found

    def place_of_level(self, offset: int, level: str) -> Division | None:
        """The nearest division before ``offset`` at the level of 省, 市, 区, 县, 州 or 旗."""
        for at, division in reversed(self.places):
            if at > offset:
                continue
            for candidate in (division, *ancestors(division)):
                if _is_level(candidate, level):
                    return candidate
        home = (self.home, *ancestors(self.home)) if self.home else ()
        return next((d for d in home if _is_level(d, level)), None)


def _is_level(division: Division, level: str) -> bool:
    if level == "省":
        return division.level == "province"
    if level == "市":
        return division.name.endswith("市")
    return division.name.endswith(level) and division.level != "province"


def resolve(
    words: Words,
    chosen: Sequence[Candidate],
    aliases: Sequence[AliasDefinition],
    *,
    published: str | None = None,
) -> References:
    """Resolves every mention that can fill a role; ``published`` is the ISO day of the text."""
    text = words.text
    home = find_home(words, chosen)
    given: dict[str, str] = {}
    other_names: dict[str, list[str]] = {}
    full: dict[str, AliasDefinition] = {}
    for definition in aliases:
        if definition.label != "THING":
            full.setdefault(definition.alias, definition)
            given.setdefault(definition.alias, definition.named.of(text))
    arguments: dict[Span, Argument] = {}
    places: list[tuple[int, Division]] = []
    current = home
    surnames: dict[str, str] = {}
    levelled: dict[str, str] = {}  # 市能源局 of the place that the text is about
    levels: dict[str, Division] = {}  # what 市 in it is
    passing: set[int] = set()  # where a place is named in short: 建在云栖
    events = [c.span.of(text) for c in chosen if c.label == "FORUM"]
    editions = full_names(events, year=None if published is None else published[:4])
    versions = _versions(text, [c.span for c in chosen if c.label == "REGULATION"])
    titles = _full_titles(text, [c.span for c in chosen if c.label == "REGULATION"])
    for candidate in chosen:
        if candidate.label == "DATE":
            continue
        wording = _joined(candidate.span.of(text))
        written = (
            given.get(wording, wording) if _names_same(full.get(wording), candidate) else wording
        )
        written = _joined(written)
        extra: tuple[str, ...] = ()
        label: ArgumentLabel = candidate.label
        name = written
        if candidate.label == "PLACE":
            division = lookup_place(written, within=current) or lookup_place(written, within=home)
            name = canonical_place(written, within=current)
            if division is not None:
                above, below = split_place_prefix(written, within=current)
                if above is None or not below:  # 某县某村 is not the county
                    name = division.name if lookup_place(written) or name == written else name
                if name == division.name:
                    name = division_name(division)
                visited = current in ancestors(division) and _is_visited(text, candidate.span)
                current = current if visited else division
                places.append((candidate.span.end, division))
                if written == division.short:
                    passing.add(candidate.span.end)
            elif (downtown := split_place_prefix(written, within=current))[1] in _DOWNTOWN and (
                downtown[0] is not None
            ):
                name = place_name_in_institution(downtown[0]) + downtown[1]
            elif written in _DOWNTOWN:
                nearest = (*(d for _, d in reversed(places)), *((home,) if home else ()))
                city = _place_called("市", nearest)
                name = written if city is None else place_name_in_institution(city) + written
        elif candidate.label == "ORG":
            prefix, rest = split_place_prefix(written, within=current)
            if prefix is not None and rest:
                current = prefix
                places.append((candidate.span.end, prefix))
            if _BARE_UNIT.fullmatch(written):
                parent = _parent_before(words, candidate.span, arguments)
                written = written if parent is None else parent.text + written
            name = canonical_institution(written, place=current or home)
            if name == written and written[0] in _LEVELS:
                # 市发改委 after the province was named: the city that was named before.
                nearest = (*(d for _, d in reversed(places)), *((home,) if home else ()))
                of_level = _place_called(written[0], nearest)
                name = canonical_institution(written, place=of_level or current or home)
            if written[0] in _LEVELS:
                paragraph = words.layout.paragraph_at(candidate.span.start).start
                own = levels.get(written[0])
                named = any(
                    at > paragraph and _is_level(d, written[0])
                    for at, d in places
                    if d != home and (own is None or at not in passing)
                )
                if not named:
                    own_name = canonical_institution(written, place=own) if own else name
                    name = levelled.get(written, own_name)
                place = institution_place(name)
                if place is not None and place in (home, *(ancestors(home) if home else ())):
                    levelled.setdefault(written, name)
                    levels.setdefault(written[0], place)
            extra = tuple(a for a in aliases_of(name) if len(a) >= 3)[:6]
        elif candidate.label == "FORUM":
            bracket = _CITY_IN_NAME.search(written)
            city = None if bracket is None else lookup_place(bracket["city"])
            if city is not None:
                current = city
                places.append((candidate.span.end, city))
            name = editions.get(written, written)
            if not tells_edition(written):
                if name != written and _OF_SERIES.match(text, candidate.span.end):
                    name = written
                name = _shifted(text, candidate.span.start, name)
                name = _years_before(text, candidate.span.start, name, events) or name
            if is_edition(name):
                name = _edition_named(name, arguments.values())
        elif candidate.label == "REGULATION":
            name = _with_city(titles.get(candidate.span, written), current or home)
            name = versions.get(candidate.span, name)
        elif candidate.label == "PERSON":
            name = re.sub(r"(?<=[一-鿿])[\s　]+(?=[一-鿿])", "", written)
            name = _full_person(name, arguments.values())
            name = surnames.get(name, name)
            _, dot, surname = name.rpartition("·")
            if dot and len(surname) > 1:
                surnames[surname] = name  # later 史密斯 alone is 约翰·史密斯
        other_names.setdefault(name, [])
        for other in (written, wording):
            if other != name and other not in other_names[name]:
                other_names[name].append(other)
        arguments[candidate.span] = Argument(
            label=label,
            text=_joined(candidate.span.of(words.source)),
            name=name,
            span=candidate.span,
            aliases=extra,
        )
    arguments.update(_parts_of_editions(words, arguments))
    arguments.update(list(_villages(arguments)))
    orgs = [a for a in arguments.values() if a.label == "ORG"]
    longer = {
        **ending_institutions((a.text, a.name) for a in orgs),
        **short_institutions(a.name for a in orgs),
    }
    for span, argument in arguments.items():
        if argument.label == "ORG" and argument.name in longer:
            whole = longer[argument.name]
            whole = longer.get(whole, whole)
            other_names.setdefault(whole, []).append(argument.name)
            arguments[span] = replace(argument, name=whole)
    for definition in aliases:
        for argument in list(arguments.values()):
            if argument.span == definition.named:
                other_names.setdefault(argument.name, []).append(definition.alias)
    done = {
        span: Argument(
            label=a.label,
            text=a.text,
            name=a.name,
            span=a.span,
            aliases=tuple(
                n
                for n in dict.fromkeys((*other_names.get(a.name, ()), *a.aliases))
                if n not in (a.name, a.text)
            ),
        )
        for span, a in arguments.items()
    }
    return References(done, tuple(places), home)


def _is_visited(text: str, place: Span) -> bool:
    """Whether officials of a wider place only come there: 到某县调研，市发改委主任陪同."""
    before = text[max(0, place.start - 2) : place.start]
    return before.endswith(_COMES_TO) and _ON_A_VISIT.match(text, place.end) is not None


def division_name(division: Division) -> str:
    """The canonical name that a mention of a division has: that of several with its city."""
    name = division.name
    return name if lookup_place(name) is not None else place_name_in_institution(division)


def _place_called(level: str, nearest: Sequence[Division]) -> Division | None:
    """The nearest place, or the place above it, whose name ends in 省, 市, 区, 县, 州 or 旗."""
    for place in nearest:
        for division in (place, *ancestors(place)):
            if division.name.endswith(level) and not division.name.endswith("自治" + level):
                return division
    return None


def _edition_named(short: str, before: Iterable[Argument]) -> str:
    """第三届论坛 by the full name of its event, if that is named before with another number."""
    for argument in reversed(list(before)):
        if argument.label == "FORUM" and not is_edition(argument.name):
            found = edition_of(short, argument.name)
            if found is not None:
                return found
    return short


def _shifted(text: str, offset: int, name: str) -> str:
    """The edition of another year than ``name`` where the words before ``offset`` say so."""
    match = _OTHER_YEAR.search(text[max(0, offset - 4) : offset])
    if match is None or not tells_edition(name):
        return name
    return edition_shifted(name, 1 if match["next"] else -1) or name


def _years_before(text: str, offset: int, name: str, events: Sequence[str]) -> str | None:
    """三年前…的碳汇论坛 in a text on 2034青禾碳汇论坛: the edition of that many years before."""
    clause = re.split(r"[，。；！？\n]", text[max(0, offset - 40) : offset])[-1]
    match = _YEARS_AGO.search(clause)
    named = {e for e in events if tells_edition(e) and (e == name or e.endswith(name))}
    if match is None or len(named) != 1 or len(name) < _SHORT_EVENT:
        return None
    return edition_shifted(named.pop(), -_YEARS_AGO_NUMBERS[match["years"]])


def _full_person(name: str, before: Iterable[Argument]) -> str:
    """林德伯格 as 埃里克·林德伯格, 沈局长 as 沈某某, if only one such person was named."""
    if not re.fullmatch(r"[一-鿿]{2,8}", name):
        return name
    if name[0] in surnames()[0] and title_pattern().fullmatch(name, 1):
        bearers = {a.name for a in before if a.label == "PERSON" and a.name[0] == name[0]}
        return bearers.pop() if len(bearers) == 1 else name
    full = {a.name for a in before if a.label == "PERSON" and a.name.endswith("·" + name)}
    return full.pop() if len(full) == 1 else name


def _parts_of_editions(
    words: Words, arguments: Mapping[Span, Argument]
) -> Iterable[tuple[Span, Argument]]:
    """储能分论坛 of two editions of a forum, each with the name of its edition before it."""
    events = [(s, a) for s, a in sorted(arguments.items()) if a.label == "FORUM"]
    wholes = [(s, a) for s, a in events if tells_edition(a.name) and not is_part(a.name)]
    for name in {a.name for _, a in events if is_part(a.name) and not tells_edition(a.name)}:
        parts = [(s, a) for s, a in events if a.name == name]
        told = {
            s: _whole_in_sentence(words.layout.sentence_at(s.start), s, wholes) for s, _ in parts
        }
        if len({whole for whole in told.values() if whole is not None}) < 2:
            continue
        last = next(whole for whole in told.values() if whole is not None)
        for span, argument in parts:
            last = told[span] or last
            yield span, replace(argument, name=last + name)


def _villages(arguments: Mapping[Span, Argument]) -> Iterable[tuple[Span, Argument]]:
    """某村 beside the one 某县某村 of the text, with its name."""
    names = {a.name for a in arguments.values() if a.label == "PLACE"}
    whole = {name: split_place_prefix(name) for name in names}
    for span, argument in arguments.items():
        if argument.label == "PLACE" and BELOW_COUNTY.fullmatch(argument.name):
            found = [n for n, (above, rest) in whole.items() if above and rest == argument.name]
            if len(found) == 1:
                yield span, replace(argument, name=found[0])


def _whole_in_sentence(
    sentence: Span, part: Span, wholes: Sequence[tuple[Span, Argument]]
) -> str | None:
    """The edition that a sentence names before a part of it, or else after it."""
    near = [(s, a) for s, a in wholes if sentence.start <= s.start < sentence.end]
    before = [a.name for s, a in near if s.end <= part.start]
    after = [a.name for s, a in near if s.start >= part.end]
    return before[-1] if before else next(iter(after), None)


def _parent_before(words: Words, span: Span, arguments: Mapping[Span, Argument]) -> Argument | None:
    """The institution named right before a bare unit: 某部核安全总工程师、办公厅|主任."""
    sentence = words.layout.sentence_at(span.start)
    before = [
        a
        for s, a in arguments.items()
        if a.label == "ORG" and sentence.start <= s.start and s.end <= span.start
    ]
    if not before:
        return None
    last = max(before, key=lambda a: a.span or span)
    assert last.span is not None
    gap = words.text[last.span.end : span.start]
    between = [a for s, a in arguments.items() if last.span.end <= s.start < span.start]
    named = any(a.label in ("PERSON", "PLACE") for a in between)
    return None if named or len(gap) > 20 or re.search(r"[。；]", gap) else last


def _joined(name: str) -> str:
    """The name without line breaks that the layout put into it."""
    broken = "\n" in name or "\r" in name
    return re.sub(r"[\r\n]+[\s　]*", "", name) if broken else name


def _names_same(definition: AliasDefinition | None, candidate: Candidate) -> bool:
    return definition is not None and definition.label == candidate.label


def _full_titles(text: str, spans: Sequence[Span]) -> dict[Span, str]:
    """Shortened titles to the full one that the text quotes elsewhere.

    A quoted title may be written without the bracket at its end, unless that tells a draft or
    the year of a version; an unquoted one, as in a
    headline, may leave out more: all its characters stand in the full title in this order,
    and both end alike.
    """
    quoted = {s: _joined(s.of(text)) for s in spans if text[s.start - 1 : s.start] in ("《", "〈")}
    full = list(dict.fromkeys(quoted.values()))
    found: dict[Span, str] = {}
    for span in spans:
        name = _joined(span.of(text))
        if span in quoted:
            longer = [
                n for n in full
                if n != name
                and (
                    (_END_BRACKET.sub("", n) == name and not _is_other(text, span, n, quoted))
                    or (_BARE_TITLE.fullmatch(name) is not None and n.endswith(name))
                )
            ] or _versions_meant(name, span, quoted)  # fmt: skip
        else:
            of_year = _VERSION_BEFORE.search(text[max(0, span.start - 8) : span.start])
            longer = [
                n for n in full
                if n != name
                and _is_short_title(name, n)
                and (of_year is None or of_year["year"] in n)
            ]  # fmt: skip
        if longer:
            found[span] = longer[0]
    return found


def _versions_meant(name: str, span: Span, quoted: Mapping[Span, str]) -> list[str]:
    """The title whose version 《草案》 or 《试行办法》 is; of a draft that of the law at least."""
    match = _VERSION_WORD.fullmatch(name)
    if match is None:
        return []
    version, noun = match["draft"] or match["trial"], match["noun"] or ""
    others = [n for _, n in sorted(quoted.items()) if _VERSION_WORD.fullmatch(n) is None]
    told = [
        n
        for n in others
        if (bracket := _END_BRACKET.search(n)) is not None
        and version in bracket.group()
        and _END_BRACKET.sub("", n).endswith(noun)
    ]
    if told or not match["draft"]:
        return told
    laws = [n for s, n in sorted(quoted.items()) if s < span and _OF_LAW.search(n)]
    return [f"{n}（{version}）" for n in laws[-1:]]


def _versions(text: str, spans: Sequence[Span]) -> dict[Span, str]:
    """Titles that the text gives with different years in brackets after them, with these.

    《某某办法》（2023年修订） beside 《某某办法》（2015年） are two; a year alone is a date.
    """
    told: dict[str, dict[Span, str]] = {}
    for span in spans:
        mark = _YEAR_AFTER.match(text, span.end)
        if mark is not None:
            told.setdefault(_joined(span.of(text)), {})[span] = mark["mark"]
    return {
        span: f"{title}（{mark}）"
        for title, marks in told.items()
        if len(set(marks.values())) > 1
        for span, mark in marks.items()
    }


def _is_other(text: str, span: Span, full: str, quoted: Mapping[Span, str]) -> bool:
    """Whether a title without the bracket of ``full`` is another version and not a short form.

    Drafts and yearly versions are; a trial version is where one sentence names both.
    """
    if _OTHER_VERSION.search(full):
        return True
    if not _TRIAL.search(full):
        return False
    return any(
        not re.search(r"[。！？\n]", text[min(span.end, s.end) : max(span.start, s.start)])
        for s, name in quoted.items()
        if name == full
    )


def _with_city(title: str, within: Division | None) -> str:
    """鼓楼区绿化办法 with the city that the passage is about: several cities have a 鼓楼区."""
    if within is None:
        return title
    division, rest = split_place_prefix(title, within=within)
    if division is None or not title.startswith(division.name) or not rest:
        return title
    return division_name(division) + rest


def _is_short_title(short: str, full: str) -> bool:
    """Whether an unquoted title says in fewer words what the full one says.

    >>> _is_short_title("某市2023年湿地公报", "2023年度某市湿地状况公报")
    True
    """
    core = _YEAR.sub("", _QUOTES.sub("", _END_BRACKET.sub("", short)))
    whole = _YEAR.sub("", _QUOTES.sub("", _END_BRACKET.sub("", full)))
    if len(core) < 6 or core[-2:] != whole[-2:]:
        return False
    rest = iter(whole)
    return all(character in rest for character in core)


def find_home(words: Words, chosen: Sequence[Candidate]) -> Division | None:
    """The division that the document is about: headline, else dateline, else most named."""
    text = words.text
    layout = words.layout
    headline_end = layout.paragraphs[layout.headline - 1].end if layout.headline else 0
    counted: Counter[Division] = Counter()
    for candidate in chosen:
        if candidate.label not in ("PLACE", "ORG", "FORUM", "REGULATION"):
            continue
        division, _ = split_place_prefix(candidate.span.of(text))
        if division is None:
            continue
        if candidate.span.end <= headline_end:
            return division
        counted[division] += 1
    dateline = _DATELINE.search(text)
    if dateline is not None:
        division = lookup_place(dateline[1])
        if division is not None:
            return division
    return counted.most_common(1)[0][0] if counted else None


def to_entities(
    words: Words,
    chosen: Sequence[Candidate],
    references: References,
    dates: Sequence[DateMention],
) -> tuple[Entity, ...]:
    """The flat entity view with canonical names."""
    values = {d.span: d.value for d in dates}
    found = []
    for candidate in chosen:
        wording = candidate.span.of(words.source)
        if candidate.label == "DATE":
            name = values.get(candidate.span) or _value_inside(candidate.span, dates) or wording
        else:
            name = references.arguments[candidate.span].name
        found.append(
            Entity(
                span=candidate.span,
                label=candidate.label,
                text=wording,
                name=name,
                confidence=candidate.score,
            )
        )
    return tuple(found)


def _value_inside(span: Span, dates: Sequence[DateMention]) -> str | None:
    """What all calendar expressions inside a longer wording say (2023年度, 6月当月)."""
    inside = {d.value for d in dates if span.start <= d.span.start and d.span.end <= span.end}
    return inside.pop() if len(inside) == 1 else None


@Language.factory(
    "tanpu_references",
    assigns=["doc._.references", "doc._.entities"],
    requires=["doc.ents", "doc._.aliases", "doc._.dates"],
)
def create_references(nlp: Language, name: str) -> ReferenceResolver:
    """The component by its registered name."""
    return ReferenceResolver()


class ReferenceResolver:
    """Sets what each mention refers to."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Resolve, then annotate."""
        words = Words.from_doc(doc)
        chosen: tuple[Candidate, ...] = doc._.chosen
        references = resolve(words, chosen, doc._.aliases, published=doc._.published)
        doc._.references = references
        doc._.entities = to_entities(words, chosen, references, doc._.dates)
        return doc
