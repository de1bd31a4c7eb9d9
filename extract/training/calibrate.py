"""Fitting the confidence of mentions and facts on annotated articles, and showing how well it fits.

The articles must be strangers to the rules and to the tagger. Each is left out once when its
own confidences are judged, so that the reliability that is reported is that of unseen text.

Source: Niculescu-Mizil and Caruana, "Predicting good probabilities with supervised learning"
(2005) for reliability diagrams.
"""

from __future__ import annotations

import importlib.util
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import matplotlib
import numpy as np
from matplotlib import pyplot
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.language import Language

from extract.candidates import Candidate
from extract.confidence import (
    TAGGER,
    Calibration,
    Confidence,
    Proposal,
    facts_with_features,
    gather_proposals,
    load_confidence,
    mention_features,
)
from extract.document import SourceDocument
from extract.facts import EntityLabel, Span
from extract.pipeline import load_pipeline, source_to_doc
from extract.tagger import ModelName

logger = logging.getLogger(__name__)

# Observations that a finder's own score is worth.
_BELIEF = 14.0
# A label whose candidates stood alone so often in the annotated articles needs no belief.
_SHOWN = 3

Gold = Mapping[str, Any]
Features = dict[str, float]
# Roles and values of the facts that are annotated under a key of their own, not in ``facts``.
_OWN_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "relates": (("regulation", "other"), ("relation",)),
        "dated": (("regulation",), ("step", "date")),
        "ranks": (("subject", "indicator"), ("rank", "rank_kind")),
    }
)
# Whether a fact in its JSON form is right by a gold document; from the scorer beside the gold.
IsRight = Callable[[Gold, dict[str, Any]], bool | None]


@dataclass(frozen=True)
class Judged:
    """Something that was extracted: its features, and whether the annotation has it."""

    document: str
    features: Features
    right: bool
    weight: float = 1.0


def judge_mentions(nlp: Language, gold: Sequence[Gold]) -> list[Judged]:
    """Every proposal of rules and tagger over ``gold``, but those that need not be marked."""
    judged = []
    for article in gold:
        doc = article_to_doc(nlp, article, until="tanpu_entities")
        required, optional = _gold_spans(article)
        for proposal in gather_proposals(doc._.candidates, doc._.tagged):
            key = (proposal.span.start, proposal.span.end, proposal.label)
            if key not in required and any(_overlap(proposal.span, o) for o in optional):
                continue
            judged.append(Judged(article["id"], mention_features(proposal), key in required))
    return judged


def believe_rules(
    nlp: Language, articles: Sequence[Gold], judged: Sequence[Judged]
) -> list[Judged]:
    """What a finder says of its own score, where ``judged`` does not show how good it is alone.

    A few observations of no document for each finder of a label whose candidates hardly ever
    stood against the tagger (regulations); the others are judged by what was seen.
    """
    alone = Counter(
        name
        for one in judged
        if "proposed" not in one.features
        for name in one.features
        if name.startswith("label=")
    )
    scores: dict[tuple[str, EntityLabel], float] = {}
    for article in articles:
        doc = article_to_doc(nlp, article, until="tanpu_entities")
        for candidate in doc._.candidates:
            if alone[f"label={candidate.label}"] < _SHOWN and candidate.source != TAGGER:
                scores[candidate.source, candidate.label] = candidate.score
    believed = []
    for (source, label), score in sorted(scores.items()):
        candidate = Candidate(Span(0, 4), label, score, source)
        features = mention_features(Proposal(Span(0, 4), label, candidate, 0.05, False, 0.0))
        believed += [
            Judged("", features, True, _BELIEF * score),
            Judged("", features, False, _BELIEF * (1 - score)),
        ]
    return believed


