"""The trained taggers: names, outer and inner, and words from one pass of a model in ONNX.

``fast`` is the small GRU encoder of LAC with heads for names beside the one for words;
``accurate`` asks an ALBERT encoder with a bidirectional LSTM as well. Sets nothing itself: the
tokenizer and the component ``tanpu_names`` use it.

Examples: 某市生态环境局局长 → ORG 某市生态环境局 (inner PLACE 某市), POST 局长.

Source: model cards in ``extract/models``.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime

from extract.facts import ENTITY_LABELS, EntityLabel
from extract.tag_paths import Scores, TagScheme, best_tags, make_scheme

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
# What a piece has of the characters of the longest one of its batch: padding costs time too.
_LEAST_FILLED = 0.8
# The best of 0, 0.3, 0.5, 0.7 and 1 on gold/dev and on sixteen unseen articles.
_SHARE_OF_LARGE = 0.3
# A name has a Han character, a digit or a capital: "hello" alone is none.
_NAMELIKE = re.compile(r"[㐀-鿿\dA-Z]")
_PAIRS = {"“": "”", "‘": "’", "（": "）", "(": ")", "《": "》", "「": "」", "『": "』", "【": "】"}
_PARTNERS = {close: opening for opening, close in _PAIRS.items()}
_LONGEST_QUOTED = 16  # characters inside the quotes of a name


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
    chances: Scores


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

    @cached_property
    def outer(self) -> tuple[TaggedName, ...]:
        """Names that lie in no longer one, by offsets into the text."""
        return tuple(self._names([piece.outer for piece in self._pieces]))

    @cached_property
    def inner(self) -> tuple[TaggedName, ...]:
        """Names within a longer one, by offsets into the text."""
        return tuple(self._names([piece.inner for piece in self._pieces]))

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


class _Numbers(dict[str, int]):
    """Numbers of characters; what is not in it counts as its small letter, or as 0."""

    def __missing__(self, char: str) -> int:
        return self.get(char.lower(), 0)


class Alphabet:
    """The characters that a model knows; number 0 stands for every other one."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        self._numbers = _Numbers((char, number) for number, char in enumerate(characters, 1))

    def ids(self, text: str) -> list[int]:
        """A number for each character of ``text``; an unknown capital counts as small."""
        return list(map(self._numbers.__getitem__, text))


class NameModel:
    """A model of ``extract/models`` in ONNX Runtime on one thread.

    Pieces of about equal length go through a model together that is told their lengths, others
    only with pieces of equal length: padding would change what they see.
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
        self._takes_lengths = "lengths" in {i.name for i in self._session.get_inputs()}

    def scores(self, pieces: Sequence[str]) -> Scores:
        """Scores (characters, tags of all heads) of the pieces, one after the other.

        Every piece has at least one character.
        """
        lengths = [len(piece) for piece in pieces]
        starts = np.cumsum([0, *lengths]).tolist()
        found: Scores = np.zeros((0, 0), dtype=np.float32)
        for some in self._batches(lengths):
            longest = lengths[some[0]]
            ids = np.zeros((len(some), longest), dtype=np.int64)
            for row, index in zip(ids, some, strict=True):
                row[: lengths[index]] = self._alphabet.ids(pieces[index])
            inputs = {"ids": ids}
            if self._takes_lengths:
                inputs["lengths"] = np.array([lengths[i] for i in some], dtype=np.int32)
            scores = self._session.run(None, inputs)[0]
            if not len(found):
                found = np.empty((starts[-1], scores.shape[2]), dtype=np.float32)
            for rows, index in zip(scores, some, strict=True):
                found[starts[index] : starts[index + 1]] = rows[: lengths[index]]
        return found

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Which pieces go through the encoder together, the longest first in each batch."""
        shortest = _LEAST_FILLED if self._takes_lengths else 1.0
        batch: list[int] = []
        for index in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
            full = batch and (
                lengths[index] < shortest * lengths[batch[0]]
                or (len(batch) + 1) * lengths[batch[0]] > _BATCH_CHARACTERS
            )
            if full:
                yield batch
                batch = []
            batch.append(index)
        if batch:
            yield batch


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
        if not pieces:
            return []
        lengths = [len(piece) for piece in pieces]
        scores = self._first.scores(pieces)
        chances = _name_chances(scores)
        if self._second is not None:
            more = _name_chances(self._second.scores(pieces))
            chances = (1 - self._share) * chances + self._share * more
        names = decode_names(chances, [*lengths, *lengths])  # outer ones, then inner ones
        starts, _ = _places(lengths)
        return [
            TaggedPiece(outer, tuple(_inside(inner, outer)), words, chances[at : at + length])
            for outer, inner, words, at, length in zip(
                names[: len(pieces)],
                names[len(pieces) :],
                decode_words(scores[:, 2 * len(NAME_TAGS) :], lengths),
                starts,
                lengths,
                strict=True,
            )
        ]


