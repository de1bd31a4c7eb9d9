"""Answers are remembered for a while, and a broken file says so."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from graph.linking.cache import AnswerCache
from graph.linking.errors import AnswerCacheError
from graph.linking.service import Candidate, ReconciliationQuery

DAY = timedelta(days=1)
URL = "https://names.example/reconcile"
QUERY = ReconciliationQuery("北湾市", type="T", properties=(("p", "v"),))
FOUND = (Candidate("1", "北湾市", 97.25, True, ("T",)),)


def test_an_answer_is_given_back_as_it_was_until_it_is_too_old(tmp_path: Path) -> None:
    path = tmp_path / "new" / "answers.sqlite"
    with AnswerCache(path, max_age=DAY) as cache:
        cache.put(URL, {QUERY: FOUND}, now=1000.0)
    with AnswerCache(path, max_age=DAY) as cache:
        assert cache.get(URL, QUERY, now=1000.0 + 86400) == FOUND
        assert cache.get(URL, QUERY, now=1001.0 + 86400) is None


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("https://other.example/", QUERY),
        (URL, ReconciliationQuery("北湾市")),
        (URL, ReconciliationQuery("北湾市", type="T", properties=(("p", "w"),))),
        (URL, ReconciliationQuery("北湾市", type="T", limit=6, properties=(("p", "v"),))),
    ],
)
def test_another_service_or_query_has_another_answer(url: str, query: ReconciliationQuery) -> None:
    with AnswerCache(None, max_age=DAY) as cache:
        cache.put(URL, {QUERY: FOUND}, now=0.0)
        assert cache.get(url, query, now=0.0) is None


def test_that_there_is_nothing_is_remembered_too() -> None:
    with AnswerCache(None, max_age=DAY) as cache:
        cache.put(URL, {QUERY: ()}, now=0.0)
        assert cache.get(URL, QUERY, now=0.0) == ()


def test_what_is_too_old_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with AnswerCache(path, max_age=DAY) as cache:
        cache.put(URL, {QUERY: FOUND}, now=0.0)
        cache.put(URL, {ReconciliationQuery("甲"): ()}, now=86401.0)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT COUNT(*) FROM answer").fetchone() == (1,)
    connection.close()


def test_a_file_that_is_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(AnswerCacheError, match=r"answers\.sqlite: expected a file of remembered"):
        AnswerCache(path, max_age=DAY)


def test_a_row_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    with AnswerCache(path, max_age=DAY) as cache:
        cache.put(URL, {QUERY: FOUND}, now=0.0)
        connection = sqlite3.connect(path)
        with connection:
            connection.execute("UPDATE answer SET candidates = '[{\"id\": 3}]'")
        connection.close()
        with pytest.raises(AnswerCacheError, match="expected the answer to '北湾市' as it was"):
            cache.get(URL, QUERY, now=0.0)
