r"""The standoff format of brat: a text file, and annotations that point into it by offsets.

Source: https://brat.nlplab.org/standoff.html. One annotation a line, fields parted by tabs:

==============================================  ==========================================
line                                            what it is
==============================================  ==========================================
``T1 ⇥ PERSON 0 3 ⇥ 林某某``                     a span of the text; ``0 2;3 5`` in fragments
``E1 ⇥ holds_post:T4 person:T1 org:T2``         an event: its trigger, and arcs to spans
``A1 ⇥ holds_post_status E1 current``           an attribute, with or without a value
``#1 ⇥ AnnotatorNotes E1 ⇥ …``                  a note
==============================================  ==========================================

Offsets are half-open and count code points. A fragment holds no line break; the text that
follows it joins the fragments by one space. Relations, equivalences and normalizations of
the format are not used here and are refused.

>>> span = TextBound("T1", "ORG", (Span(0, 2), Span(3, 5)))
>>> line = format_annotations([span], "甲市\n林业局")
>>> line
'T1\tORG 0 2;3 5\t甲市 林业\n'
>>> parse_annotations(line, "甲市\n林业局", "a.ann") == (span,)
True
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from extract.annotation.errors import (
    InconsistentAnnotationError,
    MalformedAnnotationError,
    UnexportableSpanError,
)
from extract.facts import Span

NOTE = "AnnotatorNotes"
LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"

_ID = re.compile(r"[TEA#][0-9]{1,9}", re.ASCII)
_TYPE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_OFFSETS = re.compile(r"([0-9]{1,9}) ([0-9]{1,9})", re.ASCII)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class TextBound:
    """A typed span of the text, in one or more fragments; ``line`` counts from 1."""

    id: str
    type: str
    fragments: tuple[Span, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Event:
    """A typed event: the id of its trigger, and pairs of role and id."""

    id: str
    type: str
    trigger: str
    arguments: tuple[tuple[str, str], ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Attribute:
    """A mark on an annotation; ``value`` is None where being there says it all."""

    id: str
    type: str
    target: str
    value: str | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on an annotation, one line."""

    id: str
    target: str
    text: str
    line: int = field(default=0, compare=False)


Annotation = TextBound | Event | Attribute | Note


# --- spans -------------------------------------------------------------------------------


def span_to_fragments(span: Span, text: str, origin: str) -> tuple[Span, ...]:
    r"""The parts of a span between line breaks.

    Raises:
        UnexportableSpanError: the span is empty, or begins or ends with a line break.

    >>> span_to_fragments(Span(0, 5), "甲市\r\n乙市", "a")
    (Span(start=0, end=2), Span(start=4, end=5))
    """
    if (
        span.start == span.end
        or text[span.start] in LINE_BREAKS
        or text[span.end - 1] in LINE_BREAKS
    ):
        raise UnexportableSpanError(
            origin,
            expected="a span that begins and ends with a character that is no line break",
            got=repr(span.of(text)[:_SHOWN]),
            offset=span.start,
        )
    fragments = []
    at = span.start
    for line in span.of(text).splitlines(keepends=True):
        length = len(line.rstrip(LINE_BREAKS))
        if length:
            fragments.append(Span(at, at + length))
        at += len(line)
    return tuple(fragments)


def fragments_to_span(found: TextBound, text: str, origin: str) -> Span:
    """The span from the first fragment to the last.

    Raises:
        InconsistentAnnotationError: something else than white space stands between them.
    """
    for before, after in pairwise(found.fragments):
        gap = text[before.end : after.start]
        if gap.strip():
            raise InconsistentAnnotationError(
                f"{origin}:{found.line}",
                expected="fragments with only white space between them",
                got=f"{gap[:_SHOWN]!r} in {found.id}",
                offset=before.end,
            )
    return Span(found.fragments[0].start, found.fragments[-1].end)


# --- writing -----------------------------------------------------------------------------


def format_annotations(annotations: Iterable[Annotation], text: str) -> str:
    """The annotation file, one line each."""
    return "".join(f"{_format(annotation, text)}\n" for annotation in annotations)


def _format(annotation: Annotation, text: str) -> str:
    match annotation:
        case TextBound(id_, type_, fragments):
            offsets = ";".join(f"{span.start} {span.end}" for span in fragments)
            return f"{id_}\t{type_} {offsets}\t{_covered(fragments, text)}"
        case Event(id_, type_, trigger, arguments):
            arcs = "".join(f" {role}:{target}" for role, target in arguments)
            return f"{id_}\t{type_}:{trigger}{arcs}"
        case Attribute(id_, type_, target, value):
            return f"{id_}\t{type_} {target}" + ("" if value is None else f" {value}")
        case Note(id_, target, note):
            return f"{id_}\t{NOTE} {target}\t{note}"


