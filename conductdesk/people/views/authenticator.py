"""The secret of a new authenticator while it is being set up: in the session, and as a picture."""

from __future__ import annotations

import io
from dataclasses import dataclass
from urllib.parse import quote

import pyotp
import segno
from flask import Response, abort, session

from conductdesk.people.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.web.gate import gate
from conductdesk.web.state import settings

PENDING = "authenticator"
GROUP = 4
SCALE = 5
"""Pixels of one module of the picture."""


@dataclass(frozen=True)
class NewAuthenticator:
    """A secret that no account uses yet, and whose it will be."""

    secret: str
    name: str

    @property
    def groups(self) -> str:
        """The secret as a person types it."""
        ends = range(0, len(self.secret), GROUP)
        return " ".join(self.secret[start : start + GROUP] for start in ends)

    @property
    def address(self) -> str:
        """The secret as an authenticator reads it from the picture."""
        issuer = settings().service_name
        label = f"{quote(issuer)}:{quote(self.name)}"
        return f"otpauth://totp/{label}?secret={self.secret}&issuer={quote(issuer)}"


def new_authenticator(name: str) -> None:
    """Make a secret for *name*, and keep it in the session until it is confirmed."""
    session[PENDING] = (pyotp.random_base32(), name)


def pending_authenticator() -> NewAuthenticator | None:
    """Return the secret that waits to be confirmed, or None."""
    kept = session.get(PENDING)
    return NewAuthenticator(*kept) if kept else None


def need_authenticator() -> NewAuthenticator:
    """Return the secret that waits to be confirmed, or refuse."""
    pending = pending_authenticator()
    if pending is None:
        raise Refused("Ask for a new secret first.")
    return pending


def forget_authenticator() -> None:
    """Drop the secret: it is in use now, or will never be."""
    session.pop(PENDING, None)


@bp.get("/authenticator.svg")
@gate(Permission.SIGN_IN)
def authenticator_picture() -> Response:
    """Answer with the picture of the secret that this session is setting up."""
    pending = pending_authenticator()
    if pending is None:
        abort(404)
    picture = io.BytesIO()
    segno.make(pending.address, error="m").save(
        picture, kind="svg", scale=SCALE, light="#fff", dark="#000", nl=False
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml")
