"""``tanpu link``: what it asks, stores, prints and refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from extract.facts import Fact, HoldsPost, TakesPart
from graph.entities import read_entities
from graph.identity import Minter
from graph.ingest import ingest_extraction
from graph.store import open_store
from tests.graph.conftest import BASE, TEXT, argument, entity, find, make_extraction
from tests.graph.linking.conftest import (
    MANIFEST,
    SPACE,
    MakeService,
    Reply,
    answer_with,
    candidate,
    json_reply,
)

Run = Callable[..., Result]
QUICK = ("--retries", "0", "--timeout", "5")
LEFT, RIGHT = "person:韦一诺@a", "person:韦一诺@b"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `tanpu link` on a store with two documents and an uncertain pair."""
    monkeypatch.chdir(tmp_path)
    for name in ("TANPU_STORE", "TANPU_BASE", "TANPU_DECISIONS", "TANPU_WHO"):
        monkeypatch.delenv(name, raising=False)
    person, first = argument("PERSON", "韦一诺"), find(TEXT.splitlines()[0])
    post, city = argument("POST", "副市长"), argument("PLACE", "北湾市", "深圳市")
    facts: dict[str, Fact] = {
        "a": HoldsPost(person=person, post=post, org=city, evidence=first),
        "b": TakesPart(person=person, event=argument("FORUM", "储能对话"), evidence=first),
    }
    entities = (entity("韦一诺", "PERSON"), entity("青禾电力", "ORG"))
    with open_store(tmp_path / "store", mode="write", base=BASE) as store:
        for document, fact in facts.items():
            extraction = make_extraction(document=document, entities=entities, facts=(fact,))
            assert ingest_extraction(extraction, store, Minter(BASE)).status == "stored"
        store.publish()

    def invoke(*arguments: str, status: int = 0, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(cli.main, ["--store", "store", "link", *arguments], input=stdin)
        assert result.exit_code == status, result.output
        assert isinstance(result.exception, SystemExit | None)
        return result

    return invoke


def entities_of(label: str) -> list[dict[str, Any]]:
    with open_store(Path("store"), mode="read") as store:
        return [row for row in read_entities(store) if row["class"] == label]


def company() -> str:
    (row,) = entities_of("ORG")
    return str(row["iri"])


KNOWN = {"青禾电力": [candidate("17", "青禾电力", 99, match=True), candidate("18", "青禾", 70)]}


# --- services ----------------------------------------------------------------------------


def test_a_service_is_asked_and_its_links_stored(run: Run, make_service: MakeService) -> None:
    service = make_service(answer_with(KNOWN))
    told = run("--service", service.url, *QUICK)
    assert told.stdout == ""
    assert told.stderr == (
        "tanpu: Names: 5 of 5 entities (0 from memory), 1 matches accepted, 0 proposed\n"
    )
    assert entities_of("ORG")[0]["same_as"] == [f"{SPACE}17"]
    again = run("--service", service.url, *QUICK)
    assert "(5 from memory)" in again.stderr
    assert len(service.asked) == 1


def test_a_dry_run_prints_matches_and_stores_nothing(run: Run, make_service: MakeService) -> None:
    service = make_service(answer_with(KNOWN))
    told = run("--service", service.url, "--class", "ORG", "--dry-run", *QUICK)
    assert json.loads(told.stdout) == {
        "entity": company(),
        "class": "ORG",
        "name": "青禾电力",
        "target": f"{SPACE}17",
        "target_name": "青禾电力",
        "match": "exactMatch",
        "status": "accepted",
        "score": 99.0,
        "reason": "same name; score 99; the service is sure; 29 before the second",
    }
    assert entities_of("ORG")[0]["same_as"] == []


def test_class_type_property_limit_and_thresholds_are_heeded(
    run: Run, make_service: MakeService
) -> None:
    service = make_service(answer_with(KNOWN))
    options = ("--class", "ORG", "--class", "PLACE", "--type", "ORG=Q1", "--property", "p=code")
    told = run("--service", service.url, *options, "--margin", "40", "--dry-run", *QUICK)
    queries = sorted(service.asked[0].values(), key=lambda query: str(query["query"]))
    assert queries == [
        {"query": "广东省", "limit": 5, "properties": [{"pid": "p", "v": "440000"}]},
        {"query": "深圳市", "limit": 5, "properties": [{"pid": "p", "v": "440300"}]},
        {"query": "青禾电力", "limit": 5, "type": "Q1"},
    ]
    assert [json.loads(row)["status"] for row in told.stdout.splitlines()] == ["proposed"] * 2
    run("--service", service.url, "--limit", "1", "--cache", "other.sqlite", *QUICK)
    assert len(service.asked[-1]) == 1


def test_what_was_answered_before_a_failure_is_stored(run: Run, make_service: MakeService) -> None:
    def respond(method: str, queries: dict[str, Any]) -> Reply:
        if method == "GET":
            return json_reply(MANIFEST)
        if any(query["query"] == "韦一诺" for query in queries.values()):
            return Reply(b"no JSON")
        return answer_with(KNOWN)(method, queries)

    service = make_service(respond)
    told = run("--service", service.url, "--batch", "1", *QUICK, status=1)
    assert "1 matches accepted" in told.stderr
    assert f"tanpu: {service.url}: batch 1 (1 queries): expected JSON" in told.stderr
    assert entities_of("ORG")[0]["same_as"] == [f"{SPACE}17"]


def test_a_failure_costs_no_stored_link(run: Run, make_service: MakeService) -> None:
    run("--service", (service := make_service(answer_with(KNOWN))).url, *QUICK)
    broken = make_service(lambda method, _: json_reply(MANIFEST) if method == "GET" else Reply(b""))
    run("--service", broken.url, *QUICK, status=1)
    assert entities_of("ORG")[0]["same_as"] == [f"{SPACE}17"]
    assert service.url != broken.url


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected --service, --authority or a command"),
        (["--service", "http://a/", "--authority"], "expected --service, --authority or a command"),
        (["--authority", "stats"], "expected --service, --authority or a command, got two"),
        (["--service", "http://a/", "--type", "ORG"], "expected CLASS=TYPE, got 'ORG'"),
        (["--service", "http://a/", "--property", "=x"], "expected PID=HINT, got '=x'"),
        (["decide", "person:甲", RIGHT, "same"], "expected a reference like person:NAME@DOCUMENT"),
        (["decide", "title:甲@1", RIGHT, "same"], "expected a reference like"),
        (["undo", "http://elsewhere.example/id/org/a", "x"], "expected the IRI of an entity under"),
        (["review", "--export", "-", "--import", "-"], "expected --export or --import, got both"),
    ],
)
def test_wrong_usage_is_told_in_a_line(run: Run, arguments: list[str], message: str) -> None:
    assert message in run(*arguments, status=2).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--service", "ftp://a/"], "expected the http or https address"),
        (["--service", "http://a/", "--type", "DATE=Q1"], "expected a class among"),
        (["--service", "http://a/", "--property", "p=size"], "expected a property of"),
    ],
)
def test_what_cannot_be_asked_is_refused(run: Run, arguments: list[str], message: str) -> None:
    assert message in run(*arguments, status=1).stderr


