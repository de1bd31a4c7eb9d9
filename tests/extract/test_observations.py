"""Figures: subject, indicator, value, unit, period and qualifiers of invented sentences."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from extract.dates import find_dates
from extract.facts import Argument, Entity, Measures, Span
from extract.layout import find_layout
from extract.observations import find_observations

HOME = Argument(label="PLACE", text="苏州", name="苏州市")
NAMES = {
    "苏州": ("PLACE", "苏州市"), "江苏": ("PLACE", "江苏省"), "江苏省": ("PLACE", "江苏省"),
    "昆山": ("PLACE", "昆山市"), "太仓": ("PLACE", "太仓市"), "浙江": ("PLACE", "浙江省"),
    "常熟": ("PLACE", "常熟市"), "青禾集团": ("ORG", "青禾集团"),
    "江苏省统计局": ("ORG", "江苏省统计局"), "绿野低碳论坛": ("FORUM", "绿野低碳论坛"),
}  # fmt: skip


def read(text: str, published: str = "2024-05-09") -> tuple[Measures, ...]:
    entities: list[Entity] = []
    for match in re.finditer("|".join(sorted(NAMES, key=len, reverse=True)), text):
        label, name = NAMES[match.group()]
        span = Span(*match.span())
        entities.append(Entity(span=span, label=label, text=match.group(), name=name))  # type: ignore[arg-type]
    return find_observations(
        text,
        entities=entities,
        dates=find_dates(text, published=published),
        sentences=find_layout(text).sentences,
        home=HOME,
    )


def short(fact: Measures) -> str:
    parts = (fact.indicator, str(fact.value), fact.unit or "-", fact.period or "-")
    return " ".join((*parts, ",".join(fact.qualifier))).strip()


# text, facts as: indicator value unit period qualifiers
BULLETIN = [
    (
        "2023年，全市实现地区生产总值8234.5亿元，按不变价格计算，比上年增长4.6%。",
        ["地区生产总值 823450000000 元 2023", "地区生产总值 4.6 % 2023 increase"],
    ),
    (
        "第一、第二、第三产业增加值分别为11.2亿元、456亿元和678.9亿元，分别增长2.1%、4.4%、5.5%。",
        [
            "第一产业增加值 1120000000 元 -", "第二产业增加值 45600000000 元 -",
            "第三产业增加值 67890000000 元 -", "第一产业增加值 2.1 % - increase",
            "第二产业增加值 4.4 % - increase", "第三产业增加值 5.5 % - increase",
        ],
    ),
    (
        "一季度，城镇、农村居民人均可支配收入分别为21345元和12876元，增速分别为4.3%和6.8%。",
        [
            "城镇居民人均可支配收入 21345 元 2024-01/2024-03",
            "农村居民人均可支配收入 12876 元 2024-01/2024-03",
            "城镇居民人均可支配收入 4.3 % 2024-01/2024-03 increase",
            "农村居民人均可支配收入 6.8 % 2024-01/2024-03 increase",
        ],
    ),
    (
        "2023年上半年工业投资增长8.2%，而一季度这一指标仍下降1.9%。",
        ["工业投资 8.2 % 2023-01/2023-06 increase", "工业投资 1.9 % 2023-01/2023-03 decrease"],
    ),
    (
        "1—4月，规模以上工业增加值实现6.3%的同比增长，高于全国平均水平1.2个百分点。",
        [
            "规模以上工业增加值 6.3 % 2024-01/2024-04 increase",
            "规模以上工业增加值高于全国平均水平 1.2 个百分点 2024-01/2024-04",
        ],
    ),
    (
        "固定资产投资同比下降2.1%，降幅比一季度收窄0.8个百分点。",
        ["固定资产投资 2.1 % - decrease", "固定资产投资降幅 0.8 个百分点 - decrease"],
    ),
    (
        "接待游客230.4万人次，实现旅游收入15.6亿元，同比分别增长12.1%和15.8%。",
        [
            "接待游客 2304000 人次 -", "旅游收入 1560000000 元 -",
            "接待游客 12.1 % - increase", "旅游收入 15.8 % - increase",
        ],
    ),
    ("居民消费价格指数为101.2。", ["居民消费价格指数 101.2 - -"]),
    ("进口、出口总值分别增长3%、降低4%。", ["进口、出口总值 3 % - increase", "进口、出口总值 4 % - decrease"]),
]  # fmt: skip
ENVIRONMENT = [
    (
        "2023年，全市PM2.5年均浓度为28微克/立方米，同比下降5.9%；优良天数比例为82.5%，同比上升2.2个百分点。",
        [
            "PM2.5年均浓度 28 微克/立方米 2023 annual_mean", "PM2.5年均浓度 5.9 % 2023 decrease",
            "优良天数比例 82.5 % 2023", "优良天数比例 2.2 个百分点 2023 increase",
        ],
    ),
    (
        "PM2.5、PM10、二氧化硫平均浓度依次为25、44、7微克/立方米。",
        ["PM2.5平均浓度 25 微克/立方米 -", "PM10平均浓度 44 微克/立方米 -", "二氧化硫平均浓度 7 微克/立方米 -"],
    ),
    (
        "化学需氧量、氨氮、总磷的排放量依次为3.1万吨、0.2万吨、0.01万吨。",
        ["化学需氧量排放量 31000 吨 -", "氨氮排放量 2000 吨 -", "总磷排放量 100 吨 -"],
    ),
    ("去年，空气质量优良天数达到301天，同比增加12天。", ["空气质量优良天数 301 天 2023", "空气质量优良天数 12 天 2023 increase"]),
    ("地表水优良断面占93.3%，比上年提高1.5个百分点。", ["地表水优良断面占比 93.3 % -", "地表水优良断面占比 1.5 个百分点 - increase"]),
    ("万元工业增加值用水量降至15.6立方米，较2020年下降16.8%。", ["万元工业增加值用水量 15.6 立方米 -", "万元工业增加值用水量 16.8 % - decrease"]),
    (
        "2022年、2023年碳排放强度分别下降4.5%、3.8%。",
        ["碳排放强度 4.5 % 2022 decrease", "碳排放强度 3.8 % 2023 decrease"],
    ),
]  # fmt: skip
ENERGY = [
    (
        "截至2023年底，全市新能源装机突破300万千瓦，占总装机的45.6%，较上年底提高4.5个百分点。",
        [
            "新能源装机 3000000 千瓦 2023-12 over", "新能源装机占总装机的比重 45.6 % 2023-12",
            "新能源装机占总装机的比重 4.5 个百分点 2023-12 increase",
        ],
    ),
    (
        "风电、光伏、水电装机分别为120万千瓦、230万千瓦和45万千瓦。",
        ["风电装机 1200000 千瓦 -", "光伏装机 2300000 千瓦 -", "水电装机 450000 千瓦 -"],
    ),
    ("可再生能源装机相当于煤电装机的1.3倍。", ["可再生能源装机相当于煤电装机 1.3 倍 -"]),
    ("储气能力占全省比例超三成。", ["储气能力占全省的比重 30 % - over"]),
    ("渗透率由上年的25.6%提高到36.7%。", ["渗透率 25.6 % -", "渗透率 36.7 % -"]),
    ("光伏发电成本降至0.3元/千瓦时。", ["光伏发电成本 0.3 元/千瓦时 -"]),
    ("碳配额累计成交345.6万吨，累计成交额2.3亿元。", ["碳配额累计成交 3456000 吨 - cumulative", "成交额 230000000 元 - cumulative"]),
    ("“十三五”期间，能源消费年均增长2.2%。", ["能源消费 2.2 % 2016/2020 increase,annual_mean"]),
    ("“十三五”时期，单位GDP能耗、用水量累计分别下降12.3%和21.4%。", ["单位GDP能耗 12.3 % 2016/2020 decrease,cumulative", "单位GDP用水量 21.4 % 2016/2020 decrease,cumulative"]),
    ("以年均1.8%的用水增量保障了年均6.2%的产值增长。", ["用水增量 1.8 % - annual_mean", "产值增长 6.2 % - annual_mean"]),
    ("全市出口额翻一番。", ["出口额 1 倍 -"]),
]  # fmt: skip
TARGETS = [
    (
        "到2025年，非化石能源消费比重达到20%左右，森林覆盖率达到45%以上。",
        ["非化石能源消费比重 20 % 2025 about,target", "森林覆盖率 45 % 2025 over,target"],
    ),
    ("到2030年，单位地区生产总值二氧化碳排放比2005年下降65%以上。", ["单位地区生产总值二氧化碳排放 65 % 2030 decrease,over,target"]),
    ("力争到2025年，建成零碳园区10个，培育绿色工厂100家以上。", ["零碳园区 10 个 2025 target", "绿色工厂 100 家 2025 over,target"]),
    ("预计“十四五”末，储能装机容量将突破500万千瓦。", ["储能装机容量 5000000 千瓦 2025 over,target"]),
    ("把可再生能源消纳比重的目标分为两步：2025年14%左右，2030年30%左右。", ["可再生能源消纳比重 14 % 2025 about,target", "可再生能源消纳比重 30 % 2030 about,target"]),
    ("到2023年6月15日，配额已累计成交1.2亿吨。", ["配额累计成交 120000000 吨 2023-06-15 cumulative"]),
    ("提出到2025年，能耗不高于0.3吨标准煤/万元。", ["能耗 0.3 吨标准煤/万元 2025 under,target"]),
]  # fmt: skip
MORE = [
    ("增速比全国快3.7个百分点。", []),
    ("新能源汽车产量同比增长30.5%，增速比全国快3.7个百分点。", ["新能源汽车产量 30.5 % - increase", "新能源汽车产量增速比全国快 3.7 个百分点 -"]),
    ("公交车、出租车新能源占比分别为95%和80%以上。", ["公交车新能源占比 95 % -", "出租车新能源占比 80 % - over"]),
    ("水电、核电、风电等清洁能源消费量占能源消费总量比重为26.4%。", ["清洁能源消费量占能源消费总量的比重 26.4 % -"]),
    ("每年减少碳排放近2万吨，相当于种植110万棵树。", ["碳排放 20000 吨 - decrease,under,about"]),
    ("动力电池产能占全省的50%以上、全国的五分之一左右。", ["动力电池产能占全省的比重 50 % - over"]),
    ("单台机组容量由60万千瓦提升至100万千瓦。", ["单台机组容量 600000 千瓦 -", "单台机组容量 1000000 千瓦 -"]),
]  # fmt: skip
COUNTS = [
    (
        "全市先后创建“零碳细胞”321个、绿色机关22个、绿色公交线路35条、绿色学校88所。",
        ["零碳细胞 321 个 -", "绿色机关 22 个 -", "绿色公交线路 35 条 -", "绿色学校 88 所 -"],
    ),
    ("截至4月底，建成充电桩超过2.1万个。", ["充电桩 21000 个 2024-04 over"]),
    ("园区共有24家企业入驻。", ["企业 24 家 -"]),
    ("入驻企业已有24家，员工3000多人。", ["入驻企业 24 家 -", "员工 3000 人 - over"]),
    ("另配套约1200亩的原料基地。", ["原料基地 1200 亩 - about"]),
    ("项目总投资计划为15亿元，占地面积约320亩，年产值超过20亿元。", ["项目总投资计划 1500000000 元 -", "占地面积 320 亩 - about", "年产值 2000000000 元 - over"]),
    ("公司拥有发明专利120余项，研发人员占比近三成。", ["发明专利 120 项 - over", "研发人员占比 30 % - under,about"]),
    ("环卫车100%实现纯电动化。", ["环卫车纯电动化 100 % -"]),
    ("减少二氧化碳排放约4万吨。", ["二氧化碳排放 40000 吨 - decrease,about"]),
    ("建成5G基站1.2万个，每万人拥有5G基站数23.4个。", ["5G基站 12000 个 -", "每万人拥有5G基站数 23.4 个 -"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "facts"), [*BULLETIN, *ENVIRONMENT, *ENERGY, *TARGETS, *MORE, *COUNTS]
)
def test_a_sentence_gives_its_figures(text, facts):
    assert [short(fact) for fact in read(text)] == facts


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("苏州PM2.5浓度为28微克/立方米。", ["苏州市"]),
        (
            "昆山、太仓、常熟三市PM10浓度最高，分别为21、22和24微克/立方米。",
            ["昆山市", "太仓市", "常熟市"],
        ),
        (
            "昆山、太仓PM2.5浓度分别为21微克/立方米、22微克/立方米，分别下降4%、5%。",
            ["昆山市", "太仓市"] * 2,
        ),
        ("浙江绿色工厂120家，高于江苏30家。", ["浙江省", "浙江省"]),
        ("2023年，全省新增光伏装机300万千瓦。", ["江苏省"]),
        ("浙江与苏州合作。\n●太仓\n绿色学校32所。", ["太仓市"]),
        ("青禾集团去年营业收入56.7亿元。", ["青禾集团"]),
        ("江苏省统计局通报，全省用电量6000亿千瓦时。", ["江苏省"]),
        ("全国新能源汽车保有量2000万辆。", ["中国"]),
        ("全市绿地率达40%，位居全国前列，绿化覆盖率43%。", ["苏州市", "苏州市"]),
        ("2023年，森林覆盖率为24%。", ["苏州市"]),
        ("绿野低碳论坛在太仓举行，320名代表与会。", ["绿野低碳论坛"]),
    ],
)
def test_a_figure_is_about_its_governing_subject(text, subjects):
    assert [fact.subject.name for fact in read(text)] == subjects


def test_the_former_and_the_latter_point_to_the_last_two_indicators():
    text = (
        "昆山优良天数比例为80.1%，PM2.5浓度为30微克/立方米；太仓这两项指标分别是84.2%和27微克/立方米，"
        "前者提高1.7个百分点，后者降低2.6%。"
    )
    facts = [f"{fact.subject.name} {short(fact)}" for fact in read(text)]
    assert facts == [
        "昆山市 优良天数比例 80.1 % -",
        "昆山市 PM2.5浓度 30 微克/立方米 -",
        "太仓市 优良天数比例 84.2 % -",
        "太仓市 PM2.5浓度 27 微克/立方米 -",
        "太仓市 优良天数比例 1.7 个百分点 - increase",
        "太仓市 PM2.5浓度 2.6 % - decrease",
    ]


def test_a_period_is_inherited_within_a_paragraph_but_not_by_the_next():
    text = "2023年，全市绿色学校32所。绿色商场12家。\n目前，绿色酒店8家。"
    assert [fact.period for fact in read(text)] == ["2023", "2023", None]


@pytest.mark.parametrize(
    "text",
    [
        "第45次会议审议了3个问题。", "青政发〔2022〕18号", "按“2+5+N”的模式举办。", "会议9时30分开始。",
        "热线电话12345。", "他今年56岁。", "培训为期12天。", "《条例》共八章、82条。", "2023年5月8日召开。",
        "三次产业结构比为3.7:46.0:50.3。", "这是第三届。", "用五升两降概括变化。",
    ],
)  # fmt: skip
def test_what_is_no_figure_is_left_alone(text):
    assert read(text) == ()


def test_a_province_is_not_measured_by_a_city():
    home = Argument(label="PLACE", text="河阳市", name="河阳市")
    text = "全省绿色学校32所。"
    sentences = find_layout(text).sentences
    assert find_observations(text, entities=[], dates=[], sentences=sentences, home=home) == ()


def test_evidence_is_the_sentence_and_a_broken_line_leaves_no_gap_in_the_indicator():
    text = "绿色产业增加值较快增长。商品零售额、餐饮收\n入分别下降6.1%和9.7%。"
    sentences = (Span(0, 12), Span(12, len(text)))
    facts = find_observations(text, entities=[], dates=[], sentences=sentences, home=HOME)
    assert [fact.indicator for fact in facts] == ["商品零售额", "餐饮收入"]
    assert {fact.evidence for fact in facts} == {sentences[1]}


def test_a_number_inside_a_name_is_no_figure():
    text = "青禾120号工厂在太仓投产。"
    name = Entity(span=Span(0, 8), label="ORG", text="青禾120号工厂", name="青禾120号工厂")
    sentences = (Span(0, len(text)),)
    assert find_observations(text, entities=[name], dates=[], sentences=sentences, home=HOME) == ()


def test_confidence_falls_with_what_is_inherited():
    near, change = read("苏州2023年绿色产值12亿元，增长5%。")
    far = read("绿色产值12亿元。")[0]
    assert (near.confidence, change.confidence, far.confidence) == (0.9, 0.75, 0.75)
    assert near.value == Decimal(1200000000)
