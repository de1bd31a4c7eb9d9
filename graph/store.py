"""The store: one named graph a document, and every distinct triple once in the default graph.

Queries run over the default graph, so that no triple counts twice however many documents
say it; ``GRAPH ?g { … }`` still tells which documents do. Graphs are replaced whole, each
batch in one transaction. On disk a store is a folder::

    store.json    format version and base IRI, fixed when the store is made
    LOCK          held by the one writer
    UNPUBLISHED   there while the live database is ahead of the newest snapshot
    live/         the Oxigraph database, for the writer alone
    live.restored what takes its place, while a backup is restored
    snapshots/N/  what ``publish`` made, for any number of readers; the newest two are kept
    CURRENT       N of the newest snapshot, replaced by renaming
    tombstones.sqlite3  where documents spoke of what the graph no longer speaks of

>>> with open_store(None, mode="write") as store:
...     store.graphs()
[]

Source: SPARQL 1.1 Query, section 13 (RDF dataset); RocksDB checkpoints, which ``backup``
makes.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Literal, Protocol, Self, TypeVar

import pyoxigraph as ox
from rdflib import Graph
from rdflib.term import Node, URIRef

from graph.conversion import graph_to_triples, stored_forms, to_ox, triples_to_graph
from graph.datasets import view_dataset
from graph.errors import GraphError
from graph.querytext import BindingError, QueryLimits, refuse_dangerous_query, syntax_error
from graph.tombstones import (
    TOMBSTONE_FILE,
    Departure,
    Tombstones,
    find_departure,
    find_losses,
    find_removals,
)

logger = logging.getLogger(__name__)

DEFAULT_BASE = "http://127.0.0.1:8000/"
FORMAT_VERSION = 1
# Of former snapshots the newest one stays, and each for so long after the next one was made: who
# reads it may open its files late, and a query may take half a minute.
KEPT_SNAPSHOTS = 2
KEPT_SECONDS = 60.0
OPENING_ATTEMPTS = 5
# Whoever changes more has to look at everything anyway.
CHANGED_NODES_AT_MOST = 200_000
# How long a command waits for its turn to write: a running service writes for seconds at a time.
COMMAND_WAIT_SECONDS = 30.0
_PAUSE_SECONDS = 0.05
# What RocksDB tells of its own work; a reader writes it too.
_DATABASE_LOG = "LOG"
_NAMES_BEFORE_CREATION = frozenset(
    {"LOCK", "reports", "store.json.unfinished", "tokens.json", "tokens.lock"}
)

_NOTHING: Mapping[str, frozenset[ox.Triple]] = MappingProxyType({})

DumpFormat = Literal["nquads", "trig"]
Mode = Literal["write", "read"]
_T = TypeVar("_T")
QueryResult = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class StoreError(GraphError):
    """Base of what can go wrong with a store as a whole."""


class StoreNotFoundError(StoreError):
    """There is no store at a path, or nothing has been published there yet."""


class StoreLockedError(StoreError):
    """Another writer has the store open."""


class StoreVersionError(StoreError):
    """The store was made by a version with another layout."""


class BaseMismatchError(StoreError):
    """A store was opened with another base IRI than the one it was made with."""


class CorruptStoreError(StoreError):
    """The files of a store are damaged."""


class ReadOnlyStoreError(StoreError):
    """Something tried to change a store that was opened for reading."""


class ClosedStoreError(StoreError):
    """A store was used after it had been closed."""


class StoreWriteError(StoreError):
    """The database refused to write, as on a full disk; nothing of the change is kept."""


class GraphNotFoundError(StoreError):
    """The store has no named graph of a name."""


class BlankNodeError(StoreError):
    """A graph to be stored has blank nodes, which no replacement could compare."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A published state on disk: its number, its folder, and a stamp that it alone has.

    The stamp tells snapshots of one number apart where a store was made anew.
    """

    number: int
    folder: Path
    stamp: tuple[int, int]


class Store(Protocol):
    """What the rest of the project may ask of a store."""

    @property
    def base(self) -> str:
        """The IRI under which everything in the store is minted."""

    @property
    def path(self) -> Path | None:
        """The store's folder; None in memory."""

    @property
    def version(self) -> int:
        """The number of the newest publication that this store shows; 0 before the first."""

    @property
    def database(self) -> ox.Store:
        """The open database, for what evaluates queries beside ``query``."""

    @property
    def changed_nodes(self) -> frozenset[str] | None:
        """The IRIs in triples that came or went since the newest publication; None: unknown."""

    def query(
        self,
        text: str,
        *,
        bindings: Mapping[str, Node] | None = None,
        prefixes: Mapping[str, str] | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> QueryResult:
        """Evaluate a SPARQL 1.1 query."""

    def graph(self, iri: str) -> Graph:
        """A copy of one named graph."""

    def graphs(self) -> list[str]:
        """The names of all named graphs, sorted."""

    def contains_graph(self, iri: str) -> bool:
        """Whether there is a named graph of this name."""

    def departure(self, iri: str) -> Departure | None:
        """What became of a node that the graph once spoke of; None where it never did."""

    def equals_graph(self, iri: str, graph: Graph) -> bool:
        """Whether replacing a named graph by this one would change nothing."""

    def replace_graph(self, iri: str, graph: Graph) -> bool:
        """Make a named graph hold exactly these triples; True if that changed anything."""

    def replace_graphs(self, graphs: Mapping[str, Graph]) -> frozenset[str]:
        """Replace several named graphs in one transaction; the names of those changed."""

    def write_triples(
        self,
        graphs: Mapping[str, frozenset[ox.Triple]],
        *,
        added: Mapping[str, frozenset[ox.Triple]] = _NOTHING,
    ) -> frozenset[str]:
        """Replace several named graphs by triples of a database; the names of those changed."""

    def remove_graph(self, iri: str) -> bool:
        """Remove a named graph; True if it was there."""

    def dump(self, stream: IO[bytes], format: DumpFormat) -> None:
        """Write all named graphs, in an order that only their content decides."""

    def update(self, text: str, *, base_iri: str | None = None) -> None:
        """Evaluate a SPARQL 1.1 update."""

    def optimize(self) -> None:
        """Arrange the database for reading, worth it after a large load."""

    def publish(self) -> int:
        """Show readers the present state; the number of the publication."""

    def refresh(self) -> bool:
        """Move to the newest publication; True if there was a newer one."""

    def close(self) -> None:
        """Give the store back; it cannot be used afterwards."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def open_store(
    path: Path | None,
    *,
    mode: Mode,
    base: str | None = None,
    limits: QueryLimits | None = None,
    wait_seconds: float = 0.0,
) -> Store:
    """Open a store, and make it first where a writer names a new or empty folder.

    Args:
        path: The store's folder, or None for a store in memory.
        mode: ``write`` for the one writer, ``read`` for the newest published snapshot.
        base: The base IRI. None takes that of the store, or ``DEFAULT_BASE`` for a new one.
        limits: How large a query may be; None takes the defaults.
        wait_seconds: How long a writer waits until another one is done.

    Raises:
        StoreNotFoundError: No store is there, or it has not published anything yet.
        StoreLockedError: Another writer still has it open after so many seconds.
        StoreVersionError: Another version made it.
        BaseMismatchError: It was made with another base.
        CorruptStoreError: Its files are damaged.
        ValueError: A store in memory cannot be opened for reading only.

    Example:
        >>> open_store(None, mode="write", base="http://example.org/").base
        'http://example.org/'
    """
    limits = limits if limits is not None else QueryLimits()
    if path is None:
        if mode == "read":
            raise ValueError("expected a path to read from, got None: memory is shared by nobody")
        return OxigraphStore(ox.Store(), base=base or DEFAULT_BASE, limits=limits)
    if mode == "read":
        return SnapshotReader(path, base=_read_base(path, base), limits=limits)
    return _once_unlocked(
        lambda: _open_for_writing(path, base=base, limits=limits), wait_seconds=wait_seconds
    )


def newest_snapshot(path: Path) -> Snapshot:
    """The newest published state of the store at a path.

    A writer that goes on publishing deletes its folder after the next but one.

    Raises:
        StoreNotFoundError: There is no store, or nothing has been published yet.
        CorruptStoreError: Its files are damaged.
    """
    return _snapshot_at(path, _stamp(path))


@contextmanager
def hold_store(path: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Let nobody write the store at a path meanwhile.

    Raises:
        StoreLockedError: Somebody else still writes after so many seconds.
        OSError: There is no such folder.
    """
    lock = _once_unlocked(lambda: _locked(path), wait_seconds=wait_seconds)
    try:
        yield
    finally:
        lock.close()


def _once_unlocked(attempt: Callable[[], _T], *, wait_seconds: float) -> _T:
    """What an attempt gives as soon as nobody else writes, or its error at the end of the time."""
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            return attempt()
        except StoreLockedError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_SECONDS)


