"""Between annotated documents and standoff: round trips, corrections, refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from extract.annotation.errors import AnnotationError, UnexportableSpanError
from extract.annotation.mapping import annotations_to_document, document_to_annotations
from extract.annotation.rows import AnnotatedDocument, Row
from extract.annotation.standoff import format_annotations, parse_annotations
from tests.extract.annotation.conftest import TEXT, example_row, read_row, row_to_source, rows


def export(document: AnnotatedDocument) -> str:
    return format_annotations(document_to_annotations(document), document.source.text)


def correct(content: str) -> Row:
    """The row that comes from the example's text and a file of annotations."""
    annotations = parse_annotations(content, TEXT, "a.ann")
    source = row_to_source(example_row())
    return annotations_to_document(annotations, source, "a.ann").to_json()


def lines(document: AnnotatedDocument) -> list[str]:
    return export(document).splitlines()


# --- round trips -------------------------------------------------------------------------


@given(rows())
def test_every_row_comes_back_from_standoff(row: Row) -> None:
    document = read_row(row)
    annotations = parse_annotations(export(document), row["text"], "a.ann")
    assert annotations_to_document(annotations, document.source, "a.ann").to_json() == row


def test_example_comes_back(example: AnnotatedDocument) -> None:
    assert correct(export(example)) == example_row()


def test_confidence_is_shown_and_comes_back_as_one() -> None:
    row = example_row()
    for part in (*row["entities"], *row["facts"]):
        part["confidence"] = 0.625
    content = export(read_row(row))
    assert content.count("confidence=0.625") == len(row["entities"]) + len(row["facts"])
    assert correct(content) == example_row()


# --- what is written ---------------------------------------------------------------------


def test_entities_are_spans_of_their_label(example: AnnotatedDocument) -> None:
    start = TEXT.index("首届")
    assert lines(example)[0] == "T1\tPLACE 0 2\t甲市"
    assert (
        lines(example)[3]
        == f"T4\tFORUM {start} {start + 6};{start + 7} {start + 9}\t首届海湾绿电 论坛"
    )
    assert "#4\tAnnotatorNotes T4\tname=首届海湾绿电论坛 | alias=论坛 | confidence=1" in lines(
        example
    )


def test_facts_are_events_with_arcs_and_attributes(example: AnnotatedDocument) -> None:
    assert "E1\tholds_post:T5 person:T3 post:T2 org:T1" in lines(example)
    assert "A1\tholds_post_status E1 former" in lines(example)
    assert "E2\ttakes_part:T6 person:T3 event:T4" in lines(example)
    assert "#6\tAnnotatorNotes E2\tconfidence=1" in lines(example)


def test_what_has_no_span_and_no_closed_set_stands_in_the_note(
    example: AnnotatedDocument,
) -> None:
    assert "E3\tmeasures:T7" in lines(example)
    assert "A4\tmeasures_qualifier_over E3" in lines(example)
    assert "A5\tmeasures_qualifier_cumulative E3" in lines(example)
    assert (
        "#7\tAnnotatorNotes E3\tsubject=乙省 | subject=全省 | indicator=示范点 | value=12 | "
        "value_text=12个 | unit=个 | confidence=1"
    ) in lines(example)


def test_facts_of_one_type_and_sentence_share_a_trigger() -> None:
    row = example_row()
    row["facts"] = [row["facts"][0], {**row["facts"][0], "post": "党组成员"}]
    events = [line for line in lines(read_row(row)) if line.startswith("E")]
    assert events == [
        "E1\tholds_post:T5 person:T3 post:T2 org:T1",
        "E2\tholds_post:T5 person:T3 org:T1",
    ]


def test_wording_that_is_no_entity_gets_a_span_of_its_own() -> None:
    row = example_row()
    row["facts"] = [{**row["facts"][2], "subject": ["甲市示范点", "示范点"]}]
    found = lines(read_row(row))
    start = TEXT.index("示范点")
    assert f"T5\tWORDING {start} {start + 3}\t示范点" in found
    assert "#5\tAnnotatorNotes T5\tname=甲市示范点" in found
    assert "E1\tmeasures:T6 subject:T5" in found


def test_role_goes_to_the_mention_in_the_evidence() -> None:
    text = "甲市开会。乙市说，甲市已到。甲市散会。"
    places = [
        {"start": at, "end": at + 2, "label": "PLACE", "text": "甲市", "name": "甲市"}
        for at in (0, 9, 14)
    ]
    fact = {"type": "alias", "name": "甲市", "alias": "甲", "start": 5, "end": 14}
    row = {"id": "a", "text": text, "entities": places, "facts": [fact]}
    assert "E1\talias:T4 name:T2" in lines(read_row(row))


