"""Checking a document's graph against the shapes of the ontology, before anything is stored.

The only caller of pySHACL. It is given every option by name, since it passes over misspelt
ones, and an rdflib graph in memory, since over other stores plain literals come back typed
and give false results.

>>> validate_graph(Graph()).results[0].message("en")
'Expected the graph to describe a tanpu:Document or a void:Linkset.'

Source: SHACL, W3C Recommendation 2017, sections 3 (validation report) and 5 (SPARQL).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

import pyoxigraph as ox
import pyshacl
from pyshacl.errors import ReportableRuntimeError, ValidationFailure
from rdflib import Graph
from rdflib.extras.shacl import parse_shacl_path
from rdflib.namespace import RDF, SH
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Processor, Result
from rdflib.term import BNode, Identifier, Node, URIRef, Variable
from rdflib.term import Literal as RdfLiteral

from graph.conversion import from_ox, graph_to_triples, to_ox, triples_to_graph
from graph.errors import GraphError
from ontology.terms import ONTOLOGY_PATH, PREFIXES, SHAPES_PATH, bind_prefixes

Severity = Literal["violation", "warning", "info"]
Language = Literal["zh", "en"]

SEVERITIES: Mapping[Node, Severity] = {
    SH.Violation: "violation",
    SH.Warning: "warning",
    SH.Info: "info",
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "conforms": "图数据符合全部约束。",
        "refused": "图数据不符合约束，共 {count} 条结果。",
        "noted": "图数据符合约束，另有 {count} 条提示。",
        "violation": "违规",
        "warning": "警告",
        "info": "提示",
        "focus": "节点",
        "path": "属性路径",
        "value": "取值",
        "shape": "形状",
        "component": "约束",
    },
    "en": {
        "conforms": "The graph conforms.",
        "refused": "The graph does not conform; results: {count}.",
        "noted": "The graph conforms, with notes; results: {count}.",
        "violation": "Violation",
        "warning": "Warning",
        "info": "Info",
        "focus": "focus node",
        "path": "path",
        "value": "value",
        "shape": "shape",
        "component": "constraint",
    },
}


class ShapesError(GraphError):
    """The shapes or the ontology cannot be read or applied; the data is not to blame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationResult:
    """One thing that a shape says about a node.

    IRIs stand as they are, other terms and paths in Turtle. ``messages`` are pairs of a
    language tag (empty where there is none) and a text.
    """

    focus_node: str
    path: str | None
    value: str | None
    severity: Severity
    source_shape: str | None
    component: str
    messages: tuple[tuple[str, str], ...]

    def message(self, language: Language) -> str:
        """The message in a language, or in the one that there is, or an empty string."""
        texts = dict(self.messages)
        first = self.messages[0][1] if self.messages else ""
        return texts.get(language, texts.get("", first))

    def to_json(self) -> dict[str, Any]:
        """The result as JSON values, messages by language."""
        return {
            "focus_node": self.focus_node,
            "path": self.path,
            "value": self.value,
            "severity": self.severity,
            "source_shape": self.source_shape,
            "component": self.component,
            "messages": dict(self.messages),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationReport:
    """Whether a graph conforms, and all results, violations first.

    Warnings and notes are results too, but a graph with no worse ones conforms. ``turtle`` is
    the report as SHACL words it; empty where there are no results.
    """

    conforms: bool
    results: tuple[ValidationResult, ...]
    turtle: str = field(default="", compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {"conforms": self.conforms, "results": [r.to_json() for r in self.results]}

    def to_text(self, language: Language) -> str:
        r"""The report for people, a paragraph a result, ending in a line break.

        Example:
            >>> ValidationReport(conforms=True, results=()).to_text("zh")
            '图数据符合全部约束。\n'
        """
        words = _WORDS[language]
        if not self.results:
            return words["conforms"] + "\n"
        heading = words["noted" if self.conforms else "refused"].format(count=len(self.results))
        lines = [heading]
        for number, result in enumerate(self.results, start=1):
            lines += ["", f"{number}. {words[result.severity]}: {result.message(language)}"]
            parts = (
                ("focus", result.focus_node),
                ("path", result.path),
                ("value", result.value),
                ("shape", result.source_shape),
                ("component", result.component),
            )
            lines += [f"   {words[name]}: {part}" for name, part in parts if part is not None]
        return "\n".join(lines) + "\n"


class GraphValidator(Protocol):
    """Who checks graphs: a :class:`Validator`, or a process that has one."""

    def validate(self, graph: Graph, *, known: Graph | None = None) -> ValidationReport:
        """Check a graph, with what is known of the things that it does not describe."""


class Validator:
    """The shapes and the ontology, parsed once, ready to check any number of graphs."""

    def __init__(self, *, shapes: Graph, ontology: Graph) -> None:
        self._shapes = shapes
        self._ontology = ontology

    def validate(self, graph: Graph, *, known: Graph | None = None) -> ValidationReport:
        """Check a graph; it is not changed.

        Args:
            graph: What a document says.
            known: Descriptions of the entities that the graph refers to but does not
                describe, taken from the store.

        Raises:
            ShapesError: The shapes cannot be applied.
        """
        data = _QueriedGraph()
        for source in (self._ontology, known, graph):
            if source is not None:
                data += source
        try:
            conforms, results, text = pyshacl.validate(
                data,
                shacl_graph=self._shapes,
                ont_graph=None,
                advanced=False,
                inference="none",
                inplace=True,
                abort_on_first=False,
                allow_infos=True,
                allow_warnings=True,
                max_validation_depth=15,
                sparql_mode=False,
                focus_nodes=None,
                use_shapes=None,
                multi_data_graphs_mode=None,
                meta_shacl=False,
                do_owl_imports=False,
                js=False,
                iterate_rules=False,
                check_dash_result=False,
                serialize_report_graph=False,
                debug=False,
            )
        except ReportableRuntimeError as error:
            raise ShapesError(f"the shapes cannot be applied: {error}") from error
        if isinstance(results, ValidationFailure) or not isinstance(results, Graph):
            raise ShapesError(f"the shapes cannot be applied: {text}")
        found = _read_results(results)
        turtle = _to_turtle(results) if found else ""
        return ValidationReport(conforms=conforms, results=found, turtle=turtle)


class _QueriedGraph(Graph):
    """A graph in memory that lets Oxigraph answer queries about it.

    pySHACL asks every ``sh:sparql`` anew for every focus node, and rdflib parses and filters
    slowly: that takes four fifths of the time. The graph must not change between queries;
    none of SHACL's constraints changes it.
    """

    def __init__(self) -> None:
        super().__init__(bind_namespaces="none")
        self._database: ox.Store | None = None

    def query(
        self,
        query_object: str | Query,
        processor: str | Processor = "sparql",
        result: str | type[Result] = "sparql",
        initNs: Mapping[str, Any] | None = None,
        initBindings: Mapping[str, Identifier] | None = None,
        use_store_provided: bool = True,
        **kwargs: Any,
    ) -> Result:
        """The solutions of a ``SELECT`` query given as text, which is all that pySHACL asks.

        Raises:
            ShapesError: The query cannot be parsed, or is of another kind.
        """
        if not isinstance(query_object, str) or initNs or kwargs:
            raise ShapesError(f"expected a query with its prefixes, got {query_object!r}")
        if self._database is None:
            self._database = ox.Store()
            triples = graph_to_triples(self)
            self._database.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
        bindings = {ox.Variable(name): to_ox(node) for name, node in (initBindings or {}).items()}
        try:
            solutions = self._database.query(query_object, substitutions=dict(bindings))
        except (SyntaxError, RuntimeError) as error:
            raise ShapesError(f"a query of the shapes is refused: {error}") from error
        if not isinstance(solutions, ox.QuerySolutions):
            raise ShapesError(f"expected a SELECT query in the shapes, got {query_object!r}")
        answer = Result("SELECT")
        answer.vars = [Variable(variable.value) for variable in solutions.variables]
        answer.bindings = [_solution_to_bindings(answer.vars, solution) for solution in solutions]
        return answer


def _solution_to_bindings(
    names: list[Variable], solution: ox.QuerySolution
) -> dict[Variable, Identifier]:
    values = zip(names, solution, strict=True)
    return {name: from_ox(value) for name, value in values if value is not None}


@cache
def load_validator(
    shapes_path: Path = SHAPES_PATH, ontology_path: Path = ONTOLOGY_PATH
) -> Validator:
    """The validator of two Turtle files, parsed at the first call.

    Raises:
        ShapesError: A file is missing, is no Turtle, or holds no shape.
    """
    shapes = _read_turtle(shapes_path)
    if not any(shapes.triples((None, RDF.type, SH.NodeShape))):
        raise ShapesError(f"expected at least one sh:NodeShape in {str(shapes_path)!r}, got none")
    return Validator(shapes=shapes, ontology=_read_turtle(ontology_path))


def validate_graph(graph: Graph, *, known: Graph | None = None) -> ValidationReport:
    """Check a graph against the shapes of the ontology; see ``Validator.validate``.

    Raises:
        ShapesError: The shapes cannot be read or applied.
    """
    return load_validator().validate(graph, known=known)


def _read_turtle(path: Path) -> Graph:
    """A Turtle file; Oxigraph's parser names line and column of what is wrong."""
    try:
        triples = list(ox.parse(path=path, format=ox.RdfFormat.TURTLE))
    except FileNotFoundError as error:
        raise ShapesError(f"expected a Turtle file at {str(path)!r}, got none") from error
    except SyntaxError as error:
        raise ShapesError(f"expected Turtle in {str(path)!r}: {error}") from error
    return triples_to_graph(triples, Graph(bind_namespaces="none"))


def _to_turtle(report: Graph) -> str:
    """A report graph in Turtle; blank nodes keep labels that no other report has."""
    prefixes = {name: str(namespace) for name, namespace in PREFIXES.items()} | {"sh": str(SH)}
    triples = list(graph_to_triples(report))
    data = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    if data is None:
        raise TypeError("expected bytes, got None")
    return data.decode("utf-8")


def _read_results(report: Graph) -> tuple[ValidationResult, ...]:
    """The results of a report graph: violations first, then by node, path and shape."""
    report = bind_prefixes(report)
    results = [
        _read_result(report, node) for node in report.subjects(RDF.type, SH.ValidationResult)
    ]
    order = list(SEVERITIES.values())
    return tuple(
        sorted(
            results,
            key=lambda r: (
                order.index(r.severity),
                r.focus_node,
                r.path or "",
                r.component,
                r.source_shape or "",
                r.value or "",
            ),
        )
    )


def _read_result(report: Graph, node: Node) -> ValidationResult:
    path = report.value(node, SH.resultPath)
    messages = sorted(
        (message.language or "", str(message))
        for message in report.objects(node, SH.resultMessage)
        if isinstance(message, RdfLiteral)
    )
    shape = report.value(node, SH.sourceShape)
    severity = report.value(node, SH.resultSeverity)
    if severity is None or severity not in SEVERITIES:
        raise ShapesError(f"expected one of SHACL's three severities, got {severity!r}")
    return ValidationResult(
        focus_node=_to_text(report, report.value(node, SH.focusNode)) or "",
        path=_path_to_text(report, path),
        value=_to_text(report, report.value(node, SH.value)),
        severity=SEVERITIES[severity],
        # A property shape without a name of its own has an id that differs at each reading.
        source_shape=None if isinstance(shape, BNode) else _to_text(report, shape),
        component=_to_text(report, report.value(node, SH.sourceConstraintComponent)) or "",
        messages=tuple(messages),
    )


def _path_to_text(report: Graph, path: Node | None) -> str | None:
    if isinstance(path, BNode):
        return str(parse_shacl_path(report, path).n3(report.namespace_manager))
    return _to_text(report, path)


def _to_text(report: Graph, term: Node | None) -> str | None:
    if term is None or isinstance(term, URIRef):
        return None if term is None else str(term)
    return term.n3(report.namespace_manager)
