"""What an extraction is made of: mentions, facts and the document they come from.

Every type here is frozen and knows no RDF. Offsets are half-open ranges of Unicode
code points into the text exactly as it was read. The JSON form is the one of the
annotation guidelines: one document a line, with ``entities`` and ``facts``.

>>> span = Span(0, 3)
>>> span.of("林某某发言")
'林某某'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, ClassVar, Literal

from extract.document import SourceDocument

EntityLabel = Literal["PERSON", "POST", "ORG", "FORUM", "REGULATION", "PLACE", "DATE"]
ENTITY_LABELS: tuple[EntityLabel, ...] = (
    "PERSON", "POST", "ORG", "FORUM", "REGULATION", "PLACE", "DATE",
)  # fmt: skip
ArgumentLabel = Literal["PERSON", "POST", "ORG", "FORUM", "REGULATION", "PLACE", "THING"]
ReferenceLabel = Literal["PERSON", "ORG", "FORUM", "REGULATION", "PLACE"]
REFERENCE_LABELS: tuple[ReferenceLabel, ...] = ("PERSON", "ORG", "FORUM", "REGULATION", "PLACE")

Status = Literal["current", "former"]
ParticipationRole = Literal["attends", "addresses", "keynotes", "discusses", "moderates"]
Mode = Literal["in_person", "video", "written"]
OrganizingRole = Literal["guides", "hosts", "undertakes", "co_organizes", "supports"]
Manner = Literal["direct", "indirect"]
Relation = Literal["amends", "repeals", "based_on", "implements", "cites"]
LegalStep = Literal["adopted", "in_force", "expires"]
RankKind = Literal["exact", "within", "from_end"]
Qualifier = Literal[
    "exact", "over", "under", "about", "cumulative", "annual_mean", "increase", "decrease", "target"
]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points, ``start`` included, ``end`` not."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"expected 0 <= start <= end, got {self.start!r}, {self.end!r}")

    def of(self, text: str) -> str:
        """The part of ``text`` that the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A named mention of the flat annotation view.

    ``name`` is the canonical name in the document's context (市发改委 in an article on
    Shenzhen: 深圳市发展和改革委员会); it equals ``text`` where nothing better is known.
    For a DATE it is the ISO date or interval, or the text when it cannot be resolved.
    """

    span: Span
    label: EntityLabel
    text: str
    name: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A mention without a name of its own (该局, 本届论坛, 李局长) of a thing named elsewhere.

    ``name`` is the canonical name of the thing, as its named mentions have it. No reference
    overlaps another one or an :class:`Entity`.
    """

    span: Span
    label: ReferenceLabel
    text: str
    name: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """The thing that fills a role of a fact.

    ``text`` is the wording, ``span`` where it stands (None where the role is implied, as
    by 全市 or by the dateline), ``name`` the canonical name in this document and
    ``aliases`` the other names that the document or the lexicons give it.
    """

    label: ArgumentLabel
    text: str
    name: str
    span: Span | None = None
    aliases: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """Canonical name first, then the wording, then the aliases; no repeats."""
        return list(dict.fromkeys((self.name, self.text, *self.aliases)))

    def to_json(self) -> str | list[str]:
        """One string, or the list of names of the same thing."""
        names = self.names()
        return names[0] if len(names) == 1 else names


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A statement of a document: typed roles, and the span of text that says it.

    ``evidence`` is the sentence that says it; ``confidence`` lies in 0 to 1.
    """

    type: ClassVar[str]

    evidence: Span
    confidence: float = 1.0

    def arguments(self) -> dict[str, Argument]:
        """The roles that are filled by a thing, by role name, in declared order."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: v for name, v in values.items() if isinstance(v, Argument)}

    def to_json(self) -> dict[str, Any]:
        """The flat JSON form of the annotation guidelines."""
        row: dict[str, Any] = {"type": self.type}
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name in ("evidence", "confidence") or value is None or value == ():
                continue
            if isinstance(value, Span):
                row.update(zip(span_columns(f.name), (value.start, value.end), strict=True))
            else:
                row[f.name] = _value_to_json(value)
        row.update(start=self.evidence.start, end=self.evidence.end)
        row["confidence"] = round(self.confidence, 4)
        return row


def span_columns(field: str) -> tuple[str, str]:
    """The two keys of the JSON form for a field that is a span.

    >>> span_columns("words_span")
    ('words_start', 'words_end')
    """
    stem = field.removesuffix("_span")
    return f"{stem}_start", f"{stem}_end"


