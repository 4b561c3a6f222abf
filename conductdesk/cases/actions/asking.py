"""What the acts of an inquiry ask of whoever performs them, and of the text they are given."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.models import Appointment, Case, Document, DocumentKind
from conductdesk.cases.needs import NOT_JOINED
from conductdesk.cases.queries import facts_of, seats_of
from conductdesk.cases.workflow import State
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.policy import Capacity, Permission, Viewer, may
from conductdesk.refusal import Refused
from conductdesk.schemes.kinds import may_be_inquired
from conductdesk.vault.keys import CaseKeys

WHO: Mapping[Permission, str] = {
    Permission.HANDLE: "the officer in charge",
    Permission.SAFEGUARD: "the officer in charge or the safeguarding lead",
    Permission.INVESTIGATE: "the investigator",
    Permission.DECIDE: "the decision maker",
    Permission.HEAR_APPEAL: "the appeal body",
    Permission.SECOND: "a second person on this case",
    Permission.READ: "somebody on this case",
    Permission.REVIEW: "an auditor of this closed case",
}


def require(db: Session, case: Case, actor: Viewer, *permissions: Permission) -> None:
    """Refuse whoever has none of *permissions* on the case: no caller can forget to ask."""
    facts = facts_of(db, case)
    if not any(may(actor, permission, facts) for permission in permissions):
        who = " or ".join(WHO[permission] for permission in permissions)
        raise Refused(f"Only {who} can do this, after saying that they have no conflict.")


def refuse_who_served_as(db: Session, case: Case, actor: Viewer, *capacities: Capacity) -> None:
    """Refuse whoever sits, or ever sat, in one of *capacities* on this case."""
    served = select(Appointment.id).where(
        Appointment.case_id == case.id,
        Appointment.account_id == actor.account_id,
        Appointment.capacity.in_(capacities),
    )
    if db.scalar(served.limit(1)) is not None:
        raise Refused(
            "The investigator, the decision maker and the appeal body must be different people. "
            "You have had another of these parts in this case."
        )


def refuse_unless_in(case: Case, *states: State) -> None:
    """Refuse an act that has no place where the case stands."""
    if case.state not in states:
        raise Refused("That step is not possible now. Look at where the case stands.")


def refuse_without_inquiry(case: Case) -> None:
    """Refuse what would put somebody at fault where only something was asked for."""
    if not may_be_inquired(case.kind):
        raise Refused(
            "Nobody is at fault in a case of this kind, so nothing is looked into. "
            "Where something is wrong, enter a concern of its own."
        )


def refuse_where_joined(case: Case) -> None:
    """Refuse what belongs on the case in which a joined one is looked into."""
    if case.joined_to is not None:
        raise Refused(NOT_JOINED.otherwise)


def need_text(text: str, otherwise: str) -> str:
    """Return *text* without white space around it, or refuse with the sentence *otherwise*."""
    if not text.strip():
        raise Refused(otherwise)
    return text.strip()


def need_word(word: str, words: Collection[str], otherwise: str) -> str:
    """Return *word* if it is one of *words*, or refuse with the sentence *otherwise*."""
    if word not in words:
        raise Refused(otherwise)
    return word


def keep_document(
    db: Session, case: Case, keys: CaseKeys, kind: DocumentKind, *, actor: Viewer, body: str
) -> Document:
    """Add a sealed document; the caller leaves the entry."""
    row_id = uuid4()
    document = Document(
        id=row_id,
        case_id=case.id,
        kind=kind,
        account_id=actor.account_id,
        made_at=clock.now(),
        body=keys.seal(Document.body, row_id, body),
    )
    db.add(document)
    db.flush()
    return document


def tell_seats(db: Session, case: Case, actor: Viewer, *capacities: Capacity) -> None:
    """Queue the neutral mail to those who now have something to do, but not to *actor*."""
    seats = [seat for seat in seats_of(db, case) if seat.capacity in capacities]
    for account_id in {seat.account_id for seat in seats} - {actor.account_id}:
        notify(db, account_id, Notice.UPDATE, case_id=case.id)
