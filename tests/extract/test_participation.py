"""Who took part in an event, in which role, and whether by video or in writing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = Callable[..., list[str]]
EVENT = "第五届越州碳中和论坛"
OPENED = f"{EVENT}5月8日在绍兴开幕。"

ROLES = [
    ("浙江省副省长沈墨言出席。", ["沈墨言 attends in_person"]),
    ("浙江省副省长沈墨言出席并致辞。", ["沈墨言 addresses in_person"]),
    ("浙江省副省长沈墨言致欢迎辞。", ["沈墨言 addresses in_person"]),
    ("浙江省副省长沈墨言出席开幕式并讲话。", ["沈墨言 addresses in_person"]),
    ("浙江省副省长沈墨言宣布论坛开幕。", ["沈墨言 addresses in_person"]),
    ("中国工程院院士苏望舒作主旨演讲。", ["苏望舒 keynotes in_person"]),
    ("中国工程院院士苏望舒作主题报告。", ["苏望舒 keynotes in_person"]),
    ("中国工程院院士苏望舒作题为“海洋碳汇”的主题演讲。", ["苏望舒 keynotes in_person"]),
    ("开幕式由绍兴市副市长卢清源主持。", ["卢清源 moderates in_person"]),
    ("绍兴市副市长卢清源主持开幕式。", ["卢清源 moderates in_person"]),
    ("星海大学教授梁素秋参与圆桌对话。", ["梁素秋 discusses in_person"]),
    ("星海大学教授梁素秋在座。", ["梁素秋 attends in_person"]),
    ("绍兴市市长卢清源在会上这样讲。", ["卢清源 attends in_person"]),
    ("星海大学教授梁素秋分享余热回收案例。", ["梁素秋 addresses in_person"]),
    (
        "浙江省副省长沈墨言、绍兴市市长卢清源出席并致辞。",
        ["沈墨言 addresses in_person", "卢清源 addresses in_person"],
    ),
    (
        "绍兴市市长卢清源主持，浙江省副省长沈墨言致辞，中国工程院院士苏望舒作主旨演讲。",
        [
            "卢清源 moderates in_person",
            "沈墨言 addresses in_person",
            "苏望舒 keynotes in_person",
        ],
    ),
    (
        "浙江省副省长沈墨言致辞，绍兴市市长卢清源、星海大学校长梁素秋等出席。",
        ["沈墨言 addresses in_person", "卢清源 attends in_person", "梁素秋 attends in_person"],
    ),
]

MODES = [
    ("浙江省副省长沈墨言以视频方式致辞。", ["沈墨言 addresses video"]),
    ("浙江省副省长沈墨言发表视频致辞。", ["沈墨言 addresses video"]),
    ("浙江省副省长沈墨言通过视频致辞，星海大学发来贺信。", ["沈墨言 addresses video"]),
    (
        "主题演讲由两位学者担纲，分别是中国工程院院士苏望舒和星海大学教授梁素秋，后者以视频形式参与。",
        ["苏望舒 keynotes in_person", "梁素秋 keynotes video"],
    ),
    ("浙江省副省长沈墨言通过视频连线致辞。", ["沈墨言 addresses video"]),
    ("浙江省副省长沈墨言作书面致辞。", ["沈墨言 addresses written"]),
    ("中国工程院院士苏望舒发来贺信。", ["苏望舒 addresses written"]),
    (
        "浙江省副省长沈墨言发表视频致辞，绍兴市市长卢清源现场致辞。",
        ["沈墨言 addresses video", "卢清源 addresses in_person"],
    ),
    (
        "星海大学教授梁素秋、青禾能源集团董事长韩予安等线上参会。",
        ["梁素秋 attends video", "韩予安 attends video"],
    ),
    (
        "中国工程院院士苏望舒、清河大学教授顾长庚作主旨报告，后者以视频方式参会。",
        ["苏望舒 keynotes in_person", "顾长庚 keynotes video"],
    ),
    ("浙江省副省长沈墨言通过视频向论坛致贺。", ["沈墨言 addresses video"]),
]

LONGER = [
    (
        "沈墨言、魏长亭、柳如烟等领导出席。",
        ["沈墨言 attends in_person", "魏长亭 attends in_person", "柳如烟 attends in_person"],
    ),
    (
        "清河大学教授苏望舒、星海大学教授梁素秋分别以《海洋碳汇》《绿色金融》为题作主旨演讲。",
        ["苏望舒 keynotes in_person", "梁素秋 keynotes in_person"],
    ),
    (
        "圆桌对话环节，在清河大学教授顾长庚主持下，星海大学教授梁素秋、"
        "青禾能源集团董事长韩予安展开讨论。",
        [
            "顾长庚 moderates in_person",
            "梁素秋 discusses in_person",
            "韩予安 discusses in_person",
        ],
    ),
    (
        "清河大学教授顾长庚担任主持人，星海大学教授梁素秋、青禾能源集团董事长韩予安等嘉宾参与对话。",
        [
            "顾长庚 moderates in_person",
            "梁素秋 discusses in_person",
            "韩予安 discusses in_person",
        ],
    ),
    (
        "浙江省副省长沈墨言，绍兴市委书记魏长亭分别致辞。绍兴市市长卢清源主持开幕式。",
        [
            "沈墨言 addresses in_person",
            "魏长亭 addresses in_person",
            "卢清源 moderates in_person",
        ],
    ),
    (
        "联合国前副秘书长埃里克·林德伯格（线上）作主旨演讲。",
        ["埃里克·林德伯格 keynotes video"],
    ),
]

ANNOUNCED = [
    (
        "圆桌对话由清河大学教授顾长庚主持，参加讨论的有星海大学教授梁素秋、"
        "青禾能源集团董事长韩予安。",
        [
            "顾长庚 moderates in_person",
            "梁素秋 discusses in_person",
            "韩予安 discusses in_person",
        ],
    ),
    (
        "圆桌对话环节，对话嘉宾包括星海大学教授梁素秋、青禾能源集团董事长韩予安。",
        ["梁素秋 discusses in_person", "韩予安 discusses in_person"],
    ),
    (
        "出席论坛的嘉宾有：星海大学教授梁素秋、青禾能源集团董事长韩予安。",
        ["梁素秋 attends in_person", "韩予安 attends in_person"],
    ),
]


def check(found: list[str], expected: list[str]) -> None:
    lines = [line.split(" | ") for line in found]
    assert {event for _, event, _, _ in lines} <= {EVENT}
    got = sorted(f"{person} {role} {mode}" for person, _, role, mode in lines)
    assert got == sorted(expected)


@pytest.mark.parametrize(("text", "expected"), ROLES)
def test_role_is_what_a_person_did(facts: Facts, text: str, expected: list[str]) -> None:
    check(facts(OPENED + text, "takes_part"), expected)


@pytest.mark.parametrize(("text", "expected"), MODES)
def test_mode_is_in_person_unless_the_text_says_otherwise(
    facts: Facts, text: str, expected: list[str]
) -> None:
    check(facts(OPENED + text, "takes_part"), expected)


@pytest.mark.parametrize(("text", "expected"), LONGER)
def test_groups_of_one_passage_keep_their_own_deeds(
    facts: Facts, text: str, expected: list[str]
) -> None:
    check(facts(OPENED + text, "takes_part"), expected)


@pytest.mark.parametrize(("text", "expected"), ANNOUNCED)
def test_lists_that_are_announced_before_the_names(
    facts: Facts, text: str, expected: list[str]
) -> None:
    check(facts(OPENED + text, "takes_part"), expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"浙江省副省长沈墨言出席{EVENT}并致辞。", "沈墨言 addresses in_person"),
        (
            f"受浙江省省长陆知远委托，副省长沈墨言出席{EVENT}并致辞。",
            "沈墨言 addresses in_person",
        ),
        (f"浙江省副省长沈墨言在{EVENT}开幕式上致辞。", "沈墨言 addresses in_person"),
        (f"绍兴市市长卢清源在{EVENT}上表示，绍兴将建零碳园区。", "卢清源 attends in_person"),
        (f"{EVENT}开幕式上，浙江省副省长沈墨言致辞。", "沈墨言 addresses in_person"),
        (f"绍兴市市长卢清源5月8日在{EVENT}上直言，账要算清。", "卢清源 attends in_person"),
        (
            f"昨天在绍兴镜湖国际会议中心举行的{EVENT}上，绍兴市市长卢清源披露了数据。",
            "卢清源 attends in_person",
        ),
    ],
)
def test_the_event_may_stand_in_the_same_sentence(facts: Facts, text: str, expected: str) -> None:
    check(facts(text, "takes_part"), [expected])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            OPENED + "主持开幕式的是绍兴市市长卢清源。",
            ["卢清源 moderates in_person"],
        ),
        (
            OPENED + "圆桌环节，清河大学教授梁素秋、星海大学教授韩予安围绕碳汇交易展开交流。",
            ["梁素秋 discusses in_person", "韩予安 discusses in_person"],
        ),
        (
            OPENED + "未能成行的清河大学教授梁素秋发来书面贺词。",
            ["梁素秋 addresses written"],
        ),
        (
            OPENED + "绍兴市副市长沈墨言率团与会，并在会上发言。",
            ["沈墨言 addresses in_person"],
        ),
        (
            OPENED + "绍兴市副市长沈墨言宣布开馆。",
            ["沈墨言 addresses in_person"],
        ),
        (OPENED + "梁素秋在题为《海洋碳汇》的演讲中提出三点建议。", ["梁素秋 keynotes in_person"]),
        (
            OPENED + "绍兴市市长卢清源作主题推介，清河大学教授梁素秋作点评。",
            ["卢清源 addresses in_person", "梁素秋 addresses in_person"],
        ),
        (
            OPENED + "绍兴市市长卢清源与青禾能源集团董事长韩予安共同为研究院揭牌。",
            ["卢清源 attends in_person", "韩予安 attends in_person"],
        ),
        (
            OPENED + "市委书记卢清源会见了出席论坛的清河大学校长梁素秋。",
            ["梁素秋 attends in_person"],
        ),
        (
            OPENED + "圆桌讨论中，清河大学教授梁素秋、星海大学教授韩予安提出了建议。",
            ["梁素秋 discusses in_person", "韩予安 discusses in_person"],
        ),
        (
            OPENED + "出席开幕式的还有星海大学教授梁素秋、青禾能源集团董事长韩予安。",
            ["梁素秋 attends in_person", "韩予安 attends in_person"],
        ),
        (
            OPENED + "会上，绍兴市副市长沈墨言发布了行动方案。",
            ["沈墨言 attends in_person"],
        ),
    ],
)
def test_deeds_that_are_told_in_rarer_ways(facts: Facts, text: str, expected: list[str]) -> None:
    check(facts(text, "takes_part"), expected)


def test_deeds_at_a_sub_event_are_of_that_event(facts: Facts) -> None:
    text = (
        OPENED
        + "同期举办的零碳建筑分论坛由星海大学教授梁素秋主持。浙江省副省长沈墨言在论坛开幕式上致辞。"
    )
    assert sorted(facts(text, "takes_part")) == sorted(
        [
            "梁素秋 | 零碳建筑分论坛 | moderates | in_person",
            f"沈墨言 | {EVENT} | addresses | in_person",
        ]
    )


def test_what_an_institution_sends_is_not_of_the_speaker_before_it(facts: Facts) -> None:
    text = OPENED + "星海大学教授梁素秋通过视频作主旨演讲；越州气候研究院则发来书面贺词。"
    check(facts(text, "takes_part"), ["梁素秋 keynotes video"])


def test_who_crosses_swords_at_the_round_table_discusses(facts: Facts) -> None:
    text = OPENED + "圆桌讨论里，星海大学教授梁素秋、绍兴市副市长卢清源展开交锋。"
    check(facts(text, "takes_part"), ["梁素秋 discusses in_person", "卢清源 discusses in_person"])


def test_only_who_joins_by_video_is_not_there(facts: Facts) -> None:
    text = (
        OPENED + "随后的主旨报告中，中国工程院院士苏望舒以《湿地账本》为题开讲，"
        "星海大学教授梁素秋从嘉兴视频接入，介绍了泥炭地的做法。"
    )
    check(facts(text, "takes_part"), ["苏望舒 keynotes in_person", "梁素秋 keynotes video"])


def test_who_speaks_on_in_the_paragraph_of_the_session_takes_part(facts: Facts) -> None:
    text = OPENED + (
        "\n\n会上，浙江省副省长沈墨言汇报有关情况。绍兴市市长卢清源介绍，全市将建10个园区。"
        "“减排没有退路。”星海大学教授梁素秋通过视频连线表示。"
    )
    check(
        facts(text, "takes_part"),
        ["沈墨言 attends in_person", "卢清源 attends in_person", "梁素秋 attends video"],
    )


def test_who_speaks_in_another_paragraph_may_speak_to_the_press(facts: Facts) -> None:
    text = OPENED + (
        "\n\n会上，浙江省副省长沈墨言汇报有关情况。\n\n绍兴市市长卢清源介绍，全市将建10个园区。"
    )
    check(facts(text, "takes_part"), ["沈墨言 attends in_person"])


@pytest.mark.parametrize(
    "text",
    [
        "绍兴市市长卢清源参加义务植树活动。",
        "绍兴市市长卢清源会见了青禾能源集团董事长韩予安。",
        OPENED + "\n\n（记者 柳如烟）",
        OPENED + "柳如烟 摄",
        OPENED + "绍兴市副市长沈墨言参与起草条例。",
        OPENED + "清河大学教授梁素秋未能出席。",
        OPENED + "绍兴市副市长沈墨言参加有关活动。",
        OPENED + "绍兴市副市长沈墨言现主持党委工作。",
        OPENED + "绍兴市副市长沈墨言介绍，全市将建10个园区。",
    ],
)
def test_other_deeds_and_the_press_take_no_part(facts: Facts, text: str) -> None:
    assert facts(text, "takes_part") == []


def test_attendance_gives_way_to_what_was_done(facts: Facts) -> None:
    text = OPENED + "浙江省副省长沈墨言出席。沈墨言在开幕式上致辞。"
    check(facts(text, "takes_part"), ["沈墨言 addresses in_person"])


def test_two_deeds_of_one_person_are_two_facts(facts: Facts) -> None:
    text = OPENED + "绍兴市副市长卢清源主持开幕式。随后，卢清源作主旨演讲。"
    check(facts(text, "takes_part"), ["卢清源 moderates in_person", "卢清源 keynotes in_person"])


def test_evidence_is_the_sentence_of_the_deed(read: Callable[..., Any]) -> None:
    text = OPENED + "浙江省副省长沈墨言致辞。散会。"
    (fact,) = [f for f in read(text).facts if f.type == "takes_part"]
    assert fact.evidence.of(text) == "浙江省副省长沈墨言致辞。"


def test_no_deed_begins_in_the_name_of_an_event(facts: Facts) -> None:
    text = "浙江省副省长沈墨言在第五届越州绿色合作论坛上致辞时强调，双方互补性强。"
    found = facts(text, "takes_part")
    assert [line.split(" | ")[:3] for line in found] == [
        ["沈墨言", "第五届越州绿色合作论坛", "addresses"]
    ]


def test_who_explains_a_draft_to_a_session_addresses_it(facts: Facts) -> None:
    text = "绍兴市副市长卢清源向浙江省十三届人大常委会第三次会议作起草说明。"
    found = [line.split(" | ")[:3] for line in facts(text, "takes_part")]
    assert found == [["卢清源", "浙江省十三届人大常委会第三次会议", "addresses"]]
