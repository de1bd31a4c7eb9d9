"""Limits of queries, at their edges, where a quick look must say what a thorough one says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.querytext import (
    MAX_IRI_LENGTH,
    QueryLimits,
    QueryTooComplexError,
    UnsupportedQueryError,
    refuse_dangerous_query,
)

LIMITS = QueryLimits(max_length=400, max_structure=200, max_depth=5)
LONG = QueryLimits()


def is_refused(text: str, limits: QueryLimits) -> bool:
    try:
        refuse_dangerous_query(text, limits=limits)
    except QueryTooComplexError:
        return True
    return False


@pytest.mark.parametrize(
    ("text", "limits", "refused"),
    [
        ("ASK {}", LIMITS, False),
        ("A" * 200, LIMITS, False),
        ("A" * 201, LIMITS, True),
        ("'" + "A" * 300 + "'", LIMITS, False),
        ("'" + "A" * 399 + "'", LIMITS, True),
        ("[" * 5, LIMITS, False),
        ("([{([", LIMITS, False),
        ("[" * 6, LIMITS, True),
        ("([{([{", LIMITS, True),
        ("()" * 6, LIMITS, False),
        ("'((((((' <http://a/b>", LIMITS, False),
        ("!!!!!", LIMITS, False),
        ("!!!!!!", LIMITS, True),
        ("! ! ! !", LIMITS, True),
        ("!" + " " * 20, LIMITS, False),
        ("<" + "a" * (MAX_IRI_LENGTH - 2) + ">", LONG, False),
        ("<" + "a" * (MAX_IRI_LENGTH - 1) + ">", LONG, True),
        ("'" + "a" * MAX_IRI_LENGTH + "'", LONG, False),
    ],
)
def test_a_query_beyond_a_limit_is_refused(text: str, limits: QueryLimits, refused: bool) -> None:
    assert is_refused(text, limits) == refused
    # A comment makes it too long for the quick look, where the limits leave room for that.
    if limits is LONG:
        assert is_refused(f"{text} # {'x' * MAX_IRI_LENGTH}", limits) == refused
    else:
        wider = replace(limits, max_structure=limits.max_length)
        assert is_refused(text, wider) <= refused


@pytest.mark.parametrize(
    "text",
    [
        "ASK { SERVICE <http://127.0.0.1:9/> {} }",
        "ASK { service silent ?s {} }",
        "ASK { BIND('甲' AS ?a) SerVice <http://127.0.0.1:9/> {} }",
    ],
)
def test_a_call_of_another_service_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedQueryError, match="SERVICE"):
        refuse_dangerous_query(text, limits=LONG)


@pytest.mark.parametrize(
    "text", ["ASK { ?service ?p 'SERVICE' }", "PREFIX service: <http://a/> ASK { ?s service:p ?o }"]
)
def test_the_word_alone_calls_nothing(text: str) -> None:
    refuse_dangerous_query(text, limits=LONG)
