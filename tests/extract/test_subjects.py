"""What figures can be about: governed places, organs, undertakings, words that point."""

from __future__ import annotations

import re

import pytest

from extract.facts import Argument, Entity, Span
from extract.subjects import find_mentions, is_governed, is_lasting

HOME = Argument(label="PLACE", text="苏州", name="苏州市")
NAMES = {
    "苏州": ("PLACE", "苏州市"), "昆山": ("PLACE", "昆山市"), "太仓": ("PLACE", "太仓市"),
    "太湖": ("PLACE", "太湖"), "青禾集团": ("ORG", "青禾集团"), "白鹭公司": ("ORG", "白鹭公司"),
    "苏州市统计局": ("ORG", "苏州市统计局"), "国家能源局": ("ORG", "国家能源局"),
    "总裁": ("POST", "总裁"), "绿野低碳论坛": ("FORUM", "绿野低碳论坛"),
    "苏州规模以上工业企业": ("ORG", "苏州规模以上工业企业"),
}  # fmt: skip


def entities_of(text: str) -> list[Entity]:
    found = re.finditer("|".join(sorted(NAMES, key=len, reverse=True)), text)
    return [
        Entity(
            span=Span(*m.span()),
            label=NAMES[m.group()][0],  # type: ignore[arg-type]
            text=m.group(),
            name=NAMES[m.group()][1],
        )
        for m in found
    ]


def strong(text: str) -> list[str]:
    mentions = find_mentions(text, entities_of(text), home=HOME)
    return [m.argument.name for m in mentions if m.argument is not None and not m.weak]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("昆山新增绿地。", ["昆山市"]),
        ("走进位于太湖的星河动力工厂，年发电6万度。", ["星河动力工厂"]),
        ("全市新增绿地。", ["苏州市"]),
        ("全省新增绿地。", ["江苏省"]),
        ("全国新增绿地。", ["中国"]),
        ("第九届全国运动会开幕。", []),
        ("全市领先。", []),
        ("在昆山、太仓建有基地。", []),
        ("高于昆山。", []),
        ("苏州市统计局通报。", []),
        ("国家能源局通报。", []),
        ("白鹭公司、青禾集团等9家企业参加。", []),
        ("青禾集团总裁介绍。", []),
        ("苏州规模以上工业企业盈利。", ["苏州市"]),
        ("昆山主城区新增绿地。", ["昆山市", "昆山市主城区"]),
        ("昆山主城区达标，市区增绿。", ["昆山市", "昆山市主城区", "昆山市市区"]),
        ("全国碳市场开市。", ["全国碳市场"]),
        ("公司能源环保部到会。", []),
        ("青霞能源上榜。", ["青霞能源"]),
        ("苏州碳普惠平台用户增多。", ["苏州碳普惠平台"]),
        ("苏州建成零碳产业园15个。", ["苏州市"]),
        ("青禾储能基地一期在昆山投产。项目占地大。", ["青禾储能基地一期"] * 2),
        ("青禾集团电耗下降3%。", ["青禾集团"]),
        ("太仓数据中心用电下降3%。", ["太仓数据中心"]),
        ("青禾集团昆山基地产出硅片30万片。", ["青禾集团昆山基地"]),
        ("“西电入苏”工程6月全线开工，总投资9亿元。", ["“西电入苏”工程"]),
        ("昆山推进储能项目12个。", ["昆山市"]),
        ("青禾集团投产。“小巨人”企业7家。", ["青禾集团"]),
        ("位于昆山的太仓制氢一体化项目配套风电8万千瓦。", ["太仓制氢一体化项目"]),
        ("主题为“绿野一片 太湖一汪”，共设展位9个。", []),
        ("昆山达标。稻香重卡同期卖出牵引车20台。", ["昆山市", "稻香重卡"]),
        ("稻香绿能太仓基地产出硅棒5吨。", ["稻香绿能太仓基地"]),
        ("清洁能源装机增长3%。绿色能源占比高。", []),
        ("昆山储能项目已有12个。", ["昆山市"]),
        (
            "昆山和太仓率先达标，前者建桩30个，后者建桩20个。",
            ["昆山市", "太仓市", "昆山市", "太仓市"],
        ),
        ("昆山、太仓达标。前者建桩30个。", ["昆山市", "太仓市"]),
        ("资金投向昆山海上风电项目，该项目年发电量大。", ["昆山海上风电项目"]),
        ("不及昆山的一半。", []),
        ("原因是昆山投产了两条线。", ["昆山市"]),
        ("重大项目开工。", []),
        ("青禾集团投产。公司员工增多。", ["青禾集团"] * 2),
        ("公司员工增多。", []),
        ("绿野低碳论坛闭幕。论坛主题为水，签约多。", ["绿野低碳论坛"]),
        ("全国规模最大的湿地。全国湿地多。", ["中国"]),
        ("位于昆山的稻香储能示范项目实现全容量并网。该项目占地大。", ["稻香储能示范项目"] * 2),
        ("稻香储能电站4台机组已全部投产。", ["稻香储能电站"]),
        ("规模最大的工程——稻香清洁供暖基地一期总投资8亿元。", ["稻香清洁供暖基地一期"]),
        ("昆山稻香零碳项目由某公司投资，新能源项目总投资多。", ["昆山稻香零碳项目"]),
        ("年度绿穗创新奖共评出金奖5项。", ["绿穗创新奖"]),
        ("昆山达标。利用青禾集团余热供暖。", ["昆山市"]),
    ],
)
def test_what_governs_a_figure_is_found_and_resolved(text, names):
    assert strong(text) == names


