"""A tagger in PyTorch: an encoder with a head for outer names, one for inner names, one for words.

Tags are BIOES for names and the tag set of LAC for words. The loss is the cross-entropy of
every character; that a path of tags makes sense is seen to in decoding (``extract.tagger``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from extract.tagger import NAME_TAGS
from extract.training.encoders import AlbertEncoder, GruEncoder
from extract.training.examples import Example, Labelled

IGNORE = -100
_TAG_IDS = {tag: number for number, tag in enumerate(NAME_TAGS)}


def spans_to_tags(length: int, spans: Sequence[Labelled]) -> list[int]:
    """BIOES tag numbers of each character.

    >>> spans_to_tags(3, [(1, 2, "PLACE")])[1] == _TAG_IDS["S-PLACE"]
    True
    """
    tags = [0] * length
    for start, end, label in spans:
        if end - start == 1:
            tags[start] = _TAG_IDS[f"S-{label}"]
            continue
        tags[start] = _TAG_IDS[f"B-{label}"]
        tags[end - 1] = _TAG_IDS[f"E-{label}"]
        for at in range(start + 1, end - 1):
            tags[at] = _TAG_IDS[f"I-{label}"]
    return tags


class Tagger(nn.Module):
    """Scores (batch, length, tags) of all heads, one behind the other in the last dimension."""

    def __init__(self, encoder: AlbertEncoder | GruEncoder, *, word_tags: int = 0) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(0.15)
        self.sizes = (len(NAME_TAGS), len(NAME_TAGS), word_tags)
        self.heads = nn.Linear(encoder.width, sum(self.sizes))

    def forward(self, ids: Tensor) -> Tensor:
        """``ids`` (batch, length)."""
        scores: Tensor = self.heads(self.dropout(self.encoder(ids)))
        return scores


@dataclass(frozen=True)
class Batch:
    """Character ids and tag numbers (batch, length); -100 where nothing is learnt."""

    ids: Tensor
    outer: Tensor
    inner: Tensor
    words: Tensor | None


def make_batch(
    examples: Sequence[Example],
    ids: Sequence[Sequence[int]],
    words: Sequence[Sequence[int]] | None = None,
    *,
    device: torch.device | None = None,
) -> Batch:
    """A batch of ``examples`` of one length with their character ids and word tags."""
    outer = [spans_to_tags(len(e.text), e.outer) for e in examples]
    inner = [
        [IGNORE] * len(e.text) if e.inner is None else spans_to_tags(len(e.text), e.inner)
        for e in examples
    ]
    return Batch(
        ids=torch.tensor(ids, device=device),
        outer=torch.tensor(outer, device=device),
        inner=torch.tensor(inner, device=device),
        words=None if words is None else torch.tensor(words, device=device),
    )


def tagging_loss(model: Tagger, scores: Tensor, batch: Batch) -> Tensor:
    """Mean cross-entropy of the heads; inner names and words count half."""
    outer, inner, words = scores.split(model.sizes, dim=-1)
    loss = _cross_entropy(outer, batch.outer)
    if bool((batch.inner != IGNORE).any()):
        loss = loss + 0.5 * _cross_entropy(inner, batch.inner)
    if batch.words is not None:
        loss = loss + 0.5 * _cross_entropy(words, batch.words)
    return loss


def _cross_entropy(scores: Tensor, target: Tensor) -> Tensor:
    return nn.functional.cross_entropy(
        scores.reshape(-1, scores.shape[-1]), target.reshape(-1), ignore_index=IGNORE
    )
