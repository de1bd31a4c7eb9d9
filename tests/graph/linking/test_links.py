"""Matches become links, links a graph, and the graph matches again."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic

from graph.identity import Minter
from graph.linking.errors import UnreadableLinksError
from graph.linking.links import (
    LinkDecision,
    LinkVerdict,
    Match,
    graph_to_matches,
    graph_to_source,
    links_to_graph,
    replace_matches,
    settle,
)
from graph.linking.policy import Judgement
from graph.validation import validate_graph
from ontology.terms import DCTERMS, RDF, SKOS, TANPU, VOID
from tests.graph.linking.conftest import BASE, SOURCE, SPACE, match

MINTER = Minter(BASE)
DATASET = URIRef(f"{BASE}.well-known/void#dataset")
IRI = "http://graph.example/graph/linkset/x"
DIGESTS = {name: f"{name}-012345678{n}" for n, name in enumerate("abc")}


def org(name: str) -> str:
    return f"org/{DIGESTS[name]}"


def decision(entity: str, target: str, verdict: LinkVerdict, why: str = "") -> LinkDecision:
    return LinkDecision(
        entity=f"{BASE}id/{entity}",
        target=SPACE + target,
        verdict=verdict,
        who="林若禾",
        when="2031-06-07T08:09:10Z",
        why=why,
    )


def by_pair(*decisions: LinkDecision) -> dict[tuple[str, str], LinkDecision]:
    return {(d.entity, d.target): d for d in decisions}


def states(
    matches: list[Match],
    decisions: dict[tuple[str, str], LinkDecision] | None = None,
    moved: dict[str, str] | None = None,
) -> list[tuple[str, str, str, str]]:
    """Entity, target, kind and status of each link, short."""
    links = settle(matches, decisions=decisions or {}, moved=moved or {})
    return [
        (
            link.entity.removeprefix(f"{BASE}id/"),
            link.match.target.removeprefix(SPACE),
            link.judgement.kind,
            link.judgement.status,
        )
        for link in links
    ]


# --- settling ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "verdict", "state"),
    [
        (match(kind="closeMatch", status="proposed"), "same", ("exactMatch", "accepted")),
        (match(kind="closeMatch", status="accepted"), "same", ("exactMatch", "accepted")),
        (match(), "different", ("exactMatch", "rejected")),
        (match(kind="closeMatch"), "different", ("closeMatch", "rejected")),
        (match(), "unsure", ("exactMatch", "proposed")),
    ],
)
def test_a_persons_decision_wins(
    found: Match, verdict: LinkVerdict, state: tuple[str, str]
) -> None:
    decisions = by_pair(decision("org/a", "1", verdict))
    assert states([found], decisions) == [("org/a", "1", *state)]
    assert states([found]) == [("org/a", "1", found.judgement.kind, found.judgement.status)]


def test_the_reason_is_the_persons_or_says_what_was_decided() -> None:
    for why, reason in (("官网如此", "官网如此"), ("", "a person said: same")):
        decisions = by_pair(decision("org/a", "1", "same", why))
        (link,) = settle([match()], decisions=decisions, moved={})
        assert link.judgement.reason == reason


def test_two_exact_matches_with_one_target_wait_for_a_person() -> None:
    both = [match("org/a"), match("org/b"), match("org/c", kind="closeMatch")]
    assert states(both) == [
        ("org/a", "1", "exactMatch", "proposed"),
        ("org/b", "1", "exactMatch", "proposed"),
        ("org/c", "1", "closeMatch", "accepted"),
    ]
    assert states(both, by_pair(decision("org/b", "1", "same"))) == [
        ("org/a", "1", "exactMatch", "proposed"),
        ("org/b", "1", "exactMatch", "accepted"),
        ("org/c", "1", "closeMatch", "accepted"),
    ]
    assert states(both, by_pair(decision("org/b", "1", "different")))[0][3] == "accepted"


def test_links_move_with_their_entity_and_back() -> None:
    both = [match("org/a"), match("org/b", "2")]
    moved = {f"{BASE}id/org/a": f"{BASE}id/org/b"}
    assert [state[:2] for state in states(both, moved=moved)] == [("org/b", "1"), ("org/b", "2")]
    assert [state[:2] for state in states(both)] == [("org/a", "1"), ("org/b", "2")]


def test_one_target_of_two_entities_that_were_merged_is_no_conflict() -> None:
    moved = {f"{BASE}id/org/a": f"{BASE}id/org/b"}
    assert {state[3] for state in states([match("org/a"), match("org/b")], moved=moved)} == {
        "accepted"
    }


def test_the_order_of_matches_makes_no_difference() -> None:
    matches = [match("org/a"), match("org/b"), match("org/a", "2"), match("org/c", "2")]
    assert len({settle(order, decisions={}, moved={}) for order in permutations(matches)}) == 1


# --- asking again ------------------------------------------------------------------------


def test_new_answers_replace_those_of_the_entities_that_were_asked_about() -> None:
    stored = [match("org/a", "1"), match("org/b", "2"), match("org/c", "3")]
    found = [match("org/a", "9", date="2031-07-01")]
    asked = [f"{BASE}id/org/a", f"{BASE}id/org/b"]
    kept = replace_matches(stored, found, asked=asked)
    assert [(m.entity[-1], m.target[-1], m.date) for m in kept] == [
        ("a", "9", "2031-07-01"),
        ("c", "3", "2031-05-06"),
    ]


@pytest.mark.parametrize(
    ("again", "date"),
    [
        (match(date="2031-07-01"), "2031-05-06"),
        (match(date="2031-07-01", score=12), "2031-07-01"),
        (match(date="2031-07-01", name="别的"), "2031-07-01"),
        (match(date="2031-07-01", status="proposed"), "2031-07-01"),
    ],
)
def test_what_is_found_again_as_it_was_keeps_its_date(again: Match, date: str) -> None:
    (kept,) = replace_matches([match()], [again], asked=[again.entity])
    assert kept.date == date


# --- as a graph --------------------------------------------------------------------------


def example_matches() -> list[Match]:
    return [
        match(org("a"), "1"),
        match(org("b"), "1", name="青禾电力集团"),
        match(org("b"), "2", kind="closeMatch", score=None, name=""),
        match(org("c"), "3", status="proposed", score=71.25, reason="below 95"),
        match(org("c"), "4"),
    ]


def example_graph(seed: int = 0) -> Graph:
    matches = example_matches()
    random.Random(seed).shuffle(matches)
    decisions = by_pair(
        decision(org("c"), "4", "different", "另一家"), decision(org("c"), "3", "same")
    )
    moved = {f"{BASE}id/{org('a')}": f"{BASE}id/{org('b')}"}
    links = settle(matches, decisions=decisions, moved=moved)
    return links_to_graph(SOURCE, links, MINTER, dataset=DATASET)


def test_the_graph_conforms_to_the_shapes() -> None:
    assert validate_graph(example_graph()).to_text("en") == "The graph conforms.\n"


def test_the_graph_gives_the_matches_back_as_they_were_found() -> None:
    graph = example_graph()
    # A target has one name for all of its matches.
    assert [
        (m.entity, m.target, m.score, m.date, m.judgement) for m in graph_to_matches(graph, IRI)
    ] == [(m.entity, m.target, m.score, m.date, m.judgement) for m in example_matches()]
    assert graph_to_source(graph, IRI) == SOURCE


def test_the_order_of_matches_makes_no_difference_to_the_graph() -> None:
    assert all(isomorphic(example_graph(0), example_graph(seed)) for seed in range(1, 5))


def test_only_accepted_links_are_triples_and_are_counted() -> None:
    graph = example_graph()
    b, c = URIRef(f"{BASE}id/{org('b')}"), URIRef(f"{BASE}id/{org('c')}")
    assert set(graph.subject_objects(SKOS.exactMatch)) == {
        (b, URIRef(SPACE + "1")),
        (c, URIRef(SPACE + "3")),
    }
    assert set(graph.subject_objects(SKOS.closeMatch)) == {(b, URIRef(SPACE + "2"))}
    counts = {
        graph.value(linkset, VOID.linkPredicate): graph.value(linkset, VOID.triples)
        for linkset in graph.subjects(RDF.type, VOID.Linkset)
    }
    assert counts == {SKOS.exactMatch: Literal(2), SKOS.closeMatch: Literal(1)}


def test_a_decided_link_says_who_and_when_and_what_the_rules_said() -> None:
    graph = example_graph()
    link = MINTER.link(URIRef(f"{BASE}id/{org('c')}"), SOURCE.iri, SPACE + "4")
    said = {p: str(o) for p, o in graph.predicate_objects(link)}
    assert said[TANPU.linkStatus] == str(TANPU.LinkRejected)
    assert said[TANPU.linkReason] == "另一家"
    assert said[TANPU.decidedBy] == "林若禾"
    assert said[DCTERMS.modified] == "2031-06-07"
    assert said[DCTERMS.date] == "2031-05-06"
    assert said[TANPU.ruleStatus] == str(TANPU.LinkAccepted)
    assert said[TANPU.ruleReason] == "same name"


def test_no_links_are_an_empty_graph() -> None:
    assert len(links_to_graph(SOURCE, [], MINTER, dataset=DATASET)) == 0


@pytest.mark.parametrize(
    "lost", [TANPU.linkTarget, TANPU.linkStatus, TANPU.linkReason, DCTERMS.date]
)
def test_a_graph_that_was_damaged_is_refused(lost: URIRef) -> None:
    links = settle([match(org("a"))], decisions={}, moved={})
    graph = links_to_graph(SOURCE, links, MINTER, dataset=DATASET)
    graph.remove((None, lost, None))
    with pytest.raises(UnreadableLinksError, match=IRI):
        graph_to_matches(graph, IRI)


def test_a_graph_without_a_linkset_has_no_source() -> None:
    with pytest.raises(UnreadableLinksError, match=f"{IRI}: expected a graph of links"):
        graph_to_source(Graph(), IRI)


def test_a_score_with_an_exponent_is_written_without() -> None:
    links = settle([match(org("a"), score=1e7)], decisions={}, moved={})
    graph = links_to_graph(SOURCE, links, MINTER, dataset=DATASET)
    assert [str(score) for score in graph.objects(None, TANPU.linkScore)] == ["10000000"]


def test_decimals_of_scores_survive() -> None:
    links = settle([match(org("a"), score=0.1)], decisions={}, moved={})
    graph = links_to_graph(SOURCE, links, MINTER, dataset=DATASET)
    (read,) = graph_to_matches(graph, IRI)
    assert (read.score, read.judgement) == (
        match(score=0.1).score,
        Judgement("exactMatch", "accepted", "same name"),
    )
