"""The ontology cannot drift: Turtle, Python, shapes, examples and queries use the same terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from rdflib import Graph, Literal, Namespace, URIRef, namespace

from extract import facts
from graph.linking import links, policy
from ontology import terms
from ontology.terms import (
    ELI,
    EXAMPLES_DIR,
    LABEL_CLASSES,
    OA,
    ONTOLOGY_IRI,
    ONTOLOGY_PATH,
    OWL,
    PREFIXES,
    QUDT,
    RDF,
    RDFS,
    SH,
    SHAPES_PATH,
    SKOS,
    STATEMENT_CLASSES,
    TANPU,
    bind_prefixes,
)

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(EXAMPLES_DIR.glob("*.ttl"))
QUERIES = sorted([*(ROOT / "graph").rglob("*.rq"), *(ROOT / "tests").rglob("*.rq")])
TEXTS = [ONTOLOGY_PATH, SHAPES_PATH, *EXAMPLES, *QUERIES]
WORDS = {
    "ParticipationRoleScheme": (terms.PARTICIPATION_ROLES, facts.ParticipationRole),
    "OrganizingRoleScheme": (terms.ORGANIZING_ROLES, facts.OrganizingRole),
    "ModeScheme": (terms.MODES, facts.Mode),
    "StatusScheme": (terms.STATUSES, facts.Status),
    "QualifierScheme": (terms.QUALIFIERS, facts.Qualifier),
    "MannerScheme": (terms.MANNERS, facts.Manner),
    "LinkMethodScheme": (terms.LINK_METHODS, links.Method),
    "LinkStatusScheme": (terms.LINK_STATUSES, policy.LinkStatus),
    "RelationScheme": (terms.RELATIONS, facts.Relation),
    "StepScheme": (terms.LEGAL_STEPS, facts.LegalStep),
    "RankKindScheme": (terms.RANK_KINDS, facts.RankKind),
}
PROPERTY_TYPES = {OWL.ObjectProperty, OWL.DatatypeProperty}
KINDS = {OWL.Class, SKOS.Concept, SKOS.ConceptScheme, *PROPERTY_TYPES}

_PREFIX = re.compile(r"@?prefix\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE)
_OUR_TERM = re.compile(r"(?<![\w:/#])tanpu:(\w+)")


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(ONTOLOGY_PATH)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(SHAPES_PATH)


def names_of(vocabulary: type[namespace.DefinedNamespace]) -> set[str]:
    return {str(term).removeprefix(str(vocabulary)) for term in dir(vocabulary)}


def defined_terms(graph: Graph) -> set[URIRef]:
    return {
        term
        for term in graph.subjects(RDFS.isDefinedBy, ONTOLOGY_IRI, unique=True)
        if isinstance(term, URIRef)
    }


def our_iris(graph: Graph) -> set[URIRef]:
    return {
        term
        for triple in graph
        for term in triple
        if isinstance(term, URIRef) and term in PREFIXES["tanpu"]
    }


def query_literals(shapes: Graph) -> Iterator[str]:
    for query in shapes.objects(None, SH.select):
        yield str(query)


def test_python_lists_exactly_the_terms_that_the_ontology_defines(ontology: Graph) -> None:
    assert {str(TANPU) + name for name in names_of(TANPU)} == {
        str(term) for term in defined_terms(ontology)
    }


def test_every_iri_of_ours_in_the_ontology_is_a_defined_term(ontology: Graph) -> None:
    assert our_iris(ontology) == defined_terms(ontology)


@pytest.mark.parametrize("name", sorted(names_of(TANPU)))
def test_term_is_of_one_kind_with_label_and_definition_in_both_languages(
    ontology: Graph, name: str
) -> None:
    term = URIRef(f"{TANPU}{name}")
    assert len(set(ontology.objects(term, RDF.type)) & KINDS) == 1
    for described_by in (RDFS.label, SKOS.definition):
        texts = ontology.objects(term, described_by)
        languages = [t.language or "" for t in texts if isinstance(t, Literal) and t.strip()]
        assert sorted(languages) == ["en", "zh"]


def test_no_two_terms_of_one_kind_share_a_label(ontology: Graph) -> None:
    for kind in KINDS - {SKOS.Concept}:
        labels = [
            label.n3()
            for term in defined_terms(ontology)
            if (term, RDF.type, kind) in ontology
            for label in ontology.objects(term, RDFS.label)
        ]
        assert sorted(labels) == sorted(set(labels))


def test_properties_start_in_lower_case_and_all_else_in_upper_case(ontology: Graph) -> None:
    for name in names_of(TANPU):
        is_property = bool(set(ontology.objects(TANPU[name], RDF.type)) & PROPERTY_TYPES)
        assert name[0].islower() == is_property, name


def test_ontology_has_version_and_licence_but_no_date(ontology: Graph) -> None:
    assert ontology.value(ONTOLOGY_IRI, OWL.versionIRI) == URIRef(f"{ONTOLOGY_IRI}/0.1.0")
    assert ontology.value(ONTOLOGY_IRI, terms.DCTERMS.license) is not None
    assert ontology.value(ONTOLOGY_IRI, terms.DCTERMS.creator) is not None
    for dated in (terms.DCTERMS.created, terms.DCTERMS.modified, terms.DCTERMS.issued):
        assert ontology.value(ONTOLOGY_IRI, dated) is None


def test_a_misspelt_term_raises() -> None:
    for vocabulary in (TANPU, ELI, OA, QUDT):
        with pytest.raises(AttributeError):
            _ = vocabulary.Membershp


def test_shapes_use_declared_terms_only(ontology: Graph, shapes: Graph) -> None:
    assert our_iris(shapes) <= defined_terms(ontology)
    for query in query_literals(shapes):
        assert {TANPU[name] for name in _OUR_TERM.findall(query)} <= defined_terms(ontology)


def test_shapes_list_every_term_as_declared(shapes: Graph) -> None:
    lists = [
        set(_OUR_TERM.findall(query.split("NOT IN", 1)[1]))
        for query in query_literals(shapes)
        if "NOT IN" in query
    ]
    assert lists == [names_of(TANPU)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples_use_declared_terms_only(ontology: Graph, path: Path) -> None:
    undeclared = our_iris(Graph().parse(path)) - defined_terms(ontology)
    shows_one = path.name == "declared-terms.violating.ttl"
    assert undeclared == ({URIRef(f"{TANPU}Theme")} if shows_one else set())


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.name)
def test_queries_use_declared_terms_only(path: Path) -> None:
    query = path.read_text(encoding="utf-8")
    full = re.findall(re.escape(str(TANPU)) + r"(\w+)", query)
    assert {*_OUR_TERM.findall(query), *full} <= names_of(TANPU)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_a_prefix_means_the_same_iri_everywhere(path: Path) -> None:
    found = _PREFIX.findall(path.read_text(encoding="utf-8"))
    assert dict(found) == {prefix: str(PREFIXES[prefix]) for prefix, _ in found}
    assert len(found) == len(dict(found))


def test_prefixes_declared_for_sparql_constraints_are_the_projects(shapes: Graph) -> None:
    declared = {
        str(shapes.value(node, SH.prefix)): str(shapes.value(node, SH.namespace))
        for node in shapes.objects(None, SH.declare)
    }
    assert declared == {prefix: str(PREFIXES[prefix]) for prefix in declared}
    for query in query_literals(shapes):
        assert set(re.findall(r"(?<![\w?\"])(\w+):\w", query)) <= {*declared, "https"}


@pytest.mark.parametrize("path", [ONTOLOGY_PATH, SHAPES_PATH, *EXAMPLES], ids=lambda p: p.name)
def test_borrowed_terms_exist_in_their_vocabularies(path: Path) -> None:
    """SHACL's own terms among them: a misspelt ``sh:`` term constrains nothing."""
    vocabularies = [
        value
        for value in vars(terms).values()
        if isinstance(value, type) and issubclass(value, namespace.DefinedNamespace)
    ]
    unknown = {
        str(term)
        for triple in Graph().parse(path)
        for term in triple
        for vocabulary in vocabularies
        if isinstance(term, URIRef)
        and term.startswith(str(vocabulary))
        and term != URIRef(str(vocabulary))
        and term not in vocabulary
    }
    shows_one = path.name == "declared-terms.violating.ttl"
    assert unknown == ({f"{TANPU}Theme"} if shows_one else set())


