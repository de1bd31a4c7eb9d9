"""Dates of the graph in words: days, months, years, and intervals of two.

>>> date_to_words("2031-05", "en"), date_to_words("2031-05-06/2031-05-08", "zh")
('May 2031', '2031年5月6日至8日')
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime
from types import MappingProxyType

from babel.dates import format_interval, format_skeleton

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
# Fields of Unicode's date formats, by the length of what is written in ISO.
_SKELETONS = MappingProxyType({4: "y", 7: "yMMM", 10: "yMMMd"})


def date_to_words(value: str, language: str) -> str:
    """An ISO date, or two with "/" between, as people write it.

    An interval says once what both its ends have in common, and is one of months or years where it
    has all their days. Anything else stays as it is, since
    the graph has dates of other forms.

    Args:
        value: a day, a month, a year, or an interval of two.
        language: the code of a language, such as ``en``.
    """
    first, slash, last = _in_whole_units(value).partition("/")
    start, end = _read_date(first), _read_date(last)
    if start is None or (slash and end is None):
        return value
    skeleton = _SKELETONS[len(first)]
    if end is None:
        return format_skeleton(skeleton, start, locale=language)
    if len(first) != len(last) or end < start:
        return f"{date_to_words(first, language)} – {date_to_words(last, language)}"
    # Thin spaces are blanks of their own to whoever searches the page.
    return format_interval(start, end, skeleton, locale=language).replace("\u2009", " ")


def _in_whole_units(value: str) -> str:
    """An interval of days that is one of whole months or years, as such; else as it is.

    >>> _in_whole_units("2031-01-01/2031-12-31"), _in_whole_units("2031-02-01/2031-03-31")
    ('2031/2031', '2031-02/2031-03')
    """
    first, _, last = value.partition("/")
    end = _read_date(last) if len(last) == len("2031-05-06") else None
    if end is None or first[7:] != "-01" or end.day != monthrange(end.year, end.month)[1]:
        return value
    digits = 4 if first[4:7] == "-01" and end.month == 12 else 7
    return f"{first[:digits]}/{last[:digits]}"


def instant_to_words(value: str, language: str) -> str:
    """An instant of ISO 8601 to the minute in UTC; anything else, one without a zone too, stays.

    >>> instant_to_words("2031-05-06T22:43:25Z", "en")
    'May 6, 2031 22:43 UTC'
    """
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return value
    if instant.tzinfo is None:
        return value
    day, _, time = instant.astimezone(UTC).isoformat().partition("T")
    return f"{date_to_words(day, language)} {time[:5]} UTC"


def _read_date(value: str) -> date | None:
    """The first day of a day, month or year in ISO; None for anything else."""
    if not _DATE.fullmatch(value):
        return None
    year, month, day = [*map(int, value.split("-")), 1, 1][:3]
    try:
        return date(year, month, day)
    except ValueError:
        return None
