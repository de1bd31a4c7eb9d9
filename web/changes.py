"""What two versions of a document differ in: sentences, the words inside them, and facts.

>>> [(c.kind, c.text) for c in compare_texts("甲来。建成31座。", "甲来。建成35座。")]
[('same', '甲来。建成'), ('removed', '31'), ('added', '35'), ('same', '座。')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Sentences of two texts are compared each with each, so that the product is bounded.
MOST_COMPARISONS = 2_000_000
# So are the words, or else the clauses, of what took the place of something; words are often
# the same, which takes longer.
MOST_WORDS, MOST_CLAUSES = 40_000, 250_000
# Sentences that stay the same and are shown before and after a change.
CONTEXT = 1
# Of a longer stretch that stays the same only as many characters beside a change are shown.
LONG_STRETCH, BESIDE_CHANGE = 200, 60
# A shorter stretch that two changes have between them is part of the change: 一 of 第一 and 统一.
SHORTEST_STRETCH = 2

_SENTENCE = re.compile(
    r"(?:[^。！？；\n.!?]|[.!?](?!\s)){1,2000}(?:[。！？；]|[.!?](?=\s))*\n*|[。！？；\n.!?]{1,2000}"
)
_CLAUSE = re.compile(r"[^，、：,:;\s]{1,200}[，、：,:;\s]*|[，、：,:;\s]{1,200}")
_WORD = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Za-z]+|.", re.DOTALL)

ChangeKind = Literal["same", "added", "removed", "gap"]


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text that is in both versions, in one alone, or left out (``gap``)."""

    kind: ChangeKind
    text: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What stands at one place of both versions; the same text twice where nothing changed."""

    before: str
    after: str

    @property
    def is_same(self) -> bool:
        return self.before == self.after

    def __add__(self, other: _Stretch) -> _Stretch:
        return _Stretch(self.before + other.before, self.after + other.after)


def compare_texts(before: str, after: str) -> list[Change] | None:
    """The sentences of two texts in order; long stretches that are the same become gaps.

    A sentence that took the place of a similar one shows the words that changed alone. None
    where the texts are too long to be compared.
    """
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    if len(old) * len(new) > MOST_COMPARISONS:
        return None
    stretches: list[_Stretch] = []
    for stretch in _align(old, new):
        stretches += [stretch] if stretch.is_same else _look_inside(stretch)
    return list(_to_changes(_join(stretches, shortest=1)))


def _align(old: Sequence[str], new: Sequence[str]) -> list[_Stretch]:
    """The parts of two versions beside each other."""
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [_Stretch("".join(old[a:b]), "".join(new[c:d])) for _, a, b, c, d in codes]


def _look_inside(changed: _Stretch) -> list[_Stretch]:
    """The words that changed, or clauses and their words; the whole where little stayed.

    What both begin and end with is set aside first, so that one change is found in a text of
    any length.
    """
    old, new = _WORD.findall(changed.before), _WORD.findall(changed.after)
    head = _count_shared(old, new)
    tail = _count_shared(old[head:][::-1], new[head:][::-1])
    begin, end = "".join(old[:head]), "".join(old[len(old) - tail :])
    middle = _compare_words(old[head : len(old) - tail], new[head : len(new) - tail])
    found = _join([_Stretch(begin, begin), *middle, _Stretch(end, end)], shortest=SHORTEST_STRETCH)
    kept = sum(len(stretch.before) for stretch in found if stretch.is_same)
    is_similar = 2 * kept >= max(len(changed.before), len(changed.after))
    return found if is_similar else [changed]


def _compare_words(old: Sequence[str], new: Sequence[str]) -> list[_Stretch]:
    if len(old) * len(new) <= MOST_WORDS:
        return _align(old, new)
    whole = _Stretch("".join(old), "".join(new))
    old_clauses, new_clauses = _CLAUSE.findall(whole.before), _CLAUSE.findall(whole.after)
    if len(old_clauses) * len(new_clauses) > MOST_CLAUSES:
        return [whole]
    found: list[_Stretch] = []
    for stretch in _align(old_clauses, new_clauses):
        words = _WORD.findall(stretch.before), _WORD.findall(stretch.after)
        can_be_finer = not stretch.is_same and len(words[0]) * len(words[1]) <= MOST_WORDS
        found += _align(*words) if can_be_finer else [stretch]
    return found


def _count_shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many parts two versions have in common at their beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(old), len(new)))


def _join(stretches: Iterable[_Stretch], *, shortest: int) -> list[_Stretch]:
    """Neighbours of one kind as one; what is the same but too short belongs to its neighbours."""
    joined: list[_Stretch] = []
    for stretch in stretches:
        if joined and joined[-1].is_same == stretch.is_same:
            joined[-1] += stretch
        elif stretch.before or stretch.after:
            joined.append(stretch)
    found: list[_Stretch] = []
    for number, stretch in enumerate(joined):
        is_between = 0 < number < len(joined) - 1
        is_short = stretch.is_same and is_between and len(stretch.before) < shortest
        follows_short = not (stretch.is_same or not found or found[-1].is_same)
        if is_short or follows_short:
            found[-1] += stretch
        else:
            found.append(stretch)
    return found


def _to_changes(stretches: Sequence[_Stretch]) -> Iterator[Change]:
    for number, stretch in enumerate(stretches):
        if stretch.is_same:
            is_first, is_last = number == 0, number == len(stretches) - 1
            yield from _fold(stretch.before, is_first=is_first, is_last=is_last)
            continue
        if stretch.before:
            yield Change("removed", stretch.before)
        if stretch.after:
            yield Change("added", stretch.after)


def _fold(text: str, *, is_first: bool, is_last: bool) -> Iterator[Change]:
    """What stays the same, with a gap where it is long."""
    sentences = _SENTENCE.findall(text)
    head, tail = (0 if is_first else CONTEXT), (0 if is_last else CONTEXT)
    before, after = "".join(sentences[:head]), "".join(sentences[len(sentences) - tail :])
    if len(sentences) <= head + tail + 1:
        if len(text) <= LONG_STRETCH:
            yield Change("same", text)
            return
        before, after = text[: head * BESIDE_CHANGE], text[len(text) - tail * BESIDE_CHANGE :]
    if before:
        yield Change("same", before if len(before) <= LONG_STRETCH else before[:BESIDE_CHANGE])
    yield Change("gap", "")
    if after:
        yield Change("same", after if len(after) <= LONG_STRETCH else after[-BESIDE_CHANGE:])


def compare_lists(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is in the second list alone, and what in the first alone, in their orders.

    >>> compare_lists(["甲", "乙"], ["乙", "丙"])
    (['丙'], ['甲'])
    """
    old, new = set(before), set(after)
    added = [line for line in dict.fromkeys(after) if line not in old]
    removed = [line for line in dict.fromkeys(before) if line not in new]
    return added, removed
