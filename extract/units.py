"""Units of measure and quantities: a written number with its unit.

Sets no ``Doc`` attribute itself: `extract.observations` builds on it. Two examples:
12.5亿千瓦时 is 1250000000 千瓦时 (only 万, 亿, 千, 百 scale the value); 35微克/立方米 is
35 with the compound unit 微克/立方米. A count keeps its classifier as unit (240所).
Source of the IRIs: QUDT units vocabulary, http://qudt.org/vocab/unit/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from extract.facts import Span
from extract.numbers import NumberMention, find_numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number and its unit as they stand in the text.

    ``unit`` keeps the wording without 万 and 亿; None when no unit is written. ``is_count``
    is true for classifiers (家, 个, 所), ``rounded_up`` where 余 or 多 belongs to the number.
    """

    span: Span
    text: str
    value: Decimal
    unit: str | None
    is_count: bool = False
    rounded_up: bool = False


QUDT = "http://qudt.org/vocab/unit/"

# Wording → local name in the QUDT units vocabulary, None where it has no such unit.
MEASURE_UNITS: Mapping[str, str | None] = MappingProxyType({
    # mass
    "毫克": "MilliGM", "微克": "MicroGM", "克": "GM", "千克": "KiloGM", "公斤": "KiloGM",
    "吨": "TONNE", "噸": "TONNE", "公吨": "TONNE", "公噸": "TONNE",
    "斤": None, "kg": "KiloGM", "mg": "MilliGM", "t": "TONNE",
    "公吨二氧化碳当量": None, "公吨二氧化碳": None,
    "吨二氧化碳当量": None, "吨二氧化碳": None, "吨碳": None, "tCO2e": None, "tCO2": None,
    "千克二氧化碳": None, "克二氧化碳": None,
    # length
    "毫米": "MilliM", "厘米": "CentiM", "米": "M", "千米": "KiloM", "公里": "KiloM",
    "km": "KiloM", "mm": "MilliM", "cm": "CentiM", "海里": "MI_N", "英里": "MI", "里": None,
    "纳米": "NanoM", "微米": "MicroM", "延米": "M", "单程公里": "KiloM", "车道公里": None,
    # area
    "平方毫米": "MilliM2", "平方厘米": "CentiM2", "平方米": "M2", "平方公里": "KiloM2",
    "平方千米": "KiloM2", "平方公裡": "KiloM2", "平米": "M2", "㎡": "M2", "m2": "M2", "m²": "M2",
    "km²": "KiloM2", "km2": "KiloM2", "公顷": "HA", "公頃": "HA", "亩": None, "畝": None,
    "英亩": "AC",
    # volume
    "毫升": "MilliL", "升": "L", "立方厘米": "CentiM3", "立方米": "M3", "標準立方米": "M3",
    "标准立方米": "M3", "标立方米": "M3", "立方": "M3", "m3": "M3", "m³": "M3", "方": None,
    "加仑": "GAL_US", "桶": None,
    # power
    "瓦": "W", "千瓦": "KiloW", "兆瓦": "MegaW", "吉瓦": "GigaW", "太瓦": "TeraW",
    "W": "W", "kW": "KiloW", "KW": "KiloW", "MW": "MegaW", "GW": "GigaW", "TW": "TeraW",
    "千瓦峰": "KiloW", "兆瓦峰": "MegaW", "kWp": "KiloW", "MWp": "MegaW", "GWp": "GigaW",
    "千伏安": "KiloV-A", "兆伏安": "MegaV-A", "kVA": "KiloV-A", "MVA": "MegaV-A", "蒸吨": None,
    "千乏": None, "马力": None,
    # energy
    "焦": "J", "焦耳": "J", "千焦": "KiloJ", "兆焦": "MegaJ", "吉焦": "GigaJ", "太焦": "TeraJ",
    "百万千焦": None, "GJ": "GigaJ", "MJ": "MegaJ", "TJ": "TeraJ", "大卡": "KiloCAL",
    "千卡": "KiloCAL", "瓦时": "W-HR", "千瓦时": "KiloW-HR", "千瓦·时": "KiloW-HR",
    "千瓦小时": "KiloW-HR", "兆瓦时": "MegaW-HR", "吉瓦时": "GigaW-HR", "太瓦时": "TeraW-HR",
    "千瓦時": "KiloW-HR", "兆瓦時": "MegaW-HR", "Wh": "W-HR", "kWh": "KiloW-HR",
    "KWh": "KiloW-HR", "kwh": "KiloW-HR", "MWh": "MegaW-HR", "GWh": "GigaW-HR",
    "TWh": "TeraW-HR", "度电": "KiloW-HR", "度": None, "吨标准煤": None, "吨标煤": None,
    "千克标准煤": None, "克标准煤": None, "公斤标准煤": None, "tce": None, "吨标准油": "TOE",
    "吨油当量": "TOE", "百万吨油当量": None,
    # electricity and others
    "伏": "V", "千伏": "KiloV", "kV": "KiloV", "兆帕": "MegaPA", "帕": "PA", "摄氏度": "DEG_C",
    "℃": "DEG_C", "分贝": "DeciB", "毫西弗": "MilliSV", "赫兹": "HZ", "千赫": "KiloHZ",
    "安时": "A-HR", "毫安时": None, "安培": "A",
    # time as a figure
    "天": "DAY", "小时": "HR", "小時": "HR", "分钟": "MIN", "秒": "SEC", "天次": None,
    "工时": None, "人日": None, "个工作日": None, "个月": "MO",
    # money
    "元": "CCY_CNY", "元人民币": "CCY_CNY", "人民币": "CCY_CNY", "美元": "CCY_USD",
    "欧元": "CCY_EUR", "港元": "CCY_HKD", "港币": "CCY_HKD", "日元": "CCY_JPY",
    "英镑": "CCY_GBP", "韩元": "CCY_KRW", "澳元": "CCY_AUD", "加元": "CCY_CAD",
    "卢布": "CCY_RUB", "新加坡元": "CCY_SGD", "瑞士法郎": "CCY_CHF", "澳门元": "CCY_MOP",
    "新台币": "CCY_TWD", "元新台币": "CCY_TWD", "克朗": None, "瑞典克朗": "CCY_SEK",
    "挪威克朗": "CCY_NOK", "丹麦克朗": "CCY_DKK", "捷克克朗": "CCY_CZK", "卢比": None,
    "印度卢比": "CCY_INR", "印尼盾": "CCY_IDR", "越南盾": "CCY_VND", "泰铢": "CCY_THB",
    "林吉特": "CCY_MYR", "比索": None, "雷亚尔": "CCY_BRL", "兰特": "CCY_ZAR", "里拉": "CCY_TRY",
    "兹罗提": "CCY_PLN", "福林": "CCY_HUF", "迪拉姆": "CCY_AED", "里亚尔": "CCY_SAR",
    "坚戈": "CCY_KZT", "新元": "CCY_SGD", "新西兰元": "CCY_NZD",
    # data and computing
    "TB": "TeraBYTE", "GB": "GigaBYTE", "PB": "PetaBYTE", "EB": "ExaBYTE", "P": None,
    "PFlops": None, "EFlops": None,
    # concentration written in Latin letters
    "ppm": "PPM", "ppb": "PPB",
    # ratio
    "%": "PERCENT", "％": "PERCENT", "‰": "PPTH", "个百分点": None, "個百分點": None,
    "百分点": None, "个基点": None, "倍": None, "番": None,
})  # fmt: skip
PER_UNITS: Mapping[str, str] = MappingProxyType({
    "微克/立方米": "MicroGM-PER-M3", "μg/m3": "MicroGM-PER-M3", "毫克/立方米": "MilliGM-PER-M3",
    "mg/m3": "MilliGM-PER-M3", "纳克/立方米": "NanoGM-PER-M3", "毫克/升": "MilliGM-PER-L",
    "mg/l": "MilliGM-PER-L", "微克/升": "MicroGM-PER-L", "μg/l": "MicroGM-PER-L",
    "克/升": "GM-PER-L", "克/立方米": "GM-PER-M3", "毫克/千克": "MilliGM-PER-KiloGM",
    "mg/kg": "MilliGM-PER-KiloGM", "千克/立方米": "KiloGM-PER-M3", "克/公里": "GM-PER-KiloM",
    "克/平方米": "GM-PER-M2", "千克/平方米": "KiloGM-PER-M2", "吨/公顷": "TONNE-PER-HA",
    "公斤/公顷": "KiloGM-PER-HA", "千克/公顷": "KiloGM-PER-HA", "立方米/公顷": "M3-PER-HA",
    "吨/年": "TONNE-PER-YR", "吨/日": "TONNE-PER-DAY", "吨/天": "TONNE-PER-DAY",
    "立方米/日": "M3-PER-DAY", "立方米/天": "M3-PER-DAY", "立方米/秒": "M3-PER-SEC",
    "公里/小时": "KiloM-PER-HR", "千米/小时": "KiloM-PER-HR", "km/h": "KiloM-PER-HR",
    "米/秒": "M-PER-SEC", "升/秒": "L-PER-SEC", "瓦/平方米": "W-PER-M2",
    "千瓦时/平方米": "KiloW-HR-PER-M2", "个/立方厘米": "PER-CentiM3",
    "个/平方公里": "NUM-PER-KiloM2", "人/平方公里": "NUM-PER-KiloM2",
})  # fmt: skip
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
_LATIN_COMPOUND = (
    r"(?:[μµu]g|mg|ng|g|kg|t|kWh|kgce|gce|tce|tCO2|kgCO2|gCO2|MW|W|km|m)"
    r"/(?:N?m[³3²2]|L|kg|t|kWh|km[²2]?|h|s|d|a|ha)"
)
_SCALE = "(?:百|千|万|百万|千万|亿|萬|億)"


