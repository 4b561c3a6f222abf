"""Destroy a case whose time is over: two people order it, and a job carries it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, or_, select
from sqlalchemy.orm import Session

from conductdesk.audit.record import Event, append
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.closing import SOMEBODY_ELSE
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.proposing import add_proposal, need_proposal, refuse_own, settle
from conductdesk.cases.actions.recording import record
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.models import Case, Proposal, ProposalKind, Reporter
from conductdesk.cases.scheme_findings import drop_copies_kept_apart
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move, State, check
from conductdesk.db import Base, LoggedRow
from conductdesk.notices.actions import forget_case
from conductdesk.policy import SYSTEM, Permission, Viewer
from conductdesk.schemes.calendar import iso_day
from conductdesk.schemes.pack import Pack
from conductdesk.vault.files import drop_file
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import DataKey, KeyGrant, Principal, PrincipalKind, SealedFile

OF_ONE_CASE = (PrincipalKind.REPORTER, PrincipalKind.RESPONDENT)
"""Whose keys are good for nothing but the case."""


def propose_destruction(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    reason: Reason,
    seen_version: int,
) -> Proposal:
    """Propose to destroy a case after its retention date, where no legal hold keeps it."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE, Permission.SECOND)
    _check_destroyable(db, case, pack, actor.account_id, SOMEBODY_ELSE)
    proposal = add_proposal(
        db, case, keys, kind=ProposalKind.DESTROY, actor=actor, reason=reason.words
    )
    said = "Proposed to destroy the case."
    record(db, case, keys, actor=actor, event="destruction.proposed", detail={"said": said})
    return proposal


def agree_destruction(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, seen_version: int
) -> None:
    """Agree, as the second person: the destruction is ordered, and cannot be taken back."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SECOND)
    proposal = need_proposal(db, case, ProposalKind.DESTROY)
    refuse_own(proposal, actor)
    _check_destroyable(db, case, pack, proposal.proposed_by, actor.account_id)
    facts = replace(
        move_facts(db, case), first_person=proposal.proposed_by, second_person=actor.account_id
    )
    settle(proposal, actor=actor)
    move(
        db,
        case,
        keys,
        Move.DESTROY,
        pack=pack,
        facts=facts,
        actor=actor,
        event="destruction.ordered",
        pub=_tombstone(case),
        detail={"said": "Two people ordered that the case is destroyed."},
    )


def ordered_destructions(db: Session) -> list[UUID]:
    """Return the cases that are to be destroyed and still have rows."""
    return list(db.scalars(select(Case.id).where(Case.state == State.DESTROYED)))


def destroy_rows(db: Session, case_id: UUID) -> None:
    """Delete every row of an ordered case, and leave `case.destroyed`; repeatable.

    The log keeps its entries, which name nobody; what they commit to is gone with the rows.
    """
    ordered = select(Case).where(Case.id == case_id, Case.state == State.DESTROYED)
    case = db.scalars(ordered.with_for_update()).one_or_none()
    if case is None:
        return  # another worker was faster
    log_id, pseudonym, pub = case.scheme, case.pseudonym, _tombstone(case)
    _delete_everything(db, case)
    destroyed = Event("case.destroyed", SYSTEM.pseudonym, pub, pseudonym)
    append(db, log_id, [destroyed])


def _check_destroyable(
    db: Session, case: Case, pack: Pack, first: UUID | None, second: UUID | None
) -> None:
    facts = replace(move_facts(db, case), first_person=first, second_person=second)
    check(Move.DESTROY, State(case.state), facts, pack.left_out)


def _tombstone(case: Case) -> dict[str, str | None]:
    """Return what stays: the class, and the days on which the case began and ended."""
    return {
        "class": case.retention_class,
        "received": iso_day(case.received_at),
        "closed": iso_day(case.closed_at),
        "keep_until": iso_day(case.keep_until),
    }


def _delete_everything(db: Session, case: Case) -> None:
    case_id, principals = case.id, _principals_of(db, case)
    forget_case(db, case_id)
    drop_copies_kept_apart(db, case)
    contents = select(SealedFile.content_id).where(SealedFile.case_id == case_id).distinct()
    for content_id in db.scalars(contents).all():
        drop_file(db, content_id)
    _delete_rows(db, _grants_of(db, case_id))
    for table in _tables_of_a_case():
        _delete_from(db, table, case_id)
    for linked in db.scalars(select(Case).where(Case.linked_to == case_id)):
        linked.linked_to = None
    for joined in db.scalars(select(Case).where(Case.joined_to == case_id)):
        joined.joined_to = joined.joined_at = None
    db.flush()
    _delete_rows(db, [case])
    _delete_rows(db, principals)


def _principals_of(db: Session, case: Case) -> list[Principal]:
    receipts = select(Reporter.principal_id).where(Reporter.case_id == case.id)
    granted = (
        select(KeyGrant.principal_id)
        .join(DataKey, DataKey.id == KeyGrant.data_key_id)
        .where(DataKey.case_id == case.id)
    )
    either = or_(Principal.id.in_(receipts), Principal.id.in_(granted))
    return list(db.scalars(select(Principal).where(either, Principal.kind.in_(OF_ONE_CASE))))


def _grants_of(db: Session, case_id: UUID) -> list[KeyGrant]:
    of_case = select(DataKey.id).where(DataKey.case_id == case_id)
    return list(db.scalars(select(KeyGrant).where(KeyGrant.data_key_id.in_(of_case))))


def _tables_of_a_case() -> Iterator[Table]:
    """Yield every table with a `case_id`, whoever refers to another before the other."""
    for table in reversed(Base.metadata.sorted_tables):
        if "case_id" in table.columns:
            yield table


def _delete_from(db: Session, table: Table, case_id: UUID) -> None:
    kind = _class_of(table)
    if issubclass(kind, LoggedRow):
        _delete_rows(db, db.scalars(select(kind).where(table.c.case_id == case_id)).all())
    else:
        db.execute(delete(table).where(table.c.case_id == case_id))


def _delete_rows(db: Session, rows: Any) -> None:
    """Delete rows through the session, so that the log records that each is gone."""
    for row in rows:
        db.delete(row)
    db.flush()


def _class_of(table: Table) -> type[Any]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)
