"""The store as the views see it: named queries with bound values, at one moment.

The queries lie in ``web/queries``, one file each; the name of a file is the name of its
query. No view has SPARQL of its own.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
from flask import Flask, current_app, request
from rdflib import BNode, Literal, URIRef

from graph.conversion import from_ox, to_ox
from graph.errors import GraphError
from graph.querytext import QueryLimits
from graph.store import QueryResult, Store, open_store
from graph.tombstones import Departure
from web.config import Settings
from web.errors import StoreUnreadableError
from web.memory import FreedMemory

logger = logging.getLogger(__name__)

EXTENSION = "tanpu.store"
_REMEMBERED = "tanpu.remembered_texts"
_FREED = "tanpu.freed_memory"

Term = URIRef | BNode | Literal
Row = Mapping[str, Term]


class RememberedRows:
    """Rows of named queries without bindings, kept until the store moves on.

    For what every visitor asks and takes long, such as counts of everything. What took over
    ``patience`` seconds is answered as it was, while a thread asks the new state.
    """

    def __init__(self, *, patience: float = 0.25) -> None:
        self._patience = patience
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._kept: dict[str, _KeptRows] = {}
        self._asking: dict[str, threading.Thread] = {}

    def rows(self, store: StoreAccess, name: str) -> tuple[Sequence[Row], bool]:
        """What :meth:`StoreAccess.rows` gives, and whether it is of the state that is open."""
        with self._lock:
            kept = self._kept.get(name)
            if kept is not None and kept.version != store.version and kept.seconds > self._patience:
                self._begin(store, name)
                return kept.rows, False
        with self._turn:
            kept = self._kept.get(name)
            if kept is None or kept.version != store.version:
                kept = self._ask(store, name)
        return kept.rows, kept.version == store.version

    def wait(self) -> None:
        """Until all that is being asked has been answered."""
        for thread in list(self._asking.values()):
            thread.join()

    def _begin(self, store: StoreAccess, name: str) -> None:
        running = self._asking.get(name)
        if running is None or not running.is_alive():
            thread = threading.Thread(target=self._try_to_ask, args=(store, name), daemon=True)
            self._asking[name] = thread
            thread.start()

    def _ask(self, store: StoreAccess, name: str) -> _KeptRows:
        # The state may change while it is asked: then the rows are taken for older ones.
        version, began = store.version, time.monotonic()
        rows = tuple(store.rows(name))
        kept = _KeptRows(version, rows, time.monotonic() - began)
        with self._lock:
            self._kept[name] = kept
        return kept

    def _try_to_ask(self, store: StoreAccess, name: str) -> None:
        try:
            self._ask(store, name)
        except (StoreUnreadableError, GraphError) as error:
            logger.warning("%s cannot be asked anew: %s", name, error)


@dataclass(frozen=True, slots=True)
class _KeptRows:
    """Rows of a state of the store, and how long it took to ask for them."""

    version: int
    rows: Sequence[Row]
    seconds: float


class RememberedTexts:
    """Long results of named queries about one node, kept until the store moves on.

    An indicator with a thousand figures or an institution with thousands of events is asked for
    again and again, page by page; most of the time goes into reading its terms from disk. Short
    results are not kept, since they cost little, nor very long ones, for their memory: at most
    ``ALL_ROWS_AT_MOST`` rows stay, those asked for last.
    """

    ROWS_AT_LEAST, ROWS_AT_MOST, ALL_ROWS_AT_MOST = 200, 40_000, 80_000

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: int | None = None
        self._results: OrderedDict[object, Sequence[Mapping[str, str]]] = OrderedDict()

    def get(self, version: int, key: object) -> Sequence[Mapping[str, str]] | None:
        """What is kept under the key for this state of the store."""
        with self._lock:
            if self._version != version or key not in self._results:
                return None
            self._results.move_to_end(key)
            return self._results[key]

    def keep(self, version: int, key: object, rows: Sequence[Mapping[str, str]]) -> None:
        """Keep a result; what is of another state goes."""
        if not self.ROWS_AT_LEAST <= len(rows) <= self.ROWS_AT_MOST:
            return
        with self._lock:
            if self._version != version:
                self._version = version
                self._results.clear()
            self._results[key] = rows
            self._results.move_to_end(key)
            while sum(map(len, self._results.values())) > self.ALL_ROWS_AT_MOST:
                self._results.popitem(last=False)


class StoreAccess:
    """Named queries against a store.

    Args:
        store: the store at one moment.
        remembered: where long results of :meth:`texts` are kept, if anywhere.

    Raises:
        StoreUnreadableError: by every method, when the files of the store cannot be read.
    """

    def __init__(self, store: Store, remembered: RememberedTexts | None = None) -> None:
        self._store = store
        self._remembered = remembered

    @property
    def base(self) -> str:
        """What every IRI of the store begins with."""
        return self._store.base

    @property
    def version(self) -> int:
        """The number of the publication that is open."""
        return self._store.version

    def refresh(self) -> None:
        """Moves to the newest publication."""
        self._store.refresh()

    def rows(self, name: str, **bindings: Term) -> list[Row]:
        """The solutions of a SELECT query of ``web/queries``, without what is bound beforehand.

        A variable that has no value is absent.
        """
        return self.rows_between(name, 0, None, **bindings)

    def rows_between(self, name: str, start: int, stop: int | None, **bindings: Term) -> list[Row]:
        """The solutions from ``start`` to before ``stop``; the engine makes no more than these."""
        result = self._run(name, bindings)
        if not isinstance(result, ox.QuerySolutions):
            raise TypeError(f"expected {name!r} to be a SELECT query, got {result!r}")
        # What the caller has bound it knows, and each term that is made takes time.
        named = (variable.value for variable in result.variables)
        variables = [name for name in named if name not in bindings]
        try:
            return [
                {v: from_ox(value) for v in variables if (value := solution[v]) is not None}
                for solution in islice(result, start, stop)
            ]
        except OSError as error:
            raise StoreUnreadableError(f"the store cannot be read: {error}") from error

    def texts(self, name: str, **bindings: Term) -> Sequence[Mapping[str, str]]:
        """The solutions of a SELECT query of ``web/queries`` as IRIs and lexical forms.

        For queries with very many solutions, where making terms takes longer than the query.
        """
        if self._remembered is None:
            return self._read_texts(name, bindings)
        version = self._store.version
        key = (name, *sorted((variable, str(to_ox(term))) for variable, term in bindings.items()))
        known = self._remembered.get(version, key)
        if known is None:
            known = self._read_texts(name, bindings)
            self._remembered.keep(version, key, known)
        return known

    def _read_texts(self, name: str, bindings: Mapping[str, Term]) -> list[dict[str, str]]:
        result = self._run(name, bindings)
        if not isinstance(result, ox.QuerySolutions):
            raise TypeError(f"expected {name!r} to be a SELECT query, got {result!r}")
        variables = [variable.value for variable in result.variables]
        try:
            return [
                {
                    variable: value.value
                    for variable, value in zip(variables, solution, strict=True)
                    if isinstance(value, ox.NamedNode | ox.Literal)
                }
                for solution in result
            ]
        except OSError as error:
            raise StoreUnreadableError(f"the store cannot be read: {error}") from error

    def triples(self, name: str, **bindings: Term) -> list[ox.Triple]:
        """The distinct triples of a CONSTRUCT query of ``web/queries``, sorted."""
        result = self._run(name, bindings)
        if not isinstance(result, ox.QueryTriples):
            raise TypeError(f"expected {name!r} to be a CONSTRUCT query, got {result!r}")
        try:
            return sorted(set(result), key=str)
        except OSError as error:
            raise StoreUnreadableError(f"the store cannot be read: {error}") from error

    def properties(self, iri: URIRef) -> list[tuple[URIRef, Term]]:
        """Everything that is said of a node, in the order of properties and values.

        Read from the index itself: a page asks this of hundreds of nodes, and a query of one
        pattern takes the engine several times as long to plan as to answer.
        """
        pairs = [(from_ox(quad.predicate), from_ox(quad.object)) for quad in self._quads(iri, None)]
        return sorted(pairs, key=lambda pair: (pair[0], isinstance(pair[1], Literal), pair[1]))

    def values(self, iri: URIRef, prop: URIRef) -> list[Term]:
        """The values of one property of a node, in order; read as :meth:`properties` are."""
        found = [from_ox(quad.object) for quad in self._quads(iri, prop)]
        return sorted(found, key=_order)

    def _quads(self, iri: URIRef, prop: URIRef | None) -> list[ox.Quad]:
        predicate = None if prop is None else to_ox(prop)
        database = self._store.database
        try:
            return list(database.quads_for_pattern(to_ox(iri), predicate, None, ox.DefaultGraph()))
        except OSError as error:
            raise StoreUnreadableError(f"the store cannot be read: {error}") from error

    def graph_triples(self, iri: str) -> list[ox.Triple]:
        """All triples of a named graph, sorted; none when there is no such graph."""
        result = self._store.query(query_text("whole_graph"), default_graphs=[iri], named_graphs=[])
        if not isinstance(result, ox.QueryTriples):
            raise TypeError(f"expected a CONSTRUCT query, got {result!r}")
        return sorted(set(result), key=str)

    def departure(self, iri: str) -> Departure | None:
        """What became of a node that the graph no longer speaks of; None where it never did."""
        return self._store.departure(iri)

    def _run(self, name: str, bindings: Mapping[str, Term]) -> QueryResult:
        try:
            return self._store.query(query_text(name), bindings=bindings)
        except OSError as error:
            raise StoreUnreadableError(f"the store cannot be read: {error}") from error


def _order(value: Term) -> tuple[bool, str, str]:
    """IRIs before literals, then by their text, as SPARQL orders texts."""
    is_literal = isinstance(value, Literal)
    return is_literal, str(value), (value.language or "") if isinstance(value, Literal) else ""


@cache
def query_text(name: str) -> str:
    """The text of a query of ``web/queries``.

    Raises:
        FileNotFoundError: when there is none of that name.
    """
    return (files("web") / "queries" / f"{name}.rq").read_text(encoding="utf-8")


def init_app(app: Flask, settings: Settings, store: Store | None) -> None:
    """Opens the store, unless one is given, and moves to its newest state at each request.

    Raises:
        StoreError: when there is no readable store at the path.
    """
    if store is None:
        limits = QueryLimits(
            max_length=settings.query_max_length,
            max_structure=settings.query_max_structure,
            max_depth=settings.query_max_depth,
        )
        path = Path(settings.store)
        store = open_store(path, mode="read", base=settings.base, limits=limits)
    app.extensions[EXTENSION] = store
    app.extensions[_REMEMBERED] = RememberedTexts()
    app.extensions[_FREED] = FreedMemory()
    app.before_request(refresh_store)


def refresh_store() -> None:
    """Lets the request see the newest publication."""
    if request.endpoint != "static":
        store = current_store()
        store.refresh()
        freed: FreedMemory = current_app.extensions[_FREED]
        freed.give_back(store.version)


def current_store() -> Store:
    """The store of the application."""
    store: Store = current_app.extensions[EXTENSION]
    return store


def current_access() -> StoreAccess:
    """The store of the application, for named queries."""
    return StoreAccess(current_store(), current_app.extensions[_REMEMBERED])
