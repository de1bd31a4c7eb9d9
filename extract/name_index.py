"""Many fixed names at one place of a text: an alternation of thousands without a regex.

Sets nothing; the gazetteer and the institution finder look names up with it.

Examples: among 生态环境部, 生态环境部门 the longer one is met first; 某部 is met nowhere.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from itertools import compress, count


class NameIndex:
    """Names of two characters or more by their first two characters.

    >>> NameIndex(["能源局", "能源"]).longest_at("国家能源局", 2)
    '能源局'
    """

    def __init__(self, names: Iterable[str]) -> None:
        by_start: dict[str, list[str]] = {}
        for name in sorted(set(names), key=lambda n: (-len(n), n)):
            if len(name) < 2:
                raise ValueError(f"expected a name of two characters or more, got {name!r}")
            by_start.setdefault(name[:2], []).append(name)
        self._by_start = {start: tuple(found) for start, found in by_start.items()}

    def at(self, text: str, position: int) -> Iterator[str]:
        """The names that stand at ``position``, longest first."""
        for name in self._by_start.get(text[position : position + 2], ()):
            if text.startswith(name, position):
                yield name

    def longest_at(self, text: str, position: int) -> str | None:
        """The longest name that stands at ``position``."""
        return next(self.at(text, position), None)

    def starts(self, text: str) -> Iterator[int]:
        """The offsets at which a name may stand, since its first two characters do, in order.

        >>> list(NameIndex(["能源局"]).starts("国家能源集团"))
        [2]
        """
        pairs = map(operator.add, text, text[1:])
        return compress(count(), map(self._by_start.__contains__, pairs))

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Half-open ranges of all names, leftmost and longest first, without overlaps."""
        end = 0
        for at in self.starts(text):
            name = self.longest_at(text, at) if at >= end else None
            if name is not None:
                end = at + len(name)
                yield at, end
