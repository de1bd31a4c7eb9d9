"""Which statements exclude each other, and which only seem to."""

from __future__ import annotations

import csv
import io
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from extract.facts import Extraction, Qualifier
from graph.contradictions import (
    Contradiction,
    contradictions_of,
    find_contradictions,
    read_rules,
)
from graph.identity import Minter
from graph.store import Store, open_store
from tests.graph.timeline_articles import (
    figure_article,
    fill,
    forum_article,
    issue_article,
    post_article,
)

Figure = tuple[str, str, str, str | None, tuple[Qualifier, ...]]


def mayor(
    document: str, person: str, published: str | None, text: str = "", *, former: bool = False
) -> Extraction:
    return post_article(
        document,
        text or f"北湾市市长{person}讲话。",
        person=person,
        title="市长",
        unit="北湾市",
        published=published,
        former=former,
    )


def deputy(document: str, person: str, published: str) -> Extraction:
    text = f"北湾市副市长{person}讲话。"
    return post_article(
        document, text, person=person, title="副市长", unit="北湾市", published=published
    )


def found(store: Store) -> list[tuple[str, list[str]]]:
    return [
        (one.rule.name, sorted(claim.value for claim in one.claims))
        for one in find_contradictions(store)
    ]


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        # Two on one day.
        (
            [mayor("a", "韦一诺", "2031-01-05"), mayor("b", "贺临川", "2031-01-05")],
            ["贺临川 2031-01-05", "韦一诺 2031-01-05"],
        ),
        # One between two days of the other.
        (
            [
                mayor("a", "韦一诺", "2031-01-05"),
                mayor("b", "贺临川", "2031-02-01"),
                mayor("c", "韦一诺", "2031-03-01"),
            ],
            ["贺临川 2031-02-01", "韦一诺 2031-01-05/2031-03-01"],
        ),
        # Stated periods.
        (
            [
                mayor("a", "韦一诺", "2031-01-05", "韦一诺2020年至2026年任北湾市市长。", former=True),
                mayor("b", "贺临川", "2031-01-06", "贺临川2022年至2024年任北湾市市长。", former=True),
            ],
            ["贺临川 2022-12-31/2024-01-01", "韦一诺 2020-12-31/2026-01-01"],
        ),
    ],
)  # fmt: skip
def test_two_holders_of_a_post_of_one_at_one_time_are_found(
    store: Store, articles: list[Extraction], expected: list[str]
) -> None:
    fill(store, *articles)
    assert found(store) == [("two_holders", sorted(expected))]


