"""Evidence for and against: texts and files, and the moment each was considered."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Pub
from conductdesk.cases.actions.asking import (
    need_text,
    need_word,
    refuse_unless_in,
    refuse_without_inquiry,
    require,
)
from conductdesk.cases.actions.recording import record
from conductdesk.cases.acts import NewEvidence
from conductdesk.cases.inquiry import evidence_of, row_of
from conductdesk.cases.models import Allegation, Case, Evidence, Message
from conductdesk.cases.words import BEARINGS
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.cleaning import PreparedFile
from conductdesk.vault.files import KeptFile, keep, name_of, share
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment, SealedFile

INQUIRERS = (Permission.HANDLE, Permission.INVESTIGATE)
SENT = "Sent by the reporter."
MOST_ITEMS = 500
"""Items on one case; more is a mistake, or somebody who wants to fill the disk (`V2.1.3`)."""


def add_evidence(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, evidence: NewEvidence
) -> None:
    """Add an item that is a text: what somebody said, or what was seen."""
    text = need_text(evidence.text, "Write down the evidence, or choose a file.")
    _check(db, case, actor, evidence)
    row = _add(db, case, keys, actor, evidence)
    digest = hashlib.sha256(text.encode()).hexdigest()
    _record(db, case, keys, actor, row, {"form": "text", "sha256": digest})


def add_evidence_file(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    evidence: NewEvidence,
    file: PreparedFile,
) -> None:
    """Add an item that is a file: its original, and a working copy without its metadata."""
    _check(db, case, actor, evidence)
    row = _add(db, case, keys, actor, evidence, keep(db, keys, file, Compartment.INTERNAL))
    digest = file.original.finish().sha256
    _record(db, case, keys, actor, row, {"form": "file", "sha256": digest})


def add_sent_file(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, message_id: UUID
) -> None:
    """Add a file that the reporter sent, original and working copy as they have been since then."""
    original, working = _sent_with(db, row_of(db, case, Message, message_id))
    name = name_of(keys, original)
    evidence = NewEvidence(title=name.name, bearing="neutral", text=SENT)
    _check(db, case, actor, evidence)
    shared = KeptFile(
        share(db, keys, original, Compartment.INTERNAL),
        share(db, keys, working, Compartment.INTERNAL) if working else None,
    )
    row = _add(db, case, keys, actor, evidence, shared)
    _record(db, case, keys, actor, row, {"form": "file", "sha256": name.sha256})


def consider(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, evidence_id: UUID) -> None:
    """Record that the investigator has considered an item."""
    require(db, case, actor, Permission.INVESTIGATE)
    refuse_unless_in(case, State.INVESTIGATING)
    row = row_of(db, case, Evidence, evidence_id)
    if row.considered_at is not None:
        raise Refused("This item has been considered already.")
    row.considered_at = clock.now()
    db.flush()
    waiting = sum(item.considered_at is None for item in evidence_of(db, case))
    record(
        db,
        case,
        keys,
        actor=actor,
        event="evidence.considered",
        pub={"bearing": row.bearing, "waiting": waiting},
        detail={"said": "Considered an item of evidence.", "item": row.id.hex},
    )


def _check(db: Session, case: Case, actor: Viewer, evidence: NewEvidence) -> None:
    require(db, case, actor, *INQUIRERS)
    refuse_without_inquiry(case)
    refuse_unless_in(case, State.TRIAGED, State.INVESTIGATING)
    need_text(evidence.title, "Give the item a short title.")
    need_word(evidence.bearing, BEARINGS, "Say whether it supports or speaks against.")
    if evidence.allegation_id is not None:
        row_of(db, case, Allegation, evidence.allegation_id)
    if len(evidence_of(db, case)) >= MOST_ITEMS:
        raise Refused(f"A case holds at most {MOST_ITEMS} items. Put several into one.")


def _add(
    db: Session,
    case: Case,
    keys: CaseKeys,
    actor: Viewer,
    evidence: NewEvidence,
    file: KeptFile | None = None,
) -> Evidence:
    row_id, text = uuid4(), evidence.text.strip()
    row = Evidence(
        id=row_id,
        case_id=case.id,
        allegation_id=evidence.allegation_id,
        bearing=evidence.bearing,
        account_id=actor.account_id,
        added_at=clock.now(),
        original_id=file.original_id if file else None,
        working_id=file.working_id if file else None,
        title=keys.seal(Evidence.title, row_id, evidence.title.strip()),
        text=keys.seal(Evidence.text, row_id, text) if text else None,
    )
    db.add(row)
    db.flush()
    return row


def _sent_with(db: Session, message: Message) -> tuple[SealedFile, SealedFile | None]:
    if message.original_id is None:
        raise Refused("There is no file with this message.")
    working = message.working_id
    original = db.get_one(SealedFile, message.original_id)
    return original, db.get_one(SealedFile, working) if working else None


def _record(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, row: Evidence, facts: dict[str, str]
) -> None:
    pub: dict[str, Pub] = {"bearing": row.bearing, "form": facts["form"]}
    if row.allegation_id is not None:
        pub["allegation"] = db.get_one(Allegation, row.allegation_id).letter
    record(
        db,
        case,
        keys,
        actor=actor,
        event="evidence.added",
        pub=pub,
        detail={"said": "Added an item of evidence.", "item": row.id.hex, **facts},
    )
