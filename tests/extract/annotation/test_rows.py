"""Rows of the exchange format, checked and read."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from extract.annotation.errors import MalformedAnnotationError
from extract.annotation.rows import AnnotatedDocument, Row, read_annotated
from extract.document import SourceDocument
from extract.readers import DocumentDefaults, InputRefusal, ReadLimits
from tests.extract.annotation.conftest import TEXT, example_row, read_row, rows


def read(*paths: str, stdin: bytes = b"") -> list[Any]:
    found = read_annotated(
        paths,
        limits=ReadLimits(),
        defaults=DocumentDefaults(source="某报"),
        stdin=io.BytesIO(stdin),
    )
    return list(found)


def test_row_comes_back() -> None:
    assert read_row(example_row()).to_json() == example_row()


@given(rows())
def test_every_row_comes_back(row: Row) -> None:
    assert read_row(row).to_json() == row


def test_entities_and_facts_are_put_in_the_order_of_the_text() -> None:
    row = example_row()
    row["entities"].reverse()
    row["facts"].reverse()
    assert read_row(row).to_json() == example_row()


def test_what_a_row_leaves_out_has_its_default() -> None:
    row = example_row()
    del row["facts"][0]["status"], row["facts"][0]["confidence"], row["entities"][0]["name"]
    document = read_row(row)
    assert document.facts[0].values == {"status": "current"}
    assert document.facts[0].confidence == 1.0
    assert document.entities[0].name == "甲市"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"entities": None}, "rows.jsonl:1: expected a list 'entities', got None"),
        ({"facts": {}}, "rows.jsonl:1: expected a list 'facts', got {}"),
        ({"entities": ["甲"]}, "rows.jsonl:1: entities[0]: expected an object, got '甲'"),
        ({"facts": ["甲"]}, "rows.jsonl:1: facts[0]: expected an object, got '甲'"),
        ({"facts": [{"type": "knows"}]}, "rows.jsonl:1: facts[0]: expected 'type' to be one of holds_post, takes_part,"),
    ],
)  # fmt: skip
def test_row_of_another_form_is_refused(change: Row, message: str) -> None:
    with pytest.raises(MalformedAnnotationError) as error:
        read_row({**example_row(), **change})
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "entities[0]: expected one of the keys start, end, label, text, name, confidence, got 'colour'"),
        ({"label": "RIVER"}, "expected 'label' to be one of PERSON, POST, ORG, FORUM, REGULATION, PLACE, DATE, got 'RIVER'"),
        ({"start": "0"}, "expected an integer 'start', got '0'"),
        ({"start": True}, "expected an integer 'start', got True"),
        ({"end": 0}, f"expected 0 <= start < end <= {len(TEXT)}, got (0, 0)"),
        ({"end": 999}, f"expected 0 <= start < end <= {len(TEXT)}, got (0, 999)"),
        ({"text": "乙市"}, "expected '甲市', the text at its offsets, got '乙市'"),
        ({"name": 7}, "expected a string 'name', got 7"),
        ({"confidence": 1.5}, "expected a confidence from 0 to 1, got 1.5"),
        ({"confidence": float("nan")}, "expected a number 'confidence', got nan"),
    ],
)  # fmt: skip
def test_entity_of_another_form_is_refused(change: Row, message: str) -> None:
    row = example_row()
    row["entities"][0].update(change)
    with pytest.raises(MalformedAnnotationError) as error:
        read_row(row)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("fact", "change", "message"),
    [
        (0, {"person": None}, "facts[0]: expected a string or a list of strings 'person', got None"),
        (0, {"person": []}, "expected a string or a list of strings 'person', got []"),
        (0, {"org": ["甲市", 7]}, "expected a string or a list of strings 'org', got ['甲市', 7]"),
        (0, {"status": "future"}, "expected 'status' to be one of current, former, got 'future'"),
        (0, {"mode": "video"}, "expected one of the keys type, person, post, org, status, start, end, confidence, got 'mode'"),
        (2, {"value": "12"}, "facts[2]: expected a number 'value', got '12'"),
        (2, {"value": float("inf")}, "expected a number 'value', got inf"),
        (2, {"unit": 3}, "expected a string 'unit', got 3"),
        (2, {"qualifier": ["over", "much"]}, "expected 'qualifier' to be of exact, over,"),
    ],
)  # fmt: skip
def test_fact_of_another_form_is_refused(fact: int, change: Row, message: str) -> None:
    row = example_row()
    row["facts"][fact].update(change)
    with pytest.raises(MalformedAnnotationError) as error:
        read_row(row)
    assert message in str(error.value)


def test_lines_with_annotations_are_told_from_texts(tmp_path: Path) -> None:
    plain = {"id": "b", "text": "乙市开会。"}
    lines = [example_row(), plain, {**example_row(), "id": "c", "facts": 3}]
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + "\n".join(map(json.dumps, lines)).encode())
    (tmp_path / "d.txt").write_text("丁市开会。", encoding="utf-8")
    annotated, text, refusal, file = read(str(path), str(tmp_path / "d.txt"))
    assert isinstance(annotated, AnnotatedDocument)
    assert annotated.to_json() == {**example_row(), "source": "某报"}
    assert isinstance(text, SourceDocument)
    assert isinstance(refusal, InputRefusal)
    assert str(refusal.error) == f"{path}:3: expected a list 'facts', got 3"
    assert isinstance(file, SourceDocument)
    assert file.id == "d"


def test_standard_input_is_read_as_files_are() -> None:
    lines = b"\n".join(json.dumps({**example_row(), "id": id_}).encode() for id_ in "ab")
    assert [found.source.id for found in read("-", stdin=lines)] == ["a", "b"]
    assert [found.text for found in read("-", stdin="甲市：开会。".encode())] == ["甲市：开会。"]
