"""Annotated articles (YAML in the form of the annotation guidelines) as training examples.

In that form a name listed under a label marks every place where it stands, the longest name
first. A sentence with a name that annotators may or may not mark is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from extract.errors import ExtractionError
from extract.facts import ENTITY_LABELS, EntityLabel, Span
from extract.training.examples import Example, split_example


class ArticleError(ExtractionError):
    """An annotated article is not of its form; the message names the file."""


def read_articles(paths: Sequence[Path]) -> Iterator[Example]:
    """Sentences of annotated articles; inner names are not known.

    Raises:
        ArticleError: A file has no text, an unknown label, or a name that is not in the text.
    """
    for path in paths:
        row = yaml.safe_load(path.read_text(encoding="utf-8"))
        text = row.get("text")
        if not isinstance(text, str):
            raise ArticleError(f"{path}: expected a text, got {text!r}")
        named = _find_names(path, text, row.get("entities") or {})
        doubtful = [span for span, _ in _find_names(path, text, row.get("optional") or {})]
        for example in split_example(text, named, "articles"):
            if not any(span.of(text) in example.text for span in doubtful):
                yield Example(example.text, example.outer, None, "articles")


def _find_names(
    path: Path, text: str, names: Mapping[str, Sequence[str]]
) -> list[tuple[Span, EntityLabel]]:
    unknown = set(names) - set(ENTITY_LABELS)
    if unknown:
        raise ArticleError(f"{path}: expected labels of {ENTITY_LABELS}, got {sorted(unknown)!r}")
    wanted = [(name, label) for label in ENTITY_LABELS for name in names.get(label) or ()]
    taken = bytearray(len(text))
    found: list[tuple[Span, EntityLabel]] = []
    for name, label in sorted(wanted, key=lambda w: -len(w[0])):
        at = text.find(name)
        if at < 0:
            raise ArticleError(f"{path}: expected the name {name!r} in the text")
        while at >= 0:
            end = at + len(name)
            if not any(taken[at:end]):
                taken[at:end] = b"\x01" * len(name)
                found.append((Span(at, end), label))
            at = text.find(name, at + 1)
    return sorted(found)
