"""How long pages take on 1,000 documents, one of whose institutions has 50,000 incoming links.

The documents are made up by number. Each has a forum with organisers, guests, a place and a date,
a regulation, figures and words that somebody said; and fifty sentences about one institution,
which all documents share.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median
from urllib.parse import quote

from flask.testing import FlaskClient

from bench.measure import seconds
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
    Says,
    Span,
    TakesPart,
)
from graph.identity import EntityKind, Minter
from graph.mapping import facts_to_graph
from graph.store import Store, open_store
from server import create_app

BASE = "http://127.0.0.1:8000/"
HUB = "云岭省能源局"
PLACES = 40
PERSONS = 3000
ROLES: tuple[OrganizingRole, ...] = ("hosts", "undertakes", "guides", "supports")
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The seconds that a page takes: the median of some requests, and the slowest."""

    page: str
    median: float
    slowest: float
    kilobytes: float


class Sentences:
    """A text that grows by sentences, and what was said in them."""

    def __init__(self) -> None:
        self.text = ""
        self.facts: list[Fact] = []
        self.entities: list[Entity] = []
        self._sentence = Span(0, 1)

    def begin(self, sentence: str) -> Span:
        """Add a sentence; the arguments made from now on stand in it."""
        start = len(self.text)
        self.text += sentence
        self._sentence = Span(start, len(self.text))
        return self._sentence

    def argument(self, name: str, label: ArgumentLabel) -> Argument:
        """An argument that the sentence names, and its mention."""
        start = self.text.index(name, self._sentence.start)
        span = Span(start, start + len(name))
        if label != "THING" and all(entity.span != span for entity in self.entities):
            self.entities.append(
                Entity(span=span, label=label, text=name, name=name, confidence=0.9)
            )
        return Argument(label=label, text=name, name=name, span=span)


