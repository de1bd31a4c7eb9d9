"""Folders of annotated documents: three files for each, and two that configure brat.

``STEM.txt`` is the text as it was read, ``STEM.ann`` the annotations, ``STEM.json`` an object
with ``id`` and, where they are known, ``title``, ``published``, ``source`` and ``url``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extract.annotation.configuration import (
    ANNOTATION_FILE,
    VISUAL_FILE,
    annotation_configuration,
    visual_configuration,
)
from extract.annotation.errors import (
    IncompleteFolderError,
    MalformedAnnotationError,
    OccupiedFileError,
)
from extract.annotation.mapping import annotations_to_document, document_to_annotations
from extract.annotation.rows import AnnotatedDocument
from extract.annotation.standoff import format_annotations, parse_annotations
from extract.document import SourceDocument
from extract.errors import InputError, UndecodableInputError
from extract.readers import InputRefusal, normalize_date

_METADATA = ("id", "title", "published", "source", "url")
_SUFFIXES = (".txt", ".json", ".ann")
_UNSAFE = re.compile(r"[^\w.-]")
_STEM_LENGTH = 60


def id_to_stem(document_id: str) -> str:
    """A file name for an id: the id itself where it can be one, else a likeness of it.

    >>> id_to_stem("wuhan-2022"), id_to_stem("a/b")
    ('wuhan-2022', 'a-b-c14cddc0')
    """
    likeness = _UNSAFE.sub("-", document_id).lstrip(".")[:_STEM_LENGTH]
    if likeness == document_id:
        return likeness
    return f"{likeness}-{hashlib.sha256(document_id.encode('utf-8')).hexdigest()[:8]}"


# --- writing -----------------------------------------------------------------------------


def write_configuration(folder: Path) -> None:
    """Make the folder and what brat reads in it; a ``visual.conf`` that is there stays."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / ANNOTATION_FILE, annotation_configuration())
    if not (folder / VISUAL_FILE).exists():
        _write(folder / VISUAL_FILE, visual_configuration())


def write_document(document: AnnotatedDocument, folder: Path) -> None:
    """Write the three files of a document.

    Raises:
        OccupiedFileError: one of them is there already.
        UnexportableSpanError: a span begins or ends with a line break.
    """
    source = document.source
    annotations = format_annotations(document_to_annotations(document), source.text)
    metadata = {key: getattr(source, key) for key in _METADATA}
    known = {key: value for key, value in metadata.items() if value is not None}
    record = json.dumps(known, ensure_ascii=False, indent=1) + "\n"
    paths = [folder / (id_to_stem(source.id) + suffix) for suffix in _SUFFIXES]
    for path in paths:
        refuse_occupied(path, source.origin)
    for path, content in zip(paths, (source.text, record, annotations), strict=True):
        _write(path, content)


def refuse_occupied(path: Path, origin: str) -> None:
    """Leave a file alone that may hold somebody's work.

    Raises:
        OccupiedFileError: the file is there.
    """
    if path.exists():
        raise OccupiedFileError(origin, expected=f"no file {path}", got="one that may be corrected")


def _write(path: Path, content: str) -> None:
    path.write_bytes(content.encode("utf-8"))


# --- reading -----------------------------------------------------------------------------


def read_folder(folder: Path) -> Iterator[AnnotatedDocument | InputRefusal]:
    """Read the documents of a folder by file name; a bad one is refused, the rest goes on.

    Raises:
        IncompleteFolderError: there is no document.
    """
    stems = sorted(
        {
            path.stem
            for path in folder.iterdir()
            if path.suffix in (".txt", ".ann") and not path.name.startswith(".")
        }
    )
    if not stems:
        raise IncompleteFolderError(
            str(folder),
            expected="documents of three files STEM.txt, STEM.ann, STEM.json",
            got="none",
        )
    seen: dict[str, str] = {}
    for stem in stems:
        try:
            document = read_document(folder, stem)
            if document.source.id in seen:
                raise MalformedAnnotationError(
                    str(folder / f"{stem}.json"),
                    expected="an id of its own",
                    got=f"{document.source.id!r}, the id of {seen[document.source.id]}",
                )
        except InputError as error:
            yield InputRefusal(error.origin, error)
        else:
            seen[document.source.id] = f"{stem}.json"
            yield document


def read_document(folder: Path, stem: str) -> AnnotatedDocument:
    """Read and check the three files of a document.

    Raises:
        IncompleteFolderError: one of the files is not there.
        UndecodableInputError: one of the files is not in UTF-8.
        MalformedAnnotationError: a file does not have the expected form.
        InconsistentAnnotationError: the annotations contradict the text or each other.
    """
    text, record, content = (_read(folder / (stem + suffix)) for suffix in _SUFFIXES)
    source = _read_metadata(record, text, str(folder / f"{stem}.json"))
    origin = str(folder / f"{stem}.ann")
    annotations = parse_annotations(content, text, origin)
    return annotations_to_document(annotations, source, origin)


def _read(path: Path) -> str:
    if not path.is_file():
        raise IncompleteFolderError(
            str(path), expected="STEM.txt, STEM.ann and STEM.json of each document", got="no file"
        )
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UndecodableInputError(
            str(path),
            expected="UTF-8",
            got=f"0x{error.object[error.start]:02x}",
            offset=error.start,
            unit="byte",
        ) from error


def _read_metadata(record: str, text: str, origin: str) -> SourceDocument:
    try:
        known: Any = json.loads(record)
    except json.JSONDecodeError as error:
        raise MalformedAnnotationError(
            f"{origin}:{error.lineno}", expected="a JSON object", got=f"invalid JSON: {error.msg}"
        ) from error
    if not isinstance(known, dict) or not known.get("id"):
        raise MalformedAnnotationError(
            origin, expected="a JSON object with an 'id'", got=f"{known!r:.80}"
        )
    for key, value in known.items():
        if key not in _METADATA or not isinstance(value, str):
            expected = f"strings {', '.join(_METADATA)}"
            raise MalformedAnnotationError(origin, expected=expected, got=f"{key}: {value!r:.80}")
    published = known.get("published")
    if published is not None and normalize_date(published) != published:
        raise MalformedAnnotationError(
            origin, expected="'published' like 2024-03-01", got=repr(published)
        )
    return SourceDocument(text=text, origin=origin, **known)
