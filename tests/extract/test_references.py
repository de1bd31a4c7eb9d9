"""What mentions stand for in their document: canonical names and the place in force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]

NAMES = [
    # the place of a headline, of a name before, or of the same sentence completes a short name
    ("绍兴市今年启动试点。市发改委负责落实。", "市发改委", "绍兴市发展和改革委员会"),
    ("绍兴市今年启动试点。市生态环境局负责落实。", "市生态环境局", "绍兴市生态环境局"),
    ("浙江省今年启动试点。省发展改革委负责落实。", "省发展改革委", "浙江省发展和改革委员会"),
    ("绍兴市今年启动试点。市政府高度重视。", "市政府", "绍兴市人民政府"),
    ("绍兴市今年启动试点。市委、市政府高度重视。", "市委", "中共绍兴市委员会"),
    ("绍兴启动零碳试点\n\n　　市发改委负责落实。", "市发改委", "绍兴市发展和改革委员会"),
    ("国家发改委发文。", "国家发改委", "国家发展和改革委员会"),
    ("工信部发文。", "工信部", "工业和信息化部"),
    ("绍兴市发改委发文。", "绍兴市发改委", "绍兴市发展和改革委员会"),
    ("浙江省政协开会。", "浙江省政协", "中国人民政治协商会议浙江省委员会"),
    ("清河大学开会。", "清河大学", "清河大学"),
    # a short company name after another is no unit of that one
    ("青禾科技公司、云禾股份有限公司签约。", "云禾股份有限公司", "云禾股份有限公司"),
    # places
    ("绍兴启动试点。", "绍兴", "绍兴市"),
    ("浙江启动试点。", "浙江", "浙江省"),
    ("内蒙古启动试点。", "内蒙古", "内蒙古自治区"),
]


@pytest.mark.parametrize(("text", "wording", "name"), NAMES)
def test_mentions_get_canonical_names(read: Read, text: str, wording: str, name: str) -> None:
    found = [e.name for e in read(text).entities if e.text == wording]
    assert found == [name]


def test_short_names_follow_the_place_that_the_passage_is_about(read: Read) -> None:
    text = "绍兴市启动试点，市发改委负责落实。嘉兴市随后跟进，市发改委牵头。"
    found = [e.name for e in read(text).entities if e.text == "市发改委"]
    assert found == ["绍兴市发展和改革委员会", "嘉兴市发展和改革委员会"]


def test_a_short_name_without_any_place_stays_as_written(read: Read) -> None:
    found = [e.name for e in read("市发改委负责落实。").entities]
    assert found == ["市发改委"]


def test_wordings_of_one_forum_share_its_fullest_name(read: Read) -> None:
    text = "越州碳中和论坛昨日开幕。第五届越州碳中和论坛由清河大学主办。"
    names = {e.name for e in read(text).entities if e.label == "FORUM"}
    assert names == {"第五届越州碳中和论坛"}


def test_two_editions_of_a_series_stay_apart(read: Read) -> None:
    text = "第五届越州碳中和论坛昨日开幕。第四届越州碳中和论坛曾在嘉兴举办。"
    names = [e.name for e in read(text).entities if e.label == "FORUM"]
    assert names == ["第五届越州碳中和论坛", "第四届越州碳中和论坛"]


def test_references_of_a_doc_tell_the_place_in_force(nlp: Any) -> None:
    text = "绍兴市启动试点。随后嘉兴市跟进。"
    references = nlp(text)._.references
    assert references.home.name == "绍兴市"
    assert references.place_of_level(len(text), "市").name == "嘉兴市"
    assert references.place_of_level(len(text), "省").name == "浙江省"
    assert references.place_of_level(len(text), "县") is None


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("绍兴启动试点\n\n　　嘉兴、嘉兴、嘉兴派人观摩。", "绍兴市"),
        ("本报嘉兴5月8日电　记者从绍兴获悉，活动将举行。", "嘉兴市"),
        ("活动先到嘉兴，再到绍兴。绍兴市的村镇最多。", "绍兴市"),
        ("活动昨日结束。", None),
    ],
)
def test_home_is_of_headline_then_dateline_then_most_named(
    nlp: Any, text: str, home: str | None
) -> None:
    found = nlp(text)._.references.home
    assert (found.name if found else None) == home


def test_a_name_broken_over_two_lines_is_joined_in_its_canonical_form(read: Read) -> None:
    head = "　　昨日，来自各地的代表走访了海塘、渔港和湿地，听取了项目情况，随后来到绍兴市生"
    text = f"{head}\n态环境局座谈。"
    (found,) = [e for e in read(text).entities if e.label == "ORG"]
    assert found.text == "绍兴市生\n态环境局"
    assert found.name == "绍兴市生态环境局"
    assert found.span.of(text) == found.text


def test_arguments_know_the_other_names_of_the_document(read: Read) -> None:
    text = "绍兴市发展改革委印发《绍兴市绿电办法》（以下简称《办法》）。"
    (fact,) = [f for f in read(text).facts if f.type == "issues"]
    assert "办法" in fact.regulation.names()
    assert fact.org.names()[0] == "绍兴市发展和改革委员会"
    assert "绍兴市发展改革委" in fact.org.names()


def test_a_foreign_surname_stands_for_the_full_name_before_it(read: Read) -> None:
    text = "丹麦教授埃里克·林德伯格出席第五届越州碳中和论坛。林德伯格作主旨演讲。"
    names = {f.person.names()[0] for f in read(text).facts if f.type == "takes_part"}
    assert names == {"埃里克·林德伯格"}


TITLES = [
    # a district that several cities have
    (
        "南京市鼓楼区人民政府印发《鼓楼区绿化方案》。福州市鼓楼区人民政府印发《鼓楼区绿化方案》。",
        ["南京市鼓楼区绿化方案", "福州市鼓楼区绿化方案"],
    ),
    # the final text and the trial version in one sentence
    (
        "《绍兴市绿色建筑管理办法》施行，2019年的《绍兴市绿色建筑管理办法（试行）》废止。",
        ["绍兴市绿色建筑管理办法", "绍兴市绿色建筑管理办法（试行）"],
    ),
    # a kind with its bracket
    (
        "绍兴市印发《绍兴市绿色建筑管理办法（试行）》。《办法（试行）》共八章。",
        ["绍兴市绿色建筑管理办法（试行）", "绍兴市绿色建筑管理办法（试行）"],
    ),
    # versions by year
    (
        "《绍兴市节水办法》（2023年修订）公布，原《绍兴市节水办法》（2015年）废止。",
        ["绍兴市节水办法（2023年修订）", "绍兴市节水办法（2015年）"],
    ),
    ("《绍兴市节水办法》（2023年修订）公布。", ["绍兴市节水办法"]),
    # the bracket left out later on
    (
        "绍兴市印发《绍兴市绿色建筑管理办法（试行）》。《绍兴市绿色建筑管理办法》共八章。",
        ["绍兴市绿色建筑管理办法（试行）", "绍兴市绿色建筑管理办法（试行）"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), TITLES)
def test_titles_are_those_of_the_place_and_version_that_is_meant(
    read: Read, text: str, expected: list[str]
) -> None:
    assert [e.name for e in read(text).entities if e.label == "REGULATION"] == expected


FORUMS = [
    (
        "第三届越州碳中和论坛与去年的第二届越州碳中和论坛相比规模更大，越州碳中和论坛由协会发起。",
        ["第三届越州碳中和论坛", "第二届越州碳中和论坛", "越州碳中和论坛"],
    ),
    (
        "越州碳中和论坛再到绍兴。第六届论坛5月8日开幕。",
        ["越州碳中和论坛", "第六届越州碳中和论坛"],
    ),
    (
        "2034越州碳汇论坛开幕。市长三年前在首次碳汇论坛上致辞。",
        ["2034越州碳汇论坛", "2031越州碳汇论坛"],
    ),
    (
        "5月8日，储能产业分论坛在绍兴举行，这是第三届越州碳中和论坛的活动。"
        "一年前，第二届越州碳中和论坛也开过储能产业分论坛。",
        [
            "第三届越州碳中和论坛储能产业分论坛",
            "第三届越州碳中和论坛",
            "第二届越州碳中和论坛",
            "第二届越州碳中和论坛储能产业分论坛",
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), FORUMS)
def test_forums_are_the_edition_the_series_or_the_part_that_is_meant(
    read: Read, text: str, expected: list[str]
) -> None:
    assert [e.name for e in read(text).entities if e.label == "FORUM"] == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("绍兴市副市长到诸暨市调研，市发改委陪同。", "绍兴市发展和改革委员会"),
        ("绍兴市副市长到诸暨市。市发改委介绍情况。", "诸暨市发展和改革委员会"),
    ],
)
def test_a_place_that_officials_only_visit_does_not_become_the_topic(
    read: Read, text: str, name: str
) -> None:
    assert [e.name for e in read(text).entities if e.text == "市发改委"] == [name]


def test_a_longer_wording_of_a_date_has_the_value_of_the_date_inside(read: Read) -> None:
    text = "2023年11月当月发电4亿千瓦时。"
    assert {e.name for e in read(text).entities if e.label == "DATE"} == {"2023-11"}
