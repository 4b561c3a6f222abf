"""What the reporter agrees to have shared, told to an officer; and what they take back."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text, require
from conductdesk.cases.actions.recording import record
from conductdesk.cases.models import Case, Consent
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys


def note_consent(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, terms: str) -> None:
    """Note what may be shared: with whom, how and when (`WB-14`)."""
    require(db, case, actor, Permission.HANDLE)
    words = need_text(terms, "Say what may be shared, with whom and how.")
    row_id = uuid4()
    given = Consent(
        id=row_id,
        case_id=case.id,
        given_at=clock.now(),
        terms=keys.seal(Consent.terms, row_id, words),
    )
    db.add(given)
    said = "The reporter agreed to have something shared."
    record(db, case, keys, actor=actor, event="consent.noted", detail={"said": said})


def end_consent(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, consent_id: UUID
) -> None:
    """Note that the reporter took a consent back; what was shared before stays shared."""
    require(db, case, actor, Permission.HANDLE)
    given = db.get(Consent, consent_id)
    if given is None or given.case_id != case.id:
        raise Refused("That is not part of this case. Choose from the list.")
    if given.withdrawn_at is not None:
        raise Refused("The reporter took that back already.")
    given.withdrawn_at = clock.now()
    said = "The reporter took back that something may be shared."
    record(db, case, keys, actor=actor, event="consent.withdrawn", detail={"said": said})
