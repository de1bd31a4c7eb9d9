"""Timing by turns: ours and the peers in alternation, so that other load falls on all alike.

>>> Row(case="a", ours=0.002, peer="b", theirs=0.004).ratio
2.0
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import median

Task = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The median seconds of one case, ours and a peer's."""

    case: str
    ours: float
    peer: str
    theirs: float

    @property
    def ratio(self) -> float:
        """How many times as long the peer takes."""
        return self.theirs / self.ours


def compare(case: str, ours: Task, peers: Mapping[str, Task], *, rounds: int) -> list[Row]:
    """Time a task and its peers by turns, after one untimed round.

    Raises:
        ValueError: A peer's answer differs from ours, so that the times say nothing.
    """
    tasks = {"ours": ours, **peers}
    expected = ours()
    for name, task in peers.items():
        answer = task()
        if answer != expected:
            raise ValueError(f"{case}: expected the answer {expected!r}, {name} gave {answer!r}")
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            times[name].append(seconds(task))
    medians = {name: median(values) for name, values in times.items()}
    return [Row(case=case, ours=medians["ours"], peer=name, theirs=medians[name]) for name in peers]


def seconds(task: Task) -> float:
    """How long one run of a task takes; garbage is collected before, not during it."""
    gc.collect()
    gc.disable()
    try:
        start = time.perf_counter()
        task()
        return time.perf_counter() - start
    finally:
        gc.enable()


def to_table(rows: Iterable[Row]) -> str:
    """A Markdown table, times in milliseconds."""
    lines = ["| case | ours, ms | peer | peer, ms | peer / ours |", "|---|---:|---|---:|---:|"]
    lines += [
        f"| {row.case} | {row.ours * 1000:.3f} | {row.peer} | {row.theirs * 1000:.3f} "
        f"| {row.ratio:.2f} |"
        for row in rows
    ]
    return "\n".join(lines)
