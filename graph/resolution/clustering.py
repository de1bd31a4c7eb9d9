"""From the profiles of a block to its entities: a function of the set, never of an order.

First what people decided, then what by itself makes two profiles one (strong tokens), then
comparisons, the best first; every step takes its candidates in an order that only the profiles
decide and joins nothing that a decision or a rule forbids. A comparison that is less than sure
joins two groups only if no members of them are unlikely to be one.

>>> from graph.resolution.decisions import no_decisions
>>> both = [Profile("person", "乔云岫", frozenset({("institution", n)})) for n in ("甲社", "乙社")]
>>> [len(cluster.members) for cluster in cluster_profiles(both, no_decisions())]
[1, 1]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from graph.resolution.decisions import Decision, Decisions
from graph.resolution.profiles import Profile
from graph.resolution.scoring import (
    DOUBTFUL,
    JOINED,
    SURE,
    Group,
    Score,
    comparable_tokens,
    compare,
    conflicts,
    is_mixed,
    is_told_apart,
    strong_tokens,
)

# Two answers for what is told apart by nothing are as good as none.
MARGIN = 0.05
SMALL_BLOCK = 30


@dataclass(frozen=True, slots=True)
class Cluster:
    """The profiles of one entity, in rank order, and why each of them is in it.

    A reason is missing for a profile that no earlier one explains: the first.
    """

    members: tuple[Profile, ...]
    reasons: Mapping[Profile, Score]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two profiles that a person may want to look at, and their score."""

    left: Profile
    right: Profile
    score: Score


def cluster_profiles(profiles: Iterable[Profile], decisions: Decisions) -> tuple[Cluster, ...]:
    """The entities of a block, by the rank of their first profile."""
    clustering = _Clustering(profiles, decisions)
    clustering.run()
    return clustering.clusters()


def find_doubts(profiles: Iterable[Profile], decisions: Decisions) -> Iterator[Doubt]:
    """The pairs of a block whose score is neither sure nor hopeless, undecided ones only."""
    clustering = _Clustering(profiles, decisions)
    clustering.run()
    yield from clustering.doubts()


def rank(profile: Profile) -> tuple[str, str]:
    """The order of profiles: by the first year that is told, none first, then by a digest."""
    years = profile.values("year", "published")
    return (years[0] if years else "", profile.id)


