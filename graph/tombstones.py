"""What is remembered of things that the graph no longer speaks of, so that their IRIs can answer.

A *tombstone* says that a document spoke of a node, and where: its *anchor* in that document. An
anchor depends on what the text says at a place and not on how its things are identified, so that
whatever stands at the same anchor of the document today is what became of the node. Nothing is
kept of the text but offsets.

Tombstones lie in a file of SQLite beside the store and are no part of the graph, which depends on
documents and decisions alone and never on their order. They are on the disk before the change that
makes them true, and asked for only where the graph says nothing of a node: a change that fails, or
that is undone later, leaves some that nobody sees.

>>> Tombstones(None).of("id/person/x-0123456789")
[]
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from graph.errors import GraphError
from graph.identity import Minter
from ontology.terms import OA, ORG, RDF, SDO, TANPU

TOMBSTONE_FILE = "tombstones.sqlite3"
# Of more documents than this none is read to find what became of a node.
MOST_DOCUMENTS = 10
_NODES = "id/"
# An IRI in these folders is of the calendar: another one is something else, not what became of it.
_TIMELESS = ("id/period/", "id/instant/", "id/document/")
_WAIT_SECONDS = 10.0
_DIGITS = 16
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tombstones (
  node TEXT NOT NULL, document TEXT NOT NULL, anchor TEXT NOT NULL,
  PRIMARY KEY (node, document, anchor)
) WITHOUT ROWID
"""
# When a document was removed last; not there in files of stores that have not removed one since.
_REMOVALS = """
CREATE TABLE IF NOT EXISTS removals (
  node TEXT NOT NULL PRIMARY KEY, moment TEXT NOT NULL
) WITHOUT ROWID
"""
_HAS_REMOVALS = "SELECT 1 FROM sqlite_master WHERE name = 'removals'"
_NOTE_REMOVAL = (
    "INSERT INTO removals VALUES (?, ?)"
    " ON CONFLICT (node) DO UPDATE SET moment = max(moment, excluded.moment)"
)
_DOCUMENTS = "id/document/"

Triples = frozenset[ox.Triple]
# The properties of each subject: property and value.
_Described = dict[str, list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]]]


class TombstoneError(GraphError):
    """The file of tombstones cannot be read or written."""


@dataclass(frozen=True, slots=True, order=True)
class Tombstone:
    """A node of which a document spoke; IRIs without the store's base.

    ``document`` is the id of the document, empty where another graph spoke of the node;
    ``anchor`` is empty where the document says nothing by which the node could be found again.
    """

    node: str
    document: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Departure:
    """What became of a node: the ids of the documents that spoke of it, and IRIs of today.

    ``removed`` is when a document was removed, an instant in UTC; None of anything else, and of
    documents that were removed before this was kept.
    """

    documents: tuple[str, ...]
    successors: tuple[str, ...]
    removed: datetime | None = None


