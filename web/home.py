"""The home page, and what robots are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, render_template, request, url_for
from rdflib import URIRef

from ontology.terms import TANPU
from web.headers import revalidatable
from web.negotiation import HTML
from web.reading import Reader
from web.store import current_access, query_text
from web.wording import DOCUMENT_KIND, THING_KINDS, Words

blueprint = Blueprint("home", __name__)

NEWEST = 8
EXAMPLES: Mapping[str, Words] = {
    "examples/who_spoke": Words("谁在哪场会议上致辞？", "Who addressed which forum?"),
    "examples/who_issued": Words(
        "谁在何时发布了哪部法规？", "Who issued which regulation, and when?"
    ),
    "examples/figures": Words(
        "各地有哪些数据，出自哪一句？", "Which figures are claimed, and in which sentence?"
    ),
}


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the path that answers it."""

    words: Words
    href: str


def init_app(app: Flask) -> None:
    """Attaches the views."""
    app.register_blueprint(blueprint)


@blueprint.get("/")
def home() -> Response:
    """What this is, a search box, counts, the newest documents and three questions."""
    store = current_access()
    reader = Reader(store, prefix=request.script_root)
    counts = {URIRef(row["class"]): int(str(row["count"])) for row in store.rows("counts")}
    rows = store.rows("documents")
    html = render_template(
        "home.html",
        counts=[(kind, counts[kind.cls]) for kind in THING_KINDS if counts.get(kind.cls)],
        document_count=counts.get(DOCUMENT_KIND.cls, 0),
        statement_count=counts.get(TANPU.Statement, 0),
        documents=[reader.document_of_row(row) for row in rows[:NEWEST]],
        examples=[
            Example(words, url_for("sparql.get") + "?" + urlencode({"query": query_text(name)}))
            for name, words in EXAMPLES.items()
        ],
    )
    return revalidatable(Response(html, mimetype=HTML))


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Pages may be read; queries and searches are not for crawlers."""
    text = "User-agent: *\nDisallow: /sparql\nDisallow: /search\nDisallow: /reconcile\n"
    return Response(text, mimetype="text/plain")
