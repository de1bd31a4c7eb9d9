"""Calendar expressions as mentions, anchored to the day of publication."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]

DATES = [
    ("5月8日上午，活动举行。", [("5月8日上午", "2024-05-08")]),
    ("昨天，活动举行。", [("昨天", "2024-05-08")]),
    ("5月8日至10日，活动举行。", [("5月8日至10日", "2024-05-08/2024-05-10")]),
    ("2023年，建成两座。", [("2023年", "2023")]),
    ("2023年3月，建成两座。", [("2023年3月", "2023-03")]),
    ("“十四五”期间，建成两座。", [("“十四五”期间", "2021/2025")]),
    ("2023年上半年，建成两座。", [("2023年上半年", "2023-01/2023-06")]),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates_are_mentions_with_iso_values(
    read: Read, text: str, expected: list[tuple[str, str]]
) -> None:
    found = [(e.text, e.name) for e in read(text).entities if e.label == "DATE"]
    assert found == expected


@pytest.mark.parametrize(
    "text", ["近年来，绿电增长。", "目前，绿电增长。", "与上年同期相比增长。", "历时三年建成。"]
)
def test_vague_words_and_durations_are_no_mentions(
    mentions: Callable[..., list[str]], text: str
) -> None:
    assert mentions(text, "DATE") == []


def test_without_a_day_of_publication_words_stay_unresolved(read: Read) -> None:
    found = [(e.text, e.name) for e in read("昨天，活动举行。", published=None).entities]
    assert found == [("昨天", "昨天")]


def test_another_day_of_publication_gives_another_day(read: Read) -> None:
    text = "昨天，活动举行。"
    days = [read(text, published=day).entities[0].name for day in ("2023-03-01", "2024-03-01")]
    assert days == ["2023-02-28", "2024-02-29"]


def test_a_year_inside_a_name_is_no_mention(read: Read) -> None:
    text = "2024越州碳中和论坛开幕，《2023越州海洋公报》发布。"
    assert [e.label for e in read(text).entities] == ["FORUM", "REGULATION"]
