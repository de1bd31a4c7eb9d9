"""How a thing, a statement or an article is cited: a page, and each form to download."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from flask import Blueprint, Flask, Response, render_template, request
from rdflib import URIRef
from werkzeug.wrappers import Response as AnyResponse

from ontology.terms import DCTERMS, SDO, TANPU
from web.citation import Citation, citation_to_bibtex, citation_to_gbt, citation_to_ris
from web.entities import find_node, is_named, kind_of_segment, moved
from web.errors import MalformedRequestError
from web.headers import revalidatable_by_body
from web.negotiation import HTML
from web.pages import open_reader, web_link
from web.parameters import read_single
from web.reading import Reader
from web.store import current_access
from web.things import THINGS, view_paths
from web.wording import DOCUMENT_KIND, STATEMENT_KINDS, Kind

blueprint = Blueprint("cite", __name__)

SERVICE = "碳谱"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a reference: its name, what writes it, its media type and the end of its file."""

    name: str
    write: Callable[[Citation], str]
    media_type: str
    suffix: str


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "gbt7714": Form("GB/T 7714", lambda c: citation_to_gbt(c) + "\n", "text/plain", "txt"),
        "bibtex": Form("BibTeX", citation_to_bibtex, "application/x-bibtex", "bib"),
        "ris": Form("RIS", citation_to_ris, "application/x-research-info-systems", "ris"),
    }
)


def init_app(app: Flask) -> None:
    """Attaches the view."""
    app.register_blueprint(blueprint)


@blueprint.get("/cite/<segment>/<rest:name>")
def cite(segment: str, name: str) -> AnyResponse:
    """All forms on a page, or with ``format=`` one of them as a file.

    It names the day on which it is asked, so that its validator is one of its own words.
    """
    store = current_access()
    kind = kind_of_segment(segment)
    iri = find_node(store, kind, name)
    if not is_named(store, iri, kind, name):
        return moved(f"/cite/{iri.removeprefix(store.base + 'id/')}")
    wanted = read_single(request.args, "format")
    if wanted is not None and wanted not in FORMS:
        raise MalformedRequestError(f"format: expected one of {sorted(FORMS)}, got {wanted!r}")
    reader = open_reader()
    today = datetime.now(UTC).date().isoformat()
    citation = read_citation(reader, iri, kind, key=iri.rpartition("/")[2], today=today)
    if wanted is not None:
        form = FORMS[wanted]
        response = Response(form.write(citation), content_type=f"{form.media_type}; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="tanpu.{form.suffix}"'
        return revalidatable_by_body(response)
    html = render_template(
        "cite.html",
        kind=kind,
        name=citation.title,
        identifier=name,
        of_document=kind is DOCUMENT_KIND,
        paths=view_paths(store, iri) if segment in THINGS else None,
        href=reader.href(str(iri)),
        written=[(key, form, form.write(citation)) for key, form in FORMS.items()],
    )
    return revalidatable_by_body(Response(html, mimetype=HTML))


def read_citation(reader: Reader, iri: URIRef, kind: Kind, *, key: str, today: str) -> Citation:
    """What a reference to a node says.

    An article is cited as its house published it, by the day on which it was retrieved; anything
    else as an entry of this service, by its IRI and the day ``today``.
    """
    if kind is not DOCUMENT_KIND:
        name = reader.node(iri).name
        if kind in STATEMENT_KINDS:
            parts = reader.statement(iri, with_evidence=False).parts
            name = "".join(part if isinstance(part, str) else part.name for part in parts)
        return Citation(key=key, title=name, url=str(iri), accessed=today, author=SERVICE)
    description = reader.describe(iri)
    issued = str(reader.value(description, DCTERMS.issued))
    retrieved = str(reader.value(description, TANPU.retrieved))
    url = web_link(str(next(iter(description.get(SDO.url, ())), "")))
    return Citation(
        key=key,
        title=str(reader.value(description, DCTERMS.title)) or key,
        url=url or str(iri),
        accessed=retrieved[:10] or today,
        author=str(reader.value(description, DCTERMS.source)),
        issued=issued or None,
        medium="EB/OL",
    )
