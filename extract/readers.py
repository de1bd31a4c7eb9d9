r"""From paths to documents: files, folders, patterns and standard input.

One bad input is refused and the next one is read: the caller gets `SourceDocument`s and
`InputRefusal`s in the order of the paths.

==============  ========================================================================
input           what becomes a document
==============  ========================================================================
.txt            the whole file; its name without the suffix is the id
.md             what follows the front matter, markup left as it is; ``id``, ``title``,
                ``published``, ``source``, ``url`` and ``retrieved`` of the front matter
.html, .htm     the main text, see `extract.formats`
.pdf, .docx     the text, see `extract.formats`
.jsonl          each line, an object with ``id`` and ``text``, and the fields of .md
a folder        its files with these suffixes and its folders, sorted by name, hidden
                ones left out; symbolic links are followed
a pattern       what ``*``, ``?``, ``[…]`` and ``**`` match, sorted
``-``           standard input: JSON Lines when it begins with ``{``, else plain text
==============  ========================================================================

Offsets count code points of the text as it was read: a byte order mark is not part of it,
``\r\n`` stays two characters. ``published`` is normalised to an ISO date. ``retrieved`` is
what the input says, else the time of the file's last change, so that reading the same file
twice gives the same document; standard input has none.
"""

from __future__ import annotations

import glob
import io
import json
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from extract import formats
from extract.decoding import decode_text, refuse_binary, refuse_damaged
from extract.document import SourceDocument
from extract.errors import (
    DirectoryLoopError,
    DuplicateIdError,
    EmptyInputError,
    InputError,
    InvalidMetadataError,
    MalformedRecordError,
    OverlongInputError,
    UndecodableInputError,
    UnreadableInputError,
    UnsupportedInputError,
)

SUFFIXES = (".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".jsonl")
STDIN = "-"
STDIN_ID = "stdin"
MAX_ID_LENGTH = 200

_OPTIONAL_FIELDS = ("title", "published", "source", "url", "retrieved")
_DATE_FORMS = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)",
    re.ASCII,
)
_UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_FRONT_MATTER_KEY = re.compile(r"([A-Za-z_][\w-]*)\s*:(?:\s+(.*))?$")
_UNSAFE_IN_URL = re.compile(r'[\s<>"{}|\\^`]')


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """The most that one document may have: bytes of its file, code points of its text."""

    max_bytes: int = 50_000_000
    max_characters: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDefaults:
    """What holds for documents that do not say it themselves; ``published`` is ISO."""

    published: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class InputRefusal:
    """An input that gave no document: where, and the error that says why."""

    origin: str
    error: InputError


LIMITS = ReadLimits()
NO_DEFAULTS = DocumentDefaults()


def read_inputs(
    paths: Sequence[str],
    *,
    limits: ReadLimits = LIMITS,
    defaults: DocumentDefaults = NO_DEFAULTS,
    stdin: BinaryIO | None = None,
) -> Iterator[SourceDocument | InputRefusal]:
    """Read every document of the paths, in their order.

    Args:
        paths: files, folders, patterns or ``-``; a file that is named twice is read once.
        limits: how long a document may be.
        defaults: publication date and source of documents that name none.
        stdin: what ``-`` reads from, as bytes.

    Yields:
        Documents with ids that differ from each other, and a refusal for each bad input.
    """
    origins: dict[str, str] = {}
    for found in _read_all(paths, limits=limits, stdin=stdin):
        if isinstance(found, InputRefusal):
            yield found
        elif found.id in origins:
            yield _refusal(
                DuplicateIdError(
                    found.origin,
                    expected="an id of its own",
                    got=f"{found.id!r}, the id of {origins[found.id]}",
                )
            )
        else:
            origins[found.id] = found.origin
            yield replace(
                found,
                published=found.published or defaults.published,
                source=found.source or defaults.source,
            )


