"""Sessions on the server: a row that opens with the browser's cookie, and with nothing else.

What a view puts in `flask.session` is stored with the view's own `db().commit()`, so that “sent” and
“draft wiped” are one step. Without a commit it is stored at the end of the request. When the view
did not answer (it raised, or the database failed) nothing is stored: the answers of before stay.
Nor is it stored over what another request of the same browser committed meanwhile: that raises
`OvertakenError`. A view in which two such requests may meet calls `refresh` first.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, request
from flask.globals import request_ctx
from sqlalchemy import CursorResult, delete, event, or_
from sqlalchemy.orm import Session

from conductdesk.clock import now
from conductdesk.web.face import UNLOCK_COOKIE, face_of
from conductdesk.web.models import WebSession
from conductdesk.web.sealing import new_token, parse_token
from conductdesk.web.session_store import FaceSession, SessionsInDatabase, set_cookie


def install_sessions(app: Flask, secret: str) -> None:
    """Make *app* keep its sessions in the database, and store them with the view's commit."""
    app.secret_key = secret
    app.session_interface = SessionsInDatabase(face_of(app), secret)
    app.extensions["session_prepared"] = (_join_transaction,)
    app.before_request(_require_session)


def rotate() -> None:
    """Give the session a new token; the old one opens nothing from the next commit on."""
    _current().token = new_token()


def belong_to(owner_id: UUID) -> None:
    """Tie the session to an account, under a new token and with a new absolute limit."""
    kept = _current()
    kept.owner_id = owner_id
    kept.absolute_expires = None
    rotate()


def renew() -> None:
    """Give the session a new absolute limit, from the next commit on."""
    _current().absolute_expires = None


def owner() -> UUID | None:
    """Return the account that the session belongs to."""
    return _current().owner_id


def end() -> None:
    """Empty the session: its row is deleted and its cookies expire."""
    kept = _current()
    kept.clear()
    kept.owner_id = None


def leave_behind(db: Session, owner_id: UUID) -> bytes:
    """Go on in a new session with the same content; return what `end_left_behind` finds the old by.

    The old one is stored as it is. Until the browser has heard of the new one it opens the old: what
    it must not miss is there, even if the answer never arrives. It ends with the owner's sign-ins.
    """
    kept, interface = _current(), _interface()
    kept.owner_id = owner_id
    interface.write(db, kept)
    return interface.sealer.id_hash(kept.begin_anew())


def end_left_behind(db: Session, which: bytes) -> None:
    """End the session that `leave_behind` left."""
    db.execute(delete(WebSession).where(WebSession.id_hash == which))


def refresh(db: Session) -> None:
    """Load the session again inside the writing transaction of *db*, and hold its row.

    Call it first where two requests of one browser may do the same thing twice: the second waits,
    and then sees what the first left.
    """
    _interface().reread(db, _current())


def keep_nothing() -> None:
    """Store nothing of what this request changed in the session."""
    g.keep_nothing = True


def purge_sessions(db: Session) -> int:
    """Delete every session that is over, and return how many there were."""
    moment = now()
    over = or_(WebSession.idle_expires <= moment, WebSession.absolute_expires <= moment)
    return _count(db, delete(WebSession).where(over))


def set_unlock_cookie(response: Response, token: bytes) -> None:
    """Give the browser the token that unlocks the officer's private key."""
    set_cookie(response, UNLOCK_COOKIE, token, "Strict")


def unlock_token() -> bytes | None:
    """Return the token that unlocks the officer's private key, when the browser sent one."""
    return parse_token(request.cookies.get(UNLOCK_COOKIE))


def _require_session() -> None:
    if g.pop("session_unreadable", False):
        abort(503)


def _join_transaction(db: Session) -> None:
    db.info["web_session"] = _current(), _interface()


@event.listens_for(Session, "before_commit")
def _write(db: Session) -> None:
    if "web_session" in db.info and not db.in_nested_transaction():
        kept, interface = db.info["web_session"]
        if kept.changed:
            interface.write(db, kept)
            db.info["session_to_settle"] = kept


@event.listens_for(Session, "after_commit")
def _settle(db: Session) -> None:
    kept: FaceSession | None = db.info.pop("session_to_settle", None)
    if kept is not None:
        kept.settle()


def _count(db: Session, statement: Any) -> int:
    return cast(CursorResult[Any], db.execute(statement)).rowcount


def _current() -> FaceSession:
    return cast(FaceSession, request_ctx.session)


def _interface() -> SessionsInDatabase:
    return cast(SessionsInDatabase, current_app.session_interface)
