"""A written graph means the entities of the store, or is told what they are today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.conversion import graph_to_triples
from graph.decisions.file import DecisionFile
from graph.drafts import Triples, graph_triples
from graph.identity import EntityKind, Minter
from graph.mapping import facts_to_graph
from graph.resolution.agreement import IdentityConflict, find_conflicts
from graph.resolution.decisions import Decision, Reference, Verdict
from graph.store import Store, open_store
from ontology.terms import TANPU
from tests.graph.resolution.articles import Article
from tests.graph.resolution.conftest import load_articles

FULL, SHORT, OTHER = "云栖青禾电力股份有限公司", "青禾电力", "海澜储能有限公司"
ARTICLES = (
    Article("a", "2028-03-01").post("乔云岫", "烟台市统计局", "局长"),
    Article("b", "2031-03-01").post("乔云岫", "遵义市水务局", "局长"),
    Article("c", "2031-03-01").called("ORG", FULL, SHORT),
    Article("d", "2031-03-01").names("ORG", SHORT),
    Article("e", "2031-03-01").names("ORG", SHORT),
    Article("f", "2031-03-01").names("ORG", OTHER),
)


@pytest.fixture(scope="module")
def identified() -> Iterator[Store]:
    with open_store(None, mode="write") as store:
        load_articles(store, ARTICLES)
        yield store


@pytest.fixture(scope="module")
def known(identified: Store) -> Minter:
    return Minter(identified.base)


def written(article: Article, minter: Minter) -> dict[str, Triples]:
    """The graph of an article whose author knows nothing of the store."""
    graph = facts_to_graph(article.done(), minter)
    return {str(minter.graph(article.id)): frozenset(graph_to_triples(graph))}


def stored(store: Store, minter: Minter, document: str) -> dict[str, Triples]:
    name = str(minter.graph(document))
    return {name: graph_triples(store.database, name)}


def iri(minter: Minter, kind: EntityKind, name: str) -> str:
    return str(minter.entity(kind, name))


def decided(left: str, right: str, verdict: Verdict) -> DecisionFile:
    sides = (Reference("org", name, None) for name in (left, right))
    decision = Decision(*sides, verdict=verdict, who="w", when="2031-05-06", why="y")
    return DecisionFile(Path("decisions.jsonl"), identities=(decision,))


def test_a_graph_that_uses_a_merged_entity_is_told_the_one_that_stays(
    identified: Store, known: Minter
) -> None:
    changes = written(Article("w").names("ORG", SHORT, OTHER), known)
    assert find_conflicts(changes, identified) == [
        IdentityConflict(
            graph=str(known.graph("w")),
            entity=iri(known, "org", SHORT),
            reason="merged",
            today=(iri(known, "org", FULL),),
        )
    ]


def test_a_graph_that_uses_a_divided_entity_is_told_all(identified: Store, known: Minter) -> None:
    changes = written(Article("w").attends("乔云岫", "山河论坛"), known)
    [conflict] = find_conflicts(changes, identified)
    assert (conflict.entity, conflict.reason) == (iri(known, "person", "乔云岫"), "divided")
    assert len(conflict.today) == 2


@pytest.mark.parametrize("document", [article.id for article in ARTICLES])
def test_what_the_store_has_may_be_written_again(
    identified: Store, known: Minter, document: str
) -> None:
    assert find_conflicts(stored(identified, known, document), identified) == []


def test_new_entities_are_nobody_elses(identified: Store, known: Minter) -> None:
    changes = written(Article("w").post("闻人竹", "玉门市林草局", "局长"), known)
    assert find_conflicts(changes, identified) == []


def with_other_entity(changes: dict[str, Triples], entity: str) -> dict[str, Triples]:
    """The same graphs, in which all identifications are of another entity."""
    identifies = ox.NamedNode(str(TANPU.identifies))
    return {
        name: frozenset(
            ox.Triple(t.subject, t.predicate, ox.NamedNode(entity))
            if t.predicate == identifies
            else t
            for t in triples
        )
        for name, triples in changes.items()
    }


def test_a_profile_means_the_same_entity_in_all_documents(identified: Store, known: Minter) -> None:
    changes = with_other_entity(stored(identified, known, "d"), iri(known, "org", OTHER))
    [conflict] = find_conflicts(changes, identified)
    assert (conflict.reason, conflict.today) == ("profile", (iri(known, "org", FULL),))
    both = changes | with_other_entity(stored(identified, known, "e"), iri(known, "org", OTHER))
    assert find_conflicts(both, identified) == []


@pytest.mark.parametrize(
    ("verdict", "entity", "today"),
    [
        ("same", OTHER, None),
        ("different", OTHER, ()),
        ("same", "独山风电有限公司", (OTHER,)),
        ("different", "独山风电有限公司", None),
        ("unsure", OTHER, None),
    ],
)
def test_what_a_person_decided_holds_for_written_graphs(
    identified: Store, known: Minter, verdict: Verdict, entity: str, today: tuple[str, ...] | None
) -> None:
    with open_store(None, mode="write", base=identified.base) as elsewhere:
        load_articles(elsewhere, [Article("w", "2031-03-01").names("ORG", "独山风电有限公司")])
        changes = with_other_entity(stored(elsewhere, known, "w"), iri(known, "org", entity))
    decisions = decided("独山风电有限公司", OTHER, verdict)
    found = find_conflicts(changes, identified, decisions)
    if today is None:
        assert found == []
    else:
        [conflict] = found
        assert conflict.reason == "decided"
        assert conflict.today == tuple(iri(known, "org", name) for name in today)
