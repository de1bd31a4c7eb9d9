from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.changes import Change, compare_lists, compare_texts

LONG = "".join(f"第{number}句。" for number in range(20))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("甲。", "甲。", [("same", "甲。")]),
        ("", "甲。", [("added", "甲。")]),
        ("甲。", "", [("removed", "甲。")]),
        (
            "甲。\n乙来。",
            "甲。\n丙去。",
            [("same", "甲。\n"), ("removed", "乙来。"), ("added", "丙去。")],
        ),
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


# A text without any mark.
ENDLESS = "".join(map(chr, range(0x4E00, 0x4E00 + 10_000)))
CLAUSES = "，".join(f"第{number}段说到水" for number in range(300))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("建成31座。", "建成315座。", [("same", "建成"), ("removed", "31"), ("added", "315"), ("same", "座。")]),
        ("Of 31 stations, two run. Then", "Of 31 stations, ten run. Then",
         [("same", "Of 31 stations, "), ("removed", "two"), ("added", "ten"), ("same", " run. Then")]),
        # One stretch of the same between two changes is part of them when it is short.
        ("会议由甲一乙主办和承办。", "会议由丙一丁主办和承办。",
         [("same", "会议由"), ("removed", "甲一乙"), ("added", "丙一丁"), ("same", "主办和承办。")]),
        ("水" * 900 + "31" + "木" * 900, "水" * 900 + "35" + "木" * 900,
         [("gap", ""), ("same", "水" * 60), ("removed", "31"), ("added", "35"), ("same", "木" * 60), ("gap", "")]),
        (ENDLESS, ENDLESS[:4999] + "○○" + ENDLESS[5000:],
         [("gap", ""), ("same", ENDLESS[4939:4999]), ("removed", ENDLESS[4999]), ("added", "○○"),
          ("same", ENDLESS[5000:5060]), ("gap", "")]),
        (CLAUSES, CLAUSES.replace("第7段", "第9段").replace("第250段", "第251段"),
         [("same", "第0段说到水，第1段说到水，第2段说到水，第3段说到水，第4段说到水，第5段说到水，第6段说到水，第"),
          ("removed", "7"), ("added", "9"), ("same", (CLAUSES.partition("第7")[2])[:60]), ("gap", ""),
          ("same", (CLAUSES.partition("250")[0])[-60:]), ("removed", "250"), ("added", "251"),
          ("same", (CLAUSES.partition("250")[2])[:60]), ("gap", "")]),
    ],
)  # fmt: skip
def test_sentences_that_are_similar_show_the_words_that_changed(
    before: str, after: str, expected: list[tuple[str, str]]
) -> None:
    assert compare_texts(before, after) == [Change(k, t) for k, t in expected]  # type: ignore[arg-type]


def test_a_sentence_of_which_little_stays_is_another_sentence() -> None:
    assert compare_texts("甲乙丙丁一戊。", "己庚辛壬一癸。") == [
        Change("removed", "甲乙丙丁一戊。"),
        Change("added", "己庚辛壬一癸。"),
    ]


SHORT_TEXTS = st.text(alphabet="甲乙。，12a .\n", max_size=60)


@given(SHORT_TEXTS, SHORT_TEXTS)
def test_both_versions_can_be_put_together_from_the_changes(before: str, after: str) -> None:
    changes = compare_texts(before, after)
    assert changes is not None
    if all(change.kind != "gap" for change in changes):
        old = "".join(c.text for c in changes if c.kind != "added")
        new = "".join(c.text for c in changes if c.kind != "removed")
        assert (old, new) == (before, after)


@pytest.mark.parametrize("text", ["甲" * 5000, "。" * 5000, "甲\r\n乙", "😀\u202e。\x00", "\n\n甲"])
def test_no_character_is_lost(text: str) -> None:
    assert "".join(change.text for change in compare_texts("", text) or []) == text


def test_texts_that_are_too_long_are_not_compared() -> None:
    assert compare_texts("甲。" * 2000, "乙。" * 2000) is None


def test_lists_are_compared_without_order() -> None:
    assert compare_lists(["甲", "乙", "乙"], ["丙", "乙", "丙"]) == (["丙"], ["甲"])
