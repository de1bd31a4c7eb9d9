"""Institutions: official names in context, aliases, parents, places."""

import pytest

from extract.gazetteer import lookup_place
from extract.institutions import (
    aliases_of,
    canonical_institution,
    institution_place,
    is_institution_name,
    load_institutions,
    parent_of,
)

CENTRAL = [
    ("国家发改委", "国家发展和改革委员会"),
    ("国家发展改革委", "国家发展和改革委员会"),
    ("工信部", "工业和信息化部"),
    ("国家生态环境部", "生态环境部"),
    ("中华人民共和国水利部", "水利部"),
    ("财政部", "财政部"),
    ("住建部", "住房和城乡建设部"),
    ("国家卫健委", "国家卫生健康委员会"),
    ("央行", "中国人民银行"),
    ("市场监管总局", "国家市场监督管理总局"),
    ("国家林草局", "国家林业和草原局"),
    ("证监会", "中国证券监督管理委员会"),
    ("国新办", "国务院新闻办公室"),
    ("国台办", "国务院台湾事务办公室"),
    ("中科院", "中国科学院"),
    ("中国社科院", "中国社会科学院"),
    ("中组部", "中共中央组织部"),
    ("中央纪委", "中国共产党中央纪律检查委员会"),
    ("全国人大常委会", "全国人民代表大会常务委员会"),
    ("十四届全国人大常委会", "全国人民代表大会常务委员会"),
    ("全国政协", "中国人民政治协商会议全国委员会"),
    ("第十四届全国政协", "中国人民政治协商会议全国委员会"),
    ("最高检", "最高人民检察院"),
    ("团中央", "中国共产主义青年团中央委员会"),
    ("全国工商联", "中华全国工商业联合会"),
    ("民建中央", "中国民主建国会中央委员会"),
    ("国家电网", "国家电网有限公司"),
    ("中广核", "中国广核集团有限公司"),
    ("新华社", "新华通讯社"),
    ("欧盟", "欧洲联盟"),
    ("全国人大环资委", "全国人民代表大会环境与资源保护委员会"),
    ("国家发改委环资司", "国家发展和改革委员会环资司"),
    ("中科院广州能源研究所", "中国科学院广州能源研究所"),
]

# What was its name then stays its name.
FORMER = ["环境保护部", "国土资源部", "中国银行保险监督管理委员会", "国家乡村振兴局"]

LOCAL = [
    ("省委", "洛阳", "中共河南省委员会"),
    ("市委", "洛阳", "中共洛阳市委员会"),
    ("市委", "海淀区", "中共北京市委员会"),
    ("市委", "昆山", "中共昆山市委员会"),
    ("区委", "岳麓区", "中共长沙市岳麓区委员会"),
    ("县委", "德清", "中共德清县委员会"),
    ("州委", "延边", "中共延边朝鲜族自治州委员会"),
    ("盟委", "锡林郭勒", "中共锡林郭勒盟委员会"),
    ("自治区党委", "银川", "中共宁夏回族自治区委员会"),
    ("省委宣传部", "洛阳", "中共河南省委宣传部"),
    ("市委统战部", "洛阳", "中共洛阳市委统一战线工作部"),
    ("市委办", "洛阳", "中共洛阳市委办公室"),
    ("自治区党委组织部", "桂林", "中共广西壮族自治区委员会组织部"),
    ("市政府", "无锡", "无锡市人民政府"),
    ("区政府", "浦东新区", "上海市浦东新区人民政府"),
    ("省政府办公厅", "无锡", "江苏省人民政府办公厅"),
    ("市政府新闻办", "无锡", "无锡市人民政府新闻办公室"),
    ("盟行署", "阿拉善盟", "阿拉善盟行政公署"),
    ("市发展改革委", "泉州", "泉州市发展和改革委员会"),
    ("省发改委", "泉州", "福建省发展和改革委员会"),
    ("自治区生态环境厅", "包头", "内蒙古自治区生态环境厅"),
    ("市生态环境局", "包头", "包头市生态环境局"),
    ("省工信厅", "西安", "陕西省工业和信息化厅"),
    ("市工信局", "西安", "西安市工业和信息化局"),
    ("市住建委", "上海", "上海市住房和城乡建设管理委员会"),
    ("市住建委", "重庆", "重庆市住房和城乡建设委员会"),
    ("市交通委", "北京", "北京市交通委员会"),
    ("省人社厅", "贵阳", "贵州省人力资源和社会保障厅"),
    ("市卫健委", "贵阳", "贵阳市卫生健康委员会"),
    ("省国资委", "贵阳", "贵州省国有资产监督管理委员会"),
    ("市城市更新和土地整备局", "佛山", "佛山市城市更新和土地整备局"),
    ("市人大常委会", "杭州", "杭州市人民代表大会常务委员会"),
    ("市人大", "杭州", "杭州市人民代表大会"),
    ("省人大常委会法工委", "杭州", "浙江省人民代表大会常务委员会法制工作委员会"),
    ("市政协", "杭州", "中国人民政治协商会议杭州市委员会"),
    ("省政协人资环委", "杭州", "中国人民政治协商会议浙江省委员会人口资源环境委员会"),
    ("市纪委", "杭州", "中共杭州市纪律检查委员会"),
    ("市纪委监委", "杭州", "杭州市纪委监委"),
    ("省高院", "杭州", "浙江省高级人民法院"),
    ("市中院", "杭州", "杭州市中级人民法院"),
    ("市检察院", "杭州", "杭州市人民检察院"),
    ("团市委", "杭州", "中国共产主义青年团杭州市委员会"),
    ("省科协", "杭州", "浙江省科学技术协会"),
    ("市工商联", "杭州", "杭州市工商业联合会"),
    ("市贸促会", "杭州", "中国国际贸易促进委员会杭州市委员会"),
    ("市社科院", "杭州", "杭州市社会科学院"),
    ("市民政局", "杭州", "杭州市民政局"),
    ("市市场监管局", "杭州", "杭州市市场监督管理局"),
    ("市政务服务管理局", "杭州", "杭州市政务服务管理局"),
]

