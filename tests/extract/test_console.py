"""What the verbs of the command share."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from extract.console import json_line, reading_options, say


@click.command()
@reading_options
def show(
    paths: tuple[str, ...],
    published: str | None,
    source: str | None,
    max_characters: int,
    max_bytes: int,
) -> None:
    click.echo(f"{paths} {published} {source} {max_characters} {max_bytes}")


def test_reading_options_reach_the_verb() -> None:
    options = ["--published", "2024年3月1日", "--source", "某报", "--max-bytes", "7"]
    result = CliRunner().invoke(show, ["a.txt", "-", *options])
    assert result.stdout == "('a.txt', '-') 2024-03-01 某报 1000000 7\n"


def test_date_of_another_form_is_refused() -> None:
    result = CliRunner().invoke(show, ["a.txt", "--published", "2024-02-30"])
    assert result.exit_code == 2
    assert "got '2024-02-30'" in result.stderr


def test_row_is_one_line_with_its_characters() -> None:
    assert json_line({"text": "甲\n乙"}) == '{"text": "甲\\n乙"}\n'


@pytest.mark.parametrize(
    ("message", "line"),
    [("甲市", "tanpu: 甲市\n"), ("a\nb", "tanpu: a b\n"), ("\udc80", "tanpu: \\udc80\n")],
)
def test_message_is_one_line(message: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(message)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", line)
