"""Our service under several WSGI servers: a small query from 1, 4 and 16 clients, by turns.

The servers beside our own choice are not among our dependencies. They run where they are found:
a folder with them is named by the environment variable ``SERVERS``, as ``SERVERS=/tmp/servers``
after ``pip install --target /tmp/servers granian gunicorn cheroot``; without it those are left
out that are not installed. The clients and the triples are those of :mod:`bench.service`. Each
server is started as its documentation says, with one process unless its name says more, and with
as many threads as ours; more processes are measured for their speed alone, since each of them
has budgets, queues and jobs of its own.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask

from bench.service import (
    CLIENTS,
    NATIVE,
    OURS,
    PATIENCE,
    QUERIES,
    SETTINGS,
    SMOKE_TRIPLES,
    Endpoint,
    Row,
    answers,
    find_peer,
    free_port,
    load,
    measure,
    running,
    serving,
    serving_peer,
    write_triples,
)
from server import create_app
from web.config import Settings
from web.logs import make_formatter
from web.records import access_log

CASE = "points"
TRIPLES = 100_000
_SETTINGS = Settings()
_THREADS = str(_SETTINGS.query_workers + _SETTINGS.query_queue + 8)
_CHEROOT = """
import sys
from cheroot.wsgi import Server
from bench.servers import make_app
server = Server(("127.0.0.1", int(sys.argv[1])), make_app(), numthreads=int(sys.argv[2]))
server.keep_alive_conn_limit = 500
server.start()
"""
# The commands by name, less the interpreter; PORT and THREADS stand for what they say.
COMMANDS: Mapping[str, Sequence[str]] = {
    "cheroot": ("-c", _CHEROOT, "PORT", "THREADS"),
    "gunicorn gthread": (
        "-m", "gunicorn", "--worker-class", "gthread", "--threads", "THREADS", "--timeout", "0",
        "--bind", "127.0.0.1:PORT", "bench.servers:make_app()",
    ),
    "granian": (
        "-m", "granian", "--interface", "wsgi", "--factory", "--blocking-threads", "THREADS",
        "--port", "PORT", "bench.servers:make_app",
    ),
    "granian, 2 processes": (
        "-m", "granian", "--interface", "wsgi", "--factory", "--blocking-threads", "THREADS",
        "--port", "PORT", "--workers", "2", "bench.servers:make_app",
    ),
}  # fmt: skip


def run(*, smoke: bool) -> list[Row]:
    """Rows by number of clients and server; what is not installed has none."""
    triples = int(os.environ.get("BENCH_TRIPLES", SMOKE_TRIPLES if smoke else TRIPLES))
    seconds, rounds = (0.3, 1) if smoke else (1.0, 3)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as servers:
        folder = Path(name)
        write_triples(folder, triples)
        endpoints = [servers.enter_context(serving(folder))]
        command = find_peer(NATIVE)
        if command is not None:
            endpoints.append(servers.enter_context(serving_peer(NATIVE, command, folder)))
        for server in COMMANDS:
            if is_installed(server):
                endpoints.append(servers.enter_context(serving_under(server, folder)))
        for endpoint in endpoints:
            # Each process of a server has its own first requests.
            load(endpoint, QUERIES[CASE], max(CLIENTS), seconds, varied=True)
        for clients in CLIENTS:
            rows += measure(CASE, QUERIES[CASE], endpoints, clients, seconds=seconds, rounds=rounds)
    return rows


def make_app() -> Flask:
    """The application as ``tanpu serve`` makes it, with a line in the log for each request."""
    handler = logging.StreamHandler()
    handler.setFormatter(make_formatter(_SETTINGS.log_format))
    logging.basicConfig(handlers=[handler])
    access_log.setLevel(logging.INFO)
    return create_app()


def environment() -> dict[str, str]:
    """That of a server: where it is installed, and the settings of :mod:`bench.service`."""
    found = os.environ.get("SERVERS")
    here = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join([here] if found is None else [here, found])
    return {**os.environ, **SETTINGS, "PYTHONPATH": path}


def is_installed(server: str) -> bool:
    """Whether the package of a server can be imported."""
    package = server.partition(" ")[0].rstrip(",")
    tried = subprocess.run(
        [sys.executable, "-c", f"import {package}"],
        env=environment(),
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return tried.returncode == 0


@contextmanager
def serving_under(server: str, folder: Path) -> Iterator[Endpoint]:
    """Our service under one of the servers.

    Raises:
        RuntimeError: it does not answer in time.
    """
    port = free_port()
    values = {"PORT": str(port), "THREADS": _THREADS, "127.0.0.1:PORT": f"127.0.0.1:{port}"}
    arguments = [values.get(argument, argument) for argument in COMMANDS[server]]
    env = {**environment(), "TANPU_STORE": str(folder / OURS)}
    with running([sys.executable, *arguments], stdout=subprocess.DEVNULL, env=env) as process:
        endpoint = Endpoint(name=server, port=port, path="/sparql", pid=process.pid)
        until = time.monotonic() + PATIENCE
        while not answers(endpoint):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"expected {server} to answer at {port}, got nothing")
            time.sleep(0.5)
        yield endpoint
