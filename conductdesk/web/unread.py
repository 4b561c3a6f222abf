"""What a request still brings when it is answered already."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST = 32 * 1024 * 1024
"""Bytes that are read at most: more than a request may have."""
PIECE = 64 * 1024


def reading_to_the_end(application: WSGIApplication) -> WSGIApplication:
    """Return *application*, which reads what is left of a body after it has answered.

    A file for a page that wants none is answered at once. The server would then end the connection
    over bytes that it did not read, the kernel would reset it, and the answer would be lost.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body: IO[bytes] = environ["wsgi.input"]
        said = application(environ, start_response)
        if not _brings_something(environ):
            return said
        return ClosingIterator(said, lambda: _throw_away(body))

    return answer


def _brings_something(environ: WSGIEnvironment) -> bool:
    return bool(environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"))


def _throw_away(body: IO[bytes]) -> None:
    left = MOST
    with suppress(OSError):  # whoever sent it may be gone
        while left > 0 and (piece := body.read(PIECE)):
            left -= len(piece)
