"""Take up that somebody treats the reporter badly: a linked case, in the same transaction.

Whoever is kept away from the first case is kept away from the linked one, and so is whoever the
reporter names, and whoever is tied to them. Where somebody is named, the first case shows nothing
of it: the answer to a check-in is never kept there, so that such a *yes* looks there like a *no*.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.corresponding import add_message, tell_those_in_charge
from conductdesk.cases.actions.following_up import due_check_ins, set_check_in_clock
from conductdesk.cases.actions.receiving import Intake, receive
from conductdesk.cases.actions.recording import REPORTER, record
from conductdesk.cases.concern import Answer, Concern, Mode, PersonNamed
from conductdesk.cases.models import Barrier, Case, CheckIn, MessageKind
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.cases.queries import facts_of
from conductdesk.cases.registered import known_of
from conductdesk.notice import Notice
from conductdesk.people.queries import (
    came_into_office,
    in_office,
    officers_at,
    offices_since,
)
from conductdesk.refusal import Refused
from conductdesk.routing.names import resembling
from conductdesk.routing.rules import Holder, Why, below, keep_away
from conductdesk.schemes.kinds import IntakeKind
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.receipts import Receipt

YES = "Someone is treating me badly for telling you."
"""What a reporter said who answered yes and wrote nothing more."""

TREATED_BADLY = f"{YES} I have told you about it separately, with a receipt of its own."

SAID = "The reporter answered a check-in."


@dataclass(frozen=True)
class BadTreatment:
    """What the reporter says of it, and the receipt that the linked case gets."""

    receipt: Receipt
    account: str = ""
    by: tuple[PersonNamed, ...] = ()
    """Who does it, where the reporter names somebody."""

    @property
    def names_somebody(self) -> bool:
        """Whether the reporter says who does it.

        They may be an officer, or tied to one. That the register knows a tie, the reporter must
        not learn from what their mailbox shows, so it is the same for every name.
        """
        return bool(self.by)


def report_bad_treatment(
    db: Session,
    keystore: Keystore,
    pack: Pack,
    case: Case,
    keys: CaseKeys,
    *,
    treatment: BadTreatment,
) -> Case:
    """Open a linked case at any time; the first case's officers hear of it, if nobody is named."""
    linked = _open_linked(db, keystore, pack, case, keys, treatment)
    if not treatment.names_somebody:
        add_message(db, case, keys, MessageKind.TREATED_BADLY, TREATED_BADLY)
        record(db, case, keys, actor=REPORTER, event="treatment.reported")
        tell_those_in_charge(db, case, Notice.URGENT)
    return linked


def answer_yes(
    db: Session,
    keystore: Keystore,
    pack: Pack,
    case: Case,
    keys: CaseKeys,
    *,
    treatment: BadTreatment,
) -> Case:
    """Answer a check-in with yes: the linked case is opened, whatever else the reporter says."""
    due = _need_due(db, case)
    linked = _open_linked(db, keystore, pack, case, keys, treatment)
    if not treatment.names_somebody:
        add_message(db, case, keys, MessageKind.TREATED_BADLY, TREATED_BADLY)
    _record_answer(db, case, keys, due)
    tell_those_in_charge(db, case, Notice.UPDATE if treatment.names_somebody else Notice.URGENT)
    return linked


def answer_no(db: Session, case: Case, keys: CaseKeys) -> None:
    """Answer a check-in with no: nobody treats the reporter badly."""
    _record_answer(db, case, keys, _need_due(db, case))
    tell_those_in_charge(db, case, Notice.UPDATE)


def _need_due(db: Session, case: Case) -> list[CheckIn]:
    due = due_check_ins(db, case)
    if not due:
        raise Refused("You have answered this already. Thank you.")
    return due


