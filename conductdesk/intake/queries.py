"""Reads for the public face: from offices alone, never from the registry of members."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.actions.receiving import holders_of
from conductdesk.cases.concern import Concern
from conductdesk.cases.models import Reporter
from conductdesk.intake.answers import PersonTyped
from conductdesk.intake.readers import Reader, readers_of
from conductdesk.people.queries import officers
from conductdesk.routing.names import resembling
from conductdesk.routing.rules import route
from conductdesk.schemes.pack import Pack
from conductdesk.vault.models import Keyring
from conductdesk.vault.receipts import Receipt


def resembling_offices(
    db: Session, scheme: str, people: tuple[PersonTyped, ...]
) -> tuple[tuple[str, str], ...]:
    """Return (typed name, office) wherever a name may be an officer's and was not said to be."""
    names = officers_by_office(db, scheme)
    return tuple(
        (person.name, office)
        for person in people
        for office in resembling(person.name, names)
        if office != person.holds
    )


def officers_by_office(db: Session, scheme: str) -> dict[str, list[str]]:
    """Return the names of the holders of each office of *scheme*."""
    names: dict[str, list[str]] = {}
    for office, account in officers(db, scheme):
        names.setdefault(office, []).append(account.name)
    return names


def who_will_read(db: Session, pack: Pack, concern: Concern) -> tuple[Reader, ...]:
    """Return who would read *concern*, computed from the offices and the answers."""
    return readers_of(pack, route(pack, holders_of(db, pack.key), concern.facts()), concern)


def keyring_of(db: Session, receipt: Receipt) -> Keyring | None:
    """Return the key that *receipt* is, for the case that it opens; None where it opens none."""
    principal_id = db.scalar(
        select(Reporter.principal_id).where(
            Reporter.lookup == receipt.lookup, Reporter.ended_at.is_(None)
        )
    )
    return Keyring(principal_id, receipt.private_key) if principal_id else None
