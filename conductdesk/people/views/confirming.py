"""Somebody who is signed in types their password again."""

from __future__ import annotations

from datetime import timedelta

from conductdesk.people.actions import Confirmed, SignedOut, held
from conductdesk.people.presence import this_account_id
from conductdesk.refusal import Refused
from conductdesk.web import sessions
from conductdesk.web.limits import allow
from conductdesk.web.state import db

MOST_TRIES = 10
WINDOW = timedelta(minutes=15)


def may_try() -> None:
    """Count one try, or refuse: a browser left open must not be a place to guess in."""
    who = this_account_id().hex
    if not allow(db(), f"password-again:{who}", limit=MOST_TRIES, window=WINDOW):
        raise Refused("There were too many tries. Wait a quarter of an hour, then try again.")


def hold_sign_in(confirmed: Confirmed) -> None:
    """Hold account and sign-in until the commit, or refuse if either ended during the hash.

    The account comes first: whatever ends the sign-ins of an account locks it before them.
    """
    held(db(), confirmed)
    sessions.refresh(db())
    if sessions.owner() != confirmed.account_id:
        raise SignedOut
