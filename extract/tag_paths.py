"""The best sequence of tags that makes sense, from a score for each tag of each character.

Sets nothing itself: ``tagger`` reads names and words from what is found here.

Some tags begin something and follow any tag that ends something (``B-ORG`` after ``O``), the
others go on with what was begun (``E-ORG`` after ``B-ORG`` or ``I-ORG``). The best tag of each
character by itself mostly gives a sequence that makes sense. Where it does not, only the
stretch around it is decided anew, up to characters that almost certainly begin something.

Examples: 某市|出席 as B-PLACE E-PLACE O O stays as it is; B-PLACE O O O becomes O O O O or
B-PLACE E-PLACE O O, whichever has the higher scores.

Source: Viterbi (1967), "Error bounds for convolutional codes and an asymptotically optimum
decoding algorithm".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Tags = NDArray[np.int64]

# Sequences are cut before characters that lose at least so much unless they begin something.
# A sequence that keeps to all cuts and loses less than that in all is the best of all.
_SURE = np.float32(8.0)


@dataclass(frozen=True, slots=True, eq=False)
class TagScheme:
    """Which tags may follow which; tags are numbers from 0.

    ``begins`` are the tags that follow any of ``ends``. Each tag of ``goes_on``, which are all
    others, follows the tag at the same place of ``after`` or of ``or_after``.
    """

    begins: Tags
    ends: Tags
    goes_on: Tags
    after: Tags
    or_after: Tags
    may_begin: NDArray[np.bool_]
    may_end: NDArray[np.bool_]
    may_follow: NDArray[np.bool_]


def make_scheme(followers: Sequence[Sequence[int]], ends: Sequence[int]) -> TagScheme:
    """The scheme in which each tag may follow the one or two tags named, none: any of ``ends``.

    >>> scheme = make_scheme([(), (), (1, 2), (1, 2)], ends=[0, 3])  # O B I E of one label
    >>> bool(scheme.may_follow[1, 3]), bool(scheme.may_follow[1, 0])
    (True, False)
    """
    tags = range(len(followers))
    begins = np.array([tag for tag in tags if not followers[tag]])
    goes_on = np.array([tag for tag in tags if followers[tag]])
    after = np.array([followers[tag][0] for tag in goes_on])
    or_after = np.array([followers[tag][-1] for tag in goes_on])
    may_begin, may_end = np.zeros(len(tags), dtype=np.bool_), np.zeros(len(tags), dtype=np.bool_)
    may_begin[begins] = True
    may_end[list(ends)] = True
    may_follow = may_end[:, None] & may_begin
    may_follow[after, goes_on] = True
    may_follow[or_after, goes_on] = True
    return TagScheme(
        begins, np.array(ends), goes_on, after, or_after, may_begin, may_end, may_follow
    )


def best_tags(scores: Scores, lengths: Sequence[int], scheme: TagScheme) -> Tags:
    """The tags of the sequences with the highest sums of scores that ``scheme`` allows.

    ``scores`` (characters, tags) holds one sequence after the other; ``lengths``, each at
    least 1, tells how many characters each has. Returns one tag for each character.
    """
    tags: Tags = scores.argmax(axis=1)
    every = np.arange(len(tags))
    highest = scores[every, tags]
    starts = np.cumsum([0, *lengths[:-1]])
    cut = highest - scores[:, scheme.goes_on].max(axis=1) >= _SURE
    cut[starts] = True
    _mend(tags, scores, np.flatnonzero(cut), scheme)
    lost = np.add.reduceat(highest - scores[every, tags], starts)
    for sequence in np.flatnonzero(lost >= _SURE).tolist():
        first = int(starts[sequence])
        last = first + lengths[sequence]
        tags[first:last] = search([scores[first:last]], scheme)[0]
    return tags


def _mend(tags: Tags, scores: Scores, firsts: Tags, scheme: TagScheme) -> None:
    """Replaces the tags of each stretch, between two of ``firsts``, that is not allowed."""
    lasts = np.append(firsts[1:], len(tags)) - 1
    wrong = ~(scheme.may_begin[tags[firsts]] & scheme.may_end[tags[lasts]])
    pairs = scheme.may_follow[tags[:-1], tags[1:]]
    pairs[firsts[1:] - 1] = True  # not within one stretch
    wrong[np.searchsorted(firsts, np.flatnonzero(~pairs), side="right") - 1] = True
    ranges = [(int(firsts[i]), int(lasts[i]) + 1) for i in np.flatnonzero(wrong)]
    found = search([scores[first:end] for first, end in ranges], scheme)
    for (first, end), better in zip(ranges, found, strict=True):
        tags[first:end] = better


def search(sequences: Sequence[Scores], scheme: TagScheme) -> list[Tags]:
    """The best allowed tags of each sequence of scores (length, tags), by Viterbi's algorithm."""
    if not sequences:
        return []
    lengths = np.array([len(rows) for rows in sequences])
    longest, number = int(lengths.max()), len(sequences)
    stacked = np.zeros((longest, number, sequences[0].shape[1]), dtype=np.float32)
    for index, rows in enumerate(sequences):
        stacked[: len(rows), index] = rows
    every = np.arange(number)
    best = np.full_like(stacked, -np.inf)  # of a sequence that so far ends in the tag
    best[0][:, scheme.begins] = stacked[0][:, scheme.begins]
    before = np.zeros(stacked.shape, dtype=np.int8)
    for t in range(1, longest):
        past = best[t - 1]
        end = scheme.ends[past[:, scheme.ends].argmax(axis=1)]
        before[t] = end[:, None]
        best[t] = past[every, end][:, None]
        one, other = past[:, scheme.after], past[:, scheme.or_after]
        before[t][:, scheme.goes_on] = np.where(one >= other, scheme.after, scheme.or_after)
        best[t][:, scheme.goes_on] = np.maximum(one, other)
        best[t] += stacked[t]
    lasts = best[lengths - 1, every][:, scheme.ends].argmax(axis=1)
    tags = np.zeros((longest, number), dtype=np.int64)
    tags[lengths - 1, every] = scheme.ends[lasts]
    for t in range(longest - 1, 0, -1):
        inside = t < lengths
        tags[t - 1, inside] = before[t, every, tags[t]][inside]
    return [tags[:length, index] for index, length in enumerate(lengths.tolist())]
