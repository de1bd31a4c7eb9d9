"""Cuts a text into runs: plain ones and ones that a mark covers.

Marks may overlap in the data; on a page they never do. Of two that overlap the longer is
kept, of two equally long ones the earlier.

>>> [(run.text, run.mark) for run in cut_into_runs("赵英某致辞", [Mark(0, 3, "人")])]
[('赵英某', Mark(start=0, end=3, target='人')), ('致辞', None)]
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mark(Generic[T]):
    """A half-open range of code points and what it stands for."""

    start: int
    end: int
    target: T


@dataclass(frozen=True, slots=True)
class Run(Generic[T]):
    """A stretch of text, the offset of its first code point, and the mark that covers it."""

    start: int
    text: str
    mark: Mark[T] | None = None


def without_overlaps(marks: Iterable[Mark[T]], *, length: int) -> list[Mark[T]]:
    """The marks that can stand beside each other in a text of ``length``, in text order."""
    kept: list[Mark[T]] = []
    taken = [False] * length
    for mark in sorted(marks, key=lambda m: (m.start - m.end, m.start)):
        inside = 0 <= mark.start < mark.end <= length
        if inside and not any(taken[mark.start : mark.end]):
            taken[mark.start : mark.end] = [True] * (mark.end - mark.start)
            kept.append(mark)
    return sorted(kept, key=lambda m: m.start)


def cut_into_runs(text: str, marks: Iterable[Mark[T]], *, offset: int = 0) -> list[Run[T]]:
    """The runs that make up ``text``, none empty, in order.

    Args:
        text: the text, or a part of one.
        marks: ranges that count from the start of the whole text.
        offset: where ``text`` begins in the whole text.
    """
    local = [Mark(m.start - offset, m.end - offset, m.target) for m in marks]
    runs: list[Run[T]] = []
    position = 0
    for mark in without_overlaps(local, length=len(text)):
        if position < mark.start:
            runs.append(Run(offset + position, text[position : mark.start]))
        whole = Mark(mark.start + offset, mark.end + offset, mark.target)
        runs.append(Run(whole.start, text[mark.start : mark.end], whole))
        position = mark.end
    if position < len(text):
        runs.append(Run(offset + position, text[position:]))
    return runs
