"""Tokens: what they allow, how long, and what of them lies on disk."""

from __future__ import annotations

import json
import stat
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.tokens import (
    TOKEN_FILE,
    InvalidTokenError,
    MalformedTokenError,
    Scope,
    TokenExistsError,
    TokenFileError,
    TokenNotFoundError,
    create_token,
    find_token,
    list_tokens,
    revoke_token,
)

NOW = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store" / TOKEN_FILE


def make(path: Path, name: str = "editor", scopes: Sequence[str] = ("ingest",)) -> str:
    return create_token(path, name, scopes, days=2, now=NOW)[1]


def test_a_secret_leads_to_its_token(path: Path) -> None:
    first, second = make(path), make(path, "reader", ["read"])
    assert find_token(path, second, now=NOW).name == "reader"
    token = find_token(path, first, now=NOW)
    assert (token.name, token.scopes) == ("editor", ("ingest",))
    assert (token.created, token.expires) == (
        "2031-05-06T07:08:09+00:00",
        "2031-05-08T07:08:09+00:00",
    )


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        (["read"], {"read"}),
        (["ingest"], {"read", "ingest"}),
        (["admin"], {"read", "ingest", "admin"}),
        (["ingest", "read"], {"read", "ingest"}),
    ],
)
def test_a_wide_scope_includes_the_narrow_ones(
    path: Path, scopes: list[str], allowed: set[Scope]
) -> None:
    token, _ = create_token(path, "editor", scopes, days=1, now=NOW)
    assert {scope for scope in ("read", "ingest", "admin") if token.allows(scope)} == allowed


def test_a_token_is_valid_until_it_expires(path: Path) -> None:
    secret = make(path)
    last = NOW + timedelta(days=2) - timedelta(seconds=1)
    assert find_token(path, secret, now=last).name == "editor"
    with pytest.raises(InvalidTokenError, match="expired at 2031-05-08"):
        find_token(path, secret, now=NOW + timedelta(days=2))


def test_a_revoked_token_is_refused_at_once_and_others_stay(path: Path) -> None:
    secret, other = make(path), make(path, "other")
    revoke_token(path, "editor", now=NOW)
    with pytest.raises(InvalidTokenError, match="'editor' was revoked"):
        find_token(path, secret, now=NOW)
    assert find_token(path, other, now=NOW).name == "other"
    again = revoke_token(path, "editor", now=NOW + timedelta(days=1))
    assert again.revoked == "2031-05-06T07:08:09+00:00"
    assert [token.name for token in list_tokens(path)] == ["editor", "other"]


@pytest.mark.parametrize("secret", ["", "tanpu_", "x", "tanpu_" + "A" * 43, "\udcff", "密"])
def test_an_unknown_secret_is_refused_and_not_repeated(path: Path, secret: str) -> None:
    make(path)
    with pytest.raises(InvalidTokenError) as caught:
        find_token(path, secret, now=NOW)
    assert str(caught.value) == "expected a token of this service, got an unknown one"


def test_the_hash_is_no_secret(path: Path) -> None:
    secret = make(path)
    text = path.read_text()
    (row,) = json.loads(text)["tokens"]
    assert secret not in text
    with pytest.raises(InvalidTokenError):
        find_token(path, row["sha256"], now=NOW)


def test_only_the_owner_can_read_the_file(path: Path) -> None:
    secret = make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list(path.parent.glob("*.unfinished"))
    path.chmod(0o640)
    with pytest.raises(TokenFileError, match=r"mode 600.*got 640"):
        find_token(path, secret, now=NOW)


def test_a_name_is_never_given_again(path: Path) -> None:
    make(path)
    revoke_token(path, "editor", now=NOW)
    with pytest.raises(TokenExistsError):
        make(path)


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", ["read"], 1),
        ("A", ["read"], 1),
        ("a b", ["read"], 1),
        ("-a", ["read"], 1),
        ("a" * 65, ["read"], 1),
        ("a/b", ["read"], 1),
        ("a", [], 1),
        ("a", ["write"], 1),
        ("a", ["read"], 0),
        ("a", ["read"], 3651),
    ],
)
def test_what_no_token_can_be_is_refused(
    path: Path, name: str, scopes: list[str], days: int
) -> None:
    with pytest.raises(MalformedTokenError):
        create_token(path, name, scopes, days=days, now=NOW)
    assert not path.exists()


def test_without_a_file_there_are_no_tokens(path: Path) -> None:
    assert list_tokens(path) == []
    with pytest.raises(InvalidTokenError):
        find_token(path, "tanpu_x", now=NOW)
    with pytest.raises(TokenNotFoundError):
        revoke_token(path, "editor", now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"format": 2, "tokens": []}',
        '{"format": 1}',
        '{"format": 1, "tokens": [1]}',
        '{"format": 1, "tokens": [{"name": "a"}]}',
        '{"format": 1, "tokens": [{"name": "a", "scopes": [], "created": "", "expires": "x", '
        '"sha256": ""}]}',
        "[" * 100_000,
    ],
)
def test_a_damaged_file_is_refused(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(TokenFileError):
        find_token(path, "tanpu_x", now=NOW)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ["a"]}, "list of tokens"),
        ({"name": "A b"}, "name of a token"),
        ({"scopes": "admin"}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["ingest", "root"]}, "scopes"),
        ({"expires": "2031-05-06T00:00:00"}, "zone"),
        ({"expires": 3}, "list of tokens"),
        ({"created": "then"}, "list of tokens"),
        ({"revoked": "2031-05-06"}, "zone"),
    ],
)
def test_a_token_that_this_programme_would_not_write_is_refused(
    path: Path, changes: dict[str, object], message: str
) -> None:
    _, secret = create_token(path, "editor", ["ingest"], days=30, now=NOW)
    told = json.loads(path.read_text())
    told["tokens"][0] |= changes
    path.write_text(json.dumps(told))
    with pytest.raises(TokenFileError, match=message):
        find_token(path, secret, now=NOW)


@pytest.mark.parametrize("twice", ["name", "sha256"])
def test_two_tokens_of_one_name_or_secret_are_refused(path: Path, twice: str) -> None:
    _, secret = create_token(path, "editor", ["ingest"], days=30, now=NOW)
    create_token(path, "other", ["read"], days=30, now=NOW)
    told = json.loads(path.read_text())
    told["tokens"][1][twice] = told["tokens"][0][twice]
    path.write_text(json.dumps(told))
    with pytest.raises(TokenFileError, match="got one twice"):
        find_token(path, secret, now=NOW)
