"""From the bytes of a web page, a PDF or a Word file to text and what the file says of itself.

The text is the one that the format's library gives, and all offsets count its code points:
a page's main text without navigation, a PDF's pages with wrapped lines joined again, a Word
file's paragraphs and table rows, one a line. What a file says of its own title, date and
source is a guess of its maker's; values that cannot be used are left out.

The three libraries are imported where they are used: a run that reads plain text needs none
of them, and each takes a good part of a second.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser

from extract.errors import BrokenFileError, EmptyInputError, EncryptedInputError, OverlongInputError

# 政府网站发展指引 (国办发〔2017〕47号), annex 2: the meta tags of government pages.
_META_TITLE = "articletitle"
_META_DATE = "pubdate"
_META_SOURCE = "contentsource"

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_SOURCE = re.compile(r"来源\s*[:：]\s*([^\s|｜]+)")
_INFO_LINE = re.compile(r"来源\s*[:：]|^\W*(?:发布|发表|更新)(?:时间|日期)?\s*[:：]")
_INFO_LENGTH = 100
_INLINE_TAGS = frozenset({"a", "b", "em", "font", "i", "label", "small", "span", "strong", "time"})
_HIDDEN_TAGS = frozenset({"script", "style", "template"})

_SENTENCE_END = tuple("。！？!?；;：:”」』）)")
_FULL_LINE = 0.9
_MIN_WRAPPED = 12
_CONTROL = {code: None for code in (*range(0x20), 0xFFFE, 0xFFFF) if code not in (0x09, 0x0A)}

# Both libraries let errors of their parts through when a file is broken inside.
_PARSER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    SyntaxError,  # lxml's errors are of this kind
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """The text of a file and what the file says about itself; ``published`` is ISO."""

    text: str
    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None


def parse_html(markup: str, origin: str) -> ParsedFile:
    """Read the main text of a web page with trafilatura; nothing is fetched.

    Title, date and source come from the meta tags of government pages, then from what
    trafilatura finds and from a line such as 发布时间：…　来源：… anywhere on the page.

    Raises:
        EmptyInputError: the page has no main text.
    """
    import trafilatura
    from trafilatura.settings import Document

    # Without extensive_search a copyright year in the footer is not taken for the date.
    found = trafilatura.bare_extraction(
        markup,
        with_metadata=True,
        include_comments=False,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if not isinstance(found, Document) or not (found.text or "").strip():
        raise EmptyInputError(origin, expected="a page with a main text", got="none")
    text = str(found.text)
    page = _PageReader()
    page.feed(markup)
    page.close()
    meta, info = page.meta, find_info_line(page.visible_text())
    return ParsedFile(
        text=text,
        title=meta.get(_META_TITLE) or found.title or None,
        published=find_date(meta.get(_META_DATE, "")) or found.date or find_date(info),
        source=meta.get(_META_SOURCE) or find_source(info) or found.sitename or None,
        url=found.url or None,
    )


class _PageReader(HTMLParser):
    """Collects the meta tags, names in lower case and the first one wins, and the lines."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: dict[str, str] = {}
        self._pieces: list[str] = []
        self._hidden: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name, content = values.get("name"), (values.get("content") or "").strip()
        if tag == "meta" and name and content:
            self.meta.setdefault(name.lower(), content)
        if tag in _HIDDEN_TAGS:
            self._hidden = tag
        self._pieces.append(" " if tag in _INLINE_TAGS else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = None
        self._pieces.append(" " if tag in _INLINE_TAGS else "\n")

    def handle_data(self, data: str) -> None:
        if self._hidden is None:
            self._pieces.append(data)

    def visible_text(self) -> str:
        """The text outside scripts, one block element a line, spaces made single."""
        lines = "".join(self._pieces).split("\n")
        return "\n".join(line for line in (" ".join(raw.split()) for raw in lines) if line)


def find_info_line(text: str) -> str:
    r"""The first short line that names the source or the time of publication, or "".

    >>> find_info_line("首页\n2023-05-06 10:12 来源： 甲乙日报\n正文。")
    '2023-05-06 10:12 来源： 甲乙日报'
    """
    for line in text.split("\n"):
        if len(line) <= _INFO_LENGTH and _INFO_LINE.search(line):
            return line
    return ""


def find_date(text: str) -> str | None:
    """The first full date in a line of page furniture, as ISO.

    >>> find_date("发布时间：2023年5月6日 10:12")
    '2023-05-06'
    >>> find_date("2023年5月") is None
    True
    """
    for year, month, day in _DATE.findall(text):
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    return None


def find_source(text: str) -> str | None:
    """The media house after 来源 in a line of page furniture.

    >>> find_source("2023-05-06　来源：甲乙日报　作者：丙")
    '甲乙日报'
    """
    found = _SOURCE.search(text)
    return found.group(1) if found else None


def parse_pdf(data: bytes, origin: str) -> ParsedFile:
    """Read the pages of a PDF with pypdf; pages are joined by an empty line.

    Raises:
        EncryptedInputError: it needs a password, or a cipher that is not installed.
        BrokenFileError: it cannot be parsed.
        EmptyInputError: no page has text (scanned pages).
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    if not data.lstrip()[:5] == b"%PDF-":
        raise BrokenFileError(origin, expected="a PDF file", got=f"{data[:8]!r} at its start")
    try:
        reader = PdfReader(io.BytesIO(data))
        pages = [page.extract_text() for page in reader.pages]
        title = reader.metadata.title if reader.metadata else None
    except (FileNotDecryptedError, DependencyError) as error:
        raise EncryptedInputError(
            origin, expected="a PDF file without a password", got="an encrypted one"
        ) from error
    except (PyPdfError, *_PARSER_ERRORS) as error:
        raise BrokenFileError(
            origin, expected="a PDF file", got=f"a broken one ({error or type(error).__name__})"
        ) from error
    text = "\n\n".join(filter(None, (join_wrapped_lines(page) for page in pages)))
    if not text.strip():
        raise EmptyInputError(
            origin, expected="a PDF file with text", got=f"{len(pages)} page(s) without any"
        )
    return ParsedFile(text=text, title=_clean(title))


def join_wrapped_lines(page: str) -> str:
    r"""Join the lines that a page's width has broken.

    A line that is nearly as long as the longest of the page, and does not end a sentence,
    goes on in the next one. Control characters, left by fonts without a mapping, are dropped.

    >>> join_wrapped_lines("全市完成造林任务一万亩并将在\n明年继续推进。\n另讯")
    '全市完成造林任务一万亩并将在明年继续推进。\n另讯'
    """
    lines = [line.rstrip() for line in page.translate(_CONTROL).splitlines()]
    full = max(_MIN_WRAPPED, _FULL_LINE * max(map(len, lines), default=0))
    joined: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and line:
            last = joined[-1]
            glue = " " if last[-1].isascii() and line[0].isascii() else ""
            joined[-1] = last + glue + line.lstrip()
        else:
            joined.append(line)
        goes_on = len(line) >= full and not line.endswith(_SENTENCE_END)
    return "\n".join(joined).strip("\n")


def parse_docx(data: bytes, origin: str, *, max_bytes: int) -> ParsedFile:
    """Read a Word file with python-docx: paragraphs and table rows in order, one a line.

    Args:
        data: the file.
        origin: its name, for messages.
        max_bytes: the most that it may unpack to.

    Raises:
        BrokenFileError: it is no Word file, or a broken one.
        OverlongInputError: it unpacks to more than the limit.
        EmptyInputError: it has no text.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > max_bytes:
            raise OverlongInputError(
                origin, expected=f"at most {max_bytes} bytes unpacked", got=f"{size}"
            )
        document = docx.Document(io.BytesIO(data))
        lines: list[str] = []
        for block in document.iter_inner_content():
            if isinstance(block, Table):
                lines += ["\t".join(cell.text for cell in row.cells) for row in block.rows]
            else:
                lines.append(block.text)
        title = document.core_properties.title
    except (zipfile.BadZipFile, OpcError, *_PARSER_ERRORS) as error:
        raise BrokenFileError(
            origin, expected="a Word file (.docx)", got=f"{error or type(error).__name__}"
        ) from error
    text = "\n".join(lines)
    if not text.strip():
        raise EmptyInputError(origin, expected="a Word file with text", got="one without any")
    return ParsedFile(text=text, title=_clean(title))


def _clean(title: str | None) -> str | None:
    """A title without control characters and outer spaces; None where nothing is left."""
    return (title or "").translate(_CONTROL).strip() or None
