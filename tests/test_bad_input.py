"""Bad files, bad texts, bad queries, bad IRIs and ids: the exact message, nothing changed.

Each case runs the command against a store with one document, and compares the whole store
before and after. Bad IRIs over HTTP are tested with the service.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from tests.conftest import build_docx, build_pdf

TEXT = "甲市公布年度计划。"
LIMIT = 2_000
BYTES = 1_000_000
SUFFIXES = ".txt, .md, .html, .htm, .pdf, .docx, .jsonl"
ENCODINGS = "text in UTF-8, UTF-16 with a byte order mark, GB18030 or Big5"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, simple_pipeline: None) -> Iterator[Run]:
    """Run the command beside a store with one document, which has to stay as it is."""
    monkeypatch.chdir(tmp_path)
    for name in ("TANPU_STORE", "TANPU_BASE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "good.txt").write_text(TEXT, encoding="utf-8")

    def invoke(*arguments: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(cli.main, arguments, input=stdin)

    assert invoke("ingest", "good.txt").exit_code == 0
    before = invoke("dump").stdout_bytes
    published = (tmp_path / "var/store/CURRENT").read_text()
    assert before.count(b"\n") > 10
    yield invoke
    assert invoke("dump").stdout_bytes == before
    assert (tmp_path / "var/store/CURRENT").read_text() == published


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    end = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + end


def line(**fields: object) -> bytes:
    return json.dumps({"id": "x", "text": TEXT, **fields}, ensure_ascii=False).encode()


def bad_files() -> list[tuple[str, str, bytes, str]]:
    """What is wrong, the file's name, its bytes, and the message after ``tanpu: refused:``."""
    text = TEXT.encode()
    return [
        # Files that are no text, or not the text that their name says.
        ("empty", "a.txt", b"", "a.txt: expected text to read, got nothing"),
        (
            "white space",
            "a.txt",
            "\r\n\u3000\t\u200b".encode(),
            "a.txt: expected text to read, got 5 characters of white space",
        ),
        ("NUL byte", "a.txt", text + b"\0", "a.txt: byte 27: expected text, got a NUL byte"),
        ("image named .txt", "a.txt", png(), "a.txt: expected text, got a PNG image"),
        (
            "archive named .txt",
            "a.txt",
            build_docx(TEXT),
            "a.txt: expected text, got a ZIP archive",
        ),
        ("PDF named .md", "a.md", build_pdf(TEXT), "a.md: expected text, got a PDF file"),
        ("unknown suffix", "a.rtf", text, f"a.rtf: expected one of {SUFFIXES}, got '.rtf'"),
        ("no suffix", "a", text, f"a: expected one of {SUFFIXES}, got ''"),
        (
            "too many characters",
            "a.txt",
            b"x" * (LIMIT + 1),
            f"a.txt: expected at most {LIMIT} characters, got {LIMIT + 1} or more",
        ),
        (
            "too many bytes",
            "a.txt",
            b"x" * (BYTES + 1),
            f"a.txt: expected at most {BYTES} bytes, got {BYTES + 1} or more",
        ),
        # Encodings.
        (
            "UTF-8 cut in a character",
            "a.txt",
            text[:-1],
            "a.txt: byte 24: expected UTF-8 throughout, got 0xe3",
        ),
        (
            "stray byte in UTF-8",
            "a.txt",
            text + b"\xfe" + text,
            "a.txt: byte 27: expected UTF-8 throughout, got 0xfe",
        ),
        (
            "UTF-8 mark before another encoding",
            "a.txt",
            b"\xef\xbb\xbf" + TEXT.encode("gb18030"),
            "a.txt: byte 3: expected UTF-8 after its byte order mark, got 0xbc",
        ),
        (
            "half a surrogate pair in UTF-16",
            "a.txt",
            b"\xff\xfe" + TEXT.encode("utf-16-le") + b"\x3d\xd8",
            "a.txt: byte 20: expected UTF-16-LE after its byte order mark, got 0x3d",
        ),
        (
            "Japanese encoding",
            "a.txt",
            "カーボンニュートラル".encode("shift_jis"),
            f"a.txt: byte 0: expected {ENCODINGS}, got 0x83",
        ),
        (
            "Western encoding",
            "a.txt",
            "Sté énergie".encode("latin-1"),
            f"a.txt: byte 2: expected {ENCODINGS}, got 0xe9",
        ),
        (
            "UTF-8 once read as Western",
            "a.txt",
            TEXT.encode().decode("latin-1").encode(),
            "a.txt: character 0: expected undamaged text, got UTF-8 that was read as a Western "
            "encoding",
        ),
        (
            "replacement character",
            "a.txt",
            "甲市\ufffd公布".encode(),
            "a.txt: character 2: expected undamaged text, got '\ufffd', left by a wrong decoding",
        ),
        (
            "trace of a lossy conversion",
            "a.txt",
            "甲市锟斤拷公布".encode(),
            "a.txt: character 2: expected undamaged text, got '锟斤拷', left by a wrong decoding",
        ),
        (
            "control character",
            "a.txt",
            "甲市\x08公布".encode(),
            "a.txt: character 2: expected text without control characters, got U+0008",
        ),
        # Formats.
        (
            "page without text",
            "a.html",
            b"<html><head><title>x</title></head><body></body></html>",
            "a.html: expected a page with a main text, got none",
        ),
        (
            "PDF with a password",
            "a.pdf",
            build_pdf(TEXT, password="x"),
            "a.pdf: expected a PDF file without a password, got an encrypted one",
        ),
        (
            "PDF of scanned pages",
            "a.pdf",
            build_pdf(""),
            "a.pdf: expected a PDF file with text, got 1 page(s) without any",
        ),
        (
            "text named .pdf",
            "a.pdf",
            b"Some text",
            "a.pdf: expected a PDF file, got b'Some tex' at its start",
        ),
        (
            "broken PDF",
            "a.pdf",
            build_pdf(TEXT)[:200],
            "a.pdf: expected a PDF file, got a broken one (Stream has ended unexpectedly)",
        ),
        (
            "broken Word file",
            "a.docx",
            build_docx(TEXT)[:300],
            "a.docx: expected a Word file (.docx), got File is not a zip file",
        ),
        (
            "Word file without text",
            "a.docx",
            build_docx(),
            "a.docx: expected a Word file with text, got one without any",
        ),
        (
            "front matter without end",
            "a.md",
            f"---\ntitle: 甲\n{TEXT}\n".encode(),
            f"a.md:3: expected 'key: value' or '---', got {TEXT!r}",
        ),
        (
            "bad date in front matter",
            "a.md",
            f"---\npublished: 2023-13-01\n---\n{TEXT}".encode(),
            "a.md: expected a date in 'published' like 2024-03-01, 2024/3/1 or 2024年3月1日, "
            "got '2023-13-01'",
        ),
        (
            "id with only spaces in front matter",
            "a.md",
            f"---\nid: '  '\n---\n{TEXT}".encode(),
            "a.md: expected an id without line ends and outer spaces, got '  '",
        ),
        (
            "name that is no id",
            " a.txt",
            text,
            " a.txt: expected an id without line ends and outer spaces, got ' a'",
        ),
        # JSON Lines.
        ("no line", "a.jsonl", b"\n\n", "a.jsonl: expected lines of JSON, got none"),
        (
            "broken JSON",
            "a.jsonl",
            b'{"id": "x", "text": "y"',
            "a.jsonl:1: character 23: expected one JSON object, got invalid JSON: "
            "Expecting ',' delimiter",
        ),
        (
            "JSON that is no object",
            "a.jsonl",
            b'"x"',
            "a.jsonl:1: expected one JSON object, got str b'\"x\"'",
        ),
        (
            "repeated key",
            "a.jsonl",
            b'{"id": "x", "text": "y", "text": "z"}',
            "a.jsonl:1: expected one JSON object, got unusable JSON: the key 'text' stands twice",
        ),
        ("missing id", "a.jsonl", b'{"text": "y"}', "a.jsonl:1: expected a field 'id', got none"),
        ("missing text", "a.jsonl", b'{"id": "x"}', "a.jsonl:1: expected a field 'text', got none"),
        (
            "number for an id",
            "a.jsonl",
            line(id=7),
            "a.jsonl:1: expected a string in 'id', got int 7",
        ),
        ("empty id", "a.jsonl", line(id=""), "a.jsonl:1: expected an id, got an empty one"),
        (
            "overlong id",
            "a.jsonl",
            line(id="x" * 201),
            "a.jsonl:1: expected an id of at most 200 characters, got 201",
        ),
        (
            "lone surrogate",
            "a.jsonl",
            b'{"id": "x", "text": "y\\ud800"}',
            "a.jsonl:1: character 1: expected 'text' without lone surrogates, got U+D800",
        ),
        (
            "NUL character",
            "a.jsonl",
            b'{"id": "x", "text": "y\\u0000"}',
            "a.jsonl:1: character 1: expected 'text' without control characters, got U+0000",
        ),
        (
            "address that is none",
            "a.jsonl",
            line(url="file:///etc/passwd"),
            "a.jsonl:1: expected an http or https address in 'url', got 'file:///etc/passwd'",
        ),
        (
            "address with a space",
            "a.jsonl",
            line(url="http://example.org/a b"),
            "a.jsonl:1: expected an http or https address in 'url', got 'http://example.org/a b'",
        ),
        (
            "JSON Lines in GB18030",
            "a.jsonl",
            '{"id": "x", "text": "甲"}'.encode("gb18030"),
            "a.jsonl:1: byte 21: expected JSON in UTF-8, got 0xbc",
        ),
    ]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [case[1:] for case in bad_files()],
    ids=[case[0] for case in bad_files()],
)
def test_bad_file_is_refused_and_changes_nothing(
    run: Run, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    limits = ("--max-characters", str(LIMIT), "--max-bytes", str(BYTES))
    result = run("ingest", *limits, name)
    assert result.stderr == (
        f"tanpu: refused: {message}\ntanpu: 0 stored, 0 replaced, 0 unchanged, 1 refused\n"
    )
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("gone.txt", "gone.txt: expected a readable file or folder, got no such file or directory"),
        ("link.txt", "link.txt: expected a readable file or folder, got a broken link to gone"),
        ("pipe.txt", "pipe.txt: expected a regular file, got a device or pipe"),
        ("*.none", "*.none: expected a pattern that matches a file, got no match"),
        ("", "'': expected a path, got an empty one"),
        ("-", "-: expected text to read, got nothing"),
    ],
)
def test_bad_path_is_refused_and_changes_nothing(
    run: Run, tmp_path: Path, path: str, message: str
) -> None:
    (tmp_path / "link.txt").symlink_to("gone")
    os.mkfifo(tmp_path / "pipe.txt")
    result = run("ingest", path, stdin=b"")
    assert result.stderr.splitlines()[0] == f"tanpu: refused: {message}"
    assert (result.exit_code, result.stdout) == (1, "")


