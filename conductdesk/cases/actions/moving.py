"""The one writer of a case's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event, Pub
from conductdesk.cases.actions.recording import Detail, record
from conductdesk.cases.models import STEP, Case, Proposal
from conductdesk.cases.needs import MoveFacts
from conductdesk.cases.standing_in import takers_of
from conductdesk.cases.stricter import Prepared, check_stricter
from conductdesk.cases.workflow import Move, State, check
from conductdesk.policy import Viewer
from conductdesk.refusal import Stale
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


def move(  # noqa: PLR0913 - the one writer of state takes everything that its entry says
    db: Session,
    case: Case,
    keys: CaseKeys,
    which: Move,
    *,
    pack: Pack,
    facts: MoveFacts,
    actor: Viewer,
    event: str,
    pub: Mapping[str, Pub] | None = None,
    detail: Detail | None = None,
    grants: Sequence[Event] = (),
) -> None:
    """Make a move that the kernel allows, and leave its entry; or raise `Refused`.

    The entry's public facts name both states, so that a verifier can replay the procedure; and
    the office for which somebody stood in, where the scheme leaves the step to one.
    """
    states = _step(case, which, pack, facts)
    if which in pack.stricter:
        prepared = last_prepared(db, case, which)
        takers = takers_of(db, case, keys, pack, which)
        offices = actor.offices_in(pack.key)
        check_stricter(pack.stricter[which], _as_prepared(prepared), offices, takers)
        _use(prepared)
        if takers.stood_in_for:
            states["stood_in_for"] = takers.stood_in_for
            detail = _standing_in(detail, pack.office(takers.stood_in_for).name)
    record(
        db,
        case,
        keys,
        actor=actor,
        event=event,
        pub={**states, **(pub or {})},
        detail=detail,
        grants=grants,
    )


def step_of(which: Move) -> str:
    """Return the kind of proposal that prepares *which*, where a scheme asks for a reason."""
    return f"{STEP}{which.value}"


def last_prepared(db: Session, case: Case, which: Move) -> Proposal | None:
    """Return what was last written down for this step, since it was made or the case reopened.

    A reason is for one step: whoever makes the same step again writes down another.
    """
    query = select(Proposal).where(
        Proposal.case_id == case.id,
        Proposal.kind == step_of(which),
        Proposal.used_at.is_(None),
    )
    if case.reopened_at is not None and which is not Move.REOPEN:
        query = query.where(Proposal.proposed_at > case.reopened_at)
    return db.scalars(query.order_by(Proposal.proposed_at.desc())).first()


def _as_prepared(found: Proposal | None) -> Prepared:
    return Prepared() if found is None else Prepared(reason=True, agreed=bool(found.agreed))


def _use(prepared: Proposal | None) -> None:
    """Let a reason be for the step that is made now, and for no other."""
    if prepared is not None:
        prepared.used_at = clock.now()


def _standing_in(detail: Detail | None, office: str) -> Detail:
    said = str((detail or {}).get("said", ""))
    return {**(detail or {}), "said": f"{said} Stood in for the office: {office}.".strip()}


def begin(case: Case, pack: Pack) -> dict[str, Pub]:
    """Make the first move of a case that is not stored yet; return what its entry says of it."""
    return _step(case, Move.RECEIVE, pack, MoveFacts())


def _step(case: Case, which: Move, pack: Pack, facts: MoveFacts) -> dict[str, Pub]:
    came_from = case.state
    target = check(which, State(came_from), facts, pack.left_out)
    case.state = target
    case.version += 1
    return {"from": came_from, "to": target.value}


def refuse_stale(case: Case, seen_version: int) -> None:
    """Raise `Stale` where the case has moved since its page was shown."""
    if case.version != seen_version:
        raise Stale
