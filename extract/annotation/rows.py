"""Annotated documents, and the rows of the exchange format that hold them.

A row is one line of what ``tanpu extract`` writes. What it holds is checked here, so that
whoever gets an ``AnnotatedDocument`` can rely on it: offsets lie in the text, types, labels
and words of closed sets are known, every fact has what its type requires.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from extract.annotation.errors import MalformedAnnotationError
from extract.annotation.schema import FactField, fact_form, field_keys
from extract.document import SourceDocument
from extract.facts import ENTITY_LABELS, FACT_TYPES, Entity, EntityLabel, Extraction, Span
from extract.readers import (
    STDIN,
    DocumentDefaults,
    InputRefusal,
    ReadLimits,
    read_inputs,
)

Row = dict[str, Any]
Value = str | int | float | tuple[str, ...]

LABELS: Mapping[str, EntityLabel] = {label: label for label in ENTITY_LABELS}

_ENTITY_KEYS = ("start", "end", "label", "text", "name", "confidence")
_LINES = ".jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedFact:
    """A fact as the exchange format has it.

    ``roles`` hold the names of what fills each role, the canonical one first; ``spans`` the
    spans of text that a fact points to beside its evidence; ``values`` all else, closed sets
    of several words as tuples. Fields that a fact does not have are left out of all three.
    """

    type: str
    evidence: Span
    roles: Mapping[str, tuple[str, ...]]
    spans: Mapping[str, Span]
    values: Mapping[str, Value]
    confidence: float = 1.0

    def to_json(self) -> Row:
        """The row of the fact, its fields in declared order."""
        row: Row = {"type": self.type}
        for field in fact_form(self.type).fields:
            if field.kind == "span":
                if field.name in self.spans:
                    span = self.spans[field.name]
                    row.update(zip(field_keys(field), (span.start, span.end), strict=True))
                continue
            value = self.roles.get(field.name) or self.values.get(field.name)
            if isinstance(value, tuple):
                row[field.name] = value[0] if len(value) == 1 else list(value)
            elif value is not None:
                row[field.name] = value
        row.update(start=self.evidence.start, end=self.evidence.end)
        row["confidence"] = round(self.confidence, 4)
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedDocument:
    """A document with the entities and facts that were found in it, or put right."""

    source: SourceDocument
    entities: tuple[Entity, ...]
    facts: tuple[AnnotatedFact, ...]

    def to_json(self) -> Row:
        """One line of the exchange format, in the order of ``tanpu extract``.

        Without ``references``: what points back is found from names, and is not annotated.
        """
        entities = sorted(self.entities, key=lambda entity: entity.span)
        extraction = Extraction(
            document=self.source, entities=tuple(entities), facts=(), pipeline=""
        )
        facts = sorted(self.facts, key=lambda fact: (fact.evidence, fact.type))
        row = {**extraction.to_json(), "facts": [fact.to_json() for fact in facts]}
        del row["references"]
        return row


def read_annotated(
    paths: Sequence[str],
    *,
    limits: ReadLimits,
    defaults: DocumentDefaults,
    stdin: BinaryIO,
) -> Iterator[AnnotatedDocument | SourceDocument | InputRefusal]:
    """Read documents, those of JSON Lines with ``entities`` or ``facts`` as annotated ones.

    Args:
        paths: as for `extract.readers.read_inputs`.
        limits: how long a document may be.
        defaults: publication date and source of documents that name none.
        stdin: what ``-`` reads from; it has to be seekable.

    Yields:
        Documents, and a refusal for each bad input, in the order of the paths.
    """
    read_from: str | None = None
    lines: list[bytes] = []
    for found in read_inputs(paths, limits=limits, defaults=defaults, stdin=stdin):
        if isinstance(found, InputRefusal):
            yield found
            continue
        path, _, number = found.origin.rpartition(":")
        if path != STDIN and not path.lower().endswith(_LINES):
            yield found
            continue
        if path != read_from:
            read_from, lines = path, _read_lines(path, stdin)
        row = json.loads(lines[int(number) - 1].decode("utf-8-sig"))
        try:
            yield row_to_document(row, found) if row.keys() & {"entities", "facts"} else found
        except MalformedAnnotationError as error:
            yield InputRefusal(found.origin, error)


def _read_lines(path: str, stdin: BinaryIO) -> list[bytes]:
    if path != STDIN:
        return Path(path).read_bytes().split(b"\n")
    at = stdin.tell()
    stdin.seek(0)
    lines = stdin.read().split(b"\n")
    stdin.seek(at)
    return lines


def row_to_document(row: Mapping[str, Any], source: SourceDocument) -> AnnotatedDocument:
    """Check a row and read its entities and facts.

    Args:
        row: the row; of it only ``entities`` and ``facts`` are read.
        source: the document of the same row, as a reader gives it.

    Raises:
        MalformedAnnotationError: a part is missing, unknown, or of the wrong kind.
    """
    parts: dict[str, list[_Part]] = {}
    for key in ("entities", "facts"):
        members = row.get(key)
        if not isinstance(members, list):
            raise _malformed(source.origin, f"a list {key!r}", members)
        parts[key] = [
            _Part(f"{source.origin}: {key}[{number}]", member, source.text)
            for number, member in enumerate(members)
        ]
    return AnnotatedDocument(
        source=source,
        entities=tuple(_read_entity(part) for part in parts["entities"]),
        facts=tuple(_read_fact(part) for part in parts["facts"]),
    )


def number_to_json(value: Decimal) -> int | float:
    """A whole number as int, another one as float, as facts do.

    >>> number_to_json(Decimal("568")), number_to_json(Decimal("0.5"))
    (568, 0.5)
    """
    return int(value) if value == value.to_integral_value() else float(value)


# --- parts of a row ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """An entity or a fact of a row: where it stands, its JSON, and the document's text."""

    where: str
    json: Any
    text: str

    def check_keys(self, known: Sequence[str]) -> None:
        if not isinstance(self.json, dict):
            raise _malformed(self.where, "an object", self.json)
        for key in self.json:
            if key not in known:
                raise _malformed(self.where, f"one of the keys {', '.join(known)}", key)

    def string(self, key: str) -> str:
        value = self.json.get(key)
        if not isinstance(value, str):
            raise _malformed(self.where, f"a string {key!r}", value)
        return value

    def word(self, key: str, known: Sequence[str]) -> str:
        value = self.string(key)
        if value not in known:
            raise _malformed(self.where, f"{key!r} to be one of {', '.join(known)}", value)
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """One string or a list of them; no repeats."""
        value = self.json.get(key)
        members = value if isinstance(value, list) else [value]
        if not members or not all(isinstance(member, str) for member in members):
            raise _malformed(self.where, f"a string or a list of strings {key!r}", value)
        return tuple(dict.fromkeys(members))

    def number(self, key: str) -> int | float:
        value = self.json.get(key)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise _malformed(self.where, f"a number {key!r}", value)
        return value

    def integer(self, key: str) -> int:
        value = self.json.get(key)
        if isinstance(value, bool) or not isinstance(value, int):
            raise _malformed(self.where, f"an integer {key!r}", value)
        return value

    def span(self, start_key: str, end_key: str) -> Span:
        start, end = self.integer(start_key), self.integer(end_key)
        if not 0 <= start < end <= len(self.text):
            expected = f"0 <= {start_key} < {end_key} <= {len(self.text)}"
            raise _malformed(self.where, expected, (start, end))
        return Span(start, end)

    def confidence(self) -> float:
        if "confidence" not in self.json:
            return 1.0
        value = self.number("confidence")
        if not 0 <= value <= 1:
            raise _malformed(self.where, "a confidence from 0 to 1", value)
        return float(value)


