"""One index of all names: Chinese, pinyin with and without tones, initials, abbreviations.

The index is an SQLite file made from one published state of a store. It carries that state's
number and base and is opened for no other, so that a stale one is never asked. The writer
leaves it beside its snapshots (`update_index`)::

    lookup/N.sqlite   names of the snapshot N, put in place by renaming

A reader that finds none makes its own in a temporary folder (`CurrentIndex.ensure`). Names that
the previous index has are copied from there with their pinyin, which is most of the work. The
counts of `graph/tallies.py` lie in the same file.

A score says how sure the name alone makes the answer, 0 to 100: 100 for the preferred name, a
little less for other names, pinyin and former names, at most `FUZZY_LIMIT` for what only
resembles. Names of different places or years do not resemble each other.

>>> from graph.store import open_store
>>> CurrentIndex().ensure(open_store(None, mode="write")).search("云梦")
[]
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import tempfile
import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

from rapidfuzz.distance import LCSseq
from rdflib import URIRef

from extract.gazetteer import (
    Division,
    canonical_place,
    contains,
    full_name,
    load_gazetteer,
    lookup_place,
)
from extract.institutions import LEVEL_WORD, canonical_institution, institution_place
from graph import authority
from graph.errors import GraphError
from graph.name_forms import (
    NameForms,
    fold,
    has_han,
    name_to_forms,
    name_to_units,
    query_to_toned,
    toned_to_plain,
    units_to_grams,
)
from graph.queryfiles import select
from graph.store import Store
from graph.tallies import Tally, read_tallies
from ontology.terms import ELI, ORG, SDO, TANPU

logger = logging.getLogger(__name__)

FORMAT = "2"
FOLDER = "lookup"
KEPT_INDEXES = 2
FUZZY_LIMIT = 89.0
READING_ATTEMPTS = 5

Status = Literal["preferred", "other", "lexicon", "former", "context"]
Reason = Literal[
    "identifier", "name", "official name", "former name", "name in context", "pinyin",
    "initials", "homophone", "prefix", "similar",
]  # fmt: skip

# What a name is worth that is met exactly, by what kind of name it is.
_SCORE_OF_STATUS: Mapping[Status, float] = MappingProxyType(
    {"preferred": 100.0, "other": 98.0, "lexicon": 97.0, "former": 90.0, "context": 80.0}
)
_REASON_OF_STATUS: Mapping[Status, Reason] = MappingProxyType(
    {
        "preferred": "name",
        "other": "name",
        "lexicon": "name",
        "former": "former name",
        "context": "name in context",
    }
)
# What is taken off where only the sound, or only its beginning, is met.
_TONED_LOSS, _PLAIN_LOSS, _OTHER_TONES_LOSS = 4.0, 8.0, 40.0
_INITIALS_LOSS, _HOMOPHONE_LOSS, _PREFIX_LOSS = 22.0, 15.0, 25.0
_CONFLICT_LOSS = 35.0
_WORST_SCORE = 40.0

# Of the grams of a query the rarest are asked for, as long as they stand in so few names.
_MAX_GRAMS = 12
_MAX_POSTINGS = 1_500
_MAX_FIRST_POSTINGS = 20_000
_MAX_CANDIDATES = 50
_MAX_EQUALS = 200
_LAST = "\U0010ffff"

# The order of classes where all else is equal.
CLASSES: tuple[str, ...] = (
    "Institution", "Place", "Person", "Forum", "Regulation", "Indicator", "CountedThing",
    "Post", "Title",
)  # fmt: skip

# Names that mean something in their document only: 该局, 市发改委, 本次论坛.
_POINTING = re.compile(r"[该本此这上]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_EDITION = re.compile(r"第([一二三四五六七八九十百零\d]{1,6})[届次]")

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entity (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, class TEXT NOT NULL, name TEXT NOT NULL,
  description TEXT NOT NULL, place TEXT NOT NULL, mentions INTEGER NOT NULL
);
CREATE TABLE name (
  id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, text TEXT NOT NULL, status TEXT NOT NULL,
  folded TEXT NOT NULL, toned TEXT NOT NULL, plain TEXT NOT NULL, initials TEXT NOT NULL
);
CREATE TABLE tally (
  entity TEXT NOT NULL, role TEXT NOT NULL, by TEXT NOT NULL, value TEXT NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (entity, role, by, value)
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
"""
_FOUND = """
SELECT name.text, name.status, name.folded, name.toned, name.plain, entity.iri, entity.class,
       entity.name, entity.description, entity.place, entity.mentions
FROM name JOIN entity ON entity.id = name.entity
"""


