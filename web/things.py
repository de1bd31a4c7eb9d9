"""The pages of persons, institutions, forums, series, regulations, places and indicators.

A summary first, then what is said by role, each line with its evidence; at the end the links to
other data sets, the articles, and the same in other forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import current_app, render_template, request, url_for
from rdflib import URIRef

from graph.contradictions import Contradiction, contradictions_of
from web.careers import HeldPost, read_career
from web.contradictions import (
    contradicted_figures,
    contradicted_statements,
    contradictions_path,
)
from web.figures import bars_of_period, figures_to_chart, measure_extent
from web.formats import GRAPH_FORMATS
from web.overview import FIGURES, LINES, MATCHES, SHORTCUTS, Block, Overview, summarize
from web.pages import web_link
from web.reading import Reader, property_words
from web.store import StoreAccess, current_store
from web.wording import Kind, Words

DOCUMENTS = 10
MEMBERS = 30
# Of a thing in more statements than this, contradictions wait until somebody asks for them.
MOST_LOOKED_THROUGH = 2000
# Each membership is read with all its sentences; a person has some dozens.
MOST_POSTS = 100
_SCHEMA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "person": "Person",
        "org": "Organization",
        "forum": "Event",
        "series": "EventSeries",
        "regulation": "Legislation",
        "place": "Place",
        "indicator": "StatisticalVariable",
    }
)
THINGS = frozenset(_SCHEMA_TYPES)


def render_thing(
    store: StoreAccess, reader: Reader, iri: URIRef, kind: Kind, *, least: float
) -> str:
    """The page of a thing of one of the kinds :data:`THINGS`.

    Args:
        store: the store at one moment.
        reader: of the same store.
        iri: the thing.
        kind: its kind.
        least: the confidence, 0 to 1, that the best evidence of a statement has to have.
    """
    size = min(current_app.config["PAGE_SIZE"], LINES)
    overview = Overview(store, reader, iri, kind.segment, least=least, size=size)
    blocks = overview.blocks()
    figures = [figure for block in blocks for figure in block.figures]
    career = find_career(reader, iri, kind, blocks, least=least)
    summary, left = summarize(kind.segment, blocks, career=career)
    clashes = find_contradictions_of(iri, blocks, least=least)
    contradicted = contradicted_statements(clashes or ())
    if kind.segment == "indicator":
        contradicted = contradicted_figures(current_store(), figures, shown=FIGURES, least=least)
    matches = read_matches(reader, iri)
    path = iri.removeprefix(store.base + "id/")
    root = request.script_root
    return render_template(
        "thing.html",
        kind=kind,
        node=reader.node(iri),
        names=reader.names(iri),
        types=reader.types(iri),
        above=overview.above(),
        summary=summary,
        properties=[p for p in reader.properties(iri) if URIRef(p.iri) not in SHORTCUTS],
        matches=matches,
        blocks=[block for block in left if block.total and not _in_tree(block)],
        programme=overview.programme(),
        members=overview.members(size=MEMBERS),
        career=career,
        contradicted=contradicted,
        clashes=None if clashes is None else len(clashes),
        clashes_path=contradictions_path(iri),
        extent=measure_extent(figures) if kind.segment == "indicator" and figures else None,
        chart=figures_to_chart(figures, contradicted=contradicted)
        if kind.segment == "indicator"
        else None,
        bars=bars_of_period(figures) if kind.segment == "indicator" else None,
        least=least,
        hidden=sum(block.hidden for block in blocks),
        mentions=reader.mentioned_in(iri),
        documents_shown=DOCUMENTS,
        data_path=f"{root}/data/{path}",
        paths=view_paths(store, iri),
        formats=GRAPH_FORMATS,
        structured=describe_thing(reader, iri, kind, matches),
    )


def find_career(
    reader: Reader, iri: URIRef, kind: Kind, blocks: Sequence[Block], *, least: float
) -> Sequence[HeldPost] | None:
    """The posts of a person over time; None of other things and of whoever has very many."""
    memberships = sum(block.total for block in blocks if block.role.segment == "membership")
    if kind.segment != "person" or memberships > MOST_POSTS:
        return None
    return read_career(current_store(), reader, iri, least=least)


def find_contradictions_of(
    iri: URIRef, blocks: Sequence[Block], *, least: float
) -> Sequence[Contradiction] | None:
    """The contradictions that a thing has a part in; None where it has too much to look through."""
    if sum(block.total for block in blocks) > MOST_LOOKED_THROUGH:
        return None
    return contradictions_of(current_store(), str(iri), least=least)


def view_paths(store: StoreAccess, iri: URIRef) -> dict[str, str]:
    """The addresses of the views of a thing, with the language that was chosen."""
    segment, _, name = iri.removeprefix(store.base + "id/").partition("/")
    views = {
        "overview": "entities.page",
        "timeline": "around.timeline",
        "neighbourhood": "around.neighbourhood",
        "citation": "cite.cite",
    }
    return {view: url_for(endpoint, segment=segment, name=name) for view, endpoint in views.items()}


def read_matches(reader: Reader, iri: URIRef) -> list[tuple[Words, list[str]]]:
    """What the thing is, or is nearly, in other data sets: words and web addresses."""
    description = reader.describe(iri)
    found = []
    for prop in MATCHES:
        addresses = [a for v in description.get(prop, ()) if (a := web_link(str(v))) is not None]
        if addresses:
            found.append((property_words(prop), addresses))
    return found


def describe_thing(
    reader: Reader, iri: URIRef, kind: Kind, matches: Sequence[tuple[Words, Sequence[str]]]
) -> dict[str, Any]:
    """The thing for search engines, in the words of schema.org."""
    names = reader.names(iri)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _SCHEMA_TYPES[kind.segment],
        "@id": str(iri),
        "name": reader.node(iri).name,
    }
    if len(names) > 1:
        data["alternateName"] = names[1:]
    if matches:
        data["sameAs"] = [address for _, addresses in matches for address in addresses]
    return data


def _in_tree(block: Block) -> bool:
    """Whether the tree of the programme shows what the block lists."""
    return block.role.segment == "subevent" and block.role.key == "wholeEvent"
