"""axe finds nothing on any kind of page (WCAG 2.2 AA and best practices)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
    const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
    return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`);
}"""


@pytest.fixture(scope="module")
def axe(root: Path) -> str:
    path = root / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        pytest.skip(f"needs {path}, which `make install` puts there")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "scheme"), [("zh", "light"), ("en", "light"), ("zh", "dark")])
def test_axe_finds_nothing(
    open_page: Callable[..., Any], kinds: dict[str, str], axe: str, language: str, scheme: str
) -> None:
    found = {}
    for name, path in kinds.items():
        joint = "&" if "?" in path else "?"
        page = open_page(f"{path}{joint}lang={language}", scheme=scheme)
        page.evaluate(axe)
        found[name] = page.evaluate(RUN, RULES)
        page.context.close()
    assert {name: violations for name, violations in found.items() if violations} == {}


def test_axe_finds_nothing_while_suggestions_are_open(
    open_page: Callable[..., Any], axe: str
) -> None:
    page = open_page("/")
    page.get_by_role("combobox").press_sequentially("shi")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.evaluate(axe)
    assert page.evaluate(RUN, RULES) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_operations_that_are_unfolded(
    open_page: Callable[..., Any], axe: str, scheme: str
) -> None:
    page = open_page("/api", scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.locator("#get-search button").click()
    page.get_by_role("status").filter(has_text="200").wait_for()
    page.evaluate("document.querySelectorAll('.answer details').forEach((d) => { d.open = true; })")
    page.evaluate(axe)
    assert page.evaluate(RUN, RULES) == []


def test_axe_would_find_something(open_page: Callable[..., Any], axe: str) -> None:
    page = open_page("/")
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=\"/static/icon.svg\">'")
    page.evaluate(axe)
    assert any(v.startswith("image-alt:") for v in page.evaluate(RUN, RULES))
