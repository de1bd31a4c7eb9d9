"""Queries with SERVICE give what the standard says, over endpoints that are allowed, or nothing."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyoxigraph as ox
import pytest

from graph.errors import GraphError
from graph.evaluation import EvaluationRules, QueryTask, UnwantedFormError
from graph.federation.errors import (
    EndpointAnswerError,
    EndpointResultTooLargeError,
    EndpointTimeoutError,
    EndpointUnreachableError,
)
from graph.federation.exchange import EndpointClient, ExchangeLimits
from graph.federation.runner import FederatedRunner, FederationSettings
from graph.querytext import (
    InvalidQueryError,
    QueryLimits,
    QueryTooComplexError,
    UnsupportedQueryError,
)
from graph.store import Store, open_store
from graph.workers import (
    ClientBusyError,
    ClientGoneError,
    LocalRunner,
    OverloadedError,
    QueryTimeoutError,
)
from tests.graph.federation.endpoints import (
    RESULTS,
    Behaviour,
    Endpoint,
    endless,
    saying,
    serving,
    solutions,
)

StartEndpoint = Callable[..., Endpoint]
MakeRunner = Callable[..., FederatedRunner]

PREFIX = "http://n.example/"
PROLOGUE = f"PREFIX : <{PREFIX}>\n"
LOCAL = """@prefix : <http://n.example/> .
:wind :name "风" ; :partner :sea . :sun :name "光" ; :partner :roof . :tide :name "潮" ."""
REMOTE = """@prefix : <http://n.example/> .
:sea :size 3 . :roof :size 5 . :sea :note "SERVICE { }", "浪"@zh . :other :size 8 .
:list :first [ :size 1 ] ."""
SECOND = """@prefix : <http://n.example/> .
:sea :colour "blue" . :sun :colour "gold" ."""

LIMITS = QueryLimits()
RULES = EvaluationRules(limits=LIMITS, max_bytes=1_000_000, max_rows=10, prefixes={})


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None, mode="write") as opened:
        opened.database.load(LOCAL.encode(), format=ox.RdfFormat.TURTLE)
        yield opened


@pytest.fixture
def charged() -> Counter[str | None]:
    """The seconds that were charged, by share."""
    return Counter()


@pytest.fixture
def make_runner(store: Store, charged: Counter[str | None]) -> MakeRunner:
    def make(
        *endpoints: Endpoint | str,
        limits: QueryLimits = LIMITS,
        exchange: ExchangeLimits | None = None,
        **settings: Any,
    ) -> FederatedRunner:
        urls = [one if isinstance(one, str) else one.url for one in endpoints]
        return FederatedRunner(
            LocalRunner(store, RULES),
            EndpointClient(exchange or ExchangeLimits(allow_private=True)),
            settings=FederationSettings(endpoints=frozenset(urls), **settings),
            limits=limits,
            charge=lambda share, seconds: charged.update({share: seconds}),
        )

    return make


def task_of(text: str, **more: Any) -> QueryTask:
    task = {"bindings_format": RESULTS, "boolean_format": RESULTS, **more}
    return QueryTask(text=PROLOGUE + text, base="http://base.example/sparql", **task)


def read(runner: FederatedRunner, text: str, **more: Any) -> Any:
    return json.loads(b"".join(runner.answer(task_of(text), **more)))


def rows_of(runner: FederatedRunner, text: str) -> Counter[frozenset[tuple[str, str]]]:
    """The solutions, each as its variables with their values, less the namespace."""
    found = read(runner, text)["results"]["bindings"]
    return Counter(
        frozenset((name, term["value"].removeprefix(PREFIX)) for name, term in row.items())
        for row in found
    )


def as_rows(rows: Sequence[dict[str, str]]) -> Counter[frozenset[tuple[str, str]]]:
    return Counter(frozenset(row.items()) for row in rows)


@pytest.fixture
def runner(start_endpoint: StartEndpoint, make_runner: MakeRunner) -> FederatedRunner:
    """One with a right endpoint, ``A``, another, ``B``, and one that always fails, ``F``."""
    endpoints = [
        start_endpoint(serving(REMOTE)),
        start_endpoint(serving(SECOND)),
        start_endpoint(saying(b"", status=500)),
    ]
    made = make_runner(*endpoints)
    made.names = dict(zip("ABF", (one.url for one in endpoints), strict=True))  # type: ignore[attr-defined]
    return made


def named(runner: FederatedRunner, text: str) -> str:
    """The text with the addresses of the endpoints for ``<A>``, ``<B>`` and ``<F>``."""
    for name, url in runner.names.items():  # type: ignore[attr-defined]
        text = text.replace(f"<{name}>", f"<{url}>")
    return text


WIND = {"x": "wind", "n": "风", "y": "sea"}
SUN = {"x": "sun", "n": "光", "y": "roof"}
BOTH = "?x :name ?n ; :partner ?y"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"SELECT * {{ {BOTH} SERVICE <A> {{ ?y :size ?z }} }}",
            [{**WIND, "z": "3"}, {**SUN, "z": "5"}],
        ),
        (
            f"SELECT * {{ SERVICE <A> {{ ?y :size ?z }} {BOTH} }}",
            [{**WIND, "z": "3"}, {**SUN, "z": "5"}],
        ),
        (f"SELECT ?z {{ {BOTH} SERVICE <A> {{ ?y :size ?z FILTER(?z > 3) }} }}", [{"z": "5"}]),
        (f"SELECT ?x {{ {BOTH} SERVICE <A> {{ ?y :size ?z }} FILTER(?z > 3) }}", [{"x": "sun"}]),
        (
            "SELECT ?x ?z { ?x :name ?n OPTIONAL { ?x :partner ?y SERVICE <A> { ?y :size ?z } } }",
            [{"x": "wind", "z": "3"}, {"x": "sun", "z": "5"}, {"x": "tide"}],
        ),
        (
            "SELECT ?x ?z { ?x :partner ?y OPTIONAL { SERVICE <A> { ?y :size ?z FILTER(?z<4) } } }",
            [{"x": "wind", "z": "3"}, {"x": "sun"}],
        ),
        (
            "SELECT ?y ?z { { ?x :partner ?y } UNION { SERVICE <A> { ?y :size ?z FILTER(?z=8) } } }",
            [{"y": "sea"}, {"y": "roof"}, {"y": "other", "z": "8"}],
        ),
        (
            "SELECT ?x ?z { { { ?x :partner ?y . { SERVICE <A> { { ?y :size ?z } } } } } }",
            [{"x": "wind", "z": "3"}, {"x": "sun", "z": "5"}],
        ),
        (
            "SELECT ?x ?m { ?x :partner ?y { SELECT ?y (MAX(?z) AS ?m) "
            "{ SERVICE <A> { ?y :size ?z } } GROUP BY ?y } }",
            [{"x": "wind", "m": "3"}, {"x": "sun", "m": "5"}],
        ),
        (
            "SELECT ?n { SERVICE <A> { SELECT (COUNT(*) AS ?n) { ?s :size ?z } } }",
            [{"n": "4"}],
        ),
        # What a sub-select keeps to itself joins nothing outside.
        (
            "SELECT * { VALUES ?z { 100 } SERVICE <A> { SELECT ?y { ?y :size ?z } ORDER BY ?z } "
            "FILTER(?y = :sea) }",
            [{"z": "100", "y": "sea"}],
        ),
        (
            "SELECT ?x ?z ?c { ?x :partner ?y SERVICE <A> { ?y :size ?z } SERVICE <B> { ?y :colour ?c } }",
            [{"x": "wind", "z": "3", "c": "blue"}],
        ),
        (
            "SELECT ?y { ?x :partner ?y MINUS { SERVICE <A> { ?y :size 3 } } }",
            [{"y": "roof"}],
        ),
        (
            "SELECT ?y { ?x :partner ?y FILTER EXISTS { SERVICE <A> { ?y :size 3 } } }",
            [{"y": "sea"}],
        ),
        (
            "SELECT ?y { ?x :partner ?y FILTER NOT EXISTS { SERVICE <A> { ?y :size 3 } } }",
            [{"y": "roof"}],
        ),
        (
            "SELECT ?t { # SERVICE <A> { } \n SERVICE <A> { ?s :note ?t . # }\n FILTER(?t = 'SERVICE { }') } }",
            [{"t": "SERVICE { }"}],
        ),
        (
            "SELECT ?s { SERVICE <A> { ?s <http://n.example/note> '浪'@zh } }",
            [{"s": "sea"}],
        ),
        ("SELECT * { SERVICE <A> { ?y :size 100 } }", []),
        # Groups without variables are there or not.
        ("SELECT ?x { ?x :partner :sea SERVICE <A> { :sea :size 3 } }", [{"x": "wind"}]),
        ("SELECT ?x { ?x :partner :sea SERVICE <A> { :sea :size 4 } }", []),
        ("SELECT ?x { ?x :partner :sea SERVICE <A> { [] :size [] } }", [{"x": "wind"}]),
        ("SELECT ?x { ?x :partner :sea SERVICE <A> {} }", [{"x": "wind"}]),
        # Variables without a value, on either side.
        (
            "SELECT ?y ?c { SERVICE <B> { VALUES ?y { UNDEF :sea } ?q :colour 'blue' } "
            "VALUES ?y { :roof :sea } }",
            [{"y": "roof"}, {"y": "sea"}, {"y": "sea"}],
        ),
        # As often as there: once more for each time.
        (
            "SELECT ?k { SERVICE <A> { VALUES ?k { 1 1 1 } } }",
            [{"k": "1"}, {"k": "1"}, {"k": "1"}],
        ),
        # Silent failures bind nothing.
        (f"SELECT * {{ {BOTH} SERVICE SILENT <F> {{ ?y :size ?z }} }}", [WIND, SUN]),
        ("SELECT * { SERVICE SILENT <F> { ?y :size ?z } }", [{}]),
        ("SELECT * { SERVICE SILENT <F> { :sea :size 3 } }", [{}]),
        (
            "SELECT ?x ?c { ?x :partner ?y SERVICE SILENT <F> { ?y :size ?z } "
            "OPTIONAL { SERVICE <B> { ?y :colour ?c } } }",
            [{"x": "wind", "c": "blue"}, {"x": "sun"}],
        ),
        (
            "SELECT ?z { SERVICE SILENT <A> { ?y :size ?z FILTER(?z > 4) } }",
            [{"z": "5"}, {"z": "8"}],
        ),
    ],
)
def test_solutions_are_those_of_the_standard(
    runner: FederatedRunner, text: str, expected: list[dict[str, str]]
) -> None:
    assert rows_of(runner, named(runner, text)) == as_rows(expected)


def test_all_variables_are_in_scope_with_and_without_solutions(runner: FederatedRunner) -> None:
    for group in ("?y :size ?z", "?y :size ?z FILTER(?z > 100)"):
        for endpoint in ("<A>", "SILENT <F>"):
            found = read(runner, named(runner, f"SELECT * {{ SERVICE {endpoint} {{ {group} }} }}"))
            assert sorted(found["head"]["vars"]) == ["y", "z"]


def test_a_blank_node_is_an_iri_here(runner: FederatedRunner) -> None:
    text = "SELECT ?b ?f { SERVICE <A> { ?l :first ?b . ?b :size ?f } FILTER(isIRI(?b)) }"
    ((row),) = read(runner, named(runner, text))["results"]["bindings"]
    assert row["b"]["value"].startswith("urn:uuid:")


@pytest.mark.parametrize(("size", "expected"), [(3, True), (4, False)])
def test_yes_or_no_is_about_both(runner: FederatedRunner, size: int, expected: bool) -> None:
    text = named(runner, f"ASK {{ ?x :partner ?y SERVICE <A> {{ ?y :size {size} }} }}")
    assert read(runner, text)["boolean"] is expected


def test_graphs_are_made_of_both(runner: FederatedRunner) -> None:
    text = "CONSTRUCT { ?x :size ?z } { ?x :partner ?y SERVICE <A> { ?y :size ?z } }"
    task = task_of(named(runner, text), graph_format="application/n-triples")
    found = b"".join(runner.answer(task)).decode().splitlines()
    assert sorted(line.split()[0] for line in found) == [f"<{PREFIX}sun>", f"<{PREFIX}wind>"]


def test_an_endpoint_may_be_named_by_prefix_and_by_relative_iri(
    start_endpoint: StartEndpoint, make_runner: MakeRunner
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    made = make_runner(endpoint)
    root = endpoint.url.removesuffix("sparql")
    for head, name in (
        (f"PREFIX e: <{root}>", "e:sparql"),
        (f"BASE <{root}x/>", "<../sparql>"),
        (f"BASE <{root}> PREFIX e: <sparql>", "e:"),
    ):
        text = f"{head} ASK {{ SERVICE {name} {{ ?s <{PREFIX}size> 8 }} }}"
        assert read(made, text)["boolean"] is True


def test_relative_names_in_a_group_mean_what_they_mean_here(runner: FederatedRunner) -> None:
    text = f"BASE <{PREFIX}> SELECT ?z {{ SERVICE <A> {{ <sea> <size> ?z }} }}"
    assert rows_of(runner, named(runner, text)) == as_rows([{"z": "3"}])


def test_what_is_asked_twice_is_asked_once(
    start_endpoint: StartEndpoint, make_runner: MakeRunner
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    group = f"{{ SERVICE <{endpoint.url}> {{ ?y :size ?z }} }}"
    rows_of(make_runner(endpoint), f"SELECT * {{ {group} UNION {group} }}")
    assert len(endpoint.queries) == 1


def test_a_query_without_clauses_asks_nobody(
    start_endpoint: StartEndpoint, make_runner: MakeRunner
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    text = f"SELECT ?service {{ ?service :name ?n # SERVICE <{endpoint.url}> {{ }}\n }}"
    assert len(rows_of(make_runner(endpoint), text)) == 3
    assert endpoint.connections == 0


@pytest.mark.parametrize(
    "text",
    [
        "ASK { SERVICE <http://other.example/> { ?s ?p ?o } }",
        "ASK { SERVICE SILENT <http://other.example/> { ?s ?p ?o } }",
        "ASK { SERVICE <{url}x> { ?s ?p ?o } }",
        "ASK { SERVICE <{url}#x> { ?s ?p ?o } }",
        "ASK { SERVICE <{url}?x> { ?s ?p ?o } }",
        "SELECT * { VALUES ?h { <{url}> } SERVICE ?h { ?s ?p ?o } }",
        "SELECT * { VALUES ?h { <{url}> } SERVICE SILENT ?h { ?s ?p ?o } }",
        "ASK { SERVICE <{url}> { ?s ?p ?o } SERVICE <http://other.example/> {} }",
        "ASK { SERVICE <{url}> { SERVICE <http://other.example/> { ?s ?p ?o } } }",
        "ASK { SERVICE <{url}> { SERVICE ?h { ?s ?p ?o } } }",
        "ASK { SERVICE none:x { ?s ?p ?o } }",
        "ASK { SERVICE <{url}> {} SERVICE <{url}> {} SERVICE <{url}> {} SERVICE <{url}> {} "
        "SERVICE <{url}> {} }",
    ],
)
def test_nobody_is_asked_beside_the_allowed_endpoints(
    start_endpoint: StartEndpoint, make_runner: MakeRunner, text: str
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    with pytest.raises(UnsupportedQueryError, match="SERVICE"):
        read(make_runner(endpoint), text.replace("{url}", endpoint.url))
    assert endpoint.connections == 0


@pytest.mark.parametrize(
    "text",
    [
        "ASK {\n SERVICE <{url}> { ?s ?p ?o }\n ?x }",
        "ASK {\n SERVICE <{url}> { ?s ?p }\n }",
        "ASK { SERVICE <{url}> { ?s ?p ?o } UNION { ?x ?y ?z } }",
        "ASK { SERVICE <{url}> { ?s none:x ?o } }",
        "ASK { SERVICE <{url}> { ?s ?p ?o } } GROUP",
        "SELECT ?s (1 AS ?s) { SERVICE <{url}> { ?s ?p ?o } }",
        "SELECT * { SERVICE <{url}> { ?s ?p ?o } BIND(1 AS ?s) }",
        "SELECT * { SERVICE SILENT <{url}> { ?s ?p ?o } BIND(1 AS ?s) }",
        "ASK { SERVICE <{url}> { ?s ?p \\u0041 } }",
    ],
)
def test_an_error_of_syntax_is_told_with_its_place_before_anybody_is_asked(
    start_endpoint: StartEndpoint, make_runner: MakeRunner, store: Store, text: str
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    text = text.replace("{url}", endpoint.url)
    with pytest.raises(InvalidQueryError) as caught:
        read(make_runner(endpoint), text)
    assert endpoint.connections == 0
    likewise = text.replace("SERVICE", "GRAPH  ").replace("SILENT", "      ")
    with pytest.raises(InvalidQueryError) as expected:
        LocalRunner(store, RULES).answer(task_of(likewise))
    assert caught.value.line is not None
    assert (caught.value.line, caught.value.column) == (expected.value.line, expected.value.column)


@pytest.mark.parametrize("text", ["SERVICE SILENT SILENT <{url}> {}", "SERVICE <{url}>", "SERVICE"])
def test_what_is_no_clause_asks_nobody(
    start_endpoint: StartEndpoint, make_runner: MakeRunner, text: str
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    with pytest.raises(UnsupportedQueryError):
        read(make_runner(endpoint), f"ASK {{ {text} }}".replace("{url}", endpoint.url))
    assert endpoint.connections == 0


def test_a_result_that_nobody_takes_is_not_asked_for(
    start_endpoint: StartEndpoint, make_runner: MakeRunner
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    text = f"CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE <{endpoint.url}> {{ ?s ?p ?o }} }}"
    with pytest.raises(UnwantedFormError):
        make_runner(endpoint).answer(task_of(text))
    assert endpoint.connections == 0


@pytest.mark.parametrize(
    ("behaviour", "error", "message"),
    [
        (saying(b"", status=500), EndpointAnswerError, "status"),
        (saying(b"", status=302, headers={"Location": "/"}), EndpointAnswerError, "redirect"),
        (saying(b"<p>", media_type="text/html"), EndpointAnswerError, "type"),
        (saying(b"{"), EndpointAnswerError, "JSON"),
        (saying(b'{"head":{},"boolean":true}'), EndpointAnswerError, "yes or no"),
        (saying(solutions(["y", "z", "x"])), EndpointAnswerError, "'x'"),
        (saying(solutions(["y"], *[{}] * 1001)), EndpointResultTooLargeError, "1000 solutions"),
        (endless, EndpointResultTooLargeError, "bytes"),
    ],
)
def test_an_endpoint_that_fails_makes_the_query_fail_unless_it_is_silent(
    start_endpoint: StartEndpoint,
    make_runner: MakeRunner,
    behaviour: Behaviour,
    error: type[GraphError],
    message: str,
) -> None:
    endpoint = start_endpoint(behaviour)
    made = make_runner(endpoint)
    group = "{ ?y :size ?z }"
    with pytest.raises(error, match=message) as caught:
        read(made, f"SELECT * {{ SERVICE <{endpoint.url}> {group} }}")
    assert str(caught.value).startswith(endpoint.url)
    assert rows_of(made, f"SELECT * {{ SERVICE SILENT <{endpoint.url}> {group} }}") == as_rows([{}])


def test_an_endpoint_in_a_private_network_is_not_asked(
    start_endpoint: StartEndpoint, make_runner: MakeRunner
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    made = make_runner(endpoint, exchange=ExchangeLimits())
    with pytest.raises(EndpointUnreachableError, match="public internet"):
        read(made, f"ASK {{ SERVICE <{endpoint.url}> {{ ?s ?p ?o }} }}")
    assert (
        read(made, f"ASK {{ SERVICE SILENT <{endpoint.url}> {{ ?s ?p ?o }} }}")["boolean"] is True
    )
    assert endpoint.connections == 0


def test_solutions_that_make_the_query_too_long_make_it_fail(
    start_endpoint: StartEndpoint, make_runner: MakeRunner
) -> None:
    rows = [{"y": {"type": "literal", "value": "x" * 100}}] * 1000
    endpoint = start_endpoint(saying(solutions(["y"], *rows)))
    text = f"SELECT * {{ SERVICE <{endpoint.url}> {{ ?y :size ?z }} }}"
    assert rows_of(make_runner(endpoint), text).total() == 1000
    made = make_runner(endpoint, limits=QueryLimits(max_length=90_000))
    with pytest.raises(EndpointResultTooLargeError, match="more selective"):
        read(made, text)


def test_a_text_that_is_too_complex_is_not_looked_into(
    start_endpoint: StartEndpoint, make_runner: MakeRunner
) -> None:
    endpoint = start_endpoint(serving(REMOTE))
    text = f"ASK {{ SERVICE <{endpoint.url}> {'{' * 200} {'}' * 200} }}"
    with pytest.raises(QueryTooComplexError):
        read(make_runner(endpoint), text)
    assert endpoint.connections == 0


def test_an_endpoint_that_is_late_is_given_up(
    start_endpoint: StartEndpoint, make_runner: MakeRunner, charged: Counter[str | None]
) -> None:
    end = threading.Event()
    endpoint = start_endpoint(lambda handler, query: end.wait(30))
    made = make_runner(endpoint, exchange=ExchangeLimits(seconds=0.2, allow_private=True))
    with pytest.raises(EndpointTimeoutError):
        read(made, f"ASK {{ SERVICE <{endpoint.url}> {{ ?s ?p ?o }} }}", client="a")
    text = f"ASK {{ SERVICE SILENT <{endpoint.url}> {{ ?s ?p ?o }} }}"
    assert read(made, text, client="b")["boolean"] is True
    assert charged.keys() == {"a", "b"}
    assert min(charged.values()) >= 0.2
    end.set()


@pytest.mark.parametrize("silent", ["", "SILENT"])
def test_a_query_whose_own_time_ends_is_late_whatever_is_silent(
    start_endpoint: StartEndpoint, make_runner: MakeRunner, silent: str
) -> None:
    end = threading.Event()
    endpoint = start_endpoint(lambda handler, query: end.wait(30))
    text = f"ASK {{ SERVICE {silent} <{endpoint.url}> {{ ?s ?p ?o }} }}"
    with pytest.raises(QueryTimeoutError, match=r"within 0\.2 s"):
        read(make_runner(endpoint), text, seconds=0.2)
    with pytest.raises(QueryTimeoutError, match=r"within 0\.1 s"):
        read(make_runner(endpoint, seconds=0.1), text)
    end.set()


def test_a_query_ends_when_its_client_goes(
    start_endpoint: StartEndpoint, make_runner: MakeRunner
) -> None:
    gone, end = threading.Event(), threading.Event()

    def behave(handler: Any, query: str) -> None:
        gone.set()
        end.wait(30)

    endpoint = start_endpoint(behave)
    text = f"ASK {{ SERVICE SILENT <{endpoint.url}> {{ ?s ?p ?o }} }}"
    with pytest.raises(ClientGoneError):
        read(make_runner(endpoint), text, is_gone=gone.is_set)
    end.set()


def test_so_many_queries_ask_endpoints_at_once_and_no_more(
    start_endpoint: StartEndpoint, make_runner: MakeRunner
) -> None:
    end = threading.Event()

    def behave(handler: Any, query: str) -> None:
        end.wait(30)
        handler.answer(b'{"head":{},"boolean":true}')

    endpoint = start_endpoint(behave)
    made = make_runner(endpoint, calls=2)
    text = f"ASK {{ SERVICE <{endpoint.url}> {{ :a :b :c }} }}"
    found: list[Any] = []

    def ask(client: str) -> threading.Thread:
        thread = threading.Thread(target=lambda: found.append(read(made, text, client=client)))
        thread.start()
        return thread

    def wait_for(count: int) -> None:
        deadline = time.monotonic() + 20
        while len(endpoint.queries) < count:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    threads = [ask("a")]
    wait_for(1)
    with pytest.raises(ClientBusyError):
        read(made, text, client="a")
    threads.append(ask("b"))
    wait_for(2)
    with pytest.raises(OverloadedError):
        read(made, text, client="c")
    end.set()
    for thread in threads:
        thread.join()
    assert [one["boolean"] for one in found] == [True, True]
    assert read(made, text, client="a")["boolean"] is True
