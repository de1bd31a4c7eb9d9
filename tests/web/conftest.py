"""A small store in memory, built from facts by hand, and the application over it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
import waitress
from flask import Flask
from flask.testing import FlaskClient
from waitress import wasyncore

from extract.document import SourceDocument
from extract.facts import (
    Alias,
    Argument,
    ArgumentLabel,
    Dated,
    Entity,
    EntityLabel,
    Extraction,
    Fact,
    HeldAt,
    HeldOn,
    HoldsPost,
    Issues,
    Measures,
    Organizes,
    PartOf,
    Ranks,
    Relates,
    Says,
    Span,
    TakesPart,
    Theme,
)
from graph.identity import Minter
from graph.lookup import publish_with_index
from graph.mapping import facts_to_graph
from graph.store import Store, open_store
from server import ServerLoop, create_app

BASE = "http://graph.example/"
TEXT = (
    "2031云梦零碳峰会5月6日在北湾会展中心举行，主题为“风从海上来”。\n"
    "峰会由北湾市绿能局主办，峰会下设储能对话。北湾市副市长韦一诺视频致辞，前主任贺临川出席储能对话。\n"
    "北湾市绿能局2030年3月印发《北湾海风办法》（简称《海风办法》）。\n"
    "2030年，北湾市海风装机超过1.25万座。近日又有新进展。\n"
    "“海风不会停。”韦一诺说。"
)
# An id with a slash, and one that ends like a format's suffix.
FORUM_ID = "news/2031-05"
HOSTILE_ID = "bad.ttl"
HOSTILE_NAME = "<script>alert(1)</script>\u202e\u0627\u0644"
LONG_NAME = "长" * 600


def span_of(part: str, text: str = TEXT) -> Span:
    start = text.index(part)
    return Span(start, start + len(part))


def entity(text: str, label: EntityLabel, name: str | None = None) -> Entity:
    return Entity(span=span_of(text), label=label, text=text, name=name or text, confidence=0.9)


def argument(
    text: str, label: ArgumentLabel, name: str | None = None, aliases: tuple[str, ...] = ()
) -> Argument:
    return Argument(label=label, text=text, name=name or text, span=span_of(text), aliases=aliases)


def forum_extraction() -> Extraction:
    summit = argument("2031云梦零碳峰会", "FORUM", aliases=("云梦峰会",))
    talk = argument("储能对话", "FORUM")
    bureau = argument("北湾市绿能局", "ORG", aliases=("绿能局",))
    speaker, former = argument("韦一诺", "PERSON"), argument("贺临川", "PERSON")
    city = Argument(label="PLACE", text="北湾市", name="北湾市", span=span_of("北湾市副"))
    rule = argument("北湾海风办法", "REGULATION")
    law = Argument(label="REGULATION", text="节能法", name="云岭节能法")
    first, second = span_of(TEXT.split("\n")[0]), span_of(TEXT.split("\n")[1])
    third, fourth = span_of(TEXT.split("\n")[2]), span_of(TEXT.split("\n")[3])
    facts: tuple[Fact, ...] = (
        HeldOn(event=summit, start_date="2031-05-06", end_date="2031-05-06", evidence=first),
        HeldAt(event=summit, place=argument("北湾会展中心", "PLACE"), evidence=first),
        Theme(event=summit, text="风从海上来", evidence=first),
        Organizes(org=bureau, event=summit, role="hosts", evidence=second),
        PartOf(event=talk, whole=summit, evidence=second),
        HoldsPost(
            person=speaker,
            post=argument("副市长", "POST"),
            org=city,
            evidence=second,
            confidence=0.75,
        ),
        HoldsPost(
            person=former,
            post=argument("主任", "POST"),
            org=bureau,
            status="former",
            evidence=second,
        ),
        TakesPart(person=speaker, event=summit, role="addresses", mode="video", evidence=second),
        TakesPart(person=former, event=talk, evidence=second),
        Says(
            speaker=speaker,
            words="海风不会停",
            words_span=span_of("海风不会停"),
            verb="说",
            manner="direct",
            event=summit,
            evidence=span_of(TEXT.split("\n")[4]),
        ),
        Issues(org=bureau, regulation=rule, date="2030-03", evidence=third),
        Alias(name=rule, alias="海风办法", evidence=third),
        Relates(
            regulation=rule,
            relation="based_on",
            other=law,
            articles=("10",),
            articles_text="第十条",
            evidence=third,
        ),
        Relates(
            relation="cites", other=law, articles=("3",), articles_text="第三条", evidence=third
        ),
        Dated(regulation=rule, step="in_force", date="2030-04-01", evidence=third),
        Ranks(
            subject=city,
            indicator="海风装机",
            rank=3,
            rank_kind="within",
            rank_text="全国前三",
            scope="全国",
            period="2030",
            evidence=fourth,
        ),
        Measures(
            subject=city,
            indicator="海风装机",
            value=Decimal(12500),
            value_text="1.25万座",
            unit="座",
            period="2030",
            qualifier=("over",),
            evidence=fourth,
        ),
    )
    entities = (
        entity("2031云梦零碳峰会", "FORUM"),
        entity("5月6日", "DATE", "2031-05-06"),
        entity("北湾会展中心", "PLACE"),
        entity("北湾市绿能局", "ORG"),
        entity("副市长", "POST"),
        entity("韦一诺", "PERSON"),
        entity("贺临川", "PERSON"),
        entity("北湾海风办法", "REGULATION"),
        entity("近日", "DATE"),
    )
    document = SourceDocument(
        id=FORUM_ID,
        text=TEXT,
        title="云梦峰会举行",
        published="2031-05-07",
        source="云梦新报",
        url="https://news.example/1",
        retrieved="2031-05-08T01:02:03Z",
    )
    return Extraction(document=document, entities=entities, facts=facts, pipeline="test 1")


def hostile_extraction() -> Extraction:
    text = f"{HOSTILE_NAME}出席。{LONG_NAME}。"
    persons = [
        Argument(label="PERSON", text=name, name=name, span=span_of(name, text))
        for name in (HOSTILE_NAME, LONG_NAME)
    ]
    meeting = Argument(label="FORUM", text="会", name="“><img src=x onerror=alert(1)>")
    facts = tuple(
        TakesPart(person=person, event=meeting, evidence=Span(0, len(text))) for person in persons
    )
    document = SourceDocument(
        id=HOSTILE_ID,
        text=text,
        title="</title><script>alert(2)</script>",
        source="<b>报</b>",
        url="javascript:alert(3)",
    )
    entities = (
        Entity(span=span_of(LONG_NAME, text), label="PERSON", text=LONG_NAME, name=LONG_NAME),
    )
    return Extraction(document=document, entities=entities, facts=facts, pipeline="test 1")


def fill(store: Store, *extractions: Extraction) -> None:
    minter = Minter(store.base)
    for extraction in extractions:
        iri = str(minter.graph(extraction.document.id))
        store.replace_graph(iri, facts_to_graph(extraction, minter))
    publish_with_index(store)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None, mode="write", base=BASE) as opened:
        fill(opened, forum_extraction(), hostile_extraction())
        yield opened


@pytest.fixture
def make_app(store: Store) -> Callable[..., Flask]:
    """Make the application over the store, with settings."""

    def make(**settings: Any) -> Flask:
        return create_app({"TANPU_STORE": store, "TESTING": True, **settings})

    return make


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def minter() -> Minter:
    return Minter(BASE)


@pytest.fixture
def path_of(minter: Minter) -> Callable[..., str]:
    """The path of an entity under /id, /page or /data."""

    def find(folder: str, kind: Any, name: str) -> str:
        return f"/{folder}/" + str(minter.entity(kind, name)).removeprefix(BASE + "id/")

    return find


@pytest.fixture
def serve_app() -> Iterator[Callable[[Flask], tuple[str, int]]]:
    """Serve an application under waitress on a free port of loopback; gives host and port."""
    running: list[tuple[dict[int, Any], Any, threading.Thread]] = []
    stopping = threading.Event()

    def serve(app: Flask) -> tuple[str, int]:
        sockets: dict[int, Any] = {}
        server = waitress.create_server(
            app,
            map=sockets,
            host="127.0.0.1",
            port=0,
            threads=16,
            ident=None,
            log_socket_errors=False,
        )

        def run_loop() -> None:
            loop = ServerLoop(app, sockets)
            while not stopping.is_set():
                loop.turn(0.05)

        thread = threading.Thread(target=run_loop)
        thread.start()
        running.append((sockets, server, thread))
        return "127.0.0.1", server.effective_port

    yield serve
    stopping.set()
    for sockets, server, thread in running:
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)
