"""What tests of writing share: tokens, and the graph of a document that no store has yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox
from flask import Flask

from graph.conversion import graph_to_triples
from graph.identity import Minter
from graph.mapping import facts_to_graph
from graph.tokens import create_token
from tests.web.conftest import BASE, forum_extraction
from web.authorization import EXTENSION, Authorization

NEW_ID = "news/2032 新"
NEW_GRAPH = str(Minter(BASE).graph(NEW_ID))
NEW_PATH = NEW_GRAPH.removeprefix(BASE.removesuffix("/"))
OLD_GRAPH = str(Minter(BASE).graph("news/2031-05"))
OLD_PATH = OLD_GRAPH.removeprefix(BASE.removesuffix("/"))


def keep_tokens(app: Flask, path: Path) -> None:
    """Let an application over a store in memory take its tokens from a file."""
    app.extensions[EXTENSION] = Authorization(path, needed=True)


def bearer(path: Path, name: str, *scopes: str) -> dict[str, str]:
    """The header of a new token."""
    _, secret = create_token(path, name, scopes, days=1, now=datetime.now(UTC))
    return {"Authorization": f"Bearer {secret}"}


def new_triples() -> list[ox.Triple]:
    """The graph of a document that conforms, and that the store does not have."""
    extraction = forum_extraction()
    moved = replace(extraction, document=replace(extraction.document, id=NEW_ID))
    return list(graph_to_triples(facts_to_graph(moved, Minter(BASE))))


def serialized(
    triples: Sequence[ox.Triple], rdf_format: ox.RdfFormat = ox.RdfFormat.TURTLE
) -> bytes:
    """Triples as a client sends them."""
    data = ox.serialize(list(triples), format=rdf_format)
    assert data is not None
    return data


def without_text(triples: Sequence[ox.Triple]) -> list[ox.Triple]:
    """The triples less the document's text, which the shapes miss."""
    return [t for t in triples if not t.predicate.value.endswith("ontology#text")]
