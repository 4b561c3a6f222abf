"""Informal resolution: what was agreed, by whom, by when, that they consent, and what came of it."""

from __future__ import annotations

import json
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import keep_document, refuse_unless_in, require
from conductdesk.cases.actions.holding import stands_still
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.clocks import AGREED, find_next_due, running_about, start_clock_until
from conductdesk.cases.closing_acts import Agreement, AgreementEnded
from conductdesk.cases.days import end_of, in_words, refuse_past
from conductdesk.cases.models import Case, CaseClock, DocumentKind
from conductdesk.cases.needs import NO_HOLD
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move, State, check
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

SAID = "What was agreed informally was recorded."
DONE = "What was agreed informally was done."
NOT_DONE = "What was agreed informally was not done, for a reason on the case."


def record_agreement(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    agreement: Agreement,
    seen_version: int,
) -> None:
    """Record what was agreed; the first agreement takes the case to informal resolution."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, State.TRIAGED, State.INFORMAL)
    if stands_still(case):
        raise Refused(NO_HOLD.otherwise)  # nobody agrees without being spoken to
    refuse_past(agreement.by_when)
    first = case.state == State.TRIAGED
    if first:
        facts = move_facts(db, case)
        check(Move.SETTLE_INFORMALLY, State(case.state), facts, pack.left_out)
    _keep(db, case, keys, actor, agreement)
    pub = {"by_when": agreement.by_when.isoformat()}
    event, detail = "agreement.recorded", {"said": SAID}
    if not first:
        record(db, case, keys, actor=actor, event=event, pub=pub, detail=detail)
        return
    move(
        db,
        case,
        keys,
        Move.SETTLE_INFORMALLY,
        pack=pack,
        facts=facts,
        actor=actor,
        event=event,
        pub=pub,
        detail=detail,
    )


def end_agreement(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    ended: AgreementEnded,
    seen_version: int,
) -> None:
    """Record that what was agreed was done, or why it was not; its clock stops either way."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, State.INFORMAL, State.CARRYING_OUT)
    own = _running_clock(db, case, ended.agreement_id)
    if ended.done:
        own.met_at = clock.now()
    else:
        own.dropped_at = clock.now()
    find_next_due(db, case)
    said = {"agreement": str(ended.agreement_id), "done": ended.done, "words": ended.words}
    keep_document(db, case, keys, DocumentKind.AGREEMENT_ENDED, actor=actor, body=json.dumps(said))
    record(
        db,
        case,
        keys,
        actor=actor,
        event="agreement.ended",
        pub={"done": ended.done},
        detail={"said": DONE if ended.done else NOT_DONE},
    )


def _keep(db: Session, case: Case, keys: CaseKeys, actor: Viewer, agreement: Agreement) -> None:
    until = end_of(agreement.by_when)
    text = "\n\n".join(
        [
            f"What was agreed: {agreement.what}",
            f"Who does it: {agreement.who}",
            f"By: {in_words(until)}",
            f"Consent: {agreement.consent}",
        ]
    )
    kept = keep_document(db, case, keys, DocumentKind.AGREEMENT, actor=actor, body=text)
    start_clock_until(db, case, AGREED, at=clock.now(), until=until, about=kept.id)


def _running_clock(db: Session, case: Case, agreement_id: UUID) -> CaseClock:
    found = running_about(db, case, agreement_id)
    if found is None or found.name != AGREED:
        raise Refused("What became of that is on record already.")
    return found
