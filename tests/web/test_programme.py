"""The parts of a forum stand by day, and otherwise as the newest article names them."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from extract.document import SourceDocument
from extract.facts import Argument, Extraction, Fact, HeldOn, PartOf, Span
from graph.store import Store
from tests.web.conftest import fill
from tests.web.test_entities import text_of

PathOf = Callable[..., str]

WHOLE = "2033岭海碳汇大会"


def programme(
    identifier: str, issued: str, *parts: str, days: dict[str, str] | None = None
) -> Extraction:
    """An article that names the parts in this order, all in one sentence."""
    text = f"{WHOLE}设{'、'.join(parts)}。"
    whole = Argument(label="FORUM", text=WHOLE, name=WHOLE, span=Span(0, len(WHOLE)))
    evidence = Span(0, len(text))
    facts: list[Fact] = []
    for part in parts:
        start = text.index(part)
        event = Argument(label="FORUM", text=part, name=part, span=Span(start, start + len(part)))
        facts.append(PartOf(event=event, whole=whole, evidence=evidence))
        if day := (days or {}).get(part):
            facts.append(HeldOn(event=event, start_date=day, end_date=day, evidence=evidence))
    document = SourceDocument(id=identifier, text=text, published=issued)
    return Extraction(document=document, entities=(), facts=tuple(facts), pipeline="test 1")


def shown(client: FlaskClient, path_of: PathOf) -> list[str]:
    html = client.get(path_of("page", "forum", WHOLE)).text
    tree = html[html.index('<ul class="tree">') :].partition("</section>")[0]
    return [text_of(lead) for lead in re.findall(r'<span class="lead-part">(.*?)</span>', tree)]


def test_parts_without_a_day_stand_as_the_article_names_them(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    names = ["林碳论坛", "海草论坛", "土壤论坛", "湿地论坛", "竹林论坛", "红树论坛"]
    fill(store, programme("one", "2033-05-01", *names))
    assert shown(client, path_of) == names


def test_days_come_before_places_in_the_text(
    client: FlaskClient, path_of: PathOf, store: Store
) -> None:
    names = ["林碳论坛", "海草论坛", "土壤论坛", "湿地论坛"]
    days = {"海草论坛": "2033-05-03", "湿地论坛": "2033-05-02", "土壤论坛": "2033-05-03"}
    fill(store, programme("one", "2033-05-01", *names, days=days))
    assert shown(client, path_of) == ["湿地论坛", "海草论坛", "土壤论坛", "林碳论坛"]


def test_the_newest_article_comes_first(client: FlaskClient, path_of: PathOf, store: Store) -> None:
    fill(
        store,
        programme("old", "2033-04-01", "林碳论坛", "海草论坛", "土壤论坛"),
        programme("new", "2033-05-01", "海草论坛", "湿地论坛", "林碳论坛"),
    )
    assert shown(client, path_of) == ["海草论坛", "湿地论坛", "林碳论坛", "土壤论坛"]
