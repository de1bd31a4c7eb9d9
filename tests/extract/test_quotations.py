"""Who said what: the speaker, the words and their place, the verb, the manner and the event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from extract.facts import Extraction, Says, Span
from extract.lexicons import read_rows
from extract.quotations import find_quotes

Read = Callable[..., Extraction]
OPENED = "第五届越州碳中和论坛5月8日在绍兴开幕。"
SHEN, LU, GU = "浙江省副省长沈墨言", "绍兴市市长卢清源", "清河大学教授顾长庚"


def statements(read: Read, text: str, **options: Any) -> list[Says]:
    return [fact for fact in read(text, **options).facts if isinstance(fact, Says)]


def lines(read: Read, text: str) -> list[str]:
    """The statements of a text, one line each: speaker, verb, manner, words."""
    return [
        f"{s.speaker.name} {s.verb} {s.manner}: {s.words}"
        for s in sorted(statements(read, text), key=lambda s: s.words_span)
    ]


INDIRECT = [
    (f"{SHEN}表示，要加快绿色转型。", ["沈墨言 表示 indirect: 要加快绿色转型"]),
    (f"{SHEN}表示将加快绿色转型。", ["沈墨言 表示 indirect: 将加快绿色转型"]),
    (f"{SHEN}在致辞中指出，海风大有可为。", ["沈墨言 指出 indirect: 海风大有可为"]),
    (f"{SHEN}在接受本报记者采访时说，海风大有可为。", ["沈墨言 说 indirect: 海风大有可为"]),
    (f"谈到碳市场，{GU}坦言，扩容还要等。", ["顾长庚 坦言 indirect: 扩容还要等"]),
    (f"据{GU}介绍，新电池已经装车。", ["顾长庚 介绍 indirect: 新电池已经装车"]),
    (f"在{GU}看来，碳市场还要扩容。", ["顾长庚 看来 indirect: 碳市场还要扩容"]),
    (f"{GU}向记者介绍，新电池已经装车。", ["顾长庚 介绍 indirect: 新电池已经装车"]),
    (f"{GU}告诉记者，新电池已经装车。", ["顾长庚 告诉 indirect: 新电池已经装车"]),
    (f"{SHEN}强调要压实责任。", ["沈墨言 强调 indirect: 要压实责任"]),
    (f"{GU}撰文指出，海风大有可为。", ["顾长庚 指出 indirect: 海风大有可为"]),
    (f"{GU}5月8日在绍兴指出，碳市场还要扩容。", ["顾长庚 指出 indirect: 碳市场还要扩容"]),
    (f"{GU}的判断是，碳市场还要扩容。", ["顾长庚 判断 indirect: 碳市场还要扩容"]),
    ("世界银行预测，煤价将回落。", ["世界银行 预测 indirect: 煤价将回落"]),
    ("世界银行在评估报告中警告，煤价将上涨。", ["世界银行 警告 indirect: 煤价将上涨"]),
    (f"{GU}委员提出，碳市场还要扩容。", ["顾长庚 提出 indirect: 碳市场还要扩容"]),
    (f"{GU}兴奋地告诉记者，新电池已经装车。", ["顾长庚 告诉 indirect: 新电池已经装车"]),
    (f"{GU}的看法是，碳市场还要扩容。", ["顾长庚 看法 indirect: 碳市场还要扩容"]),
    ("世界银行在新一期报告中预测，煤价将回落。", ["世界银行 预测 indirect: 煤价将回落"]),
    (f"{SHEN}指出，“双碳”目标不会变。", ["沈墨言 指出 indirect: “双碳”目标不会变"]),
    (f"成本还会再降，{GU}说。", ["顾长庚 说 indirect: 成本还会再降"]),
    (
        f"{SHEN}主持会议并讲话，强调要压实责任。",
        ["沈墨言 强调 indirect: 要压实责任"],
    ),
    (
        f"{SHEN}会见了{GU}，强调要深化合作。",
        ["沈墨言 强调 indirect: 要深化合作"],
    ),
    (
        f"{SHEN}提出三点建议：一是扩容。二是提质。三是开放。第二天散会。",
        ["沈墨言 提出 indirect: 一是扩容。二是提质。三是开放"],
    ),
    (f"{GU}持不同看法：机制还不完善。", ["顾长庚 持不同看法 indirect: 机制还不完善"]),
    (f"“头一回见到这么多候鸟。”{GU}高兴地告诉记者。", ["顾长庚 告诉 direct: 头一回见到这么多候鸟"]),
    (
        f"“头一回见到这么多候鸟。”{GU}对明年充满期待。",
        ["顾长庚 对明年充满期待 direct: 头一回见到这么多候鸟"],
    ),
    (f"　　“成本降了。”{GU}笑了。", ["顾长庚 笑了 direct: 成本降了"]),
    (f"{GU}没有回答，只是说“等明年再看看”。", ["顾长庚 说 direct: 等明年再看看"]),
]

DIRECT = [
    (f"{GU}说：“明年还会再降。”", ["顾长庚 说 direct: 明年还会再降"]),
    (f"{GU}说“明年还会再降”。", ["顾长庚 说 direct: 明年还会再降"]),
    (f"{GU}说，「明年還會再降。」", ["顾长庚 说 direct: 明年還會再降"]),
    (f"“明年还会再降。”{GU}说。", ["顾长庚 说 direct: 明年还会再降"]),
    (f"“明年还会再降！”{GU}对记者说。", ["顾长庚 说 direct: 明年还会再降！"]),
    (f"“明年还会再降”，{GU}认为。", ["顾长庚 认为 direct: 明年还会再降"]),
    (
        f"“成本降了三成，”{GU}说，“明年还会再降。”",
        ["顾长庚 说 direct: 成本降了三成", "顾长庚 说 direct: 明年还会再降"],
    ),
    (
        f"“成本降了三成。”{GU}认为，企业要算长远账。",
        ["顾长庚 认为 direct: 成本降了三成", "顾长庚 认为 indirect: 企业要算长远账"],
    ),
    (f"{GU}说：“成本降了。明年呢？还会降。”", ["顾长庚 说 direct: 成本降了。明年呢？还会降"]),
    (
        f"{GU}说：“成本降了。\n　　“明年还会降。”\n　　他没有再说。",
        ["顾长庚 说 direct: 成本降了。\n　　“明年还会降"],
    ),
    (f"{GU}打开手机，指着曲线说：“你看，一直在涨。”", ["顾长庚 说 direct: 你看，一直在涨"]),
    (f"{GU}指着塔筒：“这一台最高。”", ["顾长庚 指着塔筒 direct: 这一台最高"]),
    (
        f"{GU}认为，机制还不完善。“扩围宜早不宜迟。”",
        ["顾长庚 认为 indirect: 机制还不完善", "顾长庚 认为 direct: 扩围宜早不宜迟"],
    ),
]

SEVERAL = [
    (
        f"{SHEN}指出，绿色是底色；{LU}则认为，企业是主体。",
        ["沈墨言 指出 indirect: 绿色是底色", "卢清源 认为 indirect: 企业是主体"],
    ),
    (
        f"{SHEN}指出，绿色是底色，{GU}则提醒，机制还不完善。",
        ["沈墨言 指出 indirect: 绿色是底色", "顾长庚 提醒 indirect: 机制还不完善"],
    ),
    (
        f"{GU}认为，机制还不完善。“数据要可信。”{LU}则表示，企业是主体。",
        [
            "顾长庚 认为 indirect: 机制还不完善",
            "顾长庚 认为 direct: 数据要可信",
            "卢清源 表示 indirect: 企业是主体",
        ],
    ),
    (
        f"{SHEN}、{LU}等表示，要加快绿色转型。",
        ["沈墨言 表示 indirect: 要加快绿色转型", "卢清源 表示 indirect: 要加快绿色转型"],
    ),
    (
        f"{SHEN}指出，绿色是底色；强调，底色不能褪。",
        ["沈墨言 指出 indirect: 绿色是底色", "沈墨言 强调 indirect: 底色不能褪"],
    ),
]

POINTING_BACK = [
    (f"{SHEN}致辞。他表示，要加快绿色转型。", "沈墨言", "他"),
    (f"{SHEN}致辞，{LU}主持。他表示，要加快绿色转型。", "沈墨言", "他"),
    (f"论坛由{LU}主持，{GU}作主旨演讲。他认为，机制还不完善。", "顾长庚", "他"),
    (f"{SHEN}与{GU}座谈。他表示，要加快绿色转型。", "沈墨言", "他"),
    (f"{SHEN}、{GU}出席论坛。顾教授认为，机制还不完善。", "顾长庚", "顾教授"),
    (f"{SHEN}、{GU}出席论坛。沈副省长表示，要加快转型。", "沈墨言", "沈副省长"),
    (f"{SHEN}、{GU}出席论坛。这位教授认为，机制还不完善。", "顾长庚", "这位教授"),
    (
        "瑞典驻华大使埃里克·林德伯格出席。林德伯格坦言，合作空间很大。",
        "埃里克·林德伯格",
        "林德伯格",
    ),
    ("青禾能源集团扩产。该公司表示，项目明年投产。", "青禾能源集团", "该公司"),
]

INSTITUTIONS = [
    ("生态环境部表示，将完善制度。", "ORG", "生态环境部"),
    ("据绍兴市生态环境局介绍，新增绿地十公顷。", "ORG", "绍兴市生态环境局"),
    ("青禾能源集团在公告中称，项目年内投产。", "ORG", "青禾能源集团"),
    ("中国承诺，力争2030年前碳达峰。", "PLACE", "中国"),
]

NOTHING_SAID = [
    "绍兴市生态环境局有关负责人表示，新增绿地十公顷。",
    "业内专家认为，机制还不完善。",
    "记者从绍兴市生态环境局获悉，新增绿地十公顷。",
    "会议指出，要加快绿色转型。",
    "报告显示，成本降了三成。",
    "《绍兴市绿电办法》提出，到2030年绿电占比过半。",
    "论坛以“携手向绿，一起出发！”为主题。",
    "“一度电，一份碳。”这是青禾能源集团的口号。",
    f"{SHEN}表示热烈祝贺。",
    f"{SHEN}对论坛的召开表示祝贺。",
    f"{SHEN}提出的建议得到采纳。",
    f"{SHEN}称赞了项目，说起往事。",
    f"{SHEN}宣布论坛开幕。",
    f"{SHEN}致辞，{LU}主持。",
    f"会议由{SHEN}主持，会议强调，要压实责任。",
    "他表示，要加快绿色转型。",
    "顾教授认为，机制还不完善。",
    "本报记者顾南说，现场很热闹。",
    "世界银行预测煤价。",
    f"会上宣布了结果。“头一回见到这么多候鸟。”这句话是{GU}写的。",
]


@pytest.mark.parametrize(("text", "expected"), INDIRECT)
def test_reported_words_go_to_the_end_of_the_sentence(
    read: Read, text: str, expected: list[str]
) -> None:
    assert lines(read, text) == expected


@pytest.mark.parametrize(("text", "expected"), DIRECT)
def test_quoted_words_stand_between_the_marks(read: Read, text: str, expected: list[str]) -> None:
    assert lines(read, text) == expected


@pytest.mark.parametrize(("text", "expected"), SEVERAL)
def test_every_speaker_has_its_own_words(read: Read, text: str, expected: list[str]) -> None:
    assert lines(read, text) == expected


@pytest.mark.parametrize(("text", "name", "wording"), POINTING_BACK)
def test_a_word_that_points_back_is_resolved(
    read: Read, text: str, name: str, wording: str
) -> None:
    (fact,) = statements(read, text)
    assert (fact.speaker.name, fact.speaker.text) == (name, wording)
    assert fact.speaker.span is not None
    assert fact.speaker.span.of(text) == wording


@pytest.mark.parametrize(("text", "label", "name"), INSTITUTIONS)
def test_institutions_and_governments_speak(read: Read, text: str, label: str, name: str) -> None:
    (fact,) = statements(read, text)
    assert (fact.speaker.label, fact.speaker.name) == (label, name)


@pytest.mark.parametrize("text", NOTHING_SAID)
def test_what_nobody_says_is_no_statement(read: Read, text: str) -> None:
    assert statements(read, text) == []


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (f"{OPENED}{SHEN}在致辞中表示，海风大有可为。", "第五届越州碳中和论坛"),
        (f"{SHEN}在第五届越州碳中和论坛上表示，海风大有可为。", "第五届越州碳中和论坛"),
        (f"{OPENED}{SHEN}出席论坛。会上，{GU}表示，海风大有可为。", "第五届越州碳中和论坛"),
        (f"{OPENED}{GU}作主旨演讲。他认为，海风大有可为。", "第五届越州碳中和论坛"),
        (f"{OPENED}{SHEN}接受采访时表示，海风大有可为。", None),
        (f"{GU}告诉记者，海风大有可为。", None),
        (f"{SHEN}表示，海风大有可为。第五届越州碳中和论坛将于6月举行。", None),
    ],
)
def test_the_event_is_the_named_one_at_which_it_was_said(
    read: Read, text: str, event: str | None
) -> None:
    (fact,) = statements(read, text)
    assert (fact.event and fact.event.name) == event


INTERVIEW = f"""扩容怎么走

