"""Titled documents of authorities: quoted, nested, unquoted, numbered."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extract.facts import Span
from extract.regulations import find_amending, find_quoted

Mentions = Callable[..., list[str]]
Proposals = Callable[..., list[str]]

NAMES = [
    ("浙江省通过《浙江省绿色建筑条例》。", ["浙江省绿色建筑条例"]),
    ("印发《浙江省碳普惠管理办法（试行）》。", ["浙江省碳普惠管理办法（试行）"]),
    (
        "《关于贯彻落实〈长三角绿色发展规划〉的实施意见》印发。",
        ["关于贯彻落实〈长三角绿色发展规划〉的实施意见"],
    ),
    (
        "《关于落实《长三角绿色发展规划》的实施意见》印发。",
        ["关于落实《长三角绿色发展规划》的实施意见"],
    ),
    ("《绍兴市湿地保护条例》《绍兴市绿电办法》施行。", ["绍兴市湿地保护条例", "绍兴市绿电办法"]),
    ("《绍兴市氢能发展规划（2024—2030年）》出台。", ["绍兴市氢能发展规划（2024—2030年）"]),
    ("生态环境部发布《2023中国海洋状况公报》。", ["2023中国海洋状况公报"]),
    ("与会者发表《绿色岛屿·越州宣言》。", ["绿色岛屿·越州宣言"]),
    ("执行《零碳校园评价标准》（DB33/T 9001—2024）。", ["零碳校园评价标准"]),
    ("双方签署《海上风电合作框架协议》。", ["海上风电合作框架协议"]),
    ("各国应履行《巴黎协定》。", ["巴黎协定"]),
    ("落实京都议定书要求。", ["京都议定书"]),
    ("浙江省印发绿色交通发展规划。", ["绿色交通发展规划"]),
    (
        "依据《绍兴市湿地保护条例》，印发《绍兴市湿地修复规划》。",
        ["绍兴市湿地保护条例", "绍兴市湿地修复规划"],
    ),
]

NO_NAMES = [
    "根据《条例》，企业应当报告。",
    "按照《实施方案》要求推进。",
    "《办法》共六章。",
    "《越州日报》刊发文章。",
    "他的小说《山河故人》出版。",
    "有关法律法规和规划正在修订。",
    "越政办发〔2024〕6号下发各区。",
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_are_found_without_their_marks(
    mentions: Mentions, text: str, expected: list[str]
) -> None:
    assert mentions(text, "REGULATION") == expected


@pytest.mark.parametrize("text", NO_NAMES)
def test_back_references_works_and_generic_words_are_no_names(
    mentions: Mentions, text: str
) -> None:
    assert mentions(text, "REGULATION") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《甲市条例》", [("甲市条例", "regulation")]),
        ("《条例》", [("条例", "reference")]),
        ("《行动方案》", [("行动方案", "reference")]),
        ("《越州晚报》", [("越州晚报", "work")]),
        ("《山河故人》", [("山河故人", "work")]),
        ("市政府印发《零碳二十条》", [("零碳二十条", "regulation")]),
        ("《甲〈乙〉办法》", [("甲〈乙〉办法", "regulation")]),
        ("《甲《乙》办法》", [("甲《乙》办法", "regulation")]),
        ("《甲市零碳\n园区办法》", [("甲市零碳\n园区办法", "regulation")]),
        ("《没有关上", []),
    ],
)
def test_quoted_titles_are_told_apart(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(span.of(text), kind) for span, kind in find_quoted(text)] == expected


TAGGED = [
    ("越州市/LOC 印发/v 蓝碳/n 产业/n 发展/vn 规划/n 。/w", ["蓝碳产业发展规划"]),
    ("越州市/LOC 绿色/n 建筑/n 管理/vn 办法/n 施行/v 。/w", ["越州市绿色建筑管理办法"]),
    ("制定/v 实施方案/n 。/w", []),
    ("《/w 越州市/LOC 绿电/n 办法/n 》/w 施行/v 。/w", ["越州市绿电办法"]),
]


@pytest.mark.parametrize(("tagged", "expected"), TAGGED)
def test_unquoted_names_grow_to_the_left_over_nouns(
    proposals: Proposals, tagged: str, expected: list[str]
) -> None:
    assert proposals(tagged, "regulations") == [f"REGULATION {name}" for name in expected]


def test_spans_point_inside_the_marks() -> None:
    ((span, _),) = find_quoted("印发《甲市条例》。")
    assert span == Span(3, 7)


def test_a_decision_is_named_by_what_it_amends() -> None:
    text = "会议通过关于修改《绍兴市湿地保护条例》等三部法规的决定。《蓝海方案》印发。"
    assert [span.of(text) for span in find_amending(text)] == [
        "关于修改《绍兴市湿地保护条例》等三部法规的决定"
    ]
