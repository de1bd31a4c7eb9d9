"""Candidate mentions: what finders propose before overlaps are settled.

Sets nothing itself; finders add to ``doc._.candidates`` and the component
``tanpu_entities`` chooses among them. A trained tagger proposes candidates in the same
way, so that it can take the place of any finder.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from extract.facts import EntityLabel, Span


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A proposed mention with a score in 0 to 1 and the finder that proposes it."""

    span: Span
    label: EntityLabel
    score: float
    source: str


def add_candidates(doc: Doc, found: Iterable[Candidate]) -> None:
    """Append ``found`` to the candidates of ``doc``."""
    doc._.candidates = (*doc._.candidates, *found)


def spans_of(doc: Doc, label: EntityLabel) -> list[Span]:
    """Candidate spans of one label, in text order."""
    return sorted(c.span for c in doc._.candidates if c.label == label)


def overlaps(span: Span, others: Iterable[Span]) -> bool:
    """Whether ``span`` shares a code point with any of ``others``."""
    return any(span.start < o.end and o.start < span.end for o in others)


def outermost(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that lie inside no longer one, in text order."""
    kept: list[Candidate] = []
    reach = -1
    for candidate in sorted(candidates, key=lambda c: (c.span.start, -c.span.end, -c.score)):
        same = bool(kept) and kept[-1].span == candidate.span
        if candidate.span.end > reach or same:
            kept.append(candidate)
            reach = max(reach, candidate.span.end)
    return kept


class Coverage:
    """Which offsets are taken by spans, for many questions about overlaps."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._taken: set[int] = set()
        for span in spans:
            self.add(span)

    def add(self, span: Span) -> None:
        """Takes every offset of ``span``."""
        self._taken.update(range(span.start, span.end))

    def touches(self, span: Span) -> bool:
        """Whether any offset of ``span`` is taken."""
        return not self._taken.isdisjoint(range(span.start, span.end))


def choose(candidates: Sequence[Candidate], order: Sequence[EntityLabel]) -> list[Candidate]:
    """Candidates that do not overlap: higher score first, then longer, then label order."""
    ranked = sorted(
        candidates,
        key=lambda c: (
            -c.score,
            c.span.start - c.span.end,
            order.index(c.label),
            c.span,
        ),
    )
    chosen: list[Candidate] = []
    taken = Coverage()
    for candidate in ranked:
        if not taken.touches(candidate.span):
            chosen.append(candidate)
            taken.add(candidate.span)
    return sorted(chosen)
