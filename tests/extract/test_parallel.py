"""Many documents, in one process or in several: the same answers in the same order."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from extract import parallel
from extract.document import SourceDocument
from extract.errors import EmptyInputError
from extract.facts import Extraction
from extract.parallel import Answer, Input, extract_documents
from extract.readers import InputRefusal
from extract.tagger import ModelName

TEXT = "青禾市生态环境局局长乔云岫表示，{year}年青禾市PM2.5平均浓度为{value}微克每立方米。"
REFUSED = InputRefusal("b.txt", EmptyInputError("b.txt", expected="a text", got="nothing"))


def inputs(count: int) -> Iterator[Input]:
    """Documents, and a refusal among them."""
    for number in range(count):
        if number == 2:
            yield REFUSED
        text = TEXT.format(year=2021 + number, value=30 + number) * (1 + number % 3)
        yield SourceDocument(id=f"d{number}", text=text)


@pytest.mark.parametrize("count", [0, 1, 20])
def test_two_processes_answer_as_one(count: int) -> None:
    alone = list(extract_documents(inputs(count), model="fast"))
    together = list(extract_documents(inputs(count), model="fast", processes=2))
    # An error that has passed from another process is told apart from the one that was sent.
    assert list(map(repr, together)) == list(map(repr, alone))
    answers = [answer for item, answer in alone if isinstance(item, SourceDocument)]
    assert len(answers) == count
    assert all(isinstance(answer, Extraction) and answer.facts for answer in answers)
    assert [answer for item, answer in alone if item is REFUSED] == [REFUSED.error] * (count > 2)


def test_this_process_reads_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    here: list[Input] = []
    extract_here = parallel._extract_here

    def note(item: Input, model: ModelName) -> Future[Answer]:
        here.append(item)
        return extract_here(item, model)

    monkeypatch.setattr(parallel, "_extract_here", note)
    found = [item for item, _ in extract_documents(inputs(20), model="fast", processes=2)]
    assert found == list(inputs(20))
    # Not what the other process has before it.
    assert found.index(here[0]) >= 4
    assert len(here) < len(found)


@pytest.mark.parametrize(
    ("platform", "threads", "expected"),
    [("linux", 1, "fork"), ("linux", 2, "spawn"), ("darwin", 1, "spawn")],
)
def test_processes_are_copies_where_that_is_safe(
    monkeypatch: pytest.MonkeyPatch, platform: str, threads: int, expected: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(threading, "active_count", lambda: threads)
    assert parallel._choose_start("fast").get_start_method() == expected


def test_processes_that_are_no_copies_answer_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    alone = list(extract_documents(inputs(8), model="fast"))
    together = list(extract_documents(inputs(8), model="fast", processes=2))
    assert list(map(repr, together)) == list(map(repr, alone))


def test_inputs_are_taken_as_answers_are(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0

    def count() -> Iterator[Input]:
        nonlocal taken
        for item in inputs(10_000):
            taken += 1
            yield item

    answers = extract_documents(count(), model="fast", processes=2)
    for _ in range(3):
        next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert taken < 100


@pytest.mark.parametrize("processes", [0, -1])
def test_a_number_of_processes_that_cannot_be_is_refused(processes: int) -> None:
    with pytest.raises(ValueError, match="one process or more"):
        list(extract_documents([], processes=processes))