def _name_chances(scores: Scores) -> Scores:
    """Log probabilities (2 * characters, name tags): of all outer names, then of all inner ones."""
    names = len(NAME_TAGS)
    return _log_softmax(np.concatenate([scores[:, :names], scores[:, names : 2 * names]]))


def _inside(inner: Iterable[TaggedName], outer: Sequence[TaggedName]) -> Iterator[TaggedName]:
    """The names of ``inner`` that lie within a longer name of ``outer``."""
    for name in inner:
        for whole in outer:
            shorter = name.end - name.start < whole.end - whole.start
            if whole.start <= name.start and name.end <= whole.end and shorter:
                yield name


def _log_softmax(scores: Scores) -> Scores:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Scores = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def decode_names(chances: Scores, lengths: Sequence[int]) -> list[tuple[TaggedName, ...]]:
    """The names of each piece by the best path through log probabilities.

    ``chances`` (characters, name tags) holds one piece after the other.
    """
    tags = best_tags(chances, lengths, _name_scheme())
    logs = chances[np.arange(len(tags)), tags].tolist()
    parts = np.where(tags > 0, (tags - 1) % 4, -1)  # which of B, I, E, S
    firsts = np.flatnonzero((parts == 0) | (parts == 3)).tolist()
    lasts = np.flatnonzero(parts >= 2).tolist()
    labels = ((tags[lasts] - 1) // 4).tolist()
    found: list[list[TaggedName]] = [[] for _ in lengths]
    starts, piece_of = _places(lengths)
    for first, last, label in zip(firsts, lasts, labels, strict=True):
        piece = piece_of[first]
        mean = math.fsum(logs[first : last + 1]) / (last + 1 - first)
        start, end = first - starts[piece], last + 1 - starts[piece]
        found[piece].append(TaggedName(start, end, ENTITY_LABELS[label], math.exp(mean)))
    return [tuple(names) for names in found]


def decode_words(scores: Scores, lengths: Sequence[int]) -> list[tuple[tuple[int, int, str], ...]]:
    """The best division of each piece into words of one class each.

    ``scores`` (characters, word tags) holds one piece after the other.
    """
    tags = best_tags(scores, lengths, _word_scheme())
    firsts = np.flatnonzero(tags % 2 == 0)
    ends = np.append(firsts[1:], len(tags)).tolist()
    kinds = (tags[firsts] // 2).tolist()
    found: list[list[tuple[int, int, str]]] = [[] for _ in lengths]
    starts, piece_of = _places(lengths)
    for first, end, kind in zip(firsts.tolist(), ends, kinds, strict=True):
        piece = piece_of[first]
        start = starts[piece]
        found[piece].append((first - start, end - start, WORD_CLASSES[kind]))
    return [tuple(words) for words in found]


def _places(lengths: Sequence[int]) -> tuple[list[int], list[int]]:
    """Where each piece begins, and which piece each character belongs to."""
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    return starts, np.repeat(np.arange(len(lengths)), lengths).tolist()


@cache
def _name_scheme() -> TagScheme:
    """O, B and S begin; O, E and S end; I and E go on with B or I of their label."""
    followers: list[tuple[int, ...]] = [()]
    for b in range(1, len(NAME_TAGS), 4):
        followers += [(), (b, b + 1), (b, b + 1), ()]
    ends = [number for number, tag in enumerate(NAME_TAGS) if tag[0] in "OES"]
    return make_scheme(followers, ends)


@cache
def _word_scheme() -> TagScheme:
    """The tag for other characters of a word goes on with its class; every tag may end."""
    followers = [pair for b in range(0, len(WORD_TAGS), 2) for pair in ((), (b, b + 1))]
    return make_scheme(followers, range(len(WORD_TAGS)))


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
