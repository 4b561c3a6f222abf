"""The people of the demo. All of them are invented, and so is every address."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

import pyotp

PASSWORD = "harbour copper violin rain"
"""One for everybody, printed at each start: a demo keeps nothing secret from whoever runs it."""

CODE_LASTS = 30
"""Seconds."""

SCHEME = "wcc"


@dataclass(frozen=True)
class Person:
    """Somebody in the demo."""

    key: str
    """How the stories call them."""
    name: str
    email: str
    what: str
    """Who they are, for the table that is printed."""
    office: str = ""
    """The key of their office in the scheme, or nothing."""

    @property
    def totp_secret(self) -> str:
        """The secret of their authenticator: always the same, so that a command can show codes."""
        digest = hashlib.sha256(f"conductdesk demo: {self.email}".encode()).digest()
        return base64.b32encode(digest[:20]).decode("ascii")

    def code_at(self, moment: datetime) -> str:
        """Return their one-time code at *moment*."""
        return pyotp.TOTP(self.totp_secret).at(moment)


ADMINISTRATOR = Person(
    "administrator", "Quentin Marlowby", "admin@wcc.example", "Administrator (never sees a case)"
)
AUDITOR = Person(
    "auditor", "Euphemia Longbarrow", "auditor@audits.example", "Auditor (closed cases only)"
)

OFFICERS = (
    Person(
        "liaison",
        "Isolde Brackenthwaite",
        "liaison@wcc.example",
        "Mentoring Liaison Officer",
        "liaison",
    ),
    Person("chair", "Caspian Underhollow", "chair@wcc.example", "Chair", "chair"),
    Person(
        "safeguarding",
        "Philippa Yarborough",
        "safeguarding@wcc.example",
        "Safeguarding lead",
        "safeguarding",
    ),
    Person(
        "deputy",
        "Tobias Wrexingham",
        "deputy@wcc.example",
        "Safeguarding lead, deputy",
        "safeguarding",
    ),
    Person(
        "investigator",
        "Rosalind Pettifer",
        "rosalind@wcc.example",
        "Committee member, who investigates",
        "committee",
    ),
    Person(
        "decider",
        "Ambrose Kettlewick",
        "ambrose@wcc.example",
        "Committee member, who decides",
        "committee",
    ),
    Person(
        "appeals",
        "Henrietta Silverdale",
        "henrietta@wcc.example",
        "Committee member, who hears appeals",
        "committee",
    ),
    Person(
        "outside",
        "Leopold Featherstone",
        "leopold@neighbours.example",
        "Contact outside WCC UK",
        "outside",
    ),
)
"""In the order in which they take office, which is their order of succession."""

CUSTODIANS = (
    Person("custodian1", "Winifred Oakhanger", "winifred@keepers.example", "Custodian, part 1"),
    Person("custodian2", "Barnabas Tolpuddle", "barnabas@keepers.example", "Custodian, part 2"),
    Person("custodian3", "Cordelia Nettlebed", "cordelia@keepers.example", "Custodian, part 3"),
)
"""They keep the recovery key's parts, get mail when a recovery is needed, and never sign in."""

WHO_SIGN_IN = (*OFFICERS, AUDITOR, ADMINISTRATOR)


def person_of(email: str) -> Person | None:
    """Return who signs in with *email*, or None."""
    wanted = email.strip().casefold()
    return next((one for one in WHO_SIGN_IN if one.email == wanted), None)
