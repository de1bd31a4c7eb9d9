"""Facts on events themselves: when, where, under which theme, as part of what.

Adds ``held_on``, ``held_at``, ``theme`` and ``part_of`` to ``doc._.facts``.

Examples: 某某论坛10月28日至29日在某市举行; 以“…”为主题的某某大会; 9场平行论坛包括…
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from spacy.language import Language
from spacy.tokens import Doc

from extract.dates import DateMention, to_first_last_day
from extract.discourse import Discourse
from extract.extensions import register_extensions
from extract.facts import Argument, Fact, HeldAt, HeldOn, PartOf, Span, Theme
from extract.references import References

_HELD = re.compile(
    r"举行|举办|召开|开幕|拉开帷幕|拉开序幕|启幕|揭幕|开启|落幕|落下帷幕|闭幕|启动|举办的|举行的"
    r"|召开的|亮相|登场|收官|圆满结束|开馆|闭馆|开赛|开骑|开跑|开讲|开锣|开场|散场|启航|移师|上演"
    r"|开营|结束(?!后|时|之后)|进行(?=[，。；])"
)
_CLOSING = re.compile(r"落幕|落下帷幕|闭幕|收官|圆满结束|闭馆|散场|结束")
# 某某论坛昨日举行新闻发布会: the day and the place of the press meeting.
_PRESS_MEETING = re.compile(
    r"了?[^，。；]{0,8}?(?:新闻发布|新闻通气|媒体通气|媒体吹风|吹风|通气|发布)会"
)
_LASTING = re.compile(
    r"(?:为期|会期|历时|持续|一连|连续|连开|前后|共)([一二两三四五六七八九十]|\d{1,2})天"
)
_DAYS = {n: i for i, n in enumerate("零一二三四五六七八九十")} | {"两": 2}
_SESSION = re.compile(r"(?:次会议|常务会议|全体会议)\Z")
# 第四届论坛于…举办, in an article on the fifth: another edition.
_OTHER_EDITION = re.compile(r"(?:第[一二三四五六七八九十\d]+届|上一?届|下一?届|往届|首届)\Z")
_UNTIL = re.compile(r"(?:持续(?:至|到)|将于|至|到|延续至|截至)\s*\Z")
# 某某论坛5月8日将在…: what may stand between an event and its 在.
_ADVERB = re.compile(
    r"[”」’』]|[（(][^（）()]{0,60}[)）]|将|拟|定(?=于|在)|也|则|已|均|正式|如期|隆重|同步|同期|先后|分别|，"
    r"|把会场|[首次当]日|当天|上午|下午|晚间?|今天|昨天|昨日|今日|明天|日前|近日|当地时间|开幕式"
)
_SITED = re.compile(
    r"(?:在|于|假|落户|移师|走进|登陆|来到|亮相|搬到了?|搬进了?|移至|移到了?|移往|设在|设于)(?:位于|地处)?(?:[^，。；、在]{0,12}的)?"
)
_NO_SITE = re.compile(
    r"(?:[^，。；]{0,6})(?:引发|引起|反响|取得|受到|影响|期间|以来|精神|之后|落地见效|的基础|的指导|的支持)"
)
_SITE_NOUN = re.compile(
    r"(?:主会场|会场|会址|举办地|举办地点|活动地点|会议地点|地点)(?:均|分别|则)?"
    r"(?:设在|设于|搬到了?|搬进了?|移到了?|移至|改在|改到了?|转到了?|定在|选在|选址|安排在|位于|在|为|是|：)[^，。；、]{0,4}\Z"
    # 峰会设在某某中心
    r"|(?<![一-鿿])(?:本届|此次|本次|今年的?)?(?:论坛|大会|峰会|年会|博览会|研讨会|对话会"
    r"|会议)(?:设在|设于|安排在|选在|选址)\Z"
)
# 5月6日上午，某市市长甲、某院院长乙致辞
_OPENS_AT = re.compile(
    r"[\s　]*(?P<day>(?:\d{1,2}月)?\d{1,2}日)(?:上午|下午|晚)?"
    r"，[^。；]{2,120}?致(?:欢迎|开幕)?[辞词]"
)
# 代表在某某中心落座，某某论坛由此开场: whoever gathers there, gathers for the event.
_GATHERS = re.compile(r"(?:落座|齐聚|相聚|聚首|碰面|聚在一起|会聚)[^。；]{0,8}?，?[“「]?")
# 17日下午的这场活动由…主持: the day of what was named before.
_DAY_OF_THIS = re.compile(
    r"的(?:这场|这一|该场|本场)(?:[^，。；、]{0,6})(?:活动|论坛|边会|沙龙|对话|研讨会|会议)"
)
_RELATIVE_DAY = re.compile(
    r"(?P<day>[首次]日|首天|第[一二三]天)(?:上午|下午|晚间?|中午)?(?:还|将|举办|举行|召开|安排|穿插|设|有|了|的)*"
    r"[“「‘]?\Z"
)
_TIME_OF_DAY = re.compile(
    r"[\s　]*(?:(?:同日|[当同][天日])(?:上午|下午|晚上?|晚间|中午|傍晚)?"
    r"|上午|下午|晚上|晚间|当晚|中午|傍晚)"
    r"(?!.*(?:[\d一二三四五六七八九十]日))"
)
# 下午，作为平行活动的某某对话会登场
_OPENS_WITH_TIME = re.compile(
    r"[\s　]*(?:当[天日])?(?:上午|下午|晚上?|晚间|中午|傍晚)，作为[^，。；]{0,16}的[“「]?"
)
_RELATIVE = {"首日": 0, "首天": 0, "第一天": 0, "次日": 1, "第二天": 1, "第三天": 2}
# Institutions with no house for others: 在某某协会举办的论坛上 names no site, 在某某大学举行 does.
_NO_HOUSE = re.compile(
    r"(?:协会|学会|研究会|促进会|联合会|委员会|管委会|基金会|商会|理事会|[总分]会|[部局厅委署]|政府"
    r"|办公[室厅]|新闻办|联盟)\Z"
)
_VENUE_TAIL = re.compile(r"(?:内|里|主?校区|正式|隆重|顺利|成功|同步|如期|联合|共同)*")
_BRACKET_OPENS = re.compile(r"[”」’』]?[（(]\s*")
_TIME_NOUN = re.compile(
    r"(?:举办时间|举行时间|召开时间|会议时间|活动时间|论坛时间|会期)(?:为|是|：|定为|定于|定在|从|自)\Z"
    r"|(?:\A|(?<=[\n\s　·•●■▲]))时间[：:]\s*\Z"
)
_GOES_ON = re.compile(r"(?:起|开始)?(?:一直|将)?(?:持续|延续)(?:到|至)")
# 5月8日，某局局长甲在某某推进会上: nothing but the speaker between the day and the event.
_SPOKE_AT = re.compile(r"(?:上午|下午|晚)?，?[^，。；：]{0,36}在[“「]?")
_AT_EVENT = re.compile(r"[”」]?(?:开幕式|闭幕式|主论坛|圆桌环节)?上")
_ATTENDED = re.compile(r"(?:上午|下午|晚)?，?[^。；]{2,60}?(?:出席|参加|列席)了?")
_QUOTE_CLOSE = {"“": "”", '"': '"', "「": "」", "『": "』", "‘": "’"}
_THEME_AFTER = re.compile(
    r"(?:主题|会议主题|年度主题|论坛主题)(?:为|是|：|:|确定为|聚焦|定为|围绕){0,2}\s*[“\"「『]"
)
_THEME_BEFORE = re.compile(r"(?:以|围绕|聚焦|紧扣)\s*[“\"「『]")


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one sentence says of an event's days; either end or a length may be missing."""

    event: Argument
    evidence: Span
    confidence: float
    start: str | None = None
    end: str | None = None
    length: int | None = None