def read_bytes(
    name: str, data: bytes, *, limits: ReadLimits = LIMITS
) -> Iterator[SourceDocument | InputRefusal]:
    """Read the documents of a file that is not on this disk, such as one that was sent.

    Args:
        name: what the file is called; its suffix tells the format, and what stands before it is
            the id of a document that names none. Folders before it are left out.
        data: its content.
        limits: how long a document may be.

    Yields:
        Documents, and a refusal for each bad one; only JSON Lines can have several.

    >>> [document.id for document in read_bytes("甲.txt", "某市发文。".encode())]
    ['甲']
    """
    path = name.replace("\\", "/").rpartition("/")[2] or repr(name)
    stem, suffix = os.path.splitext(path)
    suffix = suffix.lower()
    try:
        if suffix not in SUFFIXES:
            raise UnsupportedInputError(
                path, expected=f"one of {', '.join(SUFFIXES)}", got=repr(suffix)
            )
        if suffix == ".jsonl":
            stream = io.BytesIO(data)
            yield from _read_lines(stream, path, first=None, retrieved=None, limits=limits)
            return
        _refuse_overlong(len(data), "bytes", limits.max_bytes, path)
        yield _read_article(data, path, stem, suffix, retrieved=None, limits=limits)
    except InputError as error:
        yield _refusal(error)


def describe_document(document: SourceDocument, metadata: Mapping[str, str]) -> SourceDocument:
    """A document with other metadata: its ``id``, ``title``, ``published``, ``source`` or ``url``.

    Raises:
        InvalidMetadataError: one has a value that cannot be used.

    >>> a = SourceDocument(id="a", text="某市发文。")
    >>> describe_document(a, {"published": "2031年5月6日"}).published
    '2031-05-06'
    """
    held = {key: getattr(document, key) for key in ("id", *_OPTIONAL_FIELDS)}
    return _document(held | dict(metadata), document.text, document.origin)


def list_files(paths: Sequence[str]) -> Iterator[str | InputRefusal]:
    """Expand folders and patterns; each file comes once, in the order of the paths.

    Yields:
        Paths of files, ``-`` for standard input, and refusals of what cannot be listed.
    """
    seen: set[str] = set()
    for path in paths:
        for found in [STDIN] if path == STDIN else _expand(path):
            if isinstance(found, InputRefusal):
                yield found
                continue
            key = found if found == STDIN else os.path.abspath(found)
            if key not in seen:
                seen.add(key)
                yield found


def normalize_date(text: str) -> str | None:
    """A full date in one of the accepted forms as ISO; None if it is none of them.

    >>> normalize_date("2022年12月2日"), normalize_date("2022/12/02"), normalize_date("2022-2-30")
    ('2022-12-02', '2022-12-02', None)
    """
    found = _DATE_FORMS.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = (int(group) for group in found.groups() if group is not None)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _refusal(error: InputError) -> InputRefusal:
    return InputRefusal(error.origin, error)


# --- paths -------------------------------------------------------------------------------


def _expand(path: str) -> Iterator[str | InputRefusal]:
    if not path:
        yield _refusal(UnreadableInputError("''", expected="a path", got="an empty one"))
        return
    if "\x00" in path:
        yield _refusal(UnreadableInputError(repr(path), expected="a path", got="a NUL character"))
        return
    if not os.path.lexists(path) and glob.has_magic(path):
        matches = sorted(glob.glob(path, recursive=True))
        if not matches:
            yield _refusal(
                UnreadableInputError(path, expected="a pattern that matches a file", got="no match")
            )
        for match in matches:
            yield from _expand(match)
        return
    if os.path.isdir(path):
        yield from _walk(path, ancestors=())
    else:
        yield path


def _walk(folder: str, *, ancestors: tuple[str, ...]) -> Iterator[str | InputRefusal]:
    """The readable files of a folder, depth first, sorted by name."""
    real = os.path.realpath(folder)
    if real in ancestors:
        yield _refusal(
            DirectoryLoopError(folder, expected="a folder outside itself", got=f"a link to {real}")
        )
        return
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        yield _refusal(_unreadable(folder, error))
        return
    for name in names:
        path = os.path.join(folder, name)
        if name.startswith("."):
            continue
        if os.path.isdir(path):
            yield from _walk(path, ancestors=(*ancestors, real))
        elif os.path.splitext(name)[1].lower() in SUFFIXES:
            yield path


