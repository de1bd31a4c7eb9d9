"""Statements that cannot all be true: found, kept and shown with their sources.

The rules lie in ``graph/rules/``: each is a SPARQL query that groups the statements about one
matter and names the groups with several values. Whether such values exclude each other is then
decided here: a rounded figure and an exact one, a month and a day in it, a city and a hall in it
do not, nor do two holders of a post at different times. Nothing is changed in the store.

>>> [rule.name for rule in read_rules()][:2]
['two_event_dates', 'two_holders']
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import IO, Any

from rdflib import URIRef

from extract.dates import to_first_last_day
from graph.comparison import disjoint, figure_to_interval, not_nested, to_unit
from graph.errors import GraphError
from graph.queryfiles import read_query, select
from graph.store import Store
from graph.timelines import Tenure, read_post_evidence, tenures_of
from ontology.terms import TANPU

_LABEL = re.compile(r"^# (zh|en): (.+)$", re.MULTILINE)
_LOOSE = frozenset({"exact", "over", "under", "about"})
_QUALIFIER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        str(TANPU.QualifierExact): "exact",
        str(TANPU.QualifierOver): "over",
        str(TANPU.QualifierUnder): "under",
        str(TANPU.QualifierAbout): "about",
    }
)


class MalformedRuleError(GraphError):
    """A rule file that does not say in both languages what it finds."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of ``graph/rules/``: its file's stem, and what it finds in both languages."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A sentence that says something: half-open offsets, confidence from 0 to 1."""

    evidence: str
    document: str
    identifier: str
    title: str | None
    issued: str | None
    start: int
    end: int
    sentence: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One side: a statement (IRI), what it claims in words, and the sentences that say it.

    ``about`` is the IRI of what only this side names: the person, the venue; None for a
    figure or a date.
    """

    statement: str
    value: str
    about: str | None
    sources: tuple[Source, ...]

    @property
    def confidence(self) -> float:
        """That of the best sentence."""
        return max((source.confidence for source in self.sources), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Claims about one matter of which not all can be true.

    ``subject`` and ``matter`` are IRIs: whose matter it is, and which one (the post, the
    indicator, the issuer, the step); the names are the preferred ones. ``time`` is the ISO
    period of a figure.
    """

    rule: Rule
    subject: str
    subject_name: str
    matter: str | None = None
    matter_name: str | None = None
    time: str | None = None
    claims: tuple[Claim, ...]

    @property
    def key(self) -> str:
        """Ten hexadecimal digits that stay the same while rule, subject and matter do."""
        parts = (self.rule.name, self.subject, self.matter or "", self.time or "")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]

    @property
    def confidence(self) -> float:
        """How sure its less sure side is: of the two surest claims, the second."""
        surest = sorted((claim.confidence for claim in self.claims), reverse=True)
        return surest[1]

    def concerns(self, iri: str) -> bool:
        """Whether a node is the subject, the matter, a claim or what a claim names."""
        return iri in (self.subject, self.matter) or any(
            iri in (claim.statement, claim.about) for claim in self.claims
        )

    def to_json(self) -> dict[str, Any]:
        """A row for the command line."""
        return {
            "key": self.key,
            "rule": self.rule.name,
            "label": {"zh": self.rule.zh, "en": self.rule.en},
            "subject": self.subject,
            "subject_name": self.subject_name,
            "matter": self.matter,
            "matter_name": self.matter_name,
            "time": self.time,
            "confidence": round(self.confidence, 4),
            "claims": [
                {
                    "statement": claim.statement,
                    "value": claim.value,
                    "about": claim.about,
                    "confidence": round(claim.confidence, 4),
                    "sources": [
                        {
                            "document": source.document,
                            "id": source.identifier,
                            "issued": source.issued,
                            "start": source.start,
                            "end": source.end,
                            "sentence": source.sentence,
                        }
                        for source in claim.sources
                    ],
                }
                for claim in self.claims
            ],
        }


def read_rules() -> tuple[Rule, ...]:
    """All rules, by name.

    Raises:
        MalformedRuleError: a rule has no label in one of the two languages.
    """
    folder = files("graph").joinpath("rules")
    names = (entry.name for entry in folder.iterdir() if entry.name.endswith(".rq"))
    return tuple(_read_rule(name.removesuffix(".rq")) for name in sorted(names))


@cache
def _read_rule(name: str) -> Rule:
    labels = dict(_LABEL.findall(read_query(name, folder="rules")))
    if set(labels) != {"zh", "en"}:
        raise MalformedRuleError(
            f"expected a line '# zh: …' and a line '# en: …' in {name}.rq, got {sorted(labels)}"
        )
    return Rule(name, labels["zh"], labels["en"])


def find_contradictions(store: Store, *, least: float = 0.0) -> tuple[Contradiction, ...]:
    """Every contradiction of a store, by rule, subject and matter.

    Args:
        store: what is looked through; one pass a rule, then only groups with several values.
        least: the confidence, 0 to 1, that a sentence has to have to count.
    """
    reader = _Reader(store, least)
    found = [one for rule in read_rules() for one in _apply(rule, reader, {})]
    return tuple(sorted(found, key=_order))


def contradictions_of(
    store: Store, iri: str, *, least: float = 0.0, rule: str | None = None
) -> tuple[Contradiction, ...]:
    """The contradictions that a thing or a statement has a part in.

    Args:
        store: what is looked through, from the node and its statements on.
        iri: of a person, post, institution, place, counted thing, forum, regulation, or of a
            statement; of an indicator there are none here, since all subjects have it.
        least: as in :func:`find_contradictions`.
        rule: the name of the only rule that is wanted; None applies all.
    """
    # A URIRef of rdflib is never equal to the same text.
    node = str(iri)
    rows = select(store, "contradiction_subjects", bindings={"entity": URIRef(node)})
    subjects = sorted({node, *(row["subject"] for row in rows)})
    reader = _Reader(store, least)
    found = [
        one
        for subject in subjects
        for one_rule in read_rules()
        if rule in (None, one_rule.name)
        for one in _apply(one_rule, reader, {"subject": URIRef(subject)})
        if one.concerns(node)
    ]
    return tuple(sorted(found, key=_order))


CSV_COLUMNS = (
    "key", "rule", "subject", "subject_name", "matter_name", "time", "statement", "value",
    "confidence", "document", "issued", "sentence",
)  # fmt: skip


def contradictions_to_csv(found: Iterable[Contradiction], stream: IO[str]) -> None:
    """Writes a row for each sentence of each claim; rows of one contradiction share the key."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for one in found:
        matter = (one.key, one.rule.name, one.subject, one.subject_name, one.matter_name, one.time)
        for claim in one.claims:
            for source in claim.sources:
                said = (source.confidence, source.identifier, source.issued, source.sentence)
                writer.writerow([*matter, claim.statement, claim.value, *said])


def _order(one: Contradiction) -> tuple[str, str, str, str, str]:
    return one.rule.name, one.subject_name, one.subject, one.matter_name or "", one.time or ""


Row = Mapping[str, str]
Properties = Mapping[str, Sequence[str]]


class _Reader:
    """Reads names, properties and sentences, each node once."""

    def __init__(self, store: Store, least: float) -> None:
        self.store = store
        self.least = least
        self._names: dict[str, str] = {}

    def rows(self, rule: Rule, bindings: Mapping[str, URIRef]) -> Iterator[dict[str, str]]:
        """The groups that a rule finds; none where a bound subject has none."""
        for row in select(self.store, rule.name, folder="rules", bindings=bindings):
            if row.get("statements"):
                yield row

    def name(self, iri: str) -> str:
        """The preferred name of a node; the end of its IRI where it has none."""
        if iri not in self._names:
            rows = list(select(self.store, "node_name", bindings={"node": URIRef(iri)}))
            self._names[iri] = rows[0]["name"] if rows else re.split(r"[/#]", iri)[-1]
        return self._names[iri]

    def properties(self, statement: str) -> Properties:
        """Everything that is said of a statement."""
        values: dict[str, list[str]] = defaultdict(list)
        bindings = {"statement": URIRef(statement)}
        for row in select(self.store, "statement_properties", bindings=bindings):
            values[row["property"]].append(row["value"])
        return values

    def sources(self, statement: str) -> tuple[Source, ...]:
        """The sentences that are sure enough."""
        bindings = {"statement": URIRef(statement)}
        return tuple(
            Source(
                evidence=row["evidence"],
                document=row["document"],
                identifier=row["identifier"],
                title=row.get("title"),
                issued=row.get("issued"),
                start=int(row["start"]),
                end=int(row["end"]),
                sentence=row["sentence"],
                confidence=float(row["confidence"]),
            )
            for row in select(self.store, "statement_sources", bindings=bindings)
            if float(row["confidence"]) >= self.least
        )

    def places_around(self, place: str) -> tuple[frozenset[str], bool]:
        """A place with those that it lies in, and whether it is an administrative division."""
        rows = list(select(self.store, "places_above", bindings={"place": URIRef(place)}))
        above = {row["above"] for row in rows if "above" in row}
        return frozenset({place, *above}), any("code" in row for row in rows)


def _apply(rule: Rule, reader: _Reader, bindings: Mapping[str, URIRef]) -> Iterator[Contradiction]:
    compare = _COMPARISONS[rule.name]
    for row in reader.rows(rule, bindings):
        for claims in compare(row, reader):
            matter = next((row[name] for name in _MATTERS if name in row), None)
            yield Contradiction(
                rule=rule,
                subject=row["subject"],
                subject_name=reader.name(row["subject"]),
                matter=matter,
                matter_name=None if matter is None else reader.name(matter),
                time=_period(row) if "first" in row else None,
                claims=claims,
            )


_MATTERS = ("post", "indicator", "issuer", "step")


def _period(row: Row) -> str:
    first, last = (row[end].rpartition("/")[2] for end in ("first", "last"))
    return first if first == last else f"{first}/{last}"


def _claims(
    row: Row, reader: _Reader, word: Callable[[Properties], str], about: URIRef | None = None
) -> list[tuple[Claim, Properties]]:
    """The statements of a group that have a sentence which is sure enough."""
    found = []
    for statement in sorted(row["statements"].split(" ")):
        sources = reader.sources(statement)
        if not sources:
            continue
        properties = reader.properties(statement)
        named = None if about is None else properties[str(about)][0]
        claim = Claim(statement=statement, value=word(properties), about=named, sources=sources)
        found.append((claim, properties))
    return found


Groups = Iterator[tuple[Claim, ...]]


def _compare_figures(row: Row, reader: _Reader) -> Groups:
    """Figures of the same sort in units that can be compared, with no value in common."""
    sorts: dict[frozenset[str], list[tuple[Claim, Properties]]] = defaultdict(list)
    for claim, said in _claims(row, reader, lambda said: said[str(TANPU.valueText)][0]):
        words = frozenset(_QUALIFIER_WORDS.get(q, q) for q in said[str(TANPU.qualifier)])
        sorts[words - _LOOSE].append((claim, said))
    for sort in sorted(sorts, key=sorted):
        left = sorts[sort]
        while left:
            unit = _unit(left[0][1])
            same = [(pair, _interval(pair[1], unit)) for pair in left]
            compared = [(claim, span) for (claim, _), span in same if span is not None]
            left = [pair for pair, span in same if span is None]
            positions = disjoint([span for _, span in compared])
            if positions:
                yield tuple(compared[position][0] for position in positions)


def _unit(said: Properties) -> str | None:
    return next(iter(said[str(TANPU.unitText)]), None)


def _interval(said: Properties, unit: str | None) -> tuple[Decimal, Decimal] | None:
    words = [_QUALIFIER_WORDS.get(q, q) for q in said[str(TANPU.qualifier)]]
    text = said[str(TANPU.valueText)][0]
    interval = figure_to_interval(Decimal(said[str(TANPU.value)][0]), text, qualifiers=words)
    return to_unit(interval, _unit(said), to=unit)


def _compare_dates(property: URIRef) -> Callable[[Row, _Reader], Groups]:
    """Days, months and years that have no day in common."""

    def compare(row: Row, reader: _Reader) -> Groups:
        claims = [claim for claim, _ in _claims(row, reader, lambda said: said[str(property)][0])]
        days = [to_first_last_day(claim.value) for claim in claims]
        positions = disjoint(days)
        if positions:
            yield tuple(claims[position] for position in positions)

    return compare


def _compare_event_dates(row: Row, reader: _Reader) -> Groups:
    """Spans of days of which neither holds the other."""

    def word(said: Properties) -> str:
        start, end = said[str(TANPU.startDate)][0], said[str(TANPU.endDate)][0]
        return start if start == end else f"{start}/{end}"

    claims = [claim for claim, _ in _claims(row, reader, word)]
    spans = [(claim.value.split("/")[0], claim.value.split("/")[-1]) for claim in claims]
    positions = not_nested(spans)
    if positions:
        yield tuple(claims[position] for position in positions)


def _compare_venues(row: Row, reader: _Reader) -> Groups:
    """Divisions apart from each other, or halls, that no article names together."""
    pairs = _claims(row, reader, lambda said: reader.name(said[str(TANPU.venue)][0]), TANPU.venue)
    claims = [claim for claim, _ in pairs]
    around = [reader.places_around(claim.about or "") for claim in claims]
    articles = [{source.document for source in claim.sources} for claim in claims]

    def apart(one: int, other: int) -> bool:
        (places, is_division), (others, is_other) = around[one], around[other]
        mine, yours = claims[one], claims[other]
        return (
            is_division == is_other
            and mine.about not in others
            and yours.about not in places
            and mine.value not in yours.value
            and yours.value not in mine.value
            and articles[one].isdisjoint(articles[other])
        )

    positions = [
        one
        for one in range(len(claims))
        if any(apart(one, other) for other in range(len(claims)) if other != one)
    ]
    if positions:
        yield tuple(claims[position] for position in positions)


def _compare_holders(row: Row, reader: _Reader) -> Groups:
    """Holders of one post whose times overlap by more than the day of a handover."""
    evidence = read_post_evidence(reader.store, post=URIRef(row["post"]), least=reader.least)
    tenures = [t for t in tenures_of(evidence) if t.held() is not None]
    clashing = overlapping_tenures(tenures)
    if not clashing:
        return
    claims = []
    for tenure in clashing:
        days = tenure.held()
        assert days is not None
        when = days[0] if days[0] == days[1] else f"{days[0]}/{days[1]}"
        claims += [
            Claim(
                statement=statement,
                value=f"{tenure.person_name} {when}",
                about=tenure.person,
                sources=reader.sources(statement),
            )
            for statement in sorted({one.statement for one in tenure.evidence})
        ]
    unique = {claim.statement: claim for claim in claims}
    yield tuple(unique[statement] for statement in sorted(unique))


def overlapping_tenures(tenures: Sequence[Tenure]) -> list[Tenure]:
    """The tenures of one post of a single holder that overlap one of another person.

    One that begins on the last day of the other, or ends on its first, is a handover where an
    article says that it began or ended; without that, two holders on one day are two.
    """
    spans = [(days, tenure) for tenure in tenures if (days := tenure.held()) is not None]
    spans.sort(key=lambda pair: (pair[0], pair[1].person))
    found: set[int] = set()
    for place, ((_, end), tenure) in enumerate(spans):
        for other_place in range(place + 1, len(spans)):
            (start, _), other = spans[other_place]
            if start > end:
                break
            if other.person != tenure.person and not _hands_over(tenure, other):
                found |= {place, other_place}
    return [spans[place][1] for place in sorted(found)]


def _hands_over(one: Tenure, other: Tenure) -> bool:
    """Whether the two meet on one day, on which an article lets one end or begin."""
    mine, yours = one.held(), other.held()
    assert mine is not None
    assert yours is not None
    for (first, earlier), (second, later) in (
        ((mine, one), (yours, other)),
        ((yours, other), (mine, one)),
    ):
        if first[1] != second[0]:
            continue
        if later.opened_by is not None or earlier.over_by == first[1]:
            return True
    return False


_COMPARISONS: Mapping[str, Callable[[Row, _Reader], Groups]] = MappingProxyType(
    {
        "two_event_dates": _compare_event_dates,
        "two_holders": _compare_holders,
        "two_issue_dates": _compare_dates(TANPU.issueDate),
        "two_step_dates": _compare_dates(TANPU.stepDate),
        "two_values": _compare_figures,
        "two_venues": _compare_venues,
    }
)