class Tombstones:
    """The tombstones of one store; safe to use from several threads.

    Args:
        path: the file, which is made when something is first kept; None is in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def add(self, tombstones: Iterable[Tombstone]) -> None:
        """Keep tombstones; they are on the disk when this returns.

        Raises:
            TombstoneError: The file cannot be written.
        """
        rows = [(t.node, t.document, t.anchor) for t in tombstones]
        if not rows:
            return
        with self._lock:
            try:
                with self._open() as database:
                    database.executemany("INSERT OR IGNORE INTO tombstones VALUES (?, ?, ?)", rows)
            except sqlite3.Error as error:
                raise self._error(error) from error

    def of(self, node: str) -> list[Tombstone]:
        """All tombstones of a node, by document and anchor.

        Args:
            node: Its IRI without the base.

        Raises:
            TombstoneError: The file cannot be read.
        """
        return self._select("WHERE node = ? ORDER BY document, anchor", (node,))

    def note_removals(self, removals: Mapping[str, datetime]) -> None:
        """Keep when documents were removed, by their IRIs without the base; the latest stays.

        Raises:
            TombstoneError: The file cannot be written.
        """
        rows = [(node, _instant(moment)) for node, moment in sorted(removals.items())]
        if not rows:
            return
        with self._lock:
            try:
                with self._open() as database:
                    database.execute(_REMOVALS)
                    database.executemany(_NOTE_REMOVAL, rows)
            except sqlite3.Error as error:
                raise self._error(error) from error

    def removals(self) -> dict[str, datetime]:
        """When documents were removed last, to the second, by their IRIs without the base.

        Raises:
            TombstoneError: The file cannot be read.
        """
        with self._lock:
            if self._path is not None and not self._path.exists():
                return {}
            try:
                database = self._open()
                if database.execute(_HAS_REMOVALS).fetchone() is None:
                    return {}
                rows = database.execute("SELECT node, moment FROM removals").fetchall()
            except sqlite3.Error as error:
                raise self._error(error) from error
        return {node: datetime.fromisoformat(moment) for node, moment in rows}

    def all(self) -> list[Tombstone]:
        """All tombstones, in an order that only they decide.

        Raises:
            TombstoneError: The file cannot be read.
        """
        return self._select("ORDER BY node, document, anchor", ())

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _select(self, condition: str, values: tuple[str, ...]) -> list[Tombstone]:
        with self._lock:
            if self._path is not None and not self._path.exists():
                return []
            try:
                rows = self._open().execute(
                    f"SELECT node, document, anchor FROM tombstones {condition}", values
                )
                return [Tombstone(*row) for row in rows]
            except sqlite3.Error as error:
                raise self._error(error) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            name = ":memory:" if self._path is None else str(self._path)
            self._connection = sqlite3.connect(name, timeout=_WAIT_SECONDS, check_same_thread=False)
            self._connection.execute(_SCHEMA)
        return self._connection

    def _error(self, error: sqlite3.Error) -> TombstoneError:
        return TombstoneError(f"cannot use the tombstones {str(self._path)!r}: {error}")


def find_removals(losses: Iterable[Tombstone], moment: datetime) -> dict[str, datetime]:
    """The documents among what was lost at a moment, for :meth:`Tombstones.note_removals`."""
    return {loss.node: moment for loss in losses if loss.node.startswith(_DOCUMENTS)}


def find_losses(
    database: ox.Store, base: str, removed: Mapping[str, Triples], added: Iterable[Triples]
) -> list[Tombstone]:
    """The tombstones of the nodes that no graph speaks of any more after a change.

    Args:
        database: As it is before the change.
        base: The store's base.
        removed: The triples that leave each graph, by its name.
        added: Those that enter any graph.
    """
    minter = Minter(base)
    staying = {t.subject for triples in added for t in triples}
    leaving = {t.subject for triples in removed.values() for t in triples} - staying
    lost = {
        node.value
        for node in leaving
        if isinstance(node, ox.NamedNode)
        and _is_addressed(node.value, minter)
        and not _is_described(database, node, removed)
    }
    return _bury(database, base, lost)


def find_losses_between(before: ox.Store, after: ox.Store, base: str) -> list[Tombstone]:
    """The same where another database takes the place of one.

    Args:
        before: The database that goes.
        after: The one that comes.
        base: The base of both.
    """
    minter = Minter(base)
    nodes = {quad.subject for quad in before.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    lost = {
        node.value
        for node in nodes
        if isinstance(node, ox.NamedNode)
        and _is_addressed(node.value, minter)
        and next(after.quads_for_pattern(node, None, None), None) is None
    }
    return _bury(before, base, lost)


def _bury(database: ox.Store, base: str, lost: Iterable[str]) -> list[Tombstone]:
    """The tombstones of nodes that a database still describes, sorted."""
    minter = Minter(base)
    speaking: dict[str, set[str]] = {}
    for node in lost:
        for quad in database.quads_for_pattern(ox.NamedNode(node), None, None):
            if isinstance(quad.graph_name, ox.NamedNode):
                speaking.setdefault(quad.graph_name.value, set()).add(node)
    tombstones: set[Tombstone] = set()
    for name, told in speaking.items():
        document = minter.document_id(name) or ""
        tombstones.update(Tombstone(n.removeprefix(base), document, "") for n in told)
        for anchor, nodes in read_anchors(_graph(database, name), base).items():
            found = nodes & told
            tombstones.update(Tombstone(n.removeprefix(base), document, anchor) for n in found)
    return sorted(tombstones)


def find_departure(
    database: ox.Store, base: str, tombstones: Tombstones, iri: str
) -> Departure | None:
    """What became of a node of which the graph says nothing; None where it never said anything.

    Raises:
        TombstoneError: The tombstones cannot be read.
    """
    found = tombstones.of(iri.removeprefix(base))
    if not found:
        return None
    minter = Minter(base)
    anchors: dict[str, set[str]] = {}
    for tombstone in found:
        if tombstone.document:
            anchors.setdefault(tombstone.document, set()).add(tombstone.anchor)
    folder = iri[: iri.rindex("/") + 1]
    successors: set[str] = set()
    for document, asked in list(anchors.items())[:MOST_DOCUMENTS]:
        if asked == {""}:
            continue
        for anchor, nodes in read_anchors(
            _graph(database, str(minter.graph(document))), base
        ).items():
            if anchor in asked:
                successors.update(node for node in nodes if node.startswith(folder))
    node = iri.removeprefix(base)
    removed = tombstones.removals().get(node) if node.startswith(_DOCUMENTS) else None
    return Departure(tuple(anchors), tuple(sorted(successors)), removed)


def read_anchors(triples: Triples, base: str) -> dict[str, set[str]]:
    """The nodes that a document's graph speaks of, by where the document does so.

    A named mention leads to its thing, and on to the series of an edition and to what a place or
    an institution is part of; an identification to its profile. Evidence leads to its statement,
    told from others of its place by class, literals and the words that fill its roles, and the
    statement to what fills them.

    Args:
        triples: Of the graph of one document.
        base: The store's base.
    """
    described: _Described = {}
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode):
            pairs = described.setdefault(triple.subject.value, [])
            pairs.append((triple.predicate.value, triple.object))
    anchors: dict[str, set[str]] = {}
    for part, pairs in described.items():
        classes = {str(value) for name, value in pairs if name == str(RDF.type)}
        place = part.rpartition("mention=")[2]
        if f"<{TANPU.Mention}>" in classes:
            for node in _values(pairs, OA.hasBody):
                anchors.setdefault(f"mention={place}", set()).add(node)
                for step in (TANPU.inSeries, SDO.containedInPlace, ORG.subOrganizationOf):
                    for further in _values(described.get(node, []), step):
                        anchors.setdefault(f"mention={place} {step}", set()).add(further)
        elif f"<{TANPU.Identification}>" in classes:
            for node in _values(pairs, TANPU.profile):
                reference = part.rpartition("identification=")[2]
                anchors.setdefault(f"identification={reference}", set()).add(node)
        elif f"<{TANPU.Evidence}>" in classes:
            for statement in _values(pairs, OA.hasBody):
                key = _statement_key(pairs, statement, described, base)
                anchors.setdefault(key, set()).add(statement)
                for name, value in described.get(statement, []):
                    if isinstance(value, ox.NamedNode) and value.value.startswith(base + _NODES):
                        anchors.setdefault(f"{key} {name}", set()).add(value.value)
    timeless = tuple(base + folder for folder in _TIMELESS)
    return {
        anchor: kept
        for anchor, nodes in anchors.items()
        if (kept := {node for node in nodes if not node.startswith(timeless)})
    }


def _statement_key(
    evidence: list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]],
    statement: str,
    described: _Described,
    base: str,
) -> str:
    """What tells a statement from the others of its document, however things are identified."""
    parts = [_fragment(span) for span in _values(evidence, OA.hasTarget)]
    for argument in _values(evidence, TANPU.argument):
        pairs = described.get(argument, [])
        # Where the words stand; the name that a thing has in all of the document where nowhere.
        words = [_fragment(span) for span in _values(pairs, TANPU.wordingSpan)] or [
            str(value) for name, value in pairs if name == str(TANPU.canonicalName)
        ]
        role = [str(value) for name, value in pairs if name == str(TANPU.roleName)]
        parts.append("=".join((*role, *words)))
    for name, value in described.get(statement, []):
        ours = isinstance(value, ox.NamedNode) and value.value.startswith(base)
        if not ours:
            parts.append(f"{name} {value}")
    text = "\n".join(sorted(parts))
    return f"statement={hashlib.sha256(text.encode('utf-8')).hexdigest()[:_DIGITS]}"


def _instant(moment: datetime) -> str:
    """To the second and in UTC, so that the order of texts is that of instants."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _values(
    pairs: list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]], wanted: str
) -> list[str]:
    """The IRIs that a property has among the pairs of a subject."""
    return [
        value.value
        for name, value in pairs
        if name == str(wanted) and isinstance(value, ox.NamedNode)
    ]


def _fragment(span: str) -> str:
    """The offsets of a span, ``3,7``."""
    return span.rpartition("=")[2]


def _is_addressed(iri: str, minter: Minter) -> bool:
    """Whether an IRI has an address of its own, which a part of a document has not."""
    if not iri.startswith(minter.base + _NODES):
        return False
    document = minter.document_id(iri)
    return document is None or iri == str(minter.document(document))


def _is_described(database: ox.Store, node: ox.NamedNode, removed: Mapping[str, Triples]) -> bool:
    """Whether a graph still says something of a node once its triples have left."""
    return any(
        isinstance(quad.graph_name, ox.NamedNode)
        and quad.triple not in removed.get(quad.graph_name.value, frozenset())
        for quad in database.quads_for_pattern(node, None, None)
    )


def _graph(database: ox.Store, name: str) -> Triples:
    quads = database.quads_for_pattern(None, None, None, ox.NamedNode(name))
    return frozenset(quad.triple for quad in quads)
