"""Lexicons: complete lists of places, institutions, titles and surnames, as plain files.

Each file opens with comment lines (``# ...``) that give its content and its date.
``README.md`` beside this file names source, version and licence of each.

>>> read_rows("places.csv")[0]["name"]
'北京市'
>>> read_lines("surnames.txt")[0]
'王'
"""

from __future__ import annotations

import csv
from importlib.resources import files


def read_lines(filename: str) -> tuple[str, ...]:
    """The entries of a lexicon with one entry a line, without comments and blank lines.

    Raises:
        FileNotFoundError: There is no lexicon of this name.
    """
    text = files(__name__).joinpath(filename).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def read_rows(filename: str) -> list[dict[str, str]]:
    """The rows of a CSV lexicon, by column name; every cell is a string.

    Raises:
        FileNotFoundError: There is no lexicon of this name.
        ValueError: A row has more or fewer cells than the header.
    """
    reader = csv.DictReader(read_lines(filename), strict=True)
    rows: list[dict[str, str]] = []
    for number, row in enumerate(reader, start=1):
        if None in row or None in row.values():
            raise ValueError(
                f"{filename}, row {number}: expected {len(reader.fieldnames or ())} cells,"
                f" got {row!r}"
            )
        rows.append(row)
    return rows


def split_names(cell: str) -> tuple[str, ...]:
    """The names of a cell that holds several, parted by ``|``.

    >>> split_names("国新办|国务院新闻办")
    ('国新办', '国务院新闻办')
    >>> split_names("")
    ()
    """
    return tuple(name for name in cell.split("|") if name)
