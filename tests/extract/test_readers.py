"""Reading: encodings, formats, paths, JSON Lines, and everything that is refused."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extract.decoding import decode_text
from extract.document import SourceDocument
from extract.errors import (
    BinaryInputError,
    BrokenFileError,
    DirectoryLoopError,
    DuplicateIdError,
    EmptyInputError,
    EncryptedInputError,
    InputError,
    InvalidMetadataError,
    MalformedRecordError,
    OverlongInputError,
    UndecodableInputError,
    UnreadableInputError,
    UnsupportedInputError,
)
from extract.formats import find_date, find_source, join_wrapped_lines
from extract.readers import (
    DocumentDefaults,
    InputRefusal,
    ReadLimits,
    list_files,
    normalize_date,
    read_bytes,
    read_inputs,
    split_front_matter,
)

SENTENCE = "甲乙市生态环境局三日公布年度报告，全市空气质量优良天数比例为百分之九十。"
TRADITIONAL = "甲乙市政府環境保護局三日公布年度報告，全年減碳目標為百分之二十。"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, so that messages name short paths."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(*paths: str, **options: object) -> tuple[list[SourceDocument], list[InputRefusal]]:
    found = list(read_inputs(paths, **options))  # type: ignore[arg-type]
    documents = [f for f in found if isinstance(f, SourceDocument)]
    return documents, [f for f in found if isinstance(f, InputRefusal)]


def read_one(path: str, **options: object) -> SourceDocument:
    documents, refusals = read(path, **options)
    assert refusals == []
    assert len(documents) == 1
    return documents[0]


def refused(path: str, **options: object) -> InputError:
    documents, refusals = read(path, **options)
    assert documents == []
    assert len(refusals) == 1
    assert refusals[0].origin == refusals[0].error.origin
    return refusals[0].error


# --- encodings ---------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "gb2312"])
@pytest.mark.parametrize(
    "text",
    [
        SENTENCE,
        "减排",
        "减碳",
        "今天",
        "《条例》",
        "“十四五”规划",
        "A市2023年",
        "二氧化碳",
        "会",
        SENTENCE * 3000,
    ],
)
def test_simplified_text_is_decoded_whatever_its_length(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding), "a.txt") == text


@pytest.mark.parametrize(
    "text", [TRADITIONAL, "某市公布數據", "會議", "2023年碳費上路", "「淨零」", TRADITIONAL * 3000]
)
def test_traditional_text_is_decoded_from_big5_whatever_its_length(text: str) -> None:
    assert decode_text(text.encode("big5"), "a.txt") == text


def test_traditional_text_is_decoded_from_gb18030() -> None:
    assert decode_text(TRADITIONAL.encode("gb18030"), "a.txt") == TRADITIONAL


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_needs_its_byte_order_mark(encoding: str) -> None:
    marked = "\ufeff减排 A".encode(encoding)
    assert decode_text(marked, "a.txt") == "减排 A"
    with pytest.raises(BinaryInputError):
        decode_text("减排 A".encode(encoding), "a.txt")


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (
            "碳达峰".encode()[:-1],
            UndecodableInputError,
            "a.txt: byte 6: expected UTF-8 throughout, got 0xe5",
        ),
        (
            SENTENCE.encode() + b"\xff" + SENTENCE.encode(),
            UndecodableInputError,
            f"a.txt: byte {len(SENTENCE.encode())}: expected UTF-8 throughout, got 0xff",
        ),
        (
            b"\xef\xbb\xbfabc\xff",
            UndecodableInputError,
            "a.txt: byte 6: expected UTF-8 after its byte order mark, got 0xff",
        ),
        (
            b"\xff\xfe\x00\xd8",
            UndecodableInputError,
            "a.txt: byte 2: expected UTF-16-LE after its byte order mark, got 0x00",
        ),
        (
            SENTENCE.encode("gb18030") + b"\xff",
            UndecodableInputError,
            f"a.txt: byte {len(SENTENCE) * 2}: expected text in UTF-8, UTF-16 with a byte order "
            "mark, GB18030 or Big5, got 0xff",
        ),
        (
            "été à l'hôtel".encode("latin-1"),
            UndecodableInputError,
            "a.txt: byte 2: expected text in UTF-8, UTF-16 with a byte order mark, GB18030 or "
            "Big5, got 0xe9",
        ),
        (
            "日本語のテキストです".encode("shift_jis"),
            UndecodableInputError,
            "a.txt: byte 0: expected text in UTF-8, UTF-16 with a byte order mark, GB18030 or "
            "Big5, got 0x93",
        ),
        (b"\x89PNG\r\n\x1a\n\x00", BinaryInputError, "a.txt: expected text, got a PNG image"),
        (b"PK\x03\x04rest", BinaryInputError, "a.txt: expected text, got a ZIP archive"),
        (b"%PDF-1.7", BinaryInputError, "a.txt: expected text, got a PDF file"),
        (b"abc\x00def", BinaryInputError, "a.txt: byte 3: expected text, got a NUL byte"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_offset(
    data: bytes, error: type[InputError], message: str
) -> None:
    with pytest.raises(error) as caught:
        decode_text(data, "a.txt")
    assert type(caught.value) is error
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (
            "甲\x01乙",
            BinaryInputError,
            "a.txt: character 1: expected text without control characters, got U+0001",
        ),
        (
            "甲乙\ufffd丙",
            UndecodableInputError,
            "a.txt: character 2: expected undamaged text, got '\ufffd', left by a wrong decoding",
        ),
        (
            "前文锟斤拷后文",
            UndecodableInputError,
            "a.txt: character 2: expected undamaged text, got '锟斤拷', left by a wrong decoding",
        ),
        (
            "a: " + "减排目标".encode().decode("latin-1"),
            UndecodableInputError,
            "a.txt: character 3: expected undamaged text, got UTF-8 that was read as a Western "
            "encoding",
        ),
    ],
)
def test_damaged_text_is_refused(
    folder: Path, text: str, error: type[InputError], message: str
) -> None:
    (folder / "a.txt").write_bytes(text.encode())
    found = refused("a.txt")
    assert type(found) is error
    assert str(found) == message


# --- text and Markdown -------------------------------------------------------------------


def test_text_file_is_read_as_it_is(folder: Path) -> None:
    text = "\r\n\u3000甲乙。\r\n\n丙𠮷。\r"
    (folder / "某市-简讯.txt").write_bytes(b"\xef\xbb\xbf" + text.encode())
    os.utime("某市-简讯.txt", (1_700_000_000.9, 1_700_000_000.9))
    assert read_one("某市-简讯.txt") == SourceDocument(
        id="某市-简讯",
        text=text,
        retrieved="2023-11-14T22:13:20Z",
        origin="某市-简讯.txt",
    )


def test_front_matter_gives_metadata_and_the_body_is_the_text(folder: Path) -> None:
    (folder / "a.md").write_bytes(
        "---\r\ntitle: '冒号: 在内'\r\npublished: 2023年5月6日\r\nsource: 甲乙日报\r\n"
        "url: https://example.org/a?b=1\r\nid: 甲-1\r\n# 注\r\ntags:\r\n  - 一\r\n- 二\r\n"
        "retrieved: 2023-05-07T01:02:03Z\r\n---\r\n\r\n# 标题\r\n正**文**。\r\n".encode()
    )
    assert read_one("a.md") == SourceDocument(
        id="甲-1",
        text="\r\n# 标题\r\n正**文**。\r\n",
        title="冒号: 在内",
        published="2023-05-06",
        source="甲乙日报",
        url="https://example.org/a?b=1",
        retrieved="2023-05-07T01:02:03Z",
        origin="a.md",
    )


@pytest.mark.parametrize(
    "text", ["正文。", "---\n正文。\n---\n", "---", "正文\n---\ntitle: 甲\n---"]
)
def test_markdown_without_front_matter_is_all_text(text: str) -> None:
    assert split_front_matter(text, "a.md") == (text, {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntitle: 甲\n乙\n---\n丙", "a.md:3: expected 'key: value' or '---', got '乙'"),
        ("---\ntitle: 甲\ntitle: 乙\n---\n丙", "a.md:3: expected each key once, got 'title' again"),
        (
            "---\ntitle: 甲\n",
            "a.md:1: expected '---' after the front matter, got the end of the file",
        ),
    ],
)
def test_malformed_front_matter_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(MalformedRecordError) as caught:
        split_front_matter(text, "a.md")
    assert str(caught.value) == message


# --- web pages, PDF, Word ----------------------------------------------------------------

PARAGRAPHS = (
    "<p>甲乙市发展改革委会同有关部门召开会议，部署全年工作，要求各区按照时间节点完成任务。</p>"
    "<p>会议指出，全市公共机构能耗下降百分之三点二，下一步将加强监测，到2030年实现目标。</p>"
    "<p>据介绍，各区已经完成重点用能单位名录的更新，并将在年底以前公布第一批审核结果。</p>"
) * 3


def page(head: str = "", info: str = "", foot: str = "") -> str:
    return (
        f"<html><head><title>甲乙市召开会议_丙丁日报</title>{head}</head><body>"
        "<ul class='nav'><li><a href='/'>首页</a></li><li><a href='/n'>新闻</a></li></ul>"
        f"<div class='main'><h1>甲乙市召开会议</h1><div class='info'>{info}</div>"
        f"<div class='content'>{PARAGRAPHS}</div></div><div class='footer'>{foot}</div>"
        "</body></html>"
    )


@pytest.mark.parametrize(
    ("markup", "published", "source"),
    [
        (page(), None, None),
        (page(info="2023-05-06 10:12 来源：丙丁日报"), "2023-05-06", "丙丁日报"),
        (page(info="发布时间：2023年05月06日　来源：丙丁日报"), "2023-05-06", "丙丁日报"),
        (
            page(info="<span>2023/5/6</span>\n<span>来源：<a href='/'>丙丁日报</a></span>"),
            "2023-05-06",
            "丙丁日报",
        ),
        (page(foot="版权所有 Copyright 2015-2020"), None, None),
        (page(head="<script>var a='来源：假'</script>"), None, None),
        (
            page(
                "<meta name='PubDate' content='2023-05-06 10:12'>"
                "<meta name='ContentSource' content='丙丁日报'>"
            ),
            "2023-05-06",
            "丙丁日报",
        ),
        (
            page(
                "<meta property='article:published_time' content='2023-05-06T08:00:00+08:00'>"
                "<meta property='og:site_name' content='丙丁网'>"
            ),
            "2023-05-06",
            "丙丁网",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_page_gives_its_main_text_and_metadata(
    folder: Path, markup: str, published: str | None, source: str | None, encoding: str
) -> None:
    (folder / "a.html").write_bytes(markup.encode(encoding))
    found = read_one("a.html")
    assert found.id == "a"
    assert found.title == "甲乙市召开会议"
    assert (found.published, found.source) == (published, source)
    assert "能耗下降百分之三点二" in found.text
    assert "<p>" not in found.text
    assert "首页" not in found.text


def test_page_of_a_government_gives_the_title_of_its_meta_tag(folder: Path) -> None:
    (folder / "a.htm").write_text(page("<meta name='ArticleTitle' content='会议召开'>"))
    assert read_one("a.htm").title == "会议召开"


def test_page_gives_its_canonical_address(folder: Path) -> None:
    (folder / "a.htm").write_text(page("<link rel='canonical' href='https://example.org/n/1'>"))
    assert read_one("a.htm").url == "https://example.org/n/1"


@pytest.mark.parametrize("markup", ["<html><body></body></html>", "<p></p>", "<<<>>>"])
def test_page_without_main_text_is_refused(folder: Path, markup: str) -> None:
    (folder / "a.html").write_text(markup)
    found = refused("a.html")
    assert type(found) is EmptyInputError
    assert str(found) == "a.html: expected a page with a main text, got none"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年5月6日 10:12", "2023-05-06"),
        ("发布于 2023-05-06", "2023-05-06"),
        ("2023.5.6", "2023-05-06"),
        ("2023年5月", None),
        ("2023-02-30", None),
        ("12023-05-06", None),
        ("", None),
    ],
)
def test_date_in_page_furniture(text: str, expected: str | None) -> None:
    assert find_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("来源: 甲乙日报 作者", "甲乙日报"), ("来源：甲乙网|字号", "甲乙网"), ("能源来源广", None)],
)
def test_source_in_page_furniture(text: str, expected: str | None) -> None:
    assert find_source(text) == expected


def test_pdf_gives_its_pages_with_wrapped_lines_joined(
    folder: Path, make_pdf: Callable[..., bytes]
) -> None:
    (folder / "a.pdf").write_bytes(
        make_pdf(f"甲乙市公布报告\n{SENTENCE[:30]}\n{SENTENCE[30:]}", "第二页。", title="年报")
    )
    found = read_one("a.pdf")
    assert found.text == f"甲乙市公布报告\n{SENTENCE}\n\n第二页。"
    assert (found.id, found.title, found.published) == ("a", "年报", None)


@pytest.mark.parametrize(
    ("page_text", "expected"),
    [
        ("", ""),
        ("短\n行", "短\n行"),
        ("一" * 20 + "\n" + "二" * 5, "一" * 20 + "二" * 5),
        ("一" * 19 + "。\n" + "二" * 5, "一" * 19 + "。\n" + "二" * 5),
        ("一" * 20 + "\n\n" + "二" * 5, "一" * 20 + "\n\n" + "二" * 5),
        ("carbon neutrality of the\ncity", "carbon neutrality of the city"),
        ("甲\x01乙\uffff", "甲乙"),
    ],
)
def test_wrapped_lines_of_a_page_are_joined(page_text: str, expected: str) -> None:
    assert join_wrapped_lines(page_text) == expected


def test_word_file_gives_paragraphs_and_table_rows(
    folder: Path, make_docx: Callable[..., bytes]
) -> None:
    (folder / "a.DOCX").write_bytes(make_docx("甲乙。", ["指标", "3%"], "丙。", title="通知"))
    found = read_one("a.DOCX")
    assert found.text == "甲乙。\n指标\t3%\n丙。"
    assert (found.id, found.title) == ("a", "通知")


def test_bad_pdf_and_word_files_are_refused(
    folder: Path, make_pdf: Callable[..., bytes], make_docx: Callable[..., bytes]
) -> None:
    pdf, docx = make_pdf(SENTENCE), make_docx(SENTENCE)
    table: list[tuple[str, bytes, type[InputError], str]] = [
        ("a.pdf", b"", EmptyInputError, "a.pdf: expected a file with text, got 0 bytes"),
        (
            "b.pdf",
            SENTENCE.encode(),
            BrokenFileError,
            f"b.pdf: expected a PDF file, got {SENTENCE.encode()[:8]!r} at its start",
        ),
        (
            "c.pdf",
            pdf[: len(pdf) // 2],
            BrokenFileError,
            "c.pdf: expected a PDF file, got a broken one (Stream has ended unexpectedly)",
        ),
        (
            "d.pdf",
            make_pdf(SENTENCE, password="geheim"),
            EncryptedInputError,
            "d.pdf: expected a PDF file without a password, got an encrypted one",
        ),
        (
            "e.pdf",
            make_pdf("", ""),
            EmptyInputError,
            "e.pdf: expected a PDF file with text, got 2 page(s) without any",
        ),
        (
            "f.docx",
            docx[:200],
            BrokenFileError,
            "f.docx: expected a Word file (.docx), got File is not a zip file",
        ),
        (
            "g.docx",
            make_docx(),
            EmptyInputError,
            "g.docx: expected a Word file with text, got one without any",
        ),
    ]
    for name, data, error, message in table:
        (folder / name).write_bytes(data)
        found = refused(name)
        assert (type(found), str(found)) == (error, message)


def test_word_file_that_unpacks_to_too_much_is_refused(
    folder: Path, make_docx: Callable[..., bytes]
) -> None:
    data = make_docx("甲" * 200_000)
    (folder / "a.docx").write_bytes(data)
    found = refused("a.docx", limits=ReadLimits(max_bytes=len(data) + 1000))
    assert type(found) is OverlongInputError
    assert str(found).startswith(f"a.docx: expected at most {len(data) + 1000} bytes unpacked")


# --- JSON Lines --------------------------------------------------------------------------


def write_lines(path: Path, *records: object) -> None:
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    path.write_text("\n".join(lines), encoding="utf-8")


def test_json_lines_give_one_document_a_line(folder: Path) -> None:
    write_lines(
        folder / "a.jsonl",
        {
            "id": "甲",
            "text": "一\r\n二",
            "title": "题",
            "published": "2023/5/6",
            "source": "报",
            "url": "http://example.org/",
            "retrieved": "2023-05-07T01:02:03Z",
            "facts": [],
        },
        "",
        {"id": "乙", "text": "三", "title": None},
    )
    os.utime("a.jsonl", (0, 0))
    assert read("a.jsonl") == (
        [
            SourceDocument(
                id="甲",
                text="一\r\n二",
                title="题",
                published="2023-05-06",
                source="报",
                url="http://example.org/",
                retrieved="2023-05-07T01:02:03Z",
                origin="a.jsonl:1",
            ),
            SourceDocument(
                id="乙", text="三", retrieved="1970-01-01T00:00:00Z", origin="a.jsonl:3"
            ),
        ],
        [],
    )


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        (
            '{"id": "a", "text": "甲"',
            MalformedRecordError,
            "a.jsonl:2: character 23: expected one JSON object, got invalid JSON: "
            "Expecting ',' delimiter",
        ),
        (
            '["a", "甲"]',
            MalformedRecordError,
            "a.jsonl:2: expected one JSON object, got list",
        ),
        ("[" * 200_000, MalformedRecordError, "a.jsonl:2: expected one JSON object, got unusable"),
        (
            '{"id": ' + "1" * 5000 + "}",
            MalformedRecordError,
            "a.jsonl:2: expected one JSON object, got unusable JSON: Exceeds the limit",
        ),
        (
            '{"id": "a", "id": "b", "text": "甲"}',
            MalformedRecordError,
            "a.jsonl:2: expected one JSON object, got unusable JSON: the key 'id' stands twice",
        ),
        ('{"text": "甲"}', MalformedRecordError, "a.jsonl:2: expected a field 'id', got none"),
        ('{"id": "a"}', MalformedRecordError, "a.jsonl:2: expected a field 'text', got none"),
        (
            '{"id": 7, "text": "甲"}',
            MalformedRecordError,
            "a.jsonl:2: expected a string in 'id', got int 7",
        ),
        (
            '{"id": "a", "text": ["甲"]}',
            MalformedRecordError,
            "a.jsonl:2: expected a string in 'text', got list ['甲']",
        ),
        (
            '{"id": "a", "text": "甲", "title": false}',
            MalformedRecordError,
            "a.jsonl:2: expected a string in 'title', got bool False",
        ),
        (
            '{"id": "a", "text": ""}',
            EmptyInputError,
            "a.jsonl:2: expected 'text' to read, got nothing",
        ),
        (
            '{"id": "a", "text": " \\n\\u3000"}',
            EmptyInputError,
            "a.jsonl:2: expected 'text' to read, got 3 characters of white space",
        ),
        (
            '{"id": "a", "text": "甲\\ud83d"}',
            UndecodableInputError,
            "a.jsonl:2: character 1: expected 'text' without lone surrogates, got U+D83D",
        ),
        (
            '{"id": "a", "text": "甲\\u0000"}',
            BinaryInputError,
            "a.jsonl:2: character 1: expected 'text' without control characters, got U+0000",
        ),
        (
            '{"id": "a", "text": "甲", "source": "\\udc00"}',
            UndecodableInputError,
            "a.jsonl:2: character 0: expected 'source' without lone surrogates, got U+DC00",
        ),
        (
            '{"id": "", "text": "甲"}',
            InvalidMetadataError,
            "a.jsonl:2: expected an id, got an empty one",
        ),
        (
            '{"id": "' + "x" * 201 + '", "text": "甲"}',
            InvalidMetadataError,
            "a.jsonl:2: expected an id of at most 200 characters, got 201",
        ),
        (
            '{"id": "a\\nb", "text": "甲"}',
            InvalidMetadataError,
            "a.jsonl:2: expected an id without line ends and outer spaces, got 'a\\nb'",
        ),
        (
            '{"id": " a", "text": "甲"}',
            InvalidMetadataError,
            "a.jsonl:2: expected an id without line ends and outer spaces, got ' a'",
        ),
        (
            '{"id": "a", "text": "甲", "published": "2023-02-30"}',
            InvalidMetadataError,
            "a.jsonl:2: expected a date in 'published' like 2024-03-01, 2024/3/1 or "
            "2024年3月1日, got '2023-02-30'",
        ),
        (
            '{"id": "a", "text": "甲", "url": "javascript:alert(1)"}',
            InvalidMetadataError,
            "a.jsonl:2: expected an http or https address in 'url', got 'javascript:alert(1)'",
        ),
        (
            '{"id": "a", "text": "甲", "retrieved": "yesterday"}',
            InvalidMetadataError,
            "a.jsonl:2: expected a time in 'retrieved' like 2024-03-01T08:00:00Z, got 'yesterday'",
        ),
        (
            '{"id": "first", "text": "甲"}',
            DuplicateIdError,
            "a.jsonl:2: expected an id of its own, got 'first', the id of a.jsonl:1",
        ),
    ],
)
def test_bad_line_is_refused_by_its_number_and_the_others_are_read(
    folder: Path, line: str, error: type[InputError], message: str
) -> None:
    write_lines(
        folder / "a.jsonl", {"id": "first", "text": "甲"}, line, {"id": "last", "text": "乙"}
    )
    documents, refusals = read("a.jsonl")
    assert [d.id for d in documents] == ["first", "last"]
    assert [type(r.error) for r in refusals] == [error]
    assert str(refusals[0].error).startswith(message)


def test_json_lines_in_another_encoding_are_refused(folder: Path) -> None:
    (folder / "a.jsonl").write_bytes('{"id": "a", "text": "减排"}\n'.encode("gb18030"))
    assert str(refused("a.jsonl")) == "a.jsonl:1: byte 21: expected JSON in UTF-8, got 0xbc"


def test_overlong_line_is_refused_and_the_next_one_is_read(folder: Path) -> None:
    write_lines(folder / "a.jsonl", {"id": "long", "text": "x" * 500}, {"id": "short", "text": "x"})
    documents, refusals = read("a.jsonl", limits=ReadLimits(max_bytes=100))
    assert [d.id for d in documents] == ["short"]
    assert str(refusals[0].error) == "a.jsonl:1: expected at most 100 bytes, got 101 or more"


def test_json_lines_without_a_line_are_refused(folder: Path) -> None:
    (folder / "a.jsonl").write_text("\n \n")
    assert str(refused("a.jsonl")) == "a.jsonl: expected lines of JSON, got none"


# --- limits, defaults, dates -------------------------------------------------------------


def test_limits_hold_for_characters_and_bytes(folder: Path) -> None:
    (folder / "a.txt").write_text("甲" * 10, encoding="utf-8")
    assert len(read_one("a.txt", limits=ReadLimits(max_characters=10, max_bytes=30)).text) == 10
    too_long = refused("a.txt", limits=ReadLimits(max_characters=9))
    assert type(too_long) is OverlongInputError
    assert str(too_long) == "a.txt: expected at most 9 characters, got 10 or more"
    too_large = refused("a.txt", limits=ReadLimits(max_bytes=29))
    assert type(too_large) is OverlongInputError
    assert str(too_large) == "a.txt: expected at most 29 bytes, got 30 or more"


def test_defaults_fill_what_a_document_does_not_say(folder: Path) -> None:
    (folder / "a.md").write_text("---\nsource: 甲报\n---\n正文。")
    found = read_one("a.md", defaults=DocumentDefaults(published="2023-05-06", source="乙报"))
    assert (found.published, found.source) == ("2023-05-06", "甲报")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-12-12", "2022-12-12"),
        ("2022/12/12", "2022-12-12"),
        ("2022年12月12日", "2022-12-12"),
        ("2022年1月2日", "2022-01-02"),
        (" 2022-1-2 ", "2022-01-02"),
        ("2024-02-29", "2024-02-29"),
        ("2023-02-29", None),
        ("2022-13-01", None),
        ("2022-12", None),
        ("2022-12/12", None),
        ("2022年12月12", None),
        ("２０２２-12-12", None),
        ("20221212", None),
        ("12 December 2022", None),
        ("0000-01-01", None),
        ("", None),
    ],
)
def test_publication_dates_become_iso_or_nothing(text: str, expected: str | None) -> None:
    assert normalize_date(text) == expected


# --- paths -------------------------------------------------------------------------------


def test_folder_is_read_in_order_without_hidden_and_unknown_files(folder: Path) -> None:
    for name in (
        "b.txt",
        "a.md",
        ".hidden.txt",
        "note.svg",
        "sub/c.txt",
        ".git/d.txt",
        "sub2/e.TXT",
    ):
        (folder / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "in" / name).write_text("正文。")
    documents, refusals = read("in")
    assert [d.origin for d in documents] == ["in/a.md", "in/b.txt", "in/sub/c.txt", "in/sub2/e.TXT"]
    assert refusals == []


def test_pattern_is_expanded_and_a_file_is_read_once(folder: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/c.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("正文。")
    assert list(list_files(["*.txt", "a.txt", "./b.txt", "**/*.txt"])) == [
        "a.txt",
        "b.txt",
        "sub/c.txt",
    ]


def test_file_with_a_pattern_for_a_name_is_that_file(folder: Path) -> None:
    (folder / "a[1].txt").write_text("正文。")
    (folder / "a1.txt").write_text("另一篇。")
    assert [d.id for d in read("a[1].txt")[0]] == ["a[1]"]


@pytest.fixture
def nobody() -> Iterator[None]:
    """Give up the rights of root, who may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


