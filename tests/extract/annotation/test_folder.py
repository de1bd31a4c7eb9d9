"""Folders of annotated documents."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from extract.annotation.errors import IncompleteFolderError, OccupiedFileError
from extract.annotation.folder import (
    id_to_stem,
    read_document,
    read_folder,
    write_configuration,
    write_document,
)
from extract.annotation.rows import AnnotatedDocument
from extract.errors import InputError
from extract.readers import InputRefusal
from tests.extract.annotation.conftest import TEXT, example_row


@pytest.fixture
def folder(tmp_path: Path, example: AnnotatedDocument) -> Path:
    write_document(example, tmp_path)
    return tmp_path


@pytest.mark.parametrize("document_id", ["jia-1", "报道.2024_05", "x" * 60])
def test_id_that_can_be_a_file_name_is_one(document_id: str) -> None:
    assert id_to_stem(document_id) == document_id


@pytest.mark.parametrize(
    ("document_id", "likeness"),
    [
        (".hidden", "hidden"),
        ("a/b", "a-b"),
        ("../a", "-a"),
        ("甲 乙\\丙", "甲-乙-丙"),
        ("x" * 200, "x" * 60),
    ],
)
def test_other_ids_give_a_likeness_and_a_digest(document_id: str, likeness: str) -> None:
    assert re.fullmatch(rf"{likeness}-[0-9a-f]{{8}}", id_to_stem(document_id))


def test_ids_that_look_alike_have_different_file_names() -> None:
    assert len({id_to_stem(document_id) for document_id in ("a/b", "a b", "a-b", "a:b")}) == 4


def test_document_is_three_files(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "jia-1.ann",
        "jia-1.json",
        "jia-1.txt",
    ]
    assert (folder / "jia-1.txt").read_bytes() == TEXT.encode()
    assert json.loads((folder / "jia-1.json").read_text("utf-8")) == {
        "id": "jia-1",
        "title": "甲市新闻",
        "published": "2024-05-09",
    }


def test_document_comes_back_from_its_files(folder: Path) -> None:
    (found,) = read_folder(folder)
    assert isinstance(found, AnnotatedDocument)
    assert found.to_json() == example_row()


@pytest.mark.parametrize("suffix", [".txt", ".ann", ".json"])
def test_corrections_are_never_written_over(
    tmp_path: Path, example: AnnotatedDocument, suffix: str
) -> None:
    path = tmp_path / f"jia-1{suffix}"
    path.write_text("corrected")
    with pytest.raises(OccupiedFileError, match="one that may be corrected"):
        write_document(example, tmp_path)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "corrected"


def test_configuration_is_brought_up_to_date_and_own_looks_stay(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    write_configuration(folder)
    (folder / "annotation.conf").write_text("[entities]\n")
    (folder / "visual.conf").write_text("[labels]\n")
    write_configuration(folder)
    assert "holds_post\t" in (folder / "annotation.conf").read_text("utf-8")
    assert (folder / "visual.conf").read_text("utf-8") == "[labels]\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("jia-1.ann", None, "jia-1.ann: expected STEM.txt, STEM.ann and STEM.json of each document, got no file"),
        ("jia-1.txt", None, "jia-1.txt: expected STEM.txt, STEM.ann and STEM.json of each document, got no file"),
        ("jia-1.json", None, "jia-1.json: expected STEM.txt, STEM.ann and STEM.json of each document, got no file"),
        ("jia-1.ann", b"T1\tPLACE 0 2\t\xff", "jia-1.ann: byte 13: expected UTF-8, got 0xff"),
        ("jia-1.ann", b"T1\tPLACE 0 2\t?", "jia-1.ann:1: character 0: expected '甲市', the text at these offsets, got '?'"),
        ("jia-1.txt", "乙市".encode(), "jia-1.ann:1: character 0: expected '乙市', the text at these offsets, got '甲市'"),
        ("jia-1.json", b'{"id":\n}', "jia-1.json:2: expected a JSON object, got invalid JSON: Expecting value"),
        ("jia-1.json", b"[]", "jia-1.json: expected a JSON object with an 'id', got []"),
        ("jia-1.json", b"{}", "jia-1.json: expected a JSON object with an 'id', got {}"),
        ("jia-1.json", b'{"id": 7}', "jia-1.json: expected strings id, title, published, source, url, got id: 7"),
        ("jia-1.json", b'{"id": "a", "size": "b"}', "expected strings id, title, published, source, url, got size: 'b'"),
        ("jia-1.json", b'{"id": "a", "published": "2024"}', "jia-1.json: expected 'published' like 2024-03-01, got '2024'"),
    ],
)  # fmt: skip
def test_bad_file_is_refused_by_its_name(
    folder: Path, name: str, content: bytes | None, message: str
) -> None:
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(InputError) as error:
        read_document(folder, "jia-1")
    assert message in str(error.value)


def test_bad_document_is_refused_and_the_next_one_read(folder: Path) -> None:
    for suffix in (".txt", ".json"):
        (folder / f"a{suffix}").write_bytes((folder / f"jia-1{suffix}").read_bytes())
    (folder / "a.ann").write_text("?\n")
    refusal, document = read_folder(folder)
    assert isinstance(refusal, InputRefusal)
    assert refusal.origin == f"{folder / 'a.ann'}:1"
    assert isinstance(document, AnnotatedDocument)


def test_second_document_with_an_id_is_refused(folder: Path) -> None:
    for suffix in (".txt", ".json", ".ann"):
        (folder / f"k{suffix}").write_bytes((folder / f"jia-1{suffix}").read_bytes())
    _, refusal = read_folder(folder)
    assert isinstance(refusal, InputRefusal)
    assert str(refusal.error) == (
        f"{folder / 'k.json'}: expected an id of its own, got 'jia-1', the id of jia-1.json"
    )


def test_folder_without_documents_is_refused(tmp_path: Path) -> None:
    write_configuration(tmp_path)
    with pytest.raises(IncompleteFolderError, match="expected documents of three files"):
        list(read_folder(tmp_path))
