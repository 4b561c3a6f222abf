"""Begin the register of a scheme, and note who reads it."""

from __future__ import annotations

import hashlib
import secrets
from uuid import uuid4

from sqlalchemy.orm import Session

from conductdesk.db import insert_rows
from conductdesk.participants.actions.recording import check_keeper, record
from conductdesk.participants.models import Register, RegisterRead
from conductdesk.participants.queries import HELD, keepers, register_of
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.actions import new_case_keys
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment, GrantReason
from conductdesk.vault.principals import Published
from conductdesk.vault.queries import recovery_key


def begin_register(db: Session, keystore: Keystore, *, pack: Pack, actor: Viewer) -> Register:
    """Begin a register under keys of its own, for all who receive concerns now."""
    check_keeper(actor, pack)
    if register_of(db, pack.key) is not None:
        raise Refused("This scheme keeps a register already.")
    register = Register(id=uuid4(), scheme=pack.key, pseudonym=secrets.token_hex(16), version=0)
    vault = new_case_keys(
        keystore,
        register.id,
        _holders(db, pack),
        case_pseudonym=register.pseudonym,
        actor=actor.pseudonym,
        reason=GrantReason.APPOINTED,
    )
    db.add(register)
    insert_rows(db, vault.rows)
    record(
        db,
        register,
        vault.keys,
        actor=actor,
        event="register.begun",
        said="Began the register of participants.",
        grants=vault.grants,
    )
    return register


def note_register_read(
    db: Session, register: Register, keys: CaseKeys, *, pack: Pack, actor: Viewer, sign_in: bytes
) -> bool:
    """Leave the entry that the register was read; once for each sign-in.

    Return whether an entry was left.
    """
    check_keeper(actor, pack)
    if read_is_noted(db, register, sign_in):
        return False
    db.add(RegisterRead(session_hash=_mark(sign_in), register_id=register.id))
    record(db, register, keys, actor=actor, event="register.read", said="Opened the register.")
    return True


def read_is_noted(db: Session, register: Register, sign_in: bytes) -> bool:
    """Answer whether this sign-in has left its read entry for *register* already."""
    return db.get(RegisterRead, (_mark(sign_in), register.id)) is not None


def _holders(db: Session, pack: Pack) -> dict[Compartment, list[Published]]:
    holders: dict[Compartment, list[Published]] = {
        part: [*recovery_key(db)] for part in Compartment
    }
    for part in HELD:
        holders[part] += [one.key for one in keepers(db, pack) if one.key is not None]
    return holders


def _mark(sign_in: bytes) -> bytes:
    return hashlib.sha256(b"register.read\0" + sign_in).digest()
