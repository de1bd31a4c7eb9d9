"""The short form of ``python -m bench.load``: see there."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from bench.load import (
    FIRST_DOCUMENTS,
    LoadReport,
    check_documents,
    document_id,
    document_triples,
    run,
)
from tests.web.writers import serialized

# Some of it is what a process keeps of its first requests of each kind.
MOST_GROWTH = 60


def test_a_busy_service_keeps_what_it_acknowledged_when_it_is_killed(tmp_path: Path) -> None:
    report = run(tmp_path, seconds=8)
    assert report.unexpected == []
    assert report.lost == []
    assert report.torn == []
    assert report.acknowledged
    assert all(statuses_of(report, name) for name in ("point query", "page", "write"))
    assert report.growth() < MOST_GROWTH


def statuses_of(report: LoadReport, name: str) -> set[int]:
    return {status for asked, status in report.answers if asked == name}


def test_documents_that_are_missing_or_torn_are_told() -> None:
    last = FIRST_DOCUMENTS + 2
    graphs = {
        "/graph/" + quote(document_id(number), safe=""): document_triples(number)
        for number in range(last)
        if number != FIRST_DOCUMENTS
    }
    torn = "/graph/" + quote(document_id(last - 1), safe="")
    graphs[torn].pop()

    def fetch(path: str) -> tuple[int, bytes]:
        found = graphs.get(path)
        return (404, b"") if found is None else (200, serialized(found, ox.RdfFormat.N_TRIPLES))

    report = LoadReport(acknowledged=[FIRST_DOCUMENTS], attempted=3)
    check_documents(fetch, report)
    assert report.lost == [document_id(FIRST_DOCUMENTS)]
    assert report.torn == [document_id(last - 1)]


def test_growth_is_told_after_warming_up() -> None:
    flat = [(float(n), 300.0 if n > 2 else 100.0) for n in range(9)]
    rising = [(float(n), 100.0 * n) for n in range(9)]
    assert LoadReport(memory=[flat, []]).growth() == 0
    assert LoadReport(memory=[flat, rising]).growth() == 300
