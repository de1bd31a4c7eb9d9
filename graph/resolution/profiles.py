"""What a document says of each thing that it names, as far as it bears on identity.

One (kind, name) of one document is a *reference*; its *profile* holds the name and the
features by which things of one name are told apart. References with equal profiles are always
the same entity, so that resolution weighs profiles and not documents: their number grows much
slower. A reference that only its document can explain, or about which a person decided, has the
document among its features.

>>> profile = Profile("person", "乔云岫", frozenset({("institution", "北湾大学")}))
>>> profile.values("institution")
('北湾大学',)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, get_args

from extract.facts import (
    Alias,
    Argument,
    Extraction,
    Fact,
    HeldAt,
    HeldOn,
    HoldsPost,
    Issues,
    PartOf,
    Says,
    TakesPart,
)
from extract.gazetteer import load_gazetteer, parent
from extract.institutions import parent_of
from extract.names_apart import bare_name, mark_of
from graph.errors import UnmappableFactError, UnmintableNameError
from graph.identity import KIND_OF_LABEL, EntityKind, digest, name_to_key, name_to_label
from graph.resolution.decisions import Decisions, Reference
from graph.resolution.names import (
    MIN_STEM,
    ForumName,
    find_division,
    government_of,
    institution_division,
    is_bare_institution,
    is_bare_name,
    is_bare_title,
    is_common_venue,
    is_document_number,
    is_foreign,
    normalise_number,
    official_institution,
    official_place,
    parse_forum,
    parse_regulation,
)

Feature = Literal[
    "alias", "code", "decided", "document", "edition", "event", "former_institution", "home",
    "institution", "issuer", "namesake", "number", "place", "published", "series", "title",
    "version", "whole", "year",
]  # fmt: skip
FEATURES: tuple[Feature, ...] = get_args(Feature)
RESOLVED_KINDS: tuple[EntityKind, ...] = ("person", "org", "forum", "regulation", "place")


@dataclass(frozen=True, slots=True)
class Profile:
    """A name, and what a document says of what it names.

    ``name`` is the canonical name of the extraction in one typography, ``features`` are
    pairs of what is told and the value.
    """

    kind: EntityKind
    name: str
    features: frozenset[tuple[Feature, str]] = frozenset()

    def values(self, *wanted: Feature) -> tuple[str, ...]:
        """The values of features, sorted."""
        return tuple(sorted({value for feature, value in self.features if feature in wanted}))

    @property
    def id(self) -> str:
        """Ten hexadecimal digits that stand for everything in it."""
        return _profile_id(self)

    @property
    def document(self) -> str | None:
        """The document that alone has this profile by its nature, None for one to share."""
        return next(iter(self.values("document", "decided")), None)

    @property
    def reference(self) -> Reference:
        """What decisions may name: the reference of the one document, or of any."""
        return Reference(self.kind, self.name, self.document)


@lru_cache(maxsize=65536)
def _profile_id(profile: Profile) -> str:
    parts = sorted("=".join(pair) for pair in profile.features)
    return digest("profile", profile.kind, name_to_key(profile.name), *parts)


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """A reference of a document, with its profile."""

    reference: Reference
    profile: Profile


def read_references(extraction: Extraction, decisions: Decisions) -> tuple[DocumentReference, ...]:
    """Every reference of a document, by kind and name, with its profile.

    Besides what entities and facts name, there are the wholes that a name implies: the
    divisions above a place, the institution above a part of it.

    Raises:
        UnmappableFactError: nothing that identifies is left of a name.
    """
    document = _Document(extraction)
    found = []
    for kind, name in sorted(document.names()):
        reference = Reference(kind, name, extraction.document.id)
        profile = Profile(kind, shared_name(kind, name), frozenset(document.features(kind, name)))
        found.append(mark_decided(DocumentReference(reference, profile), decisions))
    return tuple(found)


def shared_name(kind: EntityKind, name: str) -> str:
    """The name of a profile that documents share: a person's without what parts namesakes.

    >>> shared_name("person", "乔云岫（北湾大学）"), shared_name("org", "北湾大学（南苑）")
    ('乔云岫', '北湾大学（南苑）')
    """
    return bare_name(name) if kind == "person" else name


def mark_decided(found: DocumentReference, decisions: Decisions) -> DocumentReference:
    """A reference with its document in the profile exactly if it is decided about.

    The profile then has the whole name, too: a decision may be about one of several namesakes.
    """
    reference, profile = found.reference, found.profile
    features = frozenset(pair for pair in profile.features if pair[0] != "decided")
    name = shared_name(reference.kind, profile.name)
    if reference.document is not None and is_decided(reference, decisions):
        features |= {("decided", reference.document)}
        name = reference.name
    return DocumentReference(reference, Profile(reference.kind, name, features))


def is_decided(reference: Reference, decisions: Decisions) -> bool:
    """True if a decision is about this reference of this document and not about all of its name."""
    return any(
        _is_about(side, reference)
        for decision in decisions.naming(reference)
        for side in (decision.left, decision.right)
    )


def _is_about(side: Reference, reference: Reference) -> bool:
    """True if a side of a decision is this reference of this one document."""
    return (
        side.document == reference.document
        and side.kind == reference.kind
        and name_to_key(side.name) == name_to_key(reference.name)
    )


def names_above(kind: EntityKind, name: str, *, code: str | None = None) -> tuple[str, ...]:
    """The wholes that a thing is part of, by its name or its division code, nearest first.

    >>> names_above("org", "教育部高等教育司"), names_above("place", "鼓楼区", code="320302")
    (('教育部', '国务院'), ('徐州市', '江苏省'))
    """
    above: list[str] = []
    if kind == "org":
        whole = parent_of(name)
        while whole is not None and whole != name and whole not in above:
            above.append(whole)
            whole = parent_of(whole)
    elif kind == "place" and code is not None:
        division = parent(load_gazetteer().by_code[code])
        while division is not None:
            above.append(division.name)
            division = parent(division)
    return tuple(above)


@dataclass(slots=True)
class _Seen:
    """What a document says of one thing while it is read."""

    wordings: set[str] = field(default_factory=set)
    features: set[tuple[Feature, str]] = field(default_factory=set)


class _Document:
    """One extraction, read once for all its references."""

    def __init__(self, extraction: Extraction) -> None:
        self._id = extraction.document.id
        published = extraction.document.published
        self._published = None if published is None else published[:4]
        self._seen: dict[tuple[EntityKind, str], _Seen] = defaultdict(_Seen)
        self._labels: dict[tuple[EntityKind, str], str] = {}
        self._read_labels(extraction)
        self._aliases: dict[tuple[EntityKind, str], set[str]] = defaultdict(set)
        for entity in extraction.entities:
            if entity.label != "DATE":
                self._note(KIND_OF_LABEL[entity.label], entity.name, entity.text)
        for reference in extraction.references:
            self._note(KIND_OF_LABEL[reference.label], reference.name, reference.name)
        for fact in extraction.facts:
            for argument in fact.arguments().values():
                self._note(KIND_OF_LABEL[argument.label], argument.name, argument.text)
        self._around = self._count_divisions()
        for fact in extraction.facts:
            if isinstance(fact, Alias):
                self._read_alias(fact)
        self._years: dict[str, set[str]] = defaultdict(set)
        for fact in extraction.facts:
            if isinstance(fact, HeldOn):
                self._years[name_to_key(fact.event.name)].add(fact.start_date[:4])
        for fact in extraction.facts:
            self._read_fact(fact)
        for kind, name in tuple(self._seen):
            code = self._code(name) if kind == "place" else None
            official = official_institution(name) if kind == "org" else name
            for above in names_above(kind, official, code=code):
                self._note(kind, above, above)

    def names(self) -> Iterator[tuple[EntityKind, str]]:
        """Kind and name of every reference."""
        return iter(tuple(self._seen))

    def features(self, kind: EntityKind, name: str) -> set[tuple[Feature, str]]:
        """The features of a reference, no more than its kind needs."""
        told = set(self._seen[kind, name].features)
        told |= {("alias", alias) for alias in self._aliases[kind, name]}
        match kind:
            case "person":
                return self._person(name, told)
            case "org":
                return told | ({("document", self._id)} if is_bare_institution(name) else set())
            case "place":
                return self._place(name, told)
            case "forum":
                return self._forum(name, told)
            case "regulation":
                return self._regulation(name, told)
        raise UnmappableFactError(f"expected a kind of {RESOLVED_KINDS}, got {kind!r}")

    def _person(self, name: str, told: set[tuple[Feature, str]]) -> set[tuple[Feature, str]]:
        mark = mark_of(name)
        if mark is not None:
            told.add(("institution", government_of(official_institution(mark))))
        told |= set(self._namesakes(name))
        if any(feature in ("institution", "former_institution") for feature, _ in told):
            return told | self._dated("year")
        return told | self._dated("year") | self._home()

    def _namesakes(self, name: str) -> Iterator[tuple[Feature, str]]:
        """What tells the others apart whom the document calls by the same name."""
        bare = bare_name(name)
        for kind, other in self._seen:
            if kind == "person" and other != name and bare_name(other) == bare:
                mark = mark_of(other)
                if mark is not None:
                    yield "namesake", government_of(official_institution(mark))

    def _place(self, name: str, told: set[tuple[Feature, str]]) -> set[tuple[Feature, str]]:
        code = self._code(name)
        if code is not None:
            return {("code", code)}
        return self._home() if is_common_venue(name) else set()

    def _forum(self, name: str, told: set[tuple[Feature, str]]) -> set[tuple[Feature, str]]:
        parsed = parse_forum(name)
        told |= {("edition", edition) for edition in parsed.editions}
        if self._is_series(parsed):
            return told | {("series", parsed.stem)}
        if parsed.editions and not parsed.year and (other := self._of_year(parsed)) is not None:
            # 2031碳汇论坛 beside 第三届碳汇论坛, which the text does not call one: two editions.
            told.add(("whole", name_to_key(other)))
            return told | self._home()
        if parsed.year:
            told = {pair for pair in told if pair[0] != "year"} | {("year", parsed.year)}
        if not any(feature == "year" for feature, _ in told):
            told |= self._dated("published")
        return told | self._home()

    def _of_year(self, parsed: ForumName) -> str | None:
        """The name of an edition of the forum that the document tells by its year alone."""
        named = sorted(name for kind, name in self._seen if kind == "forum")
        others = ((name, parse_forum(name)) for name in named)
        return next(
            (n for n, o in others if o.stem == parsed.stem and o.year and not o.editions), None
        )

    def _is_series(self, parsed: ForumName) -> bool:
        """Whether the document names editions of the forum, and here none of them."""
        if parsed.editions or parsed.year or len(parsed.stem) < MIN_STEM:
            return False
        others = (parse_forum(name) for kind, name in self._seen if kind == "forum")
        return any(other.stem == parsed.stem and (other.editions or other.year) for other in others)

    def _regulation(self, name: str, told: set[tuple[Feature, str]]) -> set[tuple[Feature, str]]:
        if is_bare_title(name):
            return told | {("document", self._id)}
        parsed = parse_regulation(name)
        if parsed.carried is not None:
            # A text that speaks of both, the notice and what it carries, means two.
            key = name_to_key(parsed.carried)
            if any(kind == "regulation" and name_to_key(n) == key for kind, n in self._seen):
                told.add(("whole", key))
        told |= {("issuer", issuer) for issuer in parsed.issuers}
        if parsed.version:
            told.add(("version", parsed.version))
        if is_document_number(name):
            told.add(("number", normalise_number(name)))
        if not any(feature in ("issuer", "number") for feature, _ in told):
            told |= self._home()
        return told

    def _note(self, kind: EntityKind, name: str, wording: str) -> None:
        if kind in RESOLVED_KINDS:
            self._seen[kind, self._label(kind, name)].wordings.add(name_to_label(wording))

    def _read_labels(self, extraction: Extraction) -> None:
        """Of the names that differ in typography only, the smallest stands for all."""
        named: list[tuple[str, str]] = [(e.label, e.name) for e in extraction.entities]
        named += [(reference.label, reference.name) for reference in extraction.references]
        for fact in extraction.facts:
            named += [(argument.label, argument.name) for argument in fact.arguments().values()]
        kinds: Mapping[str, EntityKind] = {
            str(label): kind for label, kind in KIND_OF_LABEL.items()
        }
        for label, name in named:
            kind = kinds.get(label)
            if kind in RESOLVED_KINDS and kind is not None:
                key = (kind, self._key(name))
                self._labels[key] = min(
                    self._labels.get(key, name_to_label(name)), name_to_label(name)
                )

    def _key(self, name: str) -> str:
        try:
            return name_to_key(name)
        except UnmintableNameError as error:
            raise UnmappableFactError(f"document {self._id!r}: {error}") from error

    def _label(self, kind: EntityKind, name: str) -> str:
        """The name in the one typography that stands for all of the document."""
        return self._labels.setdefault((kind, self._key(name)), name_to_label(name))

    def _count_divisions(self) -> tuple[str, ...]:
        """The codes of the divisions that the document speaks of, the most frequent first."""
        counts: Counter[str] = Counter()
        for (kind, name), seen in self._seen.items():
            if kind not in ("place", "org"):
                continue
            for wording in {name, *seen.wordings}:
                division = institution_division(wording)
                while division is not None:
                    counts[division.code] += 1
                    division = parent(division)
        return tuple(code for code, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0])))

    def _code(self, name: str) -> str | None:
        """The division that a place is: by its full wordings first, then by its name."""
        wordings = (w for w in self._seen["place", name].wordings if w.endswith(name))
        full = sorted(wordings, key=lambda wording: (-len(wording), wording))
        return find_division((*full, name), self._around)

    def _home(self) -> set[tuple[Feature, str]]:
        """The city, or else the province, that the document speaks of most."""
        gazetteer = load_gazetteer()
        for level in ("prefecture", "province"):
            for code in self._around:
                if gazetteer.by_code[code].level == level:
                    return {("home", code)}
        return set()

    def _dated(self, feature: Feature) -> set[tuple[Feature, str]]:
        return set() if self._published is None else {(feature, self._published)}

    def _read_alias(self, fact: Alias) -> None:
        kind = KIND_OF_LABEL[fact.name.label]
        if kind not in RESOLVED_KINDS:
            return
        name = self._label(kind, fact.name.name)
        if kind == "regulation" and is_document_number(fact.alias):
            self._tell(fact.name, "number", normalise_number(fact.alias))
        elif kind == "person":
            if is_foreign(fact.alias):
                self._aliases[kind, name].add(name_to_label(fact.alias))
        elif not is_bare_name(fact.alias):
            self._aliases[kind, name].add(name_to_label(fact.alias))

    def _tell(self, argument: Argument, feature: Feature, value: str) -> None:
        kind = KIND_OF_LABEL[argument.label]
        if kind in RESOLVED_KINDS:
            self._seen[kind, self._label(kind, argument.name)].features.add((feature, value))

    def _read_fact(self, fact: Fact) -> None:
        """Note what a fact tells of the things that fill its roles."""
        match fact:
            case HoldsPost():
                feature: Feature = (
                    "institution" if fact.status == "current" else "former_institution"
                )
                for name in self._institutions(fact.org):
                    self._tell(fact.person, feature, name)
                self._tell(fact.person, "title", name_to_label(fact.post.name))
            case TakesPart():
                for event in self._events(fact.event):
                    self._tell(fact.person, "event", event)
            case Says() if fact.event is not None:
                for event in self._events(fact.event):
                    self._tell(fact.speaker, "event", event)
            case HeldOn():
                self._tell(fact.event, "year", fact.start_date[:4])
            case HeldAt():
                division = institution_division(name_to_label(fact.place.name))
                if division is not None:
                    self._tell(fact.event, "place", division.code)
            case PartOf():
                whole = name_to_key(fact.whole.name)
                self._tell(fact.event, "whole", whole)
                stated = parse_forum(name_to_label(fact.whole.name)).year
                for year in {stated} - {""} or self._years[whole]:
                    self._tell(fact.event, "year", year)
            case Issues():
                self._tell(fact.regulation, "issuer", self._institution(fact.org))

    def _institution(self, argument: Argument) -> str:
        if argument.label == "PLACE":
            code = self._code(self._label("place", argument.name))
            return government_of(official_place(argument.name) if code is None else code)
        return official_institution(argument.name)

    def _institutions(self, argument: Argument) -> set[str]:
        """An institution's official name and the names that the document gives it besides."""
        name = self._institution(argument)
        if argument.label == "ORG" and is_bare_institution(name):
            return set()
        aliases = self._aliases["org", self._label("org", argument.name)]
        return {name, *aliases} if argument.label == "ORG" else {name}

    def _events(self, argument: Argument) -> Iterable[str]:
        """The event as other documents would recognise it: stem with edition or year."""
        if argument.label != "FORUM":
            return ()
        parsed = parse_forum(name_to_label(argument.name))
        marks = parsed.editions or ((parsed.year,) if parsed.year else ())
        if not marks or is_bare_name(argument.name):
            return ()
        return ("|".join((parsed.stem, *marks)),)


def merge_features(profiles: Iterable[Profile]) -> Mapping[Feature, frozenset[str]]:
    """All values of each feature of several profiles.

    >>> merge_features([Profile("forum", "甲论坛", frozenset({("year", "2031")}))])["year"]
    frozenset({'2031'})
    """
    merged: dict[Feature, set[str]] = {feature: set() for feature in FEATURES}
    for profile in profiles:
        for feature, value in profile.features:
            merged[feature].add(value)
    return {feature: frozenset(values) for feature, values in merged.items()}
