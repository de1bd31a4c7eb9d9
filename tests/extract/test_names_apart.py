"""Names of persons who share theirs with others."""

from __future__ import annotations

import pytest

from extract.names_apart import bare_name, mark_of, name_apart


@pytest.mark.parametrize(
    ("name", "bare", "mark"),
    [
        ("沈墨言（远帆大学）", "沈墨言", "远帆大学"),
        ("沈墨言", "沈墨言", None),
        (name_apart("沈墨言", "远帆大学（北京）"), "沈墨言", "远帆大学〔北京〕"),
    ],
)
def test_the_parts_of_a_name_apart(name: str, bare: str, mark: str | None) -> None:
    assert (bare_name(name), mark_of(name)) == (bare, mark)
