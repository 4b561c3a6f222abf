"""Which kinds of mail there are; pure. People ask for some, and lie below the capability that mails."""

from __future__ import annotations

from collections.abc import Mapping
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

    @property
    def words(self) -> str:
        """What an administrator may know of a mail: its constant kind."""
        return _WORDS[self]


_WORDS: Mapping[Notice, str] = {
    Notice.UPDATE: "There is an update",
    Notice.URGENT: "There is an update, today",
    Notice.CUSTODIANS: "A recovery is needed",
    Notice.ACTIVATION: "Activation link",
    Notice.OFFICE_GIVEN: "Somebody was given an office",
    Notice.PASSWORD_CHANGED: "Sign-in details changed",
    Notice.NEW_SIGN_IN: "New sign-in",
    Notice.CHECK_IN: "A link for a participant",
    Notice.CHECKPOINT: "A checkpoint for an address outside",
}
