"""The merged layout, its transactions, publications, readers and errors."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import XSD

from graph import store as store_module
from graph.conversion import UnmappableTermError, from_ox, to_ox
from graph.querytext import (
    BindingError,
    InvalidQueryError,
    QueryTooComplexError,
    UnsupportedQueryError,
)
from graph.store import (
    DEFAULT_BASE,
    BaseMismatchError,
    BlankNodeError,
    ClosedStoreError,
    CorruptStoreError,
    GraphNotFoundError,
    ReadOnlyStoreError,
    Store,
    StoreLockedError,
    StoreNotFoundError,
    StoreVersionError,
    StoreWriteError,
    newest_snapshot,
    open_store,
)

EX = "http://example.org/"
ALL = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"
Triple = tuple[URIRef, URIRef, URIRef | Literal]


def ex(name: str) -> URIRef:
    return URIRef(EX + name)


def to_graph(*triples: Triple) -> Graph:
    graph = Graph(bind_namespaces="none")
    for triple in triples:
        graph.add(triple)
    return graph


def numbered(*numbers: int) -> Graph:
    return to_graph(*((ex("a"), ex("b"), Literal(f"{n}号")) for n in numbers))


def held(store: Store) -> set[tuple[str, str, str]]:
    """The default graph; a list first, so that a triple kept twice would show."""
    found = [(str(r["s"]), str(r["p"]), str(r["o"])) for r in store.query(ALL)]  # type: ignore[union-attr]
    assert len(found) == len(set(found))
    return set(found)


def dumped(store: Store) -> bytes:
    stream = io.BytesIO()
    store.dump(stream, "nquads")
    return stream.getvalue()


# Terms


@pytest.mark.parametrize(
    "term",
    [
        ex("a"),
        URIRef("http://example.org/碳谱"),
        BNode("b1"),
        Literal("碳\\u0041 \"引\" '号' \n\t\\"),
        Literal("山城", lang="zh"),
        Literal("1.50", datatype=XSD.decimal, normalize=False),
        Literal("01", datatype=XSD.integer, normalize=False),
        Literal("2022-02-30", datatype=XSD.date, normalize=False),
        Literal("2022-05", datatype=XSD.gYearMonth, normalize=False),
    ],
)
def test_a_term_survives_the_way_there_and_back(term: URIRef | Literal | BNode) -> None:
    back = from_ox(to_ox(term))
    assert back == term
    assert type(back) is type(term)
    assert getattr(back, "datatype", None) == getattr(term, "datatype", None)


@pytest.mark.parametrize("term", [URIRef("no iri"), URIRef("relative"), Graph()])
def test_a_term_without_counterpart_is_refused(term: URIRef) -> None:
    with pytest.raises(UnmappableTermError, match=r"expected|refuses"):
        to_ox(term)


def test_a_triple_term_has_no_counterpart() -> None:
    with pytest.raises(UnmappableTermError):
        from_ox(ox.Triple(to_ox(ex("a")), to_ox(ex("b")), to_ox(ex("c"))))


# Replacing


def test_a_new_graph_is_stored_and_merged() -> None:
    store = open_store(None, mode="write")
    assert store.replace_graph(EX + "g", numbered(1, 2)) is True
    assert store.graphs() == [EX + "g"]
    assert isomorphic(store.graph(EX + "g"), numbered(1, 2))
    assert len(held(store)) == 2


def test_the_same_graph_again_changes_nothing() -> None:
    store = open_store(None, mode="write")
    graph = to_graph(
        (ex("a"), ex("b"), Literal("1.50", datatype=XSD.decimal, normalize=False)),
        (ex("a"), ex("b"), Literal("2022-01-01T00:00:00+00:00", datatype=XSD.dateTime)),
    )
    store.replace_graph(EX + "g", graph)
    before = dumped(store)
    assert store.equals_graph(EX + "g", graph)
    assert store.replace_graph(EX + "g", graph) is False
    assert dumped(store) == before


def test_a_triple_stays_merged_until_no_graph_holds_it() -> None:
    store = open_store(None, mode="write")
    store.replace_graphs({EX + "g": numbered(1, 2), EX + "h": numbered(2, 3)})
    store.replace_graph(EX + "g", numbered(1))
    assert {o for _, _, o in held(store)} == {'"1号"', '"2号"', '"3号"'}
    store.remove_graph(EX + "h")
    assert {o for _, _, o in held(store)} == {'"1号"'}


def test_a_batch_moves_a_triple_from_one_graph_to_another() -> None:
    store = open_store(None, mode="write")
    store.replace_graphs({EX + "g": numbered(1), EX + "h": numbered(2)})
    changed = store.replace_graphs({EX + "g": numbered(2), EX + "h": numbered(1)})
    assert changed == {EX + "g", EX + "h"}
    assert {o for _, _, o in held(store)} == {'"1号"', '"2号"'}


def test_an_empty_graph_removes_the_old_one() -> None:
    store = open_store(None, mode="write")
    store.replace_graph(EX + "g", numbered(1))
    assert store.replace_graph(EX + "g", Graph()) is True
    assert not store.contains_graph(EX + "g")
    assert store.graphs() == []
    assert held(store) == set()


def test_removing_what_is_not_there_changes_nothing() -> None:
    assert open_store(None, mode="write").remove_graph(EX + "g") is False


def test_replacing_one_graph_touches_no_other() -> None:
    store = open_store(None, mode="write")
    store.replace_graphs({EX + "g": numbered(1, 2), EX + "h": numbered(2, 3)})
    store.replace_graph(EX + "g", numbered(4))
    assert isomorphic(store.graph(EX + "h"), numbered(2, 3))


@pytest.mark.parametrize(
    "triple",
    [
        (BNode("x"), ex("b"), ex("c")),
        (ex("a"), ex("b"), BNode("x")),
    ],
)
def test_blank_nodes_are_refused_and_nothing_is_stored(triple: Triple) -> None:
    store = open_store(None, mode="write")
    with pytest.raises(BlankNodeError, match="expected IRIs and literals only"):
        store.replace_graphs({EX + "h": numbered(1), EX + "g": to_graph(triple)})
    assert store.graphs() == []


def test_text_that_looks_like_sparql_is_stored_as_text() -> None:
    store = open_store(None, mode="write")
    texts = ['"} ; DROP ALL #', "\\u0022 \\", "'''\n\"\"\"", "\x07\r\n", "😀 { ?s }"]
    graph = to_graph(*((ex("a"), ex("b"), Literal(text)) for text in texts))
    store.replace_graph(EX + "g", graph)
    assert isomorphic(store.graph(EX + "g"), graph)
    store.replace_graph(EX + "g", numbered(1))
    assert isomorphic(store.graph(EX + "g"), numbered(1))


graph_numbers = st.dictionaries(
    st.sampled_from(["g", "h", "i"]), st.frozensets(st.integers(0, 5)), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(st.lists(graph_numbers, max_size=8))
def test_the_default_graph_is_always_the_union_of_the_named_graphs(
    batches: list[dict[str, frozenset[int]]],
) -> None:
    store = open_store(None, mode="write")
    expected: dict[str, frozenset[int]] = {}
    for batch in batches:
        changed = store.replace_graphs({EX + name: numbered(*ns) for name, ns in batch.items()})
        wanted = {name for name, ns in batch.items() if expected.get(name, frozenset()) != ns}
        assert changed == {EX + name for name in wanted}
        expected.update(batch)
        assert {o for _, _, o in held(store)} == {
            f'"{n}号"' for numbers in expected.values() for n in numbers
        }
        assert store.graphs() == sorted(EX + name for name, ns in expected.items() if ns)


def blank_graph(*numbers: int) -> frozenset[ox.Triple]:
    """A ground triple and a blank node for each number."""
    named, p = ox.NamedNode(EX + "n"), ox.NamedNode(EX + "p")
    triples = {ox.Triple(named, p, ox.Literal(n)) for n in numbers}
    return frozenset(triples | {ox.Triple(ox.BlankNode(), p, ox.Literal(n)) for n in numbers})


def test_triples_with_blank_nodes_stay_merged_as_long_as_a_graph_has_them() -> None:
    store = open_store(None, mode="write")
    default, g = ox.DefaultGraph(), EX + "g"

    def numbers(graph: ox.NamedNode | ox.DefaultGraph) -> list[str]:
        quads = store.database.quads_for_pattern(None, None, None, graph)
        return sorted(str(q.object.value) for q in quads if isinstance(q.object, ox.Literal))

    assert store.write_triples({g: blank_graph(1, 2), EX + "h": blank_graph(2)}) == {g, EX + "h"}
    assert numbers(default) == ["1", "1", "2", "2", "2"]
    assert store.write_triples({g: blank_graph(3)}) == {g}
    assert numbers(ox.NamedNode(g)) == ["3", "3"]
    assert numbers(default) == ["2", "2", "3", "3"]
    assert store.write_triples({g: frozenset()}) == {g}
    assert numbers(default) == ["2", "2"]
    assert store.graphs() == [EX + "h"]
    subjects = {q.subject for q in store.database if isinstance(q.subject, ox.BlankNode)}
    assert len(subjects) == 1


def test_a_graph_may_grow_without_being_read() -> None:
    def literals(*numbers: int) -> frozenset[ox.Triple]:
        node = ox.NamedNode(EX + "a")
        return frozenset(ox.Triple(node, node, ox.Literal(str(n))) for n in numbers)

    def held(store: Store, graph: ox.NamedNode | ox.DefaultGraph) -> list[str]:
        quads = store.database.quads_for_pattern(None, None, None, graph)
        return sorted(str(q.object.value) for q in quads if isinstance(q.object, ox.Literal))

    store, log, other = open_store(None, mode="write"), EX + "log", EX + "other"
    assert store.write_triples({other: literals(1)}, added={log: literals(2)}) == {log, other}
    assert store.write_triples({other: literals(3)}, added={log: literals(1, 2)}) == {log, other}
    assert held(store, ox.NamedNode(log)) == ["1", "2"]
    assert held(store, ox.DefaultGraph()) == ["1", "2", "3"]
    assert store.write_triples({}, added={log: frozenset()}) == frozenset()


def test_a_graph_that_is_not_there_is_an_error() -> None:
    with pytest.raises(GraphNotFoundError, match=r"'http://example\.org/g'"):
        open_store(None, mode="write").graph(EX + "g")


# Dumping


def test_a_dump_has_the_named_graphs_only_in_an_order_of_their_own() -> None:
    first, second = open_store(None, mode="write"), open_store(None, mode="write")
    first.replace_graphs({EX + "g": numbered(1, 2), EX + "h": numbered(2)})
    second.replace_graph(EX + "h", numbered(2))
    second.replace_graph(EX + "g", numbered(2, 1))
    assert dumped(first) == dumped(second)
    assert dumped(first).decode().splitlines() == [
        '<http://example.org/a> <http://example.org/b> "1号" <http://example.org/g> .',
        '<http://example.org/a> <http://example.org/b> "2号" <http://example.org/g> .',
        '<http://example.org/a> <http://example.org/b> "2号" <http://example.org/h> .',
    ]


def test_a_trig_dump_parses_to_the_same_quads() -> None:
    store = open_store(None, mode="write")
    store.replace_graphs({EX + "g": numbered(1, 2), EX + "h": numbered(2)})
    stream = io.BytesIO()
    store.dump(stream, "trig")
    assert set(ox.parse(stream.getvalue(), format=ox.RdfFormat.TRIG)) == set(
        ox.parse(dumped(store), format=ox.RdfFormat.N_QUADS)
    )


# Querying


def test_bindings_are_values_and_never_text() -> None:
    store = open_store(None, mode="write")
    store.replace_graph(EX + "g", numbered(1, 2))
    found = store.query("ASK { ?s ?p ?o }", bindings={"o": Literal('1号" . ?x ?y "')})
    assert not bool(found)
    assert bool(store.query("ASK { ?s ?p ?o }", bindings={"o": Literal("1号")}))


def test_a_bound_variable_must_be_projected() -> None:
    with pytest.raises(BindingError, match=r"\['s'\]"):
        open_store(None, mode="write").query("SELECT ?o { ?s ?p ?o }", bindings={"s": ex("a")})


def test_prefixes_need_no_declaration() -> None:
    store = open_store(None, mode="write")
    store.replace_graph(EX + "g", numbered(1))
    assert bool(store.query("ASK { e:a e:b ?o }", prefixes={"e": EX}))


@pytest.mark.parametrize(
    ("default_graphs", "named_graphs", "query", "expected"),
    [
        (None, None, "SELECT ?o { ?s ?p ?o }", 3),
        ([EX + "g"], None, "SELECT ?o { ?s ?p ?o }", 2),
        ([], None, "SELECT ?o { ?s ?p ?o }", 0),
        (None, None, "SELECT ?o { GRAPH ?g { ?s ?p ?o } }", 4),
        (None, [EX + "h"], "SELECT ?o { GRAPH ?g { ?s ?p ?o } }", 2),
        (None, [], "SELECT ?o { GRAPH ?g { ?s ?p ?o } }", 0),
    ],
)
def test_the_caller_may_choose_the_dataset(
    default_graphs: list[str] | None, named_graphs: list[str] | None, query: str, expected: int
) -> None:
    store = open_store(None, mode="write")
    store.replace_graphs({EX + "g": numbered(1, 2), EX + "h": numbered(2, 3)})
    found = store.query(query, default_graphs=default_graphs, named_graphs=named_graphs)
    assert len(list(found)) == expected  # type: ignore[arg-type]


def test_a_syntax_error_names_line_and_column() -> None:
    with pytest.raises(InvalidQueryError, match="error at 2:9") as caught:
        open_store(None, mode="write").query("SELECT * WHERE {\n ?s ?p }")
    assert (caught.value.line, caught.value.column) == (2, 9)


@pytest.mark.parametrize("text", ["", "INSERT DATA { <a:a> <a:b> 1 }", "DROP ALL", "ASK { 服务 }"])
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(InvalidQueryError):
        open_store(None, mode="write").query(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { service SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "ASK { SERVICE\n<http://127.0.0.1:1/> { ?s ?p ?o } }",
        "ASK { VALUES ?x { <http://127.0.0.1:1/> } SERVICE ?x { ?s ?p ?o } }",
        "ASK { FILTER(?a<?b)SERVICE?x{?s ?p ?o}FILTER(?c>?d) }",
        "ASK { # '''\n SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } # '''\n }",
        "PREFIX a: <http://a/> ASK { a:\\' ?p 1 . SERVICE a:\\' { ?s ?p ?o } }",
    ],
)
def test_a_query_that_calls_another_service_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedQueryError, match="SERVICE is not supported"):
        open_store(None, mode="write").query(text)


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?service ?SERVICE 'service' }",
        "ASK { <http://example.org/service> ?p ?o } # SERVICE",
        "PREFIX service: <http://service/> ASK { service:service a service:SERVICE }",
    ],
)
def test_the_word_service_is_allowed_elsewhere(text: str) -> None:
    assert not bool(open_store(None, mode="write").query(text))


@pytest.mark.parametrize(
    "text",
    [
        "ASK { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
        "ASK { FILTER('))))' = " + "(" * 101 + "1" + ")" * 101 + ") }",
        "ASK " + "{" * 3000 + "}" * 3000,
        "ASK { FILTER(" + "!" * 9000 + "true) }",
        "ASK { FILTER(" + "1+" * 20000 + "1) }",
        "ASK { ?s ?p '" + "长" * 300_000 + "' }",
        "ASK { ?s ?p <http://" + "a" * 3000 + "> }",
        "ASK { FILTER(" + "STR(" * 1000 + "1" + ")" * 1000 + ") }",
        "# '''\nASK " + "{" * 3000 + "}" * 3000 + "# '''",
    ],
)
def test_a_query_that_could_end_the_process_is_refused(text: str) -> None:
    with pytest.raises(QueryTooComplexError, match="expected"):
        open_store(None, mode="write").query(text)


def test_a_long_list_of_values_is_no_complexity() -> None:
    values = " ".join(f"<http://example.org/{n}>" for n in range(3000))
    assert not bool(
        open_store(None, mode="write").query(f"ASK {{ VALUES ?s {{ {values} }} ?s a ?o }}")
    )


# On disk


def test_a_store_keeps_its_content_and_its_base(tmp_path: Path) -> None:
    with open_store(tmp_path / "s", mode="write", base=EX) as store:
        store.replace_graph(EX + "g", numbered(1))
    with open_store(tmp_path / "s", mode="write") as store:
        assert store.base == EX
        assert isomorphic(store.graph(EX + "g"), numbered(1))


def test_a_new_store_takes_the_default_base(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write") as store:
        assert store.base == DEFAULT_BASE


@pytest.mark.parametrize("mode", ["write", "read"])
def test_another_base_is_refused(tmp_path: Path, mode: str) -> None:
    with open_store(tmp_path, mode="write", base=EX) as store:
        store.publish()
    with pytest.raises(BaseMismatchError, match=r"'http://example\.org/', got 'http://other/'"):
        open_store(tmp_path, mode=mode, base="http://other/")  # type: ignore[arg-type]


def test_publishing_counts_and_repeating_it_does_not(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write") as store:
        assert store.version == 0
        assert store.publish() == 1
        assert store.publish() == 1
        store.replace_graph(EX + "g", numbered(1))
        assert store.publish() == 2
        store.replace_graph(EX + "g", numbered(1))
        assert store.publish() == 2
    with open_store(tmp_path, mode="write") as store:
        assert store.version == 2
        assert store.publish() == 2


def test_what_a_stopped_writer_left_unpublished_is_published_next(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write") as store:
        store.publish()
        store.replace_graph(EX + "g", numbered(1))
    with open_store(tmp_path, mode="read") as reader:
        assert reader.graphs() == []
    with open_store(tmp_path, mode="write") as store:
        assert store.publish() == 2
    with open_store(tmp_path, mode="read") as reader:
        assert reader.graphs() == [EX + "g"]


def test_a_reader_moves_to_the_new_snapshot_when_asked(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write") as store:
        store.replace_graph(EX + "g", numbered(1))
        store.publish()
        with open_store(tmp_path, mode="read") as reader:
            assert reader.refresh() is False
            store.replace_graph(EX + "g", numbered(2))
            assert reader.refresh() is False
            store.publish()
            assert isomorphic(reader.graph(EX + "g"), numbered(1))
            assert reader.refresh() is True
            assert reader.version == 2
            assert isomorphic(reader.graph(EX + "g"), numbered(2))


def test_only_the_newest_two_snapshots_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "KEPT_SECONDS", 0.0)
    with open_store(tmp_path, mode="write") as store:
        for number in range(4):
            store.replace_graph(EX + "g", numbered(number))
            store.publish()
    assert sorted(p.name for p in (tmp_path / "snapshots").iterdir()) == ["3", "4"]
    assert (tmp_path / "CURRENT").read_text() == "4\n"


def test_a_reader_can_finish_with_a_snapshot_that_has_been_replaced_several_times(
    tmp_path: Path,
) -> None:
    with open_store(tmp_path, mode="write") as store:
        store.replace_graph(EX + "g", numbered(0))
        store.publish()
        with open_store(tmp_path, mode="read") as reader:
            for number in range(1, 6):
                store.replace_graph(EX + "g", numbered(number))
                store.publish()
            assert isomorphic(reader.graph(EX + "g"), numbered(0))
    assert (tmp_path / "snapshots" / "1").exists()
    for folder in (tmp_path / "snapshots").iterdir():
        os.utime(folder, (0, 0))
    with open_store(tmp_path, mode="write") as store:
        store.replace_graph(EX + "g", numbered(9))
        store.publish()
    assert sorted(p.name for p in (tmp_path / "snapshots").iterdir()) == ["6", "7"]


def test_a_result_is_read_to_its_end_from_the_state_it_began_with(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write") as store:
        store.replace_graph(EX + "g", numbered(*range(50)))
        store.publish()
        reader = open_store(tmp_path, mode="read")
        result = reader.query(ALL)
        for number in range(3):
            store.replace_graph(EX + "g", numbered(number))
            store.publish()
        reader.refresh()
        assert len(list(result)) == 50  # type: ignore[arg-type]


def test_readers_in_threads_never_see_half_a_publication(tmp_path: Path) -> None:
    """Both graphs of a publication always hold the same number."""
    with open_store(tmp_path, mode="write") as store:
        store.replace_graphs({EX + "g": numbered(0), EX + "h": numbered(0)})
        store.publish()
        reader = open_store(tmp_path, mode="read")
        done, torn = threading.Event(), []

        def read() -> None:
            while not done.is_set():
                reader.refresh()
                found = list(reader.query("SELECT ?o { GRAPH ?g { ?s ?p ?o } }"))  # type: ignore[arg-type]
                if len(found) != 2 or found[0]["o"] != found[1]["o"]:
                    torn.append(found)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(1, 15):
            store.replace_graph(EX + "g", numbered(number))
            store.replace_graph(EX + "h", numbered(number))
            store.publish()
        done.set()
        for thread in threads:
            thread.join()
        assert torn == []
        reader.refresh()
        assert isomorphic(reader.graph(EX + "h"), numbered(14))


def test_a_second_writer_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write") as store:
        with pytest.raises(StoreLockedError, match=str(os.getpid())):
            open_store(tmp_path, mode="write")
        assert store.replace_graph(EX + "g", numbered(1)) is True


def test_a_writer_that_waits_has_its_turn_when_the_other_is_done(tmp_path: Path) -> None:
    first = open_store(tmp_path, mode="write")
    threading.Timer(0.3, first.close).start()
    with open_store(tmp_path, mode="write", wait_seconds=60) as store:
        assert store.replace_graph(EX + "g", numbered(1)) is True


def test_a_writer_that_waits_in_vain_is_refused(tmp_path: Path) -> None:
    with (
        open_store(tmp_path, mode="write"),
        pytest.raises(StoreLockedError, match=str(os.getpid())),
    ):
        open_store(tmp_path, mode="write", wait_seconds=0.1)


def test_a_writer_in_another_process_is_refused(tmp_path: Path) -> None:
    code = """
        import sys; from pathlib import Path
        from graph.store import StoreLockedError, open_store
        try:
            open_store(Path(sys.argv[1]), mode="write")
        except StoreLockedError:
            sys.exit(7)
    """
    with open_store(tmp_path, mode="write"):
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code), str(tmp_path)])
    assert done.returncode == 7


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.replace_graph(EX + "g", Graph()),
        lambda store: store.replace_graphs({}),
        lambda store: store.remove_graph(EX + "g"),
        lambda store: store.update("CLEAR ALL"),
        lambda store: store.optimize(),
        lambda store: store.publish(),
    ],
)
def test_a_reader_changes_nothing(tmp_path: Path, change: object) -> None:
    with open_store(tmp_path, mode="write") as store:
        store.publish()
    reader = open_store(tmp_path, mode="read")
    with pytest.raises(ReadOnlyStoreError, match="expected a writer"):
        change(reader)  # type: ignore[operator]


def test_an_update_is_seen_by_readers_once_it_is_published(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write") as store:
        store.publish()
        reader = open_store(tmp_path, mode="read")
        store.update("INSERT DATA { <s> <p> 1 }", base_iri=EX)
        assert not reader.refresh()
        store.publish()
        assert reader.refresh()
        assert bool(reader.query(f"ASK {{ <{EX}s> <{EX}p> 1 }}"))


def test_an_update_that_cannot_be_parsed_tells_its_place() -> None:
    with (
        open_store(None, mode="write") as store,
        pytest.raises(InvalidQueryError) as caught,
    ):
        store.update("CLEAR\n  NOTHING")
    assert caught.value.line == 2


def test_an_update_that_fails_in_the_middle_changes_nothing() -> None:
    with open_store(None, mode="write") as store:
        with pytest.raises(StoreWriteError):
            store.update(f"INSERT DATA {{ <{EX}s> <{EX}p> 1 }} ; DROP GRAPH <{EX}unknown>")
        assert not bool(store.query("ASK { ?s ?p ?o }"))


def test_a_snapshot_is_known_by_its_number_and_its_stamp(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write") as store:
        with pytest.raises(StoreNotFoundError):
            newest_snapshot(tmp_path)
        store.publish()
        first = newest_snapshot(tmp_path)
        assert newest_snapshot(tmp_path) == first
        store.replace_graph(EX + "g", to_graph((ex("s"), ex("p"), ex("o"))))
        store.publish()
        second = newest_snapshot(tmp_path)
    assert (first.number, second.number) == (1, 2)
    assert first.stamp != second.stamp
    assert second.folder.is_dir()


def test_a_closed_store_is_not_used(tmp_path: Path) -> None:
    store = open_store(tmp_path, mode="write")
    store.close()
    store.close()
    with pytest.raises(ClosedStoreError):
        store.query("ASK {}")


def test_there_is_nothing_to_read_in_memory() -> None:
    with pytest.raises(ValueError, match="got None"):
        open_store(None, mode="read")


def test_a_path_without_a_store_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(StoreNotFoundError):
        open_store(tmp_path / "nothing", mode="read")
    assert not (tmp_path / "nothing").exists()


def test_a_store_that_never_published_has_nothing_to_read(tmp_path: Path) -> None:
    open_store(tmp_path, mode="write").close()
    with pytest.raises(StoreNotFoundError, match="published"):
        open_store(tmp_path, mode="read")


@pytest.mark.parametrize("mode", ["write", "read"])
def test_a_file_is_no_store(tmp_path: Path, mode: str) -> None:
    (tmp_path / "f").write_text("x")
    with pytest.raises(StoreNotFoundError):
        open_store(tmp_path / "f", mode=mode)  # type: ignore[arg-type]
    assert (tmp_path / "f").read_text() == "x"


def test_a_folder_of_something_else_is_not_made_a_store(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(StoreNotFoundError, match=r"'letter\.txt'"):
        open_store(tmp_path, mode="write")
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", CorruptStoreError),
        ("[]", CorruptStoreError),
        ('{"format": 1}', CorruptStoreError),
        ('{"format": 2, "base": "http://example.org/"}', StoreVersionError),
    ],
)
def test_a_bad_manifest_is_refused(tmp_path: Path, text: str, error: type[Exception]) -> None:
    open_store(tmp_path, mode="write").close()
    (tmp_path / "store.json").write_text(text)
    with pytest.raises(error):
        open_store(tmp_path, mode="write")
    with pytest.raises(error):
        open_store(tmp_path, mode="read")


def published(path: Path) -> None:
    with open_store(path, mode="write", base=EX) as store:
        store.replace_graph(EX + "g", numbered(1))
        store.publish()


def test_a_lost_database_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    published(tmp_path)
    (tmp_path / "live" / "CURRENT").unlink()
    with pytest.raises(CorruptStoreError, match="expected a database"):
        open_store(tmp_path, mode="write")


def test_a_damaged_database_is_corrupt(tmp_path: Path) -> None:
    published(tmp_path)
    (tmp_path / "live" / "CURRENT").write_text("junk")
    with pytest.raises(CorruptStoreError, match="live"):
        open_store(tmp_path, mode="write")


@pytest.mark.parametrize("current", ["9\n", "x\n", ""])
def test_a_damaged_publication_is_corrupt(tmp_path: Path, current: str) -> None:
    published(tmp_path)
    (tmp_path / "CURRENT").write_text(current)
    with pytest.raises(CorruptStoreError):
        open_store(tmp_path, mode="read")


def test_what_a_killed_publication_left_is_no_obstacle(tmp_path: Path) -> None:
    published(tmp_path)
    (tmp_path / "snapshots" / "2").mkdir()
    (tmp_path / "snapshots" / "2.unfinished").mkdir()
    (tmp_path / "store.json.unfinished").write_text("{")
    with open_store(tmp_path, mode="write") as store:
        store.replace_graph(EX + "g", numbered(2))
        assert store.publish() == 2
    with open_store(tmp_path, mode="read") as reader:
        assert isomorphic(reader.graph(EX + "g"), numbered(2))


WRITER = """
import sys
from pathlib import Path
from rdflib import Graph, Literal, URIRef
from graph.store import open_store
EX = "http://example.org/"
store = open_store(Path(sys.argv[1]), mode="write")
for n in range(1, 100000):
    graph = Graph()
    for i in range(100):
        graph.add((URIRef(f"{EX}{i}"), URIRef(EX + "b"), Literal(n)))
    store.replace_graph(f"{EX}g", graph)
    if n % 10 == 0:
        store.publish()
    print(n, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 9, 25])
