"""Counts of things with very many statements, as the index of names keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph, Literal, URIRef

from graph.conversion import triples_to_graph
from graph.lookup import build_index, open_index, publish_with_index, update_index
from graph.store import Store, open_store
from graph.tallies import Tally, read_tallies
from ontology.terms import OA, RDF, SKOS, TANPU, XSD
from tests.graph.test_lookup import rows_of

BASE = "http://graph.example/"
CROWDED, QUIET = f"{BASE}id/org/crowded", f"{BASE}id/org/quiet"


def organizing(number: int, organizer: str, role: str, sure: str = "") -> Iterator[ox.Quad]:
    """A statement, with evidence of a confidence where there is one."""
    statement = ox.NamedNode(f"{BASE}id/organizing/{number}")
    yield ox.Quad(statement, ox.NamedNode(TANPU.organizer), ox.NamedNode(organizer))
    yield ox.Quad(statement, ox.NamedNode(TANPU.organizingRole), ox.NamedNode(role))
    if sure:
        evidence = ox.NamedNode(f"{statement.value}/evidence")
        value = ox.Literal(sure, datatype=ox.NamedNode(XSD.decimal))
        yield ox.Quad(statement, ox.NamedNode(TANPU.evidence), evidence)
        yield ox.Quad(evidence, ox.NamedNode(TANPU.confidence), value)


def fill(store: Store, *, crowded: int, quiet: int) -> None:
    """An institution hosts all but three, which it guides; another one hosts."""
    hosts, guides = str(TANPU.RoleHosts), str(TANPU.RoleGuides)
    for number in range(crowded):
        role = guides if number < 3 else hosts
        store.database.extend(organizing(number, CROWDED, role, "0.75" if number < 2 else ""))
    for number in range(quiet):
        store.database.extend(organizing(crowded + number, QUIET, hosts))


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None, mode="write", base=BASE) as opened:
        yield opened


def test_only_things_in_over_a_thousand_statements_are_counted(store: Store) -> None:
    fill(store, crowded=1001, quiet=1000)
    role, by = str(TANPU.organizer), str(TANPU.organizingRole)
    assert list(read_tallies(store)) == [
        Tally(CROWDED, role, by, str(TANPU.RoleGuides), 0.0, 1),
        Tally(CROWDED, role, by, str(TANPU.RoleGuides), 0.75, 2),
        Tally(CROWDED, role, by, str(TANPU.RoleHosts), 0.0, 998),
    ]


def test_the_index_of_names_keeps_them(store: Store, tmp_path: Path) -> None:
    fill(store, crowded=1001, quiet=2)
    index = build_index(store, tmp_path / "index.sqlite")
    role, by = str(TANPU.organizer), str(TANPU.organizingRole)
    expected = {str(TANPU.RoleGuides): 3, str(TANPU.RoleHosts): 998}
    assert index.tally(CROWDED, role, by) == expected
    assert index.tally(CROWDED, role, by, least=0.5) == {
        str(TANPU.RoleGuides): 2,
        str(TANPU.RoleHosts): 0,
    }
    assert index.tally(QUIET, role, by) == {}
    assert index.tally(CROWDED, str(TANPU.participant), by) == {}


def test_they_are_those_of_the_newest_publication(tmp_path: Path) -> None:
    role, by = str(TANPU.organizer), str(TANPU.organizingRole)
    with open_store(tmp_path / "store", mode="write", base=BASE) as store:
        fill(store, crowded=1001, quiet=0)
        store.publish()
        before = update_index(store)
        node = ox.NamedNode(f"{BASE}id/organizing/0")
        store.update(f"DELETE WHERE {{ {node} ?p ?o }}")
        store.update(f"INSERT DATA {{ <{BASE}a> {ox.NamedNode(TANPU.organizer)} <{CROWDED}> }}")
        store.publish()
        after = update_index(store)
        assert before.tally(CROWDED, role, by)[str(TANPU.RoleGuides)] == 3
        assert after.tally(CROWDED, role, by)[str(TANPU.RoleGuides)] == 2


def some(numbers: Iterable[int], entity: str, role: URIRef, sure: str = "") -> Graph:
    quads = (quad for n in numbers for quad in organizing(n, entity, str(role), sure))
    return triples_to_graph(quads, Graph(bind_namespaces="none"))


def mentions(numbers: Iterable[int], sure: str) -> Graph:
    """Mentions of the institution, which has a name."""
    graph, node = Graph(bind_namespaces="none"), URIRef(CROWDED)
    graph.add((node, RDF.type, TANPU.Institution))
    graph.add((node, SKOS.prefLabel, Literal("北湾市绿能局", lang="zh")))
    for number in numbers:
        mention = URIRef(f"{BASE}id/mention/{number}")
        graph.add((mention, RDF.type, TANPU.Mention))
        graph.add((mention, OA.hasBody, node))
        graph.add((mention, TANPU.confidence, Literal(sure, datatype=XSD.decimal)))
    return graph


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (some(range(1100), CROWDED, TANPU.RoleHosts), some(range(1050), CROWDED, TANPU.RoleHosts)),
        (some(range(1001), CROWDED, TANPU.RoleHosts), some(range(1000), CROWDED, TANPU.RoleHosts)),
        (some(range(1000), CROWDED, TANPU.RoleHosts), some(range(1001), CROWDED, TANPU.RoleHosts)),
        (
            some(range(1100), CROWDED, TANPU.RoleHosts, "0.5"),
            some(range(1090), CROWDED, TANPU.RoleHosts, "0.5")
            + some(range(1090, 1095), CROWDED, TANPU.RoleGuides, "0.5")
            + some(range(1095, 1100), CROWDED, TANPU.RoleHosts, "0.75"),
        ),
        (mentions(range(1100), "0.5"), mentions(range(1050), "0.5")),
        (mentions(range(1100), "0.5"), mentions(range(1101), "0.5")),
        (mentions(range(1100), "0.5"), mentions(range(1001), "0.5") + mentions([1001], "0.75")),
        (mentions(range(1100), "0.5") + mentions([1100], "0.75"), mentions(range(1100), "0.5")),
        (mentions(range(1001), "0.5"), mentions(range(1000), "0.25")),
    ],
)
def test_counts_kept_in_step_equal_those_made_anew(
    tmp_path: Path, before: Graph, after: Graph
) -> None:
    with open_store(tmp_path / "store", mode="write", base=BASE) as store:
        store.replace_graph(f"{BASE}graph/1", before)
        publish_with_index(store)
        store.replace_graph(f"{BASE}graph/1", after)
        publish_with_index(store)
        kept = open_index(store)
        assert kept is not None
        anew = build_index(store, tmp_path / "anew.sqlite")
    assert rows_of(kept.path) == rows_of(anew.path)