def article_to_doc(nlp: Language, article: Gold, *, until: str) -> Any:
    """The ``Doc`` of a gold article, as it is before the component ``until``."""
    published = str(article["published"]) if article.get("published") else None
    source = SourceDocument(id=article["id"], text=article["text"], published=published)
    names = nlp.pipe_names
    with nlp.select_pipes(enable=names[: names.index(until)]):
        return source_to_doc(source, nlp)


def _gold_spans(article: Gold) -> tuple[set[tuple[int, int, str]], list[Span]]:
    required: set[tuple[int, int, str]] = set()
    optional: list[Span] = []
    for start, end, label, is_optional in article["spans"]:
        if is_optional:
            optional.append(Span(start, end))
            continue
        required.add((start, end, label))
        whole = article["text"][start:end]
        for variant in article.get("variants", {}).get(whole, []):
            at = whole.find(variant)
            if at >= 0:
                required.add((start + at, start + at + len(variant), label))
    return required, optional


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def judge_facts(nlp: Language, gold: Sequence[Gold], is_right: IsRight) -> list[Judged]:
    """Every fact that is found in ``gold``, but those that need not be found."""
    judged = []
    for article in gold:
        doc = article_to_doc(nlp, article, until="tanpu_confidence")
        mentions = {c.span: c.score for c in doc._.chosen}
        for fact, features in facts_with_features(doc._.facts, mentions):
            right = is_right(article, fact.to_json())
            if right is not None:
                judged.append(Judged(article["id"], features, right))
    return judged


def fit(judged: Sequence[Judged], *, strength: float = 0.3) -> Calibration:
    """Logistic regression with a ridge; ``strength`` is the inverse of the penalty."""
    vectorizer = DictVectorizer(sparse=True)
    matrix = vectorizer.fit_transform([j.features for j in judged])
    model = LogisticRegression(C=strength, max_iter=3000, fit_intercept=False)
    weights = [j.weight for j in judged]
    model.fit(matrix, [j.right for j in judged], sample_weight=weights)
    fitted = dict(zip(vectorizer.feature_names_, model.coef_[0].tolist(), strict=True))
    return Calibration({name: round(value, 4) for name, value in fitted.items() if value})


def leave_one_out(judged: Sequence[Judged]) -> list[tuple[float, bool]]:
    """Confidence of each, fitted without its own document, beside whether it is right."""
    found: list[tuple[float, bool]] = []
    for document in dict.fromkeys(j.document for j in judged if j.document):
        calibration = fit([j for j in judged if j.document != document])
        found.extend(
            (calibration.probability(j.features), j.right) for j in judged if j.document == document
        )
    return found


@dataclass(frozen=True, slots=True)
class Bin:
    """A range of confidence: how many, mean confidence, share that is right."""

    count: int
    confidence: float
    right: float


def reliability(pairs: Sequence[tuple[float, bool]], bins: int = 10) -> list[Bin]:
    """Bins of equal width over 0 to 1; empty ones are left out."""
    found: list[Bin] = []
    for index in range(bins):
        low, high = index / bins, (index + 1) / bins
        inside = [(p, r) for p, r in pairs if low <= p < high or (p == 1 and index == bins - 1)]
        if inside:
            found.append(
                Bin(
                    len(inside),
                    float(np.mean([p for p, _ in inside])),
                    float(np.mean([r for _, r in inside])),
                )
            )
    return found


