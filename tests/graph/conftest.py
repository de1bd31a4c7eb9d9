"""Extractions built by hand, and a store in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from extract.document import SourceDocument
from extract.facts import (
    Alias,
    Argument,
    ArgumentLabel,
    Dated,
    Entity,
    EntityLabel,
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
    Reference,
    ReferenceLabel,
    Relates,
    Says,
    Span,
    TakesPart,
    Theme,
)
from graph.identity import Minter
from graph.store import Store, open_store

BASE = "http://graph.example/"

TEXT = (
    "2031云梦零碳峰会（北湾）5月6日至7日在北湾国际会展中心举行，主题为“风从海上来”。\r\n"
    "峰会由市绿能局主办，青禾电力承办。北湾市副市长韦一诺视频致辞，原绿能局局长贺临川主持储能对话。"
    "韦一诺同时出席储能对话。\n"
    "《北湾市海风利用办法》由北湾市绿色能源局2030年3月印发（以下简称《办法》）。"
    "2026—2030年，全市新建海风电站逾1.25万座，PM2.5年均浓度降至12.50微克/立方米。"
    "韦副市长近期表示，储能对话还将继续。"
)


def find(part: str, *, nth: int = 0) -> Span:
    """The span of the nth occurrence of ``part`` in ``TEXT``."""
    start = -1
    for _ in range(nth + 1):
        start = TEXT.index(part, start + 1)
    return Span(start, start + len(part))


def entity(
    text: str, label: EntityLabel, name: str | None = None, *, nth: int = 0, confidence: float = 1.0
) -> Entity:
    return Entity(
        span=find(text, nth=nth),
        label=label,
        text=text,
        name=text if name is None else name,
        confidence=confidence,
    )


def argument(
    label: ArgumentLabel,
    text: str,
    name: str | None = None,
    *,
    nth: int | None = 0,
    aliases: tuple[str, ...] = (),
) -> Argument:
    """A filler whose wording is the nth occurrence of ``text``; None for an implied one."""
    return Argument(
        label=label,
        text=text,
        name=text if name is None else name,
        span=None if nth is None else find(text, nth=nth),
        aliases=aliases,
    )


ACROSS = "风从海上来”。\r\n峰会由市绿能局主办"
SUMMIT_NAME = "2031云梦零碳峰会（北湾）"
BUREAU_NAME = "北湾市绿色能源局"


def sample_entities() -> tuple[Entity, ...]:
    return (
        entity(SUMMIT_NAME, "FORUM"),
        entity("5月6日至7日", "DATE", "2031-05-06/2031-05-07"),
        entity("北湾国际会展中心", "PLACE"),
        entity("市绿能局", "ORG", BUREAU_NAME, confidence=0.91239),
        entity("青禾电力", "ORG"),
        entity("北湾市", "PLACE"),
        entity("副市长", "POST"),
        entity("韦一诺", "PERSON"),
        entity("绿能局", "ORG", BUREAU_NAME, nth=1),
        entity("局长", "POST"),
        entity("贺临川", "PERSON", confidence=0.5),
        entity("储能对话", "FORUM"),
        entity("韦一诺", "PERSON", nth=1),
        entity("储能对话", "FORUM", nth=1),
        entity("北湾市海风利用办法", "REGULATION"),
        entity("北湾市绿色能源局", "ORG"),
        entity("2030年3月", "DATE", "2030-03"),
        entity("2026—2030年", "DATE", "2026/2030"),
        entity("近期", "DATE"),
        entity("储能对话", "FORUM", nth=2),
    )


def sample_references() -> tuple[Reference, ...]:
    def reference(text: str, label: ReferenceLabel, name: str, sure: float) -> Reference:
        span = find(text, nth=1 if text in ("峰会", "办法") else 0)
        return Reference(span=span, label=label, text=text, name=name, confidence=sure)

    return (
        reference("峰会", "FORUM", SUMMIT_NAME, 0.8),
        reference("办法", "REGULATION", "北湾市海风利用办法", 0.97),
        reference("韦副市长", "PERSON", "韦一诺", 0.95),
    )


def sample_facts() -> tuple[Fact, ...]:
    first, second = find(TEXT.splitlines()[0]), find(TEXT.splitlines()[1].split("韦一诺同时")[0])
    third = find("韦一诺同时出席储能对话。")
    fourth = find(TEXT.splitlines()[2].split("2026—")[0])
    fifth = find(TEXT[TEXT.index("2026—") : TEXT.index("韦副市长")])
    sixth = find("韦副市长近期表示，储能对话还将继续。")
    summit = argument("FORUM", SUMMIT_NAME, aliases=("云梦峰会", "2031云梦零碳峰会"))
    pointed = argument("FORUM", "峰会", SUMMIT_NAME, nth=1)
    dialogue = argument("FORUM", "储能对话")
    wei = argument("PERSON", "韦一诺")
    bureau = argument("ORG", "市绿能局", BUREAU_NAME, aliases=("绿能局",))
    office = argument("POST", "副市长")
    city = argument("PLACE", "北湾市")
    implied = argument("PLACE", "全市", "北湾市", nth=None)
    return (
        HeldOn(event=summit, start_date="2031-05-06", end_date="2031-05-07", evidence=first),
        HeldAt(event=summit, place=argument("PLACE", "北湾国际会展中心"), evidence=first),
        Theme(event=summit, text="风从海上来", evidence=first, confidence=0.875),
        Organizes(org=bureau, event=pointed, role="hosts", evidence=second),
        Organizes(
            org=argument("ORG", "青禾电力"), event=pointed, role="undertakes", evidence=second
        ),
        HoldsPost(person=wei, post=office, org=city, evidence=second),
        HoldsPost(
            person=argument("PERSON", "贺临川"),
            post=argument("POST", "局长"),
            org=argument("ORG", "绿能局", BUREAU_NAME, nth=1),
            status="former",
            evidence=second,
        ),
        TakesPart(person=wei, event=pointed, role="addresses", mode="video", evidence=second),
        TakesPart(
            person=argument("PERSON", "贺临川"), event=dialogue, role="moderates", evidence=second
        ),
        PartOf(event=dialogue, whole=summit, evidence=second),
        TakesPart(person=replace(wei, span=find("韦一诺", nth=1)), event=dialogue, evidence=third),
        # The same statement in another sentence, worded otherwise.
        TakesPart(
            person=argument("PERSON", "韦副市长", "韦一诺"),
            event=replace(dialogue, span=find("储能对话", nth=2)),
            evidence=sixth,
            confidence=0.3333333,
        ),
        Says(
            speaker=argument("PERSON", "韦副市长", "韦一诺"),
            words="储能对话还将继续",
            words_span=find("储能对话还将继续"),
            verb="表示",
            manner="indirect",
            event=replace(dialogue, span=find("储能对话", nth=2)),
            evidence=sixth,
            confidence=0.8,
        ),
        # Words that run over a line break, said at no event that has a name.
        Says(
            speaker=bureau,
            words=ACROSS,
            words_span=find(ACROSS),
            verb="称",
            manner="direct",
            evidence=Span(first.start, second.end),
        ),
        Issues(
            org=argument("ORG", "北湾市绿色能源局"),
            regulation=argument("REGULATION", "北湾市海风利用办法"),
            date="2030-03",
            evidence=fourth,
        ),
        Alias(name=argument("REGULATION", "北湾市海风利用办法"), alias="《办法》", evidence=fourth),
        Relates(
            regulation=argument("REGULATION", "北湾市海风利用办法"),
            relation="based_on",
            other=argument("REGULATION", "海风法", "云梦省海风法", nth=None),
            articles=("10", "9.2"),
            articles_text="第九条第二款、第十条",
            evidence=fourth,
        ),
        # A provision that the article itself cites.
        Relates(
            relation="cites",
            other=argument("REGULATION", "北湾市海风利用办法"),
            articles=("3",),
            articles_text="第三条",
            evidence=fourth,
        ),
        Dated(
            regulation=argument("REGULATION", "北湾市海风利用办法"),
            step="in_force",
            date="2030-04-01",
            evidence=fourth,
        ),
        Ranks(
            subject=implied,
            indicator="PM2.5年均浓度",
            rank=3,
            rank_kind="within",
            rank_text="全国前三",
            scope="全国",
            period="2030",
            evidence=fifth,
        ),
        Measures(
            subject=argument("THING", "海风电站"),
            indicator="新建数",
            value=Decimal("1.25E+4"),
            value_text="逾1.25万座",
            unit="座",
            period="2026/2030",
            qualifier=("over", "cumulative"),
            evidence=fifth,
        ),
        Measures(
            subject=implied,
            indicator="PM2.5年均浓度",
            value=Decimal("12.50"),
            value_text="12.50微克/立方米",
            unit="微克/立方米",
            period="2030",
            qualifier=("annual_mean",),
            evidence=fifth,
        ),
        # The very same fact once more.
        Measures(
            subject=implied,
            indicator="PM2.5年均浓度",
            value=Decimal("12.50"),
            value_text="12.50微克/立方米",
            unit="微克/立方米",
            period="2030",
            qualifier=("annual_mean",),
            evidence=fifth,
        ),
    )


def make_extraction(
    *,
    document: str = "bei wan/2031#1",
    entities: tuple[Entity, ...] = (),
    facts: tuple[Fact, ...] = (),
    references: tuple[Reference, ...] = (),
) -> Extraction:
    return Extraction(
        document=SourceDocument(
            id=document,
            text=TEXT,
            title="风起“北湾”",
            published="2031-05-08",
            source="北湾晚报",
            url="https://news.example/a b?c=1&d=风",
            retrieved="2031-05-09T01:02:03+00:00",
        ),
        entities=entities,
        facts=facts,
        references=references,
        pipeline="tanpu 0.0.0-test",
    )


@pytest.fixture
def extraction() -> Extraction:
    """One document with every label, every type of fact, a repeated fact, and references."""
    return make_extraction(
        entities=sample_entities(), facts=sample_facts(), references=sample_references()
    )


@pytest.fixture
def minter() -> Minter:
    return Minter(BASE)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None, mode="write", base=BASE) as opened:
        yield opened
