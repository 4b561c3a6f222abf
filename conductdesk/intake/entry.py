"""What an officer writes down for somebody who phoned, wrote or came: one frozen value; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from conductdesk.cases.concern import Concern, Mode
from conductdesk.cases.words import CHANNELS
from conductdesk.intake.answers import Answers, PersonTyped
from conductdesk.intake.rules import concern_of
from conductdesk.schemes.pack import Pack
from conductdesk.vault.receipts import Receipt

KEPT_FOR = timedelta(hours=24)
"""How long an unfinished entry waits for its officer, also while they are signed out."""
SHOWN_FOR = timedelta(hours=1)
"""How long a receipt can be handed over."""

NOTHING_YET = Answers()

TO_AN_OFFICER = {
    channel: CHANNELS[channel] for channel in ("telephone", "letter", "email", "in_person")
}
"""How a concern reached the officer who enters it."""


@dataclass(frozen=True)
class Sent:
    """What can be told of an entry once it was sent: no word of what was written."""

    at: datetime
    mode: Mode
    told: tuple[str, ...]
    """Who is told, by office."""

    @property
    def goes_at(self) -> datetime:
        """When the receipt is shown no more."""
        return self.at + SHOWN_FOR

    @property
    def replaceable(self) -> bool:
        """Whether somebody can make a new receipt for the person."""
        return self.mode is not Mode.ANONYMOUS


@dataclass(frozen=True)
class Entry:
    """An entry under way, and the receipt that it will have; after sending, the receipt alone."""

    receipt: Receipt
    channel: str = ""
    answers: Answers = NOTHING_YET
    rows: tuple[PersonTyped, ...] = ()
    """The people as typed, those that are not finished too."""
    sent: Sent | None = None

    @classmethod
    def begin(cls) -> Entry:
        """Return an empty entry with a fresh receipt."""
        return cls(Receipt.mint())

    def concern(self, pack: Pack) -> Concern:
        """Return the concern that the complete answers make."""
        return replace(concern_of(pack, self.answers), channel=self.channel)

    def after_sending(self, sent: Sent) -> Entry:
        """Return what is left when the concern was sent."""
        return Entry(self.receipt, sent=sent)

    def to_json(self) -> str:
        """Return the text that is sealed to the officer."""
        return json.dumps(
            {
                "secret": self.receipt.secret.hex(),
                "channel": self.channel,
                "answers": self.answers.to_session(),
                "rows": [[one.name, one.part, one.holds] for one in self.rows],
                "sent": _plain(self.sent) if self.sent else None,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Entry:
        """Read what `to_json` wrote."""
        kept = json.loads(text)
        return cls(
            receipt=Receipt(bytes.fromhex(kept["secret"])),
            channel=kept["channel"],
            answers=Answers.from_session(kept["answers"]),
            rows=tuple(PersonTyped(*row) for row in kept["rows"]),
            sent=_sent(kept["sent"]) if kept["sent"] else None,
        )


def _plain(sent: Sent) -> dict[str, Any]:
    return {"at": sent.at.isoformat(), "mode": sent.mode.value, "told": list(sent.told)}


def _sent(kept: Mapping[str, Any]) -> Sent:
    return Sent(datetime.fromisoformat(kept["at"]), Mode(kept["mode"]), tuple(kept["told"]))
