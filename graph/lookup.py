"""One index of all names: Chinese, pinyin with and without tones, initials, abbreviations.

The index is an SQLite file made from one published state of a store. It carries that state's
number and base and is opened for no other. The writer leaves it beside its snapshots
(`publish_with_index`)::

    lookup/N.sqlite           names of the snapshot N, put in place by renaming
    lookup/following.sqlite   those of the state that is about to be published

It is made from the one before by what has changed (`graph/lookup_files.py`). A reader that finds
none makes its own in a temporary folder, in a thread, and asks the one before meanwhile
(`CurrentIndex.nearest`). The counts of `graph/tallies.py` lie in the same file.

A score says how sure the name alone makes the answer, 0 to 100: 100 for the preferred name, a
little less for other names, pinyin and former names, at most `FUZZY_LIMIT` for what only
resembles. Names of different places or years do not resemble each other.

>>> from graph.store import open_store
>>> CurrentIndex().ensure(open_store(None, mode="write")).search("云梦")
[]
"""

from __future__ import annotations

import logging
import re
import sqlite3
import tempfile
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

from rapidfuzz.distance import LCSseq

from extract.gazetteer import (
    Division,
    canonical_place,
    contains,
    load_gazetteer,
    lookup_place,
)
from extract.institutions import canonical_institution, institution_place
from graph.errors import GraphError
from graph.lookup_entries import CLASSES, Status
from graph.lookup_files import (
    IndexUnbuildableError,
    index_meta,
    read_meta,
    revise_index,
    write_index,
)
from graph.name_forms import (
    NameForms,
    fold,
    fold_case,
    has_han,
    name_to_forms,
    name_to_units,
    query_to_toned,
    toned_to_plain,
    units_to_grams,
)
from graph.store import Store, open_store

logger = logging.getLogger(__name__)

FOLDER = "lookup"
# What the writer makes before it publishes, and renames when it has.
UNPUBLISHED_INDEX = "following.sqlite"
# After so long its writer has been killed before it could.
RENAMED_WITHIN_SECONDS = 60.0
KEPT_INDEXES = 2
FUZZY_LIMIT = 89.0
# A file that does not change is read from the system's memory, not from one of each thread.
_MAPPED_BYTES = 1 << 30

PartMatch = Literal["exact", "prefix", "substring"]
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

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_EDITION = re.compile(r"第([一二三四五六七八九十百零\d]{1,6})[届次]")

