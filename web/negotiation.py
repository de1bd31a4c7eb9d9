"""Content negotiation: which of the formats at hand fits an Accept header best.

Follows RFC 9110, section 12.5.1: the most specific range that covers a format gives its
weight, the heaviest format wins, and among equals the first of ours.

>>> best_media_type("text/turtle;q=0.5, */*;q=0.1", ["application/json", "text/turtle"])
'text/turtle'
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

HTML = "text/html"
# What programs and browsers send is shorter; only that is remembered.
_REMEMBERED_LENGTH = 300


def best_media_type(accept: str | None, offers: Sequence[str]) -> str | None:
    """The offer that the client likes best, or None when it refuses all of them.

    Args:
        accept: the header's value; None or blank means that anything will do.
        offers: media types without parameters, ours first.
    """
    if accept is None or not accept.strip():
        return offers[0]
    choose = _choose if len(accept) <= _REMEMBERED_LENGTH else _choose.__wrapped__
    return choose(accept, tuple(offers))


def prefers_html(accept: str | None, others: Sequence[str]) -> bool:
    """Whether a page suits better than any of ``others``; what is only ``*/*`` does not.

    >>> prefers_html("*/*", ["text/turtle"]), prefers_html("text/html, */*;q=0.8", ["text/turtle"])
    (False, True)
    """
    return best_media_type(accept, [*others, HTML]) == HTML


@lru_cache(maxsize=1024)
def _choose(accept: str, offers: tuple[str, ...]) -> str | None:
    ranges = [(value, quality) for value, quality in parse_accept_header(accept, MIMEAccept)]
    weights = [(_weight(offer, ranges), -index) for index, offer in enumerate(offers)]
    weight, index = max(weights)
    return offers[-index] if weight > 0 else None


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    kind = offer.split("/")[0]
    specificity = {"*/*": 0, f"{kind}/*": 1, offer: 2}
    covering = [
        (specificity[name], quality)
        for name, quality in ((parse_options_header(r)[0].lower(), q) for r, q in ranges)
        if name in specificity
    ]
    return max(covering)[1] if covering else 0.0
