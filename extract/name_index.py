"""Many fixed names at one place of a text: an alternation of thousands without a regex.

Sets nothing; the gazetteer and the institution finder look names up with it.

Examples: among 生态环境部, 生态环境部门 the longer one is met first; 某部 is met nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


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

    def next_start(self, text: str, position: int) -> int | None:
        """The first offset from ``position`` on where a name may stand: its first two do.

        >>> NameIndex(["能源局"]).next_start("国家能源集团", 0)
        2
        """
        starts = self._by_start
        for at in range(position, len(text) - 1):
            if text[at : at + 2] in starts:
                return at
        return None

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Half-open ranges of all names, leftmost and longest first, without overlaps."""
        at = self.next_start(text, 0)
        while at is not None:
            name = self.longest_at(text, at)
            end = at + 1 if name is None else at + len(name)
            if name is not None:
                yield at, end
            at = self.next_start(text, end)
