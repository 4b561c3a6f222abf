"""Take in a concern: exclude whoever is in conflict, seal it, and tell those who receive it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.moving import move
from conductdesk.cases.actions.opening import Opening
from conductdesk.cases.actions.recording import REPORTER
from conductdesk.cases.codenames import draw_code_name
from conductdesk.cases.concern import Concern
from conductdesk.cases.models import Case, Reporter
from conductdesk.cases.needs import MoveFacts
from conductdesk.cases.rules import READS
from conductdesk.cases.workflow import Move
from conductdesk.notices.actions import notify, notify_first
from conductdesk.notices.rules import Notice
from conductdesk.people.models import Account
from conductdesk.people.queries import custodians, officers
from conductdesk.policy import Capacity, Viewer
from conductdesk.routing.rules import Holder, Routing, Why, route
from conductdesk.schemes.pack import Pack
from conductdesk.vault.actions import new_case_keys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment, Principal, PrincipalKind
from conductdesk.vault.principals import key_published, publish_key
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.seal import public_key_of


@dataclass(frozen=True)
class Intake:
    """How a concern came in, beside what it says."""

    actor: Viewer = REPORTER
    linked_to: UUID | None = None
    barriers: tuple[tuple[UUID, Why], ...] = ()


FROM_THE_FORM = Intake()


def receive(
    db: Session,
    keystore: Keystore,
    pack: Pack,
    concern: Concern,
    receipt: Receipt,
    intake: Intake = FROM_THE_FORM,
) -> Case:
    """Open a case for *concern* and return it; a receipt that is known returns its own case.

    Whoever is named, tied or recused is taken out before anybody is told. Where nobody is left,
    the custodians of the recovery key are told, and the recovery key alone opens the case.
    """
    known = case_of_receipt(db, receipt)
    if known is not None:
        return known
    in_office = officers(db, pack.key)
    routing = route(pack, _in_turn(in_office), concern.facts(intake.barriers))
    case = _new_case(db, pack, concern, intake)
    reporter = publish_key(db, keystore, PrincipalKind.REPORTER, public_key_of(receipt.private_key))
    db.add(case)
    db.flush()
    officials = {account.id: account for _office, account in in_office}
    holders = _compartments(db, routing, officials, reporter)
    keys, grants = new_case_keys(
        db, keystore, case.id, holders, case_pseudonym=case.pseudonym, actor=intake.actor.pseudonym
    )
    opening = Opening(db, pack, case, keys, concern)
    opening.write(routing, reporter, receipt)
    _tell(db, case, routing)
    who = intake.actor.pseudonym
    published = key_published(reporter, actor=who, case_pseudonym=case.pseudonym)
    _record_receipt(opening, intake, [published, *grants])
    return case


def case_of_receipt(db: Session, receipt: Receipt) -> Case | None:
    """Return the case that *receipt* opens, or None; an ended receipt opens nothing."""
    return db.scalars(
        select(Case)
        .join(Reporter, Reporter.case_id == Case.id)
        .where(Reporter.lookup == receipt.lookup, Reporter.ended_at.is_(None))
    ).first()


def holders_of(db: Session, scheme: str) -> list[Holder]:
    """Return everybody in office in *scheme*, with their place in each order of succession."""
    return _in_turn(officers(db, scheme))


def _in_turn(in_office: Sequence[tuple[str, Account]]) -> list[Holder]:
    places: dict[str, int] = {}
    found = []
    for office, account in in_office:
        places[office] = places.get(office, 0) + 1
        found.append(Holder(account.id, office, places[office]))
    return found


def _new_case(db: Session, pack: Pack, concern: Concern, intake: Intake) -> Case:
    moment = clock.now()
    return Case(
        id=uuid4(),
        scheme=pack.key,
        pack_version=pack.version,
        code_name=_unused_code_name(db),
        pseudonym=secrets.token_hex(16),
        kind=concern.kind,
        channel=concern.channel,
        reporter_mode=concern.mode,
        state="draft",
        version=0,
        urgent=concern.danger_now != "no",
        at_risk=concern.mentions_risk,
        received_at=moment,
        linked_to=intake.linked_to,
        last_activity_at=moment,
        last_activity="concern.received",
    )


def _unused_code_name(db: Session) -> str:
    while True:
        name = draw_code_name()
        if db.scalar(select(Case.id).where(Case.code_name == name)) is None:
            return name


def _compartments(
    db: Session, routing: Routing, officials: Mapping[UUID, Account], reporter: Principal
) -> dict[Compartment, list[Principal]]:
    wanted = {seat.account_id: READS[seat.capacity] for seat in routing.seats}
    principal_ids = {officials[account_id].principal_id for account_id in wanted}
    published, recovery = _published(db, principal_ids)
    holders: dict[Compartment, list[Principal]] = {part: [*recovery] for part in Compartment}
    holders[Compartment.INTAKE].append(reporter)
    for account_id, parts in wanted.items():
        principal_id = officials[account_id].principal_id
        for part in parts:
            if principal_id in published:
                holders[part].append(published[principal_id])
    return holders


def _published(
    db: Session, principal_ids: Collection[UUID | None]
) -> tuple[dict[UUID, Principal], list[Principal]]:
    """Return the principals wanted, and the recovery key in force; one query for both."""
    wanted = or_(Principal.id.in_(principal_ids), Principal.kind == PrincipalKind.RECOVERY)
    found = db.scalars(select(Principal).where(wanted).order_by(Principal.published_at)).all()
    recovery = [one for one in found if one.kind is PrincipalKind.RECOVERY]
    return {one.id: one for one in found}, recovery[-1:]


def _tell(db: Session, case: Case, routing: Routing) -> None:
    notice = Notice.URGENT if case.urgent or case.at_risk else Notice.UPDATE
    told = {seat.account_id for seat in routing.seats}
    notify_first(db, told, notice, case_id=case.id)
    short_of_a_lead = case.at_risk and not any(
        seat.capacity is Capacity.SAFEGUARDING for seat in routing.seats
    )
    if not routing.has_handler or short_of_a_lead:
        for custodian in custodians(db):
            notify(db, custodian.id, Notice.CUSTODIANS)


def _record_receipt(opening: Opening, intake: Intake, grants: Sequence[Event]) -> None:
    case = opening.case
    move(
        opening.db,
        case,
        opening.keys,
        Move.RECEIVE,
        pack=opening.pack,
        facts=MoveFacts(),
        actor=intake.actor,
        event="concern.received",
        pub={
            "kind": case.kind,
            "channel": case.channel,
            "mode": case.reporter_mode,
            "at_risk": case.at_risk,
        },
        detail={"said": "A concern was received."},
        grants=grants,
    )