def test_evidence_with_a_line_break_at_its_edge_is_refused() -> None:
    row = example_row()
    row["facts"][0]["start"] -= 1
    with pytest.raises(
        UnexportableSpanError, match=r"^rows\.jsonl:1: character 5: expected a span"
    ):
        document_to_annotations(read_row(row))


# --- what a person changes ---------------------------------------------------------------

BASE = [
    "T1\tPLACE 6 8\t甲市",
    "T2\tPOST 8 11\t副市长",
    "T3\tPERSON 11 13\t林远",
    "T4\tholds_post 6 14\t甲市副市长林远🌱",
    "E1\tholds_post:T4 person:T3 post:T2 org:T1",
]


def corrected(*more: str, without: str | None = None, **changed: str) -> Row:
    """The row of the base with lines left out, replaced by their id, and added."""
    kept = {line.split("\t")[0]: line for line in BASE if line != without}
    kept = {id_: line for id_, line in kept.items() if id_ != without} | changed
    return correct("\n".join([*kept.values(), *more]))


def test_fact_made_by_hand_has_the_defaults_of_its_type() -> None:
    assert corrected()["facts"] == [
        {
            "type": "holds_post",
            "person": "林远",
            "post": "副市长",
            "org": "甲市",
            "status": "current",
            "start": 6,
            "end": 14,
            "confidence": 1.0,
        }
    ]


def test_arc_to_another_span_changes_the_role() -> None:
    other = "T9\tPERSON 12 14\t远🌱"
    (fact,) = corrected(other, E1="E1\tholds_post:T4 person:T9 post:T2 org:T1")["facts"]
    assert fact["person"] == "远🌱"


def test_names_of_a_span_go_to_the_role_it_fills() -> None:
    row = corrected("#1\tAnnotatorNotes T1\tname=甲市人民政府 | alias=甲市政府 | comment=看上文")
    assert row["entities"][0]["name"] == "甲市人民政府"
    assert row["facts"][0]["org"] == ["甲市人民政府", "甲市", "甲市政府"]


def test_names_in_the_note_of_a_fact_win() -> None:
    (fact,) = corrected("#1\tAnnotatorNotes E1\torg=甲市政府 | org=甲市")["facts"]
    assert fact["org"] == ["甲市政府", "甲市"]


def test_role_without_an_arc_takes_the_names_of_the_note() -> None:
    (fact,) = corrected(
        "#1\tAnnotatorNotes E1\torg=丙局", E1="E1\tholds_post:T4 person:T3 post:T2"
    )["facts"]
    assert fact["org"] == "丙局"


def test_deleted_fact_is_gone_and_a_wording_that_is_left_over_does_no_harm() -> None:
    content = "\n".join([*BASE[:3], "T7\tWORDING 0 2\t甲市"])
    row = correct(content)
    assert (len(row["entities"]), row["facts"]) == (3, [])