class IndexUnbuildableError(GraphError):
    """The index of a store cannot be made."""


@dataclass(frozen=True, slots=True)
class IndexedEntity:
    """An entity as the index knows it; ``class_name`` is a local name of the vocabulary.

    ``description`` tells it from others of its name, ``place`` is the GB/T 2260 code of the
    division that it is or belongs to, empty where unknown.
    """

    iri: str
    class_name: str
    name: str
    description: str
    place: str
    mentions: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a query may mean: by which name, how sure (0 to 100), and why."""

    entity: IndexedEntity
    matched: str
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of ``_FOUND``."""

    matched: str
    status: Status
    folded: str
    toned: str
    plain: str
    entity: IndexedEntity


@dataclass(frozen=True, slots=True)
class _Query:
    """A text that is looked up, in all of its forms, and the names that it may stand for."""

    forms: NameForms
    toned: str | None
    official: tuple[str, ...]
    place: Division | None
    marks: frozenset[str]


# ------------------------------------------------------------------------------- asking


class LookupIndex:
    """An index of one state of a store, for reading; safe to use from several threads.

    Each thread has a connection of its own. ``keeper`` is whatever has to live as long as the
    file is wanted.
    """

    def __init__(
        self, path: Path, *, version: int, base: str, keeper: object | None = None
    ) -> None:
        self._path = path
        self._keeper = keeper
        self._version = version
        self._base = base
        self._connections = threading.local()

    @property
    def version(self) -> int:
        """The number of the publication that the index was made from."""
        return self._version

    @property
    def path(self) -> Path:
        """The file of the index."""
        return self._path

    def search(
        self,
        text: str,
        *,
        classes: Collection[str] = (),
        limit: int = 10,
        place: Division | None = None,
    ) -> list[Candidate]:
        """The entities that a name may mean, the likeliest first.

        Args:
            text: A name in any form, an abbreviation, pinyin, initials, or an IRI.
            classes: Local names of the classes wanted; empty for all.
            limit: How many at most.
            place: The division that the name was found in: 市发改委 means another
                institution in each city.

        Returns:
            Each entity once, with its best name; by score, then by how often it is mentioned.
        """
        if text.startswith(self._base):
            entity = self.entity(text)
            wanted = entity is not None and (not classes or entity.class_name in classes)
            return [Candidate(entity, text, 100.0, "identifier")] if entity and wanted else []
        query = _read_query(text, place)
        if not query.forms.folded:
            return []
        best: dict[str, Candidate] = {}
        for candidate in self._candidates(query, frozenset(classes)):
            known = best.get(candidate.entity.iri)
            if known is None or _order(candidate) < _order(known):
                best[candidate.entity.iri] = candidate
        return sorted(best.values(), key=_order)[:limit]

    def suggest(
        self, prefix: str, *, classes: Collection[str] = (), limit: int = 10
    ) -> list[Candidate]:
        """The entities one of whose names begins like this, the likeliest first.

        Falls back on `search` where none does.
        """
        query = _read_query(prefix, None)
        best: dict[str, Candidate] = {}
        for column, value, loss in (
            ("folded", query.forms.folded, 0.0),
            ("plain", toned_to_plain(query.toned or query.forms.plain), _PLAIN_LOSS),
            ("initials", query.forms.initials, _INITIALS_LOSS),
        ):
            if not value or (column == "initials" and has_han(prefix)):
                continue
            for found in self._with_prefix(column, value, frozenset(classes), limit * 5):
                score = _SCORE_OF_STATUS[found.status] - 5.0 - loss
                if column == "folded" and value == found.folded:
                    score = 100.0
                elif column == "plain" and value == found.plain:
                    score += 5.0
                candidate = Candidate(found.entity, found.matched, score, "prefix")
                known = best.get(found.entity.iri)
                if known is None or _order(candidate) < _order(known):
                    best[found.entity.iri] = candidate
        if not best:
            return self.search(prefix, classes=classes, limit=limit)
        return sorted(best.values(), key=_order)[:limit]

    def entity(self, iri: str) -> IndexedEntity | None:
        """An entity by its IRI; None if the index has none."""
        rows = self._connection().execute(
            "SELECT iri, class, name, description, place, mentions FROM entity WHERE iri = ?",
            (iri,),
        )
        row = rows.fetchone()
        return None if row is None else IndexedEntity(*row)

    def of_place(self, code: str, *, class_name: str = "Place") -> list[IndexedEntity]:
        """The places that are the division of this GB/T 2260 code, or what belongs to it.

        Args:
            code: six digits.
            class_name: of what is wanted; "Institution" gives those whose name says the division.
        """
        rows = self._connection().execute(
            "SELECT iri, class, name, description, place, mentions FROM entity"
            " WHERE class = ? AND place = ? ORDER BY iri",
            (class_name, code),
        )
        return [IndexedEntity(*row) for row in rows]

    def names(self, iri: str) -> tuple[str, ...]:
        """All names of an entity, the preferred one first, those of the lexicons last."""
        rows = self._connection().execute(
            "SELECT text FROM name JOIN entity ON entity.id = name.entity"
            " WHERE entity.iri = ? ORDER BY name.id",
            (iri,),
        )
        return tuple(text for (text,) in rows)

    def tally(self, entity: str, role: str, by: str) -> dict[str, int]:
        """How many statements there are by value, of a thing with very many; else empty.

        Args:
            entity: the IRI of the thing.
            role: the property that leads from the statements to it.
            by: the property whose values are counted.
        """
        rows = self._connection().execute(
            "SELECT value, count FROM tally WHERE entity = ? AND role = ? AND by = ?",
            (entity, role, by),
        )
        return dict(rows)

    def count(self) -> int:
        """How many entities there are."""
        (number,) = self._connection().execute("SELECT COUNT(*) FROM entity").fetchone()
        return int(number)

    def _candidates(self, query: _Query, classes: frozenset[str]) -> Iterator[Candidate]:
        folded = query.forms.folded
        exact = self._equal("folded", folded, classes)
        for found in exact:
            yield _candidate(found, 0.0, _REASON_OF_STATUS[found.status])
        for name in query.official:
            for found in self._equal("folded", name, classes):
                if found.status in ("preferred", "other"):
                    yield _candidate(found, 3.0, "official name")
        if has_han(folded):
            for found in self._equal("plain", query.forms.plain, classes):
                yield _candidate(found, _HOMOPHONE_LOSS, "homophone")
        else:
            yield from self._by_sound(query, classes)
        if not exact or exact[0].status == "context":
            for found in self._alike(folded, classes):
                score = _similarity(query, found)
                if score >= _WORST_SCORE and found.folded != folded:
                    yield Candidate(found.entity, found.matched, score, "similar")

    def _by_sound(self, query: _Query, classes: frozenset[str]) -> Iterator[Candidate]:
        plains = dict.fromkeys([query.forms.plain, toned_to_plain(query.toned or "")])
        for plain in filter(None, plains):
            for found in self._equal("plain", plain, classes):
                loss = _PLAIN_LOSS
                if query.toned is not None:
                    loss = _TONED_LOSS if found.toned == query.toned else _OTHER_TONES_LOSS
                yield _candidate(found, loss, "pinyin")
            if len(plain) >= 4 and query.toned is None:
                for found in self._with_prefix("plain", plain, classes, _MAX_CANDIDATES):
                    if found.plain != plain:
                        yield _candidate(found, _PLAIN_LOSS + _PREFIX_LOSS, "prefix")
        initials = query.forms.folded
        for found in self._equal("initials", initials, classes):
            yield _candidate(found, _INITIALS_LOSS, "initials")

    def _equal(self, column: str, value: str, classes: frozenset[str]) -> list[_Found]:
        where, values = _of_classes(classes)
        return self._select(
            f"{_FOUND} WHERE name.{column} = ?{where} ORDER BY entity.mentions DESC LIMIT ?",
            (value, *values, _MAX_EQUALS),
        )

    def _with_prefix(
        self, column: str, value: str, classes: frozenset[str], limit: int
    ) -> list[_Found]:
        where, values = _of_classes(classes)
        return self._select(
            f"{_FOUND} WHERE name.{column} >= ? AND name.{column} < ?{where}"
            f" ORDER BY name.{column} LIMIT ?",
            (value, value + _LAST, *values, limit),
        )

    def _alike(self, folded: str, classes: frozenset[str]) -> list[_Found]:
        """The names that share the rarest grams with a folded one."""
        grams = self._rarest(units_to_grams(name_to_units(folded)))
        if not grams:
            return []
        match = f"grams : ({' OR '.join(map(_quoted, grams))})"
        if classes:
            match += f" AND class : ({' OR '.join(map(_quoted, sorted(classes)))})"
        return self._select(
            f"{_FOUND} WHERE name.id IN"
            " (SELECT rowid FROM gram WHERE gram MATCH ? ORDER BY rank LIMIT ?)",
            (match, _MAX_CANDIDATES),
        )

    def _rarest(self, grams: Sequence[str]) -> list[str]:
        marks = ",".join("?" * len(grams))
        rows = self._connection().execute(
            f"SELECT term, doc FROM frequency WHERE col = 'grams' AND term IN ({marks})"
            " ORDER BY doc, term",
            grams,
        )
        chosen: list[str] = []
        postings = 0
        for term, names in rows:
            postings += names
            limit = _MAX_POSTINGS if chosen else _MAX_FIRST_POSTINGS
            if len(chosen) == _MAX_GRAMS or postings > limit:
                break
            chosen.append(term)
        return chosen

    def _select(self, sql: str, values: Sequence[object]) -> list[_Found]:
        return [
            _Found(text, status, folded, toned, plain, IndexedEntity(*entity))
            for text, status, folded, toned, plain, *entity in self._connection().execute(
                sql, values
            )
        ]

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._connections, "value", None)
        if connection is None:
            address = f"file:{quote(str(self._path))}?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._connections.value = connection
        return connection


