"""Facts of the type ``holds_post``: a person, a post and its institution or place.

Adds to ``doc._.facts``. The spans come from ``extract.posts``; here every post finds its
unit: the institution written before it, the place whose government it heads, or the one
carried on from earlier in the text.

Examples: 某省委常委、常务副省长张某 → 常委 of 某省委 and 常务副省长 of 某省;
某市政协主席李某、秘书长王某 → both of 某市政协.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from spacy.language import Language
from spacy.tokens import Doc

from extract.extensions import register_extensions
from extract.facts import Argument, HoldsPost, Span
from extract.gazetteer import Division
from extract.posts import Appointment
from extract.references import References, division_name
from extract.words import Words

# Which institutions a title without a written unit may belong to.
_FITTING = (
    (re.compile(r"(?:校长|教授|讲师|辅导员)\Z"), re.compile(r"(?:大学|学院|学校)")),
    (re.compile(r"(?:局长)\Z"), re.compile(r"局\Z")),
    (re.compile(r"(?:厅长)\Z"), re.compile(r"厅\Z")),
    (re.compile(r"(?:司长)\Z"), re.compile(r"司\Z")),
    (re.compile(r"(?:处长)\Z"), re.compile(r"处\Z")),
    (re.compile(r"(?:部长)\Z"), re.compile(r"部\Z")),
    (re.compile(r"(?:所长)\Z"), re.compile(r"所\Z")),
    (re.compile(r"(?:院长)\Z"), re.compile(r"(?:院|大学|法院)\Z")),
    (re.compile(r"(?:会长|理事长)\Z"), re.compile(r"(?:会|联盟)\Z")),
    (
        re.compile(r"(?:董事长|总经理|总裁|CEO|官|总监|董事|经理|监事|董事会秘书|首席科学家)\Z"),
        re.compile(r"(?:公司|集团|银行|能源|科技|电网|股份)"),
    ),
    (
        re.compile(r"党(?:委|组)(?:副)?书记\Z"),
        re.compile(r"(?:公司|集团|大学|学院|局|厅|委员会)\Z"),
    ),
    (
        re.compile(r"(?:工会主席|纪委书记|总会计师|总工程师)\Z"),
        re.compile(r"(?:公司|集团|大学|学院|局|厅)\Z"),
    ),
    (re.compile(r"委员\Z"), re.compile(r"(?:常委会|委员会|政协)\Z")),
    (re.compile(r"主任\Z"), re.compile(r"(?:委员会|管委会|发展改革委|发改委)\Z")),
    (re.compile(r"发言人\Z"), re.compile(r"(?:[部局厅委办署]|委员会|办公室|总局)\Z")),
    (re.compile(r"(?:站长)\Z"), re.compile(r"站\Z")),
    (re.compile(r"(?:行长)\Z"), re.compile(r"银行")),
    (re.compile(r"(?:秘书长)\Z"), re.compile(r"(?:会|政府|政协|联盟|省委|市委)")),
)
_COMMITTEE = re.compile(r"(?:[省市区县州旗镇乡]委|委员会)\Z")
# 某市原环境保护局局长: who headed what is no more has left the post.
_ONCE = re.compile(r"(?<=[省市区县州旗])原(?![州平阳]).{2}")
_FOUNDING = re.compile(
    r"(?P<name>[^，。；]{4,30}?)(?:第?[一二三四五六七八九十\d]{1,3}[届次])?"
    r"(?:成立(?:大会|仪式)|揭牌仪式|换届大会|会员(?:代表)?大会|理事会)"
)
# What 该校, 该委 may end in, where it is not the noun itself.
_POINTED_KINDS: Mapping[str, str] = {
    "委": r"委(?:员会)?",
    "校": r"(?:大学|学院|学校)",
    "企": r"(?:公司|集团)",
    "企业": r"(?:公司|集团)",
}
_CHAINED = re.compile(r"\s*(?:、|兼|暨|和)\s*")
_MEDIA = re.compile(r"(?:报|网|社|台|讯|融媒|融媒体|客户端|新闻|周刊|在线|观察)\Z")
_PRESS = re.compile(r"(?:记者|通讯员|编辑|主编|摄影)\Z")


def find_posts_held(
    words: Words,
    appointments: Sequence[Appointment],
    references: References,
    entities: Sequence[Span],
    source: str | None = None,
) -> list[HoldsPost]:
    """One fact for each appointment whose unit is known.

    ``entities`` are the mentions that were kept; ``source`` is the media house of the
    document, the unit of a 本报记者.
    """
    text = words.text
    kept = set(entities)
    found: list[HoldsPost] = []
    for appointment in appointments:
        person = _kept(appointment.person, "PERSON", kept, references)
        post = _kept(appointment.title, "POST", kept, references)
        if person is None or post is None:
            continue
        unit_span = appointment.unit.span if appointment.unit else None
        if unit_span and post.span and post.span.start < unit_span.end <= appointment.title.start:
            # The mention 政策研究室主任 holds the unit and the title.
            wording = appointment.title.of(text)
            post = replace(post, text=wording, name=wording, span=appointment.title, aliases=())
        unit = _unit(words, appointment, references, source)
        if unit is None and appointment.level is None:
            unit = _shared(words, appointment, appointments, references, source)
        evidence = _evidence(words, appointment)
        if unit is None and found and found[-1].evidence == evidence:
            unit = _same_house(found[-1].org, post.text)
        if unit is None:
            continue
        org, confidence = unit
        found.append(
            HoldsPost(
                person=person,
                post=post,
                org=org,
                status="former" if _ONCE.search(org.text) else appointment.status,
                evidence=evidence,
                confidence=confidence,
            )
        )
    return _without_repeats(found, text)


def _kept(
    span: Span, label: Literal["PERSON", "POST", "ORG"], kept: set[Span], references: References
) -> Argument | None:
    """The mention that was kept for ``span``: itself, or one of that label that overlaps it."""
    found = references.arguments.get(span)
    if span in kept and found is not None and found.label == label:
        return found
    near = references.within(Span(max(0, span.start - 40), span.end), label)
    crossing = [a for a in near if a.span and a.span in kept and a.span.end > span.start]
    return crossing[-1] if crossing else None


def _without_repeats(facts: list[HoldsPost], text: str) -> list[HoldsPost]:
    kept: dict[tuple[str, str, str, str, Span], HoldsPost] = {}
    for fact in facts:
        key = (fact.person.name, fact.post.name, fact.org.name, fact.status, fact.evidence)
        kept.setdefault(key, fact)
    return list(kept.values())


def _evidence(words: Words, appointment: Appointment) -> Span:
    sentence = words.layout.sentence_at(appointment.title.start)
    other = words.layout.sentence_at(appointment.person.start)
    return Span(min(sentence.start, other.start), max(sentence.end, other.end))


def _unit(
    words: Words, appointment: Appointment, references: References, source: str | None
) -> tuple[Argument, float] | None:
    text = words.text
    title = appointment.title.of(text)
    unit = appointment.unit
    written = references.arguments.get(unit.span) if unit is not None else None
    if unit is not None and (written is None or written.label not in ("ORG", "PLACE")):
        near = references.within(Span(max(0, unit.span.start - 40), unit.span.end), "ORG")
        same = [a for a in near if a.span and a.span.end >= unit.span.end]
        written = same[0] if same else None
        if written is None and unit.label == "ORG":
            # A unit that only its title reveals, as in 评审专家组|组长, need be no mention.
            wording = unit.span.of(text)
            written = Argument(label="ORG", text=wording, name=wording, span=unit.span)
    if appointment.level is not None:
        place = _government(words, appointment, references, written)
        if place is not None:
            return place
        if written is not None and _COMMITTEE.search(written.name):
            return None  # 县委副书记、县长: the county is not named
    if written is not None and written.label in ("ORG", "PLACE"):
        return written, 0.95 if unit and unit.span.end <= appointment.title.start else 0.7
    if _PRESS.search(title):
        house = _media_house(words, appointment, references)
        if house is not None:
            return house, 0.8
        return (Argument(label="ORG", text=source, name=source), 0.8) if source else None
    return (
        _pointed_to(words, appointment, references)
        or _founded(words, appointment, references, title)
        or _carried(words, appointment, references, title)
    )


def _shared(
    words: Words,
    appointment: Appointment,
    appointments: Sequence[Appointment],
    references: References,
    source: str | None,
) -> tuple[Argument, float] | None:
    """The institution of the post beside it: 该局副局长、新闻发言人张某 holds both there."""
    for other in appointments:
        if other.person != appointment.person or other.level is not None:
            continue
        first, second = sorted((other.title, appointment.title))
        joined = _CHAINED.fullmatch(words.text, first.end, second.start)
        if other.title == appointment.title or joined is None:
            continue
        unit = _unit(words, other, references, source)
        if unit is not None and unit[0].label == "ORG":
            return unit[0], 0.6
    return None


def _same_house(org: Argument, title: str) -> tuple[Argument, float] | None:
    """公司董事长甲作报告，总经理乙主持: both are of the house named first in the sentence."""
    fitting = next((unit for head, unit in _FITTING if head.search(title)), None)
    if fitting is None or org.label != "ORG" or fitting.search(org.name) is None:
        return None
    return org, 0.6


def _founded(
    words: Words, appointment: Appointment, references: References, title: str
) -> tuple[Argument, float] | None:
    """某某联盟成立大会举行，林某当选理事长: the institution that the ceremony founds."""
    fitting = next((unit for head, unit in _FITTING if head.search(title)), None)
    if fitting is None:
        return None
    paragraph = words.layout.paragraph_at(appointment.title.start)
    before = references.within(Span(paragraph.start, appointment.title.start), "FORUM")
    for forum in reversed(before):
        match = _FOUNDING.match(forum.name)
        if match is not None and fitting.search(match["name"]):
            name = match["name"]
            return Argument(label="ORG", text=name, name=name, span=None), 0.7
    return None


def _media_house(words: Words, appointment: Appointment, references: References) -> Argument | None:
    """The media house of the byline: 某某日报6月3日讯（记者 某某）."""
    paragraph = words.layout.paragraph_at(appointment.title.start)
    found = [
        a
        for a in references.arguments.values()
        if a.label == "ORG"
        and a.span
        and _MEDIA.search(a.name)
        and a.span.start < appointment.title.start
    ]
    near = [a for a in found if a.span and a.span.start >= paragraph.start]
    first = [
        a
        for a in found
        if a.span and words.layout.paragraph_at(a.span.start) in words.layout.paragraphs[:4]
    ]
    found = near or first
    return found[-1] if found else None


def _government(
    words: Words, appointment: Appointment, references: References, written: Argument | None
) -> tuple[Argument, float] | None:
    """The place whose government a 市长 or 副省长 belongs to."""
    level = appointment.level
    assert level is not None
    if written is not None and written.label == "PLACE":
        return written, 0.95
    # 某省委…、副省长: the place is that of the committee if the level is the same.
    offset = appointment.title.start
    division = references.place_of_level(offset, level)
    if division is None:
        return None
    span = _last_mention(references, division, offset)
    aliases = (division.short,) if division.short != division.name else ()
    wording = span.of(words.text) if span is not None else division.name
    name = division_name(division)
    return (
        Argument(label="PLACE", text=wording, name=name, span=span, aliases=aliases),
        0.85,
    )


def _last_mention(references: References, division: Division, offset: int) -> Span | None:
    name = division_name(division)
    found = [
        a.span
        for a in references.arguments.values()
        if a.label == "PLACE" and a.name == name and a.span and a.span.end <= offset
    ]
    return max(found) if found else None


def _pointed_to(
    words: Words, appointment: Appointment, references: References
) -> tuple[Argument, float] | None:
    """该院特聘教授, 该公司总经理: the institution named last that ends likewise."""
    text = words.text
    match = re.search(
        r"(?:(?:该|本|我)([一-鿿]{1,2})|(公司|集团|学校|学院|企业|(?<![一-鿿])[局厅委署]))\Z",
        text[: appointment.title.start][-4:],
    )
    if match is None:
        return None
    noun = match[1] or match[2]
    kind = _POINTED_KINDS.get(noun, noun)
    before = [
        a
        for a in references.arguments.values()
        if a.label == "ORG"
        and a.span is not None
        and a.span.end <= appointment.title.start
        and re.search(kind + r"\Z", a.name)
    ]
    return (max(before, key=lambda a: a.span or Span(0, 0)), 0.7) if before else None


def _carried(
    words: Words, appointment: Appointment, references: References, title: str
) -> tuple[Argument, float] | None:
    """The nearest earlier institution of the paragraph that fits a bare title."""
    fitting = next((unit for head, unit in _FITTING if head.search(title)), None)
    if fitting is None:
        return None
    paragraph = words.layout.paragraph_at(appointment.title.start)
    before = [
        a
        for a in references.arguments.values()
        if a.label == "ORG"
        and a.span is not None
        and paragraph.start <= a.span.start < appointment.title.start
        and fitting.search(a.name)
    ]
    if not before:
        return None
    return max(before, key=lambda a: a.span or Span(0, 0)), 0.6


@Language.factory(
    "tanpu_appointments",
    assigns=["doc._.facts"],
    requires=["doc._.appointments", "doc._.references"],
)
def create_appointments(nlp: Language, name: str) -> AppointmentReader:
    """The component by its registered name."""
    return AppointmentReader()


class AppointmentReader:
    """Adds the facts of posts held."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Find, then annotate."""
        facts = find_posts_held(
            Words.from_doc(doc),
            doc._.appointments,
            doc._.references,
            [c.span for c in doc._.chosen],
            doc._.source,
        )
        doc._.facts = (*doc._.facts, *facts)
        return doc
