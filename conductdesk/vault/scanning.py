"""A virus scan by clamd, where the installation has one (docs/set-up.md).

The clear bytes go from the sealed upload straight into the socket, as the command INSTREAM takes
them (clamd(8)): pieces behind their length, and an empty one at the end. No file is named.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer

from conductdesk.refusal import Refused

MOST_SECONDS = 20
"""For the whole of one scan."""
LONGEST_ANSWER = 4096
LONGEST_SIGNATURE = 100
CLEAN = b"stream: OK"
FOUND = b" FOUND"


class NotScanned(Refused):
    """The scanner gave no answer, so the file is not kept."""

    def __init__(self) -> None:
        super().__init__(
            "Files cannot be checked for viruses just now, so this one was not kept. "
            "Try again later, or leave the file out for now."
        )


class MalwareFound(Refused):
    """The scanner knows the file as harmful; `signature` is what it calls it."""

    def __init__(self, signature: str) -> None:
        super().__init__(
            "The virus scan found something harmful in this file, so it was not kept. "
            "Add a picture of what it shows instead, such as a screenshot."
        )
        self.signature = signature


@dataclass(frozen=True)
class Scanner:
    """A clamd at *address*: the path of its socket, or `host:port`."""

    address: str

    def scan(self, clear: Iterable[bytes]) -> None:
        """Raise `MalwareFound`, or `NotScanned` for any answer but that all is well."""
        try:
            with self._reached() as wire:
                answer = _ask(wire, clear)
        except (OSError, UnicodeError, OverflowError) as error:  # no such host, no such port
            raise NotScanned from error
        if answer.endswith(FOUND):
            raise MalwareFound(_signature_in(answer))
        if answer != CLEAN:
            raise NotScanned

    def _reached(self) -> socket.socket:
        if not self.address.startswith("/"):
            host, _colon, port = self.address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), MOST_SECONDS)
        wire = socket.socket(socket.AF_UNIX)
        wire.settimeout(MOST_SECONDS)
        try:
            wire.connect(self.address)
        except OSError:
            wire.close()
            raise
        return wire


def scanner_at(address: str | None) -> Scanner | None:
    """Return the scanner that the settings name, or None where they name none."""
    return Scanner(address) if address else None


def _ask(wire: socket.socket, clear: Iterable[bytes]) -> bytes:
    stop = Timer(MOST_SECONDS, _hang_up, (wire,))
    stop.daemon = True
    stop.start()
    try:
        wire.sendall(b"zINSTREAM\0")
        for piece in filter(None, clear):
            wire.sendall(len(piece).to_bytes(4, "big") + piece)
        wire.sendall(bytes(4))
        return _answer_on(wire)
    finally:
        stop.cancel()


def _answer_on(wire: socket.socket) -> bytes:
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST_ANSWER and (more := wire.recv(1024)):
        answer += more
    whole, end, _more = answer.partition(b"\0")
    return whole if end else b""  # half an answer is none


def _hang_up(wire: socket.socket) -> None:
    with suppress(OSError):  # the answer came at the same moment
        wire.shutdown(socket.SHUT_RDWR)


def _signature_in(answer: bytes) -> str:
    words = answer.removeprefix(b"stream: ").removesuffix(FOUND).decode("ascii", "replace")
    return "".join(sign for sign in words if sign.isprintable())[:LONGEST_SIGNATURE]
