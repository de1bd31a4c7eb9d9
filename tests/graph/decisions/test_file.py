"""The file of decisions is read, written whole, and refused line by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from graph.decisions.file import (
    DecisionFileError,
    DecisionsChangedError,
    MalformedDecisionError,
    NoSuchDecisionError,
    RepeatedDecisionError,
    read_decisions,
    with_decisions,
    without_decision,
    write_decisions,
)
from graph.linking.links import LinkDecision
from graph.resolution.decisions import Decision, Reference, Verdict

BASE = "http://graph.example/"
TARGET = "https://names.example/id/17"


def person(name: str, document: str | None) -> Reference:
    return Reference("person", name, document)


def decision(
    left: Reference, right: Reference, verdict: Verdict = "same", *, why: str = "简历相同"
) -> Decision:
    return Decision(left, right, verdict, "林若禾", "2031-05-06", why)


def on_link(
    entity: str = "org/a", target: str = TARGET, verdict: Verdict = "same", when: str = "2031-05-06"
) -> LinkDecision:
    return LinkDecision(
        entity=entity, target=target, verdict=verdict, who="林若禾", when=when, why=""
    )


A1, A2, ANY = person("乔云岫", "1"), person("乔云岫", "2"), person("乔云岫", None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "decisions.jsonl"


# --- writing and reading -----------------------------------------------------------------


def test_no_file_is_no_decisions(path: Path) -> None:
    file = read_decisions(path)
    assert (file.identities, file.links, file.stamp) == ((), (), None)
    assert file.between(A1, A2) is None
    assert list(file.naming(A1)) == []


def test_what_is_written_is_read_back(path: Path) -> None:
    made = [
        decision(A1, A2, "different", why="一在“北湾”\n一在云梦"),
        decision(ANY, person("乔 局长", None), "unsure"),
        decision(Reference("org", "绿能局", "1"), Reference("org", "绿色能源局", "a/b c")),
        on_link(),
    ]
    written = write_decisions(with_decisions(read_decisions(path), made))
    assert {*written.identities, *written.links} == set(made)
    assert read_decisions(path) == written


def test_lines_stand_in_an_order_that_only_the_set_decides(path: Path, tmp_path: Path) -> None:
    made = [decision(A2, A1), decision(person("丙", "1"), A1), on_link(), on_link("org/b")]
    write_decisions(with_decisions(read_decisions(path), made))
    other = tmp_path / "other.jsonl"
    for one in [made[3], made[1], made[0], made[2]]:
        write_decisions(with_decisions(read_decisions(other), [one]))
    assert path.read_bytes() == other.read_bytes()
    assert len(path.read_text(encoding="utf-8").splitlines()) == 4


def test_a_later_decision_takes_the_place_of_an_earlier_one_whatever_the_sides(path: Path) -> None:
    file = write_decisions(with_decisions(read_decisions(path), [decision(A1, A2), on_link()]))
    later = [decision(A2, A1, "different"), on_link(verdict="different")]
    file = write_decisions(with_decisions(file, later))
    assert [d.verdict for d in (*file.identities, *file.links)] == ["different", "different"]


def test_undoing_restores_the_file_as_it_was(path: Path) -> None:
    file = write_decisions(with_decisions(read_decisions(path), [decision(A1, ANY), on_link()]))
    before = path.read_bytes()
    file = write_decisions(with_decisions(file, [decision(A1, A2), on_link("org/b")]))
    file = without_decision(without_decision(file, (A2, A1)), ("org/b", TARGET))
    write_decisions(file)
    assert path.read_bytes() == before


@pytest.mark.parametrize("pair", [(A1, A2), ("org/a", "https://names.example/id/18")])
def test_what_was_not_decided_cannot_be_undone(path: Path, pair: Any) -> None:
    file = with_decisions(read_decisions(path), [decision(A1, ANY), on_link()])
    with pytest.raises(NoSuchDecisionError, match="expected a decision on"):
        without_decision(file, pair)


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(path: Path) -> None:
    file = with_decisions(read_decisions(path), [decision(A1, A2)])
    path.write_text("", encoding="utf-8")
    with pytest.raises(DecisionsChangedError, match="expected the file as it was read"):
        write_decisions(file)
    assert path.read_text(encoding="utf-8") == ""
    assert list(path.parent.iterdir()) == [path]


def test_what_could_not_be_read_back_is_not_written(path: Path) -> None:
    file = with_decisions(read_decisions(path), [on_link("title/x")])
    with pytest.raises(MalformedDecisionError, match="'entity'"):
        write_decisions(file)
    assert not path.exists()


def test_a_folder_is_no_file_of_decisions(tmp_path: Path) -> None:
    with pytest.raises(DecisionFileError, match="cannot read decisions"):
        read_decisions(tmp_path)


# --- refusals ----------------------------------------------------------------------------

GOOD = {
    "kind": "person",
    "left": {"name": "甲", "document": "1"},
    "right": {"name": "甲", "document": None},
    "verdict": "same",
    "who": "林若禾",
    "when": "2031-05-06T01:02:03+00:00",
    "why": "",
}
LINK = {
    "entity": "org/a",
    "target": TARGET,
    "verdict": "same",
    "who": "林若禾",
    "when": "2031-05-06",
    "why": "",
}


def test_the_good_lines_of_the_next_tests_are_good(path: Path) -> None:
    path.write_text(f"{json.dumps(GOOD)}\n\n{json.dumps(LINK)}", encoding="utf-8")
    file = read_decisions(path)
    assert list(file.lines.values()) == [1, 3]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("no", "expected JSON"),
        ("<<<<<<< HEAD", "expected JSON"),
        ("[" * 100_000, "expected JSON"),
        ([], "expected an object"),
        ({}, "expected the fields"),
        ({**GOOD, "more": 1}, "expected the fields"),
        ({**GOOD, "entity": "org/a"}, "expected the fields"),
        ({**GOOD, "verdict": "maybe"}, "expected 'verdict' among"),
        ({**GOOD, "verdict": []}, "expected 'verdict' among"),
        ({**GOOD, "who": " "}, "expected 'who' to be a string that is not empty"),
        ({**GOOD, "why": None}, "expected 'why' to be a string"),
        ({**GOOD, "why": "\ud800"}, "expected Unicode characters"),
        ({**GOOD, "when": "yesterday"}, "expected 'when' to be an ISO date or moment"),
        ({**GOOD, "when": "2031-02-30"}, "expected 'when'"),
        ({**GOOD, "when": "20310506"}, "expected 'when'"),
        ({**GOOD, "kind": "title"}, "expected 'kind' among"),
        ({**GOOD, "left": "甲"}, "expected a reference to have 'name' and 'document'"),
        ({**GOOD, "left": {"name": "甲"}}, "expected a reference to have"),
        ({**GOOD, "left": {"name": "《 》", "document": "1"}}, "expected 'name' to be a name"),
        ({**GOOD, "left": {"name": "甲", "document": ""}}, "expected 'document'"),
        ({**GOOD, "right": GOOD["left"]}, "expected two references"),
        ({**LINK, "entity": "a"}, "expected 'entity' to be the end of an entity's IRI"),
        ({**LINK, "entity": "title/a"}, "expected 'entity'"),
        ({**LINK, "target": "javascript:1"}, "expected 'target' to be an http or https IRI"),
        ({**LINK, "target": "http://a/" + "x" * 2048}, "expected 'target' of at most"),
    ],
)
def test_lines_that_are_no_decision_are_refused_by_number(
    path: Path, row: Any, message: str
) -> None:
    line = row if isinstance(row, str) else json.dumps(row)
    path.write_text(f"{json.dumps(GOOD)}\n{line}\n", encoding="utf-8")
    with pytest.raises(MalformedDecisionError) as refused:
        read_decisions(path)
    assert str(refused.value).startswith(f"{path}, line 2: ")
    assert message in str(refused.value)
    assert len(str(refused.value)) < 600


def test_bytes_that_are_no_utf_8_are_refused(path: Path) -> None:
    path.write_bytes(json.dumps(GOOD).encode() + b"\xff")
    with pytest.raises(MalformedDecisionError, match="expected decisions in UTF-8"):
        read_decisions(path)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (GOOD, {**GOOD, "verdict": "different"}),
        (GOOD, {**GOOD, "left": GOOD["right"], "right": GOOD["left"]}),
        (LINK, {**LINK, "verdict": "different"}),
    ],
)
def test_two_lines_on_one_pair_are_refused(path: Path, first: Any, second: Any) -> None:
    path.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n", encoding="utf-8")
    with pytest.raises(RepeatedDecisionError, match=r"line 2: .* line 1"):
        read_decisions(path)


# --- asking ------------------------------------------------------------------------------


def test_the_decision_that_names_more_documents_wins(path: Path) -> None:
    general = decision(ANY, ANY, "different")
    half = decision(A1, ANY, "unsure")
    exact = decision(A1, A2, "same")
    file = with_decisions(read_decisions(path), [general])
    assert file.between(A1, A2) == general
    file = with_decisions(file, [half])
    assert file.between(A1, A2) == file.between(A2, A1) == half
    assert file.between(A2, person("乔云岫", "3")) == general
    file = with_decisions(file, [exact])
    assert file.between(A2, A1) == exact


def test_names_are_compared_by_their_key_and_kinds_apart(path: Path) -> None:
    file = with_decisions(read_decisions(path), [decision(person("“乔 云岫”", "1"), A2)])
    assert file.between(A1, A2) is not None
    assert file.between(Reference("org", "乔云岫", "1"), Reference("org", "乔云岫", "2")) is None


def test_the_decisions_that_name_a_reference_are_found(path: Path) -> None:
    other = person("老乔", "3")
    near, far = decision(A1, other), decision(ANY, person("乔主任", None))
    file = with_decisions(read_decisions(path), [near, far])
    assert set(file.naming(A1)) == {near, far}
    assert set(file.naming(A2)) == {far}
    assert set(file.naming(other)) == {near}
    assert set(file.naming(person("老乔", "4"))) == set()


def test_decisions_on_links_follow_merged_entities_and_the_latest_wins(path: Path) -> None:
    first, second = on_link("org/a", when="2031-05-06"), on_link("org/b", when="2031-05-07")
    second = on_link("org/b", verdict="different", when="2031-05-07")
    file = with_decisions(read_decisions(path), [first, second])
    apart = file.on_links(BASE, {})
    assert {key[0]: value.verdict for key, value in apart.items()} == {
        f"{BASE}id/org/a": "same",
        f"{BASE}id/org/b": "different",
    }
    together = file.on_links(BASE, {f"{BASE}id/org/a": f"{BASE}id/org/b"})
    assert {key: value.verdict for key, value in together.items()} == {
        (f"{BASE}id/org/b", TARGET): "different"
    }
