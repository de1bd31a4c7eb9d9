"""What an extraction says, as the triples of the document's named graph.

``facts_to_graph`` writes the document and its provenance, a description of each thing that
the document names, a mention for each entity, a coreferent mention for each reference, and for
each fact a statement node, an evidence node and the shortcut triples. It mints every node, so
there are no blank nodes and the same extraction always gives the same graph.
``graph/readback.py`` is the inverse.

Source: W3C Web Annotation Vocabulary (mentions, evidence, spans), PROV-O (the extraction),
OWL-Time (periods), the Organization Ontology (posts); ``docs/architecture.md`` lists all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import singledispatch

from rdflib import Graph, Literal, URIRef

from extract.document_numbers import document_number
from extract.facts import (
    Alias,
    Argument,
    Dated,
    Entity,
    Extraction,
    Fact,
    HeldAt,
    HeldOn,
    HoldsPost,
    Issues,
    LegalStep,
    Measures,
    Organizes,
    PartOf,
    Ranks,
    Reference,
    Relates,
    Relation,
    Says,
    Span,
    TakesPart,
    Theme,
)
from extract.gazetteer import Division, full_name, load_gazetteer, lookup_place, parent
from extract.units import unit_iri
from graph.errors import UnknownPeriodError, UnmappableFactError, UnmintableNameError
from graph.identity import KIND_OF_LABEL, EntityKind, Minter
from graph.resolution.names import official_institution, series_of
from graph.resolution.profiles import names_above, shared_name
from graph.statements import (
    Value,
    date_to_literal,
    day_to_literal,
    decimal_to_literal,
    period_to_days,
    statement_form,
)
from ontology.terms import (
    ASSERTED_TYPES,
    DCTERMS,
    ELI,
    LABEL_CLASSES,
    OA,
    ORG,
    PROV,
    QUDT,
    RDF,
    RDFS,
    SDO,
    SKOS,
    STATEMENT_CLASSES,
    TANPU,
    TIME,
    XSD,
)

Triple = tuple[URIRef, URIRef, Value]

_CLASSES: Mapping[EntityKind, URIRef] = {
    **{kind: LABEL_CLASSES[label] for label, kind in KIND_OF_LABEL.items()},
    "indicator": TANPU.Indicator,
    "series": TANPU.ForumSeries,
}
_SCHEMES: Mapping[URIRef, URIRef] = {
    TANPU.Title: TANPU.TitleScheme,
    TANPU.Indicator: TANPU.IndicatorScheme,
}
# What ELI calls a relation between regulations, and the date of a step.
_LINKS: Mapping[Relation, URIRef] = {
    "amends": ELI.amends,
    "repeals": ELI.repeals,
    "based_on": ELI.based_on,
    "implements": ELI.ensures_implementation_of,
    "cites": ELI.cites,
}
_STEP_DATES: Mapping[LegalStep, URIRef] = {
    "adopted": ELI.date_document,
    "in_force": ELI.first_date_entry_in_force,
    "expires": ELI.date_no_longer_in_force,
}


def facts_to_graph(extraction: Extraction, minter: Minter) -> Graph:
    """The triples of a document's named graph.

    The document's own graph is complete: whatever a triple of it refers to under the base
    is described in it too.

    Raises:
        UnmappableFactError: a fact of an unknown type, a value that the vocabulary cannot
            hold, a span outside the text, or two mentions at one span; the message names
            the document and the offset.
        UnmintableNameError: the document's id cannot be encoded.
    """
    mapper = _DocumentMapper(extraction, minter)
    mapper.add_document()
    for entity in extraction.entities:
        mapper.add_entity(entity)
    for reference in extraction.references:
        mapper.add_reference(reference)
    for fact in extraction.facts:
        mapper.add_fact(fact)
    mapper.add_descriptions()
    return mapper.graph


@dataclass(slots=True)
class _Description:
    """A thing's class, its preferred label, its names and its other names, as they appear.

    ``names`` are the canonical ones of the document; ``code`` is the code of a division.
    """

    node_class: URIRef
    label: str
    code: str | None = None
    names: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filler:
    """The thing that fills a role, and how the fact words it."""

    role: str
    node: URIRef
    label: str | None
    name: str
    text: str
    span: Span | None
    aliases: tuple[str, ...]


class _DocumentMapper:
    """The graph of one document while it is being written."""

    def __init__(self, extraction: Extraction, minter: Minter) -> None:
        self.graph = Graph("SimpleMemory", bind_namespaces="none")
        self._extraction = extraction
        self._minter = minter
        self._id = extraction.document.id
        self._document = minter.document(self._id)
        self._descriptions: dict[URIRef, _Description] = {}
        self._mentions: dict[Span, URIRef | None] = {}
        self._spans: dict[Span, URIRef] = {}
        self._evidence: dict[tuple[URIRef, Span], int] = {}

    def add_document(self) -> None:
        """The document, what is known about it, and the activity that read it."""
        document, node = self._extraction.document, self._document
        self._add_types(node, TANPU.Document)
        self._add(node, DCTERMS.identifier, Literal(document.id))
        self._add(node, TANPU.text, Literal(document.text))
        self._add(node, TANPU.textHash, Literal(document.text_hash()))
        self._add(node, TANPU.hasGraph, self._minter.graph(self._id))
        if document.title is not None:
            self._add(node, DCTERMS.title, Literal(document.title))
        if document.published is not None:
            try:
                self._add(node, DCTERMS.issued, day_to_literal(document.published))
            except UnknownPeriodError as error:
                raise UnmappableFactError(f"document {self._id!r}: published: {error}") from error
        if document.source is not None:
            self._add(node, DCTERMS.source, Literal(document.source))
        if document.url is not None:
            self._add(node, SDO.url, _verbatim(document.url, XSD.anyURI))
        if document.retrieved is not None:
            moment = document.retrieved.replace("+00:00", "Z")
            self._add(node, TANPU.retrieved, _verbatim(moment, XSD.dateTime))
        activity = self._minter.extraction(self._id)
        self._add(node, PROV.wasGeneratedBy, activity)
        self._add_types(activity, TANPU.Extraction)
        self._add(activity, TANPU.pipelineVersion, Literal(self._extraction.pipeline))

    def add_entity(self, entity: Entity) -> None:
        """A mention, and its body: a thing, a period, or the bare name of a vague date."""
        where = self._where(entity.span)
        if entity.span in self._mentions:
            raise UnmappableFactError(
                f"{where}: expected one entity at a span, got another: {entity!r}"
            )
        body = self._entity_to_body(entity, where)
        self._mentions[entity.span] = body
        mention = self._add_mention(entity, TANPU.Mention, where)
        if body is None:
            self._add(mention, OA.bodyValue, Literal(entity.name))
        else:
            self._add(mention, OA.hasBody, body)

    def add_reference(self, reference: Reference) -> None:
        """A coreferent mention; its body is the thing that has its canonical name."""
        where = self._where(reference.span)
        if reference.span in self._mentions:
            raise UnmappableFactError(
                f"{where}: expected one mention at a span, got another: {reference!r}"
            )
        kind = KIND_OF_LABEL[reference.label]
        body = self._describe(kind, reference.name, others=(), where=where)
        self._mentions[reference.span] = None  # what evidence uses is a named mention
        mention = self._add_mention(reference, TANPU.CoreferentMention, where)
        self._add(mention, OA.hasBody, body)

    def _add_mention(self, mention: Entity | Reference, node_class: URIRef, where: str) -> URIRef:
        node = self._minter.mention(self._id, mention.span)
        self._add_types(node, node_class)
        self._add(node, OA.hasTarget, self._add_span(mention.span, where))
        self._add(node, TANPU.entityLabel, Literal(mention.label))
        self._add(node, TANPU.canonicalName, Literal(mention.name))
        self._add(node, TANPU.confidence, _confidence_to_literal(mention.confidence))
        if mention.text != mention.span.of(self._extraction.document.text):
            raise UnmappableFactError(
                f"{where}: expected the text at the span, got {mention.text!r} of {mention!r}"
            )
        return node

    def add_fact(self, fact: Fact) -> None:
        """The statement, the evidence for it, and the shortcuts that follow from it."""
        where = self._where(fact.evidence)
        form = statement_form(type(fact))
        fillers = self._fact_to_fillers(fact, where)
        nodes = {filler.role: filler.node for filler in fillers}
        values = self._attribute_values(fact, where)
        statement = self._minter.statement(
            form.kind,
            [
                *((role, nodes[role]) for role in form.roles if role in nodes),
                *((name, _value_to_key(value)) for name, _, value in values),
            ],
        )
        self._add_types(statement, STATEMENT_CLASSES[fact.type])
        if isinstance(fact, HoldsPost):
            nodes["post"] = self._add_post(title=nodes["post"], holder=nodes["org"])
        for role, role_property in form.roles.items():
            if role in nodes:
                self._add(statement, role_property, nodes[role])
        for _, attribute_property, value in values:
            self._add(statement, attribute_property, value)
        if isinstance(fact, Measures):
            self._add_measure(statement, fact)
        self._add_evidence(statement, fact, fillers, where)
        for triple in fact_to_shortcuts(fact, nodes):
            self.graph.add(triple)
        if isinstance(fact, Alias):
            self._descriptions[nodes["name"]].others[fact.alias] = None

    def add_descriptions(self) -> None:
        """Class and labels of every thing named so far, and what they are part of."""
        for node, description in list(self._descriptions.items()):
            if description.node_class == TANPU.Place:
                self._add_division(node, _description_to_division(description))
            elif description.node_class == TANPU.Institution:
                for name in tuple(description.names):
                    self._add_wholes(node, official_institution(name))
            elif description.node_class == TANPU.Forum:
                for name in tuple(description.names):
                    self._add_series(node, series_of(name))
        for node, description in self._descriptions.items():
            self._add_types(node, description.node_class)
            self._add(node, SKOS.prefLabel, Literal(description.label, lang="zh"))
            scheme = _SCHEMES.get(description.node_class)
            if scheme is None:
                self._add(node, RDFS.label, Literal(description.label, lang="zh"))
            else:
                self._add(node, SKOS.inScheme, scheme)
            for name in description.others:
                if name != description.label:
                    self._add(node, SKOS.altLabel, Literal(name, lang="zh"))

    def _entity_to_body(self, entity: Entity, where: str) -> URIRef | None:
        if entity.label != "DATE":
            return self._describe(
                KIND_OF_LABEL[entity.label], entity.name, others=(entity.text,), where=where
            )
        try:
            return self._add_period(entity.name)
        except UnknownPeriodError:  # a date that the context does not resolve
            return None

    def _fact_to_fillers(self, fact: Fact, where: str) -> list[_Filler]:
        """A fact's roles in declared order; the indicator of a figure or rank fills one too."""
        fillers = [
            self._argument_to_filler(role, argument, where)
            for role, argument in fact.arguments().items()
        ]
        if isinstance(fact, Measures | Ranks):
            name = fact.indicator
            node = self._describe("indicator", name, others=(name,), where=where)
            fillers.append(
                _Filler(
                    role="indicator",
                    node=node,
                    label=None,
                    name=name,
                    text=name,
                    span=None,
                    aliases=(),
                )
            )
        return fillers

    def _argument_to_filler(self, role: str, argument: Argument, where: str) -> _Filler:
        kind = KIND_OF_LABEL[argument.label]
        names = (argument.name, *argument.aliases)
        return _Filler(
            role=role,
            node=self._describe(kind, argument.name, others=names, where=where),
            label=argument.label,
            name=argument.name,
            text=argument.text,
            span=argument.span,
            aliases=argument.aliases,
        )

    def _attribute_values(self, fact: Fact, where: str) -> list[tuple[str, URIRef, Value]]:
        """(field, property, value) for each attribute that the fact has, sets sorted."""
        values: list[tuple[str, URIRef, Value]] = []
        for attribute in statement_form(type(fact)).attributes:
            value = getattr(fact, attribute.field)
            if value is None:
                continue
            members = sorted(set(value)) if attribute.many else [value]
            for member in members:
                try:
                    node = attribute.to_node(member, self._minter)
                    if isinstance(fact, Measures | Ranks) and attribute.field == "period":
                        self._add_period(member)
                except (UnknownPeriodError, UnmappableFactError) as error:
                    raise UnmappableFactError(
                        f"{where}: {fact.type}.{attribute.field}: {error}"
                    ) from error
                values.append((attribute.field, attribute.property, node))
        return values

    def _add_evidence(
        self, statement: URIRef, fact: Fact, fillers: list[_Filler], where: str
    ) -> None:
        """One node a fact: the n-th repetition of a statement at a span has n in its key."""
        repetition = self._evidence.get((statement, fact.evidence), 0)
        self._evidence[statement, fact.evidence] = repetition + 1
        span = fact.evidence
        key = [statement.removeprefix(self._minter.base), f"{span.start},{span.end}"]
        evidence = self._minter.evidence(self._id, *key, *([str(repetition)] * (repetition > 0)))
        self._add_types(evidence, TANPU.Evidence)
        self._add(statement, TANPU.evidence, evidence)
        self._add(evidence, OA.hasBody, statement)
        self._add(evidence, OA.hasTarget, self._add_span(span, where))
        self._add(evidence, TANPU.confidence, _confidence_to_literal(fact.confidence))
        self._add(evidence, TANPU.statedIn, self._document)
        for name, span_property in statement_form(type(fact)).spans.items():
            self._add(evidence, span_property, self._add_span(getattr(fact, name), where))
        for filler in fillers:
            self._add(evidence, TANPU.argument, self._add_argument(filler, where))
            if filler.span is not None and self._mentions.get(filler.span) == filler.node:
                self._add(evidence, TANPU.usesMention, self._minter.mention(self._id, filler.span))

    def _add_argument(self, filler: _Filler, where: str) -> URIRef:
        """How a role is worded; facts that word it alike share the node."""
        span = filler.span
        others = sorted(set(filler.aliases))
        argument = self._minter.argument(
            self._id,
            filler.role,
            filler.label or "",
            filler.node.removeprefix(self._minter.base),
            filler.name,
            filler.text,
            "" if span is None else f"{span.start},{span.end}",
            *others,
        )
        if (argument, RDF.type, TANPU.Argument) in self.graph:
            return argument
        self._add_types(argument, TANPU.Argument)
        self._add(argument, TANPU.roleName, Literal(filler.role))
        self._add(argument, TANPU.filledBy, filler.node)
        self._add(argument, TANPU.canonicalName, Literal(filler.name))
        self._add(argument, TANPU.wording, Literal(filler.text))
        for other in others:
            self._add(argument, TANPU.otherName, Literal(other))
        if filler.label is not None:
            self._add(argument, TANPU.entityLabel, Literal(filler.label))
        if span is not None:
            self._add(argument, TANPU.wordingSpan, self._add_span(span, where))
        return argument

    def _add_post(self, *, title: URIRef, holder: URIRef) -> URIRef:
        label = self._descriptions[holder].label + self._descriptions[title].label
        post = self._minter.post(title, holder, label=label)
        self._descriptions.setdefault(post, _Description(TANPU.Post, label))
        self._add(post, ORG.postIn, holder)
        self._add(post, ORG.role, title)
        return post

    def _add_measure(self, statement: URIRef, fact: Measures) -> None:
        unit = None if fact.unit is None else unit_iri(fact.unit)
        if unit is not None:
            self._add(statement, QUDT.hasUnit, URIRef(unit))

    def _add_period(self, iso: str) -> URIRef:
        first, last = period_to_days(iso)
        period = self._minter.period(iso)
        self._add_types(period, TANPU.Period)
        self._add(period, TANPU.isoInterval, Literal(iso))
        for end_property, day in ((TIME.hasBeginning, first), (TIME.hasEnd, last)):
            instant = self._minter.instant(day)
            self._add(period, end_property, instant)
            self._add(instant, RDF.type, TIME.Instant)
            self._add(instant, TIME.inXSDDate, day_to_literal(day))
        return period

    def _add_division(self, place: URIRef, division: Division | None) -> None:
        """Division code and containing place of a place that is a division."""
        if division is None:
            return
        self._add(place, TANPU.divisionCode, Literal(division.code))
        above = parent(division)
        if above is not None:
            container = self._describe("place", above.name, others=(), where=f"place {above.name}")
            self._add(place, SDO.containedInPlace, container)
            self._add_division(container, above)

    def _add_wholes(self, institution: URIRef, name: str) -> None:
        """The institutions that this one is a part of, as its name or the lexicon says."""
        part = institution
        for above in names_above("org", name):
            whole = self._describe("org", above, others=(), where=f"institution {above}")
            if whole != part:
                self._add(part, ORG.subOrganizationOf, whole)
            part = whole

    def _add_series(self, forum: URIRef, name: str | None) -> None:
        """The series that the name of an edition tells."""
        if name is not None:
            series = self._describe("series", name, others=(), where=f"series {name}")
            self._add(forum, TANPU.inSeries, series)

    def _add_span(self, span: Span, where: str) -> URIRef:
        """The span, its position and its quotation."""
        if span in self._spans:
            return self._spans[span]
        text = self._extraction.document.text
        if span.end > len(text):
            raise UnmappableFactError(
                f"{where}: expected a span within {len(text)} code points, got {span!r}"
            )
        node, selector = self._minter.span(self._id, span), self._minter.selector(self._id, span)
        self._spans[span] = node
        self._add_types(node, TANPU.TextSpan)
        self._add(node, OA.hasSource, self._document)
        self._add(node, OA.hasSelector, selector)
        self._add(selector, RDF.type, OA.TextPositionSelector)
        self._add(selector, RDF.type, OA.TextQuoteSelector)
        self._add(selector, OA.start, Literal(span.start))
        self._add(selector, OA.end, Literal(span.end))
        self._add(selector, OA.exact, Literal(span.of(text)))
        return node

    def _describe(
        self, kind: EntityKind, name: str, *, others: tuple[str, ...], where: str
    ) -> URIRef:
        """The node of a thing, with the label that its identity has."""
        try:
            identity = self._minter.identify(kind, name, document=self._id)
        except UnmintableNameError as error:
            raise UnmappableFactError(f"{where}: {error}") from error
        node = self._minter.identified(kind, identity)
        description = self._descriptions.setdefault(
            node, _Description(_CLASSES[kind], identity.label, identity.code)
        )
        description.names[name] = None
        known = (shared_name(kind, other) for other in (name, *others))
        description.others.update(dict.fromkeys(known))
        return node

    def _where(self, span: Span) -> str:
        return f"document {self._id!r}, offset {span.start}"

    def _add_types(self, node: URIRef, node_class: URIRef) -> None:
        for asserted in ASSERTED_TYPES[node_class]:
            self.graph.add((node, RDF.type, asserted))

    def _add(self, node: URIRef, node_property: URIRef, value: Value) -> None:
        self.graph.add((node, node_property, value))


