"""What a reconciliation service says: its manifest, and its candidates for a name.

Nothing here asks anything; bytes are read, and whatever is not as the specification has it
raises. Services are not trusted: sizes are limited, types checked, names freed of control
characters, and every identifier has to make an http or https IRI.

Source: Reconciliation Service API 0.2, final report of the W3C Entity Reconciliation Community
Group of 10 April 2023, sections 3 (manifest) and 4 (queries); version 0.1 of the same.

>>> manifest = read_manifest(
...     b'{"versions": ["0.2"], "name": "Names", "identifierSpace": "https://a.example/id/",'
...     b' "schemaSpace": "https://a.example/type/"}',
...     url="https://a.example/reconcile",
... )
>>> target_iri(manifest, "17")
'https://a.example/id/17'
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

import pyoxigraph as ox

from graph.linking.errors import (
    InvalidAnswerError,
    InvalidManifestError,
    LinkingError,
    ServiceAddressError,
)

VERSIONS = ("0.1", "0.2")
MAX_TEXT = 500
MAX_IDENTIFIER = 2000
MAX_IRI = 2048
MAX_CANDIDATES = 1000
MAX_SCORE = 1e9
MAX_TYPES = 100
DEFAULT_BATCH_SIZE = 50
MAX_BATCH_SIZE = 1000
_SHOWN = 120
# What an identifier may hold unescaped where it ends an IRI: RFC 3986, section 2.
_UNESCAPED = "/:@!$&'()*+,;=-._~%?#"
_JOINTS = ("/", "#", "=", ":", "?")
_PLACEHOLDER = "{{id}}"


@dataclass(frozen=True, slots=True)
class ServiceType:
    """A type of entities, as a service names it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a service says of itself.

    ``url`` is where queries go, ``view`` the address of an entity's page with ``{{id}}`` in
    it, ``batch_size`` how many queries one request may hold.
    """

    url: str
    name: str
    versions: tuple[str, ...]
    identifier_space: str
    default_types: tuple[ServiceType, ...]
    view: str | None
    batch_size: int


@dataclass(frozen=True, slots=True)
class ReconciliationQuery:
    """A name, and what is known beside it; properties are pairs of an id and a text."""

    name: str
    type: str | None = None
    limit: int = 5
    properties: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The query as versions 0.1 and 0.2 have it.

        >>> ReconciliationQuery("北湾市").to_json()
        {'query': '北湾市', 'limit': 5}
        """
        row: dict[str, Any] = {"query": self.name, "limit": self.limit}
        if self.type is not None:
            row["type"] = self.type
        if self.properties:
            row["properties"] = [{"pid": pid, "v": value} for pid, value in self.properties]
        return row


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that a service offers for a name.

    ``score`` is on the service's own scale, mostly 0 to 100; ``match`` says whether the
    service is sure; ``types`` are identifiers of types.
    """

    id: str
    name: str
    score: float
    match: bool
    types: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The candidate as a service gives it."""
        return {
            "id": self.id,
            "name": self.name,
            "score": self.score,
            "match": self.match,
            "type": [{"id": type_id, "name": type_id} for type_id in self.types],
        }


