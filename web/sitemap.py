"""The sitemap: every page that search engines may list, in files of limited length.

Protocol: sitemaps.org 0.9.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, render_template, url_for

from web.errors import UnknownIriError
from web.headers import revalidatable
from web.lookup import nearest_index
from web.pages import public_url
from web.reading import page_count
from web.store import current_access

blueprint = Blueprint("sitemap", __name__)

# The protocol allows 50,000 addresses and 50 MB; names in pinyin are long.
FILE_SIZE = 10_000
XML = "application/xml"
_FIXED = ("home.home", "documents.list_documents", "vocabulary.ontology")


def init_app(app: Flask) -> None:
    """Attaches the views."""
    app.config["SITEMAP_SIZE"] = FILE_SIZE
    app.register_blueprint(blueprint)


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """The list of the files, which robots.txt leads to."""
    pages = page_count(len(list_addresses()), _size())
    files = [public_url(url_for("sitemap.part", number=n, lang=None)) for n in range(1, pages + 1)]
    return _respond(render_template("sitemap_index.xml", files=files))


@blueprint.get("/sitemap/<int:number>.xml")
def part(number: int) -> Response:
    """One file of addresses, counted from 1.

    Raises:
        UnknownIriError: when there are fewer files.
    """
    addresses = list_addresses()
    pages = page_count(len(addresses), _size())
    if not 1 <= number <= pages:
        raise UnknownIriError(f"expected a sitemap from 1 to {pages}, got {number}")
    shown = addresses[(number - 1) * _size() : number * _size()]
    return _respond(render_template("sitemap.xml", addresses=shown))


def list_addresses() -> list[str]:
    """The addresses of all pages that stand for themselves, without a language."""
    store = current_access()
    root = store.base + "id/"
    documents = (str(row["document"]) for row in store.rows("documents"))
    iris = [*nearest_index().iris(), *documents]
    fixed = [public_url(url_for(endpoint, lang=None)) for endpoint in _FIXED]
    return fixed + [f"{store.base}page/{iri.removeprefix(root)}" for iri in iris]


def _size() -> int:
    size: int = current_app.config["SITEMAP_SIZE"]
    return size


def _respond(xml: str) -> Response:
    return revalidatable(Response(xml, mimetype=XML))
