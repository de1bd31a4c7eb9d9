"""The facts of a document as its named graph holds them: the inverse of ``graph/mapping.py``.

Everything comes from the store by SPARQL. ``read_extractions`` yields the rows that
``Extraction.to_json()`` printed before, in the order of ``canonical_order``; two rows are
the same extraction exactly if ``canonical_order`` of both is equal.

>>> row = {"entities": [], "references": [], "facts": [{"type": "alias", "alias": "丁",
...        "name": ["乙", "丙", "乙", "甲"], "start": 0, "end": 1, "confidence": 1.0}]}
>>> canonical_order(row)["facts"][0]["name"]
['乙', '丙', '甲']
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import IO, Any, TypeVar

from rdflib import URIRef

from extract.document import SourceDocument
from extract.facts import (
    ENTITY_LABELS,
    FACT_TYPES,
    REFERENCE_LABELS,
    Argument,
    ArgumentLabel,
    Entity,
    EntityLabel,
    Extraction,
    Fact,
    Reference,
    ReferenceLabel,
    Span,
    span_columns,
)
from extract.filtering import keep_sure
from graph.errors import DocumentNotFoundError, UnreadableGraphError
from graph.identity import KIND_OF_LABEL, Minter
from graph.queryfiles import select
from graph.statements import class_to_fact_type, statement_form
from graph.store import Store
from ontology.terms import RDF, STATEMENT_CLASSES

Row = dict[str, Any]
_Found = TypeVar("_Found")

_STATEMENT_CLASSES = frozenset(map(str, STATEMENT_CLASSES.values()))
_ENTITY_LABELS: Mapping[str, EntityLabel] = {label: label for label in ENTITY_LABELS}
_REFERENCE_LABELS: Mapping[str, ReferenceLabel] = {label: label for label in REFERENCE_LABELS}
_ARGUMENT_LABELS: Mapping[str, ArgumentLabel] = {label: label for label in KIND_OF_LABEL}


def read_extractions(
    store: Store, *, base: str, documents: Iterable[str] | None = None, least: float = 0.0
) -> Iterator[Row]:
    """The JSON rows of documents, each in canonical order.

    Args:
        store: The store to read.
        base: The base IRI under which the store's graphs were minted.
        documents: Ids of documents, in the order wanted; None reads all, by id.
        least: The confidence, 0 to 1, that an entity or a fact has to have.

    Raises:
        DocumentNotFoundError: the store has no document of an id.
        UnreadableGraphError: a graph lacks what a document's graph has to have.
        InvalidBaseError: ``base`` is no base IRI.
    """
    for extraction in rebuild_extractions(store, base=base, documents=documents):
        yield canonical_order(keep_sure(extraction.to_json(), least=least))


def rebuild_extractions(
    store: Store, *, base: str, documents: Iterable[str] | None = None
) -> Iterator[Extraction]:
    """The same as :func:`read_extractions`, as the exchange types.

    Confidences have four places, aliases are sorted, and the document's origin is not kept.
    """
    minter = Minter(base)
    if documents is None:
        documents = [row["id"] for row in select(store, "documents")]
    for document in documents:
        yield _rebuild_extraction(store, document, minter.graph(document))


def canonical_order(row: Row) -> Row:
    """A row of the exchange format with everything that has no order of its own sorted.

    Entities, references and facts are sorted by offsets, then by content. The names of a role
    keep the canonical name first, the others are sorted; qualifiers are sorted. Names and
    qualifiers that repeat are left out, repeated entities and facts are not.
    """
    return {
        **row,
        "entities": sorted(row["entities"], key=_sort_key),
        "references": sorted(row["references"], key=_sort_key),
        "facts": sorted(map(_canonical_fact, row["facts"]), key=_sort_key),
    }


def order_extraction(extraction: Extraction) -> Extraction:
    """The same extraction with its parts in the order of :func:`canonical_order`.

    An extraction and what is read back of it then have them in one order.
    """
    return replace(
        extraction,
        references=tuple(sorted(extraction.references, key=lambda r: r.span)),
        entities=tuple(sorted(extraction.entities, key=lambda e: (e.span, e.label, e.name))),
        facts=tuple(
            sorted(extraction.facts, key=lambda fact: _sort_key(_canonical_fact(fact.to_json())))
        ),
    )


def _canonical_fact(fact: Row) -> Row:
    return {key: _canonical_value(key, value) for key, value in fact.items()}


def _canonical_value(key: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if key in ("qualifier", "articles"):
        members = sorted(set(value))
    else:
        members = [value[0], *sorted(set(value[1:]) - {value[0]})]
    return members[0] if len(members) == 1 else members


def _sort_key(item: Row) -> tuple[int, int, str]:
    return item["start"], item["end"], json.dumps(item, ensure_ascii=False, sort_keys=True)


def facts_to_csv(rows: Iterable[Row], stream: IO[str]) -> int:
    """Write the facts of rows as one flat table, and return how many there were.

    A line a fact: document, type, each role and attribute of any type in declared order,
    start, end, confidence, and the evidence as the text has it. The names of a role, and
    several qualifiers or articles, are joined by ``|``.
    """
    columns = ["document", "type", *_fact_columns(), "start", "end", "confidence", "evidence"]
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    count = 0
    for row in rows:
        for fact in row["facts"]:
            cells = {
                key: "|".join(value) if isinstance(value, list) else value
                for key, value in fact.items()
            }
            evidence = row["text"][fact["start"] : fact["end"]]
            writer.writerow({**cells, "document": row["id"], "evidence": evidence})
            count += 1
    return count


def _fact_columns() -> list[str]:
    columns: dict[str, None] = {}
    for fact_type in FACT_TYPES.values():
        for field in fields(fact_type):
            spans = statement_form(fact_type).spans
            names = span_columns(field.name) if field.name in spans else (field.name,)
            columns.update(dict.fromkeys(names))
    return [column for column in columns if column not in ("evidence", "confidence")]


def _rebuild_extraction(store: Store, document: str, graph: URIRef) -> Extraction:
    rows = list(select(store, "document", bindings={"graph": graph}))
    if not rows:
        raise DocumentNotFoundError(f"expected the id of a document in the store, got {document!r}")
    if len(rows) > 1 or rows[0]["id"] != document:
        raise UnreadableGraphError(f"{graph}: expected one document {document!r}, got {rows!r}")
    about = rows[0]
    return Extraction(
        document=SourceDocument(
            id=document,
            text=about["text"],
            title=about.get("title"),
            published=about.get("published"),
            source=about.get("source"),
            url=about.get("url"),
            retrieved=about.get("retrieved"),
        ),
        entities=tuple(_read_entities(store, graph)),
        facts=tuple(_read_facts(store, graph)),
        references=tuple(_read_references(store, graph)),
        pipeline=about["pipeline"],
    )


def _read_entities(store: Store, graph: URIRef) -> Iterator[Entity]:
    for row in select(store, "mentions", bindings={"graph": graph}):
        if row["label"] not in _ENTITY_LABELS:
            raise UnreadableGraphError(
                f"{row['mention']}: expected a label of {ENTITY_LABELS}, got {row['label']!r}"
            )
        yield Entity(
            span=_row_to_span(row),
            label=_ENTITY_LABELS[row["label"]],
            text=row["text"],
            name=row["name"],
            confidence=float(row["confidence"]),
        )


def _read_references(store: Store, graph: URIRef) -> Iterator[Reference]:
    for row in select(store, "references", bindings={"graph": graph}):
        if row["label"] not in _REFERENCE_LABELS:
            raise UnreadableGraphError(
                f"{row['mention']}: expected a label of {REFERENCE_LABELS}, got {row['label']!r}"
            )
        yield Reference(
            span=_row_to_span(row),
            label=_REFERENCE_LABELS[row["label"]],
            text=row["text"],
            name=row["name"],
            confidence=float(row["confidence"]),
        )


def _read_facts(store: Store, graph: URIRef) -> Iterator[Fact]:
    statements = _read_statements(store, graph)
    arguments = _read_arguments(store, graph)
    roles: dict[str, dict[str, Argument | str]] = defaultdict(dict)
    for row in select(store, "fillings", bindings={"graph": graph}):
        role, filler = _find(arguments, row["argument"], "an argument")
        roles[row["evidence"]][role] = filler
    spans: dict[str, dict[str, Span]] = defaultdict(dict)
    for row in select(store, "evidence_spans", bindings={"graph": graph}):
        spans[row["evidence"]][row["property"]] = _row_to_span(row)
    for row in select(store, "evidence", bindings={"graph": graph}):
        fact_type, attributes = _find(statements, row["statement"], "a statement")
        filled = roles[row["evidence"]]
        form = statement_form(fact_type)
        expected = set(form.roles)
        if not expected - form.optional <= filled.keys() <= expected:
            raise UnreadableGraphError(
                f"{row['evidence']}: expected the roles {sorted(expected)}, got {sorted(filled)}"
            )
        span, confidence = _row_to_span(row), float(row["confidence"])
        found = spans.get(row["evidence"], {})
        placed = {name: found[str(iri)] for name, iri in form.spans.items() if str(iri) in found}
        try:
            yield fact_type(evidence=span, confidence=confidence, **filled, **attributes, **placed)
        except TypeError as error:  # an attribute is missing
            raise UnreadableGraphError(f"{row['statement']}: {error}") from error


def _find(found: Mapping[str, _Found], iri: str, expected: str) -> _Found:
    if iri not in found:
        raise UnreadableGraphError(f"expected {expected} in the same graph, got {iri!r}")
    return found[iri]


def _read_statements(store: Store, graph: URIRef) -> dict[str, tuple[type[Fact], Row]]:
    """The type of fact and the attributes of each statement, by the statement's IRI."""
    values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in select(store, "statements", bindings={"graph": graph}):
        values[row["statement"]][row["property"]].append(row.get("iso", row["value"]))
    return {iri: _statement_to_attributes(iri, found) for iri, found in values.items()}


