"""Ends that hold in every organisation: who was told, who confirmed, and what an officer reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case, EndingCopy, EndingTelling, Outcome, OutcomeState
from conductdesk.cases.queries import facts_of, pack_of
from conductdesk.cases.ties import NamedIn, tied_to
from conductdesk.cases.workflow import CLOSED_STATES, State
from conductdesk.policy import Viewer
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.personal import open_own
from conductdesk.vault.seal import SealBrokenError

STANDS = CLOSED_STATES | {State.CARRYING_OUT}
"""The states of a case in which nothing holds up what was decided."""
NOT_READABLE = "Your key does not open it any more: ask whoever decided"


@dataclass(frozen=True)
class EndingFace:
    """What one officer of an organisation is told: of whom, where, and since when."""

    id: UUID
    scheme: str
    scheme_name: str
    organisation: str
    name: str
    told_at: datetime
    confirmed_at: datetime | None


def tellings_of(db: Session, outcome: Outcome) -> Sequence[EndingTelling]:
    """Return which organisations were told of *outcome*, in the order of their keys."""
    wanted = select(EndingTelling).where(EndingTelling.outcome_id == outcome.id)
    return db.scalars(wanted.order_by(EndingTelling.organisation)).all()


def unconfirmed(db: Session, pack: Pack, outcome: Outcome) -> tuple[str, ...]:
    """Return the organisations that have not confirmed *outcome*; none where it is no such end."""
    if not pack.outcome(outcome.kind).everywhere:
        return ()
    said = {one.organisation for one in tellings_of(db, outcome) if one.confirmed_at is not None}
    return tuple(one.key for one in pack.organisations if one.key not in said)


def endings_for(
    db: Session, keystore: Keystore, keyring: Keyring | None, viewer: Viewer
) -> list[EndingFace]:
    """Return what *viewer* was told for an organisation of theirs, the newest first.

    Without what they came to be tied to since.
    """
    shown = [
        (case, _face(db, keyring, copy, telling, case)) for copy, telling, case in _told(db, viewer)
    ]
    return [face for case, face in shown if not _is_tied(db, keystore, viewer, case, face.name)]


def was_told(db: Session, viewer: Viewer) -> bool:
    """Answer whether *viewer* was told of any end; it takes no name to say so."""
    return any(True for _each in _told(db, viewer))


def _told(db: Session, viewer: Viewer) -> Iterator[tuple[EndingCopy, EndingTelling, Case]]:
    wanted = (
        select(EndingCopy, EndingTelling, Case)
        .join(EndingTelling, EndingTelling.id == EndingCopy.telling_id)
        .join(Case, Case.id == EndingCopy.case_id)
        .where(EndingCopy.account_id == viewer.account_id)
        .order_by(EndingTelling.told_at.desc(), EndingTelling.id)
    )
    for copy, telling, case in db.execute(wanted):
        if may_confirm(db, viewer, case, telling):
            yield copy, telling, case


def _is_tied(db: Session, keystore: Keystore, viewer: Viewer, case: Case, name: str) -> bool:
    keys = CaseKeys.load(db, keystore, case.id, None)
    return viewer.account_id in tied_to(db, case, keys, NamedIn((name,)))


def may_confirm(db: Session, viewer: Viewer, case: Case, telling: EndingTelling) -> bool:
    """Answer whether *viewer* still acts for the organisation, and is not kept from the case.

    And whether the end stands: an appeal that came in time holds it up, or sets it aside.
    """
    outcome = db.get_one(Outcome, telling.outcome_id)
    if case.state not in STANDS or outcome.state == OutcomeState.SET_ASIDE:
        return False
    pack = pack_of(db, case)
    per = {office.key for office in pack.offices if office.per_organisation}
    mine = {
        office
        for scheme, office, organisation in viewer.posts
        if (scheme, organisation) == (case.scheme, telling.organisation)
    }
    return bool(mine & per) and viewer.account_id not in facts_of(db, case).barred


def _face(
    db: Session, keyring: Keyring | None, copy: EndingCopy, telling: EndingTelling, case: Case
) -> EndingFace:
    pack = pack_of(db, case)
    return EndingFace(
        id=telling.id,
        scheme=case.scheme,
        scheme_name=pack.name,
        organisation=pack.organisation_named(telling.organisation).name,
        name=_name(keyring, copy),
        told_at=telling.told_at,
        confirmed_at=telling.confirmed_at,
    )


def _name(keyring: Keyring | None, copy: EndingCopy) -> str:
    if keyring is None:
        return NOT_READABLE
    try:
        return open_own(keyring, EndingCopy.__tablename__, copy.id, copy.name)
    except SealBrokenError:
        return NOT_READABLE