def run(*, smoke: bool) -> list[Row]:
    """Make the store and ask for every kind of page; the smoke pass has few documents."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        fill(path, documents=4 if smoke else 1000)
        return measure(path, rounds=2 if smoke else 9)


def fill(path: Path, *, documents: int) -> None:
    """Write the made-up documents into a store and publish it."""
    minter = Minter(BASE)
    with open_store(path, mode="write", base=BASE) as store:
        for first in range(0, documents, BATCH):
            numbers = range(first, min(first + BATCH, documents))
            store.replace_graphs(
                {
                    str(minter.graph(f"made/{n}")): facts_to_graph(make_extraction(n), minter)
                    for n in numbers
                }
            )
        publish(store)


def publish(store: Store) -> None:
    """Put what was loaded in order and publish it."""
    store.optimize()
    store.publish()


def measure(path: Path, *, rounds: int) -> list[Row]:
    """Ask for each page several times and take the times."""
    app = create_app({"TANPU_STORE": path})
    client = app.test_client()
    return [time_page(client, name, path, rounds=rounds) for name, path in paths().items()]


def time_page(client: FlaskClient, name: str, path: str, *, rounds: int) -> Row:
    """The times of one page, after one untimed request.

    Raises:
        RuntimeError: when it is not answered with 200.
    """
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"expected 200 for {path}, got {response.status_code}")
    times = [seconds(lambda: client.get(path)) for _ in range(rounds)]
    size = len(response.get_data()) / 1000
    return Row(page=name, median=median(times), slowest=max(times), kilobytes=size)


def paths() -> Mapping[str, str]:
    """A path for every kind of page, by name."""
    hub = path_of("org", HUB)
    return {
        "institution with 50,000 links": hub,
        "the same, one kind, page 100": f"{hub}?kind=organizing&page=100",
        "the same, sure statements": f"{hub}?confidence=0.5",
        "its timeline": hub.replace("/page/", "/timeline/", 1),
        "its neighbourhood": hub.replace("/page/", "/neighbourhood/", 1),
        "person": path_of("person", person(1)),
        "institution": path_of("org", "云岭第1集团"),
        "forum": path_of("forum", "第1届云岭碳会"),
        "regulation": path_of("regulation", "云岭节能办法第1号"),
        "place": path_of("place", "云岭第1园区"),
        "indicator": path_of("indicator", "碳强度"),
        "document": f"/page/document/{quote('made/1')}",
        "documents": "/documents",
        "home": "/",
        "search": "/search?q=" + quote("云岭"),
    }


def path_of(kind: EntityKind, name: str) -> str:
    """The path of the page of a thing."""
    return "/page/" + str(Minter(BASE).entity(kind, name)).removeprefix(f"{BASE}id/")


def person(number: int) -> str:
    """A name of three characters for a number."""
    return "韦" + chr(0x4E00 + number // 100) + chr(0x5800 + number % 100)


def make_extraction(number: int) -> Extraction:
    """One document: what is usual, and fifty sentences about the institution."""
    made = Sentences()
    for facts in (say_usual(made, number), say_of_hub(made, number)):
        made.facts.extend(facts)
    document = SourceDocument(
        id=f"made/{number}",
        text=made.text,
        title=f"第{number}届云岭碳会举行",
        published=f"20{10 + number % 20}-{1 + number % 12:02}-{1 + number % 28:02}",
        source="云岭新报",
        url=f"https://news.example/{number}",
    )
    return Extraction(
        document=document,
        entities=tuple(made.entities),
        facts=tuple(made.facts),
        pipeline="bench",
    )


def say_usual(made: Sentences, number: int) -> Iterator[Fact]:
    """What a report on a meeting says."""
    day = f"20{10 + number % 20}-05-06"
    name, place, firm = (
        f"第{number}届云岭碳会",
        f"云岭第{number % PLACES}园区",
        f"云岭第{number % 200}集团",
    )
    span = made.begin(f"{name}在{place}举行，由{firm}承办。")
    event = made.argument(name, "FORUM")
    where, company = made.argument(place, "PLACE"), made.argument(firm, "ORG")
    yield HeldOn(event=event, start_date=day, end_date=day, evidence=span)
    yield HeldAt(event=event, place=where, evidence=span)
    yield Organizes(org=company, event=event, role="undertakes", evidence=span)
    for guest in range(10):
        who = person((number * 7 + guest * 13) % PERSONS)
        span = made.begin(f"{firm}总经理{who}出席{name}。")
        speaker, at = made.argument(who, "PERSON"), made.argument(name, "FORUM")
        post, held = made.argument("总经理", "POST"), made.argument(firm, "ORG")
        yield TakesPart(person=speaker, event=at, evidence=span)
        yield HoldsPost(person=speaker, post=post, org=held, evidence=span)
    who = person((number * 7) % PERSONS)
    span = made.begin(f"“绿电是第{number}张名片。”{who}说。")
    words = f"绿电是第{number}张名片"
    start = made.text.index(words)
    yield Says(
        speaker=made.argument(who, "PERSON"),
        words=words,
        words_span=Span(start, start + len(words)),
        verb="说",
        manner="direct",
        evidence=span,
    )
    rule = f"云岭节能办法第{number}号"
    span = made.begin(f"{firm}发布《{rule}》。")
    yield Issues(
        org=made.argument(firm, "ORG"),
        regulation=made.argument(rule, "REGULATION"),
        date=day,
        evidence=span,
    )
    year = 2010 + number % 20
    span = made.begin(f"{year}年，{place}碳强度为{number % 97}吨。")
    yield Measures(
        subject=made.argument(place, "PLACE"),
        indicator="碳强度",
        value=Decimal(number % 97),
        value_text=f"{number % 97}吨",
        unit="吨",
        period=str(year),
        evidence=span,
    )


def say_of_hub(made: Sentences, number: int) -> Iterator[Fact]:
    """Fifty statements about the institution that all documents share."""
    for part in range(50):
        key = number * 50 + part
        if part < 20:
            forum = f"云岭第{key}场对话"
            span = made.begin(f"{HUB}主办{forum}。")
            yield Organizes(
                org=made.argument(HUB, "ORG"),
                event=made.argument(forum, "FORUM"),
                role=ROLES[part % len(ROLES)],
                evidence=span,
            )
        elif part < 30:
            rule = f"云岭规定第{key}号"
            span = made.begin(f"{HUB}发布《{rule}》。")
            yield Issues(
                org=made.argument(HUB, "ORG"),
                regulation=made.argument(rule, "REGULATION"),
                date="2020",
                evidence=span,
            )
        elif part < 40:
            who = f"卫第{key}"
            span = made.begin(f"{HUB}处长{who}说明情况。")
            yield HoldsPost(
                person=made.argument(who, "PERSON"),
                post=made.argument("处长", "POST"),
                org=made.argument(HUB, "ORG"),
                evidence=span,
            )
        else:
            span = made.begin(f"{HUB}节电{key}度。")
            yield Measures(
                subject=made.argument(HUB, "ORG"),
                indicator="节电量",
                value=Decimal(key),
                value_text=f"{key}度",
                unit="度",
                period="2020",
                evidence=span,
            )


def to_table(rows: list[Row]) -> str:
    """The rows as a table in Markdown, times in milliseconds."""
    lines = ["| page | median ms | slowest ms | kB |", "|---|---|---|---|"]
    lines += [
        f"| {row.page} | {row.median * 1000:.0f} | {row.slowest * 1000:.0f} | {row.kilobytes:.0f} |"
        for row in rows
    ]
    return "\n".join(lines)
