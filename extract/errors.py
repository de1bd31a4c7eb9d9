"""The errors of the extraction package: one base, one child for each cause.

Every message names the input, what was expected there and what came.

>>> str(UnsupportedInputError("map.svg", expected=".txt or .pdf", got="'.svg'"))
"map.svg: expected .txt or .pdf, got '.svg'"
>>> str(UndecodableInputError("a.txt", expected="UTF-8", got="0xff", offset=7, unit="byte"))
'a.txt: byte 7: expected UTF-8, got 0xff'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

OffsetUnit = Literal["byte", "character"]


class ExtractionError(Exception):
    """Anything that went wrong between a path and its facts."""


class InputError(ExtractionError):
    """An input that is refused; the other inputs of a run go on.

    Attributes:
        origin: the file, with ``:line`` for JSON Lines and front matter; ``-`` is standard input.
        expected: what would have been accepted.
        got: what was found instead.
        offset: where it was found, counted from 0 in ``unit``s, or None for the whole input.
        unit: ``byte`` before decoding, ``character`` (code point) after it.
    """

    def __init__(
        self,
        origin: str,
        *,
        expected: str,
        got: str,
        offset: int | None = None,
        unit: OffsetUnit = "character",
    ) -> None:
        self.origin = origin
        self.expected = expected
        self.got = got
        self.offset = offset
        self.unit = unit
        where = "" if offset is None else f"{unit} {offset}: "
        super().__init__(f"{origin}: {where}expected {expected}, got {got}")

    def __reduce__(self) -> tuple[Callable[..., InputError], tuple[object, ...]]:
        """How it passes from one process to another."""
        parts = (self.origin, self.expected, self.got, self.offset, self.unit)
        return _make_again, (type(self), *parts)


def _make_again(
    kind: type[InputError],
    origin: str,
    expected: str,
    got: str,
    offset: int | None,
    unit: OffsetUnit,
) -> InputError:
    return kind(origin, expected=expected, got=got, offset=offset, unit=unit)


class UnreadableInputError(InputError):
    """A path that is missing, forbidden, a broken link, or no file or folder."""


class UnsupportedInputError(InputError):
    """A file whose suffix no reader knows."""


class DirectoryLoopError(InputError):
    """A folder that contains itself through a symbolic link."""


class EmptyInputError(InputError):
    """An input without text: nothing, white space only, or no main text in a page."""


class BinaryInputError(InputError):
    """Bytes or characters that no text holds: images, archives, NUL, other control codes."""


class OverlongInputError(InputError):
    """More bytes or characters than the limits allow."""


class UndecodableInputError(InputError):
    """Bytes that are text in none of the known encodings, or text damaged by a wrong one."""


class BrokenFileError(InputError):
    """A PDF or Word file that cannot be opened as one."""


class EncryptedInputError(InputError):
    """A PDF that needs a password."""


class MalformedRecordError(InputError):
    """A line of JSON Lines, or of front matter, that does not have the expected form."""


class InvalidMetadataError(InputError):
    """An id, a date or another piece of metadata with a value that cannot be used."""


class DuplicateIdError(InputError):
    """A second document with the id of an earlier one of the same run."""


class ComponentError(ExtractionError):
    """A component of the pipeline cannot read a text; the cause is chained."""
