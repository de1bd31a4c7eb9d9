r"""Lines that a page layout broke inside a sentence, joined for reading and mapped back.

Finders read the joined text, so that a name, a date or a figure that runs over a line break
is read like any other; every span is then mapped to the text as it was read.

>>> joined = join_lines("第一句写到这里还没有结束，后面接着讲海\n\n上风电的情况，然后结束。")
>>> "海上风电" in joined.text
True
>>> start = joined.text.index("海上")
>>> joined.to_source(Span(start, start + 2))
Span(start=18, end=22)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from extract.facts import Argument, Entity, Fact, Reference, Says, Span
from extract.layout import find_layout
from extract.reading import text_to_reading

_BREAK = re.compile(r"[ \t　]*[\r\n]+[ \t　\r\n]*")


@dataclass(frozen=True, slots=True)
class JoinedText:
    """A text without the breaks inside sentences, and where each of its characters stood.

    ``offsets`` is None when nothing was joined; else ``offsets[i]`` is the offset in the
    source of character ``i`` of ``text``.
    """

    text: str
    source: str
    offsets: tuple[int, ...] | None

    def to_source(self, span: Span) -> Span:
        """The span of the source that ``span`` of the joined text stands for."""
        if self.offsets is None:
            return span
        if span.start == span.end:
            at = self.offsets[span.start] if span.start < len(self.offsets) else len(self.source)
            return Span(at, at)
        return Span(self.offsets[span.start], self.offsets[span.end - 1] + 1)

    def entity_to_source(self, entity: Entity) -> Entity:
        """The entity with its span and wording in the source."""
        if self.offsets is None:
            return entity
        span = self.to_source(entity.span)
        return replace(entity, span=span, text=span.of(self.source))

    def reference_to_source(self, reference: Reference) -> Reference:
        """The reference with its span and wording in the source."""
        if self.offsets is None:
            return reference
        span = self.to_source(reference.span)
        return replace(reference, span=span, text=span.of(self.source))

    def fact_to_source(self, fact: Fact) -> Fact:
        """The fact with its evidence, its arguments and the words said as in the source."""
        if self.offsets is None:
            return fact
        changed: dict[str, object] = {"evidence": self.to_source(fact.evidence)}
        for field in fields(fact):
            value = getattr(fact, field.name)
            if isinstance(value, Argument) and value.span is not None:
                changed[field.name] = replace(value, span=self.to_source(value.span))
        if isinstance(fact, Says):
            words = self.to_source(fact.words_span)
            changed.update(words=words.of(self.source), words_span=words)
        return replace(fact, **changed)  # type: ignore[arg-type]


def join_lines(source: str) -> JoinedText:
    """Joins the lines of each paragraph; paragraphs stay apart."""
    kept: list[int] = []
    at = 0
    joined = False
    for paragraph in find_layout(text_to_reading(source)).paragraphs:
        kept.extend(range(at, paragraph.start))
        at = paragraph.start
        for match in _BREAK.finditer(source, paragraph.start, paragraph.end):
            kept.extend(range(at, match.start()))
            at = match.end()
            joined = True
        kept.extend(range(at, paragraph.end))
        at = paragraph.end
    if not joined:
        return JoinedText(source, source, None)
    kept.extend(range(at, len(source)))
    return JoinedText("".join(source[i] for i in kept), source, tuple(kept))
