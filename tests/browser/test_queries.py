"""What people do on the page for queries, in a real browser."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

OpenPage = Callable[..., Any]

# Ends after many minutes, if at all.
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HOSTS = "Which institutions host the most forums? (Look at it as a chart.)"
ATTENDS = "Who takes part in which forums? (Look at it as a graph.)"


def type_query(page: Any, text: str) -> None:
    """Replaces what is in the editor, as by keys."""
    page.locator(".yasqe .CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def test_a_query_is_run_stopped_and_exported(open_page: OpenPage) -> None:
    page = open_page("/sparql?lang=en")
    type_query(page, ENDLESS)
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").wait_for()
    assert not page.get_by_role("button", name="Stop").is_visible()
    type_query(page, "SELECT ?class (COUNT(*) AS ?n) WHERE { ?s a ?class } GROUP BY ?class")
    page.keyboard.press("Control+Enter")
    page.locator(".result tbody tr").first.wait_for()
    shown = page.locator(".result tbody tr").count()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "tanpu.csv"
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    assert rows[0] == ["class", "n"]
    assert len(rows) - 1 == shown > 10


def test_an_error_is_shown_at_its_place(open_page: OpenPage) -> None:
    page = open_page("/sparql?lang=en")
    type_query(page, "SELECT ?s WHERE {\n  ?s ?p ;;; }\n}")
    page.get_by_role("button", name="Run").click()
    alert = page.get_by_role("alert")
    alert.get_by_text("Line 2").wait_for()
    assert page.locator(".yasqe .is-refused").count() == 1
    assert page.locator(".yasqe .parseErrorIcon").get_attribute("title")


def test_a_worked_question_is_seen_as_a_chart_and_as_a_graph(open_page: OpenPage) -> None:
    page = open_page("/sparql?lang=en")
    page.get_by_role("link", name=HOSTS).click()
    page.get_by_role("tab", name="Chart").click()
    page.locator(".chart-box canvas").wait_for()
    page.get_by_role("link", name=ATTENDS).click()
    page.locator(".result tbody tr").first.wait_for()
    page.get_by_role("tab", name="Table").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.locator("svg.links line").first.wait_for()
    assert 2 <= page.locator("svg.links circle").count() <= 60


def test_words_are_completed_from_the_graph_and_prefixes_come_by_themselves(
    open_page: OpenPage,
) -> None:
    page = open_page("/sparql?lang=en")
    type_query(page, "SELECT * WHERE { ?s a ")
    page.keyboard.type("Foru", delay=30)
    hint = page.locator(".CodeMirror-hint").filter(has_text="tanpu:Forum ").first
    hint.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type(" ; tanpu:inSer", delay=30)
    page.locator(".CodeMirror-hint").filter(has_text="tanpu:inSeries ").first.wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type(" ?series }")
    page.locator(".cm-string-2, .cm-variable-3").first.wait_for()
    text = page.locator("textarea[name=query]").evaluate("area => area.value")
    assert "PREFIX tanpu: <https://w3id.org/tanpu/ontology#>" in text
    assert "?s a tanpu:Forum ; tanpu:inSeries ?series }" in text


def test_the_word_at_the_cursor_can_be_read_in_the_dark_scheme(open_page: OpenPage) -> None:
    page = open_page("/sparql", scheme="dark")
    type_query(page, "SELECT ?word WHERE { ?word a ?class }")
    page.keyboard.press("Home")
    word = page.locator(".cm-matchhighlight").first
    word.wait_for()
    tint = page.evaluate(
        """() => {
            const probe = document.body.appendChild(document.createElement("i"));
            probe.style.backgroundColor = "var(--accent-tint)";
            return getComputedStyle(probe).backgroundColor;
        }"""
    )
    assert word.evaluate("(mark) => getComputedStyle(mark).backgroundColor") == tint


def test_tab_leaves_the_editor(open_page: OpenPage) -> None:
    page = open_page("/sparql")
    page.locator(".yasqe .CodeMirror").click()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hasAttribute('data-run')")


def test_a_link_to_a_query_shows_its_answer_with_and_without_scripts(open_page: OpenPage) -> None:
    path = "/sparql?query=" + quote("SELECT ?s WHERE { ?s a ?c } LIMIT 3")
    for scripts in (True, False):
        page = open_page(path, scripts=scripts)
        assert page.locator(".result tbody tr").count() == 3
        assert page.get_by_role("tab").count() == (4 if scripts else 0)
        assert page.get_by_role("link", name="CSV").is_visible()
