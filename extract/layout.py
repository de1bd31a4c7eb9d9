r"""Layout of a text: paragraphs, sentences and lines that were broken inside a sentence.

Newspaper text reaches us with headlines (no full stop), indented paragraphs and, from
page layouts, lines that break in the middle of a word. All of it is described by spans
over the text as read; nothing is rewritten.

>>> text = "标题\\n正文第一句。第二句，没有\\n写完。"
>>> [s.of(text) for s in find_layout(text).sentences]
['标题', '正文第一句。', '第二句，没有\\n写完。']
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from extract.facts import Span

_SENTENCE_END = re.compile(r"[。！？!?]+[”’」』）)》]*|……+[”’」』]?")
_LINE = re.compile(r"[^\r\n]+")
# A line that holds running text (a comma or a full stop inside) and does not end like a
# sentence, a heading or a caption goes on in the next line.
_RUNNING = re.compile(r"[，。；,;].*\S")
_CLOSED = re.compile(r"[。！？!?；;：:…”’」』）)】》]\s*$|(?:摄|摄影|报道|讯|供图)\s*$")
_INDENT = re.compile(r"[\s　]{2,}|[【●■◆▲★※•\-*#]|[一二三四五六七八九十]+、|\d+[.、．](?!\d)")
_MIN_BROKEN_LINE = 25


@dataclass(frozen=True, slots=True)
class Layout:
    """Paragraphs and sentences in text order; a sentence lies in one paragraph.

    ``headline`` is the number of leading paragraphs that are headings (no sentence end),
    before the first paragraph of running text.
    """

    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    headline: int

    def sentence_at(self, offset: int) -> Span:
        """The sentence that covers ``offset``, or the nearest one before it.

        Raises:
            ValueError: the text has no sentence at or before the offset.
        """
        index = bisect_right(self.sentences, offset, key=_start) - 1
        if index < 0:
            raise ValueError(f"expected an offset inside a sentence, got {offset!r}")
        return self.sentences[index]

    def paragraph_at(self, offset: int) -> Span:
        """The paragraph that covers ``offset``, or the nearest one before it."""
        index = bisect_right(self.paragraphs, offset, key=_start) - 1
        if index < 0:
            raise ValueError(f"expected an offset inside a paragraph, got {offset!r}")
        return self.paragraphs[index]

    def paragraph_before(self, paragraph: Span) -> Span:
        """The paragraph before one of ``paragraphs``; the first has none and is given itself."""
        index = bisect_right(self.paragraphs, paragraph.start, key=_start) - 1
        return self.paragraphs[max(0, index - 1)]


def _start(span: Span) -> int:
    return span.start


@lru_cache(maxsize=4)  # the steps of one document ask for the same text
def find_layout(text: str) -> Layout:
    """Paragraphs and sentences of ``text``, as code-point spans without outer white space."""
    paragraphs: list[Span] = []
    open_line = False
    for match in _LINE.finditer(text):
        span = _strip(text, match.start(), match.end())
        if span is None:
            continue
        if open_line and not _INDENT.match(match.group()):
            paragraphs[-1] = Span(paragraphs[-1].start, span.end)
        else:
            paragraphs.append(span)
        line = match.group()
        open_line = (
            len(line.strip()) >= _MIN_BROKEN_LINE
            and _RUNNING.search(line) is not None
            and _CLOSED.search(line) is None
        )
    sentences = [s for p in paragraphs for s in _split_sentences(text, p)]
    headline = 0
    for paragraph in paragraphs:
        if _SENTENCE_END.search(paragraph.of(text)) or len(paragraph.of(text)) > 60:
            break
        headline += 1
    return Layout(tuple(paragraphs), tuple(sentences), headline)


def _split_sentences(text: str, paragraph: Span) -> list[Span]:
    found: list[Span] = []
    start = paragraph.start
    for match in _SENTENCE_END.finditer(text, paragraph.start, paragraph.end):
        span = _strip(text, start, match.end())
        if span is not None:
            found.append(span)
        start = match.end()
    rest = _strip(text, start, paragraph.end)
    if rest is not None:
        found.append(rest)
    return found


def _strip(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if start < end else None
