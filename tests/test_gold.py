"""The scores of the extraction over annotated articles, and the script that feeds it.

The scorer lies beside the repository, in ``../shared/gold``, as do the nine articles of its
``dev``; without them these tests are skipped. A score that falls is looked into with::

    python tests/gold/to_jsonl.py tests/gold > gold.jsonl
    tanpu extract gold.jsonl > found.jsonl
    python ../shared/gold/score.py tests/gold found.jsonl --errors
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

import cli

Report = dict[str, Any]
Shared = Callable[[str], Path]

# Floors of strict F1; behind each what was measured on 2026-11-22 over the 20 samples and the
# number of gold items. A floor lies about three points below the score, or one wrong item
# below it where a kind has few: a rule that is better on the whole may lose a little somewhere.
OWN_ENTITIES = {
    "micro": 0.955,  # 0.988 of 1178
    "DATE": 0.97,  # 1.000 of 177
    "FORUM": 0.96,  # 1.000 of 51
    "ORG": 0.945,  # 0.977 of 330
    "PERSON": 0.965,  # 0.996 of 220
    "PLACE": 0.935,  # 0.966 of 115
    "POST": 0.96,  # 0.992 of 240
    "REGULATION": 0.97,  # 1.000 of 45
}
OWN_FACTS = {
    "micro": 0.945,  # 0.975 of 789
    "alias": 0.92,  # 1.000 of 13
    "held_at": 0.92,  # 1.000 of 14
    "held_on": 0.95,  # 1.000 of 24
    "holds_post": 0.95,  # 0.979 of 241
    "issues": 0.81,  # 0.865 of 18
    "measures": 0.925,  # 0.958 of 278
    "organizes": 0.97,  # 1.000 of 69
    "part_of": 0.94,  # 1.000 of 18
    "takes_part": 0.95,  # 0.981 of 106
    "theme": 0.87,  # 1.000 of 8
}
# Of the 64 articles in unseen/; measured 0.979 and 0.943 on 2026-11-23. No tagger learnt
# from them; rules were mended on all of them, so that new text gives less (docs/extraction.md).
UNSEEN_FLOORS = {"entities_strict": 0.95, "facts": 0.91}
# Of the nine shared articles; measured 0.991 and 0.986 on the same day. The rules were mended
# on these articles: the unseen ones say more about articles that nobody has read.
DEV_FLOORS = {"entities_strict": 0.90, "facts": 0.80}


def gold_to_jsonl(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the script prints for a folder of gold files."""
    return subprocess.run(
        [sys.executable, str(root / "tests" / "gold" / "to_jsonl.py"), str(folder)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def score(root: Path, scorer: Path, folder: Path, work: Path) -> Report:
    """Script, then command, then scorer, as the issue has it; the scorer's own report."""
    documents, found = work / "documents.jsonl", work / "found.jsonl"
    documents.write_text(gold_to_jsonl(root, folder).stdout, encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["extract", str(documents), "--output", str(found)])
    assert result.exit_code == 0, result.output
    done = subprocess.run(
        [sys.executable, str(scorer), str(folder), str(found), "--json"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    report: Report = json.loads(done.stdout)
    assert report["missing"] == []
    return report


@pytest.fixture(scope="module")
def own(root: Path, shared_path: Shared, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report on the articles of the sample corpus."""
    scorer = shared_path("gold/score.py")
    return score(root, scorer, root / "tests" / "gold", tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def unseen(root: Path, shared_path: Shared, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report on articles that the taggers did not learn from."""
    scorer, folder = shared_path("gold/score.py"), root / "tests" / "gold" / "unseen"
    return score(root, scorer, folder, tmp_path_factory.mktemp("unseen"))


@pytest.fixture(scope="module")
def dev(root: Path, shared_path: Shared, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The report on the shared articles."""
    scorer, folder = shared_path("gold/score.py"), shared_path("gold/dev")
    return score(root, scorer, folder, tmp_path_factory.mktemp("dev"))


# --- scores ------------------------------------------------------------------------------


@pytest.mark.parametrize("label", OWN_ENTITIES)
def test_entities_of_the_samples_reach_the_floor(own: Report, label: str) -> None:
    assert own["entities_strict"][label]["f1"] >= OWN_ENTITIES[label]


@pytest.mark.parametrize("kind", OWN_FACTS)
def test_facts_of_the_samples_reach_the_floor(own: Report, kind: str) -> None:
    assert own["facts"][kind]["f1"] >= OWN_FACTS[kind]


def test_every_label_and_every_kind_of_fact_has_a_floor(own: Report) -> None:
    assert set(OWN_ENTITIES) == set(own["entities_strict"])
    assert set(OWN_FACTS) == set(own["facts"])


@pytest.mark.parametrize("part", UNSEEN_FLOORS)
def test_unseen_articles_reach_the_floor(unseen: Report, part: str) -> None:
    assert unseen[part]["micro"]["f1"] >= UNSEEN_FLOORS[part]


@pytest.mark.parametrize("part", DEV_FLOORS)
def test_shared_articles_reach_the_floor(dev: Report, part: str) -> None:
    assert dev[part]["micro"]["f1"] >= DEV_FLOORS[part]


# --- the script --------------------------------------------------------------------------


def test_script_prints_one_document_a_line(root: Path) -> None:
    done = gold_to_jsonl(root, root / "tests" / "gold")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(list((root / "tests" / "gold").glob("*.yaml")))
    assert all(set(row) <= {"id", "text", "title", "published", "source", "url"} for row in rows)
    gold = yaml.safe_load((root / "tests/gold/wuhan-forum-2022.yaml").read_text("utf-8"))
    row = next(row for row in rows if row["id"] == "wuhan-forum-2022")
    assert row["text"] == gold["text"]
    assert row["published"] == gold["published"].isoformat()


def test_script_reads_a_text_that_lies_beside_the_file(root: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲市开会。\n", encoding="utf-8")
    (tmp_path / "a.yaml").write_text("id: a\ntext_file: a.txt\n", encoding="utf-8")
    done = gold_to_jsonl(root, tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"id": "a", "text": "甲市开会。\n"}


def test_command_reads_what_the_script_prints(root: Path, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "id: a\ntitle: 开会\npublished: 2024-05-09\ntext: 昨天，绍兴市开会。\n", encoding="utf-8"
    )
    lines = gold_to_jsonl(root, tmp_path).stdout
    result = CliRunner().invoke(cli.main, ["extract", "-"], input=lines)
    assert result.exit_code == 0, result.output
    row = json.loads(result.stdout)
    assert (row["id"], row["title"], row["published"]) == ("a", "开会", "2024-05-09")
    assert [(e["text"], e["name"]) for e in row["entities"]] == [
        ("昨天", "2024-05-08"),
        ("绍兴市", "绍兴市"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "expected a folder with *.yaml files, got none"),
        ("- a\n", "a.yaml: expected a mapping, got list"),
        ("id: [\n", "a.yaml: expected YAML, got"),
        ("id: a\n", "a.yaml: expected text to be a text, got None"),
        ("id: 7\ntext: 甲\n", "a.yaml: expected id to be a text, got 7"),
        ("id: a\ntext_file: gone.txt\n", "No such file or directory"),
    ],
)
def test_script_refuses_what_is_no_gold(
    root: Path, tmp_path: Path, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "a.yaml").write_text(content, encoding="utf-8")
    done = gold_to_jsonl(root, tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("to_jsonl: ")
    assert message in done.stderr


def test_script_without_a_folder_says_how_it_is_used(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(root / "tests" / "gold" / "to_jsonl.py")],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "usage: python tests/gold/to_jsonl.py GOLD_FOLDER > documents.jsonl\n"
