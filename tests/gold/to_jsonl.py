"""Turn gold files into the JSON Lines that ``tanpu extract`` reads.

usage: python tests/gold/to_jsonl.py GOLD_FOLDER > documents.jsonl

Each ``*.yaml`` file of the folder becomes one line with ``id``, ``text`` and, where the file
has them, ``title``, ``published``, ``source`` and ``url``: the document alone, without the
annotations. ``text_file`` names a text beside the YAML file. Exit status 2 if the folder has
no gold file or one cannot be used; nothing is printed then.

>>> document_to_line({"id": "a", "text": "甲市", "published": date(2024, 5, 9), "facts": []})
'{"id": "a", "text": "甲市", "published": "2024-05-09"}'
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

USAGE = "usage: python tests/gold/to_jsonl.py GOLD_FOLDER > documents.jsonl"
FIELDS = ("title", "published", "source", "url")


class UnusableGoldError(ValueError):
    """A gold file that holds no document; the message names the file."""


def read_gold(folder: Path) -> list[dict[str, Any]]:
    """The gold documents of ``folder`` by file name, each with its text.

    Raises:
        UnusableGoldError: there is none, or one is no YAML mapping with an id and a text.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise UnusableGoldError(f"{folder}: expected a folder with *.yaml files, got none")
    return [_read_document(path) for path in paths]


def _read_document(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UnusableGoldError(f"{path}: expected YAML, got {error}") from error
    if not isinstance(document, dict):
        raise UnusableGoldError(f"{path}: expected a mapping, got {type(document).__name__}")
    if "text_file" in document:
        document["text"] = (path.parent / document["text_file"]).read_text(encoding="utf-8")
    for key in ("id", "text"):
        value = document.get(key)
        if not isinstance(value, str) or not value:
            raise UnusableGoldError(f"{path}: expected {key} to be a text, got {value!r}")
    return document


def document_to_line(document: Mapping[str, Any]) -> str:
    """One line of JSON with what is known about the document before it is read."""
    row: dict[str, str] = {"id": document["id"], "text": document["text"]}
    for key in FIELDS:
        value = document.get(key)
        if value is not None:
            row[key] = value.isoformat() if isinstance(value, date) else str(value)
    return json.dumps(row, ensure_ascii=False)


def main(arguments: Sequence[str]) -> int:
    """Print one line a gold file; answer the exit status."""
    if len(arguments) != 1:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        lines = [document_to_line(document) for document in read_gold(Path(arguments[0]))]
    except (UnusableGoldError, OSError) as error:
        print(f"to_jsonl: {error}", file=sys.stderr)
        return 2
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