def test_tables_give_links(run: Run) -> None:
    run("--authority")
    close_to = {row["names"][0]: row["close_to"] for row in entities_of("PLACE")}
    assert close_to == {"广东省": [], "深圳市": ["https://sws.geonames.org/1795565/"]}
    assert json.loads(run("stats", "--format", "json").stdout) == {
        "links": [
            {
                "source": "https://www.geonames.org/",
                "class": "PLACE",
                "match": "closeMatch",
                "status": "accepted",
                "count": 1,
            }
        ],
        "identity decisions": 0,
        "link decisions": 0,
    }
    assert run("stats").stdout.splitlines()[0].split() == [
        "PLACE",
        "closeMatch",
        "accepted",
        "1",
        "https://www.geonames.org/",
    ]


# --- decisions ---------------------------------------------------------------------------


def persons() -> int:
    return len(entities_of("PERSON"))


def test_decide_and_undo(run: Run) -> None:
    before = persons()
    told = run("decide", LEFT, RIGHT, "different", "--who", "林若禾", "--why", "两人")
    assert told.stderr.splitlines()[0] == (
        "tanpu: store.decisions.jsonl: 1 decided, 1 decision in all"
    )
    assert persons() == 2
    line = json.loads(Path("store.decisions.jsonl").read_text(encoding="utf-8"))
    assert (line["who"], line["why"], line["verdict"]) == ("林若禾", "两人", "different")
    run("undo", RIGHT, LEFT)
    assert persons() == before == 1
    assert Path("store.decisions.jsonl").read_text(encoding="utf-8") == ""
    assert "expected a decision on 韦一诺 and 韦一诺" in run("undo", LEFT, RIGHT, status=1).stderr