def expected_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Mean distance between confidence and share right over the bins, weighted by size."""
    return sum(b.count * abs(b.confidence - b.right) for b in reliability(pairs)) / len(pairs)


def write_confidence(path: Path, confidence: Confidence) -> None:
    """The calibrations as JSON, in the order of their names."""
    row = {
        "mentions": dict(sorted(confidence.mentions.weights.items())),
        "facts": dict(sorted(confidence.facts.weights.items())),
    }
    path.write_text(json.dumps(row, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


def calibrate(
    model: ModelName,
    *,
    articles: Path,
    seen: Path,
    scorer: Path,
    target: Path,
    figure: Path | None = None,
) -> None:
    """Fit the confidence of ``model`` on the gold ``articles`` and write it to ``target``.

    ``seen`` are articles that rules and tagger know, which only show what finders there are;
    ``scorer`` is the script beside the gold, whose own matching decides what is right;
    ``figure`` becomes a reliability diagram (SVG) of each article judged without itself.
    """
    score = _load_scorer(scorer)
    gold = list(score.load_gold(articles))
    if not target.exists():
        write_confidence(target, Confidence(Calibration({}), Calibration({})))
    nlp = load_pipeline(model)
    mentions = judge_mentions(nlp, gold)
    mentions += believe_rules(nlp, list(score.load_gold(seen)), mentions)
    fitted = fit(mentions)
    write_confidence(target, Confidence(fitted, Calibration({})))
    # Facts depend on which mentions were chosen: read the weights just written.
    load_confidence.cache_clear()
    load_pipeline.cache_clear()
    facts = judge_facts(load_pipeline(model), gold, _fact_judge(score))
    write_confidence(target, Confidence(fitted, fit(facts)))
    load_confidence.cache_clear()
    load_pipeline.cache_clear()
    judged = {"mentions": leave_one_out(mentions), "facts": leave_one_out(facts)}
    for name, pairs in judged.items():
        logger.info("%s %s: %d, error %.3f", model, name, len(pairs), expected_error(pairs))
    if figure is not None:
        _draw_reliability(judged, figure)


def _load_scorer(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_score", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"expected the scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _fact_judge(score: Any) -> IsRight:
    """Right, wrong, or None for a fact that gold holds for optional or does not count."""

    def judge(article: Gold, found: dict[str, Any]) -> bool | None:
        if found["type"] == "says":
            return _says_right(score, article, found)
        if found["type"] in _OWN_KEYS:
            return _own_right(score, article, found)
        keys = score.KEYS[found["type"]]
        hits = [
            fact
            for fact in article.get("facts") or []
            if fact["type"] == found["type"]
            and all(key in found and score.same(key, fact[key], found[key]) for key in keys)
        ]
        if any(not fact.get("optional") for fact in hits):
            return True
        return None if hits else False

    return judge


def _own_right(score: Any, article: Gold, found: dict[str, Any]) -> bool | None:
    """Whether a relation or date of a regulation, or a rank, is among the annotated ones."""
    kind = found["type"]
    if kind not in article:
        return None
    names, others = _OWN_KEYS[kind]
    for row in article[kind]:
        same_names = all(
            (role in row) == (role in found)
            and (role not in row or score.same(role, row[role], found[role]))
            for role in names
        )
        if same_names and all(row[key] == found[key] for key in others):
            return None if row.get("optional") else True
    return False


def _says_right(score: Any, article: Gold, found: dict[str, Any]) -> bool | None:
    """Whether speaker and four fifths of the words agree with an annotated statement."""
    if "says" not in article:
        return None
    start, end = found["words_start"], found["words_end"]
    for said in article["says"]:
        at = article["text"].find(said["words"])
        shared = min(end, at + len(said["words"])) - max(start, at)
        if shared < 0.8 * max(end - start, len(said["words"])):
            continue
        if score.same("person", said["speaker"], found["speaker"]):
            return True
    return False


def _draw_reliability(judged: Mapping[str, Sequence[tuple[float, bool]]], path: Path) -> None:
    """Share right over confidence, a point a bin, its area by the number in it."""
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "tanpu"  # the same drawing gives the same file
    drawing, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1)
    for name, pairs in judged.items():
        bins = reliability(pairs)
        axes.scatter(
            [b.confidence for b in bins],
            [b.right for b in bins],
            [8 + 300 * b.count / len(pairs) for b in bins],
            alpha=0.7,
            label=f"{name}: {len(pairs)}, error {expected_error(pairs):.3f}",
        )
    axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    axes.legend(loc="upper left")
    drawing.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(drawing)
