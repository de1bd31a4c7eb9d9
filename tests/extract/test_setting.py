"""What figures are about when they name nothing: the nation, a place, an event, a report."""

from __future__ import annotations

import re

import pytest

from extract.dates import find_dates
from extract.facts import Entity, Span
from extract.gazetteer import lookup_place
from extract.setting import (
    find_event,
    find_home,
    find_report_period,
    find_site,
    place_to_argument,
)

NAMES = {
    "北京": "PLACE", "杭州": "PLACE", "杭州市": "PLACE", "西宁": "PLACE", "贵阳": "PLACE",
    "兰州": "PLACE", "南宁": "PLACE", "国家林草局": "ORG", "水利部": "ORG",
    "杭州市林水局": "ORG", "青苇低碳博览会": "FORUM", "竹海对话会": "FORUM",
    "2023年杭州市生态状况公报": "REGULATION", "杭州市碳汇办法": "REGULATION",
}  # fmt: skip


def entities_of(text: str) -> list[Entity]:
    found = re.finditer("|".join(sorted(NAMES, key=len, reverse=True)), text)
    return [
        Entity(span=Span(*m.span()), label=NAMES[m.group()], text=m.group(), name=m.group())  # type: ignore[arg-type]
        for m in found
    ]


@pytest.mark.parametrize(
    ("text", "home", "expected"),
    [
        ("节水有了新办法\n\n北京3月2日电 水利部日前通报用水情况。", "北京", "中国"),
        ("我国节水灌溉面积稳步增加\n\n各地春灌有序。", "北京", "中国"),
        ("杭州用水量下降\n\n水利部日前通报用水情况。", "杭州", "杭州市"),
        ("节水有了新办法\n\n杭州市林水局会同水利部开展调查。", "杭州", "杭州市"),
        ("多地干部调整\n\n西宁、贵阳、兰州、南宁公布任免。\n\n杭州也有调整。", "南宁", None),
        ("节水有了新办法\n\n各县都在行动。", None, None),
    ],
)
def test_home_of_figures(text: str, home: str | None, expected: str | None) -> None:
    division = lookup_place(home) if home else None
    found = find_home(text, entities_of(text), division)
    assert (found.name if found else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("西宁3月2日电 青海省春灌有序。", "青海省"),
        ("西宁3月2日电 西宁春灌有序，青海省通报。", "西宁市"),
        ("西宁3月2日电 各县春灌有序。", "西宁市"),
    ],
)
def test_a_city_that_only_the_dateline_names_gives_way_to_its_province(
    text: str, expected: str
) -> None:
    named = [*entities_of(text), *named_in(text, "青海省", "PLACE")]
    found = find_home(text, named, lookup_place("西宁"))
    assert found is not None
    assert found.name == expected


SITE = "云溪零碳产业园"


def named_in(text: str, name: str, label: str) -> list[Entity]:
    spans = (Span(*m.span()) for m in re.finditer(name, text))
    return [Entity(span=s, label=label, text=name, name=name) for s in spans]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"走进一座产业园\n\n{SITE}依水而建。园区有路。园区有桥。园区有灯。", SITE),
        (f"走进一座产业园\n\n{SITE}依水而建。河边有路。", None),
        (f"走进一座县城\n\n{SITE}依水而建。园区有路。园区有桥。园区有灯。", None),
        ("走进一座产业园\n\n此地依水而建。园区有路。园区有桥。园区有灯。园区有车。", None),
    ],
)
def test_the_site_of_an_article_is_told_in_headline_and_text(
    text: str, expected: str | None
) -> None:
    found = find_site(text, named_in(text, SITE, "PLACE"))
    assert (found.name if found else None) == expected


def test_an_event_owns_what_is_counted_in_its_paragraph_or_after_its_lead() -> None:
    text = "青苇低碳博览会开馆\n\n首日迎客。\n\n竹海对话会同期举行，到会300人。\n\n入馆3万人次。"
    entities = entities_of(text)
    near = find_event(text, entities, text.index("到会"))
    main = find_event(text, entities, text.index("入馆"))
    assert near is not None
    assert near.name == "竹海对话会"
    assert main is not None
    assert main.name == "青苇低碳博览会"
    assert find_event("首日迎客。", [], 3) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("杭州2023年度统计公报\n\n全年用电平稳。", "2023"),
        ("杭州2024年1—10月电力运行情况\n\n用电平稳。", "2024-01/2024-10"),
        ("林水局发布公报\n\n《2023年杭州市生态状况公报》显示，水质向好。", "2023"),
        ("杭州出台新规\n\n《杭州市碳汇办法》2023年施行。", None),
        ("2023年杭州建园12个\n\n居民点赞。", None),
    ],
)
def test_period_of_a_report_stands_in_its_title(text: str, expected: str | None) -> None:
    dates = find_dates(text, published="2024-11-09")
    assert find_report_period(text, entities_of(text), dates) == expected


def test_a_place_keeps_its_short_name() -> None:
    place = lookup_place("杭州市")
    assert place is not None
    assert place_to_argument(place).names() == ["杭州市", "杭州"]
