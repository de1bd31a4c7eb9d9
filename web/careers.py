"""The posts of a person as all articles together tell them; see :mod:`graph.timelines`.

A post that one article calls current and a later one past is one stretch of time with the
sentences of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rdflib import URIRef

from graph.store import Store
from graph.timelines import Closing, Tenure, timeline
from web.lines import Line, read_line
from web.reading import Reader, StatementView
from web.roles import ROLE_OF_KEY
from web.wording import Words

_ROLE = ROLE_OF_KEY["membership", "member"]
_CLOSINGS: Mapping[Closing, Words] = MappingProxyType(
    {
        "period": Words("任期已满", "ended"),
        "removed": Words("已离任", "left the post"),
        "former": Words("已卸任", "called former"),
        "succeeded": Words("已有继任者", "succeeded by somebody else"),
    }
)


@dataclass(frozen=True, slots=True)
class HeldPost:
    """One stretch of time in a post.

    Attributes:
        line: what the newest of the statements says.
        statements: those of which the stretch is made, the newest first.
        times: what is known of its time: words, and an ISO date or interval.
        closing: how it ended; None while nothing says that it is over.
    """

    line: Line
    statements: Sequence[StatementView]
    times: Sequence[tuple[Words, str]]
    closing: Words | None

    @property
    def is_past(self) -> bool:
        """Whether something says that it is over."""
        return self.closing is not None


def read_career(store: Store, reader: Reader, person: URIRef, *, least: float) -> list[HeldPost]:
    """The posts of a person: those that are held now, then the others, the latest first.

    Args:
        store: where the articles' statements lie.
        reader: of the same store.
        person: IRI.
        least: the confidence, 0 to 1, that a sentence has to have to count.
    """
    latest_first = sorted(timeline(store, str(person), least=least), key=_last_day, reverse=True)
    return [
        _read_post(reader, tenure) for tenure in sorted(latest_first, key=lambda t: not t.is_open)
    ]


def tenure_to_times(tenure: Tenure) -> list[tuple[Words, str]]:
    """What is known of the time of a tenure, most telling first.

    >>> from graph.timelines import Tenure
    >>> bare = dict(person="", person_name="", post="", unit="", unit_name="", title="")
    >>> [(w.en, t) for w, t in tenure_to_times(Tenure(begin="2019", first_seen="2024-03-01",
    ...                                               last_seen="2024-03-01", **bare))]
    [('since', '2019'), ('reported', '2024-03-01')]
    """
    times: list[tuple[Words, str]] = []
    if tenure.begin is not None and tenure.end is not None:
        times.append((Words("任期", "held"), f"{tenure.begin}/{tenure.end}"))
    elif tenure.begin is not None:
        times.append((Words("始于", "since"), tenure.begin))
    elif tenure.end is not None:
        times.append((Words("止于", "until"), tenure.end))
    first, last = tenure.first_seen, tenure.last_seen
    if first is not None and last is not None:
        times.append((Words("报道于", "reported"), first if first == last else f"{first}/{last}"))
    if tenure.over_by is not None and tenure.end is None:
        times.append((Words("不晚于此日离任", "over by"), tenure.over_by))
    return times


def _read_post(reader: Reader, tenure: Tenure) -> HeldPost:
    newest_first = sorted(tenure.evidence, key=lambda one: one.issued or "", reverse=True)
    iris = list(dict.fromkeys(URIRef(one.statement) for one in newest_first))
    return HeldPost(
        line=read_line(reader, iris[0], _ROLE),
        statements=[reader.statement(iri) for iri in iris],
        times=tenure_to_times(tenure),
        closing=None if tenure.closing is None else _CLOSINGS[tenure.closing],
    )


def _last_day(tenure: Tenure) -> str:
    held = tenure.held()
    return (held[1] if held is not None else tenure.over_by) or ""