def _quoted(token: str) -> str:
    """A token of a full-text query; tokens are letters and digits alone."""
    return f'"{token}"'


def _of_classes(classes: frozenset[str]) -> tuple[str, list[str]]:
    if not classes:
        return "", []
    return f" AND entity.class IN ({','.join('?' * len(classes))})", sorted(classes)


def _candidate(found: _Found, loss: float, reason: Reason) -> Candidate:
    score = max(_SCORE_OF_STATUS[found.status] - loss, 0.0)
    return Candidate(found.entity, found.matched, score, reason)


def _order(candidate: Candidate) -> tuple[float, int, int, int, str]:
    entity = candidate.entity
    return (
        -candidate.score,
        CLASSES.index(entity.class_name),
        -entity.mentions,
        len(entity.name),
        entity.iri,
    )


def _read_query(text: str, place: Division | None) -> _Query:
    forms = name_to_forms(text)
    if not has_han(forms.folded):
        return _Query(forms, query_to_toned(text), (), None, frozenset())
    names = (canonical_institution(text, place=place), canonical_place(text, place))
    official = dict.fromkeys(fold(name) for name in names if name != text)
    return _Query(
        forms,
        None,
        tuple(name for name in official if name != forms.folded),
        _place_of(text) or place,
        _marks_of(text),
    )


