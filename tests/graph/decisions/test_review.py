"""What waits for a person, what a decision about it does, and what undoing it restores."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rdflib import URIRef

from extract.facts import Extraction, Fact, HoldsPost, TakesPart
from graph.decisions.apply import apply_decisions, refresh_links
from graph.decisions.file import DecisionFile, with_decisions
from graph.decisions.review import (
    ReviewItem,
    ReviewTableError,
    csv_to_decisions,
    decide,
    items_to_csv,
    list_items,
    sentence_around,
)
from graph.entities import read_entities
from graph.identity import Minter
from graph.ingest import ingest_extraction
from graph.linking.linker import Answered, link_graphs, store_matches
from graph.linking.moves import find_moved
from graph.linking.subjects import Subject
from graph.resolution.decisions import Decision, Reference, Verdict
from graph.store import Store
from ontology.terms import SKOS
from tests.graph.conftest import BASE, TEXT, argument, entity, find, make_extraction
from tests.graph.linking.conftest import SOURCE, SPACE, match

TODAY = "2031-05-09"
NOTHING = DecisionFile(Path("decisions.jsonl"))
WHO = {"who": "林若禾", "when": "2031-06-07", "why": "简历"}


def person_in(document: str, *facts: Fact) -> Extraction:
    return make_extraction(document=document, entities=(entity("韦一诺", "PERSON"),), facts=facts)


@pytest.fixture
def two(store: Store, minter: Minter) -> Store:
    """Two documents that name somebody alike, with nothing for or against one person."""
    person, first = argument("PERSON", "韦一诺"), find(TEXT.splitlines()[0])
    post, city = argument("POST", "副市长"), argument("PLACE", "北湾市")
    facts: dict[str, Fact] = {
        "a": HoldsPost(person=person, post=post, org=city, evidence=first),
        "b": TakesPart(person=person, event=argument("FORUM", "储能对话"), evidence=first),
    }
    for document, fact in facts.items():
        assert ingest_extraction(person_in(document, fact), store, minter).status == "stored"
    return store


def persons(store: Store) -> list[list[str]]:
    """The documents of each person."""
    return sorted(
        sorted(mention["document"] for mention in row["mentions"])
        for row in read_entities(store)
        if row["class"] == "PERSON"
    )


def dump(store: Store) -> bytes:
    stream = io.BytesIO()
    store.dump(stream, "nquads")
    return stream.getvalue()


def decided(item: ReviewItem, verdict: Verdict) -> DecisionFile:
    return with_decisions(NOTHING, [decide(item.pair, verdict, **WHO)])


# --- identity ----------------------------------------------------------------------------


def test_an_uncertain_pair_waits_with_both_sentences(two: Store, minter: Minter) -> None:
    (item,) = list_items(two, minter, NOTHING)
    assert item.pair == (
        Reference("person", "韦一诺", "a"),
        Reference("person", "韦一诺", "b"),
    )
    assert item.about == "person"
    assert item.score is not None
    assert 0 < item.score < 1
    assert all(item.reasons)
    sentence = "北湾市副市长韦一诺视频致辞，原绿能局局长贺临川主持储能对话。"
    assert item.left.evidence == (("a", sentence),)
    assert item.right.evidence == (("b", sentence),)


@pytest.mark.parametrize(
    ("verdict", "documents"), [("same", [["a", "b"]]), ("different", [["a"], ["b"]])]
)
def test_a_decision_is_applied_and_undone(
    two: Store, minter: Minter, verdict: Verdict, documents: list[list[str]]
) -> None:
    apply_decisions(two, minter, NOTHING, today=TODAY)
    before = dump(two)
    (item,) = list_items(two, minter, NOTHING)
    file = decided(item, verdict)
    apply_decisions(two, minter, file, today=TODAY)
    assert persons(two) == documents
    assert list(list_items(two, minter, file)) == []
    assert apply_decisions(two, minter, file, today=TODAY).documents == ()
    apply_decisions(two, minter, NOTHING, today=TODAY)
    assert dump(two) == before


# --- links -------------------------------------------------------------------------------


def proposed(store: Store, minter: Minter, *, score: float = 71.5) -> str:
    """A link of the only person to a target, which waits; gives the person's IRI."""
    iri = next(row["iri"] for row in read_entities(store) if row["class"] == "PERSON")
    local = iri.removeprefix(f"{BASE}id/")
    found = match(local, "7", status="proposed", score=score, name="韦一诺")
    answered = [Answered(Subject(iri, "PERSON", ("韦一诺",), {}), (found,), remembered=False)]
    store_matches(store, minter, SOURCE, answered, decisions={}, moved={})
    return iri


def test_a_proposed_link_waits_and_is_decided(store: Store, minter: Minter) -> None:
    ingest_extraction(person_in("a"), store, minter)
    iri = proposed(store, minter)
    (item,) = list_items(store, minter, NOTHING)
    assert item.pair == (iri.removeprefix(f"{BASE}id/"), f"{SPACE}7")
    assert (item.about, item.score, item.left.name, item.right.name) == (
        "link",
        71.5,
        "韦一诺",
        "韦一诺",
    )
    assert item.left.evidence[0][0] == "a"
    file = decided(item, "same")
    assert list(list_items(store, minter, file)) == []
    assert refresh_links(store, minter, file, today=TODAY) == 1
    graph = store.graph(link_graphs(store)[0])
    assert (URIRef(iri), SKOS.exactMatch, URIRef(f"{SPACE}7")) in graph
    assert refresh_links(store, minter, NOTHING, today=TODAY) == 1
    assert (None, SKOS.exactMatch, None) not in store.graph(link_graphs(store)[0])