def _statement_to_attributes(iri: str, values: Mapping[str, list[str]]) -> tuple[type[Fact], Row]:
    classes = _STATEMENT_CLASSES.intersection(values[str(RDF.type)])
    if len(classes) != 1:
        raise UnreadableGraphError(f"{iri}: expected one class of statements, got {classes}")
    fact_type = class_to_fact_type(*classes)
    attributes: Row = {}
    for attribute in statement_form(fact_type).attributes:
        found = sorted(values.get(str(attribute.property), ()))
        if attribute.many:
            attributes[attribute.field] = tuple(sorted(map(attribute.from_text, found)))
        elif len(found) == 1:
            attributes[attribute.field] = attribute.from_text(found[0])
        elif found:
            raise UnreadableGraphError(
                f"{iri}: expected one value of {attribute.property}, got {found}"
            )
    return fact_type, attributes


def _read_arguments(store: Store, graph: URIRef) -> dict[str, tuple[str, Argument | str]]:
    """Role and filler of each argument, by the argument's IRI; an indicator is its name."""
    rows: dict[str, Row] = {}
    others: dict[str, set[str]] = defaultdict(set)
    for row in select(store, "arguments", bindings={"graph": graph}):
        rows[row["argument"]] = row
        if "other" in row:
            others[row["argument"]].add(row["other"])
    return {
        iri: (row["role"], _row_to_filler(row, tuple(sorted(others[iri]))))
        for iri, row in rows.items()
    }


def _row_to_filler(row: Row, aliases: tuple[str, ...]) -> Argument | str:
    if "label" not in row:
        return str(row["name"])
    if row["label"] not in _ARGUMENT_LABELS:
        raise UnreadableGraphError(
            f"{row['argument']}: expected a label of {sorted(_ARGUMENT_LABELS)}, "
            f"got {row['label']!r}"
        )
    return Argument(
        label=_ARGUMENT_LABELS[row["label"]],
        text=row["wording"],
        name=row["name"],
        span=_row_to_span(row) if "start" in row else None,
        aliases=aliases,
    )


def _row_to_span(row: Row) -> Span:
    return Span(int(row["start"]), int(row["end"]))
