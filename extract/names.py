"""Names that the trained tagger proposes, before any rule looks at the text.

Sets ``doc._.candidates`` from ``doc._.tagged``; the finders that follow build on them (a post
needs its person and its institution), and ``tanpu_entities`` weighs all proposals.

Examples: ⟦某某绿色发展大会⟧ in an opening sentence; ⟦林远⟧ where the word model saw no name.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate, add_candidates
from extract.confidence import TAGGER
from extract.extensions import register_extensions
from extract.facts import Span
from extract.tagger import TaggedText

# A name that the tagger itself doubts misleads the finders more often than it helps them.
_LEAST_SCORE = 0.6


def tagged_candidates(tagged: TaggedText) -> list[Candidate]:
    """The outer names of the tagger's reading that it is fairly sure of."""
    return [
        Candidate(Span(name.start, name.end), name.label, name.score, TAGGER)
        for name in tagged.outer
        if name.score >= _LEAST_SCORE
    ]


@Language.factory("tanpu_names", assigns=["doc._.candidates"])
def create_names(nlp: Language, name: str) -> NameProposer:
    """The component by its registered name."""
    return NameProposer()


class NameProposer:
    """Proposes the tagger's names."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        add_candidates(doc, tagged_candidates(doc._.tagged))
        return doc
