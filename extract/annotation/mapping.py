"""From annotated documents to standoff and back.

Entities are spans of their label. A fact is an event: its trigger is a span that covers the
evidence, its roles are arcs to spans, its closed sets are attributes named
``{type}_{field}`` (with ``_{word}`` where a fact may have several), and all else stands in
its note. What fills a role is the entity of its name, in the evidence if there is one, else
the nearest; failing that the wording in the evidence, a span ``WORDING``; failing that the
names stand in the note alone.

A span stands for names: its canonical name (``name=`` of its note, else its text), its text,
and the ``alias=`` of its note. Names of a role in the note of a fact win over those of the
span. The confidence in a note is only to be read: what a person has been over is true.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from extract.annotation.errors import (
    InconsistentAnnotationError,
    MalformedAnnotationError,
)
from extract.annotation.notes import UnreadableNoteError, note_to_pairs, pairs_to_note
from extract.annotation.rows import (
    LABELS,
    AnnotatedDocument,
    AnnotatedFact,
    Value,
    number_to_json,
)
from extract.annotation.schema import FactField, FactForm, FieldKind, fact_form
from extract.annotation.standoff import (
    LINE_BREAKS,
    Annotation,
    Attribute,
    Event,
    Note,
    TextBound,
    fragments_to_span,
    span_to_fragments,
)
from extract.document import SourceDocument
from extract.facts import ENTITY_LABELS, FACT_TYPES, Entity, Span

WORDING = "WORDING"
NAME, ALIAS, CONFIDENCE, COMMENT = "name", "alias", "confidence", "comment"

_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{1,400})?", re.ASCII)
_NOTED: tuple[FieldKind, ...] = ("text", "texts", "number")


def attribute_name(form: FactForm, field: FactField, word: str | None = None) -> str:
    """The name of the attribute for a closed set, or for one word of several.

    >>> form = fact_form("holds_post")
    >>> attribute_name(form, form.of_kind("choice")[0])
    'holds_post_status'
    """
    return "_".join(filter(None, (form.type, field.name, word)))


# --- to standoff -------------------------------------------------------------------------


@dataclass(slots=True)
class _Mention:
    """A span under construction that may fill roles; ``remainders`` are other names seen."""

    id: str
    type: str
    span: Span
    name: str
    text: str
    confidence: float | None = None
    remainders: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def others(self, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name not in (self.name, self.text))

    def names(self) -> tuple[str, ...]:
        """What the span will stand for: its name, its text, and the usual other names."""
        aliases = self.remainders.most_common(1)[0][0] if self.remainders else ()
        return tuple(dict.fromkeys((self.name, self.text, *aliases)))


class _Mentions:
    """The spans of a document that can fill roles, found by the names they stand for."""

    def __init__(self, document: AnnotatedDocument) -> None:
        self.text = document.source.text
        self.all: list[_Mention] = []
        self._by_name: dict[str, list[_Mention]] = defaultdict(list)
        self._wordings: dict[Span, _Mention] = {}
        for entity in document.entities:
            mention = _Mention(
                f"T{len(self.all) + 1}",
                entity.label,
                entity.span,
                entity.name,
                entity.text,
                entity.confidence,
            )
            self.all.append(mention)
            if entity.label != "DATE":
                for name in {entity.name, entity.text}:
                    self._by_name[name].append(mention)

    def find(self, names: Sequence[str], evidence: Span) -> _Mention | None:
        """The entity or wording that fills a role, None where the text names nothing."""
        known = [mention for name in names for mention in self._by_name[name]]
        if known:
            return min(known, key=partial(_distance, evidence, names[0]))
        for name in names:
            at = self.text.find(name, evidence.start, evidence.end) if name else -1
            if at >= 0 and not {name[0], name[-1]} & set(LINE_BREAKS):
                return self.wording(Span(at, at + len(name)), names[0])
        return None

    def wording(self, span: Span, name: str | None = None) -> _Mention:
        """The span of type ``WORDING`` there, made if it is the first time."""
        if span not in self._wordings:
            text = span.of(self.text)
            mention = _Mention(f"T{len(self.all) + 1}", WORDING, span, name or text, text)
            self._wordings[span] = mention
            self.all.append(mention)
        return self._wordings[span]


def _distance(evidence: Span, name: str, mention: _Mention) -> tuple[int, bool, int]:
    """How far a mention is from the evidence; the fuller name is preferred inside it."""
    before = max(0, evidence.start - mention.span.start)
    after = max(0, mention.span.end - evidence.end)
    return before + after, mention.name != name, mention.span.start


def document_to_annotations(document: AnnotatedDocument) -> list[Annotation]:
    """All annotations of a document: entities, then wordings, then fact by fact.

    Raises:
        UnexportableSpanError: a span begins or ends with a line break.
    """
    source = document.source
    mentions = _Mentions(document)
    fillers = [_find_fillers(fact, mentions) for fact in document.facts]
    annotations: list[Annotation] = []
    notes = _Numbers("#")
    for mention in mentions.all:
        fragments = span_to_fragments(mention.span, source.text, source.origin)
        annotations.append(TextBound(mention.id, mention.type, fragments))
    for mention in mentions.all:
        note = pairs_to_note(_mention_to_pairs(mention))
        if note:
            annotations.append(Note(notes.next(), mention.id, note))
    triggers: dict[tuple[str, Span], str] = {}
    attributes = _Numbers("A")
    for number, (fact, filled) in enumerate(zip(document.facts, fillers, strict=True), start=1):
        key = (fact.type, fact.evidence)
        if key not in triggers:
            triggers[key] = f"T{len(mentions.all) + len(triggers) + 1}"
            fragments = span_to_fragments(fact.evidence, source.text, source.origin)
            annotations.append(TextBound(triggers[key], fact.type, fragments))
        event = f"E{number}"
        arcs = tuple((role, mention.id) for role, mention in filled.items())
        annotations.append(Event(event, fact.type, triggers[key], arcs))
        for name, word in _fact_to_attributes(fact):
            annotations.append(Attribute(attributes.next(), name, event, word))
        note = pairs_to_note(_fact_to_pairs(fact, filled, source.text))
        annotations.append(Note(notes.next(), event, note))
    return annotations


class _Numbers:
    """Ids of one kind, counted from 1."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._last = 0

    def next(self) -> str:
        self._last += 1
        return f"{self._prefix}{self._last}"