def _unreadable(path: str, error: OSError) -> UnreadableInputError:
    if os.path.islink(path) and not os.path.exists(path):
        got = f"a broken link to {os.readlink(path)}"
    else:
        got = (error.strerror or str(error)).lower()
    return UnreadableInputError(path, expected="a readable file or folder", got=got)


# --- files -------------------------------------------------------------------------------


def _read_all(
    paths: Sequence[str], *, limits: ReadLimits, stdin: BinaryIO | None
) -> Iterator[SourceDocument | InputRefusal]:
    for path in list_files(paths):
        if isinstance(path, InputRefusal):
            yield path
            continue
        try:
            if path == STDIN:
                yield from _read_stdin(stdin, limits=limits)
            else:
                yield from _read_file(path, limits=limits)
        except InputError as error:
            yield _refusal(error)
        except OSError as error:
            yield _refusal(_unreadable(path, error))


def _read_stdin(
    stdin: BinaryIO | None, *, limits: ReadLimits
) -> Iterator[SourceDocument | InputRefusal]:
    if stdin is None:
        raise UnreadableInputError(STDIN, expected="standard input", got="none")
    first = stdin.readline(limits.max_bytes + 1)
    if first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        yield from _read_lines(stdin, STDIN, first=first, retrieved=None, limits=limits)
        return
    data = first + stdin.read(limits.max_bytes + 1 - len(first))
    _refuse_overlong(len(data), "bytes", limits.max_bytes, STDIN)
    text = _checked_text(decode_text(data, STDIN), STDIN, limits=limits)
    yield SourceDocument(id=STDIN_ID, text=text, origin=STDIN)


def _read_file(path: str, *, limits: ReadLimits) -> Iterator[SourceDocument | InputRefusal]:
    stem, suffix = os.path.splitext(os.path.basename(path))
    suffix = suffix.lower()
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableInputError(path, expected="a regular file", got="a device or pipe")
    if suffix not in SUFFIXES:
        raise UnsupportedInputError(
            path, expected=f"one of {', '.join(SUFFIXES)}", got=repr(suffix)
        )
    changed = datetime.fromtimestamp(int(status.st_mtime), tz=UTC)
    retrieved = changed.strftime("%Y-%m-%dT%H:%M:%SZ")
    if suffix == ".jsonl":
        with open(path, "rb") as stream:
            yield from _read_lines(stream, path, first=None, retrieved=retrieved, limits=limits)
        return
    _refuse_overlong(status.st_size, "bytes", limits.max_bytes, path)
    data = Path(path).read_bytes()
    yield _read_article(data, path, stem, suffix, retrieved=retrieved, limits=limits)


def _read_article(
    data: bytes, path: str, stem: str, suffix: str, *, retrieved: str | None, limits: ReadLimits
) -> SourceDocument:
    """The one document of a file that is no JSON Lines."""
    metadata: Mapping[str, str | None]
    if suffix == ".md":
        text, metadata = split_front_matter(decode_text(data, path), path)
    elif suffix == ".txt":
        text, metadata = decode_text(data, path), {}
    else:
        parsed = _parse(data, path, suffix, limits=limits)
        text = parsed.text
        metadata = {
            "title": parsed.title,
            "published": parsed.published,
            "source": parsed.source,
            "url": parsed.url if parsed.url and _is_web_address(parsed.url) else None,
        }
    return _document(
        {"id": stem, "retrieved": retrieved} | {k: v for k, v in metadata.items() if v},
        _checked_text(text, path, limits=limits),
        path,
    )


