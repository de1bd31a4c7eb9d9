from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest

from extract.facts import Extraction, Fact, HoldsPost, Span, TakesPart, Theme
from graph.confidence import SHORTCUTS, leave_out_unsure, read_confidences
from graph.conversion import to_ox
from graph.identity import Minter
from graph.lookup_entries import find_concerned, read_entry
from graph.mapping import facts_to_graph
from graph.store import Store
from ontology.terms import RDF, TANPU
from tests.graph.conftest import argument, entity, make_extraction, sample_facts


def triples_of(extraction: Extraction, minter: Minter) -> list[ox.Triple]:
    graph = facts_to_graph(extraction, minter)
    return [ox.Triple(to_ox(s), to_ox(p), to_ox(o)) for s, p, o in graph]  # type: ignore[arg-type]


def with_confidence(confidence: float, facts: tuple[Fact, ...]) -> Extraction:
    return make_extraction(facts=tuple(replace(f, confidence=confidence) for f in facts))


def counts(triples: list[ox.Triple], node_class: str) -> int:
    wanted = (ox.NamedNode(str(RDF.type)), ox.NamedNode(str(TANPU[node_class])))
    return sum((t.predicate, t.object) == wanted for t in triples)


def subjects(triples: list[ox.Triple]) -> set[str]:
    return {t.subject.value for t in triples if isinstance(t.subject, ox.NamedNode)}


def properties(triples: list[ox.Triple]) -> set[str]:
    return {t.predicate.value for t in triples}


@pytest.mark.parametrize(("least", "kept"), [(0.0, True), (0.6, True), (0.6001, False)])
def test_a_statement_stays_from_its_confidence_on(minter: Minter, least: float, kept: bool) -> None:
    fact = Theme(event=argument("FORUM", "储能对话"), text="风", evidence=Span(0, 4))
    left = leave_out_unsure(triples_of(with_confidence(0.6, (fact,)), minter), least=least)
    assert counts(left, "Statement") == counts(left, "Evidence") == counts(left, "Argument") == kept


def test_an_unsure_statement_goes_with_all_that_is_there_for_it(minter: Minter) -> None:
    facts = sample_facts()
    given = triples_of(with_confidence(0.2, facts), minter)
    left = leave_out_unsure(given, least=0.5)
    bare = triples_of(with_confidence(0.2, ()), minter)
    assert set(bare) <= set(left)
    added = subjects(left) - subjects(bare)
    described = {"person", "org", "forum", "regulation", "place", "thing", "title", "post",
                 "indicator", "period", "instant", "series"}  # fmt: skip
    segments = {iri.removeprefix(minter.base).split("/")[1] for iri in added}
    assert segments <= described
    assert not any("#" in iri for iri in added)


def test_every_shortcut_of_an_unsure_fact_goes_and_of_a_sure_one_stays(minter: Minter) -> None:
    known = {str(line.property) for line in SHORTCUTS}
    given = triples_of(with_confidence(0.2, sample_facts()), minter)
    bare = properties(triples_of(with_confidence(0.2, ()), minter))
    assert known <= properties(given)
    assert not known & properties(leave_out_unsure(given, least=0.5))
    assert not known & bare
    assert set(leave_out_unsure(given, least=0.2)) == set(given)


def test_the_best_evidence_decides_and_keeps_the_other(minter: Minter) -> None:
    fact = Theme(event=argument("FORUM", "储能对话"), text="风", evidence=Span(0, 4))
    twice = (replace(fact, confidence=0.3), replace(fact, confidence=0.9, evidence=Span(5, 9)))
    left = leave_out_unsure(triples_of(make_extraction(facts=twice), minter), least=0.8)
    assert (counts(left, "Statement"), counts(left, "Evidence")) == (1, 2)


def test_what_a_sure_statement_shares_stays(minter: Minter) -> None:
    fact = TakesPart(
        person=argument("PERSON", "韦一诺"),
        event=argument("FORUM", "储能对话"),
        evidence=Span(0, 4),
        confidence=0.9,
    )
    unsure = replace(fact, role="moderates", confidence=0.3)
    given = triples_of(make_extraction(facts=(fact, unsure)), minter)
    left = leave_out_unsure(given, least=0.8)
    assert counts(left, "Statement") == 1
    assert set(left) == set(triples_of(make_extraction(facts=(fact,)), minter))


def test_a_post_that_is_surely_former_is_not_a_present_one(minter: Minter) -> None:
    fact = HoldsPost(
        person=argument("PERSON", "韦一诺"),
        post=argument("POST", "主任", nth=None),
        org=argument("PLACE", "北湾市"),
        evidence=Span(0, 4),
        confidence=0.3,
    )
    former = replace(fact, status="former", confidence=0.9)
    given = triples_of(make_extraction(facts=(fact, former)), minter)
    left = leave_out_unsure(given, least=0.8)
    assert set(left) == set(triples_of(make_extraction(facts=(former,)), minter))


def test_a_thing_is_as_sure_as_its_best_mention_or_else_its_best_evidence(
    store: Store, minter: Minter
) -> None:
    fact = Theme(
        event=argument("FORUM", "储能对话", nth=None),
        text="风",
        evidence=Span(0, 4),
        confidence=0.7,
    )
    person = replace(entity("韦一诺", "PERSON"), confidence=0.4)
    for document, confidence in (("a", 0.2), ("b", 0.4), ("c", 0.3)):
        extraction = make_extraction(
            document=document,
            entities=(replace(person, confidence=confidence),),
            facts=(replace(fact, confidence=confidence + 0.3),),
        )
        graph = facts_to_graph(extraction, minter)
        store.replace_graph(str(minter.graph(document)), graph)
    found = read_confidences(store)
    assert found[str(minter.entity("person", "韦一诺"))] == 0.4
    assert found[str(minter.entity("forum", "储能对话"))] == 0.7


def test_a_series_is_as_sure_as_its_surest_edition(store: Store, minter: Minter) -> None:
    series = set()
    for document, name, confidence in (
        ("a", "第三届储能对话", 0.6),
        ("b", "第四届储能对话", 0.8),
        ("c", "第五届储能对话", 0.7),
    ):
        edition = entity("储能对话", "FORUM", name, confidence=confidence)
        graph = facts_to_graph(make_extraction(document=document, entities=(edition,)), minter)
        series |= set(graph.objects(None, TANPU.inSeries))
        store.replace_graph(str(minter.graph(document)), graph)
    [iri] = series
    assert read_confidences(store)[str(iri)] == 0.8
    entry = read_entry(store, str(iri))
    assert entry is not None
    assert entry.confidence == 0.8
    fifth = str(next(iter(graph.subjects(TANPU.inSeries, iri))))
    assert str(iri) in find_concerned(store, [fifth])
