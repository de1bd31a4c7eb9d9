"""What points back: which words, to what, and what is rather left open."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from extract.facts import Extraction

Read = Callable[..., Extraction]
BUREAU = "青岛市生态环境局局长沈墨言、嘉兴市副市长卢清源出席。"
FORUM = "第三届越州碳中和论坛5月8日在绍兴市开幕。"
RULES = "5月8日，绍兴市人民政府印发《绍兴市绿色建筑管理办法》（以下简称《办法》）。"


def found(read: Read, text: str, **options: Any) -> list[tuple[str, str]]:
    """Wording and canonical name of each reference, in text order."""
    return [(r.text, r.name) for r in read(text, **options).references]


RESOLVED = [
    # institutions
    (
        "青岛市生态环境局发布通报。该局表示，将加强执法。",
        [("该局", "青岛市生态环境局")],
    ),
    (
        "越州大学与青岛市科学技术局签约。该校将设立研究院。",
        [("该校", "越州大学")],
    ),
    (
        "浙江远帆储能有限公司发布公报。公司去年营收8亿元。",
        [("公司", "浙江远帆储能有限公司")],
    ),
    (
        "青岛市生态环境局和即墨区分局开展检查。检查由市局组织。",
        [("市局", "青岛市生态环境局")],
    ),
    # places
    ("青岛市发布消息，该市今年新增光伏20万千瓦。", [("该市", "青岛市")]),
    ("青岛市发布消息，该省也在推进。", [("该省", "山东省")]),
    ("香港公布数据，本港去年减排4%。", [("本港", "香港特别行政区")]),
    ("青禾产业园今年扩建，园区用电增长4%。", [("园区", "青禾产业园")]),
    # events
    (f"{FORUM}本届论坛的主题是零碳。", [("本届论坛", "第三届越州碳中和论坛")]),
    (f"{FORUM}论坛由绍兴市人民政府主办。", [("论坛", "第三届越州碳中和论坛")]),
    (
        f"{FORUM}第一届越州碳中和论坛在宁波市举行。本届论坛为期两天。",
        [("本届论坛", "第三届越州碳中和论坛")],
    ),
    (f"{FORUM}上届论坛在宁波市举行。", [("上届论坛", "第二届越州碳中和论坛")]),
    (
        f"{FORUM}本届论坛的重点是储能产业分论坛。",
        [("本届论坛", "第三届越州碳中和论坛")],
    ),
    # regulations
    (
        "会议审议《绍兴市绿色建筑条例（草案）》。《草案》要求新建建筑全部达标。",
        [("草案", "绍兴市绿色建筑条例（草案）")],
    ),
    (
        "《绍兴市碳普惠办法》今天印发，《绍兴市碳普惠办法（试行）》同时废止。《办法》共三章。",
        [("办法", "绍兴市碳普惠办法")],
    ),
    (
        f"{RULES}《办法》自6月1日起施行。",
        [("办法", "绍兴市绿色建筑管理办法"), ("办法", "绍兴市绿色建筑管理办法")],
    ),
    (
        "5月8日，绍兴市人民政府印发《绍兴市绿色建筑管理办法》。该办法自6月1日起施行。",
        [("该办法", "绍兴市绿色建筑管理办法")],
    ),
    (
        "《绍兴市绿色建筑管理办法》与2019年的《绍兴市绿色建筑管理办法（试行）》不同。新办法更严。",
        [("新办法", "绍兴市绿色建筑管理办法")],
    ),
    (
        "《绍兴市节水办法》与《绍兴市节水办法（修订草案）》不同。修订草案更短。《办法》共六章。",
        [("修订草案", "绍兴市节水办法（修订草案）"), ("办法", "绍兴市节水办法")],
    ),
    (
        "《绍兴市节水办法》（2023年修订）公布，原《绍兴市节水办法》（2015年）废止。《办法》共六章。",
        [("办法", "绍兴市节水办法（2023年修订）")],
    ),
    # persons
    (f"{BUREAU}沈局长说，要加强执法。", [("沈局长", "沈墨言")]),
    (f"{BUREAU}卢副市长作了发言。", [("卢副市长", "卢清源")]),
    ("嘉兴市副市长卢清源出席。他表示，要加快转型。", [("他", "卢清源")]),
]


@pytest.mark.parametrize(("text", "expected"), RESOLVED)
def test_a_reference_has_the_name_of_what_it_means(
    read: Read, text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(read, text) == expected


LEFT_OPEN = [
    # nothing of the kind is named
    "该局表示，将加强执法。",
    "本届论坛的主题是零碳。",
    "《办法》自6月1日起施行。",
    "陈局长说，要加强执法。",
    # several things at once, or a scope
    "青岛市与绍兴市签署协议。双方将加强合作。",
    "青岛市生态环境局通报，全市空气质量改善。",
    # a longer word
    "青岛市生态环境局通报，该部分企业已停产。",
    "浙江远帆储能有限公司发布公报，该行业仍在增长。",
    # the series, not the edition
    f"{FORUM}论坛自2019年起每年举办。",
    # two persons of one surname, neither with the title
    "专家沈墨言、顾问沈知秋出席。沈处长说，要加强执法。",
    # two persons before the pronoun
    f"{BUREAU}他表示，要加快转型。",
]


@pytest.mark.parametrize("text", LEFT_OPEN)
def test_what_is_not_certain_is_left_open(read: Read, text: str) -> None:
    assert found(read, text) == []


def test_of_two_bearers_of_a_surname_the_title_decides(read: Read) -> None:
    text = "青岛市生态环境局局长沈墨言、嘉兴市副市长沈知秋出席。沈局长说，要加强执法。"
    assert found(read, text) == [("沈局长", "沈墨言")]


def test_references_overlap_neither_names_nor_each_other(read: Read) -> None:
    extraction = read(f"{RULES}{FORUM}{BUREAU}沈局长说，《办法》将在论坛上解读，该局负责。")
    spans = sorted([e.span for e in extraction.entities] + [r.span for r in extraction.references])
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))


def test_the_wording_is_that_of_the_source_where_a_line_was_broken(read: Read) -> None:
    text = "5月8日，绍兴市人民政府印发《绍兴市绿色建筑管理办法》，有关部门将在年底前完成评估。该\n办法自6月1日起施行。"
    extraction = read(text)
    assert [r.text for r in extraction.references] == [
        r.span.of(extraction.document.text) for r in extraction.references
    ]
