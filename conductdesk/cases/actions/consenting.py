"""What the reporter agrees to have shared, told to an officer or on the form; and what they take back."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.corresponding import tell_those_in_charge
from conductdesk.cases.actions.recording import REPORTER, record
from conductdesk.cases.models import Case, Consent
from conductdesk.cases.sharing import Sharing
from conductdesk.notice import Notice
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys

TAKEN_BACK = {"said": "The reporter took back that something may be shared."}


def note_consent(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, sharing: Sharing
) -> None:
    """Note what may be shared: as whom, with whom, how and when (`WB-14`)."""
    require(db, case, actor, Permission.HANDLE)
    if sharing.left_open:
        raise Refused(f"Say all of it. Left open: {', '.join(sharing.left_open).lower()}.")
    row_id = uuid4()
    given = Consent(
        id=row_id,
        case_id=case.id,
        given_at=clock.now(),
        terms=keys.seal(Consent.terms, row_id, sharing.to_json()),
    )
    db.add(given)
    said = "The reporter agreed to have something shared."
    record(db, case, keys, actor=actor, event="consent.noted", detail={"said": said})


def end_consent(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, consent_id: UUID
) -> None:
    """Note that the reporter took a consent back; what was shared before stays shared."""
    require(db, case, actor, Permission.HANDLE)
    _end(db, case, consent_id)
    record(db, case, keys, actor=actor, event="consent.withdrawn", detail=TAKEN_BACK)


def take_back_consent(db: Session, case: Case, keys: CaseKeys, *, consent_id: UUID) -> None:
    """Let the reporter take a consent back in their mailbox; those in charge are told."""
    _end(db, case, consent_id)
    record(db, case, keys, actor=REPORTER, event="consent.withdrawn", detail=TAKEN_BACK)
    tell_those_in_charge(db, case, Notice.UPDATE)


def _end(db: Session, case: Case, consent_id: UUID) -> None:
    given = db.get(Consent, consent_id)
    if given is None or given.case_id != case.id:
        raise Refused("That is not part of this case. Choose from the list.")
    if given.withdrawn_at is not None:
        raise Refused("That was taken back already.")
    given.withdrawn_at = clock.now()
