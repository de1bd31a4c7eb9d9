"""The reading of a text: the same characters, offset by offset, in one script and width.

The text itself is never changed; finders look at this view of it. Each character is
replaced by at most one other, so that every offset of the view is an offset of the text.

>>> text_to_reading("(简称:论坛)", traditional=False)
'（简称：论坛）'
>>> text_to_reading("維港論壇", traditional=True)
'维港论坛'
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache

from opencc import OpenCC

_WIDE = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}
# Full-width digits and letters, marks of both widths, white space that is no line break.
_CHANGING = re.compile(r"[０-９Ａ-Ｚａ-ｚ,:;!?()．％\t\x0b\x0c\x1c-\x1f\x85]")
# Share of Han characters that must be Traditional for a text to count as Traditional, and
# the least number of them: a quoted title does not make an article Traditional.
_TRADITIONAL_SHARE = 0.08
_TRADITIONAL_LEAST = 8


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _simplify(char: str) -> str:
    simple: str = _converter().convert(char)
    return simple if len(simple) == 1 else char


def is_han(char: str) -> bool:
    """Whether ``char`` is a Han character of the basic blocks."""
    return "一" <= char <= "鿿" or "㐀" <= char <= "䶿"


def is_traditional(text: str) -> bool:
    """Whether ``text`` as a whole is written in Traditional characters."""
    han = changed = 0
    for char, count in Counter(text).items():
        if is_han(char):
            han += count
            changed += count if _simplify(char) != char else 0
    return changed >= _TRADITIONAL_LEAST and changed >= _TRADITIONAL_SHARE * han


@lru_cache(maxsize=4)  # the steps of one document ask for the same text
def text_to_reading(text: str, *, traditional: bool | None = None) -> str:
    """The view of ``text`` that finders read; as long as the text.

    Full-width digits and Latin letters become ASCII; half-width punctuation becomes
    full-width where it stands beside a Han character; Traditional characters become
    Simplified when the text as a whole is Traditional (``traditional`` None: decided here).
    """
    if traditional is None:
        traditional = is_traditional(text)
    reading = _CHANGING.sub(_read_mark, text)
    if traditional:
        reading = reading.translate({ord(c): _simplify(c) for c in set(text) if is_han(c)})
    return reading


def _read_mark(match: re.Match[str]) -> str:
    """What a digit, letter or mark is read as where it stands."""
    text, at, char = match.string, match.start(), match.group()
    if char == "．":
        between_digits = text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
        return "." if between_digits else char
    if char in _WIDE:
        return _WIDE[char] if _beside_han(text, at, len(text) - 1) else char
    if char == "％":
        return "%"
    return " " if char.isspace() else chr(ord(char) - 0xFEE0)


def _beside_han(text: str, i: int, last: int) -> bool:
    before = text[i - 1] if i else " "
    after = text[i + 1] if i < last else " "
    if text[i] in "()":
        return True
    if before.isdigit() and after.isdigit():
        return False
    return any(is_han(c) or c in "”’》）」』“‘《%" for c in (before, after)) or (
        before.isdigit() and after.isspace()
    )
