"""The colours of ``tokens.css`` can be read in both schemes (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

Color = tuple[int, int, int]

TEXT, BORDER = 4.5, 3.0
CLASSES = ("person", "org", "forum", "regulation", "place", "post", "indicator", "date",
           "thing", "document")  # fmt: skip
PAIRS = [
    *((color, ground, TEXT) for color in ("ink", "quiet", "accent", "warning", "error")
      for ground in ("paper", "raised", "sunken")),
    *((color, "accent-tint", TEXT) for color in ("ink", "accent", "quiet")),
    # Words of a query, selected or at the cursor.
    *((color, "accent-tint", TEXT) for color in ("forum", "org", "place", "indicator")),
    ("warning", "warning-tint", TEXT), ("ink", "warning-tint", TEXT),
    ("error", "error-tint", TEXT), ("ink", "error-tint", TEXT), ("quiet", "error-tint", TEXT),
    ("on-accent", "accent", TEXT), ("ink", "target", TEXT), ("quiet", "target", TEXT),
    ("accent", "target", TEXT),
    *((name, ground, TEXT) for name in CLASSES for ground in (f"{name}-tint", "paper", "raised")),
    *((color, ground, BORDER) for color in ("line-strong", "focus", "accent")
      for ground in ("paper", "raised")),
]  # fmt: skip


@pytest.fixture(scope="module")
def tokens(root: Path) -> dict[str, tuple[Color, Color]]:
    """Colour by name, for the light and the dark scheme."""
    css = (root / "web" / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    found = re.findall(r"--([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);", css)
    assert len(found) > 30
    return {name: (read_color(light), read_color(dark)) for name, light, dark in found}


def read_color(digits: str) -> Color:
    red, green, blue = (int(digits[i : i + 2], 16) for i in (0, 2, 4))
    return red, green, blue


def luminance(color: Color) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definitions)."""
    parts = [c / 255 for c in color]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("color", "ground", "least"), PAIRS)
def test_colours_stand_out_from_their_grounds(
    tokens: dict[str, tuple[Color, Color]], color: str, ground: str, least: float, scheme: int
) -> None:
    assert contrast(tokens[color][scheme], tokens[ground][scheme]) >= least


def test_rules_have_no_colours_of_their_own(root: Path) -> None:
    for path in (root / "web" / "static" / "css").glob("*.css"):
        if path.name != "tokens.css":
            css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            assert re.findall(r":[^;{}]*#[0-9a-fA-F]{3,8}\b|\brgba?\(", css) == [], path.name


def test_rules_use_only_values_that_are_declared(root: Path) -> None:
    folder = root / "web" / "static" / "css"
    sheets = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.css")}
    declared = {name for css in sheets.values() for name in re.findall(r"(--[\w-]+):", css)}
    for name, css in sheets.items():
        required = set(re.findall(r"var\((--[\w-]+)\)", css))
        assert required - declared == set(), name