def find_programme(
    discourse: Discourse, references: References, dates: Sequence[DateMention]
) -> list[Fact]:
    """All facts of this module in text order."""
    facts: list[Fact | _Claim] = [*find_parts(discourse)]
    for sentence in discourse.words.layout.sentences:
        facts += find_themes(discourse, sentence)
        facts += find_held(discourse, references, dates, sentence)
        facts += find_sited(discourse, references, dates, sentence)
    facts += _announced_days(discourse, dates)
    facts += _opening_days(discourse, dates, facts)
    return _relative_days(discourse, _settle(facts), dates)


def find_parts(discourse: Discourse) -> list[PartOf]:
    """Sub-events and the event that they belong to."""
    by_name = {m.name: m for m in reversed(discourse.forums)}
    found = []
    for name, (whole, sentence) in discourse.parts.items():
        mention = next((m for m in discourse.within(sentence) if m.name == name), by_name[name])
        found.append(PartOf(event=mention, whole=by_name[whole], evidence=sentence, confidence=0.8))
    return found


def find_themes(discourse: Discourse, sentence: Span) -> list[Theme]:
    """Quoted themes, before or after the word 主题."""
    text = discourse.words.text
    found = []
    for match in _THEME_AFTER.finditer(text, sentence.start, sentence.end):
        quoted = _quoted(text, match.end() - 1, sentence.end)
        if quoted is None:
            continue
        # 主题为“…”的某某论坛: the event follows its theme.
        named = [m for m in discourse.within(sentence) if m.span and m.span.start > quoted.end]
        follows = named and re.fullmatch(r"[”\"」』]的[“「]?", _between(text, quoted, named[0]))
        event = named[0] if follows else discourse.event_at(sentence, match.end())
        if event is not None:
            found.append(_theme(event, quoted, discourse.words.source, sentence))
    for match in _THEME_BEFORE.finditer(text, sentence.start, sentence.end):
        quoted = _quoted(text, match.end() - 1, sentence.end)
        if quoted is None:
            continue
        after = re.compile(r"[”\"」』]\s*(?:为(?:会议|论坛|年度)?主题|这一主题|主题|为题)").match(
            text, quoted.end
        )
        if after is None:
            continue
        following = [
            m
            for m in discourse.within(sentence)
            if m.span
            and m.span.start >= after.end()
            and re.fullmatch(
                r"(?:的|，|[^，。；]{0,12}的)?[“「]?", text[after.end() : m.span.start]
            )
        ]
        event = following[0] if following else discourse.event_at(sentence, match.start())
        if event is None:
            event = discourse.main_after(sentence.start)
        if event is not None:
            found.append(_theme(event, quoted, discourse.words.source, sentence))
    return found


