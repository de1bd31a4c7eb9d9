"""The files that pages load: style sheets as they lie, scripts as `make install` builds them.

Every address carries a digest of the file, so that browsers may keep a file for good and fetch
a new one at once. Without a build the pages work as they do without JavaScript.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from logging import getLogger
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

BUILD = "build"
_DIGITS = 10
_FOR_GOOD = "public, max-age=31536000, immutable"

logger = getLogger(__name__)


def init_app(app: Flask) -> None:
    """Gives templates the addresses of files, and says so once when there are no scripts."""
    app.jinja_env.globals.update(asset=asset, script=script)
    app.after_request(keep_for_good)
    if not (static_folder(app) / BUILD / "site.js").exists():
        logger.warning(
            "no scripts in %s: pages are served without them; `make install` builds them",
            static_folder(app) / BUILD,
        )


def asset(name: str) -> str:
    """The address of a file of ``static``, with its digest.

    Raises:
        FileNotFoundError: when there is none of that name.
    """
    path = static_folder(current_app) / name
    status = path.stat()
    return url_for("static", filename=name, v=_digest(path, status.st_mtime_ns, status.st_size))


def script(name: str) -> str | None:
    """The address of a built script, such as ``search.js``; None when nothing has been built."""
    path = static_folder(current_app) / BUILD / name
    return asset(f"{BUILD}/{name}") if path.exists() else None


def keep_for_good(response: Response) -> Response:
    """Lets browsers keep what is addressed by its digest, and the hashed parts of scripts."""
    if request.endpoint == "static" and response.status_code < 400:
        if "v" in request.args or request.path.startswith(f"/static/{BUILD}/parts/"):
            response.headers["Cache-Control"] = _FOR_GOOD
    return response


def static_folder(app: Flask) -> Path:
    """The folder of the files."""
    return Path(app.root_path) / "static"


@lru_cache(maxsize=256)
def _digest(path: Path, modified: int, size: int) -> str:
    """A digest of a file that was last changed then, in nanoseconds, and has that many bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGITS]
