"""What lies above people, and is called from here: mail, cases. The app says who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy.orm import Session

from conductdesk.people.actions.entries import QueueMail
from conductdesk.people.models import Account
from conductdesk.policy import Viewer
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring


@dataclass(frozen=True)
class Undelivered:
    """A mail that nobody tries to send any more."""

    id: UUID
    account_id: UUID | None
    """None for a participant, who has no account."""
    what: str
    since: datetime
    error: str


@dataclass(frozen=True)
class MailTrouble:
    """What an administrator must know about the mail; nothing in it means that all is well."""

    sentences: tuple[str, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()


@dataclass(frozen=True)
class Above:
    """The answers of the capabilities above; none of them commits."""

    queue_mail_for: Callable[[Keystore], QueueMail]
    """Queues mail."""
    after_sign_in: Callable[[Session, Keystore, Viewer, Keyring], list[str]]
    """Does what waited for the person's key; returns, in sentences, what could not be done."""
    key_replaced: Callable[[Session, Keystore, Account, UUID], None]
    """Asks anew for what a reset lost."""
    blockers: Callable[[Session, UUID], list[str]]
    """Says why an account cannot leave yet; names no case."""
    departed: Callable[[Session, Keystore, Viewer, UUID], None]
    """Ends the seats on cases that came with an office which is not held any more."""
    mail_trouble: Callable[[Session], MailTrouble]
    send_again: Callable[[Session, UUID], None]
    """Queues a given-up mail anew."""


def install_above(app: Flask, above: Above) -> None:
    """Give the pages of people what lies above them."""
    app.extensions["above_people"] = above


def above() -> Above:
    """Return what the app gave."""
    return cast(Above, current_app.extensions["above_people"])
