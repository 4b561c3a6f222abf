"""What officers say to a finding that rests on no single case: a reply, and a proof."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.audit.record import Event, Pub, append
from conductdesk.cases.actions.answering_auditors import note_proof, note_reply
from conductdesk.cases.actions.asking import need_text
from conductdesk.cases.actions.naming_nobody import name_nobody
from conductdesk.cases.audit_acts import Reply
from conductdesk.cases.models import SchemeFinding
from conductdesk.cases.scheme_findings import (
    PROOF,
    REPLY,
    answers,
    cases_under,
    finding_to_act_on,
    write_words,
)
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring


def reply_to_scheme_finding(
    db: Session,
    keystore: Keystore,
    keyring: Keyring,
    *,
    actor: Viewer,
    finding_id: UUID,
    reply: Reply,
) -> None:
    """Say what the office will do about a finding, or why it does not agree."""
    found = _own(db, actor, finding_id)
    note_reply(found, actor, reply)
    _name_nobody(db, keystore, keyring, found, reply.words)
    write_words(db, keystore, found, REPLY, reply.words)
    _record(db, actor, found, "audit.finding_answered", {"accepted": reply.accepted})


def prove_scheme_finding(
    db: Session,
    keystore: Keystore,
    keyring: Keyring,
    *,
    actor: Viewer,
    finding_id: UUID,
    proof: str,
) -> None:
    """Say how one can see that a finding was put right; an auditor looks at it, and closes it."""
    found = _own(db, actor, finding_id)
    said = need_text(proof, "Say what was done, and how one can see it.")
    note_proof(found, actor)
    _name_nobody(db, keystore, keyring, found, said)
    write_words(db, keystore, found, PROOF, said)
    _record(db, actor, found, "audit.finding_proven", {})


def _own(db: Session, actor: Viewer, finding_id: UUID) -> SchemeFinding:
    found = finding_to_act_on(db, actor, finding_id)
    if not answers(actor, found):
        raise Refused("Only the office that it is for answers this.")
    return found


def _name_nobody(
    db: Session, keystore: Keystore, keyring: Keyring, found: SchemeFinding, text: str
) -> None:
    """Refuse a text with a name of one of its cases, as far as this key opens them."""
    for case in cases_under(db, found):
        name_nobody(db, case, CaseKeys.load(db, keystore, case.id, keyring), text)


def _record(
    db: Session, actor: Viewer, found: SchemeFinding, event: str, pub: dict[str, Pub]
) -> None:
    notify(db, found.account_id, Notice.UPDATE)
    append(db, found.scheme, [Event(event, actor.pseudonym, pub)])
