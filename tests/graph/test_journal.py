"""The journal: jobs and answers outlive the process that made them, and no longer than they should."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extract.sending import Sending, SentFile
from graph.journal import Journal, JournalError, KeptAnswer

NOW = datetime(2031, 5, 6, 12, tzinfo=UTC)
SENDING = Sending(
    files=(SentFile("甲.txt", "甲市。".encode()), SentFile("乙.pdf", b"\x00\xff")),
    metadata={"title": "简讯"},
    retrieved="2031-05-06T12:00:00Z",
)
ANSWER = KeptAnswer(
    digest="d", status=201, location="/a", media_type="application/json", body=b"{}\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def test_a_job_survives_its_process_with_what_was_sent(path: Path) -> None:
    first = Journal(path)
    job = first.add_job(SENDING, owner="sender", foreign_too=False, include=True, now=NOW)
    first.add_rows(job.id, [{"status": "stored"}, {"status": "refused"}], start=0)
    first.close()
    found = Journal(path).next_job()
    assert found == replace(
        job, state="running", rows=({"status": "stored"}, {"status": "refused"})
    )
    assert Journal(path).read_sending(job.id) == SENDING


def test_jobs_come_in_the_order_in_which_they_were_made(path: Path) -> None:
    journal = Journal(path)
    made = [
        journal.add_job(SENDING, owner="a", foreign_too=False, include=False, now=NOW).id
        for _ in range(3)
    ]
    seen = []
    while (job := journal.next_job()) is not None:
        seen.append(job.id)
        journal.end_job(job.id, now=NOW)
    assert seen == made


def test_an_ended_job_forgets_what_was_sent_and_after_a_week_itself(path: Path) -> None:
    journal = Journal(path)
    job = journal.add_job(SENDING, owner="a", foreign_too=True, include=False, now=NOW)
    journal.end_job(job.id, now=NOW, error="no")
    found = journal.find_job(job.id, now=NOW + timedelta(days=6))
    assert found is not None
    assert (found.state, found.error, found.foreign_too) == ("failed", "no", True)
    assert journal.count_waiting() == 0
    assert journal.read_sending(job.id).files == ()
    assert journal.find_job(job.id, now=NOW + timedelta(days=8)) is None


def test_an_answer_is_kept_for_a_day_for_its_owner(path: Path) -> None:
    journal = Journal(path)
    journal.keep_answer("a", "k", ANSWER, now=NOW)
    journal.close()
    later = Journal(path)
    assert later.find_answer("a", "k", now=NOW + timedelta(hours=23)) == ANSWER
    assert later.find_answer("a", "k", now=NOW + timedelta(hours=25)) is None
    assert later.find_answer("b", "k", now=NOW) is None


def test_reading_makes_no_file_and_writing_one_for_its_owner_alone(path: Path) -> None:
    journal = Journal(path)
    assert journal.next_job() is None
    assert journal.find_job("0", now=NOW) is None
    assert journal.find_answer("a", "k", now=NOW) is None
    assert journal.count_waiting() == 0
    assert not path.exists()
    journal.keep_answer("a", "k", ANSWER, now=NOW)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_file_is_told(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(JournalError, match="journal"):
        Journal(path).next_job()


def test_an_unknown_job_is_told(path: Path) -> None:
    with pytest.raises(JournalError, match="'0'"):
        Journal(path).read_sending("0")
