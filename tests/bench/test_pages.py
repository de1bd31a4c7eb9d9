from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from bench.corpus import (
    ABOUT_INSTITUTION,
    BASE,
    INSTITUTION,
    Names,
    Template,
    fill_store,
    make_extraction,
    names_of,
)
from bench.pages import LANGUAGES, Row, measure, to_table
from graph.identity import Minter
from graph.mapping import facts_to_graph
from graph.readback import canonical_order, read_extractions
from graph.store import Store, open_store
from ontology.terms import TANPU


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages") / "store"
    fill_store(folder, documents=2)
    return folder


@pytest.fixture
def store(path: Path) -> Store:
    return open_store(path, mode="read", base=BASE)


def test_a_repeated_document_says_what_its_own_article_would(store: Store) -> None:
    names = names_of(1)
    (read,) = read_extractions(store, base=BASE, documents=[names.document])
    assert read == canonical_order(make_extraction(names).to_json())


def test_documents_share_the_institution_and_nothing_that_they_say_of_it(store: Store) -> None:
    institution = ox.NamedNode(Minter(BASE).entity("org", INSTITUTION))
    roles = (TANPU.organizer, TANPU.issuer, TANPU.participant)
    statements = [
        quad.subject
        for role in (*map(str, roles), "http://www.w3.org/ns/org#organization")
        for quad in store.database.quads_for_pattern(
            None, ox.NamedNode(role), institution, ox.DefaultGraph()
        )
    ]
    assert len(set(statements)) == len(statements) == 2 * ABOUT_INSTITUTION


def test_every_triple_is_in_the_default_graph_and_in_that_of_its_document(store: Store) -> None:
    quads = list(store.database.quads_for_pattern(None, None, None, None))
    default = {quad.triple for quad in quads if quad.graph_name == ox.DefaultGraph()}
    named = {quad.triple for quad in quads if quad.graph_name != ox.DefaultGraph()}
    assert default == named
    assert len({quad.graph_name for quad in quads}) == 3


def test_every_kind_of_page_is_measured_in_both_languages(path: Path) -> None:
    rows = {row.page: row for row in measure(path, rounds=1)}
    assert {"home", "person", "post", "statement", "document", "crowded institution"} <= set(rows)
    for row in rows.values():
        assert set(row.seconds) == set(LANGUAGES)
        assert row.size > 500


def test_the_table_marks_what_misses_a_goal() -> None:
    row = Row(
        page="a",
        first=0.5,
        seconds={"zh": 0.1, "en": 0.25},
        processor=0.09,
        peer=0.003,
        size=310_000,
    )
    assert to_table([row]).splitlines()[-1] == "| a | 500 | 100 | **250** | 90 | 30 | **310** |"


def test_names_of_a_field_have_one_length() -> None:
    assert _lengths(names_of(0)) == _lengths(names_of(999))
    template = Template(make_extraction(names_of(0)), names_of(0))
    own = facts_to_graph(make_extraction(names_of(0)), Minter(BASE))
    assert template.render(names_of(0)).count("\n") == len(own)


def _lengths(names: Names) -> list[int]:
    return [len(names.document), len(names.day), len(names.company), len(names.things[-1])]