class _Clustering:
    """The state of one run over a block."""

    def __init__(self, profiles: Iterable[Profile], decisions: Decisions) -> None:
        self._profiles = sorted(set(profiles), key=rank)
        self._rank = {profile: number for number, profile in enumerate(self._profiles)}
        self._decisions = decisions
        self._leader = list(range(len(self._profiles)))
        self._members = [[number] for number in range(len(self._profiles))]
        self._apart: dict[int, set[int]] = defaultdict(set)
        self._links: dict[int, list[tuple[int, Score]]] = defaultdict(list)
        self._pairs: list[tuple[int, int, Score]] = []
        self._decided: set[frozenset[int]] = set()
        self._covered: set[frozenset[int]] = set()
        self._groups: Sequence[int] = ()
        self._initial: Mapping[int, Group] = {}

    def run(self) -> None:
        """Join what belongs together."""
        self._apply_decisions()
        self._join_by_tokens()
        self._join_by_comparison()

    def clusters(self) -> tuple[Cluster, ...]:
        """What was found."""
        found = []
        for number, leader in enumerate(self._leader):
            if number == leader:
                members = tuple(self._profiles[member] for member in sorted(self._members[number]))
                found.append(Cluster(members, dict(self._explain(self._members[number]))))
        return tuple(sorted(found, key=lambda cluster: rank(cluster.members[0])))

    def doubts(self) -> Iterator[Doubt]:
        """The pairs between groups that a person may decide.

        Of a small block all pairs are looked at, also those that no comparison could join.
        """
        seen = {(left, right) for left, right, _ in self._pairs}
        if len(self._groups) <= SMALL_BLOCK:
            for left, right in combinations(self._groups, 2):
                if (left, right) not in seen:
                    groups = (self._initial[left], self._initial[right])
                    self._pairs.append((left, right, compare(*groups)))
        for left, right, score in self._pairs:
            if DOUBTFUL <= score.value < SURE and frozenset((left, right)) not in self._covered:
                yield Doubt(self._profiles[left], self._profiles[right], score)

    def _explain(self, members: Sequence[int]) -> Iterator[tuple[Profile, Score]]:
        """For each member its best link to an earlier one, or else to any other."""
        for member in members:
            links = self._links[member]
            earlier = [score for other, score in links if other < member]
            scores = earlier or ([score for _, score in links] if member != min(members) else [])
            if scores:
                best = min(scores, key=lambda score: (-score.value, score.zh))
                yield self._profiles[member], best

    # Decisions

    def _apply_decisions(self) -> None:
        by_name: dict[str, list[int]] = defaultdict(list)
        for number, profile in enumerate(self._profiles):
            by_name[profile.name].append(number)
        same: list[tuple[int, int, Decision]] = []
        for number, profile in enumerate(self._profiles):
            for decision in self._decisions.naming(profile.reference):
                names = {decision.left.name, decision.right.name}
                others = (other for name in names for other in by_name.get(name, ()))
                for other in sorted(set(others)):
                    if other > number:
                        self._apply(number, other, same)
        for left, right, decision in sorted(same, key=lambda found: found[:2]):
            why = f"{decision.who}：{decision.why}"
            self._join(left, right, Score(1.0, "decision", why, f"{decision.who}: {decision.why}"))

    def _apply(self, left: int, right: int, same: list[tuple[int, int, Decision]]) -> None:
        found = self._decisions.between(
            self._profiles[left].reference, self._profiles[right].reference
        )
        if found is None:
            return
        self._decided.add(frozenset((left, right)))
        if found.verdict == "same":
            same.append((left, right, found))
        elif found.verdict == "different":
            self._apart[left].add(right)
            self._apart[right].add(left)

    # Strong tokens

    def _join_by_tokens(self) -> None:
        """Join all that share a token; the first holder of each stands for it."""
        first: dict[str, list[int]] = defaultdict(list)
        for number, profile in enumerate(self._profiles):
            if is_mixed(profile):
                continue
            for token, score in sorted(strong_tokens(profile).items()):
                for holder in first[token]:
                    if self._joinable(holder, number):
                        self._join(holder, number, score)
                        break
                else:
                    first[token].append(number)

    # Comparisons

    def _join_by_comparison(self) -> None:
        """Compare the groups that there are now, and join the best pairs first."""
        leaders = sorted({self._find(number) for number in range(len(self._profiles))})
        groups = {leader: self._group(leader) for leader in leaders}
        self._initial = groups
        self._covered = {frozenset(map(self._find, pair)) for pair in self._decided}
        vague = [leader for leader in leaders if self._is_vague(leader, groups[leader])]
        told = sorted(set(leaders) - set(vague))
        self._groups = told
        scores = {
            (left, right): compare(groups[left], groups[right])
            for left, right in self._comparable(told)
        }
        self._pairs += [(left, right, score) for (left, right), score in scores.items()]
        for (left, right), score in sorted(scores.items(), key=_best_first):
            if score.value >= JOINED and self._agree(left, right, scores, score):
                self._join_if_allowed(left, right, score)
        left_over = [one for one in vague if not self._attach(one, told, groups)]
        for index, left in enumerate(left_over):
            for right in left_over[index + 1 :]:
                score = compare(groups[left], groups[right])
                if score.value >= JOINED:
                    self._join_if_allowed(left, right, score)
                self._pairs.append((left, right, score))

    def _agree(
        self, left: int, right: int, scores: Mapping[tuple[int, int], Score], score: Score
    ) -> bool:
        """True if no two groups of the clusters to be joined are unlikely to be one."""
        if score.value >= 0.8:
            return True
        mine, theirs = (
            [group for group in self._groups if self._find(group) == self._find(side)]
            for side in (left, right)
        )
        return all(
            (found := scores.get((min(one, other), max(one, other)))) is not None
            and found.value >= DOUBTFUL
            for one in mine
            for other in theirs
        )

    def _comparable(self, leaders: Sequence[int]) -> list[tuple[int, int]]:
        """The pairs of groups that a comparison might join."""
        holders: dict[str, set[int]] = defaultdict(set)
        for leader in leaders:
            for member in self._members[leader]:
                for token in comparable_tokens(self._profiles[member]):
                    holders[token].add(leader)
        if "" in holders:
            return list(combinations(leaders, 2))
        pairs = {pair for found in holders.values() for pair in combinations(sorted(found), 2)}
        return sorted(pairs)

    def _is_vague(self, leader: int, group: Group) -> bool:
        """Whether a group has to be measured by others: it says too little, or too much."""
        alone = len(self._members[leader]) == 1 and is_mixed(self._profiles[leader])
        return alone or not is_told_apart(group)

    def _attach(self, vague: int, told: Sequence[int], groups: Mapping[int, Group]) -> bool:
        """Join what says little to the one cluster that it fits best, if there is one such."""
        best: dict[int, tuple[float, int, Score]] = {}
        for other in told:
            score = compare(groups[vague], groups[other])
            self._pairs.append((min(vague, other), max(vague, other), score))
            cluster = self._find(other)
            if score.value >= JOINED and (
                cluster not in best or (-score.value, other) < best[cluster][:2]
            ):
                best[cluster] = (-score.value, other, score)
        ranked = sorted(best.values(), key=lambda found: found[:2])
        if not ranked or (len(ranked) > 1 and ranked[1][0] - ranked[0][0] < MARGIN):
            return False
        return self._join_if_allowed(vague, ranked[0][1], ranked[0][2])

    # Sets of profiles

    def _find(self, number: int) -> int:
        while self._leader[number] != number:
            number = self._leader[number]
        return number

    def _group(self, number: int) -> Group:
        return Group.of(self._profiles[member] for member in self._members[self._find(number)])

    def _joinable(self, left: int, right: int) -> bool:
        """True unless a decision or a rule of the kind forbids it."""
        one, other = self._find(left), self._find(right)
        if one == other:
            return True
        if self._apart:
            theirs = set(self._members[other])
            if any(self._apart[member] & theirs for member in self._members[one]):
                return False
        return not conflicts(self._group(one), self._group(other))

    def _join_if_allowed(self, left: int, right: int, score: Score) -> bool:
        if not self._joinable(left, right):
            return False
        self._join(left, right, score)
        return True

    def _join(self, left: int, right: int, score: Score) -> None:
        self._links[left].append((right, score))
        self._links[right].append((left, score))
        one, other = sorted((self._find(left), self._find(right)))
        if one != other:
            self._leader[other] = one
            self._members[one] += self._members[other]
            self._members[other] = []


def _best_first(found: tuple[tuple[int, int], Score]) -> tuple[float, tuple[int, int]]:
    return (-found[1].value, found[0])
