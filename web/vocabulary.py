"""``/ontology`` and ``/shapes``: the vocabulary for people, and as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from flask import Blueprint, Flask, Response, render_template
from rdflib import Graph, URIRef
from rdflib.term import Node as Term

from ontology.terms import ONTOLOGY_PATH, OWL, RDF, RDFS, SHAPES_PATH, SKOS, TANPU
from web.formats import (
    GRAPH_FORMATS,
    TURTLE,
    bytes_response,
    choose_media_type,
    choose_rdf_format,
    media_types_of,
    rdf_response,
)
from web.headers import revalidatable
from web.negotiation import HTML
from web.wording import Words

blueprint = Blueprint("vocabulary", __name__)

_GROUPS: tuple[tuple[URIRef, Words], ...] = (
    (OWL.Class, Words("类", "Classes")),
    (OWL.ObjectProperty, Words("对象属性", "Object properties")),
    (OWL.DatatypeProperty, Words("数据属性", "Datatype properties")),
    (SKOS.ConceptScheme, Words("概念体系", "Concept schemes")),
    (SKOS.Concept, Words("概念", "Concepts")),
)


@dataclass(frozen=True, slots=True)
class TermView:
    """A term of the ontology with its labels and definitions in both languages."""

    local_name: str
    iri: str
    label: Words
    definition: Words


@dataclass(frozen=True, slots=True)
class TermGroup:
    """The terms of one sort, by local name."""

    words: Words
    terms: Sequence[TermView]


def init_app(app: Flask) -> None:
    """Attaches the views."""
    app.register_blueprint(blueprint)


@blueprint.get("/ontology")
def ontology() -> Response:
    """The ontology: a list of its terms, or RDF."""
    wanted = choose_media_type([*media_types_of(GRAPH_FORMATS), HTML])
    if wanted == HTML:
        groups = read_terms(ONTOLOGY_PATH)
        html = render_template("ontology.html", groups=groups, formats=GRAPH_FORMATS)
        response = Response(html, mimetype=HTML)
        response.vary.add("Accept")
        return revalidatable(response)
    return _file_response(ONTOLOGY_PATH)


@blueprint.get("/shapes")
def shapes() -> Response:
    """The SHACL shapes, as RDF."""
    return _file_response(SHAPES_PATH)


def read_terms(path: Path) -> list[TermGroup]:
    """The terms of our namespace that a Turtle file declares, sort by sort."""
    graph = Graph(bind_namespaces="none").parse(path, format="turtle")
    groups = []
    for cls, words in _GROUPS:
        subjects = {s for s in graph.subjects(RDF.type, cls) if str(s).startswith(str(TANPU))}
        terms = [_term(graph, subject) for subject in sorted(subjects, key=str)]
        if terms:
            groups.append(TermGroup(words, terms))
    return groups


def _term(graph: Graph, subject: Term) -> TermView:
    labels = (SKOS.prefLabel, RDFS.label)
    definitions = (SKOS.definition, RDFS.comment)
    return TermView(
        local_name=str(subject).removeprefix(str(TANPU)),
        iri=str(subject),
        label=Words(_text(graph, subject, labels, "zh"), _text(graph, subject, labels, "en")),
        definition=Words(
            _text(graph, subject, definitions, "zh"), _text(graph, subject, definitions, "en")
        ),
    )


def _text(graph: Graph, subject: Term, properties: Sequence[URIRef], language: str) -> str:
    for prop in properties:
        for value in graph.objects(subject, prop):
            if getattr(value, "language", None) == language:
                return str(value)
    return ""


def _file_response(path: Path) -> Response:
    rdf_format = choose_rdf_format(GRAPH_FORMATS)
    body = path.read_bytes()
    if rdf_format is TURTLE:
        response = bytes_response(body, TURTLE.media_types[0])
    else:
        quads = ox.parse(body, format=ox.RdfFormat.TURTLE)
        response = rdf_response((quad.triple for quad in quads), rdf_format)
    response.vary.add("Accept")
    return revalidatable(response)
