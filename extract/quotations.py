"""Facts of the type ``says``: who said what, in whose words, at which event.

Adds to ``doc._.facts``. A verb of the lexicon ``reporting_verbs.csv`` opens a statement. Its
speaker stands before it, with an occasion between them at most; its words are the quotation
beside it, or the clauses that follow up to the end of the sentence or to the next speaker.
What an unnamed speaker (有关负责人), a meeting or a report says is no fact.

Examples: 甲在致辞时表示，要加快转型。 → 甲, indirect; “成本还会下降。”乙说。 → 乙, direct.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from extract.discourse import Discourse
from extract.extensions import register_extensions
from extract.facts import Argument, Fact, Manner, Says, Span, TakesPart
from extract.lexicons import read_rows
from extract.persons import surnames
from extract.posts import Appointment, title_pattern
from extract.references import References
from extract.words import Words

# In the outline of a text every named mention is a row of one of these characters, as long as
# the mention, and every quoted speech a row of the last: patterns see kinds, not names.
_PERSON, _POST, _ORG, _PLACE, _FORUM, _TITLE, _SPEECH = map(chr, range(0xE000, 0xE007))
_MARKS = {
    "PERSON": _PERSON,
    "POST": _POST,
    "ORG": _ORG,
    "PLACE": _PLACE,
    "FORUM": _FORUM,
    "REGULATION": _TITLE,
}
_CLOSING = {"“": "”", "「": "」", '"': '"'}
_STOPS = "。！？!?…"
_TRAILING = "，。；、,; \u3000\r\n"
_MIN_WORDS = 3
_MIN_PLAIN_QUOTE = 8
_MAX_GAP = 90  # code points between a speaker and the verb
_LONGEST_SHORT = 6  # code points of a mention that is a surname with a title

# The full stop of a text in half-width punctuation.
_HALF_STOP = re.compile(r"(?<=[一-鿿”」）》])\.(?![0-9A-Za-z])")
_SENTENCE_STOP = re.compile(r"[。！？!?]+[”」』’）)]*|……")
# What may follow a name before the verb: brackets, titles, 等.
_NAME_TAIL = re.compile(
    rf"(?:[（(][^（）()]{{1,20}}[)）]|{_POST}|先生|女士|博士|院士|教授|同志|老师|师傅"
    rf"|(?:代表|委员)(?![{_ORG}{_PLACE}{_POST}])|等人|等|一行|本人)*"
)
_ADVERBS = re.compile(
    r"(?:也|还|则|又|均|都|曾|并|再|就|便|更|却|亦|即|同时|随后|最后|接着|进一步|特别|着重|明确"
    r"|多次|反复|一再|直接|公开|分别|一致|继续|续|曾经|今天|昨天|昨日|当天|日前|近日|此前|如是|这样"
    r"|\d{1,2}月\d{1,2}日|\d{1,2}日|上午|下午|今早|今晚|当晚|这么|对此|就此|为此|据此|因此|由此"
    r"|不过|但|而|首先|其次|另外|此外|共同|普遍|一同|坦率"
    r"|[一-鿿]{2,4}地|只是|只|总是|常|撰文|著文|高兴|自豪|坚定|激动|欣慰|动情|感慨|郑重"
    r"|笑着|开门见山|强调指出|表示赞同|\s)++\Z"
)
# 甲3月4日在北京表示: the day before the place.
_WHEN = re.compile(r"\A(?:\d{1,2}月)?\d{1,2}日(?:上午|下午|晚间?)?|\A(?:今天|昨天|昨日|日前|近日)")
# What stands between a speaker and the verb in one clause: 在致辞时, 接受采访时, 对记者.
_OCCASION = re.compile(
    r"(?:在|于|就|给|对|向|与|和|同|从|以|引述|引用|援引|围绕|针对|结合|通过|接受|出席|参加|致|谈"
    r"|说|回|主持|率|到|赴"
    r"|作|做|为|讲|发|代表|应邀|受访|一边|看|听|面对|现场|当场|介绍|解读|总结|会见|调研|考察|走访|宣读"
    r"|展望|提到|翻|指着|拿|站|算|带)[^，。；]{0,70}"
    r"(?:时|中|后|上|下|期间|之际|间隙|里|现场|前|会|并|记者|媒体|致辞|致词|讲话|发言|演讲|报告|环节"
    r"|采访|问题|提问|估算|数据|统计|资料|报告|的话|大家|嘉宾|代表|客人|同行)"
    rf"|在[{_PLACE}{_ORG}{_FORUM}]+[^，。；]{{0,8}}"
    rf"|代表[{_ORG}{_PLACE}{_POST}]+"
)
# What a speaker does at the same moment: 打开手机，指着曲线说.
_GESTURE = re.compile(
    r"(?:指着|拿着|拿出|拿起|捧着|翻开|翻着|望着|看着|边|一边|打开|掰着|晃着|笑|摇|点头|竖起|蹲下|站在)"
    r"[^，。；]{0,16}"
)
# How an institution speaks: 在公告中称, 发布消息称.
_INSTITUTION_OCCASION = re.compile(
    r"方面|在[^，。；]{1,30}(?:中|上|时|里)|(?:发布|发出|发表)(?:公告|消息|声明|通告|通报)?|发文"
    r"|回复[^，。；]{0,12}"
)
_SPEAKS_THERE = re.compile(r"致辞|致词|讲话|演讲|报告|发言|介绍|解读|授课|说|指出|通报|汇报")
_IS_THERE = re.compile(r"出席|参加|陪同|主持|在场|见证|参会|到场|列席")
_MUST = re.compile(r"要|应|必须|将|力争|须|不能|不要")
_BESIDE = re.compile(
    r"(?:时|中|后|上|下|期间|之际|间隙|里|现场|前|并|环节|采访|问题|提问|记者|媒体)\Z"
)
# A person after one of these is no subject: 会见甲, 由甲主持, 在甲陪同下.
_OBJECT_AFTER = re.compile(
    r"(?:会见|见到|陪同|邀请|听取|拜访|看望|慰问|感谢|采访|专访|任命|受|由|在|对|向|给|为|被|让|请|跟)了?\Z"
)
_COMPANY_AFTER = re.compile(r"(?:与|和|同|跟)\Z")
_TOGETHER = re.compile(r"座谈|会谈|交流|对话|会见|会面|签|对谈|通话")
_NOT_SUBJECT_AFTER = re.compile(
    r"(?:[在对向与和同由经从给到赴为被让请跟及、的是]|受到|根据|按照|代表|会同)\Z"
)
_PAUSES = re.compile(r"(?:是|如下|很明确|很直接)?[，：:]?[ \u3000]*")
_PAUSE = re.compile(r"[，：:]|[ \u3000]+")
_NOT_WORDS = re.compile(
    r"(?:[^，。；]{0,12}?的?)(?:感谢|祝贺|欢迎|慰问|敬意|谢意|肯定|支持|关切|赞同|赞赏|同意|满意"
    r"|哀悼|理解|认可|歉意|反对|不满|担忧|关注|欣慰)(?:[，。；！]|\Z)"
)
_NOT_CLAUSE = re.compile(r"[的了过着。；、）)”？！]")
_NOT_SAYING = re.compile(r"为|作|之|号|得|到|起|法|不清|不上|出|赞|[其他她它]为")  # 称为, 说起
_LIST_GOES_ON = re.compile(r"[二三四五六七八九]是|第[二三四五六七八九][，、是]|其[二三四][，、]")
_THIS = re.compile(r"这[位名]")
_POINTING_ORG = re.compile(
    r"该(局|部|委|厅|署|司|处|公司|集团|院|所|校|中心|协会|联盟|企业|行|市|省|县|区)"
)
_AT_EVENT = re.compile(
    r"会上|论坛|大会|峰会|年会|致辞|致词|讲话|演讲|发言|主旨|圆桌|对话|开幕|闭幕|主持|报告时|报告中"
)
_TO_COME = re.compile(r"(?:将于|将在|拟于)[^。]{0,60}(?:举行|举办|召开|开幕)")
_ELSEWHERE = re.compile(r"采访|专访|调研|考察|走访|座谈|记者|发布会|通气会|吹风会|受访|电话")

_AFTER_VERB = re.compile(r"说道|说|道|称|指出|指(?=[，：“])|到(?=[，：“])")
_COLON = re.compile(r"(?:是|如下|很明确|很直接)?[：:]|是，")
_IS_THIS = re.compile(r"是[，：:]")
_COUNTED = re.compile(  # 提出三点建议：, 强调了三个方面：
    r"(?P<done>了)?[^，。；：“”、]{0,6}[一两二三四五六七八九十几\d](?:点|条|项|个|方面|件|大|组|句|句话)"
    r"[^，。；：“”、]{0,6}[：:]"
)
_QUESTION = re.compile(r"(?:问|记者|主持人|提问)[：:]")
_ANSWER = re.compile(rf"(?:答|[{_ORG}{_PLACE}{_POST} \u3000]*(?P<name>{_PERSON}+))[：:]\s*")
# “…。”甲对未来充满信心。: who is told of right behind the words has said them.
_NAMED_NEXT = re.compile(
    rf"[{_ORG}{_PLACE}{_POST}]*(?P<name>{_PERSON}+)(?P<deed>[一-鿿]{{2,12}})(?=[。，！])"
)
_PRESS = re.compile(r"(?:记者|通讯员|编辑|摄影|主持人)\Z")
_NO_SPEECH_BEFORE = tuple("是的成作，、这")
_TOLD = re.compile(r"[一-鿿]{2,12}")
_BETWEEN = re.compile(r"[。！？”」，\s]*")
_HEARER = re.compile(
    rf"[^，。；：]{{1,24}}(?=[，：{_SPEECH}“]|说)|(?:本报|本台)?(?:记者|大家|我们?)(?=。)"
)


@dataclass(frozen=True, slots=True)
class _Verb:
    span: Span
    word: str
    complement: str
    speaker: str
    end: int  # past 说 or 道 and, of 告诉, past the hearer


@dataclass(frozen=True, slots=True)
class _Quote:
    """A quotation: ``span`` with its marks, ``words`` without, whether it ends like speech."""

    span: Span
    words: Span
    speech: bool


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Where a possible speaker stands; ``argument`` is None for 他 until it is resolved."""

    span: Span
    argument: Argument | None
    label: str
    pointing: bool = False


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement while it is being read: its words may still be cut at the next speaker."""

    speakers: tuple[Argument, ...]
    verb: _Verb
    words: Span
    manner: Manner
    lead: Span
    confidence: float


def find_statements(
    discourse: Discourse,
    references: References,
    appointments: Sequence[Appointment],
    facts: Sequence[Fact],
) -> list[Says]:
    """One fact for each speaker and each stretch of words, in text order.

    ``facts`` are those found so far: who takes part in an event speaks there.
    """
    reader = _Reader(discourse, references, appointments)
    statements = reader.read()
    parts = [fact for fact in facts if isinstance(fact, TakesPart)]
    found: list[Says] = []
    for statement in statements:
        event = _event(discourse, statement, parts, found)
        evidence = _evidence(discourse.words, statement)
        found += [
            Says(
                speaker=speaker,
                words=statement.words.of(discourse.words.source),
                words_span=statement.words,
                verb=statement.verb.word,
                manner=statement.manner,
                event=event,
                evidence=evidence,
                confidence=statement.confidence,
            )
            for speaker in statement.speakers
        ]
    return found


@cache
def _verbs() -> dict[str, dict[str, str]]:
    return {row["verb"]: row for row in read_rows("reporting_verbs.csv")}


@cache
def _verb_pattern() -> re.Pattern[str]:
    words = sorted(_verbs(), key=lambda w: (-len(w), w))
    return re.compile("|".join(map(re.escape, words)))


def find_quotes(text: str, paragraphs: Sequence[Span]) -> list[_Quote]:
    """Quotations of the outer level in text order.

    One that is open at the end of its paragraph goes on if the next paragraph opens with the
    same mark, as long speeches are set; else it is left out.
    """
    found: list[_Quote] = []
    opened: int | None = None
    for index, paragraph in enumerate(paragraphs):
        for at in range(paragraph.start, paragraph.end):
            char = text[at]
            if opened is None:
                if char in _CLOSING:
                    opened = at
            elif char == _CLOSING[text[opened]]:
                words = Span(opened + 1, at)
                ends = at > opened + 1 and text[at - 1] in _STOPS + "，；"
                found.append(_Quote(Span(opened, at + 1), words, ends))
                opened = None
            elif char == text[opened] and at != paragraph.start:
                opened = at  # the one before was never closed
        following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
        if opened is not None and (
            following is None or text[following.start] != text[opened] or text[opened] == '"'
        ):
            opened = None
    return found


class _Reader:
    """The outline of one text, and the statements that are read out of it."""

    def __init__(
        self, discourse: Discourse, references: References, appointments: Sequence[Appointment]
    ) -> None:
        self._words = discourse.words
        self._text = _HALF_STOP.sub("。", discourse.words.text)
        self._references = references
        self._titles = {a.person: a.title.of(self._text) for a in appointments}
        self._press = {span for span, title in self._titles.items() if _PRESS.search(title)}
        layout = discourse.words.layout
        self._body = layout.paragraphs[layout.headline :]
        self._quotes = find_quotes(self._text, self._body)
        self._quote_starts = {q.span.start: q for q in self._quotes}
        self._speakers = self._find_speakers()
        self._outline = self._find_outline()
        self._breaks = self._find_breaks()
        self._used: set[_Quote] = set()

    def read(self) -> list[_Statement]:
        """All statements in text order of their words."""
        answers = self._read_answers()
        answered = [a.words for a in answers]
        found: list[_Statement] = []
        for verb in self._find_verbs():
            if not _touches(answered, verb.span):
                found = self._read_verb(verb, found)
        found = [*answers, *found, *self._unattributed(found)]
        kept = [s for s in found if s.words.end - s.words.start >= _MIN_WORDS]
        return sorted(kept, key=lambda s: s.words)

    # --- the outline ---------------------------------------------------------------------

    def _find_speakers(self) -> list[_Speaker]:
        """Named persons and institutions, and the words that point back to them."""
        named: list[_Speaker] = []
        pointing: list[_Speaker] = []
        known: list[Argument] = []
        for argument in self._references.within(Span(0, len(self._text)), "PERSON"):
            assert argument.span is not None
            if argument.span in self._press:
                continue
            short = self._short_name(argument.span)
            if short is None:
                known.append(argument)
                named.append(_Speaker(argument.span, argument, "PERSON"))
                continue
            resolved = self._resolved(*short, known)
            if resolved is not None:
                pointing.append(resolved)
        taken = sorted(s.span for s in (*named, *pointing))
        pointing += self._titled(known, taken)
        pointing += [s for s in self._holders(known) if not _touches(taken, s.span)]
        pointing += self._parts_of_names(known, [s.span for s in named])
        covered = sorted(s.span for s in pointing)
        named = [s for s in named if not _touches(covered, s.span)]
        for argument in self._references.within(Span(0, len(self._text)), "ORG", "PLACE"):
            assert argument.span is not None
            if not _touches(covered, argument.span):
                named.append(_Speaker(argument.span, argument, argument.label))
        pointing += self._pronouns()
        pointing += self._pointing_institutions()
        return sorted([*named, *pointing], key=lambda s: s.span)

    def _short_name(self, span: Span) -> tuple[Span, str, str] | None:
        """顾教授 as surname and title; the mention may have cut the title (顾副省|长)."""
        match = title_pattern().match(self._text, span.start + 1)
        if match is None or match.end() < span.end or span.end - span.start > _LONGEST_SHORT:
            return None
        return Span(span.start, match.end()), self._text[span.start], match.group()

    def _titled(self, known: Sequence[Argument], taken: list[Span]) -> list[_Speaker]:
        """A surname right before a title where no mention was found."""
        first, _ = surnames()
        found: list[_Speaker] = []
        for match in title_pattern().finditer(self._text):
            at = match.start() - 1
            if at < 0 or self._text[at] not in first or not self._words.is_boundary(at):
                continue
            span = Span(at, match.end())
            if not _touches(taken, span):
                speaker = self._resolved(span, self._text[at], match.group(), known)
                if speaker is not None:
                    found.append(speaker)
        return found

    def _holders(self, known: Sequence[Argument]) -> list[_Speaker]:
        """这位局长: the holder of the title who was named last."""
        found: list[_Speaker] = []
        for match in _THIS.finditer(self._text):
            title = title_pattern().match(self._text, match.end())
            held = [
                a for a in known
                if title and a.span and a.span.start < match.start()
                and self._titles.get(a.span, "").endswith(title.group())
            ]  # fmt: skip
            if title is not None and held:
                found.append(self._pointer(Span(match.start(), title.end()), held[-1]))
        return found

    def _resolved(
        self, span: Span, surname: str, title: str, known: Sequence[Argument]
    ) -> _Speaker | None:
        """The person of this surname named before, rather one who holds the title."""
        before = [
            a for a in known
            if a.span and a.span.start < span.start and a.name.startswith(surname)
        ]  # fmt: skip
        if not before:
            return None
        held = [
            a for a in before
            if a.span and (mine := self._titles.get(a.span)) and (
                mine.endswith(title) or title.endswith(mine) or title in mine
            )
        ]  # fmt: skip
        return self._pointer(span, (held or before)[-1])

    def _pointer(self, span: Span, antecedent: Argument) -> _Speaker:
        wording = span.of(self._words.source)
        others = dict.fromkeys((antecedent.text, *antecedent.aliases))
        aliases = tuple(name for name in others if name not in (antecedent.name, wording))
        argument = replace(antecedent, text=wording, span=span, aliases=aliases)
        return _Speaker(span, argument, antecedent.label, pointing=True)

    def _parts_of_names(self, known: Sequence[Argument], named: list[Span]) -> list[_Speaker]:
        """林德伯格 for 埃里克·林德伯格, named before in full."""
        found: dict[Span, _Speaker] = {}
        named = sorted(named)
        firsts = {a.name: a for a in reversed(known)}
        for argument in firsts.values():
            family = re.split(r"[·•・]", argument.name)[-1]
            if family == argument.name or len(family) < 2 or argument.span is None:
                continue
            at = self._text.find(family, argument.span.end)
            while at >= 0:
                span = Span(at, at + len(family))
                if not any(s.start < at and s.end >= span.end for s in _around(named, span)):
                    found.setdefault(span, self._pointer(span, argument))
                at = self._text.find(family, span.end)
        return list(found.values())

    def _pronouns(self) -> list[_Speaker]:
        return [
            _Speaker(Span(word.start, word.end), None, "PERSON", pointing=True)
            for word in self._words.words
            if self._words.of(word) in ("他", "她", "其", "本人")
        ]

    def _pointing_institutions(self) -> list[_Speaker]:
        """该局, 该公司: the institution named last whose name ends so."""
        found: list[_Speaker] = []
        named = self._references.within(Span(0, len(self._text)), "ORG", "PLACE")
        for match in _POINTING_ORG.finditer(self._text):
            kind = "公司" if match[1] == "企业" else match[1]
            endings = {"公司": ("公司", "集团"), "校": ("大学", "学院", "学校")}.get(kind, (kind,))
            label = "PLACE" if kind in "市省县区" else "ORG"
            before = [
                a for a in named
                if a.span and a.span.end <= match.start()
                and a.label == label and a.name.endswith(endings)
            ]  # fmt: skip
            if before:
                found.append(self._pointer(Span(*match.span()), before[-1]))
        return found

    def _find_outline(self) -> str:
        chars = list(self._text)
        for span, argument in self._references.arguments.items():
            mark = _MARKS.get(argument.label)
            if mark is not None:
                chars[span.start : span.end] = mark * (span.end - span.start)
        for speaker in self._speakers:
            mark = _MARKS.get(speaker.label, _PERSON)
            span = speaker.span
            chars[span.start : span.end] = mark * (span.end - span.start)
        for quote in self._quotes:
            if quote.speech:
                span = quote.span
                chars[span.start : span.end] = _SPEECH * (span.end - span.start)
        return "".join(chars)

    def _find_breaks(self) -> list[int]:
        """Offsets at which a sentence of the outline ends, the end of the text included."""
        found = {0, len(self._text)}
        for paragraph in self._words.layout.paragraphs:
            found.update((paragraph.start, paragraph.end))
        found.update(m.end() for m in _SENTENCE_STOP.finditer(self._outline))
        for quote in self._quotes:
            if quote.speech:
                found.add(quote.span.end)
        return sorted(found)

    def _sentence_start(self, offset: int) -> int:
        return self._breaks[max(0, bisect_right(self._breaks, offset) - 1)]

    def _sentence_end(self, offset: int) -> int:
        """The end of the sentence that covers ``offset``; speech inside it is passed over."""
        index = bisect_right(self._breaks, offset)
        while index < len(self._breaks):
            end = self._breaks[index]
            inside = self._outline[end - 1 : end] == _SPEECH
            if not (inside and self._outline[end : end + 1] in ("，", "、", "；", "的", "等")):
                return end
            index += 1
        return len(self._text)

    def _find_verbs(self) -> list[_Verb]:
        found: list[_Verb] = []
        if not self._body:
            return found
        start, end = self._body[0].start, self._body[-1].end
        for match in _verb_pattern().finditer(self._outline, start, end):
            if not (
                self._words.is_boundary(match.start()) and self._words.is_boundary(match.end())
            ):
                continue
            row = _verbs()[match.group()]
            at = match.end()
            if self._outline[match.start() - 1] == "的" and _IS_THIS.match(self._outline, at):
                row = {**row, "complement": "colon"}  # 甲的判断是，…: a noun
            after = _AFTER_VERB.match(self._outline, at)
            if after is not None and self._words.is_boundary(after.end()):
                at = after.end()
            if row["complement"] == "colon" and _COLON.match(self._outline, at) is None:
                continue
            if row["complement"] == "object":
                hearer = _HEARER.match(self._outline, at)
                if hearer is None:
                    continue
                at = hearer.end()
            found.append(
                _Verb(Span(*match.span()), row["verb"], row["complement"], row["speaker"], at)
            )
        return found

    # --- one verb ------------------------------------------------------------------------

    def _read_verb(self, verb: _Verb, found: list[_Statement]) -> list[_Statement]:
        """The statements found so far with those of ``verb``; the last may have been cut."""
        start = self._sentence_start(verb.span.start)
        last = found[-1] if found else None
        inside = last is not None and last.words.start <= verb.span.start < last.words.end
        if last is not None and inside:
            start = max(start, last.verb.end)
        subject = self._subject(start, verb, found)
        if subject is None:
            return found
        speaker, speakers, lead = subject
        after = self._words_after(verb)
        if last is not None and inside:
            cut = self._cut(last, speaker, verb)
            if cut is None or after is None:
                return found
            found = [*found[:-1], replace(last, words=cut)]
        here: list[_Statement] = []
        before = None if verb.complement == "colon" else self._quote_before(verb, speaker)
        if before is not None and self._continues(before, verb, speakers, found):
            before = None
        if before is not None:
            self._used.add(before)
            here.append(self._statement(speakers, verb, before.words, "direct", lead, speaker))
        if before is None and after is None:
            clauses = self._clauses_before(verb, speaker)
            if clauses is not None:
                here.append(self._statement(speakers, verb, clauses, "indirect", lead, speaker))
        if verb.complement == "colon":
            wording = self._text[speaker.span.end : verb.span.end].lstrip("的")
            verb = replace(verb, word=wording)
        if after is not None:
            words, manner = after
            here.append(self._statement(speakers, verb, words, manner, lead, speaker))
        return [*found, *here]

    def _statement(
        self,
        speakers: tuple[Argument, ...],
        verb: _Verb,
        words: Span,
        manner: Manner,
        lead: Span,
        speaker: _Speaker,
    ) -> _Statement:
        confidence = 0.95 if manner == "direct" else 0.9
        if speaker.label != "PERSON":
            confidence -= 0.1
        if speaker.pointing:
            confidence -= 0.1
        if "，" in self._outline[speaker.span.end : verb.span.start]:
            confidence -= 0.1
        return _Statement(speakers, verb, self._trimmed(words), manner, lead, round(confidence, 2))

    def _subject(
        self, start: int, verb: _Verb, found: Sequence[_Statement]
    ) -> tuple[_Speaker, tuple[Argument, ...], Span] | None:
        """The speaker of a verb, all that speak with it, and the stretch from start to verb."""
        clause = max(start, self._outline.rfind("；", start, verb.span.start) + 1)
        first = bisect_left(self._speakers, clause, key=lambda s: s.span.start)
        past = bisect_left(self._speakers, verb.span.start, key=lambda s: s.span.start)
        for index in range(past - 1, first - 1, -1):
            speaker = self._speakers[index]
            if verb.span.start - speaker.span.end > _MAX_GAP:
                break
            if self._speaks(speaker, clause, verb):
                resolved = self._resolve(speaker, found)
                if resolved is None:
                    return None
                speakers = (*self._others(index, clause, verb), resolved)
                return speaker, speakers, Span(clause, verb.span.start)
        lead = self._outline[clause : verb.span.start]
        same = found and clause > start and _ADVERBS.sub("", lead) == ""
        if same and found[-1].verb.span.start >= self._sentence_start(verb.span.start):
            at = Span(clause, clause)
            speaker = _Speaker(at, found[-1].speakers[-1], "PERSON", pointing=True)
            return speaker, found[-1].speakers, Span(clause, verb.span.start)
        return None

    def _speaks(self, speaker: _Speaker, start: int, verb: _Verb) -> bool:
        """Whether nothing between a speaker and the verb keeps them apart."""
        gap = self._outline[speaker.span.end : verb.span.start]
        if _SPEECH in gap or "\n" in gap:
            return False
        tail = _NAME_TAIL.match(gap)
        gap = _ADVERBS.sub("", gap[tail.end() :] if tail else gap)
        gap = _WHEN.sub("", gap)
        before = self._before_name(speaker, start)
        if speaker.label != "PERSON":
            occasion = _INSTITUTION_OCCASION.fullmatch(gap) is not None
            told = speaker.label == "ORG" and gap == "" and self._pauses(verb.end)
            if not (occasion or told) and (gap or verb.speaker == "person"):
                return False
            return _NOT_SUBJECT_AFTER.search(before) is None
        if verb.complement == "colon":
            return len(gap) <= 12 and re.search(r"[，。；：]", gap) is None
        if verb.word == "看来":
            return gap == "" and before.endswith("在")
        if gap == "":
            return _OBJECT_AFTER.search(before) is None or before.endswith("在")
        if _OBJECT_AFTER.search(before) or before.endswith("据"):
            return False
        if _COMPANY_AFTER.search(before):
            return False
        if "，" not in gap:
            return (_OCCASION.fullmatch(gap) or _GESTURE.fullmatch(gap)) is not None
        if verb.span.end == verb.end and verb.complement == "pause" and not self._pauses(verb.end):
            return False
        pieces = gap.split("，")
        ending = _ADVERBS.sub("", pieces[-1])
        if pieces[0][:1] in ("的", "、", "所"):
            return False
        return (
            ending == ""
            or _GESTURE.fullmatch(ending) is not None
            or (_OCCASION.fullmatch(ending) is not None and _BESIDE.search(ending) is not None)
        )

    def _before_name(self, speaker: _Speaker, start: int) -> str:
        """What stands before the noun phrase that ends in a speaker's name."""
        at = speaker.span.start
        while at > start and self._outline[at - 1] in (_POST, _ORG, _PLACE):
            at -= 1
        return self._outline[max(start, at - 4) : at]

    def _others(self, index: int, start: int, verb: _Verb) -> tuple[Argument, ...]:
        """Those who stand in one list with the speaker: 甲、乙等表示."""
        found: list[Argument] = []
        speaker = self._speakers[index]
        together = _TOGETHER.search(self._outline, speaker.span.end, verb.span.start)
        for other in reversed(self._speakers[:index]):
            if other.span.start < start:
                break
            if other.label != speaker.label:
                continue
            gap = self._outline[other.span.end : speaker.span.start]
            between = re.sub(f"[{_POST}{_ORG}{_PLACE}]+", "", gap)
            if between not in ("、", "和", "与", "及", "以及") or other.argument is None:
                break
            if together and between != "、":
                break
            found.append(other.argument)
            speaker = other
        return tuple(reversed(found))

    def _resolve(self, speaker: _Speaker, found: Sequence[_Statement]) -> Argument | None:
        if speaker.argument is not None:
            return speaker.argument
        antecedent = self._antecedent(speaker.span.start, found)
        return None if antecedent is None else self._pointer(speaker.span, antecedent).argument

    def _antecedent(self, offset: int, found: Sequence[_Statement]) -> Argument | None:
        """Who 他 is: the last speaker, or a subject named after what that one said."""
        since = 0
        if found:
            last = found[-1]
            since = max(last.words.end, last.verb.end)
        first = bisect_left(self._speakers, since, key=lambda s: s.span.start)
        past = bisect_left(self._speakers, offset, key=lambda s: s.span.start)
        near: list[_Speaker] = []
        for speaker in reversed(self._speakers[first:past]):
            if speaker.label != "PERSON" or speaker.argument is None:
                continue
            if self._outline[speaker.span.start] == _SPEECH:
                continue
            start = self._sentence_start(speaker.span.start)
            if near and start != self._sentence_start(near[-1].span.start):
                break
            before = self._before_name(speaker, start)
            if not (_OBJECT_AFTER.search(before) or _COMPANY_AFTER.search(before)):
                near.append(speaker)
        if near:
            return self._leading(near[::-1], offset).argument
        return found[-1].speakers[-1] if found else None

    def _leading(self, near: Sequence[_Speaker], offset: int) -> _Speaker:
        """Of the persons of a sentence the last who speaks there, not one who only attends."""
        ends = [
            *(s.span.start for s in near[1:]),
            min(offset, self._sentence_end(near[-1].span.end)),
        ]
        deeds = [self._text[s.span.end : end] for s, end in zip(near, ends, strict=True)]
        speaking = [s for s, deed in zip(near, deeds, strict=True) if _SPEAKS_THERE.search(deed)]
        if speaking:
            return speaking[-1]
        return near[0] if _IS_THERE.search(deeds[-1]) else near[-1]

    # --- words ---------------------------------------------------------------------------

    def _pauses(self, offset: int) -> bool:
        return _PAUSE.match(self._outline, offset) is not None or self._is_speech_at(offset)

    def _is_speech_at(self, offset: int) -> bool:
        return self._outline[offset : offset + 1] == _SPEECH

    def _cut(self, last: _Statement, speaker: _Speaker, verb: _Verb) -> Span | None:
        """The words of the last statement up to the clause of another speaker, if it is one."""
        if last.manner == "direct":
            return None
        at = max(self._outline.rfind(mark, last.words.start, speaker.span.start) for mark in "，；")
        if at < 0 or (speaker.argument is None and not self._pauses(verb.end)):
            return None
        if speaker.label != "PERSON" and self._outline[at] != "；":
            return None
        return self._trimmed(Span(last.words.start, at))

    def _quote_before(self, verb: _Verb, speaker: _Speaker) -> _Quote | None:
        """The quotation whose speaker is named after it, as in “…。”甲说."""
        index = bisect_right(self._quotes, speaker.span.start, key=lambda q: q.span.end) - 1
        if index < 0:
            return None
        quote = self._quotes[index]
        gap = self._outline[quote.span.end : speaker.span.start]
        if quote in self._used or len(gap) > 60 or re.search(r"[。；！？\n]", gap):
            return None
        opener = self._outline[quote.span.start - 1 : quote.span.start]
        opens = opener in ("", "\n", " ", "\u3000", _SPEECH, *_STOPS)
        following = self._outline[verb.end : verb.end + 1]
        if following not in ("", "。", "，", "：", "\n", "“", _SPEECH):
            return None
        if quote.speech:
            return quote if opens or opener == "，" else None
        beside = re.sub(f"[{_POST}{_ORG}{_PLACE}]+", "", gap) in ("", "，")
        ends = following in ("", "。", "\n", "“", _SPEECH)
        long = quote.words.end - quote.words.start >= _MIN_PLAIN_QUOTE
        return quote if beside and ((ends and opens) or (long and (ends or opens))) else None

    def _clauses_before(self, verb: _Verb, speaker: _Speaker) -> Span | None:
        """The clauses whose speaker ends the sentence, as in 成本会降，甲说."""
        if self._outline[verb.end : verb.end + 1] not in ("。", "！", "？"):
            return None
        start = self._sentence_start(verb.span.start)
        comma = self._outline.rfind("，", start, speaker.span.start)
        between = self._outline[comma + 1 : speaker.span.start]
        if comma < 0 or re.fullmatch(f"[{_POST}{_ORG}{_PLACE}]*", between) is None:
            return None
        if _PERSON in self._outline[start:comma] or verb.complement == "colon":
            return None
        return Span(start, comma)

    def _continues(
        self,
        quote: _Quote,
        verb: _Verb,
        speakers: tuple[Argument, ...],
        found: Sequence[_Statement],
    ) -> bool:
        """Whether it goes on with what the last speaker said, as in 甲说，…。“…。”乙则说，….

        The verb after it then has words of its own.
        """
        if not found or not self._follows(found[-1], quote) or found[-1].speakers == speakers:
            return False
        comma = self._text[quote.words.end - 1] == "，"
        return not comma and self._outline[verb.end : verb.end + 1] in ("，", "：")

    def _follows(self, statement: _Statement, quote: _Quote) -> bool:
        """Whether a quotation stands right after a statement, in the same paragraph."""
        end = max(statement.words.end, statement.verb.end)
        between = self._outline[end : quote.span.start]
        return "\n" not in between and _BETWEEN.fullmatch(between) is not None

    def _unattributed(self, found: Sequence[_Statement]) -> list[_Statement]:
        """Quotations right after a statement that nobody else is said to have made."""
        more: list[_Statement] = []
        for quote in self._quotes:
            if quote in self._used:
                continue
            told = self._told(quote)
            if told is not None:
                more.append(told)
                continue
            before = [s for s in found if max(s.words.end, s.verb.end) <= quote.span.start]
            after = self._outline[quote.span.end : quote.span.end + 1]
            if not quote.speech or after in _NO_SPEECH_BEFORE:
                continue
            if not (before and self._follows(before[-1], quote)):
                named = self._named_behind(quote)
                if named is not None:
                    more.append(named)
            else:
                last = before[-1]
                words, confidence = self._trimmed(quote.words), round(last.confidence - 0.2, 2)
                more.append(replace(last, words=words, manner="direct", confidence=confidence))
        return more

    def _named_behind(self, quote: _Quote) -> _Statement | None:
        """A quotation that opens a paragraph, said by who is named next (“…。”甲笑了)."""
        paragraph = self._words.layout.paragraph_at(quote.span.start)
        if self._text[paragraph.start : quote.span.start].strip():
            return None
        named = _NAMED_NEXT.match(self._outline, quote.span.end)
        speaker = None if named is None else self._speaker_at(named.start("name"))
        if named is None or speaker is None:
            return None
        span = Span(*named.span("deed"))
        verb = _Verb(span, span.of(self._text), "pause", "person", span.end)
        words, lead = self._trimmed(quote.words), Span(quote.span.end, span.end)
        return _Statement((speaker,), verb, words, "direct", lead, 0.7)

    def _told(self, quote: _Quote) -> _Statement | None:
        """A quotation after a colon that no verb of saying brings, as in 甲指着塔筒：“…”."""
        colon = quote.span.start - 1
        if self._outline[max(0, colon) : quote.span.start] != "：":
            return None
        ends = self._outline[quote.span.end : quote.span.end + 1] in ("", "。", "！", "？", "\n")
        if not (quote.speech or (ends and quote.words.end - quote.words.start >= 6)):
            return None
        start = self._sentence_start(colon)
        first = bisect_left(self._speakers, start, key=lambda s: s.span.start)
        past = bisect_left(self._speakers, colon, key=lambda s: s.span.start)
        persons = [s for s in self._speakers[first:past] if s.label == "PERSON" and s.argument]
        if not persons:
            return None
        speaker = persons[-1]
        wording = self._text[speaker.span.end : colon]
        before = self._before_name(speaker, start)
        if _TOLD.fullmatch(wording) is None or _OBJECT_AFTER.search(before):
            return None
        span = Span(speaker.span.end, colon)
        verb = _Verb(span, wording, "colon", "person", colon)
        speakers = (speaker.argument,) if speaker.argument else ()
        words = self._trimmed(quote.words)
        return _Statement(speakers, verb, words, "direct", Span(start, colon), 0.7)

    def _read_answers(self) -> list[_Statement]:
        """The answers of an interview that is set as 问：… 答：… or under the names."""
        body = self._body
        asked = [p for p in body if _QUESTION.match(self._outline, p.start)]
        if not asked:
            return []
        found: list[_Statement] = []
        answerer = self._antecedent(asked[0].start, ())
        for index, paragraph in enumerate(body):
            match = _ANSWER.match(self._outline, paragraph.start)
            if match is None or paragraph < asked[0]:
                continue
            if match["name"]:
                named = self._speaker_at(match.start("name"))
                answerer = named if named is not None else answerer
            if answerer is None:
                continue
            end = paragraph.end
            for following in body[index + 1 :]:
                if following > asked[-1] or (
                    _QUESTION.match(self._outline, following.start)
                    or _ANSWER.match(self._outline, following.start)
                ):
                    break
                end = following.end
            label = Span(match.start(), match.end())
            verb = _Verb(label, "答", "pause", "person", match.end())
            words = self._trimmed(Span(match.end(), max(match.end(), end)))
            found.append(_Statement((answerer,), verb, words, "direct", label, 0.85))
        return found

    def _speaker_at(self, offset: int) -> Argument | None:
        index = bisect_left(self._speakers, offset, key=lambda s: s.span.start)
        return self._speakers[index].argument if index < len(self._speakers) else None

    def _words_after(self, verb: _Verb) -> tuple[Span, Manner] | None:
        """The words that follow a verb, quoted or not; None when none do."""
        pause = _PAUSES.match(self._outline, verb.end)
        at = pause.end() if pause else verb.end
        paused = at > verb.end
        if self._outline[at - 1 : at] in ("：", ":"):
            while self._outline[at : at + 1] in ("\n", "\r", " ", "\u3000"):
                at += 1
            if at - verb.end > 1 and "\n" in self._outline[verb.end : at]:
                return self._quoted(at, colon=True)  # the speech is a paragraph of its own
        counted = None if paused else _COUNTED.match(self._outline, verb.end)
        if counted is not None and (counted["done"] or verb.complement == "pause"):
            at, paused = counted.end(), True
        quoted = self._quoted(at, colon=self._outline[verb.end : verb.end + 1] in ("：", ":"))
        if quoted is not None:
            return quoted
        if not paused and (
            (verb.complement != "clause" and _MUST.match(self._outline, at) is None)
            or _NOT_CLAUSE.match(self._outline, at) is not None
            or (
                verb.word in ("说", "称", "讲") and _NOT_SAYING.match(self._outline, at) is not None
            )
        ):
            return None
        if verb.word == "表示" and not paused and _NOT_WORDS.match(self._outline, at):
            return None
        end = self._sentence_end(at)
        while (more := _LIST_GOES_ON.match(self._outline, end)) is not None:
            end = self._sentence_end(more.end())
        return (Span(at, end), "indirect") if at < end else None

    def _quoted(self, at: int, *, colon: bool) -> tuple[Span, Manner] | None:
        """The quotation that opens at ``at``, with those that follow it at once."""
        quote = self._quote_starts.get(at)
        if quote is None or quote in self._used:
            return None
        after = self._outline[quote.span.end : quote.span.end + 1]
        long = quote.words.end - quote.words.start >= _MIN_PLAIN_QUOTE
        ends = after in ("", "。", "！", "？", "；", "\n", "\r")
        told = quote.speech and after not in ("、", "的", "等")
        if not (told or ends or (colon and long and after == "，")):
            return None
        self._used.add(quote)
        last = quote
        while (more := self._quote_starts.get(last.span.end)) is not None and more.speech:
            self._used.add(more)
            last = more
        return Span(quote.words.start, last.words.end), "direct"

    def _trimmed(self, span: Span) -> Span:
        """Without white space and the reporter's punctuation at the end."""
        start, end = span.start, span.end
        while end > start and self._text[end - 1] in _TRAILING:
            end -= 1
        while start < end and self._text[start] in _TRAILING:
            start += 1
        return Span(start, end)


