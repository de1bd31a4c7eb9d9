"""The overview of the ontology: which statement says something of which things, as a drawing.

Statements stand on the left, things on the right, and a line is a property that leads from one
to the other. The template draws what is laid out here, so that it takes the page's colours and
language. The tables below it say the same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.terms import TermView, Vocabulary

ROW = 36
BOX_WIDTH, BOX_HEIGHT = 190, 28
WIDTH = 720
_MARGIN = 8
# Where a line bends, as a share of the gap between the two columns.
_BEND = 0.5


@dataclass(frozen=True, slots=True)
class Box:
    """A class; ``x`` and ``y`` are its upper left corner, in the units of the drawing."""

    term: TermView
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Line:
    """The properties from one class to another, and the path of the line as SVG has it."""

    properties: Sequence[str]
    source: Box
    target: Box
    path: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes and lines with the size of the drawing."""

    width: int
    height: int
    boxes: Sequence[Box]
    lines: Sequence[Line]


def lay_out(vocabulary: Vocabulary) -> Diagram:
    """The overview of a vocabulary, of classes that some line leads from or to."""
    groups = {group.anchor: group.terms for group in vocabulary.groups}
    things = {term.local_name: term for term in groups["things"]}
    links: dict[tuple[str, str], list[str]] = {}
    for term in groups["statements"]:
        for constraint in term.shape.constraints if term.shape else ():
            for value in constraint.values:
                if value.anchor in things and len(constraint.path) == 1:
                    key = (term.local_name, value.anchor)
                    links.setdefault(key, []).append(constraint.path[0].text)
    sources = {source for source, _ in links}
    statements = [term for term in groups["statements"] if term.local_name in sources]
    # Each thing stands near the middle of the statements that lead to it.
    places = {term.local_name: row for row, term in enumerate(statements)}
    middles = {
        name: sum(rows) / len(rows)
        for name in things
        if (rows := [places[source] for source, target in links if target == name])
    }
    shown = sorted(middles, key=lambda name: (middles[name], name))
    height = 2 * _MARGIN + ROW * max(len(statements), len(shown))
    left = _column(statements, 0, height)
    right = _column([things[name] for name in shown], WIDTH - BOX_WIDTH, height)
    lines = [
        Line(names, left[source], right[target], _curve(left[source], right[target]))
        for (source, target), names in links.items()
    ]
    return Diagram(WIDTH, height, [*left.values(), *right.values()], lines)


def _column(terms: Sequence[TermView], x: int, height: int) -> dict[str, Box]:
    """Boxes below each other, spread over the height."""
    step = (height - 2 * _MARGIN) / max(len(terms), 1)
    return {
        term.local_name: Box(term, x, round(_MARGIN + step * (row + 0.5) - BOX_HEIGHT / 2))
        for row, term in enumerate(terms)
    }


def _curve(source: Box, target: Box) -> str:
    """From the right side of one box to the left side of another."""
    x1, y1 = source.x + BOX_WIDTH, source.y + BOX_HEIGHT // 2
    x2, y2 = target.x, target.y + BOX_HEIGHT // 2
    bend = round((x2 - x1) * _BEND)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