def test_of_several_targets_the_best_is_shown_first(store: Store, minter: Minter) -> None:
    ingest_extraction(person_in("a"), store, minter)
    iri = next(row["iri"] for row in read_entities(store) if row["class"] == "PERSON")
    scores = {"1": 61.0, "2": 93.5, "3": None}
    found = tuple(
        match(iri.removeprefix(f"{BASE}id/"), target, status="proposed", score=score)
        for target, score in scores.items()
    )
    answered = [Answered(Subject(iri, "PERSON", ("韦一诺",), {}), found, remembered=False)]
    store_matches(store, minter, SOURCE, answered, decisions={}, moved={})
    assert [item.score for item in list_items(store, minter, NOTHING)] == [93.5, 61.0, None]


def test_links_of_an_entity_that_is_divided_wait_for_its_return(two: Store, minter: Minter) -> None:
    apply_decisions(two, minter, NOTHING, today=TODAY)
    (item,) = list_items(two, minter, NOTHING)
    iri = proposed(two, minter)
    before = dump(two)
    apply_decisions(two, minter, decided(item, "different"), today=TODAY)
    assert iri not in {row["iri"] for row in read_entities(two)}
    assert len(persons(two)) == 2
    # Either part may be what was linked.
    assert find_moved(two, [iri]) == {}
    assert iri in dump(two).decode()
    apply_decisions(two, minter, NOTHING, today=TODAY)
    assert len(persons(two)) == 1
    assert dump(two) == before


def test_an_entity_that_nobody_knows_has_not_moved(store: Store, minter: Minter) -> None:
    ingest_extraction(person_in("a"), store, minter)
    unknown = f"{BASE}id/person/nobody-0123456789"
    known = str(minter.entity("person", "韦一诺"))
    assert find_moved(store, [unknown, known]) == {}


def test_a_former_iri_leads_to_todays(store: Store, minter: Minter) -> None:
    ingest_extraction(
        make_extraction(entities=(entity("市绿能局", "ORG", "深圳市发改委"),)), store, minter
    )
    today = next(row["iri"] for row in read_entities(store) if "深圳市发改委" in row["names"])
    former = str(minter.entity("org", "深圳市发改委"))
    assert today != former
    assert find_moved(store, [former]) == {former: today}
    other_kind = former.replace("/org/", "/person/")
    assert find_moved(store, [other_kind]) == {}


def test_tables_of_the_project_give_links_once(store: Store, minter: Minter) -> None:
    ingest_extraction(
        make_extraction(entities=(entity("北湾市", "PLACE", "深圳市"),)), store, minter
    )
    assert refresh_links(store, minter, NOTHING, today=TODAY) == 1
    assert refresh_links(store, minter, NOTHING, today="2031-12-31") == 0
    (row,) = (row for row in read_entities(store) if row["names"][0] == "深圳市")
    assert row["close_to"] == ["https://sws.geonames.org/1795565/"]


# --- sentences and tables ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "named", "sentence"),
    [
        ("甲。乙丙丁。戊", "丙", "乙丙丁。"),
        ("乙丙丁", "丙", "乙丙丁"),
        ("甲\n乙 丙　丁\n戊", "丙", "乙 丙 丁"),
        ("前" * 200 + "丙" + "后" * 200, "丙", "…" + "前" * 80 + "丙" + "后" * 79 + "…"),
    ],
)
def test_the_sentence_of_a_name(text: str, named: str, sentence: str) -> None:
    start = text.index(named)
    assert sentence_around(text, start, start + len(named)) == sentence


def table(two: Store, minter: Minter) -> str:
    stream = io.StringIO()
    assert items_to_csv(list_items(two, minter, NOTHING), stream) == 1
    return stream.getvalue()


def read_table(text: str) -> tuple[object, ...]:
    return csv_to_decisions(io.StringIO(text), where="t.csv", who="林若禾", when="2031-06-07")


def test_a_table_that_is_filled_in_comes_back_as_decisions(two: Store, minter: Minter) -> None:
    header, row = table(two, minter).splitlines()
    assert read_table(f"{header}\n{row}\n") == ()
    assert row.endswith(",,")
    filled = f"{header}\n{row[:-2]},Same ,简历\n"
    assert read_table(filled) == (
        Decision(
            Reference("person", "韦一诺", "a"),
            Reference("person", "韦一诺", "b"),
            "same",
            "林若禾",
            "2031-06-07",
            "简历",
        ),
    )


def test_no_cell_of_evidence_is_a_formula() -> None:
    from graph.decisions.review import Side

    item = ReviewItem(
        pair=("org/a", SPACE),
        left=Side("=HYPERLINK(1)", ()),
        right=Side("+1", ()),
        score=1.0,
        reasons=("@x", "@x"),
    )
    stream = io.StringIO()
    items_to_csv([item], stream)
    assert stream.getvalue().splitlines()[1] == (f"link,org/a,,'=HYPERLINK(1),{SPACE},,'+1,1,'@x,,")


HEADER = "about,left,left_document,right,right_document,verdict"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.csv: expected the columns"),
        ("about,left\n", "t.csv: expected the columns"),
        (f"{HEADER}\nperson,a,1,b,2,maybe\n", "line 2: expected a verdict among"),
        (f"{HEADER}\ntitle,a,1,b,2,same\n", "line 2: expected 'link' or one of"),
        (
            f'{HEADER}\nperson,"a,1,b,2,same\n',
            "t.csv: expected CSV after line 1: ",
        ),
    ],
)
def test_other_tables_are_refused(text: str, message: str) -> None:
    with pytest.raises(ReviewTableError) as refused:
        read_table(text)
    assert message in str(refused.value)
