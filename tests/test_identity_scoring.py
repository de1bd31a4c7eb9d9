"""The scorer of identity counts pairs as its head says, and refuses clusters that do not fit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.identity_scoring import (
    Counts,
    UnusableClustersError,
    complete_clusters,
    find_errors,
    read_mentions,
    score_entities,
)

TEXTS = {"a": "青禾市举办大会。该市市长出席大会，青禾市发布方案。", "b": "青禾市答复，该市同意。"}


def cluster(name: str, *mentions: tuple[str, str], **more: Any) -> dict[str, Any]:
    listed = [{"document": d, "text": t, **more} for d, t in mentions]
    return {"class": "PLACE", "canonical": name, "mentions": listed}


def entity(iri: str, *places: tuple[str, int, int]) -> dict[str, Any]:
    mentions = [{"document": d, "start": s, "end": e} for d, s, e in places]
    return {"iri": iri, "class": "PLACE", "mentions": mentions}


GOLD = read_mentions([cluster("青禾市", ("a", "青禾市"), ("a", "该市"), ("b", "青禾市"))], TEXTS)


def test_every_occurrence_is_meant_without_a_number() -> None:
    assert sorted(m.place for m in GOLD) == [("a", 0, 3), ("a", 8, 10), ("a", 17, 20), ("b", 0, 3)]


def test_a_number_chooses_the_occurrence() -> None:
    found = read_mentions([cluster("青禾市", ("a", "青禾市"), nth=2)], TEXTS)
    assert [m.place for m in found] == [("a", 17, 20)]


def test_offsets_choose_the_place_and_need_no_text() -> None:
    gold = [
        {
            "class": "PLACE",
            "canonical": "x",
            "mentions": [{"document": "a", "start": 17, "end": 20}],
        }
    ]
    assert [m.place for m in read_mentions(gold, TEXTS)] == [("a", 17, 20)]


@pytest.mark.parametrize(("start", "end"), [(17, 17), (-1, 3), (20, 99)])
def test_offsets_outside_the_text_are_refused(start: int, end: int) -> None:
    mention = {"document": "a", "start": start, "end": end}
    with pytest.raises(UnusableClustersError):
        read_mentions([{"class": "PLACE", "canonical": "x", "mentions": [mention]}], TEXTS)


def test_a_name_that_offsets_cover_makes_no_cluster_of_its_own() -> None:
    gold = [
        {"class": "PLACE", "canonical": "x", "mentions": [{"document": "a", "start": 0, "end": 3}]}
    ]
    document = {"id": "a", "text": TEXTS["a"], "entities": {"PLACE": ["青禾市"]}}
    assert complete_clusters(gold, [document]) == gold


def test_a_mention_inside_a_longer_one_is_not_meant() -> None:
    clusters = [cluster("y", ("a", "青禾市")), cluster("x", ("a", "青禾市发布"))]
    found = {m.cluster: m.place for m in read_mentions(clusters, TEXTS)}
    assert found == {"x": ("a", 17, 22), "y": ("a", 0, 3)}


@pytest.mark.parametrize(
    "clusters",
    [
        [cluster("x", ("a", "白沙市"))],
        [cluster("x", ("c", "青禾市"))],
        [cluster("x", ("a", "青禾市"), nth=3)],
        [cluster("x", ("a", "青禾市"), nth=1), cluster("y", ("a", "禾市举"), nth=1)],
    ],
)
def test_a_mention_that_does_not_fit_its_document_is_refused(
    clusters: list[dict[str, Any]],
) -> None:
    with pytest.raises(UnusableClustersError):
        read_mentions(clusters, TEXTS)


@pytest.mark.parametrize(
    ("rows", "pairs", "known", "mentions"),
    [
        (  # all four in one entity
            [entity("1", ("a", 0, 3), ("a", 8, 10), ("a", 17, 20), ("b", 0, 3))],
            Counts(6, 6, 6),
            Counts(6, 6, 6),
            Counts(4, 4, 4),
        ),
        (  # one entity a document
            [entity("1", ("a", 0, 3), ("a", 8, 10), ("a", 17, 20)), entity("2", ("b", 0, 3))],
            Counts(3, 3, 6),
            Counts(3, 3, 6),
            Counts(4, 4, 4),
        ),
        (  # a mention that no cluster has makes two wrong pairs
            [entity("1", ("a", 0, 3), ("a", 17, 20), ("b", 6, 8))],
            Counts(1, 3, 6),
            Counts(1, 1, 6),
            Counts(2, 3, 4),
        ),
        ([], Counts(0, 0, 6), Counts(0, 0, 6), Counts(0, 0, 4)),
    ],
)
def test_pairs_within_clusters_and_entities_are_compared(
    rows: list[dict[str, Any]], pairs: Counts, known: Counts, mentions: Counts
) -> None:
    score = score_entities(GOLD, rows)["PLACE"]
    assert (score.pairs, score.known, score.mentions) == (pairs, known, mentions)


def test_optional_mentions_and_what_overlaps_them_count_neither_way() -> None:
    loose = cluster("青禾市", ("b", "该市"), optional=True)
    gold = GOLD + read_mentions([loose], TEXTS)
    rows = [entity("1", ("a", 0, 3), ("a", 17, 20), ("b", 5, 8), ("b", 0, 3))]
    assert score_entities(gold, rows)["PLACE"].pairs == Counts(3, 3, 6)


def test_entities_of_another_class_and_other_documents_do_not_count() -> None:
    rows = [{**entity("1", ("a", 0, 3), ("b", 0, 3)), "class": "ORG"}, entity("2", ("z", 0, 3))]
    assert score_entities(GOLD, rows)["PLACE"].mentions == Counts(0, 0, 4)


def test_errors_name_what_is_missed_spurious_parted_and_mixed() -> None:
    gold = GOLD + read_mentions([cluster("大会", ("a", "大会"))], TEXTS)
    rows = [
        entity("x/1", ("a", 0, 3), ("a", 5, 7)),
        entity("x/2", ("a", 17, 20), ("b", 6, 8), ("a", 14, 16)),
    ]
    kinds = [line.split()[1] for line in find_errors("PLACE", gold, rows, TEXTS)]
    expected = ["missed", "missed", "spurious", "parted", "parted", "mixed", "mixed"]
    assert kinds == expected