def check_address(url: str) -> str:
    """The address of a service as it is asked and kept.

    Hosts of the own machine and network are allowed: a person names the service.

    Raises:
        ServiceAddressError: It is no http or https address, or has a fragment, a user's name
            or a password, which would be published with the links.
    """
    expected = f"expected the http or https address of a reconciliation service, got {url!r}"
    try:
        parts = urlsplit(ox.NamedNode(url).value)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise ServiceAddressError(f"{expected}: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise ServiceAddressError(expected)
    if parts.fragment or "@" in parts.netloc:
        raise ServiceAddressError(f"{expected}: no user, password or fragment can stand in it")
    return url


def read_manifest(data: bytes, *, url: str, identifier_template: str | None = None) -> Manifest:
    """The manifest of a service.

    A service that names no versions is of the time before they were named, and is read as 0.1.

    Args:
        data: What the service answered.
        url: Where queries go.
        identifier_template: An IRI with ``{{id}}`` for services whose ``identifierSpace``
            does not make their identifiers IRIs; it takes the place of that.

    Raises:
        InvalidManifestError: It is no manifest, or that of an unsupported version.
    """

    def refuse(expected: str, got: object) -> NoReturn:
        raise InvalidManifestError(f"{url}: manifest: expected {expected}, got {_shown(got)}")

    value = _read_json(data, f"{url}: manifest", InvalidManifestError)
    if not isinstance(value, dict):
        refuse("an object", value)
    versions = value.get("versions", ["0.1"])
    if not isinstance(versions, list) or not all(isinstance(item, str) for item in versions):
        refuse("'versions' to be a list of strings", versions)
    supported = tuple(version for version in VERSIONS if version in versions)
    if not supported:
        refuse(f"a version among {VERSIONS}", versions)
    space = identifier_template or value.get("identifierSpace")
    if not isinstance(space, str) or not _is_web_iri(space.replace(_PLACEHOLDER, "0")):
        refuse("'identifierSpace' to be an http or https IRI", space)
    if identifier_template is not None and _PLACEHOLDER not in identifier_template:
        refuse(f"{_PLACEHOLDER!r} in the template of identifiers", identifier_template)
    batch_size = value.get("batchSize", DEFAULT_BATCH_SIZE)
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        refuse("'batchSize' to be a whole number from 1", batch_size)
    types = value.get("defaultTypes", [])
    if not isinstance(types, list) or len(types) > MAX_TYPES:
        refuse(f"'defaultTypes' to be a list of at most {MAX_TYPES}", types)
    view = value.get("view", {})
    template = view.get("url") if isinstance(view, dict) else None
    if template is not None and (not isinstance(template, str) or _PLACEHOLDER not in template):
        refuse(f"'view' to have an address with {_PLACEHOLDER!r}", view)
    name = value.get("name")
    if not isinstance(name, str):
        refuse("'name' to be a string", name)
    return Manifest(
        url=url,
        name=_clean(name) or url,
        versions=supported,
        identifier_space=space,
        default_types=tuple(_read_type(item, refuse) for item in types),
        view=template,
        batch_size=min(batch_size, MAX_BATCH_SIZE),
    )


def read_answers(
    data: bytes, *, keys: Sequence[str], where: str
) -> Mapping[str, tuple[Candidate, ...]]:
    """The candidates for each key of a batch, the best first.

    Args:
        data: What the service answered.
        keys: The keys of the batch that was sent.
        where: The service and the batch, for messages.

    Raises:
        InvalidAnswerError: The answer is no answer to the batch.
    """
    value = _read_json(data, where, InvalidAnswerError)
    if not isinstance(value, dict):
        raise InvalidAnswerError(f"{where}: expected an object, got {_shown(value)}")
    answers = {}
    for key in keys:
        if key not in value:
            raise InvalidAnswerError(
                f"{where}: expected an answer to the query {key!r}, got {_shown(value)}"
            )
        answer = value[key]
        rows = answer.get("result") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise InvalidAnswerError(
                f"{where}: query {key!r}: expected a list 'result', got {_shown(answer)}"
            )
        answers[key] = read_candidates(rows, where=f"{where}: query {key!r}")
    return answers


def read_candidates(rows: Sequence[Any], *, where: str) -> tuple[Candidate, ...]:
    """The candidates of one query, the best first; equal scores by identifier.

    Raises:
        InvalidAnswerError: One of them is not as the specification has it.
    """
    if len(rows) > MAX_CANDIDATES:
        raise InvalidAnswerError(
            f"{where}: expected at most {MAX_CANDIDATES} candidates, got {len(rows)}"
        )
    candidates = (_read_candidate(row, f"{where}: candidate {n}") for n, row in enumerate(rows, 1))
    return tuple(sorted(candidates, key=lambda c: (-c.score, c.id)))


def target_iri(manifest: Manifest, identifier: str) -> str:
    """The IRI of an entity of a service.

    An identifier that is an IRI stands for itself. Any other is put behind
    ``identifierSpace``, or where a template says; where the space cannot be continued,
    because it does not end like the beginning of an IRI, into the address of ``view``.

    Raises:
        InvalidAnswerError: No http or https IRI comes out of it.
    """
    space = manifest.identifier_space
    if identifier.startswith(("http://", "https://")):
        iri = identifier
    elif _PLACEHOLDER in space:
        iri = space.replace(_PLACEHOLDER, quote(identifier, safe=_UNESCAPED))
    elif space.endswith(_JOINTS):
        iri = space + quote(identifier, safe=_UNESCAPED)
    elif manifest.view is not None:
        iri = manifest.view.replace(_PLACEHOLDER, quote(identifier, safe=_UNESCAPED))
    else:
        iri = f"{space}/{quote(identifier, safe=_UNESCAPED)}"
    if len(iri) > MAX_IRI or not _is_web_iri(iri):
        raise InvalidAnswerError(
            f"{manifest.url}: expected an identifier that makes an http or https IRI "
            f"of at most {MAX_IRI} characters, got {_shown(identifier)}"
        )
    return iri


def _read_candidate(row: Any, where: str) -> Candidate:
    if not isinstance(row, dict):
        raise InvalidAnswerError(f"{where}: expected an object, got {_shown(row)}")
    identifier, name = row.get("id"), row.get("name")
    if not isinstance(identifier, str) or not 0 < len(identifier) <= MAX_IDENTIFIER:
        raise InvalidAnswerError(
            f"{where}: expected 'id' to be a string of 1 to {MAX_IDENTIFIER} characters, "
            f"got {_shown(identifier)}"
        )
    if not isinstance(name, str):
        raise InvalidAnswerError(f"{where}: expected 'name' to be a string, got {_shown(name)}")
    score = row.get("score")
    if isinstance(score, bool) or not isinstance(score, int | float) or abs(score) > MAX_SCORE:
        raise InvalidAnswerError(f"{where}: expected 'score' to be a number, got {_shown(score)}")
    match = row.get("match", False)
    if not isinstance(match, bool):
        raise InvalidAnswerError(f"{where}: expected 'match' to be a boolean, got {_shown(match)}")
    types = row.get("type", [])
    if not isinstance(types, list) or len(types) > MAX_TYPES:
        raise InvalidAnswerError(
            f"{where}: expected 'type' to be a list of at most {MAX_TYPES}, got {_shown(types)}"
        )

    def refuse(expected: str, got: object) -> NoReturn:
        raise InvalidAnswerError(f"{where}: expected {expected}, got {_shown(got)}")

    return Candidate(
        id=identifier,
        name=_clean(name),
        score=float(score),
        match=match,
        types=tuple(_read_type(item, refuse).id for item in types),
    )


def _read_type(item: Any, refuse: Any) -> ServiceType:
    """A type; version 0.1 lets it be its bare identifier."""
    if isinstance(item, str):
        return ServiceType(_clean(item), _clean(item))
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        refuse("types to have an 'id'", item)
    name = item.get("name")
    return ServiceType(_clean(item["id"]), _clean(name if isinstance(name, str) else item["id"]))


def _read_json(data: bytes, where: str, error_class: type[LinkingError]) -> Any:
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise error_class(
            f"{where}: expected JSON, got {_shown(data[:_SHOWN])}: {error}"
        ) from error
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _clean(text: str) -> str:
    """A name without control characters and lone surrogates, on one line, of limited length."""
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text)
    return " ".join(kept.split())[:MAX_TEXT]


def _is_web_iri(iri: str) -> bool:
    try:
        parts = urlsplit(ox.NamedNode(iri).value)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host)


def _shown(value: object) -> str:
    """A value as messages show it: its ``repr``, cut short."""
    text = ascii(value) if isinstance(value, bytes) else repr(value)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
