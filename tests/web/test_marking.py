from __future__ import annotations

import pytest

from web.marking import Mark, cut_into_runs


@pytest.mark.parametrize(
    ("text", "offset", "marks", "expected"),
    [
        ("", 0, [], []),
        ("甲乙丙", 0, [], [("甲乙丙", None)]),
        ("甲乙丙", 0, [(0, 1)], [("甲", (0, 1)), ("乙丙", None)]),
        ("甲乙丙", 0, [(2, 3), (0, 2)], [("甲乙", (0, 2)), ("丙", (2, 3))]),
        ("甲乙丙", 0, [(0, 2), (1, 3)], [("甲乙", (0, 2)), ("丙", None)]),
        ("甲乙丙", 0, [(1, 2), (0, 3)], [("甲乙丙", (0, 3))]),
        ("甲乙丙", 0, [(1, 9), (3, 3)], [("甲乙丙", None)]),
        ("乙丙", 1, [(0, 2), (2, 3)], [("乙", None), ("丙", (2, 3))]),
        ("𠮷甲", 0, [(1, 2)], [("𠮷", None), ("甲", (1, 2))]),
    ],
)
def test_marks_cut_a_text_by_code_points_and_never_overlap(
    text: str,
    offset: int,
    marks: list[tuple[int, int]],
    expected: list[tuple[str, tuple[int, int] | None]],
) -> None:
    runs = cut_into_runs(text, [Mark(s, e, None) for s, e in marks], offset=offset)
    found = [(r.text, (r.mark.start, r.mark.end) if r.mark else None) for r in runs]
    assert found == expected
    assert "".join(run.text for run in runs) == text
