"""What is sent together: which documents it has, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from extract.document import SourceDocument
from extract.errors import (
    DuplicateIdError,
    EmptyInputError,
    InputError,
    InvalidMetadataError,
    MalformedRecordError,
    OverlongInputError,
)
from extract.readers import InputRefusal, ReadLimits
from extract.sending import UNNAMED, Found, ReadingTask, Sending, SentFile, read_sending

TEXT = "某市发文。"


def lines(*rows: dict[str, str]) -> SentFile:
    return SentFile("a.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())


def text_file(name: str, text: str = TEXT) -> SentFile:
    return SentFile(name, text.encode())


def read(*files: SentFile, most: int = 10, **metadata: str) -> tuple[Found, ...]:
    sending = Sending(files=files, metadata=metadata, retrieved="2031-05-06T12:00:00Z")
    return read_sending(ReadingTask(sending=sending, limits=ReadLimits(), most=most))


def test_metadata_that_is_sent_wins_over_that_of_the_file() -> None:
    file = text_file("a.md", f"---\nid: b\ntitle: 旧题\nsource: 北湾日报\n---\n{TEXT}")
    assert read(file, id="c", title="新题") == (
        SourceDocument(
            id="c",
            text=TEXT,
            title="新题",
            source="北湾日报",
            retrieved="2031-05-06T12:00:00Z",
            origin="a.md",
        ),
    )


def test_a_file_without_a_name_is_called_by_its_text() -> None:
    first, second = (read(text_file(f"{UNNAMED}.txt", t))[0] for t in (TEXT, "又一篇。"))
    assert isinstance(first, SourceDocument)
    assert isinstance(second, SourceDocument)
    assert first.id.startswith("text-")
    assert first.id != second.id


def test_a_second_document_of_an_id_is_refused() -> None:
    found = read(text_file("a.txt"), lines({"id": "a", "text": TEXT}))
    assert isinstance(found[1], InputRefusal)
    assert isinstance(found[1].error, DuplicateIdError)


@pytest.mark.parametrize(
    ("metadata", "error"),
    [({"id": "a\n"}, InvalidMetadataError), ({"published": "昨天"}, InvalidMetadataError)],
)
def test_metadata_that_cannot_be_used_refuses_the_document(
    metadata: dict[str, str], error: type[InputError]
) -> None:
    sending = Sending(files=(text_file("a.txt"),), metadata=metadata)
    (found,) = read_sending(ReadingTask(sending=sending, limits=ReadLimits(), most=1))
    assert isinstance(found, InputRefusal)
    assert type(found.error) is error


def test_metadata_is_for_one_document() -> None:
    with pytest.raises(MalformedRecordError, match="one document with title"):
        read(text_file("a.txt"), text_file("b.txt"), title="题")


def test_more_documents_than_may_come_are_refused_together() -> None:
    rows = [{"id": str(n), "text": TEXT} for n in range(3)]
    assert len(read(lines(*rows), most=3)) == 3
    with pytest.raises(OverlongInputError, match="at most 2 documents"):
        read(lines(*rows), most=2)


def test_no_file_is_no_document() -> None:
    with pytest.raises(EmptyInputError):
        read()


def test_the_digest_tells_everything_but_the_time() -> None:
    sending = Sending(files=(text_file("a.txt"),), metadata={"id": "a"}, retrieved="x")
    others = [
        replace(sending, files=(text_file("b.txt"),)),
        replace(sending, files=(text_file("a.txt", "又一篇。"),)),
        replace(sending, metadata={"id": "b"}),
    ]
    assert sending.digest() == replace(sending, retrieved="y").digest()
    assert len({sending.digest(), *(other.digest() for other in others)}) == 4
