"""The flat view: overlaps settled, tokens split where a name begins or ends inside one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from spacy.tokens import Doc

from extract.candidates import Candidate, add_candidates
from extract.confidence import Proposal
from extract.entities import align_tokens, known_names, set_entities, settle_spans
from extract.facts import EntityLabel, Span

MakeDoc = Callable[[str], Doc]


def candidate(start: int, end: int, label: EntityLabel, score: float = 0.9) -> Candidate:
    return Candidate(Span(start, end), label, score, "test")


def test_tokens_are_split_where_a_name_ends_inside_one(make_doc: MakeDoc) -> None:
    doc = make_doc("绍兴市长/n 到会/v")
    align_tokens(doc, [Span(0, 2), Span(2, 4)])
    assert [(t.text, t.tag_) for t in doc] == [("绍兴", "n"), ("市长", "n"), ("到会", "v")]
    assert doc.text == "绍兴市长到会"


def test_tokens_on_boundaries_stay_whole(make_doc: MakeDoc) -> None:
    doc = make_doc("绍兴市/LOC 市长/n")
    align_tokens(doc, [Span(0, 3), Span(3, 5)])
    assert [t.text for t in doc] == ["绍兴市", "市长"]


def test_one_token_is_split_at_many_places(make_doc: MakeDoc) -> None:
    doc = make_doc("绍兴市市长沈墨言/n")
    align_tokens(doc, [Span(0, 3), Span(3, 5), Span(5, 8)])
    assert [t.text for t in doc] == ["绍兴市", "市长", "沈墨言"]


def test_entities_are_written_to_the_doc(make_doc: MakeDoc) -> None:
    doc = make_doc("绍兴市长/n 到会/v")
    set_entities(doc, [candidate(0, 2, "PLACE"), candidate(2, 4, "POST")])
    assert [(e.text, e.label_, e.start_char) for e in doc.ents] == [
        ("绍兴", "PLACE", 0),
        ("市长", "POST", 2),
    ]


@pytest.mark.parametrize("span", [Span(4, 9), Span(7, 8)])
def test_a_span_outside_the_text_is_refused(make_doc: MakeDoc, span: Span) -> None:
    doc = make_doc("绍兴市长/n 到会/v")
    with pytest.raises(ValueError, match="expected a span on token boundaries"):
        set_entities(doc, [Candidate(span, "PLACE", 0.9, "test")])


def test_component_chooses_and_keeps_what_it_chose(nlp: Any, make_doc: MakeDoc) -> None:
    doc = make_doc("绍兴市/LOC 生态/n 环境局/n 发布/v")
    add_candidates(doc, [candidate(0, 3, "PLACE"), candidate(0, 8, "ORG")])
    doc = nlp.get_pipe("tanpu_entities")(doc)
    assert [(e.text, e.label_) for e in doc.ents] == [("绍兴市生态环境局", "ORG")]
    assert [c.label for c in doc._.chosen] == ["ORG"]


NESTED = [
    ("绍兴市生态环境局发布消息。", [("ORG", "绍兴市生态环境局")]),
    ("《绍兴市湿地保护条例》施行。", [("REGULATION", "绍兴市湿地保护条例")]),
    ("2024越州碳中和论坛开幕。", [("FORUM", "2024越州碳中和论坛")]),
    (
        "绍兴市市长沈墨言到会。",
        [("PLACE", "绍兴市"), ("POST", "市长"), ("PERSON", "沈墨言")],
    ),
    (
        "绍兴市委书记沈墨言到会。",
        [("ORG", "绍兴市委"), ("POST", "书记"), ("PERSON", "沈墨言")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), NESTED)
def test_longest_name_wins_and_nothing_lies_inside_it(
    read: Callable[..., Any], text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(e.label, e.text) for e in read(text).entities] == expected


def test_doc_and_extraction_agree(nlp: Any) -> None:
    doc = nlp("绍兴市市长沈墨言5月8日出席2024越州碳中和论坛。")
    assert [(e.start_char, e.end_char, e.label_) for e in doc.ents] == [
        (e.span.start, e.span.end, e.label) for e in doc._.entities
    ]


SETTLED = [
    ("青岛主城区", [("青岛", "PLACE"), ("主城区", "PLACE")], ["青岛主城区"]),
    ("青岛主城区", [("青岛", "PLACE")], ["青岛主城区"]),
    ("老城即墨区", [("老城即墨区", "PLACE")], ["即墨区"]),
    ("全国发电", [("全国", "PLACE")], []),
    ("控股股东青禾氢能集团", [("控股股东青禾氢能集团", "ORG")], ["青禾氢能集团"]),
    ("荷兰青禾机构（QHJ）", [("荷兰青禾机构（QHJ）", "ORG")], ["荷兰青禾机构"]),
    ("青禾（江苏）公司", [("青禾（江苏）公司", "ORG")], ["青禾（江苏）公司"]),
    ("早年任教", [("早年", "DATE")], []),
    ("首次青禾论坛", [("首次青禾论坛", "FORUM")], ["青禾论坛"]),
    ("青岛市区政府", [("青岛", "PLACE"), ("市区政府", "ORG")], ["青岛", "市区政府"]),
]


@pytest.mark.parametrize(("text", "chosen", "expected"), SETTLED)
def test_spans_lose_what_is_no_part_of_a_name_and_gain_what_completes_it(
    text: str, chosen: list[tuple[str, EntityLabel]], expected: list[str]
) -> None:
    candidates = [
        Candidate(Span(at := text.index(name), at + len(name)), label, 0.9, "by hand")
        for name, label in chosen
    ]
    assert [c.span.of(text) for c in settle_spans(text, candidates)] == expected


KNOWN = [
    ("青岛市即墨区", "青岛市", ("即墨区", "PLACE"), ["即墨区"]),
    ("济南市即墨区", "济南市", ("即墨区", "PLACE"), []),  # not of that city
    ("青岛市和国家能源局", "青岛市", ("国家能源局", "ORG"), ["国家能源局"]),
    ("青岛市和青禾能源局", "青岛市", ("青禾能源局", "ORG"), []),
    ("青岛市统计局", "青岛市统计局", ("统计局", "ORG"), []),  # a name is there already
]


@pytest.mark.parametrize(("text", "chosen", "proposed", "expected"), KNOWN)
def test_names_that_lists_know_are_kept_though_the_tagger_doubts_them(
    text: str, chosen: str, proposed: tuple[str, EntityLabel], expected: list[str]
) -> None:
    name, label = proposed
    span = Span(at := text.index(name), at + len(name))
    proposal = Proposal(span, label, rule=None, tagged=0.3, proposed=True, crossed=0.0)
    whole: EntityLabel = "ORG" if chosen.endswith("局") else "PLACE"
    there = [Candidate(Span(0, len(chosen)), whole, 0.9, "by hand")]
    assert [c.span.of(text) for c in known_names(text, [proposal], there)] == expected
