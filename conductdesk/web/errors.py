"""What a person sees when something is not possible: plain words, and what became of the answers."""

from __future__ import annotations

import errno
import logging
import secrets
import traceback
from dataclasses import dataclass

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from conductdesk.refusal import Refused, Stale
from conductdesk.vault.files import FileDamagedError
from conductdesk.web.face import Face, this_face
from conductdesk.web.giving_back import read_what_was_typed, typed_words
from conductdesk.web.page import go_to, is_fragment_request, page
from conductdesk.web.session_store import OvertakenError
from conductdesk.web.sessions import keep_nothing
from conductdesk.web.state import SAFE_METHODS, release_db

log = logging.getLogger(__name__)

SERVER_FAULT = 500
"""The first status that says it is our fault."""
NOT_THERE = 404


@dataclass(frozen=True)
class Trouble:
    """A title and the sentences below it."""

    title: str
    sentences: tuple[str, ...]


NOT_FOUND = Trouble(
    "We cannot find that page",
    (
        "If you typed the address, check it. If you followed a link, it may be an old one.",
        "Anything that you sent before is safe.",
    ),
)
LAYOUTS = {Face.PUBLIC: "layout/public.html", Face.DESK: "layout/desk.html"}
TROUBLES = {
    400: Trouble(
        "We could not read that",
        ("Nothing was sent. Go back, and try again.",),
    ),
    404: NOT_FOUND,
    405: NOT_FOUND,
    409: Trouble("Somebody else was first", ()),
    413: Trouble(
        "That is too big",
        (
            "A file can have 25 MB at most, and a text about 100 pages.",
            "Nothing was sent. Go back, and make it smaller.",
        ),
    ),
    415: Trouble(
        "We cannot take that kind of file", ("Nothing was sent. Go back, and try again.",)
    ),
    422: Trouble("That is not possible now", ()),
    429: Trouble(
        "Too many tries",
        ("Nothing was sent. Wait for a few minutes, then try again.",),
    ),
    500: Trouble(
        "Something went wrong here",
        (
            "It is our fault, not yours. Nothing was sent.",
            "Go back, and try again in a few minutes.",
        ),
    ),
    503: Trouble(
        "We could not save this",
        (
            "Nothing was sent. Answers that you gave before are still here.",
            "Go back to find what you wrote last, copy it, and try again in a minute.",
        ),
    ),
}
DAMAGED = "It cannot be opened: its content was changed, or a part of it is missing."
DAMAGED_FILE = {
    Face.DESK: Trouble(
        "This file is damaged",
        (
            DAMAGED,
            "Tell your administrator. It can be restored from a backup, if one was made before.",
        ),
    ),
    Face.PUBLIC: Trouble(
        "This file is damaged",
        (
            DAMAGED,
            "It is our fault, not yours. If you still have the file, send it again. "
            "Otherwise write us a message, so that we look for it in a backup.",
        ),
    ),
}
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
PAGE_TOO_OLD = Trouble(
    "This page was open for too long",
    (
        "To keep you safe it stopped working. Nothing was sent.",
        "Open it again from the first page, and then send it.",
    ),
)
CLOSED = Trouble(
    "That is not open any more",
    (
        "To keep you safe, your messages close after an hour without a click. Nothing was sent.",
        "Show your receipt on the first page to open them again.",
    ),
)
OVERTAKEN = Trouble(
    "Another page of yours was first",
    (
        "Another page in this browser changed the same thing in the same moment. "
        "What you sent from this one was not kept.",
        "Look where things stand, and send it again if it is still needed.",
    ),
)


def install_errors(app: Flask) -> None:
    """Answer every error of *app* with a plain page, or with a plain block inside a page."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, lambda _error: _tell(400, PAGE_TOO_OLD))
    app.register_error_handler(FileDamagedError, _damaged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OvertakenError, lambda _error: _overtaken())
    app.register_error_handler(DataError, lambda _error: _tell(400, TROUBLES[400]))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(InternalServerError, _unexpected)


def _refused(error: Refused) -> Response:
    status = 409 if isinstance(error, Stale) else 422
    return _tell(status, Trouble(TROUBLES[status].title, (str(error),)))


def _damaged(error: FileDamagedError) -> Response:
    log.error("%s: the content of sealed_file %s is damaged", _place(), error)
    return _tell(500, DAMAGED_FILE[this_face()])


def _http(error: HTTPException) -> Response:
    code = error.code or 500
    if code == NOT_THERE and _is_sent_to_the_public():
        read_what_was_typed()
        return _tell(code, CLOSED)
    answer = _tell(code, TROUBLES.get(code, TROUBLES[400 if code < SERVER_FAULT else 500]))
    allowed = dict(error.get_headers()).get("Allow")
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


def _is_sent_to_the_public() -> bool:
    sent = request.method not in SAFE_METHODS and request.routing_exception is None
    return sent and this_face() is Face.PUBLIC


def _overtaken() -> Response:
    if request.method not in SAFE_METHODS or is_fragment_request():
        return _tell(409, OVERTAKEN)
    keep_nothing()
    release_db()
    return go_to(request.script_root + request.full_path.rstrip("?"))  # as it stands by now


def _database(error: OperationalError) -> Response:
    log.error("%s: the database refused: %s", _place(), type(error.orig).__name__)
    return _tell(503, TROUBLES[503])


def _unexpected(error: InternalServerError) -> Response:
    cause = error.original_exception or error
    if isinstance(cause, OvertakenError):
        return _overtaken()
    if isinstance(cause, OperationalError):
        return _database(cause)
    if isinstance(cause, OSError) and cause.errno in NO_ROOM:
        log.error("%s: there is no room on the disk", _place())
        return _tell(503, TROUBLES[503])
    reference = secrets.token_hex(4)
    log.error("%s: %s\n%s", _place(), reference, _without_values(cause))
    trouble = TROUBLES[500]
    told = f"If you write to us about it, say {reference}."
    return _tell(500, Trouble(trouble.title, (*trouble.sentences, told)))


def _tell(status: int, trouble: Trouble) -> Response:
    g.in_trouble = True
    keep_nothing()
    release_db()
    if is_fragment_request():
        answer = page("parts/alert.html", status=status, trouble=trouble)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#alert", "innerHTML"
        return answer
    layout, words = LAYOUTS[this_face()], _words_to_give_back(status)
    return page("error.html", status=status, trouble=trouble, words=words, layout=layout)


def _words_to_give_back(status: int) -> list[str]:
    """Return what was typed on the public face: the desk has passwords among its fields.

    Nothing where we do not know what failed: it may be the words.
    """
    return typed_words() if this_face() is Face.PUBLIC and status != SERVER_FAULT else []


def _without_values(error: BaseException) -> str:
    """Return where it happened: never the message, which may hold what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return "".join((*traceback.format_list(frames), type(error).__name__))


def _place() -> str:
    return f"{request.method} {request.endpoint}"
