"""The dataset of a query, where its default graph is made of several graphs.

That graph is their merge, in which a triple of several of them is one triple. The engine reads
them one after the other instead and counts it several times, so that they are copied into a
database in memory, where the query is then evaluated.

>>> database = ox.Store()
>>> s, g, h = (ox.NamedNode(f"urn:{name}") for name in "sgh")
>>> database.extend([ox.Quad(s, s, s, g), ox.Quad(s, s, s, h)])
>>> text = "SELECT (COUNT(*) AS ?n) FROM <urn:g> FROM <urn:h> { ?s ?p ?o }"
>>> view = view_dataset(database, text, base="urn:b")
>>> [row["n"].value for row in view.database.query(text, default_graph=view.default_graphs)]
['1']

Source: W3C Recommendations SPARQL 1.1 Query Language, section 13.2.1; RDF 1.1 Semantics,
section 4.1 (merging).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from graph.federation.text import PIECE, find_form

_FROM = re.compile(r"FROM(?![\w-])", re.IGNORECASE)
_TERMS = frozenset({"iri", "escaped", "name"})

DefaultGraphs = list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
NamedGraphs = list[ox.NamedNode | ox.BlankNode]


@dataclass(frozen=True, slots=True)
class DatasetView:
    """What a query is to be evaluated over, in the engine's terms.

    The graphs are None where the query's own clauses, or else the whole database, say them.
    """

    database: ox.Store
    default_graphs: DefaultGraphs | None
    named_graphs: NamedGraphs | None


def view_dataset(
    database: ox.Store,
    text: str,
    *,
    base: str | None = None,
    prefixes: Mapping[str, str] | None = None,
    default_graphs: Sequence[str] | None = None,
    named_graphs: Sequence[str] | None = None,
) -> DatasetView:
    """The dataset that a query asks for, of which every triple counts once.

    Args:
        database: Where the graphs are.
        text: The query; what cannot be parsed is left to the engine to refuse.
        base: What relative IRIs are resolved against; None for nothing.
        prefixes: Those that the query may use without declaring them.
        default_graphs: The graphs of the default graph. Where these or the next are given, they
            replace those that the query names.
        named_graphs: The graphs that ``GRAPH`` sees.

    Raises:
        ValueError: A name is no absolute IRI.
        OSError: The files of the database cannot be read.
    """
    # To count the bare word first takes a fraction of the time.
    may_merge = text.upper().count("FROM") > 1 and len(_FROM.findall(text)) > 1
    if default_graphs is None and named_graphs is None and may_merge:
        default_graphs, named_graphs = _read_clauses(text, base, prefixes or {})
    default: DefaultGraphs | None = None
    if default_graphs is not None:
        default = [ox.NamedNode(name) for name in dict.fromkeys(default_graphs)]
    named: NamedGraphs | None = None
    if named_graphs is not None:
        named = [ox.NamedNode(name) for name in dict.fromkeys(named_graphs)]
    if default is None or len(default) < 2:
        return DatasetView(database, default, named)
    merged = ox.Store()
    merged.bulk_extend(
        ox.Quad(quad.subject, quad.predicate, quad.object) for quad in _quads(database, default)
    )
    if named is None:
        named = list(database.named_graphs())
    merged.bulk_extend(_quads(database, named))
    return DatasetView(merged, [ox.DefaultGraph()], named)


def _quads(
    database: ox.Store, names: Iterable[ox.NamedNode | ox.BlankNode | ox.DefaultGraph]
) -> Iterator[ox.Quad]:
    for name in names:
        yield from database.quads_for_pattern(None, None, None, name)


def _read_clauses(
    text: str, base: str | None, prefixes: Mapping[str, str]
) -> tuple[list[str] | None, list[str] | None]:
    """The graphs of the ``FROM`` clauses of a query; None twice where they cannot be made out."""
    pieces = [piece for piece in PIECE.finditer(text) if piece.lastgroup != "comment"]
    start = find_form(pieces)
    if start is None:
        return None, None
    default: list[str] = []
    named: list[str] = []
    depth = 0
    for position in range(start, len(pieces)):
        piece = pieces[position]
        depth += {"open": 1, "close": -1}.get(piece.lastgroup or "", 0)
        if depth or piece.lastgroup != "word" or piece[0].upper() != "FROM":
            continue
        following = pieces[position + 1 : position + 3]
        is_named = bool(following) and following[0][0].upper() == "NAMED"
        graph = following[is_named:][:1]
        if not graph or graph[0].lastgroup not in _TERMS:
            return None, None
        (named if is_named else default).append(graph[0][0])
    resolved = _resolve(text[: pieces[start].start()], [*default, *named], base, prefixes)
    if resolved is None:
        return None, None
    return resolved[: len(default)], resolved[len(default) :]


def _resolve(
    prologue: str, names: Sequence[str], base: str | None, prefixes: Mapping[str, str]
) -> list[str] | None:
    """The IRIs that names stand for after a prologue, as the engine reads them; None for none."""
    if not names:
        return None
    values = " ".join(f"({name} AS ?v{number})" for number, name in enumerate(names))
    text = f"{prologue}\nSELECT {values} {{}}"
    try:
        rows = ox.Store().query(text, base_iri=base, prefixes=dict(prefixes))
    except SyntaxError:
        return None
    if not isinstance(rows, ox.QuerySolutions):
        raise TypeError(f"expected solutions, got {rows!r}")
    return [term.value for row in rows for term in row if isinstance(term, ox.NamedNode)]
