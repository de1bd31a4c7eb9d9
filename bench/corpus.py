"""A store of made-up documents, filled fast: mapped once, then repeated with other names.

One article is mapped to triples as every article is. Each document repeats its triples with a
number, persons, places and companies of its own, so that names, offsets and links fit, and all
go into the database in bulk. Each article reports a meeting and says twenty things about one
institution, so that this institution has twenty statements for each document.

>>> person(0), len({person(number) for number in range(PERSONS)}) == PERSONS
('韦一倀', True)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph

from extract.document import SourceDocument
from extract.facts import (
    Argument,
    ArgumentLabel,
    Entity,
    Extraction,
    Fact,
    HeldAt,
    HeldOn,
    HoldsPost,
    Issues,
    Measures,
    Organizes,
    OrganizingRole,
    PartOf,
    Says,
    Span,
    TakesPart,
)
from graph.conversion import to_ox
from graph.identity import Minter
from graph.lookup import update_index
from graph.mapping import facts_to_graph
from graph.store import open_store
from ontology.terms import RDFS, SKOS

BASE = "http://127.0.0.1:8000/"
INSTITUTION = "云岭省能源局"
INDICATOR = "碳强度"
ABOUT_INSTITUTION = 20
PERSONS = 3000
GUESTS = 10
BATCH = 100
_TEMPLATE_ID = "made/0000"
_PUBLISHED = "2001-02-03"
_ROLES: tuple[OrganizingRole, ...] = ("hosts", "undertakes", "guides", "supports")


@dataclass(frozen=True, slots=True)
class Names:
    """What is called differently in each document; all names of a field have one length."""

    document: str
    published: str
    day: str
    meeting: str
    session: str
    place: str
    company: str
    regulation: str
    quotation: str
    figure: str
    persons: tuple[str, ...]
    things: tuple[str, ...]


def person(number: int) -> str:
    """A name of three characters for a number below :data:`PERSONS`."""
    return "韦" + chr(0x4E00 + number // 100) + chr(0x5000 + number % 100)


def names_of(number: int) -> Names:
    """The names of a document, by its number from 0 to 9,999."""
    year, month, day = 2010 + number % 20, 1 + number % 12, 1 + number % 28
    return Names(
        document=f"made/{number:04}",
        published=f"{year}-{month:02}-{day:02}",
        day=f"{year}-05-06",
        meeting=f"第{number:04}届云岭碳会",
        session=f"第{number:04}场储能对谈",
        place=f"云岭第{number % 40:02}园区",
        company=f"云岭第{number % 200:03}集团",
        regulation=f"云岭节能办法第{number:04}号",
        quotation=f"绿电是第{number:04}张名片",
        figure=f"{1000 + number * 37 % 9000}",
        persons=tuple(person((number * 7 + guest * 13) % PERSONS) for guest in range(GUESTS)),
        things=tuple(
            f"事项{number * ABOUT_INSTITUTION + part:06}" for part in range(ABOUT_INSTITUTION)
        ),
    )


_TEMPLATE_NAMES = Names(
    document=_TEMPLATE_ID,
    published=_PUBLISHED,
    day="2002-03-04",
    meeting="第甲乙丙丁届云岭碳会",
    session="第甲乙丙丁场储能对谈",
    place="云岭第甲乙园区",
    company="云岭第甲乙丙集团",
    regulation="云岭节能办法第甲乙丙丁号",
    quotation="绿电是第甲乙丙丁张名片",
    figure="9901",
    persons=tuple("卫子" + chr(0x5000 + guest) for guest in range(GUESTS)),
    things=tuple(f"事项甲乙丙丁{part:02}" for part in range(ABOUT_INSTITUTION)),
)


class Article:
    """A text that grows by sentences, with its facts and entities."""

    def __init__(self) -> None:
        self.text = ""
        self.facts: list[Fact] = []
        self.entities: list[Entity] = []
        self._sentence = Span(0, 1)

    def begin(self, sentence: str) -> Span:
        """Add a sentence; arguments that are made from now on stand in it."""
        start = len(self.text)
        self.text += sentence
        self._sentence = Span(start, len(self.text))
        return self._sentence

    def argument(self, name: str, label: ArgumentLabel) -> Argument:
        """An argument that the sentence names, and its mention."""
        start = self.text.index(name, self._sentence.start)
        span = Span(start, start + len(name))
        if all(entity.span != span for entity in self.entities):
            assert label != "THING"
            self.entities.append(
                Entity(span=span, label=label, text=name, name=name, confidence=0.9)
            )
        return Argument(label=label, text=name, name=name, span=span)


def fill_store(path: Path, *, documents: int) -> None:
    """Write made-up documents into a new store, with its index of names, and publish it.

    Args:
        path: the folder of the store; there must be none yet.
        documents: how many, at most 10,000.
    """
    template = Template(make_extraction(_TEMPLATE_NAMES), _TEMPLATE_NAMES)
    default = ox.DefaultGraph()
    with open_store(path, mode="write", base=BASE) as store:
        for first in range(0, documents, BATCH):
            numbers = range(first, min(first + BATCH, documents))
            triples = {n: template.render(names_of(n)) for n in numbers}
            quads = "".join(_with_graph(text, graph_of(n)) for n, text in triples.items())
            store.database.bulk_load(quads, format=ox.RdfFormat.N_QUADS, lenient=True)
            everything = "".join(triples.values())
            store.database.bulk_load(
                everything, format=ox.RdfFormat.N_TRIPLES, to_graph=default, lenient=True
            )
        store.optimize()
        store.publish()
        update_index(store)


def graph_of(number: int) -> str:
    """The IRI of the named graph of a document."""
    return str(Minter(BASE).graph(names_of(number).document))


def _with_graph(triples: str, graph: str) -> str:
    """N-Triples as N-Quads; a line break never stands within a term."""
    return triples.replace(" .\n", f" <{graph}> .\n")


class Template:
    """The triples of one article as a text with gaps.

    Args:
        extraction: of the article.
        names: those that it has, which each rendering replaces.
    """

    def __init__(self, extraction: Extraction, names: Names) -> None:
        graph = facts_to_graph(extraction, Minter(BASE))
        self._gaps = _gaps(names)
        self._named = _named_things(graph)
        pattern = "|".join(
            [rf"{re.escape(BASE)}id/[a-z]+/[^<>/#]*[0-9a-f]{{10}}(?=>)"]
            + [re.escape(gap) for gap in sorted(self._gaps, key=len, reverse=True)]
        )
        self._pieces = re.split(f"({pattern})", _to_n_triples(graph))

    def render(self, names: Names) -> str:
        """The triples of the document that has other names."""
        texts = dict(zip(self._gaps, _gaps(names), strict=True))
        fresh = names.document
        filled = dict(texts)
        for piece in set(self._pieces[1::2]) - texts.keys():
            name = self._named.get(piece)
            key = fresh if name is None else _replace_all(name, texts)
            filled[piece] = piece if key == name else _with_digest(piece, key)
        pieces = list(self._pieces)
        pieces[1::2] = [filled[piece] for piece in pieces[1::2]]
        return "".join(pieces)


def _gaps(names: Names) -> list[str]:
    """The texts that differ between documents, always in the same order."""
    single = [
        *(names.published, names.day, names.meeting, names.session, names.place),
        *(names.company, names.regulation, names.quotation, names.figure),
    ]
    encoded = names.document.replace("/", "%2F")
    return [names.document, encoded, *single, *names.persons, *names.things]


def _named_things(graph: Graph) -> Mapping[str, str]:
    """The names of things, by IRI; what has none is a statement of one document."""
    return {
        str(node): str(name)
        for prop in (RDFS.label, SKOS.prefLabel)
        for node, name in graph.subject_objects(prop)
    }


def _replace_all(text: str, texts: Mapping[str, str]) -> str:
    for old, new in texts.items():
        text = text.replace(old, new)
    return text


def _with_digest(iri: str, key: str) -> str:
    """An IRI with the digest that belongs to a key instead of its own."""
    return iri[:-10] + hashlib.sha256(f"{iri} {key}".encode()).hexdigest()[:10]


def _to_n_triples(graph: Graph) -> str:
    triples = (ox.Triple(to_ox(s), to_ox(p), to_ox(o)) for s, p, o in graph)  # type: ignore[arg-type]
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert data is not None
    return data.decode("utf-8")


def make_extraction(names: Names) -> Extraction:
    """What one article says: the meeting first, then the institution that all articles share."""
    article = Article()
    for facts in (say_usual(article, names), say_of_institution(article, names.things)):
        article.facts.extend(facts)
    document = SourceDocument(
        id=names.document,
        text=article.text,
        title=f"{names.meeting}举行",
        published=names.published,
        source="云岭新报",
        url=f"https://news.example/{names.document}",
    )
    return Extraction(
        document=document,
        entities=tuple(article.entities),
        facts=tuple(article.facts),
        pipeline="bench",
    )


def say_usual(article: Article, names: Names) -> Iterator[Fact]:
    """What a report on a meeting says."""
    span = article.begin(f"{names.day}，{names.meeting}在{names.place}举行，")
    event = article.argument(names.meeting, "FORUM")
    place = article.argument(names.place, "PLACE")
    yield HeldOn(event=event, start_date=names.day, end_date=names.day, evidence=span)
    yield HeldAt(event=event, place=place, evidence=span)
    span = article.begin(f"由{names.company}承办，下设{names.session}。")
    company = article.argument(names.company, "ORG")
    yield Organizes(org=company, event=event, role="undertakes", evidence=span)
    yield PartOf(event=article.argument(names.session, "FORUM"), whole=event, evidence=span)
    for who in names.persons:
        span = article.begin(f"{names.company}总经理{who}出席{names.meeting}。")
        guest, at = article.argument(who, "PERSON"), article.argument(names.meeting, "FORUM")
        post, held = article.argument("总经理", "POST"), article.argument(names.company, "ORG")
        yield TakesPart(person=guest, event=at, evidence=span)
        yield HoldsPost(person=guest, post=post, org=held, evidence=span)
    span = article.begin(f"“{names.quotation}。”{names.persons[0]}说。")
    start = article.text.index(names.quotation)
    yield Says(
        speaker=article.argument(names.persons[0], "PERSON"),
        words=names.quotation,
        words_span=Span(start, start + len(names.quotation)),
        verb="说",
        manner="direct",
        evidence=span,
    )
    span = article.begin(f"{names.company}发布《{names.regulation}》。")
    yield Issues(
        org=article.argument(names.company, "ORG"),
        regulation=article.argument(names.regulation, "REGULATION"),
        date=names.day,
        evidence=span,
    )
    span = article.begin(f"2020年，{names.place}{INDICATOR}为{names.figure}吨。")
    yield Measures(
        subject=article.argument(names.place, "PLACE"),
        indicator=INDICATOR,
        value=Decimal(names.figure),
        value_text=f"{names.figure}吨",
        unit="吨",
        period="2020",
        evidence=span,
    )


def say_of_institution(article: Article, things: Sequence[str]) -> Iterator[Fact]:
    """Statements about the institution, each with a thing of its own."""
    for part, thing in enumerate(things):
        if part % 5 < 2:
            span = article.begin(f"{INSTITUTION}主办{thing}。")
            yield Organizes(
                org=article.argument(INSTITUTION, "ORG"),
                event=article.argument(thing, "FORUM"),
                role=_ROLES[part % len(_ROLES)],
                evidence=span,
            )
        elif part % 5 == 2:
            span = article.begin(f"{INSTITUTION}发布《{thing}》。")
            yield Issues(
                org=article.argument(INSTITUTION, "ORG"),
                regulation=article.argument(thing, "REGULATION"),
                date="2020",
                evidence=span,
            )
        elif part % 5 == 3:
            span = article.begin(f"{INSTITUTION}处长{thing}说明情况。")
            yield HoldsPost(
                person=article.argument(thing, "PERSON"),
                post=article.argument("处长", "POST"),
                org=article.argument(INSTITUTION, "ORG"),
                evidence=span,
            )
        else:
            span = article.begin(f"{INSTITUTION}参加{thing}。")
            yield TakesPart(
                person=article.argument(INSTITUTION, "ORG"),
                event=article.argument(thing, "FORUM"),
                evidence=span,
            )
