"""Queries that only look up what is said of named things, answered without a process for them.

A process can be killed, which is what keeps a query within its time and memory; to wake one takes
several times as long as a point query. So a query whose cost is known beforehand to be small is
evaluated where it came: one of nothing but triple patterns, each with a constant.

- One pattern whose variables are written as they are found: the evaluation ends with the piece
  of the result that is longer than :data:`MOST_BYTES`.
- Several patterns, each with a constant subject or object, that by its constants alone has few
  matches: in whatever order the engine joins them, it makes no more solutions than the product of
  these numbers. The numbers are counted in the index first, and counting stops at
  :data:`MOST_SOLUTIONS`. With a constant property alone nearly every pattern has more, and to
  count them would cost more than to ask a process.

All else is left to the processes: paths, filters, groups, options, other forms than ``SELECT`` and
``ASK``, terms in rare spellings, what proves to be long, and all that fails.

>>> read_point_query("PREFIX e: <http://e.example/> SELECT ?o { e:a ?p ?o }")
()
>>> read_point_query("ASK { <http://e.example/a> ?p ?o ; ?p ?o FILTER(?o > 1) }") is None
True
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

import pyoxigraph as ox

from graph.errors import GraphError
from graph.evaluation import EvaluationRules, QueryTask, evaluate
from graph.store import SnapshotReader
from graph.worker import Header
from graph.workers import QueryUsage, UsageObserver

# The solutions that a point query with several patterns may have, and the bytes of any result.
MOST_SOLUTIONS = 128
# To plan the join of more patterns takes longer than a process does for all of it.
MOST_PATTERNS = 16
MOST_BYTES = 1 << 14
# A longer text is no point query, or one that is not worth the reading.
_LONGEST_TEXT = 8192
_A = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_POSITIONS = 3
# What may follow declarations that are not all.
_MORE_PROLOGUE = frozenset("Pp# \t\r\n")
_DEFAULT = ox.DefaultGraph()
_SPACE = r"(?:[ \t\r\n]++|\#[^\r\n]*+)"
_PREFIX = rf"[Pp][Rr][Ee][Ff][Ii][Xx]{_SPACE}++([A-Za-z0-9_-]*+):{_SPACE}*+<([^<>\s]*+)>{_SPACE}*+"
_DECLARATION = re.compile(_PREFIX)
_PROLOGUE = re.compile(rf"{_SPACE}*+(?:{_PREFIX})*+")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*")
_NAME = r"[A-Za-z0-9_-]*+:[A-Za-z0-9_-]*+(?![.:%\\\w])"
_VARIABLE = r"[?$][A-Za-z_][A-Za-z0-9_]*+"
# What is said of one thing: the commonest point query by far.
_DESCRIPTION = re.compile(
    rf"[Ss][Ee][Ll][Ee][Cc][Tt]{_SPACE}*+(?:\*|(?:{_VARIABLE}{_SPACE}*+)++){_SPACE}*+"
    rf"(?:[Ww][Hh][Ee][Rr][Ee]{_SPACE}*+)?+"
    rf"\{{{_SPACE}*+(?:<[^<>\s]++>|{_NAME}){_SPACE}*+"
    rf"[?$]([A-Za-z_][A-Za-z0-9_]*+){_SPACE}*+[?$](?!\1(?!\w))[A-Za-z_][A-Za-z0-9_]*+{_SPACE}*+"
    rf"\.?+{_SPACE}*+\}}{_SPACE}*+\Z"
)
# One match a token, with the space before it; whatever else there is falls to the last group.
_TOKEN = re.compile(
    rf"""{_SPACE}*+(?:
      ({_VARIABLE})
    | <([^<>\s]*+)>
    | ({_NAME})
    | ("[^"\r\n]*+")(?:@([a-z]++(?:-[a-z0-9]++)*+))?+(?![@^"\w-])
    | ([A-Za-z]++|[0-9]++)(?![\w:-])
    | ([{{}}.;,*])
    | \Z
    | (.)
    )""",
    re.VERBOSE | re.DOTALL,
)

logger = logging.getLogger(__name__)

# A subject, a predicate and an object; None for a variable.
Pattern = tuple[ox.NamedNode | None, ox.NamedNode | None, ox.NamedNode | ox.Literal | None]


class PointQueries:
    """Answers point queries over the newest snapshot of a store, in the thread that asks.

    Args:
        store: what is read; it is moved to newer snapshots.
        rules: what holds for every query.
        observe: called with the usage of each point query.
        waits: whether a query waits for that; else it is left to the processes, while a thread
            opens the new snapshot.
    """

    def __init__(
        self,
        store: SnapshotReader,
        *,
        rules: EvaluationRules,
        observe: UsageObserver,
        waits: bool = False,
    ) -> None:
        self._store = store
        self._rules = rules
        self._observe = observe
        self._waits = waits
        self._moving: threading.Thread | None = None
        self._prologue = ""

    def answer(self, task: QueryTask, *, client: str | None) -> tuple[Header, bytes] | None:
        """The whole result of a point query; None for what a process must evaluate.

        Args:
            task: the query.
            client: whose share of the service it takes.
        """
        began = time.monotonic()
        patterns = None if _has_dataset(task) else self._read(task.text)
        if patterns is None:
            return None
        try:
            if not self._is_current():
                return None
            database = self._store.database
            if not are_few(database, patterns):
                return None
            evaluation = evaluate(database, task, self._rules)
            result = _ShortResult()
            evaluation.write_to(result)
        except (GraphError, OSError):
            # The process meets the same error, and tells it.
            return None
        header = Header(evaluation.form, evaluation.media_type, evaluation.truncated)
        self._observe(
            QueryUsage(
                client=client,
                text=task.text,
                form=evaluation.form,
                waited=0.0,
                held=time.monotonic() - began,
                ending="complete",
            )
        )
        return header, b"".join(result.pieces)

    def _read(self, text: str) -> tuple[Pattern, ...] | None:
        # Most clients send the same declarations with each query.
        known = self._prologue
        if not text.startswith(known) or text[len(known) : len(known) + 1] in _MORE_PROLOGUE:
            self._prologue = known = split_prologue(text)
        return read_point_query(text, prologue=known)

    def _is_current(self) -> bool:
        """Whether the newest snapshot is open; if not, begin to open it, which takes a while."""
        if self._waits:
            if not self._store.is_newest():
                self._move()
            return self._store.is_newest()
        if self._moving is not None and self._moving.is_alive():
            return False
        if self._store.is_newest():
            return True
        self._moving = threading.Thread(target=self._move, daemon=True)
        self._moving.start()
        return False

    def _move(self) -> None:
        try:
            self._store.refresh()
        except GraphError as error:
            logger.warning("cannot open the newest snapshot for point queries: %s", error)


def read_point_query(text: str, *, prologue: str | None = None) -> tuple[Pattern, ...] | None:
    """The triple patterns of a point query whose matches must be counted; None for any other query.

    There are none where solutions are written as fast as they are found. The engine parses the
    text by itself: what is read here decides only where that happens.

    Args:
        text: the query.
        prologue: what :func:`split_prologue` says of it, where that is known.
    """
    if len(text) > _LONGEST_TEXT or "\\" in text:
        return None
    prologue = split_prologue(text) if prologue is None else prologue
    description = _DESCRIPTION.match(text, len(prologue))
    if description is not None:
        return ()
    try:
        return _PatternReader(text, len(prologue), _read_prefixes(prologue)).read()
    except _OtherQueryError:
        return None


def split_prologue(text: str) -> str:
    """The declarations of prefixes that a query begins with, and the space after them.

    >>> split_prologue("PREFIX e: <http://e.example/> ASK {}")
    'PREFIX e: <http://e.example/> '
    """
    prologue = _PROLOGUE.match(text)
    assert prologue is not None
    return prologue[0]


def are_few(database: ox.Store, patterns: tuple[Pattern, ...]) -> bool:
    """Whether triple patterns have few solutions, however they are joined."""
    if any(subject is None and value is None for subject, _, value in patterns):
        return False
    solutions = 1
    for subject, predicate, value in patterns:
        matches = database.quads_for_pattern(subject, predicate, value, _DEFAULT)
        solutions *= max(1, sum(1 for _ in islice(matches, MOST_SOLUTIONS // solutions + 1)))
        if solutions > MOST_SOLUTIONS:
            return False
    return True


def _has_dataset(task: QueryTask) -> bool:
    return task.default_graphs is not None or task.named_graphs is not None


@lru_cache(maxsize=64)
def _read_prefixes(prologue: str) -> Mapping[str, str]:
    return MappingProxyType({m[1]: m[2] for m in _DECLARATION.finditer(prologue)})


class _LongResultError(GraphError):
    """A result is longer than that of a point query may be."""


class _ShortResult:
    """A sink for so many bytes and no more."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> int:
        """Keep some bytes; their number.

        Raises:
            _LongResultError: They are too many.
        """
        self._size += len(data)
        if self._size > MOST_BYTES:
            raise _LongResultError("the result is long")
        self.pieces.append(data)
        return len(data)


