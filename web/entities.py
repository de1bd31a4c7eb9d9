"""Entities and statements: ``/id`` → ``/page`` or ``/data``.

The digest at the end of a name is the identity. A name whose readable part is wrong or out
of date is answered with 308 to the right one, and so is one whose thing was found to be the
same as another. A name that turned out to be of several things is answered with 300 and the
choices. What the graph no longer speaks of is answered with 308 where the documents that spoke of
it tell what took its place, and else with 410 and these documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
)
from rdflib import Literal, URIRef
from werkzeug.wrappers import Response as AnyResponse

from graph.confidence import leave_out_unsure
from graph.contradictions import contradictions_of
from graph.identity import Minter
from web.config import Settings
from web.contradictions import contradictions_path
from web.errors import (
    GoneIriError,
    MalformedIriError,
    Problem,
    SeveralThingsError,
    UnknownIriError,
    answer_known_error,
)
from web.formats import (
    DATASET_FORMATS,
    GRAPH_FORMATS,
    RdfFormat,
    choose_media_type,
    choose_rdf_format,
    media_types_of,
    rdf_response,
)
from web.headers import revalidatable
from web.negotiation import HTML, prefers_html
from web.pages import open_reader
from web.parameters import read_confidence, read_page_number
from web.reading import NO_LINKS, NodeView, Reader, kind_of
from web.roles import ROLES, Role, group_words
from web.store import StoreAccess, Term, current_access, current_store
from web.things import THINGS, render_thing
from web.wording import DOCUMENT_KIND, KIND_OF_SEGMENT, STATEMENT_KINDS, Kind

blueprint = Blueprint("entities", __name__)

_DIGEST = r"[0-9a-f]{10}"
_DAY = r"\d{4}(?:-\d{2}(?:-\d{2})?)?"
_NAMES = {
    "period": re.compile(rf"{_DAY}(?:--{_DAY})?"),
    "instant": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "document": re.compile(r".+", re.DOTALL),
}
_STATEMENT_NAME = re.compile(rf"(?P<digest>{_DIGEST})")
_THING_NAME = re.compile(rf"(?:[^/]*-)?(?P<digest>{_DIGEST})")
_UNDECODED = "\ufffd"  # what invalid UTF-8 in a path becomes
_SHOWN_FEATURES = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things that a name was used for, and what tells it from the others."""

    node: NodeView
    features: tuple[str, ...]


def init_app(app: Flask, settings: Settings) -> None:
    """Attaches the views."""
    app.config["PAGE_SIZE"] = settings.page_size
    app.config["LIST_SIZE"] = settings.list_size
    app.register_blueprint(blueprint)


@blueprint.get("/id/<segment>/<rest:name>")
def resolve(segment: str, name: str) -> AnyResponse:
    """303 to the page or the data, as the client asks; 308 to the right name."""
    store = current_access()
    kind = kind_of_segment(segment)
    iri = find_node(store, kind, name)
    tail = iri.removeprefix(store.base + "id/")
    if not is_named(store, iri, kind, name):
        return moved(f"/id/{tail}")
    wanted = choose_media_type([*media_types_of(data_formats(kind)), HTML])
    folder = "page" if wanted == HTML else "data"
    response = redirect(f"{request.script_root}/{folder}/{tail}", HTTPStatus.SEE_OTHER)
    response.vary.add("Accept")
    return response


@blueprint.get("/data/<segment>/<rest:name>")
def data(segment: str, name: str) -> AnyResponse:
    """The concise description in a format named by suffix or by Accept."""
    store = current_access()
    kind = kind_of_segment(segment)
    iri, suffix_format = find_data(store, kind, name)
    stem = name.removesuffix(f".{suffix_format.suffix}") if suffix_format else name
    if not is_named(store, iri, kind, stem):
        suffix = f".{suffix_format.suffix}" if suffix_format else ""
        return moved(f"/data/{iri.removeprefix(store.base + 'id/')}{suffix}")
    rdf_format = suffix_format or choose_rdf_format(GRAPH_FORMATS)
    least = read_confidence(request.args)
    triples = leave_out_unsure(store.triples("concise_description", entity=iri), least=least)
    response = rdf_response(triples, rdf_format)
    if suffix_format is None:
        response.vary.add("Accept")
    response.headers["Link"] = f'<{iri}>; rel="describes"'
    return revalidatable(response)


@blueprint.get("/page/<segment>/<rest:name>")
def page(segment: str, name: str) -> AnyResponse:
    """What the graph says of an entity or statement, with the sentences that say it."""
    store = current_access()
    kind = kind_of_segment(segment)
    iri = find_node(store, kind, name)
    if not is_named(store, iri, kind, name):
        return moved(f"/page/{iri.removeprefix(store.base + 'id/')}")
    only = _read_statement_kind(request.args.get("kind"))
    role, group = _read_role(only, request.args.get("role"), request.args.get("group"))
    number, least = read_page_number(request.args), read_confidence(request.args)
    reader = open_reader()
    if only is None and number > 1:
        raise UnknownIriError(f"expected kind=… with page={number}: each kind has its own pages")
    if only is None and kind.segment in THINGS:
        html = render_thing(store, reader, iri, kind, least=least)
    else:
        html = _render_sections(
            store, reader, iri, kind, only, role, group, number=number, least=least
        )
    return revalidatable(Response(html, mimetype=HTML))


