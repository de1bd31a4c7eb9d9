from __future__ import annotations

import pyoxigraph as ox
import pytest

from graph.errors import GraphError
from graph.querytext import (
    InvalidQueryError,
    QueryLimits,
    QueryTooComplexError,
    UnsupportedQueryError,
)
from graph.updatetext import DatasetConflictError, prepare_update, written_graphs

LIMITS = QueryLimits()
PREFIX = "PREFIX where: <urn:where:> "


@pytest.mark.parametrize(
    "text",
    [
        "CLEAR ALL",
        "INSERT DATA { <urn:a> <urn:b> 'LOAD SERVICE' } # LOAD",
        "PREFIX load: <urn:l> INSERT DATA { load:a load:service load:b }",
        "PREFIX : <urn:l> DELETE WHERE { ?service :a :service, 'x'@en-service }",
        "DELETE { ?s ?p ?load } WHERE { ?s ?p ?load }",
        "WITH <urn:g> DELETE { ?s ?p ?o } USING <urn:h> WHERE { ?s ?p ?o }",
    ],
)
def test_an_update_without_a_dataset_stays_as_it_is(text: str) -> None:
    assert prepare_update(text, limits=LIMITS) == text


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:9/>",
        "load silent <file:///etc/passwd> INTO GRAPH <urn:g>",
        "CLEAR ALL;LOAD<http://127.0.0.1:9/>",
        "INSERT DATA { <urn:a> <urn:b> '}' } ; LOAD <http://127.0.0.1:9/>",
        "PREFIX LOAD: <http://127.0.0.1:9/> LOAD LOAD:x",
        "PREFIX : <http://127.0.0.1:9/> LOAD:x",
        "# note\nLOAD# <\n<http://127.0.0.1:9/>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "INSERT { ?s ?p ?o } WHERE { ?s ?p 'a'service silent ?x { ?s ?p ?o } }",
        "DELETE { ?s ?p ?o } WHERE { FILTER(1<2)SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "PREFIX : <http://127.0.0.1:9/> DELETE { ?s ?p ?o } WHERE { SERVICE:x { ?s ?p ?o } }",
        "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o.SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
        "PREFIX service: <urn:l> DELETE WHERE { ?s service:a ?o }",
        "DELETE { ?s ?p ?o } WHERE { ?s ?p 1SERVICE<http://127.0.0.1:9/>{ ?s ?p ?o } }",
    ],
)
def test_an_update_that_calls_another_host_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedQueryError):
        prepare_update(text, limits=LIMITS)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("DELETE WHERE { " + "{" * 200 + "}" * 200 + " }", QueryTooComplexError),
        ("CLEAR ALL #" + "x" * 200_000, QueryTooComplexError),
        ("DELETE { ?s ?p ?o } USING <urn:a> WHERE { ?s ?p ?o }", DatasetConflictError),
        ("CLEAR ALL ; WITH <urn:a> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", DatasetConflictError),
    ],
)
def test_what_does_not_fit_a_dataset_is_refused(text: str, error: type[GraphError]) -> None:
    with pytest.raises(error):
        prepare_update(text, limits=LIMITS, default_graphs=["urn:g"])


IN_G, IN_H, ONLY_DEFAULT = ("urn:g", "1"), ("urn:h", "2"), ("", "3")
# What a condition that sees the graph urn:g as its default graph deletes: what is said there.
DELETED = {IN_G, IN_H, ONLY_DEFAULT}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("DELETE WHERE { ?s ?p ?o }", DELETED),
        ("delete # where\nwhere{?s ?p ?o}", DELETED),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", DELETED),
        (PREFIX + "DELETE { ?s where:a ?o } WHERE { ?s where:a ?o }", DELETED),
        ("DELETE { ?s ?p ?o } WHERE { { SELECT * WHERE { ?s ?p ?o } } }", DELETED),
        ("DELETE { ?s ?p ?o } INSERT { ?s ?p 'WHERE' } WHERE { ?s ?p ?o } # WHERE",
         {*DELETED, ("", "WHERE")}),
        ("DELETE WHERE { ?s ?p ?o } ; INSERT DATA { <urn:s> <urn:p> 7 }", {*DELETED, ("", "7")}),
        ("CLEAR GRAPH <urn:h>", {IN_G, ONLY_DEFAULT, ("", "1")}),
    ],
)  # fmt: skip
def test_the_conditions_of_an_update_see_the_dataset_of_the_request(
    text: str, left: set[tuple[str, str]]
) -> None:
    store = ox.Store()
    store.update(
        "INSERT DATA { <urn:s> <urn:where:a> 1, 3 . "
        "GRAPH <urn:g> { <urn:s> <urn:where:a> 1 } GRAPH <urn:h> { <urn:s> <urn:where:a> 2 } }"
    )
    store.update(prepare_update(text, limits=LIMITS, default_graphs=["urn:g"]))
    found = store.query("SELECT ?g ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")
    assert isinstance(found, ox.QuerySolutions)
    values = {tuple(getattr(term, "value", "") for term in row) for row in found}
    assert values == left


