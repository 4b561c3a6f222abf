"""One browser's session, and the row that it is stored in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import Flask, Request, Response, g, request
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Row, Select, Table, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from conductdesk.clock import now
from conductdesk.web import state
from conductdesk.web.face import MANNERS, UNLOCK_COOKIE, Face
from conductdesk.web.models import WebSession
from conductdesk.web.sealing import (
    EMPTY,
    Sealer,
    from_bytes,
    new_token,
    parse_token,
    to_bytes,
    token_text,
)

TOUCH_AFTER = timedelta(minutes=1)
"""A request moves the idle limit only when that gains so much."""


class OvertakenError(Exception):
    """Another request changed the session after this one loaded it: nothing of this one is kept."""


class FaceSession(dict[str, Any], SessionMixin):
    """The content of one browser's session, and what is known of its row."""

    def __init__(self, stored: bytes = EMPTY, token: bytes | None = None) -> None:
        super().__init__(from_bytes(stored))
        self.token = token
        self.stored_token = token
        self.owner_id: UUID | None = None
        self.stored_owner: UUID | None = None
        self.absolute_expires: datetime | None = None
        self.idle_expires: datetime | None = None
        self.stored = self.written = stored
        self.sealed = self.sealing = b""
        self.lost = False

    @property
    def changed(self) -> bool:
        """Whether the row is not what the session is."""
        return (
            to_bytes(dict(self)) != self.stored
            or self.owner_id != self.stored_owner
            or self.token != self.stored_token
        )

    def begin_anew(self) -> bytes:
        """Leave the row to itself: the content goes to a new one. Return the token of the old."""
        left, self.token = cast(bytes, self.token), None
        self.stored_token = self.stored_owner = self.absolute_expires = self.idle_expires = None
        self.stored = self.written = EMPTY
        self.sealed = self.sealing = b""
        self.lost = False
        return left

    def settle(self) -> None:
        """Remember that the row now is what the session was when it was written."""
        self.stored, self.sealed = self.written, self.sealing
        self.stored_owner = self.owner_id
        self.stored_token = self.token = self.token if self else None


