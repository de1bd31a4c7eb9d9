"""Long results are kept while the store stands still, and no longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from web.store import RememberedTexts

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
    remembered, rows = RememberedTexts(), rows_of(300)
    for number in range(RememberedTexts.RESULTS_AT_MOST):
        remembered.keep(1, number, rows)
    assert remembered.get(1, 0) is rows
    remembered.keep(1, "one more", rows)
    assert remembered.get(1, 0) is rows
    assert remembered.get(1, 1) is None