def test_folder_in_itself_and_a_repeated_id_are_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "good.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "in" / "up").symlink_to(tmp_path / "in")
    result = run("ingest", "good.txt", "in")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[1:] == [
        "tanpu: refused: in/good.txt: expected an id of its own, got 'good', the id of good.txt",
        f"tanpu: refused: in/up: expected a folder outside itself, got a link to "
        f"{tmp_path.resolve() / 'in'}",
        "tanpu: 0 stored, 0 replaced, 1 unchanged, 2 refused",
    ]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (b"", "invalid query: error at 1:1: expected "),
        (b"SELECT ?s WHERE {\n  ?s ?p \n}", "invalid query: error at 3:2: expected "),
        (b"SELECT * WHERE { ?s foo:bar ?o }", "invalid query: error at 1:2"),
        (b"INSERT DATA { <a:b> <a:b> <a:b> }", "invalid query: error at 1:"),
        (b"DROP ALL", "invalid query: error at 1:"),
        (b"LOAD <http://127.0.0.1:9/x>", "invalid query: error at 1:"),
        (
            b"SELECT * {\n SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
            "SERVICE is not supported, got one in line 2: no query may call another server\n",
        ),
        (
            b"SELECT * { " + b"{" * 3000 + b"}" * 3000 + b" }",
            "expected at most 100 nested brackets or negations, got more at offset 110\n",
        ),
        (
            b"ASK { ?s ?p '" + b"x" * 200_000 + b"' }",
            "expected a query of at most 200000 code points, got 200016\n",
        ),
        (b"ASK { ?s ?p '\xbc\xd7' }", "-: byte 13: expected a query in UTF-8, got 0xbc\n"),
    ],
    ids=[
        "empty",
        "syntax error",
        "unknown prefix",
        "insertion",
        "deletion",
        "load",
        "other service",
        "deep nesting",
        "overlong",
        "other encoding",
    ],
)
def test_bad_query_is_refused(run: Run, query: bytes, message: str) -> None:
    result = run("query", "-", stdin=query)
    assert result.stderr.startswith(f"tanpu: {message}")
    assert result.stderr.count("\n") == 1
    assert len(result.stderr) < 500
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--format", "turtle"),
            "expected table, json, csv, tsv, xml for SELECT and ASK, got 'turtle' "
            "(see 'tanpu query --help')",
        ),
        (
            ("--format", "xls"),
            "Invalid value for '--format': 'xls' is not one of 'table', 'json', 'csv', 'tsv', "
            "'xml', 'turtle', 'ntriples', 'jsonld' (see 'tanpu query --help')",
        ),
    ],
)
def test_format_that_does_not_fit_is_wrong_usage(
    run: Run, arguments: tuple[str, ...], message: str
) -> None:
    result = run("query", *arguments, "-", stdin=b"ASK { ?s ?p ?o }")
    assert result.stderr == f"tanpu: {message}\n"
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("", "which ends in '/' or '#', got ''"),
        ("http://example.org", "which ends in '/' or '#', got 'http://example.org'"),
        ("example.org/", "got 'example.org/': "),
        ("ftp://example.org/", "absolute, with http or https and a host, got 'ftp://example.org/'"),
        (
            "http://example.org/?q=/",
            "without query, fragment or user, got 'http://example.org/?q=/'",
        ),
        ("http://a b/", "got 'http://a b/': "),
        ("http://u:p@example.org/", "without query, fragment or user, got "),
    ],
)
def test_bad_base_is_refused_and_makes_no_store(
    run: Run, tmp_path: Path, base: str, message: str
) -> None:
    result = run("--base", base, "--store", "new", "ingest", "good.txt")
    assert result.stderr.startswith(
        f"tanpu: expected a base IRI like 'http://127.0.0.1:8000/', {message}"
    )
    assert result.stderr.count("\n") == 1
    assert (result.exit_code, result.stdout) == (1, "")
    assert not (tmp_path / "new").exists()