class SessionsInDatabase(SessionInterface):
    """Loads and stores the sessions of one face."""

    def __init__(self, face: Face, secret: str) -> None:
        self.face = face
        self.manner = MANNERS[face]
        self.sealer = Sealer(face, secret.encode())
        self.cookies = (self.manner.cookie, *((UNLOCK_COOKIE,) if face is Face.DESK else ()))

    def open_session(self, app: Flask, request: Request) -> FaceSession:
        """Load the session that the cookie opens, or begin an empty one."""
        token = parse_token(request.cookies.get(self.manner.cookie))
        if token is None or request.path.startswith(f"{app.static_url_path}/"):
            return FaceSession()
        try:
            return self._opened(token, _row_of(state.looking(), self.sealer.id_hash(token)))
        except OperationalError:
            g.session_unreadable = True
            return FaceSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what the view left in the session, and tell the browser its token."""
        kept = cast(FaceSession, session)
        if not g.get("keep_nothing", False):
            if kept.changed:
                state.release_db()
                self._store_alone(kept)
            else:
                self._touch(kept)
            self._answer(kept, response)

    def write(self, db: Session, kept: FaceSession) -> None:
        """Make the row what the session is, in the transaction of *db*."""
        if kept.stored_token and (not kept or kept.token != kept.stored_token):
            _delete(db, self.sealer.id_hash(kept.stored_token))
        kept.written = to_bytes(dict(kept))
        if kept and kept.token and kept.token == kept.stored_token:
            self._update(db, kept)
        elif kept:
            self._insert(db, kept)

    def reread(self, db: Session, kept: FaceSession) -> None:
        """Load the session again, and hold its row until *db* commits."""
        if kept.stored_token is None:
            return
        row = _row_of(db, self.sealer.id_hash(kept.stored_token), _LOCKED_ROW)
        fresh = self._opened(kept.stored_token, row)
        kept.clear()
        kept.update(fresh)
        kept.__dict__.update(fresh.__dict__)

    def _opened(self, token: bytes, row: Row[Any] | None) -> FaceSession:
        moment = now()
        if row is None or min(row.idle_expires, row.absolute_expires) <= moment:
            return FaceSession()
        opened = FaceSession(self.sealer.open(token, row.sealed), token)
        opened.sealed = opened.sealing = row.sealed
        opened.owner_id = opened.stored_owner = row.owner_id
        opened.idle_expires, opened.absolute_expires = row.idle_expires, row.absolute_expires
        return opened

    def _insert(self, db: Session, kept: FaceSession) -> None:
        moment = now()
        kept.token = kept.token if kept.token != kept.stored_token else None
        kept.token = kept.token or new_token()
        kept.idle_expires = moment + self.manner.idle
        kept.absolute_expires = kept.absolute_expires or moment + self.manner.absolute
        kept.sealing = self.sealer.seal(kept.token, kept.written)
        db.add(
            WebSession(
                id_hash=self.sealer.id_hash(kept.token),
                face=self.face,
                sealed=kept.sealing,
                owner_id=kept.owner_id,
                idle_expires=kept.idle_expires,
                absolute_expires=kept.absolute_expires,
            )
        )
        db.flush()

    def _update(self, db: Session, kept: FaceSession) -> None:
        moment, token = now(), cast(bytes, kept.token)
        kept.idle_expires = moment + self.manner.idle
        kept.absolute_expires = kept.absolute_expires or moment + self.manner.absolute
        kept.sealing = self.sealer.seal(token, kept.written)
        done = db.connection().execute(
            _CHANGE,
            {
                "of": self.sealer.id_hash(token),
                "was": kept.sealed,
                "sealed": kept.sealing,
                "owner_id": kept.owner_id,
                "idle_expires": kept.idle_expires,
                "absolute_expires": kept.absolute_expires,
            },
        )
        if done.rowcount == 0:
            self._missed(db, kept)

    def _missed(self, db: Session, kept: FaceSession) -> None:
        """Tell why the row is not as it was loaded: what another request committed must stay."""
        if _row_of(db, self.sealer.id_hash(cast(bytes, kept.token))) is not None:
            raise OvertakenError
        # The row is gone when its session was ended meanwhile: it must not come back.
        kept.lost = True

    def _store_alone(self, kept: FaceSession) -> None:
        with state.services().database.writing() as db:
            self.write(db, kept)
            db.commit()
        kept.settle()

    def _touch(self, kept: FaceSession) -> None:
        fresh = now() + self.manner.idle
        if kept.token is None or not kept or kept.idle_expires is None:
            return
        if fresh - kept.idle_expires < TOUCH_AFTER:
            return
        state.release_db()  # it may hold the write lock that is asked for here
        try:
            with state.services().database.writing() as db:
                db.execute(
                    update(WebSession)
                    .where(WebSession.id_hash == self.sealer.id_hash(kept.token))
                    .values(idle_expires=fresh)
                )
                db.commit()
        except OperationalError:
            return  # the page is worth more than a later limit

    def _answer(self, kept: FaceSession, response: Response) -> None:
        sent = request.cookies.get(self.manner.cookie)
        if kept and kept.token and not kept.lost:
            if sent != token_text(kept.token):
                set_cookie(response, self.manner.cookie, kept.token, self.manner.same_site)
        elif sent is not None and request.endpoint != "static":
            for name in self.cookies:
                expire_cookie(response, name)


def expire_cookie(response: Response, name: str) -> None:
    """Make the browser forget one of our cookies."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Strict")


def set_cookie(response: Response, name: str, token: bytes, same_site: str) -> None:
    """Give the browser one of our cookies; it lasts until the browser closes."""
    response.set_cookie(
        name, token_text(token), path="/", secure=True, httponly=True, samesite=same_site
    )


_SESSIONS = cast(Table, WebSession.__table__)
_ROW = select(_SESSIONS).where(_SESSIONS.c.id_hash == bindparam("of"))
_LOCKED_ROW = _ROW.with_for_update()
_CHANGE = update(_SESSIONS).where(
    _SESSIONS.c.id_hash == bindparam("of"), _SESSIONS.c.sealed == bindparam("was")
)


def _row_of(db: Session, id_hash: bytes, query: Select[Any] = _ROW) -> Row[Any] | None:
    return db.connection().execute(query, {"of": id_hash}).one_or_none()


def _delete(db: Session, id_hash: bytes) -> None:
    db.execute(delete(WebSession).where(WebSession.id_hash == id_hash))
