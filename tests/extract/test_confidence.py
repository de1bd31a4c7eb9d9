"""Which facts are given out by their calibrated confidence."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extract.confidence import is_kept
from extract.facts import Argument, Fact, HeldAt, Measures, Span

PLACE = Argument(label="PLACE", text="昆山", name="昆山市")


def figure(confidence: float) -> Measures:
    return Measures(
        subject=PLACE,
        indicator="绿地率",
        value=Decimal(40),
        value_text="40%",
        evidence=Span(0, 9),
        confidence=confidence,
    )


def site(confidence: float) -> HeldAt:
    event = Argument(label="FORUM", text="绿野低碳论坛", name="绿野低碳论坛")
    return HeldAt(event=event, place=PLACE, evidence=Span(0, 9), confidence=confidence)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [(figure(0.4999), False), (figure(0.5), True), (site(0.4999), True), (site(0.9), True)],
)
def test_only_figures_that_are_rather_wrong_than_right_are_left_out(
    fact: Fact, expected: bool
) -> None:
    assert is_kept(fact) is expected