def copy_database(source: Path, target: Path) -> None:
    """Copy the files of a database that nobody writes, and see that they are on the disk.

    Raises:
        OSError: One cannot be read or written.
    """
    target.mkdir()
    for file in sorted(source.iterdir()):
        if file.name == "LOCK" or file.name.startswith(_DATABASE_LOG):
            continue
        with file.open("rb") as reading, (target / file.name).open("xb") as writing:
            shutil.copyfileobj(reading, writing)
            writing.flush()
            os.fsync(writing.fileno())


def replace_database(path: Path, source: Path, *, base: str) -> int:
    """Make a store hold what another database does, and publish it; make the store where none is.

    To be called by whoever holds the store. An interruption leaves the old state or the new one.

    Args:
        path: The store's folder.
        source: The folder of a database that nobody writes.
        base: The base IRI of what it holds.

    Returns:
        The number of the publication.

    Raises:
        BaseMismatchError: The store there was made with another base.
        CorruptStoreError: The copy of the database cannot be opened.
        StoreWriteError: The disk refused to write.
    """
    if (path / "store.json").exists():
        _read_base(path, base)
    number = _newest_snapshot(path) + 1
    snapshots, live = path / "snapshots", path / "live"
    target, unfinished = snapshots / str(number), snapshots / f"{number}.unfinished"
    copying, restored, replaced = (path / f"live.{n}" for n in ("copying", "restored", "replaced"))
    try:
        snapshots.mkdir(exist_ok=True)
        for leftover in (target, unfinished, copying, restored, replaced):
            if leftover.exists():
                shutil.rmtree(leftover)
        copy_database(source, copying)
        _check_opens(copying)
        copy_database(source, unfinished)
        if not (path / "store.json").exists():
            made = {"format": FORMAT_VERSION, "base": base}
            _write_atomically(path / "store.json", json.dumps(made, indent=2) + "\n")
        (path / "UNPUBLISHED").touch()
        copying.rename(restored)
        if live.exists():
            live.rename(replaced)
        # What happens in between is mended when the store is next opened for writing.
        restored.rename(live)
        unfinished.rename(target)
        _write_atomically(path / "CURRENT", f"{number}\n")
        (path / "UNPUBLISHED").unlink(missing_ok=True)
        if replaced.exists():
            shutil.rmtree(replaced)
        _remove_old_snapshots(snapshots, number)
    except OSError as error:
        raise StoreWriteError(f"cannot restore the store at {str(path)!r}: {error}") from error
    logger.info("restored snapshot %d of %s", number, path)
    return number


