"""What a check-in asks, and what its link carries; pure."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum

from conductdesk.schemes.kinds import IntakeKind
from conductdesk.vault.seal import bound_to, decrypt, derive, encrypt, pad, unpad

TOKEN_BYTES = 16
"""128 random bits."""

LATE_FOR = timedelta(days=7)
"""How long after it was due a link still opens."""


class Form(StrEnum):
    """Which form of the programme it is."""

    WEEKLY = "weekly"
    MIDDLE = "middle"
    END = "end"


FORM_WORDS: Mapping[Form, str] = {
    Form.WEEKLY: "Weekly record",
    Form.MIDDLE: "In the middle of the programme",
    Form.END: "At the end of the programme",
}

WHY_NOT: Mapping[str, str] = {
    "me": "I could not come",
    "other": "The other person could not come, and told me",
    "no_show": "The other person did not come, or came very late",
    "technical": "Something technical",
    "other_reason": "Something else",
}
"""Why a session did not take place."""

WORRIES: Mapping[str, IntakeKind | None] = {
    "no": None,
    "small": IntakeKind.INFORMATION,
    "worry": IntakeKind.CONCERN,
}
"""What the last answer turns the check-in into."""


@dataclass(frozen=True)
class About:
    """Who was asked, so that nobody has to say again who they are; opened by the link alone."""

    name: str
    email: str
    partners: tuple[str, ...]
    """Those who are in the mentoring with them."""


@dataclass(frozen=True)
class Filled:
    """What was answered."""

    took_place: bool | None = None
    why_not: str = ""
    how: str = ""
    """How it goes, in their own words."""
    worry: str = "no"

    def for_keepers(self) -> Filled:
        """Return what those who keep the register may read.

        Of a concern that is whether they met, and no more: a keeper may be kept away from its case.
        """
        return self if WORRIES[self.worry] is None else Filled(took_place=self.took_place)

    def in_words(self) -> str:
        """Return what a concern begins with; empty where they wrote nothing themselves."""
        if not self.how or not self.why_not:
            return self.how
        return f"The session did not take place: {WHY_NOT[self.why_not].lower()}.\n\n{self.how}"

    def to_json(self) -> str:
        """Return the text that is sealed."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Filled:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


def new_token() -> str:
    """Return the secret of a new link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """Return what the database keeps of a link."""
    return hashlib.sha256(b"conductdesk/check-in/v1\0" + token.encode("utf-8", "replace")).digest()


def seal_about(token: str, about: About) -> bytes:
    """Seal who was asked under the link's own token."""
    return encrypt(_key(token), pad(json.dumps(asdict(about)).encode()), _CONTEXT)


def open_about(token: str, sealed: bytes) -> About:
    """Undo `seal_about`."""
    said = json.loads(unpad(decrypt(_key(token), sealed, _CONTEXT)))
    return About(said["name"], said["email"], tuple(said["partners"]))


_CONTEXT = bound_to("conductdesk/check-in-about/v1")


def _key(token: str) -> bytes:
    return derive(token.encode(), _CONTEXT)
