"""The trained taggers: names, outer and inner, and words from one pass of a model in ONNX.

``fast`` is the small GRU encoder of LAC with heads for names beside the one for words;
``accurate`` asks an ALBERT encoder with a bidirectional LSTM as well. Sets nothing itself: the
tokenizer and the component ``tanpu_names`` use it.

Examples: 某市生态环境局局长 → ORG 某市生态环境局 (inner PLACE 某市), POST 局长.

Source: model cards in ``extract/models``.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from extract.facts import ENTITY_LABELS, EntityLabel

ModelName = Literal["accurate", "fast"]
MODEL_NAMES: tuple[ModelName, ...] = ("accurate", "fast")
NAME_TAGS: tuple[str, ...] = (
    "O",
    *(f"{prefix}-{label}" for label in ENTITY_LABELS for prefix in "BIES"),
)
# The word classes of LAC's tag set; each has a tag for its first character and one for others.
WORD_CLASSES: tuple[str, ...] = (
    "a", "ad", "an", "c", "d", "f", "m", "n", "nw", "nz", "p", "q", "r", "s", "u", "v", "vd",
    "vn", "w", "xc", "PER", "LOC", "ORG", "TIME",
)  # fmt: skip
WORD_TAGS: tuple[str, ...] = tuple(f"{c}-{part}" for c in WORD_CLASSES for part in "BI")
_BATCH_CHARACTERS = 4000
# The best of 0, 0.3, 0.5, 0.7 and 1 on gold/dev and on sixteen unseen articles.
_SHARE_OF_LARGE = 0.3
# A name has a Han character, a digit or a capital: "hello" alone is none.
_NAMELIKE = re.compile(r"[㐀-鿿\dA-Z]")
_PAIRS = {"“": "”", "‘": "’", "（": "）", "(": ")", "《": "》", "「": "」", "『": "』", "【": "】"}
_PARTNERS = {close: opening for opening, close in _PAIRS.items()}
_LONGEST_QUOTED = 16  # characters inside the quotes of a name
_EMPTY: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class TaggedName:
    """A name within a piece: half-open offsets, label, and the model's probability of it.

    ``score`` is the geometric mean of the probabilities of its tags, 0 to 1.
    """

    start: int
    end: int
    label: EntityLabel
    score: float


@dataclass(frozen=True, slots=True)
class TaggedPiece:
    """What a model says of one piece of text.

    ``chances`` are log probabilities (length, name tags) of the head for outer names.
    """

    outer: tuple[TaggedName, ...]
    inner: tuple[TaggedName, ...]
    words: tuple[tuple[int, int, str], ...]
    chances: NDArray[np.float32]


class TaggedText:
    """What a model says of a whole text: the pieces with the offsets of their characters."""

    def __init__(
        self, text: str, pieces: Sequence[TaggedPiece], offsets: Sequence[Sequence[int]]
    ) -> None:
        self._text = text
        self._pieces = pieces
        self._offsets = offsets
        self._starts = [positions[0] for positions in offsets]

    @property
    def words(self) -> Iterator[tuple[int, int, str]]:
        """Words as half-open offsets into the text, and tags."""
        for piece, at in zip(self._pieces, self._offsets, strict=True):
            for start, end, tag in piece.words:
                yield at[start], at[end - 1] + 1, tag

    @property
    def outer(self) -> Iterator[TaggedName]:
        """Names that lie in no longer one, by offsets into the text."""
        return self._names([piece.outer for piece in self._pieces])

    @property
    def inner(self) -> Iterator[TaggedName]:
        """Names within a longer one, by offsets into the text."""
        return self._names([piece.inner for piece in self._pieces])

    def _names(self, by_piece: Sequence[Sequence[TaggedName]]) -> Iterator[TaggedName]:
        for names, at in zip(by_piece, self._offsets, strict=True):
            for name in names:
                start, end = at[name.start], at[name.end - 1] + 1
                if name.label == "FORUM":
                    start = quotation_start(self._text, start)
                start, end = trim_marks(self._text, start, end)
                if _NAMELIKE.search(self._text, start, end):
                    yield TaggedName(start, end, name.label, name.score)

    def score(self, start: int, end: int, label: EntityLabel) -> float:
        """The model's probability, 0 to 1, that just this range is an outer name of ``label``.

        The geometric mean over its characters; 0 for a range that crosses pieces.
        """
        index = bisect_right(self._starts, start) - 1
        if index < 0:
            return 0.0
        at = self._offsets[index]
        first, last = bisect_left(at, start), bisect_left(at, end - 1)
        if last >= len(at) or at[first] != start or at[last] != end - 1:
            return 0.0
        rows = self._pieces[index].chances[first : last + 1]
        column = 1 + 4 * ENTITY_LABELS.index(label)
        if first == last:
            return float(np.exp(rows[0, column + 3]))
        inside = rows[1:-1, column + 1].sum()
        total = rows[0, column] + inside + rows[-1, column + 2]
        return float(np.exp(total / (last - first + 1)))


def quotation_start(text: str, start: int) -> int:
    """Where a name begins whose quoted first part was cut off: “零碳对话”|圆桌论坛.

    >>> quotation_start("设“零碳”对话", 5)
    1
    """
    close = start if text[start] in _PARTNERS else start - 1
    if close < 0 or text[close] not in _PARTNERS or text[close] in _PAIRS or text[close] in "）)":
        return start
    opening = text.rfind(_PARTNERS[text[close]], max(0, close - _LONGEST_QUOTED), close)
    inner = text[opening + 1 : close]
    return start if opening < 0 or any(mark in inner for mark in "，。；\n《》") else opening


def trim_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without a quote or bracket at its ends whose partner lies outside it.

    >>> trim_marks("设“零碳对话”", 1, 6)
    (2, 6)
    >>> trim_marks("设“零碳”对话", 4, 7)
    (5, 7)
    """
    while end - start > 1 and text[start] in _PAIRS and _PAIRS[text[start]] not in text[start:end]:
        start += 1
    while end - start > 1 and text[start] in _PARTNERS and text[start] not in _PAIRS:
        start += 1
    while end - start > 1 and text[end - 1] in _PARTNERS:
        if _PARTNERS[text[end - 1]] in text[start:end]:
            break
        end -= 1
    return start, end