def _render_sections(
    store: StoreAccess,
    reader: Reader,
    iri: URIRef,
    kind: Kind,
    only: Kind | None,
    role: Role | None,
    group: URIRef | None,
    *,
    number: int,
    least: float,
) -> str:
    """The statements about a node by kind: all kinds, or one page of one of them."""
    size, list_size = current_app.config["PAGE_SIZE"], current_app.config["LIST_SIZE"]
    if role is None:
        sections = reader.sections(iri, size=size, only=only, page=number, least=least)
    else:
        one = reader.role_section(iri, role, group, size=size, page=number, least=least)
        sections = [one] if one.total or one.hidden else []
    unsure = reader.unsure_links(iri, least=least) if only is None else NO_LINKS
    shown_or_hidden = (s.statements or (s.hidden and number == 1) for s in sections)
    if only is not None and not any(shown_or_hidden):
        raise UnknownIriError(f"{reader.node(iri).name!r} has no page {number} of {only.segment}")
    words = group_words(role, group) if role is not None and group is not None else None
    return render_template(
        "entity.html",
        kind=kind_of(reader.describe(iri)) or kind,
        node=reader.node(iri),
        names=reader.names(iri),
        types=reader.types(iri),
        properties=[] if only else reader.properties(iri, besides=unsure),
        sections=sections,
        only=only,
        role=role,
        group=group,
        group_words=words,
        statement=reader.statement(iri, with_evidence=False) if kind in STATEMENT_KINDS else None,
        clashes=len(contradictions_of(current_store(), str(iri))) if kind in STATEMENT_KINDS else 0,
        clashes_path=contradictions_path(iri),
        least=least,
        hidden=sum(section.hidden for section in sections),
        incoming=[] if only else reader.incoming(iri, size=list_size, besides=unsure),
        mentions=None if only else reader.mentioned_in(iri),
        data_path=f"{request.script_root}/data/{iri.removeprefix(store.base + 'id/')}",
        formats=GRAPH_FORMATS,
        list_size=list_size,
    )


@blueprint.app_errorhandler(SeveralThingsError)
def choose(error: SeveralThingsError) -> Response:
    """300 with the things that a name was used for, as a page or as JSON."""
    store, reader = current_access(), open_reader()
    choices = [
        Choice(
            reader.node(URIRef(iri)),
            tuple(
                str(row["feature"]).partition("=")[2]
                for row in store.rows("telling_features", entity=URIRef(iri))
            )[:_SHOWN_FEATURES],
        )
        for iri in error.choices
    ]
    if prefers_html(request.headers.get("Accept"), ["application/json"]):
        kind = KIND_OF_SEGMENT[error.segment]
        response = Response(render_template("choices.html", kind=kind, choices=choices))
    else:
        rows = [
            {"iri": iri, "name": choice.node.name, "features": list(choice.features)}
            for iri, choice in zip(error.choices, choices, strict=True)
        ]
        response = jsonify(choices=rows)
    response.status_code = HTTPStatus.MULTIPLE_CHOICES
    response.vary.add("Accept")
    return response


@blueprint.app_errorhandler(GoneIriError)
def tell_gone(error: GoneIriError) -> Response:
    """410 with the documents that spoke of a thing, as a page or as the JSON of a problem."""

    def show(problem: Problem, _detail: str, _place: Mapping[str, int]) -> str:
        store, reader = current_access(), open_reader()
        minter = Minter(store.base)
        iris = {document: minter.document(document) for document in error.documents}
        there = [
            (document, reader.node(iri) if store.rows("description", entity=iri) else None)
            for document, iri in iris.items()
        ]
        return render_template(
            "gone.html",
            problem=problem,
            iri=error.iri,
            documents=there,
            document=minter.document_id(error.iri),
            removed=error.removed,
            shown=current_app.config["LIST_SIZE"],
        )

    return answer_known_error(error, show=show)


def kind_of_segment(segment: str) -> Kind:
    """The kind that a path segment names.

    Raises:
        UnknownIriError: when it names none.
    """
    if segment not in KIND_OF_SEGMENT:
        raise UnknownIriError(f"expected a class among {sorted(KIND_OF_SEGMENT)}, got {segment!r}")
    return KIND_OF_SEGMENT[segment]


def data_formats(kind: Kind) -> tuple[RdfFormat, ...]:
    """The formats in which nodes of a kind are given: documents own a named graph."""
    return DATASET_FORMATS if kind is DOCUMENT_KIND else GRAPH_FORMATS


