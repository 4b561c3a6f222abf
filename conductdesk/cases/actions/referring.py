"""What leaves the organisation: referrals, reasoned non-referrals, overrides of confidentiality."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import refuse_unless_in, require
from conductdesk.cases.actions.holding import OPEN_STATES
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.proposing import add_proposal, settle
from conductdesk.cases.actions.recording import record
from conductdesk.cases.clocks import meet_clock
from conductdesk.cases.closing_acts import (
    BY_ORDER,
    COURT,
    NoReferral,
    OverrideMade,
    ReferralAnswer,
    ReferralMade,
    as_json,
)
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import row_of
from conductdesk.cases.models import Case, Override, Proposal, ProposalKind, Referral
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import Confidentiality, Told
from conductdesk.vault.keys import CaseKeys

OVERRIDDEN = {
    True: "Confidentiality was overridden. The person was told beforehand.",
    False: "Confidentiality was overridden. The person was not told beforehand.",
}


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
        kind=ProposalKind.NO_REFERRAL,
        actor=actor,
        reason=f"Not referred to {refusal.agency}: {refusal.reason}",
        subject_id=not_made.id,
    )
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
    if proposal.kind != ProposalKind.NO_REFERRAL:
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
    pack: Pack,
    actor: Viewer,
    override: OverrideMade,
    seen_version: int,
) -> Override:
    """Record a breach of confidentiality: what, to whom, why, and whether the person was told.

    The scheme says on which grounds, who decides, and whether the person must be told before.
    """
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SAFEGUARD)
    rule = ground_of(pack, override.ground)
    if rule is not None:
        _refuse_against(rule, pack, actor, override)
    says = BY_ORDER if rule is None else _in_words(rule)
    told = override.told_on is not None
    row_id = uuid4()
    made = Override(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        made_at=clock.now(),
        told_beforehand=told,
        body=keys.seal(Override.body, row_id, as_json(replace(override, ground=says))),
    )
    db.add(made)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="override.recorded",
        pub={"ground": override.ground, "told_beforehand": told},
        detail={"said": OVERRIDDEN[told]},
    )
    return made


def grounds_for(pack: Pack, actor: Viewer) -> dict[str, str]:
    """Return the grounds on which *actor* may decide, each in a sentence."""
    offices = actor.offices_in(pack.key)
    own = {
        rule.key: _in_words(rule) for rule in pack.confidentiality if offices & set(rule.decides)
    }
    return {**own, COURT: BY_ORDER}


def _in_words(rule: Confidentiality) -> str:
    return f"{rule.ground.rstrip('.')} (clause {rule.clause})"


def ground_of(pack: Pack, key: str) -> Confidentiality | None:
    """Return the scheme's rule for a ground; None for an order of a court, which needs none."""
    found = next((rule for rule in pack.confidentiality if rule.key == key), None)
    if found is None and key != COURT:
        raise Refused("Choose a ground that the code of this scheme knows.")
    return found


def _refuse_against(
    rule: Confidentiality, pack: Pack, actor: Viewer, override: OverrideMade
) -> None:
    if not actor.offices_in(pack.key) & set(rule.decides):
        names = " or ".join(pack.office(key).name for key in rule.decides)
        raise Refused(f"On this ground only the {names} may decide. Ask them to record it.")
    if rule.told is Told.BEFOREHAND and override.told_on is None:
        raise Refused("On this ground the person is told before anything is passed on.")
    if override.told_on is not None and override.told_on > today():
        raise Refused("The day on which the person was told lies ahead. Tell them first.")


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
