"""Updates tried out on a copy: what they would change, and that they change nothing yet."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.drafts import (
    DefaultGraphError,
    OtherGraphError,
    TrialLimits,
    draft_patch,
    draft_update,
    graph_triples,
)
from graph.errors import GraphError
from graph.querytext import InvalidQueryError
from graph.store import Store, open_store
from graph.workers import QueryTimeoutError, WorkerDiedError

LIMITS = TrialLimits(seconds=60, memory_bytes=2 << 30)
BASE = "http://a.example/sparql"


def said(number: int) -> ox.Triple:
    return ox.Triple(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.Literal(number))


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "store" if request.param == "disk" else None
    with open_store(path, mode="write") as opened:
        opened.write_triples(
            {"urn:g": frozenset([said(1), said(2)]), "urn:h": frozenset([said(1)])}
        )
        yield opened


def all_quads(store: Store) -> set[str]:
    return set(map(str, store.database))


@pytest.mark.parametrize(
    ("update", "changes"),
    [
        ("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 3 } }", {"urn:g": {1, 2, 3}}),
        ("DELETE DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }", {"urn:g": {2}}),
        ("WITH <urn:h> DELETE { ?s ?p 1 } INSERT { ?s ?p 4 } WHERE { ?s ?p 1 }", {"urn:h": {4}}),
        ("DELETE { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p 1 } }",
         {"urn:g": {2}, "urn:h": set()}),
        ("COPY <urn:g> TO <urn:i>", {"urn:i": {1, 2}}),
        ("MOVE <urn:h> TO <urn:g>", {"urn:g": {1}, "urn:h": set()}),
        ("DROP GRAPH <urn:h>", {"urn:h": set()}),
        ("CLEAR ALL", {"urn:g": set(), "urn:h": set()}),
        ("DROP NAMED; DROP DEFAULT", {"urn:g": set(), "urn:h": set()}),
        ("CREATE GRAPH <urn:new>", {}),
        ("INSERT DATA { GRAPH <urn:h> { <urn:s> <urn:p> 1 } }", {}),
        ("INSERT DATA { <urn:s> <urn:p> 1 }", {}),
        ("INSERT DATA { <urn:s> <urn:p> 5 . GRAPH <urn:h> { <urn:s> <urn:p> 5 } }",
         {"urn:h": {1, 5}}),
        ("INSERT { GRAPH <urn:i> { ?s ?p ?o } } WHERE { ?s ?p ?o }", {"urn:i": {1, 2}}),
        ("INSERT DATA { GRAPH <g> { <urn:s> <urn:p> 1 } }", {"http://a.example/g": {1}}),
    ],
)  # fmt: skip
def test_a_draft_has_the_graphs_that_change_as_they_will_be(
    store: Store, update: str, changes: dict[str, set[int]]
) -> None:
    before = all_quads(store)
    drafted = draft_update(store, update, base_iri=BASE, limits=LIMITS)
    assert drafted == {name: frozenset(map(said, held)) for name, held in changes.items()}
    assert all_quads(store) == before


@pytest.mark.parametrize(
    ("update", "error"),
    [
        ("INSERT DATA { <urn:s> <urn:p> 3 }", DefaultGraphError),
        ("DELETE DATA { <urn:s> <urn:p> 1 }", DefaultGraphError),
        ("CLEAR DEFAULT", DefaultGraphError),
        ("COPY <urn:h> TO DEFAULT", DefaultGraphError),
        ("INSERT DATA { ?s <urn:p> 3 }", InvalidQueryError),
        ("ASK {}", InvalidQueryError),
        ("", None),
    ],
)
def test_an_update_of_the_default_graph_or_of_nothing_is_no_draft(
    store: Store, update: str, error: type[GraphError] | None
) -> None:
    before = all_quads(store)
    if error is None:
        assert draft_update(store, update, base_iri=BASE, limits=LIMITS) == {}
    else:
        with pytest.raises(error):
            draft_update(store, update, base_iri=BASE, limits=LIMITS)
    assert all_quads(store) == before


def test_a_syntax_error_names_its_place(store: Store) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        draft_update(store, "CLEAR ALL ;\nNONSENSE", base_iri=BASE, limits=LIMITS)
    assert caught.value.line == 2
    assert caught.value.column is not None


@pytest.mark.parametrize(
    ("update", "left"),
    [
        ("INSERT DATA { <urn:s> <urn:p> 3 }", {1, 2, 3}),
        ("DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o = 1) }", {2}),
        ("DELETE { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }", {1, 2}),
        ("CLEAR ALL", set()),
    ],
)
def test_a_patch_sees_its_graph_and_no_other(store: Store, update: str, left: set[int]) -> None:
    held = graph_triples(store.database, "urn:g")
    patched = draft_patch(store, held, update, base_iri=BASE, limits=LIMITS)
    assert patched == frozenset(map(said, left))
    assert graph_triples(store.database, "urn:g") == frozenset([said(1), said(2)])


def test_a_patch_of_another_graph_is_refused(store: Store) -> None:
    update = "INSERT DATA { GRAPH <urn:h> { <urn:s> <urn:p> 3 } }"
    with pytest.raises(OtherGraphError, match="'urn:h'"):
        draft_patch(store, frozenset([said(1)]), update, base_iri=BASE, limits=LIMITS)


# A cross join of 26 patterns.
PATTERNS = " ".join(f"?{a} ?{a}1 ?{a}2 ." for a in "abcdefghijklmnopqrstuvwxyz")
CROSS = f"INSERT {{ GRAPH <urn:g> {{ ?a <urn:p> ?f }} }} WHERE {{ {PATTERNS} }}"


def test_an_endless_update_is_stopped_and_leaves_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", mode="write") as store:
        store.write_triples({"urn:g": frozenset(map(said, range(50)))})
        before = all_quads(store)
        limits = TrialLimits(seconds=1, memory_bytes=2 << 30)
        with pytest.raises(QueryTimeoutError):
            draft_update(store, CROSS, base_iri=BASE, limits=limits)
        assert all_quads(store) == before
        assert not (tmp_path / "store" / "drafts").exists()


def test_an_update_whose_threads_use_up_the_processors_time_was_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The clock never ends it, so that only the processor's time can.
    run = subprocess.run

    def run_without_clock(*args: Any, timeout: float, **options: Any) -> Any:
        return run(*args, **options)

    monkeypatch.setattr(subprocess, "run", run_without_clock)
    with open_store(tmp_path / "store", mode="write") as store:
        store.write_triples({"urn:g": frozenset(map(said, range(50)))})
        before = all_quads(store)
        limits = TrialLimits(seconds=1, memory_bytes=2 << 30)
        with pytest.raises(QueryTimeoutError, match="1 s of the processor"):
            draft_update(store, CROSS, base_iri=BASE, limits=limits)
        assert all_quads(store) == before


def test_an_update_that_needs_too_much_memory_ends_alone(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", mode="write") as store:
        store.write_triples({"urn:g": frozenset(map(said, range(50)))})
        limits = TrialLimits(seconds=60, memory_bytes=1 << 28)
        with pytest.raises(WorkerDiedError):
            draft_update(store, CROSS, base_iri=BASE, limits=limits)
        assert draft_update(store, "CLEAR ALL", base_iri=BASE, limits=LIMITS).keys() == {"urn:g"}


def test_what_a_killed_writer_left_is_no_obstacle(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", mode="write") as store:
        (tmp_path / "store" / "drafts" / "live").mkdir(parents=True)
        assert draft_update(store, "CLEAR ALL", base_iri=BASE, limits=LIMITS) == {}
