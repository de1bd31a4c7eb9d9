"""Posts over time: who held which post from when to when, put together from all articles.

Nothing of this is stored: it is read from the memberships and their evidence whenever somebody
asks, so that it is always that of the present articles. An article that calls somebody the holder
is a day on which the post was held (its own day, or that of the event where it says 时任); words
such as 自2019年起任 or 2016年至2020年任 give begin and end; 免去, 原 and 前 end what was held
before; an appointment begins it. At a post of one holder the next one ends what nothing else did.

>>> tenures_of([])
()
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from rdflib import URIRef

from extract.dates import to_first_last_day
from extract.facts import Span
from extract.tenures import TenureWording, read_tenure
from graph.queryfiles import select
from graph.store import Store
from ontology.terms import ORG, TANPU

Closing = Literal["period", "removed", "former", "succeeded"]

_SINGLE_HOLDER_RULE = "two_holders"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEvidence:
    """One sentence that says who holds or held a post.

    ``post``, ``unit``, ``person``, ``statement``, ``evidence`` and ``document`` are IRIs;
    ``issued`` is the ISO day of the article, None where none is known; ``confidence`` lies
    between 0 and 1.
    """

    statement: str
    person: str
    person_name: str
    post: str
    unit: str
    unit_name: str
    title: str
    former: bool
    evidence: str
    document: str
    issued: str | None
    confidence: float
    sentence: str
    wording: TenureWording


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """One stretch of time in which a person held a post, as far as articles tell.

    Attributes:
        person: IRI of who held it; ``person_name`` the preferred name.
        post: IRI of the post, of the title ``title`` at ``unit`` (IRI; ``unit_name``).
        begin: when it began, as the text says: an ISO day, month or year; None where none does.
        end: when it ended, in the same way.
        first_seen: the first day on which somebody says that it is held, ISO; None where
            articles only tell afterwards.
        last_seen: the last such day.
        over_by: the first day on which it was known to be over, ISO; None while it is open.
        opened_by: IRI of the evidence that says how it began.
        closed_by: IRI of the evidence that ends it; of the successor's where ``closing``
            is ``succeeded``.
        closing: how it ended: a stated period, a removal, a word like 原 or 前, a successor.
        evidence: every sentence it was made of, the oldest first.
    """

    person: str
    person_name: str
    post: str
    unit: str
    unit_name: str
    title: str
    begin: str | None = None
    end: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None
    over_by: str | None = None
    opened_by: str | None = None
    closed_by: str | None = None
    closing: Closing | None = None
    evidence: tuple[PostEvidence, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nothing says that it is over."""
        return self.closing is None

    def held(self) -> tuple[str, str] | None:
        """The first and last ISO day on which the post was certainly held; None if none was.

        >>> Tenure(person="p", person_name="", post="q", unit="u", unit_name="", title="局长",
        ...        begin="2019", last_seen="2024-03-01", first_seen="2024-03-01").held()
        ('2019-12-31', '2024-03-01')
        """
        days = [day for day in (self.first_seen, self.last_seen) if day is not None]
        begun = None if self.begin is None else _last_day(self.begin)
        ended = None if self.end is None else _first_day(self.end)
        if begun is None or ended is None or begun <= ended:
            days += [day for day in (begun, ended) if day is not None]
        if not days:
            return None
        return min(days), max(days)

    def to_json(self) -> dict[str, Any]:
        """A row with the names above; ``statements`` and ``evidence`` are lists of IRIs."""
        return {
            "person": self.person,
            "person_name": self.person_name,
            "post": self.post,
            "title": self.title,
            "unit": self.unit,
            "unit_name": self.unit_name,
            "begin": self.begin,
            "end": self.end,
            "first_seen": self.first_seen,
            "last_seen": self.last_seen,
            "over_by": self.over_by,
            "opened_by": self.opened_by,
            "closed_by": self.closed_by,
            "closing": self.closing,
            "statements": sorted({one.statement for one in self.evidence}),
            "evidence": [one.evidence for one in self.evidence],
        }


def timeline(store: Store, person: str, *, least: float = 0.0) -> tuple[Tenure, ...]:
    """The posts of a person over time, the earliest first; those of no known time are last.

    Args:
        store: where the articles' statements lie.
        person: IRI; one that holds no post has an empty timeline.
        least: the confidence, 0 to 1, that a sentence has to have to count.
    """
    node = URIRef(person)
    found = []
    for tenure in tenures_of(read_post_evidence(store, person=node, least=least)):
        if tenure.is_open and _has_several_holders(store, tenure.post):
            rivals = tenures_of(read_post_evidence(store, post=URIRef(tenure.post), least=least))
            found.append(_close_by_successor(tenure, rivals))
        else:
            found.append(tenure)
    return tuple(sorted(found, key=_order))


