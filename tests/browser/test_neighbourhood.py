"""The drawing of a neighbourhood: no name lies over another, nothing outside the drawing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

OpenPage = Callable[..., Any]

LABELS = """() => [...document.querySelectorAll(".network text")].map((text) => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    return { words: text.textContent, left, right, top, bottom };
})"""
INSIDE = """() => {
    const room = document.querySelector(".network svg").getBoundingClientRect();
    return [...document.querySelectorAll(".network text, .network circle")].filter((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        return left < room.left || right > room.right || top < room.top || bottom > room.bottom;
    }).length;
}"""


def overlapping(labels: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Pairs of names of which one lies over the other."""
    return [
        (one["words"], other["words"])
        for index, one in enumerate(labels)
        for other in labels[index + 1 :]
        if min(one["right"], other["right"]) > max(one["left"], other["left"])
        and min(one["bottom"], other["bottom"]) > max(one["top"], other["top"])
    ]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("segment", ["org", "forum", "place", "person"])
def test_no_name_lies_over_another(
    open_page: OpenPage, kinds: dict[str, str], segment: str, width: int
) -> None:
    page = open_page(kinds[segment].replace("/page/", "/neighbourhood/", 1), width=width)
    page.locator(".network text").first.wait_for()
    labels = page.evaluate(LABELS)
    assert len(labels) > 3
    assert overlapping(labels) == []
    assert page.evaluate(INSIDE) == 0


@pytest.mark.parametrize("width", [390, 1280])
def test_nor_after_a_neighbour_has_been_unfolded(
    open_page: OpenPage, kinds: dict[str, str], width: int
) -> None:
    page = open_page(kinds["org"].replace("/page/", "/neighbourhood/", 1), width=width)
    page.locator(".network text").first.wait_for()
    before = page.locator(".network text").count()
    for index in (3, 9, 15):
        page.locator(".network a:not(.centre)").nth(index).dispatch_event("click")
        page.locator("[data-network-status]:not(:empty)").wait_for()
    page.wait_for_function(f"document.querySelectorAll('.network text').length > {before}")
    assert overlapping(page.evaluate(LABELS)) == []
    assert page.evaluate(INSIDE) == 0


def test_names_that_lie_over_each_other_would_be_found() -> None:
    one = {"words": "甲", "left": 0, "right": 10, "top": 0, "bottom": 10}
    assert overlapping([one, {**one, "words": "乙", "left": 9, "right": 19}]) == [("甲", "乙")]
    assert overlapping([one, {**one, "words": "乙", "left": 10, "right": 20}]) == []