　　{GU}近日接受本报专访。

　　问：碳市场何时扩容？
　　顾长庚：明年可以开始。先从水泥做起。

　　问：难在哪里？
　　答：难在数据。
　　数据要可信。

　　问：还有呢？
　　答：还要有人才。

　　人物名片：顾长庚，绍兴人。
"""


def test_answers_of_an_interview_are_said_by_who_is_asked(read: Read) -> None:
    assert lines(read, INTERVIEW) == [
        "顾长庚 答 direct: 明年可以开始。先从水泥做起",
        "顾长庚 答 direct: 难在数据。\n　　数据要可信",
        "顾长庚 答 direct: 还要有人才",
    ]


def test_a_headline_says_nothing_twice(read: Read) -> None:
    text = f"沈墨言强调要加快绿色转型\n\n　　{SHEN}强调，要加快绿色转型。"
    (fact,) = statements(read, text)
    assert fact.words_span.start > text.index("\n")


def test_words_are_those_of_the_text_also_over_a_broken_line(read: Read) -> None:
    text = (
        "　　5月8日上午，第五届越州碳中和论坛在绍兴国际会展中心开幕，浙江省副省\n"
        "长沈墨言在致辞中表示，浙江省要加快绿色转型，让海上风电和碳市场一起\n成为新的增长点。"
    )
    (fact,) = statements(read, text)
    assert fact.words == fact.words_span.of(text)
    assert fact.words.startswith("浙江省要加快")
    assert fact.words.endswith("一起\n成为新的增长点")


def test_answers_stand_under_name_and_post(read: Read) -> None:
    text = f"　　记者：风电进展如何？\n　　{GU}：首台机组下月并网。"
    assert lines(read, text) == ["顾长庚 答 direct: 首台机组下月并网"]


def test_evidence_covers_speaker_and_words(read: Read) -> None:
    text = f"天气晴好。“成本降了。明年还会再降。”{GU}说。散会。"
    (fact,) = statements(read, text)
    assert fact.evidence.of(text) == f"“成本降了。明年还会再降。”{GU}说。"


def test_half_width_stops_end_a_sentence(read: Read) -> None:
    text = (
        "浙江省副省长沈墨言在致辞时表示,浙江省要加快绿色转型,让海上风电成为新的增长点."
        "绍兴市市长卢清源在接受本报记者采访时认为,企业是主体."
    )
    assert lines(read, text) == [
        "沈墨言 表示 indirect: 浙江省要加快绿色转型,让海上风电成为新的增长点",
        "卢清源 认为 indirect: 企业是主体",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("“甲。”", ["甲。"]),
        ("“甲‘乙’丙”丁", ["甲‘乙’丙"]),
        ("「甲」“乙”", ["甲", "乙"]),
        ('"甲"乙"丙"', ["甲", "丙"]),
        ("“甲“乙”", ["乙"]),
        ("甲”乙", []),
        ("“甲", []),
    ],
)
def test_quotations_of_the_outer_level_are_found(text: str, words: list[str]) -> None:
    found = find_quotes(text, [Span(0, len(text))])
    assert [quote.words.of(text) for quote in found] == words


@pytest.mark.parametrize("verb", read_rows("reporting_verbs.csv"), ids=lambda row: row["verb"])
def test_every_verb_of_the_lexicon_has_known_values(verb: dict[str, str]) -> None:
    assert verb["complement"] in ("clause", "pause", "object", "colon")
    assert verb["speaker"] in ("any", "person")


def test_no_verb_of_the_lexicon_stands_twice() -> None:
    verbs = [row["verb"] for row in read_rows("reporting_verbs.csv")]
    assert sorted(verbs) == sorted(set(verbs))
