"""Decoding of the taggers' scores, and what is asked of a tagged text."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from extract.tagger import (
    MODEL_NAMES,
    NAME_TAGS,
    WORD_CLASSES,
    WORD_TAGS,
    Alphabet,
    ModelName,
    TaggedPiece,
    TaggedText,
    decode_names,
    decode_words,
    load_tagger,
    quotation_start,
    trim_marks,
)

Scores = NDArray[np.float32]


def makes_sense(tags: tuple[str, ...]) -> bool:
    before = "O"
    for tag in (*tags, "O"):
        opened = before[0] in "BI"
        if opened != (tag[0] in "IE") or (opened and before[2:] != tag[2:]):
            return False
        before = tag
    return True


def best_path(chances: Scores) -> list[tuple[int, int, str]]:
    paths = itertools.product(range(len(NAME_TAGS)), repeat=len(chances))
    sensible = (p for p in paths if makes_sense(tuple(NAME_TAGS[i] for i in p)))
    path = max(sensible, key=lambda p: sum(chances[t, i] for t, i in enumerate(p)))
    names = []
    start = 0
    for at, number in enumerate(path):
        prefix, _, label = NAME_TAGS[number].partition("-")
        if prefix in ("B", "S"):
            start = at
        if prefix in ("E", "S"):
            names.append((start, at + 1, label))
    return names


def random_chances(generator: np.random.Generator, length: int, tags: int) -> Scores:
    scores = generator.normal(size=(length, tags)).astype(np.float32) * 3
    chances: Scores = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return chances


@pytest.mark.parametrize("seed", range(8))
def test_the_best_sensible_path_of_names_is_found(seed: int) -> None:
    generator = np.random.default_rng(seed)
    pieces = [random_chances(generator, length, len(NAME_TAGS)) for length in (3, 1, 2)]
    decoded = decode_names(np.concatenate(pieces), [len(chances) for chances in pieces])
    for chances, found in zip(pieces, decoded, strict=True):
        assert [(n.start, n.end, n.label) for n in found] == best_path(chances)


def test_the_score_of_a_name_is_the_mean_probability_of_its_tags() -> None:
    chances = np.full((2, len(NAME_TAGS)), -9.0, dtype=np.float32)
    chances[0, NAME_TAGS.index("B-ORG")] = np.log(0.9)
    chances[1, NAME_TAGS.index("E-ORG")] = np.log(0.4)
    (name,) = decode_names(chances, [2])[0]
    assert (name.start, name.end, name.label) == (0, 2, "ORG")
    assert name.score == pytest.approx(0.6)


@pytest.mark.parametrize("seed", range(5))
def test_words_of_one_class_cover_the_piece(seed: int) -> None:
    generator = np.random.default_rng(seed)
    pieces = [random_chances(generator, length, len(WORD_TAGS)) for length in (6, 1, 3)]
    decoded = decode_words(np.concatenate(pieces), [len(chances) for chances in pieces])
    for chances, words in zip(pieces, decoded, strict=True):
        assert [start for start, _, _ in words] == [0, *(end for _, end, _ in words[:-1])]
        assert words[-1][1] == len(chances)
        assert {tag for _, _, tag in words} <= set(WORD_CLASSES)


def test_a_word_goes_on_where_its_class_is_likelier_within_than_at_a_start() -> None:
    scores = np.zeros((3, len(WORD_TAGS)), dtype=np.float32)
    scores[0, WORD_TAGS.index("n-B")] = 5
    scores[1, WORD_TAGS.index("n-I")] = 5
    scores[2, WORD_TAGS.index("v-B")] = 5
    assert decode_words(scores, [3]) == [((0, 2, "n"), (2, 3, "v"))]


def test_a_text_without_pieces_has_nothing_tagged() -> None:
    assert load_tagger("fast").tag([]) == []


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_what_goes_through_a_model_together_changes_nothing(name: ModelName) -> None:
    pieces = ["林远", "某市市长林远出席。", "会议在甲县举行。", "会议于5月在甲县举行。", "。"]
    tagger = load_tagger(name)
    for piece, together in zip(pieces, tagger.tag(pieces), strict=True):
        (alone,) = tagger.tag([piece])
        assert together.words == alone.words
        assert [(n.start, n.end, n.label) for n in together.outer] == [
            (n.start, n.end, n.label) for n in alone.outer
        ]
        np.testing.assert_allclose(together.chances, alone.chances, atol=1e-3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("甲乙", [1, 2]), ("Aa", [3, 3]), ("丙", [0]), ("", [])],
)
def test_unknown_characters_share_a_number(text: str, expected: list[int]) -> None:
    assert Alphabet("甲乙a").ids(text) == expected


def tagged_text() -> TaggedText:
    chances = np.full((4, len(NAME_TAGS)), np.log(0.01), dtype=np.float32)
    chances[0, NAME_TAGS.index("B-PLACE")] = np.log(0.8)
    chances[1, NAME_TAGS.index("E-PLACE")] = np.log(0.8)
    chances[3, NAME_TAGS.index("S-PERSON")] = np.log(0.7)
    outer = decode_names(chances, [4])[0]
    piece = TaggedPiece(outer, (), ((0, 2, "LOC"), (2, 4, "n")), chances)
    # A line break, hidden from the model, stands between the first two characters.
    return TaggedText("甲" * 14, [piece, piece], [[0, 2, 3, 4], [10, 11, 12, 13]])


def test_names_and_words_are_given_by_offsets_into_the_text() -> None:
    tagged = tagged_text()
    assert [(n.start, n.end, n.label) for n in tagged.outer] == [
        (0, 3, "PLACE"), (4, 5, "PERSON"), (10, 12, "PLACE"), (13, 14, "PERSON"),
    ]  # fmt: skip
    assert next(iter(tagged.words)) == (0, 3, "LOC")


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("设“零碳对话”", 1, 6, "零碳对话"),
        ("设“零碳”对话会", 1, 8, "“零碳”对话会"),
        ("零碳对话”上", 0, 5, "零碳对话"),
        ("大会（湖州）开", 0, 6, "大会（湖州）"),
        ("大会（湖州", 2, 5, "湖州"),
        ("“", 0, 1, "“"),
        ("设“零碳”对话会", 4, 8, "对话会"),
    ],
)
def test_marks_without_partner_are_no_part_of_a_name(
    text: str, start: int, end: int, expected: str
) -> None:
    start, end = trim_marks(text, start, end)
    assert text[start:end] == expected


@pytest.mark.parametrize(
    ("start", "end", "label", "expected"),
    [
        (0, 3, "PLACE", 0.8),
        (4, 5, "PERSON", 0.7),
        (0, 3, "ORG", 0.01),
        (1, 3, "PLACE", 0.0),  # begins at the hidden break
        (3, 12, "PLACE", 0.0),  # crosses two pieces
        (20, 22, "PLACE", 0.0),
    ],
)
def test_any_range_can_be_scored(start: int, end: int, label: str, expected: float) -> None:
    assert tagged_text().score(start, end, label) == pytest.approx(expected, abs=1e-6)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("设“零碳”对话会", 5, "“零碳”对话会"),
        ("设“零碳”对话会", 4, "“零碳”对话会"),
        ("设零碳对话会", 1, "零碳对话会"),
        ("说“很好，走吧。”对话会", 9, "对话会"),
        ("（零碳）对话会", 4, "对话会"),
    ],
)
def test_a_name_takes_in_its_quoted_first_part(text: str, start: int, expected: str) -> None:
    assert text[quotation_start(text, start) :] == expected
