"""The description of the service and of its dataset: counts that the store confirms."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from rdflib import RDF, XSD, Graph, Literal, URIRef
from rdflib.namespace import DCAT, VOID
from rdflib.term import Node

from graph.store import Store
from ontology.terms import TANPU
from tests.web.conftest import BASE, fill, forum_extraction
from web.description import FORMATS, SD
from web.formats import BOOLEAN_FORMATS, CONSTRUCTED_FORMATS, RESULT_FORMATS
from web.graph_store import INPUT_FORMATS

# What the Recommendation says of a description (sections 2 and 3), and the tests that hold it.
CLAUSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("2", "GET of the endpoint without a query gives the description, in RDF, negotiated",
     ("test_descriptions_are_negotiated",)),
    ("2", "the description has an sd:endpoint that is the address where it was asked for",
     ("test_the_endpoint_describes_itself_where_it_was_asked",)),
    ("3.1", "all terms are declared, and stand where their domain and range say",
     ("test_every_term_of_the_vocabulary_is_used_with_its_domain",)),
    ("3.2.5", "a feature is claimed exactly where the service has it",
     ("test_features_are_claimed_exactly_where_they_are_there",)),
    ("3.4.3", "the entailment regime is named",
     ("test_the_entailment_regime_is_the_simple_one",)),
    ("3.4.9", "supported languages are those that the endpoint answers",
     ("test_the_languages_are_those_that_are_answered",)),
    ("3.4.12", "result formats are those that it gives",
     ("test_the_formats_that_it_names_are_those_that_it_gives",)),
    ("3.4.13", "input formats are those that it reads",
     ("test_the_formats_that_it_reads_are_those_of_the_graph_store",)),
    ("3.4.10", "the default dataset has its default graph and its named graphs, counted",
     ("test_the_counts_are_those_of_the_store",
      "test_every_named_graph_is_there_with_its_triples")),
)  # fmt: skip

ENDPOINT = URIRef("http://localhost/sparql")
DATASET = URIRef(f"{BASE}.well-known/void#dataset")


@pytest.fixture
def service(client: FlaskClient) -> Graph:
    response = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    return Graph().parse(data=response.data, format="turtle")


def asked(store: Store, query: str) -> Any:
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    (solution,) = solutions
    return int(solution[0].value)


def value(graph: Graph, subject: Node, predicate: URIRef) -> int:
    (found,) = graph.objects(subject, predicate)
    assert isinstance(found, Literal)
    assert found.datatype == XSD.integer
    return int(found)


def test_the_endpoint_describes_itself_where_it_was_asked(service: Graph) -> None:
    (subject,) = service.subjects(SD.endpoint, ENDPOINT)
    assert (subject, RDF.type, SD.Service) in service
    assert (subject, SD.supportedLanguage, SD.SPARQL11Query) in service
    assert list(service.subjects(SD.endpoint)) == [subject]


def test_every_term_of_the_vocabulary_is_used_with_its_domain(service: Graph) -> None:
    for predicate in set(service.predicates()):
        if str(predicate).startswith(str(SD)):
            SD[str(predicate).removeprefix(str(SD))]
    for named in service.objects(DATASET, SD.namedGraph):
        assert (named, RDF.type, SD.NamedGraph) in service
        assert len(list(service.objects(named, SD.name))) == 1
    assert len(list(service.objects(None, SD.defaultDataset))) == 1
    assert len(list(service.objects(DATASET, SD.defaultGraph))) == 1


@pytest.mark.parametrize(
    ("query", "formats"),
    [
        ("SELECT * {}", RESULT_FORMATS),
        ("ASK {}", BOOLEAN_FORMATS),
        ("CONSTRUCT WHERE { ?s ?p ?o }", CONSTRUCTED_FORMATS),
    ],
)
def test_the_formats_that_it_names_are_those_that_it_gives(
    client: FlaskClient, service: Graph, query: str, formats: Any
) -> None:
    names = {
        "application/sparql-results+json": "SPARQL_Results_JSON",
        "application/sparql-results+xml": "SPARQL_Results_XML",
        "text/csv": "SPARQL_Results_CSV",
        "text/tab-separated-values": "SPARQL_Results_TSV",
        "text/turtle": "Turtle",
        "application/n-triples": "N-Triples",
        "application/n-quads": "N-Quads",
        "application/trig": "TriG",
        "application/rdf+xml": "RDF_XML",
        "application/ld+json": "JSON-LD",
    }
    described = set(service.objects(None, SD.resultFormat))
    assert described == {FORMATS[name] for name in names.values()}
    for given in formats:
        accept = given.media_types[0]
        response = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
        assert (response.status_code, response.mimetype) == (200, accept)
        assert FORMATS[names[accept]] in described


def test_every_clause_has_its_tests() -> None:
    assert {name for _, _, tests in CLAUSES for name in tests} <= set(globals())


def test_features_are_claimed_exactly_where_they_are_there(
    client: FlaskClient, service: Graph, store: Store
) -> None:
    assert set(service.objects(None, SD.feature)) == {SD.UnionDefaultGraph}
    merged = {quad.triple for quad in store.database if quad.graph_name != ox.DefaultGraph()}
    default = store.database.quads_for_pattern(None, None, None, ox.DefaultGraph())
    assert {quad.triple for quad in default} == merged
    # What is not claimed: SERVICE, the fetching of graphs, and that a dataset must be named.
    for query, status in (
        ("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400),
        ("ASK FROM <http://127.0.0.1:9/> { ?s ?p ?o }", 200),
        ("ASK { ?s ?p ?o }", 200),
    ):
        response = client.get("/sparql", query_string={"query": query})
        assert response.status_code == status
        assert status != 200 or response.get_json()["boolean"] == ("FROM" not in query)


def test_the_entailment_regime_is_the_simple_one(service: Graph) -> None:
    regimes = set(service.objects(None, SD.defaultEntailmentRegime))
    assert regimes == {URIRef("http://www.w3.org/ns/entailment/Simple")}


def test_the_languages_are_those_that_are_answered(client: FlaskClient, service: Graph) -> None:
    languages = set(service.objects(None, SD.supportedLanguage))
    assert languages == {SD.SPARQL11Query, SD.SPARQL11Update}
    assert client.post("/sparql", data={"query": "ASK {}"}).status_code == 200
    assert client.post("/sparql", data={"update": "CLEAR ALL"}).status_code == 401


def test_the_formats_that_it_reads_are_those_of_the_graph_store(service: Graph) -> None:
    names = {
        "text/turtle": "Turtle",
        "application/n-triples": "N-Triples",
        "application/n-quads": "N-Quads",
        "application/trig": "TriG",
        "application/rdf+xml": "RDF_XML",
        "application/ld+json": "JSON-LD",
    }
    described = set(service.objects(None, SD.inputFormat))
    assert described == {FORMATS[names[media_type]] for media_type in INPUT_FORMATS}


def test_the_counts_are_those_of_the_store(service: Graph, store: Store) -> None:
    total = asked(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert value(service, DATASET, VOID.triples) == total > 0
    (default,) = service.objects(DATASET, SD.defaultGraph)
    assert value(service, default, VOID.triples) == total
    for term, variable in ((VOID.distinctSubjects, "?s"), (VOID.distinctObjects, "?o")):
        query = f"SELECT (COUNT(DISTINCT {variable}) AS ?n) {{ ?s ?p ?o }}"
        assert value(service, DATASET, term) == asked(store, query)


def test_every_named_graph_is_there_with_its_triples(service: Graph, store: Store) -> None:
    described = {
        str(service.value(named, SD.name)): value(
            service, service.value(named, SD.graph) or named, VOID.triples
        )
        for named in service.objects(DATASET, SD.namedGraph)
    }
    assert described == {name: len(store.graph(name)) for name in store.graphs()}


def test_classes_and_properties_are_counted(client: FlaskClient, store: Store) -> None:
    graph = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    (part,) = graph.subjects(VOID["class"], TANPU.Person)
    assert (DATASET, VOID.classPartition, part) in graph
    query = f"SELECT (COUNT(*) AS ?n) {{ ?s a <{TANPU.Person}> }}"
    assert value(graph, part, VOID.entities) == asked(store, query)
    (part,) = graph.subjects(VOID.property, TANPU.evidence)
    query = f"SELECT (COUNT(*) AS ?n) {{ ?s <{TANPU.evidence}> ?o }}"
    assert value(graph, part, VOID.triples) == asked(store, query)
    assert value(graph, DATASET, VOID.classes) == len(set(graph.objects(None, VOID["class"])))
    (access,) = graph.subjects(DCAT.servesDataset, DATASET)
    assert (access, DCAT.endpointURL, ENDPOINT) in graph


def test_a_new_publication_is_counted_anew(client: FlaskClient, store: Store) -> None:
    def triples() -> int:
        graph = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
        return value(graph, DATASET, VOID.triples)

    before = triples()
    store.remove_graph(store.graphs()[0])
    assert triples() == before
    store.publish()
    assert 0 < triples() < before
    fill(store, forum_extraction())


@pytest.mark.parametrize(
    ("path", "accept", "status", "media_type"),
    [
        ("/.well-known/void", "*/*", 200, "text/turtle"),
        ("/.well-known/void", "application/ld+json", 200, "application/ld+json"),
        ("/.well-known/void", "text/csv", 406, "application/problem+json"),
        ("/sparql", "*/*", 200, "text/turtle"),
        ("/sparql", "application/rdf+xml", 200, "application/rdf+xml"),
        ("/sparql", "application/n-quads", 200, "application/n-quads"),
        ("/sparql", "image/png", 406, "application/problem+json"),
        ("/sparql?timeout=3", "*/*", 400, "application/problem+json"),
    ],
)
def test_descriptions_are_negotiated(
    client: FlaskClient, path: str, accept: str, status: int, media_type: str
) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert (response.status_code, response.mimetype) == (status, media_type)


@pytest.mark.parametrize("path", ["/.well-known/void", "/sparql"])
def test_a_description_that_the_client_has_is_not_sent_again(
    client: FlaskClient, path: str
) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_description_declares_only_the_prefixes_that_it_uses(client: FlaskClient) -> None:
    text = client.get("/.well-known/void").text
    declared = [line.split()[1] for line in text.splitlines() if line.startswith("@prefix")]
    assert {"void:", "dcat:", "tanpu:"} <= set(declared)
    assert "sd:" not in declared


@pytest.mark.parametrize("host", ["a<b", "a b", 'a"', "[::1", "ä.example"])
def test_a_host_that_is_no_host_is_no_defect(client: FlaskClient, host: str) -> None:
    response = client.get("/sparql", headers={"Host": host})
    assert response.status_code in {200, 400}


def test_the_suite_of_service_descriptions_holds(
    shared_path: Callable[[str], Path], service: Graph
) -> None:
    manifest = Graph().parse(shared_path("suites/service-description-manifest.ttl"))
    kind = URIRef("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#ServiceDescriptionTest")
    names = {str(test).rpartition("#")[2] for test in manifest.subjects(RDF.type, kind)}
    assert names == {"has-endpoint-triple", "returns-rdf", "conforms-to-schema"}
    assert (None, SD.endpoint, ENDPOINT) in service
