"""The example of ``docs/annotation.md`` does what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = re.compile(r"<!-- example:.*?-->\n```sh\n(.*?)```", re.DOTALL)
LINES = re.compile(r"<!-- lines:.*?-->\n```\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def document(root: Path) -> str:
    return (root / "docs" / "annotation.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def work(root: Path, document: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the example has been run."""
    folder = tmp_path_factory.mktemp("annotation")
    command = tmp_path_factory.mktemp("bin") / "tanpu"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli "$@"\n')
    command.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    environment["PATH"] = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    (script,) = SCRIPT.findall(document)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "tanpu: 1 of 1 documents can be imported\n" in done.stderr
    return folder


def test_what_was_added_by_hand_is_imported(work: Path) -> None:
    (row,) = map(json.loads, (work / "corrected.jsonl").read_text("utf-8").splitlines())
    assert "白露" in [entity["text"] for entity in row["entities"]]
    added: list[dict[str, Any]] = [fact for fact in row["facts"] if fact.get("person") == "白露"]
    assert {
        "type": "takes_part",
        "person": "白露",
        "event": "第二届海湾绿电论坛",
        "role": "addresses",
        "mode": "video",
        "start": 53,
        "end": 66,
        "confidence": 1.0,
    } in added


def test_lines_that_are_shown_are_written(work: Path, document: str) -> None:
    written = [
        without_ids(line) for line in (work / "work/news.ann").read_text("utf-8").splitlines()
    ]
    (shown,) = LINES.findall(document)
    assert shown.strip()
    for line in shown.splitlines():
        assert without_ids(line) in written


def without_ids(line: str) -> str:
    """A line without its numbers of annotations, which depend on what else was found."""
    return re.sub(r"(?<![0-9A-Za-z])([TEA])[0-9]+", r"\1", line)
