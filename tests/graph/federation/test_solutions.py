"""An endpoint's answer as a block of a query: its terms as the engine writes them, or nothing."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from graph.federation.errors import EndpointAnswerError, EndpointResultTooLargeError
from graph.federation.solutions import one_empty_solution, solutions_to_values
from tests.graph.federation.endpoints import solutions

XSD = "http://www.w3.org/2001/XMLSchema#"


def literal(value: str, **more: str) -> dict[str, str]:
    return {"type": "literal", "value": value, **more}


def uri(value: str) -> dict[str, str]:
    return {"type": "uri", "value": value}


def read_block(block: str) -> list[list[Any]]:
    """The solutions of a block, as the engine understands it."""
    results = ox.Store().query(f"SELECT * {{ {block} }}")
    assert isinstance(results, ox.QuerySolutions)
    return [list(solution) for solution in results]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (literal("风"), ox.Literal("风")),
        (literal("", **{"xml:lang": "zh-Hant"}), ox.Literal("", language="zh-hant")),
        (
            literal("1", datatype=f"{XSD}integer"),
            ox.Literal("1", datatype=ox.NamedNode(f"{XSD}integer")),
        ),
        (
            {"type": "typed-literal", "value": "x", "datatype": "http://t.example/t"},
            ox.Literal("x", datatype=ox.NamedNode("http://t.example/t")),
        ),
        (literal('") } DROP ALL # \\" \n\r\t\\'), ox.Literal('") } DROP ALL # \\" \n\r\t\\')),
        (literal("\x00\x01\x7f\u2028😀\ufffe"), ox.Literal("\x00\x01\x7f\u2028😀\ufffe")),
        (literal("'''\"\"\"\\u0022"), ox.Literal("'''\"\"\"\\u0022")),
        (uri("http://a.example/碳?x#y"), ox.NamedNode("http://a.example/碳?x#y")),
        (uri("urn:x:SERVICE"), ox.NamedNode("urn:x:SERVICE")),
    ],
)
def test_a_term_comes_through_as_it_was(term: dict[str, str], expected: Any) -> None:
    block = solutions_to_values(solutions(["a"], {"a": term}), ("a",), max_rows=1)
    assert read_block(block) == [[expected]]


def test_rows_keep_their_number_and_variables_without_a_value_are_unbound() -> None:
    answer = solutions(["b", "a"], {"a": literal("1"), "b": uri("urn:b")}, {}, {"a": literal("1")})
    block = solutions_to_values(answer, ("a", "b", "c"), max_rows=3)
    one, b = ox.Literal("1"), ox.NamedNode("urn:b")
    assert read_block(block) == [[one, b, None], [None, None, None], [one, None, None]]


def test_no_solutions_are_a_block_without_rows() -> None:
    assert read_block(solutions_to_values(solutions(["a"]), ("a",), max_rows=1)) == []


@pytest.mark.parametrize(("answer", "rows"), [("true", 1), ("false", 0)])
def test_yes_is_a_solution_without_variables_and_no_is_none(answer: str, rows: int) -> None:
    body = f'{{"head":{{}},"boolean":{answer}}}'.encode()
    assert len(read_block(solutions_to_values(body, (), max_rows=1))) == rows


def test_one_empty_solution_binds_nothing() -> None:
    assert read_block(one_empty_solution(("a", "b"))) == [[None, None]]
    assert read_block(one_empty_solution(())) == [[]]


def test_a_blank_node_is_an_iri_that_is_the_same_in_one_answer_alone() -> None:
    node, other = {"type": "bnode", "value": "n0"}, {"type": "bnode", "value": "n1"}
    answer = solutions(["a", "b"], {"a": node, "b": other}, {"a": node})
    (a, b), (again, _) = read_block(solutions_to_values(answer, ("a", "b"), max_rows=2))
    assert a.value.startswith("urn:uuid:")
    assert a == again
    assert a != b
    ((elsewhere, _), _) = read_block(solutions_to_values(answer, ("a", "b"), max_rows=2))
    assert elsewhere != a


def test_solutions_beyond_the_limit_are_an_error_and_not_left_out() -> None:
    answer = solutions(["a"], *[{"a": literal("x")}] * 4)
    assert len(read_block(solutions_to_values(answer, ("a",), max_rows=4))) == 4
    with pytest.raises(EndpointResultTooLargeError, match="at most 3 solutions"):
        solutions_to_values(answer, ("a",), max_rows=3)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"", "JSON"),
        (b"[]", "JSON"),
        (b"<html>", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"head":' * 10_000, "JSON"),
        (b"\xff\xfe", "JSON"),
        (solutions(["a"], {"a": literal("x")})[:-1], "JSON"),
        (solutions(["a"], {"a": literal("x")})[:-3], "JSON"),
        (solutions(["a"], {"a": uri("relative")}), "JSON"),
        (solutions(["a"], {"a": uri("http://a/> } DROP ALL #")}), "JSON"),
        (solutions(["a"], {"a": uri("http://a/\\u003e")}), "JSON"),
        (solutions(["a"], {"a": literal("x", **{"xml:lang": "e n"})}), "JSON"),
        (solutions(["a"], {"a": literal("x", datatype="x> } #")}), "JSON"),
        (solutions(["a"], {"a": {"type": "bnode", "value": "b c"}}), "JSON"),
        (solutions(["a"], {"a": {"type": "other", "value": "x"}}), "JSON"),
        (solutions(["a"], {"z": literal("x")}), "JSON"),
        (solutions(["a", "a"]), "JSON"),
        (solutions(["a) { } #"]), "JSON"),
        (solutions(["a", "z"]), "'z'"),
        (b'{"head":{},"boolean":true}', "yes or no"),
        (
            solutions(
                ["a"],
                {
                    "a": {
                        "type": "triple",
                        "value": {
                            "subject": uri("urn:s"),
                            "predicate": uri("urn:p"),
                            "object": uri("urn:o"),
                        },
                    }
                },
            ),
            r"RDF 1\.2",
        ),
        (
            solutions(["a"], {"a": literal("x", **{"xml:lang": "en", "its:dir": "ltr"})}),
            r"RDF 1\.2",
        ),
    ],
)
def test_what_is_no_valid_answer_is_refused(answer: bytes, message: str) -> None:
    with pytest.raises(EndpointAnswerError, match=message):
        solutions_to_values(answer, ("a",), max_rows=10)


def test_solutions_are_no_answer_to_yes_or_no() -> None:
    with pytest.raises(EndpointAnswerError, match="got solutions"):
        solutions_to_values(solutions([], {}), (), max_rows=10)
