"""Texts that repeat themselves are read in the end: no pattern tries all ways to divide them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]
TIMES = 60


@pytest.mark.parametrize(
    "unit",
    [
        "在3月4日在北京3月4日在",
        "3月4日起在全省在全市即将",
        "云岭储能项目3月4日现已现已于云岭于",
        "3月4日由云岭集团云岭集团",
    ],
)
def test_a_phrase_that_is_said_again_and_again_is_read(read: Read, unit: str) -> None:
    found = [e.text for e in read(unit * TIMES + "。").entities if e.label == "DATE"]
    # Where so long a sentence is cut for the tagger, a date may be cut as well.
    assert found.count("3月4日") > TIMES // 2
