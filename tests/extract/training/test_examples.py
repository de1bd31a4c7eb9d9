"""Training examples from nested spans, texts and annotated articles."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from extract.facts import EntityLabel, Span
from extract.training.articles import ArticleError, read_articles
from extract.training.corpora import merge_silver
from extract.training.examples import (
    Example,
    nest_spans,
    read_examples,
    split_example,
    write_examples,
)


@pytest.mark.parametrize(
    ("spans", "outer", "inner"),
    [
        ([], (), ()),
        ([(0, 2, "PLACE")], ((0, 2, "PLACE"),), ()),
        ([(0, 2, "PLACE"), (0, 6, "ORG")], ((0, 6, "ORG"),), ((0, 2, "PLACE"),)),
        (
            [(0, 8, "FORUM"), (0, 6, "ORG"), (0, 2, "PLACE")],
            ((0, 8, "FORUM"),),
            ((0, 6, "ORG"),),
        ),
        ([(0, 6, "ORG"), (0, 6, "ORG"), (7, 9, "POST")], ((0, 6, "ORG"), (7, 9, "POST")), ()),
    ],
)
def test_keeps_two_layers_of_names(
    spans: list[tuple[int, int, EntityLabel]],
    outer: tuple[object, ...],
    inner: tuple[object, ...],
) -> None:
    example = nest_spans("一" * 12, [(Span(a, b), label) for a, b, label in spans])
    assert (example.outer, example.inner) == (outer, inner)


def test_a_text_is_cut_into_sentences_and_its_breaks_are_hidden() -> None:
    first = "甲市下雨，各处的泵站和闸口都有人值守，排水管网也都提前疏通清淤完毕。"
    text = f"{first}乙\n市天晴。"
    start = len(first)
    spans = [(Span(0, 2), "PLACE"), (Span(start, start + 3), "PLACE")]
    found = list(split_example(text, spans, "test"))
    assert [(e.text, e.outer) for e in found] == [
        (first, ((0, 2, "PLACE"),)),
        ("乙市天晴。", ((0, 2, "PLACE"),)),
    ]


def test_a_sentence_whose_name_crosses_its_end_is_left_out() -> None:
    assert (
        list(split_example("甲市。乙市。", [(Span(4, 6), "PLACE"), (Span(1, 4), "ORG")], "t")) == []
    )


def test_examples_survive_the_file(tmp_path: Path) -> None:
    examples = [
        Example("甲市", ((0, 2, "PLACE"),), (), "a"),
        Example("无", (), None, "b"),
    ]
    assert write_examples(tmp_path / "e.jsonl", examples) == 2
    assert read_examples(tmp_path / "e.jsonl") == examples


def spans(*rows: tuple[int, int, EntityLabel]) -> list[tuple[Span, EntityLabel]]:
    return [(Span(a, b), label) for a, b, label in rows]


@pytest.mark.parametrize(
    ("gold", "silver", "expected"),
    [
        # A longer name of the rules takes in the corpus's place.
        (spans((0, 2, "PLACE")), spans((0, 6, "ORG")), spans((0, 6, "ORG"))),
        # A name that the rules do not see stays.
        (spans((0, 3, "PERSON")), spans((4, 6, "POST")), spans((0, 3, "PERSON"), (4, 6, "POST"))),
        # Part of a longer institution of the corpus gives way.
        (spans((0, 8, "ORG")), spans((0, 4, "ORG")), spans((0, 8, "ORG"))),
        # The corpus knows what it is called.
        (spans((0, 3, "PERSON")), spans((0, 3, "PLACE")), spans((0, 3, "PERSON"))),
        # Names that cross, and a person that the corpus does not have, are contradictions.
        (spans((2, 6, "ORG")), spans((0, 4, "PLACE")), None),
        ([], spans((0, 3, "PERSON")), None),
    ],
)
def test_labels_of_corpus_and_rules_are_merged(
    gold: list[tuple[Span, EntityLabel]],
    silver: list[tuple[Span, EntityLabel]],
    expected: list[tuple[Span, EntityLabel]] | None,
) -> None:
    assert merge_silver(gold, silver) == expected


def article(tmp_path: Path, **row: object) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text(yaml.safe_dump(row, allow_unicode=True), encoding="utf-8")
    return path


def test_an_annotated_article_marks_every_place_of_a_name(tmp_path: Path) -> None:
    path = article(
        tmp_path,
        text="庚市水务局在庚市开会。局长未到。",
        entities={"ORG": ["庚市水务局"], "PLACE": ["庚市"]},
        optional={"POST": ["局长"]},
    )
    assert [(e.text, e.outer) for e in read_articles([path])] == [
        ("庚市水务局在庚市开会。", ((0, 5, "ORG"), (6, 8, "PLACE"))),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"entities": {}}, "expected a text"),
        ({"text": "甲", "entities": {"CITY": ["甲"]}}, "expected labels"),
        ({"text": "甲", "entities": {"PLACE": ["乙"]}}, "expected the name '乙'"),
    ],
)
def test_a_malformed_article_is_named(tmp_path: Path, row: dict[str, object], message: str) -> None:
    with pytest.raises(ArticleError, match=message):
        list(read_articles([article(tmp_path, **row)]))
