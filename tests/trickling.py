"""A server on loopback that answers with the bytes it is told, and then a little, and a little more."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

PAUSE = 0.02
"""Seconds between a little and a little more."""


@contextmanager
def trickling(first: bytes, more: bytes) -> Iterator[str]:
    """Answer one request with *first*, and with *more* again and again; the address is given."""
    over = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_answer, args=(listening, over, first, more))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def _answer(listening: socket.socket, over: Event, first: bytes, more: bytes) -> None:
    asking, _address = listening.accept()
    with asking, suppress(OSError):
        asking.recv(65_536)
        asking.sendall(first)
        while more and not over.wait(PAUSE):
            asking.sendall(more)