def _between(text: str, quoted: Span, mention: Argument) -> str:
    assert mention.span is not None
    return text[quoted.end : mention.span.start]


def _theme(event: Argument, quoted: Span, text: str, sentence: Span) -> Theme:
    words = re.sub(r"[\r\n]+[\s　]*", "", quoted.of(text))
    return Theme(event=event, text=words, evidence=sentence, confidence=0.9)


def _quoted(text: str, opening: int, limit: int) -> Span | None:
    """What stands inside the quotation that opens at ``opening``; inner quotes may nest."""
    left = text[opening]
    right = _QUOTE_CLOSE.get(left)
    if right is None:
        return None
    depth = 1
    for at in range(opening + 1, min(len(text), limit)):
        if text[at] == right and (left == right or depth == 1):
            return Span(opening + 1, at) if at > opening + 1 else None
        if text[at] == left:
            depth += 1
        elif text[at] == right:
            depth -= 1
    return None


def find_sited(
    discourse: Discourse,
    references: References,
    dates: Sequence[DateMention],
    sentence: Span,
) -> list[Fact | _Claim]:
    """Days and places told without a verb of holding: 某某论坛9日在某地…, lines of a programme."""
    text = discourse.words.text
    inside = [d for d in dates if sentence.start <= d.span.start < sentence.end]
    found: list[Fact | _Claim] = []
    for mention in discourse.within(sentence):
        assert mention.span is not None
        if discourse.is_programme_line(sentence):
            found += _programme_line(discourse, references, mention, inside, sentence)
        bracketed = _bracketed_day(text, mention.span.end, inside)
        if bracketed is not None:
            found.append(_day_claim(mention, bracketed, sentence, confidence=0.85))
        day, place = _after_name(text, references, mention.span.end, inside, sentence)
        if place is None:
            continue
        found.append(HeldAt(event=mention, place=place, evidence=sentence, confidence=0.8))
        day = day or _day_before(discourse, mention, inside, sentence)
        if day is not None and not _closes_at(text, place, sentence):
            found.append(_day_claim(mention, day, sentence, confidence=0.7))
    for place in references.within(sentence, "PLACE", "ORG"):
        assert place.span is not None
        noun = _SITE_NOUN.search(text, max(sentence.start, place.span.start - 24), place.span.start)
        event = discourse.event_at(sentence, noun.start()) if noun else None
        if event is not None and (place.label == "PLACE" or not _NO_HOUSE.search(place.text)):
            site = _site(place)
            found.append(HeldAt(event=event, place=site, evidence=sentence, confidence=0.85))
        gathered = _GATHERS.match(text, place.span.end, sentence.end)
        named = discourse.within(Span(place.span.end, sentence.end))
        if gathered is None or text[place.span.start - 1] not in "在于" or not named:
            continue
        if named[0].span is not None and named[0].span.start == gathered.end():
            found.append(
                HeldAt(event=named[0], place=_site(place), evidence=sentence, confidence=0.8)
            )
    for day in inside:
        if _is_day(day) and _DAY_OF_THIS.match(text, day.span.end, sentence.end):
            event = discourse.last_before(sentence)
            if event is not None:
                found.append(_day_claim(event, day, sentence, confidence=0.7))
    return found


def _bracketed_day(text: str, at: int, inside: Sequence[DateMention]) -> DateMention | None:
    """The day of 某某论坛（9日下午）: a bracket that opens with it, right behind the name."""
    opening = _BRACKET_OPENS.match(text, at)
    if opening is None:
        return None
    day = next((d for d in inside if d.span.start == opening.end()), None)
    if day is None or not _is_day(day):
        return None
    return day if re.compile(r"[^）)，。]{0,6}[）)，]").match(text, day.span.end) else None