@singledispatch
def fact_to_shortcuts(fact: Fact, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    """The triples that say a fact without a statement node, for plain queries.

    ``nodes`` are the things that fill the roles, the post itself for ``post``.

    Raises:
        UnmappableFactError: no shortcuts are laid down for this type of fact.
    """
    raise UnmappableFactError(f"expected a fact of a known type, got {fact!r}")


@fact_to_shortcuts.register
def _(fact: HoldsPost, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    held = ORG.holds if fact.status == "current" else TANPU.formerlyHeld
    yield nodes["person"], held, nodes["post"]


@fact_to_shortcuts.register
def _(fact: TakesPart, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    yield nodes["event"], SDO.attendee, nodes["person"]


@fact_to_shortcuts.register
def _(fact: Organizes, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    yield nodes["event"], SDO.organizer, nodes["org"]


@fact_to_shortcuts.register
def _(fact: PartOf, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    yield nodes["event"], SDO.superEvent, nodes["whole"]


@fact_to_shortcuts.register
def _(fact: HeldOn, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    yield nodes["event"], SDO.startDate, day_to_literal(fact.start_date)
    yield nodes["event"], SDO.endDate, day_to_literal(fact.end_date)


@fact_to_shortcuts.register
def _(fact: HeldAt, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    yield nodes["event"], SDO.location, nodes["place"]


@fact_to_shortcuts.register
def _(fact: Theme, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    yield nodes["event"], TANPU.theme, Literal(fact.text)


@fact_to_shortcuts.register
def _(fact: Issues, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    yield nodes["regulation"], ELI.passed_by, nodes["org"]
    if fact.date is not None:
        yield nodes["regulation"], ELI.date_document, date_to_literal(fact.date)


@fact_to_shortcuts.register
def _(fact: Measures, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    return iter(())


@fact_to_shortcuts.register
def _(fact: Alias, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    # The alias is among the labels of the thing's description; a number is more than a name.
    number = document_number(fact.alias) if fact.name.label == "REGULATION" else None
    if number is not None:
        yield nodes["name"], ELI.id_local, Literal(number)


@fact_to_shortcuts.register
def _(fact: Says, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    return iter(())


@fact_to_shortcuts.register
def _(fact: Relates, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    if "regulation" in nodes:
        yield nodes["regulation"], _LINKS[fact.relation], nodes["other"]


@fact_to_shortcuts.register
def _(fact: Dated, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    yield nodes["regulation"], _STEP_DATES[fact.step], date_to_literal(fact.date)


@fact_to_shortcuts.register
def _(fact: Ranks, nodes: Mapping[str, URIRef]) -> Iterator[Triple]:
    return iter(())


def _description_to_division(description: _Description) -> Division | None:
    """The division of China that a place is, by its code or because only one has its name."""
    if description.code is not None:
        return load_gazetteer().by_code[description.code]
    name = description.label
    division = lookup_place(name)
    if division is None or not name.endswith(division.name):
        return None
    # 某市某区 is a full name too, without its province.
    return division if full_name(division).endswith(name) else None


def _confidence_to_literal(confidence: float) -> Literal:
    """Four places, as the exchange format prints it."""
    return decimal_to_literal(Decimal(str(round(float(confidence), 4))))


def _verbatim(text: str, datatype: URIRef) -> Literal:
    return Literal(text, datatype=datatype, normalize=False)


def _value_to_key(value: Value) -> str:
    """What a value adds to a statement's key: its characters, without the base."""
    return str(value).rsplit("/", 1)[-1] if isinstance(value, URIRef) else str(value)