class _QueriedStore:
    """What a writer and a reader share: everything that only reads."""

    def __init__(self, database: ox.Store, *, base: str, path: Path | None, limits: QueryLimits):
        self._database: ox.Store | None = database
        self._base = base
        self._path = path
        self._limits = limits
        self._tombstones = Tombstones(None if path is None else path / TOMBSTONE_FILE)

    @property
    def base(self) -> str:
        """The IRI under which everything in the store is minted."""
        return self._base

    @property
    def path(self) -> Path | None:
        """The store's folder; None in memory."""
        return self._path

    @property
    def database(self) -> ox.Store:
        """The open database, for what evaluates queries beside ``query``.

        Raises:
            ClosedStoreError: The store has been closed.
        """
        return self._open_database()

    def query(
        self,
        text: str,
        *,
        bindings: Mapping[str, Node] | None = None,
        prefixes: Mapping[str, str] | None = None,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
    ) -> QueryResult:
        """Evaluate a SPARQL 1.1 query over one consistent state of the store.

        ``SELECT`` and ``CONSTRUCT`` are evaluated while the result is read.

        Args:
            text: The query.
            bindings: Values for variables, by name without the question mark. Each variable
                must be among those that SELECT projects, or in the template of CONSTRUCT.
            prefixes: Prefixes that the query may use without declaring them.
            default_graphs: The graphs to merge into the default graph, by IRI; None takes
                the store's own, an empty sequence an empty one.
            named_graphs: The graphs that ``GRAPH`` sees, by IRI; None lets it see all.

        Raises:
            InvalidQueryError: The query cannot be parsed; it carries line and column.
            QueryTooComplexError: It is too long or too deeply nested.
            UnsupportedQueryError: It calls another service.
            BindingError: A bound variable is not projected.
            UnmappableTermError: A binding or a graph's IRI is no RDF term.

        Example:
            >>> bool(open_store(None, mode="write").query("ASK { ?s ?p ?o }"))
            False
        """
        refuse_dangerous_query(text, limits=self._limits, prefixes=prefixes)
        values: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable(name): to_ox(term) for name, term in (bindings or {}).items()
        }
        for iri in (*(default_graphs or ()), *(named_graphs or ())):
            to_ox(URIRef(iri))
        try:
            view = view_dataset(
                self._open_database(),
                text,
                prefixes=prefixes,
                default_graphs=default_graphs,
                named_graphs=named_graphs,
            )
            return view.database.query(
                text,
                prefixes=None if prefixes is None else dict(prefixes),
                substitutions=values or None,
                default_graph=view.default_graphs,
                named_graphs=view.named_graphs,
            )
        except SyntaxError as error:
            raise syntax_error(error) from error
        except RuntimeError as error:
            if not values:
                raise
            raise BindingError(f"cannot bind {sorted(bindings or ())}: {error}") from error

    def graph(self, iri: str) -> Graph:
        """A copy of one named graph.

        Raises:
            GraphNotFoundError: There is none of this name.
        """
        name = to_ox(URIRef(iri))
        quads = list(self._open_database().quads_for_pattern(None, None, None, name))
        if not quads:
            raise GraphNotFoundError(f"expected the name of a graph in the store, got {iri!r}")
        return triples_to_graph(quads, Graph(identifier=URIRef(iri), bind_namespaces="none"))

    def graphs(self) -> list[str]:
        """The names of all named graphs, sorted."""
        return sorted(name.value for name in self._open_database().named_graphs())

    def contains_graph(self, iri: str) -> bool:
        """Whether there is a named graph of this name."""
        return self._open_database().contains_named_graph(to_ox(URIRef(iri)))

    def departure(self, iri: str) -> Departure | None:
        """What became of a node that the graph once spoke of; None where it never did.

        Meant for IRIs of which the store says nothing; of others the answer may be of the past.

        Raises:
            TombstoneError: What is remembered cannot be read.
        """
        return find_departure(self._open_database(), self._base, self._tombstones, iri)

    def equals_graph(self, iri: str, graph: Graph) -> bool:
        """Whether replacing a named graph by this one would change nothing.

        Raises:
            BlankNodeError: The graph has blank nodes.
        """
        return _held(self._open_database(), to_ox(URIRef(iri))) == _stored_triples(iri, graph)

    def dump(self, stream: IO[bytes], format: DumpFormat) -> None:
        """Write all named graphs, in an order that only their content decides.

        The default graph is left out: it is what the named graphs say together.

        Args:
            stream: Where to write; UTF-8.
            format: ``nquads`` or ``trig``.
        """
        formats = {"nquads": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG}
        ox.serialize(_sorted_quads(self._open_database()), stream, format=formats[format])

    def close(self) -> None:
        """Give the store back; it cannot be used afterwards."""
        self._database = None
        self._tombstones.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open_database(self) -> ox.Store:
        database = self._database
        if database is None:
            raise ClosedStoreError(f"expected an open store, got a closed one at {self._path}")
        return database