@pytest.fixture
def locked(folder: Path) -> Path:
    """A file and a folder that nobody may read."""
    folder.chmod(0o755)
    (folder / "locked.txt").write_text("正文。")
    (folder / "locked").mkdir()
    for name in ("locked.txt", "locked"):
        (folder / name).chmod(0)
    return folder


@pytest.mark.parametrize("path", ["locked.txt", "locked"])
def test_forbidden_file_and_folder_are_refused(locked: Path, nobody: None, path: str) -> None:
    found = refused(path)
    assert type(found) is UnreadableInputError
    assert str(found) == f"{path}: expected a readable file or folder, got permission denied"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("gone.txt", "gone.txt: expected a readable file or folder, got no such file or directory"),
        ("broken.txt", "broken.txt: expected a readable file or folder, got a broken link to gone"),
        ("pipe.txt", "pipe.txt: expected a regular file, got a device or pipe"),
        ("*.nothing", "*.nothing: expected a pattern that matches a file, got no match"),
        ("", "'': expected a path, got an empty one"),
        ("a\x00.txt", "'a\\x00.txt': expected a path, got a NUL character"),
    ],
)
def test_path_that_cannot_be_read_is_refused(folder: Path, path: str, message: str) -> None:
    (folder / "broken.txt").symlink_to("gone")
    os.mkfifo(folder / "pipe.txt")
    found = refused(path)
    assert type(found) is UnreadableInputError
    assert str(found) == message


