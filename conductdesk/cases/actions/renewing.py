"""A new recovery key: new cases are sealed to it at once, others as their holders sign in."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.record import Event, append
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.models import Case
from conductdesk.cases.queries import lock_in_turn
from conductdesk.policy import SYSTEM
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Principal, PrincipalKind
from conductdesk.vault.principals import key_published, publish_key
from conductdesk.vault.queries import recovery_key
from conductdesk.vault.renewal import ask_for_recovery_key, held_by_former

ASKED = {"said": "There is a new recovery key. The next of you who signs in gives it the case."}


def replace_recovery_key(db: Session, keystore: Keystore, public_key: bytes) -> None:
    """Publish a new recovery key, and ask the holders of every case for its keys.

    The parts of the old key open a case until one of its holders has signed in.
    """
    before = recovery_key(db)
    if not before:
        raise Refused("There is no recovery key to replace. Begin with: conductdesk init")
    known = select(Principal.public_key).where(Principal.kind == PrincipalKind.RECOVERY)
    if public_key in set(db.scalars(known)):
        raise Refused("This is, or was, the recovery key here. Make a new one: recovery keygen")
    new = publish_key(db, keystore, PrincipalKind.RECOVERY, public_key, SYSTEM.pseudonym)
    db.flush()
    for case in lock_in_turn(db, held_by_former(db)):
        _ask(db, keystore, case)
    # Last, because whoever writes to several logs takes the installation's after the schemes'.
    facts = {"fingerprint": new.fingerprint, "old_fingerprint": before[0].fingerprint}
    replaced = Event("recovery.replaced", SYSTEM.pseudonym, facts)
    append(db, INSTALLATION, [replaced, key_published(new, actor=SYSTEM.pseudonym)])


def _ask(db: Session, keystore: Keystore, case: Case) -> None:
    if ask_for_recovery_key(db, case.id):
        keys = CaseKeys.load(db, keystore, case.id, None)
        record_quietly(db, case, keys, actor=SYSTEM, event="grant.requested", detail=ASKED)
