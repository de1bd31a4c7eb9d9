"""What the words around a figure claim."""

from __future__ import annotations

import pytest

from extract.claims import (
    bound_end,
    claim_after,
    claim_before,
    is_base_of,
    is_goal,
    is_second_share,
    join_suffix,
    read_sign,
    strip_marks,
    without_share,
)
from extract.indicators import DATE_MARK, NOTE_MARK, SUBJECT_MARK
from extract.units import find_quantities


@pytest.mark.parametrize(
    ("before", "unit", "indicator", "qualifiers"),
    [
        ("绿地率", "%", "绿地率", ()),
        ("绿地率同比提高", "个百分点", "绿地率", ("increase",)),
        ("绿地率不得低于", "%", "绿地率", ("over",)),
        ("能耗原则上不得超过", "%", "能耗", ("under",)),
        ("产值将近", "元", "产值", ("under", "about")),
        ("累计造林", "亩", "累计造林", ("cumulative",)),
        ("造林面积年均增长", "%", "造林面积", ("increase", "annual_mean")),
        ("臭氧年均浓度为", "微克/立方米", "臭氧年均浓度", ("annual_mean",)),
        ("客流两年平均增长", "%", "客流", ("increase", "annual_mean")),
        (f"浓度较{DATE_MARK * 5}改善", "%", "浓度", ("decrease",)),
        ("净增", "千瓦", "", ("increase",)),
        ("同比多发", "千瓦时", "", ("increase",)),
        (f"比{DATE_MARK * 5}少用", "吨", "", ("decrease",)),
        ("少烧标准煤", "吨", "少烧标准煤", ()),
        ("入选园区占去", "家", "入选园区", ()),
        ("新增", "千瓦", "", ("increase",)),
        ("装机新增", "千瓦", "新增装机", ()),
        ("总投资约", "元", "总投资", ("about",)),
        ("节约用水约", "吨", "节约用水", ("about",)),
        ("飞机起降", "架次", "飞机起降", ()),
        ("其中优", "天", "优天数", ()),
        ("降幅收窄", "个百分点", "", ("decrease",)),
        ("同口径增长", "%", "", ("increase",)),
        ("较年初增加", "元", "", ("increase",)),
        ("日均客流周环比下降", "%", "日均客流", ("decrease",)),
        ("堆肥成本每公斤仍在", "元", "堆肥成本", ()),
        ("堆肥价格预计在每吨", "元", "堆肥价格", ()),
        ("绿证价格重返", "元", "绿证价格", ()),
        ("绿证价格跌破", "元", "绿证价格", ("under",)),
        ("绿证本周三收于", "元/吨", "绿证收盘价", ()),
        ("收盘报", "元/吨", "收盘价", ()),
        ("回收率由眼下的不足", "%", "回收率", ("under",)),
        ("回收比重要", "%", "回收比重", ()),
        (f"{DATE_MARK * 5}度共评出金奖", "项", "金奖", ()),
        ("刚好少了", "%", "", ("decrease",)),
        ("亩产不降反增", "%", "亩产", ("increase",)),
        ("绿氢价格须降到", "元", "绿氢价格", ()),
        ("单是温室就分到", "元", "温室就分到", ()),
        ("单是就分到", "元", "", ()),
        ("拉动经济增长", "个百分点", "拉动经济增长", ()),
        ("相当于节约标准煤", "吨", "节约标准煤", ()),
        ("累计完成投资", "元", "完成投资", ("cumulative",)),
        ("市级财政安排农田补助资金", "元", "农田补助资金", ()),
        ("则向白鹭钢铁发放绿色贷款", "元", "发放绿色贷款", ()),
    ],
)
def test_words_before_a_figure_give_indicator_and_qualifiers(before, unit, indicator, qualifiers):
    claim = claim_before(before, unit=unit)
    assert (claim.indicator, claim.qualifiers) == (indicator, qualifiers)


@pytest.mark.parametrize(
    ("before", "unit", "indicator", "suffix"),
    [
        ("装机占总装机的比重为", "%", "装机", "占总装机的比重"), ("占", "%", "", "占比"),
        ("占比", "%", "", "占比"), ("相当于计划的", "%", "", "相当于计划"),
        ("为年度任务的", "%", "", "完成年度任务"), ("仅为全国平均水平的", "%", "", "相当于全国平均水平"),
        ("高于全国", "个百分点", "", "高于全国"), ("全年任务完成了", "%", "", "完成全年任务"),
        ("造林完成", "%", "造林", "完成率"), ("降幅收窄", "个百分点", "", "降幅"),
    ],
)  # fmt: skip
def test_shares_and_comparisons_become_a_suffix(before, unit, indicator, suffix):
    claim = claim_before(before, unit=unit)
    assert (claim.indicator, claim.suffix) == (indicator, suffix)


