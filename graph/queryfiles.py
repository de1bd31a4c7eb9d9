"""The queries of ``graph/queries/`` and ``graph/rules/``: read by name, with values bound.

>>> "SELECT ?graph ?id" in read_query("documents")
True
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import pyoxigraph as ox
from rdflib.term import Node

from graph.errors import UnreadableGraphError
from graph.store import Store

Folder = Literal["queries", "rules"]


@cache
def read_query(name: str, *, folder: Folder = "queries") -> str:
    """The text of ``graph/{folder}/{name}.rq``.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return files("graph").joinpath(folder, f"{name}.rq").read_text(encoding="utf-8")


def select(
    store: Store,
    name: str,
    *,
    folder: Folder = "queries",
    bindings: Mapping[str, Node] | None = None,
) -> Iterator[dict[str, str]]:
    """The rows of a SELECT query of ``graph/{folder}/``.

    A row maps the variables that have a value to the IRI or the lexical form. A variable
    that is to be bound has to be in the query's projection.

    Raises:
        UnreadableGraphError: the query is no SELECT, or a value is a blank node.
    """
    solutions = store.query(read_query(name, folder=folder), bindings=bindings)
    if not isinstance(solutions, ox.QuerySolutions):
        raise UnreadableGraphError(f"expected a SELECT query in {name}.rq, got {solutions!r}")
    variables = [variable.value for variable in solutions.variables]
    for solution in solutions:
        row: dict[str, str] = {}
        for variable, term in zip(variables, solution, strict=True):
            if isinstance(term, ox.NamedNode | ox.Literal):
                row[variable] = term.value
            elif term is not None:
                raise UnreadableGraphError(
                    f"{name}.rq: expected an IRI or a literal for ?{variable}, got {term!r}"
                )
        yield row
