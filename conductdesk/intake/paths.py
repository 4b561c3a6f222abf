"""Which questions each kind of intake asks, in which order; pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from conductdesk.schemes.kinds import IntakeKind

CALL_ME = "call_me"


class Ask(StrEnum):
    """One question of the public form."""

    KIND = "kind"
    DANGER = "danger"
    AT_RISK = "at_risk"
    ACCOUNT = "account"
    WHEN = "when"
    PEOPLE = "people"
    MATCH = "match"
    KNOWN = "known"
    CONTACT = "contact"
    SHARING = "sharing"
    WISH = "wish"
    OUTSIDE = "outside"
    ORGANISATION = "organisation"
    OWN = "own"
    """One question of the pack's own."""


FULL = (
    Ask.KIND,
    Ask.DANGER,
    Ask.AT_RISK,
    Ask.ORGANISATION,
    Ask.ACCOUNT,
    Ask.WHEN,
    Ask.PEOPLE,
    Ask.MATCH,
    Ask.OWN,
    Ask.KNOWN,
    Ask.CONTACT,
    Ask.SHARING,
    Ask.WISH,
    Ask.OUTSIDE,
)
CHANGE = (Ask.KIND, Ask.ORGANISATION, Ask.PEOPLE, Ask.MATCH, Ask.OWN, Ask.CONTACT)
"""A new pairing, a pause or an end: nobody is asked why."""

WITH_PEOPLE = (
    Ask.KIND,
    Ask.ORGANISATION,
    Ask.ACCOUNT,
    Ask.PEOPLE,
    Ask.MATCH,
    Ask.OWN,
    Ask.CONTACT,
)
"""What it is about, and who has to do with it."""

PATHS: Mapping[str, tuple[Ask, ...]] = {
    CALL_ME: (
        Ask.KIND,
        Ask.DANGER,
        Ask.AT_RISK,
        Ask.ORGANISATION,
        Ask.CONTACT,
        Ask.OWN,
        Ask.PEOPLE,
        Ask.MATCH,
    ),
    IntakeKind.ADVICE: (
        Ask.KIND,
        Ask.DANGER,
        Ask.AT_RISK,
        Ask.ORGANISATION,
        Ask.ACCOUNT,
        Ask.OWN,
        Ask.KNOWN,
        Ask.CONTACT,
    ),
    IntakeKind.INTEREST: WITH_PEOPLE,
    IntakeKind.REPAIRING: CHANGE,
    IntakeKind.PAUSE: CHANGE,
    IntakeKind.ENDING: CHANGE,
    IntakeKind.NOTES: CHANGE,
    IntakeKind.RECORDS: (Ask.KIND, Ask.ORGANISATION, Ask.ACCOUNT, Ask.OWN, Ask.CONTACT),
    IntakeKind.DATA_PROTECTION: WITH_PEOPLE,
    IntakeKind.INFORMATION: (
        Ask.KIND,
        Ask.DANGER,
        Ask.AT_RISK,
        Ask.ORGANISATION,
        Ask.ACCOUNT,
        Ask.WHEN,
        Ask.PEOPLE,
        Ask.MATCH,
        Ask.OWN,
        Ask.CONTACT,
    ),
}
"""The kinds of intake that do not take the full path."""

NEED_A_NAME = frozenset(
    {
        IntakeKind.REPAIRING,
        IntakeKind.PAUSE,
        IntakeKind.ENDING,
        IntakeKind.NOTES,
        IntakeKind.RECORDS,
        IntakeKind.DATA_PROTECTION,
        IntakeKind.INTEREST,
        IntakeKind.INFORMATION,
    }
)
"""What nobody can do for somebody whom they do not know."""
