"""What ingestion stores, replaces, leaves alone and refuses."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from extract.document import SourceDocument
from extract.facts import (
    Argument,
    ArgumentLabel,
    Entity,
    EntityLabel,
    Extraction,
    HoldsPost,
    Measures,
    Span,
    TakesPart,
)
from graph.errors import UnmappableFactError
from graph.identity import Minter
from graph.ingest import IncompleteMappingError, ingest_extraction, report_paths
from graph.resolution import apply
from graph.store import BaseMismatchError, Store, open_store
from graph.validation import Validator
from ontology.terms import ONTOLOGY_IRI, RDF, SKOS, TANPU

BASE = "http://127.0.0.1:8000/"
TEXT = "云岭市能源局局长方怀远出席绿电论坛。去年云岭市绿电占比达42.5%。"


def span(wording: str) -> Span:
    start = TEXT.index(wording)
    return Span(start, start + len(wording))


def entity(label: EntityLabel, wording: str) -> Entity:
    return Entity(span=span(wording), label=label, text=wording, name=wording)


def argument(label: ArgumentLabel, wording: str) -> Argument:
    return Argument(label=label, text=wording, name=wording, span=span(wording))


FIRST, SECOND = span("云岭市能源局局长方怀远出席绿电论坛。"), span("去年云岭市绿电占比达42.5%。")
PERSON = argument("PERSON", "方怀远")
HOLDS = HoldsPost(
    evidence=FIRST,
    person=PERSON,
    post=argument("POST", "局长"),
    org=argument("ORG", "云岭市能源局"),
)
ATTENDS = TakesPart(evidence=FIRST, person=PERSON, event=argument("FORUM", "绿电论坛"))
SHARE = Measures(
    evidence=SECOND,
    subject=Argument(label="PLACE", text="云岭市", name="云岭市"),
    indicator="绿电占比",
    value=Decimal("42.50"),
    value_text="42.5%",
    unit="%",
    period="2022",
)
EXTRACTION = Extraction(
    document=SourceDocument(
        id="news/云岭 1",
        text=TEXT,
        title="绿电论坛举行",
        published="2023-05-06",
        retrieved="2023-05-07T08:09:10Z",
        origin="news.jsonl:3",
    ),
    entities=(
        entity("ORG", "云岭市能源局"),
        entity("POST", "局长"),
        entity("PERSON", "方怀远"),
        entity("FORUM", "绿电论坛"),
    ),
    facts=(HOLDS, ATTENDS, SHARE),
    pipeline="tanpu 0.1.0",
)


def with_document(**changes: str | None) -> Extraction:
    return replace(EXTRACTION, document=replace(EXTRACTION.document, **changes))


def dumped(store: Store) -> bytes:
    stream = io.BytesIO()
    store.dump(stream, "nquads")
    return stream.getvalue()


@pytest.fixture
def store() -> Store:
    return open_store(None, mode="write")


@pytest.fixture
def minter() -> Minter:
    return Minter(BASE)


def refusing(message: str = "名称不许") -> Validator:
    """Shapes under which no person may have a preferred label."""
    shapes = Graph(bind_namespaces="none").parse(
        format="turtle",
        data=f"""
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        <http://example.org/S> a sh:NodeShape ; sh:targetClass <{TANPU.Person}> ;
            sh:property [ sh:path <{SKOS.prefLabel}> ; sh:maxCount 0 ;
                sh:message "{message}"@zh, "no label"@en ] .
        """,
    )
    return Validator(shapes=shapes, ontology=Graph())


def test_a_document_is_stored_and_conforms(store: Store, minter: Minter) -> None:
    outcome = ingest_extraction(EXTRACTION, store, minter)
    assert outcome.report.to_text("en") == "The graph conforms.\n"
    assert outcome.status == "stored"
    assert outcome.document == "news/云岭 1"
    assert store.graphs() == [outcome.graph]
    assert (outcome.entities, outcome.facts) == (4, 3)
    assert outcome.triples == len(store.graph(outcome.graph))


def test_the_same_document_again_changes_nothing(store: Store, minter: Minter) -> None:
    ingest_extraction(EXTRACTION, store, minter)
    before = dumped(store)
    assert ingest_extraction(EXTRACTION, store, minter).status == "unchanged"
    assert dumped(store) == before


def test_the_first_time_of_retrieval_of_a_text_is_kept(store: Store, minter: Minter) -> None:
    ingest_extraction(EXTRACTION, store, minter)
    before = dumped(store)
    later = with_document(retrieved="2024-01-01T00:00:00Z")
    assert ingest_extraction(later, store, minter).status == "unchanged"
    assert dumped(store) == before


@pytest.mark.parametrize(
    "changed",
    [
        with_document(title="另一个题目"),
        with_document(published="2023-05-08"),
        with_document(url="http://news.example.org/1"),
        replace(EXTRACTION, pipeline="tanpu 0.2.0"),
        replace(EXTRACTION, facts=(HOLDS, ATTENDS)),
        replace(EXTRACTION, facts=(HOLDS, ATTENDS, replace(SHARE, confidence=0.5))),
    ],
)
def test_a_document_said_or_read_otherwise_is_replaced_and_keeps_its_retrieval(
    store: Store, minter: Minter, changed: Extraction
) -> None:
    ingest_extraction(EXTRACTION, store, minter)
    later = replace(changed, document=replace(changed.document, retrieved="2024-01-01T00:00:00Z"))
    assert ingest_extraction(later, store, minter).status == "replaced"
    expected = open_store(None, mode="write")
    ingest_extraction(changed, expected, minter)
    assert dumped(store) == dumped(expected)


def test_a_new_text_has_its_own_time_of_retrieval(store: Store, minter: Minter) -> None:
    ingest_extraction(EXTRACTION, store, minter)
    later = with_document(text=TEXT + "完", retrieved="2024-01-01T00:00:00Z")
    assert ingest_extraction(later, store, minter).status == "replaced"
    expected = open_store(None, mode="write")
    ingest_extraction(later, expected, minter)
    assert dumped(store) == dumped(expected)


def test_a_changed_document_removes_what_it_no_longer_says_and_only_that(
    store: Store, minter: Minter
) -> None:
    other = with_document(id="other")
    other_graph = ingest_extraction(other, store, minter).graph
    before = set(store.graph(other_graph))
    ingest_extraction(EXTRACTION, store, minter)
    ingest_extraction(replace(EXTRACTION, facts=(HOLDS,)), store, minter)
    assert set(store.graph(other_graph)) == before
    assert bool(store.query("ASK { ?s a ?c }", bindings={"c": TANPU.Observation}))
    ingest_extraction(replace(other, facts=(HOLDS,)), store, minter)
    assert not bool(store.query("ASK { ?s a ?c }", bindings={"c": TANPU.Observation}))


def test_a_refused_document_leaves_the_store_as_it_was(store: Store, minter: Minter) -> None:
    ingest_extraction(EXTRACTION, store, minter)
    before = dumped(store)
    outcome = ingest_extraction(with_document(title="新题"), store, minter, refusing())
    assert outcome.status == "refused"
    assert [r.message("zh") for r in outcome.report.results] == ["名称不许"]
    assert dumped(store) == before


def test_a_refused_document_leaves_a_report_until_it_is_accepted(
    tmp_path: Path, minter: Minter
) -> None:
    with open_store(tmp_path / "s", mode="write") as store:
        ingest_extraction(EXTRACTION, store, minter, refusing())
        text_path, json_path = report_paths(tmp_path / "s" / "reports", "news/云岭 1")
        assert text_path.name == "news%2F云岭%201.txt"
        text = text_path.read_text(encoding="utf-8")
        assert text.splitlines()[0] == "news/云岭 1 (news.jsonl:3)"
        assert "违规: 名称不许" in text
        assert "Violation: no label" in text
        row = json.loads(json_path.read_text(encoding="utf-8"))
        assert row["document"] == "news/云岭 1"
        assert row["origin"] == "news.jsonl:3"
        assert row["conforms"] is False
        assert [r["messages"] for r in row["results"]] == [{"zh": "名称不许", "en": "no label"}]
        assert ingest_extraction(EXTRACTION, store, minter).status == "stored"
        assert list((tmp_path / "s" / "reports").iterdir()) == []


def test_going_back_to_what_is_stored_removes_the_report_too(
    tmp_path: Path, minter: Minter
) -> None:
    with open_store(tmp_path / "s", mode="write") as store:
        ingest_extraction(EXTRACTION, store, minter)
        ingest_extraction(with_document(title="新题"), store, minter, refusing())
        assert len(list((tmp_path / "s" / "reports").iterdir())) == 2
        assert ingest_extraction(EXTRACTION, store, minter).status == "unchanged"
        assert list((tmp_path / "s" / "reports").iterdir()) == []


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("a", "a"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        (".", "%2E"),
        ("a b\x00\n", "a%20b%00%0A"),
        ("云岭", "云岭"),
        ("长" * 200, "长" * 50 + "-d1de1cd4ef"),
    ],
)
def test_a_report_has_a_safe_and_readable_name(document: str, name: str) -> None:
    text_path, json_path = report_paths(Path("reports"), document)
    assert text_path.parent == json_path.parent == Path("reports")
    assert len(json_path.name.encode()) < 255
    assert (text_path.name, json_path.name) == (f"{name}.txt", f"{name}.json")


def test_a_minter_with_another_base_is_refused(store: Store) -> None:
    with pytest.raises(BaseMismatchError, match=r"'http://other\.example/'"):
        ingest_extraction(EXTRACTION, store, Minter("http://other.example/"))
    assert store.graphs() == []


def test_what_cannot_be_mapped_raises_and_stores_nothing(store: Store, minter: Minter) -> None:
    beyond = replace(HOLDS, evidence=Span(0, len(TEXT) + 1))
    with pytest.raises(UnmappableFactError, match="news/云岭 1"):
        ingest_extraction(replace(EXTRACTION, facts=(beyond,)), store, minter)
    assert store.graphs() == []


@pytest.mark.parametrize(
    ("node_class", "message"),
    [
        (TANPU.Evidence, "expected 3 facts in the graph, got 2"),
        (TANPU.Mention, "expected 4 entities in the graph, got 3"),
    ],
)
def test_a_mapping_that_loses_something_raises_and_stores_nothing(
    store: Store,
    minter: Minter,
    monkeypatch: pytest.MonkeyPatch,
    node_class: URIRef,
    message: str,
) -> None:
    map_all = apply.facts_to_graph

    def map_but_one(extraction: Extraction, minter: Minter) -> Graph:
        graph = map_all(extraction, minter)
        lost = min(graph.subjects(RDF.type, node_class))
        return graph.remove((lost, None, None))

    monkeypatch.setattr(apply, "facts_to_graph", map_but_one)
    with pytest.raises(IncompleteMappingError, match=message):
        ingest_extraction(EXTRACTION, store, minter)
    assert store.graphs() == []


def test_two_facts_of_the_same_wording_are_both_kept(store: Store, minter: Minter) -> None:
    twice = replace(EXTRACTION, facts=(HOLDS, HOLDS, ATTENDS))
    assert ingest_extraction(twice, store, minter).facts == 3


def test_entities_that_only_the_store_describes_count_as_described(
    store: Store, minter: Minter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is described by the first document, the second only refers to it."""
    ingest_extraction(EXTRACTION, store, minter)
    person = minter.entity("person", "方怀远", document="news/云岭 1")
    map_all = apply.facts_to_graph

    def refer_only(extraction: Extraction, minter: Minter) -> Graph:
        return map_all(extraction, minter).remove((person, None, None))

    monkeypatch.setattr(apply, "facts_to_graph", refer_only)
    outcome = ingest_extraction(with_document(id="b"), store, minter)
    assert outcome.report.results == ()
    assert outcome.status == "stored"
    alone = ingest_extraction(with_document(id="b"), open_store(None, mode="write"), minter)
    assert alone.status == "refused"


def test_the_ontology_itself_is_not_stored(store: Store, minter: Minter) -> None:
    ingest_extraction(EXTRACTION, store, minter)
    assert not bool(store.query("ASK { ?s ?p ?o }", bindings={"s": ONTOLOGY_IRI}))
