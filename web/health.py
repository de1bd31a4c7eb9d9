"""``/healthz``: whether the service lives. ``/readyz``: whether it should be sent requests."""

from __future__ import annotations

import threading
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, jsonify

from web.lookup import check_names
from web.runner import find_pool_status
from web.store import current_access

blueprint = Blueprint("health", __name__)

STOPPING = "tanpu.stopping"


def init_app(app: Flask) -> None:
    """Attaches the views, and the event that is set when the service is about to end."""
    app.extensions[STOPPING] = threading.Event()
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 with the store's version and its documents; the error table makes the rest 503."""
    store = current_access()
    (counted,) = store.rows("graph_count")
    response = jsonify(
        {
            "status": "ok",
            "store_version": store.version,
            "documents": int(str(counted["count"])),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when each check passes, else 503; the body says which."""
    checks = {
        "store": bool(current_access().rows("graph_count")),
        **check_workers(),
        "names": check_names(current_app),
        "staying": not current_app.extensions[STOPPING].is_set(),
    }
    ready = all(checks.values())
    response = jsonify({"status": "ready" if ready else "not ready", "checks": checks})
    response.status_code = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    response.headers["Cache-Control"] = "no-store"
    return response


def check_workers() -> dict[str, bool]:
    """Whether some process evaluates queries, and whether another query may wait."""
    status = find_pool_status()
    if status is None:
        return {"workers": True, "queue": True}
    return {"workers": status.alive > 0, "queue": status.waiting < status.queue}
