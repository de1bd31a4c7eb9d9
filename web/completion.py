"""``/sparql/vocabulary``: what an editor offers while a query is typed.

Our prefixes, and the classes and properties that the graph uses, each with how often and, for
terms of ours, with its words. The counts are those of the dataset's description, made once for
each publication of the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from flask import Blueprint, Flask, Response, jsonify
from rdflib import RDFS, Graph, Literal, URIRef

from ontology.terms import ONTOLOGY_PATH, PREFIXES
from web.description import Counts, current_statistics
from web.headers import revalidatable
from web.languages import current_language
from web.wording import Words

blueprint = Blueprint("completion", __name__)

_NO_WORDS = Words("", "")


def init_app(app: Flask) -> None:
    """Attaches the view."""
    app.register_blueprint(blueprint)


@blueprint.get("/sparql/vocabulary")
def vocabulary() -> Response:
    """Prefixes, classes and properties of the graph, those that are used most first.

    Raises:
        GraphError: as the runner does.
    """
    statistics = current_statistics()
    response = jsonify(
        {
            "prefixes": {name: str(namespace) for name, namespace in PREFIXES.items()},
            "classes": _offers(statistics.classes),
            "properties": _offers(statistics.properties),
        }
    )
    response.vary.add("Accept-Language")
    return revalidatable(response)


def _offers(counts: Counts) -> list[dict[str, str | int]]:
    """Terms by falling count, with their words in the request's language where there are any."""
    words, language = term_words(), current_language().code
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"iri": iri, "count": count, "label": words.get(iri, _NO_WORDS).of(language)}
        for iri, count in ordered
    ]


@cache
def term_words() -> Mapping[str, Words]:
    """The labels of all terms that the ontology labels, by IRI."""
    graph = Graph(bind_namespaces="none").parse(ONTOLOGY_PATH, format="turtle")
    labels: dict[str, dict[str, str]] = {}
    for subject, label in graph.subject_objects(RDFS.label):
        if isinstance(subject, URIRef) and isinstance(label, Literal) and label.language:
            labels.setdefault(str(subject), {})[label.language] = str(label)
    return MappingProxyType(
        {iri: Words(by.get("zh", ""), by.get("en", "")) for iri, by in labels.items()}
    )
