"""What can go wrong when a query asks another SPARQL endpoint.

The messages are for the client whose query it is: they name the endpoint and say what it did,
and tell nothing of the network behind its name.
"""

from __future__ import annotations

from graph.errors import GraphError


class EndpointAddressError(GraphError):
    """The address of an endpoint, as an operator gives it, cannot be used."""


class EndpointError(GraphError):
    """Base of what keeps an endpoint from answering; ``SERVICE SILENT`` passes over all of it."""


class EndpointUnreachableError(EndpointError):
    """There is no connection to an endpoint, or none that may be made."""


class EndpointAnswerError(EndpointError):
    """An endpoint answers something else than the solutions that it was asked for."""


class EndpointTimeoutError(EndpointError):
    """An endpoint has not answered in the time that it has."""


class EndpointResultTooLargeError(EndpointError):
    """An endpoint has more to say than a query may take over."""
