"""Training examples: a sentence with the names to be learnt in it, outer and inner.

A name is outer when it lies in no longer one; the longest name inside an outer one is inner
(⟦⟦某市⟧生态环境局⟧). Where a source says nothing about inner names, or nothing about one label,
the example says so and the loss leaves that part out.

>>> example = nest_spans("某市环境局", [(Span(0, 2), "PLACE"), (Span(0, 5), "ORG")])
>>> example.outer, example.inner
(((0, 5, 'ORG'),), ((0, 2, 'PLACE'),))
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from extract.facts import EntityLabel, Span
from extract.layout import find_layout
from extract.reading import text_to_reading

Labelled = tuple[int, int, EntityLabel]
HIDDEN = "\r\n\u200b\ufeff"  # what the tokenizer hides from its model as well


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence as the tagger sees it; spans are half-open offsets into ``text``.

    ``inner`` is None where the source has no nested names. ``source`` names the corpus.
    """

    text: str
    outer: tuple[Labelled, ...]
    inner: tuple[Labelled, ...] | None
    source: str


def nest_spans(
    text: str, spans: Iterable[tuple[Span, EntityLabel]], source: str = "grammar"
) -> Example:
    """The two outermost layers of nested spans."""
    ordered = sorted(spans, key=lambda s: (s[0].start, -s[0].end))
    outer: list[Labelled] = []
    inner: list[Labelled] = []
    for span, label in ordered:
        row = (span.start, span.end, label)
        if not outer or span.start >= outer[-1][1]:
            outer.append(row)
        elif row[:2] == outer[-1][:2] or span.end > outer[-1][1]:
            continue  # the same extent twice, or a crossing that no tagger can show
        elif not inner or span.start >= inner[-1][1]:
            inner.append(row)
    return Example(text, tuple(outer), tuple(inner), source)


def split_example(
    text: str, spans: Sequence[tuple[Span, EntityLabel]], source: str
) -> Iterator[Example]:
    """Examples of a text of several lines, cut into sentences as the pipeline cuts them.

    A span that crosses the end of a sentence is left out, with its sentence.
    """
    reading = text_to_reading(text)
    for sentence in find_layout(reading).sentences:
        kept = [i for i in range(sentence.start, sentence.end) if reading[i] not in HIDDEN]
        position = {offset: at for at, offset in enumerate(kept)}
        inside = []
        for span, label in spans:
            if span.end <= sentence.start or sentence.end <= span.start:
                continue
            if span.start not in position or span.end - 1 not in position:
                break
            moved = Span(position[span.start], position[span.end - 1] + 1)
            inside.append((moved, label))
        else:
            yield nest_spans("".join(reading[i] for i in kept), inside, source)


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Writes JSON Lines; returns how many."""
    rows = [json.dumps(asdict(example), ensure_ascii=False) + "\n" for example in examples]
    path.write_text("".join(rows), encoding="utf-8")
    return len(rows)


def read_examples(path: Path) -> list[Example]:
    """The examples of a file that ``write_examples`` wrote."""

    def rows(values: list[list[object]] | None) -> tuple[Labelled, ...] | None:
        return None if values is None else tuple((v[0], v[1], v[2]) for v in values)  # type: ignore[misc]

    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.append(
            Example(row["text"], rows(row["outer"]) or (), rows(row["inner"]), row["source"])
        )
    return found