def test_named_graphs_are_named_to_the_conditions() -> None:
    text = "DELETE { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }"
    assert prepare_update(text, limits=LIMITS, named_graphs=["urn:g", "urn:h"]) == (
        "DELETE { ?s ?p ?o } USING NAMED <urn:g> USING NAMED <urn:h> "
        "WHERE { GRAPH ?g { ?s ?p ?o } }"
    )


@pytest.mark.parametrize(
    ("text", "graphs"),
    [
        ("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> '}' , 1.5 } }", {"urn:g"}),
        ("insert data{graph<urn:g>{_:a <urn:p> 1}.GRAPH <urn:h> { <urn:s> <urn:p> 2 . }}",
         {"urn:g", "urn:h"}),
        ("DELETE DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } } ; "
         "PREFIX p: <urn:p:> WITH <urn:h> DELETE { ?s p:a ?o } WHERE { ?s p:a ?o }",
         {"urn:g", "urn:h"}),
        ("WITH <urn:g> INSERT { ?s ?p ?o } USING <urn:i> WHERE { GRAPH ?h { ?s ?p ?o } }",
         {"urn:g"}),
        ("WITH <urn:g> DELETE { GRAPH <urn:h> { ?s ?p ?o } } WHERE { ?s ?p ?o }", {"urn:h"}),
        ("DELETE WHERE { GRAPH <urn:g> { ?s ?p ?o } }", {"urn:g"}),
        ("INSERT { GRAPH <urn:g> { ?s ?p [ ?p ( 1 2 ) ] } } WHERE { ?s ?p ?o }", {"urn:g"}),
        ("# GRAPH ?g {\nINSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } } # ;", {"urn:g"}),
        ("", set()),
        ("INSERT DATA { <urn:s> <urn:p> 1 }", None),
        ("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } <urn:s> <urn:p> 1 }", None),
        ("INSERT { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("DELETE WHERE { ?s ?p ?o }", None),
        ("DELETE { ?s ?p ?o } WHERE { GRAPH <urn:g> { ?s ?p ?o } }", None),
        ("PREFIX p: <urn:p:> INSERT DATA { GRAPH p:g { <urn:s> <urn:p> 1 } }", None),
        ("BASE <urn:b> INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }", None),
        ("INSERT DATA { GRAPH <g> { <urn:s> <urn:p> 1 } }", None),
        ("WITH <g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", None),
        ("CLEAR ALL", None),
        ("DROP GRAPH <urn:g>", None),
        ("COPY <urn:g> TO <urn:h>", None),
        ("INSERT DATA { GRAPH <urn:\\u0067> { <urn:s> <urn:p> 1 } }", None),
    ],
)  # fmt: skip
def test_the_graphs_that_an_update_writes_to_are_known_from_its_text(
    text: str, graphs: set[str] | None
) -> None:
    assert written_graphs(text) == graphs


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a> <b> }",
        "INSERT DATA { <a> <b> '碳' } ;\nSELECT * { ?s ?p '碳' }",
        "SELECT * { ?s ?p ?o }",
        "CLEAR ALL ;\nDELETE WHERE { a:b ?p ?o }",
        "INSERT DATA { <a> <b> 'c\n' }",
    ],
)
def test_an_update_that_cannot_be_parsed_is_refused_where_the_engine_says(text: str) -> None:
    with pytest.raises(SyntaxError) as said:
        ox.Store().update(text, base_iri="http://a/")
    with pytest.raises(InvalidQueryError) as refused:
        prepare_update(text, limits=LIMITS)
    assert refused.value.line is not None
    assert f"error at {refused.value.line}:{refused.value.column}:" in str(said.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a note",
        "CLEAR ALL ;",
        'INSERT DATA { <a> <b> \'`\', """\n`\n""" } # `',
        "INSERT DATA { <a> <b> '碳' }\r\n;\r\n# 碳",
        "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o OPTIONAL { ?o ?q ?r FILTER(?r > 1) } } ;\n\n",
        "BASE <urn:x> PREFIX a: <b> INSERT { a:c a:d _:e } WHERE {}",
    ],
)
def test_what_can_be_parsed_passes_and_is_not_evaluated(text: str) -> None:
    assert prepare_update(text, limits=LIMITS) == text


def test_an_endless_update_is_not_begun() -> None:
    values = "VALUES (?a ?b) { " + "(1 2) " * 60 + "} "
    text = "INSERT { ?a <b> ?b } WHERE { " + values * 8 + "}"
    assert prepare_update(text, limits=LIMITS) == text
