"""Export the log of a scheme, or one case of it: the entry that says so, and a checkpoint over it."""

from __future__ import annotations

import re

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from conductdesk.audit.bundle import Export, SignedHead, beside_cases
from conductdesk.audit.checkpoints import sign_checkpoint, verifier_key
from conductdesk.audit.models import INSTALLATION, CaseCounter, LogEntry
from conductdesk.audit.note import parse_checkpoint
from conductdesk.audit.queries import entries_of_case
from conductdesk.audit.record import Event, Pub, append, lock_head
from conductdesk.audit.replay import DESTROYED
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of, reviewable_cases
from conductdesk.cases.workflow import CLOSED_STATES
from conductdesk.policy import Permission, Viewer, may
from conductdesk.refusal import Refused
from conductdesk.review.actions.reviewing import need_auditor
from conductdesk.review.purposes import Purpose
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore

PURPOSE = "export"
"""What a bundle's checkpoint was signed for."""

COUNTS = re.compile(
    rb'"type":"(?:population\.exported|log\.exported|audit\.reported|sample\.(?:announced|drawn))"'
)
"""The entries of no case that say how many cases their author could see, or hash the list of them."""


def export_case(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, purpose: Purpose
) -> Export:
    """Leave the entry that a closed case is exported, and sign a checkpoint over it.

    Once this is committed, `bundle_files` writes what the entry promises. Whoever exports without
    an account, on the command line, gets no details opened.
    """
    head = lock_head(db, case.scheme)  # from here on nobody opens the case again meanwhile
    db.refresh(case)
    if not _may_export(db, case, actor):
        raise Refused("There is no closed case of this name that you may export.")
    beside = len(beside_cases(db, case.scheme, head.size)) + head.next_index() - head.size
    owners = _installation(db, keys.keystore)
    facts = _facts(_entries_of(db, case) + 1 + beside, actor, purpose, owners)
    said = {"said": f"Exported, for the purpose: {purpose}."}
    record_quietly(db, case, keys, actor=actor, event="record.exported", pub=facts, detail=said)
    return _signed(db, keys.keystore, case.scheme, owners, case=case.pseudonym)


def export_log(
    db: Session, keystore: Keystore, scheme: str, *, actor: Viewer, purpose: Purpose
) -> Export:
    """Leave the entry that all closed cases of a scheme are exported, and sign a checkpoint.

    Of open cases, and of those that *actor* may not review, nothing but hashes leaves the house.
    """
    if actor.account_id is not None:
        need_auditor(actor, scheme)
    size, owners = lock_head(db, scheme).next_index(), _installation(db, keystore)
    hidden, entries = _hidden(db, scheme, actor)
    withheld = _counts_of_others(db, scheme, actor)
    cases = db.scalar(select(func.count()).select_from(_shown(scheme, actor).subquery())) or 0
    shown = size + 1 - entries - len(withheld)
    facts = {"cases": cases, **_facts(shown, actor, purpose, owners)}
    append(db, scheme, [Event("log.exported", actor.pseudonym, facts)])
    return _signed(db, keystore, scheme, owners, hidden=hidden, withheld=withheld)


def _may_export(db: Session, case: Case, actor: Viewer) -> bool:
    if actor.account_id is None:
        return case.state in CLOSED_STATES
    return may(actor, Permission.REVIEW, facts_of(db, case))


def _shown(scheme: str, actor: Viewer) -> Select[Case]:
    """Select the closed cases of *scheme* that *actor* may see."""
    if actor.account_id is None:
        return select(Case).where(Case.scheme == scheme, Case.state.in_(CLOSED_STATES))
    return reviewable_cases(actor).where(Case.scheme == scheme)


def _hidden(db: Session, scheme: str, actor: Viewer) -> tuple[frozenset[str], int]:
    """Return the pseudonyms of the cases that stay hidden, and how many entries they have."""
    shown = _shown(scheme, actor).with_only_columns(Case.id)
    here = (CaseCounter.log_id == scheme) & (CaseCounter.case_ref == Case.pseudonym)
    found = db.execute(
        select(Case.pseudonym, func.coalesce(CaseCounter.next_n, 1))
        .outerjoin(CaseCounter, here)
        .where(Case.scheme == scheme, Case.id.not_in(shown))
    ).all()
    gone = _destroyed(db, scheme) if actor.account_id is not None else []
    counts = {name: next_n - 1 for name, next_n in (*found, *gone)}
    return frozenset(counts), sum(counts.values())


def _counts_of_others(db: Session, scheme: str, actor: Viewer) -> frozenset[int]:
    """Return the entries in which other auditors' counts of cases stand, by their indexes.

    Compared with one's own they would tell that there is a case from which one is kept away.
    """
    if actor.account_id is None:
        return frozenset()
    wanted = LogEntry.log_id == scheme, LogEntry.case_ref.is_(None)
    found = db.execute(select(LogEntry.idx, LogEntry.entry).where(*wanted))
    own = b'"actor":"%b"' % actor.pseudonym.encode()
    return frozenset(idx for idx, entry in found if COUNTS.search(entry) and own not in entry)


def _destroyed(db: Session, scheme: str) -> list[tuple[str, int]]:
    """Return the destroyed cases of *scheme*, each with its next number.

    Nobody can tell any more who was kept away from them, so no auditor gets their entries.
    """
    there = select(Case.pseudonym).where(Case.scheme == scheme)
    counters = select(CaseCounter.case_ref, CaseCounter.next_n).where(
        CaseCounter.log_id == scheme, CaseCounter.case_ref.not_in(there)
    )
    return [
        (name, next_n)
        for name, next_n in db.execute(counters)
        for newest in entries_of_case(db, scheme, name, newest_first=True, limit=1)
        if newest.type == DESTROYED
    ]


def _entries_of(db: Session, case: Case) -> int:
    return db.get_one(CaseCounter, (case.scheme, case.pseudonym)).next_n - 1


def _facts(entries: int, actor: Viewer, purpose: Purpose, owners: SignedHead) -> dict[str, Pub]:
    """Return what the export's entry promises, and which log it takes the owners of keys from."""
    head = parse_checkpoint(owners.checkpoint)
    return {
        "entries": entries,
        "installation": [head.origin, str(head.size), head.root.hex(), owners.key],
        "openings": actor.account_id is not None,
        "purpose": purpose.value,
    }


def _signed(
    db: Session,
    keystore: Keystore,
    scheme: str,
    owners: SignedHead,
    *,
    case: str | None = None,
    hidden: frozenset[str] = frozenset(),
    withheld: frozenset[int] = frozenset(),
) -> Export:
    return Export(scheme, _sign(db, keystore, scheme), owners, case, hidden, withheld)


def _installation(db: Session, keystore: Keystore) -> SignedHead:
    """Sign the log that says whose keys they are, for the scheme's own log to name it."""
    return _sign(db, keystore, INSTALLATION)


def _sign(db: Session, keystore: Keystore, log_id: str) -> SignedHead:
    note = sign_checkpoint(db, keystore, log_id, PURPOSE).note
    return SignedHead(note, verifier_key(db, keystore, log_id))
