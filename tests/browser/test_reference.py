"""The programming interface, tried on its page in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

OpenPage = Callable[..., Any]


def send(page: Any, anchor: str) -> Any:
    """Send an operation that is unfolded; its answer, once it has a status."""
    page.locator(f"#{anchor}").locator("button").click()
    answer = page.locator(f"#{anchor} .answer")
    answer.locator("[data-time]:not(:empty)").wait_for()
    return answer


def unfold(page: Any, anchor: str) -> None:
    page.locator(f"details:has(#{anchor}) > summary").click()


def test_an_operation_is_tried_by_the_keyboard(open_page: OpenPage) -> None:
    page = open_page("/api?lang=en")
    page.locator("details:has(#get-search-suggestions) > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("zzzz")
    page.keyboard.press("Enter")
    answer = page.locator("#get-search-suggestions .answer")
    answer.locator("[data-time]:not(:empty)").wait_for()
    assert answer.locator("[data-status]").inner_text() == "200 OK"
    shown = json.loads(answer.locator("pre").inner_text())
    assert shown == {"query": "zzzz", "suggestions": []}
    answer.locator("summary").click()
    assert "application/json" in answer.locator("dl").inner_text()
    assert page.url.endswith("/api?lang=en")


def test_an_operation_has_an_address_that_unfolds_it(open_page: OpenPage) -> None:
    page = open_page("/api#get-healthz")
    assert page.locator("#get-healthz").is_visible()
    assert not page.locator("#get-readyz").is_visible()
    unfold(page, "get-readyz")
    page.locator("#get-readyz a[href='#schema-Readiness']").first.click()
    assert page.locator("#schema-Readiness").is_visible()


def test_the_address_unfolds_without_scripts_too(open_page: OpenPage) -> None:
    page = open_page("/api#get-search", scripts=False)
    assert page.locator("#get-search").is_visible()
    assert page.locator("#delete-graph-name button").count() == 1
    assert page.locator("#delete-graph-name fieldset[disabled]").count() == 1
    page.locator("#get-search button").click()
    page.wait_for_url("**/search?**")
    assert page.locator(".hits").count() == 1


def test_values_of_a_path_take_their_place_and_redirections_are_told(open_page: OpenPage) -> None:
    page = open_page("/api#get-id-segment-name")
    answer = send(page, "get-id-segment-name")
    line = answer.locator("[data-address]").inner_text()
    asked, _, found = line.partition(" → ")
    assert asked.startswith("/id/org/")
    assert found.startswith("/data/org/")
    assert answer.locator("[data-status]").inner_text().startswith("200")


def test_without_a_right_token_the_refusal_is_shown(open_page: OpenPage) -> None:
    page = open_page("/api")
    unfold(page, "delete-documents-name")
    unfold(page, "delete-graph-name")
    page.locator("#delete-documents-name [data-token]").fill("not-a-secret")
    assert page.locator("#delete-graph-name [data-token]").input_value() == "not-a-secret"
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]
    answer = send(page, "delete-documents-name")
    assert answer.locator("[data-status]").inner_text().startswith("401")
    assert json.loads(answer.locator("pre").inner_text())["status"] == 401
    page.reload()
    assert page.locator("#delete-documents-name [data-token]").input_value() == ""


def test_what_is_sent_has_the_format_that_was_chosen(open_page: OpenPage) -> None:
    page = open_page("/api#post-sparql")
    operation = page.locator("#post-sparql")
    operation.locator("[data-type]").select_option("application/x-www-form-urlencoded")
    assert operation.locator("[data-body]").input_value().startswith("query=SELECT%20")
    operation.locator("[data-body]").fill("query=ASK%20%7B%7D")
    answer = send(page, "post-sparql")
    assert json.loads(answer.locator("pre").inner_text())["boolean"] is True
    operation.locator("[data-type]").select_option("application/sparql-query")
    operation.locator("[data-body]").fill("ASK {")
    answer = send(page, "post-sparql")
    assert answer.locator("[data-status]").inner_text().startswith("400")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_wider_than_a_phone(open_page: OpenPage, language: str) -> None:
    page = open_page(f"/api?lang={language}", width=390)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    send(page, "get-openapi-json")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
