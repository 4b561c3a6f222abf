"""The reporter does not want to go on: an event, and somebody decides whether the case does."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.cases.actions.asking import keep_document, need_text, refuse_unless_in, require
from conductdesk.cases.actions.holding import OPEN_STATES
from conductdesk.cases.actions.recording import record
from conductdesk.cases.models import Case, DocumentKind
from conductdesk.cases.standing import withdrawal_waits
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys

GOES_ON = {True: "The case goes on.", False: "The case does not go on, and is finished as it is."}


def answer_withdrawal(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, go_on: bool, reason: str
) -> None:
    """Decide, with reasons, whether to go on without the reporter; the state stays as it is."""
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, *OPEN_STATES)
    if not withdrawal_waits(db, case):
        raise Refused("The reporter has not asked to stop, or somebody has decided on it already.")
    why = need_text(reason, "Give a reason.")
    text = f"The reporter does not want to go on. {GOES_ON[go_on]}\n\nWhy: {why}"
    keep_document(db, case, keys, DocumentKind.WITHDRAWAL, actor=actor, body=text)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="withdrawal.answered",
        pub={"goes_on": go_on},
        detail={"said": GOES_ON[go_on]},
    )
