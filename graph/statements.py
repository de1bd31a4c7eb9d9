"""How each type of fact is a statement: the table that mapping writes by and readback reads by.

A fact has roles, which things fill, and attributes, which are literals, concepts of the
ontology or periods. Each attribute's two converters are an inverse pair.

>>> form = statement_form(Organizes)
>>> form.kind, form.roles["org"] == TANPU.organizer
('organizing', True)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from rdflib import Literal, URIRef

from extract.dates import to_first_last_day
from extract.facts import (
    FACT_TYPES,
    Alias,
    Dated,
    Fact,
    HeldAt,
    HeldOn,
    HoldsPost,
    Issues,
    Measures,
    Organizes,
    PartOf,
    Ranks,
    Relates,
    Says,
    TakesPart,
    Theme,
)
from graph.errors import UnknownPeriodError, UnmappableFactError, UnreadableGraphError
from graph.identity import Minter, StatementKind
from ontology.terms import (
    LEGAL_STEPS,
    MANNERS,
    MODES,
    ORG,
    ORGANIZING_ROLES,
    PARTICIPATION_ROLES,
    QUALIFIERS,
    RANK_KINDS,
    RELATIONS,
    SOSA,
    STATEMENT_CLASSES,
    STATUSES,
    TANPU,
    XSD,
)

Value = URIRef | Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A field of a fact that no thing fills, the property that says it, and the converters.

    ``to_node`` takes one value of the field, ``from_text`` the lexical form of a literal,
    the IRI of a concept or the ISO string of a period. ``many`` fields are sets.
    """

    field: str
    property: URIRef
    to_node: Callable[[Any, Minter], Value]
    from_text: Callable[[str], Any]
    many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementForm:
    """The statement that a type of fact becomes.

    ``roles`` gives the property whose object fills the role. The object is the entity
    itself, but the post for ``post`` and the indicator for ``indicator``. Roles that are
    ``optional`` may stay empty. ``spans`` are fields that say where in the document
    something stands; the evidence has them, since the statement is the same elsewhere.
    """

    kind: StatementKind
    roles: Mapping[str, URIRef]
    attributes: tuple[Attribute, ...] = ()
    optional: frozenset[str] = frozenset()
    spans: Mapping[str, URIRef] = field(default_factory=dict)


def statement_form(fact_type: type[Fact]) -> StatementForm:
    """The form of a type of fact.

    Raises:
        UnmappableFactError: the table has no such type.
    """
    try:
        return _FORMS[fact_type]
    except KeyError as error:
        raise UnmappableFactError(
            f"expected a type of fact of {sorted(FACT_TYPES)}, got {fact_type!r}"
        ) from error


def class_to_fact_type(iri: str) -> type[Fact]:
    """The type of fact that a class of statements stands for.

    Raises:
        UnreadableGraphError: no class of statements has this IRI.
    """
    for name, statement_class in STATEMENT_CLASSES.items():
        if str(statement_class) == iri:
            return FACT_TYPES[name]
    raise UnreadableGraphError(f"expected a class of statements, got {iri!r}")


def decimal_to_literal(value: Decimal) -> Literal:
    """An exact ``xsd:decimal`` without exponent and without trailing zeros.

    Raises:
        UnmappableFactError: not a finite number.

    >>> decimal_to_literal(Decimal("1.20E+3"))
    rdflib.term.Literal('1200', datatype=rdflib.term.URIRef('http://www.w3.org/2001/XMLSchema#decimal'))
    """
    if not value.is_finite():
        raise UnmappableFactError(f"expected a finite number, got {value!r}")
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return Literal("0" if plain == "-0" else plain, datatype=XSD.decimal, normalize=False)


def day_to_literal(day: str) -> Literal:
    """An ISO day as ``xsd:date``.

    Raises:
        UnknownPeriodError: another form, or no day of the calendar.
    """
    return _dated_literal(day, lengths=(10,))


def date_to_literal(date: str) -> Literal:
    """An ISO year, month or day as ``xsd:gYear``, ``xsd:gYearMonth`` or ``xsd:date``.

    Raises:
        UnknownPeriodError: another form, or not in the calendar.

    >>> date_to_literal("2030-05").datatype
    rdflib.term.URIRef('http://www.w3.org/2001/XMLSchema#gYearMonth')
    """
    return _dated_literal(date, lengths=(4, 7, 10))