def _around(spans: list[Span], span: Span) -> list[Span]:
    """Of sorted spans that do not overlap, those that may touch ``span``."""
    index = bisect_right(spans, span)
    return spans[max(0, index - 1) : index + 1]


def _touches(spans: list[Span], span: Span) -> bool:
    return any(s.start < span.end and span.start < s.end for s in _around(spans, span))


def _evidence(words: Words, statement: _Statement) -> Span:
    """The sentences from the speaker, or the words before it, to the end of the words."""
    first = min(statement.words.start, statement.lead.start, statement.verb.span.start)
    while words.text[first].isspace():
        first += 1
    last = max(statement.words.end, statement.verb.end) - 1
    start = words.layout.sentence_at(first).start
    return Span(start, words.layout.sentence_at(last).end)


# --- the event ---------------------------------------------------------------------------


def _event(
    discourse: Discourse,
    statement: _Statement,
    parts: Sequence[TakesPart],
    found: Sequence[Says],
) -> Argument | None:
    """The named event at which the words were said."""
    text = discourse.words.text
    verb = statement.verb
    if verb.word == "答":
        return None
    sentence = discourse.words.layout.sentence_at(verb.span.start)
    lead = Span(max(statement.lead.start, sentence.start), verb.end)
    named = discourse.within(lead)
    if named:
        return named[-1]
    wording = lead.of(text)
    if _ELSEWHERE.search(wording):
        return None
    if _AT_EVENT.search(wording) and not discourse.is_other(lead):
        event = discourse.event_at(sentence, verb.span.start)
        if event is not None and event.span is not None and event.span.start < sentence.end:
            return event
    names = {speaker.name for speaker in statement.speakers}
    own = [
        p for p in parts
        if p.person.name in names
        and p.evidence.start <= sentence.start
        and (p.event.span is None or p.event.span.start < sentence.end)
    ]  # fmt: skip
    if own:
        return own[-1].event
    paragraph = discourse.words.layout.paragraph_at(verb.span.start)
    paragraphs = discourse.words.layout.paragraphs
    near = paragraphs[max(0, paragraphs.index(paragraph) - 1)]
    earlier = [s for s in found if s.evidence.start >= near.start]
    if any(speaker.label != "PERSON" for speaker in statement.speakers):
        return None
    if earlier and (earlier[-1].event or earlier[-1].evidence.start >= paragraph.start):
        return earlier[-1].event
    opening = Span(paragraph.start, max(paragraph.start, lead.start))
    if _TO_COME.search(opening.of(text)):
        return None
    if discourse.within(opening) or (
        discourse.generic(opening) and not discourse.is_other(opening)
    ):
        return discourse.focus_before(sentence)
    return None


@Language.factory(
    "tanpu_quotations",
    assigns=["doc._.facts"],
    requires=["doc._.references", "doc._.appointments"],
)
def create_quotations(nlp: Language, name: str) -> QuotationReader:
    """The component by its registered name."""
    return QuotationReader()


class QuotationReader:
    """Adds the facts of what was said."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        discourse = Discourse.from_doc(doc)
        facts = find_statements(discourse, doc._.references, doc._.appointments, doc._.facts)
        doc._.facts = (*doc._.facts, *facts)
        return doc