def test_a_killed_writer_leaves_whole_graphs_and_loses_nothing_acknowledged(
    tmp_path: Path, lines: int
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    for _ in range(lines):
        writer.stdout.readline()
    writer.send_signal(signal.SIGKILL)
    acknowledged = lines + len(writer.stdout.read().splitlines())
    writer.wait()
    with open_store(tmp_path, mode="write") as store:
        values = {o for _, _, o in store.graph(EX + "g")}
        assert len(values) == 1
        assert next(iter(values)).toPython() in (acknowledged, acknowledged + 1)  # type: ignore[attr-defined]
        assert len(held(store)) == 100
        store.publish()
    with open_store(tmp_path, mode="read") as reader:
        assert len(held(reader)) == 100


def test_the_manifest_names_format_and_base(tmp_path: Path) -> None:
    published(tmp_path)
    assert json.loads((tmp_path / "store.json").read_text()) == {"format": 1, "base": EX}


# What has changed since the newest publication


def test_changed_nodes_are_those_of_triples_that_came_or_went(tmp_path: Path) -> None:
    with open_store(tmp_path, mode="write") as store:
        assert store.changed_nodes == frozenset()
        store.replace_graph(EX + "g", to_graph((ex("a"), ex("b"), ex("c"))))
        assert store.changed_nodes == {EX + "a", EX + "c"}
        store.publish()
        assert store.changed_nodes == frozenset()
        store.replace_graph(
            EX + "g", to_graph((ex("a"), ex("b"), ex("c")), (ex("d"), ex("b"), ex("e")))
        )
        store.remove_graph(EX + "none")
        assert store.changed_nodes == {EX + "d", EX + "e"}
    with open_store(tmp_path, mode="write") as later, open_store(tmp_path, mode="read") as reader:
        assert later.changed_nodes is None
        assert reader.changed_nodes == frozenset()
        later.publish()
        assert later.changed_nodes == frozenset()
        later.update(f"INSERT DATA {{ <{EX}a> <{EX}b> <{EX}f> }}")
        assert later.changed_nodes is None


def test_very_many_changed_nodes_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.store.CHANGED_NODES_AT_MOST", 2)
    with open_store(None, mode="write") as store:
        store.replace_graph(EX + "g", to_graph((ex("a"), ex("b"), ex("c"))))
        assert store.changed_nodes == {EX + "a", EX + "c"}
        store.replace_graph(EX + "h", to_graph((ex("d"), ex("b"), ex("c"))))
        assert store.changed_nodes is None
