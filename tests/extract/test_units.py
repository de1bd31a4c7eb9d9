"""Quantities: value and unit together, and the QUDT unit of a wording."""

from decimal import Decimal

import pytest

from extract.units import find_quantities, unit_iri


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("发电12.5亿千瓦时", "1250000000", "千瓦时"),
        ("装机120万千瓦", "1200000", "千瓦"),
        ("换电车不足百辆", "100", "辆"),
        ("卖出42万吨碳酸锂", "420000", "吨"),
        ("排放5万吨二氧化碳。", "50000", "吨二氧化碳"),
        ("用电不到千度", "1000", "度"),
        ("面积1\u2009860公顷", "1860", "公顷"),
        ("建设百万千瓦级基地，达百万千瓦", "1000000", "千瓦"),
        ("全长35公里", "35", "公里"),
        ("浓度31微克/立方米", "31", "微克/立方米"),
        ("浓度31 μg/m³", "31", "μg/m³"),
        ("能耗0.25吨标准煤/万元", "0.25", "吨标准煤/万元"),
        ("价格52.4元/吨", "52.4", "元/吨"),
        ("补贴2.3万元/亩", "23000", "元/亩"),
        ("规模20GWh", "20", "GWh"),
        ("面积1.2千公顷", "1200", "公顷"),
        ("重3.5千克", "3.5", "千克"),
        ("增长5.1%", "5.1", "%"),
        ("增长5.1％", "5.1", "%"),
        ("提高1.3个百分点", "1.3", "个百分点"),
        ("投入700万克朗", "7000000", "克朗"),
        ("排放31公吨", "31", "公吨"),
        ("采购12台套", "12", "台套"),
        ("学校240所", "240", "所"),
        ("接待230.4万人次", "2304000", "人次"),
        ("超三成", "30", "%"),
        ("增长1.6倍", "1.6", "倍"),
        ("占三分之一", "0.3333", None),
        ("减排12万吨二氧化碳", "120000", "吨二氧化碳"),
        ("固存12万吨碳", "120000", "吨碳"),
        ("质押12万吨碳排放配额", "120000", "吨"),
        ("减排2.5 MtCO₂", "2.5", "MtCO₂"),
        ("因子0.57 tCO2/MWh", "0.57", "tCO2/MWh"),
        ("煤耗301 gce/kWh", "301", "gce/kWh"),
        ("施肥40kg/hm²", "40", "kg/hm²"),
        ("造价3000元/kW", "3000", "元/kW"),
        ("电价310元/MWh", "310", "元/MWh"),
        ("气价2.6元/标方", "2.6", "元/标方"),
        ("日产8吨/日", "8", "吨/日"),
    ],
)
def test_a_quantity_scales_only_by_chinese_numerals(text, value, unit):
    (quantity,) = find_quantities(text)
    assert (quantity.value, quantity.unit) == (Decimal(value), unit)
    assert quantity.span.of(text) == quantity.text


@pytest.mark.parametrize(
    "text",
    [
        "三家企业",
        "一个目标",
        "五升两降",
        "建成5G基站",
        "万元GDP能耗",
        "千亿级产业",
        "PM2.5",
        "一体化",
    ],
)
def test_turns_of_phrase_are_no_quantities(text):
    assert find_quantities(text) == ()


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("%", "PERCENT"), ("微克/立方米", "MicroGM-PER-M3"), ("μg/m³", "MicroGM-PER-M3"),
        ("千瓦时", "KiloW-HR"), ("GWh", "GigaW-HR"), ("千瓦", "KiloW"), ("吨", "TONNE"),
        ("公顷", "HA"), ("元", "CCY_CNY"), ("美元", "CCY_USD"), ("平方米", "M2"), ("毫克/升", "MilliGM-PER-L"),
    ],
)  # fmt: skip
def test_a_unit_has_its_qudt_iri(unit, name):
    assert unit_iri(unit) == f"http://qudt.org/vocab/unit/{name}"


@pytest.mark.parametrize(
    "unit", ["家", "个", "亩", "吨标准煤", "个百分点", "吨标准煤/万元", "没有"]
)
def test_a_unit_that_qudt_lacks_has_no_iri(unit):
    assert unit_iri(unit) is None
