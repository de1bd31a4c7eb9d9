from __future__ import annotations

import random

import pytest

from bench.reconciliation import (
    WAYS,
    Named,
    Result,
    Row,
    make_column,
    make_institutions,
    run,
    to_table,
)
from extract.gazetteer import lookup_place

CITY = lookup_place("石家庄市")
BUREAU = Named("石家庄市发展和改革委员会", ("发改委",), CITY, "发展和改革委员会")


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("the official name", "石家庄市发展和改革委员会"),
        ("Traditional", "石家莊市發展和改革委員會"),
        ("pinyin without tones", "shijiazhuangshifazhanhegaigeweiyuanhui"),
        ("the place without 市 or 县", "石家庄发展和改革委员会"),
        ("with all places above", "河北省石家庄市发展和改革委员会"),
        ("abbreviated", "石家庄市发改委"),
        ("abbreviated, without 市 or 县", "石家庄发改委"),
    ],
)
def test_a_name_is_written_in_many_ways(way: str, text: str) -> None:
    assert WAYS[way](BUREAU, random.Random(1)) == text


@pytest.mark.parametrize(
    ("way", "length"), [("a character left out", -1), ("two characters swapped", 0)]
)
def test_slips_change_the_second_half(way: str, length: int) -> None:
    text = WAYS[way](BUREAU, random.Random(1))
    assert text is not None
    assert text != BUREAU.name
    assert text.startswith("石家庄市")
    assert len(text) == len(BUREAU.name) + length


def test_no_institution_comes_twice_and_a_column_has_every_way() -> None:
    institutions = list(make_institutions(12))
    names = [named.name for named in institutions]
    assert len(names) == len(set(names))
    column = make_column(institutions, 50, random.Random(1))
    assert {way for way, _, _ in column} == set(WAYS)
    assert len(column) == 50


def test_the_smoke_pass_asks_a_short_column() -> None:
    result = run(smoke=True)
    assert sum(row.asked for row in result.rows) == 30
    assert sum(row.right for row in result.rows) >= 27


def test_the_table_ends_with_the_share() -> None:
    table = to_table(Result((Row("abbreviated", 20, 19),), 5000, 1.25, 1.0))
    assert "| all | 20 | 19 (0.950) |" in table
    assert table.endswith("20 of 5,000 institutions in 1.2 s, 1.0 s of processor time")
