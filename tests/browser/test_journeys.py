"""What people do on the pages, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from pypinyin import lazy_pinyin

from tests.browser.site import read_json

OpenPage = Callable[..., Any]


@pytest.fixture(scope="session")
def person(address: str) -> str:
    """The name of somebody in the samples, three characters long."""
    found = read_json(address, "/search", **{"class": "person"})["results"]
    return next(one["name"] for one in found if re.fullmatch(r"[\u4e00-\u9fff]{3}", one["name"]))


def box_of(page: Any) -> Any:
    return page.locator("form[role=search]").get_by_role("combobox")


def test_a_person_is_found_by_pinyin(open_page: OpenPage, person: str) -> None:
    page = open_page("/")
    box_of(page).press_sequentially("".join(lazy_pinyin(person)))
    option = page.get_by_role("option").filter(has_text=person)
    option.first.wait_for()
    option.first.click()
    page.wait_for_url("**/page/person/**")
    assert page.locator("h1").inner_text() == person


def test_a_search_needs_no_mouse(open_page: OpenPage, person: str) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#main"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "combobox"
    page.keyboard.type(person[:2])
    page.get_by_role("option").first.wait_for()
    assert box_of(page).get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    active = box_of(page).get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    page.keyboard.press("ArrowUp")
    assert box_of(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    assert box_of(page).get_attribute("aria-expanded") == "false"
    assert box_of(page).input_value() == person[:2]
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=**")
    assert page.locator(".hits a").filter(has_text=person).count() >= 1
    box_of(page).focus()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.hits') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/**")


def test_a_suggestion_is_opened_by_the_keyboard(open_page: OpenPage, person: str) -> None:
    page = open_page("/documents")
    box_of(page).focus()
    page.keyboard.type(person)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/person/**")
    assert page.locator("h1").inner_text() == person


def test_nothing_moves_when_suggestions_open(open_page: OpenPage, person: str) -> None:
    page = open_page("/")
    page.evaluate(
        """() => {
            window.shifts = [];
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries())
                    window.shifts.push(entry.sources.map((s) => s.node?.outerHTML ?? ""));
            }).observe({ type: "layout-shift" });
        }"""
    )
    before = page.locator("h2").first.bounding_box()
    box_of(page).press_sequentially(person[:1])
    page.get_by_role("option").first.wait_for()
    assert page.locator("h2").first.bounding_box() == before
    assert page.evaluate("window.shifts") == []


def test_the_number_of_suggestions_is_said(open_page: OpenPage, person: str) -> None:
    page = open_page("/?lang=en")
    box_of(page).press_sequentially(person)
    options = page.get_by_role("option")
    options.first.wait_for()
    said = page.locator("form[role=search] [role=status]").inner_text()
    assert said == f"Suggestions: {options.count()}"


def test_the_language_is_switched_and_stays(open_page: OpenPage) -> None:
    page = open_page("/documents")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text().startswith("Documents")
    page.locator("main a").first.click()
    page.wait_for_url("**/page/document/**")
    assert page.locator("html").get_attribute("lang") == "en"
    box_of(page).fill("zzzz")
    box_of(page).press("Enter")
    page.wait_for_url("**/search?**")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_the_browser_chooses_the_language(open_page: OpenPage) -> None:
    assert open_page("/", locale="en-GB").locator("html").get_attribute("lang") == "en"


def ground_of(page: Any) -> str:
    ground: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return ground


def test_the_scheme_follows_the_system_until_one_is_chosen(open_page: OpenPage) -> None:
    light, page = ground_of(open_page("/")), open_page("/", scheme="dark")
    dark = ground_of(page)
    assert light != dark
    page.get_by_role("button", name="改用浅色").click()
    assert ground_of(page) == light
    page.goto(page.url + "documents")
    assert ground_of(page) == light
    page.get_by_role("button", name="改用深色").click()
    assert ground_of(page) == dark


def test_without_scripts_a_search_works_and_offers_no_switch(
    open_page: OpenPage, person: str
) -> None:
    page = open_page("/", scripts=False)
    assert not page.locator("[data-theme-switch]").is_visible()
    page.locator("input[type=search]").fill(person)
    page.locator("form[role=search] button").click()
    page.wait_for_url("**/search?q=**")
    page.locator(".hits a").filter(has_text=person).first.click()
    assert page.locator("h1").inner_text() == person


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_is_wider_than_a_phone(
    open_page: OpenPage, kinds: dict[str, str], language: str
) -> None:
    for name, path in kinds.items():
        page = open_page(f"{path}{'&' if '?' in path else '?'}lang={language}", width=390)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, name
        page.context.close()


def test_pages_are_light(open_page: OpenPage, kinds: dict[str, str]) -> None:
    for name, path in kinds.items():
        page = open_page(path)
        page.wait_for_load_state("networkidle")
        sizes = page.evaluate(
            """() => [...performance.getEntriesByType("navigation"),
                      ...performance.getEntriesByType("resource")].map((e) => e.encodedBodySize)"""
        )
        assert 0 < sum(sizes) < 300_000, name
        page.context.close()
