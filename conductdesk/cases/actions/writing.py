"""Write to the reporter, and acknowledge the case with the first message from a person."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.clocks import meet_clock, start_clock
from conductdesk.cases.models import Case, Message, MessageKind
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.kinds import path_of
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


def write_to_reporter(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    text: str,
    kind: MessageKind = MessageKind.MESSAGE,
) -> Message:
    """Put a message into the reporter's mailbox."""
    require(db, case, actor, Permission.HANDLE)
    message = put_message(db, case, keys, actor=actor, text=text, kind=kind)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="message.sent",
        pub={"to": "reporter", "kind": kind},
        detail={"said": "Wrote to the reporter."},
    )
    return message


def acknowledge(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    text: str,
) -> None:
    """Write the first message by a person to the reporter, which acknowledges the case."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    put_message(db, case, keys, actor=actor, text=text, kind=MessageKind.MESSAGE)
    moment = clock.now()
    case.acknowledged_at = moment
    for clock_met in filter(None, ("acknowledge", path_of(case.kind).acknowledged_within)):
        meet_clock(db, case, clock_met)
    start_clock(db, case, pack, "triage", at=moment)
    start_clock(db, case, pack, "feedback", at=moment)
    move(
        db,
        case,
        keys,
        Move.ACKNOWLEDGE,
        pack=pack,
        facts=replace(move_facts(db, case), human_message_sent=True),
        actor=actor,
        event="case.acknowledged",
        detail={"said": "A person wrote to the reporter."},
    )


def put_message(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, text: str, kind: MessageKind
) -> Message:
    """Add an officer's message to the mailbox; the caller leaves the entry."""
    if not text.strip():
        raise Refused("Write a message first.")
    row_id = uuid4()
    message = Message(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        from_reporter=False,
        kind=kind,
        sent_at=clock.now(),
        body=keys.seal(Message.body, row_id, text.strip()),
    )
    db.add(message)
    return message
