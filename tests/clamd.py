"""A small clamd on loopback: it speaks INSTREAM (clamd(8)), and knows the EICAR test file alone."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast

# In two halves, so that nobody's scanner takes this source for the test file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Eicar-Test-Signature"
FOUND = f"stream: {SIGNATURE} FOUND\0".encode()
OK = b"stream: OK\0"


@dataclass
class Clamd:
    """A running server: where it is, and what was sent to it."""

    address: str
    always: bytes | None
    """What it answers whatever it is sent; None to look."""
    silent: bool
    streams: list[bytes] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def talk(self, request: Any) -> None:
        """Take one stream, and answer."""
        with request.makefile("rb") as wire:
            assert wire.read(10) == b"zINSTREAM\0"
            pieces = []
            while size := int.from_bytes(wire.read(4), "big"):
                pieces.append(wire.read(size))
        self.streams.append(b"".join(pieces))
        if self.silent:
            self.over.wait()
        found = FOUND if EICAR in self.streams[-1] else OK
        request.sendall(found if self.always is None else self.always)


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.server.clamd.talk(self.request)  # type: ignore[attr-defined]  # set below


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def clamd(
    *, path: Path | None = None, always: bytes | None = None, silent: bool = False
) -> Iterator[Clamd]:
    """Run one, on a free port or at *path*."""
    server: socketserver.BaseServer = (
        _Unix(str(path), _Handler) if path else _Tcp(("127.0.0.1", 0), _Handler)
    )
    port = cast(tuple[str, int], server.server_address)[1] if path is None else 0
    address = str(path) if path else f"127.0.0.1:{port}"
    running = Clamd(address, always, silent)
    server.clamd = running  # type: ignore[attr-defined]  # the handler finds it there
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield running
    finally:
        running.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
