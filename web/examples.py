"""What the examples of the programming interface are made of: a document to write, things to read.

What is written is always one and the same small document, so that who tries it changes nothing that
is there; what is read is in the store already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from urllib.parse import unquote

from rdflib import URIRef

from extract.document import SourceDocument
from extract.facts import Extraction
from graph.conversion import graph_to_triples
from graph.identity import Minter
from graph.mapping import facts_to_graph
from ontology.terms import TANPU
from web.formats import TURTLE, serialize_triples
from web.store import StoreAccess

DOCUMENT_ID = "example"
ARTICLE = "北湾市很大。"
# Paths whose things are of a class.
_PATHS_OF_CLASS: Mapping[URIRef, Sequence[str]] = MappingProxyType(
    {
        TANPU.Institution: (
            "/data/{segment}/{name}",
            "/id/{segment}/{name}",
            "/neighbourhood/{segment}/{name}",
        ),
        TANPU.Document: ("/data/document/{name}", "/graph/{name}"),
    }
)
_BY_IRI = "/graph-store"
_BY_IDENTIFIER = "/reconcile/flyout/entity"


@dataclass(frozen=True, slots=True)
class Examples:
    """Values of parameters by path and name, and a graph in Turtle.

    ``read`` are those of what the store has, none where it is empty; ``written`` and ``turtle``
    are those of the document that is written.
    """

    read: Mapping[tuple[str, str], str]
    written: Mapping[tuple[str, str], str]
    turtle: str


def find_examples(store: StoreAccess) -> Examples:
    """Some institution and some document of the store, and the document to write."""
    read: dict[tuple[str, str], str] = {}
    for cls, paths in _PATHS_OF_CLASS.items():
        for row in store.rows("one_of_class", **{"class": cls}):
            segment, _, name = str(row["thing"]).removeprefix(f"{store.base}id/").partition("/")
            for path in paths:
                read[path, "segment"] = segment
                read[path, "name"] = unquote(name)
            if cls == TANPU.Institution:
                read[_BY_IDENTIFIER, "id"] = f"{segment}/{unquote(name)}"
            if cls == TANPU.Document:
                read[_BY_IRI, "graph"] = f"{store.base}graph/{name}"
    written = {(_BY_IRI, "graph"): str(Minter(store.base).graph(DOCUMENT_ID))}
    return Examples(read, written, example_graph(store.base))


@cache
def example_graph(base: str) -> str:
    """The graph of a short article without statements, in Turtle, as it may be written."""
    source = SourceDocument(id=DOCUMENT_ID, text=ARTICLE, title=ARTICLE)
    extraction = Extraction(document=source, entities=(), facts=(), pipeline=DOCUMENT_ID)
    triples = graph_to_triples(facts_to_graph(extraction, Minter(base)))
    return serialize_triples(sorted(triples, key=str), TURTLE).decode().strip()
