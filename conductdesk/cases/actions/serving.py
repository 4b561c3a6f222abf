"""The respondent's side: the notice, the reply, or the dated non-reply."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text, refuse_unless_in, require
from conductdesk.cases.actions.recording import record
from conductdesk.cases.acts import NoReply, NoticeServed, ReplyReceived
from conductdesk.cases.clocks import meet_clock, start_clock_until, stood_still
from conductdesk.cases.days import in_words, noon_of, refuse_future
from conductdesk.cases.inquiry import allegations_of, last_notice, respondent_of, unheard
from conductdesk.cases.models import Case, PaperKind, RespondentPaper
from conductdesk.cases.needs import NO_HOLD
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due, iso_day, local_day
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

INQUIRERS = (Permission.HANDLE, Permission.INVESTIGATE)


@dataclass(frozen=True)
class Paper:
    """A paper to or from one respondent."""

    kind: PaperKind
    party_id: UUID
    dated: datetime
    text: str
    reply_by: datetime | None = None


def serve_notice(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, notice: NoticeServed
) -> None:
    """Record the notice that a respondent was served with; their time to reply begins.

    Never while agencies or the police have asked to wait (`SG-09`, `SG-10`).
    """
    require(db, case, actor, *INQUIRERS)
    refuse_unless_in(case, State.INVESTIGATING)
    if case.safeguarding_hold_since or case.police_pause_since:
        raise Refused(NO_HOLD.otherwise)
    letters = _letters_against(db, case, notice.party_id)
    text = need_text(notice.text, "Record the text of the notice, as it was served.")
    refuse_future(notice.served_on)
    if notice.served_on < local_day(case.received_at):
        raise Refused("The notice cannot have been served before the concern was received.")
    served = noon_of(notice.served_on)
    reply_by = due(served, pack.clocks["reply"], pack.nation)
    paper = Paper(PaperKind.NOTICE, notice.party_id, served, text, reply_by)
    keep_paper(db, case, keys, actor=actor, paper=paper)
    start_clock_until(db, case, "reply", at=served, until=reply_by)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="notice.served",
        pub={"allegations": letters, "reply_by": iso_day(reply_by)},
        detail=_detail(db, case, notice.party_id, "Notice was served.", text),
    )


def record_reply(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, reply: ReplyReceived
) -> None:
    """Record what a respondent answered; a late reply still counts until the decision."""
    require(db, case, actor, *INQUIRERS)
    refuse_unless_in(case, State.INVESTIGATING, State.REPORTED)
    notice = _served_notice(db, case, reply.party_id)
    text = need_text(reply.text, "Record the reply, as it was received.")
    refuse_future(reply.received_on)
    if reply.received_on < local_day(notice.dated):
        raise Refused("The reply cannot have come before the notice was served.")
    paper = Paper(PaperKind.REPLY, reply.party_id, noon_of(reply.received_on), text)
    keep_paper(db, case, keys, actor=actor, paper=paper)
    _meet_reply_clock(db, case)
    in_time = notice.reply_by is None or reply.received_on <= local_day(notice.reply_by)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="reply.recorded",
        pub={"in_time": in_time},
        detail=_detail(db, case, reply.party_id, "A reply came.", text),
    )


def record_no_reply(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, no_reply: NoReply
) -> None:
    """Record that no reply came, once the time to reply has ended."""
    require(db, case, actor, *INQUIRERS)
    refuse_unless_in(case, State.INVESTIGATING)
    notice = _served_notice(db, case, no_reply.party_id)
    _refuse_before_reply_is_due(db, case, notice)
    if no_reply.party_id not in {party.id for party in unheard(db, case)}:
        raise Refused("A reply, or that none came, is on record already.")
    text = need_text(no_reply.attempts, "Say what was done to reach the respondent.")
    paper = Paper(PaperKind.NO_REPLY, no_reply.party_id, clock.now(), text)
    keep_paper(db, case, keys, actor=actor, paper=paper)
    _meet_reply_clock(db, case)
    detail = _detail(db, case, no_reply.party_id, "No reply came.", text)
    record(db, case, keys, actor=actor, event="reply.none", detail=detail)


def keep_paper(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, paper: Paper) -> None:
    """Add a sealed paper; the caller leaves the entry."""
    row_id = uuid4()
    db.add(
        RespondentPaper(
            id=row_id,
            case_id=case.id,
            party_id=paper.party_id,
            kind=paper.kind,
            account_id=actor.account_id,
            dated=paper.dated,
            reply_by=paper.reply_by,
            made_at=clock.now(),
            body=keys.seal(RespondentPaper.body, row_id, paper.text),
        )
    )
    db.flush()


def _letters_against(db: Session, case: Case, party_id: UUID) -> list[str]:
    respondent_of(db, case, party_id)
    letters = [one.letter for one in allegations_of(db, case) if one.party_id == party_id]
    if not letters:
        raise Refused("There is no allegation against this person. Set it in the terms first.")
    return letters


def _served_notice(db: Session, case: Case, party_id: UUID) -> RespondentPaper:
    respondent_of(db, case, party_id)
    notice = last_notice(db, case, party_id)
    if notice is None:
        raise Refused("Record the notice that this person was served with first.")
    return notice


def _refuse_before_reply_is_due(db: Session, case: Case, notice: RespondentPaper) -> None:
    if notice.reply_by is None:
        return
    until = notice.reply_by + stood_still(db, case, "reply")
    if clock.now() <= until:
        raise Refused(
            f"The respondent may reply until {in_words(until)}. "
            "Record their reply, or after that day that none came."
        )


def _meet_reply_clock(db: Session, case: Case) -> None:
    if not unheard(db, case):
        meet_clock(db, case, "reply")


def _detail(db: Session, case: Case, party_id: UUID, said: str, text: str) -> dict[str, object]:
    alias = respondent_of(db, case, party_id).alias
    digest = hashlib.sha256(text.strip().encode()).hexdigest()
    return {"said": said, "party": alias, "sha256": digest}
