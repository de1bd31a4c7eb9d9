"""SPARQL endpoints on loopback, in threads: a right one, and such as do something else."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pyoxigraph as ox

RESULTS = "application/sparql-results+json"
FORM = "application/x-www-form-urlencoded"

# What an endpoint does with a query.
Behaviour = Callable[["Handler", str], None]


class Handler(BaseHTTPRequestHandler):
    """Notes a request, and lets the endpoint's behaviour answer it."""

    endpoint: Endpoint

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.endpoint.requests.append((self.path, dict(self.headers.items()), form))
        with suppress(OSError):
            self.endpoint.behaviour(self, form["query"][0])

    def do_GET(self) -> None:
        self.endpoint.requests.append((self.path, dict(self.headers.items()), {}))
        self.send_error(405)

    def answer(
        self,
        body: bytes,
        *,
        status: int = 200,
        media_type: str = RESULTS,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send a whole response."""
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Endpoint:
    """A server of its own; ``url`` is its address, ``requests`` what came.

    A request is its path, its headers and its form.
    """

    def __init__(self, behaviour: Behaviour, *, tls: ssl.SSLContext | None = None) -> None:
        self.behaviour = behaviour
        self.requests: list[tuple[str, dict[str, str], dict[str, list[str]]]] = []
        self.connections = 0
        handler = type("BoundHandler", (Handler,), {"endpoint": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.endpoint = self
        self._server.tls = tls
        self.port = self._server.server_address[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}/sparql"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def queries(self) -> list[str]:
        """The queries that came."""
        return [form["query"][0] for _, _, form in self.requests]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    endpoint: Endpoint
    tls: ssl.SSLContext | None

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        self.endpoint.connections += 1
        return connection, address

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is not None:
            try:
                request = self.tls.wrap_socket(request, server_side=True)
            except (ssl.SSLError, OSError):
                return
        super().finish_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


def serving(data: str) -> Behaviour:
    """An endpoint that answers queries about some Turtle, as the Protocol says."""
    store = ox.Store()
    store.load(data.encode(), format=ox.RdfFormat.TURTLE)

    def behave(handler: Handler, query: str) -> None:
        try:
            results = store.query(query)
        except SyntaxError as error:
            handler.answer(str(error).encode(), status=400, media_type="text/plain")
            return
        assert isinstance(results, ox.QuerySolutions | ox.QueryBoolean)
        body = results.serialize(format=ox.QueryResultsFormat.JSON)
        assert body is not None
        handler.answer(body)

    return behave


def saying(body: bytes, **more: Any) -> Behaviour:
    """An endpoint that answers the same to all."""
    return lambda handler, query: handler.answer(body, **more)


def solutions(variables: Sequence[str], *rows: Mapping[str, Any]) -> bytes:
    """Results in JSON."""
    return json.dumps({"head": {"vars": list(variables)}, "results": {"bindings": rows}}).encode()


def dripping(head: bytes, *, bytes_in_all: int = 1000, pause: float = 0.05) -> Behaviour:
    """An endpoint that sends a byte now and then, after the beginning of a response."""

    def behave(handler: Handler, query: str) -> None:
        handler.wfile.write(head)
        for _ in range(bytes_in_all):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(pause)

    return behave


def endless(handler: Handler, query: str) -> None:
    """Solutions without an end, as fast as they are taken."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + RESULTS.encode() + b"\r\n\r\n")
    handler.wfile.write(b'{"head":{"vars":["s"]},"results":{"bindings":[')
    piece = b'{"s":{"type":"literal","value":"x"}},' * 1000
    while True:
        handler.wfile.write(piece)
