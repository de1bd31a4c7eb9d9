"""What a validation report says, and that the shapes are applied as they stand."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDF, SH

from graph.conversion import triples_to_graph
from graph.validation import (
    ShapesError,
    ValidationReport,
    ValidationResult,
    Validator,
    load_validator,
    validate_graph,
)
from ontology.terms import ONTOLOGY_PATH, SHAPES_PATH

PREFIXES = """
@prefix e: <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = """
e:Ship a sh:NodeShape ; sh:targetClass e:Ship ;
    sh:property e:ShipName ;
    sh:property [ sh:path e:harbour ; sh:class e:Harbour ; sh:message "须是港口"@zh, "a harbour"@en ] ;
    sh:property [ sh:path ( e:harbour [ sh:inversePath e:owns ] ) ; sh:minCount 1 ;
        sh:severity sh:Warning ; sh:message "港口无主"@zh, "no owner"@en ] ;
    sh:property [ sh:path e:length ; sh:maxCount 1 ; sh:severity sh:Info ; sh:message "多个长度"@zh ] ;
    sh:sparql [ sh:message "太长：{?value}"@zh, "too long: {?value}"@en ;
        sh:select "SELECT $this ?value WHERE { $this <http://example.org/length> ?value FILTER(?value > 400) }" ] .
e:ShipName sh:path e:name ; sh:minCount 1 ; sh:datatype xsd:string ;
    sh:message "须有名称"@zh, "expected a name"@en .
"""
ONTOLOGY = "e:Port rdfs:subClassOf e:Harbour . e:north a e:Port ."
CONFORMING = (
    """e:a a e:Ship ; e:name "海燕" ; e:length 12 ; e:harbour e:north . e:co e:owns e:north ."""
)


def turtle(text: str) -> Graph:
    triples = ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)
    return triples_to_graph(triples, Graph(bind_namespaces="none"))


PATH_TO_OWNER = "<http://example.org/harbour>/^<http://example.org/owns>"


@pytest.fixture
def validator() -> Validator:
    return Validator(shapes=turtle(SHAPES), ontology=turtle(ONTOLOGY))


def summary(report: ValidationReport) -> list[tuple[str, str | None, str | None, str]]:
    return [
        (
            r.severity,
            r.path and r.path.removeprefix("http://example.org/"),
            r.value,
            r.message("zh"),
        )
        for r in report.results
    ]


@pytest.mark.parametrize(
    ("data", "conforms", "expected"),
    [
        (CONFORMING, True, []),
        ("e:b a e:Boat .", True, []),
        (
            "e:a a e:Ship ; e:length 12 .",
            False,
            [("violation", "name", None, "须有名称"), ("warning", PATH_TO_OWNER, None, "港口无主")],
        ),
        (
            CONFORMING.replace('"海燕"', '"海燕"@zh'),
            False,
            [("violation", "name", '"海燕"@zh', "须有名称")],
        ),
        (
            CONFORMING.replace("e:north", "e:south"),
            False,
            [("violation", "harbour", "http://example.org/south", "须是港口")],
        ),
        (
            CONFORMING.replace("12", "401"),
            False,
            [("violation", None, '"401"^^xsd:integer', "太长：401")],
        ),
        (CONFORMING.replace("12", "12, 13"), True, [("info", "length", None, "多个长度")]),
    ],
)
def test_each_constraint_gives_its_result(
    validator: Validator,
    data: str,
    conforms: bool,
    expected: list[tuple[str, str | None, str | None, str]],
) -> None:
    report = validator.validate(turtle(data))
    assert report.conforms is conforms
    assert summary(report) == expected


def test_a_path_of_several_steps_is_written_as_sparql_writes_it(validator: Validator) -> None:
    report = validator.validate(turtle('e:a a e:Ship ; e:name "海燕" .'))
    [result] = report.results
    assert result.path == PATH_TO_OWNER


def test_a_result_names_node_shape_and_constraint(validator: Validator) -> None:
    [result] = validator.validate(turtle(CONFORMING.replace('e:name "海燕" ; ', ""))).results
    assert result == ValidationResult(
        focus_node="http://example.org/a",
        path="http://example.org/name",
        value=None,
        severity="violation",
        source_shape="http://example.org/ShipName",
        component=str(SH.MinCountConstraintComponent),
        messages=(("en", "expected a name"), ("zh", "须有名称")),
    )


def test_known_entities_count_as_described(validator: Validator) -> None:
    data = turtle(CONFORMING.replace("e:north", "e:south"))
    assert not validator.validate(data).conforms
    assert validator.validate(data, known=turtle("e:south a e:Harbour .")).conforms


def test_nothing_that_is_passed_in_changes(validator: Validator) -> None:
    data, known = turtle(CONFORMING), turtle("e:south a e:Harbour .")
    validator.validate(data, known=known)
    assert isomorphic(data, turtle(CONFORMING))
    assert isomorphic(known, turtle("e:south a e:Harbour ."))


def test_the_same_graph_gives_the_same_report_again(validator: Validator) -> None:
    data = turtle("e:a a e:Ship ; e:length 500, 600 . e:b a e:Ship .")
    assert validator.validate(data) == validator.validate(data)
    assert validator.validate(data) == Validator(
        shapes=turtle(SHAPES), ontology=turtle(ONTOLOGY)
    ).validate(data)


