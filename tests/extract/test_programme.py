"""When and where an event is held, under which theme, as part of what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Facts = Callable[..., list[str]]
EVENT = "第五届越州碳中和论坛"

DAYS = [
    (f"{EVENT}5月8日在绍兴开幕。", "2024-05-08 | 2024-05-08"),
    (f"{EVENT}昨天在绍兴开幕。", "2024-05-08 | 2024-05-08"),
    (f"{EVENT}5月6日至8日在绍兴举行。", "2024-05-06 | 2024-05-08"),
    (f"5月6日至8日，{EVENT}在绍兴举办。", "2024-05-06 | 2024-05-08"),
    (f"5月6日-8日，{EVENT}在绍兴举办。", "2024-05-06 | 2024-05-08"),
    (f"4月30日至5月2日，{EVENT}在绍兴举办。", "2024-04-30 | 2024-05-02"),
    (f"2023年12月30日至2024年1月2日，{EVENT}在绍兴举办。", "2023-12-30 | 2024-01-02"),
    (f"{EVENT}5月6日在绍兴开幕，为期三天。", "2024-05-06 | 2024-05-08"),
    (f"为期2天的{EVENT}5月6日在绍兴开幕。", "2024-05-06 | 2024-05-07"),
    (f"{EVENT}5月6日在绍兴开幕，会期两天。", "2024-05-06 | 2024-05-07"),
    (f"{EVENT}5月6日在绍兴开幕，论坛将持续至5月8日。", "2024-05-06 | 2024-05-08"),
    (f"{EVENT}5月6日开幕。{EVENT}5月8日闭幕。", "2024-05-06 | 2024-05-08"),
    (f"{EVENT}5月8日在绍兴落幕。", "2024-05-08 | 2024-05-08"),
    (f"{EVENT}将于2024年10月12日至14日在绍兴举办。", "2024-10-12 | 2024-10-14"),
    (f"5月8日上午，{EVENT}在绍兴开幕。", "2024-05-08 | 2024-05-08"),
    (f"{EVENT}今天在绍兴开幕。", "2024-05-09 | 2024-05-09"),
    (f"{EVENT}开幕式5月8日在绍兴举行。", "2024-05-08 | 2024-05-08"),
    (f"绍兴市将于6月5日至7日举办{EVENT}。", "2024-06-05 | 2024-06-07"),
    (f"去年11月3日，{EVENT}在绍兴开幕。", "2023-11-03 | 2023-11-03"),
]


@pytest.mark.parametrize(("text", "days"), DAYS)
def test_first_and_last_day_of_an_event(facts: Facts, text: str, days: str) -> None:
    assert facts(text, "held_on") == [f"{EVENT} | {days}"]


@pytest.mark.xfail(strict=True, reason="not read yet")
@pytest.mark.parametrize(
    ("text", "days"),
    [
        (f"{EVENT}5月8日晚在绍兴闭幕，历时3天。", "2024-05-06 | 2024-05-08"),
    ],
)
def test_a_length_that_is_told_in_rarer_ways(facts: Facts, text: str, days: str) -> None:
    assert facts(text, "held_on") == [f"{EVENT} | {days}"]


def test_a_session_is_held_on_the_day_on_which_it_acts(facts: Facts) -> None:
    text = "2024年3月5日，绍兴市人大常委会第十二次会议审议通过《绍兴市湿地保护条例》。"
    assert facts(text, "held_on") == ["绍兴市人大常委会第十二次会议 | 2024-03-05 | 2024-03-05"]


def test_events_of_a_list_share_their_day(facts: Facts) -> None:
    text = "第三届越州绿色合作论坛、绿色金融研讨会于5月8日举办。"
    assert sorted(facts(text, "held_on")) == [
        "第三届越州绿色合作论坛 | 2024-05-08 | 2024-05-08",
        "绿色金融研讨会 | 2024-05-08 | 2024-05-08",
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"本报绍兴5月8日电　{EVENT}在绍兴开幕。",
        f"{EVENT}将于11月举行。",
        f"5月8日，绍兴市印发方案，支持{EVENT}。",
    ],
)
def test_other_dates_are_not_the_days_of_an_event(facts: Facts, text: str) -> None:
    assert facts(text, "held_on") == []


def test_events_of_one_text_keep_their_own_days_and_places(facts: Facts) -> None:
    text = f"镜湖绿色金融年会5月8日在绍兴开幕。{EVENT}5月12日将在嘉兴举行。"
    assert facts(text, "held_on") == [
        "镜湖绿色金融年会 | 2024-05-08 | 2024-05-08",
        f"{EVENT} | 2024-05-12 | 2024-05-12",
    ]
    assert facts(text, "held_at") == ["镜湖绿色金融年会 | 绍兴市", f"{EVENT} | 嘉兴市"]


PLACES = [
    (f"{EVENT}在绍兴开幕。", "绍兴市"),
    (f"{EVENT}昨日在绍兴国际会展中心开幕。", "绍兴国际会展中心"),
    (f"5月8日上午，{EVENT}在绍兴市镜湖会议中心举行。", "绍兴市镜湖会议中心"),
    (f"{EVENT}于5月8日在浙江省绍兴市举办。", "绍兴市"),
    (f"在绍兴举行的{EVENT}昨日落幕。", "绍兴市"),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_place_or_venue_of_an_event(facts: Facts, text: str, place: str) -> None:
    assert facts(text, "held_at") == [f"{EVENT} | {place}"]


THEMES = [
    (f"{EVENT}在绍兴开幕，主题为“山海同行，绿色共生”。", "山海同行，绿色共生"),
    (f"{EVENT}在绍兴开幕，论坛主题是“山海同行，绿色共生”。", "山海同行，绿色共生"),
    (f"{EVENT}在绍兴开幕，主题：“山海同行”。", "山海同行"),
    (f"以“山海同行，绿色共生”为主题的{EVENT}在绍兴举行。", "山海同行，绿色共生"),
    (f"{EVENT}在绍兴开幕。本届论坛以“山海同行，绿色共生”为主题。", "山海同行，绿色共生"),
    (f"{EVENT}以“山海同行”为主题，在绍兴开幕。", "山海同行"),
    (f"{EVENT}在绍兴开幕，主题为“山海‘零碳’行”。", "山海‘零碳’行"),
    (f'{EVENT}在绍兴开幕,主题为"山海同行"。', "山海同行"),
    (f"{EVENT}在绍兴开幕，主题为「山海同行」。", "山海同行"),
]


@pytest.mark.parametrize(("text", "theme"), THEMES)
def test_theme_is_what_the_quotes_hold(facts: Facts, text: str, theme: str) -> None:
    assert facts(text, "theme") == [f"{EVENT} | {theme}"]


def test_a_theme_between_organizers_and_event(facts: Facts) -> None:
    text = f"由清河大学主办、主题为“山海同行”的{EVENT}昨日开幕。"
    assert facts(text, "theme") == [f"{EVENT} | 山海同行"]


@pytest.mark.parametrize(
    "text",
    [
        f"{EVENT}在绍兴开幕，沈墨言说：“山海同行。”",
        "绍兴以“无废城市”建设为抓手。",
        f"{EVENT}在绍兴开幕，主题十分鲜明。",
    ],
)
def test_other_quotes_are_no_theme(facts: Facts, text: str) -> None:
    assert facts(text, "theme") == []


PARTS = [
    (
        f"{EVENT}在绍兴开幕。论坛设绿色金融分论坛、零碳建筑分论坛两场平行论坛。",
        ["绿色金融分论坛", "零碳建筑分论坛"],
    ),
    (
        f"{EVENT}在绍兴开幕。论坛期间举办绿色金融创新峰会、零碳建筑发展研讨会等3场平行论坛。",
        ["绿色金融创新峰会", "零碳建筑发展研讨会"],
    ),
    (
        f"{EVENT}在绍兴开幕。平行论坛包括绿色金融创新论坛、零碳建筑发展论坛和海洋碳汇论坛。",
        ["绿色金融创新论坛", "零碳建筑发展论坛", "海洋碳汇论坛"],
    ),
    (
        f"{EVENT}在绍兴开幕。同期举行的零碳建筑发展研讨会由清河大学承办。",
        ["零碳建筑发展研讨会"],
    ),
    (f"作为{EVENT}的分论坛，零碳建筑发展研讨会5月9日举行。", ["零碳建筑发展研讨会"]),
    (
        f"{EVENT}在绍兴开幕。零碳建筑发展研讨会是论坛的配套活动。",
        ["零碳建筑发展研讨会"],
    ),
    (
        f"{EVENT}在绍兴开幕。在分论坛“绿色金融创新论坛”上，专家交流了做法。",
        ["绿色金融创新论坛"],
    ),
]


@pytest.mark.parametrize(("text", "parts"), PARTS)
def test_sub_events_are_parts_of_the_main_event(facts: Facts, text: str, parts: list[str]) -> None:
    assert sorted(facts(text, "part_of")) == sorted(f"{part} | {EVENT}" for part in parts)


@pytest.mark.parametrize(
    "text",
    [
        f"{EVENT}5月8日在绍兴开幕。上一届论坛在嘉兴举办。",
        f"{EVENT}5月8日在绍兴开幕。\n\n　　另据报道，第二届镜湖能源年会5月20日将在嘉兴举行。",
    ],
)
def test_another_event_is_no_part(facts: Facts, text: str) -> None:
    assert facts(text, "part_of") == []


def test_day_of_a_sub_event_is_its_own(facts: Facts) -> None:
    text = f"{EVENT}5月8日至9日在绍兴举行。9日下午的零碳建筑分论坛由清河大学承办。"
    assert sorted(facts(text, "held_on")) == sorted(
        [f"{EVENT} | 2024-05-08 | 2024-05-09", "零碳建筑分论坛 | 2024-05-09 | 2024-05-09"]
    )


def test_evidence_of_each_fact_is_a_sentence(read: Callable[..., Any]) -> None:
    text = f"天晴。{EVENT}5月8日在绍兴开幕。主题为“山海同行”。"
    found = {f.type: f.evidence.of(text) for f in read(text).facts}
    assert found == {
        "held_on": f"{EVENT}5月8日在绍兴开幕。",
        "held_at": f"{EVENT}5月8日在绍兴开幕。",
        "theme": "主题为“山海同行”。",
    }
