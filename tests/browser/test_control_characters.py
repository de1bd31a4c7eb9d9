"""Characters that no page can hold, brought in as articles and as RDF, in a real browser."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from extract.document import SourceDocument
from extract.facts import Argument, Entity, Extraction, Span, TakesPart
from graph.identity import Minter
from graph.ingest import ingest_extraction
from graph.store import open_store
from tests.browser.site import ROOT, serve
from tests.web.conftest import BASE

OpenPage = Callable[..., Any]

# As RDF alone can bring it.
NAME = "韦\x00一\x01诺\ufffe"
SHOWN = "韦\ufffd一\ufffd诺\ufffd"
DOCUMENT = "odd\x01id"
# What readers let pass: a control of the second set, a line separator, a noncharacter, an unseen
# space, a mark that turns the direction.
ODD = "\x9f\u2028\ufdd0\u200b\u202e"
ARTICLE = f"北湾市{ODD}市长韦一诺出席2031云梦零碳峰会并致辞。"
REFUSED = {
    "nul.txt": ("北湾市\x00很大。", "got a NUL byte"),
    "control.txt": ("北湾市\x01很大。", "got U+0001"),
    "nothing.txt": ("北湾市\ufffe很大。", "got U+FFFE"),
    "nul.jsonl": ('{"id": "a", "text": "北湾市\\u0000很大。"}\n', "got U+0000"),
    "half.jsonl": ('{"id": "a", "text": "北湾市\\ud800很大。"}\n', "got U+D800"),
}
NAMES = """
SELECT * { ?person <http://www.w3.org/2004/02/skos/core#prefLabel> ?name FILTER(STRSTARTS(?name, "韦")) }
"""
# Texts on a page that show none of what a page cannot hold.
CLEAN = r"""() => {
    const odd = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/;
    return !odd.test(document.documentElement.textContent) && !odd.test(document.title);
}"""
READ = """async (address) => {
    const answer = await fetch(address);
    const text = await answer.text();
    const type = answer.headers.get("Content-Type");
    if (type.includes("json")) return { type, text: JSON.stringify(JSON.parse(text)) };
    const read = new DOMParser().parseFromString(text, "application/xml");
    const broken = read.querySelector("parsererror");
    return { type, text: broken === null ? read.documentElement.textContent : "broken" };
}"""


def odd_extraction() -> Extraction:
    text = f"{NAME}在会上"
    span = Span(0, len(NAME))
    person = Argument(label="PERSON", text=NAME, name=NAME, span=span)
    event = Argument(label="FORUM", text="会", name="\x00海风会")
    return Extraction(
        document=SourceDocument(id=DOCUMENT, text=text, title="题\x00目\ufffe"),
        entities=(Entity(span=span, label="PERSON", text=NAME, name=NAME, confidence=0.9),),
        facts=(TakesPart(person=person, event=event, evidence=Span(0, len(text))),),
        pipeline="test 1",
    )


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("controls")
    store = folder / "store"
    with open_store(store, mode="write", base=BASE) as writer:
        assert ingest_extraction(odd_extraction(), writer, Minter(BASE)).status == "stored"
        writer.publish()
    (folder / "odd.txt").write_text(f"{ARTICLE}\n", encoding="utf-8")
    line = {"id": "odd-line", "title": f"标题{ODD}", "text": ARTICLE}
    (folder / "odd.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    ingest = [sys.executable, "-m", "cli", "--store", str(store), "ingest", str(folder / "odd.txt")]
    subprocess.run([*ingest, str(folder / "odd.jsonl")], cwd=ROOT, check=True)
    with serve(store) as served:
        yield served


def paths() -> dict[str, str]:
    minter = Minter(BASE)
    person = str(minter.entity("person", NAME)).partition("/id/")[2]
    documents = [
        str(minter.document(d)).partition("/id/")[2] for d in (DOCUMENT, "odd", "odd-line")
    ]
    found = {
        "home": "/",
        "documents": "/documents",
        "class": "/search?class=person",
        "search": f"/search?q={quote('韦一诺')}",
        "search for a control": "/search?q=%00%01",
    }
    for view in ("page", "timeline", "neighbourhood", "cite"):
        found[f"{view} person"] = f"/{view}/{person}"
    for document in documents:
        found[f"page {document}"] = f"/page/{document}"
        found[f"history {document}"] = f"/history/{document.removeprefix('document/')}"
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_shows_what_it_cannot_hold(open_page: OpenPage, lang: str) -> None:
    for name, path in paths().items():
        page = open_page(f"{path}{'&' if '?' in path else '?'}lang={lang}", width=390)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(CLEAN), name
        assert page.evaluate("document.documentElement.scrollWidth") == 390, name
        page.context.close()


def test_a_name_shows_a_sign_for_each_and_is_found(open_page: OpenPage) -> None:
    page = open_page("/search?class=person")
    page.get_by_role("link", name=SHOWN).first.click()
    page.wait_for_url("**/page/person/**")
    assert page.locator("h1").inner_text() == SHOWN
    page.get_by_role("link", name="题\ufffd目\ufffd").first.click()
    page.wait_for_url("**/page/document/**")
    assert SHOWN in page.locator("mark").all_inner_texts()


def test_neither_suggestions_nor_answers_show_any(open_page: OpenPage) -> None:
    page = open_page("/")
    page.locator("form[role=search]").get_by_role("combobox").press_sequentially("韦")
    page.get_by_role("option").filter(has_text=SHOWN).first.wait_for()
    assert page.evaluate(CLEAN)
    page.goto(page.url + f"sparql?{urlencode({'query': NAMES})}")
    page.locator(".result td").filter(has_text=SHOWN).first.wait_for()
    assert page.evaluate(CLEAN)


@pytest.mark.parametrize("document", ["odd", "odd-line"])
def test_an_article_with_odd_characters_is_read_and_marked(
    open_page: OpenPage, document: str
) -> None:
    page = open_page(f"/page/document/{document}")
    marked = page.locator("mark").all_inner_texts()
    assert "韦一诺" in marked
    assert "\x9f" not in page.content()
    # Marks of direction stay within what they stand in.
    assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == "ltr"


@pytest.mark.parametrize("suffix", ["jsonld", "rdf"])
def test_data_can_be_read_by_a_browser(open_page: OpenPage, suffix: str) -> None:
    page = open_page("/")
    minter = Minter(BASE)
    person = str(minter.entity("person", NAME)).partition("/id/")[2]
    document = str(minter.document(DOCUMENT)).partition("/id/")[2]
    for path in (f"/data/{person}", f"/data/{document}", "/data/document/odd"):
        read = page.evaluate(READ, f"{path}.{suffix}")
        assert read["text"] != "broken", path
        assert "诺" in read["text"], path


@pytest.mark.parametrize("name", REFUSED)
def test_an_article_that_is_tried_is_refused_with_the_place(
    open_page: OpenPage, tmp_path: Path, name: str
) -> None:
    content, said = REFUSED[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    page = open_page("/try")
    page.locator("#try-file").set_input_files(tmp_path / name)
    page.locator("#try button.primary").click()
    refusal = page.locator("#result [role=alert]")
    refusal.wait_for()
    assert said in refusal.inner_text()
    assert page.evaluate(CLEAN)


def test_an_article_with_odd_characters_is_tried(open_page: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text(ARTICLE, encoding="utf-8")
    page = open_page("/try")
    page.locator("#try-file").set_input_files(tmp_path / "odd.txt")
    page.locator("#try button.primary").click()
    page.locator("#result mark").first.wait_for()
    assert "韦一诺" in page.locator("#result mark").all_inner_texts()
    assert page.evaluate(CLEAN)