def holders(store: Store, unit: str, *, least: float = 0.0) -> tuple[Tenure, ...]:
    """Who held the posts of an institution or of a place's government, by title and time.

    Args:
        store: where the articles' statements lie.
        unit: IRI of the institution or place.
        least: the confidence, 0 to 1, that a sentence has to have to count.
    """
    tenures = tenures_of(read_post_evidence(store, unit=URIRef(unit), least=least))
    by_post: dict[str, list[Tenure]] = defaultdict(list)
    for tenure in tenures:
        by_post[tenure.post].append(tenure)
    found: list[Tenure] = []
    for post, rivals in by_post.items():
        if len({tenure.person for tenure in rivals}) > 1 and _has_several_holders(store, post):
            found += [_close_by_successor(tenure, rivals) for tenure in rivals]
        else:
            found += rivals
    return tuple(sorted(found, key=lambda tenure: (tenure.title, tenure.post, *_order(tenure))))


def read_post_evidence(
    store: Store,
    *,
    person: URIRef | None = None,
    post: URIRef | None = None,
    unit: URIRef | None = None,
    least: float = 0.0,
) -> list[PostEvidence]:
    """The sentences about the posts of one person, one post or one unit, with their times.

    Raises:
        ValueError: not exactly one of the three is given.
    """
    given = {ORG.member: person, TANPU.post: post, ORG.organization: unit}
    roles = [(role, node) for role, node in given.items() if node is not None]
    if len(roles) != 1:
        raise ValueError(f"expected one of person, post and unit, got {len(roles)} of them")
    ((role, node),) = roles
    reader = _Reader(store)
    rows = select(store, "statements_with", bindings={"role": role, "entity": node})
    found = [one for row in rows for one in reader.evidence_of(row["statement"])]
    return [one for one in found if one.confidence >= least]


class _Reader:
    """Reads memberships one by one, and each name once.

    The engine answers a query about one statement by its index; one query about all that
    somebody holds would make it look through every sentence of the store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._names: dict[str, str] = {}
        self._titles: dict[str, str] = {}

    def evidence_of(self, statement: str) -> Iterator[PostEvidence]:
        """The sentences that say a membership."""
        bindings = {"statement": URIRef(statement)}
        said: dict[str, str] = {}
        for row in select(self._store, "statement_properties", bindings=bindings):
            said.setdefault(row["property"], row["value"])
        spans: dict[str, list[Span]] = defaultdict(list)
        for row in select(self._store, "statement_wordings", bindings=bindings):
            if row["role"] == "post":
                spans[row["evidence"]].append(Span(int(row["start"]), int(row["end"])))
        for row in select(self._store, "statement_sources", bindings=bindings):
            yield self._to_evidence(statement, said, row, spans[row["evidence"]])

    def _to_evidence(
        self,
        statement: str,
        said: Mapping[str, str],
        row: Mapping[str, str],
        spans: Sequence[Span],
    ) -> PostEvidence:
        start, end = int(row["start"]), int(row["end"])
        inside = [span for span in spans if start <= span.start and span.end <= end]
        wording = TenureWording()
        if inside:
            post = Span(inside[0].start - start, inside[0].end - start)
            wording = read_tenure(row["sentence"], post=post, published=row.get("issued"))
        person, unit = said[str(ORG.member)], said[str(ORG.organization)]
        return PostEvidence(
            statement=statement,
            person=person,
            person_name=self._name(person),
            post=said[str(TANPU.post)],
            unit=unit,
            unit_name=self._name(unit),
            title=self._title(said[str(TANPU.post)]),
            former=said[str(TANPU.status)] == str(TANPU.StatusFormer),
            evidence=row["evidence"],
            document=row["document"],
            issued=row.get("issued"),
            confidence=float(row["confidence"]),
            sentence=row["sentence"],
            wording=wording,
        )

    def _name(self, iri: str) -> str:
        if iri not in self._names:
            rows = select(self._store, "node_name", bindings={"node": URIRef(iri)})
            self._names[iri] = next(rows)["name"]
        return self._names[iri]

    def _title(self, post: str) -> str:
        if post not in self._titles:
            rows = select(self._store, "post_title", bindings={"post": URIRef(post)})
            self._titles[post] = next(rows)["title"]
        return self._titles[post]


def tenures_of(evidence: Iterable[PostEvidence]) -> tuple[Tenure, ...]:
    """Puts sentences together to tenures, without a look at who came after whom.

    The result depends on what the sentences say alone, not on their order.
    """
    groups: dict[tuple[str, str], list[PostEvidence]] = defaultdict(list)
    for one in evidence:
        groups[one.person, one.post].append(one)
    found = [tenure for key in sorted(groups) for tenure in _tenures_of_one(groups[key])]
    return tuple(sorted(found, key=_order))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one sentence gives: days on which the post is held, and one by which it was over."""

    source: PostEvidence
    seen: str | None
    over: str | None
    closing: Closing | None

    @property
    def anchor(self) -> str | None:
        """The day that the sentence is about."""
        wording = self.source.wording
        if wording.begin is not None or wording.end is not None:
            return _first_day(wording.begin or wording.end or "")
        return self.seen or wording.at or self.over


