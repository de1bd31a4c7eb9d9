from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from extract.document import SourceDocument
from extract.facts import (
    Alias,
    Argument,
    ArgumentLabel,
    Extraction,
    Fact,
    HeldOn,
    HoldsPost,
    Issues,
    Measures,
    Qualifier,
    Span,
    TakesPart,
    Theme,
)
from graph.errors import DocumentNotFoundError, InvalidBaseError, UnreadableGraphError
from graph.identity import EntityKind, Identity, Minter
from graph.mapping import facts_to_graph
from graph.readback import canonical_order, facts_to_csv, read_extractions, rebuild_extractions
from graph.store import Store, open_store
from ontology.terms import DCTERMS, OA, RDF, TANPU
from tests.graph.conftest import (
    BASE,
    TEXT,
    argument,
    entity,
    find,
    make_extraction,
    sample_entities,
    sample_facts,
    sample_references,
)


def load(store: Store, minter: Minter, *extractions: Extraction) -> None:
    for extraction in extractions:
        graph = facts_to_graph(extraction, minter)
        store.replace_graph(str(minter.graph(extraction.document.id)), graph)


def printed(extraction: Extraction) -> dict[str, object]:
    """The row as it comes out of the exchange file, in canonical order."""
    line = json.dumps(extraction.to_json(), ensure_ascii=False)
    return canonical_order(json.loads(line))


def read_one(store: Store, minter: Minter, extraction: Extraction) -> dict[str, object]:
    load(store, minter, extraction)
    (row,) = read_extractions(store, base=BASE, documents=[extraction.document.id])
    return row


def test_what_was_printed_comes_back(store: Store, minter: Minter, extraction: Extraction) -> None:
    row = read_one(store, minter, extraction)
    assert row == printed(extraction)
    assert len(row["entities"]) == len(sample_entities())  # type: ignore[arg-type]
    assert len(row["references"]) == len(sample_references())  # type: ignore[arg-type]
    assert len(row["facts"]) == len(sample_facts())  # type: ignore[arg-type]


def test_spans_and_labels_of_arguments_come_back(
    store: Store, minter: Minter, extraction: Extraction
) -> None:
    load(store, minter, extraction)
    (rebuilt,) = rebuild_extractions(store, base=BASE)

    def words(facts: Sequence[object]) -> list[str]:
        plain = [
            replace(fact, confidence=round(fact.confidence, 4), **{  # type: ignore[attr-defined,type-var]
                role: replace(filler, aliases=tuple(sorted(filler.aliases)))
                for role, filler in fact.arguments().items()  # type: ignore[attr-defined]
            })
            for fact in facts
        ]  # fmt: skip
        return sorted(map(repr, plain))

    exact = [
        replace(f, value=Decimal(str(f.value).replace("12.50", "12.5")).quantize(Decimal("0.1")),
                qualifier=tuple(sorted(f.qualifier)))
        if isinstance(f, Measures) else f
        for f in extraction.facts
    ]  # fmt: skip
    found = [
        replace(f, value=f.value.quantize(Decimal("0.1"))) if isinstance(f, Measures) else f
        for f in rebuilt.facts
    ]
    assert words(found) == words(exact)
    assert rebuilt.pipeline == extraction.pipeline
    assert rebuilt.document == replace(extraction.document, retrieved="2031-05-09T01:02:03Z")


def test_each_wording_of_a_role_survives(
    store: Store, minter: Minter, extraction: Extraction
) -> None:
    row = read_one(store, minter, extraction)
    persons = [f["person"] for f in row["facts"] if f["type"] == "takes_part"]  # type: ignore[attr-defined]
    assert ["韦一诺", "韦副市长"] in persons
    assert "韦一诺" in persons


def test_documents_share_statements_but_not_what_they_say(
    store: Store, minter: Minter, extraction: Extraction
) -> None:
    other = make_extraction(
        document="a",
        facts=(Theme(event=argument("FORUM", "云梦", nth=None), text="风", evidence=Span(0, 2)),),
    )
    third = replace(
        extraction, document=replace(extraction.document, id="c"), facts=extraction.facts[:3]
    )
    load(store, minter, extraction, other, third)
    rows = list(read_extractions(store, base=BASE))
    assert rows == [printed(other), printed(extraction), printed(third)]


