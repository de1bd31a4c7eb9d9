"""What the store holds about identity, read by SPARQL: profiles, their entities, their documents.

>>> from graph.store import open_store
>>> with open_store(None, mode="write") as store:
...     list(read_block(store, "person:乔云岫"))
[]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from rdflib import Literal, URIRef

from graph.errors import UnreadableGraphError
from graph.identity import EntityKind, Identity, Minter
from graph.queryfiles import select
from graph.resolution.decisions import Reference
from graph.resolution.profiles import (
    FEATURES,
    RESOLVED_KINDS,
    DocumentReference,
    Feature,
    Profile,
)
from graph.resolution.scoring import METHODS, Method, Score
from graph.store import Store

_Word = TypeVar("_Word")

_KINDS: Mapping[str, EntityKind] = {kind: kind for kind in RESOLVED_KINDS}
_FEATURES: Mapping[str, Feature] = {feature: feature for feature in FEATURES}
_METHODS: Mapping[str, Method] = {method: method for method in METHODS}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which entity a profile is of, and what joins it to others of it."""

    identity: Identity
    reason: Score


def read_block(store: Store, key: str) -> Iterator[Profile]:
    """The profiles that have a blocking key."""
    for row in select(store, "block_profiles", bindings={"key": Literal(key)}):
        rows = select(store, "profile", bindings={"profile": URIRef(row["profile"])})
        yield from _rows_to_profiles(rows).values()


def read_outcome(store: Store, minter: Minter, profile: Profile) -> Outcome | None:
    """The entity of a profile as the store has it, None if no document has the profile."""
    iri = minter.profile(profile.id)
    for row in select(store, "profile_outcome", bindings={"profile": iri}):
        entity = row["entity"]
        about = next(select(store, "entity_label", bindings={"entity": URIRef(entity)}), None)
        if about is None:
            raise UnreadableGraphError(f"{entity}: expected a preferred label, got none")
        identity = Identity(entity.rsplit("/", 1)[1], about["label"], about.get("code"))
        method = _find(_METHODS, row["method"], row["profile"])
        return Outcome(identity, Score(float(row["score"]), method, row["zh"], row["en"]))
    return None


def read_documents(store: Store, minter: Minter, profile: Profile) -> Iterator[str]:
    """The ids of the documents that have a profile, read no further than they are asked for."""
    rows = select(store, "profile_documents", bindings={"profile": minter.profile(profile.id)})
    for row in rows:
        document = minter.document_id(row["identification"])
        if document is None:
            raise UnreadableGraphError(f"expected a part of a document, got {row!r}")
        yield document


def read_document_references(
    store: Store, minter: Minter, document: str
) -> tuple[DocumentReference, ...]:
    """The references of a document as its graph has them; none for one that is not there."""
    graph = minter.graph(document)
    rows = list(select(store, "document_profiles", bindings={"graph": URIRef(graph)}))
    profiles = _rows_to_profiles(rows)
    found = {row["identification"]: (row["written"], profiles[row["profile"]]) for row in rows}
    references = (
        DocumentReference(Reference(profile.kind, name, document), profile)
        for name, profile in found.values()
    )
    return tuple(sorted(references, key=lambda r: (r.reference.kind, r.reference.name)))


def _rows_to_profiles(rows: Iterable[dict[str, str]]) -> dict[str, Profile]:
    """Profiles by their IRI, from a row a feature."""
    named: dict[str, tuple[EntityKind, str]] = {}
    features: dict[str, set[tuple[Feature, str]]] = defaultdict(set)
    for row in rows:
        iri = row["profile"]
        named[iri] = (_find(_KINDS, row["kind"], iri), row["name"])
        if "feature" in row:
            feature, _, value = row["feature"].partition("=")
            features[iri].add((_find(_FEATURES, feature, iri), value))
    return {
        iri: Profile(kind, name, frozenset(features[iri])) for iri, (kind, name) in named.items()
    }


def _find(words: Mapping[str, _Word], word: str, iri: str) -> _Word:
    if word not in words:
        raise UnreadableGraphError(f"{iri}: expected one of {sorted(words)}, got {word!r}")
    return words[word]
