"""What verbs of the command share: what they read, and what they say about it.

Nothing heavy is imported here, so that the command's help needs no part of the project.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import click


def say(message: str) -> None:
    """One line to standard error; what a terminal cannot show is escaped."""
    line = " ".join(message.split("\n"))
    click.echo(f"tanpu: {line.encode('utf-8', 'backslashreplace').decode()}", err=True)


def json_line(row: Mapping[str, Any]) -> str:
    r"""A row of JSON Lines.

    >>> json_line({"id": "甲"})
    '{"id": "甲"}\n'
    """
    return json.dumps(row, ensure_ascii=False) + "\n"


def reading_options(verb: Callable[..., None]) -> Callable[..., None]:
    """The arguments and options that say what to read."""
    for add in (
        click.argument("paths", metavar="PATH...", nargs=-1, required=True),
        click.option(
            "--published",
            metavar="DATE",
            callback=_publication_date,
            help="Publication date of documents that have none.",
        ),
        click.option("--source", metavar="NAME", help="Media house of documents that name none."),
        click.option(
            "--max-characters",
            type=click.IntRange(min=1),
            default=1_000_000,
            show_default=True,
            help="Longest text of a document.",
        ),
        click.option(
            "--max-bytes",
            type=click.IntRange(min=1),
            default=50_000_000,
            show_default=True,
            help="Largest file, or line of JSON Lines.",
        ),
    ):
        verb = add(verb)
    return verb


def extracting_options(verb: Callable[..., None]) -> Callable[..., None]:
    """The options that say how to extract."""
    for add in (
        click.option(
            "--model",
            type=click.Choice(["accurate", "fast"]),
            default="accurate",
            show_default=True,
            help="The trained tagger: the better one, or the one of more than twice the speed.",
        ),
        click.option(
            "--processes",
            type=click.IntRange(min=1),
            default=1,
            show_default=True,
            help="Processes to spread the documents over; each takes some 180 MB.",
        ),
    ):
        verb = add(verb)
    return verb


def _publication_date(
    ctx: click.Context, parameter: click.Parameter, value: str | None
) -> str | None:
    from extract.readers import normalize_date

    if value is None:
        return None
    found = normalize_date(value)
    if found is None:
        raise click.BadParameter(
            f"expected a date like 2024-03-01, 2024/3/1 or 2024年3月1日, got {value!r}."
        )
    return found
