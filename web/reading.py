"""What the pages show of a node: its names, what is said of it, and where.

A :class:`Reader` lives for one request. It asks the store one named query at a time and
remembers the names of the nodes that it has met.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

import pyoxigraph as ox
from rdflib import Literal, URIRef

from graph.confidence import leave_out_unsure
from ontology.terms import DCTERMS, OA, PREFIXES, RDF, RDFS, SDO, SKOS, TANPU, TIME
from web.dates import date_to_words
from web.marking import Mark, Run, cut_into_runs
from web.readings import READINGS
from web.roles import ROLES, Role
from web.statements import (
    SORTED_AT_MOST,
    count_groups,
    count_statements,
    list_of_kind,
    list_statements,
)
from web.store import Row, StoreAccess, Term
from web.wording import (
    COLOR_OF_LABEL,
    CONCEPT_WORDS,
    KIND_OF_CLASS,
    KIND_OF_SEGMENT,
    PROPERTY_WORDS,
    STATEMENT_KINDS,
    Kind,
    Words,
)

Description = Mapping[URIRef, Sequence[Term]]
Links = frozenset[tuple[str, str, str]]  # subject, property and value as text
NO_LINKS: Links = frozenset()
# Pieces of evidence of one statement that are shown in a list of statements, and on its own page.
EVIDENCE_SIZE = 3
EVIDENCE_OF_ONE = 200
# Of a statement with more than this, the newest of some of the pieces are shown.
EVIDENCE_SORTED = 1000
# Of a node with more mentions than this, some of the documents are listed.
MENTIONS_COUNTED = 1000

_NAMES = (SKOS.prefLabel, RDFS.label, DCTERMS.title, TANPU.isoInterval, DCTERMS.identifier)
_PLACES: Mapping[str, int] = MappingProxyType(
    {str(prop): place for place, prop in enumerate(PROPERTY_WORDS)}
)
# Shown elsewhere on the page, or of no use to a reader.
_NOT_LISTED = frozenset(
    {
        *(RDF.type, SKOS.prefLabel, SKOS.altLabel, SKOS.inScheme, RDFS.label),
        *(TANPU.evidence, TANPU.text),
    }
)
# What leads from statements, evidence, mentions and places in texts to what they are about.
_EVIDENCE_PROPERTIES = frozenset(
    {
        *(role.prop for role in ROLES),
        *(OA.hasBody, OA.hasTarget, OA.hasSource, OA.hasSelector),
        *(TANPU.evidence, TANPU.statedIn, TANPU.usesMention, TANPU.wordsSpan),
        *(TANPU.argument, TANPU.filledBy, TANPU.wordingSpan, TANPU.identifies),
    }
)


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node as a link: its name, its kind when it is one of ours, and its page."""

    iri: str
    name: str
    kind: Kind | None
    href: str | None


