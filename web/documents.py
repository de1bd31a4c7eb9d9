"""Documents: the list, the page with the marked text, the data, and the named graph."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Flask, Response, current_app, redirect, render_template, request
from rdflib import URIRef
from werkzeug.wrappers import Response as AnyResponse

from graph.confidence import leave_out_unsure
from graph.identity import Minter
from ontology.terms import DCTERMS, PROV, SDO, TANPU
from web.entities import find_data, find_node
from web.errors import UnknownIriError
from web.formats import (
    DATASET_FORMATS,
    TRIG,
    RdfFormat,
    choose_media_type,
    choose_rdf_format,
    media_types_of,
    rdf_response,
)
from web.graphs import represent_graph
from web.headers import revalidatable
from web.negotiation import HTML
from web.pages import open_reader, web_link
from web.parameters import read_confidence, read_page_number
from web.passages import read_passages
from web.reading import Reader, page_count
from web.store import StoreAccess, current_access, current_store
from web.wording import DOCUMENT_KIND, LABEL_WORDS

blueprint = Blueprint("documents", __name__)

# What the names of the graphs of links begin with. Paths come decoded, so that a document may seem
# to have such a name, too.
LINKS = "linkset/"


def init_app(app: Flask) -> None:
    """Attaches the views."""
    app.register_blueprint(blueprint)


@blueprint.get("/documents")
def list_documents() -> Response:
    """All documents, the newest first, a page at a time."""
    store = current_access()
    reader = open_reader()
    rows = store.rows("documents")
    size = current_app.config["LIST_SIZE"]
    number, pages = read_page_number(request.args), page_count(len(rows), size)
    if number > pages:
        raise UnknownIriError(f"expected a page from 1 to {pages}, got {number}")
    documents = [reader.document_of_row(row) for row in rows[(number - 1) * size : number * size]]
    html = render_template(
        "documents.html", documents=documents, total=len(rows), page=number, pages=pages
    )
    return revalidatable(Response(html, mimetype=HTML))


@blueprint.get("/page/document/<rest:name>")
def page(name: str) -> Response:
    """The text with its mentions marked, and beside it what it says."""
    store = current_access()
    iri = find_node(store, DOCUMENT_KIND, name)
    reader = open_reader()
    description = reader.describe(iri)
    extraction = reader.value(description, PROV.wasGeneratedBy)
    activity = {} if isinstance(extraction, str) else reader.describe(URIRef(extraction.iri))
    text = str(reader.value(description, TANPU.text))
    title = str(reader.value(description, DCTERMS.title)) or name
    least = read_confidence(request.args)
    passages = read_passages(store, reader, iri, text, least=least)
    html = render_template(
        "document.html",
        node=reader.node(iri),
        title=title,
        issued=reader.value(description, DCTERMS.issued),
        source=_plain(reader.value(description, DCTERMS.source)),
        url=_plain(reader.value(description, SDO.url)),
        retrieved=reader.value(description, TANPU.retrieved),
        text_hash=reader.value(description, TANPU.textHash),
        pipeline=reader.value(activity, TANPU.pipelineVersion),
        identifier=Minter(store.base).document_id(str(iri)) or name,
        structured=describe_article(reader, iri, title),
        passages=passages,
        least=least,
        legend=LABEL_WORDS,
        data_path=f"{request.script_root}/data/{iri.removeprefix(store.base + 'id/')}",
        graph_path=f"{request.script_root}/graph/{iri.removeprefix(store.base + 'id/document/')}",
        formats=DATASET_FORMATS,
    )
    return revalidatable(Response(html, mimetype=HTML))


def describe_article(reader: Reader, iri: URIRef, title: str) -> dict[str, Any]:
    """The article for search engines, in the words of schema.org.

    Its address is that of the original, where that is known and one that may be followed.
    """
    description = reader.describe(iri)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": str(iri),
        "headline": title,
        "inLanguage": "zh",
    }
    if (issued := _plain(reader.value(description, DCTERMS.issued))) != "":
        data["datePublished"] = issued
    if (source := _plain(reader.value(description, DCTERMS.source))) != "":
        data["publisher"] = {"@type": "Organization", "name": source}
    if (address := web_link(_plain(reader.value(description, SDO.url)))) is not None:
        data["url"] = address
    return data


@blueprint.get("/data/document/<rest:name>")
def data(name: str) -> Response:
    """The named graph of a document in a format named by suffix or by Accept."""
    store = current_access()
    iri, suffix_format = find_data(store, DOCUMENT_KIND, name)
    identifier = Minter(store.base).document_id(str(iri))
    rdf_format = suffix_format or choose_rdf_format(DATASET_FORMATS)
    least = read_confidence(request.args)
    response = graph_response(store, identifier or name, rdf_format, least=least)
    if suffix_format is None:
        response.vary.add("Accept")
    response.headers["Link"] = f'<{iri}>; rel="describes"'
    return revalidatable(response)


@blueprint.get("/graph/<rest:name>")
def graph(name: str) -> AnyResponse:
    """The named graph that an IRI under ``/graph`` is: RDF, or 303 to the document's page."""
    store = current_access()
    if name.startswith(LINKS) and current_store().contains_graph(f"{store.base}graph/{name}"):
        return represent_graph(f"{store.base}graph/{name}")
    iri = find_node(store, DOCUMENT_KIND, name)
    wanted = choose_media_type([*media_types_of(DATASET_FORMATS), HTML])
    if wanted == HTML:
        path = iri.removeprefix(store.base + "id/")
        response = redirect(f"{request.script_root}/page/{path}", HTTPStatus.SEE_OTHER)
        response.vary.add("Accept")
        return response
    return represent_graph(str(Minter(store.base).graph(name)))


def graph_response(
    store: StoreAccess, identifier: str, rdf_format: RdfFormat, *, least: float = 0.0
) -> Response:
    """The triples of a document's named graph; TriG also has the graph's name.

    Statements whose best evidence lies below ``least`` are left out.

    Raises:
        UnknownIriError: when the document has no graph.
    """
    name = Minter(store.base).graph(identifier)
    triples = store.graph_triples(str(name))
    if not triples:
        raise UnknownIriError(f"the store has no graph {str(name)!r}")
    triples = leave_out_unsure(triples, least=least)
    if rdf_format is not TRIG:
        return rdf_response(triples, rdf_format)
    graph_name = ox.NamedNode(str(name))
    quads = [ox.Quad(t.subject, t.predicate, t.object, graph_name) for t in triples]
    return rdf_response(quads, rdf_format)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else str(getattr(value, "iri", ""))
