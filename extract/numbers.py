"""Written numbers of a Chinese text as ``Decimal``.

Sets no ``Doc`` attribute itself: `extract.units` and `extract.observations` build on it.
Two examples: 12.3万 is 123000; 三分之一 is 0.3333 and 四成 is 40 per cent. Per cent is kept
as the number of per cent. A vague number (数十, 若干) has no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

import cn2an

from extract.facts import Span

NumberKind = Literal["plain", "percent", "permille", "fraction", "doubling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMention:
    """A written number: its span, its value and what kind of number it is.

    ``value`` is in per cent for ``percent`` and in per mille for ``permille``; for
    ``doubling`` (翻一番) it is the growth in multiples of the first value. ``rounded_up`` is
    true when 余, 多 or 几 inside the wording says that the true value is larger.
    """

    span: Span
    text: str
    value: Decimal
    kind: NumberKind = "plain"
    rounded_up: bool = False


_D = "[0-9０-９]"
_POINT = "[.．]"
_TRADITIONAL = str.maketrans("萬億兩點數負貳參", "万亿两点数负二三")
_WIDTH = str.maketrans("０１２３４５６７８９．，－−％", "0123456789.,--%")
_SCALES = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
_SI_AFTER_THOUSAND = "瓦克米伏卡帕焦赫安乏字"
# 千 and 百 scale a number, but belong to the unit in 千瓦, 千克, 千米 and the like.
_SCALE = (
    rf"(?:[十百]?[万萬](?:[亿億])?|[十百千]?[亿億]|[十百千](?:[万萬亿億])"
    rf"|[百千](?![{_SI_AFTER_THOUSAND}分千百]))"
)
_MORE = "[余餘多]"
_GROUPS = r"[,，\u00a0\u2009\u202f]"  # 1,860 and, with a narrow space, 1 860
_ARABIC = rf"(?:{_D}{{1,3}}(?:{_GROUPS}{_D}{{3}})+(?!{_D})|{_D}+)(?:{_POINT}{_D}+)?"
_CN_DIGIT = "零〇一二三四五六七八九两兩"
_CN = rf"(?:[{_CN_DIGIT}十百万萬亿億]|千(?![{_SI_AFTER_THOUSAND}]))"
_CN_DECIMAL = rf"{_CN}+(?:[点點][{_CN_DIGIT}]+)?"
_NUMBER = re.compile(
    rf"""
    (?=[\d０-９{_CN_DIGIT}十百千万萬亿億翻半负負\-−－+＋])(?:  # what a number can begin with
    (?P<percent>(?<![{_CN_DIGIT}十])百分之(?P<percent_number>{_CN_DECIMAL}|{_ARABIC}))
  | (?P<permille>千分之(?P<permille_number>{_CN_DECIMAL}|{_ARABIC}))
  | (?P<fraction>(?P<whole>{_CN}+|{_D}+)分之(?P<part>{_CN}+|{_D}+)(?![\d之]))
  | (?P<slash>(?<![\d./])(?P<upper>\d{{1,2}})/(?P<lower>\d{{1,3}})(?![\d/年月日]))
  | (?P<tenth>(?<![完组生建造形构养促集合第])
      (?P<tenth_number>[一二两三四五六七八九]|\d(?:\.\d)?)成
      (?P<tenth_half>半|[一二三四五六七八九](?=[，。、；以左多]|$))?
      (?![立不为员套功效本果长型品分活熟都])){_MORE}?
  | (?P<doubling>翻(?:了)?(?P<times>[一两二三四])?番)
  | (?P<half>(?<![另多])一半|(?<=[超过近逾约])半数|(?<=[超过近])半(?=[，。；、以])|半数以上)
  | (?<![A-Za-z0-9.+\-_０-９．#])(?<!(?<![瓦W])/)
    (?P<sign>[负負]|[-−－](?={_D})|(?<=[比增幅：，（、\s])[+＋](?={_D}))?
    (?P<arabic>{_ARABIC})(?P<more>{_MORE})?(?P<scale>{_SCALE})?(?P<more2>{_MORE})?
    (?![A-Za-z]*[+＋]\d)
  | (?P<chinese>{_CN_DECIMAL})(?P<cn_more>{_MORE})?(?P<cn_scale>[万萬亿億]{{1,2}})?
    )
    """,
    re.VERBOSE,
)
# Longer rows of digits are codes or damage, not figures; nothing doubles more often.
_MOST_DIGITS = 24
_MOST_DOUBLINGS = 10
_VAGUE = re.compile(r"[数數几幾若]$")
_VAGUE_AFTER = ("几", "幾", "来")


def find_numbers(text: str) -> Iterator[NumberMention]:
    """Yield the written numbers of a text in text order; vague ones are left out.

    Digits inside a Latin word (PM2.5, CO2) are no numbers. Chinese numerals are yielded
    wherever they stand (一体化 has 一): the reader of the figure judges by what follows.

    >>> [n.value for n in find_numbers("PM2.5浓度下降百分之五，共1,234.5万吨")]
    [Decimal('5'), Decimal('12345000')]
    """
    for match in _NUMBER.finditer(text):
        vague = _VAGUE.search(text[max(0, match.start() - 1) : match.start()])
        shared = match["percent"] or match["permille"]  # 占总数百分之三
        if vague and not shared and match.group()[0] in "十百千万萬亿億":
            continue
        found = _match_to_value(match)
        if found is None:
            continue
        value, kind, rounded_up = found
        if value.adjusted() >= _MOST_DIGITS:
            continue
        if text[match.end() : match.end() + 1] in _VAGUE_AFTER:
            continue
        span = Span(*match.span())
        yield NumberMention(
            span=span, text=span.of(text), value=_tidy(value), kind=kind, rounded_up=rounded_up
        )


def number_to_decimal(wording: str) -> Decimal | None:
    """The value of one written number; None when the whole wording is not a number.

    >>> number_to_decimal("8765.43亿")
    Decimal('876543000000')
    >>> number_to_decimal("数十") is None
    True
    """
    found = list(find_numbers(wording))
    if len(found) != 1 or found[0].span != Span(0, len(wording)):
        return None
    return found[0].value


def _match_to_value(match: re.Match[str]) -> tuple[Decimal, NumberKind, bool] | None:
    if match["percent"]:
        return _typed(_plain(match["percent_number"]), "percent")
    if match["permille"]:
        return _typed(_plain(match["permille_number"]), "permille")
    if match["fraction"]:
        whole, part = _plain(match["whole"]), _plain(match["part"])
        return _typed(part / whole, "fraction") if whole and part is not None else None
    if match["slash"]:
        lower = Decimal(match["lower"])
        return _typed(Decimal(match["upper"]) / lower, "fraction") if lower else None
    if match["tenth"]:
        tenths = _plain(match["tenth_number"])
        half = match["tenth_half"]
        rest = Decimal(5) if half == "半" else _plain(half) if half else Decimal(0)
        if tenths is None or rest is None:
            return None
        return tenths * 10 + rest, "percent", match.group()[-1] in "余餘多"
    if match["doubling"]:
        times = _plain(match["times"] or "一")
        if times is None or times > _MOST_DOUBLINGS:
            return None
        return 2 ** int(times) - Decimal(1), "doubling", False
    if match["half"]:
        return Decimal(50), "percent", match["half"].endswith("以上")
    if match["arabic"]:
        digits = re.sub(_GROUPS, "", match["arabic"].translate(_WIDTH))
        value = Decimal(digits) * _scale(match["scale"])
        more = bool(match["more"] or match["more2"])
        negative = (match["sign"] or "+") not in "+＋"
        return (-value if negative else value), "plain", more
    value_or_none = _plain(match["chinese"])
    if value_or_none is None:
        return None
    return value_or_none * _scale(match["cn_scale"]), "plain", bool(match["cn_more"])


def _tidy(value: Decimal) -> Decimal:
    """Drop trailing zeros, so that 9.0 and 9 are one value; fractions keep four places."""
    if value == value.to_integral_value():
        return value.quantize(Decimal(1))
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -12:
        value = value.quantize(Decimal("0.0001"))
    return value.normalize()


def _typed(value: Decimal | None, kind: NumberKind) -> tuple[Decimal, NumberKind, bool] | None:
    return None if value is None else (value, kind, False)


def _scale(wording: str | None) -> Decimal:
    """Read 百万 as 1000000 and no wording as 1."""
    if not wording:
        return Decimal(1)
    power = sum(_SCALES[char] for char in wording.translate(_TRADITIONAL))
    return Decimal(10) ** power


def _plain(wording: str) -> Decimal | None:
    """Read one Arabic or Chinese number without sign; None for a senseless row of numerals."""
    simple = re.sub(_GROUPS, "", wording.translate(_TRADITIONAL).translate(_WIDTH))
    if re.fullmatch(r"\d+(?:\.\d+)?", simple):
        return Decimal(simple)
    if simple[0] in "百千万亿":
        if set(simple) <= set("百千万亿"):
            return _scale(simple)
        simple = "一" + simple
    integer, _, fraction = simple.partition("点")
    try:
        value = Decimal(str(cn2an.cn2an(integer.replace("〇", "零"), "smart")))
        if fraction:
            digits = "".join(str(int(cn2an.cn2an(char, "smart"))) for char in fraction)
            value += Decimal(f"0.{digits}")
    except (ValueError, KeyError, InvalidOperation):
        return None  # cn2an looks up senseless rows such as 万亿两 in a table without them
    return value