@pytest.mark.parametrize(
    ("after", "qualifiers"),
    [
        ("以上，", ("over",)), ("以内，", ("under",)), ("左右，", ("about",)), ("的目标，", ("target",)),
        ("的同比增长", ("increase",)), ("提升至", ()), ("，", ()),
    ],
)  # fmt: skip
def test_words_after_a_figure_add_qualifiers(after, qualifiers):
    assert claim_after(claim_before("绿地率", unit="%"), after).qualifiers == qualifiers


@pytest.mark.parametrize(
    ("before", "between", "found"),
    [
        ("产能由", "增加到", True), ("产能从" + DATE_MARK * 5 + "的", "提升至", True),
        ("成本由每瓦", "降至", True), ("产能由", "，稳步扩大到", True), ("由", "家企业组成", False),
        ("产能", "增加到", False),
    ],
)  # fmt: skip
def test_the_first_of_two_values_is_told_by_both_sides(before, between, found):
    assert is_base_of(before, between) is found


def test_marks_bounds_shares_and_goals_are_told_apart():
    assert (
        strip_marks(f"截至{DATE_MARK * 4}底{SUBJECT_MARK * 2}的绿地率{NOTE_MARK * 3}") == "绿地率"
    )
    assert bound_end("以上，") == 2
    assert bound_end("，以上") == 0
    assert is_second_share(f"、{SUBJECT_MARK * 2}的")
    assert not is_second_share("、能耗")
    assert is_goal("的目标已完成")
    assert not is_goal("目前")
    assert join_suffix("装机占比", "占比") == "装机占比"
    assert join_suffix("装机", "占比") == "装机占比"


@pytest.mark.parametrize(
    ("before", "unit", "indicator", "qualifiers", "per"),
    [
        ("收盘价为每吨", "元", "收盘价", (), "吨"),
        ("成本已压到每公斤", "元", "成本", (), "公斤"),
        ("平均每千瓦时", "元", "", (), "千瓦时"),
        ("销量猛增", "%", "销量", ("increase",), ""),
        ("销量骤降", "%", "销量", ("decrease",), ""),
        ("展商数量比上届增加", "%", "展商数量", ("increase",), ""),
        ("能耗较传统工艺低", "%", "能耗", ("decrease",), ""),
        ("绿电比例达到", "%", "绿电比例", (), ""),
        ("占比逼近", "%", "", ("under", "about"), ""),
        ("客流更是冲到", "人次", "客流", (), ""),
        ("装机有望突破", "千瓦", "装机", ("over",), ""),
    ],
)
def test_sharp_verbs_comparisons_and_prices_per_unit(before, unit, indicator, qualifiers, per):
    claim = claim_before(before, unit=unit)
    assert (claim.indicator, claim.qualifiers, claim.per) == (indicator, qualifiers, per)


def test_a_share_of_a_total_needs_no_verb():
    claim = claim_before("新增光伏2吉瓦，不足新增总量的", unit="%")
    assert claim.suffix == "占新增总量的比重"
    assert claim.qualifiers == ("under",)


def test_a_second_share_takes_the_place_of_the_first():
    assert without_share("产量占全国的比重") == "产量"
    assert join_suffix("产量占全国的比重", "占全市的比重") == "产量占全市的比重"


@pytest.mark.parametrize(
    ("text", "before", "qualifiers"),
    [
        ("+6.4%", "投资同比", ("increase",)),
        ("-6.4%", "同比", ("decrease",)),
        ("-6.4%", "投资增速为", ("increase",)),
        ("-6.4%", "利润率为", ()),
        ("6.4%", "同比", ()),
        ("-6.4℃", "同比", ()),
    ],
)
def test_signs_of_percentages_are_changes(text, before, qualifiers):
    group = find_quantities(f"同比{text}")
    claim = claim_before(before, unit=group[0].unit)
    assert read_sign(claim, group).qualifiers == qualifiers
