"""What the tests of an auditor's work share: each step is made by real actions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from conductdesk.cases.actions.answering_auditors import prove_finding, reply_to_finding
from conductdesk.cases.actions.answering_audits import (
    prove_scheme_finding,
    reply_to_scheme_finding,
)
from conductdesk.cases.actions.tending import tend
from conductdesk.cases.actions.widening import agree_glass
from conductdesk.cases.audit_acts import MoreWanted, Observed, Reply, Verdict
from conductdesk.cases.days import today
from conductdesk.cases.faces.auditing import AuditWork, audit_work_of
from conductdesk.cases.models import Case, Engagement
from conductdesk.review.actions.engaging import Period, begin_audit
from conductdesk.review.actions.finding import make_finding
from conductdesk.review.actions.summing_up import make_scheme_finding, settle_scheme_finding
from conductdesk.review.actions.widening import ask_for_more
from conductdesk.review.faces.report import ReportFace, report_of
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


def begun(cast: Cast, who: str = "auditor", days: int = 1) -> Engagement:
    """Let an auditor begin an audit of what was closed in the last month."""
    period = Period("wcc", in_days(-30), in_days(days))
    made = begin_audit(cast.db, actor=cast.viewer(who), period=period)
    cast.db.commit()
    return made


def report(cast: Cast, engagement: Engagement, who: str = "auditor") -> ReportFace:
    """Return a report as somebody's key opens it."""
    return report_of(
        cast.db,
        cast.keystore,
        cast[who].keyring,
        viewer=cast.viewer(who),
        engagement=engagement,
        pack=cast.pack,
        check=None,
    )


def found_in(cast: Cast, engagement: Engagement, *cases: Case, **changes: Any) -> UUID:
    """Let the auditor record a finding that rests on some cases of the audit, or on none."""
    made = make_scheme_finding(
        cast.db,
        cast.keystore,
        actor=cast.viewer("auditor"),
        engagement=engagement,
        observed=observed(**changes),
        seen_on=[(case, cast.keys(case, "auditor")) for case in cases],
    ).id
    cast.db.commit()
    return made


def answer(cast: Cast, made: UUID, who: str = "liaison", words: str = "We write it down.") -> None:
    """Let an officer accept a finding that rests on no single case, and prove that it is done."""
    of: Any = {"actor": cast.viewer(who), "finding_id": made}
    hands = cast.db, cast.keystore, cast[who].keyring
    reply_to_scheme_finding(*hands, reply=Reply(accepted=True, words=words), **of)
    prove_scheme_finding(*hands, proof="See the new form.", **of)
    cast.db.commit()


def settle_it(cast: Cast, made: UUID, *, proven: bool) -> None:
    """Let the auditor say what they make of a proof."""
    verdict, actor = Verdict(proven, "I saw it."), cast.viewer("auditor")
    settle_scheme_finding(cast.db, cast.keystore, actor=actor, finding_id=made, verdict=verdict)
    cast.db.commit()
