"""The settings of the service, read and checked once, when the application starts.

Every setting has one name, ``TANPU_…``, in the environment and in the mapping that
:func:`server.create_app` takes, which the command line fills; in a configuration file (TOML)
it is the same name in small letters without the prefix. The mapping wins over the environment,
that over the file, and that over the defaults.

>>> read_settings({"TANPU_PAGE_SIZE": "5"}, environ={}).page_size
5
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, fields
from functools import partial
from ipaddress import ip_network
from types import MappingProxyType
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from pyoxigraph import NamedNode

from graph.federation.errors import EndpointAddressError
from graph.federation.exchange import check_endpoint
from web.errors import ConfigError

PREFIX = "TANPU_"
# Where the configuration file is; no setting itself.
CONFIG_NAME = "TANPU_CONFIG"

LogFormat = Literal["json", "text"]
Model = Literal["accurate", "fast"]
Endpoints = tuple[str, ...]
MOST_LISTENERS = 64
# Less than this, and a process cannot open a store.
LEAST_QUERY_MEMORY = 1024
# Less than this, and a process cannot load the shapes and check a page's graph.
LEAST_CHECK_MEMORY = 1024
# Less than this, and the models find no room beside a text.
LEAST_EXTRACTION_MEMORY = 2048
# More than this no setting needs, and what it is given to (limits of processes, timers in
# milliseconds) could not take.
MOST = 2_147_483_647
MOST_SECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that an operator can set; counts are positive, lengths are code points."""

    # Address to listen on.
    host: str = "127.0.0.1"
    # Port to listen on; 0 takes a free one.
    port: int = 8000
    # Folder of the store that is served. The writer (`tanpu ingest`) fills it; the service
    # opens it read-only and follows its newest snapshot.
    store: str = "var/store"
    # What all IRIs of the graph begin with, ending in "/". The store knows; when it is set
    # here too the two must agree.
    base: str | None = None
    # File of people's decisions, which `/review` reads; None is the one beside the store.
    decisions: str | None = None
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
    query_queue: int = 32
    # Processes that one client may have at once; None is half of them, at least one.
    query_client_workers: int | None = None
    # Queries of one client that may wait, one more is refused at once with 429; None is half
    # of the queue, at least one.
    query_client_queue: int | None = None
    # Mebibytes of address space of such a process, of which 400 are taken before any query.
    query_memory: int = 2048
    # Mebibytes of the largest result; a larger one is broken off.
    query_max_result: int = 1024
    # Addresses of the SPARQL endpoints that queries may name in SERVICE; no others are asked.
    service_endpoints: Endpoints = ()
    # Lets these endpoints be in networks that are not public. Whoever may query the service then
    # reaches what the endpoint's name leads to there: for tests and closed networks alone.
    service_private: bool = False
    # SERVICE clauses of one query.
    service_clauses: int = 4
    # Seconds that an endpoint may take for its answer, from the look-up of its name.
    service_seconds: int = 10
    # Bytes and solutions of such an answer; the query fails when there are more.
    service_max_bytes: int = 4_194_304
    service_max_rows: int = 1000
    # Queries that may be asking endpoints at once, half of them one client's.
    service_calls: int = 4
    # Which of the trained taggers reads what clients send; the fast one is smaller as well.
    model: Model = "accurate"
    # Seconds that reading one text may take, after its turn has come.
    extraction_seconds: int = 20
    # Mebibytes of address space of the process that reads texts; the models take 1,200 of them.
    extraction_memory: int = 3072
    # Texts that may wait for that process; one more is refused at once with 503.
    extraction_queue: int = 4
    # Seconds that checking one graph against the shapes may take, after its turn has come.
    check_seconds: int = 60
    # Mebibytes of address space of the process that checks.
    check_memory: int = 2048
    # Longest article that may be tried, in code points.
    try_max_chars: int = 20_000
    # Largest body of `POST /documents`, in bytes.
    ingest_max_bytes: int = 16_777_216
    # Documents of one such request.
    ingest_max_documents: int = 1000
    # Longest of these documents, in code points.
    ingest_max_chars: int = 200_000
    # Bytes and documents that are stored before the answer; more become a job.
    ingest_wait_bytes: int = 262_144
    ingest_wait_documents: int = 10
    # Jobs that may be waiting or running; one more is refused with 503.
    ingest_jobs: int = 20
    # Documents that one token may send in an hour; then it gets 429.
    ingest_hourly: int = 2000
    # Seconds of computing that one client may use within a window; then it gets 429 until
    # enough of the window has passed.
    client_seconds: int = 600
    # Seconds of that window.
    client_window: int = 600
    # Addresses or networks of the proxies whose X-Forwarded headers are believed.
    trusted_proxies: tuple[str, ...] = ()
    # Addresses or networks that may read /metrics.
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    # Seconds that a request may take from its reading until its last byte is sent; then the
    # connection is closed, however slowly its client reads.
    request_seconds: int = 120
    # Connections open at once in the server, and in each listener; more wait unaccepted.
    connections: int = 500
    # Processes that accept connections and answer point queries; None is one for each core but
    # two, at most four. With 0 the server does it alone.
    listeners: int | None = None
    # Logs as JSON, one object a line, or as text for a terminal.
    log_format: LogFormat = "json"
    # Longest text of a search.
    search_max_chars: int = 100
    # Largest request body in bytes; a query is at most four bytes a character, as a form
    # three times that.
    max_body_bytes: int = 1_048_576


