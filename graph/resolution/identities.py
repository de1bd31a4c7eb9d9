"""Which key, which name and which label an entity has, once it is known what belongs to it.

The preferred label is the name by an authority, or else the most complete one. The key is that
label, as it was before there was resolution; where several entities of a block would have the
same key, each takes what tells it from the others besides. Every key that an entity might have
had is kept as a digest, so that an IRI that was once published can be found again.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from extract.gazetteer import lookup_place
from graph.identity import Identity, digest, make_identity, name_to_key, name_to_label
from graph.resolution.clustering import Cluster
from graph.resolution.names import (
    is_authoritative,
    is_foreign,
    official_institution,
    official_place,
    parse_forum,
    parse_regulation,
)
from graph.resolution.profiles import Feature, Profile, shared_name

# What may tell entities of one name apart, by kind, the best first.
_TELLING: Mapping[str, tuple[Feature, ...]] = {
    "person": ("institution", "former_institution", "event", "home"),
    "org": (),
    "forum": ("edition", "year", "published", "place", "home"),
    "regulation": ("issuer", "number", "version", "home"),
    "place": ("code", "home"),
}

# Features that hold a document's id; every reference keeps the digest of its own.
_OF_DOCUMENT: tuple[Feature, ...] = ("document", "decided")

# A part of a division takes its full name before it; a venue is called what it is called.
_DIVISION = re.compile(r"(?:区|县|镇|乡|州|旗|盟|村|街道)\Z")

DocumentsOf = Callable[[Profile], Iterable[str]]


def label_of(profile: Profile) -> str:
    """The label that an entity would have if there were this profile alone.

    >>> label_of(Profile("org", "烟台市发改委"))
    '烟台市发展和改革委员会'
    """
    match profile.kind:
        case "org":
            return official_institution(profile.name)
        case "place" if _DIVISION.search(profile.name) or lookup_place(profile.name):
            return official_place(profile.name)
        case "regulation" if not profile.values("whole"):
            return parse_regulation(profile.name).label
    return name_to_label(shared_name(profile.kind, profile.name))


def preferred_label(members: Iterable[Profile]) -> str:
    """The name by an authority, or else the most complete one; ties by the characters.

    >>> preferred_label([Profile("forum", "海风论坛"), Profile("forum", "第三届海风论坛")])
    '第三届海风论坛'
    """
    return min(map(_label_with_rank, members))[-1]


def _label_with_rank(profile: Profile) -> tuple[bool, bool, int, str]:
    label = label_of(profile)
    match profile.kind:
        case "org":
            known, told = is_authoritative(label), True
        case "person":
            known, told = not is_foreign(label) or not label.isascii(), True
        case "forum":
            parsed = parse_forum(label)
            known, told = bool(parsed.editions), bool(parsed.year)
        case _:
            known, told = True, True
    return not known, not told, -len(label), label


def identify_clusters(
    clusters: Sequence[Cluster], documents_of: DocumentsOf
) -> dict[Profile, Identity]:
    """The identity of every profile of a block.

    Args:
        clusters: The entities of the block.
        documents_of: The documents that have a profile, asked only where nothing else tells
            two entities apart.
    """
    by_key: dict[str, list[Cluster]] = defaultdict(list)
    for cluster in clusters:
        by_key[name_to_key(preferred_label(cluster.members))].append(cluster)
    found: dict[Profile, Identity] = {}
    for key, namesakes in by_key.items():
        marks = _tell_apart(key, namesakes, documents_of)
        for cluster, mark in zip(namesakes, marks, strict=True):
            label = preferred_label(cluster.members)
            kind = cluster.members[0].kind
            identity = make_identity(kind, key, *mark, label=label, code=_code_of(cluster))
            found.update(dict.fromkeys(cluster.members, identity))
    return found


def former_digests(profile: Profile) -> frozenset[str]:
    """The digests of all keys that the entity of a profile may have had, but for documents'.

    They are those of the name as it is, of the label that it would give, and of both with
    each value that may tell namesakes apart.
    """
    found = set()
    for name in {name_to_key(profile.name), name_to_key(label_of(profile))}:
        found.add(digest(profile.kind, name))
        found.add(digest(profile.kind, name, f"profile={profile.id}"))
        for feature in _TELLING[profile.kind]:
            for value in profile.values(feature):
                found.add(digest(profile.kind, name, f"{feature}={value}"))
    return frozenset(found)


def document_digests(profile: Profile, document: str) -> frozenset[str]:
    """The digests of the keys that an entity may have had by a document."""
    names = {name_to_key(profile.name), name_to_key(label_of(profile))}
    return frozenset(digest(profile.kind, name, f"document={document}") for name in names)


def _tell_apart(
    key: str, namesakes: Sequence[Cluster], documents_of: DocumentsOf
) -> list[tuple[str, ...]]:
    """What each of several entities of one key has in its key besides; nothing for one alone.

    Only the profiles that give the key themselves count: their former digests hold all of it.
    """
    if len(namesakes) == 1:
        return [()]
    named = [
        [profile for profile in cluster.members if name_to_key(label_of(profile)) == key]
        for cluster in namesakes
    ]
    holders = Counter(
        pair
        for profiles in named
        for pair in {pair for profile in profiles for pair in profile.features}
    )
    shared = {pair for pair, count in holders.items() if count > 1}
    marks = [_mark(own, shared) or _lot(own, documents_of) for own in named]
    # One document may have several that nothing but their names tells apart.
    counts = Counter(marks)
    return [
        (mark if counts[mark] == 1 else f"profile={min(profile.id for profile in own)}",)
        for mark, own in zip(marks, named, strict=True)
    ]


def _mark(own: Sequence[Profile], shared: set[tuple[Feature, str]]) -> str | None:
    """The first feature that all namesakes lack, the smallest value of it."""
    for feature in (*_TELLING[own[0].kind], *_OF_DOCUMENT):
        values = {value for profile in own for value in profile.values(feature)}
        telling = sorted(value for value in values if (feature, value) not in shared)
        if telling:
            return f"{'document' if feature in _OF_DOCUMENT else feature}={telling[0]}"
    return None


def _lot(own: Sequence[Profile], documents_of: DocumentsOf) -> str:
    """A document of the entity, by lot: the earliest would change with every older one."""
    documents = {document for profile in own for document in documents_of(profile)}
    return f"document={min(documents, key=lambda document: digest('lot', document))}"


def _code_of(cluster: Cluster) -> str | None:
    codes = {code for profile in cluster.members for code in profile.values("code")}
    return min(codes, default=None)
