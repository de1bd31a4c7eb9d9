"""Lexicons: complete, well-formed, without contradictions."""

from collections import Counter
from importlib.resources import files

import pytest

from extract import lexicons
from extract.lexicons import read_lines, read_rows, split_names
from extract.lexicons.build import build_places, is_division, short_name

TABLES = {
    "places.csv": 3200,
    "regions.csv": 100,
    "countries.csv": 230,
    "institutions.csv": 400,
    "departments.csv": 200,
    "scan_cautions.csv": 40,
    "reporting_verbs.csv": 80,
}
LISTS = {
    "surnames.txt": 500,
    "titles.txt": 350,
    "title_prefixes.txt": 20,
    "ordinary_words.txt": 400,
    "institution_suffixes.txt": 100,
    "unit_suffixes.txt": 40,
}


@pytest.mark.parametrize(("filename", "least"), TABLES.items())
def test_tables_are_complete_and_trimmed(filename: str, least: int) -> None:
    rows = read_rows(filename)
    assert len(rows) >= least
    assert all(cell == cell.strip() for row in rows for cell in row.values())


@pytest.mark.parametrize(("filename", "least"), LISTS.items())
def test_lists_are_complete_without_repeats_or_blanks(filename: str, least: int) -> None:
    entries = read_lines(filename)
    assert len(entries) >= least
    assert [entry for entry, number in Counter(entries).items() if number > 1] == []
    assert [entry for entry in entries if " " in entry] == []


@pytest.mark.parametrize("filename", [*TABLES, *LISTS])
def test_every_lexicon_says_what_it_is(filename: str) -> None:
    text = files(lexicons).joinpath(filename).read_text(encoding="utf-8")
    assert text.startswith("# ")


def test_a_missing_lexicon_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        read_rows("nowhere.csv")


def test_cells_with_several_names_are_split() -> None:
    assert split_names("甲|乙") == ("甲", "乙")
    assert split_names("") == ()


@pytest.mark.parametrize(
    ("level", "least", "most"),
    [("province", 34, 34), ("prefecture", 333, 333), ("county", 2840, 2900)],
)
def test_the_divisions_in_force_are_all_there(level: str, least: int, most: int) -> None:
    rows = [r for r in read_rows("places.csv") if r["level"] == level and r["status"] == "current"]
    assert least <= len(rows) <= most


def test_divisions_have_distinct_codes_and_no_pseudo_levels() -> None:
    rows = read_rows("places.csv")
    assert len({row["code"] for row in rows}) == len(rows)
    assert [r for r in rows if r["name"] in {"市辖区", "县"} or "直辖" in r["name"]] == []
    assert [r for r in rows if r["name"].endswith(("开发区", "产业园区", "管理区"))] == []


def test_parents_of_divisions_are_listed() -> None:
    rows = read_rows("places.csv")
    codes = {row["code"] for row in rows}
    orphans = [r for r in rows if r["level"] != "province" and r["parent_code"] not in codes]
    assert orphans == []


def test_a_name_means_one_institution() -> None:
    names = Counter(
        name
        for row in read_rows("institutions.csv")
        for name in (row["name"], *split_names(row["aliases"]))
    )
    assert [name for name, number in names.items() if number > 1] == []


def test_parents_and_successors_of_institutions_are_listed() -> None:
    rows = read_rows("institutions.csv")
    names = {row["name"] for row in rows}
    dangling = {row[key] for row in rows for key in ("parent", "successor") if row[key]} - names
    assert dangling == set()


def test_years_of_institutions_are_years_in_order() -> None:
    for row in read_rows("institutions.csv"):
        years = [int(row[key]) for key in ("since", "until") if row[key]]
        assert years == sorted(years), row
        assert all(1949 <= year <= 2026 for year in years), row


@pytest.mark.parametrize(
    "name",
    [
        "外交部",
        "审计署",
        "国务院国有资产监督管理委员会",
        "国家数据局",
        "国家金融监督管理总局",
        "中央社会工作部",
    ],
)
def test_bodies_of_the_reforms_of_2018_and_2023_are_listed(name: str) -> None:
    assert name in {row["name"] for row in read_rows("institutions.csv")}


def test_the_departments_of_the_state_council_number_26() -> None:
    rows = [r for r in read_rows("institutions.csv") if r["kind"] == "ministry" and not r["until"]]
    assert len(rows) == 26


def test_departments_of_one_place_name_a_division() -> None:
    codes = {row["code"] for row in read_rows("places.csv")}
    used = {code for row in read_rows("departments.csv") for code in split_names(row["place"])}
    assert used <= codes


def test_surnames_come_by_frequency_and_compound_ones_are_there() -> None:
    surnames = read_lines("surnames.txt")
    assert surnames[:3] == ("王", "李", "张")
    assert {"欧阳", "司马", "诸葛", "上官", "肖", "付", "闫"} <= set(surnames)


@pytest.mark.parametrize(
    "title",
    [
        "书记",
        "省长",
        "院士",
        "总工程师",
        "一级巡视员",
        "二级调研员",
        "村支书",
        "董事长",
        "总领事",
        "检察长",
    ],
)
def test_usual_titles_are_listed(title: str) -> None:
    assert title in read_lines("titles.txt")


def test_titles_carry_no_prefix_of_rank() -> None:
    whole = {"副总", "常务理事"}
    heads = [t for t in read_lines("titles.txt") if t.startswith(("副", "常务", "代理"))]
    assert set(heads) <= whole


@pytest.mark.parametrize(
    ("name", "level", "expected"),
    [
        ("广西壮族自治区", "province", "广西"),
        ("重庆市", "province", "重庆"),
        ("黔西南布依族苗族自治州", "prefecture", "黔西南"),
        ("伊犁哈萨克自治州", "prefecture", "伊犁"),
        ("大兴安岭地区", "prefecture", "大兴安岭"),
        ("双江拉祜族佤族布朗族傣族自治县", "county", "双江"),
        ("东乡族自治县", "county", "东乡"),
        ("梅里斯达斡尔族区", "county", "梅里斯"),
        ("浦东新区", "county", "浦东"),
        ("井陉矿区", "county", "井陉矿区"),
        ("乌拉特前旗", "county", "乌拉特前旗"),
        ("蓟州区", "county", "蓟州"),
        ("沙县", "county", "沙县"),
        ("东区", "county", "东区"),
    ],
)
def test_short_names_drop_the_generic_part(name: str, level: str, expected: str) -> None:
    assert short_name(name, level) == expected


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("110100", "市辖区", False),
        ("500200", "县", False),
        ("419000", "省直辖县级行政区划", False),
        ("370571", "某经济技术开发区", False),
        ("370503", "河口区", True),
        ("659001", "石河子市", True),
    ],
)
def test_pseudo_levels_and_zones_are_no_divisions(code: str, name: str, expected: bool) -> None:
    assert is_division(code, name) is expected


def test_sources_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="990100: '甲市' in one source, '乙市' in the other"):
        build_places({"990000": "某省", "990100": "甲市"}, {"990100": "乙市"})


def test_what_only_the_older_source_has_is_former() -> None:
    current = {"990000": "某省", "990100": "甲市"}
    places = build_places(current, current | {"990102": "乙县"})
    former = [place for place in places if place.status == "former"]
    assert [(p.code, p.name, p.parent_code) for p in former] == [("990102", "乙县", "990100")]
