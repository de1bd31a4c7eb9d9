"""Decisions on identity that contradict each other by way of others.

If A is the same as B, and B the same as C, then A cannot be different from C. Two verdicts on one
pair are refused on reading; what a chain of decisions says is found here.

>>> find_conflicts([])
()
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.decisions.file import DecisionError, DecisionFile, pair_of
from graph.identity import EntityKind
from graph.resolution.decisions import Decision

_Key = tuple[EntityKind, str, str | None]
_Steps = Mapping[_Key, Mapping[_Key, Decision | None]]


class ConflictingDecisionsError(DecisionError):
    """The decisions of a file contradict each other; they are not applied."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A decision that two references are different, and the chain that makes them the same."""

    different: Decision
    chain: tuple[Decision, ...]


def find_conflicts(decisions: Iterable[Decision]) -> tuple[Conflict, ...]:
    """Every ``different`` whose sides a shortest chain of ``same`` joins.

    A reference to every document that calls something by a name joins the references of
    single documents to that name, where it is itself said to be the same as something.
    """
    known = sorted(decisions, key=lambda decision: repr(pair_of(decision)))
    steps = _steps([decision for decision in known if decision.verdict == "same"])
    conflicts = []
    for decision in known:
        if decision.verdict == "different":
            chain = _find_chain(*pair_of(decision), steps)
            if chain is not None:
                conflicts.append(Conflict(decision, chain))
    return tuple(conflicts)


def refuse_conflicts(file: DecisionFile) -> None:
    """See that no decisions of a file contradict each other.

    Raises:
        ConflictingDecisionsError: Some do; the message names their lines.
    """
    conflicts = find_conflicts(file.identities)
    if conflicts:
        told = "; ".join(conflict_to_text(conflict, file) for conflict in conflicts[:5])
        raise ConflictingDecisionsError(
            f"{file.path}: expected decisions that agree, got {len(conflicts)} contradictions: "
            f"{told}"
        )


def conflict_to_text(conflict: Conflict, file: DecisionFile) -> str:
    """A contradiction in a line, by the lines of the file."""

    def place(decision: Decision) -> str:
        line = file.lines.get(decision)
        return decision.left.name if line is None else f"line {line}"

    chain = " and ".join(place(decision) for decision in conflict.chain)
    return f"{place(conflict.different)} says different what {chain} say is the same"


def _steps(same: Iterable[Decision]) -> _Steps:
    """From each reference to those that are said to be the same."""
    steps: dict[_Key, dict[_Key, Decision | None]] = defaultdict(dict)
    keys: set[_Key] = set()
    for decision in same:
        first, second = pair_of(decision)
        keys |= {first, second}
        steps[first].setdefault(second, decision)
        steps[second].setdefault(first, decision)
    for kind, name, document in sorted(keys, key=repr):
        anywhere: _Key = (kind, name, None)
        if document is not None and anywhere in keys:
            steps[kind, name, document][anywhere] = None
            steps[anywhere][kind, name, document] = None
    return steps


def _find_chain(start: _Key, end: _Key, steps: _Steps) -> tuple[Decision, ...] | None:
    """The decisions of a shortest way from one reference to another; None without a way."""
    if start == end:
        step = steps.get(start, {}).get(start)
        return None if step is None else (step,)
    ways: dict[_Key, tuple[Decision, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there, decision in steps.get(here, {}).items():
            if there not in ways:
                ways[there] = ways[here] if decision is None else (*ways[here], decision)
                if there == end:
                    return ways[there]
                waiting.append(there)
    return None
