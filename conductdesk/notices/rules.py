"""Which notices there are, and how long to wait between attempts; pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Notice(StrEnum):
    """One kind of mail; each has its folder in templates/mail. None says anything about a case."""

    UPDATE = "update"
    URGENT = "urgent"
    """The same neutral text, with "today"."""
    CUSTODIANS = "custodians"
    """Nobody is left who may receive something: please open a recovery."""
    ACTIVATION = "activation"
    """One of the two mails that carry a token; the other is `check_in`."""
    OFFICE_GIVEN = "office_given"
    """To the other officers of the scheme: somebody may receive from now on."""
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a notice, not a password
    NEW_SIGN_IN = "new_sign_in"
    CHECK_IN = "check_in"
    """To a participant, who has no account: a link to a form of the programme."""
    CHECKPOINT = "checkpoint"
    """To an address outside: the signed head of a log, for them to keep."""


BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long to wait after the first, second … failure; after the eighth nobody tries again."""

MOST_ATTEMPTS = len(BACK_OFF) + 1

LEASE = timedelta(minutes=5)
"""How long a worker may hold a claimed row before another takes it for crashed."""

DAILY = timedelta(hours=23)
"""How long after checkpoints were mailed the next may be; a little less, so that no day is missed."""

KEPT_AFTER_SENDING = timedelta(days=30)


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after *attempts* failures; None means: give up."""
    return BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None
