"""What points back to a thing that the text names elsewhere.

Sets ``doc._.coreferences``, and takes what is no name (林局长, 市局) out of
``doc._.entities``. A reference is no name: 该局, 本届论坛, 《方案》, 李局长, 他. It is resolved
to a named thing of the document or not given at all; what stands for several things (双方,
两市) is left out, and so is 全市, which names a scope rather than a thing.

Examples: 青禾市生态环境局…⟦该局⟧表示 → the bureau; 局长林远…⟦林局长⟧说 → the person.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from spacy.language import Language
from spacy.tokens import Doc

from extract.aliases import AliasDefinition
from extract.candidates import Coverage
from extract.discourse import Discourse
from extract.editions import edition_before, edition_of, is_part
from extract.extensions import register_extensions
from extract.facts import Argument, Entity, Fact, Reference, ReferenceLabel, Span
from extract.gazetteer import Division, canonical_place
from extract.institutions import institution_place
from extract.names_apart import bare_name, mark_of
from extract.persons import surnames
from extract.posts import Appointment, title_pattern
from extract.references import References, division_name
from extract.words import Words

# How sure a kind of reference is, 0 to 1.
_DEFINED, _TITLED, _POINTED, _BARE, _GUESSED = 0.97, 0.95, 0.9, 0.8, 0.75

_THIS = r"(?:该|这家|这个|这一|这所|这座|这部|这项|这份|这次|这场|这届|此次|本次|本届|上述|前述)"
# What a determiner and a noun say that an institution is called, by the noun.
_ORG_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "局": ("局",), "部": ("部",), "委": ("委员会", "委"), "厅": ("厅",), "署": ("署",),
    "司": ("司",), "处": ("处",), "办": ("办公室", "办", "办公厅"), "院": ("院",),
    "所": ("所",), "站": ("站",), "校": ("大学", "学院", "学校"), "大学": ("大学",),
    "学校": ("大学", "学院", "学校"), "高校": ("大学", "学院"), "学院": ("学院",),
    "行": ("银行", "分行"), "银行": ("银行", "分行"), "社": ("社",), "报": ("报",),
    "会": ("会",), "委员会": ("委员会", "委"), "协会": ("协会",), "学会": ("学会",),
    "联合会": ("联合会",), "研究会": ("研究会",), "基金会": ("基金会",), "联盟": ("联盟",),
    "商会": ("商会",), "中心": ("中心",), "研究院": ("研究院",), "研究所": ("研究所",),
    "实验室": ("实验室",), "交易所": ("交易所",), "医院": ("医院",), "工作组": ("组",),
    "小组": ("组",), "管委会": ("管委会", "管理委员会"), "集团": ("集团", "公司"),
    "公司": ("公司", "集团"), "企业": ("公司", "集团", "厂"),
    "机构": ("院", "所", "中心", "会", "行", "局", "公司", "联盟", "实验室", "司", "署", "厅"),
    "单位": ("院", "所", "中心", "会", "局", "公司", "厅", "部", "委", "办", "站", "司", "处"),
    "部门": ("局", "厅", "部", "委员会", "委", "办公室", "办", "署"),
}  # fmt: skip
_COMPANY_NOUNS = frozenset(("公司", "集团", "企业"))
_COMPANY = re.compile(r"公司|集团")
_OFFICE = re.compile(r"(?P<level>[省市区县州总])(?P<kind>[局厅])")
_LEVEL_OFFICE = re.compile(
    rf"(?:(?<![一-鿿])|(?<=[由与和及向从归受经据到为])){_OFFICE.pattern}"
    r"(?![长势面部级域])"
)
# What 该 may stand before that is longer than the noun: 该部分, 该行业, 该局面.
_LONGER = re.compile(r"[分署署长件位面势域业动为程谓属得以需有员议计办法规划站点段]")
_PLACE_ENDINGS: Mapping[str, tuple[str, ...]] = {
    noun: (noun,)
    for noun in (
        "街道", "镇", "乡", "村", "社区", "园区", "新区", "开发区", "高新区", "示范区", "保护区",
        "产业园", "岛", "湖", "流域", "基地",
    )
}  # fmt: skip
_LEVEL = re.compile(
    r"(?:(?P<this>该)|(?P<own>本|我))(?P<level>市|省|自治区|区|县|州|盟|旗)"
    r"(?![级场政民直委属域内外块间别长辖值])"
)
_OWN_REGION = re.compile(r"(?<![一-鿿])本(?P<region>[港澳])(?![口区湾])")
# 园区 at the beginning of a clause: the one park of the text.
_BARE_PARK = re.compile(r"(?<=[，。；,\n　])园区(?![管党内外里等])")
_PARK = ("园区", "产业园", "工业园")
_LAWS = (
    "实施细则|条例|办法|规定|细则|规划|计划|方案|意见|通知|决定|公报|通报|标准|规范|导则|指南"
    "|纲要|协议|备忘录|宣言|倡议|倡议书|目录|措施|白皮书|报告|蓝皮书|行动计划|法案|草案|法律|政策"
    "|文件|指引|规程|公约|协定|清单|要点"
)
_DRAFTS = frozenset(("草案", "法案"))
_LAW_ANY = frozenset(("文件", "政策", "法律"))
_POINTED_LAW = re.compile(rf"{_THIS}(?P<noun>{_LAWS})")
_QUOTED_LAW = re.compile(rf"《(?P<noun>[^《》]{{0,6}}?(?:{_LAWS}|法))》")
_SAYS_LAW = (
    r"(?=提出|明确|要求|规定|指出|共分|共有|共[一二三四五六七八九十\d]|分为|强调|自\d|对[^，。]{1,20}"
    r"作出|还|由[^，。]{2,20}(?:印发|制定|发布)|施行|实施[以后前]|印发[以后前]|出台[以后前]|显示)"
)
_BARE_LAW = re.compile(
    rf"(?:(?<=[。，；：！？\n　])|(?<=\A))(?P<noun>{_LAWS}){_SAYS_LAW}"
    rf"|(?<=[。，；\n　])(?:根据|按照|依据|依照|按)(?P<by>{_LAWS})(?=[，要规部])"
)
_SERIES = re.compile(
    r"[^，。；]{0,4}(?:迄今|自(?:19|20)\d{2}年|每年|每两年|历届|创办|始于|已连续|已成功)"
)
# 试行办法, 征求意见稿: the version that the text names.
_VERSION = re.compile(
    rf"(?P<trial>试行)(?P<noun>{_LAWS})|(?<![（(])(?P<draft>征求意见稿|送审稿|修订草案)(?![）)])"
)
# 新办法, 现行条例, 2031年版倡议: the version that holds.
_NEW_LAW = re.compile(
    rf"(?:(?<![一-鿿全最创革重])新|(?<=[，。；与比和将该的到而按，])新|现行|(?P<year>(?:19|20)\d{{2}})年?版的?)(?P<noun>{_LAWS})"
)
_NOT_IN_FORCE = re.compile(r"[（(][^（）()]*(?:稿|草案|试行)[^（）()]*[)）]\Z")
_DRAFT = re.compile(r"[（(][^（）()]*(?:稿|草案)[)）]\Z")
_YEARLY = re.compile(r"（(?:19|20)\d{2}年?(?:版|本|修订|修正|修订版|修正案)?）\Z")
_OLD_LAW = re.compile(r"[原旧老]《?\Z")
_NUMBERED = re.compile(
    r"(?:首|第[一二三四五六七八九十\d]{1,3})届(?:论坛|大会|峰会|年会|博览会|大赛|(?=(?:19|20)\d{2}|[，。于在由]))"
)
_OF_YEAR = re.compile(r"(?:19|20)\d{2}年的?[那这]届(?:论坛|大会|峰会|年会|博览会|大赛)")
_TELLS_EDITION = re.compile(r"(?:19|20)\d{2}|第[一二三四五六七八九十\d]{1,3}[届次]|首届")
_OF_THIS_TEXT = re.compile(r"本[届次]|这届|该届")
_BEFORE_THIS = re.compile(r"上一?届(?:论坛|大会|峰会|年会|博览会)?(?!的)")
_THIS_EDITION = re.compile(r"(?:本届|这届|该届)[一-鿿]{0,3}?(?:[会赛展坛]|活动)(?![议展场员])")
_STAGE = re.compile(r"开幕|闭幕|主论坛|会上")
_POINTS = re.compile(rf"{_THIS}")
_LOOSE_EVENT = frozenset(("活动", "盛会", "展会"))
_EVENT_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "会议": ("会议", "会", "论坛"), "大会": ("大会", "年会", "博览会", "周"),
    "论坛": ("论坛", "年会", "峰会", "论坛）", "对话"), "盛会": ("会", "展", "节"),
    "展会": ("会", "展"),
}  # fmt: skip
_BEFORE_BARE_EVENT = re.compile(
    r"(?:[。，；：！？、“”》）\n　\s]|图为|作为|在|由|为|本|于|出席|参加|据|宣布)\Z|\A\Z"
)
_AFTER_BARE_EVENT = re.compile(
    r"期间|由|以|上(?!午)|的|主题|将|还|共|现场|开幕|闭幕|同期|为期|旨在|邀请|聚焦|围绕|设|发布|通过"
    r"|吸引|指出|强调|要求|认为|审议|听取|决定|参会|组委会|秘书处|主办|是|[，。]|向|中|后|结束|前"
)
_OLD = re.compile(
    r"(?<![一-鿿])老(?P<surname>[一-鿿])(?=[，。：、说在和与也就还把是的又常]|打趣|笑|坦言|告诉|介绍|表示|回忆|感慨|补充|一直)"
)
_PRONOUN = re.compile(r"[他她]")
_NOT_PRONOUN_AFTER = re.compile(r"[们人国乡日方者类山用]")
_PRESS = re.compile(r"(?:记者|通讯员|编辑|摄影|主持人|责编|校对)\Z")
_ADDRESS = re.compile(
    r"总工(?![程会业])|总(?!管(?!着)|[工经裁书监规理量体计额装部值投共数面局会干督参代的建设发产能目协])|老师|先生|女士|博士|院士|教授|工(?=[说表介])"
    r"|[局处厅部司院所](?=[”’，。、说带讲谈])"
)
# What a short address may stand for.
_ADDRESSED: Mapping[str, re.Pattern[str]] = {
    "总": re.compile(r"(?:总经理|总裁|董事长|总监|经理)\Z"),
    "总工": re.compile(r"总工程师\Z"),
    "工": re.compile(r"工程师\Z"),
    "老师": re.compile(r"(?:教授|教师|讲师|研究员|老师)\Z"),
    **{unit: re.compile(rf"{unit}长\Z") for unit in "局处厅部司院所"},
}
_GENERIC_ADDRESS = frozenset(("", "先生", "女士", "博士"))
_UNIT_ADDRESS = frozenset("局处厅部司院所")


def find_references(
    discourse: Discourse,
    aliases: Sequence[AliasDefinition],
    appointments: Sequence[Appointment],
    entities: Sequence[Entity],
) -> tuple[Reference, ...]:
    """All references of a document in text order; none overlaps another or a name.

    One may cover an entity that is no name (林局长, 市局) and then takes its place.
    """
    finder = _Finder(discourse, aliases, appointments, entities)
    taken = Coverage(e.span for e in entities if not _is_loose(e, discourse.words.text))
    found: list[Reference] = []
    for reference in sorted(finder.read(), key=lambda r: (-r.confidence, r.span)):
        if not taken.touches(reference.span):
            taken.add(reference.span)
            found.append(reference)
    return tuple(sorted(found, key=lambda r: r.span))


@dataclass(frozen=True)
class _Finder:
    discourse: Discourse
    aliases: Sequence[AliasDefinition]
    appointments: Sequence[Appointment]
    entities: Sequence[Entity]

    @property
    def words(self) -> Words:
        return self.discourse.words

    @property
    def references(self) -> References:
        return self.discourse.references

    def read(self) -> Iterator[Reference]:
        yield from self._defined()
        yield from self._laws()
        yield from self._institutions()
        yield from self._superiors()
        yield from self._companies()
        yield from self._places()
        yield from self._events()
        titled = list(self._titled())
        yield from titled
        yield from self._pronouns(titled)

    # --- what is named -------------------------------------------------------------------

    @cached_property
    def _named(self) -> dict[str, list[Argument]]:
        """Named mentions in text order by label."""
        found: dict[str, list[Argument]] = {}
        for argument in self.references.within(Span(0, len(self.words.text) + 1)):
            found.setdefault(argument.label, []).append(argument)
        return found

    def _before(self, label: str, offset: int) -> list[Argument]:
        named = self._named.get(label, [])
        return named[: bisect_right(named, offset, key=_end_of)]

    def _last(
        self, label: str, offset: int, accepts: Callable[[Argument], bool]
    ) -> Argument | None:
        """The thing spoken of last before ``offset`` among those that are accepted.

        Of several in an earlier sentence it is the first, which its predicate speaks of.
        """
        fitting = [a for a in self._before(label, offset) if accepts(a)]
        if not fitting:
            return None
        layout = self.words.layout
        sentence = layout.sentence_at(_start_of(fitting[-1]))
        if sentence == layout.sentence_at(offset):
            return fitting[-1]
        return next(a for a in fitting if _start_of(a) >= sentence.start)

    def _reference(
        self, span: Span, label: ReferenceLabel, name: str, confidence: float
    ) -> Reference:
        text = span.of(self.words.source)
        return Reference(span=span, label=label, text=text, name=name, confidence=confidence)

    # --- regulations and defined aliases ---------------------------------------------------

    def _defined(self) -> Iterator[Reference]:
        """《条例》 and 论坛 where the text says what they stand for, from there on."""
        text = self.words.text
        for definition in self.aliases:
            argument = self.references.arguments.get(definition.named)
            if argument is None or definition.kind == "number" or argument.label == "THING":
                continue
            if argument.label == "POST" or len(definition.alias) < 2:
                continue
            yield from (
                self._reference(span, argument.label, argument.name, _DEFINED)
                for span in _occurrences(text, definition.alias, definition.alias_span.start)
                if self._is_defined_at(span, argument)
            )

    def _is_defined_at(self, span: Span, argument: Argument) -> bool:
        """Whether an alias stands alone: 《条例》, but not the end of another name."""
        text = self.words.text
        if argument.label == "REGULATION":
            return (
                text[span.start - 1 : span.start] == "《" and text[span.end : span.end + 1] == "》"
            )
        if argument.label == "FORUM":
            before, after = text[max(0, span.start - 3) : span.start], text[span.end :]
            return text[span.start - 1] in "“「" or (
                _BEFORE_BARE_EVENT.search(before) is not None
                and _AFTER_BARE_EVENT.match(after[:6]) is not None
            )
        return self.words.is_boundary(span.start) and self.words.is_boundary(span.end)

    def _laws(self) -> Iterator[Reference]:
        text = self.words.text
        for match in _QUOTED_LAW.finditer(text):
            span = Span(match.start("noun"), match.end("noun"))
            yield from self._law(span, match["noun"], _POINTED)
        for match in _POINTED_LAW.finditer(text):
            yield from self._law(Span(*match.span()), match["noun"], _POINTED)
        for match in _BARE_LAW.finditer(text):
            group = "noun" if match["noun"] else "by"
            span = Span(match.start(group), match.end(group))
            if len({a.name for a in self._before("REGULATION", span.start)}) == 1:
                yield from self._law(span, match[group], _BARE)
        for match in _NEW_LAW.finditer(text):
            span = Span(*match.span())
            new = self._law_in_force(match["noun"], match["year"], span.start)
            if new is not None and self.words.is_boundary(span.end):
                yield self._reference(span, "REGULATION", new, _BARE)
        for match in _VERSION.finditer(text):
            version, noun = match["trial"] or match["draft"], match["noun"] or ""
            versions = {
                a.name
                for a in self._before("REGULATION", match.start())
                if version in _end_bracket(a.name)
                and _core(a.name).endswith(noun)
                and _core(a.name) != noun
            }
            if len(versions) == 1:
                span = Span(*match.span())
                yield self._reference(span, "REGULATION", versions.pop(), _BARE)

    def _law_in_force(self, noun: str, year: str | None, offset: int) -> str | None:
        """新办法, 2031年版办法: the first of its kind that is neither draft nor trial version."""
        fitting = [
            a.name
            for a in self._before("REGULATION", offset)
            if _core(a.name).endswith(noun)
            and not _NOT_IN_FORCE.search(a.name)
            and (year is None or year in a.name)
        ]
        return next(iter(fitting), None)

    def _law(self, span: Span, noun: str, confidence: float) -> Iterator[Reference]:
        def accepts(argument: Argument) -> bool:
            is_draft = noun in _DRAFTS and noun in _end_bracket(argument.name)
            return noun in _LAW_ANY or is_draft or _core(argument.name).endswith(noun)

        def is_final(argument: Argument) -> bool:
            return accepts(argument) and _DRAFT.search(argument.name) is None

        # 《办法》 beside its draft is the text that was issued.
        found = self._last("REGULATION", span.start, is_final)
        found = found or self._last("REGULATION", span.start, accepts)
        if found is not None and _core(found.name) != noun:
            final = _NOT_IN_FORCE.search(found.name) and self._final_of(found.name, span.start)
            name = self._version_of(final or found.name, span.start)
            yield self._reference(span, "REGULATION", name, confidence)

    def _final_of(self, name: str, offset: int) -> str | None:
        """The text that was issued, if it is named before ``offset`` beside its trial version."""
        before = (a.name for a in self._before("REGULATION", offset))
        return next((n for n in before if n == _core(name)), None)

    def _version_of(self, name: str, offset: int) -> str:
        """The latest yearly version that the text has of a title, the first for 原《办法》."""
        versions = {
            a.name
            for a in self._named.get("REGULATION", [])
            if _core(a.name) == _core(name) and _YEARLY.search(a.name)
        }
        if name not in versions:
            return name
        old = _OLD_LAW.search(self.words.text[max(0, offset - 3) : offset]) is not None
        return min(versions) if old else max(versions)

    # --- institutions and places -----------------------------------------------------------

    def _institutions(self) -> Iterator[Reference]:
        text = self.words.text
        for match in _pointed(_ORG_ENDINGS).finditer(text):
            noun, after = match["noun"] or match["short"], text[match.end() : match.end() + 1]
            if not self.words.is_boundary(match.end()) or (len(noun) == 1 and _LONGER.match(after)):
                continue
            found = self._institution(noun, match.start())
            if found is not None:
                yield self._reference(Span(*match.span()), "ORG", found.name, _POINTED)

    def _superiors(self) -> Iterator[Reference]:
        """市局, 省厅, 总局: the office of that level that was named last."""
        text = self.words.text
        for match in _LEVEL_OFFICE.finditer(text):
            level, kind = match["level"], match["kind"]

            def accepts(argument: Argument, level: str = level, kind: str = kind) -> bool:
                if level == "总":
                    return argument.name.endswith("总局")
                place = institution_place(argument.name)
                return (
                    argument.name.endswith(kind)
                    and place is not None
                    and (place.name.endswith(level) or (level, place.level) == ("省", "province"))
                )

            found = self._last("ORG", match.start(), accepts)
            if found is not None and self.words.is_boundary(match.end()):
                yield self._reference(Span(*match.span()), "ORG", found.name, _BARE)

    def _institution(self, noun: str, offset: int) -> Argument | None:
        endings = _ORG_ENDINGS[noun]

        def accepts(argument: Argument) -> bool:
            names = (argument.name, argument.text, *argument.aliases)
            if noun in _COMPANY_NOUNS:
                branch = argument.name.endswith("分公司")
                return not branch and any(_COMPANY.search(name) for name in names)
            return any(name.endswith(endings) for name in names)

        return self._last("ORG", offset, accepts)

    def _companies(self) -> Iterator[Reference]:
        """公司 at the start of a clause: the company that the passage is about."""
        text = self.words.text
        for match in re.finditer(r"(?<=[。，；！？：\n　“])(?:公司|集团)(?=[一-鿿])", text):
            paragraph = self.words.layout.paragraph_at(match.start())
            near = self.words.layout.paragraph_before(paragraph)
            companies = [
                a for a in self._before("ORG", match.start())
                if _COMPANY.search(a.name) and _start_of(a) >= near.start
            ]  # fmt: skip
            if len({a.name for a in companies}) == 1 and self.words.is_boundary(match.end()):
                yield self._reference(Span(*match.span()), "ORG", companies[-1].name, _BARE)

    def _places(self) -> Iterator[Reference]:
        text = self.words.text
        for match in _LEVEL.finditer(text):
            if not self.words.is_boundary(match.end()):
                continue
            division = self._division(match["level"], match.start(), own=match["own"] is not None)
            if division is not None:
                name = division_name(division)
                yield self._reference(Span(*match.span()), "PLACE", name, _POINTED)
        for match in _OWN_REGION.finditer(text):
            name = canonical_place({"港": "香港", "澳": "澳门"}[match["region"]])
            if any(a.name == name for a in self._named.get("PLACE", ())):
                yield self._reference(Span(*match.span()), "PLACE", name, _POINTED)
        parks = {a.name for a in self._named.get("PLACE", ()) if a.name.endswith(_PARK)}
        for match in _BARE_PARK.finditer(text) if len(parks) == 1 else ():
            if any(_end_of(a) <= match.start() for a in self._named["PLACE"] if a.name in parks):
                yield self._reference(Span(*match.span()), "PLACE", min(parks), _BARE)
        for match in _pointed(_PLACE_ENDINGS).finditer(text):
            endings = _PLACE_ENDINGS[match["noun"] or match["short"]]
            found = self._last("PLACE", match.start(), lambda a, e=endings: a.name.endswith(e))  # type: ignore[misc]
            if found is not None:
                yield self._reference(Span(*match.span()), "PLACE", found.name, _POINTED)

    def _division(self, level: str, offset: int, *, own: bool) -> Division | None:
        """The place of a level that is spoken of; 我市 is that of the document."""
        if own:
            offset = 0
        wanted = "区" if level == "自治区" else level
        found = self.references.place_of_level(offset, wanted)
        if level == "自治区" and (found is None or not found.name.endswith("自治区")):
            return None
        return found

    # --- events ------------------------------------------------------------------------------

    def _events(self) -> Iterator[Reference]:
        text = self.words.text
        for sentence in self.words.layout.sentences:
            for span in self.discourse.generic(sentence):
                wording = span.of(text)
                if _STAGE.search(wording) or _SERIES.match(text, span.end):
                    continue
                pointed = _POINTS.match(wording) is not None
                if not pointed and not self._is_bare_event(span, wording):
                    continue
                event = self.discourse.event_at(sentence, span.end)
                if event is None or event.span == span:
                    continue
                if self._fits_event(event, wording, pointed=pointed):
                    sure = _POINTED if pointed else _BARE
                    own = _OF_THIS_TEXT.match(wording) is not None
                    meant = self._edition_of_text(event.name) if own else event.name
                    if own and is_part(meant):  # 本届 is the whole, whatever part is near
                        meant = self._edition_like(wording[-1], span.start) or meant
                    yield self._reference(span, "FORUM", meant, sure)
        these = [
            (Span(*match.span()), name)
            for match in _THIS_EDITION.finditer(text)
            if (name := self._edition_like(match.group()[-1], match.start())) is not None
            and self.words.is_boundary(match.end())
        ]
        yield from (self._reference(span, "FORUM", name, _BARE) for span, name in these)
        for match in (*_NUMBERED.finditer(text), *_OF_YEAR.finditer(text)):
            before = self._before("FORUM", match.start())
            named = [n for a in before if (n := edition_of(match.group(), a.name)) is not None]
            if named:
                yield self._reference(Span(*match.span()), "FORUM", named[-1], _BARE)
        for match in _BEFORE_THIS.finditer(text):
            this = self._this_edition(match.start(), these)
            name = None if this is None else edition_before(this)
            if name is not None:
                yield self._reference(Span(*match.span()), "FORUM", name, _BARE)

    def _edition_of_text(self, name: str) -> str:
        """本届论坛: of several editions with numbers the one that the text names first."""
        series = _TELLS_EDITION.sub("", name)
        editions = [
            a.name
            for a in self._named.get("FORUM", [])
            if _TELLS_EDITION.search(a.name) and _TELLS_EDITION.sub("", a.name) == series
        ]
        return editions[0] if name in editions else name

    def _this_edition(self, offset: int, these: Sequence[tuple[Span, str]]) -> str | None:
        """The edition before which 上届 was held: of the sentence, or else that of the text."""
        sentence = self.words.layout.sentence_at(offset)
        named = [(_end_of(a), a.name) for a in self._before("FORUM", offset)]
        near = [
            (end, name)
            for end, name in (*named, *((span.end, name) for span, name in these))
            if sentence.start < end <= offset and _TELLS_EDITION.search(name)
        ]
        if near:
            return max(near)[1]
        event = self.discourse.main_before(offset)
        return None if event is None else event.name

    def _edition_like(self, ending: str, offset: int) -> str | None:
        """The first edition that ends as 本届大赛 does, or else the event named last that does."""
        names = [a.name for a in self._before("FORUM", offset) if a.name.endswith(ending)]
        editions = [name for name in names if _TELLS_EDITION.search(name)]
        return next(iter(editions), None) or next(reversed(names), None)

    def _is_bare_event(self, span: Span, wording: str) -> bool:
        text = self.words.text
        return (
            wording not in _LOOSE_EVENT
            and _BEFORE_BARE_EVENT.search(text[max(0, span.start - 3) : span.start]) is not None
            and _AFTER_BARE_EVENT.match(text, span.end) is not None
            and not self.discourse.is_other(self.words.layout.sentence_at(span.start))
        )

    def _fits_event(self, event: Argument, wording: str, *, pointed: bool) -> bool:
        noun = _POINTS.sub("", wording)
        if pointed and noun in ("活动", "盛会"):
            return True
        endings = _EVENT_ENDINGS.get(noun, (noun,))
        return event.name.rstrip("）)0123456789年").endswith(endings) or noun in event.name

    # --- persons -----------------------------------------------------------------------------

    @cached_property
    def _titles(self) -> dict[str, set[str]]:
        """The titles that the text gives to each person, by canonical name."""
        found: dict[str, set[str]] = {}
        for argument in self._named.get("PERSON", []):
            after = title_pattern().match(self.words.text, _end_of(argument))
            if after is not None:
                found.setdefault(argument.name, set()).add(after.group())
            mark = mark_of(argument.name)
            if mark is not None and mark[-1] in _UNIT_ADDRESS:
                found.setdefault(argument.name, set()).add(mark[-1] + "长")
        for appointment in self.appointments:
            person = self.references.arguments.get(appointment.person)
            if person is not None:
                title = appointment.title.of(self.words.text)
                found.setdefault(person.name, set()).add(title)
        return found

    @cached_property
    def _persons(self) -> list[Argument]:
        """Persons that the article is about: not its reporters, and in more than a surname."""
        return [
            a for a in self._named.get("PERSON", [])
            if len(a.name) >= 2
            and not any(_PRESS.search(t) for t in self._titles.get(a.name, ()))
        ]  # fmt: skip

    def _titled(self) -> Iterator[Reference]:
        """林局长, 欧阳总, and the family name of a foreign name."""
        text = self.words.text
        single, double = surnames()
        for pattern in (title_pattern(), _ADDRESS):
            for match in pattern.finditer(text):
                at = match.start()
                for surname in (text[max(0, at - 2) : at], text[at - 1 : at]):
                    if surname not in (double if len(surname) == 2 else single):
                        continue
                    start = at - len(surname)
                    person = self._of_surname(surname, match.group(), start)
                    told = person is not None and match.group() in self._titles.get(person.name, ())
                    if person is not None and (told or self.words.is_boundary(start)):
                        span = Span(start, match.end())
                        yield self._reference(span, "PERSON", person.name, _TITLED)
                    break
        for match in _OLD.finditer(text):
            person = self._of_surname(match["surname"], "", match.start())
            if person is not None and match["surname"] in single:
                yield self._reference(Span(*match.span()), "PERSON", person.name, _GUESSED)
        yield from self._family_names()

    def _of_surname(self, surname: str, title: str, offset: int) -> Argument | None:
        """Who is meant: of several bearers the one with the title, named before rather than later.

        Where several fit it is the one that was named last.
        """
        bearers = [a for a in self._persons if a.name.startswith(surname)]
        before = [a for a in bearers if _start_of(a) < offset]
        fitting = self._holders(before, title)
        if len(fitting) == 1 or (fitting and title not in _GENERIC_ADDRESS):
            return fitting[-1]
        alone = len({a.name for a in before}) == 1
        later = self._holders(bearers, title)
        if len({a.name for a in later}) == 1 and (
            not before or (alone and self._titles.get(before[0].name))
        ):
            return later[0]
        if alone and title not in _UNIT_ADDRESS:
            return before[-1]
        return None

    def _holders(self, bearers: Sequence[Argument], title: str) -> list[Argument]:
        """One mention of each bearer who holds the title, the closest fit only, last named last."""
        short = _ADDRESSED.get(title)
        for fits in (str.__eq__, str.endswith, lambda t, _: short is not None and short.search(t)):
            found = {
                a.name: a for a in bearers
                if any(fits(t, title) for t in self._titles.get(a.name, ()))
            }  # fmt: skip
            if found:
                return sorted(found.values(), key=_start_of)
        return []

    def _family_names(self) -> Iterator[Reference]:
        text = self.words.text
        families: dict[str, dict[str, Argument]] = {}
        for argument in self._persons:
            name = bare_name(argument.name)
            family = re.split(r"[·•・]", name)[-1]
            if family != name and len(family) >= 2:
                families.setdefault(family, {}).setdefault(argument.name, argument)
        for family, bearers in families.items():
            if len(bearers) == 1:
                (argument,) = bearers.values()
                for span in _occurrences(text, family, _end_of(argument)):
                    title = _title_at(text, span.end)
                    whole = Span(span.start, span.end if title is None else title.end)
                    yield self._reference(whole, "PERSON", argument.name, _TITLED)

    def _pronouns(self, titled: Sequence[Reference]) -> Iterator[Reference]:
        """他 where the paragraph, or else the one before, names one person only."""
        text = self.words.text
        layout = self.words.layout
        people = sorted(
            [(_start_of(a), a.name) for a in self._persons]
            + [(r.span.start, r.name) for r in titled]
        )
        for match in _PRONOUN.finditer(text):
            span = Span(*match.span())
            if text[span.start - 1 : span.start] in ("其", "吉", "利", "排") or (
                _NOT_PRONOUN_AFTER.match(text, span.end)
            ):
                continue
            paragraph = layout.paragraph_at(span.start)
            for opening in (paragraph, layout.paragraph_before(paragraph)):
                names = {name for at, name in people if opening.start <= at < span.start}
                if names:
                    break
            if len(names) == 1:
                yield self._reference(span, "PERSON", names.pop(), _GUESSED)


def name_persons(fact: Fact, references: Sequence[Reference]) -> Fact:
    """The fact with the canonical names of persons whom it calls 林总 or 林局长."""
    meant = {r.span: r.name for r in references if r.label == "PERSON"}
    changed = {
        role: replace(a, name=meant[a.span], aliases=())
        for role, a in fact.arguments().items()
        if a.span in meant and a.label == "PERSON" and a.name == a.text
    }
    return replace(fact, **changed) if changed else fact  # type: ignore[arg-type]


def _pointed(endings: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    return _pointed_pattern(tuple(endings))


@cache
def _pointed_pattern(nouns: tuple[str, ...]) -> re.Pattern[str]:
    """该局, 上述机构: a noun of one character only after 该, since 这一部 is no ministry."""
    short = "|".join(n for n in nouns if len(n) == 1) or "(?!)"
    listed = "|".join(sorted((n for n in nouns if len(n) > 1), key=len, reverse=True))
    return re.compile(rf"(?:{_THIS}(?P<noun>{listed})|该(?P<short>{short}))")


def _occurrences(text: str, part: str, start: int) -> Iterator[Span]:
    at = text.find(part, start)
    while at >= 0:
        yield Span(at, at + len(part))
        at = text.find(part, at + len(part))


def _core(title: str) -> str:
    """A title without the bracket at its end: 某市管理办法（试行） → 某市管理办法."""
    return re.sub(r"(?:[（(][^（）()]*[)）])+\Z", "", title)


def _end_bracket(title: str) -> str:
    """The bracket at the end of a title, empty where there is none: （试行）."""
    match = re.search(r"[（(][^（）()]*[)）]\Z", title)
    return "" if match is None else match.group()


def _start_of(argument: Argument) -> int:
    return 0 if argument.span is None else argument.span.start


def _end_of(argument: Argument) -> int:
    return 0 if argument.span is None else argument.span.end


def _is_loose(entity: Entity, text: str) -> bool:
    """Whether an entity has no name of its own: 林, 林局 or 林局长 of a person, 市局."""
    wording = entity.span.of(text)
    if entity.label == "ORG":
        return _OFFICE.fullmatch(wording) is not None
    if entity.label != "PERSON":
        return False
    if entity.name.endswith("·" + wording) and _title_at(text, entity.span.end) is not None:
        return True
    single, double = surnames()
    surname = wording[:2] if wording[:2] in double else wording[:1]
    if surname not in single | double:
        return False
    title = _title_at(text, entity.span.start + len(surname))
    return title is not None and title.end >= entity.span.end


def _title_at(text: str, offset: int) -> Span | None:
    """The longest title or form of address that begins at ``offset``."""
    found = (title_pattern().match(text, offset), _ADDRESS.match(text, offset))
    spans = [Span(*match.span()) for match in found if match is not None]
    return max(spans, key=lambda span: span.end, default=None)


@Language.factory(
    "tanpu_coreference",
    assigns=["doc._.coreferences", "doc._.entities"],
    requires=["doc._.references", "doc._.appointments", "doc._.entities"],
)
def create_coreference(nlp: Language, name: str) -> CoreferenceResolver:
    """The component by its registered name."""
    return CoreferenceResolver()


class CoreferenceResolver:
    """Sets what points back to the names of a document."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        discourse = Discourse.from_doc(doc)
        found = find_references(discourse, doc._.aliases, doc._.appointments, doc._.entities)
        taken = Coverage(r.span for r in found)
        doc._.coreferences = found
        doc._.entities = tuple(e for e in doc._.entities if not taken.touches(e.span))
        doc._.facts = tuple(name_persons(fact, found) for fact in doc._.facts)
        return doc
