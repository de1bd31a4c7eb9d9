"""The exchange types and their JSON form."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal

import pytest

from extract.document import SourceDocument
from extract.facts import (
    ENTITY_LABELS,
    FACT_TYPES,
    Alias,
    Argument,
    Dated,
    Entity,
    Extraction,
    Fact,
    HeldAt,
    HeldOn,
    HoldsPost,
    Issues,
    Measures,
    Organizes,
    PartOf,
    Ranks,
    Relates,
    Says,
    Span,
    TakesPart,
    Theme,
)

AT = Span(0, 4)
PERSON = Argument(label="PERSON", text="沈墨言", name="沈墨言", span=Span(0, 3))
POST = Argument(label="POST", text="市长", name="市长")
PLACE = Argument(label="PLACE", text="绍兴", name="绍兴市", aliases=("越州", "绍兴"))
ORG = Argument(label="ORG", text="清河大学", name="清河大学")
FORUM = Argument(label="FORUM", text="越州论坛", name="越州论坛")
SMALL = Argument(label="FORUM", text="绿色分论坛", name="绿色分论坛")
LAW = Argument(label="REGULATION", text="绿电办法", name="绿电办法")
OLD_LAW = Argument(label="REGULATION", text="能源法", name="能源法")


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (-2, -1)])
def test_a_span_has_its_end_after_its_start(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"got {start}, {end}"):
        Span(start, end)


@pytest.mark.parametrize(
    ("span", "expected"), [(Span(0, 2), "绍兴"), (Span(2, 3), "🌱"), (Span(1, 1), "")]
)
def test_a_span_counts_code_points(span: Span, expected: str) -> None:
    assert span.of("绍兴🌱论坛") == expected


def test_spans_sort_by_start_then_end() -> None:
    assert sorted([Span(1, 3), Span(0, 5), Span(0, 2)]) == [Span(0, 2), Span(0, 5), Span(1, 3)]


@pytest.mark.parametrize(
    ("argument", "names", "json_form"),
    [
        (PERSON, ["沈墨言"], "沈墨言"),
        (PLACE, ["绍兴市", "绍兴", "越州"], ["绍兴市", "绍兴", "越州"]),
    ],
)
def test_canonical_name_comes_first_and_no_name_twice(
    argument: Argument, names: list[str], json_form: object
) -> None:
    assert argument.names() == names
    assert argument.to_json() == json_form


ROWS: list[tuple[Fact, dict[str, object]]] = [
    (
        HoldsPost(person=PERSON, post=POST, org=PLACE, status="former", evidence=AT),
        {"person": "沈墨言", "post": "市长", "org": ["绍兴市", "绍兴", "越州"], "status": "former"},
    ),
    (
        TakesPart(person=PERSON, event=FORUM, role="keynotes", mode="video", evidence=AT),
        {"person": "沈墨言", "event": "越州论坛", "role": "keynotes", "mode": "video"},
    ),
    (
        Organizes(org=ORG, event=FORUM, role="hosts", evidence=AT),
        {"org": "清河大学", "event": "越州论坛", "role": "hosts"},
    ),
    (PartOf(event=SMALL, whole=FORUM, evidence=AT), {"event": "绿色分论坛", "whole": "越州论坛"}),
    (
        HeldOn(event=FORUM, start_date="2024-05-08", end_date="2024-05-09", evidence=AT),
        {"event": "越州论坛", "start_date": "2024-05-08", "end_date": "2024-05-09"},
    ),
    (
        HeldAt(event=FORUM, place=PLACE, evidence=AT),
        {"event": "越州论坛", "place": ["绍兴市", "绍兴", "越州"]},
    ),
    (Theme(event=FORUM, text="山海同行", evidence=AT), {"event": "越州论坛", "text": "山海同行"}),
    (
        Issues(org=ORG, regulation=LAW, date="2024-05", evidence=AT),
        {"org": "清河大学", "regulation": "绿电办法", "date": "2024-05"},
    ),
    (Issues(org=ORG, regulation=LAW, evidence=AT), {"org": "清河大学", "regulation": "绿电办法"}),
    (
        Relates(
            regulation=LAW,
            relation="based_on",
            other=OLD_LAW,
            articles=("32.1", "33"),
            articles_text="第三十二条第一款、第三十三条",
            evidence=AT,
        ),
        {
            "regulation": "绿电办法",
            "relation": "based_on",
            "other": "能源法",
            "articles": ["32.1", "33"],
            "articles_text": "第三十二条第一款、第三十三条",
        },
    ),
    (
        Dated(regulation=LAW, step="in_force", date="2024-06-01", evidence=AT),
        {"regulation": "绿电办法", "step": "in_force", "date": "2024-06-01"},
    ),
    (
        Ranks(
            subject=PLACE,
            indicator="绿地率",
            rank=3,
            rank_kind="within",
            rank_text="全省前三",
            scope="全省",
            period="2023",
            evidence=AT,
        ),
        {
            "subject": ["绍兴市", "绍兴", "越州"],
            "indicator": "绿地率",
            "rank": 3,
            "rank_kind": "within",
            "rank_text": "全省前三",
            "scope": "全省",
            "period": "2023",
        },
    ),
    (
        Measures(
            subject=ORG,
            indicator="绿地面积",
            value=Decimal("12.50"),
            value_text="12.50公顷",
            unit="公顷",
            period="2023",
            qualifier=("over", "cumulative"),
            evidence=AT,
        ),
        {
            "subject": "清河大学",
            "indicator": "绿地面积",
            "value": 12.5,
            "value_text": "12.50公顷",
            "unit": "公顷",
            "period": "2023",
            "qualifier": ["over", "cumulative"],
        },
    ),
    (
        Measures(
            subject=ORG,
            indicator="树",
            value=Decimal("1E+4"),
            value_text="1万棵",
            qualifier=("about",),
            evidence=AT,
        ),
        {
            "subject": "清河大学",
            "indicator": "树",
            "value": 10000,
            "value_text": "1万棵",
            "qualifier": "about",
        },
    ),
    (
        Says(
            speaker=PERSON,
            words="风来了",
            words_span=Span(7, 10),
            verb="说",
            manner="direct",
            evidence=AT,
        ),
        {
            "speaker": "沈墨言",
            "words": "风来了",
            "words_start": 7,
            "words_end": 10,
            "verb": "说",
            "manner": "direct",
        },
    ),
    (
        Says(
            speaker=ORG,
            words="风会来",
            words_span=Span(7, 10),
            verb="认为",
            manner="indirect",
            event=FORUM,
            evidence=AT,
        ),
        {
            "speaker": "清河大学",
            "words": "风会来",
            "words_start": 7,
            "words_end": 10,
            "verb": "认为",
            "manner": "indirect",
            "event": "越州论坛",
        },
    ),
    (Alias(name=FORUM, alias="论坛", evidence=AT), {"name": "越州论坛", "alias": "论坛"}),
]


@pytest.mark.parametrize(("fact", "row"), ROWS)
def test_json_form_of_a_fact(fact: Fact, row: dict[str, object]) -> None:
    found = fact.to_json()
    assert found == {"type": fact.type, **row, "start": 0, "end": 4, "confidence": 1.0}
    assert json.loads(json.dumps(found)) == found


def test_every_kind_of_fact_has_a_row_above() -> None:
    assert {fact.type for fact, _ in ROWS} == set(FACT_TYPES)
    assert len(FACT_TYPES) == 14
    assert all(FACT_TYPES[kind].type == kind for kind in FACT_TYPES)


def test_arguments_are_the_roles_that_a_thing_fills() -> None:
    fact = TakesPart(person=PERSON, event=FORUM, evidence=AT)
    assert fact.arguments() == {"person": PERSON, "event": FORUM}
    assert (fact.role, fact.mode) == ("attends", "in_person")


def test_confidence_is_rounded_to_four_places() -> None:
    fact = Alias(name=FORUM, alias="论坛", evidence=AT, confidence=0.123456)
    assert fact.to_json()["confidence"] == 0.1235


def test_facts_are_frozen() -> None:
    fact = Alias(name=FORUM, alias="论坛", evidence=AT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        fact.alias = "大会"  # type: ignore[misc]


def test_json_form_of_an_extraction_leaves_out_what_is_not_known() -> None:
    document = SourceDocument(id="a", text="绍兴开会。", published="2024-05-09")
    entity = Entity(span=Span(0, 2), label="PLACE", text="绍兴", name="绍兴市", confidence=0.8)
    extraction = Extraction(document=document, entities=(entity,), facts=(), pipeline="p")
    assert extraction.to_json() == {
        "id": "a",
        "text": "绍兴开会。",
        "published": "2024-05-09",
        "entities": [
            {
                "start": 0,
                "end": 2,
                "label": "PLACE",
                "text": "绍兴",
                "name": "绍兴市",
                "confidence": 0.8,
            }
        ],
        "references": [],
        "facts": [],
    }


def test_labels_are_those_of_the_guidelines() -> None:
    assert set(ENTITY_LABELS) == {
        "PERSON",
        "POST",
        "ORG",
        "FORUM",
        "REGULATION",
        "PLACE",
        "DATE",
    }
