"""Reads for the public face: from offices alone, never from the registry of members."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.receiving import holders_of
from conductdesk.cases.concern import Concern, PersonNamed
from conductdesk.cases.models import Case, Reporter
from conductdesk.intake.answers import PersonTyped
from conductdesk.intake.entry import Entry
from conductdesk.intake.models import DeskDraft
from conductdesk.intake.readers import Reader, readers_of
from conductdesk.intake.rules import named
from conductdesk.people.queries import officers
from conductdesk.routing.names import resembling
from conductdesk.routing.posts import described
from conductdesk.routing.rules import route
from conductdesk.schemes.pack import Pack
from conductdesk.vault.models import Keyring
from conductdesk.vault.personal import open_own
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.seal import SealBrokenError


def resembling_offices(
    db: Session, pack: Pack, people: tuple[PersonTyped, ...]
) -> tuple[tuple[str, str], ...]:
    """Return (what was typed, office) wherever it may mean an officer and was not said to.

    By the name of whoever holds the office, or by what the office is called.
    """
    names = officers_by_office(db, pack.key)
    return tuple(
        (person.name, office)
        for person in people
        for office in dict.fromkeys(
            (*resembling(person.name, names), *described(person.name, pack))
        )
        if office != person.holds
    )


def person_named(db: Session, pack: Pack, typed: PersonTyped) -> PersonNamed:
    """Return whom the reporter names; what may mean an officer counts as meaning them."""
    return named(pack, typed, [office for _name, office in resembling_offices(db, pack, (typed,))])


def held_case_of_receipt(db: Session, receipt: Receipt) -> Case | None:
    """Return the case that *receipt* opens, as it stands now, its row held until *db* commits.

    On PostgreSQL the receipt's row is held too: one that ends meanwhile opens nothing.
    """
    return db.scalars(
        select(Case)
        .join(Reporter, Reporter.case_id == Case.id)
        .where(Reporter.lookup == receipt.lookup, Reporter.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


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


def entry_of(db: Session, keyring: Keyring, account_id: UUID, scheme: str) -> Entry | None:
    """Return what the holder of *keyring* has written down for *scheme*, or None."""
    return _opened(db.scalars(_draft_of(account_id, scheme)).first(), keyring)


def held_entry_of(db: Session, keyring: Keyring, account_id: UUID, scheme: str) -> Entry | None:
    """Return the same, its row held until *db* commits: the second of two clicks waits here."""
    return _opened(hold_draft(db, account_id, scheme), keyring)


def hold_draft(db: Session, account_id: UUID, scheme: str) -> DeskDraft | None:
    """Return the row of an officer's draft, held until *db* commits."""
    wanted = _draft_of(account_id, scheme).with_for_update()
    return db.scalars(wanted.execution_options(populate_existing=True)).first()


def _draft_of(account_id: UUID, scheme: str) -> Select[DeskDraft]:
    return select(DeskDraft).where(DeskDraft.account_id == account_id, DeskDraft.scheme == scheme)


def _opened(draft: DeskDraft | None, keyring: Keyring) -> Entry | None:
    if draft is None or draft.expires <= clock.now():
        return None
    try:
        return Entry.from_json(open_own(keyring, "desk_draft", draft.id, draft.body))
    except SealBrokenError:
        return None  # it was sealed to a key that the officer has lost since