def _closes_at(text: str, place: Argument, sentence: Span) -> bool:
    """Whether an event ends there (5月8日在某地闭幕): its last day, left to ``find_held``."""
    assert place.span is not None
    verb = _HELD.search(text, place.span.end, min(sentence.end, place.span.end + 8))
    return verb is not None and _CLOSING.match(verb.group()) is not None


def _is_day(day: DateMention) -> bool:
    """Whether a date is a day or a range of days."""
    return bool(day.value) and (
        day.precision == "day" or (day.precision == "interval" and len(day.value or "") == 21)
    )


def _day_claim(event: Argument, day: DateMention, sentence: Span, *, confidence: float) -> _Claim:
    start, end = to_first_last_day(day.value or "")
    return _Claim(
        event=event,
        start=start.isoformat(),
        end=end.isoformat(),
        evidence=sentence,
        confidence=confidence,
    )


def _site(place: Argument) -> Argument:
    """The site of an institution (在某某大学举行) as a place."""
    return place if place.label == "PLACE" else replace(place, label="PLACE")


def _after_name(
    text: str, references: References, at: int, inside: Sequence[DateMention], sentence: Span
) -> tuple[DateMention | None, Argument | None]:
    """The day and the place right behind the name of an event: 某某论坛5月8日在某地."""
    day: DateMention | None = None
    while at < sentence.end:
        dated = next((d for d in inside if d.span.start == at), None)
        adverb = _ADVERB.match(text, at, sentence.end)
        if dated is not None:
            day = dated if _is_day(dated) else day
            at = dated.span.end
        elif adverb is not None:
            at = adverb.end()
        elif text[at] == "于" and any(d.span.start == at + 1 for d in inside):
            at += 1
        else:
            break
    lead = _SITED.match(text, at, sentence.end)
    if lead is None:
        return day, None
    near = Span(lead.start(), min(sentence.end, lead.end() + 2))
    places = references.within(near, "PLACE", "ORG")
    place = places[0] if places else None
    while place is not None and place.span is not None:
        gap_end = place.span.end
        onward = next(
            (
                a
                for a in references.within(Span(gap_end, min(sentence.end, gap_end + 6)), "PLACE")
                if a.span and re.fullmatch(r"(?:[^，。；在]{0,4}的)?", text[gap_end : a.span.start])
            ),
            None,
        )
        if onward is None:
            break
        place = onward
    if place is None or place.span is None:
        return day, None
    after = text[place.span.end : min(sentence.end, place.span.end + 14)]
    if _NO_SITE.match(after) or (
        place.label == "ORG" and (_NO_HOUSE.search(place.text) or not _ends_at_holding(after))
    ):
        return day, None
    return day, _site(place)


def _ends_at_holding(after: str) -> bool:
    """Whether what follows an institution shows that it is the site, no organizer."""
    tail = _VENUE_TAIL.match(after)
    return tail is not None and (
        _HELD.match(after, tail.end()) is not None or after[tail.end() : tail.end() + 1] in "，。；"
    )


def _day_before(
    discourse: Discourse, mention: Argument, inside: Sequence[DateMention], sentence: Span
) -> DateMention | None:
    """The day that opens the clause of an event: 9月22日某某日当天，某某嘉年华在."""
    assert mention.span is not None
    text = discourse.words.text
    for day in reversed(inside):
        if day.span.end > mention.span.start or not _is_day(day):
            continue
        between = text[day.span.end : mention.span.start]
        alone = not discourse.within(Span(day.span.end, mention.span.start))
        plain = between.count("，") <= 1 and not re.search(r"[。；：]|电|讯|消息", between)
        return day if alone and plain and len(between) <= 24 and not _HELD.search(between) else None
    return None


def _programme_line(
    discourse: Discourse,
    references: References,
    mention: Argument,
    inside: Sequence[DateMention],
    sentence: Span,
) -> list[Fact | _Claim]:
    """▲5月8日上午　某某研讨会，某某酒店: day, event and site of a line of a programme."""
    assert mention.span is not None
    text = discourse.words.text
    found: list[Fact | _Claim] = []
    day = next((d for d in inside if d.span.end <= mention.span.start and _is_day(d)), None)
    if day is not None:
        found.append(_day_claim(mention, day, sentence, confidence=0.85))
    for place in references.within(Span(mention.span.end, sentence.end), "PLACE"):
        assert place.span is not None
        before, after = text[place.span.start - 1], text[place.span.end : place.span.end + 1]
        if before in "，、　 （" and (after in "，。；　 ）" or place.span.end >= sentence.end):
            found.append(HeldAt(event=mention, place=place, evidence=sentence, confidence=0.8))
            break
    return found


