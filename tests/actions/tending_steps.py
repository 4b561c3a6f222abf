"""Steps that the tests of lost keys share; each is made by real actions."""

from __future__ import annotations

from functools import partial

import pyotp

from conductdesk import clock
from conductdesk.cases.actions.tending import ask_anew
from conductdesk.people.actions.activating import Activated, Setup, activate
from conductdesk.people.actions.inviting import reset
from tests.cast import CHEAP, PASSWORD, Cast


def lose_key(cast: Cast, who: str) -> Activated:
    """Let a member begin again without their printed code: their old key is lost."""
    link = reset(cast.db, cast[who].account, actor="system").token
    secret = pyotp.random_base32()
    setup = Setup(PASSWORD, secret, pyotp.TOTP(secret).at(clock.now()))
    lost = partial(ask_anew, cast.db, cast.keystore)
    done = activate(cast.db, cast.keystore, link, setup, key_replaced=lost, cost=CHEAP)
    cast.db.commit()
    cast[who].keyring = done.keyring
    return done
