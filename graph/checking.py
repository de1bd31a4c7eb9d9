"""Shapes asked in a process of its own, which a deadline and a limit of memory end.

Checking a large graph takes seconds of one core, and a service that did it itself would answer
everybody else more slowly meanwhile; a graph that is made for it can take hours. A
:class:`ProcessValidator` sends the graph to a process that has the shapes loaded, and which is
killed and replaced when a check takes too long or too much.

>>> task = CheckTask(graph=b"", known=b"")
>>> check_triples(task).conforms
False
"""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox
from rdflib import Graph

from extract.worker import (
    ClientExtractingError,
    ExtractionMemoryError,
    ExtractionTimeoutError,
    Extractor,
    ExtractorSettings,
    TaskObserver,
    WorkerError,
    ignore_task,
)
from graph.conversion import graph_to_triples, triples_to_graph
from graph.errors import GraphError
from graph.validation import ValidationReport, load_validator

# A check waits for those that came before it, each of which has its deadline.
QUEUE = 16


class CheckError(GraphError):
    """Base of what can befall a check from outside; the graph was not found to be bad."""


class CheckTimeoutError(CheckError):
    """A check was not done at its deadline; its process was killed."""


class CheckMemoryError(CheckError):
    """A check needed more memory than its process may have."""


class CheckAbortedError(CheckError):
    """The process ended, cannot be started, or is wanted by too many."""


class ClientCheckingError(CheckError):
    """A check of the same client is running or waiting already."""


@dataclass(frozen=True, slots=True)
class CheckTask:
    """A graph and what is known of the things that it refers to, both as N-Triples."""

    graph: bytes
    known: bytes


class ProcessValidator:
    """Checks graphs as :class:`graph.validation.Validator` does, in a process of its own.

    The process starts with the first check. Safe to use from several threads.

    Args:
        seconds: what one check may take.
        memory_bytes: address space of the process, of which some 400 MiB are taken before the
            first graph.
        observe: called with the cost of each check, and the client that it was for.
    """

    def __init__(
        self, *, seconds: float, memory_bytes: int, observe: TaskObserver = ignore_task
    ) -> None:
        self._process = Extractor(
            ExtractorSettings(
                name="checking",
                seconds=seconds,
                start_seconds=60.0 + seconds,
                memory_bytes=memory_bytes,
                # The writer, and whoever waits for it, waits for the check.
                niceness=0,
                queue=QUEUE,
            ),
            prepare=load_validator,
            observe=observe,
        )

    def validate(
        self, graph: Graph, *, known: Graph | None = None, client: str | None = None
    ) -> ValidationReport:
        """Check a graph; it is not changed.

        Args:
            graph: What a document says.
            known: Descriptions of the things that it refers to and does not describe.
            client: Who wants it, and may have one check at once; None for the service itself.

        Raises:
            ClientCheckingError: One of this client is there already.
            CheckTimeoutError: It took too long.
            CheckMemoryError: It needed too much memory.
            CheckAbortedError: There is no process for it, or the shapes cannot be applied.
        """
        task = CheckTask(_to_lines(graph), b"" if known is None else _to_lines(known))
        try:
            return self._process.run(check_triples, task, client=client)
        except ClientExtractingError as error:
            raise ClientCheckingError("expected one check of a client at once") from error
        except ExtractionTimeoutError as error:
            raise CheckTimeoutError(
                f"expected a graph that is checked in time, got {len(graph)} triples: {error}"
            ) from error
        except ExtractionMemoryError as error:
            raise CheckMemoryError(
                f"expected a graph that is checked in little memory, got {len(graph)} triples: "
                f"{error}"
            ) from error
        except WorkerError as error:
            raise CheckAbortedError(f"the graph cannot be checked now: {error}") from error

    def close(self) -> None:
        """Kill the process; a check that is running or waiting fails."""
        self._process.close()


def check_triples(task: CheckTask) -> ValidationReport:
    """What the process does: the report on a graph.

    Raises:
        ShapesError: The shapes cannot be read or applied.
    """
    known = _read_lines(task.known) if task.known else None
    return load_validator().validate(_read_lines(task.graph), known=known)


def _to_lines(graph: Graph) -> bytes:
    data = ox.serialize(graph_to_triples(graph), format=ox.RdfFormat.N_TRIPLES)
    if data is None:
        raise TypeError("expected bytes, got None")
    return data


def _read_lines(data: bytes) -> Graph:
    quads = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
    return triples_to_graph((quad.triple for quad in quads), Graph(bind_namespaces="none"))
