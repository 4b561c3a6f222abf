"""The draft, the receipt and the open mailbox, as they lie in the session.

Everything here is sealed under the secret in the browser's cookie and is gone after an hour
(docs/decisions/0006-the-draft-lives-in-the-session.md).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import session

from conductdesk import clock
from conductdesk.cases.concern import Mode
from conductdesk.intake.answers import Answers, PersonTyped
from conductdesk.vault.receipts import Receipt

SHOWN_FOR = timedelta(hours=1)
"""How long the receipt page stays."""


@dataclass(frozen=True)
class Draft:
    """A concern that is being written, and the receipt that it will have."""

    scheme: str
    receipt: Receipt
    answers: Answers
    checked: bool = False
    """Whether the check page was reached."""
    rows: tuple[PersonTyped, ...] | None = None
    """People as typed so far, while some are being added or removed."""

    def with_answers(self, answers: Answers) -> Draft:
        """Return this draft with other answers."""
        return replace(self, answers=answers, rows=None)


@dataclass(frozen=True)
class Sent:
    """A receipt that may still be shown."""

    scheme: str
    receipt: Receipt
    mode: Mode
    at: datetime


def begin_draft(scheme: str) -> None:
    """Start anew, with a fresh receipt."""
    keep_draft(Draft(scheme, Receipt.mint(), Answers()))


def draft_of(scheme: str) -> Draft | None:
    """Return the draft for *scheme*, or None."""
    kept = session.get("draft")
    if not kept or kept["scheme"] != scheme:
        return None
    rows = kept["rows"]
    return Draft(
        scheme,
        Receipt(kept["secret"]),
        Answers.from_session(kept["answers"]),
        kept["checked"],
        None if rows is None else tuple(PersonTyped(*row) for row in rows),
    )


def keep_draft(draft: Draft) -> None:
    """Store *draft* in the session."""
    session["draft"] = {
        "scheme": draft.scheme,
        "secret": draft.receipt.secret,
        "answers": draft.answers.to_session(),
        "checked": draft.checked,
        "rows": None if draft.rows is None else [_row(person) for person in draft.rows],
    }


def keep_sent(scheme: str, receipt: Receipt, mode: Mode) -> None:
    """Replace the answers by the receipt."""
    session.pop("draft", None)
    session["sent"] = {
        "scheme": scheme,
        "secret": receipt.secret,
        "mode": mode.value,
        "at": clock.now().isoformat(),
    }


def sent_to(scheme: str) -> Sent | None:
    """Return the receipt that was given for a concern to *scheme*, while it may be shown."""
    kept = session.get("sent")
    if not kept or kept["scheme"] != scheme:
        return None
    at = datetime.fromisoformat(kept["at"])
    if clock.now() - at > SHOWN_FOR:
        return None
    return Sent(scheme, Receipt(kept["secret"]), Mode(kept["mode"]), at)


def turn() -> str:
    """Return what changes in this session with each receipt that is given."""
    kept = session.get("sent")
    return str(kept["at"]) if kept else ""


def open_mailbox(receipt: Receipt) -> None:
    """Remember the receipt that was shown; whatever else the browser held is dropped."""
    session.clear()
    session["mailbox"] = receipt.secret


def read_with(receipt: Receipt) -> None:
    """Let the receipt that was just given open the mailbox, whichever was open before."""
    session["mailbox"] = receipt.secret


def shown_receipt() -> Receipt | None:
    """Return the receipt that this browser has shown, or was just given."""
    secret = session.get("mailbox") or _secret_of(session.get("sent"))
    return Receipt(secret) if secret else None


def _secret_of(kept: Any) -> bytes | None:
    return kept["secret"] if kept else None


def _row(person: PersonTyped) -> list[str]:
    return [person.name, person.part, person.holds]
