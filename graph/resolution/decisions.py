"""What people decided about identity: the types that every other part of resolution reads.

A *reference* is what one document calls by one canonical name. A decision says of two
references that they are the same entity, that they are different ones, or that nobody knows;
it wins over every rule and score. Where decisions are kept is no concern of this module.

>>> left = Reference("person", "乔云岫", "a")
>>> right = Reference("person", "乔云岫", "b")
>>> no_decisions().between(left, right) is None
True
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from graph.identity import EntityKind

Verdict = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True)
class Reference:
    """What a document calls by a canonical name.

    ``name`` is as the document's extraction has it; ``document`` is the document's id, in a
    decision also None for every document that uses the name.
    """

    kind: EntityKind
    name: str
    document: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict on two references; their order means nothing.

    ``who`` decided, ``when`` as an ISO date or moment, ``why`` in the person's own words.
    """

    left: Reference
    right: Reference
    verdict: Verdict
    who: str
    when: str
    why: str


class Decisions(Protocol):
    """Everything that people have decided so far; names agree if their keys do (``name_to_key``).

    Asked about a reference without a document, both methods leave out what was decided about
    single documents; asked about one of a document, they take in what holds for all.
    """

    def between(self, left: Reference, right: Reference) -> Decision | None:
        """The decision that applies to two references, None where there is none."""
        ...

    def naming(self, reference: Reference) -> Iterable[Decision]:
        """The decisions that have this reference on one side.

        They bring together what no blocking key would: two names that share no character.
        """
        ...


class _NoDecisions:
    def between(self, left: Reference, right: Reference) -> Decision | None:
        return None

    def naming(self, reference: Reference) -> Iterable[Decision]:
        return ()


def no_decisions() -> Decisions:
    """What applies where nobody has decided anything."""
    return _NoDecisions()
