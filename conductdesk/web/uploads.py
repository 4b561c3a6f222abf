"""Where an uploaded file goes while it arrives: into a sink that seals it, never into a clear file."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Protocol, cast

from flask import Flask, g, request
from werkzeug.exceptions import BadRequest


class Sink(Protocol):
    """What an upload is written to; all that it keeps must be sealed already."""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Bear being rewound when the upload is complete."""

    def close(self) -> None:
        """Forget everything."""


SinkMaker = Callable[[], Sink]


def install_uploads(app: Flask, make_sink: SinkMaker) -> None:
    """Write every file that reaches *app* into a sink of its own, made by *make_sink*."""
    base = app.request_class

    class SealingRequest(base):  # type: ignore[valid-type,misc]  # made from whatever class the app has
        """A request whose files are sealed while they stream in."""

        def _get_file_stream(
            self,
            total_content_length: int | None,
            content_type: str | None,
            filename: str | None = None,
            content_length: int | None = None,
        ) -> IO[bytes]:
            sink = make_sink()
            g.setdefault("sinks", []).append(sink)
            return cast(IO[bytes], sink)  # werkzeug writes and rewinds it

    app.request_class = SealingRequest
    app.teardown_request(_close_sinks)


def limit_plain_forms(app: Flask, length: int) -> None:
    """Refuse (413) a form without files that is longer than *length* bytes.

    Werkzeug limits the fields of a multipart form only, and would read this one as a whole.
    """

    def limit() -> None:
        if request.mimetype != "multipart/form-data":
            request.max_content_length = length

    app.before_request(limit)


def refuse_uploads() -> Sink:
    """Take no file: the sink of an application that expects none (400)."""
    raise BadRequest("this page takes no files")


def _close_sinks(_error: BaseException | None) -> None:
    for sink in g.pop("sinks", ()):
        sink.close()
