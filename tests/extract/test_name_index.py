"""Names at one place of a text."""

from __future__ import annotations

import pytest

from extract.name_index import NameIndex

INDEX = NameIndex(["生态环境部", "生态环境部门", "能源局", "能源"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("生态环境部和能源局", [(0, 5), (6, 9)]),
        ("生态环境部门", [(0, 6)]),
        ("能源能源局", [(0, 2), (2, 5)]),
        ("生态", []),
        ("", []),
    ],
)
def test_finds_leftmost_and_longest_names(text: str, expected: list[tuple[int, int]]) -> None:
    assert list(INDEX.find(text)) == expected


def test_gives_all_names_of_a_position_longest_first() -> None:
    assert list(INDEX.at("生态环境部门", 0)) == ["生态环境部门", "生态环境部"]


def test_refuses_a_name_of_one_character() -> None:
    with pytest.raises(ValueError, match="two characters"):
        NameIndex(["部"])
