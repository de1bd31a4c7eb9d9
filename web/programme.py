"""The order of a programme: by day, and where no day tells, as the article tells it.

No article of this genre is read for hours, so that parts of one day, and parts of no known day,
stand as they are named in the newest article that says that they are parts.
"""

from __future__ import annotations

from collections.abc import Sequence

from rdflib import URIRef

from ontology.terms import OA, TANPU
from web.lines import Line
from web.store import StoreAccess

# After all days.
_NO_DAY = "~"


def order_programme(store: StoreAccess, lines: Sequence[Line]) -> list[Line]:
    """The lines of the parts of an event: those with a day first, of the newest article first."""
    ordered = sorted(lines, key=lambda line: _find_place(store, line))
    ordered.sort(key=_find_article, reverse=True)
    return sorted(ordered, key=lambda line: line.dates or _NO_DAY)


def _find_article(line: Line) -> tuple[str, str]:
    """The day and IRI of the newest article that says it; empty where none does."""
    for evidence in line.statement.evidence:
        return evidence.document.issued or "", evidence.document.iri
    return "", ""


def _find_place(store: StoreAccess, line: Line) -> int:
    """Where that article names the part, in code points; where the sentence begins if unknown."""
    parts = {node.iri for node in line.nodes}
    for evidence in line.statement.evidence:
        named = [
            int(str(start))
            for argument in store.values(URIRef(evidence.iri), TANPU.argument)
            if parts & {str(filler) for filler in store.values(URIRef(argument), TANPU.filledBy)}
            for span in store.values(URIRef(argument), TANPU.wordingSpan)
            for selector in store.values(URIRef(span), OA.hasSelector)
            for start in store.values(URIRef(selector), OA.start)
        ]
        return min(named, default=evidence.start)
    return 0