def _value_to_json(value: Any) -> Any:
    if isinstance(value, Argument):
        return value.to_json()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldsPost(Fact):
    """A person holds, or held, a post at an institution or in a place's government."""

    type = "holds_post"
    person: Argument
    post: Argument
    org: Argument
    status: Status = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakesPart(Fact):
    """A person takes part in an event."""

    type = "takes_part"
    person: Argument
    event: Argument
    role: ParticipationRole = "attends"
    mode: Mode = "in_person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organizes(Fact):
    """An institution or a place's government organises an event."""

    type = "organizes"
    org: Argument
    event: Argument
    role: OrganizingRole


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf(Fact):
    """An event is part of a larger one."""

    type = "part_of"
    event: Argument
    whole: Argument


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOn(Fact):
    """An event's first and last day, ISO dates, equal for a single day."""

    type = "held_on"
    event: Argument
    start_date: str
    end_date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAt(Fact):
    """The place or venue of an event."""

    type = "held_at"
    event: Argument
    place: Argument


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme(Fact):
    """The stated theme of an event, in the words of the text, without its quotes."""

    type = "theme"
    event: Argument
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues(Fact):
    """An institution or authority adopts or issues a regulation; ISO date if stated."""

    type = "issues"
    org: Argument
    regulation: Argument
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures(Fact):
    """A figure claimed for a subject.

    ``value`` has 万 and 亿 expanded and keeps per cent as the number of per cent;
    ``value_text`` is the wording of number and unit; ``period`` is an ISO date, month,
    year or interval ``start/end`` of these.
    """

    type = "measures"
    subject: Argument
    indicator: str
    value: Decimal
    value_text: str
    unit: str | None = None
    period: str | None = None
    qualifier: tuple[Qualifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Says(Fact):
    """A person, an institution or a place's government says something.

    ``words`` is what ``words_span`` covers, exactly as in the text and without quotation
    marks around it; ``verb`` is the verb that reports it and ``event`` the named event at
    which it was said.
    """

    type = "says"
    speaker: Argument
    words: str
    words_span: Span
    verb: str
    manner: Manner
    event: Argument | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relates(Fact):
    """A regulation amends, repeals, implements or cites another, or is based on it.

    ``regulation`` is None where the article itself cites a provision (《某条例》第十条规定).
    ``articles`` are the provisions of ``other`` that are meant, in numbers from article to
    item (第三十二条第一款第二项: ``32.1.2``), and ``articles_text`` their wording.
    """

    type = "relates"
    regulation: Argument | None = None
    relation: Relation
    other: Argument
    articles: tuple[str, ...] = ()
    articles_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Fact):
    """When a regulation is adopted, takes effect or ends, as an ISO day, month or year.

    ``expires`` dates the last day on which it holds.
    """

    type = "dated"
    regulation: Argument
    step: LegalStep
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks(Fact):
    """A subject's place in an order by an indicator.

    ``rank`` counts from the top, or from the bottom where ``rank_kind`` is ``from_end``; with
    ``within`` it is the last place that the wording allows (前三: 3). ``scope`` is what the
    order is of (全国, 全省), ``rank_text`` the wording of scope and place.
    """

    type = "ranks"
    subject: Argument
    indicator: str
    rank: int
    rank_kind: RankKind = "exact"
    rank_text: str
    scope: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias(Fact):
    """Another name that the text itself gives to something."""

    type = "alias"
    name: Argument
    alias: str


FACT_TYPES: Mapping[str, type[Fact]] = {
    cls.type: cls
    for cls in (
        HoldsPost, TakesPart, Organizes, PartOf, HeldOn, HeldAt, Theme, Issues, Measures, Alias,
        Says, Relates, Dated, Ranks,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that was read out of one document."""

    document: SourceDocument
    entities: tuple[Entity, ...]
    facts: tuple[Fact, ...]
    pipeline: str
    references: tuple[Reference, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """One line of the exchange format of the annotation guidelines, with references."""
        doc = self.document
        row: dict[str, Any] = {"id": doc.id, "text": doc.text}
        for key, value in (
            ("title", doc.title),
            ("published", doc.published),
            ("source", doc.source),
            ("url", doc.url),
        ):
            if value is not None:
                row[key] = value
        row["entities"] = [_mention_to_json(entity) for entity in self.entities]
        row["references"] = [_mention_to_json(reference) for reference in self.references]
        row["facts"] = [f.to_json() for f in self.facts]
        return row


def _mention_to_json(mention: Entity | Reference) -> dict[str, Any]:
    return {
        "start": mention.span.start,
        "end": mention.span.end,
        "label": mention.label,
        "text": mention.text,
        "name": mention.name,
        "confidence": round(mention.confidence, 4),
    }
