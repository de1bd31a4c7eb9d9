"""``/ontology`` and ``/shapes``: the vocabulary for people, and as it was written.

Every IRI of the vocabulary has its place: what follows ``https://w3id.org/tanpu`` follows the
address of the service here. ``/ontology#Forum`` is a place on the page, ``/ontology/Forum`` leads
there, ``/ontology/0.1.0`` is the version that is served, ``/ontology.ttl`` a file of it.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pyoxigraph as ox
from flask import Blueprint, Flask, Response, render_template, url_for

from ontology.terms import ONTOLOGY_PATH, SHAPES_PATH
from web.diagram import lay_out
from web.errors import UnknownIriError
from web.formats import (
    GRAPH_FORMATS,
    TURTLE,
    RdfFormat,
    bytes_response,
    choose_media_type,
    choose_rdf_format,
    media_types_of,
    rdf_response,
)
from web.headers import revalidatable
from web.negotiation import HTML
from web.terms import read_vocabulary

blueprint = Blueprint("vocabulary", __name__)


def init_app(app: Flask) -> None:
    """Attaches the views."""
    app.register_blueprint(blueprint)


@blueprint.get("/ontology")
def ontology() -> Response:
    """The ontology: its terms for people, or RDF."""
    return _page_or_file("ontology.html", ONTOLOGY_PATH)


@blueprint.get("/shapes")
def shapes() -> Response:
    """The SHACL shapes: for people, or RDF."""
    return _page_or_file("ontology_shapes.html", SHAPES_PATH)


@blueprint.get("/ontology.<suffix>")
def ontology_file(suffix: str) -> Response:
    """The ontology in the format of a suffix.

    Raises:
        UnknownIriError: for a suffix of no format.
    """
    return _file(ONTOLOGY_PATH, _format_of(suffix))


@blueprint.get("/shapes.<suffix>")
def shapes_file(suffix: str) -> Response:
    """The shapes in the format of a suffix.

    Raises:
        UnknownIriError: for a suffix of no format.
    """
    return _file(SHAPES_PATH, _format_of(suffix))


@blueprint.get("/ontology/<name>")
def term(name: str) -> Response:
    """From the name of a term to its place on the page; the version's number is the version.

    Raises:
        UnknownIriError: when the ontology declares no such term and has no such version.
    """
    vocabulary = read_vocabulary()
    if name == vocabulary.version:
        return _page_or_file("ontology.html", ONTOLOGY_PATH)
    if name not in vocabulary.local_names:
        raise UnknownIriError(
            f"expected a term of the ontology or its version {vocabulary.version!r}, got {name!r}"
        )
    return _see(url_for("vocabulary.ontology", _anchor=name))


@blueprint.get("/shapes/<name>")
def shape(name: str) -> Response:
    """From the name of a shape to its place on the page.

    Raises:
        UnknownIriError: when there is no such shape.
    """
    if name not in {view.local_name for view in read_vocabulary().shapes}:
        raise UnknownIriError(f"expected the name of a shape, got {name!r}")
    return _see(url_for("vocabulary.shapes", _anchor=name))


def _see(address: str) -> Response:
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})


def _page_or_file(template: str, path: Path) -> Response:
    """A page about the vocabulary, or its file as RDF, as the client likes best."""
    wanted = choose_media_type([*media_types_of(GRAPH_FORMATS), HTML])
    if wanted != HTML:
        response = _file(path, choose_rdf_format(GRAPH_FORMATS))
    else:
        vocabulary = read_vocabulary()
        html = render_template(
            template, vocabulary=vocabulary, diagram=lay_out(vocabulary), formats=GRAPH_FORMATS
        )
        response = revalidatable(Response(html, mimetype=HTML))
    response.vary.add("Accept")
    return response


def _format_of(suffix: str) -> RdfFormat:
    for rdf_format in GRAPH_FORMATS:
        if rdf_format.suffix == suffix:
            return rdf_format
    expected = [rdf_format.suffix for rdf_format in GRAPH_FORMATS]
    raise UnknownIriError(f"expected a suffix among {expected}, got {suffix!r}")


def _file(path: Path, rdf_format: RdfFormat) -> Response:
    """A Turtle file as it lies, or its triples in another format."""
    body = path.read_bytes()
    if rdf_format is TURTLE:
        return revalidatable(bytes_response(body, TURTLE.media_types[0]))
    quads = ox.parse(body, format=ox.RdfFormat.TURTLE)
    return revalidatable(rdf_response((quad.triple for quad in quads), rdf_format))
