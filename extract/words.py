"""A view of a ``Doc`` by code-point offsets: words, tags and sentences.

Finders work on offsets into the text, since a name may begin or end inside a word of the
tokenizer; only the last step aligns names with tokens.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property

from spacy.tokens import Doc

from extract.extensions import register_extensions
from extract.facts import Span
from extract.gazetteer import FoundPlace, find_places
from extract.layout import Layout, find_layout
from extract.reading import text_to_reading
from extract.tokenizer import SPACE_TAG, Word


@dataclass(frozen=True)
class Words:
    """Words of a text in order, white space left out.

    ``text`` is the reading (see ``extract.reading``), ``source`` the text as it was read; they
    agree offset by offset.
    """

    text: str
    words: tuple[Word, ...]
    source: str

    @classmethod
    def from_doc(cls, doc: Doc) -> Words:
        """The words that the tokenizer set on ``doc``."""
        register_extensions()
        if doc._.words is not None:
            known: Words = doc._.words
            return known
        if doc._.reading is None:
            doc._.reading = text_to_reading(doc.text)
        if doc._.tagged is not None:  # whole words; tokens are cut at names
            words = tuple(Word(*word) for word in doc._.tagged.words)
        else:
            words = tuple(
                Word(token.idx, token.idx + len(token), token.tag_)
                for token in doc
                if token.tag_ != SPACE_TAG
            )
        view = cls(doc._.reading, words, doc._.written or doc.text)
        # Kept for the components that follow: entities split tokens, words stay as they were.
        doc._.words = view
        return view

    @cached_property
    def layout(self) -> Layout:
        """Paragraphs and sentences of the text."""
        return find_layout(self.text)

    @cached_property
    def places(self) -> tuple[FoundPlace, ...]:
        """The places that the gazetteer finds in the text, in text order."""
        return tuple(find_places(self.text))

    @cached_property
    def _starts(self) -> list[int]:
        return [w.start for w in self.words]

    @cached_property
    def _ends(self) -> list[int]:
        return [w.end for w in self.words]

    def within(self, span: Span) -> tuple[Word, ...]:
        """Words that lie wholly inside ``span``."""
        first = bisect_left(self._starts, span.start)
        last = bisect_right(self._ends, span.end)
        return self.words[first:last]

    def ending_at(self, offset: int) -> int | None:
        """Index of the word that ends at ``offset``."""
        i = bisect_left(self._ends, offset)
        return i if i < len(self.words) and self.words[i].end == offset else None

    def starting_at(self, offset: int) -> int | None:
        """Index of the word that starts at ``offset``."""
        i = bisect_left(self._starts, offset)
        return i if i < len(self.words) and self.words[i].start == offset else None

    def at(self, offset: int) -> int | None:
        """Index of the word that covers ``offset``."""
        i = bisect_right(self._starts, offset) - 1
        return i if i >= 0 and self.words[i].start <= offset < self.words[i].end else None

    def is_boundary(self, offset: int) -> bool:
        """Whether no word has ``offset`` strictly inside it."""
        i = bisect_left(self._starts, offset)
        return not (i > 0 and self.words[i - 1].end > offset)

    def of(self, word: Word) -> str:
        """The word as written."""
        return self.text[word.start : word.end]

    def extend_left(
        self, offset: int, tags: Container[str], stop: Container[str], limit: int = 0
    ) -> int:
        """Leftmost offset that is reached from ``offset`` over adjacent words.

        A word is passed when its tag is in ``tags`` and it is not in ``stop``; the walk
        ends at ``limit``, at a gap, or inside a word.
        """
        while (i := self.ending_at(offset)) is not None:
            word = self.words[i]
            if word.start < limit or word.tag not in tags or self.of(word) in stop:
                break
            offset = word.start
        return offset