def test_sparql_constraints_see_each_focus_node_of_each_graph(validator: Validator) -> None:
    """The query is parsed once; its binding must not stay with it."""
    data = turtle("e:a a e:Ship ; e:length 500 . e:b a e:Ship ; e:length 600 . e:c a e:Ship .")
    too_long = [
        (r.focus_node[-1], r.value)
        for r in validator.validate(data).results
        if r.component.endswith("SPARQLConstraintComponent")
    ]
    assert too_long == [("a", '"500"^^xsd:integer'), ("b", '"600"^^xsd:integer')]
    assert validator.validate(turtle(CONFORMING)).conforms


def test_a_report_reads_in_both_languages() -> None:
    result = ValidationResult(
        focus_node="http://example.org/a",
        path="http://example.org/name",
        value='"x"',
        severity="violation",
        source_shape=None,
        component="http://example.org/C",
        messages=(("en", "expected a name"), ("zh", "须有名称")),
    )
    report = ValidationReport(conforms=False, results=(result,))
    assert report.to_text("zh").splitlines() == [
        "图数据不符合约束，共 1 条结果。",
        "",
        "1. 违规: 须有名称",
        "   节点: http://example.org/a",
        "   属性路径: http://example.org/name",
        '   取值: "x"',
        "   约束: http://example.org/C",
    ]
    assert report.to_text("en").splitlines()[:3] == [
        "The graph does not conform; results: 1.",
        "",
        "1. Violation: expected a name",
    ]
    assert report.to_json() == {
        "conforms": False,
        "results": [
            {
                "focus_node": "http://example.org/a",
                "path": "http://example.org/name",
                "value": '"x"',
                "severity": "violation",
                "source_shape": None,
                "component": "http://example.org/C",
                "messages": {"en": "expected a name", "zh": "须有名称"},
            }
        ],
    }


@pytest.mark.parametrize(
    ("messages", "language", "expected"),
    [
        ((("en", "a"), ("zh", "甲")), "zh", "甲"),
        ((("en", "a"),), "zh", "a"),
        ((("", "x"), ("en", "a")), "zh", "x"),
        ((), "en", ""),
    ],
)
def test_a_message_comes_in_the_language_asked_or_in_what_there_is(
    messages: tuple[tuple[str, str], ...], language: str, expected: str
) -> None:
    result = ValidationResult(
        focus_node="", path=None, value=None, severity="info", source_shape=None, component="",
        messages=messages,
    )  # fmt: skip
    assert result.message(language) == expected  # type: ignore[arg-type]


def test_shapes_that_cannot_be_applied_are_an_error_of_their_own() -> None:
    broken = turtle("e:S a sh:NodeShape ; sh:targetClass e:Ship ; sh:property [ sh:minCount 1 ] .")
    with pytest.raises(ShapesError, match="cannot be applied"):
        Validator(shapes=broken, ontology=Graph()).validate(turtle(CONFORMING))


def test_a_constraint_that_pyshacl_cannot_evaluate_is_an_error_of_its_own() -> None:
    broken = turtle(
        'e:S a sh:NodeShape ; sh:targetClass e:Ship ; sh:sparql [ sh:select "SELECT $this WHERE { VALUES $this { 1 } }" ] .'
    )
    with pytest.raises(ShapesError, match="VALUES"):
        Validator(shapes=broken, ontology=Graph()).validate(turtle(CONFORMING))


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "at least one sh:NodeShape"), ("e:a e:b", "expected Turtle"), (None, "got none")],
)
def test_a_file_without_shapes_is_refused(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "shapes.ttl"
    if text is not None:
        path.write_text(PREFIXES + text, encoding="utf-8")
    with pytest.raises(ShapesError, match=message):
        load_validator(path, ONTOLOGY_PATH)


def test_the_project_files_are_parsed_once() -> None:
    assert load_validator() is load_validator()
    assert load_validator(SHAPES_PATH, ONTOLOGY_PATH) is load_validator(SHAPES_PATH, ONTOLOGY_PATH)


def test_the_project_shapes_refuse_a_graph_without_a_document() -> None:
    graph = Graph().add(
        (URIRef("http://example.org/a"), RDF.type, URIRef("http://example.org/Ship"))
    )
    report = validate_graph(graph.add((URIRef("http://example.org/a"), RDF.value, Literal(1))))
    assert not report.conforms
    assert {r.focus_node for r in report.results} == {"https://w3id.org/tanpu/ontology#Document"}


def test_a_report_is_also_there_as_shacl_words_it() -> None:
    report = validate_graph(Graph())
    told = Graph().parse(data=report.turtle, format="turtle")
    (node,) = told.subjects(RDF.type, SH.ValidationReport)
    assert told.value(node, SH.conforms) == Literal(False)
    assert len(list(told.objects(node, SH.result))) == len(report.results) == 1
    (focus,) = told.objects(None, SH.focusNode)
    assert str(focus) == report.results[0].focus_node
    assert "turtle" not in report.to_json()
