"""Checks in a process of their own: the same reports, and an end to what takes too much."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pyoxigraph as ox
import pytest
from rdflib import Graph

from graph.checking import (
    CheckAbortedError,
    CheckTimeoutError,
    ClientCheckingError,
    ProcessValidator,
)
from graph.conversion import triples_to_graph
from graph.validation import validate_graph

PREFIXES = "@prefix t: <https://w3id.org/tanpu/ontology#> . @prefix e: <http://e.example/> ."
# A quotation of nobody and an evidence without a place, so that the shapes have much to say.
BAD = "e:q a t:Quotation ; t:evidence [ a t:Evidence ] ; t:speaker e:p ; t:words '风'@zh ."
KNOWN = "e:p a t:Person . _:x t:named e:p ."
MEMORY = 2 << 30


def turtle(text: str) -> Graph:
    triples = ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)
    return triples_to_graph(triples, Graph(bind_namespaces="none"))


@pytest.fixture(scope="module")
def validator() -> Iterator[ProcessValidator]:
    made = ProcessValidator(seconds=60, memory_bytes=MEMORY)
    yield made
    made.close()


@pytest.mark.parametrize(("text", "known"), [("", None), (BAD, None), (BAD, KNOWN)])
def test_the_report_is_that_of_the_shapes(
    validator: ProcessValidator, text: str, known: str | None
) -> None:
    graph = turtle(text)
    about = None if known is None else turtle(known)
    expected = validate_graph(graph, known=about)
    found = validator.validate(graph, known=about)
    assert not found.conforms
    # A blank node has another label in each reading.
    seen = [[(r.path, r.component, r.severity) for r in one.results] for one in (found, expected)]
    assert seen[0] == seen[1]
    assert found.turtle


def test_a_check_that_takes_too_long_is_killed_and_the_next_one_is_done() -> None:
    impatient = ProcessValidator(seconds=0.001, memory_bytes=MEMORY)
    for _ in range(2):
        with pytest.raises(CheckTimeoutError, match="triples"):
            impatient.validate(turtle(BAD))
    impatient.close()


def test_a_process_without_room_for_the_shapes_checks_nothing() -> None:
    small = ProcessValidator(seconds=60, memory_bytes=1 << 24)
    with pytest.raises(CheckAbortedError):
        small.validate(Graph())
    small.close()


def test_nothing_is_checked_after_the_end() -> None:
    closed = ProcessValidator(seconds=60, memory_bytes=MEMORY)
    closed.close()
    with pytest.raises(CheckAbortedError):
        closed.validate(Graph())


def test_a_client_has_one_check_at_once_and_pays_for_it() -> None:
    paid: list[tuple[str | None, float]] = []
    refused: list[ClientCheckingError] = []
    validator = ProcessValidator(
        seconds=60,
        memory_bytes=MEMORY,
        observe=lambda client, seconds: paid.append((client, seconds)),
    )

    def check() -> None:
        try:
            validator.validate(turtle(BAD), client="a")
        except ClientCheckingError as error:
            refused.append(error)

    threads = [Thread(target=check) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    validator.close()
    assert len(refused) == 2
    [(client, seconds)] = paid
    assert client == "a"
    assert seconds > 0
