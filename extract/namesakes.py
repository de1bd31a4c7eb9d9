"""Several persons of one name in one text, told apart by what each of them is.

Changes the canonical names in ``doc._.references``, ``doc._.entities`` and ``doc._.facts``: each
of several namesakes has what tells it apart behind its name, in brackets. A mention without a
post or place of its own means the person that was spoken of last. Nothing is parted where the
posts may be one person's: a change of post, a part of an institution, one place.

Examples: 甲市水务局局长⟦乔云岫⟧与乙公司总经理⟦乔云岫⟧ → 乔云岫（甲市水务局）, 乔云岫（乙公司）;
一位处长也叫⟦乔云岫⟧ → another 乔云岫 than the one before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from spacy.language import Language
from spacy.tokens import Doc

from extract.extensions import register_extensions
from extract.facts import Argument, Entity, Fact, HoldsPost, Span
from extract.gazetteer import Division, ancestors, lookup_place
from extract.institutions import institution_place
from extract.layout import Layout
from extract.names_apart import name_apart
from extract.references import References
from extract.words import Words

# The text itself says that a name is borne by several.
_SAID = re.compile(
    r"[同重]名(?!义|录|单|额|次|誉|称|校|学|医)|同名同姓|同姓同名|[也亦]叫|一字不差|同一个名字|(?:不是|并非)同一个?人"
    r"|[当看]成(?:了)?(?:同)?一个?人"
)
# 某某局的|林远, 来自某市的|林远: where the person before whose name it stands comes from.
_OF = re.compile(r"(?:的(?:那位|这位|一位)?|那位|这位)?")
_ALSO_CALLED = re.compile(r"(?:[也亦]|同样|恰好|刚好|正好|碰巧|偏巧|竟)*(?:名)?叫?")
# Posts that people hold besides another one.
_BESIDE = re.compile(r"(?:委员|代表|顾问|专家|院士|教授|研究员|会长|理事长?|记者|成员|组长|导师)\Z")


@dataclass(frozen=True, slots=True)
class _Tie:
    """What ties a mention to an institution or place, by canonical name.

    ``apposed`` holds for a post right before the name; ``beside`` for one that goes with others.
    """

    name: str
    current: bool
    apposed: bool
    beside: bool
    is_place: bool = False


@dataclass(slots=True)
class _Person:
    mentions: list[Span] = field(default_factory=list)
    ties: list[_Tie] = field(default_factory=list)


def part_namesakes(
    words: Words, facts: Sequence[Fact], references: References
) -> Mapping[Span, str]:
    """The new canonical name of each mention of a person whose name several persons bear."""
    mentions: dict[str, list[Span]] = defaultdict(list)
    for span, argument in references.arguments.items():
        if argument.label == "PERSON":
            mentions[argument.name].append(span)
    repeated = {name: sorted(spans) for name, spans in mentions.items() if len(spans) > 1}
    if not repeated:
        return {}
    posts: dict[Span, list[_Tie]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact, HoldsPost) and fact.person.span is not None:
            posts[fact.person.span].append(_post_to_tie(fact, words.text))
    said = _SAID.search(words.text) is not None
    found: dict[Span, str] = {}
    for name, spans in repeated.items():
        ties = {
            span: [*posts.get(span, ()), *_tie_before(words, span, references)] for span in spans
        }
        found.update(_name_all(name, _part(spans, ties, words.layout, said=said)))
    return found


def _post_to_tie(fact: HoldsPost, text: str) -> _Tie:
    person, title = fact.person.span, fact.post.span
    apposed = (
        person is not None
        and title is not None
        and title.end <= person.start
        and _ALSO_CALLED.fullmatch(text, title.end, person.start) is not None
    )
    return _Tie(
        fact.org.name,
        current=fact.status == "current",
        apposed=apposed,
        beside=_BESIDE.search(fact.post.name) is not None,
        is_place=fact.org.label == "PLACE",
    )


def _tie_before(words: Words, span: Span, references: References) -> Iterable[_Tie]:
    """The institution or place of 某某大学的林远, 来自某市的林远."""
    sentence = words.layout.sentence_at(span.start)
    before = references.within(Span(sentence.start, span.start), "ORG", "PLACE")
    if not before or before[-1].span is None:
        return
    last = before[-1].span
    if not _OF.fullmatch(words.text, last.end, span.start):
        return
    yield _Tie(
        before[-1].name,
        current=True,
        apposed=True,
        beside=False,
        is_place=before[-1].label == "PLACE",
    )


def _part(
    spans: Sequence[Span], ties: Mapping[Span, Sequence[_Tie]], layout: Layout, *, said: bool
) -> list[_Person]:
    """The persons of one name, each with its mentions; one where nothing parts them."""
    persons: list[_Person] = []
    waiting: list[Span] = []
    last: _Person | None = None
    for span in spans:
        told = ties[span]
        if not told:
            if last is None:
                waiting.append(span)
            else:
                last.mentions.append(span)
            continue
        sentence = layout.sentence_at(span.start)
        if said and any(s.start >= sentence.start for s in waiting):
            # 林远去了甲地，乙局的林远仍在: one person is not introduced after being named.
            persons.append(_Person(mentions=list(waiting)))
            waiting.clear()
        person = _find_person(persons, last, told, said=said)
        if person is None:
            person = _Person()
            persons.append(person)
        person.mentions.append(span)
        person.ties += told
        last = person
    if persons:
        persons[0].mentions += waiting
    return persons


def _find_person(
    persons: Sequence[_Person], last: _Person | None, told: Sequence[_Tie], *, said: bool
) -> _Person | None:
    """The person of before that a mention with ties means; None for another one."""
    for person in persons:
        if any(_is_one(mine, theirs) for mine in told for theirs in person.ties):
            return person
    open_to = [p for p in persons if not _are_two(told, p.ties, said=said)]
    if last is not None and any(p is last for p in open_to):
        return last
    return open_to[0] if len(open_to) == 1 and open_to[0].ties else None


def _is_one(mine: _Tie, theirs: _Tie) -> bool:
    """Whether two ties are to one institution, or to a whole and its part."""
    if mine.name.startswith(theirs.name) or theirs.name.startswith(mine.name):
        return True
    here, there = _division(mine.name), _division(theirs.name)
    if here is None or there is None:
        return False
    # 来自某市的林远 is the one of that city; two offices of a city need not be one person's.
    return (mine.is_place or theirs.is_place) and (
        here in _lineage(there) or there in _lineage(here)
    )


def _are_two(told: Sequence[_Tie], known: Sequence[_Tie], *, said: bool) -> bool:
    """Whether nobody holds the posts of both."""
    mine = [tie for tie in told if tie.current and tie.apposed and (said or not tie.beside)]
    theirs = [tie for tie in known if tie.current and (said or (tie.apposed and not tie.beside))]
    if not mine or not theirs:
        return False
    return all(_is_apart(a, b, said=said) for a in mine for b in theirs)


def _is_apart(mine: _Tie, theirs: _Tie, *, said: bool) -> bool:
    here, there = _division(mine.name), _division(theirs.name)
    if here is not None and there is not None:
        if here == there:
            return False
        if said:
            return True
        return _province(here) != _province(there)
    # An official of a place has no company or chair; where the text speaks of namesakes, any two
    # differ.
    return said or (
        (here is None) != (there is None)
        and any(_EMPLOYER.search(tie.name) for tie in (mine, theirs))
    )


_EMPLOYER = re.compile(r"(?:公司|集团|股份|大学|学院)\Z")


@lru_cache(maxsize=4096)  # the posts of one name are compared pair by pair
def _division(name: str) -> Division | None:
    return lookup_place(name) or institution_place(name)


def _lineage(division: Division) -> tuple[Division, ...]:
    return (division, *ancestors(division))


def _province(division: Division) -> str:
    return division.code[:2]


def _name_all(name: str, persons: Sequence[_Person]) -> Iterable[tuple[Span, str]]:
    """The mentions of several persons with the names that tell them apart."""
    if len(persons) < 2:
        return
    for person in persons:
        current = [tie.name for tie in person.ties if tie.current]
        mark = next(iter((*current, *(tie.name for tie in person.ties))), None)
        for span in person.mentions:
            if mark is not None:
                yield span, name_apart(name, mark)


def rename_arguments(references: References, names: Mapping[Span, str]) -> References:
    """The references with new canonical names of some mentions."""
    arguments = {span: _rename(argument, names) for span, argument in references.arguments.items()}
    return References(arguments, references.places, references.home)


def rename_entities(entities: Sequence[Entity], names: Mapping[Span, str]) -> tuple[Entity, ...]:
    """The entities with new canonical names of some."""
    return tuple(
        replace(entity, name=names[entity.span]) if entity.span in names else entity
        for entity in entities
    )


def rename_holders(facts: Sequence[Fact], names: Mapping[Span, str]) -> tuple[Fact, ...]:
    """The facts with new canonical names of the persons who hold posts."""
    return tuple(
        replace(fact, person=_rename(fact.person, names)) if isinstance(fact, HoldsPost) else fact
        for fact in facts
    )


def _rename(person: Argument, names: Mapping[Span, str]) -> Argument:
    """The person with its new name; the old one is an alias where the wording is another."""
    if person.span is None or person.span not in names:
        return person
    known = (person.name,) if person.text != person.name else ()
    return replace(person, name=names[person.span], aliases=(*known, *person.aliases))


@Language.factory(
    "tanpu_namesakes",
    assigns=["doc._.references", "doc._.entities", "doc._.facts"],
    requires=["doc._.references", "doc._.entities", "doc._.facts"],
)
def create_namesakes(nlp: Language, name: str) -> NamesakeParter:
    """The component by its registered name."""
    return NamesakeParter()


class NamesakeParter:
    """Tells the persons of a text apart who have one name."""

    def __init__(self) -> None:
        register_extensions()

    def __call__(self, doc: Doc) -> Doc:
        """Part, then rename."""
        names = part_namesakes(Words.from_doc(doc), doc._.facts, doc._.references)
        if names:
            doc._.references = rename_arguments(doc._.references, names)
            doc._.entities = rename_entities(doc._.entities, names)
            doc._.facts = rename_holders(doc._.facts, names)
        return doc
