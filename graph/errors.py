"""The error base of ``graph/`` and the errors of identity, mapping and reading back.

Children are named for the cause. None of them knows HTTP.
"""

from __future__ import annotations


class GraphError(Exception):
    """Base of every error that ``graph/`` raises on purpose."""


class InvalidBaseError(GraphError):
    """The base under which IRIs are to be minted is no base IRI."""


class UnmintableNameError(GraphError):
    """Nothing that could identify a thing is left of a name, or an id cannot be encoded."""


class UnknownPeriodError(GraphError):
    """A string is no ISO day, month, year or interval of these."""


class UnmappableFactError(GraphError):
    """A fact, an entity or a document's metadata cannot be said in the vocabulary."""


class UnreadableGraphError(GraphError):
    """What the store holds cannot be read back as an extraction."""


class DocumentNotFoundError(GraphError):
    """The store has no document of an id."""
