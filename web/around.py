"""What surrounds a thing: its neighbours as a graph, and what happened with it in order of time.

The neighbours stand in groups, one for each way of being related, and of a thing with very many
some of each group are given, at most :data:`NODES` in all. A script draws them and asks for the
neighbours of a neighbour when it is chosen; without one they are a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from rdflib import URIRef
from werkzeug.wrappers import Response as AnyResponse

from ontology.terms import TANPU
from web.entities import find_node, is_named, kind_of_segment, moved
from web.errors import UnknownIriError
from web.headers import revalidatable
from web.languages import current_language
from web.lines import Line, read_line
from web.negotiation import HTML, prefers_html
from web.overview import Overview
from web.pages import open_reader
from web.parameters import read_confidence, read_page_number
from web.reading import NodeView, Reader
from web.roles import ROLES, Role, group_words
from web.statements import count_groups, count_statements, list_statements
from web.store import StoreAccess, current_access
from web.things import THINGS, view_paths
from web.wording import Kind, Words

blueprint = Blueprint("around", __name__)

JSON = "application/json"
NODES = 60
# Read beside what is drawn, for statements that lead to the same thing.
SPARE = 5
# Kinds of statements whose other end is no thing to go to, or says nothing new.
_UNRELATED = frozenset({"naming", "scheduling", "theming", "step"})
_NO_NEIGHBOURS = frozenset({"post", "title", "period", "instant"})


@dataclass(frozen=True, slots=True)
class Relation:
    """Neighbours that are related to a thing in one way: ``total`` statements say so.

    ``query`` leads to all of them on the page of the thing; None where no statement says it.
    """

    words: Words
    total: int
    nodes: Sequence[NodeView]
    query: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something of one day, month or year, as ISO, and the statement that says it."""

    date: str
    line: Line


def init_app(app: Flask) -> None:
    """Attaches the views."""
    app.register_blueprint(blueprint)


@blueprint.get("/neighbourhood/<segment>/<rest:name>")
def neighbourhood(segment: str, name: str) -> AnyResponse:
    """The neighbours of a thing by relation, as a page or as JSON."""
    store = current_access()
    kind, iri = _find_thing(store, segment, name)
    if not is_named(store, iri, kind, name):
        return moved(f"/neighbourhood/{iri.removeprefix(store.base + 'id/')}")
    least = read_confidence(request.args)
    reader = open_reader()
    relations = read_relations(store, reader, iri, kind, least=least)
    if prefers_html(request.headers.get("Accept"), [JSON]):
        html = render_template(
            "neighbourhood.html",
            kind=kind,
            node=reader.node(iri),
            relations=relations,
            paths=view_paths(store, iri),
            nodes_at_most=NODES,
        )
        response = Response(html, mimetype=HTML)
    else:
        response = jsonify(
            node=_node_to_json(reader.node(iri), store),
            relations=[_relation_to_json(relation, store) for relation in relations],
        )
    response.vary.add("Accept")
    return revalidatable(response)


@blueprint.get("/timeline/<segment>/<rest:name>")
def timeline(segment: str, name: str) -> AnyResponse:
    """What happened with a thing, the latest first, a page at a time."""
    store = current_access()
    kind, iri = _find_thing(store, segment, name)
    if not is_named(store, iri, kind, name):
        return moved(f"/timeline/{iri.removeprefix(store.base + 'id/')}")
    number, least = read_page_number(request.args), read_confidence(request.args)
    size = current_app.config["PAGE_SIZE"]
    reader = open_reader()
    events, more = read_events(store, reader, iri, page=number, size=size, least=least)
    if number > 1 and not events:
        raise UnknownIriError(f"{name!r} has no page {number} of its timeline")
    years = [(year, list(found)) for year, found in groupby(events, lambda e: e.date[:4])]
    html = render_template(
        "timeline.html",
        kind=kind,
        node=reader.node(iri),
        years=years,
        page=number,
        more=more,
        least=least,
        paths=view_paths(store, iri),
    )
    return revalidatable(Response(html, mimetype=HTML))


def read_relations(
    store: StoreAccess, reader: Reader, iri: URIRef, kind: Kind, *, least: float = 0.0
) -> list[Relation]:
    """The neighbours of a thing by relation, at most :data:`NODES` in all.

    Every relation has its share: where there are too many neighbours, each gives up its last ones
    until the rest fits.
    """
    counted: list[tuple[Role, URIRef | None, int]] = []
    for role in ROLES:
        if role.segment in _UNRELATED:
            continue
        total = count_statements(store, iri, role, least=least)
        if total and role.groups:
            counts = count_groups(store, iri, role, least=least)
            counted += [(role, value, count) for value, count in counts.items()]
        elif total:
            counted.append((role, None, total))
    # Several statements may lead to one thing, so that more are read than will be drawn.
    shares = share_evenly([min(total, NODES) for _, _, total in counted], most=NODES)
    found = [
        _relation(store, reader, iri, role, total, value, least, read=2 * share + SPARE)
        for (role, value, total), share in zip(counted, shares, strict=True)
    ]
    overview = Overview(store, reader, iri, kind.segment, least=least)
    above = overview.above()
    if above and kind.segment != "forum":
        found.append(Relation(Words("上级", "Part of"), 1, above[-1:]))
    found += [
        Relation(
            members.words,
            members.total - any(node.iri == str(iri) for node, _ in members.nodes),
            [node for node, _ in members.nodes],
        )
        for members in overview.members(size=NODES)
    ]
    kept = [_keep_things(relation, iri) for relation in found]
    return share_nodes([relation for relation in kept if relation.nodes], most=NODES)


