"""Named graphs as clients read them: a serialisation, and a tag that names their state.

The tag is made of the triples alone, so that it changes with the graph and with nothing else.
In answers the suffix of the format follows it; a client that sends it back with a change may
name any format, and the weak form too, which answers have when they are compressed.

>>> graph_digest(frozenset()) == graph_digest(frozenset())
True
"""

from __future__ import annotations

import hashlib

import pyoxigraph as ox
from flask import Response, request

from graph.drafts import Triples, graph_triples
from web.errors import UnknownIriError
from web.formats import DATASET_FORMATS, TRIG, choose_rdf_format, rdf_response
from web.store import current_store

_DIGITS = 20
_MUST_ASK = "no-cache"


def represent_graph(name: str) -> Response:
    """A named graph in the format that the client likes best; 304 where it has that already.

    Raises:
        UnknownIriError: when the store has no such graph.
        NotAcceptableError: when the client likes none of the formats.
    """
    store = current_store()
    if not store.contains_graph(name):
        raise UnknownIriError(f"the store has no graph {name!r}")
    rdf_format = choose_rdf_format(DATASET_FORMATS)
    triples = graph_triples(store.database, name)
    listed = sorted(triples, key=str)
    if rdf_format is TRIG:
        graph = ox.NamedNode(name)
        quads = [ox.Quad(t.subject, t.predicate, t.object, graph) for t in listed]
        response = rdf_response(quads, rdf_format)
    else:
        response = rdf_response(listed, rdf_format)
    response.vary.add("Accept")
    response.set_etag(f"{graph_digest(triples)}-{rdf_format.suffix}")
    response.headers["Cache-Control"] = _MUST_ASK
    response.make_conditional(request)
    return response


def graph_digest(triples: Triples) -> str:
    """What names the state of a graph."""
    lines = "\n".join(sorted(map(str, triples)))
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