def _parse(data: bytes, path: str, suffix: str, *, limits: ReadLimits) -> formats.ParsedFile:
    if not data:
        raise EmptyInputError(path, expected="a file with text", got="0 bytes")
    if suffix == ".pdf":
        return formats.parse_pdf(data, path)
    if suffix == ".docx":
        return formats.parse_docx(data, path, max_bytes=limits.max_bytes)
    markup = decode_text(data, path)
    refuse_damaged(markup, path)
    return formats.parse_html(markup, path)


def split_front_matter(text: str, origin: str) -> tuple[str, dict[str, str | None]]:
    r"""Split Markdown into its body and the metadata of its front matter.

    Front matter stands between two lines ``---`` at the very start, one ``key: value`` a
    line, quotes around a value allowed. Keys that no document has, comments, lists and
    indented lines are passed over. Without front matter the body is the whole text.

    Raises:
        MalformedRecordError: a line of another form, a repeated key, or no closing ``---``.

    >>> split_front_matter("---\ntitle: 简讯\n---\n正文。", "a.md")
    ('正文。', {'title': '简讯'})
    """
    lines = text.splitlines(keepends=True)
    if (
        len(lines) < 2
        or lines[0].rstrip() != "---"
        or not _FRONT_MATTER_KEY.match(lines[1].strip())
    ):
        return text, {}
    metadata: dict[str, str | None] = {}
    for number, line in enumerate(lines[1:], start=2):
        entry = line.rstrip()
        if entry == "---":
            return "".join(lines[number:]), metadata
        if not entry or entry[0] in " \t-#":
            continue
        found = _FRONT_MATTER_KEY.match(entry)
        if found is None:
            raise MalformedRecordError(
                f"{origin}:{number}", expected="'key: value' or '---'", got=repr(entry[:40])
            )
        key = found.group(1).lower()
        if key in metadata:
            raise MalformedRecordError(
                f"{origin}:{number}", expected="each key once", got=f"{key!r} again"
            )
        if key in ("id", *_OPTIONAL_FIELDS):
            metadata[key] = _unquote((found.group(2) or "").strip())
    raise MalformedRecordError(
        f"{origin}:1", expected="'---' after the front matter", got="the end of the file"
    )


