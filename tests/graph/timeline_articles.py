"""Short invented articles, each a sentence with the facts that it says."""

from __future__ import annotations

from decimal import Decimal

from extract.document import SourceDocument
from extract.facts import (
    Argument,
    ArgumentLabel,
    Dated,
    Extraction,
    Fact,
    HeldAt,
    HeldOn,
    HoldsPost,
    Issues,
    LegalStep,
    Measures,
    Qualifier,
    Span,
    Status,
)
from graph.identity import Minter
from graph.mapping import facts_to_graph
from graph.store import Store

TENSES: dict[bool, Status] = {False: "current", True: "former"}


def article(document: str, text: str, *facts: Fact, published: str | None = None) -> Extraction:
    source = SourceDocument(id=document, text=text, published=published)
    return Extraction(document=source, entities=(), facts=facts, pipeline="test 1")


def argument(text: str, label: ArgumentLabel, name: str) -> Argument:
    start = text.index(name)
    span = Span(start, start + len(name))
    return Argument(label=label, text=name, name=name, span=span)


def post_article(
    document: str,
    text: str,
    *,
    person: str,
    title: str,
    unit: str,
    published: str | None = None,
    former: bool = False,
    confidence: float = 0.9,
) -> Extraction:
    """Somebody holds a post, or held it."""
    label: ArgumentLabel = "PLACE" if unit[-1] in "省市区县" else "ORG"
    fact = HoldsPost(
        person=argument(text, "PERSON", person),
        post=argument(text, "POST", title),
        org=argument(text, label, unit),
        status=TENSES[former],
        evidence=Span(0, len(text)),
        confidence=confidence,
    )
    return article(document, text, fact, published=published)


def figure_article(
    document: str,
    value: str,
    text: str,
    *,
    unit: str | None,
    period: str | None = "2030",
    qualifiers: tuple[Qualifier, ...] = (),
    subject: str = "北湾市",
) -> Extraction:
    """The wind power of a city."""
    sentence = f"{subject}的海风装机{text}。"
    fact = Measures(
        subject=argument(sentence, "PLACE", subject),
        indicator="海风装机",
        value=Decimal(value),
        value_text=text,
        unit=unit,
        period=period,
        qualifier=qualifiers,
        evidence=Span(0, len(sentence)),
        confidence=0.9,
    )
    return article(document, sentence, fact, published="2031-02-01")


def issue_article(
    document: str, date: str | None, *, issuer: str = "北湾市绿能局", step: LegalStep | None = None
) -> Extraction:
    """When a regulation was issued, or takes a step."""
    sentence = f"{issuer}印发北湾海风办法。"
    regulation = argument(sentence, "REGULATION", "北湾海风办法")
    evidence = Span(0, len(sentence))
    if step is None:
        org = argument(sentence, "ORG", issuer)
        fact: Fact = Issues(org=org, regulation=regulation, date=date, evidence=evidence)
    else:
        fact = Dated(regulation=regulation, step=step, date=date or "", evidence=evidence)
    return article(document, sentence, fact)


def forum_article(
    document: str, *, days: tuple[str, str] | None = None, venues: tuple[str, ...] = ()
) -> Extraction:
    """When or where a forum was held."""
    sentence = f"2031云梦零碳峰会在{'和'.join(venues) or '当地'}举行。"
    evidence = Span(0, len(sentence))
    event = argument(sentence, "FORUM", "2031云梦零碳峰会")
    facts: list[Fact] = [
        HeldAt(event=event, place=argument(sentence, "PLACE", venue), evidence=evidence)
        for venue in venues
    ]
    if days is not None:
        facts.append(HeldOn(event=event, start_date=days[0], end_date=days[1], evidence=evidence))
    return article(document, sentence, *facts)


def fill(store: Store, *extractions: Extraction) -> None:
    minter = Minter(store.base)
    for extraction in extractions:
        iri = str(minter.graph(extraction.document.id))
        store.replace_graph(iri, facts_to_graph(extraction, minter))
