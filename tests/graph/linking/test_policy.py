"""The stated policy, case by case."""

from __future__ import annotations

import pytest

from graph.linking.policy import Thresholds, judge
from graph.linking.service import Candidate

NAMES = ("北湾市绿色能源局", "北湾市绿能局")


def found(
    score: float, name: str = NAMES[0], identifier: str = "1", *, match: bool = False
) -> Candidate:
    return Candidate(identifier, name, score, match, ())


@pytest.mark.parametrize(
    ("label", "candidates", "judged"),
    [
        ("ORG", [], []),
        ("ORG", [found(59.9)], []),
        ("ORG", [found(95)], [("1", "exactMatch", "accepted")]),
        ("ORG", [found(95, "北灣市綠能局")], [("1", "exactMatch", "accepted")]),
        ("ORG", [found(95, "别的局")], [("1", "closeMatch", "accepted")]),
        ("ORG", [found(94.9)], [("1", "exactMatch", "proposed")]),
        ("ORG", [found(70, match=True)], [("1", "exactMatch", "accepted")]),
        ("ORG", [found(10, match=True)], [("1", "exactMatch", "accepted")]),
        ("ORG", [found(75, "别的局", match=True)], [("1", "closeMatch", "proposed")]),
        ("ORG", [found(10, "别的局", match=True)], [("1", "closeMatch", "proposed")]),
        ("PERSON", [found(100, match=True)], [("1", "exactMatch", "proposed")]),
        ("ORG", [found(100), found(95, "别的局", "2")], [("1", "exactMatch", "accepted")]),
        (
            "ORG",
            [found(100), found(95.1, "别的局", "2")],
            [("1", "exactMatch", "proposed"), ("2", "closeMatch", "proposed")],
        ),
        (
            "ORG",
            [found(90), found(80, "乙", "2"), found(70, "丙", "3"), found(65, "丁", "4")],
            [
                ("1", "exactMatch", "proposed"),
                ("2", "closeMatch", "proposed"),
                ("3", "closeMatch", "proposed"),
            ],
        ),
        # The same entity twice is no second one.
        ("ORG", [found(100), found(99)], [("1", "exactMatch", "accepted")]),
    ],
)
def test_candidates_are_judged(
    label: str, candidates: list[Candidate], judged: list[tuple[str, str, str]]
) -> None:
    answers = judge(label, NAMES, candidates, Thresholds())
    assert [(a.candidate.id, a.judgement.kind, a.status) for a in answers] == judged
    assert all(a.judgement.reason for a in answers)


def test_a_candidate_of_another_type_waits() -> None:
    other = Candidate("1", NAMES[0], 100.0, True, ("Q2",))
    (waiting,) = judge("ORG", NAMES, [other], Thresholds(), wanted_type="Q1")
    assert waiting.status == "proposed"
    assert waiting.judgement.reason.endswith("not of the type Q1")
    (sure,) = judge("ORG", NAMES, [other], Thresholds(), wanted_type="Q2")
    assert sure.status == "accepted"


def test_thresholds_are_on_the_scale_of_the_service() -> None:
    thresholds = Thresholds(accept=0.9, review=0.5, margin=0.1)
    judged = judge("ORG", NAMES, [found(0.95), found(0.6, "乙", "2")], thresholds)
    assert [(a.candidate.id, a.status) for a in judged] == [("1", "accepted")]


def test_names_that_fold_to_nothing_are_equal_to_no_name() -> None:
    (judged,) = judge("ORG", ("！",), [found(99, "？")], Thresholds())
    assert judged.judgement.kind == "closeMatch"
