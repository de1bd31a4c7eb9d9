"""What the service says of itself in RDF: SPARQL Service Description, VoID and DCAT.

All numbers are counted in the store, once for each publication.

Source: W3C Recommendations SPARQL 1.1 Service Description and DCAT 3; W3C Interest Group Note
"Describing Linked Datasets with the VoID Vocabulary", section 7.2 for the well-known place.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import pyoxigraph as ox
from flask import Blueprint, Flask, Response, current_app, url_for
from rdflib import RDF, BNode, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, VOID, DefinedNamespace, Namespace
from rdflib.term import Node

from graph.conversion import to_ox
from graph.evaluation import QueryTask
from ontology.terms import ONTOLOGY_IRI
from web.formats import (
    BOOLEAN_FORMATS,
    DATASET_FORMATS,
    RdfFormat,
    choose_rdf_format,
    rdf_response,
)
from web.headers import revalidatable
from web.runner import read_iri, read_whole
from web.store import current_access, query_text

blueprint = Blueprint("description", __name__)

EXTENSION = "tanpu.statistics"
FORMATS = Namespace("http://www.w3.org/ns/formats/")
SIMPLE_ENTAILMENT = URIRef("http://www.w3.org/ns/entailment/Simple")
# The names that the W3C gives to the formats of results and of graphs.
FORMAT_NAMES = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "N-Quads",
    "TriG",
    "RDF_XML",
    "JSON-LD",
)

# Those of them that the graph store reads.
INPUT_FORMAT_NAMES = FORMAT_NAMES[4:]

Counts = Mapping[str, int]
Statement = tuple[URIRef | BNode, URIRef, Node]


class SD(DefinedNamespace):
    """The terms used of the SPARQL 1.1 Service Description vocabulary."""

    _NS = Namespace("http://www.w3.org/ns/sparql-service-description#")
    _fail = True

    BasicFederatedQuery: URIRef
    Dataset: URIRef
    Graph: URIRef
    NamedGraph: URIRef
    SPARQL11Query: URIRef
    SPARQL11Update: URIRef
    Service: URIRef
    UnionDefaultGraph: URIRef
    defaultDataset: URIRef
    defaultEntailmentRegime: URIRef
    defaultGraph: URIRef
    endpoint: URIRef
    feature: URIRef
    graph: URIRef
    inputFormat: URIRef
    name: URIRef
    namedGraph: URIRef
    resultFormat: URIRef
    supportedLanguage: URIRef


# What descriptions use beside the prefixes of the vocabulary.
DESCRIPTION_PREFIXES: Mapping[str, str] = MappingProxyType(
    {"dcat": str(DCAT), "formats": str(FORMATS), "sd": str(SD), "void": str(VOID)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What was counted in one publication; the keys of the counts are IRIs."""

    triples: int
    subjects: int
    objects: int
    classes: Counts
    properties: Counts
    graphs: Counts


