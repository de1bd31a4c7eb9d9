"""Editions named by their number get the full name of their event."""

from __future__ import annotations

import pytest

from extract.editions import (
    edition_before,
    edition_of,
    edition_shifted,
    full_names,
    is_edition,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("首届论坛", True),
        ("第三届", True),
        ("第12届年会", True),
        ("第三次大会", True),
        ("论坛", False),
        ("2021年论坛", True),
        ("2021年那届论坛", True),
        ("第三届青禾论坛", False),
    ],
)
def test_an_edition_is_a_number_with_a_common_noun_at_most(name: str, expected: bool) -> None:
    assert is_edition(name) is expected


@pytest.mark.parametrize(
    ("short", "named", "expected"),
    [
        ("首届论坛", "第五届青禾绿色论坛", "首届青禾绿色论坛"),
        ("第二届", "第五届青禾绿色论坛", "第二届青禾绿色论坛"),
        ("第六届论坛", "首届青禾绿色论坛", "第六届青禾绿色论坛"),
        ("首届论坛", "第五届青禾博览会", None),
        ("首届论坛", "2024青禾绿色论坛", "首届青禾绿色论坛"),
        ("2021年论坛", "第五届青禾绿色论坛", "2021青禾绿色论坛"),
        ("2021年论坛", "第五届青禾博览会", None),
        ("首届论坛", "青禾绿色论坛", "首届青禾绿色论坛"),
        ("首届", "青禾绿色论坛", None),
        ("第六届论坛", "第五届青禾储能分论坛", None),
        ("青禾论坛", "第五届青禾绿色论坛", None),
    ],
)
def test_an_edition_takes_the_name_of_its_event(
    short: str, named: str, expected: str | None
) -> None:
    assert edition_of(short, named) == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("第五届青禾论坛", "第四届青禾论坛"),
        ("第二届青禾论坛", "首届青禾论坛"),
        ("第十届青禾论坛", "第九届青禾论坛"),
        ("第十一届青禾论坛", "第十届青禾论坛"),
        ("第二十一次青禾年会", "第二十次青禾年会"),
        ("第12届青禾论坛", "第十一届青禾论坛"),
        ("首届青禾论坛", None),
        ("第一届青禾论坛", None),
        ("2024青禾论坛", None),
    ],
)
def test_the_edition_before_has_the_number_before(named: str, expected: str | None) -> None:
    assert edition_before(named) == expected


@pytest.mark.parametrize(
    ("named", "years", "expected"),
    [
        ("2024青禾论坛", 1, "2025青禾论坛"),
        ("2024青禾论坛", -1, "2023青禾论坛"),
        ("第三届青禾论坛", -1, "第二届青禾论坛"),
        ("第三届青禾论坛", 1, None),
        ("青禾论坛", 1, None),
    ],
)
def test_the_edition_of_another_year(named: str, years: int, expected: str | None) -> None:
    assert edition_shifted(named, years) == expected


@pytest.mark.parametrize(
    ("names", "year", "expected"),
    [
        # one edition: every wording is its
        (["青禾论坛", "第三届青禾论坛"], None, {"第三届青禾论坛"}),
        (["2024青禾论坛", "第三届青禾论坛"], "2024", {"2024青禾论坛"}),
        (
            ["第三届青禾低碳论坛", "第三届青禾地区绿色低碳论坛"],
            None,
            {"第三届青禾地区绿色低碳论坛"},
        ),
        (["青禾新博会", "2024中国（青禾）新能源博览会"], None, {"2024中国（青禾）新能源博览会"}),
        # two editions, or the series beside them
        (
            ["青禾绿色论坛", "第二届青禾绿色论坛", "第三届青禾绿色论坛"],
            None,
            {"青禾绿色论坛", "第二届青禾绿色论坛", "第三届青禾绿色论坛"},
        ),
        (
            ["2022青禾绿色论坛", "第三届青禾绿色论坛"],
            "2024",
            {"2022青禾绿色论坛", "第三届青禾绿色论坛"},
        ),
        # other events
        (["青禾生态论坛", "青禾地区绿色低碳论坛"], None, {"青禾生态论坛", "青禾地区绿色低碳论坛"}),
        (["储能分论坛", "第三届储能分论坛"], None, {"储能分论坛", "第三届储能分论坛"}),
    ],
)
def test_wordings_of_one_event_get_its_fullest_name(
    names: list[str], year: str | None, expected: set[str]
) -> None:
    found = full_names(names, year=year)
    assert {found.get(name, name) for name in names} == expected
