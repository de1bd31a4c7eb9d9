"""Institutions whole, with their parents, and in joint lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Mentions = Callable[..., list[str]]
Proposals = Callable[..., list[str]]

NAMES = [
    ("绍兴市生态环境局发布消息。", ["绍兴市生态环境局"]),
    ("国家发展改革委、工信部发文。", ["国家发展改革委", "工信部"]),
    ("市发改委、市工信局、市生态环境局负责落实。", ["市发改委", "市工信局", "市生态环境局"]),
    (
        "浙江省生态环境厅、绍兴市人民政府和清河大学联合主办。",
        ["浙江省生态环境厅", "绍兴市人民政府", "清河大学"],
    ),
    ("浙江省能源局与绍兴市水利局签约。", ["浙江省能源局", "绍兴市水利局"]),
    ("星海大学（绍兴）派出代表。", ["星海大学（绍兴）"]),
    ("青禾新能源（无锡）有限公司承建。", ["青禾新能源（无锡）有限公司"]),
    ("清河大学碳中和研究院承办。", ["清河大学碳中和研究院"]),
    ("生态环境部应对气候变化司发布消息。", ["生态环境部应对气候变化司"]),
    ("省政府新闻办举行发布会。", ["省政府新闻办"]),
    ("绍兴市委、市政府高度重视。", ["绍兴市委", "市政府"]),
    ("第十四届全国政协委员沈墨言到会。", ["第十四届全国政协"]),
    ("世界自然基金会北京代表处协办。", ["世界自然基金会北京代表处"]),
    ("国网绍兴供电公司介绍。", ["国网绍兴供电公司"]),
    ("国家税务总局绍兴市税务局介绍。", ["国家税务总局绍兴市税务局"]),
    ("绍兴高新区管委会介绍。", ["绍兴高新区管委会"]),
    ("美国加州大学派出代表。", ["美国加州大学"]),
    ("越州晚报讯（记者 沈墨言）", ["越州晚报"]),
    ("青禾能源科技股份有限公司华东分公司挂牌。", ["青禾能源科技股份有限公司华东分公司"]),
    ("中国绿色建筑与生态促进会发布消息。", ["中国绿色建筑与生态促进会"]),
    ("世界绿色组织发布报告。", ["世界绿色组织"]),
    ("主办单位：清河大学、青禾能源集团。", ["清河大学", "青禾能源集团"]),
    ("绍兴市人大常委会法工委介绍。", ["绍兴市人大常委会法工委"]),
    ("瑞典林雪平大学教授卡琳·埃克作报告。", ["瑞典林雪平大学"]),
]

NO_NAMES = [
    "有关部门和重点企业负责落实。",
    "各区、各有关部门要加强协作。",
    "绍兴市市长沈墨言到会。",
    "互联网和物联网加速融合。",
    "会展中心和数据中心建成。",
    "东部、西部地区差距缩小。",
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_institutions_are_found_whole(mentions: Mentions, text: str, expected: list[str]) -> None:
    assert mentions(text, "ORG") == expected


@pytest.mark.parametrize("text", NO_NAMES)
def test_generic_words_and_places_are_no_institutions(mentions: Mentions, text: str) -> None:
    assert mentions(text, "ORG") == []


COORDINATED = [
    ("绍兴市园林和林业局局长林远出席。", ["绍兴市园林和林业局"]),
    ("绍兴市能源局和浙江省财政厅联合印发。", ["绍兴市能源局", "浙江省财政厅"]),
    ("广东省与住房和城乡建设部签约。", ["住房和城乡建设部"]),
    ("绍兴水文台和国家能源局签约。", ["绍兴水文台", "国家能源局"]),
    ("其中国家开发银行浙江省分行提供贷款。", ["国家开发银行浙江省分行"]),
]

HIDDEN = [
    ("生态环境部应对气候变化司派员参加。", ["生态环境部应对气候变化司"]),
    ("各区政府和企业负责落实。", []),
    ("市委作出部署。", ["市委"]),
    ("论坛由清河大学主办，主题为“山海同行”。", ["清河大学"]),
]


@pytest.mark.parametrize(("text", "expected"), COORDINATED)
def test_a_field_that_is_a_list_keeps_one_ministry_together(
    mentions: Mentions, text: str, expected: list[str]
) -> None:
    assert mentions(text, "ORG") == expected


@pytest.mark.parametrize(("text", "expected"), HIDDEN)
def test_institutions_beside_words_that_hide_them(
    mentions: Mentions, text: str, expected: list[str]
) -> None:
    assert mentions(text, "ORG") == expected


def test_an_institution_ends_where_a_title_begins(mentions: Mentions) -> None:
    text = "绍兴市委书记沈墨言、绍兴市水利局党组成员柳如烟到会。"
    assert mentions(text, "ORG") == ["绍兴市委", "绍兴市水利局"]


TAGGED = [
    ("绍兴市/LOC 生态/n 环境局/n 发布/v 。/w", ["绍兴市生态环境局"]),
    ("清河大学/ORG 碳/n 中和/vn 研究院/n 承办/v 。/w", ["清河大学碳中和研究院"]),
    ("甲乙大学/ORG （/w 越州/LOC ）/w 成立/v 。/w", ["甲乙大学（越州）"]),
    ("有关/a 部门/n 负责/v 。/w", []),
    ("青禾/nz 能源/n 集团/n 发布/v 。/w", ["青禾能源集团"]),
]


@pytest.mark.parametrize(("tagged", "expected"), TAGGED)
def test_words_given_by_hand_are_joined(
    proposals: Proposals, tagged: str, expected: list[str]
) -> None:
    assert proposals(tagged, "organizations") == [f"ORG {name}" for name in expected]


def test_what_longer_names_hold_is_left_to_them(mentions: Mentions) -> None:
    text = "浙江省生态环境厅印发《浙江省生态环境厅督察办法》，清河大学碳中和研究院成立仪式举行。"
    assert mentions(text, "ORG") == ["浙江省生态环境厅"]


def test_a_ministry_of_three_fields_is_proposed_whole(
    proposals: Callable[..., list[str]],
) -> None:
    tagged = "会见/v 丹麦/LOC 渔业/n 、/w 港口/n 与/c 海洋/n 事务部/n 国务/n 秘书/n 。/w"
    assert "ORG 丹麦渔业、港口与海洋事务部" in proposals(tagged, "organizations")