def _read(one: PostEvidence) -> _Reading:
    wording, issued = one.wording, one.issued
    if wording.act == "removed":
        over = issued if wording.end is None else _last_day(wording.end)
        return _Reading(one, None, over, "removed")
    if wording.end is not None:
        return _Reading(one, None, _last_day(wording.end), "period")
    if wording.at is not None:
        later = one.former and issued is not None and issued > _last_day(wording.at)
        return _Reading(
            one, _exact_day(wording.at), issued if later else None, "former" if later else None
        )
    if one.former:
        return _Reading(one, None, issued, "former")
    if wording.act == "appointed" and wording.begin is not None:
        return _Reading(one, _exact_day(wording.begin), None, None)
    return _Reading(one, issued, None, None)


def _tenures_of_one(evidence: Sequence[PostEvidence]) -> list[Tenure]:
    """The tenures of one person in one post."""
    readings = [_read(one) for one in evidence]
    dated = [reading for reading in readings if reading.anchor is not None]
    dated.sort(key=lambda r: (r.anchor or "", r.over is not None, r.source.evidence))
    found: list[Tenure] = []
    for reading in dated:
        if found and not _begins_anew(found[-1], reading):
            found[-1] = _add(found[-1], reading)
        else:
            found.append(_add(_empty(reading.source), reading))
    undated = [reading for reading in readings if reading.anchor is None]
    undated.sort(key=lambda reading: reading.source.evidence)
    for reading in undated:
        if not found:
            found.append(_empty(reading.source))
        found[-1] = _add(found[-1], reading)
    return found


def _begins_anew(tenure: Tenure, reading: _Reading) -> bool:
    """Whether a sentence says that the post is held after it was over."""
    if tenure.over_by is None or reading.anchor is None:
        return False
    wording = reading.source.wording
    holds = reading.seen is not None or wording.begin is not None
    return holds and reading.anchor > tenure.over_by


def _empty(source: PostEvidence) -> Tenure:
    return Tenure(
        person=source.person,
        person_name=source.person_name,
        post=source.post,
        unit=source.unit,
        unit_name=source.unit_name,
        title=source.title,
    )


def _add(tenure: Tenure, reading: _Reading) -> Tenure:
    source, wording = reading.source, reading.source.wording
    seen = [day for day in (tenure.first_seen, tenure.last_seen, reading.seen) if day is not None]
    begin = _more_exact(tenure.begin, wording.begin)
    end = _more_exact(tenure.end, wording.end)
    tells_begin = wording.begin is not None or (wording.act == "appointed" and not source.former)
    added = replace(
        tenure,
        begin=begin,
        end=end,
        first_seen=min(seen, default=None),
        last_seen=max(seen, default=None),
        opened_by=source.evidence
        if tells_begin and (tenure.opened_by is None or begin != tenure.begin)
        else tenure.opened_by,
        evidence=(*tenure.evidence, source),
    )
    if reading.closing is None and not (source.former and reading.anchor is None):
        return added
    earlier = tenure.over_by is None or (reading.over is not None and reading.over < tenure.over_by)
    if tenure.closing is None or earlier:
        return replace(
            added,
            over_by=reading.over or tenure.over_by,
            closed_by=source.evidence,
            closing=reading.closing or "former",
        )
    return added


def _more_exact(known: str | None, other: str | None) -> str | None:
    """The longer of two ISO dates, the earlier of two that are equally exact."""
    given = [date for date in (known, other) if date is not None]
    return min(given, key=lambda date: (-len(date), date), default=None)


def _close_by_successor(tenure: Tenure, rivals: Sequence[Tenure]) -> Tenure:
    """An open tenure at a post of one holder, ended by whoever is there after its last day."""
    held = tenure.held()
    if not tenure.is_open or held is None:
        return tenure
    later = [
        (days[0], rival.evidence[0].evidence)
        for rival in rivals
        if rival.person != tenure.person
        and (days := rival.held()) is not None
        and days[0] > held[1]
    ]
    if not later:
        return tenure
    day, evidence = min(later)
    return replace(tenure, over_by=day, closed_by=evidence, closing="succeeded")


def _has_several_holders(store: Store, post: str) -> bool:
    """Whether a post is one of a single holder, and articles name several for it."""
    bindings = {"post": URIRef(post)}
    return any(select(store, _SINGLE_HOLDER_RULE, folder="rules", bindings=bindings))


def _order(tenure: Tenure) -> tuple[str, str, str, str]:
    held = tenure.held()
    start = held[0] if held is not None else tenure.over_by
    return start or "9999", tenure.over_by or "9999", tenure.person, tenure.post


def _exact_day(iso: str) -> str | None:
    """The date itself where it is a day."""
    return iso if len(iso) == len("YYYY-MM-DD") else None


def _first_day(iso: str) -> str:
    return to_first_last_day(iso)[0].isoformat()


def _last_day(iso: str) -> str:
    return to_first_last_day(iso)[1].isoformat()