class OxigraphStore(_QueriedStore):
    """The store of the one writer, or a store in memory; made by ``open_store``."""

    def __init__(
        self,
        database: ox.Store,
        *,
        base: str,
        limits: QueryLimits,
        path: Path | None = None,
        lock: IO[str] | None = None,
    ) -> None:
        super().__init__(database, base=base, path=path, limits=limits)
        self._lock = lock
        self._writing = threading.Lock()
        self._version = 0 if path is None else _newest_snapshot(path)
        # What a writer before this one left unpublished is not known.
        is_ahead = path is not None and (path / "UNPUBLISHED").exists()
        self._changed: set[str] | None = None if is_ahead else set()

    @property
    def version(self) -> int:
        """The number of the newest publication; 0 before the first."""
        return self._version

    @property
    def changed_nodes(self) -> frozenset[str] | None:
        """The IRIs of subjects and objects that ``write_triples`` changed since ``publish``.

        None where it is not known: after ``update``, after a writing that failed, where another
        writer left something unpublished, and for very many.
        """
        return None if self._changed is None else frozenset(self._changed)

    def replace_graph(self, iri: str, graph: Graph) -> bool:
        """Make a named graph hold exactly these triples; an empty graph removes it.

        Returns:
            True if that changed anything.

        Raises:
            BlankNodeError: The graph has blank nodes.
            UnmappableTermError: It has a term that cannot be stored.

        Example:
            >>> store = open_store(None, mode="write")
            >>> seen = URIRef("http://example.org/seen")
            >>> store.replace_graph("http://example.org/g", Graph().add((seen, seen, seen)))
            True
        """
        return bool(self.replace_graphs({iri: graph}))

    def replace_graphs(self, graphs: Mapping[str, Graph]) -> frozenset[str]:
        """Replace several named graphs in one transaction; see ``replace_graph``.

        Returns:
            The names of the graphs that changed.
        """
        return self.write_triples(
            {iri: _stored_triples(iri, graph) for iri, graph in graphs.items()}
        )

    def write_triples(
        self,
        graphs: Mapping[str, frozenset[ox.Triple]],
        *,
        added: Mapping[str, frozenset[ox.Triple]] = _NOTHING,
    ) -> frozenset[str]:
        """Replace several named graphs by triples in one transaction; none of them removes one.

        Unlike the graphs of documents, these may have blank nodes, which get new labels. A
        graph that has any is replaced, and counted as changed, whatever it holds.

        Args:
            graphs: What each graph is to hold, in the form in which a database gives it back.
            added: What other graphs get beside what they hold, which is not read: for graphs that
                only grow. These triples have no blank nodes.

        Returns:
            The names of the graphs that changed.

        Raises:
            UnmappableTermError: A name is no absolute IRI.
            StoreWriteError: The database refused to write.
            TombstoneError: What leaves the graph cannot be remembered; nothing is changed.

        Example:
            >>> store, node = open_store(None, mode="write"), ox.BlankNode()
            >>> triple = ox.Triple(node, ox.NamedNode("urn:p"), node)
            >>> sorted(store.write_triples({"urn:g": frozenset([triple])}))
            ['urn:g']
        """
        wanted = {to_ox(URIRef(iri)): triples for iri, triples in graphs.items()}
        with self._writing:
            database = self._open_database()
            changes = _changes(database, wanted)
            changes += [
                _Change(to_ox(URIRef(iri)), frozenset(), triples, dropped=False)
                for iri, triples in added.items()
                if triples
            ]
            if not changes:
                return frozenset()
            self._mark_unpublished()
            removed = {change.name.value: change.removed for change in changes}
            entering = [change.added for change in changes]
            losses = find_losses(database, self._base, removed, entering)
            self._tombstones.add(losses)
            self._tombstones.note_removals(find_removals(losses, datetime.now(UTC)))
            known, self._changed = self._changed, None
            try:
                database.update(_update_text(database, changes))
            except (OSError, RuntimeError) as error:
                raise StoreWriteError(f"cannot write to {self._path}: {error}") from error
            self._changed = _with_nodes(known, changes)
        return frozenset(change.name.value for change in changes)

    def remove_graph(self, iri: str) -> bool:
        """Remove a named graph; True if it was there."""
        return self.replace_graph(iri, Graph())

    def update(self, text: str, *, base_iri: str | None = None) -> None:
        """Evaluate a SPARQL 1.1 update, in one transaction, on the dataset as it is.

        Nothing here keeps the default graph what the named graphs say together, validates, or
        refuses other hosts: for that there are ``replace_graphs``, ``graph/ingest.py`` and
        ``graph/updatetext.py``.

        Args:
            text: The update.
            base_iri: What resolves relative IRIs; None leaves none.

        Raises:
            InvalidQueryError: The update cannot be parsed; it carries line and column.
            StoreWriteError: The database refused it; nothing of it is kept.

        Example:
            >>> open_store(None, mode="write").update("CLEAR ALL")
        """
        with self._writing:
            database = self._open_database()
            self._mark_unpublished()
            self._changed = None
            try:
                database.update(text, base_iri=base_iri)
            except SyntaxError as error:
                raise syntax_error(error) from error
            except (OSError, RuntimeError) as error:
                raise StoreWriteError(f"cannot update {self._path}: {error}") from error

    def optimize(self) -> None:
        """Arrange the database for reading, worth it after a large load."""
        self._open_database().optimize()

    def publish(self) -> int:
        """Show readers the present state, unless they see it already.

        Returns:
            The number of the newest publication.

        Raises:
            StoreWriteError: The snapshot could not be written.
        """
        with self._writing:
            database = self._open_database()
            if self._path is None:
                self._version += 1
            elif self._version == 0 or (self._path / "UNPUBLISHED").exists():
                number = self._version + 1
                _write_snapshot(database, self._path, number)
                self._version = number
            self._changed = set()
            return self._version

    def refresh(self) -> bool:
        """Nothing to do: a writer always sees its own newest state."""
        return False

    def close(self) -> None:
        """Give the store and its lock back; what was not published stays unpublished."""
        with self._writing:
            super().close()
            if self._lock is not None:
                self._lock.close()
                self._lock = None

    def _mark_unpublished(self) -> None:
        if self._path is not None:
            (self._path / "UNPUBLISHED").touch()


