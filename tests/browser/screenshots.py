"""Pictures of every kind of page for review: both languages, light and dark, wide and narrow.

Run by ``make screenshots`` as ``python -m tests.browser.screenshots FOLDER``; names of kinds after
the folder leave out the others.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.site import CHROMIUM, page_kinds, serve_samples

WIDTHS = {"wide": 1280, "narrow": 390}


def main(folder: Path, only: list[str]) -> None:
    """Writes ``{kind}-{language}-{scheme}-{width}.png`` for every combination into ``folder``.

    Args:
        folder: where the pictures go; it is made.
        only: the kinds to look at, all when it is empty.

    Raises:
        ValueError: a name in ``only`` is no kind of page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with serve_samples() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        kinds = page_kinds(address)
        if unknown := sorted(set(only) - kinds.keys()):
            raise ValueError(f"expected kinds among {sorted(kinds)}, got {unknown}")
        chosen = {name: path for name, path in kinds.items() if not only or name in only}
        for scheme, (width_name, width) in product(("light", "dark"), WIDTHS.items()):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            for (name, path), language in product(chosen.items(), ("zh", "en")):
                page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
                page.wait_for_load_state("networkidle")
                file = folder / f"{name}-{language}-{scheme}-{width_name}.png"
                page.screenshot(path=file, full_page=True)
            page.close()
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
