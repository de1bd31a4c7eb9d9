"""A real browser on the service over the samples; each test has a page that watches itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.site import CHROMIUM, page_kinds, serve_samples

playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright for Python")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"needs Debian's Chromium at {CHROMIUM}")
    with playwright_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address(browser: Any, root: Path) -> Iterator[str]:
    if not (root / "web" / "static" / "build" / "site.js").exists():
        pytest.skip("needs the scripts of the pages, which `make install` builds")
    with serve_samples() as served:
        yield served


@pytest.fixture(scope="session")
def kinds(address: str) -> dict[str, str]:
    return page_kinds(address)


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open a path in a fresh context; at the end nothing may have been wrong or left the site."""
    contexts: list[Any] = []
    troubles: list[str] = []

    def note_console(message: Any) -> None:
        # Pages that are not there and requests that are refused are what some tests ask for.
        expected = any(f"status of {status}" in message.text for status in (400, 401, 404, 422))
        if message.type in ("error", "warning") and not expected:
            troubles.append(message.text)

    def note_request(request: Any) -> None:
        if not request.url.startswith((address + "/", "data:")):
            troubles.append(f"off site: {request.url}")

    def open_(
        path: str,
        *,
        width: int = 1280,
        scheme: str = "light",
        locale: str = "zh-CN",
        scripts: bool = True,
    ) -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            locale=locale,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", note_console)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", note_request)
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []
