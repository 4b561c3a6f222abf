"""Steps that the tests of closing and of what comes after share; each is made by real actions."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.queries import entries_of_case
from conductdesk.audit.verify import Verdict, verify_log
from conductdesk.cases.actions.appointing import appoint
from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.closing import (
    agree_closure,
    choose_retention,
    give_feedback,
    note_learning,
    propose_closure,
)
from conductdesk.cases.actions.copying import draft_audit_copy, keep_audit_copy
from conductdesk.cases.closing_acts import CheckedCopy, Reason
from conductdesk.cases.concern import Concern
from conductdesk.cases.models import Case, CaseClock, Document
from conductdesk.cases.needs import Route
from conductdesk.policy import Capacity
from tests.actions.people_steps import Hands, stop_clock
from tests.cast import Cast
from tests.remembering import remembered

WHY = Reason("Everything is done.")


def stop_clock_after(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Hands:
    """Stop the clock a moment after the cast took office."""
    hands = stop_clock(monkeypatch)
    hands.moment = cast.made_at + timedelta(seconds=1)
    return hands


def by(cast: Cast, case: Case, who: str) -> dict[str, Any]:
    """Return who acts, and what they saw."""
    return {"actor": cast.viewer(who), "seen_version": case.version}


def by_pack(cast: Cast, case: Case, who: str) -> dict[str, Any]:
    """Return the same, for an action that asks the scheme's pack."""
    return {**by(cast, case, who), "pack": cast.pack}


@remembered
def carrying_out(cast: Cast, concern: Concern | None = None) -> Case:
    """Return a case that went the way of advice, and is being carried out."""
    case = cast.triaged(Route.ADVICE, concern)
    cast.let("liaison", case, begin_carrying_out)
    return case


@remembered
def closable(cast: Cast, concern: Concern | None = None) -> Case:
    """Return a case of which nothing is open, and whose audit copy was checked."""
    case = carrying_out(cast, concern)
    make_closable(cast, case)
    return case


def make_closable(cast: Cast, case: Case) -> None:
    """Do everything that must be done before a case closes."""
    keys = cast.keys(case, "liaison")
    acting = by(cast, case, "liaison")
    give_feedback(cast.db, case, keys, text="We have spoken with everyone.", **acting)
    note_learning(cast.db, case, keys, text="Say earlier what stays private.", **acting)
    choose_retention(cast.db, case, keys, chosen="no_breach", pack=cast.pack, **acting)
    draft = CheckedCopy(draft_audit_copy(cast.db, case, keys))
    keep_audit_copy(cast.db, case, keys, copy=draft, **acting)
    cast.db.commit()


@remembered
def proposed(cast: Cast, concern: Concern | None = None) -> Case:
    """Return a case that its handler proposed to close."""
    case = closable(cast, concern)
    keys = cast.keys(case, "liaison")
    propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))
    cast.db.commit()
    return case


@remembered
def closed(cast: Cast, concern: Concern | None = None) -> Case:
    """Return a closed case, to which the chair agreed."""
    case = proposed(cast, concern)
    cast.let("chair", case, agree_closure)
    return case


def close(cast: Cast, case: Case) -> None:
    """Close a case that is being carried out, with the chair as the second person."""
    make_closable(cast, case)
    cast.let("liaison", case, propose_closure, reason=WHY)
    cast.let("chair", case, agree_closure)


def bring_in(cast: Cast, case: Case, who: str, capacity: Capacity = Capacity.SECOND) -> None:
    """Appoint a member to the case, and let them attest."""
    appoint(
        cast.db,
        case,
        cast.keys(case, "liaison"),
        pack=cast.pack,
        actor=cast.viewer("liaison"),
        account_id=cast[who].id,
        capacity=capacity,
    )
    cast.let_attest(case, who)


def key_id(cast: Cast, who: str) -> UUID:
    """Return the id under which a member's key is published."""
    found = cast[who].account.principal_id
    assert found is not None
    return found


def let_worker(cast: Cast, job: Callable[..., object], *on: object) -> None:
    """Let the worker run a job, while no test holds the database."""
    cast.db.commit()
    job(*on)
    cast.db.expire_all()


def types_of(cast: Cast, case: Case) -> list[str]:
    """Return the types of the case's entries without grants, the oldest first."""
    entries = entries_of_case(cast.db, cast.pack.key, case.pseudonym)
    return [entry.type for entry in entries if entry.type not in ("grant.made", "grant.ended")]


def pub_of(cast: Cast, case: Case, kind: str) -> dict[str, Any]:
    """Return the public facts of the case's last entry of a type."""
    found = entries_of_case(cast.db, cast.pack.key, case.pseudonym, newest_first=True)
    return next(dict(entry.pub) for entry in found if entry.type == kind)


def clock_of(cast: Cast, case: Case, name: str) -> CaseClock:
    """Return the newest clock of a name."""
    clocks = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.name == name)
    return cast.db.scalars(clocks).all()[-1]


def documents(cast: Cast, case: Case, kind: str) -> list[str]:
    """Return the clear texts of the case's documents of a kind."""
    keys = cast.keys(case, "liaison")
    rows = cast.db.scalars(select(Document).where(Document.case_id == case.id))
    return [keys.open(Document.body, row) for row in rows if row.kind == kind]


def verified(cast: Cast, log_id: str | None = None) -> Verdict:
    """Verify the scheme's log, its rows included."""
    log_id = log_id or cast.pack.key
    key = verifier_key(cast.db, cast.keystore, log_id)
    cast.db.commit()
    return verify_log(cast.db, log_id, key)


def json_of(text: str) -> Any:
    """Return what a sealed JSON body holds."""
    return json.loads(text)
