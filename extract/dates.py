"""Calendar expressions of a Chinese text, found and resolved to ISO dates.

The component built on this module sets ``doc.spans["dates"]``. Two examples, in an
article published on 2024-05-09: 5月8日上午 becomes ``2024-05-08``; 今年一季度 becomes
``2024-01/2024-03``. A date that neither the text nor the publication date completes keeps
``value=None``: nothing is invented.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from extract.facts import Span

Precision = Literal["day", "month", "quarter", "half", "year", "plan", "interval"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """A calendar expression, where it stands and what it means.

    ``value`` is an ISO date (``2024-05-08``), month, year or an interval of these with a
    slash (``2024-01/2024-03``), or None when the text does not say enough. ``annotated``
    tells whether the expression counts as a DATE entity; the others (上年, 全年) only help to
    date figures. ``planned`` is true where it begins, or its plan period ends, after the
    publication.
    """

    span: Span
    text: str
    value: str | None
    precision: Precision
    annotated: bool = True
    planned: bool = False


@dataclass(frozen=True, slots=True)
class _Partial:
    """A year, a month of a year or a day."""

    year: int
    month: int | None = None
    day: int | None = None

    def iso(self) -> str:
        parts = [f"{self.year:04d}"]
        parts += [f"{n:02d}" for n in (self.month, self.day) if n is not None]
        return "-".join(parts)

    def first_day(self) -> date:
        return date(self.year, self.month or 1, self.day or 1)

    def last_day(self) -> date:
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


@dataclass(frozen=True, slots=True)
class _Extent:
    """First and last partial date of an expression; equal unless it is an interval."""

    first: _Partial
    last: _Partial

    def value(self) -> str:
        if self.first == self.last:
            return self.first.iso()
        return f"{self.first.iso()}/{self.last.iso()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Raw:
    """What one expression says by itself, before the context completes it."""

    start: int
    end: int
    precision: Precision
    year: int | None = None
    year_to: int | None = None
    relative: str | None = None
    months: tuple[int, int] | None = None
    days: tuple[int, int] | None = None
    annotated: bool = True


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A resolved expression that later ones may lean on."""

    start: int
    extent: _Extent
    explicit_year: bool
    has_day: bool


_D = "[0-9０-９]"
_JOIN = r"(?:[至到~～]|[—–\-－]{1,2})"
_DIGIT_VALUES = {
    **{chr(ord("０") + n): str(n) for n in range(10)},
    **{c: str(n) for n, c in enumerate("〇一二三四五六七八九")},
    "○": "0",
    "零": "0",
    "Ｏ": "0",
}
_TO_DIGITS = str.maketrans(_DIGIT_VALUES)
_YEAR4 = (
    rf"(?:(?<!{_D})(?:[1１][9９]|[2２][0０]){_D}{{2}}"
    r"|[一二][九〇○零Ｏ0][〇○零Ｏ0一二三四五六七八九]{2})"
)
_CN_MONTH = "十[一二]?|[一二三四五六七八九]"
_CN_DAY = "二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?|[一二三四五六七八九]"
_MONTH = rf"(?:[1１][0-2０-２]|[0０]?[1-9１-９]|{_CN_MONTH})"
_DAY = rf"(?:[12１２]{_D}|[3３][01０１]|[0０]?[1-9１-９]|{_CN_DAY})"
_NOT_IN_NUMBER = r"(?<![0-9０-９十百千万〔\[第])(?<![0-9０-９][.．])(?<![0-9],)"
_PART_OF_DAY = (
    "(?:上午|下午|晚上|晚间|晚間|凌晨|中午|清晨|早上|早晨|傍晚|夜间|夜間|午后|深夜|午间|早间|晚)"
)
_RELATIVE_YEARS = {"大前年": -3, "去年": -1, "前年": -2, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_POINTING_YEARS = {"同年": 0, "当年": 0, "當年": 0, "次年": 1, "翌年": 1, "上年": -1}
_RELATIVE_MONTHS = {"本月": 0, "上月": -1, "上个月": -1, "下月": 1, "下个月": 1}
_POINTING_MONTHS = {"当月": 0, "同月": 0, "次月": 1}
_RELATIVE_DAYS = {
    "今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2, "前日": -2,
    "明天": 1, "明日": 1, "后天": 2,
}  # fmt: skip
_POINTING_DAYS = {"当天": 0, "当日": 0, "當天": 0, "當日": 0, "同日": 0, "次日": 1, "翌日": 1}
_REL_YEAR = "|".join((*_RELATIVE_YEARS, *_POINTING_YEARS))
# 上周三, 下周一: a day of the week before, of this one, of the next.
_WEEKS = {"上": -1, "本": 0, "这": 0, "下": 1}
_WEEKDAYS = {**{c: n for n, c in enumerate("一二三四五六日")}, "天": 6}
# First and last month of a season; winter ends in the year after.
_SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 2)}
_ORDINAL_PLAN = "十[一二三四五六]?|[一二三四五六七八九]"