def _covered(fragments: Iterable[Span], text: str) -> str:
    return " ".join(span.of(text) for span in fragments)


# --- reading -----------------------------------------------------------------------------


def parse_annotations(content: str, text: str, origin: str) -> tuple[Annotation, ...]:
    """Read an annotation file and check its offsets against the text.

    Whether ids that are pointed to exist is the matter of who reads them.

    Raises:
        MalformedAnnotationError: a line has another form, or an id stands twice.
        InconsistentAnnotationError: a span does not cover what the line says.
    """
    found: dict[str, Annotation] = {}
    for number, line in enumerate(content.split("\n"), start=1):
        line = line.removesuffix("\r")
        if not line.strip():
            continue
        annotation = _parse_line(line, number, text, f"{origin}:{number}")
        if annotation.id in found:
            raise MalformedAnnotationError(
                f"{origin}:{number}",
                expected="an id of its own",
                got=f"{annotation.id}, the id of line {found[annotation.id].line}",
            )
        found[annotation.id] = annotation
    return tuple(found.values())


def _parse_line(line: str, number: int, text: str, where: str) -> Annotation:
    id_, tab, rest = line.partition("\t")
    if not _ID.fullmatch(id_) or not tab:
        raise MalformedAnnotationError(
            where,
            expected="an id of T, E, A or # with a number, and a tab",
            got=repr(line[:_SHOWN]),
        )
    return _PARSERS[id_[0]](id_, rest, number, text, where)


def _parse_text_bound(id_: str, rest: str, number: int, text: str, where: str) -> Annotation:
    head, _, covered = rest.partition("\t")
    type_, _, offsets = head.partition(" ")
    pairs = [_OFFSETS.fullmatch(part) for part in offsets.rstrip(" ").split(";")]
    if not _TYPE.fullmatch(type_) or not all(pairs):
        raise _malformed(where, "'TYPE START END' or 'TYPE START END;START END'", head)
    fragments = []
    at = 0
    for start, end in ((int(pair[1]), int(pair[2])) for pair in pairs if pair):
        if not at <= start < end <= len(text):
            raise InconsistentAnnotationError(
                where,
                expected=f"fragments in their order within 0 to {len(text)}",
                got=f"{start} {end}",
            )
        fragments.append(Span(start, end))
        at = end
    expected = _covered(fragments, text)
    if covered != expected:
        raise InconsistentAnnotationError(
            where,
            expected=f"{expected[:_SHOWN]!r}, the text at these offsets",
            got=repr(covered[:_SHOWN]),
            offset=fragments[0].start,
        )
    return TextBound(id_, type_, tuple(fragments), number)


def _parse_event(id_: str, rest: str, number: int, text: str, where: str) -> Annotation:
    parts = [part.partition(":") for part in rest.split()]
    if not parts or not all(_TYPE.fullmatch(name) and target for name, _, target in parts):
        raise _malformed(where, "'TYPE:TRIGGER' and 'ROLE:ID' after it", rest)
    (type_, _, trigger), *arcs = parts
    return Event(id_, type_, trigger, tuple((role, target) for role, _, target in arcs), number)


def _parse_attribute(id_: str, rest: str, number: int, text: str, where: str) -> Annotation:
    parts = rest.split()
    if len(parts) not in (2, 3) or not _TYPE.fullmatch(parts[0]):
        raise _malformed(where, "'TYPE ID' or 'TYPE ID VALUE'", rest)
    return Attribute(id_, parts[0], parts[1], parts[2] if len(parts) == 3 else None, number)


def _parse_note(id_: str, rest: str, number: int, text: str, where: str) -> Annotation:
    head, _, note = rest.partition("\t")
    type_, _, target = head.partition(" ")
    if type_ != NOTE or not target:
        raise _malformed(where, f"'{NOTE} ID', a tab and the note", rest)
    return Note(id_, target.strip(), note, number)


def _malformed(where: str, expected: str, got: str) -> MalformedAnnotationError:
    return MalformedAnnotationError(where, expected=expected, got=repr(got[:_SHOWN]))


_PARSERS: Mapping[str, Callable[[str, str, int, str, str], Annotation]] = {
    "T": _parse_text_bound,
    "E": _parse_event,
    "A": _parse_attribute,
    "#": _parse_note,
}
