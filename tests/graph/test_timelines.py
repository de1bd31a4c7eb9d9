"""Posts over time, put together from several articles."""

from __future__ import annotations

from itertools import permutations

import pytest

from extract.facts import Extraction
from graph.identity import Minter
from graph.store import Store
from graph.timelines import Tenure, holders, read_post_evidence, timeline
from tests.graph.timeline_articles import fill, post_article

UNIT = "北湾市绿能局"


def wei(
    document: str, text: str, published: str | None, *, former: bool = False, sure: float = 0.9
) -> Extraction:
    return post_article(
        document,
        text,
        person="韦一诺",
        title="局长",
        unit=UNIT,
        published=published,
        former=former,
        confidence=sure,
    )


CURRENT = f"{UNIT}局长韦一诺讲话。"
FORMER = f"{UNIT}原局长韦一诺到会。"
REMOVED = f"2030年6月2日，会议免去韦一诺的{UNIT}局长职务。"
APPOINTED = f"2028年4月1日，会议任命韦一诺为{UNIT}局长。"


def read(tenure: Tenure) -> tuple[str | None, ...]:
    return (
        tenure.begin,
        tenure.end,
        tenure.first_seen,
        tenure.last_seen,
        tenure.over_by,
        tenure.closing,
    )


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        (
            [wei("a", CURRENT, "2029-01-05"), wei("b", CURRENT, "2030-03-01")],
            [(None, None, "2029-01-05", "2030-03-01", None, None)],
        ),
        (
            [wei("a", CURRENT, "2029-01-05"), wei("b", FORMER, "2031-03-01", former=True)],
            [(None, None, "2029-01-05", "2029-01-05", "2031-03-01", "former")],
        ),
        (
            [wei("a", APPOINTED, "2028-04-02"), wei("b", REMOVED, "2030-06-03", former=True)],
            [("2028-04-01", "2030-06-02", "2028-04-01", "2028-04-01", "2030-06-02", "removed")],
        ),
        (
            [wei("a", f"韦一诺2025年至2028年任{UNIT}局长。", "2031-01-01", former=True)],
            [("2025", "2028", None, None, "2028-12-31", "period")],
        ),
        (
            [wei("a", f"韦一诺自2025年起任{UNIT}局长。", "2031-01-01")],
            [("2025", None, "2031-01-01", "2031-01-01", None, None)],
        ),
        (
            [wei("a", f"2028年3月5日，时任{UNIT}局长韦一诺到会。", "2031-01-01", former=True)],
            [(None, None, "2028-03-05", "2028-03-05", "2031-01-01", "former")],
        ),
        # Held, left, and held again.
        (
            [
                wei("a", CURRENT, "2027-01-05"),
                wei("b", FORMER, "2028-01-05", former=True),
                wei("c", CURRENT, "2030-01-05"),
            ],
            [
                (None, None, "2027-01-05", "2027-01-05", "2028-01-05", "former"),
                (None, None, "2030-01-05", "2030-01-05", None, None),
            ],
        ),
        # Nobody knows when.
        ([wei("a", CURRENT, None)], [(None, None, None, None, None, None)]),
        ([wei("a", FORMER, None, former=True)], [(None, None, None, None, None, "former")]),
    ],
)
def test_articles_become_tenures_whatever_their_order(
    store: Store,
    minter: Minter,
    articles: list[Extraction],
    expected: list[tuple[str | None, ...]],
) -> None:
    person = str(minter.entity("person", "韦一诺"))
    for order in permutations(articles):
        for extraction in articles:
            store.remove_graph(str(minter.graph(extraction.document.id)))
        fill(store, *order)
        assert [read(tenure) for tenure in timeline(store, person)] == expected


def test_a_statement_of_two_articles_is_one_with_two_sentences(
    store: Store, minter: Minter
) -> None:
    fill(store, wei("a", CURRENT, "2029-01-05"), wei("b", CURRENT, "2030-03-01"))
    (tenure,) = timeline(store, str(minter.entity("person", "韦一诺")))
    assert len({one.statement for one in tenure.evidence}) == 1
    assert len({one.document for one in tenure.evidence}) == 2


def test_the_evidence_that_opens_and_closes_is_named(store: Store, minter: Minter) -> None:
    fill(
        store,
        wei("a", APPOINTED, "2028-04-02"),
        wei("b", CURRENT, "2029-01-05"),
        wei("c", REMOVED, "2030-06-03", former=True),
    )
    (tenure,) = timeline(store, str(minter.entity("person", "韦一诺")))
    documents = {one.evidence: one.document.rpartition("/")[2] for one in tenure.evidence}
    assert documents[tenure.opened_by or ""] == "a"
    assert documents[tenure.closed_by or ""] == "c"
    assert tenure.to_json()["evidence"] == list(documents)


def test_the_next_holder_of_a_post_of_one_ends_an_open_tenure(store: Store, minter: Minter) -> None:
    next_head = post_article(
        "b",
        f"{UNIT}局长贺临川讲话。",
        person="贺临川",
        title="局长",
        unit=UNIT,
        published="2031-02-01",
    )
    fill(store, wei("a", CURRENT, "2029-01-05"), next_head)
    (tenure,) = timeline(store, str(minter.entity("person", "韦一诺")))
    assert (tenure.over_by, tenure.closing) == ("2031-02-01", "succeeded")
    (later,) = timeline(store, str(minter.entity("person", "贺临川")))
    assert tenure.closed_by == later.evidence[0].evidence
    assert later.is_open
    listed = holders(store, str(minter.entity("org", UNIT)))
    assert [one.person_name for one in listed] == ["韦一诺", "贺临川"]
    assert listed[0] == tenure


def test_a_second_deputy_ends_nothing(store: Store, minter: Minter) -> None:
    for document, person, day in (("a", "韦一诺", "2029-01-05"), ("b", "贺临川", "2031-02-01")):
        text = f"{UNIT}副局长{person}讲话。"
        fill(
            store,
            post_article(document, text, person=person, title="副局长", unit=UNIT, published=day),
        )
    (tenure,) = timeline(store, str(minter.entity("person", "韦一诺")))
    assert tenure.is_open


def test_sentences_that_are_not_sure_enough_do_not_count(store: Store, minter: Minter) -> None:
    fill(store, wei("a", CURRENT, "2029-01-05"), wei("b", CURRENT, "2030-03-01", sure=0.4))
    (tenure,) = timeline(store, str(minter.entity("person", "韦一诺")), least=0.5)
    assert tenure.last_seen == "2029-01-05"


def test_who_holds_no_post_has_no_timeline(store: Store, minter: Minter) -> None:
    assert timeline(store, str(minter.entity("person", "韦一诺"))) == ()


def test_evidence_is_asked_for_one_thing(store: Store) -> None:
    with pytest.raises(ValueError, match="expected one of person, post and unit, got"):
        read_post_evidence(store)
