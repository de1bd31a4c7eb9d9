"""Counts of things with very many statements, as the index of names keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.lookup import build_index, update_index
from graph.store import Store, open_store
from graph.tallies import Tally, read_tallies
from ontology.terms import TANPU

BASE = "http://graph.example/"
CROWDED, QUIET = f"{BASE}id/org/crowded", f"{BASE}id/org/quiet"


def organizing(number: int, organizer: str, role: str) -> Iterator[ox.Quad]:
    statement = ox.NamedNode(f"{BASE}id/organizing/{number}")
    yield ox.Quad(statement, ox.NamedNode(TANPU.organizer), ox.NamedNode(organizer))
    yield ox.Quad(statement, ox.NamedNode(TANPU.organizingRole), ox.NamedNode(role))


def fill(store: Store, *, crowded: int, quiet: int) -> None:
    """An institution hosts all but three, which it guides; another one hosts."""
    hosts, guides = str(TANPU.RoleHosts), str(TANPU.RoleGuides)
    for number in range(crowded):
        role = guides if number < 3 else hosts
        store.database.extend(organizing(number, CROWDED, role))
    for number in range(quiet):
        store.database.extend(organizing(crowded + number, QUIET, hosts))


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None, mode="write", base=BASE) as opened:
        yield opened


def test_only_things_in_over_a_thousand_statements_are_counted(store: Store) -> None:
    fill(store, crowded=1001, quiet=1000)
    role, by = str(TANPU.organizer), str(TANPU.organizingRole)
    assert sorted(read_tallies(store), key=lambda tally: tally.value) == [
        Tally(CROWDED, role, by, str(TANPU.RoleGuides), 3),
        Tally(CROWDED, role, by, str(TANPU.RoleHosts), 998),
    ]


def test_the_index_of_names_keeps_them(store: Store, tmp_path: Path) -> None:
    fill(store, crowded=1001, quiet=2)
    index = build_index(store, tmp_path / "index.sqlite")
    role, by = str(TANPU.organizer), str(TANPU.organizingRole)
    expected = {str(TANPU.RoleGuides): 3, str(TANPU.RoleHosts): 998}
    assert index.tally(CROWDED, role, by) == expected
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
