"""Which addresses on the network an endpoint may have.

A name on the list of endpoints is a promise of its operator about the name, not about where the
name leads today. So every address that it leads to must be one of the public internet, and a
connection is made to an address that was checked and to no other: whoever answers for the name
cannot have it lead elsewhere in between.

>>> is_public("93.184.216.34"), is_public("10.0.0.1"), is_public("::ffff:93.184.216.34")
(True, False, False)

Source: the IANA special-purpose address registries (RFC 6890); RFC 4291, section 2.5.5; RFC 3056;
RFC 6052; RFC 8215.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# The addresses of a name, as texts; raises OSError where there are none.
Resolver = Callable[[str, int], Sequence[str]]

# Addresses of IPv6 that stand for one of IPv4, which a gateway may reach where we may not, and
# those of a single site; the library takes some of them for public ones.
_DISGUISES = tuple(
    map(
        ip_network,
        (
            "::/96",  # IPv4-compatible
            "::ffff:0:0/96",  # IPv4-mapped
            "::ffff:0:0:0/96",  # IPv4-translated
            "64:ff9b::/96",  # NAT64
            "64:ff9b:1::/48",  # NAT64 of a site
            "2001::/32",  # Teredo
            "2002::/16",  # 6to4
            "fec0::/10",  # site-local
        ),
    )
)
# What the registries have kept for special purposes since the library was made.
_SPECIAL = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "5f00::/16")))


def is_public(address: str) -> bool:
    """Whether an address is one host's on the public internet, written as nothing else."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if not is_single_host(parsed) or not parsed.is_global or parsed.is_private:
        return False
    if parsed.is_reserved or parsed.is_loopback or parsed.is_link_local:
        return False
    return not any(parsed in network for network in (*_DISGUISES, *_SPECIAL))


def is_single_host(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address can be that of one host: neither a group of them nor none."""
    return not address.is_multicast and not address.is_unspecified


def resolve_host(host: str, port: int) -> Sequence[str]:
    """The addresses that the system has for a name.

    Raises:
        OSError: There is no such name.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"expected a name of the network, got {host!r}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_within(resolve: Resolver, host: str, port: int, *, seconds: float) -> Sequence[str]:
    """The addresses of a name, if they are known in time: the system itself knows no limit.

    Raises:
        TimeoutError: They are not.
        OSError: There is no such name.
    """
    answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolve(host, port))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise TimeoutError(f"{host}: expected its addresses within {seconds:g} s") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
