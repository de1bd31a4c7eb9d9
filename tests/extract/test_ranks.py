"""Places in an order, apart from levels, and shares that are told by example."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from extract.facts import Measures, Ranks

Read = Callable[..., Any]


def ranks(read: Read, text: str, **options: Any) -> list[Ranks]:
    return [f for f in read(text, **options).facts if isinstance(f, Ranks)]


def measures(read: Read, text: str) -> list[Measures]:
    return [f for f in read(text).facts if isinstance(f, Measures)]


@pytest.mark.parametrize(
    ("told", "rank", "kind", "scope"),
    [
        ("居全省第三位", 3, "exact", "浙江省"),
        ("居全国第3位", 3, "exact", "全国"),
        ("位列全省首位", 1, "exact", "浙江省"),
        ("全省第一", 1, "exact", "浙江省"),
        ("全省排名第二", 2, "exact", "浙江省"),
        ("连续五年位居全国第一", 1, "exact", "全国"),
        ("在168个城市中排名第十五位", 15, "exact", "168个城市"),
        ("进入全国前十", 10, "within", "全国"),
        ("位列全省前3名", 3, "within", "浙江省"),
        ("居全省末位", 1, "from_end", "浙江省"),
        ("在全省排倒数第二", 2, "from_end", "浙江省"),
        ("由全省第九位升至第四位", 4, "exact", "浙江省"),
        ("排名第三", 3, "exact", None),
    ],
)
def test_place_kind_and_what_the_order_is_of(
    read: Read, told: str, rank: int, kind: str, scope: str | None
) -> None:
    (fact,) = ranks(read, f"2023年，绍兴市森林覆盖率{told}。")
    assert (fact.rank, fact.rank_kind, fact.scope) == (rank, kind, scope)
    assert (fact.subject.name, fact.indicator, fact.period) == ("绍兴市", "森林覆盖率", "2023")


@pytest.mark.parametrize(
    ("text", "indicator", "period"),
    [
        ("2023年，绍兴市光伏装机40万千瓦，居全省首位。", "光伏装机", "2023"),
        (
            "2023年，绍兴市绿氢产值同比增长6.2%，增速居全省首位。",
            "绿氢产值增速",
            "2023",
        ),
        ("2023年，绍兴市绿氢产值同比增长6.2%，居全省首位。", "绿氢产值增速", "2023"),
        ("2023年，绍兴市绿氢产值下降6.2%，降幅居全省首位。", "绿氢产值降幅", "2023"),
        ("2023年，绍兴市光伏装机40万千瓦，风电装机居全省首位。", "风电装机", "2023"),
    ],
)
def test_indicator_and_period_are_those_of_the_figure_before(
    read: Read, text: str, indicator: str, period: str
) -> None:
    (fact,) = ranks(read, text)
    assert (fact.rank, fact.indicator, fact.period) == (1, indicator, period)


def test_each_of_a_list_has_its_rank(read: Read) -> None:
    found = ranks(read, "全市6个县（市、区）中，诸暨市、嵊州市绿色发展指数排名前二。")
    assert [(f.subject.name, f.rank, f.rank_kind) for f in found] == [
        ("诸暨市", 2, "within"),
        ("嵊州市", 2, "within"),
    ]
    assert {f.scope for f in found} == {"全市6个县（市、区）"}


def test_the_article_s_place_is_ranked_where_no_other_is_named(read: Read) -> None:
    (fact,) = ranks(read, "绍兴市晒出成绩单\n\n　　森林覆盖率居全省第三位。")
    assert fact.subject.name == "绍兴市"


def test_an_autonomous_region_is_a_whole_too(read: Read) -> None:
    (fact,) = ranks(read, "鄂尔多斯市森林覆盖率居全区第三位。")
    assert fact.scope == "内蒙古自治区"


def test_the_wording_of_scope_and_place_is_kept(read: Read) -> None:
    (fact,) = ranks(read, "绍兴市森林覆盖率居全省第三位。")
    assert fact.rank_text == "全省第三位"


@pytest.mark.parametrize(
    "text",
    [
        "绍兴市力争森林覆盖率进入全国前十。",
        "力争到2030年，绍兴市森林覆盖率进入全国前十。",
        "绍兴市第一产业增加值300亿元。",
        "前三季度，绍兴市用电量增长5%。",
        "绍兴市建成全国第一个零碳码头。",
        "绍兴市是全国第一批试点。",
        "绍兴市委第一书记出席。",
        "森林覆盖率居前列。",
        "排名第三。",
    ],
)
def test_what_is_no_rank(read: Read, text: str) -> None:
    assert ranks(read, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "绍兴市空气质量指数在168个城市中排名第十五位。",
        "绍兴市森林覆盖率居全省第三位，比上年前移2位。",
    ],
)
def test_a_rank_is_no_level(read: Read, text: str) -> None:
    assert len(ranks(read, text)) == 1
    assert measures(read, text) == []


@pytest.mark.parametrize(
    ("text", "indicator", "value"),
    [
        ("绍兴市每4辆新车就有1辆新能源汽车。", "新能源汽车占比", "25"),
        ("绍兴市每10户居民中，就有3户安装光伏。", "安装光伏占比", "30"),
        ("绍兴市每三辆出租车就有一辆是纯电动车。", "纯电动车占比", "33.33"),
    ],
)
def test_a_share_told_by_example_is_a_figure_of_per_cent(
    read: Read, text: str, indicator: str, value: str
) -> None:
    (fact,) = measures(read, text)
    assert (fact.indicator, fact.value, fact.unit) == (indicator, Decimal(value), "%")
    assert fact.qualifier == ("about",)


@pytest.mark.parametrize(
    "text",
    [
        "绍兴市每1户就有3户安装光伏。",
        "绍兴市每4辆新车配1个充电桩。",
        "绍兴市每三个工人里就有一个下海。",  # too short a name for a share
    ],
)
def test_what_is_no_share(read: Read, text: str) -> None:
    assert [f for f in measures(read, text) if f.unit == "%"] == []
