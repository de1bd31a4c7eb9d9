"""Notes: pairs of key and value in one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.annotation.notes import UnreadableNoteError, note_to_pairs, pairs_to_note
from tests.extract.annotation.conftest import STRINGS


@pytest.mark.parametrize(
    ("note", "pairs"),
    [
        ("", []),
        ("  ", []),
        ("name=海湾论坛", [("name", "海湾论坛")]),
        ("event=甲 | event=乙|unit=%", [("event", "甲"), ("event", "乙"), ("unit", "%")]),
        (" unit = 吨 ", [("unit", "吨")]),
        ("text=a=b", [("text", "a=b")]),
        ("text=", [("text", "")]),
        (r"text=甲\|乙\n丙\\|name=丁", [("text", "甲|乙\n丙\\"), ("name", "丁")]),
        (r"text=\u0020甲\u2028", [("text", " 甲\u2028")]),
    ],
)
def test_note_is_read_as_pairs(note: str, pairs: list[tuple[str, str]]) -> None:
    assert note_to_pairs(note) == pairs


@pytest.mark.parametrize(
    ("note", "expected", "got"),
    [
        ("林远有误", "key=value pairs parted by '|'", "'林远有误'"),
        ("name=甲 | ", "key=value pairs parted by '|'", "''"),
        ("=甲", "key=value pairs parted by '|'", "'=甲'"),
        (r"name=甲\x", r"one of \\, \|, \n, \r, \t and \u0000", r"'\\x'"),
        ("name=甲\\", r"one of \\, \|, \n, \r, \t and \u0000", r"'\\'"),
        (r"name=\u12", r"one of \\, \|, \n, \r, \t and \u0000", r"'\\u'"),
    ],
)
def test_note_of_another_form_is_refused(note: str, expected: str, got: str) -> None:
    with pytest.raises(UnreadableNoteError) as error:
        note_to_pairs(note)
    assert (error.value.expected, error.value.got) == (expected, got)


@given(st.lists(st.tuples(st.sampled_from(["name", "event"]), STRINGS), max_size=4))
def test_pairs_survive_a_note_in_one_line(pairs: list[tuple[str, str]]) -> None:
    note = pairs_to_note(pairs)
    assert note_to_pairs(note) == pairs
    assert len(note.splitlines()) <= 1
    assert "\t" not in note