_FROM_FIRST_QUARTER = rf"第?[一1](?:季度)?{_JOIN}第?[二三四2-4]季度"
_POINT = re.compile(
    rf"""
    (?: (?P<year>{_YEAR4}) (?: \s?{_JOIN}\s? (?P<year2>{_YEAR4}) )? [ ]?年(?!代)
      | (?P<relyear>(?<![\u4e00-\u9fff])后年|(?<=[于在到至])后年
        |(?!后年)(?:{_REL_YEAR}))(?![代度龄级])
    )
    (?: (?P<full>全年|全年度)
      | 年?(?P<edge>底|末|初(?!步|期|衷|始|级|中))
      | [ ]?(?P<rest>上半年|下半年|{_FROM_FIRST_QUARTER}|第?[一二三四1-4]季度|前[二两三23]个?季度
        |[前首头](?:两|{_MONTH})个月|首季(?!度)|首月|第[一二三四1-4]季(?![度赛节播])
        |[春夏秋冬][季天]
        |{_MONTH}[ ]?(?:月份?)?{_JOIN}{_MONTH}[ ]?月份?(?![日号號])
        |{_MONTH}[ ]?月(?:[ ]?{_DAY}(?:{_JOIN}{_DAY})?[ ]?[日号號]{_PART_OF_DAY}?
            |份?(?:底|末|初|[上中下]旬)?))
    )?
    | (?P<bare>
        上半年|下半年
      | (?<![0-9第]){_FROM_FIRST_QUARTER}
      | (?<![0-9第])第?[一二三四1-4]季度(?!末的)|前[二两三23]个?季度|[前首头](?:两|{_MONTH})个月
      | 首季度?(?![赛军])|(?<![0-9第])第[一二三四1-4]季(?![度赛节播])
      | {_NOT_IN_NUMBER}{_MONTH}[ ]?(?:月份?)?{_JOIN}{_MONTH}[ ]?月份?
        (?![日号號]|[ ]?{_DAY}[日号號])
      | {_NOT_IN_NUMBER}{_MONTH}[ ]?月(?:[ ]?{_DAY}(?:{_JOIN}{_DAY})?[ ]?[日号號]{_PART_OF_DAY}?
            |份?(?:底|末|初|[上中下]旬)?)
      )
    | (?P<relmonth>{"|".join((*_RELATIVE_MONTHS, *_POINTING_MONTHS))})
      (?:(?P<relmonthday>{_DAY})[日号號]{_PART_OF_DAY}?|底|末|初|[上中下]旬)?
    | (?P<week>[{"".join(_WEEKS)}])(?:个)?(?:周|星期|礼拜)(?P<weekday>[{"".join(_WEEKDAYS)}])
      (?![\d次个场届项天家名位一二三四五六七八九十]){_PART_OF_DAY}?
    | (?<!如)(?P<season>[今去][春夏秋冬])(?![季天])
    | (?P<relday>{"|".join((*_RELATIVE_DAYS, *_POINTING_DAYS))}){_PART_OF_DAY}?
    | (?<![为每近第的续作历时])(?<!为期){_NOT_IN_NUMBER}
      (?P<onlyday>{_DAY}(?:{_JOIN}{_DAY})?)[ ]?日(?P<part>{_PART_OF_DAY}?)
      (?![内游均龄前照常益语元本产薪程以])
    | (?P<iso>(?<![0-9.\-/])(?:19|20)\d\d(?P<sep>[-/.])(?:1[0-2]|0?[1-9])(?P=sep)
      (?:3[01]|[12]\d|0?[1-9])(?![0-9]|[-/.][0-9]))
    | [“"「『‘'](?P<plan>{_ORDINAL_PLAN})五[”"」』’']
      (?P<planedge>期间|时期|期間|時期|末|初)?
    | (?<![一二三四五六七八九十])(?P<plainplan>十[一二三四五六]|[七八九])五
      (?=期间|时期|期間|時期|末|初期|规划|規劃|以来|开局|收官)(?P<plainedge>期间|时期|期間|時期|末)?
    | (?P<alone>全年|(?<![\w])年[底末初]|(?<=[到至])年[底末])
    """,
    re.VERBOSE,
)
# What takes effect on a day without a year does so at the next such day, if one is near.
_TAKES_EFFECT = re.compile(r"[日号]?起(?:正式|开始)?(?:施行|实施|生效|执行)")
_TARGET_WORDS = re.compile(r"(?:将|拟|计划|预计|定于|力争|有望)[^。；\n]{0,12}$")
_AHEAD = re.compile(r"前?(?:还|，)?(?:将|有望|预计|力争|计划|要)")
_STILL_TO_COME = re.compile(r"[^，。；\n]{0,14}(?:将|有望|预计|力争|计划|目标|确保|争取)")
# 9日收官: when something ends is not the day that 当天 points back to.
_ENDS_THEN = re.compile(r"(?:\d{1,2}月)?\d{1,2}日(?:收官|闭幕|落幕|结束|截止)")
# How many days before and after its publication a text tells of without a year.
_WEEKS_BEFORE, _WEEKS_AHEAD = 45, 40
_SEASON = 100  # days after which the end of a month is no news
_BY_THEN = re.compile(r"[以之]?前(?!后)")
_REACHED = re.compile(r"[^。；]{0,24}(?:已|达到了|增至|升至|降至|完成了)")
_COMPARISON = re.compile(r"(?:比|较|與|与|同|超过|高于|低于)$")
# 由2020年的25.6%升到…: the year of a base, which dates nothing after it.
_FROM = re.compile(r"[由从]$")
_BASE_YEAR = re.compile(r"[12]\d{3}年[底末初]?的[约近]?\d")
_DATELINE = re.compile(
    r"\s*(?:[电電](?![网力量价站池动子商厂费能网價動廠費])|讯|訊|消息|报道|報道)"
)
_NAMED_YEAR = re.compile(r"(?<![0-9〔\[])((?:19|20)\d\d)(?=[“‘\u4e00-\u9fff])(?!年)")
_RANGED = frozenset(("day", "month", "year", "quarter", "plan"))
_RANGE_JOIN = re.compile(rf"\s?{_JOIN}\s?")