@pytest.mark.parametrize(
    "articles",
    [
        # One after the other.
        [mayor("a", "韦一诺", "2031-01-05"), mayor("b", "贺临川", "2031-02-01")],
        # The former one beside the new one.
        [
            mayor("a", "韦一诺", "2031-01-05", "北湾市原市长韦一诺到会。", former=True),
            mayor("b", "贺临川", "2031-01-05"),
        ],
        # One leaves and one comes on one day.
        [
            mayor("a", "韦一诺", "2031-01-05"),
            mayor("b", "韦一诺", "2031-01-05", "会议免去韦一诺的北湾市市长职务。", former=True),
            mayor("c", "贺临川", "2031-01-05", "2031年1月5日，会议任命贺临川为北湾市市长。"),
        ],
        # Nobody knows when.
        [mayor("a", "韦一诺", None), mayor("b", "贺临川", None)],
        # Deputies are several.
        [deputy("a", "韦一诺", "2031-01-05"), deputy("b", "贺临川", "2031-01-05")],
        # Mayors of two cities.
        [
            mayor("a", "韦一诺", "2031-01-05"),
            post_article(
                "b", "南屿市市长贺临川讲话。", person="贺临川", title="市长", unit="南屿市",
                published="2031-01-05",
            ),
        ],
    ],
)  # fmt: skip
def test_holders_at_different_times_or_of_different_posts_are_none(
    store: Store, articles: list[Extraction]
) -> None:
    fill(store, *articles)
    assert found(store) == []


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        (
            [figure_article("a", "12500", "1.25万座", unit="座"), figure_article("b", "14000", "1.4万座", unit="座")],
            ["1.25万座", "1.4万座"],
        ),
        # Counts of one digit are exact.
        ([figure_article("a", "12", "12座", unit="座"), figure_article("b", "13", "13座", unit="座")], ["12座", "13座"]),
        # Units are compared, not their wordings.
        (
            [figure_article("a", "5", "5吉瓦", unit="吉瓦"), figure_article("b", "4000000", "400万千瓦", unit="千瓦")],
            ["400万千瓦", "5吉瓦"],
        ),
        # A bound that the other value breaks.
        (
            [
                figure_article("a", "100", "超过100座", unit="座", qualifiers=("over",)),
                figure_article("b", "95", "95座", unit="座"),
            ],
            ["95座", "超过100座"],
        ),
        # One year, written in two ways.
        (
            [
                figure_article("a", "12", "12座", unit="座", period="2030"),
                figure_article("b", "18", "18座", unit="座", period="2030-01/2030-12"),
            ],
            ["12座", "18座"],
        ),
    ],
)  # fmt: skip
def test_values_that_exclude_each_other_are_found(
    store: Store, articles: list[Extraction], expected: list[str]
) -> None:
    fill(store, *articles)
    assert found(store) == [("two_values", sorted(expected))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Rounded.
        (("12500", "1.25万座", "座", "2030", ()), ("12460", "1.246万座", "座", "2030", ())),
        (("12000", "1.2万座", "座", "2030", ()), ("12480", "12480座", "座", "2030", ())),
        # The same in another unit.
        (("5", "5吉瓦", "吉瓦", "2030", ()), ("5000000", "500万千瓦", "千瓦", "2030", ())),
        (("100", "超过100座", "座", "2030", ("over",)), ("118", "118座", "座", "2030", ())),
        (("100", "不足100座", "座", "2030", ("under",)), ("88", "88座", "座", "2030", ())),
        (("100", "约100座", "座", "2030", ("about",)), ("103", "103座", "座", "2030", ())),
        # Another year, a target, a change, a unit of another kind, no period.
        (("12", "12座", "座", "2030", ()), ("18", "18座", "座", "2029", ())),
        (("12", "12座", "座", "2030", ()), ("18", "18座", "座", "2030", ("target",))),
        (("12", "12座", "座", "2030", ()), ("18", "18%", "%", "2030", ("increase",))),
        (("12", "12座", "座", "2030", ()), ("18", "18家", "家", "2030", ())),
        (("12", "12座", "座", "2030", ()), ("18", "18万千瓦", "千瓦", "2030", ())),
        (("12", "12座", "座", None, ()), ("18", "18座", "座", None, ())),
    ],
)  # fmt: skip
def test_values_that_can_both_be_right_are_none(store: Store, one: Figure, other: Figure) -> None:
    for document, (value, text, unit, period, qualifiers) in (("a", one), ("b", other)):
        fill(
            store,
            figure_article(document, value, text, unit=unit, period=period, qualifiers=qualifiers),
        )
    assert found(store) == []


def test_of_several_values_those_that_fit_all_others_are_left_out(store: Store) -> None:
    fill(
        store,
        figure_article("a", "12", "12座", unit="座"),
        figure_article("b", "10", "超过10座", unit="座", qualifiers=("over",)),
        figure_article("c", "18", "18座", unit="座"),
    )
    assert found(store) == [("two_values", ["12座", "18座"])]


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        ([issue_article("a", "2030-03"), issue_article("b", "2030-05")], "two_issue_dates"),
        ([issue_article("a", "2030-03-01"), issue_article("b", "2030-03-02")], "two_issue_dates"),
        ([issue_article("a", "2030"), issue_article("b", "2030-05")], None),
        ([issue_article("a", "2030-03"), issue_article("b", "2030-05", issuer="北湾市财政局")], None),
        (
            [issue_article("a", "2030-04-01", step="in_force"), issue_article("b", "2030-05-01", step="in_force")],
            "two_step_dates",
        ),
        (
            [issue_article("a", "2030-04-01", step="adopted"), issue_article("b", "2030-05-01", step="in_force")],
            None,
        ),
        (
            [forum_article("a", days=("2031-05-06", "2031-05-07")), forum_article("b", days=("2031-06-06", "2031-06-07"))],
            "two_event_dates",
        ),
        (
            [forum_article("a", days=("2031-05-06", "2031-05-07")), forum_article("b", days=("2031-05-07", "2031-05-08"))],
            "two_event_dates",
        ),
        (
            [forum_article("a", days=("2031-05-06", "2031-05-07")), forum_article("b", days=("2031-05-06", "2031-05-06"))],
            None,
        ),
        ([forum_article("a", venues=("北湾会展中心",)), forum_article("b", venues=("南屿礼堂",))], "two_venues"),
        ([forum_article("a", venues=("厦门市",)), forum_article("b", venues=("武汉市",))], "two_venues"),
        ([forum_article("a", venues=("厦门市",)), forum_article("b", venues=("思明区",))], None),
        ([forum_article("a", venues=("厦门市",)), forum_article("b", venues=("北湾会展中心",))], None),
        # One article names both: a main venue and another one.
        ([forum_article("a", venues=("北湾会展中心", "南屿礼堂"))], None),
    ],
)  # fmt: skip
def test_dates_and_venues_that_exclude_each_other_are_found(
    store: Store, articles: list[Extraction], expected: str | None
) -> None:
    fill(store, *articles)
    assert [name for name, _ in found(store)] == ([] if expected is None else [expected])


