"""The witness on the web: one address, POST alone, and never an exception's text."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from conductdesk.audit.cosignature import ADD_CHECKPOINT
from conductdesk.witness.actions import Witness, consider
from conductdesk.witness.rules import BODY_LIMIT, Answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def application(witness: Witness) -> WSGIApplication:
    """Return what answers requests by asking *witness*."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = _answer(environ, witness)
        body = given.body.encode()
        headers = [("Content-Type", given.content_type), ("Content-Length", str(len(body)))]
        if given.status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "POST"))
        start_response(f"{given.status} {HTTPStatus(given.status).phrase}", headers)
        return [body]

    return answer


def _answer(environ: WSGIEnvironment, witness: Witness) -> Answer:
    if environ.get("PATH_INFO", "") != ADD_CHECKPOINT:
        return Answer(404, f"There is only {ADD_CHECKPOINT} here.\n")
    if environ["REQUEST_METHOD"] != "POST":
        return Answer(405, "A checkpoint is sent by POST.\n")
    body = environ["wsgi.input"].read(min(_length(environ), BODY_LIMIT + 1))
    if len(body) > BODY_LIMIT:
        return Answer(413, "The request is too long.\n")
    return judge(witness, body)


def _length(environ: WSGIEnvironment) -> int:
    """Return how much may be read: a server need not end the input by itself."""
    length = environ.get("CONTENT_LENGTH", "")
    if not length and environ.get("wsgi.input_terminated"):
        return BODY_LIMIT + 1
    return int(length) if length.isascii() and length.isdigit() else 0


def judge(witness: Witness, body: bytes) -> Answer:
    """Answer one request; what was cosigned is on the disk first, and two at once take turns."""
    with witness.folder.database.writing() as db:
        answer = consider(db, witness, body)
        db.commit()
    return answer
