"""Sums with periods as facts write them: ISO dates, months, years and intervals.

Sets no ``Doc`` attribute itself: `extract.observations` builds on it. Two examples: a year
before 2023-01/2023-06 is 2022-01/2022-06; 2024-07 lies in 2024-01/2024-07.
"""

from __future__ import annotations

import re

_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_MONTH = re.compile(r"\d{4}-\d\d")


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
