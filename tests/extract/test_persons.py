"""Names of persons, without titles and descriptions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extract.persons import is_chinese_name, surnames

Mentions = Callable[..., list[str]]
Proposals = Callable[..., list[str]]

NAMES = [
    ("绍兴市副市长沈墨言出席。", ["沈墨言"]),
    ("市领导沈墨言、魏长亭、柳如烟出席。", ["沈墨言", "魏长亭", "柳如烟"]),
    ("绍兴市市长沈墨言和嘉兴市市长魏长亭会面。", ["沈墨言", "魏长亭"]),
    ("中国工程院院士欧阳知远作报告。", ["欧阳知远"]),
    ("绍兴市市长司马岚出席。", ["司马岚"]),
    ("绍兴市市长沈岚出席。", ["沈岚"]),
    ("美国加州大学教授安娜·克莱恩致辞。", ["安娜·克莱恩"]),
    ("瑞典驻华大使埃里克·林德伯格致辞。", ["埃里克·林德伯格"]),
    ("英国卡迪夫大学教授Daniel Hughes作报告。", ["Daniel Hughes"]),
    ("新疆维吾尔自治区副主席艾尔肯·吐尼亚孜出席。", ["艾尔肯·吐尼亚孜"]),
    ("西藏自治区生态环境厅厅长扎西次仁出席。", ["扎西次仁"]),
    ("内蒙古自治区副主席巴特尔出席。", ["巴特尔"]),
    ("青禾集团首席执行官约翰·卡特、首席科学家沈墨言出席。", ["约翰·卡特", "沈墨言"]),
    ("丹麦能源署署长拉斯·延森致辞。", ["拉斯·延森"]),
    ("沈墨言同志到任，魏长亭先生、柳如烟女士到场。", ["沈墨言", "魏长亭", "柳如烟"]),
    ("沈墨言教授指出，柳如烟院士补充。", ["沈墨言", "柳如烟"]),
    ("会议任命沈墨言、魏长亭为绍兴市副市长。", ["沈墨言", "魏长亭"]),
    ("绍兴市市长沈　岚出席。", ["沈　岚"]),
    ("本报记者 沈墨言 通讯员 柳如烟", ["沈墨言", "柳如烟"]),
    ("（记者 沈墨言 柳如烟）", ["沈墨言", "柳如烟"]),
    ("（记者　沈墨言　通讯员　柳　岚）", ["沈墨言", "柳　岚"]),
    ("图为论坛现场。 柳如烟 摄", ["柳如烟"]),
    ("图为论坛现场。柳如烟/摄", ["柳如烟"]),
    ("柳如烟 摄影报道", ["柳如烟"]),
    ("文/图 沈墨言", ["沈墨言"]),
]

NO_NAMES = [
    "会议由主任委员主持，主席团成员到会。",
    "绍兴市的代表和专家到会。",
    "《沈墨言条例》施行。",
    "沈阳市、平湖市、安吉县的代表到会。",
    "市长、书记和局长们分组讨论。",
    "越政办发〔2024〕6号印发。",
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_are_found_without_titles(mentions: Mentions, text: str, expected: list[str]) -> None:
    assert mentions(text, "PERSON") == expected


@pytest.mark.parametrize("text", NO_NAMES)
def test_titles_places_and_numbers_are_no_names(mentions: Mentions, text: str) -> None:
    assert mentions(text, "PERSON") == []


RARE = [
    ("沈墨言辞去绍兴市市长职务。", ["沈墨言"]),
    ("绍兴市委副书记、市长庞砚。", ["庞砚"]),
    ("绍兴市委金融办副主任房听澜在圆桌环节对话。", ["房听澜"]),
    ("后一职务由绍兴市委书记褚望时接替。", ["褚望时"]),
    ("绍兴大学院士柏岱川作主旨报告，绍兴高新区管委会主任车以敬参加对话。", ["柏岱川", "车以敬"]),
    ("绍兴市林业局原总工程师伍惟恒建议，把竹林纳入核算。", ["伍惟恒"]),
    ("绍兴市能源局副局长穆清和率团与会。次日，穆清和在会上表示支持。", ["穆清和", "穆清和"]),
    ("绍兴市委书记高度重视这项工作。", []),
    ("主任办公会研究了方案，会长单位和理事单位参加。", []),
    ("山河绿能集团股份有限公司（证券简称：山河绿能）公告。", []),
]


@pytest.mark.parametrize(("text", "expected"), RARE)
def test_names_that_the_words_cut_or_do_not_know(
    mentions: Mentions, text: str, expected: list[str]
) -> None:
    assert mentions(text, "PERSON") == expected


def test_a_name_is_found_wherever_it_returns(mentions: Mentions) -> None:
    text = "绍兴市市长沈墨言出席。记者看到，沈墨言步入会场；会后沈墨言离开。"
    assert mentions(text, "PERSON") == ["沈墨言"] * 3


def test_spaces_inside_a_name_stay_in_the_text_and_leave_its_canonical_form(
    read: Callable[..., object],
) -> None:
    found = [e for e in read("绍兴市市长沈　岚出席。").entities if e.label == "PERSON"]  # type: ignore[attr-defined]
    assert [(e.text, e.name) for e in found] == [("沈　岚", "沈岚")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("沈岚", True),
        ("沈墨言", True),
        ("欧阳岚", True),
        ("欧阳知远", True),
        ("欧阳", False),
        ("沈", False),
        ("沈墨言秋水", False),
        ("论坛报", False),
        ("Shen", False),
        ("", False),
    ],
)
def test_form_of_a_chinese_name(name: str, expected: bool) -> None:
    assert is_chinese_name(name) is expected


def test_surnames_are_of_one_character_or_more() -> None:
    single, double = surnames()
    assert {"王", "沈", "柳"} <= single
    assert {"欧阳", "司马", "上官"} <= double
    assert {len(s) for s in single} == {1}
    assert min(len(s) for s in double) == 2


# Built by hand: what LAC may cut, and what of it is mended.
TAGGED = [
    ("绍兴市/LOC 市长/n 沈墨言/PER 出席/v 。/w", ["沈墨言"]),
    ("绍兴市/LOC 市长/n 沈/nr 墨/n 言/v 出席/v 。/w", ["沈墨言"]),
    ("市长/n 沈墨/PER 言/v 出席/v 。/w", ["沈墨言"]),
    ("教授/n 安娜·克莱因/PER 致辞/v 。/w", ["安娜·克莱因"]),
    ("教授/n 安娜/PER ·/w 克莱因/nz 致辞/v 。/w", ["安娜·克莱因"]),
    ("主任/n 委员/n 会议/n 召开/v 。/w", []),
    ("（/w 记者/n ␣/SP 柳/n 如/v 烟/n ）/w", ["柳如烟"]),
    ("柳/n 如/v 烟/n ␣/SP 摄/v", ["柳如烟"]),
    ("（/w 记者/n ␣/SP 沈/n 墨/n 言/v ␣/SP 柳/n ␣/SP 岚/n ）/w", ["沈墨言", "柳 岚"]),
]


@pytest.mark.parametrize(("tagged", "expected"), TAGGED)
def test_names_that_the_tokenizer_cut_are_mended(
    proposals: Proposals, tagged: str, expected: list[str]
) -> None:
    assert proposals(tagged, "persons") == [f"PERSON {name}" for name in expected]


def test_the_last_part_of_a_foreign_name_stands_for_it(mentions: Mentions) -> None:
    text = "丹麦驻上海总领事拉斯·延森德到会。延森德更关心风电，延森德一行离开。"
    assert mentions(text, "PERSON") == ["拉斯·延森德", "延森德", "延森德"]


def test_a_short_last_part_of_a_foreign_name_needs_more_than_being_written(
    mentions: Mentions,
) -> None:
    assert mentions("丹麦驻上海总领事拉斯·金到会。金价上涨。", "PERSON") == ["拉斯·金"]
