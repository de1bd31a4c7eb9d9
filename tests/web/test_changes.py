from __future__ import annotations

import pytest

from web.changes import Change, compare_lists, compare_texts

LONG = "".join(f"第{number}句。" for number in range(20))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("甲。", "甲。", [("same", "甲。")]),
        ("", "甲。", [("added", "甲。")]),
        ("甲。", "", [("removed", "甲。")]),
        ("甲。\n乙。", "甲。\n丙。", [("same", "甲。\n"), ("removed", "乙。"), ("added", "丙。")]),
        (
            LONG + "尾。",
            LONG,
            [("gap", ""), ("same", "第19句。"), ("removed", "尾。")],
        ),
        (
            "头。" + LONG + "尾。",
            LONG,
            [
                ("removed", "头。"),
                ("same", "第0句。"),
                ("gap", ""),
                ("same", "第19句。"),
                ("removed", "尾。"),
            ],
        ),
    ],
)
def test_texts_are_compared_by_sentences(
    before: str, after: str, expected: list[tuple[str, str]]
) -> None:
    assert compare_texts(before, after) == [Change(k, t) for k, t in expected]  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["甲" * 5000, "。" * 5000, "甲\r\n乙", "😀\u202e。\x00", "\n\n甲"])
def test_no_character_is_lost(text: str) -> None:
    assert "".join(change.text for change in compare_texts("", text) or []) == text


def test_texts_that_are_too_long_are_not_compared() -> None:
    assert compare_texts("甲。" * 2000, "乙。" * 2000) is None


def test_lists_are_compared_without_order() -> None:
    assert compare_lists(["甲", "乙", "乙"], ["丙", "乙", "丙"]) == (["丙"], ["甲"])
