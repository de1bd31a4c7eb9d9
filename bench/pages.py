"""How long every kind of page takes on 1,000 documents, in both languages, and what it weighs.

The documents are made up (``bench/corpus.py``); one institution has 20,000 statements, to which
over 70,000 triples lead. Pages are asked of the application itself, without a network, by turns,
so that other load falls on all alike; ``/healthz`` is the peer, which is as little as an answer
can be. The first request of a page comes before those that are counted: on it templates are made.
Processor time is that of this process; queries of the SPARQL page run in another one.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote, urlencode

from flask.testing import FlaskClient

from bench.corpus import BASE, INSTITUTION, fill_store, names_of
from graph.identity import Minter
from server import create_app
from web.config import Settings
from web.reading import page_count
from web.runner import close_runner

DOCUMENTS, SMOKE_DOCUMENTS = 1000, 3
ROUNDS, SMOKE_ROUNDS = 7, 1
PEER = "/healthz"
LANGUAGES = ("zh", "en")
GOAL_SECONDS, GOAL_BYTES = 0.2, 300_000
_CLASSES = ("person", "org", "forum", "regulation", "place", "post", "indicator", "title")
_ONE_STATEMENT = "SELECT ?s { ?s a <https://w3id.org/tanpu/ontology#Organizing> } LIMIT 1"
_ORGANIZED = """
SELECT (COUNT(*) AS ?n) { ?s <https://w3id.org/tanpu/ontology#organizer> ?o } GROUP BY ?o
"""
_FORUMS = "SELECT * { ?s a <https://w3id.org/tanpu/ontology#Forum> ; ?p ?o } LIMIT 30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a page takes: seconds of the first request and medians of the others, bytes of HTML.

    ``seconds`` has an entry for each language, ``processor`` is the median of both; ``peer`` is
    the processor time of the peer.
    """

    page: str
    first: float
    seconds: Mapping[str, float]
    processor: float
    peer: float
    size: int


def run(*, smoke: bool) -> list[Row]:
    """Fill a store and ask for every kind of page; the smoke pass has few documents."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store"
        fill_store(path, documents=SMOKE_DOCUMENTS if smoke else DOCUMENTS)
        return measure(path, rounds=SMOKE_ROUNDS if smoke else ROUNDS)


def measure(store: Path, *, rounds: int) -> list[Row]:
    """Ask a service over a store of :func:`bench.corpus.fill_store` for every kind of page."""
    app = create_app(
        {"TANPU_STORE": store, "TANPU_QUERY_WORKERS": 1, "TANPU_CLIENT_SECONDS": 10**6}
    )
    client = app.test_client()
    try:
        return [
            ask_page(client, name, path, rounds=rounds) for name, path in find_pages(client).items()
        ]
    finally:
        close_runner(app)


def ask_page(client: FlaskClient, page: str, path: str, *, rounds: int) -> Row:
    """Ask for a page and the peer by turns."""
    addresses = {lang: f"{path}{'&' if '?' in path else '?'}lang={lang}" for lang in LANGUAGES}
    first, _, size = ask(client, addresses["zh"])
    ask(client, PEER)
    wall: dict[str, list[float]] = {lang: [] for lang in LANGUAGES}
    processor, peers = list[float](), list[float]()
    for _ in range(rounds):
        for lang, address in addresses.items():
            taken, used, _ = ask(client, address)
            wall[lang].append(taken)
            processor.append(used)
            peers.append(ask(client, PEER)[1])
    return Row(
        page=page,
        first=first,
        seconds={lang: median(values) for lang, values in wall.items()},
        processor=median(processor),
        peer=median(peers),
        size=size,
    )


def ask(client: FlaskClient, path: str) -> tuple[float, float, int]:
    """Seconds, processor seconds and bytes of one answer.

    Raises:
        RuntimeError: when it is not answered with 200.
    """
    start, used = time.perf_counter(), time.process_time()
    response = client.get(path, headers={"Accept": "text/html"})
    body = response.get_data()
    taken, used = time.perf_counter() - start, time.process_time() - used
    if response.status_code != 200:
        raise RuntimeError(f"expected 200 for {path}, got {response.status_code}")
    return taken, used, len(body)


def find_pages(client: FlaskClient) -> dict[str, str]:
    """A path for every kind of page, by what it is."""
    named = {one: read_json(client, "/search", **{"class": one})["results"][0] for one in _CLASSES}
    pages = {one: "/page/" + found["id"].partition("/id/")[2] for one, found in named.items()}
    hub = "/page/" + str(Minter(BASE).entity("org", INSTITUTION)).removeprefix(f"{BASE}id/")
    answer = read_json(client, "/sparql", query=_ONE_STATEMENT)
    statement = answer["results"]["bindings"][0]["s"]["value"]
    counted = read_json(client, "/sparql", query=_ORGANIZED)["results"]["bindings"]
    organized = max(int(row["n"]["value"]) for row in counted)
    last = page_count(organized, Settings().page_size)
    document = quote(names_of(0).document, safe="")
    forum = pages["forum"]
    return {
        "home": "/",
        "search": f"/search?q={quote('云岭')}",
        "class": "/search?class=person",
        "documents": "/documents",
        "document": f"/page/document/{document}",
        "history of a document": f"/history/{document}",
        **pages,
        "statement": "/page/" + statement.partition("/id/")[2],
        "timeline": forum.replace("/page/", "/timeline/", 1),
        "neighbourhood": forum.replace("/page/", "/neighbourhood/", 1),
        "citation": forum.replace("/page/", "/cite/", 1),
        "crowded institution": hub,
        "its last forums": f"{hub}?kind=organizing&role=organizer&page={last}",
        "its timeline": hub.replace("/page/", "/timeline/", 1),
        "its neighbourhood": hub.replace("/page/", "/neighbourhood/", 1),
        "contradictions": f"/contradictions?{urlencode({'about': f'{BASE}id/' + forum[6:]})}",
        "review": "/review",
        "SPARQL": "/sparql",
        "SPARQL answer": f"/sparql?{urlencode({'query': _FORUMS})}",
        "try": "/try",
        "ontology": "/ontology",
        "shapes": "/shapes",
        "API": "/api",
    }


def read_json(client: FlaskClient, path: str, **arguments: str) -> Any:
    """What the service answers in JSON."""
    response = client.get(path, query_string=arguments, headers={"Accept": "application/json"})
    return json.loads(response.get_data())


def to_table(rows: list[Row]) -> str:
    """The rows as Markdown, times in milliseconds; what misses a goal is in bold."""
    lines = [
        "| page | first | zh | en | processor | times the peer's | kB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        cells = [f"{row.first * 1000:.0f}"]
        cells += [_flag(f"{s * 1000:.0f}", s > GOAL_SECONDS) for s in row.seconds.values()]
        cells += [f"{row.processor * 1000:.0f}", f"{row.processor / row.peer:.0f}"]
        cells += [_flag(f"{row.size / 1000:.0f}", row.size > GOAL_BYTES)]
        lines.append(f"| {row.page} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _flag(text: str, missed: bool) -> str:
    return f"**{text}**" if missed else text