def find_node(store: StoreAccess, kind: Kind, name: str) -> URIRef:
    """The node that a path means, under its right name.

    Args:
        store: where it is looked up.
        kind: its kind.
        name: the rest of the path, percent-decoded.

    Raises:
        MalformedIriError: when no node of the kind could have such a name.
        UnknownIriError: when the store has no such node and never had.
        GoneIriError: when it had one, and no document tells what took its place.
        SeveralThingsError: when the name was that of several things.
    """
    pattern = _NAMES.get(kind.segment, _STATEMENT_NAME if kind in STATEMENT_KINDS else _THING_NAME)
    match = pattern.fullmatch(name)
    if match is None or _UNDECODED in name:
        raise MalformedIriError(f"expected {kind.segment}/… {_expectation(kind)}, got {name!r}")
    iri = mint(store, kind, name)
    if store.rows("description", entity=iri):
        return iri
    if "digest" in match.groupdict():
        ending = match["digest"]
        bindings: dict[str, Term] = {"class": kind.cls, "ending": Literal(ending)}
        rows = store.rows("same_digest", **bindings)
        for row in rows:
            if re.search(rf"[-/]{ending}$", str(row["entity"])):
                return URIRef(row["entity"])
        former: dict[str, Term] = {"class": kind.cls, "digest": Literal(ending)}
        found = [str(row["entity"]) for row in store.rows("former_digest", **former)]
        if len(found) == 1:
            return URIRef(found[0])
        if found:
            raise SeveralThingsError(kind.segment, found)
    departed = store.departure(str(iri))
    if departed is None:
        raise UnknownIriError(f"the graph has no {kind.segment} {name!r}")
    if len(departed.successors) == 1:
        return URIRef(departed.successors[0])
    if departed.successors:
        raise SeveralThingsError(kind.segment, departed.successors)
    raise GoneIriError(
        f"the graph no longer speaks of the {kind.segment} {name!r}",
        iri=str(iri),
        documents=departed.documents,
        removed=departed.removed,
    )


def find_data(store: StoreAccess, kind: Kind, name: str) -> tuple[URIRef, RdfFormat | None]:
    """The node that a path under ``/data`` means, and the format that its suffix names.

    A document whose own id ends like a suffix is found under its id.

    Raises:
        WebError: as :func:`find_node`.
    """
    if kind is DOCUMENT_KIND and store.rows("description", entity=mint(store, kind, name)):
        return mint(store, kind, name), None
    for rdf_format in data_formats(kind):
        stem = name.removesuffix(f".{rdf_format.suffix}")
        if stem not in ("", name):
            return find_node(store, kind, stem), rdf_format
    return find_node(store, kind, name), None


def mint(store: StoreAccess, kind: Kind, name: str) -> URIRef:
    """The IRI of a kind and a percent-decoded name."""
    minter = Minter(store.base)
    if kind is DOCUMENT_KIND:
        return minter.document(name)
    return URIRef(f"{store.base}id/{kind.segment}/" + quote(name, safe=""))


def is_named(store: StoreAccess, iri: URIRef, kind: Kind, name: str) -> bool:
    """Whether a path names a node by its right name."""
    return iri == mint(store, kind, name)


def moved(path: str) -> AnyResponse:
    """308 to a path of this service, with the query string kept."""
    query = request.query_string.decode("ascii", "replace")
    target = request.script_root + path + (f"?{query}" if query else "")
    return redirect(target, HTTPStatus.PERMANENT_REDIRECT)


def _expectation(kind: Kind) -> str:
    if kind.segment in ("period", "instant"):
        return "with ISO dates, an interval with '--'"
    return "to end in a digest of ten hexadecimal digits"


def _read_statement_kind(segment: str | None) -> Kind | None:
    kinds = {kind.segment: kind for kind in STATEMENT_KINDS}
    if segment is None:
        return None
    if segment not in kinds:
        raise MalformedIriError(f"expected a kind among {sorted(kinds)}, got {segment!r}")
    return kinds[segment]


def _read_role(
    only: Kind | None, key: str | None, group: str | None
) -> tuple[Role | None, URIRef | None]:
    """The role and the group of it that ``role=`` and ``group=`` name."""
    if key is None:
        if group is not None:
            raise MalformedIriError(f"expected role=… with group={group!r}")
        return None, None
    keys = {role.key: role for role in ROLES if only is not None and role.segment == only.segment}
    if key not in keys:
        raise MalformedIriError(f"expected a role among {sorted(keys)}, got {key!r}")
    role = keys[key]
    groups = {value.rpartition("#")[2]: value for value in role.groups}
    if group is not None and group not in groups:
        raise MalformedIriError(f"expected a group among {sorted(groups)}, got {group!r}")
    return role, None if group is None else groups[group]
