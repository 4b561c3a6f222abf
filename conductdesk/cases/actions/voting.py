"""A panel decides: one member proposes, each votes, and enough who agree make it the decision."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text, tell_seats
from conductdesk.cases.actions.drafting import drop_drafts
from conductdesk.cases.actions.judging import check_decision, refuse_unless_deciding
from conductdesk.cases.actions.recording import record
from conductdesk.cases.acts import Ballot, Decision
from conductdesk.cases.inquiry import documents_of, row_of
from conductdesk.cases.models import Case, DocumentKind, DraftKind, ProposedDecision, Vote
from conductdesk.cases.queries import members_of
from conductdesk.policy import Capacity, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import DecidedBy
from conductdesk.vault.keys import CaseKeys


@dataclass(frozen=True)
class VoteCast:
    """What one member said to a proposed decision."""

    account_id: UUID
    agrees: bool
    reason: str


def propose_decision(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    decision: Decision,
) -> ProposedDecision:
    """Propose what the panel decides; it takes the place of an earlier proposal and its votes."""
    refuse_unless_deciding(db, case, actor, seen_version)
    if pack.decision.by is not DecidedBy.PANEL:
        raise Refused("In this scheme one person decides, and nobody votes.")
    check_decision(db, case, pack, decision)
    drop_drafts(db, case, DraftKind.DECISION)
    row_id = uuid4()
    proposed = ProposedDecision(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        proposed_at=clock.now(),
        body=keys.seal(ProposedDecision.body, row_id, decision.to_json()),
    )
    db.add(proposed)
    db.flush()
    tell_seats(db, case, actor, Capacity.DECISION_MAKER)
    said = {"said": "Proposed a decision to the panel."}
    pub = {"outcomes": len(decision.outcomes)}
    record(db, case, keys, actor=actor, event="decision.proposed", pub=pub, detail=said)
    return proposed


def vote(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, seen_version: int, ballot: Ballot
) -> None:
    """Vote on the proposed decision, with a reason; whoever votes again changes their vote.

    The entry does not say how: who agreed is sealed.
    """
    refuse_unless_deciding(db, case, actor, seen_version)
    proposed = need_current(db, case, ballot.proposed_id)
    reason = need_text(ballot.reason, "Give a reason for your vote.")
    row_id = uuid4()
    said = json.dumps({"agrees": ballot.agrees, "reason": reason})
    db.add(
        Vote(
            id=row_id,
            case_id=case.id,
            proposed_id=proposed.id,
            account_id=actor.account_id,
            cast_at=clock.now(),
            body=keys.seal(Vote.body, row_id, said),
        )
    )
    db.flush()
    record(
        db,
        case,
        keys,
        actor=actor,
        event="decision.voted",
        detail={"said": "Voted on the proposed decision."},
    )


def current_proposal(db: Session, case: Case) -> ProposedDecision | None:
    """Return what the panel votes on: the newest proposal since the report was locked."""
    reports = documents_of(db, case, DocumentKind.REPORT)
    if not reports:
        return None
    wanted = select(ProposedDecision).where(
        ProposedDecision.case_id == case.id,
        ProposedDecision.decided_at.is_(None),
        ProposedDecision.proposed_at >= reports[-1].made_at,
    )
    return db.scalars(wanted.order_by(ProposedDecision.proposed_at.desc()).limit(1)).first()


def votes_on(
    db: Session, case: Case, keys: CaseKeys, proposed: ProposedDecision
) -> tuple[VoteCast, ...]:
    """Return the newest vote of each who sits on the panel now; who has left counts no more."""
    cast = select(Vote).where(Vote.proposed_id == proposed.id).order_by(Vote.cast_at)
    newest = {row.account_id: row for row in db.scalars(cast)}
    members = [seat.account_id for seat in members_of(db, case) if seat.attested_at is not None]
    return tuple(
        VoteCast(one, **json.loads(keys.open(Vote.body, newest[one])))
        for one in members
        if one in newest
    )


def need_current(db: Session, case: Case, proposed_id: UUID) -> ProposedDecision:
    """Return the proposal that is voted on; one that was replaced meanwhile takes no vote."""
    proposed = row_of(db, case, ProposedDecision, proposed_id)
    current = current_proposal(db, case)
    if current is None or current.id != proposed.id:
        raise Refused("Another decision has been proposed since. Read it, and vote on that one.")
    return proposed
