"""Who holds which post where: chains, shared titles, former posts, governments, the press."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Facts = Callable[..., list[str]]

CHAINS = [
    (
        "绿洲科技有限公司在绍兴开会。公司董事长韩予安作报告，总经理苏望舒主持，工会主席秦慕白到场。",
        [
            "韩予安 | 董事长 | 绿洲科技有限公司 | current",
            "苏望舒 | 总经理 | 绿洲科技有限公司 | current",
            "秦慕白 | 工会主席 | 绿洲科技有限公司 | current",
        ],
    ),
    (
        "越州节能协会承办论坛。该协会副会长秦慕白到会。",
        ["秦慕白 | 副会长 | 越州节能协会 | current"],
    ),
    (
        "浙江省人大常委会副主任苏望舒主持，秘书长韩予安，委员秦慕白、陆知远到会。",
        [
            "苏望舒 | 副主任 | 浙江省人民代表大会常务委员会 | current",
            "韩予安 | 秘书长 | 浙江省人民代表大会常务委员会 | current",
            "秦慕白 | 委员 | 浙江省人民代表大会常务委员会 | current",
            "陆知远 | 委员 | 浙江省人民代表大会常务委员会 | current",
        ],
    ),
    (
        "会议决定免去：\n秦慕白的宁波市生态环境局局长职务；\n白远山的宁波市水利局局长职务。",
        [
            "秦慕白 | 局长 | 宁波市生态环境局 | former",
            "白远山 | 局长 | 宁波市水利局 | former",
        ],
    ),
    (
        "秦慕白由宁波市水利局副局长转任，此前还担任过宁波市生态环境局局长。",
        [
            "秦慕白 | 副局长 | 宁波市水利局 | former",
            "秦慕白 | 局长 | 宁波市生态环境局 | former",
        ],
    ),
    (
        "秦慕白出生于1974年6月，到任前是宁波市水利局党组成员、副局长。",
        [
            "秦慕白 | 党组成员 | 宁波市水利局 | former",
            "秦慕白 | 副局长 | 宁波市水利局 | former",
        ],
    ),
    (
        "宁波市生态环境局通报情况。局党组成员、副局长秦慕白到场。",
        [
            "秦慕白 | 党组成员 | 宁波市生态环境局 | current",
            "秦慕白 | 副局长 | 宁波市生态环境局 | current",
        ],
    ),
    (
        "宁波市生态环境局通报情况，该局副局长、新闻发言人秦慕白回答提问。",
        [
            "秦慕白 | 副局长 | 宁波市生态环境局 | current",
            "秦慕白 | 新闻发言人 | 宁波市生态环境局 | current",
        ],
    ),
    (
        "宁波市生态环境局举行发布会，新闻发言人秦慕白回答提问。",
        ["秦慕白 | 新闻发言人 | 宁波市生态环境局 | current"],
    ),
    (
        "浙江省委常委、常务副省长陆知远到会。",
        [
            "陆知远 | 常委 | 中共浙江省委员会 | current",
            "陆知远 | 常务副省长 | 浙江省 | current",
        ],
    ),
    (
        "宁波市生态环境局党组成员、副局长兼总工程师秦慕白介绍情况。",
        [
            "秦慕白 | 党组成员 | 宁波市生态环境局 | current",
            "秦慕白 | 副局长 | 宁波市生态环境局 | current",
            "秦慕白 | 总工程师 | 宁波市生态环境局 | current",
        ],
    ),
    (
        "青禾能源集团董事长暨创始人韩予安发言。",
        [
            "韩予安 | 董事长 | 青禾能源集团 | current",
            "韩予安 | 创始人 | 青禾能源集团 | current",
        ],
    ),
    (
        "绿洲科技有限公司董事长兼总经理韩予安发言。",
        [
            "韩予安 | 董事长 | 绿洲科技有限公司 | current",
            "韩予安 | 总经理 | 绿洲科技有限公司 | current",
        ],
    ),
    (
        "中国工程院院士、清河大学校长苏望舒作报告。",
        ["苏望舒 | 院士 | 中国工程院 | current", "苏望舒 | 校长 | 清河大学 | current"],
    ),
    (
        "中国科学院院士、星海大学学术委员会主任苏望舒作报告。",
        [
            "苏望舒 | 院士 | 中国科学院 | current",
            "苏望舒 | 主任 | 星海大学学术委员会 | current",
        ],
    ),
    (
        "湖南省委书记顾长庚，湖南省委副书记、省长安若川出席。",
        [
            "顾长庚 | 书记 | 中共湖南省委员会 | current",
            "安若川 | 副书记 | 中共湖南省委员会 | current",
            "安若川 | 省长 | 湖南省 | current",
        ],
    ),
]

SHARED = [
    ("绍兴市副市长沈墨言、魏长亭出席。", ["沈墨言", "魏长亭"], "副市长 | 绍兴市"),
    ("绍兴市副市长沈墨言和魏长亭出席。", ["沈墨言", "魏长亭"], "副市长 | 绍兴市"),
    (
        "中国科学院院士方知秋、卢清源、沈墨言出席。",
        ["方知秋", "卢清源", "沈墨言"],
        "院士 | 中国科学院",
    ),
    ("会议任命方知秋、卢清源为绍兴市副市长。", ["方知秋", "卢清源"], "副市长 | 绍兴市"),
]

FORMER = [
    ("原绍兴市副市长卢清源参加座谈。", ["卢清源 | 副市长 | 绍兴市 | former"]),
    ("绍兴市原副市长卢清源参加座谈。", ["卢清源 | 副市长 | 绍兴市 | former"]),
    ("去年卸任的绍兴市副市长卢清源参加座谈。", ["卢清源 | 副市长 | 绍兴市 | former"]),
    ("绍兴市原环境保护局局长卢清源受审。", ["卢清源 | 局长 | 绍兴市原环境保护局 | former"]),
    ("太原市生态环境局局长卢清源出席。", ["卢清源 | 局长 | 太原市生态环境局 | current"]),
    ("绍兴市前副市长卢清源参加座谈。", ["卢清源 | 副市长 | 绍兴市 | former"]),
    ("时任绍兴市市长卢清源参加座谈。", ["卢清源 | 市长 | 绍兴市 | former"]),
    ("卢清源曾任绍兴市副市长。", ["卢清源 | 副市长 | 绍兴市 | former"]),
    (
        "卢清源当选嘉兴市市长，此前任绍兴市副市长。",
        ["卢清源 | 市长 | 嘉兴市 | current", "卢清源 | 副市长 | 绍兴市 | former"],
    ),
]

CHANGES = [
    ("沈墨言当选绍兴市市长。", ["沈墨言 | 市长 | 绍兴市 | current"]),
    ("沈墨言任绍兴市水利局局长。", ["沈墨言 | 局长 | 绍兴市水利局 | current"]),
    ("沈墨言，任绍兴市水利局局长。", ["沈墨言 | 局长 | 绍兴市水利局 | current"]),
    ("沈墨言（女）任绍兴市水利局局长。", ["沈墨言 | 局长 | 绍兴市水利局 | current"]),
    ("会议任命沈墨言为绍兴市水利局局长。", ["沈墨言 | 局长 | 绍兴市水利局 | current"]),
    (
        "沈墨言由绍兴市副市长转任嘉兴市市长。",
        ["沈墨言 | 副市长 | 绍兴市 | former", "沈墨言 | 市长 | 嘉兴市 | current"],
    ),
    (
        "会议任命沈墨言为绍兴市生态环境局局长，免去其绍兴市水利局局长职务。",
        [
            "沈墨言 | 局长 | 绍兴市生态环境局 | current",
            "沈墨言 | 局长 | 绍兴市水利局 | former",
        ],
    ),
    ("会议免去沈墨言的绍兴市水利局局长职务。", ["沈墨言 | 局长 | 绍兴市水利局 | former"]),
    (
        "沈墨言、魏长亭、柳如烟分别当选绍兴市市长、嘉兴市市长、湖州市市长。",
        [
            "沈墨言 | 市长 | 绍兴市 | current",
            "魏长亭 | 市长 | 嘉兴市 | current",
            "柳如烟 | 市长 | 湖州市 | current",
        ],
    ),
]

GOVERNMENTS = [
    ("绍兴市市长沈墨言出席。", "市长 | 绍兴市"),
    ("绍兴市长沈墨言出席。", "市长 | 绍兴市"),
    ("绍兴市政府副市长沈墨言出席。", "副市长 | 绍兴市"),
    ("浙江省省长沈墨言出席。", "省长 | 浙江省"),
    ("越城区区长沈墨言出席。", "区长 | 越城区"),
    ("绍兴市越城区区长沈墨言出席。", "区长 | 越城区"),
    ("新昌县县长沈墨言出席。", "县长 | 新昌县"),
    ("内蒙古自治区主席沈墨言出席。", "主席 | 内蒙古自治区"),
    ("绍兴市代市长沈墨言出席。", "代市长 | 绍兴市"),
    ("瑞典驻华大使沈墨言出席。", "大使 | 瑞典"),
]

UNITS = [
    ("生态环境部应对气候变化司副司长沈墨言致辞。", "副司长 | 生态环境部应对气候变化司"),
    ("绍兴市生态环境局办公室主任沈墨言介绍。", "主任 | 绍兴市生态环境局办公室"),
    ("绍兴市生态环境局大气环境处处长沈墨言介绍。", "处长 | 绍兴市生态环境局大气环境处"),
    ("国家发展改革委副主任沈墨言出席。", "副主任 | 国家发展和改革委员会"),
    ("绍兴高新区管委会主任沈墨言出席。", "主任 | 绍兴高新区管委会"),
    ("绍兴市委宣传部部长沈墨言出席。", "部长 | 中共绍兴市委宣传部"),
    ("第十四届全国政协委员沈墨言出席。", "委员 | 中国人民政治协商会议全国委员会"),
    ("绍兴市越城区府山街道党工委书记沈墨言出席。", "书记 | 绍兴市越城区府山街道党工委"),
    ("星海大学（绍兴）教授沈墨言发言。", "教授 | 星海大学（绍兴）"),
    ("青禾锅炉（无锡）股份有限公司总裁沈墨言发言。", "总裁 | 青禾锅炉（无锡）股份有限公司"),
    ("英国卡迪夫大学教授沈墨言发言。", "教授 | 英国卡迪夫大学"),
    ("清河大学碳中和研究院院长沈墨言发言。", "院长 | 清河大学碳中和研究院"),
    ("丹麦能源署署长沈墨言致辞。", "署长 | 丹麦能源署"),
    ("联合国秘书长特别代表沈墨言致辞。", "特别代表 | 联合国"),
    ("青禾能源中国首席技术官沈墨言致辞。", "首席技术官 | 青禾能源中国"),
]


MORE = [
    ("绍兴市水利局局长由沈墨言担任。", ["沈墨言 | 局长 | 绍兴市水利局 | current"]),
    (
        "原任绍兴市副市长、现任嘉兴市市长的卢清源致辞。",
        ["卢清源 | 副市长 | 绍兴市 | former", "卢清源 | 市长 | 嘉兴市 | current"],
    ),
    (
        "曾任绍兴市副市长的卢清源当选嘉兴市市长。",
        ["卢清源 | 副市长 | 绍兴市 | former", "卢清源 | 市长 | 嘉兴市 | current"],
    ),
    ("沈墨言（绍兴市水利局局长）：我们将继续努力。", ["沈墨言 | 局长 | 绍兴市水利局 | current"]),
    (
        "绍兴市委常委、副市长、越城区委书记沈墨言到会。",
        [
            "沈墨言 | 常委 | 中共绍兴市委员会 | current",
            "沈墨言 | 副市长 | 绍兴市 | current",
            "沈墨言 | 书记 | 中共绍兴市越城区委员会 | current",
        ],
    ),
    (
        "浙江省发展改革委党组书记、主任，省能源局局长沈墨言到会。",
        [
            "沈墨言 | 党组书记 | 浙江省发展和改革委员会 | current",
            "沈墨言 | 主任 | 浙江省发展和改革委员会 | current",
            "沈墨言 | 局长 | 浙江省能源局 | current",
        ],
    ),
    (
        "清河大学党委书记沈墨言、校长苏望舒，星海大学副校长梁素秋到会。",
        [
            "沈墨言 | 党委书记 | 清河大学 | current",
            "苏望舒 | 校长 | 清河大学 | current",
            "梁素秋 | 副校长 | 星海大学 | current",
        ],
    ),
    (
        "绍兴市生态环境局局长沈墨言、副局长柳如烟、总工程师何知远分别介绍情况。",
        [
            "沈墨言 | 局长 | 绍兴市生态环境局 | current",
            "柳如烟 | 副局长 | 绍兴市生态环境局 | current",
            "何知远 | 总工程师 | 绍兴市生态环境局 | current",
        ],
    ),
    (
        "沈墨言任绍兴市委委员、常委、书记。",
        [
            "沈墨言 | 委员 | 中共绍兴市委员会 | current",
            "沈墨言 | 常委 | 中共绍兴市委员会 | current",
            "沈墨言 | 书记 | 中共绍兴市委员会 | current",
        ],
    ),
    ("沈墨言不再担任绍兴市市长职务。", ["沈墨言 | 市长 | 绍兴市 | former"]),
    (
        "会议任命沈墨言为绍兴市副市长；免去魏长亭的绍兴市副市长职务。",
        ["沈墨言 | 副市长 | 绍兴市 | current", "魏长亭 | 副市长 | 绍兴市 | former"],
    ),
    ("前世界银行副行长沈墨言发言。", ["沈墨言 | 副行长 | 世界银行 | former"]),
    ("沈墨言现任绍兴市副市长，拟任嘉兴市市长。", ["沈墨言 | 副市长 | 绍兴市 | current"]),
    ("联合国前副秘书长埃里克·林德伯格发言。", ["埃里克·林德伯格 | 副秘书长 | 联合国 | former"]),
    (
        "清河大学教授、博士生导师沈墨言发言。",
        ["沈墨言 | 教授 | 清河大学 | current", "沈墨言 | 博士生导师 | 清河大学 | current"],
    ),
]

SUCCESSION = [
    (
        "接替沈墨言担任绍兴市市长的是魏长亭。",
        ["沈墨言 | 市长 | 绍兴市 | former", "魏长亭 | 市长 | 绍兴市 | current"],
    ),
    (
        "沈墨言卸任绍兴市市长，魏长亭接任。",
        ["沈墨言 | 市长 | 绍兴市 | former", "魏长亭 | 市长 | 绍兴市 | current"],
    ),
    (
        "魏长亭接替退休的沈墨言出任绍兴市水利局局长。",
        ["沈墨言 | 局长 | 绍兴市水利局 | former", "魏长亭 | 局长 | 绍兴市水利局 | current"],
    ),
    (
        "会议免去沈墨言的绍兴市水利局局长职务，后一职务由嵊州市副市长魏长亭接任。",
        [
            "沈墨言 | 局长 | 绍兴市水利局 | former",
            "魏长亭 | 局长 | 绍兴市水利局 | current",
            "魏长亭 | 副市长 | 嵊州市 | current",
        ],
    ),
    (
        "免去柳如烟的绍兴市能源局局长、绍兴市水利局副局长职务。",
        ["柳如烟 | 局长 | 绍兴市能源局 | former", "柳如烟 | 副局长 | 绍兴市水利局 | former"],
    ),
    (
        "越州储能技术联盟成立大会在绍兴举行，林远当选首届理事长，"
        "绍兴水务集团总工程师沈墨言当选副理事长，魏长亭兼任秘书长。",
        [
            "林远 | 理事长 | 越州储能技术联盟 | current",
            "沈墨言 | 总工程师 | 绍兴水务集团 | current",
            "沈墨言 | 副理事长 | 越州储能技术联盟 | current",
            "魏长亭 | 秘书长 | 越州储能技术联盟 | current",
        ],
    ),
    (
        "林远接替王海出席会议，绍兴市水利局局长魏长亭致辞。",
        ["魏长亭 | 局长 | 绍兴市水利局 | current"],
    ),
    (
        "国家海岛专家委员会原委员柳如烟发来致辞。",
        ["柳如烟 | 委员 | 国家海岛专家委员会 | former"],
    ),
    (
        "绍兴市中级人民法院副院长、审判委员会委员林远列席。",
        [
            "林远 | 副院长 | 绍兴市中级人民法院 | current",
            "林远 | 审判委员会委员 | 绍兴市中级人民法院 | current",
        ],
    ),
    (
        "环境及生态局常任秘书长骆咏文致辞。",
        ["骆咏文 | 常任秘书长 | 香港特别行政区政府环境及生态局 | current"],
    ),
]

UNREAD = [
    (
        "绍兴市生态环境局、水利局局长沈墨言、柳如烟分别介绍情况。",
        ["沈墨言 | 局长 | 绍兴市生态环境局 | current", "柳如烟 | 局长 | 绍兴市水利局 | current"],
    ),
]


def check(found: list[str], expected: list[str]) -> None:
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(("text", "expected"), CHAINS)
def test_chains_of_posts_find_the_unit_of_each(
    facts: Facts, text: str, expected: list[str]
) -> None:
    check(facts(text, "holds_post"), expected)


@pytest.mark.parametrize(("text", "expected"), MORE)
def test_posts_of_longer_sentences(facts: Facts, text: str, expected: list[str]) -> None:
    check(facts(text, "holds_post"), expected)


@pytest.mark.parametrize(("text", "expected"), SUCCESSION)
def test_posts_that_pass_from_one_person_to_the_next(
    facts: Facts, text: str, expected: list[str]
) -> None:
    check(facts(text, "holds_post"), expected)


@pytest.mark.xfail(strict=True, reason="not read yet")
@pytest.mark.parametrize(("text", "expected"), UNREAD)
def test_posts_that_are_told_in_rarer_ways(facts: Facts, text: str, expected: list[str]) -> None:
    check(facts(text, "holds_post"), expected)


@pytest.mark.parametrize(("text", "names", "post"), SHARED)
def test_a_title_holds_for_every_name_of_its_list(
    facts: Facts, text: str, names: list[str], post: str
) -> None:
    check(facts(text, "holds_post"), [f"{name} | {post} | current" for name in names])


@pytest.mark.parametrize(("text", "expected"), FORMER)
def test_former_posts_are_told_from_current_ones(
    facts: Facts, text: str, expected: list[str]
) -> None:
    check(facts(text, "holds_post"), expected)


@pytest.mark.parametrize(("text", "expected"), CHANGES)
def test_elections_appointments_and_removals(facts: Facts, text: str, expected: list[str]) -> None:
    check(facts(text, "holds_post"), expected)


@pytest.mark.parametrize(("text", "expected"), GOVERNMENTS)
def test_head_of_a_government_is_of_its_place(facts: Facts, text: str, expected: str) -> None:
    assert facts(text, "holds_post") == [f"沈墨言 | {expected} | current"]


@pytest.mark.parametrize(("text", "expected"), UNITS)
def test_unit_of_a_post_is_the_whole_institution(facts: Facts, text: str, expected: str) -> None:
    assert facts(text, "holds_post") == [f"沈墨言 | {expected} | current"]


def test_a_bare_title_is_of_the_place_of_its_level(facts: Facts) -> None:
    text = "绍兴市委书记沈墨言，市长魏长亭，市人大常委会主任柳如烟出席。副省长顾长庚到会。"
    check(
        facts(text, "holds_post"),
        [
            "沈墨言 | 书记 | 中共绍兴市委员会 | current",
            "魏长亭 | 市长 | 绍兴市 | current",
            "柳如烟 | 主任 | 绍兴市人民代表大会常务委员会 | current",
            "顾长庚 | 副省长 | 浙江省 | current",
        ],
    )


def test_a_county_committee_lends_its_place_to_the_county_head(facts: Facts) -> None:
    text = "新昌县委书记沈墨言、县长柳如烟陪同。"
    assert "柳如烟 | 县长 | 新昌县 | current" in facts(text, "holds_post")


def test_an_institution_named_once_carries_over_its_list(facts: Facts) -> None:
    text = "绍兴市政协主席沈墨言、秘书长柳如烟参加。"
    name = "中国人民政治协商会议绍兴市委员会"
    check(
        facts(text, "holds_post"),
        [f"沈墨言 | 主席 | {name} | current", f"柳如烟 | 秘书长 | {name} | current"],
    )


def test_each_name_of_a_long_list_keeps_its_own_posts(facts: Facts) -> None:
    text = (
        "清河大学校长苏望舒，星海大学副校长梁素秋，青禾能源集团首席执行官约翰·卡特、"
        "首席科学家韩予安等参加。"
    )
    check(
        facts(text, "holds_post"),
        [
            "苏望舒 | 校长 | 清河大学 | current",
            "梁素秋 | 副校长 | 星海大学 | current",
            "约翰·卡特 | 首席执行官 | 青禾能源集团 | current",
            "韩予安 | 首席科学家 | 青禾能源集团 | current",
        ],
    )


PRESS = [
    ("（越州晚报记者 沈墨言）绍兴开会。", "沈墨言 | 记者 | 越州晚报 | current"),
    ("越州晚报讯（记者 沈墨言）绍兴开会。", "沈墨言 | 记者 | 越州晚报 | current"),
    ("本报讯（越州晚报首席记者 沈墨言）绍兴开会。", "沈墨言 | 首席记者 | 越州晚报 | current"),
]


@pytest.mark.parametrize(("text", "expected"), PRESS)
def test_reporters_belong_to_the_house_that_signs(facts: Facts, text: str, expected: str) -> None:
    assert facts(text, "holds_post") == [expected]


def test_reporters_without_a_house_belong_to_the_source_of_the_document(facts: Facts) -> None:
    text = "本报讯（记者 沈墨言）绍兴开会。"
    assert facts(text, "holds_post", source="越州晚报") == ["沈墨言 | 记者 | 越州晚报 | current"]
    assert facts(text, "holds_post") == []


def test_evidence_is_the_sentence_that_says_it(read: Callable[..., object]) -> None:
    text = "天气晴好。绍兴市市长沈墨言出席。散会。"
    (fact,) = [f for f in read(text).facts if f.type == "holds_post"]  # type: ignore[attr-defined]
    assert fact.evidence.of(text) == "绍兴市市长沈墨言出席。"


@pytest.mark.parametrize(
    "text",
    [
        "绍兴市召开会议，市长办公会研究了方案。",
        "各单位主要负责人参加。",
        "绍兴市主任医师协会迁址。",
        "沈墨言参观了展厅。",
    ],
)
def test_no_post_without_a_holder(facts: Facts, text: str) -> None:
    assert facts(text, "holds_post") == []


def test_a_mayor_beside_a_committee_of_no_place_has_no_post(facts: Facts) -> None:
    assert facts("县委副书记、县长沈墨言出席。", "holds_post") == [
        "沈墨言 | 副书记 | 县委 | current"
    ]