def test_other_base_than_the_store_has_is_refused(run: Run) -> None:
    for verb in (["ingest", "good.txt"], ["facts"], ["remove", "good"]):
        result = run("--base", "http://example.org/", *verb)
        assert "'http://example.org/'" in result.stderr
        assert "'http://127.0.0.1:8000/'" in result.stderr
        assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize("document", ["nobody", "../good", "GOOD", "good#char=0,1", " good"])
@pytest.mark.parametrize(
    ("verb", "message"),
    [
        ("remove", "expected the id of a document in the store, got {document!r}"),
        ("facts", "expected the id of a document in the store, got {document!r}"),
    ],
)
def test_unknown_document_is_refused(run: Run, verb: str, document: str, message: str) -> None:
    option = ["--document"] if verb == "facts" else []
    result = run(verb, *option, document)
    assert result.stderr == f"tanpu: {message.format(document=document)}\n"
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize(
    "arguments", [["remove", ""], ["facts", "--document", ""], ["validate", "--document", ""]]
)
def test_empty_document_id_is_refused(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.stderr == "tanpu: expected a document id, got ''\n"
    assert (result.exit_code, result.stdout) == (1, "")


def test_unknown_document_cannot_be_validated(run: Run) -> None:
    result = run("validate", "--document", "nobody")
    assert result.stderr == (
        "tanpu: expected the name of a graph in the store, got "
        "'http://127.0.0.1:8000/graph/nobody'\n"
    )
    assert (result.exit_code, result.stdout) == (1, "")


@pytest.mark.parametrize(
    ("place", "reading", "writing"),
    [("good.txt", 2, 2), ("good.txt/store", 1, 1), ("folder", 1, 1)],
)
def test_store_that_is_no_store_is_refused(
    run: Run, tmp_path: Path, place: str, reading: int, writing: int
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("x")
    for verb, status in ((["facts"], reading), (["ingest", "good.txt"], writing)):
        result = run("--store", place, *verb)
        assert result.stderr.startswith("tanpu: ")
        assert result.stderr.count("\n") == 1
        assert (result.exit_code, result.stdout) == (status, "")
    assert [p.name for p in (tmp_path / "folder").iterdir()] == ["mine.txt"]
