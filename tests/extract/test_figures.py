"""Figures as facts of a document, with the place that it is about as their subject."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from extract.facts import Measures
from extract.gazetteer import lookup_place
from extract.setting import place_to_argument

Read = Callable[..., Any]


def measures(read: Read, text: str, **options: Any) -> list[Measures]:
    return [f for f in read(text, **options).facts if isinstance(f, Measures)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年，绍兴市建成绿色学校118所。", ("绍兴市", "118", "所", "2023")),
        (
            "绍兴市绿色学校建设见效\n\n　　2023年，全市建成绿色学校118所。",
            ("绍兴市", "118", "所", "2023"),
        ),
        ("去年，绍兴市建成绿色学校118所。", ("绍兴市", "118", "所", "2023")),
        ("“十三五”期间，绍兴市建成绿色学校118所。", ("绍兴市", "118", "所", "2016/2020")),
    ],
)
def test_subject_value_unit_and_period(
    read: Read, text: str, expected: tuple[str, str, str, str]
) -> None:
    (fact,) = measures(read, text)
    assert (fact.subject.name, str(fact.value), fact.unit, fact.period) == expected


def test_values_are_exact_numbers_and_keep_their_wording(read: Read) -> None:
    (fact,) = measures(read, "2023年，绍兴市用电量达到12.6亿千瓦时。")
    assert fact.value == Decimal("1260000000")
    assert fact.value_text == "12.6亿千瓦时"


def test_a_change_is_never_mixed_up_with_a_level(read: Read) -> None:
    text = "2023年，绍兴市用电量达到12.6亿千瓦时，同比增长3.5%。"
    level, change = measures(read, text)
    assert (level.unit, level.qualifier) == ("千瓦时", ())
    assert (change.indicator, change.unit, change.qualifier) == ("用电量", "%", ("increase",))


def test_full_width_figures_are_read_alike(read: Read) -> None:
    half, full = (
        measures(read, f"2023年，绍兴市用电量增长{figure}。") for figure in ("3.5%", "３．５％")
    )
    assert [f.value for f in half] == [f.value for f in full] == [Decimal("3.5")]


def test_evidence_is_the_sentence_of_the_figure(read: Read) -> None:
    text = "绍兴晴好。2023年，绍兴市建成绿色学校118所。散会。"
    (fact,) = measures(read, text)
    assert fact.evidence.of(text) == "2023年，绍兴市建成绿色学校118所。"


@pytest.mark.parametrize(
    "text",
    ["第12次会议召开。", "5月8日上午9时，活动举行。", "拨打12345热线。", "越政发〔2024〕6号印发。"],
)
def test_ordinals_times_and_numbers_of_documents_measure_nothing(read: Read, text: str) -> None:
    assert measures(read, text) == []


@pytest.mark.parametrize(
    ("place", "name", "aliases"),
    [("绍兴", "绍兴市", ("绍兴",)), ("浙江省", "浙江省", ("浙江",))],
)
def test_home_becomes_a_subject_with_its_short_name(
    place: str, name: str, aliases: tuple[str, ...]
) -> None:
    argument = place_to_argument(lookup_place(place))
    assert argument is not None
    assert (argument.label, argument.name, argument.aliases) == ("PLACE", name, aliases)
    assert argument.span is None
