"""Who guides, hosts, undertakes, co-organises and supports an event, in every word order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = Callable[..., list[str]]
EVENT = "第五届越州碳中和论坛"

ORDERS = [
    (
        f"{EVENT}由生态环境部指导，浙江省人民政府主办，绍兴市人民政府承办，清河大学协办。",
        [
            "生态环境部 guides",
            "浙江省人民政府 hosts",
            "绍兴市人民政府 undertakes",
            "清河大学 co_organizes",
        ],
    ),
    (
        f"由生态环境部指导、浙江省人民政府主办、绍兴市人民政府承办的{EVENT}昨日开幕。",
        ["生态环境部 guides", "浙江省人民政府 hosts", "绍兴市人民政府 undertakes"],
    ),
    (
        f"在生态环境部的指导下，绍兴市人民政府主办了{EVENT}。",
        ["生态环境部 guides", "绍兴市人民政府 hosts"],
    ),
    (
        f"在生态环境部指导下，{EVENT}由绍兴市人民政府主办。",
        ["生态环境部 guides", "绍兴市人民政府 hosts"],
    ),
    (
        f"{EVENT}在绍兴开幕。论坛主办单位为浙江省生态环境厅、绍兴市人民政府，"
        "承办单位为清河大学，协办单位为青禾能源集团，支持单位为中国能源研究会。",
        [
            "浙江省生态环境厅 hosts",
            "绍兴市人民政府 hosts",
            "清河大学 undertakes",
            "青禾能源集团 co_organizes",
            "中国能源研究会 supports",
        ],
    ),
    (
        f"{EVENT}在绍兴开幕。主办单位：浙江省生态环境厅、绍兴市人民政府。承办单位：清河大学。",
        ["浙江省生态环境厅 hosts", "绍兴市人民政府 hosts", "清河大学 undertakes"],
    ),
    (f"{EVENT}（主办方：清河大学）在绍兴开幕。", ["清河大学 hosts"]),
    (
        f"{EVENT}由清河大学、星海大学和青禾能源集团联合主办。",
        ["清河大学 hosts", "星海大学 hosts", "青禾能源集团 hosts"],
    ),
    (
        f"{EVENT}由清河大学牵头，星海大学、青禾能源集团共同组织。",
        ["清河大学 hosts", "星海大学 hosts", "青禾能源集团 hosts"],
    ),
    (f"生态环境部主办的{EVENT}在绍兴开幕。", ["生态环境部 hosts"]),
    (
        f"{EVENT}在绍兴开幕，浙江省生态环境厅主办，清河大学、绍兴市生态环境局共同承办。",
        ["浙江省生态环境厅 hosts", "清河大学 undertakes", "绍兴市生态环境局 undertakes"],
    ),
    (
        f"{EVENT}在绍兴开幕。本届论坛由清河大学主办，青禾能源集团提供支持。",
        ["清河大学 hosts", "青禾能源集团 supports"],
    ),
    (
        f"清河大学与星海大学5月8日在绍兴联合举办{EVENT}。",
        ["清河大学 hosts", "星海大学 hosts"],
    ),
    (
        f"{EVENT}指导单位为生态环境部；主办单位为浙江省人民政府；"
        "承办单位为绍兴市人民政府、清河大学；媒体支持单位为越州晚报。",
        [
            "生态环境部 guides",
            "浙江省人民政府 hosts",
            "绍兴市人民政府 undertakes",
            "清河大学 undertakes",
            "越州晚报 supports",
        ],
    ),
    (
        f"{EVENT}由联合国环境规划署、生态环境部联合主办，绍兴市人民政府具体承办。",
        ["联合国环境规划署 hosts", "生态环境部 hosts", "绍兴市人民政府 undertakes"],
    ),
    (
        f"由中国绿色建筑协会和绍兴市人民政府主办、主题为“山海同行”的{EVENT}5月8日开幕。",
        ["中国绿色建筑协会 hosts", "绍兴市人民政府 hosts"],
    ),
    (
        f"{EVENT}在绍兴开幕。会议主办方为清河大学。",
        ["清河大学 hosts"],
    ),
    (f"{EVENT}开幕。此次论坛得到青禾能源集团的大力支持。", ["青禾能源集团 supports"]),
    (f"{EVENT}开幕。青禾能源集团为论坛提供学术支持。", ["青禾能源集团 supports"]),
    (f"绍兴市将于6月5日至7日举办{EVENT}。", ["绍兴市 hosts"]),
    (
        f"{EVENT}开幕。论坛的指导单位是生态环境部，浙江省生态环境厅、绍兴市人民政府为主办方，"
        "清河大学（下称“清大”）、星海大学负责承办；青禾能源集团协办，中国能源研究会予以支持。",
        [
            "生态环境部 guides",
            "浙江省生态环境厅 hosts",
            "绍兴市人民政府 hosts",
            "清河大学 undertakes",
            "星海大学 undertakes",
            "青禾能源集团 co_organizes",
            "中国能源研究会 supports",
        ],
    ),
    (
        f"由清河大学（QHU）、星海大学合办的“{EVENT}”在绍兴开幕。",
        ["清河大学 hosts", "星海大学 hosts"],
    ),
    (
        f"{EVENT}在绍兴召开，由绍兴市司法局、绍兴市生态环境局联合组织，16名代表到场。",
        ["绍兴市司法局 hosts", "绍兴市生态环境局 hosts"],
    ),
    (f"{EVENT}开幕，青禾能源集团为赞助机构。", ["青禾能源集团 supports"]),
    (f"{EVENT}将于6月举行。作为承办单位，清河大学准备充分。", ["清河大学 undertakes"]),
    (f"清河大学是{EVENT}的承办单位之一。", ["清河大学 undertakes"]),
    (f"{EVENT}，清河大学指导，星海大学主办。", ["清河大学 guides", "星海大学 hosts"]),
    (f"{EVENT}在绍兴开幕，由清河大学发起。", ["清河大学 hosts"]),
    (
        f"{EVENT}昨日开幕，承办单位有清河大学、星海大学。",
        ["清河大学 undertakes", "星海大学 undertakes"],
    ),
    (f"{EVENT}主办方清河大学表示，明年再会。", ["清河大学 hosts"]),
    (
        f"青禾能源集团有限公司成立于2011年。由该公司主办、绍兴市生态环境局协办的{EVENT}昨日举行。",
        ["青禾能源集团有限公司 hosts", "绍兴市生态环境局 co_organizes"],
    ),
    (
        f"{EVENT}由绍兴市发展和改革委员会与清河大学在绍兴市会议中心共同主办。",
        ["绍兴市发展和改革委员会 hosts", "清河大学 hosts"],
    ),
    (
        f"由生态环境部牵头，清河大学、星海大学共同发起的{EVENT}在绍兴举行。",
        ["生态环境部 hosts", "清河大学 hosts", "星海大学 hosts"],
    ),
    (
        f"承办{EVENT}的是清河大学，星海大学为学术支持单位。",
        ["清河大学 undertakes", "星海大学 supports"],
    ),
    (f"{EVENT}由清河大学等机构参与支持。", ["清河大学 supports"]),
    (
        f"主办单位：清河大学\n协办单位：星海大学\n{EVENT}日程",
        ["清河大学 hosts", "星海大学 co_organizes"],
    ),
]


def lines(expected: list[str]) -> list[str]:
    return sorted(f"{org} | {EVENT} | {role}" for org, role in (e.rsplit(" ", 1) for e in expected))


@pytest.mark.parametrize(("text", "expected"), ORDERS)
def test_roles_are_read_in_every_word_order(facts: Facts, text: str, expected: list[str]) -> None:
    assert sorted(facts(text, "organizes")) == lines(expected)


def test_each_event_of_a_text_has_its_own_organizers(facts: Facts) -> None:
    text = (
        f"{EVENT}由清河大学主办。论坛期间举办的绿色金融分论坛由星海大学主办、青禾能源集团承办。"
        "另据报道，第二届镜湖能源年会由绍兴市能源局主办。"
    )
    assert sorted(facts(text, "organizes")) == sorted(
        [
            f"清河大学 | {EVENT} | hosts",
            "星海大学 | 绿色金融分论坛 | hosts",
            "青禾能源集团 | 绿色金融分论坛 | undertakes",
            "绍兴市能源局 | 第二届镜湖能源年会 | hosts",
        ]
    )


def test_words_that_point_back_speak_of_the_event_named_before(facts: Facts) -> None:
    for word in ("论坛", "本届论坛", "本次论坛", "活动"):
        text = f"{EVENT}昨日在绍兴开幕。{word}由清河大学主办。"
        assert facts(text, "organizes") == [f"清河大学 | {EVENT} | hosts"], word


@pytest.mark.parametrize(
    "text",
    [
        "清河大学支持绍兴发展绿电。",
        "在生态环境部指导下，绍兴建成零碳园区。",
        "绍兴市水利局组织植树。",
        "绍兴市政府召开新闻发布会。",
        "清河大学主办校刊。",
        f"{EVENT}昨日开幕。该项目由青禾能源集团牵头制定方案。",
        f"{EVENT}昨日开幕。项目总投资6亿元，其中青禾能源集团牵头的银团贷款4亿元。",
        f"{EVENT}昨日开幕。起草工作由清河大学牵头，多方参与。",
        f"{EVENT}昨日开幕。清河大学主办的杂志随会赠送。",
        f"{EVENT}昨日开幕。绍兴市财政局支持企业改造。",
        f"{EVENT}在清河大学举办。",
    ],
)
def test_the_same_verbs_without_an_event_are_no_facts(facts: Facts, text: str) -> None:
    assert facts(text, "organizes") == []


def test_evidence_is_the_sentence_of_the_verb(read: Callable[..., Any]) -> None:
    text = f"{EVENT}昨日开幕。论坛由清河大学主办。散会。"
    (fact,) = [f for f in read(text).facts if f.type == "organizes"]
    assert fact.evidence.of(text) == "论坛由清河大学主办。"


def test_the_former_and_the_latter_event_have_their_own_organizers(facts: Facts) -> None:
    text = "储能安全论坛和氢能产业峰会昨日举办，前者由清河大学承办，后者由星海大学承办。"
    assert sorted(facts(text, "organizes")) == [
        "星海大学 | 氢能产业峰会 | undertakes",
        "清河大学 | 储能安全论坛 | undertakes",
    ]
