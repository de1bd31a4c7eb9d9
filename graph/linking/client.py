"""The client of a reconciliation service: one manifest, then batches of queries.

urllib3 does the HTTP: it retries what is overloaded, broken or late with growing pauses and
heeds ``Retry-After``. Beside that an answer has a largest size and a longest time, however
slowly it drips, and requests keep a distance from each other.

>>> ReconciliationClient("ftp://names.example/")
Traceback (most recent call last):
...
graph.linking.errors.ServiceAddressError: expected the http or https address of a reconciliation \
service, got 'ftp://names.example/'
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode, urljoin

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError
from urllib3.util import Retry, Timeout

from graph.linking.errors import InvalidAnswerError, ServiceUnreachableError
from graph.linking.service import (
    Candidate,
    Manifest,
    ReconciliationQuery,
    check_address,
    read_answers,
    read_manifest,
)

logger = logging.getLogger(__name__)

HEADERS: Mapping[str, str] = MappingProxyType(
    {"User-Agent": "tanpu (reconciliation client; urllib3)", "Accept": "application/json"}
)
FORM = "application/x-www-form-urlencoded"
RETRIED_STATUSES = (408, 425, 429, 500, 502, 503, 504)
MAX_REDIRECTS = 3
_CHUNK = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Politeness:
    """How a service is asked: seconds, counts and bytes.

    ``timeout`` is for connecting and for each silence, ``deadline`` for a whole answer,
    ``interval`` the least time from one request to the next, ``backoff`` the first pause
    before a retry, which doubles each time up to ``longest_pause``.
    """

    timeout: float = 30.0
    deadline: float = 120.0
    interval: float = 0.0
    retries: int = 4
    backoff: float = 0.5
    longest_pause: float = 60.0
    max_bytes: int = 16_000_000


class ReconciliationClient:
    """Asks one service."""

    def __init__(self, url: str, politeness: Politeness | None = None) -> None:
        self.url = check_address(url)
        self._politeness = politeness or Politeness()
        self._next = 0.0
        self._pool = urllib3.PoolManager()
        self._retry = Retry(
            total=self._politeness.retries,
            redirect=MAX_REDIRECTS,
            allowed_methods=None,  # a query changes nothing, so POST may be sent again
            status_forcelist=RETRIED_STATUSES,
            backoff_factor=self._politeness.backoff,
            backoff_max=self._politeness.longest_pause,
            retry_after_max=int(self._politeness.longest_pause),
        )

    def manifest(self, *, identifier_template: str | None = None) -> Manifest:
        """What the service says of itself; queries go where its redirects lead.

        Raises:
            ServiceUnreachableError: It does not answer.
            InvalidManifestError: What it answers is no manifest of a supported version.
        """
        data, url = self._send("GET", self.url, where=f"{self.url}: manifest")
        manifest = read_manifest(data, url=url, identifier_template=identifier_template)
        logger.info("%s: %s, versions %s", url, manifest.name, ", ".join(manifest.versions))
        return manifest

    def ask(
        self, manifest: Manifest, queries: Sequence[ReconciliationQuery], *, batch_size: int
    ) -> Iterator[Mapping[ReconciliationQuery, tuple[Candidate, ...]]]:
        """The candidates for each query, a batch at a time.

        Args:
            manifest: That of the service.
            queries: What to ask.
            batch_size: How many to ask at once; fewer where the service says so.

        Raises:
            ServiceUnreachableError: It does not answer.
            InvalidAnswerError: An answer is none to its batch; earlier batches were given.
        """
        size = min(batch_size, manifest.batch_size)
        for number, start in enumerate(range(0, len(queries), size), start=1):
            batch = {f"q{n}": query for n, query in enumerate(queries[start : start + size])}
            where = f"{self.url}: batch {number} ({len(batch)} queries)"
            rows = json.dumps({key: query.to_json() for key, query in batch.items()})
            form = urlencode({"queries": rows})
            data, _ = self._send("POST", manifest.url, where=where, form=form)
            answers = read_answers(data, keys=list(batch), where=where)
            yield {query: answers[key] for key, query in batch.items()}

    def _send(
        self, method: str, url: str, *, where: str, form: str | None = None
    ) -> tuple[bytes, str]:
        """The body of an answer, and the address that gave it."""
        self._wait_for_turn()
        retries = self._retry
        headers = HEADERS if form is None else {**HEADERS, "Content-Type": FORM}
        try:
            while True:
                response = self._pool.request(
                    method,
                    url,
                    body=form,
                    headers=headers,
                    timeout=Timeout(self._politeness.timeout),
                    retries=retries,
                    redirect=method == "GET",
                    preload_content=False,
                )
                try:
                    if response.status != 200:
                        raise ServiceUnreachableError(
                            f"{where}: expected status 200, got {response.status}"
                        )
                    return self._read_body(response, where), _address_of(response, url)
                except HTTPError as error:  # broken off or silent in the middle
                    retries = (response.retries or retries).increment(method, url, error=error)
                    retries.sleep()
                finally:
                    response.close()
        except MaxRetryError as error:
            raise ServiceUnreachableError(
                f"{where}: no answer after {self._politeness.retries + 1} attempts: {error.reason}"
            ) from error
        except HTTPError as error:
            raise ServiceUnreachableError(f"{where}: {error}") from error

    def _read_body(self, response: urllib3.BaseHTTPResponse, where: str) -> bytes:
        """All of an answer, unless it is too large or drips too slowly."""
        chunks, size = [], 0
        deadline = time.monotonic() + self._politeness.deadline
        # One read of the network at a time: a read of a size waits until it has all of it.
        while chunk := response.read1(_CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._politeness.max_bytes:
                raise InvalidAnswerError(
                    f"{where}: expected at most {self._politeness.max_bytes} bytes, got more"
                )
            if time.monotonic() > deadline:
                raise ServiceUnreachableError(
                    f"{where}: expected an answer within {self._politeness.deadline:g} s, "
                    f"got {size} bytes of it"
                )
        return b"".join(chunks)

    def _wait_for_turn(self) -> None:
        now = time.monotonic()
        if now < self._next:
            time.sleep(self._next - now)
        self._next = max(now, self._next) + self._politeness.interval


def _address_of(response: urllib3.BaseHTTPResponse, asked: str) -> str:
    """Where an answer came from, once redirects were followed."""
    address = asked
    for step in response.retries.history if response.retries is not None else ():
        if step.redirect_location is not None:
            address = urljoin(address, step.redirect_location)
    return address
