"""Reading a document and trying an article, in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

OpenPage = Callable[..., Any]
# Loading the models takes a while on a busy machine.
PATIENCE = 120_000
ARTICLE = (
    "2031云梦零碳峰会5月6日在北湾会展中心举行。峰会由北湾市能源局主办。"
    "北湾市市长韦一诺出席峰会并致辞。<script>document.title='taken'</script>\u202e"
)


def try_article(page: Any, text: str) -> None:
    page.locator("#try-text").fill(text)
    page.locator("#try button.primary").click()
    page.locator("#result .reader").wait_for(timeout=PATIENCE)


def test_an_article_is_tried_without_a_reload(open_page: OpenPage) -> None:
    page = open_page("/try?lang=zh")
    page.evaluate("window.stayed = true")
    try_article(page, ARTICLE)
    assert page.evaluate("window.stayed")
    assert page.evaluate("document.activeElement.id") == "result"
    assert page.title().startswith("试一试")
    marks = page.locator("#result mark.c-person")
    assert "韦一诺" in marks.all_inner_texts()
    assert page.locator("#result tbody tr").count() >= 2
    with page.expect_download(timeout=PATIENCE) as download:
        page.locator("button[value=jsonl]").click()
    assert download.value.suggested_filename == "article.jsonl"
    row = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert row["text"] == ARTICLE
    assert len(row["facts"]) == page.locator("#result tbody tr").count()


def test_a_file_is_tried_and_its_text_stands_in_the_form(open_page: OpenPage) -> None:
    page = open_page("/try?lang=en")
    page.locator("#try-file").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": "北湾市市长韦一诺出席。".encode()}
    )
    page.locator("#try button.primary").click()
    page.locator("#result .reader").wait_for(timeout=PATIENCE)
    assert page.locator("#try-text").input_value() == "北湾市市长韦一诺出席。"
    assert page.locator("#try-file").input_value() == ""
    assert page.locator("#result h3").first.inner_text().startswith("Posts held")


def test_what_cannot_be_read_is_said_in_the_page(open_page: OpenPage) -> None:
    page = open_page("/try?lang=en")
    page.locator("#try-text").fill("   ")
    page.locator("#try button.primary").click()
    page.locator("#result [role=alert]").wait_for()
    assert "expected an article" in page.locator("#result").inner_text()


def test_an_article_is_tried_without_scripts_and_keeps_the_language(open_page: OpenPage) -> None:
    page = open_page("/try?lang=en", scripts=False)
    try_article(page, ARTICLE)
    assert "lang=en" in page.url
    assert page.locator("html").get_attribute("lang") == "en"
    assert "韦一诺" in page.locator("#result mark.c-person").all_inner_texts()
    assert page.locator("#try-text").input_value() == ARTICLE


def test_an_article_is_tried_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/try?lang=zh", width=390)
    try_article(page, ARTICLE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_mention_in_focus_shows_its_facts(open_page: OpenPage, kinds: dict[str, str]) -> None:
    page = open_page(kinds["document"])
    card = page.locator(".fact-card")
    assert not card.is_visible()
    span = page.evaluate(
        """() => [...document.querySelectorAll("[data-mentions]")]
            .flatMap((fact) => fact.dataset.mentions.split(" "))
            .find((span) => document.getElementById(`mention=${span}`)?.querySelector("a"))"""
    )
    mention = page.locator(f'[id="mention={span}"] a')
    mention.focus()
    card.wait_for()
    facts = page.locator(f'[data-mentions~="{span}"] .said-so').all_inner_texts()
    assert facts[0] in card.inner_text()
    assert mention.get_attribute("aria-describedby") == "fact-card"
    page.keyboard.press("Escape")
    assert not card.is_visible()
    page.locator(f'[id="mention={span}"]').hover()
    card.wait_for()


def test_a_fact_leads_to_its_sentence_which_is_lit_up(
    open_page: OpenPage, kinds: dict[str, str]
) -> None:
    page = open_page(kinds["document"], scripts=False)
    fact = page.locator(".fact a[href^='#char=']").first
    anchor = str(fact.get_attribute("href")).removeprefix("#")
    fact.click()
    sentence = page.locator(f'[id="{anchor}"]')
    assert sentence.is_visible()
    lit = sentence.evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert lit not in ("rgba(0, 0, 0, 0)", "transparent")


def test_on_wide_paper_sources_stand_below_their_lines(
    open_page: OpenPage, kinds: dict[str, str]
) -> None:
    page = open_page(kinds["person"])
    page.emulate_media(media="print")
    pairs = page.evaluate(
        """() => [...document.querySelectorAll(".lines > li")].map((line) => [
            line.querySelector(".said-line").getBoundingClientRect().bottom,
            line.querySelector(".sources").getBoundingClientRect().top,
        ])"""
    )
    assert pairs
    assert all(top >= bottom for bottom, top in pairs)