@pytest.mark.parametrize(
    ("changed", "more", "message"),
    [
        ({"T1": "T1\tRIVER 6 8\t甲市"}, [], "a.ann:1: expected a type of PERSON, POST, ORG, FORUM, REGULATION, PLACE, DATE, WORDING, holds_post,"),
        ({"E1": "E1\tknows:T4 person:T3"}, [], "a.ann:5: expected a type of holds_post, takes_part,"),
        ({"E1": "E1\theld_at:T4 event:T3 place:T1"}, [], "a.ann:5: expected a trigger of type 'held_at', got 'holds_post' in E1"),
        ({"E1": "E1\tholds_post:T8 person:T3"}, [], "a.ann:5: expected a trigger of type 'holds_post', got 'T8' in E1"),
        ({"E1": "E1\tholds_post:T4 who:T3"}, [], "a.ann:5: expected a role of org, person, post, got 'who' in E1"),
        ({"E1": "E1\tholds_post:T4 person:T3 person:T2"}, [], "a.ann:5: expected each role once, got 'person' in E1"),
        ({"E1": "E1\tholds_post:T4 person:T8"}, [], "a.ann:5: expected the id of an entity or wording, got 'T8' in E1"),
        ({"E1": "E1\tholds_post:T4 person:T4"}, [], "a.ann:5: expected the id of an entity or wording, got 'T4' in E1"),
        ({"E1": "E1\tholds_post:T4 person:T3 post:T2"}, [], "a.ann:5: expected an arc 'org' to a span, or 'org=' in the note, got none for E1"),
        ({}, ["T8\theld_at 0 4\t甲市新闻"], "a.ann:6: expected an event with this span as its trigger, got 'held_at' in T8"),
        ({}, ["A1\tholds_post_status E9 former"], "a.ann:6: expected the id of an event, got 'E9' in A1"),
        ({}, ["A1\tholds_post_status T1 former"], "a.ann:6: expected the id of an event, got 'T1' in A1"),
        ({}, ["A1\tholds_post_status E1 late"], "a.ann:6: expected a value of current, former, got 'late' in A1"),
        ({}, ["A1\ttakes_part_mode E1 video"], "a.ann:6: expected an attribute that holds_post has (holds_post_status), got 'takes_part_mode video' in A1"),
        ({}, ["A1\tholds_post_status E1 former", "A2\tholds_post_status E1 current"], "a.ann:7: expected each attribute once, got 'holds_post_status' in A2"),
        ({}, ["#1\tAnnotatorNotes T9\tname=甲"], "a.ann:6: expected the id of a span or event, got 'T9' in #1"),
        ({}, ["#1\tAnnotatorNotes T1\tname=甲", "#2\tAnnotatorNotes T1\tname=乙"], "a.ann:7: expected one note on each span or event, got 'T1' in #2"),
        ({}, ["#1\tAnnotatorNotes T1\t有误"], "a.ann:6: expected key=value pairs parted by '|', got '有误'"),
        ({}, ["#1\tAnnotatorNotes T1\tunit=吨"], "a.ann:6: expected one of the keys name, alias, confidence, comment, got 'unit'"),
        ({}, ["#1\tAnnotatorNotes T4\tname=吨"], "a.ann:6: expected one of the keys comment, confidence, got 'name'"),
        ({}, ["#1\tAnnotatorNotes E1\tunit=吨"], "a.ann:6: expected one of the keys person, post, org, confidence, comment, got 'unit'"),
        ({}, ["#1\tAnnotatorNotes T1\tname=甲 | name=乙"], "a.ann:6: expected 'name' once, got 2 times"),
        ({}, ["#1\tAnnotatorNotes T1\tconfidence=2"], "a.ann:6: expected a confidence from 0 to 1, got '2'"),
        ({}, ["#1\tAnnotatorNotes E1\tperson=白露"], "a.ann:6: expected 'person=' to name '林远', which the arc goes to, or to be left out, got '白露' in the note on E1"),
    ],
)  # fmt: skip
def test_what_contradicts_is_refused_with_file_and_line(
    changed: dict[str, str], more: list[str], message: str
) -> None:
    with pytest.raises(AnnotationError) as error:
        corrected(*more, **changed)
    assert message in str(error.value)


FIGURE = ["T1\tPLACE 0 2\t甲市", "T2\tmeasures 0 4\t甲市新闻", "E1\tmeasures:T2 subject:T1"]


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ("value=3 | value_text=3个", "a.ann:3: expected 'indicator=' in the note, got none for E1"),
        ("indicator=点 | value=3个 | value_text=3个", "a.ann:4: expected a number like 12 or 3.5 for 'value', got '3个'"),
        ("indicator=点 | value=1e9 | value_text=3个", "a.ann:4: expected a number like 12 or 3.5 for 'value', got '1e9'"),
        ("indicator=点 | indicator=所 | value=3 | value_text=3个", "a.ann:4: expected 'indicator' once, got 2 times"),
    ],
)  # fmt: skip
def test_figure_that_lacks_a_part_is_refused(note: str, message: str) -> None:
    with pytest.raises(AnnotationError) as error:
        correct("\n".join([*FIGURE, f"#1\tAnnotatorNotes E1\t{note}"]))
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("written", "value"), [("3", 3), ("3.0", 3), ("-0.5", -0.5), ("0.10", 0.1), ("+7", 7)]
)
def test_number_is_read_as_facts_have_it(written: str, value: float) -> None:
    note = f"#1\tAnnotatorNotes E1\tindicator=点 | value={written} | value_text=3个"
    (fact,) = correct("\n".join([*FIGURE, note]))["facts"]
    assert (fact["value"], type(fact["value"])) == (value, type(value))


def test_role_that_has_to_be_chosen_is_asked_for() -> None:
    content = "T1\tPLACE 0 2\t甲市\nT2\torganizes 0 4\t甲市新闻\nE1\torganizes:T2 org:T1 event:T1"
    with pytest.raises(AnnotationError) as error:
        correct(content)
    assert str(error.value) == "a.ann:3: expected an attribute 'organizes_role', got none for E1"


def test_document_remembers_the_annotation_file(example: AnnotatedDocument) -> None:
    annotations = document_to_annotations(example)
    found = annotations_to_document(annotations, example.source, "x.ann")
    assert found.source == replace(example.source, origin="x.ann")
