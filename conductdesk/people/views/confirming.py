"""How often somebody who is signed in may type a password again."""

from __future__ import annotations

from datetime import timedelta

from conductdesk.people.presence import this_account
from conductdesk.refusal import Refused
from conductdesk.web.limits import allow
from conductdesk.web.state import db

MOST_TRIES = 10
WINDOW = timedelta(minutes=15)


def may_try() -> None:
    """Count one try, or refuse: a browser left open must not be a place to guess in."""
    who = this_account().id.hex
    if not allow(db(), f"password-again:{who}", limit=MOST_TRIES, window=WINDOW):
        raise Refused("There were too many tries. Wait a quarter of an hour, then try again.")
