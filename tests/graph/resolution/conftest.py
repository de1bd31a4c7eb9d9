"""A store in memory and what ingests into it without the shapes, which have tests of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest
from rdflib import Graph

from extract.facts import Extraction
from graph.entities import read_entities
from graph.identity import Minter
from graph.ingest import IngestOutcome, ingest_extraction
from graph.resolution.decisions import Decisions
from graph.store import Store, open_store
from graph.validation import ValidationReport, Validator
from tests.graph.resolution.articles import Article

Load = Callable[..., list[IngestOutcome]]
Partition = Callable[[str], set[frozenset[str]]]


class Lenient(Validator):
    """A validator that lets everything pass."""

    def __init__(self) -> None:
        super().__init__(shapes=Graph(), ontology=Graph())

    def validate(self, graph: Graph, *, known: Graph | None = None) -> ValidationReport:
        return ValidationReport(conforms=True, results=())


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None, mode="write") as opened:
        yield opened


@pytest.fixture
def minter(store: Store) -> Minter:
    return Minter(store.base)


def load_articles(
    store: Store,
    articles: Iterable[Article | Extraction],
    decisions: Decisions | None = None,
) -> list[IngestOutcome]:
    """Ingest articles in order."""
    extractions = (a.done() if isinstance(a, Article) else a for a in articles)
    minter = Minter(store.base)
    return [
        ingest_extraction(extraction, store, minter, Lenient(), decisions)
        for extraction in extractions
    ]


def partition(store: Store, label: str) -> set[frozenset[str]]:
    """The entities of a class as sets of ``document:wording``."""
    return {
        frozenset(f"{m['document']}:{m['text']}" for m in row["mentions"])
        for row in read_entities(store)
        if row["class"] == label and row["mentions"]
    }