def _unquote(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


# --- JSON Lines --------------------------------------------------------------------------


def _read_lines(
    stream: BinaryIO,
    origin: str,
    *,
    first: bytes | None,
    retrieved: str | None,
    limits: ReadLimits,
) -> Iterator[SourceDocument | InputRefusal]:
    """Read JSON Lines; a bad line is refused by its number and the next one is read."""
    found_any = False
    number = 0
    line = stream.readline(limits.max_bytes + 1) if first is None else first
    while line:
        number += 1
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        where = f"{origin}:{number}"
        if line.strip():
            found_any = True
            try:
                yield _read_line(line, where, retrieved=retrieved, limits=limits)
            except InputError as error:
                yield _refusal(error)
        # The rest of a line that is longer than the limit.
        while not line.endswith(b"\n") and (rest := stream.readline(limits.max_bytes + 1)):
            line = rest
        line = stream.readline(limits.max_bytes + 1)
    if not found_any:
        raise EmptyInputError(origin, expected="lines of JSON", got="none")


def _read_line(
    line: bytes, origin: str, *, retrieved: str | None, limits: ReadLimits
) -> SourceDocument:
    _refuse_overlong(len(line), "bytes", limits.max_bytes, origin)
    refuse_binary(line, origin)
    try:
        record = json.loads(line.decode("utf-8").rstrip(), object_pairs_hook=_unique_keys)
    except UnicodeDecodeError as error:
        raise UndecodableInputError(
            origin,
            expected="JSON in UTF-8",
            got=f"0x{line[error.start]:02x}",
            offset=error.start,
            unit="byte",
        ) from error
    except json.JSONDecodeError as error:
        raise MalformedRecordError(
            origin, expected="one JSON object", got=f"invalid JSON: {error.msg}", offset=error.pos
        ) from error
    except (ValueError, RecursionError) as error:
        raise MalformedRecordError(
            origin, expected="one JSON object", got=f"unusable JSON: {error}"
        ) from error
    if not isinstance(record, dict):
        raise MalformedRecordError(
            origin, expected="one JSON object", got=f"{type(record).__name__} {line[:40].strip()!r}"
        )
    fields = {key: _field(record, key, origin) for key in ("id", "text", *_OPTIONAL_FIELDS)}
    for key in ("id", "text"):
        if fields[key] is None:
            raise MalformedRecordError(origin, expected=f"a field {key!r}", got="none")
    text = _checked_text(fields.pop("text") or "", origin, limits=limits, what="'text'")
    given = {key: value for key, value in fields.items() if value is not None}
    return _document({"retrieved": retrieved} | given, text, origin)


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {repeated!r} stands twice")
    return record


def _field(record: Mapping[str, Any], key: str, origin: str) -> str | None:
    value = record.get(key)
    if value is None or isinstance(value, str):
        return value
    raise MalformedRecordError(
        origin, expected=f"a string in {key!r}", got=f"{type(value).__name__} {value!r:.40}"
    )


# --- documents ---------------------------------------------------------------------------


def _document(metadata: Mapping[str, str | None], text: str, origin: str) -> SourceDocument:
    """Make a document of checked text and metadata still to be checked."""
    for key, value in metadata.items():
        if value:
            refuse_damaged(value, origin, what=repr(key))
    url = metadata.get("url") or None
    if url is not None and not _is_web_address(url):
        raise InvalidMetadataError(
            origin, expected="an http or https address in 'url'", got=repr(url)
        )
    return SourceDocument(
        id=_checked_id(metadata.get("id") or "", origin),
        text=text,
        title=metadata.get("title") or None,
        published=_checked_date(metadata.get("published") or None, origin),
        source=metadata.get("source") or None,
        url=url,
        retrieved=_checked_time(metadata.get("retrieved") or None, origin),
        origin=origin,
    )


def _checked_text(text: str, origin: str, *, limits: ReadLimits, what: str = "text") -> str:
    _refuse_overlong(len(text), "characters", limits.max_characters, origin)
    refuse_damaged(text, origin, what=what)
    if not text.strip("\u200b\u2060\ufeff \t\r\n\u3000\xa0"):
        got = f"{len(text)} characters of white space" if text else "nothing"
        raise EmptyInputError(origin, expected=f"{what} to read", got=got)
    return text


def _checked_id(value: str, origin: str) -> str:
    """An id is 1 to 200 characters without outer spaces, line ends and the like."""
    if not value:
        raise InvalidMetadataError(origin, expected="an id", got="an empty one")
    if len(value) > MAX_ID_LENGTH:
        raise InvalidMetadataError(
            origin,
            expected=f"an id of at most {MAX_ID_LENGTH} characters",
            got=f"{len(value)}",
        )
    if value != value.strip() or any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in value):
        raise InvalidMetadataError(
            origin, expected="an id without line ends and outer spaces", got=repr(value)
        )
    return value


def _checked_date(value: str | None, origin: str) -> str | None:
    if value is None:
        return None
    found = normalize_date(value)
    if found is None:
        raise InvalidMetadataError(
            origin,
            expected="a date in 'published' like 2024-03-01, 2024/3/1 or 2024年3月1日",
            got=repr(value),
        )
    return found


def _checked_time(value: str | None, origin: str) -> str | None:
    if value is None:
        return None
    try:
        if _UTC_TIME.fullmatch(value):
            datetime.fromisoformat(value)
            return value
    except ValueError:
        pass
    raise InvalidMetadataError(
        origin, expected="a time in 'retrieved' like 2024-03-01T08:00:00Z", got=repr(value)
    )


def _is_web_address(url: str) -> bool:
    if _UNSAFE_IN_URL.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _refuse_overlong(size: int, unit: str, limit: int, origin: str) -> None:
    if size > limit:
        raise OverlongInputError(origin, expected=f"at most {limit} {unit}", got=f"{size} or more")
