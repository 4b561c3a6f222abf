"""Who may decide on a case now, and whether what they decide is whole."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.cases.actions.asking import (
    refuse_unless_in,
    refuse_who_served_as,
    require,
)
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.ordering import check_findings, check_outcomes, upheld_in
from conductdesk.cases.acts import Decision
from conductdesk.cases.inquiry import allegations_of
from conductdesk.cases.models import Case
from conductdesk.cases.needs import ALL_FOUND
from conductdesk.cases.workflow import State
from conductdesk.policy import Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack


def refuse_unless_deciding(db: Session, case: Case, actor: Viewer, seen_version: int) -> None:
    """Refuse whoever does not decide on this case now, or has had another part in it."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.DECIDE)
    refuse_who_served_as(db, case, actor, Capacity.INVESTIGATOR, Capacity.APPEAL_BODY)
    refuse_unless_in(case, State.REPORTED)


def check_decision(db: Session, case: Case, pack: Pack, decision: Decision) -> None:
    """Refuse a decision that leaves something out, or orders what it cannot."""
    found = sorted(given.allegation_id for given in decision.findings)
    if found != sorted(one.id for one in allegations_of(db, case)):
        raise Refused(ALL_FOUND.otherwise)
    check_findings(db, case, decision.findings)
    upheld = upheld_in(db, case, decision.findings)
    if upheld and not decision.outcomes:
        raise Refused(
            "Say what follows from what you found, even if it is that nothing more is done."
        )
    check_outcomes(db, case, pack, decision.outcomes, upheld)
