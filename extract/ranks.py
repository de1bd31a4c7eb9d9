"""Facts of the type ``ranks``, and shares that are told by example (每5户就有1户).

Adds to ``doc._.facts``. A place in an order is no level: it has no unit, grows when things get
worse, and means nothing without what the order is of. It is a fact of its own for that reason.
Indicator, subject and period stand in the clause, or are those of the figure before it.

Examples: 海晏市森林覆盖率居全省第三位 → 3 of 全省; 产量40万吨，居全国首位 → 1, by 产量;
位列168个城市前十 → within 10; 每5户就有1户安装光伏 → 安装光伏占比 20 %, a ``measures``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Coverage
from extract.dates import DateMention
from extract.extensions import register_extensions
from extract.facts import Argument, Entity, Measures, RankKind, Ranks, Span
from extract.indicators import clean_indicator, last_indicator
from extract.numbers import number_to_decimal
from extract.reading import text_to_reading
from extract.references import References
from extract.setting import find_home
from extract.subjects import Mention, find_mentions
from extract.words import Words

_NUMERAL = r"[一二三四五六七八九十百\d]{1,4}"
_ORDERS = (
    "排名|排位|位次|名次|位列|位居|位于|列居|名列|列入|列|居于|居|稳居|高居|雄居|跃居|升居|退居|占据|雄踞|跻身|跻进"
    "|跃升至|跃升到|跃升为|升至|升到|上升至|上升到|攀升至|提升至|提升到|前移至|前移到|降至|降到|下降至|退至|下滑至"
    "|进入|闯入|挺进|排在|排到|排至|排|处于|保持|保持在|达到|成为|是|为"
)
_WHOLES = (
    "全国|全省|全市|全区|全县|全州|全球|全世界|世界|国内|省内|市内|区内|亚洲|欧洲"
    "|全行业|同行业|行业|业内|全疆|全港|全网"
)
_FIRST = "首位|榜首|头名|第一|首"
# The word of order, what the order is of, and the place, up to the end of the clause.
_RANK = re.compile(
    rf"(?:(?P<order>{_ORDERS})(?P<more>为|在|到|至|于|居)?"
    rf"(?P<scope>[^，。；：、！？\n]{{0,18}}?)(?:中|里|内|之)?(?:的|排名?|位列|并列|位居|居|列)?"
    rf"|(?P<whole>{_WHOLES})(?:各[省市州县区地]{{1,4}})?(?:排名|排位|并列|排|位居|位列|居)?)"
    rf"(?P<place>(?P<end>倒数)?第(?P<n>{_NUMERAL})(?:位|名|大?经济体)?|(?P<first>{_FIRST})|(?P<last>末位|垫底)"
    rf"|前(?P<top>{_NUMERAL})(?:位|名|强|列)?)"
    r"(?P<stop>(?=[，。；、！）)”\s]|和|与|及(?!其)|\Z))"
)
# 由全国第九位升至第四位: the place before is told only to compare.
_FROM = re.compile(
    rf"(?:由|从)[^，。；：由从]{{0,10}}?(?P<scope>{_WHOLES})?第{_NUMERAL}(?:位|名)?(?:，)?\Z"
)
# 全市六个县中，甲、乙排名前三: what the order is of, in a clause of its own.
_AMONG = re.compile(r"(?:\A|[，；])(?:在)?(?P<scope>[^，。；：]{2,20}?)(?:当中|之中|中)，")
_LEVEL = re.compile(r"全(?P<whole>[省市区县州])|(?P<inner>[省市区县州])内")
# 前移3位 is a change of rank, and 168个城市 what a rank is among: neither is a level.
_MOVED = re.compile(r"(?:排名|位次|名次)?(?:前移|后移|上升|提升|提高|下降|下滑|前进|跃升|后退)?")
_IN = re.compile(r"在(?P<scope>[^，。；：、]{2,20}?)(?:中|里|内|当中|之中)\Z")
_WHOLE_BEFORE = re.compile(rf"(?:在)?(?P<scope>{_WHOLES})\Z")
# What a rank of something else, or one to come, is told with.
_AIM = re.compile(r"力争|争取|目标|确保|冲刺|迈向|努力|有望|预计将|计划|规划到|跻身.{0,6}行列")
_NO_SCOPE = re.compile(r"第一产业|季度|批|次|阶段|期|届|梯队|责任|时间|生产力|动力|要务|书记")
_ADVERBS = re.compile(
    r"(?:连续|已连续|连)?[一二三四五六七八九十\d]+(?:年|个月|个季度|届|次)\Z"
    r"|(?:继续|持续|稳定|稳|均|都|也|仍|仍然|依然|首次|再次|再度|已|已经|分别|双双|一举|历史性|由此|目前|长期|一直|始终"
    r"|综合|总体|并列|同时|将|还|则|又|更|现|并|且|在|的|，|,|\s)\Z"
)
_BARE = re.compile(
    r"(?:其|其中|并|且|该|这一|上述)*(?P<noun>增速|增幅|降幅|涨幅|升幅|增长率|增量|总量|总数|总规模|规模|数量|占比|比重"
    r"|占有率|均价|均值|水平|指标|数值|两项指标)?"
)
# 某县以2.8万个居首: the figure says by how much, not in what.
_BY_FIGURE = re.compile(r"(?:\A|以)\s*\d[^，。]{0,14}\Z")
_CHANGE = re.compile(r"增速|增幅|降幅|涨幅|升幅|增长率")
_DIGITS = re.compile(r"[\d.,]+")
_LIST = re.compile(r"\s*(?:、|和|与|及|以及)\s*")
_CLAUSE = re.compile(r"[，。；：！？\n]")
_ONE_IN = re.compile(
    rf"每(?P<all>{_NUMERAL})(?P<unit>[辆台套个位名户家座人吨度件条艘架]|千瓦时|平方米)"
    rf"(?P<whole>[^，。；：]{{0,14}}?)(?:中|里|当中)?[，,]?(?:就|便|约|至少|大约|平均|会|里面)*有"
    rf"(?:超过?|近|约|接近|不到)?(?P<some>{_NUMERAL})(?P=unit)(?:以上|左右|多)?"
    r"(?:是|为|属于|来自|用的是)?(?P<part>[^，。；：、！？）)”\s]{3,16})"
)
_COMPARED = frozenset("比较与同由从")
_LONGEST = 24  # characters of an indicator
_LONGEST_CLAUSE = 160
_SURE, _CARRIED, _HOME = 0.9, 0.8, 0.7


@dataclass(frozen=True, slots=True)
class _Place:
    """A wording of rank: where clause words before it end, and what it says."""

    span: Span
    rank: int
    kind: RankKind
    scope: str
    wording: Span


def _number(figure: Measures) -> str:
    """The number of a figure as the reading has it: in any script the digits are the same."""
    wording = text_to_reading(figure.value_text)
    digits = _DIGITS.match(wording)
    return digits.group() if digits else wording


def find_ranks(
    words: Words,
    entities: Sequence[Entity],
    dates: Sequence[DateMention],
    measures: Sequence[Measures],
    references: References,
    home: Argument | None,
) -> list[Ranks]:
    """The ranks of a text in text order, each with the sentence that tells it.

    ``measures`` are the figures found before: 产量40万吨，居全国首位 ranks what was measured.
    """
    text = words.text
    if not _RANK.search(text):
        return []
    mentions = find_mentions(text, [e for e in entities if e.label != "DATE"], home=home)
    named = [e.span for e in entities if e.label in ("REGULATION", "FORUM", "ORG", "PERSON")]
    taken = Coverage(named)
    figures: dict[Span, list[Measures]] = defaultdict(list)
    for figure in measures:
        figures[figure.evidence].append(figure)
    reader = _Reader(words, mentions, dates, figures, home)
    found: list[Ranks] = []
    for sentence in words.layout.sentences:
        for place in _places(text, sentence):
            if taken.touches(place.wording):
                continue
            level = _LEVEL.fullmatch(place.scope)
            if level is not None:
                unit = level["whole"] or level["inner"]
                division = references.place_of_level(place.wording.start, unit)
                if division is None and unit == "区":  # 全区 of an autonomous region
                    region = references.place_of_level(place.wording.start, "省")
                    division = region if region and region.name.endswith("自治区") else None
                if division is not None:
                    place = replace(place, scope=division.name)
            found += reader.read(place, sentence)
    return found


def without_ranks(
    measures: Sequence[Measures], ranks: Sequence[Ranks], shares: Sequence[Measures]
) -> list[Measures]:
    """The figures that are no part of a rank or of a share told by example."""
    wordings: dict[Span, set[str]] = defaultdict(set)
    for rank in ranks:
        wordings[rank.evidence].add(rank.rank_text)
    for share in shares:
        wordings[share.evidence].add(share.value_text)
    return [
        m
        for m in measures
        if not any(m.value_text in told for told in wordings.get(m.evidence, ()))
        and not (m.unit in ("位", "名") and _MOVED.fullmatch(m.indicator))
    ]


def _places(text: str, sentence: Span) -> list[_Place]:
    """The wordings of rank in a sentence."""
    found = []
    for match in _RANK.finditer(text, sentence.start, sentence.end):
        scope = match["scope"] or match["whole"] or ""
        clause = _clause_start(text, sentence, match.start())
        if _NO_SCOPE.search(scope) or _AIM.search(text, _lead(text, sentence, clause), match.end()):
            continue
        start = match.start()
        if match["order"] and not scope:
            before = _IN.search(text[clause:start]) or _WHOLE_BEFORE.search(text[clause:start])
            among = _AMONG.search(text[sentence.start : clause])
            moved = _FROM.search(text[clause:start])
            if moved is not None:
                scope = moved["scope"] or ""
                start = clause + moved.start()
            elif before is not None:
                scope = before["scope"]
                start = clause + before.start()
            elif among is not None:
                scope = among["scope"]
        if not scope and match["order"] in ("为", "是", "达到", "保持", "成为", "处于", "列入"):
            continue
        rank, kind = _rank(match)
        if rank is None:
            continue
        wording = Span(start if not match["scope"] else match.start("scope"), match.end("place"))
        found.append(_Place(Span(start, match.end()), rank, kind, scope.strip("在的"), wording))
    return found


def _rank(match: re.Match[str]) -> tuple[int | None, RankKind]:
    if match["first"]:
        return 1, "exact"
    if match["last"]:
        return 1, "from_end"
    value = number_to_decimal(match["n"] or match["top"])
    kind: RankKind = "within" if match["top"] else "from_end" if match["end"] else "exact"
    return (None if value is None or value < 1 else int(value)), kind


def _lead(text: str, sentence: Span, clause: int) -> int:
    """Where the clause before begins: 力争到某年，某地进入前五 is one aim."""
    before = text[clause - 1 : clause] in ("，", ",")
    return _clause_start(text, sentence, clause - 1) if before else clause


def _clause_start(text: str, sentence: Span, offset: int) -> int:
    start, first = offset, max(sentence.start, offset - _LONGEST_CLAUSE)
    while start > first and not _CLAUSE.match(text[start - 1]):
        start -= 1
    return start


class _Reader:
    """Reads what the ranks of a text are of."""

    def __init__(
        self,
        words: Words,
        mentions: Sequence[Mention],
        dates: Sequence[DateMention],
        figures: Mapping[Span, Sequence[Measures]],
        home: Argument | None,
    ) -> None:
        self._text = words.text
        self._source = words.source
        self._mentions = sorted(mentions, key=lambda m: m.span)
        self._mention_starts = [m.span.start for m in self._mentions]
        self._dates = sorted(dates, key=lambda d: d.span)
        self._date_starts = [d.span.start for d in self._dates]
        self._figures = figures
        self._home = home

    def read(self, place: _Place, sentence: Span) -> list[Ranks]:
        """One fact for each subject; nothing where no indicator is named."""
        before = Span(sentence.start, place.span.start)
        clause = _clause_start(self._text, sentence, before.end)
        own = self._own_words(Span(clause, before.end))
        figure = self._figure_before(before, self._figures.get(sentence, ()))
        bare = _BARE.fullmatch(own)
        if bare is None:
            indicator, period = own, None
            subjects, sure = self._subjects(before)
        elif figure is not None:
            indicator, period = _of_figure(figure, bare["noun"]), figure.period
            subjects, sure = [figure.subject], _CARRIED
        else:
            earlier = last_indicator(self._text[sentence.start : clause].rstrip("，"))
            indicator, period = _joined(earlier, bare["noun"]), None
            subjects, sure = self._subjects(before)
        if not 2 <= len(indicator) <= _LONGEST:
            return []
        return [
            Ranks(
                subject=subject,
                indicator=indicator,
                rank=place.rank,
                rank_kind=place.kind,
                rank_text=place.wording.of(self._source),
                scope=place.scope or None,
                period=self._period(before) or period,
                evidence=sentence,
                confidence=sure,
            )
            for subject in subjects
        ]

    def _own_words(self, clause: Span) -> str:
        """The words of the clause that name the indicator, without subjects, dates and adverbs."""
        kept = list(clause.of(self._text))
        spans = [m.span for m in self._mentions_in(clause) if not m.weak or m.word]
        spans += [d.span for d in self._dates_in(clause)]
        for span in spans:
            for offset in range(span.start, min(clause.end, span.end)):
                kept[offset - clause.start] = "\n"
        run = "".join(kept).rsplit("\n", 1)[-1]
        while (adverb := _ADVERBS.search(run)) is not None and adverb.group():
            run = run[: adverb.start()]
        run = _BY_FIGURE.sub("", run)
        return clean_indicator(re.sub(r"（[^（）]*）", "", run.strip("，、 的")))

    def _mentions_in(self, span: Span) -> list[Mention]:
        first, last = (bisect_left(self._mention_starts, at) for at in (span.start, span.end))
        return self._mentions[first:last]

    def _dates_in(self, span: Span) -> list[DateMention]:
        first, last = (bisect_left(self._date_starts, at) for at in (span.start, span.end))
        return self._dates[first:last]

    def _figure_before(self, before: Span, figures: Sequence[Measures]) -> Measures | None:
        """The last of the sentence's figures that stands before the rank."""
        told = [
            (at, figure)
            for figure in figures
            if (at := self._text.rfind(_number(figure), before.start, before.end)) >= 0
        ]
        return max(told, key=lambda pair: pair[0])[1] if told else None

    def _subjects(self, before: Span) -> tuple[list[Argument], float]:
        """The last subject before the rank, or the list of them; else the article's place."""
        run: list[Argument] = []
        run_end = -1
        for mention in self._mentions_in(before):
            argument = mention.argument
            if mention.span.end > before.end or mention.weak or argument is None:
                continue
            joined = run and _LIST.fullmatch(self._text, run_end, mention.span.start)
            run = [*run, argument] if joined else [argument]
            run_end = mention.span.end
        if run:
            return run, _SURE
        return ([self._home], _HOME) if self._home is not None else ([], 0.0)

    def _period(self, before: Span) -> str | None:
        """The last date before the rank that is not one of comparison."""
        told = [
            d.value
            for d in self._dates_in(before)
            if d.value is not None and self._text[d.span.start - 1 : d.span.start] not in _COMPARED
        ]
        return told[-1] if told else None


