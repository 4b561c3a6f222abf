"""Close a case: learning, feedback, retention, the audit copy, and a second person's agreement."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import SigningStopped, sign_checkpoint
from conductdesk.cases.actions.asking import (
    keep_document,
    need_text,
    refuse_unless_in,
    require,
    tell_seats,
)
from conductdesk.cases.actions.auditing import keep_tied_auditors_away, let_auditors_in
from conductdesk.cases.actions.copying import need_current_copy
from conductdesk.cases.actions.drafting import drop_drafts
from conductdesk.cases.actions.holding import OPEN_STATES
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.proposing import add_proposal, need_proposal, refuse_own, settle
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.writing import put_message
from conductdesk.cases.clocks import find_next_due, meet_clock, running_clocks
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.joined import others_joined
from conductdesk.cases.models import (
    Case,
    DocumentKind,
    DraftKind,
    Message,
    MessageKind,
    Proposal,
    ProposalKind,
)
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move, State, check
from conductdesk.policy import IN_CHARGE, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due, iso_day
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

SOMEBODY_ELSE = UUID(int=0)
"""Stands for the second person while nobody has agreed yet."""


def note_learning(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, text: str, seen_version: int
) -> None:
    """Note what there is to learn from the case, or that there is nothing."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, *OPEN_STATES)
    learned = need_text(text, "Note what there is to learn from this, or that there is nothing.")
    keep_document(db, case, keys, DocumentKind.LEARNING, actor=actor, body=learned)
    said = "Noted what there is to learn."
    record(db, case, keys, actor=actor, event="learning.noted", detail={"said": said})


def give_feedback(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, text: str, seen_version: int
) -> Message:
    """Give the reporter feedback, as a message in the mailbox."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, *OPEN_STATES)
    words = need_text(text, "Write the feedback first.")
    message = put_message(db, case, keys, actor=actor, text=words, kind=MessageKind.FEEDBACK)
    meet_clock(db, case, "feedback")
    said = "Gave the reporter feedback."
    record(db, case, keys, actor=actor, event="feedback.given", detail={"said": said})
    return message


def withhold_feedback(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, reason: Reason, seen_version: int
) -> None:
    """Record why the reporter gets no feedback, such as a request of the police."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, *OPEN_STATES)
    keep_document(db, case, keys, DocumentKind.NO_FEEDBACK, actor=actor, body=reason.words)
    meet_clock(db, case, "feedback")
    said = "The reporter gets no feedback, for a reason on the case."
    record(db, case, keys, actor=actor, event="feedback.withheld", detail={"said": said})


def choose_retention(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    chosen: str,
    seen_version: int,
) -> None:
    """Choose how long the case is kept; the time counts from closure."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, *OPEN_STATES)
    if chosen not in {one.key for one in pack.retention}:
        raise Refused("Choose one of the scheme’s retention classes.")
    case.retention_class = chosen
    record(
        db,
        case,
        keys,
        actor=actor,
        event="retention.chosen",
        pub={"class": chosen},
        detail={"said": f"To be kept: {pack.retention_class(chosen).keep} from closure."},
    )


def propose_closure(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    reason: Reason,
    seen_version: int,
) -> Proposal:
    """Propose to close; refused while anything is open, or the proposer cannot read all of it."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    _check_closable(db, case, pack, actor.account_id, SOMEBODY_ELSE)
    if not all(keys.holds_every_epoch(part) for part in Compartment):
        raise Refused(
            "You lack keys to a part of this case. Somebody who holds them all closes it."
        )
    need_current_copy(db, case)
    proposal = add_proposal(
        db, case, keys, kind=ProposalKind.CLOSE, actor=actor, reason=reason.words
    )
    keep_tied_auditors_away(db, case, keys)
    said = "Proposed to close the case."
    record(db, case, keys, actor=actor, event="closure.proposed", detail={"said": said})
    return proposal


def agree_closure(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, seen_version: int
) -> None:
    """Agree, as the second person: the case closes, and its auditors can read the record.

    The head of the log is signed at this moment, where signing is not stopped.
    """
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SECOND)
    proposal = need_proposal(db, case, ProposalKind.CLOSE)
    refuse_own(proposal, actor)
    _check_closable(db, case, pack, proposal.proposed_by, actor.account_id)
    need_current_copy(db, case)
    if not keys.holds_every_epoch(Compartment.RECORD):
        raise Refused("You lack a key to the record. Sign in again later, or ask the handler.")
    facts = replace(
        move_facts(db, case), first_person=proposal.proposed_by, second_person=actor.account_id
    )
    settle(proposal, actor=actor)
    _stop_everything(db, case, pack)
    for joined in others_joined(db, case):
        tell_seats(db, joined, actor, *IN_CHARGE)  # they can be closed now
    move(
        db,
        case,
        keys,
        Move.CLOSE,
        pack=pack,
        facts=facts,
        actor=actor,
        event="case.closed",
        pub={"class": case.retention_class, "keep_until": iso_day(case.keep_until)},
        detail={"said": "Two people agreed to close the case."},
        grants=let_auditors_in(db, case, keys, actor=actor),
    )
    _sign_head(db, case, keys)


def _check_closable(
    db: Session, case: Case, pack: Pack, first: UUID | None, second: UUID | None
) -> None:
    facts = replace(move_facts(db, case), first_person=first, second_person=second)
    if case.state == State.CARRYING_OUT and facts.open_items:
        raise Refused(f"Something is still open: {', '.join(facts.open_items)}.")
    check(Move.CLOSE, State(case.state), facts, pack.left_out)


def _stop_everything(db: Session, case: Case, pack: Pack) -> None:
    moment = clock.now()
    for running in running_clocks(db, case):
        running.dropped_at = moment
    find_next_due(db, case)
    drop_drafts(db, case, *DraftKind)
    case.closed_at = moment
    if case.retention_class is not None:
        keep = pack.retention_class(case.retention_class).keep
        case.keep_until = due(moment, keep, pack.nation)


def _sign_head(db: Session, case: Case, keys: CaseKeys) -> None:
    try:
        sign_checkpoint(db, keys.keystore, case.scheme, "closure")
    except SigningStopped:
        return  # the case must close all the same; `doctor` says why nothing is signed
