"""Who fills which office, and who audits."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Pub
from conductdesk.notice import Notice
from conductdesk.people.actions.entries import (
    Blockers,
    Departed,
    QueueMail,
    no_blockers,
    no_departure,
    record,
)
from conductdesk.people.models import (
    Account,
    AccountState,
    AuditorAppointment,
    NewTie,
    OfficeHolding,
)
from conductdesk.people.queries import audits_of, officers, offices_of
from conductdesk.refusal import Refused


def give_office(
    db: Session,
    account: Account,
    *,
    scheme: str,
    office: str,
    actor: str,
    place: int | None = None,
    organisation: str = "",
    queue_mail: QueueMail | None = None,
) -> OfficeHolding:
    """Put an officer into an office; *place* is their turn among its holders, or the last.

    Where *queue_mail* is given, the other officers of the scheme are told that somebody came: an
    administrator could otherwise let in whom they like, unseen.
    """
    _check_can_read(account, "fill an office")
    wanted = (scheme, office, organisation)
    held = [(one.scheme, one.office, one.organisation) for one in offices_of(db, account)]
    if wanted in held:
        raise Refused(f"{account.name} holds this office already.")
    if any(appointed.scheme == scheme for appointed in audits_of(db, account)):
        raise Refused("An auditor looks at the scheme from outside, and cannot hold its offices.")
    holding = OfficeHolding(
        account=account,
        scheme=scheme,
        office=office,
        place=place or _last_place(db, scheme, office) + 1,
        organisation=organisation,
        since=clock.now(),
    )
    db.add(holding)
    facts: dict[str, Pub] = {"scheme": scheme, "office": office, "place": holding.place}
    if organisation:
        facts["organisation"] = organisation
    if queue_mail:
        _tell_others(db, holding, queue_mail)
    record(db, "office.given", actor, account, facts)
    return holding


def end_office(
    db: Session,
    holding: OfficeHolding,
    *,
    actor: str,
    blockers: Blockers = no_blockers,
    departed: Departed = no_departure,
) -> None:
    """End a holding now, unless an open case would be left without a holder."""
    if holding.until is not None:
        raise Refused("This office was given up already.")
    refuse_while_needed(holding.account, blockers)
    holding.until = clock.now()
    departed(holding.account_id)
    facts = {"scheme": holding.scheme, "office": holding.office}
    record(db, "office.ended", actor, holding.account, facts)


def appoint_auditor(
    db: Session, account: Account, *, scheme: str, actor: str
) -> AuditorAppointment:
    """Let an account audit the closed cases of a scheme, each once somebody saw whom it names."""
    _check_can_read(account, "audit")
    if any(appointed.scheme == scheme for appointed in audits_of(db, account)):
        raise Refused(f"{account.name} audits this scheme already.")
    if any(held.scheme == scheme for held in offices_of(db, account)):
        raise Refused("An auditor looks at the scheme from outside, and cannot hold its offices.")
    _compare_with_cases(db, account)
    appointment = AuditorAppointment(account=account, scheme=scheme, since=clock.now())
    db.add(appointment)
    record(db, "auditor.appointed", actor, account, {"scheme": scheme})
    return appointment


def end_auditor(db: Session, appointment: AuditorAppointment, *, actor: str) -> None:
    """End an auditor's appointment now."""
    if appointment.until is not None:
        raise Refused("This appointment has ended already.")
    appointment.until = clock.now()
    record(db, "auditor.ended", actor, appointment.account, {"scheme": appointment.scheme})


def refuse_while_needed(account: Account, blockers: Blockers) -> None:
    """Raise `Refused` with the reasons why *account* cannot leave yet."""
    reasons = blockers(account.id)
    if reasons:
        raise Refused(" ".join([f"{account.name} cannot leave yet.", *reasons]))


def _check_can_read(account: Account, what: str) -> None:
    if account.administrator:
        raise Refused(
            f"An administrator never reads a case, so they cannot {what}. "
            "The person needs a second account, with another address."
        )
    if account.state != AccountState.ACTIVE or account.principal_id is None:
        raise Refused(f"Only an officer with a published key can {what}. They must activate first.")


def _compare_with_cases(db: Session, account: Account) -> None:
    """Let no closed case be shown that was not compared with their name, in whichever scheme."""
    appointed = select(AuditorAppointment.id).where(AuditorAppointment.account == account)
    if db.scalar(appointed.limit(1)) is None:
        db.add(NewTie(account_id=account.id))


def _tell_others(db: Session, given: OfficeHolding, queue_mail: QueueMail) -> None:
    db.flush()
    told = {account.id for _office, account in officers(db, given.scheme)} - {given.account_id}
    for account_id in sorted(told):
        queue_mail(db, account_id, Notice.OFFICE_GIVEN, None)


def _last_place(db: Session, scheme: str, office: str) -> int:
    places = select(func.max(OfficeHolding.place)).where(
        OfficeHolding.scheme == scheme,
        OfficeHolding.office == office,
        OfficeHolding.until.is_(None),
    )
    return db.scalar(places) or 0