class _Token(NamedTuple):
    """One token of a point query; all but what it is are empty, and all of them at the end."""

    variable: str
    iri: str
    name: str
    literal: str
    language: str
    word: str
    mark: str
    other: str


_END = _Token("", "", "", "", "", "", "", "")


class _OtherQueryError(Exception):
    """A query is not one of triple patterns alone, or is spelt in another way."""


class _PatternReader:
    """Reads the body of a query, from a place in its text.

    >>> _PatternReader("ASK { ?s <http://p.example/> 'a' }", 0, {}).read()
    Traceback (most recent call last):
    ...
    graph.point_queries._OtherQueryError
    """

    def __init__(self, text: str, start: int, prefixes: Mapping[str, str]) -> None:
        self._tokens = map(_Token._make, _TOKEN.findall(text, start))
        self._prefixes = prefixes
        self._patterns: list[Pattern] = []
        self._variables: list[str] = []
        self._is_distinct = False

    def read(self) -> tuple[Pattern, ...]:
        """The patterns that must be counted.

        Raises:
            _OtherQueryError: There is something else.
        """
        form, token = self._next().word.lower(), self._next()
        if form == "select":
            token = self._projection(token)
        elif form != "ask":
            raise _OtherQueryError
        if token.word.lower() == "where":
            token = self._next()
        if token.mark != "{":
            raise _OtherQueryError
        self._group()
        self._ending()
        is_listed = (
            len(self._patterns) == 1
            and len(self._variables) == len(set(self._variables)) < _POSITIONS
            and not self._is_distinct
        )
        return () if is_listed else tuple(self._patterns)

    def _projection(self, token: _Token) -> _Token:
        """Skip what a query asks for; the token after it."""
        if token.word.lower() in ("distinct", "reduced"):
            self._is_distinct = True
            token = self._next()
        if token.mark == "*":
            return self._next()
        while token.variable:
            token = self._next()
        return token

    def _group(self) -> None:
        """Read the triple patterns between braces."""
        token = self._next()
        while token.mark != "}":
            subject = self._subject(token)
            mark = ";"
            while mark == ";":
                predicate = self._predicate(self._next())
                mark = ","
                while mark == ",":
                    self._patterns.append((subject, predicate, self._term(self._next())))
                    if len(self._patterns) > MOST_PATTERNS:
                        raise _OtherQueryError
                    token = self._next()
                    mark = token.mark
            if mark == ".":
                token = self._next()
            elif mark != "}":
                raise _OtherQueryError

    def _ending(self) -> None:
        """Read what may follow: how many solutions are wanted, or nothing."""
        last = self._next()
        if last == _END:
            return
        if last.word.lower() != "limit" or not self._next().word.isdigit():
            raise _OtherQueryError
        if self._next() != _END:
            raise _OtherQueryError

    def _subject(self, token: _Token) -> ox.NamedNode | None:
        subject = self._term(token)
        if isinstance(subject, ox.Literal):
            raise _OtherQueryError
        return subject

    def _predicate(self, token: _Token) -> ox.NamedNode | None:
        return _A if token.word == "a" else self._subject(token)

    def _term(self, token: _Token) -> ox.NamedNode | ox.Literal | None:
        """What a token stands for in a pattern."""
        if token.variable:
            self._variables.append(token.variable[1:])
            return None
        if token.iri:
            return _to_node(token.iri)
        if token.name:
            prefix, _, local = token.name.partition(":")
            if prefix not in self._prefixes:
                raise _OtherQueryError
            return _to_node(self._prefixes[prefix] + local)
        if token.literal:
            return ox.Literal(token.literal[1:-1], language=token.language or None)
        raise _OtherQueryError

    def _next(self) -> _Token:
        return next(self._tokens, _END)


def _to_node(iri: str) -> ox.NamedNode:
    """The node of an absolute IRI.

    One that might be another one once it is resolved is left out.

    Raises:
        _OtherQueryError: It is relative, or has segments of dots, or is none.
    """
    if _IRI.fullmatch(iri) is None or "/." in iri:
        raise _OtherQueryError
    try:
        return ox.NamedNode(iri)
    except ValueError as error:
        raise _OtherQueryError from error
