"""Facts of the types ``relates`` and ``dated``: what regulations do to each other, and when.

Adds to ``doc._.facts``. A sentence is read with its regulations as one sign each: what stands
before, between and after them tells that one repeals, amends, implements or cites another, is
based on it, or takes effect. A sentence without a regulation of its own (自某日起施行) goes on
with the one before.

Examples: 《甲条例》自2031年7月1日起施行，《乙办法》同时废止 → 甲条例 in force on 2031-07-01,
甲条例 repeals 乙办法; 依据《丙法》第十条，制定《丁办法》 → 丁办法 based on 丙法, article 10.
Source: the relations and dates of the European Legislation Identifier (ELI) ontology.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from spacy.language import Language
from spacy.tokens import Doc

from extract.articles import Provisions, provisions_at
from extract.dates import DateMention
from extract.extensions import register_extensions
from extract.facts import Argument, Dated, Issues, LegalStep, Relates, Relation, Span
from extract.issuance import find_adoptions
from extract.numbers import number_to_decimal
from extract.references import References
from extract.titles import Titles, titled_sentences
from extract.words import Words

# In the outline of a text a regulation is a row of one of these characters, with its marks,
# notes and cited articles; a date and any other named mention are rows of the others.
_LAW, _DAY, _NAME = "\ue010", "\ue011", "\ue012"

_MAKE = "制定|制订|编制|起草|出台|印发|发布|公布|颁布|修订|编写|研究提出"
# 根据《甲》: what is based on it is made in the same clause or one of the next.
_BASIS = re.compile(
    rf"(?:(?:根据|依据|依照)[^，。；：{_LAW}]{{0,40}}"
    rf"|(?:按照?|遵照|以)[^，。；、：{_LAW}]{{0,14}})\Z"
)
_CARRIES_OUT = (
    "贯彻落实|深入贯彻|贯彻|落实|细化|配合|推进|推动|保障|做好|衔接|承接|执行|实施好?|配套"
)
_PURPOSE = re.compile(
    rf"(?:为了?|(?P<is>是)|(?P<so>(?<![要应须需难可予加])以|旨在|用于)|着力|进一步|全面|深入|切实|更好地?)"
    rf"(?:{_CARRIES_OUT})"
    rf"[^，。；：{_LAW}]{{0,14}}\Z"
)
_IN_ORDER_TO = re.compile(rf"为了?[^，。；：以{_LAW}]{{0,40}}\Z")
_MADE_LATER = re.compile(
    rf"[^。；{_LAW}]{{0,60}}?(?P<verb>{_MAKE})(?P<after>[^。；，、{_LAW}]{{0,16}})"
)
_TELLS = re.compile(
    r"提出|明确|(?<![等的关])要求|(?<![等的关律规])规定|指出|显示|强调|部署|力争|处罚|罚款|责令"
)
_ITSELF = re.compile(
    r"(?:了)?(?:本(?:条例|办法|规定|细则|方案|规划|意见|措施|法|标准))?(?:的|而成|完成|\Z)"
)
_COMPANION = re.compile(
    r"的?(?:重要|首个|首部|首批|具体|主要)?(?:配套|实施性?|细化|落地|落实|具体化)(?:的)?"
    r"(?:文件|政策|措施|方案|细则|规定|办法|制度|法规|标准|举措)?"
)
_IS = re.compile(rf"(?<!作)(?:是|为|系|属于|成为)对?[^，。；、{_LAW}]{{0,20}}\Z")
_ENDS = "废止|失效|停止执行|停止施行|不再执行|不再施行|停止使用"
_REPEALED = re.compile(
    rf"[^，。；{_LAW}]{{0,10}}，?(?P<how>[^，。；{_LAW}]{{0,12}}?)"
    rf"(?:(?P<since>自|从){_LAW}+[^，。；{_LAW}]{{0,10}}?)?"
    rf"(?:自{_DAY}+[日起]*)?(?P<also>同时|届时|随之|相应|即行|一并|同步|也|亦|予以|将|正式|均|已|\s)*"
    rf"(?:{_ENDS})(?!的)"
)
_NOT_REPEALED = re.compile(r"继续|仍|未|没有|拟|计划|建议|研究|是否|不会|申请|提请")
_ALSO = re.compile(r"同时|届时|随之|相应|一并|同步|即行")
_REPLACES = re.compile(
    rf"(?P<verb>取代|替代|代替|接替|替换|废止)了?(?:[^，。；：{_LAW}]{{0,12}}(?:的|原有?|原先的))?"
    rf"(?:{_DAY}+[^，。；：{_LAW}]{{0,10}}的)?(?:原|此前的?|现行的?)?\Z"
)
_REPLACED_BY = re.compile(r"[^，。；]{0,6}(?:被|由)[^，。；]{0,4}\Z")
_REPLACED_AFTER = re.compile(r"(?:所|正式)?(?:取代|替代|代替|替换|废止)")
_AMENDS = re.compile(
    rf"(?:(?P<to>[对将把])[^，。；：{_LAW}]{{0,8}}"
    rf"|(?P<verb>修改|修订|修正)了?[^，。；：、{_LAW}]{{0,6}}|(?P<base>在|由)[^，。；{_LAW}]{{0,6}})\Z"
)
_AMENDED = re.compile(
    r"[^，。；]{0,4}(?:作出?了?|进行了?|予以|做了?)?[^，。；、]{0,8}?(?:修改|修订|修正|完善|补充|调整)"
)
_ON_THIS_BASE = re.compile(r"的?基础上[^。；]{0,14}?(?:修改|修订|修编|完善)|(?:修订|修改)而[来成]")
_CITES = re.compile(rf"(?:援引|引用|参照|参考|衔接|对接)了?[^，。；：{_LAW}]{{0,10}}\Z")
_CHAIN = re.compile(rf"[、和及与以并]{{1,2}}[^，。；：、{_LAW}]{{0,12}}")
_AMENDING_TITLE = re.compile(
    r"关于(?:部分|局部|再次|集中)?(?P<verb>修改|修订|修正|废止)"
    r"[〈《<](?P<other>[^〈〉《》<>]{3,60})[〉》>]"
)
_AMENDMENT = re.compile(
    r"(?P<other>[^〈〉《》]{3,60}?(?:条例|法|办法|规定|规则|章程|细则|准则))修正案(?:[（(]草案[)）])?\Z"
)
# 2031年某某（修订）条例草案, as bills are named in Hong Kong.
_AMENDING_BILL = re.compile(
    r"\A(?:\d{4}年)?(?P<other>[^（）()]{2,40})[（(]修[订訂正](?:第\d号)?[）)](?P<kind>条例|條例|规例|規例)"
)
_BRACKET = re.compile("（")

_EFFECT = "施行|实施|生效|执行"
_SET_IN = re.compile(
    # Where it holds may be said twice, no more: each time may end anywhere.
    rf"(?:\s*日)?(?P<since>起|之日起)?(?:正式|开始|即|将)*+"
    rf"(?:在[^，。；：{_LAW}]{{1,10}}?(?:正式|开始|即|将)*+){{0,2}}(?:{_EFFECT})"
    r"(?=(?P<of>的)?[，,。；;、）)！\s《“”\ue010]|\Z)"
)
_SET_IN_LATER = re.compile(
    rf"起?[，,]?(?:(?:由?(?:{_NAME}++[、和等]?){{1,4}}|最?新)?"
    rf"(?:修订|修正|制定|出台|颁布|印发|发布|公布|批准)的)?(?P<law>{_LAW}+)(?:正式|开始|同步|将)*(?:{_EFFECT})(?=[，,。；;、）)！\s]|\Z)"
)
_AT_ISSUE = re.compile(
    r"自(?:正式)?(?P<step>发布|公布|印发|颁布|签署|下发|通过)之?日起(?:正式|开始)*"
    rf"(?:{_EFFECT})"
)
_VALID_UNTIL = re.compile(r"(?:有效期|执行期|试行期)限?(?:为|至|到|截至|截止到?)*\s*\Z")
_UP_TO = re.compile(r"[至到]\s*\Z")
_VALID_FOR = re.compile(
    r"(?:有效期|试行期|执行期)限?(?:为|定为|是)?\s*(?P<years>[一二两三四五六七八九十\d]{1,3})年"
)
# What a clause says about something else than a regulation that takes effect.
_OF_ELSE = re.compile(
    rf"提出|明确|规定|要求|指出|确定|{_NAME}+(?:近日|日前|将|决定)*(?:对|在|启动|开展)|项目|工程"
)

# A regulation that is only kept to is not what the next sentence goes on with.
_IN_PASSING = re.compile(
    r"(?:达到|符合|按照?|根据|依据|依照|参照|执行|对照|落实|满足|贯彻|违反|对|与)[^，。；：]{0,12}\Z"
)

_SURE, _CARRIED = 0.9, 0.75
_FARTHEST = 160  # code points from a regulation to what is said of it


@dataclass(frozen=True, slots=True)
class _Law:
    """Regulations listed together, with the provisions that follow the last of them."""

    span: Span
    regulations: tuple[Argument, ...]
    provisions: Provisions | None

    @property
    def last(self) -> Argument:
        """The regulation whose provisions are cited."""
        return self.regulations[-1]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one sentence says, and the regulation that the next one may go on with."""

    relations: tuple[Relates, ...]
    steps: tuple[Dated, ...]
    topic: Argument | None


