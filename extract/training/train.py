"""Training: the accurate tagger on labels, the fast one also on the accurate one's answers."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from extract.tagger import Alphabet
from extract.training.examples import Example
from extract.training.model import Batch, Tagger, make_batch, tagging_loss

logger = logging.getLogger(__name__)

# Scores (batch, length, tags of both name heads) that a teacher gives to a batch of texts.
Teacher = Callable[[Sequence[str]], Tensor]
WordTags = Callable[[Sequence[str]], list[list[int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How long and how fast: characters a batch, learning rates of encoder and heads."""

    epochs: int
    batch_characters: int
    encoder_rate: float
    head_rate: float
    seed: int


def training_device() -> torch.device:
    """A graphics processor where PyTorch finds one: minutes instead of hours."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def batches(
    examples: Sequence[Example], characters: int, shuffle: random.Random
) -> Iterator[list[Example]]:
    """Batches of texts of one length, about ``characters`` characters each, in random order.

    Nothing is padded: the recurrent layers would read the padding.
    """
    order = list(examples)
    shuffle.shuffle(order)
    by_length: dict[int, list[Example]] = {}
    for example in order:
        by_length.setdefault(len(example.text), []).append(example)
    found = [
        rows[start : start + size]
        for length, rows in by_length.items()
        for size in (max(1, characters // length),)
        for start in range(0, len(rows), size)
    ]
    shuffle.shuffle(found)
    yield from found


def train(
    model: Tagger,
    alphabet: Alphabet,
    epochs: Sequence[Sequence[Example]],
    schedule: Schedule,
    *,
    teacher: Teacher | None = None,
    word_tags: WordTags | None = None,
) -> None:
    """Train ``model`` in place on one list of examples an epoch; it ends on the processor.

    The rate rises over the first 100 steps and falls linearly to a fiftieth. With a
    ``teacher`` the model also learns the teacher's distribution (Hinton et al., 2015).
    """
    shuffle = random.Random(schedule.seed)
    torch.manual_seed(schedule.seed)
    device = training_device()
    model.to(device)
    encoder = list(model.encoder.parameters())
    heads = list(model.heads.parameters())
    optimizer = torch.optim.AdamW(
        [{"params": encoder}, {"params": heads}], lr=schedule.encoder_rate, weight_decay=0.01
    )
    plan = [list(batches(e, schedule.batch_characters, shuffle)) for e in epochs]
    steps = sum(len(p) for p in plan)
    step, mean, characters, started = 0, 0.0, 0, time.monotonic()
    model.train()
    for number, epoch in enumerate(plan, 1):
        for rows in epoch:
            factor = min(1.0, (step + 1) / 100) * max(0.02, 1 - step / steps)
            for group, rate in zip(
                optimizer.param_groups, (schedule.encoder_rate, schedule.head_rate), strict=True
            ):
                group["lr"] = rate * factor
            texts = [row.text for row in rows]
            batch = make_batch(
                rows,
                [alphabet.ids(text) for text in texts],
                word_tags(texts) if word_tags else None,
                device=device,
            )
            loss = _step(model, batch, teacher(texts) if teacher else None)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            mean += (loss.item() - mean) * max(0.01, 1 / step)
            characters += batch.ids.numel()
            if step % 50 == 0:
                rate = characters / (time.monotonic() - started)
                logger.info(
                    "epoch %d step %d of %d loss %.4f, %.0f characters/s",
                    number, step, steps, mean, rate,
                )  # fmt: skip
    model.cpu().eval()


def _step(model: Tagger, batch: Batch, taught: Tensor | None) -> Tensor:
    scores = model(batch.ids)
    loss = tagging_loss(model, scores, batch)
    if taught is None:
        return loss
    known = batch.outer != -100
    total = loss
    for ours, theirs in zip(
        scores.split(model.sizes, -1)[:2], taught.split(model.sizes[:2], -1), strict=True
    ):
        total = total + nn.functional.kl_div(
            ours[known].log_softmax(-1), theirs[known].softmax(-1), reduction="batchmean"
        )
    return total
