from __future__ import annotations

import os
import sys

import pytest

from bench.extraction import (
    Figure,
    medians_by_turns,
    one_processor,
    repeat,
    run_python,
    status_to_megabytes,
    to_table,
)
from extract.document import SourceDocument

STATUS = "Name:\tpython\nVmHWM:\t  500000 kB\nVmRSS:\t  250000 kB\n"


def test_repeated_articles_keep_their_texts_and_have_ids_of_their_own() -> None:
    documents = [SourceDocument(id="a", text="甲。"), SourceDocument(id="b", text="乙。")]
    found = list(repeat(documents, 5))
    assert [source.text for source in found] == ["甲。", "乙。", "甲。", "乙。", "甲。"]
    assert len({source.id for source in found}) == 5


@pytest.mark.parametrize(("key", "expected"), [("VmHWM", 512.0), ("VmRSS", 256.0)])
def test_memory_is_read_in_megabytes(key: str, expected: float) -> None:
    assert status_to_megabytes(STATUS, key) == expected


def test_a_process_status_without_the_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="expected an entry 'VmSize'"):
        status_to_megabytes(STATUS, "VmSize")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux binds processes to processors")
def test_a_process_is_bound_to_one_processor_and_freed_even_by_an_error() -> None:
    before = os.sched_getaffinity(0)
    during: list[int] = []

    def fail() -> None:
        with one_processor():
            during.append(len(os.sched_getaffinity(0)))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (during, os.sched_getaffinity(0)) == ([1], before)


def test_tasks_run_by_turns_after_a_round_that_is_not_timed() -> None:
    calls: list[str] = []
    medians = medians_by_turns(
        {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=2
    )
    assert calls == ["a", "b"] * 3
    assert list(medians) == ["a", "b"]


def test_a_new_interpreter_has_no_torch_and_reads_what_it_is_given() -> None:
    code = "print(sys.modules['torch'], sys.stdin.read())"
    assert run_python(code, text="文本") == "None 文本\n"


@pytest.mark.parametrize(("code", "message"), [("1 / 0", "ZeroDivisionError"), ("pass", "''")])
def test_an_interpreter_that_fails_or_prints_nothing_is_an_error(code: str, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        run_python(code)


def test_table_shows_ratio_and_goal_where_there_is_one() -> None:
    figures = [
        Figure(what="a", value=12345.6, unit="characters/s", beside="b", ratio=0.5, goal="c"),
        Figure(what="d", value=2.345, unit="s"),
    ]
    assert to_table(figures).splitlines()[2:] == [
        "| a | 12,346 characters/s | b | 0.50 | c |",
        "| d | 2.35 s |  |  |  |",
    ]
