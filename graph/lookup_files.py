"""The file of an index of names: written whole, or made from the one before by what has changed.

See `graph/lookup.py`, which asks it. A file is put in place by renaming, and never changes.

>>> index_meta(3, "http://a/")["version"]
'3'
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from pathlib import Path
from urllib.parse import quote

from graph.errors import GraphError
from graph.lookup_entries import (
    Entry,
    Status,
    find_concerned,
    find_described,
    read_entries,
    read_entry,
)
from graph.name_forms import (
    NameForms,
    fold,
    fold_case,
    name_to_forms,
    name_to_units,
    units_to_grams,
)
from graph.store import Store
from graph.tallies import (
    FEW,
    Counts,
    Tally,
    count_nodes,
    count_role,
    is_crowded,
    read_tallies,
)

logger = logging.getLogger(__name__)

FORMAT = "5"
READING_ATTEMPTS = 5
# Of more than this share of the entities, reading all is quicker than reading each by itself.
_SHARE_REVISED = 0.25
_REVISED_AT_LEAST = 1000

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entity (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, class TEXT NOT NULL, name TEXT NOT NULL,
  description TEXT NOT NULL, place TEXT NOT NULL, mentions INTEGER NOT NULL,
  confidence REAL NOT NULL
);
CREATE TABLE label (
  entity INTEGER NOT NULL, position INTEGER NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL,
  PRIMARY KEY (entity, position)
) WITHOUT ROWID;
CREATE TABLE name (
  id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL,
  folded TEXT NOT NULL, toned TEXT NOT NULL, plain TEXT NOT NULL, initials TEXT NOT NULL
);
CREATE TABLE tally (
  entity TEXT NOT NULL, role TEXT NOT NULL, by TEXT NOT NULL, value TEXT NOT NULL,
  confidence REAL NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (entity, role, by, value, confidence)
) WITHOUT ROWID;
CREATE VIRTUAL TABLE gram USING fts5(
  grams, class, content='', tokenize='unicode61 remove_diacritics 0'
);
CREATE VIRTUAL TABLE frequency USING fts5vocab('gram', 'col');
"""
_INDEXES = """
CREATE INDEX name_of_entity ON name (entity);
CREATE INDEX name_by_folded ON name (folded);
CREATE INDEX name_by_plain ON name (plain);
CREATE INDEX name_by_initials ON name (initials);
CREATE INDEX entity_by_place ON entity (class, place);
CREATE INDEX entity_by_name ON entity (class, name, iri);
"""


class IndexUnbuildableError(GraphError):
    """The index of a store cannot be made."""


def index_meta(version: int, base: str) -> dict[str, str]:
    """What an index says of itself: its format, and the state that it was made from."""
    return {"format": FORMAT, "version": str(version), "base": base}


def read_meta(path: Path) -> dict[str, str] | None:
    """What a file says of itself; None where there is none, or no index."""
    if not path.exists():
        return None
    try:
        with closing(_open_unchanging(path)) as connection:
            return dict(connection.execute("SELECT key, value FROM meta"))
    except sqlite3.DatabaseError as error:
        logger.warning("%s is no index and is passed over: %s", path, error)
        return None


def write_index(
    store: Store, file: Path, *, number: int | None = None, previous: Path | None = None
) -> int:
    """Write the index of the present state of a store.

    Args:
        store: The store.
        file: Where the index shall lie; an older one there is replaced.
        number: Of the state, where it is about to be published; None takes that of the store.
        previous: An index of another state, whose pinyin is copied.

    Returns:
        The number of the state.

    Raises:
        IndexUnbuildableError: The file cannot be written, or the store went on to a new state at
            every attempt to read it.
    """
    version, entries, tallies = _read_consistently(store)
    made = version if number is None else number
    known = {} if previous is None else _read_forms(previous)
    with _unfinished(file) as connection:
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        for entity, entry in enumerate(entries, start=1):
            _write_entity(connection, entity, entry)
            _write_names(connection, entity, entry, known)
        _write_tallies(connection, tallies)
        connection.executescript(_INDEXES)
        _write_meta(connection, index_meta(made, store.base))
        connection.executescript("INSERT INTO gram (gram) VALUES ('optimize'); ANALYZE;")
    logger.info("indexed %d entities of state %d", len(entries), made)
    return made


