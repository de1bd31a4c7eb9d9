"""When a post was held, as the words around it say.

Sets no ``Doc`` attribute: it reads the sentence that is the evidence of a post. Two examples:
自2019年起任某市市长 begins in 2019; 免去某某的局长职务 ends it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from extract.dates import DateMention, find_dates
from extract.facts import Span

Act = Literal["appointed", "removed", "held", "then"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenureWording:
    """What a sentence says of the time of a post; nothing where all fields are None.

    ``begin``, ``end`` and ``at`` (a time within it) are ISO days, months or years. ``act`` is
    what the verb says: ``then`` is that of 时任.
    """

    begin: str | None = None
    end: str | None = None
    at: str | None = None
    act: Act | None = None


_ACTS: tuple[tuple[Act, str], ...] = (
    ("then", "时任|時任"),
    ("removed", "免去|不再担任|不再兼任|卸任|辞去|辞任|卸下"),
    (
        "appointed",
        "任命|当选|补选|选举|推选|出任|就任|接任|继任|接替|转任|调任|升任|改任|履新|新任"
        "|聘任|聘请|获聘|受聘|获任|上任",
    ),
    (
        "held",
        "担任|兼任|现任|历任|曾任|(?<![主责责信委重连前原离上新接继辞卸出就获])任(?![务期意何教免])",
    ),
)
_VERB = re.compile("|".join(f"(?P<{act}>{words})" for act, words in _ACTS))
_STOP = re.compile(r"[。！？；;!?\n]")
# Between a verb and a post of it: the unit, and for 任命 and 免去 the person.
_OF_ACT = re.compile(r"[^。；\n]{0,60}\Z")
_OF_HOLDING = re.compile(r"[^，,：:“”的]{0,40}\Z")
# Between a date and 任: 起，某某先后
_TO_HOLDING = re.compile(
    r"[（(]?(?P<since>起|以来|开始|至今)?(?:间|期间)?[，,]?[^，,。；：:的]{0,12}\Z"
)
_UNTIL = re.compile(r"(?:职务|职位|一职)?[，,]?(?:直到|直至|至|到)\Z")
_IN_BRACKETS = re.compile(r"\s*[（(](?:任期)?\Z")
_LEAVING = re.compile(r"(?:起)?(?:正式)?(?:卸任|离任|去职|退休|被免职|被免去|免职|调离)")
_LEFT = re.compile(r"(?:职务|职位|一职)?[，,]?(?:并|后|已)?(?:于)?\Z")
_FARTHEST = 80
_FARTHEST_AFTER = 24


def read_tenure(sentence: str, *, post: Span, published: str | None) -> TenureWording:
    """The time that a sentence gives for a post.

    Args:
        sentence: the evidence of the post.
        post: where the post stands in it, half-open code points.
        published: the day of the article, that completes 今年5月; ISO, or None.

    >>> said = "贺临川2016年至2020年任北湾市副市长。"
    >>> wording = read_tenure(said, post=Span(18, 21), published=None)
    >>> wording.begin, wording.end
    ('2016', '2020')
    """
    dates = [d for d in find_dates(sentence, published=published) if d.value is not None]
    start = max((m.end() for m in _STOP.finditer(sentence, 0, post.start)), default=0)
    after = _read_after(sentence, post, dates)
    verb = _last_verb(sentence, start, post.start)
    if verb is None:
        if after is not None:
            return after
        if published is None:
            return TenureWording(at=_last_day(dates, start, post.start))
        return TenureWording()
    act: Act = next(name for name, _ in _ACTS if verb[name])
    date = _date_of(sentence, act, verb, dates, start)
    wording = _to_wording(act, date, verb)
    if after is not None and act in ("held", "appointed"):
        return TenureWording(
            begin=after.begin or wording.begin, end=after.end or wording.end, act=act
        )
    return wording


def _last_verb(sentence: str, start: int, end: int) -> re.Match[str] | None:
    """The verb that the post is the object of."""
    verbs = list(_VERB.finditer(sentence, start, end))
    if not verbs:
        return None
    last = verbs[-1]
    between = sentence[last.end() : end]
    loose = last["removed"] or last["appointed"]
    return last if (_OF_ACT if loose else _OF_HOLDING).match(between) else None


def _date_of(
    sentence: str, act: Act, verb: re.Match[str], dates: Sequence[DateMention], start: int
) -> DateMention | None:
    before = [d for d in dates if start <= d.span.start and d.span.end <= verb.start()]
    if not before:
        return None
    date = before[-1]
    gap = sentence[date.span.end : verb.start()]
    if act == "held":
        return date if _TO_HOLDING.match(gap) else None
    return date if len(gap) <= _FARTHEST else None


def _to_wording(act: Act, date: DateMention | None, verb: re.Match[str]) -> TenureWording:
    if date is None or date.value is None:
        return TenureWording(act=act)
    first, _, last = date.value.partition("/")
    if act == "then":
        return TenureWording(at=last or first, act=act)
    if act == "removed":
        return TenureWording(end=last or first, act=act)
    if act == "held" and last:
        return TenureWording(begin=first, end=last, act=act)
    if act == "held" and verb.group() == "曾任":
        return TenureWording(at=first, act=act)
    return TenureWording(begin=first, act=act)


def _read_after(sentence: str, post: Span, dates: Sequence[DateMention]) -> TenureWording | None:
    """What stands behind the post: （2016—2020年）, 至2020年, ，2020年卸任."""
    for date in dates:
        if not post.end <= date.span.start <= post.end + _FARTHEST_AFTER:
            continue
        gap = sentence[post.end : date.span.start]
        if _STOP.search(gap) or date.value is None:
            return None
        first, _, last = date.value.partition("/")
        if _IN_BRACKETS.match(gap) and last:
            return TenureWording(begin=first, end=last, act="held")
        if _UNTIL.match(gap):
            return TenureWording(end=last or first, act="held")
        if _LEFT.match(gap) and _LEAVING.match(sentence, date.span.end):
            return TenureWording(end=last or first, act="removed")
        return None
    return None


def _last_day(dates: Sequence[DateMention], start: int, end: int) -> str | None:
    """The last day that is named before the post."""
    days = [d.value for d in dates if d.precision == "day" and start <= d.span.start < end]
    return days[-1] if days else None
