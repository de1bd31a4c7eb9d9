"""Sums with periods as facts write them: ISO dates, months, years and intervals.

Sets no ``Doc`` attribute itself: `extract.observations` builds on it. Two examples: a year
before 2023-01/2023-06 is 2022-01/2022-06; 2024-07 lies in 2024-01/2024-07.
"""

from __future__ import annotations

import re

_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
MONTH = re.compile(r"\d{4}-\d\d")


def lies_in(month: str, period: str | None) -> bool:
    """Whether a month lies in an interval of months or a year."""
    if period is None or not MONTH.fullmatch(month):
        return False
    start, _, end = period.partition("/")
    return period != month and start <= month <= (end or f"{start}-99")


def year_before(period: str | None) -> str | None:
    """The same period a year earlier.

    >>> year_before("2023-01/2023-06")
    '2022-01/2022-06'
    """
    if period is None or "-W" in period:
        return None
    return _YEAR.sub(lambda match: str(int(match.group()) - 1), period)