def revise_index(
    store: Store, former: Store, previous: Path, file: Path, *, changed: Iterable[str]
) -> bool:
    """Write the index of a state from that of the one before, by what changed between them.

    Args:
        store: The store, after the changes.
        former: The state before, that was published last.
        previous: The index of that state; it stays as it is.
        file: Where the new one shall lie; an older one there is replaced.
        changed: The IRIs of all subjects and objects of triples that came or went.

    Returns:
        False where so much changed that nothing was written and `write_index` is quicker.

    Raises:
        IndexUnbuildableError: A file cannot be read or written.
    """
    concerned, number = find_concerned(store, changed), former.version + 1
    before, after = count_nodes(former, concerned), count_nodes(store, concerned)
    with _unfinished(file, copy_of=previous) as connection:
        entities = dict(connection.execute("SELECT iri, id FROM entity"))
        most = max(_REVISED_AT_LEAST, _SHARE_REVISED * len(entities))
        counted = _count_mentions(connection, before, after)
        entries = _read_concerned(store, concerned, entities, counted, most)
        if entries is not None:
            connection.execute("BEGIN")
            for iri in _renamed(connection, entries, entities):
                for described in find_described(store, iri) - entries.keys():
                    entries[described] = read_entry(store, described)
            for iri, entry in sorted(entries.items()):
                _revise_entity(connection, entities.get(iri), entry)
            _revise_tallies(connection, store, before, after)
            connection.execute("DELETE FROM meta")
            _write_meta(connection, index_meta(number, store.base))
            connection.execute("COMMIT")
    if entries is None:
        file.unlink()
        return False
    logger.info("revised %d entities for state %d", len(entries), number)
    return True


def _count_mentions(
    connection: sqlite3.Connection, before: Counts, after: Counts
) -> dict[str, tuple[int, float]]:
    """Mentions and confidence of things with very many mentions, less those that went.

    Where one of the surest went, they have to be read anew, and are not among these.
    """
    came, went = after.mentioned - before.mentioned, before.mentioned - after.mentioned
    change, new, gone = (
        Counter[str](),
        defaultdict[str, float](float),
        defaultdict[str, float](float),
    )
    for one, count in came.items():
        change[one.entity] += count
        new[one.entity] = max(new[one.entity], one.confidence or 0.0)
    for one, count in went.items():
        change[one.entity] -= count
        gone[one.entity] = max(gone[one.entity], one.confidence or 0.0)
    found: dict[str, tuple[int, float]] = {}
    rows = connection.execute(
        "SELECT iri, mentions, confidence FROM entity WHERE mentions > ?", (FEW,)
    )
    for iri, mentions, confidence in rows:
        now = mentions + change[iri]
        if now > FEW and (iri not in gone or gone[iri] < confidence):
            found[iri] = now, max(confidence, new[iri])
    return found


def _revise_tallies(
    connection: sqlite3.Connection, store: Store, before: Counts, after: Counts
) -> None:
    """Make the counts those of a store, of which some nodes counted differently before."""
    kept = set[tuple[str, str]]()
    for entity, role in sorted(before.roles | after.roles):
        known = connection.execute(
            "SELECT 1 FROM tally WHERE entity = ? AND role = ? LIMIT 1", (entity, role)
        ).fetchone()
        if known and is_crowded(store, entity, role):
            kept.add((entity, role))
        elif known:
            connection.execute("DELETE FROM tally WHERE entity = ? AND role = ?", (entity, role))
        elif is_crowded(store, entity, role):
            _write_tallies(connection, count_role(store, entity, role))
    difference = Counter(after.tallies)
    difference.subtract(before.tallies)
    for tally, count in difference.items():
        if count and (tally.entity, tally.role) in kept:
            connection.execute(
                "INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET count = count + excluded.count",
                astuple(replace(tally, count=count)),
            )
    connection.execute("DELETE FROM tally WHERE count = 0")


def _read_concerned(
    store: Store,
    concerned: Iterable[str],
    entities: Mapping[str, int],
    counted: Mapping[str, tuple[int, float]],
    most: float,
) -> dict[str, Entry | None] | None:
    """The entries of those that are or were entities; None where these are too many.

    ``counted`` has mentions and confidence of those of which they are known.
    """
    entries: dict[str, Entry | None] = {}
    for iri in concerned:
        entry = read_entry(store, iri, mentioned=counted.get(iri))
        if entry is not None or iri in entities:
            entries[iri] = entry
        if len(entries) > most:
            return None
    return entries


def _renamed(
    connection: sqlite3.Connection,
    entries: Mapping[str, Entry | None],
    entities: Mapping[str, int],
) -> list[str]:
    """Those whose names in the store are others than the index has."""
    found = []
    for iri, entry in entries.items():
        labels = () if entry is None else entry.labels
        if labels != _read_labels(connection, entities.get(iri)):
            found.append(iri)
    return found


def _read_labels(connection: sqlite3.Connection, entity: int | None) -> tuple[str, ...]:
    rows = connection.execute(
        "SELECT text FROM label WHERE entity = ? ORDER BY position", (entity,)
    )
    return tuple(text for (text,) in rows)


