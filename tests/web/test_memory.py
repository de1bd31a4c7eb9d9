from __future__ import annotations

from queue import Empty, SimpleQueue

import pytest

from web.memory import FreedMemory, return_freed_memory


@pytest.mark.parametrize(
    ("versions", "pause", "times"),
    [
        ([1], 0.0, 1),
        ([1, 1, 1], 0.0, 1),
        ([1, 2, 2, 3], 0.0, 3),
        ([1, 2, 2, 3], 3600.0, 1),
    ],
)
def test_memory_is_given_back_for_each_state_and_not_too_often(
    versions: list[int], pause: float, times: int
) -> None:
    given = SimpleQueue[None]()
    freed = FreedMemory(pause=pause, give=lambda: given.put(None))
    for version in versions:
        freed.give_back(version)
    for _ in range(times):
        given.get(timeout=10)
    with pytest.raises(Empty):
        given.get(timeout=0.05)


def test_giving_back_takes_nothing_that_is_in_use() -> None:
    kept = [str(number) * 500 for number in range(1000)]
    del kept[::2]
    return_freed_memory()
    assert kept == [str(number) * 500 for number in range(1, 1000, 2)]
