"""How much computing one client may use: a budget of seconds in a sliding window.

What a request costs is known only when it has ended: the seconds for which a query or a text had
a process, or a change had the writer, and the processor's seconds of everything else. So it is
charged afterwards, also where that overdraws the budget, and a client whose budget is spent is
refused before anything is done, until enough of what it has used lies outside the window.

The window is that of the library ``limits``: the count of the present one, and of the one before
as much as still lies within.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from graph.tokens import InvalidTokenError, TokenFileError
from graph.workers import QueryUsage
from web.authorization import find_request_token
from web.clients import current_client
from web.config import Settings
from web.errors import BudgetSpentError, MalformedAuthorizationError

EXTENSION = "tanpu.budget"
# What operators and crawlers need is answered to everybody.
FREE_ENDPOINTS = frozenset(
    {"static", "health.healthz", "health.readyz", "metrics.metrics", "home.robots"}
)
_UNITS_A_SECOND = 1000
# What a client may use before it is written into its window, where that much is left: to ask the
# limiter about each small request would cost more than the request.
CREDIT_SECONDS = 0.1
_CREDITS = 10_000


@dataclass(slots=True)
class _Credit:
    """What a client may use before the limiter is asked again, and what of it it has used."""

    seconds: float
    used: float = 0.0


class TimeBudget:
    """The seconds that each client has used; safe to use from several threads.

    Args:
        seconds: what a client may use in a window.
        window: the seconds of the window.

    >>> budget = TimeBudget(seconds=10, window=60)
    >>> budget.charge("a", 12.5)
    >>> budget.seconds_to_wait("a") > 0, budget.seconds_to_wait("b")
    (True, 0.0)
    """

    def __init__(self, *, seconds: int, window: int) -> None:
        self._item = RateLimitItemPerSecond(seconds * _UNITS_A_SECOND, window)
        self._storage = MemoryStorage()
        self._limiter = SlidingWindowCounterRateLimiter(self._storage)
        self._lock = threading.Lock()
        self._credits: dict[str, _Credit] = {}

    def charge(self, client: str, seconds: float) -> None:
        """Charge a client with what it has used."""
        with self._lock:
            credit = self._credits.get(client)
            if credit is not None:
                credit.used += seconds
                if credit.used < credit.seconds:
                    return
                del self._credits[client]
            self._write(client, seconds if credit is None else credit.used)

    def _write(self, client: str, seconds: float) -> None:
        """Put seconds into the window of a client; less than half a millisecond is nothing."""
        units = round(seconds * _UNITS_A_SECOND)
        if units == 0:
            return
        window = self._item.get_expiry()
        # The limiter's own hit() would not count what goes beyond the limit.
        _, present = self._storage.sliding_window_keys(
            self._item.key_for(client), window, time.time()
        )
        self._storage.incr(present, 2 * window, amount=units)

    def _give_credit(self, client: str, seconds: float) -> None:
        if len(self._credits) >= _CREDITS:
            for other, credit in self._credits.items():
                self._write(other, credit.used)
            self._credits.clear()
        self._credits[client] = _Credit(min(seconds, CREDIT_SECONDS))

    def seconds_to_wait(self, client: str) -> float:
        """How long a client has to wait until it may use any more; 0 when it may now."""
        with self._lock:
            # What was left when it was given is left still: the past only leaves the window.
            if client in self._credits:
                return 0.0
            left = self._limiter.get_window_stats(self._item, client).remaining
            if left > 0:
                self._give_credit(client, left / _UNITS_A_SECOND)
                return 0.0
            window = self._item.get_expiry()
            before, before_left, present, present_left = self._storage.get_sliding_window(
                self._item.key_for(client), window
            )
        limit = self._item.amount
        if present < limit:
            return max(0.0, before_left - window * (limit - present) / max(before, 1))
        return (present_left - window) + window * (1 - limit / present)


def init_app(app: Flask, settings: Settings) -> None:
    """Refuses requests of clients whose budget is spent, and charges what the others use."""
    app.extensions[EXTENSION] = TimeBudget(
        seconds=settings.client_seconds, window=settings.client_window
    )
    app.before_request(refuse_spent)
    app.after_request(charge_request)


def refuse_spent() -> None:
    """Lets the request pass when its client may still use anything.

    Raises:
        BudgetSpentError: when it may not.
    """
    g.thread_seconds = time.thread_time()
    if request.endpoint in FREE_ENDPOINTS:
        return
    wait = _budget().seconds_to_wait(current_share())
    if wait > 0:
        raise BudgetSpentError(
            "expected a client to use less computing than it did; "
            f"it may go on in {max(1, round(wait))} s",
            wait_seconds=wait,
        )


def charge_request(response: Response) -> Response:
    """Charges the processor's time of this thread since the request began."""
    began = g.pop("thread_seconds", None)
    if began is not None and request.endpoint not in FREE_ENDPOINTS:
        _budget().charge(current_share(), time.thread_time() - began)
    return response


def current_share() -> str:
    """Whose share the request takes: its token's, or its address's where it has no valid one.

    A secret that nobody was given opens no share: else each guess would come with a new one.
    """
    if "share" not in g:
        g.share = _find_share()
    share: str = g.share
    return share


def _find_share() -> str:
    try:
        token = find_request_token()
    except (InvalidTokenError, MalformedAuthorizationError, TokenFileError):
        # Whoever needs the token refuses it; what is open to all is open with a wrong one too.
        token = None
    return current_client() if token is None else share_of_token(token.name)


def share_of_token(name: str) -> str:
    """The share of a token, by its name.

    >>> share_of_token("harvester")
    'token harvester'
    """
    return f"token {name}"


def charge_query(app: Flask, usage: QueryUsage) -> None:
    """Charges the client of a query for the time that it held a process."""
    charge_share(app, usage.client, usage.held)


def charge_share(app: Flask, share: str | None, seconds: float) -> None:
    """Charges a share with the time for which somebody had a process; None is nobody's."""
    budget: TimeBudget = app.extensions[EXTENSION]
    if share is not None:
        budget.charge(share, seconds)


def _budget() -> TimeBudget:
    budget: TimeBudget = current_app.extensions[EXTENSION]
    return budget