def _place_of(name: str) -> Division | None:
    """The division that a name is of or belongs to."""
    return institution_place(name) or lookup_place(name)


def _marks_of(name: str) -> frozenset[str]:
    """Years and numbers of editions, which tell the events of a series apart."""
    return frozenset([*_YEAR.findall(name), *(f"第{n}届" for n in _EDITION.findall(name))])


def _similarity(query: _Query, found: _Found) -> float:
    """How much two names are alike, 0 to `FUZZY_LIMIT`.

    Half is for what they share of both, half for what they share of the shorter one, since
    an abbreviation keeps the order of the characters of its name.
    """
    ours, theirs = query.forms.folded, found.folded
    shared = LCSseq.similarity(ours, theirs)
    both = 2 * shared / (len(ours) + len(theirs))
    shorter = shared / min(len(ours), len(theirs))
    score = FUZZY_LIMIT * (0.6 * both + 0.4 * shorter)
    marks = _marks_of(found.matched)
    if marks and query.marks and not marks & query.marks:
        score -= _CONFLICT_LOSS
    theirs_place = load_gazetteer().by_code.get(found.entity.place)
    if query.place is not None and theirs_place is not None:
        near = contains(query.place, theirs_place) or contains(theirs_place, query.place)
        score -= 0.0 if near else _CONFLICT_LOSS
    return score - 5.0 if found.status in ("former", "context") else score


