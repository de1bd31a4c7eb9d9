"""Where regulations are named together, and which words point back to them."""

from __future__ import annotations

import pytest

from extract.facts import Argument, Span
from extract.references import References
from extract.titles import titled_sentences
from extract.tokenizer import Word
from extract.words import Words


def read(text: str, *names: str, loosely: bool = False) -> list[list[str]]:
    """The regulations of each list, "^" before those that are pointed back to."""
    spans = {Span(text.index(n), text.index(n) + len(n)): n for n in names}
    arguments = {
        span: Argument(label="REGULATION", text=name, name=name, span=span)
        for span, name in spans.items()
    }
    words = Words(text, (Word(0, len(text), "n"),), text)
    references = References(arguments, (), None)
    return [
        ["^" * titles.pointer + regulation.name for regulation in titles.regulations]
        for _, found in titled_sentences(words, references, loosely=loosely)
        for titles in found
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("印发《甲条例》《乙办法》。", [["甲条例", "乙办法"]]),
        ("印发《甲条例》（某发〔2031〕1号）和《乙办法》。", [["甲条例", "乙办法"]]),
        ("印发《甲条例》，废止《乙办法》。", [["甲条例"], ["乙办法"]]),
        ("印发《甲条例》。该条例共六章。《乙办法》。", [["甲条例"], ["^甲条例"], ["乙办法"]]),
        ("印发《甲条例》《乙办法》。后者共六章。", [["甲条例", "乙办法"], ["^乙办法"]]),
        ("印发《甲条例》《乙办法》。《条例》共六章。", [["甲条例", "乙办法"], ["^甲条例"]]),
        ("《甲条例》《乙办法》。该意见共六章。", [["甲条例", "乙办法"]]),
    ],
)
def test_regulations_listed_together_and_words_that_point_back(
    text: str, expected: list[list[str]]
) -> None:
    assert read(text, "甲条例", "乙办法") == expected


@pytest.mark.parametrize(("loosely", "expected"), [(False, 1), (True, 2)])
def test_what_a_regulation_holds_counts_only_loosely(loosely: bool, expected: int) -> None:
    assert len(read("《甲条例》。《条例》规定如下。", "甲条例", loosely=loosely)) == expected


def test_a_text_without_regulations_has_no_titled_sentence() -> None:
    assert read("该条例共六章。") == []
