"""Messages between two processes: frames of bytes over a socket, each with its length before it.

Several frames are sent at once, and what has come is kept until it is asked for, so that a small
answer costs one call of the system at each end. (A ``multiprocessing`` connection takes one or
two for each message, and three times as long to wait for one with a time limit.)

>>> here, there = socket.socketpair()
>>> FrameChannel(here).send(b"one", b"")
>>> channel = FrameChannel(there)
>>> channel.receive(1.0), channel.receive(1.0), channel.receive(0.0)
(b'one', b'', None)
"""

from __future__ import annotations

import socket
import struct

_LENGTH = struct.Struct("!Q")
_RECEIVED_BYTES = 1 << 16


class FrameChannel:
    """One end of a stream socket, for frames; for one thread at a time.

    Args:
        stream: the socket, which belongs to the channel from now on.
    """

    def __init__(self, stream: socket.socket) -> None:
        self._stream = stream
        self._received = bytearray()
        self._wait = stream.gettimeout()

    def send(self, *frames: bytes) -> None:
        """Send frames, in order; waits as long as it takes.

        Raises:
            OSError: The other end is closed.
        """
        self._set_wait(None)
        self._stream.sendall(
            b"".join(part for frame in frames for part in (_LENGTH.pack(len(frame)), frame))
        )

    def receive(self, seconds: float | None) -> bytes | None:
        """The next frame; None when it has not come whole after so many seconds.

        None for ``seconds`` waits as long as it takes.

        Raises:
            EOFError: The other end is closed.
            OSError: The connection is broken.
        """
        received = self._received
        while len(received) < (end := self._frame_end()):
            flags = socket.MSG_DONTWAIT if seconds == 0 else 0
            if not flags:
                self._set_wait(seconds)
            try:
                data = self._stream.recv(max(_RECEIVED_BYTES, end - len(received)), flags)
            except (TimeoutError, BlockingIOError):
                return None
            if not data:
                raise EOFError("the other end is closed")
            received += data
        frame = bytes(received[_LENGTH.size : end])
        del received[:end]
        return frame

    def fileno(self) -> int:
        """The file descriptor of the socket, to wait for frames of several channels at once."""
        return self._stream.fileno()

    def _set_wait(self, seconds: float | None) -> None:
        """How long a call of the socket may wait; each change is a call of the system."""
        if seconds != self._wait:
            self._stream.settimeout(seconds)
            self._wait = seconds

    def _frame_end(self) -> int:
        """Where the first frame ends in what has been received, as far as that is known."""
        if len(self._received) < _LENGTH.size:
            return _LENGTH.size
        (length,) = _LENGTH.unpack_from(self._received)
        return _LENGTH.size + int(length)

    def close(self) -> None:
        """Close the socket."""
        self._stream.close()