def _find_fillers(fact: AnnotatedFact, mentions: _Mentions) -> dict[str, _Mention]:
    """What fills each role and span of a fact; the names of roles are remembered there."""
    found: dict[str, _Mention] = {}
    for role, names in fact.roles.items():
        mention = mentions.find(names, fact.evidence)
        if mention is not None:
            found[role] = mention
            if names[0] == mention.name:
                mention.remainders[mention.others(names)] += 1
    for name, span in fact.spans.items():
        found[name] = mentions.wording(span)
    return found


def _mention_to_pairs(mention: _Mention) -> Iterator[tuple[str, str]]:
    if mention.name != mention.text:
        yield NAME, mention.name
    for alias in mention.names():
        if alias not in (mention.name, mention.text):
            yield ALIAS, alias
    if mention.confidence is not None:
        yield CONFIDENCE, _number_to_text(round(mention.confidence, 4))


def _fact_to_attributes(fact: AnnotatedFact) -> Iterator[tuple[str, str | None]]:
    form = fact_form(fact.type)
    for field_ in form.of_kind("choice", "choices"):
        value = fact.values.get(field_.name, ())
        if isinstance(value, tuple):
            yield from ((attribute_name(form, field_, word), None) for word in value)
        else:
            yield attribute_name(form, field_), str(value)