def _revise_entity(connection: sqlite3.Connection, entity: int | None, entry: Entry | None) -> None:
    """Make the rows of an entity those of its entry; ``entity`` is its number if it has one."""
    if entity is None:
        (last,) = connection.execute("SELECT MAX(id) FROM entity").fetchone()
        entity = (last or 0) + 1
    wanted = [] if entry is None else _distinct_names(entry)
    rows = connection.execute(
        "SELECT name.id, text, status, folded, toned, plain, initials, class FROM name"
        " JOIN entity ON entity.id = name.entity WHERE entity.id = ? ORDER BY name.id",
        (entity,),
    ).fetchall()
    held = [(text, status) for _, text, status, *_ in rows]
    class_name = None if entry is None else entry.class_name
    is_renamed = held != wanted or any(row[-1] != class_name for row in rows)
    if is_renamed:
        for number, _, _, folded, *_, held_class in rows:
            # What the table of grams was given for a row, it has to be given again.
            connection.execute(
                "INSERT INTO gram (gram, rowid, grams, class) VALUES ('delete', ?, ?, ?)",
                (number, _grams(folded), held_class),
            )
        connection.execute("DELETE FROM name WHERE entity = ?", (entity,))
    connection.execute("DELETE FROM label WHERE entity = ?", (entity,))
    connection.execute("DELETE FROM entity WHERE id = ?", (entity,))
    if entry is not None:
        _write_entity(connection, entity, entry)
        if is_renamed:
            known = {text: NameForms(*forms) for _, text, _, *forms, _ in rows}
            _write_names(connection, entity, entry, known)


def _write_entity(connection: sqlite3.Connection, entity: int, entry: Entry) -> None:
    connection.execute(
        "INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entity,
            entry.iri,
            entry.class_name,
            entry.labels[0],
            entry.description,
            entry.place,
            entry.mentions,
            entry.confidence,
        ),
    )
    connection.executemany(
        "INSERT INTO label VALUES (?, ?, ?, ?)",
        ((entity, position, text, fold_case(text)) for position, text in enumerate(entry.labels)),
    )


def _write_names(
    connection: sqlite3.Connection, entity: int, entry: Entry, known: Mapping[str, NameForms]
) -> None:
    for text, status in _distinct_names(entry):
        forms = known.get(text) or name_to_forms(text)
        number = connection.execute(
            "INSERT INTO name VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
            (entity, text, status, forms.folded, forms.toned, forms.plain, forms.initials),
        ).lastrowid
        connection.execute(
            "INSERT INTO gram (rowid, grams, class) VALUES (?, ?, ?)",
            (number, _grams(forms.folded), entry.class_name),
        )


def _distinct_names(entry: Entry) -> list[tuple[str, Status]]:
    """The names of an entry of which no earlier one differs in its writing alone."""
    found: dict[str, tuple[str, Status]] = {}
    for text, status in entry.names:
        folded = fold(text)
        if folded:
            found.setdefault(folded, (text, status))
    return list(found.values())


def _grams(folded: str) -> str:
    return " ".join(units_to_grams(name_to_units(folded)))


def _write_tallies(connection: sqlite3.Connection, tallies: Iterable[Tally]) -> None:
    connection.executemany("INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?)", map(astuple, tallies))


def _write_meta(connection: sqlite3.Connection, meta: Mapping[str, str]) -> None:
    connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))


@contextmanager
def _unfinished(file: Path, *, copy_of: Path | None = None) -> Iterator[sqlite3.Connection]:
    """A database that takes the place of a file when the block ends without an error."""
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        if copy_of is not None:
            shutil.copyfile(copy_of, unfinished)
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            yield connection
        with unfinished.open("rb") as stream:
            os.fsync(stream.fileno())
        unfinished.replace(file)
    except (OSError, sqlite3.DatabaseError) as error:
        unfinished.unlink(missing_ok=True)
        raise IndexUnbuildableError(f"cannot write {str(file)!r}: {error}") from error


def _open_unchanging(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)


def _read_forms(previous: Path) -> dict[str, NameForms]:
    """The forms of all names of an index; none if it is of another format or gone."""
    meta = read_meta(previous)
    if meta is None or meta.get("format") != FORMAT:
        return {}
    try:
        with closing(_open_unchanging(previous)) as connection:
            rows = connection.execute("SELECT text, folded, toned, plain, initials FROM name")
            return {text: NameForms(*forms) for text, *forms in rows}
    except sqlite3.DatabaseError as error:
        logger.warning("%s is no index and is passed over: %s", previous, error)
        return {}


def _read_consistently(store: Store) -> tuple[int, list[Entry], list[Tally]]:
    """The entities and counts of one state of a store that may move on while it is read."""
    for _ in range(READING_ATTEMPTS):
        version = store.version
        entries, tallies = list(read_entries(store)), list(read_tallies(store))
        if store.version == version:
            return version, entries, tallies
    raise IndexUnbuildableError(f"the store at {store.path} changes faster than it can be read")