_DATATYPE_BY_LENGTH: Mapping[int, URIRef] = MappingProxyType(
    {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
)


def _dated_literal(date: str, *, lengths: tuple[int, ...]) -> Literal:
    period_to_days(date)
    if len(date) not in lengths:
        forms = " or ".join("YYYY-MM-DD"[:length] for length in lengths)
        raise UnknownPeriodError(f"expected a date like {forms}, got {date!r}")
    return Literal(date, datatype=_DATATYPE_BY_LENGTH[len(date)], normalize=False)


def period_to_days(iso: str) -> tuple[str, str]:
    """First and last day of an ISO day, month, year or ``start/end`` of these, as ISO days.

    Raises:
        UnknownPeriodError: another form, not in the calendar, or the end before the start.

    >>> period_to_days("2019-10/2020-02")
    ('2019-10-01', '2020-02-29')
    """
    expected = "expected an ISO day, month, year or interval start/end of these"
    if not iso.isascii():
        raise UnknownPeriodError(f"{expected}, got {iso!r}")
    try:
        first, last = to_first_last_day(iso)
    except ValueError as error:
        raise UnknownPeriodError(f"{expected}, got {iso!r}: {error}") from error
    return first.isoformat(), last.isoformat()


def _text(field: str, property: URIRef, *, many: bool = False) -> Attribute:
    return Attribute(
        field=field,
        property=property,
        to_node=lambda text, _: Literal(text),
        from_text=str,
        many=many,
    )


def _concept(
    field: str, property: URIRef, concepts: Mapping[str, URIRef], *, many: bool = False
) -> Attribute:
    words = {str(iri): word for word, iri in concepts.items()}

    def to_node(word: str, _minter: Minter) -> URIRef:
        if word not in concepts:
            raise UnmappableFactError(f"expected a {field} of {sorted(concepts)}, got {word!r}")
        return concepts[word]

    def from_text(iri: str) -> str:
        if iri not in words:
            raise UnreadableGraphError(f"expected a concept of {property}, got {iri!r}")
        return words[iri]

    return Attribute(
        field=field, property=property, to_node=to_node, from_text=from_text, many=many
    )


def _day(field: str, property: URIRef) -> Attribute:
    return Attribute(
        field=field, property=property, to_node=lambda day, _: day_to_literal(day), from_text=str
    )


def _date(field: str, property: URIRef) -> Attribute:
    return Attribute(
        field=field, property=property, to_node=lambda date, _: date_to_literal(date), from_text=str
    )


def _period(field: str, property: URIRef) -> Attribute:
    return Attribute(
        field=field,
        property=property,
        to_node=lambda iso, minter: minter.period(iso),
        from_text=str,
    )


_FORMS: Mapping[type[Fact], StatementForm] = MappingProxyType(
    {
        HoldsPost: StatementForm(
            kind="membership",
            roles={"person": ORG.member, "post": TANPU.post, "org": ORG.organization},
            attributes=(_concept("status", TANPU.status, STATUSES),),
        ),
        TakesPart: StatementForm(
            kind="participation",
            roles={"person": TANPU.participant, "event": TANPU.event},
            attributes=(
                _concept("role", TANPU.participationRole, PARTICIPATION_ROLES),
                _concept("mode", TANPU.mode, MODES),
            ),
        ),
        Organizes: StatementForm(
            kind="organizing",
            roles={"org": TANPU.organizer, "event": TANPU.event},
            attributes=(_concept("role", TANPU.organizingRole, ORGANIZING_ROLES),),
        ),
        PartOf: StatementForm(
            kind="subevent", roles={"event": TANPU.event, "whole": TANPU.wholeEvent}
        ),
        HeldOn: StatementForm(
            kind="scheduling",
            roles={"event": TANPU.event},
            attributes=(_day("start_date", TANPU.startDate), _day("end_date", TANPU.endDate)),
        ),
        HeldAt: StatementForm(kind="siting", roles={"event": TANPU.event, "place": TANPU.venue}),
        Theme: StatementForm(
            kind="theming",
            roles={"event": TANPU.event},
            attributes=(_text("text", TANPU.themeText),),
        ),
        Issues: StatementForm(
            kind="issuance",
            roles={"org": TANPU.issuer, "regulation": TANPU.regulation},
            attributes=(_date("date", TANPU.issueDate),),
        ),
        Measures: StatementForm(
            kind="observation",
            roles={"subject": SOSA.hasFeatureOfInterest, "indicator": SOSA.observedProperty},
            attributes=(
                Attribute(
                    field="value",
                    property=TANPU.value,
                    to_node=lambda value, _: decimal_to_literal(value),
                    from_text=Decimal,
                ),
                _text("value_text", TANPU.valueText),
                _text("unit", TANPU.unitText),
                _period("period", TANPU.period),
                _concept("qualifier", TANPU.qualifier, QUALIFIERS, many=True),
            ),
        ),
        Alias: StatementForm(
            kind="naming",
            roles={"name": TANPU.named},
            attributes=(_text("alias", TANPU.alias),),
        ),
        Says: StatementForm(
            kind="quotation",
            roles={"speaker": TANPU.speaker, "event": TANPU.event},
            attributes=(
                _text("words", TANPU.words),
                _text("verb", TANPU.reportingVerb),
                _concept("manner", TANPU.manner, MANNERS),
            ),
            optional=frozenset({"event"}),
            spans={"words_span": TANPU.wordsSpan},
        ),
        Relates: StatementForm(
            kind="relation",
            roles={"regulation": TANPU.regulation, "other": TANPU.relatedRegulation},
            attributes=(
                _concept("relation", TANPU.relation, RELATIONS),
                _text("articles", TANPU.article, many=True),
                _text("articles_text", TANPU.articleText),
            ),
            optional=frozenset({"regulation"}),
        ),
        Dated: StatementForm(
            kind="step",
            roles={"regulation": TANPU.regulation},
            attributes=(
                _concept("step", TANPU.step, LEGAL_STEPS),
                _date("date", TANPU.stepDate),
            ),
        ),
        Ranks: StatementForm(
            kind="ranking",
            roles={"subject": TANPU.rankedThing, "indicator": TANPU.rankedBy},
            attributes=(
                Attribute(
                    field="rank",
                    property=TANPU.rank,
                    to_node=lambda rank, _: Literal(rank, datatype=XSD.integer),
                    from_text=int,
                ),
                _concept("rank_kind", TANPU.rankKind, RANK_KINDS),
                _text("rank_text", TANPU.rankText),
                _text("scope", TANPU.rankScope),
                _period("period", TANPU.period),
            ),
        ),
    }
)