def find_dates(text: str, *, published: str | None = None) -> tuple[DateMention, ...]:
    """Find the calendar expressions of a text, in text order.

    A year or month that is left out comes from the nearest earlier date of the paragraph,
    else from the publication date; without a publication date, from the nearest earlier
    year of the text, a year in an event's name included.

    Args:
        text: the text as read; offsets count its code points.
        published: ISO date of publication, or None.

    Raises:
        ValueError: if ``published`` is not an ISO date.

    >>> [m.value for m in find_dates("5月8日上午开幕，会期至10日", published="2024-05-09")]
    ['2024-05-08', '2024-05-10']
    """
    resolver = _Resolver(text, _published_date(published))
    mentions: list[DateMention] = []
    for group in _ranges(list(_scan(text)), text):
        first, last = group[0], group[-1]
        extent = resolver.resolve(first)
        if len(group) == 2:
            extent = resolver.resolve_range_end(last, extent)
        if extent is not None:
            resolver.remember(group, extent)
        span = Span(first.start, last.end)
        precision: Precision = "interval" if len(group) == 2 else first.precision
        mentions.append(
            DateMention(
                span=span,
                text=span.of(text),
                value=extent.value() if extent else None,
                precision=precision,
                annotated=all(raw.annotated for raw in group),
                planned=_is_planned(extent, precision, resolver.published),
            )
        )
    return tuple(mentions)


def _is_planned(extent: _Extent | None, precision: Precision, published: date | None) -> bool:
    if extent is None or published is None:
        return False
    edge = extent.last.last_day() if precision == "plan" else extent.first.first_day()
    return edge > published


