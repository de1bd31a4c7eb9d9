"""Where the clauses of a query stand, whatever else it holds."""

from __future__ import annotations

import pytest

from graph.federation.text import (
    graph_for_service,
    may_call_services,
    put_blocks,
    read_service_query,
    remote_query,
    variables_query,
)

BASE = "http://base.example/sparql"
A, B = "http://a.example/q", "http://b.example/q"


def endpoints_of(text: str) -> list[str | None]:
    query = read_service_query(text, BASE)
    return [] if query is None else [clause.endpoint for clause in query.clauses]


@pytest.mark.parametrize(
    ("text", "endpoints"),
    [
        (f"SELECT * {{ SERVICE <{A}> {{ ?s ?p ?o }} }}", [A]),
        (f"ASK {{ service silent <{A}> {{}} }}", [A]),
        (f"ASK {{ SERVICE#c }} {{\n<{A}>\t{{}} }}", [A]),
        (f"PREFIX a: <http://a.example/> ASK {{ SERVICE a:q {{}} SERVICE <{B}> {{}} }}", [A, B]),
        ("PREFIX : <http://a.example/> ASK { SERVICE :q {} }", [A]),
        ("PREFIX a: <http://a.example/q> ASK { SERVICE a: {} }", [A]),
        ("prefix a: <http://x.example/> prefix a: <http://a.example/> ASK { SERVICE a:q {} }", [A]),
        ("PREFIX a: <http://a.example/q?> ASK { SERVICE a:x {} }", ["http://a.example/q?x"]),
        ("BASE <http://a.example/x/y> ASK { SERVICE <../q> {} }", [A]),
        ("BASE <http://a.example/> BASE <x/> PREFIX a: <../> ASK { SERVICE a:q {} }", [A]),
        ("ASK { SERVICE <other> {} }", ["http://base.example/other"]),
        (f"ASK {{ ?s ?p 1SERVICE <{A}> {{}} }}", [A]),
        (f"ASK {{ ?s ?p true.SERVICE <{A}> {{}} }}", [A]),
        (f"ASK {{ ?s ?p 'x'@en.SERVICE <{A}> {{}} }}", [A]),
        (f"ASK {{ SERVICE <{A}> {{ SERVICE <{B}> {{ ?s ?p ?o }} }} }}", [A, B]),
        # A variable, no prefix, an escape: nothing that is constant and known.
        ("ASK { SERVICE ?h {} }", [None]),
        ("ASK { SERVICE $service {} }", [None]),
        ("ASK { SERVICE a:q {} }", [None]),
        ("PREFIX a: <http://a.example/> ASK { SERVICE a:q\\-r {} }", [None]),
        ("ASK { SERVICE <http://a.example/\\u0071> {} }", [None]),
        # The word where it is no keyword.
        ("SELECT ?SERVICE { ?SERVICE ?p $service }", []),
        (f"ASK {{ ?s ?p 'SERVICE <{A}> {{}}' }}", []),
        (f"ASK {{ ?s ?p '''\nSERVICE <{A}> {{}}''' }}", []),
        (f'ASK {{ ?s ?p "\\" SERVICE <{A}> {{}}" }}', []),
        (f"ASK {{ ?s ?p ?o # SERVICE <{A}> {{}}\n }}", []),
        ("ASK { ?s ?p <http://n.example/#SERVICE{> }", []),
        ("PREFIX service: <http://a/> ASK { ?s service:x service:SERVICE , :SERVICE }", []),
        ("ASK { ?s ?p ex:a.SERVICE }", []),
        ("ASK { ?s ?p ex:a\\#SERVICE, ex:%20SERVICE, ex:碳SERVICE }", []),
        ("ASK { _:SERVICE ?p 'x'@service }", []),
        # Not to be made out: left to the engine, which refuses it.
        (f"ASK {{ SERVICE <{A}> }}", []),
        (f"ASK {{ SERVICE <{A}> {{ ", []),
        (f"ASK {{ SERVICE SILENT SILENT <{A}> {{}} }}", []),
        ("ASK { SERVICE", []),
        (f"INSERT {{}} WHERE {{ SERVICE <{A}> {{}} }}", []),
    ],
)
def test_clauses_are_found_where_they_are(text: str, endpoints: list[str | None]) -> None:
    assert endpoints_of(text) == endpoints


