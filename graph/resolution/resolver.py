"""What a change of documents does to identity: which references mean which entity now.

Only the blocks that the change touches are looked at: those of profiles that no document had
before, or that none has any more. The answer says which other documents have to be mapped
anew because something that they name became part of another entity.

>>> from graph.resolution.decisions import no_decisions
>>> from graph.store import open_store
>>> with open_store(None, mode="write") as store:
...     resolve_changes({}, store, Minter(store.base), no_decisions()).affected
frozenset()
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.errors import GraphError
from graph.identity import EntityKind, Identity, Minter, digest, identify_by_name, name_to_key
from graph.resolution.clustering import Doubt, cluster_profiles, find_doubts
from graph.resolution.decisions import Decisions
from graph.resolution.identities import former_digests, identify_clusters
from graph.resolution.profiles import RESOLVED_KINDS, DocumentReference, Profile
from graph.resolution.scoring import Score, blocking_keys
from graph.resolution.state import (
    Outcome,
    read_block,
    read_document_references,
    read_documents,
    read_outcome,
)
from graph.store import Store

_ALONE = Score(
    1.0, "name", "没有其他文献说到同名事物", "no other document tells of one of this name"
)
_FIRST = Score(1.0, "name", "同一事物中最早的一组特征", "the first of what tells of this entity")


class UnresolvedReferenceError(GraphError):
    """A document names something about which resolution was not asked."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The outcome for every reference of some documents; a ``graph.identity.Identifier``.

    ``affected`` are the ids of the documents besides those asked about that have to be
    mapped anew.
    """

    references: Mapping[str, tuple[DocumentReference, ...]]
    outcomes: Mapping[Profile, Outcome]
    affected: frozenset[str]
    by_name: Mapping[tuple[str, EntityKind, str], Identity]

    def __call__(self, kind: EntityKind, name: str, *, document: str | None) -> Identity:
        """The identity of what ``document`` calls ``name``.

        Raises:
            UnresolvedReferenceError: the document has no such reference.
        """
        if kind not in RESOLVED_KINDS:
            return identify_by_name(kind, name, document=document)
        found = self.by_name.get((document or "", kind, name_to_key(name)))
        if found is None:
            raise UnresolvedReferenceError(
                f"document {document!r}: expected a {kind} that was resolved, got {name!r}"
            )
        return found


def resolve_changes(
    changes: Mapping[str, tuple[DocumentReference, ...]],
    store: Store,
    minter: Minter,
    decisions: Decisions,
) -> Resolution:
    """Resolve the references that documents have from now on.

    Args:
        changes: The new references of each document that changes, by its id; none for one
            that is removed.
        store: The store as it is before the change.
        minter: Mints under the store's base.
        decisions: What people decided.
    """
    state = _State(store, minter, changes)
    outcomes = dict(_resolve(state.seeds(), state, decisions))
    affected = frozenset(
        document
        for profile, outcome in outcomes.items()
        if (before := state.outcome(profile)) is not None and before != outcome
        for document in state.stored_documents(profile)
    ) - set(changes)
    references = {document: found for document, found in changes.items() if found}
    for document in sorted(affected):
        references[document] = read_document_references(store, minter, document)
    for found in references.values():
        for reference in found:
            if reference.profile not in outcomes:
                outcomes[reference.profile] = state.expect_outcome(reference)
    return Resolution(references, outcomes, affected, _index(references, outcomes))


def resolve_everything(
    references: Mapping[str, tuple[DocumentReference, ...]],
    store: Store,
    minter: Minter,
    decisions: Decisions,
) -> Resolution:
    """Resolve all documents from nothing, for a store or decisions that changed as a whole.

    ``affected`` is empty: the caller has every document at hand.
    """
    state = _State(store, minter, references, complete=True)
    outcomes = dict(_resolve(state.appearing, state, decisions))
    return Resolution(references, outcomes, frozenset(), _index(references, outcomes))


def list_doubts(
    profiles: Iterable[Profile], store: Store, minter: Minter, decisions: Decisions
) -> Iterator[Doubt]:
    """The doubtful pairs of the blocks that profiles of the store are in, each once."""
    state = _State(store, minter, {})
    for block in _blocks(profiles, state, decisions):
        yield from find_doubts(block, decisions)


def _index(
    references: Mapping[str, tuple[DocumentReference, ...]], outcomes: Mapping[Profile, Outcome]
) -> dict[tuple[str, EntityKind, str], Identity]:
    return {
        (document, r.reference.kind, name_to_key(r.reference.name)): outcomes[r.profile].identity
        for document, found in references.items()
        for r in found
    }


class _State:
    """The store as it will be: what it holds now, with some documents replaced.

    With ``complete`` the documents are all that there will be, and the store is not asked.
    """

    def __init__(
        self,
        store: Store,
        minter: Minter,
        changes: Mapping[str, tuple[DocumentReference, ...]],
        *,
        complete: bool = False,
    ) -> None:
        self._store = store
        self._minter = minter
        self._complete = complete
        self._changed = frozenset(changes)
        self._blocks: dict[str, frozenset[Profile]] = {}
        self._outcomes: dict[Profile, Outcome | None] = {}
        self._added: dict[Profile, set[str]] = defaultdict(set)
        for document, references in changes.items():
            for reference in references:
                self._added[reference.profile].add(document)
        self._coming: dict[str, set[Profile]] = defaultdict(set)
        for profile in self._added:
            for key in blocking_keys(profile):
                self._coming[key].add(profile)
        self._before: dict[Profile, set[str]] = defaultdict(set)
        for document in () if complete else changes:
            for reference in read_document_references(store, minter, document):
                self._before[reference.profile].add(document)

    @property
    def appearing(self) -> frozenset[Profile]:
        """The profiles of the changed documents."""
        return frozenset(self._added)

    def seeds(self) -> frozenset[Profile]:
        """The profiles that come or go, and those whose key hangs on which documents have them."""
        coming = {profile for profile in self._added if self.outcome(profile) is None}
        going = {profile for profile in self._before if not self._stays(profile)}
        moving = {
            profile
            for profile in {*self._added, *self._before} - coming - going
            if self._added.get(profile) != self._before.get(profile) and self._by_lot(profile)
        }
        return frozenset(coming | going | moving)

    def block(self, key: str) -> frozenset[Profile]:
        """The profiles that will have a blocking key."""
        if key not in self._blocks:
            held = frozenset() if self._complete else frozenset(read_block(self._store, key))
            going = {p for p in held & self._before.keys() if not self._stays(p)}
            self._blocks[key] = frozenset(held - going) | self._coming.get(key, set())
        return self._blocks[key]

    def outcome(self, profile: Profile) -> Outcome | None:
        """The entity of a profile before the change."""
        if profile not in self._outcomes:
            self._outcomes[profile] = read_outcome(self._store, self._minter, profile)
        return self._outcomes[profile]

    def expect_outcome(self, reference: DocumentReference) -> Outcome:
        """The entity of a profile that the change does not touch.

        Raises:
            UnresolvedReferenceError: the store has none.
        """
        outcome = self.outcome(reference.profile)
        if outcome is None:
            raise UnresolvedReferenceError(f"expected an entity in the store of {reference!r}")
        return outcome

    def stored_documents(self, profile: Profile) -> frozenset[str]:
        """The documents that have a profile before the change."""
        return frozenset(read_documents(self._store, self._minter, profile))

    def documents(self, profile: Profile) -> frozenset[str]:
        """The documents that will have a profile."""
        kept = frozenset() if self._complete else self.stored_documents(profile) - self._changed
        return kept | self._added.get(profile, set())

    def _stays(self, profile: Profile) -> bool:
        """Whether any document will have a profile that a changing one had."""
        return profile in self._added or any(
            document not in self._changed
            for document in read_documents(self._store, self._minter, profile)
        )

    def _by_lot(self, profile: Profile) -> bool:
        """Whether the stored key of a profile may hang on which documents have it."""
        outcome = self.outcome(profile)
        if outcome is None:
            return False
        ending = outcome.identity.local.rsplit("-", 1)[-1]
        label = name_to_key(outcome.identity.label)
        return ending not in former_digests(profile) and ending != digest(profile.kind, label)


def _resolve(
    seeds: Iterable[Profile], state: _State, decisions: Decisions
) -> Iterator[tuple[Profile, Outcome]]:
    """The outcome of every profile of the blocks that the seeds are in."""
    for block in _blocks(seeds, state, decisions):
        clusters = cluster_profiles(block, decisions)
        identities = identify_clusters(clusters, state.documents)
        for cluster in clusters:
            for profile in cluster.members:
                yield profile, Outcome(identities[profile], cluster.reasons.get(profile, _FIRST))


def _blocks(
    seeds: Iterable[Profile], state: _State, decisions: Decisions
) -> Iterator[Sequence[Profile]]:
    """The profiles that are connected to the seeds by blocking keys or decisions.

    A profile that goes leads to its block but is not in it.
    """
    seen_keys: set[str] = set()
    for seed in sorted(seeds, key=lambda profile: profile.id):
        block: set[Profile] = set()
        waiting = [key for key in _keys(seed, decisions) if key not in seen_keys]
        while waiting:
            key = waiting.pop()
            if key in seen_keys:
                continue
            seen_keys.add(key)
            for profile in state.block(key):
                if profile not in block:
                    block.add(profile)
                    waiting += _keys(profile, decisions)
        if block:
            yield sorted(block, key=lambda profile: profile.id)


def _keys(profile: Profile, decisions: Decisions) -> list[str]:
    """The blocking keys of a profile and of what people decided about it."""
    keys = set(blocking_keys(profile))
    for decision in decisions.naming(profile.reference):
        for side in (decision.left, decision.right):
            keys |= blocking_keys(Profile(side.kind, side.name))
    return sorted(keys)