def to_first_last_day(value: str) -> tuple[date, date]:
    """First and last day of an ISO date, month, year or interval of these.

    Raises:
        ValueError: if ``value`` has another form or names no day of the calendar.

    >>> to_first_last_day("2024-02")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    """
    ends = value.split("/")
    if len(ends) > 2:
        raise ValueError(f"expected an ISO date or interval start/end, got {value!r}")
    first, last = _iso_to_partial(ends[0]), _iso_to_partial(ends[-1])
    days = first.first_day(), last.last_day()
    if days[0] > days[1]:
        raise ValueError(f"expected an interval whose start is not after its end, got {value!r}")
    return days


def _iso_to_partial(value: str) -> _Partial:
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", value)
    if match is None:
        raise ValueError(f"expected YYYY, YYYY-MM or YYYY-MM-DD, got {value!r}")
    year, month, day = (None if part is None else int(part) for part in match.groups())
    assert year is not None
    return _Partial(year, month, day)


def _published_date(published: str | None) -> date | None:
    if published is None:
        return None
    try:
        return date.fromisoformat(published[:10])
    except ValueError as error:
        raise ValueError(f"expected an ISO publication date, got {published!r}") from error


def _number(wording: str) -> int:
    """Read 12, １２, 十二, 二十 or 廿 as used in dates."""
    plain = wording.strip()
    if "十" in plain:
        tens, _, ones = plain.partition("十")
        return 10 * (_number(tens) if tens else 1) + (_number(ones) if ones else 0)
    return int(plain.replace("两", "2").translate(_TO_DIGITS))


def _numbers(wording: str) -> tuple[int, int]:
    """Read 12 as (12, 12) and 12至14 as (12, 14)."""
    parts = [_number(part) for part in re.split(_JOIN, wording)]
    return parts[0], parts[-1]


def _scan(text: str) -> Iterator[_Raw]:
    for match in _POINT.finditer(text):
        raw = _match_to_raw(match, text)
        if raw is not None:
            yield raw


def _match_to_raw(match: re.Match[str], text: str) -> _Raw | None:
    start, end = match.span()
    if match["year"] or match["relyear"]:
        return _year_match_to_raw(match, text)
    if match["bare"]:
        return _rest_to_raw(_Raw(start=start, end=end, precision="month"), match["bare"])
    if match["relmonth"]:
        raw = _Raw(start=start, end=end, precision="month", relative=match["relmonth"])
        if match["relmonthday"]:
            raw = replace(raw, precision="day", days=_numbers(match["relmonthday"]))
        return raw
    if match["weekday"]:
        week = match["week"] + match["weekday"]
        return _Raw(start=start, end=end, precision="day", relative=week)
    if match["season"]:
        return _Raw(
            start=start,
            end=end,
            precision="interval",
            relative={"今": "今年", "去": "去年"}[match["season"][0]],
            months=_SEASONS[match["season"][1]],
        )
    if match["relday"]:
        return _relative_day_to_raw(match, text)
    if match["onlyday"]:
        chinese = match["onlyday"][0] in "一二三四五六七八九"
        if chinese and len(match["onlyday"]) == 1 and not match["part"]:
            return None  # 三日 is more often a duration
        days = _numbers(match["onlyday"])
        return _Raw(start=start, end=end, precision=_day_precision(days), days=days)
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split(match["sep"]))
        return _Raw(
            start=start, end=end, precision="day", year=year, months=(month, month), days=(day, day)
        )
    if match["plan"] or match["plainplan"]:
        return _plan_to_raw(match, text)
    edge = {"底": (12, 12), "末": (12, 12), "初": (1, 1)}.get(match["alone"][-1])
    precision: Precision = "year" if edge is None else "month"
    return _Raw(start=start, end=end, precision=precision, months=edge, annotated=False)


def _day_precision(days: tuple[int, int]) -> Precision:
    return "day" if days[0] == days[1] else "interval"


def _year_match_to_raw(match: re.Match[str], text: str) -> _Raw:
    start, end = match.span()
    raw = _Raw(start=start, end=end, precision="year", relative=match["relyear"])
    if match["year"]:
        raw = replace(raw, year=int(match["year"].translate(_TO_DIGITS)))
    if match["year2"]:
        raw = replace(raw, year_to=int(match["year2"].translate(_TO_DIGITS)), precision="interval")
    if match["edge"]:
        month = 1 if match["edge"].startswith("初") else 12
        return replace(
            raw, precision="month", months=(month, month), annotated=raw.relative != "上年"
        )
    if match["rest"]:
        return _rest_to_raw(raw, match["rest"])
    same_time = text[end : end + 2] == "同期"
    if raw.relative == "上年" or (raw.relative and same_time):
        raw = replace(raw, annotated=False, end=end + 2 if same_time else end)
    return raw


