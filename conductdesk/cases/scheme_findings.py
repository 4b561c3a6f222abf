"""Findings of an audit that rest on several of its cases, or on none: who reads them, and how.

Such a finding has no case to whose record its words could be sealed. They are sealed to each of its
readers: the scheme's auditors, and those who hold the office that must put it right; never to
somebody who is kept away from a case that it rests on. The finding's own row, for which the log
vouches, holds a commitment to them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from hmac import compare_digest
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case, FindingCase, FindingCopy, SchemeFinding
from conductdesk.cases.queries import facts_of_many
from conductdesk.people.models import Account
from conductdesk.people.queries import auditors, holders
from conductdesk.policy import Permission, Viewer, may_enter
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring, Principal
from conductdesk.vault.personal import open_own, seal_for_one
from conductdesk.vault.seal import SealBrokenError, mac

WORDS, REPLY, PROOF, VERDICT = PARTS = ("words", "reply", "proof", "verdict")
NOT_YET = "These words come when somebody who can read them signs in next."
CHANGED = "These words cannot be opened: somebody has changed them."


def cases_under(db: Session, finding: SchemeFinding) -> Sequence[Case]:
    """Return the cases that a finding rests on, by their code names; destroyed ones are gone."""
    wanted = select(Case).join(FindingCase, FindingCase.case_id == Case.id)
    return db.scalars(
        wanted.where(FindingCase.finding_id == finding.id).order_by(Case.code_name)
    ).all()


def may_read(db: Session, viewer: Viewer, finding: SchemeFinding) -> bool:
    """Answer whether *viewer* may know of a finding, as its auditor or as one who answers it."""
    concerned = audits(viewer, finding) or answers(viewer, finding)
    if not concerned or viewer.account_id in kept_apart(db, finding):
        return False
    return not lost_a_case(db, finding) or viewer.account_id in _holders_of(db, finding)


def audits(viewer: Viewer, finding: SchemeFinding) -> bool:
    """Answer whether *viewer* audits the scheme of a finding."""
    return may_enter(viewer, Permission.AUDIT) and finding.scheme in viewer.audits


def answers(viewer: Viewer, finding: SchemeFinding) -> bool:
    """Answer whether *viewer* holds the office that a finding is for."""
    office = finding.owner in viewer.offices_in(finding.scheme)
    return may_enter(viewer, Permission.CASELOAD) and office


def kept_apart(db: Session, finding: SchemeFinding) -> frozenset[UUID]:
    """Return who is kept away from a case that a finding rests on, or may have to be."""
    facts = facts_of_many(db, cases_under(db, finding)).values()
    return frozenset[UUID]().union(*(one.barred | one.unchecked for one in facts))


def lost_a_case(db: Session, finding: SchemeFinding) -> bool:
    """Answer whether a case is destroyed that *finding* rested on.

    Nobody can tell any more who was kept away from it, so nobody comes to know of the finding who
    does not.
    """
    return len(cases_under(db, finding)) < finding.rests_on


def _holders_of(db: Session, finding: SchemeFinding) -> frozenset[UUID]:
    wanted = (
        select(Account.id)
        .join(FindingCopy, FindingCopy.principal_id == Account.principal_id)
        .where(FindingCopy.finding_id == finding.id)
    )
    return frozenset(db.scalars(wanted))


def drop_copies_kept_apart(db: Session, case: Case) -> None:
    """Take every finding on *case* from those who may not read it, before the case is destroyed."""
    wanted = select(SchemeFinding).join(FindingCase, FindingCase.finding_id == SchemeFinding.id)
    for finding in db.scalars(wanted.where(FindingCase.case_id == case.id)).all():
        _drop_copies_of_others(db, finding, [key.id for _who, key in readers_of(db, finding)])


def _drop_copies_of_others(db: Session, finding: SchemeFinding, readers: Collection[UUID]) -> None:
    lost = FindingCopy.finding_id == finding.id, FindingCopy.principal_id.not_in(readers)
    db.execute(delete(FindingCopy).where(*lost))


def finding_to_act_on(db: Session, viewer: Viewer, finding_id: UUID) -> SchemeFinding:
    """Return a finding that is still open, locked, if *viewer* may know of it, or refuse."""
    wanted = select(SchemeFinding).where(SchemeFinding.id == finding_id).with_for_update()
    found = db.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None or not may_read(db, viewer, found):
        raise Refused("There is no such finding for you.")
    if found.closed_at is not None:
        raise Refused("This finding is closed.")
    return found


def findings_for(db: Session, viewer: Viewer) -> list[SchemeFinding]:
    """Return the findings that wait for an office of *viewer*, or did, the newest first."""
    schemes = {scheme for scheme, _office in viewer.offices}
    wanted = select(SchemeFinding).where(SchemeFinding.scheme.in_(schemes))
    found = db.scalars(wanted.order_by(SchemeFinding.made_at.desc())).all()
    return [one for one in found if answers(viewer, one) and may_read(db, viewer, one)]


def readers_of(db: Session, finding: SchemeFinding) -> list[tuple[UUID, Principal]]:
    """Return the accounts that read a finding, each with its key."""
    people = (*auditors(db, finding.scheme), *holders(db, finding.scheme, finding.owner))
    apart = kept_apart(db, finding)
    keys = {one.id: one.principal_id for one in people if one.id not in apart}
    if lost_a_case(db, finding):
        known = _holders_of(db, finding)
        keys = {who: key for who, key in keys.items() if who in known}
    return [(who, db.get_one(Principal, key)) for who, key in sorted(keys.items()) if key]


def write_words(
    db: Session, keystore: Keystore, finding: SchemeFinding, part: str, text: str
) -> None:
    """Seal what somebody wrote to each reader, in place of what stood there."""
    salt = secrets.token_hex(32)
    setattr(finding, part, _commitment(salt, text))
    here = FindingCopy.finding_id == finding.id, FindingCopy.part == part
    db.execute(delete(FindingCopy).where(*here))
    for _account_id, reader in readers_of(db, finding):
        db.add(_copy(keystore, finding, part, reader, json.dumps([salt, text])))


def words_of(db: Session, keyring: Keyring | None, finding: SchemeFinding) -> dict[str, str]:
    """Return each part of a finding that was written, opened, or the sentence that says why not."""
    copies = {one.part: one for one in _own_copies(db, keyring, [finding.id])}
    return {
        part: _opened(keyring, copies.get(part), getattr(finding, part))
        for part in PARTS
        if getattr(finding, part)
    }


def pass_on(db: Session, keystore: Keystore, keyring: Keyring) -> None:
    """Seal what this key opens to those who became readers, and drop what others may read no more."""
    mine = select(FindingCopy.finding_id).where(FindingCopy.principal_id == keyring.principal_id)
    wanted = select(SchemeFinding).where(SchemeFinding.id.in_(mine)).order_by(SchemeFinding.id)
    for finding in db.scalars(wanted.with_for_update()).all():
        readers = {reader.id: reader for _who, reader in readers_of(db, finding)}
        copies = select(FindingCopy).where(FindingCopy.finding_id == finding.id)
        there = {(one.principal_id, one.part) for one in db.scalars(copies)}
        if keyring.principal_id in readers:
            for own in _own_copies(db, keyring, [finding.id]):
                said = _said_in(keyring, own, getattr(finding, own.part))
                for reader in readers.values():
                    if said is not None and (reader.id, own.part) not in there:
                        db.add(_copy(keystore, finding, own.part, reader, json.dumps(said)))
        _drop_copies_of_others(db, finding, readers)


def _own_copies(
    db: Session, keyring: Keyring | None, findings: Iterable[UUID]
) -> Sequence[FindingCopy]:
    if keyring is None:
        return ()
    mine = FindingCopy.principal_id == keyring.principal_id
    return db.scalars(
        select(FindingCopy).where(mine, FindingCopy.finding_id.in_(list(findings)))
    ).all()


def _copy(
    keystore: Keystore, finding: SchemeFinding, part: str, reader: Principal, said: str
) -> FindingCopy:
    row_id = uuid4()
    text = seal_for_one(keystore, reader, FindingCopy.__tablename__, row_id, said)
    about = {"finding_id": finding.id, "principal_id": reader.id, "part": part}
    return FindingCopy(id=row_id, text=text, **about)


def _opened(keyring: Keyring | None, copy: FindingCopy | None, committed: str) -> str:
    if copy is None or keyring is None:
        return NOT_YET
    said = _said_in(keyring, copy, committed)
    return CHANGED if said is None else said[1]


def _said_in(keyring: Keyring, copy: FindingCopy, committed: str) -> list[str] | None:
    """Return salt and text of a copy; None where it is spoilt, or not what was committed to."""
    try:
        said = open_own(keyring, FindingCopy.__tablename__, copy.id, copy.text)
    except SealBrokenError:
        return None
    salt, text = json.loads(said)
    return [salt, text] if compare_digest(_commitment(salt, text), committed) else None


def _commitment(salt: str, text: str) -> str:
    return mac(bytes.fromhex(salt), text.encode()).hex()
