"""Who adopted or issued a regulation, and when; the day of taking effect is another thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = Callable[..., list[str]]
LAW = "绍兴市湿地保护条例"
CONGRESS = "绍兴市人民代表大会常务委员会"

ISSUED = [
    (f"2024年3月5日，绍兴市人民政府印发《{LAW}》。", [f"绍兴市人民政府 | {LAW} | 2024-03-05"]),
    (f"绍兴市人民政府印发《{LAW}》。", [f"绍兴市人民政府 | {LAW}"]),
    (f"《{LAW}》2024年3月5日由绍兴市人民政府印发。", [f"绍兴市人民政府 | {LAW} | 2024-03-05"]),
    (f"绍兴市人大常委会2024年3月5日表决通过《{LAW}》。", [f"{CONGRESS} | {LAW} | 2024-03-05"]),
    (f"2024年3月，绍兴市人民政府印发《{LAW}》。", [f"绍兴市人民政府 | {LAW} | 2024-03"]),
    (f"2024年，绍兴市人民政府印发《{LAW}》。", [f"绍兴市人民政府 | {LAW} | 2024"]),
    (f"绍兴市人民政府昨日发布《{LAW}》。", [f"绍兴市人民政府 | {LAW} | 2024-05-08"]),
    (f"绍兴市人民政府印发的《{LAW}》共六章。", [f"绍兴市人民政府 | {LAW}"]),
    (f"绍兴市率先出台《{LAW}》。", [f"绍兴市 | {LAW}"]),
    ("浙江省印发绿色交通发展规划。", ["浙江省 | 绿色交通发展规划"]),
    (
        "国务院2023年10月8日印发《绿色海岛行动方案》（国发〔2023〕77号）。",
        ["国务院 | 绿色海岛行动方案 | 2023-10-08"],
    ),
]

CONSULTED = [
    (
        f"5月8日，浙江省能源局会同绍兴市人民政府发布新修订的《{LAW}》。",
        [f"浙江省能源局 | {LAW} | 2024-05-08", f"绍兴市人民政府 | {LAW} | 2024-05-08"],
    ),
    (
        f"镜湖碳排放权交易中心（下称“镜碳所”）5月8日发布的《{LAW}》显示，成交放大。",
        [f"镜湖碳排放权交易中心 | {LAW} | 2024-05-08"],
    ),
    (
        f"浙江省生态环境厅计划发放配额。5月8日，该厅印发《{LAW}》。",
        [f"浙江省生态环境厅 | {LAW} | 2024-05-08"],
    ),
    (
        f"5月8日，浙江省能源局就《{LAW}（草案）》向社会公开征求意见。",
        [f"浙江省能源局 | {LAW}（草案） | 2024-05-08"],
    ),
    (
        f"自2022年8月《{LAW}》由浙江省能源局印发以来，湿地恢复加快。",
        [f"浙江省能源局 | {LAW} | 2022-08"],
    ),
    (
        f"会上发布了由浙江省能源局共同编制的《{LAW}》。",
        [f"浙江省能源局 | {LAW}"],
    ),
    (
        f"浙江省能源局起草了《{LAW}（征求意见稿）》，现公开征求意见。",
        [f"浙江省能源局 | {LAW}（征求意见稿）"],
    ),
    (
        f"浙江省能源局近期发布的三项文件中，《{LAW}》最受关注。",
        [f"浙江省能源局 | {LAW}"],
    ),
    ("绍兴市《绿色海岛行动方案》印发。", ["绍兴市 | 绿色海岛行动方案"]),
    (
        "《省政府关于印发浙江省绿色海岛行动计划的通知》明确了目标。",
        ["浙江省人民政府 | 省政府关于印发浙江省绿色海岛行动计划的通知"],
    ),
    (
        f"绍兴市人大常委会5月8日表决通过关于修改《{LAW}》的决定。",
        [f"{CONGRESS} | 关于修改《{LAW}》的决定 | 2024-05-08"],
    ),
    ("芬兰环境部去年更新了《蓝海战略》。", ["芬兰环境部 | 蓝海战略 | 2023"]),
]

JOINT = [
    (
        "浙江省发展改革委与浙江省能源局联合印发《浙江省海上风电管理办法》。",
        [
            "浙江省发展和改革委员会 | 浙江省海上风电管理办法",
            "浙江省能源局 | 浙江省海上风电管理办法",
        ],
    ),
    (
        "绍兴市发展改革委、绍兴市财政局联合印发《绍兴市绿电补贴办法》。",
        [
            "绍兴市发展和改革委员会 | 绍兴市绿电补贴办法",
            "绍兴市财政局 | 绍兴市绿电补贴办法",
        ],
    ),
    (
        "浙江省生态环境厅会同浙江省财政厅印发《浙江省减污降碳方案》。",
        ["浙江省生态环境厅 | 浙江省减污降碳方案", "浙江省财政厅 | 浙江省减污降碳方案"],
    ),
    (
        "浙江省生态环境厅等九部门联合印发《浙江省减污降碳方案》。",
        ["浙江省生态环境厅 | 浙江省减污降碳方案"],
    ),
    (
        "绍兴市人民政府先后印发《绍兴市绿电办法》《绍兴市绿氢办法》。",
        ["绍兴市人民政府 | 绍兴市绿电办法", "绍兴市人民政府 | 绍兴市绿氢办法"],
    ),
    (
        "2024年1月5日、2月6日，《绍兴市越城区绿电办法》《绍兴市柯桥区绿电办法》先后出台，"
        "印发单位分别是越城区人民政府和柯桥区人民政府。",
        [
            "绍兴市越城区人民政府 | 绍兴市越城区绿电办法 | 2024-01-05",
            "绍兴市柯桥区人民政府 | 绍兴市柯桥区绿电办法 | 2024-02-06",
        ],
    ),
    (
        "绍兴市、嘉兴市先后出台《绍兴市绿电办法》《嘉兴市绿电办法》。",
        ["绍兴市 | 绍兴市绿电办法", "嘉兴市 | 嘉兴市绿电办法"],
    ),
]

CLAUSES = [
    (
        "根据绍兴市人民政府去年2月印发的《绍兴市绿电办法》，到2025年装机翻番。",
        ["绍兴市人民政府 | 绍兴市绿电办法 | 2023-02"],
    ),
    (
        "绍兴市水利局认真落实2021年出台的《绍兴市绿电办法》。",
        ["绍兴市 | 绍兴市绿电办法 | 2021"],
    ),
    (
        "《绍兴市绿电办法》是绍兴市人民政府3月5日印发的。",
        ["绍兴市人民政府 | 绍兴市绿电办法 | 2024-03-05"],
    ),
    (
        "3月5日，绍兴市能源局副局长林远发布《绍兴市绿电办法》。",
        ["绍兴市能源局 | 绍兴市绿电办法 | 2024-03-05"],
    ),
    (
        "绍兴市能源局在杭州举行会议，发布《绍兴市绿电办法》。",
        ["绍兴市能源局 | 绍兴市绿电办法"],
    ),
    (
        "经绍兴市人民政府同意，绍兴市能源局印发《绍兴市绿电办法》。",
        ["绍兴市能源局 | 绍兴市绿电办法"],
    ),
    (
        "由绍兴市能源局、绍兴市财政局于3月5日联合印发的《绍兴市绿电办法》共六章。",
        [
            "绍兴市能源局 | 绍兴市绿电办法 | 2024-03-05",
            "绍兴市财政局 | 绍兴市绿电办法 | 2024-03-05",
        ],
    ),
    (
        "记者从绍兴市能源局获悉，《关于支持绿电发展的若干措施》近日印发。",
        ["绍兴市能源局 | 关于支持绿电发展的若干措施"],
    ),
    (
        "2022年，绍兴市人民政府办公厅印发《绍兴市绿电办法》，2023年又出台《绍兴市绿氢办法》。",
        [
            "绍兴市人民政府办公厅 | 绍兴市绿电办法 | 2022",
            "绍兴市人民政府办公厅 | 绍兴市绿氢办法 | 2023",
        ],
    ),
    (
        "绍兴市能源局、绍兴市财政局去年分别出台《绍兴市绿电办法》和《绍兴市绿电补贴办法》。",
        [
            "绍兴市能源局 | 绍兴市绿电办法 | 2023",
            "绍兴市财政局 | 绍兴市绿电补贴办法 | 2023",
        ],
    ),
    (
        "绍兴市能源局分别与嘉兴市能源局、湖州市能源局签署《绿电互济合作备忘录》。",
        [
            "绍兴市能源局 | 绿电互济合作备忘录",
            "嘉兴市能源局 | 绿电互济合作备忘录",
            "湖州市能源局 | 绿电互济合作备忘录",
        ],
    ),
    (
        "绍兴市人民政府印发《绍兴市绿电办法》，省里还出台《绿电支持若干措施》。",
        ["绍兴市人民政府 | 绍兴市绿电办法", "浙江省 | 绿电支持若干措施"],
    ),
    (
        "绍兴大学今天挂牌。按照《绍兴大学碳中和行动计划》，校园将全面节电。",
        ["绍兴大学 | 绍兴大学碳中和行动计划"],
    ),
    (
        "生态环境部部务会议审议并原则通过《海岛保护规定》。",
        ["生态环境部 | 海岛保护规定"],
    ),
]

POINTING_BACK = [
    (
        "绍兴市出台《绍兴市绿电办法》（以下简称《办法》）。《办法》由绍兴市能源局2024年3月5日印发。",
        ["绍兴市能源局 | 绍兴市绿电办法 | 2024-03-05"],
    ),
    (
        "会议解读了《绍兴市绿电办法》和《绍兴市绿氢办法》。后者由绍兴市能源局今年3月印发。",
        ["绍兴市能源局 | 绍兴市绿氢办法 | 2024-03"],
    ),
    (
        "规矩写在《绍兴市绿电办法》里——2023年11月，绍兴市能源局印发了这份文件。",
        ["绍兴市能源局 | 绍兴市绿电办法 | 2023-11"],
    ),
    (
        "绍兴市水利局制定了《绍兴市绿电办法》。该办法于3月5日正式印发。",
        ["绍兴市水利局 | 绍兴市绿电办法 | 2024-03-05"],
    ),
    (
        "绍兴市印发碳普惠管理办法\n\n3月5日，绍兴市能源局印发《绍兴市碳普惠管理办法（试行）》。",
        ["绍兴市能源局 | 绍兴市碳普惠管理办法（试行） | 2024-03-05"],
    ),
]

NOT_ISSUED = [
    f"第五届越州碳中和论坛5月8日在绍兴开幕。8日下午，论坛发布《{LAW}》。",
    "绍兴市能源局建议修订《绍兴市绿电办法》。",
    "绍兴市能源局正在起草《绍兴市绿电办法》。",
    "绍兴市能源局将于年底前出台《绍兴市绿电办法》。",
    "《绍兴市绿电办法》预计年底前由绍兴市能源局发布。",
    "绍兴市能源局通过《绍兴市绿电办法》引导企业。",
    "绍兴市能源局发布会介绍《绍兴市绿电办法》有关情况。",
    "依据《海上绿电办法》，绍兴市水利局加强执法。《办法》实施细则由绍兴市能源局印发。",
    "三部门印发绿电利用行动计划",
    "会上，绍兴市三地交通部门签署了《绍兴市绿色航运合作协议》。",
    "会上发布了《绍兴倡议》。",
]

EFFECT = [
    (
        f"2024年3月5日，绍兴市人大常委会通过《{LAW}》，自2024年5月1日起施行。",
        [f"{CONGRESS} | {LAW} | 2024-03-05"],
    ),
    (
        f"绍兴市人大常委会通过《{LAW}》，自2024年5月1日起施行。",
        [f"{CONGRESS} | {LAW}"],
    ),
    (
        f"自2024年6月1日起施行的《{LAW}》由绍兴市人大常委会通过。",
        [f"{CONGRESS} | {LAW}"],
    ),
    (
        f"绍兴市人大常委会通过的《{LAW}》5月1日起正式实施。",
        [f"{CONGRESS} | {LAW}"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), ISSUED)
def test_issuer_and_day_of_issue(facts: Facts, text: str, expected: list[str]) -> None:
    assert facts(text, "issues") == expected


@pytest.mark.parametrize(("text", "expected"), CLAUSES)
def test_the_clause_of_the_verb_gives_issuer_and_day(
    facts: Facts, text: str, expected: list[str]
) -> None:
    assert sorted(facts(text, "issues")) == sorted(expected)


@pytest.mark.parametrize(("text", "expected"), POINTING_BACK)
def test_words_that_point_back_stand_for_the_regulation(
    facts: Facts, text: str, expected: list[str]
) -> None:
    assert facts(text, "issues") == expected


@pytest.mark.parametrize("text", NOT_ISSUED)
def test_what_is_planned_or_only_spoken_of_has_not_been_issued(facts: Facts, text: str) -> None:
    assert facts(text, "issues") == []


@pytest.mark.parametrize(("text", "expected"), [*JOINT, *CONSULTED])
def test_joint_and_distributed_issuers(facts: Facts, text: str, expected: list[str]) -> None:
    assert sorted(facts(text, "issues")) == sorted(expected)


@pytest.mark.parametrize(("text", "expected"), EFFECT)
def test_day_of_taking_effect_is_no_day_of_issue(
    facts: Facts, text: str, expected: list[str]
) -> None:
    assert facts(text, "issues") == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            f"3月5日，绍兴市十届人大常委会第十二次会议表决通过《{LAW}》。",
            {"绍兴市人大常委会", CONGRESS},
        ),
        (
            "经绍兴市政府第35次常务会议审议通过，《绍兴市绿电办法》印发。",
            {"绍兴市政府", "绍兴市人民政府"},
        ),
        (
            f"《{LAW}》已由绍兴市第九届人民代表大会常务委员会第十二次会议于2024年3月5日通过，"
            "自2024年6月1日起施行。",
            {CONGRESS},
        ),
    ],
)
def test_a_session_adopts_for_the_body_that_sits(
    read: Callable[..., Any], text: str, names: set[str]
) -> None:
    (fact,) = [f for f in read(text).facts if f.type == "issues"]
    assert names & set(fact.org.names())


@pytest.mark.parametrize(
    "text",
    [
        f"依据《{LAW}》，绍兴市水利局加强执法。",
        f"绍兴市水利局认真落实《{LAW}》。",
        f"按照《{LAW}》，企业应当报告。",
        f"《{LAW}》共六章四十条。",
    ],
)
def test_a_regulation_that_is_only_cited_has_no_issuer(facts: Facts, text: str) -> None:
    assert facts(text, "issues") == []


def test_a_regulation_that_is_cited_beside_one_that_is_issued_stays_apart(facts: Facts) -> None:
    text = f"依据《{LAW}》，绍兴市水利局印发《绍兴市湿地修复规划》。"
    assert facts(text, "issues") == ["绍兴市水利局 | 绍兴市湿地修复规划"]


def test_short_names_of_issuers_are_resolved(facts: Facts) -> None:
    text = "绍兴市启动试点。市发改委印发《绍兴市绿电办法》。"
    assert facts(text, "issues") == ["绍兴市发展和改革委员会 | 绍兴市绿电办法"]


def test_evidence_is_the_sentence_of_issue(read: Callable[..., Any]) -> None:
    text = f"天晴。绍兴市人民政府印发《{LAW}》。散会。"
    (fact,) = [f for f in read(text).facts if f.type == "issues"]
    assert fact.evidence.of(text) == f"绍兴市人民政府印发《{LAW}》。"