class SnapshotReader(_QueriedStore):
    """The newest snapshot of a store, read-only; made by ``open_store``.

    Safe to use from several threads: a query goes on with the state that it began with.
    """

    def __init__(self, path: Path, *, base: str, limits: QueryLimits) -> None:
        self._refreshing = threading.Lock()
        self._seen = _stamp(path)
        self._version, database = _open_newest(path)
        super().__init__(database, base=base, path=path, limits=limits)
        self._folder = path

    @property
    def version(self) -> int:
        """The number of the snapshot that is open."""
        return self._version

    @property
    def changed_nodes(self) -> frozenset[str]:
        """No node: a snapshot never changes."""
        return frozenset()

    def is_newest(self) -> bool:
        """Whether the newest snapshot is open; costs one ``stat``.

        Raises:
            StoreNotFoundError: The store has been removed.
        """
        return _stamp(self._folder) == self._seen

    def refresh(self) -> bool:
        """Move to the newest snapshot; costs one ``stat`` where there is none.

        Returns:
            True if there was a newer one.

        Raises:
            StoreNotFoundError: The store has been removed.
            CorruptStoreError: The newest snapshot is damaged.
        """
        if self.is_newest():
            return False
        with self._refreshing:
            self._open_database()
            seen = _stamp(self._folder)
            if seen == self._seen:
                return False
            version, database = _open_newest(self._folder)
            moved = version != self._version
            self._database, self._version, self._seen = database, version, seen
            return moved

    def replace_graph(self, iri: str, graph: Graph) -> bool:
        """Refused: see ``OxigraphStore``."""
        raise self._read_only("replace a graph")

    def replace_graphs(self, graphs: Mapping[str, Graph]) -> frozenset[str]:
        """Refused: see ``OxigraphStore``."""
        raise self._read_only("replace graphs")

    def write_triples(
        self,
        graphs: Mapping[str, frozenset[ox.Triple]],
        *,
        added: Mapping[str, frozenset[ox.Triple]] = _NOTHING,
    ) -> frozenset[str]:
        """Refused: see ``OxigraphStore``."""
        raise self._read_only("replace graphs")

    def remove_graph(self, iri: str) -> bool:
        """Refused: see ``OxigraphStore``."""
        raise self._read_only("remove a graph")

    def update(self, text: str, *, base_iri: str | None = None) -> None:
        """Refused: see ``OxigraphStore``."""
        raise self._read_only("update")

    def optimize(self) -> None:
        """Refused: see ``OxigraphStore``."""
        raise self._read_only("optimize")

    def publish(self) -> int:
        """Refused: see ``OxigraphStore``."""
        raise self._read_only("publish")

    def _read_only(self, action: str) -> ReadOnlyStoreError:
        return ReadOnlyStoreError(f"expected a writer to {action}, got a reader of {self._path}")


