"""What a chain of decisions contradicts is found and told by its lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.decisions.conflicts import ConflictingDecisionsError, find_conflicts, refuse_conflicts
from graph.decisions.file import read_decisions
from graph.resolution.decisions import Decision, Reference, Verdict


def ref(text: str) -> Reference:
    """``甲1`` is what document 1 calls 甲, ``甲`` what every document does."""
    return Reference("person", text[0], text[1:] or None)


def decide(text: str) -> Decision:
    left, sign, right = text.split()
    verdicts: dict[str, Verdict] = {"=": "same", "!": "different", "?": "unsure"}
    return Decision(ref(left), ref(right), verdicts[sign], "林若禾", "2031-05-06", "")


@pytest.mark.parametrize(
    ("decisions", "chains"),
    [
        ([], []),
        (["甲1 = 甲2", "甲2 ! 甲3"], []),
        (["甲1 = 甲2", "甲2 = 甲3", "甲1 ! 甲3"], [2]),
        (["甲1 = 甲2", "甲2 ? 甲3", "甲1 ! 甲3"], []),
        (["甲1 = 甲2", "甲2 = 甲3", "甲3 = 甲4", "甲1 = 甲4", "甲2 ! 甲4"], [2]),
        (["甲1 = 乙1", "乙1 = 丙1", "甲1 ! 丙1", "丙1 = 丁1", "甲1 ! 丁1"], [2, 3]),
        (["甲 = 乙", "甲 ! 乙"], [1]),
        (["甲 = 甲", "甲1 ! 甲2"], []),
        (["甲 = 乙", "乙 = 丙", "甲 ! 丙"], [2]),
        (["甲 = 乙", "甲1 = 丙1", "乙2 = 丁2", "丙1 ! 丁2"], [3]),
        (["甲1 ! 甲2", "甲1 ! 甲3", "甲2 ! 甲3"], []),
    ],
)
def test_chains_that_contradict_a_difference(decisions: list[str], chains: list[int]) -> None:
    for order in (decisions, decisions[::-1]):
        found = find_conflicts(decide(text) for text in order)
        assert sorted(len(conflict.chain) for conflict in found) == chains


def test_kinds_do_not_mix() -> None:
    org = Decision(
        Reference("org", "甲", "1"), Reference("org", "甲", "2"), "different", "w", "2031-05-06", ""
    )
    assert find_conflicts([decide("甲1 = 甲2"), org]) == ()


def test_contradictions_are_told_by_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    rows = [
        {
            "kind": "person",
            "left": {"name": "甲", "document": left},
            "right": {"name": "甲", "document": right},
            "verdict": verdict,
            "who": "林若禾",
            "when": "2031-05-06",
            "why": "",
        }
        for left, right, verdict in (
            ("1", "2", "same"),
            ("1", "3", "different"),
            ("2", "3", "same"),
        )
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with pytest.raises(ConflictingDecisionsError) as refused:
        refuse_conflicts(read_decisions(path))
    assert str(refused.value) == (
        f"{path}: expected decisions that agree, got 1 contradictions: "
        "line 2 says different what line 1 and line 3 say is the same"
    )
