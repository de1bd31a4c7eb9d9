"""Administrative areas, regions, natural places, sites and venues."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Mentions = Callable[..., list[str]]
Proposals = Callable[..., list[str]]

NAMES = [
    ("活动在绍兴举行。", ["绍兴"]),
    ("绍兴市、嘉兴市和湖州市签约。", ["绍兴市", "嘉兴市", "湖州市"]),
    ("绍兴市市长沈墨言到会。", ["绍兴市"]),
    ("走进绍兴市越城区府山街道。", ["绍兴市越城区府山街道"]),
    ("长三角地区加快转型。", ["长三角地区"]),
    ("粤港澳大湾区加快转型。", ["粤港澳大湾区"]),
    ("黄河流域加强保护。", ["黄河流域"]),
    ("太湖水质改善。", ["太湖"]),
    ("论坛在绍兴国际会展中心开幕。", ["绍兴国际会展中心"]),
    ("内蒙古自治区鄂尔多斯市建成光伏基地。", ["内蒙古自治区鄂尔多斯市"]),
    ("瑞典驻华大使沈墨言到会。", ["瑞典"]),
    ("项目落户青海。", ["青海"]),
    ("定于9月15日在绍兴越州国际博览中心举办。", ["绍兴越州国际博览中心"]),
    ("研讨会，绍兴国际会展中心二层兰亭厅，清河大学主办。", ["绍兴国际会展中心二层兰亭厅"]),
    ("论坛将于6月6日假绍兴越州会议展览中心举行。", ["绍兴越州会议展览中心"]),
]

NO_NAMES = [
    "全国、全省和全市的用电量增长。",
    "我市推进城乡一体化。",
    "国内外嘉宾到会。",
    "绍兴市生态环境局发布消息。",
    "《绍兴市湿地保护条例》施行。",
    "绍兴碳中和论坛开幕。",
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_places_are_found_whole(mentions: Mentions, text: str, expected: list[str]) -> None:
    assert mentions(text, "PLACE") == expected


@pytest.mark.parametrize("text", NO_NAMES)
def test_words_for_any_place_and_places_inside_names_are_left_out(
    mentions: Mentions, text: str
) -> None:
    assert mentions(text, "PLACE") == []


def test_canonical_name_is_the_full_name(read: Callable[..., object]) -> None:
    found = [(e.text, e.name) for e in read("浙江的绍兴举办活动。").entities]  # type: ignore[attr-defined]
    assert found == [("浙江", "浙江省"), ("绍兴", "绍兴市")]


TAGGED = [
    ("在/p 镜湖/LOC 会议/n 中心/n 举行/v 。/w", ["镜湖会议中心"]),
    ("绍兴市/LOC 越城区/LOC 建成/v 。/w", ["绍兴市越城区"]),
    ("全市/LOC 建成/v 。/w", []),
    ("长三角/LOC 地区/n 转型/v 。/w", ["长三角地区"]),
]


@pytest.mark.parametrize(("tagged", "expected"), TAGGED)
def test_words_given_by_hand_are_joined(
    proposals: Proposals, tagged: str, expected: list[str]
) -> None:
    assert proposals(tagged, "places") == [f"PLACE {name}" for name in expected]
