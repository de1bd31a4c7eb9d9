"""Persons of one name in one article: two entities, one label, decided about one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from extract.facts import Extraction
from graph.decisions.file import DecisionFile, read_decisions, with_decisions
from graph.entities import read_entities
from graph.identity import Minter
from graph.readback import canonical_order, read_extractions
from graph.resolution.decisions import Decision, Reference, Verdict
from graph.store import Store
from tests.graph.resolution.articles import Article
from tests.graph.resolution.conftest import load_articles, partition

FIRST, SECOND = "乔云岫（烟台市统计局）", "乔云岫（遵义市水务局）"


def article(id: str, org: str = "烟台市统计局") -> Article:
    return Article(id, "2031-05-06").post("乔云岫", org, "局长")


def both(id: str = "c", *, extra: str = "") -> Extraction:
    """An article on two persons of one name, whom extraction told apart."""
    found = Article(id, "2031-05-06")
    found.post("乔云岫", "烟台市统计局", "局长").post("乔云岫", "遵义市水务局", "局长")
    extraction = found.done()
    names = iter((FIRST, SECOND))
    facts = tuple(replace(f, person=replace(f.person, name=next(names))) for f in extraction.facts)  # type: ignore[attr-defined,call-arg]
    named = {f.person.span: f.person.name for f in facts}  # type: ignore[attr-defined]
    entities = tuple(replace(e, name=named.get(e.span, e.name)) for e in extraction.entities)
    return replace(extraction, facts=facts, entities=entities)


def persons(store: Store) -> set[frozenset[tuple[str, int]]]:
    """The mentions of each person, by document and offset."""
    return {
        frozenset((m["document"], m["start"]) for m in row["mentions"])
        for row in read_entities(store)
        if row["class"] == "PERSON"
    }


def test_namesakes_of_an_article_are_two_and_join_who_they_are(store: Store) -> None:
    extraction = both()
    first, second = (e.span.start for e in extraction.entities if e.label == "PERSON")
    load_articles(store, [article("a"), article("b", "遵义市水务局"), extraction])
    (start,) = (e.span.start for e in article("a").entities if e.label == "PERSON")
    assert persons(store) == {
        frozenset({("a", start), ("c", first)}),
        frozenset({("b", start), ("c", second)}),
    }


def test_what_parts_namesakes_is_no_name_of_theirs(store: Store) -> None:
    load_articles(store, [both()])
    rows = [row for row in read_entities(store) if row["class"] == "PERSON"]
    assert [row["names"] for row in rows] == [["乔云岫"], ["乔云岫"]]


def test_namesakes_come_back_as_they_were_extracted(store: Store) -> None:
    extraction = both()
    load_articles(store, [extraction])
    (row,) = read_extractions(store, base=store.base)
    assert row == canonical_order(extraction.to_json())


def test_what_one_article_keeps_apart_no_other_joins(store: Store) -> None:
    third = Article("d", "2033-05-06").post("乔云岫", "遵义市水务局", "局长")
    third.post("乔云岫", "烟台市统计局", "局长", "former")
    load_articles(store, [both(), third])
    assert len(partition(store, "PERSON")) == 2


@pytest.mark.parametrize(("verdict", "entities"), [("same", 1), ("different", 2), ("unsure", 2)])
def test_a_decision_names_one_of_several_namesakes(
    store: Store, minter: Minter, verdict: Verdict, entities: int
) -> None:
    other = Article("e", "2031-05-06").post("乔云岫", "云梦大学", "教授")
    decision = Decision(
        Reference("person", SECOND, "c"),
        Reference("person", "乔云岫", "e"),
        verdict,
        who="林若禾",
        when="2031-05-06",
        why="简历",
    )
    load_articles(store, [both(), other], _decisions(decision))
    of_other = next(found for found in persons(store) if any(d == "e" for d, _ in found))
    assert len(of_other) == 3 - entities
    assert len(persons(store)) == entities + 1


def _decisions(decision: Decision) -> DecisionFile:
    return with_decisions(read_decisions(Path("/nowhere/decisions.jsonl")), [decision])
