"""From a store to its stored links, by way of a service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from rdflib import URIRef

from extract.facts import Argument, Extraction, Issues
from graph.identity import Minter
from graph.ingest import ingest_extraction
from graph.linking.cache import AnswerCache
from graph.linking.client import ReconciliationClient
from graph.linking.errors import (
    InvalidAnswerError,
    InvalidLinksError,
    InvalidQueryOptionError,
    ServiceAddressError,
)
from graph.linking.linker import (
    Answered,
    Asking,
    find_matches,
    link_graphs,
    manifest_to_source,
    read_links,
    settle_store,
    store_matches,
)
from graph.linking.links import LinkDecision, Match
from graph.linking.service import read_manifest
from graph.linking.subjects import (
    Subject,
    check_properties,
    check_types,
    read_subjects,
    subject_to_query,
)
from graph.store import Store
from ontology.terms import SKOS
from tests.graph.conftest import BASE, BUREAU_NAME, find, make_extraction
from tests.graph.linking.conftest import (
    MANIFEST,
    QUICK,
    SOURCE,
    SPACE,
    FakeService,
    MakeService,
    Reply,
    answer_with,
    candidate,
    json_reply,
    match,
)

TODAY, NOW = "2031-05-09", 1000.0
ORGS = frozenset({"ORG"})


@pytest.fixture
def filled(store: Store, minter: Minter, extraction: Extraction) -> Store:
    """The store with one document."""
    assert ingest_extraction(extraction, store, minter).status == "stored"
    return store


@pytest.fixture
def cache() -> Iterator[AnswerCache]:
    with AnswerCache(None, max_age=timedelta(days=1)) as answers:
        yield answers


def bureau(minter: Minter) -> str:
    return str(minter.entity("org", BUREAU_NAME))


def run(
    store: Store, service: FakeService, cache: AnswerCache, asking: Asking | None = None
) -> list[Answered]:
    client = ReconciliationClient(service.url, QUICK)
    return list(
        find_matches(
            read_subjects(store, labels=ORGS),
            client,
            client.manifest(),
            cache,
            asking or Asking(),
            today=TODAY,
            now=NOW,
        )
    )


def store_all(
    store: Store,
    minter: Minter,
    answered: list[Answered],
    decisions: dict[tuple[str, str], LinkDecision] | None = None,
    moved: dict[str, str] | None = None,
) -> list[tuple[str, str]]:
    """Target and status of all links of the source."""
    links = store_matches(
        store, minter, SOURCE, answered, decisions=decisions or {}, moved=moved or {}
    )
    return [(link.match.target, link.judgement.status) for link in links]


def answer(*matches: Match, iri: str) -> Answered:
    return Answered(Subject(iri, "ORG", ("甲",), {}), matches, remembered=False)


# --- what is asked -----------------------------------------------------------------------


def test_subjects_have_their_names_and_hints(filled: Store, minter: Minter) -> None:
    subjects = {s.names[0]: s for s in read_subjects(filled, labels=frozenset({"ORG", "PLACE"}))}
    assert set(subjects) >= {BUREAU_NAME, "青禾电力", "北湾市"}
    assert subjects[BUREAU_NAME].iri == bureau(minter)
    assert "绿能局" in subjects[BUREAU_NAME].names
    assert [s.label for s in subjects.values()].count("PLACE") == 2


def test_hints_are_place_and_code(store: Store, minter: Minter) -> None:
    text_places = Argument(label="PLACE", text="北湾市", name="深圳市", span=find("北湾市", nth=1))
    office = Argument(label="ORG", text="市绿能局", name="深圳市发展和改革委员会")
    regulation = Argument(label="REGULATION", text="《办法》", name="办法")
    facts = (
        Issues(org=text_places, regulation=regulation, evidence=find("（以下简称《办法》）")),
        Issues(org=office, regulation=regulation, evidence=find("（以下简称《办法》）")),
    )
    ingest_extraction(make_extraction(facts=facts), store, minter)
    hints = {s.names[0]: s.hints for s in read_subjects(store, labels=frozenset({"ORG", "PLACE"}))}
    assert hints["深圳市"] == {"code": "440300", "place": "广东省"}
    assert hints["深圳市发展和改革委员会"]["place"] == "广东省深圳市"


def test_a_query_has_type_and_those_properties_that_are_known() -> None:
    subject = Subject("i", "ORG", ("甲局", "甲"), {"place": "甲市"})
    query = subject_to_query(
        subject, types={"ORG": "Q1", "PLACE": "Q2"}, properties={"b": "place", "a": "code"}, limit=3
    )
    assert query.to_json() == {
        "query": "甲局",
        "limit": 3,
        "type": "Q1",
        "properties": [{"pid": "b", "v": "甲市"}],
    }


def test_options_that_fit_nothing_are_refused() -> None:
    check_types({"ORG": "Q1"})
    check_properties({"P1": "code"})
    with pytest.raises(InvalidQueryOptionError, match=r"expected a class among .*, got 'DATE'"):
        check_types({"DATE": "Q1"})
    with pytest.raises(InvalidQueryOptionError, match=r"expected a property of .*, got 'size'"):
        check_properties({"P1": "size"})


# --- asking ------------------------------------------------------------------------------


def test_answers_become_matches(
    filled: Store, minter: Minter, cache: AnswerCache, make_service: MakeService
) -> None:
    known = {
        BUREAU_NAME: [candidate("17", "北湾绿能局", 97), candidate("18", "另一局", 40)],
        "青禾电力": [candidate("x y", "青禾电力", 80)],
    }
    answered = run(filled, make_service(answer_with(known)), cache)
    assert {
        (a.subject.names[0], m.target, m.judgement.kind, m.judgement.status, str(m.score), m.date)
        for a in answered
        for m in a.matches
    } == {
        (BUREAU_NAME, f"{SPACE}17", "closeMatch", "accepted", "97.0", TODAY),
        ("青禾电力", f"{SPACE}x%20y", "exactMatch", "proposed", "80.0", TODAY),
    }


def test_what_was_answered_is_not_asked_again(
    filled: Store, cache: AnswerCache, make_service: MakeService
) -> None:
    service = make_service(answer_with({BUREAU_NAME: [candidate("17", BUREAU_NAME, 97)]}))
    first = run(filled, service, cache)
    asked = len(service.asked)
    second = run(filled, service, cache)
    assert len(service.asked) == asked == 1
    assert [a.matches for a in first] == [a.matches for a in second]
    assert {a.remembered for a in first} == {False}
    assert {a.remembered for a in second} == {True}


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(
    filled: Store, cache: AnswerCache, make_service: MakeService
) -> None:
    broken = True

    def respond(method: str, queries: dict[str, Any]) -> Reply:
        asked_about = {query["query"] for query in queries.values()}
        if broken and "青禾电力" in asked_about:
            return Reply(b"no JSON")
        return answer_with({})(method, queries)

    service = make_service(respond)
    with pytest.raises(InvalidAnswerError):
        run(filled, service, cache, Asking(batch_size=1))
    before = [query["query"] for batch in service.asked for query in batch.values()]
    broken = False
    run(filled, service, cache, Asking(batch_size=1))
    after = [q["query"] for batch in service.asked for q in batch.values()][len(before) :]
    assert before[-1] == after[0] == "青禾电力"
    assert not set(before[:-1]) & set(after)


def test_an_identifier_that_makes_no_iri_refuses_the_batch_and_is_not_kept(
    filled: Store, cache: AnswerCache, make_service: MakeService
) -> None:
    service = make_service(answer_with({BUREAU_NAME: [candidate("https://a b", "x", 99)]}))
    for _ in range(2):
        with pytest.raises(InvalidAnswerError, match="expected an identifier"):
            run(filled, service, cache)
    assert len(service.asked) == 2


def test_the_stores_own_dataset_is_no_service(make_service: MakeService) -> None:
    own = {**MANIFEST, "identifierSpace": f"{BASE}id/"}
    client = ReconciliationClient(make_service(lambda *_: json_reply(own)).url, QUICK)
    with pytest.raises(ServiceAddressError, match="expected a service of another dataset"):
        manifest_to_source(client.manifest(), client, BASE)
    other = manifest_to_source(client.manifest(), client, "http://other.example/")
    assert (other.iri, other.space) == (client.url, f"{BASE}id/")


def test_a_template_gives_the_source_its_space() -> None:
    manifest = read_manifest(
        b'{"name": "n"}', url="http://a.example/", identifier_template="http://a.example/{{id}}.ttl"
    )
    client = ReconciliationClient("http://a.example/", QUICK)
    assert manifest_to_source(manifest, client, BASE).space == "http://a.example/"


# --- storing -----------------------------------------------------------------------------


def test_links_are_stored_in_a_graph_of_their_source(filled: Store, minter: Minter) -> None:
    iri = bureau(minter)
    entity = iri.removeprefix(f"{BASE}id/")
    assert store_all(filled, minter, [answer(match(entity), iri=iri)]) == [
        (f"{SPACE}1", "accepted")
    ]
    assert link_graphs(filled) == [str(minter.link_graph(SOURCE.iri))]
    graph = filled.graph(link_graphs(filled)[0])
    assert (URIRef(iri), SKOS.exactMatch, URIRef(f"{SPACE}1")) in graph
    # The same again changes nothing.
    before = graph
    store_all(filled, minter, [answer(match(entity, date="2031-12-31"), iri=iri)])
    assert filled.equals_graph(link_graphs(filled)[0], before)


def test_links_outlive_their_document_and_its_removal(
    filled: Store, minter: Minter, extraction: Extraction
) -> None:
    iri = bureau(minter)
    found = answer(match(iri.removeprefix(f"{BASE}id/")), iri=iri)
    store_all(filled, minter, [found])
    before = filled.graph(link_graphs(filled)[0])
    filled.remove_graph(str(minter.graph(extraction.document.id)))
    ingest_extraction(extraction, filled, minter)
    assert filled.equals_graph(link_graphs(filled)[0], before)


def test_links_of_entities_that_were_not_asked_about_stay(filled: Store, minter: Minter) -> None:
    first, second = (str(minter.entity("org", name)) for name in (BUREAU_NAME, "青禾电力"))
    for number, iri in enumerate((first, second)):
        found = match(iri.removeprefix(f"{BASE}id/"), str(number))
        store_all(filled, minter, [answer(found, iri=iri)])
    assert store_all(filled, minter, [answer(iri=first)]) == [(f"{SPACE}1", "accepted")]
    assert store_all(filled, minter, [answer(iri=second)]) == []
    assert link_graphs(filled) == []


def test_decisions_and_merges_are_applied_to_stored_links_and_taken_back(
    filled: Store, minter: Minter
) -> None:
    first, second = (str(minter.entity("org", name)) for name in (BUREAU_NAME, "青禾电力"))
    store_all(filled, minter, [answer(match(first.removeprefix(f"{BASE}id/")), iri=first)])
    before = filled.graph(link_graphs(filled)[0])
    decided = LinkDecision(
        entity=second,
        target=f"{SPACE}1",
        verdict="different",
        who="林若禾",
        when="2031-06-07",
        why="另一家",
    )
    decisions = {(second, f"{SPACE}1"): decided}
    moved = {first: second}
    assert settle_store(filled, minter, decisions=decisions, moved=moved) == 1
    assert settle_store(filled, minter, decisions=decisions, moved=moved) == 0
    ((source, link),) = read_links(filled, decisions=decisions, moved=moved)
    assert (source, link.entity, link.judgement.status) == (SOURCE, second, "rejected")
    assert settle_store(filled, minter, decisions={}, moved={}) == 1
    assert filled.equals_graph(link_graphs(filled)[0], before)


def test_links_that_do_not_conform_are_not_stored(filled: Store, minter: Minter) -> None:
    iri = bureau(minter)
    store_all(filled, minter, [answer(match(iri.removeprefix(f"{BASE}id/")), iri=iri)])
    before = filled.graph(link_graphs(filled)[0])
    with pytest.raises(InvalidLinksError, match="expected a graph that conforms"):
        store_all(filled, minter, [answer(match("title/a-0123456789"), iri=f"{BASE}id/title/x")])
    assert filled.equals_graph(link_graphs(filled)[0], before)
