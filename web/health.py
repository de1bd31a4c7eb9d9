"""``/healthz``: whether the store can be read."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, jsonify

from web.store import current_access

blueprint = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    """Attaches the view."""
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
