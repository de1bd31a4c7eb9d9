"""Endpoints that end with their test."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator

import pytest

from tests.graph.federation.endpoints import Behaviour, Endpoint


@pytest.fixture
def start_endpoint() -> Iterator[Callable[..., Endpoint]]:
    """Start an endpoint that behaves in a way."""
    started: list[Endpoint] = []

    def start(behaviour: Behaviour, *, tls: ssl.SSLContext | None = None) -> Endpoint:
        started.append(Endpoint(behaviour, tls=tls))
        return started[-1]

    yield start
    for endpoint in started:
        endpoint.close()
