"""Files that somebody sends: sealed while they arrive, never in a clear file, and then checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Protocol, cast

from flask import Flask, g, request
from flask.blueprints import BlueprintSetupState
from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from werkzeug.exceptions import BadRequest

from conductdesk.refusal import Refused
from conductdesk.vault.cleaning import ALLOWED, FILE_LIMIT, PreparedFile, prepare
from conductdesk.vault.scanning import MalwareFound, scanner_at
from conductdesk.vault.streams import FileSealer
from conductdesk.web.form import PageForm
from conductdesk.web.refusing import NotAcceptedError
from conductdesk.web.state import release_db, settings

KINDS = "A PDF, JPEG, PNG or WebP picture, text file or Word document. At most 25 MB."


class Sink(Protocol):
    """What an upload is written to; all that it keeps must be sealed already."""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Bear being rewound when the upload is complete."""

    def close(self) -> None:
        """Forget everything."""


class _Nowhere:
    """Keeps nothing of a file that nobody wants."""

    def write(self, data: bytes, /) -> int:
        """Forget the next bytes."""
        return len(data)

    def seek(self, _offset: int, _whence: int = 0, /) -> int:
        """Bear being rewound."""
        return 0

    def close(self) -> None:
        """Do nothing."""


SinkMaker = Callable[[], Sink]


def file_box(label: str) -> FileField:
    """Return a field for one file, of the kinds that can be checked.

    A telephone that keeps its photographs in a format of its own makes a JPEG when told to.
    """
    kinds = {"accept": ",".join(ALLOWED)}
    return FileField(label, description=KINDS, widget=GovFileInput(), render_kw=kinds)


def seal_uploads(setup: BlueprintSetupState) -> None:
    """Let whatever is uploaded to the application of a blueprint be sealed while it streams in."""
    install_uploads(cast(Flask, setup.app), lambda: FileSealer(FILE_LIMIT))


def checked_file(form: PageForm, note: Callable[[MalwareFound], None]) -> PreparedFile | None:
    """Return what was put into the field `file` of *form*, scanned and checked; None for nothing.

    It takes seconds, and ends the transaction first: load again what was loaded before. A file
    that is refused becomes a mistake in the form; *note* keeps on record that it does harm.
    """
    upload = form.file.data
    if upload is None:
        return None
    release_db()
    try:
        prepared = prepare(upload.stream, upload.filename, scanner_at(settings().scanner))
    except Refused as refused:
        if isinstance(refused, MalwareFound):
            note(refused)
        form.file.errors = [str(refused)]
        raise NotAcceptedError(form) from refused
    g.sinks.append(prepared)
    return prepared


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
            sink = _Nowhere() if g.get("files_dropped", False) else make_sink()
            g.setdefault("sinks", []).append(sink)
            return cast(IO[bytes], sink)  # werkzeug writes and rewinds it

    app.request_class = SealingRequest
    app.teardown_request(_close_sinks)


def drop_files() -> None:
    """Let what this request uploads go nowhere: only the texts beside it are wanted."""
    g.files_dropped = True


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