def test_a_contradiction_names_both_sides_with_their_sentences(store: Store) -> None:
    fill(store, mayor("a", "韦一诺", "2031-01-05"), mayor("b", "贺临川", "2031-01-05"))
    (one,) = find_contradictions(store)
    row = one.to_json()
    assert (row["subject_name"], row["matter_name"]) == ("北湾市", "北湾市市长")
    assert sorted((s["id"], s["sentence"]) for c in row["claims"] for s in c["sources"]) == [
        ("a", "北湾市市长韦一诺讲话。"),
        ("b", "北湾市市长贺临川讲话。"),
    ]
    assert row["confidence"] == 0.9
    assert re.fullmatch(r"[0-9a-f]{10}", row["key"])


def test_both_statements_stay_in_the_store(store: Store) -> None:
    fill(store, mayor("a", "韦一诺", "2031-01-05"), mayor("b", "贺临川", "2031-01-05"))
    (one,) = find_contradictions(store)
    for claim in one.claims:
        assert store.graph(claim.sources[0].document.replace("id/document/", "graph/"))


def test_a_thing_and_a_statement_know_their_own_contradictions(
    store: Store, minter: Minter
) -> None:
    fill(
        store,
        mayor("a", "韦一诺", "2031-01-05"),
        mayor("b", "贺临川", "2031-01-05"),
        deputy("c", "柳青", "2031-01-05"),
        figure_article("d", "12", "12座", unit="座"),
        figure_article("e", "18", "18座", unit="座"),
    )

    def names(iri: str) -> list[str]:
        return [one.rule.name for one in contradictions_of(store, iri)]

    everything: tuple[Contradiction, ...] = find_contradictions(store)
    assert [one.rule.name for one in everything] == ["two_holders", "two_values"]
    assert names(str(minter.entity("place", "北湾市"))) == ["two_holders", "two_values"]
    assert names(str(minter.entity("person", "韦一诺"))) == ["two_holders"]
    assert names(str(minter.entity("person", "柳青"))) == []
    assert names(everything[0].matter or "") == ["two_holders"]
    assert names(everything[1].claims[0].statement) == ["two_values"]


def test_claims_that_are_not_sure_enough_contradict_nothing(store: Store) -> None:
    unsure = post_article(
        "b", "北湾市市长贺临川讲话。", person="贺临川", title="市长", unit="北湾市",
        published="2031-01-05", confidence=0.4,
    )  # fmt: skip
    fill(store, mayor("a", "韦一诺", "2031-01-05"), unsure)
    assert len(find_contradictions(store)) == 1
    assert find_contradictions(store, least=0.5) == ()


def test_the_command_prints_rows_of_both_formats(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", mode="write", base="http://graph.example/") as opened:
        fill(opened, mayor("a", "韦一诺", "2031-01-05"), mayor("b", "贺临川", "2031-01-05"))
        opened.publish()

    def run(*arguments: str) -> str:
        command = ["--store", str(tmp_path / "store"), "contradictions", *arguments]
        result = CliRunner().invoke(cli.main, command)
        assert result.exit_code == 0, result.output
        return result.stdout

    (row,) = [json.loads(line) for line in run().splitlines()]
    assert row["rule"] == "two_holders"
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv"))))
    assert {r["key"] for r in rows} == {row["key"]}
    assert sorted(r["document"] for r in rows) == ["a", "b"]
    assert run("--min-confidence", "0.95") == ""


def test_every_rule_file_has_labels_in_both_languages() -> None:
    rules = read_rules()
    stems = sorted(
        entry.name.removesuffix(".rq") for entry in files("graph").joinpath("rules").iterdir()
    )
    assert [rule.name for rule in rules] == stems
    assert all(rule.zh and rule.en for rule in rules)
