"""Numbers that authorities give their documents.

Sets nothing; the finders of names leave them out, and the graph writes them in one typography.

Examples: 某政办发〔2022〕1号; 某发改[2022]第1号 → 某发改〔2022〕1号.
"""

from __future__ import annotations

import re

from extract.facts import Span

# 某政办发〔2022〕1号: what stands in a document number is no name.
_NUMBERED = re.compile(
    r"(?P<body>[一-鿿]{1,12})[〔\[［【（(](?P<year>\d{4})[〕\]］】）)]第?(?P<number>\d+)号"
)


def numbered(text: str) -> list[Span]:
    """Spans of document numbers."""
    return [Span(*m.span()) for m in _NUMBERED.finditer(text)]


def document_number(name: str) -> str | None:
    """A document number with 〔〕 as its brackets and without 第; None for another name.

    >>> document_number("某政办发[2031]第7号")
    '某政办发〔2031〕7号'
    """
    match = _NUMBERED.fullmatch(name)
    if match is None:
        return None
    return f"{match['body']}〔{match['year']}〕{match['number']}号"