def find_legislation(
    words: Words,
    references: References,
    dates: Sequence[DateMention],
    issued: Sequence[Issues],
) -> list[Relates | Dated]:
    """All relations and dates of the regulations of a text, each once.

    ``issued`` are the facts of issue: what takes effect on the day of its issue needs them.
    """
    outline = _Outline(words, references, dates)
    relations: list[Relates] = []
    steps = find_adoptions(words, references, dates)
    topic: Argument | None = None
    for sentence in words.layout.sentences:
        reader = _Sentence(outline, sentence, topic, steps, issued)
        reading = reader.read()
        relations += reading.relations
        steps += reading.steps
        topic = reading.topic
    return [*_unique_relations(relations), *_most_exact(steps)]


class _Outline:
    """A text in which regulations, dates and names are rows of signs.

    ``known`` are its regulations by name, as first mentioned.
    """

    def __init__(self, words: Words, references: References, dates: Sequence[DateMention]) -> None:
        self.source = words.source
        self._dates = sorted((d for d in dates if d.value is not None), key=lambda d: d.span)
        self._date_starts = [d.span.start for d in self._dates]
        self._by_sentence: dict[int, list[_Law]] = {}
        signs = list(words.text)
        named = references.within(Span(0, len(signs)), "REGULATION")
        self.known = {regulation.name: regulation for regulation in reversed(named)}
        for argument in references.within(Span(0, len(signs))):
            if argument.span is not None and argument.label != "REGULATION":
                _write(signs, argument.span, _NAME)
        for dated in self._dates:
            _write(signs, dated.span, _DAY)
        for sentence, titles in titled_sentences(words, references, loosely=True):
            laws = [_to_law(words.text, t) for t in titles]
            self._by_sentence[sentence.start] = laws
            for law in laws:
                _write(signs, law.span, _LAW)
        self.text = "".join(signs)

    def dates_of(self, sentence: Span) -> list[DateMention]:
        """The resolved dates of a sentence."""
        first = bisect_left(self._date_starts, sentence.start)
        last = bisect_left(self._date_starts, sentence.end)
        return self._dates[first:last]

    def laws_of(self, sentence: Span) -> list[_Law]:
        """The regulations of a sentence, list by list."""
        return self._by_sentence.get(sentence.start, [])


