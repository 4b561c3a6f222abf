"""The witness on the web: one address, POST alone, and never an exception's text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from conductdesk.witness.rules import BODY_LIMIT, PATH, Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def application(consider: Callable[[bytes], Answer]) -> WSGIApplication:
    """Return what answers requests by asking *consider*."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = _answer(environ, consider)
        body = given.body.encode()
        headers = [("Content-Type", given.content_type), ("Content-Length", str(len(body)))]
        if given.status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "POST"))
        start_response(f"{given.status} {HTTPStatus(given.status).phrase}", headers)
        return [body]

    return answer


def _answer(environ: WSGIEnvironment, consider: Callable[[bytes], Answer]) -> Answer:
    if environ.get("PATH_INFO", "") != PATH:
        return Answer(404, f"There is only {PATH} here.\n")
    if environ["REQUEST_METHOD"] != "POST":
        return Answer(405, "A checkpoint is sent by POST.\n")
    body = environ["wsgi.input"].read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        return Answer(413, "The request is too long.\n")
    return consider(body)
