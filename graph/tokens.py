"""Tokens: who may do what to a store over HTTP.

They lie in a file of the store's folder that only its owner may read, as JSON. Of each token
it keeps the SHA-256 of the secret, never the secret: that is 256 random bits, which nobody can
try out, so that a slow hash, made for passwords that people choose, would only make each
request slow. The file is read at every check: a token that is revoked is refused at once.

>>> from tempfile import TemporaryDirectory
>>> now = datetime(2031, 5, 6, tzinfo=UTC)
>>> with TemporaryDirectory() as folder:
...     path = Path(folder) / TOKEN_FILE
...     token, secret = create_token(path, "editor", ["ingest"], days=30, now=now)
...     find_token(path, secret, now=now).allows("read")
True

Source: RFC 6750, section 5 (threats); NIST SP 800-63B, section 5.1.2 (secrets of enough
entropy need no slow hash).
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from graph.errors import GraphError

Scope = Literal["read", "ingest", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

TOKEN_FILE = "tokens.json"
LOCK_FILE = "tokens.lock"
FORMAT_VERSION = 1
MODE = 0o600
SECRET_BYTES = 32
SECRET_PREFIX = "tanpu_"
MAX_DAYS = 3650

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# What a scope includes beside itself.
_INCLUDED: Mapping[Scope, frozenset[Scope]] = {
    "read": frozenset(("read",)),
    "ingest": frozenset(("read", "ingest")),
    "admin": frozenset(SCOPES),
}


class TokenError(GraphError):
    """Base of what can go wrong with tokens."""


class TokenFileError(TokenError):
    """The file of tokens is damaged, cannot be read, or may be read by others."""


class TokenExistsError(TokenError):
    """There has been a token of a name, which is never given again."""


class TokenNotFoundError(TokenError):
    """There is no token of a name."""


class MalformedTokenError(TokenError):
    """The name, the scopes or the days of a new token are not what they may be."""


class InvalidTokenError(TokenError):
    """A secret that is unknown, revoked or too old."""


@dataclass(frozen=True, slots=True)
class Token:
    """Who a client is and what it may do; times are ISO 8601 in UTC.

    ``name`` is never used again, not even when the token is revoked, so that the provenance
    of what it wrote stays true.
    """

    name: str
    scopes: tuple[Scope, ...]
    created: str
    expires: str
    revoked: str | None = None

    def allows(self, scope: Scope) -> bool:
        """Whether it has a scope: admin includes ingest, and ingest includes read."""
        return any(scope in _INCLUDED[owned] for owned in self.scopes)

    def is_live(self, now: datetime) -> bool:
        """Whether it is neither revoked nor too old."""
        return self.revoked is None and now < datetime.fromisoformat(self.expires)


@dataclass(frozen=True, slots=True)
class _Record:
    token: Token
    sha256: str


def create_token(
    path: Path,
    name: str,
    scopes: Iterable[str],
    *,
    days: int,
    now: datetime,
) -> tuple[Token, str]:
    """Make a token, and the secret that nobody will see again.

    Args:
        path: The file of tokens; it is made where there is none.
        name: 1 to 64 lower-case letters, digits, ``.``, ``_`` and ``-``, of which the last
            three stand inside only.
        scopes: At least one of ``SCOPES``.
        days: How long it is valid, from 1 to ``MAX_DAYS``.
        now: An aware time.

    Raises:
        MalformedTokenError: An argument is not as described.
        TokenExistsError: There is or was a token of this name.
        TokenFileError: The file cannot be used.
        OSError: The file cannot be written.
    """
    wanted = set(scopes)
    if not _NAME.fullmatch(name):
        raise MalformedTokenError(
            "expected a name of 1 to 64 lower-case letters, digits and inner '.', '_', '-', "
            f"got {name!r}"
        )
    if not wanted or wanted - set(SCOPES):
        raise MalformedTokenError(f"expected scopes among {list(SCOPES)}, got {sorted(wanted)}")
    if not 1 <= days <= MAX_DAYS:
        raise MalformedTokenError(f"expected 1 to {MAX_DAYS} days, got {days}")
    token = Token(
        name=name,
        scopes=tuple(scope for scope in SCOPES if scope in wanted),
        created=_to_text(now),
        expires=_to_text(now + timedelta(days=days)),
    )
    secret = SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with _locked(path):
        records = _read(path)
        if any(record.token.name == name for record in records):
            raise TokenExistsError(f"expected a name that no token has or had, got {name!r}")
        _write(path, [*records, _Record(token, _hash(secret))])
    return token, secret


def list_tokens(path: Path) -> list[Token]:
    """All tokens, the revoked too, as they were made.

    Raises:
        TokenFileError: The file cannot be used.
    """
    return [record.token for record in _read(path)]


def revoke_token(path: Path, name: str, *, now: datetime) -> Token:
    """Make a token invalid from now on; nothing changes where it is revoked already.

    Raises:
        TokenNotFoundError: There is none of this name.
        TokenFileError: The file cannot be used.
        OSError: The file cannot be written.
    """
    with _locked(path):
        records = _read(path)
        found = next((record for record in records if record.token.name == name), None)
        if found is None:
            raise TokenNotFoundError(f"expected the name of a token, got {name!r}")
        if found.token.revoked is not None:
            return found.token
        revoked = replace(found, token=replace(found.token, revoked=_to_text(now)))
        _write(path, [revoked if record is found else record for record in records])
    return revoked.token


def find_token(path: Path, secret: str, *, now: datetime) -> Token:
    """The token of a secret. How long that takes does not depend on the secrets that there are.

    Raises:
        InvalidTokenError: It is of no token, or of one that is revoked or too old; the message
            does not repeat it.
        TokenFileError: The file cannot be used.
    """
    hashed = _hash(secret)
    matching = [r.token for r in _read(path) if hmac.compare_digest(r.sha256, hashed)]
    if not matching:
        raise InvalidTokenError("expected a token of this service, got an unknown one")
    (token,) = matching
    if token.revoked is not None:
        raise InvalidTokenError(f"the token {token.name!r} was revoked at {token.revoked}")
    if not token.is_live(now):
        raise InvalidTokenError(f"the token {token.name!r} expired at {token.expires}")
    return token


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _to_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lets nobody else write the file meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(LOCK_FILE).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(path: Path) -> list[_Record]:
    try:
        with path.open(encoding="utf-8") as stream:
            mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
            if mode & 0o077:
                raise TokenFileError(
                    f"expected {path.name!r} to be its owner's alone (mode {MODE:o}), got {mode:o}"
                )
            read: Any = json.load(stream)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise TokenFileError(f"cannot read {path.name!r}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise TokenFileError(f"expected JSON in {path.name!r}: {error}") from error
    try:
        if read["format"] != FORMAT_VERSION:
            raise TokenFileError(
                f"expected format {FORMAT_VERSION} in {path.name!r}, got {read['format']!r}"
            )
        records = [_record_of(row) for row in read["tokens"]]
    except (KeyError, TypeError, ValueError) as error:
        raise TokenFileError(f"expected a list of tokens in {path.name!r}: {error!r}") from error
    for kind, values in (
        ("name", [record.token.name for record in records]),
        ("secret", [record.sha256 for record in records]),
    ):
        if len(set(values)) != len(values):
            raise TokenFileError(
                f"expected a {kind} for each token in {path.name!r}, got one twice"
            )
    return records


def _record_of(row: dict[str, Any]) -> _Record:
    """The record of a row, of which each part is what this programme writes.

    Raises:
        KeyError: A part is missing.
        TypeError: A part is of another type, or unknown.
        ValueError: A part is something else.
    """
    fields = dict(row)
    sha256, owned = fields.pop("sha256"), fields.pop("scopes")
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"expected a SHA-256, got {sha256!r}")
    if not _NAME.fullmatch(fields["name"]):
        raise ValueError(f"expected the name of a token, got {fields['name']!r}")
    scopes = tuple(scope for scope in SCOPES if scope in owned)
    if not scopes or list(scopes) != owned:
        raise ValueError(f"expected scopes among {list(SCOPES)}, in this order, got {owned!r}")
    token = Token(scopes=scopes, **fields)
    for moment in (token.created, token.expires, token.revoked):
        if moment is not None and datetime.fromisoformat(moment).tzinfo is None:
            raise ValueError(f"expected a time with its zone, got {moment!r}")
    return _Record(token, sha256)


def _write(path: Path, records: Iterable[_Record]) -> None:
    """Replace the file, whole or not at all; nobody else can read it at any moment."""
    rows = [{**asdict(record.token), "sha256": record.sha256} for record in records]
    text = json.dumps({"format": FORMAT_VERSION, "tokens": rows}, indent=2) + "\n"
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
