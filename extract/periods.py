"""Sums with periods as facts write them: ISO dates, months, years and intervals.

Sets no ``Doc`` attribute itself: `extract.observations` builds on it. Two examples: a year
before 2023-01/2023-06 is 2022-01/2022-06; 2024-07 lies in 2024-01/2024-07.
"""

from __future__ import annotations

import re

_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_MONTH = re.compile(r"\d{4}-\d\d")
_DIGITS = "〇一二三四五六七八九"


def lies_in(month: str, period: str | None) -> bool:
    """Whether a month lies in an interval of months or a year."""
    if period is None or not _MONTH.fullmatch(month):
        return False
    start, _, end = period.partition("/")
    return period != month and start <= month <= (end or f"{start}-99")


def since(start: str, until: str | None) -> str | None:
    """From a day, month or year to the day of publication, as precise as the start.

    >>> since("2016-12", "2025-04-02")
    '2016-12/2025-04'
    """
    if until is None or "/" in start or until[: len(start)] <= start:
        return None
    return f"{start}/{until[: len(start)]}"


def year_before(period: str | None) -> str | None:
    """The same period a year earlier.

    >>> year_before("2023-01/2023-06")
    '2022-01/2022-06'
    """
    if period is None or "-W" in period:
        return None
    return _YEAR.sub(lambda match: str(int(match.group()) - 1), period)


def han_to_count(word: str) -> int:
    """A number up to 20, in Chinese or Arabic digits: 三, 十二, 15.

    >>> han_to_count("十二")
    12

    Raises:
        ValueError: for what is no such number.
    """
    if word.isdecimal():
        return int(word)
    tens, is_ten, ones = word.rpartition("十")
    digit = _DIGITS.find(ones.replace("两", "二"))
    if tens or digit < 0 or not (ones or is_ten):
        raise ValueError(f"expected a number such as 三 or 十二, got {word!r}")
    return 10 * bool(is_ten) + (digit if ones else 0)


def last_years(count: int, *, published: str | None, report: str | None = None) -> str | None:
    """The years that 近三年 covers: up to that of the report, else of the publication.

    In the first quarter the years that are told of ended with the year before; later the
    span begins as many years before the publication, in December one year later. None for
    less than two years.

    >>> last_years(3, published="2024-02-20"), last_years(10, published="2024-10-08")
    ('2021/2023', '2014/2024')
    >>> last_years(3, published="2024-12-15")
    '2022/2024'
    >>> last_years(3, published="2024-02-20", report="2022")
    '2020/2022'
    """
    if count < 2:
        return None
    if report is not None and len(report) == len("2022"):
        return f"{int(report) - count + 1}/{report}"
    if published is None:
        return None
    year = int(published[:4])
    if published[5:7] == "12":  # the year is as good as over
        return f"{year - count + 1}/{year}"
    return f"{year - count}/{year - 1 if published[5:7] <= '03' else year}"
