"""The attributes that components hand on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.tokens import Doc

from extract.extensions import register_extensions


def test_registering_again_keeps_what_is_set(make_doc: Callable[[str], Doc]) -> None:
    register_extensions()
    doc = make_doc("越州/LOC")
    doc._.published = "2024-05-09"
    register_extensions()
    assert doc._.published == "2024-05-09"


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("candidates", ()),
        ("dates", ()),
        ("entities", ()),
        ("facts", ()),
        ("published", None),
        ("references", None),
        ("source", None),
    ],
)
def test_a_new_doc_starts_empty(make_doc: Callable[[str], Doc], name: str, default: object) -> None:
    register_extensions()
    assert make_doc("越州/LOC")._.get(name) == default
