"""Facts of the type ``issues``: who adopted or issued a regulation, and when.

Adds to ``doc._.facts``. Every verb of issue is read with the clause that it stands in: before
the title (A印发《甲》, A印发的《甲》) or after it (《甲》由A印发，经B批准, 《甲》是A通过的).
Words that point back (《条例》, 该规划, 后者) stand for the regulation that they mean.

Examples: 2022年3月25日，市政府印发《某某方案》 → 市政府, 2022-03-25;
某市某届人大常委会第二十九次会议表决通过《某某条例》 → the standing committee.
The day of taking effect (起施行) is not the day of issue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.tokens import Doc

from extract.dates import DateMention
from extract.discourse import Discourse
from extract.extensions import register_extensions
from extract.facts import Argument, Dated, HeldOn, Issues, Span
from extract.gazetteer import split_place_prefix
from extract.institutions import aliases_of, canonical_institution, is_institution_name
from extract.references import References
from extract.titles import Titles, titled_sentences
from extract.words import Words

_VERB = re.compile(
    r"印发实施|印发|发布(?![会厅者词人])|出台|公布|颁布|下发|印制"
    r"|通过(?![率道])|审定"
    r"|签发|会签|联签|制发|颁行|编发|更新(?=了?《)|制定|制订|推出|签署|签订|签下|达成|修订|批准|批复同意|批复|公开征求意见|获批|出炉|面世|问世"
)
_ADOPTED = "通过"
# 通过视频: before anything but a regulation the word is a preposition.
_ADOPTS = re.compile(
    r"(?:表决|审议|讨论|研究|修订|会议|会|人大|一致|高票|全票|原则|并|正式|已|[次届]|获|月|日|年)\Z"
)
# What has not been issued yet, or is done about a text without issuing it.
_NOT_YET = re.compile(
    r"(?:将|拟|计划|力争|准备|有望|建议|正在|正|加快|抓紧|推动|尚未|未|参与|提请|申请|鼓励|要求"
    r"|督促|推进|适时|尽快|争取|预计|组织|启动|筹备|开展|牵头)[^，。；的]{0,5}\Z"
)
_DONE = re.compile(r"了|的")
_EFFECT = re.compile(r"\s*(?:起|正式|开始|之日起)*(?:施行|实施|生效|执行|起)")
# Words between the body and its verb that carry no statement of their own.
_ADVERBIAL = re.compile(
    r"等?[一二三四五六七八九十两多几\d]{1,3}[个家]?(?:省级|市级|中央|国家)?(?:部门|单位|部委|委局"
    r"|机构|地区?|方|省市?)|等|会同|"
    r"(?:部务|常务|党组|主任|主席|全体|办公|专题|工作)?(?:扩大)?会议?|办公[厅室]|新闻发言人|主要负责人"
    r"|负责人|网站|官网|微信公众号|公众号|双方|三方|各方"
    r"|近日|日前|近期|最近|今天|昨天|昨日|今日|当天|当日|此前|随后|稍早|不久前|去年|今年|前不久|同日"
    r"|于|在会上|会上|现场|共同|联合|正式|先后|分别|率先|新近|最新|刚刚|曾|已经|已|还|又|再|也|就|首次|新"
    r"|对外|公开|陆续|依法|专门|及时|同步|同时|相继|接连|连续|重新|牵头|具体|统一|经研究|研究"
    r"|审议|表决|讨论|修订|修正|审查|批准|并|全票|高票|一致|原则|上|时|共|便|即|[、，\s“”]"
)
_PREPOSED = re.compile(
    r"(?:在|向|从|报|据|受|因|给|到|赴|给予|根据|按照|依据|落实|贯彻|对照|围绕|为|于)\Z"
)
_AGENT_MARK = re.compile(r"(?:由|经由|经|获|是|系|为)\s*\Z")
_LIST_LINK = re.compile(
    r"(?:、|，?和|，?与|，?及|，?以及|，?会同|，?联合|，?同|，?并会同|等|分别|双方|\s"
    r"|[（(][^（）()]{1,24}[)）])+"
)
# 会上, 开幕式上: what is issued there is issued on that day.
_AT_EVENT = re.compile(
    r"(?:会议?|开幕式|论坛|大会|峰会|年会)上[^。；]{0,24}?(?:发布|公布|印发|通过|签署)"
)
# The rest of a bracket that explains the name before it.
_IN_BRACKET = re.compile(r"[^（()），。；]{0,12}[)）]")
# 该厅印发: the last body of that kind.
_THIS_BODY = re.compile(r"该(?P<kind>[厅局委部办院署会所])(?![长员])")
# 论坛发布, 大会通过: what an event issues is no government's.
_EVENT_ISSUES = re.compile(
    r"(?:论坛|大会|峰会|年会|博览会|对话会|研讨会)(?:期间|现场)?(?:还|共同|联合|同步|集中|正式)*\Z"
)
# 发布新修订的: the verb before it tells of the issue.
_ATTRIBUTE_VERB = re.compile(r"(?:修订|制定|制订|批准)")
_LEVEL_WORD = re.compile(r"(?:[我本全该](?P<level>[省市区县州旗])|(?P<inner>[省市区县州旗])[里内])")
_LEARNT = re.compile(r"[^，。；]{0,6}(?:获悉|了解到|得知)")
_TOLD = re.compile(
    r"(?:有关负责人|相关负责人)?(?:近日|日前|今天|昨日)?(?:对外|向社会)?(?:介绍|透露|通报|消息|披露|宣布)(?:说|称)?[，：][《“]?"
)
_BY_LIST = re.compile(r"(?:印发|发布|出台|制定)(?:单位|机关|部门)(?:分别)?(?:是|为)")
_CONSULTS = re.compile(r"》?[^，。；]{0,12}征求[^，。；]{0,6}意见")
# 近期印发的三项标准中，《甲》…: one of those that a clause before tells of.
_AMONG = re.compile(r"的[^，。；：《]{1,16}[中里]，(?:其中)?")
# 某市三地交通部门: what acts is in the place, not its government.
_OF_PLACE = re.compile(
    r"(?:[一二三四两多各]?[地省市县区])?[一-鿿]{0,6}(?:部门|单位|企业|公司|法院|检察院|团队)"
)
_DRAFTED = re.compile(r"(?:组织|牵头)?(?:起草|草拟|编制|编写)(?:形成|完成)?了?[《“]?\Z")
# What several sides agree on or call for has no authority of a place that its title names.
_AGREED = re.compile(r"(?:协议|协定|倡议|倡议书|宣言|共识|备忘录|公约|承诺书)\Z")
_AUTHOR = re.compile(r"(?P<body>[^《》〈〉，。]{2,24}?)关于")
_ABOUT = re.compile(r"(?:就|对|围绕)《?\Z")
_COMPILED = re.compile(r"(?:共同|联合|牵头|组织)*(?:编制|编写|编撰|起草|撰写|研制)的《?\Z")
_BOUND = re.compile(r"(?:到|至|截至|自|从|距)\Z")
_EVER_SINCE = re.compile(r"(?:实施)?(?:以来|之?后|至今)")
# Confidence of an issuer whose regulation is cited without a verb of issue.
_CITED_ONLY = 0.65
_OWN_AUTHORITY = 0.75
_EXPLICIT = 0.85


@dataclass(frozen=True, slots=True)
class _Statement:
    """That regulations were issued: by whom, on which days (one each, or one for all).

    ``dealt``: the first body issued the first regulation, the second the second, and so on.
    """

    issuers: tuple[Argument, ...]
    days: tuple[str, ...]
    verb: Span | None
    confidence: float
    dealt: bool = False


def find_issuances(
    words: Words, references: References, dates: Sequence[DateMention]
) -> list[Issues]:
    """One fact for each issuer of each regulation whose issue the text tells."""
    found: list[Issues] = []
    days: dict[str, str] = {}
    for sentence, titles in titled_sentences(words, references):
        reader = _Sentence(words, sentence, titles, references, dates)
        for group in titles:
            for statement in reader.read(group):
                found += _facts(sentence, group, statement, references)
                if group.pointer and statement.days and not statement.issuers:
                    # 该办法已于某日印发: the day of a regulation named before.
                    days.setdefault(group.regulations[0].name, statement.days[0])
    return [
        replace(fact, date=days.get(fact.regulation.name)) if fact.date is None else fact
        for fact in _merged(found)
    ]


def find_adoptions(
    words: Words, references: References, dates: Sequence[DateMention]
) -> list[Dated]:
    """The days on which regulations were adopted (通过), whoever adopted them."""
    found = []
    for sentence, titles in titled_sentences(words, references):
        if _ADOPTED not in sentence.of(words.text):
            continue
        reader = _Sentence(words, sentence, titles, references, dates)
        for group in titles:
            before: _Statement | None = None
            for statement in reader.told(group):
                verb, last, before = statement.verb, before, statement
                if verb is None or verb.of(words.text) != _ADOPTED:
                    continue
                if not statement.days and last is not None and last.verb is not None:
                    # 某日修订通过: one act in two verbs.
                    if last.verb.end == verb.start:
                        statement = replace(statement, days=last.days)
                if not statement.days:
                    continue
                found += [
                    Dated(
                        regulation=regulation,
                        step="adopted",
                        date=statement.days[min(position, len(statement.days) - 1)],
                        evidence=sentence,
                        confidence=statement.confidence,
                    )
                    for position, regulation in enumerate(group.regulations)
                ]
    return found


class _Sentence:
    """Reads the verbs of issue of one sentence."""

    def __init__(
        self,
        words: Words,
        sentence: Span,
        titles: Sequence[Titles],
        references: References,
        dates: Sequence[DateMention],
    ) -> None:
        self._words = words
        self._text = words.text
        self._span = sentence
        self._titles = titles
        self._references = references
        inside = [a for a in references.within(sentence) if a.span]
        self._actors = [
            a
            for a in inside
            if a.label in ("ORG", "PLACE", "FORUM")
            and not any(t.span.start <= a.span.start < t.span.end for t in titles if a.span)
        ]
        self._persons = [a.span for a in inside if a.label in ("PERSON", "POST") and a.span]
        self._told: tuple[Argument, ...] = ()
        self._dates = [
            d for d in dates if sentence.start <= d.span.start and d.span.end <= sentence.end
        ]
        self._verbs = [
            Span(*m.span())
            for m in _VERB.finditer(self._text, sentence.start, sentence.end)
            if not any(t.span.start <= m.start() < t.span.end for t in titles)
            and not any(a.span.start <= m.start() < a.span.end for a in self._actors if a.span)
        ]

    def read(self, group: Titles) -> list[_Statement]:
        """All that the sentence says of the issue of ``group``."""
        statements = self._statements(group)
        self._told = next((s.issuers for s in statements if s.issuers), self._told)
        return statements

    def told(self, group: Titles) -> list[_Statement]:
        """What the verbs before and after a group say of it, issuers named or not."""
        index = self._titles.index(group)
        follows = self._after(group, index)
        return [*self._before(group, index), *follows, *self._consulted(group)]

    def _statements(self, group: Titles) -> list[_Statement]:
        statements = self.told(group)
        if group.pointer:
            return statements
        if any(s.issuers for s in statements):
            return [self._dealt(group, s) for s in statements if s.issuers]
        verb = next((s.verb for s in statements), None)
        days = next((s.days for s in statements if s.days), ())
        owner = self._owner(group) or self._drafter(group, verb) or self._place_before(group, verb)
        if owner:
            sure = _EXPLICIT if verb is not None else _CITED_ONLY
            return [_Statement(owner, days, verb, sure)]
        author = _named_author(group.regulations[0], self._references)
        if author is not None:
            return [_Statement((author,), days, verb, _CITED_ONLY)]
        if verb is None or _EVENT_ISSUES.search(self._text, self._span.start, verb.start):
            return []
        authority = _own_authority(group.regulations[0], self._references)
        if authority is not None:
            return [_Statement((authority,), days, verb, _OWN_AUTHORITY)]
        told = self._informant(group) or self._dropped(group, verb)
        return [_Statement((told,), days, verb, _CITED_ONLY)] if told is not None else []

    def _dealt(self, group: Titles, statement: _Statement) -> _Statement:
        """甲、乙分别出台《丙》《丁》; …先后出台，印发单位分别是甲和乙."""
        count = len(group.regulations)
        said = re.search(r"分别|各自", self._span.of(self._text)) is not None
        dealt = said and len(statement.issuers) == count > 1
        return replace(statement, dealt=dealt)

    # ------------------------------------------------------------ a verb before the title

    def _before(self, group: Titles, index: int) -> list[_Statement]:
        """A印发《甲》; A印发的《甲》: the nearest verb that the title is the object of."""
        text = self._text
        limit = self._titles[index - 1].span.end if index else self._span.start
        verbs = [v for v in self._verbs if v.end <= group.span.start]
        if not verbs:
            return []
        verb = verbs[-1]
        if len(verbs) > 1 and _ATTRIBUTE_VERB.fullmatch(verb.of(text)):
            gap = text[verbs[-2].end : verb.start]
            if text.startswith(("的", "后的"), verb.end) and gap in (
                "了",
                "新",
                "了新",
                "最新",
                "",
            ):
                verb = verbs[-2]
        between = text[verb.end : group.span.start]
        between = re.sub(r"[（(][^（）()]*[)）]", "", between)
        compiled = [] if index else self._compiled(group, verb)
        if compiled:
            return compiled
        if index and verb.start < limit:
            # 印发《甲》，并配套出台…: only what is listed with it shares the verb.
            return []
        among = _AMONG.fullmatch(between) is not None or (
            between == "，" and self._text[self._clause_start(verb.start)] == "经"
        )  # 经甲批准，《乙》…
        if not among and (re.search(r"[，。；：！？]", between) or len(between) > 16):
            return []
        relative = among or re.match(r"(?:并?实施|执行)?的", between) is not None
        if self._only_planned(verb) or self._is_preposition(verb):
            return []
        start = self._clause_start(verb.start)
        chosen = self._actor_before(verb.start, start if relative else limit)
        if chosen is None and not relative:
            chosen = self._subject(verb.start, limit)
        if relative:
            days = self._days(group, [(start, verb.start)], verb)
        else:
            days = self._days(group, [(start, verb.start), (limit, verb.start)], verb)
        issuers = self._bodies(chosen)
        if not issuers and not relative:
            here = self._level_word(start, verb.start) or self._this_body(start, verb.start)
            if here is not None:
                issuers = (here,)
            elif self._is_bare(start, verb.start):
                # …印发《甲》，次年又出台《乙》: the subject goes on.
                issuers = self._told
        return [_Statement(issuers, days, verb, _EXPLICIT)]

    def _only_planned(self, verb: Span) -> bool:
        """Whether the issue lies ahead: what is still to come has not been issued."""
        start = self._clause_start(verb.start)
        lead = self._text[start : verb.start]
        return _NOT_YET.search(lead) is not None and (
            _DONE.match(self._text, verb.end) is None
            or re.search(r"将|拟|预计|未", lead) is not None
        )

    def _is_preposition(self, verb: Span) -> bool:
        lead = self._text[max(self._span.start, verb.start - 3) : verb.start]
        return verb.of(self._text) == _ADOPTED and _ADOPTS.search(lead) is None

    def _clause_start(self, offset: int) -> int:
        """Start of the clause that holds ``offset``; dates before a comma belong to it."""
        text = self._text
        start = offset
        while start > self._span.start and (
            text[start - 1] not in "，。；：！？—“"
            or (text[start - 1] == "“" and "”" in text[start:offset])  # a closed quotation
        ):
            start -= 1
        while start > self._span.start and text[start - 1] == "，":
            dated = [d for d in self._dates if d.span.end == start - 1]
            if not dated:
                break
            start = dated[0].span.start
        return start

    def _is_bare(self, start: int, end: int) -> bool:
        """Whether only adverbials, dates, posts and names stand between two offsets."""
        text = self._text
        at = start
        skipped = {s.start: s.end for s in self._persons} | {
            d.span.start: d.span.end for d in self._dates
        }
        while at < end:
            if at in skipped:
                at = skipped[at]
                continue
            match = _ADVERBIAL.match(text, at, end)
            if match is None or match.end() == at:
                note = re.compile(r"[（(][^（）()]*[)）]|[原前兼]").match(text, at, end)
                if note is None:
                    return False
                match = note
            at = match.end()
        return at == end

    def _actor_before(self, verb: int, limit: int) -> Argument | None:
        """The body that the verb follows with nothing but adverbials between."""
        before = [
            a for a in self._actors if a.span and limit <= a.span.start and a.span.end <= verb
        ]
        for actor in reversed(before):
            assert actor.span is not None
            if _IN_BRACKET.match(self._text, actor.span.end, verb):
                continue  # 某交易中心（下称“某所”）发布的: the name before the bracket
            if not self._is_bare(actor.span.end, verb):
                return None
            if not self._is_adverbial(actor):
                return actor
        return None

    def _is_adverbial(self, actor: Argument) -> bool:
        """在甲市, 从乙局: a name that a preposition takes is no subject."""
        assert actor.span is not None
        first = self._chain(actor)[0].span
        assert first is not None
        lead = self._text[max(self._span.start, first.start - 2) : first.start]
        marked = _PREPOSED.search(lead)
        if marked is None:
            return False
        # 落实国务院印发的…: the body is the subject of the clause inside.
        return marked.group() in ("在", "向", "从", "报", "赴", "到", "于", "给", "受")

    def _subject(self, verb: int, limit: int) -> Argument | None:
        """The body that opens the clause of the verb or, if none does, an earlier one."""
        text = self._text
        start = self._clause_start(verb)
        while True:
            inside = [
                a
                for a in self._actors
                if a.span and max(start, limit) <= a.span.start and a.span.end <= verb
            ]
            for actor in inside:
                assert actor.span is not None
                if self._is_adverbial(actor) or text[actor.span.end : actor.span.end + 1] == "的":
                    continue
                if actor.label == "PLACE" and _OF_PLACE.match(text, actor.span.end):
                    continue
                if self._is_bare(start, self._chain_start(actor)):
                    return self._chain_end(actor, verb)
            if start <= limit or text[start - 1 : start] != "，":
                return None
            verb = start - 1
            start = self._clause_start(verb)

    def _level_word(self, start: int, verb: int) -> Argument | None:
        """省里还出台, 我市印发: a word for the level of the place that the passage is about."""
        match = _LEVEL_WORD.match(self._text, start, verb)
        if match is None or not self._is_bare(match.end(), verb):
            return None
        division = self._references.place_of_level(start, match["level"] or match["inner"])
        if division is None:
            return None
        aliases = (division.short,) if division.short != division.name else ()
        return Argument(label="PLACE", text=division.name, name=division.name, aliases=aliases)

    def _this_body(self, start: int, verb: int) -> Argument | None:
        """该厅印发: the last body of that kind that the paragraph named before."""
        match = _THIS_BODY.search(self._text, start, verb)
        if match is None or not self._is_bare(match.end(), verb):
            return None
        paragraph = self._words.layout.paragraph_at(start)
        named = self._references.within(Span(paragraph.start, match.start()), "ORG")
        kin = [a for a in named if a.name.endswith(match["kind"])]
        return kin[-1] if kin else None

    def _chain_start(self, actor: Argument) -> int:
        first = self._chain(actor)[0].span
        assert first is not None
        return first.start

    def _chain_end(self, actor: Argument, limit: int) -> Argument:
        """The last body of the list that begins with ``actor``."""
        last = actor
        for other in self._actors:
            if other.span is None or last.span is None or other.span.end > limit:
                continue
            if other.span.start >= last.span.end and _LIST_LINK.fullmatch(
                self._text[last.span.end : other.span.start]
            ):
                last = other
        return last

    def _chain(self, last: Argument) -> list[Argument]:
        """The list of bodies that ends with ``last``: 甲省与乙局联合印发."""
        chain = [last]
        for actor in reversed(self._actors):
            first = chain[0].span
            assert first is not None
            if actor.span is None or actor.span.end > first.start:
                continue
            gap = self._text[actor.span.end : first.start]
            if actor.label == "FORUM" or not _LIST_LINK.fullmatch(gap):
                break
            chain.insert(0, actor)
        return chain

    def _bodies(self, chosen: Argument | None) -> tuple[Argument, ...]:
        """The issuing bodies: the whole list, or the body whose session it is."""
        if chosen is None:
            return ()
        if chosen.label == "FORUM":
            body = _committee_of(chosen, self._references)
            return (body,) if body is not None else ()
        return tuple(self._chain(chosen))

    # ------------------------------------------------------------- a verb after the title

    def _after(self, group: Titles, index: int) -> list[_Statement]:
        """《甲》由A印发，并经B批准; 《甲》是A通过的; 《甲》已于某日发布."""
        text = self._text
        end = self._span.end
        for other in self._titles[index + 1 :]:
            end = min(end, other.span.start)
        stop = re.compile(r"；").search(text, group.span.end, end)
        end = stop.start() if stop else end
        start = group.span.end
        found: list[_Statement] = []
        for verb in self._verbs:
            if verb.start < start or verb.end > end:
                continue
            if (
                re.match(r"(?:了|的)?[^，。；]{0,12}《", text[verb.end : end + 1])
                and end < self._span.end
            ):
                break  # the verb of the next title
            passive = self._passive(group, start, verb)
            if passive is None:
                if start == group.span.end and not group.pointer:
                    break
                continue
            found.append(passive)
            start = verb.end
        if not any(s.issuers for s in found):
            found = [*self._listed_after(group, found), *found]
        return found

    def _passive(self, group: Titles, start: int, verb: Span) -> _Statement | None:
        text = self._text
        if self._is_preposition(verb) or re.search(
            r"(?:将|拟|预计|有望|力争|争取|尚未|未|正在)[^，]{0,14}\Z", text[start : verb.start]
        ):
            return None
        agents = [
            a for a in self._actors if a.span and start <= a.span.start and a.span.end <= verb.start
        ]
        days = self._days(group, [(start, verb.start), (self._span.start, group.span.start)], verb)
        for actor in reversed(agents):
            assert actor.span is not None
            first = self._chain_start(actor)
            lead = text[start:first]
            dated = [d.span for d in self._dates if d.span.end == first]
            if dated:
                lead = text[start : dated[-1].start]
            marked = _AGENT_MARK.search(lead)
            if not self._is_bare(actor.span.end, verb.start):
                continue
            cleft = marked is not None and marked.group().strip() in ("是", "系", "为")
            if cleft and not text.startswith("的", verb.end):
                continue
            said = re.fullmatch(r"[》”]?——?(?:[^，。；]{0,12}，)?", lead) and "—" in lead
            if marked is None and not said:
                continue
            issuers = self._bodies(actor)
            return _Statement(issuers, days, verb, _EXPLICIT)
        if (agents and not group.pointer) or not self._is_passive(start, verb):
            return None
        return _Statement((), days, verb, _EXPLICIT)

    def _is_passive(self, start: int, verb: Span) -> bool:
        """Whether the title is what is issued: nothing but adverbials before the verb."""
        lead = re.sub(r"[，,]", "", self._text[start : verb.start])
        return len(lead) <= 24 and not re.search(
            r"(?:提出|明确|要求|规定|指出|显示|自|有关|情况|精神)", lead
        )

    def _listed_after(self, group: Titles, found: Sequence[_Statement]) -> list[_Statement]:
        """…先后出台，印发单位分别是甲和乙."""
        named = _BY_LIST.search(self._text, group.span.end, self._span.end)
        if named is None:
            return []
        issuers = tuple(a for a in self._actors if a.span and a.span.start >= named.end())
        days = found[0].days if found else ()
        return [_Statement(issuers, days, Span(*named.span()), _EXPLICIT)] if issuers else []

    # ----------------------------------------------------------------- without an agent

    def _owner(self, group: Titles) -> tuple[Argument, ...]:
        """某某局《某某办法》: the owner stands right before."""
        for actor in reversed(self._actors):
            if actor.span is None or actor.span.end > group.span.start:
                continue
            gap = self._text[actor.span.end : group.span.start]
            if actor.label == "ORG" and re.fullmatch(r"的?", gap):
                return tuple(self._chain(actor))
            return ()
        return ()

    def _drafter(self, group: Titles, verb: Span | None) -> tuple[Argument, ...]:
        """A起草了《甲（征求意见稿）》，现公开征求意见: the body that wrote the draft."""
        drafted = _DRAFTED.search(self._text, self._span.start, group.span.start)
        if verb is None or drafted is None or verb.start < group.span.end:
            return ()
        start = self._clause_start(drafted.start())
        actor = self._actor_before(drafted.start(), start)
        return self._bodies(actor or self._subject(drafted.start(), start))

    def _place_before(self, group: Titles, verb: Span | None) -> tuple[Argument, ...]:
        """某市《某某方案》印发: the place that opens the clause, right before the title."""
        for actor in self._actors:
            if verb is None or actor.span is None or actor.label != "PLACE":
                continue
            beside = actor.span.end == group.span.start and verb.start >= group.span.end
            if beside and self._clause_start(actor.span.start) == actor.span.start:
                return (actor,)
        return ()

    def _informant(self, group: Titles) -> Argument | None:
        """记者从A获悉，《甲》近日印发; A介绍，《甲》…: the body that tells of it."""
        for actor in self._actors:
            if actor.label == "ORG" and actor.span and actor.span.end <= group.span.start:
                lead = self._text[actor.span.start - 1 : actor.span.start]
                learnt = lead == "从" and _LEARNT.match(self._text, actor.span.end)
                first = self._is_bare(self._span.start, actor.span.start) or lead == "据"
                if learnt or (
                    first and _TOLD.fullmatch(self._text, actor.span.end, group.span.start)
                ):
                    return actor
        return None

    def _dropped(self, group: Titles, verb: Span) -> Argument | None:
        """发布某某规划: a clause without a subject goes on with that of the passage."""
        if self._text[group.span.start] == "《" or verb.start > group.span.start:
            return None
        start = self._clause_start(verb.start)
        counted = re.search(r"部门|单位|部委|[各多双三四]方", self._text[start : verb.start])
        if (
            counted
            or not self._is_bare(start, verb.start)
            or any(a.span and a.span.end <= verb.start for a in self._actors)
        ):
            return None
        return _earlier_subject(self._words, self._span, self._references)

    def _consulted(self, group: Titles) -> list[_Statement]:
        """A就《甲》公开征求意见: a draft is issued by the body that asks for opinions."""
        text = self._text
        asked = _CONSULTS.match(text, group.span.end, self._span.end)
        lead = _ABOUT.search(text, self._span.start, group.span.start)
        if asked is None or lead is None:
            return []
        start = self._clause_start(lead.start())
        chosen = self._actor_before(lead.start(), start) or self._subject(lead.start(), start)
        verb = Span(*asked.span())
        days = self._days(group, [(start, lead.start())], verb)
        return [_Statement(self._bodies(chosen), days, verb, _EXPLICIT)] if chosen else []

    def _compiled(self, group: Titles, verb: Span) -> list[_Statement]:
        """发布了由A、B共同编制的《甲》: those who wrote it, on the day on which it came out."""
        by = _COMPILED.search(self._text, verb.end, group.span.start)
        if by is None:
            return []
        issuers = self._bodies(self._actor_before(by.start(), verb.end))
        days = self._days(group, [(self._clause_start(verb.start), verb.start)], verb)
        return [_Statement(issuers, days, verb, _EXPLICIT)] if issuers else []

    # ------------------------------------------------------------------------------ days

    def _bounds(self, day: DateMention, verb: Span) -> bool:
        """自某日, 到某日: a day that bounds, unless what was issued since is told (自…印发以来)."""
        lead = _BOUND.search(self._text[max(0, day.span.start - 2) : day.span.start])
        if lead is None:
            return False
        return lead.group() not in ("自", "从") or _EVER_SINCE.match(self._text, verb.end) is None

    def _days(
        self, group: Titles, regions: Sequence[tuple[int, int]], verb: Span
    ) -> tuple[str, ...]:
        """ISO days from the first region that holds one: as many as titles, or one for all."""
        text = self._text
        for start, end in regions:
            usable = [
                d
                for d in self._dates
                if start <= d.span.start
                and d.span.end <= end
                and d.value is not None
                and "/" not in d.value
                and d.precision in ("day", "month", "year")
                and not _EFFECT.match(text, d.span.end)
                and not re.match(r"(?:底|末|年底)?前|以前|以来|起|底前", text[d.span.end :][:3])
                and not self._bounds(d, verb)
                and not (d.precision == "year" and text.startswith("底", d.span.end))
                and not any(t.span.start <= d.span.start < t.span.end for t in self._titles)
            ]
            if not usable:
                continue
            listed = [usable[0]]
            for d in usable[1:]:
                gap = text[listed[-1].span.end : d.span.start]
                listed = [*listed, d] if re.fullmatch(r"[、和及，]", gap) else [d]
            if len(listed) == len(group.regulations) > 1:
                return tuple(d.value for d in listed if d.value)
            near = min(usable, key=lambda d: abs(d.span.start - verb.start))
            return (near.value,) if near.value else ()
        return ()


def _facts(
    sentence: Span, group: Titles, statement: _Statement, references: References
) -> list[Issues]:
    """The facts of one statement: what is dealt out goes one to one, else all to all."""
    count = len(group.regulations)
    facts = []
    for position, regulation in enumerate(group.regulations):
        issuers = statement.issuers
        place = _own_authority(regulation, references) if count > 1 else None
        if place is not None and (
            all(i.label == "PLACE" for i in issuers) or (statement.verb is None and position)
        ):
            issuers = (place,)
        elif len(issuers) == count > 1 and statement.dealt:
            issuers = (issuers[position],)
        days = statement.days
        day = days[position] if len(days) == count else (days[0] if days else None)
        facts += [
            Issues(
                org=issuer,
                regulation=regulation,
                date=day,
                evidence=sentence,
                confidence=statement.confidence,
            )
            for issuer in issuers
        ]
    return facts


def _merged(facts: Sequence[Issues]) -> list[Issues]:
    """One fact for an issuer and a regulation, with its day; the body rather than its place."""
    unique: dict[tuple[str, str], Issues] = {}
    for fact in facts:
        key = (fact.org.name, fact.regulation.name)
        known = unique.get(key)
        if known is None:
            unique[key] = fact
        elif fact.date is not None and len(fact.date) > len(known.date or ""):
            unique[key] = replace(fact, confidence=max(fact.confidence, known.confidence))
    kept = []
    for fact in unique.values():
        bodies = [
            other
            for other in unique.values()
            if other.regulation.name == fact.regulation.name
            and other.org.name != fact.org.name
            and other.org.label == "ORG"
            and other.org.name.startswith(fact.org.name)
        ]
        if fact.org.label == "PLACE" and bodies:
            continue
        kept.append(fact)
    return kept


def _committee_of(forum: Argument, references: References) -> Argument | None:
    """The body whose numbered session adopts: …人大常委会|第二十九次会议."""
    match = re.match(
        r"(.*?(?:常委会|常务委员会|人民代表大会|人大|政协))(?:第?[\d一二三四五六七八九十百]+次|会议)",
        forum.name,
    )
    if match is None:
        match = re.match(
            r"(.{2,20}?)(?:第?[\d一二三四五六七八九十百]+次)?(?:党组|党委)?"
            r"(?:常务|部务|委务|局务|厅务|署务|常委|主任|主席|理事)会议?",
            forum.name,
        )
    if match is None or forum.span is None:
        return None
    written = match[1]
    plain = re.sub(r"第?[一二三四五六七八九十\d]+届", "", written)
    name = canonical_institution(plain, place=references.home)
    others = (plain, forum.name, *aliases_of(name)[:4])
    return Argument(
        label="ORG",
        text=forum.text[: len(written)],
        name=name,
        span=Span(forum.span.start, forum.span.start + len(written)),
        aliases=tuple(n for n in dict.fromkeys(others) if n != name),
    )


def _own_authority(regulation: Argument, references: References) -> Argument | None:
    """The place whose authority a regulation names in its title: 某市某区碳达峰实施方案."""
    if _AGREED.search(regulation.name):
        return None
    division, rest = split_place_prefix(regulation.name, within=references.home)
    if division is None or not rest:
        return None
    aliases = tuple(
        n
        for n in (division.short, f"{division.name}人民政府", f"{division.name}政府")
        if n != division.name
    )
    return Argument(label="PLACE", text=division.name, name=division.name, aliases=aliases)


def _named_author(regulation: Argument, references: References) -> Argument | None:
    """The institution that a title begins with: 《某大学碳中和行动计划》, 《省政府关于…的意见》."""
    authors = [
        a
        for a in references.arguments.values()
        if a.label == "ORG" and len(a.name) >= 4 and regulation.name.startswith(a.name)
    ]
    if authors:
        return max(authors, key=lambda a: len(a.name))
    told = _AUTHOR.match(regulation.name)
    if told is None or not is_institution_name(told["body"]):
        return None
    about = regulation.name[told.end() :].removeprefix("印发")
    place, _ = split_place_prefix(about, within=references.home)  # 省政府关于印发某省…的通知
    name = canonical_institution(told["body"], place=place or references.home)
    aliases = dict.fromkeys((told["body"], *aliases_of(name)))
    return Argument(
        label="ORG", text=told["body"], name=name, aliases=tuple(a for a in aliases if a != name)
    )


def _earlier_subject(words: Words, sentence: Span, references: References) -> Argument | None:
    """The place or institution that the paragraph spoke of before."""
    paragraph = words.layout.paragraph_at(sentence.start)
    before = references.within(Span(paragraph.start, sentence.start), "PLACE", "ORG")
    if before:
        return before[0]
    if references.home is not None:
        home = references.home
        aliases = (home.short,) if home.short != home.name else ()
        return Argument(label="PLACE", text=home.name, name=home.name, aliases=aliases)
    return None


def date_by_event(
    discourse: Discourse, facts: Sequence[Issues], held: Sequence[HeldOn]
) -> list[Issues]:
    """The facts, with the first day of the event at which a regulation was issued.

    会上发布《某某导则》 says no day of its own: it is the day of the event.
    """
    days = {fact.event.name: fact.start_date for fact in held}
    dated = []
    for fact in facts:
        sentence = discourse.words.layout.sentence_at(fact.evidence.start)
        said = _AT_EVENT.search(discourse.words.text, sentence.start, sentence.end)
        if fact.date is None and said is not None and fact.confidence > _CITED_ONLY:
            event = discourse.event_at(sentence, said.end())
            if event is not None and event.name in days:
                fact = replace(fact, date=days[event.name])
        dated.append(fact)
    return dated


@Language.factory(
    "tanpu_issuance",
    assigns=["doc._.facts"],
    requires=["doc._.references", "doc._.dates"],
)
def create_issuance(nlp: Language, name: str) -> IssuanceReader:
    """The component by its registered name."""
    return IssuanceReader()


class IssuanceReader:
    """Adds the facts of regulations issued."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        words = Words.from_doc(doc)
        facts = find_issuances(words, doc._.references, doc._.dates)
        held = [fact for fact in doc._.facts if isinstance(fact, HeldOn)]
        dated = date_by_event(Discourse.from_doc(doc), facts, held)
        doc._.facts = (*doc._.facts, *dated)
        return doc
