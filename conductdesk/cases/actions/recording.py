"""Write what happened to the audit log, in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event, Pub, append
from conductdesk.cases.models import Case
from conductdesk.policy import Viewer
from conductdesk.vault.keys import CaseKeys

REPORTER = Viewer(pseudonym="reporter", name="The reporter")

Detail: TypeAlias = Mapping[str, object]


def record(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    event: str,
    pub: Mapping[str, Pub] | None = None,
    detail: Detail | None = None,
    grants: Sequence[Event] = (),
) -> None:
    """Append the one action entry of an act, and behind it one for each grant.

    *pub* is for facts without personal data, in clear for good. *detail* is sealed to `record`:
    it may say who did what and why, but never who the reporter is.
    """
    case.last_activity_at, case.last_activity = clock.now(), event
    _append(db, case, keys, actor=actor, event=event, pub=pub, detail=detail, grants=grants)


def record_quietly(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    event: str,
    pub: Mapping[str, Pub] | None = None,
    detail: Detail | None = None,
    grants: Sequence[Event] = (),
) -> None:
    """Append an entry that does not touch the case: a read, or what a new case says already."""
    _append(db, case, keys, actor=actor, event=event, pub=pub, detail=detail, grants=grants)


def _append(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    event: str,
    pub: Mapping[str, Pub] | None,
    detail: Detail | None,
    grants: Sequence[Event],
) -> None:
    said = {"by": actor.name, **(detail or {})}
    entry = Event(
        type=event,
        actor=actor.pseudonym,
        pub=pub or {},
        case=case.pseudonym,
        detail=keys.seal_detail(said),
    )
    append(db, case.scheme, [entry, *grants])
