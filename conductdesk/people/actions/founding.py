"""The first act of an installation: its log, its recovery key, its first administrator."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.audit.models import INSTALLATION, LogHead
from conductdesk.audit.record import append, create_log
from conductdesk.people.actions.entries import QueueMail
from conductdesk.people.actions.inviting import Invited, invite
from conductdesk.people.rules import NewPerson
from conductdesk.policy import SYSTEM
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import PrincipalKind
from conductdesk.vault.principals import key_published, publish_key


def found(
    db: Session,
    keystore: Keystore,
    *,
    host: str,
    recovery_public_key: bytes,
    administrator: NewPerson,
    queue_mail: QueueMail | None = None,
) -> Invited:
    """Begin an installation; its recovery key's private half never comes near the server."""
    if db.get(LogHead, INSTALLATION) is not None:
        raise Refused("This installation was begun already. Its database is not empty.")
    create_log(db, INSTALLATION, f"{host}/installation/1")
    recovery = publish_key(
        db, keystore, PrincipalKind.RECOVERY, recovery_public_key, SYSTEM.pseudonym
    )
    append(db, INSTALLATION, [key_published(recovery, actor=SYSTEM.pseudonym)])
    return invite(db, administrator, actor=SYSTEM.pseudonym, queue_mail=queue_mail)
