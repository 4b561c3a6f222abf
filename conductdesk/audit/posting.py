"""One request to a machine outside, which may answer a byte at a time, and has to be done by then."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ANSWER_LIMIT = 16 * 1024
"""The longest answer that is read, in bytes."""


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    content_type: str
    body: str


def post(url: str, body: bytes, until: float) -> Reply:
    """Send *body* as text to *url*, and have the whole answer when `time.monotonic()` is *until*.

    No redirect is followed, and no more than a bound is read. Only looking up the name takes as
    long as the resolver of this machine lets it. Raises OSError, HTTPException or ValueError.
    """
    parts = urlsplit(url)
    kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[parts.scheme]
    connection = kind(parts.netloc)
    try:
        connection.sock = _reach(connection.host, connection.port, until)
        if parts.scheme == "https":
            connection.sock = _secured(connection.sock, connection.host, until)
        connection.sock.settimeout(_left(until))
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        connection.request("POST", parts.path, body, headers)
        return _reply(connection.sock, until)
    finally:
        connection.close()


def _reach(host: str, port: int, until: float) -> socket.socket:
    """Connect to the first address that answers; each may use half of the time that is left."""
    problem: OSError = ConnectionError("the name has no address")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, kind, protocol, _name, address in found:
        reached = socket.socket(family, kind, protocol)
        try:
            reached.settimeout(_left(until) / 2)
            reached.connect(address)
        except OSError as error:
            reached.close()
            problem = error
        else:
            return reached
    raise problem


def _secured(plain: socket.socket, host: str, until: float) -> ssl.SSLSocket:
    plain.settimeout(_left(until))
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _reply(sock: socket.socket, until: float) -> Reply:
    with http.client.HTTPResponse(sock, method="POST") as answer:
        answer.fp.close()
        answer.fp = io.BufferedReader(_Incoming(sock, until))
        answer.begin()
        content_type = answer.headers.get_content_type()
        return Reply(answer.status, content_type, answer.read(ANSWER_LIMIT).decode("utf-8"))


class _Incoming(io.RawIOBase):
    """What comes in on a socket; a socket's own time-out begins again with each byte."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until

    def readable(self) -> bool:
        """Answer yes: that is what it is for."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what there is, or raise TimeoutError when the time is over."""
        self._sock.settimeout(_left(self._until))
        return self._sock.recv_into(buffer)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("it takes too long")
    return left