class Alphabet:
    """The characters that a model knows; number 0 stands for every other one."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        self._numbers = {char: number for number, char in enumerate(characters, 1)}

    def ids(self, text: str) -> list[int]:
        """A number for each character of ``text``; an unknown capital counts as small."""
        numbers = self._numbers
        return [numbers.get(c) or numbers.get(c.lower(), 0) for c in text]


class NameModel:
    """A model of ``extract/models`` in ONNX Runtime on one thread.

    Pieces of equal length go through the encoder together: padding would change what the
    recurrent layers see.
    """

    def __init__(self, folder: Path) -> None:
        self._alphabet = Alphabet(
            json.loads((folder / "alphabet.json").read_text(encoding="utf-8"))["characters"]
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def scores(self, pieces: Sequence[str]) -> list[NDArray[np.float32]]:
        """Scores (length, tags of all heads) of each piece; every piece has a character."""
        by_length: dict[int, list[int]] = defaultdict(list)
        for index, piece in enumerate(pieces):
            by_length[len(piece)].append(index)
        found: list[NDArray[np.float32]] = [_EMPTY] * len(pieces)
        for length, indexes in by_length.items():
            size = max(1, _BATCH_CHARACTERS // length)
            for first in range(0, len(indexes), size):
                some = indexes[first : first + size]
                ids = np.array([self._alphabet.ids(pieces[i]) for i in some], dtype=np.int64)
                for index, rows in zip(some, self._session.run(None, {"ids": ids})[0], strict=True):
                    found[index] = rows
        return found


class TaggerModel:
    """Names and words by one model, or by two that are asked together.

    With a ``second`` model the log probabilities of names are mixed, the second counting
    ``share`` of 1; words are always the first one's.
    """

    def __init__(
        self, first: NameModel, second: NameModel | None = None, *, share: float = 0.0
    ) -> None:
        self._first = first
        self._second = second
        self._share = np.float32(share)

    def tag(self, pieces: Sequence[str]) -> list[TaggedPiece]:
        """Names and words of each piece; every piece has at least one character."""
        scores = self._first.scores(pieces)
        outer, inner = _name_chances(scores)
        if self._second is not None:
            more = _name_chances(self._second.scores(pieces))
            outer = self._mix(outer, more[0])
            inner = self._mix(inner, more[1])
        decoded = decode_names([*outer, *inner])  # both at once: it costs by the length
        words = decode_words([rows[:, 2 * len(NAME_TAGS) :] for rows in scores])
        return [
            TaggedPiece(o, tuple(_inside(i, o)), w, c)
            for o, i, w, c in zip(
                decoded[: len(outer)], decoded[len(outer) :], words, outer, strict=True
            )
        ]

    def _mix(
        self, first: list[NDArray[np.float32]], second: list[NDArray[np.float32]]
    ) -> list[NDArray[np.float32]]:
        share = self._share
        return [(1 - share) * a + share * b for a, b in zip(first, second, strict=True)]


def _name_chances(
    scores: list[NDArray[np.float32]],
) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    """Log probabilities (length, name tags) of the heads for outer and for inner names."""
    names = len(NAME_TAGS)
    return (
        [_log_softmax(rows[:, :names]) for rows in scores],
        [_log_softmax(rows[:, names : 2 * names]) for rows in scores],
    )


def _inside(inner: Iterable[TaggedName], outer: Sequence[TaggedName]) -> Iterator[TaggedName]:
    """The names of ``inner`` that lie within a longer name of ``outer``."""
    for name in inner:
        for whole in outer:
            shorter = name.end - name.start < whole.end - whole.start
            if whole.start <= name.start and name.end <= whole.end and shorter:
                yield name


def _stack(scores: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Rows of several pieces in one array (pieces, longest, tags), zero beyond each length."""
    lengths = np.array([len(rows) for rows in scores])
    stacked = np.zeros((len(scores), int(lengths.max()), scores[0].shape[1]), dtype=np.float32)
    for index, rows in enumerate(scores):
        stacked[index, : len(rows)] = rows
    return stacked, lengths


