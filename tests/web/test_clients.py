from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, request

from web.clients import Networks, address_to_key, find_client, read_address

PROXIES = Networks(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("", "10.0.0.1"),
        ("203.0.113.7", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, 10.9.9.9", "203.0.113.7"),
        ("10.1.1.1, 10.9.9.9", "10.1.1.1"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("unknown, 10.9.9.9", "10.9.9.9"),
        ("203.0.113.7, ,", "10.0.0.1"),
        ("<script>", "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_that_is_no_trusted_proxy(forwarded: str, client: str) -> None:
    assert find_client("10.0.0.1", forwarded, PROXIES) == client


@pytest.mark.parametrize("text", ["", "unknown", "1.2.3", "1.2.3.4.5", "::1::", "[", "300.1.1.1"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_a_household_is_one_client(address: str, key: str) -> None:
    assert address_to_key(address) == key


@pytest.fixture
def seen(make_app: Callable[..., Flask]) -> Callable[..., tuple[str | None, str, str | None]]:
    """What a request looks like inside an application behind the proxy 10.0.0.1."""

    def look(peer: str, **headers: str) -> tuple[str | None, str, str | None]:
        app = make_app(TANPU_TRUSTED_PROXIES="10.0.0.1")
        found: list[tuple[str | None, str, str | None]] = []

        @app.get("/seen")
        def view() -> str:
            found.append(
                (request.remote_addr, request.scheme, request.headers.get("X-Forwarded-For"))
            )
            return ""

        given = {name.replace("_", "-"): value for name, value in headers.items()}
        app.test_client().get("/seen", headers=given, environ_base={"REMOTE_ADDR": peer})
        return found[0]

    return look


def test_a_trusted_proxy_is_believed(
    seen: Callable[..., tuple[str | None, str, str | None]],
) -> None:
    forwarded = {"X_Forwarded_For": "6.6.6.6, 203.0.113.7", "X_Forwarded_Proto": "https"}
    assert seen("10.0.0.1", **forwarded)[:2] == ("203.0.113.7", "https")


def test_nobody_else_is_believed(
    seen: Callable[..., tuple[str | None, str, str | None]],
) -> None:
    forwarded = {"X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "https"}
    assert seen("10.0.0.2", **forwarded) == ("10.0.0.2", "http", None)
