"""What an update would make of the named graphs, found on a copy; the store stays as it is.

The default graph is what the named graphs say together, so an update may not change it for
itself. On disk the copy is worked on by a process that is killed at the deadline (see
``graph/trial.py``); in memory, as tests have it, by this process and without limits.

>>> from graph.store import open_store
>>> text = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"
>>> limits = TrialLimits(seconds=10, memory_bytes=1 << 31)
>>> with open_store(None, mode="write") as store:
...     [(name, len(triples)) for name, triples in
...      draft_update(store, text, base_iri="urn:b", limits=limits).items()]
[('urn:g', 1)]
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.errors import GraphError
from graph.querytext import InvalidQueryError
from graph.store import Store, StoreWriteError
from graph.trial import TrialResult, TrialTask, UpdateFailedError, try_update
from graph.updatetext import written_graphs
from graph.worker import parent_folder
from graph.workers import QueryTimeoutError, WorkerDiedError

# What named graphs are to hold, by name; none removes the graph.
Triples = frozenset[ox.Triple]
Changes = Mapping[str, Triples]

_FOLDER = "drafts"


class DefaultGraphError(GraphError):
    """An update changes the default graph, which is only what the named graphs say."""


class OtherGraphError(GraphError):
    """A change of one graph changes another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLimits:
    """What the process that tries an update may take: seconds, and bytes of address space."""

    seconds: int
    memory_bytes: int


def draft_update(store: Store, text: str, *, base_iri: str, limits: TrialLimits) -> Changes:
    """The named graphs that an update changes, as it would leave them.

    Args:
        store: Open for writing, so that nobody else changes it meanwhile.
        text: The update; ``graph/updatetext.py`` has refused what calls other hosts.
        base_iri: What resolves relative IRIs.
        limits: For a store on disk.

    Raises:
        InvalidQueryError: The update cannot be parsed; it carries line and column.
        DefaultGraphError: It would leave the default graph other than the named graphs say.
        UpdateFailedError: The engine gave it up.
        QueryTimeoutError: It was not done in time.
        WorkerDiedError: It needed more memory than it may have.
        StoreWriteError: The copy cannot be made.
    """
    with _copy(store) as copy:
        result, tried = _try(copy, text, base_iri=base_iri, limits=limits)
        if result.default_graph == "other":
            raise DefaultGraphError(
                "expected an update of named graphs (GRAPH <…> or WITH <…>): the default graph "
                "is what these say together, and cannot be changed for itself"
            )
        drafted = {name: graph_triples(tried, name) for name in result.changed}
    return {
        name: triples
        for name, triples in drafted.items()
        if triples != graph_triples(store.database, name)
    }


def draft_patch(
    store: Store, triples: Triples, text: str, *, base_iri: str, limits: TrialLimits
) -> Triples:
    """What an update makes of one graph, which it sees as the default graph and as its all.

    Raises:
        OtherGraphError: It writes to a named graph.
        GraphError: As ``draft_update``.
    """
    with _scratch(store, triples) as scratch:
        result, tried = _try(scratch, text, base_iri=base_iri, limits=limits)
        if result.changed:
            raise OtherGraphError(
                "expected a change of the one graph that the request names, which is the default "
                f"graph here, got one of {result.changed[0]!r}"
            )
        return frozenset(
            quad.triple for quad in tried.quads_for_pattern(None, None, None, ox.DefaultGraph())
        )


def graph_triples(database: ox.Store, name: str) -> Triples:
    """The triples of a named graph; none where there is no such graph."""
    graph = ox.NamedNode(name)
    return frozenset(quad.triple for quad in database.quads_for_pattern(None, None, None, graph))


# A database in memory, or the folder of one that nobody has open.
Copy = ox.Store | Path


@contextmanager
def _copy(store: Store) -> Iterator[Copy]:
    """A copy of a store, for as long as it is needed."""
    if store.path is None:
        copy = ox.Store()
        copy.extend(store.database)
        yield copy
        return
    with _draft_folder(store.path) as folder:
        try:
            store.database.backup(folder)
        except (OSError, RuntimeError) as error:
            raise StoreWriteError(f"cannot copy the store at {store.path}: {error}") from error
        yield folder


@contextmanager
def _scratch(store: Store, triples: Triples) -> Iterator[Copy]:
    """A database that has some triples in its default graph and nothing else."""
    quads = [ox.Quad(t.subject, t.predicate, t.object) for t in triples]
    if store.path is None:
        scratch = ox.Store()
        scratch.extend(quads)
        yield scratch
        return
    with _draft_folder(store.path) as folder:
        _fill(folder, quads)
        yield folder


def _fill(folder: Path, quads: list[ox.Quad]) -> None:
    """Make a database; it is closed at the end, when nothing holds it any more."""
    try:
        database = ox.Store(folder)
        database.extend(quads)
        database.flush()
    except (OSError, RuntimeError) as error:
        raise StoreWriteError(f"cannot make the database {str(folder)!r}: {error}") from error


@contextmanager
def _draft_folder(path: Path) -> Iterator[Path]:
    """Where a copy may lie; what a killed writer left there goes first.

    On the file system of the store, so that a copy is made of links. There is one writer at a
    time, and so one draft.
    """
    folder = path / _FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _try(
    copy: Copy, text: str, *, base_iri: str, limits: TrialLimits
) -> tuple[TrialResult, ox.Store]:
    """What an update did to a copy, and the copy."""
    graphs = written_graphs(text)
    if isinstance(copy, ox.Store):
        return try_update(copy, text, base_iri=base_iri, graphs=graphs), copy
    task = TrialTask(
        folder=str(copy),
        text=text,
        base_iri=base_iri,
        graphs=None if graphs is None else tuple(sorted(graphs)),
        seconds=limits.seconds,
        memory_bytes=limits.memory_bytes,
    )
    result = _run(task)
    try:
        return result, ox.Store.read_only(str(copy))
    except (OSError, RuntimeError) as error:
        raise StoreWriteError(f"cannot read the draft {str(copy)!r}: {error}") from error


def _run(task: TrialTask) -> TrialResult:
    """The result that a process of its own gives."""
    try:
        process = subprocess.run(
            [sys.executable, "-m", "graph.trial"],
            input=json.dumps(asdict(task)).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=parent_folder(),
            env={**os.environ, "RUST_BACKTRACE": "0", "MALLOC_ARENA_MAX": "2"},
            timeout=task.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise QueryTimeoutError(
            f"expected an update that is done in {task.seconds} s, got one that was stopped then"
        ) from error
    if process.returncode == -signal.SIGXCPU:
        # Threads of the engine can use up the processor's time before the clock's.
        raise QueryTimeoutError(
            f"expected an update that is done in {task.seconds} s, "
            f"got one that used {task.seconds} s of the processor before"
        )
    if process.returncode != 0:
        raise WorkerDiedError(
            f"the process of the update ended with {process.returncode}: "
            f"it may have needed more than {task.memory_bytes >> 20} MiB"
        )
    told: dict[str, Any] = json.loads(process.stdout)
    if "failure" not in told:
        return TrialResult(tuple(told["changed"]), told["default_graph"])
    if told["failure"] == InvalidQueryError.__name__:
        raise InvalidQueryError(told["message"], line=told["line"], column=told["column"])
    raise UpdateFailedError(told["message"])
