"""A reconciliation service on loopback whose answers a test scripts, and matches by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from graph.linking.client import Politeness
from graph.linking.links import Match, Source
from graph.linking.policy import Judgement, LinkStatus, MatchKind

BASE = "http://graph.example/"
SPACE = "https://names.example/id/"
MANIFEST = {
    "versions": ["0.1", "0.2"],
    "name": "Names",
    "identifierSpace": SPACE,
    "schemaSpace": "https://names.example/type/",
}
QUICK = Politeness(timeout=5.0, deadline=10.0, retries=2, backoff=0.0)
SOURCE = Source(
    iri="https://names.example/reconcile", name="Names", space=SPACE, method="reconciliation"
)


@dataclass
class Reply:
    """What the service answers to one request; a body in parts is sent part by part."""

    body: bytes | list[bytes]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class FakeService:
    """A service that answers what a function says, and remembers what it was asked."""

    url: str
    asked: list[dict[str, Any]]


Respond = Callable[[str, dict[str, Any]], Reply]
MakeService = Callable[[Respond], FakeService]


def json_reply(value: Any) -> Reply:
    return Reply(json.dumps(value).encode())


def candidate(
    identifier: str, name: str, score: float, *, match: bool = False, **more: Any
) -> dict[str, Any]:
    return {"id": identifier, "name": name, "score": score, "match": match, "type": [], **more}


def answer_with(
    candidates: Mapping[str, list[dict[str, Any]]], manifest: Mapping[str, Any] = MANIFEST
) -> Respond:
    """A service that knows the candidates of some names."""

    def respond(method: str, queries: dict[str, Any]) -> Reply:
        if method == "GET":
            return json_reply(manifest)
        return json_reply(
            {key: {"result": candidates.get(q["query"], [])} for key, q in queries.items()}
        )

    return respond


@pytest.fixture
def make_service() -> Iterator[MakeService]:
    servers: list[tuple[ThreadingHTTPServer, threading.Thread]] = []
    ending = threading.Event()

    def make(respond: Respond) -> FakeService:
        asked: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply(respond("GET", {}))

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                queries = json.loads(parse_qs(form)["queries"][0])
                asked.append(queries)
                self._reply(respond("POST", queries))

            def _reply(self, reply: Reply) -> None:
                parts = reply.body if isinstance(reply.body, list) else [reply.body]
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if "Content-Length" not in reply.headers:
                    self.send_header("Content-Length", str(sum(map(len, parts))))
                self.end_headers()
                try:
                    for number, part in enumerate(parts):
                        if number:
                            ending.wait(0.2)
                        self.wfile.write(part)
                        self.wfile.flush()
                except OSError:
                    pass

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        servers.append((server, thread))
        return FakeService(f"http://127.0.0.1:{server.server_port}/reconcile", asked)

    yield make
    ending.set()
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def match(
    entity: str = "org/a",
    target: str = "1",
    *,
    kind: MatchKind = "exactMatch",
    status: LinkStatus = "accepted",
    score: float | None = 97.5,
    name: str = "青禾电力",
    date: str = "2031-05-06",
    reason: str = "same name",
) -> Match:
    """A match of ``…/id/{entity}`` with the target of a number."""
    return Match(
        entity=f"{BASE}id/{entity}",
        target=SPACE + target,
        target_name=name,
        score=None if score is None else Decimal(str(score)),
        date=date,
        judgement=Judgement(kind, status, reason),
    )
