r"""Notes on annotations: ``key=value`` pairs in one line, for what is no closed set.

Pairs are parted by ``|``; a key may stand several times, and the order counts. In a value
``\\`` is a backslash, ``\|`` a bar, ``\n``, ``\r`` and ``\t`` are a line feed, a carriage
return and a tab, and ``\u2028`` is any character by its number; white space around a value
does not count unless it is written so.

>>> pairs_to_note([("event", "甲论坛"), ("event", "论坛"), ("theme", "绿色|低碳")])
'event=甲论坛 | event=论坛 | theme=绿色\\|低碳'
>>> note_to_pairs("value=12.5 | unit=%")
[('value', '12.5'), ('unit', '%')]
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAMED = {"\\": "\\\\", "|": "\\|", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CHARACTERS = {escape[1]: character for character, escape in _NAMED.items()}
# Line breaks for any tool, and what a tool may take for one.
_UNSAFE = re.compile(r"[\\|\t\n\r\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]|^\s|\s$")
_PIECE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)|([^\\|]+)|(\|)|(\\)", re.DOTALL)


class UnreadableNoteError(ValueError):
    """A note of another form; ``expected`` and ``got`` are parts of a message."""

    def __init__(self, *, expected: str, got: str) -> None:
        self.expected = expected
        self.got = got
        super().__init__(f"expected {expected}, got {got}")


def pairs_to_note(pairs: Iterable[tuple[str, str]]) -> str:
    """One line that holds the pairs in their order."""
    return " | ".join(f"{key}={_UNSAFE.sub(_escape, value)}" for key, value in pairs)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    return _NAMED.get(character) or f"\\u{ord(character):04x}"


def note_to_pairs(note: str) -> list[tuple[str, str]]:
    """The pairs of a note in their order; nothing for an empty note.

    Raises:
        UnreadableNoteError: a part is no ``key=value``, or has an unknown escape.
    """
    return [_part_to_pair(part) for part in _split(note)] if note.strip() else []


def _split(note: str) -> list[str]:
    """The parts between bars, still escaped."""
    parts = [""]
    for found in _PIECE.finditer(note):
        if found.group(3):
            parts.append("")
        else:
            parts[-1] += found.group()
    return parts


def _part_to_pair(part: str) -> tuple[str, str]:
    key, equals, value = part.partition("=")
    if not equals or not key.strip() or "\\" in key:
        raise UnreadableNoteError(expected="key=value pairs parted by '|'", got=repr(part.strip()))
    return key.strip(), _PIECE.sub(_unescape, value.strip())


def _unescape(found: re.Match[str]) -> str:
    escape = found.group(1)
    if escape is None and not found.group(4):
        return found.group()
    if escape is not None and len(escape) == 5:
        return chr(int(escape[1:], 16))
    if escape not in _CHARACTERS:
        raise UnreadableNoteError(
            expected=r"one of \\, \|, \n, \r, \t and \u0000", got=repr(f"\\{escape or ''}")
        )
    return _CHARACTERS[escape]