def read_settings(
    config: Mapping[str, Any] | None = None, *, environ: Mapping[str, str] | None = None
) -> Settings:
    """Settings from ``config``, then the environment, then the file, then the defaults.

    Args:
        config: values by name (``TANPU_PAGE_SIZE``), strings or numbers; names without the
            prefix are Flask's own and not looked at here. ``TANPU_CONFIG``, here or in the
            environment, is the path of the file.
        environ: the environment; the process's own when None.

    Raises:
        ConfigError: for an unknown ``TANPU_`` name or key, a value that cannot be used, or a
            file that cannot be read. The message tells where it stands, what was expected and
            what came.
    """
    given = dict(config or {})
    surroundings = os.environ if environ is None else environ
    named = {PREFIX + field.name.upper(): field for field in fields(Settings)}
    for place, values in (("", given), ("the environment: ", surroundings)):
        known = {*named, CONFIG_NAME}
        unknown = sorted(k for k in values if k.startswith(PREFIX) and k not in known)
        if unknown:
            raise ConfigError(f"{place}expected settings among {sorted(named)}, got {unknown!r}")
    path = given.get(CONFIG_NAME, surroundings.get(CONFIG_NAME))
    read = {} if path is None else _read_file(str(path))
    for name, field in named.items():
        raw = given.get(name, surroundings.get(name))
        if raw is not None:
            read[field.name] = _read_value(name, field, raw)
    settings = Settings(**read)
    if settings.query_memory < LEAST_QUERY_MEMORY:
        raise ConfigError(
            f"TANPU_QUERY_MEMORY: expected at least {LEAST_QUERY_MEMORY} mebibytes, "
            f"got {settings.query_memory}"
        )
    if settings.extraction_memory < LEAST_EXTRACTION_MEMORY:
        raise ConfigError(
            f"TANPU_EXTRACTION_MEMORY: expected at least {LEAST_EXTRACTION_MEMORY} mebibytes, "
            f"got {settings.extraction_memory}"
        )
    if settings.check_memory < LEAST_CHECK_MEMORY:
        raise ConfigError(
            f"TANPU_CHECK_MEMORY: expected at least {LEAST_CHECK_MEMORY} mebibytes, "
            f"got {settings.check_memory}"
        )
    if settings.base is not None:
        _check_base(settings.base)
    return settings


def settings_to_toml(settings: Settings) -> str:
    """The settings as a configuration file; what is None is left to its default.

    >>> settings_to_toml(Settings()).splitlines()[0]
    'host = "127.0.0.1"'
    """
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    # JSON's strings, numbers and lists are TOML's as well.
    return "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
        for name, value in values.items()
        if value is not None
    )


def _read_file(path: str) -> dict[str, Any]:
    """The settings of a configuration file, checked, by the names of their fields."""
    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: expected a readable file, got {error.strerror!r}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected TOML, got: {error}") from error
    known = {field.name: field for field in fields(Settings)}
    unknown = sorted(key for key in table if key not in known)
    if unknown:
        raise ConfigError(f"{path}: expected keys among {sorted(known)}, got {unknown!r}")
    return {key: _read_value(f"{path}: {key}", known[key], raw) for key, raw in table.items()}


