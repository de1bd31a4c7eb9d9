"""The drawing of the ontology: what is joined, and that nothing lies upon anything else."""

from __future__ import annotations

from itertools import combinations

from web.diagram import BOX_HEIGHT, BOX_WIDTH, Box, lay_out
from web.terms import read_vocabulary

DIAGRAM = lay_out(read_vocabulary())


def overlap(one: Box, other: Box) -> bool:
    return abs(one.x - other.x) < BOX_WIDTH and abs(one.y - other.y) < BOX_HEIGHT


def test_a_line_is_what_a_shape_says() -> None:
    lines = {
        (line.source.term.local_name, line.target.term.local_name): list(line.properties)
        for line in DIAGRAM.lines
    }
    assert lines["Membership", "Person"] == ["org:member"]
    assert lines["Subevent", "Forum"] == ["event", "wholeEvent"]
    assert ("Theming", "Place") not in lines


def test_boxes_lie_inside_and_apart() -> None:
    for box in DIAGRAM.boxes:
        assert 0 <= box.x <= DIAGRAM.width - BOX_WIDTH
        assert 0 <= box.y <= DIAGRAM.height - BOX_HEIGHT
    assert [pair for pair in combinations(DIAGRAM.boxes, 2) if overlap(*pair)] == []


def test_a_line_goes_from_side_to_side() -> None:
    for line in DIAGRAM.lines:
        x1, y1 = line.source.x + BOX_WIDTH, line.source.y + BOX_HEIGHT // 2
        x2, y2 = line.target.x, line.target.y + BOX_HEIGHT // 2
        assert line.path.startswith(f"M{x1} {y1}C")
        assert line.path.endswith(f" {x2} {y2}")
