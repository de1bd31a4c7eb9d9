"""Headers of every response: security, cross-origin reads, and validators for caches."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'; script-src 'self'"
)
_READS = ("GET", "HEAD", "OPTIONS", "POST")
_REVALIDATED = "no-cache"


def init_app(app: Flask) -> None:
    """Sets the headers that all responses share."""
    app.after_request(set_shared_headers)


def set_shared_headers(response: Response) -> Response:
    """Security headers, and the permission for other sites' scripts to read."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.setdefault("Access-Control-Allow-Origin", "*")
    if request.method == "OPTIONS":
        headers.setdefault("Access-Control-Allow-Methods", ", ".join(_READS))
        headers.setdefault("Access-Control-Allow-Headers", "Accept, Content-Type")
        headers.setdefault("Access-Control-Max-Age", "86400")
    return response


def revalidatable(response: Response) -> Response:
    """Gives a successful response a validator, and answers 304 where the client has it.

    The validator is a digest of what is sent, so that it changes with the store, with the
    format and with the programme, and with nothing else. The client asks each time.
    """
    if response.status_code != HTTPStatus.OK:
        return response
    body = response.get_data()
    response.set_etag(hashlib.sha256(body).hexdigest()[:20])
    response.headers["Cache-Control"] = _REVALIDATED
    response.make_conditional(request)
    return response
