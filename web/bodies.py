"""Bodies that the server itself stops reading, since they are larger than any that is allowed.

The server hands such a request on without its body, with a mark in its environment, so that the
answer is a problem as everywhere else, with all headers, and is recorded.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

# In the environment of a request whose body has not been read to its end, and never will be: the
# number of bytes that a body may have.
TOO_LARGE = "tanpu.too_large"


def init_app(app: Flask) -> None:
    """Refuses requests with a body that the server has not taken."""
    app.before_request(refuse_large_body)


def refuse_large_body() -> None:
    """Raise where the server has not taken the body.

    Raises:
        RequestEntityTooLarge: It is too large.
    """
    most = request.environ.get(TOO_LARGE)
    if most is not None:
        raise RequestEntityTooLarge(f"expected a body of at most {most} bytes, got a larger one")
