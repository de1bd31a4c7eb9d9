"""Persons of one name in one text: when they are parted, and what they are called then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extract.facts import Entity, Extraction, Reference

Read = Callable[..., Extraction]


def persons(read: Read, text: str) -> list[tuple[str, str]]:
    """Wording and canonical name of each person who is named or pointed back to."""
    found = read(text)
    both: list[Entity | Reference] = [*found.entities, *found.references]
    mentions = [m for m in both if m.label == "PERSON"]
    return [(m.text, m.name) for m in sorted(mentions, key=lambda m: m.span)]


PARTED = [
    (
        "青岛市生态环境局局长沈墨言与遵义市水务局局长沈墨言签署协议。",
        [("沈墨言", "沈墨言（青岛市生态环境局）"), ("沈墨言", "沈墨言（遵义市水务局）")],
    ),
    (
        "青岛市副市长沈墨言致辞。远帆集团总裁沈墨言作报告。沈总裁说，今年扩产。",
        [
            ("沈墨言", "沈墨言（青岛市）"),
            ("沈墨言", "沈墨言（远帆集团）"),
            ("沈总裁", "沈墨言（远帆集团）"),
        ],
    ),
    (
        "青岛市统计局局长沈墨言到场。巧的是，远帆大学一位教授也叫沈墨言。",
        [("沈墨言", "沈墨言（青岛市统计局）"), ("沈墨言", "沈墨言（远帆大学）")],
    ),
    (
        "两位区长同名。北京市朝阳区区长沈墨言先发言，长春市朝阳区区长沈墨言随后发言。"
        "来自北京的沈墨言讲楼宇，来自长春的沈墨言讲供热。",
        [
            ("沈墨言", "沈墨言（北京市朝阳区）"),
            ("沈墨言", "沈墨言（长春市朝阳区）"),
            ("沈墨言", "沈墨言（北京市朝阳区）"),
            ("沈墨言", "沈墨言（长春市朝阳区）"),
        ],
    ),
    (
        "青岛市统计局局长沈墨言与遵义市水务局局长沈墨言重名。沈墨言表示，要加强合作。",
        [
            ("沈墨言", "沈墨言（青岛市统计局）"),
            ("沈墨言", "沈墨言（遵义市水务局）"),
            ("沈墨言", "沈墨言（遵义市水务局）"),
        ],
    ),
]

ONE = [
    # a post that changes
    "青岛市统计局局长沈墨言调任遵义市水务局局长。沈墨言表示感谢。",
    "遵义市水务局局长沈墨言到任。此前，沈墨言任青岛市统计局局长。",
    # several posts at once
    "青岛市副市长、青岛市统计局局长沈墨言致辞。沈墨言说，数据很好。",
    "青岛市副市长沈墨言致辞。青岛市统计局局长沈墨言作报告。",
    # a post that goes with others
    "青岛市副市长沈墨言致辞。中国湿地协会会长沈墨言作报告。",
    # a part of the institution
    "国家能源局局长沈墨言致辞。国家能源局新能源司司长沈墨言作报告。",
]


@pytest.mark.parametrize(("text", "expected"), PARTED)
def test_namesakes_are_called_by_what_tells_them_apart(
    read: Read, text: str, expected: list[tuple[str, str]]
) -> None:
    assert persons(read, text) == expected


@pytest.mark.parametrize("text", ONE)
def test_one_person_stays_one(read: Read, text: str) -> None:
    assert {name for _, name in persons(read, text)} == {"沈墨言"}


def test_facts_tell_namesakes_apart(read: Read) -> None:
    text = "青岛市统计局局长沈墨言与遵义市水务局局长沈墨言签署协议。"
    held = [f.to_json() for f in read(text).facts if f.type == "holds_post"]
    assert [(f["person"], f["org"]) for f in held] == [
        (["沈墨言（青岛市统计局）", "沈墨言"], "青岛市统计局"),
        (["沈墨言（遵义市水务局）", "沈墨言"], "遵义市水务局"),
    ]


ADDRESSED = [
    ("青岛市统计局局长沈墨言与远帆大学教授沈墨言同名。学生叫他“沈老师”。", "沈墨言（远帆大学）"),
    ("青岛市统计局局长沈墨言与远帆大学教授沈墨言同名。“沈局”先走了。", "沈墨言（青岛市统计局）"),
    ("遵义市水务局局长沈墨言与远帆集团总经理沈墨言同名。沈总透露，将扩产。", "沈墨言（远帆集团）"),
]


@pytest.mark.parametrize(("text", "expected"), ADDRESSED)
def test_a_short_address_means_the_namesake_whose_title_it_fits(
    read: Read, text: str, expected: str
) -> None:
    assert persons(read, text)[-1][1] == expected
