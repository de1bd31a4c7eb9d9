"""How well statements are read out of articles that others wrote and annotated.

An article's ``says`` key lists who said what: ``speaker`` (one name or several of the same
one), ``words``, ``verb`` and, where there is one, ``event``. A fact is right when its speaker
is and its words and the annotated ones share four fifths of the characters of either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from extract.document import SourceDocument
from extract.facts import Argument, Says, Span
from extract.pipeline import extract_document

FOLDER = Path(__file__).parent / "gold" / "unseen"
LEAST_OVERLAP = 0.8
# Measured on 2026-11-23 over 24 articles with 112 statements: precision 0.954, recall 0.741, F1
# 0.834, events 0.96. u11 to u24 showed what wording is like; v01 to v08, which nobody read who
# wrote the rules, bring it down. What is missed most is said by somebody without a
# name or by a meeting, which the annotation counts and the rules leave out.
FLOORS = {"precision": 0.92, "recall": 0.71, "f1": 0.80, "event": 0.82}


@dataclass(frozen=True)
class Said:
    """An annotated statement: every name of the speaker, the words' place, the event's names."""

    speaker: tuple[str, ...]
    words: Span
    event: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """Counts over all articles; ``events`` are those right of the facts that are right."""

    right: int
    found: int
    wanted: int
    events: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def event(self) -> float:
        return self.events / self.right if self.right else 0.0


def names(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def read_gold(gold: dict[str, Any]) -> list[Said]:
    """The annotated statements of one article; their words must stand in its text."""
    found = []
    for row in gold.get("says") or []:
        start = gold["text"].find(row["words"])
        assert start >= 0, f"{gold['id']}: expected words of the text, got {row['words']!r}"
        words = Span(start, start + len(row["words"]))
        found.append(Said(names(row["speaker"]), words, names(row.get("event"))))
    return found


def overlap(one: Span, other: Span) -> float:
    """Shared characters as a part of the longer of two spans, 0 to 1.

    >>> overlap(Span(0, 10), Span(2, 10))
    0.8
    """
    shared = min(one.end, other.end) - max(one.start, other.start)
    return max(0, shared) / max(one.end - one.start, other.end - other.start, 1)


def match(found: Sequence[Says], wanted: Sequence[Said]) -> list[tuple[Says, Said]]:
    """Pairs of the same statement, each fact and each annotation at most once."""
    pairs = []
    free = list(wanted)
    for fact in found:
        for said in free:
            same = {*fact.speaker.names()} & {*said.speaker}
            if same and overlap(fact.words_span, said.words) >= LEAST_OVERLAP:
                pairs.append((fact, said))
                free.remove(said)
                break
    return pairs


def same_event(fact: Says, said: Said) -> bool:
    if fact.event is None or not said.event:
        return fact.event is None and not said.event
    return bool({*fact.event.names()} & {*said.event})


def score(documents: Iterable[tuple[Sequence[Says], Sequence[Said]]]) -> Score:
    right = found = wanted = events = 0
    for facts, annotated in documents:
        pairs = match(facts, annotated)
        right += len(pairs)
        found += len(facts)
        wanted += len(annotated)
        events += sum(same_event(*pair) for pair in pairs)
    return Score(right, found, wanted, events)


def read_facts(nlp: Any, gold: dict[str, Any]) -> list[Says]:
    published = gold.get("published")
    source = SourceDocument(
        id=gold["id"], text=gold["text"], published=None if published is None else str(published)
    )
    return [fact for fact in extract_document(source, nlp).facts if isinstance(fact, Says)]


@pytest.fixture(scope="module")
def articles() -> list[dict[str, Any]]:
    found = [yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.yaml"))]
    annotated = [gold for gold in found if "says" in gold]
    if not annotated:
        pytest.skip(f"no article of {FOLDER} has annotated statements")
    return annotated


@pytest.fixture(scope="module")
def measured(nlp: Any, articles: list[dict[str, Any]]) -> Score:
    return score((read_facts(nlp, gold), read_gold(gold)) for gold in articles)


@pytest.mark.parametrize("figure", FLOORS)
def test_statements_of_unseen_articles_reach_the_floor(measured: Score, figure: str) -> None:
    assert getattr(measured, figure) >= FLOORS[figure], measured


def said(start: int, end: int, *speaker: str) -> Said:
    return Said(speaker, Span(start, end), ())


def says(start: int, end: int, speaker: str) -> Says:
    span = Span(start, end)
    return Says(
        speaker=Argument(label="PERSON", text=speaker, name=speaker),
        words="字" * (end - start),
        words_span=span,
        verb="说",
        manner="direct",
        evidence=span,
    )


@pytest.mark.parametrize(
    ("found", "wanted", "right"),
    [
        ([says(0, 10, "甲")], [said(0, 10, "甲")], 1),
        ([says(0, 8, "甲")], [said(0, 10, "乙", "甲")], 1),
        ([says(0, 7, "甲")], [said(0, 10, "甲")], 0),
        ([says(0, 10, "乙")], [said(0, 10, "甲")], 0),
        ([says(0, 10, "甲"), says(0, 10, "甲")], [said(0, 10, "甲")], 1),
        ([], [said(0, 10, "甲")], 0),
    ],
)
def test_a_statement_counts_once_and_only_with_its_speaker_and_words(
    found: list[Says], wanted: list[Said], right: int
) -> None:
    assert score([(found, wanted)]).right == right
