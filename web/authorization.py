"""Who may write: bearer tokens, checked at each request.

A token comes in the header ``Authorization: Bearer …`` and nowhere else, since addresses end
up in logs. It is checked against the file of the store, so that a token that is revoked is
refused at once. No secret is logged or repeated in an answer.

Source: RFC 6750, sections 2.1 (the header) and 3 (challenges and errors).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, current_app, request

from graph.gate import Author
from graph.store import Store
from graph.tokens import TOKEN_FILE, InvalidTokenError, Scope, Token, find_token
from web.errors import InsufficientScopeError, MalformedAuthorizationError, MissingTokenError

EXTENSION = "tanpu.authorization"
# Who writes where everybody may.
ANYBODY = Author(name="anybody", may_write_foreign=True)

_BEARER = re.compile(r"bearer(?: +(?P<secret>[A-Za-z0-9._~+/-]+=*))?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Authorization:
    """Where the tokens are, None for a store that has none; and whether any are needed."""

    token_file: Path | None
    needed: bool


def init_app(app: Flask, store: Store, *, unguarded: bool) -> None:
    """Finds the tokens of the store; where the service is unguarded, everybody may write."""
    token_file = None if store.path is None else store.path / TOKEN_FILE
    app.extensions[EXTENSION] = Authorization(token_file, needed=not unguarded)


def require_author(scope: Scope) -> Author:
    """Who makes the request, if that is somebody who has the scope.

    Raises:
        MissingTokenError: when there is no token.
        MalformedAuthorizationError: when the header cannot be read.
        InvalidTokenError: when the token is unknown, revoked or too old.
        InsufficientScopeError: when it does not have the scope.
        TokenFileError: when the file of tokens cannot be used.
    """
    authorization: Authorization = current_app.extensions[EXTENSION]
    if not authorization.needed:
        return ANYBODY
    token = find_request_token()
    if token is None:
        raise MissingTokenError("expected a token in 'Authorization: Bearer …', got none")
    if not token.allows(scope):
        raise InsufficientScopeError(
            f"expected a token with the scope {scope!r}, got {token.name!r} "
            f"with {', '.join(token.scopes)}"
        )
    return Author(name=token.name, may_write_foreign=token.allows("admin"))


def find_request_token() -> Token | None:
    """The token of the request; None when it has none.

    Raises:
        MalformedAuthorizationError: when the header cannot be read.
        InvalidTokenError: when the token is unknown, revoked or too old.
        TokenFileError: when the file of tokens cannot be used.
    """
    header = request.headers.get("Authorization", "").strip()
    if header.partition(" ")[0].lower() != "bearer":
        return None
    found = _BEARER.fullmatch(header)
    if found is None or found["secret"] is None:
        raise MalformedAuthorizationError(
            "expected 'Authorization: Bearer' and one token, got something else after the word"
        )
    authorization: Authorization = current_app.extensions[EXTENSION]
    if authorization.token_file is None:
        raise InvalidTokenError("this service has no tokens")
    return find_token(authorization.token_file, found["secret"], now=datetime.now(UTC))
