"""The real pipeline over the real articles, into a store: one for the samples, one for the seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from extract.document import SourceDocument
from extract.pipeline import extract_document
from extract.readers import LIMITS, read_inputs
from graph.identity import Minter
from graph.ingest import ingest_extraction
from graph.store import Store, open_store

BASE = "http://competency.example/"
SEED = "seeds/000_e9683cf1df336e29.txt"


@pytest.fixture(scope="session")
def sample_documents(root: Path) -> list[SourceDocument]:
    """The articles of ``samples/`` as the reader gives them."""
    return [
        document
        for document in read_inputs([str(root / "samples")], limits=LIMITS, stdin=None)
        if isinstance(document, SourceDocument)
    ]


@pytest.fixture(scope="session")
def seed_document(shared_path: Callable[[str], Path]) -> SourceDocument:
    """The seed article, with the day of its publication."""
    text = shared_path(SEED).read_bytes().decode("utf-8")
    return SourceDocument(id="seed", text=text, published="2022-12-12")


@pytest.fixture(scope="session")
def sample_store(nlp: Any, sample_documents: list[SourceDocument]) -> Iterator[Store]:
    """A store in memory with the graphs of all samples."""
    with open_store(None, mode="write", base=BASE) as store:
        _ingest(sample_documents, store, nlp)
        yield store


@pytest.fixture(scope="session")
def seed_store(nlp: Any, seed_document: SourceDocument) -> Iterator[Store]:
    """A store in memory with the graph of the seed article alone."""
    with open_store(None, mode="write", base=BASE) as store:
        _ingest([seed_document], store, nlp)
        yield store


@pytest.fixture(scope="session")
def folder_of_the_page(
    root: Path, sample_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder like that of a clone after ``make serve``: the queries, and a store on disk."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / "tests").symlink_to(root / "tests")
    (folder / "var").mkdir()
    with open_store(folder / "var" / "sample-store", mode="write", base=BASE) as store:
        store.replace_graphs({iri: sample_store.graph(iri) for iri in sample_store.graphs()})
        store.publish()
    return folder


def _ingest(documents: Iterable[SourceDocument], store: Store, nlp: Any) -> None:
    minter = Minter(store.base)
    for document in documents:
        outcome = ingest_extraction(extract_document(document, nlp), store, minter)
        assert outcome.status == "stored", outcome.report.to_text("en")
