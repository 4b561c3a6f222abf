"""Somebody who sets up an account through its real pages."""

from __future__ import annotations

import re

import pyotp
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from conductdesk import clock
from conductdesk.notices.actions import open_link, queue_mail_for
from conductdesk.notices.models import OutboxRow
from conductdesk.people.actions import invite
from conductdesk.people.models import Account
from conductdesk.people.rules import NewPerson
from conductdesk.vault.keystore import Keystore
from tests.cast import Cast
from tests.web.visitor import Visitor, receipt_in

EMAIL = "newton@cast.example"
PASSWORD = "tulip gravel anthem nine"
SPELLED = re.compile(r'<span class="cd-mono">([A-Z2-7 ]+)</span>')


def invite_newcomer(cast: Cast) -> Account:
    """Invite somebody who has no account yet."""
    person = NewPerson(EMAIL, "Newton Personne")
    queue_mail = queue_mail_for(cast.keystore)
    account = invite(cast.db, person, actor="system", queue_mail=queue_mail).account
    cast.db.commit()
    return account


def mailed_token(db: Session, keystore: Keystore, account: Account) -> str:
    """Return the token in the newest activation mail that waits for *account*."""
    waiting = db.query(OutboxRow).filter_by(account_id=account.id, notice="activation")
    token = open_link(keystore, waiting.order_by(OutboxRow.made_at.desc()).first() or _none())
    db.commit()
    assert token is not None
    return token


class Newcomer(Visitor):
    """One browser, and the link that its owner was sent."""

    def __init__(self, app: Flask, token: str) -> None:
        super().__init__(app)
        self.link = f"/activate/{token}"
        self.secret = ""

    def follow(self) -> TestResponse:
        """Exchange the link for a session, and remember the secret that the page spells."""
        self.get(self.link)
        begun = self.post(self.link)
        spelled = SPELLED.search(self.get("/activation").text)
        assert spelled is not None
        self.secret = spelled[1].replace(" ", "")
        return begun

    def finish(self, password: str = PASSWORD, **more: str) -> TestResponse:
        """Send the form of the page."""
        code = pyotp.TOTP(self.secret).at(clock.now())
        return self.post("/activation", {"password": password, "code": code, **more})

    def printed_code(self) -> str:
        """Return the recovery code that the page shows."""
        return receipt_in(self.get("/account/recovery-code").text).code


def _none() -> OutboxRow:
    raise AssertionError("no activation mail waits")
