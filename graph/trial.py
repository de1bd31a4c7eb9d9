"""An update tried out on a copy: what it would make of each named graph.

Nothing in the store changes. Where the store is on disk, a process of its own works on the
copy (``python -m graph.trial``), reads a :class:`TrialTask` from its standard input and writes
a :class:`TrialResult` to its output, both as JSON; it is killed at the deadline, since the
engine cannot interrupt an update. It ends by itself when its processor time is used up.

>>> store = ox.Store()
>>> try_update(store, "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }", base_iri="urn:b")
TrialResult(changed=('urn:g',), default_graph='kept')
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pyoxigraph as ox

from graph.errors import GraphError
from graph.querytext import syntax_error

# What an update itself did to the default graph: nothing; something that left it the union of
# the named graphs (such as CLEAR ALL); something else.
DefaultGraphFate = Literal["kept", "union", "other"]

_NOT_SAID_BY_NAME = "ASK { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }"
_NOT_SAID_BY_DEFAULT = "ASK { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o } }"


class UpdateFailedError(GraphError):
    """The engine gave an update up."""


@dataclass(frozen=True, slots=True)
class TrialTask:
    """The folder of a copy, the update, and how much the process may take.

    ``graphs`` are the named graphs that the update can write to; None where it may be any.
    ``seconds`` are of processor time, ``memory_bytes`` of address space.
    """

    folder: str
    text: str
    base_iri: str
    graphs: tuple[str, ...] | None
    seconds: int
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The named graphs that an update may have changed, and what it did to the default graph."""

    changed: tuple[str, ...]
    default_graph: DefaultGraphFate


def try_update(
    database: ox.Store, text: str, *, base_iri: str, graphs: Iterable[str] | None = None
) -> TrialResult:
    """Evaluate an update on a database that nobody else needs.

    Args:
        database: Changes as the update says.
        text: The update.
        base_iri: What resolves relative IRIs.
        graphs: The named graphs that it can write to; None compares all graphs.

    Raises:
        InvalidQueryError: The update cannot be parsed; it carries line and column.
        UpdateFailedError: The engine gave it up.
    """
    watched = None if graphs is None else list(graphs)
    before = _digests(database, watched)
    try:
        database.update(text, base_iri=base_iri)
    except SyntaxError as error:
        raise syntax_error(error) from error
    except (OSError, RuntimeError) as error:
        raise UpdateFailedError(f"cannot evaluate the update: {error}") from error
    after = _digests(database, watched)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    fate: DefaultGraphFate = "kept"
    if "" in changed:
        is_union = not any(
            map(bool, map(database.query, (_NOT_SAID_BY_NAME, _NOT_SAID_BY_DEFAULT)))
        )
        fate = "union" if is_union else "other"
    return TrialResult(tuple(sorted(changed - {""})), fate)


def _digests(database: ox.Store, watched: Iterable[str] | None) -> dict[str, bytes]:
    """A digest of each graph by its name, the default graph's empty; or of the watched ones.

    The order of the triples is that of the database, so that equal digests mean equal graphs
    and different ones nearly always different graphs.
    """
    names: dict[str, ox.NamedNode | ox.DefaultGraph]
    if watched is None:
        found = [name for name in database.named_graphs() if isinstance(name, ox.NamedNode)]
        names = {"": ox.DefaultGraph()} | {name.value: name for name in found}
    else:
        names = {name: ox.NamedNode(name) for name in watched}
    return {name: _digest(database, graph) for name, graph in names.items()}


def _digest(database: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> bytes:
    data = database.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=graph)
    return hashlib.sha256(data or b"").digest()


def main() -> None:
    """Do the task on standard input; a failure of the update is a result, too."""
    told: dict[str, Any] = json.load(sys.stdin)
    task = TrialTask(**told)
    resource.setrlimit(resource.RLIMIT_AS, (task.memory_bytes, task.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (task.seconds, task.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    database = ox.Store(task.folder)
    try:
        result = try_update(database, task.text, base_iri=task.base_iri, graphs=task.graphs)
        answer = asdict(result)
    except GraphError as error:
        place = {name: getattr(error, name, None) for name in ("line", "column")}
        answer = {"failure": type(error).__name__, "message": str(error), **place}
    else:
        database.flush()
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
