"""Places: names in context, containment, scans of running text."""

import dataclasses

import pytest

from extract.gazetteer import (
    Country,
    Division,
    Region,
    ancestors,
    canonical_place,
    contains,
    find_places,
    full_name,
    is_known_place,
    load_gazetteer,
    lookup_other,
    lookup_place,
    parent,
    split_place_prefix,
)

# Codes: GB/T 2260.
UNAMBIGUOUS = [
    ("北京", "110000"),
    ("天津市", "120000"),
    ("内蒙古", "150000"),
    ("广西", "450000"),
    ("宁夏回族自治区", "640000"),
    ("新疆", "650000"),
    ("台湾", "710000"),
    ("香港", "810000"),
    ("澳门特别行政区", "820000"),
    ("石家庄", "130100"),
    ("大连", "210200"),
    ("哈尔滨市", "230100"),
    ("延边", "222400"),
    ("延边州", "222400"),
    ("恩施土家族苗族自治州", "422800"),
    ("湘西州", "433100"),
    ("西双版纳", "532800"),
    ("克孜勒苏", "653000"),
    ("阿拉善盟", "152900"),
    ("喀什地区", "653100"),
    ("东莞", "441900"),
    ("儋州市", "460400"),
    ("仙桃市", "429004"),
    ("石河子", "659001"),
    ("神农架林区", "429021"),
    ("海淀", "110108"),
    ("浦东", "310115"),
    ("浦东新区", "310115"),
    ("昆山", "320583"),
    ("义乌市", "330782"),
    ("大厂回族自治县", "131028"),
    ("积石山", "622927"),
    ("鄂温克族自治旗", "150724"),
    ("沙县区", "350405"),
    ("山东省青岛市", "370200"),
    ("青岛市即墨区", "370215"),
    ("湖南省长沙市岳麓区", "430104"),
    ("重庆万州区", "500101"),
    ("济南历下", "370102"),
    ("北京市朝阳区", "110105"),
    ("长春市朝阳区", "220104"),
    ("浙江余杭区仓前街道", "330110"),
    ("江苏省昆山市花桥镇天福村", "320583"),
]

# The highest level wins among bearers of a short name.
HIGHEST = [
    ("吉林", "220000"),
    ("吉林市", "220200"),
    ("海南", "460000"),
    ("海南州", "632500"),
    ("西安", "610100"),
    ("大理", "532900"),
    ("长沙", "430100"),
]

UNKNOWN = [
    "鼓楼区",
    "朝阳区",
    "西湖区",
    "市中区",
    "城关区",
    "城区",
    "东区",
    "朝阳",
    "和平",
    "长安",
    "东方",
    "解放",
    "资源",
    "鼓楼",
    "鹏城",
    "黄河",
    "瀚海市",
    "山东省鼓楼区",
    "河北省海淀区",
    "青岛市岳麓区",
    "杭州低碳园",
    "",
]


@pytest.mark.parametrize(("name", "code"), UNAMBIGUOUS)
def test_full_short_and_compound_names_give_the_lowest_division(name: str, code: str) -> None:
    division = lookup_place(name)
    assert division is not None
    assert division.code == code


@pytest.mark.parametrize(("name", "code"), HIGHEST)
def test_a_shared_short_name_means_the_highest_division(name: str, code: str) -> None:
    division = lookup_place(name)
    assert division is not None
    assert division.code == code


@pytest.mark.parametrize("name", UNKNOWN)
def test_ambiguous_ordinary_and_contradictory_names_mean_nothing_alone(name: str) -> None:
    assert lookup_place(name) is None


@pytest.mark.parametrize(
    ("name", "within", "code"),
    [
        ("鼓楼区", "南京", "320106"),
        ("鼓楼区", "徐州市", "320302"),
        ("鼓楼区", "福建省", "350102"),
        ("鼓楼", "开封", "410204"),
        ("朝阳区", "海淀区", "110105"),
        ("朝阳", "北京", "110105"),
        ("朝阳", "辽宁", "211300"),
        ("西湖区", "杭州市", "330106"),
        ("西湖区", "滨江区", "330106"),
        ("和平", "沈阳", "210102"),
        ("长安", "西安", "610116"),
        ("城区", "汕尾", "441502"),
        ("青岛", "昆明", "370200"),
        ("西安", "牡丹江", "610100"),
    ],
)
def test_the_context_decides_between_bearers_of_a_name(name: str, within: str, code: str) -> None:
    division = lookup_place(name, within=lookup_place(within))
    assert division is not None
    assert division.code == code


@pytest.mark.parametrize(
    ("name", "within"),
    [("鼓楼区", "江苏"), ("鼓楼区", "昆明"), ("和平", "昆明"), ("资源", "广东"), ("城区", "昆明")],
)
def test_a_context_that_does_not_decide_leaves_the_name_open(name: str, within: str) -> None:
    assert lookup_place(name, within=lookup_place(within)) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("龙岩", ["福建省"]),
        ("岳麓区", ["长沙市", "湖南省"]),
        ("渝中区", ["重庆市"]),
        ("仙桃市", ["湖北省"]),
        ("上海", []),
    ],
)
def test_ancestors_run_from_the_nearest_to_the_province(name: str, expected: list[str]) -> None:
    division = lookup_place(name)
    assert division is not None
    assert [above.name for above in ancestors(division)] == expected
    assert all(contains(above, division) for above in ancestors(division))


