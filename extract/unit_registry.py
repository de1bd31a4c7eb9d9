"""What the wording of a unit means: a pint unit, and the QUDT IRI of that unit.

Sets no ``Doc`` attribute itself: `extract.units` finds the wordings, this module reads them.
Two examples: 微克/立方米 and μg/m³ are both µg/m³, which QUDT calls MicroGM-PER-M3;
千克标准煤/万元 is a ten-thousandth of kgce/CNY, which QUDT does not have.

pint parses the Latin symbols, keeps dimensions and scales values. Its registry is built from
the short list below, not from pint's own long one, and only when the first unit is read, so
that a start does not wait for it. Each currency is a dimension of its own (no rate is known
here), so are carbon dioxide and counted things; standard coal and oil equivalent are energy.

Sources: QUDT units vocabulary, http://qudt.org/vocab/unit/; standard coal: GB/T 2589-2020;
oil equivalent: IEA; carbon to carbon dioxide: 44/12 (IPCC 2006 guidelines).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from extract.errors import ExtractionError

if TYPE_CHECKING:
    import pint

QUDT = "http://qudt.org/vocab/unit/"


class UnitError(ExtractionError, ValueError):
    """A unit that cannot be used as asked."""


class UnknownUnitError(UnitError):
    """A wording that names no unit of a fixed size."""


class IncompatibleUnitsError(UnitError):
    """Two units that measure different things."""


@dataclass(frozen=True, slots=True)
class ParsedUnit:
    """A unit as pint has it, and the number that its wording multiplies it by.

    ``scale`` is 1 but for wordings such as 万元 and 吨/万人 (0.0001).
    """

    scale: Decimal
    unit: pint.Unit


# ISO 4217.
_CURRENCIES = (
    "AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD",
    "HUF", "IDR", "INR", "JPY", "KRW", "KZT", "MOP", "MYR", "NOK", "NZD", "PLN",
    "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "VND", "ZAR",
)  # fmt: skip
# In the syntax of pint's definition files: name = value = symbol = other names.
_DEFINITIONS = (
    "nano- = 1e-9 = n-", "micro- = 1e-6 = µ- = μ- = u-", "milli- = 1e-3 = m-",
    "centi- = 1e-2 = c-", "kilo- = 1e3 = k-", "mega- = 1e6 = M-",
    "giga- = 1e9 = G-", "tera- = 1e12 = T-", "peta- = 1e15 = P-", "exa- = 1e18 = E-",
    "meter = [length] = m", "gram = [mass] = g", "second = [time] = s",
    "ampere = [current] = A", "degree_Celsius = [temperature] = degC",
    "minute = 60 * second = min", "hour = 60 * minute = h", "day = 24 * hour = d",
    "year = 365.25 * day = a", "month = year / 12",
    "nautical_mile = 1852 * meter = nmi", "mile = 1609.344 * meter",
    "hectare = 10000 * meter ** 2 = ha", "acre = 4046.8564224 * meter ** 2",
    "liter = 0.001 * meter ** 3 = L = l", "gallon = 3.785411784 * liter",
    "barrel = 42 * gallon = bbl", "tonne = 1e6 * gram = t",
    "hertz = 1 / second = Hz", "newton = 1000 * gram * meter / second ** 2 = N",
    "pascal = newton / meter ** 2 = Pa", "joule = newton * meter = J",
    "watt = joule / second = W", "watt_hour = watt * hour = Wh",
    "calorie = 4.184 * joule = cal", "horsepower = 735.49875 * watt",
    "volt = watt / ampere = V", "volt_ampere = volt * ampere = VA",
    "volt_ampere_reactive = volt * ampere = var", "ampere_hour = ampere * hour = Ah",
    "sievert = joule / (1000 * gram) = Sv",
    "decibel = [sound_level] = dB",
    "gram_coal_equivalent = 29307.6 * joule = gce",
    "tonne_coal_equivalent = 29307.6e6 * joule = tce",
    "tonne_oil_equivalent = 41.868e9 * joule = toe",
    "gram_carbon_dioxide = [carbon_dioxide] = gCO2 = gCO2e = gCO2eq",
    "tonne_carbon_dioxide = 1e6 * gram_carbon_dioxide = tCO2 = tCO2e = tCO2eq",
    "tonne_carbon = 44 / 12 * tonne_carbon_dioxide",
    "count = [count]", "byte = [information] = B",
    "operation = [computation]", "flops = operation / second",
    "percent = 0.01 = %", "permille = 0.001 = ‰", "ppm = 1e-6", "ppb = 1e-9",
    "percentage_point = 0.01", "basis_point = 0.0001", "fold = 1",
    "mu = hectare / 15", "jin = 500 * gram", "li = 500 * meter",
    *(f"{code} = [currency_{code}]" for code in _CURRENCIES),
)  # fmt: skip

# Wording → expression that pint reads; None for a unit of no fixed size. A Latin symbol
# stands here only where pint could not read it as it is written.
MEASURE_WORDINGS: Mapping[str, str | None] = MappingProxyType({
    # mass
    "毫克": "mg", "微克": "µg", "纳克": "ng", "克": "g", "千克": "kg", "公斤": "kg",
    "吨": "t", "噸": "t", "公吨": "t", "公噸": "t", "斤": "jin",
    "公吨二氧化碳当量": "tCO2", "公吨二氧化碳": "tCO2", "吨二氧化碳当量": "tCO2",
    "吨二氧化碳": "tCO2", "千克二氧化碳": "kgCO2", "克二氧化碳": "gCO2",
    "吨碳": "tonne_carbon",
    # length
    "纳米": "nm", "微米": "µm", "毫米": "mm", "厘米": "cm", "米": "m", "延米": "m",
    "千米": "km", "公里": "km", "单程公里": "km", "海里": "nmi", "英里": "mile",
    "里": "li", "车道公里": None,
    # area
    "平方毫米": "mm**2", "平方厘米": "cm**2", "平方米": "m**2", "平米": "m**2", "㎡": "m**2",
    "平方公里": "km**2", "平方千米": "km**2", "平方公裡": "km**2", "公顷": "ha", "公頃": "ha",
    "hm²": "ha", "hm2": "ha", "亩": "mu", "畝": "mu", "英亩": "acre",
    # volume
    "毫升": "mL", "升": "L", "立方厘米": "cm**3", "立方米": "m**3", "立方": "m**3",
    "方": "m**3", "標準立方米": "m**3", "标准立方米": "m**3", "标立方米": "m**3",
    "Nm³": "m**3", "Nm3": "m**3", "加仑": "gallon", "桶": "barrel",
    # power
    "瓦": "W", "千瓦": "kW", "兆瓦": "MW", "吉瓦": "GW", "太瓦": "TW", "KW": "kW",
    "千瓦峰": "kW", "兆瓦峰": "MW", "kWp": "kW", "MWp": "MW", "GWp": "GW",
    "千伏安": "kVA", "兆伏安": "MVA", "千乏": "kvar", "马力": "horsepower", "蒸吨": None,
    # energy
    "焦": "J", "焦耳": "J", "千焦": "kJ", "兆焦": "MJ", "吉焦": "GJ", "太焦": "TJ",
    "百万千焦": "GJ", "大卡": "kcal", "千卡": "kcal", "瓦时": "Wh", "千瓦时": "kWh",
    "千瓦·时": "kWh", "千瓦小时": "kWh", "千瓦時": "kWh", "兆瓦时": "MWh", "兆瓦時": "MWh",
    "吉瓦时": "GWh", "太瓦时": "TWh", "KWh": "kWh", "kwh": "kWh", "kW·h": "kWh",
    "度电": "kWh", "度": None, "吨标准煤": "tce", "吨标煤": "tce", "千克标准煤": "kgce",
    "公斤标准煤": "kgce", "克标准煤": "gce", "吨标准油": "toe", "吨油当量": "toe",
    "百万吨油当量": "Mtoe",
    # electricity and others
    "安培": "A", "安时": "Ah", "毫安时": "mAh", "伏": "V", "千伏": "kV", "帕": "Pa",
    "兆帕": "MPa", "摄氏度": "degC", "℃": "degC", "赫兹": "Hz", "千赫": "kHz",
    "毫西弗": "mSv", "分贝": "decibel",
    # time as a figure
    "个月": "month", "天": "day", "小时": "hour", "小時": "hour", "分钟": "minute",
    "秒": "second", "天次": None, "工时": None, "人日": None, "个工作日": None,
    # money
    "元": "CNY", "元人民币": "CNY", "人民币": "CNY", "美元": "USD", "欧元": "EUR",
    "港元": "HKD", "港币": "HKD", "日元": "JPY", "英镑": "GBP", "韩元": "KRW", "澳元": "AUD",
    "加元": "CAD", "卢布": "RUB", "新加坡元": "SGD", "新元": "SGD", "瑞士法郎": "CHF",
    "澳门元": "MOP", "新台币": "TWD", "元新台币": "TWD", "克朗": None, "瑞典克朗": "SEK",
    "挪威克朗": "NOK", "丹麦克朗": "DKK", "捷克克朗": "CZK", "卢比": None, "印度卢比": "INR",
    "印尼盾": "IDR", "越南盾": "VND", "泰铢": "THB", "林吉特": "MYR", "比索": None,
    "雷亚尔": "BRL", "兰特": "ZAR", "里拉": "TRY", "兹罗提": "PLN", "福林": "HUF",
    "迪拉姆": "AED", "里亚尔": "SAR", "坚戈": "KZT", "新西兰元": "NZD",
    # computing
    "P": None, "PFlops": "petaflops", "EFlops": "exaflops",
    # ratio
    "％": "percent", "个百分点": "percentage_point", "個百分點": "percentage_point",
    "百分点": "percentage_point", "个基点": "basis_point", "倍": "fold", "番": None,
})  # fmt: skip
# Units below a stroke only: 3年 and 5月 are dates, 1000标方电解槽 names a size; 元/标方 is a rate.
DENOMINATOR_WORDINGS: Mapping[str, str] = MappingProxyType(
    {"年": "year", "月": "month", "日": "day", "时": "hour", "标方": "m**3"}
)
# Latin symbols that texts use and pint reads as they are.
SYMBOLS: tuple[str, ...] = (
    "kg", "mg", "t", "Mt", "tCO2e", "tCO2", "tCO₂e", "tCO₂", "MtCO2", "MtCO₂", "GtCO2",
    "GtCO₂", "km", "mm", "cm", "m²", "m2", "km²", "km2", "m³", "m3", "W", "kW", "MW", "GW",
    "TW", "kVA", "MVA", "kV", "MJ", "GJ", "TJ", "Wh", "kWh", "MWh", "GWh", "TWh", "tce",
    "Mtce", "GB", "TB", "PB", "EB", "ppm", "ppb", "%", "‰",
)  # fmt: skip
COUNT_UNITS: frozenset[str] = frozenset({
    "个", "個", "家", "台套", "台次", "所次",
    "辆", "輛", "座", "项", "項", "条", "條", "所", "场", "場", "户",
    "戶", "人", "人次", "台", "臺", "套", "株", "棵", "只", "隻", "头", "件", "份", "处",
    "處", "块", "片", "栋", "幢", "棟", "间", "艘", "架", "列", "次", "批", "种", "種",
    "类", "类别", "门", "部", "篇", "本", "册", "张", "幅", "名", "位", "对", "组", "支",
    "口", "眼", "根", "盏", "颗", "粒", "瓶", "箱", "袋", "班次", "车次", "架次", "航次",
    "列次", "艘次", "辆次", "件次", "户次", "家次", "场次", "枚", "笔", "单", "款", "起",
    "宗", "例", "章", "节", "字", "面", "人口", "标箱", "标准箱", "TEU", "张床位", "床",
    "期", "机组", "员", "只次", "头次", "亩次", "吨公里", "人公里", "条次", "村次", "场馆", "羽",
    "尾", "道", "杆", "桩", "轮", "卷", "匹", "把", "站", "片区", "栏", "盒", "票", "席",
    "岗", "人份", "届",
})  # fmt: skip

# Expression → local name in QUDT, of every unit that we name by an IRI there.
QUDT_NAMES: Mapping[str, str] = MappingProxyType({
    "ng": "NanoGM", "µg": "MicroGM", "mg": "MilliGM", "g": "GM", "kg": "KiloGM", "t": "TONNE",
    "Mt": "MegaTONNE",
    "nm": "NanoM", "µm": "MicroM", "mm": "MilliM", "cm": "CentiM", "m": "M", "km": "KiloM",
    "nmi": "MI_N", "mile": "MI",
    "mm**2": "MilliM2", "cm**2": "CentiM2", "m**2": "M2", "km**2": "KiloM2", "ha": "HA",
    "acre": "AC",
    "cm**3": "CentiM3", "m**3": "M3", "mL": "MilliL", "L": "L", "gallon": "GAL_US",
    "barrel": "BBL_US",
    "W": "W", "kW": "KiloW", "MW": "MegaW", "GW": "GigaW", "TW": "TeraW", "kVA": "KiloV-A",
    "MVA": "MegaV-A", "kvar": "KiloV-A_Reactive", "horsepower": "HP_Metric",
    "J": "J", "kJ": "KiloJ", "MJ": "MegaJ", "GJ": "GigaJ", "TJ": "TeraJ", "kcal": "KiloCAL",
    "Wh": "W-HR", "kWh": "KiloW-HR", "MWh": "MegaW-HR", "GWh": "GigaW-HR", "TWh": "TeraW-HR",
    "toe": "TOE", "Mtoe": "MegaTOE",
    "A": "A", "Ah": "A-HR", "mAh": "MilliA-HR", "V": "V", "kV": "KiloV", "Pa": "PA",
    "MPa": "MegaPA", "degC": "DEG_C", "Hz": "HZ", "kHz": "KiloHZ", "mSv": "MilliSV",
    "decibel": "DeciB",
    "second": "SEC", "minute": "MIN", "hour": "HR", "day": "DAY", "month": "MO", "year": "YR",
    "GB": "GigaBYTE", "TB": "TeraBYTE", "PB": "PetaBYTE", "EB": "ExaBYTE",
    "petaflops": "PetaFLOPS",
    "percent": "PERCENT", "permille": "PPTH", "ppm": "PPM", "ppb": "PPB",
    **{code: f"CCY_{code}" for code in _CURRENCIES},
    # per unit
    "ng/m**3": "NanoGM-PER-M3", "µg/m**3": "MicroGM-PER-M3", "mg/m**3": "MilliGM-PER-M3",
    "g/m**3": "GM-PER-M3", "kg/m**3": "KiloGM-PER-M3", "µg/L": "MicroGM-PER-L",
    "mg/L": "MilliGM-PER-L", "g/L": "GM-PER-L", "mg/kg": "MilliGM-PER-KiloGM",
    "g/kg": "GM-PER-KiloGM", "g/km": "GM-PER-KiloM", "g/m**2": "GM-PER-M2",
    "kg/m**2": "KiloGM-PER-M2", "kg/ha": "KiloGM-PER-HA", "t/ha": "TONNE-PER-HA",
    "m**3/ha": "M3-PER-HA", "t/year": "TONNE-PER-YR", "t/day": "TONNE-PER-DAY",
    "t/hour": "TONNE-PER-HR", "kg/hour": "KiloGM-PER-HR", "kg/day": "KiloGM-PER-DAY",
    "m**3/day": "M3-PER-DAY", "m**3/hour": "M3-PER-HR", "m**3/second": "M3-PER-SEC",
    "L/second": "L-PER-SEC", "km/hour": "KiloM-PER-HR", "m/second": "M-PER-SEC",
    "W/m**2": "W-PER-M2", "kWh/m**2": "KiloW-HR-PER-M2", "MJ/m**3": "MegaJ-PER-M3",
    "kJ/kg": "KiloJ-PER-KiloGM", "count/cm**3": "PER-CentiM3", "count/km**2": "NUM-PER-KiloM2",
    "count/year": "NUM-PER-YR", "count/ha": "NUM-PER-HA",
})  # fmt: skip

_PLAIN = str.maketrans({"／": "/", "每": "/", "²": "2", "³": "3", "₂": "2", "µ": "μ"})
_STANDARD_STATE = re.compile(r"[（(]标准状态[）)]")
_SCALES: Mapping[str, int] = MappingProxyType(
    {"百": 10**2, "千": 10**3, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
)
_SYMBOL = re.compile(r"[A-Za-zμ%‰][A-Za-zμ0-9]{0,11}")
_POWER = re.compile(r"(?<=m)[23]$")


@cache
def _registry() -> pint.UnitRegistry[Decimal]:
    import pint  # takes longer than reading a text: only where a unit is asked for

    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(None, non_int_type=Decimal)
    registry.load_definitions(_DEFINITIONS)
    return registry


@cache
def _names() -> Mapping[pint.Unit, str]:
    registry = _registry()
    return {registry.parse_units(expression): name for expression, name in QUDT_NAMES.items()}


def _expression_of(wording: str) -> str | None:
    """The expression that pint reads for one factor; None where there is none to read."""
    for table in (MEASURE_WORDINGS, DENOMINATOR_WORDINGS):
        if wording in table:
            return table[wording]
    if wording in COUNT_UNITS:
        return "count"
    return _POWER.sub(r"**\g<0>", wording) if _SYMBOL.fullmatch(wording) else None


def _parse_factor(wording: str) -> ParsedUnit | None:
    """One factor of a compound: 吨, 万元, kWh, 家."""
    from pint import UndefinedUnitError

    scale = Decimal(1)
    while wording not in MEASURE_WORDINGS and wording[:1] in _SCALES:
        scale *= _SCALES[wording[0]]
        wording = wording[1:]
    expression = _expression_of(wording)
    if expression is None:
        return None
    try:
        return ParsedUnit(scale, _registry().parse_units(expression))
    except (UndefinedUnitError, ValueError, InvalidOperation):  # it reads "nan", "0E0J" as numbers
        return None


@lru_cache(maxsize=1024)
def parse_unit(wording: str) -> ParsedUnit | None:
    """Read the wording of a unit; None where it is no unit of a fixed size.

    >>> parsed = parse_unit("千克标准煤/万元")
    >>> str(parsed.scale), str(parsed.unit)
    ('0.0001', 'kilogram_coal_equivalent / CNY')
    >>> parse_unit("吨/圈") is None
    True
    """
    first, *others = _STANDARD_STATE.sub("", wording.translate(_PLAIN)).split("/")
    parsed = _parse_factor(first)
    for other in others:
        factor = _parse_factor(other)
        if parsed is None or factor is None:
            return None
        parsed = ParsedUnit(parsed.scale / factor.scale, parsed.unit / factor.unit)
    return parsed


def unit_iri(wording: str) -> str | None:
    """The QUDT IRI of a unit as written, None for counts and units that QUDT lacks.

    >>> unit_iri("微克/立方米") == unit_iri("μg/m³")
    True
    >>> unit_iri("微克/立方米")
    'http://qudt.org/vocab/unit/MicroGM-PER-M3'
    >>> unit_iri("家") is None
    True
    """
    parsed = parse_unit(wording)
    if parsed is None or parsed.scale != 1:
        return None
    name = _names().get(parsed.unit)
    return None if name is None else QUDT + name


def convert_value(value: Decimal, wording: str, to: str) -> Decimal:
    """Express a value in another unit of the same dimension.

    Args:
        value: The number, in the unit that ``wording`` names.
        wording: A unit as written.
        to: The unit asked for, as a text would write it.

    Raises:
        UnknownUnitError: A wording names no unit of a fixed size.
        IncompatibleUnitsError: The two units measure different things.

    >>> convert_value(Decimal("1.5"), "亿千瓦时", "GWh") == 150
    True
    """
    from pint import DimensionalityError

    source, target = _known_unit(wording), _known_unit(to)
    try:
        converted = _registry().convert(value * source.scale, source.unit, target.unit)
    except DimensionalityError as error:
        raise IncompatibleUnitsError(
            f"expected two units of one dimension, got {wording!r} "
            f"({source.unit.dimensionality}) and {to!r} ({target.unit.dimensionality})"
        ) from error
    return Decimal(converted) / target.scale


def _known_unit(wording: str) -> ParsedUnit:
    parsed = parse_unit(wording)
    if parsed is None:
        raise UnknownUnitError(f"expected a unit of a fixed size, got {wording!r}")
    return parsed
