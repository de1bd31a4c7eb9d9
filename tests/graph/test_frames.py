from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from graph.frames import FrameChannel

LARGE = bytes(range(256)) * 8192


@pytest.fixture
def ends() -> Iterator[tuple[FrameChannel, socket.socket]]:
    """A channel, and the bare socket at its other end."""
    here, there = socket.socketpair()
    channel = FrameChannel(here)
    yield channel, there
    channel.close()
    there.close()


def test_frames_arrive_in_order_and_whole() -> None:
    here, there = map(FrameChannel, socket.socketpair())
    frames = [b"", b"a", LARGE, b"\0" * 8, b"z"]
    sender = threading.Thread(target=here.send, args=frames)
    sender.start()
    assert [there.receive(10.0) for _ in frames] == frames
    sender.join()
    assert there.receive(0.0) is None
    here.close()
    there.close()


@pytest.mark.parametrize("seconds", [0.0, 0.01])
@pytest.mark.parametrize("part", [b"", b"\0\0\0", b"\0" * 7 + b"\5", b"\0" * 7 + b"\5abcd"])
def test_what_has_not_come_whole_is_none_and_is_not_lost(
    ends: tuple[FrameChannel, socket.socket], part: bytes, seconds: float
) -> None:
    channel, other = ends
    other.sendall(part)
    assert channel.receive(seconds) is None
    other.sendall((b"\0" * 7 + b"\5abcde")[len(part) :])
    assert channel.receive(10.0) == b"abcde"


def test_the_end_is_told_after_what_came_before_it(
    ends: tuple[FrameChannel, socket.socket],
) -> None:
    channel, other = ends
    other.sendall(b"\0" * 7 + b"\1a" + b"\0" * 7 + b"\2b")
    other.shutdown(socket.SHUT_WR)
    assert channel.receive(None) == b"a"
    with pytest.raises(EOFError):
        channel.receive(10.0)


def test_sending_to_nobody_fails_also_after_a_wait(
    ends: tuple[FrameChannel, socket.socket],
) -> None:
    channel, other = ends
    assert channel.receive(0.0) is None
    other.close()
    with pytest.raises(OSError, match="pipe"):
        channel.send(LARGE)