def _write(signs: list[str], span: Span, sign: str) -> None:
    signs[span.start : span.end] = sign * (span.end - span.start)


def _to_law(text: str, titles: Titles) -> _Law:
    provisions = provisions_at(text, titles.span.end)
    end = titles.span.end if provisions is None else provisions.span.end
    return _Law(Span(titles.span.start, end), titles.regulations, provisions)


class _Sentence:
    """Reads what one sentence says of its regulations."""

    def __init__(
        self,
        outline: _Outline,
        sentence: Span,
        topic: Argument | None,
        known: Sequence[Dated],
        issued: Sequence[Issues],
    ) -> None:
        self._outline = outline
        self._text = outline.text
        self._span = sentence
        self._laws = outline.laws_of(sentence)
        self._topic = topic
        self._known = known
        self._issued = issued
        self._related: list[Relates] = []
        self._used: set[int] = set()  # of whose provisions a relation has been told
        self._passive: set[int] = set()  # what is done to: repealed, amended, implemented

    def read(self) -> _Reading:
        """Relations first: what is repealed does not take effect."""
        for first, last in self._chains():
            self._read_chain(first, last)
        self._read_titles()
        self._read_citations()
        self._read_brackets()
        steps = [*self._read_effects()]
        steps += self._read_ends(steps)
        return _Reading(tuple(self._related), tuple(steps), self._next_topic())

    # ------------------------------------------------------------------------ relations

    def _chains(self) -> Iterator[tuple[int, int]]:
        """Runs of regulations that share one relation: 依据某部《甲》和某省《乙》编制."""
        first = 0
        for index in range(len(self._laws)):
            following = index + 1
            if following < len(self._laws):
                gap = self._text[self._laws[index].span.end : self._laws[following].span.start]
                if _CHAIN.fullmatch(gap):
                    continue
            yield first, index
            first = following

    def _read_chain(self, first: int, last: int) -> None:
        before = self._text[self._lead_start(first) : self._laws[first].span.start]
        after = self._text[self._laws[last].span.end : self._span.end]
        for read in (
            self._read_repeal,
            self._read_amendment,
            self._read_purpose,
            self._read_basis,
            self._read_companion,
            self._read_reference,
        ):
            if read(first, last, before, after):
                self._passive.update(range(first, last + 1))
                return

    def _lead_start(self, index: int) -> int:
        return self._laws[index - 1].span.end if index else self._span.start

    def _before(self, first: int) -> tuple[Argument, ...]:
        """The regulations named before in the sentence that nothing was done to."""
        for index in range(first - 1, -1, -1):
            if index not in self._passive:
                return self._laws[index].regulations
        return ()

    def _subject(self, first: int) -> tuple[tuple[Argument, ...], float]:
        """Who does it: the regulation named before in the sentence, else the topic."""
        named = self._before(first)
        if named:
            return named, _SURE
        return (() if self._topic is None else (self._topic,)), _CARRIED

    def _after(self, last: int, *, within: int) -> tuple[Argument, ...]:
        """The regulations named next, at most ``within`` characters later."""
        if last + 1 >= len(self._laws):
            return ()
        following = self._laws[last + 1]
        near = following.span.start - self._laws[last].span.end <= within
        return following.regulations if near else ()

    def _tell(
        self,
        relation: Relation,
        first: int,
        last: int,
        subjects: Sequence[Argument],
        confidence: float,
    ) -> bool:
        """Relates every subject to every regulation from ``first`` to ``last``."""
        told = False
        for index in range(first, last + 1):
            law = self._laws[index]
            for other in law.regulations:
                for subject in subjects:
                    if subject.name == other.name:
                        continue
                    cited = law.provisions if other is law.last else None
                    self._related.append(
                        self._relation(subject, relation, other, cited, confidence)
                    )
                    told = True
            if told:
                self._used.add(index)
        return told

    def _relation(
        self,
        subject: Argument | None,
        relation: Relation,
        other: Argument,
        provisions: Provisions | None,
        confidence: float,
    ) -> Relates:
        return Relates(
            regulation=subject,
            relation=relation,
            other=other,
            articles=() if provisions is None else provisions.numbers,
            articles_text=None if provisions is None else provisions.span.of(self._outline.source),
            evidence=self._span,
            confidence=confidence,
        )

    def _read_repeal(self, first: int, last: int, before: str, after: str) -> bool:
        """《乙》同时废止; 《乙》自《甲》施行之日起废止; 取代《乙》; 《乙》被《甲》取代."""
        ended = _REPEALED.match(after)
        if ended is not None and not _NOT_REPEALED.search(ended.group()):
            if ended["since"] and last + 1 < len(self._laws):
                subjects = self._laws[last + 1].regulations
                return self._tell("repeals", first, last, subjects, _SURE)
            if self._before(first) or _ALSO.search(ended.group()):
                return self._tell("repeals", first, last, *self._subject(first))
        if _REPLACED_BY.fullmatch(after[: after.find(_LAW)]) and last + 1 < len(self._laws):
            end = self._laws[last + 1].span.end
            if _REPLACED_AFTER.match(self._text, end):
                subjects = self._laws[last + 1].regulations
                return self._tell("repeals", first, last, subjects, _SURE)
        replaced = _REPLACES.search(before)
        if replaced is None or _NOT_REPEALED.search(before[: replaced.start()][-8:]):
            return False
        if replaced["verb"] == "废止" and not self._before(first):
            return False  # a body repeals
        return self._tell("repeals", first, last, *self._subject(first))

    def _read_amendment(self, first: int, last: int, before: str, after: str) -> bool:
        """《甲》对《乙》作出修改; 将《乙》第八条修改为; 在《乙》基础上修订."""
        lead = _AMENDS.search(before)
        if lead is None:
            return False
        if lead["to"] and not _AMENDED.match(after):
            return False
        if lead["base"]:
            if not _ON_THIS_BASE.match(after):
                return False
            return self._tell("amends", first, last, *self._subject(first))
        return self._tell("amends", first, last, self._before(first), _SURE)

    def _read_purpose(self, first: int, last: int, before: str, after: str) -> bool:
        """为落实《甲》，某市印发《乙》; 某局印发《乙》，以落实《甲》."""
        purpose = _PURPOSE.search(before)
        if purpose is None:
            return False
        if _IN_ORDER_TO.search(before):
            made = _MADE_LATER.match(after)
            if made is None or _TELLS.search(made.group()):
                return False
            subjects = self._after(last, within=len(made.group()) + 2)
            if subjects:
                return self._tell("implements", first, last, subjects, _SURE)
            if not _ITSELF.match(made["after"]):
                return False
            return self._tell("implements", first, last, *self._subject(first))
        if purpose["is"]:
            return self._tell("implements", first, last, *self._subject(first))
        if purpose["so"] or "，" not in before.lstrip("，"):
            named = self._before(first)
            return bool(named) and self._tell("implements", first, last, named, _SURE)
        return False

    def _read_basis(self, first: int, last: int, before: str, after: str) -> bool:
        """依据《甲》制定《乙》; 《乙》依据《甲》等制定; 根据《甲》，结合实际，制定本办法."""
        if not _BASIS.search(before):
            return False
        made = _MADE_LATER.match(after)
        if made is None or _TELLS.search(made.group()[: -len(made["after"]) or None]):
            return False
        subjects = self._after(last, within=len(made.group()) + 2)
        if subjects and not _TELLS.search(made["after"]):
            return self._tell("based_on", first, last, subjects, _SURE)
        if not _ITSELF.match(made["after"]):
            return False
        return self._tell("based_on", first, last, *self._subject(first))

    def _read_companion(self, first: int, last: int, before: str, after: str) -> bool:
        """作为《甲》的配套文件，《乙》…; 《乙》是《甲》的实施细则; 《甲》及其配套的《乙》."""
        companion = _COMPANION.match(after)
        if companion is None:
            return False
        if _IS.search(before):
            named = self._before(first)
            return bool(named) and self._tell("implements", first, last, named, _SURE)
        subjects = self._after(last, within=companion.end() + 14)
        return bool(subjects) and self._tell("implements", first, last, subjects, _SURE)

    def _read_reference(self, first: int, last: int, before: str, after: str) -> bool:
        """《甲》援引《乙》第三条."""
        named = self._before(first)
        if not (named and _CITES.search(before)) or re.search("[，。；]", before):
            return False
        return self._tell("cites", first, last, named, _SURE)

    def _read_titles(self) -> None:
        """《关于修改〈甲条例〉的决定》, 《甲条例修正案》: the title says what it does."""
        for law in self._laws:
            for regulation in law.regulations:
                for pattern in (_AMENDING_TITLE, _AMENDMENT, _AMENDING_BILL):
                    match = pattern.search(regulation.name)
                    if match is None:
                        continue
                    repeals = match.groupdict().get("verb") == "废止"
                    relation: Relation = "repeals" if repeals else "amends"
                    name = match["other"] + (match.groupdict().get("kind") or "")
                    other = self._outline.known.get(name) or _inner_title(regulation, name)
                    self._related.append(self._relation(regulation, relation, other, None, _SURE))

    def _read_citations(self) -> None:
        """《甲》第十条规定: the article itself cites a provision."""
        for index, law in enumerate(self._laws):
            if law.provisions is not None and index not in self._used:
                self._related.append(self._relation(None, "cites", law.last, law.provisions, _SURE))

    def _read_brackets(self) -> None:
        """…（第十条）: a provision of the regulation that the passage is about."""
        topic = self._next_topic()
        for match in _BRACKET.finditer(self._text, self._span.start, self._span.end):
            provisions = provisions_at(self._text, match.end())
            if topic is None or provisions is None:
                continue
            if self._text.startswith("）", provisions.span.end):
                self._related.append(self._relation(None, "cites", topic, provisions, _CARRIED))

    # ---------------------------------------------------------------------------- dates

    def _read_effects(self) -> Iterator[Dated]:
        """自某日起施行, 某日起施行的《甲》, 自发布之日起施行."""
        for dated in self._dates():
            match = _SET_IN.match(self._text, dated.span.end)
            if match is None:
                later = _SET_IN_LATER.match(self._text, dated.span.end)
                if later is not None:
                    yield from self._steps(
                        self._law_at(later.start("law")), "in_force", dated, _SURE
                    )
                continue
            if match["of"]:
                laws = [n for n in self._law_at(match.end()) if n not in self._passive]
                yield from self._steps(laws, "in_force", dated, _SURE)
                continue
            laws, confidence = self._law_before(dated.span.start)
            if laws or match["since"]:
                yield from self._steps(laws, "in_force", dated, confidence)
        for match in _AT_ISSUE.finditer(self._text, self._span.start, self._span.end):
            laws, confidence = self._law_before(match.start())
            for regulation in self._regulations(laws):
                day = self._day_of_issue(regulation, adopted=match["step"] == "通过")
                if day is not None:
                    yield self._step(regulation, "in_force", day, confidence)

    def _read_ends(self, found: Sequence[Dated]) -> Iterator[Dated]:
        """有效期至某日; 有效期五年, counted from the day of taking effect."""
        for dated in self._dates():
            lead = self._text[self._span.start : dated.span.start]
            if _VALID_UNTIL.search(lead) and (_UP_TO.search(lead) or dated.text.endswith("日")):
                laws, confidence = self._law_before(dated.span.start)
                yield from self._steps(laws, "expires", dated, confidence)
        for match in _VALID_FOR.finditer(self._text, self._span.start, self._span.end):
            years = number_to_decimal(match["years"])
            laws, confidence = self._law_before(match.start())
            for regulation in self._regulations(laws):
                starts = [
                    s.date
                    for s in (*self._known, *found)
                    if s.step == "in_force" and s.regulation.name == regulation.name
                ]
                if years and starts and len(starts[-1]) == 10:
                    last = _last_day(date.fromisoformat(starts[-1]), int(years))
                    yield self._step(regulation, "expires", last, confidence)

    def _dates(self) -> list[DateMention]:
        """Days, months and years of the sentence."""
        return [
            d
            for d in self._outline.dates_of(self._span)
            if d.value is not None and "/" not in d.value
        ]

    def _law_at(self, offset: int) -> list[int]:
        """The list of regulations that stands next, with nothing but a mark between."""
        near = (i for i, law in enumerate(self._laws) if offset <= law.span.start <= offset + 2)
        return list(near)[:1]

    def _law_before(self, offset: int) -> tuple[list[int], float]:
        """The last regulations before ``offset`` that this is said of; ``[]`` for the topic."""
        for index in range(len(self._laws) - 1, -1, -1):
            law = self._laws[index]
            if law.span.end > offset or index in self._passive:
                continue
            gap = self._text[law.span.end : offset]
            if len(gap) > _FARTHEST or re.search("[。；]", gap) or _OF_ELSE.search(gap):
                return [], 0.0
            return [index], _SURE
        lead = self._text[self._span.start : offset]
        return [], (0.0 if len(lead) > 40 or _OF_ELSE.search(lead) else _CARRIED)

    def _regulations(self, laws: Sequence[int]) -> tuple[Argument, ...]:
        """Those of the lists, or the topic where there is none."""
        if laws:
            return tuple(r for index in laws for r in self._laws[index].regulations)
        return () if self._topic is None else (self._topic,)

    def _steps(
        self, laws: Sequence[int], step: LegalStep, dated: DateMention, confidence: float
    ) -> Iterator[Dated]:
        if confidence and dated.value is not None:
            for regulation in self._regulations(laws):
                yield self._step(regulation, step, dated.value, confidence)

    def _step(self, regulation: Argument, step: LegalStep, day: str, confidence: float) -> Dated:
        return Dated(
            regulation=regulation,
            step=step,
            date=day,
            evidence=self._span,
            confidence=confidence,
        )

    def _day_of_issue(self, regulation: Argument, *, adopted: bool) -> str | None:
        days = [
            s.date
            for s in self._known
            if adopted and s.step == "adopted" and s.regulation.name == regulation.name
        ]
        days += [f.date for f in self._issued if f.date and f.regulation.name == regulation.name]
        return next((day for day in days if len(day) == 10), None)

    def _next_topic(self) -> Argument | None:
        """What a sentence without a regulation goes on with: the first that acts here."""
        for index, law in enumerate(self._laws):
            before = self._text[self._lead_start(index) : law.span.start]
            if index not in self._passive and not _IN_PASSING.search(before):
                return law.regulations[0]
        return self._topic


