"""The settings of the service, read and checked once, when the application starts.

Every setting has one name, ``TANPU_…``, in the environment and in the mapping that
:func:`server.create_app` takes; the mapping wins over the environment.

>>> read_settings({"TANPU_PAGE_SIZE": "5"}, environ={}).page_size
5
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from web.errors import ConfigError

PREFIX = "TANPU_"
# Less than this, and a process cannot open a store.
LEAST_QUERY_MEMORY = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that an operator can set; counts are positive, lengths are code points."""

    # Folder of the store that is served. The writer (`tanpu ingest`) fills it; the service
    # opens it read-only and follows its newest snapshot.
    store: str = "var/store"
    # What all IRIs of the graph begin with, ending in "/". The store knows; when it is set
    # here too the two must agree.
    base: str | None = None
    # Statements of one kind on one page of an entity.
    page_size: int = 20
    # Rows on one page of the document list and of the search results.
    list_size: int = 50
    # Rows of a SPARQL answer that the HTML table shows; the other formats give all of them.
    table_size: int = 1000
    # Longest SPARQL query that is read, in code points; a longer one is refused unread.
    query_max_length: int = 200_000
    # Most code points of a query outside IRIs and strings, so that long VALUES lists pass and
    # chains such as `1+1+…`, which overflow the stack of the process, do not.
    query_max_structure: int = 10_000
    # Deepest nesting of brackets in a query, for the same reason.
    query_max_depth: int = 100
    # Seconds that a query may take from its arrival to its last byte, waiting included; a
    # client may ask for less with `timeout=`.
    query_seconds: int = 30
    # Processes that evaluate queries, one query each at a time.
    query_workers: int = 4
    # Queries that may wait for a process; one more is refused at once with 503.
    query_queue: int = 16
    # Mebibytes of address space of such a process, of which 400 are taken before any query.
    query_memory: int = 2048
    # Mebibytes of the largest result; a larger one is broken off.
    query_max_result: int = 1024
    # Longest text of a search.
    search_max_chars: int = 100
    # Largest request body in bytes; a query is at most four bytes a character, as a form
    # three times that.
    max_body_bytes: int = 1_048_576


def read_settings(
    config: Mapping[str, Any] | None = None, *, environ: Mapping[str, str] | None = None
) -> Settings:
    """Settings from ``config``, then the environment, then the defaults.

    Args:
        config: values by name (``TANPU_PAGE_SIZE``), strings or numbers; names without the
            prefix are Flask's own and not looked at here.
        environ: the environment; the process's own when None.

    Raises:
        ConfigError: for an unknown ``TANPU_`` name in ``config``, a count that is not a
            positive whole number, or a base that is not an absolute HTTP IRI ending in "/".
    """
    given = dict(config or {})
    surroundings = os.environ if environ is None else environ
    names = {PREFIX + field.name.upper(): field for field in fields(Settings)}
    unknown = sorted(k for k in given if k.startswith(PREFIX) and k not in names)
    if unknown:
        raise ConfigError(f"expected settings among {sorted(names)}, got {unknown!r}")
    values: dict[str, Any] = {}
    for name, field in names.items():
        raw = given.get(name, surroundings.get(name))
        if raw is not None:
            values[field.name] = _read_count(name, raw) if field.type == "int" else str(raw)
    settings = Settings(**values)
    if settings.query_memory < LEAST_QUERY_MEMORY:
        raise ConfigError(
            f"TANPU_QUERY_MEMORY: expected at least {LEAST_QUERY_MEMORY} mebibytes, "
            f"got {settings.query_memory}"
        )
    if settings.base is not None:
        _check_base(settings.base)
    return settings


def _read_count(name: str, raw: Any) -> int:
    try:
        value = int(raw)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name}: expected a positive whole number, got {raw!r}") from error
    if value < 1:
        raise ConfigError(f"{name}: expected a positive whole number, got {raw!r}")
    return value


def _check_base(base: str) -> None:
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.netloc or not base.endswith("/"):
        raise ConfigError(
            f'TANPU_BASE: expected an absolute http or https IRI that ends in "/", got {base!r}'
        )
    if parts.query or parts.fragment:
        raise ConfigError(f"TANPU_BASE: expected no query and no fragment, got {base!r}")
