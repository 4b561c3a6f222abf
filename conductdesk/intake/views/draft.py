"""The drafts, the receipts and the open mailbox, as they lie in the session.

One draft for each scheme, and every receipt until it was saved: a second one takes nothing away.
Everything here is sealed under the secret in the browser's cookie and is gone after an hour
(docs/decisions/0006-the-draft-lives-in-the-session.md).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import session

from conductdesk import clock
from conductdesk.cases.concern import Mode
from conductdesk.intake.answers import Answers, PersonTyped
from conductdesk.vault.receipts import Receipt
from conductdesk.web import sessions

SHOWN_FOR = timedelta(hours=1)
"""How long the receipt page stays."""
TURN_LENGTH = 16
TURNS_KEPT = 20


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

    @property
    def which(self) -> str:
        """What a page says of the receipt that it showed: nothing that opens anything."""
        return self.at.isoformat()


def begin_draft(scheme: str) -> None:
    """Start anew, with a fresh receipt."""
    keep_draft(Draft(scheme, Receipt.mint(), Answers()))


def draft_of(scheme: str) -> Draft | None:
    """Return the draft for *scheme*, or None."""
    kept = session.get("drafts", {}).get(scheme)
    if not kept:
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
    """Store *draft* in the session, beside those for other schemes."""
    kept = {
        "secret": draft.receipt.secret,
        "answers": draft.answers.to_session(),
        "checked": draft.checked,
        "rows": None if draft.rows is None else [_row(person) for person in draft.rows],
    }
    session["drafts"] = {**session.get("drafts", {}), draft.scheme: kept}


def drafted() -> tuple[str, ...]:
    """Return the schemes for which something was answered and not sent."""
    drafts = session.get("drafts", {}).items()
    return tuple(key for key, kept in drafts if kept["rows"] or any(kept["answers"].values()))


def keep_sent(scheme: str, receipt: Receipt, mode: Mode) -> None:
    """Replace the answers by the receipt; from now on it can be shown for an hour."""
    drafts = {key: kept for key, kept in session.get("drafts", {}).items() if key != scheme}
    _keep_or_drop("drafts", drafts)
    given = {
        "scheme": scheme,
        "secret": receipt.secret,
        "mode": mode.value,
        "at": clock.now().isoformat(),
    }
    session["sent"] = [*session.get("sent", ()), given]
    sessions.renew()


def sent_to(scheme: str, which: str = "") -> Sent | None:
    """Return the last receipt that was given for *scheme* and not saved, while it may be shown.

    *which* asks for the one that a page showed, if it was not the last.
    """
    given = [sent for sent in unsaved() if sent.scheme == scheme]
    return next((sent for sent in given if which in ("", sent.which)), None)


def unsaved() -> list[Sent]:
    """Return the receipts that were given and not saved, while they may be shown; last ones first."""
    given = [
        Sent(
            kept["scheme"],
            Receipt(kept["secret"]),
            Mode(kept["mode"]),
            datetime.fromisoformat(kept["at"]),
        )
        for kept in reversed(session.get("sent", ()))
    ]
    return [sent for sent in given if clock.now() - sent.at <= SHOWN_FOR]


def forget_sent(gone: Sent) -> None:
    """Show the receipt of *gone* no more, nor the mailbox that it opens."""
    secret = gone.receipt.secret
    _keep_or_drop("sent", [kept for kept in session["sent"] if kept["secret"] != secret])
    if session.get("mailbox") == secret:
        del session["mailbox"]


def new_turn() -> str:
    """Return what a page carries along, so that a second click on it is known from a second page."""
    return secrets.token_hex(TURN_LENGTH // 2)


def use_turn(turn: str) -> None:
    """Remember that the page with *turn* was sent."""
    session["turns"] = [*session.get("turns", ()), turn[:TURN_LENGTH]][-TURNS_KEPT:]


def was_used(turn: str) -> bool:
    """Answer whether the page with *turn* was sent before."""
    return turn[:TURN_LENGTH] in session.get("turns", ())


def open_mailbox(receipt: Receipt) -> None:
    """Remember the receipt that was shown; whatever else the browser held is dropped."""
    session.clear()
    session["mailbox"] = receipt.secret


def read_with(receipt: Receipt) -> None:
    """Let the receipt that was just given open the mailbox, whichever was open before."""
    session["mailbox"] = receipt.secret


def shown_receipt() -> Receipt | None:
    """Return the receipt that this browser has shown, or was just given."""
    given = session.get("sent") or [{}]
    secret = session.get("mailbox") or given[-1].get("secret")
    return Receipt(secret) if secret else None


def keep_exchanged(scheme: str, receipt: Receipt) -> None:
    """Show *receipt*, which was given for another, for an hour; it opens the mailbox."""
    read_with(receipt)
    at = clock.now().isoformat()
    session["exchanged"] = {"scheme": scheme, "secret": receipt.secret, "at": at}
    sessions.renew()


def exchanged() -> tuple[str, Receipt] | None:
    """Return the scheme and the receipt that was given for another, while it may be shown."""
    kept = session.get("exchanged")
    if not kept or clock.now() - datetime.fromisoformat(kept["at"]) > SHOWN_FOR:
        return None
    return kept["scheme"], Receipt(kept["secret"])


def _keep_or_drop(name: str, content: Any) -> None:
    if content:
        session[name] = content
    else:
        session.pop(name, None)


def _row(person: PersonTyped) -> list[str]:
    return [person.name, person.part, person.holds]