def _rest_to_raw(raw: _Raw, rest: str) -> _Raw:
    """Add what stands after the year: a half-year, a quarter, months or days."""
    rest = rest.replace(" ", "")
    if rest == "首月":
        return replace(raw, precision="month", months=(1, 1))
    if rest[0] in _SEASONS:
        return replace(raw, precision="interval", months=_SEASONS[rest[0]])
    if rest.endswith("半年"):
        return replace(raw, precision="half", months=(1, 6) if rest[0] == "上" else (7, 12))
    if re.fullmatch(_FROM_FIRST_QUARTER, rest):
        last = 3 * _number(rest.removesuffix("季度")[-1])
        return replace(raw, precision="interval", months=(1, last))
    if rest.endswith(("季度", "季")):
        ordinal = rest.removesuffix("度").removesuffix("季").removesuffix("个").lstrip("第前")
        quarter = _number(ordinal.replace("首", "一"))
        first = 1 if rest.startswith("前") else 3 * quarter - 2
        precision: Precision = "interval" if rest.startswith("前") else "quarter"
        return replace(raw, precision=precision, months=(first, 3 * quarter))
    if rest.startswith(("前", "首", "头")):
        return replace(raw, precision="interval", months=(1, _number(rest[1:-2])))
    month_part, _, day_part = rest.partition("月")
    range_match = re.fullmatch(rf"({_MONTH})(?:月份?)?{_JOIN}({_MONTH})月份?", rest)
    if range_match:
        months = _number(range_match[1]), _number(range_match[2])
        return replace(raw, precision="interval", months=months)
    month = _number(month_part)
    day_match = re.match(rf"({_DAY}(?:{_JOIN}{_DAY})?)[日号號]", day_part)
    if day_match:
        days = _numbers(day_match[1])
        return replace(raw, precision=_day_precision(days), months=(month, month), days=days)
    return replace(raw, precision="month", months=(month, month))


def _relative_day_to_raw(match: re.Match[str], text: str) -> _Raw | None:
    word, end = match["relday"], match.end()
    bare = match.group() == word
    if bare and word in ("明天", "明日", "后天") and text[end : end + 1] not in ("将", "起"):
        return None  # 美好的明天 names no day
    if bare and word in ("今天", "今日") and text[match.start() - 1 : match.start()] == "的":
        return None
    return _Raw(start=match.start(), end=end, precision="day", relative=word)


def _plan_to_raw(match: re.Match[str], text: str) -> _Raw:
    number = _number(match["plan"] or match["plainplan"])
    # The first two plans were 1953-1957 and 1958-1962; from the third on, 1951 + 5 n opens.
    first = {1: 1953, 2: 1958}.get(number, 1951 + 5 * number)
    edge = match["planedge"] or match["plainedge"] or ""
    generic = re.match(r"规划|規劃|纲要|计划", text[match.end() :]) is not None
    raw = _Raw(start=match.start(), end=match.end(), precision="plan", annotated=not generic)
    if edge == "末":
        return replace(raw, precision="year", year=first + 4)
    if edge == "初":
        return replace(raw, precision="year", year=first)
    years = re.match(r"[前头]([一二两三四])年", text[match.end() :])
    last = first + _number(years[1]) - 1 if years else first + 4
    return replace(raw, year=first, year_to=last)


def _ranges(raws: Sequence[_Raw], text: str) -> Iterator[tuple[_Raw, ...]]:
    """Group two points joined by 至 into one range."""
    at = 0
    while at < len(raws):
        raw = raws[at]
        following = raws[at + 1] if at + 1 < len(raws) else None
        if (
            following is not None
            and raw.precision in _RANGED
            and following.precision in _RANGED
            and _RANGE_JOIN.fullmatch(text, raw.end, following.start)
            # 从2019年到今年6月: ends of unlike precision where a word opens the range
            and (raw.precision == following.precision or text[raw.start - 1 : raw.start] in "从自")
        ):
            yield raw, following
            at += 2
        else:
            yield (raw,)
            at += 1


