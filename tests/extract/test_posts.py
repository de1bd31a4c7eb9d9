"""Titles as mentions, and the chains in which they stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.tokens import Doc

from extract.facts import Span
from extract.posts import Appointment, Unit, find_appointments, find_titles, government_level
from extract.words import Words

Mentions = Callable[..., list[str]]
MakeDoc = Callable[[str], Doc]

POSTS = [
    ("浙江省委常委、常务副省长陆知远到会。", ["常委", "常务副省长"]),
    ("绍兴市原副市长卢清源到会。", ["副市长"]),
    ("时任绍兴市委书记卢清源到会。", ["书记"]),
    ("青禾集团党委书记、董事长韩予安到会。", ["党委书记", "董事长"]),
    ("绍兴市水利局党组成员、副局长韩予安到会。", ["党组成员", "副局长"]),
    ("青禾集团监事会主席韩予安到会。", ["监事会主席"]),
    ("中国科学院院士韩予安到会。", ["院士"]),
    ("中国工程院外籍院士韩予安到会。", ["外籍院士"]),
    ("绍兴市水利局副局长兼总工程师韩予安到会。", ["副局长", "总工程师"]),
    ("绍兴市水利局二级巡视员韩予安到会。", ["二级巡视员"]),
    ("绍兴市水利局新闻发言人韩予安到会。", ["新闻发言人"]),
    ("（记者 韩予安）", ["记者"]),
    ("绍兴市市长沈墨言、副市长卢清源到会。", ["市长", "副市长"]),
    ("丹麦驻上海总领事拉斯·延森到会。", ["总领事"]),
    ("沈墨言当选绍兴市市长。", ["市长"]),
]


@pytest.mark.parametrize(("text", "expected"), POSTS)
def test_a_title_is_one_span_without_unit_name_or_former(
    mentions: Mentions, text: str, expected: list[str]
) -> None:
    assert mentions(text, "POST") == expected


@pytest.mark.parametrize(
    "text",
    ["会议由主席团主持。", "市长办公会在绍兴召开。", "实行河长制。"],
)
def test_titles_that_nobody_holds_are_no_mentions(mentions: Mentions, text: str) -> None:
    assert mentions(text, "POST") == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("省长", "省"),
        ("常务副省长", "省"),
        ("代市长", "市"),
        ("副区长", "区"),
        ("县长", "县"),
        ("州长", "州"),
        ("旗长", "旗"),
        ("局长", None),
        ("董事长", None),
        ("校长", None),
    ],
)
def test_level_of_a_government_is_read_off_its_title(title: str, expected: str | None) -> None:
    assert government_level(title) == expected


def appointments(
    make_doc: MakeDoc, tagged: str, persons: list[str], orgs: list[str], places: list[str]
) -> list[tuple[str, str, str | None, str, str | None]]:
    words = Words.from_doc(make_doc(tagged))

    def spans(names: list[str]) -> list[Span]:
        return [Span(words.text.index(n), words.text.index(n) + len(n)) for n in names]

    found, _ = find_appointments(words, spans(persons), spans(orgs), spans(places))
    return [
        (
            a.person.of(words.text),
            a.title.of(words.text),
            a.unit.span.of(words.text) if a.unit else None,
            a.status,
            a.level,
        )
        for a in found
    ]


def test_chain_on_words_given_by_hand(make_doc: MakeDoc) -> None:
    tagged = "越州省委/ORG 常委/n 、/w 副省长/n 沈墨言/PER ，/w 原/a 镜湖/LOC 市长/n 卢清源/PER 到会/v 。/w"
    found = appointments(make_doc, tagged, ["沈墨言", "卢清源"], ["越州省委"], ["镜湖"])
    assert found == [
        ("沈墨言", "常委", "越州省委", "current", None),
        ("沈墨言", "副省长", "越州省委", "current", "省"),
        ("卢清源", "市长", "镜湖", "former", "市"),
    ]


def test_no_chain_crosses_a_sentence(make_doc: MakeDoc) -> None:
    tagged = "越州省委/ORG 开会/v 。/w 沈墨言/PER 到会/v 。/w 局长/n 很/d 忙/a 。/w"
    assert appointments(make_doc, tagged, ["沈墨言"], ["越州省委"], []) == []


def test_an_appointment_names_spans_only() -> None:
    unit = Unit(Span(0, 3), "PLACE")
    one = Appointment(Span(5, 8), Span(3, 5), unit, "current", "市")
    assert one == Appointment(Span(5, 8), Span(3, 5), unit, "current", "市")


@pytest.mark.parametrize(
    ("tagged", "expected"),
    [
        ("常务副省长/n 到会/v", ["常务副省长"]),
        ("党组/n 成员/n 、/w 副/b 局长/n", ["党组成员", "副局长"]),
        ("主任/n 委员会/n 成立/v", []),
        ("市长/n 办公/vn 会/n", []),
        ("局长/n 们/k 到会/v", []),
        ("多位/m 专家/n 到会/v", []),
    ],
)
def test_longest_titles_are_found_left_to_right(
    make_doc: MakeDoc, tagged: str, expected: list[str]
) -> None:
    words = Words.from_doc(make_doc(tagged))
    found = find_titles(words, Span(0, len(words.text)))
    assert [span.of(words.text) for span in found] == expected
