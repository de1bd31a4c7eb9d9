"""The unit of input: one document with its text as read and what is known about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """A document as it was read.

    ``text`` is never normalised: all offsets count its code points. ``published`` is an
    ISO date (``2022-12-12``) or None; ``retrieved`` an ISO date-time in UTC or None;
    ``origin`` is the file, with a line for JSON Lines, that messages name.
    """

    id: str
    text: str
    title: str | None = None
    published: str | None = None
    source: str | None = None
    url: str | None = None
    retrieved: str | None = None
    origin: str = "-"

    def text_hash(self) -> str:
        """SHA-256 of the UTF-8 text, in hexadecimal."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()
