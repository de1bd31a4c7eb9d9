"""``/graph-store``: the SPARQL 1.1 Graph Store HTTP Protocol.

A graph is named in the address: ``?graph=IRI``, ``?default``, or directly by its own IRI where
that is one of ours (``/graph/…``). Everybody may read; changes need a token and pass the gate
(``graph/gate.py``). The default graph is what the named graphs say together, and is only read.

Source: W3C Recommendation SPARQL 1.1 Graph Store HTTP Protocol, sections 4 and 5; RFC 9110,
sections 8.8 and 13 (conditional requests); RFC 5789 (PATCH).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import quote
from uuid import uuid4

import pyoxigraph as ox
from flask import Blueprint, Flask, Response, current_app, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import MethodNotAllowed, PreconditionFailed, UnsupportedMediaType

from graph.drafts import Triples, draft_patch, graph_triples
from graph.evaluation import QueryTask
from graph.gate import DOCUMENT_GRAPHS, Author, described_documents
from graph.payloads import parse_graph
from graph.querytext import QueryLimits
from graph.store import Store, replacement_update
from graph.tokens import Scope
from graph.updatetext import prepare_update
from web.authorization import require_author
from web.config import Settings
from web.errors import (
    ConflictError,
    MalformedRequestError,
    NotAcceptableError,
    UnknownIriError,
    UnprocessableError,
)
from web.fairness import current_share
from web.formats import CONSTRUCTED_FORMATS, find_media_type, media_types_of
from web.graphs import graph_digest, represent_graph
from web.headers import revalidatable_by_store
from web.negotiation import HTML
from web.parameters import read_body, read_single, refuse_other_encodings
from web.runner import ask, query_limits, read_iri, respond
from web.store import current_store, query_text
from web.writing import current_access, make_changes

blueprint = Blueprint("graph_store", __name__)
# The addresses of graphs that a test suite makes below that of the graph store.
unguarded_blueprint = Blueprint("unguarded_graph_store", __name__)

LIMITS = "tanpu.patch_limits"
MULTIPART = "multipart/form-data"
SPARQL_UPDATE = "application/sparql-update"
UTF_8 = ("utf-8", "utf8")
ROOT = "graph-store"
SCOPE: Scope = "ingest"
READS = ("GET", "HEAD", "OPTIONS")
# What is taken where the client does not say what it sends.
UNSAID = ox.RdfFormat.RDF_XML

INPUT_FORMATS: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {f.media_types[0]: f.ox_format for f in CONSTRUCTED_FORMATS}
)
_FORMAT_OF_SUFFIX: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {f".{f.suffix}": f.ox_format for f in CONSTRUCTED_FORMATS}
)


def init_app(app: Flask, settings: Settings, *, unguarded: bool) -> None:
    """Attaches the graph store."""
    app.extensions[LIMITS] = query_limits(settings)
    app.register_blueprint(blueprint)
    if unguarded:
        app.register_blueprint(unguarded_blueprint)


# --- how a graph is named ------------------------------------------------------------------


@blueprint.get("/graph-store")
def get_indirect() -> Response:
    """The graph that the address names in its query string."""
    name = read_name()
    return read_default_graph() if name is None else represent_graph(name)


@blueprint.put("/graph-store")
def put_indirect() -> Response:
    """Makes the named graph hold the payload."""
    return put_graph(read_name())


@blueprint.post("/graph-store")
def post_indirect() -> Response:
    """Adds the payload to the named graph; without a name, makes it a new graph."""
    if not {"graph", "default"} & set(request.args):
        return create_graph()
    return post_graph(read_name())


@blueprint.delete("/graph-store")
def delete_indirect() -> Response:
    """Removes the named graph."""
    return delete_graph(read_name())


@blueprint.patch("/graph-store")
def patch_indirect() -> Response:
    """Changes the named graph by an update."""
    return patch_graph(read_name())


@blueprint.put("/graph/<rest:name>")
def put_direct(name: str) -> Response:
    """Makes the graph at this address hold the payload."""
    return put_graph(own_name(DOCUMENT_GRAPHS, name))


@blueprint.post("/graph/<rest:name>")
def post_direct(name: str) -> Response:
    """Adds the payload to the graph at this address."""
    return post_graph(own_name(DOCUMENT_GRAPHS, name))


@blueprint.delete("/graph/<rest:name>")
def delete_direct(name: str) -> Response:
    """Removes the graph at this address."""
    return delete_graph(own_name(DOCUMENT_GRAPHS, name))


@blueprint.patch("/graph/<rest:name>")
def patch_direct(name: str) -> Response:
    """Changes the graph at this address by an update."""
    return patch_graph(own_name(DOCUMENT_GRAPHS, name))


@blueprint.get("/provenance")
def get_provenance() -> Response:
    """The graph that says who wrote which graph over HTTP, and when."""
    return represent_graph(current_store().base + "provenance")


@unguarded_blueprint.route(
    "/graph-store/<path:name>", methods=["GET", "PUT", "POST", "DELETE", "PATCH"]
)
def any_direct(name: str) -> Response:
    """A graph whose name is an address below that of the graph store."""
    iri = f"{current_store().base}{ROOT}/{quote(name)}"
    views = {"PUT": put_graph, "POST": post_graph, "DELETE": delete_graph, "PATCH": patch_graph}
    if request.method in views:
        return views[request.method](iri)
    return represent_graph(iri)


@blueprint.after_request
def tell_patch_format(response: Response) -> Response:
    """Says what a PATCH may hold, where a client could want to know."""
    if request.method == "OPTIONS" or response.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
        response.headers["Accept-Patch"] = SPARQL_UPDATE
    return response


def read_name() -> str | None:
    """The graph that the query string names; None for the default graph.

    Raises:
        MalformedRequestError: for no graph, several, or a name that is no absolute IRI.
    """
    refuse_other_encodings()
    name = read_single(request.args, "graph")
    default = read_single(request.args, "default")
    if (name is None) == (default is None):
        got = "neither" if name is None else "both"
        raise MalformedRequestError(f"expected graph=… or default, got {got}")
    if default:
        raise MalformedRequestError(f"default: expected no value, got {default!r}")
    return None if name is None else read_iri("graph", name)


def own_name(folder: str, name: str) -> str:
    """The IRI of one of our graphs by its decoded path."""
    return f"{current_store().base}{folder}{quote(name, safe='')}"


# --- what is done with it -------------------------------------------------------------------


def read_default_graph() -> Response:
    """The default graph, evaluated like a query and with its limits.

    Raises:
        NotAcceptableError: when the client likes none of the formats.
        GraphError: as the runner does.
    """
    accept = request.headers.get("Accept")
    wanted = find_media_type(CONSTRUCTED_FORMATS, accept)
    if wanted is None or wanted == HTML:
        offers = ", ".join(media_types_of(CONSTRUCTED_FORMATS))
        raise NotAcceptableError(f"expected one of {offers} in Accept, got {accept!r}")
    task = QueryTask(text=query_text("whole_graph"), base=current_store().base, graph_format=wanted)
    response = respond(ask(task))
    response.vary.add("Accept")
    return revalidatable_by_store(response)


def put_graph(name: str | None) -> Response:
    """Makes a graph hold exactly the payload: 201 for a new one, 204 for one that was there.

    Raises:
        MethodNotAllowed: for the default graph.
        WebError: when the client may not write, or the payload cannot be read.
        GateError: when the payload does not pass the gate.
        PreconditionFailed: when the graph is in another state than the client wants.
    """
    author = begin_change(name)
    payload = read_payload(name)
    with current_access().open(current_share()) as writer:
        existed = check_state(writer, name)
        store_graph(writer, name, payload, author)
    return changed(name, existed=existed)


def post_graph(name: str | None) -> Response:
    """Adds the payload to a graph; without a payload nothing is done.

    Raises:
        Exception: as :func:`put_graph`.
    """
    author = begin_change(name)
    if not request.get_data(cache=True) and not request.files:
        return Response(status=HTTPStatus.NO_CONTENT)
    payload = read_payload(name)
    with current_access().open(current_share()) as writer:
        existed = check_state(writer, name)
        store_graph(writer, name, payload | held_by(writer, name), author)
    return changed(name, existed=existed)


def create_graph() -> Response:
    """Makes the payload a new graph, whose name follows from the document that it describes.

    Raises:
        UnprocessableError: when it describes no document, or several.
        ConflictError: when there is a graph of that name already.
        Exception: as :func:`put_graph`.
    """
    author = require_author(SCOPE)
    if not request.get_data(cache=True) and not request.files:
        return Response(status=HTTPStatus.NO_CONTENT)
    payload = read_payload(None)
    name = new_name(payload)
    with current_access().open(current_share()) as writer:
        if check_state(writer, name):
            raise ConflictError(f"expected a document without a graph, got that of {name!r}")
        store_graph(writer, name, payload, author)
    return changed(name, existed=False)


def delete_graph(name: str | None) -> Response:
    """Removes a graph.

    Raises:
        UnknownIriError: when there is none.
        Exception: as :func:`put_graph`.
    """
    author = begin_change(name)
    with current_access().open(current_share()) as writer:
        if not check_state(writer, name):
            raise UnknownIriError(f"the store has no graph {name!r}")
        if current_access().guarded and name is not None:
            make_changes(writer, {name: frozenset()}, author)
        else:
            writer.update(replacement_update(name, None))
    return Response(status=HTTPStatus.NO_CONTENT)


def patch_graph(name: str | None) -> Response:
    """Changes a graph by an update that sees it as its default graph, and nothing else.

    Raises:
        UnsupportedMediaType: for anything but an update.
        UnknownIriError: when there is no such graph.
        OtherGraphError: when the update writes to another graph.
        Exception: as :func:`put_graph`, and for updates.
    """
    author = begin_change(name)
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != SPARQL_UPDATE or charset not in UTF_8:
        given = request.headers.get("Content-Type")
        raise UnsupportedMediaType(f"expected {SPARQL_UPDATE} in UTF-8, got {given!r}")
    limits: QueryLimits = current_app.extensions[LIMITS]
    text = prepare_update(read_body(), limits=limits)
    access = current_access()
    with access.open(current_share()) as writer:
        if not check_state(writer, name):
            raise UnknownIriError(f"the store has no graph {name!r}")
        base = name if name is not None else read_iri("Host", request.base_url)
        held = held_by(writer, name)
        patched = draft_patch(writer, held, text, base_iri=base, limits=access.trial_limits)
        store_graph(writer, name, patched, author)
    return changed(name, existed=True)


def begin_change(name: str | None) -> Author:
    """Who changes a graph, if that may be done at all.

    Raises:
        MethodNotAllowed: for the default graph.
        WebError: when the client may not write.
    """
    author = require_author(SCOPE)
    if name is None and current_access().guarded:
        raise MethodNotAllowed(
            READS, "the default graph is what the named graphs say together, and is only read"
        )
    return author


def check_state(writer: Store, name: str | None) -> bool:
    """Whether there is such a graph, in a state that the client wants to change.

    Raises:
        PreconditionFailed: when ``If-Match`` or ``If-None-Match`` says otherwise.
    """
    exists = name is None or writer.contains_graph(name)
    digest = graph_digest(held_by(writer, name)) if exists else None
    if "If-Match" in request.headers:
        tags = request.if_match
        if not exists or not (tags.star_tag or digest in _digests(tags.as_set(True))):
            raise PreconditionFailed("the graph is in another state than If-Match says")
    if "If-None-Match" in request.headers:
        tags = request.if_none_match
        if exists and (tags.star_tag or digest in _digests(tags.as_set(True))):
            raise PreconditionFailed("the graph is in a state that If-None-Match excludes")
    return exists


def _digests(tags: set[str]) -> set[str]:
    """The digests of tags, which the suffix of a format follows."""
    return {tag.removeprefix("W/").strip('"').partition("-")[0] for tag in tags}


def held_by(writer: Store, name: str | None) -> Triples:
    """The triples of a graph; None names the default graph."""
    if name is not None:
        return graph_triples(writer.database, name)
    quads = writer.database.quads_for_pattern(None, None, None, ox.DefaultGraph())
    return frozenset(quad.triple for quad in quads)


def store_graph(writer: Store, name: str | None, triples: Triples, author: Author) -> None:
    """Makes a graph hold some triples, through the gate where there is one.

    Raises:
        UnprocessableError: when there are none, since the store has no empty graphs.
        GateError: when they do not pass.
    """
    if not current_access().guarded or name is None:
        writer.update(replacement_update(name, triples))
        return
    if not triples:
        raise UnprocessableError("expected a graph with triples, got an empty one: use DELETE")
    make_changes(writer, {name: triples}, author)


def changed(name: str | None, *, existed: bool) -> Response:
    """204, or 201 with the address of the new graph."""
    if existed or name is None:
        return Response(status=HTTPStatus.NO_CONTENT)
    response = Response(status=HTTPStatus.CREATED)
    base = current_store().base
    is_direct = name.startswith((base + DOCUMENT_GRAPHS, f"{base}{ROOT}/"))
    response.headers["Location"] = name if is_direct else url_for(".get_indirect", graph=name)
    return response


def new_name(payload: Triples) -> str:
    """The name of the graph that a payload is of: that of its document, or any where all may be.

    Raises:
        UnprocessableError: when it describes no document, or several.
    """
    base = current_store().base
    if not current_access().guarded:
        return f"{base}{ROOT}/{uuid4()}"
    documents, prefix = described_documents(payload), f"{base}id/document/"
    if len(documents) != 1 or not documents[0].startswith(prefix):
        raise UnprocessableError(
            f"expected a graph that describes one tanpu:Document, {prefix}…, got {documents!r}"
        )
    return base + DOCUMENT_GRAPHS + documents[0].removeprefix(prefix)


# --- what is sent ----------------------------------------------------------------------------


def read_payload(name: str | None) -> Triples:
    """The triples of the body, or of all files of a form (POST alone).

    Raises:
        UnsupportedMediaType: for a type or an encoding that is not read here.
        MalformedRequestError: for a form with anything but files of a known type.
        UnparsableGraphError: when the data is not what its type says.
        UnusableGraphError: when it is more than one graph.
    """
    if "Content-Encoding" in request.headers:
        raise UnsupportedMediaType("expected a body without Content-Encoding")
    if "Content-Range" in request.headers:
        raise MalformedRequestError("expected a whole graph, got a part of one by Content-Range")
    base = read_iri("Host", request.base_url) if name is None else name
    if request.mimetype == MULTIPART and request.method == "POST":
        return _read_files(base, name)
    if not request.mimetype:
        return parse_graph(request.get_data(), UNSAID, base_iri=base, name=name)
    rdf_format = _format_of(request.mimetype, request.mimetype_params)
    return parse_graph(request.get_data(), rdf_format, base_iri=base, name=name)


def _read_files(base: str, name: str | None) -> Triples:
    """The merged graphs of the files of a form."""
    if request.form or not request.files:
        raise MalformedRequestError(
            f"expected a form of files, got {len(request.files)} files and "
            f"the fields {sorted(request.form)!r}"
        )
    merged: Triples = frozenset()
    for _, file in request.files.items(multi=True):
        data = file.stream.read()
        merged |= parse_graph(data, _format_of_file(file), base_iri=base, name=name)
    return merged


def _format_of_file(file: FileStorage) -> ox.RdfFormat:
    """The format that a file's type names, or else the ending of its name."""
    if file.content_type:
        return _format_of(file.mimetype, file.mimetype_params)
    suffix = PurePosixPath(file.filename or "").suffix
    if suffix not in _FORMAT_OF_SUFFIX:
        raise MalformedRequestError(
            f"{file.filename!r}: expected a Content-Type, or a name that ends in one of "
            f"{sorted(_FORMAT_OF_SUFFIX)}"
        )
    return _FORMAT_OF_SUFFIX[suffix]


def _format_of(media_type: str, parameters: Mapping[str, str]) -> ox.RdfFormat:
    charset = parameters.get("charset", "utf-8").lower()
    if media_type not in INPUT_FORMATS or charset not in UTF_8:
        raise UnsupportedMediaType(
            f"expected one of {', '.join(INPUT_FORMATS)} in UTF-8, got {media_type!r} "
            f"in {charset!r}"
        )
    return INPUT_FORMATS[media_type]
