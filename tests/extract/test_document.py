"""The unit of input."""

from __future__ import annotations

import dataclasses

import pytest

from extract.document import SourceDocument


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ],
)
def test_hash_is_sha_256_of_the_text(text: str, expected: str) -> None:
    """Values of FIPS 180-4's examples."""
    assert SourceDocument(id="a", text=text).text_hash() == expected


def test_hash_depends_on_the_text_alone_and_on_every_character_of_it() -> None:
    one = SourceDocument(id="a", text="绍兴\n开会", published="2024-05-09")
    assert one.text_hash() == SourceDocument(id="b", text="绍兴\n开会").text_hash()
    assert one.text_hash() != SourceDocument(id="a", text="绍兴\r\n开会").text_hash()


def test_a_document_cannot_be_changed() -> None:
    document = SourceDocument(id="a", text="绍兴")
    with pytest.raises(dataclasses.FrozenInstanceError):
        document.text = "嘉兴"  # type: ignore[misc]


def test_what_is_not_known_is_none() -> None:
    document = SourceDocument(id="a", text="绍兴")
    assert (document.title, document.published, document.source) == (None, None, None)
    assert (document.url, document.retrieved, document.origin) == (None, None, "-")
