"""The flat view of all mentions: overlaps settled, tokens aligned.

Sets ``doc.ents`` from ``doc._.candidates``. A higher score wins, then the longer name. Words
of the tokenizer that a name begins or ends in are split, so that each entity is a run of
whole tokens and its offsets stay those of the text.

Examples: ⟦某市生态环境局⟧ wins over ⟦某市⟧ inside it; ⟦12月12日⟧ stays outside ⟦2022某某论坛⟧.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Span as TokenSpan

from extract.candidates import Candidate, choose
from extract.extensions import register_extensions
from extract.facts import ENTITY_LABELS, Span


def align_tokens(doc: Doc, spans: Sequence[Span]) -> None:
    """Splits tokens so that every span begins and ends at a token boundary."""
    cuts = sorted({offset for span in spans for offset in (span.start, span.end)})
    text = doc.text  # made anew at every access
    with doc.retokenize() as retokenizer:
        for token in doc:
            start, end = token.idx, token.idx + len(token)
            inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
            if not inside:
                continue
            bounds = [start, *inside, end]
            pieces = [text[a:b] for a, b in itertools.pairwise(bounds)]
            retokenizer.split(
                token,
                pieces,
                heads=[(token, 0)] * len(pieces),
                attrs={"TAG": [token.tag_] * len(pieces)},
            )


def set_entities(doc: Doc, chosen: Sequence[Candidate]) -> None:
    """Writes ``chosen`` (no overlaps) to ``doc.ents``.

    Raises:
        ValueError: a span cannot be aligned with tokens.
    """
    align_tokens(doc, [c.span for c in chosen])
    ents: list[TokenSpan] = []
    for candidate in chosen:
        ent = doc.char_span(candidate.span.start, candidate.span.end, label=candidate.label)
        if ent is None:
            raise ValueError(f"expected a span on token boundaries, got {candidate!r}")
        ents.append(ent)
    doc.set_ents(ents)


@Language.factory("tanpu_entities", assigns=["doc.ents"], requires=["doc._.candidates"])
def create_entities(nlp: Language, name: str) -> EntityChooser:
    """The component by its registered name."""
    return EntityChooser()


class EntityChooser:
    """Chooses among the candidates."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Choose, then annotate."""
        chosen = choose(doc._.candidates, ENTITY_LABELS)
        doc._.chosen = tuple(chosen)
        set_entities(doc, chosen)
        return doc
