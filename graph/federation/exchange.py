"""One question to a SPARQL endpoint, over a connection that goes where it was checked to go.

The standard library's HTTP is used below its conveniences: a connection is opened to an address
that :mod:`graph.federation.addresses` lets pass, and the rest is one request and one response.
So there are no redirects, cookies, credentials, proxies of the environment, kept connections or
compressed bodies that could be larger than they look. A time limit holds for all of it, from the
look-up of the name to the last byte, however slowly it drips: a thread watches the clock, and the
client, and shuts the connection down.

Source: W3C Recommendation SPARQL 1.1 Protocol, section 2.1.2 (query via POST, URL-encoded).
"""

from __future__ import annotations

import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import ip_address
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlencode, urlsplit

from graph.federation.addresses import (
    Resolver,
    is_public,
    is_single_host,
    resolve_host,
    resolve_within,
)
from graph.federation.errors import (
    EndpointAddressError,
    EndpointAnswerError,
    EndpointError,
    EndpointResultTooLargeError,
    EndpointTimeoutError,
    EndpointUnreachableError,
)

RESULTS = "application/sparql-results+json"
FORM = "application/x-www-form-urlencoded"
USER_AGENT = "tanpu (SPARQL federated query)"
# How often a client that waits is looked for, in seconds.
LOOK_SECONDS = 0.5
_PORTS = {"http": 80, "https": 443}
_CHUNK = 1 << 16
# What may stand in an address as it is sent.
_ADDRESS = re.compile(r"https?://[!-~]+", re.ASCII)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeLimits:
    """What an endpoint may take, and where it may be.

    ``seconds`` are those of one exchange, ``max_bytes`` the bytes of the body of an answer;
    ``allow_private`` lets endpoints be in networks that are not public.
    """

    seconds: float = 10.0
    max_bytes: int = 4 << 20
    allow_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long somebody waits: until ``deadline`` (monotonic), or until they are gone."""

    deadline: float
    is_gone: Callable[[], bool]

    def left(self) -> float:
        """The seconds that are left; less than 0 when none are."""
        return self.deadline - time.monotonic()


def check_endpoint(iri: str) -> str:
    """The address of an endpoint, if it is one that can be asked.

    Raises:
        EndpointAddressError: It is no http or https address in ASCII, or has a user's name or a
            fragment.

    Example:
        >>> check_endpoint("https://sparql.example/query")
        'https://sparql.example/query'
    """
    refusal = EndpointAddressError(
        "expected the http or https address of a SPARQL endpoint in ASCII, "
        f"without a user's name and a fragment, got {iri!r}"
    )
    try:
        parts = urlsplit(iri)
        port = parts.port
    except ValueError as error:
        raise refusal from error
    has_more = "@" in parts.netloc or "#" in iri
    if not _ADDRESS.fullmatch(iri) or not parts.hostname or port == 0 or has_more:
        raise refusal
    return iri


class EndpointClient:
    """Asks endpoints; safe to use from several threads.

    Args:
        limits: What an endpoint may take, and where it may be.
        resolve: Finds the addresses of a name.
        tls: Whom connections by https trust; the system's authorities where None.
    """

    def __init__(
        self,
        limits: ExchangeLimits,
        *,
        resolve: Resolver = resolve_host,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._resolve = resolve
        self._tls = ssl.create_default_context() if tls is None else tls

    def ask(self, endpoint: str, query: str, patience: Patience) -> bytes:
        """The results of a query, as JSON that has not been read.

        Args:
            endpoint: The address; see :func:`check_endpoint`.
            query: SELECT or ASK.
            patience: How long the client waits, beside the limit of an exchange.

        Raises:
            EndpointUnreachableError: There is no connection, or only to where none may be made.
            EndpointAnswerError: It answers something else.
            EndpointTimeoutError: It does not answer in time, or the client has gone.
            EndpointResultTooLargeError: Its answer is too large.
        """
        limit = min(self._limits.seconds, max(0.0, patience.left()))
        exchange = Patience(deadline=time.monotonic() + limit, is_gone=patience.is_gone)
        parts = urlsplit(endpoint)
        try:
            connection = self._connect(endpoint, parts, exchange)
        except TimeoutError as error:
            raise _late(endpoint, limit) from error
        except OSError as error:
            logger.warning("%s: cannot be reached: %s", endpoint, error)
            raise EndpointUnreachableError(f"{endpoint}: cannot be reached") from error
        with connection, _Watch(connection, exchange) as watch:
            try:
                body = self._talk(connection, endpoint, parts, query)
            except (EndpointError, OSError, HTTPException) as error:
                if watch.has_ended or isinstance(error, TimeoutError):
                    raise _late(endpoint, limit) from error
                if isinstance(error, EndpointError):
                    raise
                logger.warning("%s: broke off: %r", endpoint, error)
                if isinstance(error, ssl.SSLError):
                    raise EndpointUnreachableError(
                        f"{endpoint}: expected TLS with a valid certificate, got something else"
                    ) from error
                raise EndpointAnswerError(
                    f"{endpoint}: expected a whole response, got a broken one"
                ) from error
            # What came until then may look whole.
            if watch.has_ended:
                raise _late(endpoint, limit)
            return body

    def _connect(self, endpoint: str, parts: SplitResult, patience: Patience) -> socket.socket:
        """A connection to one of the addresses of an endpoint, all of which were checked.

        Raises:
            EndpointUnreachableError: One of them is where an endpoint may not be.
            TimeoutError: There was none in time.
            OSError: There is none.
        """
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        addresses = resolve_within(self._resolve, host, port, seconds=patience.left())
        if not addresses:
            raise OSError(f"{host}: no addresses")
        if not all(map(self._may_ask, addresses)):
            logger.warning("%s: an address that is not public: %s", endpoint, ", ".join(addresses))
            raise EndpointUnreachableError(
                f"{endpoint}: expected a host on the public internet, got an address that is not"
            )
        for number, address in enumerate(addresses):
            left = patience.left() / (len(addresses) - number)
            if left <= 0:
                break
            try:
                return socket.create_connection((address, port), timeout=left)
            except OSError:
                if number == len(addresses) - 1:
                    raise
        raise TimeoutError(f"{host}: no connection in time")

    def _may_ask(self, address: str) -> bool:
        if not self._limits.allow_private:
            return is_public(address)
        # As the system writes it, with the name of a link behind a percent sign.
        return is_single_host(ip_address(address.partition("%")[0]))

    def _talk(
        self, connection: socket.socket, endpoint: str, parts: SplitResult, query: str
    ) -> bytes:
        """Send a query, and read the body of the response."""
        stream = connection
        if parts.scheme == "https":
            stream = self._tls.wrap_socket(connection, server_hostname=parts.hostname)
        with stream:
            http = HTTPConnection(parts.hostname or "")
            http.sock = stream
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {
                "Host": parts.netloc,
                "Accept": RESULTS,
                "Accept-Encoding": "identity",
                "Connection": "close",
                "Content-Type": FORM,
                "User-Agent": USER_AGENT,
            }
            http.request("POST", target, urlencode({"query": query}).encode(), headers)
            with http.getresponse() as response:
                _refuse_response(response, endpoint)
                return self._read(response, endpoint)

    def _read(self, response: HTTPResponse, endpoint: str) -> bytes:
        limit = self._limits.max_bytes
        chunks: list[bytes] = []
        size = 0
        while chunk := response.read1(_CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > limit:
                raise EndpointResultTooLargeError(
                    f"{endpoint}: expected an answer of at most {limit} bytes, got more: "
                    "ask for less in the group of SERVICE"
                )
        return b"".join(chunks)


def _late(endpoint: str, seconds: float) -> EndpointTimeoutError:
    return EndpointTimeoutError(f"{endpoint}: expected an answer within {seconds:.3g} s, got none")


def _refuse_response(response: HTTPResponse, endpoint: str) -> None:
    """Raise unless a response is a success that carries results."""
    if 300 <= response.status < 400:
        raise EndpointAnswerError(
            f"{endpoint}: expected an answer, got a redirect, and none is followed"
        )
    if response.status != HTTPStatus.OK:
        raise EndpointAnswerError(f"{endpoint}: expected the status 200, got {response.status}")
    if response.headers.get_content_type() != RESULTS:
        raise EndpointAnswerError(f"{endpoint}: expected {RESULTS}, got another type")
    encodings: Sequence[str] = response.headers.get_all("Content-Encoding", [])
    if any(encoding.strip().lower() != "identity" for encoding in encodings):
        raise EndpointAnswerError(f"{endpoint}: expected a body as it is, got a compressed one")


class _Watch:
    """Shuts a connection down when nobody waits any longer; to be entered when it is open."""

    def __init__(self, connection: socket.socket, patience: Patience) -> None:
        # A handle of its own, which stays what it is when TLS takes the other over.
        self._connection = connection.dup()
        self._patience = patience
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)
        self.has_ended = False

    def _watch(self) -> None:
        while not self._done.wait(max(0.0, min(LOOK_SECONDS, self._patience.left()))):
            if self._patience.left() <= 0 or self._patience.is_gone():
                self.has_ended = True
                with suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)
                return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        self._connection.close()
