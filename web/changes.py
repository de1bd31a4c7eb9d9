"""What two versions of a document differ in: sentences and facts.

>>> [(c.kind, c.text) for c in compare_texts("甲来。乙来。", "甲来。丙来。")]
[('same', '甲来。'), ('removed', '乙来。'), ('added', '丙来。')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

# Sentences of two texts are compared each with each, so that the product is bounded.
MOST_COMPARISONS = 2_000_000
# Sentences that stay the same and are shown before and after a change.
CONTEXT = 1

_SENTENCE = re.compile(r"[^。！？；\n]{1,2000}[。！？；]*\n*|[。！？；\n]{1,2000}")

ChangeKind = Literal["same", "added", "removed", "gap"]


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text that is in both versions, in one alone, or left out (``gap``)."""

    kind: ChangeKind
    text: str


def compare_texts(before: str, after: str) -> list[Change] | None:
    """The sentences of two texts in order; long stretches that are the same become gaps.

    None where the texts are too long to be compared.
    """
    old, new = _SENTENCE.findall(before), _SENTENCE.findall(after)
    if len(old) * len(new) > MOST_COMPARISONS:
        return None
    changes: list[Change] = []
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (code, a, b, c, d) in enumerate(codes):
        if code == "equal":
            is_first, is_last = number == 0, number == len(codes) - 1
            changes += _fold(old[a:b], is_first=is_first, is_last=is_last)
            continue
        if a < b:
            changes.append(Change("removed", "".join(old[a:b])))
        if c < d:
            changes.append(Change("added", "".join(new[c:d])))
    return changes


def _fold(sentences: Sequence[str], *, is_first: bool, is_last: bool) -> Iterable[Change]:
    """What stays the same, with a gap where it is long."""
    head, tail = (0 if is_first else CONTEXT), (0 if is_last else CONTEXT)
    if len(sentences) <= head + tail + 1:
        yield Change("same", "".join(sentences))
        return
    if head:
        yield Change("same", "".join(sentences[:head]))
    yield Change("gap", "")
    if tail:
        yield Change("same", "".join(sentences[len(sentences) - tail :]))


def compare_lists(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is in the second list alone, and what in the first alone, in their orders.

    >>> compare_lists(["甲", "乙"], ["乙", "丙"])
    (['丙'], ['甲'])
    """
    old, new = set(before), set(after)
    added = [line for line in dict.fromkeys(after) if line not in old]
    removed = [line for line in dict.fromkeys(before) if line not in new]
    return added, removed
