"""Which event a passage is about, and what 论坛, 本届大会 or 会上 point back to.

Sets nothing by itself: the event components (programme, organizers, participation) ask it.

Examples: after 某某论坛3月27日举办 the words 论坛由…牵头 speak of that forum; in a
sentence on parallel forums each named forum is a part of the main one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from spacy.tokens import Doc

from extract.facts import Argument, Span
from extract.forums import HEADS, find_generic, is_generic
from extract.references import References
from extract.words import Words

SUB_TRIGGER = re.compile(
    r"平行(?:分)?论坛|分论坛|子论坛|主题论坛|专题论坛|专题会议|分会场|配套活动|系列活动"
    r"|专场活动|平行会议|边会|同期活动|平行分会|专题研讨|主题边会|专场(?!馆)|分会(?=为|是"
    r"|：|场)"
)
_HELD = re.compile(
    r"举行|举办|召开|开幕|拉开帷幕|启幕|落幕|落下帷幕|闭幕|揭幕|开启|启动|举办的|主办|承办"
)
_WITHIN = re.compile(
    r"(?:其间|期间|同期|会期内|会议期间|论坛期间|大会期间|作为[^，。]{0,16}|会上(?:还"
    r"|同步)?(?:举行|举办)|会上还)"
)
# 三年前曾在首次某某大会上致辞: an earlier event is cited, the passage is not about it.
_PAST = re.compile(r"年前|曾[^，。]{0,16}|上一?届|往届|首次|早在|历届|去年的?")
_OTHER_EVENT = re.compile(r"(?:新闻)?发布会|吹风会|签约仪式|通气会|座谈会|专题会议|调研")

_SOON = 120  # code points from a list of organizers to the name of the event
# 三场平行论坛同时开讲: how many events follow.
_COUNTED = re.compile(
    r"(?:[\d一二两三四五六七八九十多数几]{1,3}余?(?:场|个|项|大)|系列)[^，。；、“”]{0,12}?"
    r"(?:论坛|活动|会议|研讨会|沙龙|对话|边会|专场|讲座|展览|赛事)"
)
# ▲5月8日上午　某某研讨会，某某酒店: a line of a programme.
_PROGRAMME_LINE = re.compile(
    r"[\s　]*(?:[▲△●○■□◆◇★☆•·*-]|[①-⑩]|\d{1,2}[.．、)）]|[（(]?[一二三四五六七八九十]+[)）、])?"
    r"[\s　]*(?:\d{1,2}月)?\d{1,2}[日号]"
)
# 18日下午还将穿插举办…, 同期设有…: a clause without a subject adds to what is spoken of.
_ADDED = re.compile(
    r"[\s　]*(?:与此同时|[\d年月日号至—–-]|上午|下午|晚间?|[首次当]日|[首当]天|第[一二三四]天|届时"
    r"|同时|此外|另外|其间|期间|现场|会后|会前|会上|则|也){0,16}"
    r"(?:还|亦|另|同期|同步|同时|穿插|配套|并|将|陆续|集中|[首次]日|届时|其间|期间|会后|下){1,4}"
    r"(?:[首次]日|上午|下午|将|还|同步|同期){0,4}"
    r"(?:举办|举行|设有?|设置|安排|开设|召开|推出|组织|开展|启动|主办)了?(?:[^，。；、]{0,12}的)?[“「‘]?\Z"
)
_FIRST_DAY_SET = re.compile(
    r"[首次]日(?:上午|下午|晚)?(?:还|将)?(?:设|举办|举行|安排)(?:有|了)?[“「‘]?\Z"
)
# 论坛的重头戏“某某嘉年华”
_OWNED = re.compile(
    r"(?:的|之一的?|旗下|框架下的?|(?=重头戏|压轴|同期活动|配套活动))(?:[^，。；、的—]{0,10})—*[“「‘]?\Z"
)
_SET = re.compile(
    r"(?:还|共|特别|专门|同时)?(?:下设|分设|设有?|设置|包括|包含|安排)了?(?:[^，。；、]{0,10}的)?[“「‘]?"
)
_LIST_GAP = re.compile(
    r"[”」’]?(?:、|，|和|及|与|还有)(?:和|及|以及|还有|与)?(?:[^，。；、]{0,8}的)?[“「‘]?"
)
# 某某研讨会在某某博览会期间举行, 某某边会是某某大会的配套活动
_PART_FIRST = re.compile(
    r"[”」’]?(?:将|也|则|今日|昨日|昨天|今天|[\d月日号至—-]|上午|下午|[（(][^（）()]{0,40}[)）]){0,8}"
    r"(?:是|为|系|作为|在|于)[“「‘]?\Z"
)
_AS_WHOLE = re.compile(
    r"[”」’]?(?:期间|框架下|举办期间|召开期间|的(?:[^，。；、]{0,8})?(?:分论坛|平行论坛|子论坛|专题论坛|配套活动|系列活动"
    r"|同期活动|组成部分|专场|边会|分会场|重头戏|活动之一|论坛之一|子活动|重要活动|主要活动))"
)
# …作为论坛的重要活动在某地举行, …同期举行; 与论坛同步，…
_BELONGS = re.compile(
    r"[”」’]?(?:(?:也|还|将|则)?(?:同期|同步|同时)(?:在[^，。；]{2,16})?(?:举行|举办|召开|启动|开幕|进行)"
    r"|(?:作为|是|为)(?:本届|本次|此次|该)?(?:论坛|大会|峰会|年会|博览会|活动|会议)的?[^，。；、]{0,8}"
    r"(?:活动|论坛|专场|组成部分|边会|会议|环节))"
)
_ALONGSIDE = re.compile(
    r"与(?:本届|本次|此次)?[^，。；]{0,20}(?:同步|同期|同时)[^，。；]{0,6}，?[“「‘]?\Z"
)
_ELSEWHERE = re.compile(
    r"去年|上届|往届|曾[^，。；]{0,16}|此前|另悉|另据|又讯|据悉|前身|历届|下届|明年"
)
_CITED_BEFORE = re.compile(r"(?:贯彻|落实|学习|按照|根据|依据|围绕)[^，。；]{0,12}\Z")
_CITED_AFTER = re.compile(r"[”」]?(?:精神|部署|决议|以来|通过的|批准的)")
_EARLIER_EDITION = re.compile(
    r"(?:上一?届|往届|首届|前一?届)(?:论坛|大会|峰会|博览会|年会|研讨会|对接会|展会|活动)"
)
_EVENT_KIND = re.compile(r"(?:论坛|峰会|博览会|研讨会|交流会|洽谈会|推介会|对接会|年会|沙龙)\Z")
_FIRST_OR_LAST = re.compile(r"前者|后者")
# 甲圆桌会是论坛四场平行活动之一, 峰会是某博览会的高层论坛之一: what stands behind the whole.
_IS_ONE_OF = re.compile(
    r"[”」’]?(?:[（(][^（）()]{0,40}[)）])?(?:也|正|则|还)?(?:是|为|系)(?P<whole>[^，。；、：是为]{0,40}?)的?"
    r"(?:(?P<count>[一二两三四五六七八九十\d]{1,3}(?:场|项|个))|平行|配套|系列|同期|重要|重点|主要|高层|专题|核心|分){1,3}"
    r"[^，。；、：]{0,6}?(?:活动|论坛|边会|专场|环节|会议|组成部分|重头戏)(?P<one>之一)?(?=[，。；：])"
)
_THIS_ONE = re.compile(r"(?:这场|该场|本场|当次|该次)\Z")


# 下午的“某某”圆桌论坛, 19日举行的某某沙龙, 今日续有某某分论坛: on the days of the main event.
_SAME_OCCASION = re.compile(
    r"[\s　]*(?=[同当次今昨明\d上下晚中傍])(?:同日|[当次今昨明][天日]|\d{1,2}日)?"
    r"(?:上午|下午|晚上?|晚间|中午|傍晚)?"
    r"(?:[的在，\s]|还|续有|续办|又|则|另|将|同步|同期|举行的?|举办的?|召开的?|开讲的?|主办的?|了|大会|论坛|年会){0,6}[“「‘]?"
)
_INNER = re.compile(
    r"(?:圆桌[一-鿿]{0,4}|[分子边]?论坛|沙龙|对话会?|边会|闭门会议?|研讨会|座谈会|专场|工作坊|分会|嘉年华|路演|讲堂|分享会|交流会)\Z"
)
_ITEM = re.compile(
    r"[\s　]*(?:[▲△●○■□◆◇★☆•·*-]|[①-⑩]|\d{1,2}[.．、)）]|[一二三四五六七八九十]{1,3}、)"
)
_AMONG = re.compile(r"[\s　]*其中，?[“「‘]?")
_OWN_SERIES = re.compile(r"[“「]?(?:第[一二三四五六七八九十\d]+[届次]|首届|(?:19|20)\d\d)")
_HEADING = 14
_LEAD_IN = 40  # a line that ends in ： and opens a list
_SHORT_LEAD = 20
_BARE = 4  # 推进会, 宣传月: a longer word is a name of its own
_STAGE = re.compile(
    r"(?:本届|本次|此次)?(?:开幕|闭幕|启动|揭幕)(?:式|礼|会|典礼|仪式)"
    r"|(?:圆桌|主题|高端|嘉宾)?(?:圆桌|对话|讨论|论坛|沙龙|演讲|报告)(?:环节|会)?|主论坛|世界[一-鿿]{1,6}日"
)


_EDITION = re.compile(r"\A(?:第[一二三四五六七八九十\d]+[届次]|首届|(?:19|20)\d\d年?)")


def _without_edition(name: str) -> str:
    """A name without its number or year: 2031越州峰会 and 2032越州峰会 are one series."""
    return _EDITION.sub("", name)


@dataclass(frozen=True)
class _Structure:
    """Sub-events with their wholes, and the sentences that announce some of them.

    ``umbrellas`` are wholes that are only named to place the main event (峰会是某博览会的高层论坛
    之一), with the sentence that does: the text goes on about the main event.
    """

    parts: dict[str, tuple[str, Span]]
    announced: dict[str, Span]
    umbrellas: dict[str, Span]


@dataclass(frozen=True)
class Discourse:
    """Events of a document in text order, each main or part of a main one."""

    words: Words
    references: References

    @classmethod
    def from_doc(cls, doc: Doc) -> Discourse:
        """The events of a document whose references are resolved, read once for all finders."""
        known: Discourse | None = doc._.discourse
        if known is None or known.references is not doc._.references:
            known = doc._.discourse = cls(Words.from_doc(doc), doc._.references)
        return known

    @cached_property
    def forums(self) -> tuple[Argument, ...]:
        """Mentions of named events in text order."""
        named = (a for a in self.references.arguments.values() if a.label == "FORUM" and a.span)
        return tuple(
            sorted(
                (a for a in named if a.span not in self._pointers),
                key=lambda a: a.span or Span(0, 0),
            )
        )

    @cached_property
    def _pointers(self) -> frozenset[Span]:
        """Mentions that only point back to an event (开幕式, 推进会), whoever proposed them."""
        mentions = [a for a in self.references.arguments.values() if a.label == "FORUM"]
        names = {a.text for a in mentions if len(a.text) > _BARE}
        return frozenset(
            a.span
            for a in mentions
            if a.span is not None
            and a.name in (a.text, self.words.text[a.span.start : a.span.end])
            and (
                is_generic(a.name)
                or _STAGE.fullmatch(a.name)
                or (
                    len(a.text) <= _BARE
                    and HEADS.fullmatch(a.name)
                    and any(n.endswith(a.text) for n in names)
                )
            )
        )

    @property
    def parts(self) -> dict[str, tuple[str, Span]]:
        """Name of each sub-event to the name of its whole and the sentence that says so."""
        return self._structure.parts

    @property
    def announced(self) -> dict[str, Span]:
        """Name of a sub-event to the sentence that announced it with others."""
        return self._structure.announced

    @property
    def umbrellas(self) -> dict[str, Span]:
        """Name of each event that only places the main one to the sentence that says so."""
        return self._structure.umbrellas

    @cached_property
    def _structure(self) -> _Structure:
        found: dict[str, tuple[str, Span]] = {}
        announced: dict[str, Span] = {}
        umbrellas: dict[str, Span] = {}
        text = self.words.text
        layout = self.words.layout
        main: Argument | None = None
        announcement: Span | None = None
        paragraph: Span | None = None
        for sentence in layout.sentences:
            here = layout.paragraph_at(sentence.start)
            if here != paragraph:
                goes_on = self.is_programme_line(sentence) or (
                    announcement is not None
                    and self._is_heading(announcement)
                    and _ITEM.match(text, here.start) is not None
                )
                if not goes_on:
                    announcement = None
                paragraph = here
            mentions = self.within(sentence)
            triggers = [
                t
                for pattern in (SUB_TRIGGER, _COUNTED)
                for t in pattern.finditer(text, sentence.start, sentence.end)
                if not any(m.span and m.span.start <= t.start() < m.span.end for m in mentions)
            ]
            marked = any(SUB_TRIGGER.match(text, t.start()) for t in triggers)
            umbrella = None if main is None else self._umbrella(sentence, main)
            if umbrella is not None and main is not None:
                umbrellas[umbrella.name] = sentence
                found[main.name] = (umbrella.name, sentence)
            found |= self._one_of_parts(sentence, main, found)
            for mention in mentions:
                assert mention.span is not None
                if mention.name in umbrellas:
                    continue
                inner = self._part_before(sentence, mention)
                if inner is not None and inner.name not in found:
                    found[inner.name] = (mention.name, sentence)
                    main = mention
                    continue
                if main is None or mention.name == main.name:
                    main = main or mention
                    continue
                if mention.name in found:
                    continue
                listed = announcement is not None and self._is_listed(sentence, mention)
                if (
                    listed
                    or self._is_part(sentence, mention, marked, announcement is not None, main)
                    or self._continues(sentence, mention, found)
                    or self._is_added(sentence, mention, main)
                ):
                    whole = self._whole_before(sentence, mention, main, found)
                    found[mention.name] = (whole, sentence)
                    if listed and announcement is not None:
                        announced[mention.name] = announcement
                elif not self._mentions_only(sentence, mention):
                    main = mention
            if triggers:
                announcement = sentence
        return _Structure(found, announced, umbrellas)

    def _umbrella(self, sentence: Span, main: Argument) -> Argument | None:
        """The event that 峰会是某博览会的高层论坛之一 places the main event in."""
        text = self.words.text
        own = [m.span for m in self.within(sentence) if m.name == main.name and m.span]
        for subject in (*self.generic(sentence), *own):
            told = _IS_ONE_OF.match(text, subject.end, sentence.end + 1)
            if told is None or (told["one"] is None and told["count"] is None):
                continue
            wholes = self.within(Span(told.start("whole"), told.end("whole")))
            if wholes and wholes[0].name != main.name:
                return wholes[0]
        return None

    def _one_of_parts(
        self, sentence: Span, main: Argument | None, known: Mapping[str, tuple[str, Span]]
    ) -> dict[str, tuple[str, Span]]:
        """The events that 甲、乙是本届论坛两场配套活动 lists, as parts of the main one."""
        if main is None:
            return {}
        text = self.words.text
        listed: list[Argument] = []
        for mention in self.within(sentence):
            assert mention.span is not None
            gap = (
                text[listed[-1].span.end : mention.span.start] if listed and listed[-1].span else ""
            )
            if listed and not _LIST_GAP.fullmatch(gap):
                listed = []
            listed.append(mention)
            told = _IS_ONE_OF.match(text, mention.span.end, sentence.end + 1)
            if told is None:
                continue
            whole = Span(told.start("whole"), told.end("whole"))
            if not (self.generic(whole) or text.startswith("其中", whole.start)):
                continue
            return {
                m.name: (main.name, sentence)
                for m in listed
                if m.name != main.name and m.name not in known
            }
        return {}

    def _part_before(self, sentence: Span, whole: Argument) -> Argument | None:
        """The event that is told to be a part of ``whole``, which is named after it."""
        assert whole.span is not None
        text = self.words.text
        if _AS_WHOLE.match(text, whole.span.end, sentence.end) is None:
            return None
        before = [m for m in self.within(sentence) if m.span and m.span.end <= whole.span.start]
        if not before or before[-1].span is None or before[-1].name == whole.name:
            return None
        gap = text[before[-1].span.end : whole.span.start]
        return before[-1] if _PART_FIRST.match(gap) else None

    def is_programme_line(self, sentence: Span) -> bool:
        """Whether a sentence is a line of a programme: it begins with a day, as a list does."""
        paragraph = self.words.layout.paragraph_at(sentence.start)
        line = self.words.text[sentence.start : sentence.end]
        return (
            paragraph.start == sentence.start
            and _PROGRAMME_LINE.match(line) is not None
            and (not line[0].isdigit() or re.match(r"[^，。]{3,10}[\s　]", line) is not None)
        )

    def _is_heading(self, sentence: Span) -> bool:
        """Whether a sentence is a short line of its own: 【平行论坛】, 下午的论坛各有侧重：."""
        paragraph = self.words.layout.paragraph_at(sentence.start)
        line = paragraph.of(self.words.text).strip()
        return "。" not in line and len(line) <= (_LEAD_IN if line.endswith("：") else _HEADING)

    def clause_before(self, sentence: Span, offset: int) -> str:
        """The text from the last sign that parts clauses up to ``offset``."""
        text = self.words.text
        start = max(text.rfind(c, sentence.start, offset) for c in "，；。：")
        return text[max(start + 1, sentence.start) : offset]

    def _is_listed(self, sentence: Span, mention: Argument) -> bool:
        """Whether an event named after an announcement (三场论坛同时举行) is one of those."""
        assert mention.span is not None
        lead = self.words.text[sentence.start : mention.span.start]
        if _ELSEWHERE.search(lead) or re.search(r"\d{4}年", lead):
            return False
        return len(self.clause_before(sentence, mention.span.start)) <= 12

    def _is_added(self, sentence: Span, mention: Argument, main: Argument) -> bool:
        """Whether the words before an event add it to the one that is spoken of."""
        assert mention.span is not None
        text = self.words.text
        lead = text[sentence.start : mention.span.start]
        if _ELSEWHERE.search(lead) or not self._is_topic(sentence, mention, main):
            return False
        if self.is_programme_line(sentence):
            return True
        clause = self.clause_before(sentence, mention.span.start)
        start = mention.span.start - len(clause)
        subject = next(
            (
                span
                for span in (
                    *(m.span for m in self.within(Span(start, mention.span.start))),
                    *self.generic(Span(start, mention.span.start)),
                )
                if span is not None and span.start <= start + 3
            ),
            None,
        )
        if subject is not None:  # 本届大会还将举办…, 论坛设有…
            predicate = text[subject.end : mention.span.start]
            if _ADDED.match(predicate) or _SET.fullmatch(predicate):
                return True
        if _ADDED.match(clause) or _FIRST_DAY_SET.search(clause):
            return True
        if _BELONGS.match(text, mention.span.end, sentence.end) or _ALONGSIDE.search(lead):
            return True
        owned = _OWNED.search(lead)
        if owned is None:
            return False
        at = sentence.start + owned.start()
        named = any(m.span and m.span.end == at for m in self.within(sentence))
        return named or any(
            g.end == at and not re.match(r"会|活动", g.of(text)) for g in self.generic(sentence)
        )

    def _continues(
        self, sentence: Span, mention: Argument, found: dict[str, tuple[str, Span]]
    ) -> bool:
        """Whether an event goes on the list of one that is a part by this sentence."""
        assert mention.span is not None
        before = [m for m in self.within(sentence) if m.span and m.span.end <= mention.span.start]
        if not before or before[-1].span is None:
            return False
        known = found.get(before[-1].name)
        gap = self.words.text[before[-1].span.end : mention.span.start]
        return known is not None and known[1] == sentence and _LIST_GAP.fullmatch(gap) is not None

    def _is_topic(self, sentence: Span, mention: Argument, main: Argument) -> bool:
        """Whether the main event was spoken of here or in the paragraph before."""
        layout = self.words.layout
        paragraph = layout.paragraph_at(sentence.start)
        if self.is_programme_line(sentence):
            return True
        assert mention.span is not None
        before = layout.paragraph_before(paragraph)
        window = Span(before.start, mention.span.start)
        return any(m.name == main.name for m in self.within(window)) or bool(self.generic(window))

    def _whole_before(
        self, sentence: Span, mention: Argument, main: Argument, found: dict[str, tuple[str, Span]]
    ) -> str:
        """The event named earlier in the same sentence, if it is no part, else the main one."""
        earlier = [
            m
            for m in self.within(sentence)
            if m.span
            and mention.span
            and m.span.end <= mention.span.start
            and m.name not in found
            and m.name != mention.name
        ]
        whole = earlier[0].name if earlier else main.name
        return found[whole][0] if whole in found else whole

    def _is_part(
        self, sentence: Span, mention: Argument, triggered: bool, before: bool, main: Argument
    ) -> bool:
        text = self.words.text
        assert mention.span is not None
        lead = text[sentence.start : mention.span.start]
        if re.search(r"(?:分|子|平行|专题)论坛\Z", mention.name):
            return True
        if _without_edition(mention.name) == _without_edition(main.name):
            return False  # 会上宣布，2031某某峰会将于明年举办: another edition
        if self._is_same_occasion(sentence, mention, main):
            return True
        if triggered:
            # 分论坛“…” and lists after 包括; a main event that merely has sub-forums stands
            # before the trigger and is held on its own date.
            first = next(SUB_TRIGGER.finditer(text, sentence.start, sentence.end))
            if first.start() < mention.span.start:
                return True
            after = text[mention.span.end : sentence.end]
            return (
                bool(
                    re.match(
                        r"[”」]?(?:[、和及以及“「一-鿿]{0,60}?)等?[^，。；]{0,10}(?:"
                        + SUB_TRIGGER.pattern
                        + ")",
                        after,
                    )
                    and not _HELD.search(
                        after[: after.find(first.group())] if first.group() in after else after
                    )
                )
                or re.search(r"除[^，。]*\Z", lead) is not None
            )
        if before and re.match(
            r"\s*(?:其中|此外|另外|在|当天|与此同时|同日|[^，。]{0,12}(?:上午|下午|当天"
            r"|晚)[^，。]{0,8})",
            text[sentence.start : sentence.end],
        ):
            return mention.name != main.name and not re.search(r"\d{4}年", lead)
        if _WITHIN.search(lead) and not re.search(r"\d{4}年\d{1,2}月", lead):
            return True
        return (
            re.search(
                r"(?:该|本届|此次)?(?:论坛|大会|峰会|年会|博览会)(?:的|框架下的?|下设的?"
                r"|重要组成部分)[“「]?\Z",
                lead,
            )
            is not None
        )

    def _is_same_occasion(self, sentence: Span, mention: Argument, main: Argument) -> bool:
        """Whether a meeting is told with nothing but a time of the main event's days.

        A day alone (19日，…) must stand in a paragraph that named the main event.
        """
        assert mention.span is not None
        if _INNER.search(mention.name) is None or _OWN_SERIES.match(mention.name):
            return False
        lead = self.words.text[sentence.start : mention.span.start]
        clause = (
            lead if len(lead) <= _SHORT_LEAD else self.clause_before(sentence, mention.span.start)
        )
        if _SAME_OCCASION.fullmatch(clause) is None and _AMONG.fullmatch(lead) is None:
            return False
        if re.match(r"[\s　]*(?:[当同次]|[上下晚中傍])", clause):
            return True
        if not re.search(r"\d", clause):
            return self._is_topic(sentence, mention, main)
        paragraph = self.words.layout.paragraph_at(sentence.start)
        near = self.within(Span(paragraph.start, mention.span.start))
        return any(m.name == main.name for m in near) or bool(
            self.generic(Span(sentence.start, mention.span.start))
        )

    def _mentions_only(self, sentence: Span, mention: Argument) -> bool:
        """Whether the event is only cited (a later or an earlier one, a decision of it)."""
        assert mention.span is not None
        text = self.words.text
        around = text[sentence.start : sentence.end]
        lead = text[sentence.start : mention.span.start]
        if _PAST.search(lead) and _HELD.search(around) is None:
            return True
        return _HELD.search(around) is None and not re.search(
            r"主题|出席|参加|致辞|主持|论坛上|会上|由", around
        )

    def within(self, span: Span) -> list[Argument]:
        """Mentions of named events inside ``span``."""
        found = self.references.within(span, "FORUM")
        return [a for a in found if a.span not in self._pointers]

    @cached_property
    def _mains(self) -> list[Argument]:
        """Events that are no parts; one that an umbrella event holds is still the main one."""
        umbrellas = self._structure.umbrellas
        return [
            m
            for m in self.forums
            if m.name not in umbrellas
            and (m.name not in self.parts or self.parts[m.name][0] in umbrellas)
        ]

    def main_before(self, offset: int) -> Argument | None:
        """The main event that the text before ``offset`` last spoke of."""
        before = [m for m in self._mains if m.span and m.span.start < offset]
        if before:
            held = [m for m in before if not self._mentions_only(self._sentence(m), m)]
            spoken = held or [m for m in before if not self._is_cited(m)]
            return spoken[-1] if spoken else None
        return None

    def _is_cited(self, mention: Argument) -> bool:
        """Whether an event is named for what it decided (贯彻…会议精神, …会议通过的《…》)."""
        assert mention.span is not None
        text = self.words.text
        return (
            _CITED_AFTER.match(text, mention.span.end) is not None
            or _CITED_BEFORE.search(text[max(0, mention.span.start - 16) : mention.span.start])
            is not None
        )

    def main_after(self, offset: int) -> Argument | None:
        """The next main event after ``offset``: a headline speaks of it before it is named.

        Only the headline and the first paragraph may speak of what is still to be named.
        """
        layout = self.words.layout
        if layout.paragraphs.index(layout.paragraph_at(offset)) > layout.headline:
            return None
        after = [m for m in self._mains if m.span and m.span.start >= offset]
        return after[0] if after else None

    def _sentence(self, mention: Argument) -> Span:
        assert mention.span is not None
        return self.words.layout.sentence_at(mention.span.start)

    @cached_property
    def _own_heads(self) -> tuple[str, ...]:
        """The words for a meeting that end the names of this text: 推进会, 宣传月."""
        heads: set[str] = set()
        for forum in self.forums:
            last = [m.group() for m in HEADS.finditer(forum.text) if m.end() == len(forum.text)]
            heads.update(h for h in last if len(h) >= 3 and not find_generic(h, Span(0, len(h))))
        return tuple(sorted(heads))

    def generic(self, span: Span) -> list[Span]:
        """Words that point back to an event, outside the named ones."""
        text = self.words.text
        named = [m.span for m in self.within(span) if m.span]
        found = find_generic(text, span)
        for head in self._own_heads:
            at = text.find(head, span.start, span.end)
            while at >= 0:
                before = text[max(span.start, at - 2) : at]
                if not re.search(r"[一-鿿]\Z", before) or re.search(r"[届次场该在的]\Z", before):
                    found.append(Span(at, at + len(head)))
                at = text.find(head, at + len(head), span.end)
        return sorted(g for g in found if not any(n.start <= g.start < n.end for n in named))

    def is_other(self, sentence: Span) -> bool:
        """Whether a sentence is about an event without a name (发布会, 签约仪式, 调研)."""
        return _OTHER_EVENT.search(self.words.text, sentence.start, sentence.end) is not None

    def event_at(self, sentence: Span, offset: int) -> Argument | None:
        """The event that a predicate at ``offset`` of ``sentence`` speaks of."""
        umbrellas = self._structure.umbrellas
        mentions = [m for m in self.within(sentence) if umbrellas.get(m.name) != sentence]
        before = [m for m in mentions if m.span and m.span.end <= offset]
        generic = [g for g in self.generic(sentence) if g.end <= offset]
        if not before and (pointed_at := self.one_of_two(sentence, offset)) is not None:
            return pointed_at
        if len(before) > 1 and before[-1].span is not None:
            # 甲论坛和乙沙龙，前者由…主持，后者由…承办
            pointed = list(_FIRST_OR_LAST.finditer(self.words.text, before[-1].span.end, offset))
            if pointed and not re.search(r"[；。]", self.words.text[pointed[-1].end() : offset]):
                return before[-2] if pointed[-1].group() == "前者" else before[-1]
        if before:
            last = before[-1]
            assert last.span is not None
            later = [
                g
                for g in generic
                if g.start >= last.span.end
                and re.match(r"本届|本次|此次|论坛|大会|年会|峰会", g.of(self.words.text))
                and not last.name.endswith(g.of(self.words.text))  # 某某论坛…，论坛由…: the same
            ]
            if (
                later
                and last.name in self.parts
                and not re.search(r"[，]", self.words.text[later[-1].end : offset])
            ):
                return self.main_before(offset)
            return last
        if generic:
            if _THIS_ONE.search(self.words.text[sentence.start : generic[-1].start]):
                return self.last_before(sentence)
            return self.meant_by(generic[-1], sentence)
        return self.focus_before(sentence) or self._only_one_after(sentence, offset)

    def _only_one_after(self, sentence: Span, offset: int) -> Argument | None:
        """The only event of the text, named soon after what is told of it (主办单位：…)."""
        names = {m.name for m in self.forums}
        first = self.forums[0] if len(names) == 1 else None
        if first is None or first.span is None:
            return None
        near = offset <= first.span.start <= sentence.end + _SOON
        return first if near else None

    def meant_by(self, generic: Span, sentence: Span) -> Argument | None:
        """The event that a word such as 论坛 or 本届大会 points back to; None for 上届论坛.

        The main event, unless the word names a kind that only another one is of: 论坛 where the
        main event is a 博览会 and one of its parts a 论坛.
        """
        if _EARLIER_EDITION.search(self.words.text, sentence.start, generic.end):
            return None
        main = self.main_before(sentence.start) or self.main_after(sentence.start)
        kind = _EVENT_KIND.search(generic.of(self.words.text))
        if main is None or kind is None or main.name.rstrip("）)").endswith(kind.group()):
            return main
        if any(kind.group() in name for name in (main.name, main.text, *main.aliases)):
            return main
        alike = [
            m
            for m in self.forums
            if m.span and m.span.end <= generic.start and m.name.endswith(kind.group())
        ]
        return alike[-1] if alike and alike[-1].name in self.parts else main

    def one_of_two(self, sentence: Span, offset: int) -> Argument | None:
        """The event that 前者 or 后者 before ``offset`` points to in the sentence before.

        甲圆桌会、乙研讨会是两场配套活动。前者由…主持；后者由…主办.
        """
        text = self.words.text
        pointed = list(_FIRST_OR_LAST.finditer(text, sentence.start, offset))
        if not pointed or re.search(r"[；。]", text[pointed[-1].end() : offset]):
            return None
        start = text[sentence.start : pointed[-1].start()].rstrip()
        if start and start[-1] not in "；，":
            return None
        paragraph = self.words.layout.paragraph_at(sentence.start)
        earlier = [
            s for s in self.words.layout.sentences if paragraph.start <= s.start < sentence.start
        ]
        named = self.within(earlier[-1]) if earlier else []
        if len(named) < 2:
            return None
        return named[-2] if pointed[-1].group() == "前者" else named[-1]

    def last_before(self, sentence: Span) -> Argument | None:
        """The event named last before a sentence, in its paragraph: what 这场活动 points to."""
        paragraph = self.words.layout.paragraph_at(sentence.start)
        named = self.within(Span(paragraph.start, sentence.start))
        return named[-1] if named else self.main_before(sentence.start)

    def focus_before(self, sentence: Span) -> Argument | None:
        """The last event of the sentence before, within the paragraph; else the main one."""
        paragraph = self.words.layout.paragraph_at(sentence.start)
        earlier = [
            m for m in self.forums if m.span and paragraph.start <= m.span.start < sentence.start
        ]
        if earlier and earlier[-1].name in self.parts:
            previous = [
                s
                for s in self.words.layout.sentences
                if paragraph.start <= s.start < sentence.start
            ]
            last = earlier[-1].span
            if previous and last and previous[-1].start <= last.start:
                return earlier[-1]
        return self.main_before(sentence.start)
