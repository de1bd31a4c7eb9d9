"""The front papers: what they say works, and they agree with each other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import cli

READMES = ("README.md", "README.zh-CN.md")
TOUR = re.compile(r"<!-- tour:.*?-->\n```sh\n(.*?)```", re.DOTALL)


def tour(root: Path, name: str) -> str:
    found = TOUR.findall((root / name).read_text(encoding="utf-8"))
    assert len(found) == 1
    return str(found[0])


def commands(script: str) -> list[str]:
    return [line for line in script.splitlines() if line and not line.startswith("#")]


def test_tour_of_the_readme_runs(root: Path, tmp_path: Path) -> None:
    """Every command of the tour ends with status 0, in a folder with the samples alone."""
    command = tmp_path / "bin" / "tanpu"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli "$@"\n')
    command.chmod(0o755)
    work = tmp_path / "work"
    (work / "var").mkdir(parents=True)
    shutil.copytree(root / "samples", work / "samples")
    path = os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path}
    environment["PATH"] = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    environment.pop("TANPU_BASE", None)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", tour(root, "README.md")],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("refused: ")) == (0, 0), done.stderr
    sums = re.findall(r"tanpu: (\d+) stored, (\d+) replaced, (\d+) unchanged", done.stderr)
    count = sums[0][0]
    assert int(count) >= 12
    assert sums == [(count, "0", "0"), ("0", "0", count)]
    graphs = int(count) + 1  # one of links to other data
    assert f"tanpu: {graphs} of {graphs} graphs conform" in done.stderr
    assert "tanpu: removed: wuhan-forum-2022" in done.stderr
    assert (work / "var" / "tour.trig").stat().st_size > 0


def test_both_readmes_have_the_same_tour(root: Path) -> None:
    english, chinese = (commands(tour(root, name)) for name in READMES)
    assert english == chinese


@pytest.mark.parametrize("name", READMES)
def test_files_that_a_readme_links_to_exist(root: Path, name: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", (root / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (root / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_targets_that_a_readme_names_exist(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake (serve|test|install|check|bench|\w+)(?=\s|`|[^\w ])", text))
    rules = set(re.findall(r"^(\w+):", (root / "Makefile").read_text(), flags=re.MULTILINE))
    assert {"serve", "test", "install", "check", "bench"} <= targets
    assert targets <= rules


@pytest.mark.parametrize("name", READMES)
def test_readme_lists_the_suffixes_that_are_read(root: Path, name: str) -> None:
    from extract.readers import SUFFIXES

    text = (root / name).read_text(encoding="utf-8")
    assert [suffix for suffix in SUFFIXES if f"`{suffix}`" not in text] == []


def test_version_is_the_same_everywhere(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert project["version"] == cli.VERSION
    assert re.findall(r"^## \[([^\]]+)\]", changes, flags=re.MULTILINE)[0] == cli.VERSION


def test_changelog_lists_every_verb(root: Path) -> None:
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [verb for verb in cli.main.commands if f"`{verb}`" not in changes] == []
