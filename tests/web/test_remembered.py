"""Long results are kept while the store stands still, and no longer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pytest

from extract.document import SourceDocument
from extract.facts import Extraction
from graph.store import Store
from tests.web.conftest import fill
from web.store import RememberedRows, RememberedTexts, StoreAccess

Rows = Sequence[Mapping[str, str]]


def rows_of(number: int) -> Rows:
    return [{"n": str(n)} for n in range(number)]


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (RememberedTexts.ROWS_AT_LEAST - 1, False),
        (RememberedTexts.ROWS_AT_LEAST, True),
        (RememberedTexts.ROWS_AT_MOST, True),
        (RememberedTexts.ROWS_AT_MOST + 1, False),
    ],
)
def test_results_of_middle_length_are_kept(number: int, kept: bool) -> None:
    remembered, rows = RememberedTexts(), rows_of(number)
    remembered.keep(1, "key", rows)
    assert (remembered.get(1, "key") is rows) == kept


def test_what_is_kept_is_of_one_state_of_the_store_and_of_one_key() -> None:
    remembered, rows = RememberedTexts(), rows_of(300)
    remembered.keep(1, "key", rows)
    assert remembered.get(1, "other") is None
    assert remembered.get(2, "key") is None
    remembered.keep(2, "new", rows)
    assert remembered.get(1, "key") is None
    assert remembered.get(2, "key") is None
    assert remembered.get(2, "new") is rows


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    remembered = RememberedTexts()
    half = rows_of(RememberedTexts.ALL_ROWS_AT_MOST // 2)
    for key in ("first", "second"):
        remembered.keep(1, key, half)
    assert remembered.get(1, "first") is half
    remembered.keep(1, "one more", rows_of(RememberedTexts.ROWS_AT_LEAST))
    assert remembered.get(1, "first") is half
    assert remembered.get(1, "second") is None
    assert remembered.get(1, "one more") is not None


def test_a_result_that_is_kept_again_counts_once() -> None:
    remembered = RememberedTexts()
    for _ in range(3):
        remembered.keep(1, "key", rows_of(RememberedTexts.ROWS_AT_MOST))
    remembered.keep(1, "other", rows_of(RememberedTexts.ROWS_AT_MOST))
    assert remembered.get(1, "key") is not None


def count_documents(remembered: RememberedRows, store: Store) -> tuple[int, bool]:
    rows, is_current = remembered.rows(StoreAccess(store), "documents")
    return len(rows), is_current


@pytest.mark.parametrize(
    ("patience", "answer"), [(math.inf, (2, True)), (-1.0, (1, False))], ids=["quick", "slow"]
)
def test_what_takes_long_is_answered_as_it_was_until_it_is_known(
    store: Store, patience: float, answer: tuple[int, bool]
) -> None:
    remembered = RememberedRows(patience=patience)
    before, _ = count_documents(remembered, store)
    document = SourceDocument(id="one more", text="北湾。")
    fill(store, Extraction(document=document, entities=(), facts=(), pipeline="test 1"))
    number, is_current = answer
    assert count_documents(remembered, store) == (before - 1 + number, is_current)
    remembered.wait()
    assert count_documents(remembered, store) == (before + 1, True)


def test_what_is_kept_is_not_asked_again(store: Store) -> None:
    remembered = RememberedRows()
    first, _ = remembered.rows(StoreAccess(store), "documents")
    assert remembered.rows(StoreAccess(store), "documents") == (first, True)
    assert remembered.rows(StoreAccess(store), "documents")[0] is first