def test_a_full_name_holds_all_levels() -> None:
    division = lookup_place("昆山")
    assert division is not None
    assert full_name(division) == "江苏省苏州市昆山市"


@pytest.mark.parametrize(
    ("name", "within", "expected"),
    [
        ("厦门", None, "厦门市"),
        ("新疆", None, "新疆维吾尔自治区"),
        ("湘西", None, "湘西土家族苗族自治州"),
        ("福建厦门", None, "厦门市"),
        ("鼓楼区", "福州", "鼓楼区"),
        ("广东省广州市天河区石牌街道", None, "天河区石牌街道"),
        ("长江三角洲", None, "长三角"),
        ("成渝", None, "成渝地区双城经济圈"),
        ("印尼", None, "印度尼西亚"),
        ("大韩民国", None, "韩国"),
        ("泉城", None, "泉城"),
        ("某某产业园", None, "某某产业园"),
    ],
)
def test_canonical_names(name: str, within: str | None, expected: str) -> None:
    assert canonical_place(name, lookup_place(within) if within else None) == expected


@pytest.mark.parametrize(
    ("name", "code", "rest"),
    [
        ("湖北省统计局", "420000", "统计局"),
        ("福建省福州市鼓楼区统计局", "350102", "统计局"),
        ("广西壮族自治区党委", "450000", "党委"),
        ("海南省海南中学", "460000", "海南中学"),
        ("吉林省吉林市商务局", "220200", "商务局"),
        ("内蒙古大学", "150000", "大学"),
    ],
)
def test_splitting_off_the_place_takes_all_that_belongs_to_it(
    name: str, code: str, rest: str
) -> None:
    division, left = split_place_prefix(name)
    assert division is not None
    assert (division.code, left) == (code, rest)


@pytest.mark.parametrize("name", ["某某公司", "和平饭店", "市场监管局", ""])
def test_a_name_without_a_place_is_left_whole(name: str) -> None:
    assert split_place_prefix(name) == (None, name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("鼓楼区", True),
        ("昆山", True),
        ("欧洲", True),
        ("粤港澳大湾区", True),
        ("渤海", True),
        ("资源", False),
        ("光伏", False),
    ],
)
def test_known_places(name: str, expected: bool) -> None:
    assert is_known_place(name) is expected


def test_other_places_have_their_kind() -> None:
    assert lookup_other("黄三角") == Region("黄河三角洲", "region")
    assert lookup_other("挪威") == Country("NO", "挪威", "state")
    assert lookup_other("昆山") is None


FOUND = [
    ("代表团先后到辽宁、大连考察", [("辽宁", "辽宁省"), ("大连", "大连市")]),
    ("江苏省苏州市昆山市花桥镇的园区", [("江苏省苏州市昆山市花桥镇", "昆山市")]),
    ("江苏南京鼓楼区今日发布", [("江苏南京鼓楼区", "鼓楼区")]),
    ("京津冀和长三角", [("京津冀", "京津冀"), ("长三角", "长三角")]),
    ("从黄河南岸到太湖", [("黄河", "黄河"), ("太湖", "太湖")]),
    ("河南省郑州市", [("河南省郑州市", "郑州市")]),
    ("来自巴西和挪威的专家", [("巴西", "巴西"), ("挪威", "挪威")]),
    ("东北三省与蒙古国", [("东北三省", "东北"), ("蒙古国", "蒙古国")]),
    ("厦门市场活跃", [("厦门", "厦门市")]),
    ("厦门市民踊跃参加", [("厦门", "厦门市")]),
    ("厦门市民政局公布", [("厦门市", "厦门市")]),
]

NOT_FOUND = [
    "以上海域数据由本站采集",
    "隆重庆祝成立十周年",
    "今日本报记者采访",
    "入海口湿地恢复",
    "推广西门子设备",
    "朝阳区域能源",
    "和平发展，资源节约",
    "日照时长增加",
    "重大理论创新",
    "刮起西北风",
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_a_scan_finds_the_longest_places(text: str, expected: list[tuple[str, str]]) -> None:
    found = [(text[start:end], place.name) for start, end, place in find_places(text)]
    assert found == expected


@pytest.mark.parametrize("text", NOT_FOUND)
def test_a_scan_leaves_parts_of_other_words_alone(text: str) -> None:
    assert find_places(text) == []


def test_a_scan_uses_the_context_for_ambiguous_names() -> None:
    assert find_places("鼓楼区项目开工") == []
    (found,) = find_places("鼓楼区项目开工", within=lookup_place("徐州"))
    assert isinstance(found.place, Division)
    assert (found.start, found.end, found.place.code) == (0, 3, "320302")


def test_every_division_is_found_by_its_full_name_under_its_parents() -> None:
    gazetteer = load_gazetteer()
    wrong = [d for d in gazetteer.by_code.values() if lookup_place(full_name(d)) != d]
    assert wrong == []


def test_every_parent_exists_and_lies_one_level_up() -> None:
    for division in load_gazetteer().by_code.values():
        above = parent(division)
        assert (above is None) == (division.level == "province"), division
        if above is not None:
            assert above.code[:2] == division.code[:2]


def test_a_division_is_immutable() -> None:
    division = lookup_place("昆山")
    assert division is not None
    with pytest.raises(dataclasses.FrozenInstanceError):
        division.name = "x"  # type: ignore[misc]
