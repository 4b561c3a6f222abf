"""Take in a concern: exclude whoever is in conflict, seal it, and tell those who receive it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Pub
from conductdesk.cases.actions.moving import begin
from conductdesk.cases.actions.opening import Opening
from conductdesk.cases.actions.recording import REPORTER, record_quietly
from conductdesk.cases.codenames import draw_code_name
from conductdesk.cases.concern import Concern
from conductdesk.cases.meant import may_name
from conductdesk.cases.models import Case, Reporter
from conductdesk.cases.registered import known_of
from conductdesk.cases.rules import READS
from conductdesk.db import NewRow, as_new_row, insert_rows, start_writing
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify_custodians, notify_first
from conductdesk.people.queries import InOffice, custodians, in_office
from conductdesk.policy import Capacity, Viewer
from conductdesk.routing.rules import ConcernFacts, Holder, Routing, Why
from conductdesk.schemes.pack import Pack
from conductdesk.vault.actions import NewKeys, new_case_keys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment, Principal, PrincipalKind
from conductdesk.vault.principals import Published, key_published, new_principal
from conductdesk.vault.queries import recovery_key
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.seal import public_key_of


@dataclass(frozen=True)
class Intake:
    """How a concern came in, beside what it says."""

    actor: Viewer = REPORTER
    linked_to: UUID | None = None
    barriers: tuple[tuple[UUID, Why], ...] = ()
    organisation: str | None = None
    """What an officer set on the case to which this one is linked; None: what the reporter chose."""


FROM_THE_FORM = Intake()


@dataclass(frozen=True)
class DrawnUp:
    """A case that is not stored yet: routed, and sealed for those who are in office."""

    pack: Pack
    concern: Concern
    receipt: Receipt
    intake: Intake
    in_office: tuple[InOffice, ...]
    routing: Routing
    case: Case
    reporter: Principal
    vault: NewKeys
    rows: tuple[NewRow, ...]
    states: Mapping[str, Pub]


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
    if case_id_of_receipt(db, receipt) is None:
        _store(db, keystore, draw_up(db, keystore, pack, concern, receipt, intake))
    return db.scalars(_BY_RECEIPT, {"lookup": receipt.lookup}).one()


def draw_up(
    db: Session,
    keystore: Keystore,
    pack: Pack,
    concern: Concern,
    receipt: Receipt,
    intake: Intake = FROM_THE_FORM,
) -> DrawnUp:
    """Route a concern and seal everything that it leaves, for `take_in` to store.

    This only reads, so that nobody waits for a lock meanwhile. The shred key is made here: one
    whose case is then not stored opens nothing, and harms nobody.
    """
    now_in_office = in_office(db, pack.key)
    known = known_of(db, keystore, pack, concern, intake.barriers, now_in_office)
    known = known.at(intake.organisation)
    routing = _without_custodians(db, known.route(pack, _in_turn(now_in_office)), concern)
    case = _new_case(db, pack, concern, known.facts, intake)
    case.routing_rule = routing.rule
    states = begin(case, pack)
    reporter = new_principal(keystore, PrincipalKind.REPORTER, public_key_of(receipt.private_key))
    vault = new_case_keys(
        keystore,
        case.id,
        _compartments(db, routing, now_in_office, reporter),
        case_pseudonym=case.pseudonym,
        actor=intake.actor.pseudonym,
    )
    opening = Opening(pack, case, vault.keys, concern, entered_by=intake.actor.account_id)
    rows = opening.rows(routing, reporter, receipt)
    sealed = (case, reporter, vault, (*vault.rows, *rows), states)
    return DrawnUp(pack, concern, receipt, intake, now_in_office, routing, *sealed)


def take_in(db: Session, keystore: Keystore, drawn: DrawnUp) -> None:
    """Store what was drawn up, and tell those who receive it; where the receipt is known, nothing.

    Where somebody came into an office or left one since, the concern is drawn up again. Call it in a
    transaction that holds nothing else: it is begun anew where another process was as quick.
    """
    try:
        _store(db, keystore, drawn)
    except IntegrityError:
        # The same draft was sent, or the same code name drawn, in this very moment.
        # The first then finds its case, and the second draws again.
        start_writing(db)
        receive(db, keystore, drawn.pack, drawn.concern, drawn.receipt, drawn.intake)


def _store(db: Session, keystore: Keystore, drawn: DrawnUp) -> None:
    if case_id_of_receipt(db, drawn.receipt) is not None:
        return
    if in_office(db, drawn.pack.key) != drawn.in_office:
        drawn = draw_up(db, keystore, drawn.pack, drawn.concern, drawn.receipt, drawn.intake)
    insert_rows(db, (as_new_row(drawn.case), as_new_row(drawn.reporter), *drawn.rows))
    _tell(db, drawn.case, drawn.routing)
    _record_receipt(db, drawn)


def case_of_receipt(db: Session, receipt: Receipt) -> Case | None:
    """Return the case that *receipt* opens, or None; an ended receipt opens nothing."""
    return db.scalars(_BY_RECEIPT, {"lookup": receipt.lookup}).first()


def case_id_of_receipt(db: Session, receipt: Receipt) -> UUID | None:
    """Return the id of the case that *receipt* opens, or None."""
    return db.connection().scalar(_ID_BY_RECEIPT, {"lookup": receipt.lookup})


_ID_BY_RECEIPT = select(Reporter.case_id).where(
    Reporter.lookup == bindparam("lookup"), Reporter.ended_at.is_(None)
)
_BY_RECEIPT = select(Case).where(Case.id == _ID_BY_RECEIPT.scalar_subquery())


def holders_of(db: Session, scheme: str) -> list[Holder]:
    """Return everybody in office in *scheme*, with their place in each order of succession."""
    return _in_turn(in_office(db, scheme))


def _in_turn(people: Iterable[InOffice]) -> list[Holder]:
    places: dict[str, int] = {}
    found = []
    for one in people:
        places[one.office] = places.get(one.office, 0) + 1
        found.append(Holder(one.account_id, one.office, places[one.office], one.organisation))
    return found


def _without_custodians(db: Session, routing: Routing, concern: Concern) -> Routing:
    """Keep the custodians away, too, whom the concern may name: they would be told of a recovery."""
    named = may_name((one.name for one in concern.people), custodians(db))
    away = tuple((one, Why.NAMED) for one in sorted(named - dict(routing.kept_away).keys()))
    return replace(routing, kept_away=(*routing.kept_away, *away))


def _new_case(
    db: Session, pack: Pack, concern: Concern, facts: ConcernFacts, intake: Intake
) -> Case:
    moment = clock.now()
    return Case(
        id=uuid4(),
        scheme=pack.key,
        pack_version=pack.version,
        code_name=_unused_code_name(db),
        pseudonym=secrets.token_hex(16),
        kind=concern.kind,
        organisation=facts.organisation,
        channel=concern.channel,
        reporter_mode=concern.mode,
        state="draft",
        version=0,
        urgent=concern.danger_now != "no",
        at_risk=facts.at_risk,
        received_at=moment,
        linked_to=intake.linked_to,
        last_activity_at=moment,
        last_activity="concern.received",
    )


def _unused_code_name(db: Session) -> str:
    while True:
        name = draw_code_name()
        if db.connection().scalar(_NAMED, {"name": name}) is None:
            return name


_NAMED = select(Case.id).where(Case.code_name == bindparam("name"))


def _compartments(
    db: Session, routing: Routing, people: Iterable[InOffice], reporter: Principal
) -> dict[Compartment, list[Published]]:
    wanted = {seat.account_id: READS[seat.capacity] for seat in routing.seats}
    keys = {one.account_id: one.key for one in people if one.key and one.account_id in wanted}
    recovery = recovery_key(db)
    holders: dict[Compartment, list[Published]] = {part: [*recovery] for part in Compartment}
    holders[Compartment.INTAKE].append(reporter)
    for account_id, key in keys.items():
        for part in wanted[account_id]:
            holders[part].append(key)
    return holders


def _tell(db: Session, case: Case, routing: Routing) -> None:
    notice = Notice.URGENT if case.urgent or case.at_risk else Notice.UPDATE
    told = {seat.account_id for seat in routing.seats}
    notify_first(db, told, notice, case_id=case.id)
    short_of_a_lead = case.at_risk and not any(
        seat.capacity is Capacity.SAFEGUARDING for seat in routing.seats
    )
    if not routing.has_handler or short_of_a_lead:
        notify_custodians(db, dict(routing.kept_away))


def _record_receipt(db: Session, drawn: DrawnUp) -> None:
    case, actor = drawn.case, drawn.intake.actor
    published = key_published(drawn.reporter, actor=actor.pseudonym, case_pseudonym=case.pseudonym)
    record_quietly(
        db,
        case,
        drawn.vault.keys,
        actor=actor,
        event="concern.received",
        pub={
            **drawn.states,
            "kind": case.kind,
            "channel": case.channel,
            "mode": case.reporter_mode,
            "at_risk": case.at_risk,
        },
        detail={"said": "A concern was received."},
        grants=[published, *drawn.vault.grants],
    )
