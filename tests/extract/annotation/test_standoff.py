"""The standoff format: lines, fragments, offsets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.annotation.errors import (
    AnnotationError,
    InconsistentAnnotationError,
    MalformedAnnotationError,
    UnexportableSpanError,
)
from extract.annotation.standoff import (
    Annotation,
    Attribute,
    Event,
    Note,
    TextBound,
    format_annotations,
    fragments_to_span,
    parse_annotations,
    span_to_fragments,
)
from extract.facts import Span
from tests.extract.annotation.conftest import TEXTS, spans

TEXT = "甲市🌱林业局\r\n局长\t白露"


@pytest.mark.parametrize(
    ("line", "annotation"),
    [
        ("T1\tPLACE 0 2\t甲市", TextBound("T1", "PLACE", (Span(0, 2),))),
        ("T2\tORG 2 6\t🌱林业局", TextBound("T2", "ORG", (Span(2, 6),))),
        ("T3\tPOST 3 6;8 10\t林业局 局长", TextBound("T3", "POST", (Span(3, 6), Span(8, 10)))),
        ("T4\tPOST 8 13\t局长\t白露", TextBound("T4", "POST", (Span(8, 13),))),
        ("E1\theld_at:T9", Event("E1", "held_at", "T9")),
        ("E2\theld_at:T9 event:T1 place:T2", Event("E2", "held_at", "T9", (("event", "T1"), ("place", "T2")))),
        ("A1\tsure E1", Attribute("A1", "sure", "E1")),
        ("A2\tstatus E1 former", Attribute("A2", "status", "E1", "former")),
        ("#1\tAnnotatorNotes E1\tunit=吨", Note("#1", "E1", "unit=吨")),
        ("#2\tAnnotatorNotes E1\t", Note("#2", "E1", "")),
    ],
)  # fmt: skip
def test_line_is_read_and_written(line: str, annotation: Annotation) -> None:
    assert parse_annotations(f"{line}\n", TEXT, "a.ann") == (annotation,)
    assert format_annotations([annotation], TEXT) == f"{line}\n"


def test_empty_lines_and_the_line_ends_of_windows_are_read_over() -> None:
    content = "T1\tPLACE 0 2\t甲市\r\n\r\n\nA1\tsure E1\r\n"
    found = parse_annotations(content, TEXT, "a.ann")
    assert [(annotation.id, annotation.line) for annotation in found] == [("T1", 1), ("A1", 4)]


@pytest.mark.parametrize(
    ("line", "kind", "message"),
    [
        ("甲市", MalformedAnnotationError, "a.ann:2: expected an id of T, E, A or # with a number, and a tab, got '甲市'"),
        ("R1\tof Arg1:T1 Arg2:T2", MalformedAnnotationError, "a.ann:2: expected an id of T, E, A or # with a number"),
        ("*\tEquiv T1 T2", MalformedAnnotationError, "a.ann:2: expected an id of T, E, A or # with a number"),
        ("T1 PLACE 0 2 甲市", MalformedAnnotationError, "a.ann:2: expected an id of T, E, A or # with a number"),
        ("T0\tPLACE 0 2\t甲市", MalformedAnnotationError, "a.ann:2: expected an id of its own, got T0, the id of line 1"),
        ("T1\tPLACE\t甲市", MalformedAnnotationError, "a.ann:2: expected 'TYPE START END' or 'TYPE START END;START END', got 'PLACE'"),
        ("T1\tPLACE 0 x\t甲市", MalformedAnnotationError, "got 'PLACE 0 x'"),
        ("T1\tPLACE 0 -2\t甲市", MalformedAnnotationError, "got 'PLACE 0 -2'"),
        ("T1\tPLACE 2 2\t", InconsistentAnnotationError, "a.ann:2: expected fragments in their order within 0 to 13, got 2 2"),
        ("T1\tPLACE 12 14\t露", InconsistentAnnotationError, "a.ann:2: expected fragments in their order within 0 to 13, got 12 14"),
        ("T1\tPLACE 3 6;0 2\t林业局 甲市", InconsistentAnnotationError, "got 0 2"),
        ("T1\tPLACE 0 3\t甲市", InconsistentAnnotationError, "a.ann:2: character 0: expected '甲市🌱', the text at these offsets, got '甲市'"),
        ("T1\tPLACE 0 2", InconsistentAnnotationError, "expected '甲市', the text at these offsets, got ''"),
        ("E1\theld_at", MalformedAnnotationError, "a.ann:2: expected 'TYPE:TRIGGER' and 'ROLE:ID' after it, got 'held_at'"),
        ("E1\theld_at:T1 event", MalformedAnnotationError, "got 'held_at:T1 event'"),
        ("E1\t", MalformedAnnotationError, "got ''"),
        ("A1\tsure", MalformedAnnotationError, "a.ann:2: expected 'TYPE ID' or 'TYPE ID VALUE', got 'sure'"),
        ("A1\tsure E1 very much", MalformedAnnotationError, "got 'sure E1 very much'"),
        ("#1\tRemark T1\t甲", MalformedAnnotationError, "a.ann:2: expected 'AnnotatorNotes ID', a tab and the note, got"),
        ("#1\tAnnotatorNotes", MalformedAnnotationError, "a.ann:2: expected 'AnnotatorNotes ID'"),
    ],
)  # fmt: skip
def test_line_of_another_form_is_refused(
    line: str, kind: type[AnnotationError], message: str
) -> None:
    with pytest.raises(kind) as error:
        parse_annotations(f"T0\tPLACE 0 2\t甲市\n{line}\n", TEXT, "a.ann")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ("甲乙", [(0, 2)]),
        ("甲\n乙", [(0, 1), (2, 3)]),
        ("甲\r\n\r\n乙", [(0, 1), (5, 6)]),
        ("甲\u2028\u3000乙", [(0, 1), (2, 4)]),
    ],
)
def test_span_is_cut_at_line_breaks(text: str, fragments: list[tuple[int, int]]) -> None:
    found = span_to_fragments(Span(0, len(text)), text, "a")
    assert [(span.start, span.end) for span in found] == fragments


@pytest.mark.parametrize("span", [Span(0, 2), Span(1, 3), Span(1, 1), Span(2, 3)])
def test_span_with_a_line_break_at_its_edge_is_refused(span: Span) -> None:
    with pytest.raises(
        UnexportableSpanError, match=rf"^a: character {span.start}: expected a span"
    ):
        span_to_fragments(span, "\n甲\n", "a")


def test_fragments_with_words_between_them_are_refused() -> None:
    found = TextBound("T1", "ORG", (Span(0, 2), Span(3, 6)), line=4)
    with pytest.raises(InconsistentAnnotationError) as error:
        fragments_to_span(found, TEXT, "a.ann")
    assert str(error.value) == (
        "a.ann:4: character 2: expected fragments with only white space between them, "
        "got '🌱' in T1"
    )


@given(st.data())
def test_any_span_comes_back_from_its_line(data: st.DataObject) -> None:
    text = data.draw(TEXTS)
    found = data.draw(spans(text))
    span = Span(found["start"], found["end"])
    written = TextBound("T1", "ORG", span_to_fragments(span, text, "a"))
    content = format_annotations([written], text)
    assert len(content.splitlines()) == 1
    (read,) = parse_annotations(content, text, "a.ann")
    assert read == written
    assert fragments_to_span(read, text, "a.ann") == span
