"""The flat view of all mentions: overlaps settled, tokens aligned.

Sets ``doc.ents`` and ``doc.spans["outer"]`` from ``doc._.candidates``, and
``doc.spans["inner"]`` from the tagger. Every proposal of rules and tagger is given its
calibrated confidence; the most likely set without overlaps is taken. Words of the tokenizer
that a name begins or ends in are split, so that each entity is a run of whole tokens and its
offsets stay those of the text.

Examples: ⟦某市生态环境局⟧ wins over ⟦某市⟧ inside it; ⟦12月12日⟧ stays outside ⟦2022某某论坛⟧.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup
from spacy.tokens import Span as TokenSpan

from extract.candidates import Candidate, choose
from extract.confidence import (
    TAGGER,
    Calibration,
    choose_mentions,
    gather_proposals,
    load_confidence,
)
from extract.extensions import register_extensions
from extract.facts import ENTITY_LABELS, Span
from extract.forums import is_generic
from extract.tagger import ModelName, TaggedText

OUTER, INNER = "outer", "inner"


def align_tokens(doc: Doc, spans: Sequence[Span]) -> None:
    """Splits tokens so that every span begins and ends at a token boundary."""
    starts: list[int] = doc.to_array("IDX").tolist()
    text = doc._.written or doc.text
    bounds_of: defaultdict[int, set[int]] = defaultdict(set)
    for cut in {offset for span in spans for offset in (span.start, span.end)}.difference(starts):
        bounds_of[bisect_right(starts, cut) - 1].add(cut)
    with doc.retokenize() as retokenizer:
        for token in [doc[index] for index in sorted(bounds_of)]:
            bounds = sorted({token.idx, *bounds_of[token.i], token.idx + len(token)})
            if len(bounds) == 2:
                continue
            pieces = [text[a:b] for a, b in itertools.pairwise(bounds)]
            retokenizer.split(
                token,
                pieces,
                heads=[(token, 0)] * len(pieces),
                attrs={"TAG": [token.tag_] * len(pieces)},
            )


def _to_token_spans(doc: Doc, candidates: Sequence[Candidate]) -> list[TokenSpan]:
    """Token spans of ``candidates``, whose ends are token boundaries.

    Raises:
        ValueError: a span cannot be aligned with tokens.
    """
    found: list[TokenSpan] = []
    for candidate in candidates:
        span = doc.char_span(candidate.span.start, candidate.span.end, label=candidate.label)
        if span is None:
            raise ValueError(f"expected a span on token boundaries, got {candidate!r}")
        found.append(span)
    return found


def set_entities(doc: Doc, chosen: Sequence[Candidate], inner: Sequence[Candidate] = ()) -> None:
    """Writes ``chosen`` (no overlaps) to ``doc.ents`` and both layers to ``doc.spans``.

    Raises:
        ValueError: a span cannot be aligned with tokens.
    """
    align_tokens(doc, [c.span for c in (*chosen, *inner)])
    outer = _to_token_spans(doc, chosen)
    doc.set_ents(outer)
    doc.spans[OUTER] = SpanGroup(doc, name=OUTER, spans=outer)
    doc.spans[INNER] = SpanGroup(doc, name=INNER, spans=_to_token_spans(doc, inner))


def nested_names(tagged: TaggedText, chosen: Sequence[Candidate]) -> list[Candidate]:
    """The tagger's inner names that lie within a chosen name, in text order, without overlaps."""
    starts = [c.span.start for c in chosen]
    found: list[Candidate] = []
    for name in sorted(tagged.inner, key=lambda n: (n.start, -n.end)):
        at = bisect_right(starts, name.start) - 1
        if at < 0 or (found and name.start < found[-1].span.end):
            continue
        whole = chosen[at].span
        if name.end <= whole.end and name.end - name.start < whole.end - whole.start:
            found.append(Candidate(Span(name.start, name.end), name.label, name.score, TAGGER))
    return found


@Language.factory(
    "tanpu_entities",
    default_config={"model": "accurate", "weigh": True},
    assigns=["doc.ents", "doc.spans"],
    requires=["doc._.candidates"],
)
def create_entities(nlp: Language, name: str, model: ModelName, weigh: bool) -> EntityChooser:
    """The component by its registered name; without ``weigh`` the rules' own scores decide."""
    return EntityChooser(load_confidence(model).mentions if weigh else None)


class EntityChooser:
    """Chooses among the candidates, and keeps nested names beside them."""

    def __init__(self, calibration: Calibration | None) -> None:
        register_extensions()
        self._calibration = calibration

    def __call__(self, doc: Doc) -> Doc:
        """Choose, then annotate."""
        tagged: TaggedText | None = doc._.tagged
        if tagged is None or self._calibration is None:
            chosen = choose(doc._.candidates, ENTITY_LABELS)
        else:
            proposals = gather_proposals(doc._.candidates, tagged)
            # A kind of meeting (投产仪式, 本届大会) is no name, whoever proposes it.
            text: str = doc._.written or doc.text
            named = [p for p in proposals if p.label != "FORUM" or not is_generic(p.span.of(text))]
            chosen = choose_mentions(named, self._calibration)
        doc._.chosen = tuple(chosen)
        set_entities(doc, chosen, nested_names(tagged, chosen) if tagged else ())
        return doc