# ------------------------------------------------------------------------------- making


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entity of the store with its names, before they are brought into their forms."""

    iri: str
    class_name: str
    names: tuple[tuple[str, Status], ...]
    description: str
    place: str
    mentions: int


def index_path(store: Store) -> Path | None:
    """Where the index of the present state of a store lies; None for a store in memory."""
    return None if store.path is None else store.path / FOLDER / f"{store.version}.sqlite"


def open_index(store: Store) -> LookupIndex | None:
    """The index that the writer has left for the present state of a store; None without one."""
    path = index_path(store)
    return None if path is None else _open(path, store)


def _open(path: Path, store: Store) -> LookupIndex | None:
    if not path.exists():
        return None
    address = f"file:{quote(str(path))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            meta = dict(connection.execute("SELECT key, value FROM meta"))
    except sqlite3.DatabaseError as error:
        logger.warning("%s is no index and is passed over: %s", path, error)
        return None
    if meta != _meta(store.version, store.base):
        return None
    return LookupIndex(path, version=store.version, base=store.base)


def update_index(store: Store) -> LookupIndex:
    """Leave an index of the present publication beside the snapshots of a store on disk.

    To be called by the writer, after `publish`; nothing is done where there is one already.

    Raises:
        IndexUnbuildableError: The store is in memory, or the file cannot be written.
    """
    path = index_path(store)
    if path is None:
        raise IndexUnbuildableError("expected a store on disk, got one in memory")
    existing = _open(path, store)
    if existing is not None:
        return existing
    try:
        path.parent.mkdir(exist_ok=True)
        older = _indexes(path.parent)
        index = build_index(store, path, previous=older[-1] if older else None)
        _remove_older(path.parent)
    except OSError as error:
        raise IndexUnbuildableError(f"cannot write {str(path)!r}: {error}") from error
    return index


def _indexes(folder: Path) -> list[Path]:
    """The indexes in a folder, the newest last."""
    files = (file for file in folder.glob("*.sqlite") if file.stem.isdecimal())
    return sorted(files, key=lambda file: int(file.stem))


def _remove_older(folder: Path) -> None:
    """Remove all indexes but the newest and the one before, which a request may still read."""
    for file in _indexes(folder)[:-KEPT_INDEXES]:
        file.unlink(missing_ok=True)


class CurrentIndex:
    """Holds the index of the state of a store that was asked for last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._index: LookupIndex | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def find(self, store: Store) -> LookupIndex | None:
        """The index of the present state if there is one already; never waits for one."""
        index = self._index
        if index is not None and index.version == store.version:
            return index
        return open_index(store)

    def ensure(self, store: Store) -> LookupIndex:
        """The index of the present state, made in a temporary folder where there is none."""
        with self._lock:
            found = self.find(store)
            if found is None:
                previous = None if self._index is None else self._index.path
                if self._folder is None:
                    self._folder = tempfile.TemporaryDirectory(prefix="tanpu-lookup-")
                folder = Path(self._folder.name)
                file = folder / f"{store.version}.sqlite"
                made = build_index(store, file, previous=previous)
                # The store may have moved on meanwhile: the index says what it was made from.
                found = LookupIndex(
                    file, version=made.version, base=store.base, keeper=self._folder
                )
                _remove_older(folder)
            self._index = found
            return found


