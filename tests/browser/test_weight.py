"""Every page and all that it loads weigh less than 300 kB, but for the editor of queries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MOST_BYTES = 300_000
# Pages with the editor, whose script may weigh more.
EDITORS = ("sparql", "sparql-answer", "sparql-refusal")
MOST_BYTES_OF_EDITORS = 700_000


def weigh(open_page: Callable[..., Any], path: str) -> int:
    """Bytes of a page with its style sheets, scripts and data, before compression."""
    page = open_page("/static/icon.svg")
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(page.url.removesuffix("/static/icon.svg") + path)
    page.wait_for_load_state("networkidle")
    page.context.close()
    return sum(sizes)


def test_pages_are_light(open_page: Callable[..., Any], kinds: dict[str, str]) -> None:
    heavy = {}
    for name, path in kinds.items():
        weight = weigh(open_page, path)
        if weight > (MOST_BYTES_OF_EDITORS if name in EDITORS else MOST_BYTES):
            heavy[name] = weight
    assert heavy == {}