def _fact_to_pairs(
    fact: AnnotatedFact, filled: Mapping[str, _Mention], text: str
) -> Iterator[tuple[str, str]]:
    for role, names in fact.roles.items():
        if role not in filled or filled[role].names() != names:
            yield from ((role, name) for name in names)
    for field_ in fact_form(fact.type).of_kind(*_NOTED):
        value = fact.values.get(field_.name)
        span = fact.spans.get(field_.name)
        if value is None or (_is_covered(field_) and span is not None and value == span.of(text)):
            continue
        for member in value if isinstance(value, tuple) else (value,):
            yield field_.name, member if isinstance(member, str) else _number_to_text(member)
    yield CONFIDENCE, _number_to_text(round(fact.confidence, 4))


def _is_covered(field_: FactField) -> bool:
    """Whether a value may be left out where a span of the same name has it as its text."""
    return field_.kind == "text" and field_.required


def _number_to_text(value: int | float) -> str:
    """A number in digits, without an exponent.

    >>> _number_to_text(0.00001), _number_to_text(568), _number_to_text(1.0)
    ('0.00001', '568', '1')
    """
    text = f"{Decimal(repr(value)):f}"
    return text.removesuffix(".0")


# --- from standoff -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The pairs of a note and where it stands."""

    where: str
    pairs: tuple[tuple[str, str], ...] = ()

    def all(self, key: str) -> tuple[str, ...]:
        return tuple(value for name, value in self.pairs if name == key)

    def one(self, key: str) -> str | None:
        """The value of a key that stands at most once."""
        found = self.all(key)
        if len(found) > 1:
            raise MalformedAnnotationError(
                self.where, expected=f"{key!r} once", got=f"{len(found)} times"
            )
        return found[0] if found else None

    def check(self, known: Sequence[str]) -> None:
        """Refuse keys that the annotation does not have, and a confidence that is none."""
        for key, _ in self.pairs:
            if key not in known:
                raise MalformedAnnotationError(
                    self.where, expected=f"one of the keys {', '.join(known)}", got=repr(key)
                )
        text = self.one(CONFIDENCE)
        if text is not None and not (_NUMBER.fullmatch(text) and 0 <= Decimal(text) <= 1):
            raise MalformedAnnotationError(
                self.where, expected="a confidence from 0 to 1", got=repr(text)
            )


@dataclass(frozen=True, slots=True)
class _Filler:
    """A span that can fill a role, and the names it stands for."""

    type: str
    span: Span
    names: tuple[str, ...]


class _File:
    """The annotations of one file, by what they point to."""

    def __init__(self, annotations: Iterable[Annotation], text: str, origin: str) -> None:
        self.text = text
        self.origin = origin
        found = tuple(annotations)
        self.text_bounds = {a.id: a for a in found if isinstance(a, TextBound)}
        self.events = tuple(a for a in found if isinstance(a, Event))
        self._events = {event.id: event for event in self.events}
        self._notes: dict[str, _Pairs] = {}
        self._attributes: dict[str, list[Attribute]] = defaultdict(list)
        for annotation in found:
            if isinstance(annotation, Note):
                self._add_note(annotation)
            elif isinstance(annotation, Attribute):
                if annotation.target not in self._events:
                    raise self.inconsistent(annotation, "the id of an event", annotation.target)
                self._attributes[annotation.target].append(annotation)

    def where(self, annotation: Annotation) -> str:
        return f"{self.origin}:{annotation.line}"

    def inconsistent(
        self, annotation: Annotation, expected: str, got: str
    ) -> InconsistentAnnotationError:
        return InconsistentAnnotationError(
            self.where(annotation), expected=expected, got=f"{got!r} in {annotation.id}"
        )

    def _add_note(self, note: Note) -> None:
        if note.target not in self.text_bounds and note.target not in self._events:
            raise self.inconsistent(note, "the id of a span or event", note.target)
        if note.target in self._notes:
            raise self.inconsistent(note, "one note on each span or event", note.target)
        try:
            pairs = tuple(note_to_pairs(note.text))
        except UnreadableNoteError as error:
            raise MalformedAnnotationError(
                self.where(note), expected=error.expected, got=error.got
            ) from error
        self._notes[note.target] = _Pairs(self.where(note), pairs)

    def note(self, annotation: Annotation) -> _Pairs:
        return self._notes.get(annotation.id, _Pairs(self.where(annotation)))

    def attributes(self, event: Event) -> list[Attribute]:
        return self._attributes[event.id]

    def span(self, found: TextBound) -> Span:
        return fragments_to_span(found, self.text, self.origin)