def _log_softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: NDArray[np.float32] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def decode_names(scores: Sequence[NDArray[np.float32]]) -> list[tuple[TaggedName, ...]]:
    """Best BIOES path of each piece of log probabilities (Viterbi over sensible transitions)."""
    if not scores:
        return []
    chances, lengths = _stack(scores)
    pieces, longest, _ = chances.shape
    labels = len(ENTITY_LABELS)
    # Columns after O come in fours B, I, E, S: view them as (labels, 4).
    outside = chances[:, :, 0]
    inside = chances[:, :, 1:].reshape(pieces, longest, labels, 4)
    # Best score of a path that is closed (O, E, S) or open within each label (B, I).
    closed = np.zeros(pieces, dtype=np.float32)
    opened = np.full((pieces, labels), -np.inf, dtype=np.float32)
    # What closed the path: -1 O, 2k a single S of label k, 2k+1 an E of label k.
    how = np.zeros((longest, pieces), dtype=np.int8)
    began = np.zeros((longest, pieces, labels), dtype=bool)
    for t in range(longest):
        begin = closed[:, None] + inside[:, t, :, 0]
        stay = opened + inside[:, t, :, 1]
        single = closed[:, None] + inside[:, t, :, 3]
        end = opened + inside[:, t, :, 2]
        choices = np.concatenate([(closed + outside[:, t])[:, None], single, end], axis=1)
        best = choices.argmax(axis=1)
        live = t < lengths
        how[t] = best
        began[t] = begin >= stay
        closed = np.where(live, choices[np.arange(pieces), best], closed)
        opened = np.where(live[:, None], np.maximum(begin, stay), opened)
    return [
        _read_path(how[:, i], began[:, i], chances[i], int(length))
        for i, length in enumerate(lengths)
    ]


def _read_path(
    how: NDArray[np.int8], began: NDArray[np.bool_], chances: NDArray[np.float32], length: int
) -> tuple[TaggedName, ...]:
    labels = len(ENTITY_LABELS)
    names: list[TaggedName] = []
    at = length - 1
    while at >= 0:
        choice = int(how[at])
        if choice == 0:
            at -= 1
            continue
        label = (choice - 1) % labels
        column = 1 + 4 * label
        if choice <= labels:
            names.append(_name(at, at + 1, label, float(chances[at, column + 3])))
            at -= 1
            continue
        end, total = at + 1, float(chances[at, column + 2])
        at -= 1
        while not began[at, label]:
            total += float(chances[at, column + 1])
            at -= 1
        total += float(chances[at, column])
        names.append(_name(at, end, label, total / (end - at)))
        at -= 1
    return tuple(reversed(names))


def _name(start: int, end: int, label: int, mean_log: float) -> TaggedName:
    return TaggedName(start, end, ENTITY_LABELS[label], float(np.exp(mean_log)))


def decode_words(scores: Sequence[NDArray[np.float32]]) -> list[tuple[tuple[int, int, str], ...]]:
    """Best division of each piece into words of one class each (Viterbi)."""
    if not scores:
        return []
    stacked, lengths = _stack(scores)
    pieces, longest, _ = stacked.shape
    first, later = stacked[:, :, 0::2], stacked[:, :, 1::2]
    best = first[:, 0]
    before = np.zeros((longest, pieces), dtype=np.int8)
    began = np.ones((longest, pieces, len(WORD_CLASSES)), dtype=bool)
    for t in range(1, longest):
        live = (t < lengths)[:, None]
        before[t] = best.argmax(axis=1)
        begin = best.max(axis=1)[:, None] + first[:, t]
        stay = best + later[:, t]
        began[t] = begin >= stay
        best = np.where(live, np.maximum(begin, stay), best)
    last = best.argmax(axis=1)
    found = []
    for i, length in enumerate(lengths.tolist()):
        words: list[tuple[int, int, str]] = []
        kind, end = int(last[i]), length
        for at in range(length - 1, -1, -1):
            if began[at, i, kind]:
                words.append((at, end, WORD_CLASSES[kind]))
                kind, end = int(before[at, i]), at
        found.append(tuple(reversed(words)))
    return found


@cache
def _load_model(folder: str) -> NameModel:
    return NameModel(Path(str(resources.files("extract") / "models" / folder)))


@cache
def load_tagger(name: ModelName) -> TaggerModel:
    """The shipped tagger of that name, read once a process.

    ``fast`` is the small model alone; ``accurate`` asks the large one as well.
    """
    small = _load_model("fast")
    if name == "fast":
        return TaggerModel(small)
    return TaggerModel(small, _load_model("accurate"), share=_SHARE_OF_LARGE)