def _announced_days(discourse: Discourse, dates: Sequence[DateMention]) -> list[_Claim]:
    """5日下午，三场论坛同时举行。甲论坛…；乙论坛…: the day of each of them."""
    found = []
    by_name = {m.name: m for m in reversed(discourse.forums)}
    for name, sentence in discourse.announced.items():
        inside = [d for d in dates if sentence.start <= d.span.start < sentence.end and _is_day(d)]
        if len(inside) != 1 or discourse.within(sentence):
            continue
        found.append(_day_claim(by_name[name], inside[0], sentence, confidence=0.6))
    return found


def _opening_days(
    discourse: Discourse, dates: Sequence[DateMention], facts: Sequence[Fact | _Claim]
) -> list[_Claim]:
    """为期两天的活动…。5月6日上午，甲致辞: the first day of what only its length was told of."""
    text = discourse.words.text
    claims = [fact for fact in facts if isinstance(fact, _Claim)]
    dated = {claim.event.name for claim in claims if claim.start or claim.end}
    found = []
    for claim in claims:
        if claim.length is None or claim.event.name in dated:
            continue
        for sentence in discourse.words.layout.sentences:
            opening = _OPENS_AT.match(text, sentence.start, sentence.end)
            if sentence <= claim.evidence or opening is None or discourse.within(sentence):
                continue
            day = next((d for d in dates if d.span.start == opening.start("day")), None)
            if day is not None and _is_day(day):
                found.append(_day_claim(claim.event, day, sentence, confidence=0.6))
                break
    return found


def _told_before(
    discourse: Discourse, mention: Argument, sentence: Span, dates: Sequence[DateMention]
) -> str | None:
    """The last single day that the paragraph names before an event: 昨日…。下午举行的…."""
    assert mention.span is not None
    start = discourse.words.layout.paragraph_at(sentence.start).start
    days = [
        d.value
        for d in dates
        if start <= d.span.start < mention.span.start and d.precision == "day" and _is_day(d)
    ]
    return days[-1] if days else None


def _relative_days(
    discourse: Discourse, facts: list[Fact], dates: Sequence[DateMention]
) -> list[Fact]:
    """首日下午设某某圆桌会议: a day counted from the first day of the whole.

    下午举行的某某圆桌会议 is on the day that the paragraph named last, else on the first.
    """
    held = {f.event.name: f for f in facts if isinstance(f, HeldOn)}
    found: list[Fact] = []
    for name, (whole, sentence) in discourse.parts.items():
        if name in held or whole not in held:
            continue
        mention = next(m for m in discourse.within(sentence) if m.name == name)
        assert mention.span is not None
        clause = discourse.clause_before(sentence, mention.span.start)
        match = _RELATIVE_DAY.search(clause)
        told = _told_before(discourse, mention, sentence, dates)
        first = date.fromisoformat(held[whole].start_date)
        if match is not None:
            day = (first + timedelta(days=_RELATIVE[match["day"]])).isoformat()
        elif _TIME_OF_DAY.match(clause) or _OPENS_WITH_TIME.fullmatch(
            discourse.words.text, sentence.start, mention.span.start
        ):
            day = told or held[whole].start_date
        else:
            continue
        found.append(
            HeldOn(event=mention, start_date=day, end_date=day, evidence=sentence, confidence=0.7)
        )
    return sorted([*facts, *found], key=lambda f: (f.evidence, f.type)) if found else facts


def find_held(
    discourse: Discourse,
    references: References,
    dates: Sequence[DateMention],
    sentence: Span,
) -> list[Fact | _Claim]:
    """Days and places of the events of one sentence."""
    text = discourse.words.text
    found: list[Fact | _Claim] = []
    mentions = discourse.within(sentence)
    inside = [d for d in dates if sentence.start <= d.span.start < sentence.end]
    for match in _HELD.finditer(text, sentence.start, sentence.end):
        if any(m.span and m.span.start <= match.start() < m.span.end for m in mentions):
            continue
        event = _event_of(discourse, sentence, match)
        if event is None or _PRESS_MEETING.match(text, match.end()):
            continue
        window = _window(discourse, sentence, match, event)
        day = _day(text, inside, window, match)
        if day is not None and day.value is not None:
            start, end = to_first_last_day(day.value)
            confidence = 0.9 if event.span and sentence.start <= event.span.start else 0.75
            closing = _CLOSING.match(match.group()) is not None and start == end
            listed = _listed_events(discourse, sentence, event, match.start())
            shared = _shared_out(text, inside, match, listed)
            found += [
                _day_claim(one, own, sentence, confidence=confidence)
                for one, own in zip(listed, shared, strict=False)
            ]
            found += [
                _Claim(
                    event=one,
                    start=None if closing else start.isoformat(),
                    end=end.isoformat(),
                    evidence=sentence,
                    confidence=confidence,
                )
                for one in (() if shared else listed)
            ]
        place = _place(text, references, window, match)
        if place is not None:
            found.append(HeldAt(event=event, place=place, evidence=sentence, confidence=0.85))
    found += _told_days(discourse, inside, sentence)
    for mention in mentions:
        found += _dated_part(discourse, mention, inside, sentence)
        found += _said_there(discourse, mention, inside, sentence)
        found += _session(text, mention, inside, sentence)
    for d in inside:
        if d.value and d.precision == "day" and "/" not in d.value:
            before = text[sentence.start : d.span.start]
            if _UNTIL.search(before) and re.search(r"持续|延续|为期|会期", before[-8:]):
                event = discourse.event_at(sentence, d.span.start)
                if event is not None:
                    found.append(
                        _Claim(event=event, end=d.value, evidence=sentence, confidence=0.9)
                    )
    for match in _LASTING.finditer(text, sentence.start, sentence.end):
        named = [m for m in discourse.within(sentence) if m.span and m.span.start >= match.end()]
        close = named and re.fullmatch(r"的[“「]?", text[match.end() : named[0].span.start])  # type: ignore[union-attr]
        event = named[0] if close else discourse.event_at(sentence, match.start())
        if event is not None:
            days = _DAYS.get(match[1]) or int(match[1])
            found.append(
                _Claim(event=event, length=max(days, 1), evidence=sentence, confidence=0.85)
            )
    return found


