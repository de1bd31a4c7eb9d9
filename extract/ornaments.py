"""What no Chinese name begins or ends with: emoji, arrows, scripts that are written elsewhere.

Sets no ``Doc`` attribute. Two examples: 😀陈某某 holds the name 陈某某; ★装机容量 is 装机容量.
"""

from __future__ import annotations

import re

from extract.facts import Span

# Hebrew to Georgian, Ethiopic to Vedic, invisible marks, arrows, technical signs, boxes to more
# arrows, variation selectors, presentation forms of Arabic, what could not be decoded, emoji,
# tags. Latin, Greek, Cyrillic, East Asian letters and private use (masks) are not among them.
_ORNAMENTS = re.compile(
    "[\u0590-\u10ff\u1200-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\u2190-\u21ff"
    "\u2300-\u243f\u2500-\u2bff\ufb1d-\ufdff\ufe00-\ufe0f\ufe70-\ufeff\ufffc\ufffd"
    "\U0001f000-\U0001faff\U000e0000-\U000e01ef]+"
)
# Marks of ASCII that may stand inside a name (R&D, PM2.5-O3), but not at its end.
_MARKS = "<>|~^`=*#@\\_"


def without_ornaments(phrase: str) -> str:
    """The words of ``phrase`` alone, for names that are made of it.

    >>> without_ornaments("-->PM2.5平均浓度★")
    'PM2.5平均浓度'
    """
    return _ORNAMENTS.sub("", phrase).lstrip(_MARKS + "-").rstrip(_MARKS)


def trim_ornaments(text: str, span: Span) -> Span | None:
    """``span`` of ``text`` without the ornaments at its ends; None where it has nothing else.

    >>> trim_ornaments("😀陈某某", Span(0, 4))
    Span(start=1, end=4)
    """
    start, end = span.start, span.end
    while start < end and _ORNAMENTS.match(text[start]):
        start += 1
    while start < end and _ORNAMENTS.match(text[end - 1]):
        end -= 1
    return Span(start, end) if start < end else None