def annotations_to_document(
    annotations: Iterable[Annotation], source: SourceDocument, origin: str
) -> AnnotatedDocument:
    """Read the entities and facts of an annotation file; all are held to be true.

    Args:
        annotations: as they stand in the file, checked against the text.
        source: the document.
        origin: the annotation file, for messages.

    Raises:
        MalformedAnnotationError: a type, a role, an attribute or a note is unknown.
        InconsistentAnnotationError: an id is not there, a fact lacks a part, parts disagree.
    """
    file = _File(annotations, source.text, origin)
    entities: list[Entity] = []
    fillers: dict[str, _Filler] = {}
    for found in file.text_bounds.values():
        if found.type in FACT_TYPES:
            file.note(found).check((COMMENT, CONFIDENCE))
            continue
        filler = _read_filler(found, file)
        fillers[found.id] = filler
        if found.type in LABELS:
            entities.append(
                Entity(
                    span=filler.span,
                    label=LABELS[found.type],
                    text=filler.span.of(source.text),
                    name=filler.names[0],
                )
            )
    facts = tuple(_read_fact(event, file, fillers) for event in file.events)
    triggers = {event.trigger for event in file.events}
    for found in file.text_bounds.values():
        if found.type in FACT_TYPES and found.id not in triggers:
            raise file.inconsistent(found, "an event with this span as its trigger", found.type)
    return AnnotatedDocument(
        source=replace(source, origin=origin), entities=tuple(entities), facts=facts
    )


def _read_filler(found: TextBound, file: _File) -> _Filler:
    if found.type not in LABELS and found.type != WORDING:
        expected = ", ".join((*ENTITY_LABELS, WORDING, *FACT_TYPES))
        raise MalformedAnnotationError(
            file.where(found), expected=f"a type of {expected}", got=repr(found.type)
        )
    note = file.note(found)
    note.check((NAME, ALIAS, CONFIDENCE, COMMENT))
    span = file.span(found)
    text = span.of(file.text)
    name = note.one(NAME)
    names = (text if name is None else name, text, *note.all(ALIAS))
    return _Filler(found.type, span, tuple(dict.fromkeys(names)))


def _read_fact(event: Event, file: _File, fillers: Mapping[str, _Filler]) -> AnnotatedFact:
    if event.type not in FACT_TYPES:
        raise MalformedAnnotationError(
            file.where(event),
            expected=f"a type of {', '.join(FACT_TYPES)}",
            got=repr(event.type),
        )
    form = fact_form(event.type)
    trigger = file.text_bounds.get(event.trigger)
    if trigger is None or trigger.type != event.type:
        expected = f"a trigger of type {event.type!r}"
        raise file.inconsistent(event, expected, trigger.type if trigger else event.trigger)
    arcs = _read_arcs(event, form, file, fillers)
    note = file.note(event)
    noted = tuple(field_.name for field_ in form.of_kind("role", *_NOTED))
    note.check((*noted, CONFIDENCE, COMMENT))
    roles: dict[str, tuple[str, ...]] = {}
    spans: dict[str, Span] = {}
    values = _read_attributes(event, form, file)
    for field_ in form.fields:
        name = field_.name
        found: Mapping[str, object] = values
        if field_.kind == "role":
            found = roles
            names = _role_names(event, name, arcs, note)
            if names:
                roles[name] = names
        elif field_.kind == "span":
            found = spans
            if name in arcs:
                spans[name] = arcs[name].span
        elif field_.kind in _NOTED:
            value = _noted_value(field_, note)
            if value is None and name in arcs and _is_covered(field_):
                value = arcs[name].span.of(file.text)
            if value is not None:
                values[name] = value
            elif field_.default is not None:
                values[name] = field_.default
        if field_.required and name not in found:
            raise InconsistentAnnotationError(
                file.where(event), expected=_missing(form, field_), got=f"none for {event.id}"
            )
    return AnnotatedFact(
        type=event.type,
        evidence=file.span(trigger),
        roles=roles,
        spans=spans,
        values=values,
    )


