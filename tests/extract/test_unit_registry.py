"""What units mean: expressions that pint reads, QUDT names, and values in other units."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ontolutils import QUDT_UNIT

from extract.unit_registry import (
    COUNT_UNITS,
    DENOMINATOR_WORDINGS,
    MEASURE_WORDINGS,
    QUDT,
    QUDT_NAMES,
    SYMBOLS,
    IncompatibleUnitsError,
    UnknownUnitError,
    convert_value,
    parse_unit,
    unit_iri,
)

CURRENCIES = {name for name in QUDT_NAMES.values() if name.startswith("CCY_")}


@pytest.mark.parametrize(
    ("wording", "scale", "unit"),
    [
        ("吨", "1", "tonne"),
        ("μg/m³", "1", "microgram / meter ** 3"),
        ("ug/m3", "1", "microgram / meter ** 3"),
        ("微克／立方米", "1", "microgram / meter ** 3"),
        ("km²", "1", "kilometer ** 2"),
        ("kWh", "1", "kilowatt_hour"),
        ("千瓦·时", "1", "kilowatt_hour"),
        ("GW", "1", "gigawatt"),
        ("tCO₂e", "1", "tonne_carbon_dioxide"),
        ("MtCO2", "1", "megatonne_carbon_dioxide"),
        ("%", "1", "percent"),
        ("‰", "1", "permille"),
        ("元/吨", "1", "CNY / tonne"),
        ("元每千瓦时", "1", "CNY / kilowatt_hour"),
        ("千克标准煤/万元", "0.0001", "kilogram_coal_equivalent / CNY"),
        ("gce/kWh", "1", "gram_coal_equivalent / kilowatt_hour"),
        ("千克/平方米/年", "1", "kilogram / meter ** 2 / year"),
        ("立方米（标准状态）", "1", "meter ** 3"),
        ("元/人", "1", "CNY / count"),
        ("万千瓦", "10000", "kilowatt"),
        ("百万千瓦", "1000000", "kilowatt"),
        ("千瓦", "1", "kilowatt"),
        ("百万千焦", "1", "gigajoule"),
    ],
)
def test_a_wording_is_read_as_a_scaled_unit(wording: str, scale: str, unit: str) -> None:
    parsed = parse_unit(wording)
    assert parsed is not None
    assert (parsed.scale, str(parsed.unit)) == (Decimal(scale), unit)


@pytest.mark.parametrize(
    "wording",
    [
        "",
        "/",
        "吨/",
        "吨/圈",
        "克朗",
        "度",
        "番",
        "kXY",
        "m9",
        "3",
        "万",
        "GDP",
        "a b",
        "吨/GDP",
        "nan",
        "P",
    ],
)
def test_what_is_no_unit_of_a_fixed_size_is_not_read(wording: str) -> None:
    assert parse_unit(wording) is None
    assert unit_iri(wording) is None


@given(st.text(alphabet="kmgtWhaeEnijorJ0123/²³μ%℃万千吨年", max_size=8))
def test_any_wording_is_read_or_refused(wording: str) -> None:
    parsed = parse_unit(wording)
    assert parsed is None or parsed.scale > 0
    assert parsed is not None or unit_iri(wording) is None


def test_every_wording_of_the_tables_is_read() -> None:
    sized = [w for w, expression in MEASURE_WORDINGS.items() if expression is not None]
    wordings = [*sized, *DENOMINATOR_WORDINGS, *SYMBOLS, *COUNT_UNITS]
    assert [wording for wording in wordings if parse_unit(wording) is None] == []


def test_a_wording_stands_in_one_table() -> None:
    tables = [set(MEASURE_WORDINGS), set(DENOMINATOR_WORDINGS), set(SYMBOLS), COUNT_UNITS]
    assert len(set().union(*tables)) == sum(map(len, tables))


@pytest.mark.parametrize("name", sorted(set(QUDT_NAMES.values()) - CURRENCIES))
def test_every_name_is_in_the_vocabulary_of_qudt(name: str) -> None:
    assert getattr(QUDT_UNIT, name.replace("-", "_")).toPython() == QUDT + name


def test_only_currencies_are_taken_on_trust() -> None:
    assert len(CURRENCIES) == 32
    assert all(len(name) == 7 and name[4:].isupper() for name in CURRENCIES)


def test_each_name_belongs_to_one_unit() -> None:
    assert len(set(QUDT_NAMES.values())) == len(QUDT_NAMES)


@pytest.mark.parametrize(
    ("wording", "name"),
    [
        ("公吨", "TONNE"), ("方", "M3"), ("㎡", "M2"), ("hm²", "HA"), ("度电", "KiloW-HR"),
        ("kW·h", "KiloW-HR"), ("Mt", "MegaTONNE"), ("千乏", "KiloV-A_Reactive"),
        ("µg/L", "MicroGM-PER-L"), ("mg/l", "MilliGM-PER-L"), ("吨/天", "TONNE-PER-DAY"),
        ("t/d", "TONNE-PER-DAY"), ("m/s", "M-PER-SEC"), ("km/h", "KiloM-PER-HR"),
        ("人/平方公里", "NUM-PER-KiloM2"), ("个/立方厘米", "PER-CentiM3"), ("TB", "TeraBYTE"),
        ("℃", "DEG_C"), ("‰", "PPTH"), ("港币", "CCY_HKD"),
    ],
)  # fmt: skip
def test_wordings_of_one_unit_share_its_iri(wording: str, name: str) -> None:
    assert unit_iri(wording) == QUDT + name


@pytest.mark.parametrize(
    "wording", ["万元", "吨/万人", "元/吨", "tce", "tCO2", "亩", "个百分点", "倍", "座"]
)
def test_a_unit_that_qudt_lacks_or_that_is_scaled_has_no_iri(wording: str) -> None:
    assert parse_unit(wording) is not None
    assert unit_iri(wording) is None


@pytest.mark.parametrize(
    ("value", "wording", "to", "expected"),
    [
        ("12.5", "亿千瓦时", "GWh", "1250"),
        ("3", "兆瓦", "千瓦", "3000"),
        ("35", "微克/立方米", "mg/m³", "0.035"),
        ("30", "亩", "公顷", "2"),
        ("1", "吨标准煤", "千瓦时", "8141"),
        ("2", "toe", "吉焦", "83.736"),
        ("0.5", "吨标准煤/万元", "千克标准煤/元", "0.05"),
        ("3", "吨碳", "tCO2", "11"),
        ("40", "元/吨", "元/公斤", "0.04"),
        ("15", "%", "‰", "150"),
        ("20", "℃", "摄氏度", "20"),
        ("3", "米/℃", "公里/℃", "0.003"),
        ("7", "万人", "人", "70000"),
    ],
)
def test_a_value_is_expressed_in_another_unit(
    value: str, wording: str, to: str, expected: str
) -> None:
    converted = convert_value(Decimal(value), wording, to)
    assert abs(converted - Decimal(expected)) < Decimal("1e-15")


@pytest.mark.parametrize(
    ("wording", "to"),
    [
        ("千瓦", "千瓦时"),
        ("元", "美元"),
        ("吨", "tCO2"),
        ("元/吨", "元/千瓦时"),
        ("公顷", "公里"),
        ("人", "吨"),
    ],
)
def test_units_of_different_things_are_not_converted(wording: str, to: str) -> None:
    with pytest.raises(IncompatibleUnitsError, match=f"'{wording}'.*'{to}'"):
        convert_value(Decimal(1), wording, to)


@pytest.mark.parametrize(("wording", "to", "unknown"), [("克朗", "元", "克朗"), ("元", "圈", "圈")])
def test_an_unknown_unit_is_named(wording: str, to: str, unknown: str) -> None:
    with pytest.raises(UnknownUnitError, match=unknown):
        convert_value(Decimal(1), wording, to)


def test_finding_quantities_does_not_load_the_unit_library() -> None:
    code = (
        "import sys; from extract.units import find_quantities; "
        "assert find_quantities('装机30千瓦'); sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
