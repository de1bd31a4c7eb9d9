"""Who a request comes from: an address, also behind proxies, and the key of its share.

The header ``X-Forwarded-For`` is written by proxies, but a client can send one as well, so that
only those of the proxies named in the settings are believed: each has appended the address that
it saw, and the last one that is no such proxy is the client's. From anybody else the headers of
proxies are taken away before the application sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from flask import Flask, request

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from web.config import Settings

EXTENSION = "tanpu.proxies"
# An IPv6 network of this size is given to one household: its addresses are one client.
IPV6_CLIENT_BITS = 64
# Addresses are shorter; only such texts are remembered.
_REMEMBERED_LENGTH = 64
_FORWARDED, _FORWARDED_SCHEME = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
_SCHEMES = ("http", "https")
_PROXY_HEADERS = ("FORWARDED", "X_FORWARDED_")

Address = IPv4Address | IPv6Address


class Networks:
    """Some networks, as the settings name them.

    >>> Networks(["10.0.0.0/8", "::1"]).contains(ip_address("10.2.3.4"))
    True
    """

    def __init__(self, networks: Iterable[str]) -> None:
        self._networks = tuple(map(ip_network, networks))

    def contains(self, address: Address | None) -> bool:
        """Whether an address lies in one of them; none does not."""
        return address is not None and any(
            address in network for network in self._networks if network.version == address.version
        )


class Proxies:
    """The proxies that are believed.

    Args:
        networks: where they are.
    """

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks = Networks(networks)

    def are_at(self, address: str) -> bool:
        """Whether an address is that of one of them."""
        return self._networks.contains(read_address(address))

    def look_behind(self, environ: WSGIEnvironment) -> None:
        """Put the client's address and scheme into a request that one of them passes on.

        The host is left as it is: proxies pass it on by themselves.
        """
        forwarded = environ.get(_FORWARDED, "")
        environ["REMOTE_ADDR"] = find_client(environ["REMOTE_ADDR"], forwarded, self._networks)
        scheme = environ.get(_FORWARDED_SCHEME, "").rpartition(",")[2].strip().lower()
        if scheme in _SCHEMES:
            environ["wsgi.url_scheme"] = scheme


class TrustedProxies:
    """A WSGI application behind proxies: it sees the client's address and scheme."""

    def __init__(self, application: WSGIApplication, proxies: Proxies) -> None:
        self._application = application
        self._proxies = proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; its environment is changed as the class says."""
        if self._proxies.are_at(environ.get("REMOTE_ADDR", "")):
            self._proxies.look_behind(environ)
        else:
            for name in [n for n in environ if n.startswith("HTTP_")]:
                if name.removeprefix("HTTP_").startswith(_PROXY_HEADERS):
                    del environ[name]
        return self._application(environ, start_response)


def init_app(app: Flask, settings: Settings) -> None:
    """Puts the application behind the proxies of the settings."""
    app.extensions[EXTENSION] = Proxies(settings.trusted_proxies)
    app.wsgi_app = TrustedProxies(app.wsgi_app, app.extensions[EXTENSION])  # type: ignore[method-assign]


def find_client(peer: str, forwarded: str, trusted: Networks) -> str:
    """The client's address: the last in ``X-Forwarded-For`` that is no trusted proxy's.

    Args:
        peer: the address that the connection comes from, a trusted one.
        forwarded: the header's value; addresses with commas between, the nearest last.
        trusted: the proxies that are believed.

    Returns:
        The address; the farthest trusted one where what stands before it is no address.

    >>> find_client("10.0.0.1", "6.6.6.6, 203.0.113.7, 10.0.0.2", Networks(["10.0.0.0/8"]))
    '203.0.113.7'
    """
    client = peer
    for item in reversed(forwarded.split(",")):
        address = read_address(item)
        if address is None:
            return client
        client = str(address)
        if not trusted.contains(address):
            return client
    return client


def read_address(text: str) -> Address | None:
    """An address as headers write it, a port and brackets left out; None when it is none.

    >>> read_address(" [2001:db8::1]:443"), read_address("::ffff:192.0.2.1")
    (IPv6Address('2001:db8::1'), IPv4Address('192.0.2.1'))
    """
    # Each request asks several times.
    read = _read_address if len(text) <= _REMEMBERED_LENGTH else _read_address.__wrapped__
    return read(text)


@lru_cache(maxsize=1024)
def _read_address(text: str) -> Address | None:
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def address_to_key(text: str) -> str:
    """What stands for a client where shares are counted.

    >>> address_to_key("192.0.2.1"), address_to_key("2001:db8::1:2:3:4")
    ('192.0.2.1', '2001:db8::/64')
    """
    address = read_address(text)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, IPV6_CLIENT_BITS), strict=False))
    return text if address is None else str(address)


def current_client() -> str:
    """The key of the client whose request this is."""
    return address_to_key(request.remote_addr or "")
