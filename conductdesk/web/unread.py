"""The body of a request: broken on its way, or not read yet when the request is answered."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from gunicorn.http.errors import ParseException
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST = 32 * 1024 * 1024
"""Bytes that are read at most: more than a request may have."""
PIECE = 64 * 1024


class BrokenBodyError(OSError):
    """The body is not what the server takes: werkzeug answers 400 to an OSError, as to any break."""


class Body:
    """The body of a request as a server reads it, which is the one to find its chunks broken."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """Return at most *size* bytes, or raise `OSError`."""
        try:
            return self._stream.read(size)
        except ParseException as error:
            raise BrokenBodyError(type(error).__name__) from None


def reading_to_the_end(application: WSGIApplication) -> WSGIApplication:
    """Return *application*, which reads what is left of a body after it has answered.

    A file for a page that wants none is answered at once. The server would then end the connection
    over bytes that it did not read, the kernel would reset it, and the answer would be lost.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"] = body = Body(environ["wsgi.input"])
        said = application(environ, start_response)
        if not _brings_something(environ):
            return said
        return ClosingIterator(said, lambda: _throw_away(body))

    return answer


def _brings_something(environ: WSGIEnvironment) -> bool:
    return bool(environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"))


def _throw_away(body: Body) -> None:
    left = MOST
    with suppress(OSError):  # whoever sent it may be gone
        while left > 0 and (piece := body.read(PIECE)):
            left -= len(piece)
