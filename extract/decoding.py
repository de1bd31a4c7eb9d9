"""From bytes to text: which encoding it is, and whether the text came through whole.

UTF-8 is tried first, strictly; a byte order mark decides for itself. Of GB18030 and Big5,
charset-normalizer says which can decode the bytes, and the one wins whose characters lie
mostly in that standard's planes of common characters. That holds for texts of a few
characters, where the library's own order is a guess.

Nothing else is changed: line ends stay as they are, only a byte order mark is removed.

>>> decode_text("二氧化碳减排".encode("gb18030"), "a.txt")
'二氧化碳减排'
>>> decode_text("溫室氣體減量".encode("big5"), "a.txt")
'溫室氣體減量'
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping

from charset_normalizer import from_bytes

from extract.errors import BinaryInputError, UndecodableInputError

# Longest mark first: UTF-16's is also the start of UTF-32's, which then shows as NUL characters.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "gzip data"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
)
_EXPECTED = "text in UTF-8, UTF-16 with a byte order mark, GB18030 or Big5"
_MIN_COMMON_SHARE = 0.5
_SAMPLE = 20_000

# What XML 1.0, and so the XML of RDF and of SPARQL results, cannot hold (section 2.2, Char).
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Traces of a decoding gone wrong: the replacement character, and what it looks like in GB18030.
_DAMAGE = re.compile("\ufffd|锟斤拷")
_HAN = re.compile("[\u3400-\u9fff]")
_CHINESE_WIDE = re.compile("[\u3000-\u9fff\uff00-\uffef]")


def _is_common_gb(code: bytes) -> bool:
    """GB/T 2312: symbols in rows 1 to 3, the 3,755 characters of level 1 in rows 16 to 55."""
    if len(code) != 2 or code[1] < 0xA1:
        return False
    return 0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7


def _is_common_big5(code: bytes) -> bool:
    """Big5: symbols from A140 to A3BF, the 5,401 characters of level 1 from A440 to C67E."""
    return len(code) == 2 and b"\xa1\x40" <= code <= b"\xc6\x7e"


_IS_COMMON: Mapping[str, Callable[[bytes], bool]] = {
    "gb18030": _is_common_gb,
    "big5": _is_common_big5,
}


def decode_text(data: bytes, origin: str) -> str:
    """Decode a text file.

    Args:
        data: the whole file.
        origin: the file's name, for messages.

    Raises:
        BinaryInputError: the bytes are an archive, an image or hold NUL.
        UndecodableInputError: no known encoding fits; with the byte offset.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decode_strictly(data[len(bom) :], encoding, origin, start=len(bom))
    refuse_binary(data, origin)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_mostly_utf8(data):
            raise _undecodable(data, error.start, origin, expected="UTF-8 throughout") from error
    return _decode_chinese(data, origin)


def refuse_binary(data: bytes, origin: str) -> None:
    """Refuse what is no text in any 8-bit encoding.

    Raises:
        BinaryInputError: a known signature at the start, or a NUL byte anywhere.
    """
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise BinaryInputError(origin, expected="text", got=what)
    nul = data.find(b"\x00")
    if nul >= 0:
        raise BinaryInputError(origin, expected="text", got="a NUL byte", offset=nul, unit="byte")


def refuse_damaged(text: str, origin: str, *, what: str = "text") -> None:
    """Refuse decoded text that holds what no text should.

    Args:
        text: the decoded text.
        origin: the file, for messages.
        what: what the text is, for messages: ``text``, or the field of a record.

    Raises:
        BinaryInputError: NUL or another control character that XML cannot hold.
        UndecodableInputError: a lone surrogate, or a trace of a wrong decoding.
    """
    found = _FORBIDDEN.search(text)
    if found:
        raise BinaryInputError(
            origin,
            expected=f"{what} without control characters",
            got=f"U+{ord(found.group()):04X}",
            offset=found.start(),
        )
    found = _SURROGATE.search(text)
    if found:
        raise UndecodableInputError(
            origin,
            expected=f"{what} without lone surrogates",
            got=f"U+{ord(found.group()):04X}",
            offset=found.start(),
        )
    found = _DAMAGE.search(text)
    if found:
        raise UndecodableInputError(
            origin,
            expected=f"undamaged {what}",
            got=f"{found.group()!r}, left by a wrong decoding",
            offset=found.start(),
        )
    if _is_utf8_read_as_latin1(text):
        raise UndecodableInputError(
            origin,
            expected=f"undamaged {what}",
            got="UTF-8 that was read as a Western encoding",
            offset=next(i for i, c in enumerate(text) if ord(c) > 0x7F),
        )


def _decode_strictly(data: bytes, encoding: str, origin: str, *, start: int) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper()
        raise _undecodable(
            data, error.start, origin, expected=f"{name} after its byte order mark", shift=start
        ) from error


def _decode_chinese(data: bytes, origin: str) -> str:
    """Decode as GB18030 or Big5, whichever gives the more common characters."""
    matches = from_bytes(data, cp_isolation=list(_IS_COMMON), threshold=1.0, enable_fallback=False)
    candidates = []
    failures = []
    for encoding in sorted((m.encoding for m in matches), reverse=True):
        # The library decodes large inputs in samples only.
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            failures.append(error.start)
        else:
            candidates.append((common_share(text, encoding), text))
    if not candidates:
        raise _undecodable(data, max([*failures, *_first_errors(data)]), origin)
    share, text = max(candidates, key=lambda candidate: candidate[0])
    if share < _MIN_COMMON_SHARE:
        first = next(i for i, byte in enumerate(data) if byte > 0x7F)
        raise _undecodable(data, first, origin)
    return text


def common_share(text: str, encoding: str) -> float:
    """The share, 0 to 1, of non-ASCII characters in an encoding's common planes.

    Source: GB/T 2312-1980 levels 1 and 2; Big5 levels 1 and 2.

    >>> common_share("减排", "gb18030")
    1.0
    """
    codes = [c.encode(encoding) for c in text[:_SAMPLE] if ord(c) > 0x7F]
    is_common = _IS_COMMON[encoding]
    return sum(map(is_common, codes)) / len(codes) if codes else 1.0


def _first_errors(data: bytes) -> list[int]:
    """Where each encoding fails first; an encoding that does not fail is not listed."""
    offsets = []
    for encoding in ("utf-8", *_IS_COMMON):
        try:
            data.decode(encoding)
        except UnicodeDecodeError as error:
            offsets.append(error.start)
    return offsets


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether most bytes above ASCII form Chinese characters of three bytes in UTF-8."""
    high = sum(byte > 0x7F for byte in data)
    wide = len(_CHINESE_WIDE.findall(data.decode("utf-8", errors="ignore")))
    return 3 * wide * 3 >= 2 * high


def _is_utf8_read_as_latin1(text: str) -> bool:
    """Whether a text without Chinese becomes Chinese when its code points are bytes."""
    if text.isascii() or _HAN.search(text):
        return False
    for encoding in ("latin-1", "cp1252"):
        try:
            again = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if _HAN.search(again):
            return True
    return False


def _undecodable(
    data: bytes, offset: int, origin: str, *, expected: str = _EXPECTED, shift: int = 0
) -> UndecodableInputError:
    return UndecodableInputError(
        origin,
        expected=expected,
        got=f"0x{data[offset]:02x}" if offset < len(data) else "the end",
        offset=offset + shift,
        unit="byte",
    )
