"""The verbs about tokens: what they print, and what they leave."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from graph.store import open_store
from graph.tokens import TOKEN_FILE, InvalidTokenError, find_token


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def run(store: Path, *arguments: str, status: int = 0) -> Result:
    result = CliRunner().invoke(cli.main, ["--store", str(store), "token", *arguments])
    assert result.exit_code == status, result.output
    return result


def test_the_secret_is_printed_once_and_works_until_it_is_revoked(store: Path) -> None:
    created = run(store, "create", "editor", "--scope", "ingest", "--days", "30")
    secret = created.stdout.strip()
    now = datetime.now(UTC)
    assert find_token(store / TOKEN_FILE, secret, now=now).name == "editor"
    assert secret not in created.stderr
    listed = run(store, "list", "--format", "jsonl").stdout
    (row,) = map(json.loads, listed.splitlines())
    assert (row["name"], row["scopes"], row["valid"]) == ("editor", ["ingest"], True)
    assert set(row) == {"name", "scopes", "created", "expires", "revoked", "valid"}
    run(store, "revoke", "editor")
    with pytest.raises(InvalidTokenError):
        find_token(store / TOKEN_FILE, secret, now=now)
    assert "revoked" in run(store, "list").stdout


def test_a_token_is_valid_for_a_year_unless_told_otherwise(store: Path) -> None:
    run(store, "create", "editor", "--scope", "read", "--scope", "admin")
    (row,) = map(json.loads, run(store, "list", "--format", "jsonl").stdout.splitlines())
    lasts = datetime.fromisoformat(row["expires"]) - datetime.fromisoformat(row["created"])
    assert (row["scopes"], lasts) == (["read", "admin"], timedelta(days=365))


def test_a_token_may_be_there_before_the_store(store: Path) -> None:
    run(store, "create", "editor", "--scope", "ingest")
    with open_store(store, mode="write") as opened:
        assert opened.graphs() == []


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["create", "editor"], 2, "Missing option '--scope'"),
        (["create", "editor", "--scope", "write"], 2, "'write'"),
        (["create", "Editor!", "--scope", "read"], 1, "got 'Editor!'"),
        (["create", "editor", "--scope", "read", "--days", "0"], 2, "--days"),
        (["revoke", "nobody"], 1, "got 'nobody'"),
    ],
)
def test_wrong_usage_is_said_in_one_line(
    store: Path, arguments: list[str], status: int, message: str
) -> None:
    result = run(store, *arguments, status=status)
    assert message in result.stderr
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


def test_a_name_is_given_once(store: Path) -> None:
    run(store, "create", "editor", "--scope", "read")
    result = run(store, "create", "editor", "--scope", "read", status=1)
    assert "expected a name that no token has or had" in result.stderr
