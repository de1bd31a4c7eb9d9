"""Which addresses an endpoint may have, and how long a name may take."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from graph.federation.addresses import is_public, resolve_host, resolve_within


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("8.8.8.8", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("0.0.0.0", False),
        ("0.1.2.3", False),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("169.254.169.254", False),
        ("172.16.0.1", False),
        ("172.31.255.255", False),
        ("192.0.0.8", False),
        ("192.0.2.1", False),
        ("192.88.99.1", False),
        ("192.168.0.1", False),
        ("198.18.0.1", False),
        ("203.0.113.9", False),
        ("224.0.0.1", False),
        ("239.1.1.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("::808:808", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", False),
        ("::ffff:0:8.8.8.8", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", False),
        ("64:ff9b:1::a00:1", False),
        ("100::1", False),
        ("2001::1", False),
        ("2001:db8::1", False),
        ("2002:7f00:1::", False),
        ("2002:808:808::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("fc00::1", False),
        ("fd12:3456::1", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("ff0e::1", False),
        ("4000::1", False),
        ("127.1", False),
        ("0x7f000001", False),
        ("2130706433", False),
        ("", False),
        ("endpoint.example", False),
    ],
)
def test_only_single_hosts_of_the_public_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("name", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost"])
def test_however_loopback_is_written_it_is_resolved_to_no_public_address(name: str) -> None:
    found = resolve_host(name, 80)
    assert found
    assert not any(map(is_public, found))


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example"])
def test_what_is_no_name_has_no_addresses(name: str) -> None:
    with pytest.raises(OSError, match="name"):
        resolve_host(name, 80)


def test_a_name_that_takes_too_long_is_given_up() -> None:
    end = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        end.wait(20)
        return ["8.8.8.8"]

    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"names\.example"):
        resolve_within(resolve, "names.example", 80, seconds=0.05)
    assert time.monotonic() - began < 10
    end.set()


def test_the_error_of_a_look_up_comes_to_who_asked() -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    with pytest.raises(OSError, match="no such name"):
        resolve_within(resolve, "names.example", 80, seconds=5)