def share_nodes(relations: Sequence[Relation], *, most: int) -> list[Relation]:
    """The relations with ``most`` nodes in all, each with as even a share as there is.

    >>> words, node = Words("", ""), NodeView("i", "n", None, None)
    >>> shared = share_nodes([Relation(words, 9, [node] * 9), Relation(words, 1, [node])], most=4)
    >>> [len(relation.nodes) for relation in shared]
    [3, 1]
    """
    shares = share_evenly([len(relation.nodes) for relation in relations], most=most)
    return [
        Relation(relation.words, relation.total, relation.nodes[:share], relation.query)
        for relation, share in zip(relations, shares, strict=True)
        if share
    ]


def share_evenly(wanted: Sequence[int], *, most: int) -> list[int]:
    """What each gets of ``most`` where each wants some: none more than the neediest but one.

    >>> share_evenly([9, 1, 9], most=8)
    [4, 1, 3]
    """
    shares = [0] * len(wanted)
    left = most
    while left > 0:
        hungry = [place for place, number in enumerate(wanted) if shares[place] < number]
        if not hungry:
            break
        for place in hungry[:left]:
            shares[place] += 1
        left -= len(hungry[:left])
    return shares


def read_events(
    store: StoreAccess,
    reader: Reader,
    iri: URIRef,
    *,
    page: int,
    size: int,
    least: float = 0.0,
) -> tuple[list[Event], bool]:
    """One page of what happened with a thing, the latest first, and whether more follows."""
    start = (page - 1) * size
    found = sorted(store.texts("events", entity=iri), key=lambda row: row["statement"])
    everything = sorted(found, key=lambda row: row["date"], reverse=True)
    sure = (row for row in everything if least <= 0 or _confidence(store, row) >= least)
    rows = list(islice(sure, start, start + size + 1))
    roles = {(role.segment, role.prop): role for role in ROLES}
    events = []
    for row in rows[:size]:
        statement = URIRef(row["statement"])
        segment = statement.removeprefix(store.base + "id/").split("/")[0]
        role = roles[segment, URIRef(row["role"])]
        events.append(Event(row["date"], read_line(reader, statement, role)))
    return events, len(rows) > size


def _confidence(store: StoreAccess, row: Mapping[str, str]) -> float:
    """The best of the evidence for the statement of a row, 0 where there is none."""
    found = [
        float(str(confidence))
        for evidence in store.values(URIRef(row["statement"]), TANPU.evidence)
        for confidence in store.values(URIRef(evidence), TANPU.confidence)
    ]
    return max(found, default=0.0)


def _find_thing(store: StoreAccess, segment: str, name: str) -> tuple[Kind, URIRef]:
    kind = kind_of_segment(segment)
    if segment not in THINGS:
        raise UnknownIriError(f"expected a class among {sorted(THINGS)}, got {segment!r}")
    return kind, find_node(store, kind, name)


def _relation(
    store: StoreAccess,
    reader: Reader,
    iri: URIRef,
    role: Role,
    total: int,
    value: URIRef | None,
    least: float,
    *,
    read: int,
) -> Relation:
    words = (None if value is None else group_words(role, value)) or role.words
    statements = list_statements(
        store, iri, role, total=total, start=0, stop=read, least=least, value=value
    )
    lines = [read_line(reader, one, role, with_evidence=False) for one in statements]
    nodes = [node for line in lines for node in _nodes_of(line)]
    query = {"kind": role.segment, "role": role.key}
    if value is not None:
        query["group"] = value.rpartition("#")[2]
    return Relation(words, total, nodes, query)


def _nodes_of(line: Line) -> list[NodeView]:
    notes = [part for part in line.notes if not isinstance(part, str)]
    return [*line.nodes, *notes]


def _keep_things(relation: Relation, iri: URIRef) -> Relation:
    """Without the thing itself, what is said twice, and what is no thing to go to."""
    nodes = {
        node.iri: node
        for node in relation.nodes
        if node.iri != str(iri)
        and node.href is not None
        and (node.kind is None or node.kind.segment not in _NO_NEIGHBOURS)
    }
    return Relation(relation.words, relation.total, tuple(nodes.values()), relation.query)


def _node_to_json(node: NodeView, store: StoreAccess) -> dict[str, Any]:
    expandable = node.kind is not None and node.kind.segment in THINGS
    path = node.iri.removeprefix(store.base + "id/")
    return {
        "id": node.iri,
        "name": node.name,
        "color": "thing" if node.kind is None else node.kind.color or "thing",
        "href": node.href,
        "around": f"{request.script_root}/neighbourhood/{path}" if expandable else None,
    }


def _relation_to_json(relation: Relation, store: StoreAccess) -> dict[str, Any]:
    return {
        "words": relation.words.of(current_language().code),
        "total": relation.total,
        "nodes": [_node_to_json(node, store) for node in relation.nodes],
    }