def test_documents_come_in_the_order_asked_for(store: Store, minter: Minter) -> None:
    load(store, minter, *(make_extraction(document=document) for document in "abc"))
    rows = read_extractions(store, base=BASE, documents=["c", "a"])
    assert [row["id"] for row in rows] == ["c", "a"]


@pytest.mark.parametrize("repetitions", [1, 2, 3])
def test_repeated_facts_are_neither_dropped_nor_merged(
    store: Store, minter: Minter, repetitions: int
) -> None:
    fact = Theme(event=argument("FORUM", "储能对话"), text="风", evidence=Span(0, 4))
    varied = replace(fact, confidence=0.25)
    extraction = make_extraction(facts=(fact, varied) * repetitions)
    assert read_one(store, minter, extraction) == printed(extraction)


@pytest.mark.parametrize(
    "text",
    ["a", "\ufeff风\r\n电\r", "\t\u2028\u0085\x0b", "😀e\u0301", "\\n\"'<b>&amp;", "\x00\x1f"],
)
def test_text_survives_code_point_by_code_point(store: Store, minter: Minter, text: str) -> None:
    extraction = Extraction(
        document=SourceDocument(id=text, text=text, title=text, source=text, url=text),
        entities=(),
        facts=(),
        pipeline="p",
    )
    assert read_one(store, minter, extraction) == extraction.to_json()


@pytest.mark.parametrize(
    "value",
    [
        "0",
        "-0",
        "1",
        "-1.5",
        "0.10",
        "1E+3",
        "1E-7",
        "123456789012345678901234567890.123456789",
        "3.0",
    ],
)
def test_values_survive_exactly(store: Store, minter: Minter, value: str) -> None:
    figure = Measures(
        subject=argument("PLACE", "北湾市"),
        indicator="装机",
        value=Decimal(value),
        value_text=value,
        evidence=Span(0, 1),
    )
    extraction = make_extraction(facts=(figure,))
    load(store, minter, extraction)
    (rebuilt,) = rebuild_extractions(store, base=BASE)
    (fact,) = rebuilt.facts
    assert isinstance(fact, Measures)
    assert fact.value == Decimal(value)
    assert canonical_order(rebuilt.to_json()) == printed(extraction)


@pytest.mark.parametrize("indicator", ["PM2.5 浓度", "PM2.5浓度", "“PM2.5”浓度", "ＰＭ2.5浓度"])
def test_an_indicator_keeps_its_spelling(store: Store, minter: Minter, indicator: str) -> None:
    figures = tuple(
        Measures(
            subject=argument("PLACE", "北湾市"),
            indicator=spelling,
            value=Decimal(1),
            value_text="1",
            evidence=Span(0, 1),
        )
        for spelling in (indicator, "PM2.5浓度")
    )
    extraction = make_extraction(facts=figures)
    assert read_one(store, minter, extraction) == printed(extraction)


@pytest.mark.parametrize("date", [None, "2030", "2030-03", "2030-03-05"])
def test_the_precision_of_a_date_survives(store: Store, minter: Minter, date: str | None) -> None:
    fact = Issues(
        org=argument("ORG", "青禾电力"),
        regulation=argument("REGULATION", "北湾市海风利用办法"),
        date=date,
        evidence=Span(0, 1),
    )
    extraction = make_extraction(facts=(fact,))
    assert read_one(store, minter, extraction) == printed(extraction)


@pytest.mark.parametrize(
    "name", ["2031-05-06/2031-05-07", "2031", "2031-02-30", "近期", "2031/2030", "P1Y", "２０３１"]
)
def test_a_date_mention_survives_resolved_or_not(store: Store, minter: Minter, name: str) -> None:
    extraction = make_extraction(entities=(entity("5月6日至7日", "DATE", name),))
    assert read_one(store, minter, extraction) == printed(extraction)


def test_names_that_are_one_thing_keep_their_spellings(store: Store, minter: Minter) -> None:
    extraction = make_extraction(
        entities=(
            entity("储能对话", "FORUM", "“储能”对话"),
            entity("储能对话", "FORUM", nth=1),
        ),
        facts=(
            Alias(
                name=argument("FORUM", "储能对话", "“储能” 对话"),
                alias="对话",
                evidence=find("储能对话"),
            ),
        ),
    )
    assert read_one(store, minter, extraction) == printed(extraction)


