"""Calibrated confidence: how often a mention or a fact like this one is right.

A logistic regression over what speaks for and against a candidate: which finder proposes it,
the tagger's probability of it, names that cross it. Its weights are fitted on annotated
articles that neither the rules nor the tagger were made with (``extract.training.calibrate``)
and lie beside each model. Sets the confidence of ``doc._.facts``; ``tanpu_entities`` weighs
mentions with it.

Examples: a name that rules and tagger agree on gets about 0.99, one that only the list of
places knows and the tagger holds for part of a company gets 0.1.

Source: Platt, "Probabilistic outputs for support vector machines" (1999).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate
from extract.extensions import register_extensions
from extract.facts import Argument, EntityLabel, Fact, Measures, Span
from extract.tagger import ModelName, TaggedName, TaggedText

TAGGER = "tagger"  # the source of what the tagger alone proposes
_LEAST, _MOST = 0.001, 0.999
_LOUDEST = 2.5
_LIKELY = 0.5


@dataclass(frozen=True)
class Calibration:
    """Weights by name of feature; a feature without a weight counts nothing."""

    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """0 to 1: how often what has these features is right."""
        weights, total = self.weights, 0.0
        for name, value in features.items():
            total += weights.get(name, 0.0) * value
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True)
class Confidence:
    """Both calibrations of one model, of mentions and of facts."""

    mentions: Calibration
    facts: Calibration


@cache
def load_confidence(model: ModelName) -> Confidence:
    """The calibrations that lie beside the model of that name."""
    path = resources.files("extract") / "models" / model / "confidence.json"
    row = json.loads(path.read_text(encoding="utf-8"))
    return Confidence(Calibration(row["mentions"]), Calibration(row["facts"]))


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), kept within about 7 of 0."""
    bounded = max(_LEAST, min(_MOST, probability))
    return math.log(bounded / (1 - bounded))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A span and label with all that is known of it.

    ``rule`` is the best rule candidate (None where only the tagger proposes it); ``tagged``
    the tagger's probability of just this span; ``proposed`` whether its best reading has it;
    ``crossed`` the best score of another name of that reading that overlaps it.
    """

    span: Span
    label: EntityLabel
    rule: Candidate | None
    tagged: float
    proposed: bool
    crossed: float


def gather_proposals(candidates: Sequence[Candidate], tagged: TaggedText) -> list[Proposal]:
    """All candidates of rules and tagger, one for each span and label, in text order."""
    best: dict[tuple[Span, EntityLabel], Candidate] = {}
    for candidate in candidates:
        if candidate.source == TAGGER:
            continue
        key = (candidate.span, candidate.label)
        if key not in best or best[key].score < candidate.score:
            best[key] = candidate
    names = sorted(tagged.outer, key=lambda n: n.start)
    keys = dict.fromkeys([*best, *((Span(n.start, n.end), n.label) for n in names)])
    proposed = {(n.start, n.end, n.label) for n in names}
    reach = _Crossings(names)
    return [
        Proposal(
            span=span,
            label=label,
            rule=best.get((span, label)),
            tagged=tagged.score(span.start, span.end, label),
            proposed=(span.start, span.end, label) in proposed,
            crossed=reach.best(span, label),
        )
        for span, label in sorted(keys, key=lambda key: (key[0].start, key[0].end, key[1]))
    ]


class _Crossings:
    """Names of the tagger's reading by offset, to ask what overlaps a span."""

    def __init__(self, names: Iterable[TaggedName]) -> None:
        self._at = {offset: n for n in names for offset in range(n.start, n.end)}

    def best(self, span: Span, label: EntityLabel) -> float:
        """Highest score of a name that overlaps ``span`` and is not the same name."""
        found = {self._at[o] for o in range(span.start, span.end) if o in self._at}
        others = (n.score for n in found if (n.start, n.end, n.label) != (*_ends(span), label))
        return max(others, default=0.0)


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def mention_features(proposal: Proposal) -> dict[str, float]:
    """What speaks for and against a proposal."""
    label, rule = proposal.label, proposal.rule
    # Bounded, so that a rule that is sure is not overruled by a tagger that is surer.
    tagged = max(-_LOUDEST, min(_LOUDEST, log_odds(proposal.tagged)))
    features = {
        "bias": 1.0,
        f"label={label}": 1.0,
        "tagged": tagged,
        f"tagged:{label}": tagged,
        "crossed": proposal.crossed,
        f"crossed:{label}": proposal.crossed,
        "long": float(proposal.span.end - proposal.span.start > 12),
    }
    if proposal.proposed:
        features["proposed"] = 1.0
        features[f"proposed:{label}"] = 1.0
    if rule is not None:
        score = log_odds(rule.score)
        features |= {"rule": 1.0, f"rule:{label}": 1.0, "rule score": score}
        features[f"source={rule.source}"] = 1.0
        if proposal.proposed:
            features[f"both:{label}"] = 1.0
    return features


