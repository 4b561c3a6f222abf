"""Steps that the tests about people share; each is made by the real actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import INSTALLATION, LogEntry
from conductdesk.audit.record import create_log
from conductdesk.people.actions import Activated, Attempt, Setup, activate, invite
from conductdesk.people.models import Account
from conductdesk.people.rules import NewPerson
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.unlocking import Argon2Cost

CHEAP = Argon2Cost(memory_kib=64, passes=1)
PASSWORD = "tulip gravel anthem nine"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADMIN = "ad" * 16


@dataclass
class Hands:
    """The hands of the clock, for tests that cannot wait."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 10, 0, tzinfo=UTC))

    def now(self) -> datetime:
        """Return the moment that the tests are at."""
        return self.moment

    def pass_by(self, time: timedelta) -> None:
        """Let *time* pass."""
        self.moment += time


def stop_clock(monkeypatch: pytest.MonkeyPatch) -> Hands:
    """Stop the one place that reads time."""
    hands = Hands()
    monkeypatch.setattr(clock, "now", hands.now)
    return hands


def begin_log(db: Session) -> None:
    """Begin the installation's log."""
    create_log(db, INSTALLATION, "desk.example.org/log/installation")
    db.commit()


def types_in_log(db: Session) -> list[str]:
    """Return the types of all entries, oldest first."""
    entries = db.query(LogEntry).filter_by(log_id=INSTALLATION).order_by(LogEntry.idx)
    return [entry.entry.split(b'"type":"')[1].split(b'"')[0].decode() for entry in entries]


def person(email: str = "ada@example.org", name: str = "Ada Example") -> NewPerson:
    """Return somebody to invite."""
    return NewPerson(email=email, name=name)


def code(hands: Hands, steps: int = 0) -> str:
    """Return the one-time code that an authenticator shows now, or *steps* later."""
    return pyotp.TOTP(SECRET).at(hands.moment, counter_offset=steps)


def setup(hands: Hands, *, password: str = PASSWORD, recovery_code: str = "") -> Setup:
    """Return what somebody types at activation."""
    return Setup(password, SECRET, code(hands), recovery_code)


def ready(
    db: Session, keystore: Keystore, hands: Hands, email: str = "ada@example.org"
) -> Activated:
    """Invite somebody and let them activate their account."""
    invited = invite(db, person(email), actor=ADMIN)
    activated = activate(db, keystore, invited.token, setup(hands), cost=CHEAP)
    db.commit()
    hands.pass_by(timedelta(minutes=2))
    return activated


def attempt(hands: Hands, account: Account, *, password: str = PASSWORD) -> Attempt:
    """Return what the account's owner types to sign in."""
    return Attempt(account.email, password, code(hands))
