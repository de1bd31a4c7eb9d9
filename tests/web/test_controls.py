"""Null and other control characters in names, titles and texts do no harm on their way to a page."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from rdflib import Graph

from extract.document import SourceDocument
from extract.facts import Argument, Extraction, Span, TakesPart
from graph.store import Store
from graph.xml_characters import to_xml_characters
from tests.web.conftest import fill
from web.controls import page_without_controls

NAME = "甲\x00乙\x07\x1b丙\x9f丁\ufffe"
SHOWN = "甲\ufffd乙\ufffd\ufffd丙\ufffd丁\ufffd"
DOCUMENT = "odd\x00id"
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
PathOf = Callable[..., str]


@pytest.fixture
def odd(store: Store) -> None:
    """An article as only RDF written into the store can bring it: readers refuse such a text."""
    text = f"{NAME}在会"
    fact = TakesPart(
        person=Argument(label="PERSON", text=NAME, name=NAME, span=Span(0, len(NAME))),
        event=Argument(label="FORUM", text="会", name="\x00海风会"),
        evidence=Span(0, len(text)),
    )
    document = SourceDocument(id=DOCUMENT, text=text, title="题\x00目\x08")
    fill(store, Extraction(document=document, entities=(), facts=(fact,), pipeline="test 1"))


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("folder", ["page", "timeline", "neighbourhood", "cite"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_name_shows_a_sign_for_each(
    client: FlaskClient, path_of: PathOf, folder: str, lang: str
) -> None:
    path = f"{path_of(folder, 'person', NAME)}?lang={lang}"
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert not CONTROLS.search(response.text)
    assert SHOWN in response.text
    assert int(response.headers["Content-Length"]) == len(response.get_data())


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize(
    "path",
    ["/documents", f"/page/document/{quote(DOCUMENT)}", f"/history/{quote(DOCUMENT)}",
     "/search?q=%00", "/search?q=%1B%5B31m", "/sitemap.xml"],
)  # fmt: skip
def test_no_page_has_any(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert not CONTROLS.search(response.text)


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize("name", ["%00-0123456789", "%1B", "a%00"])
def test_in_an_address_they_name_nothing(client: FlaskClient, name: str) -> None:
    response = client.get(f"/page/person/{name}", headers={"Accept": "text/html"})
    assert response.status_code == (404 if name.endswith("0123456789") else 400)
    assert not CONTROLS.search(response.text)


@pytest.mark.usefixtures("odd")
@pytest.mark.parametrize(
    ("suffix", "parser", "name"),
    [
        ("ttl", "turtle", NAME),
        ("nt", "nt", NAME),
        ("jsonld", "json-ld", NAME),
        ("rdf", "xml", SHOWN.replace("丙\ufffd", "丙\x9f")),
    ],
)
def test_every_format_can_be_read_again(
    client: FlaskClient, path_of: PathOf, suffix: str, parser: str, name: str
) -> None:
    response = client.get(f"{path_of('data', 'person', NAME)}.{suffix}")
    graph = Graph().parse(data=response.get_data(), format=parser)
    assert name in {str(value) for value in graph.objects()}


@pytest.mark.parametrize(
    ("given", "page", "xml"),
    [
        ("风\t电\r\n", "风\t电\r\n", "风\t电&#xD;\n"),
        ("\x7f\x9f", "\ufffd\ufffd", "\x7f\x9f"),
        ("\x00\x1f\uffff", "\ufffd\ufffd\ufffd", "\ufffd\ufffd\ufffd"),
        ("\u00a0\u3000\U0001f30f", "\u00a0\u3000\U0001f30f", "\u00a0\u3000\U0001f30f"),
    ],
)
def test_what_a_page_and_xml_can_hold_stays(given: str, page: str, xml: str) -> None:
    assert page_without_controls(given.encode()).decode() == page
    assert to_xml_characters(given.encode()).decode() == xml
