"""A text with what was read from it: what the page of a document and a tried article share.

>>> group_spans([("urn:e", 0, 3), ("urn:e", 5, 8)])
{'urn:e': '0,3 5,8'}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from rdflib import URIRef

from web.languages import current_language, link_query
from web.reading import Reader, StatedFact, Stretch, keep_sure
from web.store import StoreAccess
from web.wording import STATEMENT_KINDS, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Passages:
    """The lines of a text with their marks, and its facts by kind.

    ``facts`` are those that are sure enough, ``hidden`` counts the others, and ``total`` all.
    ``uses`` has for each piece of evidence, by IRI, the spans of the mentions that fill roles,
    as the ids of marks name them: ``0,3 14,20``.
    """

    paragraphs: Sequence[Sequence[Stretch]]
    facts: Sequence[tuple[Kind, Sequence[StatedFact]]]
    uses: Mapping[str, str]
    total: int
    hidden: int
    length: int


class DetachedReader(Reader):
    """Reads a graph that is not in the store; links lead to what the store has, too.

    Args:
        graph: the graph alone.
        known: the store of the service.
    """

    def __init__(self, graph: StoreAccess, known: StoreAccess) -> None:
        super().__init__(
            graph,
            prefix=request.script_root,
            query=link_query(),
            language=current_language().code,
        )
        self._known = known

    def href(self, iri: str) -> str | None:
        """The page of a node, where the store has one."""
        if "#" in iri or not self._known.rows("description", entity=URIRef(iri)):
            return None
        return super().href(iri)


def read_passages(
    store: StoreAccess, reader: Reader, iri: URIRef, text: str, *, least: float = 0.0
) -> Passages:
    """A document's text with its facts of at least a confidence from 0 to 1."""
    facts = reader.facts_of_document(iri)
    shown = keep_sure(facts, least=least)
    rows = store.rows("document_uses", document=iri)
    return Passages(
        paragraphs=reader.paragraphs(iri, text, facts),
        facts=[
            (kind, stated)
            for kind in STATEMENT_KINDS
            if (stated := [fact for fact in shown if fact.statement.kind is kind])
        ],
        uses=group_spans(
            (str(r["evidence"]), int(str(r["start"])), int(str(r["end"]))) for r in rows
        ),
        total=len(facts),
        hidden=len(facts) - len(shown),
        length=len(text),
    )


def group_spans(spans: Iterable[tuple[str, int, int]]) -> dict[str, str]:
    """For each name its spans in a line, in the order given."""
    grouped: dict[str, list[str]] = defaultdict(list)
    for name, start, end in spans:
        grouped[name].append(f"{start},{end}")
    return {name: " ".join(places) for name, places in grouped.items()}
