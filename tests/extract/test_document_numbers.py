"""Numbers that authorities give their documents."""

from __future__ import annotations

import pytest

from extract.document_numbers import document_number, numbered


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("见越政发〔2024〕6号", ["见越政发〔2024〕6号"]),
        ("（越发改〔2024〕16号）", ["越发改〔2024〕16号"]),
        ("越环[2024]第7号", ["越环[2024]第7号"]),
        ("2024年第7号", []),
    ],
)
def test_document_numbers_are_spans_of_their_own(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in numbered(text)] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("某政办发〔2031〕7号", "某政办发〔2031〕7号"),
        ("某政办发[2031]第7号", "某政办发〔2031〕7号"),
        ("某政办发（2031）7号", "某政办发〔2031〕7号"),
        ("某政办发【2031】7号", "某政办发〔2031〕7号"),
        ("某政办发〔2031〕7号文件", None),
        ("条例", None),
    ],
)
def test_document_number_has_one_typography(name: str, expected: str | None) -> None:
    assert document_number(name) == expected
