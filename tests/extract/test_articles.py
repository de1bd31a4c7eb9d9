"""Provisions of a regulation: from their wording to numbers."""

from __future__ import annotations

import pytest

from extract.articles import provisions_at


@pytest.mark.parametrize(
    ("text", "numbers", "wording"),
    [
        ("第十条规定", ("10",), "第十条"),
        ("第10条规定", ("10",), "第10条"),
        ("的第十条规定", ("10",), "第十条"),
        ("第一百零五条", ("105",), "第一百零五条"),
        ("第三十二条第一款", ("32.1",), "第三十二条第一款"),
        ("第三十二条第一款第二项的要求", ("32.1.2",), "第三十二条第一款第二项"),
        ("第十条之一", ("10-1",), "第十条之一"),
        ("第八条、第十二条", ("8", "12"), "第八条、第十二条"),
        ("第八条和第十二条第三款", ("8", "12.3"), "第八条和第十二条第三款"),
        ("第八条第一款、第三款", ("8.1", "8.3"), "第八条第一款、第三款"),
        ("第八条至第十一条", ("8", "9", "10", "11"), "第八条至第十一条"),
        ("第八条第二款至第十条", ("8.2", "10"), "第八条第二款至第十条"),
        ("第八条、第八条", ("8",), "第八条、第八条"),
    ],
)
def test_provisions_are_numbers_from_article_to_item(
    text: str, numbers: tuple[str, ...], wording: str
) -> None:
    found = provisions_at(text, 0)
    assert found is not None
    assert (found.numbers, found.span.of(text)) == (numbers, wording)


@pytest.mark.parametrize("text", ["共五十条", "规定第十条", "第十章", "第十届", "十条措施", ""])
def test_what_is_no_provision_is_none(text: str) -> None:
    assert provisions_at(text, 0) is None


def test_a_range_without_measure_is_not_counted_out() -> None:
    found = provisions_at("第一条至第九百九十九条", 0)
    assert found is not None
    assert found.numbers == ("1", "999")


def test_a_long_row_of_provisions_is_read_in_one_pass() -> None:
    found = provisions_at("、".join(["第三条第二款"] * 20_000), 0)
    assert found is not None
    assert found.numbers == ("3.2",)
