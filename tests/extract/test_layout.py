"""Paragraphs, sentences, and lines that were broken inside a sentence."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extract.facts import Span
from extract.layout import find_layout

TEXTS = st.text(
    st.one_of(
        st.sampled_from(list("绍兴在举办。！？!?，；：“”（）…\n\r\n 　【●一、1.,摄")),
        st.characters(codec="utf-8"),
    ),
    max_size=120,
)


@given(TEXTS)
@example("。\n。")
@example("……”\r\n\r\n！")
def test_sentences_are_ordered_disjoint_and_inside_paragraphs(text: str) -> None:
    layout = find_layout(text)
    for spans in (layout.paragraphs, layout.sentences):
        assert all(0 <= s.start < s.end <= len(text) for s in spans)
        assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    for sentence in layout.sentences:
        assert any(p.start <= sentence.start and sentence.end <= p.end for p in layout.paragraphs)
    assert 0 <= layout.headline <= len(layout.paragraphs)


@given(TEXTS)
def test_every_visible_character_is_in_a_sentence(text: str) -> None:
    covered = {i for s in find_layout(text).sentences for i in range(s.start, s.end)}
    assert {i for i, c in enumerate(text) if not c.isspace()} <= covered


@given(TEXTS)
def test_spans_have_no_white_space_outside(text: str) -> None:
    layout = find_layout(text)
    parts = [s.of(text) for s in (*layout.paragraphs, *layout.sentences)]
    assert all(part == part.strip() and part for part in parts)


SENTENCES = [
    ("甲开会。乙闭会！丙来吗？", ["甲开会。", "乙闭会！", "丙来吗？"]),
    ("他说：“好。”她走了。", ["他说：“好。”", "她走了。"]),
    ("甲（见图。）乙。", ["甲（见图。）", "乙。"]),
    ("话没说完……”会就散了。", ["话没说完……”", "会就散了。"]),
    ("只有一个标题", ["只有一个标题"]),
    ("　　甲开会。\r\n\r\n　　乙闭会。", ["甲开会。", "乙闭会。"]),
    ("标题\n正文。", ["标题", "正文。"]),
    ("增幅为3.5%，较上年高1.2个百分点。", ["增幅为3.5%，较上年高1.2个百分点。"]),
    ("真的吗？！当然。", ["真的吗？！", "当然。"]),
    ("", []),
    ("\n \r\n　", []),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_text_is_split_into_sentences(text: str, expected: list[str]) -> None:
    assert [s.of(text) for s in find_layout(text).sentences] == expected


LONG = "越州市的代表在会上介绍了海塘绿化、潮间带修复和渔港改造的做法，"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\n　　"[:1]])
def test_a_line_broken_inside_a_sentence_goes_on(newline: str) -> None:
    text = f"{LONG}并邀请邻市{newline}前来交流。"
    assert [s.of(text) for s in find_layout(text).sentences] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "短标题，两段\n正文从这里开始。",
        f"{LONG}并邀请邻市前来交流。\n下一段另说。",
        f"{LONG}并邀请邻市前来交流\n　　下一段缩进。",
        f"{LONG}并邀请邻市前来交流\n【工业】下一段有题。",
        f"{LONG}并邀请邻市前来交流：\n下一段列项。",
    ],
)
def test_a_finished_line_ends_its_paragraph(text: str) -> None:
    assert len(find_layout(text).paragraphs) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("正文从这里开始。", 0),
        ("标题\n正文从这里开始。", 1),
        ("眉题\n标题\n正文从这里开始。", 2),
        ("标题\n正文从这里开始。\n小标题\n又一段。", 1),
    ],
)
def test_headings_before_the_text_are_counted(text: str, expected: int) -> None:
    assert find_layout(text).headline == expected


def test_sentence_and_paragraph_are_found_by_offset() -> None:
    text = "甲开会。乙闭会。\n丙散会。"
    layout = find_layout(text)
    assert layout.sentence_at(0) == Span(0, 4)
    assert layout.sentence_at(3) == Span(0, 4)
    assert layout.sentence_at(4) == Span(4, 8)
    assert layout.sentence_at(8) == Span(4, 8)
    assert layout.paragraph_at(9) == Span(9, 13)


def test_the_first_paragraph_has_none_before_it() -> None:
    layout = find_layout("　　甲。\n乙。")
    first, second = layout.paragraphs
    assert layout.paragraph_before(second) == first
    assert layout.paragraph_before(first) == first


def test_an_offset_before_the_first_sentence_is_refused() -> None:
    layout = find_layout("　甲开会。")
    with pytest.raises(ValueError, match="inside a sentence, got 0"):
        layout.sentence_at(0)
    with pytest.raises(ValueError, match="inside a paragraph, got 0"):
        layout.paragraph_at(0)