WITH_PLACE = [
    ("厦门市发改委", "厦门市发展和改革委员会"),
    ("厦门发改委", "厦门市发展和改革委员会"),
    ("福建省厦门市发改委", "厦门市发展和改革委员会"),
    ("湖北省政府", "湖北省人民政府"),
    ("新疆自治区政府", "新疆维吾尔自治区人民政府"),
    ("香港特别行政区政府", "香港特别行政区政府"),
    ("福州市鼓楼区政府", "福州市鼓楼区人民政府"),
    ("鼓楼区政府", "鼓楼区政府"),
    ("岳麓区政府", "长沙市岳麓区人民政府"),
    ("天津市人大常委会", "天津市人民代表大会常务委员会"),
    ("湖北省十四届人大常委会", "湖北省人民代表大会常务委员会"),
    ("湖北省第十四届人民代表大会常务委员会", "湖北省人民代表大会常务委员会"),
    ("政协湖北省委员会", "中国人民政治协商会议湖北省委员会"),
    ("政协湖北省第十三届委员会", "中国人民政治协商会议湖北省委员会"),
    ("广西政协", "中国人民政治协商会议广西壮族自治区委员会"),
    ("中共湖北省委", "中共湖北省委员会"),
    ("中国共产党湖北省委员会", "中共湖北省委员会"),
    ("共青团湖北省委", "中国共产主义青年团湖北省委员会"),
    ("民盟湖北省委会", "中国民主同盟湖北省委员会"),
    ("恩施州政府", "恩施土家族苗族自治州人民政府"),
    ("湖北省发改委资源节约处", "湖北省发展和改革委员会资源节约处"),
]

UNCHANGED = [
    ("湖北省生态环境厅", "武汉"),
    ("武汉大学", "武汉"),
    ("中国地质大学（武汉）", "武汉"),
    ("武汉市绿源科技有限公司", "武汉"),
    ("市政工程设计院", "武汉"),
    ("市场监管局", "武汉"),
    ("区块链研究院", "武昌区"),
    ("县域经济研究所", "德清"),
    ("发改委", "武汉"),
    ("省委", "上海"),
    ("区委", "武汉"),
    ("区委", "银川"),
    ("区政府", "喀什地区"),
    ("市民合唱团委员会", "武汉"),
    ("上海社会科学院", "上海"),
    ("中国银行业协会", None),
    ("中国矿业大学（北京）", None),
    ("市委", None),
    ("省发改委", None),
]


@pytest.mark.parametrize(("name", "expected"), CENTRAL)
def test_central_institutions_get_their_official_names(name: str, expected: str) -> None:
    assert canonical_institution(name) == expected


@pytest.mark.parametrize("name", FORMER)
def test_former_names_stay(name: str) -> None:
    assert canonical_institution(name) == name


@pytest.mark.parametrize(("name", "place", "expected"), LOCAL)
def test_level_words_are_resolved_by_the_place_of_the_article(
    name: str, place: str, expected: str
) -> None:
    assert canonical_institution(name, place=lookup_place(place)) == expected