class _Resolver:
    """Completes expressions in text order, each leaning on those before it."""

    def __init__(self, text: str, published: date | None) -> None:
        self._text = text
        self._published = self.published = published
        self._anchors: list[_Anchor] = []
        self._dateline: date | None = None

    def resolve(self, raw: _Raw) -> _Extent | None:
        if raw.relative is not None:
            return self._relative(raw)
        if raw.days is not None and raw.months is None:
            return self._bare_day(raw)
        if raw.year is None and not raw.annotated:
            year = self._nearest_year(raw)
        else:
            year = raw.year if raw.year is not None else self._year(raw)
        if year is not None and raw.year is None and self._is_base_ahead(raw, year):
            year -= 1
        return None if year is None else _complete(raw, year)

    def _is_base_ahead(self, raw: _Raw, year: int) -> bool:
        """Whether 较12月 after 2024年5月 would be later than what is compared with it."""
        if not self._anchors or self._text[raw.start - 1 : raw.start] not in ("比", "较"):
            return False
        compared = self._anchors[-1]
        base = _complete(raw, year)
        if base is None or re.search(r"[。！？\n；]", self._text[compared.start : raw.start]):
            return False
        return base.first.first_day() > compared.extent.first.first_day()

    def resolve_range_end(self, raw: _Raw, first: _Extent | None) -> _Extent | None:
        """Resolve the second half of a range by its first half."""
        if first is None:
            return None
        start = first.first
        if raw.year is not None:
            last = _complete(raw, raw.year)
        elif raw.relative is not None:
            self._anchors.append(_Anchor(raw.start - 1, first, True, start.day is not None))
            last = self._relative(raw)
        elif raw.months is None and start.month is not None:
            last = _complete(replace(raw, months=(start.month, start.month)), start.year)
        else:
            last = _complete(raw, start.year)
            if last is not None and last.last.last_day() < start.first_day():
                last = _complete(raw, start.year + 1)
        if last is None or last.last.last_day() < start.first_day():
            return None
        return _Extent(start, last.last)

    def remember(self, group: Sequence[_Raw], extent: _Extent) -> None:
        first = group[0]
        if first.relative == "上年":
            return  # a comparison, no place to lean on
        explicit = first.year is not None and first.precision != "plan"
        has_day = extent.last.day is not None
        self._anchors.append(_Anchor(first.start, extent, explicit, has_day))
        if self._dateline is None and has_day and _DATELINE.match(self._text, group[-1].end):
            self._dateline = extent.last.first_day()

    def _today(self) -> date | None:
        return self._dateline or self._published

    def _paragraph_start(self, position: int) -> int:
        return self._text.rfind("\n", 0, position) + 1

    def _narrated(self, start: int) -> Iterator[_Anchor]:
        """Earlier dates, nearest first, without comparison years and planned years."""
        for anchor in reversed(self._anchors):
            before = self._text[max(0, anchor.start - 3) : anchor.start]
            planned = self._published is not None and (
                anchor.extent.first.year > self._published.year
            )
            compared = _COMPARISON.search(before) or (
                _FROM.search(before) and _BASE_YEAR.match(self._text, anchor.start)
            )
            if anchor.start < start and not planned and not compared:
                yield anchor

    def _same_sentence(self, start: int) -> _Anchor | None:
        """The nearest date of the same sentence, planned ones too: 到2030年，当年新增…."""
        if not self._anchors:
            return None
        anchor = self._anchors[-1]
        between = self._text[anchor.start : start]
        return None if re.search(r"[。！？\n；]|[比较]", between) else anchor

    def _year(self, raw: _Raw) -> int | None:
        paragraph = self._paragraph_start(raw.start)
        near = self._near_publication(raw)
        for anchor in self._narrated(raw.start):
            if near is not None and not anchor.has_day:
                continue  # 2023年产量…。5月6日举行的大会: figures of a year date no meeting
            if self._is_just_over(raw, anchor):
                return self._published.year if self._published else None
            if self._is_long_past(raw, anchor):
                continue  # 2018年底，有12家。…上半年，新增3家: the one just over
            if anchor.start < paragraph and self._published is not None:
                break
            if anchor.explicit_year or self._published is None:
                return anchor.extent.last.year
        if self._published is not None:
            return self._year_by_publication(raw, self._published)
        named = list(_NAMED_YEAR.finditer(self._text, 0, raw.start))
        return int(named[-1][1]) if named else None

    def _is_long_past(self, raw: _Raw, anchor: _Anchor) -> bool:
        """Whether months without a year cannot lean on a date of an earlier sentence.

        It lies two years or more before the publication: what is told now has gone on.
        """
        if self._published is None or raw.days is not None:
            return False
        between = self._text[anchor.start : raw.start]
        apart = re.search(r"[。！？；\n]", between) is not None
        return apart and self._published.year - anchor.extent.last.year >= 2

    def _is_just_over(self, raw: _Raw, anchor: _Anchor) -> bool:
        """2023年装机…。截至4月底，…: the end of a month shortly before the publication.

        A year that an earlier sentence told of does not date it.
        """
        published = self._published
        if published is None or raw.days is not None or raw.months is None:
            return False
        if not self._text[max(0, raw.start - 2) : raw.start].endswith(("截至", "截止", "至")):
            return False
        extent = _complete(raw, published.year)
        apart = re.search(r"[。！？；\n]", self._text[anchor.start : raw.start]) is not None
        if extent is None or not apart or anchor.extent.first.month is not None:
            return False
        return 0 <= (published - extent.last.last_day()).days <= _SEASON

    def _near_publication(self, raw: _Raw) -> int | None:
        """The year that puts a day within some weeks of the publication; None if none does."""
        if self._published is None or raw.days is None:
            return None
        for year in (self._published.year, self._published.year - 1, self._published.year + 1):
            extent = _complete(raw, year)
            if extent is None:
                continue
            distance = (extent.first.first_day() - self._published).days
            if -_WEEKS_BEFORE <= distance <= _WEEKS_AHEAD:
                return year
        return None

    def _nearest_year(self, raw: _Raw) -> int | None:
        """The year that a bare 全年 or 年底 leans on: the nearest one written before it."""
        years = (
            a.extent.last.year
            for a in self._narrated(raw.start)
            if a.explicit_year and not self._in_title(a.start)
        )
        near = next(years, None)
        published = self._published
        told = self._same_sentence(raw.start)
        dated = told is not None and told.explicit_year
        if published is not None and not dated and self._is_deadline(raw):
            return published.year  # 年底前完成90家改造
        if near is None and published is not None:
            return self._year_of_speaking(raw, published)
        ahead = (
            _AHEAD.match(self._text, raw.end) is not None and self._same_sentence(raw.start) is None
        )
        if published is not None and ahead and near is not None and near < published.year:
            return published.year  # 2017年…。年底前将突破
        if published is None or near != published.year or published.month > 3:
            return near
        planned = _TARGET_WORDS.search(self._text[max(0, raw.start - 15) : raw.start])
        return near if planned or raw.months else near - 1  # a January report on 全年

    def _is_deadline(self, raw: _Raw) -> bool:
        """Whether 年底前 and 到年底 tell what is to be done by then, not what was."""
        by_then = _BY_THEN.match(self._text, raw.end) is not None
        until = self._text[max(0, raw.start - 1) : raw.start] == "到"
        return (by_then or until) and _REACHED.match(self._text, raw.end) is None

    def _year_of_speaking(self, raw: _Raw, published: date) -> int:
        """What 全年 and 年末 lean on where no year is written.

        The year of the last date of the paragraph (今年); else that of publication for what is
        still to come and in December, the one before for what is over.
        """
        near = self._same_sentence(raw.start) or next(self._narrated(raw.start), None)
        if near is not None and near.start >= self._paragraph_start(raw.start):
            return near.extent.last.year
        before = self._text[max(0, raw.start - 15) : raw.start]
        ahead = (
            _AHEAD.match(self._text, raw.end)
            or _STILL_TO_COME.match(self._text, raw.end)
            or _TARGET_WORDS.search(before)
        )
        return published.year if ahead or published.month == 12 else published.year - 1

    def _in_title(self, position: int) -> bool:
        """Whether an offset lies in 《》: the years of a plan's title date nothing after it."""
        opened = self._text.rfind("《", max(0, position - 60), position)
        return opened >= 0 and "》" not in self._text[opened:position]

    def _year_by_publication(self, raw: _Raw, published: date) -> int:
        """The year that puts an expression nearest to its publication, rather before it."""
        extent = _complete(raw, published.year)
        if extent is None:
            return published.year
        near_end = extent.last if raw.precision == "interval" else extent.first
        distance = (near_end.first_day() - published).days
        begins = _TAKES_EFFECT.match(self._text, raw.end) is not None
        planned = begins or (
            _TARGET_WORDS.search(self._text[max(0, raw.start - 15) : raw.start])
            or self._text[raw.end : raw.end + 1] == "将"
        )
        near = 40 if raw.days is not None else 0
        if distance > near and not planned and raw.months != (7, 12):
            return published.year - 1
        if distance < (-240 if begins else -300) and planned:
            return published.year + 1
        return published.year

    def _bare_day(self, raw: _Raw) -> _Extent | None:
        assert raw.days is not None
        paragraph = self._paragraph_start(raw.start)
        for anchor in self._narrated(raw.start):
            if not anchor.has_day and anchor.extent.last.month is None:
                continue
            near = anchor.extent.last
            if (
                self._published is not None
                and anchor.start < paragraph
                and abs((near.first_day() - self._published).days) > 45
            ):
                break
            return _complete(replace(raw, months=(near.month or 1, near.month or 1)), near.year)
        today = self._today()
        if today is None:
            return None
        if raw.days[0] > today.day + 3:
            today = today.replace(day=1) - timedelta(days=1)
        return _complete(replace(raw, months=(today.month, today.month)), today.year)

    def _relative(self, raw: _Raw) -> _Extent | None:
        word = raw.relative
        assert word is not None
        if word in _RELATIVE_YEARS:
            today = self._today()
            return _complete(raw, today.year + _RELATIVE_YEARS[word]) if today else None
        if word in _POINTING_YEARS:
            anchor = self._same_sentence(raw.start) or next(self._narrated(raw.start), None)
            if anchor is None:
                return None
            return _complete(raw, anchor.extent.last.year + _POINTING_YEARS[word])
        if word in _RELATIVE_MONTHS:
            today = self._today()
            return _shift_month(raw, today, _RELATIVE_MONTHS[word]) if today else None
        if word in _POINTING_MONTHS:
            with_month = (a.extent.last for a in self._narrated(raw.start) if a.extent.last.month)
            near = next(with_month, None)
            return _shift_month(raw, near.first_day(), _POINTING_MONTHS[word]) if near else None
        if word[0] in _WEEKS and word[1] in _WEEKDAYS:
            today = self._today()
            if today is None:
                return None
            days = 7 * _WEEKS[word[0]] + _WEEKDAYS[word[1]] - today.weekday()
            return _day_to_extent(today + timedelta(days=days))
        if word in _RELATIVE_DAYS:
            today = self._today()
            return _day_to_extent(today + timedelta(days=_RELATIVE_DAYS[word])) if today else None
        with_day = (
            a.extent
            for a in self._narrated(raw.start)
            if a.has_day and not _ENDS_THEN.match(self._text, a.start)
        )
        extent = next(with_day, None)
        if extent is None:
            return None
        base = extent.first  # 29日至31日…，次日: the second of the days
        return _day_to_extent(base.first_day() + timedelta(days=_POINTING_DAYS[word]))


def _complete(raw: _Raw, year: int) -> _Extent | None:
    """The extent in a given year; None when the calendar has no such day."""
    if raw.months is None:
        return _Extent(_Partial(year), _Partial(raw.year_to or year))
    first_month, last_month = raw.months
    if raw.days is None:
        last_year = raw.year_to or (year + 1 if last_month < first_month else year)
        return _Extent(_Partial(year, first_month), _Partial(last_year, last_month))
    if max(raw.days) > monthrange(year, first_month)[1]:
        return None
    first, last = raw.days
    if last < first:
        return None
    return _Extent(_Partial(year, first_month, first), _Partial(year, last_month, last))


def _shift_month(raw: _Raw, today: date, months: int) -> _Extent | None:
    index = today.year * 12 + today.month - 1 + months
    year, month = divmod(index, 12)
    return _complete(replace(raw, months=(month + 1, month + 1)), year)


def _day_to_extent(day: date) -> _Extent:
    partial = _Partial(day.year, day.month, day.day)
    return _Extent(partial, partial)
