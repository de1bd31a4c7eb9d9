"""Try it: an article is pasted or uploaded, and what would be read from it is shown.

Nothing is kept: the article goes through memory and pipes alone, is read in a process with
limits (:mod:`web.extraction`), and is gone when the answer is sent. The answer is a page, or
the same as JSON, JSON Lines, Turtle or CSV, as ``format`` or the Accept header says.

>>> file_name("application/pdf; charset=binary")
'article.pdf'
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import IO

import pyoxigraph as ox
from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from extract.errors import ExtractionError, UnsupportedInputError
from extract.readers import SUFFIXES, ReadLimits, normalize_date
from graph.identity import Minter
from graph.payloads import stored_triples
from graph.readback import facts_to_csv
from graph.store import open_store
from graph.tryout import Attempt, Tryout, try_article
from web.config import Settings
from web.errors import MalformedRequestError, UnprocessableError, problem_of
from web.extraction import current_extractor
from web.fairness import current_share
from web.formats import TURTLE, bytes_response, choose_media_type, serialize_triples
from web.headers import revalidatable
from web.languages import current_language
from web.negotiation import HTML
from web.parameters import read_single
from web.passages import DetachedReader, Passages, read_passages
from web.records import note_error
from web.store import StoreAccess, current_access
from web.wording import LABEL_WORDS

blueprint = Blueprint("tryout", __name__)

# What the article is called where it came without a name; its document's id in the answer.
ARTICLE = "article"
JSON, JSON_LINES, CSV = "application/json", "application/x-ndjson", "text/csv"
FORMATS: Mapping[str, str] = MappingProxyType(
    {"html": HTML, "json": JSON, "jsonl": JSON_LINES, "ttl": TURTLE.media_types[0], "csv": CSV}
)
# The suffix of a file of each kind that may be sent as the body itself.
SUFFIX_OF_TYPE: Mapping[str, str] = MappingProxyType(
    {
        "text/plain": ".txt",
        "text/markdown": ".md",
        "text/html": ".html",
        "application/pdf": ".pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
        "application/json": ".jsonl",
        "application/x-ndjson": ".jsonl",
        "application/jsonl": ".jsonl",
    }
)
FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")
MAX_LINE = 200
# More Turtle than this is not shown on the page, only given as a file.
SHOWN_TURTLE = 100_000
# Invented, like everything in it.
EXAMPLE = (
    "北湾市发布海上风电办法\n"
    "2031-05-06 来源：北湾日报\n"
    "5月6日，2031云梦零碳峰会在北湾会展中心举行，主题为“风从海上来”。峰会由北湾市能源局主办，"
    "北湾大学承办。北湾市市长韦一诺出席并致辞，北湾市能源局局长林远主持会议。\n"
    "韦一诺说：“海风不会停。”2030年，北湾市海上风电装机容量达到125万千瓦，同比增长12.5%。\n"
    "当日，北湾市人民政府印发《北湾市海上风电管理办法》，自2031年7月1日起施行。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the form had: the text as it was typed, and what is known of the article."""

    text: str = ""
    title: str = ""
    published: str = ""
    source: str = ""


NOTHING = Given()


class NoArticleError(MalformedRequestError):
    """The form came without an article."""


def init_app(app: Flask, settings: Settings) -> None:
    """Attaches the views."""
    app.config.from_mapping(TRY_MAX_CHARS=settings.try_max_chars, TRY_MODEL=settings.model)
    app.register_blueprint(blueprint)


@blueprint.get("/try")
def form() -> Response:
    """The form; ``?example`` has an article in it already."""
    given = Given(text=EXAMPLE) if "example" in request.args else NOTHING
    return revalidatable(Response(_render(given), mimetype=HTML))


@blueprint.post("/try")
def answer() -> Response:
    """What would be read from the article that was sent."""
    values, files = read_form()
    media_type = choose_format(values)
    given = Given(
        text=values.get("text", "").replace("\r\n", "\n"),
        title=values.get("title", ""),
        published=values.get("published", ""),
        source=values.get("source", ""),
    )
    try:
        attempt = read_attempt(values, files)
        tried = current_extractor().run(try_article, attempt, client=current_share())
    except (ExtractionError, MalformedRequestError) as error:
        if media_type != HTML:
            raise
        return _refusal(error, given)
    return WRITERS[media_type](tried, given)