def test_speakers_stand_for_their_place_their_country_or_their_company():
    text = "苏州市统计局通报。国家能源局通报。青禾集团总裁介绍。"
    mentions = find_mentions(text, entities_of(text), home=HOME)
    names = [(m.argument.name, m.passing) for m in mentions if m.argument is not None]
    assert names == [("苏州市", False), ("中国", True), ("青禾集团", True)]


def test_several_places_taken_together_are_named_by_their_list():
    text = "昆山、太仓两市签约，两市碳排放下降。"
    groups = [m for m in find_mentions(text, entities_of(text), home=HOME) if m.members]
    assert [m.argument.name for m in groups if m.argument] == ["昆山市、太仓市"] * 2
    assert [[member.name for member in m.members] for m in groups] == [["昆山市", "太仓市"]] * 2


@pytest.mark.parametrize(
    ("text", "label", "name", "told"),
    [
        ("稻香供电局市场营销部经理说，该局投资多。", "ORG", "稻香供电局市场营销部", "稻香供电局"),
        ("稻香供电局介绍，该局投资多。", "ORG", "稻香供电局", "稻香供电局"),
        ("荷兰稻香市首席建筑师说，该市屋顶多。", "PLACE", "荷兰稻香市", "荷兰稻香市"),
    ],
)
def test_this_house_and_this_city_are_those_of_the_speaker(
    text: str, label: str, name: str, told: str
) -> None:
    at = text.index(name)
    entity = Entity(span=Span(at, at + len(name)), label=label, text=name, name=name)  # type: ignore[arg-type]
    mentions = find_mentions(text, [entity], home=HOME)
    assert [m.argument.name for m in mentions if m.argument and m.word] == [told]


def test_a_site_that_builds_with_others_opens_its_clause() -> None:
    site = Entity(span=Span(0, 5), label="PLACE", text="稻香产业园", name="稻香产业园")
    text = "稻香产业园投用。园区与青禾集团共建的平台接入点位多。园区与青禾集团签约。"
    mentions = find_mentions(text, [site], home=HOME)
    assert [m.argument.name for m in mentions if m.argument] == ["稻香产业园", "稻香产业园"]


def test_who_signs_may_own_the_figures():
    text = "青禾集团与某银行签署协议。"
    mentions = find_mentions(text, entities_of(text), home=HOME)
    assert [(m.argument.name, m.passing) for m in mentions if m.argument] == [("青禾集团", True)]


def test_sums_of_several_subjects_have_no_subject():
    text = "三市合计占比高。"
    assert [m.argument for m in find_mentions(text, [], home=HOME)] == [None]


@pytest.mark.parametrize(
    ("text", "governed"),
    [("在昆山投产", True), ("在昆山，绿地多", False), ("昆山绿地", False), ("比昆山高", True)],
)
def test_prepositions_govern(text, governed):
    at = text.index("昆山")
    assert is_governed(text, Span(at, at + 2)) is governed


@pytest.mark.parametrize(
    ("name", "lasting"),
    [("昆山市", True), ("长三角", True), ("太湖", False), ("昆山市主城区", False), ("会展中心", False)],
)  # fmt: skip
def test_lakes_halls_and_town_centres_do_not_outlast_their_sentence(name, lasting):
    assert is_lasting(Argument(label="PLACE", text=name, name=name)) is lasting
    assert not is_lasting(Argument(label="ORG", text=name, name=name))


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("青禾集团投产。", [False]),
        ("2023年，青禾集团投产。", [False]),
        ("目前，青禾集团投产。", [False]),
        ("厂址离青禾集团不远。", [True]),
    ],
)
def test_an_institution_inside_a_clause_owns_this_clause_alone(text, local):
    found = find_mentions(text, entities_of(text), home=HOME)
    assert [m.local for m in found if m.argument and m.argument.label == "ORG"] == local


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("青禾集团主办交流会。", []),
        ("青禾集团签署协议。", []),
        ("不足全省新增量的8%。", []),
        ("占江苏总量的8%。", []),
        ("全澳用电多。", ["澳门特别行政区"]),
        ("本港用電多。", ["香港特别行政区"]),
        ("青禾集团投产。该司员工多。", ["青禾集团", "青禾集团"]),
        ("苏州绿地多，该校学生多。", ["苏州市"]),
    ],
)
def test_organisers_and_wholes_of_shares_own_no_figures(text, names):
    assert strong(text) == names


def test_a_cited_regulation_does_not_change_the_topic():
    text = "要落实《苏州绿地条例》，苏州绿地多。"
    span = Span(text.index("苏州"), text.index("》"))
    cited = Entity(span=span, label="REGULATION", text="苏州绿地条例", name="苏州绿地条例")
    (mention,) = find_mentions(text, [cited], home=HOME)
    assert mention.weak
    assert mention.governed
