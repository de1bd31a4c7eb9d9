"""Emoji, arrows and foreign scripts at the ends of names."""

from __future__ import annotations

from typing import Any

import pytest

from extract.document import SourceDocument
from extract.facts import Span
from extract.ornaments import trim_ornaments, without_ornaments
from extract.pipeline import extract_document


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("", ""),
        ("装机容量", "装机容量"),
        ("😀PM2.5平均浓度", "PM2.5平均浓度"),
        ("新增★装机容量✅️", "新增装机容量"),
        ("👨‍👩‍👧换热站", "换热站"),
        ("-->PM2.5平均浓度", "PM2.5平均浓度"),
        ("سلامPM2.5平均浓度", "PM2.5平均浓度"),
        ("R&D经费", "R&D经费"),
        ("β射线剂量", "β射线剂量"),
        ("AAA-", "AAA-"),
        ("\ue000装机", "\ue000装机"),
        ("★→😀", ""),
    ],
)
def test_names_keep_their_words_alone(phrase: str, expected: str) -> None:
    assert without_ornaments(phrase) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("陈某某", Span(0, 3)),
        ("😀陈某某\u200f✨", Span(1, 4)),
        ("*ST某某", Span(0, 5)),
        ("甲★乙", Span(0, 3)),
        ("😀✨", None),
        ("", None),
    ],
)
def test_spans_are_trimmed_at_their_ends_alone(text: str, expected: Span | None) -> None:
    assert trim_ornaments(text, Span(0, len(text))) == expected


@pytest.mark.parametrize("ornament", ["😀", "★", "-->", "سلام", "👨‍👩‍👧"])
def test_what_stands_before_an_indicator_is_no_part_of_its_name(nlp: Any, ornament: str) -> None:
    text = f"2023年，青岛市{ornament}PM2.5平均浓度为31微克/立方米。"
    facts = extract_document(SourceDocument(id="a", text=text), nlp).to_json()["facts"]
    assert [fact["indicator"] for fact in facts] == ["PM2.5平均浓度"]


def test_what_stands_after_a_counted_thing_is_no_part_of_its_name(nlp: Any) -> None:
    text = "青岛市建成31座换热站😀。"
    facts = extract_document(SourceDocument(id="a", text=text), nlp).to_json()["facts"]
    assert [fact["indicator"] for fact in facts] == ["换热站"]


@pytest.mark.parametrize("text", ["青岛市市长😀林远山到会。", "青岛市市长林远山😀到会。"])
def test_emoji_beside_a_person_are_no_part_of_the_name(nlp: Any, text: str) -> None:
    row = extract_document(SourceDocument(id="a", text=text), nlp).to_json()
    persons = [found for found in row["entities"] if found["label"] == "PERSON"]
    assert [(found["text"], found["name"]) for found in persons] == [("林远山", "林远山")]
    assert text[persons[0]["start"] : persons[0]["end"]] == "林远山"
    assert [fact["person"] for fact in row["facts"] if fact["type"] == "holds_post"] == ["林远山"]
