"""Memory that has been freed goes back to the system after each publication.

The C library keeps what is freed in pieces among what is in use. Each publication opens the store
anew and drops what was kept of the state before, so that under a load that goes on with writing the
memory of the service grew for as long as the load did, although it held no more than before.

>>> FreedMemory(pause=0.0).give_back(1)
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable

# To look through the heap takes tens of milliseconds of a thread, which many writings share.
PAUSE_SECONDS = 5.0


def return_freed_memory() -> None:
    """Return it now, where the C library is glibc; others do so by themselves.

    Source: malloc_trim(3).
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


class FreedMemory:
    """Gives freed memory back when the store has moved on.

    Args:
        pause: seconds between one time and the next; what is published in between comes with that.
        give: does it, in a thread of its own.
    """

    def __init__(
        self, *, pause: float = PAUSE_SECONDS, give: Callable[[], object] = return_freed_memory
    ) -> None:
        self._pause, self._give = pause, give
        self._lock = threading.Lock()
        self._version: int | None = None
        self._given = float("-inf")

    def give_back(self, version: int) -> None:
        """To be called at each request, with the number of the state that is open."""
        if version == self._version or time.monotonic() - self._given < self._pause:
            return
        with self._lock:
            if version == self._version:
                return
            self._version, self._given = version, time.monotonic()
        threading.Thread(target=self._give, name="memory", daemon=True).start()
