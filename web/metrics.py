"""``/metrics``: what a Prometheus server reads.

Each application has a registry of its own. The state of the pool and the size of the store are
looked up when they are asked for; the store is counted once for each publication.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import cache

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from graph.errors import GraphError
from graph.evaluation import QueryTask
from graph.workers import QueryUsage
from web.clients import Networks, read_address
from web.config import Settings
from web.errors import ForeignAddressError
from web.formats import BOOLEAN_FORMATS
from web.records import RequestRecord
from web.runner import find_pool_status, read_whole
from web.store import current_access, query_text

blueprint = Blueprint("metrics", __name__)

EXTENSION = "tanpu.metrics"
READERS = "tanpu.metrics_readers"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_FORMS = {"bindings": "SELECT", "boolean": "ASK", "graph": "CONSTRUCT or DESCRIBE", None: "unknown"}
_KILLING = ("timeout", "memory", "died", "abandoned")


class Metrics:
    """The counts and times of one application; safe to use from several threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "tanpu_http_request_seconds",
            "Seconds of requests until their last byte.",
            ("route", "method"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._responses = Counter(
            "tanpu_http_responses",
            "Responses.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._refusals = Counter(
            "tanpu_refusals",
            "Requests answered with an error, by its class.",
            ("error",),
            registry=self.registry,
        )
        self._broken = Counter(
            "tanpu_broken_responses",
            "Responses broken off after their beginning.",
            registry=self.registry,
        )
        self._queries = Histogram(
            "tanpu_query_seconds",
            "Seconds that queries took, once begun, with a process or as point queries.",
            ("form", "ending"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._waits = Histogram(
            "tanpu_query_wait_seconds",
            "Seconds that queries waited for a process.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._kept = Counter(
            "tanpu_kept_answers",
            "Queries answered with what had been kept of the same query.",
            registry=self.registry,
        )
        self._killed = Counter(
            "tanpu_workers_killed",
            "Processes that ended in the middle of a query.",
            ("reason",),
            registry=self.registry,
        )
        for reason in _KILLING:
            self._killed.labels(reason)
        # To find the series of labels takes longer than to count in it.
        self._find_times = cache(self._requests.labels)
        self._find_responses = cache(self._responses.labels)
        self._find_query_times = cache(self._queries.labels)

    def count_request(self, record: RequestRecord) -> None:
        """Count a request that has been answered."""
        route, method = record.route, record.method
        self._find_times(route, method).observe(record.seconds)
        self._find_responses(route, method, record.status).inc()
        if record.error is not None:
            self._refusals.labels(record.error).inc()
        if not record.complete:
            self._broken.inc()

    def count_kept(self, number: int = 1) -> None:
        """Count queries that were answered with what had been kept."""
        self._kept.inc(number)

    def count_query(self, usage: QueryUsage) -> None:
        """Count a query that has ended."""
        self._find_query_times(_FORMS[usage.form], usage.ending).observe(usage.held)
        self._waits.observe(usage.waited)
        if usage.ending in _KILLING and usage.held > 0:
            self._killed.labels(usage.ending).inc()


class StateCollector(Collector):
    """The state of pool and store at the moment when it is asked for, in a request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: tuple[int, int, int] | None = None

    def collect(self) -> Iterator[Metric]:
        """The gauges; without the store's size where it cannot be counted."""
        status = find_pool_status()
        if status is not None:
            for name, value, text in (
                ("workers", status.workers, "Processes that evaluate queries."),
                ("workers_alive", status.alive, "Those of them that run."),
                ("workers_idle", status.idle, "Those of them that have no query."),
                ("queue_length", status.waiting, "Queries that wait for a process."),
                ("queue_limit", status.queue, "Queries that may wait."),
            ):
                yield GaugeMetricFamily(f"tanpu_{name}", text, value)
            yield CounterMetricFamily(
                "tanpu_workers_replaced", "Processes that were replaced.", status.replaced
            )
        version = current_access().version
        yield GaugeMetricFamily("tanpu_store_version", "The newest publication.", version)
        try:
            triples, documents = self._sizes(version)
        except GraphError as error:
            current_app.logger.warning("metrics: the store cannot be counted: %s", error)
            return
        yield GaugeMetricFamily("tanpu_store_triples", "Distinct triples.", triples)
        yield GaugeMetricFamily("tanpu_store_documents", "Documents.", documents)

    def _sizes(self, version: int) -> tuple[int, int]:
        with self._lock:
            if self._counted is None or self._counted[0] != version:
                self._counted = (version, _count("triple_count"), _count("graph_count"))
            return self._counted[1:]


def init_app(app: Flask, settings: Settings) -> None:
    """Attaches the view, for the addresses that may read it, and begins to count."""
    metrics = Metrics()
    metrics.registry.register(StateCollector())
    app.extensions[EXTENSION] = metrics
    app.extensions[READERS] = Networks(settings.metrics_from)
    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
def metrics() -> Response:
    """All metrics in the text format of Prometheus.

    Raises:
        ForeignAddressError: when the client's address may not read them.
    """
    readers: Networks = current_app.extensions[READERS]
    if not readers.contains(read_address(request.remote_addr or "")):
        raise ForeignAddressError(
            f"expected a client of the networks in TANPU_METRICS_FROM, got {request.remote_addr!r}"
        )
    response = Response(generate_latest(find_metrics(current_app).registry))
    response.headers["Content-Type"] = CONTENT_TYPE_PLAIN_0_0_4
    response.headers["Cache-Control"] = "no-store"
    return response


def find_metrics(app: Flask) -> Metrics:
    """The metrics of an application."""
    found: Metrics = app.extensions[EXTENSION]
    return found


def _count(name: str) -> int:
    """The one number that a query of ``web/queries`` gives."""
    media_type = BOOLEAN_FORMATS[0].media_types[0]
    task = QueryTask(text=query_text(name), base=current_access().base, bindings_format=media_type)
    (row,) = json.loads(read_whole(task))["results"]["bindings"]
    return int(row["count"]["value"])
