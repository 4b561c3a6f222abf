"""A request seen through: the obligation that it becomes, and everybody who is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import keep_document, need_text, require
from conductdesk.cases.actions.ordering import end_outcome
from conductdesk.cases.actions.proving import need_open_outcome
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.writing import put_message
from conductdesk.cases.clocks import (
    find_next_due,
    running_about,
    running_clocks,
    start_clock,
    start_clock_until,
)
from conductdesk.cases.concern import Part
from conductdesk.cases.days import end_of, in_words, noon_of, refuse_future, refuse_past
from conductdesk.cases.inquiry import documents_of, row_of
from conductdesk.cases.models import (
    Case,
    CaseClock,
    DocumentKind,
    Message,
    MessageKind,
    Outcome,
    OutcomeState,
    Party,
    Telling,
)
from conductdesk.cases.queries import seats_of
from conductdesk.cases.request_acts import Extension, Obligation, RequestRefused, Told
from conductdesk.policy import IN_CHARGE, Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due, local_day
from conductdesk.schemes.kinds import path_of
from conductdesk.schemes.pack import Pack, Span, Unit
from conductdesk.schemes.reading import REQUEST
from conductdesk.vault.keys import CaseKeys


def make_obligation(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    obligation: Obligation | None,
) -> Outcome:
    """Make what was asked for an obligation, due when the clock of its kind runs out.

    The caller leaves the entry.
    """
    if obligation is None:
        raise Refused("Say who does what was asked for.")
    row_id = uuid4()
    what = need_text(obligation.what, "Say what must be done.")
    owner = _owner(db, case, keys, obligation)
    own = _clock(db, case, pack, obligation, row_id)
    row = Outcome(
        id=row_id,
        case_id=case.id,
        kind=REQUEST.key,
        owner_id=obligation.owner_id,
        due_at=own.due_at,
        state=OutcomeState.OPEN,
        what=keys.seal(Outcome.what, row_id, what),
        owner=keys.seal(Outcome.owner, row_id, owner),
    )
    db.add(row)
    db.flush()
    if path_of(case.kind).told_to_all:
        _note_receipt(db, case, keys, actor, row)
    return row


def tell_of_request(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, told: Told) -> None:
    """Record that one of those who take part was told of a pause or an ending."""
    require(db, case, actor, Permission.HANDLE)
    outcome = _need_request(db, case, told.outcome_id)
    if told.party_id not in {party.id for party in untold(db, case, outcome)}:
        raise Refused("Choose somebody who has not been told yet.")
    how = need_text(told.how, "Say how they were told.")
    refuse_future(told.told_on)
    if told.told_on < local_day(case.received_at):
        raise Refused("Nobody can have been told before it was asked for.")
    moment = noon_of(told.told_on)
    _add_telling(db, case, keys, actor, outcome, moment, how, party_id=told.party_id)
    left = len(untold(db, case, outcome))
    said = {"said": "Somebody was told of it." if left else "Everybody was told of it."}
    record(
        db, case, keys, actor=actor, event="request.told", pub={"not_told_yet": left}, detail=said
    )


def untold(db: Session, case: Case, outcome: Outcome) -> Sequence[Party]:
    """Return who takes part and has not been told of a pause or an ending."""
    if not path_of(case.kind).told_to_all:
        return ()
    told = select(Telling.party_id).where(Telling.outcome_id == outcome.id)
    known = set(db.scalars(told))
    return [party for party in _partners(db, case) if party.id not in known]


def refuse_before_all_told(db: Session, case: Case, outcome: Outcome) -> None:
    """Refuse to call a pause or an ending done before everybody in it has been told."""
    if outcome.kind != REQUEST.key or not path_of(case.kind).told_to_all:
        return
    if not _partners(db, case):
        raise Refused("Add the others who take part under People, and record that they were told.")
    if left := untold(db, case, outcome):
        raise Refused(f"Record first that {len(left)} more of those who take part were told.")


def refuse_giving_up(db: Session, case: Case, outcome: Outcome) -> None:
    """Refuse to give up what there is no ground to refuse, unless whoever asked takes it back."""
    if outcome.kind != REQUEST.key or path_of(case.kind).may_refuse:
        return
    withdrawn = select(Message.id).where(
        Message.case_id == case.id, Message.kind == MessageKind.WITHDRAWAL
    )
    if db.scalar(withdrawn.limit(1)) is None:
        raise Refused(
            "There is no ground to refuse this. It can be given up only where the person who "
            "asked for it takes it back."
        )


def extend_request(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, extension: Extension
) -> None:
    """Let a request take longer, once; the person hears why within its first month."""
    require(db, case, actor, Permission.HANDLE)
    outcome = _need_request(db, case, extension.outcome_id)
    reason = need_text(extension.reason, "Say why it takes longer.")
    own = _need_time(db, case, outcome)
    latest = latest_day(pack, own.due_at)
    if not own.due_at < end_of(extension.until) <= latest:
        raise Refused(
            f"Give a day after {in_words(own.due_at)}, and no later than {in_words(latest)}."
        )
    put_message(db, case, keys, actor=actor, text=extension.message, kind=MessageKind.UPDATE)
    own.due_at = outcome.due_at = end_of(extension.until)
    find_next_due(db, case)
    text = f"Until {in_words(own.due_at)}.\n\nWhy: {reason}"
    keep_document(db, case, keys, DocumentKind.EXTENSION, actor=actor, body=text)
    pub = {"until": extension.until.isoformat()}
    said = {"said": "It takes longer, and the person who asked was told why."}
    record(db, case, keys, actor=actor, event="request.extended", pub=pub, detail=said)


def refuse_request(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, refused: RequestRefused
) -> None:
    """Refuse a request in part or in whole, with reasons; the person who asked is told."""
    require(db, case, actor, Permission.HANDLE)
    outcome = _need_request(db, case, refused.outcome_id)
    if not path_of(case.kind).may_refuse:
        raise Refused("There is no ground to refuse this. It must be done.")
    what = "All of it." if refused.whole else need_text(refused.what, "Say what is refused.")
    reasons = need_text(refused.reasons, "Give the reasons.")
    put_message(db, case, keys, actor=actor, text=refused.message, kind=MessageKind.MESSAGE)
    text = f"Refused: {what}\n\nReasons: {reasons}"
    keep_document(db, case, keys, DocumentKind.REFUSAL, actor=actor, body=text)
    if refused.whole:
        outcome.proof = keys.seal(Outcome.proof, outcome.id, reasons)
        end_outcome(db, case, outcome, OutcomeState.REFUSED, by=actor)
    said = "Refused it, with reasons." if refused.whole else "Refused a part of it, with reasons."
    pub = {"whole": refused.whole}
    record(db, case, keys, actor=actor, event="request.refused", pub=pub, detail={"said": said})


def latest_day(pack: Pack, due_at: datetime) -> datetime:
    """Return until when something that is due at *due_at* may take longer at most."""
    longest = pack.clocks.get("records_extension", Span(2, Unit.MONTHS))
    return due(due_at, longest, pack.nation)


def may_take_longer(db: Session, case: Case, outcome: Outcome) -> bool:
    """Answer whether a request can still be extended: once, and within its own time."""
    own = running_about(db, case, outcome.id)
    if own is None or not path_of(case.kind).may_take_longer or clock.now() > own.due_at:
        return False
    before = documents_of(db, case, DocumentKind.EXTENSION)
    return not any(one.made_at >= own.starts_at for one in before)


def _need_request(db: Session, case: Case, outcome_id: UUID) -> Outcome:
    outcome = need_open_outcome(db, case, outcome_id)
    if outcome.kind != REQUEST.key:
        raise Refused("Nobody asked for this: it was decided. Choose what was asked for.")
    return outcome


def _need_time(db: Session, case: Case, outcome: Outcome) -> CaseClock:
    own = running_about(db, case, outcome.id)
    if own is None or not may_take_longer(db, case, outcome):
        raise Refused(
            "This cannot take longer any more. A records request can, once, and only where the "
            "person who asked is told before its first time is over."
        )
    return own


def _partners(db: Session, case: Case) -> Sequence[Party]:
    wanted = select(Party).where(Party.case_id == case.id, Party.part == Part.PARTNER)
    return db.scalars(wanted.order_by(Party.alias)).all()


def _owner(db: Session, case: Case, keys: CaseKeys, obligation: Obligation) -> str:
    """Return who must do it; where a party must, nobody else can take it on."""
    if not path_of(case.kind).owed_by_party:
        return need_text(obligation.owner, "Say who does it.")
    if obligation.owner_id is None:
        raise Refused("Choose who must do it. If they are not listed, add them under People.")
    return keys.open(Party.name, row_of(db, case, Party, obligation.owner_id))


def _clock(db: Session, case: Case, pack: Pack, obligation: Obligation, row_id: UUID) -> CaseClock:
    """Return the clock of the obligation: that of its kind, or one that ends on its own day."""
    name = path_of(case.kind).clock
    if not name:
        return _clock_until_its_day(db, case, obligation, row_id)
    running = [one for one in running_clocks(db, case) if one.name == name]
    own = running[0] if running else start_clock(db, case, pack, name, at=clock.now())
    own.subject_id = row_id
    return own


def _clock_until_its_day(
    db: Session, case: Case, obligation: Obligation, row_id: UUID
) -> CaseClock:
    if obligation.due_on is None:
        raise Refused("Give the day by which it must be done.")
    refuse_past(obligation.due_on)
    until = end_of(obligation.due_on)
    return start_clock_until(db, case, "outcome", at=clock.now(), until=until, about=row_id)


def _note_receipt(db: Session, case: Case, keys: CaseKeys, actor: Viewer, row: Outcome) -> None:
    """Note that the officer in charge was told of it, by receiving it."""
    in_charge = [one for one in seats_of(db, case) if one.capacity in IN_CHARGE]
    seat = min(in_charge, key=lambda one: one.capacity != Capacity.HANDLER)
    how = "By receiving it here."
    _add_telling(db, case, keys, actor, row, case.received_at, how, office=seat.office)


def _add_telling(  # noqa: PLR0913 - a row of its own, and everything that it says
    db: Session,
    case: Case,
    keys: CaseKeys,
    actor: Viewer,
    outcome: Outcome,
    told_on: datetime,
    how: str,
    *,
    party_id: UUID | None = None,
    office: str | None = None,
) -> None:
    row_id = uuid4()
    db.add(
        Telling(
            id=row_id,
            case_id=case.id,
            outcome_id=outcome.id,
            party_id=party_id,
            office=office,
            account_id=actor.account_id,
            told_on=told_on,
            recorded_at=clock.now(),
            how=keys.seal(Telling.how, row_id, how),
        )
    )
    db.flush()
