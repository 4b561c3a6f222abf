"""The reporter's identity and receipt."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.recording import record
from conductdesk.cases.concern import Identity, Mode
from conductdesk.cases.models import Case, Reporter
from conductdesk.cases.naming import masked
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.actions import grant, revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment, GrantReason, Principal, PrincipalKind
from conductdesk.vault.principals import key_published, publish_key
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.seal import public_key_of


def reveal_identity(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, reason: str
) -> Identity:
    """Return who the reporter is; the reason is kept in the log, the identity is not."""
    require(db, case, actor, Permission.SAFEGUARD)
    if not reason.strip():
        raise Refused("Give a reason for looking at the reporter’s name.")
    reporter = present_reporter(db, case)
    if reporter is None or reporter.identity is None:
        raise Refused("No name is stored: the reporter is anonymous, or gave none.")
    identity = Identity.from_json(keys.open(Reporter.identity, reporter))
    why = masked(db, case, keys, reason.strip())
    record(
        db,
        case,
        keys,
        actor=actor,
        event="identity.revealed",
        detail={"said": f"Looked at the reporter’s name. Reason: {why}"},
    )
    return identity


def reissue_receipt(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, how_checked: str
) -> Receipt:
    """Make a new receipt for a reporter who lost theirs; the old one opens nothing any more.

    *how_checked* says how the handler made sure that it is the reporter who asks. For an anonymous
    reporter nobody can do this.
    """
    require(db, case, actor, Permission.HANDLE)
    old = present_reporter(db, case)
    if case.reporter_mode == Mode.ANONYMOUS or old is None:
        raise Refused("An anonymous reporter’s receipt cannot be replaced: nobody knows who asks.")
    if not how_checked.strip():
        raise Refused("Say how you made sure that it is the reporter who asks.")
    receipt, before = Receipt.mint(), db.get_one(Principal, old.principal_id)
    principal = publish_key(
        db, keys.keystore, PrincipalKind.REPORTER, public_key_of(receipt.private_key)
    )
    db.flush()
    db.add(_successor(keys, old, principal, receipt))
    old.ended_at = clock.now()
    who, about = actor.pseudonym, case.pseudonym
    replaced = GrantReason.REPLACED
    events = [key_published(principal, actor=who, case_pseudonym=about)]
    events += revoke(db, case.id, before, case_pseudonym=about, actor=who, reason=replaced)
    events += grant(
        db,
        keys,
        principal,
        [Compartment.INTAKE],
        case_pseudonym=about,
        actor=who,
        reason=replaced,
    )
    checked = masked(db, case, keys, how_checked.strip())
    said = f"Issued a new receipt. Identity checked: {checked}"
    record(
        db, case, keys, actor=actor, event="receipt.reissued", detail={"said": said}, grants=events
    )
    return receipt


def present_reporter(db: Session, case: Case) -> Reporter | None:
    """Return the reporter's row with the receipt that still opens the mailbox."""
    return db.scalars(
        select(Reporter).where(Reporter.case_id == case.id, Reporter.ended_at.is_(None))
    ).first()


def _successor(keys: CaseKeys, old: Reporter, principal: Principal, receipt: Receipt) -> Reporter:
    row_id: UUID = uuid4()
    identity = None
    if old.identity is not None:
        identity = keys.seal(Reporter.identity, row_id, keys.open(Reporter.identity, old))
    return Reporter(
        id=row_id,
        case_id=old.case_id,
        lookup=receipt.lookup,
        principal_id=principal.id,
        issued_at=clock.now(),
        shown_to_officer=True,
        identity=identity,
    )