@dataclass(frozen=True, slots=True)
class _Change:
    """The triples that leave and that enter one named graph.

    A graph that is ``dropped`` is removed first: one that is to be empty, and one with blank
    nodes, which cannot be removed one by one because no text of an update can name them.
    """

    name: ox.NamedNode
    removed: frozenset[ox.Triple]
    added: frozenset[ox.Triple]
    dropped: bool


def _stored_triples(iri: str, graph: Graph) -> frozenset[ox.Triple]:
    """The triples of an rdflib graph in the form in which the store gives them back."""
    triples = list(graph_to_triples(graph))
    forms = stored_forms(t.object for t in triples if isinstance(t.object, ox.Literal))
    stored = set()
    for triple in triples:
        value = triple.object
        if isinstance(triple.subject, ox.BlankNode) or isinstance(value, ox.BlankNode):
            raise BlankNodeError(
                f"expected IRIs and literals only in the graph {iri!r}, got {str(triple)!r}"
            )
        stored_value = forms[value] if isinstance(value, ox.Literal) else value
        stored.add(ox.Triple(triple.subject, triple.predicate, stored_value))
    return frozenset(stored)


def _held(database: ox.Store, name: ox.NamedNode) -> frozenset[ox.Triple]:
    return frozenset(quad.triple for quad in database.quads_for_pattern(None, None, None, name))


def _changes(
    database: ox.Store, wanted: Mapping[ox.NamedNode, frozenset[ox.Triple]]
) -> list[_Change]:
    """What has to change for the named graphs to hold what is wanted, and nothing else."""
    changes = []
    for name, triples in wanted.items():
        held = _held(database, name)
        if any(map(_has_blank_node, held | triples)):
            changes.append(_Change(name, held, triples, dropped=True))
        elif held != triples:
            changes.append(_Change(name, held - triples, triples - held, dropped=not triples))
    return changes


def _with_nodes(known: set[str] | None, changes: Sequence[_Change]) -> set[str] | None:
    """What is known to have changed, and the IRIs in more changes; None if they are too many."""
    if known is None:
        return None
    for change in changes:
        for triple in chain(change.removed, change.added):
            ends = (triple.subject, triple.object)
            known.update(end.value for end in ends if isinstance(end, ox.NamedNode))
    return known if len(known) <= CHANGED_NODES_AT_MOST else None


def _has_blank_node(triple: ox.Triple) -> bool:
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)


def _orphans(database: ox.Store, changes: Sequence[_Change]) -> list[ox.Triple]:
    """The triples that no named graph holds any more once the changes are made.

    Those that another of the changes adds are among them: the insertions come later. Triples
    with blank nodes are not; see :func:`_blank_orphans`.
    """
    leaving: dict[ox.Triple, set[ox.NamedNode]] = {}
    for change in changes:
        for triple in change.removed:
            if not _has_blank_node(triple):
                leaving.setdefault(triple, set()).add(change.name)
    orphans = []
    for triple, leavers in leaving.items():
        quads = database.quads_for_pattern(triple.subject, triple.predicate, triple.object)
        holders = {quad.graph_name for quad in quads} - {ox.DefaultGraph()} - leavers
        if not holders:
            orphans.append(triple)
    return orphans


def _blank_orphans(changes: Sequence[_Change]) -> list[str]:
    """The update that does for triples with blank nodes what :func:`_orphans` finds; or none."""
    names = [change.name for change in changes if any(map(_has_blank_node, change.removed))]
    if not names:
        return []
    leaving = " ".join(map(str, names))
    return [
        f"DELETE {{ ?s ?p ?o }} WHERE {{ VALUES ?g {{ {leaving} }} GRAPH ?g {{ ?s ?p ?o }} "
        "FILTER(isBlank(?s) || isBlank(?o)) FILTER NOT EXISTS { GRAPH ?other { ?s ?p ?o } "
        f"FILTER(?other NOT IN ({', '.join(map(str, names))})) }} }}"
    ]


