"""Both faces in one process: the public one at `/`, the desk at `/desk`, and their static files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from wsgiref.headers import Headers

from werkzeug.middleware.dispatcher import DispatcherMiddleware
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

from conductdesk.web.assets import STATIC
from conductdesk.web.headers import FIXED, FOREVER, TRANSPORT
from conductdesk.web.unread import reading_to_the_end

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DESK = "/desk"
"""Where the desk lies; the public face has everything else."""

STATIC_HEADERS = {
    **FIXED,
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Strict-Transport-Security": TRANSPORT,  # a browser ignores it where there is no TLS
    "X-Robots-Tag": "noindex, noarchive",
}


def mount(public: WSGIApplication, desk: WSGIApplication) -> WSGIApplication:
    """Return one application that answers for both faces and serves their static files."""
    both = reading_to_the_end(DispatcherMiddleware(public, {DESK: desk}))
    application = StaticFiles(
        both, max_age=None, allow_all_origins=False, add_headers_function=_add_headers
    )
    for face in ("", DESK):
        application.add_files(str(STATIC), prefix=f"{face}/static")
    return application


class StaticFiles(WhiteNoise):
    """Serves static files; an address that carries a version may be kept for ever."""

    @staticmethod
    def serve(
        static_file: StaticFile, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer with the file, and say how long this address may be kept."""
        versioned = environ.get("QUERY_STRING", "").startswith("v=")
        keep = ("Cache-Control", FOREVER if versioned else "no-cache")

        def start(status: str, headers: list[tuple[str, str]]) -> object:
            return start_response(status, [*headers, keep])

        served: Iterable[bytes] = WhiteNoise.serve(static_file, environ, start)
        return served


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in STATIC_HEADERS.items():
        headers[name] = value
