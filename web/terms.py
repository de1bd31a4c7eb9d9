"""The vocabulary as its pages show it: terms and shapes, read from their Turtle.

A term of ours is a link to its place on ``/ontology``, one of others to where it is defined.
Texts are those of the Turtle, in both languages; nothing about a term stands in this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from ontology.terms import (
    DCTERMS,
    EXAMPLES_DIR,
    ONTOLOGY_IRI,
    ONTOLOGY_PATH,
    OWL,
    PREFIXES,
    RDFS,
    SH,
    SHAPE,
    SHAPES_PATH,
    SKOS,
    TANPU,
)
from web.wording import KIND_OF_CLASS, THING_KINDS, Words

_CLASS_GROUPS: Mapping[str, Words] = MappingProxyType(
    {
        "things": Words("类：所说的事物", "Classes: what articles talk about"),
        "statements": Words("类：陈述", "Classes: what articles state"),
        "record": Words("类：出处与记录", "Classes: where it stands, and who read it"),
    }
)
_GROUPS: Mapping[URIRef, tuple[str, Words]] = MappingProxyType(
    {
        OWL.ObjectProperty: ("object-properties", Words("对象属性", "Object properties")),
        OWL.DatatypeProperty: ("datatype-properties", Words("数据属性", "Datatype properties")),
        SKOS.ConceptScheme: ("schemes", Words("概念体系与概念", "Concept schemes and concepts")),
    }
)
# Constraints whose value says what the values may be, and those that are rules beside it.
_VALUES = (SH["class"], SH.datatype, SH.hasValue, SH.nodeKind)
_RULES = (
    SH.pattern,
    SH.minLength,
    SH.maxLength,
    SH.minInclusive,
    SH.maxInclusive,
    SH.uniqueLang,
    SH.equals,
    SH.disjoint,
    SH.lessThanOrEquals,
    SH.qualifiedMinCount,
)


@dataclass(frozen=True, slots=True)
class TermLink:
    """A term as it is named in another one's description.

    ``anchor`` is its place on the page of the ontology, None for terms of others.
    """

    text: str
    iri: str
    anchor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """What a shape says of one path: how many values, which, and by what further rules."""

    path: Sequence[TermLink]
    count: str
    values: Sequence[TermLink]
    rules: Sequence[str]
    name: Words
    description: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeView:
    """A shape with its constraints and, as Turtle, what conforms to it and what does not.

    ``rules`` are those of the shape itself, in words.
    """

    local_name: str
    iri: str
    label: Words
    definition: Words
    targets: Sequence[TermLink]
    rules: Sequence[Words]
    constraints: Sequence[Constraint]
    conforming: str
    violating: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermView:
    """A term of ours; what does not apply to its sort is empty.

    ``shape`` is the one of the same name; ``more_shapes`` look at it too.
    """

    local_name: str
    iri: str
    label: Words
    definition: Words
    note: Words
    color: str = ""
    parents: Sequence[TermLink] = ()
    children: Sequence[TermLink] = ()
    domain: Sequence[TermLink] = ()
    range: Sequence[TermLink] = ()
    notation: str = ""
    concepts: Sequence[TermView] = ()
    shape: ShapeView | None = None
    more_shapes: Sequence[ShapeView] = ()


@dataclass(frozen=True, slots=True)
class TermGroup:
    """The terms of one sort, by local name; ``anchor`` is the place of the group."""

    anchor: str
    words: Words
    terms: Sequence[TermView]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All of the ontology and its shapes."""

    title: Words
    description: Words
    version: str
    groups: Sequence[TermGroup]
    shapes: Sequence[ShapeView]

    @property
    def local_names(self) -> frozenset[str]:
        """The local names of all terms."""
        terms = [term for group in self.groups for term in group.terms]
        names = [term.local_name for term in terms]
        return frozenset(names + [one.local_name for term in terms for one in term.concepts])


@cache
def read_vocabulary() -> Vocabulary:
    """The ontology and the shapes of this version of the programme.

    Raises:
        OSError: when a file cannot be read.
    """
    return describe_vocabulary(_parse(ONTOLOGY_PATH), _parse(SHAPES_PATH), EXAMPLES_DIR)


