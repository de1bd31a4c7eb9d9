"""The corpora, mapped and relabelled to the seven labels.

MSRA names persons, places and organisations but not posts, dates, events or regulations, and
cuts some names otherwise than our scheme; CLUENER names positions and governments; ResumeNER
titles. What a corpus does not name is filled in by the rule components (silver labels), and a
sentence in which corpus and rules contradict each other is left out.

Source: Levow (2006) for MSRA; Xu et al., "CLUENER2020" (2020); Zhang and Yang, "Chinese NER
Using Lattice LSTM" (2018) for ResumeNER.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from extract.errors import ExtractionError
from extract.facts import EntityLabel, Span
from extract.training.examples import Example, nest_spans

Spans = list[tuple[Span, EntityLabel]]
Silver = Callable[[str], Spans]

_MSRA: dict[str, EntityLabel] = {"NR": "PERSON", "PER": "PERSON", "NS": "PLACE", "LOC": "PLACE",
                                 "NT": "ORG", "ORG": "ORG"}  # fmt: skip
_CLUENER: dict[str, EntityLabel] = {
    "name": "PERSON",
    "position": "POST",
    "organization": "ORG",
    "company": "ORG",
    "government": "ORG",
    "address": "PLACE",
}
_CLUENER_OTHER_WORLDS = {"game", "movie"}
_RESUME: dict[str, EntityLabel] = {"NAME": "PERSON", "ORG": "ORG", "TITLE": "POST", "LOC": "PLACE"}
_GENERIC = frozenset(
    ["公司", "本公司", "该公司", "集团", "本集团", "本行", "总行", "分行", "政府", "各地"]
)
# Pairs of labels of which rule and corpus may differ over the same words: the rule's wins.
_TRUST_RULE = {("ORG", "FORUM"), ("ORG", "REGULATION"), ("PLACE", "FORUM"), ("PLACE", "REGULATION")}


class CorpusError(ExtractionError):
    """A line of a corpus is not of its format; the message names file and line."""


def _read_columns(path: Path, separator: str) -> Iterator[list[tuple[str, str]]]:
    sentence: list[tuple[str, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        parts = line.rstrip("\r").split(separator)
        if len(parts) < 2 or not parts[0]:
            if sentence:
                yield sentence
            sentence = []
        elif len(parts) > 2:
            raise CorpusError(f"{path}:{number}: expected a character and a tag, got {line!r}")
        else:
            sentence.append((parts[0][0], parts[1]))
    if sentence:
        yield sentence


def _columns_to_spans(rows: Sequence[tuple[str, str]], labels: dict[str, EntityLabel]) -> Spans:
    """Spans of BIO or BMES tags; a tag of an unknown class names nothing."""
    spans: Spans = []
    start, kind = 0, ""
    for at, (_, tag) in enumerate([*rows, ("", "O")]):
        prefix, _, name = tag.partition("-")
        if kind and (prefix in ("B", "S", "O") or name != kind):
            if kind in labels:
                spans.append((Span(start, at), labels[kind]))
            kind = ""
        if prefix in ("B", "S") or (prefix != "O" and not kind):
            start, kind = at, name
    return spans


def read_msra(path: Path, silver: Silver) -> Iterator[Example]:
    """Sentences of ``msra_train.txt`` with silver posts, dates, events and regulations."""
    for rows in _read_columns(path, " "):
        text = "".join(char for char, _ in rows)
        if not 8 <= len(text) <= 160:
            continue
        merged = merge_silver(_columns_to_spans(rows, _MSRA), silver(text))
        if merged is not None:
            yield _without_inner(text, merged, "msra")


def read_cluener(path: Path, silver: Silver) -> Iterator[Example]:
    """Sentences of CLUENER's JSON Lines, but those about games and films."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            text, labels = row["text"], row["label"]
        except (ValueError, KeyError) as error:
            raise CorpusError(f"{path}:{number}: expected text and label, got {line!r}") from error
        if _CLUENER_OTHER_WORLDS & labels.keys() or len(text) < 8:
            continue
        spans = [
            (Span(start, end + 1), _CLUENER[kind])
            for kind, names in labels.items()
            if kind in _CLUENER
            for places in names.values()
            for start, end in places
        ]
        merged = merge_silver(spans, silver(text))
        if merged is not None:
            yield _without_inner(text, merged, "cluener")


def read_resume(path: Path, silver: Silver) -> Iterator[Example]:
    """Sentences of ResumeNER; two offices joined by 兼 are two posts."""
    for rows in _read_columns(path, " "):
        text = "".join(char for char, _ in rows)
        if len(text) < 6 or len(text) > 160:
            continue
        spans: Spans = []
        for span, label in _columns_to_spans(rows, _RESUME):
            spans.extend(_split_posts(text, span) if label == "POST" else [(span, label)])
        if any(span.of(text) in _GENERIC for span, _ in spans):
            continue
        merged = merge_silver(spans, silver(text))
        if merged is not None:
            yield _without_inner(text, merged, "resume")


def _split_posts(text: str, span: Span) -> Spans:
    pieces: Spans = []
    start = span.start
    for match in re.finditer("[兼、]|$", span.of(text)):
        end = span.start + match.start()
        if end > start:
            pieces.append((Span(start, end), "POST"))
        start = span.start + match.end()
    return pieces


def merge_silver(gold: Spans, silver: Spans) -> Spans | None:
    """Labels of a corpus and of the rules together; None where they contradict each other.

    A longer name of the rules takes in shorter ones of the corpus (a place in an institution,
    an institution in an event); a name of the corpus that the rules do not see stays.
    """
    kept: Spans = []
    for span, label in silver:
        touching = [(g, kind) for g, kind in gold if g.start < span.end and span.start < g.end]
        if any(not (span.start <= g.start and g.end <= span.end) for g, _ in touching):
            inside = all(g.start <= span.start and span.end <= g.end for g, _ in touching)
            if inside and all(kind == "ORG" for _, kind in touching) and label != "POST":
                continue  # part of a longer institution that the corpus names
            return None
        same = [kind for g, kind in touching if g == span]
        if same and same[0] != label and (same[0], label) not in _TRUST_RULE:
            if label == "FORUM" or same[0] == "POST":
                return None
            continue  # the corpus knows what it is called
        if label in ("PERSON", "ORG") and not touching:
            return None  # a corpus that names these would have named it
        kept.append((span, label))
    taken = [span for span, _ in kept]
    for span, label in gold:
        if not any(span.start < t.end and t.start < span.end for t in taken):
            kept.append((span, label))
    return sorted(kept)


def _without_inner(text: str, spans: Iterable[tuple[Span, EntityLabel]], source: str) -> Example:
    example = nest_spans(text, spans, source)
    return Example(example.text, example.outer, None, source)