Part = str | NodeView


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as a reference; ``issued`` is an ISO date."""

    iri: str
    identifier: str
    title: str
    issued: str | None
    source: str | None
    url: str | None
    href: str


@dataclass(frozen=True, slots=True)
class MarkedMention:
    """What a mark in a text leads to; a date that could not be resolved leads nowhere."""

    color: str
    node: NodeView | None


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """The sentence that says a statement: half-open offsets, confidence 0 to 1."""

    iri: str
    document: DocumentView
    start: int
    end: int
    runs: Sequence[Run[MarkedMention]]
    confidence: float | None
    href: str


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement read out: text and links in turn, and the evidence for it.

    ``evidence`` is the first of what there is, ``sources`` counts all of it.
    """

    iri: str
    kind: Kind
    href: str
    parts: Sequence[Part]
    evidence: Sequence[EvidenceView]
    sources: int = 0

    @property
    def confidence(self) -> float | None:
        """That of the best evidence; None where none is shown or known."""
        known = (e.confidence for e in self.evidence if e.confidence is not None)
        return max(known, default=None)

    @property
    def text(self) -> str:
        """The statement as plain text."""
        return "".join(part if isinstance(part, str) else part.name for part in self.parts)


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of statements about a node: how many there are, and one page of them.

    ``hidden`` counts those that are not sure enough; ``total`` and ``pages`` the others.
    """

    kind: Kind
    total: int
    hidden: int
    page: int
    pages: int
    statements: Sequence[StatementView]


@dataclass(frozen=True, slots=True)
class Mentions:
    """Where a node is mentioned: how often in all, and documents with the mentions in each.

    ``complete`` says whether these are all documents; else they are some of them.
    """

    total: int
    complete: bool
    documents: Sequence[tuple[DocumentView, int]]


@dataclass(frozen=True, slots=True)
class PropertyView:
    """One property of a node with all of its values."""

    words: Words
    iri: str
    values: Sequence[Part]


@dataclass(frozen=True, slots=True)
class IncomingView:
    """The things that lead to a node by one property: how many links, and the first of them."""

    words: Words
    iri: str
    total: int
    nodes: Sequence[NodeView]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a line of a document's text: its runs, and the fragments that lead to it."""

    anchors: Sequence[str]
    says_something: bool
    runs: Sequence[Run[MarkedMention]]


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A statement in a document with the place of its sentence."""

    iri: str
    statement: StatementView
    start: int
    end: int
    confidence: float | None


def page_count(total: int, size: int) -> int:
    """How many pages ``total`` rows need; one at least.

    >>> page_count(0, 20), page_count(41, 20)
    (1, 3)
    """
    return max(1, -(-total // size))


class Reader:
    """Reads nodes out of the store for one request.

    Args:
        store: the store at one moment.
        prefix: what paths of this service begin with, without a slash at the end.
        query: what links to pages end with after "?"; nothing when empty.
        language: the code of the language that statements are read in.
    """

    def __init__(
        self, store: StoreAccess, *, prefix: str = "", query: str = "", language: str = "zh"
    ) -> None:
        self._store = store
        self._prefix = prefix
        self._query = f"?{query}" if query else ""
        self._language = language
        self._descriptions: dict[URIRef, Description] = {}
        self._nodes: dict[URIRef, NodeView] = {}
        self._documents: dict[URIRef, DocumentView] = {}

    def describe(self, iri: URIRef) -> Description:
        """Every property of a node with its values; empty when the store has none."""
        if iri not in self._descriptions:
            values: dict[URIRef, list[Term]] = defaultdict(list)
            for prop, value in self._store.properties(iri):
                values[prop].append(value)
            self._descriptions[iri] = MappingProxyType(values)
        return self._descriptions[iri]

    def href(self, iri: str) -> str | None:
        """The page of a node of ours; None for any other IRI."""
        root = self._store.base + "id/"
        if not iri.startswith(root):
            return None
        path, fragment, part = iri.removeprefix(root).partition("#")
        return f"{self._prefix}/page/{path}{self._query}{fragment}{part}"

    def node(self, iri: URIRef) -> NodeView:
        """A node with its name: a label, or the IRI in its short form."""
        if iri not in self._nodes:
            description = self.describe(iri)
            self._nodes[iri] = NodeView(
                iri=str(iri),
                name=self._name(iri, description),
                kind=kind_of(description),
                href=self.href(iri) if description else None,
            )
        return self._nodes[iri]

    def names(self, iri: URIRef) -> list[str]:
        """All names of a node, the preferred one first."""
        description = self.describe(iri)
        properties = (SKOS.prefLabel, RDFS.label, SKOS.altLabel)
        return list(dict.fromkeys(str(v) for p in properties for v in description.get(p, ())))

    def properties(self, iri: URIRef, *, besides: Links = NO_LINKS) -> list[PropertyView]:
        """What is said of a node, names, types and ``besides`` apart, in the order of our words."""
        listed = [
            PropertyView(property_words(p), str(p), [self._part(v) for v in shown])
            for p, values in self.describe(iri).items()
            if p not in _NOT_LISTED
            and (shown := [v for v in values if (str(iri), str(p), str(v)) not in besides])
        ]
        return sorted(listed, key=lambda view: (_PLACES.get(view.iri, len(_PLACES)), view.words.zh))

    def types(self, iri: URIRef) -> list[NodeView]:
        """The classes of a node, ours by their names."""
        views = []
        for cls in self.describe(iri).get(RDF.type, ()):
            kind = KIND_OF_CLASS.get(URIRef(cls))
            name = kind.words.zh if kind else self._short(URIRef(cls))
            views.append(NodeView(iri=str(cls), name=name, kind=kind, href=None))
        return sorted(views, key=lambda view: (view.kind is None, view.name))

    def sections(
        self,
        iri: URIRef,
        *,
        size: int,
        only: Kind | None = None,
        page: int = 1,
        least: float = 0.0,
    ) -> list[Section]:
        """The statements in which a node fills a role, by kind.

        Args:
            iri: the node; a statement is the only statement of its own page.
            size: statements in one section.
            only: one kind alone, at ``page``; None gives the first page of each kind.
            page: counted from 1; one past the last is empty.
            least: the confidence, 0 to 1, that the best evidence of a statement has to have.
        """
        if TANPU.Statement in self.describe(iri).get(RDF.type, ()):
            sections = [self._own_section(iri, least=least)]
        elif TANPU.Title in self.describe(iri).get(RDF.type, ()):
            sections = self._sections_of_title(iri, size=size, page=page, least=least)
        else:
            sections = [
                self._section(iri, kind, size=size, page=page, least=least)
                for kind in STATEMENT_KINDS
                if only in (None, kind)
            ]
        return [s for s in sections if (s.total or s.hidden) and only in (None, s.kind)]

    def _section(self, iri: URIRef, kind: Kind, *, size: int, page: int, least: float) -> Section:
        """One kind of statements, asked page by page."""
        start, stop = (page - 1) * size, page * size
        total, statements = list_of_kind(
            self._store, iri, kind.segment, start=start, stop=stop, least=least
        )
        everything = total
        if least > 0:
            everything, _ = list_of_kind(self._store, iri, kind.segment, start=0, stop=0)
        return Section(
            kind=kind,
            total=total,
            hidden=everything - total,
            page=page,
            pages=page_count(total, size),
            statements=[self.statement(s) for s in statements],
        )

    def role_section(
        self,
        iri: URIRef,
        role: Role,
        value: URIRef | None,
        *,
        size: int,
        page: int,
        least: float,
    ) -> Section:
        """One page of the statements that a node fills a role in, of one group or of all."""

        def count(sure: float) -> int:
            if value is None:
                return count_statements(self._store, iri, role, least=sure)
            return count_groups(self._store, iri, role, least=sure).get(value, 0)

        total = count(least)
        statements = list_statements(
            self._store,
            iri,
            role,
            total=total,
            start=(page - 1) * size,
            stop=page * size,
            least=least,
            value=value,
        )
        return Section(
            kind=role.kind,
            total=total,
            hidden=count(0.0) - total if least > 0 else 0,
            page=page,
            pages=page_count(total, size),
            statements=[self.statement(s) for s in statements],
        )

    def _own_section(self, iri: URIRef, *, least: float) -> Section:
        """A statement on its own page."""
        view = self.statement(iri, evidence_size=EVIDENCE_OF_ONE)
        sure = (view.confidence or 0.0) >= least
        statements = [view] if sure else []
        return Section(view.kind, int(sure), int(not sure), 1, 1, statements)

    def _sections_of_title(
        self, iri: URIRef, *, size: int, page: int, least: float
    ) -> list[Section]:
        """The posts held under a title, which their statements name by its wording alone."""
        kind = KIND_OF_SEGMENT["membership"]
        start, stop = (page - 1) * size, page * size
        counted = self._store.rows("title_count", entity=iri)
        total = sum(int(str(row["count"])) for row in counted)
        if least > 0 or total <= SORTED_AT_MOST:
            rows = self._store.rows("statements", entity=iri)
            found = [URIRef(r["statement"]) for r in rows if (_number(r, "best") or 0.0) >= least]
            hidden, total, found = len(rows) - len(found), len(found), found[start:stop]
        else:
            rows = self._store.rows_between("title_statements", start, stop, entity=iri)
            hidden, found = 0, [URIRef(row["statement"]) for row in rows]
        shown = [self.statement(statement) for statement in found]
        return [Section(kind, total, hidden, page, page_count(total, size), shown)]

    def statement(
        self, iri: URIRef, *, with_evidence: bool = True, evidence_size: int = EVIDENCE_SIZE
    ) -> StatementView:
        """A statement, read out, with at most ``evidence_size`` pieces of its evidence."""
        description = self.describe(iri)
        kind = KIND_OF_SEGMENT[self._segment(iri)]
        read = READINGS[self._language][kind.cls]
        evidence = description.get(TANPU.evidence, ()) if with_evidence else ()
        return StatementView(
            iri=str(iri),
            kind=kind,
            href=self.href(iri) or str(iri),
            parts=tuple(p for p in read(self, description) if p != ""),
            evidence=self._newest_evidence(map(URIRef, evidence), size=evidence_size),
            sources=len(evidence),
        )

    def _newest_evidence(self, evidence: Iterable[URIRef], *, size: int) -> list[EvidenceView]:
        """Some pieces of evidence, those of the newest documents first, then as they stand."""
        said = [
            (self.document(d), e)
            for e in islice(evidence, EVIDENCE_SORTED)
            for d in self._documents_of(e)
        ]
        said.sort(key=lambda pair: (pair[0].identifier, pair[1]))
        said.sort(key=lambda pair: pair[0].issued or "", reverse=True)
        views = [view for d, e in said[:size] for view in self._evidence(d, e)]
        order = {view.document.iri: place for place, view in reversed(list(enumerate(views)))}
        return sorted(views, key=lambda view: (order[view.document.iri], view.start, view.end))

    def _documents_of(self, evidence: URIRef) -> list[URIRef]:
        return [URIRef(document) for document in self._store.values(evidence, TANPU.statedIn)]

    def document(self, iri: URIRef) -> DocumentView:
        """A document as a reference; its text stays unread."""
        if iri not in self._documents:
            properties = {
                "identifier": DCTERMS.identifier,
                "title": DCTERMS.title,
                "issued": DCTERMS.issued,
                "source": DCTERMS.source,
                "url": SDO.url,
            }
            found = {name: self._store.values(iri, prop) for name, prop in properties.items()}
            row: Row = {"document": iri} | {n: values[0] for n, values in found.items() if values}
            self._documents[iri] = self.document_of_row(row)
        return self._documents[iri]

    def incoming(self, iri: URIRef, *, size: int, besides: Links = NO_LINKS) -> list[IncomingView]:
        """Links to a node from other things but ``besides``, at most ``size`` by each property."""
        found = []
        for row in self._store.rows("incoming_counts", entity=iri):
            prop, total = URIRef(row["property"]), int(str(row["count"]))
            if prop in _EVIDENCE_PROPERTIES:
                continue
            left_out = {s for s, p, value in besides if (p, value) == (str(prop), str(iri))}
            rows = self._store.rows_between(
                "incoming", 0, size + len(left_out), entity=iri, property=prop
            )
            subjects = [URIRef(r["subject"]) for r in rows if isinstance(r["subject"], URIRef)]
            nodes = [self.node(one) for one in subjects if str(one) not in left_out][:size]
            if nodes:
                words = property_words(prop)
                found.append(IncomingView(words, str(prop), total - len(left_out), nodes))
        return found

    def unsure_links(self, iri: URIRef, *, least: float) -> Links:
        """What is said of a node without a statement, and only by unsure statements."""
        if least <= 0:
            return NO_LINKS
        triples = self._store.triples("concise_description", entity=iri)
        lost = set(triples).difference(leave_out_unsure(triples, least=least))
        return frozenset((_text_of(t.subject), t.predicate.value, _text_of(t.object)) for t in lost)

    def mentioned_in(self, iri: URIRef) -> Mentions:
        """The documents that mention a node, the newest first, with counts."""
        counted = self._store.rows("mention_count", entity=iri)
        total = sum(int(str(row["count"])) for row in counted)
        complete = total <= MENTIONS_COUNTED
        rows = self._store.rows("mentioned_in" if complete else "some_mentioned_in", entity=iri)
        documents = [(self.document_of_row(row), int(str(row["mentions"]))) for row in rows]
        return Mentions(total, complete, documents)

    def document_of_row(self, row: Row) -> DocumentView:
        """A document from the columns that all queries on documents share."""
        iri = str(row["document"])
        identifier = str(row["identifier"])
        return DocumentView(
            iri=iri,
            identifier=identifier,
            title=_text(row, "title") or identifier,
            issued=_text(row, "issued"),
            source=_text(row, "source"),
            url=_text(row, "url"),
            href=self.href(iri) or iri,
        )

    def paragraphs(
        self, iri: URIRef, text: str, facts: Sequence[StatedFact]
    ) -> list[list[Stretch]]:
        """A document's text by lines, with its mentions marked and its sentences named.

        A stretch is a sentence that says something, or what stands between two such.
        """
        mentions = [
            Mark(
                int(str(row["start"])),
                int(str(row["end"])),
                MarkedMention(
                    _color(row), self.node(URIRef(row["entity"])) if "entity" in row else None
                ),
            )
            for row in self._store.rows("document_mentions", document=iri)
        ]
        spans = sorted({(fact.start, fact.end) for fact in facts})
        sentences = cut_into_runs(text, [Mark(start, end, None) for start, end in spans])
        unnamed = {span: f"char={span[0]},{span[1]}" for span in spans}
        lines: list[list[Stretch]] = [[]]
        for sentence in sentences:
            position = sentence.start
            for index, line in enumerate(sentence.text.split("\n")):
                if index:
                    lines.append([])
                    position += 1
                end = position + len(line)
                if line:
                    here = [span for span in unnamed if span[0] < end and position < span[1]]
                    lines[-1].append(
                        Stretch(
                            anchors=[unnamed.pop(span) for span in here],
                            says_something=sentence.mark is not None,
                            runs=cut_into_runs(line, mentions, offset=position),
                        )
                    )
                position = end
        return [line for line in lines if line]

    def facts_of_document(self, iri: URIRef) -> list[StatedFact]:
        """What a document says, in the order of the text."""
        first = {
            str(row["evidence"]): int(str(row["first"]))
            for row in self._store.rows("document_first_words", document=iri)
        }
        facts = [
            StatedFact(
                iri=str(row["evidence"]),
                statement=self.statement(URIRef(row["statement"]), with_evidence=False),
                start=int(str(row["start"])),
                end=int(str(row["end"])),
                confidence=_number(row, "confidence"),
            )
            for row in self._store.rows("document_statements", document=iri)
        ]
        return sorted(facts, key=lambda f: (f.start, f.end, first.get(f.iri, f.start), f.iri))

    def value(self, description: Description, prop: URIRef) -> Part:
        """The first value of a property as a part of a reading; "" when there is none."""
        values = description.get(prop, ())
        return self._part(values[0]) if values else ""

    def _evidence(self, document: DocumentView, evidence: URIRef) -> Iterator[EvidenceView]:
        """The sentence of a piece of evidence; none where it has no place in the text."""
        selectors = [
            self.describe(URIRef(selector))
            for span in self._store.values(evidence, OA.hasTarget)
            for selector in self._store.values(URIRef(span), OA.hasSelector)
        ]
        confidences = self._store.values(evidence, TANPU.confidence)
        for selector in selectors[:1]:
            start, end = (int(str(selector[prop][0])) for prop in (OA.start, OA.end))
            marks = [
                Mark(
                    int(str(m["start"])),
                    int(str(m["end"])),
                    MarkedMention(_color(m), self.node(URIRef(m["entity"]))),
                )
                for m in self._store.rows("evidence_mentions", evidence=evidence)
            ]
            yield EvidenceView(
                iri=str(evidence),
                document=document,
                start=start,
                end=end,
                runs=cut_into_runs(str(selector[OA.exact][0]), marks, offset=start),
                confidence=float(str(confidences[0])) if confidences else None,
                href=f"{document.href}#char={start},{end}",
            )

    def _name(self, iri: URIRef, description: Description) -> str:
        """A label, a date in words, or the IRI in its short form."""
        name = _first_text(description, _NAMES) or self._short(iri)
        is_date = TANPU.isoInterval in description or TIME.inXSDDate in description
        return date_to_words(name, self._language) if is_date else name

    def _part(self, value: Term) -> Part:
        if isinstance(value, URIRef):
            words = CONCEPT_WORDS.get(value)
            return self.node(value) if words is None else words.of(self._language)
        return str(value)

    def _segment(self, iri: str) -> str:
        root = self._store.base + "id/"
        return iri.removeprefix(root).split("/")[0] if iri.startswith(root) else ""

    def _short(self, iri: URIRef) -> str:
        for prefix, namespace in PREFIXES.items():
            if iri.startswith(namespace) and len(iri) > len(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return iri.removeprefix(self._store.base)


def keep_sure(facts: Sequence[StatedFact], *, least: float) -> list[StatedFact]:
    """The facts of a document whose statement has evidence there of at least ``least``."""
    best: dict[str, float] = defaultdict(float)
    for fact in facts:
        best[fact.statement.iri] = max(best[fact.statement.iri], fact.confidence or 0.0)
    return [fact for fact in facts if best[fact.statement.iri] >= least]


def kind_of(description: Description) -> Kind | None:
    """The kind of a node by its classes."""
    for cls in description.get(RDF.type, ()):
        if cls in KIND_OF_CLASS:
            return KIND_OF_CLASS[URIRef(cls)]
    return None


def property_words(prop: URIRef) -> Words:
    """A property as the pages call it; its compact IRI when it has no words yet."""
    if prop in PROPERTY_WORDS:
        return PROPERTY_WORDS[prop]
    for prefix, namespace in PREFIXES.items():
        if prop.startswith(namespace):
            return Words(f"{prefix}:{prop.removeprefix(namespace)}", "")
    return Words(str(prop), "")


def _first_text(description: Description, properties: Iterable[URIRef]) -> str | None:
    for prop in properties:
        texts = [v for v in description.get(prop, ()) if isinstance(v, Literal) and str(v)]
        if texts:
            chinese = [v for v in texts if (v.language or "").startswith("zh")]
            return str((chinese or texts)[0])
    if TIME.inXSDDate in description:
        return str(description[TIME.inXSDDate][0])
    return None


def _text(row: Row, name: str) -> str | None:
    return str(row[name]) if name in row else None


def _text_of(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _color(row: Row) -> str:
    return COLOR_OF_LABEL.get(str(row.get("label", "")), "thing")


def _number(row: Row, name: str) -> float | None:
    return float(str(row[name])) if name in row else None
