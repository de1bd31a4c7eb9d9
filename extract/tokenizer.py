"""Words, part-of-speech tags and names from one pass of a trained tagger, as a spaCy tokenizer.

Sets the words of the ``Doc``, ``token.tag_`` (the tag set of LAC: n, v, vn, nz, m, w, ..., and
PER, LOC, ORG, TIME for names), ``doc._.reading``, ``doc._.written`` (the text) and
``doc._.tagged``, what the tagger says of names. Tokens are words, cut where a name begins or
ends, and cover the text exactly, white space included.

Examples: 甲市政府主办 → 甲市政府/ORG 主办/v; 5月8日 → 5月8日/TIME.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from extract.extensions import register_extensions
from extract.layout import find_layout
from extract.reading import text_to_reading
from extract.tagger import ModelName, TaggedText, TaggerModel, load_tagger

SPACE_TAG = "SP"
HIDDEN = "\r\n\u200b\ufeff"
_MAX_PIECE = 400
_PIECE_END = re.compile(r"[；;，,、]")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text: half-open code-point range and tag."""

    start: int
    end: int
    tag: str


def text_to_pieces(text: str) -> list[tuple[str, list[int]]]:
    """What the tagger sees of ``text``: sentences, with the offset of each character.

    A line break inside a sentence is hidden from the model, so that a word broken over two
    lines is one word whose range includes the break.
    """
    pieces = []
    for sentence in find_layout(text).sentences:
        kept = [i for i in range(sentence.start, sentence.end) if text[i] not in HIDDEN]
        for part in _split_long(text, kept):
            pieces.append(("".join(text[i] for i in part), part))
    return pieces


def _split_long(text: str, positions: list[int]) -> Iterable[list[int]]:
    while len(positions) > _MAX_PIECE:
        cut = _MAX_PIECE
        for size in range(_MAX_PIECE, _MAX_PIECE // 2, -1):
            if _PIECE_END.match(text[positions[size - 1]]):
                cut = size
                break
        yield positions[:cut]
        positions = positions[cut:]
    if positions:
        yield positions


def tag_text(text: str, model: TaggerModel) -> TaggedText:
    """Words and names of ``text``; white space between sentences is left out."""
    pieces = text_to_pieces(text)
    return TaggedText(text, model.tag([piece for piece, _ in pieces]), [at for _, at in pieces])


class TaggerTokenizer:
    """spaCy tokenizer over the tagger's words; characters that it did not see become spaces."""

    def __init__(self, vocab: Vocab, model: TaggerModel) -> None:
        self.vocab = vocab
        self._model = model

    def __call__(self, text: str) -> Doc:
        """Tokens that join to exactly ``text``."""
        words: list[str] = []
        tags: list[str] = []
        at = 0
        reading = text_to_reading(text)
        tagged = tag_text(reading, self._model)
        # Cut where names begin and end: splitting tokens of a finished Doc is slow.
        cuts = sorted({c for n in (*tagged.outer, *tagged.inner) for c in (n.start, n.end)})
        for start, end, tag in tagged.words:
            if start > at:
                words.append(text[at:start])
                tags.append(SPACE_TAG)
            inside = cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
            for first, last in itertools.pairwise((start, *inside, end)):
                words.append(text[first:last])
                tags.append(tag)
            at = end
        if at < len(text):
            words.append(text[at:])
            tags.append(SPACE_TAG)
        register_extensions()
        doc = Doc(self.vocab, words=words, spaces=[False] * len(words), tags=tags)
        doc._.reading = reading
        doc._.written = text  # spaCy joins doc.text anew at each access
        doc._.tagged = tagged
        return doc

    def to_disk(self, path: str | Path, **_: object) -> None:
        """Nothing to write: the weights belong to their own package."""

    def from_disk(self, path: str | Path, **_: object) -> TaggerTokenizer:
        """Nothing to read, see ``to_disk``."""
        return self

    def to_bytes(self, **_: object) -> bytes:
        """Nothing to keep, see ``to_disk``."""
        return b""

    def from_bytes(self, data: bytes, **_: object) -> TaggerTokenizer:
        """Nothing to restore, see ``to_disk``."""
        return self


@registry.tokenizers("tanpu.TaggerTokenizer.v1")  # type: ignore[untyped-decorator]
def create_tagger_tokenizer(model: ModelName) -> Callable[[Language], TaggerTokenizer]:
    """The tokenizer by its registered name, for spaCy's config."""

    def create(nlp: Language) -> TaggerTokenizer:
        return TaggerTokenizer(nlp.vocab, load_tagger(model))

    return create
