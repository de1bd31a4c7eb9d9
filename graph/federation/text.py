"""The ``SERVICE`` clauses of a query: where they stand, and what is asked and put there.

The text is read for what hides braces and words, and for the prefixes of endpoints; whether it
is a query at all, the engine's parser says later, of the whole text with ``GRAPH`` in place of
``SERVICE``, which has the same grammar and binds the same variables. So a clause that is not seen
here stays in the text and is refused there.

>>> found = read_service_query("SELECT * { SERVICE <http://a.example/q> { ?s ?p ?o } }", "http://b/")
>>> [(clause.endpoint, clause.group) for clause in found.clauses]
[('http://a.example/q', '{ ?s ?p ?o }')]

Source: W3C Recommendations SPARQL 1.1 Query Language, section 19.8 (rule 59,
``ServiceGraphPattern``); SPARQL 1.1 Federated Query, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

import pyoxigraph as ox

from graph.querytext import TOKEN

# A query without it has no clause.
_SERVICE = re.compile(r"SERVICE(?![\w-])", re.IGNORECASE)
# What names are made of beside full stops; a little more than the standard has.
_NAME = r"\w·\u0300-\u036f\u203f\u2040\u200c\u200d\-"
_LOCAL = rf"(?:[{_NAME}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%]|\.(?=[{_NAME}:.%\\]))*+"
# The pieces of a query; the order is the order of precedence. Those of all texts come after IRIs
# with escapes, which they do not know, and after names, which may hold a comment's first mark.
PIECE = re.compile(
    rf"""
      (?P<escaped><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
    | (?P<name>(?:[^\W\d][{_NAME}]*+)?:{_LOCAL})
    | (?P<variable>[?$][{_NAME}]+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    | (?P<word>[^\W\d][{_NAME}]*+)
    | {TOKEN.pattern}
    | (?P<mark>\S)
    """,
    re.VERBOSE | re.DOTALL,
)
_IRI = re.compile(r"<([^<>\\]*)>")
_PLAIN_NAME = re.compile(r"([^:\\]*):([^\\]*)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceClause:
    """One clause: the half-open code-point range of its text, and of its words before the group.

    ``endpoint`` is an absolute IRI; None where it is a variable, or a name that cannot be
    resolved, which is ``written`` as it stands there. ``nested`` is a clause within the group of
    another one.
    """

    start: int
    words_end: int
    group_start: int
    end: int
    silent: bool
    endpoint: str | None
    written: str
    group: str
    nested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceQuery:
    """A query that has clauses, all of them in the order of the text.

    ``prologue`` is what stands before the query proper.
    """

    text: str
    base: str
    prologue: str
    clauses: tuple[ServiceClause, ...]

    @property
    def outermost(self) -> tuple[ServiceClause, ...]:
        """The clauses that stand in the query itself; each asks the others within it."""
        return tuple(clause for clause in self.clauses if not clause.nested)

    def line_of(self, clause: ServiceClause) -> int:
        """The line where a clause begins, from 1."""
        return self.text.count("\n", 0, clause.start) + 1


def may_call_services(text: str) -> bool:
    """Whether a query may have a ``SERVICE`` clause; the word alone may be anything else.

    >>> may_call_services("ASK { service ?s {} }"), may_call_services("ASK { ?s a :Services }")
    (True, False)
    """
    # To look for the bare word first takes a tenth of the time.
    return "SERVICE" in text.upper() and _SERVICE.search(text) is not None


def read_service_query(text: str, base: str) -> ServiceQuery | None:
    """A query with its clauses; None where it has none, or none that could be made out.

    Args:
        text: The query, whose brackets nest no deeper than the engine can take.
        base: The absolute IRI that relative ones are resolved against.
    """
    if not may_call_services(text):
        return None
    pieces = [piece for piece in PIECE.finditer(text) if piece.lastgroup != "comment"]
    start = find_form(pieces)
    if start is None:
        return None
    names = _Names(pieces[:start], base)
    clauses = tuple(_read_clauses(text, pieces, names))
    if not clauses:
        return None
    prologue = text[: pieces[start].start()]
    return ServiceQuery(text=text, base=base, prologue=prologue, clauses=clauses)


def graph_for_service(query: ServiceQuery) -> str:
    r"""The query with ``GRAPH`` for ``SERVICE``, in which everything else keeps its place.

    >>> graph_for_service(read_service_query("ASK {\n SERVICE SILENT <a:b> {} }", "http://b/"))
    'ASK {\n GRAPH          <a:b> {} }'
    """
    text = query.text
    for clause in query.clauses:
        before = text[clause.start : clause.words_end]
        text = text[: clause.start] + _graph_words(before) + text[clause.words_end :]
    return text


def variables_query(query: ServiceQuery, clause: ServiceClause) -> str:
    """A query without solutions whose variables are those that the group of a clause binds."""
    group = graph_for_service(query)[clause.group_start : clause.end]
    return f"{query.prologue}\nSELECT * WHERE {group} LIMIT 0"


def remote_query(query: ServiceQuery, clause: ServiceClause, *, has_variables: bool) -> str:
    """What the endpoint of a clause is asked; without variables, whether there is a solution."""
    form = "SELECT * WHERE" if has_variables else "ASK"
    return f"BASE {ox.NamedNode(query.base)}\n{query.prologue}\n{form} {clause.group}"


def put_blocks(query: ServiceQuery, blocks: Mapping[ServiceClause, str]) -> str:
    """The query with a block in place of each of the outermost clauses."""
    parts, done = [], 0
    for clause in query.outermost:
        parts += [query.text[done : clause.start], f" {blocks[clause]} "]
        done = clause.end
    return "".join([*parts, query.text[done:]])


def _graph_words(words: str) -> str:
    """``GRAPH`` in place of ``SERVICE`` and blanks for ``SILENT``, with all comments and lines."""
    found = re.match(r"SERVICE", words, re.IGNORECASE)
    end = 0 if found is None else found.end()
    rest = words[end:]
    # The last word is SILENT, where there is one.
    silent = len("SILENT")
    if rest[-silent:].upper() == "SILENT":
        rest = rest[:-silent] + " " * silent
    return "GRAPH".ljust(end) + rest


def find_form(pieces: Sequence[re.Match[str]]) -> int | None:
    """The piece that says which form the query has; None where none does."""
    for position, piece in enumerate(pieces):
        if piece.lastgroup == "word" and piece[0].upper() in _FORMS:
            return position
    return None


def _read_clauses(
    text: str, pieces: Sequence[re.Match[str]], names: _Names
) -> Iterator[ServiceClause]:
    matches = _match_brackets(pieces)
    outer_end = 0
    for position, piece in enumerate(pieces):
        if piece.lastgroup != "word" or piece[0].upper() != "SERVICE":
            continue
        following = list(pieces[position + 1 : position + 4])
        is_silent = bool(following) and following[0][0].upper() == "SILENT"
        words_end = following[0].end() if is_silent else piece.end()
        target, group = [*following[is_silent:], None, None][:2]
        if target is None or group is None or group[0] != "{":
            continue
        close = matches.get(group.start())
        if close is None:
            continue
        yield ServiceClause(
            start=piece.start(),
            words_end=words_end,
            group_start=group.start(),
            end=close,
            silent=is_silent,
            endpoint=names.resolve(target),
            written=target[0],
            group=text[group.start() : close],
            nested=piece.start() < outer_end,
        )
        outer_end = max(outer_end, close)


def _match_brackets(pieces: Sequence[re.Match[str]]) -> Mapping[int, int]:
    """Where each bracket that is opened and closed begins, and where what it holds ends."""
    matches: dict[int, int] = {}
    opened: list[int] = []
    for piece in pieces:
        if piece.lastgroup == "open":
            opened.append(piece.start())
        elif piece.lastgroup == "close" and opened:
            matches[opened.pop()] = piece.end()
    return matches


class _Names:
    """What the prologue declares.

    Args:
        pieces: The pieces of the prologue.
        base: What relative IRIs in it are resolved against.
    """

    def __init__(self, pieces: Sequence[re.Match[str]], base: str) -> None:
        self._base = base
        self._prefixes: dict[str, str] = {}
        for position, piece in enumerate(pieces):
            word = piece[0].upper()
            if word == "BASE":
                iri = (
                    self._resolve_iri(pieces[position + 1]) if position + 1 < len(pieces) else None
                )
                self._base = self._base if iri is None else iri
            elif word == "PREFIX" and position + 2 < len(pieces):
                iri = self._resolve_iri(pieces[position + 2])
                prefix = pieces[position + 1][0]
                if iri is not None and prefix.endswith(":"):
                    self._prefixes[prefix] = iri

    def resolve(self, piece: re.Match[str]) -> str | None:
        """The absolute IRI that a piece stands for; None where it is none or has escapes."""
        if piece.lastgroup != "name":
            return self._resolve_iri(piece)
        name = _PLAIN_NAME.fullmatch(piece[0])
        if name is None or f"{name[1]}:" not in self._prefixes:
            return None
        return self._prefixes[f"{name[1]}:"] + name[2]

    def _resolve_iri(self, piece: re.Match[str]) -> str | None:
        iri = _IRI.fullmatch(piece[0]) if piece.lastgroup in ("iri", "escaped") else None
        if iri is None:
            return None
        return iri[1] if _SCHEME.match(iri[1]) else urljoin(self._base, iri[1])
