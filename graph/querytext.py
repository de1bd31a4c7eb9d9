"""What a SPARQL query may look like before the engine sees it.

Oxigraph parses and plans by recursion: some thousand nested brackets or chained operators
overflow the stack and end the whole process, and ``SERVICE`` makes it call other hosts.
Both are refused here, from the text alone. The limits are far above what a person or a
query builder writes; long lists of IRIs and strings do not count towards them.

>>> refuse_dangerous_query("SELECT * WHERE { ?s ?p ?o }", limits=QueryLimits())
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from graph.errors import GraphError

MAX_IRI_LENGTH = 2048


class InvalidQueryError(GraphError):
    """A query that cannot be parsed, with the place where the parser stopped.

    ``line`` and ``column`` count from 1, the column in code points; None where the engine
    names no place.
    """

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class BindingError(GraphError):
    """A value was bound to a variable that the query does not give back."""


class QueryTooComplexError(GraphError):
    """A query longer or more deeply nested than the engine can take."""


class UnsupportedQueryError(GraphError):
    """A query that asks for something that this service does not do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLimits:
    """How long and how deep a query may be.

    ``max_length`` counts all code points, ``max_structure`` those outside IRIs and strings,
    ``max_depth`` open brackets of any kind, and negations in a row.
    """

    max_length: int = 200_000
    max_structure: int = 10_000
    max_depth: int = 100


# One match a token that may hide brackets or quotes; the order is the order of precedence.
TOKEN = re.compile(
    r"""
      (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*+\"{3}
               | '{3}(?:'{0,2}(?:[^'\\]|\\.))*+'{3}
               | \"(?:[^"\\\n\r]|\\.)*+\"
               | '(?:[^'\\\n\r]|\\.)*+')
    | (?P<comment>\#[^\n\r]*)
    | (?P<escape>\\.)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<negations>!(?:\s*!)+)
    """,
    re.VERBOSE | re.DOTALL,
)
_SERVICE = re.compile(r"(servic)(e)", re.IGNORECASE)
# The keyword, and no more of its clause than may precede the brace: where the parser stops.
_SERVICE_CLAUSE = re.compile(r"(?<![\w?$:@])service[^{}]*$", re.IGNORECASE)
_PLACE = re.compile(r"error at (\d+):(\d+)")


def refuse_dangerous_query(
    text: str, *, limits: QueryLimits, prefixes: Mapping[str, str] | None = None
) -> None:
    """Raise if a query is too complex for the engine or wants to call other services.

    ``prefixes`` are the ones that the query may use without declaring them.

    Raises:
        QueryTooComplexError: A limit is passed; the message names which.
        UnsupportedQueryError: The query has a ``SERVICE`` clause.
        InvalidQueryError: The query has the word and a syntax error.
    """
    refuse_complex_query(text, limits)
    _refuse_service(text, prefixes or {})


def syntax_error(error: SyntaxError) -> InvalidQueryError:
    """The engine's syntax error with its line and column."""
    place = _PLACE.search(str(error))
    if place is None:
        return InvalidQueryError(f"invalid query: {error}")
    return InvalidQueryError(f"invalid query: {error}", line=int(place[1]), column=int(place[2]))


def refuse_complex_query(text: str, limits: QueryLimits) -> None:
    """Raise if a query is too complex for the engine.

    Raises:
        QueryTooComplexError: A limit is passed; the message names which.
    """
    if _is_simple(text, limits):
        return
    if len(text) > limits.max_length:
        raise QueryTooComplexError(
            f"expected a query of at most {limits.max_length} code points, got {len(text)}"
        )
    depth, structure = 0, len(text)
    for token in TOKEN.finditer(text):
        length = token.end() - token.start()
        match token.lastgroup:
            case "iri":
                if length > MAX_IRI_LENGTH:
                    raise QueryTooComplexError(
                        f"expected IRIs of at most {MAX_IRI_LENGTH} code points, got {length} "
                        f"at offset {token.start()}"
                    )
                structure -= length
            case "string":
                structure -= length
            case "open":
                depth += 1
            case "close":
                depth -= 1
        many_negations = token.lastgroup == "negations" and length > limits.max_depth
        if depth > limits.max_depth or many_negations:
            raise QueryTooComplexError(
                f"expected at most {limits.max_depth} nested brackets or negations, "
                f"got more at offset {token.start()}"
            )
    if structure > limits.max_structure:
        raise QueryTooComplexError(
            f"expected at most {limits.max_structure} code points outside IRIs and strings, "
            f"got {structure}"
        )


def _is_simple(text: str, limits: QueryLimits) -> bool:
    """Whether a query passes no limit, however it is read: so are most, and reading takes longer.

    False says nothing.
    """
    return (
        len(text) <= min(limits.max_length, limits.max_structure, MAX_IRI_LENGTH)
        and sum(map(text.count, "([{")) <= limits.max_depth
        and text.count("!") < 2
    )


def _refuse_service(text: str, prefixes: Mapping[str, str]) -> None:
    """Let the engine's own parser decide whether the word is the keyword.

    With the word spelt wrongly throughout, a query that has it only in names, strings and
    comments still parses; one with the clause stops there. The query as written must not
    be given to the engine for this: it evaluates ASK at once, and so makes the call.
    """
    if text.isascii() and "service" not in text.lower():
        return
    misspelt, count = _SERVICE.subn(_misspell, text)
    if count == 0:
        return
    names = {_SERVICE.sub(_misspell, prefix): iri for prefix, iri in prefixes.items()}
    try:
        ox.Store().query(misspelt, prefixes=names)
    except SyntaxError as error:
        found = syntax_error(error)
        if found.line is None or found.column is None:
            raise found from error
        lines = text.split("\n")[: found.line]
        before = "\n".join([*lines[:-1], lines[-1][: found.column - 1]])
        if _SERVICE_CLAUSE.search(before):
            raise UnsupportedQueryError(
                f"SERVICE is not supported, got one in line {found.line}: "
                "no query may call another server"
            ) from error
        raise found from error


def _misspell(match: re.Match[str]) -> str:
    return match[1] + ("x" if match[2] == "e" else "X")
