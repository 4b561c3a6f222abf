"""A case with real keys and a few people, some of whom were granted something."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from conductdesk.audit.record import Event, append, create_log
from conductdesk.db import insert_rows
from conductdesk.vault.actions import (
    fill_requests,
    grant,
    new_case_keys,
    open_new_epochs,
    request_grant,
    revoke,
)
from conductdesk.vault.keys import CaseKeys, NotGranted
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import (
    Compartment,
    GrantReason,
    Keyring,
    Principal,
    PrincipalKind,
    sealed,
)
from conductdesk.vault.principals import publish_key
from conductdesk.vault.seal import new_private_key, public_key_of

LOG = "wcc"
ACTOR = "a" * 32
ROW = uuid4()
EVERYTHING = frozenset(Compartment)
GRANTED = {
    "handler": EVERYTHING,
    "alternate": EVERYTHING,
    "investigator": EVERYTHING - {Compartment.IDENTITY},
    "reporter": frozenset({Compartment.INTAKE}),
    "recovery": EVERYTHING,
    "outsider": frozenset(),
}


class DrawerBase(DeclarativeBase):
    """Tables that only these tests have."""


class Letter(DrawerBase):
    """A row with a column in each of two compartments."""

    __tablename__ = "letter"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[bytes] = sealed(Compartment.INTAKE)
    subject: Mapped[bytes] = sealed(Compartment.INTAKE)
    note: Mapped[bytes] = sealed(Compartment.INTERNAL)
    sender: Mapped[bytes] = sealed(Compartment.IDENTITY)
    answer: Mapped[bytes] = sealed(Compartment.RESPONDENT)


class Memo(DrawerBase):
    """Another table with a field of the same name."""

    __tablename__ = "memo"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[bytes] = sealed(Compartment.INTAKE)


COLUMN_OF = {
    Compartment.INTAKE: Letter.body,
    Compartment.INTERNAL: Letter.note,
    Compartment.IDENTITY: Letter.sender,
    Compartment.RESPONDENT: Letter.answer,
}


@dataclass
class Person:
    """Somebody with a key pair."""

    principal: Principal
    keyring: Keyring


@dataclass
class SealedCase:
    """A committed case and its people."""

    db: Session
    keystore: Keystore
    case_id: UUID
    pseudonym: str
    people: dict[str, Person]

    def keys_of(self, who: str | None) -> CaseKeys:
        """Return the case's keys in somebody's hands, from the rows as they are stored."""
        keyring = None if who is None else self.people[who].keyring
        return CaseKeys.load(self.db, self.keystore, self.case_id, keyring)

    def principal(self, who: str) -> Principal:
        """Return somebody's principal."""
        return self.people[who].principal

    def record(self, events: list[Event]) -> None:
        """Append the events of one act behind its own, and commit."""
        append(self.db, LOG, [Event("case.changed", "system", case=self.pseudonym), *events])
        self.db.commit()


def add_person(db: Session, keystore: Keystore, kind: PrincipalKind) -> Person:
    """Publish a fresh key."""
    private_key = new_private_key()
    principal = publish_key(db, keystore, kind, public_key_of(private_key))
    return Person(principal, Keyring(principal.id, private_key))


def make_case(db: Session, keystore: Keystore) -> SealedCase:
    """Make a case to which everybody in `GRANTED` has what stands there."""
    kinds = {"reporter": PrincipalKind.REPORTER, "recovery": PrincipalKind.RECOVERY}
    people = {who: add_person(db, keystore, kinds.get(who, PrincipalKind.STAFF)) for who in GRANTED}
    case = SealedCase(db, keystore, uuid4(), uuid4().hex, people)
    holders = {
        compartment: [people[who].principal for who in GRANTED if compartment in GRANTED[who]]
        for compartment in Compartment
    }
    new = new_case_keys(
        keystore, case.case_id, holders, case_pseudonym=case.pseudonym, actor="reporter"
    )
    insert_rows(db, new.rows)
    create_log(db, LOG, f"conduct.example/{LOG}")
    case.record([*new.grants])
    return case


def give(case: SealedCase, giver: str, to: str, *compartments: Compartment) -> list[Event]:
    """Let one person grant to another."""
    events = grant(
        case.db,
        case.keys_of(giver),
        case.principal(to),
        compartments,
        case_pseudonym=case.pseudonym,
        actor=ACTOR,
        reason=GrantReason.HANDED_OVER,
    )
    case.record(events)
    return events


def take(case: SealedCase, who: str) -> list[Event]:
    """Take everything from somebody who recused themselves."""
    events = revoke(
        case.db,
        case.case_id,
        case.principal(who),
        case_pseudonym=case.pseudonym,
        actor=ACTOR,
        reason=GrantReason.RECUSED,
    )
    case.record(events)
    return events


def renew(case: SealedCase, keys: CaseKeys) -> list[Event]:
    """Open new epochs where some were ended."""
    events = open_new_epochs(
        case.db, case.keystore, keys, case_pseudonym=case.pseudonym, actor=ACTOR
    )
    case.record(events)
    return events


def ask(case: SealedCase, who: str, *compartments: Compartment) -> None:
    """Ask for grants that nobody is there to give."""
    request_grant(case.db, case.case_id, case.principal(who), compartments, GrantReason.SUCCEEDED)
    case.record([])


def fill(case: SealedCase, who: str, *, allowed: bool = True) -> list[Event]:
    """Let somebody unlock, and fill what they can."""
    events = fill_requests(
        case.db,
        case.keys_of(who),
        lambda _request: allowed,
        case_pseudonym=case.pseudonym,
        actor=ACTOR,
    )
    case.record(events)
    return events


def opens(case: SealedCase, who: str, blob: bytes) -> bool:
    """Tell whether somebody can open a text sealed for `ROW`."""
    try:
        return case.keys_of(who).open_at(Letter.body, ROW, blob) == "text"
    except NotGranted:
        return False
