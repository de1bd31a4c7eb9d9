"""Words by offset."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.tokens import Doc

from extract.facts import Span
from extract.tokenizer import Word
from extract.words import Words

MakeDoc = Callable[[str], Doc]
# 0 1 2 | 3 4 | 5 | 6 7 8 | 9
TAGGED = "越州市/LOC 市长/n ␣/SP 卢清源/PER 。/w"


@pytest.fixture
def words(make_doc: MakeDoc) -> Words:
    return Words.from_doc(make_doc(TAGGED))


def test_spaces_are_no_words(words: Words) -> None:
    assert [words.of(w) for w in words.words] == ["越州市", "市长", "卢清源", "。"]
    assert words.source == "越州市市长 卢清源。"


def test_text_is_the_reading_and_source_the_text(make_doc: MakeDoc) -> None:
    words = Words.from_doc(make_doc("越州/LOC (/w ２０/m )/w"))
    assert words.source == "越州(２０)"
    assert words.text == "越州（20）"


def test_within_takes_whole_words_only(words: Words) -> None:
    assert words.within(Span(0, 5)) == (Word(0, 3, "LOC"), Word(3, 5, "n"))
    assert words.within(Span(1, 5)) == (Word(3, 5, "n"),)
    assert words.within(Span(5, 6)) == ()


@pytest.mark.parametrize(
    ("offset", "starting", "ending", "at", "boundary"),
    [
        (0, 0, None, 0, True),
        (1, None, None, 0, False),
        (3, 1, 0, 1, True),
        (5, None, 1, None, True),
        (6, 2, None, 2, True),
        (8, None, None, 2, False),
        (10, None, 3, None, True),
    ],
)
def test_words_are_found_by_offset(
    words: Words,
    offset: int,
    starting: int | None,
    ending: int | None,
    at: int | None,
    boundary: bool,
) -> None:
    assert words.starting_at(offset) == starting
    assert words.ending_at(offset) == ending
    assert words.at(offset) == at
    assert words.is_boundary(offset) is boundary


@pytest.mark.parametrize(
    ("offset", "tags", "stop", "limit", "expected"),
    [
        (5, {"n", "LOC"}, set(), 0, 0),
        (5, {"n"}, set(), 0, 3),
        (5, {"n", "LOC"}, {"市长"}, 0, 5),
        (5, {"n", "LOC"}, {"越州市"}, 0, 3),
        (5, {"n", "LOC"}, set(), 1, 3),
        (9, {"PER", "n", "LOC"}, set(), 0, 6),
        (4, {"n", "LOC"}, set(), 0, 4),
    ],
)
def test_walk_to_the_left_ends_at_tags_stops_limits_and_gaps(
    words: Words, offset: int, tags: set[str], stop: set[str], limit: int, expected: int
) -> None:
    assert words.extend_left(offset, tags, stop, limit) == expected


def test_a_doc_without_words_has_none(make_doc: MakeDoc) -> None:
    words = Words.from_doc(make_doc(""))
    assert words.words == ()
    assert words.at(0) is None
    assert words.is_boundary(0)