def test_bind_prefixes_replaces_what_was_bound() -> None:
    graph = Graph()
    graph.bind("schema", Namespace("http://schema.org/"), override=True, replace=True)
    bind_prefixes(graph)
    bound = {prefix: str(iri) for prefix, iri in graph.namespaces()}
    assert {prefix: bound.get(prefix) for prefix in PREFIXES} == {
        prefix: str(iri) for prefix, iri in PREFIXES.items()
    }


def test_every_type_of_fact_has_a_class_of_statement(ontology: Graph) -> None:
    assert set(STATEMENT_CLASSES) == set(facts.FACT_TYPES)
    assert len(set(STATEMENT_CLASSES.values())) == len(STATEMENT_CLASSES)
    for statement_class in STATEMENT_CLASSES.values():
        assert (statement_class, RDFS.subClassOf, TANPU.Statement) in ontology


def test_every_label_has_a_class(ontology: Graph) -> None:
    assert set(LABEL_CLASSES) == {*facts.ENTITY_LABELS, *get_args(facts.ArgumentLabel)}
    for thing_class in LABEL_CLASSES.values():
        assert (thing_class, RDF.type, OWL.Class) in ontology


def test_asserted_types_are_the_class_and_what_the_ontology_puts_above_it(
    ontology: Graph,
) -> None:
    classes = {term for term in defined_terms(ontology) if (term, RDF.type, OWL.Class) in ontology}
    assert set(terms.ASSERTED_TYPES) == classes - {TANPU.Statement}
    for node_class, (first, *others) in terms.ASSERTED_TYPES.items():
        assert first == node_class
        assert set(others) <= set(ontology.objects(node_class, RDFS.subClassOf))


@pytest.mark.parametrize("scheme", sorted(WORDS))
def test_words_of_the_exchange_format_are_the_notations_of_a_scheme(
    ontology: Graph, shapes: Graph, scheme: str
) -> None:
    mapping, words = WORDS[scheme]
    members = set(ontology.subjects(SKOS.inScheme, TANPU[scheme]))
    assert tuple(mapping) == get_args(words)
    assert set(mapping.values()) == members
    for word, concept in mapping.items():
        assert list(ontology.objects(concept, SKOS.notation)) == [Literal(word)]
    listed = [set(shapes.items(head)) for head in shapes.objects(None, SH["in"])]
    assert members in listed


def test_every_property_of_ours_is_constrained_by_a_shape(ontology: Graph, shapes: Graph) -> None:
    ours = {
        term
        for term in defined_terms(ontology)
        if set(ontology.objects(term, RDF.type)) & PROPERTY_TYPES
    }
    assert ours <= set(shapes.objects(None, SH.path))


def test_every_class_of_ours_is_the_target_of_a_shape(ontology: Graph, shapes: Graph) -> None:
    classes = {term for term in defined_terms(ontology) if (term, RDF.type, OWL.Class) in ontology}
    assert classes <= set(shapes.objects(None, SH.targetClass))
