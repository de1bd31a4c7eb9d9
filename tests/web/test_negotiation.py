from __future__ import annotations

import pytest

from web.negotiation import best_media_type, prefers_html

JSON, TURTLE, HTML = "application/json", "text/turtle", "text/html"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/turtle", TURTLE),
        ("TEXT/Turtle", TURTLE),
        ("text/turtle; charset=utf-8", TURTLE),
        ("text/*", TURTLE),
        ("text/*;q=0.5, application/json;q=0.4", TURTLE),
        ("text/turtle;q=0.5, */*;q=0.1", TURTLE),
        ("text/turtle;q=0.2, */*;q=0.9", JSON),
        ("application/json;q=0, */*", TURTLE),
        ("application/json;q=0.1, text/turtle;q=0.2, text/html;q=0.15", TURTLE),
        (BROWSER, HTML),
        ("image/png", None),
        ("*/*;q=0", None),
        ("text/turtle;q=0", None),
    ],
)
def test_the_most_specific_range_weighs_and_the_heaviest_offer_wins(
    accept: str | None, expected: str | None
) -> None:
    assert best_media_type(accept, [JSON, TURTLE, HTML]) == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [(BROWSER, True), ("text/html", True), ("*/*", False), (None, False), (TURTLE, False)],
)
def test_a_page_is_for_those_who_name_it(accept: str | None, expected: bool) -> None:
    assert prefers_html(accept, [TURTLE]) is expected