def describe_vocabulary(ontology: Graph, shapes: Graph, examples: Path) -> Vocabulary:
    """The views of an ontology and its shapes.

    Args:
        ontology: the graph of ``tanpu.ttl``.
        shapes: the graph of ``shapes.ttl``.
        examples: the folder with a conforming and a violating example for each shape.

    Raises:
        OSError: when an example cannot be read.
    """
    views = sorted(
        (_shape(shapes, node, examples) for node in _ours(shapes, SH.NodeShape, str(SHAPE))),
        key=lambda shape: shape.local_name,
    )
    classes = _ours(ontology, OWL.Class)
    things = {kind.cls for kind in THING_KINDS}
    sorts: dict[str, list[URIRef]] = {sort: [] for sort in _CLASS_GROUPS}
    for cls in classes:
        if cls in things:
            sorts["things"].append(cls)
        elif cls == TANPU.Statement or (cls, RDFS.subClassOf, TANPU.Statement) in ontology:
            sorts["statements"].append(cls)
        else:
            sorts["record"].append(cls)
    groups = [
        TermGroup(sort, words, [_term(ontology, cls, views) for cls in sorts[sort]])
        for sort, words in _CLASS_GROUPS.items()
    ]
    groups += [
        TermGroup(anchor, words, [_term(ontology, term) for term in _ours(ontology, cls)])
        for cls, (anchor, words) in _GROUPS.items()
    ]
    return Vocabulary(
        title=_words(ontology, ONTOLOGY_IRI, DCTERMS.title),
        description=_words(ontology, ONTOLOGY_IRI, DCTERMS.description),
        version=str(ontology.value(ONTOLOGY_IRI, OWL.versionInfo)),
        groups=groups,
        shapes=views,
    )


def link_term(node: Node) -> TermLink:
    """A term with its short name.

    >>> link_term(TANPU.Forum)
    TermLink(text='Forum', iri='https://w3id.org/tanpu/ontology#Forum', anchor='Forum')
    >>> link_term(OWL.Class).text
    'owl:Class'
    """
    iri = str(node)
    if iri.startswith(str(TANPU)):
        local_name = iri.removeprefix(str(TANPU))
        return TermLink(local_name, iri, local_name)
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return TermLink(f"{prefix}:{iri.removeprefix(namespace)}", iri)
    return TermLink(iri, iri)


def _parse(path: Path) -> Graph:
    return Graph(bind_namespaces="none").parse(path, format="turtle")


def _ours(graph: Graph, cls: URIRef, namespace: str = str(TANPU)) -> list[URIRef]:
    """The terms of a namespace of ours that are declared to be of a class, by name."""
    found = {s for s in graph.subjects(RDF.type, cls) if isinstance(s, URIRef)}
    return sorted(term for term in found if term.startswith(namespace))


def _term(graph: Graph, term: URIRef, shapes: Sequence[ShapeView] = ()) -> TermView:
    kind = KIND_OF_CLASS.get(term)
    name = term.removeprefix(str(TANPU))
    looking = [view for view in shapes if any(link.iri == str(term) for link in view.targets)]
    concepts = sorted(c for c in graph.subjects(SKOS.inScheme, term) if isinstance(c, URIRef))
    return TermView(
        local_name=name,
        iri=str(term),
        label=_words(graph, term, RDFS.label, SKOS.prefLabel),
        definition=_words(graph, term, SKOS.definition, RDFS.comment),
        note=_words(graph, term, SKOS.scopeNote),
        color=kind.color if kind else "",
        parents=_links(graph, graph.objects(term, RDFS.subClassOf | RDFS.subPropertyOf)),
        children=_links(graph, graph.subjects(RDFS.subClassOf | RDFS.subPropertyOf, term)),
        domain=_links(graph, graph.objects(term, RDFS.domain)),
        range=_links(graph, graph.objects(term, RDFS.range)),
        notation=str(graph.value(term, SKOS.notation) or ""),
        concepts=[_term(graph, concept) for concept in concepts],
        shape=next((view for view in looking if view.local_name == name), None),
        more_shapes=[view for view in looking if view.local_name != name],
    )


