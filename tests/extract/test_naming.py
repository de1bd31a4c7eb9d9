"""Facts of names given: what is named, by which word, said where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from extract.facts import Alias

Read = Callable[..., Any]


def aliases(read: Read, text: str) -> list[Alias]:
    return [fact for fact in read(text).facts if isinstance(fact, Alias)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("越州碳中和绿色发展论坛（以下简称“越州论坛”）开幕。", "FORUM"),
        ("青禾能源科技股份有限公司（下称“青禾能源”）投产。", "ORG"),
        ("《绍兴市湿地保护条例》（以下简称《条例》）施行。", "REGULATION"),
        ("全国绿色电力交易市场（以下简称“绿电市场”）启动。", "THING"),
        ("英国卡迪夫大学教授卡琳·埃克（Karin Ek）发言。", "PERSON"),
    ],
)
def test_class_of_what_is_named_is_kept(read: Read, text: str, label: str) -> None:
    (fact,) = aliases(read, text)
    assert fact.name.label == label
    assert fact.name.span is not None
    assert fact.name.span.of(text) == fact.name.text


def test_evidence_is_the_sentence_of_the_definition(read: Read) -> None:
    text = "天气晴好。越州碳中和绿色发展论坛（以下简称“越州论坛”）开幕。散会。"
    (fact,) = aliases(read, text)
    assert fact.evidence.of(text) == "越州碳中和绿色发展论坛（以下简称“越州论坛”）开幕。"


def test_the_alias_is_among_the_names_of_what_it_names(read: Read) -> None:
    text = "越州碳中和绿色发展论坛（以下简称“越州论坛”）由清河大学主办。"
    (organizes,) = [f for f in read(text).facts if f.type == "organizes"]
    assert organizes.event.names() == ["越州碳中和绿色发展论坛", "越州论坛"]


def test_confidence_lies_between_none_and_certain(read: Read) -> None:
    text = "《绍兴市湿地保护规划》（绍政发〔2024〕8号）印发。"
    assert all(0 < fact.confidence <= 1 for fact in aliases(read, text))