def _record_answer(db: Session, case: Case, keys: CaseKeys, due: list[CheckIn]) -> None:
    """Record that every check-in that is due was answered: they are asked in one question."""
    for check_in in due:
        check_in.answered_at = clock.now()
    set_check_in_clock(db, case)
    record(
        db,
        case,
        keys,
        actor=REPORTER,
        event="check_in.answered",
        pub={"days": due[-1].days},
        detail={"said": SAID},
    )


def _open_linked(
    db: Session,
    keystore: Keystore,
    pack: Pack,
    case: Case,
    keys: CaseKeys,
    treatment: BadTreatment,
) -> Case:
    first = _first_concern(db, case, keys)
    concern = replace(
        first,
        kind=IntakeKind.CONCERN,
        mode=Mode(case.reporter_mode),
        account=treatment.account or YES,
        happened="",
        danger_now=Answer.NO,
        at_risk=Answer.YES if case.at_risk else Answer.NO,
        people=treatment.by,
        sharing="",
        wish="",
        channel="mailbox",
        offices_before=tuple(sorted(first.facts().offices_named | set(first.offices_before))),
    )
    offices = _kept_by_office(db, keystore, pack, case, first)
    intake = Intake(
        linked_to=case.id,
        barriers=_barriers(db, pack, case, first, offices),
        organisation=case.organisation,
    )
    return receive(db, keystore, pack, concern, treatment.receipt, intake)


def _first_concern(db: Session, case: Case, keys: CaseKeys) -> Concern:
    """Return what the reporter sent; what decides who is concerned with it decides this too."""
    sent = select(ConcernRow).where(ConcernRow.case_id == case.id).order_by(ConcernRow.sent_at)
    first = db.scalars(sent.limit(1)).one()
    return Concern.from_json(keys.open(ConcernRow.answers, first))


def _barriers(
    db: Session, pack: Pack, case: Case, first: Concern, offices: frozenset[UUID]
) -> tuple[tuple[UUID, Why], ...]:
    kept = db.scalars(select(Barrier.account_id).where(Barrier.case_id == case.id)).all()
    reporting = ((one, Why.TIED) for one in _reporting_to(db, pack, case, kept))
    why = [(one, Why.IN_OFFICE if one in offices else Why.TIED) for one in kept]
    named = ((account_id, Why.NAMED) for account_id in _named_officers_since(db, case, first))
    return (*named, *why, *reporting)


def _reporting_to(db: Session, pack: Pack, case: Case, kept: Collection[UUID]) -> Iterator[UUID]:
    """Yield who reports to somebody who is kept away: the case may be about them.

    Whoever has attested on the first case is known not to be tied to whom it names.
    """
    clear = facts_of(db, case).attested
    above = offices_since(db, case.scheme, kept, case.received_at)
    for account_id in below(pack, in_office(db, case.scheme), above):
        if account_id not in clear:
            yield account_id


def _kept_by_office(
    db: Session, keystore: Keystore, pack: Pack, case: Case, first: Concern
) -> frozenset[UUID]:
    """Return who is kept from the first case for no other reason than that their office was named.

    Why somebody is kept away is sealed to officers, so it is worked out anew from what the
    reporter sent. Where the first case is linked to another, more may have been known: nobody.
    """
    if case.linked_to is not None:
        return frozenset()
    facts = known_of(db, keystore, pack, first, (), in_office(db, pack.key)).facts
    then = officers_at(db, case.scheme, case.received_at)
    kept = keep_away(pack, [Holder(account.id, office) for office, account in then], facts)
    return frozenset(one for one, why in kept.items() if why is Why.IN_OFFICE)


def _named_officers_since(db: Session, case: Case, first: Concern) -> Iterator[UUID]:
    """Yield who came into an office after the first concern, and may be somebody named in it.

    Of those who were in office then, the reporter was asked. Whoever has since seen the names and
    attested on the first case is somebody else.
    """
    clear = facts_of(db, case).attested
    for office, account in came_into_office(db, case.scheme, case.received_at):
        names = {office: [account.name]}
        if account.id not in clear and any(resembling(one.name, names) for one in first.people):
            yield account.id
