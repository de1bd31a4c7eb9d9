"""Names of indicators out of the words around a figure."""

from __future__ import annotations

import pytest

from extract.indicators import (
    action_after,
    attendance_after,
    clean_indicator,
    last_indicator,
    met_share,
    noun_after,
    output_verb,
    part_of_whole,
    portion_after,
    share_among,
    share_of_noun,
    split_list,
)


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("其中出口额", "出口额"), ("目前已累计建成换热站", "换热站"), ("在建项目", "在建项目"),
        ("并网容量", "并网容量"), ("近岸海域水质", "近岸海域水质"), ("建成区绿地率", "建成区绿地率"),
        ("带动就业", "带动就业"), ("开工建设变电站", "变电站"), ("建设规模", "建设规模"),
        ("要求三年内完成", ""), ("未来五年投资", "投资"), ("前三年", ""), ("由负转正、", ""),
        ("规模以上工业企业实现利润总额", "规模以上工业企业利润总额"), ("淘汰落后产能", "淘汰落后产能"),
        ("下一步投资", "投资"), ("向白鹭林场放贷", "放贷"),
        ("纳入企业", "纳入企业"), ("接入用户", "接入用户"), ("建成企业", "企业"),
        ("绿色工厂迄今累计培育", "绿色工厂"), ("自动化占比至今", "自动化占比"),
        ("两年前", ""), ("约定四年内供水", "供水"), ("一年里", ""),
        ("超额完成造林", "造林"), ("达成意向交易额", "意向交易额"), ("台阶、", ""), ("的", ""),
    ],
)  # fmt: skip
def test_what_only_leads_up_to_a_name_is_dropped(phrase, name):
    assert clean_indicator(phrase) == name


@pytest.mark.parametrize(
    ("after", "noun"),
    [
        ("企业入驻，", "企业"), ("公共机构的改造，", "公共机构"), ("“海绵街区”，", "海绵街区"),
        ("用能单位诊断。", "用能单位诊断"), ("以内，", ""), ("台阶，", ""), ("，增长", ""), ("", ""),
        ("来自高校、银行的嘉宾到会，", "嘉宾"), ("电费用于改造，", "电费"), ("配额作质押，", "配额"),
        ("市民加入积分，", "市民"), ("公交车投入运营，", "公交车"),
    ],
)  # fmt: skip
def test_the_counted_noun_ends_where_its_predicate_begins(after, noun):
    assert noun_after(after)[0] == noun


@pytest.mark.parametrize(
    ("part", "whole", "name"),
    [
        ("第一产业", "全社会用电量", "第一产业用电量"), ("光热", "电力总装机", "光热装机"),
        ("省级", "国家级绿色工厂", "省级绿色工厂"), ("Ⅳ类", "Ⅰ类水质断面", "Ⅳ类水质断面"),
        ("夜间", "噪声昼间声级", "噪声夜间声级"), ("夜间达标率", "噪声昼间达标率", "噪声夜间达标率"),
        ("换电站", "充电桩", "换电站"), ("贷款余额", "存款总额", "贷款余额"),
    ],
)  # fmt: skip
def test_a_part_takes_the_head_of_its_whole(part, whole, name):
    assert part_of_whole(part, whole) == name


@pytest.mark.parametrize(
    ("phrase", "count", "names"),
    [
        ("进口、出口额", 2, ["进口额", "出口额"]), ("进口、出口额", 1, ["进口、出口额"]),
        ("水泥、玻璃、陶瓷三大高耗能行业综合能源消费量", 3,
         ["水泥综合能源消费量", "玻璃综合能源消费量", "陶瓷综合能源消费量"]),
        ("化肥施用量、农药施用量", 2, ["化肥施用量", "农药施用量"]),
        ("软件业、物流业增加值", 2, ["软件业增加值", "物流业增加值"]),
        ("人均用水量、垃圾产生量", 2, ["人均用水量", "人均垃圾产生量"]),
        ("甲和乙和丙", 2, ["甲和乙和丙"]),
    ],
)  # fmt: skip
def test_a_list_before_several_figures_gives_as_many_names(phrase, count, names):
    assert split_list(phrase, count) == names


@pytest.mark.parametrize(
    ("phrase", "verb"),
    [
        ("达产后年产", "年产"),
        ("每年可处理", "每年处理"),
        ("替代约", "替代"),
        ("建成", ""),
        ("", ""),
    ],
)
def test_a_verb_of_output_belongs_to_the_name(phrase, verb):
    assert output_verb(phrase) == verb


def test_actions_portions_and_clauses_without_figures_are_named():
    assert action_after("完成清缴，") == "完成清缴"
    assert action_after("，完成清缴") == ""
    assert portion_after("的企业已开展碳盘查，") == "企业开展碳盘查占比"
    assert portion_after("，企业") == ""
    assert last_indicator("全市森林覆盖率再创新高") == "全市森林覆盖率"
    assert last_indicator("会议召开") == ""


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("青湖集团牵头的银团贷款", "银团贷款"),
        ("这座老港口的吞吐量", "吞吐量"),
        ("该行绿色贷款", "绿色贷款"),
        ("我们的预制率", "预制率"),
        ("局方预计充电位", "充电位"),
        ("自发电比例", "自发电比例"),
        ("一股纯度", ""),
        ("一般固废", "一般固废"),
    ],
)
def test_relative_clauses_and_pointing_words_are_no_part_of_a_name(phrase, name):
    assert clean_indicator(phrase) == name


@pytest.mark.parametrize(
    ("part", "whole", "name"),
    [
        ("城镇居民", "全体居民人均可支配收入", "城镇居民人均可支配收入"),
        ("工业用电", "全社会用电量", "工业用电量"),
        ("重污染天数", "优良天数比率", "重污染天数"),
        ("充电桩", "公共充电桩", "充电桩"),
        ("绿地", "装机容量", "绿地"),
    ],
)
def test_a_part_borrows_what_follows_the_word_it_shares(part, whole, name):
    assert part_of_whole(part, whole) == name


def test_attendance_and_shares_are_named_by_their_verb_and_noun():
    assert attendance_after("参会。", "人") == "参会人数"
    assert attendance_after("参展，", "家") == "参展数量"
    assert attendance_after("入驻，", "家") == ""
    assert share_of_noun("贡献了近", "贡献", "发电量") == "发电量占比"
    assert share_of_noun("装机", "装机", "发电量") == ""


def test_a_share_that_is_met_is_one_of_the_noun_after_it() -> None:
    assert met_share("能满足园区", "用电") == "用电占比"
    assert met_share("满足", "") == ""
    assert met_share("装机", "用电") == ""
    assert split_list("三次产业", 3) == ["第一产业", "第二产业", "第三产业"]
    assert split_list("风电、光伏发电量", 2) == ["风电发电量", "光伏发电量"]


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("受检的台账中有", "缺少签字，", "受检的台账缺少签字占比"),
        ("受访村民里已有近", "装上光伏", "受访村民装上光伏占比"),
        ("受检的台账有", "缺少签字，", ""),
        ("受检的台账中有", "，", ""),
    ],
)
def test_a_share_among_things_is_named_by_them_and_what_they_did(
    before: str, after: str, name: str
) -> None:
    assert share_among(before, after) == name


def test_a_list_of_three_characters_is_split_only_before_a_measure() -> None:
    assert split_list("蓄电池、电动三轮货车", 2) == ["蓄电池", "电动三轮货车"]
    assert split_list("锂电池、光伏板产量", 2) == ["锂电池产量", "光伏板产量"]
