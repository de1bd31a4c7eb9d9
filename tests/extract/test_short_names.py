"""Short names of institutions inside one text."""

from __future__ import annotations

import pytest

from extract.short_names import ending_institutions, short_institutions

CASES = [
    # companies: the beginning, or beginning and end
    (["青禾国际", "青禾国际电力股份有限公司"], {"青禾国际": "青禾国际电力股份有限公司"}),
    (["青禾集团", "青禾氢能集团有限公司"], {"青禾集团": "青禾氢能集团有限公司"}),
    (["青禾集团", "中国青禾集团公司"], {"青禾集团": "中国青禾集团公司"}),
    (["青禾股份济南分公司", "济南分公司"], {"济南分公司": "青禾股份济南分公司"}),
    (["青禾氢能", "山东省青禾氢能科技有限公司"], {"青禾氢能": "山东省青禾氢能科技有限公司"}),
    (["青禾炼化", "中国白沙青禾炼化分公司"], {"青禾炼化": "中国白沙青禾炼化分公司"}),
    (["青禾", "青禾集团"], {"青禾": "青禾集团"}),
    (["青岛", "青岛集团"], {}),
    # universities
    (["青大", "青禾大学"], {"青大": "青禾大学"}),
    (["青大", "青禾大学", "青山大学"], {}),
    # two that it may be short for
    (["青禾集团", "青禾氢能集团有限公司", "青禾风电集团有限公司"], {}),
    # other companies, other kinds
    (["白沙集团", "青禾氢能集团有限公司"], {}),
    (["青禾股份济南分公司", "青禾股份"], {}),
    (["青禾氢能有限公司", "青禾氢能科技有限公司"], {}),
    (["国家能源局", "国家能源投资集团有限责任公司"], {}),
    (["青岛市生态环境局", "山东省生态环境厅"], {}),
    # societies and institutes
    (["青禾碳研究院", "青禾碳中和研究院"], {"青禾碳研究院": "青禾碳中和研究院"}),
    (["湿地协会", "中国湿地协会"], {"湿地协会": "中国湿地协会"}),
    (["青岛研究院", "青岛海洋科学研究院"], {}),
    (
        ["青岛化物所", "云栖科学院青岛化学物理研究所"],
        {"青岛化物所": "云栖科学院青岛化学物理研究所"},
    ),
    (["青禾绿交所", "青禾绿色交易所有限公司"], {"青禾绿交所": "青禾绿色交易所有限公司"}),
    # a county in short
    (["即墨统计局", "青岛市即墨区统计局"], {"即墨统计局": "青岛市即墨区统计局"}),
    (["鼓楼统计局", "南京市鼓楼区统计局", "福州市鼓楼区统计局"], {}),
    # what many companies are called
    (["国网公司", "国网江苏省电力有限公司"], {}),
    # a body that the longer name ends in
    (["执法检查组", "青禾市人大执法检查组"], {"执法检查组": "青禾市人大执法检查组"}),
    (["青岛市统计局", "山东省青岛市统计局"], {}),
]


@pytest.mark.parametrize(("names", "expected"), CASES)
def test_a_short_name_stands_for_the_only_one_that_it_abbreviates(
    names: list[str], expected: dict[str, str]
) -> None:
    assert short_institutions(names) == expected


@pytest.mark.parametrize(("names", "expected"), CASES)
def test_the_order_of_names_does_not_matter(names: list[str], expected: dict[str, str]) -> None:
    assert short_institutions(reversed(names)) == expected


ENDS = [
    (
        [("青禾新区管委会", "云栖市青禾新区管委会"), ("新区管委会", "新区管委会")],
        {"新区管委会": "云栖市青禾新区管委会"},
    ),
    (  # two that end so
        [("甲区管委会", "甲区管委会"), ("乙区管委会", "乙区管委会"), ("管委会", "管委会")],
        {},
    ),
    ([("甲研究院", "甲研究院"), ("研究院", "研究院")], {}),  # a common noun
    ([("甲市统计局", "甲市统计局"), ("统计局", "乙市统计局")], {}),  # known by its place
]


@pytest.mark.parametrize(("wordings", "expected"), ENDS)
def test_the_end_of_a_wording_stands_for_the_only_one_that_has_it(
    wordings: list[tuple[str, str]], expected: dict[str, str]
) -> None:
    assert ending_institutions(wordings) == expected