def test_unknown_suffix_is_refused(folder: Path) -> None:
    (folder / "map.svg").write_text("<svg/>")
    found = refused("map.svg")
    assert type(found) is UnsupportedInputError
    assert str(found) == (
        "map.svg: expected one of .txt, .md, .html, .htm, .pdf, .docx, .jsonl, got '.svg'"
    )


def test_broken_link_in_a_folder_is_refused_and_the_rest_is_read(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in" / "a.txt").symlink_to("gone")
    (folder / "in" / "b.txt").write_text("正文。")
    documents, refusals = read("in")
    assert [d.id for d in documents] == ["b"]
    assert [str(r.error) for r in refusals] == [
        "in/a.txt: expected a readable file or folder, got a broken link to gone"
    ]


def test_folder_that_contains_itself_is_refused_once(folder: Path) -> None:
    (folder / "in" / "sub").mkdir(parents=True)
    (folder / "in" / "a.txt").write_text("正文。")
    (folder / "in" / "sub" / "up").symlink_to(folder / "in")
    documents, refusals = read("in")
    assert [d.id for d in documents] == ["a"]
    assert [type(r.error) for r in refusals] == [DirectoryLoopError]
    assert str(refusals[0].error) == (
        f"in/sub/up: expected a folder outside itself, got a link to {folder.resolve() / 'in'}"
    )


def test_same_stem_in_two_folders_is_a_duplicate_id(folder: Path) -> None:
    for name in ("x", "y"):
        (folder / name).mkdir()
        (folder / name / "news.txt").write_text("正文。")
    documents, refusals = read("x", "y")
    assert [d.origin for d in documents] == ["x/news.txt"]
    assert [str(r.error) for r in refusals] == [
        "y/news.txt: expected an id of its own, got 'news', the id of x/news.txt"
    ]


@pytest.mark.parametrize("text", ["", " \n\t", "\u3000\u200b\n", "\ufeff"])
def test_file_without_text_is_refused(folder: Path, text: str) -> None:
    (folder / "a.txt").write_text(text, encoding="utf-8")
    assert type(refused("a.txt")) is EmptyInputError


# --- standard input ----------------------------------------------------------------------


def test_standard_input_is_plain_text() -> None:
    found = read_one("-", stdin=io.BytesIO("减排\r\n二氧化碳".encode("gb18030")))
    assert found == SourceDocument(id="stdin", text="减排\r\n二氧化碳", origin="-")


def test_standard_input_that_begins_with_a_brace_is_json_lines() -> None:
    data = '\ufeff{"id": "a", "text": "甲"}\n{"id": "b"}\n'.encode()
    documents, refusals = read("-", stdin=io.BytesIO(data))
    assert [(d.id, d.origin, d.retrieved) for d in documents] == [("a", "-:1", None)]
    assert [str(r.error) for r in refusals] == ["-:2: expected a field 'text', got none"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "-: expected text to read, got nothing"),
        (b"12345678901", "-: expected at most 10 bytes, got 11 or more"),
        (b"12345\n789012", "-: expected at most 10 bytes, got 11 or more"),
    ],
)
def test_bad_standard_input_is_refused(data: bytes, message: str) -> None:
    assert str(refused("-", stdin=io.BytesIO(data), limits=ReadLimits(max_bytes=10))) == message


