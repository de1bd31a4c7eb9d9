"""Who speaks for a company, before or after the words."""

from __future__ import annotations

import re

import pytest

from extract.facts import Entity, Span
from extract.spokespersons import (
    find_employers,
    find_official_speeches,
    find_scholar_speeches,
    find_speeches,
)

NAMES = {
    "白鹭水泥公司": "ORG", "青禾集团": "ORG", "炼钢厂": "ORG", "云岭大学": "ORG", "总经理": "POST", "教授": "POST",
    "副州长": "POST", "青溪州": "PLACE", "董事长": "POST", "技术总监": "POST", "林远": "PERSON", "苏小满": "PERSON", "顾行舟": "PERSON",
}  # fmt: skip


def entities_of(text: str) -> list[Entity]:
    return [
        Entity(span=Span(*m.span()), label=NAMES[m.group()], text=m.group(), name=m.group())  # type: ignore[arg-type]
        for m in re.finditer("|".join(NAMES), text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("白鹭水泥公司总经理林远到场。", {"林远": "白鹭水泥公司"}),
        ("白鹭水泥公司董事长、总经理林远到场。", {"林远": "白鹭水泥公司"}),
        (
            "白鹭水泥公司总经理林远、技术总监苏小满到场。",
            {"林远": "白鹭水泥公司", "苏小满": "白鹭水泥公司"},
        ),
        ("云岭大学教授顾行舟到场。", {}),
        ("炼钢厂总经理顾行舟到场。", {}),
        ("青禾集团大宗商品分析师、总经理顾行舟到场。", {}),
        ("白鹭水泥公司停产，教授顾行舟到场。", {}),
    ],
)
def test_employers(text: str, expected: dict[str, str]) -> None:
    found = find_employers(text, entities_of(text))
    assert {person: company.name for person, company in found.items()} == expected


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("青禾集团总经理林远介绍，能耗下降5%。", 7),
        ("“能耗下降5%。”青禾集团总经理林远说。", 0),
        ("青禾集团总经理林远到场。\n次日，林远告诉记者，能耗下降5%。", 16),
        ("青禾集团总经理林远到场。", None),
        ("云岭大学教授顾行舟说，能耗下降5%。", None),
    ],
)
def test_speeches_begin_with_the_words_or_the_speaker(text: str, start: int | None) -> None:
    found = find_speeches(text, entities_of(text))
    assert [speech.start for speech in found] == ([] if start is None else [start])


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("“利用率达到90%。”青溪州副州长林远说。", [(0, "青溪州")]),
        ("“利用率达到90%。”青溪州副州长林远通过视频连线表示。", [(0, "青溪州")]),
        ("青溪州副州长林远说：“利用率达到90%。”", []),
        ("“利用率达到90%。”青溪州副州长林远到场。", []),
        ("“利用率达到90%。”总经理林远说。", []),
    ],
)
def test_a_quotation_before_an_official_is_of_the_place(text: str, places: list[object]) -> None:
    found = find_official_speeches(text, entities_of(text))
    assert [(speech.start, speech.place.name) for speech in found] == places


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("云岭大学教授顾行舟认为，绿氢成本每公斤20元。", [6]),
        ("“绿氢成本每公斤20元。”云岭大学教授顾行舟说。", [0]),
        ("云岭大学教授、青禾集团首席顾问顾行舟预计，碳价80元。", [15]),
        ("云岭大学教授顾行舟到场。\n次日，顾行舟告诉记者，碳价80元。", [16]),
        ("青禾集团总经理林远认为，绿氢成本每公斤20元。", []),
        ("云岭大学教授顾行舟到场。", []),
    ],
)
def test_scholars_speak_of_a_matter(text: str, starts: list[int]) -> None:
    assert list(find_scholar_speeches(text, entities_of(text))) == starts
