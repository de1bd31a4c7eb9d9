"""Fitting the confidence of mentions and facts on annotated articles, and showing how well it fits.

The articles must be strangers to the rules and to the tagger. Each is left out once when its
own confidences are judged, so that the reliability that is reported is that of unseen text.

Source: Niculescu-Mizil and Caruana, "Predicting good probabilities with supervised learning"
(2005) for reliability diagrams.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.language import Language

from extract.confidence import (
    Calibration,
    Confidence,
    facts_with_features,
    gather_proposals,
    mention_features,
)
from extract.document import SourceDocument
from extract.facts import Span
from extract.pipeline import source_to_doc

Gold = Mapping[str, Any]
Features = dict[str, float]
# Whether a fact in its JSON form is right by a gold document; from the scorer beside the gold.
IsRight = Callable[[Gold, dict[str, Any]], bool | None]


@dataclass(frozen=True)
class Judged:
    """Something that was extracted: its features, and whether the annotation has it."""

    document: str
    features: Features
    right: bool


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
    model.fit(matrix, [j.right for j in judged])
    weights = dict(zip(vectorizer.feature_names_, model.coef_[0].tolist(), strict=True))
    return Calibration({name: round(value, 4) for name, value in weights.items() if value})


def leave_one_out(judged: Sequence[Judged]) -> list[tuple[float, bool]]:
    """Confidence of each, fitted without its own document, beside whether it is right."""
    found: list[tuple[float, bool]] = []
    for document in dict.fromkeys(j.document for j in judged):
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
