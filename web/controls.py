"""Characters that a text of the graph may have and a page may not: they show as U+FFFD.

Articles with control characters are refused; RDF that somebody writes into a graph may have them.
N-Triples, Turtle and JSON-LD keep them, escaped; for XML see :mod:`graph.xml_characters`.

Source: HTML Living Standard, 13.2.3.5 (control characters).

>>> page_without_controls(bytes([98, 0, 27, 99])).decode() == "b" + 2 * chr(0xFFFD) + "c"
True
"""

from __future__ import annotations

import re

# In UTF-8 these bytes stand for nothing else.
_NOT_IN_HTML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xef\xbf[\xbe\xbf]|\xc2[\x80-\x9f]")
_REPLACEMENT = "\ufffd".encode()


def page_without_controls(page: bytes) -> bytes:
    """A page in UTF-8 with a visible sign for each control character but line breaks and tabs."""
    return _NOT_IN_HTML.sub(_REPLACEMENT, page)
