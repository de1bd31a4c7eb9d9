"""Point queries: which queries are known to cost little, and that they are answered as any query is."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from graph import point_queries
from graph.evaluation import EvaluationRules, QueryTask, evaluate
from graph.point_queries import (
    MOST_BYTES,
    MOST_PATTERNS,
    MOST_SOLUTIONS,
    PointQueries,
    are_few,
    read_point_query,
)
from graph.querytext import QueryLimits
from graph.store import SnapshotReader, open_store
from graph.workers import QueryUsage

N = "http://n.example/"
HUB, LEAF, LONG = f"{N}hub", f"{N}leaf", f"{N}long"
KNOWS, NAME = f"{N}knows", f"{N}name"
PREFIXED = f"PREFIX n: <{N}>\nprefix : <http://e.example/> # more\n"
FRIENDS = 5000
JSON, CSV = "application/sparql-results+json", "text/csv"
RULES = EvaluationRules(limits=QueryLimits(), max_bytes=1 << 20, max_rows=10, prefixes={})
PATIENCE = 30.0


def fill(folder: Path, *extra: str) -> None:
    graph = Graph()
    for number in range(FRIENDS):
        graph.add((URIRef(HUB), URIRef(KNOWS), URIRef(f"{N}f{number}")))
    graph.add((URIRef(LEAF), URIRef(KNOWS), URIRef(HUB)))
    graph.add((URIRef(LEAF), URIRef(NAME), Literal("叶子", lang="zh")))
    graph.add((URIRef(LEAF), URIRef(NAME), Literal("leaf")))
    graph.add((URIRef(LONG), URIRef(NAME), Literal("长" * MOST_BYTES)))
    for name in extra:
        graph.add((URIRef(LEAF), URIRef(NAME), Literal(name)))
    with open_store(folder, mode="write") as store:
        store.replace_graph(f"{N}g", graph)
        store.publish()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("points") / "store"
    fill(made)
    return made


@pytest.fixture(scope="module")
def opened(folder: Path) -> Iterator[SnapshotReader]:
    with open_store(folder, mode="read") as store:
        assert isinstance(store, SnapshotReader)
        yield store


@pytest.fixture
def usages() -> list[QueryUsage]:
    return []


@pytest.fixture
def reader(opened: SnapshotReader, usages: list[QueryUsage]) -> PointQueries:
    return PointQueries(opened, rules=RULES, observe=usages.append)


def task_of(text: str, media_type: str = JSON) -> QueryTask:
    return QueryTask(
        text=text, base=N, bindings_format=media_type, boolean_format="application/json"
    )


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode(name)


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT ?p ?o WHERE {{ <{LEAF}> ?p ?o }}",
        f"select*{{<{LEAF}>?p?o}}",
        f"SELECT $p {{ <{LEAF}> $p ?o . }} # a comment",
        f"{PREFIXED}SELECT ?o {{ n:leaf n:name ?o }} LIMIT 5",
        f"{PREFIXED}ASK {{ n:leaf n:name ?o }}",
        f"{PREFIXED}SELECT ?s {{ ?s :is-a_thing ?o }}",
        'SELECT ?s { ?s ?p "x" }',
        'SELECT ?s { ?s ?p "x"@zh-hans }',
        f"SELECT * WHERE\n{{\t<{LEAF}> a ?c }}",
    ],
)
def test_one_pattern_with_a_constant_is_a_point_query_that_needs_no_counting(text: str) -> None:
    assert read_point_query(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"SELECT DISTINCT ?p {{ <{LEAF}> ?p ?o }}",
            ((node(LEAF), None, None),),
        ),
        (f"SELECT ?x {{ <{LEAF}> ?x ?x }}", ((node(LEAF), None, None),)),
        (f"SELECT ?x {{ <{LEAF}> ?x $x }}", ((node(LEAF), None, None),)),
        ("SELECT * { ?s ?p ?o }", ((None, None, None),)),
        (
            f'{PREFIXED}SELECT ?x {{ n:leaf n:name ?x, "a"@zh ; a :c . ?x ?y n:leaf }}',
            (
                (node(LEAF), node(NAME), None),
                (node(LEAF), node(NAME), ox.Literal("a", language="zh")),
                (
                    node(LEAF),
                    node("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
                    node("http://e.example/c"),
                ),
                (None, None, node(LEAF)),
            ),
        ),
    ],
)
def test_patterns_that_may_have_many_matches_must_be_counted(
    text: str, expected: tuple[point_queries.Pattern, ...]
) -> None:
    assert read_point_query(text) == expected


@pytest.mark.parametrize(
    "body",
    [
        "?s n:knows+ ?o",
        "?s n:knows/n:name ?o",
        "?s ^n:knows n:leaf",
        "n:leaf n:name ?o FILTER(?o > 1)",
        "n:leaf n:name ?o BIND(1 AS ?n)",
        "OPTIONAL { n:leaf n:name ?o }",
        "{ n:leaf n:name ?o }",
        "GRAPH ?g { n:leaf n:name ?o }",
        "SERVICE <http://s.example/> { n:leaf n:name ?o }",
        "VALUES ?s { n:leaf } ?s ?p ?o",
        "n:leaf n:name [ ?p ?o ]",
        "n:leaf n:name _:b",
        "n:leaf n:name ( ?a )",
        "n:leaf n:name 1",
        "n:leaf n:name true",
        "n:leaf n:name 'leaf'",
        'n:leaf n:name """leaf"""',
        'n:leaf n:name "leaf"^^n:type',
        r'n:leaf n:name "l\u0065af"',
        "n:le.af n:name ?o",
        "n:le%41f n:name ?o",
        "missing:leaf n:name ?o",
        "<leaf> n:name ?o",
        "<http://n.example/a/../leaf> n:name ?o",
        "n:leaf n:name ?名",
        '"leaf" n:name ?o . n:leaf ?p ?o',
        "n:leaf a:name ?o",
        "n:leaf n:name ?o } VALUES ?x { 1",
        "n:leaf n:name ?o } ORDER BY ?o LIMIT 1 #",
        "n:leaf n:name ?o } LIMIT 1 OFFSET 2 #",
        "n:leaf n:name ?o } GROUP BY ?o #",
        "n:leaf n:name ?o } }",
        "n:leaf n:name",
        "",
    ],
)
@pytest.mark.parametrize("form", ["SELECT *", "ASK"])
def test_whatever_else_a_query_may_say_is_no_point_query(form: str, body: str) -> None:
    found = read_point_query(f"{PREFIXED}{form} {{ {body} }}")
    # An empty group has one solution and nothing to count.
    assert found is None if body else found == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT",
        "ASK",
        "PREFIX n:",
        "SELECT (1 AS ?n) { ?s a ?o }",
        "SELECT (COUNT(*) AS ?n) { ?s a ?o }",
        f"DESCRIBE <{LEAF}>",
        f"CONSTRUCT WHERE {{ <{LEAF}> ?p ?o }}",
        f"SELECT * FROM <{N}g> {{ <{LEAF}> ?p ?o }}",
        f"BASE <{N}> SELECT * {{ <{LEAF}> ?p ?o }}",
        f"SELECT * {{ <{LEAF}> ?p ?o }} SELECT * {{ <{LEAF}> ?p ?o }}",
        f"SELECT * {{ <{LEAF}> ?p ?o }}" + " " * 10_000,
    ],
)
def test_other_forms_are_no_point_queries(text: str) -> None:
    assert read_point_query(text) is None


def test_many_patterns_are_no_point_query() -> None:
    def join(number: int) -> str:
        return f"SELECT * {{ {' '.join(f'<{LEAF}> ?p{n} ?o{n} .' for n in range(number))} }}"

    assert len(read_point_query(join(MOST_PATTERNS)) or ()) == MOST_PATTERNS
    assert read_point_query(join(MOST_PATTERNS + 1)) is None


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([(LEAF, None, None)], True),
        ([(HUB, None, None)], False),
        ([(None, KNOWS, None)], False),
        ([(None, None, None)], False),
        # To count what has a property would cost more than to ask a process.
        ([(LEAF, None, None), (None, f"{N}unused", None)], False),
        ([(LEAF, None, None), (None, None, HUB)], True),
        # Three times three times three times three times three is too many.
        ([(LEAF, None, None)] * 4, True),
        ([(LEAF, None, None)] * 5, False),
        # One that has no match makes the others no cheaper.
        ([(f"{N}nobody", None, None), (HUB, None, None)], False),
    ],
)
def test_as_many_solutions_as_matches_together_can_make_are_few(
    opened: SnapshotReader, patterns: list[tuple[str | None, ...]], expected: bool
) -> None:
    named = tuple(
        tuple(None if term is None else node(term) for term in pattern) for pattern in patterns
    )
    assert are_few(opened.database, named) is expected  # type: ignore[arg-type]
    assert 3**4 <= MOST_SOLUTIONS < 3**5


@pytest.mark.parametrize("media_type", [JSON, CSV, "application/sparql-results+xml"])
@pytest.mark.parametrize(
    "text",
    [
        f"SELECT ?p ?o {{ <{LEAF}> ?p ?o }}",
        f"SELECT DISTINCT ?p {{ <{LEAF}> ?p ?o }}",
        f"SELECT * {{ <{LEAF}> <{NAME}> ?name ; <{KNOWS}> ?other }}",
        f'ASK {{ <{LEAF}> <{NAME}> "叶子"@zh }}',
        f"SELECT * {{ <{N}nobody> ?p ?o }}",
    ],
)
def test_a_point_query_is_answered_as_the_query_is(
    reader: PointQueries, opened: SnapshotReader, text: str, media_type: str
) -> None:
    task = task_of(text, media_type)
    evaluation = evaluate(opened.database, task, RULES)
    expected = io.BytesIO()
    evaluation.write_to(expected)
    found = reader.answer(task, client=None)
    assert found is not None
    header, body = found
    assert (header.form, header.media_type) == (evaluation.form, evaluation.media_type)
    assert body == expected.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT ?o {{ <{HUB}> ?p ?o }}",
        f"SELECT ?s {{ ?s <{KNOWS}> ?o }}",
        f"SELECT DISTINCT ?p {{ <{HUB}> ?p ?o }}",
        f"SELECT ?x {{ <{HUB}> ?x ?x }}",
        f"SELECT * {{ <{HUB}> <{KNOWS}> ?o . <{HUB}> ?p ?q }}",
        f"SELECT ?o {{ <{LONG}> ?p ?o }}",
        "SELECT ?nothing { ?s ?p ?o }",
        "ASK { ?s ?p ?o FILTER(false) }",
        # What fails is for those who tell why.
        f"SELECT ?p {{ <{LEAF}> ?p ?o }} <>",
        "SELECT ?p { <http://n.example/leaf> ?p ?o ",
    ],
)
def test_what_is_long_or_fails_is_left_to_others(
    reader: PointQueries, usages: list[QueryUsage], text: str
) -> None:
    assert reader.answer(task_of(text), client="c") is None
    assert usages == []


@pytest.mark.parametrize("graphs", [(), (f"{N}g",)])
def test_a_dataset_of_its_own_is_left_to_others(
    reader: PointQueries, graphs: tuple[str, ...]
) -> None:
    text = f"ASK {{ <{LEAF}> ?p ?o }}"
    task = QueryTask(text=text, base=N, default_graphs=graphs, boolean_format="text/csv")
    assert reader.answer(task, client=None) is None


def test_a_form_that_the_client_takes_in_no_format_is_left_to_others(reader: PointQueries) -> None:
    task = QueryTask(text=f"ASK {{ <{LEAF}> ?p ?o }}", base=N, bindings_format=JSON)
    assert reader.answer(task, client=None) is None


def test_the_usage_is_told(reader: PointQueries, usages: list[QueryUsage]) -> None:
    text = f"SELECT ?p {{ <{LEAF}> ?p ?o }}"
    assert reader.answer(task_of(text), client="c") is not None
    (usage,) = usages
    assert (usage.client, usage.text, usage.form) == ("c", text, "bindings")
    assert (usage.waited, usage.ending) == (0.0, "complete")
    assert usage.held > 0


def test_declarations_are_read_whatever_came_before(reader: PointQueries) -> None:
    declared = f"PREFIX n: <{N}>\n"
    more = f"{declared}PREFIX m: <{N}>\n"
    for text in (
        f"{declared}ASK {{ n:leaf ?p ?o }}",
        f"{more}ASK {{ m:leaf ?p ?o }}",
        f"ASK {{ <{LEAF}> ?p ?o }}",
        f"PREFIX n: <{N}le>ASK {{ n:af ?p ?o }}",
    ):
        found = reader.answer(task_of(text), client=None)
        assert found is not None
        assert b"true" in found[1]


def test_what_is_published_is_looked_up_soon(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    fill(folder)
    task = task_of(f'ASK {{ <{LEAF}> <{NAME}> "new" }}')
    with open_store(folder, mode="read") as store:
        assert isinstance(store, SnapshotReader)
        reader = PointQueries(store, rules=RULES, observe=lambda usage: None)
        before = reader.answer(task, client=None)
        assert before is not None
        assert b"false" in before[1]
        fill(folder, "new")
        # Never what was, while the new state is being opened.
        until = time.monotonic() + PATIENCE
        while (after := reader.answer(task, client=None)) is None and time.monotonic() < until:
            time.sleep(0.01)
        assert after is not None
        assert b"true" in after[1]


NODES = st.sampled_from([f"<{HUB}>", f"<{LEAF}>", f"<{LONG}>", f"<{N}f1>", "?a", "?b", "$c"])
VERBS = st.sampled_from([f"<{KNOWS}>", f"<{NAME}>", "a", "?p", "?a"])
OBJECTS = st.one_of(NODES, st.sampled_from(['"leaf"', '"叶子"@zh', "''", "1"]))


@given(
    form=st.sampled_from(["SELECT *", "SELECT DISTINCT ?a", "SELECT REDUCED ?p ?a", "ASK"]),
    triples=st.lists(st.tuples(NODES, VERBS, OBJECTS), min_size=1, max_size=3),
    ending=st.sampled_from(["", " LIMIT 2", " LIMIT 0", " OFFSET 1", " # end"]),
)
@settings(max_examples=150, deadline=None)
def test_no_point_query_makes_more_than_few_solutions(
    opened: SnapshotReader, form: str, triples: list[tuple[str, str, str]], ending: str
) -> None:
    text = f"{form} {{ {' . '.join(' '.join(triple) for triple in triples)} }}{ending}"
    patterns = read_point_query(text)
    if not patterns or not are_few(opened.database, patterns):
        return
    body = text[text.index("{") : text.rindex("}") + 1]
    solutions = opened.database.query(f"SELECT * {body}")
    assert isinstance(solutions, ox.QuerySolutions)
    assert sum(1 for _ in solutions) <= MOST_SOLUTIONS