def test_missing_standard_input_is_refused() -> None:
    assert str(refused("-")) == "-: expected standard input, got none"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("甲.txt", "某市发文。".encode(), [("甲", "某市发文。")]),
        ("C:\\文稿\\乙.TXT", "某市发文。".encode("gb18030"), [("乙", "某市发文。")]),
        ("a/../../丙.md", "---\nid: 三\n---\n正文。".encode(), [("三", "正文。")]),
        (
            "many.jsonl",
            '{"id": "1", "text": "甲"}\n{"id": "2", "text": "乙"}\n'.encode(),
            [("1", "甲"), ("2", "乙")],
        ),
    ],
)
def test_what_was_sent_is_read_like_a_file(
    name: str, data: bytes, expected: list[tuple[str, str]]
) -> None:
    read = [d for d in read_bytes(name, data) if isinstance(d, SourceDocument)]
    assert [(document.id, document.text) for document in read] == expected
    assert {document.retrieved for document in read} == {None}


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.svg", b"<svg/>", UnsupportedInputError),
        ("", b"text", UnsupportedInputError),
        (".txt", "文".encode(), UnsupportedInputError),
        ("a.txt", b"", EmptyInputError),
        ("a.txt", "长".encode() * 20, OverlongInputError),
        ("a.jsonl", b"", EmptyInputError),
        ("a.pdf", b"%PDF-1.4 broken", BrokenFileError),
    ],
)
def test_what_was_sent_and_cannot_be_read_is_refused(
    name: str, data: bytes, error: type[InputError]
) -> None:
    limits = ReadLimits(max_bytes=50, max_characters=50)
    (refusal,) = read_bytes(name, data, limits=limits)
    assert isinstance(refusal, InputRefusal)
    assert type(refusal.error) is error
