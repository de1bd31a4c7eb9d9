r"""Characters that a literal may have and XML may not, on their way into a document.

Articles with control characters are refused; RDF that somebody writes into a graph may have them.
XML has no way to hold them, not even as references: they become U+FFFD there, and nowhere else.
A carriage return, which readers of XML take for a line break, is written as a reference.

Source: XML 1.0 (fifth edition), production 2 (characters) and section 2.11 (line breaks).

>>> to_xml_characters(b"a\x00b\r\n").decode() == "a" + chr(0xFFFD) + "b&#xD;\n"
True
"""

from __future__ import annotations

import re
from typing import Protocol

# In UTF-8 these bytes stand for nothing else.
_CONTROLS = bytes({*range(0x20)} - {0x09, 0x0A})
_NONCHARACTERS = b"\xef\xbf"
_UNFIT = re.compile(rb"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_REPLACEMENT = "\ufffd".encode()
_RETURN = b"\r"


class ByteSink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes) -> int:
        """Take all of the bytes; their number."""


def to_xml_characters(document: bytes) -> bytes:
    """A document in UTF-8 that a reader of XML takes, if its characters were all that was wrong."""
    if len(document.translate(None, _CONTROLS)) == len(document) and (
        _NONCHARACTERS not in document
    ):
        return document
    return _UNFIT.sub(lambda found: b"&#xD;" if found[0] == _RETURN else _REPLACEMENT, document)


class XmlSink:
    """A file for serialisers of XML that passes on what :func:`to_xml_characters` makes of it.

    Parts may end anywhere, also within a character. ``finish`` comes after the last of them.
    """

    def __init__(self, sink: ByteSink) -> None:
        self._sink = sink
        self._held = b""

    def write(self, data: bytes) -> int:
        """Pass on the bytes but for an end that the next ones may complete; their number."""
        whole = self._held + bytes(data)
        kept = next((n for n in (2, 1) if whole.endswith(_NONCHARACTERS[:n])), 0)
        whole, self._held = whole[: len(whole) - kept], whole[len(whole) - kept :]
        if whole:
            self._sink.write(to_xml_characters(whole))
        return len(data)

    def flush(self) -> None:
        """Nothing to do: the sink decides when it sends."""

    def finish(self) -> None:
        """Pass on what was held back."""
        if self._held:
            self._sink.write(to_xml_characters(self._held))
        self._held = b""
