"""What a SPARQL update may look like before the engine sees it, and the dataset it is given.

The engine takes a dataset for a query, and none for an update: the graphs of
``using-graph-uri`` and ``using-named-graph-uri`` are written into the text instead, as the
``USING`` clauses that the protocol makes them equal to. ``LOAD`` and ``SERVICE`` are refused: no
update makes this service call another host or read a file.

>>> prepare_update("DELETE WHERE { ?s ?p ?o }", limits=QueryLimits(), default_graphs=["urn:g"])
'DELETE { ?s ?p ?o } USING <urn:g> WHERE { ?s ?p ?o }'

Source: SPARQL 1.1 Protocol, section 2.2.3; SPARQL 1.1 Update, section 3.1.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from graph.errors import GraphError
from graph.querytext import (
    TOKEN,
    QueryLimits,
    UnsupportedQueryError,
    refuse_complex_query,
    syntax_error,
)

# A keyword or a name; what stands before tells a variable, a prefixed name or a language tag.
_WORD = re.compile(r"(?<![\w?$:@.-])[A-Za-z][\w-]*")
# Wherever it could be the keyword, which may follow a number or a full stop without a blank; a
# prefix of that name is refused too.
_SERVICE = re.compile(r"(?<![A-Za-z_?$:@-])SERVICE(?![\w-])", re.IGNORECASE)

# The pieces of an update: what hides brackets, brackets, prefixes, words, and single marks.
_PIECE = re.compile(
    rf"{TOKEN.pattern} | (?P<prefix>[A-Za-z][\w.-]*:|:) | (?P<word>[?$]?\w[\w-]*) | (?P<mark>\S)",
    re.VERBOSE | re.DOTALL,
)
# What stands nowhere in an update but in strings and comments, which end before it.
_NEVER = "`"
# Whether an update can be parsed does not depend on what its relative IRIs are resolved against.
_ANY_BASE = "http://localhost/"
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
# An update without BASE, and without escapes outside of strings, which few programs write.
_PLAIN_TEXT = re.compile(r"\A(?!.*\bBASE\b)", re.IGNORECASE | re.DOTALL)


class DatasetConflictError(GraphError):
    """A dataset is given beside an update that names its own."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of an update that stands outside of all brackets, in capitals."""

    text: str
    start: int
    end: int