def read_form() -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    """The fields and files of the request, in memory alone; none where it is no form.

    Raises:
        MalformedRequestError: when the form cannot be read.
        RequestEntityTooLarge: when it is larger than requests may be.
    """
    media_type, options = parse_options_header(request.headers.get("Content-Type"))
    if media_type not in FORM_TYPES:
        return MultiDict(), MultiDict()
    most = current_app.config["MAX_CONTENT_LENGTH"]
    parser = FormDataParser(
        stream_factory=_open_in_memory,
        max_form_memory_size=most,
        max_content_length=most,
        max_form_parts=50,
        silent=False,
    )
    try:
        _, values, files = parser.parse(
            request.stream, media_type, request.content_length, dict(options)
        )
    except RequestEntityTooLarge:
        raise
    except ValueError as error:
        raise MalformedRequestError(f"expected a form, got: {error}") from error
    return values, files


def _open_in_memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> IO[bytes]:
    """Where an uploaded file goes: werkzeug's own would put a large one on the disk."""
    return io.BytesIO()


def read_attempt(values: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> Attempt:
    """What is to be tried: the file of the form, else its text, else the body itself.

    Raises:
        MalformedRequestError: when there is none, or a field cannot be used.
        UnsupportedInputError: when the body is of no kind that can be read.
    """
    most = current_app.config["TRY_MAX_CHARS"]
    limits = ReadLimits(max_bytes=current_app.config["MAX_CONTENT_LENGTH"], max_characters=most)
    name, data = _read_content(values, files)
    return Attempt(
        name=name,
        data=data,
        base=current_access().base,
        limits=limits,
        title=_read_line(values, "title"),
        published=_read_date(values),
        source=_read_line(values, "source"),
        model=current_app.config["TRY_MODEL"],
    )


def _read_content(
    values: MultiDict[str, str], files: MultiDict[str, FileStorage]
) -> tuple[str, bytes]:
    media_type, _ = parse_options_header(request.headers.get("Content-Type"))
    if media_type not in FORM_TYPES:
        name = file_name(media_type)
        data = request.get_data()
        # White space in JSON, and the end of a record in JSON Lines.
        return name, data.replace(b"\n", b" ") if media_type == JSON else data
    sent = [f for f in files.getlist("file") if f.filename]
    if len(sent) > 1:
        raise MalformedRequestError(f"file: expected one file, got {len(sent)}")
    if sent:
        return str(sent[0].filename), sent[0].stream.read()
    text = read_single(values, "text")
    if text is None or not text.strip():
        raise NoArticleError("expected an article in 'text' or 'file', got none")
    return f"{ARTICLE}.txt", text.encode("utf-8")


def file_name(content_type: str) -> str:
    """What a file of a media type is called.

    Raises:
        UnsupportedInputError: when nothing reads that type.
    """
    media_type, _ = parse_options_header(content_type)
    if media_type not in SUFFIX_OF_TYPE:
        expected = ", ".join((*FORM_TYPES, *SUFFIX_OF_TYPE))
        raise UnsupportedInputError("Content-Type", expected=expected, got=repr(media_type))
    return ARTICLE + SUFFIX_OF_TYPE[media_type]


def _read_line(values: MultiDict[str, str], name: str) -> str | None:
    text = (read_single(values, name) or "").strip()
    if len(text) > MAX_LINE or not text.isprintable():
        raise MalformedRequestError(
            f"{name}: expected one line of at most {MAX_LINE} characters, got {text[:40]!r}"
        )
    return text or None


def _read_date(values: MultiDict[str, str]) -> str | None:
    text = (read_single(values, "published") or "").strip()
    if not text:
        return None
    found = normalize_date(text)
    if found is None:
        raise MalformedRequestError(
            f"published: expected a date such as 2031-05-06, got {text[:40]!r}"
        )
    return found


def choose_format(values: MultiDict[str, str]) -> str:
    """The media type of the answer: the form's or the address's ``format``, else by Accept.

    Raises:
        MalformedRequestError: for a format of another name.
        NotAcceptableError: when the header likes none.
    """
    name = read_single(values, "format") or read_single(request.args, "format")
    if name is None:
        return choose_media_type(list(FORMATS.values()))
    if name not in FORMATS:
        raise MalformedRequestError(f"format: expected one of {', '.join(FORMATS)}, got {name!r}")
    return FORMATS[name]


def _write_page(tried: Tryout, given: Given) -> Response:
    document = tried.extraction.document
    shown = replace(given, text=document.text)
    iri = Minter(current_access().base).document(document.id)
    with open_store(None, mode="write", base=current_access().base) as store:
        quads = ox.parse(tried.n_triples, ox.RdfFormat.N_TRIPLES)
        triples = stored_triples(quad.triple for quad in quads)
        store.write_triples({str(Minter(store.base).graph(document.id)): triples})
        tried_access = StoreAccess(store)
        reader = DetachedReader(tried_access, current_access())
        passages = read_passages(tried_access, reader, iri, document.text)
        turtle = serialize_triples(sorted(triples, key=str), TURTLE).decode("utf-8")
        html = _render(shown, tried=tried, passages=passages, turtle=turtle)
    return Response(html, mimetype=HTML)


def _write_json(tried: Tryout, given: Given) -> Response:
    return bytes_response(_exchange_row(tried), JSON)


def _write_json_lines(tried: Tryout, given: Given) -> Response:
    return _as_file(bytes_response(_exchange_row(tried), JSON_LINES), "jsonl")


def _write_turtle(tried: Tryout, given: Given) -> Response:
    if tried.problem is not None:
        raise UnprocessableError(tried.problem)
    quads = ox.parse(tried.n_triples, ox.RdfFormat.N_TRIPLES)
    triples = sorted((quad.triple for quad in quads), key=str)
    body = serialize_triples(triples, TURTLE)
    return _as_file(bytes_response(body, TURTLE.media_types[0]), "ttl")


def _write_csv(tried: Tryout, given: Given) -> Response:
    # With the mark by which spreadsheets know UTF-8.
    stream = io.StringIO("\ufeff")
    stream.seek(0, io.SEEK_END)
    facts_to_csv([tried.extraction.to_json()], stream)
    return _as_file(bytes_response(stream.getvalue().encode("utf-8"), CSV), "csv")


WRITERS: Mapping[str, Callable[[Tryout, Given], Response]] = MappingProxyType(
    {
        HTML: _write_page,
        JSON: _write_json,
        JSON_LINES: _write_json_lines,
        TURTLE.media_types[0]: _write_turtle,
        CSV: _write_csv,
    }
)


def _exchange_row(tried: Tryout) -> bytes:
    return (json.dumps(tried.extraction.to_json(), ensure_ascii=False) + "\n").encode("utf-8")


def _as_file(response: Response, suffix: str) -> Response:
    response.headers["Content-Disposition"] = f'attachment; filename="{ARTICLE}.{suffix}"'
    return response


def _refusal(error: ExtractionError | MalformedRequestError, given: Given) -> Response:
    """The form with what was typed, and why it could not be read."""
    problem = problem_of(error)
    note_error(error)
    title = problem.words.of(current_language().code)
    if isinstance(error, NoArticleError):
        title = gettext("Paste an article or choose a file first.")
    html = _render(given, refusal=(title, str(error)))
    response = Response(html, status=problem.status, mimetype=HTML)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _render(
    given: Given,
    *,
    tried: Tryout | None = None,
    passages: Passages | None = None,
    turtle: str = "",
    refusal: tuple[str, str] | None = None,
) -> str:
    return render_template(
        "try.html",
        given=given,
        tried=tried,
        passages=passages,
        turtle=turtle if len(turtle) <= SHOWN_TURTLE else "",
        refusal=refusal,
        legend=LABEL_WORDS,
        most=current_app.config["TRY_MAX_CHARS"],
        suffixes=SUFFIXES,
    )
