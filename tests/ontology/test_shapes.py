"""Every shape selects, lets pass what conforms, and refuses what does not, for its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.term import BNode, Node

from graph.validation import ValidationReport, Validator, validate_graph
from ontology import terms
from ontology.terms import (
    EXAMPLES_DIR,
    OA,
    ORG,
    PREFIXES,
    RDF,
    RDFS,
    SH,
    SHAPE,
    SHAPES_PATH,
    SKOS,
    TANPU,
)

SHAPES = Graph().parse(SHAPES_PATH)
NODE_SHAPES = sorted(
    str(shape).removeprefix(SHAPE)
    for shape in SHAPES.subjects(RDF.type, SH.NodeShape)
    if isinstance(shape, URIRef)
)
CONTEXT = EXAMPLES_DIR / "context.ttl"
BASE = "https://graph.example/"
ELSEWHERE = URIRef("https://elsewhere.example/")


@dataclass(frozen=True)
class Expectation:
    """What the first lines of a violating example say: ``# key: value``."""

    component: str
    path: str | None
    focus: str


def example_path(shape: str, kind: str) -> Path:
    name = re.sub(r"(?<!^)([A-Z])", r"-\1", shape).lower()
    return EXAMPLES_DIR / f"{name}.{kind}.ttl"


def read_headers(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(re.findall(r"^# (\w+): (.*)$", "\n".join(lines), re.MULTILINE))


def read_example(path: Path) -> Graph:
    """The example, with the context that it adds to unless it says that it has none."""
    graph = Graph().parse(path)
    if read_headers(path)["with"] == "context.ttl":
        graph.parse(CONTEXT)
    return graph


def read_expectation(path: Path) -> Expectation:
    headers = read_headers(path)
    return Expectation(
        component=expand(headers["expect"]),
        path=None if headers["path"] == "-" else expand(headers["path"]),
        focus=expand(headers["focus"]),
    )


def expand(name: str) -> str:
    if name.startswith("<"):
        return BASE + name.strip("<>")
    if name.startswith("^"):
        return name
    prefix, local = name.split(":")
    return str(PREFIXES[prefix][local])


def texts(node: Node, described_by: URIRef) -> list[str]:
    return sorted(
        text.language or ""
        for text in SHAPES.objects(node, described_by)
        if isinstance(text, Literal) and text.strip()
    )


def shape_messages(shape: URIRef) -> list[re.Pattern[str]]:
    """Patterns of the messages of a shape; ``{?x}`` stands for any value."""
    nodes = [shape, *SHAPES.objects(shape, SH.property), *SHAPES.objects(shape, SH.sparql)]
    return [
        re.compile(re.sub(r"\\{\\\?\w+\\}", ".*", re.escape(str(message))))
        for node in nodes
        for message in SHAPES.objects(node, SH.message)
    ]


def test_each_shape_has_a_conforming_and_a_violating_example_and_each_example_a_shape() -> None:
    expected = {
        example_path(shape, k) for shape in NODE_SHAPES for k in ("conforming", "violating")
    }
    assert set(EXAMPLES_DIR.iterdir()) == {CONTEXT, *expected}


@pytest.mark.parametrize("shape", NODE_SHAPES)
def test_shape_selects_a_node_of_its_conforming_example(shape: str) -> None:
    example = Graph().parse(example_path(shape, "conforming"))
    complete = read_example(example_path(shape, "conforming"))
    node = SHAPE[shape]
    selected = {
        focus
        for target in SHAPES.objects(node, SH.targetClass)
        for focus in example.subjects(RDF.type, target)
    }
    for target in SHAPES.objects(node, SH.targetSubjectsOf):
        selected.update(example.subjects(target))
    for target in SHAPES.objects(node, SH.targetNode):
        selected.update({target} & complete.all_nodes())
    assert selected


@pytest.mark.parametrize("shape", NODE_SHAPES)
def test_conforming_example_conforms(shape: str) -> None:
    report = validate_graph(read_example(example_path(shape, "conforming")))
    assert report.to_text("en") == "The graph conforms.\n"


@pytest.mark.parametrize("shape", NODE_SHAPES)
def test_violating_example_fails_on_the_expected_constraint_alone(shape: str) -> None:
    path = example_path(shape, "violating")
    results = validate_graph(read_example(path)).results
    assert [Expectation(r.component, r.path, r.focus_node) for r in results] == [
        read_expectation(path)
    ]
    patterns = shape_messages(SHAPE[shape])
    said = [text for _, text in results[0].messages]
    assert len(said) == 2
    assert all(any(pattern.fullmatch(text) for pattern in patterns) for text in said)


@pytest.mark.parametrize("shape", NODE_SHAPES)
def test_shape_names_itself_and_speaks_both_languages(shape: str) -> None:
    node = SHAPE[shape]
    assert texts(node, RDFS.label) == texts(node, RDFS.comment) == ["en", "zh"]
    for part in SHAPES.objects(node, SH.property):
        for described_by in (SH.name, SH.description, SH.message):
            assert texts(part, described_by) == ["en", "zh"], SHAPES.value(part, SH.path)
    for query in SHAPES.objects(node, SH.sparql):
        assert texts(query, SH.message) == ["en", "zh"]
    if set(SHAPES.predicates(node)) & {SH.pattern, SH["or"], SH["not"]}:
        assert texts(node, SH.message) == ["en", "zh"]


def test_queries_run_once_a_graph_and_never_once_a_node() -> None:
    for shape in SHAPES.subjects(SH.sparql):
        targets = set(SHAPES.objects(shape, SH.targetClass)) - {TANPU.Document}
        assert not targets, shape
        assert not set(SHAPES.objects(shape, SH.targetSubjectsOf))


# ------------------------------------------------------------------ each constraint by itself


@dataclass(frozen=True)
class Change:
    """One way to break a constraint: what the values of a path become."""

    shape: str
    path: URIRef
    component: str
    values: tuple[Node, ...] | None  # None: one value more than there is

    def __str__(self) -> str:
        return f"{self.shape}-{self.component}-{re.split('[/#]', self.path)[-1]}"


# The shape's parameter, the component that reports it, and values that break it.
BREAKING: tuple[tuple[URIRef, str, tuple[Node, ...] | None], ...] = (
    (SH.minCount, "MinCount", ()),
    (SH.hasValue, "HasValue", ()),
    (SH.maxCount, "MaxCount", None),
    (SH.datatype, "Datatype", (Literal("true", datatype=terms.XSD.boolean),)),
    (SH["class"], "Class", (ELSEWHERE,)),
    (SH["in"], "In", (ELSEWHERE,)),
    (SH["or"], "Or", (ELSEWHERE,)),
    (SH.pattern, "Pattern", (Literal("?"),)),
    (SH.minLength, "MinLength", (Literal(""),)),
    (SH.nodeKind, "NodeKind", (Literal("text"),)),
    (SH.languageIn, "LanguageIn", (Literal("texte", lang="fr"),)),
    (SH.uniqueLang, "UniqueLang", (Literal("一", lang="zh"), Literal("二", lang="zh"))),
    (SH.qualifiedMinCount, "QualifiedMinCount", (Literal("one", lang="en"),)),
    (SH.minInclusive, "MinInclusive", (Literal("-1", datatype=terms.XSD.decimal),)),
    (SH.maxInclusive, "MaxInclusive", (Literal("1.01", datatype=terms.XSD.decimal),)),
)


def list_changes() -> list[Change]:
    return [
        Change(shape, path, component, values)
        for shape in NODE_SHAPES
        if (SHAPE[shape], SH.targetClass, None) in SHAPES
        for part in SHAPES.objects(SHAPE[shape], SH.property)
        for path in SHAPES.objects(part, SH.path)
        for parameter, component, values in BREAKING
        if isinstance(path, URIRef) and (part, parameter, None) in SHAPES
    ]


@cache
def single_validator(shape: str) -> Validator:
    """A validator of one shape alone, without the ontology, which no shape relies on."""
    prefixes = SHAPES.cbd(URIRef(str(SHAPE).rstrip("#")))
    return Validator(shapes=SHAPES.cbd(SHAPE[shape]) + prefixes, ontology=Graph())


def validate_changed(
    shape: str, focus: Node, path: URIRef, values: tuple[Node, ...]
) -> ValidationReport:
    graph = read_example(example_path(shape, "conforming"))
    assert single_validator(shape).validate(graph).conforms
    graph.remove((focus, path, None))
    for value in values:
        graph.add((focus, path, value))
    return single_validator(shape).validate(graph)


def reported(report: ValidationReport) -> set[tuple[str, str | None, str]]:
    return {
        (
            r.component.removeprefix(str(SH)).removesuffix("ConstraintComponent"),
            r.path,
            r.focus_node,
        )
        for r in report.results
    }


@pytest.mark.parametrize("change", list_changes(), ids=str)
def test_each_constraint_refuses_what_it_is_for(change: Change) -> None:
    example = Graph().parse(example_path(change.shape, "conforming"))
    focus = min(
        URIRef(str(node))
        for target in SHAPES.objects(SHAPE[change.shape], SH.targetClass)
        for node in example.subjects(RDF.type, target)
    )
    values = change.values
    if values is None:
        values = (Literal("一"), Literal("二"))
    if change.path == RDF.type:
        values = (
            (TANPU[change.shape],) if change.shape != "Selector" else (OA.TextPositionSelector,)
        )
    report = validate_changed(change.shape, focus, change.path, values)
    assert (change.component, str(change.path), str(focus)) in reported(report)


# Constraints between properties, and paths of several steps.
PERSON = URIRef(f"{BASE}id/person/shen-zhi-yuan-a100000001")
PLACE = URIRef(f"{BASE}id/place/yun-ze-shi-a100000006")
FORUM = URIRef(f"{BASE}id/forum/di-er-jie-yun-ze-lv-se-dian-a100000003")
DOCUMENT = URIRef(f"{BASE}id/document/yunze-1")
PAIRS: list[tuple[str, URIRef, URIRef, Node, str]] = [
    ("Membership", TANPU.Membership, ORG.organization, PLACE, "Equals"),
    ("Subevent", TANPU.Subevent, TANPU.wholeEvent, FORUM, "Disjoint"),
    ("Scheduling", TANPU.Scheduling, TANPU.endDate, Literal("2020-01-01", datatype=terms.XSD.date), "LessThanOrEquals"),
    ("Selector", OA.TextPositionSelector, OA.end, Literal(1), "LessThanOrEquals"),
    ("Evidence", TANPU.Evidence, OA.hasBody, PERSON, "Equals"),
    ("Evidence", TANPU.Evidence, TANPU.statedIn, ELSEWHERE, "Equals"),
    ("Label", TANPU.Person, SKOS.altLabel, Literal("林若禾", lang="zh"), "Disjoint"),
    ("Naming", TANPU.Naming, TANPU.named, URIRef(f"{BASE}id/org/nobody-0000000000"), "MinCount"),
    ("Argument", TANPU.Argument, TANPU.filledBy, URIRef(f"{BASE}id/org/nobody-0000000000"), "MinCount"),
    ("Mention", TANPU.Mention, OA.hasBody, URIRef(f"{BASE}id/city/x-0000000000"), "Pattern"),
    ("MentionBody", TANPU.Mention, OA.bodyValue, ELSEWHERE, "conforms"),
    ("Observation", TANPU.Observation, terms.SOSA.hasFeatureOfInterest, DOCUMENT, "Or"),
    ("Forum", TANPU.Forum, terms.SDO.superEvent, PLACE, "Class"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "node_class", "path", "value", "component"), PAIRS)
def test_constraints_between_properties_refuse(
    shape: str, node_class: URIRef, path: URIRef, value: Node, component: str
) -> None:
    example = Graph().parse(example_path(shape, "conforming"))
    focus = example.value(predicate=RDF.type, object=node_class)
    assert focus is not None
    report = validate_changed(shape, focus, path, (value,))
    found = {name for name, _, node in reported(report) if node == str(focus)}
    assert component in (found or {"conforms"})


IRIS: list[tuple[str, str]] = [
    ("Person", "id/person/a-0123456789"),
    ("Person", "id/person/0123456789"),
    ("Institution", "id/org/c40-lian-meng-0123456789"),
    ("CountedThing", "id/thing/a-0123456789"),
    ("Membership", "id/membership/0123456789"),
    ("Period", "id/period/2016--2020"),
    ("Document", "id/document/a%2Fb"),
    ("Evidence", "id/document/a%2Fb#evidence=0123456789"),
    ("Argument", "id/document/a%2Fb#argument=0123456789"),
    ("Mention", "id/document/a%2Fb#mention=0,3"),
    ("TextSpan", "id/document/a%2Fb#char=0,3"),
    ("Selector", "id/document/a%2Fb#selector=0,3"),
]
NO_IRIS: list[tuple[str, str]] = [
    ("Person", "id/person/Zhang-0123456789"),
    ("Person", "id/person/a-012345678"),
    ("Person", "id/person/a-01234567890"),
    ("Person", "id/person/a-012345678g"),
    ("Person", "id/org/a-0123456789"),
    ("Membership", "id/membership/a-0123456789"),
    ("Membership", "id/naming/0123456789"),
    ("Period", "id/period/2016/2020"),
    ("Document", "id/document/a/b"),
    ("Evidence", "id/document/a%2Fb#evidence=0,3"),
    ("Mention", "id/document/a%2Fb#char=0,3"),
    ("TextSpan", "id/document/a%2Fb#char=-1,3"),
    ("Selector", "id/document/a%2Fb"),
]


def iri_pattern(shape: str) -> re.Pattern[str]:
    pattern = SHAPES.value(SHAPE[shape], SH.pattern)
    assert pattern is not None
    return re.compile(str(pattern))


@pytest.mark.parametrize(("shape", "iri"), IRIS)
def test_iri_of_the_architecture_fits_under_both_kinds_of_base(shape: str, iri: str) -> None:
    assert iri_pattern(shape).search(BASE + iri)
    assert iri_pattern(shape).search("https://graph.example/x#" + iri.replace("#", "/"))


@pytest.mark.parametrize(("shape", "iri"), NO_IRIS)
def test_other_iri_does_not_fit(shape: str, iri: str) -> None:
    assert iri_pattern(shape).search(BASE + iri) is None


def test_a_node_without_iri_is_refused() -> None:
    graph = Graph().add((BNode(), RDF.type, TANPU.CountedThing))
    components = {name for name, _, _ in reported(single_validator("CountedThing").validate(graph))}
    assert {"NodeKind", "Pattern"} <= components


def test_a_hash_of_another_text_is_refused() -> None:
    graph = read_example(example_path("DocumentText", "conforming"))
    graph.set((DOCUMENT, TANPU.textHash, Literal("0" * 64)))
    assert reported(single_validator("DocumentText").validate(graph)) == {
        ("SPARQL", None, str(DOCUMENT))
    }


@pytest.mark.parametrize(
    ("iso", "first", "last", "conforms"),
    [
        ("2021", "2021-01-01", "2021-12-31", True),
        ("2021-02", "2021-02-01", "2021-02-28", True),
        ("2021-02-03", "2021-02-03", "2021-02-03", True),
        ("2021-10/2022", "2021-10-01", "2022-12-31", True),
        ("2021", "2020-01-01", "2021-12-31", False),
        ("2021", "2021-01-01", "2022-12-31", False),
        ("2021", "2021-12-31", "2021-01-01", False),
    ],
)
def test_period_days_are_in_order_and_fit_the_interval(
    iso: str, first: str, last: str, conforms: bool
) -> None:
    graph = Graph().parse(
        data=f"""
            @prefix tanpu: <{PREFIXES["tanpu"]}> . @prefix time: <{PREFIXES["time"]}> .
            @prefix xsd: <{PREFIXES["xsd"]}> . @prefix : <{BASE}> .
            :p a tanpu:Period ; tanpu:isoInterval "{iso}" ; time:hasBeginning :b ; time:hasEnd :e .
            :b time:inXSDDate "{first}"^^xsd:date . :e time:inXSDDate "{last}"^^xsd:date .
        """,
        format="turtle",
    )
    assert single_validator("PeriodBounds").validate(graph).conforms == conforms