def _update_text(database: ox.Store, changes: Sequence[_Change]) -> str:
    """One SPARQL update, so one transaction, for the named graphs and the default graph.

    The terms are written by the library's own serialiser, which escapes them.
    """
    removed = [_block(_orphans(database, changes))]
    added = [_block(frozenset().union(*(change.added for change in changes)))]
    operations = _blank_orphans(changes)
    for change in changes:
        if change.dropped:
            operations.append(f"DROP SILENT GRAPH {change.name}")
        else:
            removed.append(f"GRAPH {change.name} {{ {_block(change.removed)} }}")
        if change.added:
            added.append(f"GRAPH {change.name} {{ {_block(change.added)} }}")
    operations.append(f"DELETE DATA {{ {' '.join(removed)} }}")
    operations.append(f"INSERT DATA {{ {' '.join(added)} }}")
    return ";\n".join(operations)


def replacement_update(name: str | None, triples: Iterable[ox.Triple] | None) -> str:
    """The update that makes one graph of a plain dataset hold exactly some triples.

    The other graphs stay as they are, and so does the default graph: for a store whose default
    graph is what the named graphs say there is ``write_triples``.

    Args:
        name: Of the graph; None for the default graph.
        triples: None removes the graph.

    Example:
        >>> replacement_update("urn:g", None)
        'DROP SILENT GRAPH <urn:g>'
    """
    target = "DEFAULT" if name is None else f"GRAPH {to_ox(URIRef(name))}"
    operations = [f"DROP SILENT {target}"]
    if triples is not None and name is not None:
        operations.append(f"CREATE SILENT {target}")
    if triples is not None:
        block = f"{{ {_block(triples)} }}"
        operations.append(f"INSERT DATA {block if name is None else f'{{ {target} {block} }}'}")
    return ";\n".join(operations)


def _block(triples: Iterable[ox.Triple]) -> str:
    return "".join(f"{triple} .\n" for triple in triples)


def _sorted_quads(database: ox.Store) -> Iterator[ox.Quad]:
    """The quads of the named graphs by graph, subject, predicate and object.

    Only one graph at a time is held in memory.
    """
    for iri in sorted(name.value for name in database.named_graphs()):
        yield from sorted(
            database.quads_for_pattern(None, None, None, ox.NamedNode(iri)),
            key=lambda quad: (str(quad.subject), str(quad.predicate), str(quad.object)),
        )


# The layout on disk


def _open_for_writing(path: Path, *, base: str | None, limits: QueryLimits) -> OxigraphStore:
    if path.exists():
        if not path.is_dir():
            raise StoreNotFoundError(f"expected the folder of a store, got the file {str(path)!r}")
        foreign = {entry.name for entry in path.iterdir()} - _NAMES_BEFORE_CREATION
        if foreign and not (path / "store.json").exists():
            raise StoreNotFoundError(
                f"expected a store or an empty folder at {str(path)!r}, "
                f"got a folder with {min(foreign)!r} and no 'store.json'"
            )
    path.mkdir(parents=True, exist_ok=True)
    lock = _locked(path)
    try:
        if not (path / "store.json").exists():
            made = {"format": FORMAT_VERSION, "base": base or DEFAULT_BASE}
            _write_atomically(path / "store.json", json.dumps(made, indent=2) + "\n")
        agreed = _read_base(path, base)
        database = _open_live(path)
        return OxigraphStore(database, base=agreed, limits=limits, path=path, lock=lock)
    except BaseException:
        lock.close()
        raise


def _locked(path: Path) -> IO[str]:
    """The open lock file; closing it gives the lock back, as does the end of the process."""
    lock = (path / "LOCK").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        raise StoreLockedError(
            f"expected to be the only writer of {str(path)!r}, but process {holder!r} has it open"
        ) from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _open_live(path: Path) -> ox.Store:
    live = path / "live"
    restored = path / "live.restored"
    if restored.exists() and not live.exists():
        restored.rename(live)
    used = (path / "CURRENT").exists() or (path / "UNPUBLISHED").exists()
    if used and not (live / "CURRENT").exists():
        raise CorruptStoreError(f"expected a database at {str(live)!r}, got none")
    try:
        return ox.Store(live)
    except (OSError, RuntimeError) as error:
        if "lock hold" in str(error) or "While lock file" in str(error):
            raise StoreLockedError(f"the database {str(live)!r} is still open: {error}") from error
        raise CorruptStoreError(f"cannot open the database {str(live)!r}: {error}") from error


