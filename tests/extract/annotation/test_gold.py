"""Gold files: YAML that reads as it was meant, entities only where strings say them all."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from extract.annotation.errors import AmbiguousGoldError
from extract.annotation.gold import (
    document_to_gold,
    entities_to_strings,
    mark_strings,
    text_to_yaml,
)
from extract.annotation.rows import AnnotatedDocument
from extract.annotation.schema import fact_form, field_keys
from extract.facts import Entity, Span
from tests.extract.annotation.conftest import STRINGS, TEXT, example_row, fact_rows, read_row


def entities(text: str, *found: tuple[int, int, str]) -> list[Entity]:
    return [
        Entity(span=Span(start, end), label=label, text=text[start:end], name="")  # type: ignore[arg-type]
        for start, end, label in found
    ]


def unambiguous() -> AnnotatedDocument:
    """The example with every 甲市 marked."""
    row = example_row()
    row["entities"].insert(
        1, {"start": 6, "end": 8, "label": "PLACE", "text": "甲市", "name": "甲市"}
    )
    return read_row(row)


def test_document_is_written_in_the_form_of_the_guidelines() -> None:
    found = yaml.safe_load(document_to_gold(unambiguous()))
    assert found == {
        "id": "jia-1",
        "title": "甲市新闻",
        "published": "2024-05-09",
        "text": TEXT,
        "entities": {
            "PERSON": ["林远"],
            "POST": ["副市长"],
            "FORUM": ["首届海湾绿电\n论坛"],
            "PLACE": ["甲市"],
        },
        "facts": [
            {
                "type": "holds_post",
                "person": "林远",
                "post": "副市长",
                "org": ["甲市", "甲市人民政府"],
                "status": "former",
            },
            {
                "type": "takes_part",
                "person": "林远",
                "event": ["首届海湾绿电论坛", "首届海湾绿电\n论坛", "论坛"],
                "role": "addresses",
                "mode": "video",
            },
            {
                "type": "measures",
                "subject": ["乙省", "全省"],
                "indicator": "示范点",
                "value": 12,
                "value_text": "12个",
                "unit": "个",
                "qualifier": ["over", "cumulative"],
            },
        ],
    }


def test_document_without_annotations_is_written() -> None:
    row = {"id": "a", "text": "无事。", "entities": [], "facts": []}
    assert yaml.safe_load(document_to_gold(read_row(row))) == {**row, "entities": {}}


@given(st.data())
def test_facts_of_every_type_are_read_back_without_their_offsets(data: st.DataObject) -> None:
    fact: dict[str, Any] = data.draw(fact_rows("甲市开会。", ["甲市"]))
    row = {"id": "a", "text": "甲市开会。", "entities": [], "facts": [fact]}
    (found,) = yaml.safe_load(document_to_gold(read_row(row)))["facts"]
    spans = {key for field in fact_form(fact["type"]).of_kind("span") for key in field_keys(field)}
    left_out = {"start", "end", "confidence", *spans}
    assert found == {key: value for key, value in fact.items() if key not in left_out}


@given(STRINGS)
def test_every_text_is_read_back(text: str) -> None:
    written = f"id: a\ntext: {text_to_yaml(text)}\nentities: {{}}\n"
    assert yaml.safe_load(written) == {"id": "a", "text": text, "entities": {}}


@pytest.mark.parametrize(
    "text",
    ["甲\n乙", "甲\n", "甲\n\n\n", "\n\n甲", "  甲\n 乙", "甲\n   \n", "# 甲: 乙\n---\n...\n- 丙"],
)
def test_plain_text_is_a_block_of_lines(text: str) -> None:
    written = text_to_yaml(text)
    assert written.startswith("|2")
    assert yaml.safe_load(f"text: {written}\nid: a\n") == {"text": text, "id": "a"}


# --- entities ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found", "strings"),
    [
        ("甲市、乙市", [(0, 2, "PLACE"), (3, 5, "PLACE")], {"PLACE": ["甲市", "乙市"]}),
        ("甲市到甲市", [(0, 2, "PLACE"), (3, 5, "PLACE")], {"PLACE": ["甲市"]}),
        ("甲市林业局在甲市", [(0, 5, "ORG"), (6, 8, "PLACE")], {"ORG": ["甲市林业局"], "PLACE": ["甲市"]}),
        ("无事", [], {}),
    ],
)  # fmt: skip
def test_entities_that_strings_say_are_written(
    text: str, found: list[tuple[int, int, str]], strings: dict[str, list[str]]
) -> None:
    assert entities_to_strings(entities(text, *found), text, "a.ann") == strings


@pytest.mark.parametrize(
    ("text", "found", "message"),
    [
        ("甲市到甲市", [(0, 2, "PLACE")], "a.ann: character 3: expected each string to have one label wherever it stands outside a longer one, since gold files name no offsets, got '甲市' that is PLACE elsewhere and not here"),
        ("甲市到甲市", [(0, 2, "PLACE"), (3, 5, "ORG")], "a.ann: character 0: "),
        ("甲市林业局", [(0, 2, "PLACE"), (0, 5, "ORG")], "a.ann: character 0: expected each string to have one label wherever it stands outside a longer one, since gold files name no offsets, got '甲市' that is PLACE here and not elsewhere"),
        ("甲市长", [(0, 2, "PLACE"), (1, 3, "POST")], "a.ann: character "),
    ],
)  # fmt: skip
def test_entities_that_strings_cannot_say_are_refused(
    text: str, found: list[tuple[int, int, str]], message: str
) -> None:
    with pytest.raises(AmbiguousGoldError) as error:
        entities_to_strings(entities(text, *found), text, "a.ann")
    assert str(error.value).startswith(message)


def test_example_with_a_name_that_is_not_marked_everywhere_is_refused(
    example: AnnotatedDocument,
) -> None:
    with pytest.raises(AmbiguousGoldError, match="'甲市' that is PLACE elsewhere and not here"):
        document_to_gold(example)


def test_longest_string_is_marked_first() -> None:
    found = mark_strings({"PLACE": ["甲市"], "ORG": ["甲市林业局"]}, "甲市甲市林业局")
    assert sorted(found) == [(Span(0, 2), "PLACE"), (Span(2, 7), "ORG")]
