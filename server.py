"""The application: settings, store, and the parts of ``web/``, put together.

>>> create_app({"TANPU_PAGE_SIZE": "0"})
Traceback (most recent call last):
...
web.errors.ConfigError: TANPU_PAGE_SIZE: expected a positive whole number, got '0'
"""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from graph.store import Store
from web import (
    assets,
    description,
    documents,
    entities,
    errors,
    headers,
    health,
    home,
    languages,
    pages,
    reconcile,
    runner,
    search,
    sparql,
    store,
    vocabulary,
)
from web.config import read_settings
from web.runner import close_runner
from web.sparql import UpdateAuthoriser, refuse_updates

# Beside those that a running or waiting query holds, so that the rest is answered meanwhile.
SPARE_THREADS = 8
POLL_SECONDS = 0.2
DRAIN_SECONDS = 10.0


def create_app(
    config: Mapping[str, Any] | None = None,
    *,
    authorise_update: UpdateAuthoriser = refuse_updates,
) -> Flask:
    """The service over one store.

    Args:
        config: settings by name, which win over the environment (see :mod:`web.config`);
            names without the prefix ``TANPU_`` are Flask's own. ``TANPU_STORE`` is the path
            of a store or a store that is already open.
        authorise_update: raises the error to answer when a client may not update the store.

    Raises:
        ConfigError: for a setting that cannot be used.
        StoreError: when there is no readable store at the path.
    """
    given = dict(config or {})
    opened = take_open_store(given)
    settings = read_settings(given)
    app = Flask("web")
    app.config.from_mapping(
        {k: v for k, v in given.items() if not k.startswith("TANPU_")},
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
        THREADS=settings.query_workers + settings.query_queue + SPARE_THREADS,
    )
    errors.init_app(app)
    headers.init_app(app)
    store.init_app(app, settings, opened)
    runner.init_app(app, settings, app.extensions[store.EXTENSION])
    pages.init_app(app)
    languages.init_app(app)
    assets.init_app(app)
    home.init_app(app)
    sparql.init_app(app, settings, authorise_update)
    description.init_app(app)
    documents.init_app(app)
    entities.init_app(app, settings)
    search.init_app(app, settings)
    reconcile.init_app(app)
    vocabulary.init_app(app)
    health.init_app(app)
    return app


def take_open_store(config: dict[str, Any]) -> Store | None:
    """Takes the open store out of ``config``; None when there is a path or nothing."""
    value = config.get("TANPU_STORE")
    if value is None or isinstance(value, str | Path):
        return None
    store: Store = config.pop("TANPU_STORE")
    return store


def serve(app: Flask, host: str, port: int) -> None:
    """Serves until SIGTERM or SIGINT, then lets the requests end that have been read.

    Prints the address once the port is open. Must be called in the main thread, which
    alone may handle signals.

    Args:
        app: the application.
        host: the address to listen on.
        port: the port; 0 takes a free one.

    Raises:
        OSError: when the port cannot be had.
    """
    sockets: dict[int, Any] = {}
    server = waitress.create_server(
        app,
        map=sockets,
        host=host,
        port=port,
        threads=app.config.get("THREADS", SPARE_THREADS),
        ident=None,
        # A result that is broken off is logged where it breaks, and needs no trace here.
        log_socket_errors=False,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
    )
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    previous = {sig: signal.signal(sig, stop) for sig in (signal.SIGTERM, signal.SIGINT)}
    address = f"[{host}]" if ":" in host else host
    listening = next(s for s in sockets.values() if isinstance(s, BaseWSGIServer))
    print(f"http://{address}:{listening.effective_port}/", flush=True)
    try:
        while not stopping:
            wasyncore.loop(POLL_SECONDS, map=sockets, count=1)
        _drain(sockets)
    finally:
        server.task_dispatcher.shutdown()
        wasyncore.close_all(sockets)
        close_runner(app)
        for sig, handler in previous.items():
            signal.signal(sig, handler)


def _drain(sockets: Mapping[int, Any]) -> None:
    """Accepts nothing more, and sends what is still owed, for a limited time."""
    for listening in sockets.values():
        if isinstance(listening, BaseWSGIServer):
            listening.accepting = False
    deadline = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < deadline:
        channels = [s for s in sockets.values() if isinstance(s, HTTPChannel)]
        if not any(c.requests or c.total_outbufs_len for c in channels):
            return
        wasyncore.loop(POLL_SECONDS, map=sockets, count=1)