class StatisticsCache:
    """The statistics of the publication that was asked about last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: int | None = None
        self._statistics: Statistics | None = None

    def get(self, version: int, count: Callable[[], Statistics]) -> Statistics:
        """The statistics of a publication, counted if they are not known."""
        with self._lock:
            if self._statistics is None or self._version != version:
                self._statistics, self._version = count(), version
            return self._statistics


def init_app(app: Flask) -> None:
    """Attaches the well-known place."""
    app.extensions[EXTENSION] = StatisticsCache()
    app.register_blueprint(blueprint)


@blueprint.get("/.well-known/void")
def void() -> Response:
    """The description of the dataset, in the format that the client likes best."""
    rdf_format = choose_rdf_format(DATASET_FORMATS)
    endpoint = URIRef(read_iri("Host", url_for("sparql.get", _external=True)))
    statements = dataset_statements(current_access().base, endpoint, current_statistics())
    return _response(statements, rdf_format)


def describe_service(
    endpoint: str, formats: Sequence[RdfFormat], *, is_federated: bool = False
) -> Response:
    """The description of the service at an address, with that of its dataset.

    Args:
        endpoint: the address.
        formats: those that it is offered in.
        is_federated: whether queries may ask other endpoints.

    Raises:
        NotAcceptableError: when the client likes none of the formats.
    """
    rdf_format = choose_rdf_format(formats)
    base, statistics = current_access().base, current_statistics()
    statements = [
        *service_statements(base, URIRef(endpoint), statistics, is_federated=is_federated),
        *dataset_statements(base, URIRef(endpoint), statistics),
    ]
    return _response(statements, rdf_format)


def service_statements(
    base: str, endpoint: URIRef, statistics: Statistics, *, is_federated: bool = False
) -> Iterator[Statement]:
    """What an endpoint can do, and which graphs it has.

    Args:
        base: What every IRI of the store begins with.
        endpoint: The address at which the service answers.
        statistics: What was counted in the store.
        is_federated: Whether queries may ask other endpoints.
    """
    service, dataset, default = BNode("service"), dataset_iri(base), BNode("default")
    yield service, RDF.type, SD.Service
    yield service, SD.endpoint, endpoint
    yield service, SD.supportedLanguage, SD.SPARQL11Query
    yield service, SD.supportedLanguage, SD.SPARQL11Update
    yield service, SD.feature, SD.UnionDefaultGraph
    if is_federated:
        yield service, SD.feature, SD.BasicFederatedQuery
    yield service, SD.defaultEntailmentRegime, SIMPLE_ENTAILMENT
    for name in FORMAT_NAMES:
        yield service, SD.resultFormat, FORMATS[name]
    for name in INPUT_FORMAT_NAMES:
        yield service, SD.inputFormat, FORMATS[name]
    yield service, SD.defaultDataset, dataset
    yield dataset, RDF.type, SD.Dataset
    yield dataset, SD.defaultGraph, default
    yield default, RDF.type, SD.Graph
    yield default, VOID.triples, Literal(statistics.triples)
    for number, (iri, triples) in enumerate(sorted(statistics.graphs.items())):
        named, graph = BNode(f"name{number}"), BNode(f"graph{number}")
        yield dataset, SD.namedGraph, named
        yield named, RDF.type, SD.NamedGraph
        yield named, SD.name, URIRef(iri)
        yield named, SD.graph, graph
        yield graph, RDF.type, SD.Graph
        yield graph, VOID.triples, Literal(triples)


def dataset_statements(base: str, endpoint: URIRef, statistics: Statistics) -> Iterator[Statement]:
    """What the store holds, by class and by property, and where to query it.

    The arguments are those of :func:`service_statements`.
    """
    dataset, access = dataset_iri(base), BNode("access")
    yield dataset, RDF.type, VOID.Dataset
    yield dataset, RDF.type, DCAT.Dataset
    yield dataset, DCTERMS.title, Literal("碳谱", lang="zh")
    yield dataset, DCTERMS.title, Literal("Tanpu", lang="en")
    yield dataset, DCTERMS.conformsTo, ONTOLOGY_IRI
    yield dataset, VOID.vocabulary, ONTOLOGY_IRI
    yield dataset, VOID.uriSpace, Literal(base)
    yield dataset, VOID.sparqlEndpoint, endpoint
    yield access, RDF.type, DCAT.DataService
    yield access, DCAT.endpointURL, endpoint
    yield access, DCAT.servesDataset, dataset
    yield dataset, VOID.triples, Literal(statistics.triples)
    yield dataset, VOID.distinctSubjects, Literal(statistics.subjects)
    yield dataset, VOID.distinctObjects, Literal(statistics.objects)
    yield dataset, VOID.classes, Literal(len(statistics.classes))
    yield dataset, VOID.properties, Literal(len(statistics.properties))
    for number, (iri, entities) in enumerate(sorted(statistics.classes.items())):
        part = BNode(f"class{number}")
        yield dataset, VOID.classPartition, part
        yield part, VOID["class"], URIRef(iri)
        yield part, VOID.entities, Literal(entities)
    for number, (iri, triples) in enumerate(sorted(statistics.properties.items())):
        part = BNode(f"property{number}")
        yield dataset, VOID.propertyPartition, part
        yield part, VOID.property, URIRef(iri)
        yield part, VOID.triples, Literal(triples)


def dataset_iri(base: str) -> URIRef:
    """The IRI of the dataset: the well-known place, with the fragment that VoID advises.

    >>> dataset_iri("http://a.example/")
    rdflib.term.URIRef('http://a.example/.well-known/void#dataset')
    """
    return URIRef(f"{base}.well-known/void#dataset")


def current_statistics() -> Statistics:
    """What is counted in the newest publication.

    Raises:
        GraphError: as the runner does.
    """
    cache: StatisticsCache = current_app.extensions[EXTENSION]
    return cache.get(current_access().version, _count)


def _count() -> Statistics:
    (totals,) = _rows("dataset_totals")
    return Statistics(
        triples=int(totals["triples"]),
        subjects=int(totals["subjects"]),
        objects=int(totals["objects"]),
        classes={row["class"]: int(row["count"]) for row in _rows("dataset_classes")},
        properties={row["property"]: int(row["count"]) for row in _rows("dataset_properties")},
        graphs={row["graph"]: int(row["count"]) for row in _rows("dataset_graphs")},
    )


def _rows(name: str) -> list[dict[str, str]]:
    """The solutions of a query of ``web/queries``, each value as its text."""
    media_type = BOOLEAN_FORMATS[0].media_types[0]
    task = QueryTask(text=query_text(name), base=current_access().base, bindings_format=media_type)
    bindings = json.loads(read_whole(task))["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in bindings]


def _response(statements: Iterable[Statement], rdf_format: RdfFormat) -> Response:
    triples = (ox.Triple(to_ox(s), to_ox(p), to_ox(o)) for s, p, o in statements)
    response = rdf_response(triples, rdf_format, more_prefixes=DESCRIPTION_PREFIXES)
    response.vary.add("Accept")
    return revalidatable(response)