def _told_days(
    discourse: Discourse, inside: Sequence[DateMention], sentence: Span
) -> list[Fact | _Claim]:
    """举办时间为6月5日; 5月8日，某某出席某某论坛; 从5月6日持续到8日: days without holding."""
    text = discourse.words.text
    found: list[Fact | _Claim] = []
    for day in inside:
        if not _is_day(day):
            continue
        before = text[max(sentence.start, day.span.start - 12) : day.span.start]
        after = text[day.span.end : min(sentence.end, day.span.end + 8)]
        if _TIME_NOUN.search(before) or _GOES_ON.match(after):
            event = discourse.event_at(sentence, day.span.start)
            if event is not None:
                found.append(_day_claim(event, day, sentence, confidence=0.8))
        attended = _ATTENDED.match(text, day.span.end, sentence.end)
        named = discourse.within(Span(day.span.end, sentence.end))
        if attended and named and named[0].span and day.span.start - sentence.start <= 8:
            gap = text[attended.end() : named[0].span.start]
            if len(gap) <= 14 and not re.search(r"[，。；、]", gap):
                found.append(_day_claim(named[0], day, sentence, confidence=0.6))
    return found


def _shared_out(
    text: str, inside: Sequence[DateMention], match: re.Match[str], listed: Sequence[Argument]
) -> list[DateMention]:
    """甲论坛、乙论坛分别于8日、9日举行: one day for each event of the list, else none."""
    last = listed[-1].span
    if len(listed) < 2 or last is None or "分别" not in text[last.end : match.start()]:
        return []
    days = [d for d in inside if last.end <= d.span.start < match.start() and _is_day(d)]
    return days if len(days) == len(listed) else []


def _listed_events(
    discourse: Discourse, sentence: Span, last: Argument, held: int
) -> list[Argument]:
    """The list of events around ``last``, which ends before the verb or begins after it.

    甲论坛、乙交流会于21日举办; 举办了甲论坛和乙沙龙. ``held`` is where the verb stands.
    """
    text = discourse.words.text
    chain = [last]
    for mention in reversed(discourse.within(sentence)):
        assert mention.span is not None
        assert chain[0].span is not None
        if mention.span.end > chain[0].span.start:
            continue
        if not re.fullmatch(
            r"[”」]?(?:、|和|及|以及|与|，)+[“「]?", text[mention.span.end : chain[0].span.start]
        ):
            break
        chain.insert(0, mention)
    for mention in discourse.within(sentence):  # 举办了甲论坛和乙沙龙
        assert mention.span is not None
        assert last.span is not None
        assert chain[-1].span is not None
        gap = text[chain[-1].span.end : mention.span.start]
        if last.span.start > held and mention.span.start >= chain[-1].span.end:
            if not re.fullmatch(r"[”」]?(?:、|和|及|以及|与)[“「]?", gap):
                break
            chain.append(mention)
    return chain


