r"""Annotated documents in the gold form of the annotation guidelines, one YAML file each.

Entities are lists of strings by label. Whoever reads them marks every occurrence of each
string, the longest first, so that only some annotations can be written so; the others are
refused. Every string is written as JSON, which YAML reads; a text without odd characters is
a block of lines.

>>> print(text_to_yaml("甲市\n\n乙市\n"))
|2+
  甲市
<BLANKLINE>
  乙市
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from extract.annotation.errors import AmbiguousGoldError
from extract.annotation.rows import AnnotatedDocument, AnnotatedFact
from extract.facts import ENTITY_LABELS, Entity, Span

# Characters that YAML 1.1 (section 5.1) does not let stand for themselves, or takes as breaks.
_UNPRINTABLE = re.compile(
    r"[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_METADATA = ("id", "title", "published", "source", "url")
_NOT_IN_GOLD = ("start", "end", "confidence")


def document_to_gold(document: AnnotatedDocument) -> str:
    """The YAML file of a document.

    Facts have no offsets there: evidence and the spans that facts point to are left out.

    Raises:
        AmbiguousGoldError: the strings by label would not give the same entities back.
    """
    source = document.source
    names = entities_to_strings(document.entities, source.text, source.origin)
    metadata = {key: getattr(source, key) for key in _METADATA}
    lines = [f"{key}: {_quote(value)}" for key, value in metadata.items() if value is not None]
    lines.append(f"text: {text_to_yaml(source.text)}")
    lines.append("entities:" if names else "entities: {}")
    for label, strings in names.items():
        lines.append(f"  {label}: [{', '.join(map(_quote, strings))}]")
    lines.append("facts:" if document.facts else "facts: []")
    for fact in sorted(document.facts, key=lambda fact: (fact.evidence, fact.type)):
        lines.append(f"  - {_quote(_fact_to_gold(fact))}")
    return "\n".join(lines) + "\n"


def _fact_to_gold(fact: AnnotatedFact) -> Mapping[str, object]:
    offsets = {f"{name}_{side}" for name in fact.spans for side in ("start", "end")}
    return {
        key: value
        for key, value in fact.to_json().items()
        if key not in _NOT_IN_GOLD and key not in offsets
    }


def _quote(value: object) -> str:
    """A value as JSON that YAML 1.1 reads as the same."""
    written = json.dumps(value, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found.group()):04x}", written)


def text_to_yaml(text: str) -> str:
    """A text as a block of lines, or quoted where a block would change it."""
    if not text.strip("\n") or "\t" in text or _UNPRINTABLE.search(text):
        return _quote(text)
    body = text.rstrip("\n")
    lines = [f"  {line}" if line else "" for line in body.split("\n")]
    if body == text:
        return "\n".join(["|2-", *lines])
    return "\n".join(["|2+", *lines, *[""] * (len(text) - len(body) - 1)])


# --- entities ----------------------------------------------------------------------------


def entities_to_strings(entities: Sequence[Entity], text: str, origin: str) -> dict[str, list[str]]:
    """The strings of each label, in the order of the text.

    Raises:
        AmbiguousGoldError: read again, they would not give the same entities.
    """
    names: dict[str, dict[str, None]] = {label: {} for label in ENTITY_LABELS}
    for entity in sorted(entities, key=lambda entity: entity.span):
        names[entity.label][entity.text] = None
    strings = {label: list(found) for label, found in names.items() if found}
    wanted = {(entity.span, entity.label) for entity in entities}
    given = set(mark_strings(strings, text))
    for span, label in sorted(wanted ^ given):
        there = "not here" if (span, label) in given else "here"
        raise AmbiguousGoldError(
            origin,
            expected="each string to have one label wherever it stands outside a longer one, "
            "since gold files name no offsets",
            got=f"{span.of(text)!r} that is {label} elsewhere and {there}"
            if there == "not here"
            else f"{span.of(text)!r} that is {label} here and not elsewhere",
            offset=span.start,
        )
    return strings


def mark_strings(strings: Mapping[str, Sequence[str]], text: str) -> Iterator[tuple[Span, str]]:
    """What a reader of gold files marks: each occurrence, the longest first, no overlaps."""
    taken = bytearray(len(text))
    wanted = [(string, label) for label, found in strings.items() for string in found]
    for string, label in sorted(wanted, key=lambda pair: -len(pair[0])):
        at = text.find(string)
        while at >= 0:
            end = at + len(string)
            if not any(taken[at:end]):
                taken[at:end] = b"\x01" * len(string)
                yield Span(at, end), label
            at = text.find(string, at + 1)
