"""Services as processes of their own, for tests of what only a process can do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

# Starts a program with arguments; gives its process, and host with port.
Start = Callable[..., tuple[subprocess.Popen[str], str]]


@contextmanager
def starting_programs(root: Path) -> Iterator[Start]:
    """What starts programs of Python that serve and print their address first.

    They run in the folder ``root`` and are killed when the block ends.
    """
    started: list[subprocess.Popen[str]] = []

    def start(program: str, *arguments: str) -> tuple[subprocess.Popen[str], str]:
        running = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdout=subprocess.PIPE,
            # A pipe that nobody reads would stop the service once it is full.
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
        )
        started.append(running)
        assert running.stdout is not None
        return running, urlsplit(running.stdout.readline().strip()).netloc

    try:
        yield start
    finally:
        for running in started:
            running.kill()
            running.communicate()
