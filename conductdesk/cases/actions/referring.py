"""What leaves the organisation: referrals, reasoned non-referrals, overrides of confidentiality."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import refuse_unless_in, require, tell_seats
from conductdesk.cases.actions.holding import OPEN_STATES
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.proposing import add_proposal, settle
from conductdesk.cases.actions.recording import record
from conductdesk.cases.clocks import meet_clock
from conductdesk.cases.closing_acts import (
    NoReferral,
    OverrideMade,
    ReferralAnswer,
    ReferralMade,
    as_json,
)
from conductdesk.cases.inquiry import row_of
from conductdesk.cases.models import Case, Override, Proposal, Referral
from conductdesk.policy import SECONDS, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


def refer(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    referral: ReferralMade,
    seen_version: int,
) -> Referral:
    """Record that something was taken to another body; its answer is awaited."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SAFEGUARD)
    refuse_unless_in(case, *OPEN_STATES)
    made = _add(db, case, keys, actor, as_json(referral), referred=True)
    meet_clock(db, case, "referral")
    said = "Something was referred to another body."
    _record(db, case, keys, actor, "referral.made", said)
    return made


def record_answer(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    answer: ReferralAnswer,
    seen_version: int,
) -> None:
    """Record what the other body answered."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SAFEGUARD)
    referral = row_of(db, case, Referral, answer.referral_id)
    if not referral.referred or referral.answered_at is not None:
        raise Refused("That referral has been answered already.")
    reference = f"\n\nTheir reference: {answer.reference}" if answer.reference.strip() else ""
    referral.answered_at = clock.now()
    referral.answer = keys.seal(Referral.answer, referral.id, answer.words + reference)
    _record(db, case, keys, actor, "referral.answered", "The other body answered.")


def propose_no_referral(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    refusal: NoReferral,
    seen_version: int,
) -> Proposal:
    """Propose, with reasons, not to refer something; a safeguarding officer must agree."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SAFEGUARD)
    refuse_unless_in(case, *OPEN_STATES)
    not_made = _add(db, case, keys, actor, as_json(refusal), referred=False)
    proposal = add_proposal(
        db,
        case,
        keys,
        kind="no_referral",
        actor=actor,
        reason=f"Not referred to {refusal.agency}: {refusal.reason}",
        subject_id=not_made.id,
    )
    tell_seats(db, case, actor, *SECONDS)
    said = "Proposed not to refer something to another body."
    _record(db, case, keys, actor, "no_referral.proposed", said)
    return proposal


def agree_no_referral(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    proposal_id: UUID,
    seen_version: int,
) -> None:
    """Agree, as a second person in a safeguarding office, that something is not referred."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SECOND)
    if not actor.offices & {(pack.key, office) for office in pack.safeguarding}:
        raise Refused("A safeguarding officer must agree. Appoint one to this case as a second.")
    proposal = row_of(db, case, Proposal, proposal_id)
    if proposal.kind != "no_referral":
        raise Refused("That proposal is about something else.")
    settle(proposal, actor=actor)
    db.get_one(Referral, proposal.subject_id).answered_at = clock.now()
    meet_clock(db, case, "referral")
    said = "Two people decided not to refer something to another body."
    _record(db, case, keys, actor, "referral.declined", said)


def record_override(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    override: OverrideMade,
    seen_version: int,
) -> Override:
    """Record a breach of confidentiality: what, to whom, why, and whether the person was told."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SAFEGUARD)
    row_id = uuid4()
    made = Override(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        made_at=clock.now(),
        told_beforehand=override.told_beforehand,
        body=keys.seal(Override.body, row_id, as_json(override)),
    )
    db.add(made)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="override.recorded",
        pub={"ground": override.ground.value, "told_beforehand": override.told_beforehand},
        detail={"said": "Confidentiality was overridden."},
    )
    return made


def _add(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, body: str, *, referred: bool
) -> Referral:
    row_id = uuid4()
    referral = Referral(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        referred=referred,
        made_at=clock.now(),
        body=keys.seal(Referral.body, row_id, body),
    )
    db.add(referral)
    return referral


def _record(db: Session, case: Case, keys: CaseKeys, actor: Viewer, event: str, said: str) -> None:
    record(db, case, keys, actor=actor, event=event, detail={"said": said})
