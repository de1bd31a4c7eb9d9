"""The service as a process: the address that it prints, and how it stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = """
import time
from flask import Flask
from server import serve

app = Flask("slow")
app.config["MAX_CONTENT_LENGTH"] = 1000

@app.get("/")
def slow():
    print("started", flush=True)
    time.sleep(1)
    return "x" * 20_000_000

serve(app, "127.0.0.1", 0)
"""


@pytest.fixture
def process(root: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as running:
        yield running
        running.kill()


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_running_request_end(
    process: subprocess.Popen[str], signal_number: signal.Signals
) -> None:
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    lengths: list[int] = []

    def fetch() -> None:
        with urllib.request.urlopen(address) as response:
            time.sleep(0.5)
            lengths.append(len(response.read()))

    client = threading.Thread(target=fetch)
    client.start()
    assert process.stdout.readline() == "started\n"
    process.send_signal(signal_number)
    client.join(timeout=30)
    assert lengths == [20_000_000]
    assert process.wait(timeout=30) == 0