def _read_base(path: Path, expected: str | None) -> str:
    """The base IRI of the store at a path, which must be the expected one if that is given."""
    file = path / "store.json"
    try:
        made = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreNotFoundError(f"expected a store at {str(path)!r}, got {error}") from error
    except ValueError as error:
        raise CorruptStoreError(f"expected JSON in {str(file)!r}: {error}") from error
    if not isinstance(made, dict) or not isinstance(made.get("base"), str):
        raise CorruptStoreError(f"expected 'format' and 'base' in {str(file)!r}, got {made!r}")
    if made.get("format") != FORMAT_VERSION:
        raise StoreVersionError(
            f"expected a store of format {FORMAT_VERSION} at {str(path)!r}, "
            f"got {made.get('format')!r}"
        )
    base: str = made["base"]
    if expected is not None and expected != base:
        raise BaseMismatchError(
            f"the store at {str(path)!r} was made with the base {base!r}, got {expected!r}"
        )
    return base


def _stamp(path: Path) -> tuple[int, int]:
    """What changes whenever ``CURRENT`` is replaced."""
    try:
        # Each request asks for it, and a path of its own would cost more than the answer.
        status = os.stat(f"{path}/CURRENT")
    except FileNotFoundError as error:
        raise StoreNotFoundError(
            f"expected a published snapshot at {str(path)!r}, got none"
        ) from error
    return status.st_mtime_ns, status.st_ino


@lru_cache(maxsize=64)
def _snapshot_at(path: Path, stamp: tuple[int, int]) -> Snapshot:
    """The snapshot that ``CURRENT`` names, which each request asks for, read once for each stamp.

    Between stamp and reading it may be replaced; then the stamp never comes back.
    """
    number = _newest_snapshot(path)
    if number == 0:
        raise StoreNotFoundError(f"expected a published snapshot at {str(path)!r}, got none")
    return Snapshot(number, path / "snapshots" / str(number), stamp)


def _newest_snapshot(path: Path) -> int:
    """The number in ``CURRENT``; 0 where nothing has been published yet."""
    file = path / "CURRENT"
    if not file.exists():
        return 0
    text = file.read_text(encoding="utf-8")
    if not text.strip().isdecimal():
        raise CorruptStoreError(f"expected a number in {str(file)!r}, got {text!r}")
    return int(text)


def _open_newest(path: Path) -> tuple[int, ox.Store]:
    """The newest snapshot and its number.

    A writer may publish twice and so delete the snapshot between the reading of its number
    and its opening; then there is a newer number to try.
    """
    number = _newest_snapshot(path)
    for _ in range(OPENING_ATTEMPTS):
        snapshot = path / "snapshots" / str(number)
        try:
            return number, ox.Store.read_only(str(snapshot))
        except (OSError, RuntimeError) as error:
            newer = _newest_snapshot(path)
            if newer == number:
                raise CorruptStoreError(
                    f"cannot open the snapshot {str(snapshot)!r}: {error}"
                ) from error
            number = newer
    raise StoreLockedError(f"the writer of {str(path)!r} publishes faster than can be read")


def _write_snapshot(database: ox.Store, path: Path, number: int) -> None:
    """Copy the database to ``snapshots/number`` and point ``CURRENT`` at it.

    Whatever stands half written beside it is left over from a writer that was killed.
    """
    snapshots = path / "snapshots"
    target, unfinished = snapshots / str(number), snapshots / f"{number}.unfinished"
    try:
        snapshots.mkdir(exist_ok=True)
        for leftover in (target, unfinished):
            if leftover.exists():
                shutil.rmtree(leftover)
        database.flush()
        database.backup(unfinished)
        unfinished.rename(target)
        _write_atomically(path / "CURRENT", f"{number}\n")
        (path / "UNPUBLISHED").unlink(missing_ok=True)
        _remove_old_snapshots(snapshots, number)
    except (OSError, RuntimeError) as error:
        raise StoreWriteError(f"cannot publish the store at {str(path)!r}: {error}") from error
    logger.info("published snapshot %d of %s", number, path)


def _remove_old_snapshots(snapshots: Path, number: int) -> None:
    """Remove those that nobody can be reading any more; ``number`` is the newest one.

    What is no snapshot was left half written by a writer that was killed.
    """
    made: dict[int, float] = {}
    for entry in snapshots.iterdir():
        if entry.name.isdecimal():
            made[int(entry.name)] = entry.stat().st_mtime
        else:
            shutil.rmtree(entry)
    numbers = sorted(made)
    late = time.time() - KEPT_SECONDS
    for old, following in pairwise(numbers):
        if old <= number - KEPT_SNAPSHOTS and made[following] <= late:
            shutil.rmtree(snapshots / str(old))


def _check_opens(folder: Path) -> None:
    """Raise unless a folder holds a database that can be read."""
    try:
        len(ox.Store.read_only(str(folder)))
    except (OSError, RuntimeError) as error:
        raise CorruptStoreError(f"cannot open the database {str(folder)!r}: {error}") from error


def _write_atomically(file: Path, text: str) -> None:
    """Replace a file so that every reader finds the old text or the new one, whole."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
