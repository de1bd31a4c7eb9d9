"""Statements read out as sentences, in Chinese and in English.

A reading is a list of texts and nodes in the order in which they are read. Texts carry their
own spaces and punctuation; an empty part is left out by who asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from rdflib import URIRef

from ontology.terms import ORG, SOSA, TANPU
from web.dates import date_to_words
from web.wording import CONCEPT_WORDS

if TYPE_CHECKING:
    from web.reading import Description, Part, Reader

Reading = Callable[["Reader", "Description"], "list[Part]"]

# What takes its event as an object; the other ways of taking part are done at the event.
_DIRECT_ROLES = frozenset({TANPU.RoleAttends, TANPU.RoleModerates})
# What says on which side of its number a figure lies.
_BOUNDS = frozenset({TANPU.QualifierAbout, TANPU.QualifierOver, TANPU.QualifierUnder})


def _first(d: Description, prop: URIRef) -> URIRef | None:
    """The first value of a property when it is an IRI."""
    values = d.get(prop, ())
    return URIRef(values[0]) if values else None


def title_part(reader: Reader, d: Description) -> Part:
    """The post under the name of its title: 副市长 for 甲市副市长."""
    post = reader.value(d, TANPU.post)
    if isinstance(post, str):
        return post
    role = reader.value(reader.describe(URIRef(post.iri)), ORG.role)
    return post if isinstance(role, str) else replace(post, name=role.name)


def _date(reader: Reader, d: Description, prop: URIRef, language: str) -> str:
    """A date in words; "" when there is none."""
    return date_to_words(str(reader.value(d, prop)), language)


def _days(reader: Reader, d: Description, language: str) -> str:
    """The days of an event in words: one, or the first and the last."""
    start, end = str(reader.value(d, TANPU.startDate)), str(reader.value(d, TANPU.endDate))
    return date_to_words(f"{start}/{end}" if end else start, language)


def _figure(
    reader: Reader, d: Description, thing: URIRef, measured_by: URIRef, comma: str
) -> list[Part]:
    """What is measured, when if that is said, and by what: 甲市，2030年，装机."""
    period = reader.value(d, TANPU.period)
    when: list[Part] = [comma, period] if period else []
    return [reader.value(d, thing), *when, comma, reader.value(d, measured_by)]


# ----------------------------------------------------------------------------- Chinese


def _zh_membership(reader: Reader, d: Description) -> list[Part]:
    verb = reader.value(d, TANPU.status) or "任"
    organization = reader.value(d, ORG.organization)
    return [reader.value(d, ORG.member), verb, organization, title_part(reader, d)]


def _zh_participation(reader: Reader, d: Description) -> list[Part]:
    mode = reader.value(d, TANPU.mode)
    role = reader.value(d, TANPU.participationRole) or "出席"
    person, event = reader.value(d, TANPU.participant), reader.value(d, TANPU.event)
    if _first(d, TANPU.participationRole) in (None, *_DIRECT_ROLES):
        return [person, mode, role, event]
    return [person, mode, "在", event, role]


def _zh_organizing(reader: Reader, d: Description) -> list[Part]:
    role = reader.value(d, TANPU.organizingRole) or "参与举办"
    return [reader.value(d, TANPU.organizer), role, reader.value(d, TANPU.event)]


def _zh_subevent(reader: Reader, d: Description) -> list[Part]:
    return [reader.value(d, TANPU.event), "属于", reader.value(d, TANPU.wholeEvent)]


def _zh_scheduling(reader: Reader, d: Description) -> list[Part]:
    return [reader.value(d, TANPU.event), f"于{_days(reader, d, 'zh')}举行"]


def _zh_siting(reader: Reader, d: Description) -> list[Part]:
    return [reader.value(d, TANPU.event), "在", reader.value(d, TANPU.venue), "举行"]


def _zh_theming(reader: Reader, d: Description) -> list[Part]:
    return [reader.value(d, TANPU.event), f"的主题是“{reader.value(d, TANPU.themeText)}”"]


def _zh_issuance(reader: Reader, d: Description) -> list[Part]:
    date = _date(reader, d, TANPU.issueDate, "zh")
    return [
        reader.value(d, TANPU.issuer),
        f"于{date}发布《" if date else "发布《",
        reader.value(d, TANPU.regulation),
        "》",
    ]


def _zh_observation(reader: Reader, d: Description) -> list[Part]:
    words = _qualifiers(d, "zh", "、", "")
    return [
        *_figure(reader, d, SOSA.hasFeatureOfInterest, SOSA.observedProperty, "，"),
        f"：{words}" if words else "：",
        reader.value(d, TANPU.valueText) or reader.value(d, TANPU.value),
    ]


def _zh_naming(reader: Reader, d: Description) -> list[Part]:
    return [reader.value(d, TANPU.named), f"又称“{reader.value(d, TANPU.alias)}”"]


def _zh_quotation(reader: Reader, d: Description) -> list[Part]:
    """Quoted words between quotation marks, reported ones after a colon."""
    event = reader.value(d, TANPU.event)
    verb = reader.value(d, TANPU.reportingVerb)
    where: list[Part] = ["在", event] if event else []
    return [reader.value(d, TANPU.speaker), *where, f"{verb}：{_words(reader, d)}"]


def _zh_relation(reader: Reader, d: Description) -> list[Part]:
    """《甲》废止或取代《乙》; without the first, 援引《乙》第十条."""
    regulation = reader.value(d, TANPU.regulation)
    who: list[Part] = ["《", regulation, "》"] if regulation else []
    relation, articles = reader.value(d, TANPU.relation), reader.value(d, TANPU.articleText)
    other = reader.value(d, TANPU.relatedRegulation)
    return [*who, relation, "《", other, f"》{articles}"]


def _zh_step(reader: Reader, d: Description) -> list[Part]:
    date, step = _date(reader, d, TANPU.stepDate, "zh"), reader.value(d, TANPU.step)
    since = "起" if _first(d, TANPU.step) == TANPU.StepInForce else ""
    return ["《", reader.value(d, TANPU.regulation), f"》于{date}{since}{step}"]


def _zh_ranking(reader: Reader, d: Description) -> list[Part]:
    scope = reader.value(d, TANPU.rankScope)
    rank, kind = reader.value(d, TANPU.rank), _first(d, TANPU.rankKind)
    place = f"前 {rank}" if kind == TANPU.RankWithin else f"第 {rank}"
    if kind == TANPU.RankFromEnd:
        place = f"倒数第 {rank}"
    return [
        *_figure(reader, d, TANPU.rankedThing, TANPU.rankedBy, "，"),
        f"居{scope}{place}",
    ]


# ----------------------------------------------------------------------------- English


def _en_membership(reader: Reader, d: Description) -> list[Part]:
    verb = reader.value(d, TANPU.status) or "holds the post"
    organization = reader.value(d, ORG.organization)
    at: list[Part] = [" at ", organization] if organization else []
    return [reader.value(d, ORG.member), f" {verb} ", title_part(reader, d), *at]


def _en_participation(reader: Reader, d: Description) -> list[Part]:
    role = reader.value(d, TANPU.participationRole) or "attended"
    mode = reader.value(d, TANPU.mode)
    person, event = reader.value(d, TANPU.participant), reader.value(d, TANPU.event)
    return [person, f" {role} ", event, f" {mode}" if mode else ""]


def _en_organizing(reader: Reader, d: Description) -> list[Part]:
    role = reader.value(d, TANPU.organizingRole) or "helped to hold"
    return [reader.value(d, TANPU.organizer), f" {role} ", reader.value(d, TANPU.event)]


def _en_subevent(reader: Reader, d: Description) -> list[Part]:
    return [reader.value(d, TANPU.event), " was part of ", reader.value(d, TANPU.wholeEvent)]


def _en_scheduling(reader: Reader, d: Description) -> list[Part]:
    return [reader.value(d, TANPU.event), f" was held on {_days(reader, d, 'en')}"]


def _en_siting(reader: Reader, d: Description) -> list[Part]:
    return [reader.value(d, TANPU.event), " was held at ", reader.value(d, TANPU.venue)]


def _en_theming(reader: Reader, d: Description) -> list[Part]:
    theme = reader.value(d, TANPU.themeText)
    return [reader.value(d, TANPU.event), f" had the theme “{theme}”"]


def _en_issuance(reader: Reader, d: Description) -> list[Part]:
    date = _date(reader, d, TANPU.issueDate, "en")
    regulation = reader.value(d, TANPU.regulation)
    return [reader.value(d, TANPU.issuer), " issued ", regulation, f", {date}" if date else ""]


def _en_observation(reader: Reader, d: Description) -> list[Part]:
    words = _qualifiers(d, "en", ", ", " ")
    return [
        *_figure(reader, d, SOSA.hasFeatureOfInterest, SOSA.observedProperty, ", "),
        f": {words} " if words else ": ",
        reader.value(d, TANPU.valueText) or reader.value(d, TANPU.value),
    ]


def _en_naming(reader: Reader, d: Description) -> list[Part]:
    return [reader.value(d, TANPU.named), f" is also called “{reader.value(d, TANPU.alias)}”"]


def _en_quotation(reader: Reader, d: Description) -> list[Part]:
    event = reader.value(d, TANPU.event)
    where: list[Part] = [" at ", event] if event else []
    return [reader.value(d, TANPU.speaker), " said", *where, f": {_words(reader, d)}"]


def _en_relation(reader: Reader, d: Description) -> list[Part]:
    regulation = reader.value(d, TANPU.regulation) or "A regulation"
    relation, articles = reader.value(d, TANPU.relation), reader.value(d, TANPU.articleText)
    other = reader.value(d, TANPU.relatedRegulation)
    return [regulation, f" {relation} ", other, f" {articles}" if articles else ""]


def _en_step(reader: Reader, d: Description) -> list[Part]:
    date, step = _date(reader, d, TANPU.stepDate, "en"), reader.value(d, TANPU.step)
    return [reader.value(d, TANPU.regulation), f" {step}, {date}"]


def _en_ranking(reader: Reader, d: Description) -> list[Part]:
    scope = reader.value(d, TANPU.rankScope)
    rank, kind = reader.value(d, TANPU.rank), _first(d, TANPU.rankKind)
    place = f"among the first {rank}" if kind == TANPU.RankWithin else f"number {rank}"
    if kind == TANPU.RankFromEnd:
        place = f"number {rank} from the end"
    return [
        *_figure(reader, d, TANPU.rankedThing, TANPU.rankedBy, ", "),
        f": {place}" + (f" ({scope})" if scope else ""),
    ]


def _qualifiers(d: Description, language: str, comma: str, space: str) -> str:
    """What qualifies a figure, those without words left out: 下降约, "target, down about".

    What bounds the number stands last, next to the number.
    """
    qualifiers = [URIRef(value) for value in d.get(TANPU.qualifier, ())]
    said, bounds = (
        [
            text
            for qualifier in qualifiers
            if (qualifier in _BOUNDS) == is_bound
            and (words := CONCEPT_WORDS.get(qualifier)) is not None
            and (text := words.of(language))
        ]
        for is_bound in (False, True)
    )
    return space.join(part for part in (comma.join(said), space.join(bounds)) if part)


def _words(reader: Reader, d: Description) -> str:
    """What somebody said, between quotation marks where it is quoted."""
    words = str(reader.value(d, TANPU.words))
    return f"“{words}”" if _first(d, TANPU.manner) == TANPU.MannerDirect else words


def _table(*readings: Reading) -> Mapping[URIRef, Reading]:
    return MappingProxyType(dict(zip(_CLASSES, readings, strict=True)))


_CLASSES: Sequence[URIRef] = (
    TANPU.Membership, TANPU.Participation, TANPU.Organizing, TANPU.Subevent, TANPU.Scheduling,
    TANPU.Siting, TANPU.Theming, TANPU.Issuance, TANPU.Observation, TANPU.Naming,
    TANPU.Quotation, TANPU.LegalRelation, TANPU.LegalStep, TANPU.Ranking,
)  # fmt: skip
# Language code → class of a statement → how it is read.
READINGS: Mapping[str, Mapping[URIRef, Reading]] = MappingProxyType(
    {
        "zh": _table(
            _zh_membership, _zh_participation, _zh_organizing, _zh_subevent, _zh_scheduling,
            _zh_siting, _zh_theming, _zh_issuance, _zh_observation, _zh_naming,
            _zh_quotation, _zh_relation, _zh_step, _zh_ranking,
        ),
        "en": _table(
            _en_membership, _en_participation, _en_organizing, _en_subevent, _en_scheduling,
            _en_siting, _en_theming, _en_issuance, _en_observation, _en_naming,
            _en_quotation, _en_relation, _en_step, _en_ranking,
        ),
    }
)  # fmt: skip
