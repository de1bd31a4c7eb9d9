"""Companies by the short names that a text gives or implies, and counties taken for persons."""

from __future__ import annotations

import pytest

from extract.candidates import Candidate
from extract.companies import company_names, places_in_short
from extract.confidence import Proposal
from extract.facts import EntityLabel, Span

Named = tuple[str, EntityLabel, int]  # wording, label, which occurrence


def chosen_in(text: str, named: list[Named]) -> list[Candidate]:
    found = []
    for wording, label, nth in named:
        at = -1
        for _ in range(nth):
            at = text.index(wording, at + 1)
        found.append(Candidate(Span(at, at + len(wording)), label, 0.9, "test"))
    return sorted(found)


def listed(text: str, candidates: list[Candidate]) -> list[tuple[str, str]]:
    return [(c.label, c.span.of(text)) for c in candidates]


FULL = "青川能源集团有限公司"


@pytest.mark.parametrize(
    ("text", "places", "expected"),
    [
        (f"{FULL}成立。青川能源的总部在外地。", [("青川", "PLACE", 2)], ("ORG", "青川能源")),
        (f"{FULL}成立。青川能源董事长到会。", [("青川", "PLACE", 2)], ("ORG", "青川能源")),
        ("今天白沙炼化总经理到会。", [("白沙", "PLACE", 1)], ("ORG", "白沙炼化")),
        # The place itself: nothing of the name follows, or more than the name does.
        (f"{FULL}成立。青川的总部在外地。", [("青川", "PLACE", 2)], ("PLACE", "青川")),
        (f"{FULL}成立。青川能源消费下降。", [("青川", "PLACE", 2)], ("PLACE", "青川")),
        (f"{FULL}成立。青川县能源充足。", [("青川县", "PLACE", 1)], ("PLACE", "青川县")),
        ("今天白沙召开会议，总经理到会。", [("白沙", "PLACE", 1)], ("PLACE", "白沙")),
    ],
)
def test_a_company_takes_the_place_that_its_short_name_begins_with(
    text: str, places: list[Named], expected: tuple[str, str]
) -> None:
    names: list[Named] = [(FULL, "ORG", 1)] if FULL in text else []
    found = company_names(text, (), chosen_in(text, [*names, *places]))
    assert listed(text, found)[-1] == expected


def test_a_short_name_that_the_text_defines_goes_before_the_place_in_it() -> None:
    text = "青川时风携手外地"
    alias = Candidate(Span(0, 4), "ORG", 0.97, "aliases")
    proposal = Proposal(alias.span, "ORG", alias, 0.02, proposed=False, crossed=0.8)
    found = company_names(text, [proposal], chosen_in(text, [("青川", "PLACE", 1)]))
    assert listed(text, found) == [("ORG", "青川时风")]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("武宁县公布方案。武宁是试点。", "PLACE"),
        ("武宁签约。武宁县公布方案。", "PLACE"),
        ("方案公布。武宁是试点。", "PERSON"),
    ],
)
def test_the_short_name_of_a_county_named_in_full_is_no_person(text: str, label: str) -> None:
    nth = 2 if text.startswith("武宁县") else 1
    found = places_in_short(text, chosen_in(text, [("武宁", "PERSON", nth)]))
    assert listed(text, found) == [(label, "武宁")]


def test_who_has_a_post_stays_a_person() -> None:
    text = "武宁县局长武宁到会。"
    names = chosen_in(text, [("局长", "POST", 1), ("武宁", "PERSON", 2)])
    assert listed(text, places_in_short(text, names))[-1] == ("PERSON", "武宁")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("青禾中国总裁到会。", ["青禾中国"]),
        ("张某，以及青禾中国总裁到会。", ["青禾中国"]),
        ("去年，出任中国总裁的人不多。", []),
        ("青禾中国市场广阔。", []),
    ],
)
def test_the_unit_of_a_firm_in_a_country_stands_before_its_head(
    text: str, names: list[str]
) -> None:
    assert [c.span.of(text) for c in company_names(text, (), ())] == names
