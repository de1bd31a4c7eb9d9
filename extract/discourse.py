"""Which event a passage is about, and what 论坛, 本届大会 or 会上 point back to.

Sets nothing by itself: the event components (programme, organizers, participation) ask it.

Examples: after 某某论坛3月27日举办 the words 论坛由…牵头 speak of that forum; in a
sentence on parallel forums each named forum is a part of the main one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from extract.facts import Argument, Span
from extract.forums import find_generic
from extract.references import References
from extract.words import Words

SUB_TRIGGER = re.compile(
    r"平行(?:分)?论坛|分论坛|子论坛|主题论坛|专题论坛|专题会议|分会场|配套活动|系列活动"
    r"|专场活动|平行会议|边会|同期活动|平行分会|专题研讨|主题边会|专场(?!馆)|分会(?=为|是"
    r"|：|场)"
)
_HELD = re.compile(r"举行|举办|召开|开幕|拉开帷幕|启幕|落幕|闭幕|揭幕|开启|启动|举办的|主办|承办")
_WITHIN = re.compile(
    r"(?:其间|期间|同期|会期内|会议期间|论坛期间|大会期间|作为[^，。]{0,16}|会上(?:还"
    r"|同步)?(?:举行|举办)|会上还)"
)
# 三年前曾在首次某某大会上致辞: an earlier event is cited, the passage is not about it.
_PAST = re.compile(r"年前|曾[^，。]{0,16}|上一?届|往届|首次|早在|历届|去年的?")
_OTHER_EVENT = re.compile(r"(?:新闻)?发布会|吹风会|签约仪式|通气会|座谈会|专题会议|调研")


@dataclass(frozen=True)
class Discourse:
    """Events of a document in text order, each main or part of a main one."""

    words: Words
    references: References

    @cached_property
    def forums(self) -> tuple[Argument, ...]:
        """Mentions of named events in text order."""
        return tuple(
            sorted(
                (a for a in self.references.arguments.values() if a.label == "FORUM" and a.span),
                key=lambda a: a.span or Span(0, 0),
            )
        )

    @cached_property
    def parts(self) -> dict[str, tuple[str, Span]]:
        """Name of each sub-event to the name of its whole and the sentence that says so."""
        found: dict[str, tuple[str, Span]] = {}
        text = self.words.text
        main: Argument | None = None
        trigger_before = False
        paragraph: Span | None = None
        for sentence in self.words.layout.sentences:
            here = self.words.layout.paragraph_at(sentence.start)
            if here != paragraph:
                trigger_before, paragraph = False, here
            mentions = self.within(sentence)
            triggers = list(SUB_TRIGGER.finditer(text, sentence.start, sentence.end))
            triggers = [
                t
                for t in triggers
                if not any(m.span and m.span.start <= t.start() < m.span.end for m in mentions)
            ]
            for mention in mentions:
                assert mention.span is not None
                if main is None or mention.name == main.name:
                    main = main or mention
                    continue
                if mention.name in found:
                    continue
                if self._is_part(sentence, mention, bool(triggers), trigger_before, main):
                    whole = self._whole_before(sentence, mention, main, found)
                    found[mention.name] = (whole, sentence)
                elif not self._mentions_only(sentence, mention):
                    main = mention
            trigger_before = trigger_before or bool(triggers)
        return found

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
        return earlier[0].name if earlier else main.name

    def _is_part(
        self, sentence: Span, mention: Argument, triggered: bool, before: bool, main: Argument
    ) -> bool:
        text = self.words.text
        assert mention.span is not None
        lead = text[sentence.start : mention.span.start]
        if re.search(r"(?:分|子|平行|专题)论坛\Z", mention.name):
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
        return self.references.within(span, "FORUM")

    @cached_property
    def _mains(self) -> list[Argument]:
        return [m for m in self.forums if m.name not in self.parts]

    def main_before(self, offset: int) -> Argument | None:
        """The main event that the text before ``offset`` last spoke of."""
        before = [m for m in self._mains if m.span and m.span.start < offset]
        if before:
            held = [m for m in before if not self._mentions_only(self._sentence(m), m)]
            return (held or before)[-1]
        return None

    def main_after(self, offset: int) -> Argument | None:
        """The next main event after ``offset``: a headline speaks of it before it is named."""
        after = [m for m in self._mains if m.span and m.span.start >= offset]
        return after[0] if after else None

    def _sentence(self, mention: Argument) -> Span:
        assert mention.span is not None
        return self.words.layout.sentence_at(mention.span.start)

    def generic(self, span: Span) -> list[Span]:
        """Words that point back to an event, outside the named ones."""
        named = [m.span for m in self.within(span) if m.span]
        return [
            g
            for g in find_generic(self.words.text, span)
            if not any(n.start <= g.start < n.end for n in named)
        ]

    def is_other(self, sentence: Span) -> bool:
        """Whether a sentence is about an event without a name (发布会, 签约仪式, 调研)."""
        return _OTHER_EVENT.search(self.words.text, sentence.start, sentence.end) is not None

    def event_at(self, sentence: Span, offset: int) -> Argument | None:
        """The event that a predicate at ``offset`` of ``sentence`` speaks of."""
        mentions = self.within(sentence)
        before = [m for m in mentions if m.span and m.span.end <= offset]
        generic = [g for g in self.generic(sentence) if g.end <= offset]
        if before:
            last = before[-1]
            assert last.span is not None
            later = [
                g
                for g in generic
                if g.start >= last.span.end
                and re.match(r"本届|本次|此次|论坛|大会|年会|峰会", g.of(self.words.text))
            ]
            if (
                later
                and last.name in self.parts
                and not re.search(r"[，]", self.words.text[later[-1].end : offset])
            ):
                return self.main_before(offset)
            return last
        if generic:
            return self.main_before(sentence.start) or self.main_after(sentence.start)
        return self.focus_before(sentence)

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