def test_a_resolver_that_merges_names_loses_none(store: Store, extraction: Extraction) -> None:
    def merge(kind: EntityKind, name: str, *, document: str | None) -> Identity:
        return Identity("yi-0123456789", "甲")

    row = read_one(store, Minter(BASE, merge), extraction)
    assert row == printed(extraction)


def test_an_unknown_document_is_refused(store: Store) -> None:
    with pytest.raises(DocumentNotFoundError, match="'nowhere'"):
        list(read_extractions(store, base=BASE, documents=["nowhere"]))


def test_a_bad_base_is_refused(store: Store) -> None:
    with pytest.raises(InvalidBaseError):
        list(read_extractions(store, base="graph.example"))


def test_an_empty_store_has_no_rows(store: Store) -> None:
    assert list(read_extractions(store, base=BASE)) == []


@pytest.mark.parametrize(
    ("subject_class", "predicate", "message"),
    [
        (TANPU.Evidence, TANPU.argument, "expected the roles"),
        (TANPU.Theming, TANPU.themeText, "text"),
        (TANPU.Theming, RDF.type, "a statement in the same graph"),
        (TANPU.Argument, TANPU.roleName, "an argument in the same graph"),
    ],
)
def test_a_damaged_graph_is_refused(
    store: Store,
    minter: Minter,
    subject_class: URIRef,
    predicate: URIRef,
    message: str,
) -> None:
    fact = Theme(event=argument("FORUM", "储能对话"), text="风", evidence=Span(0, 4))
    graph = facts_to_graph(make_extraction(facts=(fact,)), minter)
    for node in list(graph.subjects(RDF.type, subject_class)):
        graph.remove((node, predicate, None))
    store.replace_graph(str(minter.graph("bei wan/2031#1")), graph)
    with pytest.raises(UnreadableGraphError, match=message):
        list(read_extractions(store, base=BASE))


def test_a_quotation_without_the_place_of_its_words_is_refused(
    store: Store, minter: Minter, extraction: Extraction
) -> None:
    graph = facts_to_graph(extraction, minter)
    graph.remove((None, TANPU.wordsSpan, None))
    store.replace_graph(str(minter.graph("bei wan/2031#1")), graph)
    with pytest.raises(UnreadableGraphError, match="words_span"):
        list(read_extractions(store, base=BASE))


def test_csv_gives_the_place_of_words_as_two_columns(extraction: Extraction) -> None:
    stream = io.StringIO()
    facts_to_csv([canonical_order(extraction.to_json())], stream)
    rows = [r for r in csv.DictReader(io.StringIO(stream.getvalue())) if r["type"] == "says"]
    assert len(rows) == 2
    for row in rows:
        assert TEXT[int(row["words_start"]) : int(row["words_end"])] == row["words"]
    assert "words_span" not in rows[0]


def test_a_label_that_is_none_is_refused(store: Store, minter: Minter) -> None:
    graph = facts_to_graph(make_extraction(entities=(entity("近期", "DATE"),)), minter)
    (mention,) = graph.subjects(TANPU.entityLabel, None)
    graph.set((mention, TANPU.entityLabel, Literal("WEATHER")))
    store.replace_graph(str(minter.graph("bei wan/2031#1")), graph)
    with pytest.raises(UnreadableGraphError, match="'WEATHER'"):
        list(read_extractions(store, base=BASE))


