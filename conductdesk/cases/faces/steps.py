"""Everything that can be done beside the next step, each in a line."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.audit_rows import findings_on, glass_on, questions_on
from conductdesk.cases.faces.lifting import LiftFace, waiting_lift
from conductdesk.cases.faces.measures import (
    holds_of,
    measures_of,
    waiting_no_referrals,
    waiting_referrals,
)
from conductdesk.cases.faces.offers import OFFERS, StepLine, is_open
from conductdesk.cases.faces.proposals import ProposalFace
from conductdesk.cases.faces.reasons import STEPS, reasons_of, stand_in_words, steps_offered
from conductdesk.cases.joined import can_be_undone
from conductdesk.cases.models import Case, GlassState
from conductdesk.cases.queries import pack_of
from conductdesk.cases.standing import withdrawal_waits
from conductdesk.cases.standing_in import stood_in_for
from conductdesk.policy import Permission
from conductdesk.vault.keys import CaseKeys


@dataclass(frozen=True)
class Steps:
    """What can be done now, in two lists."""

    waiting: tuple[StepLine, ...]
    """What somebody waits for."""
    possible: tuple[StepLine, ...]


def steps_of(
    db: Session, case: Case, keys: CaseKeys, powers: frozenset[Permission], me: UUID | None
) -> Steps:
    """Return what the viewer can do on *case* now, beside its next step."""
    waiting = [
        *_withdrawal(db, case),
        *_joining(db, case),
        *_holds(case),
        *_measures(db, case, keys),
        *_referrals(db, case, keys),
        *_seconds(db, case, keys, me),
        *_audit(db, case, me),
    ]
    possible = [(permission, line) for permission, line, fits in OFFERS if fits(case)]
    return Steps(
        waiting=(
            *(line for permission, line in waiting if permission in powers),
            *(_standing_in(db, case, keys) if Permission.HANDLE in powers else ()),
            *_steps_to_agree_to(db, case, keys, powers, me),
        ),
        possible=(
            *(line for permission, line in possible if permission in powers),
            *_reasons(db, case, powers),
        ),
    )


Waiting = list[tuple[Permission, StepLine]]
Proposed = tuple[ProposalFace | LiftFace, str, str]
"""A proposal, what agreeing to it is called, and where it is done."""


def _steps_to_agree_to(
    db: Session, case: Case, keys: CaseKeys, powers: frozenset[Permission], me: UUID | None
) -> list[StepLine]:
    waiting = [one for one in reasons_of(db, case, keys, powers, me) if one.waits]
    return [
        StepLine(f"Agree to a step: {one.step.lower()}", one.reason, "cases.reasons")
        for one in waiting
    ]


def _reasons(db: Session, case: Case, powers: frozenset[Permission]) -> list[StepLine]:
    wanted = steps_offered(db, case, pack_of(db, case), powers)
    says = f"This scheme asks for one before: {', '.join(wanted.values()).lower()}."
    return [StepLine("Write down the reason for a step", says, "cases.reasons")] if wanted else []


def _standing_in(db: Session, case: Case, keys: CaseKeys) -> list[StepLine]:
    """Say which steps are left to an office in which nobody can take them on this case."""
    pack, left = (
        pack_of(db, case),
        "nobody can: they are kept away, or have a part that stays apart.",
    )
    return [
        StepLine(
            f"{STEPS[move]}: {stand_in_words(takers, pack)}",
            f"This scheme leaves that to {pack.office(takers.office).name}. On this case {left}",
            "cases.people",
        )
        for move, takers in stood_in_for(db, case, keys, pack).items()
        if is_open(case)
    ]


def _withdrawal(db: Session, case: Case) -> Waiting:
    if not (is_open(case) and withdrawal_waits(db, case)):
        return []
    says = "The reporter does not want to go on. Decide, with reasons, whether the case does."
    return [(Permission.HANDLE, StepLine("Answer the withdrawal", says, "cases.withdrawal"))]


def _joining(db: Session, case: Case) -> Waiting:
    if not can_be_undone(db, case):
        return []
    says = "As long as nothing else is done on either case."
    return [(Permission.HANDLE, StepLine("Undo the joining", says, "cases.parting"))]


def _holds(case: Case) -> Waiting:
    return [
        (
            Permission.SAFEGUARD,
            StepLine(
                f"End the {hold.name.lower()}",
                "Say why, with the advice that it waited for.",
                "cases.hold_end",
                {"which": hold.key},
            ),
        )
        for hold in holds_of(case)
    ]


def _measures(db: Session, case: Case, keys: CaseKeys) -> Waiting:
    return [
        (
            Permission.HANDLE,
            StepLine(
                "Review an interim measure",
                one.what,
                "cases.measure_review",
                {"measure_id": one.id},
            ),
        )
        for one in measures_of(db, case, keys)
    ]


def _referrals(db: Session, case: Case, keys: CaseKeys) -> Waiting:
    return [
        (
            Permission.SAFEGUARD,
            StepLine(
                "Record the answer to a referral",
                f"Referred to: {one.agency}",
                "cases.referral_answer",
                {"referral_id": one.id},
            ),
        )
        for one in waiting_referrals(db, case, keys)
    ]


def _audit(db: Session, case: Case, me: UUID | None) -> Waiting:
    asked = [one for one in questions_on(db, case) if one.answered_at is None]
    found = [one for one in findings_on(db, case) if one.proven_at is None and not one.closed_at]
    glass = [
        one for one in glass_on(db, case) if one.state == GlassState.WAITING and one.first_by != me
    ]
    lines = (
        (asked, Permission.HANDLE, "Answer an auditor", "A question waits for an answer."),
        (found, Permission.READ, "Put right what an audit found", "Reply, and give the proof."),
        (glass, Permission.SECOND, "Let an auditor read more", "It takes two people."),
    )
    return [(who, StepLine(words, says, "cases.audit")) for rows, who, words, says in lines if rows]


def _seconds(db: Session, case: Case, keys: CaseKeys, me: UUID | None) -> Waiting:
    found: list[Proposed] = [
        (one, "Agree not to refer something", "cases.no_referral_question")
        for one in waiting_no_referrals(db, case, keys)
    ]
    found += [
        (one, "Agree to let somebody in again", "cases.lift_question")
        for one in waiting_lift(db, case, keys)
    ]
    return [
        (Permission.SECOND, StepLine(words, one.reason, endpoint, {"proposal_id": one.id}))
        for one, words, endpoint in found
        if one.proposed_by != me
    ]
