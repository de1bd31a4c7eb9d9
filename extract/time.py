"""Calendar expressions as a component: see ``extract.dates`` for the reading itself.

Sets ``doc._.dates`` and proposes DATE candidates for those that count as entities.

Examples: ⟦5月8日上午⟧ → 2024-05-08; ⟦“十四五”期间⟧ → 2021/2025.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from extract.candidates import Candidate, add_candidates
from extract.dates import find_dates
from extract.extensions import register_extensions


@Language.factory("tanpu_dates", assigns=["doc._.dates", "doc._.candidates"])
def create_dates(nlp: Language, name: str) -> DateFinder:
    """The component by its registered name."""
    return DateFinder()


class DateFinder:
    """Sets the dates of a document, anchored to ``doc._.published``."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        dates = find_dates(doc._.reading, published=doc._.published)
        doc._.dates = dates
        add_candidates(doc, (Candidate(d.span, "DATE", 0.9, "dates") for d in dates if d.annotated))
        return doc