def _event_of(discourse: Discourse, sentence: Span, match: re.Match[str]) -> Argument | None:
    """What is held: the event named right after the verb, else the one before it."""
    text = discourse.words.text
    for mention in discourse.within(sentence):
        assert mention.span is not None
        if mention.span.start >= match.end():
            gap = text[match.end() : mention.span.start]
            if re.fullmatch(
                r"(?:的|了|一年一度的|第?[一二三四五六七八九十\d]*届?|[^，。；、]{0,10}的"
                r"|首场)?[“「‘《]?",
                gap,
            ):
                return mention
            break
    before = [m for m in discourse.within(sentence) if m.span and m.span.end <= match.start()]
    clause = max(text.rfind(c, sentence.start, match.start()) for c in "；。")
    before = [m for m in before if m.span and m.span.start > clause]
    if before:
        return before[-1]
    pointed = discourse.one_of_two(sentence, match.start())
    if pointed is not None:
        return pointed
    generic = [
        g for g in discourse.generic(sentence) if clause < g.start and g.end <= match.start()
    ]
    if generic and _OTHER_EDITION.search(text[sentence.start : generic[-1].start]):
        return None
    if generic:
        wording = generic[-1].of(text)
        if wording == "会议":  # 9日，会议在某地召开, after 某某会第三次会议
            main = discourse.main_before(sentence.start)
            alone = re.fullmatch(r"(?:[^，。；]*，)?", text[sentence.start : generic[-1].start])
            return main if alone and main and _SESSION.search(main.name) else None
        if re.search(r"开幕式|闭幕式|活动|会议", wording) and not re.search(r"本|此|该", wording):
            return None
        between = text[generic[-1].end : match.start()]
        if len(between) <= 24:
            return discourse.main_before(sentence.start) or discourse.main_after(sentence.start)
    return None


def _window(discourse: Discourse, sentence: Span, match: re.Match[str], event: Argument) -> Span:
    """Where day and place of the verb may stand: back to the last verb or semicolon."""
    text = discourse.words.text
    start = sentence.start
    for cut in re.finditer(r"[；。]", text[start : match.start()]):
        start = max(start, sentence.start + cut.end())
    for earlier in _HELD.finditer(text, start, match.start()):
        named = discourse.within(sentence)
        if any(m.span and m.span.start <= earlier.start() < m.span.end for m in named):
            continue
        if (
            event.span is None
            or earlier.start() < event.span.start
            or "，" in text[earlier.end() : match.start()]
        ):
            start = earlier.end()
    return Span(start, match.start())


def _day(
    text: str, inside: Sequence[DateMention], window: Span, match: re.Match[str]
) -> DateMention | None:
    """The nearest day or range of days before the verb, else right after it."""
    usable = [
        d
        for d in inside
        if d.value and (d.precision == "day" or (d.precision == "interval" and len(d.value) == 21))
    ]
    before = [d for d in usable if window.start <= d.span.start and d.span.end <= window.end]
    ranges = [d for d in before if "/" in (d.value or "")]
    if ranges:
        return ranges[-1]
    if before:
        best = before[-1]
        after = text[best.span.end : best.span.end + 3]
        if re.match(r"(?:电|讯|消息)", after) and len(before) > 1:
            return before[-2]
        if re.match(r"(?:电|讯|消息|报道)", after):
            return None
        return best
    return None


def _place(
    text: str, references: References, window: Span, match: re.Match[str]
) -> Argument | None:
    """The last place of the 在-phrase before the verb."""
    places = [a for a in references.within(window, "PLACE") if a.span and a.span.end <= window.end]
    for place in reversed(places):
        assert place.span is not None
        lead = text[window.start : place.span.start]
        after = text[place.span.end : match.start()]
        if re.search(
            r"(?:在|于|假|落户|亮相|来到|走进|移师|移至|转场)(?:位于|地处)?[^，。；]{0,16}\Z", lead
        ) and not re.search(r"[。；，]", after):
            return place
    # 在某某大学举行: the site of an institution.
    for place in reversed(references.within(window, "ORG")):
        assert place.span is not None
        after = text[place.span.end : match.start()]
        if text[place.span.start - 1 : place.span.start] in ("在", "于", "假"):
            houses = _VENUE_TAIL.fullmatch(after) and not _NO_HOUSE.search(place.text)
            return _site(place) if houses else None
    return None


def _dated_part(
    discourse: Discourse, mention: Argument, inside: Sequence[DateMention], sentence: Span
) -> list[_Claim]:
    """28日下午的某某论坛: the day stands right before the name."""
    return _dated_before(
        discourse.words.text,
        mention,
        inside,
        sentence,
        gap=r"(?:举行|举办|召开|开幕)?的[“「]?",
        confidence=0.85,
    )


def _said_there(
    discourse: Discourse, mention: Argument, inside: Sequence[DateMention], sentence: Span
) -> list[_Claim]:
    """5月8日，甲在某某推进会上说: who speaks at an event on a day dates it."""
    assert mention.span is not None
    text = discourse.words.text
    if _AT_EVENT.match(text, mention.span.end, sentence.end) is None:
        return []
    for day in reversed(inside):
        if day.span.end > mention.span.start or day.precision != "day" or not day.value:
            continue
        gap = text[day.span.end : mention.span.start]
        alone = not discourse.within(Span(day.span.end, mention.span.start))
        if alone and _SPOKE_AT.fullmatch(gap) and not _HELD.search(gap):
            return [_day_claim(mention, day, sentence, confidence=0.5)]
        return []
    return []


