"""The home page: what this is, a search, counts, new documents, and questions with answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, render_template, url_for
from flask_babel import gettext
from rdflib import URIRef

from ontology.terms import TANPU
from web.headers import revalidatable
from web.languages import LANGUAGES, current_language
from web.negotiation import HTML
from web.pages import open_reader, public_url
from web.reading import Reader
from web.store import RememberedRows, Row, StoreAccess, current_access, query_text
from web.wording import DOCUMENT_KIND, THING_KINDS, Words

blueprint = Blueprint("home", __name__)

EXTENSION = "tanpu.home"
NEWEST = 8
# Beginnings of paths. Pages and data themselves are crawled, their filtered forms are not.
UNCRAWLED = (
    "/sparql",
    "/search",
    "/reconcile",
    "/metrics",
    "/data/*?",
    "/history",
    "/neighbourhood",
    "/timeline",
    "/cite",
    "/page/*?*confidence=",
    "/page/*?*kind=",
)
ANSWERS = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer: its words, the variable that is shown, and the one it leads to."""

    words: Words
    shown: str
    node: str | None = None
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a query of ``queries/examples`` answers."""

    query: str
    words: Words
    columns: Sequence[Column]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of an answer: its text, its page if it has one, and whether the text is a date."""

    text: str
    href: str | None
    is_date: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A question, the path of its query, and the first rows of its answer."""

    question: Question
    href: str
    rows: Sequence[Sequence[Cell]]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "examples/who_spoke",
        Words("谁在哪场会议上致辞？", "Who addressed which forum?"),
        (
            Column(Words("人物", "person"), "personName", "person"),
            Column(Words("会议", "forum"), "forumName", "forum"),
        ),
    ),
    Question(
        "examples/who_issued",
        Words("谁在何时发布了哪部法规？", "Who issued which regulation, and when?"),
        (
            Column(Words("发布机关", "issuer"), "issuerName", "issuer"),
            Column(Words("法规", "regulation"), "regulationName", "regulation"),
            Column(Words("日期", "date"), "date", is_date=True),
        ),
    ),
    Question(
        "examples/figures",
        Words("各地有哪些数据，出自哪一句？", "Which figures are claimed, and in which sentence?"),
        (
            Column(Words("对象", "subject"), "subject", "feature"),
            Column(Words("指标", "indicator"), "indicator", "property"),
            Column(Words("数值", "figure"), "figure", "observation"),
        ),
    ),
)


def init_app(app: Flask) -> None:
    """Attaches the view and an empty memory of what it asks."""
    app.extensions[EXTENSION] = RememberedRows()
    app.register_blueprint(blueprint)


def prepare(app: Flask, store: StoreAccess) -> None:
    """Asks what the page shows, which is kept for the first visitor.

    Raises:
        StoreUnreadableError: when the store cannot be read.
    """
    remembered: RememberedRows = app.extensions[EXTENSION]
    for name in ("counts", "documents", *(question.query for question in QUESTIONS)):
        remembered.rows(store, name)


@blueprint.get("/")
def home() -> Response:
    """What this is, a search box, counts, the newest documents and three questions."""
    reader = open_reader()
    counts = {URIRef(row["class"]): int(str(row["count"])) for row in _rows("counts")}
    html = render_template(
        "home.html",
        counts=[(kind, counts[kind.cls]) for kind in THING_KINDS if counts.get(kind.cls)],
        document_count=counts.get(DOCUMENT_KIND.cls, 0),
        statement_count=counts.get(TANPU.Statement, 0),
        documents=[reader.document_of_row(row) for row in _rows("documents")[:NEWEST]],
        site=describe_site(),
        answers=[
            Answer(question, _path(question), read_answer(question, _rows(question.query), reader))
            for question in QUESTIONS
        ],
    )
    return revalidatable(Response(html, mimetype=HTML))


def describe_site() -> dict[str, Any]:
    """The site and its data for search engines, in the words of schema.org."""
    address = public_url("/")
    name = {"@language": current_language().tag, "@value": gettext("Tanpu")}
    return {
        "@context": "https://schema.org",
        "@graph": [
            {
                "@type": "WebSite",
                "@id": f"{address}#site",
                "url": address,
                "name": name,
                "inLanguage": [language.tag for language in LANGUAGES.values()],
                "potentialAction": {
                    "@type": "SearchAction",
                    "target": public_url(url_for("search.search", lang=None)) + "?q={query}",
                    "query-input": "required name=query",
                },
            },
            {
                "@type": "Dataset",
                "@id": public_url(url_for("description.void", lang=None)) + "#dataset",
                "url": address,
                "name": name,
                "description": gettext(
                    "People, institutions, forums, regulations, places and figures of Chinese "
                    "carbon policy, read from news; each statement with its sentence."
                ),
                "distribution": {
                    "@type": "DataDownload",
                    "encodingFormat": "application/sparql-results+json",
                    "contentUrl": public_url(url_for("sparql.get", lang=None)),
                },
            },
        ],
    }


def read_answer(question: Question, rows: Sequence[Row], reader: Reader) -> list[list[Cell]]:
    """The first rows of an answer, each value with its page, and no row twice."""
    shown: dict[tuple[Cell, ...], None] = {}
    for row in rows:
        shown[tuple(_cell(column, row, reader) for column in question.columns)] = None
        if len(shown) == ANSWERS:
            break
    return [list(cells) for cells in shown]


def _cell(column: Column, row: Row, reader: Reader) -> Cell:
    text = str(row.get(column.shown, ""))
    href = reader.href(str(row[column.node])) if column.node is not None else None
    return Cell(text, href, column.is_date)


def _path(question: Question) -> str:
    return url_for("sparql.get", query=query_text(question.query))


def _rows(name: str) -> Sequence[Row]:
    remembered: RememberedRows = current_app.extensions[EXTENSION]
    rows, are_current = remembered.rows(current_access(), name)
    if not are_current:
        # The validator of this state must not stand for what the one before says.
        g.store_validator = None
    return rows


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Pages and data may be read; what computes an answer to a question is not for crawlers."""
    rules = "".join(f"Disallow: {path}\n" for path in UNCRAWLED)
    sitemap = public_url(url_for("sitemap.index", lang=None))
    return Response(f"User-agent: *\n{rules}\nSitemap: {sitemap}\n", mimetype="text/plain")