def prepare_update(
    text: str,
    *,
    limits: QueryLimits,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> str:
    """The update over the given dataset; the text itself where none is given.

    Args:
        text: One or more update operations.
        limits: How large the text may be.
        default_graphs: Absolute IRIs of the graphs that conditions see as the default graph.
        named_graphs: Absolute IRIs of the graphs that conditions see by name.

    Raises:
        QueryTooComplexError: A limit is passed.
        UnsupportedQueryError: The update has ``LOAD`` or ``SERVICE``.
        InvalidQueryError: It cannot be parsed; many such texts are told here, before anything
            is copied or waited for, and the rest where the update is tried.
        DatasetConflictError: A dataset is given, and the update has ``USING`` or ``WITH``.
    """
    refuse_complex_query(text, limits)
    masked = _masked(text)
    service = _SERVICE.search(masked)
    if service is not None:
        raise UnsupportedQueryError(
            f"SERVICE is not supported, got it at offset {service.start()}: "
            "no update may call another server"
        )
    words = list(_words(masked))
    for word in words:
        if word.text == "LOAD":
            raise UnsupportedQueryError(f"LOAD is not supported, got it at offset {word.start}")
    _refuse_wrong_syntax(text)
    using = [f"USING <{iri}>" for iri in default_graphs]
    using += [f"USING NAMED <{iri}>" for iri in named_graphs]
    if not using:
        return text
    for word in words:
        if word.text in ("USING", "WITH"):
            raise DatasetConflictError(
                f"expected no {word.text} beside the dataset of the request, "
                f"got one at offset {word.start}"
            )
    return _with_clauses(text, masked, words, " ".join(using))


def _refuse_wrong_syntax(text: str) -> None:
    """Raise if the engine's parser stops before the end of a text.

    The engine parses and evaluates at once, and could not be stopped here. So it is given the
    text with a character behind it that no update has: what it says of the text itself is true,
    and nothing is evaluated. What is wrong at the very end cannot be told from that character.
    """
    try:
        ox.Store().update(f"{text}\n{_NEVER}", base_iri=_ANY_BASE)
    except SyntaxError as error:
        found = syntax_error(error)
        if found.line is None or found.column is None:
            return
        lines = text.split("\n")
        is_last = found.line == len(lines)
        if found.line < len(lines) or (is_last and found.column <= len(lines[-1])):
            raise found from error


def written_graphs(text: str) -> frozenset[str] | None:
    """The named graphs that an update can write to, where its text alone tells; else None.

    It tells where every operation inserts or deletes, all graphs are absolute IRIs, and no
    template writes to the default graph: the form of nearly every update that a program makes.

    >>> written_graphs("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { GRAPH ?h { ?s ?p ?o } }")
    frozenset({'urn:g'})
    >>> written_graphs("CLEAR ALL") is None
    True
    """
    if _PLAIN_TEXT.search(text) is None:
        return None
    names: set[str] = set()
    for operation in _operations(text):
        found = _written_by(operation)
        if found is None:
            return None
        names |= found
    return frozenset(names)


def _operations(text: str) -> Iterator[list[re.Match[str]]]:
    """The pieces of each operation."""
    pieces: list[re.Match[str]] = []
    depth = 0
    for piece in _PIECE.finditer(text):
        depth += {"open": 1, "close": -1}.get(piece.lastgroup or "", 0)
        if piece.lastgroup == "comment":
            continue
        if depth == 0 and piece[0] == ";":
            yield pieces
            pieces = []
        else:
            pieces.append(piece)
    if pieces:
        yield pieces


def _written_by(pieces: Sequence[re.Match[str]]) -> set[str] | None:
    """What an operation writes to; None where that does not follow from its form."""
    names: set[str] = set()
    default: str | None = None
    position, is_template = 0, False
    while position < len(pieces):
        piece = pieces[position]
        word = piece[0].upper()
        if piece[0] == "{":
            end = _matching(pieces, position)
            if is_template:
                found = _written_by_template(pieces[position + 1 : end], default)
                if found is None:
                    return None
                names |= found
            position, is_template = end, False
        elif word == "WITH" and position + 1 < len(pieces):
            default = _absolute(pieces[position + 1])
            if default is None:
                return None
            position += 1
        elif word in ("INSERT", "DELETE"):
            is_template = True
        elif word == "WHERE":
            # DELETE WHERE has one block, which is both.
            is_template = pieces[position - 1][0].upper() == "DELETE" if position else False
        elif word not in ("DATA", "USING", "NAMED", "PREFIX") and piece.lastgroup not in (
            "iri",
            "prefix",
        ):
            return None
        position += 1
    return names


def _written_by_template(pieces: Sequence[re.Match[str]], default: str | None) -> set[str] | None:
    names: set[str] = set()
    position = 0
    while position < len(pieces):
        if pieces[position][0].upper() == "GRAPH" and position + 2 < len(pieces):
            name = _absolute(pieces[position + 1])
            if name is None or pieces[position + 2][0] != "{":
                return None
            names.add(name)
            position = _matching(pieces, position + 2)
        elif pieces[position][0] != ".":
            if default is None:
                return None
            names.add(default)
        position += 1
    return names


def _matching(pieces: Sequence[re.Match[str]], start: int) -> int:
    """Where the bracket at a position closes; the end where it does not."""
    depth = 0
    for position in range(start, len(pieces)):
        depth += {"open": 1, "close": -1}.get(pieces[position].lastgroup or "", 0)
        if depth == 0:
            return position
    return len(pieces)


def _absolute(piece: re.Match[str]) -> str | None:
    """The IRI of a piece that is an absolute one."""
    return piece[0][1:-1] if piece.lastgroup == "iri" and _SCHEME.match(piece[0]) else None


def _with_clauses(text: str, masked: str, words: Sequence[_Word], using: str) -> str:
    """The text with clauses before each condition.

    ``DELETE WHERE`` has no place for them and becomes the ``DELETE`` that it abbreviates.
    """
    pieces, done = [], 0
    for before, word in zip([None, *words], words, strict=False):
        if word.text != "WHERE":
            continue
        pieces.append(text[done : word.start])
        if before is not None and before.text == "DELETE" and _adjoin(masked, before, word):
            pieces.append(text[word.end : _block_end(masked, word.end)].strip() + " ")
        pieces.append(f"{using} ")
        done = word.start
    return "".join([*pieces, text[done:]])


def _adjoin(masked: str, before: _Word, word: _Word) -> bool:
    return not masked[before.end : word.start].strip()


def _block_end(masked: str, start: int) -> int:
    """Where the block in braces ends that begins at or after ``start``; the end if it does not."""
    depth = 0
    for found in re.finditer(r"[{}]", masked[start:]):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return start + found.end()
    return len(masked)


def _masked(text: str) -> str:
    """The text with blanks in place of its IRIs, strings and comments; offsets stay."""

    def blank(token: re.Match[str]) -> str:
        hidden = token.lastgroup in ("iri", "string", "comment", "escape")
        return " " * len(token[0]) if hidden else token[0]

    return TOKEN.sub(blank, text)


def _words(masked: str) -> Iterator[_Word]:
    """The words outside of brackets, less the prefixes that ``PREFIX`` declares."""
    depth = 0
    before: _Word | None = None
    for found in re.finditer(rf"[(\[{{]|[)\]}}]|{_WORD.pattern}", masked):
        if found[0] in "([{":
            depth += 1
        elif found[0] in ")]}":
            depth -= 1
        elif depth == 0:
            word = _Word(found[0].upper(), found.start(), found.end())
            is_declared = (
                before is not None and before.text == "PREFIX" and _adjoin(masked, before, word)
            )
            if not is_declared:
                yield word
            before = None if is_declared else word