def _session(
    text: str, mention: Argument, inside: Sequence[DateMention], sentence: Span
) -> list[_Claim]:
    """25日，某常委会第三次会议表决通过…: a session is held on the day on which it acts."""
    assert mention.span is not None
    if not _SESSION.search(mention.name):
        return []
    acts = r"[”」]?(?:上)?(?:审议|表决|听取|通过|决定|闭幕|原则同意|批准|强调|研究|补选|选举|任命)"
    for day in inside:  # 某常委会第三次会议25日表决通过…
        gap = (
            text[mention.span.end : day.span.start] if day.span.start >= mention.span.end else "，"
        )
        if day.precision == "day" and day.value and re.fullmatch(r"[”」]?(?:于|在)?", gap):
            act = re.match(
                rf"(?:上午|下午)?(?:在[^，。；]{{2,12}})?{acts}", text[day.span.end :][:24]
            )
            if act is not None and act.group().endswith("闭幕"):  # its last day
                return [_Claim(event=mention, end=day.value, evidence=sentence, confidence=0.8)]
            if act is not None:
                return [_day_claim(mention, day, sentence, confidence=0.8)]
    if not re.match(acts, text[mention.span.end :][:12]):
        return []
    return _dated_before(
        text, mention, inside, sentence, gap=r"，?(?:已?[由经])?[“「]?", confidence=0.8
    )


def _dated_before(
    text: str,
    mention: Argument,
    inside: Sequence[DateMention],
    sentence: Span,
    *,
    gap: str,
    confidence: float,
) -> list[_Claim]:
    """The day that stands before an event with nothing but ``gap`` between them."""
    assert mention.span is not None
    for d in inside:
        if d.span.end > mention.span.start or d.precision != "day" or not d.value:
            continue
        if re.fullmatch(gap, text[d.span.end : mention.span.start]):
            start, end = to_first_last_day(d.value)
            return [
                _Claim(
                    event=mention,
                    start=start.isoformat(),
                    end=end.isoformat(),
                    evidence=sentence,
                    confidence=confidence,
                )
            ]
    return []


def _settle(facts: list[Fact | _Claim]) -> list[Fact]:
    """Repeats dropped, and the claims on the days of each event made one fact."""
    claims: dict[str, list[_Claim]] = {}
    rest: list[Fact] = []
    seen: set[tuple[str, str, str]] = set()
    for fact in facts:
        if isinstance(fact, _Claim):
            claims.setdefault(fact.event.name, []).append(fact)
            continue
        if isinstance(fact, HeldAt | Theme):
            value = fact.place.name if isinstance(fact, HeldAt) else fact.text
            key = (fact.type, fact.event.name, value)
            if key in seen:
                continue
            seen.add(key)
        rest.append(fact)
    rest += [held for group in claims.values() if (held := _days(group)) is not None]
    return sorted(rest, key=lambda f: (f.evidence, f.type))


def _days(claims: list[_Claim]) -> HeldOn | None:
    """The first and last day that the claims on one event agree on best.

    A range of days wins over a single day within it; a closing day or a length told apart
    completes an opening day; an event of which only the closing day is told has that day.
    """
    whole = [c for c in claims if c.start is not None]
    ends = [c.end for c in claims if c.start is None and c.end is not None]
    if not whole and not ends:
        return None
    lengths = [c.length for c in claims if c.length]
    if not whole:
        best = next(c for c in claims if c.end == max(ends))
        start = end = max(ends)
        if lengths:
            start = (date.fromisoformat(end) - timedelta(days=lengths[0] - 1)).isoformat()
    else:
        best = max(whole, key=lambda c: (c.confidence, c.end != c.start, -c.evidence.start))
        wide = [
            c for c in whole if c.start and c.end and best.start and c.start <= best.start <= c.end
        ]
        best = max(wide, key=lambda c: (c.end or "", -c.evidence.start), default=best)
        start = best.start or ""
        end = max([best.end or start, *(e for e in ends if e >= start)])
    if lengths and start == end:
        end = (date.fromisoformat(start) + timedelta(days=lengths[0] - 1)).isoformat()
    return HeldOn(
        event=best.event,
        start_date=start,
        end_date=end,
        evidence=best.evidence,
        confidence=best.confidence,
    )


@Language.factory(
    "tanpu_programme",
    assigns=["doc._.facts"],
    requires=["doc._.references", "doc._.dates"],
)
def create_programme(nlp: Language, name: str) -> ProgrammeReader:
    """The component by its registered name."""
    return ProgrammeReader()


class ProgrammeReader:
    """Adds the facts on events themselves."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        discourse = Discourse.from_doc(doc)
        facts = find_programme(discourse, doc._.references, doc._.dates)
        doc._.facts = (*doc._.facts, *facts)
        return doc
