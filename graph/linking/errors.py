"""What can go wrong on the way to a link. None of it costs a link that is stored."""

from __future__ import annotations

from graph.errors import GraphError


class LinkingError(GraphError):
    """Base of what ``graph/linking`` raises on purpose."""


class ServiceAddressError(LinkingError):
    """An address cannot be that of a reconciliation service."""


class ServiceUnreachableError(LinkingError):
    """A service does not answer, answers with an error, or takes too long."""


class InvalidManifestError(LinkingError):
    """What a service says of itself is not as the specification has it, or not supported."""


class InvalidAnswerError(LinkingError):
    """The answer to a batch is not as the specification has it."""


class InvalidQueryOptionError(LinkingError):
    """A type or property that was to be sent along does not fit the graph."""


class AnswerCacheError(LinkingError):
    """The file of remembered answers cannot be read or written."""


class UnreadableLinksError(LinkingError):
    """A stored graph of links does not hold what was once written."""


class InvalidLinksError(LinkingError):
    """A graph of links does not conform to the shapes and is not stored."""
