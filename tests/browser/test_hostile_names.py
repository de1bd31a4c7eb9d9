"""Names that nobody means well: no page grows wider than the screen, and nothing of them runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from extract.document import SourceDocument
from extract.facts import Argument, Extraction, Fact, HoldsPost, Span, TakesPart
from graph.identity import Minter
from graph.ingest import ingest_extraction
from graph.store import open_store
from tests.browser.site import serve
from tests.web.conftest import BASE

NAMES = (
    "<img src=x onerror=document.title='!'>",
    "\u202e名\u2066倒",
    "😀🇨🇳👩‍👩‍👧‍👦",
    "乙" * 120,
    "Abcdefghij" * 15,
    "مرحبا 韦",
)
FORUM = "云岭省北湾市海洋风电与零碳园区建设暨绿色金融支持蓝色经济高质量发展国际合作高峰论坛" * 3
OFFICE = "云岭省北湾市绿色低碳循环发展领导小组办公室" * 4
DOCUMENT = "long/<b>&\u202e"


def hostile_extraction() -> Extraction:
    text = "，".join((*NAMES, FORUM))
    whole = Span(0, len(text))
    event = Argument(label="FORUM", text=FORUM, name=FORUM)
    office = Argument(label="ORG", text=OFFICE, name=OFFICE)
    post = Argument(label="POST", text="副主任" * 9, name="副主任" * 9)
    facts: list[Fact] = []
    for name in NAMES:
        person = Argument(label="PERSON", text=name, name=name)
        facts += [
            TakesPart(person=person, event=event, role="addresses", evidence=whole),
            HoldsPost(person=person, post=post, org=office, evidence=whole),
        ]
    title = f"\u202e倒</title><script>document.title='!'</script>{FORUM}"
    document = SourceDocument(id=DOCUMENT, text=text, title=title, source="<b>报</b>" * 20)
    return Extraction(document=document, entities=(), facts=tuple(facts), pipeline="test 1")


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("hostile") / "store"
    with open_store(path, mode="write", base=BASE) as writer:
        outcome = ingest_extraction(hostile_extraction(), writer, Minter(BASE))
        assert outcome.status == "stored"
        writer.publish()
    with serve(path) as served:
        yield served


def paths() -> dict[str, str]:
    minter = Minter(BASE)
    found = {"home": "/", "documents": "/documents", "class": "/search?class=person"}
    for number, name in enumerate(NAMES):
        found[f"person {number}"] = "/page/" + minter.entity("person", name).partition("/id/")[2]
    for view in ("page", "timeline", "neighbourhood", "cite"):
        found[f"{view} forum"] = f"/{view}/" + minter.entity("forum", FORUM).partition("/id/")[2]
    for view in ("page", "cite"):
        found[f"{view} document"] = (
            f"/{view}/" + str(minter.document(DOCUMENT)).partition("/id/")[2]
        )
    return found


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen_and_nothing_runs(
    open_page: Callable[..., Any], width: int
) -> None:
    wide = {}
    for name, path in paths().items():
        page = open_page(f"{path}{'&' if '?' in path else '?'}lang=zh", width=width)
        page.wait_for_load_state("networkidle")
        assert page.title() != "!"
        assert page.locator("main img").count() == 0
        shown = page.evaluate("document.documentElement.scrollWidth")
        if shown > width:
            wide[name] = shown
        page.context.close()
    assert wide == {}
