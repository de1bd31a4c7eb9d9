"""What all pages share: strict templates, filters, addresses, and paths with any characters."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Flask, Response, request
from jinja2 import StrictUndefined
from werkzeug.routing import BaseConverter

from web.controls import page_without_controls
from web.languages import current_language, link_query
from web.negotiation import HTML
from web.reading import Reader
from web.store import current_access
from web.wording import confidence_words


class RestConverter(BaseConverter):
    """The rest of a path, whatever it is: a document's id may begin with a slash."""

    regex = ".+"
    part_isolating = False


def init_app(app: Flask) -> None:
    """Makes templates refuse unknown names, and adds the filters and the path converter."""
    app.url_map.converters["rest"] = RestConverter
    app.url_map.merge_slashes = False
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["per_cent"] = per_cent
    app.jinja_env.filters["confidence_words"] = confidence_words
    app.jinja_env.filters["web_link"] = web_link
    app.jinja_env.globals["public_url"] = public_url
    app.after_request(clean_page)


def compile_templates(app: Flask) -> None:
    """Compiles all templates, which the first request for each kind of page would wait for."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def clean_page(response: Response) -> Response:
    """The page without the control characters that texts of the graph may have."""
    if response.mimetype == HTML and not response.is_streamed:
        page = response.get_data()
        cleaned = page_without_controls(page)
        if cleaned != page:
            response.set_data(cleaned)
    return response


def open_reader() -> Reader:
    """A reader of the store whose sentences and links are in the request's language."""
    return Reader(
        current_access(),
        prefix=request.script_root,
        query=link_query(),
        language=current_language().code,
    )


def public_url(path: str | None = None, *, lang: str | None = None) -> str:
    """The address of a page for other sites: under the base of all IRIs, with its language.

    Args:
        path: the path of the page, as `url_for` gives it; that of the page shown when None.
        lang: the code of a language; None leaves it to the reader's browser.
    """
    shown = request.path if path is None else path.removeprefix(request.script_root)
    address = current_access().base + quote(shown.lstrip("/"), safe="/:@!$&'()*+,;=~")
    return address if lang is None else f"{address}?{urlencode({'lang': lang})}"


def per_cent(confidence: float) -> str:
    """A confidence from 0 to 1 as whole per cent, rounded down: what shows 90% is at least 0.9.

    >>> per_cent(0.8999), per_cent(0.29)
    ('89%', '29%')
    """
    return f"{round(confidence * 10_000) // 100}%"


def web_link(url: str | None) -> str | None:
    """A URL that a link may carry; None for any scheme that a browser would run.

    >>> web_link("javascript:alert(1)") is None
    True
    """
    if url is not None and url.lower().startswith(("http://", "https://")):
        return url
    return None
