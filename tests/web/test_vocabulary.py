"""The pages of the ontology and of its shapes, and that every IRI of theirs leads somewhere."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from rdflib import RDF, Graph, URIRef

from ontology.terms import ONTOLOGY_IRI, ONTOLOGY_PATH, OWL, SH, SHAPE, SHAPES_PATH, SKOS, TANPU
from web.terms import read_vocabulary

ONTOLOGY = Graph().parse(ONTOLOGY_PATH)
SHAPES = Graph().parse(SHAPES_PATH)
SORTS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, SKOS.ConceptScheme, SKOS.Concept)
TERMS = sorted(
    {
        str(term).removeprefix(str(TANPU))
        for sort in SORTS
        for term in ONTOLOGY.subjects(RDF.type, sort)
        if str(term).startswith(str(TANPU))
    }
)
SHAPE_NAMES = sorted(
    str(shape).removeprefix(str(SHAPE))
    for shape in SHAPES.subjects(RDF.type, SH.NodeShape)
    if isinstance(shape, URIRef)
)


def page(client: FlaskClient, path: str) -> str:
    response = client.get(path, headers={"Accept": "text/html"})
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return response.text


@pytest.mark.parametrize(
    ("path", "names"), [("/ontology", TERMS), ("/shapes", SHAPE_NAMES)], ids=["terms", "shapes"]
)
def test_every_iri_has_its_place_and_a_path_that_leads_there(
    client: FlaskClient, path: str, names: list[str]
) -> None:
    html = page(client, path)
    anchors = re.findall(r'\bid="([^"]+)"', html)
    assert len(anchors) == len(set(anchors))
    assert set(names) <= set(anchors)
    for name in names:
        response = client.get(f"{path}/{name}?lang=en")
        assert response.status_code == 303
        assert response.headers["Location"] == f"{path}?lang=en#{name}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_links_on_the_page_lead_to_places_that_exist(client: FlaskClient, lang: str) -> None:
    pages = {path: page(client, f"{path}?lang={lang}") for path in ("/ontology", "/shapes")}
    anchors = {path: set(re.findall(r'\bid="([^"]+)"', html)) for path, html in pages.items()}
    for path, html in pages.items():
        links = re.findall(r'href="(/ontology|/shapes)?(?:\?lang=\w+)?#([^"]+)"', html)
        assert len(links) > len(SHAPE_NAMES)
        assert [link for link in links if link[1] not in anchors[link[0] or path]] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_term_shows_its_label_and_definition(client: FlaskClient, lang: str) -> None:
    html = page(client, f"/ontology?lang={lang}")
    for group in read_vocabulary().groups:
        for term in (one for top in group.terms for one in (top, *top.concepts)):
            for words in (term.label, term.definition):
                text = words.of(lang).replace("&", "&amp;").replace("'", "&#39;")
                assert text in html, term.local_name


def test_a_class_shows_its_shape(client: FlaskClient) -> None:
    html = page(client, "/ontology?lang=en")
    start = html.index('<article class="term" id="Membership">')
    section = html[start : html.index("</article>", start)]
    row = next(line for line in section.splitlines() if ">org:member<" in line)
    assert "<td>1</td>" in row
    assert '<a href="/ontology?lang=en#Person"><code>Person</code></a>' in row
    assert "The person who holds or held the post." in row
    assert "a tanpu:Membership" in section


@pytest.mark.parametrize("path", ["/ontology", "/shapes"])
@pytest.mark.parametrize(
    ("suffix", "name"), [("ttl", "turtle"), ("nt", "nt"), ("jsonld", "json-ld"), ("rdf", "xml")]
)
def test_a_file_has_all_triples(client: FlaskClient, path: str, suffix: str, name: str) -> None:
    response = client.get(f"{path}.{suffix}", headers={"Accept": "text/html"})
    assert response.status_code == 200
    expected = ONTOLOGY if path == "/ontology" else SHAPES
    assert len(Graph().parse(data=response.data, format=name)) == len(expected)


def test_the_version_is_the_one_that_is_served(client: FlaskClient) -> None:
    version = str(ONTOLOGY.value(ONTOLOGY_IRI, OWL.versionInfo))
    headers = {"Accept": "text/turtle"}
    response = client.get(f"/ontology/{version}", headers=headers)
    assert response.data == client.get("/ontology", headers=headers).data
    assert response.vary.as_set() >= {"accept"}


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/ontology/0.0.9", "'0.0.9'"),
        ("/ontology/forum", "'forum'"),
        ("/shapes/forum", "'forum'"),
        ("/ontology.exe", "'exe'"),
        ("/shapes.csv", "'csv'"),
    ],
)
def test_what_the_vocabulary_has_not_is_404(client: FlaskClient, path: str, named: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert named in response.get_json()["detail"]
