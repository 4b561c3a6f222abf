"""How a view answers: a page, a part of it, another place, or a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from flask import Response, current_app, make_response, redirect, render_template, url_for
from htmx_flask import request
from jinja2_fragments.flask import render_block

SANDBOX = "sandbox; default-src 'none'"
"""The policy of a downloaded file: whatever it holds, nothing of it runs."""


def page(
    template: str, fragment: str | None = None, *, status: int = 200, **context: object
) -> Response:
    """Render a template, or only its block *fragment* when a part of the page asked for it."""
    if fragment is not None and is_fragment_request():
        answer = make_response(render_block(template, fragment, **context), status)
    else:
        answer = make_response(render_template(template, **context), status)
    answer.vary.add("HX-Request")
    return answer


def is_fragment_request() -> bool:
    """Answer whether htmx asks for a part of a page."""
    htmx = request.htmx
    return bool(htmx) and not htmx.history_restore_request and not htmx.boosted


def see_other(endpoint: str, **values: object) -> Response:
    """Send the browser to the page of *endpoint*, by GET (303)."""
    return go_to(url_for(endpoint, **values))  # type: ignore[arg-type]  # any value that a URL can hold


def what_was_done(words: Mapping[str, str]) -> str:
    """Return which of *words* the address names as what was just done, or nothing.

    It stands in the address (`?done=removed`), so a page that is loaded again says it again, and
    no session is needed for it.
    """
    return words.get(request.args.get("done", ""), "")


def go_to(address: str) -> Response:
    """Send the browser to *address*, as a whole page, wherever in a page the request came from."""
    if not is_fragment_request():
        return make_response(redirect(address, 303))
    # A redirect would be followed inside the panel; 401 keeps a sign-in page out of it (HX-13).
    answer = make_response("", 401 if _asks_for_sign_in(address) else 204)
    answer.headers["HX-Redirect"] = address
    return answer


def safe_return(path: str | None) -> str | None:
    """Return *path* when it is a place on this site, else None."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return None
    if not path.isprintable():  # asked first: urlsplit drops tabs, and fails on what is left
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc else path


def download(data: bytes | Iterable[bytes], filename: str, mimetype: str) -> Response:
    """Answer with a file that the browser saves and never shows."""
    answer = Response(data, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def _asks_for_sign_in(address: str) -> bool:
    sign_in: str | None = current_app.extensions.get("sign_in")
    return sign_in is not None and address.startswith(url_for(sign_in))
