"""Which names of which articles are one thing: a table of the cases that go wrong easily."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from graph.store import Store
from tests.graph.resolution.articles import Article
from tests.graph.resolution.conftest import load_articles, partition


@dataclass(frozen=True)
class Case:
    """Articles, the class that is looked at, and the entities as sets of document:wording."""

    id: str
    label: str
    articles: tuple[Article, ...]
    expected: tuple[set[str], ...]


def article(id: str, published: str | None = "2031-05-06") -> Article:
    return Article(id, published)


PERSONS = (
    Case(
        "posts in two companies of one firm are one person's",
        "PERSON",
        (
            article("a").post("乔云岫", "云栖氢能集团", "副总裁"),
            article("b").post("乔云岫", "云栖股份", "总经理"),
            article("c").post("乔云岫", "白沙股份", "总经理"),
        ),
        ({"a:乔云岫", "b:乔云岫"}, {"c:乔云岫"}),
    ),
    Case(
        "a name with nothing against it is one person",
        "PERSON",
        (article("a").names("PERSON", "乔云岫"), article("b").names("PERSON", "乔云岫")),
        ({"a:乔云岫", "b:乔云岫"},),
    ),
    Case(
        "two officials of one name in two provinces are two",
        "PERSON",
        (
            article("a").post("乔云岫", "烟台市统计局", "局长"),
            article("b").post("乔云岫", "遵义市水务局", "局长"),
        ),
        ({"a:乔云岫"}, {"b:乔云岫"}),
    ),
    Case(
        "an official and a professor of one name are two",
        "PERSON",
        (
            article("a").post("乔云岫", "烟台市统计局", "局长"),
            article("b").post("乔云岫", "云梦大学海洋学院", "教授"),
        ),
        ({"a:乔云岫"}, {"b:乔云岫"}),
    ),
    Case(
        "a former post that matches joins a career across provinces",
        "PERSON",
        (
            article("a", "2028-03-01").post("乔云岫", "烟台市统计局", "局长"),
            article("b", "2031-03-01")
            .post("乔云岫", "遵义市水务局", "局长")
            .post("乔云岫", "烟台市统计局", "局长", "former"),
            article("c", "2032-03-01").post("乔云岫", "遵义市水务局", "局长"),
        ),
        ({"a:乔云岫", "b:乔云岫", "c:乔云岫"},),
    ),
    Case(
        "a career inside one province goes on when the times differ",
        "PERSON",
        (
            article("a", "2028-03-01").post("乔云岫", "烟台市统计局", "局长"),
            article("b", "2031-03-01").post("乔云岫", "山东省统计局", "副局长"),
        ),
        ({"a:乔云岫", "b:乔云岫"},),
    ),
    Case(
        "two posts of one city's government are one person's",
        "PERSON",
        (
            article("a").post("乔云岫", "烟台市统计局", "局长"),
            article("b").post("乔云岫", "烟台市", "副市长", of="PLACE"),
        ),
        ({"a:乔云岫", "b:乔云岫"},),
    ),
    Case(
        "the same edition of an event joins",
        "PERSON",
        (
            article("a").attends("乔云岫", "第三届海风论坛").post("乔云岫", "青禾研究院", "院长"),
            article("b").attends("乔云岫", "第三届海风论坛").post("乔云岫", "云梦大学", "教授"),
        ),
        ({"a:乔云岫", "b:乔云岫"},),
    ),
    Case(
        "an official and a company's man at the same event are two",
        "PERSON",
        (
            article("a").attends("乔云岫", "第三届海风论坛").post("乔云岫", "烟台市统计局", "局长"),
            article("b").attends("乔云岫", "第三届海风论坛").post("乔云岫", "青禾电力", "总经理"),
        ),
        ({"a:乔云岫"}, {"b:乔云岫"}),
    ),
    Case(
        "an article on two of one name does not make them one",
        "PERSON",
        (
            article("a").post("乔云岫", "烟台市统计局", "局长"),
            article("b").post("乔云岫", "遵义市水务局", "局长"),
            article("c")
            .post("乔云岫", "烟台市统计局", "局长")
            .post("乔云岫", "遵义市水务局", "局长"),
        ),
        ({"a:乔云岫"}, {"b:乔云岫"}, {"c:乔云岫"}),
    ),
    Case(
        "a name without a post goes to the one of its place",
        "PERSON",
        (
            article("a").post("乔云岫", "烟台市统计局", "局长"),
            article("b").post("乔云岫", "遵义市水务局", "局长"),
            article("c").names("PERSON", "乔云岫").names("PLACE", "遵义市"),
        ),
        ({"a:乔云岫"}, {"b:乔云岫", "c:乔云岫"}),
    ),
    Case(
        "a name without a post that fits two persons alike is left alone",
        "PERSON",
        (
            article("a").post("乔云岫", "烟台市统计局", "局长"),
            article("b").post("乔云岫", "遵义市水务局", "局长"),
            article("c").names("PERSON", "乔云岫"),
        ),
        ({"a:乔云岫"}, {"b:乔云岫"}, {"c:乔云岫"}),
    ),
    Case(
        "a foreign name is rare enough to be one person",
        "PERSON",
        (
            article("a").post("埃琳·索尔贝格", "北海大学", "教授"),
            article("b").post("埃琳·索尔贝格", "海风协会", "会长"),
        ),
        ({"a:埃琳·索尔贝格", "b:埃琳·索尔贝格"},),
    ),
    Case(
        "a name in another script is joined by the text that gives both",
        "PERSON",
        (
            article("a").called("PERSON", "埃琳·索尔贝格", "Elin Solberg"),
            article("b").names("PERSON", "Elin Solberg"),
        ),
        ({"a:埃琳·索尔贝格", "b:Elin Solberg"},),
    ),
)

INSTITUTIONS = (
    Case(
        "a company without its form, group and place is the one that has them",
        "ORG",
        (
            article("a").names("ORG", "云栖矿业"),
            article("b").names("ORG", "山东云栖矿业集团股份有限公司"),
            article("c").names("ORG", "山东白沙矿业集团股份有限公司"),
        ),
        ({"a:云栖矿业", "b:山东云栖矿业集团股份有限公司"}, {"c:山东白沙矿业集团股份有限公司"}),
    ),
    Case(
        "a company's short name that fits two companies is neither",
        "ORG",
        (
            article("a").names("ORG", "云栖矿业"),
            article("b").names("ORG", "山东云栖矿业有限公司"),
            article("c").names("ORG", "贵州云栖矿业有限公司"),
        ),
        ({"a:云栖矿业"}, {"b:山东云栖矿业有限公司"}, {"c:贵州云栖矿业有限公司"}),
    ),
    Case(
        "a company's place stays in its short name",
        "ORG",
        (
            article("a").names("ORG", "烟台云栖集团"),
            article("b").names("ORG", "烟台云栖交通集团有限公司"),
            article("c").names("ORG", "遵义云栖交通集团有限公司"),
        ),
        ({"a:烟台云栖集团", "b:烟台云栖交通集团有限公司"}, {"c:遵义云栖交通集团有限公司"}),
    ),
    Case(
        "the short name of a university is that of the only one that it fits",
        "ORG",
        (
            article("a").names("ORG", "华东师大"),
            article("b").names("ORG", "华东师范大学"),
            article("c").names("ORG", "华东理工大学"),
        ),
        ({"a:华东师大", "b:华东师范大学"}, {"c:华东理工大学"}),
    ),
    Case(
        "a company's short name is that of the only company that it fits",
        "ORG",
        (
            article("a").names("ORG", "云栖集团"),
            article("b").names("ORG", "云栖氢能集团有限公司"),
            article("c").names("ORG", "白沙氢能集团有限公司"),
        ),
        ({"a:云栖集团", "b:云栖氢能集团有限公司"}, {"c:白沙氢能集团有限公司"}),
    ),
    Case(
        "a company's short name that fits two stays by itself",
        "ORG",
        (
            article("a").names("ORG", "云栖集团"),
            article("b").names("ORG", "云栖氢能集团有限公司"),
            article("c").names("ORG", "云栖风电集团有限公司"),
        ),
        ({"a:云栖集团"}, {"b:云栖氢能集团有限公司"}, {"c:云栖风电集团有限公司"}),
    ),
    Case(
        "the committee of an area is one with and without the place before it",
        "ORG",
        (
            article("a").names("ORG", "云栖新区管委会"),
            article("b").names("ORG", "烟台云栖新区管理委员会"),
        ),
        ({"a:云栖新区管委会", "b:烟台云栖新区管理委员会"},),
    ),
    Case(
        "an abbreviation and the full name are one",
        "ORG",
        (
            article("a").names("ORG", "烟台市发展和改革委员会"),
            article("b").names("ORG", "烟台市发改委", "国家发改委"),
        ),
        ({"a:烟台市发展和改革委员会", "b:烟台市发改委"}, {"b:国家发改委"}),
    ),
    Case(
        "a ministry keeps its identity when it is renamed",
        "ORG",
        (
            article("a", "2015-03-01").names("ORG", "环境保护部"),
            article("b", "2019-03-01").names("ORG", "生态环境部"),
        ),
        ({"a:环境保护部", "b:生态环境部"},),
    ),
    Case(
        "so does a unit of it",
        "ORG",
        (
            article("a").names("ORG", "环境保护部应对气候变化司"),
            article("b").names("ORG", "生态环境部应对气候变化司"),
        ),
        ({"a:环境保护部应对气候变化司", "b:生态环境部应对气候变化司"},),
    ),
    Case(
        "and a city's department",
        "ORG",
        (
            article("a").names("ORG", "烟台市环保局"),
            article("b").names("ORG", "烟台市生态环境局"),
        ),
        ({"a:烟台市环保局", "b:烟台市生态环境局"},),
    ),
    Case(
        "a committee's short form is the committee",
        "ORG",
        (
            article("a").names("ORG", "云栖新区管委会"),
            article("b").names("ORG", "云栖新区管理委员会"),
        ),
        ({"a:云栖新区管委会", "b:云栖新区管理委员会"},),
    ),
    Case(
        "a body that was merged into another stays its own",
        "ORG",
        (
            article("a").names("ORG", "国家工商行政管理总局"),
            article("b").names("ORG", "国家市场监督管理总局"),
        ),
        ({"a:国家工商行政管理总局"}, {"b:国家市场监督管理总局"}),
    ),
    Case(
        "a bare department of no known city is its document's",
        "ORG",
        (article("a").names("ORG", "市发改委"), article("b").names("ORG", "市发改委")),
        ({"a:市发改委"}, {"b:市发改委"}),
    ),
    Case(
        "a short name that one text gives is known in others",
        "ORG",
        (
            article("a").called("ORG", "云栖青禾电力股份有限公司", "青禾电力"),
            article("b").names("ORG", "青禾电力"),
        ),
        ({"a:云栖青禾电力股份有限公司", "b:青禾电力"},),
    ),
    Case(
        "a short name that two companies are given joins neither",
        "ORG",
        (
            article("a").called("ORG", "云栖青禾电力股份有限公司", "青禾电力"),
            article("b").called("ORG", "北湾青禾电力设备有限公司", "青禾电力"),
        ),
        ({"a:云栖青禾电力股份有限公司"}, {"b:北湾青禾电力设备有限公司"}),
    ),
    Case(
        "a company without its legal form is the same",
        "ORG",
        (
            article("a").names("ORG", "云栖碳汇交易中心有限公司"),
            article("b").names("ORG", "云栖碳汇交易中心"),
        ),
        ({"a:云栖碳汇交易中心有限公司", "b:云栖碳汇交易中心"},),
    ),
)

FORUMS = (
    Case(
        "an edition by number beside one by year is another, also elsewhere",
        "FORUM",
        (
            article("a").names("FORUM", "2031海风论坛", "第三届海风论坛"),
            article("b").names("FORUM", "2031海风论坛"),
        ),
        ({"a:2031海风论坛", "b:2031海风论坛"}, {"a:第三届海风论坛"}),
    ),
    Case(
        "the series stays apart from its editions where a text names both",
        "FORUM",
        (
            article("a").names("FORUM", "海风利用论坛", "第二届海风利用论坛"),
            article("b").names("FORUM", "海风利用论坛", "第三届海风利用论坛"),
        ),
        (
            {"a:海风利用论坛", "b:海风利用论坛"},
            {"a:第二届海风利用论坛"},
            {"b:第三届海风利用论坛"},
        ),
    ),
    Case(
        "a part is not short for its whole",
        "FORUM",
        (
            article("a").names("FORUM", "第三届海风利用论坛"),
            article("b").names("FORUM", "第三届海风利用论坛储能分论坛"),
        ),
        ({"a:第三届海风利用论坛"}, {"b:第三届海风利用论坛储能分论坛"}),
    ),
    Case(
        "parts of two editions are two, whatever they are called",
        "FORUM",
        (
            article("a").part("储能产业分论坛", "第三届海风利用论坛"),
            article("b").part("储能产业分论坛", "第四届海风利用论坛"),
        ),
        (
            {"a:储能产业分论坛"},
            {"b:储能产业分论坛"},
            {"a:第三届海风利用论坛"},
            {"b:第四届海风利用论坛"},
        ),
    ),
    Case(
        "two editions are two",
        "FORUM",
        (
            article("a").names("FORUM", "第三届海风利用论坛"),
            article("b").names("FORUM", "第四届海风利用论坛"),
        ),
        ({"a:第三届海风利用论坛"}, {"b:第四届海风利用论坛"}),
    ),
    Case(
        "ordinal and year are one edition when the dates agree",
        "FORUM",
        (
            article("a").held("第三届海风利用论坛", "2031-05-05"),
            article("b").names("FORUM", "2031海风利用论坛"),
            article("c", "2032-05-06").names("FORUM", "2032海风利用论坛"),
        ),
        ({"a:第三届海风利用论坛", "b:2031海风利用论坛"}, {"c:2032海风利用论坛"}),
    ),
    Case(
        "a bare name is the edition of its year",
        "FORUM",
        (
            article("a", "2031-05-06").names("FORUM", "海风利用论坛"),
            article("b", "2033-05-06").names("FORUM", "海风利用论坛"),
            article("c", "2033-05-07").held("第五届海风利用论坛", "2033-05-06"),
        ),
        ({"a:海风利用论坛"}, {"b:海风利用论坛", "c:第五届海风利用论坛"}),
    ),
    Case(
        "a short name given in one text is known in another of that year",
        "FORUM",
        (
            article("a")
            .called("FORUM", "第三届云栖国际海风利用论坛", "云栖论坛")
            .held("第三届云栖国际海风利用论坛", "2031-05-05"),
            article("b").names("FORUM", "云栖论坛"),
            article("c", "2033-05-06").names("FORUM", "云栖论坛"),
        ),
        ({"a:第三届云栖国际海风利用论坛", "b:云栖论坛"}, {"c:云栖论坛"}),
    ),
    Case(
        "the place before the name may be missing when year and place agree",
        "FORUM",
        (
            article("a").held("厦门海风利用论坛", "2031-05-05").names("PLACE", "厦门市"),
            article("b").held("海风利用论坛", "2031-05-05").names("PLACE", "厦门市"),
        ),
        ({"a:厦门海风利用论坛", "b:海风利用论坛"},),
    ),
    Case(
        "a name that is short for another is it when the edition is the same",
        "FORUM",
        (
            article("a").held("第三届黄淮流域海风利用论坛", "2031-05-05"),
            article("b").names("FORUM", "第三届黄淮海风论坛"),
            article("c").names("FORUM", "第四届黄淮海风论坛"),
        ),
        ({"a:第三届黄淮流域海风利用论坛", "b:第三届黄淮海风论坛"}, {"c:第四届黄淮海风论坛"}),
    ),
    Case(
        "quotation marks do not count",
        "FORUM",
        (
            article("a").names("FORUM", "第三届“海风”论坛"),
            article("b").names("FORUM", "第三届海风论坛"),
        ),
        ({"a:第三届“海风”论坛", "b:第三届海风论坛"},),
    ),
    Case(
        "each city's government has meetings of its own",
        "FORUM",
        (
            article("a").names("FORUM", "市政府第七次常务会议").names("PLACE", "厦门市"),
            article("b").names("FORUM", "市政府第七次常务会议").names("PLACE", "烟台市"),
        ),
        ({"a:市政府第七次常务会议"}, {"b:市政府第七次常务会议"}),
    ),
)

REGULATIONS = (
    Case(
        "one title of two cities is two regulations",
        "REGULATION",
        (
            article("a").issued("烟台市人民政府", "海风利用管理办法"),
            article("b").issued("厦门市人民政府", "海风利用管理办法"),
        ),
        ({"a:海风利用管理办法"}, {"b:海风利用管理办法"}),
    ),
    Case(
        "the notice that carries a plan is the plan",
        "REGULATION",
        (
            article("a").names("REGULATION", "烟台市人民政府关于印发烟台市海风利用方案的通知"),
            article("b").names("REGULATION", "烟台市海风利用方案"),
        ),
        ({"a:烟台市人民政府关于印发烟台市海风利用方案的通知", "b:烟台市海风利用方案"},),
    ),
    Case(
        "draft, trial version and final text are three",
        "REGULATION",
        (
            article("a").names("REGULATION", "烟台市海风利用方案（征求意见稿）"),
            article("b").names("REGULATION", "烟台市海风利用方案（试行）"),
            article("c").names("REGULATION", "烟台市海风利用方案"),
        ),
        (
            {"a:烟台市海风利用方案（征求意见稿）"},
            {"b:烟台市海风利用方案（试行）"},
            {"c:烟台市海风利用方案"},
        ),
    ),
    Case(
        "where a text speaks of both, a notice and what it carries are two",
        "REGULATION",
        (
            article("a").names(
                "REGULATION", "关于印发烟台市海风利用方案的通知", "烟台市海风利用方案"
            ),
        ),
        ({"a:关于印发烟台市海风利用方案的通知"}, {"a:烟台市海风利用方案"}),
    ),
    Case(
        "yearly versions are kept apart",
        "REGULATION",
        (
            article("a").names("REGULATION", "海风设备目录（2030年版）"),
            article("b").names("REGULATION", "海风设备目录（2031年版）"),
        ),
        ({"a:海风设备目录（2030年版）"}, {"b:海风设备目录（2031年版）"}),
    ),
    Case(
        "a number names the regulation that has it",
        "REGULATION",
        (
            article("a").called("REGULATION", "烟台市海风利用方案", "烟政发〔2031〕21号"),
            article("b").names("REGULATION", "烟政发〔2031〕21号"),
        ),
        ({"a:烟台市海风利用方案", "b:烟政发〔2031〕21号"},),
    ),
    Case(
        "a word for regulations means one of its document",
        "REGULATION",
        (
            article("a").names("REGULATION", "实施方案"),
            article("b").names("REGULATION", "实施方案"),
        ),
        ({"a:实施方案"}, {"b:实施方案"}),
    ),
)

PLACES = (
    Case(
        "a district name of several cities is that of the text's city",
        "PLACE",
        (
            article("a").names("PLACE", "鼓楼区", "徐州市"),
            article("b").names("PLACE", "鼓楼区", "福州市"),
            article("c").names("PLACE", "鼓楼区", "徐州市"),
        ),
        ({"a:鼓楼区", "c:鼓楼区"}, {"b:鼓楼区"}, {"a:徐州市", "c:徐州市"}, {"b:福州市"}),
    ),
    Case(
        "a venue that every city has is that of the text's city",
        "PLACE",
        (
            article("a").names("PLACE", "国际会展中心", "徐州市"),
            article("b").names("PLACE", "国际会展中心", "福州市"),
        ),
        ({"a:国际会展中心"}, {"b:国际会展中心"}, {"a:徐州市"}, {"b:福州市"}),
    ),
    Case(
        "a place keeps its identity when it is renamed",
        "PLACE",
        (article("a").names("PLACE", "襄樊市"), article("b").names("PLACE", "襄阳市")),
        ({"a:襄樊市", "b:襄阳市"},),
    ),
    Case(
        "a river is one wherever it is named",
        "PLACE",
        (
            article("a").names("PLACE", "长江", "徐州市"),
            article("b").names("PLACE", "长江", "福州市"),
        ),
        ({"a:长江", "b:长江"}, {"a:徐州市"}, {"b:福州市"}),
    ),
)


@pytest.mark.parametrize(
    "case", [*PERSONS, *INSTITUTIONS, *FORUMS, *REGULATIONS, *PLACES], ids=lambda case: case.id
)
def test_hard_case(case: Case, store: Store) -> None:
    load_articles(store, case.articles)
    assert partition(store, case.label) == {frozenset(found) for found in case.expected}
