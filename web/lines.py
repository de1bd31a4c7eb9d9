"""Statements as the page of one of their things lists them: the rest of what they say.

On the page of a forum a guest is a name and a way of taking part; the full reading, with the forum
in it, would say the same words in every line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rdflib import URIRef

from ontology.terms import ORG, SDO, TANPU
from web.reading import Description, NodeView, Part, Reader, StatementView
from web.readings import title_part
from web.roles import Role


@dataclass(frozen=True, slots=True)
class Line:
    """What a statement says of the node whose page it is on.

    Attributes:
        statement: with its evidence.
        lead: texts and links in turn; none where the dates say it all, the whole reading where
            there is nothing shorter.
        notes: what is said more quietly.
        dates: an ISO date or interval; None where the statement has none.
        quoted: whether the lead is somebody's own words.
    """

    statement: StatementView
    lead: Sequence[Part]
    notes: Sequence[Part] = ()
    dates: str | None = None
    quoted: bool = False

    @property
    def nodes(self) -> list[NodeView]:
        """The things that the line leads to."""
        return [part for part in self.lead if not isinstance(part, str)]


@dataclass(frozen=True, slots=True)
class _Rest:
    lead: Sequence[Part]
    notes: Sequence[Part] = ()
    dates: str = ""
    quoted: bool = False


_ReadRest = Callable[[Reader, Description], _Rest]


def read_line(reader: Reader, iri: URIRef, role: Role, *, with_evidence: bool = True) -> Line:
    """A statement as the page of the node lists it that fills ``role``."""
    statement = reader.statement(iri, with_evidence=with_evidence)
    read = _RESTS.get((role.segment, role.prop))
    rest = _Rest(()) if read is None else read(reader, reader.describe(iri))
    lead = tuple(part for part in rest.lead if part != "")
    return Line(
        statement=statement,
        lead=lead if lead or rest.dates else statement.parts,
        notes=tuple(part for part in rest.notes if part != ""),
        dates=rest.dates or None,
        quoted=rest.quoted and bool(lead),
    )


def event_dates(reader: Reader, event: Part) -> str:
    """When an event was, as ISO: a day, or two with "/" between; "" where nothing says it."""
    if isinstance(event, str):
        return ""
    description = reader.describe(URIRef(event.iri))
    starts = sorted(map(str, description.get(SDO.startDate, ())))
    ends = sorted(map(str, description.get(SDO.endDate, ())))
    if not starts:
        return ""
    return starts[0] if not ends or ends[-1] == starts[0] else f"{starts[0]}/{ends[-1]}"


def _value(prop: URIRef) -> _ReadRest:
    """The line is the value of a property alone."""
    return lambda reader, d: _Rest([reader.value(d, prop)])


def _event(reader: Reader, d: Description) -> _Rest:
    event = reader.value(d, TANPU.event)
    mode = reader.value(d, TANPU.mode)
    return _Rest([event], [mode], event_dates(reader, event))


def _guest(reader: Reader, d: Description) -> _Rest:
    return _Rest([reader.value(d, TANPU.participant)], [reader.value(d, TANPU.mode)])


def _post_of_member(reader: Reader, d: Description) -> _Rest:
    return _Rest([reader.value(d, ORG.organization), title_part(reader, d)])


def _member(reader: Reader, d: Description) -> _Rest:
    return _Rest([reader.value(d, ORG.member)], [title_part(reader, d)])


def _days(reader: Reader, d: Description) -> _Rest:
    start, end = str(reader.value(d, TANPU.startDate)), str(reader.value(d, TANPU.endDate))
    dates = start if end in ("", start) else f"{start}/{end}"
    return _Rest((), (), dates)


def _issued(reader: Reader, d: Description) -> _Rest:
    return _Rest([reader.value(d, TANPU.regulation)], (), str(reader.value(d, TANPU.issueDate)))


def _issuer(reader: Reader, d: Description) -> _Rest:
    return _Rest([reader.value(d, TANPU.issuer)], (), str(reader.value(d, TANPU.issueDate)))


def _step(reader: Reader, d: Description) -> _Rest:
    return _Rest([reader.value(d, TANPU.step)], (), str(reader.value(d, TANPU.stepDate)))


def _related(reader: Reader, d: Description) -> _Rest:
    return _Rest([reader.value(d, TANPU.relatedRegulation)], [reader.value(d, TANPU.articleText)])


def _relating(reader: Reader, d: Description) -> _Rest:
    return _Rest([reader.value(d, TANPU.regulation)], [reader.value(d, TANPU.articleText)])


def _words(reader: Reader, d: Description) -> _Rest:
    quoted = TANPU.MannerDirect in d.get(TANPU.manner, ())
    event = reader.value(d, TANPU.event)
    return _Rest([reader.value(d, TANPU.words)], [event], quoted=quoted)


def _words_there(reader: Reader, d: Description) -> _Rest:
    quoted = TANPU.MannerDirect in d.get(TANPU.manner, ())
    speaker = reader.value(d, TANPU.speaker)
    return _Rest([reader.value(d, TANPU.words)], [speaker], quoted=quoted)


_RESTS: Mapping[tuple[str, URIRef], _ReadRest] = MappingProxyType(
    {
        ("membership", ORG.member): _post_of_member,
        ("membership", ORG.organization): _member,
        ("membership", TANPU.post): _member,
        ("scheduling", TANPU.event): _days,
        ("siting", TANPU.event): _value(TANPU.venue),
        ("siting", TANPU.venue): _event,
        ("theming", TANPU.event): _value(TANPU.themeText),
        ("subevent", TANPU.event): _value(TANPU.wholeEvent),
        ("subevent", TANPU.wholeEvent): _event,
        ("organizing", TANPU.event): _value(TANPU.organizer),
        ("organizing", TANPU.organizer): _event,
        ("participation", TANPU.event): _guest,
        ("participation", TANPU.participant): _event,
        ("issuance", TANPU.regulation): _issuer,
        ("issuance", TANPU.issuer): _issued,
        ("step", TANPU.regulation): _step,
        ("relation", TANPU.regulation): _related,
        ("relation", TANPU.relatedRegulation): _relating,
        ("quotation", TANPU.speaker): _words,
        ("quotation", TANPU.event): _words_there,
        ("naming", TANPU.named): _value(TANPU.alias),
    }
)
