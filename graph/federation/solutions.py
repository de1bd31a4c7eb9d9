"""What an endpoint answers, as the ``VALUES`` block that stands for its ``SERVICE`` clause.

The terms are read, checked and written by the engine's own parser and serialiser, so that
nothing that an endpoint sends is ever text of a query. A blank node, which ``VALUES`` cannot
hold, becomes an IRI (``urn:uuid:``) that is new for each answer and the same within it.

>>> row = b'{"a":{"type":"literal","value":"x"}}'
>>> answer = b'{"head":{"vars":["a"]},"results":{"bindings":[%s]}}' % row
>>> solutions_to_values(answer, ("a", "b"), max_rows=10)
'VALUES (?a ?b) { ("x" UNDEF ) }'

Source: W3C Recommendations SPARQL 1.1 Query Results JSON Format; SPARQL 1.1 Query Language,
section 10; RDF 1.1 Concepts, section 3.5 (blank nodes replaced by IRIs).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import islice

import pyoxigraph as ox

from graph.federation.errors import EndpointAnswerError, EndpointResultTooLargeError

# The blanks part it from its neighbours; all other terms need none, and what stands outside of
# IRIs and strings counts towards the limits of a query.
_UNBOUND = " UNDEF "


def solutions_to_values(answer: bytes, variables: Sequence[str], *, max_rows: int) -> str:
    """The block of the solutions of a group; a variable that has no value is ``UNDEF``.

    Args:
        answer: Results in JSON; of ASK where the group has no variables.
        variables: The names of the variables of the group, in the order of the block.
        max_rows: How many solutions may be taken over.

    Raises:
        EndpointAnswerError: The answer is no such results, has other variables, or a term that
            the block cannot hold.
        EndpointResultTooLargeError: It has more solutions.
    """
    try:
        given, solutions = _read_results(answer, max_rows)
    except (SyntaxError, ValueError) as error:
        raise EndpointAnswerError("expected SPARQL results in JSON, got something else") from error
    if isinstance(given, bool):
        if variables:
            raise EndpointAnswerError("expected solutions in its answer, got yes or no")
        return values_block((), ["()"] if given else [])
    if not variables:
        raise EndpointAnswerError("expected yes or no in its answer, got solutions")
    unknown = sorted(set(given) - set(variables))
    if unknown:
        raise EndpointAnswerError(
            f"expected the variables of the group in its answer, got also {unknown!r}"
        )
    if len(solutions) > max_rows:
        raise EndpointResultTooLargeError(
            f"expected at most {max_rows} solutions of the group of SERVICE, got more: "
            "make it more selective"
        )
    places = [given.index(name) if name in given else None for name in variables]
    scope = uuid.uuid4()
    return values_block(
        variables,
        [_row([_term(solution, place, scope) for place in places]) for solution in solutions],
    )


def one_empty_solution(variables: Sequence[str]) -> str:
    """The block in place of a clause that failed and is ``SILENT``: nothing is bound.

    >>> one_empty_solution(("a",))
    'VALUES (?a) { ( UNDEF ) }'

    Source: SPARQL 1.1 Federated Query, section 2.3.
    """
    return values_block(variables, [_row([_UNBOUND] * len(variables))])


def values_block(variables: Sequence[str], rows: Sequence[str]) -> str:
    """A block with the rows, which are written out already."""
    head = " ".join(str(ox.Variable(name)) for name in variables)
    return f"VALUES ({head}) {{ {''.join(rows)} }}"


def _row(terms: Sequence[str]) -> str:
    return f"({''.join(terms)})"


def _read_results(
    answer: bytes, max_rows: int
) -> tuple[bool | Sequence[str], Sequence[ox.QuerySolution]]:
    """Yes or no, or the variables of an answer; and its solutions, one more than allowed at most.

    Raises:
        SyntaxError: The answer is no results in JSON.
    """
    results = ox.parse_query_results(answer, format=ox.QueryResultsFormat.JSON)
    try:
        if isinstance(results, ox.QueryBoolean):
            return bool(results), ()
        return [variable.value for variable in results.variables], list(
            islice(results, max_rows + 1)
        )
    finally:
        # It must end in the thread that made it, and the trace of an error might outlive that.
        del results


def _term(solution: ox.QuerySolution, place: int | None, scope: uuid.UUID) -> str:
    """The value of a variable, by its place in the answer, as a block has it."""
    term = None if place is None else solution[place]
    if term is None:
        return _UNBOUND
    if isinstance(term, ox.BlankNode):
        return str(ox.NamedNode(uuid.uuid5(scope, term.value).urn))
    if isinstance(term, ox.NamedNode):
        return str(term)
    if isinstance(term, ox.Literal) and term.direction is None:
        return str(term)
    raise EndpointAnswerError("expected IRIs, literals and blank nodes, got a term of RDF 1.2")
