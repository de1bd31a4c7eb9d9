"""The formats of RDF and of query results, and the responses that carry them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

import pyoxigraph as ox
from flask import Response, request

from graph.evaluation import used_prefixes
from graph.xml_characters import to_xml_characters
from graph.xml_graphs import check_statements, without_unused_namespace
from ontology.terms import PREFIXES
from web.errors import NotAcceptableError
from web.negotiation import HTML, best_media_type

NO_PREFIXES: Mapping[str, str] = MappingProxyType({})

Triples = Iterable[ox.Triple] | Iterable[ox.Quad]


@dataclass(frozen=True, slots=True)
class RdfFormat:
    """A serialisation of RDF.

    ``suffix`` ends the paths that name it; ``media_types`` begins with the one that is sent.
    """

    suffix: str
    media_types: tuple[str, ...]
    ox_format: ox.RdfFormat
    name: str


TURTLE = RdfFormat("ttl", ("text/turtle",), ox.RdfFormat.TURTLE, "Turtle")
N_TRIPLES = RdfFormat(
    "nt", ("application/n-triples", "text/plain"), ox.RdfFormat.N_TRIPLES, "N-Triples"
)
JSON_LD = RdfFormat(
    "jsonld", ("application/ld+json", "application/json"), ox.RdfFormat.JSON_LD, "JSON-LD"
)
RDF_XML = RdfFormat(
    "rdf", ("application/rdf+xml", "application/xml", "text/xml"), ox.RdfFormat.RDF_XML, "RDF/XML"
)
TRIG = RdfFormat("trig", ("application/trig",), ox.RdfFormat.TRIG, "TriG")

N_QUADS = RdfFormat("nq", ("application/n-quads",), ox.RdfFormat.N_QUADS, "N-Quads")

GRAPH_FORMATS: tuple[RdfFormat, ...] = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)
DATASET_FORMATS: tuple[RdfFormat, ...] = (*GRAPH_FORMATS, TRIG)
# What a query may answer a graph with; the formats of datasets then hold a default graph alone.
CONSTRUCTED_FORMATS: tuple[RdfFormat, ...] = (*GRAPH_FORMATS, TRIG, N_QUADS)


@dataclass(frozen=True, slots=True)
class ResultFormat:
    """A serialisation of the answer to SELECT or ASK."""

    media_types: tuple[str, ...]
    ox_format: ox.QueryResultsFormat


BOOLEAN_FORMATS: tuple[ResultFormat, ...] = (
    ResultFormat(
        ("application/sparql-results+json", "application/json"), ox.QueryResultsFormat.JSON
    ),
    ResultFormat(
        ("application/sparql-results+xml", "application/xml", "text/xml"),
        ox.QueryResultsFormat.XML,
    ),
)
RESULT_FORMATS: tuple[ResultFormat, ...] = (
    *BOOLEAN_FORMATS,
    ResultFormat(("text/csv",), ox.QueryResultsFormat.CSV),
    ResultFormat(("text/tab-separated-values",), ox.QueryResultsFormat.TSV),
)


def media_types_of(formats: Iterable[RdfFormat | ResultFormat]) -> list[str]:
    """All media types that lead to some format: every first one, then the other names."""
    listed = [f.media_types for f in formats]
    return [types[0] for types in listed] + [t for types in listed for t in types[1:]]


def choose_rdf_format(formats: Sequence[RdfFormat]) -> RdfFormat:
    """The format of RDF that the request's Accept header likes best.

    Raises:
        NotAcceptableError: when it likes none.
    """
    wanted = choose_media_type(media_types_of(formats))
    return next(f for f in formats if wanted in f.media_types)


def choose_media_type(offers: Sequence[str]) -> str:
    """The offer that the request's Accept header likes best.

    Raises:
        NotAcceptableError: when it likes none.
    """
    accept = request.headers.get("Accept")
    best = best_media_type(accept, offers)
    if best is None:
        raise NotAcceptableError(f"expected one of {', '.join(offers)} in Accept, got {accept!r}")
    return best


def find_media_type(formats: Sequence[RdfFormat | ResultFormat], accept: str | None) -> str | None:
    """The main media type of the format that ``accept`` likes best; None when it likes none.

    A page is among them: ``text/html`` stands for itself.
    """
    wanted = best_media_type(accept, [*media_types_of(formats), HTML])
    if wanted is None or wanted == HTML:
        return wanted
    return next(f.media_types[0] for f in formats if wanted in f.media_types)


def serialize_triples(
    triples: Triples, rdf_format: RdfFormat, *, more_prefixes: Mapping[str, str] = NO_PREFIXES
) -> bytes:
    """Triples, or quads for TriG, in a format, with those known prefixes that they use.

    Raises:
        UnwritableGraphError: when the format is RDF/XML, and it cannot say one of them.
    """
    is_xml = rdf_format.ox_format == ox.RdfFormat.RDF_XML
    statements = cast(list[ox.Triple] | list[ox.Quad], list(triples))
    known = {name: str(namespace) for name, namespace in PREFIXES.items()} | dict(more_prefixes)
    plain = [s.triple if isinstance(s, ox.Quad) else s for s in statements]
    if is_xml:
        plain = list(check_statements(plain))
    used = used_prefixes(plain, known, rdf_format.ox_format)
    data = ox.serialize(statements, format=rdf_format.ox_format, prefixes=used)
    if data is None:
        raise TypeError("expected bytes, got None")
    return without_unused_namespace(to_xml_characters(data)) if is_xml else data


def rdf_response(
    triples: Triples, rdf_format: RdfFormat, *, more_prefixes: Mapping[str, str] = NO_PREFIXES
) -> Response:
    """A response that carries RDF; see :func:`serialize_triples`."""
    body = serialize_triples(triples, rdf_format, more_prefixes=more_prefixes)
    return bytes_response(body, rdf_format.media_types[0])


def bytes_response(body: bytes | Iterable[bytes], media_type: str) -> Response:
    """A response of UTF-8 bytes, at once or in pieces."""
    return Response(body, content_type=content_type_of(media_type))


def content_type_of(media_type: str) -> str:
    """What stands in ``Content-Type`` for UTF-8 bytes of a media type; text types say so.

    >>> content_type_of("text/csv"), content_type_of("application/json")
    ('text/csv; charset=utf-8', 'application/json')
    """
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
