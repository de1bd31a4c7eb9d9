"""What a document said before it was replaced: its last few named graphs, beside the store.

They lie in the folder ``versions`` of the store, a folder a document, each as sorted N-Triples
under gzip, beside what the shapes noted of the version that is stored. They are no part of the
graph and answer no query; a document that is removed takes them with it. Only ingestion keeps
them: a graph that is written in other ways leaves none.

>>> version_folder(Path("versions"), "news/1").name
'news%2F1'
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from graph.drafts import Triples
from graph.errors import GraphError
from graph.payloads import stored_triples
from graph.validation import ValidationReport, ValidationResult

VERSIONS = "versions"
# The oldest goes when there is one more.
MOST_VERSIONS = 3
_MAX_NAME = 50
_NOTES = "notes.json"
_FILE = re.compile(r"([0-9]{6})\.nt\.gz", re.ASCII)


class VersionNotFoundError(GraphError):
    """A document has no earlier version of that number."""


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier version: its number, counted from 1, and when it was replaced (UTC)."""

    number: int
    replaced: datetime


def keep_version(store: Path, document: str, triples: Triples) -> None:
    """Keep what the graph of a document held until now; the oldest version may go.

    Raises:
        OSError: The file cannot be written.
    """
    folder = version_folder(store / VERSIONS, document)
    folder.mkdir(parents=True, exist_ok=True)
    kept = list_versions(store, document)
    number = kept[-1].number + 1 if kept else 1
    data = ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.N_TRIPLES)
    if data is None:
        raise TypeError("expected bytes, got None")
    unfinished = folder / "unfinished"
    unfinished.write_bytes(gzip.compress(data, mtime=0))
    os.replace(unfinished, folder / f"{number:06}.nt.gz")
    for version in kept[: max(0, len(kept) + 1 - MOST_VERSIONS)]:
        (folder / f"{version.number:06}.nt.gz").unlink(missing_ok=True)


def keep_notes(store: Path, document: str, report: ValidationReport) -> None:
    """Keep what the shapes noted of a document that was stored; nothing where they noted nothing.

    Raises:
        OSError: The file cannot be written.
    """
    path = version_folder(store / VERSIONS, document) / _NOTES
    if not report.results:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report.to_json(), ensure_ascii=False), encoding="utf-8")


def read_notes(store: Path, document: str) -> ValidationReport | None:
    """The report that was kept of a document; None where there were no notes."""
    path = version_folder(store / VERSIONS, document) / _NOTES
    try:
        return report_of(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def report_of(row: Mapping[str, Any]) -> ValidationReport:
    """The inverse of ``ValidationReport.to_json``, without the Turtle.

    >>> report_of({"conforms": True, "results": []}).conforms
    True
    """
    results = (
        ValidationResult(**{**result, "messages": tuple(sorted(result["messages"].items()))})
        for result in row["results"]
    )
    return ValidationReport(conforms=row["conforms"], results=tuple(results))


def list_versions(store: Path, document: str) -> list[Version]:
    """The versions of a document that are kept, the oldest first."""
    folder = version_folder(store / VERSIONS, document)
    if not folder.is_dir():
        return []
    found = []
    for path in folder.iterdir():
        name = _FILE.fullmatch(path.name)
        if name is not None:
            changed = datetime.fromtimestamp(int(path.stat().st_mtime), tz=UTC)
            found.append(Version(int(name[1]), changed))
    return sorted(found, key=lambda version: version.number)


def read_version(store: Path, document: str, number: int) -> Triples:
    """What the graph of a document held in an earlier version.

    Raises:
        VersionNotFoundError: There is none of that number.
    """
    path = version_folder(store / VERSIONS, document) / f"{number:06}.nt.gz"
    try:
        data = gzip.decompress(path.read_bytes())
    except FileNotFoundError as error:
        raise VersionNotFoundError(
            f"expected the number of a version of {document!r}, got {number!r}"
        ) from error
    return stored_triples(quad.triple for quad in ox.parse(data, ox.RdfFormat.N_TRIPLES))


def forget_versions(store: Path, document: str) -> None:
    """Delete all earlier versions of a document, and the notes on it."""
    folder = version_folder(store / VERSIONS, document)
    if folder.is_dir():
        shutil.rmtree(folder)


def version_folder(folder: Path, document: str) -> Path:
    """Where the versions of a document lie: its id, percent-encoded, and cut if it is long.

    >>> version_folder(Path("v"), "..").name
    '%2E%2E'
    """
    name = quote(document, safe="").replace(".", "%2E")
    if len(name) > _MAX_NAME:
        digest = hashlib.sha256(document.encode("utf-8")).hexdigest()[:10]
        name = f"{name[:_MAX_NAME]}-{digest}"
    return folder / name