@pytest.mark.parametrize(
    "group",
    [
        "{ ?s ?p ?o }",
        "{}",
        "{ ?s ?p '}' , \"}\" , '''}''' , <http://n.example/a#> }",
        "{ # }\n ?s ?p ?o }",
        "{ ?s <http://n.example/#x> ex:a\\#b . { FILTER(?o < 3 && ?o > 1) } }",
        "{ SELECT ?s (COUNT(*) AS ?n) { ?s ?p [ ?q ( 1 2 ) ] } GROUP BY ?s }",
        f"{{ SERVICE SILENT <{B}> {{ ?s ?p ?o }} }}",
        "{ ?s ?p <http://n.example/\\u0023#x> }",
    ],
)
def test_a_group_ends_with_its_own_brace(group: str) -> None:
    query = read_service_query(f"SELECT * {{ SERVICE <{A}> {group} ?a ?b ?c }}", BASE)
    assert query is not None
    assert query.outermost[0].group == group
    assert put_blocks(query, {query.outermost[0]: "VALUES () {}"}) == (
        "SELECT * {  VALUES () {}  ?a ?b ?c }"
    )


def test_clauses_within_others_are_not_outermost() -> None:
    text = (
        f"ASK {{ SERVICE <{A}> {{ SERVICE <{B}> {{}} {{ SERVICE ?x {{}} }} }} SERVICE <{B}> {{}} }}"
    )
    query = read_service_query(text, BASE)
    assert query is not None
    assert [clause.nested for clause in query.clauses] == [False, True, True, False]
    assert [clause.endpoint for clause in query.outermost] == [A, B]


def test_the_line_of_a_clause_counts_from_one() -> None:
    query = read_service_query(f"ASK {{\n\n SERVICE <{A}> {{}} }}", BASE)
    assert query is not None
    assert query.line_of(query.clauses[0]) == 3


def test_with_graph_for_service_everything_keeps_its_place() -> None:
    text = f"ASK {{ SERVICE#silent\nSilent <{A}> {{ service <{B}> {{}} }} ?a ?b ?SERVICE }}"
    query = read_service_query(text, BASE)
    assert query is not None
    changed = graph_for_service(query)
    assert changed == (
        f"ASK {{ GRAPH  #silent\n       <{A}> {{ GRAPH   <{B}> {{}} }} ?a ?b ?SERVICE }}"
    )
    assert len(changed) == len(text)


def test_an_endpoint_is_asked_with_the_names_of_the_query() -> None:
    text = f"BASE <x/> # b\nPREFIX a: <y> SELECT ?s {{ SERVICE SILENT <{A}> {{ ?s a:b <c> }} }}"
    query = read_service_query(text, BASE)
    assert query is not None
    (clause,) = query.outermost
    assert clause.silent
    head = f"BASE <{BASE}>\nBASE <x/> # b\nPREFIX a: <y> \n"
    assert (
        remote_query(query, clause, has_variables=True) == f"{head}SELECT * WHERE {{ ?s a:b <c> }}"
    )
    assert remote_query(query, clause, has_variables=False) == f"{head}ASK {{ ?s a:b <c> }}"


def test_the_variables_of_a_group_are_asked_for_without_its_own_clauses() -> None:
    query = read_service_query(f"ASK {{ SERVICE <{A}> {{ SERVICE ?h {{ ?s ?p ?o }} }} }}", BASE)
    assert query is not None
    assert variables_query(query, query.outermost[0]) == (
        "\nSELECT * WHERE { GRAPH   ?h { ?s ?p ?o } } LIMIT 0"
    )


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("ASK { SERVICE ?s {} }", True),
        ("ask{1service<urn:a>{}}", True),
        ("ASK { ?service ?p ?o }", True),
        ("ASK { ?s a :Services, :service-x }", False),
        ("ASK {}", False),
    ],
)
def test_a_text_without_the_word_calls_nobody(text: str, may: bool) -> None:
    assert may_call_services(text) is may


@pytest.mark.parametrize(
    "piece", ["a", "a.", "-", "?", ":", "a:.", "<", "<a", "_", "%2", "1e", "'"]
)
def test_odd_texts_of_any_length_are_read_to_their_end(piece: str) -> None:
    assert endpoints_of(f"ASK {{ SERVICE {piece * 50_000}") == []
