"""Other names that the text gives, in every form, and where they return."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from extract.aliases import is_proper

Facts = Callable[..., list[str]]

FORMS = [
    ("越州碳中和绿色发展论坛（以下简称“越州论坛”）开幕。", "越州碳中和绿色发展论坛 | 越州论坛"),
    ("越州碳中和绿色发展论坛（下称“越州论坛”）开幕。", "越州碳中和绿色发展论坛 | 越州论坛"),
    ("越州碳中和绿色发展论坛（简称“越州论坛”）开幕。", "越州碳中和绿色发展论坛 | 越州论坛"),
    ("越州碳中和绿色发展论坛（简称越州论坛）开幕。", "越州碳中和绿色发展论坛 | 越州论坛"),
    ("越州碳中和绿色发展论坛（以下简称为“越州论坛”）开幕。", "越州碳中和绿色发展论坛 | 越州论坛"),
    ("越州碳中和绿色发展论坛（以下简称：越州论坛）开幕。", "越州碳中和绿色发展论坛 | 越州论坛"),
    ('越州碳中和绿色发展论坛(以下简称"越州论坛")开幕。', "越州碳中和绿色发展论坛 | 越州论坛"),
    ("越州碳中和绿色发展论坛（以下简称“论坛”）开幕。", "越州碳中和绿色发展论坛 | 论坛"),
    ("青禾能源科技股份有限公司（证券简称：青禾能源）投产。", "青禾能源科技股份有限公司 | 青禾能源"),
    ("青禾能源科技股份有限公司（以下简称“公司”）投产。", "青禾能源科技股份有限公司 | 公司"),
    ("《绍兴市湿地保护条例》（以下简称《条例》）施行。", "绍兴市湿地保护条例 | 条例"),
    ("印发《绍兴市湿地保护规划》（绍政发〔2024〕8号）。", "绍兴市湿地保护规划 | 绍政发〔2024〕8号"),
    ("执行《零碳校园评价标准》（GB/T 50999—2024）。", "零碳校园评价标准 | GB/T 50999—2024"),
    ("镜湖新区（又称“绿心新区”）开建。", "镜湖新区 | 绿心新区"),
    ("英国卡迪夫大学教授卡琳·埃克（Karin Ek）发言。", "卡琳·埃克 | Karin Ek"),
    ("全国绿色电力交易市场（以下简称“绿电市场”）启动。", "全国绿色电力交易市场 | 绿电市场"),
]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_every_form_of_a_definition_is_read(facts: Facts, text: str, expected: str) -> None:
    assert facts(text, "alias") == [expected]


def test_an_alias_in_two_pairs_of_marks(facts: Facts) -> None:
    text = "《绍兴市湿地保护条例》（以下简称“《条例》”）施行。"
    assert facts(text, "alias") == ["绍兴市湿地保护条例 | 条例"]


def test_number_and_short_name_in_one_bracket_are_two_aliases(facts: Facts) -> None:
    text = "绍兴市政府印发《绍兴市湿地保护规划》（绍政发〔2024〕8号，以下简称《规划》）。"
    assert facts(text, "alias") == [
        "绍兴市湿地保护规划 | 绍政发〔2024〕8号",
        "绍兴市湿地保护规划 | 规划",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("山河电力有限公司（山电）参加。", "山河电力有限公司 | 山电"),
        ("越州水务集团有限公司，以下简称“越水集团”，发布公告。", "越州水务集团有限公司 | 越水集团"),
    ],
)
def test_short_forms_need_no_word_that_says_so(facts: Facts, text: str, expected: str) -> None:
    assert facts(text, "alias") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "论坛（记者沈墨言摄）开幕。",
        "活动（地点另行通知）将举行。",
        "清河大学（绍兴）挂牌。",
        "越州水务有限公司（国企）参加。",
        "增长3.5%（上年为2.1%）。",
        "活动在绍兴、嘉兴、湖州三市（以下统称浙北三市）举行。",
    ],
)
def test_other_brackets_define_nothing(facts: Facts, text: str) -> None:
    assert facts(text, "alias") == []


def test_a_proper_alias_is_a_mention_wherever_it_returns(read: Callable[..., Any]) -> None:
    text = (
        "越州碳中和绿色发展论坛（以下简称“越州论坛”）开幕。越州论坛为期两天。"
        "青禾能源科技股份有限公司（下称“青禾能源”）参加，青禾能源签约。"
    )
    found = [(e.text, e.name) for e in read(text).entities if e.label in ("FORUM", "ORG")]
    forum, company = "越州碳中和绿色发展论坛", "青禾能源科技股份有限公司"
    assert found == [
        (forum, forum),
        ("越州论坛", forum),
        ("越州论坛", forum),
        (company, company),
        ("青禾能源", company),
        ("青禾能源", company),
    ]


def test_a_generic_alias_is_no_mention(mentions: Callable[..., list[str]]) -> None:
    text = "《绍兴市湿地保护条例》（以下简称《条例》）施行。《条例》共六章。"
    assert mentions(text, "REGULATION") == ["绍兴市湿地保护条例"]


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("越州论坛", True),
        ("青禾能源", True),
        ("论坛", False),
        ("条例", False),
        ("实施方案", False),
        ("该公司", False),
        ("公司", False),
        ("研究院", False),
    ],
)
def test_proper_aliases_are_told_from_generic_ones(alias: str, expected: bool) -> None:
    assert is_proper(alias) is expected


def test_a_number_may_be_told_after_the_title(facts: Facts) -> None:
    text = "绍兴市政府印发《绍兴市湿地保护规划》，文号为绍政发〔2024〕8号。"
    assert facts(text, "alias") == ["绍兴市湿地保护规划 | 绍政发〔2024〕8号"]
