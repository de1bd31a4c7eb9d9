"""Dates of the graph in words: days, months, years, and intervals of two.

>>> date_to_words("2031-05", "en"), date_to_words("2031-05-06/2031-05-08", "zh")
('May 2031', '2031年5月6日 – 2031年5月8日')
"""

from __future__ import annotations

import re
from datetime import date

from babel.dates import format_date, format_skeleton

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)


def date_to_words(value: str, language: str) -> str:
    """An ISO date, or two with "/" between, as people write it.

    Anything else stays as it is, since the graph has dates of other forms.

    Args:
        value: a day, a month, a year, or an interval of two.
        language: the code of a language, such as ``en``.
    """
    first, separator, last = value.partition("/")
    if separator:
        return f"{date_to_words(first, language)} – {date_to_words(last, language)}"
    if not _DATE.fullmatch(value):
        return value
    year, month, day = [*map(int, value.split("-")), 1, 1][:3]
    try:
        start = date(year, month, day)
    except ValueError:
        return value
    if len(value) == len("2031-05-06"):
        return format_date(start, "medium", locale=language)
    return format_skeleton("yMMM" if len(value) == len("2031-05") else "y", start, locale=language)