def choose_mentions(proposals: Sequence[Proposal], calibration: Calibration) -> list[Candidate]:
    """The set of proposals without overlaps that is most likely as a whole, in text order.

    Each proposal counts its log-odds; the best set is found over the ends of spans (weighted
    interval scheduling). A proposal that is rather wrong than right is never chosen.
    """
    weighed = []
    for proposal in proposals:
        probability = calibration.probability(mention_features(proposal))
        if probability > 0.5:
            source = proposal.rule.source if proposal.rule else TAGGER
            weighed.append(Candidate(proposal.span, proposal.label, probability, source))
    weighed.sort(key=lambda c: (c.span.end, c.span.start, c.label))
    ends = [c.span.end for c in weighed]
    # best[i]: highest total of the first i candidates; taken[i]: whether the i-th is in it.
    best = [0.0]
    before: list[int] = []
    taken: list[bool] = []
    for index, candidate in enumerate(weighed):
        fits = _last_at_or_before(ends, candidate.span.start, index)
        gain = best[fits] + log_odds(candidate.score)
        before.append(fits)
        taken.append(gain > best[index])
        best.append(max(gain, best[index]))
    chosen: list[Candidate] = []
    at = len(weighed)
    while at > 0:
        if taken[at - 1]:
            chosen.append(weighed[at - 1])
            at = before[at - 1]
        else:
            at -= 1
    return sorted(chosen)


def _last_at_or_before(ends: Sequence[int], offset: int, limit: int) -> int:
    low, high = 0, limit
    while low < high:
        middle = (low + high) // 2
        if ends[middle] <= offset:
            low = middle + 1
        else:
            high = middle
    return low


def fact_features(fact: Fact, mentions: Mapping[Span, float], beside: int) -> dict[str, float]:
    """What speaks for and against a fact.

    ``mentions`` has the confidence of every chosen mention by span, ``beside`` counts the
    facts of the same type with the same evidence.
    """
    arguments = fact.arguments().values()
    known = [_mention_of(a, mentions) for a in arguments]
    written = [confidence for confidence in known if confidence is not None]
    weakest = log_odds(min(written, default=0.9))
    kind = fact.type
    features = {
        "bias": 1.0,
        f"type={kind}": 1.0,
        "finder": log_odds(fact.confidence),
        f"finder:{kind}": log_odds(fact.confidence),
        "weakest mention": weakest,
        f"implied:{kind}": float(any(a.span is None for a in arguments)),
        f"beside:{kind}": math.log(beside),
        "long sentence": math.log(1 + fact.evidence.end - fact.evidence.start),
        f"apart:{kind}": math.log(1 + _reach(arguments)),
    }
    if isinstance(fact, Measures):
        features |= {
            "measures:no period": float(fact.period is None),
            "measures:no unit": float(fact.unit is None),
            "measures:thing": float(fact.subject.label == "THING"),
            "measures:short indicator": float(len(fact.indicator) <= 2),
            "measures:long indicator": float(len(fact.indicator) > 12),
            "measures:change": float("increase" in fact.qualifier or "decrease" in fact.qualifier),
        }
    return features


def _mention_of(argument: Argument, mentions: Mapping[Span, float]) -> float | None:
    return None if argument.span is None else mentions.get(argument.span)


def _reach(arguments: Iterable[Argument]) -> int:
    """Characters from the first to the last written argument."""
    spans = [a.span for a in arguments if a.span is not None]
    if not spans:
        return 0
    return max(s.end for s in spans) - min(s.start for s in spans)


def facts_with_features(
    facts: Sequence[Fact], mentions: Mapping[Span, float]
) -> list[tuple[Fact, dict[str, float]]]:
    """Each fact with what speaks for and against it."""
    beside = Counter((fact.type, fact.evidence) for fact in facts)
    return [(f, fact_features(f, mentions, beside[f.type, f.evidence])) for f in facts]


@Language.factory(
    "tanpu_confidence",
    default_config={"model": "accurate"},
    assigns=["doc._.facts"],
    requires=["doc._.facts"],
)
def create_confidence(nlp: Language, name: str, model: ModelName) -> ConfidenceSetter:
    """The component by its registered name."""
    return ConfidenceSetter(load_confidence(model).facts)


class ConfidenceSetter:
    """Gives every fact its calibrated confidence; unlikely figures are dropped."""

    def __init__(self, calibration: Calibration) -> None:
        register_extensions()
        self._calibration = calibration

    def __call__(self, doc: Doc) -> Doc:
        """Weigh, then annotate."""
        mentions = {c.span: c.score for c in doc._.chosen}
        weighed = (
            replace(fact, confidence=round(self._calibration.probability(features), 4))
            for fact, features in facts_with_features(doc._.facts, mentions)
        )
        doc._.facts = tuple(fact for fact in weighed if is_kept(fact))
        return doc


def is_kept(fact: Fact) -> bool:
    """Whether a fact is given out: a figure that is rather wrong than right is not.

    Figures alone are left out: their readers propose whatever a number may mean, those of
    other facts a few clear patterns.
    """
    return not isinstance(fact, Measures) or fact.confidence >= _LIKELY
