from __future__ import annotations

from rdflib import Graph, URIRef

from extract.facts import Alias, Extraction, Span
from graph.entities import count_classes, read_entities
from graph.identity import Minter
from graph.mapping import facts_to_graph
from graph.store import Store
from ontology.terms import OWL, SKOS
from tests.graph.conftest import (
    BUREAU_NAME,
    SUMMIT_NAME,
    argument,
    entity,
    find,
    make_extraction,
)


def load(store: Store, minter: Minter, *extractions: Extraction) -> None:
    for extraction in extractions:
        graph = facts_to_graph(extraction, minter)
        store.replace_graph(str(minter.graph(extraction.document.id)), graph)


def test_every_entity_comes_once_with_its_class(
    store: Store, minter: Minter, extraction: Extraction
) -> None:
    load(store, minter, extraction)
    rows = list(read_entities(store))
    assert [row["iri"] for row in rows] == sorted({row["iri"] for row in rows})
    assert sorted((row["class"], row["names"][0]) for row in rows) == [
        ("FORUM", SUMMIT_NAME),
        ("FORUM", "储能对话"),
        ("ORG", BUREAU_NAME),
        ("ORG", "青禾电力"),
        ("PERSON", "贺临川"),
        ("PERSON", "韦一诺"),
        ("PLACE", "北湾国际会展中心"),
        ("PLACE", "北湾市"),
        ("REGULATION", "云梦省海风法"),
        ("REGULATION", "北湾市海风利用办法"),
    ]


def test_names_have_the_preferred_one_first(
    store: Store, minter: Minter, extraction: Extraction
) -> None:
    load(store, minter, extraction)
    names = {row["names"][0]: row["names"] for row in read_entities(store)}
    assert names[BUREAU_NAME] == [BUREAU_NAME, "市绿能局", "绿能局"]
    assert names["韦一诺"] == ["韦一诺"]


def test_mentions_are_those_of_all_documents_and_of_roles(store: Store, minter: Minter) -> None:
    alias = Alias(name=argument("PERSON", "韦副市长", "韦一诺"), alias="老韦", evidence=Span(0, 1))
    load(
        store,
        minter,
        make_extraction(document="b", entities=(entity("韦一诺", "PERSON"),)),
        make_extraction(
            document="a", entities=(entity("韦一诺", "PERSON", nth=1),), facts=(alias,)
        ),
    )
    (row,) = read_entities(store)

    def mention(document: str, text: str, span: Span) -> dict[str, object]:
        return {"document": document, "start": span.start, "end": span.end, "text": text}

    assert row["mentions"] == [
        mention("a", "韦一诺", find("韦一诺", nth=1)),
        mention("a", "韦副市长", find("韦副市长")),
        mention("b", "韦一诺", find("韦一诺")),
    ]
    assert row["names"] == ["韦一诺", "老韦"]
    assert (row["same_as"], row["close_to"]) == ([], [])


def test_a_mention_that_fills_a_role_counts_once(store: Store, minter: Minter) -> None:
    alias = Alias(name=argument("PERSON", "韦一诺"), alias="老韦", evidence=Span(0, 1))
    load(store, minter, make_extraction(entities=(entity("韦一诺", "PERSON"),), facts=(alias,)))
    (row,) = read_entities(store)
    assert len(row["mentions"]) == 1


def test_matches_of_any_graph_are_read(store: Store, minter: Minter) -> None:
    load(store, minter, make_extraction(entities=(entity("北湾市", "PLACE"),)))
    matches = Graph()
    for name in ("b", "a"):
        place = minter.entity("place", "北湾市")
        matches.add((place, OWL.sameAs, URIRef(f"http://elsewhere.example/{name}")))
    matches.add((place, SKOS.exactMatch, URIRef("http://elsewhere.example/c")))
    matches.add((place, SKOS.closeMatch, URIRef("http://elsewhere.example/d")))
    store.replace_graph("http://graph.example/matches", matches)
    (row,) = read_entities(store)
    assert row["same_as"] == [f"http://elsewhere.example/{name}" for name in "abc"]
    assert row["close_to"] == ["http://elsewhere.example/d"]


def test_an_empty_store_has_neither_entities_nor_classes(store: Store) -> None:
    assert list(read_entities(store)) == []
    assert count_classes(store) == {}


def test_classes_are_counted_once_however_many_documents_name_a_node(
    store: Store, minter: Minter
) -> None:
    entities = (entity("北湾市", "PLACE"), entity("韦一诺", "PERSON"), entity("副市长", "POST"))
    load(store, minter, *(make_extraction(document=d, entities=entities) for d in ("a", "b")))
    assert count_classes(store) == {
        "Document": 2,
        "Extraction": 2,
        "Mention": 6,
        "Person": 1,
        "Place": 1,
        "TextSpan": 6,
        "Title": 1,
    }