def _shape(graph: Graph, shape: URIRef, examples: Path) -> ShapeView:
    name = shape.removeprefix(str(SHAPE))
    file = re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()
    rules = [_words(graph, shape, SH.message)]
    rules += [_words(graph, query, SH.message) for query in graph.objects(shape, SH.sparql)]
    targets = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
    return ShapeView(
        local_name=name,
        iri=str(shape),
        label=_words(graph, shape, RDFS.label),
        definition=_words(graph, shape, RDFS.comment),
        targets=_links(graph, (node for path in targets for node in graph.objects(shape, path))),
        rules=[words for words in rules if words.zh],
        constraints=sorted(
            (_constraint(graph, node) for node in graph.objects(shape, SH.property)),
            key=_rank,
        ),
        conforming=(examples / f"{file}.conforming.ttl").read_text(encoding="utf-8"),
        violating=(examples / f"{file}.violating.ttl").read_text(encoding="utf-8"),
    )


def _constraint(graph: Graph, node: Node) -> Constraint:
    least, most = (graph.value(node, path) for path in (SH.minCount, SH.maxCount))
    values = [value for path in _VALUES for value in graph.objects(node, path)]
    for choices in graph.objects(node, SH["or"]):
        for choice in Collection(graph, choices):
            values += [value for path in _VALUES for value in graph.objects(choice, path)]
    for listed in graph.objects(node, SH["in"]):
        values += list(Collection(graph, listed))
    rules = [
        f"{path.removeprefix(str(SH))} {_short(graph, value)}"
        for path in _RULES
        for value in sorted(graph.objects(node, path), key=str)
    ]
    rules += [
        f"languageIn {' '.join(str(tag) for tag in Collection(graph, tags))}"
        for tags in graph.objects(node, SH.languageIn)
    ]
    return Constraint(
        path=_path(graph, graph.value(node, SH.path)),
        count=_count(least, most),
        values=_links(graph, values, in_order=True),
        rules=rules,
        name=_words(graph, node, SH.name),
        description=_words(graph, node, SH.description),
    )


def _rank(constraint: Constraint) -> tuple[bool, bool, list[str]]:
    """What must be there comes first, the types last."""
    path = [link.text for link in constraint.path]
    return path == ["rdf:type"], constraint.count.startswith(("0", "*")), path


def _count(least: Node | None, most: Node | None) -> str:
    """How many values there may be, as in diagrams of classes.

    >>> _count(Literal(1), Literal(1)), _count(None, Literal(1)), _count(Literal(1), None)
    ('1', '0..1', '1..*')
    """
    low, high = str(least or 0), "*" if most is None else str(most)
    if low == high:
        return low
    return "*" if (low, high) == ("0", "*") else f"{low}..{high}"


def _path(graph: Graph, path: Node | None) -> list[TermLink]:
    """The steps of a path; one that goes backwards has ``^`` before its name."""
    if path is None:
        return []
    if isinstance(path, URIRef):
        return [link_term(path)]
    inverse = graph.value(path, SH.inversePath)
    if inverse is not None:
        link = link_term(inverse)
        return [TermLink(f"^{link.text}", link.iri, link.anchor)]
    return [link for step in Collection(graph, path) for link in _path(graph, step)]


def _short(graph: Graph, value: Node) -> str:
    return link_term(value).text if isinstance(value, URIRef) else str(value)


def _links(graph: Graph, nodes: Iterable[Node], *, in_order: bool = False) -> list[TermLink]:
    """Links to terms, each once, by name or in the order given; a union is its members."""
    found: dict[Node, None] = {}
    for node in nodes:
        members = graph.value(node, OWL.unionOf) if isinstance(node, BNode) else None
        for member in [node] if members is None else Collection(graph, members):
            if isinstance(member, URIRef | Literal):
                found[member] = None
    links = [link_term(node) for node in found]
    return links if in_order else sorted(links, key=lambda link: (link.anchor is None, link.text))


def _words(graph: Graph, subject: Node, *properties: URIRef) -> Words:
    texts = {
        value.language: str(value)
        for prop in reversed(properties)
        for value in graph.objects(subject, prop)
        if isinstance(value, Literal)
    }
    return Words(texts.get("zh", ""), texts.get("en", ""))
