"""Candidates and the choice among those that overlap."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from extract.candidates import Candidate, add_candidates, choose, overlaps, spans_of
from extract.facts import ENTITY_LABELS, EntityLabel, Span

SPANS = st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda p: Span(p[0], p[0] + p[1]))
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        SPANS,
        st.sampled_from(ENTITY_LABELS),
        st.sampled_from([0.5, 0.8, 0.9]),
        st.sampled_from(["a", "b"]),
    ),
    max_size=14,
)


@given(CANDIDATES)
def test_chosen_candidates_never_overlap_and_come_in_text_order(found: list[Candidate]) -> None:
    chosen = choose(found, ENTITY_LABELS)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(chosen))
    assert set(chosen) <= set(found)


@given(CANDIDATES)
def test_what_is_left_out_overlaps_a_choice_that_is_as_good(found: list[Candidate]) -> None:
    chosen = choose(found, ENTITY_LABELS)
    for candidate in set(found) - set(chosen):
        rivals = [c for c in chosen if overlaps(candidate.span, [c.span])]
        assert max(c.score for c in rivals) >= candidate.score


@given(CANDIDATES, st.randoms())
def test_order_of_proposals_does_not_matter(found: list[Candidate], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    spans = [(c.span, c.label, c.score) for c in choose(found, ENTITY_LABELS)]
    assert [(c.span, c.label, c.score) for c in choose(shuffled, ENTITY_LABELS)] == spans


def candidate(start: int, end: int, label: EntityLabel, score: float) -> Candidate:
    return Candidate(Span(start, end), label, score, "test")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([candidate(0, 3, "PLACE", 0.8), candidate(0, 8, "ORG", 0.9)], [(0, 8, "ORG")]),
        ([candidate(0, 3, "PLACE", 0.9), candidate(0, 8, "ORG", 0.8)], [(0, 3, "PLACE")]),
        ([candidate(0, 3, "PLACE", 0.9), candidate(1, 8, "ORG", 0.9)], [(1, 8, "ORG")]),
        ([candidate(0, 3, "DATE", 0.9), candidate(0, 3, "PERSON", 0.9)], [(0, 3, "PERSON")]),
        (
            [candidate(3, 5, "POST", 0.9), candidate(0, 3, "ORG", 0.2)],
            [(0, 3, "ORG"), (3, 5, "POST")],
        ),
        ([], []),
    ],
)
def test_score_then_length_then_label_decide(
    found: list[Candidate], expected: list[tuple[int, int, str]]
) -> None:
    chosen = choose(found, ENTITY_LABELS)
    assert [(c.span.start, c.span.end, c.label) for c in chosen] == expected


@pytest.mark.parametrize(
    ("span", "others", "expected"),
    [
        (Span(0, 2), [Span(2, 4)], False),
        (Span(2, 4), [Span(0, 2)], False),
        (Span(0, 3), [Span(2, 4)], True),
        (Span(2, 3), [Span(0, 9)], True),
        (Span(0, 2), [], False),
    ],
)
def test_touching_spans_do_not_overlap(span: Span, others: list[Span], expected: bool) -> None:
    assert overlaps(span, others) is expected


def test_candidates_gather_on_the_doc_in_order(make_doc: Callable[[str], Doc]) -> None:
    doc = make_doc("越州/LOC 论坛/n")
    add_candidates(doc, [candidate(2, 4, "FORUM", 0.5)])
    add_candidates(doc, (c for c in [candidate(0, 2, "FORUM", 0.5), candidate(0, 2, "PLACE", 0.5)]))
    assert len(doc._.candidates) == 3
    assert spans_of(doc, "FORUM") == [Span(0, 2), Span(2, 4)]