def _inner_title(regulation: Argument, name: str) -> Argument:
    """The regulation that another one names in its title."""
    span = regulation.span
    at = regulation.text.find(name)
    inner = None if span is None or at < 0 else Span(span.start + at, span.start + at + len(name))
    return Argument(label="REGULATION", text=name, name=name, span=inner)


def _last_day(first: date, years: int) -> str:
    """The last of so many years that begin with a day.

    >>> _last_day(date(2031, 1, 1), 5)
    '2035-12-31'
    """
    leap = (first.month, first.day) == (2, 29)
    next_first = date(first.year + years, 3, 1) if leap else first.replace(year=first.year + years)
    return (next_first - timedelta(days=1)).isoformat()


def _unique_relations(found: Iterable[Relates]) -> list[Relates]:
    """One fact for a relation; with its provisions where they are told anywhere."""
    unique: dict[tuple[str, ...], Relates] = {}
    for fact in found:
        subject = "" if fact.regulation is None else fact.regulation.name
        key = (subject, fact.relation, fact.other.name, *(fact.articles if not subject else ()))
        known = unique.get(key)
        if known is None or (not known.articles and fact.articles):
            unique[key] = fact
    return list(unique.values())


def _most_exact(found: Sequence[Dated]) -> list[Dated]:
    """One fact for a step and a day: 明年起施行 says no more than 2031年7月1日起施行."""
    unique: dict[tuple[str, str, str], Dated] = {}
    for fact in found:
        unique.setdefault((fact.regulation.name, fact.step, fact.date), fact)
    return [
        fact
        for (name, step, day), fact in unique.items()
        if not any(
            (name, step) == (other, kind) and exact != day and exact.startswith(day)
            for other, kind, exact in unique
        )
    ]


@Language.factory(
    "tanpu_legislation",
    assigns=["doc._.facts"],
    requires=["doc._.references", "doc._.dates", "doc._.facts"],
)
def create_legislation(nlp: Language, name: str) -> LegislationReader:
    """The component by its registered name."""
    return LegislationReader()


class LegislationReader:
    """Adds the facts of what regulations do to each other, and of their dates."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        issued = [fact for fact in doc._.facts if isinstance(fact, Issues)]
        found = find_legislation(Words.from_doc(doc), doc._.references, doc._.dates, issued)
        doc._.facts = (*doc._.facts, *found)
        return doc
