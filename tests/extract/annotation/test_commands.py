"""The verbs of ``tanpu annotate``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

import cli
from tests.extract.annotation.conftest import example_row

pytestmark = pytest.mark.usefixtures("simple_pipeline")

Run = Callable[..., Result]
TEXT = "本报讯　甲市与乙市签约，甲市出资。"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``tanpu annotate`` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str, status: int = 0, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(cli.main, ["annotate", *arguments], input=stdin)
        assert result.exit_code == status, result.output
        assert isinstance(result.exception, SystemExit | None)
        return result

    return invoke


@pytest.fixture
def exported(run: Run, tmp_path: Path) -> Path:
    """A folder with one document, extracted and exported."""
    (tmp_path / "news.txt").write_text(TEXT, encoding="utf-8")
    run("export", "news.txt", "--published", "2024-05-09", "--output", "work")
    return tmp_path / "work"


def correct(folder: Path, old: str, new: str) -> None:
    path = folder / "news.ann"
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def test_text_is_extracted_and_exported(run: Run, exported: Path) -> None:
    assert sorted(path.name for path in exported.iterdir()) == [
        "annotation.conf",
        "news.ann",
        "news.json",
        "news.txt",
        "visual.conf",
    ]
    assert (exported / "news.txt").read_text("utf-8") == TEXT
    assert (exported / "news.ann").read_text("utf-8").startswith("T1\tPLACE 4 6\t甲市\n")


def test_rows_of_the_extraction_are_exported_as_they_are(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps(example_row()), encoding="utf-8")
    result = run("export", "rows.jsonl", "--output", "work")
    assert result.stderr == "tanpu: 1 exported, 0 refused\n"
    assert json.loads(run("import", "work").stdout) == example_row()


def test_standard_input_is_exported(run: Run, tmp_path: Path) -> None:
    run("export", "-", "--output", "work", stdin=TEXT)
    assert (tmp_path / "work" / "stdin.txt").read_text("utf-8") == TEXT


def test_import_prints_what_the_extraction_would(run: Run, exported: Path) -> None:
    extracted = CliRunner().invoke(cli.main, ["extract", "news.txt", "--published", "2024-05-09"])
    result = run("import", "work")
    row = json.loads(extracted.stdout)
    del row["references"]  # what points back is found anew, not annotated
    assert json.loads(result.stdout) == row
    assert result.stderr == "tanpu: 1 imported, 0 refused\n"


def test_correction_is_imported(run: Run, exported: Path) -> None:
    at = TEXT.index("乙市")
    correct(
        exported, "T1\tPLACE 4 6\t甲市\n", f"T1\tPLACE 4 6\t甲市\nT9\tPLACE {at} {at + 2}\t乙市\n"
    )
    run("import", "work", "--output", "true.jsonl")
    row = json.loads(Path("true.jsonl").read_text("utf-8"))
    assert [found["text"] for found in row["entities"]] == ["甲市", "乙市", "甲市"]


def test_gold_files_are_written_and_never_written_over(run: Run, exported: Path) -> None:
    result = run("import", "work", "--gold", "gold")
    assert result.stdout == ""
    gold = yaml.safe_load(Path("gold/news.yaml").read_text("utf-8"))
    assert (gold["text"], gold["entities"]) == (TEXT, {"PLACE": ["甲市"]})
    again = run("import", "work", "--gold", "gold", status=1)
    assert "expected no file gold/news.yaml, got one that may be corrected" in again.stderr


def test_export_refuses_files_that_are_there_and_goes_on(run: Run, exported: Path) -> None:
    Path("more.txt").write_text(TEXT, encoding="utf-8")
    result = run("export", "news.txt", "more.txt", "--output", "work", status=1)
    assert result.stderr.splitlines() == [
        "tanpu: news.txt: expected no file work/news.txt, got one that may be corrected",
        "tanpu: 1 exported, 1 refused",
    ]
    assert (exported / "more.ann").exists()


def test_bad_input_is_refused_and_the_rest_exported(run: Run, tmp_path: Path) -> None:
    rows = [{"id": "a", "text": TEXT, "entities": [7], "facts": []}, {"id": "b", "text": TEXT}]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    result = run("export", "gone.txt", "rows.jsonl", "--output", "work", status=1)
    assert result.stderr.splitlines() == [
        "tanpu: gone.txt: expected a readable file or folder, got no such file or directory",
        "tanpu: rows.jsonl:1: entities[0]: expected an object, got 7",
        "tanpu: 1 exported, 2 refused",
    ]


def test_check_says_what_is_wrong_and_where(run: Run, exported: Path) -> None:
    assert run("check", "work").stderr == "tanpu: 1 of 1 documents can be imported\n"
    correct(exported, "T1\tPLACE 4 6\t甲市\n", "T1\tPLACE 4 6\t乙市\n")
    assert run("check", "work", status=1).stderr.splitlines() == [
        "tanpu: work/news.ann:1: character 4: expected '甲市', the text at these offsets, got '乙市'",
        "tanpu: 0 of 1 documents can be imported",
    ]
    result = run("import", "work", status=1)
    assert result.stdout == ""
    assert "tanpu: work/news.ann:1: " in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["import", "work", "--output", "a.jsonl", "--gold", "gold"], "expected one of --output and --gold, got both (see 'tanpu annotate import --help')"),
        (["import", "gone"], "Invalid value for 'DIR': Directory 'gone' does not exist (see 'tanpu annotate import --help')"),
        (["check"], "Missing argument 'DIR' (see 'tanpu annotate check --help')"),
        (["export", "news.txt"], "Missing option '--output' (see 'tanpu annotate export --help')"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said_in_one_line(
    run: Run, exported: Path, arguments: list[str], message: str
) -> None:
    result = run(*arguments, status=2)
    assert (result.stdout, result.stderr) == ("", f"tanpu: {message}\n")


def test_folder_without_documents_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    result = run("check", "empty", status=1)
    assert result.stderr == (
        "tanpu: empty: expected documents of three files STEM.txt, STEM.ann, STEM.json, got none\n"
    )
