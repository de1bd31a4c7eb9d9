"""Which candidate is a match, by a policy that ``docs/linking.md`` states.

A candidate is *sure* if the service scores it high, or is sure of it and has a name of ours, no
other comes near, and it is of the type that was asked for. A sure one with a name of ours is an
exact match; with another name a close one. What scores less waits for a person, and what scores
little is dropped. A person's name alone proves nothing: matches of persons always wait. Some
services are sure of whatever is their only candidate, so their word alone does not suffice.

>>> candidate = Candidate("17", "青禾电力", 98.0, True, ())
>>> judge("ORG", ["青禾电力"], [candidate], Thresholds())[0].status
'accepted'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.linking.service import Candidate
from graph.name_forms import fold

MatchKind = Literal["exactMatch", "closeMatch"]
LinkStatus = Literal["accepted", "proposed", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Scores on the service's own scale.

    From ``accept`` a candidate can be sure, below ``review`` it is dropped unless the
    service is sure of it; ``margin`` is the least distance from the first to the second,
    ``kept`` how many wait at most.
    """

    accept: float = 95.0
    review: float = 60.0
    margin: float = 5.0
    kept: int = 3


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a match is held to be, and why."""

    kind: MatchKind
    status: LinkStatus
    reason: str


@dataclass(frozen=True, slots=True)
class JudgedCandidate:
    """A candidate that is worth keeping, with its judgement."""

    candidate: Candidate
    judgement: Judgement

    @property
    def status(self) -> LinkStatus:
        """That of the judgement."""
        return self.judgement.status


def judge(
    label: str,
    names: Iterable[str],
    candidates: Sequence[Candidate],
    thresholds: Thresholds,
    *,
    wanted_type: str | None = None,
) -> tuple[JudgedCandidate, ...]:
    """The candidates worth keeping: one that is sure, or those that a person has to look at.

    Args:
        label: The label of the thing (``PERSON``, ``ORG``, …).
        names: All names that it has in the graph.
        candidates: What a service offers, the best first.
        thresholds: From where what counts.
        wanted_type: The type that was asked for; None for any.
    """
    seen = [c for c in candidates if c.match or c.score >= thresholds.review]
    if not seen:
        return ()
    first = seen[0]
    others = [c.score for c in candidates if c.id != first.id]
    lead = first.score - max(others) if others else None
    folded = {fold(name) for name in names} - {""}
    same = fold(first.name) in folded
    high = first.score >= thresholds.accept or (first.match and same)
    doubt = _doubt(label, first, high, lead, thresholds, wanted_type)
    if doubt is None:
        kind: MatchKind = "exactMatch" if same else "closeMatch"
        reason = _reason(first, "same name" if same else "another name", lead)
        return (JudgedCandidate(first, Judgement(kind, "accepted", reason)),)
    kept: dict[str, JudgedCandidate] = {}
    for candidate in seen[: thresholds.kept]:
        same = fold(candidate.name) in folded
        words = "same name" if same else "another name"
        reason = f"{_reason(candidate, words, None)}; {doubt}"
        kind = "exactMatch" if same else "closeMatch"
        judgement = Judgement(kind, "proposed", reason)
        kept.setdefault(candidate.id, JudgedCandidate(candidate, judgement))
    return tuple(kept.values())


def _doubt(
    label: str,
    first: Candidate,
    high: bool,
    lead: float | None,
    thresholds: Thresholds,
    wanted_type: str | None,
) -> str | None:
    """Why the first candidate is not sure; None where it is."""
    if label == "PERSON":
        return "a person's name alone proves nothing"
    if not high:
        return f"the best score is below {thresholds.accept:g}"
    if lead is not None and lead < thresholds.margin:
        return f"the second comes within {thresholds.margin:g}"
    if wanted_type is not None and first.types and wanted_type not in first.types:
        return f"not of the type {wanted_type}"
    return None


def _reason(candidate: Candidate, words: str, lead: float | None) -> str:
    parts = [words, f"score {candidate.score:g}"]
    if candidate.match:
        parts.append("the service is sure")
    if lead is not None:
        parts.append(f"{lead:g} before the second")
    return "; ".join(parts)