def build_index(store: Store, file: Path, *, previous: Path | None = None) -> LookupIndex:
    """Make the index of the present state of a store, and put it in place whole.

    Args:
        store: The store.
        file: Where the index shall lie; an older one there is replaced.
        previous: An index of another state, whose pinyin is copied.

    Raises:
        IndexUnbuildableError: The store went on to a new state at every attempt to read it.
    """
    version, entries, tallies = _read_consistently(store)
    known = {} if previous is None else _read_forms(previous)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        connection.executescript(_SCHEMA)
        connection.execute("BEGIN")
        _insert(connection, entries, known)
        connection.executemany("INSERT INTO tally VALUES (?, ?, ?, ?, ?)", map(astuple, tallies))
        connection.executescript(_INDEXES)
        meta = _meta(version, store.base)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
        connection.executescript("INSERT INTO gram (gram) VALUES ('optimize'); ANALYZE;")
    with unfinished.open("rb") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(file)
    logger.info("indexed %d entities of state %d", len(entries), version)
    return LookupIndex(file, version=version, base=store.base)


def _meta(version: int, base: str) -> dict[str, str]:
    return {"format": FORMAT, "version": str(version), "base": base}


def _read_forms(previous: Path) -> dict[str, NameForms]:
    """The forms of all names of an index; none if it is of another format or gone."""
    if not previous.exists():
        return {}
    address = f"file:{quote(str(previous))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            (made,) = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
            if made != FORMAT:
                return {}
            rows = connection.execute("SELECT text, folded, toned, plain, initials FROM name")
            return {text: NameForms(*forms) for text, *forms in rows}
    except (sqlite3.DatabaseError, TypeError) as error:
        logger.warning("%s is no index and is passed over: %s", previous, error)
        return {}


def _insert(
    connection: sqlite3.Connection, entries: Sequence[_Entry], known: Mapping[str, NameForms]
) -> None:
    number = 0
    for entity_number, entry in enumerate(entries, start=1):
        connection.execute(
            "INSERT INTO entity VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                entity_number,
                entry.iri,
                entry.class_name,
                entry.names[0][0],
                entry.description,
                entry.place,
                entry.mentions,
            ),
        )
        seen: set[str] = set()
        for text, status in entry.names:
            forms = known.get(text) or name_to_forms(text)
            if not forms.folded or forms.folded in seen:
                continue
            seen.add(forms.folded)
            number += 1
            connection.execute(
                "INSERT INTO name VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    entity_number,
                    text,
                    status,
                    forms.folded,
                    forms.toned,
                    forms.plain,
                    forms.initials,
                ),
            )
            grams = " ".join(units_to_grams(name_to_units(forms.folded)))
            connection.execute(
                "INSERT INTO gram (rowid, grams, class) VALUES (?, ?, ?)",
                (number, grams, entry.class_name),
            )


