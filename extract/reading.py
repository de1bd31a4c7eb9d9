"""The reading of a text: the same characters, offset by offset, in one script and width.

The text itself is never changed; finders look at this view of it. Each character is
replaced by at most one other, so that every offset of the view is an offset of the text.

>>> text_to_reading("(简称:论坛)", traditional=False)
'（简称：论坛）'
>>> text_to_reading("維港論壇", traditional=True)
'维港论坛'
"""

from __future__ import annotations

from functools import cache

from opencc import OpenCC

_WIDE = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}
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
    han = [c for c in text if is_han(c)]
    changed = sum(1 for c in han if _simplify(c) != c)
    return changed >= _TRADITIONAL_LEAST and changed >= _TRADITIONAL_SHARE * len(han)


def text_to_reading(text: str, *, traditional: bool | None = None) -> str:
    """The view of ``text`` that finders read; as long as the text.

    Full-width digits and Latin letters become ASCII; half-width punctuation becomes
    full-width where it stands beside a Han character; Traditional characters become
    Simplified when the text as a whole is Traditional (``traditional`` None: decided here).
    """
    if traditional is None:
        traditional = is_traditional(text)
    out = []
    last = len(text) - 1
    for i, char in enumerate(text):
        if traditional and is_han(char):
            char = _simplify(char)
        elif "！" <= char <= "～" and (char.isdigit() or char.isascii() or _is_letter(char)):
            char = chr(ord(char) - 0xFEE0)
        elif char in _WIDE and _beside_han(text, i, last):
            char = _WIDE[char]
        elif char == "．" and text[i - 1 : i].isdigit() and text[i + 1 : i + 2].isdigit():
            char = "."
        elif char in "\t\x0b\x0c\x1c\x1d\x1e\x1f\x85":
            char = " "
        elif char in "%％":
            char = "%"
        out.append(char)
    return "".join(out)


def _is_letter(char: str) -> bool:
    return "Ａ" <= char <= "Ｚ" or "ａ" <= char <= "ｚ"


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
