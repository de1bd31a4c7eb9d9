"""Periods of a year before, and months inside longer periods."""

from __future__ import annotations

import pytest

from extract.periods import han_to_count, last_years, lies_in, since, year_before


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2023", "2022"),
        ("2023-06", "2022-06"),
        ("2023-01/2023-06", "2022-01/2022-06"),
        ("2020-12-31", "2019-12-31"),
        (None, None),
    ],
)
def test_a_year_before(period: str | None, expected: str | None) -> None:
    assert year_before(period) == expected


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        ("2016-12-22", "2025-04-02", "2016-12-22/2025-04-02"),
        ("2016", "2025-04-02", "2016/2025"),
        ("2025", "2025-04-02", None),
        ("2016/2018", "2025-04-02", None),
        ("2016", None, None),
    ],
)
def test_what_lasts_ends_with_the_day_of_publication(start, until, expected) -> None:
    assert since(start, until) == expected


@pytest.mark.parametrize(
    ("month", "period", "expected"),
    [
        ("2024-07", "2024-01/2024-07", True),
        ("2024-03", "2024", True),
        ("2023-12", "2024", False),
        ("2024-08", "2024-01/2024-07", False),
        ("2024-07", "2024-07", False),
        ("2024", "2024-01/2024-07", False),
        ("2024-07", None, False),
    ],
)
def test_a_month_inside_a_longer_period(month: str, period: str | None, expected: bool) -> None:
    assert lies_in(month, period) is expected


@pytest.mark.parametrize(
    ("word", "expected"), [("三", 3), ("两", 2), ("十", 10), ("十二", 12), ("5", 5), ("15", 15)]
)
def test_counts_of_years(word: str, expected: int) -> None:
    assert han_to_count(word) == expected


@pytest.mark.parametrize("word", ["", "二十", "百", "三年"])
def test_what_is_no_count_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        han_to_count(word)


@pytest.mark.parametrize(
    ("count", "published", "report", "expected"),
    [
        (3, "2024-02-20", None, "2021/2023"),
        (3, "2024-04-01", None, "2021/2024"),
        (3, "2024-02-20", "2022", "2020/2022"),
        (3, "2024-07-20", "2024-01/2024-06", "2021/2024"),
        (3, None, None, None),
        (1, "2024-02-20", None, None),
    ],
)
def test_the_last_years_end_with_report_or_publication(count, published, report, expected) -> None:
    assert last_years(count, published=published, report=report) == expected
