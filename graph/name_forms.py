"""The forms under which a name is looked up: folded, in pinyin, by initials, by grams.

Pure converters; the same ones make the keys of the index and those of a query, so that
Traditional and Simplified characters, half and full width, and the ways to write pinyin meet.

>>> name_to_forms("深圳市")
NameForms(folded='深圳市', toned='shēnzhènshì', plain='shenzhenshi', initials='szs')
>>> fold("《綠色 Ｃ４０ 規劃》")
'绿色c40规划'
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin
from pypinyin.contrib.tone_convert import tone3_to_tone

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_NUMBERED_SYLLABLE = re.compile(r"([a-zü]{1,6})([1-5])(?![0-9])")
_TONE_MARKS = ("\u0304", "\u0301", "\u030c", "\u0300")
_FOREIGN = "\x00"  # stands before what has no pinyin


@dataclass(frozen=True, slots=True)
class NameForms:
    """A name as it is compared.

    ``folded`` has neither case, width, Traditional forms, punctuation nor space; ``toned``
    is pinyin with tone marks, ``plain`` without, ü as u; ``initials`` has a letter for each
    Chinese character. Letters and digits of the name stay in all of them.
    """

    folded: str
    toned: str
    plain: str
    initials: str


@cache
def _to_simplified() -> OpenCC:
    converter = OpenCC("t2s")
    converter.convert("準備")  # reads its tables now, and not in two threads at once
    return converter


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in a text.

    >>> has_han("CO₂"), has_han("碳")
    (False, True)
    """
    return _HAN.search(text) is not None


def fold(name: str) -> str:
    """A name without case, width, Traditional forms, punctuation and space.

    Empty where the name has neither letters nor digits.

    >>> fold(" 北灣（市）·Ａ區 ")
    '北湾市a区'
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    simplified = _to_simplified().convert(plain) if has_han(plain) else plain
    return "".join(c for c in simplified if unicodedata.category(c)[0] in "LN")


def fold_case(text: str) -> str:
    """NFKC and full case folding, without white space at the ends; punctuation stays.

    >>> fold_case(" ＣＯ２（气） ")
    'co2(气)'
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def name_to_forms(name: str) -> NameForms:
    """All forms of a name; see `NameForms`.

    Source: pypinyin, which knows phrases: 重庆 is chóngqìng.

    >>> name_to_forms("吕梁C40论坛").plain
    'luliangc40luntan'
    """
    folded = fold(name)
    pieces = lazy_pinyin(folded, style=Style.TONE, errors=lambda chunk: _FOREIGN + chunk)
    toned = "".join(piece.removeprefix(_FOREIGN) for piece in pieces)
    initials = "".join(
        piece.removeprefix(_FOREIGN) if piece.startswith(_FOREIGN) else toned_to_plain(piece[:1])
        for piece in pieces
    )
    return NameForms(folded, toned, toned_to_plain(toned), initials)


def query_to_toned(text: str) -> str | None:
    """The pinyin with tone marks that a query gives, as marks or as digits; None without tones.

    >>> query_to_toned("Shēn zhèn"), query_to_toned("shen1 zhen4"), query_to_toned("shenzhen")
    ('shēnzhèn', 'shēnzhèn', None)
    """
    lowered = unicodedata.normalize("NFC", text.casefold()).replace("v", "ü")
    marked = _NUMBERED_SYLLABLE.sub(lambda match: str(tone3_to_tone(match[0])), lowered)
    if not any(mark in unicodedata.normalize("NFD", marked) for mark in _TONE_MARKS):
        return None
    return "".join(c for c in marked if unicodedata.category(c)[0] in "LN")


def toned_to_plain(toned: str) -> str:
    """Pinyin without tones, ü and its stand-in v as u.

    >>> toned_to_plain("lǜsè"), toned_to_plain("lvse")
    ('luse', 'luse')
    """
    letters = unicodedata.normalize("NFD", toned)
    return "".join(c for c in letters if unicodedata.category(c) != "Mn").replace("v", "u")


def name_to_units(folded: str) -> list[str]:
    """The units of a folded name: Chinese characters, and runs of anything else.

    >>> name_to_units("绿色c40论坛")
    ['绿', '色', 'c40', '论', '坛']
    """
    return [
        unit
        for is_han, run in groupby(folded, key=has_han)
        for unit in (run if is_han else ["".join(run)])
    ]


def units_to_grams(units: list[str]) -> list[str]:
    """Every unit and every two neighbours, each once, in order.

    >>> units_to_grams(["北", "湾", "市"])
    ['北', '湾', '市', '北湾', '湾市']
    """
    pairs = [first + second for first, second in pairwise(units)]
    return list(dict.fromkeys([*units, *pairs]))