def test_triples_of_other_graphs_are_not_read(store: Store, minter: Minter) -> None:
    extraction = make_extraction(entities=(entity("近期", "DATE"),))
    load(store, minter, extraction)
    stray = Graph()
    mention = minter.mention(extraction.document.id, find("近期"))
    stray.add((mention, TANPU.canonicalName, Literal("昨天")))
    stray.add((mention, OA.bodyValue, Literal("昨天")))
    stray.add((minter.document("x"), DCTERMS.identifier, Literal("x")))
    store.replace_graph("http://elsewhere.example/g", stray)
    assert list(read_extractions(store, base=BASE)) == [printed(extraction)]


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ({"person": ["甲", "乙", "丙"]}, {"person": ["甲", "丙", "乙"]}),
        ({"person": ["甲", "甲"]}, {"person": "甲"}),
        ({"person": "甲"}, {"person": "甲"}),
        ({"qualifier": ["over", "about", "over"]}, {"qualifier": ["about", "over"]}),
        ({"qualifier": ["over", "over"]}, {"qualifier": "over"}),
        ({"value": 3}, {"value": 3}),
    ],
)
def test_canonical_order_keeps_the_canonical_name_first(
    fact: dict[str, object], expected: dict[str, object]
) -> None:
    place = {"start": 0, "end": 1}
    row = {"id": "a", "entities": [], "references": [], "facts": [{**fact, **place}]}
    assert canonical_order(row)["facts"] == [{**expected, **place}]


def test_canonical_order_keeps_repetitions_and_sorts_by_offset() -> None:
    late, early = {"start": 5, "end": 6, "label": "ORG"}, {"start": 0, "end": 9, "label": "ORG"}
    row = {"id": "a", "entities": [late, early, late], "references": [late, early], "facts": []}
    assert canonical_order(row)["entities"] == [early, late, late]
    assert canonical_order(row)["references"] == [early, late]


def test_csv_has_a_line_for_each_fact(extraction: Extraction) -> None:
    stream = io.StringIO()
    count = facts_to_csv([canonical_order(extraction.to_json())], stream)
    lines = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert count == len(lines) == len(sample_facts())
    assert list(lines[0])[:5] == ["document", "type", "person", "post", "org"]
    (issue,) = [line for line in lines if line["type"] == "issues"]
    assert issue["org"] == "北湾市绿色能源局"
    assert issue["date"] == "2030-03"
    assert issue["person"] == ""
    assert issue["document"] == "bei wan/2031#1"
    assert issue["evidence"].startswith("《北湾市海风利用办法》由")
    (count_line,) = [line for line in lines if line["subject"] == "海风电站"]
    assert count_line["qualifier"] == "cumulative|over"
    assert count_line["value"] == "12500"


_NAMES = st.text(st.sampled_from('甲乙丙AB1 （(“"·.'), min_size=1, max_size=4).filter(
    lambda name: any(c in "甲乙丙AB1（(·." for c in name)
)
_SPANS = st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))).map(
    lambda ends: Span(min(ends), max(ends))
)


@st.composite
def _arguments(draw: st.DrawFn) -> Argument:
    return Argument(
        label=draw(st.sampled_from(get_args(ArgumentLabel))),
        text=draw(_NAMES),
        name=draw(_NAMES),
        span=draw(st.none() | _SPANS),
        aliases=tuple(draw(st.lists(_NAMES, max_size=3))),
    )


_COMMON = {"evidence": _SPANS, "confidence": st.floats(0, 1)}
_DAYS = st.dates(min_value=date(1000, 1, 1)).map(date.isoformat)
_FACTS = st.one_of(
    st.builds(HoldsPost, person=_arguments(), post=_arguments(), org=_arguments(), **_COMMON),
    st.builds(TakesPart, person=_arguments(), event=_arguments(), **_COMMON),
    st.builds(HeldOn, event=_arguments(), start_date=_DAYS, end_date=_DAYS, **_COMMON),
    st.builds(
        Measures,
        subject=_arguments(),
        indicator=_NAMES,
        value=st.decimals(
            allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30
        ),
        value_text=_NAMES,
        unit=st.none() | _NAMES,
        period=st.none() | st.sampled_from(["2030", "2030-03", "2026/2030"]) | _DAYS,
        qualifier=st.lists(st.sampled_from(get_args(Qualifier)), max_size=3).map(tuple),
        **_COMMON,
    ),
    st.builds(Alias, name=_arguments(), alias=_NAMES, **_COMMON),
)


@settings(max_examples=60, deadline=None)
@given(facts=st.lists(_FACTS, max_size=6).map(lambda facts: (*facts, *facts[:1])))
def test_any_facts_come_back(facts: tuple[Fact, ...]) -> None:
    extraction = make_extraction(facts=facts)
    with open_store(None, mode="write", base=BASE) as store:
        assert read_one(store, Minter(BASE), extraction) == printed(extraction)