def _missing(form: FactForm, field_: FactField) -> str:
    """How a part is given that a fact lacks."""
    name = field_.name
    match field_.kind:
        case "role":
            return f"an arc {name!r} to a span, or '{name}=' in the note"
        case "span":
            return f"an arc {name!r} to a span"
        case "choice":
            return f"an attribute {attribute_name(form, field_)!r}"
        case _:
            return f"'{name}=' in the note"


def _read_arcs(
    event: Event, form: FactForm, file: _File, fillers: Mapping[str, _Filler]
) -> dict[str, _Filler]:
    known = {field_.name for field_ in form.of_kind("role", "span")}
    found: dict[str, _Filler] = {}
    for role, target in event.arguments:
        if role not in known:
            expected = f"a role of {', '.join(sorted(known))}"
            raise MalformedAnnotationError(
                file.where(event), expected=expected, got=f"{role!r} in {event.id}"
            )
        if role in found:
            raise file.inconsistent(event, "each role once", role)
        if target not in fillers:
            raise file.inconsistent(event, "the id of an entity or wording", target)
        found[role] = fillers[target]
    return found


def _role_names(
    event: Event, role: str, arcs: Mapping[str, _Filler], note: _Pairs
) -> tuple[str, ...]:
    """Names of what fills a role: those of the note, else those of the span."""
    noted = tuple(dict.fromkeys(note.all(role)))
    if role not in arcs:
        return noted
    names = arcs[role].names
    if noted and not set(noted) & set(names):
        raise InconsistentAnnotationError(
            note.where,
            expected=f"'{role}=' to name {names[0]!r}, which the arc goes to, or to be left out",
            got=f"{noted[0]!r} in the note on {event.id}",
        )
    return noted or names


def _read_attributes(event: Event, form: FactForm, file: _File) -> dict[str, Value]:
    """The words of closed sets, by field; what is not marked has its default."""
    choices = {attribute_name(form, field_): field_ for field_ in form.of_kind("choice")}
    members = {
        attribute_name(form, field_, word): (field_, word)
        for field_ in form.of_kind("choices")
        for word in field_.options
    }
    values: dict[str, Value] = {
        field_.name: field_.default for field_ in choices.values() if field_.default is not None
    }
    seen: set[str] = set()
    for attribute in file.attributes(event):
        if attribute.type in seen:
            raise file.inconsistent(attribute, "each attribute once", attribute.type)
        seen.add(attribute.type)
        if attribute.type in choices:
            field_ = choices[attribute.type]
            if attribute.value not in field_.options:
                raise MalformedAnnotationError(
                    file.where(attribute),
                    expected=f"a value of {', '.join(field_.options)}",
                    got=f"{attribute.value!r} in {attribute.id}",
                )
            values[field_.name] = attribute.value
        elif attribute.type in members and attribute.value is None:
            field_, word = members[attribute.type]
            before = values.get(field_.name, ())
            values[field_.name] = (*(before if isinstance(before, tuple) else ()), word)
        else:
            known = ", ".join((*choices, *members)) or "none"
            shown = " ".join(filter(None, (attribute.type, attribute.value)))
            raise MalformedAnnotationError(
                file.where(attribute),
                expected=f"an attribute that {event.type} has ({known})",
                got=f"{shown!r} in {attribute.id}",
            )
    return values


def _noted_value(field_: FactField, note: _Pairs) -> Value | None:
    if field_.kind == "texts":
        return note.all(field_.name) or None
    text = note.one(field_.name)
    if text is None or field_.kind == "text":
        return text
    if not _NUMBER.fullmatch(text):
        raise MalformedAnnotationError(
            note.where, expected=f"a number like 12 or 3.5 for {field_.name!r}", got=repr(text)
        )
    return number_to_json(Decimal(text))