def _read_value(name: str, field: Field[Any], raw: Any) -> Any:
    """The value of a setting, of the type that its field has.

    Raises:
        ConfigError: when it cannot be read so; the message begins with ``name``.
    """
    if field.name == "port":
        return _read_whole(name, raw, least=0, most=65_535)
    if field.name.endswith("_seconds") or field.name == "client_window":
        return _read_count(name, raw, most=MOST_SECONDS)
    if field.name == "listeners":
        return _read_whole(name, raw, least=0, most=MOST_LISTENERS)
    return _READERS[str(field.type)](name, raw)


def _read_count(name: str, raw: Any, *, most: int = MOST) -> int:
    value = _read_whole(name, raw, least=1)
    if value > most:
        raise ConfigError(f"{name}: expected a whole number up to {most}, got {raw!r}")
    return value


def _read_whole(name: str, raw: Any, *, least: int, most: int | None = None) -> int:
    expected = "a positive whole number" if most is None else f"a whole number up to {most}"
    refusal = ConfigError(f"{name}: expected {expected}, got {raw!r}")
    if isinstance(raw, bool | float):
        raise refusal
    try:
        value = int(raw)
    except (TypeError, ValueError) as error:
        raise refusal from error
    if value < least or (most is not None and value > most):
        raise refusal
    return value


def _read_text(name: str, raw: Any) -> str:
    # The path of the store may come as a Path.
    if not isinstance(raw, str | os.PathLike) or not str(raw):
        raise ConfigError(f"{name}: expected a text, got {raw!r}")
    return str(raw)


def _read_list(name: str, raw: Any, *, of: str) -> list[Any]:
    given = raw.replace(",", " ").split() if isinstance(raw, str) else raw
    if not isinstance(given, list | tuple):
        raise ConfigError(f"{name}: expected a list of {of}, got {raw!r}")
    return list(given)


def _read_networks(name: str, raw: Any) -> tuple[str, ...]:
    given = _read_list(name, raw, of="addresses or networks")
    for item in given:
        refusal = ConfigError(
            f"{name}: expected an address or a network such as '10.0.0.0/8', got {item!r}"
        )
        # A number would be an address, too.
        if not isinstance(item, str):
            raise refusal
        try:
            ip_network(item)
        except ValueError as error:
            raise refusal from error
    return tuple(map(str, given))


def _read_endpoints(name: str, raw: Any) -> Endpoints:
    given = _read_list(name, raw, of="addresses of endpoints")
    try:
        return tuple(check_endpoint(str(item)) for item in given)
    except EndpointAddressError as error:
        raise ConfigError(f"{name}: {error}") from error


def _read_flag(name: str, raw: Any) -> bool:
    values = {"0": False, "false": False, "1": True, "true": True}
    value = values.get(str(raw).lower())
    if value is None:
        raise ConfigError(f"{name}: expected 0 or 1, got {raw!r}")
    return value


def _read_choice(name: str, raw: Any, *, choices: tuple[str, ...]) -> str:
    if raw not in choices:
        raise ConfigError(f"{name}: expected one of {list(choices)}, got {raw!r}")
    return str(raw)


# By the annotation of the field.
_READERS: Mapping[str, Callable[[str, Any], Any]] = MappingProxyType(
    {
        "int": _read_count,
        "int | None": _read_count,
        "str": _read_text,
        "str | None": _read_text,
        "tuple[str, ...]": _read_networks,
        "Endpoints": _read_endpoints,
        "bool": _read_flag,
        "LogFormat": partial(_read_choice, choices=get_args(LogFormat)),
        "Model": partial(_read_choice, choices=get_args(Model)),
    }
)


def _check_base(base: str) -> None:
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.netloc or not base.endswith("/"):
        raise ConfigError(
            f'TANPU_BASE: expected an absolute http or https IRI that ends in "/", got {base!r}'
        )
    if parts.query or parts.fragment:
        raise ConfigError(f"TANPU_BASE: expected no query and no fragment, got {base!r}")
    try:
        NamedNode(base)
    except ValueError as error:
        raise ConfigError(f"TANPU_BASE: expected an IRI, got {base!r}: {error}") from error
