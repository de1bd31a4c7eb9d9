from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from extract.document import SourceDocument
from extract.facts import Entity, Extraction, Span
from graph.drafts import Triples, graph_triples
from graph.identity import Minter
from graph.ingest import ingest_extraction
from graph.resolution.apply import remove_documents
from graph.store import Store, open_store
from graph.validation import ValidationReport, ValidationResult
from graph.versions import (
    MOST_VERSIONS,
    VersionNotFoundError,
    forget_versions,
    keep_notes,
    keep_version,
    list_versions,
    read_notes,
    read_version,
    version_folder,
)

BASE = "http://graph.example/"


def triples(word: str) -> Triples:
    subject, predicate = ox.NamedNode("urn:s"), ox.NamedNode("urn:p")
    return frozenset({ox.Triple(subject, predicate, ox.Literal(word, language="zh"))})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store", mode="write", base=BASE) as opened:
        yield opened


def extraction(text: str, document: str = "news/1") -> Extraction:
    place = Entity(span=Span(0, 3), label="PLACE", text=text[:3], name=text[:3])
    return Extraction(
        document=SourceDocument(id=document, text=text),
        entities=(place,),
        facts=(),
        pipeline="simple-1",
    )


def test_a_version_is_read_as_it_was_kept(tmp_path: Path) -> None:
    keep_version(tmp_path, "a", triples("旧"))
    keep_version(tmp_path, "a", triples("新"))
    assert [version.number for version in list_versions(tmp_path, "a")] == [1, 2]
    assert read_version(tmp_path, "a", 1) == triples("旧")
    assert read_version(tmp_path, "a", 2) == triples("新")


def test_the_oldest_goes_and_numbers_go_on(tmp_path: Path) -> None:
    for number in range(MOST_VERSIONS + 2):
        keep_version(tmp_path, "a", triples(str(number)))
    kept = [version.number for version in list_versions(tmp_path, "a")]
    assert kept == list(range(3, MOST_VERSIONS + 3))


def test_documents_have_versions_of_their_own(tmp_path: Path) -> None:
    keep_version(tmp_path, "a", triples("甲"))
    assert list_versions(tmp_path, "b") == []
    with pytest.raises(VersionNotFoundError):
        read_version(tmp_path, "b", 1)


def test_forgotten_versions_are_gone(tmp_path: Path) -> None:
    keep_version(tmp_path, "a", triples("甲"))
    forget_versions(tmp_path, "a")
    forget_versions(tmp_path, "a")
    assert list_versions(tmp_path, "a") == []


@pytest.mark.parametrize("document", ["..", ".", "a/../../b", "长" * 200, "a\\b", "-"])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, document: str) -> None:
    folder = version_folder(tmp_path, document)
    assert folder.parent == tmp_path
    assert folder.name not in ("", ".", "..")
    assert len(folder.name.encode()) < 100


def test_ids_that_begin_alike_have_folders_of_their_own(tmp_path: Path) -> None:
    names = {version_folder(tmp_path, "长" * 60 + end).name for end in "甲乙"}
    assert len(names) == 2


def test_what_is_replaced_is_kept(store: Store) -> None:
    assert store.path is not None
    minter = Minter(BASE)
    ingest_extraction(extraction("北湾市很大。"), store, minter)
    before = graph_triples(store.database, str(minter.graph("news/1")))
    assert list_versions(store.path, "news/1") == []
    outcome = ingest_extraction(extraction("北湾市很好。"), store, minter)
    assert outcome.status == "replaced"
    assert read_version(store.path, "news/1", 1) == before


def test_what_stays_the_same_leaves_no_version(store: Store) -> None:
    assert store.path is not None
    for _ in range(2):
        ingest_extraction(extraction("北湾市很大。"), store, Minter(BASE))
    assert list_versions(store.path, "news/1") == []


def test_a_document_that_is_removed_takes_its_versions_with_it(store: Store) -> None:
    assert store.path is not None
    minter = Minter(BASE)
    for text in ("北湾市很大。", "北湾市很好。"):
        ingest_extraction(extraction(text), store, minter)
    remove_documents(["news/1"], store, minter)
    assert list_versions(store.path, "news/1") == []


def test_notes_are_read_as_they_were_kept(tmp_path: Path) -> None:
    result = ValidationResult(
        focus_node="urn:s",
        path="tanpu:text",
        value='"甲"',
        severity="warning",
        source_shape=None,
        component="sh:PatternConstraintComponent",
        messages=(("en", "A note."), ("zh", "提示。")),
    )
    report = ValidationReport(conforms=True, results=(result,))
    keep_notes(tmp_path, "a", report)
    assert read_notes(tmp_path, "a") == report
    keep_notes(tmp_path, "a", ValidationReport(conforms=True, results=()))
    assert read_notes(tmp_path, "a") is None
