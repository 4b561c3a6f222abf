"""What the tests of an auditor's work share: each step is made by real actions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from conductdesk.cases.actions.answering_auditors import prove_finding, reply_to_finding
from conductdesk.cases.actions.tending import tend
from conductdesk.cases.actions.widening import agree_glass
from conductdesk.cases.audit_acts import MoreWanted, Observed, Reply
from conductdesk.cases.days import today
from conductdesk.cases.faces.auditing import AuditWork, audit_work_of
from conductdesk.cases.models import Case
from conductdesk.review.actions.finding import make_finding
from conductdesk.review.actions.widening import ask_for_more
from conductdesk.vault.models import Compartment
from tests.cast import Cast

SEEN = "The reason for the delay is zinnwaldite."
MORE = (Compartment.INTAKE, Compartment.INTERNAL)


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def observed(**changes: Any) -> Observed:
    """Return a finding for the liaison officer, with some things changed."""
    said = {
        "observation": SEEN,
        "grade": "minor",
        "recommendation": "Write the reason down.",
        "owner": "liaison",
        "due_on": in_days(30),
    }
    return Observed(**{**said, **changes})


def found(cast: Cast, case: Case) -> UUID:
    """Let the auditor record a finding, and return its id."""
    return cast.let("auditor", case, make_finding, observed=observed()).id


def proven(cast: Cast, case: Case) -> UUID:
    """Return a finding that its office accepted, and says was put right."""
    made = found(cast, case)
    reply = Reply(accepted=True, words="We write it down now.")
    cast.let("liaison", case, reply_to_finding, finding_id=made, reply=reply)
    cast.let("liaison", case, prove_finding, finding_id=made, proof="See the new form.")
    return made


def asked_for_more(cast: Cast, case: Case, days: int = 7) -> UUID:
    """Let the auditor ask for more than the record, and return the request's id."""
    wanted = MoreWanted(MORE, "The copy leaves out the evidence.", in_days(days))
    return cast.let("auditor", case, ask_for_more, wanted=wanted).id


def let_read_more(cast: Cast, case: Case) -> UUID:
    """Let two people agree, of whom the second gives the keys."""
    asked = asked_for_more(cast, case)
    for who in ("liaison", "chair"):
        cast.let(who, case, agree_glass, glass_id=asked)
    return asked


def unlock(cast: Cast, who: str) -> None:
    """Let a member sign in, so that what waits for their key is done."""
    assert tend(cast.db, cast.keystore, cast.viewer(who), cast[who].keyring) == []
    cast.db.commit()


def work(cast: Cast, case: Case, who: str = "auditor") -> AuditWork:
    """Return the auditors' work on a case, as somebody opens it."""
    shown = audit_work_of(cast.db, case, cast.keys(case, who), cast.pack)
    cast.db.rollback()
    return shown