def _of_figure(figure: Measures, noun: str | None) -> str:
    """What is ranked after a figure: what it measured, or its growth."""
    if noun is None:
        moved = "increase" in figure.qualifier or "decrease" in figure.qualifier
        growth = "降幅" if "decrease" in figure.qualifier else "增速"
        return figure.indicator + growth if moved else figure.indicator
    if _CHANGE.search(noun):
        return figure.indicator.removesuffix(noun) + noun
    return figure.indicator if figure.indicator.endswith(noun) else figure.indicator + noun


def _joined(indicator: str, noun: str | None) -> str:
    if not noun or not indicator or indicator.endswith(noun):
        return indicator
    return indicator + noun


def find_shares(words: Words, entities: Sequence[Entity], home: Argument | None) -> list[Measures]:
    """Shares that are told by example: 每4辆新车就有1辆新能源汽车 is 新能源汽车占比, 25 %."""
    found = []
    mentions: tuple[Mention, ...] | None = None
    for match in _ONE_IN.finditer(words.text):
        whole, part = number_to_decimal(match["all"]), number_to_decimal(match["some"])
        if not whole or part is None or part > whole:
            continue
        if mentions is None:
            named = [e for e in entities if e.label != "DATE"]
            mentions = find_mentions(words.text, named, home=home)
        sentence = words.layout.sentence_at(match.start())
        before = [
            m.argument
            for m in mentions
            if m.argument is not None
            and not m.weak
            and sentence.start <= m.span.start
            and m.span.end <= match.start()
        ]
        subject = before[-1] if before else home
        if subject is None:
            continue
        name = re.sub(r"(?:的|了)\Z", "", match["part"])
        found.append(
            Measures(
                subject=subject,
                indicator=f"{name}占比",
                value=(part / whole * 100).quantize(Decimal("0.01")).normalize(),
                value_text=Span(*match.span()).of(words.source),
                unit="%",
                qualifier=("about",),
                evidence=sentence,
                confidence=_CARRIED,
            )
        )
    return found


@Language.factory(
    "tanpu_ranks",
    assigns=["doc._.facts"],
    requires=["doc._.entities", "doc._.dates", "doc._.references", "doc._.facts"],
)
def create_ranks(nlp: Language, name: str) -> RankReader:
    """The component by its registered name."""
    return RankReader()


class RankReader:
    """Adds the facts of rank."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        words = Words.from_doc(doc)
        entities = doc._.entities
        home = find_home(words.text, entities, doc._.references.home)
        measures = [fact for fact in doc._.facts if isinstance(fact, Measures)]
        shares = find_shares(words, entities, home)
        ranks = find_ranks(words, entities, doc._.dates, measures, doc._.references, home)
        others = [fact for fact in doc._.facts if not isinstance(fact, Measures)]
        doc._.facts = (*others, *without_ranks(measures, ranks, shares), *shares, *ranks)
        return doc