def _read_consistently(store: Store) -> tuple[int, list[_Entry], list[Tally]]:
    """The entities and counts of one state of a store that may move on while it is read."""
    for _ in range(READING_ATTEMPTS):
        version = store.version
        entries, tallies = list(_read_entries(store)), list(read_tallies(store))
        if store.version == version:
            return version, entries, tallies
    raise IndexUnbuildableError(f"the store at {store.path} changes faster than it can be read")


def _read_entries(store: Store) -> Iterator[_Entry]:
    names: dict[str, dict[str, None]] = defaultdict(dict)
    classes: dict[str, str] = {}
    for row in select(store, "lookup_names"):
        classes.setdefault(row["entity"], row["class"].removeprefix(str(TANPU)))
        names[row["entity"]][row["name"]] = None
    context: dict[str, dict[URIRef, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in select(store, "lookup_context"):
        context[row["entity"]][URIRef(row["property"])].append(row["value"])
    mentions = {row["entity"]: int(row["count"]) for row in select(store, "lookup_mentions")}
    for iri, class_name in classes.items():
        own = list(names[iri])
        place = _entity_to_place(class_name, own[0], context[iri])
        yield _Entry(
            iri,
            class_name,
            tuple(_all_names(class_name, own, place)),
            _describe(class_name, place, context[iri]),
            "" if place is None else place.code,
            mentions.get(iri, 0),
        )


Context = Mapping[URIRef, Sequence[str]]


def _entity_to_place(class_name: str, name: str, context: Context) -> Division | None:
    codes = context.get(TANPU.divisionCode, ())
    if codes:
        return load_gazetteer().by_code.get(codes[0])
    return institution_place(name) if class_name in ("Institution", "Post") else None


def _all_names(
    class_name: str, own: Sequence[str], place: Division | None
) -> Iterator[tuple[str, Status]]:
    """The names of an entity with what they are: of the store first, then of the lexicons."""
    preferred = own[0]
    yield preferred, "preferred"
    lexicon: Iterable[str] = ()
    former: Iterable[str] = ()
    if class_name == "Institution":
        # A query's own variants are brought to the official name, see _read_query: of the many
        # of a local department the short ones suffice.
        lexicon = [
            name
            for name in authority.institution_names(preferred)
            if place is None or len(name) < len(preferred)
        ]
        former = authority.former_names(preferred)
    elif class_name == "Place":
        named_so = place is not None and place.name == preferred
        lexicon = (
            authority.division_names(place)
            if place is not None and named_so
            else authority.other_place_names(preferred)
        )
    known, gone = set(lexicon), set(former)
    pointing: list[str] = []
    for name in own[1:]:
        if name in known:
            continue
        if name in gone or _POINTING.match(name) or LEVEL_WORD.match(name):
            pointing.append(name)
        else:
            yield name, "other"
    for name in lexicon:
        yield name, "lexicon"
    for name in former:
        yield name, "former"
    for name in pointing:
        if name not in gone:
            yield name, "context"


def _describe(class_name: str, place: Division | None, context: Context) -> str:
    """A few words, in Chinese, that tell an entity from others of its name.

    >>> _describe("Person", None, {ORG.holds: ["北湾市副市长"]})
    '北湾市副市长'
    """
    if class_name == "Place":
        if place is not None:
            return f"{full_name(place)} {place.code}"
        return "、".join(context.get(SDO.containedInPlace, ()))
    ordered = (
        ORG.subOrganizationOf,
        ORG.holds,
        ELI.passed_by,
        ELI.date_document,
        SDO.startDate,
        SDO.location,
    )
    parts = ["、".join(context[wanted][:3]) for wanted in ordered if wanted in context]
    return "；".join(parts)