def _alternation(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_BASE = _alternation([*MEASURE_UNITS, *COUNT_UNITS])
_CHINESE_BASE = _alternation(
    [unit for unit in (*MEASURE_UNITS, *COUNT_UNITS) if not unit.isascii()]
)
_DENOMINATOR = rf"{_SCALE}?(?:年|月|日|时|标方|{_CHINESE_BASE}|kWh|GDP|m[³3²2]|km[²2]?|L|h)"
_PER = rf"(?:/|／|每(?={_DENOMINATOR}))"
# What a unit's first character begins when it is no unit: 个性, 部门, 人均, 克服, 条例 …
_NOT_UNIT = (
    r"(?!(?<=个)[体性人别]|(?<=部)[门分委]|(?<=人)[均民工大才类]|(?<=台)[湾风]|(?<=场)[景所址]"
    r"|(?<=条)例|(?<=方)[面式案针]|(?<=度)[假]|(?<=期)间|(?<=里)程|(?<=天)[然津]|(?<=面)[向积]"
    r"|(?<=对)[于口]|(?<=处)于|(?<=P)M|(?<=t)[a-z]|(?<=W)[A-Za-z]|(?<=种)植|(?<=组)织"
    r"|(?<=[克元米])[服素])"
)
_UNIT = re.compile(
    rf"[ \u00a0]?(?P<unit>{_LATIN_COMPOUND}"
    rf"|(?:{_BASE}){_NOT_UNIT}(?:[（(]标准状态[）)])?(?:{_PER}{_DENOMINATOR}(?![线级])){{0,2}})"
)
_UNITS_OF_SMALL_NUMBERS = frozenset({"倍", "个百分点", "百分点", "個百分點"})
_SCALES = frozenset("百千万亿萬億")
_QUALIFYING = frozenset("达達超破近逾过過约約上")
_SPECIAL_UNITS = {"percent": "%", "permille": "‰", "doubling": "倍", "fraction": None}


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Find the numbers of a text that carry a unit, and bare Arabic numbers.

    Chinese numerals count only with a unit, and 一 to 九 only with 倍 or 百分点 (一个, 三家,
    五升两降 are turns of phrase).

    >>> [(str(q.value), q.unit) for q in find_quantities("发电12.5亿千瓦时，建站30余座")]
    [('1250000000', '千瓦时'), ('30', '座')]
    """
    quantities: list[Quantity] = []
    end = 0
    for number in find_numbers(text):
        if number.span.start < end:
            continue
        quantity = _number_to_quantity(number, text)
        if quantity is not None:
            quantities.append(quantity)
            end = quantity.span.end
    return tuple(quantities)


def _is_bare_large(number: NumberMention, text: str) -> bool:
    """Tell 产值达千亿 from 千万 as an adverb and from 百亿级."""
    before, after = text[: number.span.start][-1:], text[number.span.end :][:1]
    return number.value >= 10_000_000 and before in _QUALIFYING and after in set("，。；、")


def unit_iri(unit: str) -> str | None:
    """The QUDT IRI of a unit as written, None for counts and units that QUDT lacks.

    >>> unit_iri("微克/立方米")
    'http://qudt.org/vocab/unit/MicroGM-PER-M3'
    >>> unit_iri("家") is None
    True
    """
    plain = unit.replace("／", "/").replace("每", "/")
    compound = plain.replace("³", "3").replace("²", "2").replace("µ", "μ").replace("ug", "μg")
    name = MEASURE_UNITS.get(plain) or PER_UNITS.get(compound) or PER_UNITS.get(compound.lower())
    return None if name is None else QUDT + name


def _number_to_quantity(number: NumberMention, text: str) -> Quantity | None:
    if number.kind != "plain":
        return Quantity(
            span=number.span,
            text=number.text,
            value=number.value,
            unit=_SPECIAL_UNITS[number.kind],
            rounded_up=number.rounded_up,
        )
    match = _UNIT.match(text, number.span.end)
    unit = match["unit"] if match else None
    arabic = any(char.isdigit() and char not in "〇" for char in number.text)
    is_count = unit in COUNT_UNITS
    if unit is None and re.match("[A-Za-z]", text[number.span.end : number.span.end + 1]):
        return None  # 5G, 3D
    if set(number.text) <= _SCALES and text[: number.span.start][-1:] not in _QUALIFYING:
        return None  # 万元GDP, 千亿级
    if unit is None and not arabic and not _is_bare_large(number, text):
        return None
    if not arabic and number.value < 10 and unit not in _UNITS_OF_SMALL_NUMBERS:
        return None
    span = Span(number.span.start, match.end() if match else number.span.end)
    return Quantity(
        span=span,
        text=span.of(text),
        value=number.value,
        unit="%" if unit == "％" else unit,
        is_count=is_count,
        rounded_up=number.rounded_up,
    )