def _read_entity(part: _Part) -> Entity:
    part.check_keys(_ENTITY_KEYS)
    span, text = part.span("start", "end"), part.string("text")
    if span.of(part.text) != text:
        raise _malformed(part.where, f"{span.of(part.text)!r}, the text at its offsets", text)
    return Entity(
        span=span,
        label=LABELS[part.word("label", ENTITY_LABELS)],
        text=text,
        name=part.string("name") if "name" in part.json else text,
        confidence=part.confidence(),
    )


def _read_fact(part: _Part) -> AnnotatedFact:
    part.check_keys(tuple(part.json) if isinstance(part.json, dict) else ())
    form = fact_form(part.word("type", tuple(FACT_TYPES)))
    part.check_keys(("type", *form.keys(), "start", "end", "confidence"))
    roles: dict[str, tuple[str, ...]] = {}
    spans: dict[str, Span] = {}
    values: dict[str, Value] = {}
    for field in form.fields:
        keys = field_keys(field)
        if not field.required and all(part.json.get(key) is None for key in keys):
            if field.default is not None:
                values[field.name] = field.default
        elif field.kind == "role":
            roles[field.name] = part.strings(field.name)
        elif field.kind == "span":
            spans[field.name] = part.span(*keys)
        else:
            values[field.name] = _read_value(part, field)
    return AnnotatedFact(
        type=form.type,
        evidence=part.span("start", "end"),
        roles=roles,
        spans=spans,
        values=values,
        confidence=part.confidence(),
    )


def _read_value(part: _Part, field: FactField) -> Value:
    match field.kind:
        case "choice":
            return part.word(field.name, field.options)
        case "choices":
            words = part.strings(field.name)
            for word in words:
                if word not in field.options:
                    expected = f"{field.name!r} to be of {', '.join(field.options)}"
                    raise _malformed(part.where, expected, word)
            return words
        case "texts":
            return part.strings(field.name)
        case "number":
            return number_to_json(Decimal(repr(part.number(field.name))))
        case _:
            return part.string(field.name)


def _malformed(where: str, expected: str, got: Any) -> MalformedAnnotationError:
    return MalformedAnnotationError(where, expected=expected, got=f"{got!r:.80}")
