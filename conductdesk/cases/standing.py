"""Where a case stands: the kernel's facts, gathered from its rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.clocks import AGREED, WINDOW, running_clocks, stood_still
from conductdesk.cases.inquiry import unheard, unserved
from conductdesk.cases.joined import other_is_closed
from conductdesk.cases.models import (
    Allegation,
    Appeal,
    Appointment,
    Case,
    Document,
    DocumentKind,
    EndingTelling,
    Evidence,
    Finding,
    HoursProven,
    InterimMeasure,
    Message,
    MessageKind,
    Outcome,
    OutcomeState,
    Override,
    Party,
    Proposal,
    ProposalKind,
    Referral,
    Telling,
)
from conductdesk.cases.needs import MoveFacts, Route
from conductdesk.cases.queries import ever_seated_as, members_of, pack_of, seated_as
from conductdesk.policy import IN_CHARGE, Capacity
from conductdesk.schemes.kinds import path_of
from conductdesk.schemes.parts import DecidedBy

Row = TypeVar("Row")

SETTLED_ANEW = frozenset({DocumentKind.AGREEMENT, DocumentKind.LEARNING, DocumentKind.NO_FEEDBACK})
"""What must be written again once a case was reopened."""

WRITTEN = (
    Document.made_at,
    EndingTelling.confirmed_at,
    Finding.found_at,
    HoursProven.recorded_at,
    InterimMeasure.imposed_at,
    InterimMeasure.ended_at,
    Outcome.ended_at,
    Override.made_at,
    Party.added_at,
    Referral.made_at,
    Referral.answered_at,
    Telling.recorded_at,
)
"""When something came to the case that the copy tells of, beside feedback."""


def move_facts(db: Session, case: Case) -> MoveFacts:
    """Return what the kernel needs to know of *case* now.

    What only the act itself can say (a reason given, the second person) is left at its default,
    and is put in by the action with `dataclasses.replace`.
    """
    kinds = _kinds_of_documents(db, case)
    allegations, body = _count(db, Allegation, case), pack_of(db, case).decision
    return MoveFacts(
        handler_attested=_handler_attested(db, case),
        human_message_sent=_human_message_sent(db, case),
        triage_answered=DocumentKind.TRIAGE in kinds,
        route=Route(case.route) if case.route else None,
        routes=frozenset(Route(one) for one in path_of(case.kind).routes),
        agreement_recorded=DocumentKind.AGREEMENT in kinds,
        allegations=allegations,
        terms_set=DocumentKind.TERMS in kinds,
        investigator=seated_as(db, case, Capacity.INVESTIGATOR),
        decision_makers=ever_seated_as(db, case, Capacity.DECISION_MAKER),
        deciders_missing=max(body.voices - len(members_of(db, case)), 0),
        voices_wanted=body.voices if body.by is DecidedBy.PANEL else 0,
        appeal_body=seated_as(db, case, Capacity.APPEAL_BODY),
        on_safeguarding_hold=case.safeguarding_hold_since is not None,
        on_police_pause=case.police_pause_since is not None,
        on_legal_hold=case.legal_hold_since is not None,
        notice_served=allegations > 0 and not unserved(db, case),
        both_sides_heard=allegations > 0 and not unheard(db, case),
        evidence_weighed=_evidence_weighed(db, case),
        report_locked=_report_is_current(db, case),
        findings=_count_findings(db, case),
        decided=case.decided_at is not None,
        both_sides_told=case.appeal_until is not None,
        appeal_window_open=case.appeal_until is None or _time_to_appeal(db, case),
        appeal_recorded=bool(_open_appeals(db, case)),
        open_items=open_items(db, case),
        feedback_settled=_feedback_settled(db, case, kinds),
        learning_noted=DocumentKind.LEARNING in kinds,
        retention_set=case.retention_class is not None,
        retention_ended=case.keep_until is not None and clock.now() > case.keep_until,
        joined=case.joined_to is not None,
        other_closed=other_is_closed(db, case),
    )


def open_items(db: Session, case: Case) -> tuple[str, ...]:
    """Return, in words, what keeps *case* from closing."""
    outcomes = [row for row in _rows(db, Outcome, case) if row.state == OutcomeState.OPEN]
    measures = [row for row in _rows(db, InterimMeasure, case) if row.ended_at is None]
    waiting = [row for row in _rows(db, Referral, case) if row.referred and row.answered_at is None]
    proposals = [
        row
        for row in _rows(db, Proposal, case)
        if row.settled_at is None and row.kind in (ProposalKind.WAIVE, ProposalKind.NO_REFERRAL)
    ]
    agreed = [one for one in running_clocks(db, case) if one.name == AGREED]
    found = [
        (len(outcomes), "outcome not done yet", "outcomes not done yet"),
        (len(agreed), "agreement not seen through yet", "agreements not seen through yet"),
        (len(measures), "interim measure still in force", "interim measures still in force"),
        (len(waiting), "referral without an answer", "referrals without an answer"),
        (len(proposals), "proposal waiting for agreement", "proposals waiting for agreement"),
        (len(_open_appeals(db, case)), "appeal not decided yet", "appeals not decided yet"),
    ]
    items = [f"{count} {one if count == 1 else many}" for count, one, many in found if count]
    missing = _count(db, Allegation, case) - _count_findings(db, case)
    if missing:
        items.append(f"{missing} allegation{'s' * (missing > 1)} without a finding")
    if case.joined_to is not None and not other_is_closed(db, case):
        items.append("the case that this one is joined to")
    if withdrawal_waits(db, case):
        items.append("a wish to stop that nobody has decided on")
    if _time_to_appeal(db, case):
        items.append("the time to appeal has not ended")
    return tuple(items)


def withdrawal_waits(db: Session, case: Case) -> bool:
    """Answer whether the reporter withdrew, and nobody has decided since."""
    asked = db.scalar(
        select(func.max(Message.sent_at)).where(
            Message.case_id == case.id, Message.kind == MessageKind.WITHDRAWAL
        )
    )
    answered = db.scalar(
        select(func.max(Document.made_at)).where(
            Document.case_id == case.id, Document.kind == DocumentKind.WITHDRAWAL
        )
    )
    return asked is not None and (answered is None or answered < asked)


def newest_text(db: Session, case: Case) -> datetime | None:
    """Return when something was last written of which an audit copy tells."""
    latest = [select(func.max(at)).where(at.class_.case_id == case.id) for at in WRITTEN]
    feedback = Message.case_id == case.id, Message.kind == MessageKind.FEEDBACK
    latest.append(select(func.max(Message.sent_at)).where(*feedback))
    return max(filter(None, (db.scalar(one) for one in latest)), default=None)


def _time_to_appeal(db: Session, case: Case) -> bool:
    """Answer whether the time to appeal has begun and not ended; a hold makes it stand still."""
    if case.appeal_until is None:
        return False
    return clock.now() <= case.appeal_until + stood_still(db, case, WINDOW)


def _rows(db: Session, model: type[Row], case: Case) -> Sequence[Row]:
    return db.scalars(select(model).where(model.case_id == case.id)).all()  # type: ignore[attr-defined]  # every table here has a case_id


def _count(db: Session, model: type[Row], case: Case) -> int:
    counted = select(func.count()).select_from(model).where(model.case_id == case.id)  # type: ignore[attr-defined]  # every table here has a case_id
    return db.scalar(counted) or 0


def _handler_attested(db: Session, case: Case) -> bool:
    found = select(Appointment.id).where(
        Appointment.case_id == case.id,
        Appointment.capacity.in_(IN_CHARGE),
        Appointment.until.is_(None),
        Appointment.attested_at.is_not(None),
    )
    return db.scalar(found.limit(1)) is not None


def _human_message_sent(db: Session, case: Case) -> bool:
    found = select(Message.id).where(Message.case_id == case.id, Message.account_id.is_not(None))
    return db.scalar(found.limit(1)) is not None


def _kinds_of_documents(db: Session, case: Case) -> set[str]:
    """Return what was written; of a case that was reopened, the settling papers of before not."""
    found = select(Document.kind).where(Document.case_id == case.id)
    if case.reopened_at is not None:
        again = Document.kind.in_(SETTLED_ANEW) & (Document.made_at < case.reopened_at)
        found = found.where(~again)
    return set(db.scalars(found))


def _evidence_weighed(db: Session, case: Case) -> bool:
    """Answer whether each item was considered, and evidence against was looked for.

    A locked report that says what was looked for and not found stands for an item against.
    """
    items = _rows(db, Evidence, case)
    return bool(items) and all(item.considered_at is not None for item in items)


def _report_is_current(db: Session, case: Case) -> bool:
    """Answer whether a report was locked after the terms of reference were last set."""
    rows = db.execute(
        select(Document.kind, func.max(Document.made_at))
        .where(Document.case_id == case.id)
        .where(Document.kind.in_([DocumentKind.REPORT, DocumentKind.TERMS]))
        .group_by(Document.kind)
    )
    newest = {kind: made_at for kind, made_at in rows}  # noqa: C416 - a Row is no pair to mypy
    report, terms = newest.get(DocumentKind.REPORT), newest.get(DocumentKind.TERMS)
    return report is not None and terms is not None and report >= terms


def _count_findings(db: Session, case: Case) -> int:
    counted = select(func.count(Finding.allegation_id.distinct())).where(
        Finding.case_id == case.id, Finding.superseded_at.is_(None)
    )
    return db.scalar(counted) or 0


def _open_appeals(db: Session, case: Case) -> Sequence[Appeal]:
    return [appeal for appeal in _rows(db, Appeal, case) if appeal.decided_at is None]


def _feedback_settled(db: Session, case: Case, kinds: set[str]) -> bool:
    given = select(Message.id).where(
        Message.case_id == case.id, Message.kind == MessageKind.FEEDBACK
    )
    if case.reopened_at is not None:
        given = given.where(Message.sent_at >= case.reopened_at)
    return DocumentKind.NO_FEEDBACK in kinds or db.scalar(given.limit(1)) is not None
