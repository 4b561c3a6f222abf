"""A register in the hands of one officer."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from conductdesk.participants.models import Register
from conductdesk.participants.queries import keys_of_register, may_keep, register_of, theirs_of
from conductdesk.participants.rules import Theirs
from conductdesk.policy import Viewer
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment, Keyring


@dataclass(frozen=True)
class Kept:
    """A register, its scheme, and its keys as somebody holds them."""

    pack: Pack
    register: Register
    keys: CaseKeys
    theirs: Theirs
    """Whose entries they keep."""

    @property
    def is_open(self) -> bool:
        """Whether the keys open who is in it."""
        return self.keys.holds(Compartment.IDENTITY)


def kept_by(
    db: Session, keystore: Keystore, pack: Pack, viewer: Viewer, keyring: Keyring
) -> Kept | None:
    """Return the register of a scheme, if there is one and *viewer* keeps it and can open it."""
    register = register_of(db, pack.key)
    if register is None or not may_keep(viewer, pack):
        return None
    keys = keys_of_register(db, keystore, register, keyring)
    kept = Kept(pack, register, keys, theirs_of(viewer, pack))
    return kept if kept.is_open else None