def test_a_decision_may_wait_for_apply(run: Run) -> None:
    run("decide", LEFT, RIGHT, "different", "--who", "w", "--no-apply")
    assert persons() == 1
    assert "2 documents" in run("apply").stderr
    assert persons() == 2
    assert "0 documents and 0 sets of links changed" in run("apply").stderr


def test_a_decision_on_a_link(run: Run, make_service: MakeService) -> None:
    service = make_service(answer_with(KNOWN))
    run("--service", service.url, *QUICK)
    run("decide", company(), f"{SPACE}17", "different", "--who", "w")
    assert entities_of("ORG")[0]["same_as"] == []
    run("--service", service.url, *QUICK)
    assert entities_of("ORG")[0]["same_as"] == []
    run("undo", company(), f"{SPACE}17")
    assert entities_of("ORG")[0]["same_as"] == [f"{SPACE}17"]


def test_a_decision_that_contradicts_others_is_not_written(run: Run) -> None:
    for left, right in (("甲@1", "甲@2"), ("甲@2", "甲@3")):
        run("decide", f"person:{left}", f"person:{right}", "same", "--who", "w", "--no-apply")
    before = Path("store.decisions.jsonl").read_bytes()
    refused = run("decide", "person:甲@1", "person:甲@3", "different", "--who", "w", status=1)
    assert "expected decisions that agree" in refused.stderr
    assert Path("store.decisions.jsonl").read_bytes() == before


def test_a_file_with_contradictions_can_still_be_mended(run: Run) -> None:
    for left, right in (("甲@1", "甲@2"), ("甲@2", "甲@3")):
        run("decide", f"person:{left}", f"person:{right}", "same", "--who", "w", "--no-apply")
    path = Path("store.decisions.jsonl")
    row = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    row["right"]["document"], row["verdict"] = "3", "different"
    path.write_text(path.read_text(encoding="utf-8") + json.dumps(row) + "\n", encoding="utf-8")
    assert "expected decisions that agree" in run("apply", status=1).stderr
    run("undo", "person:甲@1", "person:甲@3")
    run("apply")


@pytest.mark.parametrize(
    ("keys", "count"),
    [("d\n两人\n", 2), ("s\n\n", 1), ("k\n", 1), ("q\n", 1), ("", 1), ("x\nd\n\n", 2)],
)
def test_review_asks_for_a_key(run: Run, keys: str, count: int) -> None:
    told = run("review", "--who", "w", stdin=keys)
    assert "1/1  person, 0.6" in told.stderr
    assert "now one entity 现为同一实体" in told.stderr
    assert {"  姓名相同，无相反信息", "  one name and nothing against it"} <= set(
        told.stderr.splitlines()
    )
    assert "a: 北湾市副市长韦一诺视频致辞，" in told.stderr
    assert persons() == count
    assert Path("store.decisions.jsonl").exists() == keys.startswith(("d", "s", "x"))


def test_review_says_that_nothing_waits(run: Run) -> None:
    run("decide", LEFT, RIGHT, "different", "--who", "w")
    assert run("review").stderr == "tanpu: nothing waits for a decision 没有待定的内容\n"


def test_review_by_a_table(run: Run) -> None:
    exported = run("review", "--export", "-")
    assert exported.stderr == "tanpu: 1 to decide\n"
    header, row = exported.stdout.splitlines()
    filled = f"{header}\n{row[:-2]},different,两人\n"
    run("review", "--import", "-", "--who", "w", stdin=filled)
    assert persons() == 2
    assert run("review", "--export", "-").stdout == header + "\n"


def test_decisions_may_lie_elsewhere(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANPU_DECISIONS", "kept/decisions.jsonl")
    run("decide", LEFT, RIGHT, "unsure", "--who", "w")
    assert Path("kept/decisions.jsonl").exists()
    assert not Path("store.decisions.jsonl").exists()


def test_a_store_that_is_not_there_is_not_made(run: Run) -> None:
    result = CliRunner().invoke(cli.main, ["--store", "none", "link", "apply"])
    assert result.exit_code == 1
    assert not Path("none").exists()
