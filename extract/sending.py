"""What a client sends to be read: files in memory, and what it knows of the one document.

:func:`read_sending` is a task for a process of its own (:mod:`extract.worker`), since parsers
can fail on what a stranger sends in ways that no one foresees.

>>> sending = Sending(files=(SentFile("a.txt", "某市发文。".encode()),), metadata={"id": "b"})
>>> task = ReadingTask(sending=sending, limits=ReadLimits(), most=1)
>>> [document.id for document in read_sending(task)]
['b']
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from extract.document import SourceDocument
from extract.errors import (
    DuplicateIdError,
    EmptyInputError,
    InputError,
    MalformedRecordError,
    OverlongInputError,
)
from extract.readers import InputRefusal, ReadLimits, describe_document, read_bytes

# What a client may say of a document that it sends alone.
METADATA = ("id", "title", "published", "source", "url")
# What files are called whose client gave no name; their documents are named by their text.
UNNAMED = "unnamed document"
_DIGITS = 16

Found = SourceDocument | InputRefusal


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file by its name, whose suffix tells the format, and its content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Files that came together.

    ``metadata`` has some of :data:`METADATA` and is for a single document; it wins over what the
    file says of itself. ``retrieved`` is a time in UTC, for documents that name none.
    """

    files: tuple[SentFile, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    retrieved: str | None = None

    def size(self) -> int:
        """The bytes of all files."""
        return sum(len(file.data) for file in self.files)

    def digest(self) -> str:
        """A SHA-256, in hexadecimal, of the files and the metadata; not of the time."""
        digest = hashlib.sha256(json.dumps(sorted(self.metadata.items())).encode())
        for file in self.files:
            content = hashlib.sha256(file.data).hexdigest()
            digest.update(json.dumps([file.name, content]).encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTask:
    """What is to be read: how long a document may be, and how many there may be."""

    sending: Sending
    limits: ReadLimits
    most: int


def read_sending(task: ReadingTask) -> tuple[Found, ...]:
    """The documents of what was sent, in its order, and a refusal for each bad one.

    Raises:
        OverlongInputError: There are more documents than there may be.
        MalformedRecordError: There are several, and metadata for one.
        EmptyInputError: There is none.
    """
    found: list[Found] = []
    for item in _read_files(task):
        if len(found) == task.most:
            raise OverlongInputError(
                item.origin, expected=f"at most {task.most} documents", got="more"
            )
        found.append(item)
    if not found:
        raise EmptyInputError("the request", expected="a document", got="none")
    if not task.sending.metadata:
        return tuple(_refuse_repeated(found))
    if len(found) > 1:
        raise MalformedRecordError(
            found[1].origin,
            expected=f"one document with {', '.join(sorted(task.sending.metadata))}",
            got=f"{len(found)} documents",
        )
    return (_described(found[0], task.sending.metadata),)


def _read_files(task: ReadingTask) -> Iterator[Found]:
    for file in task.sending.files:
        for item in read_bytes(file.name, file.data, limits=task.limits):
            if isinstance(item, InputRefusal):
                yield item
                continue
            if item.id == UNNAMED:
                item = replace(item, id=f"text-{item.text_hash()[:_DIGITS]}")
            yield replace(item, retrieved=item.retrieved or task.sending.retrieved)


def _described(found: Found, metadata: Mapping[str, str]) -> Found:
    if isinstance(found, InputRefusal):
        return found
    try:
        return describe_document(found, metadata)
    except InputError as error:
        return InputRefusal(found.origin, error)


def _refuse_repeated(found: list[Found]) -> Iterator[Found]:
    """Refuse documents with the id of an earlier one."""
    origins: dict[str, str] = {}
    for item in found:
        if isinstance(item, SourceDocument) and item.id in origins:
            got = f"{item.id!r}, the id of {origins[item.id]}"
            error = DuplicateIdError(item.origin, expected="an id of its own", got=got)
            yield InputRefusal(item.origin, error)
            continue
        if isinstance(item, SourceDocument):
            origins[item.id] = item.origin
        yield item
