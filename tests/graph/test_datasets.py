"""Datasets of queries: a triple of several graphs is one triple of the default graph."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox
import pytest

from graph.datasets import view_dataset
from graph.evaluation import EvaluationRules, QueryTask, evaluate
from graph.querytext import QueryLimits
from graph.store import open_store

BASE = "http://a.example/"
# Of g and h, which share one triple, the merge has three; k has another one.
DATA = f"""
<{BASE}g> {{ <urn:s> <urn:p> 1, 2 }}
<{BASE}h> {{ <urn:s> <urn:p> 2, 3 }}
<{BASE}k> {{ <urn:s> <urn:p> 4 }}
"""
G, H, K = f"{BASE}g", f"{BASE}h", f"{BASE}k"
COUNT = "SELECT (COUNT(*) AS ?n)"
ANY = "{ ?s ?p ?o }"
NAMED = "{ GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture
def database() -> ox.Store:
    database = ox.Store()
    database.load(DATA.encode(), ox.RdfFormat.TRIG)
    return database


def count(
    database: ox.Store,
    text: str,
    default_graphs: Sequence[str] | None = None,
    named_graphs: Sequence[str] | None = None,
) -> int:
    view = view_dataset(
        database, text, base=BASE, default_graphs=default_graphs, named_graphs=named_graphs
    )
    rows = view.database.query(
        text, base_iri=BASE, default_graph=view.default_graphs, named_graphs=view.named_graphs
    )
    assert isinstance(rows, ox.QuerySolutions)
    (row,) = rows
    assert isinstance(row[0], ox.Literal)
    return int(row[0].value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{COUNT} {ANY}", 0),
        (f"{COUNT} FROM <{G}> {ANY}", 2),
        (f"{COUNT} FROM <{G}> FROM <{H}> {ANY}", 3),
        (f"{COUNT} FROM <{G}>FROM<{H}>WHERE{ANY}", 3),
        (f"{COUNT} FROM <{G}> FROM <{G}> {ANY}", 2),
        (f"{COUNT} FROM <{G}> FROM <urn:nothing> {ANY}", 2),
        (f"{COUNT} from <g> From <./h> {ANY}", 3),
        (f"PREFIX a: <{BASE}> {COUNT} FROM a:g FROM a:h {ANY}", 3),
        (f"PREFIX from: <{BASE}> {COUNT} FROM from:g FROM <\\u0068> {ANY}", 3),
        (f"BASE <{G}> {COUNT} FROM <> # FROM <x>\n FROM # h\n <h> {ANY}", 3),
        (f'{COUNT} FROM <{G}> FROM <{H}> {{ ?from ?p ?o FILTER(?o != "FROM <x>") }}', 3),
        (f"{COUNT} FROM <{G}> FROM <{H}> {NAMED}", 0),
        (f"{COUNT} FROM <{G}> FROM <{H}> FROM NAMED <{K}> {NAMED}", 1),
        (f"{COUNT} FROM <{G}> FROM NAMED <{H}> FROM <{H}> {NAMED}", 2),
        (f"{COUNT} FROM NAMED <{K}> FROM NAMED <{K}> {NAMED}", 1),
        (f"{COUNT} FROM NAMED <{H}> FROM NAMED <{K}> {NAMED}", 3),
        (f"{COUNT} {{ {{ SELECT DISTINCT ?from {{ GRAPH ?from {ANY} }} }} }}", 3),
    ],
)
def test_clauses_name_a_merge_of_graphs(database: ox.Store, text: str, expected: int) -> None:
    assert count(database, text) == expected


@pytest.mark.parametrize(
    ("default_graphs", "named_graphs", "expected", "expected_named"),
    [
        ([G, H], [], 3, 0),
        ([G, G], [], 2, 0),
        ([G, H, K], [K, K], 4, 1),
        ([], [G, H], 0, 4),
        ([G, H], None, 3, 5),
        (None, None, 1, 0),
    ],
)
def test_graphs_of_the_request_replace_those_of_the_query(
    database: ox.Store,
    default_graphs: Sequence[str] | None,
    named_graphs: Sequence[str] | None,
    expected: int,
    expected_named: int,
) -> None:
    given = default_graphs, named_graphs
    assert count(database, f"{COUNT} FROM <{K}> {ANY}", *given) == expected
    assert count(database, f"{COUNT} FROM <{K}> {NAMED}", *given) == expected_named


@pytest.mark.parametrize(
    "text", ["SELECT FROM FROM", "FROM <a> FROM <b>", "ASK FROM x: FROM y: {}"]
)
def test_what_cannot_be_parsed_is_left_to_the_engine(database: ox.Store, text: str) -> None:
    assert view_dataset(database, text).database is database


def test_blank_nodes_of_the_merge_are_those_of_its_graphs(database: ox.Store) -> None:
    database.load(b"<urn:i> { _:b <urn:q> 1 } <urn:j> { _:b <urn:r> 2 }", ox.RdfFormat.TRIG)
    joined = "{ ?b <urn:q> 1 ; <urn:r> 2 . GRAPH ?g { ?b ?p ?o } }"
    text = f"{COUNT} FROM <urn:i> FROM <urn:j> FROM NAMED <urn:j> {joined}"
    assert count(database, text) == 1


def test_processes_and_the_store_count_shared_triples_once() -> None:
    store = open_store(None, mode="write", base=BASE)
    store.database.load(DATA.encode(), ox.RdfFormat.TRIG)
    text = f"PREFIX a: <{BASE}> {COUNT} FROM a:g FROM a:h {ANY}"
    rules = EvaluationRules(limits=QueryLimits(), max_bytes=1000, max_rows=10, prefixes={})
    task = QueryTask(text=text, base=BASE, bindings_format="text/csv")
    written = bytearray()

    class Sink:
        def write(self, data: bytes) -> int:
            written.extend(data)
            return len(data)

    evaluate(store.database, task, rules).write_to(Sink())
    assert bytes(written) == b"n\r\n3\r\n"
    short = text.partition(">")[2]
    rows = store.query(short, prefixes={"a": BASE})
    assert isinstance(rows, ox.QuerySolutions)
    assert [str(row[0]) for row in rows] == ['"3"^^<http://www.w3.org/2001/XMLSchema#integer>']