_FOUND = """
SELECT name.text, name.status, name.folded, name.toned, name.plain, entity.iri, entity.class,
       entity.name, entity.description, entity.place, entity.mentions
FROM name JOIN entity ON entity.id = name.entity
"""
# The names that hold a text, each entity with the best of them: how well it does, and which of its
# names that is, in one number.
_PART_MATCHES: tuple[PartMatch, ...] = ("exact", "prefix", "substring")
_RANK = 1_000_000
_PARTS = f"""
FROM entity JOIN (
  SELECT entity AS number, text, MIN(
    {_RANK} * CASE WHEN folded = :wanted THEN 0 WHEN instr(folded, :wanted) = 1 THEN 1 ELSE 2 END
    + position
  ) AS best
  FROM label WHERE instr(folded, :wanted) GROUP BY entity
) ON number = entity.id
"""


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
class NamePart:
    """An entity that has a text in one of its names in the store: the best such name, and how."""

    iri: str
    class_name: str
    name: str
    matched: str
    match: PartMatch


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

    def hold(self) -> bool:
        """Let this thread read the index from now on, also when its file is removed.

        Returns:
            False if it has been removed before.
        """
        try:
            self._connection()
        except sqlite3.OperationalError:
            return False
        return True

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

    def find_parts(
        self,
        part: str,
        *,
        class_name: str | None = None,
        least: float = 0.0,
        start: int = 0,
        stop: int | None = None,
    ) -> list[NamePart]:
        """The entities that have a text in a name of the store: exact, then prefix, then the rest.

        Among equals a preferred name comes before another one, and short before long.

        Args:
            part: compared after `fold_case`; an empty one finds nothing.
            class_name: the local name of a class; None for all.
            least: the confidence, 0 to 1, that an entity has to have.
            start: counted from 0.
            stop: one past the last; None for all.
        """
        folded = fold_case(part)
        if not folded:
            return []
        rows = self._connection().execute(
            f"SELECT iri, class, name, text, best / {_RANK} {_PARTS}"
            " WHERE confidence >= :least AND (:class IS NULL OR class = :class)"
            f" ORDER BY best / {_RANK}, best % {_RANK} > 0, length(text), text, iri"
            " LIMIT :limit OFFSET :start",
            {
                "wanted": folded,
                "least": least,
                "class": class_name,
                "start": start,
                "limit": -1 if stop is None else max(stop - start, 0),
            },
        )
        return [
            NamePart(iri, found_class, name, matched, _PART_MATCHES[rank])
            for iri, found_class, name, matched, rank in rows
        ]

    def count_parts(self, part: str, *, least: float = 0.0) -> dict[str, tuple[int, int]]:
        """How many of each class `find_parts` would find, and how many of any confidence."""
        folded = fold_case(part)
        if not folded:
            return {}
        rows = self._connection().execute(
            f"SELECT class, SUM(confidence >= :least), COUNT(*) {_PARTS} GROUP BY class",
            {"wanted": folded, "least": least},
        )
        return {class_name: (sure, found) for class_name, sure, found in rows}

    def have_part(self, iris: Collection[str], part: str) -> frozenset[str]:
        """Those of some entities that `find_parts` would find."""
        folded, marks = fold_case(part), ",".join("?" * len(iris))
        if not folded:
            return frozenset()
        rows = self._connection().execute(
            "SELECT DISTINCT iri FROM entity JOIN label ON label.entity = entity.id"
            f" WHERE iri IN ({marks}) AND instr(label.folded, ?)",
            (*iris, folded),
        )
        return frozenset(iri for (iri,) in rows)

    def list_class(
        self, class_name: str, *, least: float = 0.0, start: int = 0, stop: int | None = None
    ) -> list[IndexedEntity]:
        """The entities of a class by name; arguments as those of `find_parts`."""
        rows = self._connection().execute(
            "SELECT iri, class, name, description, place, mentions FROM entity"
            " WHERE class = ? AND confidence >= ? ORDER BY name, iri LIMIT ? OFFSET ?",
            (class_name, least, -1 if stop is None else max(stop - start, 0), start),
        )
        return [IndexedEntity(*row) for row in rows]

    def most_mentioned(self, class_name: str) -> IndexedEntity | None:
        """The entity of a class that texts name most often; None where there is none."""
        rows = self._connection().execute(
            "SELECT iri, class, name, description, place, mentions FROM entity"
            " WHERE class = ? ORDER BY mentions DESC, iri LIMIT 1",
            (class_name,),
        )
        row = rows.fetchone()
        return None if row is None else IndexedEntity(*row)

    def count_class(self, class_name: str, *, least: float = 0.0) -> tuple[int, int]:
        """How many `list_class` would list, and how many of any confidence."""
        rows = self._connection().execute(
            "SELECT COALESCE(SUM(confidence >= ?), 0), COUNT(*) FROM entity WHERE class = ?",
            (least, class_name),
        )
        sure, found = rows.fetchone()
        return sure, found

    def confidence(self, iri: str) -> float:
        """How sure an entity is, 0 to 1; 0 where the index has none of that IRI."""
        rows = self._connection().execute("SELECT confidence FROM entity WHERE iri = ?", (iri,))
        found = rows.fetchone()
        return 0.0 if found is None else float(found[0])

    def labels(self, iri: str) -> tuple[str, ...]:
        """The names that an entity has in the store, the preferred one first."""
        rows = self._connection().execute(
            "SELECT text FROM label JOIN entity ON entity.id = label.entity"
            " WHERE entity.iri = ? ORDER BY position",
            (iri,),
        )
        return tuple(text for (text,) in rows)

    def iris(self) -> list[str]:
        """The IRIs of all entities, in order."""
        rows = self._connection().execute("SELECT iri FROM entity ORDER BY iri")
        return [iri for (iri,) in rows]

    def names(self, iri: str) -> tuple[str, ...]:
        """All names that an entity is looked up by, those of the lexicons last."""
        rows = self._connection().execute(
            "SELECT text FROM name JOIN entity ON entity.id = name.entity"
            " WHERE entity.iri = ? ORDER BY name.id",
            (iri,),
        )
        return tuple(text for (text,) in rows)

    def tally(self, entity: str, role: str, by: str, *, least: float = 0.0) -> dict[str, int]:
        """How many statements there are by value, of a thing with very many; else empty.

        Args:
            entity: the IRI of the thing.
            role: the property that leads from the statements to it.
            by: the property whose values are counted; see :class:`graph.tallies.Tally`.
            least: the confidence, 0 to 1, that the best evidence of a statement has to have;
                values of which none has it are counted as 0.
        """
        rows = self._connection().execute(
            "SELECT value, SUM(count * (confidence >= ?)) FROM tally"
            " WHERE entity = ? AND role = ? AND by = ? GROUP BY value",
            (least, entity, role, by),
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
            connection.execute(f"PRAGMA mmap_size = {_MAPPED_BYTES}")
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


# ------------------------------------------------------------------------------- keeping


def index_path(store: Store) -> Path | None:
    """Where the index of the present state of a store lies; None for a store in memory."""
    return None if store.path is None else store.path / FOLDER / f"{store.version}.sqlite"


def open_index(store: Store) -> LookupIndex | None:
    """The index that the writer has left for the present state of a store; None without one."""
    path = index_path(store)
    return None if path is None else _open(path, store.version, store.base)


def _open(path: Path, version: int, base: str) -> LookupIndex | None:
    if read_meta(path) != index_meta(version, base):
        return None
    return LookupIndex(path, version=version, base=base)


def publish_with_index(store: Store) -> int:
    """Publish a store, and put the index of its names in place in the same moment.

    The index is made before the snapshot, so that whoever sees the new state finds its index:
    from the one before, by what has changed, where the store knows that.

    Returns:
        The number of the newest publication.

    Raises:
        StoreWriteError: The snapshot could not be written.
        IndexUnbuildableError: The index could not be written; the state is published without.
    """
    changed = store.changed_nodes
    if store.path is None:
        return store.publish()
    if store.version and changed is not None and not changed:
        number = store.publish()
        update_index(store)
        return number
    following = store.path / FOLDER / UNPUBLISHED_INDEX
    failure: IndexUnbuildableError | None = None
    try:
        _make_following(store, following, changed)
    except IndexUnbuildableError as error:
        failure = error
    number = store.publish()
    if failure is not None:
        raise failure
    try:
        following.replace(following.with_name(f"{number}.sqlite"))
        _remove_older(following.parent)
    except OSError as error:
        raise IndexUnbuildableError(f"cannot rename {str(following)!r}: {error}") from error
    return number


def _make_following(store: Store, file: Path, changed: frozenset[str] | None) -> None:
    """Make the index of the state that is about to be published."""
    newest = open_index(store)
    try:
        file.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise IndexUnbuildableError(f"cannot make {str(file.parent)!r}: {error}") from error
    if newest is not None and changed is not None:
        with open_store(store.path, mode="read", base=store.base) as former:
            if revise_index(store, former, newest.path, file, changed=changed):
                return
    write_index(store, file, number=store.version + 1, previous=_newest(file.parent))


def update_index(store: Store) -> LookupIndex:
    """Leave an index of the present publication beside the snapshots of a store on disk.

    To be called by the writer where something else than `publish_with_index` has published;
    nothing is done where there is one already.

    Raises:
        IndexUnbuildableError: The store is in memory, or the file cannot be written.
    """
    path = index_path(store)
    if path is None:
        raise IndexUnbuildableError("expected a store on disk, got one in memory")
    existing = open_index(store)
    if existing is not None:
        return existing
    try:
        path.parent.mkdir(exist_ok=True)
        index = build_index(store, path, previous=_newest(path.parent))
        _remove_older(path.parent)
    except OSError as error:
        raise IndexUnbuildableError(f"cannot write {str(path)!r}: {error}") from error
    return index


def build_index(store: Store, file: Path, *, previous: Path | None = None) -> LookupIndex:
    """Make the index of the present state of a store, and put it in place whole.

    Args:
        store: The store.
        file: Where the index shall lie; an older one there is replaced.
        previous: An index of another state, whose pinyin is copied.

    Raises:
        IndexUnbuildableError: The file cannot be written, or the store went on to a new state at
            every attempt to read it.
    """
    version = write_index(store, file, previous=previous)
    return LookupIndex(file, version=version, base=store.base)


def _indexes(folder: Path) -> list[Path]:
    """The indexes in a folder, the newest last."""
    files = (file for file in folder.glob("*.sqlite") if file.stem.isdecimal())
    return sorted(files, key=lambda file: int(file.stem))


def _newest(folder: Path) -> Path | None:
    found = _indexes(folder)
    return found[-1] if found else None


def _remove_older(folder: Path) -> None:
    """Remove all indexes but the newest and the one before, which a request may still read."""
    for file in _indexes(folder)[:-KEPT_INDEXES]:
        file.unlink(missing_ok=True)


class CurrentIndex:
    """Holds the index of the state of a store that was asked for last.

    What it gives to a thread can be read by that thread for as long as it likes: a writer removes
    the files of former states, and a slow reader must not lose its own.
    """

    def __init__(self) -> None:
        self._making = threading.Lock()
        self._index: LookupIndex | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._thread: threading.Thread | None = None

    def find(self, store: Store) -> LookupIndex | None:
        """The index of the present state if there is one already; never waits for one."""
        index = self._index
        if index is not None and index.version == store.version and index.hold():
            return index
        found = open_index(store)
        if found is None or not found.hold():
            return None
        self._index = found
        return found

    def nearest(self, store: Store) -> LookupIndex:
        """The index of the present state, or else the one before while that one is made.

        Waits only where there is neither, and for a store in memory, whose index nobody leaves.
        """
        found = self.find(store)
        if found is not None:
            return found
        former = None if store.path is None else self._index
        if former is None or not former.hold():
            former = _former(store)
        if former is None or not former.hold():
            return self.ensure(store)
        if not _is_following(store):
            self.prepare(store)
        return former

    def is_ready(self, store: Store) -> bool:
        """Whether `nearest` would answer at once; begins to make an index where it would not."""
        if store.path is None or self.find(store) or self._index or _former(store):
            return True
        self.prepare(store)
        return False

    def prepare(self, store: Store) -> None:
        """Begin to make the index of the present state in a thread, unless one is at it."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(
                target=self._try_to_make, args=(store,), name="names", daemon=True
            )
            self._thread.start()

    def ensure(self, store: Store) -> LookupIndex:
        """The index of the present state, made in a temporary folder where there is none.

        Raises:
            IndexUnbuildableError: it cannot be made.
        """
        with self._making:
            found = self.find(store)
            if found is None:
                if self._folder is None:
                    self._folder = tempfile.TemporaryDirectory(prefix="tanpu-lookup-")
                folder = Path(self._folder.name)
                file = folder / f"{store.version}.sqlite"
                previous = None if self._index is None else self._index.path
                made = build_index(store, file, previous=previous)
                # The store may have moved on meanwhile: the index says what it was made from.
                found = LookupIndex(
                    file, version=made.version, base=store.base, keeper=self._folder
                )
                found.hold()
                _remove_older(folder)
            self._index = found
            return found

    def _try_to_make(self, store: Store) -> None:
        try:
            self.ensure(store)
        except GraphError as error:
            logger.warning("the index of names cannot be made: %s", error)


def _former(store: Store) -> LookupIndex | None:
    """The newest index that was left for an older state; None without one that can be read."""
    if store.path is None:
        return None
    for file in reversed(_indexes(store.path / FOLDER)):
        found = _open(file, int(file.stem), store.base)
        if found is not None:
            return found
    return None


def _is_following(store: Store) -> bool:
    """Whether a writer is about to put an index in place; one that was killed is not."""
    if store.path is None:
        return False
    try:
        made = (store.path / FOLDER / UNPUBLISHED_INDEX).stat().st_mtime
    except FileNotFoundError:
        return False
    return time.time() - made < RENAMED_WITHIN_SECONDS