@pytest.mark.parametrize(("name", "expected"), WITH_PLACE)
def test_written_places_need_no_context(name: str, expected: str) -> None:
    assert canonical_institution(name) == expected


@pytest.mark.parametrize(("name", "place"), UNCHANGED)
def test_full_unknown_and_unresolvable_names_stay(name: str, place: str | None) -> None:
    assert canonical_institution(name, place=lookup_place(place) if place else None) == name


@pytest.mark.parametrize("expected", sorted({row[-1] for row in [*CENTRAL, *LOCAL, *WITH_PLACE]}))
def test_a_canonical_name_is_its_own_canonical_name(expected: str) -> None:
    assert canonical_institution(expected) == expected


def test_every_alias_of_the_lexicon_leads_to_its_institution() -> None:
    for name, institution in load_institutions().institutions.items():
        assert canonical_institution(name) == institution.name


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("生态环境部", {"中华人民共和国生态环境部"}),
        ("国家发展和改革委员会", {"国家发展改革委", "国家发改委"}),
        ("中共湖北省委员会", {"湖北省委", "中共湖北省委", "中国共产党湖北省委员会"}),
        ("中共宁夏回族自治区委员会", {"宁夏回族自治区党委", "宁夏党委"}),
        ("湖北省人民政府", {"湖北省政府"}),
        ("湖北省人民代表大会常务委员会", {"湖北省人大常委会"}),
        ("中国人民政治协商会议湖北省委员会", {"湖北省政协", "政协湖北省委员会"}),
        ("武汉市发展和改革委员会", {"武汉市发改委", "武汉市发展改革委"}),
        ("长沙市岳麓区人民政府", {"岳麓区政府", "岳麓区人民政府", "长沙市岳麓区政府"}),
        ("中共湖北省委统一战线工作部", {"湖北省委统战部"}),
        ("工业和信息化部规划司", {"工信部规划司"}),
    ],
)
def test_aliases_hold_the_usual_short_forms(name: str, some: set[str]) -> None:
    assert some <= set(aliases_of(name))


@pytest.mark.parametrize("name", ["武汉大学", "某某有限公司", "武汉市绿源科技有限公司"])
def test_unknown_names_have_no_aliases(name: str) -> None:
    assert aliases_of(name) == ()


def test_aliases_leave_the_name_itself_out() -> None:
    assert "湖北省委" not in aliases_of("湖北省委")
    assert "中共湖北省委员会" in aliases_of("湖北省委")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("教育部高等教育司", "教育部"),
        ("工信部规划司", "工业和信息化部"),
        ("国家能源局", "国家发展和改革委员会"),
        ("武汉大学资源与环境科学学院", "武汉大学"),
        ("中国地质大学（武汉）环境学院", "中国地质大学（武汉）"),
        ("武汉市生态环境局", "武汉市人民政府"),
        ("湖北省发展和改革委员会资源节约处", "湖北省发展和改革委员会"),
        ("中共湖北省委宣传部", "中共湖北省委员会"),
        ("湖北省人民代表大会常务委员会法制工作委员会", "湖北省人民代表大会常务委员会"),
        ("武汉大学", None),
        ("武汉大学附属医院", None),
        ("中国银行业协会", None),
        ("武汉市气象局", None),
        ("湖北省人民政府", None),
        ("绿源科技有限公司", None),
    ],
)
def test_parents_follow_from_lexicon_and_pattern(name: str, expected: str | None) -> None:
    assert parent_of(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("财政部", True),
        ("央视", True),
        ("市政府", True),
        ("省发展改革委", True),
        ("厦门市人大常委会", True),
        ("绿源科技有限公司", True),
        ("三江能源研究院", True),
        ("中国地质大学（武汉）", True),
        ("海西晚报", True),
        ("公司", False),
        ("有关部门", False),
        ("各区政府", False),
        ("三家企业集团", False),
        ("新发展格局", False),
        ("战略部署", False),
        ("领导干部", False),
        ("以人民为中心", False),
        ("区块链", False),
        ("低碳论坛", False),
    ],
)
def test_names_of_institutions_are_told_from_other_words(name: str, expected: bool) -> None:
    assert is_institution_name(name) is expected


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("中共湖北省委员会", "420000"),
        ("武汉市生态环境局", "420100"),
        ("长沙市岳麓区人民政府", "430104"),
        ("中国地质大学（武汉）", "420100"),
        ("武汉市绿源科技有限公司", "420100"),
        ("生态环境部", None),
        ("武汉大学", None),
        ("绿源科技有限公司", None),
    ],
)
def test_the_place_of_an_institution(name: str, code: str | None) -> None:
    place = institution_place(name)
    assert (place and place.code) == code
